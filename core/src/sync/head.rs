//! What a journal holds, signed by its office.

use super::SyncError;
use super::key::{OfficeKey, Peer, Signature};
use crate::journal::Head;
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The head of an office's journal at a moment, signed: to be published, printed or left with others, so that nobody, not
/// the office itself either, can later cut the journal off or write it anew unseen. Check one with [`SignedHead::verify`],
/// then the journal against it: [`Journal::verify`](crate::journal::Journal::verify) with its `head`.
///
/// ```
/// use motcua::journal::{Journal, MemoryJournal};
/// use motcua::moment;
/// use motcua::sync::{OfficeKey, Peer, SignedHead};
///
/// let (journal, key) = (MemoryJournal::new(), OfficeKey::from_bytes(&[7; 32]));
/// let at = moment::parse("2026-03-02 17:00").unwrap();
/// let signed = SignedHead::sign(&key, "hoa-thanh", at, journal.head().unwrap());
///
/// let office = Peer { office: "hoa-thanh".into(), key: key.public(), passes_on: false };
/// assert!(signed.verify(&[office.clone()]).is_ok());
/// let other = SignedHead { at: moment::parse("2026-03-02 18:00").unwrap(), ..signed };
/// assert_eq!(other.verify(&[office]).unwrap_err().code(), "sync.signature");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The office.
    pub office: SmolStr,
    /// When, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// What its journal held.
    pub head: Head,
    /// The office's signature on all of it.
    pub signature: Signature,
}

impl SignedHead {
    /// Signs a head.
    #[must_use]
    pub fn sign(key: &OfficeKey, office: &str, at: NaiveDateTime, head: Head) -> Self {
        let at = moment::whole(at);
        let signature = key.sign(&message(office, at, head));
        Self { office: office.into(), at, head, signature }
    }

    /// Whether it is signed by the office that it names, as one of these knows it.
    ///
    /// # Errors
    /// `sync.stranger`, `sync.signature`
    pub fn verify(&self, offices: &[Peer]) -> Result<(), SyncError> {
        let known = offices.iter().find(|peer| peer.office == self.office);
        let known = known.ok_or_else(|| SyncError::Stranger { office: self.office.to_string() })?;
        match known.key.has_signed(&message(&self.office, self.at, self.head), &self.signature) {
            true => Ok(()),
            false => Err(SyncError::Signature { office: self.office.to_string() }),
        }
    }
}

/// What is signed: no two heads give the same, and nothing else that an office signs does.
fn message(office: &str, at: NaiveDateTime, head: Head) -> Vec<u8> {
    format!("motcua head 1\n{office}\n{}\n{}\n{}", moment::format(at), head.size, head.root).into_bytes()
}
