//! Form 06 (05 until 2025): the slip that goes with the dossier from hand to hand.

use super::forms::word;
use super::matter::{Matter, accepted, check, holder, unit_name};
use super::{Form, Particulars, SlipError};
use crate::deadline::{Comparison, Timeliness};
use crate::dossier::{APPLICANT, Action, Dossier, Event, Rules, Status};
use crate::moment;
use crate::procedure::{Duty, Step, StepKind};
use chrono::NaiveDateTime;
use serde::Serialize;

/// Who gives or takes a dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The role, by its name.
    pub role: Option<String>,
    /// The officer, by name if the host gave it, else by id; or the applicant.
    pub officer: Option<String>,
    /// The unit, by its name.
    pub unit: Option<String>,
}

/// A dossier passes from one hand to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlRow {
    /// What was done: the step, or what else made the dossier go on.
    pub work: String,
    /// Who gives.
    pub from: Party,
    /// Who takes; several if the work goes on in parallel, nobody if it waits for other work or is over.
    pub to: Vec<Party>,
    /// Since when the giver had it.
    #[serde(with = "moment::option")]
    pub since: Option<NaiveDateTime>,
    /// When it passed on.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// When the giver's work was due; absent if it has no limit of its own.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// How that was kept, by date.
    pub result: Option<Timeliness>,
    /// What was said of it.
    pub note: Option<String>,
}

/// The control slip (phiếu kiểm soát quá trình giải quyết hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlSlip {
    /// What every slip says; the moment is that of acceptance.
    #[serde(flatten)]
    pub matter: Matter,
    /// Whose matter it is.
    pub holder: String,
    /// The unit that settles it.
    pub lead: String,
    /// The units that were asked.
    pub cooperating: Vec<String>,
    /// When the dossier was taken in.
    #[serde(with = "moment")]
    pub received: NaiveDateTime,
    /// When the result is due now.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// How that was kept, by date; absent while the dossier is open or if it was stopped.
    pub result: Option<Timeliness>,
    /// From hand to hand.
    pub rows: Vec<ControlRow>,
}

impl ControlSlip {
    /// The control slip of a dossier, up to its last event.
    ///
    /// # Errors
    /// `slip.not_accepted`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        check(dossier, events)?;
        let received = accepted(dossier, Form::ControlSlip)?;
        let due = dossier.due(rules.calendar)?;
        let settled = matches!(dossier.status, Status::Resolved | Status::Delivered);
        let ended = dossier.ended().filter(|_| settled);
        let matter = Matter::of(dossier, received, rules, particulars)?;
        let writer = Writer { rules, particulars, events };
        let mut cooperating: Vec<String> = Vec::new();
        for event in events {
            if let Action::Consult { units, .. } = &event.action {
                let names = units.iter().map(|unit| unit_name(rules, unit));
                let new: Vec<String> = names.filter(|name| !cooperating.contains(name)).collect();
                cooperating.extend(new);
            }
        }
        Ok(Self {
            matter,
            holder: holder(particulars).name.clone(),
            lead: unit_name(rules, &dossier.unit),
            cooperating,
            received,
            due,
            result: due.zip(ended).map(|(due, ended)| Timeliness::of(due, ended, Comparison::ByDate)),
            rows: writer.rows(&dossier.code)?,
        })
    }
}

struct Writer<'a> {
    rules: Rules<'a>,
    particulars: &'a Particulars,
    events: &'a [Event],
}

