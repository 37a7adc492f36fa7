//! A journal that is looked at.

use chrono::NaiveDateTime;
use motcua::dossier::signature::Digest;
use motcua::journal::{
    Append, Appended, Intake, Journal, JournalError, MemoryJournal, Sealed, Visit, VisitSealed, WorkFilter,
    WorkItem,
};
use smol_str::SmolStr;

/// A journal that counts how often it is written, and can fail.
#[derive(Default)]
pub struct Watched {
    pub journal: MemoryJournal,
    pub written: usize,
    pub fails: bool,
}

impl Journal for Watched {
    fn append(&mut self, batch: &[Append]) -> Result<Vec<Appended>, JournalError> {
        self.written += 1;
        if self.fails {
            let (place, reason) = ("test".to_owned(), "full".to_owned());
            return Err(JournalError::Storage { place, reason });
        }
        self.journal.append(batch)
    }
    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        self.journal.version(dossier)
    }
    fn events(&self, dossier: &str) -> Result<Vec<motcua::dossier::Event>, JournalError> {
        self.journal.events(dossier)
    }
    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        self.journal.scan(visit)
    }
    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        self.journal.work(filter)
    }
    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        self.journal.next_wakeups(until)
    }
    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        self.journal.next_wakeup()
    }
    fn size(&self) -> Result<u64, JournalError> {
        self.journal.size()
    }
    fn sealed_of(&self, dossier: &str, after: u64) -> Result<Vec<Sealed>, JournalError> {
        self.journal.sealed_of(dossier, after)
    }
    fn snapshot(&self, dossier: &str) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
        self.journal.snapshot(dossier)
    }
    fn position(&self, name: &str) -> Result<u64, JournalError> {
        self.journal.position(name)
    }
    fn sealed(&self, after: u64, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        self.journal.sealed(after, visit)
    }
    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        self.journal.hashes()
    }
    fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError> {
        self.journal.take_in(intake)
    }
    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        self.journal.erase(dossier)
    }
}
