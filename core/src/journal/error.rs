use thiserror::Error;

/// Why a journal could not do what was asked; nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalError {
    /// Someone else appended first, or an event is missing.
    #[error("dossier `{dossier}` is at version {actual}, not {expected}; read it again, then decide anew")]
    Conflict {
        /// Code of the dossier.
        dossier: String,
        /// The version the events would follow.
        expected: u64,
        /// The version that is stored.
        actual: u64,
    },
    /// The store failed.
    #[error(
        "the journal `{place}` cannot be used: {reason}; check that the place can be written and is not full"
    )]
    Storage {
        /// File or server.
        place: String,
        /// What it said.
        reason: String,
    },
    /// The store failed while it was making the events last.
    #[error(
        "it is not known whether the journal `{place}` has stored the events: {reason}; send the same command again with the same \
         key, and it will be stored once"
    )]
    Unknown {
        /// File or server.
        place: String,
        /// What it said.
        reason: String,
    },
    /// A key was used before for something else.
    #[error(
        "key `{key}` is that of another event of dossier `{dossier}`; give each new event a key of its own"
    )]
    KeyReused {
        /// Code of the dossier.
        dossier: String,
        /// The key.
        key: String,
    },
    /// Two journals went on with one dossier in different ways.
    #[error(
        "event {version} of dossier `{dossier}` is another one here; only its owner may go on with it: find out who went on \
         without owning it"
    )]
    Forked {
        /// Code of the dossier.
        dossier: String,
        /// Version of the event.
        version: u64,
    },
    /// The dossier's events are in an archive.
    #[error("dossier `{dossier}` was moved to an archive; open the archive to read it")]
    Archived {
        /// Code of the dossier.
        dossier: String,
    },
    /// Another process is writing.
    #[error("the journal `{place}` is being written by another process; try again")]
    Busy {
        /// File or server.
        place: String,
    },
    /// The store belongs to another program.
    #[error("`{place}` is no journal of motcua; choose another file, it was left as it is")]
    Foreign {
        /// File or server.
        place: String,
    },
    /// The store is of another version of motcua.
    #[error(
        "the journal `{place}` has format {found}, this program knows {known}; use a program that is not older"
    )]
    Format {
        /// File or server.
        place: String,
        /// Its format.
        found: i64,
        /// The format this program writes.
        known: i64,
    },
    /// An event is not what was stored.
    #[error("event {version} of dossier `{dossier}` was changed: {reason}; restore the journal from a copy")]
    Tampered {
        /// Code of the dossier.
        dossier: String,
        /// Version of the event.
        version: u64,
        /// What shows it.
        reason: String,
    },
    /// The journal is not one that a head was taken of.
    #[error(
        "the journal has {size} events, and the first {known} of them are not those of the head that was kept; it was cut off \
         or written anew: restore it from a copy"
    )]
    HeadDiffers {
        /// The events of the head.
        known: u64,
        /// The events there are.
        size: u64,
    },
    /// There is no such event.
    #[error("the journal has {size} events, none at place {place}; places begin with 1")]
    NoEvent {
        /// The place asked for.
        place: u64,
        /// The events there are.
        size: u64,
    },
    /// What is taken in is not what a journal was written out as.
    #[error("line {line} is no event of a journal: {reason}; write the journal out anew")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// What is stored is no event.
    #[error(
        "event {version} of dossier `{dossier}` cannot be read: {reason}; restore the journal from a copy"
    )]
    Damaged {
        /// Code of the dossier.
        dossier: String,
        /// Version of the event.
        version: u64,
        /// What is wrong.
        reason: String,
    },
}

impl JournalError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "journal.conflict",
            Self::Storage { .. } => "journal.storage",
            Self::Unknown { .. } => "journal.unknown",
            Self::KeyReused { .. } => "journal.key_reused",
            Self::Forked { .. } => "journal.forked",
            Self::Archived { .. } => "journal.archived",
            Self::Busy { .. } => "journal.busy",
            Self::Foreign { .. } => "journal.foreign",
            Self::Format { .. } => "journal.format",
            Self::Damaged { .. } => "journal.damaged",
            Self::Tampered { .. } => "journal.tampered",
            Self::HeadDiffers { .. } => "journal.head_differs",
            Self::NoEvent { .. } => "journal.no_event",
            Self::Line { .. } => "journal.line",
        }
    }

    /// The same of a dossier whose code was not known when it was found.
    #[cfg(feature = "sqlite")]
    pub(super) fn of(self, code: &str) -> Self {
        match self {
            Self::Damaged { version, reason, .. } => Self::Damaged { dossier: code.into(), version, reason },
            Self::Tampered { version, reason, .. } => {
                Self::Tampered { dossier: code.into(), version, reason }
            }
            other => other,
        }
    }

    /// Whether the store as a whole failed; else it is about one dossier.
    pub(crate) fn is_of_store(&self) -> bool {
        matches!(self, Self::Storage { .. } | Self::Busy { .. } | Self::Unknown { .. })
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Conflict { dossier, expected, actual } => {
                format!(
                    "hồ sơ `{dossier}` đang ở phiên bản {actual}, không phải {expected}; hãy đọc lại rồi quyết định"
                )
            }
            Self::Storage { place, reason } => {
                format!("không dùng được nhật ký `{place}`: {reason}; hãy kiểm tra quyền ghi và dung lượng")
            }
            Self::Unknown { place, reason } => {
                format!(
                    "không rõ nhật ký `{place}` đã ghi hay chưa: {reason}; hãy gửi lại lệnh với cùng khóa"
                )
            }
            Self::KeyReused { dossier, key } => {
                format!(
                    "khóa `{key}` đã dùng cho sự kiện khác của hồ sơ `{dossier}`; mỗi sự kiện cần một khóa riêng"
                )
            }
            Self::Forked { dossier, version } => {
                format!(
                    "sự kiện {version} của hồ sơ `{dossier}` ở đây khác; chỉ nơi giữ hồ sơ được xử lý tiếp, hãy tìm nơi đã xử lý sai"
                )
            }
            Self::Archived { dossier } => {
                format!("hồ sơ `{dossier}` đã chuyển vào kho lưu trữ; hãy mở kho lưu trữ để đọc")
            }
            Self::Busy { place } => format!("nhật ký `{place}` đang được tiến trình khác ghi; hãy thử lại"),
            Self::Foreign { place } => format!("`{place}` không phải nhật ký của motcua; hãy chọn tệp khác"),
            Self::Format { place, found, known } => {
                format!(
                    "nhật ký `{place}` có định dạng {found}, chương trình chỉ biết {known}; hãy dùng bản mới hơn"
                )
            }
            Self::Tampered { dossier, version, reason } => {
                format!(
                    "sự kiện {version} của hồ sơ `{dossier}` đã bị sửa: {reason}; hãy khôi phục nhật ký từ bản sao"
                )
            }
            Self::HeadDiffers { known, size } => {
                format!(
                    "nhật ký có {size} sự kiện, {known} sự kiện đầu không khớp với dấu đã lưu; hãy khôi phục từ bản sao"
                )
            }
            Self::NoEvent { place, size } => format!("nhật ký có {size} sự kiện, không có vị trí {place}"),
            Self::Line { line, reason } => {
                format!("dòng {line} không phải sự kiện của nhật ký: {reason}; hãy xuất lại nhật ký")
            }
            Self::Damaged { dossier, version, reason } => {
                format!(
                    "không đọc được sự kiện {version} của hồ sơ `{dossier}`: {reason}; hãy khôi phục từ bản sao"
                )
            }
        }
    }
}
