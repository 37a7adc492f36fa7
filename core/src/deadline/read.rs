//! Limits as documents write them.

use super::limit::amount;
use super::{Amount, DeadlineError, TimeLimit, TimeUnit};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// What a document says beside the limit itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// Another limit for a case: `15 ngày đối với nhà ở riêng lẻ`.
    Other {
        /// The limit.
        limit: TimeLimit,
        /// For what, in the document's words.
        when: String,
    },
    /// The limit may become longer: `xác minh thêm không quá 05 ngày`.
    Longer {
        /// By how much.
        by: TimeLimit,
        /// In what case, in the document's words.
        when: String,
    },
    /// A time that does not count: `không kể thời gian …`.
    Excluded(String),
    /// From when it counts: `kể từ ngày …`.
    Start(String),
    /// Anything else.
    Remark(String),
}

/// A limit that was read in a document, and what the document says beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The limit.
    pub limit: TimeLimit,
    /// The rest, part by part. Nothing of the text is lost.
    pub clauses: Vec<Clause>,
}

impl Reading {
    /// Reads a limit as real documents write it. What can be read in one way only is read; of the rest the error says
    /// which part is in doubt, and what it could mean.
    ///
    /// ```
    /// use motcua::deadline::{Clause, Reading};
    /// let read = |text: &str| Reading::of(text).unwrap();
    /// assert_eq!(read("không quá mười ba (13) ngày").limit.to_string(), "13 day");
    /// assert_eq!(read("-1").limit.to_string(), "not_stated");
    /// let reading = read("Không quá 20 ngày (không kể thời gian giải phóng mặt bằng)");
    /// assert_eq!(reading.limit.to_string(), "20 day");
    /// assert_eq!(reading.clauses, [Clause::Excluded("không kể thời gian giải phóng mặt bằng".into())]);
    ///
    /// let error = Reading::of("mười bảy (13) ngày").unwrap_err();
    /// assert_eq!(error.code(), "deadline.unclear");
    /// assert!(error.to_string().contains("17 day, 13 day"), "{error}");
    /// let error = Reading::of("05 làm việc").unwrap_err();
    /// assert!(error.to_string().contains("5 working_day, 5 working_hour"), "{error}");
    /// ```
    ///
    /// # Errors
    /// `deadline.unclear`, and those of [`TimeLimit::parse`].
    pub fn of(text: &str) -> Result<Self, DeadlineError> {
        if let Ok(limit) = TimeLimit::parse(text) {
            return Ok(Self { limit, clauses: Vec::new() });
        }
        let folded: String = text.nfc().collect();
        let parts = split(&folded);
        let mut read: Option<Self> = None;
        for part in parts {
            let whole = Document { text: &folded };
            match (&mut read, whole.part(&part)?) {
                (None, Part::Limit(limit, clauses)) => read = Some(Self { limit, clauses }),
                (None, Part::Words(_)) => return Err(DeadlineError::Number { text: text.into() }),
                (Some(read), Part::Words(words)) => read.clauses.push(clause(words)),
                // What stands beside it is part of the words that say when it holds.
                (Some(read), Part::Limit(limit, _)) => {
                    read.clauses.push(whole.second(read.limit, limit, &part)?);
                }
            }
        }
        read.ok_or_else(|| DeadlineError::Number { text: text.into() })
    }
}

enum Part {
    Limit(TimeLimit, Vec<Clause>),
    Words(String),
}

/// The parts that semicolons divide, outside brackets and quotes.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0u32);
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ';' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Words before a limit that say nothing of its length.
const LEADS: [&str; 8] =
    ["+", "trong thời hạn", "thời hạn", "không quá", "tối đa", "là", "trong vòng", "chậm nhất"];

/// Words that mean an addition to what was said before.
const MORE: [&str; 4] = ["thêm", "kéo dài", "gia hạn", "xác minh"];

/// Words that mean that the source has nothing.
const UNKNOWN: [&str; 4] =
    ["không có thông tin", "không có trong đoạn trích", "không đọc được", "không công bố"];

