//! Why a command is refused.

use super::{Objection, Status};
use crate::calendar::CalendarError;
use crate::deadline::DeadlineError;
use crate::procedure::{Duty, Tier};
use crate::routing::RoutingError;
use chrono::{NaiveDate, NaiveDateTime};
use smol_str::SmolStr;
use thiserror::Error;

/// What a command takes of its actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// The role of a step.
    Role {
        /// The role.
        role: String,
        /// The step.
        step: SmolStr,
    },
    /// A role with one of these duties.
    Duties(Vec<Duty>),
    /// Nobody may give it.
    Nobody,
}

impl Needs {
    fn en(&self) -> String {
        match self {
            Self::Role { role, step } => format!("the role `{role}` of step `{step}`"),
            Self::Duties(duties) => {
                let names: Vec<String> = duties.iter().map(Duty::to_string).collect();
                format!("a role with the duty {}", names.join(" or "))
            }
            Self::Nobody => "a row in authority.toml".into(),
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::Role { role, step } => format!("vai trò `{role}` của bước `{step}`"),
            Self::Duties(duties) => {
                let names: Vec<&str> = duties.iter().map(|duty| duty.vi()).collect();
                format!("người có nhiệm vụ {}", names.join(" hoặc "))
            }
            Self::Nobody => "một dòng trong authority.toml".into(),
        }
    }
}

/// A list with what leads to it, or nothing if it is empty.
fn or_back(list: &str, before: &str) -> String {
    if list.is_empty() { String::new() } else { format!("{before}{list}") }
}

fn place_en(of: &str, tier: Option<Tier>) -> String {
    match tier {
        Some(tier) => format!("a {tier} unit in one line with it"),
        None => format!("`{of}` or of a unit above it"),
    }
}

fn place_vi(of: &str, tier: Option<Tier>) -> String {
    match tier {
        Some(tier) => format!("đơn vị {} cùng tuyến", tier.vi()),
        None => format!("`{of}` hoặc đơn vị cấp trên"),
    }
}

