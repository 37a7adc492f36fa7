//! What has happened to a dossier.

use super::Decision;
use crate::moment;
use crate::procedure::Channel;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// One change of one dossier; events are the truth, everything else is folded from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// 1 for the first event of the dossier, and so on without gaps.
    pub version: u64,
    /// When it happened, Vietnam time.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// Who caused it.
    pub actor: String,
    /// The idempotency key of the command.
    pub key: String,
    /// SHA-256 of the command in hexadecimal, by which a repeated key is told from a reused one.
    pub digest: String,
    /// What happened.
    pub change: Change,
}

/// What happened; each command that is allowed gives one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The application came in. The version of the procedure is pinned here.
    Submitted {
        /// Code of the procedure.
        procedure: String,
        /// First day in force of the version that applies.
        in_force_from: NaiveDate,
        /// The unit that is to settle it.
        unit: String,
        /// The way in.
        channel: Channel,
        /// The case a special limit names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<String>,
        /// Who applies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        applicant: Option<String>,
    },
    /// It was taken in; clock and routing started.
    Accepted {
        /// Whether its papers were digitised; absent if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digitised: Option<bool>,
    },
    /// It was not taken in.
    Refused {
        /// Why.
        reason: String,
    },
    /// More was asked of the applicant.
    SupplementRequested {
        /// What.
        reason: String,
    },
    /// The applicant supplied it.
    Supplied {},
    /// A step was given to an officer.
    Assigned {
        /// The step.
        step: String,
        /// The officer.
        officer: String,
    },
    /// A step ended.
    StepCompleted {
        /// The step.
        step: String,
        /// Its outcome.
        outcome: String,
    },
    /// Units were asked.
    Consulted {
        /// The step that waits.
        step: String,
        /// The units.
        units: Vec<String>,
        /// The question.
        question: String,
        /// When the step may go on without answers.
        #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDateTime>,
    },
    /// A unit answered.
    Answered {
        /// The step that asked.
        step: String,
        /// The unit.
        unit: String,
        /// Its opinion.
        opinion: String,
    },
    /// A payment was asked for.
    PaymentRequested {
        /// Amount in đồng.
        vnd: u64,
        /// For what.
        reason: String,
    },
    /// A payment came in.
    Paid {
        /// Amount in đồng.
        vnd: u64,
        /// Whether online.
        online: bool,
    },
    /// A step ended with a signature.
    Signed {
        /// The step.
        step: String,
        /// The outcome that the signature stands for.
        outcome: String,
        /// Whether it is digital.
        digital: bool,
    },
    /// The applicant took it back.
    Withdrawn {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The office stopped.
    Discontinued {
        /// Why.
        reason: String,
    },
    /// The result is there.
    Resolved {
        /// What was decided.
        result: Decision,
        /// Whether the result is electronic.
        electronic: bool,
        /// Why, for a refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The result was handed over.
    Delivered {
        /// By which way.
        channel: Channel,
    },
    /// The applicant rated the service.
    Rated {
        /// 2, 1 or 0.
        score: u8,
    },
}
