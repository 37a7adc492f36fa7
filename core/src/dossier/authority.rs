//! Who may give which command, and in which states: a table of data.

use super::Status;
use super::action::{APART, Action, Kind};
use crate::procedure::{Duty, StepKind};
use crate::toml_file;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use strum::VariantNames;

/// What one command needs, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Name of the command.
    pub command: String,
    /// The states in which it is possible; empty for the command that begins a dossier.
    pub from: Vec<Status>,
    /// The state to which it leads; absent if the state stays. A request that lapses may lead to that of
    /// `refuse_to_settle` instead, as its regime or incident says.
    #[serde(default)]
    pub to: Option<LeadsTo>,
    /// The duties of which the actor must have one.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// Whether instead the actor must have the role of the step that the command is about.
    #[serde(default)]
    pub step_role: bool,
    /// Who does a step that names no role: the duties of which one stands for it.
    #[serde(default)]
    pub unowned: Vec<Duty>,
    /// Whether instead the role of a step of this kind will do: of a first step `receive`, of a running `deliver`.
    #[serde(default)]
    pub or_role_of: Option<StepKind>,
    /// Whether an officer of any unit may give it; else it takes one of the dossier's unit or of one above it.
    #[serde(default)]
    pub any_unit: bool,
    /// Who completed a step of one of these kinds, in another role than that of the step the command is about, may not
    /// give it.
    #[serde(default)]
    pub not_after: Vec<StepKind>,
    /// The law it follows.
    pub source: String,
    /// Whether the law says just this.
    pub verified: bool,
}

impl Authority {
    /// Whether the command is possible in a state.
    #[must_use]
    pub fn allows(&self, status: Status) -> bool {
        self.from.contains(&status)
    }
}

/// Where a command leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadsTo {
    /// To the state in which the applicant was asked for what is there now; from a payment when nothing is owed any more.
    Back,
    /// To this one.
    #[serde(untagged)]
    State(Status),
}

/// The table row of a command.
#[must_use]
pub fn authority(command: &str) -> Option<&'static Authority> {
    TABLE.get(command)
}

static TABLE: LazyLock<BTreeMap<String, Authority>> = LazyLock::new(|| {
    let text = include_str!("../../data/authority.toml");
    let rows: Vec<Authority> = toml_file::part_of_library("authority.toml", text, "authority");
    rows.into_iter().map(|row| (row.command.clone(), row)).collect()
});

/// The rows in the order of the commands, then those of their own: each command asks for one.
static ROWS: LazyLock<Vec<Option<&'static Authority>>> =
    LazyLock::new(|| Action::VARIANTS.iter().copied().chain(APART).map(authority).collect());

/// The row of a command.
pub(super) fn row(action: &Action) -> Option<&'static Authority> {
    let apart = action.apart().map(|place| Action::VARIANTS.len() + place);
    ROWS.get(apart.unwrap_or(Kind::from(action) as usize)).copied().flatten()
}
