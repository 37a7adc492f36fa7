//! The cells of a row, read as what they are.

use super::mapping::Mapping;
use super::rows::Rows;
use crate::calendar::{Calendar, CalendarError};
use crate::moment;
use crate::problem::message_and_help;
use crate::procedure::Channel;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;
use std::collections::HashMap;

/// Why a row is not taken in.
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

impl Fault {
    pub(super) fn new(code: &'static str, message: String, help: &str) -> Self {
        Self { code, message, help: help.into() }
    }
}

/// A moment as written: whole days have no hour to compare.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) at: NaiveDateTime,
    has_time: bool,
}

impl Written {
    fn read(column: &str, text: &str) -> Result<Self, Fault> {
        written(text).ok_or_else(|| {
            let help = "write 2023-06-01 09:30, 2023-06-01, 01/06/2023 09:30 or 01/06/2023";
            Fault::new("exchange.moment", format!("`{text}` in `{column}` is no moment"), help)
        })
    }

    /// Refuses what lies outside a calendar.
    pub(super) fn within(self, calendar: &Calendar, column: &str) -> Result<Self, Fault> {
        let outside = |error: CalendarError| refused(&format!("`{column}`: {error}"), error.code());
        calendar.day(self.at.date()).map_err(outside)?;
        Ok(self)
    }

    /// The moment, or, of a whole day, the last change that day if there was one.
    pub(super) fn not_before(self, last: NaiveDateTime) -> NaiveDateTime {
        if self.has_time { self.at } else { self.at.max(last.min(self.at + TimeDelta::seconds(86_399))) }
    }

    pub(super) fn is_before(self, other: Self) -> bool {
        if self.has_time && other.has_time { self.at < other.at } else { self.at.date() < other.at.date() }
    }
}

/// A row, whose cells are asked for by the names of motcua's columns.
pub(super) struct Cells<'a> {
    pub(super) record: &'a csv::StringRecord,
    pub(super) places: &'a HashMap<&'static str, usize>,
    pub(super) mapping: &'a Mapping,
    pub(super) rows: Rows,
}

