//! Units in the order of a figure.

use crate::measure::{Head, Measure, Ratio, Sheet, Tally};
use crate::score::{Points, Scorecard};
use serde::Serialize;
use std::cmp::Ordering;

/// A unit and its share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// 1 for the highest share; units with the same share have the same rank. Absent where there is nothing to divide by.
    pub rank: Option<usize>,
    /// The unit.
    pub unit: String,
    /// Its share.
    pub ratio: Ratio,
    /// Whether its share may be that of the first by chance: their intervals of 95 % touch.
    pub may_be_first: bool,
}

/// Units by a measure, the highest share first. Shares are compared exactly.
///
/// ```
/// use motcua::measure::{Counts, Measure, Tally};
/// use motcua::report::League;
/// let unit = |on_time, late| {
///     let mut tally = Tally::default();
///     tally.counts = Counts { resolved_on_time: on_time, resolved_overdue: late, ..Counts::default() };
///     tally
/// };
/// let units = [("A", unit(90, 10)), ("B", unit(9, 1)), ("C", unit(40, 60)), ("D", unit(0, 0))];
/// let league = League::of(units.map(|(name, tally)| (name.to_owned(), tally)), Measure::OnTimeOfResolved);
/// let ranks: Vec<_> = league.places.iter().map(|place| (place.unit.as_str(), place.rank, place.may_be_first)).collect();
/// assert_eq!(ranks, [("A", Some(1), true), ("B", Some(1), true), ("C", Some(3), false), ("D", None, false)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct League {
    /// By what.
    pub measure: Measure,
    /// The units; those without a share come last.
    pub places: Vec<Place>,
}

/// Places of 1, 1, 3: as many are ahead as there are better ones.
fn rank<T>(sorted: &[T], place: usize, same: impl Fn(&T, &T) -> bool) -> usize {
    let own = sorted.get(place);
    let ahead = sorted.iter().take(place).filter(|other| own.is_none_or(|own| !same(other, own)));
    ahead.count() + 1
}

/// Which share is higher; what has nothing to divide by comes last.
fn by_share(a: Ratio, b: Ratio) -> Ordering {
    match (a.denominator, b.denominator) {
        (0, 0) => Ordering::Equal,
        (0, _) => Ordering::Greater,
        (_, 0) => Ordering::Less,
        (_, _) => {
            let cross = |one: Ratio, other: Ratio| u128::from(one.numerator) * u128::from(other.denominator);
            cross(b, a).cmp(&cross(a, b))
        }
    }
}

impl League {
    /// Of units' tallies of one period. Those of which the figure is not known are left out.
    #[must_use]
    pub fn of(units: impl IntoIterator<Item = (String, Tally)>, measure: Measure) -> Self {
        let known = units.into_iter().filter_map(|(unit, tally)| Some((unit, tally.ratio(measure)?)));
        let mut sorted: Vec<(String, Ratio)> = known.collect();
        sorted.sort_by(|(a, one), (b, other)| by_share(*one, *other).then_with(|| a.cmp(b)));
        // Of those that share the first rank the one of which most is known.
        let is_first = |ratio: &Ratio| {
            sorted.first().is_some_and(|(_, first)| by_share(*first, *ratio) == Ordering::Equal)
        };
        let firsts =
            sorted.iter().filter(|(_, ratio)| is_first(ratio)).filter_map(|(_, ratio)| ratio.interval());
        let first = firsts.reduce(|one, other| if other.0 > one.0 { other } else { one });
        let place = |(n, (unit, ratio)): (usize, &(String, Ratio))| Place {
            rank: (ratio.denominator > 0)
                .then(|| rank(&sorted, n, |a, b| by_share(a.1, b.1) == Ordering::Equal)),
            unit: unit.clone(),
            ratio: *ratio,
            may_be_first: is_first(ratio) && ratio.denominator > 0
                || first.zip(ratio.interval()).is_some_and(|(first, own)| own.1 >= first.0),
        };
        Self { measure, places: sorted.iter().enumerate().map(place).collect() }
    }

