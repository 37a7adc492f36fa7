//! Dossiers from a CSV export.

use super::row::{Fault, Row};
use crate::calendar::Calendar;
use crate::csv_file;
use crate::measure::Fact;
use crate::procedure::Catalogue;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use thiserror::Error;

/// A column that [`read_csv`] knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in the first line, in any case and any order.
    pub name: &'static str,
    /// Whether the file must have it.
    pub required: bool,
    /// What stands in it.
    pub meaning: &'static str,
}

const fn column(name: &'static str, required: bool, meaning: &'static str) -> Column {
    Column { name, required, meaning }
}

/// The columns, in the order of the sample. Moments are Vietnam time: `2023-06-01 09:30`, `2023-06-01`,
/// `01/06/2023 09:30` or `01/06/2023`. Yes and no: `1`/`0`, `yes`/`no`, `true`/`false`, `có`/`không`. An empty cell is
/// not known.
pub const COLUMNS: &[Column] = &[
    column("dossier", true, "code of the dossier (mã hồ sơ), once in the file"),
    column("procedure", true, "code of the procedure (mã thủ tục), 1.001193"),
    column("unit", true, "the unit that settles it, in your own words"),
    column(
        "channel",
        true,
        "counter, online or post; also trực tiếp, trực tuyến, bưu chính, or 1, 2, 3 as on the portal",
    ),
    column("received", true, "when it was taken in complete"),
    column("finished", false, "when the office was done with it; empty while it is open"),
    column("due", false, "when it was due; computed from the procedure's limit if empty"),
    column("suspended_from", false, "when its clock was suspended, once at most; used for computing `due`"),
    column("suspended_to", false, "when its clock went on"),
    column("field", false, "field of administration (lĩnh vực); that of the catalogue's procedure if empty"),
    column("case", false, "the case that a special time limit names, in the catalogue's words"),
    column("digitised", false, "yes if its papers were digitised"),
    column("fee", false, "what was to be paid, in đồng, 15000 or 15.000; 0 if free"),
    column("paid_online", false, "yes if it was paid online"),
    column("electronic", false, "yes if its result is electronic"),
    column("rating", false, "the applicant's rating: 2, 1 or 0"),
];

/// Why a whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum ImportError {
    #[error(
        "the first line lacks the columns {missing}; it needs {needed}, separated by commas or semicolons"
    )]
    Columns { missing: String, needed: String },
    #[error("column `{column}` is there twice; remove one of the two")]
    Twice { column: String },
    #[error("the file cannot be read: {reason}; check that it is CSV in UTF-8")]
    Unreadable { reason: String },
}

impl ImportError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Columns { .. } => "exchange.columns",
            Self::Twice { .. } => "exchange.column_twice",
            Self::Unreadable { .. } => "exchange.unreadable",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Columns { missing, needed } => {
                format!(
                    "dòng đầu thiếu các cột {missing}; cần có {needed}, ngăn cách bằng dấu phẩy hoặc chấm phẩy"
                )
            }
            Self::Twice { column } => format!("cột `{column}` bị lặp; hãy bỏ một cột"),
            Self::Unreadable { reason } => {
                format!("không đọc được tệp: {reason}; hãy kiểm tra tệp là CSV, mã UTF-8")
            }
        }
    }
}

/// A row that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} [{}]; {}", self.line, self.message, self.code, self.help)
    }
}

/// What a file gave. Every row is either a fact or a bad row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Import {
    /// The dossiers.
    pub facts: Vec<Fact>,
    /// The rows that could not be taken in, in order.
    pub bad_rows: Vec<BadRow>,
    /// For how many dossiers the due date was computed.
    pub due_computed: usize,
    /// Columns of the file that are not known, and so were not read.
    pub unknown_columns: Vec<String>,
}

/// Reads dossiers from CSV, with commas or semicolons. Due dates that are missing are computed from the catalogue.
///
/// ```
/// use motcua::{calendar::Calendar, exchange::read_csv, procedure::Catalogue};
/// let text = "\
/// dossier,procedure,unit,channel,received,finished
/// H41-1,1.004873,xã Hoa Thành,online,2023-06-01 09:30,2023-06-06 10:00
/// H41-2,1.004873,xã Hoa Thành,online,2023-06-02 09:30,2023-06-01 10:00
/// ";
/// let import = read_csv(text.as_bytes(), Catalogue::embedded(), Calendar::vietnam()).unwrap();
/// assert_eq!(import.facts[0].due, motcua::moment::parse("2023-06-06 17:00"));
/// assert_eq!((import.bad_rows[0].line, import.bad_rows[0].code), (3, "exchange.finished_before_received"));
/// ```
///
/// # Errors
/// [`ImportError`] if the first line or the text itself cannot be used. Faults of single rows are in
/// [`Import::bad_rows`].
pub fn read_csv(
    mut reader: impl Read,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Result<Import, ImportError> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text).map_err(unreadable)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let semicolons = first_line.iter().filter(|byte| **byte == b';').count();
    let commas = first_line.iter().filter(|byte| **byte == b',').count();
    let delimiter = if semicolons > commas { b';' } else { b',' };
    let (header, rows) = csv_file::read(text, delimiter).map_err(unreadable)?;
    let mut import = Import::default();
    let places = places(&header, &mut import.unknown_columns)?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for csv_file::Row { line, last_line, swallows, cells } in rows {
        let outcome = match cells {
            Ok(_) if swallows => {
                let message =
                    format!("the lines {line} to {last_line} are one row, since a quote is not closed");
                Err(Fault::new("exchange.line_break", message, "close the quote where the cell ends"))
            }
            Ok(record) if record.len() == header.len() => {
                Row { record: &record, places: &places, catalogue, calendar }.fact(line, &mut seen)
            }
            Ok(record) => {
                let reach = if last_line > line {
                    format!(", and reaches to line {last_line}")
                } else {
                    String::new()
                };
                let message =
                    format!("the row has {} cells, the first line {}{reach}", record.len(), header.len());
                Err(Fault::new(
                    "exchange.cells",
                    message,
                    "quote cells that hold a separator, and close each quote",
                ))
            }
            Err(reason) => {
                Err(Fault::new("exchange.row_unreadable", reason, "close each quote, and write UTF-8"))
            }
        };
        match outcome {
            Ok((fact, computed)) => {
                import.due_computed += usize::from(computed);
                import.facts.push(fact);
            }
            Err(Fault { code, message, help }) => import.bad_rows.push(BadRow { line, code, message, help }),
        }
    }
    Ok(import)
}

fn unreadable(error: impl fmt::Display) -> ImportError {
    ImportError::Unreadable { reason: error.to_string() }
}

/// Where each known column stands.
fn places(
    header: &csv::StringRecord,
    unknown: &mut Vec<String>,
) -> Result<HashMap<&'static str, usize>, ImportError> {
    let mut places = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        match COLUMNS.iter().find(|column| column.name == name.to_lowercase()) {
            Some(column) if places.insert(column.name, place).is_some() => {
                return Err(ImportError::Twice { column: column.name.into() });
            }
            Some(_) => {}
            None if name.is_empty() => unknown.push(format!("number {}", place + 1)),
            None => unknown.push(name.into()),
        }
    }
    let names = |missing: bool| {
        let needed = COLUMNS.iter().filter(|column| column.required);
        let named = needed.filter(|column| !missing || !places.contains_key(column.name));
        named.map(|column| column.name).collect::<Vec<_>>().join(", ")
    };
    let missing = names(true);
    if missing.is_empty() { Ok(places) } else { Err(ImportError::Columns { missing, needed: names(false) }) }
}
