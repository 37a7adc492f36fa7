use super::{Append, Journal, JournalError, Visit, WorkFilter, WorkItem};
use crate::dossier::Event;
use chrono::NaiveDateTime;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A journal that is gone when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    dossiers: BTreeMap<SmolStr, Vec<Event>>,
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
}

impl Journal for MemoryJournal {
    fn append(&mut self, batch: &[Append]) -> Result<(), JournalError> {
        let mut versions: HashMap<&str, u64> = HashMap::new();
        for append in batch {
            let stored = self.version(&append.dossier)?;
            let actual = versions.entry(&append.dossier).or_insert(stored);
            *actual = append.follows(*actual)?;
        }
        for append in batch {
            self.dossiers.entry(append.dossier.clone()).or_default().extend(append.events.iter().cloned());
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
}
