//! Who had a dossier, and how long.

use super::took::{Pause, Took, pauses};
use crate::calendar::{Calendar, CalendarError};
use crate::dossier::{Action, Dossier, DossierError, Event, Rules};
use crate::journal::WorkItem;
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// A time in which one thing was to be done with a dossier by one hand: a step, or the reception's own work, or what the
/// applicant was asked for. A step that goes to another officer, or is hidden while the applicant is asked, has a row for each
/// time. Moments are Vietnam time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFact {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The unit that had to act.
    pub unit: String,
    /// The command that was waited for, as in [`WorkItem::action`]: `accept`, `complete`, `sign`, `answer`, `resolve`,
    /// `deliver`; of the applicant `supply` and `pay`.
    pub action: String,
    /// The step; absent for what belongs to none.
    pub step: Option<String>,
    /// The role of the step.
    pub role: Option<String>,
    /// The officer who had it; absent while nobody had.
    pub officer: Option<String>,
    /// Since when.
    #[serde(with = "moment")]
    pub began: NaiveDateTime,
    /// Until when; absent while it waits.
    #[serde(with = "moment::option")]
    pub ended: Option<NaiveDateTime>,
    /// When it was due by the step's own limit, as that was last known; absent if it has none.
    #[serde(default, with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// Whether it was done when it ended. Else it went to another hand, had to wait for the applicant, or the dossier ended.
    #[serde(default)]
    pub done: bool,
    /// When the dossier's clock was suspended.
    #[serde(default)]
    pub pauses: Vec<Pause>,
}

impl StepFact {
    /// The rows of a dossier, in the order in which they began.
    ///
    /// # Errors
    /// Those of [`Dossier::replay`], and `calendar.*`.
    pub fn of(code: &str, events: &[Event], rules: Rules<'_>) -> Result<Vec<Self>, DossierError> {
        let mut rows: Vec<Self> = Vec::new();
        // The work that is open, each with the row of it.
        let mut open: Vec<(WorkItem, usize)> = Vec::new();
        let mut folded: Option<Dossier> = None;
        for event in events {
            let dossier = match &mut folded {
                Some(dossier) => {
                    dossier.apply(rules.catalogue, event)?;
                    dossier
                }
                none => none.insert(Dossier::begin(rules.catalogue, code, event)?),
            };
            let mut still = Vec::new();
            for item in WorkItem::open(dossier, rules, event.at.date())? {
                let same = |(known, _): &(WorkItem, usize)| {
                    let key = |item: &WorkItem| (item.since, item.action.clone(), item.step.clone());
                    let hand = |item: &WorkItem| (item.unit.clone(), item.assignee.clone());
                    (key(known), hand(known)) == (key(&item), hand(&item))
                };
                let row = match open.iter().position(same) {
                    Some(place) => open.swap_remove(place).1,
                    None => {
                        rows.push(Self::begin(&item, event.at));
                        rows.len() - 1
                    }
                };
                if let Some(row) = rows.get_mut(row) {
                    row.due = item.step_due;
                }
                still.push((item, row));
            }
            for (_, row) in std::mem::replace(&mut open, still) {
                if let Some(row) = rows.get_mut(row) {
                    row.ended = Some(event.at);
                    row.done = row.is_done_by(&event.action);
                }
            }
        }
        let pauses = pauses(folded.as_ref().and_then(Dossier::clock));
        for row in &mut rows {
            let touches = |pause: &&Pause| {
                row.ended.is_none_or(|ended| pause.from < ended) && pause.to.is_none_or(|to| to > row.began)
            };
            row.pauses = pauses.iter().filter(touches).copied().collect();
        }
        Ok(rows)
    }

    fn begin(item: &WorkItem, at: NaiveDateTime) -> Self {
        let WorkItem { dossier, procedure, unit, action, step, role, assignee, .. } = item.clone();
        let officer = assignee;
        Self {
            dossier,
            procedure,
            unit,
            action,
            step,
            role,
            officer,
            began: at,
            ended: None,
            due: None,
            done: false,
            pauses: Vec::new(),
        }
    }

    /// Whether that is what was waited for; a step is done as well if it is handed back, or if its time is over.
    fn is_done_by(&self, action: &Action) -> bool {
        let is_it = match action {
            Action::Return { .. } | Action::Elapse { .. } => self.step.is_some(),
            Action::Refuse { .. } => self.action == "accept",
            action => action.name() == self.action,
        };
        is_it && action.step().is_none_or(|step| self.step.as_deref() == Some(step))
    }

    /// How long it was there, in working time and without suspensions, until it ended, or, while it waits, until a moment. The
    /// calendar is that of the unit.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn took(&self, until: NaiveDateTime, calendar: &Calendar) -> Result<Took, CalendarError> {
        let until = self.ended.map_or(until, |ended| ended.min(until));
        Took::between(self.began, until.max(self.began), &self.pauses, calendar)
    }
}
