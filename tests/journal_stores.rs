//! One contract, three stores: what one of them does, all do.

mod common;
#[path = "common/postgres.rs"]
mod server;
#[path = "common/stores.rs"]
mod stores;

use common::{certified_copy, engine, engine_over, play};
use motcua::dossier::{Action, Event};
use motcua::journal::{
    Append, Appended, Intake, Journal, MemoryJournal, PostgresJournal, Sealed, SqliteJournal, WorkFilter,
    WorkItem, WorkOrder, export, import,
};
use motcua::moment;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use server::{Server, fresh_schema};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Mutex;
use stores::{fill, keeps_chains, sealed};

/// The whole contract. `new` makes an empty journal.
fn conforms<J: Journal>(new: impl Fn() -> J, cases: u32) {
    appends(&mut new());
    leaves_nothing_of_none(&mut new());
    is_all_or_nothing(&mut new());
    goes_on_within_a_batch(&mut new());
    reads(fill(new()));
    keeps_snapshots(&mut new());
    takes_in(&new);
    erases(&mut new());
    projects(&new, cases);
    copies(&new);
    keeps_chains(new());
}

#[test]
fn in_memory() {
    conforms(MemoryJournal::new, 50);
}

#[test]
fn in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = Cell::new(0);
    let new = || {
        made.set(made.get() + 1);
        SqliteJournal::open(folder.path().join(format!("{}.sqlite", made.get()))).unwrap()
    };
    conforms(new, 20);
}

#[test]
fn on_a_server() {
    let server = Server::shared();
    conforms(|| PostgresJournal::open(&server.url(), Some(&fresh_schema())).unwrap(), 20);
}

/// What is open of a dossier that is not there is nothing, and it begins as any other.
fn leaves_nothing_of_none<J: Journal>(journal: &mut J) {
    let all = events();
    let none = Append {
        dossier: "A".into(),
        work: vec![item("A", "hoa-thanh", None)],
        next: Some(all[0].at),
        ..Append::default()
    };
    let first = Append { events: vec![all[0].clone()], ..none.clone() };
    assert_eq!(
        journal.append(std::slice::from_ref(&none)).unwrap(),
        [Appended { version: 0, repeated: false }]
    );
    journal.take_in(&Intake { open: vec![none.clone()], ..Intake::default() }).unwrap();
    assert_eq!(journal.work(&WorkFilter::default()).unwrap(), []);
    assert_eq!((journal.version("A").unwrap(), journal.next_wakeup().unwrap()), (0, None));
    let versions: Vec<u64> =
        journal.append(&[none, first.clone()]).unwrap().iter().map(|done| done.version).collect();
    assert_eq!(versions, [0, 1]);
    let second = Append { events: vec![all[1].clone()], ..first.clone() };
    journal.append(&[second]).unwrap();
    assert_eq!(journal.events("A").unwrap(), all[..2]);
    assert_eq!(journal.work(&WorkFilter::default()).unwrap(), first.work);
}

/// The eight events of a certified copy.
fn events() -> Vec<Event> {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy());
    engine.events("H41-1").unwrap()
}

fn of(dossier: &str, events: &[Event]) -> Append {
    Append { dossier: dossier.into(), events: events.to_vec(), ..Default::default() }
}

/// The same event under another key.
fn other(event: &Event, key: &str) -> Event {
    Event { key: key.into(), ..event.clone() }
}

fn item(dossier: &str, unit: &str, due: Option<&str>) -> WorkItem {
    WorkItem {
        dossier: dossier.into(),
        procedure: "2.000815".into(),
        action: "complete".into(),
        step: Some("check".into()),
        outcomes: vec!["complete".into()],
        role: None,
        unit: unit.into(),
        assignee: None,
        since: moment::parse("2023-06-01 08:00").unwrap(),
        due: due.map(|due| moment::parse(due).unwrap()),
        step_due: None,
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, motcua::journal::JournalError>) -> &'static str {
    result.unwrap_err().code()
}

const NEW: fn(u64) -> Appended = |version| Appended { version, repeated: false };
const AGAIN: fn(u64) -> Appended = |version| Appended { version, repeated: true };

