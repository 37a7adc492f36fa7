//! Dossiers by group and span of reception, over flat columns: for millions of rows.

mod columns;
mod counts;
mod owned;
mod pass;
mod stored;

pub use columns::{Columns, NO_DAY};
pub use counts::Cohort;
pub use owned::OwnedColumns;

use super::{MeasureError, Span};
use crate::calendar::Calendar;
use chrono::NaiveDate;
use pass::{BINS, Into, Received, Slots, Tables};
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
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

/// Dossiers counted by group and span, a batch of rows after the other. Cohorts of one plan merge, in any order; how the rows
/// were ordered, cut or shared among threads makes no difference.
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
/// let mut cohorts = Cohorts::new(&plan).unwrap();
/// // Days since 1970: 2026-06-01, a Monday, is 20,605.
/// let columns = Columns {
///     group: &[0, 0],
///     received: &[20_605, 20_605],
///     due: &[20_610, 20_610],
///     finished: &[20_608, NO_DAY],
///     online: &[1, 0],
///     digitised: &[1, 2],
///     paid_online: &[2, 2],
///     rating: &[-1, -1],
/// };
/// cohorts.add(&columns, 1).unwrap();
/// let june = cohorts.get(0, day("2026-06-15")).unwrap();
/// assert_eq!((june.received, june.early, june.overdue), (2, 1, 1));
/// assert_eq!(cohorts.percentile(0, day("2026-06-15"), 50.0), Some(3.0));
/// assert_eq!(cohorts.table().collect::<Vec<_>>(), [(day("2026-06-01"), 0, june)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohorts {
    groups: u32,
    span: Span,
    first: NaiveDate,
    last: NaiveDate,
    /// First days of the spans.
    spans: Vec<NaiveDate>,
    /// What is looked up for each row, by the plan.
    tables: Arc<Tables>,
    rows: u64,
    outside: u64,
    /// Span by span, then by group: rows come in the order of time, and those of a span lie together.
    cells: Vec<Slots>,
    /// Likewise, so many of each cell; empty if no times are counted.
    bins: Vec<u32>,
    /// How many of a cell took so many working days that there is no bin.
    long: BTreeMap<(u32, u32), u32>,
}

/// What a share of a batch comes to besides cells and bins.
struct Taken {
    outside: u64,
    long: Vec<(u32, u32)>,
}

