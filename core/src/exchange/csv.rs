//! Dossiers from a CSV export.

use super::cells::{Cells, Fault};
use super::mapping::Mapping;
use super::row::Row;
use super::rows::Rows;
use crate::calendar::Calendar;
use crate::csv_file;
use crate::measure::Fact;
use crate::moment;
use crate::procedure::Catalogue;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use thiserror::Error;

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
/// use motcua::exchange::{Mapping, read_csv};
/// use motcua::{calendar::Calendar, procedure::Catalogue};
/// let mapping = Mapping::load("mapping.toml", r#"
/// [[mapping]]
/// rows = "dossiers"
/// columns = { dossier = "Mã hồ sơ" }
/// "#).unwrap();
/// let text = "\
/// mã hồ sơ,procedure,unit,channel,received,finished
/// H41-1,1.004873,xã Hoa Thành,online,2023-06-01 09:30,2023-06-06 10:00
/// H41-2,1.004873,xã Hoa Thành,online,2023-06-02 09:30,2023-06-01 10:00
/// ";
/// let import = read_csv(text.as_bytes(), &mapping, Catalogue::embedded(), Calendar::vietnam()).unwrap();
/// assert_eq!(import.facts[0].due, motcua::moment::parse("2023-06-06 17:00"));
/// assert_eq!((import.bad_rows[0].line, import.bad_rows[0].code), (3, "exchange.finished_before_received"));
/// ```
///
/// # Errors
/// [`ImportError`] if the first line or the text itself cannot be used. Faults of single rows are in
/// [`Import::bad_rows`].
pub fn read_csv(
    reader: impl Read,
    mapping: &Mapping,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Result<Import, ImportError> {
    let (mut seen, mut due_computed) = (HashMap::new(), 0);
    let gathered = gather(reader, Rows::Dossiers, mapping, |cells, line| {
        let (fact, computed) = Row { cells, catalogue, calendar }.fact(line, &mut seen)?;
        due_computed += usize::from(computed);
        Ok(fact)
    })?;
    let Gathered { rows: facts, bad_rows, unknown_columns } = gathered;
    Ok(Import { facts, bad_rows, due_computed, unknown_columns })
}

/// Dossiers as CSV that [`read_csv`] reads back as they were. Those that were never taken in are in no figure, and left out;
/// what was to be paid is told as a yes or no.
///
/// ```
/// use motcua::exchange::{Mapping, read_csv, write_csv};
/// use motcua::{calendar::Calendar, procedure::Catalogue};
/// let text = "dossier,procedure,unit,channel,received\nH41-1,1.004873,xã Hoa Thành,online,2023-06-01 09:30\n";
/// let read = |text: &str| {
///     read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam()).unwrap().facts
/// };
/// assert_eq!(read(&write_csv(&read(text))), read(text));
/// ```
#[must_use]
pub fn write_csv(facts: &[Fact]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = Rows::Dossiers.columns();
    let mut write = |cells: Vec<String>| {
        // Into memory, and each row has a cell for each column.
        writer.write_record(cells).unwrap_or_default();
    };
    write(columns.iter().map(|column| column.name.to_owned()).collect());
    for fact in facts {
        if let Some(received) = fact.received {
            write(columns.iter().map(|column| written(fact, received, column.name)).collect());
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn written(fact: &Fact, received: chrono::NaiveDateTime, column: &str) -> String {
    // A midnight is mostly a whole day, which has no hour that could be out of order.
    let length = |at: chrono::NaiveDateTime| if at.time() == chrono::NaiveTime::MIN { 10 } else { 19 };
    let at = |at: chrono::NaiveDateTime| moment::format(at).chars().take(length(at)).collect::<String>();
    let flag = |flag: Option<bool>| flag.map(|flag| u8::from(flag).to_string());
    let found = match column {
        "dossier" => Some(fact.dossier.clone()),
        "procedure" => Some(fact.procedure.clone()),
        "unit" => Some(fact.unit.clone()),
        "channel" => Some(fact.channel.to_string()),
        "received" => Some(at(received)),
        "finished" => fact.finished.map(at),
        "due" => fact.due.map(at),
        "suspended_from" => {
            Some(fact.pauses.iter().map(|pause| at(pause.from)).collect::<Vec<_>>().join(";"))
        }
        "suspended_to" => {
            let ends = fact.pauses.iter().map(|pause| pause.to.map(at).unwrap_or_default());
            Some(ends.collect::<Vec<_>>().join(";"))
        }
        "field" => Some(fact.field.clone()),
        "digitised" => flag(fact.digitised),
        "obligation" => flag(fact.obligation),
        "paid_online" => flag(fact.paid_online),
        "electronic" => flag(fact.electronic),
        "rating" => fact.rating.map(|rating| rating.to_string()),
        "reused" => flag(fact.reused),
        "status" => Some(fact.status.name().into()),
        "supplements" => fact.supplements.map(|supplements| supplements.to_string()),
        _ => None,
    };
    found.unwrap_or_default()
}

/// What a file of other rows gave. Every row is read or a bad row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Gathered<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Those that could not be taken in, in order.
    pub bad_rows: Vec<BadRow>,
    /// Columns of the file that are not known, and so were not read.
    pub unknown_columns: Vec<String>,
}

/// Reads every row of a file.
pub(super) fn gather<T>(
    mut reader: impl Read,
    rows: Rows,
    mapping: &Mapping,
    mut read: impl FnMut(&Cells<'_>, usize) -> Result<T, Fault>,
) -> Result<Gathered<T>, ImportError> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text).map_err(unreadable)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let semicolons = first_line.iter().filter(|byte| **byte == b';').count();
    let commas = first_line.iter().filter(|byte| **byte == b',').count();
    let delimiter = if semicolons > commas { b';' } else { b',' };
    let (header, lines) = csv_file::read(text, delimiter).map_err(unreadable)?;
    let mut unknown_columns = Vec::new();
    let places = places(rows, mapping, &header, &mut unknown_columns)?;
    let mut gathered = Gathered { rows: Vec::new(), bad_rows: Vec::new(), unknown_columns };
    for csv_file::Row { line, last_line, swallows, cells } in lines {
        let outcome = match cells {
            Ok(_) if swallows => {
                let message =
                    format!("the lines {line} to {last_line} are one row, since a quote is not closed");
                Err(Fault::new("exchange.line_break", message, "close the quote where the cell ends"))
            }
            Ok(record) if record.len() == header.len() => {
                let cells = Cells { record: &record, places: &places, mapping, rows };
                cells.no_line_breaks().and_then(|()| read(&cells, line))
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
            Ok(row) => gathered.rows.push(row),
            Err(Fault { code, message, help }) => {
                gathered.bad_rows.push(BadRow { line, code, message, help })
            }
        }
    }
    Ok(gathered)
}

fn unreadable(error: impl fmt::Display) -> ImportError {
    ImportError::Unreadable { reason: error.to_string() }
}

/// Where each known column stands.
fn places(
    rows: Rows,
    mapping: &Mapping,
    header: &csv::StringRecord,
    unknown: &mut Vec<String>,
) -> Result<HashMap<&'static str, usize>, ImportError> {
    let mut places = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        match mapping.column(rows, name) {
            Some(column) if places.insert(column, place).is_some() => {
                return Err(ImportError::Twice { column: column.into() });
            }
            Some(_) => {}
            None if name.is_empty() => unknown.push(format!("number {}", place + 1)),
            None => unknown.push(name.into()),
        }
    }
    let names = |missing: bool| {
        let needed = rows.columns().iter().filter(|column| column.required);
        let named = needed.filter(|column| !missing || !places.contains_key(column.name));
        named.map(|column| column.name).collect::<Vec<_>>().join(", ")
    };
    let missing = names(true);
    if missing.is_empty() { Ok(places) } else { Err(ImportError::Columns { missing, needed: names(false) }) }
}
