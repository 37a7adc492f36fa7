//! The vocabulary of a dossier's life: what may be asked, and what then has happened.

use super::signature::Signature;
use super::values::{Application, Decision, Notice, Paper, Votes};
use crate::deadline::TimeLimit;
use crate::moment;
use crate::procedure::Channel;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Rows of `authority.toml` that are for commands only of a kind.
pub(super) const APART: [&str; 6] = [
    "refuse_to_settle",
    "deliver_part",
    "suspend_without_rule",
    "extend_without_rule",
    "refuse_part",
    "take_part_result",
];

/// The commands. Which states each is possible in, and whose it is, stands in `core/data/authority.toml`. An event is
/// a command that was carried out, so both say it in the same words.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantNames,
    strum::EnumDiscriminants,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(Kind),
    vis(pub(super)),
    derive(strum::EnumString),
    strum(serialize_all = "snake_case")
)]
pub enum Action {
    /// An application comes in (nộp hồ sơ); the dossier begins. No clock runs yet.
    Receive(Box<Application>),
    /// The dossier is complete and taken in (tiếp nhận); the clock and the routing start.
    Accept {
        /// Whether its papers were digitised (số hóa); absent if not said.
        #[serde(default)]
        digitised: Option<bool>,
        /// Components that may come later: it is taken in provisionally.
        #[serde(default)]
        to_follow: Vec<SmolStr>,
        /// By when they have to be there.
        #[serde(default, with = "moment::option")]
        until: Option<NaiveDateTime>,
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
    Supply {
        /// The papers that came.
        #[serde(default)]
        papers: Vec<Paper>,
    },
    /// Papers come in without a request: those that were to follow, or better ones.
    HandIn {
        /// The papers.
        papers: Vec<Paper>,
    },
    /// The applicant changes the content, until the decision (NĐ 118/2025 Đ21(2)).
    Amend {
        /// What is different.
        what: String,
    },
    /// An officer takes a running step that nobody has.
    Claim {
        /// The step.
        step: SmolStr,
    },
    /// Who has a step gives it back to its role.
    Release {
        /// The step.
        step: SmolStr,
    },
    /// A running step is given to one officer, also from another.
    Assign {
        /// The step.
        step: SmolStr,
        /// Id of the officer.
        officer: SmolStr,
    },
    /// A running step ends with an outcome.
    Complete {
        /// The step.
        step: SmolStr,
        /// One of the step's outcomes; `complete` where the definition names none.
        outcome: SmolStr,
        /// What the officer says of it: minutes, findings.
        #[serde(default)]
        note: Option<String>,
        /// The number that a document got (số, ký hiệu văn bản).
        #[serde(default)]
        number: Option<SmolStr>,
        /// The votes of a meeting.
        #[serde(default)]
        votes: Option<Votes>,
    },
    /// A step of kind `sign` ends with the signature.
    Sign {
        /// The step.
        step: SmolStr,
        /// Whether the signature is digital (ký số).
        digital: bool,
        /// What was signed, by whom and with which certificate, as a verifier found it.
        #[serde(default)]
        signature: Option<Box<Signature>>,
    },
    /// A running step is handed back to an earlier one (trả lại).
    Return {
        /// The running step.
        step: SmolStr,
        /// The earlier step.
        to: SmolStr,
        /// Why.
        reason: String,
    },
    /// Who completed a step takes it back, while nobody has gone on with what followed (thu hồi).
    Recall {
        /// The step that was completed.
        step: SmolStr,
        /// Why.
        reason: String,
    },
    /// The time of a step is over: silence, the end of a posting, of an objection window. The step ends by itself.
    Elapse {
        /// The step.
        step: SmolStr,
    },
    /// Other units are asked for their opinion (lấy ý kiến). The step waits for all answers, or for `due`. Asking a unit
    /// anew replaces what it was asked before, so a `due` can be set later.
    Consult {
        /// The running step that asks.
        step: SmolStr,
        /// Ids of the units asked.
        units: Vec<SmolStr>,
        /// The question.
        question: String,
        /// After this moment the step may go on without the missing answers.
        #[serde(default, with = "moment::option")]
        due: Option<NaiveDateTime>,
    },
    /// Units need not answer any more.
    Unask {
        /// The step that asked.
        step: SmolStr,
        /// The units.
        units: Vec<SmolStr>,
    },
    /// A consulted unit answers.
    Answer {
        /// The step that asked.
        step: SmolStr,
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
        /// Id of the rule in `incidents.toml` that sets the time to pay and says what comes after it; absent: no time.
        #[serde(default)]
        incident: Option<SmolStr>,
    },
    /// A payment came in: the one requested, or a fee paid of the applicant's own accord.
    Pay {
        /// Amount in đồng.
        vnd: u64,
        /// Whether it was paid online.
        online: bool,
    },
    /// What is still owed is no longer asked for, and the work goes on.
    CancelPayment {
        /// Why.
        reason: String,
    },
    /// Part of what is owed, or all of it, is waived (miễn, giảm).
    Waive {
        /// Amount in đồng.
        vnd: u64,
        /// Why: the act.
        reason: String,
    },
    /// Money is given back.
    Refund {
        /// Amount in đồng.
        vnd: u64,
        /// Why.
        reason: String,
    },
    /// The clock is suspended for something else than a supplement or a payment: a verification, force majeure.
    Suspend {
        /// Why.
        reason: String,
        /// Id of the rule in `incidents.toml`, which says what it does to the clock; absent: its time does not count.
        #[serde(default)]
        incident: Option<SmolStr>,
    },
    /// That suspension ends.
    Resume {},
    /// The limit becomes longer, as law or agreement have it (gia hạn).
    Extend {
        /// By how much.
        by: TimeLimit,
        /// Why.
        reason: String,
        /// Id of the rule in `incidents.toml`, with its caps; absent: agreed in writing with the applicant.
        #[serde(default)]
        incident: Option<SmolStr>,
    },
    /// The office apologises and names another moment (xin lỗi và hẹn lại), once.
    Reappoint {
        /// When it is due now.
        #[serde(with = "moment")]
        to: NaiveDateTime,
        /// Why.
        reason: String,
    },
    /// The applicant takes the dossier back (rút hồ sơ).
    Withdraw {
        /// Why, if said.
        #[serde(default)]
        reason: Option<String>,
    },
    /// The office stops the work (dừng xử lý).
    Discontinue {
        /// Why.
        reason: String,
    },
    /// The supplement did not come in its time, and the dossier is closed (NĐ 118/2025 Đ19(5)).
    Lapse {},
    /// The result is there (đã xử lý xong): granted, or refused as a result.
    Resolve {
        /// What was decided.
        result: Decision,
        /// Whether the result is an electronic document.
        #[serde(default)]
        electronic: bool,
        /// Why; needed for a refusal.
        #[serde(default)]
        reason: Option<String>,
        /// The number of the decision; one decision may stand for many dossiers.
        #[serde(default)]
        number: Option<SmolStr>,
    },
    /// The result of one part of a linked dossier is there, before the others.
    ResolvePart {
        /// The part.
        part: SmolStr,
        /// The linked dossier whose result it is; absent if the part was settled here.
        #[serde(default)]
        from: Option<SmolStr>,
        /// What was decided.
        result: Decision,
        /// Whether the result is electronic.
        #[serde(default)]
        electronic: bool,
        /// Why; needed for a refusal.
        #[serde(default)]
        reason: Option<String>,
    },
    /// The result is handed over (trả kết quả), or that of one part.
    Deliver {
        /// By which way.
        channel: Channel,
        /// The part, if it is not the whole.
        #[serde(default)]
        part: Option<SmolStr>,
        /// Who took it, if not the applicant.
        #[serde(default)]
        to: Option<String>,
    },
    /// Somebody was told something that the law wants told.
    Notify {
        /// What.
        notice: Notice,
        /// The words, if kept.
        #[serde(default)]
        text: Option<String>,
    },
    /// An error of the agency in a result is found (NĐ 118/2025 Đ23).
    ReportError {
        /// What is wrong.
        what: String,
    },
    /// It is corrected.
    Correct {
        /// How.
        what: String,
    },
    /// The dossier goes to another unit, which settles it from now on.
    Transfer {
        /// Id of the unit.
        unit: SmolStr,
        /// Why.
        reason: String,
    },
    /// The dossier goes to the journal of another office, which alone carries it on from now on (bàn giao). Which unit
    /// settles it is another question: `transfer`.
    Entrust {
        /// The office, by the id of its unit.
        office: SmolStr,
    },
    /// Another dossier belongs to this one.
    Link {
        /// Its code.
        dossier: SmolStr,
        /// The part that it settles.
        #[serde(default)]
        part: Option<SmolStr>,
    },
    /// The dossier goes on under another version of its procedure.
    Migrate {
        /// First day in force of that version.
        in_force_from: NaiveDate,
        /// What running or waiting steps become: old id to new id. Steps of the same id need not be named.
        #[serde(default)]
        steps: BTreeMap<SmolStr, SmolStr>,
    },
    /// The applicant says how it went (đánh giá mức độ hài lòng).
    Rate {
        /// 2 very satisfied, 1 satisfied, 0 not satisfied.
        score: u8,
    },
}

impl Action {
    /// The name on the wire, by which `authority.toml` knows it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The name of its row in `authority.toml`. A refusal to settle, what is about a part only, and what no rule of
    /// `incidents.toml` says of the clock have rows of their own.
    #[must_use]
    pub fn authority(&self) -> &'static str {
        self.apart().and_then(|place| APART.get(place).copied()).unwrap_or_else(|| self.name())
    }

