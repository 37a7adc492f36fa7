//! Payments and ratings, a row each.

use crate::dossier::{Action, Dossier, DossierError, Event, Rules};
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What happened with money.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MoneyKind {
    /// It was asked for.
    Asked,
    /// It came in.
    Paid,
    /// It need not be paid.
    Waived,
    /// It was given back.
    Refunded,
}

/// An amount that a dossier had to do with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentFact {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The unit that settled the dossier then.
    pub unit: String,
    /// What it was.
    pub kind: MoneyKind,
    /// When, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// The amount in đồng.
    pub vnd: u64,
    /// Whether it was paid online; absent where nothing was paid, or it is not known.
    pub online: Option<bool>,
}

/// An applicant's answer to how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingFact {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// The unit that settled the dossier then.
    pub unit: String,
    /// When, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// 2 very satisfied, 1 satisfied, 0 not satisfied.
    pub score: u8,
}

/// What is made of each event and of the dossier as it is after it.
fn of_events<T>(
    code: &str,
    events: &[Event],
    rules: Rules<'_>,
    row: impl Fn(&Dossier, &Event) -> Option<T>,
) -> Result<Vec<T>, DossierError> {
    let Some((first, rest)) = events.split_first() else { return Ok(Vec::new()) };
    let mut dossier = Dossier::begin(rules.catalogue, code, first)?;
    let mut rows: Vec<T> = row(&dossier, first).into_iter().collect();
    for event in rest {
        dossier.apply(rules.catalogue, event)?;
        rows.extend(row(&dossier, event));
    }
    Ok(rows)
}

impl PaymentFact {
    /// The rows of a dossier, in order.
    ///
    /// # Errors
    /// Those of [`Dossier::replay`].
    pub fn of(code: &str, events: &[Event], rules: Rules<'_>) -> Result<Vec<Self>, DossierError> {
        of_events(code, events, rules, |dossier, event| {
            let (kind, vnd, online) = match event.action {
                Action::RequestPayment { vnd, .. } => (MoneyKind::Asked, vnd, None),
                Action::Pay { vnd, online } => (MoneyKind::Paid, vnd, Some(online)),
                Action::Waive { vnd, .. } => (MoneyKind::Waived, vnd, None),
                Action::Refund { vnd, .. } => (MoneyKind::Refunded, vnd, None),
                _ => return None,
            };
            let (procedure, unit) = (dossier.procedure.code.clone(), dossier.unit.to_string());
            Some(Self { dossier: code.into(), procedure, unit, kind, at: event.at, vnd, online })
        })
    }
}

impl RatingFact {
    /// The rows of a dossier, in order.
    ///
    /// # Errors
    /// Those of [`Dossier::replay`].
    pub fn of(code: &str, events: &[Event], rules: Rules<'_>) -> Result<Vec<Self>, DossierError> {
        of_events(code, events, rules, |dossier, event| {
            let Action::Rate { score } = event.action else { return None };
            let (procedure, unit) = (dossier.procedure.code.clone(), dossier.unit.to_string());
            Some(Self { dossier: code.into(), procedure, unit, at: event.at, score })
        })
    }
}
