use super::{Append, Journal, JournalError, Visit, WorkFilter, WorkItem};
use crate::dossier::Event;
use std::collections::{BTreeMap, HashMap};

/// A journal that is gone when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    dossiers: BTreeMap<String, Vec<Event>>,
    work: BTreeMap<String, Vec<WorkItem>>,
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
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        let fits = |item: &&WorkItem| {
            same(&filter.unit, Some(&item.unit))
                && same(&filter.role, item.role.as_deref())
                && same(&filter.assignee, item.assignee.as_deref())
                && filter.due_before.is_none_or(|before| item.due.is_some_and(|due| due < before))
        };
        let mut found: Vec<WorkItem> = self.work.values().flatten().filter(fits).cloned().collect();
        found.sort_by(|a, b| {
            let key = |item: &'_ WorkItem| (item.due.is_none(), item.due);
            let rest = |item: &WorkItem| {
                (item.dossier.clone(), item.step.clone(), item.action.clone(), item.unit.clone())
            };
            key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
        });
        Ok(found)
    }
}
