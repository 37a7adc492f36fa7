//! From a command to its event, or to the reason why not.

use super::Paper;
use super::apply::content as digest;
use super::asked::{Acts, Asked};
use super::authority::{Authority, row};
use super::content::content;
use super::objection::Objection;
use super::state::{Stamp, Trace};
use super::{
    Action, Application, Command, Decided, Dossier, DossierError, Event, LeadsTo, Organisation, Status, Unit,
};
use crate::calendar::Calendar;
use crate::moment;
use crate::procedure::{Catalogue, Procedure, Step};
use chrono::{NaiveDate, NaiveDateTime};
use smol_str::SmolStr;
use std::sync::Arc;

/// What a decision rests on, besides the dossier.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Procedures, roles and regimes.
    pub catalogue: &'a Catalogue,
    /// Working time.
    pub calendar: &'a Calendar,
    /// Units and officers.
    pub organisation: &'a Organisation,
    /// The office that asks, by the id of its unit, where several exchange their journals; else absent.
    pub office: Option<&'a str>,
}

/// Decides a command. Nothing is changed: append the event, and fold it in with [`Dossier::apply`], to do that. What is
/// decided can be folded, and has a due date that can be told.
///
/// # Errors
/// Every [`DossierError`]; the first that holds, in the order: key, owner, version, empty fields, state, moment, law, step,
/// actor, content; for a dossier that begins: moment, procedure, unit, case, actor.
pub fn decide(
    rules: Rules<'_>,
    dossier: Option<&Dossier>,
    command: &Command,
) -> Result<Decided, DossierError> {
    if let Some(version) = dossier.map(|dossier| repeated(dossier, command)).transpose()?.flatten() {
        return Ok(Decided::Repeated { version });
    }
    if let Some(dossier) = dossier {
        owned(rules, dossier)?;
    }
    let actual = dossier.map_or(0, |dossier| dossier.version);
    if let Some(expected) = command.expected_version.filter(|expected| *expected != actual) {
        return Err(DossierError::VersionConflict { dossier: command.dossier.clone(), expected, actual });
    }
    required("dossier", &command.dossier)?;
    required("key", &command.key)?;
    let at = moment::whole(command.at);
    let event = |(unit, on_behalf): Post, pinned| Event {
        version: actual + 1,
        at,
        actor: command.actor.clone(),
        unit,
        on_behalf,
        office: rules.office.map(SmolStr::new),
        key: command.key.clone(),
        pinned,
        action: command.action.clone(),
    };
    let Some(dossier) = dossier else {
        let (post, pinned) = begin(rules, command, at)?;
        let event = event(post, Some(pinned));
        Dossier::begin(rules.catalogue, &command.dossier, &event)?;
        return Ok(Decided::New(event));
    };
    let post = go_on(rules, dossier, command, at)?;
    if !may_move_clock(dossier, &command.action) {
        return Ok(Decided::New(event(post, None)));
    }
    // What cannot be folded, or has no due date, must not get into the journal.
    let event = event(post, None);
    let mut next = dossier.clone();
    next.apply(rules.catalogue, &event)?;
    next.due(rules.calendar)?;
    Ok(Decided::New(event))
}

/// The unit for which an actor acts, and the officer for whom.
type Post = (Option<SmolStr>, Option<SmolStr>);

/// The version that the same command made before.
fn repeated(dossier: &Dossier, command: &Command) -> Result<Option<u64>, DossierError> {
    let key = Trace::key(&command.key);
    let Some(place) = dossier.traces.iter().position(|known| known.is_of(key)) else {
        return Ok(None);
    };
    let content = digest(&command.actor, &command.action);
    if dossier.traces.get(place).is_some_and(|known| known.asks_for(content)) {
        return Ok(Some(place as u64 + 1));
    }
    Err(DossierError::KeyReused { dossier: command.dossier.clone(), key: command.key.clone() })
}

/// Whether the dossier is the office's own. One without an owner was begun before there were offices, and is of who has
/// the journal.
fn owned(rules: Rules<'_>, dossier: &Dossier) -> Result<(), DossierError> {
    match dossier.owner().filter(|owner| rules.office != Some(owner)) {
        None => Ok(()),
        Some(owner) => Err(Objection::OwnedByOther {
            dossier: dossier.code.to_string(),
            owner: owner.to_owned(),
            office: rules.office.unwrap_or("none").to_owned(),
        }
        .into()),
    }
}

