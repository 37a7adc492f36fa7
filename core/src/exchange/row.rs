//! One row of an export.

use crate::calendar::{Calendar, CalendarError};
use crate::deadline::{Clock, DeadlineError};
use crate::dossier::Status;
use crate::measure::Fact;
use crate::moment;
use crate::problem::message_and_help;
use crate::procedure::{Catalogue, Channel, Procedure};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::HashMap;
use std::sync::Arc;

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

pub(super) struct Row<'a> {
    pub(super) record: &'a csv::StringRecord,
    pub(super) places: &'a HashMap<&'static str, usize>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) calendar: &'a Calendar,
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

    /// A line break in a known cell is a quote that was not closed where it should be.
    fn no_line_breaks(&self) -> Result<(), Fault> {
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

    fn moment(&self, column: &str) -> Result<Option<Written>, Fault> {
        self.cell(column).map(|text| self.written(column, text)).transpose()
    }

    fn written(&self, column: &str, text: &str) -> Result<Written, Fault> {
        let written = written(text).ok_or_else(|| {
            let help = "write 2023-06-01 09:30, 2023-06-01, 01/06/2023 09:30 or 01/06/2023";
            Fault::new("exchange.moment", format!("`{text}` in `{column}` is no moment"), help)
        })?;
        let outside = |error: CalendarError| refused(&format!("`{column}`: {error}"), error.code());
        self.calendar.day(written.at.date()).map_err(outside)?;
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

    pub(super) fn fact(&self, line: usize, seen: &mut HashMap<String, usize>) -> Result<(Fact, bool), Fault> {
        self.no_line_breaks()?;
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
        let suspension = self.suspension(received)?;
        let computed = match due {
            Some(due) => Some(due.at),
            None => self.due(procedure, code, channel, received, suspension, finished)?,
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
            supplements: None,
            digitised: self.flag("digitised")?,
            obligation: fee.map(|fee| fee > 0),
            paid_online: self.flag("paid_online")?,
            electronic: self.flag("electronic")?.filter(|_| finished.is_some()),
            rating,
        };
        seen.insert(dossier.into(), line);
        Ok((fact, due.is_none() && computed.is_some()))
    }

    /// The one suspension a row can have.
    fn suspension(&self, received: Written) -> Result<Option<(NaiveDateTime, Option<NaiveDateTime>)>, Fault> {
        let (from, to) = (self.moment("suspended_from")?, self.moment("suspended_to")?);
        let wrong = |message: &str, help| Err(Fault::new("exchange.suspension", message.into(), help));
        let Some(from) = from else {
            return match to {
                Some(_) => {
                    wrong("`suspended_to` is there without `suspended_from`", "fill in both, or neither")
                }
                None => Ok(None),
            };
        };
        if from.is_before(received) {
            return wrong("`suspended_from` lies before `received`", "exchange or correct the two moments");
        }
        if to.is_some_and(|to| to.is_before(from)) {
            return wrong(
                "`suspended_to` lies before `suspended_from`",
                "exchange or correct the two moments",
            );
        }
        let from = from.not_before(received.at);
        Ok(Some((from, to.map(|to| to.not_before(from)))))
    }

    /// The due date by the procedure's limit.
    fn due(
        &self,
        procedure: Option<&Arc<Procedure>>,
        code: &str,
        channel: Channel,
        received: Written,
        suspension: Option<(NaiveDateTime, Option<NaiveDateTime>)>,
        finished: Option<Written>,
    ) -> Result<Option<NaiveDateTime>, Fault> {
        let day = received.at.date();
        let regime = procedure.and_then(|procedure| self.catalogue.regime_for(procedure, day));
        let (Some(procedure), Some(regime)) = (procedure, regime) else {
            let message = format!("`due` is empty, and procedure `{code}` is not in the catalogue on {day}");
            return Err(Fault::new(
                "exchange.no_due",
                message,
                "fill in `due`, or load the procedure's file",
            ));
        };
        if let Some(case) = self.cell("case").filter(|case| procedure.case(case).is_none()) {
            let message = format!("procedure `{code}` has no case `{case}`");
            let known = procedure.case_ids();
            let or_known =
                if known.is_empty() { String::new() } else { format!(", or write one of: {known}") };
            return Err(Fault {
                code: "exchange.case_unknown",
                message,
                help: format!("leave it empty{or_known}"),
            });
        }
        let rule = procedure.limit_rule(channel, self.cell("case"), regime);
        let wrong =
            |error: DeadlineError| refused(&format!("`due` cannot be computed: {error}"), error.code());
        let mut clock = Clock::new(rule, received.at);
        let mut last = received.at;
        if let Some((from, to)) = suspension {
            last = from;
            clock.suspend(from, "", rule.on_suspension).map_err(wrong)?;
            if let Some(to) = to {
                last = to;
                clock.resume(to).map_err(wrong)?;
            }
        }
        if let Some(finished) = finished {
            clock.stop(finished.not_before(last)).map_err(wrong)?;
        }
        Ok(clock.due(self.calendar).map_err(wrong)?.at())
    }

    fn number(&self, column: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        whole_number(text).map(Some).ok_or_else(|| {
            let message = format!("`{text}` in `{column}` is no whole number");
            Fault::new("exchange.number", message, "write 15000 or 15.000")
        })
    }
}

/// An error of another room.
fn refused(sentence: &str, code: &'static str) -> Fault {
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

fn channel(text: &str) -> Result<Channel, Fault> {
    match text.to_lowercase().as_str() {
        "counter" | "trực tiếp" | "1" => Ok(Channel::Counter),
        "online" | "trực tuyến" | "2" => Ok(Channel::Online),
        "post" | "bưu chính" | "bưu chính công ích" | "3" => Ok(Channel::Post),
        _ => {
            let message = format!("`{text}` is no channel");
            Err(Fault::new(
                "exchange.channel",
                message,
                "write counter, online or post; or trực tiếp, trực tuyến, bưu chính",
            ))
        }
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
