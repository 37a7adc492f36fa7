//! Events are folded into the state; nothing else changes a dossier.

use super::authority::row;
use super::state::{Apart, Consultation, Done, Dossier, NO_STEP, PartResult, Stamp, Trace};
use super::{Action, Decision, DossierError, Event, LeadsTo, Paper, Status, authority};
use crate::deadline::Lapse;
use crate::procedure::Catalogue;
use crate::routing::Marking;
use crate::routing::Siblings;
use chrono::NaiveDateTime;
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// What makes two commands the same, whatever key, expected version and moment they carry: a repetition may well be
/// stamped anew.
pub(super) fn content(actor: &str, action: &Action) -> u32 {
    let mut buffer = [0; 128];
    match postcard::to_slice(&(actor, action), &mut buffer) {
        Ok(bytes) => xxh3_64(bytes) as u32,
        Err(_) => xxh3_64(&postcard::to_stdvec(&(actor, action)).unwrap_or_default()) as u32,
    }
}

impl Dossier {
    /// The dossier that its first event begins.
    ///
    /// # Errors
    /// `dossier.procedure_missing` if the catalogue lacks the version the event names, `dossier.gap` if the event
    /// is not a first one.
    pub fn begin(catalogue: &Catalogue, code: &str, event: &Event) -> Result<Self, DossierError> {
        let gap = DossierError::Gap { version: event.version, after: 0 };
        let (Action::Receive(new), Some(pinned)) = (&event.action, event.pinned) else { return Err(gap) };
        let missing = || DossierError::ProcedureMissing { procedure: new.procedure.clone(), from: pinned };
        let at = Stamp::of(event.at);
        let mut dossier = Self {
            code: code.into(),
            unit: new.unit.clone(),
            procedure: (catalogue.find(&new.procedure, pinned).cloned())
                .filter(|version| version.in_force_from == pinned)
                .ok_or_else(missing)?,
            version: event.version,
            status: Status::Submitted,
            channel: new.channel,
            supplements: 0,
            digitised: None,
            paid_online: false,
            result: None,
            electronic: false,
            rating: None,
            back_to: Status::Submitted,
            since: at,
            submitted: at,
            last: at,
            accepted: None,
            ended: None,
            delivered: None,
            case: new.case.as_deref().map(Into::into),
            applicant: new.applicant.as_deref().map(Into::into),
            clock: None,
            marking: Marking::default(),
            tasks: Vec::new(),
            traces: Vec::with_capacity(8),
            apart: None,
        };
        dossier.traces.push(Trace::new(&event.key, content(&event.actor, &event.action), None));
        if !new.parts.is_empty() {
            dossier.rest_mut().parts.clone_from(&new.parts);
        }
        if new.part_of.is_some() {
            dossier.rest_mut().part_of.clone_from(&new.part_of);
        }
        dossier.keep_papers(&new.papers);
        dossier.keep_owner(event);
        Ok(dossier)
    }

    /// The dossier that a whole history gives; `None` for an empty one.
    ///
    /// # Errors
    /// As [`Dossier::begin`] and [`Dossier::apply`].
    pub fn replay(catalogue: &Catalogue, code: &str, events: &[Event]) -> Result<Option<Self>, DossierError> {
        let Some((first, rest)) = events.split_first() else { return Ok(None) };
        let mut dossier = Self::begin(catalogue, code, first)?;
        for event in rest {
            dossier.apply(catalogue, event)?;
        }
        Ok(Some(dossier))
    }

    /// Folds the next event in.
    ///
    /// # Errors
    /// `dossier.gap` if the event is not the next one; those of the clock and the routing if the event could
    /// never have been decided. The dossier is then as before, or must be thrown away.
    pub fn apply(&mut self, catalogue: &Catalogue, event: &Event) -> Result<(), DossierError> {
        if event.version != self.version + 1 {
            return Err(DossierError::Gap { version: event.version, after: self.version });
        }
        let (at, before) = (event.at, self.status);
        if self.traces.len() == self.traces.capacity() {
            // Doubling would leave much of it empty in a million dossiers, and growing by one would copy it each time.
            self.traces.reserve_exact(8);
        }
        self.traces.push(Trace::new(&event.key, content(&event.actor, &event.action), None));
        self.keep_owner(event);
        self.change(catalogue, event, at)?;
        self.lead(&event.action);
        if self.status != before {
            self.since = Stamp::of(at);
        }
        self.version = event.version;
        self.last = Stamp::of(at);
        Ok(())
    }

