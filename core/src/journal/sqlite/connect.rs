use super::schema::{Found, check, prepare};
use super::storage;
use crate::journal::JournalError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::File;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// So long somebody waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens a file as a journal, and sees to it that what is read from it is on the disk.
pub(super) fn connect(path: &Path, place: &str, synchronous: &str) -> Result<Connection, JournalError> {
    let failed = |error| storage(place, error);
    let unusable = |reason: String| JournalError::Storage { place: place.into(), reason };
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    // SQLite would open it half, and leave a log behind that nobody can write.
    if connection.is_readonly("main").map_err(failed)? {
        return Err(unusable("it may not be written".into()));
    }
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    // All at one moment: another process may be making the tables.
    let is_ours = {
        let moment = connection.transaction().map_err(failed)?;
        matches!(check(&moment, place)?, Found::Ours)
    };
    let mode = write_ahead(&connection).map_err(failed)?;
    if mode != "wal" {
        return Err(unusable(format!("it cannot have a write-ahead log beside it (its mode is `{mode}`)")));
    }
    connection.pragma_update(None, "synchronous", synchronous).map_err(failed)?;
    // Eight times what is usual: a page that changed several times is written back once.
    connection.pragma_update(None, "wal_autocheckpoint", 8_000).map_err(failed)?;
    connection.pragma_update(None, "cache_size", -65_536).map_err(failed)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(failed)?;
    connection.pragma_update(None, "cell_size_check", true).map_err(failed)?;
    if !is_ours {
        prepare(&mut connection, place)?;
    }
    flush(path).map_err(|error| unusable(error.to_string()))?;
    Ok(connection)
}

/// Switches the write-ahead log on, and gives the mode that holds then.
fn write_ahead(connection: &Connection) -> rusqlite::Result<String> {
    let until = Instant::now() + PATIENCE;
    loop {
        // To its end: the mode is stored after its row was given. SQLite does not wait here for others by itself.
        let modes = connection.prepare("PRAGMA journal_mode = WAL").and_then(|mut set| {
            set.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
        });
        match modes {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until =>
            {
                thread::sleep(Duration::from_millis(1));
            }
            modes => return modes.map(|modes| modes.concat()),
        }
    }
}

/// What a writer that died had not flushed yet is read as if it were stored, so it is flushed before anybody is answered by
/// it; and so are the names of the files, which SQLite does not look after.
fn flush(path: &Path) -> io::Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for file in [Path::new(&log), folder] {
        match File::open(file).and_then(|file| file.sync_all()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
