//! The counting itself, in whole seconds of Vietnam time and in numbered days, for one clock and for columns alike.

use super::limit::Way;
use super::rules::accounted_hours;
use super::{Amount, CutOff, CutOffEffect, DayEnd, DayParts, DeadlineError, Direction, LimitRule};
use crate::calendar::{Beyond, Calendar, DAY, EPOCH};
use chrono::{Datelike, Months, NaiveDate};

/// A stretch of time that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// How a due date came about; enough to explain it afterwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// How it was counted.
    pub(super) way: Way,
    /// When that which is counted came in.
    pub(super) received: i64,
    /// From when the limit was counted.
    pub(super) from: i64,
    /// The due moment.
    pub(super) due: i64,
    /// The last day before it was moved off a day off, for limits that count days off.
    pub(super) last_day: Option<u16>,
    /// Whether that day is off, so that it was moved.
    pub(super) moved: bool,
    /// Whether the cut-off hour changed something.
    pub(super) cut_off: bool,
    /// Whether the reception lay outside office hours, for a limit of the same day.
    pub(super) outside_hours: bool,
}

struct Counting<'a, P> {
    calendar: &'a Calendar,
    rule: &'a LimitRule,
    from: i64,
    /// The day of `from`.
    day: u16,
    pauses: P,
}

/// Counts a limit from a moment, in its way. The pauses come in the order in which they begin.
#[inline]
pub(super) fn count(
    rule: &LimitRule,
    way: Way,
    received: i64,
    pauses: impl Iterator<Item = Pause> + Clone,
    calendar: &Calendar,
) -> Result<Counted, DeadlineError> {
    rule.check()?;
    count_checked(rule, way, received, pauses, calendar).map_err(|beyond| calendar.error(beyond).into())
}

/// The same for a rule that is known to be in order.
#[inline]
pub(super) fn count_checked(
    rule: &LimitRule,
    way: Way,
    received: i64,
    pauses: impl Iterator<Item = Pause> + Clone,
    calendar: &Calendar,
) -> Result<Counted, Beyond> {
    let (mut day, second) = calendar.split(received)?;
    let (mut from, mut late) = (received, false);
    // Papers that go on later do not change the count.
    let counts = |cut_off: &CutOff| cut_off.effect != CutOffEffect::ForwardNextWorkingDay;
    if let Some(cut_off) = rule.cut_off.filter(counts) {
        // What comes in on a day off comes in after the cut-off of the working day before.
        late = second > cut_off.second() || !calendar.works(day);
        // A result that is due one working day later is due as if it had come when the next one opens; that is why the
        // effect is one of limits in working days only.
        if late {
            day = calendar.add(day, 1)?;
        }
        // Who comes before the office opens does not come before those of the evening before.
        from = received.max(opening(calendar, day));
    }
    let counting = Counting { calendar, rule, from, day, pauses };
    let (due, last_day) = counting.count(way)?;
    let moved = last_day.is_some_and(|last| !calendar.works(last));
    let outside_hours = way == Way::SameDay && !counting.in_time();
    Ok(Counted { way, received, from, due, last_day, moved, cut_off: late, outside_hours })
}

fn opening(calendar: &Calendar, day: u16) -> i64 {
    calendar.midnight(day) + i64::from(calendar.hours(day).map_or(0, |hours| hours.opening()))
}

