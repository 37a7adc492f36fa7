//! A journal as text, a line of JSON for each event: to be read by other programs, kept for long, and taken in again.

use super::{Intake, Journal, JournalError, Sealed, Words};
use crate::dossier::signature::Digest;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smol_str::SmolStr;
use std::io::{BufRead, Write};
use std::ops::ControlFlow;

/// So many events are taken in at a time.
const AT_ONCE: usize = 10_000;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    place: u64,
    dossier: SmolStr,
    version: u64,
    event: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<Words>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    texts: Option<Digest>,
    hash: Digest,
}

/// Writes all events of a journal with their seals, in the order of their places. Gives their number.
///
/// # Errors
/// `journal.storage` if the journal cannot be read, or nothing written; `journal.damaged`.
pub fn export<J: Journal + ?Sized>(journal: &J, to: &mut dyn Write) -> Result<u64, JournalError> {
    let (mut written, mut failed) = (0, None);
    journal.sealed(0, &mut |sealed| {
        let Sealed { place, dossier, version, body, words, texts, hash } = sealed;
        let outcome = RawValue::from_string(body)
            .and_then(|event| {
                serde_json::to_writer(&mut *to, &Line { place, dossier, version, event, words, texts, hash })
            })
            .map_err(std::io::Error::from);
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
    let mut intake = Intake::default();
    for ((next, number), text) in (journal.size()? + 1..).zip(1..).zip(from.lines()) {
        let wrong = |reason: String| JournalError::Line { line: number, reason };
        let text = text.map_err(|error| wrong(error.to_string()))?;
        let line: Line = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let Line { place, dossier, version, event, words, texts, hash } = line;
        let body = Box::<str>::from(event).into_string();
        let sealed = Sealed { place, dossier, version, body, words, texts, hash };
        sealed.stands_at(next)?;
        sealed.event()?;
        intake.events.push(sealed);
        if intake.events.len() == AT_ONCE {
            taken += journal.take_in(&intake)?;
            intake.events.clear();
        }
    }
    Ok(taken + journal.take_in(&intake)?)
}
