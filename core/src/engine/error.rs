use crate::dossier::DossierError;
use crate::dossier::slip::SlipError;
use crate::journal::JournalError;
use crate::score::ScoreError;
use thiserror::Error;

/// Why the engine did not carry out a command; nothing has changed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EngineError {
    /// The command is refused.
    #[error(transparent)]
    Dossier(#[from] DossierError),
    /// The journal failed, or another process was faster.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The figures of a report contradict each other.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// There is no such slip.
    #[error(transparent)]
    Slip(#[from] SlipError),
    /// A bundle cannot be written or taken in.
    #[cfg(feature = "sync")]
    #[error(transparent)]
    Sync(#[from] crate::sync::SyncError),
    /// The text is no command.
    #[error("the command cannot be read: {reason}; compare it with the table of commands in ARCHITECTURE.md")]
    Unreadable {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// A command of a list is refused, and with it the whole list.
    #[error("command {number} of the list is refused: {error}")]
    InList {
        /// Its place, from 1.
        number: usize,
        /// Why.
        error: Box<EngineError>,
    },
}

impl EngineError {
    /// The stable code; for a list that of the command at fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dossier(error) => error.code(),
            Self::Journal(error) => error.code(),
            Self::Score(error) => error.code(),
            Self::Slip(error) => error.code(),
            #[cfg(feature = "sync")]
            Self::Sync(error) => error.code(),
            Self::Unreadable { .. } => "engine.command_unreadable",
            Self::InList { error, .. } => error.code(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Dossier(error) => error.vi(),
            Self::Journal(error) => error.vi(),
            Self::Score(error) => error.vi(),
            Self::Slip(error) => error.vi(),
            #[cfg(feature = "sync")]
            Self::Sync(error) => error.vi(),
            Self::Unreadable { reason } => {
                format!("không đọc được lệnh: {reason}; hãy so với bảng lệnh trong ARCHITECTURE.md")
            }
            Self::InList { number, error } => format!("lệnh thứ {number} bị từ chối: {}", error.vi()),
        }
    }
}
