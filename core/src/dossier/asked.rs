//! Who may give a command.

use super::authority::{Authority, row};
use super::decide::Rules;
use super::error::Needs;
use super::organisation::{ActsFor, Officer};
use super::state::{APPLICANT, SYSTEM};
use super::{Action, Command, Dossier, DossierError};
use crate::procedure::{Duty, Step, StepKind};
use chrono::NaiveDate;
use smol_str::SmolStr;

/// A command on a dossier of a unit.
pub(super) struct Asked<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) command: &'a Command,
    /// The dossier's unit.
    pub(super) unit: &'a str,
    /// Absent for the command that begins it.
    pub(super) dossier: Option<&'a Dossier>,
    /// What the table says of the command.
    pub(super) row: Option<&'static Authority>,
}

/// As what an actor acts: in a post, or, without one, as the applicant or the system.
pub(super) type Acts<'a> = Option<ActsFor<'a>>;

impl<'a> Asked<'a> {
    pub(super) fn new(
        rules: Rules<'a>,
        command: &'a Command,
        unit: &'a str,
        dossier: Option<&'a Dossier>,
    ) -> Self {
        Self { rules, command, unit, dossier, row: row(&command.action) }
    }

    /// In which post the actor may give the command, if at all. `step` is the running step that it is about.
    pub(super) fn may(&self, step: Option<&Step>) -> Result<Acts<'a>, DossierError> {
        let actor = self.command.actor.as_str();
        let Some(row) = self.row else {
            return Err(self.not_allowed(actor, Needs::Nobody));
        };
        match step {
            Some(step) if row.step_role => self.may_do(actor, step),
            _ => self.has_duty(row).or_else(|refusal| {
                // Instead, the role of the step that the command stands for.
                self.stood_for(row).find_map(|step| self.may_do(actor, step).ok()).ok_or(refusal)
            }),
        }
    }

    /// In which post an actor has the role of a step, in a unit of the step's tier in one line with the dossier's. Of a
    /// step without a role the table says who does it.
    pub(super) fn may_do(&self, actor: &str, step: &Step) -> Result<Acts<'a>, DossierError> {
        let organisation = self.rules.organisation;
        let Some(role) = step.role.as_deref() else {
            return self.may_do_unowned(actor, step);
        };
        let needs = || Needs::Role { role: role.into(), step: step.id.as_str().into() };
        let Some(officer) = self.find(actor)? else {
            let duty = organisation.duty(role);
            let is = |who, what| actor == who && duty == Some(what);
            return match is(APPLICANT, Duty::Applicant) || is(SYSTEM, Duty::System) {
                true => Ok(None),
                false => Err(self.not_allowed(actor, needs())),
            };
        };
        let day = self.day();
        let mut posts = organisation.acts_for(officer, day);
        let suits = |acts: &ActsFor<'_>| organisation.suits(acts, self.unit, role, step.tier, day);
        match posts.find(suits) {
            // Who stands in for several acts for one whom nothing stands against, if there is one.
            Some(first) => {
                let free = |acts: &ActsFor<'a>| {
                    self.dossier.is_none_or(|dossier| self.may_after(dossier, step, Some(*acts)).is_ok())
                };
                let next = if free(&first) { None } else { posts.find(|acts| suits(acts) && free(acts)) };
                Ok(Some(next.unwrap_or(first)))
            }
            None if organisation.acts_for(officer, day).any(|acts| acts.has_role(role)) => {
                Err(self.other_unit(officer, Some(step)))
            }
            None => Err(self.not_allowed(actor, needs())),
        }
    }

    fn may_do_unowned(&self, actor: &str, step: &Step) -> Result<Acts<'a>, DossierError> {
        let duties = self.row.map(|row| row.unowned.as_slice()).unwrap_or_default();
        let refusal = || self.not_allowed(actor, Needs::Duties(duties.into()));
        let officer = self.find(actor)?.ok_or_else(refusal)?;
        let organisation = self.rules.organisation;
        let day = self.day();
        let suits = |acts: &ActsFor<'a>| {
            acts.roles().any(|role| {
                organisation.duty(role).is_some_and(|duty| duties.contains(&duty))
                    && organisation.suits(acts, self.unit, role, step.tier, day)
            })
        };
        organisation.acts_for(officer, day).find(suits).map(Some).ok_or_else(refusal)
    }

    /// Whether nothing that the actor, or whom the actor stands in for, has done before in another role stands against
    /// the command.
    pub(super) fn may_after(
        &self,
        dossier: &Dossier,
        step: &Step,
        acts: Acts<'_>,
    ) -> Result<(), DossierError> {
        let kinds = self.row.map(|row| row.not_after.as_slice()).unwrap_or_default();
        if kinds.is_empty() {
            return Ok(());
        }
        let stands_against = |done: &Step| kinds.contains(&done.kind) && done.role != step.role;
        let actor = self.command.actor.as_str();
        let stood_in = acts.and_then(|acts| acts.on_behalf).map(|officer| officer.id.as_str());
        for who in [Some(actor), stood_in].into_iter().flatten() {
            let done = dossier.done().filter(|done| done.is_by(who));
            if done.filter_map(|done| dossier.procedure.steps.get(done.step())).any(stands_against) {
                let (dossier, actor) = (dossier.code.clone(), who.into());
                return Err(DossierError::PreparerSigns { dossier, actor });
            }
        }
        Ok(())
    }

    /// In which post the actor has one of the duties that a row names: as an officer of the dossier's unit, as it is now,
    /// or one above it, or of an outside agency whose step is running.
    fn has_duty(&self, row: &Authority) -> Result<Acts<'a>, DossierError> {
        let actor = self.command.actor.as_str();
        let refusal = || self.not_allowed(actor, Needs::Duties(row.duties.clone()));
        let Some(officer) = self.find(actor)? else {
            let is = |who, what| actor == who && row.duties.contains(&what);
            return match is(APPLICANT, Duty::Applicant) || is(SYSTEM, Duty::System) {
                true => Ok(None),
                false => Err(refusal()),
            };
        };
        let organisation = self.rules.organisation;
        let day = self.day();
        let (mut elsewhere, mut unasked) = (false, None);
        for acts in organisation.acts_for(officer, day) {
            let mut duties = acts.roles().filter_map(|role| Some((role, organisation.duty(role)?)));
            let suits = |(role, duty): (&str, Duty)| {
                row.duties.contains(&duty) && (duty != Duty::Outside || row.any_unit || self.runs(role))
            };
            let Some((_, duty)) = duties.find(|(role, duty)| suits((role, *duty))) else { continue };
            let in_line = || {
                let unit = organisation.unit_index(self.unit);
                unit.is_some_and(|unit| organisation.lies_above(acts.post.unit_index(), unit, day))
            };
            let reaches = || organisation.reaches(&acts.post.unit, self.unit, day);
            if row.any_unit || if duty == Duty::Outside { reaches() } else { in_line() } {
                // Of several posts it is that of the unit that was asked.
                if !matches!(self.command.action, Action::Answer { .. }) || self.asked_as(&acts).is_some() {
                    return Ok(Some(acts));
                }
                unasked = Some(acts);
            }
            elsewhere = true;
        }
        if unasked.is_some() {
            return Ok(unasked);
        }
        Err(if elsewhere { self.other_unit(officer, None) } else { refusal() })
    }

    /// Which of the units that a step asked a post is of, by what they are now.
    pub(super) fn asked_as(&self, acts: &ActsFor<'_>) -> Option<SmolStr> {
        let Action::Answer { step, .. } = &self.command.action else { return None };
        let open = self.dossier?.rest().consultations.iter().filter(|open| open.step == *step);
        let is = |asked: &&SmolStr| {
            let now = self.rules.organisation.successor_on(asked, self.day());
            **asked == acts.post.unit || now.is_ok_and(|unit| acts.post.unit == unit.id)
        };
        open.flat_map(|open| &open.units).find(is).cloned()
    }

    /// The steps whose role may give the command as well: a first step of reception, a running hand-over.
    fn stood_for(&self, row: &Authority) -> impl Iterator<Item = &Step> {
        let kind = row.or_role_of;
        self.dossier.into_iter().flat_map(move |dossier| {
            dossier.procedure.steps.iter().enumerate().filter_map(move |(i, step)| {
                let is_meant = match kind? {
                    StepKind::Receive => i == 0,
                    _ => dossier.tasks.iter().any(|task| usize::from(task.step) == i),
                };
                (is_meant && Some(step.kind) == kind).then_some(step)
            })
        })
    }

    fn runs(&self, role: &str) -> bool {
        self.dossier
            .is_some_and(|dossier| dossier.running().any(|task| task.step.role.as_deref() == Some(role)))
    }

    fn day(&self) -> NaiveDate {
        self.command.at.date()
    }

    fn find(&self, actor: &str) -> Result<Option<&'a Officer>, DossierError> {
        if actor == APPLICANT || actor == SYSTEM {
            return Ok(None);
        }
        let officer = self.rules.organisation.officer(actor);
        officer.map(Some).ok_or_else(|| DossierError::UnknownActor { actor: actor.into() })
    }

    fn other_unit(&self, officer: &Officer, step: Option<&Step>) -> DossierError {
        DossierError::OtherUnit {
            dossier: self.command.dossier.clone(),
            actor: officer.id.as_str().into(),
            unit: officer.unit.as_str().into(),
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
