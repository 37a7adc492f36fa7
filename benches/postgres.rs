//! Appends to a PostgreSQL server, beside the server's own insert of the same texts, and its bare commit.
//!
//! As with the file: a million events of 50,000 dossiers are there before, each append is of a dossier chosen at random, and
//! the insert it is compared with looks whether the dossier is at the version that is expected. One that does not is beside
//! it.

use crate::journal::Stream;
use crate::server::Server;
use crate::{Line, Peers, median};
use ::postgres::Client;
use motcua::journal::{Append, Journal, PostgresJournal};
use std::time::Instant;

const EVENTS: usize = 1_000_000;
/// So many appends each connection makes in a round, on average.
const APPENDS: usize = 1_000;
const ROUNDS: usize = 9;
/// So many events are stored at once before.
const AT_ONCE: usize = 1_000;

/// Room enough for all there is, and no checkpoint in between.
const SETTINGS: [&str; 3] = ["shared_buffers=2GB", "max_wal_size=16GB", "checkpoint_timeout=1h"];

const TABLES: &str = "
    CREATE TABLE checked (seq bigserial PRIMARY KEY, dossier text, version bigint, body text, UNIQUE (dossier, version));
    CREATE TABLE unchecked (LIKE checked INCLUDING ALL);
    CREATE TABLE bare (n integer)";
const CHECKED: &str = "INSERT INTO checked (dossier, version, body) SELECT $1, $2::bigint, $3
    WHERE coalesce((SELECT version FROM checked WHERE dossier = $1 ORDER BY version DESC LIMIT 1), 0) = $2::bigint - 1";
const UNCHECKED: &str = "INSERT INTO unchecked (dossier, version, body) VALUES ($1, $2, $3)";
const BARE: &str = "INSERT INTO bare VALUES (1)";

/// An event to append, as each side takes it.
struct Item {
    append: Append,
    version: i64,
    body: String,
}

impl From<Append> for Item {
    fn from(append: Append) -> Self {
        let event = &append.events[0];
        Self { version: event.version.cast_signed(), body: serde_json::to_string(event).unwrap(), append }
    }
}

/// A side of the comparison on a connection of its own.
trait Side: Send {
    /// Reads a dossier, as who decides on it does before.
    fn read(&mut self, dossier: &str);
    fn append(&mut self, item: &Item);
}

struct Ours(PostgresJournal);

impl Side for Ours {
    fn read(&mut self, dossier: &str) {
        self.0.events(dossier).unwrap();
    }

    fn append(&mut self, item: &Item) {
        self.0.append(std::slice::from_ref(&item.append)).unwrap();
    }
}

/// One of the plain inserts, or the bare one, which takes no values.
struct Theirs {
    client: Client,
    insert: ::postgres::Statement,
    select: Option<::postgres::Statement>,
}

impl Theirs {
    fn open(server: &Server, insert: &str, table: Option<&str>) -> Self {
        let mut client = server.client();
        let insert = client.prepare(insert).unwrap();
        let select =
            table.map(|table| format!("SELECT body FROM {table} WHERE dossier = $1 ORDER BY version"));
        let select = select.map(|select| client.prepare(&select).unwrap());
        Self { client, insert, select }
    }
}

impl Side for Theirs {
    fn read(&mut self, dossier: &str) {
        if let Some(select) = &self.select {
            self.client.query(select, &[&dossier]).unwrap();
        }
    }

    fn append(&mut self, item: &Item) {
        let done = match self.select {
            None => self.client.execute(&self.insert, &[]),
            Some(_) => {
                let values: [&(dyn ::postgres::types::ToSql + Sync); 3] =
                    [&item.append.dossier.as_str(), &item.version, &item.body];
                self.client.execute(&self.insert, &values)
            }
        };
        assert_eq!(done.unwrap(), 1);
    }
}

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let server = Server::start_with(&SETTINGS);
    let mut stream = filled(&server);
    let cases = [
        (1, ["append on a server, 1 connection", "the same, beside an insert without a check"]),
        (8, ["append on a server, 8 connections", "the same, beside an insert without a check"]),
    ];
    let line = |(connections, [case, again]): (usize, [&'static str; 2])| {
        let [ours, checked, unchecked, limit] = times(&server, &mut stream, connections);
        let line = |case, peer, peer_name: &str| Line {
            case,
            operation: "an event",
            clock: "wall",
            ours,
            peer: Some(peer),
            peer_name: peer_name.into(),
            limit,
            limit_name: "a commit of one number",
        };
        [line(case, checked, "PostgreSQL's plain insert"), line(again, unchecked, "the bare insert")]
    };
    let mut lines: Vec<Line> = cases.into_iter().flat_map(line).collect();
    lines.push(batches(&server, &mut stream));
    lines
}

