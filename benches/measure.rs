//! The report form, and scorecards.

use crate::{Line, Peers, cpu};
use chrono::TimeDelta;
use motcua::dossier::Status;
use motcua::measure::{Fact, Form06, Period, Tally, tally_by};
use motcua::moment;
use motcua::procedure::Channel;
use motcua::score::{Index, Points, Scorecard};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::BTreeMap;

const ROWS: usize = 500_000;
/// The communes and provinces of the country.
const UNITS: usize = 3_355;

pub(crate) fn lines(peers: &Peers) -> Vec<Line> {
    let mut random = Pcg64::seed_from_u64(2);
    let start = moment::parse("2023-01-01 00:00").unwrap();
    let minutes = |minutes: i64| start + TimeDelta::minutes(minutes);
    let facts: Vec<Fact> = (0..ROWS)
        .map(|n| {
            let received = random.random_range(0..525_000);
            let finished = random.random_bool(0.98).then(|| received + random.random_range(0..14_000));
            Fact {
                dossier: n.to_string(),
                procedure: String::new(),
                field: format!("field-{}", random.random_range(0..20)),
                unit: String::new(),
                channel: if random.random_bool(0.76) { Channel::Online } else { Channel::Counter },
                status: if finished.is_some() { Status::Resolved } else { Status::InProgress },
                received: Some(minutes(received)),
                due: Some(minutes(received + 10_000)),
                finished: finished.map(minutes),
                supplements: Some(0),
                digitised: Some(true),
                obligation: Some(true),
                paid_online: Some(false),
                electronic: Some(true),
                rating: None,
                reused: None,
                pauses: Vec::new(),
            }
        })
        .collect();
    let period = Period::year(2023).unwrap();
    let ours = cpu(ROWS, || {
        let tallies = tally_by(&facts, &period, |fact| fact.field.clone());
        Form06::of(period, tallies).total.counts.received()
    });
    // The bare pass: days as numbers, the field as an index, flat counters.
    struct Flat {
        field: u8,
        online: bool,
        due: i32,
        finished: i32,
    }
    let day = |at: chrono::NaiveDateTime| (at.date() - start.date()).num_days() as i32;
    let flat: Vec<Flat> = facts
        .iter()
        .map(|fact| Flat {
            field: fact.field[6..].parse().unwrap(),
            online: fact.channel == Channel::Online,
            due: day(fact.due.unwrap()),
            finished: fact.finished.map_or(i32::MAX, day),
        })
        .collect();
    let limit = cpu(ROWS, || {
        let mut counts = [[0u32; 8]; 20];
        for row in &flat {
            let row_counts = &mut counts[usize::from(row.field)];
            row_counts[usize::from(row.online)] += 1;
            let settled = row.finished < 365;
            let at = if settled { row.finished } else { 364 };
            let class = usize::from(at > row.due) + usize::from(at >= row.due);
            row_counts[2 + if settled { class } else { 3 + class / 2 }] += 1;
        }
        counts
    });
    let (peer, peer_name) = peers.get("form06");
    // A tally for each commune and province of the country, all different.
    let tallies: Vec<Tally> = (0..UNITS)
        .map(|unit| {
            let mut tally = Tally::default();
            facts.iter().skip(unit * 97).step_by(UNITS).for_each(|fact| tally.add(fact, &period));
            tally
        })
        .collect();
    let index = Index::qd_766();
    let cards = cpu(UNITS, || {
        tallies
            .iter()
            .map(|tally| Scorecard::of(index, &tally.ratios(), &BTreeMap::new()).unwrap().points.hundredths())
            .sum::<u64>()
    });
    let points = cpu(UNITS, || {
        let points = |tally: &Tally| {
            let ratios = index.indicators().filter_map(|one| Some((one, tally.ratio(one.measure?)?)));
            ratios.filter_map(|(one, ratio)| one.points(Some(&ratio.into())).unwrap()).sum::<Points>()
        };
        tallies.iter().map(|tally| points(tally).hundredths()).sum::<u64>()
    });
    let scorecards = Line {
        case: "scorecards of 3,355 units",
        operation: "a scorecard",
        clock: "cpu",
        ours: cards,
        peer: None,
        peer_name: String::new(),
        limit: points,
        limit_name: "the points alone",
    };
    let form06 = Line {
        case: "Biểu 06 by field",
        operation: "a dossier",
        clock: "cpu",
        ours,
        peer,
        peer_name,
        limit,
        limit_name: "a pass over flat columns",
    };
    vec![form06, scorecards]
}
