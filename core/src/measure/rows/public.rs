//! Procedures: how they are made public, and what of them is online.

use super::super::ratio::Told;
use super::super::{Calendars, Measure, Period, Ratio};
use super::limit;
use crate::calendar::{Calendar, CalendarError};
use crate::procedure::Tier;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a procedure is online (NĐ 42/2022/NĐ-CP Điều 11 khoản 1).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Online {
    /// Not at all.
    None,
    /// Một phần: any online service that is not whole.
    Partial,
    /// Toàn trình: information, handing in and handling, with the result online or by post.
    Full,
}

/// A procedure of a unit, as the national database and the portal have it. What is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureFact {
    /// Its code.
    pub procedure: String,
    /// The unit under whose authority it is.
    pub unit: String,
    /// The tier that publishes it: a ministry has other limits than a province.
    pub tier: Tier,
    /// The day of the decision that published it (quyết định công bố).
    pub decided: Option<NaiveDate>,
    /// The day from which the act behind it is in force; of several the last.
    pub in_force: Option<NaiveDate>,
    /// The day on which it was made public on the national database (công khai).
    pub made_public: Option<NaiveDate>,
    /// Whether all its parts are public (NĐ 63/2010/NĐ-CP Điều 8 khoản 2).
    pub complete: Option<bool>,
    /// How far it is online.
    pub online: Option<Online>,
    /// How many dossiers came in online.
    pub online_dossiers: Option<u64>,
    /// Whether it has a fee.
    pub fee: Option<bool>,
    /// Whether it can be paid online.
    pub payable_online: Option<bool>,
    /// How many payments were made online.
    pub online_payments: Option<u64>,
}

impl ProcedureFact {
    /// Whether it was published in time, where that is known.
    fn is_published_in_time(&self, calendar: &Calendar) -> Result<Option<bool>, CalendarError> {
        let (Some(decided), Some(in_force)) = (self.decided, self.in_force) else { return Ok(None) };
        let is_central = self.tier == Tier::Central;
        let days =
            limit(if is_central { "published_before_force_central" } else { "published_before_force_local" });
        Ok(Some(decided <= calendar.add_working_days(in_force, -days)?))
    }

    /// Whether it was made public in time, or at the end of a period still can be.
    fn is_public_in_time(&self, period: &Period, calendar: &Calendar) -> Result<Option<bool>, CalendarError> {
        let Some(decided) = self.decided else { return Ok(None) };
        let days =
            limit(if self.tier == Tier::Central { "made_public_central" } else { "made_public_local" });
        let due = calendar.add_working_days(decided, days)?;
        Ok(Some(super::in_time(self.made_public, due, period)))
    }

    /// The measures of procedures: [`Measure::PublishedOnTime`], [`Measure::PublicOnTime`] and [`Measure::PublicComplete`],
    /// [`Measure::ProceduresOnline`], [`Measure::ServicesUsed`], [`Measure::PayableOnline`] and
    /// [`Measure::ProceduresPaidOnline`]. Those of publishing are of the period, all others as the rows tell;
    /// what no row tells that it concerns is absent.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::measure::{Measure, Online, Period, ProcedureFact};
    /// use motcua::procedure::Tier;
    /// let day = |text: &str| Some(text.parse().unwrap());
    /// let procedure = ProcedureFact {
    ///     procedure: "1.001193".into(),
    ///     unit: "Nghệ An".into(),
    ///     tier: Tier::Province,
    ///     decided: day("2026-06-15"),
    ///     in_force: day("2026-07-01"),
    ///     made_public: day("2026-06-22"),
    ///     complete: Some(true),
    ///     online: Some(Online::Full),
    ///     online_dossiers: Some(12),
    ///     fee: Some(false),
    ///     payable_online: None,
    ///     online_payments: None,
    /// };
    /// let ratios = ProcedureFact::ratios(&[procedure], &Period::year(2026).unwrap(), Calendar::vietnam()).unwrap();
    /// assert_eq!(ratios[&Measure::PublishedOnTime].percent(), Some(100.0));
    /// assert_eq!(ratios[&Measure::PayableOnline].percent(), None);
    /// ```
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn ratios<'p, 'c>(
        procedures: impl IntoIterator<Item = &'p Self>,
        period: &Period,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<BTreeMap<Measure, Ratio>, CalendarError> {
        let calendars = calendars.into();
        const MEASURES: [Measure; 7] = [
            Measure::PublishedOnTime,
            Measure::PublicOnTime,
            Measure::PublicComplete,
            Measure::ProceduresOnline,
            Measure::ServicesUsed,
            Measure::PayableOnline,
            Measure::ProceduresPaidOnline,
        ];
        let mut told = [Told::default(); MEASURES.len()];
        for row in procedures {
            let calendar = calendars.of(&row.unit);
            let is_service = row.online.map(|online| online != Online::None);
            let is_of_period = row.decided.map(|day| (period.first()..=period.last()).contains(&day));
            // Whether each measure concerns it, and whether it counts.
            let rows = [
                (is_of_period, row.is_published_in_time(calendar)?),
                (is_of_period, row.is_public_in_time(period, calendar)?),
                (Some(true), row.complete),
                (Some(true), is_service),
                (is_service, row.online_dossiers.map(|dossiers| dossiers > 0)),
                (row.fee, row.payable_online),
                (row.fee, row.online_payments.map(|payments| payments > 0)),
            ];
            for (told, (concerns, hit)) in told.iter_mut().zip(rows) {
                told.add(concerns, hit);
            }
        }
        let told = MEASURES.into_iter().zip(told);
        Ok(told.filter_map(|(measure, told)| Some((measure, told.ratio()?))).collect())
    }
}
