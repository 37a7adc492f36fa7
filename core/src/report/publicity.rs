//! What is made public of dossiers that were late.

use super::inspection::late;
use crate::calendar::CalendarError;
use crate::measure::{Calendars, Fact, Head, Measure, Period, Sheet};
use crate::procedure::Catalogue;
use chrono::NaiveDate;
use serde::Serialize;

/// A dossier that was late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicRow {
    /// Code of the dossier, by which the applicant knows it.
    pub dossier: String,
    /// Name of its procedure in the catalogue, or its code.
    pub procedure: String,
    /// The unit that settles it.
    pub unit: String,
    /// The day on which it was taken in.
    pub received: Option<NaiveDate>,
    /// The day on which it was due.
    pub due: Option<NaiveDate>,
    /// The day on which it was settled; absent if it was not by the end of the period.
    pub finished: Option<NaiveDate>,
    /// By how many working days it is, or was, late.
    pub late: u32,
}

/// The list of late dossiers that an office puts up (danh sách hồ sơ quá hạn): settled late in the period, or open and overdue
/// at its end; those that are latest first. It names no applicant. No act was found that prescribes its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publicity {
    /// The period.
    pub period: Period,
    /// The dossiers.
    pub rows: Vec<PublicRow>,
}

impl Publicity {
    /// Of the dossiers that a period has to do with.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'c>(
        facts: &[Fact],
        period: Period,
        catalogue: &Catalogue,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Self, CalendarError> {
        let calendars = calendars.into();
        let mut rows = Vec::new();
        for fact in facts.iter().filter(|fact| Measure::OnTimeOfDue.of(fact, &period) == Some(false)) {
            let received = fact.received.map(|at| at.date());
            let known = received.and_then(|day| catalogue.find(&fact.procedure, day));
            rows.push(PublicRow {
                dossier: fact.dossier.clone(),
                procedure: known.map_or_else(|| fact.procedure.clone(), |known| known.name_vi.clone()),
                unit: fact.unit.clone(),
                received,
                due: fact.due.map(|at| at.date()),
                finished: fact.finished.map(|at| at.date()).filter(|day| *day <= period.last()),
                late: late(fact, &period, calendars.of(&fact.unit))?,
            });
        }
        rows.sort_by(|a, b| b.late.cmp(&a.late).then_with(|| a.dossier.cmp(&b.dossier)));
        Ok(Self { period, rows })
    }

    /// To be printed.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let day = |day: Option<NaiveDate>| day.map(|day| day.format("%d/%m/%Y").to_string());
        let row = |(number, row): (usize, &PublicRow)| {
            vec![
                number.to_string(),
                row.dossier.clone(),
                row.procedure.clone(),
                row.unit.clone(),
                day(row.received).unwrap_or_default(),
                day(row.due).unwrap_or_default(),
                day(row.finished).unwrap_or_else(|| "chưa giải quyết".into()),
                row.late.to_string(),
            ]
        };
        Sheet {
            title: format!("Danh sách hồ sơ giải quyết quá hạn {}", self.period.vi()),
            head: vec![
                Head::number("STT"),
                Head::text("Mã hồ sơ"),
                Head::text("Thủ tục hành chính"),
                Head::text("Đơn vị"),
                Head::text("Ngày tiếp nhận"),
                Head::text("Ngày hẹn trả"),
                Head::text("Ngày giải quyết"),
                Head::number("Số ngày làm việc quá hạn"),
            ],
            rows: (1..).zip(&self.rows).map(row).collect(),
            notes: Vec::new(),
        }
    }
}
