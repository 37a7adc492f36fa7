//! The state of a dossier, folded from its events.
//!
//! A live dossier is kept small, since a province has a million of them: moments in four bytes, steps and keys as
//! numbers, and what few dossiers have (`Rest`) apart.

use super::{Decision, Paper, Status};
use crate::calendar::{self, Calendar};
use crate::deadline::{Clock, DayEnd, Due, Lapse, LimitRule, SuspensionPolicy};
use crate::moment;
use crate::procedure::{Catalogue, Channel, Procedure, Regime, SIGNED, Step, StepKind};
use crate::routing::Marking;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

use super::DossierError;

/// The actor of an applicant's own commands.
pub const APPLICANT: &str = "applicant";
/// The actor of commands that a machine gives.
pub const SYSTEM: &str = "system";

/// A moment in whole seconds since 1970, Vietnam time; good until 2106.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(super) struct Stamp(pub(super) u32);

impl Stamp {
    /// None of the moments that a calendar knows lies outside.
    pub(super) fn of(at: NaiveDateTime) -> Self {
        Self(u32::try_from(calendar::seconds(at)).unwrap_or_default())
    }

    pub(super) fn is_on_day_of(self, other: Self) -> bool {
        self.0 / 86_400 == other.0 / 86_400
    }

    pub(super) fn at(self) -> NaiveDateTime {
        calendar::moment(self.0.into())
    }
}

/// What is kept of an event: its key and what it asked for, enough to tell a repetition from a reused key, and who
/// completed which step with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trace {
    key: [u32; 2],
    content: u32,
    done: [u32; 2],
}

impl Trace {
    pub(super) fn new(key: &str, content: u32, done: Option<Done>) -> Self {
        let mut trace = Self { key: Self::key(key), content, done: [0; 2] };
        trace.set_done(done);
        trace
    }

    /// The key, as traces hold it.
    pub(super) fn key(key: &str) -> [u32; 2] {
        halves(xxh3_64(key.as_bytes()))
    }

    pub(super) fn is_of(&self, key: [u32; 2]) -> bool {
        self.key == key
    }

    pub(super) fn asks_for(&self, content: u32) -> bool {
        self.content == content
    }

    pub(super) fn done(&self) -> Option<Done> {
        let [low, high] = self.done.map(u64::from);
        Some(Done(high << 32 | low)).filter(|done| *done != NOBODY)
    }

    pub(super) fn set_done(&mut self, done: Option<Done>) {
        self.done = halves(done.unwrap_or(NOBODY).0);
    }

    pub(super) fn words(&self) -> [u32; 3] {
        [self.key[0], self.key[1], self.content]
    }

    pub(super) fn from_words([low, high, content]: [u32; 3]) -> Self {
        Self { key: [low, high], content, done: halves(NOBODY.0) }
    }
}

/// Four bytes each, so that a trace takes twenty and not twenty-four.
fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// Who completed which step, and with which outcome: 48 bits of the actor's hash, the step, the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done(pub(super) u64);

const NOBODY: Done = Done(u64::MAX);

impl Done {
    pub(super) fn new(actor: &str, step: usize, outcome: usize) -> Self {
        Self(xxh3_64(actor.as_bytes()) << 16 | (step as u64 & 0xff) << 8 | outcome as u64 & 0xff)
    }

    pub(super) fn step(self) -> usize {
        (self.0 >> 8 & 0xff) as usize
    }

    pub(super) fn outcome(self) -> usize {
        (self.0 & 0xff) as usize
    }

    pub(super) fn is_by(self, actor: &str) -> bool {
        self.0 >> 16 == xxh3_64(actor.as_bytes()) & 0xffff_ffff_ffff
    }

    /// The same of another version of the procedure, whose outcomes are others: it cannot be taken back.
    pub(super) fn at_step(self, step: usize) -> Self {
        Self(self.0 & !0xffff | (step as u64 & 0xff) << 8 | 0xff)
    }
}

