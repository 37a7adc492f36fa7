//! A clock looked at from other moments: every due date that ever held, its state then, and what a late record changes.

use super::clock::Clock;
use super::ledger::fold;
use super::{Change, Comparison, DeadlineError, Due, Entry, SuspensionPolicy, Timeliness};
use crate::calendar::{Calendar, DayChange};
use crate::moment;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

/// Why a due date came to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// The clock started.
    Initial,
    /// A suspension began; there is no date while it lasts.
    Suspended,
    /// A pause ended, or a suspension that no longer counts was given up.
    Shifted,
    /// The limit counts again from zero.
    Restarted,
    /// The limit of the second stage counts.
    SecondStage,
    /// The law made the limit longer.
    Extended,
    /// It was made longer by agreement.
    Agreed,
    /// The office apologised and named another moment.
    Rescheduled,
}

/// A due date that held for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DueRecord {
    /// Since when.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// The due date.
    pub due: Due,
    /// What made it so.
    pub cause: Cause,
}

/// What a clock does at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Phase {
    /// It has not started.
    NotStarted,
    /// It runs.
    Running,
    /// It is suspended.
    Suspended,
    /// The matter is resolved.
    Stopped,
}

/// How a clock stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The moment.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// What the clock does.
    pub phase: Phase,
    /// When the result is due.
    pub due: Due,
    /// How the moment, or that of the resolution if it is earlier, lies to the due date; absent without one.
    pub timeliness: Option<Timeliness>,
    /// The working days left until the due date, negative if it is past; absent without one.
    pub working_days_left: Option<i32>,
    /// The working seconds left until the due date, negative if it is past; absent without one.
    pub working_seconds_left: Option<i64>,
    /// Whether the due date lies beyond the announced calendar, so that an announcement may still move it.
    pub projected: bool,
}

/// What a late record, or an annulled one, changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// When the result was due by the record as it stood; unknown if that could not be told.
    pub before: Due,
    /// When it is due now.
    pub after: Due,
    /// The due dates that held, as they were told before.
    pub dues_before: Vec<DueRecord>,
    /// The due dates that held, as they are told now.
    pub dues_after: Vec<DueRecord>,
}

/// A due date by two calendars, and the days that make the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueChange<'c> {
    /// By the one.
    pub before: Due,
    /// By the other.
    pub after: Due,
    /// The days between start and due that the calendars tell apart, each with its source and since when it is known.
    pub because: Vec<DayChange<'c>>,
}

impl Clock {
    /// The clock as it stood at a moment: with what had happened by then, whenever that was written down. So a past
    /// state is told in hindsight.
    ///
    /// # Errors
    /// None that the clock itself did not give: a part of a ledger that holds is one that holds, unless what was
    /// annulled later had taken its place.
    pub fn as_of(&self, at: NaiveDateTime) -> Result<Self, DeadlineError> {
        // An annulment counts whenever it was made: that is hindsight.
        self.only(|entry| entry.at <= at || matches!(entry.change, Change::Annul { .. }))
    }

    /// The clock as it was known at a moment: with what had been written down by then.
    ///
    /// # Errors
    /// As [`Clock::as_of`].
    pub fn as_known_at(&self, at: NaiveDateTime) -> Result<Self, DeadlineError> {
        self.only(|entry| entry.recorded <= at)
    }

    /// Entries name others by number, so those that stay are numbered anew.
    fn only(&self, keep: impl Fn(&Entry) -> bool) -> Result<Self, DeadlineError> {
        let mut kept: Vec<Entry> = Vec::new();
        let mut numbers: Vec<Option<usize>> = Vec::new();
        let (mut suspensions, mut kept_suspensions) = (Vec::new(), 0);
        for entry in &self.kept.ledger {
            let mut entry_kept = keep(entry).then(|| entry.clone());
            match entry_kept.as_mut().map(|entry| &mut entry.change) {
                Some(Change::Annul { entry }) => match numbers.get(*entry).copied().flatten() {
                    Some(number) => *entry = number,
                    None => entry_kept = None,
                },
                Some(Change::Resume { suspension }) => {
                    match suspensions.get(*suspension).copied().flatten() {
                        Some(number) => *suspension = number,
                        None => entry_kept = None,
                    }
                }
                _ => {}
            }
            if matches!(entry.change, Change::Suspend { .. }) {
                suspensions.push(entry_kept.is_some().then_some(kept_suspensions));
                kept_suspensions += usize::from(entry_kept.is_some());
            }
            numbers.push(entry_kept.is_some().then_some(kept.len()));
            kept.extend(entry_kept);
        }
        self.with_ledger(kept)
    }

