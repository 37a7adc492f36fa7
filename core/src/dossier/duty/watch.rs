//! The duties that are open, folded from the events of a dossier as the dossier itself is.

use super::rule::{DutyRule, LimitOf, Seen, TABLE, Time};
use super::time;
use super::trigger::Trigger;
use super::{DatedDuty, DutyState};
use crate::dossier::action::Kind;
use crate::dossier::state::Stamp;
use crate::dossier::{Action, Dossier, DossierError, Event, Notice, Rules, Status};
use crate::procedure::{Duty, Tier};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What a duty is about, besides the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum About {
    Whole,
    /// A unit that was asked.
    Unit(SmolStr),
    Part(SmolStr),
}

/// A duty that is neither met nor over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Open {
    /// The place of its row.
    pub(super) row: usize,
    pub(super) started: Stamp,
    /// Of one that is to be done several times: when it was done last.
    pub(super) counted: Stamp,
    pub(super) times: u8,
    /// Where nothing that happens afterwards moves it: when it is due, and whether the whole day is meant.
    pub(super) due: Option<(Stamp, bool)>,
    /// Whether what begins when it is missed has begun.
    told: bool,
    pub(super) step: Option<SmolStr>,
    pub(super) about: About,
}

/// What is watched of a dossier: the open duties, and what was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watch {
    pub(super) open: Vec<Open>,
    /// When somebody was reminded last.
    pub(super) reminded: Option<Stamp>,
    /// The last moment before the due date that was over last.
    over: Option<Stamp>,
    /// The tier of the unit that received it.
    received_at: Option<Tier>,
    /// The steps that run, as bits.
    running: u128,
    /// The rows that are to be done several times and have begun, as bits: they begin once.
    counted: u128,
}

/// A dossier with the watch over it, both folded from the same events.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) dossier: Dossier,
    pub(crate) watch: Watch,
}

impl Watched {
    /// What a first event begins.
    pub(crate) fn begin(rules: Rules<'_>, code: &str, event: &Event) -> Result<Self, DossierError> {
        let dossier = Dossier::begin(rules.catalogue, code, event)?;
        let watch = Watch::begin(rules, &dossier, event);
        Ok(Self { dossier, watch })
    }

    /// Folds the next event in.
    pub(crate) fn apply(&mut self, rules: Rules<'_>, event: &Event) -> Result<(), DossierError> {
        self.watch.advance(rules, &self.dossier, event.at);
        let status = self.dossier.status;
        self.dossier.apply(rules.catalogue, event)?;
        self.watch.fold(rules, &self.dossier, event, status, None);
        Ok(())
    }

    /// [`Watched::apply`], and what the event ends of the duties.
    pub(super) fn apply_and_tell(
        &mut self,
        rules: Rules<'_>,
        event: &Event,
        closed: &mut Vec<DatedDuty>,
    ) -> Result<(), DossierError> {
        self.watch.advance(rules, &self.dossier, event.at);
        let before = self.dossier.clone();
        self.dossier.apply(rules.catalogue, event)?;
        self.watch.fold(rules, &self.dossier, event, before.status, Some((&before, closed)));
        Ok(())
    }

    /// What a whole history gives; `None` for an empty one.
    pub(crate) fn replay(
        rules: Rules<'_>,
        code: &str,
        events: &[Event],
    ) -> Result<Option<Self>, DossierError> {
        let Some((first, later)) = events.split_first() else { return Ok(None) };
        let mut watched = Self::begin(rules, code, first)?;
        later.iter().try_for_each(|event| watched.apply(rules, event))?;
        Ok(Some(watched))
    }
}

impl Watch {
    fn begin(rules: Rules<'_>, dossier: &Dossier, event: &Event) -> Self {
        let unit = event.unit.as_deref().and_then(|unit| rules.organisation.unit(unit));
        let mut watch = Self { received_at: unit.map(|unit| unit.tier), ..Self::default() };
        watch.start(rules, dossier, event, &[]);
        watch
    }

    /// Lets time pass up to a moment before which nothing more has happened: what is missed by then begins other duties.
    pub(super) fn advance(&mut self, rules: Rules<'_>, dossier: &Dossier, to: NaiveDateTime) {
        self.due_is_over(rules, dossier, to);
        // Those that begin are at the end, and are looked at as well.
        let mut place = 0;
        while let Some(open) = self.open.get_mut(place) {
            place += 1;
            let rule = open.rule();
            if open.told || rule.children.is_empty() {
                continue;
            }
            let Some(late) = time::late_after(open, dossier, rules).filter(|late| *late < to) else {
                continue;
            };
            open.told = true;
            let (step, about) = (open.step.clone(), open.about.clone());
            let seen = self.seen(rules, dossier, None);
            for row in &rule.children {
                self.push(seen, (*row, late), step.clone(), about.clone());
            }
        }
    }

