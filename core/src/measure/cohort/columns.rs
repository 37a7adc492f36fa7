//! Columns of dossiers, and their rows as they are counted.

use super::super::MeasureError;
use super::pass::{DIGITISED, EARLY, Entry, NOWHERE, OPEN, OPEN_STILL, PAID, Tables};

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
    /// Whether it came in online: 0 no, 1 yes.
    pub online: &'a [u8],
    /// Whether its papers were digitised: 0 no, 1 yes, 2 not known.
    pub digitised: &'a [u8],
    /// Whether it was paid online: 0 no, 1 yes, 2 without an obligation, or not known.
    pub paid_online: &'a [u8],
    /// The applicant's rating, 0 to 6; -1 if there is none.
    pub rating: &'a [i8],
}

impl Columns<'_> {
    /// How many cells lie between those of the first and the last day of reception.
    pub(super) fn cells(&self, tables: &Tables, groups: u32) -> usize {
        let (first, last) = self
            .received
            .iter()
            .fold((i32::MAX, i32::MIN), |(first, last), day| (first.min(*day), last.max(*day)));
        let cell = |day: i32| {
            let place = usize::try_from(i64::from(day) - i64::from(tables.first)).unwrap_or_default();
            tables.received.get(place).or(tables.received.last()).map_or(0, |received| received.cell)
        };
        (cell(last).saturating_sub(cell(first)) + groups) as usize
    }

    /// Shows the rows as they are counted, but for those that were received before or after, of which it gives the number; or
    /// gives the first one that cannot be counted, and why.
    pub(super) fn entries(
        &self,
        tables: &Tables,
        groups: u32,
        mut show: impl FnMut(Entry),
    ) -> Result<u64, (usize, &'static str)> {
        let mut outside = 0;
        let days = self.group.iter().zip(self.received).zip(self.due).zip(self.finished);
        let flags = self.online.iter().zip(self.digitised).zip(self.paid_online).zip(self.rating);
        for (row, ((((group, received), due), finished), (((online, digitised), paid), rating))) in
            days.zip(flags).enumerate()
        {
            let (received, due, finished) = (*received, *due, *finished);
            // Before the first day it wraps around, to a place that there is not either.
            let place = |day: i32| day.wrapping_sub(tables.first).cast_unsigned() as usize;
            let Some(begun) = tables.received.get(place(received)) else {
                outside += 1;
                continue;
            };
            let is_settled = finished != NO_DAY;
            let limit = match (due == NO_DAY, is_settled) {
                (false, _) => due,
                (true, true) => finished,
                (true, false) => i32::MAX,
            };
            let stands = match is_settled {
                true => EARLY as u8 + u8::from(finished >= limit) + u8::from(finished > limit),
                false => OPEN as u8 + u8::from(limit < tables.last),
            };
            let rated = rating.wrapping_add(1).cast_unsigned();
            let is_early = is_settled && finished < received;
            if *group >= groups || *online > 1 || *digitised > 2 || *paid > 2 || rated > 7 || is_early {
                return Err((row, self.fault(row, groups)));
            }
            let took = match (is_settled && !tables.ranks.is_empty(), tables.ranks.get(place(finished))) {
                (false, _) => OPEN_STILL,
                (true, Some(rank)) => u16::try_from(rank - begun.rank).unwrap_or(OPEN_STILL - 1),
                (true, None) => return Err((row, "it was settled outside the calendar")),
            };
            let slot = |first: u8, flag: u8| if flag == 2 { NOWHERE } else { first + flag };
            let (digitised, paid) = (slot(DIGITISED as u8, *digitised), slot(PAID as u8, *paid));
            let online = *online > 0;
            show(Entry { cell: begun.cell + group, took, stands, online, digitised, paid, rated });
        }
        Ok(outside)
    }

    /// What is wrong with a row.
    fn fault(&self, row: usize, groups: u32) -> &'static str {
        let is_above = |column: &[u8]| column.get(row).is_some_and(|flag| *flag > 2);
        if self.group.get(row).is_some_and(|group| *group >= groups) {
            "its group is not less than the number of groups"
        } else if self.online.get(row).is_some_and(|online| *online > 1) {
            "`online` is neither 0 nor 1"
        } else if is_above(self.digitised) || is_above(self.paid_online) {
            "`digitised` or `paid_online` is above 2"
        } else if self.rating.get(row).is_some_and(|rating| !(-1..=6).contains(rating)) {
            "its rating is none of -1 to 6"
        } else {
            "it was settled before it was received"
        }
    }

    /// Their length.
    pub(super) fn rows(&self) -> Result<usize, MeasureError> {
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

    pub(super) fn part(&self, from: usize, length: usize) -> Self {
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
