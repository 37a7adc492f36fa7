//! What is refused, and what only asks, leaves the files of a journal as they are, byte for byte; and a clock that goes
//! back.

mod common;
#[path = "common/kept.rs"]
mod kept;

use common::{certified_copy, command, complete, engine_over, play, receive, sign};
use kept::files;
use motcua::dossier::{Action, Command};
use motcua::journal::{Append, Head, Journal, JournalError, SqliteJournal, WorkFilter, export, import};
use motcua::procedure::Channel;
use motcua::{Engine, EngineError};
use std::ops::ControlFlow;
use std::path::Path;

type Live = Engine<SqliteJournal>;

/// H41-1 is worked on and has words, H41-2 is over, H41-3 was only just received.
fn office(path: &Path) -> Live {
    let mut engine = engine_over(SqliteJournal::open(path).unwrap());
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    let ask = Action::RequestSupplement { reason: "thiếu giấy của ông An".into() };
    let again = [("justice", "2023-06-01 08:20", ask), ("applicant", "2023-06-01 08:30", Action::supply())];
    play(&mut engine, "H41-1", &again);
    play(&mut engine, "H41-2", &certified_copy());
    play(&mut engine, "H41-3", &certified_copy()[..1]);
    engine
}

fn keyed(mut sent: Command, key: &str) -> Command {
    sent.key = key.into();
    sent
}

/// A command that would be carried out.
fn good() -> Command {
    command("H41-1", "justice", "2023-06-01 09:00", complete("check"))
}

/// Commands that are refused, and with which code.
fn refused() -> Vec<(&'static str, Command)> {
    let at = "2023-06-02 09:00";
    let receive_at = |unit, procedure| Action::receive(procedure, unit, Channel::Online);
    vec![
        ("dossier.wrong_state", command("H41-1", "reception", at, Action::deliver(Channel::Online))),
        ("dossier.wrong_state", command("H41-2", "justice", at, complete("check"))),
        ("dossier.wrong_state", command("H41-3", "justice", at, complete("check"))),
        ("dossier.unknown", command("H41-9", "justice", at, complete("check"))),
        ("dossier.exists", command("H41-1", "applicant", at, receive("2.000815", Channel::Online))),
        ("dossier.unknown_unit", command("H41-9", "applicant", at, receive_at("nowhere", "2.000815"))),
        ("dossier.unknown_procedure", command("H41-9", "applicant", at, receive_at("hoa-thanh", "9.999999"))),
        ("dossier.wrong_tier", command("H41-9", "applicant", at, receive_at("yen-thanh", "1.001193"))),
        ("dossier.unknown_actor", command("H41-1", "stranger", at, complete("check"))),
        ("dossier.not_allowed", command("H41-1", "reception", at, complete("check"))),
        ("dossier.other_unit", command("H41-1", "neighbour", at, complete("check"))),
        ("dossier.not_a_signature", command("H41-1", "justice", at, Action::sign("check", true))),
        ("routing.unknown_step", command("H41-1", "justice", at, complete("nothing"))),
        ("dossier.time_order", command("H41-1", "justice", "2023-06-01 08:29", complete("check"))),
        ("dossier.version_conflict", Command { expected_version: Some(3), ..good() }),
        ("dossier.key_reused", keyed(good(), "2023-06-01 08:00/receive/")),
        ("dossier.empty_field", keyed(good(), "")),
        ("dossier.empty_field", command("", "justice", at, complete("check"))),
        ("dossier.rated", command("H41-2", "applicant", at, Action::Rate { score: 1 })),
    ]
}

fn code<T>(result: Result<T, impl Into<EngineError>>) -> &'static str {
    result.map_or_else(|error| error.into().code(), |_| "fine")
}

type Try = Box<dyn Fn(&mut Live, &Path) -> &'static str>;

