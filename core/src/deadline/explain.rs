//! Why a due date is what it is.

use super::count::Counted;
use super::limit::Way;
use super::rules::{CountingRule, DAY_OF_8_HOURS, rule};
use super::{Clock, DeadlineError, Due, Suspension, SuspensionPolicy, TimeLimit};
use crate::calendar::{Calendar, Day, DayKind};
use crate::moment;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use std::fmt;

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
    /// Whether the due date lies beyond the announced calendar, so that an announcement may still move it.
    pub projected: bool,
}

fn step(id: &str, gives: Option<String>) -> ExplainedStep {
    ExplainedStep { rule: rule(id), gives }
}

pub(super) fn explain(
    clock: &Clock,
    due: Due,
    counted: Option<&Counted>,
    calendar: &Calendar,
) -> Result<Explanation, DeadlineError> {
    let limit = clock.rule().limit;
    let mut explanation = Explanation {
        limit,
        received: clock.started(),
        counted_from: counted.map_or(clock.started(), |counted| counted.from),
        due,
        steps: Vec::new(),
        skipped: Vec::new(),
        worked: Vec::new(),
        suspensions: clock.suspensions().to_vec(),
        projected: due.at().is_some_and(|due| due.date() > calendar.announced_to()),
    };
    for suspension in clock.suspensions() {
        let rule = match clock.effect(suspension) {
            SuspensionPolicy::Restart => "restart",
            SuspensionPolicy::Pause => "pause",
            SuspensionPolicy::KeepRunning => "keep_running",
        };
        explanation.steps.push(step(rule, suspension.to.map(short)));
    }
    if let Some(counted) = counted {
        steps_of(clock, counted, &mut explanation.steps);
        days_of(clock, counted, calendar, &mut explanation)?;
    }
    Ok(explanation)
}

fn steps_of(clock: &Clock, counted: &Counted, steps: &mut Vec<ExplainedStep>) {
    let due = || Some(counted.due.date().to_string());
    let next_day = || counted.from.date().succ_opt().map(|day| day.to_string());
    let starts_later = counted.cut_off
        && clock.rule().cut_off.is_some_and(|cut| cut.effect == super::CutOffEffect::CountFromNextWorkingDay);
    if starts_later {
        steps.push(step("cut_off_start", Some(short(counted.from))));
    }
    let last_day = || counted.last_day.map(|day| day.to_string());
    match counted.way {
        Way::Elapsed(_) => {
            steps.push(step("from_moment", Some(short(counted.from))));
            steps.push(step("to_the_moment", Some(short(counted.due))));
        }
        Way::WorkingTime(_) => steps.push(step("working_time", Some(short(counted.due)))),
        Way::Days(_) => {
            steps.push(step("first_day_excluded", next_day()));
            steps.push(step("end_of_last_day", last_day()));
        }
        Way::Months(_) => {
            steps.push(step("first_day_excluded", next_day()));
            steps.push(step("same_day_of_month", last_day()));
            steps.push(step("end_of_last_day", last_day()));
        }
        Way::PartsOfDays(_) => {
            steps.push(step("day_of_24_hours", last_day()));
            steps.push(step("end_of_last_day", last_day()));
        }
        Way::WorkingDays(_) => {
            steps.push(step("first_day_excluded", next_day()));
            steps.push(step("working_days", None));
            steps.push(step("end_of_last_day", Some(short(counted.due))));
        }
        Way::HalfDays(_) => {
            steps.push(step("working_days", None));
            steps.push(step("half_day", Some(short(counted.due))));
        }
        Way::PartsOfWorkingDays(_) => steps.push(step(DAY_OF_8_HOURS, Some(short(counted.due)))),
        Way::SameDay => {
            steps.push(step("within_the_day", Some(counted.from.date().to_string())));
            if counted.outside_hours {
                steps.push(step("outside_hours", due()));
            }
        }
    }
    if counted.last_day.is_some_and(|day| day < counted.due.date()) {
        steps.push(step("roll_over", due()));
    }
    if counted.cut_off && !starts_later && !counted.outside_hours {
        steps.push(step("cut_off_due", due()));
    }
}

