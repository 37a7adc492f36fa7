//! Where events are kept: append-only, all or nothing.
//!
//! A [`Journal`] stores the events of each dossier under consecutive versions, and, in the same step, what is to be done
//! next ([`WorkItem`]) and when something falls due, so that a work list and a timer need no replay. All stores keep one
//! contract: [`MemoryJournal`], for tests and calculations; `SqliteJournal` (feature `sqlite`), one file; and
//! `PostgresJournal` (feature `postgres`), a database for many processes.
//!
//! **Once `append` has returned**, the events are durable: they survive the end of the process, and of the machine's
//! power as far as the disk keeps what it said it had written. An error at the commit (`journal.unknown`) says that
//! nobody knows: send the same command again with the same key, and it is stored once.

mod error;
mod lines;
mod memory;
#[cfg(feature = "sqlite")]
mod parallel;
#[cfg(feature = "postgres")]
mod postgres;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod stored;
mod tree;
mod work;

pub use error::JournalError;
pub use lines::{export, import};
pub use memory::MemoryJournal;
#[cfg(feature = "postgres")]
pub use postgres::PostgresJournal;
#[cfg(feature = "sync")]
pub(crate) use seal::genesis;
pub use seal::{Sealed, Words};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
pub use tree::Head;
pub use work::{WorkFilter, WorkItem, WorkOrder};

use crate::dossier::Event;
use crate::dossier::signature::Digest;
use chrono::NaiveDateTime;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::ops::ControlFlow;

/// New events of one dossier, with what is open after the last of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Append {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// Its new events, of consecutive versions. The first must follow the last one stored.
    pub events: Vec<Event>,
    /// Its open work, which replaces what was open before.
    pub work: Vec<WorkItem>,
    /// When something falls due of it next, which replaces what was said before.
    pub next: Option<NaiveDateTime>,
    /// The dossier as it is after the last of them, in a form of the caller's own; what was kept before stays without one.
    pub snapshot: Option<Vec<u8>>,
}

impl Append {
    /// The version of the dossier once this is stored, if it stands at `actual` now: each event must follow the one
    /// before.
    fn follows(&self, actual: u64) -> Result<u64, JournalError> {
        self.events.iter().try_fold(actual, |actual, event| {
            if event.version == actual + 1 {
                return Ok(event.version);
            }
            Err(self.conflict(event.version.saturating_sub(1), actual))
        })
    }

    fn conflict(&self, expected: u64, actual: u64) -> JournalError {
        JournalError::Conflict { dossier: self.dossier.to_string(), expected, actual }
    }

    /// Whether all these events are stored already, under the same keys: then the version of the last one. `known` finds a
    /// stored event by its key.
    ///
    /// # Errors
    /// `journal.key_reused` if one of the keys is that of another event; `journal.conflict` if only some are stored.
    fn repeats(
        &self,
        actual: u64,
        mut known: impl FnMut(&str) -> Result<Option<Event>, JournalError>,
    ) -> Result<Option<u64>, JournalError> {
        let (mut found, mut last) = (0, 0);
        for (place, event) in self.events.iter().enumerate() {
            let reused =
                || JournalError::KeyReused { dossier: self.dossier.to_string(), key: event.key.to_string() };
            if self.events.iter().take(place).any(|before| before.key == event.key) {
                return Err(reused());
            }
            match known(&event.key)? {
                Some(stored) if stored.actor != event.actor || stored.action != event.action => {
                    return Err(reused());
                }
                Some(stored) => (found, last) = (found + 1, stored.version),
                None => {}
            }
        }
        match found {
            0 => Ok(None),
            all if all == self.events.len() => Ok(Some(last)),
            _ => Err(self.conflict(self.events.first().map_or(0, |event| event.version - 1), actual)),
        }
    }
}

/// What became of an [`Append`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The version of its last event.
    pub version: u64,
    /// Whether its events were there already under the same keys; then nothing was changed.
    pub repeated: bool,
}

