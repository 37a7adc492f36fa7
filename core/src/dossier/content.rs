//! Whether what a command asks of a step can be done, once its actor may ask it.

use super::asked::{Acts, Asked};
use super::decide::{known_unit, required, unknown_step};
use super::objection::Objection;
use super::state::{Consultation, Done, Dossier};
use super::whole::whole;
use super::{Action, DossierError, Votes};
use crate::deadline::{Clock, DayEnd, LimitRule};
use crate::procedure::{Silence, Step, StepKind, VoteRule, VotesOf};
use chrono::NaiveDateTime;
use smol_str::SmolStr;

pub(super) fn content(
    asked: &Asked<'_>,
    dossier: &Dossier,
    step: Option<(usize, &Step)>,
    acts: Acts<'_>,
    unit: Option<&SmolStr>,
    at: NaiveDateTime,
) -> Result<(), DossierError> {
    match (&asked.command.action, step) {
        (Action::Complete { outcome, votes, number, .. }, Some((index, step))) => {
            may_end(asked, dossier, (index, step), acts)?;
            complete(asked, dossier, (index, step, outcome), (*votes, number.as_deref()), at)
        }
        (Action::Sign { step: id, signature, .. }, Some((index, step))) => {
            if let Some(signature) = signature
                && !(dossier.submitted()..=at).contains(&signature.at)
            {
                return Err(Objection::SignatureTime { signed: signature.at, at }.into());
            }
            let not_signed = || DossierError::NotASignature { step: id.clone() };
            may_end(asked, dossier, (index, step), acts)?;
            if step.kind != StepKind::Sign || dossier.signed_outcome(id).is_none() {
                return Err(not_signed());
            }
            asked.may_after(dossier, step, acts)?;
            documents(dossier, step)?;
            no_consultation_open(asked, dossier, at, id)
        }
        (Action::Return { to, reason, .. }, Some((index, step))) => {
            may_end(asked, dossier, (index, step), acts)?;
            required("reason", reason)?;
            hand_back(dossier, step, to)
        }
        (Action::Recall { reason, .. }, Some((index, step))) => {
            required("reason", reason)?;
            recall(asked, dossier, (index, step))
        }
        (Action::Elapse { .. }, Some((_, step))) => elapse(asked, dossier, step, at),
        (Action::Claim { .. }, Some((index, step))) => may_end(asked, dossier, (index, step), acts),
        (Action::Release { step: id }, Some((index, step))) => {
            may_end(asked, dossier, (index, step), acts)?;
            match dossier.task(index).and_then(|task| task.assignee.as_ref()) {
                Some(_) => Ok(()),
                None => Err(Objection::NotClaimed { step: id.to_string() }.into()),
            }
        }
        (Action::Assign { officer, .. }, Some((_, step))) => {
            asked.may_do(officer, step)?;
            let found = asked.rules.organisation.officer(officer);
            match found.is_none_or(|officer| officer.is_present(at.date())) {
                true => Ok(()),
                false => Err(Objection::Absent { officer: officer.to_string(), day: at.date() }.into()),
            }
        }
        (Action::Consult { units, question, due, .. }, Some((index, step))) => {
            may_end(asked, dossier, (index, step), acts)?;
            if units.is_empty() {
                return Err(DossierError::EmptyField { field: "units" });
            }
            for unit in units {
                known_unit(asked.rules.organisation, unit, at.date())?;
            }
            if let Some(due) = *due {
                asked.rules.calendar.day(due.date())?;
                if due < at {
                    return Err(DossierError::ConsultationDue { due });
                }
            }
            required("question", question)
        }
        (Action::Unask { step: id, units }, Some(_)) => {
            let open = |unit: &&SmolStr| {
                dossier.rest().consultations.iter().any(|c| c.step == *id && c.units.contains(unit))
            };
            match units.iter().find(|unit| !open(unit)) {
                Some(unit) => Err(DossierError::NoConsultation { step: id.clone(), unit: unit.clone() }),
                None if units.is_empty() => Err(DossierError::EmptyField { field: "units" }),
                None => Ok(()),
            }
        }
        (Action::Answer { step: id, opinion }, Some(_)) => {
            let unit = unit.cloned().unwrap_or_default();
            let open = |c: &Consultation| c.step == *id && c.units.contains(&unit);
            if !dossier.rest().consultations.iter().any(open) {
                return Err(DossierError::NoConsultation { step: id.clone(), unit });
            }
            required("opinion", opinion)
        }
        (action, _) => whole(asked, dossier, action, at),
    }
}

