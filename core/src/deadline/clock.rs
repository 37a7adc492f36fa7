//! The record of one clock.

use super::count::{Counted, Pause, count};
use super::{DeadlineError, Explanation, LimitRule, SuspensionPolicy, TimeLimit, explain};
use crate::calendar::Calendar;
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

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
    pub reason: String,
    /// What it does to the clock.
    pub policy: SuspensionPolicy,
}

/// When a result is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At this moment, Vietnam time.
    At(#[serde(with = "moment")] NaiveDateTime),
    /// Open, while the clock is suspended.
    Suspended,
    /// Never: the procedure states no limit.
    NotStated,
    /// Not known: the procedure's limit is not known.
    Unknown,
}

impl Due {
    /// The moment, if there is one.
    #[must_use]
    pub fn at(self) -> Option<NaiveDateTime> {
        match self {
            Self::At(at) => Some(at),
            _ => None,
        }
    }
}

/// The clock of one limit: an append-only record of when it started, was suspended, resumed and stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    rule: LimitRule,
    #[serde(with = "moment")]
    started: NaiveDateTime,
    suspensions: Vec<Suspension>,
    #[serde(with = "moment::option")]
    stopped: Option<NaiveDateTime>,
}

impl Clock {
    /// Starts a clock.
    #[must_use]
    pub fn new(rule: LimitRule, started: NaiveDateTime) -> Self {
        Self { rule, started, suspensions: Vec::new(), stopped: None }
    }

    /// The rule it runs by.
    #[must_use]
    pub fn rule(&self) -> &LimitRule {
        &self.rule
    }

    /// When it started.
    #[must_use]
    pub fn started(&self) -> NaiveDateTime {
        self.started
    }

    /// When it was stopped.
    #[must_use]
    pub fn stopped(&self) -> Option<NaiveDateTime> {
        self.stopped
    }

    /// All suspensions, in order.
    #[must_use]
    pub fn suspensions(&self) -> &[Suspension] {
        &self.suspensions
    }

    /// Begins a suspension.
    ///
    /// # Errors
    /// `deadline.already_suspended`, `deadline.stopped`, `deadline.order`.
    pub fn suspend(
        &mut self,
        at: NaiveDateTime,
        reason: impl Into<String>,
        policy: SuspensionPolicy,
    ) -> Result<(), DeadlineError> {
        self.may_change(at)?;
        if let Some(open) = self.open() {
            return Err(DeadlineError::AlreadySuspended { since: open.from });
        }
        self.suspensions.push(Suspension { from: at, to: None, reason: reason.into(), policy });
        Ok(())
    }

    /// Ends the suspension that lasts.
    ///
    /// # Errors
    /// `deadline.not_suspended`, `deadline.stopped`, `deadline.order`.
    pub fn resume(&mut self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        self.may_change(at)?;
        match self.suspensions.last_mut() {
            Some(open) if open.to.is_none() => {
                open.to = Some(at);
                Ok(())
            }
            _ => Err(DeadlineError::NotSuspended),
        }
    }

    /// Stops the clock for good. A suspension that lasts stays open in the record: what was asked for never came, so
    /// its time does not count, and nothing counts anew.
    ///
    /// # Errors
    /// `deadline.stopped`, `deadline.order`.
    pub fn stop(&mut self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        self.may_change(at)?;
        self.stopped = Some(at);
        Ok(())
    }

    /// When the result is due, as the record stands.
    ///
    /// # Errors
    /// `calendar.*` if a date lies outside the calendar.
    pub fn due(&self, calendar: &Calendar) -> Result<Due, DeadlineError> {
        Ok(self.count(calendar)?.0)
    }

    /// Why the due date is what it is: the rules used, each skipped day, each suspension.
    ///
    /// # Errors
    /// `calendar.*` if a date lies outside the calendar.
    pub fn explain(&self, calendar: &Calendar) -> Result<Explanation, DeadlineError> {
        let (due, counted) = self.count(calendar)?;
        explain::explain(self, due, counted.as_ref(), calendar)
    }

    /// When the result is due and, if there is a date, how it came about.
    fn count(&self, calendar: &Calendar) -> Result<(Due, Option<Counted>), DeadlineError> {
        let way = match self.rule.limit.way() {
            Some(way) => way,
            None if self.rule.limit == TimeLimit::NotStated => return Ok((Due::NotStated, None)),
            None => return Ok((Due::Unknown, None)),
        };
        let waits = |open: &Suspension| open.policy != SuspensionPolicy::KeepRunning;
        if self.stopped.is_none() && self.open().is_some_and(waits) {
            return Ok((Due::Suspended, None));
        }
        let counted = count(&self.rule, way, self.counted_from(), self.pauses(), calendar)?;
        Ok((Due::At(counted.due), Some(counted)))
    }

    /// What a suspension comes to: one that lasted until the clock was stopped makes nothing count anew.
    pub(super) fn effect(&self, suspension: &Suspension) -> SuspensionPolicy {
        match suspension.policy {
            SuspensionPolicy::Restart if suspension.to.is_none() && self.stopped.is_some() => {
                SuspensionPolicy::Pause
            }
            policy => policy,
        }
    }

    /// A restart forgets all that was before it.
    fn counted_from(&self) -> NaiveDateTime {
        let restarts = self.suspensions.iter().filter(|s| self.effect(s) == SuspensionPolicy::Restart);
        restarts.filter_map(|restart| restart.to).next_back().unwrap_or(self.started)
    }

    /// The suspensions whose time does not count.
    pub(super) fn pauses(&self) -> impl Iterator<Item = Pause> + Clone {
        let from = self.counted_from();
        let pauses = self.suspensions.iter().filter(|s| self.effect(s) == SuspensionPolicy::Pause);
        let pauses = pauses.filter_map(|s| Some(Pause { from: s.from, to: s.to.or(self.stopped)? }));
        pauses.filter(move |pause| from <= pause.from)
    }

    fn open(&self) -> Option<&Suspension> {
        self.suspensions.last().filter(|suspension| suspension.to.is_none())
    }

    fn may_change(&self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        if let Some(stopped) = self.stopped {
            return Err(DeadlineError::Stopped { at: stopped });
        }
        let last = self.suspensions.last().map_or(self.started, |last| last.to.unwrap_or(last.from));
        if at < last { Err(DeadlineError::Order { at, last }) } else { Ok(()) }
    }
}
