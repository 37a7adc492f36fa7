//! Procedures as typed tables, each part with its own problems.

use super::raw::{RawProcedure, RawTables};
use crate::problem::Problem;
use crate::toml_file::{Source, decode, decode_all, tables, take_array};
use toml::de::DeValue;

/// A procedure's tables with the place where it begins.
pub(super) struct RawEntry {
    pub(super) at: usize,
    pub(super) procedure: RawProcedure,
    pub(super) tables: RawTables,
}

/// All `[[procedure]]` entries that have the right form; the others are reported.
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
            steps: decode_all(source, steps, problems),
        };
        let procedure: Option<RawProcedure> = decode(source, entry, problems);
        // A procedure with a table of the wrong form would draw false conclusions further on.
        if let (Some(procedure), true) = (procedure, problems.len() == before) {
            entries.push(RawEntry { at, procedure, tables });
        }
    }
    entries
}
