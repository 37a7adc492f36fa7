//! The file of an organisation as it is written.

use crate::procedure::Tier;
use crate::toml_file::Date;
use serde::Deserialize;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUnit {
    pub(super) id: String,
    pub(super) name_vi: String,
    pub(super) tier: Tier,
    pub(super) parent: Option<String>,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    #[serde(default)]
    pub(super) successors: Vec<String>,
    pub(super) code: Option<String>,
    pub(super) number: Option<String>,
    pub(super) source: Option<String>,
    pub(super) verified: Option<bool>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOfficer {
    pub(super) id: String,
    pub(super) unit: Option<String>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    #[serde(default)]
    pub(super) post: Vec<RawPost>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPost {
    pub(super) unit: String,
    pub(super) roles: Vec<String>,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAbsence {
    pub(super) officer: String,
    pub(super) from: Date,
    pub(super) to: Option<Date>,
    pub(super) reason: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDelegation {
    pub(super) officer: String,
    pub(super) deputy: String,
    pub(super) roles: Option<Vec<String>>,
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) reason: Option<String>,
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) may_pass_on: bool,
}
