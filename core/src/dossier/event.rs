//! What has happened to a dossier.

use super::Action;
use crate::moment;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

/// One change of one dossier: a command that was carried out. Events are the truth, everything else is folded from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// 1 for the first event of the dossier, and so on without gaps.
    pub version: u64,
    /// When it happened, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// Who caused it.
    pub actor: SmolStr,
    /// The unit for which the actor acted; absent for the applicant and the system.
    #[serde(default)]
    pub unit: Option<SmolStr>,
    /// The officer for whom the actor stood in (ủy quyền).
    #[serde(default)]
    pub on_behalf: Option<SmolStr>,
    /// The office at whose journal it was recorded; absent where there is one journal only.
    #[serde(default)]
    pub office: Option<SmolStr>,
    /// The idempotency key of the command.
    pub key: SmolStr,
    /// First day in force of the version of the procedure that holds from here: of `receive` and of `migrate`.
    #[serde(default)]
    pub pinned: Option<NaiveDate>,
    /// What happened.
    #[serde(rename = "command")]
    pub action: Action,
}

impl Event {
    /// Whose the dossier is after the event, if it was of `before`: of the first office that recorded one, then of the one
    /// that it was entrusted to.
    pub(crate) fn owner_after<'a>(&'a self, before: Option<&'a SmolStr>) -> Option<&'a SmolStr> {
        match &self.action {
            Action::Entrust { office } => Some(office),
            _ => before.or(self.office.as_ref()),
        }
    }

    /// The event in a compact binary form, for a store: JSON says the same in three times the space.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        self.append_to(&mut bytes);
        bytes
    }

    /// Appends what [`Event::to_bytes`] gives, for who writes many.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        // Nearly all are short, and writing into a slice is faster than into what may have to grow.
        let mut short = [0; 128];
        match postcard::to_slice(self, &mut short) {
            Ok(short) => bytes.extend_from_slice(short),
            // Plain structs of strings and numbers always serialise.
            Err(_) => *bytes = postcard::to_extend(self, std::mem::take(bytes)).unwrap_or_default(),
        }
    }

    /// The event that [`Event::to_bytes`] wrote; `None` if the bytes are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// SHA-256 over the hash of the event before and the binary form of this one, so that a changed event shows in
    /// every later hash. The first event follows 32 zero bytes. For a store of the host's own; the journals of motcua hash the
    /// JSON that they keep, which outlives a change of this form.
    #[must_use]
    pub fn hash(bytes: &[u8], before: &[u8; 32]) -> [u8; 32] {
        // In one piece where it is short, as nearly all are: what comes in parts is copied once more.
        let mut short = [0; 160];
        let whole = before.len() + bytes.len();
        match short.get_mut(..whole).and_then(|short| short.split_at_mut_checked(before.len())) {
            Some((first, second)) => {
                first.copy_from_slice(before);
                second.copy_from_slice(bytes);
                Sha256::digest(short.get(..whole).unwrap_or_default()).into()
            }
            None => Sha256::new().chain_update(before).chain_update(bytes).finalize().into(),
        }
    }
}
