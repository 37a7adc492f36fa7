use super::{Group, Index, Indicator, OnEmpty, Scoring};
use crate::measure::{Ratio, Tally};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use thiserror::Error;

/// Points, exact to the hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(u64);

impl Points {
    /// Whole points.
    #[must_use]
    pub const fn whole(points: u32) -> Self {
        Self(points as u64 * 100)
    }

    /// The hundredths.
    #[must_use]
    pub const fn hundredths(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Points {
    /// `17.69`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|points| points.0).sum())
    }
}

impl Serialize for Points {
    /// As a number, `17.69`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "points of an index stay far below 2^53")]
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

/// Why a figure cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum ScoreError {
    #[error(
        "indicator `{code}` counts {numerator} of {denominator}, more than there are; correct the counts"
    )]
    NumeratorExceeds { code: String, numerator: u64, denominator: u64 },
    #[error("`{code}` is no indicator of `{index}`; use one of {known}")]
    UnknownIndicator { code: String, index: String, known: String },
}

impl ScoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumeratorExceeds { .. } => "score.numerator_exceeds",
            Self::UnknownIndicator { .. } => "score.unknown_indicator",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::NumeratorExceeds { code, numerator, denominator } => {
                format!(
                    "chỉ số `{code}` có {numerator} trên {denominator}, tử số lớn hơn mẫu số; hãy sửa số liệu"
                )
            }
            Self::UnknownIndicator { code, index, known } => {
                format!("`{code}` không phải chỉ số của `{index}`; hãy dùng một trong {known}")
            }
        }
    }
}

impl Indicator {
    /// The points that counts give; `None` if they are not known or the index gives no score for them.
    ///
    /// ```
    /// use motcua::measure::Ratio;
    /// use motcua::score::Index;
    /// let on_time = Index::qd_766().indicator("2.1").unwrap();
    /// let points = on_time.points(Some(Ratio { numerator: 358_660, denominator: 405_424 })).unwrap();
    /// assert_eq!(points.unwrap().to_string(), "17.69");
    /// assert_eq!(on_time.points(None).unwrap(), None);
    /// ```
    ///
    /// # Errors
    /// `score.numerator_exceeds`
    pub fn points(&self, counts: Option<Ratio>) -> Result<Option<Points>, ScoreError> {
        let full = Points::whole(self.max);
        if self.scoring == Scoring::Shown {
            return Ok(None);
        }
        let Some(Ratio { numerator, denominator }) = counts else {
            return Ok(self.unknown_is_full.then_some(full));
        };
        if numerator > denominator {
            return Err(ScoreError::NumeratorExceeds { code: self.code.clone(), numerator, denominator });
        }
        if denominator == 0 {
            return Ok(match self.on_empty {
                OnEmpty::Null => None,
                OnEmpty::Zero => Some(Points::default()),
                OnEmpty::Full => Some(full),
            });
        }
        let target = u128::from(self.target.unwrap_or(100));
        let over = u128::from(full.0) * u128::from(numerator) * 100;
        let under = u128::from(denominator) * target;
        // Half up: twice the quotient plus one, halved.
        let rounded = (2 * over + under) / (2 * under);
        Ok(Some(Points(u64::try_from(rounded).unwrap_or(u64::MAX)).min(full)))
    }
}

/// An indicator with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoredIndicator {
    /// The rule.
    #[serde(flatten)]
    pub indicator: Indicator,
    /// What was counted; absent if not known.
    pub counts: Option<Ratio>,
    /// The points; absent if not known, or if the index gives none for an empty denominator.
    pub points: Option<Points>,
}

/// A group with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoredGroup {
    /// Short id.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The most the group can give.
    pub max: u32,
    /// The sum of the points that are known.
    pub points: Points,
    /// The most that the indicators with points can give.
    pub scored_max: u32,
    /// The indicators.
    pub indicators: Vec<ScoredIndicator>,
}

/// An index filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scorecard {
    /// Id of the index.
    pub index: String,
    /// The act.
    pub act: String,
    /// Whether the act itself was read in full.
    pub verified: bool,
    /// The most the index can give.
    pub max: u32,
    /// The sum of the points that are known.
    pub points: Points,
    /// The most that the indicators with points can give; where it is less than `max`, figures are missing.
    pub scored_max: u32,
    /// The class by the points; absent while an indicator has none, since a class of some would be no class.
    pub class: Option<String>,
    /// The groups.
    pub groups: Vec<ScoredGroup>,
}

