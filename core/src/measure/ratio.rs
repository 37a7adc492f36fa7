//! Ratios, and what they are of.

use super::{Fact, Measure, Period, Tally};
use crate::toml_file::part_of_library;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;
use std::sync::LazyLock;

/// A numerator over a denominator. `percent` is absent when there is nothing to divide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// How many.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

/// The quantile of the normal distribution that leaves 2.5 % on either side.
pub(super) const Z: f64 = 1.959_963_984_540_054;

impl Ratio {
    /// In percent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for display; the counts stay exact")]
    pub fn percent(self) -> Option<f64> {
        (self.denominator > 0).then(|| 100.0 * self.numerator as f64 / self.denominator as f64)
    }

    /// Between which percentages the share lies that the counts are a sample of, in 95 of 100 cases (Wilson's interval): how
    /// much of a difference between units, or months, may be chance. `None` where there is nothing to divide by, or more is
    /// counted than there is.
    ///
    /// ```
    /// use motcua::measure::Ratio;
    /// let (low, high) = Ratio { numerator: 9, denominator: 10 }.interval().unwrap();
    /// assert_eq!((low.round(), high.round()), (60.0, 98.0));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an interval is not exact")]
    pub fn interval(self) -> Option<(f64, f64)> {
        if self.denominator == 0 || self.numerator > self.denominator {
            return None;
        }
        let (n, hits) = (self.denominator as f64, self.numerator as f64);
        let share = hits / n;
        let centre = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let bound = |at: f64| (100.0 * at / (1.0 + Z * Z / n)).clamp(0.0, 100.0);
        // At the ends of the scale they are exact, and rounding would move them.
        let low = if self.numerator == 0 { 0.0 } else { bound(centre - half) };
        let high = if self.numerator == self.denominator { 100.0 } else { bound(centre + half) };
        Some((low, high))
    }

    /// Whether a printed percentage, `37.20` or `37,2`, is that of these counts, to within one of its last decimal. `None` if
    /// it is no number, or there is nothing to divide by.
    ///
    /// ```
    /// use motcua::measure::Ratio;
    /// // As a report of the first quarter of 2023 has it.
    /// let online = Ratio { numerator: 2_521, denominator: 6_776 };
    /// assert_eq!(online.is_printed_as("37.76"), Some(false));
    /// assert_eq!(online.is_printed_as("37,2 %"), Some(true));
    /// ```
    #[must_use]
    pub fn is_printed_as(self, percent: &str) -> Option<bool> {
        let text = percent.trim().trim_end_matches('%').trim().replace(',', ".");
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 12
            || decimals.len() > 9
            || !is_digits(whole)
            || !is_digits(decimals)
        {
            return None;
        }
        let printed: i128 = format!("{whole}{decimals}").parse().ok()?;
        let scale = 10_i128.pow(u32::try_from(decimals.len()).ok()?);
        let (over, under) = (i128::from(self.numerator) * 100 * scale, i128::from(self.denominator));
        (under > 0).then(|| (printed * under - over).abs() <= under)
    }

    pub(super) fn add(&mut self, hit: bool) {
        self.denominator += 1;
        self.numerator += u64::from(hit);
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
    }
}

/// A ratio that rows tell, or are silent of.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    ratio: Ratio,
    is_silent: bool,
}

impl Told {
    /// Of a row: whether it concerns it, and whether it counts. What is not known is absent.
    pub(super) fn add(&mut self, concerns: Option<bool>, hit: Option<bool>) {
        match (concerns, hit) {
            (Some(false), _) => {}
            (Some(true), Some(hit)) => self.ratio.add(hit),
            (Some(true) | None, _) => self.is_silent = true,
        }
    }

    /// `None` if there are rows that it concerns, and none of them tells.
    pub(super) fn ratio(self) -> Option<Ratio> {
        (self.ratio.denominator > 0 || !self.is_silent).then_some(self.ratio)
    }
}

/// What a measure counts, of what, and where that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Which measure.
    pub id: Measure,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// What is counted.
    pub numerator: String,
    /// Of what.
    pub denominator: String,
    /// What a denominator of 0 means.
    pub empty: String,
    /// Where it is said.
    pub source: String,
    /// Whether an act says it in so many words.
    pub verified: bool,
}

impl Measure {
    /// What it counts: nobody should print a ratio without it.
    ///
    /// ```
    /// use motcua::measure::Measure;
    /// assert!(Measure::OnTimeOfReceived.definition().source.contains("61/2018"));
    /// assert_ne!(Measure::Online.definition().denominator, Measure::OnlineOfAll.definition().denominator);
    /// ```
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the file has one for each measure; a test looks")]
    pub fn definition(self) -> &'static Definition {
        static ALL: LazyLock<Vec<Definition>> = LazyLock::new(|| {
            let text = include_str!("../../data/measures.toml");
            part_of_library("core/data/measures.toml", text, "measure")
        });
        let found = ALL.iter().find(|definition| definition.id == self);
        #[expect(clippy::expect_used, reason = "the file is part of the library")]
        found.expect("core/data/measures.toml defines every measure")
    }

    /// Whether a dossier is counted in a period, and if so, in the numerator too: so that a figure leads back to its rows.
    ///
    /// ```
    /// # use motcua::measure::{Fact, Measure, Period};
    /// fn late<'f>(facts: &'f [Fact], period: &Period) -> Vec<&'f str> {
    ///     let is_late = |fact: &&Fact| Measure::OnTimeOfDue.of(fact, period) == Some(false);
    ///     facts.iter().filter(is_late).map(|fact| fact.dossier.as_str()).collect()
    /// }
    /// assert!(late(&[], &Period::year(2026).unwrap()).is_empty());
    /// ```
    #[must_use]
    pub fn of(self, fact: &Fact, period: &Period) -> Option<bool> {
        let mut alone = Tally::default();
        alone.add(fact, period);
        let Ratio { numerator, denominator } = alone.ratio(self)?;
        (denominator > 0).then_some(numerator > 0)
    }
}