    fn with_ledger(&self, ledger: Vec<Entry>) -> Result<Self, DeadlineError> {
        let mut clock = self.clone();
        clock.kept.state = fold(&ledger)?;
        clock.kept.ledger = ledger;
        Ok(clock)
    }

    /// Every due date that ever held, in the order of time, with its cause. The last one holds now.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Cause, Clock, LimitRule, SuspensionPolicy, TimeLimit};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// let calendar = Calendar::vietnam();
    /// let mut clock = Clock::new(LimitRule::new(TimeLimit::parse("5 working_day").unwrap()), at("2026-06-01 09:00"));
    /// clock.suspend(at("2026-06-02 10:00"), "bổ sung", SuspensionPolicy::Restart).unwrap();
    /// clock.resume(at("2026-06-04 10:00")).unwrap();
    /// clock.reappoint(at("2026-06-10 09:00"), at("2026-06-15 17:00"), "chờ xác minh", calendar).unwrap();
    /// let dues = clock.dues(calendar).unwrap();
    /// let told: Vec<_> = dues.iter().map(|due| (due.cause, due.due.at().map(|at| at.date().to_string()))).collect();
    /// assert_eq!(told, [
    ///     (Cause::Initial, Some("2026-06-08".into())),
    ///     (Cause::Suspended, None),
    ///     (Cause::Restarted, Some("2026-06-11".into())),
    ///     (Cause::Rescheduled, Some("2026-06-15".into())),
    /// ]);
    /// ```
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn dues(&self, calendar: &Calendar) -> Result<Vec<DueRecord>, DeadlineError> {
        let start = self.with_ledger(Vec::new())?;
        let mut dues =
            vec![DueRecord { since: self.started, due: start.due(calendar)?, cause: Cause::Initial }];
        let mut moments: Vec<NaiveDateTime> = self.kept.ledger.iter().map(|entry| entry.at).collect();
        moments.sort_unstable();
        moments.dedup();
        let mut before = start;
        for since in moments {
            let clock = self.as_of(since)?;
            let due = clock.due(calendar)?;
            if dues.last().is_some_and(|last| last.due != due) {
                dues.push(DueRecord { since, due, cause: before.cause_of(&clock) });
            }
            before = clock;
        }
        Ok(dues)
    }

    /// What made the due date another than before.
    fn cause_of(&self, after: &Self) -> Cause {
        use super::ExtensionKind::Fixed;
        let ended = |clock: &Self, policy| {
            let of = clock.kept.state.suspensions.iter().filter(|s| s.policy == policy && s.to.is_some());
            of.count()
        };
        let more = |policy| ended(after, policy) > ended(self, policy);
        let longer = after.kept.state.extensions.len() > self.kept.state.extensions.len();
        match after.kept.state.extensions.last() {
            _ if after.kept.state.reappointments != self.kept.state.reappointments => Cause::Rescheduled,
            Some(last) if longer && last.kind == Fixed => Cause::Extended,
            Some(_) if longer => Cause::Agreed,
            _ if more(SuspensionPolicy::SecondStage) => Cause::SecondStage,
            _ if more(SuspensionPolicy::Restart) => Cause::Restarted,
            _ if after.kept.state.counting.waits => Cause::Suspended,
            _ => Cause::Shifted,
        }
    }

