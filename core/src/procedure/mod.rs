//! What a procedure is: versions, components, fees, time limits and steps; the catalogue, and how it is loaded.
//!
//! Definitions are TOML files (`core/data/procedures`, format in its README). [`Catalogue::load`] reads any
//! number of them and either gives a catalogue in which every routing is proved sound, or **all** problems of all
//! files, each with file and line.

mod catalogue;
mod channel;
mod check;
mod embedded;
mod fee;
mod load;
mod raw;
mod regime;
mod role_names;
mod step;
mod texts;

pub(crate) use catalogue::national;
pub use catalogue::{Catalogue, Duty, Field, Role, Texts};
pub use channel::Channel;
pub use fee::{Fee, FeeDue, FeeLine};
pub use regime::{ApplicantRight, ClockStart, Regime, Silence, Transition};
pub(crate) use role_names::Named;
pub(crate) use step::SIGNED;
pub use step::{Elapse, Step, StepKind, VoteRule, VotesOf};

use crate::deadline::{CutOff, LimitRule, SuspensionPolicy, TimeLimit};
use crate::routing::{Label, Routing};
use crate::span::holds;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The level of government that does a piece of work; the district ended on 30/6/2025.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Tier {
    /// Ministries and their agencies (cấp bộ).
    Central,
    /// Provinces and cities (cấp tỉnh).
    Province,
    /// Districts (cấp huyện), until 30/6/2025.
    District,
    /// Communes and wards (cấp xã).
    Commune,
}

impl Tier {
    /// The Vietnamese word.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Self::Central => "cấp bộ",
            Self::Province => "cấp tỉnh",
            Self::District => "cấp huyện",
            Self::Commune => "cấp xã",
        }
    }
}

/// Whether a component must be handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// In every dossier.
    Always,
    /// In the case its name describes.
    Conditional,
    /// Only where the databases cannot be asked (NĐ 118/2025 Đ17(1)(b)).
    ReplacedByData,
}

/// A paper or data item that the applicant hands in (thành phần hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// By which steps and papers name it; once in a procedure.
    pub id: Option<String>,
    /// Vietnamese name.
    pub name_vi: String,
    /// Originals asked for.
    #[serde(default)]
    pub original: u32,
    /// Copies asked for.
    #[serde(default)]
    pub copy: u32,
    /// Certified electronic copies asked for.
    #[serde(default)]
    pub certified: u32,
    /// Whether it must be there.
    pub required: Required,
    /// Whether it may come after a provisional acceptance.
    #[serde(default)]
    pub may_follow: bool,
    /// The cases that it is for; empty if for all.
    #[serde(default)]
    pub cases: Vec<String>,
}

impl Component {
    /// Whether it is handed in in a case.
    #[must_use]
    pub fn is_for(&self, case: Option<&str>) -> bool {
        is_for(&self.cases, case)
    }
}

/// Whether what is for some cases, or for all, is for one.
fn is_for(cases: &[String], case: Option<&str>) -> bool {
    cases.is_empty() || cases.iter().any(|only| Some(only.as_str()) == case)
}

/// A part of a procedure that its source may not print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What to hand in.
    Components,
    /// What to pay.
    Fees,
    /// The acts it rests on.
    LegalBasis,
    /// Who does what: it prints no steps, or not all. Those of the file stand for them.
    Steps,
}

/// A document that the procedure ends in (giấy tờ kết quả).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultDocument {
    /// Vietnamese name.
    pub name_vi: String,
    /// National result code, `KQ.G15.000031`.
    pub code: Option<String>,
}

/// One of several cases under one code, chosen by a question at reception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcedureCase {
    /// What a dossier of this case is received with.
    pub id: String,
    /// The answer to the question.
    pub name_vi: String,
    /// The step in which its dossiers begin; `None` for the first.
    pub start: Option<String>,
}

/// A part of a linked procedure (liên thông), which ends in a result of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartOf {
    /// Once in a procedure.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// The code of the procedure that it is by itself, if it is one.
    pub procedure: Option<String>,
    /// Whether the applicant may leave it out.
    pub optional: bool,
}

/// A fault of the published routing that is kept as published: the check finds it, and it is no problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcceptedFinding {
    /// Its code, one of [`AcceptedFinding::CODES`].
    pub finding: String,
    /// The step it is about; `None` if it is about the whole, or about all steps that have it.
    pub step: Option<String>,
    /// Why it stays.
    pub why: String,
    /// Where it was published so.
    pub source: String,
}

impl AcceptedFinding {
    /// What can be accepted: the steps do not add up to the time limit, a step has no owner, a step has one who cannot
    /// act.
    pub const CODES: [&str; 3] = ["procedure.sum", "procedure.no_owner", "procedure.nobody"];
}

/// One row of a procedure's time limits: the rule, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeLimitRow {
    /// The limit.
    pub limit: TimeLimit,
    /// The published wording.
    pub text: Option<String>,
    /// The channel it holds for; absent for all.
    pub channel: Option<Channel>,
    /// The case it holds for; absent for all.
    pub case: Option<String>,
    /// The hour after which reception counts differently.
    pub cut_off: Option<CutOff>,
    /// The limit that counts once a supplement has come, if the procedure has a stage of its own for it.
    pub second_stage: Option<TimeLimit>,
    /// The law behind it, if not the procedure's own source.
    pub source: Option<String>,
}

