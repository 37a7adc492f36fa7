//! A late announcement: which of a million due dates a new day off moves.

use crate::calendar::{Bare, epoch};
use crate::{Line, Peers, cpu};
use chrono::{NaiveDate, TimeDelta};
use motcua::calendar::Calendar;
use motcua::dossier::{APPLICANT, Action, Dossier, Event, moved};
use motcua::procedure::{Catalogue, Channel, Procedure};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::hint::black_box;
use std::sync::Arc;

const DOSSIERS: usize = 1_000_000;
/// Different dossiers; the others are the same under other codes.
const KINDS: usize = 20_000;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A dossier taken in on a day of the half year before; of twenty one waits for a supplement, two have had one.
fn live(code: usize, procedures: &[&Arc<Procedure>], random: &mut Pcg64) -> Dossier {
    let procedure = procedures[random.random_range(0..procedures.len())];
    let minute = TimeDelta::minutes(random.random_range(480..1_010));
    let begun =
        day("2025-07-01").and_hms_opt(0, 0, 0).unwrap() + TimeDelta::days(random.random_range(0..177));
    let mut script = vec![
        (begun + minute, Action::receive(&procedure.code, "hoa-thanh", Channel::Online)),
        (begun + minute + TimeDelta::minutes(5), Action::accept(Some(true))),
    ];
    let kind = random.random_range(0..20);
    if kind < 3 {
        let asked = begun + minute + TimeDelta::minutes(60);
        script.push((asked, Action::RequestSupplement { reason: "thiếu giấy tờ".into() }));
        if kind > 0 {
            script.push((asked + TimeDelta::days(2), Action::Supply { papers: Vec::new() }));
        }
    }
    let events: Vec<Event> = (1..)
        .zip(script)
        .map(|(version, (at, action))| Event {
            version,
            at,
            actor: APPLICANT.into(),
            unit: None,
            on_behalf: None,
            office: None,
            key: version.to_string().into(),
            pinned: (version == 1).then_some(procedure.in_force_from),
            action,
        })
        .collect();
    Dossier::replay(Catalogue::embedded(), &code.to_string(), &events).unwrap().unwrap()
}

/// As a store gives them back.
fn copies(kinds: &[&Dossier]) -> Vec<Dossier> {
    let saved: Vec<Vec<u8>> = kinds.iter().map(|dossier| dossier.save().unwrap()).collect();
    let load = |(n, (kind, bytes)): (usize, (&&Dossier, &Vec<u8>))| {
        let mut dossier = Dossier::load(Catalogue::embedded(), &kind.code, bytes).unwrap();
        dossier.code = format!("H41.17-{n:07}").into();
        dossier
    };
    kinds.iter().zip(&saved).cycle().take(DOSSIERS).enumerate().map(load).collect()
}

/// The same of bare columns of working days: two tables before, two after.
fn bare(before: &Calendar, after: &Calendar) -> f64 {
    let (before, after) = (Bare::new(before), Bare::new(after));
    let mut random = Pcg64::seed_from_u64(3);
    let first = epoch(day("2025-07-01")) - before.begin;
    let rows: Vec<(u16, u16)> = (0..DOSSIERS)
        .map(|_| ((first + random.random_range(0..177)) as u16, random.random_range(1..31)))
        .collect();
    let due =
        |bare: &Bare, (from, n): (u16, u16)| bare.nth[usize::from(bare.rank[usize::from(from)] + n - 1)];
    cpu(1, || {
        let dues = rows.iter().map(|row| (due(&before, *row), due(&after, *row)));
        black_box(dues.enumerate().filter(|(_, (was, is))| was != is).collect::<Vec<_>>()).len()
    })
}

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    // 2/1/2026 became a day off by a letter of 25/12/2025, and a Saturday was worked for it.
    let before = Calendar::vietnam().as_known_on(day("2025-12-24"));
    let after = Calendar::vietnam().as_known_on(day("2025-12-25"));
    let mut random = Pcg64::seed_from_u64(2);
    let in_force = |procedure: &&Arc<Procedure>| {
        procedure.is_in_force(day("2025-07-01")) && procedure.is_in_force(day("2025-12-31"))
    };
    let procedures: Vec<&Arc<Procedure>> = Catalogue::embedded().iter().filter(in_force).collect();
    let kinds: Vec<Dossier> = (0..KINDS).map(|code| live(code, &procedures, &mut random)).collect();
    let that_move = moved(&kinds, &before, &after).unwrap();
    let that_move: Vec<&Dossier> =
        that_move.iter().map(|moved| &kinds[moved.dossier.parse::<usize>().unwrap()]).collect();
    let bare = bare(&before, &after);
    let measured = |case, kinds: &[&Dossier]| {
        let dossiers = copies(kinds);
        let found = moved(&dossiers, &before, &after).unwrap();
        eprintln!("{case}: {} of {DOSSIERS} dossiers of {} procedures moved", found.len(), procedures.len());
        drop(found);
        Line {
            case,
            operation: "1 million dossiers",
            clock: "cpu",
            ours: cpu(1, || moved(&dossiers, &before, &after).unwrap()),
            peer: None,
            peer_name: String::new(),
            limit: bare,
            limit_name: "bare columns and tables",
        }
    };
    let all: Vec<&Dossier> = kinds.iter().collect();
    vec![measured("a late announcement", &all), measured("… that moves every one", &that_move)]
}
