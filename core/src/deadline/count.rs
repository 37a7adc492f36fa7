//! The counting itself.

use super::limit::Way;
use super::rules::accounted_hours;
use super::{CutOffEffect, DeadlineError, LimitRule};
use crate::calendar::{Calendar, CalendarError};
use chrono::{Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A suspension that has ended and that does not count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pause {
    pub(super) from: NaiveDateTime,
    pub(super) to: NaiveDateTime,
}

/// How a due date came about; enough to explain it afterwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// How it was counted.
    pub(super) way: Way,
    /// From when the limit was counted.
    pub(super) from: NaiveDateTime,
    /// The due moment.
    pub(super) due: NaiveDateTime,
    /// The last day before it was moved off a day off, for limits that count days off.
    pub(super) last_day: Option<NaiveDate>,
    /// Whether the cut-off hour changed something.
    pub(super) cut_off: bool,
    /// Whether the reception lay outside office hours, for a limit of the same day.
    pub(super) outside_hours: bool,
}

struct Counting<'a, P> {
    calendar: &'a Calendar,
    way: Way,
    from: NaiveDateTime,
    pauses: P,
}

/// Counts a limit from a moment, in its way.
pub(super) fn count(
    rule: &LimitRule,
    way: Way,
    received: NaiveDateTime,
    pauses: impl Iterator<Item = Pause> + Clone,
    calendar: &Calendar,
) -> Result<Counted, DeadlineError> {
    rule.check()?;
    // What comes in on a day off comes in after the cut-off of the working day before.
    let is_off = !calendar.is_working_day(received.date())?;
    let late = rule.cut_off.filter(|cut_off| is_off || received.time() > cut_off.time);
    let counts_later = rule.cut_off.is_some_and(|cut| cut.effect == CutOffEffect::CountFromNextWorkingDay);
    let from = match late {
        Some(_) if counts_later => opening(calendar, calendar.add_working_days(received.date(), 1)?)?,
        // Who comes before the office opens does not come before those of the evening before.
        None if counts_later => received.max(opening(calendar, received.date())?),
        _ => received,
    };
    let counting = Counting { calendar, way, from, pauses };
    let mut counted = match way {
        Way::Elapsed(time) => counting.elapsed(time),
        Way::WorkingTime(time) => counting.working_time(time),
        Way::Days(days) => counting.calendar_days(Months::new(0), days),
        Way::PartsOfDays(time) => counting.parts_of_days(time),
        Way::Months(months) => counting.calendar_days(months, 0),
        Way::WorkingDays(days) => counting.working_days(days),
        Way::HalfDays(days) => counting.half_days(days),
        // A sixtieth of a day of eight hours is eight minutes.
        Way::PartsOfWorkingDays(parts) => {
            counting.working_time(TimeDelta::minutes(i64::from(parts) * accounted_hours()))
        }
        Way::SameDay => counting.same_day(),
    }?;
    counted.cut_off = late.is_some();
    let moves = late.is_some_and(|late| late.effect == CutOffEffect::DueNextWorkingDay);
    // What came in on a day off, or after closing, has moved to the next working day already.
    if moves && !counted.outside_hours {
        counted.due = closing(calendar, calendar.add_working_days(counted.due.date(), 1)?)?;
    }
    Ok(counted)
}

