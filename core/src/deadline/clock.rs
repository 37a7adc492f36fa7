//! The clock of one limit: an append-only ledger, and what follows from it.

use super::count::{Counted, Pause, count};
use super::ledger::{Kept, Leg, Milestone, Reappointment, Record, Suspension, fold};
use super::{Change, Due, Entry, Explanation, LimitRule, SuspensionPolicy, TimeLimit};
use super::{DeadlineError, Direction, explain};
use crate::calendar::{self, Calendar};
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The clock of one limit: when it started, and a ledger of what has happened to it since. Due dates are derived from
/// it, never stored. It is read and written as JSON with its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Clock {
    pub(super) rule: LimitRule,
    pub(super) started: NaiveDateTime,
    pub(super) kept: Kept,
}

/// A clock as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rule: LimitRule,
    #[serde(with = "moment")]
    started: NaiveDateTime,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<TimeLimit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    milestones: Vec<Milestone>,
    #[serde(default)]
    ledger: Vec<Entry>,
}

impl TryFrom<Written> for Clock {
    type Error = DeadlineError;

    fn try_from(written: Written) -> Result<Self, DeadlineError> {
        let Written { rule, started, parts, milestones, ledger } = written;
        rule.check()?;
        let state = fold(&ledger)?;
        Ok(Self { rule, started, kept: Record { parts, milestones, ledger, state }.into() })
    }
}

impl From<Clock> for Written {
    fn from(clock: Clock) -> Self {
        let Record { parts, milestones, ledger, .. } = (*clock.kept).clone();
        Self { rule: clock.rule, started: clock.started, parts, milestones, ledger }
    }
}

impl Clock {
    /// Starts a clock.
    #[must_use]
    pub fn new(rule: LimitRule, started: NaiveDateTime) -> Self {
        Self { rule, started: moment::whole(started), kept: Kept::default() }
    }

    /// The clock with other limits that run side by side with the first; the longest decides.
    #[must_use]
    pub fn with_parts(mut self, parts: Vec<TimeLimit>) -> Self {
        self.kept.parts = parts;
        self
    }

    /// The clock with what has to be done on the way.
    #[must_use]
    pub fn with_milestones(mut self, milestones: Vec<Milestone>) -> Self {
        self.kept.milestones = milestones;
        self
    }

    /// The clock with whole suspensions, in any order; they may overlap. What of them lies before the start does not
    /// matter.
    ///
    /// # Errors
    /// `deadline.order` if one ends before it begins.
    pub fn with_suspensions(mut self, suspensions: Vec<Suspension>) -> Result<Self, DeadlineError> {
        let first = self.kept.ledger.iter().filter(|e| matches!(e.change, Change::Suspend { .. })).count();
        for (number, Suspension { from, to, reason, policy, answer_within }) in (first..).zip(suspensions) {
            let (from, to) = (moment::whole(from), to.map(moment::whole));
            if let Some(to) = to.filter(|to| *to < from) {
                return Err(DeadlineError::Order { at: to, last: from });
            }
            let begin = Change::Suspend { reason, policy, answer_within };
            self.kept.ledger.push(Entry { at: from, recorded: to.unwrap_or(from), change: begin });
            let end = |at| Entry { at, recorded: at, change: Change::Resume { suspension: number } };
            self.kept.ledger.extend(to.map(end));
        }
        self.kept.state = fold(&self.kept.ledger)?;
        Ok(self)
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
        self.kept.state.stopped
    }

    /// All that was ever recorded, in the order of recording.
    #[must_use]
    pub fn ledger(&self) -> &[Entry] {
        &self.kept.ledger
    }

    /// All suspensions, in the order in which they began.
    #[must_use]
    pub fn suspensions(&self) -> &[Suspension] {
        &self.kept.state.suspensions
    }

