//! What databases keep of a dossier beside its events, in the form in which they keep it.

use super::WorkItem;
use super::seal::json;
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// Stands for the due date of what is never due; it sorts behind all dates.
pub(super) const NEVER: &str = "never";

/// A [`WorkItem`] without its dossier; what is absent is left out.
#[derive(Serialize, Deserialize)]
struct Item<'a> {
    procedure: &'a str,
    action: &'a str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<&'a str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    unit: &'a str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<&'a str>,
    #[serde(with = "moment")]
    since: NaiveDateTime,
    #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
    due: Option<NaiveDateTime>,
    #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
    step_due: Option<NaiveDateTime>,
}

/// The open work of a dossier as a JSON list.
pub(super) fn to_json(work: &[WorkItem]) -> serde_json::Result<String> {
    let items: Vec<Item<'_>> = work
        .iter()
        .map(|item| Item {
            procedure: &item.procedure,
            action: &item.action,
            step: item.step.as_deref(),
            outcomes: item.outcomes.iter().map(String::as_str).collect(),
            role: item.role.as_deref(),
            unit: &item.unit,
            assignee: item.assignee.as_deref(),
            since: item.since,
            due: item.due,
            step_due: item.step_due,
        })
        .collect();
    json(&items, 256 * items.len())
}

/// What [`to_json`] wrote. Names of units and steps hold nothing that JSON would have to escape.
pub(super) fn from_json(dossier: &str, json: &str) -> serde_json::Result<Vec<WorkItem>> {
    let items: Vec<Item<'_>> = serde_json::from_str(json)?;
    let own = |text: Option<&str>| text.map(String::from);
    Ok(items
        .into_iter()
        .map(|item| WorkItem {
            dossier: dossier.into(),
            procedure: item.procedure.into(),
            action: item.action.into(),
            step: own(item.step),
            outcomes: item.outcomes.into_iter().map(String::from).collect(),
            role: own(item.role),
            unit: item.unit.into(),
            assignee: own(item.assignee),
            since: item.since,
            due: item.due,
            step_due: item.step_due,
        })
        .collect())
}

/// Where a dossier waits, a line for each row of the table by which work lists are found.
pub(super) fn waiting(work: &[WorkItem]) -> String {
    let line = |item: &WorkItem| {
        let due = item.due.map(moment::format);
        let (due, assignee) = (due.as_deref().unwrap_or(NEVER), item.assignee.as_deref().unwrap_or_default());
        [&item.unit, "\t", due, "\t", assignee, "\n"].concat()
    };
    let mut lines: Vec<String> = work.iter().map(line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.concat()
}

/// The unit, due date and officer of a line of [`waiting`].
pub(super) fn wait(line: &str) -> [&str; 3] {
    let mut parts = line.splitn(3, '\t');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The hash of a key, of which so many bytes are kept as are asked for: enough to read only what may be it.
pub(super) fn key_hash<const N: usize>(key: &str) -> [u8; N] {
    let hash = xxh3_64(key.as_bytes()).to_le_bytes();
    hash.first_chunk().copied().unwrap_or([0; N])
}

/// The versions whose keys may be this one, where four bytes are kept of each.
#[cfg(feature = "sqlite")]
pub(super) fn versions_of<'k>(keys: &'k [u8], key: &str) -> impl Iterator<Item = u64> + use<'k> {
    let wanted = key_hash(key);
    (1..).zip(keys.as_chunks::<4>().0).filter(move |(_, hash)| **hash == wanted).map(|(version, _)| version)
}

/// A due date as it is kept.
pub(super) fn next(next: Option<NaiveDateTime>) -> Option<String> {
    next.map(moment::format)
}

/// A dossier and a moment, as they are kept.
pub(super) fn wakeup(dossier: &str, next: &str) -> Option<(SmolStr, NaiveDateTime)> {
    moment::parse(next).map(|next| (dossier.into(), next))
}
