//! Small appends to a journal on a server.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{certified_copy, engine, play};
use crate::server::Server;
use motcua::dossier::Event;
use motcua::journal::{Append, PostgresJournal, WorkItem};

pub fn open(server: &Server, schema: &str) -> PostgresJournal {
    PostgresJournal::open(&server.url(), Some(schema)).unwrap()
}

pub fn events() -> Vec<Event> {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy());
    engine.events("H41-1").unwrap()
}

/// An event of any version, under a key.
pub fn event(version: u64, key: &str) -> Event {
    let all = events();
    let kind = if version == 1 { &all[0] } else { &all[1] };
    Event { version, key: key.into(), ..kind.clone() }
}

pub fn of(dossier: &str, event: Event) -> Append {
    let work = vec![WorkItem {
        dossier: dossier.into(),
        procedure: "2.000815".into(),
        action: "complete".into(),
        step: Some("check".into()),
        outcomes: Vec::new(),
        role: None,
        unit: "hoa-thanh".into(),
        assignee: None,
        since: event.at,
        due: Some(event.at + chrono::TimeDelta::hours(event.version as i64 % 3)),
        step_due: None,
    }];
    Append { dossier: dossier.into(), events: vec![event], work, ..Append::default() }
}
