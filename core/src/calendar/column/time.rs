//! Columns of moments.

use super::{BadRows, Number, Rows, Values, check_lengths};
use crate::calendar::{Beyond, Calendar, CalendarError};
use std::ops::Range;

impl Calendar {
    /// [`Calendar::add_working_time`] for a column of moments, in seconds. A missing moment or time gives a missing
    /// moment.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn add_working_seconds_column(
        &self,
        at: &[i64],
        seconds: Values<'_, i64>,
        rows: Rows,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), at.len() == out.len() && seconds.fits(out.len()))?;
        let one = |at: i64, time: i64| match time {
            0 => self.split(at).map(|_| at),
            time => self.add_seconds(at, time),
        };
        let exact = |row: usize| match (at[row], seconds.get(row).unwrap_or(i64::MISSING)) {
            (i64::MISSING, _) | (_, i64::MISSING) => Ok(None),
            (at, time) => one(at, time).map(Some).map_err(|beyond| self.error(beyond)),
        };
        let fast = |range: Range<usize>, out: &mut [i64]| {
            let mut good = true;
            let mut put = |out: &mut i64, found: Result<i64, Beyond>| match found {
                Ok(moment) => *out = moment,
                Err(_) => good = false,
            };
            let at = &at[range.clone()];
            match seconds {
                Values::All(time) => at.iter().zip(out).for_each(|(at, out)| put(out, one(*at, time))),
                Values::Each(times) => {
                    let rows = at.iter().zip(&times[range]).zip(out);
                    rows.for_each(|((at, time), out)| put(out, one(*at, *time)));
                }
            }
            good
        };
        rows.fill(out, i64::MISSING, fast, exact)
    }

    /// [`Calendar::count_working_time`] for a column of moments, in seconds. A missing moment gives a missing count.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn count_working_seconds_column(
        &self,
        from: Values<'_, i64>,
        to: Values<'_, i64>,
        rows: Rows,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), from.fits(out.len()) && to.fits(out.len()))?;
        let exact = |row: usize| match (from.get(row), to.get(row)) {
            (Some(from), Some(to)) if from != i64::MISSING && to != i64::MISSING => {
                self.count_seconds(from, to).map(Some).map_err(|beyond| self.error(beyond))
            }
            _ => Ok(None),
        };
        let fast = |range: Range<usize>, out: &mut [i64]| {
            let mut good = true;
            for (row, out) in range.zip(out) {
                let (from, to) = (from.get(row).unwrap_or_default(), to.get(row).unwrap_or_default());
                match self.count_seconds(from, to) {
                    Ok(count) => *out = count,
                    Err(_) => good = false,
                }
            }
            good
        };
        rows.fill(out, i64::MISSING, fast, exact)
    }
}
