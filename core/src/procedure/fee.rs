//! What an application costs.

use super::{Channel, Procedure, is_for};
use crate::span::holds;
use chrono::NaiveDate;
use serde::Serialize;

/// A fee as published (phí, lệ phí).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fee {
    /// The published wording.
    pub text: String,
    /// Amount in đồng; absent if the source states none, 0 if it says free.
    pub vnd: Option<u64>,
    /// The channel it holds for; absent for all.
    pub channel: Option<Channel>,
    /// What is counted, `trang`: the amount is for each of them. Absent if the amount is for the whole.
    pub per: Option<String>,
    /// The first of the counted that it is for; 1 if absent.
    pub from_quantity: Option<u32>,
    /// The last of the counted that it is for.
    pub to_quantity: Option<u32>,
    /// No more than this for all that is counted.
    pub max_vnd: Option<u64>,
    /// The cases that it is for; empty if for all.
    pub cases: Vec<String>,
    /// First day on which it holds.
    pub from: Option<NaiveDate>,
    /// Last day on which it holds.
    pub to: Option<NaiveDate>,
}

impl Fee {
    /// How many of a quantity it is for: those between its bounds, or the whole; `None` if it is not for that quantity.
    fn count(&self, quantity: u32) -> Option<u64> {
        let (from, to) = (self.from_quantity.unwrap_or(0), self.to_quantity.unwrap_or(u32::MAX));
        let all = (u64::from(quantity.min(to)) + 1).checked_sub(u64::from(from.max(1)));
        match self.per {
            Some(_) => all.filter(|count| *count > 0),
            None => (from..=to).contains(&quantity).then_some(1),
        }
    }

    fn holds_on(&self, day: NaiveDate) -> bool {
        holds((self.from, self.to), day)
    }
}

/// A row of the fees that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeeLine<'a> {
    /// The row.
    pub fee: &'a Fee,
    /// How many it was counted for; 1 for a fee for the whole.
    pub count: u64,
    /// Its part of the sum, within what the row allows at most; `None` if the source states no amount.
    pub vnd: Option<u64>,
}

/// What an application costs, and by which rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeeDue<'a> {
    /// The rows, in the order of the file.
    pub lines: Vec<FeeLine<'a>>,
    /// The sum in đồng; `None` if a row has no amount or no row was found: that is not known, and not free.
    pub vnd: Option<u64>,
}

impl Procedure {
    /// What an application of a channel, a case and a day costs, for a quantity of what the fees count (pages, parcels); 1 if
    /// nothing is counted.
    ///
    /// Every row that fits is added. A row for a channel, or for a case, takes the place of those for all that count the
    /// same.
    #[must_use]
    pub fn fee(&self, channel: Channel, case: Option<&str>, quantity: u32, day: NaiveDate) -> FeeDue<'_> {
        let used = self.fee_rows(channel, case, Some(quantity), day);
        let mut lines: Vec<FeeLine<'_>> = Vec::new();
        for fee in used {
            let count = fee.count(quantity).unwrap_or_default();
            // The most for all that is counted is shared by the rows that count it.
            let before = lines.iter().filter(|line| line.fee.per == fee.per && fee.per.is_some());
            let spent = before.filter_map(|line| line.vnd).fold(0, u64::saturating_add);
            let left = fee.max_vnd.map_or(u64::MAX, |most| most.saturating_sub(spent));
            lines.push(FeeLine { fee, count, vnd: fee.vnd.map(|vnd| vnd.saturating_mul(count).min(left)) });
        }
        let sum = |lines: &[FeeLine<'_>]| {
            lines.iter().try_fold(0_u64, |sum, line| Some(sum.saturating_add(line.vnd?)))
        };
        let vnd = if lines.is_empty() { None } else { sum(&lines) };
        FeeDue { lines, vnd }
    }

    /// The rows that fit, for a quantity or for any, without those in whose place others are.
    pub(crate) fn fee_rows(
        &self,
        channel: Channel,
        case: Option<&str>,
        quantity: Option<u32>,
        day: NaiveDate,
    ) -> Vec<&Fee> {
        let fits = |fee: &&Fee| {
            fee.channel.is_none_or(|only| only == channel)
                && is_for(&fee.cases, case)
                && fee.holds_on(day)
                && quantity.is_none_or(|quantity| fee.count(quantity).is_some())
        };
        let fitting: Vec<&Fee> = self.fees.iter().filter(fits).collect();
        let narrow = |fee: &Fee| (fee.channel.is_some(), !fee.cases.is_empty());
        let is_narrower = |a: (bool, bool), b: (bool, bool)| a.0 & !b.0 || a.1 & !b.1;
        let replaced = |fee: &Fee| {
            fitting.iter().any(|other| other.per == fee.per && is_narrower(narrow(other), narrow(fee)))
        };
        fitting.iter().copied().filter(|fee| !replaced(fee)).collect()
    }
}
