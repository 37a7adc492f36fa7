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
}

impl DayKind {
    /// Whether offices work on such a day.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::Worked)
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
    /// Whether the day lies after the last announced year, so that an announcement may still change it.
    pub projected: bool,
}