    fn due_is_over(&mut self, rules: Rules<'_>, dossier: &Dossier, to: NaiveDateTime) {
        let rows = &TABLE.of_due;
        if dossier.status.is_ended() || !rows.iter().any(|row| TABLE.duties[*row].is_for(dossier)) {
            return;
        }
        let late = time::dossier_due(dossier, rules).map(time::end).filter(|late| *late < to);
        let Some(late) = late.filter(|late| self.over != Some(Stamp::of(*late))) else { return };
        self.over = Some(Stamp::of(late));
        for row in rows {
            self.push(self.seen(rules, dossier, None), (*row, late), None, About::Whole);
        }
    }

    fn seen<'a>(&self, rules: Rules<'a>, dossier: &'a Dossier, event: Option<&'a Event>) -> Seen<'a> {
        Seen { rules, dossier, event, received_at: self.received_at }
    }

    /// Folds an event in that has been applied to the dossier, once time has passed up to it ([`Watch::advance`]). `status`
    /// is that of before; `tell` the dossier of before, by which what ends is judged, and where to write that.
    fn fold(
        &mut self,
        rules: Rules<'_>,
        dossier: &Dossier,
        event: &Event,
        status: Status,
        mut tell: Option<(&Dossier, &mut Vec<DatedDuty>)>,
    ) {
        if matches!(event.action, Action::Notify { notice: Notice::Reminder, .. }) {
            self.reminded = Some(Stamp::of(event.at));
        }
        let migrates = if let Action::Migrate { steps, .. } = &event.action {
            for step in self.open.iter_mut().filter_map(|open| open.step.as_mut()) {
                if let Some(new) = steps.get(step) {
                    *step = new.clone();
                }
            }
            true
        } else {
            false
        };
        let running = running(dossier);
        let begun = if migrates { Vec::new() } else { begun(dossier, event, running & !self.running) };
        self.running = running;
        let ended = !status.is_ended() && dossier.status.is_ended();
        self.open.retain_mut(|open| {
            let end = open.end(rules, dossier, event, ended, &begun);
            match (end, &mut tell) {
                (None, _) => return true,
                (Some(End::Counts), _) => {
                    (open.times, open.counted) = (open.times + 1, Stamp::of(event.at));
                    open.due = time::fixed(open, dossier, rules, Some(event));
                    return true;
                }
                (Some(end), Some((before, closed))) => closed.push(open.closed(rules, before, event.at, end)),
                (Some(_), None) => {}
            }
            false
        });
        self.start(rules, dossier, event, &begun);
    }

    /// Begins what an event begins.
    fn start(&mut self, rules: Rules<'_>, dossier: &Dossier, event: &Event, begun: &[usize]) {
        let seen = self.seen(rules, dossier, Some(event));
        for row in TABLE.begun_by(Kind::from(&event.action)) {
            let is_it = |rule: &DutyRule| rule.starts_with.iter().any(|trigger| trigger.is(event, dossier));
            if !TABLE.duties.get(*row).is_some_and(is_it) {
                continue;
            }
            let begins = (*row, event.at);
            match &event.action {
                Action::Consult { step, units, .. } => {
                    for unit in units {
                        self.push(seen, begins, Some(step.clone()), About::Unit(unit.clone()));
                    }
                }
                Action::ResolvePart { part, .. } => self.push(seen, begins, None, About::Part(part.clone())),
                _ => self.push(seen, begins, None, About::Whole),
            }
        }
        for step in begun.iter().filter_map(|step| dossier.procedure.steps.get(*step)) {
            let duty = step.role.as_deref().and_then(|role| rules.organisation.duty(role));
            let is_leg = duty == Some(Duty::Outside);
            for row in &TABLE.of_steps {
                let begins =
                    |trigger: &Trigger| *trigger == Trigger::Step || *trigger == Trigger::Leg && is_leg;
                if TABLE.duties.get(*row).is_some_and(|rule| rule.starts_with.iter().any(begins)) {
                    self.push(seen, (*row, event.at), Some(SmolStr::new(&step.id)), About::Whole);
                }
            }
        }
    }

    /// Begins one duty, unless its row does not hold, it has no time, or it is open already and the same again.
    fn push(
        &mut self,
        seen: Seen<'_>,
        (row, at): (usize, NaiveDateTime),
        step: Option<SmolStr>,
        about: About,
    ) {
        let Some(rule) = TABLE.duties.get(row) else { return };
        let is_same = |open: &Open| open.row == row && open.step == step && open.about == about;
        // Of what goes by the dossier's own times there is one; what has a time of its own begins each time.
        let own_time =
            matches!(rule.time, Time::Limit(_) | Time::Of(LimitOf::Consultation)) && rule.times == 1;
        let is_there = || match rule.times {
            1 => self.open.iter().any(is_same),
            _ => self.counted & bit(row) != 0,
        };
        if !own_time && is_there() || !rule.holds(seen) {
            return;
        }
        if rule.times > 1 {
            self.counted |= bit(row);
        }
        let started = Stamp::of(at);
        let mut open = Open { row, started, counted: started, times: 1, due: None, told: false, step, about };
        open.due = time::fixed(&open, seen.dossier, seen.rules, seen.event);
        if open.due.is_some() || !time::must_have_one(rule) {
            self.open.push(open);
        }
    }
}

