mod archive;
mod check;
mod connect;
mod migrate;
mod pass;
mod read;
mod rows;
mod scan;
mod schema;
mod write;

use super::tree::BLOCK;
use super::{
    Append, Appended, Head, Intake, Journal, JournalError, Sealed, Visit, VisitInParallel, VisitSealed,
    WorkFilter, WorkItem,
};
use crate::dossier::signature::Digest;
use crate::moment;
use chrono::NaiveDateTime;
use connect::connect;
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use smol_str::SmolStr;
use std::path::{Path, PathBuf};
use write::Writer;

/// A journal in one SQLite file, safe against a crash at any moment: each batch is one transaction, flushed to
/// the disk before [`Journal::append`] returns (write-ahead log, `synchronous = FULL`).
///
/// The table `events` is the truth; all else is derived from it. Several processes may read while one writes.
#[derive(Debug)]
pub struct SqliteJournal {
    connection: Connection,
    path: PathBuf,
    place: String,
    synchronous: &'static str,
    /// Whether an error at a commit made the connection one not to be trusted.
    is_broken: bool,
}

impl SqliteJournal {
    /// Opens a journal, and makes the file if there is none.
    ///
    /// # Errors
    /// `journal.storage` if the file cannot be opened or is no SQLite file, `journal.foreign` if it belongs to another
    /// program, `journal.format` to a newer motcua. Such a file is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_as(path.as_ref(), "FULL")
    }

    /// The same, several times as fast for small batches, but **what was answered in the last moments is lost when the power
    /// is cut** or the machine stops (`synchronous = NORMAL`); what is there then is whole. It survives the end of the
    /// process. For taking in a copy, for tests; not for a citizen's dossier.
    ///
    /// # Errors
    /// As [`SqliteJournal::open`].
    pub fn open_losing_on_power_cut(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_as(path.as_ref(), "NORMAL")
    }

    fn open_as(path: &Path, synchronous: &'static str) -> Result<Self, JournalError> {
        let place = path.display().to_string();
        let connection = connect(path, &place, synchronous)?;
        Ok(Self { connection, path: path.into(), place, synchronous, is_broken: false })
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

    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Reads something as it is at one moment, however many statements that takes and whoever writes meanwhile.
    fn at_one_moment<T>(
        &self,
        read: impl FnOnce(&Connection, &str) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        // One that was begun stays open, and with it what is seen.
        let is_first = self.connection.is_autocommit();
        let moment =
            is_first.then(|| self.connection.unchecked_transaction()).transpose().map_err(self.failed())?;
        let outcome = read(&self.connection, &self.place);
        match moment.map_or(Ok(()), rusqlite::Transaction::finish) {
            Err(error) if outcome.is_ok() => Err(storage(&self.place, error)),
            _ => outcome,
        }
    }

    /// Does something in one transaction, the one that was begun if one was: all of it or nothing.
    fn all_or_nothing<T>(
        &mut self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if self.connection.is_autocommit() {
            self.begin()?;
        }
        let outcome = Writer::new(&self.connection, &self.place).and_then(|mut writer| work(&mut writer));
        let done = match outcome {
            Ok(done) => done,
            Err(error) => {
                self.abandon();
                return Err(error);
            }
        };
        let Err(error) = self.run("COMMIT") else { return Ok(done) };
        self.abandon();
        match storage(&self.place, error) {
            JournalError::Storage { place, reason } => {
                // It may have reached the disk; only a new connection reads what is there.
                self.is_broken = true;
                Err(JournalError::Unknown { place, reason })
            }
            error => Err(error),
        }
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
    fn begin(&mut self) -> Result<(), JournalError> {
        if self.is_broken {
            self.connection = connect(&self.path, &self.place, self.synchronous)?;
            self.is_broken = false;
        }
        self.abandon();
        self.run("BEGIN IMMEDIATE").map_err(failed(&self.place))
    }

    fn abandon(&mut self) {
        // Where SQLite has ended it by itself, there is nothing to end.
        if !self.connection.is_autocommit() {
            let _ = self.run("ROLLBACK");
        }
    }

    fn append(&mut self, batch: &[Append]) -> Result<Vec<Appended>, JournalError> {
        self.all_or_nothing(|writer| batch.iter().map(|append| writer.append(append)).collect())
    }

    fn size(&self) -> Result<u64, JournalError> {
        read::size(&self.connection).map_err(self.failed())
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        let head = rows::find(&self.connection, dossier).map_err(self.failed())??;
        Ok(head.map_or(0, |head| head.version))
    }

    fn sealed_of(&self, dossier: &str, after: u64) -> Result<Vec<Sealed>, JournalError> {
        self.at_one_moment(|connection, place| {
            match rows::find(connection, dossier).map_err(failed(place))?? {
                Some(head) => read::chain(connection, place, &head, after),
                None => Ok(Vec::new()),
            }
        })
    }

    fn snapshot(&self, dossier: &str) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
        self.at_one_moment(|connection, place| read::snapshot(connection, place, dossier))
    }

    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        self.at_one_moment(|connection, place| scan::scan(connection, place, visit))
    }

    fn scan_in_parallel(&self, visit: &VisitInParallel<'_>) -> Result<(), JournalError> {
        self.at_one_moment(|connection, place| scan::in_parallel(connection, place, visit))
    }

    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        read::work(&self.connection, &self.place, filter)
    }

    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        read::wakeups(&self.connection, &self.place, Some(moment::format(until)))
    }

    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        let first = read::wakeups(&self.connection, &self.place, None)?;
        Ok(first.first().map(|(_, next)| *next))
    }

    fn sealed(&self, after: u64, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        read::sealed_after(&self.connection, &self.place, after, visit)
    }

    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        self.at_one_moment(|connection, place| read::hashes(connection, place, 0))
    }

    fn head(&self) -> Result<Head, JournalError> {
        self.at_one_moment(|connection, place| {
            let blocks = read::blocks(connection, place)?;
            let rest = read::hashes(connection, place, (blocks.len() * BLOCK) as u64)?;
            Ok(Head::over_blocks(&blocks, &rest))
        })
    }

    fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError> {
        self.all_or_nothing(|writer| writer.take_in(intake))
    }

    fn position(&self, name: &str) -> Result<u64, JournalError> {
        let found: Option<i64> = self
            .connection
            .prepare_cached("SELECT place FROM positions WHERE name = ?1")
            .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
            .map_err(self.failed())?;
        Ok(found.map_or(0, i64::cast_unsigned))
    }

    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        self.connection.pragma_update(None, "secure_delete", true).map_err(self.failed())?;
        let found = self.all_or_nothing(|writer| {
            let found = rows::find(writer.connection, dossier).map_err(failed(writer.place))??;
            let Some(head) = found else { return Ok(None) };
            match head.is_archived {
                true => Err(JournalError::Archived { dossier: dossier.into() }),
                false => writer.erase(&head).map(Some),
            }
        })?;
        let Some(erased) = found else { return Ok(0) };
        // They are in the log still until that is written back; others may be reading it.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool =
            self.connection.query_row(checkpoint, [], |row| row.get(0)).map_err(self.failed())?;
        if is_busy {
            return Err(JournalError::Busy { place: self.place.clone() });
        }
        Ok(erased)
    }

    fn verify(&self, known: Option<Head>) -> Result<Head, JournalError> {
        self.at_one_moment(|connection, place| check::verify(connection, place, known))
    }
}
