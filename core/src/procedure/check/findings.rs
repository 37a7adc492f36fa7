//! What is odd in a routing though nothing could go wrong in it. Published routings have such faults; a file may
//! accept them, each with its source.

use super::Checker;
use crate::deadline;
use crate::deadline::{SuspensionPolicy, TimeLimit, TimeUnit};
use crate::procedure::catalogue::Vocabulary;
use crate::procedure::raw::RawAccepted;
use crate::procedure::{Duty, ProcedureCase, Step, StepKind, TimeLimitRow};
use crate::routing::StepFlow;
use std::collections::HashMap;

pub(super) struct Finding {
    code: &'static str,
    /// Its step; `None` if it is about the whole.
    step: Option<String>,
    at: usize,
    message: String,
    help: &'static str,
}

impl Checker<'_> {
    /// What is found and not accepted is a problem, and so is what is accepted and not found.
    pub(super) fn settle(&mut self, found: Vec<Finding>, accepted: &[RawAccepted]) {
        let covers = |accepted: &RawAccepted, finding: &Finding| {
            accepted.finding.get_ref() == finding.code
                && accepted.step.as_ref().is_none_or(|step| Some(step.get_ref()) == finding.step.as_ref())
        };
        for accepted in accepted {
            if !found.iter().any(|finding| covers(accepted, finding)) {
                let message = format!("`{}` is accepted, and is not there", accepted.finding.get_ref());
                let at = accepted.finding.span().start;
                self.add("procedure.accepted_absent", at, message, "remove the entry, or correct its step");
            }
        }
        for finding in found {
            if !accepted.iter().any(|accepted| covers(accepted, &finding)) {
                self.add(finding.code, finding.at, finding.message, finding.help);
            }
        }
    }
}

/// All findings of a routing that is sound.
pub(super) fn of(
    at: usize,
    places: &[usize],
    flows: &[StepFlow],
    steps: &[Step],
    cases: &[ProcedureCase],
    limits: &[TimeLimitRow],
    vocabulary: &Vocabulary,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (step, at) in steps.iter().zip(places) {
        found.extend(owner(step, *at, vocabulary));
    }
    let ways = Ways::of(flows, steps);
    let general: Vec<&TimeLimitRow> = limits.iter().filter(|row| row.case.is_none()).collect();
    let sum = ways.from(0).against(&general);
    found.extend(sum.map(|message| Finding { code: SUM, step: None, at, message, help: SUM_HELP }));
    for case in cases {
        let start = case.start.as_ref().and_then(|start| steps.iter().position(|step| step.id == *start));
        let of_case: Vec<&TimeLimitRow> =
            limits.iter().filter(|row| row.case.as_ref() == Some(&case.id)).collect();
        let sum = start.and_then(|start| ways.from(start).against(&of_case));
        let step = case.start.clone();
        found.extend(sum.map(|message| Finding { code: SUM, step, at, message, help: SUM_HELP }));
    }
    found
}

const SUM: &str = "procedure.sum";
const SUM_HELP: &str = "correct the limits; if they were published so, write [[procedure.accepted]] with finding, why and source";

/// Whether somebody can do the step.
fn owner(step: &Step, at: usize, vocabulary: &Vocabulary) -> Option<Finding> {
    let of_step = Some(step.id.clone());
    let Some(id) = &step.role else {
        let message = format!("step `{}` has no role, so nobody can do it", step.id);
        let help = "name who does it; if the source names nobody, write [[procedure.accepted]]";
        return Some(Finding { code: "procedure.no_owner", step: of_step, at, message, help });
    };
    // An unknown role is told already.
    let role = vocabulary.role(id)?;
    let why = match (role.duty, step.kind) {
        (Duty::System, StepKind::Sign | StepKind::Meet | StepKind::FieldCheck) => "a machine cannot do that",
        (Duty::Applicant, StepKind::Receive | StepKind::Deliver | StepKind::Stamp | StepKind::Assign) => {
            "the applicant cannot do that"
        }
        (Duty::Outside | Duty::System | Duty::Applicant, _) => return None,
        _ if role.tiers.is_empty() || role.tiers.contains(&step.tier) => return None,
        _ => "there is no such role at the step's tier",
    };
    let message = format!("nobody can do step `{}` as `{id}`: {why}", step.id);
    let help = "correct role, kind or tier; if it was published so, write [[procedure.accepted]]";
    Some(Finding { code: "procedure.nobody", step: of_step, at, message, help })
}

