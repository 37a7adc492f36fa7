//! Bits that flip on the disk, in any page of a journal: it is refused, or checking it finds them, or nothing that can
//! be read has changed. And whoever reads without checking is never told what is not true: events of a dossier and work
//! are as they were, or there is an error. Only what a damaged index hides is not missed by who reads; checking finds that.
//!
//! `FLIPS=400 cargo test -p motcua-tests --test flipped` spoils each page so many times instead of sixteen.

mod common;
#[path = "common/kept.rs"]
mod kept;

use common::{certified_copy, complete, engine_over, play};
use kept::Chance;
use motcua::dossier::{Action, Event};
use motcua::journal::{Journal, JournalError, Sealed, SqliteJournal, WorkFilter, WorkItem, WorkOrder};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

const DOSSIERS: usize = 48;

fn code(dossier: usize) -> String {
    format!("H41-{dossier}")
}

/// Dossiers in all stages, some with words and some without their words, in one file.
fn fill(path: &Path) {
    let mut engine = engine_over(SqliteJournal::open(path).unwrap());
    for dossier in 0..DOSSIERS {
        play(&mut engine, &code(dossier), &certified_copy()[..=dossier % 8]);
        if dossier % 8 == 1 {
            let ask = Action::RequestSupplement { reason: format!("thiếu giấy số {dossier}") };
            let steps = [
                ("justice", "2023-06-01 08:20", ask),
                ("applicant", "2023-06-01 08:30", Action::supply()),
                ("justice", "2023-06-01 09:20", complete("check")),
            ];
            play(&mut engine, &code(dossier), &steps[..1 + dossier / 8 % 3]);
        }
    }
    assert!(engine.erase(&code(17)).unwrap() > 0);
}

/// All that can be read of a journal, apart for each way to read it.
#[derive(PartialEq, Debug)]
struct Read {
    events: BTreeMap<String, Result<Vec<Event>, JournalError>>,
    work: [Result<Vec<WorkItem>, JournalError>; 2],
    versions: BTreeMap<String, Result<u64, JournalError>>,
    wakeups: Result<Vec<(String, String)>, JournalError>,
    scanned: Result<Vec<(String, Vec<Event>)>, JournalError>,
    sealed: Result<Vec<Sealed>, JournalError>,
}

fn read(journal: &SqliteJournal) -> Read {
    // One that was never there, too.
    let codes = || (0..=DOSSIERS).map(code);
    let work = |order| journal.work(&WorkFilter { order, ..WorkFilter::default() });
    let far = motcua::moment::parse("2999-01-01 00:00").unwrap();
    let (mut scanned, mut sealed) = (Vec::new(), Vec::new());
    let scan = journal.scan(&mut |code, events| {
        scanned.push((code.to_owned(), events.to_vec()));
        ControlFlow::Continue(())
    });
    let seals = journal.sealed(0, &mut |one| {
        sealed.push(one);
        ControlFlow::Continue(())
    });
    let wakeups = journal.next_wakeups(far);
    Read {
        events: codes().map(|code| (code.clone(), journal.events(&code))).collect(),
        work: [work(WorkOrder::Due), work(WorkOrder::StepDue)],
        versions: codes().map(|code| (code.clone(), journal.version(&code))).collect(),
        wakeups: wakeups
            .map(|all| all.into_iter().map(|(code, at)| (code.to_string(), at.to_string())).collect()),
        scanned: scan.map(|()| scanned),
        sealed: seals.map(|()| sealed),
    }
}

/// Counts, and the first examples.
#[derive(Default)]
struct Wrong(BTreeMap<&'static str, Vec<String>>);

impl Wrong {
    /// What was read is an error, or the truth.
    fn unless<T: PartialEq>(
        &mut self,
        what: &'static str,
        read: &Result<T, JournalError>,
        truth: &Result<T, JournalError>,
        place: &str,
    ) {
        if read.is_ok() && read != truth {
            self.0.entry(what).or_default().push(place.into());
        }
    }

    fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.0.iter().map(|(what, places)| (*what, places.len())).collect()
    }

    fn examples(&self) -> BTreeMap<&'static str, &[String]> {
        self.0.iter().map(|(what, places)| (*what, &places[..places.len().min(8)])).collect()
    }
}

