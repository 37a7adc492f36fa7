//! One event, in one statement and one round trip.

use super::link::unknown;
use super::write::{first_home, unwritten};
use super::{Last, PostgresJournal};
use crate::dossier::signature::Digest;
use crate::journal::{Append, Appended, JournalError, Sealed, stored};
use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Statement};

/// The first event of a dossier, which waits at one place. It breaks a constraint if the dossier is there: to look first is
/// dear for all that are rightly begun.
const FIRST: &str = "WITH head AS (INSERT INTO dossiers (unit, year, code, version, keys, hash, work, next, waiting)
        VALUES ($1, $2, $3, $4, $5, $6, $8, $9, $13)),
    come AS (INSERT INTO waiting (home, year, dossier, unit, due, assignee) VALUES ($1, $2, $3, $14, $15, $16)),
    event AS (INSERT INTO events (unit, year, dossier, version, hash, body, words, salt, texts)
        VALUES ($1, $2, $3, $4, $6, $7, $10, $11, $12))
    INSERT INTO routes (unit, year, code) VALUES ($1, $2, $3)";

/// One event after others. It does nothing if the dossier's last event is not the one that this one was sealed behind, or if
/// the dossier waits elsewhere. What changes of where it waits stands at two places.
macro_rules! next {
    ($set:literal $(, $waiting:literal)*) => {
        concat!(
            "WITH head AS (UPDATE dossiers SET version = $4, keys = keys || $5, hash = $6, work = $8, next = $9",
            $set,
            " WHERE code = $3 AND unit = $1 AND hash = $13 AND waiting = $14 RETURNING version)",
            $($waiting,)*
            " INSERT INTO events (unit, year, dossier, version, hash, body, words, salt, texts)
            SELECT $1, $2, $3, version, $6, $7, $10, $11, $12 FROM head"
        )
    };
}

/// Of a dossier that goes on waiting where it does; that no longer waits at one place; that does at one more; at another.
/// One statement for all of them would take as long for each as for the last.
const NEXT: [&str; 4] = [
    next!(""),
    next!(
        ", waiting = $15",
        ", gone AS (DELETE FROM waiting w USING head
        WHERE w.unit = $16 AND w.due = $17 AND w.assignee = $18 AND w.dossier = $3)"
    ),
    next!(
        ", waiting = $15",
        ", come AS (INSERT INTO waiting (home, year, dossier, unit, due, assignee)
        SELECT $1, $2, $3, $16::text, $17::text, $18::text FROM head)"
    ),
    next!(
        ", waiting = $15",
        ", gone AS (DELETE FROM waiting w USING head
        WHERE w.unit = $16 AND w.due = $17 AND w.assignee = $18 AND w.dossier = $3)",
        ", come AS (INSERT INTO waiting (home, year, dossier, unit, due, assignee)
        SELECT $1, $2, $3, $19::text, $20::text, $21::text FROM head)"
    ),
];

/// What appends one event, prepared, so that from the first on each is one message and one answer.
pub(super) struct Statements {
    first: Statement,
    stays: Statement,
    leaves: Statement,
    comes: Statement,
    moves: Statement,
}

impl Statements {
    pub(super) fn prepared(client: &mut Client) -> Result<Self, postgres::Error> {
        let [stays, leaves, comes, moves] = NEXT;
        Ok(Self {
            first: client.prepare(FIRST)?,
            stays: client.prepare(stays)?,
            leaves: client.prepare(leaves)?,
            comes: client.prepare(comes)?,
            moves: client.prepare(moves)?,
        })
    }
}

/// Unit, due date and officer of the lines that are not among others.
pub(super) fn without<'a>(lines: &'a str, others: &str) -> Vec<[&'a str; 3]> {
    if lines == others {
        return Vec::new();
    }
    let is_other = |line: &&str| others.lines().all(|other| other != *line);
    lines.lines().filter(is_other).map(stored::wait).collect()
}

/// Appends one event, if what is remembered of the dossier still holds; `None` if not, or if more is to be done than these
/// statements can do, and then nothing was stored.
pub(super) fn append(journal: &PostgresJournal, append: &Append) -> Result<Option<Appended>, JournalError> {
    let ([event], None) = (append.events.as_slice(), &append.snapshot) else { return Ok(None) };
    let code = append.dossier.as_str();
    let (home, mut last) = match event.version {
        1 if journal.is_known(code) => return Ok(None),
        1 => (first_home(Some(event)), None),
        _ => match journal.take(code)? {
            Some((home, last)) => (home, Some(last)),
            None => return Ok(None),
        },
    };
    let key = stored::key_hash(&event.key);
    let mut keys = last.as_mut().map(|last| std::mem::take(&mut last.keys)).unwrap_or_default();
    if keys.len() as u64 + 1 != event.version || keys.contains(&key) {
        return Ok(None);
    }
    let waits = stored::waiting(&append.work);
    let waited = last.as_ref().map_or("", |last| last.waits.as_str());
    let (gone, come) = (without(waited, &waits), without(&waits, waited));
    let statement: fn(&Statements) -> &Statement = match (&last, gone.len(), come.len()) {
        (None, 0, 1) => |all| &all.first,
        (Some(_), 0, 0) if waited == waits => |all| &all.stays,
        (Some(_), 1, 0) => |all| &all.leaves,
        (Some(_), 0, 1) => |all| &all.comes,
        (Some(_), 1, 1) => |all| &all.moves,
        _ => return Ok(None),
    };

    let unwritten = unwritten(&journal.place);
    let sealed = Sealed::of(0, &append.dossier, event, last.as_ref().map(|last| last.hash))?;
    let words = sealed.words.as_ref();
    let salt = words.map(|words| &words.salt[..]);
    let words = words.map(|words| serde_json::to_string(&words.texts)).transpose().map_err(&unwritten)?;
    let texts = sealed.texts.as_ref().map(|Digest(texts)| &texts[..]);
    let (unit, version) = (home.unit.as_str(), event.version.cast_signed());
    let (new_key, hash) = (&key[..], &sealed.hash.0[..]);
    let (work, next) = (stored::to_json(&append.work).map_err(&unwritten)?, stored::next(append.next));
    let before = last.as_ref().map(|Last { hash: Digest(hash), .. }| &hash[..]);
    let mut values: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(21);
    values.extend_from_slice(&[
        &unit,
        &home.year,
        &code,
        &version,
        &new_key,
        &hash,
        &sealed.body,
        &work,
        &next,
        &words,
        &salt,
        &texts,
    ]);
    if before.is_some() {
        values.extend_from_slice(&[&before, &waited]);
    }
    if waited != waits {
        values.push(&waits);
    }
    values.extend(gone.iter().chain(&come).flatten().map(|value| value as &(dyn ToSql + Sync)));
    let done = journal.write(|link| match link.client.execute(statement(&link.one), &values) {
        // Another one was first, with this event or with something else.
        Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Ok(0),
        done => done.map_err(unknown(&link.place)),
    })?;
    if done == 0 {
        return Ok(None);
    }
    keys.push(key);
    journal.keep(code, home, Some(Last { hash: sealed.hash, waits, keys }));
    Ok(Some(Appended { version: event.version, repeated: false }))
}
