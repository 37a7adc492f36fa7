use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a day is for an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// A weekly rest day that is worked in exchange for another day (ngày làm bù).
    Worked,
    /// A weekly rest day (ngày nghỉ hằng tuần).
    WeeklyRest,
    /// A holiday (ngày nghỉ lễ, tết).
    Holiday,
    /// Off because a holiday fell on a weekly rest day (nghỉ bù).
    Compensatory,
    /// Off in exchange for a worked Saturday (hoán đổi).
    SwappedOff,
    /// A weekly rest day on which a unit works by its own decision, a Saturday morning for instance.
    UnitOpen,
    /// A day on which a unit is closed by its own decision: a local day off, a storm.
    UnitClosed,
}

impl DayKind {
    /// Whether offices work on such a day.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::Worked | Self::UnitOpen)
    }
}

/// Where a rule was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id by which the calendar's rows name it.
    pub id: String,
    /// The act and article, or the announcement.
    pub act: String,
    /// The day since which it is known.
    #[serde(deserialize_with = "crate::toml_file::bare_day")]
    pub known_since: NaiveDate,
    /// Address of the text.
    pub url: String,
    /// Whether the text was read and says so.
    pub verified: bool,
    /// What a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A day, and why it is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Day<'c> {
    /// The date.
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind,
    /// Vietnamese name of the holiday or rest day; empty for an ordinary working day.
    pub name_vi: &'c str,
    /// The same in English.
    pub name_en: &'c str,
    /// What says so; for an ordinary day the source of the working week.
    pub source: &'c Source,
    /// Since when one could know it.
    pub known_since: NaiveDate,
    /// Why an announcement differs from what the rules give; empty if it does not, or by an exchange of days only.
    pub note: &'c str,
    /// Whether the day lies after the last announced year, so that an announcement may still change it.
    pub projected: bool,
}

/// A day on which two calendars differ, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayChange<'c> {
    /// The day in the one calendar.
    pub before: Day<'c>,
    /// The day in the other.
    pub after: Day<'c>,
}

/// A question that the law leaves open, and that a calendar has to answer nevertheless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable id.
    pub id: String,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
    /// The answers one may give.
    pub answers: Vec<String>,
    /// The answer that is taken unless one asks for another.
    pub default: String,
    /// The first day on which the answer matters.
    #[serde(deserialize_with = "crate::toml_file::bare_day")]
    pub first_case: NaiveDate,
    /// Why it is open.
    pub reason: String,
}
