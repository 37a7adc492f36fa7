//! Dossiers that are closed, moved to a file of their own.

use super::rows::{self, Head};
use super::{SqliteJournal, failed, read};
use crate::journal::{Journal, JournalError};
use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::path::Path;

impl SqliteJournal {
    /// Moves dossiers to another file, the archive, which must not be there. Both files keep the hashes of all events, so
    /// that both verify to the head that the journal has now, and heads taken earlier or later of this one still hold. The
    /// archive is a journal like this one, of these dossiers; here they are known, and refused with `journal.archived`. Gives
    /// the number of events moved.
    ///
    /// The archive is complete and on the disk before anything goes from here; if it is interrupted, both hold them, and it
    /// can be repeated with another file.
    ///
    /// # Errors
    /// `journal.conflict` if one of the dossiers is unknown, or another process goes on with it meanwhile;
    /// `journal.archived` if it is archived already; `journal.storage` if the file is there already, or cannot be
    /// written.
    pub fn archive(&mut self, dossiers: &[&str], to: impl AsRef<Path>) -> Result<u64, JournalError> {
        for dossier in dossiers {
            let known = rows::find(&self.connection, dossier).map_err(self.failed())??;
            match known {
                Some(head) if head.is_archived => {
                    return Err(JournalError::Archived { dossier: head.code.into() });
                }
                Some(_) => {}
                None => {
                    let dossier = (*dossier).to_owned();
                    return Err(JournalError::Conflict { dossier, expected: 1, actual: 0 });
                }
            }
        }
        let wanted: FxHashSet<&str> = dossiers.iter().copied().collect();
        self.backup(&to)?;
        let mut archive = Self::open(&to)?;
        archive.strip(&|head| Ok(!wanted.contains(head.code.as_str())))?;
        let head = archive.verify(None)?;
        self.verify(Some(head))?;
        let archived: FxHashMap<SmolStr, Head> =
            read::heads(&archive.connection, &archive.place, "WHERE NOT archived", &[])?
                .into_iter()
                .map(|head| (head.code.clone(), head))
                .collect();
        drop(archive);
        self.strip(&|head| match archived.get(&head.code) {
            // Another process went on with it since it was copied.
            Some(copied) if (copied.version, copied.hash) != (head.version, head.hash) => {
                let (expected, actual) = (copied.version, head.version);
                Err(JournalError::Conflict { dossier: head.code.to_string(), expected, actual })
            }
            copied => Ok(copied.is_some()),
        })
    }

    /// Takes the events of dossiers away, but for their hashes.
    fn strip(&mut self, goes: &dyn Fn(&Head) -> Result<bool, JournalError>) -> Result<u64, JournalError> {
        self.all_or_nothing(|writer| {
            let mut gone = 0;
            let heads = read::heads(writer.connection, writer.place, "", &[])?;
            for head in heads.iter().filter(|head| !head.is_archived) {
                if !goes(head)? {
                    continue;
                }
                let places: Vec<u64> = read::chain(writer.connection, writer.place, head, 0)?
                    .iter()
                    .map(|sealed| sealed.place)
                    .collect();
                gone += places.len() as u64;
                move_away(writer.connection, head.id, &places).map_err(failed(writer.place))?;
                let mut next = head.clone();
                next.is_archived = true;
                next.next = None;
                next.work = "[]".into();
                next.waiting.clear();
                writer.write(&next, head)?;
            }
            Ok(gone)
        })
    }
}

fn move_away(connection: &Connection, dossier: i64, places: &[u64]) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM snapshots WHERE dossier = ?1")?.execute([dossier])?;
    for place in places {
        let place = place.cast_signed();
        connection
            .prepare_cached("INSERT INTO archived SELECT place, hash FROM events WHERE place = ?1")?
            .execute([place])?;
        connection.prepare_cached("DELETE FROM events WHERE place = ?1")?.execute([place])?;
    }
    Ok(())
}
