//! One figure beside another.

use super::{By, Measure, MeasureError, Period, Ratio, Table, Tally};
use crate::toml_file::{bare_day, part_of_library};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A break in series: something other than the offices' work has changed what is counted, so that figures from before and
/// after are not of the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// The first day on which it is otherwise.
    #[serde(deserialize_with = "bare_day")]
    pub day: NaiveDate,
    /// The measures it is about; all if there are none.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// What changed, in Vietnamese.
    pub what_vi: String,
    /// What changed.
    pub what_en: String,
    /// Where that is said.
    pub source: String,
    /// Whether it was read there.
    pub verified: bool,
}

impl Break {
    /// Those that the library knows, in order.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Break>> = LazyLock::new(|| {
            let text = include_str!("../../data/breaks.toml");
            part_of_library("core/data/breaks.toml", text, "break")
        });
        &ALL
    }

    /// Whether it lies between two periods, or within one of them, and is about a measure.
    fn parts(&self, measure: Measure, from: &Period, to: &Period) -> bool {
        let is_of = self.measures.is_empty() || self.measures.contains(&measure);
        is_of && from.first().min(to.first()) < self.day && self.day <= from.last().max(to.last())
    }
}

/// A share beside another one.
///
/// ```
/// use motcua::measure::{Comparison, Measure, Period, Ratio};
/// let day = |text: &str| text.parse().unwrap();
/// let month = |first, last| Period::new(day(first), day(last)).unwrap();
/// let (may, june) = (month("2025-05-01", "2025-05-31"), month("2025-07-01", "2025-07-31"));
/// let (before, after) = (Ratio { numerator: 80, denominator: 100 }, Ratio { numerator: 92, denominator: 100 });
/// let comparison = Comparison::of(Measure::Online, (&may, before), (&june, after));
/// assert_eq!(comparison.points().unwrap().round(), 12.0);
/// assert!(comparison.is_beyond_chance().unwrap());
/// // The district ended in between.
/// assert!(comparison.breaks[0].what_en.contains("district"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Of what.
    pub measure: Measure,
    /// What is compared with.
    pub from: Ratio,
    /// What is compared.
    pub to: Ratio,
    /// Why the two may not be of the same.
    pub breaks: Vec<&'static Break>,
}

impl Comparison {
    /// Of a measure in two periods.
    #[must_use]
    pub fn of(measure: Measure, (earlier, from): (&Period, Ratio), (later, to): (&Period, Ratio)) -> Self {
        let breaks = Break::all().iter().filter(|one| one.parts(measure, earlier, later)).collect();
        Self { measure, from, to, breaks }
    }

    /// By how many percentage points it is more; `None` if one of the two has nothing to divide by.
    #[must_use]
    pub fn points(&self) -> Option<f64> {
        Some(self.to.percent()? - self.from.percent()?)
    }

    /// Between how many percentage points that lies in 95 of 100 cases, made of the Wilson intervals of both (Newcombe 1998,
    /// method 10).
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (from, to, points) = (self.from.percent()?, self.to.percent()?, self.points()?);
        let ((from_low, from_high), (to_low, to_high)) = (self.from.interval()?, self.to.interval()?);
        Some((points - (to - to_low).hypot(from_high - from), points + (to_high - to).hypot(from - from_low)))
    }

    /// Whether it is more than chance explains; `None` where that cannot be said.
    #[must_use]
    pub fn is_beyond_chance(&self) -> Option<bool> {
        self.interval().map(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// What an earlier span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Back {
    /// The one before: the month before, of months.
    One,
    /// That of the year before.
    Year,
}

/// Comparisons, each with the key of what is compared.
pub type Comparisons = Vec<(Vec<SmolStr>, Comparison)>;

impl Table {
    /// How a measure changed from span to span, under each other key: every cell beside that of the same key before. Cells
    /// without an earlier one, or without a figure, are left out; a table that is not cut by time has none.
    #[must_use]
    pub fn changes(&self, measure: Measure, back: Back) -> Comparisons {
        let by_time = self.by().iter().enumerate();
        let mut by_time =
            by_time.filter_map(|(n, by)| if let By::Span(span) = by { Some((n, *span)) } else { None });
        let Some((part, span)) = by_time.next() else { return Vec::new() };
        let steps = if back == Back::One { 1 } else { span.in_a_year() as usize };
        let spans = self.period().spans(span);
        let places: BTreeMap<String, usize> =
            spans.iter().enumerate().map(|(n, period)| (span.label(period.first()), n)).collect();
        let change = |(key, cell): (&[SmolStr], &super::Cell)| {
            let place = *places.get(key.get(part)?.as_str())?;
            let (later, earlier) = (spans.get(place)?, spans.get(place.checked_sub(steps)?)?);
            let mut before = key.to_vec();
            *before.get_mut(part)? = span.label(earlier.first()).into();
            let before: Vec<&str> = before.iter().map(SmolStr::as_str).collect();
            let from = self.get(&before)?.tally.ratio(measure)?;
            let comparison = Comparison::of(measure, (earlier, from), (later, cell.tally.ratio(measure)?));
            Some((key.to_vec(), comparison))
        };
        self.rows().filter_map(change).collect()
    }

    /// Each cell beside the rest of its group: all others whose keys differ from its own in one part only, as each unit beside
    /// all other units of the same month.
    ///
    /// # Errors
    /// `measure.not_cut` if the table is not cut by that.
    pub fn against_rest(&self, measure: Measure, part: By) -> Result<Comparisons, MeasureError> {
        let place = self.by().iter().position(|by| *by == part).ok_or(MeasureError::NotCut)?;
        let rest = |key: &[SmolStr]| {
            let mut rest = key.to_vec();
            if place < rest.len() {
                rest.remove(place);
            }
            rest
        };
        let mut groups: BTreeMap<Vec<SmolStr>, Tally> = BTreeMap::new();
        for (key, cell) in self.rows() {
            *groups.entry(rest(key)).or_default() += cell.tally;
        }
        let compared = self.rows().filter_map(|(key, cell)| {
            let (own, all) = (cell.tally.ratio(measure)?, groups.get(&rest(key))?.ratio(measure)?);
            let others = Ratio {
                numerator: all.numerator.checked_sub(own.numerator)?,
                denominator: all.denominator.checked_sub(own.denominator)?,
            };
            Some((key.to_vec(), Comparison { measure, from: others, to: own, breaks: Vec::new() }))
        });
        Ok(compared.collect())
    }
}
