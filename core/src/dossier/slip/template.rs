//! From the values of a slip, as JSON, to the words that are printed.

use super::forms::word;
use crate::moment;
use crate::text::is_invisible;
use chrono::{Datelike, NaiveDateTime, Timelike};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// A template filled with values; `None` if one is absent for which nothing stands.
pub(super) fn fill(template: &str, values: &Value, number: usize) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, next) = after.split_once('}')?;
        let (what, instead) = match inside.split_once('|') {
            Some((what, instead)) => (what, Some(instead)),
            None => (inside, None),
        };
        let (path, kind) = what.split_once(':').unwrap_or((what, ""));
        let found = match path {
            "#" => Some(number.to_string()),
            path => at(values, path).and_then(|value| words(value, kind)),
        };
        filled.push_str(before);
        filled.push_str(&found.or_else(|| instead.map(String::from))?);
        rest = next;
    }
    filled.push_str(rest);
    Some(filled).filter(|filled| !filled.is_empty())
}

/// A value by its path; an absent one is none.
pub(super) fn at<'v>(values: &'v Value, path: &str) -> Option<&'v Value> {
    let step = |value: &'v Value, key: &str| value.get(key);
    path.split('.').try_fold(values, step).filter(|value| !value.is_null())
}

/// Whether `path=value` holds.
pub(super) fn holds(when: &str, values: &Value) -> bool {
    let Some((path, wanted)) = when.split_once('=') else { return false };
    at(values, path).is_some_and(|value| plain(value).as_deref() == Some(wanted))
}

fn words(value: &Value, kind: &str) -> Option<String> {
    match kind {
        "moment" => moment::parse(value.as_str()?).map(moment_vi),
        "day" => moment::parse(value.as_str()?).map(day_vi),
        "short" => moment::parse(value.as_str()?).map(|at| at.format("%H:%M %d/%m/%Y").to_string()),
        "vnd" => Some(format!("{} đồng", dotted(value.as_u64()?))),
        "count" => value.as_u64().filter(|count| *count > 0).map(dotted),
        "word" => Some(word(value.as_str()?).into()),
        "party" => parties(value),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => clean(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(all) => all.iter().filter_map(plain).collect::<Vec<_>>().join("; "),
        Value::Null | Value::Object(_) => String::new(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Who gives or takes: role, name and unit, as far as they are known.
fn parties(value: &Value) -> Option<String> {
    let text = match value {
        Value::Array(all) => all.iter().filter_map(parties).collect::<Vec<_>>().join("; "),
        one => {
            let parts = ["role", "officer", "unit"];
            parts.iter().filter_map(|part| plain(one.get(part)?)).collect::<Vec<_>>().join(", ")
        }
    };
    Some(text).filter(|text| !text.is_empty())
}

/// `09 giờ 30 phút, ngày 01 tháng 06 năm 2026`.
fn moment_vi(at: NaiveDateTime) -> String {
    format!("{:02} giờ {:02} phút, {}", at.hour(), at.minute(), day_vi(at))
}

/// `ngày 01 tháng 06 năm 2026`.
pub(super) fn day_vi(at: NaiveDateTime) -> String {
    format!("ngày {:02} tháng {:02} năm {}", at.day(), at.month(), at.year())
}

/// `1.234.567`.
fn dotted(number: u64) -> String {
    let digits = number.to_string();
    let mut dotted = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            dotted.push('.');
        }
        dotted.push(digit);
    }
    dotted
}

/// Text as it can be printed: in NFC, its lines without blank ones; without what has no width or turns the direction of
/// writing, by which a slip could say something else than it seems to say.
pub(super) fn clean(text: &str) -> String {
    let text: String = text.nfc().filter_map(printable).collect();
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn printable(c: char) -> Option<char> {
    match c {
        '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
        c if is_invisible(c) => None,
        c if c.is_control() || c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}