/// A running step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) step: u8,
    /// The step whose completion started it; `NO_STEP` for the first.
    pub(super) from: u8,
    /// The number of the suspension of the clock that lasts as long as it runs.
    pub(super) suspension: Option<u16>,
    pub(super) since: Stamp,
    pub(super) assignee: Option<SmolStr>,
}

pub(super) const NO_STEP: u8 = u8::MAX;

/// An opinion asked of other units and not yet given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// The step that asked.
    pub step: SmolStr,
    /// The units that have not answered.
    pub units: Vec<SmolStr>,
    /// Since when they are asked.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// After this moment the step may go on without them.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
}

/// The result of a part of a linked dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartResult {
    /// Id of the part.
    pub part: SmolStr,
    /// What was decided.
    pub result: Decision,
    /// When.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// When it was handed over.
    #[serde(with = "moment::option")]
    pub delivered: Option<NaiveDateTime>,
}

/// What few dossiers have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rest {
    /// Opinions that are missing.
    pub consultations: Vec<Consultation>,
    /// What was asked for, in đồng.
    pub asked_vnd: u64,
    /// What of it has not come in, in đồng.
    pub owed_vnd: u64,
    /// What was paid, in đồng.
    pub paid_vnd: u64,
    /// What was waived, in đồng.
    pub waived_vnd: u64,
    /// What was given back, in đồng.
    pub refunded_vnd: u64,
    /// The papers that came, the last of each component.
    pub papers: Vec<Paper>,
    /// Components that are to follow.
    pub to_follow: Vec<SmolStr>,
    /// By when.
    #[serde(with = "moment::option")]
    pub until: Option<NaiveDateTime>,
    /// The optional parts that are wanted.
    pub parts: Vec<SmolStr>,
    /// The parts that have a result.
    pub part_results: Vec<PartResult>,
    /// The dossier of which this one settles a part.
    pub part_of: Option<SmolStr>,
    /// Dossiers that belong to this one, each with the part that it settles.
    pub linked: Vec<(SmolStr, Option<SmolStr>)>,
    /// The number of the decision.
    pub number: Option<SmolStr>,
    /// Whether an error of the agency waits to be corrected.
    pub error_open: bool,
    /// How many of the supplements were asked for before it was taken in.
    pub supplements_before: u8,
    /// Since when the work is suspended for something else than a supplement or a payment.
    #[serde(with = "moment::option")]
    pub suspended: Option<NaiveDateTime>,
}

/// The same, with what only the folding of events needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Apart {
    pub(super) rest: Rest,
    /// The suspension of the clock for a supplement or a payment, by its number in the ledger.
    pub(super) held: Option<u16>,
    /// That of `suspended`.
    pub(super) paused: Option<u16>,
    /// What comes if the request for which it is held stays unanswered, where the rule behind the request says so.
    pub(super) unanswered: Option<Lapse>,
    /// Steps that a deputy completed, with whom the deputy stood in for.
    pub(super) stood_in: Vec<Done>,
    /// Whether the clock is of another version of the procedure.
    pub(super) migrated: bool,
    /// The office whose journal carries it on.
    pub(super) owner: Option<SmolStr>,
}

static NOTHING: std::sync::LazyLock<Rest> = std::sync::LazyLock::new(Rest::default);

/// A dossier as its events have made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Its code (mã hồ sơ).
    pub code: SmolStr,
    /// The unit that settles it.
    pub unit: SmolStr,
    /// The version of the procedure that holds for it.
    pub procedure: Arc<Procedure>,
    /// The number of its events.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// The way in.
    pub channel: Channel,
    /// How often a supplement was asked for.
    pub supplements: u8,
    /// Whether its papers were digitised; absent if not said.
    pub digitised: Option<bool>,
    /// Whether any of it was paid online.
    pub paid_online: bool,
    /// What was decided.
    pub result: Option<Decision>,
    /// Whether the result is electronic.
    pub electronic: bool,
    /// The applicant's rating, 0 to 2.
    pub rating: Option<u8>,
    /// The state to go back to after a supplement or a payment.
    pub(super) back_to: Status,
    pub(super) since: Stamp,
    pub(super) submitted: Stamp,
    pub(super) last: Stamp,
    pub(super) accepted: Option<Stamp>,
    pub(super) ended: Option<Stamp>,
    pub(super) delivered: Option<Stamp>,
    pub(super) case: Option<Box<str>>,
    pub(super) applicant: Option<Box<str>>,
    pub(super) clock: Option<Clock>,
    pub(super) marking: Marking,
    pub(super) tasks: Vec<Task>,
    pub(super) traces: Vec<Trace>,
    pub(super) apart: Option<Box<Apart>>,
}

