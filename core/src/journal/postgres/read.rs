//! What is read. No event is given out that is not what was sealed: its chain is followed, and ends as the dossier's row says.

use super::link::{Link, failed};
use super::{Home, Last, PostgresJournal};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::journal::{JournalError, Sealed, Visit, VisitSealed, Words, WorkFilter, WorkItem, stored, work};
use crate::moment;
use chrono::NaiveDateTime;
use postgres::Row;
use postgres::types::ToSql;
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// So many rows are read at a time where there may be many.
const AT_ONCE: i64 = 1_000;

/// The hashes of the events of dossiers of which an intake has something.
pub(super) const HASHES_OF: &str = "SELECT e.dossier, e.hash FROM routes r
    JOIN events e ON (e.unit, e.year, e.dossier) = (r.unit, r.year, r.code)
    WHERE r.code = ANY ($1) ORDER BY e.dossier, e.version";

const CHAIN: &str =
    "SELECT e.version, e.body, e.words, e.salt, e.texts, e.hash, p.place, d.version, d.hash, d.waiting,
        CASE WHEN e.version IS NULL OR e.version <= greatest($4, 1) THEN d.keys END
    FROM dossiers d
    LEFT JOIN events e ON e.unit = $1 AND e.year = $2 AND e.dossier = $3 AND e.version >= $4
    LEFT JOIN placed p ON p.unit = $1 AND p.year = $2 AND p.dossier = $3 AND p.version = e.version
    WHERE d.unit = $1 AND d.year = $2 AND d.code = $3 ORDER BY e.version";

const SCAN: &str =
    "SELECT e.version, e.body, e.words, e.salt, e.texts, e.hash, 0::bigint, d.version, d.hash, d.code
    FROM (SELECT * FROM routes WHERE code > $1 ORDER BY code LIMIT $2) r
    JOIN dossiers d USING (unit, year, code)
    LEFT JOIN events e ON (e.unit, e.year, e.dossier) = (d.unit, d.year, d.code)
    ORDER BY d.code, e.version";

const SEALED: &str =
    "SELECT e.version, e.body, e.words, e.salt, e.texts, e.hash, p.place, p.version, p.hash, p.dossier
    FROM placed p
    LEFT JOIN events e ON (e.unit, e.year, e.dossier, e.version) = (p.unit, p.year, p.dossier, p.version)
    WHERE p.place > $1 AND p.place <= $1 + $2 ORDER BY p.place";

/// The units where something waits, each found by one look at the index, which begins with them.
const UNITS: &str = "WITH RECURSIVE u AS ((SELECT unit FROM waiting ORDER BY unit LIMIT 1) UNION ALL
    SELECT (SELECT w.unit FROM waiting w WHERE w.unit > u.unit ORDER BY w.unit LIMIT 1) FROM u WHERE u.unit IS NOT NULL)
    SELECT unit FROM u WHERE unit IS NOT NULL";

/// A hash in a row.
pub(super) fn digest(row: &Row, column: usize) -> Result<Digest, postgres::Error> {
    let bytes: &[u8] = row.try_get(column)?;
    // What is no hash is equal to none.
    Ok(Digest(bytes.try_into().unwrap_or([0; 32])))
}

fn tampered(dossier: &str, version: u64, reason: &str) -> JournalError {
    JournalError::Tampered { dossier: dossier.into(), version, reason: reason.into() }
}

/// The first seven columns of a row; `None` if there is no event.
fn sealed_in(row: &Row, dossier: &SmolStr) -> Result<Option<Sealed>, JournalError> {
    let Some(version) = row.get::<_, Option<i64>>(0).map(i64::cast_unsigned) else { return Ok(None) };
    let damaged =
        |reason: &str| JournalError::Damaged { dossier: dossier.to_string(), version, reason: reason.into() };
    let salt: Option<&[u8]> = row.get(3);
    let words = match row.get::<_, Option<&str>>(2) {
        None => None,
        Some(texts) => match (serde_json::from_str(texts), salt.map(<[u8; 16]>::try_from)) {
            (Ok(texts), Some(Ok(salt))) => Some(Words { salt, texts }),
            _ => return Err(damaged("its words are no list, or have no salt")),
        },
    };
    let texts = match row.get::<_, Option<&[u8]>>(4).map(<[u8; 32]>::try_from) {
        None => None,
        Some(Ok(texts)) => Some(Digest(texts)),
        Some(Err(_)) => return Err(damaged("the hash of its words is none")),
    };
    Ok(Some(Sealed {
        place: row.get::<_, Option<i64>>(6).unwrap_or_default().cast_unsigned(),
        dossier: dossier.clone(),
        version,
        body: row.get(1),
        words,
        texts,
        hash: Digest(row.get::<_, &[u8]>(5).try_into().unwrap_or([0; 32])),
    }))
}

