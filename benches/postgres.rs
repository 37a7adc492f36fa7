//! Appends to a PostgreSQL server, beside the server's own plain insert of the same texts, and its bare commit.

use crate::server::Server;
use crate::{Line, Peers, median};
use ::postgres::{Client, NoTls};
use motcua::dossier::{Action, Event};
use motcua::journal::{Append, Journal, PostgresJournal, WorkItem};
use motcua::moment;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::time::Instant;

/// So many dossiers are there before; each append is to one of them at random.
const DOSSIERS: usize = 1_000;
/// So many appends each connection makes in a round.
const APPENDS: usize = 1_000;
const ROUNDS: usize = 7;

/// An event to append, as each side takes it.
struct Item {
    append: Append,
    body: String,
}

type Write = Box<dyn FnMut(&Item) + Send>;

/// What a connection does, and what it needs to know of its own dossiers.
struct Side {
    versions: Vec<u64>,
    append: Write,
}

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let server = Server::start();
    let mut admin = server.client();
    admin
        .batch_execute(
            "CREATE TABLE plain (dossier text, version bigint, body text, UNIQUE (dossier, version));
             CREATE TABLE bare (n integer)",
        )
        .unwrap();
    let mut lines = Vec::new();
    for (case, connections) in
        [("append on a server, 1 connection", 1), ("append on a server, 8 connections", 8)]
    {
        let mut all: Vec<[Side; 3]> = (0..connections).map(|_| sides(&server)).collect();
        // In turn, so that all of them have the same disk.
        let mut times = [const { Vec::new() }; 3];
        for round in 0..=ROUNDS {
            for (side, times) in times.iter_mut().enumerate() {
                let mut work: Vec<(Vec<Item>, &mut Side)> = Vec::new();
                for (connection, sides) in all.iter_mut().enumerate() {
                    let seed = (connections * 1_000 + connection * 100 + round) as u64;
                    let prefix = format!("{connections}-{connection}");
                    let side = &mut sides[side];
                    work.push((items(side, &prefix, Pcg64::seed_from_u64(seed)), side));
                }
                let begun = Instant::now();
                std::thread::scope(|scope| {
                    for (items, side) in &mut work {
                        scope.spawn(move || items.iter().for_each(|item| (side.append)(item)));
                    }
                });
                // The first round fills what each of them keeps.
                if round > 0 {
                    times.push(begun.elapsed().as_nanos() as f64 / (APPENDS * connections) as f64);
                }
            }
        }
        let [ours, peer, limit] = times.map(|times| median(times.into_iter()));
        lines.push(Line {
            case,
            operation: "an event",
            clock: "wall",
            ours,
            peer: Some(peer),
            peer_name: "PostgreSQL's plain insert".into(),
            limit,
            limit_name: "a commit of one number",
        });
    }
    lines
}

/// What a connection appends in a round.
fn items(side: &mut Side, prefix: &str, mut random: impl Rng) -> Vec<Item> {
    let item = |_| {
        let dossier = random.random_range(0..DOSSIERS);
        let version = &mut side.versions[dossier];
        *version += 1;
        let append = append(&format!("H41-{prefix}-{dossier}"), *version);
        Item { body: serde_json::to_string(&append.events[0]).unwrap(), append }
    };
    (0..APPENDS).map(item).collect()
}

/// Ours, the plain insert, and the bare commit, on a connection each.
fn sides(server: &Server) -> [Side; 3] {
    let connect = || Client::connect(&server.url(), NoTls).unwrap();
    let mut journal = PostgresJournal::open(&server.url(), None).unwrap();
    let (mut plain, mut bare) = (connect(), connect());
    let insert = plain.prepare("INSERT INTO plain VALUES ($1, $2, $3)").unwrap();
    let commit = bare.prepare("INSERT INTO bare VALUES (1)").unwrap();
    let side = |append: Write| Side { versions: vec![0; DOSSIERS], append };
    [
        side(Box::new(move |Item { append, .. }| {
            journal.append(std::slice::from_ref(append)).unwrap();
        })),
        side(Box::new(move |Item { append, body }| {
            let version = append.events[0].version.cast_signed();
            plain.execute(&insert, &[&append.dossier.as_str(), &version, &body]).unwrap();
        })),
        side(Box::new(move |_| {
            bare.execute(&commit, &[]).unwrap();
        })),
    ]
}

fn event(version: u64) -> Event {
    Event {
        version,
        at: moment::parse("2023-06-01 08:10").unwrap(),
        actor: "justice".into(),
        unit: Some("hoa-thanh".into()),
        on_behalf: None,
        office: None,
        key: format!("2023-06-01 08:10/{version}").into(),
        pinned: None,
        action: Action::complete("check", "complete"),
    }
}

/// With the open work of a dossier in one office, which changes with each event.
fn append(dossier: &str, version: u64) -> Append {
    let event = event(version);
    let due = event.at + chrono::TimeDelta::days(3);
    let work = vec![WorkItem {
        dossier: dossier.into(),
        procedure: "2.000815".into(),
        action: "complete".into(),
        step: Some(format!("step-{}", version % 8)),
        outcomes: vec!["complete".into(), "return".into()],
        role: Some("judicial_officer".into()),
        unit: "hoa-thanh".into(),
        assignee: None,
        since: event.at,
        due: Some(due),
        step_due: None,
    }];
    Append { dossier: dossier.into(), events: vec![event], work, next: Some(due), snapshot: None }
}
