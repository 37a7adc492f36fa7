//! Tallies by whatever somebody asks for.

use super::{Calendars, Fact, Head, Measure, MeasureError, Period, Ratio, Sheet, Sketch, Span, Tally};
use crate::dossier::Organisation;
use crate::procedure::Tier;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// By what a table is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// By the unit that settles it, as the facts name it.
    Unit,
    /// By what that unit is within the boundaries of a day: what has become of it, or what it came out of.
    UnitOn(NaiveDate),
    /// By the unit of a tier above it, within the boundaries of a day.
    UnitAbove(Tier, NaiveDate),
    /// By the tier of the unit that settles it.
    Tier,
    /// By the field of administration.
    Field,
    /// By the procedure.
    Procedure,
    /// By the way in.
    Channel,
    /// By time. A dossier is counted in every span that has to do with it: as received in one, as carried over in later ones.
    Span(Span),
}

/// What is counted of the dossiers that have one key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The counts of the report form and those behind the ratios.
    pub tally: Tally,
    /// The working days that those took that were settled in the period, without suspensions.
    pub days: Sketch,
    /// The same in seconds of office hours.
    pub seconds: Sketch,
    /// Their ratings.
    pub ratings: Sketch,
}

impl Cell {
    /// Adds all that another one has.
    pub fn merge(&mut self, other: &Self) {
        self.tally += other.tally;
        self.days.merge(&other.days);
        self.seconds.merge(&other.seconds);
        self.ratings.merge(&other.ratings);
    }
}

/// What a key has where it is not known: a unit that the organisation does not have, or that is no one unit within the
/// boundaries of a day.
pub const UNKNOWN: &str = "?";

/// Dossiers of a period by any keys. Tables that are cut alike merge, in any order and grouping; one of no dossiers changes
/// nothing.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::dossier::Organisation;
/// use motcua::exchange::{Mapping, read_csv};
/// use motcua::measure::{By, Period, Span, Table};
/// use motcua::procedure::Catalogue;
/// let text = "\
/// dossier,procedure,unit,channel,received,finished
/// 1,1.004873,xã Hoa Thành,online,2026-06-01 09:00,2026-06-03 09:00
/// 2,1.004873,xã Hoa Thành,online,2026-06-02 09:00,
/// ";
/// let calendar = Calendar::vietnam();
/// let facts = read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), calendar).unwrap().facts;
/// let mut table = Table::new(Period::year(2026).unwrap(), vec![By::Unit, By::Span(Span::Month)]).unwrap();
/// for fact in &facts {
///     table.add(fact, calendar, &Organisation::default()).unwrap();
/// }
/// let june = table.get(&["xã Hoa Thành", "2026-06"]).unwrap();
/// assert_eq!((june.tally.counts.received(), june.tally.counts.open_overdue), (2, 1));
/// assert_eq!(june.days.quantile(50.0), Some(2.0));
/// assert_eq!(table.get(&["xã Hoa Thành", "2026-07"]).unwrap().tally.counts.carried_over, 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Table {
    period: Period,
    by: Vec<By>,
    cells: BTreeMap<Vec<SmolStr>, Cell>,
}

/// As it is written: keys are lists, which are no keys in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    period: Period,
    by: Vec<By>,
    cells: Vec<(Vec<SmolStr>, Cell)>,
}

impl From<Table> for Stored {
    fn from(Table { period, by, cells }: Table) -> Self {
        Self { period, by, cells: cells.into_iter().collect() }
    }
}

impl TryFrom<Stored> for Table {
    type Error = MeasureError;

    fn try_from(Stored { period, by, cells }: Stored) -> Result<Self, MeasureError> {
        let mut table = Self::new(period, by)?;
        for (key, cell) in cells {
            if key.len() != table.by.len() || table.cells.insert(key, cell).is_some() {
                return Err(MeasureError::TablesDiffer);
            }
        }
        Ok(table)
    }
}

impl Table {
    /// Without a dossier.
    ///
    /// # Errors
    /// `measure.cut_twice`
    pub fn new(period: Period, by: Vec<By>) -> Result<Self, MeasureError> {
        let spans = by.iter().filter(|by| matches!(by, By::Span(_))).count();
        let is_twice = by.iter().enumerate().any(|(n, one)| by.iter().skip(n + 1).any(|other| one == other));
        if spans > 1 || is_twice {
            return Err(MeasureError::CutTwice);
        }
        Ok(Self { period, by, cells: BTreeMap::new() })
    }