    /// The parts of the way that have a limit of their own.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.kept.state.legs
    }

    /// When the result was put off last; by law once.
    #[must_use]
    pub fn reappointment(&self) -> Option<&Reappointment> {
        self.kept.state.reappointments.last()
    }

    /// Writes down what happens now. What happened earlier and was not written down then goes to [`Clock::record`]; a new
    /// moment for the result, which is checked against the calendar, to [`Clock::reappoint`].
    ///
    /// # Errors
    /// `deadline.order`, `deadline.stopped`, `deadline.not_suspended`, `deadline.reappoint_apart`, `deadline.leg`,
    /// `deadline.no_entry`, `deadline.extension`, `deadline.cut_off_effect`. The clock stays as it was.
    pub fn change(&mut self, at: NaiveDateTime, change: Change) -> Result<(), DeadlineError> {
        if matches!(change, Change::Reappoint { .. }) {
            return Err(DeadlineError::ReappointApart);
        }
        self.push(at, change)
    }

    pub(super) fn push(&mut self, at: NaiveDateTime, change: Change) -> Result<(), DeadlineError> {
        let last = self.kept.ledger.iter().map(|entry| entry.recorded).chain(self.kept.state.last).max();
        let last = last.unwrap_or(self.started).max(self.started);
        if at < last {
            return Err(DeadlineError::Order { at, last });
        }
        if let Change::Extend { by, .. } = &change {
            self.check_extension(*by)?;
        }
        let (annuls, at) = (matches!(change, Change::Annul { .. }), moment::whole(at));
        self.kept.ledger.push(Entry { at, recorded: at, change });
        let i = self.kept.ledger.len() - 1;
        let mut state = if annuls { None } else { Some(std::mem::take(&mut self.kept.state)) };
        let applied = match &mut state {
            Some(state) => state.apply(&self.kept.ledger, i),
            None => Ok(()),
        };
        // A state that refused an entry is as it was before it.
        let folded = match (applied, state) {
            (Ok(()), Some(mut state)) => {
                state.settle();
                Ok(state)
            }
            (Ok(()), None) => fold(&self.kept.ledger),
            (Err(error), state) => {
                self.kept.state = state.unwrap_or_default();
                self.kept.ledger.pop();
                return Err(error);
            }
        };
        match folded {
            Ok(state) => {
                self.kept.state = state;
                Ok(())
            }
            Err(error) => {
                self.kept.ledger.pop();
                Err(error)
            }
        }
    }

    /// Begins a suspension.
    ///
    /// # Errors
    /// `deadline.stopped`, `deadline.order`.
    pub fn suspend(
        &mut self,
        at: NaiveDateTime,
        reason: impl Into<SmolStr>,
        policy: SuspensionPolicy,
    ) -> Result<(), DeadlineError> {
        self.change(at, Change::Suspend { reason: reason.into(), policy, answer_within: None })
    }

    /// Ends the suspension that lasts; of several the one that began last.
    ///
    /// # Errors
    /// `deadline.not_suspended`, `deadline.stopped`, `deadline.order`.
    pub fn resume(&mut self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        let last = self.kept.state.open().next_back().map(|(number, _)| number);
        self.change(at, Change::Resume { suspension: last.unwrap_or(usize::MAX) })
    }

    /// Stops the clock for good: the matter is resolved. A suspension that lasts stays open in the record: what was
    /// asked for never came, so its time does not count, and nothing counts anew.
    ///
    /// # Errors
    /// `deadline.stopped`, `deadline.order`.
    pub fn stop(&mut self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        self.change(at, Change::Stop)
    }

    /// The number of the suspension that was written down last.
    pub(crate) fn last_suspension(&self) -> Option<u16> {
        let begun = self.kept.ledger.iter().filter(|entry| matches!(entry.change, Change::Suspend { .. }));
        u16::try_from(begun.count().checked_sub(1)?).ok()
    }

    /// Whether the limit can be longer by so much: there has to be one that is counted forward, and the sum has to be
    /// one that the rule can count.
    pub(super) fn check_extension(&self, by: TimeLimit) -> Result<(), DeadlineError> {
        let spans = matches!(by, TimeLimit::Span { .. });
        if !spans || self.rule.direction == Direction::Before {
            return Err(DeadlineError::Extension { by: by.to_string() });
        }
        let longer = |limit: TimeLimit| limit.and(by).map_or(Ok(()), |longer| self.rule.check_limit(longer));
        longer(self.rule.limit)?;
        self.rule.second_stage.map_or(Ok(()), longer)
    }

    /// When the result is due, as the record stands.
    ///
    /// # Errors
    /// `calendar.*` if a date lies outside the calendar; `deadline.no_second_stage`.
    pub fn due(&self, calendar: &Calendar) -> Result<Due, DeadlineError> {
        Ok(self.count(calendar)?.0)
    }

    /// When a leg is due.
    ///
    /// # Errors
    /// `deadline.leg` if there is none of that name, and as [`Clock::due`].
    pub fn leg_due(&self, leg: &str, calendar: &Calendar) -> Result<Due, DeadlineError> {
        let found = self.kept.state.legs.iter().find(|known| known.name == leg);
        let found = found.ok_or_else(|| DeadlineError::Leg { leg: leg.into() })?;
        // When the leg is done it waits no more.
        let end = found.stopped.or(self.kept.state.stopped.filter(|stopped| found.started < *stopped));
        self.due_apart(&found.rule, found.started, end, None, calendar)
    }

    /// When something with a limit of its own is due that runs beside the whole, from a moment on: whatever a suspension
    /// does to the whole, it waits for it, but for the one of the number `own`.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub(crate) fn due_apart(
        &self,
        rule: &LimitRule,
        started: NaiveDateTime,
        end: Option<NaiveDateTime>,
        own: Option<usize>,
        calendar: &Calendar,
    ) -> Result<Due, DeadlineError> {
        let Some(way) = rule.limit.way(rule.day_parts) else { return Ok(Due::none(rule.limit)) };
        let mut pauses = Vec::new();
        for (number, suspension) in self.kept.state.numbered() {
            if suspension.policy == SuspensionPolicy::KeepRunning || Some(number) == own {
                continue;
            }
            let to = suspension.to.into_iter().chain(end).min();
            let Some(to) = to else { return Ok(Due::Suspended) };
            if suspension.from < to {
                let (from, to) = (calendar::seconds(suspension.from), calendar::seconds(to));
                pauses.push(Pause { from, to });
            }
        }
        let started = calendar::seconds(started);
        Ok(self.told(count(rule, way, started, pauses.into_iter(), calendar)?.due, calendar))
    }

    /// When each milestone is due; suspensions move them as they move the whole.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn milestones(&self, calendar: &Calendar) -> Result<Vec<(&str, Due)>, DeadlineError> {
        let due = |milestone: &Milestone| {
            let rule = LimitRule { limit: milestone.limit, ..self.rule };
            self.due_by(&rule, self.counted_from(), calendar)
        };
        self.kept.milestones.iter().map(|milestone| Ok((&*milestone.name, due(milestone)?))).collect()
    }

    /// By when the papers go on to who handles them: the same working day, or, received after the hour of a cut-off of
    /// that effect or after closing, when the next one opens (NĐ 118/2025 Đ18(2)).
    ///
    /// # Errors
    /// `calendar.*`
    pub fn forward_by(&self, calendar: &Calendar) -> Result<NaiveDateTime, DeadlineError> {
        let told = |beyond| calendar.error(beyond);
        let (day, second) = calendar.split(calendar::seconds(self.started)).map_err(told)?;
        let forwards = |cut_off: &super::CutOff| cut_off.effect == super::CutOffEffect::ForwardNextWorkingDay;
        let after = |cut_off: super::CutOff| second > cut_off.second();
        let closed = calendar.hours(day).is_none_or(|hours| hours.closing() < second);
        let late = closed || self.rule.cut_off.filter(forwards).is_some_and(after);
        let day = if late { calendar.add(day, 1).map_err(told)? } else { day };
        let hour = calendar.hours(day).map_or(0, |h| if late { h.opening() } else { h.closing() });
        Ok(calendar::moment(calendar.midnight(day) + i64::from(hour)))
    }

    /// When the dossier may be closed because what was asked for did not come: the earliest end, by the last second of
    /// its day, of the times to answer that run (NĐ 118/2025 Đ19(5): 15 days).
    ///
    /// # Errors
    /// `calendar.*`
    pub fn lapses(&self, calendar: &Calendar) -> Result<Option<NaiveDateTime>, DeadlineError> {
        let open = self.kept.state.open().map(|(number, _)| self.lapse_of(number, calendar));
        Ok(open.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().min())
    }

    /// The same of one suspension, by its number.
    pub(crate) fn lapse_of(
        &self,
        suspension: usize,
        calendar: &Calendar,
    ) -> Result<Option<NaiveDateTime>, DeadlineError> {
        let state = &self.kept.state;
        let open = state.open().find(|(number, _)| *number == suspension && state.stopped.is_none());
        let Some((limit, from)) = open.and_then(|(_, s)| Some((s.answer_within?, s.from))) else {
            return Ok(None);
        };
        let rule = LimitRule { day_end: super::DayEnd::Midnight, ..LimitRule::new(limit) };
        Ok(Self::new(rule, from).due(calendar)?.at())
    }

    /// Why the due date is what it is: the rules used, each skipped day, each suspension.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn explain(&self, calendar: &Calendar) -> Result<Explanation, DeadlineError> {
        let (due, counted) = self.count(calendar)?;
        explain::explain(self, due, counted.as_ref(), calendar)
    }

    /// When the result is due and, if there is a date, how the main limit came about.
    fn count(&self, calendar: &Calendar) -> Result<(Due, Option<Counted>), DeadlineError> {
        let second_stage = self.kept.state.counting.second_stage;
        let mut rule = self.rule;
        if let Some(limit) = second_stage.map(|_| self.rule.second_stage) {
            rule.limit = limit.ok_or(DeadlineError::NoSecondStage)?;
        }
        let reappointment = self.reappointment_in_force();
        let put_off = reappointment.map(|last| calendar::seconds(last.apologised));
        let mut chained: Vec<TimeLimit> = Vec::new();
        for extension in &self.kept.state.extensions {
            // Those of the first stage are not of the second.
            if second_stage.is_some_and(|began| extension.at < began) {
                continue;
            }
            let longer = rule.limit.and(extension.by).filter(|_| put_off.is_none_or(|at| extension.at < at));
            match longer {
                Some(longer) => rule.limit = longer,
                None => chained.push(extension.by),
            }
        }
        let parts = if second_stage.is_some() { &[] } else { self.kept.parts.as_slice() };
        let from = self.counted_from();
        let way = rule.limit.way(rule.day_parts);
        if self.kept.state.counting.waits && (way.is_some() || !parts.is_empty()) {
            return Ok((Due::Suspended, None));
        }
        let counted = way.map(|way| count(&rule, way, from, self.pauses(), calendar)).transpose()?;
        let mut due = counted.map_or(Due::none(rule.limit), |counted| self.told(counted.due, calendar));
        for part in parts {
            due = due.longest(self.due_by(&LimitRule { limit: *part, ..rule }, from, calendar)?);
        }
        if let (Some(reappointment), Some(way)) = (reappointment, way) {
            due = self.told(self.moved(reappointment, way, calendar)?, calendar);
        }
        for by in chained {
            // An extension in another unit, or of what was put off, is counted from where the limit would have ended.
            let Some(at) = due.at() else { break };
            due = Self::new(LimitRule { day_end: rule.day_end, ..LimitRule::new(by) }, at).due(calendar)?;
        }
        Ok((due, counted))
    }

    /// A moment as a due date: projected if a day between it and the start is.
    #[inline]
    fn told(&self, at: i64, calendar: &Calendar) -> Due {
        let at = calendar::moment(at);
        let projected = calendar.is_projected(at.max(self.started).date());
        if projected { Due::Projected(at) } else { Due::At(at) }
    }

    fn due_by(&self, rule: &LimitRule, from: i64, calendar: &Calendar) -> Result<Due, DeadlineError> {
        match rule.limit.way(rule.day_parts) {
            None => Ok(Due::none(rule.limit)),
            Some(_) if self.kept.state.counting.waits => Ok(Due::Suspended),
            Some(way) => Ok(self.told(count(rule, way, from, self.pauses(), calendar)?.due, calendar)),
        }
    }

    /// A reappointment holds until the limit counts anew.
    fn reappointment_in_force(&self) -> Option<&Reappointment> {
        let from = self.counted_from();
        let reappointment = self.kept.state.reappointments.last()?;
        (from <= calendar::seconds(reappointment.apologised)).then_some(reappointment)
    }

    /// The moment of a reappointment, moved by the pauses after it, in the unit of the limit.
    fn moved(
        &self,
        reappointment: &Reappointment,
        way: super::limit::Way,
        calendar: &Calendar,
    ) -> Result<i64, DeadlineError> {
        let since = calendar::seconds(reappointment.apologised);
        let to = calendar::seconds(reappointment.to);
        let mut held = Vec::new();
        let mut counted_to = since;
        for pause in self.pauses().filter(|pause| since < pause.to) {
            held.push(Pause { from: pause.from.max(counted_to), to: pause.to.max(counted_to) });
            counted_to = counted_to.max(pause.to);
        }
        let moved = super::count::moved_by(to, way, &held, calendar);
        moved.map_err(|beyond| calendar.error(beyond).into())
    }

    /// A restart forgets all that was before it.
    #[inline]
    fn counted_from(&self) -> i64 {
        let started = calendar::seconds(self.started);
        self.kept.state.counting.anew.map_or(started, |anew| anew.max(started))
    }

    /// The suspensions whose time does not count, in the order in which they began.
    #[inline]
    pub(super) fn pauses(&self) -> impl Iterator<Item = Pause> + Clone {
        self.kept.state.counting.pauses.iter().copied()
    }
}
