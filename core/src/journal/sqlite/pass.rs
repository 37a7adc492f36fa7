//! One pass over all events, in the order of their places: how they follow each other is looked at while they are read, and
//! the other processors compute their hashes anew.

use super::rows::{self, Head};
use super::{failed, read};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::parallel::{in_order, processors};
use crate::journal::seal::{CHANGED, chained, event_of, genesis};
use crate::journal::tree::{BLOCK, root};
use crate::journal::{JournalError, Words};
use rusqlite::Connection;
use std::ops::{ControlFlow, Range};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// What was found, all of it sound.
pub(super) struct Pass {
    pub(super) chains: Chains,
    /// Of all events that are there.
    pub(super) hashes: Vec<Digest>,
    /// The roots over each 1,024 of them; not computed where the events are kept.
    pub(super) roots: Vec<Digest>,
    /// The events themselves, if they were to be kept.
    log: Log,
}

/// What a pass over the events knows of a dossier: its last event.
#[derive(Clone, Copy)]
struct Last {
    version: u64,
    place: u64,
    hash: Digest,
}

/// By the number of the dossier, which are given in turn.
pub(super) struct Chains {
    pub(super) heads: Vec<Head>,
    last: Vec<Last>,
}

/// So many dossiers are looked at by one processor at a time.
const DOSSIERS_AT_ONCE: usize = 1_024;

impl Chains {
    fn read(connection: &Connection, place: &str) -> Result<Self, JournalError> {
        let failed = failed(place);
        let mut heads: Vec<(Head, i64)> = Vec::new();
        let select = format!("SELECT {} FROM dossiers ORDER BY id", rows::HEAD);
        let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            heads.push(rows::head_and_sum(row).map_err(&failed)?);
        }
        let sound = |heads: &[(Head, i64)]| heads.iter().try_for_each(|(head, sum)| head.is_sound(*sum));
        let mut outcome = Ok(());
        in_order(heads.chunks(DOSSIERS_AT_ONCE).collect(), sound, |sound| {
            outcome = sound;
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        outcome?;
        let heads: Vec<Head> = heads.into_iter().map(|(head, _)| head).collect();
        for (id, head) in (1..).zip(&heads) {
            if head.id != id {
                return Err(read::missing(head, 1));
            }
        }
        let last =
            heads.iter().map(|head| Last { version: 0, place: 0, hash: genesis(&head.code) }).collect();
        Ok(Self { heads, last })
    }

    fn get(&self, dossier: i64) -> Option<(&Head, Last)> {
        let at = usize::try_from(dossier.checked_sub(1)?).ok()?;
        Some((self.heads.get(at)?, *self.last.get(at)?))
    }

    fn put(&mut self, dossier: i64, last: Last) {
        let at = usize::try_from(dossier - 1).ok();
        if let Some(slot) = at.and_then(|at| self.last.get_mut(at)) {
            *slot = last;
        }
    }

    pub(super) fn is_any_archived(&self) -> bool {
        self.heads.iter().any(|head| head.is_archived)
    }

    /// Whether each dossier's chain ends as its row says.
    fn end_as_they_should(&self) -> Result<(), JournalError> {
        for (head, is) in self.heads.iter().zip(&self.last).filter(|(head, _)| !head.is_archived) {
            if (is.version, is.hash, is.place) != (head.version, head.hash, head.last) {
                let reason = format!(
                    "its dossier has {} events by its row, and {} are there",
                    head.version, is.version
                );
                let (dossier, version) = (head.code.to_string(), is.version + 1);
                return Err(JournalError::Tampered { dossier, version, reason });
            }
        }
        Ok(())
    }
}

/// An event as it is stored, and the hash of the one before it.
struct Row {
    dossier: i64,
    version: u64,
    before: Digest,
    texts: Option<Digest>,
    words: Option<Box<Words>>,
    body: Range<usize>,
    hash: Digest,
}

/// Many of them, with all their bytes.
struct Rows {
    bytes: Vec<u8>,
    rows: Vec<Row>,
}

/// So many events are hashed by one processor at a time: a block, and no more than its own cache holds.
const AT_ONCE: usize = BLOCK;

/// So many of these wait, where they are kept anyway.
const IN_MEMORY: usize = 2_048;

impl Rows {
    fn new() -> Self {
        Self { bytes: Vec::with_capacity(256 * AT_ONCE), rows: Vec::with_capacity(AT_ONCE) }
    }

