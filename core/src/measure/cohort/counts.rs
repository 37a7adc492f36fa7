//! What is counted of one group and span.

use super::super::Ratio;
use super::pass::{
    DIGITISED, EARLY, LATE, ON_TIME, ONLINE, OPEN, OVERDUE, PAID, RATED, RATINGS, RATINGS_ABOVE, Slots,
};

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

    pub(super) fn of(slots: &Slots) -> Self {
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
            ratings: (at(RATED), at(RATINGS) | at(RATINGS_ABOVE) << 32),
        }
    }
}
