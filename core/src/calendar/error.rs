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
}

impl CalendarError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateOutOfRange { .. } => "calendar.date_out_of_range",
            Self::ResultOutOfRange { .. } => "calendar.result_out_of_range",
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
        }
    }
}
