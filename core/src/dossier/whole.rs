//! Whether what a command asks of a whole dossier can be done, once its actor may ask it.

use super::asked::Asked;
use super::decide::{known_component, known_paper, known_part, known_unit, required, versions};
use super::migrate::migrated;
use super::objection::Objection;
use super::state::Dossier;
use super::{Action, Decision, DossierError, PartResult};
use crate::deadline::Incident;
use crate::procedure::{ApplicantRight, Channel, Component, Required};
use chrono::NaiveDateTime;
use smol_str::SmolStr;

pub(super) fn whole(
    asked: &Asked<'_>,
    dossier: &Dossier,
    action: &Action,
    at: NaiveDateTime,
) -> Result<(), DossierError> {
    let rest = dossier.rest();
    match action {
        Action::Accept { until: Some(until), .. } if *until < at => {
            Err(Objection::PastMoment { field: "until", moment: *until }.into())
        }
        Action::Accept { to_follow, .. } => complete_papers(dossier, to_follow),
        Action::Refuse { .. } if dossier.accepted.is_some() => Err(Objection::TakenIn.into()),
        Action::Refuse { reason } | Action::Discontinue { reason } | Action::CancelPayment { reason } => {
            required("reason", reason)
        }
        Action::RequestSupplement { reason } => {
            required("reason", reason)?;
            asked_often_enough(asked, dossier)
        }
        Action::Supply { papers } => {
            papers.iter().try_for_each(|paper| Ok(known_paper(&dossier.procedure, paper)?))
        }
        Action::HandIn { papers } if papers.is_empty() => Err(DossierError::EmptyField { field: "papers" }),
        Action::HandIn { papers } => {
            papers.iter().try_for_each(|paper| Ok(known_paper(&dossier.procedure, paper)?))
        }
        Action::Amend { what } => {
            required("what", what)?;
            applicant_may(asked, dossier, ApplicantRight::Amend)
        }
        Action::Withdraw { .. } => applicant_may(asked, dossier, ApplicantRight::Withdraw),
        Action::RequestPayment { vnd, reason, incident } => {
            positive(*vnd)?;
            required("reason", reason)?;
            match incident {
                Some(id) => rule_for(dossier, id)?.suspends(at).map(drop).map_err(Into::into),
                None => Ok(()),
            }
        }
        Action::Pay { vnd, .. } => positive(*vnd),
        Action::Waive { vnd, reason } => {
            required("reason", reason)?;
            at_most(*vnd, rest.owed_vnd, "are owed")
        }
        Action::Refund { vnd, reason } => {
            required("reason", reason)?;
            at_most(*vnd, rest.paid_vnd.saturating_sub(rest.refunded_vnd), "were paid and not given back")
        }
        Action::Suspend { reason, incident } => {
            required("reason", reason)?;
            if let Some(since) = rest.suspended {
                return Err(Objection::Suspended { since }.into());
            }
            let clock = dossier.clock().ok_or(Objection::NoClock)?;
            match incident {
                Some(id) => Ok(clock.clone().suspend_for(at, rule_for(dossier, id)?)?),
                None => Ok(()),
            }
        }
        Action::Resume {} if rest.suspended.is_none() => Err(Objection::NotSuspended.into()),
        Action::Extend { by, reason, incident } => {
            required("reason", reason)?;
            let clock = dossier.clock().ok_or(Objection::NoClock)?;
            match incident {
                Some(id) => Ok(clock.clone().extend_for(at, *by, rule_for(dossier, id)?)?),
                None => Ok(()),
            }
        }
        Action::Reappoint { to, reason } => {
            required("reason", reason)?;
            let clock = dossier.clock().ok_or(Objection::NoClock)?;
            match dossier.regime(asked.rules.catalogue)?.apology_late {
                true => Ok(clock.check_late_reappointment(at, *to, asked.rules.calendar)?),
                false => Ok(clock.check_reappointment(at, *to, asked.rules.calendar)?),
            }
        }
        Action::Lapse {} => {
            let until = dossier.lapses(asked.rules.calendar)?.ok_or(Objection::NoLapse)?;
            if at <= until { Err(Objection::NotLapsed { until }.into()) } else { Ok(()) }
        }
        Action::Resolve { result, reason, .. } => resolve(dossier, *result, reason.as_deref()),
        Action::ResolvePart { part, from, result, reason, .. } => {
            known_part(&dossier.procedure, part)?;
            let settles = |(code, of): &(SmolStr, Option<SmolStr>)| {
                Some(code) == from.as_ref() && of.as_ref() == Some(part)
            };
            if let Some(other) = from.as_ref().filter(|_| !rest.linked.iter().any(settles)) {
                let (dossier, part) = (other.to_string(), part.to_string());
                return Err(Objection::NotLinked { dossier, part }.into());
            }
            if !dossier.parts().any(|known| known == part) {
                let known = dossier.parts().collect::<Vec<_>>().join(", ");
                return Err(Objection::UnknownPart { part: part.to_string(), known }.into());
            }
            if rest.part_results.iter().any(|known| known.part == *part) {
                return Err(Objection::PartDecided { part: part.to_string() }.into());
            }
            refusal_has_reason(*result, reason.as_deref())
        }
        Action::Deliver { part: Some(part), .. } => {
            known_part(&dossier.procedure, part)?;
            let ready = |r: &PartResult| r.part == *part && r.delivered.is_none();
            match rest.part_results.iter().any(ready) {
                true => Ok(()),
                false => Err(Objection::PartNotReady { part: part.to_string() }.into()),
            }
        }
        Action::Deliver { channel, part: None, .. } => {
            let in_person =
                dossier.running().find(|running| running.step.in_person).map(|task| &task.step.id);
            match in_person.filter(|_| *channel != Channel::Counter) {
                Some(step) => Err(Objection::InPerson { step: step.clone() }.into()),
                None => Ok(()),
            }
        }
        Action::ReportError { what } => required("what", what),
        Action::Correct { .. } if !rest.error_open => Err(Objection::NoError.into()),
        Action::Correct { what } => required("what", what),
        Action::Transfer { unit, reason } => {
            required("reason", reason)?;
            if *unit == dossier.unit {
                return Err(Objection::SameUnit { unit: unit.to_string() }.into());
            }
            match known_unit(asked.rules.organisation, unit, at.date())?.tier == dossier.procedure.tier {
                true => Ok(()),
                false => Err(DossierError::WrongTier {
                    procedure: dossier.procedure.code.as_str().into(),
                    unit: unit.clone(),
                    tier: dossier.procedure.tier,
                }),
            }
        }
        Action::Entrust { office } => entrust(asked, office),
        Action::Link { dossier: other, part } => {
            if *other == dossier.code || rest.linked.iter().any(|(known, _)| known == other) {
                return Err(Objection::LinkedAlready { dossier: other.to_string() }.into());
            }
            required("dossier", other)?;
            part.iter().try_for_each(|part| Ok(known_part(&dossier.procedure, part)?))
        }
        Action::Migrate { in_force_from, steps } => {
            let known = || versions(asked.rules.catalogue, &dossier.procedure.code);
            if *in_force_from == dossier.procedure.in_force_from {
                return Err(Objection::SameVersion { from: *in_force_from, known: known() }.into());
            }
            migrated(dossier, asked.rules.catalogue, *in_force_from, steps)?;
            match *in_force_from > at.date() {
                true => Err(Objection::VersionToCome { from: *in_force_from }.into()),
                false => Ok(()),
            }
        }
        Action::Rate { score } if *score > 2 => Err(DossierError::Rating { score: *score }),
        Action::Rate { .. } if dossier.rating.is_some() => {
            Err(DossierError::Rated { dossier: dossier.code.clone() })
        }
        _ => Ok(()),
    }
}

