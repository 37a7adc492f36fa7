//! The routing of a dossier drawn as it stands: what is done, what runs, what is late.

use super::{Dossier, DossierError};
use crate::calendar::Calendar;
use crate::deadline::TimeLimit;
use crate::moment;
use crate::routing::{Label, State};
use chrono::NaiveDateTime;

impl Dossier {
    /// A label for each step, in the order of the definition, for [`Routing::svg`](crate::routing::Routing::svg) and the
    /// other pictures: a step that runs is late if its own limit, or that of the whole, is over at `now`, one in days with
    /// its last day. Whoever has it,
    /// and by when it is due, stand below its name.
    ///
    /// # Errors
    /// `calendar.*` if a date lies outside the calendar.
    pub fn labels(&self, calendar: &Calendar, now: NaiveDateTime) -> Result<Vec<Label>, DossierError> {
        let whole = self.due(calendar)?;
        let mut labels = Vec::new();
        for (index, step) in self.procedure.steps.iter().enumerate() {
            let Some(task) = self.task(index) else {
                let state = if self.last_done(index).is_some() { State::Done } else { State::Idle };
                labels.push(Label { text: step.name_vi.clone(), note: None, state });
                continue;
            };
            let own = self.step_due(&step.id, calendar)?.and_then(|due| due.at());
            let due = own.into_iter().chain(whole).min();
            let is_late = |due: Option<NaiveDateTime>, limit: Option<TimeLimit>| {
                due.zip(limit).is_some_and(|(due, limit)| limit.not_late_until(due) < now)
            };
            let late =
                is_late(own, step.limit) || is_late(whole, self.clock().map(|clock| clock.rule().limit));
            let who = task.assignee.as_deref().or(step.role.as_deref());
            let by = due.map(moment::short);
            let note: Vec<&str> = who.into_iter().chain(by.as_deref()).collect();
            labels.push(Label {
                text: step.name_vi.clone(),
                note: (!note.is_empty()).then(|| note.join(" · ")),
                state: if late { State::Late } else { State::Running },
            });
        }
        Ok(labels)
    }
}
