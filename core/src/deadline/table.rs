//! Limits that depend on the case: rows with conditions, read from a file.

use super::{
    Change, Clock, CutOff, CutOffEffect, DayEnd, DayParts, DeadlineError, Direction, ExtensionKind,
    LimitRule, Milestone, SuspensionPolicy, TimeLimit,
};
use crate::problem::{Problem, Problems, message_and_help};
use crate::toml_file::{self, Date};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// From which event a limit counts. A name that is none of these is an event of its own: `arrival`, `mediation`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Anchor {
    /// The dossier came in.
    Receipt,
    /// It was complete and valid (NĐ 118/2025 Đ17(3)).
    CompleteDossier,
    /// A payment came.
    Payment,
    /// An asked body replied.
    Reply,
    /// Another event, past or to come.
    Event(String),
}

impl Anchor {
    /// Its name in files and among the events of a [`Case`].
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Receipt => "receipt",
            Self::CompleteDossier => "complete_dossier",
            Self::Payment => "payment",
            Self::Reply => "reply",
            Self::Event(name) => name,
        }
    }
}

impl From<String> for Anchor {
    fn from(name: String) -> Self {
        match name.as_str() {
            "receipt" => Self::Receipt,
            "complete_dossier" => Self::CompleteDossier,
            "payment" => Self::Payment,
            "reply" => Self::Reply,
            _ => Self::Event(name),
        }
    }
}

impl From<Anchor> for String {
    fn from(anchor: Anchor) -> Self {
        anchor.name().to_owned()
    }
}

/// What is known of a case: words such as `channel = online` or `intake = province`, how many of something there are,
/// the day whose law applies, and the moments of its events, Vietnam time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The day whose law applies.
    pub on: NaiveDate,
    /// Facts by name. One that is not named counts as `no`.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// How many pages, plots, persons.
    #[serde(default)]
    pub quantity: Option<u32>,
    /// When its events happen, by name.
    #[serde(default, with = "moments")]
    pub events: BTreeMap<String, NaiveDateTime>,
}