/// The names of a unit, the longest first.
const UNITS: [(&str, TimeUnit); 15] = [
    ("ngày làm việc", TimeUnit::WorkingDay),
    ("giờ làm việc", TimeUnit::WorkingHour),
    ("working days", TimeUnit::WorkingDay),
    ("working day", TimeUnit::WorkingDay),
    ("ngày liên tục", TimeUnit::Day),
    ("hours", TimeUnit::Hour),
    ("hour", TimeUnit::Hour),
    ("days", TimeUnit::Day),
    ("day", TimeUnit::Day),
    ("ngày", TimeUnit::Day),
    ("giờ", TimeUnit::Hour),
    ("tuần", TimeUnit::Week),
    ("tháng", TimeUnit::Month),
    ("năm", TimeUnit::Year),
    ("tiếng", TimeUnit::Hour),
];

struct Document<'a> {
    text: &'a str,
}

impl Document<'_> {
    fn unclear(&self, part: &str, choices: impl IntoIterator<Item = String>) -> DeadlineError {
        let (text, part, mut choices) = (self.text.into(), part.into(), Vec::from_iter(choices));
        choices.dedup();
        DeadlineError::Unclear { text, part, choices }
    }

    /// One part: a limit with what stands beside it, or words.
    fn part(&self, part: &str) -> Result<Part, DeadlineError> {
        let lower = part.to_lowercase();
        let mut rest = lower.trim();
        if let Some(words) = rest.strip_prefix("số ngày xử lý:") {
            let number = amount(words.trim(), self.text)?;
            let choices = ["day", "working_day"].map(|unit| format!("{number} {unit}"));
            return Err(self.unclear(part, choices));
        }
        if let Some(value) = rest.strip_prefix("totaltime=\"").and_then(|rest| rest.strip_suffix('"')) {
            rest = value;
        }
        if UNKNOWN.iter().any(|unknown| rest.starts_with(unknown)) {
            let clauses =
                bracket(rest).map(|(_, inner, _)| Clause::Remark(inner.into())).into_iter().collect();
            return Ok(Part::Limit(TimeLimit::Unknown, clauses));
        }
        match rest {
            // A mark of one-stop software for a matter without a due date.
            "-1" => return Ok(Part::Limit(TimeLimit::NotStated, Vec::new())),
            "ngay" => {
                let choices = ["same_day", "not_stated"].map(String::from);
                return Err(self.unclear(part, choices));
            }
            "0" => return Err(DeadlineError::Zero { text: self.text.into() }),
            _ => {}
        }
        if let Ok(limit) = TimeLimit::parse(rest) {
            return Ok(Part::Limit(limit, Vec::new()));
        }
        while let Some(after) = LEADS.iter().find_map(|lead| rest.strip_prefix(lead)) {
            rest = after.trim_start();
        }
        match self.number(rest)? {
            Some((number, after)) => self.with_unit(part, number, after),
            None => Ok(self.later_limit(part, rest)),
        }
    }

    /// A limit that stands at the end of a sentence of another kind: `xác minh thêm không quá 05 ngày`.
    fn later_limit(&self, part: &str, rest: &str) -> Part {
        let number = rest.char_indices().find(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i);
        let limit = number.and_then(|i| rest.get(i..)).and_then(|tail| TimeLimit::parse(tail.trim()).ok());
        match limit {
            Some(limit) => Part::Limit(limit, vec![]),
            None => Part::Words(part.into()),
        }
    }

    /// The number at the beginning, in figures, in words, or both, and what follows.
    fn number<'t>(&self, rest: &'t str) -> Result<Option<(Amount, &'t str)>, DeadlineError> {
        let figures = |rest: &'t str| {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || ".,/".contains(c))).unwrap_or(rest.len());
            (end > 0).then(|| rest.split_at(end))
        };
        if let Some((figures, after)) = figures(rest) {
            return Ok(Some((amount(figures, self.text)?, after.trim_start())));
        }
        let Some((words, after)) = number_words(rest) else { return Ok(None) };
        let in_words = Amount::whole(words).ok_or_else(|| DeadlineError::Zero { text: self.text.into() })?;
        // Written twice, the two have to agree.
        if let Some(("", inner, after)) = bracket(after.trim_start())
            && let Some((figures, "")) = figures(inner)
        {
            let in_figures = amount(figures, self.text)?;
            if in_figures != in_words {
                let unit = unit(after.trim_start()).map_or("day", |(unit, _)| unit.name());
                let choices = [in_words, in_figures].map(|number| format!("{number} {unit}"));
                let end = rest.len() - after.len();
                return Err(self.unclear(rest.get(..end).unwrap_or(rest), choices));
            }
            return Ok(Some((in_words, after.trim_start())));
        }
        Ok(Some((in_words, after)))
    }

    fn with_unit(&self, part: &str, number: Amount, after: &str) -> Result<Part, DeadlineError> {
        // 25 (ngày làm việc) x 08 giờ = 200 giờ
        if let Some(("", inner, rest)) = bracket(after.trim_start())
            && let Some((unit, "")) = unit(inner)
        {
            let limit = TimeLimit::parse(&format!("{number} {}", unit.name()))?;
            return Ok(Part::Limit(limit, remarks(rest)));
        }
        if after.starts_with("làm việc") {
            let choices = ["working_day", "working_hour"].map(|unit| format!("{number} {unit}"));
            return Err(self.unclear(part, choices));
        }
        let Some((found, rest)) = unit(after) else {
            // Several numbers before one unit: `10 / 10 / 20 ngày làm việc theo dòng kênh`.
            if let Some(choices) = several(number, after) {
                return Err(self.unclear(part, choices));
            }
            let units = ["hour", "working_hour", "day", "working_day"];
            let bare = after.is_empty() || after.starts_with('(') || after.starts_with('[');
            return Err(if bare {
                self.unclear(part, units.map(|unit| format!("{number} {unit}")))
            } else if after.starts_with("gi") {
                self.unclear(after, ["hour", "working_hour"].map(|unit| format!("{number} {unit}")))
            } else {
                DeadlineError::UnitUnknown { text: self.text.into(), unit: after.into() }
            });
        };
        let (number, rest) = match rest.trim_start().strip_prefix("rưỡi") {
            Some(rest) => (number.and_a_half(), rest),
            None => (number, rest),
        };
        let limit = TimeLimit::parse(&format!("{number} {}", found.name()))?;
        // Two limits in the same breath: one of them is wrong.
        if let Some(second) = second_limit(rest) {
            return Err(self.unclear(part, [limit, second].map(|limit| limit.to_string())));
        }
        Ok(Part::Limit(limit, remarks(original(part, rest))))
    }

    /// What a further limit is to the first.
    fn second(&self, first: TimeLimit, limit: TimeLimit, part: &str) -> Result<Clause, DeadlineError> {
        let lower = part.to_lowercase();
        if MORE.iter().any(|more| lower.contains(more)) {
            return Ok(Clause::Longer { by: limit, when: part.into() });
        }
        if ["đối với", "trường hợp", "nếu"].iter().any(|case| lower.contains(case)) {
            return Ok(Clause::Other { limit, when: part.into() });
        }
        Err(self.unclear(part, [first, limit].map(|limit| limit.to_string())))
    }
}

