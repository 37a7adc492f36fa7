//! Catalogue, calendar, organisation and journal together: what a vendor holds in its hand.

use crate::calendar::Calendar;
use crate::deadline::Explanation;
use crate::dossier::{Command, Decided, Dossier, DossierError, Event, Organisation, Rules, Status, decide};
use crate::journal::{Append, Journal, JournalError, WorkFilter, WorkItem};
use crate::measure::{Fact, Period};
use crate::moment;
use crate::procedure::Catalogue;
use crate::report::Report;
use crate::score::ScoreError;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use thiserror::Error;

/// How many dossiers are kept folded between commands; beyond it all are forgotten and read again when needed.
const KEPT: usize = 100_000;

/// What the engine says to a command it has carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Code of the dossier.
    pub dossier: String,
    /// The version that the command's event has.
    pub version: u64,
    /// Where the dossier stands now, also for a repeated command.
    pub status: Status,
    /// When it is due; absent while no clock runs.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// Whether the command had been given before; then nothing was changed.
    pub repeated: bool,
}

/// Why the engine did not carry out a command; nothing has changed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EngineError {
    /// The command is refused.
    #[error(transparent)]
    Dossier(#[from] DossierError),
    /// The journal failed, or another process was faster.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The figures of a report contradict each other.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// The text is no command.
    #[error("the command cannot be read: {reason}; compare it with the table of commands in ARCHITECTURE.md")]
    Unreadable {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// A command of a list is refused, and with it the whole list.
    #[error("command {number} of the list is refused: {error}")]
    InList {
        /// Its place, from 1.
        number: usize,
        /// Why.
        error: Box<EngineError>,
    },
}

impl EngineError {
    /// The stable code; for a list that of the command at fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dossier(error) => error.code(),
            Self::Journal(error) => error.code(),
            Self::Score(error) => error.code(),
            Self::Unreadable { .. } => "engine.command_unreadable",
            Self::InList { error, .. } => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Dossier(error) => error.vi(),
            Self::Journal(error) => error.vi(),
            Self::Score(error) => error.vi(),
            Self::Unreadable { reason } => {
                format!("không đọc được lệnh: {reason}; hãy so với bảng lệnh trong ARCHITECTURE.md")
            }
            Self::InList { number, error } => format!("lệnh thứ {number} bị từ chối: {}", error.vi()),
        }
    }
}

/// The workflow engine over one journal.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::dossier::{Command, Organisation};
/// use motcua::journal::MemoryJournal;
/// use motcua::procedure::Catalogue;
/// use motcua::Engine;
///
/// let units = r#"
/// [[unit]]
/// id = "hoa-thanh"
/// name_vi = "UBND xã Hoa Thành"
/// tier = "commune"
/// "#;
/// let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
/// let mut engine = Engine::new(
///     Catalogue::embedded().clone(),
///     Calendar::vietnam().clone(),
///     organisation,
///     MemoryJournal::new(),
/// );
/// let answer = engine.handle_json(r#"{
///     "dossier": "H41-260302-0001", "actor": "applicant", "at": "2026-03-02T08:00:00+07:00", "key": "1",
///     "command": {"receive": {"procedure": "1.001193", "unit": "hoa-thanh", "channel": "online"}}
/// }"#).unwrap();
/// assert_eq!(answer.status.name(), "submitted");
/// ```
#[derive(Debug)]
pub struct Engine<J> {
    catalogue: Arc<Catalogue>,
    calendar: Arc<Calendar>,
    organisation: Organisation,
    journal: J,
    /// Folded dossiers that are still being worked on; compared with the journal before they are used.
    kept: HashMap<String, Dossier>,
}

