//! What a report is about in time.

use super::MeasureError;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

/// A span of days, both ends included. What is open at its end is judged at the end of its last day.
///
/// ```
/// use motcua::measure::Period;
/// let day = |text: &str| text.parse().unwrap();
/// let quarter = Period::new(day("2023-01-01"), day("2023-03-31")).unwrap();
/// assert_eq!(quarter.last(), day("2023-03-31"));
/// let error = Period::new(day("2023-03-31"), day("2023-01-01")).unwrap_err();
/// assert_eq!(error.code(), "measure.period_order");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Days")]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

impl TryFrom<Days> for Period {
    type Error = MeasureError;

    fn try_from(Days { first, last }: Days) -> Result<Self, MeasureError> {
        Self::new(first, last)
    }
}

/// By what spans of time.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Span {
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

impl Span {
    /// The first day of the span that holds a day.
    pub(super) fn begin(self, day: NaiveDate) -> Option<NaiveDate> {
        let month = match self {
            Self::Month => day.month(),
            Self::Quarter => (day.month() - 1) / 3 * 3 + 1,
            Self::Year => 1,
        };
        NaiveDate::from_ymd_opt(day.year(), month, 1)
    }

    /// How many of them make a year.
    pub(super) fn in_a_year(self) -> u32 {
        match self {
            Self::Month => 12,
            Self::Quarter => 4,
            Self::Year => 1,
        }
    }

    /// How it is written: `2026-03`, `2026-Q1`, `2026`; it sorts by time.
    pub(super) fn label(self, day: NaiveDate) -> String {
        let year = day.year();
        match self {
            Self::Month => format!("{year:04}-{:02}", day.month()),
            Self::Quarter => format!("{year:04}-Q{}", day.month0() / 3 + 1),
            Self::Year => format!("{year:04}"),
        }
    }
}

impl Period {
    /// From a first to a last day.
    ///
    /// # Errors
    /// `measure.period_order`
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, MeasureError> {
        if last < first { Err(MeasureError::PeriodOrder { first, last }) } else { Ok(Self { first, last }) }
    }

    /// A calendar year; `None` outside the years a date can have.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        let (first, last) = (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?);
        Some(Self { first, last })
    }

    /// Its first day.
    #[must_use]
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// The months, quarters or years that it has a part of, in order; the first and the last may be cut by its ends.
    ///
    /// ```
    /// use motcua::measure::{Period, Span};
    /// let year = Period::year(2026).unwrap();
    /// assert_eq!(year.spans(Span::Quarter).len(), 4);
    /// assert_eq!(year.spans(Span::Month)[1].last(), "2026-02-28".parse().unwrap());
    /// ```
    #[must_use]
    pub fn spans(&self, span: Span) -> Vec<Self> {
        let mut spans = Vec::new();
        let mut first = self.first;
        while first <= self.last {
            let months = Months::new(12 / span.in_a_year());
            let next = span.begin(first).and_then(|begin| begin.checked_add_months(months));
            let end = next.and_then(|next| next.pred_opt()).unwrap_or(self.last);
            spans.push(Self { first, last: end.min(self.last) });
            let Some(next) = next else { break };
            first = next;
        }
        spans
    }

    /// How a heading says it.
    pub(crate) fn vi(&self) -> String {
        format!("từ {} đến {}", self.first.format("%d/%m/%Y"), self.last.format("%d/%m/%Y"))
    }

    pub(super) fn holds(&self, at: NaiveDateTime) -> bool {
        self.first <= at.date() && at.date() <= self.last
    }

    pub(super) fn begin(&self) -> NaiveDateTime {
        self.first.and_time(NaiveTime::MIN)
    }

    pub(super) fn end(&self) -> NaiveDateTime {
        self.last.and_time(NaiveTime::MIN) + TimeDelta::seconds(86_399)
    }
}
