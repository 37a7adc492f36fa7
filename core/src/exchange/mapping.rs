//! How somebody's columns are called.

use super::rows::Rows;
use crate::problem::Problems;
use crate::toml_file::{Source, decode_located, tables};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use unicode_normalization::UnicodeNormalization;

/// What the columns of an export are called, and the words in them, where that is not as motcua has it. It is a file that a
/// user writes:
///
/// ```toml
/// [[mapping]]
/// rows = "dossiers"
///
/// [mapping.columns]             # ours = "theirs", in any case
/// dossier = "Mã hồ sơ"
/// received = "Ngày tiếp nhận"
///
/// [mapping.values.channel]      # "theirs" = "ours"
/// "Nộp qua Zalo" = "online"
/// ```
///
/// A word whose ours is `""` is not known. Columns that are not named keep their own names. [`Rows::columns`] says which there are.
///
/// ```
/// use motcua::exchange::{Mapping, Rows};
/// let text = "[[mapping]]\nrows = \"petitions\"\ncolumns = { petition = \"Số PAKN\", sent = \"Ngày gửi\" }\n";
/// let problems = Mapping::load("mapping.toml", text).unwrap_err();
/// assert_eq!((problems.0[0].code, problems.0[0].line), ("exchange.mapping_column", 1));
/// let mapping = Mapping::load("mapping.toml", &text.replace("sent", "received")).unwrap();
/// assert!(mapping.renames(Rows::Petitions) && !mapping.renames(Rows::Dossiers));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    of: BTreeMap<Rows, Names>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Names {
    /// Ours by theirs in small letters.
    columns: HashMap<String, &'static str>,
    /// By our column, ours by theirs in small letters.
    values: HashMap<&'static str, HashMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    rows: Rows,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// All problems of the file: `file.*`; `exchange.mapping_column` for a column that motcua does not have, and
    /// `exchange.mapping_twice` for what is said twice.
    pub fn load(file: &str, text: &str) -> Result<Self, Problems> {
        let source = Source { file, text, format: "the documentation of motcua::exchange::Mapping" };
        let mut problems = Vec::new();
        let [entries] = tables(&source, ["mapping"], &mut problems);
        let mut mapping = Self::default();
        for (at, raw) in decode_located::<Raw>(&source, entries, &mut problems) {
            let rows = raw.rows;
            let names = names(raw, &mut |code, message, help| {
                problems.push(source.problem(code, at, message, help));
            });
            if mapping.of.insert(rows, names).is_some() {
                let message = format!("there are two mappings for {rows:?}");
                problems.push(source.problem("exchange.mapping_twice", at, message, "join the two"));
            }
        }
        if problems.is_empty() { Ok(mapping) } else { Err(Problems::sorted(problems)) }
    }

    /// Whether it says anything of rows of a kind.
    #[must_use]
    pub fn renames(&self, rows: Rows) -> bool {
        self.of.contains_key(&rows)
    }

    /// Our name of a column of theirs.
    pub(super) fn column(&self, rows: Rows, theirs: &str) -> Option<&'static str> {
        let theirs = plain(theirs);
        let names = self.of.get(&rows);
        let named = names.and_then(|names| names.columns.get(&theirs)).copied();
        // A column that is said to be called otherwise is not the one that happens to have its name.
        let is_renamed =
            |ours: &str| names.is_some_and(|names| names.columns.values().any(|known| *known == ours));
        let own = || rows.columns().iter().map(|column| column.name).find(|ours| *ours == theirs);
        named.or_else(|| own().filter(|ours| !is_renamed(ours)))
    }

    /// Our word for one of theirs, if it has one.
    pub(super) fn value<'a>(&'a self, rows: Rows, column: &str, text: &'a str) -> &'a str {
        let words = self.of.get(&rows).and_then(|names| names.values.get(column));
        words.and_then(|words| words.get(&plain(text))).map_or(text, String::as_str)
    }
}

/// As names and words are compared: without regard to case, to spaces around, and to how Unicode writes an accent.
fn plain(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase()
}

fn names(raw: Raw, problem: &mut dyn FnMut(&'static str, String, &str)) -> Names {
    let mut known = |name: &str| {
        let found = raw.rows.columns().iter().find(|column| column.name == name);
        if found.is_none() {
            let names: Vec<&str> = raw.rows.columns().iter().map(|column| column.name).collect();
            let help = format!("write one of: {}", names.join(", "));
            problem("exchange.mapping_column", format!("there is no column `{name}`"), &help);
        }
        found.map(|column| column.name)
    };
    let mut names = Names::default();
    let mut twice = Vec::new();
    for (ours, theirs) in &raw.columns {
        if let Some(ours) = known(ours)
            && names.columns.insert(plain(theirs), ours).is_some()
        {
            twice.push(theirs.clone());
        }
    }
    for (column, words) in raw.values {
        if let Some(column) = known(&column) {
            let known = names.values.entry(column).or_default();
            for (theirs, ours) in words {
                if known.insert(plain(&theirs), ours).is_some() {
                    twice.push(theirs);
                }
            }
        }
    }
    for theirs in twice {
        let message = format!("`{theirs}` is said to be two things");
        problem("exchange.mapping_twice", message, "leave one of them");
    }
    names
}
