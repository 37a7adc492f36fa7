//! Which days and minutes are working time.
//!
//! A [`Calendar`] is compiled once from files (`core/data/calendar`) into flat tables: for each day the number of
//! working days before it, and for each of those numbers its day. Adding and counting working days are then two
//! reads, however many days it is about. Working time has the same tables in seconds.
//!
//! All moments are Vietnam time (UTC+07:00).

mod compile;
mod day;
mod error;
mod hours;
mod load;

pub use day::{Day, DayKind, Source};
pub use error::CalendarError;
pub use load::CalendarTexts;

use crate::problem::part_of_library;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use compile::{Special, Week};
pub(crate) use hours::Hours;
use std::sync::{Arc, LazyLock};

/// Working days and office hours over a span of years.
///
/// ```
/// use motcua::calendar::{Calendar, DayKind};
/// use chrono::NaiveDate;
/// let calendar = Calendar::vietnam();
/// let day = |text: &str| text.parse::<NaiveDate>().unwrap();
///
/// // Monday 29/4/2024 was exchanged for Saturday 4/5; 30/4 and 1/5 are holidays.
/// assert_eq!(calendar.add_working_days(day("2024-04-26"), 1).unwrap(), day("2024-05-02"));
/// assert_eq!(calendar.add_working_days(day("2024-05-03"), 1).unwrap(), day("2024-05-04"));
/// assert_eq!(calendar.count_working_days(day("2024-04-26"), day("2024-05-04")).unwrap(), 3);
///
/// let off = calendar.day(day("2024-04-29")).unwrap();
/// assert_eq!(off.kind, DayKind::SwappedOff);
/// assert!(off.source.act.contains("2450/VPCP-KGVX"));
/// assert_eq!(calendar.day(day("2150-01-01")).unwrap_err().code(), "calendar.date_out_of_range");
/// ```
#[derive(Debug, Clone)]
pub struct Calendar {
    first: NaiveDate,
    announced_to: NaiveDate,
    /// For day `i`, the working days before it; one entry more than there are days.
    before: Vec<u16>,
    /// For each working day in order, its day.
    nth: Vec<u16>,
    /// For each working day in order, the working seconds before it; one entry more.
    seconds_before: Vec<i64>,
    /// Office hours, each from a working day on.
    hours: Vec<(usize, Hours)>,
    weeks: Vec<Week>,
    /// The days that differ from their week, by date.
    specials: Vec<Special>,
    sources: Vec<Source>,
}

