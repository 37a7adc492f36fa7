//! What is written.

use super::link::{Link, failed, unknown};
use super::{Home, Last, PostgresJournal, one, read};
use crate::dossier::signature::Digest;
use crate::dossier::{Action, Event};
use crate::journal::{Append, Appended, Intake, Journal as _, JournalError, Sealed, stored};
use chrono::Datelike;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// So many appends go to the server in one call; more of them in one transaction.
const AT_ONCE: usize = 500;
/// So often a batch is decided anew because others were faster.
const TRIES: u32 = 10;

/// Appends as the arguments of the server's function `append`, which takes columns.
#[derive(Default)]
struct Columns {
    codes: Vec<String>,
    units: Vec<String>,
    years: Vec<i32>,
    follows: Vec<i64>,
    counts: Vec<i32>,
    keys: Vec<Vec<u8>>,
    works: Vec<Option<String>>,
    nexts: Vec<Option<String>>,
    waits: Vec<Option<String>>,
    states: Vec<Option<Vec<u8>>>,
    sums: Vec<Option<i64>>,
    bodies: Vec<String>,
    words: Vec<Option<String>>,
    salts: Vec<Option<Vec<u8>>>,
    texts: Vec<Option<Vec<u8>>>,
}

pub(super) const APPEND: &str = "SELECT versions, hashes FROM append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
/// The server's function found something that is not as expected after it had written something else.
const NOT_AS_EXPECTED: &str = "MC001";

impl Columns {
    /// A dossier, of which events follow a version.
    fn begin(&mut self, code: &SmolStr, home: &Home, follows: u64) {
        self.codes.push(code.to_string());
        self.units.push(home.unit.to_string());
        self.years.push(home.year);
        self.follows.push(follows.cast_signed());
        self.counts.push(0);
        self.keys.push(Vec::new());
        self.works.push(None);
        self.nexts.push(None);
        self.waits.push(None);
        self.states.push(None);
        self.sums.push(None);
    }

    /// An event of the dossier that was begun last.
    fn event(&mut self, sealed: &Sealed, key: &str) -> Result<(), serde_json::Error> {
        let words = sealed.words.as_ref();
        self.words.push(words.map(|words| serde_json::to_string(&words.texts)).transpose()?);
        self.salts.push(words.map(|words| words.salt.to_vec()));
        self.texts.push(sealed.texts.map(|Digest(texts)| texts.to_vec()));
        self.bodies.push(sealed.body.clone());
        if let (Some(count), Some(keys)) = (self.counts.last_mut(), self.keys.last_mut()) {
            *count += 1;
            keys.extend_from_slice(&stored::key_hash::<8>(key));
        }
        Ok(())
    }

    /// What is open of the dossier that was begun last.
    fn open(&mut self, open: &Append) -> Result<(), serde_json::Error> {
        fn last<T>(column: &mut [Option<T>], value: Option<T>) {
            if let Some(place) = column.last_mut() {
                *place = value;
            }
        }
        let waits = one::waits(open);
        last(&mut self.works, Some(stored::to_json(&open.work)?));
        last(&mut self.nexts, stored::next(open.next));
        last(&mut self.waits, Some(waits));
        last(&mut self.sums, open.snapshot.as_ref().map(|state| xxh3_64(state).cast_signed()));
        last(&mut self.states, open.snapshot.clone());
        Ok(())
    }

