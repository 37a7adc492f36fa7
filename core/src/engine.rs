//! Catalogue, calendar, organisation and journal together: what a vendor holds in its hand.

mod announce;
mod linked;
mod read;
mod wakeups;

use crate::calendar::Calendar;
use crate::dossier::slip::SlipError;
use crate::dossier::{Command, Decided, DossierError, Event, Organisation, Rules, Status, Watched, decide};
use crate::journal::{Append, Journal, JournalError, WorkItem};
use crate::moment;
use crate::procedure::Catalogue;
use crate::score::ScoreError;
use chrono::NaiveDateTime;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::value::RawValue;
use smol_str::SmolStr;
use std::sync::Arc;
use thiserror::Error;

/// How many dossiers are kept folded between commands; beyond it all are forgotten and read again when needed.
const KEPT: usize = 100_000;

/// What the engine says to a command it has carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Code of the dossier.
    pub dossier: SmolStr,
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
    /// There is no such slip.
    #[error(transparent)]
    Slip(#[from] SlipError),
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
            Self::Slip(error) => error.code(),
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
            Self::Slip(error) => error.vi(),
            Self::Unreadable { reason } => {
                format!("không đọc được lệnh: {reason}; hãy so với bảng lệnh trong ARCHITECTURE.md")
            }
            Self::InList { number, error } => format!("lệnh thứ {number} bị từ chối: {}", error.vi()),
        }
    }
}

fn unreadable(error: serde_json::Error) -> EngineError {
    EngineError::Unreadable { reason: error.to_string() }
}

fn none() -> Result<Answer, EngineError> {
    Err(EngineError::Unreadable { reason: "no command".into() })
}

/// Events that are to be stored together.
#[derive(Debug, Default)]
struct Batch {
    appends: Vec<Append>,
    /// The place of each dossier among them.
    places: FxHashMap<SmolStr, usize>,
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
    kept: FxHashMap<SmolStr, Watched>,
}