impl<P: Iterator<Item = Pause> + Clone> Counting<'_, P> {
    /// The due moment, and for limits that count days off the last day before it was moved.
    #[inline]
    fn count(&self, way: Way) -> Result<(i64, Option<u16>), Beyond> {
        let before = self.rule.direction == Direction::Before;
        Ok(match way {
            Way::WorkingDays(days) if before => {
                let days = i32::try_from(days).unwrap_or(i32::MAX);
                (self.end_of(self.calendar.add(self.day, -days)?), None)
            }
            Way::WorkingDays(days) => (self.end_of(self.after(self.day, days)?), None),
            Way::Calendar { months, days } => self.calendar_days(months, days)?,
            Way::SameDay if self.in_time() => (self.end_of(self.after(self.day, 0)?), None),
            Way::SameDay => {
                // The next working day is meant, and nothing that held before it opened.
                let day = self.calendar.add(self.day, 1)?;
                let (from, pauses) = (opening(self.calendar, day), self.pauses.clone());
                let meant = Counting { calendar: self.calendar, rule: self.rule, from, day, pauses };
                (meant.end_of(meant.after(day, 0)?), None)
            }
            Way::HalfDays(days) => (self.half_days(days)?, None),
            Way::WorkingTime(time) => (self.working_time(time)?, None),
            Way::AccountedDays(parts) => {
                let time = i64::from(parts) * accounted_hours() * 3600 / i64::from(Amount::PARTS);
                (self.between_days(self.working_time(time)?, parts)?, None)
            }
            Way::OfficeTime(parts) => (self.between_days(self.office_time(i64::from(parts))?, parts)?, None),
            Way::Elapsed(time) => (self.elapsed(time)?, None),
            Way::PartsOfDays(time) => self.parts_of_days(time)?,
        })
    }

    /// Days and a part are never less than the days alone, nor more than the next number that is counted in days or
    /// halves; without this three days and an hour could end before three days, which end at closing.
    fn between_days(&self, at: i64, parts: u32) -> Result<i64, Beyond> {
        let (whole, part) = (parts / Amount::PARTS, parts % Amount::PARTS);
        let before = self.rule.direction == Direction::Before;
        let halves = self.rule.day_parts == DayParts::HalfDays && !before;
        let half = Amount::PARTS / 2;
        let less = match whole {
            _ if halves && part > half => Some(Way::HalfDays(whole)),
            0 => None,
            _ => Some(Way::WorkingDays(whole)),
        };
        let more = if halves && part < half { Way::HalfDays(whole) } else { Way::WorkingDays(whole + 1) };
        let less = less.map(|way| self.count(way)).transpose()?.map(|(at, _)| at);
        // Beyond the end of the calendar there is nothing to compare with.
        let more = self.count(more).ok().map(|(at, _)| at);
        let (least, most) = if before { (more, less) } else { (less, more) };
        let at = least.map_or(at, |least| at.max(least));
        Ok(most.map_or(at, |most| at.min(most)))
    }

    /// The pauses, without what lies before the count begins, and without what an earlier one holds already.
    #[inline]
    fn pauses(&self) -> impl Iterator<Item = Pause> {
        let mut counted_to = self.from;
        self.pauses.clone().map(move |pause| {
            let from = pause.from.max(counted_to);
            counted_to = counted_to.max(pause.to);
            Pause { from, to: pause.to.max(from) }
        })
    }

    /// The working days of the pauses.
    #[inline]
    fn paused_working_days(&self) -> Result<i32, Beyond> {
        let mut days = 0;
        for pause in self.pauses() {
            let (from, to) = (self.calendar.day_at(pause.from)?, self.calendar.day_at(pause.to)?);
            days += self.calendar.count(from, to);
        }
        Ok(days)
    }

    /// The day so many working days, and those of the pauses, after a day.
    #[inline]
    fn after(&self, day: u16, days: u32) -> Result<u16, Beyond> {
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        self.calendar.add(day, days.saturating_add(self.paused_working_days()?))
    }

    /// Whether it was received on a working day, by its closing.
    fn in_time(&self) -> bool {
        let time = self.from - self.calendar.midnight(self.day);
        self.calendar.hours(self.day).is_some_and(|hours| time <= i64::from(hours.closing()))
    }

    /// Received in the morning, the half is the afternoon; else the next morning. Pauses count in days, as for whole days:
    /// else three and a half days could end before three.
    fn half_days(&self, days: u32) -> Result<i64, Beyond> {
        let (time, first) = (self.from - self.calendar.midnight(self.day), self.calendar.ordinal(self.day));
        // A day off belongs to the afternoon before it.
        let received = match self.calendar.hours(self.day) {
            Some(hours) => 2 * i64::from(first) + i64::from(time > i64::from(hours.morning_end())),
            None => 2 * i64::from(first) - 1,
        };
        let end = received + 2 * (i64::from(days) + i64::from(self.paused_working_days()?)) + 1;
        let day = self.calendar.nth_working_day(end.div_euclid(2))?;
        if end.rem_euclid(2) == 1 {
            return Ok(self.end_of(day));
        }
        let noon = self.calendar.hours(day).map_or(0, |hours| hours.morning_end());
        Ok(self.calendar.midnight(day) + i64::from(noon))
    }

    fn working_time(&self, time: i64) -> Result<i64, Beyond> {
        if self.rule.direction == Direction::Before {
            return self.calendar.add_seconds(self.from, -time);
        }
        let mut paused = 0;
        for pause in self.pauses() {
            paused += self.calendar.count_seconds(pause.from, pause.to)?;
        }
        self.calendar.add_seconds(self.from, time + paused)
    }

    /// Each working day is one whole, and its part what is worked of it: where one stands, and so many sixtieths on, to
    /// the nearest second.
    fn office_time(&self, parts: i64) -> Result<i64, Beyond> {
        // As a fraction of 60 × 86,400 parts of a day, in which pauses add up.
        const UNIT: i64 = 60 * 86_400;
        let place = |at: i64| -> Result<i64, Beyond> {
            let day = self.calendar.day_at(at)?;
            let part = self.calendar.hours(day).map_or(0, |hours| {
                let time = u32::try_from(at - self.calendar.midnight(day)).unwrap_or_default();
                i64::from(hours.worked(time)) * UNIT / i64::from(hours.total().max(1))
            });
            Ok(i64::from(self.calendar.ordinal(day)) * UNIT + part)
        };
        let sign = if self.rule.direction == Direction::Before { -1 } else { 1 };
        let mut target = place(self.from)? + sign * parts * (UNIT / i64::from(Amount::PARTS));
        for pause in self.pauses().filter(|_| sign > 0) {
            target += place(pause.to)? - place(pause.from)?;
        }
        // A target on the edge of two days belongs to the earlier one forwards, to the later one backwards.
        let edge = if sign > 0 { target - 1 } else { target };
        let (whole, part) = (edge.div_euclid(UNIT), target - edge.div_euclid(UNIT) * UNIT);
        let day = self.calendar.nth_working_day(whole)?;
        let Some(hours) = self.calendar.hours(day) else { return Err(Beyond::Result) };
        let worked = u32::try_from((part * i64::from(hours.total()) + UNIT / 2) / UNIT).unwrap_or_default();
        let second = if sign > 0 { hours.earliest(worked) } else { hours.latest(worked) };
        Ok(self.calendar.midnight(day) + i64::from(second))
    }

    /// By the clock, to the moment, also on a day off: were hours moved as days are, four hours from a Sunday would
    /// end after four hours from the Monday that follows.
    fn elapsed(&self, time: i64) -> Result<i64, Beyond> {
        let paused: i64 = self.pauses().map(|pause| pause.to - pause.from).sum();
        let end = match self.rule.direction {
            Direction::After => self.from.saturating_add(time).saturating_add(paused),
            Direction::Before => self.from.saturating_sub(time),
        };
        self.calendar.day_at(end).map_err(|_| Beyond::Result)?;
        Ok(end)
    }

    /// A part of a calendar day is taken of 24 hours; the limit ends, as days do, with the day in which that falls, and
    /// no earlier than the days alone.
    fn parts_of_days(&self, time: i64) -> Result<(i64, Option<u16>), Beyond> {
        let paused: i64 = self.pauses().map(|pause| pause.to - pause.from).sum();
        let end = self.from.saturating_add(time).saturating_add(paused);
        let last = self.calendar.day_at(end).map_err(|_| Beyond::Result)?;
        let mut due = self.end_of(self.calendar.working_from(last)?);
        // Received after closing, a small part may end on the same evening.
        if due < self.from {
            due = self.end_of(self.calendar.add(last, 1)?);
        }
        let days = u32::try_from(time / DAY).unwrap_or(u32::MAX);
        if days > 0 {
            let (least, last_of_days) = self.calendar_days(0, days)?;
            if due < least {
                return Ok((least, last_of_days));
            }
        }
        let most = self.calendar_days(0, days.saturating_add(1)).map_or(due, |(most, _)| most);
        Ok((due.min(most), Some(last)))
    }

    fn paused_days(&self) -> i64 {
        self.pauses().map(|pause| pause.to.div_euclid(DAY) - pause.from.div_euclid(DAY)).sum()
    }

    fn calendar_days(&self, months: u32, days: u32) -> Result<(i64, Option<u16>), Beyond> {
        let calendar = self.calendar;
        let before = self.rule.direction == Direction::Before;
        let days = if before { -i64::from(days) } else { i64::from(days) + self.paused_days() };
        let base = if months == 0 {
            Some(self.from.div_euclid(DAY))
        } else {
            let date = calendar.date(self.day);
            let months = Months::new(months);
            let moved =
                if before { date.checked_sub_months(months) } else { date.checked_add_months(months) };
            moved.map(|date: NaiveDate| i64::from(date.num_days_from_ce() - EPOCH))
        };
        let last = base.and_then(|day| calendar.index_of(day.checked_add(days)?));
        let last = last.ok_or(Beyond::Result)?;
        // A limit that ends on a day off ends with the next working day (BLDS 2015 Đ148(5)); counted back, with the
        // one before, so that there is no less time than the law wants.
        let end = match calendar.works(last) {
            true => last,
            false => calendar.add(last, if before { -1 } else { 1 })?,
        };
        Ok((self.end_of(end), Some(last)))
    }

    /// The closing hour of a working day.
    #[inline]
    fn closing(&self, day: u16) -> i64 {
        let closing = self.calendar.hours(day).map_or(0, |hours| hours.closing());
        self.calendar.midnight(day) + i64::from(closing)
    }

    /// When a limit in days ends on a working day.
    #[inline]
    fn end_of(&self, day: u16) -> i64 {
        match self.rule.day_end {
            DayEnd::OfficeHours => self.closing(day),
            DayEnd::Midnight => self.calendar.midnight(day) + DAY - 1,
        }
    }
}

