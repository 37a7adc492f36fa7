//! The rules of counting as data.

use crate::toml_file;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The rule by which a part of a working day, that is no half, is taken of so many working hours.
pub(super) const DAY_OF_8_HOURS: &str = "day_of_8_hours";

/// A rule of counting, in words, with its source.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountingRule {
    /// Stable id.
    pub id: String,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
    /// The act and article.
    pub source: String,
    /// Whether the text was read and says so.
    pub verified: bool,
    /// The number it is about: hours of a day, days before an end, times that something may happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
}

static RULES: LazyLock<Vec<CountingRule>> = LazyLock::new(|| {
    let text = include_str!("../../data/deadline/counting.toml");
    toml_file::part_of_library("counting.toml", text, "rule")
});

static NO_RULE: CountingRule = CountingRule {
    id: String::new(),
    text_vi: String::new(),
    text_en: String::new(),
    source: String::new(),
    verified: false,
    number: None,
};

/// The rule of an id; an empty one if the file lacks it, which `tests/deadline.rs` would notice.
pub(super) fn rule(id: &str) -> &'static CountingRule {
    RULES.iter().find(|rule| rule.id == id).unwrap_or(&NO_RULE)
}

fn number(id: &str) -> i64 {
    rule(id).number.unwrap_or_default().into()
}

/// The working hours of a whole day, of which its parts are taken.
pub(crate) fn accounted_hours() -> i64 {
    static HOURS: LazyLock<i64> = LazyLock::new(|| number(DAY_OF_8_HOURS));
    *HOURS
}

/// The days of a month, of which its parts are taken.
pub(crate) fn days_of_month() -> u32 {
    rule("half_month").number.unwrap_or_default()
}

/// How often a result may be put off.
pub(super) fn reappointments() -> usize {
    usize::try_from(number("reappoint_once")).unwrap_or_default()
}

/// So many days before the end the apology has to be there.
pub(super) fn apology_days() -> u64 {
    number("apology_before").unsigned_abs()
}
