//! What falls overdue next.

use super::super::{Calendars, Fact, MeasureError, Period};
use super::Survival;
use crate::moment;
use chrono::{Days, NaiveDate, NaiveDateTime};
use serde::Serialize;
use std::collections::HashMap;

/// A procedure has a pace of its own if so many of its dossiers were settled.
const OWN_PACE: u64 = 30;

/// An open dossier that may fall overdue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risk {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The unit that settles it.
    pub unit: String,
    /// When it is due, Vietnam time.
    #[serde(with = "moment")]
    pub due: NaiveDateTime,
    /// How likely it is that it will be open at the end of that day, from 0 to 1.
    pub chance: f64,
    /// Whether that is by the pace of its own procedure, of which enough was settled; else by that of all dossiers.
    pub own_pace: bool,
}

/// How many of the open dossiers will fall overdue if they go on as dossiers went lately. Those that are yet to come in are not
/// in it, nor those whose clock is suspended.
///
/// ```no_run
/// use motcua::calendar::Calendar;
/// use motcua::measure::{Fact, Forecast, Period};
/// # let facts: Vec<Fact> = Vec::new();
/// let day = |text: &str| text.parse().unwrap();
/// let quarter = Period::new(day("2026-09-01"), day("2026-11-30")).unwrap();
/// let forecast = Forecast::of(&facts, &quarter, 7, Calendar::vietnam()).unwrap();
/// println!("about {:.0} until {}, first of all:", forecast.expected(), forecast.last);
/// for risk in forecast.risks.iter().take(10) {
///     println!("{} due {}: {:.0} %", risk.dossier, risk.due, 100.0 * risk.chance);
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The day after which it looks.
    pub day: NaiveDate,
    /// The last day that it looks at.
    pub last: NaiveDate,
    /// The dossiers that fall due in between, the likeliest first.
    pub risks: Vec<Risk>,
}

impl Forecast {
    /// Of the dossiers that are open at the end of a period and fall due in the days after it, at the pace of that period.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'c>(
        facts: &[Fact],
        pace: &Period,
        days: u32,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Self, MeasureError> {
        let calendars = calendars.into();
        let (now, day) = (pace.end(), pace.last());
        let last = day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        let all = Survival::of(facts, pace, calendars)?;
        let mut own: HashMap<&str, Vec<&Fact>> = HashMap::new();
        for fact in facts {
            own.entry(&fact.procedure).or_default().push(fact);
        }
        let paces = own.into_iter().map(|(procedure, facts)| {
            let pace = Survival::of(facts, pace, calendars)?;
            Ok((procedure, Some(pace).filter(|pace| pace.settled() >= OWN_PACE)))
        });
        let paces: HashMap<&str, Option<Survival>> = paces.collect::<Result<_, MeasureError>>()?;
        let mut risks = Vec::new();
        for fact in facts.iter().filter(|fact| fact.finished.is_none_or(|finished| finished > now)) {
            let falls_due = |due: &NaiveDateTime| due.date() > day && due.date() <= last;
            let Some(due) = fact.due.filter(falls_due) else { continue };
            if fact.pauses.iter().any(|pause| pause.from <= now && pause.to.is_none_or(|to| to > now)) {
                continue;
            }
            // Of what came later nothing is known yet.
            let pauses = fact.pauses.iter().filter(|pause| pause.from <= now).copied().collect();
            let (open, calendar) =
                (Fact { finished: None, pauses, ..fact.clone() }, calendars.of(&fact.unit));
            let Some(age) = open.took(now, calendar)? else { continue };
            let Some(then) = open.took(moment::end_of_day(due), calendar)? else { continue };
            let own = paces.get(fact.procedure.as_str()).and_then(Option::as_ref);
            risks.push(Risk {
                dossier: fact.dossier.clone(),
                procedure: fact.procedure.clone(),
                unit: fact.unit.clone(),
                due,
                chance: own.unwrap_or(&all).still_open(age.days, then.days),
                own_pace: own.is_some(),
            });
        }
        risks.sort_by(|a, b| b.chance.total_cmp(&a.chance).then_with(|| a.dossier.cmp(&b.dossier)));
        Ok(Self { day, last, risks })
    }

    /// How many are to be expected.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.risks.iter().map(|risk| risk.chance).sum()
    }

    /// By how much that may be off by chance alone, if dossiers go on independently of each other: the standard deviation.
    #[must_use]
    pub fn spread(&self) -> f64 {
        self.risks.iter().map(|risk| risk.chance * (1.0 - risk.chance)).sum::<f64>().sqrt()
    }
}