fn appends<J: Journal>(journal: &mut J) {
    let all = events();
    assert_eq!(journal.append(&[]).unwrap(), []);
    assert_eq!((journal.size().unwrap(), journal.version("H41-1").unwrap()), (0, 0));
    assert_eq!(journal.append(&[of("H41-1", &all[..1])]).unwrap(), [NEW(1)]);
    assert_eq!(journal.append(&[of("H41-1", &all[1..4])]).unwrap(), [NEW(4)], "several at once");
    // The same again, whole or in part, gives the first answer, whatever version it names.
    for (from, to) in [(0, 1), (0, 4), (1, 3), (3, 4)] {
        assert_eq!(journal.append(&[of("H41-1", &all[from..to])]).unwrap(), [AGAIN(to as u64)]);
    }
    let later = Event { version: 5, ..all[2].clone() };
    assert_eq!(journal.append(&[of("H41-1", &[later])]).unwrap(), [AGAIN(3)]);
    // A key is one event's, wherever it comes.
    for (event, key) in [(&all[4], &all[1].key), (&all[1], &all[0].key)] {
        assert_eq!(code(journal.append(&[of("H41-1", &[other(event, key)])])), "journal.key_reused");
    }
    let twice = [all[4].clone(), other(&all[5], &all[4].key)];
    assert_eq!(code(journal.append(&[of("H41-1", &twice)])), "journal.key_reused");
    // A list of which some is there.
    assert_eq!(code(journal.append(&[of("H41-1", &all[3..5])])), "journal.conflict");
    // Behind what is there, too early, with a gap, and of a dossier that is not there.
    for events in [
        vec![other(&all[3], "a")],
        vec![other(&all[0], "b")],
        vec![Event { version: 0, ..other(&all[0], "c") }],
        vec![all[5].clone()],
        vec![all[4].clone(), all[6].clone()],
    ] {
        assert_eq!(code(journal.append(&[of("H41-1", &events)])), "journal.conflict");
    }
    for events in [all[1].clone(), Event { version: 0, ..all[0].clone() }] {
        assert_eq!(code(journal.append(&[of("H41-2", &[events])])), "journal.conflict");
    }
    assert_eq!(journal.events("H41-1").unwrap(), &all[..4]);
    assert_eq!(journal.append(&[of("H41-1", &all[4..])]).unwrap(), [NEW(8)]);
    assert_eq!(journal.events("H41-1").unwrap(), all);
    assert_eq!(journal.size().unwrap(), 8);
    // The same keys are free in another dossier.
    assert_eq!(journal.append(&[of("H41-2", &all)]).unwrap(), [NEW(8)]);
    assert_eq!(journal.verify(None).unwrap().size, 16);
}

fn is_all_or_nothing<J: Journal>(journal: &mut J) {
    let all = events();
    let due = Some("2023-06-05 17:00");
    let open = |dossier: &str, events: &[Event], unit: &str| Append {
        work: vec![item(dossier, unit, due)],
        next: due.and_then(moment::parse),
        snapshot: Some(b"state".to_vec()),
        ..of(dossier, events)
    };
    journal.append(&[open("B", &all[..2], "hoa-thanh")]).unwrap();
    let before = |journal: &J| {
        let all = journal.work(&WorkFilter::default()).unwrap();
        (journal.head().unwrap(), all, journal.next_wakeup().unwrap(), journal.snapshot("B").unwrap())
    };
    let was = before(journal);
    let bad = [
        (of("C", &all[1..2]), "journal.conflict"),
        (of("A", &[other(&all[4], "new")]), "journal.conflict"),
        (of("B", &[other(&all[4], &all[0].key)]), "journal.key_reused"),
    ];
    for (bad, expected) in bad {
        let batch = [open("B", &all[2..3], "elsewhere"), open("A", &all[..3], "elsewhere"), bad];
        assert_eq!(code(journal.append(&batch)), expected);
        assert_eq!(before(journal), was);
        assert_eq!((journal.version("A").unwrap(), journal.version("B").unwrap()), (0, 2));
        assert!(journal.snapshot("A").unwrap().is_none());
    }
    // Together they are stored in their order, whatever their codes.
    let batch = [open("Z", &all[..1], "x"), of("B", &all[..2]), open("A", &all[..2], "x")];
    assert_eq!(journal.append(&batch).unwrap(), [NEW(1), AGAIN(2), NEW(2)]);
    let order: Vec<_> = sealed(journal).iter().map(|one| (one.dossier.to_string(), one.version)).collect();
    let expected = [("B", 1), ("B", 2), ("Z", 1), ("A", 1), ("A", 2)];
    assert_eq!(order, expected.map(|(code, version)| (code.to_owned(), version)));
    assert_eq!(journal.work(&WorkFilter::default()).unwrap().len(), 3, "the repeated one changed nothing");
    // Many at once.
    let many: Vec<_> = (0..1_200).map(|n| open(&format!("N{n}"), &all[..2], "many")).collect();
    assert_eq!(journal.append(&many).unwrap(), vec![NEW(2); 1_200]);
    assert_eq!(journal.append(&many).unwrap(), vec![AGAIN(2); 1_200]);
    let of_unit = WorkFilter { unit: Some("many".into()), ..Default::default() };
    assert_eq!(journal.work(&of_unit).unwrap().len(), 1_200);
    assert_eq!(journal.verify(None).unwrap().size, 2_405);
}

