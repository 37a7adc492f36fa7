//! The state of a dossier, folded from its events.

use super::{Change, Decision, DossierError, Event};
use crate::calendar::Calendar;
use crate::deadline::{Clock, SuspensionPolicy};
use crate::moment;
use crate::procedure::{Catalogue, Channel, Procedure, SIGNED, StepKind};
use crate::routing::Marking;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The actor of an applicant's own commands.
pub const APPLICANT: &str = "applicant";
/// The actor of commands that a machine gives.
pub const SYSTEM: &str = "system";

/// The ten states of the national public service portal, with its numbers.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Mới đăng ký.
    Submitted = 1,
    /// Được tiếp nhận.
    Received = 2,
    /// Không được tiếp nhận.
    NotReceived = 3,
    /// Đang xử lý.
    InProgress = 4,
    /// Yêu cầu bổ sung giấy tờ.
    SupplementRequested = 5,
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    PaymentRequested = 6,
    /// Công dân yêu cầu rút hồ sơ.
    Withdrawn = 7,
    /// Dừng xử lý.
    Discontinued = 8,
    /// Đã xử lý xong.
    Resolved = 9,
    /// Đã trả kết quả.
    Delivered = 10,
}

impl Status {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name on the national portal.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Self::Submitted => "Mới đăng ký",
            Self::Received => "Được tiếp nhận",
            Self::NotReceived => "Không được tiếp nhận",
            Self::InProgress => "Đang xử lý",
            Self::SupplementRequested => "Yêu cầu bổ sung giấy tờ",
            Self::PaymentRequested => "Yêu cầu thực hiện nghĩa vụ tài chính",
            Self::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            Self::Discontinued => "Dừng xử lý",
            Self::Resolved => "Đã xử lý xong",
            Self::Delivered => "Đã trả kết quả",
        }
    }

    /// The number of the state on the national portal, 1 to 10.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether the office has nothing more to decide: refused, withdrawn, discontinued, resolved or delivered.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            Self::NotReceived | Self::Withdrawn | Self::Discontinued | Self::Resolved | Self::Delivered
        )
    }
}

/// A running step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Id of the step.
    pub step: String,
    /// Since when it runs.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// The officer it is assigned to.
    pub assignee: Option<String>,
}

/// An opinion asked of other units and not yet given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consultation {
    /// The step that asked.
    pub step: String,
    /// The units that have not answered.
    pub units: Vec<String>,
    /// Since when they are asked.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// After this moment the step may go on without them.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
}

/// A dossier as its events have made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// Its code (mã hồ sơ).
    pub code: String,
    /// The number of its events.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// Since when it stands there.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// The version of the procedure under which it came in.
    #[serde(serialize_with = "procedure_code")]
    pub procedure: Arc<Procedure>,
    /// The unit that settles it.
    pub unit: String,
    /// The way in.
    pub channel: Channel,
    /// The case a special limit names.
    pub case: Option<String>,
    /// Who applied.
    pub applicant: Option<String>,
    /// When it came in.
    #[serde(with = "moment")]
    pub submitted: NaiveDateTime,
    /// When it was taken in complete; its time limit counts from here.
    #[serde(with = "moment::option")]
    pub accepted: Option<NaiveDateTime>,
    /// Its clock, from acceptance.
    pub clock: Option<Clock>,
    /// The steps that run.
    pub tasks: Vec<Task>,
    /// Opinions that are missing.
    pub consultations: Vec<Consultation>,
    /// How often a supplement was asked for.
    pub supplements: u32,
    /// Whether its papers were digitised; absent if not said.
    pub digitised: Option<bool>,
    /// What was asked for, in đồng.
    pub asked_vnd: u64,
    /// What of it has not come in, in đồng.
    pub owed_vnd: u64,
    /// What was paid, in đồng.
    pub paid_vnd: u64,
    /// Whether any of it was paid online.
    pub paid_online: bool,
    /// When the office was done with it, in whichever way.
    #[serde(with = "moment::option")]
    pub ended: Option<NaiveDateTime>,
    /// What was decided.
    pub result: Option<Decision>,
    /// Whether the result is electronic.
    pub electronic: bool,
    /// When the result was handed over.
    #[serde(with = "moment::option")]
    pub delivered: Option<NaiveDateTime>,
    /// The applicant's rating, 0 to 2.
    pub rating: Option<u8>,
    /// The moment of the last event.
    #[serde(with = "moment")]
    pub last: NaiveDateTime,
    #[serde(skip)]
    pub(super) marking: Marking,
    /// The state to go back to after a supplement or a payment.
    #[serde(skip)]
    back_to: Status,
    /// Who completed which steps: actors and ids.
    #[serde(skip)]
    pub(super) done: BTreeSet<(String, String)>,
    /// Version and digest of each idempotency key.
    #[serde(skip)]
    pub(super) keys: HashMap<String, (u64, String)>,
}

