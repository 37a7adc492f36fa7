//! Durable appends to one file, beside SQLite's own plain insert and the disk's own flush; and what is read back.
//!
//! A million events of 50,000 dossiers are there before. Each append is of a dossier chosen at random, which is the worst for
//! every store: nothing that one touches is near what the next one does.

use crate::dossiers::{commands, organisation};
use crate::{Line, Peers, median, target, wall};
use motcua::calendar::Calendar;
use motcua::dossier::{Dossier, Event};
use motcua::journal::{Append, Head, Journal, MemoryJournal, SqliteJournal, WorkFilter};
use motcua::procedure::Catalogue;
use motcua::{Engine, moment};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use rusqlite::{Connection, OptionalExtension as _};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

const DOSSIERS: usize = 50_000;
const EVENTS: usize = 1_000_000;

/// What an engine stores with each of the eight events of a dossier.
fn template() -> Vec<Append> {
    let (catalogue, calendar) = (Arc::clone(Catalogue::embedded()), Arc::clone(Calendar::vietnam()));
    let mut engine = Engine::new(catalogue, calendar, organisation(), MemoryJournal::new());
    let far = moment::parse("2100-01-01").unwrap();
    let appends = commands("H41-0").into_iter().map(|command| {
        engine.handle(&command).unwrap();
        let journal = engine.journal();
        Append {
            dossier: "H41-0".into(),
            events: journal.events("H41-0").unwrap().split_off(engine.events("H41-0").unwrap().len() - 1),
            work: journal.work(&WorkFilter::default()).unwrap(),
            next: journal.next_wakeups(far).unwrap().first().map(|(_, next)| *next),
            snapshot: None,
        }
    });
    appends.collect()
}

/// Appends to dossiers at random, one event each, of which the next version is known.
pub(crate) struct Stream {
    template: Vec<Append>,
    versions: Vec<u64>,
    random: Pcg64Mcg,
    count: u64,
}

impl Stream {
    pub(crate) fn new() -> Self {
        let random = Pcg64Mcg::seed_from_u64(41);
        Self { template: template(), versions: vec![0; DOSSIERS], random, count: 0 }
    }

    pub(crate) fn next(&mut self) -> Append {
        let dossier = self.random.random_range(0..DOSSIERS);
        self.count += 1;
        let version = &mut self.versions[dossier];
        let mut append = self.template[*version as usize % self.template.len()].clone();
        *version += 1;
        append.dossier = format!("H41.12-260302-{dossier:05}").into();
        let event = &mut append.events[0];
        event.version = *version;
        // Ordered by time, as version 7 of UUID is.
        event.key = format!("0193f6a0-{:04x}-7000-8000-{:012x}", self.count >> 16, self.count).into();
        for item in &mut append.work {
            item.dossier = append.dossier.to_string();
        }
        append
    }
}

/// The same events in a table as one writes it without thinking further: the event as JSON, found by dossier and version.
struct Plain(Connection);

impl Plain {
    fn open(path: &Path) -> Self {
        let plain = Connection::open(path).unwrap();
        plain
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
                 CREATE TABLE event (seq INTEGER PRIMARY KEY, dossier TEXT, version INTEGER, body TEXT);
                 CREATE UNIQUE INDEX event_dossier ON event (dossier, version);",
            )
            .unwrap();
        Self(plain)
    }

    fn append(&self, batch: &[(String, u64, String)]) {
        let run = |sql: &str| self.0.prepare_cached(sql).unwrap().execute([]).map(drop).unwrap();
        run("BEGIN IMMEDIATE");
        let mut last = self
            .0
            .prepare_cached("SELECT version FROM event WHERE dossier = ?1 ORDER BY version DESC LIMIT 1")
            .unwrap();
        let mut insert =
            self.0.prepare_cached("INSERT INTO event (dossier, version, body) VALUES (?1, ?2, ?3)").unwrap();
        for (dossier, version, body) in batch {
            let last: Option<i64> = last.query_row([dossier], |row| row.get(0)).optional().unwrap();
            assert_eq!(last.unwrap_or_default() + 1, version.cast_signed());
            insert.execute((dossier, version.cast_signed(), body)).unwrap();
        }
        run("COMMIT");
    }
}

fn plain(appends: &[Append]) -> Vec<(String, u64, String)> {
    let plain = |append: &Append| {
        let event: &Event = &append.events[0];
        (append.dossier.to_string(), event.version, serde_json::to_string(event).unwrap())
    };
    appends.iter().map(plain).collect()
}

fn nanoseconds(operations: usize, run: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    run();
    begun.elapsed().as_nanos() as f64 / operations as f64
}