/// What is taken in of another journal, with what follows from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Events with their seals as they are. They get new places here, in this order.
    pub events: Vec<Sealed>,
    /// What is open of the dossiers afterwards; without events.
    pub open: Vec<Append>,
    /// How far something has been read: [`Journal::position`].
    pub positions: Vec<(SmolStr, u64)>,
}

/// Receives the dossiers of a [`Journal::scan`], code and events; a break ends the scan.
pub type Visit<'a> = dyn FnMut(&str, &[Event]) -> ControlFlow<()> + 'a;

/// Receives the dossiers of a [`Journal::scan_in_parallel`], code and events.
pub type VisitInParallel<'a> = dyn Fn(&str, &[Event]) + Sync + 'a;

/// Receives the events of a journal in the order of their places; a break ends it.
pub type VisitSealed<'a> = dyn FnMut(Sealed) -> ControlFlow<()> + 'a;

/// An append-only store of events.
///
/// Beside the errors that a method names, each may give `journal.storage` and `journal.busy`, and each that reads
/// events `journal.damaged` and `journal.tampered`: what is not what was sealed is never given out. After an error the
/// journal is as it was.
pub trait Journal {
    /// Begins what an [`append`](Journal::append) ends: what is read until then stays as it was read, so that a command
    /// is decided, and who gives it checked, on what it is stored behind. Where several processes write without waiting for
    /// each other, the versions are compared instead, when it is stored.
    ///
    /// # Errors
    /// `journal.busy` if another process is writing.
    fn begin(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    /// Ends what was begun without storing anything.
    fn abandon(&mut self) {}

    /// Stores a batch: all of it, durably, or nothing. An append whose events are all there already, under the same keys, is
    /// left alone and said to be a repetition. One result for each, in order.
    ///
    /// # Errors
    /// `journal.conflict` if a dossier is not at the version its events follow; `journal.key_reused` if a key is that of
    /// another event of the dossier; `journal.archived`; `journal.unknown` if it is not known whether the batch was stored.
    fn append(&mut self, batch: &[Append]) -> Result<Vec<Appended>, JournalError>;

    /// The number of events; the place of the last one.
    ///
    /// # Errors
    /// Those of every method.
    fn size(&self) -> Result<u64, JournalError>;

    /// The version of a dossier's last event; 0 for an unknown one.
    ///
    /// # Errors
    /// Those of every method.
    fn version(&self, dossier: &str) -> Result<u64, JournalError>;

    /// The same of several dossiers, in their order; a server is asked once for all.
    ///
    /// # Errors
    /// Those of every method.
    fn versions(&self, dossiers: &[&str]) -> Result<Vec<u64>, JournalError> {
        dossiers.iter().map(|dossier| self.version(dossier)).collect()
    }

    /// The events of a dossier in their order; empty for an unknown one.
    ///
    /// # Errors
    /// `journal.archived`
    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        self.sealed_of(dossier, 0)?.iter().map(Sealed::event).collect()
    }

    /// The events of a dossier after a version, with their seals, in their order.
    ///
    /// # Errors
    /// `journal.archived`
    fn sealed_of(&self, dossier: &str, after: u64) -> Result<Vec<Sealed>, JournalError>;

    /// The last snapshot of a dossier and the version it is of. It may be gone at any time, and is then made anew.
    ///
    /// # Errors
    /// Those of every method.
    fn snapshot(&self, dossier: &str) -> Result<Option<(u64, Vec<u8>)>, JournalError>;

    /// Shows every dossier once, in the order of the codes.
    ///
    /// # Errors
    /// Those of every method.
    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError>;

    /// Shows every dossier once, in any order and several at the same time, where the store can: a file does it on all
    /// processors. If it fails, some have been shown.
    ///
    /// # Errors
    /// Those of every method.
    fn scan_in_parallel(&self, visit: &VisitInParallel<'_>) -> Result<(), JournalError> {
        self.scan(&mut |code, events| {
            visit(code, events);
            ControlFlow::Continue(())
        })
    }

    /// The open work that a filter lets through, in its order.
    ///
    /// # Errors
    /// Those of every method.
    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError>;

