//! What a report is about in time.

use crate::calendar::CalendarError;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::Serialize;
use thiserror::Error;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

/// Why there is no such figure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum MeasureError {
    #[error("the period would end on {last}, which lies before {first}; exchange the two days")]
    PeriodOrder { first: NaiveDate, last: NaiveDate },
    #[error("column `{column}` has {length} rows, `group` has {rows}; give columns of one length")]
    ColumnsDiffer { column: &'static str, length: usize, rows: usize },
    #[error("row {row} cannot be counted: {reason}; correct it, or leave it out")]
    Row { row: usize, reason: &'static str },
    #[error(
        "these were counted by another plan: groups, spans, days and times must be the same; count both by one"
    )]
    PlansDiffer,
    #[error("more than 4,294,967,295 rows or cells cannot be counted together; count them in parts")]
    TooMany,
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl MeasureError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PeriodOrder { .. } => "measure.period_order",
            Self::ColumnsDiffer { .. } => "measure.columns_differ",
            Self::Row { .. } => "measure.row",
            Self::PlansDiffer => "measure.plans_differ",
            Self::TooMany => "measure.too_many",
            Self::Calendar(error) => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::PeriodOrder { first, last } => {
                format!("kỳ báo cáo kết thúc ngày {last}, trước ngày {first}; hãy đổi chỗ hai ngày")
            }
            Self::ColumnsDiffer { column, length, rows } => {
                format!("cột `{column}` có {length} dòng, cột `group` có {rows}; các cột phải dài bằng nhau")
            }
            Self::Row { row, reason } => {
                format!("không đếm được dòng {row}: {reason}; hãy sửa hoặc bỏ dòng đó")
            }
            Self::PlansDiffer => {
                "hai kết quả được đếm theo hai cách khác nhau; hãy đếm theo cùng một cách".into()
            }
            Self::TooMany => {
                "không đếm được quá 4.294.967.295 dòng hoặc ô cùng lúc; hãy đếm từng phần".into()
            }
            Self::Calendar(error) => error.vi(),
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

    pub(super) fn holds(&self, at: NaiveDateTime) -> bool {
        self.first <= at.date() && at.date() <= self.last
    }

    pub(super) fn end(&self) -> NaiveDateTime {
        self.last.and_time(NaiveTime::MIN) + TimeDelta::seconds(86_399)
    }
}
