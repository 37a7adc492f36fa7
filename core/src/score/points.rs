//! Points and measured amounts, exact.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;

/// Points, exact to the hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(u64);

impl Points {
    /// Whole points.
    #[must_use]
    pub const fn whole(points: u32) -> Self {
        Self(points as u64 * 100)
    }

    /// From hundredths.
    #[must_use]
    pub const fn from_hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// The hundredths.
    #[must_use]
    pub const fn hundredths(self) -> u64 {
        self.0
    }

    /// `over / under` hundredths, rounded half up to so many decimals, of two.
    pub(super) fn rounded(over: u128, under: u128, decimals: u8) -> Self {
        let unit: u128 = match decimals {
            0 => 100,
            1 => 10,
            _ => 1,
        };
        let under = under.saturating_mul(unit).max(1);
        // Half up: twice the quotient plus one, halved.
        let steps = over.saturating_mul(2).saturating_add(under) / under.saturating_mul(2);
        Self(u64::try_from(steps.saturating_mul(unit)).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Points {
    /// `17.69`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|points| points.0).sum())
    }
}

impl Serialize for Points {
    /// As a number, `17.69`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "points of an index stay far below 2^53")]
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = f64::deserialize(deserializer)?;
        let hundredths = scaled(given, 100.0).and_then(|hundredths| u64::try_from(hundredths).ok());
        hundredths.map(Self).ok_or_else(|| {
            D::Error::custom(format!(
                "`{given}` are no points; write a number from 0 on with at most two decimals"
            ))
        })
    }
}

/// A measured amount, exact to four decimals: for indicators that compare it with those of other units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

impl Amount {
    /// Of ten-thousandths.
    #[must_use]
    pub const fn from_ten_thousandths(amount: i64) -> Self {
        Self(amount)
    }

    pub(super) const fn ten_thousandths(self) -> i64 {
        self.0
    }
}

impl Serialize for Amount {
    /// As a number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "what was read was a number of this kind")]
        serializer.serialize_f64(self.0 as f64 / 10_000.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = f64::deserialize(deserializer)?;
        scaled(given, 10_000.0).map(Self).ok_or_else(|| {
            D::Error::custom(format!("`{given}` is no amount; write a number with at most four decimals"))
        })
    }
}

/// A decimal number as a whole one of its smallest unit; `None` if it is finer, or too large to be exact.
fn scaled(given: f64, by: f64) -> Option<i64> {
    let whole = (given * by).round();
    // What is exact differs by the rounding of the product only.
    let is_exact = whole.abs() < 9e15 && (given * by - whole).abs() <= 1e-9 * whole.abs().max(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "it is below 2^53")]
    is_exact.then_some(whole as i64)
}
