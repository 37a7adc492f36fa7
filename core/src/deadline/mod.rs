//! Time limits, the clock that runs against them, and why a due date is what it is.
//!
//! A [`TimeLimit`] is what a rule says, `3 working_day`. A [`LimitRule`] adds what else the law says about it: the
//! hour after which a reception counts differently, and what a suspension does. A [`Clock`] is the append-only
//! record of one dossier: started, suspended, resumed, stopped. Due dates are derived from it, never stored.
//!
//! ```
//! use motcua::calendar::Calendar;
//! use motcua::deadline::{Clock, LimitRule, SuspensionPolicy, TimeLimit};
//! use motcua::moment;
//! let at = |text: &str| moment::parse(text).unwrap();
//! let calendar = Calendar::vietnam();
//!
//! let rule = LimitRule::new(TimeLimit::parse("3 working_day").unwrap());
//! let mut clock = Clock::new(rule, at("2026-04-24 09:00"));
//! clock.suspend(at("2026-04-28 10:00"), "waiting for a payment", SuspensionPolicy::Pause).unwrap();
//! assert_eq!(clock.due(calendar).unwrap().at(), None);
//! clock.resume(at("2026-05-05 10:00")).unwrap();
//! // Three working days, and the three of the suspension (29/4, 4/5, 5/5).
//! assert_eq!(clock.due(calendar).unwrap().at(), Some(at("2026-05-07 17:00")));
//!
//! let why = clock.explain(calendar).unwrap();
//! let skipped: Vec<_> = why.skipped.iter().map(|day| day.date.to_string()).collect();
//! assert_eq!(skipped, ["2026-04-25", "2026-04-26", "2026-04-27"]);
//! assert!(why.to_string().contains("Hùng Kings"), "{why}");
//! ```

mod clock;
pub mod column;
mod count;
mod due;
mod error;
mod explain;
mod history;
mod incident;
mod ledger;
mod limit;
mod picture;
mod read;
mod reappointment;
mod rules;
mod table;
mod words;

pub use clock::Clock;
pub use due::Due;
pub use error::DeadlineError;
pub use explain::{ExplainedDay, ExplainedStep, Explanation};
pub use history::{Cause, Correction, DueChange, DueRecord, Phase, Status};
pub use incident::{Effect, Incident, Lapse};
pub use ledger::{Change, Entry, ExtensionKind, Leg, Milestone, Reappointment, Suspension};
pub use limit::{Amount, TimeLimit, TimeUnit};
pub use read::{Clause, Reading};
pub(crate) use reappointment::latest_apology;
pub use rules::CountingRule;
pub(crate) use rules::{accounted_hours, days_of_month};
pub use table::{Alternative, Anchor, Case, LimitRow, LimitTable};

use chrono::{NaiveDateTime, NaiveTime, Timelike};
use limit::Way;
use serde::{Deserialize, Serialize};

/// What a late reception changes.
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
pub enum CutOffEffect {
    /// The result is due one working day later (Luật Hộ tịch 2014 Đ5(3)). Only for `same_day` and whole working days:
    /// other limits would end after those of who comes the next morning.
    DueNextWorkingDay,
    /// The limit counts from the next working day, as if received when it opens (NĐ 63/2024, as amended by 301/2026).
    CountFromNextWorkingDay,
    /// The papers go on to who handles them when the next working day opens; the limit is counted as ever (NĐ 118/2025
    /// Đ18(2)). [`Clock::forward_by`] says when.
    ForwardNextWorkingDay,
}

/// An hour after which a reception counts differently; received at that very second is not after it. What comes in on a
/// day off comes in after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutOff {
    /// The hour, `15:00:00`.
    pub time: NaiveTime,
    /// What it changes.
    pub effect: CutOffEffect,
}

impl CutOff {
    /// The hour in seconds since midnight.
    #[inline]
    fn second(self) -> u32 {
        self.time.num_seconds_from_midnight()
    }
}

/// What a suspension does to the clock.
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
pub enum SuspensionPolicy {
    /// The time of the suspension does not count: the due date moves by as much, in the limit's own unit.
    Pause,
    /// The limit counts again from zero afterwards.
    Restart,
    /// The limit keeps running.
    KeepRunning,
    /// Another limit, [`LimitRule::second_stage`], counts from its end on.
    SecondStage,
}

