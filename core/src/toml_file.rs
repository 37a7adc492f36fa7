//! From TOML text to typed tables, gathering every problem of form with its line.

use crate::problem::Problem;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A text under the name its problems are reported with.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    /// Where the format of this kind of file is explained.
    pub(crate) format: &'static str,
}

impl Source<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub(crate) fn problem(&self, code: &'static str, at: usize, message: String, help: &str) -> Problem {
        Problem { code, file: self.file.into(), line: self.line(at), message, help: help.into() }
    }
}

/// A bare date of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub(crate) struct Date(pub(crate) NaiveDate);

impl TryFrom<toml::value::Datetime> for Date {
    type Error = String;

    fn try_from(value: toml::value::Datetime) -> Result<Self, String> {
        let toml::value::Datetime { date: Some(date), time: None, offset: None } = value else {
            return Err(format!("`{value}` is no bare date; write 2025-07-01"));
        };
        NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
            .map(Self)
            .ok_or_else(|| format!("there is no {value}; write 2025-07-01"))
    }
}

pub(crate) type Entry<'i> = Spanned<DeValue<'i>>;
pub(crate) type Entries<'i> = Vec<Entry<'i>>;

/// Each entry with the offset at which it begins.
pub(crate) fn decode_located<T: DeserializeOwned>(
    source: &Source<'_>,
    entries: Entries<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, T)> {
    let decode = |entry: Entry<'_>| Some((entry.span().start, decode(source, entry, problems)?));
    entries.into_iter().filter_map(decode).collect()
}

/// The raw entries `[[key]]` for each of the keys; anything else at the top level is a problem.
pub(crate) fn tables<'i, const N: usize>(
    source: &Source<'i>,
    keys: [&str; N],
    problems: &mut Vec<Problem>,
) -> [Entries<'i>; N] {
    let (document, errors) = DeTable::parse_recoverable(source.text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = format!("the file is not valid TOML: {}", error.message());
        problems.push(source.problem(
            "file.syntax",
            at,
            message,
            "mend the line; see toml.io for the syntax",
        ));
    }
    let mut document = document.into_inner();
    let entries = keys.map(|key| take_array(source, &mut document, key, problems));
    for (other, _) in document.iter() {
        let message = format!("`{}` is not known at the top of this file", other.get_ref());
        let help = format!("write every entry under [[{}]]", keys.join("]] or [["));
        problems.push(source.problem("file.unknown_key", other.span().start, message, &help));
    }
    entries
}

pub(crate) fn take_array<'i>(
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

pub(crate) fn decode_all<T: DeserializeOwned>(
    source: &Source<'_>,
    entries: Entries<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    entries.into_iter().filter_map(|entry| decode(source, entry, problems)).collect()
}

/// Decodes one table. serde stops at the first error, so the key at fault is dropped and the rest tried again,
/// until all faults of the table are known.
pub(crate) fn decode<T: DeserializeOwned>(
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
            let help = format!("compare with {}", source.format);
            problems.push(source.problem("file.form", span.start, error.message().trim().into(), &help));
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