fn tries() -> Vec<(String, &'static str, Try)> {
    let mut all: Vec<(String, &'static str, Try)> = Vec::new();
    let mut add = |name: &str, expected, attempt: Try| all.push((name.into(), expected, attempt));
    for (expected, sent) in refused() {
        let first = command("H41-4", "applicant", "2023-06-01 08:00", receive("2.000815", Channel::Online));
        let (list, tried) = (vec![first, sent.clone()], sent.clone());
        add(&format!("{sent:?}"), expected, Box::new(move |engine, _| code(engine.handle(&sent))));
        add(&format!("dry: {tried:?}"), expected, Box::new(move |engine, _| code(engine.dry_run(&tried))));
        add(&format!("{list:?}"), expected, Box::new(move |engine, _| code(engine.handle_all(&list))));
    }
    add(
        "each",
        "fine",
        Box::new(|engine, _| {
            let sent: Vec<Command> = refused().into_iter().map(|(_, sent)| sent).collect();
            let results = engine.handle_each(&sent).unwrap();
            if results.iter().all(Result::is_err) { "fine" } else { "one was carried out" }
        }),
    );
    add(
        "each, unreadable",
        "fine",
        Box::new(|engine, _| {
            let results = engine.handle_each_json(r#"[{"dossier": "H41-1"}, 3]"#).unwrap();
            assert!(results.into_iter().all(|result| code(result) == "engine.command_unreadable"));
            "fine"
        }),
    );
    for text in ["", "{", "[]", r#"{"dossier": "H41-1"}"#, "\u{0}"] {
        let unreadable = "engine.command_unreadable";
        add(text, unreadable, Box::new(move |engine, _| code(engine.handle_json(text))));
        add(text, unreadable, Box::new(move |engine, _| code(engine.dry_run_json(text))));
    }
    add("no list", "engine.command_unreadable", Box::new(|engine, _| code(engine.handle_each_json("{}"))));
    add("an empty list", "fine", Box::new(|engine, _| code(engine.handle_all(&[]))));
    add("a dry run", "fine", Box::new(|engine, _| code(engine.dry_run(&good()))));
    add(
        "a repetition",
        "fine",
        Box::new(|engine, _| {
            for (actor, at, action) in certified_copy() {
                assert!(engine.handle(&command("H41-2", actor, at, action)).unwrap().repeated);
            }
            "fine"
        }),
    );
    add(
        "a copy over itself",
        "journal.storage",
        Box::new(|engine, path| code(engine.journal().backup(path))),
    );
    add(
        "a copy over another file",
        "journal.foreign",
        Box::new(|engine, path| code(engine.journal().backup(path.with_file_name("other.sqlite")))),
    );
    add(
        "a copy into no folder",
        "journal.storage",
        Box::new(|engine, path| {
            code(engine.journal().backup(path.with_file_name("nowhere").join("copy.sqlite")))
        }),
    );
    add(
        "a copy of itself taken in",
        "journal.tampered",
        Box::new(|engine, path| taken_in(engine, path, |text| text)),
    );
    add("what is no line", "journal.line", Box::new(|engine, path| taken_in(engine, path, |_| "x\n".into())));
    add(
        "the end of a line",
        "journal.line",
        Box::new(|engine, path| taken_in(engine, path, |text| text[text.len() - 20..].into())),
    );
    add(
        "events that are there",
        "fine",
        Box::new(|engine, path| code(append(path, vec![(engine.events("H41-1").unwrap(), "H41-1")]))),
    );
    add(
        "an event that is there, under another key",
        "journal.conflict",
        Box::new(|engine, path| {
            let mut events = engine.events("H41-1").unwrap();
            events[2].key = "another".into();
            code(append(path, vec![(vec![events[2].clone()], "H41-1")]))
        }),
    );
    add(
        "a key that is there, for another event",
        "journal.key_reused",
        Box::new(|engine, path| {
            let mut next = engine.events("H41-1").unwrap()[0].clone();
            (next.version, next.actor) = (5, "justice".into());
            code(append(path, vec![(vec![next], "H41-1")]))
        }),
    );
    add(
        "a dossier, and an event with a gap",
        "journal.conflict",
        Box::new(|engine, path| {
            let (events, others) = (engine.events("H41-2").unwrap(), engine.events("H41-1").unwrap());
            code(append(path, vec![(events, "H41-8"), (others[2..].to_vec(), "H41-9")]))
        }),
    );
    // One that is known may have words in the log still, so that is written back.
    for dossier in ["H41-9", ""] {
        add(
            &format!("erase `{dossier}`"),
            "fine",
            Box::new(move |engine, _| {
                assert_eq!(engine.erase(dossier).unwrap(), 0);
                "fine"
            }),
        );
    }
    add(
        "a place that is not",
        "journal.no_event",
        Box::new(|engine, _| code(engine.journal().prove_event(99))),
    );
    add(
        "another head",
        "journal.head_differs",
        Box::new(|engine, _| {
            let head = engine.journal().head().unwrap();
            code(engine.journal().verify(Some(Head { size: head.size - 1, ..head })))
        }),
    );
    add(
        "reading",
        "fine",
        Box::new(|engine, path| {
            let other = engine_over(SqliteJournal::open(path).unwrap());
            for engine in [engine, &other] {
                assert!(
                    engine.dossier("H41-1").unwrap().is_some() && engine.dossier("H41-9").unwrap().is_none()
                );
                assert!(!engine.work_list(&WorkFilter::default()).unwrap().is_empty());
                engine.journal().verify(None).unwrap();
                engine.wakeups(motcua::moment::parse("2024-01-01 00:00").unwrap()).unwrap();
                assert_eq!(engine.facts("2023-06-30".parse().unwrap()).unwrap().len(), 3);
            }
            "fine"
        }),
    );
    all
}

/// Takes in what the journal itself was written out as, changed.
fn taken_in(engine: &Live, path: &Path, change: fn(String) -> String) -> &'static str {
    let mut text = Vec::new();
    export(engine.journal(), &mut text).unwrap();
    let text = change(String::from_utf8(text).unwrap());
    code(import(&mut SqliteJournal::open(path).unwrap(), &mut text.as_bytes()))
}

/// Appends events to dossiers, past the engine.
fn append(path: &Path, events: Vec<(Vec<motcua::dossier::Event>, &str)>) -> Result<(), JournalError> {
    let one = |(events, dossier): (_, &str)| Append { dossier: dossier.into(), events, ..Append::default() };
    let batch: Vec<Append> = events.into_iter().map(one).collect();
    SqliteJournal::open(path)?.append(&batch).map(drop)
}

#[test]
fn what_is_refused_leaves_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    std::fs::write(path.with_file_name("other.sqlite"), "a shopping list").unwrap();
    let mut engine = office(&path);
    let head = engine.journal().head().unwrap();
    let (mut wrong, tries) = (Vec::new(), tries());
    for (name, expected, attempt) in &tries {
        let before = files(folder.path());
        assert!(before["journal.sqlite-wal"].len() > 10_000 || !wrong.is_empty(), "there is a log to change");
        let got = attempt(&mut engine, &path);
        if got != *expected {
            wrong.push(format!("{name}: {got}, not {expected}"));
        }
        let after = files(folder.path());
        if after != before {
            let changed: Vec<_> = after
                .keys()
                .chain(before.keys())
                .filter(|file| after.get(*file) != before.get(*file))
                .collect();
            wrong.push(format!("{name}: {changed:?} changed"));
        }
    }
    println!("{} attempts", tries.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(engine.journal().check(Some(head)).unwrap(), head);
    // After all of it the engine still does what it should.
    assert!(!engine.handle(&good()).unwrap().repeated);
    assert!(!engine.handle(&command("H41-1", "chair", "2023-06-01 09:30", sign())).unwrap().repeated);
}

#[test]
fn a_clock_that_goes_back_is_refused_in_a_dossier_and_does_not_change_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut engine = engine_over(SqliteJournal::open(&path).unwrap());
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    // The clock goes back by ten minutes and a second.
    let late = command("H41-1", "justice", "2023-06-01 08:09:59", complete("check"));
    assert_eq!(common::refused(&mut engine, &late), "dossier.time_order");
    // At the same moment it may be.
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:10", complete("check"))]);
    // Others begin earlier, by years even, and those come after.
    let earlier = [("applicant", "2022-06-01 08:00", receive("2.000815", Channel::Online))];
    play(&mut engine, "H41-2", &earlier);
    play(&mut engine, "H41-1", &[("chair", "2023-06-01 09:30", sign())]);
    play(&mut engine, "H41-0", &certified_copy()[..1]);
    let order = |journal: &SqliteJournal| {
        let mut order = Vec::new();
        let each = &mut |one: motcua::journal::Sealed| {
            order.push((one.place, one.dossier.to_string(), one.event().unwrap().at.to_string()));
            ControlFlow::Continue(())
        };
        journal.sealed(0, each).unwrap();
        order
    };
    let stored = order(engine.journal());
    let expected = [
        (1, "H41-1", "2023-06-01 08:00:00"),
        (2, "H41-1", "2023-06-01 08:10:00"),
        (3, "H41-1", "2023-06-01 08:10:00"),
        (4, "H41-2", "2022-06-01 08:00:00"),
        (5, "H41-1", "2023-06-01 09:30:00"),
        (6, "H41-0", "2023-06-01 08:00:00"),
    ];
    assert_eq!(stored, expected.map(|(place, code, at)| (place, code.to_owned(), at.to_owned())));
    let head = engine.journal().verify(None).unwrap();
    // Also in a file that is opened again, and in one that it was copied to as text.
    let mut text = Vec::new();
    export(engine.journal(), &mut text).unwrap();
    drop(engine);
    let again = SqliteJournal::open(&path).unwrap();
    let mut copy = SqliteJournal::open(folder.path().join("copy.sqlite")).unwrap();
    import(&mut copy, &mut &text[..]).unwrap();
    for journal in [again, copy] {
        assert_eq!((journal.verify(Some(head)).unwrap(), order(&journal)), (head, stored.clone()));
    }
}
