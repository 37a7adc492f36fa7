//! Closed years, moved to a file of their own.

use super::{Engine, EngineError};
use crate::dossier::Watched;
use crate::journal::SqliteJournal;
use chrono::NaiveDate;
use smol_str::SmolStr;
use std::path::Path;

impl Engine<SqliteJournal> {
    /// Moves the dossiers that were closed before a day to another file: [`SqliteJournal::archive`]. Closed is one that has
    /// ended, of which nothing falls due any more, and whose last event is of a day before. Gives the number of dossiers.
    ///
    /// Reports about the time before are made of an engine over the archive.
    ///
    /// # Errors
    /// `journal.storage` if the file is there already, or cannot be written; `journal.*`
    pub fn archive(&mut self, before: NaiveDate, to: impl AsRef<Path>) -> Result<usize, EngineError> {
        let rules = self.rules();
        let closed: Vec<SmolStr> = self.of_each(|code, events| {
            let is_before = events.iter().all(|event| event.at.date() < before);
            let watched = if is_before { Watched::replay(rules, code, events)? } else { None };
            let is_closed =
                |watched: &Watched| watched.dossier.status.is_ended() && watched.next(rules).is_none();
            Ok(watched.filter(is_closed).map(|watched| watched.dossier.code))
        })?;
        let codes: Vec<&str> = closed.iter().map(SmolStr::as_str).collect();
        self.journal.archive(&codes, to)?;
        codes.iter().for_each(|code| drop(self.kept.remove(*code)));
        Ok(codes.len())
    }
}
