//! How events move the tokens of a dossier's routing, and the tasks with them.

use super::state::{Done, Dossier, NO_STEP, Stamp, Task, Trace};
use super::{DossierError, Event};
use crate::procedure::{Catalogue, StepKind};
use crate::routing::Marking;
use chrono::NaiveDateTime;

impl Dossier {
    /// Acceptance is the reception itself, so a first step of kind `receive` with one outcome is done with it. With that
    /// step, if there is one.
    pub(super) fn accepted_marking(&self) -> Result<(Marking, Option<usize>), DossierError> {
        let (procedure, routing) = (&self.procedure, &self.procedure.routing);
        let case = self.case.as_deref().and_then(|id| procedure.case(id));
        let first = match case.and_then(|case| case.start.as_deref()) {
            Some(start) => self.index(start)?,
            None => 0,
        };
        let Some(step) = procedure.steps.get(first) else { return Ok((routing.start(), None)) };
        let start = routing.start_at(&step.id).unwrap_or_else(|| routing.start());
        let only = routing.outcomes(&step.id).count() == 1;
        Ok(match step.kind {
            StepKind::Receive if only => match routing.fire_at(start, first, 0) {
                Some(marking) => (marking, Some(first)),
                None => (start, None),
            },
            _ => (start, None),
        })
    }

    /// Handing over ends the delivery steps that run, one after the other.
    pub(super) fn delivered_marking(&self) -> Result<Marking, DossierError> {
        let (routing, steps) = (&self.procedure.routing, &self.procedure.steps);
        let mut marking = self.marking;
        // A delivery can lead to another delivery, but a sound routing of n steps has no longer chain than n.
        for _ in 0..steps.len() {
            let delivers = |step: &usize| steps.get(*step).is_some_and(|step| step.kind == StepKind::Deliver);
            let Some(step) = routing.running_steps(marking).find(delivers) else { break };
            let Some(next) = routing.fire_at(marking, step, 0) else { break };
            marking = next;
        }
        Ok(marking)
    }

    pub(super) fn index(&self, step: &str) -> Result<usize, DossierError> {
        let routing = &self.procedure.routing;
        let unknown = || {
            routing
                .fire(self.marking, step, "")
                .err()
                .map_or(DossierError::EmptyField { field: "step" }, Into::into)
        };
        routing.step_index(step).ok_or_else(unknown)
    }

    pub(super) fn fire(
        &mut self,
        catalogue: &Catalogue,
        step: &str,
        outcome: &str,
        event: &Event,
    ) -> Result<(), DossierError> {
        let routing = &self.procedure.routing;
        let found = routing.step_index(step).and_then(|s| Some((s, routing.outcome_index(s, outcome)?)));
        let fired = found.and_then(|(s, o)| Some((s, o, routing.fire_at(self.marking, s, o)?)));
        let Some((step_index, outcome_index, marking)) = fired else {
            return Err(routing
                .fire(self.marking, step, outcome)
                .err()
                .map_or(DossierError::EmptyField { field: "step" }, Into::into));
        };
        if let Some(trace) = self.traces.last_mut() {
            trace.set_done(Some(Done::new(&event.actor, step_index, outcome_index)));
        }
        if let Some(stood_in) = &event.on_behalf {
            self.apart_mut().stood_in.push(Done::new(stood_in, step_index, outcome_index));
        }
        self.close_task(step_index, event.at)?;
        self.go(catalogue, marking, event.at, step_index as u8)?;
        Ok(())
    }

    /// Takes back a completion: its tasks go, and the step runs again with who completed it.
    pub(super) fn recall(
        &mut self,
        catalogue: &Catalogue,
        step: &str,
        event: &Event,
    ) -> Result<(), DossierError> {
        let index = self.index(step)?;
        let outcome = self.last_done(index).map_or(0, Done::outcome);
        let marking = self.procedure.routing.taken_back(self.marking, index, outcome)?;
        self.go(catalogue, marking, event.at, NO_STEP)?;
        self.assign(step, Some(&event.actor));
        Ok(())
    }

    /// The place of the last event that completed a step.
    pub(super) fn completed_at(&self, step: usize) -> Option<usize> {
        self.traces.iter().rposition(|trace| trace.done().is_some_and(|done| done.step() == step))
    }

    pub(super) fn last_done(&self, step: usize) -> Option<Done> {
        self.traces.iter().rev().filter_map(Trace::done).find(|done| done.step() == step)
    }

    /// A step that runs no longer, however that came, waits for nothing: neither the clock for it, nor it for opinions.
    pub(super) fn close_task(&mut self, step: usize, at: NaiveDateTime) -> Result<(), DossierError> {
        let Some(place) = self.tasks.iter().position(|task| usize::from(task.step) == step) else {
            return Ok(());
        };
        let task = self.tasks.remove(place);
        let id = self.procedure.steps.get(step).map(|step| step.id.as_str());
        if let Some(apart) = self.apart.as_mut().filter(|apart| !apart.rest.consultations.is_empty()) {
            apart.rest.consultations.retain(|open| Some(open.step.as_str()) != id);
        }
        self.resume(task.suspension, at)
    }

    /// A task whose step runs no more by a marking.
    fn ended_task(&self, marking: Marking) -> Option<usize> {
        let routing = &self.procedure.routing;
        self.tasks
            .iter()
            .map(|task| usize::from(task.step))
            .find(|step| !routing.is_running_at(marking, *step))
    }

    /// Steps that go on keep their task; new ones begin. With the first of the agency's the clock starts, if it has to
    /// wait for that; others suspend it.
    pub(super) fn go(
        &mut self,
        catalogue: &Catalogue,
        marking: Marking,
        at: NaiveDateTime,
        from: u8,
    ) -> Result<(), DossierError> {
        if self.clock.is_none() && self.accepted.is_some() && self.ended.is_none() {
            self.start_clock(catalogue, marking, at)?;
        }
        while let Some(step) = self.ended_task(marking) {
            self.close_task(step, at)?;
        }
        let running = self.procedure.routing.running_steps(marking);
        self.tasks.reserve_exact(running.clone().count().saturating_sub(self.tasks.len()));
        for step in running {
            if self.task(step).is_some() {
                continue;
            }
            let mut suspension = None;
            let waits = self.procedure.steps.get(step).and_then(|step| Some((step, step.clock?)));
            if let (Some((step, policy)), Some(clock)) = (waits, self.clock.as_mut())
                && clock.stopped().is_none()
            {
                clock.suspend(at, step.name_vi.as_str(), policy)?;
                suspension = clock.last_suspension();
            }
            self.tasks.push(Task {
                step: step as u8,
                from,
                suspension,
                since: Stamp::of(at),
                assignee: None,
            });
        }
        self.marking = marking;
        Ok(())
    }
}
