//! Procedures as typed tables, each part with its own problems.

use super::raw::{RawProcedure, RawTables};
use crate::problem::Problem;
use crate::toml_file::{Source, decode_all, decode_anyway, tables, take_array};
use toml::de::DeValue;

/// A procedure's tables with the place where it begins. What had the wrong form is reported, and stood in for.
pub(super) struct RawEntry {
    pub(super) at: usize,
    /// Whether nothing of it had the wrong form.
    pub(super) whole: bool,
    pub(super) procedure: RawProcedure,
    pub(super) tables: RawTables,
}

/// All `[[procedure]]` entries, faulty ones too.
pub(super) fn procedures(source: &Source<'_>, problems: &mut Vec<Problem>) -> Vec<RawEntry> {
    let mut entries = Vec::new();
    let [all] = tables(source, ["procedure"], problems);
    for mut entry in all {
        let at = entry.span().start;
        let before = problems.len();
        let mut take = |key| match entry.get_mut() {
            DeValue::Table(table) => take_array(source, table, key, problems),
            _ => Vec::new(),
        };
        let (limits, components, fees, steps) =
            (take("time_limit"), take("component"), take("fee"), take("step"));
        let tables = RawTables {
            time_limits: decode_all(source, limits, problems),
            components: decode_all(source, components, problems),
            fees: decode_all(source, fees, problems),
            steps: steps.into_iter().filter_map(|step| decode_anyway(source, step, problems)).collect(),
        };
        let procedure: Option<RawProcedure> = decode_anyway(source, entry, problems);
        let whole = problems.len() == before;
        entries.extend(procedure.map(|procedure| RawEntry { at, whole, procedure, tables }));
    }
    entries
}
