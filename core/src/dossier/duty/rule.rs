//! The rules of `core/data/duties.toml`, typed.

use super::trigger::{Trigger, What};
use crate::deadline::TimeLimit;
use crate::dossier::action::Kind;
use crate::dossier::{Dossier, Event, Paper, Rules};
use crate::problem::{self, Problems};
use crate::procedure::{Channel, Duty, Silence, Tier};
use crate::span;
use crate::toml_file::{self, Date, Source};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use xxhash_rust::xxh3::xxh3_64;

/// Whose a duty is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Whose {
    /// The one-stop shop.
    Reception,
    /// Who settles the dossier.
    Agency,
    /// The applicant.
    Applicant,
    /// A body that was asked for its opinion.
    Consulted,
    /// The post.
    Post,
    /// A machine.
    System,
}

/// Something that is true of a dossier, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// It is taken in.
    Accepted,
    /// Papers were handed in, not only data.
    Paper,
    /// It is settled at another tier than the unit that received it.
    AnotherLevel,
    /// It has parts at several agencies (liên thông).
    Linked,
    /// The result is there before the day it is due.
    Early,
    /// The silence of a body that was asked is not consent.
    NoConsent,
}

/// Where a time is found that is no number of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LimitOf {
    /// The dossier's due date, as it stands.
    ProcessingTime,
    /// How long the applicant has for a supplement: the procedure's, else the regime's.
    AnswerWithin,
    /// What who asks for an opinion has set, else the regime's.
    Consultation,
    /// When the apology has to be there that puts the result off, as [`Clock::reappoint`](crate::deadline::Clock) has it.
    Apology,
}

/// By when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// So long from its beginning.
    Limit(TimeLimit),
    Of(LimitOf),
    /// Before the dossier sees this action.
    BeforeAction(Kind),
}

/// The hour after which another limit counts, from the next opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Late {
    pub(super) after: NaiveTime,
    pub(super) limit: TimeLimit,
}

/// A rule of law that makes somebody do something by a time: a row of `core/data/duties.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRule {
    /// Stable id.
    pub id: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// Whose it is.
    pub whose: Whose,
    /// First day of handing in for which it holds.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Whether it need not be done; but if it is, then in time.
    pub optional: bool,
    /// Whether no event tells that it was done.
    pub unseen: bool,
    /// The command that becomes possible once it is missed.
    pub on_missed: Option<String>,
    /// Ids of `core/data/law.toml`.
    pub rules: Vec<String>,
    /// The act and article.
    pub source: String,
    /// Whether the text was read and says so.
    pub verified: bool,
    pub(super) fields: Vec<String>,
    pub(super) procedures: Vec<String>,
    pub(super) channels: Vec<Channel>,
    pub(super) only: Vec<Condition>,
    pub(super) starts_with: Vec<Trigger>,
    pub(super) met_by: Vec<Trigger>,
    pub(super) time: Time,
    pub(super) late: Option<Late>,
    pub(super) if_late: bool,
    /// Whether its time waits while the dossier's clock is suspended.
    pub(super) waits: bool,
    pub(super) times: u8,
    pub(super) apart: Option<TimeLimit>,
    /// The rows that stand in its place where they hold.
    pub(super) gives_way_to: Vec<usize>,
    /// The rows that begin when it is missed.
    pub(super) children: Vec<usize>,
}

/// What an escalation watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    Dossier,
    Step,
    Duty,
}

/// When one tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rung {
    Before(TimeLimit),
    /// Once it is late.
    Late,
    After(TimeLimit),
}