/// Who works on a step must be the one who has it, if somebody has it, or stand in for that one.
fn may_end(
    asked: &Asked<'_>,
    dossier: &Dossier,
    (index, step): (usize, &Step),
    acts: Acts<'_>,
) -> Result<(), DossierError> {
    let actor = &asked.command.actor;
    let stands_in = |officer: &str| acts.and_then(|acts| acts.on_behalf).is_some_and(|who| who.id == officer);
    match dossier.task(index).and_then(|task| task.assignee.as_ref()) {
        Some(assignee) if assignee != actor && !stands_in(assignee) => Err(DossierError::Assigned {
            step: step.id.as_str().into(),
            assignee: assignee.clone(),
            actor: actor.clone(),
        }),
        _ => Ok(()),
    }
}

fn complete(
    asked: &Asked<'_>,
    dossier: &Dossier,
    (index, step, outcome): (usize, &Step, &str),
    (votes, number): (Option<Votes>, Option<&str>),
    at: NaiveDateTime,
) -> Result<(), DossierError> {
    let (id, routing) = (step.id.as_str(), &dossier.procedure.routing);
    match step.kind {
        StepKind::Deliver => return Err(DossierError::UseDeliver { step: id.into() }),
        StepKind::Sign if dossier.signed_outcome(id) == Some(outcome) => {
            let back: Vec<&str> = routing.outcomes(id).filter(|other| *other != outcome).collect();
            return Err(DossierError::SignatureNeeded { step: id.into(), back: back.join(", ") });
        }
        _ => {}
    }
    if routing.outcome_index(index, outcome).is_none() {
        return Err(match routing.fire(dossier.marking, id, outcome) {
            Err(error) => error.into(),
            Ok(_) => unknown_step(dossier, id),
        });
    }
    if let Some(rule) = step.vote
        && outcome == "approve"
    {
        enough_votes(id, votes, rule)?;
    }
    // Its time has to pass before it ends as it would by itself; an objection may come earlier.
    if step.elapse.as_ref().is_some_and(|elapse| elapse.not_before && elapse.then == outcome) {
        time_is_over(asked, dossier, step, at)?;
    }
    if step.numbered && outcome != Step::SKIP && number.is_none_or(|number| number.trim().is_empty()) {
        return Err(Objection::NumberMissing { step: id.into() }.into());
    }
    documents(dossier, step)?;
    no_consultation_open(asked, dossier, at, id)
}

fn enough_votes(step: &str, votes: Option<Votes>, rule: VoteRule) -> Result<(), DossierError> {
    let step = step.to_owned();
    let Some(votes) = votes else { return Err(Objection::VotesMissing { step }.into()) };
    let [in_favour, against, abstained, members] =
        [votes.in_favour, votes.against, votes.abstained, votes.members].map(u64::from);
    let (cast, present) = (in_favour + against, in_favour + against + abstained);
    if members < present && (members > 0 || rule.quorum.is_some() || rule.of == VotesOf::Members) {
        return Err(Objection::MembersMissing { step, present }.into());
    }
    let of = match rule.of {
        VotesOf::Cast => cast,
        VotesOf::Present => present,
        VotesOf::Members => members,
    };
    // Of no votes at all there is no share.
    let reaches = |some: u64, all: u64, (part, whole): (u32, u32), more: bool| {
        let (has, needs) = (u128::from(some) * u128::from(whole), u128::from(all) * u128::from(part));
        all > 0 && if more { has > needs } else { has >= needs }
    };
    if let Some(quorum) = rule.quorum.filter(|quorum| !reaches(present, members, *quorum, false)) {
        let share = format!("{}/{}", quorum.0, quorum.1);
        return Err(Objection::NoQuorum { step, present, members, share }.into());
    }
    if reaches(in_favour, of, rule.share, rule.more) {
        return Ok(());
    }
    let (share, in_favour) = (format!("{}/{}", rule.share.0, rule.share.1), votes.in_favour);
    let share = if rule.more { format!("more than {share}") } else { share };
    Err(Objection::VotesTooFew { step, in_favour, cast: of, share }.into())
}

fn elapse(asked: &Asked<'_>, dossier: &Dossier, step: &Step, at: NaiveDateTime) -> Result<(), DossierError> {
    if step.elapse.is_none() {
        return Err(Objection::DoesNotElapse { step: step.id.clone() }.into());
    }
    time_is_over(asked, dossier, step, at)
}

