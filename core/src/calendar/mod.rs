//! Which days and minutes are working time.
//!
//! A [`Calendar`] is compiled once from files (`core/data/calendar`) into flat tables: for each day the number of
//! working days before it, and for each of those numbers its day. Adding and counting working days are then two
//! reads, however many days it is about. Working time has the same tables in seconds. Columns of dates and moments
//! are in [`mod@column`].
//!
//! All moments are Vietnam time (UTC+07:00).

pub mod column;
mod compile;
mod day;
mod error;
mod hours;
mod law;
mod load;
mod tables;
mod time;
mod unit;

pub use day::{Day, DayChange, DayKind, Question, Source};
pub use error::CalendarError;
pub use load::CalendarTexts;

use crate::problem::part_of_library;
use chrono::{Datelike, NaiveDate};
use hours::Hours;
use law::{Law, View};
use rustc_hash::FxHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, LazyLock};
use tables::{DayTable, TimeTable};
pub(crate) use time::{DAY, moment, seconds};
use unit::Unit;

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
#[derive(Clone)]
pub struct Calendar {
    law: Arc<Law>,
    view: View,
    unit: Option<Arc<Unit>>,
    /// Shared by the calendars of units that have no days of their own.
    days: Arc<DayTable>,
    time: Arc<TimeTable>,
}

