//! How long something took, in the working time of a unit.

use crate::calendar::{Calendar, CalendarError};
use crate::deadline::{Clock, SuspensionPolicy};
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// A time in which the office waits for somebody else: it is no handling time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// When it began, Vietnam time.
    #[serde(with = "moment")]
    pub from: NaiveDateTime,
    /// When it ended; absent while it lasts.
    #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDateTime>,
}

/// Working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Took {
    /// In working days, as limits are counted: the day of reception is day 0, and those up to and with the last one count.
    pub days: u32,
    /// In office hours, to the second.
    pub seconds: u64,
}

impl Took {
    /// In office hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
    pub fn hours(self) -> f64 {
        self.seconds as f64 / 3_600.0
    }

    /// Between two moments, without the pauses, which may overlap and are in any order.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::measure::{Pause, Took};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// // From a Monday to the Friday, and two days of it the applicant was asked for a paper.
    /// let pause = Pause { from: at("2026-06-02 09:00"), to: Some(at("2026-06-04 09:00")) };
    /// let (from, to) = (at("2026-06-01 09:00"), at("2026-06-05 09:00"));
    /// let took = Took::between(from, to, &[pause], Calendar::vietnam()).unwrap();
    /// assert_eq!((took.days, took.hours()), (2, 16.0));
    /// ```
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn between(
        from: NaiveDateTime,
        to: NaiveDateTime,
        pauses: &[Pause],
        calendar: &Calendar,
    ) -> Result<Self, CalendarError> {
        let mut paused: Vec<_> = pauses
            .iter()
            .map(|pause| (pause.from.max(from), pause.to.unwrap_or(to).min(to)))
            .filter(|(from, to)| from < to)
            .collect();
        paused.sort_unstable();
        let mut took = Self::without_pauses(from, to, calendar)?;
        let mut counted = from;
        for (from, to) in paused {
            // What two of them hold counts once.
            let from = from.max(counted);
            if from < to {
                let pause = Self::without_pauses(from, to, calendar)?;
                took.days = took.days.saturating_sub(pause.days);
                took.seconds = took.seconds.saturating_sub(pause.seconds);
                counted = to;
            }
        }
        Ok(took)
    }

    fn without_pauses(
        from: NaiveDateTime,
        to: NaiveDateTime,
        calendar: &Calendar,
    ) -> Result<Self, CalendarError> {
        let days = calendar.count_working_days(from.date(), to.date())?;
        let seconds = calendar.count_working_time(from, to)?.num_seconds();
        Ok(Self {
            days: u32::try_from(days).unwrap_or_default(),
            seconds: u64::try_from(seconds).unwrap_or_default(),
        })
    }
}

/// The suspensions of a clock that hold it.
pub(super) fn pauses(clock: Option<&Clock>) -> Vec<Pause> {
    let suspensions = clock.map(Clock::suspensions).unwrap_or_default();
    let holds = suspensions.iter().filter(|suspension| suspension.policy != SuspensionPolicy::KeepRunning);
    holds.map(|suspension| Pause { from: suspension.from, to: suspension.to }).collect()
}
