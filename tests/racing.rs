//! Many writers want the next event of the same dossier: one gets it, the others are told.

mod common;

use common::{certified_copy, engine_over, play, race_on};
use motcua::dossier::{Dossier, Event};
use motcua::journal::{Append, Journal, MemoryJournal, SqliteJournal};
use motcua::procedure::Catalogue;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Barrier, Mutex};

/// The dossier has these events, in their order, each once, and all that is derived from them fits.
fn is_whole(path: &Path, events: u64) {
    let journal = SqliteJournal::open(path).unwrap();
    assert_eq!(journal.check(None).unwrap().size, events);
    let stored = journal.events("race").unwrap();
    assert_eq!(
        stored.iter().map(|event| event.version).collect::<Vec<_>>(),
        (1..=events).collect::<Vec<_>>()
    );
    let dossier = Dossier::replay(Catalogue::embedded(), "race", &stored).unwrap();
    assert_eq!(dossier.map_or(0, |dossier| dossier.version), events);
}

fn threads(count: usize, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(SqliteJournal::open(&path).unwrap());
    let (start, refused, won) = (Barrier::new(count), Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for thread in 0..count {
            let (start, refused, won, path) = (&start, &refused, &won, &path);
            scope.spawn(move || {
                let mut engine = engine_over(SqliteJournal::open(path).unwrap());
                for version in 1..=rounds {
                    start.wait();
                    match race_on(&mut engine, &thread.to_string(), version) {
                        // It looked when the winner had written already.
                        None => *refused.lock().unwrap().entry("(late)").or_default() += 1,
                        Some(Ok(got)) => won.lock().unwrap().push(got),
                        Some(Err(error)) => *refused.lock().unwrap().entry(error.code()).or_default() += 1,
                    }
                    start.wait();
                    assert_eq!(engine.journal().version("race").unwrap(), version, "one won");
                }
            });
        }
    });
    assert_eq!(won.into_inner().unwrap(), (1..=rounds).collect::<Vec<_>>());
    let refused: BTreeMap<&str, u64> = refused.into_inner().unwrap();
    println!("{count} threads, {rounds} events, the others: {refused:?}");
    assert_eq!(refused.values().sum::<u64>(), rounds * (count as u64 - 1));
    for code in refused.keys() {
        assert!(["(late)", "journal.conflict"].contains(code) || code.starts_with("dossier."), "{code}");
    }
    assert!(refused.keys().any(|code| *code != "(late)"), "they did meet");
    is_whole(&path, rounds);
}

#[test]
fn of_two_threads_one_wins_each_time() {
    threads(2, 60);
}

#[test]
fn of_eight_threads_one_wins_each_time() {
    threads(8, 30);
}

/// The same past the engine: each has decided its event before it waits for the others.
#[test]
fn of_eight_events_for_one_version_one_is_stored() {
    const WRITERS: usize = 8;
    let mut model = engine_over(MemoryJournal::new());
    play(&mut model, "race", &certified_copy());
    let events = model.events("race").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(SqliteJournal::open(&path).unwrap());
    let (start, stored) = (Barrier::new(WRITERS), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (start, stored, events, path) = (&start, &stored, &events, &path);
            scope.spawn(move || {
                let mut journal = SqliteJournal::open(path).unwrap();
                for event in events {
                    let mut mine = event.clone();
                    mine.key = format!("{writer}/{}", event.version).into();
                    let append =
                        Append { dossier: "race".into(), events: vec![mine.clone()], ..Append::default() };
                    start.wait();
                    match journal.append(&[append]) {
                        Ok(_) => stored.lock().unwrap().push(mine),
                        Err(error) => assert_eq!(error.code(), "journal.conflict", "{error}"),
                    }
                    start.wait();
                }
            });
        }
    });
    let stored = stored.into_inner().unwrap();
    assert_eq!(stored.len(), events.len());
    assert_eq!(SqliteJournal::open(&path).unwrap().events("race").unwrap(), stored);
    is_whole(&path, events.len() as u64);
}