/// The end of a text in its own capitals. Letters of Vietnamese have the same length in both cases.
fn original<'t>(text: &'t str, lower_end: &'t str) -> &'t str {
    let start = text.trim_end().len().checked_sub(lower_end.trim_end().len());
    start.and_then(|start| text.get(start..)).unwrap_or(lower_end)
}

/// A unit at the beginning, and what follows it.
fn unit(text: &str) -> Option<(TimeUnit, &str)> {
    let text = text.trim_start();
    let (unit, rest) = UNITS.iter().find_map(|(name, unit)| Some((*unit, text.strip_prefix(name)?)))?;
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    ends.then_some((unit, rest))
}

/// The text before the first bracket, in it, and after it.
fn bracket(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('(')?;
    let (inner, after) = rest.rsplit_once(')')?;
    // Brackets side by side are not one.
    match inner.split_once(')') {
        Some((first, _)) if !first.contains('(') => {
            let (_, after) = rest.split_once(')')?;
            Some((before, first.trim(), after))
        }
        _ => Some((before, inner.trim(), after)),
    }
}

/// `10 / 20 ngày làm việc`: each number with the unit.
fn several(first: Amount, after: &str) -> Option<Vec<String>> {
    let after = after.trim_start().strip_prefix('/')?;
    let end = after.find(|c: char| !(c.is_ascii_digit() || " /".contains(c)))?;
    let (numbers, rest) = after.split_at(end);
    let (unit, _) = unit(rest)?;
    let numbers = numbers.split('/').filter_map(|number| amount(number.trim(), "").ok());
    Some([first].into_iter().chain(numbers).map(|number| format!("{number} {}", unit.name())).collect())
}

