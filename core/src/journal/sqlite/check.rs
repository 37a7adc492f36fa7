//! Whether a file is what was written into it.

use super::rows::{HEAD, Head, head, sealed};
use super::{SqliteJournal, failed, read, rows};
use crate::dossier::signature::Digest;
use crate::journal::seal::genesis;
use crate::journal::tree::Head as TreeHead;
use crate::journal::{Journal, JournalError, stored};
use rusqlite::Connection;
use rustc_hash::FxHashMap;

impl SqliteJournal {
    /// The integrity check: [`verify`](Journal::verify), and also whether SQLite finds the file sound, and whether all
    /// that is derived from the events is there, in the rows and in the indexes. It reads the whole file several times.
    ///
    /// # Errors
    /// `journal.storage` with what SQLite found; those of `verify`; `journal.damaged` names the dossier of which something
    /// that was derived is missing or changed.
    pub fn check(&self, known: Option<TreeHead>) -> Result<TreeHead, JournalError> {
        let found: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(failed(&self.place))?;
        if found != "ok" {
            return Err(JournalError::Storage { place: self.place.clone(), reason: found });
        }
        let head = self.verify(known)?;
        derived(&self.connection, &self.place)?;
        Ok(head)
    }
}

/// What a pass over the events knows of a dossier.
struct Chain {
    head: Head,
    last: Option<(u64, Digest)>,
    place: u64,
}

pub(super) fn verify(
    connection: &Connection,
    place: &str,
    known: Option<TreeHead>,
) -> Result<TreeHead, JournalError> {
    let failed = failed(place);
    let heads = read::heads(connection, place, "", &[])?;
    let mut chains: FxHashMap<i64, Chain> =
        heads.into_iter().map(|head| (head.id, Chain { head, last: None, place: 0 })).collect();
    let select = format!("SELECT {}, dossier FROM events ORDER BY place", rows::EVENT);
    let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let id: i64 = row.get(8).map_err(&failed)?;
        let chain = chains.get_mut(&id);
        let Some(chain) = chain else { return Err(read::ownerless(row.get(0).map_err(&failed)?)) };
        let (sealed, before) = sealed(row, chain.head.code.clone()).map_err(&failed)??;
        sealed.follows(chain.last)?;
        if before != chain.place {
            return sealed.wrong(format!("it names place {before} as that of the event before it"));
        }
        (chain.last, chain.place) = (Some((sealed.version, sealed.hash)), sealed.place);
    }
    for chain in chains.values() {
        let Head { code, version, last, hash, is_archived, .. } = &chain.head;
        if *is_archived {
            continue;
        }
        let end = chain.last.unwrap_or_else(|| (0, genesis(code)));
        if (end, chain.place) != ((*version, *hash), *last) {
            let reason = format!("its dossier has {version} events by its row, and {} are there", end.0);
            return Err(JournalError::Tampered { dossier: code.to_string(), version: end.0 + 1, reason });
        }
    }
    let hashes = read::hashes(connection, place)?;
    TreeHead::over(&hashes).since(known, &hashes)
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
