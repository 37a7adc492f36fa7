//! One event, in one statement and one round trip.

use super::link::{Values, unknown};
use super::write::{first_home, unwritten};
use super::{Last, PostgresJournal};
use crate::dossier::signature::Digest;
use crate::journal::{Append, Appended, JournalError, Sealed, stored};
use postgres::types::ToSql;
use std::fmt::Write as _;

/// The first event of a dossier. It does nothing if the dossier is there.
pub(super) const FIRST: &str = "WITH route AS (
    INSERT INTO routes (code, unit, year) VALUES ($3, $1, $2) ON CONFLICT DO NOTHING RETURNING code),
    head AS (INSERT INTO dossiers (unit, year, code, version, hash, keys, next, waiting, work)
    SELECT $1, $2, code, 1, $4, $5, $6, $7, $8 FROM route),
    waits AS (INSERT INTO waiting (unit, due, assignee, dossier, home, year)
    SELECT w.unit, w.due, w.assignee, code, $1, $2 FROM route, unnest($9::text[], $10::text[], $11::text[]) AS w (unit, due, assignee))
    INSERT INTO events (unit, year, dossier, version, body, words, salt, texts, hash)
    SELECT $1, $2, code, 1, $12, $13, $14, $15, $4 FROM route";

/// One event after others. It does nothing if the dossier is not as expected, and its last event not the one that was
/// hashed before this one. What changes of where it waits stands at two places.
macro_rules! next {
    ($set:literal $(, $waiting:literal)*) => {
        concat!(
            "WITH head AS (
            UPDATE dossiers SET version = $4::bigint, keys = keys || $6, hash = $7, work = $9, next = $10",
            $set,
            " WHERE unit = $1 AND year = $2 AND code = $3 AND version = $4::bigint - 1 AND hash = $5
                AND position($6 IN keys) = 0 AND waiting = $11 RETURNING version)",
            $($waiting,)*
            " INSERT INTO events (unit, year, dossier, version, body, words, salt, texts, hash)
            SELECT $1, $2, $3, version, $8, $12, $13, $14, $7 FROM head"
        )
    };
}

/// Of a dossier that goes on waiting where it does; that no longer waits at one place; that does at one more; at another.
/// One statement for all of them would take as long for each as for the last.
pub(super) const NEXT: [&str; 4] = [
    next!(""),
    next!(
        ", waiting = $15",
        ", gone AS (DELETE FROM waiting w USING head
        WHERE w.unit = $16 AND w.due = $17 AND w.assignee = $18 AND w.dossier = $3)"
    ),
    next!(
        ", waiting = $15",
        ", come AS (INSERT INTO waiting (unit, due, assignee, dossier, home, year)
        SELECT $16::text, $17::text, $18::text, $3, $1, $2 FROM head)"
    ),
    next!(
        ", waiting = $15",
        ", gone AS (DELETE FROM waiting w USING head
        WHERE w.unit = $16 AND w.due = $17 AND w.assignee = $18 AND w.dossier = $3)",
        ", come AS (INSERT INTO waiting (unit, due, assignee, dossier, home, year)
        SELECT $19::text, $20::text, $21::text, $3, $1, $2 FROM head)"
    ),
];

/// Where a dossier waits, a line for each row of the table `waiting`.
pub(super) fn waits(open: &Append) -> String {
    let mut waits = String::new();
    for [unit, due, assignee] in stored::waiting(&open.work) {
        // Writing into a text never fails.
        let _ = writeln!(waits, "{unit}\t{due}\t{assignee}");
    }
    waits
}

/// Unit, due date and officer of the lines that are not among others.
pub(super) fn without<'a>(lines: &'a str, others: &str) -> Vec<[&'a str; 3]> {
    let row = |line: &'a str| {
        let mut parts = line.split('\t');
        std::array::from_fn(|_| parts.next().unwrap_or_default())
    };
    lines.lines().filter(|line| others.lines().all(|other| other != *line)).map(row).collect()
}

/// Appends one event, if what is remembered of the dossier still holds; `None` if not, or if more is to be done than these
/// statements can do, and then nothing was stored.
pub(super) fn append(journal: &PostgresJournal, append: &Append) -> Result<Option<Appended>, JournalError> {
    let ([event], None) = (append.events.as_slice(), &append.snapshot) else { return Ok(None) };
    let (home, before, waited) = match event.version {
        1 => (first_home(Some(event)), None, String::new()),
        _ => match journal.head(&append.dossier)? {
            Some((home, Last { hash, waits })) => (home, Some(hash), waits),
            None => return Ok(None),
        },
    };
    let waits = waits(append);
    let (gone, come) = (without(&waited, &waits), without(&waits, &waited));
    let [stays, leaves, comes, moves] = NEXT;
    let statement = match (gone.len(), come.len()) {
        _ if before.is_none() => FIRST,
        (0, 0) if waited == waits => stays,
        (1, 0) => leaves,
        (0, 1) => comes,
        (1, 1) => moves,
        _ => return Ok(None),
    };
    let unwritten = unwritten(&journal.place);
    let sealed = Sealed::of(0, &append.dossier, event, before)?;
    let words = sealed.words.as_ref();
    let salt = words.map(|words| &words.salt[..]);
    let words = words.map(|words| serde_json::to_string(&words.texts)).transpose().map_err(&unwritten)?;
    let texts = sealed.texts.as_ref().map(|Digest(texts)| &texts[..]);
    let (unit, code, version) = (home.unit.as_str(), append.dossier.as_str(), event.version.cast_signed());
    let (key, body, hash) = (&stored::key_hash::<8>(&event.key)[..], &sealed.body, &sealed.hash.0[..]);
    let (work, next) = (stored::to_json(&append.work).map_err(&unwritten)?, stored::next(append.next));
    let before = before.as_ref().map(|Digest(before)| &before[..]);
    let done = journal.write(|link| {
        let values: Values<'_> = &[
            &unit, &home.year, &code, &version, &before, &key, &hash, body, &work, &next, &waited, &words,
            &salt, &texts,
        ];
        let sent = if before.is_none() {
            let column = |at: usize| come.iter().filter_map(|row| row.get(at).copied()).collect::<Vec<_>>();
            let (units, dues, assignees) = (column(0), column(1), column(2));
            let values: Values<'_> = &[
                &unit, &home.year, &code, &hash, &key, &next, &waits, &work, &units, &dues, &assignees, body,
                &words, &salt, &texts,
            ];
            link.execute(statement, values)
        } else if waited == waits {
            link.execute(statement, values)
        } else {
            let rows = gone.iter().chain(&come).flatten().map(|value| value as &(dyn ToSql + Sync));
            let values: Vec<_> = values.iter().copied().chain([&waits as _]).chain(rows).collect();
            link.execute(statement, &values)
        };
        sent.map_err(unknown(&link.place))
    })?;
    if done == 0 {
        return Ok(None);
    }
    journal.keep(code, home.clone(), Some(Last { hash: sealed.hash, waits }));
    Ok(Some(Appended { version: event.version, repeated: false }))
}
