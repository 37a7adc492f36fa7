use super::{Append, Journal, JournalError, Seal, Sealed, Visit, VisitSealed, WorkFilter, WorkItem, follows};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use chrono::NaiveDateTime;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A journal that is gone when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    dossiers: BTreeMap<SmolStr, Vec<Event>>,
    /// The seals of all events in the order in which they came, each with its dossier and version.
    seals: Vec<(SmolStr, u64, Seal)>,
    /// The hash of the last event of each dossier.
    last: HashMap<SmolStr, Digest>,
    work: BTreeMap<SmolStr, Vec<WorkItem>>,
    next: HashMap<SmolStr, NaiveDateTime>,
    /// The same by moment.
    due: BTreeSet<(NaiveDateTime, SmolStr)>,
}

impl MemoryJournal {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn event(&self, dossier: &str, version: u64) -> Option<&Event> {
        let place = usize::try_from(version.checked_sub(1)?).ok()?;
        self.dossiers.get(dossier)?.get(place)
    }

    fn keep(&mut self, dossier: &SmolStr, event: Event, seal: Seal) {
        self.last.insert(dossier.clone(), seal.hash);
        self.seals.push((dossier.clone(), event.version, seal));
        self.dossiers.entry(dossier.clone()).or_default().push(event);
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, batch: &[Append]) -> Result<(), JournalError> {
        let mut versions: HashMap<&str, u64> = HashMap::new();
        for append in batch {
            let stored = self.version(&append.dossier)?;
            let actual = versions.entry(&append.dossier).or_insert(stored);
            *actual = append.follows(*actual)?;
        }
        let mut last: HashMap<&str, Digest> = HashMap::new();
        let mut seals = Vec::new();
        for append in batch {
            for event in &append.events {
                let before = last.get(append.dossier.as_str()).or_else(|| self.last.get(&append.dossier));
                let (seal, ..) = Seal::of(&append.dossier, event, before.copied())?;
                last.insert(&append.dossier, seal.hash);
                seals.push(seal);
            }
        }
        let mut seals = seals.into_iter();
        for append in batch {
            for (event, seal) in append.events.iter().zip(&mut seals) {
                self.keep(&append.dossier, event.clone(), seal);
            }
            self.work.insert(append.dossier.clone(), append.work.clone());
            let dossier = &append.dossier;
            let before = match append.next {
                Some(next) => self.next.insert(dossier.clone(), next),
                None => self.next.remove(dossier),
            };
            if before != append.next {
                before.map(|before| self.due.remove(&(before, dossier.clone())));
                self.due.extend(append.next.map(|next| (next, dossier.clone())));
            }
        }
        Ok(())
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        Ok(self.dossiers.get(dossier).map_or(0, Vec::len) as u64)
    }

    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        Ok(self.dossiers.get(dossier).cloned().unwrap_or_default())
    }

    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        for (code, events) in &self.dossiers {
            if visit(code, events).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        let items = self.work.values().flatten().filter(|item| filter.fits(item));
        let mut found: Vec<WorkItem> = items.cloned().collect();
        found.sort_by(|a, b| {
            let key =
                |item: &WorkItem| filter.ordered_by(item).map_or((true, None), |due| (false, Some(due)));
            let rest = |item: &WorkItem| {
                (item.dossier.clone(), item.step.clone(), item.action.clone(), item.unit.clone())
            };
            key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
        });
        Ok(found)
    }

    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        let due = self.due.iter().take_while(|(next, _)| *next <= until);
        Ok(due.map(|(next, dossier)| (dossier.clone(), *next)).collect())
    }

    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        Ok(self.due.first().map(|(next, _)| *next))
    }

    fn sealed(&self, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        for (place, (dossier, version, seal)) in self.seals.iter().enumerate() {
            let Some(event) = self.event(dossier, *version).cloned() else { continue };
            let (seq, dossier, seal) = (place as u64 + 1, dossier.clone(), seal.clone());
            if visit(Sealed { seq, dossier, event, seal }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        Ok(self.seals.iter().map(|(.., seal)| seal.hash).collect())
    }

    fn take_in(&mut self, events: &[Sealed]) -> Result<(), JournalError> {
        let mut last: HashMap<&str, (u64, Digest)> = HashMap::new();
        for (place, sealed) in (self.seals.len() as u64 + 1..).zip(events) {
            let stored = self.last.get(&sealed.dossier).copied();
            let stored = stored.map(|hash| Ok((self.version(&sealed.dossier)?, hash))).transpose()?;
            let before = last.get(sealed.dossier.as_str()).copied().or(stored);
            follows(sealed, place, before)?;
            last.insert(&sealed.dossier, (sealed.event.version, sealed.seal.hash));
        }
        for sealed in events {
            self.keep(&sealed.dossier, sealed.event.clone(), sealed.seal.clone());
        }
        Ok(())
    }

    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        let mut erased = 0;
        for (.., seal) in self.seals.iter_mut().filter(|(code, ..)| code == dossier) {
            erased += u64::from(seal.salt.take().is_some());
        }
        for event in self.dossiers.get_mut(dossier).into_iter().flatten() {
            event.take_texts();
        }
        Ok(erased)
    }
}