    /// The root over a whole block.
    fn root(&self) -> Option<Digest> {
        let hashes: Vec<Digest> = self.rows.iter().map(|row| row.hash).collect();
        (hashes.len() == BLOCK).then(|| root(&hashes))
    }

    /// Whether all are what was sealed; and the events, if they are to be kept. An error is about a dossier of a number.
    fn check(&self, is_kept: bool) -> Result<Vec<Option<Event>>, (i64, JournalError)> {
        let mut events = Vec::with_capacity(if is_kept { self.rows.len() } else { 0 });
        for row in &self.rows {
            let (body, words) = (self.bytes.get(row.body.clone()).unwrap_or_default(), row.words.as_deref());
            if words.is_some_and(|words| Some(words.hash()) != row.texts)
                || chained(row.before, row.texts, body) != row.hash
            {
                let (dossier, version, reason) = (String::new(), row.version, CHANGED.into());
                return Err((row.dossier, JournalError::Tampered { dossier, version, reason }));
            }
            if is_kept {
                let event = event_of("", row.version, body, words).map_err(|error| (row.dossier, error))?;
                events.push(Some(event));
            }
        }
        Ok(events)
    }
}

/// Events that were kept.
#[derive(Default)]
struct Log {
    /// As they were read; all but the last of one length.
    chunks: Vec<Vec<Option<Event>>>,
    /// Where the events of a dossier begin in `order`, by its number less one.
    starts: Vec<usize>,
    /// Dossier by dossier and by version, the numbers of the rows.
    order: Vec<u32>,
}

impl Log {
    /// With room for what the rows of the dossiers say is there.
    fn for_dossiers(heads: &[Head]) -> Self {
        let mut next = 0_usize;
        let start = |head: &Head| {
            let start = next;
            let events = if head.is_archived { 0 } else { head.version };
            next = next.saturating_add(usize::try_from(events).unwrap_or(usize::MAX));
            start
        };
        let starts = heads.iter().map(start).collect();
        Self { chunks: Vec::new(), starts, order: vec![u32::MAX; next] }
    }

    fn slot(&self, dossier: i64, version: u64) -> Option<usize> {
        let start = self.starts.get(usize::try_from(dossier.checked_sub(1)?).ok()?)?;
        start.checked_add(usize::try_from(version.checked_sub(1)?).ok()?)
    }

