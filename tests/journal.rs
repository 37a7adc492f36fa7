//! Journals keep what they were given, whatever happens.

mod common;

use common::{certified_copy, command, complete, engine_over, play};
use motcua::dossier::{Action, Command, Dossier};
use motcua::journal::{Journal, MemoryJournal, SqliteJournal, WorkFilter};
use motcua::procedure::Catalogue;
use motcua::{Engine, EngineError, SharedEngine};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn all_events<J: Journal>(journal: &J) -> Vec<(String, usize)> {
    let mut seen = Vec::new();
    journal
        .scan(&mut |code, events| {
            seen.push((code.to_owned(), events.len()));
            ControlFlow::Continue(())
        })
        .unwrap();
    seen
}

#[test]
fn a_file_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (mut memory, mut live) =
        (engine_over(MemoryJournal::new()), engine_over(SqliteJournal::open(&path).unwrap()));
    for dossier in ["H41-2", "H41-1"] {
        play(&mut memory, dossier, &certified_copy()[..4]);
        play(&mut live, dossier, &certified_copy()[..4]);
    }
    drop(live);
    let mut reopened = engine_over(SqliteJournal::open(&path).unwrap());
    assert_eq!(all_events(reopened.journal()), [("H41-1".to_owned(), 4), ("H41-2".to_owned(), 4)]);
    assert_eq!(all_events(reopened.journal()), all_events(memory.journal()));
    for dossier in ["H41-1", "H41-2"] {
        assert_eq!(reopened.events(dossier).unwrap(), memory.events(dossier).unwrap());
    }
    let all = WorkFilter::default();
    assert_eq!(reopened.work_list(&all).unwrap(), memory.work_list(&all).unwrap());
    // It goes on where it stopped.
    play(&mut reopened, "H41-1", &certified_copy()[4..]);
}

#[test]
fn two_engines_on_one_file_see_what_the_other_did() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut first = engine_over(SqliteJournal::open(&path).unwrap());
    let mut second = engine_over(SqliteJournal::open(&path).unwrap());
    play(&mut first, "H41-1", &certified_copy()[..2]);
    // The second reads the dossier and moves on; the first still holds the version before.
    let ask = Action::RequestSupplement { reason: "thiếu trang 2".into() };
    let asked = command("H41-1", "justice", "2023-06-01 08:30", ask);
    second.handle(&asked).unwrap();
    assert_eq!(first.dossier("H41-1").unwrap().unwrap().version, 3);
    assert!(first.handle(&asked).unwrap().repeated, "the other's command is known by its key");
    let check = command("H41-1", "justice", "2023-06-01 08:40", complete("check"));
    assert_eq!(first.handle(&check).unwrap_err().code(), "dossier.wrong_state");
    assert_eq!(first.events("H41-1").unwrap().len(), 3);
}

#[test]
fn of_two_writers_one_is_told_that_the_other_was_faster() {
    let mut engine = engine_over(MemoryJournal::new());
    play(&mut engine, "H41-1", &certified_copy()[..5]);
    let events = engine.events("H41-1").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let append = |events: &[motcua::dossier::Event]| {
        vec![motcua::journal::Append {
            dossier: "H41-1".into(),
            events: events.to_vec(),
            ..Default::default()
        }]
    };
    fn conflicts<J: Journal>(
        mut journal: J,
        append: impl Fn(&[motcua::dossier::Event]) -> Vec<motcua::journal::Append>,
        events: &[motcua::dossier::Event],
    ) {
        journal.append(&append(&events[..2])).unwrap();
        for place in [0, 1] {
            // The other writer's events, under keys of its own.
            let mut other = events[place].clone();
            other.key = format!("other {place}").into();
            let error = journal.append(&append(&[other])).unwrap_err();
            assert_eq!(error.code(), "journal.conflict");
            assert!(error.to_string().contains("at version 2"), "{error}");
        }
        let with_a_gap = [events[2].clone(), events[4].clone()];
        assert_eq!(journal.append(&append(&with_a_gap)).unwrap_err().code(), "journal.conflict");
        assert_eq!(journal.version("H41-1").unwrap(), 2);
        journal.append(&append(&events[2..])).unwrap();
        assert_eq!(journal.events("H41-1").unwrap(), events);
    }
    conflicts(MemoryJournal::new(), append, &events);
    conflicts(SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap(), append, &events);
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "this is no database, it is a shopping list of some length").unwrap();
    assert_eq!(SqliteJournal::open(&text).unwrap_err().code(), "journal.foreign");
    assert_eq!(SqliteJournal::open(folder.path()).unwrap_err().code(), "journal.storage");
    let other = folder.path().join("other.sqlite");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE t (x); PRAGMA user_version = 9;").unwrap();
    drop(connection);
    let before = std::fs::read(&other).unwrap();
    assert_eq!(SqliteJournal::open(&other).unwrap_err().code(), "journal.foreign");
    assert_eq!(std::fs::read(&other).unwrap(), before, "and left as it is");
    let newer = folder.path().join("newer.sqlite");
    drop(SqliteJournal::open(&newer).unwrap());
    rusqlite::Connection::open(&newer).unwrap().execute_batch("PRAGMA user_version = 99;").unwrap();
    let error = SqliteJournal::open(&newer).unwrap_err();
    assert_eq!(error.code(), "journal.format");
    assert!(error.to_string().contains("has format 99"), "{error}");
}

