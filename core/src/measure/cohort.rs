//! Dossiers by group and span of reception, over flat columns: for millions of rows.

use super::{MeasureError, Ratio};
use crate::calendar::Calendar;
use chrono::{Datelike, NaiveDate};
use std::panic::resume_unwind;
use std::thread;

/// Stands for a day that there is not, in columns of days.
pub const NO_DAY: i32 = i32::MIN;

/// Columns of dossiers, one value a row, all of one length. Days are counted from 1970-01-01, as Arrow's `date32` does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns<'a> {
    /// The number of the group, from 0: a unit, a field, a procedure, or whatever the caller numbers.
    pub group: &'a [u32],
    /// The day on which it was taken in.
    pub received: &'a [i32],
    /// The day on which it is due; [`NO_DAY`] if it has no limit.
    pub due: &'a [i32],
    /// The day on which the office was done with it; [`NO_DAY`] while it is open.
    pub finished: &'a [i32],
    /// Whether it came in online.
    pub online: &'a [bool],
    /// Whether its papers were digitised: 0 no, 1 yes, 2 not known.
    pub digitised: &'a [u8],
    /// Whether it was paid online: 0 no, 1 yes, 2 without an obligation, or not known.
    pub paid_online: &'a [u8],
    /// The applicant's rating, 0 to 6; -1 if there is none.
    pub rating: &'a [i8],
}

/// By what spans of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

impl Span {
    /// The first day of the span that holds a day.
    fn begin(self, day: NaiveDate) -> Option<NaiveDate> {
        let month = match self {
            Self::Month => day.month(),
            Self::Quarter => (day.month() - 1) / 3 * 3 + 1,
            Self::Year => 1,
        };
        NaiveDate::from_ymd_opt(day.year(), month, 1)
    }
}

/// What is counted, and how.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// How many groups there are; those of the rows are less.
    pub groups: u32,
    /// By what spans.
    pub span: Span,
    /// The first day of reception; rows before it are left out.
    pub first: NaiveDate,
    /// The last day of reception; rows after it are left out. What is open is judged at its end.
    pub last: NaiveDate,
    /// By whose working days handling times are counted; `None` to count none, which takes less memory and time.
    pub times: Option<&'a Calendar>,
}

/// The counts of a cell. How the dossier stands (settled early, on the due day, late; open in time, overdue), whether it came
/// in online, whether it was digitised and paid online, its rating.
type Slots = [u32; 32];
const STANDS: usize = 0;
const EARLY: usize = STANDS;
const ON_TIME: usize = STANDS + 1;
const LATE: usize = STANDS + 2;
const OPEN: usize = STANDS + 3;
const OVERDUE: usize = STANDS + 4;
const ONLINE: usize = 8;
const DIGITISED: usize = 12;
const PAID: usize = 16;
const RATED: usize = 24;
/// Handling times of fewer working days have a bin each, longer ones stand in a list.
const BINS: usize = 128;

/// Dossiers counted by group and span. Cohorts of one plan merge, in any order; how the rows were ordered, cut or shared
/// among threads makes no difference.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::measure::{Cohorts, Columns, NO_DAY, Plan, Span};
/// let day = |text: &str| text.parse().unwrap();
/// let plan = Plan {
///     groups: 1,
///     span: Span::Month,
///     first: day("2026-06-01"),
///     last: day("2026-07-31"),
///     times: Some(Calendar::vietnam()),
/// };
/// // Days since 1970: 2026-06-01, a Monday, is 20,605.
/// let columns = Columns {
///     group: &[0, 0],
///     received: &[20_605, 20_605],
///     due: &[20_610, 20_610],
///     finished: &[20_608, NO_DAY],
///     online: &[true, false],
///     digitised: &[1, 2],
///     paid_online: &[2, 2],
///     rating: &[-1, -1],
/// };
/// let cohorts = Cohorts::count(&columns, &plan, 1).unwrap();
/// let june = cohorts.get(0, day("2026-06-15")).unwrap();
/// assert_eq!((june.received, june.early, june.overdue), (2, 1, 1));
/// assert_eq!(cohorts.percentile(0, day("2026-06-15"), 50.0), Some(3.0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohorts {
    groups: u32,
    span: Span,
    first: NaiveDate,
    last: NaiveDate,
    /// First days of the spans.
    spans: Vec<NaiveDate>,
    rows: u64,
    outside: u64,
    /// Span by span, then by group: rows come in the order of time, and those of a span lie together.
    cells: Vec<Slots>,
    /// Likewise; empty if no times are counted.
    bins: Vec<[u32; BINS]>,
    /// Cell and working days of those that have no bin, in order.
    long: Vec<(u32, u32)>,
}

