//! Dossiers from a CSV export.

use crate::calendar::Calendar;
use crate::csv_file;
use crate::deadline::{Clock, DeadlineError};
use crate::dossier::Status;
use crate::measure::Fact;
use crate::moment;
use crate::procedure::{Catalogue, Channel, Procedure};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
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
    column("suspended_from", false, "when its clock was suspended; used for computing `due`"),
    column("suspended_to", false, "when its clock went on"),
    column("field", false, "field of administration (lĩnh vực); that of the catalogue's procedure if empty"),
    column("case", false, "the case that a special time limit names, in the catalogue's words"),
    column("digitised", false, "yes if its papers were digitised"),
    column("fee", false, "what was to be paid, in đồng; 0 if free"),
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
    reader: impl Read,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Result<Import, ImportError> {
    let mut text = Vec::new();
    let mut reader = reader;
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
    for (line, record) in rows {
        let outcome = match record {
            Ok(record) if record.len() == header.len() => {
                Row { record: &record, places: &places, catalogue, calendar }.fact(line, &mut seen)
            }
            Ok(record) => {
                let message = format!("the row has {} cells, the first line {}", record.len(), header.len());
                Err(Fault::new("exchange.cells", message, "quote cells that hold a separator"))
            }
            Err(error) => {
                Err(Fault::new("exchange.row_unreadable", error.to_string(), "write the row in UTF-8"))
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

struct Fault {
    code: &'static str,
    message: String,
    help: String,
}

impl Fault {
    fn new(code: &'static str, message: String, help: &str) -> Self {
        Self { code, message, help: help.into() }
    }
}

/// A moment as written: whole days have no hour to compare.
#[derive(Clone, Copy)]
struct Written {
    at: NaiveDateTime,
    has_time: bool,
}

impl Written {
    /// The moment, or, of a whole day, the last change that day if there was one.
    fn not_before(self, last: NaiveDateTime) -> NaiveDateTime {
        if self.has_time { self.at } else { self.at.max(last.min(self.at + TimeDelta::seconds(86_399))) }
    }

    fn is_before(self, other: Self) -> bool {
        if self.has_time && other.has_time { self.at < other.at } else { self.at.date() < other.at.date() }
    }
}

struct Row<'a> {
    record: &'a csv::StringRecord,
    places: &'a HashMap<&'static str, usize>,
    catalogue: &'a Catalogue,
    calendar: &'a Calendar,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        let text = self.record.get(*self.places.get(column)?)?;
        (!text.is_empty()).then_some(text)
    }

    fn needed(&self, column: &str) -> Result<&str, Fault> {
        let missing = || Fault::new("exchange.cell_missing", format!("`{column}` is empty"), "fill it in");
        self.cell(column).ok_or_else(missing)
    }

    fn moment(&self, column: &str) -> Result<Option<Written>, Fault> {
        self.cell(column).map(|text| self.written(column, text)).transpose()
    }

    fn written(&self, column: &str, text: &str) -> Result<Written, Fault> {
        let written = written(text).ok_or_else(|| {
            let help = "write 2023-06-01 09:30, 2023-06-01, 01/06/2023 09:30 or 01/06/2023";
            Fault::new("exchange.moment", format!("`{text}` in `{column}` is no moment"), help)
        })?;
        self.calendar.day(written.at.date()).map_err(|error| refused(&error.to_string(), error.code()))?;
        Ok(written)
    }

    fn flag(&self, column: &str) -> Result<Option<bool>, Fault> {
        match self.cell(column).map(str::to_lowercase).as_deref() {
            None => Ok(None),
            Some("1" | "yes" | "true" | "có" | "x") => Ok(Some(true)),
            Some("0" | "no" | "false" | "không") => Ok(Some(false)),
            Some(other) => {
                let message = format!("`{other}` in `{column}` is neither yes nor no");
                Err(Fault::new("exchange.flag", message, "write 1 or 0, or leave it empty if not known"))
            }
        }
    }

    fn fact(&self, line: usize, seen: &mut HashMap<String, usize>) -> Result<(Fact, bool), Fault> {
        let dossier = self.needed("dossier")?;
        if let Some(earlier) = seen.get(dossier) {
            let message = format!("dossier `{dossier}` is in line {earlier} already");
            return Err(Fault::new("exchange.dossier_twice", message, "keep one of the two rows"));
        }
        let code = self.needed("procedure")?;
        let unit = self.needed("unit")?;
        let channel = channel(self.needed("channel")?)?;
        let received = self.written("received", self.needed("received")?)?;
        let (finished, due) = (self.moment("finished")?, self.moment("due")?);
        for (column, moment) in [("finished", finished), ("due", due)] {
            if moment.is_some_and(|moment| moment.is_before(received)) {
                let message = format!("`{column}` lies before `received`");
                let code = match column {
                    "due" => "exchange.due_before_received",
                    _ => "exchange.finished_before_received",
                };
                return Err(Fault::new(code, message, "exchange or correct the two moments"));
            }
        }
        let procedure = self.catalogue.find(code, received.at.date());
        let computed = match due {
            Some(due) => Some(due.at),
            None => self.due(procedure, code, channel, received, finished)?,
        };
        let fee = self.number("fee")?;
        let rating = self.number("rating")?.map(u8::try_from).transpose();
        let Some(rating) = rating.ok().filter(|rating| rating.is_none_or(|rating| rating <= 2)) else {
            let message = format!("`{}` is no rating", self.cell("rating").unwrap_or_default());
            return Err(Fault::new("exchange.rating", message, "write 2, 1 or 0"));
        };
        let field = self.cell("field").map(String::from);
        let fact = Fact {
            dossier: dossier.into(),
            procedure: code.into(),
            field: field.or_else(|| procedure.map(|p| p.field.clone())).unwrap_or_else(|| "?".into()),
            unit: unit.into(),
            channel,
            status: if finished.is_some() { Status::Resolved } else { Status::InProgress },
            received: Some(received.at),
            due: computed,
            finished: finished.map(|finished| finished.at),
            supplements: 0,
            digitised: self.flag("digitised")?,
            obligation: fee.map(|fee| fee > 0),
            paid_online: self.flag("paid_online")?,
            electronic: self.flag("electronic")?.filter(|_| finished.is_some()),
            rating,
        };
        seen.insert(dossier.into(), line);
        Ok((fact, due.is_none() && computed.is_some()))
    }

    /// The due date by the procedure's limit, and the one suspension a row can have.
    fn due(
        &self,
        procedure: Option<&Arc<Procedure>>,
        code: &str,
        channel: Channel,
        received: Written,
        finished: Option<Written>,
    ) -> Result<Option<NaiveDateTime>, Fault> {
        let day = received.at.date();
        let (Some(procedure), Some(regime)) = (procedure, self.catalogue.regime(day)) else {
            let message = format!("`due` is empty, and procedure `{code}` is not in the catalogue on {day}");
            return Err(Fault::new(
                "exchange.no_due",
                message,
                "fill in `due`, or load the procedure's file",
            ));
        };
        if let Some(case) = self.cell("case").filter(|case| !procedure.cases().any(|known| known == *case)) {
            let message = format!("procedure `{code}` has no time limit for the case `{case}`");
            let known = procedure.cases().collect::<Vec<_>>().join("; ");
            let help = format!("leave it empty, or write one of: {known}");
            return Err(Fault { code: "exchange.case_unknown", message, help });
        }
        let rule = procedure.limit_rule(channel, self.cell("case"), regime);
        let mut clock = Clock::new(rule, received.at);
        if self.cell("suspended_from").is_none() && self.cell("suspended_to").is_some() {
            let message = "`suspended_to` is there without `suspended_from`".to_owned();
            return Err(Fault::new("exchange.suspension", message, "fill in both, or neither"));
        }
        let wrong = |error: DeadlineError| refused(&error.to_string(), error.code());
        let mut last = received.at;
        if let Some(from) = self.moment("suspended_from")? {
            last = from.not_before(last);
            clock.suspend(last, "", rule.on_suspension).map_err(wrong)?;
            if let Some(to) = self.moment("suspended_to")? {
                last = to.not_before(last);
                clock.resume(last).map_err(wrong)?;
            }
        }
        if let Some(finished) = finished {
            clock.stop(finished.not_before(last)).map_err(wrong)?;
        }
        let due = clock.due(self.calendar).map_err(wrong)?;
        Ok(due.at())
    }

    fn number(&self, column: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let message = format!("`{text}` in `{column}` is no whole number");
            Fault::new("exchange.number", message, "write digits only, without separators")
        })
    }
}

/// An error of another room, whose sentence ends with its remedy.
fn refused(sentence: &str, code: &'static str) -> Fault {
    let (message, help) = sentence.rsplit_once("; ").unwrap_or((sentence, ""));
    Fault::new(code, message.into(), help)
}

fn channel(text: &str) -> Result<Channel, Fault> {
    match text.to_lowercase().as_str() {
        "counter" | "trực tiếp" | "1" => Ok(Channel::Counter),
        "online" | "trực tuyến" | "2" => Ok(Channel::Online),
        "post" | "bưu chính" | "3" => Ok(Channel::Post),
        _ => {
            let message = format!("`{text}` is no channel");
            Err(Fault::new("exchange.channel", message, "write counter, online or post"))
        }
    }
}

fn written(text: &str) -> Option<Written> {
    if let Ok(day) =
        NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
    {
        return Some(Written { at: day.and_time(NaiveTime::MIN), has_time: false });
    }
    let at = moment::parse(text).or_else(|| {
        let formats = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"];
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    })?;
    Some(Written { at, has_time: true })
}
