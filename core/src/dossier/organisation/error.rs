//! Why there is no one unit.

use chrono::NaiveDate;
use thiserror::Error;

/// Why a question about a unit on a day has no one answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrganisationError {
    /// No such unit.
    #[error("there is no unit `{unit}`; use the id of a unit of the organisation")]
    UnknownUnit {
        /// What was asked for.
        unit: String,
    },
    /// The day lies before the unit, which came out of no other.
    #[error(
        "unit `{unit}` is in force from {from} only; ask about a later day, or name the unit of that time"
    )]
    NotYet {
        /// The unit.
        unit: String,
        /// Its first day.
        from: NaiveDate,
    },
    /// It ended, and nothing followed it.
    #[error(
        "unit `{unit}` ended on {to} and no unit followed it; transfer its running dossiers to a unit by name, as an \
         officer of a unit above it"
    )]
    Ended {
        /// The unit.
        unit: String,
        /// Its last day.
        to: NaiveDate,
    },
    /// It was split.
    #[error(
        "unit `{unit}` ended on {to} and was split into {}; transfer its running dossiers to one of them by name, as \
         an officer of a unit above them", successors.join(", ")
    )]
    Split {
        /// The unit.
        unit: String,
        /// Its last day.
        to: NaiveDate,
        /// Those in force that came out of it.
        successors: Vec<String>,
    },
    /// It was put together from several, and the day lies before that.
    #[error(
        "unit `{unit}` was put together on {from} from {}; ask about a day from then on, or name one of them",
        predecessors.join(", ")
    )]
    Merged {
        /// The unit.
        unit: String,
        /// Its first day.
        from: NaiveDate,
        /// Those in force before, that went into it.
        predecessors: Vec<String>,
    },
}

impl OrganisationError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownUnit { .. } => "organisation.unknown_unit",
            Self::NotYet { .. } => "organisation.not_yet",
            Self::Ended { .. } => "organisation.ended",
            Self::Split { .. } => "organisation.split",
            Self::Merged { .. } => "organisation.merged",
        }
    }

    /// The same in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        let date = |day: &NaiveDate| day.format("%d/%m/%Y").to_string();
        match self {
            Self::UnknownUnit { unit } => {
                format!("không có đơn vị `{unit}`; hãy dùng mã của một đơn vị trong cơ cấu tổ chức")
            }
            Self::NotYet { unit, from } => format!(
                "đơn vị `{unit}` chỉ có từ ngày {}; hãy hỏi về một ngày sau đó, hoặc nêu đơn vị của thời điểm ấy",
                date(from)
            ),
            Self::Ended { unit, to } => format!(
                "đơn vị `{unit}` đã kết thúc hoạt động ngày {} và không có đơn vị kế thừa; hãy chuyển hồ sơ đang giải \
                 quyết đến một đơn vị được nêu tên, bởi cán bộ của đơn vị cấp trên",
                date(to)
            ),
            Self::Split { unit, to, successors } => format!(
                "đơn vị `{unit}` đã kết thúc hoạt động ngày {} và được chia thành {}; hãy chuyển hồ sơ đang giải quyết \
                 đến một trong các đơn vị đó, nêu rõ tên, bởi cán bộ của đơn vị cấp trên",
                date(to),
                successors.join(", ")
            ),
            Self::Merged { unit, from, predecessors } => format!(
                "đơn vị `{unit}` được thành lập ngày {} từ {}; hãy hỏi về một ngày từ đó trở đi, hoặc nêu một trong \
                 các đơn vị ấy",
                date(from),
                predecessors.join(", ")
            ),
        }
    }
}
