//! A result put off, with an apology (xin lỗi và hẹn lại).

use super::{Change, Clock, DeadlineError, rules};
use crate::calendar::Calendar;
use chrono::{Days, NaiveDateTime};
use smol_str::SmolStr;

/// By the day of this moment the apology has to be there for what is due then.
pub(crate) fn latest_apology(due: NaiveDateTime) -> Option<NaiveDateTime> {
    due.checked_sub_days(Days::new(rules::apology_days()))
}

impl Clock {
    /// Puts the result off, with an apology, once (NĐ 118/2025 Đ19(6)).
    ///
    /// # Errors
    /// `deadline.reappointed` if it was before; `deadline.apology_late` if the apology does not come a day before the
    /// result is due; `deadline.nothing_due`; `deadline.order` if the new moment is not later than the old.
    pub fn reappoint(
        &mut self,
        at: NaiveDateTime,
        to: NaiveDateTime,
        reason: impl Into<SmolStr>,
        calendar: &Calendar,
    ) -> Result<(), DeadlineError> {
        self.check_reappointment(at, to, calendar)?;
        self.push(at, Change::Reappoint { to, reason: reason.into() })
    }

    /// [`Clock::reappoint`], of what was checked before.
    pub(crate) fn put_off(
        &mut self,
        at: NaiveDateTime,
        to: NaiveDateTime,
        reason: &str,
    ) -> Result<(), DeadlineError> {
        self.push(at, Change::Reappoint { to, reason: reason.into() })
    }

    /// Whether the apology comes in time, and the new moment after the old; that it is the only one, the ledger sees to.
    pub(crate) fn check_reappointment(
        &self,
        at: NaiveDateTime,
        to: NaiveDateTime,
        calendar: &Calendar,
    ) -> Result<(), DeadlineError> {
        let due = self.due(calendar)?.at().ok_or(DeadlineError::NothingDue)?;
        if latest_apology(due).is_none_or(|latest| latest.date() < at.date()) {
            return Err(DeadlineError::ApologyLate { at, due });
        }
        if to <= due { Err(DeadlineError::Order { at: to, last: due }) } else { Ok(()) }
    }

    /// The same where the apology may come late: whether the new moment lies after the old, and after the apology.
    pub(crate) fn check_late_reappointment(
        &self,
        at: NaiveDateTime,
        to: NaiveDateTime,
        calendar: &Calendar,
    ) -> Result<(), DeadlineError> {
        let last = self.due(calendar)?.at().ok_or(DeadlineError::NothingDue)?.max(at);
        if to <= last { Err(DeadlineError::Order { at: to, last }) } else { Ok(()) }
    }
}