/// A refusal: nothing has changed. The sentence names the place and the remedy; [`DossierError::code`] is stable.
#[derive(Debug, Clone, PartialEq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum DossierError {
    #[error("there is no dossier `{dossier}`; begin it with `receive`")]
    Unknown { dossier: SmolStr },
    #[error("dossier `{dossier}` exists already; choose another code")]
    Exists { dossier: SmolStr },
    #[error("`{field}` is empty; fill it in")]
    EmptyField { field: &'static str },
    #[error("the catalogue has no procedure `{procedure}`; check the code, or load its file")]
    UnknownProcedure { procedure: SmolStr },
    #[error(
        "procedure `{procedure}` is not in force on {day}, but {known}; check the date, or load the version's file"
    )]
    NotInForce { procedure: SmolStr, day: NaiveDate, known: String },
    #[error(
        "procedure `{procedure}` is settled by a {tier} unit, and `{unit}` is none; name a unit of that tier"
    )]
    WrongTier { procedure: SmolStr, unit: SmolStr, tier: Tier },
    #[error(
        "procedure `{procedure}` in force from {from} is not in the catalogue; load the file that the journal was written with"
    )]
    ProcedureMissing { procedure: SmolStr, from: NaiveDate },
    #[error(
        "procedure `{procedure}` has no case `{case}`; leave it out{}",
        or_back(known, ", or use one of: ")
    )]
    UnknownCase { procedure: SmolStr, case: SmolStr, known: String },
    #[error("no regime is in force on {day}; add one to regimes.toml")]
    NoRegime { day: NaiveDate },
    #[error("there is no unit `{unit}`; use the id of a unit of the organisation")]
    UnknownUnit { unit: SmolStr },
    #[error(
        "there is no officer `{actor}`; use the id of an officer of the organisation, `applicant` or `system`"
    )]
    UnknownActor { actor: SmolStr },
    #[error(
        "`{command}` is not possible while dossier `{dossier}` is {status}; it is possible when {allowed}"
    )]
    WrongState { command: &'static str, dossier: SmolStr, status: Status, allowed: String },
    #[error("`{actor}` may not `{command}` dossier `{dossier}`; it takes {}", needs.en())]
    NotAllowed { command: &'static str, dossier: SmolStr, actor: SmolStr, needs: Needs },
    #[error("`{actor}` is of unit `{unit}`, but dossier `{dossier}` is of `{of}`; it takes an officer of {}", place_en(of, *tier))]
    OtherUnit { dossier: SmolStr, actor: SmolStr, unit: SmolStr, of: String, tier: Option<Tier> },
    #[error("step `{step}` is assigned to `{assignee}`, not to `{actor}`; assign it anew first")]
    Assigned { step: SmolStr, assignee: SmolStr, actor: SmolStr },
    #[error("`{actor}` prepared dossier `{dossier}` and may not sign it; let another officer sign")]
    PreparerSigns { dossier: SmolStr, actor: SmolStr },
    #[error(
        "step `{step}` ends with a signature; use `sign`{}",
        or_back(back, ", or an outcome that hands it back: ")
    )]
    SignatureNeeded { step: SmolStr, back: String },
    #[error("step `{step}` is not one that is signed; use `complete`")]
    NotASignature { step: SmolStr },
    #[error("step `{step}` ends when the result is handed over; use `resolve` and `deliver`")]
    UseDeliver { step: SmolStr },
    #[error("dossier `{dossier}` has work left: {steps}; complete these steps first")]
    StepsLeft { dossier: SmolStr, steps: String },
    #[error(
        "step `{step}` waits for the opinion of {units}; record their answers, or wait until the consultation is due"
    )]
    ConsultationOpen { step: SmolStr, units: String },
    #[error("no consultation of `{unit}` by step `{step}` is open; check the step, or the officer's unit")]
    NoConsultation { step: SmolStr, unit: SmolStr },
    #[error("a rating of {score} does not exist; use 2, 1 or 0")]
    Rating { score: u8 },
    #[error("dossier `{dossier}` is rated already; one rating counts")]
    Rated { dossier: SmolStr },
    #[error("the consultation would be due at {due}, before it begins; give a later moment, or leave it out")]
    ConsultationDue { due: NaiveDateTime },
    #[error("the command is of {at}, but the dossier's last event of {last}; give a moment not before it")]
    TimeOrder { at: NaiveDateTime, last: NaiveDateTime },
    #[error(
        "version {expected} was expected, but dossier `{dossier}` is at {actual}; read it again, then decide anew"
    )]
    VersionConflict { dossier: SmolStr, expected: u64, actual: u64 },
    #[error(
        "key `{key}` was used in dossier `{dossier}` for another command; give each new command its own key"
    )]
    KeyReused { dossier: SmolStr, key: SmolStr },
    #[error("event {version} does not follow version {after} of the dossier; the journal is damaged")]
    Gap { version: u64, after: u64 },
    #[error("the saved form of dossier `{dossier}` cannot be used: {reason}; fold its events again")]
    NotSaved { dossier: SmolStr, reason: String },
    #[error(transparent)]
    Objection(#[from] Objection),
    #[error(transparent)]
    Routing(#[from] RoutingError),
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl DossierError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "dossier.unknown",
            Self::Exists { .. } => "dossier.exists",
            Self::EmptyField { .. } => "dossier.empty_field",
            Self::UnknownProcedure { .. } => "dossier.unknown_procedure",
            Self::NotInForce { .. } => "dossier.not_in_force",
            Self::WrongTier { .. } => "dossier.wrong_tier",
            Self::ProcedureMissing { .. } => "dossier.procedure_missing",
            Self::UnknownCase { .. } => "dossier.unknown_case",
            Self::NoRegime { .. } => "dossier.no_regime",
            Self::UnknownUnit { .. } => "dossier.unknown_unit",
            Self::UnknownActor { .. } => "dossier.unknown_actor",
            Self::WrongState { .. } => "dossier.wrong_state",
            Self::NotAllowed { .. } => "dossier.not_allowed",
            Self::OtherUnit { .. } => "dossier.other_unit",
            Self::Assigned { .. } => "dossier.assigned_to_other",
            Self::PreparerSigns { .. } => "dossier.preparer_signs",
            Self::SignatureNeeded { .. } => "dossier.signature_needed",
            Self::NotASignature { .. } => "dossier.not_a_signature",
            Self::UseDeliver { .. } => "dossier.use_deliver",
            Self::StepsLeft { .. } => "dossier.steps_left",
            Self::ConsultationOpen { .. } => "dossier.consultation_open",
            Self::NoConsultation { .. } => "dossier.no_consultation",
            Self::Rating { .. } => "dossier.rating",
            Self::Rated { .. } => "dossier.rated",
            Self::ConsultationDue { .. } => "dossier.consultation_due",
            Self::TimeOrder { .. } => "dossier.time_order",
            Self::VersionConflict { .. } => "dossier.version_conflict",
            Self::KeyReused { .. } => "dossier.key_reused",
            Self::Gap { .. } => "dossier.gap",
            Self::NotSaved { .. } => "dossier.not_saved",
            Self::Objection(error) => error.code(),
            Self::Routing(error) => error.code(),
            Self::Deadline(error) => error.code(),
            Self::Calendar(error) => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Unknown { dossier } => format!("không có hồ sơ `{dossier}`; hãy mở bằng lệnh `receive`"),
            Self::Exists { dossier } => format!("hồ sơ `{dossier}` đã có; hãy dùng mã khác"),
            Self::EmptyField { field } => format!("`{field}` để trống; hãy điền vào"),
            Self::UnknownProcedure { procedure } => {
                format!("danh mục không có thủ tục `{procedure}`; hãy kiểm tra mã hoặc nạp tệp của thủ tục")
            }
            Self::NotInForce { procedure, day, known } => {
                format!("thủ tục `{procedure}` không có hiệu lực ngày {day} ({known}); hãy kiểm tra ngày")
            }
            Self::WrongTier { procedure, unit, tier } => format!(
                "thủ tục `{procedure}` do đơn vị {} giải quyết, `{unit}` không thuộc cấp đó; hãy chọn đơn vị khác",
                tier.vi()
            ),
            Self::ProcedureMissing { procedure, from } => format!(
                "danh mục thiếu thủ tục `{procedure}` có hiệu lực từ {from}; hãy nạp tệp đã dùng khi ghi nhật ký"
            ),
            Self::UnknownCase { procedure, case, known } => format!(
                "thủ tục `{procedure}` không có trường hợp `{case}`; hãy bỏ trống{}",
                or_back(known, " hoặc dùng: ")
            ),
            Self::NoRegime { day } => {
                format!("không có nghị định nào có hiệu lực ngày {day}; hãy bổ sung regimes.toml")
            }
            Self::UnknownUnit { unit } => {
                format!("không có đơn vị `{unit}`; hãy dùng mã đơn vị trong tổ chức")
            }
            Self::UnknownActor { actor } => {
                format!("không có cán bộ `{actor}`; hãy dùng mã cán bộ, `applicant` hoặc `system`")
            }
            Self::WrongState { command, dossier, status, allowed } => format!(
                "không thể `{command}` khi hồ sơ `{dossier}` {}; chỉ khi: {allowed}",
                status.vi().to_lowercase()
            ),
            Self::NotAllowed { command, dossier, actor, needs } => {
                format!("`{actor}` không có quyền `{command}` hồ sơ `{dossier}`; cần {}", needs.vi())
            }
            Self::OtherUnit { dossier, actor, unit, of, tier } => format!(
                "`{actor}` thuộc đơn vị `{unit}`, còn hồ sơ `{dossier}` của `{of}`; cần cán bộ của {}",
                place_vi(of, *tier)
            ),
            Self::Assigned { step, assignee, actor } => {
                format!(
                    "bước `{step}` đã giao cho `{assignee}`, không phải `{actor}`; hãy phân công lại trước"
                )
            }
            Self::PreparerSigns { dossier, actor } => {
                format!("`{actor}` đã thẩm định hồ sơ `{dossier}` nên không được ký; hãy để người khác ký")
            }
            Self::SignatureNeeded { step, back } => {
                format!(
                    "bước `{step}` kết thúc bằng chữ ký; hãy dùng `sign`{}",
                    or_back(back, ", hoặc trả lại bằng: ")
                )
            }
            Self::NotASignature { step } => format!("bước `{step}` không phải bước ký; hãy dùng `complete`"),
            Self::UseDeliver { step } => {
                format!("bước `{step}` kết thúc khi trả kết quả; hãy dùng `resolve` và `deliver`")
            }
            Self::StepsLeft { dossier, steps } => {
                format!("hồ sơ `{dossier}` còn việc: {steps}; hãy hoàn thành các bước này trước")
            }
            Self::ConsultationOpen { step, units } => {
                format!(
                    "bước `{step}` đang chờ ý kiến của {units}; hãy ghi ý kiến hoặc chờ hết hạn lấy ý kiến"
                )
            }
            Self::NoConsultation { step, unit } => {
                format!("bước `{step}` không lấy ý kiến của `{unit}`; hãy kiểm tra bước hoặc đơn vị")
            }
            Self::Rating { score } => format!("không có mức đánh giá {score}; hãy dùng 2, 1 hoặc 0"),
            Self::Rated { dossier } => format!("hồ sơ `{dossier}` đã được đánh giá; chỉ tính một lần"),
            Self::ConsultationDue { due } => {
                format!("hạn lấy ý kiến {due} sớm hơn lúc bắt đầu; hãy dùng thời điểm muộn hơn hoặc bỏ trống")
            }
            Self::TimeOrder { at, last } => {
                format!(
                    "lệnh ghi lúc {at}, nhưng sự kiện cuối của hồ sơ lúc {last}; thời điểm không được lùi"
                )
            }
            Self::VersionConflict { dossier, expected, actual } => {
                format!(
                    "chờ phiên bản {expected}, nhưng hồ sơ `{dossier}` đã ở {actual}; hãy đọc lại rồi quyết định"
                )
            }
            Self::KeyReused { dossier, key } => {
                format!(
                    "khóa `{key}` đã dùng cho lệnh khác của hồ sơ `{dossier}`; mỗi lệnh cần một khóa riêng"
                )
            }
            Self::Gap { version, after } => {
                format!("sự kiện {version} không nối tiếp phiên bản {after}; nhật ký bị hỏng")
            }
            Self::NotSaved { dossier, reason } => {
                format!("không dùng được bản lưu của hồ sơ `{dossier}`: {reason}; hãy đọc lại các sự kiện")
            }
            Self::Objection(error) => error.vi(),
            Self::Routing(error) => error.vi(),
            Self::Deadline(error) => error.vi(),
            Self::Calendar(error) => error.vi(),
        }
    }
}