/// A moment, moved by pauses that do not overlap, in the unit in which its limit is counted.
pub(super) fn moved_by(at: i64, way: Way, pauses: &[Pause], calendar: &Calendar) -> Result<i64, Beyond> {
    let mut moved = at;
    for pause in pauses {
        let days = || -> Result<(u16, u16), Beyond> {
            Ok((calendar.day_at(pause.from)?, calendar.day_at(pause.to)?))
        };
        match way {
            Way::Elapsed(_) => moved += pause.to - pause.from,
            Way::WorkingTime(_) | Way::AccountedDays(_) | Way::OfficeTime(_) => {
                let time = calendar.count_seconds(pause.from, pause.to)?;
                moved = if time == 0 { moved } else { calendar.add_seconds(moved, time)? };
            }
            Way::Calendar { .. } | Way::PartsOfDays(_) => {
                moved += (pause.to.div_euclid(DAY) - pause.from.div_euclid(DAY)) * DAY;
            }
            Way::WorkingDays(_) | Way::HalfDays(_) | Way::SameDay => {
                let (from, to) = days()?;
                let day = calendar.day_at(moved)?;
                let time = moved - calendar.midnight(day);
                moved = calendar.midnight(calendar.add(day, calendar.count(from, to))?) + time;
            }
        }
    }
    // Only what a pause has moved can have come to a day off.
    let day = calendar.day_at(moved)?;
    if moved == at || calendar.works(day) {
        return Ok(moved);
    }
    let time = moved - calendar.midnight(day);
    Ok(calendar.midnight(calendar.add(day, 1)?) + time)
}