pub(crate) fn appends(_: &Peers) -> Vec<Line> {
    let folder = tempfile::tempdir_in(target()).unwrap();
    let mut ours = SqliteJournal::open(folder.path().join("ours.sqlite")).unwrap();
    let theirs = Plain::open(&folder.path().join("plain.sqlite"));
    let mut file = File::create(folder.path().join("file")).unwrap();
    let mut stream = Stream::new();
    for _ in 0..EVENTS / 1_000 {
        let appends: Vec<_> = (0..1_000).map(|_| stream.next()).collect();
        ours.append(&appends).unwrap();
        theirs.append(&plain(&appends));
    }
    let cases = [
        ("durable append, 1 event at a time", 1, 400),
        ("durable append, 10 events at a time", 10, 150),
        ("durable append, 100 events at a time", 100, 40),
        ("durable append, 1,000 events at a time", 1_000, 10),
    ];
    let line = |(case, batch, times): (&'static str, usize, usize)| {
        // By turns, so that what else the machine does strikes all alike.
        let mut runs = [const { Vec::new() }; 3];
        for _ in 0..9 {
            let batches: Vec<Vec<Append>> =
                (0..times).map(|_| (0..batch).map(|_| stream.next()).collect()).collect();
            let rows: Vec<_> = batches.iter().map(|batch| plain(batch)).collect();
            let events = times * batch;
            runs[0].push(nanoseconds(events, || {
                batches.iter().for_each(|batch| drop(ours.append(batch).unwrap()));
            }));
            runs[1].push(nanoseconds(events, || rows.iter().for_each(|batch| theirs.append(batch))));
            let bytes = vec![b'x'; rows[0].iter().map(|(.., body)| body.len()).sum()];
            runs[2].push(nanoseconds(events, || {
                for _ in 0..times {
                    file.write_all(&bytes).unwrap();
                    file.sync_data().unwrap();
                }
            }));
        }
        let [ours, peer, limit] = runs.map(|runs| median(runs.into_iter()));
        Line {
            case,
            operation: "an event",
            clock: "wall",
            ours,
            peer: Some(peer),
            peer_name: "SQLite's plain insert".into(),
            limit,
            limit_name: "write and fdatasync",
        }
    };
    cases.map(line).into()
}

/// A million events of dossiers that were carried out as they should be.
fn filled(path: &Path) -> (SqliteJournal, usize) {
    let mut journal = SqliteJournal::open_losing_on_power_cut(path).unwrap();
    let template = template();
    let dossiers = EVENTS / template.len();
    let mut payload = 0;
    for many in (0..dossiers).collect::<Vec<_>>().chunks(1_000) {
        // One event of each, so that those of a dossier do not lie together.
        for append in &template {
            let appends: Vec<_> = many
                .iter()
                .map(|n| {
                    let mut append = append.clone();
                    append.dossier = format!("H41.12-260302-{n:06}").into();
                    append.work.iter_mut().for_each(|item| item.dossier = append.dossier.to_string());
                    payload += serde_json::to_string(&append.events[0]).unwrap().len();
                    append
                })
                .collect();
            journal.append(&appends).unwrap();
        }
    }
    (journal, payload)
}

pub(crate) fn reads(_: &Peers) -> Vec<Line> {
    let folder = tempfile::tempdir_in(target()).unwrap();
    let path = folder.path().join("journal.sqlite");
    let (journal, payload) = filled(&path);
    let events = usize::try_from(journal.size().unwrap()).unwrap();
    drop(journal);
    let journal = SqliteJournal::open(&path).unwrap();
    let line = |case, operation, ours, limit, limit_name| Line {
        case,
        operation,
        clock: "wall",
        ours,
        peer: None,
        peer_name: String::new(),
        limit,
        limit_name,
    };
    let connection = Connection::open(&path).unwrap();
    let read = wall(events, || {
        let mut statement = connection.prepare("SELECT body, hash FROM events ORDER BY place").unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut sum = 0;
        while let Some(row) = rows.next().unwrap() {
            sum += row.get_ref(0).unwrap().as_str().unwrap().len();
        }
        sum
    });
    let verify = wall(events, || journal.verify(None).unwrap());
    // What is replayed is there until the next run: letting go of it does not count.
    let mut live: Vec<Dossier> = Vec::new();
    let replay = median((0..5).map(|_| {
        let replayed = Mutex::new(Vec::with_capacity(events / 8));
        let begun = Instant::now();
        journal
            .scan_in_parallel(&|code, events| {
                let dossier = Dossier::replay(Catalogue::embedded(), code, events).unwrap();
                replayed.lock().unwrap().extend(dossier);
            })
            .unwrap();
        live = replayed.into_inner().unwrap();
        begun.elapsed().as_nanos() as f64 / events as f64
    }));
    let hashes = journal.hashes().unwrap();
    let tree = wall(events, || Head::over(&hashes));
    let head = wall(1, || journal.head().unwrap());
    let open = wall(1, || SqliteJournal::open(&path).unwrap());
    let plain = wall(1, || {
        let connection = Connection::open(&path).unwrap();
        connection.query_row("SELECT max(place) FROM events", [], |row| row.get::<_, i64>(0)).unwrap()
    });
    drop(connection);
    let bytes = std::fs::metadata(&path).unwrap().len() as f64;
    eprintln!(
        "bytes an event: {:.0} in the file, {:.0} the bare JSON, 32 its hash",
        bytes / events as f64,
        payload as f64 / events as f64
    );
    vec![
        line("verify a million events", "an event", verify, read, "reading the rows"),
        line("replay a million events into live dossiers", "an event", replay, read, "reading the rows"),
        line("head over a million events", "a head", head, tree * events as f64, "hashing the tree anew"),
        line("open a file with a million events", "a file", open, plain, "SQLite's own opening"),
    ]
}
