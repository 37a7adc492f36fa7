//! Working time, to the second.

use super::{Calendar, CalendarError, EPOCH};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A moment in seconds since 1970-01-01 00:00, Vietnam time.
#[inline]
pub(crate) fn seconds(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp()
}

/// The moment of so many seconds.
#[inline]
pub(crate) fn moment(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).map_or(NaiveDateTime::MAX, |at| at.naive_utc())
}

impl Calendar {
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
        let from = seconds(at);
        self.moment_index(from)?;
        if time.num_seconds() == 0 {
            return Ok(at);
        }
        self.add_seconds(from, time.num_seconds()).map(moment)
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
        Ok(TimeDelta::seconds(self.count_seconds(seconds(from), seconds(to))?))
    }

    /// When the office opens and closes on a day; `None` if it does not.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn open_and_close(
        &self,
        date: NaiveDate,
    ) -> Result<Option<(NaiveDateTime, NaiveDateTime)>, CalendarError> {
        let i = self.index(date)?;
        let at = |second: u32| moment(self.midnight(i) + i64::from(second));
        Ok(self.hours(i).map(|hours| (at(hours.opening()), at(hours.closing()))))
    }

    /// Whether the office is open at a moment: in office hours, or when a unit receives on a day that is no working
    /// day of a time limit.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn is_open(&self, at: NaiveDateTime) -> Result<bool, CalendarError> {
        let i = self.index(at.date())?;
        let special = self.days.specials.binary_search_by_key(&at.date(), |special| special.date).is_ok();
        Ok(match self.hours(i) {
            Some(hours) => hours.is_open(u32::try_from(seconds(at).rem_euclid(DAY)).unwrap_or_default()),
            // Never on holidays.
            None => !special && self.unit.as_ref().is_some_and(|unit| unit.receives(at)),
        })
    }

    /// The day of a moment, by number.
    #[inline]
    pub(crate) fn moment_index(&self, at: i64) -> Result<u16, CalendarError> {
        let day = at.div_euclid(DAY);
        self.index_of(day).ok_or_else(|| self.out_of_range(date_of(day)))
    }

    /// The midnight with which a day begins.
    #[inline]
    pub(crate) fn midnight(&self, i: u16) -> i64 {
        (i64::from(self.days.first) + i64::from(i)) * DAY
    }

    /// [`Calendar::add_working_time`] in seconds, of which there is at least one.
    #[inline]
    pub(crate) fn add_seconds(&self, at: i64, time: i64) -> Result<i64, CalendarError> {
        let target = i64::from(self.worked_until(at)?).saturating_add(time);
        let found = u32::try_from(target)
            .ok()
            .and_then(|target| if time > 0 { self.time.earliest(target) } else { self.time.latest(target) });
        let (ordinal, second) = found.ok_or_else(|| self.result_out_of_range())?;
        Ok(self.midnight(self.days.nth(ordinal)) + i64::from(second))
    }

    /// [`Calendar::count_working_time`] in seconds.
    #[inline]
    pub(crate) fn count_seconds(&self, from: i64, to: i64) -> Result<i64, CalendarError> {
        Ok(i64::from(self.worked_until(to)?) - i64::from(self.worked_until(from)?))
    }

    /// The seconds worked from the beginning of the calendar to a moment.
    #[inline]
    pub(crate) fn worked_until(&self, at: i64) -> Result<u32, CalendarError> {
        let i = self.moment_index(at)?;
        let ordinal = self.days.before(i);
        let before = self.time.before(ordinal);
        let today = match u16::try_from(ordinal) {
            Ok(ordinal) if self.days.works(i) => {
                self.time.hours(ordinal).worked(u32::try_from(at - self.midnight(i)).unwrap_or_default())
            }
            _ => 0,
        };
        Ok(before + today)
    }
}

#[cold]
pub(crate) fn date_of(day: i64) -> NaiveDate {
    let days = i32::try_from(day).ok().and_then(|day| day.checked_add(EPOCH));
    let far = if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    days.and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(far)
}
