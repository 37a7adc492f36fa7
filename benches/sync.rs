//! How many bytes a day of a commune takes on the line: forty dossiers with eight events each, with keys that nobody can
//! guess, names and notes. It prints a table, and what it takes of time.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it is a program of measurements"
)]

use chrono::TimeDelta;
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Application, Command, Organisation};
use motcua::journal::{Journal, MemoryJournal, SqliteJournal, export};
use motcua::procedure::{Catalogue, Channel};
use motcua::sync::{OfficeKey, Peer};
use motcua::{Engine, moment};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::time::Instant;

const DAYS: usize = 5;
const DOSSIERS: usize = 40;
const NAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng"];
const GIVEN: [&str; 8] =
    ["Văn An", "Thị Bình", "Văn Cường", "Thị Dung", "Văn Giang", "Thị Hoa", "Văn Khánh", "Thị Lan"];

fn engine<J: Journal>(journal: J, office: &str) -> Engine<J> {
    let units = include_str!("../tests/data/organisation.toml");
    let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
    Engine::new(Catalogue::embedded().clone(), Calendar::vietnam().clone(), organisation, journal)
        .at_office(office)
}

/// Eight events of each of the day's dossiers, as the day brings them.
fn day(engine: &mut Engine<MemoryJournal>, number: usize, random: &mut Pcg64) {
    let opens = moment::parse("2023-06-05 07:30").unwrap() + TimeDelta::days(number as i64);
    for step in 0..8 {
        for dossier in 0..DOSSIERS {
            let pick = |random: &mut Pcg64, of: [&'static str; 8]| of[random.random_range(0..8)];
            let applicant = format!("{} {}", pick(random, NAMES), pick(random, GIVEN));
            let note = format!("Đã kiểm tra {} tờ", random.random_range(1..20));
            let apply = Application {
                applicant: Some(applicant.into()),
                ..Application::new("2.000815", "hoa-thanh", Channel::Online)
            };
            let check = Action::Complete {
                step: "check".into(),
                outcome: "complete".into(),
                note: Some(note),
                number: None,
                votes: None,
            };
            let (actor, action) = match step {
                0 => ("applicant", Action::Receive(Box::new(apply))),
                1 => ("reception", Action::accept(Some(true))),
                2 => ("justice", check),
                3 => ("chair", Action::sign("sign", true)),
                4 => ("justice", Action::complete("stamp", "complete")),
                5 => ("reception", Action::grant(true)),
                6 => ("reception", Action::deliver(Channel::Online)),
                _ => ("applicant", Action::Rate { score: random.random_range(0..3) }),
            };
            let at = opens
                + TimeDelta::minutes((step * 60 + dossier) as i64)
                + TimeDelta::seconds(random.random_range(0..60));
            let key: u128 = random.random();
            let command = Command {
                dossier: format!("H41.17.5-2306{:02}-{:04}", 5 + number, dossier + 1).into(),
                actor: actor.into(),
                at,
                key: format!("{key:032x}").into(),
                expected_version: None,
                action,
            };
            engine.handle(&command).unwrap();
        }
    }
}

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    if std::env::args().any(|argument| argument == "--test") || !"sync journal".contains(only.as_str()) {
        return;
    }
    let (key, centre_key) = (OfficeKey::from_bytes(&[1; 32]), OfficeKey::from_bytes(&[2; 32]));
    let centre_peer = Peer { office: "yen-thanh".into(), key: centre_key.public(), passes_on: true };
    let peer = Peer { office: "hoa-thanh".into(), key: key.public(), passes_on: false };
    let folder = tempfile::tempdir().unwrap();
    let mut commune = engine(MemoryJournal::new(), "hoa-thanh");
    let mut centre = engine(SqliteJournal::open(folder.path().join("centre")).unwrap(), "yen-thanh");
    let mut random = Pcg64::seed_from_u64(1);
    println!(
        "\n| a day of a commune, {DOSSIERS} dossiers, {} events | as lines of JSON | in the bundle | an event | written in | taken in, in a file | the answer |",
        8 * DOSSIERS
    );
    println!("|------|------:|------:|------:|------:|------:|------:|");
    let mut before = 0;
    for number in 0..DAYS {
        day(&mut commune, number, &mut random);
        let mut lines = Vec::new();
        export(commune.journal(), &mut lines).unwrap();
        let (mut bundle, mut answer) = (Vec::new(), Vec::new());
        let begun = Instant::now();
        let sent = commune.bundle(&centre_peer, &key, &mut bundle).unwrap();
        let (written, begun) = (begun.elapsed(), Instant::now());
        let taken = centre.take_in_bundle(std::slice::from_ref(&peer), &mut &*bundle).unwrap();
        let taken_in = begun.elapsed();
        assert_eq!((sent.events, taken.events), (8 * DOSSIERS as u64, 8 * DOSSIERS as u64));
        centre.bundle(&peer, &centre_key, &mut answer).unwrap();
        commune.take_in_bundle(std::slice::from_ref(&centre_peer), &mut &*answer).unwrap();
        println!(
            "| day {} | {} | {} | {} | {:.1?} | {:.1?} | {} |",
            number + 1,
            lines.len() - before,
            bundle.len(),
            bundle.len() as u64 / sent.events,
            written,
            taken_in,
            answer.len()
        );
        before = lines.len();
    }
}
