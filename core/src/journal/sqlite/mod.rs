mod rows;
mod schema;

use super::{
    Append, Journal, JournalError, Seal, Sealed, Visit, VisitSealed, WorkFilter, WorkItem, WorkOrder, follows,
};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::moment;
use chrono::NaiveDateTime;
use rows::{COLUMNS, SEALED, event, moment_of, sealed, work_item};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};
use schema::{Found, check, prepare};
use smol_str::SmolStr;
use std::path::Path;
use std::time::Duration;

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
        let is_ours = matches!(check(&connection, &place)?, Found::Ours);
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.pragma_update(None, "cache_size", -65_536).map_err(failed)?;
        connection.pragma_update(None, "trusted_schema", false).map_err(failed)?;
        connection.pragma_update(None, "cell_size_check", true).map_err(failed)?;
        if !is_ours {
            prepare(&mut connection, &place)?;
        }
        Ok(Self { connection, place })
    }

    /// Writes a copy to another file, while others read and write: the events as they are at one moment, with all that is
    /// derived from them. Opened, it is a journal like this one.
    ///
    /// # Errors
    /// `journal.storage` if the file is there already, or cannot be written.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), JournalError> {
        let place = to.as_ref().display().to_string();
        self.connection.execute("VACUUM INTO ?1", [&place]).map(drop).map_err(failed(&place))
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> JournalError + '_ {
        failed(&self.place)
    }
}

fn failed(place: &str) -> impl Fn(rusqlite::Error) -> JournalError + '_ {
    |error| storage(place, error)
}

fn storage(place: &str, error: rusqlite::Error) -> JournalError {
    let place = place.into();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::Busy { place },
        Some(ErrorCode::NotADatabase) => JournalError::Foreign { place },
        _ => JournalError::Storage { place, reason: error.to_string() },
    }
}

impl Journal for SqliteJournal {
    fn append(&mut self, batch: &[Append]) -> Result<(), JournalError> {
        let place = &self.place;
        let failed = |error| storage(place, error);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        for append in batch {
            let (version, mut before) = last(&transaction, &append.dossier).map_err(failed)?;
            append.follows(version)?;
            for event in &append.events {
                let (seal, bare, words) = Seal::of(&append.dossier, event, before)?;
                insert(&transaction, &append.dossier, &bare, &words, &seal, None).map_err(failed)?;
                before = Some(seal.hash);
            }
            project(&transaction, append).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        last(&self.connection, dossier).map(|(version, _)| version).map_err(self.failed())
    }

    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        let failed = self.failed();
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE dossier = ?1 ORDER BY version"))
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
            .prepare_cached(&format!("SELECT {COLUMNS} FROM events ORDER BY dossier, version"))
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

    fn sealed(&self, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        let failed = self.failed();
        let select = format!("SELECT {SEALED} FROM events ORDER BY seq");
        let mut statement = self.connection.prepare_cached(&select).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            if visit(sealed(row).map_err(&failed)??).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        let mut statement =
            self.connection.prepare_cached("SELECT hash FROM events ORDER BY seq").map_err(self.failed())?;
        let hashes = statement.query_map([], |row| row.get(0).map(Digest)).and_then(Iterator::collect);
        hashes.map_err(self.failed())
    }

    fn take_in(&mut self, events: &[Sealed]) -> Result<(), JournalError> {
        let place = &self.place;
        let failed = failed(place);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        let next = "SELECT coalesce(max(seq), 0) + 1 FROM events";
        let next: i64 = transaction.query_row(next, [], |row| row.get(0)).map_err(&failed)?;
        for (place, sealed) in (next.unsigned_abs()..).zip(events) {
            let (version, before) = last(&transaction, &sealed.dossier).map_err(&failed)?;
            follows(sealed, place, before.map(|before| (version, before)))?;
            let mut bare = sealed.event.clone();
            let words = bare.take_texts();
            insert(&transaction, &sealed.dossier, &bare, &words, &sealed.seal, Some(place))
                .map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)
    }

    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        let failed = failed(&self.place);
        self.connection.pragma_update(None, "secure_delete", true).map_err(&failed)?;
        let erased = "UPDATE events SET texts = NULL, salt = NULL WHERE dossier = ?1 AND salt IS NOT NULL";
        let erased = self.connection.execute(erased, [dossier]).map_err(&failed)?;
        // They are in the log still until that is written back; others may be reading it.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = self.connection.query_row(checkpoint, [], |row| row.get(0)).map_err(&failed)?;
        if is_busy {
            return Err(JournalError::Busy { place: self.place.clone() });
        }
        Ok(erased as u64)
    }
}

/// The version of a dossier's last event, and the hash of its seal.
fn last(connection: &Connection, dossier: &str) -> rusqlite::Result<(u64, Option<Digest>)> {
    let select = "SELECT version, hash FROM events WHERE dossier = ?1 ORDER BY version DESC LIMIT 1";
    let mut statement = connection.prepare_cached(select)?;
    let found = statement.query_row([dossier], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
    Ok(found.map_or((0, None), |(version, hash)| (version.unsigned_abs(), Some(Digest(hash)))))
}

/// Stores an event, its words apart.
fn insert(
    transaction: &Transaction<'_>,
    dossier: &str,
    bare: &Event,
    words: &[String],
    seal: &Seal,
    seq: Option<u64>,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let texts = seal.salt.map(|_| serde_json::to_string(words)).transpose().map_err(json)?;
    statement.execute(params![
        seq.map(number),
        dossier,
        number(bare.version),
        moment::format(bare.at),
        bare.actor.as_str(),
        bare.unit.as_deref(),
        bare.on_behalf.as_deref(),
        bare.key.as_str(),
        bare.pinned.map(|day| day.to_string()),
        serde_json::to_string(&bare.action).map_err(json)?,
        texts,
        seal.salt,
        seal.texts.map(|texts| texts.0),
        seal.hash.0,
    ])?;
    Ok(())
}

fn json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// Replaces what is derived from the events of a dossier.
fn project(transaction: &Transaction<'_>, append: &Append) -> rusqlite::Result<()> {
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
