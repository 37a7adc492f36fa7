//! What may be asked of a dossier.

use super::{Action, Event};
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A request to change one dossier, by one actor, at one moment.
///
/// The moment is given, never read from a clock, and may not lie before the dossier's last event. The `key` makes
/// a repetition harmless: the same command with the same key changes nothing, whatever moment it carries, and is
/// answered with the version it made.
///
/// ```
/// use motcua::dossier::{Action, Command};
/// let command: Command = serde_json::from_str(r#"{
///     "dossier": "H41.17-230601-0001", "actor": "officer-7", "at": "2023-06-01T09:30:00+07:00",
///     "key": "3f1c", "command": {"complete": {"step": "verify", "outcome": "complete"}}
/// }"#).unwrap();
/// assert!(matches!(command.action, Action::Complete { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Code of the dossier (mã hồ sơ).
    pub dossier: SmolStr,
    /// Id of an officer of the organisation, or `applicant`, or `system`. That an applicant is the one of this dossier
    /// the host has to see to.
    pub actor: SmolStr,
    /// When it happens, Vietnam time, in whole seconds. motcua reads no clock, so a moment of next year is believed:
    /// the host sees to it that it is the present.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// Idempotency key, unique within the dossier.
    pub key: SmolStr,
    /// The version the sender last saw; the command is refused if the dossier has moved on. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
    /// What is asked.
    #[serde(rename = "command")]
    pub action: Action,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart at once; a box would cost each command an allocation"
)]
pub enum Decided {
    /// A new event, to be appended and folded in.
    New(Event),
    /// The same command was given before with the same key, and made this version.
    Repeated {
        /// The version its event has.
        version: u64,
    },
}