/// The counts of one group and span of reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cohort {
    /// Taken in.
    pub received: u64,
    /// Settled, on whatever day.
    pub resolved: u64,
    /// Settled before the due day.
    pub early: u64,
    /// Settled on the due day, or without one.
    pub on_time: u64,
    /// Settled after the due day.
    pub late: u64,
    /// Open, and not overdue on the last day of the plan.
    pub open_in_time: u64,
    /// Open and overdue then.
    pub overdue: u64,
    /// Came in online.
    pub online: u64,
    /// Digitised, of those of which it is known.
    pub digitised: Ratio,
    /// Paid online, of those with an obligation.
    pub paid_online: Ratio,
    /// How many were rated, and the sum of the ratings.
    pub ratings: (u64, u64),
}

impl Cohort {
    /// The mean rating; `None` if there is none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sum and number stay exact")]
    pub fn mean_rating(&self) -> Option<f64> {
        let (count, sum) = self.ratings;
        (count > 0).then(|| sum as f64 / count as f64)
    }

    fn of(slots: &Slots) -> Self {
        let sum = |from: usize, to: usize| -> u64 {
            slots.get(from..to).unwrap_or_default().iter().map(|count| u64::from(*count)).sum()
        };
        let at = |slot: usize| sum(slot, slot + 1);
        let ratio = |slot: usize| Ratio { numerator: at(slot + 1), denominator: sum(slot, slot + 2) };
        let ratings = (0..7).map(|rating| at(RATED + rating) * rating as u64).sum();
        Self {
            received: sum(STANDS, STANDS + 5),
            resolved: sum(STANDS, STANDS + 3),
            early: at(EARLY),
            on_time: at(ON_TIME),
            late: at(LATE),
            open_in_time: at(OPEN),
            overdue: at(OVERDUE),
            online: at(ONLINE + 1),
            digitised: ratio(DIGITISED),
            paid_online: ratio(PAID),
            ratings: (sum(RATED, RATED + 7), ratings),
        }
    }
}

/// What a pass looks up by the day of reception.
#[derive(Clone, Copy)]
struct Received {
    /// The cell of the first group in its span.
    cell: u32,
    /// Working days up to and with it.
    rank: u32,
}

/// What a pass looks up.
struct Tables {
    /// The first day of reception, from 1970.
    first: i32,
    last: i32,
    received: Vec<Received>,
    /// By the days from the first one on: working days up to and with each.
    ranks: Vec<u32>,
}

