//! A dossier of an export.

use super::cells::{Cells, Fault, Written, refused};
use crate::calendar::Calendar;
use crate::deadline::{Clock, DeadlineError, Due};
use crate::dossier::Status;
use crate::measure::{Fact, Pause};
use crate::procedure::{Catalogue, Channel, Procedure};
use chrono::NaiveDateTime;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) struct Row<'a> {
    pub(super) cells: &'a Cells<'a>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) calendar: &'a Calendar,
}

impl Row<'_> {
    fn moment(&self, column: &str) -> Result<Option<Written>, Fault> {
        let written = self.cells.moment(column)?;
        written.map(|written| written.within(self.calendar, column)).transpose()
    }

    /// The fact of the row, and whether its due date was computed.
    pub(super) fn fact(&self, line: usize, seen: &mut HashMap<String, usize>) -> Result<(Fact, bool), Fault> {
        let cells = self.cells;
        let dossier = cells.needed("dossier")?;
        if let Some(earlier) = seen.get(dossier) {
            let message = format!("dossier `{dossier}` is in line {earlier} already");
            return Err(Fault::new("exchange.dossier_twice", message, "keep one of the two rows"));
        }
        let code = cells.needed("procedure")?;
        let unit = cells.needed("unit")?;
        let channel = cells.channel("channel")?;
        let received = cells.needed_moment("received")?.within(self.calendar, "received")?;
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
        let pauses = self.pauses(received)?;
        let computed = match due {
            Some(due) => Some(due.at),
            None => self.due(procedure, code, channel, received, &pauses, finished)?.at(),
        };
        let fee = cells.number("fee")?;
        let supplements = cells.number("supplements")?.and_then(|number| u32::try_from(number).ok());
        let ended = if finished.is_some() { Status::Resolved } else { Status::InProgress };
        let field = cells.text("field");
        let fact = Fact {
            dossier: dossier.into(),
            procedure: code.into(),
            field: field.or_else(|| procedure.map(|p| p.field.clone())).unwrap_or_else(|| "?".into()),
            unit: unit.into(),
            channel,
            status: cells.word("status", "a state as `resolved`, `withdrawn`")?.unwrap_or(ended),
            received: Some(received.at),
            due: computed,
            finished: finished.map(|finished| finished.not_before(last(received, &pauses))),
            supplements,
            digitised: cells.flag("digitised")?,
            obligation: cells.flag("obligation")?.or(fee.map(|fee| fee > 0)),
            paid_online: cells.flag("paid_online")?,
            electronic: cells.flag("electronic")?.filter(|_| finished.is_some()),
            rating: cells.rating("rating")?,
            reused: cells.flag("reused")?,
            pauses,
        };
        seen.insert(dossier.into(), line);
        Ok((fact, due.is_none() && computed.is_some()))
    }

    fn pauses(&self, received: Written) -> Result<Vec<Pause>, Fault> {
        let mut pauses = Vec::new();
        for (from, to) in self.cells.spans("suspended_from", "suspended_to")? {
            let from = from.within(self.calendar, "suspended_from")?;
            let to = to.map(|to| to.within(self.calendar, "suspended_to")).transpose()?;
            if from.is_before(received) {
                let message = "`suspended_from` lies before `received`".into();
                let help = "exchange or correct the two moments";
                return Err(Fault::new("exchange.suspension", message, help));
            }
            let from = from.not_before(received.at);
            pauses.push(Pause { from, to: to.map(|to| to.not_before(from)) });
        }
        Ok(pauses)
    }

    /// The due date by the procedure's limit.
    fn due(
        &self,
        procedure: Option<&Arc<Procedure>>,
        code: &str,
        channel: Channel,
        received: Written,
        pauses: &[Pause],
        finished: Option<Written>,
    ) -> Result<Due, Fault> {
        let (day, case) = (received.at.date(), self.cells.cell("case"));
        let regime = procedure.and_then(|procedure| self.catalogue.regime_for(procedure, day));
        let (Some(procedure), Some(regime)) = (procedure, regime) else {
            let message = format!("`due` is empty, and procedure `{code}` is not in the catalogue on {day}");
            return Err(Fault::new(
                "exchange.no_due",
                message,
                "fill in `due`, or load the procedure's file",
            ));
        };
        if let Some(case) = case.filter(|case| procedure.case(case).is_none()) {
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
        let rule = procedure.limit_rule(channel, case, regime);
        let wrong =
            |error: DeadlineError| refused(&format!("`due` cannot be computed: {error}"), error.code());
        let mut clock = Clock::new(rule, received.at);
        for Pause { from, to } in pauses {
            clock.suspend(*from, "", rule.on_suspension).map_err(wrong)?;
            if let Some(to) = to {
                clock.resume(*to).map_err(wrong)?;
            }
        }
        if let Some(finished) = finished {
            clock.stop(finished.not_before(last(received, pauses))).map_err(wrong)?;
        }
        clock.due(self.calendar).map_err(wrong)
    }
}

/// What happened last before the end: of a whole day it is not said at what hour.
fn last(received: Written, pauses: &[Pause]) -> NaiveDateTime {
    pauses.last().map_or(received.at, |pause| pause.to.unwrap_or(pause.from))
}
