//! Quantiles that merge.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Below this, every whole number has a bin of its own.
const EXACT: u64 = 256;
/// From there on so many bins lie between a power of two and the next.
const BINS: u64 = 128;

/// How whole numbers are spread: exact below 256, and above it each within one part in 256 of what it was. Number, sum, least
/// and most are exact. So working days are as exact as offices count them, and seconds within 0.4 %.
///
/// Merging is adding counts, so that order and grouping make no difference; an empty one changes nothing.
///
/// ```
/// use motcua::measure::Sketch;
/// let days: Sketch = [1, 2, 2, 5, 30].into_iter().collect();
/// assert_eq!((days.quantile(50.0), days.quantile(100.0), days.mean()), (Some(2.0), Some(30.0), Some(8.0)));
/// let seconds: Sketch = [28_800].into_iter().collect();
/// assert!((seconds.quantile(50.0).unwrap() - 28_800.0).abs() <= 28_800.0 / 256.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Sketch {
    count: u64,
    sum: u64,
    least: Option<u64>,
    most: Option<u64>,
    bins: BTreeMap<u64, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    count: u64,
    sum: u64,
    least: Option<u64>,
    most: Option<u64>,
    bins: BTreeMap<u64, u64>,
}

impl TryFrom<Raw> for Sketch {
    type Error = &'static str;

    fn try_from(Raw { count, sum, least, most, bins }: Raw) -> Result<Self, Self::Error> {
        let ends = (bins.keys().next().copied(), bins.keys().next_back().copied());
        let all = bins.values().try_fold(0_u64, |all, count| all.checked_add(*count));
        // No number has a later bin than the largest, so that each bin has its numbers.
        if all != Some(count) || ends != (least.map(bin), most.map(bin)) || least > most {
            return Err(
                "the bins of the sketch do not fit its counts; it is not one that was written by motcua",
            );
        }
        Ok(Self { count, sum, least, most, bins })
    }
}

/// The bin of a number: its first eight binary digits, and how many follow.
fn bin(value: u64) -> u64 {
    let further = u64::from(u64::BITS - value.leading_zeros()).saturating_sub(8);
    further * BINS + (value >> further)
}

/// The middle of a bin.
#[expect(clippy::cast_precision_loss, reason = "an estimate, and exact where it has to be")]
fn middle(bin: u64) -> f64 {
    if bin < EXACT {
        return bin as f64;
    }
    let further = bin / BINS - 1;
    let first = (bin - further * BINS) << further;
    first as f64 + ((1_u64 << further) - 1) as f64 / 2.0
}

impl Sketch {
    /// Adds a number.
    pub fn add(&mut self, value: u64) {
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
        self.least = Some(self.least.map_or(value, |least| least.min(value)));
        self.most = self.most.max(Some(value));
        *self.bins.entry(bin(value)).or_default() += 1;
    }

    /// Adds all that another one has.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.least = self.least.into_iter().chain(other.least).min();
        self.most = self.most.max(other.most);
        for (bin, count) in &other.bins {
            *self.bins.entry(*bin).or_default() += count;
        }
    }

    /// How many numbers.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Their mean; `None` of none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sum and number stay exact")]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The number that so many percent do not exceed (50 is the median), between two of them in proportion, as spreadsheets
    /// do and as [`Cohorts::percentile`](super::Cohorts::percentile) does. `None` of none.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks of fewer than 2^53 numbers"
    )]
    pub fn quantile(&self, percent: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let (least, most) = (self.least? as f64, self.most? as f64);
        let at = last as f64 * percent.clamp(0.0, 100.0) / 100.0;
        let nth = |rank: u64| {
            if rank == 0 {
                return least;
            }
            let mut left = rank;
            for (bin, count) in &self.bins {
                match left.checked_sub(*count) {
                    Some(rest) => left = rest,
                    None if rank == last => break,
                    None => return middle(*bin).clamp(least, most),
                }
            }
            most
        };
        let (low, high) = (nth(at.floor() as u64), nth((at.floor() as u64 + 1).min(last)));
        Some(low + (high - low) * at.fract())
    }
}

impl FromIterator<u64> for Sketch {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        let mut sketch = Self::default();
        values.into_iter().for_each(|value| sketch.add(value));
        sketch
    }
}
