//! Where events are kept: append-only, all or nothing.
//!
//! A [`Journal`] stores the events of each dossier under consecutive versions, and, in the same step, what is to
//! be done next ([`WorkItem`]) and when something falls due, so that a work list and a timer need no replay. [`MemoryJournal`] is for tests and
//! calculations; `SqliteJournal` (feature `sqlite`) keeps one file and survives a crash.

mod lines;
mod memory;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tree;
mod work;

pub use lines::{export, import};
pub use memory::MemoryJournal;
pub use seal::{Seal, Sealed};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
pub use tree::Head;
pub use work::{WorkFilter, WorkItem, WorkOrder};

use crate::dossier::Event;
use crate::dossier::signature::Digest;
use chrono::NaiveDateTime;
use rustc_hash::FxHashMap;
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

/// Receives the dossiers of a [`Journal::scan`], code and events; a break ends the scan.
pub type Visit<'a> = dyn FnMut(&str, &[Event]) -> ControlFlow<()> + 'a;

/// Receives the events of a journal in the order in which they were stored; a break ends it.
pub type VisitSealed<'a> = dyn FnMut(Sealed) -> ControlFlow<()> + 'a;

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

    /// Shows every event with its seal, in the order in which they were stored.
    ///
    /// # Errors
    /// `journal.storage`, `journal.damaged`.
    fn sealed(&self, visit: &mut VisitSealed<'_>) -> Result<(), JournalError>;

    /// The hashes of the seals of all events, in that order.
    ///
    /// # Errors
    /// `journal.storage`.
    fn hashes(&self) -> Result<Vec<Digest>, JournalError>;

    /// Stores events of another journal with their seals as they are, all of them or none: a copy is taken in. They must
    /// follow what is here. What is to be done is projected afterwards
    /// ([`Engine::reproject`](crate::Engine::reproject)).
    ///
    /// # Errors
    /// `journal.conflict`, `journal.tampered`, `journal.busy`, `journal.storage`.
    fn take_in(&mut self, events: &[Sealed]) -> Result<(), JournalError>;

    /// Erases for ever the words of all events of a dossier: who applied, reasons, opinions, notes. What happened, when and
    /// by whom stays, and so do the seals. Gives the number of events that had words.
    ///
    /// A file is written over where they stood, and in its log. What SQLite left in free space when it moved pages about
    /// before is not: a copy ([`SqliteJournal::backup`]) holds only what is there, and can take the file's place.
    ///
    /// # Errors
    /// `journal.busy` if another process reads, and its log cannot be written back: repeat it then; `journal.storage`.
    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError>;

    /// What the journal holds, in short. It reads the hashes of all events: in a file a quarter of a
    /// microsecond for each.
    ///
    /// # Errors
    /// `journal.storage`.
    fn head(&self) -> Result<Head, JournalError> {
        Ok(Head::over(&self.hashes()?))
    }

    /// Whether every event is what was stored, and follows the one before it, and whether the journal still begins with
    /// what an earlier head was over. Gives its head.
    ///
    /// # Errors
    /// `journal.tampered` names the first event that was changed, taken out or moved; `journal.head_differs`;
    /// `journal.damaged`, `journal.storage`.
    fn verify(&self, known: Option<Head>) -> Result<Head, JournalError> {
        let mut chains: FxHashMap<SmolStr, (u64, Digest)> = FxHashMap::default();
        let (mut hashes, mut outcome) = (Vec::new(), Ok(()));
        self.sealed(&mut |sealed| {
            outcome = follows(&sealed, hashes.len() as u64 + 1, chains.get(&sealed.dossier).copied());
            hashes.push(sealed.seal.hash);
            chains.insert(sealed.dossier, (sealed.event.version, sealed.seal.hash));
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome?;
        let head = Head::over(&hashes);
        if let Some(known) = known {
            let first = usize::try_from(known.size).ok().and_then(|size| hashes.get(..size));
            if first.map(Head::over) != Some(known) {
                return Err(JournalError::HeadDiffers { known: known.size, size: head.size });
            }
        }
        Ok(head)
    }

    /// A short proof that the event of a place, from 1, is in the journal: for [`Head::includes`].
    ///
    /// # Errors
    /// `journal.no_event`, `journal.storage`.
    fn prove_event(&self, place: u64) -> Result<Vec<Digest>, JournalError> {
        Head::prove_event(&self.hashes()?, place)
    }

    /// A short proof that the journal begins with what it was when it had so many events: for [`Head::extends`].
    ///
    /// # Errors
    /// `journal.no_event`, `journal.storage`.
    fn prove_since(&self, size: u64) -> Result<Vec<Digest>, JournalError> {
        Head::prove_since(&self.hashes()?, size)
    }
}

/// Whether an event stands at its place: the next of the journal, the next of its dossier, and sealed after the one before.
fn follows(sealed: &Sealed, place: u64, before: Option<(u64, Digest)>) -> Result<(), JournalError> {
    let (dossier, version) = (sealed.dossier.to_string(), sealed.event.version);
    let wrong = |reason: String| Err(JournalError::Tampered { dossier: dossier.clone(), version, reason });
    if sealed.seq != place {
        return wrong(format!("it stands at place {}, where place {place} is next", sealed.seq));
    }
    let next = before.map_or(1, |(version, _)| version + 1);
    if version != next {
        return wrong(format!("event {next} of the dossier is next"));
    }
    sealed.check(before.map(|(_, hash)| hash))
}