impl Writer<'_> {
    fn rows(&self, code: &str) -> Result<Vec<ControlRow>, SlipError> {
        let Some((first, rest)) = self.events.split_first() else { return Ok(Vec::new()) };
        let mut before = Dossier::begin(self.rules.catalogue, code, first)?;
        let mut rows = Vec::new();
        for (i, event) in rest.iter().enumerate() {
            let mut after = before.clone();
            after.apply(self.rules.catalogue, event)?;
            let later = rest.get(i + 1..).unwrap_or_default();
            rows.extend(self.row(&before, &after, event, later)?);
            before = after;
        }
        Ok(rows)
    }

    fn row(
        &self,
        before: &Dossier,
        after: &Dossier,
        event: &Event,
        later: &[Event],
    ) -> Result<Option<ControlRow>, SlipError> {
        let mut row = ControlRow {
            work: word(event.action.name()).into(),
            from: self.actor(event),
            to: Vec::new(),
            since: None,
            at: event.at,
            due: None,
            result: None,
            note: None,
        };
        match &event.action {
            Action::Accept { .. } => {
                row.from = self.applicant();
                row.since = Some(before.submitted());
                row.to = self.begun(before, after, event, later);
            }
            Action::Complete { step, note, number, .. } => {
                self.ended(&mut row, before, step)?;
                row.to = self.begun(before, after, event, later);
                let said = [number.as_deref(), note.as_deref()].into_iter().flatten();
                row.note = Some(said.collect::<Vec<_>>().join("; ")).filter(|said| !said.is_empty());
            }
            Action::Sign { step, .. } | Action::Elapse { step } => {
                self.ended(&mut row, before, step)?;
                row.to = self.begun(before, after, event, later);
            }
            Action::Return { step, reason, .. } => {
                self.ended(&mut row, before, step)?;
                row.to = self.begun(before, after, event, later);
                row.note = Some(reason.clone());
            }
            Action::Recall { reason, .. } => {
                row.to = vec![row.from.clone()];
                row.note = Some(reason.clone());
            }
            Action::RequestSupplement { reason } => {
                row.to = vec![self.applicant()];
                row.note = Some(reason.clone());
            }
            Action::Supply { .. } => {
                row.since = Some(before.since());
                let lapses = before.clock().map(|clock| clock.lapses(self.rules.calendar)).transpose();
                row.due = lapses.map_err(crate::dossier::DossierError::from)?.flatten();
                row.from = self.applicant();
                row.to = vec![self.unit(&before.unit)];
            }
            Action::Consult { units, question, .. } => {
                row.to = units.iter().map(|unit| self.unit(unit)).collect();
                row.note = Some(question.clone());
            }
            Action::Answer { step, .. } => {
                let mut open = before.rest().consultations.iter();
                let asked = |unit: &smol_str::SmolStr| event.unit.as_ref() == Some(unit);
                let open = open.find(|open| open.step == *step && open.units.iter().any(asked));
                row.since = open.map(|open| open.since);
                row.due = open.and_then(|open| open.due);
                row.to = vec![self.unit(&before.unit)];
            }
            Action::Transfer { unit, reason } => {
                row.to = vec![self.unit(unit)];
                row.note = Some(reason.clone());
            }
            Action::Deliver { to, .. } => {
                let mut delivers = before.running().filter(|task| task.step.kind == StepKind::Deliver);
                if let Some(step) = delivers.next().map(|task| task.step.id.clone()) {
                    self.ended(&mut row, before, &step)?;
                }
                row.to = vec![self.applicant()];
                row.note.clone_from(to);
            }
            _ => return Ok(None),
        }
        row.result = row.due.map(|due| Timeliness::of(due, row.at, Comparison::ByDate));
        Ok(Some(row))
    }

    /// What a step that ended says of its row.
    fn ended(&self, row: &mut ControlRow, before: &Dossier, step: &str) -> Result<(), SlipError> {
        let Some(task) = before.running().find(|task| task.step.id == step) else { return Ok(()) };
        row.work.clone_from(&task.step.name_vi);
        row.since = Some(task.since);
        row.due = before.step_due(step, self.rules.calendar)?.and_then(|due| due.at());
        let stands_for = self.owner(before, task.step, row.at);
        row.from.role = stands_for.role;
        row.from.unit = row.from.unit.take().or(stands_for.unit);
        Ok(())
    }

    /// Who has the steps that began with an event.
    fn begun(&self, before: &Dossier, after: &Dossier, event: &Event, later: &[Event]) -> Vec<Party> {
        let new = after
            .running()
            .filter(|task| task.since == event.at && before.running().all(|old| old.step.id != task.step.id));
        let party = |task: crate::dossier::Running<'_>| {
            // Who took it up is told by what comes later: who claims, completes or signs it.
            let mut of_step = later.iter().filter(|event| event.action.step() == Some(&task.step.id));
            let takes = |event: &&Event| {
                matches!(
                    event.action,
                    Action::Claim { .. }
                        | Action::Complete { .. }
                        | Action::Sign { .. }
                        | Action::Return { .. }
                )
            };
            let by = of_step.find(takes).map(|event| event.actor.as_str()).or(task.assignee);
            let owner = self.owner(after, task.step, event.at);
            Party { officer: by.and_then(|by| self.officer(by)).or(owner.officer.clone()), ..owner }
        };
        new.map(party).collect()
    }

    /// The role of a step, and the unit that has it.
    fn owner(&self, dossier: &Dossier, step: &Step, at: NaiveDateTime) -> Party {
        let role = step.role.as_deref().and_then(|role| self.rules.catalogue.role(role));
        if role.is_some_and(|role| role.duty == Duty::Applicant) {
            return self.applicant();
        }
        let outside = role.is_some_and(|role| matches!(role.duty, Duty::Outside | Duty::System));
        let unit = self.rules.organisation.at_tier_on(&dossier.unit, step.tier, at.date());
        let unit = unit.filter(|_| !outside).map(|unit| unit.name_vi.clone());
        Party { role: role.map(|role| role.name_vi.clone()), officer: None, unit }
    }

    /// Who acted.
    fn actor(&self, event: &Event) -> Party {
        if event.actor == APPLICANT {
            return self.applicant();
        }
        let unit = event.unit.as_ref().map(|unit| unit_name(self.rules, unit));
        Party { role: None, officer: self.officer(&event.actor), unit }
    }

    fn applicant(&self) -> Party {
        let name = self.particulars.submitter.name.clone();
        Party { role: Some(word(APPLICANT).into()), officer: Some(name), unit: None }
    }

    fn unit(&self, unit: &str) -> Party {
        Party { unit: Some(unit_name(self.rules, unit)), ..Party::default() }
    }

    /// An officer's name, or the id, so that the record says who it was; of a machine, that it is one.
    fn officer(&self, id: &str) -> Option<String> {
        if id == APPLICANT {
            return None;
        }
        let known = self.particulars.officers.get(id).cloned();
        Some(known.unwrap_or_else(|| word(id).to_owned()))
    }
}