/// Gives places to the events that were committed since this was done last. Gives their number.
pub(super) fn give_places(journal: &PostgresJournal) -> Result<u64, JournalError> {
    let up_to = "SELECT place, id >= (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_ids) FROM last_placed";
    let row = journal.read(|link| link.one(up_to, &[]))?;
    let places: i64 = match row.get(1) {
        true => row.get(0),
        false => {
            let up_to: i64 = journal.read(|link| link.one("SELECT settled_up_to()", &[]))?.get(0);
            journal.read(|link| link.one("SELECT give_places($1)", &[&up_to]))?.get(0)
        }
    };
    Ok(places.cast_unsigned())
}

pub(super) fn versions(journal: &PostgresJournal, dossiers: &[&str]) -> Result<Vec<u64>, JournalError> {
    // One by one, as it never pays to read the tables.
    let select = "SELECT coalesce((SELECT d.version FROM routes r JOIN dossiers d USING (unit, year, code)
            WHERE r.code = a.code), 0)
        FROM unnest($1::text[]) WITH ORDINALITY AS a (code, place) ORDER BY a.place";
    let rows = journal.read(|link| link.query(select, &[&dossiers]))?;
    Ok(rows.iter().map(|row| row.get::<_, i64>(0).cast_unsigned()).collect())
}

/// Whether events follow each other from the one after a version on, and end as the dossier's row says.
fn follow(
    found: &[Sealed],
    dossier: &str,
    after: u64,
    version: u64,
    hash: Digest,
) -> Result<(), JournalError> {
    let mut rest = found.iter();
    let mut before = None;
    if after > 0 {
        let first = rest.next().filter(|first| first.version == after);
        let first = first.ok_or_else(|| tampered(dossier, after, "it is not there"))?;
        before = Some((after, first.hash));
    }
    for sealed in rest {
        sealed.follows(before)?;
        before = Some((sealed.version, sealed.hash));
    }
    match before {
        Some(last) if last == (version, hash) => Ok(()),
        _ => Err(tampered(dossier, version, "the dossier's last event is another one")),
    }
}

/// The events of a dossier after a version; those that have no place yet stand at place 0.
pub(super) fn chain(
    journal: &PostgresJournal,
    dossier: &str,
    after: u64,
) -> Result<Vec<Sealed>, JournalError> {
    let Some(home) = journal.home(dossier)? else { return Ok(Vec::new()) };
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = journal.read(|link| link.query(CHAIN, &[&home.unit.as_str(), &home.year, &dossier, &from]))?;
    let (found, last) = followed(&journal.place, &rows, dossier, after)?;
    // So that what is appended after it is one statement.
    journal.keep(dossier, home, last);
    Ok(found)
}

/// All events of a dossier, over a connection that is in the middle of a transaction.
pub(super) fn events(link: &mut Link, home: &Home, dossier: &str) -> Result<Vec<Event>, JournalError> {
    let rows = link.query(CHAIN, &[&home.unit.as_str(), &home.year, &dossier, &0_i64]);
    let (found, _) = followed(&link.place, &rows.map_err(failed(&link.place))?, dossier, 0)?;
    found.iter().map(Sealed::event).collect()
}

