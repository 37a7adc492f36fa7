//! What may be asked of a dossier.

use crate::moment;
use crate::procedure::Channel;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// A request to change one dossier, by one actor, at one moment.
///
/// The moment is given, never read from a clock, and may not lie before the dossier's last event. The `key` makes
/// a repetition harmless: the same command with the same key changes nothing, whatever moment it carries, and is
/// answered with the version it made.
///
/// ```
/// use motcua::dossier::{Action, Command};
/// let command: Command = serde_json::from_str(r#"{
///     "dossier": "H41.17-230601-0001", "actor": "officer-7", "at": "2023-06-01T09:30:00+07:00",
///     "key": "3f1c", "command": {"complete": {"step": "verify", "outcome": "complete"}}
/// }"#).unwrap();
/// assert!(matches!(command.action, Action::Complete { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Code of the dossier (mã hồ sơ).
    pub dossier: String,
    /// Id of an officer of the organisation, or `applicant`, or `system`. That an applicant is the one of this dossier
    /// the host has to see to.
    pub actor: String,
    /// When it happens, Vietnam time, in whole seconds. motcua reads no clock, so a moment of next year is believed:
    /// the host sees to it that it is the present.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// Idempotency key, unique within the dossier.
    pub key: String,
    /// The version the sender last saw; the command is refused if the dossier has moved on. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
    /// What is asked.
    #[serde(rename = "command")]
    pub action: Action,
}

/// The seventeen commands. Which states each is possible in, and whose it is, stands in `core/data/authority.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// An application comes in (nộp hồ sơ); the dossier begins. No clock runs yet.
    Receive {
        /// Code of the procedure.
        procedure: String,
        /// Id of the unit that is to settle it.
        unit: String,
        /// The way in.
        channel: Channel,
        /// The case that a special time limit names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<String>,
        /// Who applies, in the host's own terms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        applicant: Option<String>,
    },
    /// The dossier is complete and taken in (tiếp nhận); the clock and the routing start.
    Accept {
        /// Whether its papers were digitised (số hóa); absent if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digitised: Option<bool>,
    },
    /// The dossier is not taken in (từ chối tiếp nhận).
    Refuse {
        /// Why, for the applicant.
        reason: String,
    },
    /// The applicant must complete or correct the dossier (yêu cầu bổ sung); a running clock is suspended.
    RequestSupplement {
        /// What is missing; the law wants one request that names all of it.
        reason: String,
    },
    /// The applicant has supplied what was asked; the clock goes on.
    Supply {},
    /// A running step is given to one officer.
    Assign {
        /// The step.
        step: String,
        /// Id of the officer.
        officer: String,
    },
    /// A running step ends with an outcome.
    Complete {
        /// The step.
        step: String,
        /// One of the step's outcomes; `complete` where the definition names none.
        outcome: String,
    },
    /// Other units are asked for their opinion (lấy ý kiến). The step waits for all answers, or for `due`. Asking a unit
    /// anew replaces what it was asked before, so a `due` can be set later.
    Consult {
        /// The running step that asks.
        step: String,
        /// Ids of the units asked.
        units: Vec<String>,
        /// The question.
        question: String,
        /// After this moment the step may go on without the missing answers.
        #[serde(default, with = "moment::option", skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDateTime>,
    },
    /// A consulted unit answers.
    Answer {
        /// The step that asked.
        step: String,
        /// The opinion.
        opinion: String,
    },
    /// The applicant must pay before the work goes on (nghĩa vụ tài chính); a running clock is suspended until the whole
    /// amount came in.
    RequestPayment {
        /// Amount in đồng.
        vnd: u64,
        /// For what.
        reason: String,
    },
    /// A payment came in: the one requested, or a fee paid of the applicant's own accord.
    Pay {
        /// Amount in đồng.
        vnd: u64,
        /// Whether it was paid online.
        online: bool,
    },
    /// A step of kind `sign` ends with the signature.
    Sign {
        /// The step.
        step: String,
        /// Whether the signature is digital (ký số).
        digital: bool,
    },
    /// The applicant takes the dossier back (rút hồ sơ).
    Withdraw {
        /// Why, if said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The office stops the work (dừng xử lý).
    Discontinue {
        /// Why.
        reason: String,
    },
    /// The result is there (đã xử lý xong): granted, or refused as a result.
    Resolve {
        /// What was decided.
        result: Decision,
        /// Whether the result is an electronic document.
        #[serde(default)]
        electronic: bool,
        /// Why; needed for a refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The result is handed over (trả kết quả).
    Deliver {
        /// By which way.
        channel: Channel,
    },
    /// The applicant says how it went (đánh giá mức độ hài lòng).
    Rate {
        /// 2 very satisfied, 1 satisfied, 0 not satisfied.
        score: u8,
    },
}

/// What a result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// What was applied for.
    Granted,
    /// A refusal to settle (từ chối giải quyết), which is a result too.
    Refused,
}

impl Action {
    /// The name on the wire, by which `authority.toml` knows it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The name of its row in `authority.toml`: a refusal to settle has one of its own.
    #[must_use]
    pub fn authority(&self) -> &'static str {
        match self {
            Self::Resolve { result: Decision::Refused, .. } => "refuse_to_settle",
            other => other.name(),
        }
    }

    /// The step it is about, if it is about one.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Assign { step, .. }
            | Self::Complete { step, .. }
            | Self::Consult { step, .. }
            | Self::Answer { step, .. }
            | Self::Sign { step, .. } => Some(step),
            _ => None,
        }
    }
}