/// Many rows in one insert, which does not look at versions.
struct Many {
    client: Client,
    insert: ::postgres::Statement,
}

impl Many {
    fn open(mut client: Client, table: &str) -> Self {
        let unnest = "SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])";
        let insert =
            client.prepare(&format!("INSERT INTO {table} (dossier, version, body) {unnest}")).unwrap();
        Self { client, insert }
    }

    fn append(&mut self, items: &[Item]) {
        let dossiers: Vec<&str> = items.iter().map(|item| item.append.dossier.as_str()).collect();
        let versions: Vec<i64> = items.iter().map(|item| item.version).collect();
        let bodies: Vec<&str> = items.iter().map(|item| item.body.as_str()).collect();
        self.client.execute(&self.insert, &[&dossiers, &versions, &bodies]).unwrap();
    }
}

/// Batches of a thousand events, beside an insert of as many rows, and beside a commit of one number for each.
fn batches(server: &Server, stream: &mut Stream) -> Line {
    let mut ours = PostgresJournal::open(&server.url(), None).unwrap();
    let (mut plain, mut bare) = (Many::open(server.client(), "unchecked"), server.client());
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..2 * ROUNDS {
        let items: Vec<Item> = (0..AT_ONCE).map(|_| stream.next().into()).collect();
        let appends: Vec<Append> = items.iter().map(|item| item.append.clone()).collect();
        let mut run = |side: usize, run: &mut dyn FnMut()| {
            let begun = Instant::now();
            run();
            times[side].push(begun.elapsed().as_nanos() as f64 / AT_ONCE as f64);
        };
        run(0, &mut || drop(ours.append(&appends).unwrap()));
        run(1, &mut || plain.append(&items));
        run(2, &mut || assert_eq!(bare.execute(BARE, &[]).unwrap(), 1));
    }
    let [ours, peer, limit] = times.map(|times| median(times.into_iter()));
    Line {
        case: "append on a server, 1,000 events at a time",
        operation: "an event",
        clock: "wall",
        ours,
        peer: Some(peer),
        peer_name: "an insert of 1,000 rows without a check".into(),
        limit,
        limit_name: "a commit of one number",
    }
}

/// Tables with a million events each.
fn filled(server: &Server) -> Stream {
    let mut client = server.client();
    client.batch_execute(TABLES).unwrap();
    let mut ours = PostgresJournal::open(&server.url(), None).unwrap();
    let mut stream = Stream::new();
    let mut plain = Many::open(client, "checked");
    for _ in 0..EVENTS / AT_ONCE {
        let items: Vec<Item> = (0..AT_ONCE).map(|_| stream.next().into()).collect();
        plain.append(&items);
        ours.append(&items.into_iter().map(|item| item.append).collect::<Vec<_>>()).unwrap();
    }
    let mut client = plain.client;
    for sql in ["INSERT INTO unchecked SELECT * FROM checked", "VACUUM ANALYZE", "CHECKPOINT"] {
        client.batch_execute(sql).unwrap();
    }
    stream
}

/// Nanoseconds for an event: ours, the insert that checks, the one that does not, and the bare commit.
fn times(server: &Server, stream: &mut Stream, connections: usize) -> [f64; 4] {
    let sides = || -> [Box<dyn Side>; 4] {
        [
            Box::new(Ours(PostgresJournal::open(&server.url(), None).unwrap())),
            Box::new(Theirs::open(server, CHECKED, Some("checked"))),
            Box::new(Theirs::open(server, UNCHECKED, Some("unchecked"))),
            Box::new(Theirs::open(server, BARE, None)),
        ]
    };
    let mut all: Vec<[Box<dyn Side>; 4]> = (0..connections).map(|_| sides()).collect();
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        // A dossier is always of the same connection: nobody waits for another's.
        let mut work: Vec<Vec<Item>> = (0..connections).map(|_| Vec::new()).collect();
        for append in (0..APPENDS * connections).map(|_| stream.next()) {
            let of = append.dossier.bytes().map(usize::from).sum::<usize>() % connections;
            work[of].push(append.into());
        }
        // In turn, so that all of them have the same disk.
        for (at, times) in times.iter_mut().enumerate() {
            let mut jobs: Vec<(&Vec<Item>, &mut Box<dyn Side>)> =
                work.iter().zip(all.iter_mut().map(|sides| &mut sides[at])).collect();
            for (items, side) in &mut jobs {
                items.iter().for_each(|item| side.read(&item.append.dossier));
            }
            let begun = Instant::now();
            std::thread::scope(|scope| {
                for (items, side) in jobs {
                    scope.spawn(move || items.iter().for_each(|item| side.append(item)));
                }
            });
            times.push(begun.elapsed().as_nanos() as f64 / (APPENDS * connections) as f64);
        }
    }
    times.map(|times| median(times.into_iter()))
}
