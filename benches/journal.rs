//! Durable appends, beside SQLite's own plain insert and the disk's own flush.

use crate::dossiers::{commands, organisation};
use crate::{Line, Peers, wall};
use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::journal::SqliteJournal;
use motcua::procedure::Catalogue;
use rusqlite::Connection;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let folder = tempfile::tempdir_in(crate::root().join("target")).unwrap();
    let mut lines = Vec::new();
    for (case, batch) in
        [("durable append, 1 event at a time", 1), ("durable append, 100 events at a time", 100)]
    {
        let dossiers = if batch == 1 { 25 } else { 250 };
        let events = dossiers * 8;
        let journal = SqliteJournal::open(folder.path().join(format!("ours-{batch}.sqlite"))).unwrap();
        let (catalogue, calendar) = (Arc::clone(Catalogue::embedded()), Arc::clone(Calendar::vietnam()));
        let mut engine = Engine::new(catalogue, calendar, organisation(), journal);
        let mut run = 0;
        let ours = wall(events, || {
            run += 1;
            let all: Vec<_> = (0..dossiers).flat_map(|n| commands(&format!("H41-{run}-{n}"))).collect();
            for commands in all.chunks(batch) {
                engine.handle_all(commands).unwrap();
            }
        });

        let plain = Connection::open(folder.path().join(format!("plain-{batch}.sqlite"))).unwrap();
        plain
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 CREATE TABLE event (dossier TEXT, version INTEGER, body TEXT, PRIMARY KEY (dossier, version)) WITHOUT ROWID;",
            )
            .unwrap();
        let body = "x".repeat(180);
        let mut run = 0;
        let peer = wall(events, || {
            run += 1;
            let mut left =
                (0..dossiers).flat_map(|n| (1..=8).map(move |version| (format!("H41-{run}-{n}"), version)));
            loop {
                let batch: Vec<_> = left.by_ref().take(batch).collect();
                if batch.is_empty() {
                    break;
                }
                plain.execute_batch("BEGIN IMMEDIATE").unwrap();
                let mut insert = plain.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3)").unwrap();
                for (dossier, version) in batch {
                    insert.execute((dossier, version, &body)).unwrap();
                }
                plain.execute_batch("COMMIT").unwrap();
            }
        });

        let mut file = File::create(folder.path().join(format!("file-{batch}"))).unwrap();
        let bytes = vec![b'x'; 260 * batch];
        let limit = wall(events, || {
            for _ in 0..events.div_ceil(batch) {
                file.write_all(&bytes).unwrap();
                file.sync_data().unwrap();
            }
        });
        lines.push(Line {
            case,
            operation: "an event",
            clock: "wall",
            ours,
            peer: Some(peer),
            peer_name: "SQLite's plain insert".into(),
            limit,
            limit_name: "write and fdatasync",
        });
    }
    lines
}