impl Calendar {
    /// The calendar of Vietnam's public sector: 2013 to 2027 as announced, from then to 2100 projected.
    #[must_use]
    pub fn vietnam() -> &'static Arc<Self> {
        static VIETNAM: LazyLock<Arc<Calendar>> =
            LazyLock::new(|| Arc::new(part_of_library(Calendar::load(&CalendarTexts::embedded()))));
        &VIETNAM
    }

    /// Another number for another calendar, whatever makes it so.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = FxHasher::default();
        (&self.days, &self.time).hash(&mut hasher);
        hasher.finish()
    }

    /// The first day it knows.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.law.first
    }

    /// The last day it knows.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.law.last
    }

    /// The last day that rests on announcements; later days are projected by rule.
    #[must_use]
    pub fn announced_to(&self) -> NaiveDate {
        self.days.announced_to
    }

    /// Whether a day lies after the last announced year, so that an announcement may still change it. A result of this
    /// calendar rests on a projection if it, or what it was counted from, is such a day.
    #[must_use]
    pub fn is_projected(&self, date: NaiveDate) -> bool {
        date > self.days.announced_to
    }

    /// What a day is, and why.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn day(&self, date: NaiveDate) -> Result<Day<'_>, CalendarError> {
        self.index(date)?;
        let projected = self.is_projected(date);
        if let Ok(i) = self.days.specials.binary_search_by_key(&date, |special| special.date) {
            let special = &self.days.specials[i];
            let (name_vi, name_en, note) = (&*special.name_vi, &*special.name_en, &*special.note);
            let (kind, known_since, source) =
                (special.kind, special.known_since, self.source(special.source));
            return Ok(Day { date, kind, name_vi, name_en, source, known_since, note, projected });
        }
        let rest = law::rests(&self.law.weeks, date);
        let (kind, (name_vi, name_en)) =
            if rest { (DayKind::WeeklyRest, law::rest_name(date)) } else { (DayKind::Working, ("", "")) };
        let source = self.source(law::week_on(&self.law.weeks, date).map_or(0, |week| week.source));
        let known_since = source.known_since;
        Ok(Day { date, kind, name_vi, name_en, source, known_since, note: "", projected })
    }

    /// Whether offices work on a day.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        self.index(date).map(|i| self.days.works(i))
    }

    /// The day itself if offices work on it, else the next day on which they do.
    ///
    /// # Errors
    /// `calendar.*`
    pub fn working_day_from(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.working_from(self.index(date)?).map(|i| self.date(i)).map_err(|beyond| self.error(beyond))
    }

    /// The `n`-th working day after a day, which itself is not counted and need not be a working day; with a
    /// negative `n` the one before it, with 0 the day itself (BLDS 2015 Điều 147(2): the first day is not counted).
    ///
    /// # Errors
    /// `calendar.*`
    pub fn add_working_days(&self, date: NaiveDate, n: i32) -> Result<NaiveDate, CalendarError> {
        self.add(self.index(date)?, n).map(|i| self.date(i)).map_err(|beyond| self.error(beyond))
    }

    /// The working days after `from` up to and including `to`; if `to` is earlier, the negative number of those
    /// from `to` on, before `from`. So counting undoes adding.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn count_working_days(&self, from: NaiveDate, to: NaiveDate) -> Result<i32, CalendarError> {
        Ok(self.count(self.index(from)?, self.index(to)?))
    }

    /// The calendar as one could know it on a day: without the announcements and laws that came later. Years that were
    /// not announced by then are projected. What it answers otherwise than this one, [`Calendar::changes`] explains.
    ///
    /// It is compiled anew, in about a millisecond; keep it if you need it again.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// let day = |text: &str| text.parse().unwrap();
    /// // 2/1/2026 became a day off eight days before.
    /// let before = Calendar::vietnam().as_known_on(day("2025-12-24"));
    /// let after = Calendar::vietnam().as_known_on(day("2025-12-25"));
    /// assert_eq!(before.add_working_days(day("2025-12-31"), 1).unwrap(), day("2026-01-02"));
    /// assert_eq!(after.add_working_days(day("2025-12-31"), 1).unwrap(), day("2026-01-05"));
    ///
    /// let changes = before.changes(&after);
    /// assert_eq!(changes.len(), 2);
    /// assert_eq!(changes[0].after.date, day("2026-01-02"));
    /// assert!(changes[0].after.source.act.contains("12729/VPCP-KGVX"));
    /// ```
    #[must_use]
    pub fn as_known_on(&self, date: NaiveDate) -> Self {
        let view = View { known_on: Some(date), ..self.view.clone() };
        Self::compile(Arc::clone(&self.law), view, self.unit.clone())
    }

    /// The day as on which it is known, if it was asked for one.
    #[must_use]
    pub fn known_on(&self) -> Option<NaiveDate> {
        self.view.known_on
    }

    /// The questions that the law leaves open, each with the answer that this calendar gives.
    pub fn questions(&self) -> impl Iterator<Item = (&Question, &str)> {
        self.law.questions.iter().enumerate().map(|(i, question)| (question, self.law.answer(&self.view, i)))
    }

    /// The calendar with another answer to an open question.
    ///
    /// ```
    /// use motcua::calendar::{Calendar, DayKind};
    /// let (saturday, monday) = ("2029-11-24".parse().unwrap(), "2029-11-26".parse().unwrap());
    /// let made_up = Calendar::vietnam().answering("culture-day-made-up", "yes").unwrap();
    /// assert_eq!(Calendar::vietnam().day(monday).unwrap().kind, DayKind::Working);
    /// assert_eq!(made_up.day(monday).unwrap().kind, DayKind::Compensatory);
    /// assert_eq!(made_up.day(saturday).unwrap().kind, DayKind::Holiday);
    /// ```
    ///
    /// # Errors
    /// `calendar.question`, `calendar.answer`
    pub fn answering(&self, question: &str, answer: &str) -> Result<Self, CalendarError> {
        let known = || self.law.questions.iter().map(|question| question.id.clone()).collect();
        let i = self.law.questions.iter().position(|asked| asked.id == question);
        let i = i.ok_or_else(|| CalendarError::Question { id: question.into(), known: known() })?;
        let answers = &self.law.questions[i].answers;
        if !answers.iter().any(|known| known == answer) {
            let (question, answer, known) = (question.into(), answer.into(), answers.clone());
            return Err(CalendarError::Answer { question, answer, known });
        }
        let mut view = self.view.clone();
        view.answers.insert(i, answer.into());
        Ok(Self::compile(Arc::clone(&self.law), view, self.unit.clone()))
    }

    /// The days on which another calendar differs from this one in what a day is or in its hours, each with what both say
    /// of it. Both have to be of the same law; of others the days that both know are compared.
    #[must_use]
    pub fn changes<'c>(&'c self, other: &'c Self) -> Vec<DayChange<'c>> {
        self.changes_between(other, self.law.first, self.law.last)
    }

    /// [`Calendar::changes`] of some days.
    pub(crate) fn changes_between<'c>(
        &'c self,
        other: &'c Self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Vec<DayChange<'c>> {
        let dates = first.iter_days().take_while(|date| *date <= last);
        let differ = |date: &NaiveDate| {
            let (Ok(i), Ok(j)) = (self.index(*date), other.index(*date)) else { return false };
            let kind = |calendar: &Self| calendar.day(*date).ok().map(|day| day.kind);
            self.hours(i) != other.hours(j) || kind(self) != kind(other)
        };
        let both = |date| Some(DayChange { before: self.day(date).ok()?, after: other.day(date).ok()? });
        dates.filter(differ).filter_map(both).collect()
    }

    /// The days after `from` up to and including `to`.
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

    /// The number of a day, by which the tables are read.
    #[inline]
    pub(crate) fn index(&self, date: NaiveDate) -> Result<u16, CalendarError> {
        let day = i64::from(date.num_days_from_ce() - EPOCH);
        self.index_of(day).ok_or_else(|| self.error(Beyond::Date(day)))
    }

    /// The number of a day that is counted from 1970-01-01.
    #[inline]
    pub(crate) fn index_of(&self, day: i64) -> Option<u16> {
        let i = day.wrapping_sub(i64::from(self.days.first)).cast_unsigned();
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer days than that")]
        (i < u64::from(self.days.days)).then_some(i as u16)
    }

    /// The day of a number.
    #[inline]
    pub(crate) fn date(&self, i: u16) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.days.first + i32::from(i) + EPOCH).unwrap_or(NaiveDate::MAX)
    }

    #[inline]
    pub(crate) fn works(&self, i: u16) -> bool {
        self.days.works(i)
    }

    /// [`Calendar::add_working_days`] by numbers.
    #[inline]
    pub(crate) fn add(&self, i: u16, n: i32) -> Result<u16, Beyond> {
        if n == 0 {
            return Ok(i);
        }
        let target = if n > 0 { self.days.with(i) - 1 } else { self.days.before(i) }.saturating_add(n);
        self.nth_working_day(target.into())
    }

    /// The working days before a day.
    #[inline]
    pub(crate) fn ordinal(&self, i: u16) -> i32 {
        self.days.before(i)
    }

    /// The working day before which there are so many.
    #[inline]
    pub(crate) fn nth_working_day(&self, n: i64) -> Result<u16, Beyond> {
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer working days than that")]
        let nth = self.days.nth(n as u16);
        let inside = n.cast_unsigned() < u64::from(self.days.working_days.cast_unsigned());
        if inside { Ok(nth) } else { Err(Beyond::Result) }
    }

    /// [`Calendar::count_working_days`] by numbers.
    #[inline]
    pub(crate) fn count(&self, from: u16, to: u16) -> i32 {
        if from <= to {
            self.days.with(to) - self.days.with(from)
        } else {
            self.days.before(to) - self.days.before(from)
        }
    }

    /// [`Calendar::working_day_from`] by numbers.
    #[inline]
    pub(crate) fn working_from(&self, i: u16) -> Result<u16, Beyond> {
        if self.works(i) { Ok(i) } else { self.add(i, 1) }
    }

    /// The hours of a day on which offices work.
    #[inline]
    pub(crate) fn hours(&self, i: u16) -> Option<&Hours> {
        #[expect(clippy::cast_possible_truncation, reason = "there are no more working days than days")]
        let ordinal = self.days.before(i) as u16;
        self.days.works(i).then(|| self.time.hours(ordinal))
    }

    fn source(&self, i: usize) -> &Source {
        let own = || self.unit.as_ref()?.sources.get(i - self.law.sources.len());
        self.law.source(i).or_else(own).unwrap_or(&NO_SOURCE)
    }

    #[cold]
    pub(crate) fn error(&self, beyond: Beyond) -> CalendarError {
        let (first, last) = (self.law.first, self.law.last);
        match beyond {
            Beyond::Result => CalendarError::ResultOutOfRange { first, last },
            Beyond::Date(day) => {
                let days = i32::try_from(day).ok().and_then(|day| day.checked_add(EPOCH));
                let far = if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
                let date = days.and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(far);
                CalendarError::DateOutOfRange { date, first, last }
            }
        }
    }
}

/// What lies outside the calendar; small, since it travels through every count. [`Calendar::error`] tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Beyond {
    /// A day that was given, counted from 1970-01-01.
    Date(i64),
    /// What came out.
    Result,
}

/// The day 1970-01-01, counted as chrono does.
pub(crate) const EPOCH: i32 = 719_163;

static NO_SOURCE: Source = Source {
    id: String::new(),
    act: String::new(),
    known_since: NaiveDate::MIN,
    url: String::new(),
    verified: false,
    note: None,
};

impl std::fmt::Debug for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, last) = (self.first_day(), self.last_day());
        write!(f, "Calendar({first} to {last}, {:?}, unit: {})", self.view, self.unit.is_some())
    }
}
