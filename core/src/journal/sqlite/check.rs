//! Whether a file is what was written into it.

use super::rows::{HEAD, Head, head, sealed};
use super::{SqliteJournal, failed, read, rows};
use crate::dossier::signature::Digest;
use crate::journal::parallel::{in_order, processors};
use crate::journal::seal::{CHANGED, chained, genesis};
use crate::journal::tree::{BLOCK, Head as TreeHead, root};
use crate::journal::{Journal, JournalError, stored};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::{ControlFlow, Range};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

impl SqliteJournal {
    /// The integrity check: [`verify`](Journal::verify), and also whether SQLite finds the file sound, and whether all
    /// that is derived from the events is there, in the rows and in the indexes. It reads the whole file several times.
    ///
    /// # Errors
    /// `journal.storage` with what SQLite found; those of `verify`; `journal.damaged` names the dossier of which something
    /// that was derived is missing or changed.
    pub fn check(&self, known: Option<TreeHead>) -> Result<TreeHead, JournalError> {
        let found: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(failed(&self.place))?;
        if found != "ok" {
            return Err(JournalError::Storage { place: self.place.clone(), reason: found });
        }
        let head = self.verify(known)?;
        derived(&self.connection, &self.place)?;
        Ok(head)
    }
}

/// What a pass over the events knows of a dossier: its last event.
#[derive(Clone, Copy)]
struct Last {
    version: u64,
    place: u64,
    hash: Digest,
}

/// By the number of the dossier, which are given in turn.
struct Chains {
    heads: Vec<Head>,
    last: Vec<Last>,
}

