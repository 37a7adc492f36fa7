//! Petitions.

use super::super::{Calendars, Measure, Period, Ratio};
use super::{in_time, limit};
use crate::calendar::{Calendar, CalendarError};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A petition or complaint about how an office works (phản ánh, kiến nghị), as the petition system has it. Days are of Vietnam
/// time; what is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Petition {
    /// Its number.
    pub petition: String,
    /// The unit that has to answer.
    pub unit: String,
    /// The dossier it is about, if it is about one.
    pub dossier: Option<String>,
    /// How it is classed, in the system's words.
    pub class: Option<String>,
    /// The day on which it came in.
    pub received: NaiveDate,
    /// The day on which the unit got it from another one; its limit counts from here.
    pub forwarded: Option<NaiveDate>,
    /// The day on which it was answered.
    pub answered: Option<NaiveDate>,
    /// The day on which the unit refused to deal with it.
    pub refused: Option<NaiveDate>,
    /// Whether who sent it was not satisfied with the answer.
    pub dissatisfied: Option<bool>,
    /// Whether it repeats an earlier one.
    pub repeated: Option<bool>,
}

impl Petition {
    /// Whether it was, or still is, in time, if the period has to do with it.
    fn is_in_time(&self, period: &Period, calendar: &Calendar) -> Result<Option<bool>, CalendarError> {
        let begun = self.forwarded.unwrap_or(self.received);
        // What came after the period does not change what is said of it.
        let by_then = |day: Option<NaiveDate>| day.filter(|day| *day <= period.last());
        let (answered, refused) = (by_then(self.answered), by_then(self.refused));
        let done = answered.or(refused);
        if begun > period.last() || done.is_some_and(|done| done < period.first()) {
            return Ok(None);
        }
        let is_refusal = answered.is_none() && refused.is_some();
        let days = limit(if is_refusal { "petition_refused" } else { "petition_answered" });
        Ok(Some(in_time(done, calendar.add_working_days(begun, days)?, period)))
    }

    /// [`Measure::PetitionsOnTime`] and [`Measure::PetitionsSatisfied`] of those that were to be answered in a period.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::measure::{Measure, Period, Petition};
    /// let day = |text: &str| text.parse().unwrap();
    /// let late = Petition {
    ///     petition: "PA-1".into(),
    ///     unit: "xã Hoa Thành".into(),
    ///     dossier: None,
    ///     class: None,
    ///     received: day("2026-06-01"),
    ///     forwarded: None,
    ///     answered: Some(day("2026-06-30")),
    ///     refused: None,
    ///     dissatisfied: Some(false),
    ///     repeated: None,
    /// };
    /// let june = Period::new(day("2026-06-01"), day("2026-06-30")).unwrap();
    /// let ratios = Petition::ratios(&[late], &june, Calendar::vietnam()).unwrap();
    /// assert_eq!(ratios[&Measure::PetitionsOnTime].percent(), Some(0.0));
    /// ```
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn ratios<'p, 'c>(
        petitions: impl IntoIterator<Item = &'p Self>,
        period: &Period,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<BTreeMap<Measure, Ratio>, CalendarError> {
        let calendars = calendars.into();
        let (mut on_time, mut satisfied) = (Ratio::default(), Ratio::default());
        for petition in petitions {
            if let Some(is_in_time) = petition.is_in_time(period, calendars.of(&petition.unit))? {
                let is_unhappy = petition.dissatisfied == Some(true) || petition.repeated == Some(true);
                on_time.add(is_in_time);
                satisfied.add(is_in_time && !is_unhappy);
            }
        }
        Ok([(Measure::PetitionsOnTime, on_time), (Measure::PetitionsSatisfied, satisfied)].into())
    }
}
