use super::{
    Append, Appended, Intake, Journal, JournalError, Sealed, Visit, VisitSealed, WorkFilter, WorkItem, work,
};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use chrono::NaiveDateTime;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A journal that is gone when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    /// All events in the order of their places.
    log: Vec<Sealed>,
    dossiers: BTreeMap<SmolStr, Kept>,
    /// What falls due next of each dossier, by moment.
    due: BTreeSet<(NaiveDateTime, SmolStr)>,
    positions: FxHashMap<SmolStr, u64>,
}

#[derive(Debug, Clone, Default)]
struct Kept {
    events: Vec<Event>,
    /// Their places, from 0.
    places: Vec<usize>,
    open: Open,
}

#[derive(Debug, Clone, Default)]
struct Open {
    work: Vec<WorkItem>,
    next: Option<NaiveDateTime>,
    snapshot: Option<(u64, Vec<u8>)>,
}

impl MemoryJournal {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn last(&self, dossier: &str) -> Option<(u64, Digest)> {
        let last = self.log.get(*self.dossiers.get(dossier)?.places.last()?)?;
        Some((last.version, last.hash))
    }

    fn keep(&mut self, mut sealed: Sealed, event: Event) {
        let kept = self.dossiers.entry(sealed.dossier.clone()).or_default();
        kept.places.push(self.log.len());
        kept.events.push(event);
        sealed.place = self.log.len() as u64 + 1;
        self.log.push(sealed);
    }

    fn append_one(&mut self, append: &Append) -> Result<Appended, JournalError> {
        let kept = self.dossiers.get(&append.dossier);
        let known = |key: &str| Ok(kept.and_then(|kept| kept.events.iter().find(|e| e.key == key)).cloned());
        let actual = kept.map_or(0, |kept| kept.events.len() as u64);
        if let Some(version) = append.repeats(actual, known)? {
            return Ok(Appended { version, repeated: true });
        }
        let version = append.follows(actual)?;
        for event in &append.events {
            let before = self.last(&append.dossier).map(|(_, hash)| hash);
            self.keep(Sealed::of(0, &append.dossier, event, before)?, event.clone());
        }
        Ok(Appended { version, repeated: false })
    }

    /// Replaces what is open of a dossier, and gives what was.
    fn project(&mut self, dossier: &SmolStr, open: Open) -> Open {
        let kept = self.dossiers.entry(dossier.clone()).or_default();
        let before = std::mem::replace(&mut kept.open, open);
        if before.next != kept.open.next {
            before.next.map(|before| self.due.remove(&(before, dossier.clone())));
            self.due.extend(kept.open.next.map(|next| (next, dossier.clone())));
        }
        before
    }

    /// What an append leaves open.
    fn open(&self, append: &Append) -> Open {
        let kept = self.dossiers.get(&append.dossier);
        let version = kept.map_or(0, |kept| kept.events.len() as u64);
        let snapshot = append.snapshot.clone().map(|snapshot| (version, snapshot));
        let before = || kept.and_then(|kept| kept.open.snapshot.clone());
        Open { work: append.work.clone(), next: append.next, snapshot: snapshot.or_else(before) }
    }

    /// Back to so many events, after something was refused in the middle.
    fn cut(&mut self, size: usize, opened: Vec<(SmolStr, Open)>) {
        for (dossier, open) in opened.into_iter().rev() {
            self.project(&dossier, open);
        }
        for sealed in self.log.drain(size..) {
            if let Some(kept) = self.dossiers.get_mut(&sealed.dossier) {
                kept.events.pop();
                kept.places.pop();
            }
        }
        self.dossiers.retain(|_, kept| !kept.events.is_empty());
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, batch: &[Append]) -> Result<Vec<Appended>, JournalError> {
        let (size, mut opened) = (self.log.len(), Vec::new());
        let mut done = Vec::with_capacity(batch.len());
        for append in batch {
            match self.append_one(append) {
                Ok(appended) => done.push(appended),
                Err(error) => {
                    self.cut(size, opened);
                    return Err(error);
                }
            }
            if done.last().is_some_and(|appended| !appended.repeated && appended.version > 0) {
                let open = self.open(append);
                opened.push((append.dossier.clone(), self.project(&append.dossier, open)));
            }
        }
        Ok(done)
    }

    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.log.len() as u64)
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        Ok(self.dossiers.get(dossier).map_or(0, |kept| kept.events.len() as u64))
    }

    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        Ok(self.dossiers.get(dossier).map(|kept| kept.events.clone()).unwrap_or_default())
    }

    fn sealed_of(&self, dossier: &str, after: u64) -> Result<Vec<Sealed>, JournalError> {
        let places = self.dossiers.get(dossier).map_or(&[][..], |kept| &kept.places);
        let after = usize::try_from(after).unwrap_or(usize::MAX).min(places.len());
        let (_, places) = places.split_at(after);
        Ok(places.iter().filter_map(|place| self.log.get(*place)).cloned().collect())
    }

    fn snapshot(&self, dossier: &str) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
        Ok(self.dossiers.get(dossier).and_then(|kept| kept.open.snapshot.clone()))
    }

    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        for (code, kept) in &self.dossiers {
            if visit(code, &kept.events).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        let items = self.dossiers.values().flat_map(|kept| &kept.open.work);
        Ok(work::listed(filter, items.filter(|item| filter.fits(item)).cloned().collect()))
    }

    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        let due = self.due.iter().take_while(|(next, _)| *next <= until);
        Ok(due.map(|(next, dossier)| (dossier.clone(), *next)).collect())
    }

    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        Ok(self.due.first().map(|(next, _)| *next))
    }

    fn sealed(&self, after: u64, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        for sealed in self.log.iter().skip(after) {
            if visit(sealed.clone()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        Ok(self.log.iter().map(|sealed| sealed.hash).collect())
    }

    fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError> {
        let size = self.log.len();
        for sealed in &intake.events {
            let stored = self.dossiers.get(&sealed.dossier).and_then(|kept| {
                let place = usize::try_from(sealed.version.checked_sub(1)?).ok()?;
                self.log.get(*kept.places.get(place)?).map(|stored| stored.hash)
            });
            match sealed.is_there(stored).and_then(|is_there| {
                if is_there {
                    return Ok(None);
                }
                sealed.comes_after(self.last(&sealed.dossier))?;
                sealed.event().map(Some)
            }) {
                Ok(None) => {}
                Ok(Some(event)) => self.keep(sealed.clone(), event),
                Err(error) => {
                    self.cut(size, Vec::new());
                    return Err(error);
                }
            }
        }
        for append in &intake.open {
            if self.dossiers.contains_key(&append.dossier) {
                let open = self.open(append);
                self.project(&append.dossier, open);
            }
        }
        self.positions.extend(intake.positions.iter().cloned());
        Ok((self.log.len() - size) as u64)
    }

    fn position(&self, name: &str) -> Result<u64, JournalError> {
        Ok(self.positions.get(name).copied().unwrap_or_default())
    }

    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        let Some(kept) = self.dossiers.get_mut(dossier) else { return Ok(0) };
        kept.open.snapshot = None;
        kept.events.iter_mut().for_each(|event| drop(event.take_texts()));
        let mut erased = 0;
        for place in &kept.places {
            let words = self.log.get_mut(*place).and_then(|sealed| sealed.words.take());
            erased += u64::from(words.is_some());
        }
        Ok(erased)
    }
}
