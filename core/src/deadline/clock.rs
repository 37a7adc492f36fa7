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
        match self.undated() {
            Some(due) => Ok(due),
            None => Ok(Due::At(self.counted(calendar)?.due)),
        }
    }

    /// Why the due date is what it is: the rules used, each skipped day, each suspension.
    ///
    /// # Errors
    /// `calendar.*` if a date lies outside the calendar.
    pub fn explain(&self, calendar: &Calendar) -> Result<Explanation, DeadlineError> {
        let counted = if self.undated().is_some() { None } else { Some(self.counted(calendar)?) };
        explain::explain(self, self.due(calendar)?, counted.as_ref(), calendar)
    }

    fn undated(&self) -> Option<Due> {
        match self.rule.limit {
            TimeLimit::NotStated => Some(Due::NotStated),
            TimeLimit::Unknown => Some(Due::Unknown),
            _ if self.stopped.is_some() => None,
            _ => self
                .open()
                .filter(|open| open.policy != SuspensionPolicy::KeepRunning)
                .map(|_| Due::Suspended),
        }
    }

    fn counted(&self, calendar: &Calendar) -> Result<Counted, DeadlineError> {
        // A restart forgets all that was before it; one that never ended is no restart.
        let restarts =
            self.suspensions.iter().filter(|suspension| suspension.policy == SuspensionPolicy::Restart);
        let from = restarts.filter_map(|restart| restart.to).next_back().unwrap_or(self.started);
        let pauses = self.suspensions.iter().filter_map(|suspension| {
            let Suspension { from, to, policy, .. } = suspension;
            let does_not_count = match policy {
                SuspensionPolicy::Pause => true,
                SuspensionPolicy::Restart => to.is_none(),
                SuspensionPolicy::KeepRunning => false,
            };
            Some(Pause { from: *from, to: to.or(self.stopped).filter(|_| does_not_count)? })
        });
        let pauses = pauses.filter(|pause| from <= pause.from);
        count(&self.rule, from, pauses, calendar)
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
