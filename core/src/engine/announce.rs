//! What an engine does when a day off is announced late.

use super::{Engine, EngineError, to_do};
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
        let (catalogue, before) = (&self.catalogue, &self.calendar);
        self.of_each(|code, events| {
            let dossier = Dossier::replay(catalogue, code, events)?;
            Ok(moved(dossier.iter(), before, after)?.pop())
        })
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
        self.of_each(|code, events| {
            let Some(watched) = Watched::replay(rules, code, events)? else { return Ok(None) };
            let (work, next) = to_do(rules, &watched, watched.dossier.last().date().max(today))?;
            let dossier = watched.dossier.code.clone();
            let is_open = !work.is_empty() || next.is_some();
            Ok(is_open.then(|| Append { dossier, work, next, ..Append::default() }))
        })
    }
}