mod moments {
    use super::{BTreeMap, NaiveDateTime};
    use crate::moment;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct At(#[serde(with = "moment")] NaiveDateTime);

    pub(super) fn serialize<S: Serializer>(
        events: &BTreeMap<String, NaiveDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(events.iter().map(|(name, at)| (name, moment::format(*at))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, NaiveDateTime>, D::Error> {
        let events = BTreeMap::<String, At>::deserialize(deserializer)?;
        Ok(events.into_iter().map(|(name, at)| (name, at.0)).collect())
    }
}

/// What a condition makes of a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The facts that have to hold.
    pub when: BTreeMap<String, String>,
    /// The limit becomes longer by this.
    pub add: Option<TimeLimit>,
    /// The limit is this instead.
    pub becomes: Option<TimeLimit>,
    /// The most that it may be with all that is added.
    pub in_all: Option<TimeLimit>,
}

/// A limit, when it holds, and how it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitRow {
    /// The rule of counting.
    pub rule: LimitRule,
    /// From which event it counts, or back from which.
    pub anchor: Anchor,
    /// The facts that have to hold.
    pub when: BTreeMap<String, String>,
    /// The quantities it is for, from and to, both included.
    pub quantity: (Option<u32>, Option<u32>),
    /// First day in force.
    pub from: Option<NaiveDate>,
    /// Last day in force.
    pub to: Option<NaiveDate>,
    /// Other limits that run side by side; the longest decides.
    pub parts: Vec<TimeLimit>,
    /// What has to be done on the way.
    pub milestones: Vec<Milestone>,
    /// What further facts make of it. The first that says what the limit becomes does; all that add, add.
    pub alternatives: Vec<Alternative>,
    /// The act and article.
    pub source: String,
    /// Whether the text was read and says so.
    pub verified: bool,
}

/// The limits of a procedure as a file has them: the first row that fits a case holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitTable {
    /// The rows, special ones first.
    pub rows: Vec<LimitRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    limit: TimeLimit,
    anchor: Anchor,
    #[serde(default)]
    direction: Direction,
    #[serde(default)]
    when: BTreeMap<String, String>,
    at_least: Option<u32>,
    at_most: Option<u32>,
    from: Option<Date>,
    to: Option<Date>,
    cut_off: Option<String>,
    after_cut_off: Option<CutOffEffect>,
    on_suspension: Option<SuspensionPolicy>,
    #[serde(default)]
    day_parts: DayParts,
    #[serde(default)]
    day_end: DayEnd,
    second_stage: Option<TimeLimit>,
    #[serde(default)]
    parts: Vec<TimeLimit>,
    #[serde(default)]
    milestone: Vec<Milestone>,
    #[serde(default)]
    alternative: Vec<RawAlternative>,
    source: String,
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlternative {
    when: BTreeMap<String, String>,
    add: Option<TimeLimit>,
    becomes: Option<TimeLimit>,
    in_all: Option<TimeLimit>,
}

impl LimitTable {
    /// Reads a table: TOML, one `[[limit]]` for each row.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Case, LimitTable};
    /// let table = LimitTable::load("limits.toml", r#"
    /// [[limit]]
    /// limit = "24 hour"
    /// anchor = "arrival"
    /// direction = "before"                # counted back from it
    /// when = { matter = "notice" }
    /// source = "…"
    /// verified = false
    ///
    /// [[limit]]
    /// limit = "17 working_day"
    /// anchor = "complete_dossier"
    /// at_most = 10                        # for up to ten plots; at_least is the other bound
    /// cut_off = "15:00"
    /// after_cut_off = "count_from_next_working_day"
    /// milestone = [{ name = "thẩm tra", limit = "14 working_day" }]
    /// alternative = [
    ///     { when = { remote = "yes" }, add = "10 working_day" },
    ///     { when = { verified = "no" }, becomes = "20 working_day" },
    /// ]
    /// source = "…"
    /// verified = false
    /// "#).unwrap();
    ///
    /// let case: Case = serde_json::from_str(r#"{
    ///     "on": "2026-06-05", "quantity": 2, "facts": {"remote": "yes", "verified": "yes"},
    ///     "events": {"complete_dossier": "2026-06-05T15:10:00+07:00"}
    /// }"#).unwrap();
    /// let clock = table.clock(&case).unwrap();
    /// assert_eq!(clock.rule().limit.to_string(), "27 working_day");
    /// assert_eq!(clock.due(Calendar::vietnam()).unwrap().at(), motcua::moment::parse("2026-07-15 17:00"));
    /// ```
    ///
    /// # Errors
    /// All problems of the text, each with its line: `file.*` for form, `deadline.*` for content.
    pub fn load(file: &str, text: &str) -> Result<Self, Problems> {
        let file = toml_file::Source { file, text, format: "the documentation of LimitTable::load" };
        let mut problems = Vec::new();
        let [rows] = toml_file::tables(&file, ["limit"], &mut problems);
        let rows = toml_file::decode_located::<RawRow>(&file, rows, &mut problems);
        let rows = rows
            .into_iter()
            .filter_map(|(at, raw)| read(raw).map_err(|error| problems.push(told(&file, at, &error))).ok());
        let rows = rows.collect();
        if problems.is_empty() { Ok(Self { rows }) } else { Err(Problems::sorted(problems)) }
    }

    /// The row that holds for a case.
    ///
    /// # Errors
    /// `deadline.no_row`
    pub fn row(&self, case: &Case) -> Result<&LimitRow, DeadlineError> {
        let fits = |row: &&LimitRow| {
            let (least, most) = row.quantity;
            let counts = |bound: Option<u32>, holds: fn(u32, u32) -> bool| {
                bound.is_none_or(|bound| case.quantity.is_some_and(|quantity| holds(quantity, bound)))
            };
            row.from.is_none_or(|from| from <= case.on)
                && row.to.is_none_or(|to| case.on <= to)
                && counts(least, |quantity, least| least <= quantity)
                && counts(most, |quantity, most| quantity <= most)
                && case.has(&row.when)
        };
        self.rows.iter().find(fits).ok_or_else(|| DeadlineError::NoRow { facts: case.told() })
    }

    /// The clock of a case, started at the moment of the event from which its limit counts.
    ///
    /// # Errors
    /// `deadline.no_row`, `deadline.anchor_missing`.
    pub fn clock(&self, case: &Case) -> Result<Clock, DeadlineError> {
        let row = self.row(case)?;
        let start = case.events.get(row.anchor.name()).copied();
        let missing = || DeadlineError::AnchorMissing { anchor: row.anchor.name().into() };
        let start = start.ok_or_else(missing)?;
        let (limit, apart) = row.lengths(case);
        let clock = Clock::new(LimitRule { limit, ..row.rule }, start);
        let mut clock = clock.with_parts(row.parts.clone()).with_milestones(row.milestones.clone());
        for by in apart {
            let (kind, reason) = (ExtensionKind::Fixed, row.source.clone());
            clock.change(start, Change::Extend { by, kind, reason: reason.into() })?;
        }
        Ok(clock)
    }
}

impl LimitRow {
    /// The limit for a case, with what its facts make of it; and what they add in other units, which is counted from
    /// its end.
    #[must_use]
    pub fn lengths(&self, case: &Case) -> (TimeLimit, Vec<TimeLimit>) {
        let held = || self.alternatives.iter().filter(|alternative| case.has(&alternative.when));
        let base = held().find_map(|alternative| alternative.becomes).unwrap_or(self.rule.limit);
        let (mut limit, mut apart) = (base, Vec::new());
        for add in held().filter_map(|alternative| alternative.add) {
            match limit.and(add) {
                Some(longer) => limit = longer,
                None => apart.push(add),
            }
        }
        // The lowest ceiling is what there is, where the sum would be more; it takes nothing from the limit itself. Of a
        // matter of the same day it is the ceiling of what is added.
        for most in held().filter_map(|alternative| alternative.in_all) {
            if base == TimeLimit::SameDay {
                let sum = apart.iter().copied().reduce(|sum, add| sum.and(add).unwrap_or(sum));
                if sum.is_some_and(|sum| !sum.is_within(most)) {
                    apart = vec![most];
                }
            } else if !limit.is_within(most) {
                limit = if base.is_within(most) { most } else { base };
            }
        }
        (limit, apart)
    }
}

impl Case {
    fn has(&self, when: &BTreeMap<String, String>) -> bool {
        let holds = |(name, value): (&String, &String)| {
            self.facts.get(name).map_or("no", String::as_str) == value.as_str()
        };
        when.iter().all(holds)
    }

    fn told(&self) -> String {
        let mut told = format!("{}", self.on);
        for (name, value) in &self.facts {
            // Writing into a string does not fail.
            let _ = write!(told, ", {name} = {value}");
        }
        if let Some(quantity) = self.quantity {
            let _ = write!(told, ", quantity = {quantity}");
        }
        told
    }
}

fn told(file: &toml_file::Source<'_>, at: usize, error: &DeadlineError) -> Problem {
    let sentence = error.to_string();
    let (message, help) = message_and_help(&sentence);
    file.problem(error.code(), at, message.into(), help)
}

fn read(raw: RawRow) -> Result<LimitRow, DeadlineError> {
    let cut_off = match (raw.cut_off, raw.after_cut_off) {
        (None, None) => None,
        (None, Some(_)) => return Err(DeadlineError::CutOffTime { text: "nothing".into() }),
        (Some(text), effect) => {
            let time = NaiveTime::parse_from_str(&text, "%H:%M");
            let time = time.map_err(|_| DeadlineError::CutOffTime { text })?;
            Some(CutOff { time, effect: effect.unwrap_or(CutOffEffect::DueNextWorkingDay) })
        }
    };
    let rule = LimitRule {
        limit: raw.limit,
        cut_off,
        on_suspension: raw.on_suspension.unwrap_or(SuspensionPolicy::Pause),
        day_parts: raw.day_parts,
        day_end: raw.day_end,
        direction: raw.direction,
        second_stage: raw.second_stage,
    };
    rule.check()?;
    let beside = raw.parts.iter().copied().chain(raw.milestone.iter().map(|milestone| milestone.limit));
    for limit in beside {
        LimitRule { limit, ..rule }.check()?;
    }
    let alternatives = raw.alternative.into_iter().map(|raw| {
        let RawAlternative { when, add, becomes, in_all } = raw;
        // A ceiling is of the unit of what it is the ceiling of.
        let capped = match becomes.unwrap_or(rule.limit) {
            TimeLimit::SameDay => add,
            limit => Some(limit),
        };
        if let Some(most) = in_all
            && capped.is_none_or(|capped| capped.and(most).is_none())
        {
            return Err(DeadlineError::Ceiling { most: most.to_string() });
        }
        if let Some(longer) = add.and_then(|add| becomes.unwrap_or(rule.limit).and(add)) {
            LimitRule { limit: longer, ..rule }.check()?;
        }
        LimitRule { limit: becomes.unwrap_or(rule.limit), ..rule }.check()?;
        Ok(Alternative { when, add, becomes, in_all })
    });
    Ok(LimitRow {
        rule,
        anchor: raw.anchor,
        when: raw.when,
        quantity: (raw.at_least, raw.at_most),
        from: raw.from.map(|from| from.0),
        to: raw.to.map(|to| to.0),
        parts: raw.parts,
        milestones: raw.milestone,
        alternatives: alternatives.collect::<Result<_, DeadlineError>>()?,
        source: raw.source,
        verified: raw.verified,
    })
}
