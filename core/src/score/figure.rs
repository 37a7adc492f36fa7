//! What an indicator is filled in with.

use super::{Amount, Points};
use crate::measure::Ratio;
use serde::{Deserialize, Serialize};

/// A figure of an indicator, of the kind that its scoring asks for.
///
/// ```
/// use motcua::measure::Ratio;
/// use motcua::score::Figure;
/// let counted: Figure = serde_json::from_str(r#"{"numerator": 7, "denominator": 9}"#).unwrap();
/// assert_eq!(counted, Ratio { numerator: 7, denominator: 9 }.into());
/// let given: Figure = serde_json::from_str(r#"{"points": 1.5, "evidence": "QĐ 12/QĐ-UBND"}"#).unwrap();
/// assert!(matches!(given, Figure::Given { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Figure {
    /// How many of how many: of linear, capped, banded and shown indicators.
    Counts(Ratio),
    /// How many dossiers stand at each level, in the order of the levels: of ordinal indicators. What is judged once, of a unit
    /// as a whole, is one at its level.
    Levels {
        /// One count for each level.
        levels: Vec<u64>,
    },
    /// An amount among those of the units that are compared: of min–max indicators.
    Among {
        /// The unit's own.
        value: Amount,
        /// The lowest of all, the unit's own among them.
        lowest: Amount,
        /// The highest of all.
        highest: Amount,
    },
    /// Points that somebody gives, and on what ground: of manual indicators.
    Given {
        /// The points.
        points: Points,
        /// The document that shows it.
        evidence: String,
    },
}

impl From<Ratio> for Figure {
    fn from(counts: Ratio) -> Self {
        Self::Counts(counts)
    }
}