/// A running step of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running<'d> {
    /// The step.
    pub step: &'d Step,
    /// Since when it runs, Vietnam time.
    pub since: NaiveDateTime,
    /// The officer who has it.
    pub assignee: Option<&'d str>,
}

impl Dossier {
    /// When it came in.
    #[must_use]
    pub fn submitted(&self) -> NaiveDateTime {
        self.submitted.at()
    }

    /// When it was taken in complete; its time limit counts from here, or from when the agency that settles it has it.
    #[must_use]
    pub fn accepted(&self) -> Option<NaiveDateTime> {
        self.accepted.map(Stamp::at)
    }

    /// When the office was done with it, in whichever way.
    #[must_use]
    pub fn ended(&self) -> Option<NaiveDateTime> {
        self.ended.map(Stamp::at)
    }

    /// When the result was handed over.
    #[must_use]
    pub fn delivered(&self) -> Option<NaiveDateTime> {
        self.delivered.map(Stamp::at)
    }

    /// Since when it stands where it stands.
    #[must_use]
    pub fn since(&self) -> NaiveDateTime {
        self.since.at()
    }

    /// The moment of the last event.
    #[must_use]
    pub fn last(&self) -> NaiveDateTime {
        self.last.at()
    }

    /// The case that the question at reception, or a special limit, names.
    #[must_use]
    pub fn case(&self) -> Option<&str> {
        self.case.as_deref()
    }

