//! Who may give a command.

use super::authority::{Authority, authority};
use super::decide::Rules;
use super::error::Needs;
use super::state::{APPLICANT, SYSTEM};
use super::{Command, Dossier, DossierError, Officer};
use crate::procedure::{Duty, Step, StepKind};

/// A command on a dossier of a unit.
pub(super) struct Asked<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) command: &'a Command,
    /// The dossier's unit.
    pub(super) unit: &'a str,
    /// Absent for the command that begins it.
    pub(super) dossier: Option<&'a Dossier>,
}

impl Asked<'_> {
    /// The officer who acts; `None` for the applicant and the system.
    pub(super) fn officer(&self) -> Result<Option<&Officer>, DossierError> {
        self.find(&self.command.actor)
    }

    /// Whether the actor may give the command. `step` is the running step that it is about.
    pub(super) fn may(&self, step: Option<&Step>) -> Result<(), DossierError> {
        let actor = self.command.actor.as_str();
        let Some(row) = authority(self.command.action.authority()) else {
            return Err(self.not_allowed(actor, Needs::Nobody));
        };
        match step {
            Some(step) if row.step_role => self.may_do(actor, step),
            _ => self.has_duty(row).or_else(|refusal| {
                // Instead, the role of the step that the command stands for.
                let stands_for = |step: &&Step| self.may_do(actor, step).is_ok();
                if self.stood_for(row).any(|step| stands_for(&step)) { Ok(()) } else { Err(refusal) }
            }),
        }
    }

    /// Whether an actor has the role of a step, in a unit of the step's tier in one line with the dossier's.
    pub(super) fn may_do(&self, actor: &str, step: &Step) -> Result<(), DossierError> {
        let duty = self.duty(&step.role);
        match self.find(actor)? {
            None if actor == APPLICANT && duty == Some(Duty::Applicant) => Ok(()),
            None if actor == SYSTEM && duty == Some(Duty::System) => Ok(()),
            Some(officer) if officer.roles.contains(&step.role) => {
                let organisation = self.rules.organisation;
                let in_line = organisation.is_above(&officer.unit, self.unit)
                    || organisation.is_above(self.unit, &officer.unit);
                let at_tier = organisation.unit(&officer.unit).is_some_and(|unit| unit.tier == step.tier);
                if duty == Some(Duty::Outside) || in_line && at_tier {
                    return Ok(());
                }
                Err(self.other_unit(officer, Some(step)))
            }
            _ => Err(self.not_allowed(actor, Needs::Role { role: step.role.clone(), step: step.id.clone() })),
        }
    }

    /// Whether nothing that the actor has done before, in another role, stands against the command.
    pub(super) fn may_after(&self, dossier: &Dossier, step: &Step) -> Result<(), DossierError> {
        let kinds = authority(self.command.action.authority()).map(|row| row.not_after.as_slice());
        let actor = &self.command.actor;
        let done = dossier.done.iter().filter(|(who, _)| who == actor);
        let stands_against =
            |done: &Step| kinds.unwrap_or_default().contains(&done.kind) && done.role != step.role;
        if done.filter_map(|(_, id)| dossier.procedure.step(id)).any(stands_against) {
            let (dossier, actor) = (dossier.code.clone(), actor.clone());
            return Err(DossierError::PreparerSigns { dossier, actor });
        }
        Ok(())
    }

    /// Whether the actor has one of the duties that a row names: as an officer of the dossier's unit or one above it,
    /// or of an outside agency whose step is running.
    fn has_duty(&self, row: &Authority) -> Result<(), DossierError> {
        let actor = self.command.actor.as_str();
        let has = |role: &String, outside: bool| {
            self.duty(role)
                .is_some_and(|duty| row.duties.contains(&duty) && (duty == Duty::Outside) == outside)
        };
        match self.find(actor)? {
            None if actor == APPLICANT && row.duties.contains(&Duty::Applicant) => Ok(()),
            None if actor == SYSTEM && row.duties.contains(&Duty::System) => Ok(()),
            Some(officer) if officer.roles.iter().any(|role| has(role, false)) => {
                if row.any_unit || self.rules.organisation.is_above(&officer.unit, self.unit) {
                    return Ok(());
                }
                Err(self.other_unit(officer, None))
            }
            Some(officer)
                if officer.roles.iter().any(|role| has(role, true) && (row.any_unit || self.runs(role))) =>
            {
                Ok(())
            }
            _ => Err(self.not_allowed(actor, Needs::Duties(row.duties.clone()))),
        }
    }

    /// The steps whose role may give the command as well: a first step of reception, a running hand-over.
    fn stood_for(&self, row: &Authority) -> impl Iterator<Item = &Step> {
        let kind = row.or_role_of;
        self.dossier.into_iter().flat_map(move |dossier| {
            dossier.procedure.steps.iter().enumerate().filter_map(move |(i, step)| {
                let is_meant = match kind? {
                    StepKind::Receive => i == 0,
                    _ => dossier.tasks.iter().any(|task| task.step == step.id),
                };
                (is_meant && Some(step.kind) == kind).then_some(step)
            })
        })
    }

    fn runs(&self, role: &str) -> bool {
        self.dossier.is_some_and(|dossier| {
            let steps = dossier.tasks.iter().filter_map(|task| dossier.procedure.step(&task.step));
            steps.map(|step| step.role.as_str()).any(|running| running == role)
        })
    }

    fn duty(&self, role: &str) -> Option<Duty> {
        self.rules.catalogue.role(role).map(|role| role.duty)
    }

    fn find(&self, actor: &str) -> Result<Option<&Officer>, DossierError> {
        if actor == APPLICANT || actor == SYSTEM {
            return Ok(None);
        }
        let officer = self.rules.organisation.officer(actor);
        officer.map(Some).ok_or_else(|| DossierError::UnknownActor { actor: actor.into() })
    }

    fn other_unit(&self, officer: &Officer, step: Option<&Step>) -> DossierError {
        DossierError::OtherUnit {
            dossier: self.command.dossier.clone(),
            actor: officer.id.clone(),
            unit: officer.unit.clone(),
            of: self.unit.into(),
            tier: step.map(|step| step.tier),
        }
    }

    fn not_allowed(&self, actor: &str, needs: Needs) -> DossierError {
        DossierError::NotAllowed {
            command: self.command.action.name(),
            dossier: self.command.dossier.clone(),
            actor: actor.into(),
            needs,
        }
    }
}
