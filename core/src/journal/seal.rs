//! What makes a change of the journal show: each event carries the hash of the one before it.

use super::JournalError;
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use sha2::{Digest as _, Sha256};
use smol_str::SmolStr;

/// How an event stands in the chain of its dossier. Its words are hashed apart, with a number that nobody can guess, so that
/// they can be erased and the chain still holds; and a hash of words that are gone tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 of the seal before, the event without its words, and `texts`.
    pub hash: Digest,
    /// SHA-256 of salt and words; absent if it has none.
    pub texts: Option<Digest>,
    /// The salt; absent if it has no words, or they were erased.
    pub salt: Option<[u8; 16]>,
}

/// An event as a journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its place among all events of the journal, from 1.
    pub seq: u64,
    /// Code of its dossier.
    pub dossier: SmolStr,
    /// The event; with empty words if they were erased.
    pub event: Event,
    /// How it stands in the chain.
    pub seal: Seal,
}

impl Seal {
    /// The seal of an event that follows one of a hash, or of a first one; with the event without its words, and the words.
    ///
    /// # Errors
    /// `journal.storage` if the machine gives no random numbers.
    pub(super) fn of(
        dossier: &str,
        event: &Event,
        before: Option<Digest>,
    ) -> Result<(Self, Event, Vec<String>), JournalError> {
        let mut bare = event.clone();
        let words = bare.take_texts();
        let salt = match words.is_empty() {
            true => None,
            false => {
                let mut salt = [0; 16];
                let failed = |error: getrandom::Error| JournalError::Storage {
                    place: "random numbers".into(),
                    reason: error.to_string(),
                };
                getrandom::fill(&mut salt).map_err(failed)?;
                Some(salt)
            }
        };
        let texts = salt.map(|salt| of_texts(salt, &words));
        Ok((Self { hash: hash(dossier, &bare, before, texts), texts, salt }, bare, words))
    }
}

impl Sealed {
    /// Whether the event is what was sealed, after the seal before.
    ///
    /// # Errors
    /// `journal.tampered`
    pub(super) fn check(&self, before: Option<Digest>) -> Result<(), JournalError> {
        let Seal { hash: sealed, texts, salt } = self.seal;
        let wrong = |what: &str| {
            let (dossier, version) = (self.dossier.to_string(), self.event.version);
            Err(JournalError::Tampered { dossier, version, reason: what.into() })
        };
        const CHANGED: &str = "its hash is not that of its content and of the event before it";
        // An event that was sealed without words is its own content, and with words it would be another.
        if texts.is_none() {
            let is_it = salt.is_none() && hash(&self.dossier, &self.event, before, None) == sealed;
            return if is_it { Ok(()) } else { wrong(CHANGED) };
        }
        let mut bare = self.event.clone();
        let words = bare.take_texts();
        if words.is_empty() {
            return wrong("it lacks the words that were sealed");
        }
        match salt {
            Some(salt) if texts != Some(of_texts(salt, &words)) => {
                return wrong("its words are not those that were sealed");
            }
            None if words.iter().any(|word| !word.is_empty()) => {
                return wrong("its words were erased, and others stand there");
            }
            _ => {}
        }
        if hash(&self.dossier, &bare, before, texts) != sealed {
            return wrong(CHANGED);
        }
        Ok(())
    }
}

fn of_texts(salt: [u8; 16], words: &[String]) -> Digest {
    let mut sum = Sha256::new().chain_update(salt);
    for word in words {
        sum.update((word.len() as u64).to_le_bytes());
        sum.update(word);
    }
    Digest(sum.finalize().into())
}

/// The first event follows its dossier's code, so that no chain can pass for another's.
fn hash(dossier: &str, bare: &Event, before: Option<Digest>, texts: Option<Digest>) -> Digest {
    let Digest(before) = before.unwrap_or_else(|| Digest::of(dossier.as_bytes()));
    let mut bytes = bare.to_bytes();
    match texts {
        Some(Digest(texts)) => bytes.extend_from_slice(&texts),
        None => bytes.push(0),
    }
    Digest(Event::hash(&bytes, &before))
}
