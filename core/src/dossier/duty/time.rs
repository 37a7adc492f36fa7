//! By when a duty has to be done. What lies outside the calendar has no time here; the dossier's own due date is refused
//! long before.

use super::rule::{DutyRule, LimitOf, Time};
use super::watch::Open;
use crate::calendar::Calendar;
use crate::deadline::{
    Clock, CutOff, CutOffEffect, DayEnd, Direction, LimitRule, TimeLimit, TimeUnit, latest_apology,
};
use crate::dossier::state::Stamp;
use crate::dossier::{Action, Dossier, Event, Rules};
use crate::moment;
use crate::procedure::Step;
use chrono::{Days, NaiveDateTime};

/// A moment, and whether the whole of its day is meant: a limit in days ends with the day, though the office closes
/// before.
pub(super) type Moment = (NaiveDateTime, bool);

/// When an open duty is due as things stand; `None` if no time is set, or while the clock is suspended that holds it.
pub(super) fn due(open: &Open, dossier: &Dossier, rules: Rules<'_>) -> Option<Moment> {
    if let Some((due, whole_day)) = open.due {
        return Some((due.at(), whole_day));
    }
    match open.rule().time {
        Time::Limit(limit) => {
            let (rule, from) = (LimitRule::new(limit), open.counted.at());
            let due = dossier.clock()?.due_apart(&rule, from, dossier.ended(), None, rules.calendar).ok()?;
            Some((due.at()?, limit.ends_with_day()))
        }
        Time::Of(LimitOf::ProcessingTime) => dossier_due(dossier, rules),
        Time::Of(LimitOf::Apology) => {
            let due = (latest_apology(dossier_due(dossier, rules)?.0)?, true);
            // What is due on the same day leaves no time for anything a day before.
            Some(due).filter(|due| open.started.at() <= end(*due))
        }
        Time::Of(_) | Time::BeforeAction(_) => None,
    }
}

/// The last moment at which an open duty is not late.
pub(super) fn late_after(open: &Open, dossier: &Dossier, rules: Rules<'_>) -> Option<NaiveDateTime> {
    let due = if open.rule().if_late { dossier_due(dossier, rules) } else { due(open, dossier, rules) };
    due.map(end)
}

pub(super) fn dossier_due(dossier: &Dossier, rules: Rules<'_>) -> Option<Moment> {
    let due = dossier.due(rules.calendar).ok()??;
    Some((due, dossier.clock()?.rule().limit.ends_with_day()))
}

/// When a running step is due by its own limit.
pub(super) fn step_due(step: &Step, dossier: &Dossier, rules: Rules<'_>) -> Option<Moment> {
    let due = dossier.step_due(&step.id, rules.calendar).ok()??.at()?;
    Some((due, step.limit.is_some_and(TimeLimit::ends_with_day)))
}

/// The last moment that is not late.
pub(super) fn end((due, whole_day): Moment) -> NaiveDateTime {
    if whole_day { moment::end_of_day(due) } else { due }
}

/// The due moment of a duty that begins, or is done once more, if nothing that happens later moves it.
pub(super) fn fixed(
    open: &Open,
    dossier: &Dossier,
    rules: Rules<'_>,
    event: Option<&Event>,
) -> Option<(Stamp, bool)> {
    let (rule, from) = (open.rule(), open.counted.at());
    let (due, whole_day) = match rule.time {
        Time::Limit(_) if rule.waits && dossier.clock().is_some() => None,
        Time::Limit(limit) => counted(rule, limit, from, rules.calendar),
        Time::Of(LimitOf::AnswerWithin) => {
            count(dossier.answer_within(rules.catalogue)?, from, DayEnd::Midnight, rules.calendar)
        }
        Time::Of(LimitOf::Consultation) => match event.map(|event| &event.action) {
            Some(Action::Consult { due: Some(due), .. }) => Some((*due, false)),
            _ => {
                let limit = dossier.regime(rules.catalogue).ok()?.consulted_within?;
                count(limit, from, DayEnd::OfficeHours, rules.calendar)
            }
        },
        Time::Of(LimitOf::ProcessingTime | LimitOf::Apology) | Time::BeforeAction(_) => None,
    }?;
    Some((Stamp::of(due), whole_day))
}

/// Whether there is no such duty where no time is found for it.
pub(super) fn must_have_one(rule: &DutyRule) -> bool {
    matches!(rule.time, Time::Of(LimitOf::AnswerWithin | LimitOf::Consultation))
}

/// Whether enough time has passed since it was done last.
pub(super) fn is_apart(open: &Open, rules: Rules<'_>, at: NaiveDateTime) -> bool {
    let earliest = |limit| count(limit, open.counted.at(), DayEnd::OfficeHours, rules.calendar);
    match open.rule().apart.and_then(earliest) {
        Some((earliest, true)) => earliest.date() <= at.date(),
        Some((earliest, false)) => earliest <= at,
        None => true,
    }
}

/// So long before a moment. A day before is the day before, whatever day it is, as [`Clock::reappoint`] has it; all else is
/// counted back as limits are.
pub(super) fn before(due: NaiveDateTime, limit: TimeLimit, calendar: &Calendar) -> Option<NaiveDateTime> {
    if let TimeLimit::Span { amount, unit: TimeUnit::Day } = limit
        && let (days, 0) = amount.split()
    {
        return due.checked_sub_days(Days::new(days.into()));
    }
    let rule = LimitRule { direction: Direction::Before, ..LimitRule::new(limit) };
    Clock::new(rule, due).due(calendar).ok()?.at()
}

/// So long after a moment.
pub(super) fn after(due: NaiveDateTime, limit: TimeLimit, calendar: &Calendar) -> Option<NaiveDateTime> {
    count(limit, due, DayEnd::OfficeHours, calendar).map(|(after, _)| after)
}

fn counted(rule: &DutyRule, limit: TimeLimit, from: NaiveDateTime, calendar: &Calendar) -> Option<Moment> {
    if let Some(late) = rule.late {
        let cut_off = Some(CutOff { time: late.after, effect: CutOffEffect::ForwardNextWorkingDay });
        let goes_on = Clock::new(LimitRule { cut_off, ..LimitRule::new(limit) }, from).forward_by(calendar);
        if let Some(opens) = goes_on.ok().filter(|goes_on| goes_on.date() != from.date()) {
            return count(late.limit, opens, DayEnd::OfficeHours, calendar);
        }
    }
    count(limit, from, DayEnd::OfficeHours, calendar)
}

fn count(limit: TimeLimit, from: NaiveDateTime, day_end: DayEnd, calendar: &Calendar) -> Option<Moment> {
    let rule = LimitRule { day_end, ..LimitRule::new(limit) };
    let due = Clock::new(rule, from).due(calendar).ok()?.at()?;
    Some((due, limit.ends_with_day()))
}
