//! What earlier formats held, as the present one holds it.
//!
//! Format 2 had no seals and no order among all; its events get both, in the order of their moments. Format 3 sealed other
//! bytes; its events are sealed anew in their order, and a head that was taken of one does not hold any more. No version of
//! motcua was released with either.

use super::failed;
use super::rows::{self, Head};
use super::write::Writer;
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::{Append, JournalError, Sealed, WorkItem};
use crate::moment;
use chrono::NaiveDateTime;
use rusqlite::{Connection, OptionalExtension, Row};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Gives the old tables other names.
pub(super) fn set_aside(connection: &Connection, format: i64) -> rusqlite::Result<()> {
    connection.execute_batch(
        "ALTER TABLE events RENAME TO old_events; ALTER TABLE work RENAME TO old_work;
         ALTER TABLE wakeups RENAME TO old_wakeups;",
    )?;
    match format {
        3 => connection.execute_batch("DROP TRIGGER events_stay; DROP TRIGGER events_are_kept;"),
        _ => Ok(()),
    }
}

pub(super) fn take_over(connection: &Connection, place: &str, format: i64) -> Result<(), JournalError> {
    let failed = failed(place);
    let select = match format {
        3 => "SELECT dossier, version, at, actor, unit, on_behalf, key, pinned, command, texts, salt, texts_hash
              FROM old_events ORDER BY seq",
        _ => "SELECT dossier, version, at, actor, unit, on_behalf, key, pinned, command, NULL, NULL, NULL
              FROM old_events ORDER BY at, dossier, version",
    };
    let mut writer = Writer::new(connection, place)?;
    let mut dossiers: FxHashMap<SmolStr, (Head, Head)> = FxHashMap::default();
    let mut statement = connection.prepare(select).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let (code, event, erased) = event(row).map_err(&failed)??;
        let head = match dossiers.get(&code) {
            Some((_, head)) => head.clone(),
            None => writer.find(&code)?,
        };
        let mut next = head.clone();
        let before = (head.version > 0).then_some(head.hash);
        let sealed = match erased {
            Some(texts) => Sealed::erased(writer.next(), &code, &event, Some(texts), before)?,
            None => Sealed::of(writer.next(), &code, &event, before)?,
        };
        writer.add(&mut next, &sealed, &event.key)?;
        // The row is written with the first event, since the next dossier's number follows it.
        writer.write(&next, &head)?;
        dossiers.insert(code, (head, next));
    }
    for (code, (_, head)) in dossiers {
        let open = open(connection, &code).map_err(&failed)?;
        let mut next = head.clone();
        writer.derive(&mut next, &open)?;
        writer.write(&next, &head)?;
    }
    drop(rows);
    drop(statement);
    connection
        .execute_batch("DROP TABLE old_events; DROP TABLE old_work; DROP TABLE old_wakeups")
        .map_err(failed)
}

/// An event, and, if its words were erased, the hash that they had.
type Old = (SmolStr, Event, Option<Digest>);

/// Outer error: the store; inner one: what it holds is no event.
fn event(row: &Row<'_>) -> rusqlite::Result<Result<Old, JournalError>> {
    let text = |column: usize| -> rusqlite::Result<SmolStr> { Ok(row.get_ref(column)?.as_str()?.into()) };
    let absent = |column: usize| -> rusqlite::Result<Option<SmolStr>> {
        Ok(row.get_ref(column)?.as_str_or_null()?.map(SmolStr::new))
    };
    let (dossier, version) = (text(0)?, row.get::<_, i64>(1)?.unsigned_abs());
    let damaged =
        |reason: String| Ok(Err(JournalError::Damaged { dossier: dossier.to_string(), version, reason }));
    let at = text(2)?;
    let Some(at) = moment::parse(&at) else { return damaged(format!("`{at}` is no moment")) };
    let Ok(pinned) = absent(7)?.map(|day| day.parse()).transpose() else {
        return damaged("`pinned` is no date".into());
    };
    let action = match serde_json::from_str(&text(8)?) {
        Ok(action) => action,
        Err(error) => return damaged(error.to_string()),
    };
    let (actor, unit, on_behalf, key) = (text(3)?, absent(4)?, absent(5)?, text(6)?);
    let mut event = Event { version, at, actor, unit, on_behalf, office: None, key, pinned, action };
    match absent(9)?.map(|words| serde_json::from_str(&words)).transpose() {
        Ok(Some(words)) => event.put_texts(words),
        Ok(None) => {}
        Err(error) => return damaged(error.to_string()),
    }
    let erased = match row.get::<_, Option<Vec<u8>>>(10)? {
        Some(_) => None,
        None => row.get::<_, Option<[u8; 32]>>(11)?.map(Digest),
    };
    Ok(Ok((dossier, event, erased)))
}

/// What was open of a dossier.
fn open(connection: &Connection, code: &SmolStr) -> rusqlite::Result<Append> {
    let wrong = |text: &str| rows::wrong(format!("`{text}` is no moment"));
    let moment_in = |row: &Row<'_>, column: usize| -> rusqlite::Result<Option<NaiveDateTime>> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| moment::parse(&text).ok_or_else(|| wrong(&text))).transpose()
    };
    let item = |row: &Row<'_>| {
        let outcomes: String = row.get(3)?;
        Ok(WorkItem {
            dossier: code.to_string(),
            procedure: row.get(0)?,
            action: row.get(1)?,
            step: row.get(2)?,
            outcomes: serde_json::from_str(&outcomes).map_err(rows::json)?,
            role: row.get(4)?,
            unit: row.get(5)?,
            assignee: row.get(6)?,
            since: moment_in(row, 7)?.unwrap_or_default(),
            due: moment_in(row, 8)?,
            step_due: moment_in(row, 9)?,
        })
    };
    let work = connection
        .prepare_cached(
            "SELECT procedure, action, step, outcomes, role, unit, assignee, since, due, step_due FROM old_work WHERE dossier = ?1",
        )?
        .query_map([code.as_str()], item)?
        .collect::<rusqlite::Result<_>>()?;
    let next = connection
        .prepare_cached("SELECT next FROM old_wakeups WHERE dossier = ?1")?
        .query_row([code.as_str()], |row| moment_in(row, 0))
        .optional()?
        .flatten();
    Ok(Append { dossier: code.clone(), work, next, ..Append::default() })
}
