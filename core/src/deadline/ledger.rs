//! What is written down of a clock.

use super::count::Pause;
use super::{DeadlineError, LimitRule, SuspensionPolicy, TimeLimit, rules};
use crate::calendar;
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Why a limit is longer.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExtensionKind {
    /// By the amount that the law fixes for a case: facts have to be verified.
    Fixed,
    /// By what was agreed in writing with the applicant.
    Agreed,
}

/// Something that happened to a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A suspension begins. Several may last at once; time that two hold does not count once, not twice.
    Suspend {
        /// Why.
        reason: SmolStr,
        /// What it does to the clock.
        policy: SuspensionPolicy,
        /// How long the other side has to answer before the dossier may be closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_within: Option<TimeLimit>,
    },
    /// A suspension ends.
    Resume {
        /// Its number among all suspensions of the ledger, from 0.
        suspension: usize,
    },
    /// The limit becomes longer.
    Extend {
        /// By how much.
        by: TimeLimit,
        /// By law or by agreement.
        kind: ExtensionKind,
        /// Why.
        reason: SmolStr,
    },
    /// The office has apologised and named another moment (xin lỗi và hẹn lại).
    Reappoint {
        /// When it is due now.
        #[serde(with = "moment")]
        to: NaiveDateTime,
        /// Why.
        reason: SmolStr,
    },
    /// A part of the way begins that has a limit of its own: a department's, another agency's.
    StartLeg {
        /// Its name, once in the ledger.
        leg: String,
        /// Its limit.
        rule: LimitRule,
    },
    /// A part of the way is done.
    StopLeg {
        /// Its name.
        leg: String,
    },
    /// The matter is resolved; legs such as the delivery may go on.
    Stop,
    /// An earlier entry was wrong and does not count.
    Annul {
        /// Its number in the ledger, from 0.
        entry: usize,
    },
}

/// An entry of the ledger. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When it happened, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// When it was written down; later than `at` if it was recorded late.
    #[serde(with = "moment")]
    pub recorded: NaiveDateTime,
    /// What happened.
    pub change: Change,
}

/// A stretch of time in which the office waits for someone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// When it began.
    #[serde(with = "moment")]
    pub from: NaiveDateTime,
    /// When it ended; absent while it lasts.
    #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDateTime>,
    /// Why.
    pub reason: SmolStr,
    /// What it does to the clock.
    pub policy: SuspensionPolicy,
    /// How long the other side has to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_within: Option<TimeLimit>,
}

/// A result put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reappointment {
    /// When the office apologised.
    #[serde(with = "moment")]
    pub apologised: NaiveDateTime,
    /// When it is due now.
    #[serde(with = "moment")]
    pub to: NaiveDateTime,
    /// Why.
    pub reason: SmolStr,
}

/// A part of the way with a limit of its own. The clock's suspensions hold it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// Its name.
    pub name: String,
    /// Its limit.
    pub rule: LimitRule,
    /// When it began.
    #[serde(with = "moment")]
    pub started: NaiveDateTime,
    /// When it was done.
    #[serde(with = "moment::option")]
    pub stopped: Option<NaiveDateTime>,
}

/// A limit made longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extension {
    pub(super) at: i64,
    pub(super) by: TimeLimit,
    pub(super) kind: ExtensionKind,
    pub(super) reason: SmolStr,
}

/// Something that has to be done on the way, so long after the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub name: String,
    /// By when, from the start.
    pub limit: TimeLimit,
}

/// What follows from the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Folded {
    /// By their beginning.
    pub(super) suspensions: Vec<Suspension>,
    /// The number in the ledger of each of them.
    numbers: Vec<usize>,
    pub(super) extensions: Vec<Extension>,
    pub(super) reappointments: Vec<Reappointment>,
    pub(super) legs: Vec<Leg>,
    pub(super) stopped: Option<NaiveDateTime>,
    /// When the last of it happened.
    pub(super) last: Option<NaiveDateTime>,
    /// What the count needs of it, in seconds.
    pub(super) counting: Counting,
}

/// What is kept of a clock besides its rule and its start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Record {
    pub(super) parts: Vec<TimeLimit>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) ledger: Vec<Entry>,
    pub(super) state: Folded,
}

/// The record of a clock; most clocks have none, since nothing happens to them, and then it takes no room.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Option<Box<Record>>);

static NOTHING: Record = Record {
    parts: Vec::new(),
    milestones: Vec::new(),
    ledger: Vec::new(),
    state: Folded {
        suspensions: Vec::new(),
        numbers: Vec::new(),
        extensions: Vec::new(),
        reappointments: Vec::new(),
        legs: Vec::new(),
        stopped: None,
        last: None,
        counting: Counting { pauses: Vec::new(), anew: None, second_stage: None, waits: false },
    },
};

impl std::ops::Deref for Kept {
    type Target = Record;

