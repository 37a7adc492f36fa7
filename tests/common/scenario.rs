//! A file of scenarios, as the README of `data/scenarios` describes it.
#![allow(dead_code, reason = "each test file uses its own part")]

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use toml::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    pub procedure: Vec<Table>,
    pub scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "titles and notes are for who reads the file")]
pub struct Scenario {
    pub id: String,
    pub title: String,
    pub proves: Vec<String>,
    pub note: Option<String>,
    #[serde(default)]
    pub days_off: Vec<String>,
    #[serde(default)]
    pub days_worked: Vec<String>,
    /// With which code the scenario's own procedures are refused when they are loaded.
    pub rejected: Option<String>,
    #[serde(default)]
    pub procedure: Vec<Table>,
    #[serde(default)]
    pub when: Vec<When>,
    #[serde(default)]
    pub then: Vec<Then>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct When {
    #[serde(default)]
    pub at: String,
    #[serde(default = "first_dossier")]
    pub dossier: String,
    #[serde(default)]
    pub actor: String,
    pub key: Option<String>,
    pub expected_version: Option<u64>,
    #[serde(default)]
    pub command: Value,
    pub refused: Option<String>,
    #[serde(default)]
    pub repeated: bool,
    #[serde(default)]
    pub dry_run: bool,
    /// Rows with one mark arrive at the same time, in any order.
    pub together: Option<String>,
    #[serde(default)]
    pub batch: Vec<When>,
}

fn first_dossier() -> String {
    "A-1".into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "`why` is for who reads the file")]
pub struct Then {
    pub after: Option<usize>,
    #[serde(default = "first_dossier")]
    pub dossier: String,
    pub why: Option<String>,
    pub now: Option<String>,
    pub status: Option<String>,
    pub due: Option<String>,
    pub running: Option<BTreeSet<String>>,
    pub leg_due: Option<BTreeMap<String, String>>,
    pub supplements: Option<u64>,
    pub result: Option<String>,
    pub events: Option<u64>,
    pub paid_vnd: Option<u64>,
    pub owed_vnd: Option<u64>,
    pub refunded_vnd: Option<u64>,
    pub unit: Option<String>,
    pub in_force_from: Option<String>,
    pub on_behalf: Option<String>,
    pub assignee: Option<BTreeMap<String, String>>,
    pub parts: Option<BTreeMap<String, String>>,
    pub links: Option<Vec<String>>,
    pub work: Option<Rows>,
    pub wakeups: Option<Rows>,
    pub duties: Option<Vec<BTreeMap<String, String>>>,
}

/// Rows of a list, and which list is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    pub unit: Option<String>,
    pub role: Option<String>,
    pub officer: Option<String>,
    pub until: Option<String>,
    /// The kinds that are looked at, besides those of the rows.
    #[serde(default)]
    pub what: BTreeSet<String>,
    pub rows: Vec<BTreeMap<String, String>>,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/scenarios")
}

pub fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn files() -> Vec<(String, File)> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".toml"));
    let mut names: Vec<String> = names.filter(|name| name != "organisation.toml").collect();
    names.sort();
    let file = |name: String| match toml::from_str(&read(&name)) {
        Ok(file) => (name, file),
        Err(error) => panic!("{name}: {error}"),
    };
    names.into_iter().map(file).collect()
}
