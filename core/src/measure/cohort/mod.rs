//! Dossiers by group and span of reception, over flat columns: for millions of rows.

mod columns;
mod pass;

pub use columns::{Columns, NO_DAY};

use super::{MeasureError, Ratio, Span};
use crate::calendar::Calendar;
use chrono::NaiveDate;
use pass::{
    BINS, DIGITISED, EARLY, Into, LATE, ON_TIME, ONLINE, OPEN, OVERDUE, PAID, RATED, RATINGS, Received,
    Slots, Tables,
};
use std::panic::resume_unwind;
use std::thread;

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
        Self {
            received: sum(EARLY, OVERDUE + 1),
            resolved: sum(EARLY, LATE + 1),
            early: at(EARLY),
            on_time: at(ON_TIME),
            late: at(LATE),
            open_in_time: at(OPEN),
            overdue: at(OVERDUE),
            online: at(ONLINE),
            digitised: ratio(DIGITISED),
            paid_online: ratio(PAID),
            ratings: (at(RATED), at(RATINGS)),
        }
    }
}

fn number(day: NaiveDate) -> i32 {
    day.signed_duration_since(NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

impl Cohorts {
    /// Counts columns, on so many threads; each has cells of its own while it counts, 64 bytes for each group and span, and
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
            let Self { cells, bins, long, .. } = &mut part;
            let columns = columns.part(from, share);
            let outside = pass::pass(&columns, tables, plan.groups, Into { cells, bins, long });
            part.outside = outside.map_err(|(row, reason)| MeasureError::Row { row: from + row, reason })?;
            part.rows = columns.group.len() as u64;
            part.long.sort_unstable();
            Ok(part)
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
            cells: vec![[0; 16]; cells],
            bins: vec![[0; BINS]; bins],
            long: Vec::new(),
        };
        Ok((empty, tables))
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
        // They are in the order of the cells.
        let of_it = self.long.partition_point(|(cell, _)| *cell < place);
        let rest = self.long.get(of_it..).unwrap_or_default();
        let long = rest.get(..rest.partition_point(|(cell, _)| *cell == place)).unwrap_or_default();
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
            usize::try_from(left)
                .ok()
                .and_then(|left| long.get(left))
                .map_or(0.0, |(_, took)| f64::from(*took))
        };
        let (low, high) = (nth(at.floor() as u64), nth((at.floor() as u64 + 1).min(last)));
        Some(low + (high - low) * at.fract())
    }
}
