//! Catalogue, calendar, organisation and journal together: what a vendor holds in its hand.

mod announce;
#[cfg(feature = "sqlite")]
mod archive;
mod error;
mod fresh;
mod linked;
mod read;
mod shared;
#[cfg(feature = "sync")]
mod sync;
mod wakeups;

pub use error::EngineError;
pub use shared::SharedEngine;

use crate::calendar::Calendar;
use crate::dossier::{
    Command, Decided, Dossier, DossierError, Event, Organisation, Rules, Status, Watched, decide,
};
use crate::journal::{Append, Appended, Journal, JournalError, WorkItem};
use crate::moment;
use crate::procedure::Catalogue;
use chrono::{NaiveDate, NaiveDateTime};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use serde_json::value::RawValue;
use smol_str::SmolStr;
use std::sync::Arc;

/// How many dossiers are kept folded between commands; beyond it all are forgotten and read again when needed.
const KEPT: usize = 100_000;

/// What the engine says to a command it has carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// The version that the command's event has.
    pub version: u64,
    /// Where the dossier stood then, also for a repeated command: that gets its first answer again.
    pub status: Status,
    /// When it was due then; absent while no clock ran.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// Whether the command had been given before; then nothing was changed.
    pub repeated: bool,
}

fn unreadable(error: serde_json::Error) -> EngineError {
    EngineError::Unreadable { reason: error.to_string() }
}

fn none() -> Result<Answer, EngineError> {
    Err(EngineError::Unreadable { reason: "no command".into() })
}

/// How often it is decided anew because another process was faster.
const ATTEMPTS: usize = 8;

type Deciding<'a, J> =
    dyn FnMut(&mut Engine<J>, &mut Batch) -> Result<Vec<Result<Answer, EngineError>>, EngineError> + 'a;

/// Events that are to be stored together.
#[derive(Debug, Default)]
struct Batch {
    appends: Vec<Append>,
    /// The place of each dossier among them.
    places: FxHashMap<SmolStr, usize>,
    /// Dossiers that were found to be as the journal holds them when this began.
    fresh: FxHashSet<SmolStr>,
}

