//! Columns of dates and moments.
//!
//! A date is the number of days since 1970-01-01, as `i32` (Arrow's `date32`) or `i64` (NumPy's `datetime64[D]`); a
//! moment is the number of seconds since 1970-01-01 00:00, Vietnam time, as `i64`. The smallest number of a type is a
//! missing value, in and out ([`Number::MISSING`], NumPy's `NaT`).
//!
//! Every row is answered that can be; the others are left missing and reported by index. A result after
//! [`super::Calendar::announced_to`] is projected: it rests on days that an announcement may still change.

mod days;
mod time;

use super::CalendarError;
use std::ops::Range;
use std::thread;

/// What a column may hold: `i32` and `i64`.
pub trait Number: Copy + Send + Sync + Into<i64> + sealed::Bulk {
    /// The value that stands for none.
    const MISSING: Self;
}

impl Number for i32 {
    const MISSING: Self = Self::MIN;
}

impl Number for i64 {
    const MISSING: Self = Self::MIN;
}

/// Arithmetic on millions of rows: what is out of bounds stays visible, and is not an error yet.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what does not fit is made too large to be taken for a day"
)]
mod sealed {
    pub trait Bulk {
        /// The days since a first one; far too many if it lies before that.
        fn since(self, first: i32) -> u32;
        /// A step; one that no calendar holds stays one.
        fn step(self) -> i32;
        /// The day so many days after a first one.
        fn day(first: i32, days: u16) -> Self;
    }

    impl Bulk for i32 {
        #[inline(always)]
        fn since(self, first: i32) -> u32 {
            self.wrapping_sub(first).cast_unsigned()
        }

        #[inline(always)]
        fn step(self) -> i32 {
            self
        }

        #[inline(always)]
        fn day(first: i32, days: u16) -> Self {
            first + Self::from(days)
        }
    }

    impl Bulk for i64 {
        #[inline(always)]
        fn since(self, first: i32) -> u32 {
            self.wrapping_sub(Self::from(first)).cast_unsigned().min(u64::from(u32::MAX)) as u32
        }

        #[inline(always)]
        fn step(self) -> i32 {
            self.clamp(-1 << 30, 1 << 30) as i32
        }

        #[inline(always)]
        fn day(first: i32, days: u16) -> Self {
            Self::from(first) + Self::from(days)
        }
    }
}

/// What happens to a start that is no working day. Libraries differ in it without saying so; here it is always said.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Roll {
    /// It is not counted, as by law no first day is: `+1` is the next working day, `-1` the last one before, `0` the
    /// day itself. [`super::Calendar::add_working_days`] does this.
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
    /// The days after the first up to and including the last, as by law: [`super::Calendar::count_working_days`].
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rows {
    /// On so many threads, 256 at most; 0 and 1 both mean on this one.
    pub threads: usize,
}

/// A number that was meant for something else should not ask the machine for thousands of them.
const MOST_THREADS: usize = 256;

/// So many rows are worked on before anyone looks whether one was bad.
const CHUNK: usize = 4096;

impl Rows {
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
                    *out = match exact(row) {
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
        let rows = out.len().div_ceil(self.threads.clamp(1, MOST_THREADS)).next_multiple_of(CHUNK).max(CHUNK);
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
