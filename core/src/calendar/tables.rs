//! Flat tables of working days and of working time.

use super::Hours;
use super::law::Special;
use chrono::NaiveDate;

/// Days are numbered in sixteen bits, and every table has an entry for each number, and one more, so that no index is out
/// of bounds.
pub(super) const SLOTS: usize = (1 << 16) + 1;

type Table = Box<[u16; SLOTS]>;

/// For each day the working days before it, and for each of those its day.
#[derive(Hash)]
pub(super) struct DayTable {
    /// The first day, counted from 1970-01-01.
    pub(super) first: i32,
    pub(super) days: u32,
    pub(super) working_days: i32,
    before: Table,
    nth: Table,
    pub(super) announced_to: NaiveDate,
    /// The days that differ from their week, by date.
    pub(super) specials: Vec<Special>,
}

fn table() -> Table {
    // A box of this length always converts.
    vec![0u16; SLOTS].into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; SLOTS]))
}

impl DayTable {
    /// From whether each day works, in order; fewer than 49,711 days, so that their seconds fit into thirty-two bits.
    pub(super) fn new(
        first: i32,
        works: impl Iterator<Item = bool>,
        announced_to: NaiveDate,
        specials: Vec<Special>,
    ) -> Self {
        let (mut before, mut nth) = (table(), table());
        let (mut days, mut working) = (0u16, 0u16);
        for works in works {
            if works {
                nth[usize::from(working)] = days;
                working += 1;
            }
            days += 1;
            before[usize::from(days)] = working;
        }
        let (days, working_days) = (u32::from(days), i32::from(working));
        Self { first, days, working_days, before, nth, announced_to, specials }
    }

    /// The working days before a day; for the number after the last day, all of them.
    #[inline]
    pub(super) fn before(&self, day: u16) -> i32 {
        i32::from(self.before[usize::from(day)])
    }

    /// The working days up to a day and with it.
    #[inline]
    pub(super) fn with(&self, day: u16) -> i32 {
        i32::from(self.before[usize::from(day) + 1])
    }

    /// The table of the working days before each day.
    pub(super) fn befores(&self) -> &[u16; SLOTS] {
        &self.before
    }

    /// The n-th working day, from 0.
    #[inline]
    pub(super) fn nth(&self, n: u16) -> u16 {
        self.nth[usize::from(n)]
    }

    #[inline]
    pub(super) fn works(&self, day: u16) -> bool {
        self.with(day) != self.before(day)
    }

    pub(super) fn working(&self) -> impl Iterator<Item = u16> {
        self.nth.iter().copied().take(usize::try_from(self.working_days).unwrap_or(0))
    }
}

/// For each working day the seconds worked before it.
#[derive(Hash)]
pub(super) struct TimeTable {
    /// One entry more than there are working days.
    before: Vec<u32>,
    /// For each 2^shift seconds worked, the working day in which they end, or an earlier one.
    bucket: Vec<u16>,
    shift: u32,
    /// The different hours, and for each working day which are its own.
    hours: Vec<Hours>,
    which: Vec<u16>,
    /// The hours of every working day, if they are the same.
    pub(super) uniform: Option<Hours>,
}

impl TimeTable {
    /// From the hours of each working day, in order.
    pub(super) fn new(days: impl Iterator<Item = Hours>) -> Self {
        let (mut before, mut hours, mut which) = (vec![0u32], Vec::<Hours>::new(), Vec::<u16>::new());
        let (mut total, mut shortest) = (0u32, u32::MAX);
        for day in days {
            let same_as_before = which.last().copied().filter(|i| hours.get(usize::from(*i)) == Some(&day));
            let position = || hours.iter().position(|known| *known == day);
            let i = same_as_before.or_else(|| u16::try_from(position()?).ok()).unwrap_or_else(|| {
                hours.push(day);
                // There are no more different hours than days.
                u16::try_from(hours.len() - 1).unwrap_or(u16::MAX)
            });
            total = total.saturating_add(day.total());
            shortest = shortest.min(day.total().max(1));
            which.push(i);
            before.push(total);
        }
        // A bucket no longer than the shortest day holds the edge of two days at most; much smaller ones take memory.
        let shift = shortest.ilog2().clamp(12, 16);
        let mut bucket = Vec::with_capacity((total >> shift) as usize + 1);
        let mut day = 0u16;
        for start in (0..=total).step_by(1 << shift) {
            while before.get(usize::from(day) + 1).is_some_and(|next| *next <= start)
                && usize::from(day) + 1 < which.len()
            {
                day += 1;
            }
            bucket.push(day);
        }
        let uniform = match hours.as_slice() {
            [only] if only.total() > 0 => Some(*only),
            _ => None,
        };
        Self { before, bucket, shift, hours, which, uniform }
    }

    #[inline]
    pub(super) fn hours(&self, working_day: u16) -> &Hours {
        if let Some(hours) = &self.uniform {
            return hours;
        }
        let which = self.which.get(usize::from(working_day)).copied().unwrap_or_default();
        self.hours.get(usize::from(which)).unwrap_or(&Hours::NONE)
    }

    /// The seconds worked before a second of a day, which is the working day of that number, or lies before it.
    #[inline]
    pub(super) fn worked(&self, working_day: u32, works: bool, second: u32) -> u32 {
        if let Some(hours) = &self.uniform {
            let today = hours.worked(second);
            return working_day * hours.total() + if works { today } else { 0 };
        }
        let before = self.before.get(working_day as usize).copied().unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "working days are numbered in sixteen bits")]
        let hours = self.hours(working_day as u16);
        before + if works { hours.worked(second) } else { 0 }
    }

    /// The working day, and the time of it, by which so many seconds are worked: the earliest. For 1 up to the total.
    #[inline]
    pub(super) fn earliest(&self, worked: u32) -> Option<(u16, u32)> {
        let last = worked.checked_sub(1)?;
        if let Some(hours) = &self.uniform {
            let day = last / hours.total();
            return Some((u16::try_from(day).ok()?, hours.earliest(worked - day * hours.total())));
        }
        let (day, before) = self.day_of(last)?;
        Some((day, self.hours(day).earliest(worked - before)))
    }

    /// The latest moment before which so many seconds are worked. For 0 to less than the total.
    #[inline]
    pub(super) fn latest(&self, worked: u32) -> Option<(u16, u32)> {
        if let Some(hours) = &self.uniform {
            let day = worked / hours.total();
            return Some((u16::try_from(day).ok()?, hours.latest(worked % hours.total())));
        }
        let (day, before) = self.day_of(worked)?;
        Some((day, self.hours(day).latest(worked - before)))
    }

    /// The working day in which a second is worked, and the seconds before it.
    #[inline]
    fn day_of(&self, second: u32) -> Option<(u16, u32)> {
        let mut day = usize::from(*self.bucket.get((second >> self.shift) as usize)?);
        day += usize::from(*self.before.get(day + 1)? <= second);
        while *self.before.get(day + 1)? <= second {
            day += 1;
        }
        Some((u16::try_from(day).ok()?, *self.before.get(day)?))
    }

    pub(super) fn bytes(&self) -> usize {
        self.before.len() * 4 + self.bucket.len() * 2 + self.which.len() * 2 + size_of_val(&*self.hours)
    }
}
