//! Why a due date is what it is.

use super::count::Counted;
use super::limit::Way;
use super::rules::{CountingRule, DAY_OF_8_HOURS, rule};
use super::{
    Clock, CutOffEffect, DayEnd, DeadlineError, Direction, Due, ExtensionKind, Reappointment, Suspension,
    SuspensionPolicy, TimeLimit,
};
use crate::calendar::{self, Calendar, Day, DayKind};
use crate::moment::{self, short};
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

/// One step of the count: a rule, and what it gave here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedStep {
    /// The rule that was used.
    pub rule: &'static CountingRule,
    /// The date or moment it gave; absent if the rule gives none by itself.
    pub gives: Option<String>,
}

/// A day that does not count as its weekday would: one that was skipped, or a Saturday that was worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedDay {
    /// The date.
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind,
    /// Why, in Vietnamese.
    pub name_vi: String,
    /// Why, in English.
    pub name_en: String,
    /// The act or announcement.
    pub source: String,
    /// Address of it.
    pub url: String,
    /// Whether the text was read.
    pub verified: bool,
    /// Since when one could know it.
    pub known_since: NaiveDate,
    /// Why an announcement differs from what the rules give; empty if it does not.
    pub note: String,
    /// Whether an announcement may still change the day.
    pub projected: bool,
}

impl From<Day<'_>> for ExplainedDay {
    fn from(day: Day<'_>) -> Self {
        Self {
            date: day.date,
            kind: day.kind,
            name_vi: day.name_vi.into(),
            name_en: day.name_en.into(),
            source: day.source.act.clone(),
            url: day.source.url.clone(),
            verified: day.source.verified,
            known_since: day.known_since,
            note: day.note.into(),
            projected: day.projected,
        }
    }
}

/// A due date with everything it rests on. `Display` is English text, [`Explanation::vi`] Vietnamese, and it
/// serialises to JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The limit.
    pub limit: TimeLimit,
    /// When the dossier was received.
    #[serde(with = "moment")]
    pub received: NaiveDateTime,
    /// From when the limit counts; later than `received` after a restart or a cut-off.
    #[serde(with = "moment")]
    pub counted_from: NaiveDateTime,
    /// When the result is due.
    pub due: Due,
    /// The rules, in the order in which they were used.
    pub steps: Vec<ExplainedStep>,
    /// The days that were skipped, in order.
    pub skipped: Vec<ExplainedDay>,
    /// The weekly rest days that count because they were worked in exchange.
    pub worked: Vec<ExplainedDay>,
    /// The suspensions of the clock.
    pub suspensions: Vec<Suspension>,
    /// The one time that the result was put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reappointment: Option<Reappointment>,
    /// Whether everything it rests on was read: the rules used and the days skipped.
    pub verified: bool,
    /// The day as on which the calendar is known, if it was asked for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_on: Option<NaiveDate>,
    /// Whether the due date lies beyond the announced calendar, so that an announcement may still move it.
    pub projected: bool,
}

/// A rule as it was used.
fn step(id: &str, gives: Option<String>) -> ExplainedStep {
    ExplainedStep { rule: rule(id), gives }
}

pub(super) fn explain(
    clock: &Clock,
    due: Due,
    counted: Option<&Counted>,
    calendar: &Calendar,
) -> Result<Explanation, DeadlineError> {
    let mut explanation = Explanation {
        limit: clock.rule().limit,
        received: clock.started(),
        counted_from: counted.map_or(clock.started(), |counted| calendar::moment(counted.from)),
        due,
        steps: Vec::new(),
        skipped: Vec::new(),
        worked: Vec::new(),
        suspensions: clock.suspensions().to_vec(),
        reappointment: clock.reappointment().cloned(),
        verified: true,
        known_on: calendar.known_on(),
        projected: due.is_projected(),
    };
    let steps = &mut explanation.steps;
    for suspension in clock.suspensions() {
        let rule = match clock.kept.state.effect(suspension) {
            SuspensionPolicy::Restart => "restart",
            SuspensionPolicy::Pause => "pause",
            SuspensionPolicy::KeepRunning => "keep_running",
            SuspensionPolicy::SecondStage => "second_stage",
        };
        steps.push(step(rule, suspension.to.map(short)));
    }
    for extension in &clock.kept.state.extensions {
        let rule = if extension.kind == ExtensionKind::Fixed { "extended" } else { "agreed" };
        steps.push(step(rule, Some(extension.by.to_string())));
    }
    if let Some(counted) = counted {
        steps_of(clock, counted, steps);
        if !clock.kept.parts.is_empty() {
            steps.push(step("longest_part", due.at().map(short)));
        }
        if let Some(reappointment) = clock.reappointment() {
            steps.push(step("apology_before", Some(short(reappointment.apologised))));
            steps.push(step("reappoint_once", Some(short(reappointment.to))));
        }
        days_of(clock, counted, due, calendar, &mut explanation)?;
    }
    let days = explanation.skipped.iter().chain(&explanation.worked);
    explanation.verified =
        explanation.steps.iter().all(|step| step.rule.verified) && days.into_iter().all(|day| day.verified);
    Ok(explanation)
}