impl<P: Iterator<Item = Pause> + Clone> Counting<'_, P> {
    fn counted(&self, due: NaiveDateTime, last_day: Option<NaiveDate>) -> Counted {
        Counted { way: self.way, from: self.from, due, last_day, cut_off: false, outside_hours: false }
    }

    /// The pauses, without what lies before the count begins.
    fn pauses(&self) -> impl Iterator<Item = Pause> {
        let from = self.from;
        self.pauses.clone().map(move |pause| Pause { from: pause.from.max(from), to: pause.to.max(from) })
    }

    fn paused_working_days(&self) -> Result<i32, CalendarError> {
        let days = |pause: Pause| self.calendar.count_working_days(pause.from.date(), pause.to.date());
        self.pauses().map(days).sum()
    }

    /// So many days, and those of the pauses.
    fn with_pauses(&self, days: u32) -> Result<i32, CalendarError> {
        Ok(i32::try_from(days).unwrap_or(i32::MAX).saturating_add(self.paused_working_days()?))
    }

    fn working_days(&self, days: u32) -> Result<Counted, DeadlineError> {
        let last = self.calendar.add_working_days(self.from.date(), self.with_pauses(days)?)?;
        Ok(self.counted(closing(self.calendar, last)?, None))
    }

    /// Received in the morning, the half is the afternoon; else the next morning.
    fn half_days(&self, days: u32) -> Result<Counted, DeadlineError> {
        let (calendar, day, days) = (self.calendar, self.from.date(), self.with_pauses(days)?);
        let in_the_morning =
            calendar.hours(day)?.is_some_and(|hours| self.from.time() <= time(hours.morning_end()));
        if in_the_morning {
            return Ok(self.counted(closing(calendar, calendar.add_working_days(day, days)?)?, None));
        }
        let day = calendar.add_working_days(day, days.saturating_add(1))?;
        let end = calendar.hours(day)?.map_or(NaiveTime::MIN, |hours| time(hours.morning_end()));
        Ok(self.counted(day.and_time(end), None))
    }

    fn working_time(&self, time: TimeDelta) -> Result<Counted, DeadlineError> {
        let between = |pause: Pause| self.calendar.count_working_time(pause.from, pause.to);
        let paused = self.pauses().map(between).sum::<Result<TimeDelta, _>>()?;
        Ok(self.counted(self.calendar.add_working_time(self.from, time + paused)?, None))
    }

    fn same_day(&self) -> Result<Counted, DeadlineError> {
        let (calendar, day) = (self.calendar, self.from.date());
        let in_time = calendar.open_and_close(day)?.is_some_and(|(_, close)| self.from <= close);
        let first = if in_time { day } else { calendar.add_working_days(day, 1)? };
        let due = closing(calendar, calendar.add_working_days(first, self.paused_working_days()?)?)?;
        Ok(Counted { outside_hours: !in_time, ..self.counted(due, None) })
    }

    /// By the clock, to the moment, also on a day off: were hours moved as days are, four hours from a Sunday would
    /// end after four hours from the Monday that follows.
    fn elapsed(&self, time: TimeDelta) -> Result<Counted, DeadlineError> {
        let paused: TimeDelta = self.pauses().map(|pause| pause.to - pause.from).sum();
        let end = self.from.checked_add_signed(time + paused).ok_or_else(|| self.too_far())?;
        self.calendar.day(end.date()).map_err(|_| self.too_far())?;
        Ok(self.counted(end, None))
    }

    /// A part of a calendar day is taken of 24 hours; the limit ends, as days do, with the day in which that falls.
    fn parts_of_days(&self, time: TimeDelta) -> Result<Counted, DeadlineError> {
        let end = self.from.checked_add_signed(time + self.paused_days()).ok_or_else(|| self.too_far())?;
        let due = self.closing(end.date())?;
        // Received after closing, a small part may end on the same evening.
        let due =
            if due < self.from { self.closing(self.calendar.add_working_days(end.date(), 1)?)? } else { due };
        Ok(self.counted(due, Some(end.date())))
    }

    fn paused_days(&self) -> TimeDelta {
        self.pauses().map(|pause| pause.to.date() - pause.from.date()).sum()
    }

    fn calendar_days(&self, months: Months, days: u32) -> Result<Counted, DeadlineError> {
        let days = TimeDelta::days(i64::from(days)) + self.paused_days();
        let last = self.from.date().checked_add_months(months).and_then(|day| day.checked_add_signed(days));
        let last = last.ok_or_else(|| self.too_far())?;
        // A limit that ends on a day off ends with the next working day (BLDS 2015 Đ148(5)).
        Ok(self.counted(self.closing(last)?, Some(last)))
    }

    fn closing(&self, last: NaiveDate) -> Result<NaiveDateTime, CalendarError> {
        closing(self.calendar, last).map_err(|_| self.too_far())
    }

    fn too_far(&self) -> CalendarError {
        CalendarError::ResultOutOfRange { first: self.calendar.first_day(), last: self.calendar.last_day() }
    }
}

fn time(second: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or(NaiveTime::MIN)
}

fn opening(calendar: &Calendar, day: NaiveDate) -> Result<NaiveDateTime, CalendarError> {
    Ok(calendar.open_and_close(day)?.map_or(day.and_time(NaiveTime::MIN), |(open, _)| open))
}

/// The closing hour of a day; of the next working day if it is a day off.
fn closing(calendar: &Calendar, day: NaiveDate) -> Result<NaiveDateTime, CalendarError> {
    let day = calendar.working_day_from(day)?;
    Ok(calendar.open_and_close(day)?.map_or(day.and_time(NaiveTime::MIN), |(_, close)| close))
}
