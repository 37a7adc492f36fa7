//! The tables of a journal in SQLite, and how those of earlier formats become these.

use super::rows::{self, OLD_COLUMNS};
use super::{failed, insert};
use crate::dossier::signature::Digest;
use crate::journal::{JournalError, Seal};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use rustc_hash::FxHashMap;

/// Written into `PRAGMA user_version`.
const FORMAT: i64 = 3;
/// `mcua`, so that `file` and other programs can tell whose database it is.
const APPLICATION: i64 = 0x6d63_7561;

/// Events are only ever added. Of what people wrote (`texts`) nothing but its erasure is possible.
const EVENTS: &str = "
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    dossier TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    unit TEXT,
    on_behalf TEXT,
    key TEXT NOT NULL,
    pinned TEXT,
    command TEXT NOT NULL,
    texts TEXT,
    salt BLOB,
    texts_hash BLOB,
    hash BLOB NOT NULL,
    UNIQUE (dossier, version)
);
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_are_kept BEFORE UPDATE ON events
WHEN NEW.texts IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.seq IS NOT OLD.seq OR NEW.dossier IS NOT OLD.dossier
    OR NEW.version IS NOT OLD.version OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor OR NEW.unit IS NOT OLD.unit
    OR NEW.on_behalf IS NOT OLD.on_behalf OR NEW.key IS NOT OLD.key OR NEW.pinned IS NOT OLD.pinned
    OR NEW.command IS NOT OLD.command OR NEW.texts_hash IS NOT OLD.texts_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'events never change; only their words are erased'); END;
";

const PROJECTIONS: &str = "
CREATE TABLE work (
    dossier TEXT NOT NULL,
    procedure TEXT NOT NULL,
    action TEXT NOT NULL,
    step TEXT,
    outcomes TEXT NOT NULL,
    role TEXT,
    unit TEXT NOT NULL,
    assignee TEXT,
    since TEXT NOT NULL,
    due TEXT,
    step_due TEXT
);
CREATE INDEX work_dossier ON work (dossier);
CREATE INDEX work_unit ON work (unit, due);
CREATE TABLE wakeups (
    dossier TEXT PRIMARY KEY,
    next TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX wakeups_next ON wakeups (next, dossier);
";

/// What a file is before it is used.
pub(super) enum Found {
    Empty,
    Ours,
    /// Of an earlier format, which becomes the present one.
    Old,
}

/// What stands in a file; an error if it is not ours.
pub(super) fn check(connection: &Connection, place: &str) -> Result<Found, JournalError> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (found, application) =
        (number("user_version").map_err(failed(place))?, number("application_id").map_err(failed(place))?);
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).map_err(failed(place))?;
    match (application, found, tables) {
        (0, 0, 0) => Ok(Found::Empty),
        (APPLICATION, FORMAT, _) => Ok(Found::Ours),
        (APPLICATION, 2, _) => Ok(Found::Old),
        (APPLICATION, ..) => Err(JournalError::Format { place: place.into(), found, known: FORMAT }),
        _ => Err(JournalError::Foreign { place: place.into() }),
    }
}

/// Makes the tables, or makes them of those of an earlier format: all of it or nothing.
pub(super) fn prepare(connection: &mut Connection, place: &str) -> Result<(), JournalError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(place))?;
    // Another process may have been faster.
    match check(&transaction, place)? {
        Found::Ours => return Ok(()),
        Found::Empty => transaction.execute_batch(PROJECTIONS).map_err(failed(place))?,
        Found::Old => transaction.execute_batch("ALTER TABLE events RENAME TO old").map_err(failed(place))?,
    }
    transaction.execute_batch(EVENTS).map_err(failed(place))?;
    seal_old(&transaction, place)?;
    transaction.pragma_update(None, "user_version", FORMAT).map_err(failed(place))?;
    transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed(place))?;
    transaction.commit().map_err(failed(place))
}

/// Events of format 2 had no seals and no order among all; they get both, in the order of their moments.
fn seal_old(transaction: &Transaction<'_>, place: &str) -> Result<(), JournalError> {
    let is_there = "SELECT 1 FROM sqlite_schema WHERE name = 'old'";
    let is_there = transaction.query_row(is_there, [], |_| Ok(())).optional().map_err(failed(place))?;
    if is_there.is_none() {
        return Ok(());
    }
    let select = format!("SELECT {OLD_COLUMNS} FROM old ORDER BY at, dossier, version");
    {
        let mut statement = transaction.prepare(&select).map_err(failed(place))?;
        let mut rows = statement.query([]).map_err(failed(place))?;
        let mut last: FxHashMap<String, Digest> = FxHashMap::default();
        while let Some(row) = rows.next().map_err(failed(place))? {
            let dossier: String = row.get(0).map_err(failed(place))?;
            let event = rows::event(row).map_err(failed(place))??;
            let (seal, bare, words) = Seal::of(&dossier, &event, last.get(&dossier).copied())?;
            last.insert(dossier.clone(), seal.hash);
            insert(transaction, &dossier, &bare, &words, &seal, None).map_err(failed(place))?;
        }
    }
    transaction.execute_batch("DROP TABLE old").map_err(failed(place))
}