fn procedure_code<S: serde::Serializer>(
    procedure: &Arc<Procedure>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&procedure.code)
}

impl Dossier {
    /// The dossier that its first event begins.
    ///
    /// # Errors
    /// `dossier.procedure_missing` if the catalogue lacks the version the event names, `dossier.gap` if the event
    /// is not a first one.
    pub fn begin(catalogue: &Catalogue, code: &str, event: &Event) -> Result<Self, DossierError> {
        let Change::Submitted { procedure, in_force_from, unit, channel, case, applicant } = &event.change
        else {
            return Err(DossierError::Gap { version: event.version, after: 0 });
        };
        let pinned = catalogue.find(procedure, *in_force_from).cloned().ok_or_else(|| {
            DossierError::ProcedureMissing { procedure: procedure.clone(), from: *in_force_from }
        })?;
        Ok(Self {
            code: code.into(),
            version: event.version,
            status: Status::Submitted,
            since: event.at,
            procedure: pinned,
            unit: unit.clone(),
            channel: *channel,
            case: case.clone(),
            applicant: applicant.clone(),
            submitted: event.at,
            accepted: None,
            clock: None,
            tasks: Vec::new(),
            consultations: Vec::new(),
            supplements: 0,
            digitised: None,
            asked_vnd: 0,
            owed_vnd: 0,
            paid_vnd: 0,
            paid_online: false,
            ended: None,
            result: None,
            electronic: false,
            delivered: None,
            rating: None,
            last: event.at,
            marking: Marking::default(),
            back_to: Status::Submitted,
            done: BTreeSet::new(),
            keys: HashMap::from([(event.key.clone(), (event.version, event.digest.clone()))]),
        })
    }

    /// The dossier that a whole history gives; `None` for an empty one.
    ///
    /// # Errors
    /// As [`Dossier::begin`] and [`Dossier::apply`].
    pub fn replay(catalogue: &Catalogue, code: &str, events: &[Event]) -> Result<Option<Self>, DossierError> {
        let Some((first, rest)) = events.split_first() else { return Ok(None) };
        let mut dossier = Self::begin(catalogue, code, first)?;
        for event in rest {
            dossier.apply(catalogue, event)?;
        }
        Ok(Some(dossier))
    }