/// Whether folding the event needs to be tried: most only move tokens, which is checked anyway.
fn may_move_clock(dossier: &Dossier, action: &Action) -> bool {
    match action {
        Action::Complete { .. }
        | Action::Sign { .. }
        | Action::Elapse { .. }
        | Action::Return { .. }
        | Action::Recall { .. } => {
            dossier.clock.is_none() || dossier.procedure.steps.iter().any(|step| step.clock.is_some())
        }
        Action::Receive(_)
        | Action::Accept { .. }
        | Action::Refuse { .. }
        | Action::RequestSupplement { .. }
        | Action::Supply { .. }
        | Action::RequestPayment { .. }
        | Action::Pay { .. }
        | Action::CancelPayment { .. }
        | Action::Waive { .. }
        | Action::Suspend { .. }
        | Action::Resume {}
        | Action::Extend { .. }
        | Action::Reappoint { .. }
        | Action::Withdraw { .. }
        | Action::Discontinue { .. }
        | Action::Lapse {}
        | Action::Resolve { .. }
        | Action::Migrate { .. } => true,
        Action::HandIn { .. }
        | Action::Amend { .. }
        | Action::Claim { .. }
        | Action::Release { .. }
        | Action::Assign { .. }
        | Action::Consult { .. }
        | Action::Unask { .. }
        | Action::Answer { .. }
        | Action::Refund { .. }
        | Action::ResolvePart { .. }
        | Action::Deliver { .. }
        | Action::Notify { .. }
        | Action::ReportError { .. }
        | Action::Correct { .. }
        | Action::Transfer { .. }
        | Action::Entrust { .. }
        | Action::Link { .. }
        | Action::Rate { .. } => false,
    }
}

fn post(acts: Acts<'_>) -> Post {
    let Some(acts) = acts else { return (None, None) };
    (Some(acts.post.unit.clone()), acts.on_behalf.map(|officer| SmolStr::new(&officer.id)))
}

/// A unit that is there on a day: one that was merged takes nothing more.
pub(super) fn known_unit<'o>(
    organisation: &'o Organisation,
    unit: &SmolStr,
    day: NaiveDate,
) -> Result<&'o Unit, DossierError> {
    match organisation.unit_on(unit, day) {
        Some(found) => Ok(found),
        None if organisation.unit(unit).is_none() => Err(DossierError::UnknownUnit { unit: unit.clone() }),
        None => Err(Objection::UnitNotInForce { unit: unit.to_string(), day }.into()),
    }
}

/// Checks an application, and gives the first day in force of the version of the procedure that holds for it.
fn begin(rules: Rules<'_>, command: &Command, at: NaiveDateTime) -> Result<(Post, NaiveDate), DossierError> {
    let Action::Receive(new) = &command.action else {
        return Err(DossierError::Unknown { dossier: command.dossier.clone() });
    };
    let Application { procedure, unit, case, .. } = &**new;
    let day = at.date();
    rules.calendar.day(day)?;
    let version = version_on(rules.catalogue, procedure, day)?;
    if known_unit(rules.organisation, unit, day)?.tier != version.tier {
        let (procedure, unit, tier) = (procedure.clone(), unit.clone(), version.tier);
        return Err(DossierError::WrongTier { procedure, unit, tier });
    }
    check_case(version, case.as_deref())?;
    for part in &new.parts {
        known_part(version, part)?;
    }
    for paper in &new.papers {
        known_paper(version, paper)?;
    }
    let acts = Asked::new(rules, command, unit, None).may(None)?;
    Ok((post(acts), version.in_force_from))
}

/// The version of a procedure on a day.
pub(crate) fn version_on<'c>(
    catalogue: &'c Catalogue,
    procedure: &str,
    day: NaiveDate,
) -> Result<&'c Arc<Procedure>, DossierError> {
    catalogue.find(procedure, day).ok_or_else(|| {
        let (procedure, known) = (procedure.into(), versions(catalogue, procedure));
        match known.is_empty() {
            true => DossierError::UnknownProcedure { procedure },
            false => DossierError::NotInForce { procedure, day, known },
        }
    })
}

/// The versions of a procedure, in words.
pub(super) fn versions(catalogue: &Catalogue, procedure: &str) -> String {
    let spans: Vec<String> = (catalogue.versions(procedure).iter())
        .map(|v| {
            let to = v.in_force_to.map_or("now".into(), |to| to.to_string());
            format!("from {} to {to}", v.in_force_from)
        })
        .collect();
    spans.join(", ")
}

fn check_case(procedure: &Procedure, case: Option<&str>) -> Result<(), DossierError> {
    match case {
        None if procedure.question_vi.is_some() => {
            let (procedure, known) = (procedure.code.clone(), procedure.case_ids());
            Err(Objection::CaseNeeded { procedure, known }.into())
        }
        Some(case) => known_case(procedure, case),
        None => Ok(()),
    }
}

pub(super) fn known_case(procedure: &Procedure, case: &str) -> Result<(), DossierError> {
    if procedure.case(case).is_some() {
        return Ok(());
    }
    let (code, known) = (procedure.code.as_str().into(), procedure.case_ids());
    Err(DossierError::UnknownCase { procedure: code, case: case.into(), known })
}

pub(super) fn known_part(procedure: &Procedure, part: &str) -> Result<(), Objection> {
    if procedure.part(part).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = procedure.parts.iter().map(|part| part.id.as_str()).collect();
    Err(Objection::UnknownPart { part: part.into(), known: known.join(", ") })
}

