//! Steps, commands, and the catalogue.

use crate::{Line, Peers, cpu};
use chrono::{NaiveDateTime, TimeDelta};
use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Command, Organisation};
use motcua::journal::MemoryJournal;
use motcua::procedure::{Catalogue, Channel, Texts};
use motcua::routing::{OutcomeFlow, Routing, StepFlow};
use std::hint::black_box;
use std::sync::Arc;

const ORGANISATION: &str = include_str!("../tests/data/organisation.toml");

/// Eight steps with a fork and a join, as peers of workflow engines are measured.
const FLOW: [(&str, &[&str], &[&str]); 8] = [
    ("receive", &["check"], &[]),
    ("check", &["consult-a", "consult-b", "consult-c"], &[]),
    ("consult-a", &["draft"], &[]),
    ("consult-b", &["draft"], &[]),
    ("consult-c", &["draft"], &[]),
    ("draft", &["sign"], &["consult-a", "consult-b", "consult-c"]),
    ("sign", &["deliver"], &[]),
    ("deliver", &["end"], &[]),
];

/// The same by hand: a match over a state, a bit for each consultation.
fn by_hand(state: u8, step: u8) -> u8 {
    match (state, step) {
        (0b0000_0001, 0) => 0b0000_0010,
        (0b0000_0010, 1) => 0b0001_1100,
        (s, 2..=4) if s & (1 << step) != 0 => {
            let left = s & !(1 << step);
            if left & 0b0001_1100 == 0 { 0b0010_0000 } else { left }
        }
        (0b0010_0000, 5) => 0b0100_0000,
        (0b0100_0000, 6) => 0b1000_0000,
        (0b1000_0000, 7) => 0,
        _ => u8::MAX,
    }
}

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let flows = FLOW.map(|(id, next, join)| StepFlow {
        id: id.into(),
        outcomes: vec![OutcomeFlow {
            name: "complete".into(),
            next: next.iter().map(|s| (*s).into()).collect(),
            ..OutcomeFlow::default()
        }],
        join: join.iter().map(|s| (*s).into()).collect(),
        ..StepFlow::default()
    });
    let routing = Routing::compile(&flows, &[]).unwrap();
    let rounds = 20_000;
    let fire = cpu(rounds * FLOW.len(), || {
        for _ in 0..rounds {
            let mut at = routing.start();
            for (step, ..) in FLOW {
                at = routing.fire(at, black_box(step), "complete").unwrap();
            }
            assert!(at.is_end());
        }
    });
    let hand = cpu(rounds * FLOW.len(), || {
        for _ in 0..rounds {
            let mut at = 1;
            for step in 0..8 {
                at = by_hand(at, black_box(step));
            }
            assert_eq!(at, 0);
        }
    });
    let bare = cpu(rounds * FLOW.len(), || {
        (0..rounds * FLOW.len()).fold(1u128, |marking, i| {
            let take = black_box(1u128 << (i & 7));
            if marking & take == take { marking & !take | take.rotate_left(1) } else { black_box(marking) }
        })
    });

    let dossiers = 500;
    let command = cpu(dossiers * 8, || {
        let (catalogue, calendar) = (Arc::clone(Catalogue::embedded()), Arc::clone(Calendar::vietnam()));
        let mut engine = Engine::new(catalogue, calendar, organisation(), MemoryJournal::new());
        for n in 0..dossiers {
            for command in commands(&format!("H41-{n}")) {
                engine.handle(&command).unwrap();
            }
        }
    });
    let check = cpu(1, || Catalogue::load(&Texts::embedded()).unwrap().iter().count());
    let texts = Texts::embedded();
    let parse = cpu(1, || {
        let tables = texts.procedures.iter().map(|(_, text)| text.parse::<toml::Table>().unwrap().len());
        tables.sum::<usize>()
    });
    let some = commands("H41-1");
    let written = cpu(some.len() * 100, || {
        let texts = (0..100).flat_map(|_| &some).map(|command| serde_json::to_vec(command).unwrap().len());
        texts.sum::<usize>()
    });
    let line = |case, operation, ours, peer: Option<f64>, name: &str, limit, limit_name| Line {
        case,
        operation,
        clock: "cpu",
        ours,
        peer,
        peer_name: name.into(),
        limit,
        limit_name,
    };
    vec![
        line(
            "move the tokens, by name",
            "a step",
            fire,
            Some(hand),
            "match by hand",
            bare,
            "masks in a loop",
        ),
        line("a command in memory", "a command", command, None, "", written, "writing it as JSON"),
        line(
            "load and check the catalogue",
            "its versions",
            check,
            None,
            "",
            parse,
            "parsing the TOML alone",
        ),
    ]
}

/// The life of a certified copy, eight commands.
pub(crate) fn commands(dossier: &str) -> Vec<Command> {
    let begun: NaiveDateTime = motcua::moment::parse("2023-06-01 08:00").unwrap();
    let receive = Action::receive("2.000815", "hoa-thanh", Channel::Online);
    let complete = |step: &str| Action::complete(step, "complete");
    let granted = Action::grant(true);
    let script = [
        ("applicant", receive),
        ("reception", Action::accept(Some(true))),
        ("justice", complete("check")),
        ("chair", Action::sign("sign", true)),
        ("justice", complete("stamp")),
        ("reception", granted),
        ("reception", Action::deliver(Channel::Online)),
        ("applicant", Action::Rate { score: 2 }),
    ];
    let command = |(n, (actor, action)): (i64, (&str, Action))| Command {
        dossier: dossier.into(),
        actor: actor.into(),
        at: begun + TimeDelta::minutes(n),
        key: n.to_string().into(),
        expected_version: None,
        action,
    };
    (0..).zip(script).map(command).collect()
}

pub(crate) fn organisation() -> Organisation {
    Organisation::load(Catalogue::embedded(), &[("organisation", ORGANISATION)]).unwrap()
}