impl Scorecard {
    /// Fills an index in from counts by code of the indicator; those not given are not known.
    ///
    /// # Errors
    /// `score.unknown_indicator`, `score.numerator_exceeds`.
    pub fn fill(index: &Index, counts: &BTreeMap<String, Ratio>) -> Result<Self, ScoreError> {
        if let Some(code) = counts.keys().find(|code| index.indicator(code).is_none()) {
            let known = index.groups.iter().flat_map(|group| &group.indicators);
            let known: Vec<&str> = known.map(|indicator| indicator.code.as_str()).collect();
            let (code, index, known) = (code.clone(), index.id.clone(), known.join(", "));
            return Err(ScoreError::UnknownIndicator { code, index, known });
        }
        let groups: Vec<ScoredGroup> =
            index.groups.iter().map(|group| scored(group, counts)).collect::<Result<_, _>>()?;
        let points: Points = groups.iter().map(|group| group.points).sum();
        let scored_max = groups.iter().map(|group| group.scored_max).sum();
        let class = index.bands.iter().find(|band| points >= Points::whole(band.min));
        Ok(Self {
            index: index.id.clone(),
            act: index.act.clone(),
            verified: index.verified,
            max: index.max,
            points,
            scored_max,
            class: class.filter(|_| scored_max == index.max).map(|band| band.class.clone()),
            groups,
        })
    }

    /// Fills an index in from what a journal tells; see [`Indicator::measure`].
    ///
    /// # Errors
    /// None in practice: what is counted never exceeds what it is counted of.
    pub fn of(index: &Index, tally: &Tally) -> Result<Self, ScoreError> {
        let indicators = index.groups.iter().flat_map(|group| &group.indicators);
        let measured = indicators.filter_map(|i| Some((i.code.clone(), tally.ratio(i.measure?)?)));
        Self::fill(index, &measured.collect())
    }
}

fn scored(group: &Group, counts: &BTreeMap<String, Ratio>) -> Result<ScoredGroup, ScoreError> {
    let fill = |indicator: &Indicator| {
        let counts = counts.get(&indicator.code).copied();
        Ok(ScoredIndicator { indicator: indicator.clone(), counts, points: indicator.points(counts)? })
    };
    let indicators: Vec<ScoredIndicator> = group.indicators.iter().map(fill).collect::<Result<_, _>>()?;
    let known = || indicators.iter().filter(|scored| scored.points.is_some());
    Ok(ScoredGroup {
        id: group.id.clone(),
        name_vi: group.name_vi.clone(),
        name_en: group.name_en.clone(),
        max: group.max,
        points: known().filter_map(|scored| scored.points).sum(),
        scored_max: known().map(|scored| scored.indicator.max).sum(),
        indicators,
    })
}

impl fmt::Display for Scorecard {
    /// Every figure, a line each: points, maximum, counts, definition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.act, if self.verified { "verified" } else { "not verified in full" })?;
        for group in &self.groups {
            let points = if group.scored_max == 0 { "–".into() } else { group.points.to_string() };
            writeln!(f, "{points:>6} / {:<3} {} ({})", group.max, group.name_vi, group.name_en)?;
            for ScoredIndicator { indicator, counts, points } in &group.indicators {
                let shown = points.map_or("–".into(), |points| points.to_string());
                write!(f, "{shown:>8} / {:<3} {:<4} {}", indicator.max, indicator.code, indicator.name_vi)?;
                match counts {
                    Some(ratio @ Ratio { numerator, denominator }) => {
                        let percent =
                            ratio.percent().map(|percent| format!(" = {percent:.2} %")).unwrap_or_default();
                        writeln!(f, ": {numerator} / {denominator}{percent}")?;
                        writeln!(f, "{:21}{} / {}", "", indicator.numerator, indicator.denominator)?;
                    }
                    None if points.is_some() => writeln!(f, ": not known, which this index counts in full")?,
                    None => writeln!(f, ": not known")?,
                }
            }
        }
        write!(f, "{:>6} / {:<3} ", self.points, self.scored_max)?;
        match &self.class {
            Some(class) => writeln!(f, "{class}"),
            None => writeln!(f, "of {} points; the others have no figures, so there is no class", self.max),
        }
    }
}