fn goes_on_within_a_batch<J: Journal>(journal: &mut J) {
    let all = events();
    let first = Append {
        work: vec![item("A", "first", None)],
        snapshot: Some(b"one".to_vec()),
        ..of("A", &all[..2])
    };
    let second = Append { work: vec![item("A", "second", None)], ..of("A", &all[2..3]) };
    let batch = [first.clone(), of("B", &all[..1]), second, of("A", &all[1..2])];
    assert_eq!(journal.append(&batch).unwrap(), [NEW(2), NEW(1), NEW(3), AGAIN(2)]);
    let work = journal.work(&WorkFilter::default()).unwrap();
    assert_eq!(work, [item("A", "second", None)]);
    assert_eq!(journal.snapshot("A").unwrap(), Some((2, b"one".to_vec())));
    assert_eq!(
        code(journal.append(&[of("A", &all[3..4]), of("A", &all[3..4]), of("A", &all[3..5])])),
        "journal.conflict"
    );
    let reused = [of("A", &all[3..4]), of("A", &[other(&all[4], &all[3].key)])];
    assert_eq!(code(journal.append(&reused)), "journal.key_reused");
    // Without events, what is open is replaced, at any version.
    let open = Append { work: vec![item("A", "third", None)], ..of("A", &[]) };
    assert_eq!(journal.append(std::slice::from_ref(&open)).unwrap(), [NEW(3)]);
    assert_eq!(journal.work(&WorkFilter::default()).unwrap(), open.work);
    assert_eq!(journal.verify(None).unwrap().size, 4);
}