/// What [`CHAIN`] found, if it is what was sealed, and what was written of the dossier last.
fn followed(
    place: &str,
    rows: &[Row],
    dossier: &str,
    after: u64,
) -> Result<(Vec<Sealed>, Option<Last>), JournalError> {
    let Some(head) = rows.first() else {
        return Err(tampered(dossier, 1, "its dossier has no row"));
    };
    let version = head.get::<_, i64>(7).cast_unsigned();
    let hash = digest(head, 8).map_err(failed(place))?;
    let last = Last::at(head, 8);
    if after >= version {
        return Ok((Vec::new(), last));
    }
    let code = SmolStr::new(dossier);
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.extend(sealed_in(row, &code)?);
    }
    follow(&found, dossier, after, version, hash)?;
    if after > 0 {
        found.remove(0);
    }
    Ok((found, last))
}

pub(super) fn snapshot(
    journal: &PostgresJournal,
    dossier: &str,
) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
    let select =
        "SELECT d.state_version, d.state, d.state_sum FROM routes r JOIN dossiers d USING (unit, year, code)
        WHERE r.code = $1 AND d.state IS NOT NULL";
    let rows = journal.read(|link| link.query(select, &[&dossier]))?;
    let Some(row) = rows.first() else { return Ok(None) };
    let state: Vec<u8> = row.get(1);
    // One that was changed is as good as none.
    let is_sound = row.get::<_, Option<i64>>(2) == Some(xxh3_64(&state).cast_signed());
    let version = row.get::<_, Option<i64>>(0).filter(|_| is_sound);
    Ok(version.map(|version| (version.cast_unsigned(), state)))
}

pub(super) fn scan(journal: &PostgresJournal, visit: &mut Visit<'_>) -> Result<(), JournalError> {
    let failed = failed(&journal.place);
    let mut after = String::new();
    loop {
        let rows = journal.read(|link| link.query(SCAN, &[&after, &AT_ONCE]))?;
        let Some(last) = rows.last() else { return Ok(()) };
        for of_dossier in rows.chunk_by(|a, b| a.get::<_, &str>(9) == b.get::<_, &str>(9)) {
            let Some(head) = of_dossier.first() else { continue };
            let code = SmolStr::new(head.get::<_, &str>(9));
            let mut found = Vec::with_capacity(of_dossier.len());
            for row in of_dossier {
                found.extend(sealed_in(row, &code)?);
            }
            let hash = digest(head, 8).map_err(&failed)?;
            follow(&found, &code, 0, head.get::<_, i64>(7).cast_unsigned(), hash)?;
            let events: Vec<_> = found.iter().map(Sealed::event).collect::<Result<_, _>>()?;
            if visit(&code, &events).is_break() {
                return Ok(());
            }
        }
        after = last.get(9);
    }
}

pub(super) fn sealed(
    journal: &PostgresJournal,
    after: u64,
    visit: &mut VisitSealed<'_>,
) -> Result<(), JournalError> {
    let places = give_places(journal)?;
    let mut after = i64::try_from(after).unwrap_or(i64::MAX);
    while after.cast_unsigned() < places {
        let rows = journal.read(|link| link.query(SEALED, &[&after, &AT_ONCE]))?;
        let there = rows.len() as u64;
        if there < (places - after.cast_unsigned()).min(AT_ONCE.cast_unsigned()) {
            return Err(tampered(
                "",
                0,
                &format!("{places} places were given, and some of them are not there"),
            ));
        }
        for row in &rows {
            let (dossier, version): (&str, i64) = (row.get(9), row.get(7));
            let found = sealed_in(row, &dossier.into())?;
            let sealed =
                found.ok_or_else(|| tampered(dossier, version.cast_unsigned(), "it is not there"))?;
            if Ok(sealed.hash) != digest(row, 8).map_err(drop) {
                return sealed.wrong("another one stood at its place when it was given".into());
            }
            if visit(sealed).is_break() {
                return Ok(());
            }
        }
        after += AT_ONCE;
    }
    Ok(())
}

pub(super) fn hashes(journal: &PostgresJournal) -> Result<Vec<Digest>, JournalError> {
    let places = give_places(journal)?;
    let rows = journal.read(|link| link.query("SELECT place, hash FROM placed ORDER BY place", &[]))?;
    let mut hashes = Vec::with_capacity(rows.len());
    for row in &rows {
        let at: i64 = row.get(0);
        if at != hashes.len() as i64 + 1 {
            let reason = format!("place {} is empty, and {at} is not", hashes.len() + 1);
            return Err(tampered("", 0, &reason));
        }
        hashes.push(digest(row, 1).map_err(failed(&journal.place))?);
    }
    if (hashes.len() as u64) < places {
        return Err(tampered("", 0, &format!("{places} places were given, and {} are there", hashes.len())));
    }
    Ok(hashes)
}

