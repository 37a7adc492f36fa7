//! Why there is no slip.

use super::Form;
use crate::dossier::DossierError;
use chrono::NaiveDate;
use smol_str::SmolStr;
use thiserror::Error;

/// A slip that cannot be made: the dossier has not come to it, or something is missing.
#[derive(Debug, Clone, PartialEq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum SlipError {
    #[error("dossier `{dossier}` has not been taken in; a {form} exists only after `accept`")]
    NotAccepted { dossier: SmolStr, form: Form },
    #[error("no supplement was asked for in dossier `{dossier}`; give `request_supplement` first")]
    NoSupplement { dossier: SmolStr },
    #[error(
        "dossier `{dossier}` was not refused; give `refuse`, or `resolve` with the result `refused`, first"
    )]
    NoRefusal { dossier: SmolStr },
    #[error("dossier `{dossier}` was not put off; give `reappoint` first")]
    NoReappointment { dossier: SmolStr },
    #[error("dossier `{dossier}` was not stopped; give `withdraw`, `discontinue` or `lapse` first")]
    NotStopped { dossier: SmolStr },
    #[error(
        "no circular prescribes a {form} on {day}; use a slip of your own, or add the form to slips.toml"
    )]
    NoForm { form: Form, day: NaiveDate },
    #[error("the submitter of dossier `{dossier}` has no name; fill in `submitter.name`")]
    Nameless { dossier: SmolStr },
    #[error(
        "dossier `{dossier}` is at version {version}, but {given} events were given; give its own events, all of them"
    )]
    Events { dossier: SmolStr, version: u64, given: usize },
    #[error("a register without dossiers has no rows; give at least one")]
    Empty,
    #[error("dossier `{dossier}` is in the register twice; give each once")]
    Twice { dossier: SmolStr },
    #[error("dossier `{dossier}` was taken in in {year}, but this is the register of {book}; begin another")]
    OtherYear { dossier: SmolStr, year: i32, book: i32 },
    #[error("the rows of the register would be numbered beyond {}; begin with a smaller number", u32::MAX)]
    TooMany,
    #[error("a register is of many dossiers; make it with `register`")]
    Many,
    #[error(transparent)]
    Dossier(#[from] DossierError),
}

impl SlipError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAccepted { .. } => "slip.not_accepted",
            Self::NoSupplement { .. } => "slip.no_supplement",
            Self::NoRefusal { .. } => "slip.no_refusal",
            Self::NoReappointment { .. } => "slip.no_reappointment",
            Self::NotStopped { .. } => "slip.not_stopped",
            Self::NoForm { .. } => "slip.no_form",
            Self::Nameless { .. } => "slip.nameless",
            Self::Events { .. } => "slip.events",
            Self::Empty => "slip.empty",
            Self::Twice { .. } => "slip.twice",
            Self::OtherYear { .. } => "slip.other_year",
            Self::TooMany => "slip.too_many",
            Self::Many => "slip.many",
            Self::Dossier(error) => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::NotAccepted { dossier, form } => {
                format!("hồ sơ `{dossier}` chưa được tiếp nhận; chỉ lập `{form}` sau lệnh `accept`")
            }
            Self::NoSupplement { dossier } => {
                format!("hồ sơ `{dossier}` chưa có yêu cầu bổ sung; hãy dùng `request_supplement` trước")
            }
            Self::NoRefusal { dossier } => format!(
                "hồ sơ `{dossier}` không bị từ chối; hãy dùng `refuse`, hoặc `resolve` với kết quả `refused`, trước"
            ),
            Self::NoReappointment { dossier } => {
                format!("hồ sơ `{dossier}` chưa được hẹn lại; hãy dùng `reappoint` trước")
            }
            Self::NotStopped { dossier } => format!(
                "hồ sơ `{dossier}` chưa dừng giải quyết; hãy dùng `withdraw`, `discontinue` hoặc `lapse` trước"
            ),
            Self::NoForm { form, day } => {
                format!("không có thông tư nào quy định mẫu `{form}` vào ngày {day}; hãy dùng mẫu riêng")
            }
            Self::Nameless { dossier } => {
                format!("người nộp hồ sơ `{dossier}` chưa có họ tên; hãy điền `submitter.name`")
            }
            Self::Events { dossier, version, given } => format!(
                "hồ sơ `{dossier}` ở phiên bản {version} nhưng có {given} sự kiện; hãy đưa đủ sự kiện của chính hồ sơ"
            ),
            Self::Empty => "sổ theo dõi không có hồ sơ nào; hãy đưa ít nhất một hồ sơ".into(),
            Self::Twice { dossier } => {
                format!("hồ sơ `{dossier}` ghi hai lần trong sổ; mỗi hồ sơ chỉ ghi một lần")
            }
            Self::OtherYear { dossier, year, book } => {
                format!("hồ sơ `{dossier}` tiếp nhận năm {year}, còn đây là sổ năm {book}; hãy mở sổ khác")
            }
            Self::TooMany => {
                format!("số thứ tự trong sổ vượt quá {}; hãy bắt đầu từ số nhỏ hơn", u32::MAX)
            }
            Self::Many => "sổ theo dõi ghi nhiều hồ sơ; hãy lập bằng `register`".into(),
            Self::Dossier(error) => error.vi(),
        }
    }
}