    /// Counts a dossier, if the period has to do with it. Its working time is by the calendar of its unit.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`; then it is not counted.
    pub fn add<'c>(
        &mut self,
        fact: &Fact,
        calendars: impl Into<Calendars<'c>>,
        organisation: &Organisation,
    ) -> Result<(), MeasureError> {
        let took = match fact.finished {
            Some(finished) => fact.took(finished, calendars.into().of(&fact.unit))?,
            None => None,
        };
        let span = self.by.iter().find_map(|by| if let By::Span(span) = by { Some(*span) } else { None });
        let periods = span.map_or_else(|| vec![self.period], |span| self.period.spans(span));
        for period in periods {
            let mut tally = Tally::default();
            tally.add(fact, &period);
            if tally == Tally::default() {
                continue;
            }
            let key = self.by.iter().map(|by| key(*by, fact, &period, organisation)).collect();
            let cell = self.cells.entry(key).or_default();
            cell.tally += tally;
            if let Some(took) = took.filter(|_| fact.finished.is_some_and(|at| period.holds(at))) {
                cell.days.add(took.days.into());
                cell.seconds.add(took.seconds);
                if let Some(rating) = fact.rating {
                    cell.ratings.add(rating.into());
                }
            }
        }
        Ok(())
    }

    /// Adds all that another table has.
    ///
    /// # Errors
    /// `measure.tables_differ`; then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MeasureError> {
        if (self.period, &self.by) != (other.period, &other.by) {
            return Err(MeasureError::TablesDiffer);
        }
        for (key, cell) in &other.cells {
            self.cells.entry(key.clone()).or_default().merge(cell);
        }
        Ok(())
    }

    /// Its period.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// By what it is cut.
    #[must_use]
    pub fn by(&self) -> &[By] {
        &self.by
    }

    /// What was counted under a key, which has a part for each [`By`]; `None` if nothing was.
    #[must_use]
    pub fn get(&self, key: &[&str]) -> Option<&Cell> {
        let key: Vec<SmolStr> = key.iter().map(SmolStr::new).collect();
        self.cells.get(&key)
    }

    /// All keys under which something was counted, in order.
    pub fn rows(&self) -> impl Iterator<Item = (&[SmolStr], &Cell)> {
        self.cells.iter().map(|(key, cell)| (key.as_slice(), cell))
    }

    /// All of it in one; of a table that is cut by time, that is no count of dossiers: those that stay open are in several
    /// spans.
    #[must_use]
    pub fn total(&self) -> Cell {
        let mut total = Cell::default();
        self.cells.values().for_each(|cell| total.merge(cell));
        total
    }
}

/// What a table shows of each row after its key: dossiers and working days.
const SHOWN: [&str; 10] = [
    "Phải giải quyết",
    "Đã giải quyết",
    "Trước hạn",
    "Đúng hạn",
    "Quá hạn",
    "Đang giải quyết",
    "Đang quá hạn",
    "Ngày làm việc (p50)",
    "p90",
    "p95",
];

impl By {
    /// What it is called above a column.
    fn name(self) -> &'static str {
        match self {
            Self::Unit | Self::UnitOn(_) | Self::UnitAbove(..) => "Đơn vị",
            Self::Tier => "Cấp",
            Self::Field => "Lĩnh vực",
            Self::Procedure => "Thủ tục",
            Self::Channel => "Cách nộp",
            Self::Span(_) => "Kỳ",
        }
    }
}

impl Table {
    /// The table, to be printed: keys, counts, quantiles of the working days, and the percentage of each measure, with its
    /// definition below. What is not known is an empty cell.
    #[must_use]
    pub fn sheet(&self, measures: &[Measure]) -> Sheet {
        let keys = self.by.iter().map(|by| Head::text(by.name()));
        let shown = SHOWN.iter().map(|name| Head::number(name));
        let ratios =
            measures.iter().map(|measure| Head::number(&format!("{} (%)", measure.definition().name_vi)));
        let two = |value: Option<f64>| value.map(|value| format!("{value:.2}")).unwrap_or_default();
        let row = |(key, cell): (&Vec<SmolStr>, &Cell)| {
            let c = &cell.tally.counts;
            let counts = [
                c.received(),
                c.resolved(),
                c.resolved_early,
                c.resolved_on_time,
                c.resolved_overdue,
                c.open(),
                c.open_overdue,
            ];
            let days = [50.0, 90.0, 95.0].map(|percent| two(cell.days.quantile(percent)));
            let ratios =
                measures.iter().map(|measure| two(cell.tally.ratio(*measure).and_then(Ratio::percent)));
            let keys = key.iter().map(ToString::to_string);
            keys.chain(counts.map(|count| count.to_string())).chain(days).chain(ratios).collect()
        };
        let definition = |measure: &Measure| {
            let definition = measure.definition();
            format!("{}: {} / {}", definition.name_vi, definition.numerator, definition.denominator)
        };
        Sheet {
            title: format!("Hồ sơ {}", self.period.vi()),
            head: keys.chain(shown).chain(ratios).collect(),
            rows: self.cells.iter().map(row).collect(),
            notes: measures.iter().map(definition).collect(),
        }
    }
}

fn key(by: By, fact: &Fact, period: &Period, organisation: &Organisation) -> SmolStr {
    let known = |label: Option<&str>| SmolStr::new(label.unwrap_or(UNKNOWN));
    let boundaries = |day| organisation.at_boundaries(&fact.unit, day).ok().map(|unit| unit.id.as_str());
    match by {
        By::Unit => fact.unit.as_str().into(),
        By::UnitOn(day) => known(boundaries(day)),
        By::UnitAbove(tier, day) => {
            let unit = boundaries(day).unwrap_or(&fact.unit);
            known(organisation.at_tier_on(unit, tier, day).map(|unit| unit.id.as_str()))
        }
        By::Tier => match organisation.unit(&fact.unit) {
            Some(unit) => smol_str::format_smolstr!("{}", unit.tier),
            None => UNKNOWN.into(),
        },
        By::Field => fact.field.as_str().into(),
        By::Procedure => fact.procedure.as_str().into(),
        By::Channel => smol_str::format_smolstr!("{}", fact.channel),
        By::Span(span) => span.label(period.first()).into(),
    }
}
