//! Form 01: the receipt and appointment.

use super::matter::Told;
use super::{Form, Matter, Particulars, SlipError};
use crate::deadline::TimeLimit;
use crate::dossier::{Action, Dossier, Event, Rules};
use crate::moment;
use crate::procedure::{Channel, Required};
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use smol_str::SmolStr;

/// A paper on the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedPaper {
    /// Its name.
    pub name: String,
    /// Originals; absent if nobody counted.
    pub original: Option<u32>,
    /// Copies.
    pub copy: Option<u32>,
    /// Certified electronic copies.
    pub certified: Option<u32>,
    /// `from_data`: drawn from a database. `to_follow`: it comes later.
    pub note: Option<&'static str>,
}

/// The receipt and appointment (giấy tiếp nhận hồ sơ và hẹn trả kết quả), as it was handed out at acceptance: what
/// changed later is on other slips.
///
/// A procedure that is answered at once needs none unless the applicant wants it (NĐ 118/2025 Đ17(4)); this makes one for
/// every dossier that was taken in, and the host decides. The papers are those that the events record; if they record
/// none, those that the procedure always wants, without numbers, to be filled in by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// What every slip says.
    #[serde(flatten)]
    pub matter: Matter,
    /// The way in.
    pub channel: Channel,
    /// The papers.
    pub components: Vec<ReceivedPaper>,
    /// Whether there are any.
    pub has_components: bool,
    /// How many sets came.
    pub sets: Option<u32>,
    /// By when the papers that are to follow must be there.
    #[serde(with = "moment::option")]
    pub follow_by: Option<NaiveDateTime>,
    /// How long it takes by law, in words.
    pub limit: Option<String>,
    /// When the dossier was handed in.
    #[serde(with = "moment")]
    pub submitted: NaiveDateTime,
    /// When it was taken in complete: its time counts from here (NĐ 118/2025 Đ17(3)).
    #[serde(with = "moment")]
    pub received: NaiveDateTime,
    /// When the result is due; absent if no limit is stated or known, or while the clock waits.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// Whether an announcement of days off may still move it.
    pub due_projected: bool,
    /// What is to be paid, in words.
    pub fee: Option<String>,
    /// What was paid until then, in đồng; absent if nothing.
    pub paid_vnd: Option<u64>,
    /// Where and how the result is handed over.
    pub collect: Option<String>,
    /// The name of who took it in, if the host gave it.
    pub officer: Option<String>,
}

impl Receipt {
    /// The receipt of a dossier.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::dossier::slip::{Particulars, Receipt};
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
    /// let receipt = Receipt::of(&dossier, &events, rules, &particulars).unwrap();
    /// assert_eq!(receipt.due, motcua::moment::parse("2026-06-01 17:00"));
    /// ```
    ///
    /// # Errors
    /// `slip.not_accepted`, `slip.nameless`, `slip.events`, `dossier.*`
    pub fn of(
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let accept = |action: &Action| matches!(action, Action::Accept { .. });
        let told = Told::last(dossier, events, rules, particulars, accept)?;
        let missing = || SlipError::NotAccepted { dossier: dossier.code.clone(), form: Form::Receipt };
        let told = told.ok_or_else(missing)?;
        let then = &told.after;
        let clock = then.clock().map(|clock| clock.due(rules.calendar)).transpose();
        let due = clock.map_err(crate::dossier::DossierError::from)?;
        let components = papers(then);
        Ok(Self {
            matter: told.matter()?,
            channel: then.channel,
            has_components: !components.is_empty(),
            components,
            sets: particulars.sets,
            follow_by: then.rest().until,
            limit: limit(then),
            submitted: then.submitted(),
            received: told.event.at,
            due: due.and_then(|due| due.at()),
            due_projected: due.is_some_and(|due| due.is_projected()),
            fee: particulars.fee.clone().or_else(|| fee(then, told.event.at.date())),
            paid_vnd: Some(then.rest().paid_vnd).filter(|vnd| *vnd > 0),
            collect: particulars.collect.clone(),
            officer: told.officer(),
        })
    }
}

fn papers(dossier: &Dossier) -> Vec<ReceivedPaper> {
    let (components, rest) = (&dossier.procedure.components, dossier.rest());
    let name = |id: &SmolStr| {
        dossier.procedure.component(id).map_or_else(|| id.to_string(), |component| component.name_vi.clone())
    };
    let uncounted =
        |name: String, note| ReceivedPaper { name, original: None, copy: None, certified: None, note };
    let mut papers: Vec<ReceivedPaper> = if rest.papers.is_empty() {
        let follows =
            |id: Option<&str>| id.is_some_and(|id| rest.to_follow.iter().any(|follows| follows == id));
        let always = components
            .iter()
            .filter(|component| component.required == Required::Always && component.is_for(dossier.case()));
        let now = always.filter(|component| !follows(component.id.as_deref()));
        now.map(|component| uncounted(component.name_vi.clone(), None)).collect()
    } else {
        let counted = rest.papers.iter().map(|paper| ReceivedPaper {
            name: name(&paper.component),
            original: Some(paper.original.into()),
            copy: Some(paper.copy.into()),
            certified: Some(paper.certified.into()),
            note: paper.from_data.then_some("from_data"),
        });
        counted.collect()
    };
    papers.extend(rest.to_follow.iter().map(|id| uncounted(name(id), Some("to_follow"))));
    papers
}

/// The limit in words: as it counts, or as it is published where it does not say how long.
fn limit(dossier: &Dossier) -> Option<String> {
    let row = dossier.procedure.time_limit(dossier.channel, dossier.case())?;
    match row.limit {
        TimeLimit::Span { .. } | TimeLimit::SameDay => Some(row.limit.vi()),
        TimeLimit::NotStated | TimeLimit::Unknown => row.text.clone(),
    }
}

/// The published fees of the day, a row a line.
fn fee(dossier: &Dossier, day: NaiveDate) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    for fee in dossier.procedure.fee_rows(dossier.channel, dossier.case(), None, day) {
        if !lines.contains(&fee.text.as_str()) {
            lines.push(&fee.text);
        }
    }
    Some(lines.join("\n")).filter(|fees| !fees.is_empty())
}
