//! Whatever is appended to a server, by whichever of several processes, comes to what it comes to in memory.

#[path = "common/appends.rs"]
mod appends;
mod common;
#[path = "common/postgres.rs"]
mod server;

use appends::{events, open};
use motcua::dossier::Event;
use motcua::journal::{Append, Journal, JournalError, MemoryJournal, PostgresJournal, WorkFilter, WorkItem};
use motcua::moment;
use proptest::collection::vec;
use proptest::prelude::*;
use server::{Server, fresh_schema};
use std::cell::Cell;
use std::collections::BTreeSet;

/// An append as it is drawn.
#[derive(Debug, Clone)]
struct Draw {
    dossier: usize,
    events: usize,
    /// Unit, due date and officer of each open item.
    work: Vec<(u8, u8, u8)>,
    next: Option<u8>,
    snapshot: bool,
    /// Under keys that were used before, with the same content or another one.
    again: Option<bool>,
    /// Behind a version that is not the last one.
    behind: bool,
}

fn draw() -> impl Strategy<Value = Draw> {
    let work = vec((0_u8..3, 0_u8..3, 0_u8..2), 0..4);
    let seldom = prop::option::weighted(0.1, any::<bool>());
    let rest = (prop::option::of(0_u8..3), prop::bool::weighted(0.2), seldom, prop::bool::weighted(0.05));
    // Most often one event, as an engine has it.
    let events = prop_oneof![6 => Just(1_usize), 1 => Just(0), 1 => 2_usize..4];
    (0_usize..4, events, work, rest).prop_map(|(dossier, events, work, (next, snapshot, again, behind))| {
        Draw { dossier, events, work, next, snapshot, again, behind }
    })
}

/// The append that is drawn, to a journal in which the dossiers are at these versions.
fn append(draw: &Draw, kinds: &[Event], versions: &[u64; 4], count: &mut usize) -> Append {
    let dossier = format!("D{}", draw.dossier);
    let version = versions[draw.dossier];
    let first = if draw.behind { version.saturating_sub(2) + 1 } else { version + 1 };
    let event = |n: usize| {
        *count += 1;
        let version = first + n as u64;
        let kind = &kinds[usize::from(version > 1) + usize::from(version > 1 && draw.again == Some(true))];
        let key = match draw.again {
            // Of the first events, as they were or not.
            Some(_) => format!("{dossier}/{}", 1 + n),
            None => format!("{dossier}/{version}/{count}"),
        };
        Event { version, key: key.into(), ..kind.clone() }
    };
    let events: Vec<Event> = (0..draw.events).map(event).collect();
    let at = moment::parse("2023-06-01 08:00").unwrap();
    let due = |n: u8| at + chrono::TimeDelta::days(n.into());
    let item = |(n, (unit, day, officer)): (usize, &(u8, u8, u8))| WorkItem {
        dossier: dossier.clone(),
        procedure: "2.000815".into(),
        action: "complete".into(),
        step: Some(format!("step-{n}")),
        outcomes: vec!["complete".into()],
        role: None,
        unit: format!("unit-{unit}"),
        assignee: (*officer > 0).then(|| format!("officer-{officer}")),
        since: at,
        due: (*day > 0).then(|| due(*day)),
        step_due: None,
    };
    Append {
        dossier: dossier.as_str().into(),
        work: draw.work.iter().enumerate().map(item).collect(),
        next: draw.next.map(due),
        snapshot: draw.snapshot.then(|| format!("{dossier} after {}", events.len()).into_bytes()),
        events,
    }
}

fn waiting(server: &Server, schema: &str) -> BTreeSet<[String; 4]> {
    let select = format!("SELECT dossier, unit, due, assignee FROM {schema}.waiting");
    let rows = server.client().query(&select, &[]).unwrap();
    rows.iter().map(|row| std::array::from_fn(|at| row.get(at))).collect()
}

#[test]
fn a_server_comes_to_what_memory_comes_to() {
    let (server, kinds) = (Server::shared(), events());
    let (stored, refused) = (Cell::new(0), Cell::new(0));
    proptest!(ProptestConfig::with_cases(60), |(batches in vec((0_usize..3, vec(draw(), 1..4)), 1..25))| {
        let schema = fresh_schema();
        let mut writers: Vec<PostgresJournal> = (0..3).map(|_| open(&server, &schema)).collect();
        let mut memory = MemoryJournal::new();
        let mut count = 0;
        for (writer, draws) in &batches {
            let mut versions = std::array::from_fn(|n| memory.version(&format!("D{n}")).unwrap());
            let mut batch = Vec::new();
            for draw in draws {
                let append = append(draw, &kinds, &versions, &mut count);
                versions[draw.dossier] += append.events.len() as u64;
                batch.push(append);
            }
            let outcome = |outcome: Result<_, JournalError>| outcome.map_err(|error| error.to_string());
            let ours = outcome(writers[*writer].append(&batch));
            let counted = if ours.is_ok() { &stored } else { &refused };
            counted.set(counted.get() + 1);
            prop_assert_eq!(ours, outcome(memory.append(&batch)));
        }
        let ours = &writers[0];
        for code in (0..4).map(|n| format!("D{n}")) {
            prop_assert_eq!(ours.events(&code).unwrap(), memory.events(&code).unwrap());
            prop_assert_eq!(ours.snapshot(&code).unwrap(), memory.snapshot(&code).unwrap());
        }
        let all = memory.work(&WorkFilter::default()).unwrap();
        prop_assert_eq!(&ours.work(&WorkFilter::default()).unwrap(), &all);
        let far = moment::parse("2100-01-01").unwrap();
        prop_assert_eq!(ours.next_wakeups(far).unwrap(), memory.next_wakeups(far).unwrap());
        prop_assert_eq!(ours.verify(None).unwrap().size, memory.size().unwrap());
        let due = |item: &WorkItem| item.due.map_or("never".into(), moment::format);
        let row = |item: &WorkItem| {
            [item.dossier.clone(), item.unit.clone(), due(item), item.assignee.clone().unwrap_or_default()]
        };
        prop_assert_eq!(waiting(&server, &schema), all.iter().map(row).collect::<BTreeSet<_>>());
    });
    let (stored, refused) = (stored.get(), refused.get());
    println!("{stored} stored, {refused} refused");
    assert!(stored > refused && refused > 20, "{stored} stored, {refused} refused");
}
