//! The file format as serde sees it; no rule lives here.

use super::{
    AcceptedFinding, Channel, Component, Fee, Part, Required, ResultDocument, StepKind, Tier, VotesOf,
};
use crate::deadline::{CutOffEffect, SuspensionPolicy};
use crate::routing::{Rest, Siblings};
use crate::toml_file::Date;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProcedure {
    pub(super) code: Spanned<String>,
    pub(super) name_vi: Spanned<String>,
    pub(super) name_en: Spanned<String>,
    pub(super) field: Spanned<String>,
    pub(super) tier: Spanned<Tier>,
    pub(super) in_force_from: Spanned<Datetime>,
    pub(super) in_force_to: Option<Spanned<Datetime>>,
    pub(super) jurisdiction: Spanned<String>,
    pub(super) agency: Spanned<String>,
    #[serde(default)]
    pub(super) linked: bool,
    #[serde(default)]
    pub(super) results: Vec<ResultDocument>,
    #[serde(default)]
    pub(super) legal_basis: Vec<String>,
    pub(super) decision: Option<String>,
    pub(super) source: Spanned<String>,
    pub(super) verified: bool,
    #[serde(default)]
    pub(super) not_in_source: Vec<Spanned<Part>>,
    pub(super) note: Option<String>,
    pub(super) on_supplement: Option<SuspensionPolicy>,
    pub(super) answer_within: Option<Spanned<String>>,
    pub(super) question_vi: Option<Spanned<String>>,
}

/// The tables inside a procedure, read one by one so that each can have its own problem.
pub(super) struct RawTables {
    pub(super) time_limits: Vec<RawTimeLimit>,
    pub(super) components: Vec<RawComponent>,
    pub(super) fees: Vec<RawFee>,
    pub(super) steps: Vec<RawStep>,
    pub(super) cases: Vec<RawCase>,
    pub(super) parts: Vec<RawPart>,
    pub(super) accepted: Vec<RawAccepted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) id: Spanned<String>,
    pub(super) name_vi: Spanned<String>,
    pub(super) start: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPart {
    pub(super) id: Spanned<String>,
    pub(super) name_vi: Spanned<String>,
    pub(super) procedure: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAccepted {
    pub(super) finding: Spanned<String>,
    pub(super) step: Option<Spanned<String>>,
    pub(super) why: Spanned<String>,
    pub(super) source: Spanned<String>,
}

impl From<RawAccepted> for AcceptedFinding {
    fn from(raw: RawAccepted) -> Self {
        Self {
            finding: raw.finding.into_inner(),
            step: raw.step.map(Spanned::into_inner),
            why: raw.why.into_inner(),
            source: raw.source.into_inner(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFee {
    pub(super) text: Spanned<String>,
    pub(super) vnd: Option<u64>,
    pub(super) channel: Option<Channel>,
    pub(super) per: Option<Spanned<String>>,
    pub(super) from_quantity: Option<u32>,
    pub(super) to_quantity: Option<u32>,
    pub(super) max_vnd: Option<u64>,
    #[serde(default)]
    pub(super) cases: Vec<Spanned<String>>,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl From<RawFee> for Fee {
    fn from(raw: RawFee) -> Self {
        Self {
            text: raw.text.into_inner(),
            vnd: raw.vnd,
            channel: raw.channel,
            per: raw.per.map(Spanned::into_inner),
            from_quantity: raw.from_quantity,
            to_quantity: raw.to_quantity,
            max_vnd: raw.max_vnd,
            cases: raw.cases.into_iter().map(Spanned::into_inner).collect(),
            from: raw.from.map(|from| from.0),
            to: raw.to.map(|to| to.0),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTimeLimit {
    pub(super) limit: Spanned<String>,
    pub(super) text: Option<String>,
    pub(super) channel: Option<Channel>,
    pub(super) case: Option<Spanned<String>>,
    pub(super) cut_off: Option<Spanned<String>>,
    pub(super) after_cut_off: Option<Spanned<CutOffEffect>>,
    pub(super) source: Option<String>,
    pub(super) second_stage: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComponent {
    pub(super) id: Option<Spanned<String>>,
    pub(super) name_vi: Spanned<String>,
    #[serde(default)]
    pub(super) original: u32,
    #[serde(default)]
    pub(super) copy: u32,
    #[serde(default)]
    pub(super) certified: u32,
    pub(super) required: Required,
    #[serde(default)]
    pub(super) may_follow: bool,
    #[serde(default)]
    pub(super) cases: Vec<Spanned<String>>,
}

impl From<RawComponent> for Component {
    fn from(raw: RawComponent) -> Self {
        let RawComponent { id, name_vi, original, copy, certified, required, may_follow, cases } = raw;
        let (id, name_vi) = (id.map(Spanned::into_inner), name_vi.into_inner());
        let cases = cases.into_iter().map(Spanned::into_inner).collect();
        Self { id, name_vi, original, copy, certified, required, may_follow, cases }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) id: Spanned<String>,
    pub(super) name_vi: Spanned<String>,
    pub(super) role: Option<Spanned<String>>,
    pub(super) kind: StepKind,
    pub(super) tier: Option<Spanned<Tier>>,
    pub(super) limit: Option<Spanned<String>>,
    pub(super) text: Option<String>,
    pub(super) next: Option<Vec<String>>,
    #[serde(default)]
    pub(super) outcomes: BTreeMap<String, RawOutcome>,
    #[serde(default)]
    pub(super) join: Vec<String>,
    pub(super) need: Option<Spanned<usize>>,
    pub(super) rest: Option<Spanned<Rest>>,
    pub(super) clock: Option<Spanned<SuspensionPolicy>>,
    pub(super) after: Option<Spanned<String>>,
    pub(super) then: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) not_before: bool,
    pub(super) on_return: Option<Siblings>,
    pub(super) vote_at_least: Option<Spanned<String>>,
    pub(super) vote_more_than: Option<Spanned<String>>,
    pub(super) vote_of: Option<Spanned<VotesOf>>,
    pub(super) quorum: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) numbered: bool,
    #[serde(default)]
    pub(super) in_person: bool,
    #[serde(default)]
    pub(super) documents: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) optional: bool,
}

/// What follows an outcome: a list of targets, or a table that also names the steps it takes away.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Targets {
    pub(super) next: Vec<String>,
    #[serde(default)]
    pub(super) cancel: Vec<String>,
}

#[derive(Clone)]
pub(super) struct RawOutcome(pub(super) Targets);

impl<'de> Deserialize<'de> for RawOutcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Targets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of steps, or { next = [...], cancel = [...] }")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Targets, A::Error> {
                let next = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(Targets { next, cancel: Vec::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Targets, A::Error> {
                Targets::deserialize(MapAccessDeserializer::new(table))
            }
        }
        deserializer.deserialize_any(Either).map(Self)
    }
}