    fn note(&mut self, dossier: i64, version: u64, number: usize) {
        let slot = self.slot(dossier, version);
        if let Some(slot) = slot.and_then(|slot| self.order.get_mut(slot)) {
            *slot = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }
}

impl Pass {
    /// # Errors
    /// `journal.tampered` names the first event that was changed, taken out or moved; `journal.damaged`
    pub(super) fn over(connection: &Connection, place: &str, is_kept: bool) -> Result<Self, JournalError> {
        let chains = Chains::read(connection, place)?;
        let log = if is_kept { Log::for_dossiers(&chains.heads) } else { Log::default() };
        let mut pass = Self { chains, hashes: Vec::new(), roots: Vec::new(), log };
        // Of what is wrong the first counts: what this thread sees, or what is found in what came before.
        let (wrong, kept, roots) = (Mutex::new(None), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let work = |(number, rows): (usize, Rows)| match rows.check(is_kept) {
            Ok(events) if is_kept => lock(&kept).push((number, events)),
            Ok(_) => lock(&roots).extend(rows.root().map(|root| (number, root))),
            Err(found) => {
                let mut first = lock(&wrong);
                if first.as_ref().is_none_or(|(before, _)| number < *before) {
                    *first = Some((number, found));
                }
            }
        };
        let (send, receive) = sync_channel(if is_kept { IN_MEMORY } else { 16 });
        let receive = Mutex::new(receive);
        let next = || lock(&receive).recv();
        let outcome = thread::scope(|threads| {
            let (next, work) = (&next, &work);
            for _ in 1..processors() {
                threads.spawn(move || {
                    while let Ok(rows) = next() {
                        work(rows);
                    }
                });
            }
            let (mut rows, mut number) = (Rows::new(), 0);
            let mut hand_on = |rows: Rows| {
                let rows = (number, rows);
                number += 1;
                match processors() {
                    1 => work(rows),
                    // They end when this one does, not before.
                    _ => drop(send.send(rows)),
                }
            };
            let outcome = pass.read(connection, place, &mut rows, &mut hand_on);
            hand_on(rows);
            drop(send);
            // What is left is done by this one too.
            while let Ok(rows) = next() {
                work(rows);
            }
            outcome
        });
        if let Some((_, (dossier, error))) = into_inner(wrong) {
            let code = pass.chains.get(dossier).map(|(head, _)| head.code.as_str());
            return Err(error.of(code.unwrap_or_default()));
        }
        outcome?;
        pass.chains.end_as_they_should()?;
        pass.log.chunks = in_their_order(kept);
        pass.roots = in_their_order(roots);
        Ok(pass)
    }

    /// Reads the events, and hands them on to be hashed.
    fn read(
        &mut self,
        connection: &Connection,
        place: &str,
        rows_read: &mut Rows,
        hand_on: &mut dyn FnMut(Rows),
    ) -> Result<(), JournalError> {
        let failed = failed(place);
        let (chains, hashes) = (&mut self.chains, &mut self.hashes);
        let is_any_archived = chains.is_any_archived();
        let select = format!("SELECT {}, dossier FROM events ORDER BY place", rows::EVENT);
        let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let read = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned).map_err(&failed);
            let (at, version, before) = (read(0)?, read(1)?, read(2)?);
            let dossier: i64 = row.get(8).map_err(&failed)?;
            let Some((head, last)) = chains.get(dossier) else {
                return Err(read::ownerless(at.cast_signed()));
            };
            let wrong = |reason: String| {
                let dossier = head.code.to_string();
                Err(JournalError::Tampered { dossier, version, reason })
            };
            if !is_any_archived && at != hashes.len() as u64 + 1 {
                return wrong(format!("it stands at place {at}, where place {} is next", hashes.len() + 1));
            }
            if version != last.version + 1 {
                return wrong(format!("event {} of the dossier is next", last.version + 1));
            }
            if before != last.place {
                return wrong(format!("it names place {before} as that of the event before it"));
            }
            let words = rows::words(row, version).map_err(&failed)?.map_err(|error| error.of(&head.code))?;
            let body = row.get_ref(3).and_then(|body| Ok(body.as_bytes()?)).map_err(&failed)?;
            let from = rows_read.bytes.len();
            rows_read.bytes.extend_from_slice(body);
            let hash = Digest(row.get(7).map_err(&failed)?);
            rows_read.rows.push(Row {
                dossier,
                version,
                before: last.hash,
                texts: row.get::<_, Option<[u8; 32]>>(6).map_err(&failed)?.map(Digest),
                words: words.map(Box::new),
                body: from..rows_read.bytes.len(),
                hash,
            });
            chains.put(dossier, Last { version, place: at, hash });
            self.log.note(dossier, version, hashes.len());
            hashes.push(hash);
            if rows_read.rows.len() == AT_ONCE {
                hand_on(std::mem::replace(rows_read, Rows::new()));
            }
        }
        Ok(())
    }

    /// Takes the events of a dossier out, if they were kept.
    pub(super) fn take(&mut self, head: &Head) -> Result<Vec<Event>, JournalError> {
        let event = |version: u64| {
            let number = self.log.slot(head.id, version).and_then(|slot| self.log.order.get(slot));
            let number = number.map_or(usize::MAX, |number| *number as usize);
            let chunk = self.log.chunks.get_mut(number / AT_ONCE);
            let event = chunk.and_then(|events| events.get_mut(number % AT_ONCE)?.take());
            event.ok_or_else(|| read::missing(head, version))
        };
        (1..=head.version).map(event).collect()
    }
}

/// What was done with chunks, in the order of the chunks.
fn in_their_order<T>(done: Mutex<Vec<(usize, T)>>) -> Vec<T> {
    let mut done = into_inner(done);
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, done)| done).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