    /// How the clock stands at a moment, with what had happened by then.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn status(
        &self,
        at: NaiveDateTime,
        by: Comparison,
        calendar: &Calendar,
    ) -> Result<Status, DeadlineError> {
        let clock = self.as_of(at)?;
        let due = clock.due(calendar)?;
        let phase = match clock.stopped() {
            _ if at < self.started => Phase::NotStarted,
            Some(_) => Phase::Stopped,
            None if due == Due::Suspended => Phase::Suspended,
            None => Phase::Running,
        };
        let judged = clock.stopped().unwrap_or(at).min(at).max(self.started);
        let left =
            |due: NaiveDateTime| calendar.count_working_time(judged, due).map(|left| left.num_seconds());
        let days = |due: NaiveDateTime| calendar.count_working_days(judged.date(), due.date());
        Ok(Status {
            at,
            phase,
            due,
            timeliness: due.at().map(|due| Timeliness::of(due, judged, by)),
            working_days_left: due.at().map(days).transpose()?,
            working_seconds_left: due.at().map(left).transpose()?,
            projected: due.is_projected(),
        })
    }

    /// Writes down late what happened earlier, or annuls what was wrong, and says what that changed.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Change, Clock, Due, Entry, LimitRule, SuspensionPolicy, TimeLimit};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// let calendar = Calendar::vietnam();
    /// let mut clock = Clock::new(LimitRule::new(TimeLimit::parse("5 working_day").unwrap()), at("2026-06-01 09:00"));
    /// clock.suspend(at("2026-06-02 10:00"), "chờ nộp phí", SuspensionPolicy::Pause).unwrap();
    /// clock.resume(at("2026-06-05 10:00")).unwrap();
    /// // The payment had come on 3/6; nobody had noted it. The record of 5/6 was wrong.
    /// let recorded = at("2026-06-08 08:00");
    /// let wrong = Entry { at: recorded, recorded, change: Change::Annul { entry: 1 } };
    /// clock.record(wrong, calendar).unwrap();
    /// let right = Entry { at: at("2026-06-03 15:00"), recorded, change: Change::Resume { suspension: 0 } };
    /// let correction = clock.record(right, calendar).unwrap();
    /// assert_eq!(correction.before, Due::Suspended);
    /// assert_eq!(correction.after, Due::At(at("2026-06-09 17:00")));
    /// ```
    ///
    /// # Errors
    /// As [`Clock::change`] and [`Clock::reappoint`]; `deadline.recorded` if it is recorded before it happened, or before what was recorded
    /// last. The clock stays as it was.
    pub fn record(&mut self, entry: Entry, calendar: &Calendar) -> Result<Correction, DeadlineError> {
        let Entry { at, recorded, change } = entry;
        let entry = Entry { at: moment::whole(at), recorded: moment::whole(recorded), change };
        let last = self.kept.ledger.iter().map(|entry| entry.recorded).max().unwrap_or(self.started);
        if entry.recorded < last.max(entry.at) {
            return Err(DeadlineError::Recorded { recorded: entry.recorded, last: last.max(entry.at) });
        }
        let early = entry.at < self.started;
        if early && !matches!(entry.change, Change::Suspend { .. } | Change::Resume { .. }) {
            return Err(DeadlineError::Order { at: entry.at, last: self.started });
        }
        match &entry.change {
            Change::Extend { by, .. } => self.check_extension(*by)?,
            Change::Reappoint { to, .. } => {
                self.as_of(entry.at)?.check_reappointment(entry.at, *to, calendar)?;
            }
            _ => {}
        }
        // What was wrong may have been such that nothing could be told.
        let before = self.due(calendar).unwrap_or(Due::Unknown);
        let dues_before = self.dues(calendar).unwrap_or_default();
        let mut corrected = self.clone();
        corrected.kept.ledger.push(entry);
        corrected.kept.state = fold(&corrected.kept.ledger)?;
        let (after, dues_after) = (corrected.due(calendar)?, corrected.dues(calendar)?);
        *self = corrected;
        Ok(Correction { before, after, dues_before, dues_after })
    }

    /// The due date by two calendars, such as one as known on an earlier day, and the days that make the difference.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn compare<'c>(
        &self,
        before: &'c Calendar,
        after: &'c Calendar,
    ) -> Result<DueChange<'c>, DeadlineError> {
        let (first, second) = (self.due(before)?, self.due(after)?);
        let last = [first, second].iter().filter_map(|due| due.at()).max();
        let (from, to) = (self.started, last.unwrap_or(self.started));
        let (from, to) = (from.min(to).date(), from.max(to).date());
        let because = before.changes_between(after, from, to);
        Ok(DueChange { before: first, after: second, because })
    }
}

impl Status {
    /// The working time left, negative if the due date is past.
    #[must_use]
    pub fn working_time_left(&self) -> Option<TimeDelta> {
        self.working_seconds_left.map(TimeDelta::seconds)
    }
}
