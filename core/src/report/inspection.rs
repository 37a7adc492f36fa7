//! What a monthly inspection looks at.

use crate::calendar::{Calendar, CalendarError};
use crate::measure::{Calendars, Counts, Fact, Head, Period, Sheet, Tally, tally_by};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is wrong with a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Open and overdue at the end of the period.
    Overdue,
    /// Settled in the period, after it was due.
    SettledLate,
    /// A supplement was asked for more than once, which QĐ 766/QĐ-TTg takes for late (by its technical description).
    AskedAgain,
}

impl FindingKind {
    const ALL: [Self; 3] = [Self::Overdue, Self::SettledLate, Self::AskedAgain];

    /// The Vietnamese words.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Self::Overdue => "Đang quá hạn",
            Self::SettledLate => "Giải quyết quá hạn",
            Self::AskedAgain => "Yêu cầu bổ sung quá một lần",
        }
    }
}

/// A dossier of which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// The unit that settles it.
    pub unit: String,
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// By how many working days it is, or was, late; 0 if it is not.
    pub late: u32,
}

/// A unit in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspected {
    /// The unit.
    pub unit: String,
    /// The counts of the report form.
    pub counts: Counts,
    /// How many of its dossiers have each finding.
    pub findings: BTreeMap<FindingKind, u64>,
}

/// What is to be looked into at each unit. No act was found that prescribes its form: the columns are those of Biểu 06, and
/// what a dossier can be reproached with.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::exchange::{Mapping, read_csv};
/// use motcua::measure::Period;
/// use motcua::procedure::Catalogue;
/// use motcua::report::{FindingKind, Inspection};
/// let text = "\
/// dossier,procedure,unit,channel,received,due,finished,supplements
/// 1,1.004873,xã Hoa Thành,online,2026-06-01 09:00,2026-06-04 17:00,2026-06-09 09:00,2
/// ";
/// let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
/// let facts = read_csv(text.as_bytes(), &Mapping::default(), catalogue, calendar).unwrap().facts;
/// let june = Period::new("2026-06-01".parse().unwrap(), "2026-06-30".parse().unwrap()).unwrap();
/// let inspection = Inspection::of(&facts, june, calendar).unwrap();
/// let found: Vec<_> = inspection.findings.iter().map(|finding| (finding.kind, finding.late)).collect();
/// assert_eq!(found, [(FindingKind::SettledLate, 3), (FindingKind::AskedAgain, 3)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The period.
    pub period: Period,
    /// Every unit that had dossiers, by name.
    pub units: Vec<Inspected>,
    /// Every finding: by unit, kind, and the latest first.
    pub findings: Vec<Finding>,
}

/// By how many working days a dossier is, or was, late at the end of a period.
pub(super) fn late(fact: &Fact, period: &Period, calendar: &Calendar) -> Result<u32, CalendarError> {
    let done = fact.finished.map(|at| at.date()).filter(|day| *day <= period.last());
    let Some(due) = fact.due else { return Ok(0) };
    let late = calendar.count_working_days(due.date(), done.unwrap_or(period.last()))?;
    Ok(u32::try_from(late).unwrap_or_default())
}

impl Inspection {
    /// Of the dossiers that a period has to do with.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'c>(
        facts: &[Fact],
        period: Period,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Self, CalendarError> {
        let calendars = calendars.into();
        let mut findings = Vec::new();
        for fact in facts {
            let mut alone = Tally::default();
            alone.add(fact, &period);
            let counts = alone.counts;
            if counts == Counts::default() {
                continue;
            }
            let late = late(fact, &period, calendars.of(&fact.unit))?;
            let kinds = FindingKind::ALL.into_iter().filter(|kind| match kind {
                FindingKind::Overdue => counts.open_overdue > 0,
                FindingKind::SettledLate => counts.resolved_overdue > 0,
                FindingKind::AskedAgain => fact.supplements.is_some_and(|supplements| supplements > 1),
            });
            findings.extend(kinds.map(|kind| Finding {
                kind,
                unit: fact.unit.clone(),
                dossier: fact.dossier.clone(),
                procedure: fact.procedure.clone(),
                late,
            }));
        }
        findings.sort_by(|a, b| {
            let key = |one: &Finding| {
                (one.unit.clone(), one.kind, std::cmp::Reverse(one.late), one.dossier.clone())
            };
            key(a).cmp(&key(b))
        });
        let mut of_units: BTreeMap<&str, BTreeMap<FindingKind, u64>> = BTreeMap::new();
        for finding in &findings {
            *of_units.entry(&finding.unit).or_default().entry(finding.kind).or_default() += 1;
        }
        let units = tally_by(facts, &period, |fact| fact.unit.as_str()).into_iter();
        let units =
            units.filter(|(_, tally)| tally.counts != Counts::default()).map(|(unit, tally)| Inspected {
                unit: unit.into(),
                counts: tally.counts,
                findings: of_units.get(unit).cloned().unwrap_or_default(),
            });
        let units = units.collect();
        Ok(Self { period, units, findings })
    }

    /// The units, to be printed.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let row = |unit: &Inspected| {
            let counts = [unit.counts.received(), unit.counts.resolved(), unit.counts.open()];
            let found = FindingKind::ALL.map(|kind| unit.findings.get(&kind).copied().unwrap_or_default());
            let cells = counts.into_iter().chain(found).map(|count| count.to_string());
            [unit.unit.clone()].into_iter().chain(cells).collect()
        };
        let counts = ["Phải giải quyết", "Đã giải quyết", "Đang giải quyết"].into_iter();
        let numbers = counts.chain(FindingKind::ALL.map(FindingKind::vi)).map(Head::number);
        Sheet {
            title: format!("Kiểm tra việc giải quyết TTHC {}", self.period.vi()),
            head: [Head::text("Đơn vị")].into_iter().chain(numbers).collect(),
            rows: self.units.iter().map(row).collect(),
            notes: Vec::new(),
        }
    }

    /// The findings, to be printed.
    #[must_use]
    pub fn list(&self) -> Sheet {
        let row = |finding: &Finding| {
            let Finding { kind, unit, dossier, procedure, late } = finding;
            vec![unit.clone(), kind.vi().into(), dossier.clone(), procedure.clone(), late.to_string()]
        };
        Sheet {
            title: "Hồ sơ cần kiểm tra".into(),
            head: vec![
                Head::text("Đơn vị"),
                Head::text("Nội dung"),
                Head::text("Mã hồ sơ"),
                Head::text("Thủ tục"),
                Head::number("Số ngày làm việc quá hạn"),
            ],
            rows: self.findings.iter().map(row).collect(),
            notes: Vec::new(),
        }
    }
}
