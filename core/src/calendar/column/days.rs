//! Columns of dates.

use super::{BadRows, Ends, Number, Roll, Rows, Values, check_lengths};
use crate::calendar::{Beyond, Calendar, CalendarError};
use chrono::Datelike;
use std::ops::Range;

impl Calendar {
    /// [`Calendar::add_working_days`] for a column; a missing date or number gives a missing date. What happens to a
    /// date that is no working day is said by `roll`.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::calendar::column::{Roll, Rows, Values};
    /// // 26/4/2024, a Friday, and 27/4/2024, a Saturday, as days since 1970.
    /// let (dates, mut out) = ([19_839, 19_840], [0; 2]);
    /// let (calendar, rows) = (Calendar::vietnam(), Rows::default());
    /// calendar.add_working_days_column(&dates, Values::All(1), Roll::NotCounted, rows, &mut out).unwrap();
    /// assert_eq!(out, [19_845, 19_845], "both 2/5/2024");
    /// let bad = calendar.add_working_days_column(&dates, Values::All(1), Roll::Refuse, rows, &mut out).unwrap_err();
    /// assert_eq!(bad.rows, [1]);
    /// assert_eq!(out, [19_845, i32::MIN]);
    /// ```
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn add_working_days_column<D: Number, N: Number>(
        &self,
        dates: &[D],
        steps: Values<'_, N>,
        roll: Roll,
        rows: Rows,
        out: &mut [D],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), dates.len() == out.len() && steps.fits(out.len()))?;
        let exact = |row: usize| match (dates[row].into(), steps.get(row).map_or(i64::MISSING, Into::into)) {
            (date, n) if date == D::MISSING.into() || n == N::MISSING.into() => Ok(None),
            (date, n) => {
                let day = self.add_rolled(date, n, roll)?;
                Ok(Some(D::day(self.days.first, day)))
            }
        };
        let days = &*self.days;
        // The number of a day among the working days, moved by the step; too large if there is no such day.
        let forward = |i: u16, n: i32| days.before(i).wrapping_add(n).cast_unsigned();
        let backward = |i: u16, n: i32| days.with(i).wrapping_add(n.wrapping_sub(1)).cast_unsigned();
        let later = |i: u16, n: i32| if n > 0 { backward(i, n) } else { u32::MAX };
        let strict = |i: u16, n: i32| if days.works(i) { forward(i, n) } else { u32::MAX };
        match roll {
            Roll::Backward => {
                rows.fill(out, D::MISSING, |range, out| self.bulk(dates, steps, range, out, backward), exact)
            }
            Roll::Forward => {
                rows.fill(out, D::MISSING, |range, out| self.bulk(dates, steps, range, out, forward), exact)
            }
            Roll::Refuse => {
                rows.fill(out, D::MISSING, |range, out| self.bulk(dates, steps, range, out, strict), exact)
            }
            Roll::NotCounted => {
                rows.fill(out, D::MISSING, |range, out| self.bulk(dates, steps, range, out, later), exact)
            }
            Roll::ModifiedFollowing | Roll::ModifiedPreceding => {
                rows.fill(out, D::MISSING, |_, _| false, exact)
            }
        }
    }

    /// Fills a part of a column of dates without a branch, and says whether all of it was inside the calendar.
    #[inline(always)]
    fn bulk<D: Number, N: Number>(
        &self,
        dates: &[D],
        steps: Values<'_, N>,
        range: Range<usize>,
        out: &mut [D],
        target: impl Fn(u16, i32) -> u32,
    ) -> bool {
        let days = &*self.days;
        let (all_days, working_days) = (days.days, days.working_days.cast_unsigned());
        // Stops at the first row that is outside.
        let put = |date: D, n: N, out: &mut D| {
            let i = date.since(days.first);
            #[expect(clippy::cast_possible_truncation, reason = "days that do not fit are not moved")]
            let target = target(i as u16, n.step());
            #[expect(clippy::cast_possible_truncation, reason = "days that do not fit are not given")]
            let day = D::day(days.first, days.nth(target as u16));
            *out = day;
            (i < all_days && target < working_days).then_some(())
        };
        let dates = &dates[range.clone()];
        let all = match steps {
            Values::All(n) => dates.iter().zip(out).try_for_each(|(date, out)| put(*date, n, out)),
            Values::Each(steps) => {
                let mut rows = dates.iter().zip(&steps[range]).zip(out);
                rows.try_for_each(|((date, n), out)| put(*date, *n, out))
            }
        };
        all.is_some()
    }

    fn add_rolled(&self, date: i64, n: i64, roll: Roll) -> Result<u16, CalendarError> {
        let i = self.index_of(date).ok_or_else(|| self.error(Beyond::Date(date)))?;
        let n = i32::try_from(n).map_err(|_| self.error(Beyond::Result))?;
        let add = |i, n| self.add(i, n).map_err(|beyond| self.error(beyond));
        let works = self.works(i);
        let start = match roll {
            _ if works => i,
            Roll::NotCounted => i,
            Roll::Refuse => return Err(CalendarError::NoWorkingDay { date: self.date(i) }),
            Roll::Forward => add(i, 1)?,
            Roll::Backward => add(i, -1)?,
            Roll::ModifiedFollowing | Roll::ModifiedPreceding => {
                let (first, second) = if roll == Roll::ModifiedFollowing { (1, -1) } else { (-1, 1) };
                let moved = add(i, first)?;
                let same_month = self.date(moved).month() == self.date(i).month();
                if same_month { moved } else { add(i, second)? }
            }
        };
        add(start, n)
    }

    /// [`Calendar::count_working_days`] for a column. A missing date gives a missing count.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn count_working_days_column<D: Number>(
        &self,
        from: Values<'_, D>,
        to: Values<'_, D>,
        ends: Ends,
        rows: Rows,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), from.fits(out.len()) && to.fits(out.len()))?;
        let days = &*self.days;
        let before = days.befores();
        let first_excluded = move |i: u16, j: u16| {
            i32::from(before[usize::from(j) + 1]) - i32::from(before[usize::from(i) + 1])
        };
        let last_excluded =
            move |i: u16, j: u16| i32::from(before[usize::from(j)]) - i32::from(before[usize::from(i)]);
        let exact = |row: usize| {
            let day = |values: &Values<'_, D>| values.get(row).unwrap_or(D::MISSING).into();
            let (from, to): (i64, i64) = (day(&from), day(&to));
            if from == D::MISSING.into() || to == D::MISSING.into() {
                return Ok(None);
            }
            let index = |day| self.index_of(day).ok_or_else(|| self.error(Beyond::Date(day)));
            let (from, to) = (index(from)?, index(to)?);
            let count = match ends {
                Ends::FirstExcluded => self.count(from, to),
                // Backwards, the end that is not counted is still the second.
                Ends::LastExcluded if from <= to => days.before(to) - days.before(from),
                Ends::LastExcluded => days.with(to) - days.with(from),
            };
            Ok(Some(i64::from(count)))
        };
        match ends {
            Ends::FirstExcluded => {
                let fast = |range, out: &mut [i64]| self.bulk_count(from, to, range, out, first_excluded);
                rows.fill(out, i64::MISSING, fast, exact)
            }
            Ends::LastExcluded => {
                let fast = |range, out: &mut [i64]| self.bulk_count(from, to, range, out, last_excluded);
                rows.fill(out, i64::MISSING, fast, exact)
            }
        }
    }

    /// Counts forwards without a branch, and says whether all days were in order and inside the calendar.
    #[inline(always)]
    fn bulk_count<D: Number>(
        &self,
        from: Values<'_, D>,
        to: Values<'_, D>,
        range: Range<usize>,
        out: &mut [i64],
        count: impl Fn(u16, u16) -> i32,
    ) -> bool {
        let first = self.days.first;
        let days = self.days.days;
        let one = |from: D, to: D| {
            let (from, to) = (from.since(first), to.since(first));
            #[expect(clippy::cast_possible_truncation, reason = "days that do not fit are not counted")]
            (from <= to && to < days).then(|| i64::from(count(from as u16, to as u16)))
        };
        // Stops at the first row that is out of order or outside.
        let put = |out: &mut i64, found: Option<i64>| {
            *out = found?;
            Some(())
        };
        let mut out = out.iter_mut();
        let all = match (from, to) {
            (Values::Each(from), Values::Each(to)) => {
                let mut rows = from[range.clone()].iter().zip(&to[range]).zip(out);
                rows.try_for_each(|((from, to), out)| put(out, one(*from, *to)))
            }
            (Values::All(from), Values::Each(to)) => {
                to[range].iter().zip(out).try_for_each(|(to, out)| put(out, one(from, *to)))
            }
            (Values::Each(from), Values::All(to)) => {
                from[range].iter().zip(out).try_for_each(|(from, out)| put(out, one(*from, to)))
            }
            (Values::All(from), Values::All(to)) => out.try_for_each(|out| put(out, one(from, to))),
        };
        all.is_some()
    }

    /// Whether each day is a working day; of a missing date, or one outside the calendar, `false`.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn is_working_day_column<D: Number>(
        &self,
        dates: &[D],
        rows: Rows,
        out: &mut [bool],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), dates.len() == out.len())?;
        let exact = |row: usize| match dates[row].into() {
            date if date == D::MISSING.into() => Ok(None),
            date => {
                let i = self.index_of(date).ok_or_else(|| self.error(Beyond::Date(date)))?;
                Ok(Some(self.works(i)))
            }
        };
        let fast = |range: Range<usize>, out: &mut [bool]| {
            let mut latest = 0;
            for (date, out) in dates[range].iter().zip(out) {
                let i = date.since(self.days.first);
                latest = latest.max(i);
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "one that does not fit is found afterwards"
                )]
                let works = self.works(i as u16);
                *out = works;
            }
            latest < self.days.days
        };
        rows.fill(out, false, fast, exact)
    }
}
