//! What is kept of a dossier between commands is what the journal holds.

use super::{Batch, Engine, EngineError};
use crate::dossier::{Command, Watched};
use crate::journal::Journal;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

impl<J: Journal> Engine<J> {
    /// What an earlier command of a list made of a dossier is ahead of the journal; all else must not be behind.
    pub(super) fn refresh_unless_in(&mut self, batch: &Batch, code: &str) -> Result<(), EngineError> {
        match batch.fresh.contains(code) || batch.places.contains_key(code) {
            true => Ok(()),
            false => self.refresh(code),
        }
    }

    /// Sees to it that what is kept of the dossiers of a list is what the journal holds, which is asked once for all.
    pub(super) fn refresh_all(&mut self, batch: &mut Batch, commands: &[Command]) -> Result<(), EngineError> {
        let codes: FxHashSet<&SmolStr> = commands.iter().map(|command| &command.dossier).collect();
        let codes: Vec<&str> = codes.into_iter().map(SmolStr::as_str).collect();
        for (code, stored) in codes.iter().zip(self.journal.versions(&codes)?) {
            match self.refresh_to(code, stored) {
                Err(EngineError::Journal(error)) if error.is_of_store() => return Err(error.into()),
                // It is told to the commands on this dossier; those on others go on.
                Err(_) => {}
                Ok(()) => drop(batch.fresh.insert((*code).into())),
            }
        }
        Ok(())
    }

    /// Sees to it that what is kept of a dossier is what the journal holds: another process may have gone on.
    fn refresh(&mut self, code: &str) -> Result<(), EngineError> {
        let stored = self.journal.version(code)?;
        self.refresh_to(code, stored)
    }

    fn refresh_to(&mut self, code: &str, stored: u64) -> Result<(), EngineError> {
        let kept = self.kept.get(code).map_or(0, |kept| kept.dossier.version);
        if stored != kept {
            self.kept.remove(code);
            if let Some(watched) = self.watched(code, stored)? {
                self.kept.insert(code.into(), watched);
            }
        }
        Ok(())
    }

    /// Folds a dossier: from its last snapshot, if it is so long that it has one.
    fn watched(&self, code: &str, version: u64) -> Result<Option<Watched>, EngineError> {
        let snapshot = if Watched::has_snapshot(version) { self.journal.snapshot(code)? } else { None };
        let loaded = snapshot.and_then(|(_, state)| Watched::load(self.rules(), code, &state).ok());
        let Some(mut watched) = loaded else {
            return Ok(Watched::replay(self.rules(), code, &self.journal.events(code)?)?);
        };
        for sealed in self.journal.sealed_of(code, watched.dossier.version)? {
            watched.apply(self.rules(), &sealed.event()?)?;
        }
        Ok(Some(watched))
    }

    /// Folds a dossier anew, with what a batch has of it, after an event was folded that is not to be.
    pub(super) fn rewind(&mut self, batch: &mut Batch, code: &SmolStr) -> Result<(), EngineError> {
        self.kept.remove(code);
        batch.fresh.remove(code);
        let mut events = self.journal.events(code)?;
        let place = batch.places.get(code).and_then(|place| batch.appends.get(*place));
        events.extend(place.iter().flat_map(|append| append.events.iter().cloned()));
        if let Some(watched) = Watched::replay(self.rules(), code, &events)? {
            self.kept.insert(code.clone(), watched);
        }
        batch.fresh.insert(code.clone());
        Ok(())
    }
}
