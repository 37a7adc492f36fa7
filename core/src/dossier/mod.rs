//! The life of a dossier (hồ sơ): commands are decided, events are folded.
//!
//! [`decide`] takes the rules, the dossier and a [`Command`] and gives one [`Event`] or a refusal;
//! [`Dossier::begin`] and [`Dossier::apply`] fold events into the state. Nothing else changes a dossier, and
//! neither reads a clock or does I/O, so the same events always give the same state.
//!
//! ```text
//! submitted ──accept──▶ received ──first step──▶ in_progress ──resolve──▶ resolved ──deliver──▶ delivered
//!     │                     └────────┬──────────────┘ ▲
//!     └─refuse─▶ not_received        ├─ supplement_requested ─supply─┤   withdraw ─▶ withdrawn
//!                                    └─ payment_requested ────pay────┘   discontinue ─▶ discontinued
//! ```
//!
//! While an applicant is asked for a supplement or a payment the clock is suspended. Which command is possible
//! when, and who may give it, is data: `core/data/authority.toml`.

mod action;
mod apply;
mod asked;
mod authority;
mod candidates;
mod command;
mod content;
mod decide;
mod duty;
mod error;
mod event;
mod migrate;
mod moved;
mod objection;
mod organisation;
mod personal;
mod picture;
mod running_clock;
mod save;
pub mod signature;
pub mod slip;
mod state;
mod status;
mod tokens;
mod values;
mod view;
mod whole;

pub use action::Action;
pub use authority::{Authority, LeadsTo, authority};
pub(crate) use candidates::candidates;
pub use command::{Command, Decided};
pub(crate) use decide::version_on;
pub use decide::{Rules, decide};
pub use duty::{
    DatedDuty, DutyRule, DutyState, Escalation, Wakeup, WakeupKind, Whose, duties, duty_rules, escalations,
    wakeups,
};
pub(crate) use duty::{Watched, sort};
pub use error::{DossierError, Needs};
pub use event::Event;
pub use moved::{Moved, moved};
pub use objection::Objection;
pub use organisation::{
    Absence, ActsFor, Assignment, Delegation, Officer, Organisation, OrganisationError, PROVINCES, Post,
    Unit, UnitCount, UnitIndex, choose, unit_counts,
};
pub use state::{APPLICANT, Consultation, Dossier, PartResult, Rest, Running, SYSTEM};
pub use status::Status;
pub use values::{Application, Decision, Notice, Paper, Votes};