/// A second limit after the first one, outside brackets: `10 ngày hoặc 15 ngày`, `3 ngày 4 giờ`.
fn second_limit(rest: &str) -> Option<TimeLimit> {
    let mut depth = 0u32;
    let mut begins = true;
    for (i, c) in rest.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if c.is_ascii_digit() && begins && depth == 0 => {
                let tail = rest.get(i..)?;
                let end =
                    tail.find(|c: char| !(c.is_ascii_digit() || ".,/".contains(c))).unwrap_or(tail.len());
                let (number, after) = tail.split_at(end);
                if let (Ok(number), Some((unit, _))) = (amount(number, rest), unit(after)) {
                    return TimeLimit::parse(&format!("{number} {}", unit.name())).ok();
                }
            }
            _ => {}
        }
        begins = !c.is_alphanumeric();
    }
    None
}

/// What follows a limit, part by part.
fn remarks(rest: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut rest = rest.trim();
    while let Some((before, inner, after)) = bracket(rest) {
        clauses
            .extend(Some(before.trim()).filter(|words| !words.is_empty()).map(|words| clause(words.into())));
        clauses.extend(inner.split(';').map(|words| clause(words.trim().into())));
        rest = after.trim();
    }
    clauses.extend(Some(rest).filter(|words| !words.is_empty()).map(|words| clause(words.into())));
    clauses
}

fn clause(words: String) -> Clause {
    let lower = words.to_lowercase();
    if ["không kể", "không tính", "không bao gồm"].iter().any(|lead| lower.starts_with(lead)) {
        Clause::Excluded(words)
    } else if ["kể từ", "từ ngày", "tính từ"].iter().any(|lead| lower.starts_with(lead)) {
        Clause::Start(words)
    } else {
        Clause::Remark(words)
    }
}

/// A number in Vietnamese words, up to 999, at the beginning of a text, and what follows.
fn number_words(text: &str) -> Option<(u32, &str)> {
    const DIGITS: [(&str, u32); 15] = [
        ("một", 1),
        ("mốt", 1),
        ("hai", 2),
        ("ba", 3),
        ("bốn", 4),
        ("tư", 4),
        ("năm", 5),
        ("lăm", 5),
        ("nhăm", 5),
        ("sáu", 6),
        ("bảy", 7),
        ("bẩy", 7),
        ("tám", 8),
        ("chín", 9),
        ("không", 0),
    ];
    let (mut total, mut last, mut rest, mut any) = (0, None, text, false);
    // What there was before the last word, should that have been the unit.
    let mut without = None;
    loop {
        let trimmed = rest.trim_start();
        let end = trimmed.find(|c: char| !c.is_alphabetic()).unwrap_or(trimmed.len());
        let (word, after) = trimmed.split_at(end);
        let digit = DIGITS.iter().find(|(name, _)| *name == word).map(|(_, digit)| *digit);
        match (word, digit, last) {
            ("mười", _, None) if total % 100 == 0 => total += 10,
            ("mươi", _, Some(tens)) => {
                total += 10 * tens;
                last = None;
            }
            ("trăm", _, Some(hundreds)) => {
                total += 100 * hundreds;
                last = None;
            }
            ("linh" | "lẻ", _, None) => {}
            (_, Some(digit), None) => {
                without = (word == "năm" && any).then_some((total, trimmed));
                last = Some(digit);
            }
            _ => break,
        }
        any = true;
        rest = after;
    }
    // `năm` is five, and a year: at the end it is the unit.
    match without {
        Some((total, from)) if rest.trim().is_empty() && last == Some(5) => Some((total, from)),
        _ => any.then_some((total + last.unwrap_or_default(), rest.trim_start())),
    }
}
