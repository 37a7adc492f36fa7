//! Rows of SQLite as events and work.

use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::{JournalError, Seal, Sealed, WorkItem};
use crate::moment;
use chrono::NaiveDateTime;
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use smol_str::SmolStr;

/// The columns of [`event`] in a file of an earlier format.
pub(super) const OLD_COLUMNS: &str = "dossier, version, at, actor, unit, on_behalf, key, pinned, command";

/// The columns of [`event`].
pub(super) const COLUMNS: &str = "dossier, version, at, actor, unit, on_behalf, key, pinned, command, texts";

/// Those of [`sealed`].
pub(super) const SEALED: &str =
    "dossier, version, at, actor, unit, on_behalf, key, pinned, command, texts, seq, salt, texts_hash, hash";

/// Outer error: the store; inner one: what it holds is no event.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Result<Event, JournalError>> {
    let text = |column: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(column)?.as_str()?) };
    let absent =
        |column: usize| -> rusqlite::Result<Option<&str>> { Ok(row.get_ref(column)?.as_str_or_null()?) };
    let (dossier, version) = (text(0)?, row.get::<_, i64>(1)?.unsigned_abs());
    let damaged = |reason: String| JournalError::Damaged { dossier: dossier.into(), version, reason };
    let at = text(2)?;
    let Some(at) = moment::parse(at) else { return Ok(Err(damaged(format!("`{at}` is no moment")))) };
    let pinned = match absent(7)?.map(str::parse).transpose() {
        Ok(pinned) => pinned,
        Err(_) => return Ok(Err(damaged("`pinned` is no date".into()))),
    };
    let action = match serde_json::from_str(text(8)?) {
        Ok(action) => action,
        Err(error) => return Ok(Err(damaged(error.to_string()))),
    };
    let mut event = Event {
        version,
        at,
        actor: text(3)?.into(),
        unit: absent(4)?.map(SmolStr::new),
        on_behalf: absent(5)?.map(SmolStr::new),
        key: text(6)?.into(),
        pinned,
        action,
    };
    // A file of an earlier format has the words in the command.
    if let Ok(ValueRef::Text(texts)) = row.get_ref(9) {
        match serde_json::from_slice(texts) {
            Ok(texts) => event.put_texts(texts),
            Err(error) => return Ok(Err(damaged(error.to_string()))),
        }
    }
    Ok(Ok(event))
}

/// The same with its seal.
pub(super) fn sealed(row: &Row<'_>) -> rusqlite::Result<Result<Sealed, JournalError>> {
    let event = match event(row)? {
        Ok(event) => event,
        Err(error) => return Ok(Err(error)),
    };
    let seq: i64 = row.get(10)?;
    let (salt, texts): (Option<[u8; 16]>, Option<[u8; 32]>) = (row.get(11)?, row.get(12)?);
    let seal = Seal { hash: Digest(row.get(13)?), texts: texts.map(Digest), salt };
    let dossier = row.get_ref(0)?.as_str()?.into();
    Ok(Ok(Sealed { seq: seq.unsigned_abs(), dossier, event, seal }))
}

fn wrong(column: usize, reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}

pub(super) fn moment_of(row: &Row<'_>, column: usize) -> rusqlite::Result<NaiveDateTime> {
    let text: String = row.get(column)?;
    moment::parse(&text).ok_or_else(|| wrong(column, format!("`{text}` is no moment")))
}

pub(super) fn work_item(row: &Row<'_>) -> rusqlite::Result<WorkItem> {
    let moment = |column: usize| match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => moment_of(row, column).map(Some),
    };
    let outcomes: String = row.get(4)?;
    Ok(WorkItem {
        dossier: row.get(0)?,
        procedure: row.get(1)?,
        action: row.get(2)?,
        step: row.get(3)?,
        outcomes: serde_json::from_str(&outcomes).map_err(|error| wrong(4, error.to_string()))?,
        role: row.get(5)?,
        unit: row.get(6)?,
        assignee: row.get(7)?,
        since: moment_of(row, 8)?,
        due: moment(9)?,
        step_due: moment(10)?,
    })
}