fn steps_of(clock: &Clock, counted: &Counted, steps: &mut Vec<ExplainedStep>) {
    let (from, due_at) = (calendar::moment(counted.from), calendar::moment(counted.due));
    let due = || Some(due_at.date().to_string());
    let next_day = || from.date().succ_opt().map(|day| day.to_string());
    let back = clock.rule().direction == Direction::Before;
    let starts_later = counted.cut_off
        && clock.rule().cut_off.is_some_and(|cut| cut.effect == CutOffEffect::CountFromNextWorkingDay);
    if starts_later {
        steps.push(step("cut_off_start", Some(short(from))));
    }
    let midnight = clock.rule().day_end == DayEnd::Midnight;
    let end = if midnight { "midnight" } else { "end_of_last_day" };
    let first = |steps: &mut Vec<ExplainedStep>| match back {
        true => steps.push(step("counted_back", None)),
        false => steps.push(step("first_day_excluded", next_day())),
    };
    match counted.way {
        Way::Elapsed(_) => {
            steps.push(step("from_moment", Some(short(from))));
            steps.push(step("to_the_moment", Some(short(due_at))));
        }
        Way::WorkingTime(_) => steps.push(step("working_time", Some(short(due_at)))),
        Way::Calendar { months, days } => {
            first(steps);
            if months > 0 {
                steps.push(step("same_day_of_month", None));
            }
            if months > 0 && days > 0 {
                steps.push(step("half_month", None));
            }
            steps.push(step(end, None));
        }
        Way::PartsOfDays(_) => {
            steps.push(step("day_of_24_hours", None));
            steps.push(step("end_of_last_day", None));
        }
        Way::WorkingDays(_) => {
            first(steps);
            steps.push(step("working_days", None));
            steps.push(step(end, Some(short(due_at))));
        }
        Way::HalfDays(_) => {
            steps.push(step("working_days", None));
            steps.push(step("half_day", Some(short(due_at))));
        }
        Way::OfficeTime(_) => steps.push(step("office_time", Some(short(due_at)))),
        Way::AccountedDays(_) => steps.push(step(DAY_OF_8_HOURS, Some(short(due_at)))),
        Way::SameDay => {
            steps.push(step("within_the_day", Some(from.date().to_string())));
            if counted.outside_hours {
                steps.push(step("outside_hours", due()));
            }
        }
    }
    if counted.moved {
        steps.push(step(if back { "roll_back" } else { "roll_over" }, due()));
    }
    let due_later = clock.rule().cut_off.is_some_and(|cut| cut.effect == CutOffEffect::DueNextWorkingDay);
    if counted.cut_off && due_later && !counted.outside_hours {
        steps.push(step("cut_off_due", due()));
    }
}

/// The days between start and due that count otherwise than their weekday would. A limit that counts days off skips
/// only those at its end.
fn days_of(
    clock: &Clock,
    counted: &Counted,
    due: Due,
    calendar: &Calendar,
    explanation: &mut Explanation,
) -> Result<(), DeadlineError> {
    // Hours run by the clock: they skip nothing.
    if matches!(counted.way, Way::Elapsed(_)) {
        return Ok(());
    }
    let start = calendar::moment(counted.received).date();
    let end = due.at().map_or(start, |due| due.date());
    let last = counted.last_day.map(|last| calendar.date(last));
    let (from, to) = match (last, clock.rule().direction) {
        (None, Direction::After) => (start, end.max(start)),
        (None, Direction::Before) => (end.pred_opt().unwrap_or(end), start.pred_opt().unwrap_or(start)),
        (Some(last), Direction::After) => (last.pred_opt().unwrap_or(last), end),
        (Some(last), Direction::Before) => (end.pred_opt().unwrap_or(end), last),
    };
    let from = from.max(calendar.first_day());
    let pauses: Vec<(NaiveDate, NaiveDate)> = clock
        .pauses()
        .map(|pause| (calendar::moment(pause.from).date(), calendar::moment(pause.to).date()))
        .collect();
    let paused = |date: NaiveDate| pauses.iter().any(|(from, to)| *from < date && date <= *to);
    for day in calendar.days(from, to.max(from))? {
        if paused(day.date) && last.is_none() {
            continue;
        }
        match day.kind {
            DayKind::Working => {}
            DayKind::Worked | DayKind::UnitOpen => explanation.worked.push(day.into()),
            _ => explanation.skipped.push(day.into()),
        }
    }
    Ok(())
}
