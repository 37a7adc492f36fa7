//! Indexes (bộ chỉ số) as data, and the scorecards they give.
//!
//! An [`Index`] is a file: groups, indicators, their maxima and how each is scored. A [`Scorecard`] is an index filled
//! in, a tree with every figure. Points are exact: hundredths, each indicator rounded half up, then added. What is not
//! known adds nothing and is told apart from zero.

mod index;
mod scorecard;

pub use index::{Band, Evidence, Group, Index, Indicator, OnEmpty, Scoring};
pub use scorecard::{Points, ScoreError, Scorecard, ScoredGroup, ScoredIndicator};
