//! What commands and events are made of.

use crate::procedure::Channel;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// An application as it comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Code of the procedure.
    pub procedure: SmolStr,
    /// Id of the unit that is to settle it.
    pub unit: SmolStr,
    /// The way in.
    pub channel: Channel,
    /// The case that the question at reception, or a special time limit, names.
    #[serde(default)]
    pub case: Option<SmolStr>,
    /// Who applies, in the host's own terms.
    #[serde(default)]
    pub applicant: Option<SmolStr>,
    /// The optional parts of a linked procedure that are wanted.
    #[serde(default)]
    pub parts: Vec<SmolStr>,
    /// Code of the dossier of which this one settles a part.
    #[serde(default)]
    pub part_of: Option<SmolStr>,
    /// The papers that come with it.
    #[serde(default)]
    pub papers: Vec<Paper>,
}

impl Application {
    /// One that says no more than it has to.
    #[must_use]
    pub fn new(procedure: &str, unit: &str, channel: Channel) -> Self {
        Self {
            procedure: procedure.into(),
            unit: unit.into(),
            channel,
            case: None,
            applicant: None,
            parts: Vec::new(),
            part_of: None,
            papers: Vec::new(),
        }
    }
}

/// A paper, or what stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Id of the component that it is.
    pub component: SmolStr,
    /// Originals (bản chính).
    #[serde(default)]
    pub original: u16,
    /// Copies (bản sao).
    #[serde(default)]
    pub copy: u16,
    /// Certified electronic copies (bản sao điện tử có chứng thực).
    #[serde(default)]
    pub certified: u16,
    /// Drawn from a database instead of a paper (NĐ 118/2025 Đ17(1)(b)).
    #[serde(default)]
    pub from_data: bool,
    /// Whether it was digitised (số hóa).
    #[serde(default)]
    pub digitised: bool,
    /// Whether the digital form is signed (ký số).
    #[serde(default)]
    pub signed: bool,
}

/// The votes of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Votes {
    /// Those in favour.
    pub in_favour: u32,
    /// Those against.
    pub against: u32,
    /// Those who did not say.
    #[serde(default)]
    pub abstained: u32,
    /// All members, those who were away among them; 0 if not said.
    #[serde(default)]
    pub members: u32,
}

/// What somebody is told.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Notice {
    /// The reception: an online dossier has come (NĐ 118/2025 Đ17(2)).
    Alert,
    /// The applicant: the result is there before its time (Đ22(5)).
    EarlyReturn,
    /// The applicant: the post has a result for him (TT 17/2017/TT-BTTTT Đ5).
    Invitation,
    /// The one-stop shop: the post could not hand a result over and has brought it back.
    Undelivered,
    /// The head of the one-stop shop: a consulted agency is late (Đ19(4)(c)).
    LateConsultation,
    /// The applicant: where and when a verification takes place that he has to attend (Đ19(4)(a)).
    Appointment,
    /// Somebody who has to act: something falls due.
    Reminder,
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
