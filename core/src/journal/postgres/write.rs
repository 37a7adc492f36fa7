//! What is written.

use super::batch::{Batch, Draft};
use super::link::{Link, failed, unknown};
use super::{Home, PostgresJournal, batch, one, read};
use crate::dossier::{Action, Event};
use crate::journal::{Append, Appended, Intake, JournalError, Sealed};
use chrono::Datelike;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// So often a batch is decided anew because others were faster.
const TRIES: u32 = 10;

pub(super) fn unwritten(place: &str) -> impl Fn(serde_json::Error) -> JournalError + use<> {
    let place = place.to_owned();
    move |error| JournalError::Storage { place: place.clone(), reason: error.to_string() }
}

/// Where a dossier is to be that begins with an event: with the unit that receives it, in the year in which it does.
pub(super) fn first_home(event: Option<&Event>) -> Home {
    let unit = match event.map(|event| &event.action) {
        Some(Action::Receive(application)) => application.unit.as_str().into(),
        _ => SmolStr::default(),
    };
    Home { unit, year: event.map_or(0, |event| event.at.year()) }
}

/// Stores what is put together of the dossiers as they are, all of it, or nothing; what is refused because another
/// transaction was faster is put together anew.
fn in_transaction<T>(
    journal: &PostgresJournal,
    codes: &[&str],
    mut put_together: impl FnMut(&mut Link, &mut Batch) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    for _ in 0..TRIES {
        let outcome = journal.write(|link| {
            let begun = link.client.batch_execute(batch::BEGIN).map_err(failed(&link.place));
            let outcome = begun.and_then(|()| Batch::of(link, codes)).and_then(|mut batch| {
                let done = put_together(link, &mut batch)?;
                Ok(batch.store(link)?.then_some((done, batch)))
            });
            if let Ok(Some(_)) = &outcome {
                link.client.batch_execute("COMMIT").map_err(unknown(&link.place))?;
            } else {
                // Where the connection is gone the server does it by itself.
                let _ = link.client.batch_execute("ROLLBACK");
            }
            outcome
        });
        match outcome {
            Ok(Some((done, batch))) => {
                batch.lasts().for_each(|(code, home, last)| journal.keep(&code, home, last));
                return Ok(done);
            }
            // Two waited for each other, and this one was taken back.
            Ok(None) | Err(JournalError::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(JournalError::Busy { place: journal.place.clone() })
}

pub(super) fn append(journal: &PostgresJournal, appends: &[Append]) -> Result<Vec<Appended>, JournalError> {
    if let [append] = appends
        && let Some(done) = one::append(journal, append)?
    {
        return Ok(vec![done]);
    }
    let codes: Vec<&str> = appends.iter().map(|append| append.dossier.as_str()).collect();
    in_transaction(journal, &codes, |link, batch| {
        appends.iter().map(|append| add(link, batch, append)).collect()
    })
}

/// Adds an append to what is to be stored, if it is not there already.
fn add(link: &mut Link, batch: &mut Batch, append: &Append) -> Result<Appended, JournalError> {
    let code = &append.dossier;
    let actual = batch.drafts.get(code).map_or(0, |draft| draft.version);
    if let Some(version) = append.repeats(actual, |key| known(link, batch, code, key))? {
        return Ok(Appended { version, repeated: true });
    }
    let version = append.follows(actual)?;
    if version == 0 {
        // Nothing of a dossier that is not there.
        return Ok(Appended { version, repeated: false });
    }
    if !batch.drafts.contains_key(code) {
        let home = first_home(append.events.first());
        batch.drafts.insert(code.clone(), Draft::new(home));
    }
    for event in &append.events {
        let before = batch.drafts.get(code).and_then(|draft| draft.hash);
        batch.add(Sealed::of(0, code, event, before)?, &event.key);
    }
    if let Some(draft) = batch.drafts.get_mut(code) {
        draft.open(append).map_err(unwritten(&link.place))?;
    }
    Ok(Appended { version, repeated: false })
}

/// The event of a dossier that has a key, of those that are stored and those that are to be.
fn known(link: &mut Link, batch: &Batch, code: &SmolStr, key: &str) -> Result<Option<Event>, JournalError> {
    let Some(draft) = batch.drafts.get(code) else { return Ok(None) };
    let mut added = None;
    for version in draft.versions_of(key) {
        match batch.added(code, version) {
            Some(sealed) => added = Some(sealed.event()?).filter(|event| event.key == key).or(added),
            // Believed as far as the whole dossier is.
            None => {
                let stored = read::events(link, &draft.home, code)?;
                return Ok(stored.into_iter().find(|event| event.key == key).or(added));
            }
        }
    }
    Ok(added)
}

pub(super) fn take_in(journal: &PostgresJournal, intake: &Intake) -> Result<u64, JournalError> {
    let events = intake.events.iter().map(|sealed| sealed.dossier.as_str());
    let codes: FxHashSet<&str> = events.chain(intake.open.iter().map(|open| open.dossier.as_str())).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    in_transaction(journal, &codes, |link, batch| {
        let taken = take(link, batch, intake, &codes)?;
        for (name, at) in &intake.positions {
            let upsert = "INSERT INTO positions VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET place = $2";
            link.query(upsert, &[&name.as_str(), &at.cast_signed()]).map_err(unknown(&link.place))?;
        }
        Ok(taken)
    })
}

/// Adds the events of an intake that are not here, if they follow what is, and what is open then. Gives their number.
fn take(link: &mut Link, batch: &mut Batch, intake: &Intake, codes: &[&str]) -> Result<u64, JournalError> {
    let mut hashes: FxHashMap<SmolStr, Vec<_>> = FxHashMap::default();
    for row in link.query(read::HASHES_OF, &[&codes]).map_err(failed(&link.place))? {
        let hash = read::digest(&row, 1).map_err(failed(&link.place))?;
        hashes.entry(row.get::<_, &str>(0).into()).or_default().push(hash);
    }
    let mut taken = 0;
    for sealed in &intake.events {
        let here = hashes.entry(sealed.dossier.clone()).or_default();
        let at = usize::try_from(sealed.version).ok().and_then(|version| version.checked_sub(1));
        if sealed.is_there(at.and_then(|at| here.get(at)).copied())? {
            continue;
        }
        sealed.comes_after(here.last().map(|hash| (here.len() as u64, *hash)))?;
        let event = sealed.event()?;
        if !batch.drafts.contains_key(&sealed.dossier) {
            batch.drafts.insert(sealed.dossier.clone(), Draft::new(first_home(Some(&event))));
        }
        batch.add(sealed.clone(), &event.key);
        here.push(sealed.hash);
        taken += 1;
    }
    let lasts = intake.events.iter().map(|sealed| (&sealed.dossier, sealed.version));
    let lasts: FxHashMap<&SmolStr, u64> = lasts.collect();
    for open in &intake.open {
        // Where somebody has gone on since, that one has said what is open.
        let is_last = |draft: &Draft| lasts.get(&open.dossier).is_none_or(|last| draft.version <= *last);
        if let Some(draft) = batch.drafts.get_mut(&open.dossier).filter(|draft| is_last(draft)) {
            draft.open(open).map_err(unwritten(&link.place))?;
        }
    }
    Ok(taken)
}