/// The open work of a dossier, and the moment at which something falls due of it next.
type ToDo = (Vec<WorkItem>, Option<NaiveDateTime>);

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
    /// Which of several offices it is, by the id of its unit.
    office: Option<SmolStr>,
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
        Self { catalogue, calendar, organisation, journal, office: None, kept: FxHashMap::default() }
    }

    /// The same as the engine of one of several offices that exchange what is in their journals, named by the id of its
    /// unit. What it records carries that name. A dossier is of the office that recorded its first event until it is given
    /// away with `entrust`; commands on dossiers of other offices are refused with `dossier.owned_by_other`, and so are
    /// those on any office's dossier by an engine that is of none. A dossier that was begun before there were offices
    /// becomes that of the first one that goes on with it.
    #[must_use]
    pub fn at_office(self, office: &str) -> Self {
        Self { office: Some(office.into()), kept: FxHashMap::default(), ..self }
    }

    /// The office that it is of.
    pub fn office(&self) -> Option<&str> {
        self.office.as_deref()
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
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
        self.together(commands, &mut |engine, batch| {
            let in_list = |(number, error)| EngineError::InList { number, error: Box::new(error) };
            let decide = |(number, command)| {
                let answer = engine.add(batch, command);
                answer.map(Ok).map_err(|error| in_list((number, error)))
            };
            (1..).zip(commands).map(decide).collect()
        })?
        .into_iter()
        .collect()
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
        self.together(commands, &mut |engine, batch| {
            let decide = |command| match engine.add(batch, command) {
                Err(EngineError::Journal(error)) if error.is_of_store() => Err(error.into()),
                result => Ok(result),
            };
            commands.iter().map(decide).collect()
        })
    }

    /// Decides, and stores all that was decided in one transaction, which begins before anything is read. Where another
    /// process was faster all the same, it is decided anew on what that one has stored.
    fn together(
        &mut self,
        commands: &[Command],
        decide: &mut Deciding<'_, J>,
    ) -> Result<Vec<Result<Answer, EngineError>>, EngineError> {
        self.forget();
        let mut attempts = 0;
        loop {
            self.journal.begin()?;
            let mut batch = Batch::default();
            let read = self.refresh_all(&mut batch, commands);
            let outcome = read.and_then(|()| decide(self, &mut batch)).and_then(|mut results| {
                for (code, stored) in self.store(&mut batch)? {
                    // Another process has carried out the same command in the meantime.
                    let answers = results.iter_mut().flatten().filter(|answer| answer.dossier == code);
                    answers.for_each(|answer| (answer.version, answer.repeated) = (stored.version, true));
                    self.kept.remove(&code);
                }
                Ok(results)
            });
            self.tidy(&batch, outcome.is_err());
            attempts += 1;
            match outcome {
                Err(EngineError::Journal(JournalError::Conflict { .. })) if attempts < ATTEMPTS => {}
                outcome => return outcome,
            }
        }
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

    /// The same for a dossier that is known to be what the journal holds.
    fn add_one(&mut self, batch: &mut Batch, command: &Command) -> Result<Answer, EngineError> {
        let version = |kept: &Watched| kept.dossier.version;
        let before = self.kept.get(&command.dossier).map(version);
        let decided = self
            .decide_one(command)
            .and_then(|(version, event)| Ok((self.answer(batch, command, version, event.is_none())?, event)));
        let (answer, event) = match decided {
            Ok(decided) => decided,
            Err(error) => {
                if self.kept.get(&command.dossier).map(version) != before {
                    self.rewind(batch, &command.dossier)?;
                }
                return Err(error);
            }
        };
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

    /// Stores a batch, and gives what another process had stored already.
    fn store(&mut self, batch: &mut Batch) -> Result<Vec<(SmolStr, Appended)>, EngineError> {
        if batch.appends.is_empty() {
            self.journal.abandon();
            return Ok(Vec::new());
        }
        for append in &mut batch.appends {
            if let Some(kept) = self.kept.get(&append.dossier) {
                (append.work, append.next) = to_do(self.rules(), kept, kept.dossier.last().date())?;
                append.snapshot = kept.snapshot(self.rules(), append.events.len());
            }
        }
        let stored = batch.appends.iter().zip(self.journal.append(&batch.appends)?);
        let repeated = stored.filter(|(_, appended)| appended.repeated);
        Ok(repeated.map(|(append, appended)| (append.dossier.clone(), appended)).collect())
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

    /// What is said to a command whose event has this version: as the dossier stood then, also to a repetition.
    fn answer(
        &self,
        batch: &Batch,
        command: &Command,
        version: u64,
        repeated: bool,
    ) -> Result<Answer, EngineError> {
        let code = &command.dossier;
        let unknown = || DossierError::Unknown { dossier: code.clone() };
        let now = &self.kept.get(code).ok_or_else(unknown)?.dossier;
        let then = match now.version == version {
            true => None,
            false => {
                let mut events = self.journal.events(code)?;
                let decided = batch.places.get(code).and_then(|place| batch.appends.get(*place));
                events.extend(decided.iter().flat_map(|append| append.events.iter().cloned()));
                events.retain(|event| event.version <= version);
                Dossier::replay(&self.catalogue, code, &events)?
            }
        };
        let dossier = then.as_ref().unwrap_or(now);
        let (status, due) = (dossier.status, dossier.due(&self.calendar)?);
        Ok(Answer { dossier: code.clone(), version, status, due, repeated })
    }

    /// Decides a command on the kept dossier, and folds its event in. Gives the version of its event, and the event unless
    /// the command is a repetition.
    fn decide_one(&mut self, command: &Command) -> Result<(u64, Option<Event>), EngineError> {
        let code = command.dossier.as_str();
        let (catalogue, calendar) = (&self.catalogue, &self.calendar);
        let office = self.office.as_deref();
        let rules = Rules { catalogue, calendar, organisation: &self.organisation, office };
        let known = self.kept.get(code).map(|kept| &kept.dossier);
        match decide(rules, known, command)? {
            Decided::Repeated { version } => Ok((version, None)),
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
                Ok((event.version, Some(event)))
            }
        }
    }

    fn rules(&self) -> Rules<'_> {
        let office = self.office.as_deref();
        Rules {
            catalogue: &self.catalogue,
            calendar: &self.calendar,
            organisation: &self.organisation,
            office,
        }
    }
}

/// What is to be done of a dossier, on a day or later, and when somebody has to look at it next: nothing of one that another
/// office carries on.
fn to_do(rules: Rules<'_>, watched: &Watched, day: NaiveDate) -> Result<ToDo, DossierError> {
    let dossier = &watched.dossier;
    if dossier.owner().is_some_and(|owner| rules.office != Some(owner)) {
        return Ok((Vec::new(), None));
    }
    Ok((WorkItem::open(dossier, rules, day)?, watched.next(rules)))
}