impl<'a> Cells<'a> {
    /// The text of a cell, in motcua's word where the mapping has one; `None` if it is empty or the file has no such column.
    pub(super) fn cell(&self, column: &str) -> Option<&'a str> {
        let text = self.record.get(*self.places.get(column)?)?;
        Some(self.mapping.value(self.rows, column, text)).filter(|text| !text.is_empty())
    }

    pub(super) fn needed(&self, column: &str) -> Result<&'a str, Fault> {
        self.given(column, self.cell(column))
    }

    /// What was read of a cell that may not be empty.
    pub(super) fn given<T>(&self, column: &str, read: Option<T>) -> Result<T, Fault> {
        read.ok_or_else(|| empty(column))
    }

    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.cell(column).map(String::from)
    }

    pub(super) fn needed_text(&self, column: &str) -> Result<String, Fault> {
        self.needed(column).map(String::from)
    }

    /// A line break in a known cell is a quote that was not closed where it should be.
    pub(super) fn no_line_breaks(&self) -> Result<(), Fault> {
        for (column, place) in self.places {
            if self.record.get(*place).is_some_and(|text| text.contains(['\n', '\r'])) {
                let message = format!("`{column}` holds a line break");
                return Err(Fault::new(
                    "exchange.line_break",
                    message,
                    "close the quote where the cell ends",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn moment(&self, column: &str) -> Result<Option<Written>, Fault> {
        self.cell(column).map(|text| Written::read(column, text)).transpose()
    }

    pub(super) fn needed_moment(&self, column: &str) -> Result<Written, Fault> {
        Written::read(column, self.needed(column)?)
    }

    pub(super) fn flag(&self, column: &str) -> Result<Option<bool>, Fault> {
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

    pub(super) fn number(&self, column: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        whole_number(text).map(Some).ok_or_else(|| {
            let message = format!("`{text}` in `{column}` is no whole number");
            Fault::new("exchange.number", message, "write 15000 or 15.000")
        })
    }

    pub(super) fn rating(&self, column: &str) -> Result<Option<u8>, Fault> {
        let rating = self.number(column)?.map(u8::try_from).transpose();
        rating.ok().filter(|rating| rating.is_none_or(|rating| rating <= 2)).ok_or_else(|| {
            let message = format!("`{}` is no rating", self.cell(column).unwrap_or_default());
            Fault::new("exchange.rating", message, "write 2, 1 or 0")
        })
    }

    pub(super) fn channel(&self, column: &str) -> Result<Channel, Fault> {
        let text = self.needed(column)?;
        channel(text).ok_or_else(|| {
            let help = "write counter, online or post; or trực tiếp, trực tuyến, bưu chính";
            Fault::new("exchange.channel", format!("`{text}` is no channel"), help)
        })
    }

    /// One of a few words.
    pub(super) fn word<T: DeserializeOwned>(&self, column: &str, known: &str) -> Result<Option<T>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        let read = T::deserialize(StrDeserializer::<serde::de::value::Error>::new(&text.to_lowercase()));
        read.map(Some).map_err(|_| {
            let message = format!("`{text}` in `{column}` is not known");
            let help = format!("write {known}, or say in the mapping which of them it is");
            Fault { code: "exchange.word", message, help }
        })
    }

    /// Times that are written in two columns, several of them separated by semicolons.
    pub(super) fn spans(&self, from: &str, to: &str) -> Result<Vec<(Written, Option<Written>)>, Fault> {
        let wrong = |message: String, help: &str| Err(Fault::new("exchange.suspension", message, help));
        let Some(begun) = self.cell(from) else {
            return match self.cell(to) {
                Some(_) => wrong(format!("`{to}` is there without `{from}`"), "fill in both, or neither"),
                None => Ok(Vec::new()),
            };
        };
        let begun: Vec<&str> = begun.split(';').map(str::trim).collect();
        let ended: Vec<&str> = self.cell(to).unwrap_or_default().split(';').map(str::trim).collect();
        if ended.len() > begun.len() {
            return wrong(format!("`{to}` has more moments than `{from}`"), "give each an end, or none");
        }
        let mut spans = Vec::new();
        for (place, begun) in begun.into_iter().enumerate() {
            let begun = Written::read(from, begun)?;
            let ended = ended.get(place).filter(|text| !text.is_empty());
            let ended = ended.map(|text| Written::read(to, text)).transpose()?;
            if ended.is_some_and(|ended| ended.is_before(begun)) {
                return wrong(format!("`{to}` lies before `{from}`"), "exchange or correct the two moments");
            }
            spans.push((begun, ended));
        }
        Ok(spans)
    }
}

fn empty(column: &str) -> Fault {
    Fault::new("exchange.cell_missing", format!("`{column}` is empty"), "fill it in")
}

/// An error of another room.
pub(super) fn refused(sentence: &str, code: &'static str) -> Fault {
    let (message, help) = message_and_help(sentence);
    Fault::new(code, message.into(), help)
}

/// Digits, in groups of three or not.
fn whole_number(text: &str) -> Option<u64> {
    let groups: Vec<&str> = text.split(['.', ',', ' ']).collect();
    let is_grouped = groups.iter().enumerate().all(|(i, group)| match i {
        0 => (1..=3).contains(&group.len()) || groups.len() == 1,
        _ => group.len() == 3,
    });
    let digits = groups.concat();
    (is_grouped && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn channel(text: &str) -> Option<Channel> {
    match text.to_lowercase().as_str() {
        "counter" | "trực tiếp" | "1" => Some(Channel::Counter),
        "online" | "trực tuyến" | "2" => Some(Channel::Online),
        "post" | "bưu chính" | "bưu chính công ích" | "3" => Some(Channel::Post),
        _ => None,
    }
}

fn written(text: &str) -> Option<Written> {
    let day = ["%Y-%m-%d", "%d/%m/%Y"].iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let moment = || {
        let formats = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"];
        let found = || formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        moment::parse(text).or_else(found)
    };
    let written = match day {
        Some(day) => Written { at: day.and_time(NaiveTime::MIN), has_time: false },
        None => Written { at: moment()?, has_time: true },
    };
    // `03/04/23` is not of the year 23.
    (written.at.year() >= 1000).then_some(written)
}
