//! Forms 02 to 05: what the applicant is told on the way.

use super::matter::{Told, items};
use super::{Matter, Particulars, SlipError};
use crate::deadline::Lapse;
use crate::deadline::SuspensionPolicy;
use crate::dossier::{Action, Decision, Dossier, DossierError, Event, Rules};
use crate::moment;
use chrono::NaiveDateTime;
use serde::Serialize;

/// The request for a supplement (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ), the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupplementRequest {
    /// What every slip says.
    #[serde(flatten)]
    pub matter: Matter,
    /// What is to be supplied: the lines of the event's reason.
    pub items: Vec<String>,
    /// Why, if the host says it apart.
    pub because: Option<String>,
    /// The last second of the time to answer; absent if the law sets none, as before acceptance.
    #[serde(with = "moment::option")]
    pub answer_by: Option<NaiveDateTime>,
    /// What it comes to after that time.
    pub lapse: Option<Lapse>,
    /// Whether the time counts from zero when the dossier is complete (NĐ 118/2025 Đ19(5)).
    pub restarts: bool,
    /// The name of who asks, if the host gave it.
    pub officer: Option<String>,
}

impl SupplementRequest {
    /// The last request of a dossier. For an earlier one give the dossier and its events as they stood then.
    ///
    /// # Errors
    /// `slip.no_supplement`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let asks = |action: &Action| matches!(action, Action::RequestSupplement { .. });
        let told = Told::last(dossier, events, rules, particulars, asks)?;
        let missing = || SlipError::NoSupplement { dossier: dossier.code.clone() };
        let told = told.ok_or_else(missing)?;
        let Action::RequestSupplement { reason } = &told.event.action else { return Err(missing()) };
        let lapses = told.after.clock().map(|clock| clock.lapses(rules.calendar)).transpose();
        let answer_by = lapses.map_err(DossierError::from)?.flatten();
        let lapse = told.after.regime(rules.catalogue)?.lapse;
        let restarts = told.after.supplement_policy() == SuspensionPolicy::Restart;
        Ok(Self {
            matter: told.matter()?,
            items: items(reason),
            because: particulars.because.clone(),
            answer_by,
            lapse: answer_by.map(|_| lapse),
            restarts: restarts && told.after.clock().is_some(),
            officer: told.officer(),
        })
    }
}

/// What the end of the time for a supplement came to, if this is it.
fn lapsed(dossier: &Dossier, action: &Action) -> Option<Lapse> {
    let lapsed = matches!(action, Action::Lapse {});
    lapsed.then_some(if dossier.result.is_some() { Lapse::Refuse } else { Lapse::Discontinue })
}

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalOf {
    /// To take the dossier in.
    Reception,
    /// To settle it; that is its result (NĐ 118/2025 Đ19(3)).
    Settlement,
}

/// The refusal (phiếu từ chối): of reception, or of settlement, the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What every slip says.
    #[serde(flatten)]
    pub matter: Matter,
    /// What was refused.
    pub of: RefusalOf,
    /// The part, if it is not the whole.
    pub part: Option<String>,
    /// When the dossier had been taken in.
    #[serde(with = "moment::option")]
    pub received: Option<NaiveDateTime>,
    /// When the supplement was asked for whose absence is the reason, where the law takes that for a refusal.
    #[serde(with = "moment::option")]
    pub asked: Option<NaiveDateTime>,
    /// Why: the lines of the event's reason.
    pub reasons: Vec<String>,
    /// The name of who refuses, if the host gave it.
    pub officer: Option<String>,
}

impl Refusal {
    /// The last refusal of a dossier.
    ///
    /// # Errors
    /// `slip.no_refusal`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let refuses = |action: &Action| {
            matches!(
                action,
                Action::Refuse { .. }
                    | Action::Resolve { result: Decision::Refused, .. }
                    | Action::ResolvePart { result: Decision::Refused, .. }
            ) || lapsed(dossier, action) == Some(Lapse::Refuse)
        };
        let told = Told::last(dossier, events, rules, particulars, refuses)?;
        let told = told.ok_or_else(|| SlipError::NoRefusal { dossier: dossier.code.clone() })?;
        let (of, part, reason) = match &told.event.action {
            Action::Refuse { reason } => (RefusalOf::Reception, None, Some(reason)),
            Action::ResolvePart { part, reason, .. } => (RefusalOf::Settlement, Some(part), reason.as_ref()),
            Action::Resolve { reason, .. } => (RefusalOf::Settlement, None, reason.as_ref()),
            _ => (RefusalOf::Settlement, None, None),
        };
        let lapsed = matches!(told.event.action, Action::Lapse {});
        let procedure = &told.after.procedure;
        let part_name =
            |id: &str| procedure.part(id).map_or_else(|| id.to_owned(), |part| part.name_vi.clone());
        Ok(Self {
            matter: told.matter()?,
            of,
            part: part.map(|id| part_name(id)),
            received: told.after.accepted(),
            asked: lapsed.then(|| told.before.since()),
            reasons: reason.map(|reason| items(reason)).unwrap_or_default(),
            officer: told.officer(),
        })
    }
}

