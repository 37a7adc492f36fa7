//! What can be asked of an engine; nothing here changes anything.

use super::{Engine, EngineError};
use crate::deadline::Explanation;
use crate::dossier::slip::{Form, Particulars, Register, RegisterEntry, Slip, Values, Volume};
use crate::dossier::{
    Assignment, Dossier, DossierError, Event, Officer, Watched, candidates, choose, version_on,
};
use crate::journal::{Journal, WorkFilter, WorkItem};
use crate::measure::{Fact, PaymentFact, Period, RatingFact, StepFact};
use crate::report::Report;
use crate::routing::{Label, Picture};
use chrono::{NaiveDate, NaiveDateTime};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::{Mutex, PoisonError};

/// The events of a dossier up to the end of a day; they are in the order of their moments.
fn up_to(events: &[Event], last: NaiveDate) -> &[Event] {
    let until = events.partition_point(|event| event.at.date() <= last);
    events.get(..until).unwrap_or_default()
}

impl<J: Journal> Engine<J> {
    /// A dossier as the journal has it; `None` if there is none of this code.
    ///
    /// # Errors
    /// `journal.*`, and `dossier.procedure_missing` if the catalogue is not the one the journal was written with.
    pub fn dossier(&self, code: &str) -> Result<Option<Dossier>, EngineError> {
        match self.kept.get(code) {
            Some(Watched { dossier, .. }) if dossier.version == self.journal.version(code)? => {
                Ok(Some(dossier.clone()))
            }
            _ => Ok(Dossier::replay(&self.catalogue, code, &self.journal.events(code)?)?),
        }
    }

    /// Who should get a running step: of those who are there at a moment and may do it, the next in turn after `last`, or who
    /// has the least to do. Whom the separation of duties keeps from it is not among them. Nothing is assigned; send `assign`
    /// to do that.
    ///
    /// # Errors
    /// `dossier.unknown`; `routing.not_running`, `routing.unknown_step`; `journal.*`
    pub fn suggest(
        &self,
        code: &str,
        step: &str,
        policy: Assignment,
        last: Option<&str>,
        now: NaiveDateTime,
    ) -> Result<Option<&Officer>, EngineError> {
        let unknown = || DossierError::Unknown { dossier: code.into() };
        let dossier = self.dossier(code)?.ok_or_else(unknown)?;
        let candidates = candidates(self.rules(), &dossier, step, now)?;
        let mut loads = FxHashMap::default();
        for officer in candidates.iter().filter(|_| policy == Assignment::LeastLoaded) {
            let filter = WorkFilter { assignee: Some(officer.id.clone()), ..WorkFilter::default() };
            loads.insert(officer.id.as_str(), self.journal.work(&filter)?.len());
        }
        let load = |officer: &str| loads.get(officer).copied().unwrap_or_default();
        Ok(choose(policy, &candidates, &load, last))
    }

    /// The labels with which the routing of a dossier is drawn as it stands at a moment; give them to
    /// [`Routing::svg`](crate::routing::Routing::svg), `mermaid` or `dot` of its procedure.
    ///
    /// # Errors
    /// `dossier.unknown`, `journal.*`, `calendar.*`
    pub fn labels(&self, code: &str, now: NaiveDateTime) -> Result<(Dossier, Vec<Label>), EngineError> {
        let dossier = self.known(code, &self.journal.events(code)?)?;
        let labels = dossier.labels(&self.calendar, now)?;
        Ok((dossier, labels))
    }

    /// The routing of a dossier as it stands at a moment, drawn: what is done, what runs, what is late.
    ///
    /// # Errors
    /// As [`Engine::labels`].
    pub fn picture(&self, code: &str, now: NaiveDateTime, picture: Picture) -> Result<String, EngineError> {
        let (dossier, labels) = self.labels(code, now)?;
        Ok(dossier.procedure.routing.picture(picture, &labels))
    }

    /// The routing of a procedure in its version of a day, drawn: who does what, in which time.
    ///
    /// # Errors
    /// `dossier.unknown_procedure`, `dossier.not_in_force`
    pub fn procedure_picture(
        &self,
        code: &str,
        day: NaiveDate,
        picture: Picture,
    ) -> Result<String, EngineError> {
        let found = version_on(&self.catalogue, code, day)?;
        Ok(found.routing.picture(picture, &found.labels(&self.catalogue)))
    }

    /// The events of a dossier.
    ///
    /// # Errors
    /// `journal.*`
    pub fn events(&self, code: &str) -> Result<Vec<Event>, EngineError> {
        Ok(self.journal.events(code)?)
    }

