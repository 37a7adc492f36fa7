//! Working time, to the second.

use super::{Beyond, Calendar, CalendarError};
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
        let added = match time.num_seconds() {
            0 => self.split(from).map(|_| from),
            time => self.add_seconds(from, time),
        };
        added.map(moment).map_err(|beyond| self.error(beyond))
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
        let count = self.count_seconds(seconds(from), seconds(to));
        count.map(TimeDelta::seconds).map_err(|beyond| self.error(beyond))
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
            None => !special && self.unit.as_ref().is_some_and(|unit| unit.receives(&self.view, at)),
        })
    }

    /// The day of a moment, by number, and the second of the day.
    #[inline]
    pub(crate) fn split(&self, at: i64) -> Result<(u16, u32), Beyond> {
        let since = at.wrapping_sub(i64::from(self.days.first) * DAY).cast_unsigned();
        if since >= u64::from(self.days.days) * DAY.cast_unsigned() {
            return Err(Beyond::Date(at.div_euclid(DAY)));
        }
        #[expect(clippy::cast_possible_truncation, reason = "no calendar has more seconds")]
        let since = since as u32;
        let day = (since / 86_400) as u16;
        Ok((day, since % 86_400))
    }

    /// The day of a moment, by number.
    #[inline]
    pub(crate) fn day_at(&self, at: i64) -> Result<u16, Beyond> {
        self.split(at).map(|(day, _)| day)
    }

    /// The midnight with which a day begins.
    #[inline]
    pub(crate) fn midnight(&self, i: u16) -> i64 {
        (i64::from(self.days.first) + i64::from(i)) * DAY
    }

    /// [`Calendar::add_working_time`] in seconds, of which there is at least one.
    #[inline]
    pub(crate) fn add_seconds(&self, at: i64, time: i64) -> Result<i64, Beyond> {
        let target = i64::from(self.worked_until(at)?).saturating_add(time);
        let target = u32::try_from(target).map_err(|_| Beyond::Result)?;
        let found = if time > 0 { self.time.earliest(target) } else { self.time.latest(target) };
        let (ordinal, second) = found.ok_or(Beyond::Result)?;
        if i32::from(ordinal) >= self.days.working_days {
            return Err(Beyond::Result);
        }
        Ok(self.midnight(self.days.nth(ordinal)) + i64::from(second))
    }

    /// [`Calendar::count_working_time`] in seconds.
    #[inline]
    pub(crate) fn count_seconds(&self, from: i64, to: i64) -> Result<i64, Beyond> {
        Ok(i64::from(self.worked_until(to)?) - i64::from(self.worked_until(from)?))
    }

    /// The seconds worked from the beginning of the calendar to a moment.
    #[inline]
    pub(crate) fn worked_until(&self, at: i64) -> Result<u32, Beyond> {
        let (day, second) = self.split(at)?;
        let (ordinal, works) = (self.days.before(day), self.days.works(day));
        Ok(self.time.worked(ordinal.cast_unsigned(), works, second))
    }
}
