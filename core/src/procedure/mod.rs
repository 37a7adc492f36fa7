//! What a procedure is: versions, components, fees, time limits and steps; the catalogue, and how it is loaded.
//!
//! Definitions are TOML files (`core/data/procedures`, format in its README). [`Catalogue::load`] reads any
//! number of them and either gives a catalogue in which every routing is proved sound, or **all** problems of all
//! files, each with file and line.

mod catalogue;
mod channel;
mod check;
mod embedded;
mod load;
mod raw;
mod regime;

pub use catalogue::{Catalogue, Duty, Field, Role, Texts};
pub use channel::Channel;
pub use regime::{ApplicantRight, ClockStart, Lapse, Regime, Silence, Transition};

use crate::deadline::{CutOff, LimitRule, SuspensionPolicy, TimeLimit};
use crate::routing::Routing;
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

/// What a step does; `Sign` and `Deliver` have their own commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's own words")]
pub enum StepKind {
    Receive,
    Check,
    Process,
    Assign,
    FieldCheck,
    Consult,
    Post,
    Meet,
    Sign,
    Stamp,
    Register,
    Forward,
    Notify,
    Pay,
    Wait,
    Deliver,
}

/// The outcomes that mean that the signer agrees, in the order in which they are looked for.
pub(crate) const SIGNED: [&str; 2] = ["approve", "complete"];

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
    /// Vietnamese name.
    pub name_vi: String,
    /// Originals asked for.
    #[serde(default)]
    pub original: u32,
    /// Copies asked for.
    #[serde(default)]
    pub copy: u32,
    /// Whether it must be there.
    pub required: Required,
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
}

/// A fee as published (phí, lệ phí).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// The published wording.
    pub text: String,
    /// Amount in đồng; absent if the source states none, 0 if it says free.
    pub vnd: Option<u64>,
    /// The channel it holds for; absent for all.
    pub channel: Option<Channel>,
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

/// One step of the routing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Unique within the procedure.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Id of the role that does it.
    pub role: String,
    /// What it does.
    pub kind: StepKind,
    /// The tier that does it.
    pub tier: Tier,
    /// Its own limit; `None` if the source gives it none.
    pub limit: Option<TimeLimit>,
    /// The published wording of the limit.
    pub text: Option<String>,
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

    /// The cases that the time limits name.
    pub fn cases(&self) -> impl Iterator<Item = &str> {
        self.time_limits.iter().filter_map(|row| row.case.as_deref())
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
        self.in_force_from <= day && self.in_force_to.is_none_or(|last| day <= last)
    }

    /// A step by its id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}
