//! Columns of dates and moments.
//!
//! A date is the number of days since 1970-01-01, as `i32` (Arrow's `date32`) or `i64` (NumPy's `datetime64[D]`); a
//! moment is the number of seconds since 1970-01-01 00:00, Vietnam time, as `i64`. The smallest number of a type is a
//! missing value, in and out ([`Number::MISSING`], NumPy's `NaT`).
//!
//! Every row is answered that can be; the others are left missing and reported by index.

use super::time::date_of;
use super::{Calendar, CalendarError};
use chrono::Datelike;
use std::ops::Range;
use std::thread;

/// What a column may hold: `i32` and `i64`.
pub trait Number: Copy + Send + Sync + Into<i64> + TryFrom<i64> + sealed::Sealed {
    /// The value that stands for none.
    const MISSING: Self;

    /// A value that is known to fit.
    #[doc(hidden)]
    fn from_i64(value: i64) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i32 {}
    impl Sealed for i64 {}
}

impl Number for i32 {
    const MISSING: Self = Self::MIN;

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "known to fit")]
    fn from_i64(value: i64) -> Self {
        value as Self
    }
}

impl Number for i64 {
    const MISSING: Self = Self::MIN;

    #[inline]
    fn from_i64(value: i64) -> Self {
        value
    }
}

/// What happens to a start that is no working day. Libraries differ in it without saying so; here it is always said.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Roll {
    /// It is not counted, as by law no first day is: `+1` is the next working day, `-1` the last one before, `0` the
    /// day itself. [`Calendar::add_working_days`] does this.
    NotCounted,
    /// First it moves to the next working day.
    Forward,
    /// First it moves to the last working day before.
    Backward,
    /// As `Forward`, unless that is in another month; then as `Backward`.
    ModifiedFollowing,
    /// As `Backward`, unless that is in another month; then as `Forward`.
    ModifiedPreceding,
    /// The row is bad.
    Refuse,
}

/// Which of the two days counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// The days after the first up to and including the last, as by law: [`Calendar::count_working_days`].
    FirstExcluded,
    /// The days from the first on up to the last, which is not counted: NumPy's `busday_count`.
    LastExcluded,
}

/// One value for all rows, or one for each.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a, T> {
    /// For all.
    All(T),
    /// For each row its own; as long as the column.
    Each(&'a [T]),
}

impl<T: Copy> Values<'_, T> {
    pub(crate) fn get(&self, i: usize) -> Option<T> {
        match self {
            Self::All(value) => Some(*value),
            Self::Each(values) => values.get(i).copied(),
        }
    }

    pub(crate) fn fits(&self, rows: usize) -> bool {
        matches!(self, Self::All(_)) || matches!(self, Self::Each(values) if values.len() == rows)
    }
}

/// The rows that have no answer. All others have theirs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the rows cannot be answered; the first of them is row {}: {first}", rows.len(), rows.first().unwrap_or(&0))]
pub struct BadRows<E> {
    /// Their indexes, from 0, in order.
    pub rows: Vec<usize>,
    /// What is wrong with the first of them.
    pub first: E,
}

/// How the rows are gone through.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// On so many threads; 0 and 1 both mean on this one.
    pub threads: usize,
    /// Whether a row has a value at all. Rows that have none are left missing, and are not bad.
    pub valid: &'a (dyn Fn(usize) -> bool + Sync),
}

impl Default for Rows<'_> {
    fn default() -> Self {
        Self { threads: 1, valid: &|_| true }
    }
}

/// So many rows are worked on before anyone looks whether one was bad.
const CHUNK: usize = 4096;

impl Rows<'_> {
    /// Fills a column. `fast` fills a part of it and says whether all rows were good; where one was not, `exact` is
    /// asked row by row.
    pub(crate) fn fill<O: Copy + Send + Sync, E: Send>(
        &self,
        out: &mut [O],
        missing: O,
        fast: impl Fn(Range<usize>, &mut [O]) -> bool + Sync,
        exact: impl Fn(usize) -> Result<Option<O>, E> + Sync,
    ) -> Result<(), BadRows<E>> {
        let part = |first: usize, out: &mut [O]| {
            let mut bad: Vec<usize> = Vec::new();
            let mut error = None;
            for (i, out) in out.chunks_mut(CHUNK).enumerate() {
                let begin = first + i * CHUNK;
                if fast(begin..begin + out.len(), out) {
                    continue;
                }
                for (row, out) in (begin..).zip(out) {
                    let found = if (self.valid)(row) { exact(row) } else { Ok(None) };
                    *out = match found {
                        Ok(value) => value.unwrap_or(missing),
                        Err(found) => {
                            bad.push(row);
                            error.get_or_insert(found);
                            missing
                        }
                    };
                }
            }
            error.map(|first| BadRows { rows: bad, first })
        };
        let rows = out.len().div_ceil(self.threads.max(1)).next_multiple_of(CHUNK).max(CHUNK);
        let found: Vec<Option<BadRows<E>>> = if rows >= out.len() {
            vec![part(0, out)]
        } else {
            thread::scope(|scope| {
                let parts = out.chunks_mut(rows).enumerate();
                let running: Vec<_> = parts
                    .map(|(i, out)| {
                        let part = &part;
                        scope.spawn(move || part(i * rows, out))
                    })
                    .collect();
                let ended = running.into_iter().map(|thread| {
                    // A panic of a part is a panic of the whole.
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                });
                ended.collect()
            })
        };
        let joined = found.into_iter().flatten().reduce(|mut all, part| {
            all.rows.extend(part.rows);
            all
        });
        joined.map_or(Ok(()), Err)
    }
}

