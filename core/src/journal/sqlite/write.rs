//! What is written, within a transaction.

use super::rows::{self, Head, insert};
use super::{failed, storage};
use crate::dossier::signature::Digest;
use crate::journal::tree::{BLOCK, root};
use crate::journal::{Append, Appended, Intake, JournalError, Sealed, stored};
use rusqlite::{Connection, OptionalExtension, params};
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// Adds events and what is derived from them. It does not begin or end the transaction.
pub(super) struct Writer<'c> {
    pub(super) connection: &'c Connection,
    pub(super) place: &'c str,
    /// The place of the next event.
    next: u64,
}

impl<'c> Writer<'c> {
    pub(super) fn new(connection: &'c Connection, place: &'c str) -> Result<Self, JournalError> {
        Ok(Self { connection, place, next: super::read::size(connection).map_err(failed(place))? + 1 })
    }

    /// The place of the next event.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn find(&self, code: &SmolStr) -> Result<Head, JournalError> {
        let found = rows::find(self.connection, code).map_err(failed(self.place))??;
        let head = found.unwrap_or_else(|| Head {
            id: 0,
            code: code.clone(),
            version: 0,
            last: 0,
            hash: Digest([0; 32]),
            keys: Vec::new(),
            is_archived: false,
            next: None,
            waiting: String::new(),
            work: "[]".into(),
        });
        match head.is_archived {
            true => Err(JournalError::Archived { dossier: code.to_string() }),
            false => Ok(head),
        }
    }

    /// Appends what an [`Append`] holds, unless it is there already.
    pub(super) fn append(&mut self, append: &Append) -> Result<Appended, JournalError> {
        let mut head = self.find(&append.dossier)?;
        let before = head.clone();
        let (connection, place) = (self.connection, self.place);
        let known = |key: &str| super::read::by_key(connection, place, &before, key);
        if let Some(version) = append.repeats(head.version, known)? {
            return Ok(Appended { version, repeated: true });
        }
        let version = append.follows(head.version)?;
        if version == 0 {
            // Nothing of a dossier that is not there.
            return Ok(Appended { version, repeated: false });
        }
        for event in &append.events {
            let hash = (head.version > 0).then_some(head.hash);
            let sealed = Sealed::of(self.next, &append.dossier, event, hash)?;
            self.add(&mut head, &sealed, &event.key)?;
        }
        self.derive(&mut head, append)?;
        self.write(&head, &before)?;
        Ok(Appended { version, repeated: false })
    }

    pub(super) fn erase(&self, head: &Head) -> Result<u64, JournalError> {
        erase(self.connection, head).map_err(failed(self.place))
    }

    /// Takes in what another journal sealed. Gives the number of events that were not there.
    pub(super) fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError> {
        let mut taken = 0;
        for sealed in &intake.events {
            let mut head = self.find(&sealed.dossier)?;
            let stored = match sealed.version <= head.version {
                true => super::read::hash_of(self.connection, self.place, &head, sealed.version)?,
                false => None,
            };
            if sealed.is_there(stored)? {
                continue;
            }
            sealed.comes_after((head.version > 0).then_some((head.version, head.hash)))?;
            let before = head.clone();
            let sealed = Sealed { place: self.next, ..sealed.clone() };
            self.add(&mut head, &sealed, &sealed.event()?.key)?;
            self.write(&head, &before)?;
            taken += 1;
        }
        for open in &intake.open {
            let mut head = self.find(&open.dossier)?;
            if head.version == 0 {
                continue;
            }
            let before = head.clone();
            self.derive(&mut head, open)?;
            self.write(&head, &before)?;
        }
        for (name, place) in &intake.positions {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO positions VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(params![name.as_str(), place.cast_signed()]))
                .map_err(failed(self.place))?;
        }
        Ok(taken)
    }

    /// Adds an event behind the last one.
    pub(super) fn add(&mut self, head: &mut Head, sealed: &Sealed, key: &str) -> Result<(), JournalError> {
        if head.id == 0 {
            head.id = self
                .connection
                .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM dossiers")
                .and_then(|mut next| next.query_row([], |row| row.get(0)))
                .map_err(failed(self.place))?;
        }
        insert(self.connection, head.id, sealed, head.last).map_err(failed(self.place))?;
        if self.next.is_multiple_of(BLOCK as u64) {
            self.close_block()?;
        }
        self.next += 1;
        (head.version, head.last, head.hash) = (sealed.version, sealed.place, sealed.hash);
        head.keys.extend_from_slice(&stored::key_hash::<4>(key));
        Ok(())
    }

    /// Keeps the root over the block that ends with the event just added.
    fn close_block(&self) -> Result<(), JournalError> {
        let hashes = super::read::hashes(self.connection, self.place, self.next - BLOCK as u64)?;
        self.connection
            .prepare_cached("INSERT INTO blocks VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![self.next.cast_signed(), root(&hashes).0]))
            .map(drop)
            .map_err(failed(self.place))
    }

    /// What is open of it.
    pub(super) fn derive(&self, head: &mut Head, open: &Append) -> Result<(), JournalError> {
        let unwritten = |error| storage(self.place, rows::json(error));
        head.next = stored::next(open.next);
        head.work = stored::to_json(&open.work).map_err(unwritten)?;
        head.waiting = stored::waiting(&open.work);
        let Some(snapshot) = &open.snapshot else { return Ok(()) };
        let sum = xxh3_64(snapshot).cast_signed();
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO snapshots VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| {
                insert.execute(params![head.id, head.version.cast_signed(), snapshot, sum])
            })
            .map(drop)
            .map_err(failed(self.place))
    }

    /// Writes what changed, and no index that did not.
    pub(super) fn write(&self, head: &Head, before: &Head) -> Result<(), JournalError> {
        if head != before && head.id != 0 {
            self.update(head, before).map_err(failed(self.place))?;
        }
        Ok(())
    }

    fn update(&self, head: &Head, before: &Head) -> rusqlite::Result<()> {
        let all = params![
            head.id,
            head.version.cast_signed(),
            head.last.cast_signed(),
            head.hash.0,
            head.keys,
            head.waiting,
            head.work,
            head.sum(),
            head.is_archived,
            head.next,
        ];
        const SET: &str = "UPDATE dossiers SET version = ?2, last = ?3, hash = ?4, keys = ?5, waiting = ?6, work = ?7, sum = ?8, archived = ?9";
        if before.id == 0 {
            let insert = "INSERT INTO dossiers (id, version, last, hash, keys, waiting, work, sum, archived, next, code)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            let mut values = all.to_vec();
            let code = head.code.as_str();
            values.push(&code);
            self.connection.prepare_cached(insert)?.execute(&*values)?;
        } else if head.next == before.next {
            // Without the moment, or SQLite would write its index anew.
            let (without, _) = all.split_at(9);
            self.connection.prepare_cached(&format!("{SET} WHERE id = ?1"))?.execute(without)?;
        } else {
            self.connection.prepare_cached(&format!("{SET}, next = ?10 WHERE id = ?1"))?.execute(all)?;
        }
        if head.waiting == before.waiting {
            return Ok(());
        }
        for [unit, due, assignee] in before.waits() {
            self.connection
                .prepare_cached(
                    "DELETE FROM waiting WHERE unit = ?1 AND due = ?2 AND assignee = ?3 AND dossier = ?4",
                )?
                .execute(params![unit, due, assignee, head.id])?;
        }
        for [unit, due, assignee] in head.waits() {
            self.connection
                .prepare_cached("INSERT INTO waiting VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![unit, due, assignee, head.id])?;
        }
        Ok(())
    }
}

/// Erases the words of a dossier's events, and its snapshot, which holds some. Gives the number of events that had any.
fn erase(connection: &Connection, head: &Head) -> rusqlite::Result<u64> {
    connection.execute("DELETE FROM snapshots WHERE dossier = ?1", [head.id])?;
    let (mut place, mut erased) = (head.last, 0);
    while place > 0 {
        let before = "SELECT before FROM events WHERE place = ?1";
        let before: Option<i64> = connection
            .prepare_cached(before)?
            .query_row([place.cast_signed()], |row| row.get(0))
            .optional()?;
        erased += connection
            .prepare_cached(
                "UPDATE events SET words = NULL, salt = NULL WHERE place = ?1 AND salt IS NOT NULL",
            )?
            .execute([place.cast_signed()])?;
        place = before.map_or(0, i64::cast_unsigned).min(place - 1);
    }
    Ok(erased as u64)
}