    /// The state to which the table says that the command leads.
    fn lead(&mut self, action: &Action) {
        let lapses_to_refusal = matches!(action, Action::Lapse {}) && self.result.is_some();
        let row = if lapses_to_refusal { authority("refuse_to_settle") } else { row(action) };
        match row.and_then(|row| row.to) {
            // While the applicant is asked, a step that ends by itself only changes what comes after.
            Some(LeadsTo::State(state)) if self.status.is_asked() && !state.is_ended() => {
                self.back_to = state
            }
            Some(LeadsTo::State(state)) => {
                if state.is_asked() {
                    self.back_to = self.status;
                }
                self.status = state;
            }
            Some(LeadsTo::Back) if self.status.is_asked() && !self.owes() => self.status = self.back_to,
            _ => {}
        }
    }

    fn change(
        &mut self,
        catalogue: &Catalogue,
        event: &Event,
        at: NaiveDateTime,
    ) -> Result<(), DossierError> {
        match &event.action {
            Action::Receive(_) => {
                return Err(DossierError::Gap { version: event.version, after: self.version });
            }
            Action::Accept { digitised, to_follow, until } => {
                self.digitised = *digitised;
                self.accepted = Some(Stamp::of(at));
                if !to_follow.is_empty() {
                    let rest = self.rest_mut();
                    let there =
                        |component: &SmolStr| rest.papers.iter().any(|paper| paper.component == *component);
                    let missing = to_follow.iter().filter(|component| !there(component)).cloned().collect();
                    (rest.to_follow, rest.until) = (missing, *until);
                }
                if self.supplements > 0 {
                    self.rest_mut().supplements_before = self.supplements;
                }
                let (marking, received) = self.accepted_marking()?;
                if let (Some(step), Some(trace)) = (received, self.traces.last_mut()) {
                    trace.set_done(Some(Done::new(&event.actor, step, 0)));
                }
                self.go(catalogue, marking, at, NO_STEP)?;
            }
            Action::Refuse { .. } | Action::Withdraw { .. } | Action::Discontinue { .. } => self.end(at)?,
            Action::RequestSupplement { reason } => {
                self.supplements = self.supplements.saturating_add(1);
                let policy = self.supplement_policy();
                let within = self.answer_within(catalogue);
                self.hold(at, reason, policy, within)?;
            }
            Action::Supply { papers } => {
                self.keep_papers(papers);
                self.go_on(at)?;
            }
            Action::HandIn { papers } => self.keep_papers(papers),
            Action::Claim { step } => self.assign(step, Some(&event.actor)),
            Action::Release { step } => self.assign(step, None),
            Action::Assign { step, officer } => self.assign(step, Some(officer)),
            Action::Complete { step, outcome, .. } => self.fire(catalogue, step, outcome, event)?,
            Action::Sign { step, .. } => {
                let outcome = self.signed_outcome(step).unwrap_or_default();
                self.fire(catalogue, step, outcome, event)?;
            }
            Action::Elapse { step } => {
                let then = self.procedure.step(step).and_then(|step| step.elapse.as_ref());
                let then = then.map(|elapse| elapse.then.clone()).unwrap_or_default();
                self.fire(catalogue, step, &then, event)?;
            }
            Action::Return { step, to, .. } => {
                let siblings = self.procedure.step(step).map_or(Siblings::Keep, |step| step.siblings());
                let (from, target) = (self.index(step)?, self.index(to)?);
                let routing = &self.procedure.routing;
                // That it can go on from there was proved when it was decided.
                let marking = match routing.hand_back_at(self.marking, from, target, siblings) {
                    Some(marking) if routing.is_running_at(self.marking, from) => marking,
                    _ => routing.hand_back(self.marking, step, to, siblings)?,
                };
                self.close_task(from, at)?;
                self.go(catalogue, marking, at, NO_STEP)?;
            }
            Action::Recall { step, .. } => self.recall(catalogue, step, event)?,
            Action::Consult { step, units, due, .. } => {
                self.no_longer_asked(step, units);
                let (step, mut units) = (step.clone(), units.clone());
                units.sort_unstable();
                units.dedup();
                let asked = Consultation { step, units, since: at, due: *due };
                self.rest_mut().consultations.push(asked);
            }
            Action::Unask { step, units } => self.no_longer_asked(step, units),
            Action::Answer { step, .. } => {
                self.no_longer_asked(step, event.unit.as_slice());
            }
            Action::Transfer { unit, .. } => {
                self.unit = unit.clone();
                // Who had a step was of the unit that has it no more.
                self.tasks.iter_mut().for_each(|task| task.assignee = None);
            }
            Action::Migrate { in_force_from, steps } => self.migrate(catalogue, *in_force_from, steps, at)?,
            Action::Lapse {} => {
                let refused = self.unanswered(catalogue)? == Lapse::Refuse;
                self.end(at)?;
                self.result = refused.then_some(Decision::Refused);
            }
            Action::Resolve { result, electronic, number, .. } => {
                let (marking, tasks) = (self.marking, self.tasks.clone());
                self.end(at)?;
                if *result == Decision::Granted {
                    (self.marking, self.tasks) = (marking, tasks);
                }
                self.result = Some(*result);
                self.electronic = *electronic;
                if number.is_some() {
                    self.rest_mut().number.clone_from(number);
                }
            }
            Action::ResolvePart { part, result, .. } => {
                let new = PartResult { part: part.clone(), result: *result, at, delivered: None };
                self.rest_mut().part_results.push(new);
            }
            Action::Deliver { part: Some(part), .. } => {
                let results = self.rest_mut().part_results.iter_mut();
                results.filter(|result| result.part == *part).for_each(|result| result.delivered = Some(at));
            }
            Action::Deliver { part: None, .. } => {
                self.go(catalogue, self.delivered_marking()?, at, NO_STEP)?;
                self.delivered = Some(Stamp::of(at));
            }
            Action::ReportError { .. } => self.rest_mut().error_open = true,
            Action::Correct { .. } => self.rest_mut().error_open = false,
            Action::Link { dossier, part } => {
                self.rest_mut().linked.push((dossier.clone(), part.clone()));
            }
            Action::Rate { score } => self.rating = Some(*score),
            // What was said stands in the event; whose it is from now on is kept already.
            Action::Amend { .. } | Action::Notify { .. } | Action::Entrust { .. } => {}
            money_or_time => self.money_or_time(catalogue, money_or_time, at)?,
        }
        Ok(())
    }