/// What an event makes of an open duty that does not stay as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Done, and to be done again.
    Counts,
    Met,
    /// What had to wait for it has come first.
    Passed,
    /// The dossier, the step or the question is over, and with it the duty.
    Over,
}

impl Open {
    pub(super) fn rule(&self) -> &'static DutyRule {
        // Only the table's own places are kept.
        &TABLE.duties[self.row]
    }

    fn end(
        &self,
        rules: Rules<'_>,
        dossier: &Dossier,
        event: &Event,
        ended: bool,
        begun: &[usize],
    ) -> Option<End> {
        let rule = self.rule();
        let is_met = rule.met_by.iter().any(|trigger| trigger.is(event, dossier));
        if is_met && self.is_about(rules, dossier, event) {
            let once_more = rule.times > 1 && matches!(event.action, Action::Notify { .. });
            return match once_more {
                true if !time::is_apart(self, rules, event.at) => None,
                true if self.times + 1 < rule.times => Some(End::Counts),
                _ => Some(End::Met),
            };
        }
        let is_part = matches!(event.action, Action::Deliver { part: Some(_), .. });
        if rule.time == Time::BeforeAction(Kind::from(&event.action)) && !is_part {
            return Some(End::Passed);
        }
        if rule.unseen {
            // It has to be done whatever becomes of the dossier.
            return time::late_after(self, dossier, rules).filter(|late| *late < event.at).map(|_| End::Over);
        }
        let asked_anew = || match (&event.action, &self.about) {
            (Action::Consult { step, units, .. }, About::Unit(unit)) => {
                self.step.as_ref() == Some(step) && units.contains(unit)
            }
            _ => false,
        };
        let step_is_over = || {
            let step = self.step.as_deref().map(|id| dossier.procedure.routing.step_index(id));
            let goes_on = |step: usize| !begun.contains(&step) && dossier.task(step).is_some();
            step.is_some_and(|step| !step.is_some_and(goes_on))
        };
        (ended || asked_anew() || step_is_over()).then_some(End::Over)
    }

    /// Whether an event that would meet the duty is about the same unit, step or part.
    fn is_about(&self, rules: Rules<'_>, dossier: &Dossier, event: &Event) -> bool {
        let action = &event.action;
        match (&self.about, action) {
            (About::Unit(unit), Action::Answer { .. }) if event.unit.as_ref() != Some(unit) => return false,
            (About::Unit(unit), Action::Unask { units, .. }) if !units.contains(unit) => return false,
            (About::Part(part), Action::ResolvePart { part: other, .. }) if part != other => return false,
            // The whole hands its parts over, but a part is not the whole.
            (about, Action::Deliver { part: Some(other), .. }) => {
                return matches!(about, About::Part(part) if part == other);
            }
            _ => {}
        }
        let Some(step) = self.step.as_deref() else { return true };
        if let Some(other) = action.step() {
            return step == other;
        }
        // A command that names no step is of the step of whose role its actor is.
        let of_steps = |trigger: &Trigger| matches!(trigger, Trigger::Step | Trigger::Leg);
        let role = dossier.procedure.step(step).and_then(|step| step.role.as_deref());
        match (role, rules.organisation.officer(&event.actor)) {
            (Some(role), Some(officer)) if self.rule().starts_with.iter().any(of_steps) => {
                let mut acts = rules.organisation.acts_for(officer, event.at.date());
                acts.any(|acts| acts.has_role(role))
            }
            _ => true,
        }
    }

    /// The duty as it ended.
    fn closed(&self, rules: Rules<'_>, before: &Dossier, at: NaiveDateTime, end: End) -> DatedDuty {
        let late = time::late_after(self, before, rules).is_some_and(|late| late < at);
        let rule = self.rule();
        let (state, met_at) = match end {
            End::Met if late => (DutyState::Missed, Some(at)),
            End::Met => (DutyState::Met, Some(at)),
            End::Passed => (DutyState::Missed, None),
            _ if rule.unseen => (DutyState::Untold, None),
            _ if late && !rule.optional => (DutyState::Missed, None),
            _ => (DutyState::FellAway, None),
        };
        DatedDuty::of(self, rules, before, state, met_at)
    }
}

/// The running steps as bits; a routing has no more.
fn running(dossier: &Dossier) -> u128 {
    dossier.tasks.iter().fold(0, |bits, task| bits | bit(task.step.into()))
}

fn bit(step: usize) -> u128 {
    u32::try_from(step).ok().and_then(|step| 1u128.checked_shl(step)).unwrap_or_default()
}

/// The steps that an event has begun: those that did not run before, and one that it ended and that runs again.
fn begun(dossier: &Dossier, event: &Event, new: u128) -> Vec<usize> {
    let ends = match &event.action {
        Action::Complete { step, .. } | Action::Sign { step, .. } | Action::Elapse { step } => {
            dossier.procedure.routing.step_index(step)
        }
        _ => None,
    };
    let steps = dossier.tasks.iter().map(|task| usize::from(task.step));
    steps.filter(|step| new & bit(*step) != 0 || ends == Some(*step)).collect()
}