/// An office is named by its unit, also by one that has ended since: its journal goes on. Under a name that nobody has, a
/// dossier would be nobody's for ever.
fn entrust(asked: &Asked<'_>, office: &SmolStr) -> Result<(), DossierError> {
    required("office", office)?;
    match asked.rules.office {
        None => Err(Objection::NoOffice.into()),
        Some(own) if own == office => Err(Objection::SameOffice { office: office.to_string() }.into()),
        Some(_) if asked.rules.organisation.unit(office).is_none() => {
            Err(DossierError::UnknownUnit { unit: office.clone() })
        }
        Some(_) => Ok(()),
    }
}

/// If papers are recorded at all, those always needed must be there, or be allowed to follow.
fn complete_papers(dossier: &Dossier, to_follow: &[SmolStr]) -> Result<(), DossierError> {
    let procedure = &dossier.procedure;
    for component in to_follow {
        known_component(procedure, component)?;
        if procedure.component(component).is_none_or(|component| !component.may_follow) {
            return Err(Objection::MayNotFollow { component: component.to_string() }.into());
        }
    }
    if dossier.rest().papers.is_empty() {
        return Ok(());
    }
    let there = |id: &str| {
        dossier.rest().papers.iter().any(|paper| paper.component == id) || to_follow.iter().any(|c| c == id)
    };
    let is_needed = |c: &&Component| c.required == Required::Always && c.is_for(dossier.case());
    let needed = procedure.components.iter().filter(is_needed);
    // A certified copy stands for the original, and either for a copy; what a database has need not be handed in.
    let too_few = |c: &&Component| {
        let there = dossier.rest().papers.iter().find(|paper| c.id.as_deref() == Some(&paper.component));
        there.is_some_and(|paper| {
            let [original, copy, certified] = [paper.original, paper.copy, paper.certified].map(u32::from);
            let (best, all) = (original + certified, original + certified + copy);
            !paper.from_data && (best < c.original + c.certified || all < c.original + c.certified + c.copy)
        })
    };
    if let Some(component) = needed.clone().find(too_few).and_then(|c| c.id.clone()) {
        return Err(Objection::PapersTooFew { component }.into());
    }
    let missing: Vec<&str> = needed.filter_map(|c| c.id.as_deref()).filter(|id| !there(id)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Objection::PapersMissing { papers: missing.join(", ") }.into()),
    }
}

