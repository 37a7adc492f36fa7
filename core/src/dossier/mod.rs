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

mod asked;
mod authority;
mod command;
mod decide;
mod error;
mod event;
mod organisation;
pub mod signature;
mod state;

pub use authority::{Authority, authority};
pub use command::{Action, Command, Decision};
pub use decide::{Decided, Rules, decide};
pub use error::{DossierError, Needs};
pub use event::{Change, Event};
pub use organisation::{
    Absence, ActsFor, Assignment, Delegation, Officer, Organisation, OrganisationError, PROVINCES, Post,
    Unit, UnitCount, UnitIndex, choose, unit_counts,
};
pub use state::{APPLICANT, Consultation, Dossier, SYSTEM, Status, Task};