/// Whom to tell when something falls due: a row `[[escalation]]` of `core/data/duties.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Stable id.
    pub id: String,
    /// Whom, by duty.
    pub to: Duty,
    /// What to say.
    pub text_vi: String,
    /// The act and article, or that it is a choice.
    pub source: String,
    /// Whether a text was read and says so.
    pub verified: bool,
    pub(super) of: Of,
    /// Only this row of the duties.
    pub(super) duty: Option<usize>,
    pub(super) rung: Rung,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDuty {
    id: String,
    name_vi: String,
    name_en: String,
    whose: Whose,
    from: Date,
    to: Option<Date>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    procedures: Vec<String>,
    #[serde(default)]
    instead_of: Vec<String>,
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    only: Vec<Condition>,
    starts_with: Vec<Trigger>,
    limit: Option<TimeLimit>,
    limit_of: Option<LimitOf>,
    before_action: Option<Trigger>,
    cut_off: Option<String>,
    limit_after_cut_off: Option<TimeLimit>,
    met_by: Vec<Trigger>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    if_late: bool,
    #[serde(default)]
    unseen: bool,
    #[serde(default)]
    waits: bool,
    times: Option<u8>,
    apart: Option<TimeLimit>,
    on_missed: Option<String>,
    rules: Vec<String>,
    source: String,
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEscalation {
    id: String,
    of: Of,
    duty: Option<String>,
    before: Option<TimeLimit>,
    after: Option<TimeLimit>,
    to: Duty,
    text_vi: String,
    #[serde(default)]
    #[expect(dead_code, reason = "for who reads the file")]
    rules: Vec<String>,
    source: String,
    verified: bool,
}

/// All rows, and where to look for what an event begins.
pub(super) struct Table {
    pub(super) duties: Vec<DutyRule>,
    pub(super) escalations: Vec<Escalation>,
    /// By the number of the action: the rows that it may begin.
    begun_by: Vec<Vec<usize>>,
    /// Those that begin with a step.
    pub(super) of_steps: Vec<usize>,
    /// Those that begin when the due date is over.
    pub(super) of_due: Vec<usize>,
    /// Another one if the table is another.
    pub(super) fingerprint: u64,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!("../../../data/duties.toml");
    problem::part_of_library(Table::load(&Source { file: "duties.toml", text, format: "its own head" }))
});

/// The rules by which [`duties`](super::duties) are derived.
#[must_use]
pub fn duty_rules() -> &'static [DutyRule] {
    &TABLE.duties
}

/// Whom to tell, and when: what becomes reminders among the [`wakeups`](super::wakeups).
#[must_use]
pub fn escalations() -> &'static [Escalation] {
    &TABLE.escalations
}

impl Table {
    fn load(source: &Source<'_>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let [duties, escalations] = toml_file::tables(source, ["duty", "escalation"], &mut problems);
        let raw: Vec<(usize, RawDuty)> = toml_file::decode_located(source, duties, &mut problems);
        let raw_escalations: Vec<(usize, RawEscalation)> =
            toml_file::decode_located(source, escalations, &mut problems);
        let place = |id: &str| raw.iter().position(|(_, other)| other.id == id);
        let mut unknown = |at, id: &str| {
            let message = format!("no duty has the id `{id}`");
            problems.push(source.problem("duty.unknown", at, message, "write the id of a duty of this file"));
        };
        let mut gives_way_to = vec![Vec::new(); raw.len()];
        let mut children = vec![Vec::new(); raw.len()];
        let mut table = Self {
            duties: Vec::new(),
            escalations: Vec::new(),
            begun_by: vec![Vec::new(); Trigger::ACTIONS],
            of_steps: Vec::new(),
            of_due: Vec::new(),
            fingerprint: xxh3_64(source.text.as_bytes()),
        };
        for (row, (at, duty)) in raw.iter().enumerate() {
            for general in &duty.instead_of {
                match place(general) {
                    Some(general) => gives_way_to[general].push(row),
                    None => unknown(*at, general),
                }
            }
            for trigger in &duty.starts_with {
                match trigger {
                    Trigger::Action { kind, .. } => table.begun_by[*kind as usize].push(row),
                    Trigger::Step | Trigger::Leg => table.of_steps.push(row),
                    Trigger::Due => table.of_due.push(row),
                    Trigger::Missed(id) => match place(id) {
                        Some(parent) => children[parent].push(row),
                        None => unknown(*at, id),
                    },
                }
            }
        }
        for (at, row) in raw_escalations {
            let duty = row.duty.as_deref().map(|id| (id.to_owned(), place(id)));
            if let Some((id, None)) = &duty {
                unknown(at, id);
            }
            let rung = match (row.before, row.after) {
                (Some(before), _) => Rung::Before(before),
                (None, Some(after)) => Rung::After(after),
                (None, None) => Rung::Late,
            };
            let RawEscalation { id, of, to, text_vi, source, verified, .. } = row;
            let duty = duty.and_then(|(_, place)| place);
            table.escalations.push(Escalation { id, to, text_vi, source, verified, of, duty, rung });
        }
        for ((at, row), (gives_way_to, children)) in
            raw.into_iter().zip(gives_way_to.into_iter().zip(children))
        {
            match row.typed(gives_way_to, children) {
                Ok(duty) => table.duties.push(duty),
                Err(message) => {
                    let help = "compare with the head of the file";
                    problems.push(source.problem("duty.time", at, message, help));
                }
            }
        }
        if problems.is_empty() { Ok(table) } else { Err(Problems::sorted(problems)) }
    }