fn reads<J: Journal>(journal: J) {
    let all = sealed(&journal);
    let mut scanned = Vec::new();
    journal
        .scan(&mut |code, events| {
            scanned.push((code.to_owned(), events.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    let codes = ["H41-1", "H41-2"];
    assert_eq!(scanned, codes.map(|code| (code.to_owned(), journal.events(code).unwrap())));
    let at_once = Mutex::new(Vec::new());
    journal
        .scan_in_parallel(&|code, events| {
            at_once.lock().unwrap().push((code.to_owned(), events.to_vec()));
        })
        .unwrap();
    let mut at_once = at_once.into_inner().unwrap();
    at_once.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert_eq!(at_once, scanned);
    let mut seen = 0;
    let stop = |_: &str, _: &[Event]| {
        seen += 1;
        ControlFlow::Break(())
    };
    journal.scan(&mut { stop }).unwrap();
    assert_eq!(seen, 1, "a scan ends when it is told to");
    for after in [0, 1, 5, 7, 8, 9, u64::MAX] {
        let mut rest = Vec::new();
        let mut visit = |one: Sealed| {
            rest.push(one);
            ControlFlow::Continue(())
        };
        journal.sealed(after, &mut visit).unwrap();
        assert_eq!(rest, all.iter().filter(|one| one.place > after).cloned().collect::<Vec<_>>());
    }
    let mut seen = 0;
    journal
        .sealed(2, &mut |one| {
            seen += 1;
            if one.place == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(seen, 2);
    for code in codes {
        for after in [0, 1, 2, 3, 4, 5, u64::MAX] {
            let expected = all.iter().filter(|one| one.dossier == code && one.version > after);
            assert_eq!(journal.sealed_of(code, after).unwrap(), expected.cloned().collect::<Vec<_>>());
        }
    }
    assert!(journal.sealed_of("H41-9", 0).unwrap().is_empty() && journal.events("H41-9").unwrap().is_empty());
    assert_eq!(journal.hashes().unwrap(), all.iter().map(|one| one.hash).collect::<Vec<_>>());
    assert_eq!(journal.size().unwrap(), 8);
}

fn keeps_snapshots<J: Journal>(journal: &mut J) {
    let all = events();
    assert_eq!(journal.snapshot("A").unwrap(), None);
    journal.append(&[of("A", &all[..1])]).unwrap();
    assert_eq!(journal.snapshot("A").unwrap(), None);
    let big = vec![7; 100_000];
    for (at, state) in [(1, vec![]), (2, big.clone()), (3, b"x".to_vec())] {
        journal.append(&[Append { snapshot: Some(state.clone()), ..of("A", &all[at..=at]) }]).unwrap();
        assert_eq!(journal.snapshot("A").unwrap(), Some((at as u64 + 1, state)));
    }
    journal.append(&[of("A", &all[4..])]).unwrap();
    assert_eq!(journal.snapshot("A").unwrap(), Some((4, b"x".to_vec())), "the last one that was made");
    journal.append(&[Append { snapshot: Some(big.clone()), ..of("A", &[]) }]).unwrap();
    assert_eq!(journal.snapshot("A").unwrap(), Some((8, big)));
}

fn takes_in<J: Journal>(new: &impl Fn() -> J) {
    let source = fill(MemoryJournal::new());
    let all = sealed(&source);
    let intake = |events: &[Sealed], position: u64| Intake {
        events: events.to_vec(),
        open: Vec::new(),
        positions: vec![("north".into(), position)],
    };
    let mut journal = new();
    assert_eq!(journal.position("north").unwrap(), 0);
    assert_eq!(journal.take_in(&intake(&all[..5], 5)).unwrap(), 5);
    assert_eq!(journal.take_in(&intake(&all[2..7], 7)).unwrap(), 2, "what is there is left out");
    assert_eq!((journal.position("north").unwrap(), journal.position("south").unwrap()), (7, 0));
    // All or nothing: another event in the place of one, a gap, a change, and what is no event.
    let changed = |change: &dyn Fn(&mut Sealed)| {
        let mut changed = all[7].clone();
        change(&mut changed);
        [all[6].clone(), changed]
    };
    let mut before = all[7].clone();
    (before.version, before.hash) = (1, all[0].hash);
    for (events, expected) in [
        (vec![before], "journal.forked"),
        (changed(&|one| one.version += 1).to_vec(), "journal.conflict"),
        (changed(&|one| one.body = one.body.replace("chair", "clerk")).to_vec(), "journal.tampered"),
        (changed(&|one| one.hash.0[0] ^= 1).to_vec(), "journal.tampered"),
        (changed(&|one| one.dossier = "H41-3".into()).to_vec(), "journal.conflict"),
    ] {
        let open = vec![Append { work: vec![item("H41-1", "x", None)], ..of("H41-1", &[]) }];
        let bad = Intake { open, ..intake(&events, 9) };
        assert_eq!(code(journal.take_in(&bad)), expected);
        assert_eq!((journal.size().unwrap(), journal.position("north").unwrap()), (7, 7));
        assert!(journal.work(&WorkFilter::default()).unwrap().is_empty());
    }
    // What follows from it comes with it.
    let work = vec![item("H41-1", "hoa-thanh", None)];
    let open = vec![Append { work: work.clone(), snapshot: Some(b"s".to_vec()), ..of("H41-1", &[]) }];
    assert_eq!(journal.take_in(&Intake { open, ..intake(&all, 8) }).unwrap(), 1);
    assert_eq!(journal.work(&WorkFilter::default()).unwrap(), work);
    assert_eq!(journal.snapshot("H41-1").unwrap(), Some((4, b"s".to_vec())));
    assert_eq!(sealed(&journal), all);
    assert_eq!(journal.verify(None).unwrap(), source.head().unwrap());
    // Its keys are known, and it goes on.
    let mut engine = engine_over(journal);
    assert!(play(&mut engine, "H41-2", &certified_copy()[3..4]).repeated);
    play(&mut engine, "H41-2", &certified_copy()[4..]);
    // An intake larger than what goes in at a time.
    let mut many = MemoryJournal::new();
    let events = events();
    for at in 0..8 {
        let batch: Vec<_> = (0..200).map(|n| of(&format!("N{n}"), &events[at..=at])).collect();
        many.append(&batch).unwrap();
    }
    let mut journal = new();
    assert_eq!(journal.take_in(&intake(&sealed(&many), 1)).unwrap(), 1_600);
    assert_eq!(journal.verify(None).unwrap(), many.head().unwrap());
}

fn erases<J: Journal>(journal: &mut J) {
    let all = events();
    let ask = Event { action: Action::RequestSupplement { reason: "thiếu".into() }, ..all[2].clone() };
    let batch =
        [Append { snapshot: Some("thiếu".into()), ..of("A", &[all[0].clone(), all[1].clone(), ask]) }];
    journal.append(&batch).unwrap();
    let head = journal.head().unwrap();
    assert_eq!(
        (journal.erase("A").unwrap(), journal.erase("A").unwrap(), journal.erase("B").unwrap()),
        (1, 0, 0)
    );
    assert_eq!(journal.snapshot("A").unwrap(), None);
    assert_eq!(journal.verify(Some(head)).unwrap(), head);
    assert!(sealed(journal).iter().all(|one| one.words.is_none()));
    assert!(sealed(journal)[2].texts.is_some());
}

/// Work and wakeups as a plain list has them, whatever is appended.
fn projects<J: Journal>(new: &impl Fn() -> J, cases: u32) {
    let moments = || {
        prop::option::weighted(0.7, 0_i64..40).prop_map(|hours| {
            hours.map(|hours| moment::parse("2023-06-01 08:00").unwrap() + chrono::TimeDelta::hours(hours))
        })
    };
    let name = |names: &'static [&'static str]| prop::sample::select(names).prop_map(String::from);
    let item = (
        name(&["hoa-thanh", "sở-tư-pháp", "x y"]),
        prop::option::of(name(&["an", "bình"])),
        prop::option::of(name(&["clerk", "chair"])),
        moments(),
        moments(),
        name(&["accept", "complete"]),
    );
    let dossier = (0_usize..4, prop::collection::vec(item, 0..4), moments());
    let steps = prop::collection::vec(dossier, 1..12);
    let filter = (
        prop::option::of(name(&["hoa-thanh", "sở-tư-pháp", "nobody"])),
        prop::option::of(name(&["clerk", "chair"])),
        prop::option::of(name(&["an", "bình", ""])),
        moments(),
        moments(),
        prop::sample::select(vec![WorkOrder::Due, WorkOrder::StepDue]),
    );
    let filters = prop::collection::vec(filter, 1..8);
    let all = events();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(steps, filters), |(steps, filters)| {
            let (mut journal, mut memory) = (new(), MemoryJournal::new());
            for (dossier, items, next) in steps {
                let dossier = ["A", "B", "a", "Đ"][dossier];
                let work: Vec<_> = items
                    .into_iter()
                    .map(|(unit, assignee, role, due, step_due, action)| WorkItem {
                        assignee,
                        role,
                        due,
                        step_due,
                        action,
                        ..self::item(dossier, &unit, None)
                    })
                    .collect();
                let at = memory.version(dossier).unwrap() as usize;
                let events = all.get(at..=at).unwrap_or_default();
                let batch = [Append { work, next, ..of(dossier, events) }];
                prop_assert_eq!(journal.append(&batch).unwrap(), memory.append(&batch).unwrap());
            }
            prop_assert_eq!(journal.next_wakeup().unwrap(), memory.next_wakeup().unwrap());
            for (unit, role, assignee, due_before, step_due_before, order) in filters {
                let until = due_before.or(step_due_before).unwrap_or_default();
                prop_assert_eq!(journal.next_wakeups(until).unwrap(), memory.next_wakeups(until).unwrap());
                let filter = WorkFilter { unit, role, assignee, due_before, step_due_before, order };
                prop_assert_eq!(journal.work(&filter).unwrap(), memory.work(&filter).unwrap());
            }
            prop_assert_eq!(journal.head().unwrap().size, memory.head().unwrap().size);
            Ok(())
        })
        .unwrap();
}

/// A journal written out and taken in, and what is derived rebuilt from the events.
fn copies<J: Journal>(new: &impl Fn() -> J) {
    let first = fill(new());
    let mut text = Vec::new();
    assert_eq!(export(&first, &mut text).unwrap(), 8);
    let (mut memory, mut second) = (MemoryJournal::new(), new());
    assert_eq!(import(&mut memory, &mut &text[..]).unwrap(), 8);
    let mut again = Vec::new();
    export(&memory, &mut again).unwrap();
    assert_eq!(import(&mut second, &mut &again[..]).unwrap(), 8);
    assert_eq!(again, text);
    assert_eq!((sealed(&second), sealed(&memory)), (sealed(&first), sealed(&first)));
    assert_eq!(second.verify(None).unwrap(), first.head().unwrap());
    let derived = |journal: &J| {
        (
            journal.work(&WorkFilter::default()).unwrap(),
            journal.next_wakeups(moment::parse("2100-01-01").unwrap()).unwrap(),
        )
    };
    let mut engine = engine_over(second);
    assert_eq!(engine.reproject("2023-06-01".parse().unwrap()).unwrap(), 2);
    assert_eq!(derived(engine.journal()), derived(&first));
    assert_eq!(derived(&first).0.len(), 2);
}