/// One version of a procedure (thủ tục hành chính), in force between two dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Procedure {
    /// National code `1.001193`, or the code under which an office published it.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Id of its field (lĩnh vực).
    pub field: String,
    /// The tier that settles it.
    pub tier: Tier,
    /// First day in force.
    pub in_force_from: NaiveDate,
    /// Last day in force; `None` while it is open.
    pub in_force_to: Option<NaiveDate>,
    /// Where this version applies.
    pub jurisdiction: String,
    /// The deciding agency.
    pub agency: String,
    /// Whether one application opens work at several agencies (liên thông).
    pub linked: bool,
    /// What it ends in.
    pub results: Vec<ResultDocument>,
    /// The acts it rests on.
    pub legal_basis: Vec<String>,
    /// The decision that published it.
    pub decision: Option<String>,
    /// Address of the source.
    pub source: String,
    /// Whether the source was read in full and is unambiguous.
    pub verified: bool,
    /// The parts that the source does not print: they are unknown, not empty.
    pub not_in_source: Vec<Part>,
    /// What a reader should know.
    pub note: Option<String>,
    /// What a supplement request does to the clock, if not what the regime says.
    pub on_supplement: Option<SuspensionPolicy>,
    /// How long the applicant has for a supplement, if not what the regime says.
    pub answer_within: Option<TimeLimit>,
    /// The question at reception that chooses a case.
    pub question_vi: Option<String>,
    /// The cases a dossier can be of; where the file declares none, those that the time limits name.
    pub cases: Vec<ProcedureCase>,
    /// The parts of a linked procedure.
    pub parts: Vec<PartOf>,
    /// Faults of the published routing that are kept.
    pub accepted: Vec<AcceptedFinding>,
    /// Limits, special rows first.
    pub time_limits: Vec<TimeLimitRow>,
    /// What to hand in.
    pub components: Vec<Component>,
    /// What to pay.
    pub fees: Vec<Fee>,
    /// The steps, in the order of the file; the first is the start.
    pub steps: Vec<Step>,
    /// The steps compiled.
    #[serde(skip)]
    pub routing: Routing,
    /// Whether a law for it stops what is open when it ends; asked of every command.
    #[serde(skip)]
    pub(crate) may_be_stopped: bool,
}

impl Procedure {
    /// The row of the time limits that fits a channel and a case: the first one that names nothing else.
    #[must_use]
    pub fn time_limit(&self, channel: Channel, case: Option<&str>) -> Option<&TimeLimitRow> {
        self.time_limits.iter().find(|row| {
            row.channel.is_none_or(|only| only == channel)
                && row.case.as_deref().is_none_or(|only| Some(only) == case)
        })
    }

    /// A case by its id.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&ProcedureCase> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// Whether lists of fields and of codes, with or without the suffix of a province, name it; two empty ones name all.
    pub(crate) fn is_among(&self, fields: &[String], procedures: &[String]) -> bool {
        let is_code = |code: &String| *code == self.code || code == national(&self.code);
        fields.is_empty() && procedures.is_empty()
            || fields.contains(&self.field)
            || procedures.iter().any(is_code)
    }

    /// The ids of its cases, in words.
    pub(crate) fn case_ids(&self) -> String {
        self.cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// A component by its id.
    #[must_use]
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id.as_deref() == Some(id))
    }

    /// A part by its id.
    #[must_use]
    pub fn part(&self, id: &str) -> Option<&PartOf> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// The rule by which a dossier's clock runs. A supplement request does what the procedure says, else what
    /// the regime says.
    #[must_use]
    pub fn limit_rule(&self, channel: Channel, case: Option<&str>, regime: &Regime) -> LimitRule {
        let row = self.time_limit(channel, case);
        LimitRule {
            cut_off: row.and_then(|row| row.cut_off),
            second_stage: row.and_then(|row| row.second_stage),
            on_suspension: self.on_supplement.unwrap_or(regime.on_supplement),
            ..LimitRule::new(row.map_or(TimeLimit::Unknown, |row| row.limit))
        }
    }

    /// Whether this version is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        holds((Some(self.in_force_from), self.in_force_to), day)
    }

    /// A label for each step, in the order of the file, for the pictures of its routing: name, role and limit.
    #[must_use]
    pub fn labels(&self, catalogue: &Catalogue) -> Vec<Label> {
        let label = |step: &Step| {
            let role =
                step.role.as_deref().and_then(|role| catalogue.role(role)).map(|role| role.name_vi.clone());
            let limit = step.limit.map(|limit| limit.vi());
            let note: Vec<String> = role.into_iter().chain(limit).collect();
            Label { text: step.name_vi.clone(), note: Some(note.join(" · ")), ..Label::default() }
        };
        self.steps.iter().map(label).collect()
    }

    /// A step by its id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}
