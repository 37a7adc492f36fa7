//! Cohorts as bytes, to be sent or kept.

use super::pass::{BINS, NOWHERE, RATED, RATINGS, RATINGS_ABOVE, Slots};
use super::{Cohort, Cohorts, MeasureError, Span};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Grows with the format.
const FORMAT: u8 = 1;
/// The counts that are stored as they are.
const PLAIN: usize = RATED + 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    groups: u32,
    span: Span,
    first: NaiveDate,
    last: NaiveDate,
    /// How many days the calendar has from the first one on; 0 if no times are counted.
    days: u32,
    /// A bit for each that is a working day.
    works: Vec<u8>,
    rows: u64,
    outside: u64,
    cells: Vec<StoredCell>,
    long: Vec<(u32, u32, u32)>,
}

/// A cell with at least a row.
#[derive(Serialize, Deserialize)]
struct StoredCell {
    /// How many without a row lie before it.
    gap: u32,
    counts: [u32; PLAIN],
    ratings: u64,
    /// Up to the last one that is not 0.
    bins: Vec<u32>,
}

impl Cohorts {
    /// All of it in bytes, some tens for each cell that has rows: to be merged elsewhere, or later. The form may change with
    /// the version of the library, which then says so.
    ///
    /// ```
    /// # use motcua::measure::{Cohorts, MeasureError, Plan, Span};
    /// # fn sent(part: &Cohorts, all: &mut Cohorts) -> Result<(), MeasureError> {
    /// let bytes = part.to_bytes();
    /// all.merge(&Cohorts::from_bytes(&bytes)?)?;
    /// # Ok(())
    /// # }
    /// # let day = |text: &str| text.parse().unwrap();
    /// # let (first, last) = (day("2026-01-01"), day("2026-12-31"));
    /// # let mut all = Cohorts::new(&Plan { groups: 2, span: Span::Quarter, first, last, times: None }).unwrap();
    /// # sent(&all.clone(), &mut all).unwrap();
    /// assert_eq!(Cohorts::from_bytes(b"something else").unwrap_err().code(), "measure.bytes");
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut works = vec![0_u8; self.tables.ranks.len().div_ceil(8)];
        let mut before = 0;
        for (day, rank) in self.tables.ranks.iter().enumerate() {
            if let Some(byte) = works.get_mut(day / 8) {
                *byte |= u8::from(*rank > before) << (day % 8);
            }
            before = *rank;
        }
        let (mut cells, mut gap) = (Vec::new(), 0);
        for (place, slots) in self.cells.iter().enumerate() {
            let cohort = Cohort::of(slots);
            if cohort.received == 0 {
                gap += 1;
                continue;
            }
            let mut counts = [0; PLAIN];
            counts.iter_mut().zip(slots).for_each(|(count, slot)| *count = *slot);
            let bins = self.bins.get(place * BINS..).and_then(|bins| bins.get(..BINS)).unwrap_or_default();
            let filled = bins.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
            let bins = bins.get(..filled).unwrap_or_default().to_vec();
            cells.push(StoredCell { gap, counts, ratings: cohort.ratings.1, bins });
            gap = 0;
        }
        let stored = Stored {
            groups: self.groups,
            span: self.span,
            first: self.first,
            last: self.last,
            // No calendar has more days.
            days: u32::try_from(self.tables.ranks.len()).unwrap_or(u32::MAX),
            works,
            rows: self.rows,
            outside: self.outside,
            cells,
            long: self.long.iter().map(|((cell, took), count)| (*cell, *took, *count)).collect(),
        };
        // Plain values always have a form in bytes.
        postcard::to_extend(&stored, vec![FORMAT]).unwrap_or_default()
    }

    /// What [`to_bytes`](Self::to_bytes) gave; more rows can be added to it.
    ///
    /// # Errors
    /// `measure.bytes` if they are something else, or do not add up; `measure.no_room`, `measure.too_many`,
    /// `measure.period_order`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MeasureError> {
        let fault = |reason| MeasureError::Bytes { reason };
        let Some((&FORMAT, bytes)) = bytes.split_first() else {
            return Err(fault("they are of another version of the library, or something else"));
        };
        let damaged = fault("they are cut off or damaged");
        let Ok((stored, [])) = postcard::take_from_bytes::<Stored>(bytes) else { return Err(damaged) };
        let Stored { groups, span, first, last, days, works, rows, outside, cells, long } = stored;
        let days = usize::try_from(days).unwrap_or(usize::MAX);
        let spanned = last.signed_duration_since(first).num_days() + 1;
        let is_known = usize::try_from(spanned).is_ok_and(|spanned| spanned <= days);
        if days.div_ceil(8) != works.len() || (days > 0 && !is_known && first <= last) {
            return Err(fault("their calendar is not of their days"));
        }
        let ranks = (0..days).scan(0, |rank, day| {
            *rank += u32::from(works.get(day / 8)? >> (day % 8) & 1);
            Some(*rank)
        });
        let mut all = Self::with_ranks(groups, span, first, last, ranks.collect())?;
        let (rows, counted) =
            (u32::try_from(rows).map_err(|_| MeasureError::TooMany)?, fault("they do not add up"));
        let mut place = 0;
        for StoredCell { gap, counts, ratings, bins } in cells {
            place = usize::try_from(gap).unwrap_or(usize::MAX).saturating_add(place);
            let slots = all.cells.get_mut(place).ok_or_else(|| counted.clone())?;
            *slots = unpacked(&counts, ratings).ok_or_else(|| counted.clone())?;
            if !bins.is_empty() {
                let room = all.bins.get_mut(place * BINS..).and_then(|room| room.get_mut(..BINS));
                let room = room.and_then(|room| room.get_mut(..bins.len())).ok_or_else(|| counted.clone())?;
                room.copy_from_slice(&bins);
            }
            place += 1;
        }
        for (cell, took, count) in long {
            let is_long = count > 0 && usize::try_from(took).is_ok_and(|took| took >= BINS);
            if !is_long || all.long.insert((cell, took), count).is_some() {
                return Err(counted);
            }
        }
        (all.rows, all.outside) = (rows.into(), outside);
        if all.adds_up() { Ok(all) } else { Err(counted) }
    }

    /// Whether each row is in one cell, and each that is settled has a time, if times are counted.
    fn adds_up(&self) -> bool {
        let received: u64 = self.cells.iter().map(|slots| Cohort::of(slots).received).sum();
        let timed = |(place, slots): (usize, &Slots)| {
            let bins = self.bins.get(place * BINS..).and_then(|bins| bins.get(..BINS)).unwrap_or_default();
            let binned: u64 = bins.iter().map(|count| u64::from(*count)).sum();
            let cell = u32::try_from(place).unwrap_or(u32::MAX);
            let long = self.long.range((cell, 0)..=(cell, u32::MAX)).map(|(_, count)| u64::from(*count));
            binned + long.sum::<u64>() == Cohort::of(slots).resolved
        };
        let is_timed = !self.tables.ranks.is_empty();
        let has_cell =
            |(cell, _): &(u32, u32)| usize::try_from(*cell).is_ok_and(|cell| cell < self.cells.len());
        received.checked_add(self.outside) == Some(self.rows)
            && (is_timed || self.long.is_empty())
            && self.long.keys().all(has_cell)
            && (!is_timed || self.cells.iter().enumerate().all(timed))
    }
}

