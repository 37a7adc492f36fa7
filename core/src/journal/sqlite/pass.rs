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
    /// Of all events that are there; not collected where the events are kept.
    pub(super) hashes: Vec<Digest>,
    /// The roots over each 1,024 of them, likewise.
    pub(super) roots: Vec<Digest>,
    /// The events themselves, as they are stored, if they were to be kept.
    log: Option<Log>,
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
        let (mut heads, mut sums): (Vec<Head>, Vec<i64>) = (Vec::new(), Vec::new());
        let select = format!("SELECT {} FROM dossiers ORDER BY id", rows::HEAD);
        let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let (head, sum) = rows::head_and_sum(row).map_err(&failed)?;
            heads.push(head);
            sums.push(sum);
        }
        let begin = |(heads, sums): (&[Head], &[i64])| -> Result<Vec<Last>, JournalError> {
            let begin = |(head, sum): (&Head, &i64)| {
                head.is_sound(*sum)?;
                Ok(Last { version: 0, place: 0, hash: genesis(&head.code) })
            };
            heads.iter().zip(sums).map(begin).collect()
        };
        let (mut last, mut outcome) = (Vec::with_capacity(heads.len()), Ok(()));
        let chunks = heads.chunks(DOSSIERS_AT_ONCE).zip(sums.chunks(DOSSIERS_AT_ONCE)).collect();
        in_order(chunks, begin, |begun| match begun {
            Ok(begun) => {
                last.extend(begun);
                ControlFlow::Continue(())
            }
            Err(error) => {
                outcome = Err(error);
                ControlFlow::Break(())
            }
        });
        outcome?;
        for (id, head) in (1..).zip(&heads) {
            if head.id != id {
                return Err(read::missing(head, 1));
            }
        }
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

    /// Whether each dossier's chain ends as its row says; and where, if places were looked at.
    fn end_as_they_should(&self, with_places: bool) -> Result<(), JournalError> {
        for (head, is) in self.heads.iter().zip(&self.last).filter(|(head, _)| !head.is_archived) {
            let is_elsewhere = with_places && is.place != head.last;
            if is_elsewhere || (is.version, is.hash) != (head.version, head.hash) {
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

/// So many of these wait.
const WAITING: usize = 16;

impl Rows {
    fn new() -> Self {
        Self { bytes: Vec::with_capacity(256 * AT_ONCE), rows: Vec::with_capacity(AT_ONCE) }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
    }

    /// The root over a whole block.
    fn root(&self) -> Option<Digest> {
        let hashes: Vec<Digest> = self.rows.iter().map(|row| row.hash).collect();
        (hashes.len() == BLOCK).then(|| root(&hashes))
    }

    fn body(&self, row: &Row) -> &[u8] {
        self.bytes.get(row.body.clone()).unwrap_or_default()
    }

    /// Whether all are what was sealed. An error is about a dossier of a number.
    fn check(&self) -> Result<(), (i64, JournalError)> {
        for row in &self.rows {
            if row.words.as_ref().is_some_and(|words| Some(words.hash()) != row.texts)
                || chained(row.before, row.texts, self.body(row)) != row.hash
            {
                let (dossier, version, reason) = (String::new(), row.version, CHANGED.into());
                return Err((row.dossier, JournalError::Tampered { dossier, version, reason }));
            }
        }
        Ok(())
    }
}

/// What is kept of many events that are what was sealed.
struct Sound {
    bodies: String,
    /// Where each of them ends, and its words.
    events: Vec<(usize, Option<Box<Words>>)>,
}

impl Sound {
    /// # Errors
    /// As [`Rows::check`].
    fn of(rows: &mut Rows) -> Result<Self, (i64, JournalError)> {
        let bodies = String::from_utf8(rows.bytes.clone()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let row = rows.rows.iter().find(|row| row.body.end > at);
            let (dossier, version) = row.map_or((0, 0), |row| (row.dossier, row.version));
            let reason = "it is no text".into();
            (dossier, JournalError::Damaged { dossier: String::new(), version, reason })
        })?;
        let events = rows.rows.iter_mut().map(|row| (row.body.end, row.words.take())).collect();
        Ok(Self { bodies, events })
    }

    fn event(&self, at: usize, dossier: &str, version: u64) -> Option<Result<Event, JournalError>> {
        let begin = at.checked_sub(1).map_or(Some(0), |before| Some(self.events.get(before)?.0))?;
        let (end, words) = self.events.get(at)?;
        Some(event_of(dossier, version, self.bodies.get(begin..*end)?, words.as_deref()))
    }
}

/// Events that were kept.
struct Log {
    /// As they were read; all but the last of one length.
    chunks: Vec<Sound>,
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

    fn note(&mut self, dossier: i64, version: u64, number: u64) {
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
        let log = is_kept.then(|| Log::for_dossiers(&chains.heads));
        let mut pass = Self { chains, hashes: Vec::new(), roots: Vec::new(), log };
        // Of what is wrong the first counts: what this thread sees, or what is found in what came before.
        let (wrong, kept, roots) = (Mutex::new(None), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        // Filled and emptied again and again, they stay in the processor's cache.
        let spare: Mutex<Vec<Rows>> = Mutex::new(Vec::new());
        let note = |number: usize, rows: &mut Rows| {
            rows.check()?;
            match is_kept {
                true => lock(&kept).push((number, Sound::of(rows)?)),
                false => lock(&roots).extend(rows.root().map(|root| (number, root))),
            }
            Ok(())
        };
        let work = |(number, mut rows): (usize, Rows)| {
            if let Err(found) = note(number, &mut rows) {
                let mut first = lock(&wrong);
                if first.as_ref().is_none_or(|(before, _)| number < *before) {
                    *first = Some((number, found));
                }
            }
            rows.clear();
            lock(&spare).push(rows);
        };
        let (send, receive) = sync_channel(WAITING);
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
            let mut hand_on = |rows: &mut Rows| {
                let next = lock(&spare).pop().unwrap_or_else(Rows::new);
                let rows = (number, std::mem::replace(rows, next));
                number += 1;
                match processors() {
                    1 => work(rows),
                    // They end when this one does, not before.
                    _ => drop(send.send(rows)),
                }
            };
            let outcome = pass.read(connection, place, &mut rows, &mut hand_on);
            hand_on(&mut rows);
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
        pass.chains.end_as_they_should(!is_kept)?;
        if let Some(log) = &mut pass.log {
            log.chunks = in_their_order(kept);
        }
        pass.roots = in_their_order(roots);
        Ok(pass)
    }

    /// Reads the events, and hands them on to be hashed.
    fn read(
        &mut self,
        connection: &Connection,
        place: &str,
        rows_read: &mut Rows,
        hand_on: &mut dyn FnMut(&mut Rows),
    ) -> Result<(), JournalError> {
        let failed = failed(place);
        let (chains, hashes) = (&mut self.chains, &mut self.hashes);
        let mut number = 0;
        let is_any_archived = chains.is_any_archived();
        let select = format!("SELECT {}, dossier FROM events ORDER BY place", rows::EVENT);
        let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let read = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned).map_err(&failed);
            let dossier: i64 = row.get(8).map_err(&failed)?;
            let Some((head, last)) = chains.get(dossier) else {
                return Err(read::ownerless(read(0)?.cast_signed()));
            };
            let (next, mut at) = (last.version + 1, 0);
            // What is hashed says the order of the events; where only they are wanted, that is enough.
            if self.log.is_none() {
                let (version, before) = (read(1)?, read(2)?);
                at = read(0)?;
                let wrong = |reason: String| {
                    let dossier = head.code.to_string();
                    Err(JournalError::Tampered { dossier, version, reason })
                };
                if !is_any_archived && at != number + 1 {
                    return wrong(format!("it stands at place {at}, where place {} is next", number + 1));
                }
                if version != next {
                    return wrong(format!("event {next} of the dossier is next"));
                }
                if before != last.place {
                    return wrong(format!("it names place {before} as that of the event before it"));
                }
            }
            let version = next;
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
            match &mut self.log {
                Some(log) => log.note(dossier, version, number),
                None => hashes.push(hash),
            }
            number += 1;
            if rows_read.rows.len() == AT_ONCE {
                hand_on(rows_read);
            }
        }
        Ok(())
    }

    /// The events of a dossier, if they were kept.
    pub(super) fn events(&self, head: &Head) -> Result<Vec<Event>, JournalError> {
        let find = |version: u64| {
            let log = self.log.as_ref()?;
            let number = *log.order.get(log.slot(head.id, version)?)? as usize;
            log.chunks.get(number / AT_ONCE)?.event(number % AT_ONCE, &head.code, version)
        };
        let event = |version: u64| find(version).unwrap_or_else(|| Err(read::missing(head, version)));
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
