//! Running dossiers move to another version of their procedure: explicitly, step by step, and only where the other
//! version can go on from there.

use super::decide::{known_case, versions};
use super::objection::Objection;
use super::state::{Done, Dossier};
use super::{DossierError, authority};
use crate::procedure::{Catalogue, Procedure, Step};
use crate::routing::Marking;
use chrono::{NaiveDate, NaiveDateTime};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version, and where its routing stands then.
pub(super) fn migrated(
    dossier: &Dossier,
    catalogue: &Catalogue,
    from: NaiveDate,
    steps: &BTreeMap<SmolStr, SmolStr>,
) -> Result<(Arc<Procedure>, Marking), DossierError> {
    let old = &dossier.procedure;
    let found = catalogue.versions(&old.code).iter().find(|version| version.in_force_from == from);
    let unknown = || Objection::UnknownVersion {
        procedure: old.code.clone(),
        from,
        known: versions(catalogue, &old.code),
    };
    let new = Arc::clone(found.ok_or_else(unknown)?);
    if new.tier != old.tier {
        let (procedure, unit) = (old.code.as_str().into(), dossier.unit.clone());
        return Err(DossierError::WrongTier { procedure, unit, tier: new.tier });
    }
    dossier.case().map_or(Ok(()), |case| known_case(&new, case))?;
    for named in steps.keys() {
        dossier.index(named)?;
    }
    // Who prepared may not sign under the other version either, so what was prepared has to be known there.
    let bars = |step: &&Step| authority("sign").is_some_and(|row| row.not_after.contains(&step.kind));
    for step in dossier.done().filter_map(|done| old.steps.get(done.step())).filter(bars) {
        let becomes = steps.get(step.id.as_str()).map_or(step.id.as_str(), SmolStr::as_str);
        if new.routing.step_index(becomes).is_none() {
            return Err(Objection::StepNotMapped { step: becomes.into(), old: step.id.clone() }.into());
        }
    }
    let name = |old: &str| steps.get(old).map_or_else(|| old.to_owned(), SmolStr::to_string);
    let marking = old
        .routing
        .translate(dossier.marking, &new.routing, &name)
        .map_err(|old| Objection::StepNotMapped { step: name(&old), old })?;
    new.routing.proves(marking).map_err(|errors| match errors.into_iter().next() {
        Some(error) => error.into(),
        None => DossierError::EmptyField { field: "steps" },
    })?;
    Ok((new, marking))
}

impl Dossier {
    /// The clock keeps its rule and its ledger: a dossier is due by the law under which it was received.
    pub(super) fn migrate(
        &mut self,
        catalogue: &Catalogue,
        from: NaiveDate,
        steps: &BTreeMap<SmolStr, SmolStr>,
        at: NaiveDateTime,
    ) -> Result<(), DossierError> {
        let (new, marking) = migrated(self, catalogue, from, steps)?;
        let old = std::mem::replace(&mut self.procedure, Arc::clone(&new));
        let becomes = |step: usize| {
            let id = old.steps.get(step)?.id.as_str();
            new.routing.step_index(steps.get(id).map_or(id, SmolStr::as_str))
        };
        self.tasks.retain_mut(|task| match becomes(usize::from(task.step)) {
            Some(step) => {
                task.step = step as u8;
                task.from = super::state::NO_STEP;
                true
            }
            None => false,
        });
        let moved = |done: Done| Some(done.at_step(becomes(done.step())?));
        for trace in &mut self.traces {
            trace.set_done(trace.done().and_then(moved));
        }
        if let Some(apart) = &mut self.apart {
            apart.stood_in = apart.stood_in.iter().copied().filter_map(moved).collect();
            for open in &mut apart.rest.consultations {
                if let Some(step) = steps.get(&open.step) {
                    open.step = step.clone();
                }
            }
            apart.rest.consultations.retain(|open| new.routing.is_running(marking, &open.step));
        }
        self.apart_mut().migrated = true;
        // A join may have fired, or a branch be awaited no more: tasks are those of the new marking.
        self.go(catalogue, marking, at, super::state::NO_STEP)
    }
}
