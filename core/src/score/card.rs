//! An index filled in.

use super::{Better, Figure, Group, Index, Indicator, OnEmpty, Points, ScoreError, Scoring};
use crate::measure::{Judged, Measure, Ratio};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What one more point costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gain {
    /// So many more in the numerator, of the same denominator,
    pub more: u64,
    /// give so many points more: one, or what is missing to the maximum or the next step.
    pub points: Points,
}

/// An indicator with its figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoredIndicator<'i> {
    /// The rule.
    #[serde(flatten)]
    pub indicator: &'i Indicator,
    /// The most it can give here: its maximum, with what another one shares that has nothing to count.
    pub worth: Points,
    /// The figure; absent if not known.
    pub figure: Option<Figure>,
    /// The points; absent if not known, or if the index gives none for an empty denominator.
    pub points: Option<Points>,
    /// What one more point costs, where it is counted; absent if there is none to be had.
    pub gain: Option<Gain>,
}

/// A group with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoredGroup<'i> {
    /// Short id.
    pub id: &'i str,
    /// Vietnamese name.
    pub name_vi: &'i str,
    /// English name.
    pub name_en: &'i str,
    /// The most the group can give.
    pub max: u32,
    /// The sum of the points that are known.
    pub points: Points,
    /// The most that the indicators with points can give.
    pub scored_max: Points,
    /// The indicators.
    pub indicators: Vec<ScoredIndicator<'i>>,
}

/// An index filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scorecard<'i> {
    /// Id of the index.
    pub index: &'i str,
    /// Which reading of it.
    pub profile: &'i str,
    /// The act.
    pub act: &'i str,
    /// Whether the act itself was read in full.
    pub verified: bool,
    /// The most the index can give.
    pub max: u32,
    /// The sum of the points that are known.
    pub points: Points,
    /// The most that the indicators with points can give; where it is less than `max`, figures are missing.
    pub scored_max: Points,
    /// The class by the points; absent while an indicator has none, since a class of some would be no class, unless the index
    /// leaves such an indicator out.
    pub class: Option<&'i str>,
    /// The groups.
    pub groups: Vec<ScoredGroup<'i>>,
}

/// What a linear or capped indicator is worth, and by what its ratio is multiplied.
#[derive(Clone, Copy)]
struct Terms {
    worth: Points,
    times: Ratio,
}

const ONCE: Ratio = Ratio { numerator: 1, denominator: 1 };

impl Indicator {
    /// The points that a figure gives by itself; `None` if it is not known or the index gives no score for it. What other
    /// indicators have to do with it ([`Indicator::times`], [`Indicator::share_with`]) counts in a [`Scorecard`] only.
    ///
    /// ```
    /// use motcua::measure::Ratio;
    /// use motcua::score::Index;
    /// let on_time = Index::qd_766().indicator("2.1").unwrap();
    /// let counts = Ratio { numerator: 358_660, denominator: 405_424 }.into();
    /// assert_eq!(on_time.points(Some(&counts)).unwrap().unwrap().to_string(), "17.69");
    /// assert_eq!(on_time.points(None).unwrap(), None);
    /// ```
    ///
    /// # Errors
    /// `score.numerator_exceeds`, `score.wrong_figure`, `score.out_of_range`, `score.too_many_points`,
    /// `score.no_evidence`.
    pub fn points(&self, figure: Option<&Figure>) -> Result<Option<Points>, ScoreError> {
        self.points_by(figure, Terms { worth: Points::whole(self.max), times: ONCE })
    }