impl Chains {
    fn read(connection: &Connection, place: &str) -> Result<Self, JournalError> {
        let heads = read::heads(connection, place, "ORDER BY id", &[])?;
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

    fn is_any_archived(&self) -> bool {
        self.heads.iter().any(|head| head.is_archived)
    }
}

/// An event whose hash is to be computed anew, behind the one before it. Which one fails first is told by its place.
struct Job {
    place: u64,
    dossier: i64,
    version: u64,
    before: Digest,
    texts: Option<Digest>,
    body: Range<usize>,
    hash: Digest,
}

/// Many of them, with all their bytes.
#[derive(Default)]
struct Jobs {
    bytes: Vec<u8>,
    jobs: Vec<Job>,
}

/// So many events are hashed by one processor at a time.
const AT_ONCE: usize = 4_096;

impl Jobs {
    /// The first whose hash is not that of its content.
    fn first_wrong(&self) -> Option<&Job> {
        self.jobs.iter().find(|job| {
            let body = self.bytes.get(job.body.clone()).unwrap_or_default();
            chained(job.before, job.texts, body) != job.hash
        })
    }
}

pub(super) fn verify(
    connection: &Connection,
    place: &str,
    known: Option<TreeHead>,
) -> Result<TreeHead, JournalError> {
    let mut chains = Chains::read(connection, place)?;
    let mut hashes = Vec::new();
    // Of what is wrong the first counts: what this thread sees, or what the others find in what came before.
    let wrong: Mutex<Option<(u64, i64, u64)>> = Mutex::new(None);
    let outcome = thread::scope(|threads| {
        let (send, receive) = sync_channel::<Jobs>(4);
        let receive = Arc::new(Mutex::new(receive));
        for _ in 0..processors().saturating_sub(1).max(1) {
            let (receive, wrong) = (Arc::clone(&receive), &wrong);
            threads.spawn(move || {
                while let Ok(jobs) = lock(&receive).recv() {
                    let Some(job) = jobs.first_wrong() else { continue };
                    let mut first = lock(wrong);
                    if first.is_none_or(|(place, ..)| job.place < place) {
                        *first = Some((job.place, job.dossier, job.version));
                    }
                }
            });
        }
        let mut jobs = Jobs::default();
        // They end when this one does, not before.
        let mut hand_on = |jobs: Jobs| drop(send.send(jobs));
        let outcome = each_event(connection, place, &mut chains, &mut hashes, &mut jobs, &mut hand_on);
        hand_on(jobs);
        outcome
    });
    if let Some((_, dossier, version)) = wrong.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let dossier = chains.get(dossier).map(|(head, _)| head.code.to_string()).unwrap_or_default();
        return Err(JournalError::Tampered { dossier, version, reason: CHANGED.into() });
    }
    outcome?;
    for (head, is) in chains.heads.iter().zip(&chains.last).filter(|(head, _)| !head.is_archived) {
        if (is.version, is.hash, is.place) != (head.version, head.hash, head.last) {
            let reason =
                format!("its dossier has {} events by its row, and {} are there", head.version, is.version);
            let (dossier, version) = (head.code.to_string(), is.version + 1);
            return Err(JournalError::Tampered { dossier, version, reason });
        }
    }
    // Those of archived dossiers are among them.
    if chains.is_any_archived() {
        hashes = read::hashes(connection, place, 0)?;
    }
    let blocks = read::blocks(connection, place)?;
    let (mut kept, mut same) = (blocks.iter(), 0);
    in_order(hashes.chunks_exact(BLOCK).collect(), root, |root| {
        let is_same = kept.next() == Some(&root);
        same += usize::from(is_same);
        if is_same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if same != hashes.len() / BLOCK || same != blocks.len() {
        return Err(read::block_differs(same + 1));
    }
    let rest = hashes.chunks_exact(BLOCK).remainder();
    TreeHead::over_blocks(&blocks, rest).since(known, &hashes)
}

/// Reads the events in the order of their places, checks how they follow each other, and hands them on to be hashed.
fn each_event(
    connection: &Connection,
    place: &str,
    chains: &mut Chains,
    hashes: &mut Vec<Digest>,
    jobs: &mut Jobs,
    hand_on: &mut dyn FnMut(Jobs),
) -> Result<(), JournalError> {
    let failed = failed(place);
    let is_any_archived = chains.is_any_archived();
    let select = format!("SELECT {}, dossier FROM events ORDER BY place", rows::EVENT);
    let mut statement = connection.prepare_cached(&select).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let read = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned).map_err(&failed);
        let (at, version, before) = (read(0)?, read(1)?, read(2)?);
        let dossier: i64 = row.get(8).map_err(&failed)?;
        let Some((head, last)) = chains.get(dossier) else { return Err(read::ownerless(at.cast_signed())) };
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
        let texts: Option<[u8; 32]> = row.get(6).map_err(&failed)?;
        let body = row.get_ref(3).and_then(|body| Ok(body.as_bytes()?)).map_err(&failed)?;
        let hash = Digest(row.get(7).map_err(&failed)?);
        if row.get_ref(4).map_err(&failed)? != ValueRef::Null || texts.is_some() {
            sealed(row, head.code.clone()).map_err(&failed)??.0.words_are_those()?;
        }
        let from = jobs.bytes.len();
        jobs.bytes.extend_from_slice(body);
        let (texts, body, before) = (texts.map(Digest), from..jobs.bytes.len(), last.hash);
        jobs.jobs.push(Job { place: at, dossier, version, before, texts, body, hash });
        chains.put(dossier, Last { version, place: at, hash });
        hashes.push(hash);
        if jobs.jobs.len() == AT_ONCE {
            hand_on(std::mem::take(jobs));
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the rows and indexes by which something is found are those of the dossiers.
fn derived(connection: &Connection, place: &str) -> Result<(), JournalError> {
    let failed = failed(place);
    let mut waiting = 0;
    let mut statement = connection.prepare(&format!("SELECT {HEAD} FROM dossiers")).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let head = head(row).map_err(&failed)??;
        let wrong = |reason: &str| {
            let (dossier, version) = (head.code.to_string(), head.version);
            Err(JournalError::Damaged { dossier, version, reason: reason.into() })
        };
        if rows::find(connection, &head.code).map_err(&failed)??.as_ref() != Some(&head) {
            return wrong("it is not found by its code");
        }
        for [unit, due, assignee] in head.waits() {
            let exists =
                "SELECT 1 FROM waiting WHERE unit = ?1 AND due = ?2 AND assignee = ?3 AND dossier = ?4";
            let mut exists = connection.prepare_cached(exists).map_err(&failed)?;
            if !exists.exists(rusqlite::params![unit, due, assignee, head.id]).map_err(&failed)? {
                return wrong("it is missing in a work list");
            }
            waiting += 1;
        }
        if head.is_archived {
            continue;
        }
        for (version, sealed) in (1..).zip(read::chain(connection, place, &head, 0)?) {
            if !stored::versions_of(&head.keys, &sealed.event()?.key).any(|of| of == version) {
                return wrong("the key of an event is missing");
            }
        }
    }
    let rows: i64 =
        connection.query_row("SELECT count(*) FROM waiting", [], |row| row.get(0)).map_err(&failed)?;
    if rows != waiting {
        let reason = format!("the work lists have {rows} rows, and {waiting} belong there");
        return Err(JournalError::Storage { place: place.into(), reason });
    }
    Ok(())
}
