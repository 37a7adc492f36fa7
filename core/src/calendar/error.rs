use chrono::NaiveDate;
use thiserror::Error;

/// Why the calendar cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// `calendar.date_out_of_range`
    #[error("{date} lies outside the calendar, which runs from {first} to {last}; correct the date")]
    DateOutOfRange {
        /// The date asked about.
        date: NaiveDate,
        /// First day of the calendar.
        first: NaiveDate,
        /// Last day of the calendar.
        last: NaiveDate,
    },
    /// `calendar.result_out_of_range`
    #[error("the result lies outside the calendar, which runs from {first} to {last}; use a smaller number")]
    ResultOutOfRange {
        /// First day of the calendar.
        first: NaiveDate,
        /// Last day of the calendar.
        last: NaiveDate,
    },
    /// `calendar.no_working_day`
    #[error("{date} is no working day; start from one, or say how it is to be moved")]
    NoWorkingDay {
        /// The date.
        date: NaiveDate,
    },
    /// `calendar.column_lengths`
    #[error("the columns are not all of {rows} rows; give columns of one length")]
    ColumnLengths {
        /// The rows of the result.
        rows: usize,
    },
    /// `calendar.question`
    #[error("`{id}` is no open question of this calendar; use one of {}", known.join(", "))]
    Question {
        /// The question asked about.
        id: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// `calendar.answer`
    #[error("`{answer}` is no answer to `{question}`; use one of {}", known.join(", "))]
    Answer {
        /// The question.
        question: String,
        /// The answer given.
        answer: String,
        /// Those there are.
        known: Vec<String>,
    },
}

impl CalendarError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateOutOfRange { .. } => "calendar.date_out_of_range",
            Self::ResultOutOfRange { .. } => "calendar.result_out_of_range",
            Self::NoWorkingDay { .. } => "calendar.no_working_day",
            Self::ColumnLengths { .. } => "calendar.column_lengths",
            Self::Question { .. } => "calendar.question",
            Self::Answer { .. } => "calendar.answer",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::DateOutOfRange { date, first, last } => {
                format!("ngày {date} nằm ngoài lịch (từ {first} đến {last}); hãy sửa ngày")
            }
            Self::ResultOutOfRange { first, last } => {
                format!("kết quả nằm ngoài lịch (từ {first} đến {last}); hãy dùng số nhỏ hơn")
            }
            Self::NoWorkingDay { date } => {
                format!("{date} không phải ngày làm việc; hãy bắt đầu từ ngày làm việc, hoặc nói rõ cách dời")
            }
            Self::ColumnLengths { rows } => {
                format!("các cột không cùng {rows} dòng; hãy dùng các cột dài bằng nhau")
            }
            Self::Question { id, known } => {
                format!("lịch không có vấn đề `{id}`; hãy dùng một trong {}", known.join(", "))
            }
            Self::Answer { question, answer, known } => {
                format!("`{answer}` không trả lời `{question}`; hãy dùng một trong {}", known.join(", "))
            }
        }
    }
}