    fn points_by(&self, figure: Option<&Figure>, terms: Terms) -> Result<Option<Points>, ScoreError> {
        let Some(figure) = figure else {
            return Ok(self.unknown_is_full.then_some(terms.worth));
        };
        let of_empty = || match self.on_empty {
            OnEmpty::Null | OnEmpty::Share => None,
            OnEmpty::Zero => Some(Points::default()),
            OnEmpty::Full => Some(terms.worth),
        };
        let code = || self.code.clone();
        match (self.scoring, figure) {
            (
                Scoring::Linear | Scoring::Capped | Scoring::Banded | Scoring::Shown,
                Figure::Counts(Ratio { numerator, denominator }),
            ) => {
                let (numerator, denominator) = (*numerator, *denominator);
                if numerator > denominator {
                    return Err(ScoreError::NumeratorExceeds { code: code(), numerator, denominator });
                }
                Ok(match (self.scoring, denominator) {
                    (Scoring::Shown, _) => None,
                    (_, 0) => of_empty(),
                    (Scoring::Banded, _) => Some(self.step(numerator, denominator)),
                    _ => Some(self.share(numerator, denominator, terms)),
                })
            }
            (Scoring::Ordinal, Figure::Levels { levels }) if levels.len() == self.levels.len() => {
                let all: u128 = levels.iter().map(|count| u128::from(*count)).sum();
                let pairs = self.levels.iter().zip(levels);
                let sum = pairs
                    .map(|(level, count)| u128::from(level.points.hundredths()) * u128::from(*count))
                    .fold(0, u128::saturating_add);
                Ok(if all == 0 { of_empty() } else { Some(Points::rounded(sum, all, self.decimals)) })
            }
            (Scoring::MinMax, Figure::Among { value, lowest, highest }) => {
                if value < lowest || value > highest {
                    return Err(ScoreError::OutOfRange { code: code() });
                }
                let (from, to) = match self.better {
                    Some(Better::Lower) => (value, highest),
                    _ => (lowest, value),
                };
                let between = |low: &super::Amount, high: &super::Amount| {
                    high.ten_thousandths().abs_diff(low.ten_thousandths())
                };
                let (over, under) = (between(from, to), between(lowest, highest));
                let points = |over: u64| {
                    let over = u128::from(over) * u128::from(terms.worth.hundredths());
                    Points::rounded(over, under.into(), self.decimals)
                };
                Ok(if under == 0 { of_empty() } else { Some(points(over)) })
            }
            (Scoring::Manual, Figure::Given { points, evidence }) => {
                if *points > Points::whole(self.max) {
                    let (points, max) = (points.to_string(), self.max);
                    return Err(ScoreError::TooManyPoints { code: code(), points, max });
                }
                if evidence.trim().is_empty() {
                    return Err(ScoreError::NoEvidence { code: code() });
                }
                Ok(Some(*points))
            }
            (scoring, _) => Err(ScoreError::WrongFigure { code: code(), scoring, levels: self.levels.len() }),
        }
    }

    /// Of a linear or capped indicator.
    fn share(&self, numerator: u64, denominator: u64, terms: Terms) -> Points {
        let (over, under) = self.slope(denominator, terms);
        Points::rounded(over.saturating_mul(numerator.into()), under, self.decimals).min(terms.worth)
    }

    /// The points of one in the numerator, as a fraction of hundredths.
    fn slope(&self, denominator: u64, Terms { worth, times }: Terms) -> (u128, u128) {
        let target = u128::from(self.target.unwrap_or(100));
        let over = u128::from(worth.hundredths()) * 100 * u128::from(times.numerator);
        (over, u128::from(denominator).saturating_mul(target).saturating_mul(times.denominator.into()))
    }

    fn step(&self, numerator: u64, denominator: u64) -> Points {
        let reached = u128::from(numerator) * 100;
        let step = self.steps.iter().find(|step| reached >= u128::from(step.from) * u128::from(denominator));
        step.map(|step| step.points).unwrap_or_default()
    }

    /// What one more point costs, of so many points now.
    fn gain(&self, figure: Option<&Figure>, points: Option<Points>, terms: Terms) -> Option<Gain> {
        let (Some(Figure::Counts(Ratio { numerator, denominator })), Some(now)) = (figure, points) else {
            return None;
        };
        let goal = Points::from_hundredths(now.hundredths() + 100).min(terms.worth);
        let needed = match self.scoring {
            Scoring::Banded => {
                let step = self.steps.iter().rev().find(|step| step.points >= goal)?;
                (u128::from(step.from) * u128::from(*denominator)).div_ceil(100)
            }
            Scoring::Linear | Scoring::Capped => {
                let (over, under) = self.slope(*denominator, terms);
                if over == 0 {
                    return None;
                }
                let unit = 10_u128.pow(2_u32.saturating_sub(self.decimals.into()));
                // The least numerator that is rounded up to the goal.
                let steps = u128::from(goal.hundredths()).div_ceil(unit);
                let half_steps = (2 * steps).checked_sub(1)?;
                half_steps.saturating_mul(unit).saturating_mul(under).div_ceil(over.saturating_mul(2))
            }
            _ => return None,
        };
        let needed = u64::try_from(needed).ok().filter(|needed| needed <= denominator)?;
        let more = needed.checked_sub(*numerator).filter(|more| *more > 0)?;
        let then = match self.scoring {
            Scoring::Banded => self.step(needed, *denominator),
            _ => self.share(needed, *denominator, terms),
        };
        Some(Gain { more, points: Points::from_hundredths(then.hundredths().checked_sub(now.hundredths())?) })
    }
}

