//! What a step is.

use super::Tier;
use crate::deadline::{SuspensionPolicy, TimeLimit};
use crate::routing::Siblings;
use serde::{Deserialize, Serialize};

/// What a step does; `Sign` and `Deliver` have their own commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's own words")]
pub enum StepKind {
    Receive,
    Check,
    Process,
    Assign,
    FieldCheck,
    Consult,
    Post,
    Meet,
    Sign,
    Stamp,
    Register,
    Forward,
    Notify,
    Pay,
    Wait,
    Deliver,
}

/// The outcomes that mean that the signer agrees, in the order in which they are looked for.
pub(crate) const SIGNED: [&str; 2] = ["approve", "complete"];

/// A step that may end by itself: silence, posting, a cooling-off period, an objection window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elapse {
    /// How long after it began.
    pub after: TimeLimit,
    /// The outcome with which it ends then.
    pub then: String,
    /// Whether it cannot be completed earlier.
    pub not_before: bool,
}

/// Of what a share of votes is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VotesOf {
    /// Of the votes for and against.
    #[default]
    Cast,
    /// Of those who were there, abstentions among them.
    Present,
    /// Of all members, those who were away among them.
    Members,
}

/// What a vote needs; shares are numerator and denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct VoteRule {
    /// The share in favour.
    pub share: (u32, u32),
    /// Whether it has to be more than that (quá nửa), and not only as much.
    pub more: bool,
    /// Of what.
    pub of: VotesOf,
    /// The share of the members who have to be there.
    pub quorum: Option<(u32, u32)>,
}

/// One step of the routing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Unique within the procedure.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Id of the role that does it; `None` only where the source names nobody, and the file accepts that.
    pub role: Option<String>,
    /// What it does.
    pub kind: StepKind,
    /// The tier that does it.
    pub tier: Tier,
    /// Its own limit; `None` if the source gives it none.
    pub limit: Option<TimeLimit>,
    /// The published wording of the limit.
    pub text: Option<String>,
    /// What it does to the dossier's clock while it runs.
    pub clock: Option<SuspensionPolicy>,
    /// When it may end by itself, and how.
    pub elapse: Option<Elapse>,
    /// What becomes of the branches beside it when it hands the dossier back.
    pub on_return: Option<Siblings>,
    /// What the outcome `approve` needs of a vote.
    pub vote: Option<VoteRule>,
    /// Whether it gives a document its number, without which it cannot be completed.
    pub numbered: bool,
    /// Whether the result is handed over in person, at the counter.
    pub in_person: bool,
    /// What it works on: ids of components, codes of results.
    pub documents: Vec<String>,
    /// Whether it may be left out, by the outcome `skip`.
    pub optional: bool,
}

impl Step {
    /// The outcome by which an optional step is left out.
    pub const SKIP: &str = "skip";

    /// What becomes of the branches beside it when it hands the dossier back; without a word they go on.
    #[must_use]
    pub fn siblings(&self) -> Siblings {
        self.on_return.unwrap_or(Siblings::Keep)
    }
}
