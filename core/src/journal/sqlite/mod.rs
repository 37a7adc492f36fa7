use super::{Append, Journal, JournalError, Visit, WorkFilter, WorkItem, WorkOrder};
use crate::dossier::Event;
use crate::moment;
use chrono::NaiveDateTime;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params,
};
use smol_str::SmolStr;
use std::path::Path;
use std::time::Duration;

/// Written into `PRAGMA user_version`.
const FORMAT: i64 = 2;
/// `mcua`, so that `file` and other programs can tell whose database it is.
const APPLICATION: i64 = 0x6d63_7561;

const SCHEMA: &str = "
CREATE TABLE events (
    dossier TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    unit TEXT,
    on_behalf TEXT,
    key TEXT NOT NULL,
    pinned TEXT,
    command TEXT NOT NULL,
    PRIMARY KEY (dossier, version)
) WITHOUT ROWID;
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

/// A journal in one SQLite file, safe against a crash at any moment: each batch is one transaction, flushed to
/// the disk before [`Journal::append`] returns (write-ahead log, `synchronous = FULL`).
///
/// The table `events` is the truth; `work` and `wakeups` are derived from it. Several processes may read while one writes.
#[derive(Debug)]
pub struct SqliteJournal {
    connection: Connection,
    place: String,
}

impl SqliteJournal {
    /// Opens a journal, and makes the file if there is none.
    ///
    /// # Errors
    /// `journal.storage` if the file cannot be opened or is no SQLite file, `journal.foreign` if it belongs to another
    /// program, `journal.format` to a newer motcua. Such a file is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let place = path.as_ref().display().to_string();
        let failed = |error| storage(&place, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path.as_ref(), flags).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(failed)?;
        let is_new = check(&connection, &place)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.pragma_update(None, "cache_size", -65_536).map_err(failed)?;
        if is_new {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            // Another process may have been faster.
            if check(&transaction, &place)? {
                transaction.execute_batch(SCHEMA).map_err(failed)?;
                transaction.pragma_update(None, "user_version", FORMAT).map_err(failed)?;
                transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
            }
            transaction.commit().map_err(failed)?;
        }
        Ok(Self { connection, place })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> JournalError + '_ {
        |error| storage(&self.place, error)
    }
}

fn storage(place: &str, error: rusqlite::Error) -> JournalError {
    let place = place.into();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::Busy { place },
        Some(ErrorCode::NotADatabase) => JournalError::Foreign { place },
        _ => JournalError::Storage { place, reason: error.to_string() },
    }
}

/// Whether the file is empty; an error if it is not ours.
fn check(connection: &Connection, place: &str) -> Result<bool, JournalError> {
    let failed = |error| storage(place, error);
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (found, application) =
        (number("user_version").map_err(failed)?, number("application_id").map_err(failed)?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    match (application, found, tables) {
        (0, 0, 0) => Ok(true),
        (APPLICATION, FORMAT, _) => Ok(false),
        (APPLICATION, ..) => Err(JournalError::Format { place: place.into(), found, known: FORMAT }),
        _ => Err(JournalError::Foreign { place: place.into() }),
    }
}

impl Journal for SqliteJournal {
    fn append(&mut self, batch: &[Append]) -> Result<(), JournalError> {
        let place = &self.place;
        let failed = |error| storage(place, error);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        for append in batch {
            append.follows(version(&transaction, &append.dossier).map_err(failed)?)?;
            store(&transaction, append).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        version(&self.connection, dossier).map_err(self.failed())
    }

    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        let failed = self.failed();
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT dossier, version, at, actor, unit, on_behalf, key, pinned, command FROM events WHERE dossier = ?1 ORDER BY version",
            )
            .map_err(&failed)?;
        let mut rows = statement.query([dossier]).map_err(&failed)?;
        let mut events = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            events.push(event(row).map_err(&failed)??);
        }
        Ok(events)
    }

    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        let failed = self.failed();
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT dossier, version, at, actor, unit, on_behalf, key, pinned, command FROM events ORDER BY dossier, version",
            )
            .map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        let (mut dossier, mut events) = (String::new(), Vec::new());
        while let Some(row) = rows.next().map_err(&failed)? {
            let code = row.get_ref(0).and_then(|value| Ok(value.as_str()?)).map_err(&failed)?;
            if code != dossier {
                if !events.is_empty() && visit(&dossier, &events).is_break() {
                    return Ok(());
                }
                events.clear();
                code.clone_into(&mut dossier);
            }
            events.push(event(row).map_err(&failed)??);
        }
        if !events.is_empty() {
            let _ = visit(&dossier, &events);
        }
        Ok(())
    }

    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        let failed = self.failed();
        let select = "SELECT dossier, procedure, action, step, outcomes, role, unit, assignee, since, due, step_due FROM work
             WHERE (?1 IS NULL OR unit = ?1) AND (?2 IS NULL OR role = ?2) AND (?3 IS NULL OR assignee = ?3)
               AND (?4 IS NULL OR due < ?4) AND (?5 IS NULL OR step_due < ?5) ORDER BY ";
        let order = match filter.order {
            WorkOrder::Due => "due IS NULL, due, dossier, step, action, unit",
            WorkOrder::StepDue => {
                "coalesce(step_due, due) IS NULL, coalesce(step_due, due), dossier, step, action, unit"
            }
        };
        let mut statement = self.connection.prepare_cached(&format!("{select}{order}")).map_err(&failed)?;
        let (before, step_before) =
            (filter.due_before.map(moment::format), filter.step_due_before.map(moment::format));
        statement
            .query_map(params![filter.unit, filter.role, filter.assignee, before, step_before], work_item)
            .and_then(Iterator::collect)
            .map_err(failed)
    }

    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT dossier, next FROM wakeups WHERE next <= ?1 ORDER BY next, dossier")
            .map_err(self.failed())?;
        statement
            .query_map([moment::format(until)], |row| {
                Ok((row.get::<_, String>(0)?.into(), moment_of(row, 1)?))
            })
            .and_then(Iterator::collect)
            .map_err(self.failed())
    }

    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT next FROM wakeups ORDER BY next LIMIT 1")
            .map_err(self.failed())?;
        statement.query_row([], |row| moment_of(row, 0)).optional().map_err(self.failed())
    }
}

