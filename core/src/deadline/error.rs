use crate::calendar::CalendarError;
use chrono::NaiveDateTime;
use thiserror::Error;

/// Why a time limit cannot be read, or a clock cannot do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum DeadlineError {
    #[error("`{text}` does not begin with a number; write e.g. `3 working_day` or `same_day`")]
    Number { text: String },
    #[error("`{text}` has no unit; add hour, working_hour, day, working_day, month or year")]
    UnitMissing { text: String },
    #[error(
        "`{unit}` in `{text}` is no unit of time; use hour, working_hour, day, working_day, month or year"
    )]
    UnitUnknown { text: String, unit: String },
    #[error(
        "the fraction in `{text}` is too fine; use halves, thirds, quarters, fifths or parts of them down to 1/60"
    )]
    Fraction { text: String },
    #[error("`{text}` is a part of a month or year, which no rule counts; write it in days")]
    PartOfMonth { text: String },
    #[error("`{text}` is zero; write `same_day`, or `not_stated` if there is no limit")]
    Zero { text: String },
    #[error("`{text}` is longer than {max} units; check the number")]
    TooLong { text: String, max: u32 },
    #[error(
        "a limit of `{limit}` cannot be due one working day later after a cut-off; use count_from_next_working_day"
    )]
    CutOffEffect { limit: String },
    #[error("the clock has been suspended since {since}; resume it first")]
    AlreadySuspended { since: NaiveDateTime },
    #[error("the clock is running; there is nothing to resume")]
    NotSuspended,
    #[error("the clock was stopped at {at}; it cannot change any more")]
    Stopped { at: NaiveDateTime },
    #[error("{at} lies before {last}, the last change of the clock; give a moment that is not earlier")]
    Order { at: NaiveDateTime, last: NaiveDateTime },
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl DeadlineError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number { .. } => "deadline.number",
            Self::UnitMissing { .. } => "deadline.unit_missing",
            Self::UnitUnknown { .. } => "deadline.unit_unknown",
            Self::Fraction { .. } => "deadline.fraction",
            Self::PartOfMonth { .. } => "deadline.part_of_month",
            Self::Zero { .. } => "deadline.zero",
            Self::TooLong { .. } => "deadline.too_long",
            Self::CutOffEffect { .. } => "deadline.cut_off_effect",
            Self::AlreadySuspended { .. } => "deadline.already_suspended",
            Self::NotSuspended => "deadline.not_suspended",
            Self::Stopped { .. } => "deadline.stopped",
            Self::Order { .. } => "deadline.order",
            Self::Calendar(error) => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Number { text } => {
                format!(
                    "`{text}` không bắt đầu bằng một số; hãy ghi ví dụ `3 ngày làm việc` hoặc `trong ngày`"
                )
            }
            Self::UnitMissing { text } => {
                format!(
                    "`{text}` thiếu đơn vị; hãy thêm giờ, giờ làm việc, ngày, ngày làm việc, tháng hoặc năm"
                )
            }
            Self::UnitUnknown { text, unit } => format!(
                "`{unit}` trong `{text}` không phải đơn vị thời gian; hãy dùng giờ, giờ làm việc, ngày, ngày làm việc, tháng hoặc năm"
            ),
            Self::Fraction { text } => {
                format!("phần lẻ trong `{text}` quá nhỏ; hãy dùng phần hai, ba, tư, năm hoặc bội số của 1/60")
            }
            Self::PartOfMonth { text } => {
                format!("`{text}` là một phần của tháng hoặc năm; hãy ghi bằng ngày")
            }
            Self::Zero { text } => {
                format!("`{text}` bằng không; hãy ghi `trong ngày`, hoặc `không quy định`")
            }
            Self::TooLong { text, max } => format!("`{text}` dài hơn {max} đơn vị; hãy kiểm tra số"),
            Self::CutOffEffect { limit } => format!(
                "thời hạn `{limit}` không thể lùi một ngày làm việc sau giờ chốt; hãy dùng count_from_next_working_day"
            ),
            Self::AlreadySuspended { since } => {
                format!("thời hạn đã tạm dừng từ {since}; hãy tiếp tục trước")
            }
            Self::NotSuspended => "thời hạn đang chạy; không có gì để tiếp tục".into(),
            Self::Stopped { at } => format!("thời hạn đã kết thúc lúc {at}; không thể thay đổi nữa"),
            Self::Order { at, last } => {
                format!("{at} sớm hơn {last}, lần thay đổi cuối; hãy dùng thời điểm không sớm hơn")
            }
            Self::Calendar(error) => error.vi(),
        }
    }
}
