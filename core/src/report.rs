//! What an office reports of a period: the form, the ratios, the scorecard.

use crate::measure::{Fact, Form06, Measure, Period, Ratio, Tally, tally_by};
use crate::procedure::Catalogue;
use crate::score::{Index, ScoreError, Scorecard};
use serde::Serialize;
use std::collections::BTreeMap;

/// Biểu 06 by field, the ratios behind it, and the scorecard of QĐ 766, all of one set of dossiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The report form, by field of administration.
    pub form06: Form06,
    /// Each measure with numerator and denominator.
    pub ratios: BTreeMap<Measure, Ratio>,
    /// The scorecard; what a journal does not tell is not known in it.
    pub scorecard: Scorecard,
}

impl Report {
    /// Counts facts into a report.
    ///
    /// # Errors
    /// None in practice: what is counted never exceeds what it is counted of.
    pub fn of<'f>(
        facts: impl IntoIterator<Item = &'f Fact>,
        period: Period,
        catalogue: &Catalogue,
    ) -> Result<Self, ScoreError> {
        let by_field = tally_by(facts, &period, |fact| fact.field.as_str());
        let mut total = Tally::default();
        for tally in by_field.values() {
            total += *tally;
        }
        let label =
            |id: &str| catalogue.field(id).map_or_else(|| id.to_owned(), |field| field.name_vi.clone());
        let by_label = by_field.iter().map(|(id, tally)| (label(id), *tally));
        Ok(Self {
            form06: Form06::of(period, by_label),
            ratios: Measure::ALL.into_iter().map(|measure| (measure, total.ratio(measure))).collect(),
            scorecard: Scorecard::of(Index::qd_766(), &total)?,
        })
    }
}