fn number(day: NaiveDate) -> i32 {
    day.signed_duration_since(NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

/// The bytes of cells that take as long to be zeroed and merged as a row to be counted.
const BYTES_A_ROW: usize = 16;
const MOST_THREADS: usize = 256;

impl Cohorts {
    /// Without a row. Takes 64 bytes for each group and span, and 512 more with times; those that no row is of take none.
    ///
    /// # Errors
    /// `measure.period_order`, `measure.too_many`, `measure.no_room`; `calendar.*` if the days lie outside the calendar.
    pub fn new(plan: &Plan<'_>) -> Result<Self, MeasureError> {
        let Plan { groups, span, first, last, times } = *plan;
        let mut ranks = Vec::new();
        if let Some(calendar) = times.filter(|_| first <= last) {
            let mut rank = 0;
            for day in first.iter_days().take_while(|day| *day <= calendar.last_day()) {
                rank += u32::from(calendar.is_working_day(day)?);
                ranks.push(rank);
            }
            // Every day of reception has to be in the calendar.
            calendar.day(last)?;
        }
        Self::with_ranks(groups, span, first, last, ranks)
    }

    /// With the working days up to and with each day from the first one on; without any no times are counted.
    fn with_ranks(
        groups: u32,
        span: Span,
        first: NaiveDate,
        last: NaiveDate,
        ranks: Vec<u32>,
    ) -> Result<Self, MeasureError> {
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
        received.iter_mut().zip(&ranks).for_each(|(received, rank)| received.rank = *rank);
        let cells = spans.len().checked_mul(groups as usize).filter(|cells| u32::try_from(*cells).is_ok());
        let cells = cells.ok_or(MeasureError::TooMany)?;
        let bins = if ranks.is_empty() { 0 } else { cells.saturating_mul(BINS) };
        // Whoever is off by a thousand in the number of groups is told, and not stopped.
        let (mut room, mut room_of_bins) = (Vec::<Slots>::new(), Vec::<u32>::new());
        let fits = room.try_reserve_exact(cells).and_then(|()| room_of_bins.try_reserve_exact(bins));
        fits.map_err(|_| MeasureError::NoRoom { cells })?;
        drop((room, room_of_bins));
        let tables = Arc::new(Tables { first: number(first), last: number(last), received, ranks });
        let (cells, bins) = (vec![[0; 16]; cells], vec![0; bins]);
        let long = BTreeMap::new();
        Ok(Self { groups, span, first, last, spans, tables, rows: 0, outside: 0, cells, bins, long })
    }

    /// Another one of the same plan, without a row.
    fn empty(&self) -> Self {
        Self {
            spans: self.spans.clone(),
            tables: Arc::clone(&self.tables),
            rows: 0,
            outside: 0,
            cells: vec![[0; 16]; self.cells.len()],
            bins: vec![0; self.bins.len()],
            long: BTreeMap::new(),
            ..*self
        }
    }

    /// Counts a batch of rows, on so many threads, 256 at most: each but the first has cells of its own, which are merged, so
    /// that a small batch is counted on fewer. 0 and 1 both mean on this one.
    ///
    /// # Errors
    /// `measure.columns_differ` if their lengths differ; `measure.row` names the first row with a group, a flag or a rating
    /// that there is not, or settled before it was received or outside the calendar; `measure.too_many` above four thousand
    /// million rows in all. Then nothing of the batch is counted.
    pub fn add(&mut self, columns: &Columns<'_>, threads: usize) -> Result<(), MeasureError> {
        let rows = columns.rows()?;
        if u32::try_from(self.rows + rows as u64).is_err() {
            return Err(MeasureError::TooMany);
        }
        let bytes = size_of_val(&*self.cells) + size_of_val(&*self.bins);
        let worth = 1 + rows / (bytes / BYTES_A_ROW + 1);
        let threads = threads.clamp(1, worth.min(MOST_THREADS));
        let share = rows.div_ceil(threads);
        let mine = columns.part(0, share);
        let others: Vec<_> = (1..threads).map(|n| (n * share, self.empty())).collect();
        let (taken, others) = thread::scope(|scope| {
            let count = |(from, mut other): (usize, Self)| {
                let columns = columns.part(from, share);
                scope.spawn(move || {
                    let taken = other.take(&columns, from)?;
                    other.keep(&columns, taken);
                    Ok(other)
                })
            };
            let counting: Vec<_> = others.into_iter().map(count).collect();
            let taken = self.take(&mine, 0);
            let joined = |other: thread::ScopedJoinHandle<'_, Result<Self, MeasureError>>| {
                other.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            (taken, counting.into_iter().map(joined).collect::<Vec<_>>())
        });
        let taken = taken?;
        match others.into_iter().collect::<Result<Vec<_>, _>>() {
            Ok(others) => {
                self.keep(&mine, taken);
                others.iter().for_each(|other| self.sum(other));
                Ok(())
            }
            Err(error) => {
                let Self { cells, bins, .. } = self;
                let mut into = Into { cells, bins, long: &mut Vec::new() };
                pass::take_back(&mine, &self.tables, self.groups, &mut into);
                Err(error)
            }
        }
    }

    /// Counts rows into cells and bins, or leaves them as they were.
    fn take(&mut self, columns: &Columns<'_>, from: usize) -> Result<Taken, MeasureError> {
        let Self { groups, tables, cells, bins, .. } = self;
        let mut long = Vec::new();
        let outside = pass::pass(columns, tables, *groups, &mut Into { cells, bins, long: &mut long })
            .map_err(|(row, reason)| MeasureError::Row { row: from + row, reason })?;
        Ok(Taken { outside, long })
    }

    /// What there is of taken rows besides.
    fn keep(&mut self, columns: &Columns<'_>, Taken { outside, mut long }: Taken) {
        self.rows += columns.group.len() as u64;
        self.outside += outside;
        long.sort_unstable();
        for alike in long.chunk_by(|one, next| one == next) {
            if let (Some(took), Ok(count)) = (alike.first(), u32::try_from(alike.len())) {
                *self.long.entry(*took).or_default() += count;
            }
        }
    }

    /// Adds what was counted of other rows by the same plan.
    ///
    /// # Errors
    /// `measure.plans_differ`; `measure.too_many` above four thousand million rows. Then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MeasureError> {
        let plan = |one: &Self| (one.groups, one.span, one.first, one.last, Arc::clone(&one.tables));
        if plan(self) != plan(other) {
            return Err(MeasureError::PlansDiffer);
        }
        if u32::try_from(self.rows + other.rows).is_err() {
            return Err(MeasureError::TooMany);
        }
        self.sum(other);
        Ok(())
    }

    /// No count comes above that of the rows, which is looked after.
    fn sum(&mut self, other: &Self) {
        for (mine, theirs) in self.cells.iter_mut().zip(&other.cells) {
            pass::sum(mine, theirs);
        }
        let counts = self.bins.iter_mut().zip(&other.bins);
        counts.for_each(|(mine, theirs)| *mine += theirs);
        for (took, count) in &other.long {
            *self.long.entry(*took).or_default() += count;
        }
        self.rows += other.rows;
        self.outside += other.outside;
    }

    /// How many groups there are.
    #[must_use]
    pub fn groups(&self) -> u32 {
        self.groups
    }

    /// By what spans.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The first day of reception.
    #[must_use]
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day of reception.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// The first days of the spans, in order; the first one may lie before that of the plan.
    #[must_use]
    pub fn spans(&self) -> &[NaiveDate] {
        &self.spans
    }

    /// How many rows came, with those that were left out.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
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

    /// All that was counted, in the order of spans, then of groups: the first day of the span, the group, and its counts.
    /// Groups without a row in a span are left out.
    pub fn table(&self) -> impl Iterator<Item = (NaiveDate, u32, Cohort)> + '_ {
        let spans = self.spans.iter().zip(self.cells.chunks(self.groups.max(1) as usize));
        let cells = spans
            .flat_map(|(begin, cells)| cells.iter().zip(0..).map(|(slots, group)| (*begin, group, slots)));
        let counted = cells.map(|(begin, group, slots)| (begin, group, Cohort::of(slots)));
        counted.filter(|(.., cohort)| cohort.received > 0)
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
        let bins = self.bins.get(place * BINS..)?.get(..BINS)?;
        let cell = u32::try_from(place).ok()?;
        let long = self.long.range((cell, 0)..=(cell, u32::MAX)).map(|((_, took), count)| (*took, *count));
        let sorted = || (0..).zip(bins.iter().copied()).chain(long.clone());
        let all: u64 = sorted().map(|(_, count)| u64::from(count)).sum();
        let last = all.checked_sub(1)?;
        let at = last as f64 * percent.clamp(0.0, 100.0) / 100.0;
        let nth = |rank: u64| -> f64 {
            let mut left = rank;
            for (took, count) in sorted() {
                match left.checked_sub(count.into()) {
                    Some(rest) => left = rest,
                    None => return f64::from(took),
                }
            }
            0.0
        };
        let (low, high) = (nth(at.floor() as u64), nth((at.floor() as u64 + 1).min(last)));
        Some(low + (high - low) * at.fract())
    }
}