#[test]
fn a_damaged_event_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    play(&mut engine_over(SqliteJournal::open(&path).unwrap()), "H41-1", &certified_copy()[..3]);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("DROP TRIGGER events_are_kept").unwrap();
    connection.execute("UPDATE events SET body = '{\"bogus\":1}' WHERE version = 2", []).unwrap();
    let error = engine_over(SqliteJournal::open(&path).unwrap()).dossier("H41-1").unwrap_err();
    assert_eq!(error.code(), "journal.tampered");
    assert!(error.to_string().contains("event 2 of dossier `H41-1`"), "{error}");
    // Work that was changed is not believed either.
    connection.execute("UPDATE dossiers SET work = replace(work, '2023', '2024')", []).unwrap();
    let journal = SqliteJournal::open(&path).unwrap();
    let error = journal.work(&WorkFilter::default()).unwrap_err();
    assert_eq!(error.code(), "journal.damaged");
    assert!(error.to_string().contains("dossier `H41-1`"), "{error}");
}

#[test]
fn a_repeated_command_gets_its_first_answer_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = engine_over(SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap());
    let sent: Vec<_> =
        certified_copy().into_iter().map(|(actor, at, action)| command("H41-1", actor, at, action)).collect();
    let first: Vec<_> = sent.iter().map(|sent| engine.handle(sent).unwrap()).collect();
    let size = engine.journal().size().unwrap();
    for (sent, first) in sent.iter().zip(&first) {
        let again = engine.handle(sent).unwrap();
        assert!(again.repeated && !first.repeated);
        assert_eq!(motcua::Answer { repeated: false, ..again }, *first);
    }
    // Within a list too, where nothing is stored yet.
    let other: Vec<_> =
        sent.iter().chain(&sent).cloned().map(|sent| Command { dossier: "H41-2".into(), ..sent }).collect();
    let answers = engine.handle_all(&other).unwrap();
    for (again, first) in answers[sent.len()..].iter().zip(&first) {
        assert_eq!((again.status, again.due, again.repeated), (first.status, first.due, true));
    }
    assert_eq!(engine.journal().size().unwrap(), 2 * size);
}

/// A hundred times taken and given back.
fn long<J: Journal>(journal: J) -> J {
    let mut engine = engine_over(journal);
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    let start = motcua::moment::parse("2023-06-01 08:11").unwrap();
    for n in 0..100 {
        for action in [Action::Claim { step: "check".into() }, Action::Release { step: "check".into() }] {
            let mut sent = command("H41-1", "justice", "2023-06-01 08:00", action);
            sent.at = start + chrono::TimeDelta::seconds(n);
            sent.key = format!("{n}/{}", sent.action.name()).into();
            engine.handle(&sent).unwrap_or_else(|error| panic!("{n}: {error}"));
        }
    }
    engine.into_journal()
}

#[test]
fn a_long_dossier_is_folded_from_its_snapshot_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (memory, file) = (long(MemoryJournal::new()), long(SqliteJournal::open(&path).unwrap()));
    let (version, state) = file.snapshot("H41-1").unwrap().unwrap();
    assert_eq!((version, Some((version, state))), (192, memory.snapshot("H41-1").unwrap()));
    let whole = memory.events("H41-1").unwrap();
    let (mut from_file, mut from_memory) = (engine_over(file), engine_over(memory));
    for (actor, at, action) in certified_copy().drain(2..) {
        let sent = command("H41-1", actor, at, action);
        assert_eq!(from_file.handle(&sent).unwrap(), from_memory.handle(&sent).unwrap());
    }
    let far = motcua::moment::parse("2024-01-01 08:00").unwrap();
    let replayed = Dossier::replay(Catalogue::embedded(), "H41-1", &from_file.events("H41-1").unwrap());
    assert_eq!(from_file.dossier("H41-1").unwrap(), replayed.unwrap());
    // As without one, and as with one that was changed.
    let mut changed = SqliteJournal::open(folder.path().join("changed.sqlite")).unwrap();
    let append = |events: &[motcua::dossier::Event], snapshot| motcua::journal::Append {
        dossier: "H41-1".into(),
        events: events.to_vec(),
        snapshot,
        ..Default::default()
    };
    changed.append(&[append(&whole, Some(vec![7; 99]))]).unwrap();
    let mut without = engine_over(changed);
    for (actor, at, action) in certified_copy().drain(2..) {
        without.handle(&command("H41-1", actor, at, action)).unwrap();
    }
    for engine in [&from_file, &without] {
        assert_eq!(engine.wakeups(far).unwrap(), from_memory.wakeups(far).unwrap());
        assert_eq!(engine.duties("H41-1", far).unwrap(), from_memory.duties("H41-1", far).unwrap());
    }
    assert_eq!(from_file.into_journal().erase("H41-1").unwrap(), 0);
    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.snapshot("H41-1").unwrap(), None, "it may hold words");
    assert!(journal.check(None).is_ok());
}