/// A ratio to multiply by, in numbers whose products fit: of more than four thousand million they are cut.
fn factor(Ratio { numerator, denominator }: Ratio) -> Option<Ratio> {
    let cut = (64 - denominator.max(numerator).leading_zeros()).saturating_sub(32);
    (denominator > 0).then_some(Ratio { numerator: numerator >> cut, denominator: denominator >> cut })
}

impl<'i> Scorecard<'i> {
    /// Fills an index in from figures by code of the indicator; those not given are not known.
    ///
    /// # Errors
    /// `score.unknown_indicator`, and those of [`Indicator::points`].
    pub fn fill(index: &'i Index, figures: &BTreeMap<String, Figure>) -> Result<Self, ScoreError> {
        if let Some(code) = figures.keys().find(|code| index.indicator(code).is_none()) {
            let known: Vec<&str> = index.indicators().map(|indicator| indicator.code.as_str()).collect();
            let (code, index, known) = (code.clone(), index.id.clone(), known.join(", "));
            return Err(ScoreError::UnknownIndicator { code, index, known });
        }
        Self::filled(index, |indicator| figures.get(&indicator.code).cloned())
    }

    /// Fills an index in from what was counted of dossiers ([`Tally::ratios`](crate::measure::Tally::ratios)), petitions,
    /// documents or procedures, and from the levels of what is judged ([`Judged::levels`]); see [`Indicator::measure`] and
    /// [`Indicator::levels_of`].
    ///
    /// # Errors
    /// None in practice: what is counted never exceeds what it is counted of.
    pub fn of(
        index: &'i Index,
        ratios: &BTreeMap<Measure, Ratio>,
        levels: &BTreeMap<Judged, Vec<u64>>,
    ) -> Result<Self, ScoreError> {
        Self::filled(index, |indicator| index_figure(indicator, ratios, levels))
    }

    fn filled(index: &'i Index, figure: impl Fn(&Indicator) -> Option<Figure>) -> Result<Self, ScoreError> {
        let figures: Vec<Option<Figure>> = index.indicators().map(&figure).collect();
        let by_code = |code: &str| {
            let mut all = index.indicators().zip(&figures);
            all.find(|(indicator, _)| indicator.code == code).and_then(|(_, figure)| figure.as_ref())
        };
        let mut rest = figures.iter();
        let groups = index
            .groups
            .iter()
            .map(|group| scored(index, group, &mut rest, &by_code))
            .collect::<Result<Vec<_>, _>>()?;
        let points: Points = groups.iter().map(|group| group.points).sum();
        let scored_max: Points = groups.iter().map(|group| group.scored_max).sum();
        Ok(Self {
            index: &index.id,
            profile: &index.profile,
            act: &index.act,
            verified: index.verified,
            max: index.max,
            points,
            scored_max,
            class: index
                .class(points)
                .filter(|_| index.leaves_out_unknown || scored_max == Points::whole(index.max)),
            groups,
        })
    }
}

/// What was counted for an indicator.
fn index_figure(
    indicator: &Indicator,
    ratios: &BTreeMap<Measure, Ratio>,
    levels: &BTreeMap<Judged, Vec<u64>>,
) -> Option<Figure> {
    let counted = indicator.measure.and_then(|measure| ratios.get(&measure)).map(|ratio| (*ratio).into());
    let judged = indicator.levels_of.and_then(|judged| levels.get(&judged));
    counted.or_else(|| Some(Figure::Levels { levels: judged?.clone() }))
}