fn version(connection: &Connection, dossier: &str) -> rusqlite::Result<u64> {
    let mut statement =
        connection.prepare_cached("SELECT coalesce(max(version), 0) FROM events WHERE dossier = ?1")?;
    let version: i64 = statement.query_row([dossier], |row| row.get(0))?;
    Ok(version.unsigned_abs())
}

fn store(transaction: &Transaction<'_>, append: &Append) -> rusqlite::Result<()> {
    let json = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    let mut statement =
        transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for event in &append.events {
        let version = i64::try_from(event.version).unwrap_or(i64::MAX);
        let command = serde_json::to_string(&event.action).map_err(json)?;
        let at = moment::format(event.at);
        statement.execute(params![
            append.dossier.as_str(),
            version,
            at,
            event.actor.as_str(),
            event.unit.as_deref(),
            event.on_behalf.as_deref(),
            event.key.as_str(),
            event.pinned.map(|day| day.to_string()),
            command
        ])?;
    }
    transaction.prepare_cached("DELETE FROM work WHERE dossier = ?1")?.execute([append.dossier.as_str()])?;
    let mut statement = transaction
        .prepare_cached("INSERT INTO work VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    for item in &append.work {
        statement.execute(params![
            item.dossier,
            item.procedure,
            item.action,
            item.step,
            serde_json::to_string(&item.outcomes).map_err(json)?,
            item.role,
            item.unit,
            item.assignee,
            moment::format(item.since),
            item.due.map(moment::format),
            item.step_due.map(moment::format)
        ])?;
    }
    match append.next {
        Some(next) => transaction
            .prepare_cached("INSERT OR REPLACE INTO wakeups VALUES (?1, ?2)")?
            .execute(params![append.dossier.as_str(), moment::format(next)])?,
        None => transaction
            .prepare_cached("DELETE FROM wakeups WHERE dossier = ?1")?
            .execute([append.dossier.as_str()])?,
    };
    Ok(())
}

/// Outer error: the store; inner one: what it holds is no event.
fn event(row: &Row<'_>) -> rusqlite::Result<Result<Event, JournalError>> {
    let (dossier, version): (String, i64) = (row.get(0)?, row.get(1)?);
    let version = version.unsigned_abs();
    let damaged = |reason: String| JournalError::Damaged { dossier: dossier.clone(), version, reason };
    let (at, command): (String, String) = (row.get(2)?, row.get(8)?);
    let Some(at) = moment::parse(&at) else { return Ok(Err(damaged(format!("`{at}` is no moment")))) };
    let text = |column: usize| row.get::<_, Option<String>>(column).map(|text| text.map(SmolStr::from));
    let pinned: Option<String> = row.get(7)?;
    let pinned = match pinned.map(|day| day.parse()).transpose() {
        Ok(pinned) => pinned,
        Err(_) => return Ok(Err(damaged("`pinned` is no date".into()))),
    };
    Ok(match serde_json::from_str(&command) {
        Ok(action) => Ok(Event {
            version,
            at,
            actor: row.get::<_, String>(3)?.into(),
            unit: text(4)?,
            on_behalf: text(5)?,
            key: row.get::<_, String>(6)?.into(),
            pinned,
            action,
        }),
        Err(error) => Err(damaged(error.to_string())),
    })
}

fn wrong(column: usize, reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}

fn moment_of(row: &Row<'_>, column: usize) -> rusqlite::Result<NaiveDateTime> {
    let text: String = row.get(column)?;
    moment::parse(&text).ok_or_else(|| wrong(column, format!("`{text}` is no moment")))
}

fn work_item(row: &Row<'_>) -> rusqlite::Result<WorkItem> {
    let moment = |column: usize| match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => moment_of(row, column).map(Some),
    };
    let outcomes: String = row.get(4)?;
    Ok(WorkItem {
        dossier: row.get(0)?,
        procedure: row.get(1)?,
        action: row.get(2)?,
        step: row.get(3)?,
        outcomes: serde_json::from_str(&outcomes).map_err(|error| wrong(4, error.to_string()))?,
        role: row.get(5)?,
        unit: row.get(6)?,
        assignee: row.get(7)?,
        since: moment_of(row, 8)?,
        due: moment(9)?,
        step_due: moment(10)?,
    })
}
