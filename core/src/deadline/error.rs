use crate::calendar::CalendarError;
use chrono::{NaiveDate, NaiveDateTime};
use thiserror::Error;

/// Why a time limit cannot be read, or a clock cannot do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum DeadlineError {
    #[error("`{text}` does not begin with a number; write e.g. `3 working_day` or `same_day`")]
    Number { text: String },
    #[error("`{text}` has no unit; add hour, working_hour, day, working_day, week, month or year")]
    UnitMissing { text: String },
    #[error(
        "`{unit}` in `{text}` is no unit of time; use hour, working_hour, day, working_day, week, month or year"
    )]
    UnitUnknown { text: String, unit: String },
    #[error(
        "the fraction in `{text}` is too fine; use halves, thirds, quarters, fifths or parts of them down to 1/60"
    )]
    Fraction { text: String },
    #[error(
        "`{text}` is a part of a week, month or year, which no rule counts but half a month and half a year; write it in days"
    )]
    PartOfMonth { text: String },
    #[error("`{text}` is zero; write `same_day`, or `not_stated` if there is no limit")]
    Zero { text: String },
    #[error("`{text}` is longer than {max} units; check the number")]
    TooLong { text: String, max: u32 },
    #[error(
        "a limit of `{limit}` cannot be due one working day later after a cut-off; use count_from_next_working_day"
    )]
    CutOffEffect { limit: String },
    #[error(
        "a limit of `{limit}` cannot be counted back from an event, or not with a cut-off; use hours, working hours, whole days, weeks, months or years, without a cut-off"
    )]
    Direction { limit: String },
    #[error("the suspension leads to a second stage, for which the rule names no limit; give `second_stage`")]
    NoSecondStage,
    #[error("the result was put off at {at} already; it may be put off once")]
    Reappointed { at: NaiveDateTime },
    #[error("an apology at {at} comes too late for what is due at {due}; it has to come a day before")]
    ApologyLate { at: NaiveDateTime, due: NaiveDateTime },
    #[error("a new moment for the result is checked against the calendar; use reappoint, or record it late")]
    ReappointApart,
    #[error(
        "`{by}` cannot make this limit longer; extend a limit that is counted forward, by hours, days, weeks, months or years"
    )]
    Extension { by: String },
    #[error(
        "nothing is due now that could be put off; wait until the clock runs, or give the procedure a limit"
    )]
    NothingDue,
    #[error(
        "the clock has no such leg to do that with: `{leg}`; start each leg once, under a name of its own, and stop it once"
    )]
    Leg { leg: String },
    #[error(
        "there is no entry {entry} that could be annulled; entries are numbered from 0 and annulled once"
    )]
    NoEntry { entry: usize },
    #[error(
        "an entry recorded at {recorded} cannot follow one of {last}; record it after it happened, and after what was recorded before"
    )]
    Recorded { recorded: NaiveDateTime, last: NaiveDateTime },
    #[error("an extension by {by} is more than {most}, the most that {incident} allows; shorten it")]
    ExtensionTooLong { incident: String, by: String, most: String },
    #[error("`{id}` is no incident that the law knows; use one of {}", known.join(", "))]
    IncidentUnknown { id: String, known: Vec<String> },
    #[error("the rule `{id}` is not in force on {on}; use the one that is")]
    IncidentNotInForce { id: String, on: NaiveDate },
    #[error("the rule `{id}` {does}; use the call for that")]
    IncidentEffect { id: String, does: String },
    #[error(
        "`{most}` cannot be the ceiling of this limit; write it in the limit's own unit, beside what is added"
    )]
    Ceiling { most: String },
    #[error("`{text}` is no time of day for a cut-off; write e.g. `15:00`")]
    CutOffTime { text: String },
    #[error("row {row} names a rule that is not given; number the rules from 0")]
    NoRule { row: usize },
    #[error("no row of the limits fits {facts}; add one, or say what is missing")]
    NoRow { facts: String },
    #[error("the limit counts from `{anchor}`, and no such moment is given; give it")]
    AnchorMissing { anchor: String },
    #[error("`{part}` in `{text}` can be read in several ways; write one of {}", choices.join(", "))]
    Unclear { text: String, part: String, choices: Vec<String> },
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
            Self::Direction { .. } => "deadline.direction",
            Self::NoSecondStage => "deadline.no_second_stage",
            Self::Reappointed { .. } => "deadline.reappointed",
            Self::ApologyLate { .. } => "deadline.apology_late",
            Self::ReappointApart => "deadline.reappoint_apart",
            Self::Extension { .. } => "deadline.extension",
            Self::NothingDue => "deadline.nothing_due",
            Self::Leg { .. } => "deadline.leg",
            Self::NoEntry { .. } => "deadline.no_entry",
            Self::Recorded { .. } => "deadline.recorded",
            Self::ExtensionTooLong { .. } => "deadline.extension_too_long",
            Self::IncidentUnknown { .. } => "deadline.incident_unknown",
            Self::IncidentNotInForce { .. } => "deadline.incident_not_in_force",
            Self::IncidentEffect { .. } => "deadline.incident_effect",
            Self::Ceiling { .. } => "deadline.ceiling",
            Self::CutOffTime { .. } => "deadline.cut_off_time",
            Self::NoRule { .. } => "deadline.no_rule",
            Self::NoRow { .. } => "deadline.no_row",
            Self::AnchorMissing { .. } => "deadline.anchor_missing",
            Self::Unclear { .. } => "deadline.unclear",
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
                    "`{text}` thiếu đơn vị; hãy thêm giờ, giờ làm việc, ngày, ngày làm việc, tuần, tháng hoặc năm"
                )
            }
            Self::UnitUnknown { text, unit } => format!(
                "`{unit}` trong `{text}` không phải đơn vị thời gian; hãy dùng giờ, giờ làm việc, ngày, ngày làm việc, tuần, tháng hoặc năm"
            ),
            Self::Fraction { text } => {
                format!("phần lẻ trong `{text}` quá nhỏ; hãy dùng phần hai, ba, tư, năm hoặc bội số của 1/60")
            }
            Self::PartOfMonth { text } => {
                format!("`{text}` là một phần của tuần, tháng hoặc năm mà không quy định nào tính (trừ nửa tháng, nửa năm); hãy ghi bằng ngày")
            }
            Self::Zero { text } => {
                format!("`{text}` bằng không; hãy ghi `trong ngày`, hoặc `không quy định`")
            }
            Self::TooLong { text, max } => format!("`{text}` dài hơn {max} đơn vị; hãy kiểm tra số"),
            Self::CutOffEffect { limit } => format!(
                "thời hạn `{limit}` không thể lùi một ngày làm việc sau giờ chốt; hãy dùng count_from_next_working_day"
            ),
            Self::Direction { limit } => format!(
                "thời hạn `{limit}` không thể tính lùi từ một sự kiện, hoặc không đi cùng giờ chốt; hãy dùng giờ, giờ làm việc, ngày, tuần, tháng hoặc năm tròn, không có giờ chốt"
            ),
            Self::NoSecondStage => {
                "tạm dừng dẫn tới giai đoạn hai nhưng quy tắc không có thời hạn giai đoạn hai; hãy thêm `second_stage`".into()
            }
            Self::Reappointed { at } => format!("đã hẹn lại lúc {at}; chỉ được hẹn lại một lần"),
            Self::ApologyLate { at, due } => {
                format!("xin lỗi lúc {at} là quá muộn so với hạn {due}; phải trước ít nhất một ngày")
            }
            Self::ReappointApart => {
                "thời điểm hẹn lại phải đối chiếu với lịch; hãy dùng lệnh hẹn lại, hoặc ghi bổ sung".into()
            }
            Self::Extension { by } => format!(
                "`{by}` không kéo dài được thời hạn này; hãy gia hạn thời hạn tính xuôi, bằng giờ, ngày, tuần, tháng hoặc năm"
            ),
            Self::NothingDue => {
                "hiện không có hạn nào để hẹn lại; hãy chờ thời hạn chạy, hoặc quy định thời hạn".into()
            }
            Self::Leg { leg } => {
                format!("không có chặng `{leg}` để làm việc này; mỗi chặng bắt đầu và kết thúc một lần, tên riêng")
            }
            Self::NoEntry { entry } => {
                format!("không có mục {entry} để hủy; các mục đánh số từ 0 và chỉ hủy một lần")
            }
            Self::Recorded { recorded, last } => format!(
                "mục ghi lúc {recorded} không thể đứng sau {last}; hãy ghi sau khi sự việc xảy ra và sau mục trước"
            ),
            Self::ExtensionTooLong { incident, by, most } => {
                format!("gia hạn {by} vượt quá {most}, mức tối đa theo {incident}; hãy rút ngắn")
            }
            Self::IncidentUnknown { id, known } => {
                format!("luật không có trường hợp `{id}`; hãy dùng một trong {}", known.join(", "))
            }
            Self::IncidentNotInForce { id, on } => {
                format!("quy định `{id}` không có hiệu lực ngày {on}; hãy dùng quy định đang có hiệu lực")
            }
            Self::IncidentEffect { id, does } => {
                format!("quy định `{id}` có tác dụng khác ({does}); hãy dùng lệnh tương ứng")
            }
            Self::Ceiling { most } => format!(
                "`{most}` không thể là mức tối đa của thời hạn này; hãy ghi cùng đơn vị, bên cạnh phần cộng thêm"
            ),
            Self::CutOffTime { text } => format!("`{text}` không phải giờ trong ngày; hãy ghi ví dụ `15:00`"),
            Self::NoRule { row } => {
                format!("dòng {row} nêu một quy tắc không có; hãy đánh số quy tắc từ 0")
            }
            Self::NoRow { facts } => {
                format!("không có dòng thời hạn nào phù hợp với {facts}; hãy thêm dòng, hoặc bổ sung dữ kiện")
            }
            Self::AnchorMissing { anchor } => {
                format!("thời hạn tính từ `{anchor}` nhưng thiếu thời điểm đó; hãy cho biết")
            }
            Self::Unclear { text, part, choices } => {
                format!("`{part}` trong `{text}` có nhiều cách hiểu; hãy ghi một trong {}", choices.join(", "))
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
