//! What a report is about in time.

use crate::calendar::CalendarError;
use crate::deadline::DeadlineError;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};
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
    #[error(
        "a table is cut by time once, or not at all, and by each other thing once; leave out what is there twice"
    )]
    CutTwice,
    #[error("the table is not cut by that; name one of those it is cut by")]
    NotCut,
    #[error("the two tables are not of one period, or not cut alike; count both alike")]
    TablesDiffer,
    #[error(
        "{cells} cells, one for each group and span, do not fit into memory; count fewer groups, or longer spans"
    )]
    NoRoom { cells: usize },
    #[error("these bytes cannot be read as cohorts: {reason}; store or send them anew")]
    Bytes { reason: &'static str },
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
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
            Self::CutTwice => "measure.cut_twice",
            Self::NotCut => "measure.not_cut",
            Self::TablesDiffer => "measure.tables_differ",
            Self::NoRoom { .. } => "measure.no_room",
            Self::Bytes { .. } => "measure.bytes",
            Self::Calendar(error) => error.code(),
            Self::Deadline(error) => error.code(),
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
            Self::CutTwice => {
                "một bảng chỉ được chia theo thời gian một lần và theo mỗi tiêu chí khác một lần; hãy bỏ phần lặp".into()
            }
            Self::NotCut => "bảng không được chia theo tiêu chí đó; hãy chọn một tiêu chí của bảng".into(),
            Self::TablesDiffer => "hai bảng khác kỳ hoặc được chia khác nhau; hãy đếm như nhau".into(),
            Self::NoRoom { cells } => {
                format!(
                    "không đủ bộ nhớ cho {cells} ô, mỗi nhóm và mỗi kỳ một ô; hãy đếm ít nhóm hơn hoặc kỳ dài hơn"
                )
            }
            Self::Bytes { reason } => {
                format!("không đọc được kết quả đếm từ các byte này: {reason}; hãy lưu hoặc gửi lại")
            }
            Self::Calendar(error) => error.vi(),
            Self::Deadline(error) => error.vi(),
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