/// Whether the time of a step is over: a day's last second included.
fn time_is_over(
    asked: &Asked<'_>,
    dossier: &Dossier,
    step: &Step,
    at: NaiveDateTime,
) -> Result<(), DossierError> {
    let ends = dossier.elapses(&step.id, asked.rules.calendar)?;
    match ends {
        Some(ends) if ends < at => Ok(()),
        ends => {
            let until = ends.map_or("it can be told".into(), |ends| ends.to_string());
            Err(Objection::TooEarly { step: step.id.clone(), until }.into())
        }
    }
}

/// The papers that a step works on must be there, if papers are kept at all.
fn documents(dossier: &Dossier, step: &Step) -> Result<(), DossierError> {
    if step.documents.is_empty() || dossier.rest().papers.is_empty() {
        return Ok(());
    }
    let missing = |id: &&String| {
        dossier.procedure.component(id).is_some()
            && !dossier.rest().papers.iter().any(|p| p.component == id.as_str())
    };
    let papers: Vec<&str> = step.documents.iter().filter(missing).map(String::as_str).collect();
    match papers.is_empty() {
        true => Ok(()),
        false => Err(Objection::DocumentsMissing { step: step.id.clone(), papers: papers.join(", ") }.into()),
    }
}

fn hand_back(dossier: &Dossier, step: &Step, to: &str) -> Result<(), DossierError> {
    let target = dossier.index(to)?;
    if dossier.last_done(target).is_none() || step.id == to {
        let routing = &dossier.procedure.routing;
        let was_done = |to: &&str| routing.step_index(to).is_some_and(|to| dossier.last_done(to).is_some());
        let targets = routing.targets(dossier.marking, &step.id, step.siblings());
        let known: Vec<&str> = targets.filter(was_done).collect();
        return Err(Objection::NotDoneBefore { to: to.into(), known: known.join(", ") }.into());
    }
    dossier.procedure.routing.hand_back(dossier.marking, &step.id, to, step.siblings())?;
    Ok(())
}

fn recall(asked: &Asked<'_>, dossier: &Dossier, (index, step): (usize, &Step)) -> Result<(), DossierError> {
    let actor = &asked.command.actor;
    // Only the last completion can be taken back, by who made it.
    let routing = &dossier.procedure.routing;
    let done = dossier.last_done(index).filter(|done| done.is_by(actor));
    // What was done under another version of the procedure cannot be taken back.
    let Some(outcome) = done.map(Done::outcome).filter(|outcome| routing.has_outcome(index, *outcome)) else {
        return Err(Objection::NotCompletedBy { step: step.id.clone(), actor: actor.to_string() }.into());
    };
    let before = routing.recall_at(dossier.marking, index, outcome)?;
    // Who took up what followed, or did it once already, would lose it.
    let since = dossier.completed_at(index);
    for task in &dossier.tasks {
        let place = usize::from(task.step);
        if routing.is_running_at(before, place) {
            continue;
        }
        let next = dossier.procedure.steps.get(place).map_or("", |step| step.id.as_str());
        let asks = dossier.rest().consultations.iter().any(|open| open.step == next);
        if task.assignee.is_some() || asks || dossier.completed_at(place) > since {
            return Err(Objection::TakenUp { step: step.id.clone(), next: next.into() }.into());
        }
    }
    Ok(())
}

/// When the silence of who was asked without a time counts as consent, where a special law says so.
fn consent_by_silence(
    asked: &Asked<'_>,
    dossier: &Dossier,
    since: NaiveDateTime,
) -> Result<Option<NaiveDateTime>, DossierError> {
    let regime = dossier.regime(asked.rules.catalogue)?;
    let within = regime.consulted_within.filter(|_| regime.silence_of_consulted == Silence::Consent);
    let Some(within) = within else { return Ok(None) };
    let rule = LimitRule { day_end: DayEnd::Midnight, ..LimitRule::new(within) };
    Ok(Clock::new(rule, since).due(asked.rules.calendar)?.at())
}

fn no_consultation_open(
    asked: &Asked<'_>,
    dossier: &Dossier,
    at: NaiveDateTime,
    step: &str,
) -> Result<(), DossierError> {
    let rest = dossier.rest();
    if rest.consultations.is_empty() {
        return Ok(());
    }
    let mut units: Vec<&str> = Vec::new();
    for open in rest.consultations.iter().filter(|open| open.step == step) {
        let due = match open.due {
            None => consent_by_silence(asked, dossier, open.since)?,
            due => due,
        };
        if due.is_none_or(|due| at <= due) {
            units.extend(open.units.iter().map(|unit| unit.as_str()));
        }
    }
    if units.is_empty() {
        return Ok(());
    }
    Err(DossierError::ConsultationOpen { step: step.into(), units: units.join(", ") })
}