    fn deref(&self) -> &Record {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl std::ops::DerefMut for Kept {
    fn deref_mut(&mut self) -> &mut Record {
        self.0.get_or_insert_default()
    }
}

impl From<Record> for Kept {
    fn from(record: Record) -> Self {
        Self((record != NOTHING).then(|| Box::new(record)))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Kept {}

/// What the count needs of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Counting {
    /// The suspensions whose time does not count, in the order in which they began.
    pub(super) pauses: Vec<Pause>,
    /// Since when the limit counts anew, if it does; all that was before is forgotten.
    pub(super) anew: Option<i64>,
    /// Since when another limit counts, if one does.
    pub(super) second_stage: Option<i64>,
    /// Whether a suspension lasts that holds the due date.
    pub(super) waits: bool,
}

/// The numbers of the entries that count, in the order in which they happened.
fn order(ledger: &[Entry]) -> Result<Vec<usize>, DeadlineError> {
    let mut annulled = vec![false; ledger.len()];
    for (i, entry) in ledger.iter().enumerate() {
        if let Change::Annul { entry: wrong } = entry.change {
            let earlier = ledger.get(..i).and_then(|earlier| earlier.get(wrong));
            let proper = earlier.is_some_and(|entry| !matches!(entry.change, Change::Annul { .. }));
            if !proper || annulled[wrong] {
                return Err(DeadlineError::NoEntry { entry: wrong });
            }
            annulled[wrong] = true;
            annulled[i] = true;
        }
    }
    let mut order: Vec<usize> = (0..ledger.len()).filter(|i| !annulled[*i]).collect();
    order.sort_by_key(|i| ledger[*i].at);
    Ok(order)
}

pub(super) fn fold(ledger: &[Entry]) -> Result<Folded, DeadlineError> {
    let mut folded = Folded::default();
    for i in order(ledger)? {
        folded.apply(ledger, i)?;
    }
    folded.settle();
    Ok(folded)
}

impl Folded {
    pub(super) fn apply(&mut self, ledger: &[Entry], i: usize) -> Result<(), DeadlineError> {
        let Entry { at, change, .. } = &ledger[i];
        let at = *at;
        let on_leg = matches!(change, Change::StartLeg { .. } | Change::StopLeg { .. });
        if let Some(stopped) = self.stopped.filter(|_| !on_leg) {
            return Err(DeadlineError::Stopped { at: stopped });
        }
        match change {
            Change::Suspend { reason, policy, answer_within } => {
                let number =
                    ledger[..i].iter().filter(|e| matches!(e.change, Change::Suspend { .. })).count();
                let (reason, answer_within) = (reason.clone(), *answer_within);
                let suspension = Suspension { from: at, to: None, reason, policy: *policy, answer_within };
                self.suspensions.push(suspension);
                self.numbers.push(number);
            }
            Change::Resume { suspension } => {
                let position = self.numbers.iter().position(|number| number == suspension);
                let open =
                    position.and_then(|i| self.suspensions.get_mut(i)).filter(|open| open.to.is_none());
                open.ok_or(DeadlineError::NotSuspended)?.to = Some(at);
            }
            Change::Extend { by, kind, reason } => {
                let (at, by, kind, reason) = (calendar::seconds(at), *by, *kind, reason.clone());
                self.extensions.push(Extension { at, by, kind, reason });
            }
            Change::Reappoint { to, reason } => {
                if let Some(last) = self.reappointments.last()
                    && self.reappointments.len() >= rules::reappointments()
                {
                    return Err(DeadlineError::Reappointed { at: last.apologised });
                }
                let reappointment = Reappointment { apologised: at, to: *to, reason: reason.clone() };
                self.reappointments.push(reappointment);
            }
            Change::StartLeg { leg, rule } => {
                if self.legs.iter().any(|known| known.name == *leg) {
                    return Err(DeadlineError::Leg { leg: leg.clone() });
                }
                rule.check()?;
                self.legs.push(Leg { name: leg.clone(), rule: *rule, started: at, stopped: None });
            }
            Change::StopLeg { leg } => {
                let open = self.legs.iter_mut().find(|known| known.name == *leg && known.stopped.is_none());
                open.ok_or_else(|| DeadlineError::Leg { leg: leg.clone() })?.stopped = Some(at);
            }
            Change::Stop => self.stopped = Some(at),
            // What it annuls, and it itself, are not among the entries that count.
            Change::Annul { .. } => {}
        }
        self.last = Some(at);
        Ok(())
    }

    /// The suspensions with their numbers in the ledger.
    pub(super) fn numbered(&self) -> impl DoubleEndedIterator<Item = (usize, &Suspension)> {
        self.numbers.iter().copied().zip(&self.suspensions)
    }

    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = (usize, &Suspension)> {
        self.numbered().filter(|(_, suspension)| suspension.to.is_none())
    }

    /// Derives what the count needs; after each change.
    pub(super) fn settle(&mut self) {
        let mut counting = std::mem::take(&mut self.counting);
        counting.pauses.clear();
        (counting.anew, counting.second_stage, counting.waits) = (None, None, false);
        for suspension in &self.suspensions {
            let from = calendar::seconds(suspension.from);
            let to = suspension.to.or(self.stopped).map(calendar::seconds);
            match (self.effect(suspension), to) {
                (SuspensionPolicy::KeepRunning, _) => {}
                (_, None) => counting.waits = true,
                (SuspensionPolicy::Pause, Some(to)) => counting.pauses.push(Pause { from, to }),
                (SuspensionPolicy::Restart, Some(to)) => counting.anew = counting.anew.max(Some(to)),
                (SuspensionPolicy::SecondStage, Some(to)) => {
                    counting.anew = counting.anew.max(Some(to));
                    counting.second_stage = counting.second_stage.max(Some(to));
                }
            }
        }
        self.counting = counting;
    }

    /// What a suspension comes to: one that lasted until the clock was stopped makes nothing count anew.
    pub(super) fn effect(&self, suspension: &Suspension) -> SuspensionPolicy {
        let given_up = suspension.to.is_none() && self.stopped.is_some();
        match suspension.policy {
            SuspensionPolicy::Restart | SuspensionPolicy::SecondStage if given_up => SuspensionPolicy::Pause,
            policy => policy,
        }
    }
}