fn scored<'i, 'f>(
    index: &Index,
    group: &'i Group,
    figures: &mut impl Iterator<Item = &'f Option<Figure>>,
    by_code: &dyn Fn(&str) -> Option<&'f Figure>,
) -> Result<ScoredGroup<'i>, ScoreError> {
    let is_empty =
        |figure: Option<&Figure>| matches!(figure, Some(Figure::Counts(Ratio { denominator: 0, .. })));
    let shares =
        |indicator: &Indicator| indicator.on_empty == OnEmpty::Share && is_empty(by_code(&indicator.code));
    let mut indicators = Vec::with_capacity(group.indicators.len());
    for (indicator, figure) in group.indicators.iter().zip(figures) {
        let mut worth = if shares(indicator) { 0 } else { Points::whole(indicator.max).hundredths() };
        let gives = |other: &&Indicator| shares(other) && other.share_with.contains(&indicator.code);
        for other in index.indicators().filter(gives) {
            worth += Points::whole(other.max).hundredths() / (other.share_with.len() as u64).max(1);
        }
        let worth = Points::from_hundredths(worth);
        let times = match &indicator.times {
            None => Some(ONCE),
            Some(code) => match by_code(code) {
                Some(Figure::Counts(ratio)) => factor(*ratio),
                _ => None,
            },
        };
        let figure = figure.as_ref();
        // Without what it is multiplied by it is not known.
        let terms = times.map(|times| Terms { worth, times });
        let points = match terms {
            Some(terms) => indicator.points_by(figure, terms)?,
            None => indicator.points(figure)?.and(None),
        };
        let gain = terms.and_then(|terms| indicator.gain(figure, points, terms));
        indicators.push(ScoredIndicator { indicator, worth, figure: figure.cloned(), points, gain });
    }
    let known = || indicators.iter().filter(|scored| scored.points.is_some());
    Ok(ScoredGroup {
        id: &group.id,
        name_vi: &group.name_vi,
        name_en: &group.name_en,
        max: group.max,
        points: known().filter_map(|scored| scored.points).sum(),
        scored_max: known().map(|scored| scored.worth).sum(),
        indicators,
    })
}

/// Without decimals where they are none.
fn short(points: Points) -> String {
    match points.hundredths() % 100 {
        0 => (points.hundredths() / 100).to_string(),
        _ => points.to_string(),
    }
}

impl fmt::Display for Scorecard<'_> {
    /// Every figure, a line each: points, maximum, counts, definition with what speaks for it, what one more point costs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verified = if self.verified { "verified" } else { "not verified in full" };
        match self.profile {
            "" => writeln!(f, "{} ({verified})", self.act)?,
            profile => writeln!(f, "{}, reading `{profile}` ({verified})", self.act)?,
        }
        for group in &self.groups {
            let points =
                if group.scored_max == Points::default() { "–".into() } else { group.points.to_string() };
            writeln!(f, "{points:>6} / {:<3} {} ({})", group.max, group.name_vi, group.name_en)?;
            group.indicators.iter().try_for_each(|indicator| indicator.fmt(f))?;
        }
        match self.class {
            Some(class) => writeln!(f, "{:>6} / {:<3} {class}", self.points, self.max),
            None if self.scored_max == Points::whole(self.max) => {
                writeln!(f, "{:>6} / {:<3} this index has no classes", self.points, self.max)
            }
            None => writeln!(
                f,
                "{:>6} / {:<3} of {} points; the others have no figures, so there is no class",
                self.points,
                short(self.scored_max),
                self.max
            ),
        }
    }
}

impl fmt::Display for ScoredIndicator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { indicator, worth, figure, points, gain } = self;
        let shown = points.map_or("–".into(), |points| points.to_string());
        write!(f, "{shown:>8} / {:<3} {:<4} {}", short(*worth), indicator.code, indicator.name_vi)?;
        match figure {
            None if points.is_some() => return writeln!(f, ": not known, which this index counts in full"),
            None => return writeln!(f, ": not known"),
            Some(Figure::Counts(ratio @ Ratio { numerator, denominator })) => {
                let percent = ratio.percent().map(|percent| format!(" = {percent:.2} %")).unwrap_or_default();
                writeln!(f, ": {numerator} / {denominator}{percent}")?;
            }
            Some(Figure::Levels { levels }) => {
                let pairs = levels.iter().zip(&indicator.levels);
                let each: Vec<String> = pairs
                    .map(|(count, level)| format!("{count} × {} ({})", level.points, level.when))
                    .collect();
                writeln!(f, ": {}", each.join(", "))?;
            }
            Some(Figure::Among { value, lowest, highest }) => {
                let shown = |amount: &super::Amount| amount.ten_thousandths() as f64 / 10_000.0;
                writeln!(f, ": {}, of {} to {}", shown(value), shown(lowest), shown(highest))?;
            }
            Some(Figure::Given { evidence, .. }) => writeln!(f, ": {evidence}")?,
        }
        write!(f, "{:21}{}", "", indicator.numerator)?;
        if !indicator.denominator.is_empty() {
            write!(f, " / {}", indicator.denominator)?;
        }
        let evidence: Vec<&str> = indicator.evidence.iter().map(|evidence| evidence.word()).collect();
        writeln!(f, " [{}]", evidence.join(", "))?;
        if let Some(Gain { more, points }) = gain {
            writeln!(f, "{:21}{points} more with {more} more: {}", "", indicator.numerator)?;
        }
        Ok(())
    }
}