/// The apology with another date (xin lỗi và hẹn lại), the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Apology {
    /// What every slip says.
    #[serde(flatten)]
    pub matter: Matter,
    /// When the dossier had been taken in.
    #[serde(with = "moment::option")]
    pub received: Option<NaiveDateTime>,
    /// When the result had been due.
    #[serde(with = "moment::option")]
    pub was_due: Option<NaiveDateTime>,
    /// When it is due now.
    #[serde(with = "moment")]
    pub new_due: NaiveDateTime,
    /// Whether that date had passed when the office apologised.
    pub late: bool,
    /// The unit that settles it.
    pub lead: String,
    /// Why: the lines of the event's reason.
    pub reasons: Vec<String>,
    /// Where and how the result is handed over.
    pub collect: Option<String>,
    /// The name of who put it off, if the host gave it; the head signs.
    pub officer: Option<String>,
}

impl Apology {
    /// The last apology of a dossier.
    ///
    /// # Errors
    /// `slip.no_reappointment`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let puts_off = |action: &Action| matches!(action, Action::Reappoint { .. });
        let told = Told::last(dossier, events, rules, particulars, puts_off)?;
        let missing = || SlipError::NoReappointment { dossier: dossier.code.clone() };
        let told = told.ok_or_else(missing)?;
        let Action::Reappoint { to, reason } = &told.event.action else { return Err(missing()) };
        let was_due = told.before.due(rules.calendar)?;
        Ok(Self {
            matter: told.matter()?,
            received: told.before.accepted(),
            was_due,
            new_due: *to,
            late: was_due.is_some_and(|due| due < told.event.at),
            lead: told.lead(),
            reasons: items(reason),
            collect: particulars.collect.clone(),
            officer: told.officer(),
        })
    }
}

/// Why work on a dossier stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// The applicant wished it (NĐ 118/2025 Đ21).
    Withdrawn,
    /// The agency stopped.
    Discontinued,
    /// The supplement did not come in its time (Đ19(5)).
    Lapsed,
}

/// The notice that work on a dossier stopped (thông báo dừng giải quyết hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StopNotice {
    /// What every slip says.
    #[serde(flatten)]
    pub matter: Matter,
    /// Why it stopped.
    pub cause: StopCause,
    /// When the dossier had been handed in.
    #[serde(with = "moment")]
    pub submitted: NaiveDateTime,
    /// When it had been taken in.
    #[serde(with = "moment::option")]
    pub received: Option<NaiveDateTime>,
    /// When the supplement was asked for that did not come.
    #[serde(with = "moment::option")]
    pub asked: Option<NaiveDateTime>,
    /// Why, in words: the lines of the event's reason.
    pub reasons: Vec<String>,
    /// Whether there are any.
    pub has_reasons: bool,
    /// The name of who stopped it, if the host gave it; the head signs.
    pub officer: Option<String>,
}

impl StopNotice {
    /// The notice of a dossier that was stopped.
    ///
    /// # Errors
    /// `slip.not_stopped`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let stops = |action: &Action| {
            matches!(action, Action::Withdraw { .. } | Action::Discontinue { .. })
                || lapsed(dossier, action) == Some(Lapse::Discontinue)
        };
        let told = Told::last(dossier, events, rules, particulars, stops)?;
        let missing = || SlipError::NotStopped { dossier: dossier.code.clone() };
        let told = told.ok_or_else(missing)?;
        let (cause, reason) = match &told.event.action {
            Action::Withdraw { reason } => (StopCause::Withdrawn, reason.as_deref()),
            Action::Discontinue { reason } => (StopCause::Discontinued, Some(reason.as_str())),
            _ => (StopCause::Lapsed, None),
        };
        let reasons = reason.map(items).unwrap_or_default();
        Ok(Self {
            matter: told.matter()?,
            cause,
            submitted: told.before.submitted(),
            received: told.before.accepted(),
            asked: (cause == StopCause::Lapsed).then(|| told.before.since()),
            has_reasons: !reasons.is_empty(),
            reasons,
            // Who withdraws is the applicant.
            officer: (cause != StopCause::Withdrawn).then(|| told.officer()).flatten(),
        })
    }
}