/// The counts of a cell; nothing if they are not those of any rows.
fn unpacked(counts: &[u32; PLAIN], ratings: u64) -> Option<Slots> {
    let mut slots: Slots = [0; 16];
    slots.iter_mut().zip(counts).for_each(|(slot, count)| *slot = *count);
    let (low, above) = (ratings & u64::from(u32::MAX), ratings >> 32);
    (slots[RATINGS], slots[RATINGS_ABOVE]) = (u32::try_from(low).ok()?, u32::try_from(above).ok()?);
    let cohort = Cohort::of(&slots);
    let most =
        [cohort.online, cohort.digitised.denominator, cohort.paid_online.denominator, cohort.ratings.0];
    let is_possible = cohort.received > 0
        && most.iter().all(|count| *count <= cohort.received)
        && cohort.ratings.1 <= 6 * cohort.ratings.0;
    // Each row is in two of the others, or where it is not known.
    let known = cohort.digitised.denominator + cohort.paid_online.denominator;
    let unknown = (2 * cohort.received).checked_sub(known)?;
    if let Some(nowhere) = slots.get_mut(usize::from(NOWHERE)) {
        *nowhere = u32::try_from(unknown & u64::from(u32::MAX)).ok()?;
    }
    is_possible.then_some(slots)
}