    /// Folds the next event in.
    ///
    /// # Errors
    /// `dossier.gap` if the event is not the next one; those of the clock and the routing if the event could
    /// never have been decided. The dossier is then as before, or must be thrown away.
    pub fn apply(&mut self, catalogue: &Catalogue, event: &Event) -> Result<(), DossierError> {
        if event.version != self.version + 1 {
            return Err(DossierError::Gap { version: event.version, after: self.version });
        }
        let (at, before) = (event.at, self.status);
        match &event.change {
            Change::Submitted { .. } => {
                return Err(DossierError::Gap { version: event.version, after: self.version });
            }
            Change::Accepted { digitised } => {
                self.clock = Some(self.new_clock(catalogue, at)?);
                self.digitised = *digitised;
                self.accepted = Some(at);
                self.status = Status::Received;
                self.set_marking(self.accepted_marking()?, at);
            }
            Change::Refused { .. } => self.end(Status::NotReceived, at)?,
            Change::SupplementRequested { reason } => {
                self.supplements += 1;
                let policy = self.supplement_policy();
                self.suspend(Status::SupplementRequested, at, reason, policy)?;
            }
            Change::PaymentRequested { vnd, reason } => {
                self.asked_vnd = self.asked_vnd.saturating_add(*vnd);
                self.owed_vnd = self.owed_vnd.saturating_add(*vnd);
                let policy = self.payment_policy(catalogue);
                self.suspend(Status::PaymentRequested, at, reason, policy)?;
            }
            Change::Supplied {} => self.resume(at)?,
            Change::Paid { vnd, online } => {
                self.paid_vnd = self.paid_vnd.saturating_add(*vnd);
                self.paid_online |= online;
                if self.status == Status::PaymentRequested {
                    self.owed_vnd = self.owed_vnd.saturating_sub(*vnd);
                    if self.owed_vnd == 0 {
                        self.resume(at)?;
                    }
                }
            }
            Change::Assigned { step, officer } => {
                if let Some(task) = self.tasks.iter_mut().find(|task| task.step == *step) {
                    task.assignee = Some(officer.clone());
                }
            }
            Change::StepCompleted { step, outcome } => {
                self.fire(step, outcome, at)?;
                self.done.insert((event.actor.clone(), step.clone()));
            }
            Change::Signed { step, outcome, .. } => self.fire(step, outcome, at)?,
            Change::Consulted { step, units, due, .. } => {
                self.no_longer_asked(step, units);
                let (step, units) = (step.clone(), units.clone());
                self.consultations.push(Consultation { step, units, since: at, due: *due });
            }
            Change::Answered { step, unit, .. } => self.no_longer_asked(step, std::slice::from_ref(unit)),
            Change::Withdrawn { .. } => self.end(Status::Withdrawn, at)?,
            Change::Discontinued { .. } => self.end(Status::Discontinued, at)?,
            Change::Resolved { result, electronic, .. } => {
                let marking = self.marking;
                self.end(Status::Resolved, at)?;
                if *result == Decision::Granted {
                    self.set_marking(marking, at);
                }
                self.result = Some(*result);
                self.electronic = *electronic;
            }
            Change::Delivered { .. } => {
                self.set_marking(self.delivered_marking()?, at);
                self.status = Status::Delivered;
                self.delivered = Some(at);
            }
            Change::Rated { score } => self.rating = Some(*score),
        }
        if self.status != before {
            self.since = at;
        }
        self.version = event.version;
        self.last = at;
        self.keys.insert(event.key.clone(), (event.version, event.digest.clone()));
        Ok(())
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

    fn no_longer_asked(&mut self, step: &str, units: &[String]) {
        for open in self.consultations.iter_mut().filter(|open| open.step == step) {
            open.units.retain(|asked| !units.contains(asked));
        }
        self.consultations.retain(|open| !open.units.is_empty());
    }

    /// What a supplement request does to the clock: as the procedure says, else as the regime says under which
    /// the dossier was taken in.
    fn supplement_policy(&self) -> SuspensionPolicy {
        self.clock.as_ref().map_or(SuspensionPolicy::Pause, |clock| clock.rule().on_suspension)
    }

    /// What a payment request does to it: as the regime says.
    fn payment_policy(&self, catalogue: &Catalogue) -> SuspensionPolicy {
        let regime = self.accepted.and_then(|at| catalogue.regime(at.date()));
        // Before acceptance there is no clock.
        regime.map_or(SuspensionPolicy::Pause, |regime| regime.on_payment)
    }

    fn new_clock(&self, catalogue: &Catalogue, at: NaiveDateTime) -> Result<Clock, DossierError> {
        let day = at.date();
        let regime = catalogue.regime(day).ok_or(DossierError::NoRegime { day })?;
        Ok(Clock::new(self.procedure.limit_rule(self.channel, self.case.as_deref(), regime), at))
    }

    /// Acceptance is the reception itself, so a first step of kind `receive` with one outcome is done with it.
    fn accepted_marking(&self) -> Result<Marking, DossierError> {
        let (procedure, start) = (&self.procedure, self.procedure.routing.start());
        let Some(first) = procedure.steps.first() else { return Ok(start) };
        let mut outcomes = procedure.routing.outcomes(&first.id);
        match (first.kind, outcomes.next(), outcomes.next()) {
            (StepKind::Receive, Some(only), None) => Ok(procedure.routing.fire(start, &first.id, only)?),
            _ => Ok(start),
        }
    }

    /// Handing over ends the delivery steps that run, one after the other.
    fn delivered_marking(&self) -> Result<Marking, DossierError> {
        let routing = &self.procedure.routing;
        let mut marking = self.marking;
        // A delivery can lead to another delivery, but a sound routing of n steps has no longer chain than n.
        for _ in 0..self.procedure.steps.len() {
            let deliveries = self.procedure.steps.iter().filter(|step| step.kind == StepKind::Deliver);
            let Some(step) = deliveries.map(|step| &step.id).find(|id| routing.is_running(marking, id))
            else {
                break;
            };
            let Some(outcome) = routing.outcomes(step).next() else { break };
            marking = routing.fire(marking, step, outcome)?;
        }
        Ok(marking)
    }

    fn fire(&mut self, step: &str, outcome: &str, at: NaiveDateTime) -> Result<(), DossierError> {
        let marking = self.procedure.routing.fire(self.marking, step, outcome)?;
        self.set_marking(marking, at);
        self.consultations.retain(|open| open.step != step);
        if self.status == Status::Received {
            self.status = Status::InProgress;
        }
        Ok(())
    }

    /// Steps that go on keep their task; a step that ended and runs again is a new task.
    fn set_marking(&mut self, marking: Marking, at: NaiveDateTime) {
        let procedure = Arc::clone(&self.procedure);
        self.tasks.retain(|task| procedure.routing.is_running(marking, &task.step));
        for step in procedure.routing.running(marking) {
            if !self.tasks.iter().any(|task| task.step == step) {
                self.tasks.push(Task { step: step.into(), since: at, assignee: None });
            }
        }
        self.marking = marking;
    }

    fn suspend(
        &mut self,
        status: Status,
        at: NaiveDateTime,
        reason: &str,
        policy: SuspensionPolicy,
    ) -> Result<(), DossierError> {
        if let Some(clock) = &mut self.clock {
            clock.suspend(at, reason, policy)?;
        }
        self.back_to = self.status;
        self.status = status;
        Ok(())
    }

    fn resume(&mut self, at: NaiveDateTime) -> Result<(), DossierError> {
        if let Some(clock) = &mut self.clock {
            clock.resume(at)?;
        }
        self.status = self.back_to;
        Ok(())
    }

    fn end(&mut self, status: Status, at: NaiveDateTime) -> Result<(), DossierError> {
        if let Some(clock) = &mut self.clock {
            clock.stop(at)?;
        }
        self.set_marking(Marking::default(), at);
        self.consultations.clear();
        self.status = status;
        self.ended = Some(at);
        Ok(())
    }

    /// The running steps that must end before the result is there: all but the hand-over.
    pub(crate) fn steps_left(&self) -> Vec<&str> {
        let is_delivery =
            |id: &str| self.procedure.step(id).is_some_and(|step| step.kind == StepKind::Deliver);
        self.tasks.iter().map(|task| task.step.as_str()).filter(|step| !is_delivery(step)).collect()
    }

    /// The outcome that a signature stands for: `approve` where the step knows it, else `complete`.
    pub(crate) fn signed_outcome(&self, step: &str) -> Option<&'static str> {
        SIGNED.into_iter().find(|signed| self.procedure.routing.outcomes(step).any(|known| known == *signed))
    }
}