#[test]
fn what_many_threads_ask_for_is_stored_together() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap();
    let shared = SharedEngine::new(engine_over(journal));
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let shared = &shared;
            threads.spawn(move || {
                for n in 0..10 {
                    let code = format!("H41-{thread}-{n}");
                    for (place, (actor, at, action)) in certified_copy().into_iter().enumerate() {
                        let answer = shared.handle(command(&code, actor, at, action)).unwrap();
                        assert_eq!((answer.version, answer.repeated), (place as u64 + 1, false));
                    }
                    // What is refused leaves the others alone.
                    let refused = command(&code, "chair", "2023-07-01 08:00", complete("check"));
                    assert_eq!(shared.handle(refused).unwrap_err().code(), "dossier.wrong_state");
                }
            });
        }
    });
    let events = 80 * certified_copy().len() as u64;
    assert_eq!(shared.with(|engine| engine.journal().check(None)).unwrap().size, events);
    assert_eq!(all_events(shared.into_engine().journal()).len(), 80);
}

fn any_action() -> impl Strategy<Value = (&'static str, Action)> {
    let script: Vec<_> = certified_copy().into_iter().map(|(actor, _, action)| (actor, action)).collect();
    let extra = vec![
        ("justice", Action::RequestSupplement { reason: "thiếu".into() }),
        ("applicant", Action::supply()),
        ("reception", Action::RequestPayment { vnd: 10_000, reason: "phí".into(), incident: None }),
        ("applicant", Action::Pay { vnd: 10_000, online: false }),
        ("applicant", Action::Withdraw { reason: None }),
        ("chair", Action::complete("sign", "return")),
        ("chair", Action::Discontinue { reason: "hết hạn".into() }),
        ("justice", Action::Assign { step: "check".into(), officer: "justice-2".into() }),
        ("justice-2", complete("check")),
    ];
    prop::sample::select(script.into_iter().chain(extra).collect::<Vec<_>>())
}

fn random_play<J: Journal>(engine: &mut Engine<J>, actions: &[(&'static str, Action)]) -> Vec<&'static str> {
    let outcome = |result: Result<motcua::Answer, EngineError>| match result {
        Ok(answer) => answer.status.name(),
        Err(error) => error.code(),
    };
    let start = motcua::moment::parse("2023-06-01 08:00").unwrap();
    actions
        .iter()
        .enumerate()
        .map(|(i, (actor, action))| {
            let mut sent = command("H41-1", actor, "2023-06-01 08:00", action.clone());
            sent.at = start + chrono::TimeDelta::minutes(i as i64 * 7);
            sent.key = i.to_string().into();
            outcome(engine.handle(&sent))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn replay_equals_live(actions in prop::collection::vec(any_action(), 1..40)) {
        let mut engine = engine_over(MemoryJournal::new());
        random_play(&mut engine, &actions);
        let events = engine.events("H41-1").unwrap();
        let replayed = Dossier::replay(Catalogue::embedded(), "H41-1", &events).unwrap();
        prop_assert_eq!(engine.dossier("H41-1").unwrap(), replayed);
    }

    #[test]
    fn a_fresh_engine_goes_on_as_the_old_one(actions in prop::collection::vec(any_action(), 1..30), cut in 0usize..30) {
        let mut whole = engine_over(MemoryJournal::new());
        let expected = random_play(&mut whole, &actions);
        // The same commands again are answered from their keys, whoever carried them out.
        let mut first = engine_over(MemoryJournal::new());
        random_play(&mut first, &actions[..cut.min(actions.len())]);
        let mut second = engine_over(first.journal().clone());
        let again = random_play(&mut second, &actions);
        prop_assert_eq!(second.events("H41-1").unwrap(), whole.events("H41-1").unwrap());
        prop_assert_eq!(again.len(), expected.len());
    }
}