    fn keep_owner(&mut self, event: &Event) {
        let before = self.apart.as_ref().and_then(|apart| apart.owner.as_ref());
        let next = event.owner_after(before);
        if next != before {
            let next = next.cloned();
            self.apart_mut().owner = next;
        }
    }

    fn keep_papers(&mut self, papers: &[Paper]) {
        if papers.is_empty() {
            return;
        }
        let rest = self.rest_mut();
        for paper in papers {
            rest.papers.retain(|known| known.component != paper.component);
            rest.to_follow.retain(|component| *component != paper.component);
            rest.papers.push(paper.clone());
        }
    }

    pub(super) fn assign(&mut self, step: &str, officer: Option<&SmolStr>) {
        let step = self.procedure.routing.step_index(step);
        let task = self.tasks.iter_mut().find(|task| Some(usize::from(task.step)) == step);
        if let Some(task) = task {
            task.assignee = officer.cloned();
        }
    }

    fn no_longer_asked(&mut self, step: &str, units: &[SmolStr]) {
        let Some(Apart { rest, .. }) = self.apart.as_deref_mut() else { return };
        for open in rest.consultations.iter_mut().filter(|open| open.step == step) {
            open.units.retain(|asked| !units.contains(asked));
        }
        rest.consultations.retain(|open| !open.units.is_empty());
    }
}
