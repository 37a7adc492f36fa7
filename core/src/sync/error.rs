//! Why a bundle was not written, or not taken in.

use super::bundle::{MAX_CHUNK, MAX_UNPACKED};
use thiserror::Error;

/// Nothing of the piece at fault was taken in; what was whole before it is.
#[derive(Debug, Clone, PartialEq, Eq, Error, strum::IntoStaticStr)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum SyncError {
    #[error(
        "this engine is of no office, and only offices exchange bundles; open it with `Engine::at_office`"
    )]
    #[strum(serialize = "sync.no_office")]
    NoOffice,
    #[error("office `{office}` is not among those known here; if it should be, add it with its public key")]
    #[strum(serialize = "sync.stranger")]
    Stranger { office: String },
    #[error(
        "this is not what office `{office}` signed: it was changed on the way, or another key made it; have it sent again, \
         or compare the public key"
    )]
    #[strum(serialize = "sync.signature")]
    Signature { office: String },
    #[error("the bundle is for office `{to}`, and this is office `{office}`; take it there")]
    #[strum(serialize = "sync.other_office")]
    OtherOffice { to: String, office: String },
    #[error(
        "the bundle of office `{from}` begins after place {after} of its journal, and here is all up to {taken} only; take in \
         what comes between first, or send office `{from}` a bundle, and its next one begins at {taken}"
    )]
    #[strum(serialize = "sync.gap")]
    Gap { from: String, after: u64, taken: u64 },
    #[error(
        "this is no bundle that can be read: {reason}; have it sent again, or use a program that is not older"
    )]
    #[strum(serialize = "sync.unreadable")]
    Unreadable { reason: String },
    #[error(
        "a piece of a bundle is longer than {MAX_CHUNK} bytes, or {MAX_UNPACKED} unpacked; no office writes such a one, so have \
         it sent again"
    )]
    #[strum(serialize = "sync.too_large")]
    TooLarge,
    #[error(
        "event {version} of dossier `{dossier}` was recorded by office `{by}`, but the dossier was of `{owner}` then; ask office \
         `{from}`, which sent it, how it came by it"
    )]
    #[strum(serialize = "sync.not_owner")]
    NotOwner { dossier: String, version: u64, by: String, owner: String, from: String },
    #[error(
        "event {version} of dossier `{dossier}` was recorded by office `{by}`, and office `{from}` passes nothing on; take it in \
         from `{by}`, or from the centre"
    )]
    #[strum(serialize = "sync.not_its_own")]
    NotItsOwn { dossier: String, version: u64, by: String, from: String },
    #[error(
        "a bundle could not be read or written: {reason}; check the line, the place and its rights, and repeat it"
    )]
    #[strum(serialize = "sync.io")]
    Io { reason: String },
}

impl SyncError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::NoOffice => {
                "chương trình chưa mang tên cơ quan nào, mà chỉ các cơ quan mới trao đổi gói; hãy mở bằng `Engine::at_office`".into()
            }
            Self::Stranger { office } => {
                format!("không biết cơ quan `{office}`; nếu đúng là nơi gửi, hãy thêm cùng khóa công khai của nơi đó")
            }
            Self::Signature { office } => format!(
                "đây không phải nội dung cơ quan `{office}` đã ký: bị sửa trên đường hoặc do khóa khác ký; hãy yêu cầu gửi lại, \
                 hoặc đối chiếu khóa công khai"
            ),
            Self::OtherOffice { to, office } => {
                format!("gói gửi cho cơ quan `{to}`, đây là cơ quan `{office}`; hãy chuyển đến đúng nơi nhận")
            }
            Self::Gap { from, after, taken } => format!(
                "gói của cơ quan `{from}` bắt đầu sau vị trí {after}, nơi đây mới có đến {taken}; hãy nhận phần ở giữa trước, hoặc \
                 gửi cho `{from}` một gói để gói sau bắt đầu từ {taken}"
            ),
            Self::Unreadable { reason } => {
                format!("không đọc được gói: {reason}; hãy yêu cầu gửi lại hoặc dùng bản chương trình mới hơn")
            }
            Self::TooLarge => format!(
                "một phần của gói dài hơn {MAX_CHUNK} byte, hoặc {MAX_UNPACKED} byte khi giải nén; hãy yêu cầu gửi lại"
            ),
            Self::NotOwner { dossier, version, by, owner, from } => format!(
                "sự kiện {version} của hồ sơ `{dossier}` do cơ quan `{by}` ghi, khi hồ sơ đang do `{owner}` giữ; hãy hỏi lại nơi gửi \
                 `{from}`"
            ),
            Self::NotItsOwn { dossier, version, by, from } => format!(
                "sự kiện {version} của hồ sơ `{dossier}` do cơ quan `{by}` ghi, mà `{from}` không chuyển tiếp của nơi khác; hãy nhận \
                 từ `{by}` hoặc từ trung tâm"
            ),
            Self::Io { reason } => {
                format!("không đọc hoặc ghi được gói: {reason}; hãy kiểm tra đường truyền, nơi lưu và quyền ghi rồi làm lại")
            }
        }
    }
}
