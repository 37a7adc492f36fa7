//! The rows that figures are counted of.

mod document;
mod fact;
mod money;
mod petition;
mod public;
mod step;
mod took;

pub use document::{Direction, DocumentFact};
pub use fact::Fact;
pub use money::{MoneyKind, PaymentFact, RatingFact};
pub use petition::Petition;
pub use public::{Online, ProcedureFact};
pub use step::StepFact;
pub use took::{Pause, Took};

use super::Period;
use crate::toml_file::part_of_library;
use serde::Deserialize;
use std::sync::LazyLock;

/// A limit behind a measure, in working days: of `measure-limits.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    id: String,
    working_days: i32,
    #[expect(dead_code, reason = "for who reads the file")]
    source: String,
    #[expect(dead_code, reason = "for who reads the file")]
    verified: bool,
}

/// The working days of a limit of the file; 0 if it had none, which a test excludes.
fn limit(id: &str) -> i32 {
    static ALL: LazyLock<Vec<Limit>> = LazyLock::new(|| {
        let text = include_str!("../../../data/measure-limits.toml");
        part_of_library("core/data/measure-limits.toml", text, "limit")
    });
    ALL.iter().find(|limit| limit.id == id).map_or(0, |limit| limit.working_days)
}

/// Whether something that has a limit was in time: done by it, or not yet due at the end of the period.
fn in_time(done: Option<chrono::NaiveDate>, due: chrono::NaiveDate, period: &Period) -> bool {
    match done.filter(|done| *done <= period.last()) {
        Some(done) => done <= due,
        None => period.last() <= due,
    }
}
