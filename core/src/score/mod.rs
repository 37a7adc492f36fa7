//! Indexes (bộ chỉ số) as data, and the scorecards they give.
//!
//! An [`Index`] is a file: groups, indicators, their maxima and how each is scored, in the readings that there are of it. A
//! [`Scorecard`] is an index filled in with [`Figure`]s, a tree with every one of them. Points are exact: hundredths, each
//! indicator rounded half up, then added. What is not known adds nothing and is told apart from zero.

mod card;
mod error;
mod figure;
mod file;
mod index;
mod points;

pub use card::{Gain, Scorecard, ScoredGroup, ScoredIndicator};
pub use error::ScoreError;
pub use figure::Figure;
pub use index::{
    Band, Better, Evidence, Excess, Group, Index, Indicator, Level, OnEmpty, Quota, Scoring, Step,
};
pub use points::{Amount, Points};