/// A paper is of a known component, and there.
pub(super) fn known_paper(procedure: &Procedure, paper: &Paper) -> Result<(), Objection> {
    known_component(procedure, &paper.component)?;
    if paper.from_data || [paper.original, paper.copy, paper.certified].iter().any(|count| *count > 0) {
        return Ok(());
    }
    Err(Objection::NoPaper { component: paper.component.to_string() })
}

pub(super) fn known_component(procedure: &Procedure, component: &str) -> Result<(), Objection> {
    if procedure.component(component).is_some() {
        return Ok(());
    }
    let known = procedure.components.iter().filter_map(|component| component.id.as_deref());
    let known = known.collect::<Vec<_>>().join(", ");
    Err(Objection::UnknownComponent { component: component.into(), known })
}

fn go_on(
    rules: Rules<'_>,
    dossier: &Dossier,
    command: &Command,
    at: NaiveDateTime,
) -> Result<Post, DossierError> {
    let action = &command.action;
    if matches!(action, Action::Receive(_)) {
        return Err(DossierError::Exists { dossier: dossier.code.clone() });
    }
    let asked = Asked::new(rules, command, &dossier.unit, Some(dossier));
    in_state(dossier, action, asked.row)?;
    let (now, last) = (Stamp::of(at), dossier.last);
    if !now.is_on_day_of(last) {
        rules.calendar.day(at.date())?;
    }
    if now < last {
        return Err(DossierError::TimeOrder { at, last: last.at() });
    }
    if dossier.procedure.may_be_stopped {
        not_stopped(rules.catalogue, dossier, action, at.date())?;
    }
    let step = match action {
        Action::Recall { step, .. } => {
            let index = dossier.index(step)?;
            dossier.procedure.steps.get(index).map(|step| (index, step))
        }
        _ => action.step().map(|step| dossier.running_at(step)).transpose()?,
    };
    let acts = asked.may(step.map(|(_, step)| step))?;
    let (mut unit, on_behalf) = post(acts);
    if let Some(consulted) = acts.and_then(|acts| asked.asked_as(&acts)) {
        unit = Some(consulted);
    }
    content(&asked, dossier, step, acts, unit.as_ref(), at)?;
    Ok((unit, on_behalf))
}

pub(super) fn required(field: &'static str, text: &str) -> Result<(), DossierError> {
    if text.chars().all(char::is_whitespace) { Err(DossierError::EmptyField { field }) } else { Ok(()) }
}

/// What a law stops by its end can only be ended.
fn not_stopped(
    catalogue: &Catalogue,
    dossier: &Dossier,
    action: &Action,
    day: NaiveDate,
) -> Result<(), DossierError> {
    if dossier.status.is_ended()
        || leads_to_an_end(action)
        || matches!(action, Action::Notify { .. } | Action::Entrust { .. })
    {
        return Ok(());
    }
    match catalogue.stops(&dossier.procedure, dossier.submitted().date(), day) {
        Some(regime) => Err(Objection::StoppedByLaw { act: regime.act.clone() }.into()),
        None => Ok(()),
    }
}

/// Whether it ends a dossier without a result.
fn leads_to_an_end(action: &Action) -> bool {
    matches!(row(action).and_then(|row| row.to), Some(LeadsTo::State(to)) if to.is_ended() && to != Status::Resolved)
}

fn in_state(dossier: &Dossier, action: &Action, row: Option<&Authority>) -> Result<(), DossierError> {
    if row.is_some_and(|row| row.allows(dossier.status)) {
        return Ok(());
    }
    let allowed = row.map(|row| row.from.as_slice()).unwrap_or_default();
    let allowed: Vec<&str> = allowed.iter().map(|status| status.name()).collect();
    Err(DossierError::WrongState {
        command: action.name(),
        dossier: dossier.code.clone(),
        status: dossier.status,
        allowed: allowed.join(", "),
    })
}

/// The routing's own error names the steps there are, or those that run.
pub(super) fn unknown_step(dossier: &Dossier, step: &str) -> DossierError {
    match dossier.procedure.routing.fire(dossier.marking, step, "") {
        Err(error) => error.into(),
        Ok(_) => DossierError::EmptyField { field: "step" },
    }
}

impl Dossier {
    /// A running step by its id.
    ///
    /// # Errors
    /// `routing.unknown_step`, `routing.not_running`
    pub fn running_step(&self, step: &str) -> Result<&Step, DossierError> {
        Ok(self.running_at(step)?.1)
    }

    fn running_at(&self, step: &str) -> Result<(usize, &Step), DossierError> {
        let routing = &self.procedure.routing;
        let found = routing.step_index(step).filter(|index| routing.is_running_at(self.marking, *index));
        let found = found.and_then(|index| Some((index, self.procedure.steps.get(index)?)));
        found.ok_or_else(|| unknown_step(self, step))
    }
}