    /// The office that alone carries it on, by the id of its unit: the one that recorded its first event, then the one that
    /// it was entrusted to. `None` where there is one journal only.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.apart.as_ref()?.owner.as_deref()
    }

    /// Who applied.
    #[must_use]
    pub fn applicant(&self) -> Option<&str> {
        self.applicant.as_deref()
    }

    /// Its clock; `None` until it was taken in, and, where the law has it so, until the agency that settles it has received
    /// it.
    #[must_use]
    pub fn clock(&self) -> Option<&Clock> {
        self.clock.as_ref()
    }

    /// What few dossiers have: consultations, money, papers, parts.
    #[must_use]
    pub fn rest(&self) -> &Rest {
        self.apart.as_ref().map_or(&NOTHING, |apart| &apart.rest)
    }

    pub(super) fn rest_mut(&mut self) -> &mut Rest {
        &mut self.apart_mut().rest
    }

    pub(super) fn apart_mut(&mut self) -> &mut Apart {
        self.apart.get_or_insert_default()
    }

    /// The steps that run, in the order in which they began.
    pub fn running(&self) -> impl Iterator<Item = Running<'_>> {
        self.tasks.iter().filter_map(|task| {
            let step = self.procedure.steps.get(usize::from(task.step))?;
            Some(Running { step, since: task.since.at(), assignee: task.assignee.as_deref() })
        })
    }

    /// Who completed which steps, in the order in which they did; then those for whom a deputy did.
    pub(super) fn done(&self) -> impl DoubleEndedIterator<Item = Done> {
        let stood_in = self.apart.iter().flat_map(|apart| apart.stood_in.iter().copied());
        self.traces.iter().filter_map(Trace::done).chain(stood_in)
    }

    pub(super) fn task(&self, step: usize) -> Option<&Task> {
        self.tasks.iter().find(|task| usize::from(task.step) == step)
    }

    /// When it is due, Vietnam time; `None` while no clock runs, or if no limit is stated or known.
    ///
    /// # Errors
    /// `calendar.*` if the date lies outside the calendar.
    pub fn due(&self, calendar: &Calendar) -> Result<Option<NaiveDateTime>, DossierError> {
        match &self.clock {
            Some(clock) => Ok(clock.due(calendar)?.at()),
            None => Ok(None),
        }
    }

    /// When a running step is due by its own limit; suspensions of the dossier's clock hold it too, but for the one
    /// that the step itself makes. `None` if the step does not run.
    ///
    /// # Errors
    /// As [`Dossier::due`].
    pub fn step_due(&self, step: &str, calendar: &Calendar) -> Result<Option<Due>, DossierError> {
        let task = self.procedure.routing.step_index(step).and_then(|step| self.task(step));
        let Some(task) = task else { return Ok(None) };
        let limit = self.procedure.steps.get(usize::from(task.step)).and_then(|step| step.limit);
        let (Some(limit), Some(clock)) = (limit, &self.clock) else { return Ok(Some(Due::Unknown)) };
        let (since, own) = (task.since.at(), task.suspension.map(usize::from));
        Ok(Some(clock.due_apart(&LimitRule::new(limit), since, None, own, calendar)?))
    }

    /// When the time is over that the applicant has for what he was asked to supply or to pay; `None` if the law sets none.
    ///
    /// # Errors
    /// As [`Dossier::due`].
    pub fn lapses(&self, calendar: &Calendar) -> Result<Option<NaiveDateTime>, DossierError> {
        let held = self.apart.as_ref().and_then(|apart| apart.held);
        let (Some(clock), Some(held)) = (&self.clock, held) else { return Ok(None) };
        Ok(clock.lapse_of(held.into(), calendar)?)
    }

    /// When the time of a running step is over that ends by itself, with the last second of its day; `None` if it has no
    /// such time. A posting, a silence, a time to object runs whatever the dossier's clock does, so that two steps side
    /// by side never wait for each other.
    ///
    /// # Errors
    /// As [`Dossier::due`].
    pub fn elapses(&self, step: &str, calendar: &Calendar) -> Result<Option<NaiveDateTime>, DossierError> {
        let task = self.procedure.routing.step_index(step).and_then(|step| self.task(step));
        let Some(task) = task else { return Ok(None) };
        let elapse = self.procedure.steps.get(usize::from(task.step)).and_then(|step| step.elapse.as_ref());
        let Some(elapse) = elapse else { return Ok(None) };
        let rule = LimitRule { day_end: DayEnd::Midnight, ..LimitRule::new(elapse.after) };
        Ok(Clock::new(rule, task.since.at()).due(calendar)?.at())
    }

    /// The rules that hold for it: those of the day on which it came in (NĐ 217/2026/NĐ-CP Đ76(19)).
    pub(super) fn regime<'c>(&self, catalogue: &'c Catalogue) -> Result<&'c Regime, DossierError> {
        let day = self.submitted().date();
        catalogue.regime_for(&self.procedure, day).ok_or(DossierError::NoRegime { day })
    }

    /// What a supplement request does to the clock: as the procedure says, else as the regime says under which
    /// the dossier was taken in.
    pub(super) fn supplement_policy(&self) -> SuspensionPolicy {
        self.clock.as_ref().map_or(SuspensionPolicy::Pause, |clock| clock.rule().on_suspension)
    }

    /// The running steps that must end before the result is there: all but the hand-over.
    pub(crate) fn steps_left(&self) -> Vec<&str> {
        let left = self.running().filter(|task| task.step.kind != StepKind::Deliver);
        left.map(|task| task.step.id.as_str()).collect()
    }

    /// The outcome that a signature stands for: `approve` where the step knows it, else `complete`.
    pub(crate) fn signed_outcome(&self, step: &str) -> Option<&'static str> {
        let routing = &self.procedure.routing;
        let step = routing.step_index(step)?;
        SIGNED.into_iter().find(|signed| routing.outcome_index(step, signed).is_some())
    }

    /// The parts of a linked procedure that this dossier has: those that are not optional, and those wanted.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let wanted = |id: &str| self.rest().parts.iter().any(|part| part == id);
        let parts = self.procedure.parts.iter().filter(move |part| !part.optional || wanted(&part.id));
        parts.map(|part| part.id.as_str())
    }
}