#[test]
fn several_can_make_the_file_at_once() {
    const OPENERS: usize = 4;
    let start = Barrier::new(OPENERS);
    let mut failed = BTreeMap::<String, u64>::new();
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let open = || {
            start.wait();
            let journal = SqliteJournal::open(&path)?;
            journal.check(None).map(|head| head.size)
        };
        let opened: Vec<_> = std::thread::scope(|scope| {
            let openers: Vec<_> = (0..OPENERS).map(|_| scope.spawn(open)).collect();
            openers.into_iter().map(|opener| opener.join().unwrap()).collect()
        });
        for result in opened {
            match result {
                Ok(size) => assert_eq!(size, 0, "{round}"),
                Err(error) => {
                    let message = error.to_string().replace(&path.display().to_string(), "PATH");
                    *failed.entry(message).or_default() += 1;
                }
            }
        }
        is_whole(&path, 0);
    }
    assert!(failed.is_empty(), "of {} openings some failed: {failed:#?}", 100 * OPENERS);
}

#[test]
fn of_processes_one_wins_each_time() {
    const EVENTS: u64 = 150;
    for count in [2, 4] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let writers: Vec<_> = (0..count)
            .map(|_| {
                Command::new(env!("CARGO_BIN_EXE_writer"))
                    .args([path.as_os_str(), "race".as_ref(), EVENTS.to_string().as_ref()])
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let (mut won, mut each) = (Vec::new(), Vec::new());
        for writer in writers {
            let output = writer.wait_with_output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{error}");
            let said = String::from_utf8(output.stdout).unwrap();
            let versions: Vec<u64> = said
                .lines()
                .map(|line| line.trim_start_matches("race ").trim_end_matches('.').parse().unwrap())
                .collect();
            each.push(versions.len());
            won.extend(versions);
        }
        won.sort_unstable();
        assert_eq!(won, (1..=EVENTS).collect::<Vec<_>>(), "each version was won once");
        println!("{count} processes won {each:?}");
        is_whole(&path, EVENTS);
    }
}

/// Who reads is not kept waiting by who writes, nor sees anything half written.
#[test]
fn several_processes_read_while_one_writes() {
    const EVENTS: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(SqliteJournal::open(&path).unwrap());
    let start = |role: &str| {
        Command::new(env!("CARGO_BIN_EXE_writer"))
            .args([path.as_os_str(), role.as_ref(), EVENTS.to_string().as_ref()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let readers = [start("read"), start("read"), start("read")];
    let writer = start("race");
    let mut seen = Vec::new();
    for process in readers.into_iter().chain([writer]) {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        seen.push(said.lines().collect::<std::collections::BTreeSet<_>>().len());
    }
    println!("states that each reader saw, and what the writer wrote: {seen:?}");
    assert_eq!(seen.pop(), Some(200));
    assert!(seen.iter().all(|states| *states > 10), "{seen:?}");
    is_whole(&path, EVENTS);
}

/// What another process adds to a dossier while it is archived is in the archive, or stays here with it.
#[test]
fn a_dossier_that_goes_on_while_it_is_archived_loses_nothing() {
    let mut model = engine_over(MemoryJournal::new());
    play(&mut model, "race", &certified_copy());
    let template = model.events("race").unwrap().pop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (mut conflicts, mut archived) = (0, 0);
    for round in 0..40 {
        let code = format!("H41-{round}");
        let next = |version: u64| {
            let event = Event { version, key: version.to_string().into(), ..template.clone() };
            Append { dossier: code.as_str().into(), events: vec![event], ..Append::default() }
        };
        let mut journal = SqliteJournal::open(&path).unwrap();
        journal.append(&[next(1)]).unwrap();
        let stored = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut journal = SqliteJournal::open(&path).unwrap();
                let last = 1 + round % 6 * 5;
                for version in 2..=last {
                    if let Err(error) = journal.append(&[next(version)]) {
                        assert_eq!(error.code(), "journal.archived", "{error}");
                        return version - 1;
                    }
                }
                last
            });
            let to = folder.path().join(format!("{round}.sqlite"));
            let outcome = journal.archive(&[&code], &to);
            let stored = writer.join().unwrap();
            let there = match outcome {
                Ok(moved) => {
                    archived += 1;
                    assert_eq!(moved, stored);
                    SqliteJournal::open(&to).unwrap().version(&code).unwrap()
                }
                Err(error) => {
                    conflicts += 1;
                    assert_eq!(error.code(), "journal.conflict", "{error}");
                    journal.events(&code).unwrap().len() as u64
                }
            };
            assert_eq!(there, stored, "round {round}");
            stored
        });
        assert_eq!(journal.version(&code).unwrap(), stored);
        journal.check(None).unwrap();
    }
    println!("{archived} archived, {conflicts} refused");
    assert!(archived > 0 && conflicts > 0, "{archived}, {conflicts}");
}