    /// What the dossiers end with then; `None` if they are not as expected, and nothing was stored.
    fn send(&self, link: &mut Link, settled: bool) -> Result<Option<Vec<End>>, postgres::Error> {
        let sent = link.one(
            APPEND,
            &[
                &settled,
                &self.codes,
                &self.units,
                &self.years,
                &self.follows,
                &self.counts,
                &self.keys,
                &self.works,
                &self.nexts,
                &self.waits,
                &self.states,
                &self.sums,
                &self.bodies,
                &self.words,
                &self.salts,
                &self.texts,
            ],
        );
        match sent {
            Ok(row) => {
                let (versions, hashes): (Option<Vec<i64>>, Vec<Option<Vec<u8>>>) =
                    (row.try_get(0)?, row.try_get(1)?);
                let end = |(version, hash): (i64, Option<Vec<u8>>)| {
                    (version.cast_unsigned(), hash.and_then(|hash| hash.try_into().ok()).map(Digest))
                };
                Ok(versions.map(|versions| versions.into_iter().zip(hashes).map(end).collect()))
            }
            Err(error) if error.code().is_some_and(|state| state.code() == NOT_AS_EXPECTED) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The version and the hash of a dossier's last event.
type End = (u64, Option<Digest>);

pub(super) fn unwritten(place: &str) -> impl Fn(serde_json::Error) -> JournalError + '_ {
    |error| JournalError::Storage { place: place.into(), reason: error.to_string() }
}

/// Where a dossier is to be that begins with an event: with the unit that receives it, in the year in which it does.
pub(super) fn first_home(event: Option<&Event>) -> Home {
    let unit = match event.map(|event| &event.action) {
        Some(Action::Receive(application)) => application.unit.as_str().into(),
        _ => SmolStr::default(),
    };
    Home { unit, year: event.map_or(0, |event| event.at.year()) }
}

/// Sends columns, in one transaction if they are several; `None` if a dossier is not as expected, and nothing was stored.
fn send_all(link: &mut Link, all: &[Columns], settled: bool) -> Result<Option<Vec<End>>, JournalError> {
    if let [one] = all {
        return one.send(link, settled).map_err(unknown(&link.place));
    }
    in_transaction(link, |link| {
        let mut ends = Vec::new();
        for columns in all {
            match columns.send(link, settled).map_err(unknown(&link.place))? {
                Some(more) => ends.extend(more),
                None => return Ok(None),
            }
        }
        Ok(Some(ends))
    })
}

/// All of it, if it comes to something, or nothing.
fn in_transaction<T>(
    link: &mut Link,
    work: impl FnOnce(&mut Link) -> Result<Option<T>, JournalError>,
) -> Result<Option<T>, JournalError> {
    link.client.batch_execute("BEGIN").map_err(failed(&link.place))?;
    let outcome = work(link);
    if let Ok(Some(_)) = &outcome {
        link.client.batch_execute("COMMIT").map_err(unknown(&link.place))?;
    } else {
        // Where the connection is gone the server does it by itself.
        let _ = link.client.batch_execute("ROLLBACK");
    }
    outcome
}

pub(super) fn append(journal: &PostgresJournal, batch: &[Append]) -> Result<Vec<Appended>, JournalError> {
    if let [append] = batch
        && let Some(done) = one::append(journal, append)?
    {
        return Ok(vec![done]);
    }
    // First without looking: most often nobody was faster, and no command is repeated.
    let mut known = is_plain(batch).then(|| vec![None; batch.len()]);
    let mut settled = false;
    for _ in 0..TRIES {
        let mut results = match known.take() {
            Some(known) => known,
            None => {
                settled = true;
                settle(journal, batch)?
            }
        };
        let fresh: Vec<usize> =
            results.iter().enumerate().filter(|(_, done)| done.is_none()).map(|(at, _)| at).collect();
        if fresh.is_empty() {
            return Ok(results.into_iter().flatten().collect());
        }
        let all = columns(journal, batch, &fresh)?;
        let ends = match journal.write(|link| send_all(link, &all, settled)) {
            Ok(ends) => ends,
            // Two batches waited for each other; this one was taken back.
            Err(JournalError::Busy { .. }) => None,
            Err(error) => return Err(error),
        };
        let Some(ends) = ends else { continue };
        for (at, (version, hash)) in fresh.into_iter().zip(ends) {
            if let Some(append) = batch.get(at) {
                let first = append.events.first().filter(|event| event.version == 1);
                journal.keep(
                    &append.dossier,
                    first.map(|first| first_home(Some(first))),
                    hash.map(|hash| Last { hash, waits: one::waits(append) }),
                );
            }
            if let Some(done) = results.get_mut(at) {
                *done = Some(Appended { version, repeated: false });
            }
        }
        return Ok(results.into_iter().flatten().collect());
    }
    Err(JournalError::Busy { place: journal.place.clone() })
}

/// Whether the server alone can tell if a batch can be stored: each dossier once, its events one behind the other, their
/// keys different.
fn is_plain(batch: &[Append]) -> bool {
    let mut seen = FxHashSet::default();
    batch.iter().all(|append| {
        let mut keys = FxHashSet::default();
        let first = append.events.first().map_or(0, |event| event.version);
        let begins = append.events.is_empty() || first > 0;
        begins
            && (append.events.len() < 2 || append.events.iter().all(|event| keys.insert(&event.key)))
            && (first..).zip(&append.events).all(|(version, event)| event.version == version)
            && (batch.len() < 2 || seen.insert(&append.dossier))
    })
}

/// Decides by what is stored which appends of a batch are repetitions, and whether the others can be stored.
fn settle(journal: &PostgresJournal, batch: &[Append]) -> Result<Vec<Option<Appended>>, JournalError> {
    let mut dossiers: FxHashMap<&str, Vec<Event>> = FxHashMap::default();
    let mut results = Vec::with_capacity(batch.len());
    for append in batch {
        let events = match dossiers.entry(append.dossier.as_str()) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(journal.events(&append.dossier)?)
            }
        };
        let actual = events.len() as u64;
        let known = |key: &str| Ok(events.iter().find(|event| event.key == key).cloned());
        let repeated = append.repeats(actual, known)?;
        if repeated.is_none() {
            append.follows(actual)?;
            events.extend(append.events.iter().cloned());
        }
        results.push(repeated.map(|version| Appended { version, repeated: true }));
    }
    Ok(results)
}

