//! What an engine does when a day off is announced late.

use super::{Engine, EngineError};
use crate::calendar::Calendar;
use crate::dossier::{Dossier, Moved, Watched, moved};
use crate::journal::{Append, Journal};
use chrono::NaiveDate;
use std::sync::Arc;

impl<J: Journal> Engine<J> {
    /// The open dossiers whose due date is another by another calendar, such as one with a day off that was announced
    /// late, and why.
    ///
    /// # Errors
    /// `journal.*`; `calendar.*` if a date lies outside one of the calendars.
    pub fn moved<'c>(&'c self, after: &'c Calendar) -> Result<Vec<Moved<'c>>, EngineError> {
        let mut found = Vec::new();
        self.each(&mut |code, events| {
            let dossier = Dossier::replay(&self.catalogue, code, events)?;
            found.extend(moved(dossier.iter(), &self.calendar, after)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Counts by another calendar from now on: [`Engine::reproject`]. Ask [`Engine::moved`] before, to tell those
    /// concerned.
    ///
    /// # Errors
    /// `journal.*`; `calendar.*` if a date lies outside the calendar. Engine and journal are then as before.
    pub fn announce(&mut self, calendar: Arc<Calendar>, today: NaiveDate) -> Result<usize, EngineError> {
        let before = std::mem::replace(&mut self.calendar, calendar);
        let outcome = self.reproject(today);
        if outcome.is_err() {
            self.calendar = before;
            self.kept.clear();
        }
        outcome
    }

    /// Projects anew what is to be done of each open dossier and when somebody has to look at it next, in one transaction
    /// and without a new event: after a calendar was announced, or an organisation changed, so that the work of a unit that
    /// ended is with its successor. Gives the number of open dossiers.
    ///
    /// # Errors
    /// `journal.*`; `calendar.*` if a date lies outside the calendar. The journal is then as before.
    pub fn reproject(&mut self, today: NaiveDate) -> Result<usize, EngineError> {
        let projected = self.project(today)?;
        self.journal.append(&projected)?;
        // What was watched by the calendar of before would be wrong.
        self.kept.clear();
        Ok(projected.len())
    }

    fn project(&self, today: NaiveDate) -> Result<Vec<Append>, EngineError> {
        let rules = self.rules();
        let mut projected = Vec::new();
        self.each(&mut |code, events| {
            let Some(watched) = Watched::replay(rules, code, events)? else { return Ok(()) };
            let (work, next) = self.to_do(&watched, watched.dossier.last().date().max(today))?;
            let dossier = watched.dossier.code.clone();
            if !work.is_empty() || next.is_some() {
                projected.push(Append { dossier, work, next, ..Append::default() });
            }
            Ok(())
        })?;
        Ok(projected)
    }
}
