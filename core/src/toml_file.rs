//! From TOML text to typed tables, gathering every problem of form with its line.

use crate::problem::{self, Problem, Problems};
use crate::toml_shape;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};
use toml::value::Datetime;

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

    /// A problem at an offset. Names that were read may stand in its sentences, so these are cut.
    pub(crate) fn problem(&self, code: &'static str, at: usize, message: String, help: &str) -> Problem {
        let (message, help) = (cut(message), cut(help.into()));
        Problem { code, file: self.file.into(), line: self.line(at), message, help }
    }
}

/// No sentence of a problem is longer, in bytes.
const MAX_SENTENCE: usize = 2_000;

/// After so many faults of form a table is given up.
const MAX_FAULTS: usize = 50;

/// So many errors of syntax are told of a file.
const MAX_ERRORS: usize = 100;

fn cut(mut sentence: String) -> String {
    if sentence.len() > MAX_SENTENCE {
        let end = (0..=MAX_SENTENCE).rev().find(|end| sentence.is_char_boundary(*end)).unwrap_or(0);
        sentence.truncate(end);
        sentence.push('…');
    }
    sentence
}

/// A bare date of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub(crate) struct Date(pub(crate) NaiveDate);

impl TryFrom<Datetime> for Date {
    type Error = String;

    fn try_from(value: Datetime) -> Result<Self, String> {
        day(&value).map(Self).ok_or_else(|| format!("`{value}` is no date; write a bare one, 2025-07-01"))
    }
}

/// A bare date of the calendar.
pub(crate) fn day(value: &Datetime) -> Option<NaiveDate> {
    match value {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    }
}

/// A bare date, for `#[serde(deserialize_with = ...)]`.
pub(crate) fn bare_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    Ok(Date::deserialize(deserializer)?.0)
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
    if let Some((code, at, message, help)) = toml_shape::too_much(source.text) {
        problems.push(source.problem(code, at, message, help));
        return keys.map(|_| Vec::new());
    }
    let (document, errors) = DeTable::parse_recoverable(source.text);
    for error in errors.iter().take(MAX_ERRORS) {
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
    for (other, _) in document.iter().take(MAX_ERRORS) {
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

/// The entries `[[key]]` of a file that is part of the library.
pub(crate) fn part_of_library<T: DeserializeOwned>(
    file: &'static str,
    text: &'static str,
    key: &str,
) -> Vec<T> {
    let source = Source { file, text, format: "its own head" };
    let mut problems = Vec::new();
    let [entries] = tables(&source, [key], &mut problems);
    let found = decode_all(&source, entries, &mut problems);
    problem::part_of_library(if problems.is_empty() { Ok(found) } else { Err(Problems(problems)) })
}

/// Decodes one table, or reports all its faults.
pub(crate) fn decode<T: DeserializeOwned>(
    source: &Source<'_>,
    entry: Entry<'_>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let before = problems.len();
    decode_anyway(source, entry, problems).filter(|_| problems.len() == before)
}

/// The place of a value that stands in for one that is missing or of the wrong form. Its fault is told already, so
/// nothing more should be said of it.
pub(crate) const STAND_IN: usize = usize::MAX;

/// Decodes one table even if it has faults, with stand-ins where a value is needed, so that the rest can be checked.
///
/// serde stops at the first error; so the value at fault is taken out, or put in, and the table tried again.
pub(crate) fn decode_anyway<T: DeserializeOwned>(
    source: &Source<'_>,
    mut entry: Entry<'_>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let help = format!("compare with {}", source.format);
    let mut faulty: Vec<String> = Vec::new();
    let mut standing_in: Option<(String, usize)> = None;
    let before = problems.len();
    loop {
        if problems.len() > before + MAX_FAULTS {
            return None;
        }
        let error = match T::deserialize(ValueDeserializer::from(entry.clone())) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_else(|| entry.span());
        let begin = entry.span().start;
        let message = error.message().trim();
        let DeValue::Table(table) = entry.get_mut() else {
            problems.push(source.problem("file.form", span.start, message.into(), &help));
            return None;
        };
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        let blamed = match missing {
            Some((key, _)) => Some(key.to_owned()),
            None if span.start == STAND_IN => standing_in.as_ref().map(|(key, _)| key.clone()),
            None => {
                problems.push(source.problem("file.form", span.start, message.into(), &help));
                let key = key_at(table, &span)?;
                table.remove(key.as_str());
                faulty.push(key);
                None
            }
        };
        let Some(key) = blamed else { continue };
        if !faulty.contains(&key) {
            problems.push(source.problem("file.form", begin, format!("missing field `{key}`"), &help));
            faulty.push(key.clone());
        }
        let tries = standing_in.filter(|(last, _)| *last == key).map_or(0, |(_, tries)| tries + 1);
        let value = stand_in(tries, message)?;
        table.insert(
            Spanned::new(STAND_IN..STAND_IN, Cow::Owned(key.clone())),
            Spanned::new(STAND_IN..STAND_IN, value),
        );
        standing_in = Some((key, tries));
    }
}

/// The n-th guess at a value that will do.
fn stand_in(n: usize, message: &str) -> Option<DeValue<'static>> {
    let first_variant = message.strip_prefix("unknown variant").and_then(|rest| rest.split('`').nth(3));
    if let Some(variant) = first_variant {
        return Some(DeValue::String(Cow::Owned(variant.to_owned())));
    }
    match n {
        0 => Some(DeValue::String(Cow::Borrowed(""))),
        1 => Some(DeValue::Boolean(false)),
        2 => "2000-01-01".parse().ok().map(DeValue::Datetime),
        3 => Some(DeValue::Array(DeArray::new())),
        _ => None,
    }
}

fn key_at(table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let inside = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let hit = |(key, value): &(&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        inside(key.span()) || inside(value.span())
    };
    table.iter().find(hit).map(|(key, _)| key.get_ref().to_string())
}