fn columns(
    journal: &PostgresJournal,
    batch: &[Append],
    fresh: &[usize],
) -> Result<Vec<Columns>, JournalError> {
    let unwritten = unwritten(&journal.place);
    let mut all = Vec::new();
    for portion in fresh.chunks(AT_ONCE) {
        let mut columns = Columns::default();
        for append in portion.iter().filter_map(|at| batch.get(*at)) {
            let follows = append.events.first().map_or(0, |event| event.version.saturating_sub(1));
            let home = match append.events.first() {
                Some(first) if follows == 0 => Some(first_home(Some(first))),
                // In the same batch, it may not be there yet.
                _ => journal.home(&append.dossier)?.or_else(|| {
                    let of_it = |other: &&Append| other.dossier == append.dossier;
                    batch.iter().find(of_it).map(|first| first_home(first.events.first()))
                }),
            };
            columns.begin(&append.dossier, &home.unwrap_or_else(|| first_home(None)), follows);
            for event in &append.events {
                // The server knows what it follows, and makes its hash.
                let sealed = Sealed::of(0, &append.dossier, event, None)?;
                columns.event(&sealed, &event.key).map_err(&unwritten)?;
            }
            columns.open(append).map_err(&unwritten)?;
        }
        all.push(columns);
    }
    Ok(all)
}

/// What an intake finds of a dossier.
#[derive(Default)]
struct Found {
    home: Option<Home>,
    /// The hashes of its events.
    hashes: Vec<Digest>,
}

pub(super) fn take_in(journal: &PostgresJournal, intake: &Intake) -> Result<u64, JournalError> {
    let taken = journal.write(|link| {
        in_transaction(link, |link| {
            let unknown = unknown(&link.place);
            let mut found = locked(link, intake)?;
            let (all, taken) = following(&link.place, intake, &mut found)?;
            for columns in &all {
                if columns.send(link, true).map_err(&unknown)?.is_none() {
                    return Ok(None);
                }
            }
            for (name, at) in &intake.positions {
                let upsert =
                    "INSERT INTO positions VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET place = $2";
                link.query(upsert, &[&name.as_str(), &at.cast_signed()]).map_err(&unknown)?;
            }
            Ok(Some(taken))
        })
    })?;
    // Another one began a dossier at the same moment.
    taken.ok_or_else(|| JournalError::Busy { place: journal.place.clone() })
}

/// The dossiers of an intake that are here, which nobody else writes to until it ends.
fn locked(link: &mut Link, intake: &Intake) -> Result<FxHashMap<SmolStr, Found>, JournalError> {
    let failed = failed(&link.place);
    let codes: Vec<&str> = intake
        .events
        .iter()
        .map(|sealed| sealed.dossier.as_str())
        .chain(intake.open.iter().map(|open| open.dossier.as_str()))
        .collect::<FxHashSet<_>>()
        .into_iter()
        .collect();
    let mut found: FxHashMap<SmolStr, Found> = FxHashMap::default();
    for row in link.query(read::LOCKED, &[&codes]).map_err(&failed)? {
        let home = Some(Home { unit: row.get::<_, &str>(0).into(), year: row.get(1) });
        found.insert(row.get::<_, &str>(2).into(), Found { home, hashes: Vec::new() });
    }
    for row in link.query(read::HASHES_OF, &[&codes]).map_err(&failed)? {
        if let Some(found) = found.get_mut(row.get::<_, &str>(0)) {
            found.hashes.push(read::digest(&row, 1).map_err(&failed)?);
        }
    }
    Ok(found)
}

/// The events of an intake that are not here, if they follow what is, and their number.
fn following(
    place: &str,
    intake: &Intake,
    found: &mut FxHashMap<SmolStr, Found>,
) -> Result<(Vec<Columns>, u64), JournalError> {
    let unwritten = unwritten(place);
    let (mut all, mut taken) = (vec![Columns::default()], 0);
    let mut before: Option<&SmolStr> = None;
    for sealed in &intake.events {
        let of_dossier = found.entry(sealed.dossier.clone()).or_default();
        let at = usize::try_from(sealed.version).ok().and_then(|version| version.checked_sub(1));
        if sealed.is_there(at.and_then(|at| of_dossier.hashes.get(at)).copied())? {
            continue;
        }
        let last = of_dossier.hashes.last().map(|hash| (of_dossier.hashes.len() as u64, *hash));
        sealed.comes_after(last)?;
        let event = sealed.event()?;
        let home = of_dossier.home.get_or_insert_with(|| first_home(Some(&event)));
        if all.last().is_none_or(|columns| columns.bodies.len() >= AT_ONCE) {
            all.push(Columns::default());
            before = None;
        }
        let Some(columns) = all.last_mut() else { continue };
        if before != Some(&sealed.dossier) {
            columns.begin(&sealed.dossier, home, sealed.version - 1);
        }
        columns.event(sealed, &event.key).map_err(&unwritten)?;
        before = Some(&sealed.dossier);
        of_dossier.hashes.push(sealed.hash);
        taken += 1;
    }
    for portion in intake.open.chunks(AT_ONCE) {
        let mut columns = Columns::default();
        for open in portion {
            let home = found.get(&open.dossier).and_then(|found| found.home.clone());
            columns.begin(&open.dossier, &home.unwrap_or_else(|| first_home(None)), 0);
            columns.open(open).map_err(&unwritten)?;
        }
        all.push(columns);
    }
    all.retain(|columns| !columns.codes.is_empty());
    Ok((all, taken))
}