impl<J: Journal> Engine<J> {
    /// An engine over what it is given.
    pub fn new(
        catalogue: Arc<Catalogue>,
        calendar: Arc<Calendar>,
        organisation: Organisation,
        journal: J,
    ) -> Self {
        Self { catalogue, calendar, organisation, journal, kept: HashMap::new() }
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Units and officers.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// The journal, for reading; it is written through commands only.
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// Carries out one command and stores its event.
    ///
    /// # Errors
    /// The reason why the command is refused; the journal is unchanged.
    pub fn handle(&mut self, command: &Command) -> Result<Answer, EngineError> {
        let mut answers = self.handle_all(std::slice::from_ref(command)).map_err(|error| match error {
            EngineError::InList { error, .. } => *error,
            other => other,
        })?;
        answers.pop().ok_or(EngineError::Unreadable { reason: "no command".into() })
    }

    /// [`Engine::handle`] for a command in JSON.
    ///
    /// # Errors
    /// `engine.command_unreadable`, and those of [`Engine::handle`].
    pub fn handle_json(&mut self, command: &str) -> Result<Answer, EngineError> {
        let command = serde_json::from_str(command)
            .map_err(|error| EngineError::Unreadable { reason: error.to_string() })?;
        self.handle(&command)
    }

    /// Carries out commands in their order and stores all their events in one transaction, or none of them.
    ///
    /// # Errors
    /// [`EngineError::InList`] for the first command that is refused; `journal.*`. The journal is unchanged.
    pub fn handle_all(&mut self, commands: &[Command]) -> Result<Vec<Answer>, EngineError> {
        if self.kept.len() > KEPT {
            self.kept.clear();
        }
        let outcome = self.decide_all(commands).and_then(|(answers, batch)| {
            if !batch.is_empty() {
                self.journal.append(&batch)?;
            }
            Ok(answers)
        });
        for command in commands {
            // After a failure what was folded is ahead of the journal; after an end it is seldom asked for again.
            let over = |dossier: &Dossier| dossier.status.is_ended() && dossier.status != Status::Resolved;
            if outcome.is_err() || self.kept.get(&command.dossier).is_some_and(over) {
                self.kept.remove(&command.dossier);
            }
        }
        outcome
    }

    fn decide_all(&mut self, commands: &[Command]) -> Result<(Vec<Answer>, Vec<Append>), EngineError> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut batch: Vec<Append> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (i, command) in commands.iter().enumerate() {
            let in_list = |error: EngineError| EngineError::InList { number: i + 1, error: Box::new(error) };
            let place = match places.get(command.dossier.as_str()) {
                Some(place) => *place,
                None => {
                    // What an earlier command of the list made of it is ahead of the journal; all else must not be behind.
                    self.refresh(&command.dossier).map_err(in_list)?;
                    batch.push(Append {
                        dossier: command.dossier.clone(),
                        events: Vec::new(),
                        work: Vec::new(),
                    });
                    places.insert(&command.dossier, batch.len() - 1);
                    batch.len() - 1
                }
            };
            let (answer, event) = self.decide_one(command).map_err(in_list)?;
            answers.push(answer);
            if let Some(append) = batch.get_mut(place) {
                append.events.extend(event);
            }
        }
        batch.retain(|append| !append.events.is_empty());
        for append in &mut batch {
            if let Some(dossier) = self.kept.get(&append.dossier) {
                append.work = WorkItem::open(dossier, self.rules())?;
            }
        }
        Ok((answers, batch))
    }

    /// Sees to it that what is kept of a dossier is what the journal holds: another process may have gone on.
    fn refresh(&mut self, code: &str) -> Result<(), EngineError> {
        let kept = self.kept.get(code).map_or(0, |dossier| dossier.version);
        if self.journal.version(code)? != kept {
            self.kept.remove(code);
            if let Some(dossier) = Dossier::replay(&self.catalogue, code, &self.journal.events(code)?)? {
                self.kept.insert(code.to_owned(), dossier);
            }
        }
        Ok(())
    }

    /// Decides a command on the kept dossier, and keeps what becomes of it.
    fn decide_one(&mut self, command: &Command) -> Result<(Answer, Option<Event>), EngineError> {
        let (version, event) = match decide(self.rules(), self.kept.get(&command.dossier), command)? {
            Decided::Repeated { version } => (version, None),
            Decided::New { event, dossier } => {
                self.kept.insert(command.dossier.clone(), *dossier);
                (event.version, Some(event))
            }
        };
        let unknown = || DossierError::Unknown { dossier: command.dossier.clone() };
        let dossier = self.kept.get(&command.dossier).ok_or_else(unknown)?;
        let answer = Answer {
            dossier: command.dossier.clone(),
            version,
            status: dossier.status,
            due: dossier.due(&self.calendar)?,
            repeated: event.is_none(),
        };
        Ok((answer, event))
    }

    fn rules(&self) -> Rules<'_> {
        Rules { catalogue: &self.catalogue, calendar: &self.calendar, organisation: &self.organisation }
    }

    /// A dossier as the journal has it; `None` if there is none of this code.
    ///
    /// # Errors
    /// `journal.*`, and `dossier.procedure_missing` if the catalogue is not the one the journal was written with.
    pub fn dossier(&self, code: &str) -> Result<Option<Dossier>, EngineError> {
        match self.kept.get(code) {
            Some(kept) if kept.version == self.journal.version(code)? => Ok(Some(kept.clone())),
            _ => Ok(Dossier::replay(&self.catalogue, code, &self.journal.events(code)?)?),
        }
    }

    /// The events of a dossier.
    ///
    /// # Errors
    /// `journal.*`
    pub fn events(&self, code: &str) -> Result<Vec<Event>, EngineError> {
        Ok(self.journal.events(code)?)
    }

    /// What is to be done, earliest due first.
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
        let mut facts = Vec::new();
        let mut outcome = Ok(());
        self.journal.scan(&mut |code, events| {
            // A dossier's events are in the order of their moments.
            let until = events.partition_point(|event| event.at.date() <= last);
            let events = events.get(..until).unwrap_or_default();
            let fact = Dossier::replay(&self.catalogue, code, events)
                .and_then(|dossier| dossier.map(|dossier| Fact::of(&dossier, &self.calendar)).transpose());
            match fact {
                Ok(fact) => facts.extend(fact),
                Err(error) => {
                    outcome = Err(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        outcome?;
        Ok(facts)
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
        let clock = self.dossier(code)?.and_then(|dossier| dossier.clock);
        let explained = clock.map(|clock| clock.explain(&self.calendar)).transpose();
        Ok(explained.map_err(DossierError::from)?)
    }
}
