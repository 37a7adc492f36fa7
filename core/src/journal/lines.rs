//! A journal as text, a line of JSON for each event: to be read by other programs, kept for long, and taken in again.

use super::{Journal, JournalError, Seal, Sealed};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::io::{BufRead, Write};
use std::ops::ControlFlow;

/// So many events are taken in at a time.
const AT_ONCE: usize = 10_000;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    seq: u64,
    dossier: SmolStr,
    event: Event,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    texts: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<[u8; 16]>,
    hash: Digest,
}

/// Writes all events of a journal with their seals, in the order in which they were stored. Gives their number.
///
/// # Errors
/// `journal.storage` if the journal cannot be read, or nothing written; `journal.damaged`.
pub fn export<J: Journal + ?Sized>(journal: &J, to: &mut dyn Write) -> Result<u64, JournalError> {
    let (mut written, mut failed) = (0, None);
    journal.sealed(&mut |sealed| {
        let Sealed { seq, dossier, event, seal: Seal { hash, texts, salt } } = sealed;
        let line = Line { seq, dossier, event, texts, salt, hash };
        let outcome = serde_json::to_writer(&mut *to, &line).map_err(std::io::Error::from);
        match outcome.and_then(|()| to.write_all(b"\n")) {
            Ok(()) => written += 1,
            Err(error) => failed = Some(error),
        }
        if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let unwritten =
        |error: std::io::Error| JournalError::Storage { place: "the text".into(), reason: error.to_string() };
    match failed {
        Some(error) => Err(unwritten(error)),
        None => to.flush().map(|()| written).map_err(unwritten),
    }
}

/// Takes in what [`export`] wrote, behind what the journal holds: usually nothing. Gives the number of events. Then project
/// what is to be done ([`Engine::reproject`](crate::Engine::reproject)).
///
/// # Errors
/// `journal.line` if a line is no event; `journal.tampered` if it does not follow the one before, or was changed;
/// `journal.storage`. What was taken in before, in portions of ten thousand, stays.
pub fn import<J: Journal + ?Sized>(journal: &mut J, from: &mut dyn BufRead) -> Result<u64, JournalError> {
    let mut taken = 0;
    let mut events = Vec::new();
    for (number, text) in (1..).zip(from.lines()) {
        let wrong = |reason: String| JournalError::Line { line: number, reason };
        let text = text.map_err(|error| wrong(error.to_string()))?;
        let line: Line = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let Line { seq, dossier, event, texts, salt, hash } = line;
        events.push(Sealed { seq, dossier, event, seal: Seal { hash, texts, salt } });
        if events.len() == AT_ONCE {
            journal.take_in(&events)?;
            taken += events.len() as u64;
            events.clear();
        }
    }
    journal.take_in(&events)?;
    Ok(taken + events.len() as u64)
}
