//! What makes a change of the journal show: each event carries the hash of the one before it.

use super::JournalError;
use crate::dossier::signature::Digest;
use crate::dossier::{Action, Event};
use crate::moment;
use chrono::{NaiveDate, NaiveDateTime};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use smol_str::SmolStr;

/// An event as a journal keeps it: in the chain of its dossier, and among all events.
///
/// Its words are hashed apart, with a number that nobody can guess, so that they can be erased and the chain still holds; and
/// a hash of words that are gone tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its place among all events of the journal, from 1.
    pub place: u64,
    /// Code of its dossier.
    pub dossier: SmolStr,
    /// Its version.
    pub version: u64,
    /// The event without its words, in JSON, byte for byte as it was hashed.
    pub body: String,
    /// Its words; absent if it has none, or they were erased.
    pub words: Option<Words>,
    /// SHA-256 of salt and words; absent if it has none.
    pub texts: Option<Digest>,
    /// SHA-256 of the hash before (for a first event that of the dossier's code), a byte 1 and `texts` or a byte 0, and
    /// `body`.
    pub hash: Digest,
}

/// What people wrote, and who applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Hashed with them.
    pub salt: [u8; 16],
    /// In the order in which the event has them.
    pub texts: Vec<String>,
}

/// An event as it is written: what is absent is left out.
#[derive(Serialize)]
struct Body<'a> {
    version: u64,
    #[serde(with = "moment")]
    at: NaiveDateTime,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<&'a str>,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<NaiveDate>,
    command: &'a Action,
}

impl Words {
    /// None for an event without words.
    fn salted(texts: Vec<String>) -> Result<Option<Self>, JournalError> {
        if texts.is_empty() {
            return Ok(None);
        }
        let mut salt = [0; 16];
        let failed = |error: getrandom::Error| JournalError::Storage {
            place: "random numbers".into(),
            reason: error.to_string(),
        };
        getrandom::fill(&mut salt).map_err(failed)?;
        Ok(Some(Self { salt, texts }))
    }

    pub(super) fn hash(&self) -> Digest {
        let mut sum = Sha256::new().chain_update(self.salt);
        for text in &self.texts {
            sum.update((text.len() as u64).to_le_bytes());
            sum.update(text);
        }
        Digest(sum.finalize().into())
    }
}

impl Sealed {
    /// Seals an event behind one of a hash, or as a first one.
    ///
    /// # Errors
    /// `journal.storage` if the machine gives no random numbers.
    pub(super) fn of(
        place: u64,
        dossier: &SmolStr,
        event: &Event,
        before: Option<Digest>,
    ) -> Result<Self, JournalError> {
        let mut bare = None;
        let words = match event.action.has_texts() {
            true => Words::salted(bare.insert(event.clone()).take_texts())?,
            false => None,
        };
        let texts = words.as_ref().map(Words::hash);
        Ok(Self { words, ..Self::erased(place, dossier, bare.as_ref().unwrap_or(event), texts, before)? })
    }

    /// Seals an event without its words, of which the hash is known.
    pub(super) fn erased(
        place: u64,
        dossier: &SmolStr,
        bare: &Event,
        texts: Option<Digest>,
        before: Option<Digest>,
    ) -> Result<Self, JournalError> {
        let body = Body {
            version: bare.version,
            at: bare.at,
            actor: &bare.actor,
            unit: bare.unit.as_deref(),
            on_behalf: bare.on_behalf.as_deref(),
            office: bare.office.as_deref(),
            key: &bare.key,
            pinned: bare.pinned,
            command: &bare.action,
        };
        let body = json(&body, 512).map_err(|error| JournalError::Damaged {
            dossier: dossier.to_string(),
            version: bare.version,
            reason: error.to_string(),
        })?;
        let hash = chained(before.unwrap_or_else(|| genesis(dossier)), texts, body.as_bytes());
        Ok(Self { place, dossier: dossier.clone(), version: bare.version, body, words: None, texts, hash })
    }

    /// An event that came without its hash, behind one of a hash; `erased` is that of its words if they are gone. Its place is
    /// given when it is taken in.
    #[cfg(feature = "sync")]
    pub(crate) fn behind(
        before: Digest,
        dossier: &SmolStr,
        version: u64,
        body: String,
        words: Option<Words>,
        erased: Option<Digest>,
    ) -> Self {
        let texts = words.as_ref().map(Words::hash).or(erased);
        let hash = chained(before, texts, body.as_bytes());
        Self { place: 0, dossier: dossier.clone(), version, body, words, texts, hash }
    }

    /// The event; with empty words if they were erased.
    ///
    /// # Errors
    /// `journal.damaged` if it is none.
    pub fn event(&self) -> Result<Event, JournalError> {
        event_of(&self.dossier, self.version, &self.body, self.words.as_ref())
    }