    /// What is to be done, in the order of the filter; as it is, earliest due first.
    ///
    /// # Errors
    /// `journal.*`
    pub fn work_list(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, EngineError> {
        Ok(self.journal.work(filter)?)
    }

    /// One row for each dossier of the journal, in the order of their codes, as they stood at the end of a day.
    ///
    /// # Errors
    /// `journal.*`, and `dossier.procedure_missing` if the catalogue is not the one the journal was written with.
    pub fn facts(&self, last: NaiveDate) -> Result<Vec<Fact>, EngineError> {
        let (catalogue, calendar) = (&self.catalogue, &self.calendar);
        self.of_each(|code, events| {
            let dossier = Dossier::replay(catalogue, code, up_to(events, last))?;
            dossier.map(|dossier| Fact::of(&dossier, calendar)).transpose()
        })
    }

    /// Who had each dossier of the journal, and how long, as it was at the end of a day.
    ///
    /// # Errors
    /// As [`Engine::facts`].
    pub fn steps(&self, last: NaiveDate) -> Result<Vec<StepFact>, EngineError> {
        let rules = self.rules();
        self.rows(|code, events| StepFact::of(code, up_to(events, last), rules))
    }

    /// What was asked for, paid, waived and given back up to the end of a day.
    ///
    /// # Errors
    /// As [`Engine::facts`].
    pub fn payments(&self, last: NaiveDate) -> Result<Vec<PaymentFact>, EngineError> {
        let rules = self.rules();
        self.rows(|code, events| PaymentFact::of(code, up_to(events, last), rules))
    }

    /// The applicants' ratings up to the end of a day.
    ///
    /// # Errors
    /// As [`Engine::facts`].
    pub fn ratings(&self, last: NaiveDate) -> Result<Vec<RatingFact>, EngineError> {
        let rules = self.rules();
        self.rows(|code, events| RatingFact::of(code, up_to(events, last), rules))
    }

    fn rows<T: Send>(
        &self,
        make: impl Fn(&str, &[Event]) -> Result<Vec<T>, DossierError> + Sync,
    ) -> Result<Vec<T>, EngineError> {
        let of_each = self.of_each(|code, events| make(code, events).map(Some))?;
        Ok(of_each.into_iter().flatten().collect())
    }

    /// What is made of each dossier of the journal and its events, in the order of the codes; of several failures the first.
    pub(super) fn of_each<T: Send>(
        &self,
        make: impl Fn(&str, &[Event]) -> Result<Option<T>, DossierError> + Sync,
    ) -> Result<Vec<T>, EngineError> {
        let made = Mutex::new(Vec::new());
        self.journal.scan_in_parallel(&|code, events| {
            if let Some(one) = make(code, events).transpose() {
                made.lock().unwrap_or_else(PoisonError::into_inner).push((SmolStr::new(code), one));
            }
        })?;
        let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
        made.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        made.into_iter().map(|(_, one)| Ok(one?)).collect()
    }

    /// The report of a period over all dossiers of the journal, as they stood at its end: what happened later does not
    /// change it.
    ///
    /// # Errors
    /// As [`Engine::facts`].
    pub fn report(&self, period: Period) -> Result<Report, EngineError> {
        Ok(Report::of(&self.facts(period.last())?, period, &self.catalogue)?)
    }

    /// Why a dossier is due when it is; `None` if there is no such dossier, or its clock has not started.
    ///
    /// # Errors
    /// `journal.*`, `calendar.*`
    pub fn explain_due(&self, code: &str) -> Result<Option<Explanation>, EngineError> {
        let dossier = self.dossier(code)?;
        let clock = dossier.as_ref().and_then(Dossier::clock);
        let explained = clock.map(|clock| clock.explain(&self.calendar)).transpose();
        Ok(explained.map_err(DossierError::from)?)
    }

    /// A slip of a dossier, of its last event of that kind.
    ///
    /// # Errors
    /// `dossier.unknown`, `slip.*`, `journal.*`
    pub fn slip(&self, code: &str, form: Form, particulars: &Particulars) -> Result<Slip, EngineError> {
        let events = self.journal.events(code)?;
        let dossier = self.known(code, &events)?;
        Ok(Slip::of(form, &dossier, &events, self.rules(), particulars)?)
    }

    /// The register of a year, or a volume of it.
    ///
    /// # Errors
    /// `dossier.unknown`, `slip.*`, `journal.*`
    pub fn register(&self, volume: &Volume) -> Result<Slip, EngineError> {
        let read = |entry: &RegisterEntry| self.known(&entry.dossier, &self.journal.events(&entry.dossier)?);
        let dossiers = volume.rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let rows: Vec<_> = dossiers.iter().zip(volume.rows.iter().map(|entry| &entry.particulars)).collect();
        let register = Register::of(&rows, volume.first, &volume.office, self.rules())?;
        Ok(Slip::new(Values::Register(Box::new(register)))?)
    }

    fn known(&self, code: &str, events: &[Event]) -> Result<Dossier, EngineError> {
        let dossier = Dossier::replay(&self.catalogue, code, events)?;
        Ok(dossier.ok_or_else(|| DossierError::Unknown { dossier: code.into() })?)
    }
}
