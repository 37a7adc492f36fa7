//! The C face of motcua: handles, plain structs and JSON around the core. No rule lives here.
//!
//! The contract stands at the top of `include/motcua.h`, which is generated from this crate.

#![expect(unreachable_pub, reason = "C finds the functions by their names")]

mod calendar;
mod clock;
mod cohorts;
mod column;
mod deadline;
mod engine;
mod error;
mod guard;
mod journal;
mod printed;
mod text;
mod time;

pub use calendar::CalendarHandle;
pub use clock::{ClockHandle, DayEnd, DayParts, Direction, LimitTableHandle, Rule};
pub use cohorts::{Cohort, CohortColumns, CohortsHandle, Span};
pub use column::{MOTCUA_NO_DATE, MOTCUA_NO_MOMENT, Roll, Rows};
pub use deadline::{CutOff, CutOffEffect, Due, DueKind, Format, Policy, Suspension};
pub use engine::EngineHandle;
pub use error::{Error, Status};
pub use printed::{PictureFormat, SlipFormat};
pub use text::{Str, Text};
pub use time::{Date, Moment};

/// Grows whenever a program built against an earlier header would misbehave.
pub const MOTCUA_ABI_VERSION: u32 = 1;
/// The library's version, as in its name.
pub const MOTCUA_VERSION_MAJOR: u32 = 0;
/// See MOTCUA_VERSION_MAJOR.
pub const MOTCUA_VERSION_MINOR: u32 = 1;
/// See MOTCUA_VERSION_MAJOR.
pub const MOTCUA_VERSION_PATCH: u32 = 0;

/// The ABI version of the library that was loaded; compare it with MOTCUA_ABI_VERSION of the header.
#[unsafe(no_mangle)]
pub extern "C" fn motcua_abi_version() -> u32 {
    MOTCUA_ABI_VERSION
}