    /// Whether it is what was sealed, and the next of its dossier, of which the last one has this version and hash.
    ///
    /// # Errors
    /// `journal.tampered`
    pub(super) fn follows(&self, before: Option<(u64, Digest)>) -> Result<(), JournalError> {
        let next = before.map_or(1, |(version, _)| version + 1);
        if self.version != next {
            return self.wrong(format!("event {next} of the dossier is next"));
        }
        self.words_are_those()?;
        let before = before.map_or_else(|| genesis(&self.dossier), |(_, hash)| hash);
        if chained(before, self.texts, self.body.as_bytes()) != self.hash {
            return self.wrong(CHANGED.into());
        }
        Ok(())
    }

    /// Whether its words are what was sealed, or erased.
    ///
    /// # Errors
    /// `journal.tampered`
    pub(super) fn words_are_those(&self) -> Result<(), JournalError> {
        match (&self.words, self.texts) {
            (Some(_), None) => self.wrong("it was sealed without words, and has some".into()),
            (Some(words), Some(texts)) if words.hash() != texts => {
                self.wrong("its words are not those that were sealed".into())
            }
            _ => Ok(()),
        }
    }

    /// Whether it is there already, where `stored` is the hash of the dossier's event of this version.
    ///
    /// # Errors
    /// `journal.forked` if that is another event.
    pub(super) fn is_there(&self, stored: Option<Digest>) -> Result<bool, JournalError> {
        match stored {
            Some(stored) if stored != self.hash => {
                let (dossier, version) = (self.dossier.to_string(), self.version);
                Err(JournalError::Forked { dossier, version })
            }
            stored => Ok(stored.is_some()),
        }
    }

    /// Whether it can be taken in behind the last event of its dossier.
    ///
    /// # Errors
    /// `journal.conflict` if events are missing between; `journal.tampered`
    pub(super) fn comes_after(&self, before: Option<(u64, Digest)>) -> Result<(), JournalError> {
        let actual = before.map_or(0, |(version, _)| version);
        if self.version > actual + 1 {
            let (dossier, expected) = (self.dossier.to_string(), self.version - 1);
            return Err(JournalError::Conflict { dossier, expected, actual });
        }
        self.follows(before)
    }

    /// Whether it stands at a place.
    ///
    /// # Errors
    /// `journal.tampered`
    pub(super) fn stands_at(&self, place: u64) -> Result<(), JournalError> {
        if self.place == place {
            return Ok(());
        }
        self.wrong(format!("it stands at place {}, where place {place} is next", self.place))
    }

    pub(super) fn wrong<T>(&self, reason: String) -> Result<T, JournalError> {
        let (dossier, version) = (self.dossier.to_string(), self.version);
        Err(JournalError::Tampered { dossier, version, reason })
    }
}

/// The event of a body, with its words.
///
/// # Errors
/// `journal.damaged` if it is none.
pub(super) fn event_of(
    dossier: &str,
    version: u64,
    body: &str,
    words: Option<&Words>,
) -> Result<Event, JournalError> {
    let damaged = |reason: String| JournalError::Damaged { dossier: dossier.to_owned(), version, reason };
    let mut event: Event = serde_json::from_str(body).map_err(|error| damaged(error.to_string()))?;
    if event.version != version {
        return Err(damaged(format!("it says that it is event {}", event.version)));
    }
    if let Some(words) = words {
        event.put_texts(words.texts.clone());
    }
    Ok(event)
}

pub(super) const CHANGED: &str = "its hash is not that of its content and of the event before it";

/// What the first event of a dossier follows, so that no chain can pass for another's.
pub(crate) fn genesis(dossier: &str) -> Digest {
    Digest::of(dossier.as_bytes())
}

/// JSON, of which about so many bytes are expected: one that grows is copied again and again.
pub(super) fn json(value: &impl Serialize, bytes: usize) -> serde_json::Result<String> {
    let mut json = Vec::with_capacity(bytes);
    serde_json::to_writer(&mut json, value)?;
    String::from_utf8(json).map_err(serde_json::Error::custom)
}

/// The hash of an event behind another.
pub(super) fn chained(Digest(before): Digest, texts: Option<Digest>, body: &[u8]) -> Digest {
    // In one piece: what comes in parts is copied once more.
    let mut bytes = [0_u8; 512];
    let parts: [&[u8]; 4] = match &texts {
        Some(Digest(texts)) => [&before, &[1], texts, body],
        None => [&before, &[0], &[], body],
    };
    let length = parts.iter().map(|part| part.len()).sum();
    let Some(whole) = bytes.get_mut(..length) else {
        let mut sum = Sha256::new();
        parts.iter().for_each(|part| sum.update(part));
        return Digest(sum.finalize().into());
    };
    let mut rest = &mut *whole;
    for part in parts {
        let (this, after) = rest.split_at_mut(part.len());
        this.copy_from_slice(part);
        rest = after;
    }
    Digest(Sha256::digest(whole).into())
}