    /// The rows that an action may begin.
    pub(super) fn begun_by(&self, kind: Kind) -> &[usize] {
        self.begun_by.get(kind as usize).map_or(&[], Vec::as_slice)
    }
}

impl RawDuty {
    fn typed(self, gives_way_to: Vec<usize>, children: Vec<usize>) -> Result<DutyRule, String> {
        let time = match (self.limit, self.limit_of, self.before_action) {
            (Some(limit), None, None) => Time::Limit(limit),
            (None, Some(of), None) => Time::Of(of),
            (None, None, Some(Trigger::Action { kind, what: What::Any })) => Time::BeforeAction(kind),
            _ => return Err(format!("`{}` needs one time, and has none or several", self.id)),
        };
        let late = match (self.cut_off, self.limit_after_cut_off) {
            (None, None) => None,
            (Some(hour), Some(limit)) => {
                let after = NaiveTime::parse_from_str(&hour, "%H:%M");
                let after = after.map_err(|_| format!("`{hour}` is no hour; write it as 15:00"))?;
                Some(Late { after, limit })
            }
            _ => return Err(format!("`{}` needs both cut_off and limit_after_cut_off", self.id)),
        };
        Ok(DutyRule {
            id: self.id,
            name_vi: self.name_vi,
            name_en: self.name_en,
            whose: self.whose,
            from: self.from.0,
            to: self.to.map(|to| to.0),
            optional: self.optional,
            unseen: self.unseen,
            on_missed: self.on_missed,
            rules: self.rules,
            source: self.source,
            verified: self.verified,
            fields: self.fields,
            procedures: self.procedures,
            channels: self.channels,
            only: self.only,
            starts_with: self.starts_with,
            met_by: self.met_by,
            time,
            late,
            if_late: self.if_late,
            waits: self.waits,
            times: self.times.unwrap_or(1),
            apart: self.apart,
            gives_way_to,
            children,
        })
    }
}

impl DutyRule {
    /// Whether it holds for a dossier after an event, and no special rule holds in its place.
    pub(super) fn holds(&self, seen: Seen<'_>) -> bool {
        self.is_for(seen.dossier)
            && self.only.iter().all(|condition| condition.holds(seen))
            && !self.gives_way_to.iter().any(|row| TABLE.duties.get(*row).is_some_and(|row| row.holds(seen)))
    }

    /// Whether it is for dossiers handed in so and then, of such a procedure.
    pub(super) fn is_for(&self, dossier: &Dossier) -> bool {
        let day = dossier.submitted().date();
        span::holds((Some(self.from), self.to), day)
            && (self.channels.is_empty() || self.channels.contains(&dossier.channel))
            && dossier.procedure.is_among(&self.fields, &self.procedures)
    }
}

/// What conditions are asked of: a dossier, after an event if one begins the duty.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) dossier: &'a Dossier,
    pub(super) event: Option<&'a Event>,
    /// The tier of the unit that received it.
    pub(super) received_at: Option<Tier>,
}

impl Condition {
    fn holds(self, seen: Seen<'_>) -> bool {
        let Seen { rules, dossier, event, received_at } = seen;
        match self {
            Self::Accepted => dossier.accepted.is_some(),
            Self::Paper => {
                // Where papers are not recorded, what comes over a counter or by post is taken to be paper.
                let papers = &dossier.rest().papers;
                let is_paper = |paper: &Paper| !paper.from_data && (paper.original > 0 || paper.copy > 0);
                dossier.channel != Channel::Online && (papers.is_empty() || papers.iter().any(is_paper))
            }
            Self::AnotherLevel => {
                let unit = event.and_then(|event| rules.organisation.unit(event.unit.as_deref()?));
                let tier = received_at.or(unit.map(|unit| unit.tier));
                tier.is_some_and(|tier| tier != dossier.procedure.tier)
            }
            Self::Linked => dossier.procedure.linked || !dossier.procedure.parts.is_empty(),
            Self::Early => {
                let there = dossier.ended().unwrap_or_else(|| dossier.last()).date();
                dossier.due(rules.calendar).ok().flatten().is_some_and(|due| there < due.date())
            }
            Self::NoConsent => {
                let regime = dossier.regime(rules.catalogue);
                regime.is_ok_and(|regime| regime.silence_of_consulted != Silence::Consent)
            }
        }
    }
}
