//! All dossiers, one after the other, by all processors.

use super::failed;
use super::read::{chain, ends_with, events_of, heads, missing, ownerless, size};
use super::rows::{self, EVENT, Head};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::parallel::in_order;
use crate::journal::{JournalError, Sealed, Visit, Words};
use rusqlite::Connection;
use smol_str::SmolStr;
use std::ops::{ControlFlow, Range};

/// Up to so many events are read in one pass; of more, each dossier's by itself.
const IN_ONE_PASS: u64 = 2_000_000;

/// So many dossiers are looked at by one processor at a time.
const AT_ONCE: usize = 256;

pub(super) fn scan(connection: &Connection, place: &str, visit: &mut Visit<'_>) -> Result<(), JournalError> {
    let mut heads = heads(connection, place, "ORDER BY code", &[])?;
    heads.retain(|head| !head.is_archived);
    if size(connection).map_err(failed(place))? > IN_ONE_PASS {
        for head in &heads {
            let events = events_of(&chain(connection, place, head, 0)?)?;
            if visit(&head.code, &events).is_break() {
                break;
            }
        }
        return Ok(());
    }
    let log = Log::read(connection, place, &heads)?;
    let chunks: Vec<&[Head]> = heads.chunks(AT_ONCE).collect();
    let decode = |chunk: &[Head]| chunk.iter().map(|head| (head.code.clone(), log.events(head))).collect();
    let mut outcome = Ok(());
    in_order(chunks, decode, |decoded: Vec<(SmolStr, Result<Vec<Event>, JournalError>)>| {
        for (code, events) in decoded {
            match events {
                Ok(events) if visit(&code, &events).is_continue() => continue,
                Ok(_) => {}
                Err(error) => outcome = Err(error),
            }
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    outcome
}

/// All events, as they are stored.
struct Log {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// Where the events of a dossier begin in `order`, by its number.
    starts: Vec<usize>,
    /// The rows, dossier by dossier and by version; none is `u32::MAX`.
    order: Vec<u32>,
}

struct Row {
    body: Range<usize>,
    words: Option<Box<Words>>,
    texts: Option<Digest>,
    hash: Digest,
}

impl Log {
    fn read(connection: &Connection, place: &str, heads: &[Head]) -> Result<Self, JournalError> {
        let failed = failed(place);
        // Numbers of dossiers are given in turn, so none is above their number, those in archives included.
        let count: i64 =
            connection.query_row("SELECT count(*) FROM dossiers", [], |row| row.get(0)).map_err(&failed)?;
        let mut versions = vec![0; usize::try_from(count).unwrap_or_default() + 1];
        for head in heads {
            let slot = usize::try_from(head.id).ok().and_then(|id| versions.get_mut(id));
            *slot.ok_or_else(|| missing(head, 1))? = usize::try_from(head.version).unwrap_or(usize::MAX);
        }
        let mut next = 0_usize;
        let starts: Vec<usize> = versions
            .iter()
            .map(|version| {
                let start = next;
                next = next.saturating_add(*version);
                start
            })
            .collect();
        // What the rows of the dossiers say was checked; no more than that can be there.
        let mut log = Self { bytes: Vec::new(), rows: Vec::new(), starts, order: vec![u32::MAX; next] };
        let mut statement = connection
            .prepare_cached(&format!("SELECT {EVENT}, dossier FROM events ORDER BY place"))
            .map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let (at, version): (i64, i64) = (row.get(0).map_err(&failed)?, row.get(1).map_err(&failed)?);
            let dossier = row.get::<_, i64>(8).map_err(&failed).map(usize::try_from)?.unwrap_or(usize::MAX);
            let known = versions.get(dossier).copied().unwrap_or_default();
            let nth = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
            let nth = nth.filter(|nth| *nth < known).ok_or_else(|| ownerless(at))?;
            let slot = log.starts.get(dossier).and_then(|start| log.order.get_mut(start + nth));
            *slot.ok_or_else(|| ownerless(at))? = u32::try_from(log.rows.len()).unwrap_or(u32::MAX);
            let body = row.get_ref(3).and_then(|body| Ok(body.as_bytes()?)).map_err(&failed)?;
            let from = log.bytes.len();
            log.bytes.extend_from_slice(body);
            log.rows.push(Row {
                body: from..log.bytes.len(),
                words: rows::words(row, version.cast_unsigned()).map_err(&failed)??.map(Box::new),
                texts: row.get::<_, Option<[u8; 32]>>(6).map_err(&failed)?.map(Digest),
                hash: Digest(row.get(7).map_err(&failed)?),
            });
        }
        Ok(log)
    }

    /// The events of a dossier, their chain followed.
    fn events(&self, head: &Head) -> Result<Vec<Event>, JournalError> {
        let start =
            usize::try_from(head.id).ok().and_then(|id| self.starts.get(id).copied()).unwrap_or_default();
        let mut before = None;
        let one = |version: u64| {
            let at = start + usize::try_from(version - 1).unwrap_or(usize::MAX);
            let row = self.order.get(at).and_then(|row| self.rows.get(*row as usize));
            let row = row.ok_or_else(|| missing(head, version))?;
            let body = self.bytes.get(row.body.clone()).unwrap_or_default();
            let sealed = Sealed {
                place: 0,
                dossier: head.code.clone(),
                version,
                body: String::from_utf8_lossy(body).into_owned(),
                words: row.words.as_deref().cloned(),
                texts: row.texts,
                hash: row.hash,
            };
            sealed.follows(before)?;
            before = Some((version, sealed.hash));
            sealed.event()
        };
        let events: Result<Vec<Event>, JournalError> = (1..=head.version).map(one).collect();
        events.and_then(|events| ends_with(head, before).map(|()| events))
    }
}