fn resolve(dossier: &Dossier, result: Decision, reason: Option<&str>) -> Result<(), DossierError> {
    refusal_has_reason(result, reason)?;
    if result == Decision::Refused {
        return Ok(());
    }
    let left = dossier.steps_left();
    if !left.is_empty() {
        return Err(DossierError::StepsLeft { dossier: dossier.code.clone(), steps: left.join(", ") });
    }
    let rest = dossier.rest();
    if !rest.to_follow.is_empty() {
        return Err(Objection::PapersToFollow { papers: rest.to_follow.join(", ") }.into());
    }
    if rest.part_results.is_empty() {
        // Whoever does not keep results by part has one for the whole.
        return Ok(());
    }
    let open = |part: &&str| !rest.part_results.iter().any(|known| known.part == *part);
    let parts: Vec<&str> = dossier.parts().filter(open).collect();
    if parts.is_empty() { Ok(()) } else { Err(Objection::PartsLeft { parts: parts.join(", ") }.into()) }
}

/// A rule of `incidents.toml`, if it is one for the dossier's procedure.
fn rule_for(dossier: &Dossier, id: &str) -> Result<&'static Incident, DossierError> {
    let rule = Incident::find(id)?;
    if dossier.procedure.is_among(&rule.fields, &rule.procedures) {
        return Ok(rule);
    }
    let of = rule.fields.iter().chain(&rule.procedures).map(String::as_str).collect::<Vec<_>>().join(", ");
    let (incident, procedure) = (id.to_owned(), dossier.procedure.code.clone());
    Err(Objection::RuleOfAnother { incident, of, procedure }.into())
}

/// What the law does not speak of is open to the applicant.
fn applicant_may(asked: &Asked<'_>, dossier: &Dossier, right: ApplicantRight) -> Result<(), DossierError> {
    let regime = dossier.regime(asked.rules.catalogue)?;
    if regime.applicant_may(dossier.channel, right) != Some(false) {
        return Ok(());
    }
    let (act, channel) = (regime.act.clone(), dossier.channel.to_string());
    Err(Objection::NotByChannel { act, right: right.to_string(), channel }.into())
}

fn refusal_has_reason(result: Decision, reason: Option<&str>) -> Result<(), DossierError> {
    match result {
        Decision::Refused => required("reason", reason.unwrap_or_default()),
        Decision::Granted => Ok(()),
    }
}

fn positive(vnd: u64) -> Result<(), DossierError> {
    if vnd == 0 { Err(DossierError::EmptyField { field: "vnd" }) } else { Ok(()) }
}

fn at_most(vnd: u64, most: u64, what: &'static str) -> Result<(), DossierError> {
    positive(vnd)?;
    if vnd > most { Err(Objection::TooMuch { vnd, most, what }.into()) } else { Ok(()) }
}

/// The law may say how many times an applicant is asked: once, for all that is missing.
fn asked_often_enough(asked: &Asked<'_>, dossier: &Dossier) -> Result<(), DossierError> {
    let regime = dossier.regime(asked.rules.catalogue)?;
    let before = dossier.rest().supplements_before;
    let (times, most) = match dossier.accepted {
        None => (dossier.supplements, regime.supplements_before),
        Some(_) => (dossier.supplements.saturating_sub(before), regime.supplements_after),
    };
    match most {
        Some(most) if u32::from(times) >= most => {
            Err(Objection::AskedBefore { times, act: regime.act.clone() }.into())
        }
        _ => Ok(()),
    }
}