/// One way to spoil a page: a bit, a byte, a run of bytes, a sector.
fn spoil(page: &mut [u8], way: u64, chance: &mut Chance) -> String {
    // Half of them where the header of the page and its first pointers are.
    let end = if chance.below(2) == 0 { page.len() } else { 64 };
    let at = chance.below(end as u64) as usize;
    match way % 4 {
        0 => page[at] ^= 1 << chance.below(8),
        1 => page[at] ^= 1 + chance.below(255) as u8,
        2 => {
            let run = (at + 1 + chance.below(15) as usize).min(page.len());
            page[at..run].iter_mut().for_each(|byte| *byte = chance.below(256) as u8);
        }
        _ => page[at / 512 * 512..at / 512 * 512 + 512].fill(if chance.below(2) == 0 { 0 } else { 0xff }),
    }
    format!("byte {at} in way {}", way % 4)
}

#[test]
fn flipped_bits_in_any_page_are_never_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    fill(&path);
    assert_eq!(kept::files(folder.path()).len(), 1, "all is in one file");
    let bytes = std::fs::read(&path).unwrap();
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let journal = SqliteJournal::open(&path).unwrap();
    let (head, truth) = (journal.check(None).unwrap(), read(&journal));
    assert!(truth.events.values().all(Result::is_ok) && truth.sealed.as_ref().unwrap().len() > 200);
    assert!(truth.work[0].as_ref().unwrap().len() > 20 && truth.wakeups.as_ref().unwrap().len() > 10);
    drop(journal);

    let pages = bytes.len() / size;
    // Every byte of the header of the file, then each page.
    let header = (0..100_u64).map(|at| (0, Some(at)));
    let ways: u64 = std::env::var("FLIPS").map_or(16, |flips| flips.parse().expect("FLIPS is a number"));
    let all = (0..pages).flat_map(|page| (0..ways).map(move |_| (page, None)));
    let (mut refused, mut found, mut harmless, mut hidden) = (0, 0, 0, 0);
    let (mut believed, mut passed) = (Wrong::default(), Wrong::default());
    for (number, (page, at)) in (0_u64..).zip(header.chain(all)) {
        let mut chance = Chance(number);
        let mut spoiled = bytes.clone();
        let how = match at {
            Some(at) => {
                spoiled[at as usize] ^= 1 << chance.below(8);
                format!("byte {at}")
            }
            None => spoil(&mut spoiled[page * size..(page + 1) * size], number, &mut chance),
        };
        if spoiled == bytes {
            continue;
        }
        let place = format!("page {} of {pages}, {how}", page + 1);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        std::fs::write(&path, &spoiled).unwrap();
        let Ok(journal) = SqliteJournal::open(&path) else {
            refused += 1;
            continue;
        };
        let seen = read(&journal);
        let mut is_hidden = false;
        for (code, events) in &seen.events {
            let count = events.as_ref().map_or(0, Vec::len);
            if *events == Ok(Vec::new()) && truth.events[code] != *events {
                is_hidden = true;
                continue;
            }
            let of = format!("{place}: {count} events of {code}");
            believed.unless("events", events, &truth.events[code], &of);
        }
        for (work, true_work) in seen.work.iter().zip(&truth.work) {
            let mut all = true_work.iter().flatten();
            // In the same order, some of them.
            if work.as_ref().is_ok_and(|work| work.iter().all(|item| all.any(|other| other == item))) {
                is_hidden |= work != true_work;
                continue;
            }
            believed.unless("work", work, true_work, &place);
        }
        hidden += u64::from(is_hidden);
        // Who verifies only the chains knows that the events that can be read are the true ones.
        if let Ok(verified) = journal.verify(None) {
            if verified != head {
                passed.0.entry("the head").or_default().push(place.clone());
            }
            passed.unless("verified", &seen.sealed, &truth.sealed, &place);
        }
        match journal.check(None) {
            Err(_) => found += 1,
            Ok(verified) => {
                assert!(!is_hidden, "{place}: something is hidden, and checking does not find it");
                if verified == head && seen == truth {
                    harmless += 1;
                } else {
                    passed.0.entry("checked").or_default().push(place);
                }
            }
        }
    }
    println!(
        "{pages} pages; {refused} not opened, {found} found by checking, {harmless} changed nothing; {hidden} hid something"
    );
    println!("passed and yet not the same: {:?}; believed: {:?}", passed.counts(), believed.counts());
    assert!(refused > 0 && found > 0);
    assert!(
        passed.0.is_empty() && believed.0.is_empty(),
        "passed and yet not the same: {:#?}; believed: {:#?}",
        passed.examples(),
        believed.examples()
    );
}