/// How a part of a working day is counted. No act was found to say it; each is practice somewhere.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DayParts {
    /// Halves by mornings and afternoons: the half after a morning is its afternoon. Other parts as `EightHours`.
    #[default]
    HalfDays,
    /// A part of the office time of each day: half a day of seven hours is three and a half.
    OfficeMinutes,
    /// A part of eight hours of office time, as accountants count, whatever the day has.
    EightHours,
}

/// When a limit in days ends on its last day.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DayEnd {
    /// When the office closes.
    #[default]
    OfficeHours,
    /// With the day, at its last second (BLDS 2015 Điều 148(6)).
    Midnight,
}

/// Which way a limit is counted.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// From an event on.
    #[default]
    After,
    /// Back from an event to come: 24 hours before an arrival.
    Before,
}

/// A limit with what the law says about its counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// The limit.
    pub limit: TimeLimit,
    /// The hour after which a reception counts differently.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<CutOff>,
    /// What a request for a supplement does to the clock.
    pub on_suspension: SuspensionPolicy,
    /// How a part of a working day is counted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub day_parts: DayParts,
    /// When a limit in days ends on its last day.
    #[serde(default, skip_serializing_if = "is_default")]
    pub day_end: DayEnd,
    /// Which way it is counted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direction: Direction,
    /// The limit that counts after a suspension of the policy `second_stage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_stage: Option<TimeLimit>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl LimitRule {
    /// Whether its parts fit each other.
    ///
    /// # Errors
    /// `deadline.cut_off_effect`, `deadline.direction`
    pub fn check(&self) -> Result<(), DeadlineError> {
        if self.cut_off.is_none() && self.direction == Direction::After {
            return Ok(());
        }
        self.check_limit(self.limit)?;
        self.second_stage.map_or(Ok(()), |limit| self.check_limit(limit))
    }

    /// Whether a limit can be counted as the rule says.
    fn check_limit(&self, limit: TimeLimit) -> Result<(), DeadlineError> {
        let way = limit.way(self.day_parts);
        let moves = self.cut_off.is_some_and(|cut_off| cut_off.effect == CutOffEffect::DueNextWorkingDay);
        if moves && !matches!(way, None | Some(Way::WorkingDays(_) | Way::SameDay)) {
            return Err(DeadlineError::CutOffEffect { limit: limit.to_string() });
        }
        let one_way = matches!(way, Some(Way::SameDay | Way::HalfDays(_) | Way::PartsOfDays(_)));
        if self.direction == Direction::Before && (one_way || self.cut_off.is_some()) {
            return Err(DeadlineError::Direction { limit: limit.to_string() });
        }
        Ok(())
    }

    /// A limit without a cut-off, which suspensions pause.
    #[must_use]
    pub const fn new(limit: TimeLimit) -> Self {
        Self {
            limit,
            cut_off: None,
            on_suspension: SuspensionPolicy::Pause,
            day_parts: DayParts::HalfDays,
            day_end: DayEnd::OfficeHours,
            direction: Direction::After,
            second_stage: None,
        }
    }
}

/// Whether early and late are told apart by dates or by instants. The law compares "the time" and does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Finished on the due date is on time, whatever the hour; what provincial systems do.
    ByDate,
    /// Finished at the due second is on time, a second later overdue.
    ByInstant,
}

/// How a result lies to its due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Timeliness {
    /// Before it (trước hạn).
    Early,
    /// On it (đúng hạn).
    OnTime,
    /// After it (quá hạn).
    Overdue,
}

impl Timeliness {
    /// Compares a moment with the due one. For an open dossier give the present moment: it is overdue or it is not.
    ///
    /// ```
    /// use motcua::deadline::{Comparison, Timeliness};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// let due = at("2023-06-05 17:00");
    /// assert_eq!(Timeliness::of(due, at("2023-06-05 18:30"), Comparison::ByDate), Timeliness::OnTime);
    /// assert_eq!(Timeliness::of(due, at("2023-06-05 18:30"), Comparison::ByInstant), Timeliness::Overdue);
    /// ```
    #[must_use]
    pub fn of(due: NaiveDateTime, at: NaiveDateTime, by: Comparison) -> Self {
        let order = match by {
            Comparison::ByDate => at.date().cmp(&due.date()),
            Comparison::ByInstant => at.cmp(&due),
        };
        match order {
            std::cmp::Ordering::Less => Self::Early,
            std::cmp::Ordering::Equal => Self::OnTime,
            std::cmp::Ordering::Greater => Self::Overdue,
        }
    }
}