    /// The place of its row among those apart.
    pub(super) fn apart(&self) -> Option<usize> {
        match self {
            Self::Resolve { result: Decision::Refused, .. } => Some(0),
            Self::Deliver { part: Some(_), .. } => Some(1),
            Self::Suspend { incident: None, .. } => Some(2),
            Self::Extend { incident: None, .. } => Some(3),
            Self::ResolvePart { from: None, result: Decision::Refused, .. } => Some(4),
            Self::ResolvePart { from: Some(_), .. } => Some(5),
            _ => None,
        }
    }

    /// The step it is about, if it is about one.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Claim { step }
            | Self::Release { step }
            | Self::Assign { step, .. }
            | Self::Complete { step, .. }
            | Self::Return { step, .. }
            | Self::Recall { step, .. }
            | Self::Elapse { step }
            | Self::Consult { step, .. }
            | Self::Unask { step, .. }
            | Self::Answer { step, .. }
            | Self::Sign { step, .. } => Some(step),
            _ => None,
        }
    }

    /// An application for a procedure, to be settled by a unit; what else there is to say is filled in.
    #[must_use]
    pub fn receive(procedure: &str, unit: &str, channel: Channel) -> Self {
        Self::Receive(Box::new(Application::new(procedure, unit, channel)))
    }

    /// Taken in, with nothing to follow.
    #[must_use]
    pub fn accept(digitised: Option<bool>) -> Self {
        Self::Accept { digitised, to_follow: Vec::new(), until: None }
    }

    /// Supplied, without a record of the papers.
    #[must_use]
    pub fn supply() -> Self {
        Self::Supply { papers: Vec::new() }
    }

    /// A step done.
    #[must_use]
    pub fn complete(step: &str, outcome: &str) -> Self {
        let (step, outcome) = (step.into(), outcome.into());
        Self::Complete { step, outcome, note: None, number: None, votes: None }
    }

    /// A step signed, without a record of the signature.
    #[must_use]
    pub fn sign(step: &str, digital: bool) -> Self {
        Self::Sign { step: step.into(), digital, signature: None }
    }

    /// What was applied for is granted.
    #[must_use]
    pub fn grant(electronic: bool) -> Self {
        Self::Resolve { result: Decision::Granted, electronic, reason: None, number: None }
    }

    /// The result handed over to the applicant.
    #[must_use]
    pub fn deliver(channel: Channel) -> Self {
        Self::Deliver { channel, part: None, to: None }
    }
}
