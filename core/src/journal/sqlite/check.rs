//! Whether a file is what was written into it.

use super::pass::Pass;
use super::rows::{HEAD, head};
use super::{SqliteJournal, failed, read, rows};
use crate::journal::tree::{BLOCK, Head as TreeHead, root};
use crate::journal::{JournalError, stored};
use rusqlite::Connection;

impl SqliteJournal {
    /// The integrity check: [`verify`](crate::journal::Journal::verify), and also whether SQLite finds the file sound, and
    /// whether all that is derived from the events is there, in the rows and in the indexes. It reads the whole file several times.
    ///
    /// # Errors
    /// `journal.storage` with what SQLite found; those of `verify`; `journal.damaged` names the dossier of which something
    /// that was derived is missing or changed.
    pub fn check(&self, known: Option<TreeHead>) -> Result<TreeHead, JournalError> {
        self.at_one_moment(|connection, place| {
            let found: String = connection
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
                .map_err(failed(place))?;
            if found != "ok" {
                return Err(JournalError::Storage { place: place.into(), reason: found });
            }
            let head = verify(connection, place, known)?;
            derived(connection, place)?;
            Ok(head)
        })
    }
}

pub(super) fn verify(
    connection: &Connection,
    place: &str,
    known: Option<TreeHead>,
) -> Result<TreeHead, JournalError> {
    let Pass { chains, mut hashes, mut roots, .. } = Pass::over(connection, place, false)?;
    // Those of archived dossiers are among them.
    if chains.is_any_archived() {
        hashes = read::hashes(connection, place, 0)?;
        roots = hashes.chunks_exact(BLOCK).map(root).collect();
    }
    let blocks = read::blocks(connection, place)?;
    let same = roots.iter().zip(&blocks).take_while(|(is, kept)| is == kept).count();
    if same != roots.len() || same != blocks.len() {
        return Err(read::block_differs(same + 1));
    }
    let rest = hashes.chunks_exact(BLOCK).remainder();
    TreeHead::over_blocks(&blocks, rest).since(known, &hashes)
}

/// Whether the rows and indexes by which something is found are those of the dossiers.
fn derived(connection: &Connection, place: &str) -> Result<(), JournalError> {
    let failed = failed(place);
    let mut waiting = 0;
    let mut statement = connection.prepare(&format!("SELECT {HEAD} FROM dossiers")).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let head = head(row).map_err(&failed)??;
        let wrong = |reason: &str| {
            let (dossier, version) = (head.code.to_string(), head.version);
            Err(JournalError::Damaged { dossier, version, reason: reason.into() })
        };
        if rows::find(connection, &head.code).map_err(&failed)??.as_ref() != Some(&head) {
            return wrong("it is not found by its code");
        }
        for [unit, due, assignee] in head.waits() {
            let exists =
                "SELECT 1 FROM waiting WHERE unit = ?1 AND due = ?2 AND assignee = ?3 AND dossier = ?4";
            let mut exists = connection.prepare_cached(exists).map_err(&failed)?;
            if !exists.exists(rusqlite::params![unit, due, assignee, head.id]).map_err(&failed)? {
                return wrong("it is missing in a work list");
            }
            waiting += 1;
        }
        if head.is_archived {
            continue;
        }
        for (version, sealed) in (1..).zip(read::chain(connection, place, &head, 0)?) {
            if !stored::versions_of(&head.keys, &sealed.event()?.key).any(|of| of == version) {
                return wrong("the key of an event is missing");
            }
        }
    }
    let rows: i64 =
        connection.query_row("SELECT count(*) FROM waiting", [], |row| row.get(0)).map_err(&failed)?;
    if rows != waiting {
        let reason = format!("the work lists have {rows} rows, and {waiting} belong there");
        return Err(JournalError::Storage { place: place.into(), reason });
    }
    Ok(())
}