/// One scale for all units, with which those of one family are compared exactly: office time, or the calendar.
/// Between families a week of seven days has five working days.
fn scale(limit: TimeLimit) -> Option<(u64, bool)> {
    let TimeLimit::Span { amount, unit } = limit else { return None };
    let month = 120 * u64::from(deadline::days_of_month());
    let (factor, is_office) = match unit {
        TimeUnit::Hour => (5, false),
        TimeUnit::Day => (120, false),
        TimeUnit::Week => (840, false),
        TimeUnit::Month => (month, false),
        TimeUnit::Year => (12 * month, false),
        TimeUnit::WorkingHour => (21, true),
        TimeUnit::WorkingDay => (21 * deadline::accounted_hours().unsigned_abs(), true),
    };
    Some((u64::from(amount.parts()) * factor, is_office))
}

/// The longest way from a step to the end.
#[derive(Clone, Copy, Default)]
struct Way {
    length: u64,
    /// Whether office time is on it, and the calendar.
    office: bool,
    calendar: bool,
    /// Whether a step that can be reached has no limit.
    open: bool,
}

impl Way {
    /// What does not add up: both figures.
    fn against(self, rows: &[&TimeLimitRow]) -> Option<String> {
        let totals: Vec<(TimeLimit, u64, bool)> = rows
            .iter()
            .filter_map(|row| scale(row.limit).map(|(total, is_office)| (row.limit, total, is_office)))
            .collect();
        // Whatever the channel, a dossier takes the same way.
        let (limit, total, is_office) = totals.iter().copied().min_by_key(|(_, total, _)| *total)?;
        if totals.len() < rows.len() {
            return None;
        }
        let is_mixed = if is_office { self.calendar } else { self.office };
        let fits = if self.open || is_mixed {
            self.length <= total
        } else {
            totals.iter().any(|(_, total, _)| self.length == *total)
        };
        if fits || self.length == 0 {
            return None;
        }
        let as_week = if is_mixed { ", a week taken as five working days" } else { "" };
        let sum = in_unit_of(limit, self.length);
        Some(format!("the longest way through the steps takes {sum}, the time limit is {limit}{as_week}"))
    }
}

/// A length in the unit of a limit, `17.5 working_day`.
fn in_unit_of(limit: TimeLimit, length: u64) -> String {
    let TimeLimit::Span { amount, unit } = limit else { return length.to_string() };
    let one = scale(limit).map_or(1, |(total, _)| total / u64::from(amount.parts()).max(1) * 60).max(1);
    let hundredths = (length * 100 + one / 2) / one;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    format!("{} {}", text.trim_end_matches('0').trim_end_matches('.'), unit.name())
}

/// The steps as a graph in which no way leads back.
struct Ways<'a> {
    next: Vec<Vec<usize>>,
    steps: &'a [Step],
}

impl<'a> Ways<'a> {
    fn of(flows: &[StepFlow], steps: &'a [Step]) -> Self {
        let index: HashMap<&str, usize> =
            steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
        let targets = |flow: &StepFlow| {
            let mut to: Vec<usize> = (flow.outcomes.iter())
                .flat_map(|outcome| outcome.next.iter().filter_map(|id| index.get(id.as_str()).copied()))
                .collect();
            to.sort_unstable();
            to.dedup();
            to
        };
        Self { next: flows.iter().map(targets).collect(), steps }
    }

    /// The longest way from a step on. Side by side, the longest branch counts; what leads back does not.
    fn from(&self, start: usize) -> Way {
        let mut known = vec![None; self.steps.len()];
        self.longest(start, &mut vec![false; self.steps.len()], &mut known)
    }

    /// No deeper than there are steps, which [`crate::routing::MAX_PLACES`] bounds.
    fn longest(&self, step: usize, on_way: &mut [bool], known: &mut [Option<Way>]) -> Way {
        if let Some(Some(way)) = known.get(step) {
            return *way;
        }
        if let Some(flag) = on_way.get_mut(step) {
            *flag = true;
        }
        let (mut best, mut open) = (Way::default(), false);
        for next in self.next.get(step).into_iter().flatten() {
            if on_way.get(*next) == Some(&false) {
                let way = self.longest(*next, on_way, known);
                open |= way.open;
                if way.length >= best.length {
                    best = way;
                }
            }
        }
        if let Some(flag) = on_way.get_mut(step) {
            *flag = false;
        }
        let own = self.steps.get(step).map_or(Way::default(), own);
        let way = Way {
            length: best.length + own.length,
            office: best.office || own.office,
            calendar: best.calendar || own.calendar,
            open: open || own.open,
        };
        if let Some(slot) = known.get_mut(step) {
            *slot = Some(way);
        }
        way
    }
}

/// What a step itself takes: its limit, else the time after which it ends; nothing while the clock stands still.
fn own(step: &Step) -> Way {
    if matches!(step.clock, Some(SuspensionPolicy::Pause | SuspensionPolicy::Restart)) {
        return Way::default();
    }
    let limit = step.limit.or_else(|| step.elapse.as_ref().map(|elapse| elapse.after));
    match limit.and_then(scale) {
        Some((length, is_office)) => Way { length, office: is_office, calendar: !is_office, open: false },
        None => Way { open: true, ..Way::default() },
    }
}
