//! One pass over rows.

use super::Columns;

/// The counts of a cell, in a line of the processor's cache.
pub(super) type Slots = [u32; 16];
/// How it stands, a slot each: settled early, on the due day, late; open in time, overdue.
pub(super) const EARLY: usize = 0;
pub(super) const ON_TIME: usize = 1;
pub(super) const LATE: usize = 2;
pub(super) const OPEN: usize = 3;
pub(super) const OVERDUE: usize = 4;
pub(super) const ONLINE: usize = 5;
pub(super) const DIGITISED: usize = 6;
pub(super) const PAID: usize = 8;
/// How many ratings, and their sum in two halves, since it may be above the number of rows.
pub(super) const RATED: usize = 10;
pub(super) const RATINGS: usize = 11;
pub(super) const RATINGS_ABOVE: usize = 12;
/// For what is in no count.
pub(super) const NOWHERE: u8 = 15;
/// Handling times of fewer working days have a bin each, longer ones stand in a list.
pub(super) const BINS: usize = 128;

/// What a pass looks up by the day of reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Received {
    /// The cell of the first group in its span.
    pub(super) cell: u32,
    /// Working days up to and with it.
    pub(super) rank: u32,
}

/// What a pass looks up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tables {
    /// The first day of reception, from 1970.
    pub(super) first: i32,
    pub(super) last: i32,
    pub(super) received: Vec<Received>,
    /// By the days from the first one on: working days up to and with each.
    pub(super) ranks: Vec<u32>,
}

/// Of so many rows it is looked at whether they are of cells that lie near.
const BLOCK: usize = 4_096;
/// So many cells lie together,
const TOGETHER: usize = 1_024;
/// so many of these are near,
const NEAR: usize = 8;
/// and so many rows of them are gathered.
const GATHERED: usize = 49_152;

/// A row, as it is counted.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) cell: u32,
    /// The working days it took.
    pub(super) took: u16,
    /// How it stands, in three bits.
    pub(super) stands: u8,
    pub(super) online: bool,
    /// Slots.
    pub(super) digitised: u8,
    pub(super) paid: u8,
    /// The rating and one; 0 if there is none.
    pub(super) rated: u8,
}

/// The same in eight bytes, to be gathered.
#[derive(Clone, Copy)]
struct Packed {
    cell: u32,
    took: u16,
    slots: u16,
}

impl From<Entry> for Packed {
    fn from(Entry { cell, took, stands, online, digitised, paid, rated }: Entry) -> Self {
        let place = |flag: u8, bits: u32| u16::from(flag) << bits;
        let slots = place(stands, 0) | place(online.into(), 3) | place(digitised, 4) | place(paid, 8);
        Self { cell, took, slots: slots | place(rated, 12) }
    }
}

impl From<Packed> for Entry {
    fn from(Packed { cell, took, slots }: Packed) -> Self {
        let [low, high] = slots.to_le_bytes();
        let (stands, online) = (low & 7, low & 8 > 0);
        Self { cell, took, stands, online, digitised: low >> 4, paid: high & 15, rated: high >> 4 }
    }
}

impl Into<'_> {
    /// Counts a row, or takes it back.
    #[inline]
    fn enter<const BACK: bool>(&mut self, entry: Entry) {
        let Entry { cell, took, stands, online, digitised, paid, rated } = entry;
        let at = cell as usize;
        // Every entry is of a cell. No count is above that of the rows but `NOWHERE`, which nobody reads.
        let Some(counts) = self.cells.get_mut(at) else { return };
        let by = |count: &mut u32, n: u32| {
            *count = if BACK { count.wrapping_sub(n) } else { count.wrapping_add(n) };
        };
        for slot in [stands, digitised, paid] {
            if let Some(count) = counts.get_mut(usize::from(slot & 15)) {
                by(count, 1);
            }
        }
        by(&mut counts[ONLINE], online.into());
        by(&mut counts[RATED], u32::from(rated > 0));
        let (sum, rating) = (counts[RATINGS], u32::from(rated.saturating_sub(1)));
        let (sum, carried) = if BACK { sum.overflowing_sub(rating) } else { sum.overflowing_add(rating) };
        counts[RATINGS] = sum;
        by(&mut counts[RATINGS_ABOVE], carried.into());
        if took == OPEN_STILL {
            return;
        }
        let took = usize::from(took);
        match self.bins.get_mut(at * BINS + took).filter(|_| took < BINS) {
            Some(count) => by(count, 1),
            None if BACK => {}
            None => self.long.push((cell, took as u32)),
        }
    }
}

/// Adds the counts of a cell to those of another.
pub(super) fn sum(mine: &mut Slots, theirs: &Slots) {
    let (_, carried) = mine[RATINGS].overflowing_add(theirs[RATINGS]);
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine = mine.wrapping_add(*theirs));
    mine[RATINGS_ABOVE] += u32::from(carried);
}

/// Instead of working days; no calendar has so many.
pub(super) const OPEN_STILL: u16 = u16::MAX;

/// Where rows are counted into.
pub(super) struct Into<'c> {
    pub(super) cells: &'c mut [Slots],
    /// So many of each cell.
    pub(super) bins: &'c mut [u32],
    /// Cell and working days of those that have no bin.
    pub(super) long: &'c mut Vec<(u32, u32)>,
}

/// Counts rows. Gives the number of those that were received before or after; or the first one that cannot be counted, and
/// why, and then the cells and bins are as they were.
pub(super) fn pass(
    columns: &Columns<'_>,
    tables: &Tables,
    groups: u32,
    into: &mut Into<'_>,
) -> Result<u64, (usize, &'static str)> {
    // Where rows come in any order, those of cells that lie together are gathered before they are counted: what would wait
    // for memory stays in the processor's cache.
    let mut gathered: Vec<Vec<Packed>> = Vec::new();
    let (mut from, mut outside, mut fault) = (0, 0, None);
    while from < columns.group.len() && fault.is_none() {
        let block = columns.part(from, BLOCK);
        let done = match block.cells(tables, groups) / TOGETHER <= NEAR {
            true => block.entries(tables, groups, |entry| into.enter::<false>(entry)),
            false => {
                gathered.resize_with(into.cells.len().div_ceil(TOGETHER), Vec::new);
                block.entries(tables, groups, |entry| {
                    let Some(together) = gathered.get_mut(entry.cell as usize / TOGETHER) else { return };
                    together.push(entry.into());
                    if together.len() == GATHERED {
                        together.drain(..).for_each(|entry| into.enter::<false>(entry.into()));
                    }
                })
            }
        };
        match done {
            Ok(before_or_after) => outside += before_or_after,
            Err((row, reason)) => fault = Some((from + row, reason)),
        }
        from += BLOCK;
    }
    gathered.into_iter().flatten().for_each(|entry| into.enter::<false>(entry.into()));
    let Some((row, reason)) = fault else { return Ok(outside) };
    // What stands before it was counted.
    take_back(&columns.part(0, row), tables, groups, into);
    Err((row, reason))
}

/// Takes back rows that were counted; those without a bin are left in the list.
pub(super) fn take_back(columns: &Columns<'_>, tables: &Tables, groups: u32, into: &mut Into<'_>) {
    // They have no fault: they were counted.
    let _ = columns.entries(tables, groups, |entry| into.enter::<true>(entry));
}
