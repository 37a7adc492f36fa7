//! What an office reports of a period: the form, the ratios, the scorecard; what an inspection looks at; what is made public;
//! who is ahead. Each is a value, and a [`Sheet`](crate::measure::Sheet) to be printed as Markdown, HTML or CSV.

mod inspection;
mod league;
mod publicity;

pub use inspection::{Finding, FindingKind, Inspected, Inspection};
pub use league::{League, Place, ScoreLeague, ScorePlace};
pub use publicity::{PublicRow, Publicity};

use crate::measure::{Fact, Form06, Measure, Period, Ratio, Tally, tally_by_field};
use crate::procedure::Catalogue;
use crate::score::{Index, ScoreError, Scorecard};
use serde::Serialize;
use std::collections::BTreeMap;

/// Biểu 06 by field, the ratios behind it, and the scorecard of QĐ 766, all of one set of dossiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The report form, by field of administration.
    pub form06: Form06,
    /// Each measure with numerator and denominator; those that the dossiers do not tell are absent.
    pub ratios: BTreeMap<Measure, Ratio>,
    /// The scorecard; what a journal does not tell is not known in it.
    pub scorecard: Scorecard<'static>,
}

impl Report {
    /// Counts facts into a report.
    ///
    /// # Errors
    /// None in practice: what is counted never exceeds what it is counted of.
    pub fn of<'f>(
        facts: impl IntoIterator<Item = &'f Fact>,
        period: Period,
        catalogue: &'f Catalogue,
    ) -> Result<Self, ScoreError> {
        let by_field = tally_by_field(facts, &period, catalogue);
        let mut total = Tally::default();
        for tally in by_field.values() {
            total += *tally;
        }
        Ok(Self {
            form06: Form06::of(period, by_field),
            scorecard: Scorecard::of(Index::qd_766(), &total.ratios(), &BTreeMap::new())?,
            ratios: total.ratios(),
        })
    }
}