/// The columns that are given do not have the same length.
fn check_lengths<E: From<CalendarError>>(rows: usize, fits: bool) -> Result<(), BadRows<E>> {
    let first = CalendarError::ColumnLengths { rows };
    if fits { Ok(()) } else { Err(BadRows { rows: Vec::new(), first: first.into() }) }
}

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
        rows: Rows<'_>,
        out: &mut [D],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), dates.len() == out.len() && steps.fits(out.len()))?;
        let exact = |row: usize| match (dates[row].into(), steps.get(row).map_or(NO_STEP, Into::into)) {
            (date, n) if date == D::MISSING.into() || n == N::MISSING.into() => Ok(None),
            (date, n) => self.add_rolled(date, n, roll).map(|date| Some(D::from_i64(date))),
        };
        let days = &*self.days;
        let (first, working_days) = (i64::from(days.first), i64::from(days.working_days));
        // For the rolls that matter in bulk: the day's number among the working days, moved by the step.
        macro_rules! fill {
            ($target:expr) => {{
                let one = |date: D, n: i64| {
                    let i: i64 = date.into().wrapping_sub(first);
                    let inside = i.cast_unsigned() < u64::from(days.days);
                    #[expect(clippy::cast_possible_truncation, reason = "not used unless it is inside")]
                    let i = i as u16;
                    let target: i64 = $target(i, n);
                    let inside = inside & (target.cast_unsigned() < working_days.cast_unsigned());
                    #[expect(clippy::cast_possible_truncation, reason = "not used unless it is inside")]
                    let day = days.nth(target as u16);
                    (first + i64::from(if n == 0 && roll == Roll::NotCounted { i } else { day }), inside)
                };
                let fast = |range: Range<usize>, out: &mut [D]| {
                    let mut good = true;
                    let dates = &dates[range.clone()];
                    match steps {
                        Values::All(n) => {
                            let n = n.into();
                            for (date, out) in dates.iter().zip(out) {
                                let (day, inside) = one(*date, n);
                                *out = D::from_i64(day);
                                good &= inside;
                            }
                        }
                        Values::Each(steps) => {
                            for ((date, n), out) in dates.iter().zip(&steps[range]).zip(out) {
                                let (day, inside) = one(*date, (*n).into());
                                *out = D::from_i64(day);
                                good &= inside;
                            }
                        }
                    }
                    good
                };
                rows.fill(out, D::MISSING, fast, exact)
            }};
        }
        let before = |i: u16| i64::from(days.before(i));
        match roll {
            Roll::Backward => fill!(|i: u16, n: i64| (before(i.wrapping_add(1)) - 1).wrapping_add(n)),
            Roll::Forward => fill!(|i: u16, n: i64| before(i).wrapping_add(n)),
            Roll::NotCounted => fill!(|i: u16, n: i64| {
                let forward = u16::from(n > 0);
                // A day of no steps has an answer wherever it lies.
                let target = (before(i.wrapping_add(forward)) - i64::from(forward)).wrapping_add(n);
                if n == 0 { 0 } else { target }
            }),
            Roll::Refuse => fill!(|i: u16, n: i64| {
                let ordinal = before(i);
                if before(i.wrapping_add(1)) == ordinal { -1 } else { ordinal.wrapping_add(n) }
            }),
            Roll::ModifiedFollowing | Roll::ModifiedPreceding => {
                rows.fill(out, D::MISSING, |_, _| false, exact)
            }
        }
    }

    fn add_rolled(&self, date: i64, n: i64, roll: Roll) -> Result<i64, CalendarError> {
        let i = self.index_of(date).ok_or_else(|| self.out_of_range(date_of(date)))?;
        let n = i32::try_from(n).map_err(|_| self.result_out_of_range())?;
        let works = self.works(i);
        let start = match roll {
            _ if works => i,
            Roll::NotCounted => i,
            Roll::Refuse => return Err(CalendarError::NoWorkingDay { date: self.date(i) }),
            Roll::Forward => self.add(i, 1)?,
            Roll::Backward => self.add(i, -1)?,
            Roll::ModifiedFollowing | Roll::ModifiedPreceding => {
                let (first, second) = if roll == Roll::ModifiedFollowing { (1, -1) } else { (-1, 1) };
                let moved = self.add(i, first)?;
                let same_month = self.date(moved).month() == self.date(i).month();
                if same_month { moved } else { self.add(i, second)? }
            }
        };
        Ok(i64::from(self.days.first) + i64::from(self.add(start, n)?))
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
        rows: Rows<'_>,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), from.fits(out.len()) && to.fits(out.len()))?;
        let days = &*self.days;
        let first = i64::from(days.first);
        let index = |date: D| {
            let i: i64 = date.into().wrapping_sub(first);
            #[expect(clippy::cast_possible_truncation, reason = "not used unless it is inside")]
            (i as u16, i.cast_unsigned() < u64::from(days.days))
        };
        let count = |from: u16, to: u16| {
            // Backwards, the end that was excluded is the other one.
            let shift = match ends {
                Ends::FirstExcluded => u16::from(from <= to),
                Ends::LastExcluded => u16::from(from > to),
            };
            i64::from(days.before(to.wrapping_add(shift)) - days.before(from.wrapping_add(shift)))
        };
        let one = |from: D, to: D| {
            let ((from, a), (to, b)) = (index(from), index(to));
            (count(from, to), a & b)
        };
        let fast = |range: Range<usize>, out: &mut [i64]| {
            let mut good = true;
            let mut put = |out: &mut i64, (count, inside)| {
                *out = count;
                good &= inside;
            };
            match (from, to) {
                (Values::Each(from), Values::Each(to)) => {
                    let pairs = from[range.clone()].iter().zip(&to[range]);
                    pairs.zip(out).for_each(|((from, to), out)| put(out, one(*from, *to)));
                }
                (Values::All(from), Values::Each(to)) => {
                    to[range].iter().zip(out).for_each(|(to, out)| put(out, one(from, *to)));
                }
                (Values::Each(from), Values::All(to)) => {
                    from[range].iter().zip(out).for_each(|(from, out)| put(out, one(*from, to)));
                }
                (Values::All(from), Values::All(to)) => {
                    out.iter_mut().for_each(|out| put(out, one(from, to)));
                }
            }
            good
        };
        let exact = |row: usize| {
            let day = |values: &Values<'_, D>| values.get(row).unwrap_or(D::MISSING).into();
            let (from, to): (i64, i64) = (day(&from), day(&to));
            if from == D::MISSING.into() || to == D::MISSING.into() {
                return Ok(None);
            }
            let index = |day| self.index_of(day).ok_or_else(|| self.out_of_range(date_of(day)));
            Ok(Some(count(index(from)?, index(to)?)))
        };
        rows.fill(out, i64::MISSING, fast, exact)
    }

    /// Whether each day is a working day; of a missing date, or one outside the calendar, `false`.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn is_working_day_column<D: Number>(
        &self,
        dates: &[D],
        rows: Rows<'_>,
        out: &mut [bool],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), dates.len() == out.len())?;
        let exact = |row: usize| match dates[row].into() {
            date if date == D::MISSING.into() => Ok(None),
            date => {
                let i = self.index_of(date).ok_or_else(|| self.out_of_range(date_of(date)))?;
                Ok(Some(self.works(i)))
            }
        };
        rows.fill(out, false, |_, _| false, exact)
    }

    /// [`Calendar::add_working_time`] for a column of moments, in seconds. A missing moment or time gives a missing
    /// moment.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn add_working_seconds_column(
        &self,
        at: &[i64],
        seconds: Values<'_, i64>,
        rows: Rows<'_>,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), at.len() == out.len() && seconds.fits(out.len()))?;
        let one = |at: i64, time: i64| {
            if at == i64::MISSING || time == i64::MISSING {
                return Ok(None);
            }
            if time == 0 {
                return self.moment_index(at).map(|_| Some(at));
            }
            self.add_seconds(at, time).map(Some)
        };
        let fast = |range: Range<usize>, out: &mut [i64]| {
            let mut good = true;
            for ((row, at), out) in range.clone().zip(&at[range]).zip(out) {
                match seconds.get(row).map(|time| one(*at, time)) {
                    Some(Ok(Some(moment))) => *out = moment,
                    _ => good = false,
                }
            }
            good
        };
        rows.fill(out, i64::MISSING, fast, |row| one(at[row], seconds.get(row).unwrap_or(i64::MISSING)))
    }

    /// [`Calendar::count_working_time`] for a column of moments, in seconds. A missing moment gives a missing count.
    ///
    /// # Errors
    /// The bad rows, with `calendar.*` of the first; `calendar.column_lengths` without rows.
    pub fn count_working_seconds_column(
        &self,
        from: Values<'_, i64>,
        to: Values<'_, i64>,
        rows: Rows<'_>,
        out: &mut [i64],
    ) -> Result<(), BadRows<CalendarError>> {
        check_lengths(out.len(), from.fits(out.len()) && to.fits(out.len()))?;
        let one = |row: usize| match (from.get(row), to.get(row)) {
            (Some(from), Some(to)) if from != i64::MISSING && to != i64::MISSING => {
                self.count_seconds(from, to).map(Some)
            }
            _ => Ok(None),
        };
        let fast = |range: Range<usize>, out: &mut [i64]| {
            let mut good = true;
            for (row, out) in range.zip(out) {
                match one(row) {
                    Ok(Some(count)) => *out = count,
                    _ => good = false,
                }
            }
            good
        };
        rows.fill(out, i64::MISSING, fast, one)
    }
}

/// No row is without its step once the lengths are checked.
const NO_STEP: i64 = i64::MIN;
