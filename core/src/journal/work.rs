//! What is to be done next.

use crate::dossier::{Dossier, DossierError, Rules, Status};
use crate::moment;
use crate::procedure::StepKind;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// Something an office has to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The command that is waited for: `accept`, `complete`, `sign`, `answer`, `resolve`, `deliver`, the applicant's
    /// `supply` or `pay`, or `discontinue` where the law stops the dossier.
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
    /// When the step is due by its own limit; absent if it has none.
    #[serde(default, with = "moment::option")]
    pub step_due: Option<NaiveDateTime>,
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
    /// Of a dossier that is due before this moment; with the present one, what is overdue.
    #[serde(with = "moment::option")]
    pub due_before: Option<NaiveDateTime>,
    /// Of a step whose own limit ends before this moment.
    #[serde(with = "moment::option")]
    pub step_due_before: Option<NaiveDateTime>,
    /// In which order.
    pub order: WorkOrder,
}

/// The order of a work list. What is never due comes last; the rest is by code, step and command.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WorkOrder {
    /// By when the whole dossier is due.
    #[default]
    Due,
    /// By when the step is due by its own limit; where it has none, the whole dossier.
    StepDue,
}

impl WorkFilter {
    /// Whether it lets an item through.
    pub(super) fn fits(&self, item: &WorkItem) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        let is_before = |limit: Option<NaiveDateTime>, due: Option<NaiveDateTime>| {
            limit.is_none_or(|limit| due.is_some_and(|due| due < limit))
        };
        same(&self.unit, Some(&item.unit))
            && same(&self.role, item.role.as_deref())
            && same(&self.assignee, item.assignee.as_deref())
            && is_before(self.due_before, item.due)
            && is_before(self.step_due_before, item.step_due)
    }

    /// The moment by which an item is ordered.
    fn ordered_by(&self, item: &WorkItem) -> Option<NaiveDateTime> {
        match self.order {
            WorkOrder::Due => item.due,
            WorkOrder::StepDue => item.step_due.or(item.due),
        }
    }
}

/// Items in the order that a filter wants.
pub(super) fn listed(filter: &WorkFilter, mut items: Vec<WorkItem>) -> Vec<WorkItem> {
    let key = |item: &WorkItem| filter.ordered_by(item).map_or((true, None), |due| (false, Some(due)));
    fn rest(item: &WorkItem) -> (&str, Option<&str>, &str, &str) {
        (&item.dossier, item.step.as_deref(), &item.action, &item.unit)
    }
    items.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b))));
    items
}

impl WorkItem {
    /// What is open of a dossier: for an officer, a unit that was asked, or the applicant.
    /// A unit is named as what it has become by a day.
    pub(crate) fn open(
        dossier: &Dossier,
        rules: Rules<'_>,
        day: NaiveDate,
    ) -> Result<Vec<Self>, DossierError> {
        let due = dossier.due(rules.calendar)?;
        let now = |unit: &str| {
            let became = rules.organisation.successor_on(unit, day);
            became.map_or_else(|_| unit.to_owned(), |unit| unit.id.clone())
        };
        let own = now(&dossier.unit);
        let item = |action: &str, since: NaiveDateTime| Self {
            dossier: dossier.code.to_string(),
            procedure: dossier.procedure.code.clone(),
            action: action.into(),
            step: None,
            outcomes: Vec::new(),
            role: None,
            unit: own.clone(),
            assignee: None,
            since,
            due,
            step_due: None,
        };
        let mut work = Vec::new();
        // What the law stops waits for nothing else.
        let stops = || rules.catalogue.stops(&dossier.procedure, dossier.submitted().date(), day);
        if !dossier.status.is_ended() && stops().is_some() {
            work.push(item("discontinue", dossier.since()));
            return Ok(work);
        }
        match dossier.status {
            Status::Submitted => work.push(item("accept", dossier.since())),
            Status::SupplementRequested => work.push(item("supply", dossier.since())),
            Status::PaymentRequested => work.push(item("pay", dossier.since())),
            // Only the hand-over is left, so the next thing is to say that the result is there.
            Status::Received | Status::InProgress if dossier.steps_left().is_empty() => {
                work.push(item("resolve", dossier.since()));
                return Ok(work);
            }
            Status::Resolved if dossier.running().next().is_none() => {
                work.push(item("deliver", dossier.since()))
            }
            Status::Received | Status::InProgress | Status::Resolved | Status::Delivered => {}
            Status::NotReceived | Status::Withdrawn | Status::Discontinued => return Ok(work),
        }
        // While the applicant is asked for something no step can end.
        let asked = [Status::SupplementRequested, Status::PaymentRequested].contains(&dossier.status);
        for task in dossier.running().filter(|_| !asked) {
            let step = task.step;
            let all = dossier.procedure.routing.outcomes(&step.id);
            let (action, outcomes) = match step.kind {
                StepKind::Deliver => ("deliver", Vec::new()),
                StepKind::Sign => {
                    let signed = dossier.signed_outcome(&step.id);
                    ("sign", all.filter(|outcome| Some(*outcome) != signed).map(String::from).collect())
                }
                _ => ("complete", all.map(String::from).collect()),
            };
            work.push(Self {
                step: Some(step.id.clone()),
                outcomes,
                role: step.role.clone(),
                unit: dossier.unit_of(step, rules).to_owned(),
                assignee: task.assignee.map(String::from),
                // A limit that ends beyond the calendar is not known; the work is there all the same.
                step_due: dossier.step_due(&step.id, rules.calendar).ok().flatten().and_then(|due| due.at()),
                ..item(action, task.since)
            });
        }
        for open in &dossier.rest().consultations {
            let asked = open.units.iter().map(|unit| Self {
                step: Some(open.step.to_string()),
                unit: now(unit),
                due: open.due,
                ..item("answer", open.since)
            });
            work.extend(asked);
        }
        Ok(work)
    }
}
