//! From rows to figures, and counts that merge.
//!
//! A [`Fact`] is what the figures need to know of one dossier, from the journal or from somebody's export; there are rows for
//! who had it ([`StepFact`]), what was paid, how it was rated, and for petitions, official documents and procedures. Facts of
//! a [`Period`] are counted into [`Tally`]s, and these into a [`Table`] by unit, field, month or whatever is asked for; millions
//! of them, over flat columns, into [`Cohorts`]. All merge in any order, so that parts counted apart give the same whole. A
//! [`Form06`] is the official report made of them.
//!
//! Nothing here is a percentage: a [`Ratio`] keeps its numerator and denominator, and a [`Measure`] says what it is of
//! ([`Definition`]). A [`Comparison`] says what chance explains of a difference, and what changed in between.
//!
//! Times are working time without suspensions ([`Took`]), as exact [`Sketch`]es of days. What is open is open: in [`Survival`],
//! [`Ageing`], [`Waiting`] and the [`Forecast`]. A [`Reform`] tries other limits and steps on what happened.

mod calendars;
mod cohort;
mod compare;
mod error;
mod form06;
mod levels;
mod period;
mod ratio;
mod reform;
mod rows;
mod sheet;
mod sketch;
mod table;
mod tally;
mod times;

pub use calendars::Calendars;
pub use cohort::{Cohort, Cohorts, Columns, NO_DAY, OwnedColumns, Plan};
pub use compare::{Back, Break, Comparison, Comparisons};
pub use error::MeasureError;
pub use form06::{Form06, Form06Row};
pub use levels::Judged;
pub use period::{Period, Span};
pub use ratio::{Definition, Ratio};
pub use reform::{BeforeAfter, Reform, Reformed};
pub use rows::{
    Direction, DocumentFact, Fact, MoneyKind, Online, Pause, PaymentFact, Petition, ProcedureFact,
    RatingFact, StepFact, Took,
};
pub use sheet::{Head, Sheet};
pub use sketch::Sketch;
pub use table::{By, Cell, Table, UNKNOWN};
pub use tally::{Counts, Measure, Tally, tally_by, tally_by_field};
pub use times::{Ageing, Band, Exposure, Forecast, Risk, StepTimes, Survival, Waiting};
