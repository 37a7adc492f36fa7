//! Whose an event is: what goes to an office, and what may come from one.

use super::bundle::{Item, Run, Said};
use super::{Peer, SyncError};
use crate::dossier::Event;
use crate::journal::{JournalError, Sealed};
use smol_str::SmolStr;

/// What an office is sent of dossiers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a Peer,
    /// Whether it gets back what it recorded itself: it has lost its journal.
    pub(crate) gives_back: bool,
}

impl Share<'_> {
    /// What is for it of a dossier, among what came after a place of the journal up to another; of one that did not concern
    /// it before, also what was earlier. To the centre goes what was recorded here, to an office what it has not
    /// recorded itself of the dossiers that it began, or that were ever entrusted to it.
    pub(crate) fn of(self, chain: &[Sealed], after: u64, up_to: u64) -> Result<Vec<Run>, JournalError> {
        let (mut owner, mut begins) = (None::<SmolStr>, None);
        let mut offices = Vec::with_capacity(chain.len());
        for sealed in chain {
            let event = sealed.event()?;
            let next = event.owner_after(owner.as_ref()).cloned();
            let concerns = match self.to.passes_on {
                true => next.is_some(),
                false => [&event.office, &next].into_iter().flatten().any(|office| *office == self.to.office),
            };
            if concerns {
                begins = begins.or(Some(sealed.place));
            }
            owner = next;
            offices.push(event.office);
        }
        let Some(begins) = begins.filter(|begins| *begins <= up_to) else { return Ok(Vec::new()) };
        let after = if begins > after { 0 } else { after };
        // What was recorded before there were offices is of the first one.
        let first = offices.iter().flatten().next().cloned();
        let mut runs: Vec<Run> = Vec::new();
        let mut before = None;
        for (sealed, office) in chain.iter().zip(offices) {
            let office = office.or_else(|| first.clone()).unwrap_or_default();
            let goes = match self.to.passes_on {
                true => office == self.from,
                false => self.gives_back || office != self.to.office,
            };
            if goes && (after + 1..=up_to).contains(&sealed.place) {
                let item = Item { body: sealed.body.clone(), said: Said::of(sealed) };
                match runs.last_mut() {
                    Some(run) if run.first + run.events.len() as u64 == sealed.version => {
                        run.events.push(item);
                    }
                    _ => runs.push(Run {
                        dossier: sealed.dossier.clone(),
                        first: sealed.version,
                        before,
                        events: vec![item],
                    }),
                }
            }
            before = Some(sealed.hash);
        }
        Ok(runs)
    }
}

impl Said {
    fn of(sealed: &Sealed) -> Self {
        match (&sealed.words, sealed.texts) {
            (Some(words), _) => Self::Words(words.clone()),
            (None, Some(texts)) => Self::Erased(texts),
            (None, None) => Self::Nothing,
        }
    }
}

/// Whether an event that is new here may come from an office, where the dossier was of `owner` before it: only its owner
/// records anything in a dossier, and only the centre passes on what others recorded. So it may give back what this office
/// recorded itself and has lost.
pub(crate) fn check(
    dossier: &str,
    event: &Event,
    owner: Option<&SmolStr>,
    from: &Peer,
) -> Result<(), SyncError> {
    let (by, from_office) = (event.office.as_ref(), from.office.to_string());
    let name = |office: Option<&SmolStr>| office.map_or("none".to_owned(), SmolStr::to_string);
    let (dossier, version) = (dossier.to_owned(), event.version);
    if owner.is_some() && by != owner {
        let (by, owner) = (name(by), name(owner));
        return Err(SyncError::NotOwner { dossier, version, by, owner, from: from_office });
    }
    match by {
        Some(by) if *by != from.office && !from.passes_on => {
            Err(SyncError::NotItsOwn { dossier, version, by: by.to_string(), from: from_office })
        }
        _ => Ok(()),
    }
}
