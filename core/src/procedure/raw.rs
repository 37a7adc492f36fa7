//! The file format as serde sees it; no rule lives here.

use super::{Channel, Component, Fee, Part, Required, ResultDocument, StepKind, Tier};
use crate::deadline::{CutOffEffect, SuspensionPolicy};
use serde::Deserialize;
use std::collections::BTreeMap;
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
}

/// The tables inside a procedure, read one by one so that each can have its own problem.
pub(super) struct RawTables {
    pub(super) time_limits: Vec<RawTimeLimit>,
    pub(super) components: Vec<RawComponent>,
    pub(super) fees: Vec<Fee>,
    pub(super) steps: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTimeLimit {
    pub(super) limit: Spanned<String>,
    pub(super) text: Option<String>,
    pub(super) channel: Option<Channel>,
    pub(super) case: Option<String>,
    pub(super) cut_off: Option<Spanned<String>>,
    pub(super) after_cut_off: Option<Spanned<CutOffEffect>>,
    pub(super) source: Option<String>,
    pub(super) second_stage: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComponent {
    pub(super) name_vi: Spanned<String>,
    #[serde(default)]
    pub(super) original: u32,
    #[serde(default)]
    pub(super) copy: u32,
    pub(super) required: Required,
}

impl From<RawComponent> for Component {
    fn from(raw: RawComponent) -> Self {
        let RawComponent { name_vi, original, copy, required } = raw;
        Self { name_vi: name_vi.into_inner(), original, copy, required }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) id: Spanned<String>,
    pub(super) name_vi: Spanned<String>,
    pub(super) role: Spanned<String>,
    pub(super) kind: StepKind,
    pub(super) tier: Option<Spanned<Tier>>,
    pub(super) limit: Option<Spanned<String>>,
    pub(super) text: Option<String>,
    pub(super) next: Option<Vec<String>>,
    #[serde(default)]
    pub(super) outcomes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) join: Vec<String>,
}
