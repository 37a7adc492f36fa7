//! What every slip says: of whose dossier, by which agency, when; and how it is found among the events.

use super::{Form, Particulars, Person, SlipError};
use crate::dossier::{Action, Dossier, Event, Rules};
use crate::moment;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use smol_str::SmolStr;

/// What every slip says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matter {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// Code of the procedure.
    pub procedure: String,
    /// What is applied for.
    pub request: String,
    /// Who handed the dossier in.
    pub submitter: Person,
    /// Whose matter it is, if it is not the submitter's.
    pub owner: Option<Person>,
    /// The agency that settles it.
    pub agency: String,
    /// The agency above.
    pub above: Option<String>,
    /// The one-stop shop by its own name.
    pub office: Option<String>,
    /// The place before the date.
    pub place: Option<String>,
    /// Whom to turn to.
    pub contact: Option<String>,
    /// The name of the agency's head.
    pub head: Option<String>,
    /// The number of the slip.
    pub number: Option<String>,
    /// The moment of what the slip tells, by which the form is chosen.
    #[serde(with = "moment")]
    pub on: NaiveDateTime,
}

/// An event, with the dossier before and after it, and what is needed to tell of it.
pub(super) struct Told<'a> {
    pub(super) event: &'a Event,
    pub(super) before: Dossier,
    pub(super) after: Dossier,
    pub(super) rules: Rules<'a>,
    pub(super) particulars: &'a Particulars,
}

/// Refuses events that are not those of the dossier.
pub(super) fn check(dossier: &Dossier, events: &[Event]) -> Result<(), SlipError> {
    if events.len() as u64 == dossier.version {
        return Ok(());
    }
    let (dossier, version) = (dossier.code.clone(), dossier.version);
    Err(SlipError::Events { dossier, version, given: events.len() })
}

impl<'a> Told<'a> {
    /// The last event of a kind; `None` if there is none.
    pub(super) fn last(
        dossier: &Dossier,
        events: &'a [Event],
        rules: Rules<'a>,
        particulars: &'a Particulars,
        wanted: impl Fn(&Action) -> bool,
    ) -> Result<Option<Self>, SlipError> {
        check(dossier, events)?;
        let Some(place) = events.iter().rposition(|event| wanted(&event.action)) else { return Ok(None) };
        let (Some(event), Some(earlier)) = (events.get(place), events.get(..place)) else { return Ok(None) };
        let Some(before) = Dossier::replay(rules.catalogue, &dossier.code, earlier)? else { return Ok(None) };
        let mut after = before.clone();
        after.apply(rules.catalogue, event)?;
        Ok(Some(Self { event, before, after, rules, particulars }))
    }

    pub(super) fn matter(&self) -> Result<Matter, SlipError> {
        Matter::of(&self.after, self.event.at, self.rules, self.particulars)
    }

    /// The name of who acted.
    pub(super) fn officer(&self) -> Option<String> {
        self.particulars.officers.get(self.event.actor.as_str()).cloned()
    }

    /// The name of the unit that settles it.
    pub(super) fn lead(&self) -> String {
        unit_name(self.rules, &self.before.unit)
    }
}

impl Matter {
    pub(super) fn of(
        dossier: &Dossier,
        on: NaiveDateTime,
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        named(dossier, particulars)?;
        let office = &particulars.office;
        Ok(Self {
            dossier: dossier.code.clone(),
            procedure: dossier.procedure.code.clone(),
            request: request(dossier, particulars),
            submitter: particulars.submitter.clone(),
            owner: particulars.owner.clone(),
            agency: office.agency.clone().unwrap_or_else(|| unit_name(rules, &dossier.unit)),
            above: office.above.clone().or_else(|| above(rules, &dossier.unit, on.date())),
            office: office.name.clone(),
            place: office.place.clone(),
            contact: office.contact.clone(),
            head: office.head.clone(),
            number: particulars.number.clone(),
            on,
        })
    }
}

/// Refuses a slip to nobody.
pub(super) fn named(dossier: &Dossier, particulars: &Particulars) -> Result<(), SlipError> {
    if super::template::clean(&particulars.submitter.name).is_empty() {
        return Err(SlipError::Nameless { dossier: dossier.code.clone() });
    }
    Ok(())
}

pub(super) fn request(dossier: &Dossier, particulars: &Particulars) -> String {
    particulars.request.clone().unwrap_or_else(|| dossier.procedure.name_vi.clone())
}

/// Whose matter it is.
pub(super) fn holder(particulars: &Particulars) -> &Person {
    particulars.owner.as_ref().unwrap_or(&particulars.submitter)
}

pub(super) fn unit_name(rules: Rules<'_>, unit: &str) -> String {
    rules.organisation.unit(unit).map_or_else(|| unit.to_owned(), |unit| unit.name_vi.clone())
}

pub(super) fn above(rules: Rules<'_>, unit: &str, day: NaiveDate) -> Option<String> {
    rules.organisation.line_on(unit, day).find(|above| above.id != unit).map(|above| above.name_vi.clone())
}

/// What an officer wrote, one item a line.
pub(super) fn items(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect()
}

pub(super) fn accepted(dossier: &Dossier, form: Form) -> Result<NaiveDateTime, SlipError> {
    let missing = || SlipError::NotAccepted { dossier: dossier.code.clone(), form };
    dossier.accepted().ok_or_else(missing)
}
