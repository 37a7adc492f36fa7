//! Form 07 (06 until 2025): the book of a year.

use super::matter::{above, accepted, holder, named, request, unit_name};
use super::{Form, Office, Particulars, Person, SlipError};
use crate::dossier::{Dossier, Rules};
use crate::moment;
use chrono::{Datelike, NaiveDateTime};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A row of the register, as the host asks for it: a dossier by its code, and its particulars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntry {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// What stands beside it.
    #[serde(default)]
    pub particulars: Particulars,
}

/// A register as the host asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// The number of its first row; 1 unless an earlier volume of the year ends before it.
    #[serde(default = "one")]
    pub first: u32,
    /// The office that keeps it.
    #[serde(default)]
    pub office: Office,
    /// Its rows, in any order.
    pub rows: Vec<RegisterEntry>,
}

fn one() -> u32 {
    1
}

/// A row of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterRow {
    /// Its number in the book of the year.
    pub number: u32,
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// Code of the procedure.
    pub procedure: String,
    /// What is applied for.
    pub request: String,
    /// Sets of papers.
    pub sets: Option<u32>,
    /// Whose matter it is.
    pub holder: Person,
    /// When it was taken in.
    #[serde(with = "moment")]
    pub received: NaiveDateTime,
    /// When the result is due.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// When the office was done with it.
    #[serde(with = "moment::option")]
    pub ended: Option<NaiveDateTime>,
    /// When the result was handed over.
    #[serde(with = "moment::option")]
    pub delivered: Option<NaiveDateTime>,
    /// Who took it.
    pub receiver: Option<String>,
    /// The field of administration, by its name.
    pub field: String,
    /// Where it stands, in the words of the national portal.
    pub status: &'static str,
}

/// The register (sổ theo dõi hồ sơ) of one year, or one volume of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The year.
    pub year: i32,
    /// Number of the first row.
    pub first: u32,
    /// Number of the last row.
    pub last: u32,
    /// The agency that keeps it.
    pub agency: String,
    /// The agency above.
    pub above: Option<String>,
    /// The name of its head.
    pub head: Option<String>,
    /// The moment of the last row, by which the form is chosen.
    #[serde(with = "moment")]
    pub on: NaiveDateTime,
    /// The rows, in the order in which the dossiers were taken in.
    pub rows: Vec<RegisterRow>,
}

impl Register {
    /// The register of dossiers that were taken in in one year. They are numbered without gaps in the order of their
    /// acceptance, from `first` (1, unless an earlier volume of the year ends before it; TT 01/2018 Đ10), so all dossiers
    /// from there on have to be given.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::dossier::slip::{Office, Particulars, Register};
    /// use motcua::dossier::{Dossier, Event, Organisation, Rules};
    /// use motcua::procedure::Catalogue;
    /// let events: Vec<Event> = serde_json::from_str(r#"[
    ///   {"version": 1, "at": "2026-06-01T09:20:00+07:00", "actor": "applicant", "key": "a", "pinned": "2025-07-01",
    ///    "command": {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "counter"}}},
    ///   {"version": 2, "at": "2026-06-01T09:30:00+07:00", "actor": "reception", "key": "b",
    ///    "command": {"accept": {}}}]"#).unwrap();
    /// let (catalogue, organisation) = (Catalogue::embedded(), Organisation::default());
    /// let rules = Rules { catalogue, calendar: Calendar::vietnam(), organisation: &organisation, office: None };
    /// let dossier = Dossier::replay(catalogue, "H41-1", &events).unwrap().unwrap();
    /// let particulars: Particulars = serde_json::from_str(r#"{"submitter": {"name": "Nguyễn Văn An"}}"#).unwrap();
    /// let register = Register::of(&[(&dossier, &particulars)], 41, &Office::default(), rules).unwrap();
    /// assert_eq!((register.year, register.first, register.last), (2026, 41, 41));
    /// ```
    ///
    /// # Errors
    /// `slip.empty`, `slip.not_accepted`, `slip.other_year`, `slip.twice`, `slip.nameless`, `slip.too_many`, `dossier.*`
    pub fn of(
        dossiers: &[(&Dossier, &Particulars)],
        first: u32,
        office: &Office,
        rules: Rules<'_>,
    ) -> Result<Self, SlipError> {
        let mut rows = Vec::with_capacity(dossiers.len());
        for (dossier, particulars) in dossiers {
            rows.push((accepted(dossier, Form::Register)?, &dossier.code, *dossier, *particulars));
        }
        rows.sort_by_key(|(received, code, ..)| (*received, *code));
        let (Some((begin, _, some, _)), Some((on, ..))) = (rows.first(), rows.last()) else {
            return Err(SlipError::Empty);
        };
        let (year, on, unit) = (begin.year(), *on, some.unit.clone());
        let mut seen = BTreeSet::new();
        let mut last = None;
        let mut numbered = Vec::with_capacity(rows.len());
        for (received, code, dossier, particulars) in rows {
            let code = code.clone();
            if received.year() != year {
                return Err(SlipError::OtherYear { dossier: code, year: received.year(), book: year });
            }
            if !seen.insert(code.clone()) {
                return Err(SlipError::Twice { dossier: code });
            }
            named(dossier, particulars)?;
            let next = last.map_or(Some(first), |last: u32| last.checked_add(1));
            let number = next.ok_or(SlipError::TooMany)?;
            last = Some(number);
            let procedure = &dossier.procedure;
            let field = rules.catalogue.field(&procedure.field);
            numbered.push(RegisterRow {
                number,
                dossier: code,
                procedure: procedure.code.clone(),
                request: request(dossier, particulars),
                sets: particulars.sets,
                holder: holder(particulars).clone(),
                received,
                due: dossier.due(rules.calendar)?,
                ended: dossier.ended(),
                delivered: dossier.delivered(),
                receiver: particulars.receiver.clone(),
                field: field.map_or_else(|| procedure.field.clone(), |field| field.name_vi.clone()),
                status: dossier.status.vi(),
            });
        }
        Ok(Self {
            year,
            first,
            last: last.unwrap_or(first),
            agency: office.agency.clone().unwrap_or_else(|| unit_name(rules, &unit)),
            above: office.above.clone().or_else(|| above(rules, &unit, on.date())),
            head: office.head.clone(),
            on,
            rows: numbered,
        })
    }
}