fn number(day: NaiveDate) -> i32 {
    day.signed_duration_since(NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

impl Cohorts {
    /// Counts columns, on so many threads; each has cells of its own while it counts, 128 bytes for each group and span, and
    /// 512 more with times.
    ///
    /// # Errors
    /// `measure.columns_differ` if their lengths differ; `measure.row` names the first row with a group, a flag or a rating
    /// that there is not, or settled before it was received or outside the calendar; `measure.too_many`,
    /// `measure.period_order`, `calendar.*`.
    pub fn count(columns: &Columns<'_>, plan: &Plan<'_>, threads: usize) -> Result<Self, MeasureError> {
        let rows = columns.rows()?;
        let (empty, tables) = Self::plan(plan)?;
        if u32::try_from(rows).is_err() {
            return Err(MeasureError::TooMany);
        }
        let threads = threads.clamp(1, rows.max(1));
        let share = rows.div_ceil(threads);
        let (empty, tables) = (&empty, &tables);
        let count = |from: usize| {
            let mut part = empty.clone();
            part.add(&columns.part(from, share), tables, from).map(|()| part)
        };
        if threads == 1 {
            return count(0);
        }
        let parts: Vec<Result<Self, MeasureError>> = thread::scope(|scope| {
            let counting: Vec<_> =
                (0..threads).map(|n| scope.spawn(move || count((n * share).min(rows)))).collect();
            let joined = |part: thread::ScopedJoinHandle<'_, _>| {
                part.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            counting.into_iter().map(joined).collect()
        });
        let mut all = None;
        for part in parts {
            let part = part?;
            match &mut all {
                None => all = Some(part),
                Some(all) => all.merge(&part)?,
            }
        }
        all.map_or_else(|| Ok(empty.clone()), Ok)
    }

    /// Without a row, and what is looked up for each.
    fn plan(plan: &Plan<'_>) -> Result<(Self, Tables), MeasureError> {
        let Plan { groups, span, first, last, times } = *plan;
        if last < first {
            return Err(MeasureError::PeriodOrder { first, last });
        }
        let mut spans: Vec<NaiveDate> = Vec::new();
        let mut received = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            let begin = span.begin(day).ok_or(MeasureError::TooMany)?;
            if spans.last() != Some(&begin) {
                spans.push(begin);
            }
            let before = u32::try_from(spans.len() - 1).ok().and_then(|before| before.checked_mul(groups));
            received.push(Received { cell: before.ok_or(MeasureError::TooMany)?, rank: 0 });
        }
        let mut ranks = Vec::new();
        if let Some(calendar) = times {
            let mut rank = 0;
            for day in first.iter_days().take_while(|day| *day <= calendar.last_day()) {
                rank += u32::from(calendar.is_working_day(day)?);
                ranks.push(rank);
            }
            // Every day of reception has to be in the calendar.
            calendar.day(last)?;
            received.iter_mut().zip(&ranks).for_each(|(received, rank)| received.rank = *rank);
        }
        let cells = spans.len().checked_mul(groups as usize).filter(|cells| u32::try_from(*cells).is_ok());
        let cells = cells.ok_or(MeasureError::TooMany)?;
        let bins = if times.is_some() { cells } else { 0 };
        let tables = Tables { first: number(first), last: number(last), received, ranks };
        let empty = Self {
            groups,
            span,
            first,
            last,
            spans,
            rows: 0,
            outside: 0,
            cells: vec![[0; 32]; cells],
            bins: vec![[0; BINS]; bins],
            long: Vec::new(),
        };
        Ok((empty, tables))
    }

    /// Counts rows, of which the first has a number in all.
    fn add(&mut self, columns: &Columns<'_>, tables: &Tables, before: usize) -> Result<(), MeasureError> {
        let bad = |row: usize, reason: &'static str| Err(MeasureError::Row { row: before + row, reason });
        let with_times = !self.bins.is_empty();
        let days = columns.group.iter().zip(columns.received).zip(columns.due).zip(columns.finished);
        let flags = columns.online.iter().zip(columns.digitised).zip(columns.paid_online).zip(columns.rating);
        for (row, ((((group, received), due), finished), (((online, digitised), paid), rating))) in
            days.zip(flags).enumerate()
        {
            let (received, due, finished) = (*received, *due, *finished);
            // Before the first day it wraps around, to a place that there is not either.
            let Some(begun) =
                tables.received.get(received.wrapping_sub(tables.first).cast_unsigned() as usize)
            else {
                self.outside += 1;
                continue;
            };
            if *group >= self.groups {
                return bad(row, "its group is not less than the number of groups");
            }
            let at = (begun.cell + group) as usize;
            let Some(cell) = self.cells.get_mut(at) else { return bad(row, "its group is not there") };
            let is_settled = finished != NO_DAY;
            let limit = if due != NO_DAY {
                due
            } else if is_settled {
                finished
            } else {
                i32::MAX
            };
            let stands = match is_settled {
                true => usize::from(finished >= limit) + usize::from(finished > limit),
                false => OPEN + usize::from(limit < tables.last),
            };
            // 255 is that there is none; it is the last slot then.
            let rated = usize::from(rating.cast_unsigned());
            if *digitised > 2
                || *paid > 2
                || (rated > 6 && *rating != -1)
                || (is_settled && finished < received)
            {
                return bad(
                    row,
                    "a flag is above 2, a rating is none of -1 to 6, or it was settled before it was received",
                );
            }
            for slot in [
                STANDS + (stands & 7),
                ONLINE + usize::from(*online),
                DIGITISED + usize::from(digitised & 3),
                PAID + usize::from(paid & 3),
                RATED + (rated & 7),
            ] {
                if let Some(count) = cell.get_mut(slot) {
                    *count += 1;
                }
            }
            if with_times && is_settled {
                let Some(rank) =
                    tables.ranks.get(finished.wrapping_sub(tables.first).cast_unsigned() as usize)
                else {
                    return bad(row, "it was settled outside the calendar");
                };
                let took = rank - begun.rank;
                let bins = self.bins.get_mut(at);
                match bins.and_then(|bins| bins.get_mut(took as usize)) {
                    Some(count) => *count += 1,
                    None => self.long.push(((begun.cell + group), took)),
                }
            }
        }
        self.rows += columns.group.len() as u64;
        self.long.sort_unstable();
        Ok(())
    }

    /// Adds what was counted of other rows by the same plan.
    ///
    /// # Errors
    /// `measure.plans_differ`; `measure.too_many` above four thousand million rows. Then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MeasureError> {
        let plan = |one: &Self| (one.groups, one.span, one.first, one.last, one.bins.len());
        if plan(self) != plan(other) {
            return Err(MeasureError::PlansDiffer);
        }
        // No count is above that of the rows.
        let rows = self.rows + other.rows;
        if u32::try_from(rows).is_err() {
            return Err(MeasureError::TooMany);
        }
        let counts = self.cells.as_flattened_mut().iter_mut().zip(other.cells.as_flattened());
        counts.for_each(|(mine, theirs)| *mine += theirs);
        let counts = self.bins.as_flattened_mut().iter_mut().zip(other.bins.as_flattened());
        counts.for_each(|(mine, theirs)| *mine += theirs);
        self.long.extend(&other.long);
        self.long.sort_unstable();
        self.rows = rows;
        self.outside += other.outside;
        Ok(())
    }

    /// The first days of the spans, in order; the first one may lie before that of the plan.
    #[must_use]
    pub fn spans(&self) -> &[NaiveDate] {
        &self.spans
    }

    /// How many rows were left out, since they were received before or after.
    #[must_use]
    pub fn outside(&self) -> u64 {
        self.outside
    }

    fn place(&self, group: u32, day: NaiveDate) -> Option<usize> {
        let begin = self.span.begin(day)?;
        let span = self.spans.binary_search(&begin).ok().filter(|_| group < self.groups)?;
        Some(span * self.groups as usize + group as usize)
    }

    /// What was counted of a group in the span that holds a day; `None` if there is no such group or span.
    #[must_use]
    pub fn get(&self, group: u32, day: NaiveDate) -> Option<Cohort> {
        self.cells.get(self.place(group, day)?).map(Cohort::of)
    }

    /// How many working days of those settled it took up to a percentile (50 is the median), between two of them in
    /// proportion, as spreadsheets do. Exact. `None` if none was settled, or no times were counted.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks below 2^32"
    )]
    pub fn percentile(&self, group: u32, day: NaiveDate, percent: f64) -> Option<f64> {
        let place = self.place(group, day)?;
        let bins = self.bins.get(place)?;
        let place = u32::try_from(place).ok()?;
        let long = self.long.iter().filter(|(cell, _)| *cell == place).map(|(_, took)| *took);
        let long: Vec<u32> = if self.long.is_empty() { Vec::new() } else { long.collect() };
        let binned: u64 = bins.iter().map(|count| u64::from(*count)).sum();
        let all = binned + long.len() as u64;
        let last = all.checked_sub(1)?;
        let at = last as f64 * percent.clamp(0.0, 100.0) / 100.0;
        let nth = |rank: u64| -> f64 {
            let mut left = rank;
            for (took, count) in bins.iter().enumerate() {
                match left.checked_sub((*count).into()) {
                    Some(rest) => left = rest,
                    None => return took as f64,
                }
            }
            usize::try_from(left).ok().and_then(|left| long.get(left)).map_or(0.0, |took| f64::from(*took))
        };
        let (low, high) = (nth(at.floor() as u64), nth((at.floor() as u64 + 1).min(last)));
        Some(low + (high - low) * at.fract())
    }
}

impl Columns<'_> {
    /// Their length.
    fn rows(&self) -> Result<usize, MeasureError> {
        let rows = self.group.len();
        let others = [
            ("received", self.received.len()),
            ("due", self.due.len()),
            ("finished", self.finished.len()),
            ("online", self.online.len()),
            ("digitised", self.digitised.len()),
            ("paid_online", self.paid_online.len()),
            ("rating", self.rating.len()),
        ];
        match others.into_iter().find(|(_, length)| *length != rows) {
            Some((column, length)) => Err(MeasureError::ColumnsDiffer { column, length, rows }),
            None => Ok(rows),
        }
    }

    fn part(&self, from: usize, length: usize) -> Self {
        fn cut<T>(column: &[T], from: usize, length: usize) -> &[T] {
            let rest = column.get(from..).unwrap_or_default();
            rest.get(..length).unwrap_or(rest)
        }
        Self {
            group: cut(self.group, from, length),
            received: cut(self.received, from, length),
            due: cut(self.due, from, length),
            finished: cut(self.finished, from, length),
            online: cut(self.online, from, length),
            digitised: cut(self.digitised, from, length),
            paid_online: cut(self.paid_online, from, length),
            rating: cut(self.rating, from, length),
        }
    }
}
