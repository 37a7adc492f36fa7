//! The tables of a journal in SQLite. ARCHITECTURE.md documents them for who reads them with SQL.

use super::{failed, migrate};
use crate::journal::JournalError;
use rusqlite::{Connection, TransactionBehavior};

/// Written into `PRAGMA user_version`.
const FORMAT: i64 = 4;
/// `mcua`, so that `file` and other programs can tell whose database it is.
const APPLICATION: i64 = 0x6d63_7561;

/// Events are only ever added at the end, and each knows the one before it in its dossier, so that no index has to be kept
/// up. Of what people wrote (`words`) nothing but its erasure is possible, and an event can only go where its hash stays
/// behind (`archived`).
const TABLES: &str = "
CREATE TABLE dossiers (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    last INTEGER NOT NULL,
    hash BLOB NOT NULL,
    keys BLOB NOT NULL,
    archived INTEGER NOT NULL,
    next TEXT,
    waiting TEXT NOT NULL,
    work TEXT NOT NULL,
    sum INTEGER NOT NULL
) STRICT;
CREATE INDEX dossiers_next ON dossiers (next, code) WHERE next IS NOT NULL;
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    dossier INTEGER NOT NULL,
    version INTEGER NOT NULL,
    before INTEGER NOT NULL,
    body TEXT NOT NULL,
    words TEXT,
    salt BLOB,
    texts BLOB,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE archived (
    place INTEGER PRIMARY KEY,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE blocks (
    last INTEGER PRIMARY KEY,
    root BLOB NOT NULL
) STRICT;
CREATE TRIGGER events_stay BEFORE DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM archived WHERE place = OLD.place AND hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_are_kept BEFORE UPDATE ON events
WHEN NEW.words IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.place IS NOT OLD.place OR NEW.dossier IS NOT OLD.dossier
    OR NEW.version IS NOT OLD.version OR NEW.before IS NOT OLD.before OR NEW.body IS NOT OLD.body
    OR NEW.texts IS NOT OLD.texts OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'events never change; only their words are erased'); END;
CREATE TRIGGER archived_stay BEFORE DELETE ON archived
BEGIN SELECT RAISE(ABORT, 'what was archived stays noted'); END;
CREATE TRIGGER archived_are_kept BEFORE UPDATE ON archived
BEGIN SELECT RAISE(ABORT, 'what was archived stays noted'); END;
CREATE TABLE waiting (
    unit TEXT NOT NULL,
    due TEXT NOT NULL,
    assignee TEXT NOT NULL,
    dossier INTEGER NOT NULL,
    PRIMARY KEY (unit, due, assignee, dossier)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_assignee ON waiting (assignee, due) WHERE assignee <> '';
CREATE TABLE snapshots (
    dossier INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    state BLOB NOT NULL,
    sum INTEGER NOT NULL
) STRICT;
CREATE TABLE positions (
    name TEXT PRIMARY KEY,
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIEW work AS
SELECT d.code AS dossier, i.value ->> 'procedure' AS procedure, i.value ->> 'action' AS action, i.value ->> 'step' AS step,
    i.value ->> 'role' AS role, w.unit AS unit, i.value ->> 'assignee' AS assignee, i.value ->> 'since' AS since,
    w.due AS due, i.value ->> 'step_due' AS step_due
FROM waiting w JOIN dossiers d ON d.id = w.dossier JOIN json_each(d.work) i
    ON i.value ->> 'unit' = w.unit AND coalesce(i.value ->> 'due', 'never') = w.due
    AND coalesce(i.value ->> 'assignee', '') = w.assignee;
CREATE VIEW history AS
SELECT e.place AS place, d.code AS dossier, e.version AS version, e.body ->> 'at' AS at, e.body ->> 'actor' AS actor,
    e.body ->> 'unit' AS unit, e.body ->> 'key' AS key, e.body -> 'command' AS command, e.words AS words
FROM events e JOIN dossiers d ON d.id = e.dossier;
";

/// What a file is before it is used.
pub(super) enum Found {
    Empty,
    Ours,
    /// Of an earlier format, which becomes the present one.
    Old(i64),
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
        (APPLICATION, 2 | 3, _) => Ok(Found::Old(found)),
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
        Found::Empty => transaction.execute_batch(TABLES).map_err(failed(place))?,
        Found::Old(format) => {
            migrate::set_aside(&transaction, format).map_err(failed(place))?;
            transaction.execute_batch(TABLES).map_err(failed(place))?;
            migrate::take_over(&transaction, place, format)?;
        }
    }
    transaction.pragma_update(None, "user_version", FORMAT).map_err(failed(place))?;
    transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed(place))?;
    transaction.commit().map_err(failed(place))
}