pub(super) fn work(journal: &PostgresJournal, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
    let due = filter.due_before.map(moment::format);
    let wanted = [("unit =", &filter.unit), ("assignee =", &filter.assignee), ("due <", &due)];
    let (mut conditions, mut values) = (Vec::new(), Vec::<&(dyn ToSql + Sync)>::new());
    for (condition, value) in &wanted {
        if let Some(value) = value {
            values.push(value);
            conditions.push(format!("{condition} ${}", values.len()));
        }
    }
    match (&filter.unit, &filter.assignee, &due) {
        // The index holds only what is assigned.
        (_, Some(_), _) => conditions.push("assignee <> ''".into()),
        (None, None, Some(_)) => conditions.push(format!("unit = ANY (ARRAY ({UNITS}))")),
        _ => {}
    }
    let found = match conditions.is_empty() {
        true => "SELECT code, version, work FROM dossiers WHERE waiting <> ''".to_owned(),
        false => format!(
            "SELECT d.code, d.version, d.work
             FROM (SELECT DISTINCT home, year, dossier FROM waiting WHERE {}) w
             JOIN dossiers d ON (d.unit, d.year, d.code) = (w.home, w.year, w.dossier)",
            conditions.join(" AND ")
        ),
    };
    let mut items = Vec::new();
    for row in journal.read(|link| link.query(&found, &values))? {
        let (dossier, version): (&str, i64) = (row.get(0), row.get(1));
        let of_dossier = stored::from_json(dossier, row.get(2)).map_err(|error| JournalError::Damaged {
            dossier: dossier.into(),
            version: version.cast_unsigned(),
            reason: error.to_string(),
        })?;
        items.extend(of_dossier.into_iter().filter(|item| filter.fits(item)));
    }
    Ok(work::listed(filter, items))
}

/// What falls due up to a moment, or, without one, the first that ever does.
pub(super) fn wakeups(
    journal: &PostgresJournal,
    until: Option<String>,
) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
    let rows = match &until {
        Some(until) => {
            let select = "SELECT code, next, version FROM dossiers WHERE next <= $1 ORDER BY next, code";
            journal.read(|link| link.query(select, &[until]))?
        }
        None => {
            let select =
                "SELECT code, next, version FROM dossiers WHERE next IS NOT NULL ORDER BY next, code LIMIT 1";
            journal.read(|link| link.query(select, &[]))?
        }
    };
    let wakeup = |row: &Row| {
        let (dossier, next): (&str, &str) = (row.get(0), row.get(1));
        stored::wakeup(dossier, next).ok_or_else(|| JournalError::Damaged {
            dossier: dossier.into(),
            version: row.get::<_, i64>(2).cast_unsigned(),
            reason: format!("`{next}` is no moment"),
        })
    };
    rows.iter().map(wakeup).collect()
}

/// Whether each dossier ends as its row says, and no event is of none.
pub(super) fn ends(journal: &PostgresJournal) -> Result<(), JournalError> {
    let other = "SELECT d.code, d.version FROM dossiers d
        LEFT JOIN events e ON (e.unit, e.year, e.dossier, e.version) = (d.unit, d.year, d.code, d.version)
        WHERE e.hash IS DISTINCT FROM d.hash ORDER BY d.code LIMIT 1";
    if let Some(row) = journal.read(|link| link.query(other, &[]))?.first() {
        let version = row.get::<_, i64>(1).cast_unsigned();
        return Err(tampered(row.get(0), version, "the dossier's last event is another one"));
    }
    let counts =
        "SELECT (SELECT coalesce(sum(version), 0)::bigint FROM dossiers), (SELECT count(*) FROM events)";
    let row = journal.read(|link| link.one(counts, &[]))?;
    let (said, there): (i64, i64) = (row.get(0), row.get(1));
    if said != there {
        let reason = format!("the dossiers have {said} events by their rows, and {there} are there");
        return Err(tampered("", 0, &reason));
    }
    Ok(())
}
