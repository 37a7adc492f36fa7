//! When a result is due.

use super::TimeLimit;
use crate::moment;
use chrono::NaiveDateTime;
use serde::Serialize;

/// When a result is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At this moment, Vietnam time.
    At(#[serde(with = "moment")] NaiveDateTime),
    /// At this moment, as far as one can know: the count rests on days after the last announced year, so an announcement
    /// may still move it.
    Projected(#[serde(with = "moment")] NaiveDateTime),
    /// Open, while the clock is suspended.
    Suspended,
    /// Never: the procedure states no limit.
    NotStated,
    /// Not known: the procedure's limit is not known.
    Unknown,
}

impl Due {
    /// What there is of a limit that gives no date.
    pub(super) fn none(limit: TimeLimit) -> Self {
        if limit == TimeLimit::NotStated { Self::NotStated } else { Self::Unknown }
    }

    /// The moment, if there is one.
    #[must_use]
    pub fn at(self) -> Option<NaiveDateTime> {
        match self {
            Self::At(at) | Self::Projected(at) => Some(at),
            Self::Suspended | Self::NotStated | Self::Unknown => None,
        }
    }

    /// Whether it rests on days after the last announced year.
    #[must_use]
    pub fn is_projected(self) -> bool {
        matches!(self, Self::Projected(_))
    }

    /// Of two parts that run side by side, when both are done: the later one. While one is open or not known, so is
    /// the whole; a part that has no limit does not count.
    #[must_use]
    pub fn longest(self, other: Self) -> Self {
        match (self, other) {
            (Self::At(a), Self::At(b)) => Self::At(a.max(b)),
            (Self::At(a) | Self::Projected(a), Self::At(b) | Self::Projected(b)) => Self::Projected(a.max(b)),
            (Self::NotStated, other) | (other, Self::NotStated) => other,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Suspended, _) | (_, Self::Suspended) => Self::Suspended,
        }
    }
}