/// The days between start and due that count otherwise than their weekday would. A limit that counts days off skips
/// only those at its end.
fn days_of(
    clock: &Clock,
    counted: &Counted,
    calendar: &Calendar,
    explanation: &mut Explanation,
) -> Result<(), DeadlineError> {
    // Hours run by the clock: they skip nothing.
    if matches!(counted.way, Way::Elapsed(_)) {
        return Ok(());
    }
    let from = counted.last_day.map_or(counted.from.date(), |last| last.pred_opt().unwrap_or(last));
    let paused =
        |date: NaiveDate| clock.pauses().any(|pause| pause.from.date() < date && date <= pause.to.date());
    for day in calendar.days(from, counted.due.date().max(from))? {
        if paused(day.date) && counted.last_day.is_none() {
            continue;
        }
        match day.kind {
            DayKind::Working => {}
            DayKind::Worked => explanation.worked.push(day.into()),
            _ => explanation.skipped.push(day.into()),
        }
    }
    Ok(())
}

fn short(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

struct Words {
    limit: &'static str,
    received: &'static str,
    due: &'static str,
    suspended: &'static str,
    not_stated: &'static str,
    unknown: &'static str,
    rules: &'static str,
    suspensions: &'static str,
    open: &'static str,
    skipped: &'static str,
    worked: &'static str,
    projected: &'static str,
    unverified: &'static str,
}

const EN: Words = Words {
    limit: "limit",
    received: "received",
    due: "due",
    suspended: "open while the clock is suspended",
    not_stated: "never; the procedure states no limit",
    unknown: "not known; the procedure's limit is not known",
    rules: "rules",
    suspensions: "suspensions",
    open: "not ended",
    skipped: "days skipped",
    worked: "weekly rest days that were worked",
    projected: "the due date lies beyond the announced calendar; an announcement may still move it",
    unverified: "unverified",
};

const VI: Words = Words {
    limit: "thời hạn",
    received: "tiếp nhận",
    due: "hẹn trả",
    suspended: "chưa xác định, đang tạm dừng",
    not_stated: "không có, thủ tục không quy định thời hạn",
    unknown: "chưa biết, chưa rõ thời hạn của thủ tục",
    rules: "quy tắc",
    suspensions: "tạm dừng",
    open: "chưa kết thúc",
    skipped: "ngày không tính",
    worked: "ngày nghỉ hằng tuần làm bù",
    projected: "ngày hẹn trả nằm ngoài lịch đã công bố; thông báo sau có thể làm thay đổi",
    unverified: "chưa kiểm chứng",
};

impl Explanation {
    /// The explanation in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = self.write(&mut text, &VI, true);
        text
    }

    fn write(&self, f: &mut impl fmt::Write, words: &Words, vi: bool) -> fmt::Result {
        let mark = |verified: bool| if verified { String::new() } else { format!(", {}", words.unverified) };
        let limit = if vi { self.limit.vi() } else { self.limit.en() };
        writeln!(f, "{}: {limit}", words.limit)?;
        writeln!(f, "{}: {}", words.received, short(self.received))?;
        match self.due {
            Due::At(due) => writeln!(f, "{}: {}", words.due, short(due))?,
            Due::Suspended => writeln!(f, "{}: {}", words.due, words.suspended)?,
            Due::NotStated => writeln!(f, "{}: {}", words.due, words.not_stated)?,
            Due::Unknown => writeln!(f, "{}: {}", words.due, words.unknown)?,
        }
        if !self.steps.is_empty() {
            writeln!(f, "{}:", words.rules)?;
        }
        for ExplainedStep { rule, gives } in &self.steps {
            let text = if vi { &rule.text_vi } else { &rule.text_en };
            let gives = gives.as_ref().map(|gives| format!(" → {gives}")).unwrap_or_default();
            writeln!(f, "  {text}{gives} [{}{}]", rule.source, mark(rule.verified))?;
        }
        if !self.suspensions.is_empty() {
            writeln!(f, "{}:", words.suspensions)?;
        }
        for suspension in &self.suspensions {
            let to = suspension.to.map_or(words.open.into(), short);
            writeln!(f, "  {} – {to}: {}", short(suspension.from), suspension.reason)?;
        }
        for (title, days) in [(words.skipped, &self.skipped), (words.worked, &self.worked)] {
            if !days.is_empty() {
                writeln!(f, "{title}:")?;
            }
            for day in days {
                let name = if vi { &day.name_vi } else { &day.name_en };
                writeln!(f, "  {} {name} [{}{}]", day.date, day.source, mark(day.verified))?;
            }
        }
        if self.projected {
            writeln!(f, "{}", words.projected)?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &EN, false)
    }
}
