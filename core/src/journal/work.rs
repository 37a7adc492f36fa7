//! What is to be done next.

use crate::dossier::{Dossier, DossierError, Rules, Status};
use crate::moment;
use crate::procedure::{Duty, StepKind};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// Something an office has to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The command that is waited for: `accept`, `complete`, `sign`, `answer`, `resolve`, `deliver`, or the applicant's
    /// `supply` or `pay`.
    pub action: String,
    /// The running step, if it is about one.
    pub step: Option<String>,
    /// The outcomes with which the step can be completed; for one that is signed, those that hand it back.
    pub outcomes: Vec<String>,
    /// The role of the step; absent for the reception's own work.
    pub role: Option<String>,
    /// The unit that has to act; for the step of an outside agency, the dossier's unit.
    pub unit: String,
    /// The officer it is assigned to.
    pub assignee: Option<String>,
    /// Since when it waits.
    #[serde(with = "moment")]
    pub since: NaiveDateTime,
    /// When the whole dossier is due; absent while no clock runs.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
}

/// Which work is asked for; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkFilter {
    /// Of this unit.
    pub unit: Option<String>,
    /// For this role.
    pub role: Option<String>,
    /// Assigned to this officer.
    pub assignee: Option<String>,
    /// Due before this moment.
    #[serde(with = "moment::option")]
    pub due_before: Option<NaiveDateTime>,
}

impl WorkItem {
    /// What is open of a dossier: for an officer, a unit that was asked, or the applicant.
    pub(crate) fn open(dossier: &Dossier, rules: Rules<'_>) -> Result<Vec<Self>, DossierError> {
        let due = dossier.due(rules.calendar)?;
        let item = |action: &str, since: NaiveDateTime| Self {
            dossier: dossier.code.clone(),
            procedure: dossier.procedure.code.clone(),
            action: action.into(),
            step: None,
            outcomes: Vec::new(),
            role: None,
            unit: dossier.unit.clone(),
            assignee: None,
            since,
            due,
        };
        let mut work = Vec::new();
        match dossier.status {
            Status::Submitted => work.push(item("accept", dossier.since)),
            Status::SupplementRequested => work.push(item("supply", dossier.since)),
            Status::PaymentRequested => work.push(item("pay", dossier.since)),
            // Only the hand-over is left, so the next thing is to say that the result is there.
            Status::Received | Status::InProgress if dossier.steps_left().is_empty() => {
                work.push(item("resolve", dossier.since));
                return Ok(work);
            }
            Status::Resolved if dossier.tasks.is_empty() => work.push(item("deliver", dossier.since)),
            Status::Received | Status::InProgress | Status::Resolved | Status::Delivered => {}
            Status::NotReceived | Status::Withdrawn | Status::Discontinued => return Ok(work),
        }
        for task in &dossier.tasks {
            let Some(step) = dossier.procedure.step(&task.step) else { continue };
            let all = dossier.procedure.routing.outcomes(&step.id);
            let (action, outcomes) = match step.kind {
                StepKind::Deliver => ("deliver", Vec::new()),
                StepKind::Sign => {
                    let signed = dossier.signed_outcome(&step.id);
                    ("sign", all.filter(|outcome| Some(*outcome) != signed).map(String::from).collect())
                }
                _ => ("complete", all.map(String::from).collect()),
            };
            let is_outside = rules.catalogue.role(&step.role).is_some_and(|role| role.duty == Duty::Outside);
            let at_tier = rules.organisation.at_tier(&dossier.unit, step.tier).filter(|_| !is_outside);
            work.push(Self {
                step: Some(task.step.clone()),
                outcomes,
                role: Some(step.role.clone()),
                unit: at_tier.map_or_else(|| dossier.unit.clone(), |unit| unit.id.clone()),
                assignee: task.assignee.clone(),
                ..item(action, task.since)
            });
        }
        for open in &dossier.consultations {
            let asked = open.units.iter().map(|unit| Self {
                step: Some(open.step.clone()),
                unit: unit.clone(),
                due: open.due,
                ..item("answer", open.since)
            });
            work.extend(asked);
        }
        Ok(work)
    }
}
