//! Where events are kept: append-only, all or nothing.
//!
//! A [`Journal`] stores the events of each dossier under consecutive versions, and, in the same step, what is to
//! be done next ([`WorkItem`]) and when something falls due, so that a work list and a timer need no replay. [`MemoryJournal`] is for tests and
//! calculations; `SqliteJournal` (feature `sqlite`) keeps one file and survives a crash.

mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;
mod work;

pub use memory::MemoryJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
pub use work::{WorkFilter, WorkItem, WorkOrder};

use crate::dossier::Event;
use chrono::NaiveDateTime;
use smol_str::SmolStr;
use std::ops::ControlFlow;
use thiserror::Error;

/// New events of one dossier, with the work that is open after the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// Its new events, of consecutive versions. The first must follow the last one stored.
    pub events: Vec<Event>,
    /// Its open work, which replaces what was open before.
    pub work: Vec<WorkItem>,
    /// When something falls due of it next, which replaces what was said before.
    pub next: Option<NaiveDateTime>,
}

impl Append {
    /// The version of the dossier once this is stored, if it stands at `actual` now: each event must follow the one
    /// before. Every store asks this before it stores.
    ///
    /// # Errors
    /// `journal.conflict`
    pub fn follows(&self, actual: u64) -> Result<u64, JournalError> {
        self.events.iter().try_fold(actual, |actual, event| {
            if event.version == actual + 1 {
                return Ok(event.version);
            }
            let (dossier, expected) = (self.dossier.to_string(), event.version.saturating_sub(1));
            Err(JournalError::Conflict { dossier, expected, actual })
        })
    }
}

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
            Self::Busy { .. } => "journal.busy",
            Self::Foreign { .. } => "journal.foreign",
            Self::Format { .. } => "journal.format",
            Self::Damaged { .. } => "journal.damaged",
        }
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
            Self::Busy { place } => format!("nhật ký `{place}` đang được tiến trình khác ghi; hãy thử lại"),
            Self::Foreign { place } => format!("`{place}` không phải nhật ký của motcua; hãy chọn tệp khác"),
            Self::Format { place, found, known } => {
                format!(
                    "nhật ký `{place}` có định dạng {found}, chương trình chỉ biết {known}; hãy dùng bản mới hơn"
                )
            }
            Self::Damaged { dossier, version, reason } => {
                format!(
                    "không đọc được sự kiện {version} của hồ sơ `{dossier}`: {reason}; hãy khôi phục từ bản sao"
                )
            }
        }
    }
}

/// Receives the dossiers of a [`Journal::scan`], code and events; a break ends the scan.
pub type Visit<'a> = dyn FnMut(&str, &[Event]) -> ControlFlow<()> + 'a;

/// An append-only store of events.
pub trait Journal {
    /// Stores a batch: all of it, durably, or nothing.
    ///
    /// # Errors
    /// `journal.conflict` if a dossier is not at the version its events follow; `journal.busy`, `journal.storage`.
    fn append(&mut self, batch: &[Append]) -> Result<(), JournalError>;

    /// The version of a dossier's last event; 0 for an unknown one.
    ///
    /// # Errors
    /// `journal.storage`.
    fn version(&self, dossier: &str) -> Result<u64, JournalError>;

    /// The events of a dossier in their order; empty for an unknown one.
    ///
    /// # Errors
    /// `journal.storage`, `journal.damaged`.
    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError>;

    /// Shows every dossier once, in the order of the codes.
    ///
    /// # Errors
    /// `journal.storage`, `journal.damaged`.
    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError>;

    /// The open work that a filter lets through, in its order.
    ///
    /// # Errors
    /// `journal.storage`.
    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError>;

    /// The dossiers of which something falls due up to a moment, each with the first moment, earliest first, then by code.
    ///
    /// # Errors
    /// `journal.storage`.
    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError>;

    /// The earliest of these moments, over all dossiers.
    ///
    /// # Errors
    /// `journal.storage`.
    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError>;
}