    /// The dossiers of which something falls due up to a moment, each with the first moment, earliest first, then by code.
    ///
    /// # Errors
    /// Those of every method.
    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError>;

    /// The earliest of these moments, over all dossiers.
    ///
    /// # Errors
    /// Those of every method.
    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError>;

    /// Shows the events after a place with their seals, in the order of their places. Who follows a journal keeps the
    /// place of the last one; nothing that is stored later gets a place before it.
    ///
    /// # Errors
    /// Those of every method.
    fn sealed(&self, after: u64, visit: &mut VisitSealed<'_>) -> Result<(), JournalError>;

    /// The hashes of all events, in the order of their places.
    ///
    /// # Errors
    /// Those of every method.
    fn hashes(&self) -> Result<Vec<Digest>, JournalError>;

    /// Takes in events of another journal with their seals as they are, and what follows from them: all or nothing. An event
    /// that is there already is left out. Gives the number of those that were not.
    ///
    /// # Errors
    /// `journal.conflict` if an event does not follow what is here; `journal.forked` if another one stands in its place;
    /// `journal.tampered` if it is not what was sealed; `journal.unknown`.
    fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError>;

    /// How far something that goes by this name has been read, as [`take_in`](Journal::take_in) kept it; 0 if never.
    ///
    /// # Errors
    /// Those of every method.
    fn position(&self, name: &str) -> Result<u64, JournalError>;

    /// Erases for ever the words of all events of a dossier: who applied, reasons, opinions, notes. What happened, when and
    /// by whom stays, and so do the seals. Gives the number of events that had words.
    ///
    /// A file is written over where they stood, and in its log. What SQLite left in free space when it moved pages about
    /// before is not: a copy (`SqliteJournal::backup`) holds only what is there, and can take the file's place. A PostgreSQL
    /// server keeps what was there until it is vacuumed, and its log and its copies are gone.
    ///
    /// # Errors
    /// `journal.busy` if another process reads, and its log cannot be written back: repeat it then.
    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError>;

    /// What the journal holds, in short.
    ///
    /// # Errors
    /// Those of every method.
    fn head(&self) -> Result<Head, JournalError> {
        Ok(Head::over(&self.hashes()?))
    }

    /// Whether every event is what was stored, and follows the one before it, and whether the journal still begins with
    /// what an earlier head was over. Gives its head.
    ///
    /// # Errors
    /// `journal.tampered` names the first event that was changed, taken out or moved; `journal.head_differs`.
    fn verify(&self, known: Option<Head>) -> Result<Head, JournalError> {
        verified(self, known)
    }

    /// A short proof that the event of a place, from 1, is in the journal: for [`Head::includes`].
    ///
    /// # Errors
    /// `journal.no_event`
    fn prove_event(&self, place: u64) -> Result<Vec<Digest>, JournalError> {
        Head::prove_event(&self.hashes()?, place)
    }

    /// A short proof that the journal begins with what it was when it had so many events: for [`Head::extends`].
    ///
    /// # Errors
    /// `journal.no_event`
    fn prove_since(&self, size: u64) -> Result<Vec<Digest>, JournalError> {
        Head::prove_since(&self.hashes()?, size)
    }
}

/// Walks through a journal: [`Journal::verify`].
fn verified<J: Journal + ?Sized>(journal: &J, known: Option<Head>) -> Result<Head, JournalError> {
    let mut chains: FxHashMap<SmolStr, (u64, Digest)> = FxHashMap::default();
    let (mut hashes, mut outcome) = (Vec::new(), Ok(()));
    journal.sealed(0, &mut |sealed| {
        outcome = sealed.stands_at(hashes.len() as u64 + 1);
        if outcome.is_ok() {
            outcome = sealed.follows(chains.get(&sealed.dossier).copied());
        }
        hashes.push(sealed.hash);
        chains.insert(sealed.dossier, (sealed.version, sealed.hash));
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome?;
    Head::over(&hashes).since(known, &hashes)
}