impl Calendar {
    /// The calendar of Vietnam's public sector: 2013 to 2027 as announced, from then to 2100 projected.
    #[must_use]
    pub fn vietnam() -> &'static Arc<Self> {
        static VIETNAM: LazyLock<Arc<Calendar>> =
            LazyLock::new(|| Arc::new(part_of_library(Calendar::load(&CalendarTexts::embedded()))));
        &VIETNAM
    }

    /// The first day it knows.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// The last day it knows.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.date(self.before.len().saturating_sub(2))
    }

    /// The last day that rests on announcements; later days are projected by rule.
    #[must_use]
    pub fn announced_to(&self) -> NaiveDate {
        self.announced_to
    }

    /// What a day is, and why.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn day(&self, date: NaiveDate) -> Result<Day<'_>, CalendarError> {
        self.index(date)?;
        let projected = date > self.announced_to;
        if let Some(special) = self
            .specials
            .binary_search_by_key(&date, |special| special.date)
            .ok()
            .and_then(|i| self.specials.get(i))
        {
            let Special { kind, name_vi, name_en, source, .. } = special;
            let source = self.source(*source);
            return Ok(Day { date, kind: *kind, name_vi, name_en, source, projected });
        }
        let (rest, source) = compile::week_on(&self.weeks, date);
        let (kind, (name_vi, name_en)) =
            if rest { (DayKind::WeeklyRest, compile::rest_name(date)) } else { (DayKind::Working, ("", "")) };
        Ok(Day { date, kind, name_vi, name_en, source: self.source(source), projected })
    }

    /// Whether offices work on a day.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        self.index(date).map(|i| self.works(i))
    }

    /// The day itself if offices work on it, else the next day on which they do.
    ///
    /// # Errors
    /// `calendar.*`
    pub fn working_day_from(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        if self.is_working_day(date)? { Ok(date) } else { self.add_working_days(date, 1) }
    }

    /// The `n`-th working day after a day, which itself is not counted and need not be a working day; with a
    /// negative `n` the one before it, with 0 the day itself (BLDS 2015 Điều 147(2): the first day is not counted).
    ///
    /// # Errors
    /// `calendar.*`
    pub fn add_working_days(&self, date: NaiveDate, n: i32) -> Result<NaiveDate, CalendarError> {
        let i = self.index(date)?;
        let target = match n {
            0 => return Ok(date),
            1.. => i64::from(self.before(i + 1)) + i64::from(n) - 1,
            ..0 => i64::from(self.before(i)) + i64::from(n),
        };
        let day = usize::try_from(target).ok().and_then(|target| self.nth.get(target));
        day.map(|day| self.date(usize::from(*day))).ok_or_else(|| self.result_out_of_range())
    }

    /// The working days after `from` up to and including `to`; if `to` is earlier, the negative number of those
    /// from `to` on, before `from`. So counting undoes adding.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn count_working_days(&self, from: NaiveDate, to: NaiveDate) -> Result<i32, CalendarError> {
        let (from, to) = (self.index(from)?, self.index(to)?);
        let end = usize::from(from <= to);
        Ok(i32::from(self.before(to + end)) - i32::from(self.before(from + end)))
    }

    /// The moment after so much working time: the earliest one, so that a day's work ends at its closing hour and
    /// not at the next opening. Negative time goes back, to the latest moment. Zero gives the moment itself, also
    /// outside office hours. Exact to the second.
    ///
    /// ```
    /// # use motcua::{calendar::Calendar, moment};
    /// use chrono::TimeDelta;
    /// let friday = moment::parse("2026-06-05 16:00").unwrap();
    /// let due = Calendar::vietnam().add_working_time(friday, TimeDelta::hours(8)).unwrap();
    /// assert_eq!(Some(due), moment::parse("2026-06-08 16:00"));
    /// ```
    ///
    /// # Errors
    /// `calendar.*`
    pub fn add_working_time(
        &self,
        at: NaiveDateTime,
        time: TimeDelta,
    ) -> Result<NaiveDateTime, CalendarError> {
        let target = self.worked_until(at)?.saturating_add(time.num_seconds());
        if time.num_seconds() == 0 {
            return Ok(at);
        }
        let forward = time.num_seconds() > 0;
        // The working day whose seconds hold the target; a target on the edge of two belongs to the one we come from.
        let later = self
            .seconds_before
            .partition_point(|before| if forward { *before < target } else { *before <= target });
        let ordinal = later.checked_sub(1).ok_or_else(|| self.result_out_of_range())?;
        let (Some(day), Some(before)) = (self.nth.get(ordinal), self.seconds_before.get(ordinal)) else {
            return Err(self.result_out_of_range());
        };
        let hours = self.hours_of(ordinal);
        let worked = u32::try_from(target - before).map_err(|_| self.result_out_of_range())?;
        let second = if forward { hours.earliest(worked) } else { hours.latest(worked) };
        Ok(moment_on(self.date(usize::from(*day)), second))
    }

    /// The working time from one moment to another; negative if `to` is earlier. Exact to the second.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn count_working_time(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
    ) -> Result<TimeDelta, CalendarError> {
        Ok(TimeDelta::seconds(self.worked_until(to)? - self.worked_until(from)?))
    }

    /// When the office opens and closes on a day; `None` if it does not.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn open_and_close(
        &self,
        date: NaiveDate,
    ) -> Result<Option<(NaiveDateTime, NaiveDateTime)>, CalendarError> {
        let hours = self.hours(date)?;
        Ok(hours.map(|hours| (moment_on(date, hours.opening()), moment_on(date, hours.closing()))))
    }

    /// The days after `from` up to and including `to`.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub(crate) fn days(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<impl Iterator<Item = Day<'_>>, CalendarError> {
        self.index(from)?;
        self.index(to)?;
        let after = from.iter_days().skip(1).take_while(move |day| *day <= to);
        Ok(after.filter_map(|date| self.day(date).ok()))
    }

    pub(crate) fn hours(&self, date: NaiveDate) -> Result<Option<&Hours>, CalendarError> {
        let i = self.index(date)?;
        Ok(self.works(i).then(|| self.hours_of(usize::from(self.before(i)))))
    }

    fn worked_until(&self, at: NaiveDateTime) -> Result<i64, CalendarError> {
        let i = self.index(at.date())?;
        let ordinal = usize::from(self.before(i));
        let before = self.seconds_before.get(ordinal).copied().unwrap_or_default();
        let today =
            if self.works(i) { self.hours_of(ordinal).worked(at.num_seconds_from_midnight()) } else { 0 };
        Ok(before + i64::from(today))
    }

    fn hours_of(&self, ordinal: usize) -> &Hours {
        let later = self.hours.partition_point(|(first, _)| *first <= ordinal).max(1);
        // There is always one: a calendar without hours is not compiled.
        self.hours.get(later - 1).map_or(&compile::NO_HOURS, |(_, hours)| hours)
    }

    fn works(&self, i: usize) -> bool {
        self.before(i + 1) > self.before(i)
    }

    fn before(&self, i: usize) -> u16 {
        self.before.get(i).copied().unwrap_or_default()
    }

    fn source(&self, i: usize) -> &Source {
        self.sources.get(i).unwrap_or(&compile::NO_SOURCE)
    }

    fn index(&self, date: NaiveDate) -> Result<usize, CalendarError> {
        let days = date.num_days_from_ce() - self.first.num_days_from_ce();
        usize::try_from(days)
            .ok()
            .filter(|i| i + 1 < self.before.len())
            .ok_or_else(|| CalendarError::DateOutOfRange { date, first: self.first, last: self.last_day() })
    }

    fn date(&self, i: usize) -> NaiveDate {
        self.first.checked_add_days(Days::new(i as u64)).unwrap_or(NaiveDate::MAX)
    }

    fn result_out_of_range(&self) -> CalendarError {
        CalendarError::ResultOutOfRange { first: self.first, last: self.last_day() }
    }
}

fn moment_on(date: NaiveDate, second: u32) -> NaiveDateTime {
    NaiveDateTime::from(date) + TimeDelta::seconds(i64::from(second))
}
