//! What is read. Nothing is given out that is not what was written: a dossier's row has a checksum, its chain is followed, and
//! the last hash of the chain is the one in the row.

use super::failed;
use super::rows::{self, HEAD, Head, event_at, head, sealed};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::tree::BLOCK;
use crate::journal::{JournalError, Sealed, VisitSealed, WorkFilter, WorkItem, stored, work};
use crate::moment;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use smol_str::SmolStr;

/// The place of the last event.
pub(super) fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let select = "SELECT max(coalesce((SELECT max(place) FROM events), 0), coalesce((SELECT max(place) FROM archived), 0))";
    let size: i64 = connection.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok(size.cast_unsigned())
}

pub(super) fn missing(head: &Head, version: u64) -> JournalError {
    let reason = "it is not there".into();
    JournalError::Tampered { dossier: head.code.to_string(), version, reason }
}

/// The events of a dossier after a version, oldest first, their chain followed.
pub(super) fn chain(
    connection: &Connection,
    place: &str,
    head: &Head,
    after: u64,
) -> Result<Vec<Sealed>, JournalError> {
    if head.is_archived {
        return Err(JournalError::Archived { dossier: head.code.to_string() });
    }
    let mut found = Vec::new();
    let (mut at, mut version) = (head.last, head.version);
    while version > after {
        let event = event_at(connection, &head.code, at).map_err(failed(place))??;
        let Some((sealed, before)) = event else { return Err(missing(head, version)) };
        found.push(sealed);
        (at, version) = (before, version - 1);
    }
    found.reverse();
    let mut before = match after.min(head.version) {
        0 => None,
        after => {
            let event = event_at(connection, &head.code, at).map_err(failed(place))??;
            let (sealed, _) = event.ok_or_else(|| missing(head, after))?;
            Some((after, sealed.hash))
        }
    };
    for sealed in &found {
        sealed.follows(before)?;
        before = Some((sealed.version, sealed.hash));
    }
    ends_with(head, before)?;
    Ok(found)
}

/// Whether a dossier's chain ends as its row says.
pub(super) fn ends_with(head: &Head, last: Option<(u64, Digest)>) -> Result<(), JournalError> {
    if last == Some((head.version, head.hash)) {
        return Ok(());
    }
    let reason = "the dossier's last event is another one".into();
    Err(JournalError::Tampered { dossier: head.code.to_string(), version: head.version, reason })
}

/// The hash of the dossier's event of a version.
pub(super) fn hash_of(
    connection: &Connection,
    place: &str,
    head: &Head,
    version: u64,
) -> Result<Option<Digest>, JournalError> {
    let chain = chain(connection, place, head, version.saturating_sub(1))?;
    Ok(chain.first().filter(|sealed| sealed.version == version).map(|sealed| sealed.hash))
}

/// The stored event of a key.
pub(super) fn by_key(
    connection: &Connection,
    place: &str,
    head: &Head,
    key: &str,
) -> Result<Option<Event>, JournalError> {
    let Some(first) = stored::versions_of(&head.keys, key).next() else { return Ok(None) };
    let events = chain(connection, place, head, first - 1)?;
    for sealed in &events {
        let event = sealed.event()?;
        if event.key == key {
            return Ok(Some(event));
        }
    }
    Ok(None)
}

pub(super) fn events_of(chain: &[Sealed]) -> Result<Vec<Event>, JournalError> {
    chain.iter().map(Sealed::event).collect()
}

/// An event of no dossier.
pub(super) fn ownerless(place: i64) -> JournalError {
    let reason = format!("the event at place {place} is of no dossier");
    JournalError::Tampered { dossier: String::new(), version: 0, reason }
}

/// Dossiers of which a condition holds.
pub(super) fn heads(
    connection: &Connection,
    place: &str,
    condition: &str,
    values: &[String],
) -> Result<Vec<Head>, JournalError> {
    let failed = failed(place);
    let mut statement =
        connection.prepare_cached(&format!("SELECT {HEAD} FROM dossiers {condition}")).map_err(&failed)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(&failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        found.push(head(row).map_err(&failed)??);
    }
    Ok(found)
}

pub(super) fn work(
    connection: &Connection,
    place: &str,
    filter: &WorkFilter,
) -> Result<Vec<WorkItem>, JournalError> {
    let due = filter.due_before.map(moment::format);
    let wanted =
        [("unit = ", &filter.unit), ("assignee <> '' AND assignee = ", &filter.assignee), ("due < ", &due)];
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    for (condition, value) in wanted {
        if let Some(value) = value {
            values.push(value.clone());
            conditions.push(format!("{condition}?{}", values.len()));
        }
    }
    // What is due of all units is looked for unit by unit: an index by date alone would have to be kept up by every append.
    const UNITS: &str = "WITH RECURSIVE units (name) AS (SELECT min(unit) FROM waiting UNION ALL
        SELECT (SELECT min(unit) FROM waiting WHERE unit > name) FROM units WHERE name IS NOT NULL)
        SELECT dossier FROM units JOIN waiting ON unit = name WHERE due < ?1";
    let condition = match (conditions.is_empty(), &filter.unit, &filter.assignee) {
        (true, ..) => "WHERE waiting <> ''".to_owned(),
        (false, None, None) => format!("WHERE id IN ({UNITS})"),
        _ => format!("WHERE id IN (SELECT dossier FROM waiting WHERE {})", conditions.join(" AND ")),
    };
    let mut items = Vec::new();
    for head in heads(connection, place, &condition, &values)? {
        let of_dossier =
            stored::from_json(&head.code, &head.work).map_err(|error| JournalError::Damaged {
                dossier: head.code.to_string(),
                version: head.version,
                reason: error.to_string(),
            })?;
        items.extend(of_dossier.into_iter().filter(|item| filter.fits(item)));
    }
    Ok(work::listed(filter, items))
}

