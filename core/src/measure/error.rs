//! Why there is no such figure.

use crate::calendar::CalendarError;
use crate::deadline::DeadlineError;
use chrono::NaiveDate;
use thiserror::Error;

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