    /// To be printed.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let definition = self.measure.definition();
        let two = |value: f64| format!("{value:.2}");
        let row = |place: &Place| {
            let interval = place.ratio.interval().map(|(low, high)| format!("{low:.2} – {high:.2}"));
            vec![
                place.rank.map(|rank| rank.to_string()).unwrap_or_default(),
                place.unit.clone(),
                place.ratio.numerator.to_string(),
                place.ratio.denominator.to_string(),
                place.ratio.percent().map(two).unwrap_or_default(),
                interval.unwrap_or_default(),
            ]
        };
        Sheet {
            title: format!("Xếp hạng: {}", definition.name_vi),
            head: vec![
                Head::number("Hạng"),
                Head::text("Đơn vị"),
                Head::number("Tử số"),
                Head::number("Mẫu số"),
                Head::number("%"),
                Head::number("Khoảng tin cậy 95 %"),
            ],
            rows: self.places.iter().map(row).collect(),
            notes: vec![
                format!("{} / {}", definition.numerator, definition.denominator),
                definition.source.clone(),
            ],
        }
    }
}

/// A unit and its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScorePlace {
    /// 1 for the most points.
    pub rank: usize,
    /// The unit.
    pub unit: String,
    /// Its points.
    pub points: Points,
    /// Its class; absent if the index gives none yet.
    pub class: Option<String>,
}

/// Units by the points of one index, the most first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoreLeague {
    /// The units.
    pub places: Vec<ScorePlace>,
    /// Names of the groups of the index, with the most that each gives.
    groups: Vec<(String, u32)>,
    /// The points of each group, a list for each unit.
    of_groups: Vec<Vec<Points>>,
    /// The act of the index, and whether it was read there.
    act: String,
    verified: bool,
}

impl ScoreLeague {
    /// Of units' scorecards of one index and period.
    #[must_use]
    pub fn of<'i>(units: impl IntoIterator<Item = (String, Scorecard<'i>)>) -> Self {
        let mut sorted: Vec<(String, Scorecard<'i>)> = units.into_iter().collect();
        sorted.sort_by(|(a, one), (b, other)| other.points.cmp(&one.points).then_with(|| a.cmp(b)));
        let place = |(n, (unit, card)): (usize, &(String, Scorecard<'i>))| ScorePlace {
            rank: rank(&sorted, n, |a, b| a.1.points == b.1.points),
            unit: unit.clone(),
            points: card.points,
            class: card.class.map(String::from),
        };
        let first = sorted.first().map(|(_, card)| card);
        Self {
            places: sorted.iter().enumerate().map(place).collect(),
            groups: first.map_or_else(Vec::new, |card| {
                card.groups.iter().map(|group| (group.name_vi.to_owned(), group.max)).collect()
            }),
            of_groups: sorted
                .iter()
                .map(|(_, card)| card.groups.iter().map(|group| group.points).collect())
                .collect(),
            act: first.map(|card| card.act.to_owned()).unwrap_or_default(),
            verified: first.is_some_and(|card| card.verified),
        }
    }

    /// To be printed.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let groups = self.groups.iter().map(|(name, max)| Head::number(&format!("{name} ({max})")));
        let row = |(place, groups): (&ScorePlace, &Vec<Points>)| {
            let head = [place.rank.to_string(), place.unit.clone()];
            let tail = [place.points.to_string(), place.class.clone().unwrap_or_default()];
            head.into_iter().chain(groups.iter().map(ToString::to_string)).chain(tail).collect()
        };
        let head = [Head::number("Hạng"), Head::text("Đơn vị")];
        let mark = if self.verified { "" } else { " (chưa đối chiếu với văn bản)" };
        Sheet {
            title: "Xếp hạng theo bộ chỉ số".into(),
            head: head
                .into_iter()
                .chain(groups)
                .chain([Head::number("Tổng điểm"), Head::text("Xếp loại")])
                .collect(),
            rows: self.places.iter().zip(&self.of_groups).map(row).collect(),
            notes: vec![format!("{}{mark}", self.act)],
        }
    }
}