/// What falls due up to a moment, or, without one, the first that ever does.
pub(super) fn wakeups(
    connection: &Connection,
    place: &str,
    until: Option<String>,
) -> Result<Vec<(SmolStr, chrono::NaiveDateTime)>, JournalError> {
    let (condition, values) = match until {
        Some(until) => ("WHERE next <= ?1 ORDER BY next, code", vec![until]),
        None => ("WHERE next IS NOT NULL ORDER BY next, code LIMIT 1", Vec::new()),
    };
    let wakeup = |head: Head| {
        let next = head.next.as_deref().unwrap_or_default();
        stored::wakeup(&head.code, next).ok_or_else(|| JournalError::Damaged {
            dossier: head.code.to_string(),
            version: head.version,
            reason: format!("`{next}` is no moment"),
        })
    };
    heads(connection, place, condition, &values)?.into_iter().map(wakeup).collect()
}

pub(super) fn sealed_after(
    connection: &Connection,
    place: &str,
    after: u64,
    visit: &mut VisitSealed<'_>,
) -> Result<(), JournalError> {
    let failed = failed(place);
    let select = "SELECT e.place, e.version, e.before, e.body, e.words, e.salt, e.texts, e.hash, d.code
         FROM events e LEFT JOIN dossiers d ON d.id = e.dossier WHERE e.place > ?1 ORDER BY e.place";
    let mut statement = connection.prepare_cached(select).map_err(&failed)?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = statement.query([after]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let code: Option<String> = row.get(8).map_err(&failed)?;
        let Some(code) = code else { return Err(ownerless(row.get(0).map_err(&failed)?)) };
        let (sealed, _) = sealed(row, code.into()).map_err(&failed)??;
        if visit(sealed).is_break() {
            break;
        }
    }
    Ok(())
}

/// The roots of the blocks.
pub(super) fn blocks(connection: &Connection, place: &str) -> Result<Vec<Digest>, JournalError> {
    let failed = failed(place);
    let mut statement =
        connection.prepare_cached("SELECT last, root FROM blocks ORDER BY last").map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut blocks = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let last: i64 = row.get(0).map_err(&failed)?;
        blocks.push(Digest(row.get(1).map_err(&failed)?));
        if last != (blocks.len() * BLOCK) as i64 {
            return Err(block_differs(blocks.len()));
        }
    }
    Ok(blocks)
}

/// What is kept of a block is not what its events give.
pub(super) fn block_differs(block: usize) -> JournalError {
    let (from, to) = ((block - 1) * BLOCK + 1, block * BLOCK);
    let reason = format!("the root kept over the events of places {from} to {to} is not theirs");
    JournalError::Tampered { dossier: String::new(), version: 0, reason }
}

/// The hashes of the events after a place, in the order of their places, of which none is missing.
pub(super) fn hashes(connection: &Connection, place: &str, after: u64) -> Result<Vec<Digest>, JournalError> {
    let failed = failed(place);
    let is_any = "SELECT 1 FROM archived LIMIT 1";
    let is_any = connection.query_row(is_any, [], |_| Ok(())).optional().map_err(&failed)?.is_some();
    let select = match is_any {
        true => {
            "SELECT place, hash FROM events WHERE place > ?1
             UNION ALL SELECT place, hash FROM archived WHERE place > ?1 ORDER BY place"
        }
        false => "SELECT place, hash FROM events WHERE place > ?1 ORDER BY place",
    };
    let mut statement = connection.prepare_cached(select).map_err(&failed)?;
    let mut rows = statement.query([after.cast_signed()]).map_err(&failed)?;
    let mut hashes = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let at = row.get::<_, i64>(0).map_err(&failed)?.cast_unsigned();
        let next = after + hashes.len() as u64 + 1;
        if at != next {
            let reason = format!("place {next} is empty, and {at} is not");
            return Err(JournalError::Tampered { dossier: String::new(), version: 0, reason });
        }
        hashes.push(Digest(row.get(1).map_err(&failed)?));
    }
    Ok(hashes)
}

pub(super) fn snapshot(
    connection: &Connection,
    place: &str,
    dossier: &str,
) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
    let Some(head) = rows::find(connection, dossier).map_err(failed(place))?? else { return Ok(None) };
    let found = connection
        .prepare_cached("SELECT version, state, sum FROM snapshots WHERE dossier = ?1")
        .and_then(|mut select| {
            let read =
                |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?));
            select.query_row([head.id], read).optional()
        })
        .map_err(failed(place))?;
    // One that was changed is as good as none.
    let sound =
        |(_, state, sum): &(i64, Vec<u8>, i64)| xxhash_rust::xxh3::xxh3_64(state).cast_signed() == *sum;
    Ok(found.filter(sound).map(|(version, state, _)| (version.cast_unsigned(), state)))
}
