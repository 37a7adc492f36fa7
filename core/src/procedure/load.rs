//! From TOML text to typed tables, gathering every problem of form with its line.

use super::raw::{RawProcedure, RawTables};
use crate::problem::Problem;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A text under the name its problems are reported with.
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    pub(super) fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub(super) fn problem(&self, code: &'static str, at: usize, message: String, help: &str) -> Problem {
        Problem { code, file: self.file.into(), line: self.line(at), message, help: help.into() }
    }
}

/// A procedure's tables with the place where it begins.
pub(super) struct RawEntry {
    pub(super) at: usize,
    pub(super) procedure: RawProcedure,
    pub(super) tables: RawTables,
}

type Entries<'i> = Vec<Spanned<DeValue<'i>>>;

/// All `[[procedure]]` entries that have the right form; the others are reported.
pub(super) fn procedures(source: &Source<'_>, problems: &mut Vec<Problem>) -> Vec<RawEntry> {
    let mut entries = Vec::new();
    for mut entry in tables(source, "procedure", problems) {
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

/// The entries `[[key]]` of a file, each decoded; anything else at the top level is a problem.
pub(super) fn list<T: DeserializeOwned>(source: &Source<'_>, key: &str, problems: &mut Vec<Problem>) -> Vec<T> {
    let entries = tables(source, key, problems);
    decode_all(source, entries, problems)
}

fn tables<'i>(source: &Source<'i>, key: &str, problems: &mut Vec<Problem>) -> Entries<'i> {
    let (document, errors) = DeTable::parse_recoverable(source.text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = format!("the file is not valid TOML: {}", error.message());
        problems.push(source.problem("file.syntax", at, message, "mend the line; see toml.io for the syntax"));
    }
    let mut document = document.into_inner();
    let entries = take_array(source, &mut document, key, problems);
    for (other, _) in document.iter() {
        let message = format!("`{}` is not known at the top of this file", other.get_ref());
        let help = format!("write every entry under [[{key}]]");
        problems.push(source.problem("file.unknown_key", other.span().start, message, &help));
    }
    entries
}

fn take_array<'i>(
    source: &Source<'_>,
    table: &mut DeTable<'i>,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Entries<'i> {
    let Some(value) = table.remove(key) else { return Vec::new() };
    let at = value.span().start;
    match value.into_inner() {
        DeValue::Array(array) => array.into_iter().collect(),
        _ => {
            let message = format!("`{key}` is not a list of tables");
            problems.push(source.problem("file.form", at, message, &format!("write [[{key}]]")));
            Vec::new()
        }
    }
}

fn decode_all<T: DeserializeOwned>(
    source: &Source<'_>,
    entries: Entries<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    entries.into_iter().filter_map(|entry| decode(source, entry, problems)).collect()
}

/// Decodes one table. serde stops at the first error, so the key at fault is dropped and the rest tried again,
/// until all faults of the table are known.
fn decode<T: DeserializeOwned>(
    source: &Source<'_>,
    mut entry: Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let mut dropped: Vec<String> = Vec::new();
    loop {
        let error = match T::deserialize(ValueDeserializer::from(entry.clone())) {
            Ok(value) => return dropped.is_empty().then_some(value),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_else(|| entry.span());
        // Once a key was dropped, the complaint that it is missing is our own doing.
        if !dropped.iter().any(|key| error.message().contains(&format!("missing field `{key}`"))) {
            let help = "compare with the format in core/data/procedures/README.md";
            problems.push(source.problem("file.form", span.start, error.message().trim().into(), help));
        }
        let DeValue::Table(table) = entry.get_mut() else { return None };
        let key = key_at(table, &span)?;
        table.remove(key.as_str());
        dropped.push(key);
    }
}

fn key_at(table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let inside = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let hit = |(key, value): &(&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        inside(key.span()) || inside(value.span())
    };
    table.iter().find(hit).map(|(key, _)| key.get_ref().to_string())
}
