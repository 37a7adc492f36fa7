//! Why a due date is what it is.

use super::count::Counted;
use super::{Clock, DeadlineError, Due, Suspension, SuspensionPolicy, TimeLimit, TimeUnit};
use crate::calendar::{Calendar, Day, DayKind};
use crate::moment;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// A rule of counting, in words, with its source.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountingRule {
    /// Stable id.
    pub id: String,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
    /// The act and article.
    pub source: String,
    /// Whether the text was read and says so.
    pub verified: bool,
}

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

static RULES: LazyLock<Vec<CountingRule>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        rule: Vec<CountingRule>,
    }
    // Part of the library; tests/deadline.rs fails if it does not parse or a rule is missing.
    let file: Result<File, _> = toml::from_str(include_str!("../../data/deadline/counting.toml"));
    file.map(|file| file.rule).unwrap_or_default()
});

static NO_RULE: CountingRule = CountingRule {
    id: String::new(),
    text_vi: String::new(),
    text_en: String::new(),
    source: String::new(),
    verified: false,
};

fn step(id: &str, gives: Option<String>) -> ExplainedStep {
    ExplainedStep { rule: RULES.iter().find(|rule| rule.id == id).unwrap_or(&NO_RULE), gives }
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
        let rule = match suspension.policy {
            SuspensionPolicy::Restart => "restart",
            SuspensionPolicy::Pause => "pause",
            SuspensionPolicy::KeepRunning => "keep_running",
        };
        // What lasted until the end was never completed, so nothing counted anew.
        let rule = if suspension.to.is_none() && rule == "restart" { "pause" } else { rule };
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
    match clock.rule().limit {
        TimeLimit::Span { amount, unit } => {
            let part = amount.split().1;
            match (unit, part) {
                (TimeUnit::Hour, _) => {
                    steps.push(step("from_moment", Some(short(counted.from))));
                    steps.push(step("to_the_moment", Some(short(counted.due))));
                }
                (TimeUnit::WorkingHour, _) => steps.push(step("working_time", Some(short(counted.due)))),
                (TimeUnit::Day, 0) | (TimeUnit::Month | TimeUnit::Year, _) => {
                    steps.push(step("first_day_excluded", next_day()));
                    if unit != TimeUnit::Day {
                        steps.push(step("same_day_of_month", counted.last_day.map(|day| day.to_string())));
                    }
                    steps.push(step("end_of_last_day", counted.last_day.map(|day| day.to_string())));
                }
                (TimeUnit::Day, _) => {
                    let last = || counted.last_day.map(|day| day.to_string());
                    steps.push(step("day_of_24_hours", last()));
                    steps.push(step("end_of_last_day", last()));
                }
                (TimeUnit::WorkingDay, 0) => {
                    steps.push(step("first_day_excluded", next_day()));
                    steps.push(step("working_days", None));
                    steps.push(step("end_of_last_day", Some(short(counted.due))));
                }
                (TimeUnit::WorkingDay, 30) => {
                    steps.push(step("working_days", None));
                    steps.push(step("half_day", Some(short(counted.due))));
                }
                (TimeUnit::WorkingDay, _) => steps.push(step("day_of_8_hours", Some(short(counted.due)))),
            }
            if counted.last_day.is_some_and(|day| day < counted.due.date()) {
                steps.push(step("roll_over", due()));
            }
        }
        _ => {
            steps.push(step("within_the_day", Some(counted.from.date().to_string())));
            if counted.outside_hours {
                steps.push(step("outside_hours", due()));
            }
        }
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
    if matches!(clock.rule().limit, TimeLimit::Span { unit: TimeUnit::Hour, .. }) {
        return Ok(());
    }
    let from = counted.last_day.map_or(counted.from.date(), |last| last.pred_opt().unwrap_or(last));
    let paused = |date: NaiveDate| {
        clock.suspensions().iter().any(|suspension| {
            suspension.policy == SuspensionPolicy::Pause
                && suspension.from.date() < date
                && suspension.to.or(clock.stopped()).is_some_and(|to| date <= to.date())
        })
    };
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