impl<J: Journal> Engine<J> {
    /// An engine over what it is given.
    pub fn new(
        catalogue: Arc<Catalogue>,
        calendar: Arc<Calendar>,
        organisation: Organisation,
        journal: J,
    ) -> Self {
        Self { catalogue, calendar, organisation, journal, kept: FxHashMap::default() }
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The calendar.
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// Units and officers.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// The journal, when the engine is done with.
    pub fn into_journal(self) -> J {
        self.journal
    }

    /// Erases for ever the words in the events of a dossier, where the law wants it: [`Journal::erase`]. Gives the number of
    /// events that had words.
    ///
    /// # Errors
    /// `journal.*`
    pub fn erase(&mut self, code: &str) -> Result<u64, EngineError> {
        self.kept.remove(code);
        Ok(self.journal.erase(code)?)
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
        answers.pop().map_or_else(none, Ok)
    }

    /// [`Engine::handle`] for a command in JSON.
    ///
    /// # Errors
    /// `engine.command_unreadable`, and those of [`Engine::handle`].
    pub fn handle_json(&mut self, command: &str) -> Result<Answer, EngineError> {
        self.handle(&serde_json::from_str(command).map_err(unreadable)?)
    }

    /// Carries out commands in their order and stores all their events in one transaction, or none of them.
    ///
    /// # Errors
    /// [`EngineError::InList`] for the first command that is refused; `journal.*`. The journal is unchanged.
    pub fn handle_all(&mut self, commands: &[Command]) -> Result<Vec<Answer>, EngineError> {
        self.forget();
        self.journal.begin()?;
        let mut batch = Batch::default();
        let outcome = self.decide_all(&mut batch, commands).and_then(|answers| {
            self.store(&mut batch)?;
            Ok(answers)
        });
        self.tidy(&batch, outcome.is_err());
        outcome
    }

    /// Carries out commands in their order, each for itself: those that are refused leave the others alone, and those that
    /// are not are stored in one transaction. One result for each command, in order.
    ///
    /// # Errors
    /// `journal.*` if nothing could be stored; the journal is unchanged then. Refusals are among the results.
    pub fn handle_each(
        &mut self,
        commands: &[Command],
    ) -> Result<Vec<Result<Answer, EngineError>>, EngineError> {
        self.forget();
        self.journal.begin()?;
        let mut batch = Batch::default();
        let mut results = Vec::with_capacity(commands.len());
        let mut outcome = Ok(());
        for command in commands {
            match self.add(&mut batch, command) {
                Err(EngineError::Journal(error)) if error.is_of_store() => {
                    outcome = Err(error.into());
                    break;
                }
                result => results.push(result),
            }
        }
        let outcome = outcome.and_then(|()| self.store(&mut batch));
        self.tidy(&batch, outcome.is_err());
        outcome.map(|()| results)
    }

    /// [`Engine::handle_each`] for a list of commands in JSON. One that cannot be read is refused for itself.
    ///
    /// # Errors
    /// `engine.command_unreadable` if the text is no list; those of [`Engine::handle_each`].
    pub fn handle_each_json(
        &mut self,
        commands: &str,
    ) -> Result<Vec<Result<Answer, EngineError>>, EngineError> {
        let texts: Vec<&RawValue> = serde_json::from_str(commands).map_err(unreadable)?;
        let read: Vec<Result<Command, EngineError>> =
            texts.iter().map(|text| serde_json::from_str(text.get()).map_err(unreadable)).collect();
        let readable: Vec<Command> = read.iter().flatten().cloned().collect();
        let mut results = self.handle_each(&readable)?.into_iter();
        let one = |read: Result<Command, EngineError>| read.and_then(|_| results.next().unwrap_or_else(none));
        Ok(read.into_iter().map(one).collect())
    }

    /// What would come of a command, without doing it: the answer that [`Engine::handle`] would give now.
    ///
    /// # Errors
    /// As [`Engine::handle`].
    pub fn dry_run(&mut self, command: &Command) -> Result<Answer, EngineError> {
        let mut batch = Batch::default();
        let outcome = self.add(&mut batch, command);
        // What was folded is ahead of the journal.
        self.tidy(&batch, true);
        outcome
    }

    /// [`Engine::dry_run`] for a command in JSON.
    ///
    /// # Errors
    /// As [`Engine::handle_json`].
    pub fn dry_run_json(&mut self, command: &str) -> Result<Answer, EngineError> {
        self.dry_run(&serde_json::from_str(command).map_err(unreadable)?)
    }

    fn decide_all(&mut self, batch: &mut Batch, commands: &[Command]) -> Result<Vec<Answer>, EngineError> {
        let mut answers = Vec::with_capacity(commands.len());
        for (i, command) in commands.iter().enumerate() {
            let in_list = |error: EngineError| EngineError::InList { number: i + 1, error: Box::new(error) };
            answers.push(self.add(batch, command).map_err(in_list)?);
        }
        Ok(answers)
    }

    /// Decides one command of a list, and puts its event into the batch, with what follows from it for linked dossiers.
    fn add(&mut self, batch: &mut Batch, command: &Command) -> Result<Answer, EngineError> {
        self.refresh_unless_in(batch, &command.dossier)?;
        self.check_link(batch, command)?;
        let answer = self.add_one(batch, command)?;
        if !answer.repeated {
            self.take_over(batch, command)?;
        }
        Ok(answer)
    }

    fn add_one(&mut self, batch: &mut Batch, command: &Command) -> Result<Answer, EngineError> {
        self.refresh_unless_in(batch, &command.dossier)?;
        let (answer, event) = self.decide_one(command)?;
        if let Some(event) = event {
            let next = batch.appends.len();
            let place = *batch.places.entry(command.dossier.clone()).or_insert(next);
            if place == next {
                let dossier = command.dossier.clone();
                batch.appends.push(Append { dossier, ..Append::default() });
            }
            if let Some(append) = batch.appends.get_mut(place) {
                append.events.push(event);
            }
        }
        Ok(answer)
    }

    fn store(&mut self, batch: &mut Batch) -> Result<(), EngineError> {
        if batch.appends.is_empty() {
            self.journal.abandon();
            return Ok(());
        }
        for append in &mut batch.appends {
            if let Some(kept) = self.kept.get(&append.dossier) {
                append.work = WorkItem::open(&kept.dossier, self.rules(), kept.dossier.last().date())?;
                append.next = kept.next(self.rules());
            }
        }
        self.journal.append(&batch.appends)?;
        Ok(())
    }

    fn forget(&mut self) {
        if self.kept.len() > KEPT {
            self.kept.clear();
        }
    }

    /// After a failure what was folded is ahead of the journal; after an end it is seldom asked for again.
    fn tidy(&mut self, batch: &Batch, failed: bool) {
        if failed {
            self.journal.abandon();
        }
        let over = |kept: &Watched| {
            let status = kept.dossier.status;
            status.is_ended() && status != Status::Resolved
        };
        for dossier in batch.places.keys() {
            if failed || self.kept.get(dossier).is_some_and(over) {
                self.kept.remove(dossier);
            }
        }
    }

    /// What an earlier command of a list made of a dossier is ahead of the journal; all else must not be behind.
    fn refresh_unless_in(&mut self, batch: &Batch, code: &str) -> Result<(), EngineError> {
        if batch.places.contains_key(code) { Ok(()) } else { self.refresh(code) }
    }

    /// Sees to it that what is kept of a dossier is what the journal holds: another process may have gone on.
    fn refresh(&mut self, code: &str) -> Result<(), EngineError> {
        let kept = self.kept.get(code).map_or(0, |kept| kept.dossier.version);
        if self.journal.version(code)? != kept {
            self.kept.remove(code);
            if let Some(watched) = Watched::replay(self.rules(), code, &self.journal.events(code)?)? {
                self.kept.insert(code.into(), watched);
            }
        }
        Ok(())
    }

    /// Decides a command on the kept dossier, and folds its event in.
    fn decide_one(&mut self, command: &Command) -> Result<(Answer, Option<Event>), EngineError> {
        let code = command.dossier.as_str();
        let (catalogue, calendar) = (&self.catalogue, &self.calendar);
        let rules = Rules { catalogue, calendar, organisation: &self.organisation };
        let known = self.kept.get(code).map(|kept| &kept.dossier);
        let (version, event) = match decide(rules, known, command)? {
            Decided::Repeated { version } => (version, None),
            Decided::New(event) => {
                let folded = match self.kept.get_mut(code) {
                    Some(kept) => kept.apply(rules, &event),
                    None => Watched::begin(rules, code, &event).map(|begun| {
                        self.kept.insert(code.into(), begun);
                    }),
                };
                if let Err(error) = folded {
                    // Half folded, it is of no use.
                    self.kept.remove(code);
                    return Err(error.into());
                }
                (event.version, Some(event))
            }
        };
        let unknown = || DossierError::Unknown { dossier: command.dossier.clone() };
        let dossier = &self.kept.get(code).ok_or_else(unknown)?.dossier;
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
}
