//! From a command to its event, or to the reason why not.

use super::asked::Asked;
use super::authority::authority;
use super::{Action, Change, Command, Consultation, Decision, Dossier, DossierError, Event, Organisation};
use crate::calendar::Calendar;
use crate::moment;
use crate::procedure::{Catalogue, Step, StepKind};
use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

/// What a decision rests on, besides the dossier.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Procedures, roles and regimes.
    pub catalogue: &'a Catalogue,
    /// Working time.
    pub calendar: &'a Calendar,
    /// Units and officers.
    pub organisation: &'a Organisation,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// A new event, to be appended.
    New {
        /// The event.
        event: Event,
        /// The dossier with the event folded in.
        dossier: Box<Dossier>,
    },
    /// The same command was given before with the same key, and made this version.
    Repeated {
        /// The version its event has.
        version: u64,
    },
}

/// Decides a command. Nothing is changed: append the event to do that.
///
/// # Errors
/// Every [`DossierError`]; the first that holds, in the order: key, version, empty fields, state, moment, step, actor,
/// content; for a dossier that begins: moment, procedure, unit, case, actor.
pub fn decide(
    rules: Rules<'_>,
    dossier: Option<&Dossier>,
    command: &Command,
) -> Result<Decided, DossierError> {
    let digest = digest(command);
    if let Some((version, known)) = dossier.and_then(|dossier| dossier.keys.get(&command.key)) {
        return if *known == digest {
            Ok(Decided::Repeated { version: *version })
        } else {
            Err(DossierError::KeyReused { dossier: command.dossier.clone(), key: command.key.clone() })
        };
    }
    let actual = dossier.map_or(0, |dossier| dossier.version);
    if let Some(expected) = command.expected_version.filter(|expected| *expected != actual) {
        return Err(DossierError::VersionConflict { dossier: command.dossier.clone(), expected, actual });
    }
    for (field, text) in [("dossier", &command.dossier), ("key", &command.key)] {
        required(field, text)?;
    }
    let at = moment::whole(command.at);
    let change = match dossier {
        None => begin(rules, command, at)?,
        Some(dossier) => go_on(rules, dossier, command, at)?,
    };
    let (actor, key) = (command.actor.clone(), command.key.clone());
    let event = Event { version: actual + 1, at, actor, key, digest, change };
    // What cannot be folded, or has no due date, must not get into the journal.
    let next = match dossier {
        None => Dossier::begin(rules.catalogue, &command.dossier, &event)?,
        Some(dossier) => {
            let mut next = dossier.clone();
            next.apply(rules.catalogue, &event)?;
            next
        }
    };
    next.due(rules.calendar)?;
    Ok(Decided::New { event, dossier: Box::new(next) })
}

/// What makes two commands the same, whatever key, expected version and moment they carry: a repetition may well be
/// stamped anew.
fn digest(command: &Command) -> String {
    // Plain structs of strings and numbers always serialise.
    let text = serde_json::to_vec(&(&command.dossier, &command.actor, &command.action)).unwrap_or_default();
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(nibble.into(), 16));
        }
    }
    hex
}

fn begin(rules: Rules<'_>, command: &Command, at: NaiveDateTime) -> Result<Change, DossierError> {
    let Action::Receive { procedure, unit, channel, case, applicant } = &command.action else {
        return Err(DossierError::Unknown { dossier: command.dossier.clone() });
    };
    let day = at.date();
    rules.calendar.day(day)?;
    let version = rules.catalogue.find(procedure, day).ok_or_else(|| {
        let procedure = procedure.clone();
        let spans: Vec<String> = (rules.catalogue.versions(&procedure).iter())
            .map(|v| {
                format!(
                    "from {} to {}",
                    v.in_force_from,
                    v.in_force_to.map_or("now".into(), |to| to.to_string())
                )
            })
            .collect();
        match spans.is_empty() {
            true => DossierError::UnknownProcedure { procedure },
            false => DossierError::NotInForce { procedure, day, known: spans.join(", ") },
        }
    })?;
    match rules.organisation.unit(unit) {
        None => return Err(DossierError::UnknownUnit { unit: unit.clone() }),
        Some(found) if found.tier != version.tier => {
            let (procedure, unit, tier) = (procedure.clone(), unit.clone(), version.tier);
            return Err(DossierError::WrongTier { procedure, unit, tier });
        }
        Some(_) => {}
    }
    if let Some(case) = case.as_ref().filter(|case| !version.cases().any(|known| known == case.as_str())) {
        let known = version.cases().collect::<Vec<_>>().join("; ");
        return Err(DossierError::UnknownCase { procedure: procedure.clone(), case: case.clone(), known });
    }
    Asked { rules, command, unit, dossier: None }.may(None)?;
    Ok(Change::Submitted {
        procedure: version.code.clone(),
        in_force_from: version.in_force_from,
        unit: unit.clone(),
        channel: *channel,
        case: case.clone(),
        applicant: applicant.clone(),
    })
}

fn go_on(
    rules: Rules<'_>,
    dossier: &Dossier,
    command: &Command,
    at: NaiveDateTime,
) -> Result<Change, DossierError> {
    let action = &command.action;
    if matches!(action, Action::Receive { .. }) {
        return Err(DossierError::Exists { dossier: dossier.code.clone() });
    }
    in_state(dossier, action)?;
    rules.calendar.day(at.date())?;
    if at < dossier.last {
        return Err(DossierError::TimeOrder { at, last: dossier.last });
    }
    let step = action.step().map(|step| running(dossier, step)).transpose()?;
    let asked = Asked { rules, command, unit: &dossier.unit, dossier: Some(dossier) };
    asked.may(step)?;
    if let (Some(step), Action::Complete { .. } | Action::Sign { .. } | Action::Consult { .. }) =
        (step, action)
    {
        assigned_to(dossier, &step.id, &command.actor)?;
    }
    content(&asked, dossier, step, at)
}

fn content(
    asked: &Asked<'_>,
    dossier: &Dossier,
    step: Option<&Step>,
    at: NaiveDateTime,
) -> Result<Change, DossierError> {
    Ok(match &asked.command.action {
        Action::Receive { .. } => return Err(DossierError::Exists { dossier: dossier.code.clone() }),
        Action::Accept { digitised } => Change::Accepted { digitised: *digitised },
        Action::Refuse { reason } => Change::Refused { reason: required("reason", reason)? },
        Action::RequestSupplement { reason } => {
            Change::SupplementRequested { reason: required("reason", reason)? }
        }
        Action::Supply {} => Change::Supplied {},
        Action::Assign { step: id, officer } => {
            let step = step.ok_or_else(|| unknown_step(dossier, id))?;
            asked.may_do(officer, step)?;
            Change::Assigned { step: id.clone(), officer: officer.clone() }
        }
        Action::Complete { step: id, outcome } => {
            match step.map(|step| step.kind) {
                Some(StepKind::Deliver) => return Err(DossierError::UseDeliver { step: id.clone() }),
                Some(StepKind::Sign) if dossier.signed_outcome(id) == Some(outcome) => {
                    let back: Vec<&str> =
                        dossier.procedure.routing.outcomes(id).filter(|other| other != outcome).collect();
                    return Err(DossierError::SignatureNeeded { step: id.clone(), back: back.join(", ") });
                }
                _ => {}
            }
            no_consultation_open(dossier, at, id)?;
            Change::StepCompleted { step: id.clone(), outcome: outcome.clone() }
        }
        Action::Sign { step: id, digital } => {
            let not_signed = || DossierError::NotASignature { step: id.clone() };
            let step = step.filter(|step| step.kind == StepKind::Sign).ok_or_else(not_signed)?;
            asked.may_after(dossier, step)?;
            no_consultation_open(dossier, at, id)?;
            let outcome = dossier.signed_outcome(id).ok_or_else(not_signed)?.to_owned();
            Change::Signed { step: id.clone(), outcome, digital: *digital }
        }
        Action::Consult { step: id, units, question, due } => {
            if units.is_empty() {
                return Err(DossierError::EmptyField { field: "units" });
            }
            if let Some(unit) = units.iter().find(|unit| asked.rules.organisation.unit(unit).is_none()) {
                return Err(DossierError::UnknownUnit { unit: unit.clone() });
            }
            let due = due.map(moment::whole);
            if let Some(due) = due {
                asked.rules.calendar.day(due.date())?;
                if due < at {
                    return Err(DossierError::ConsultationDue { due });
                }
            }
            let question = required("question", question)?;
            Change::Consulted { step: id.clone(), units: units.clone(), question, due }
        }
        Action::Answer { step: id, opinion } => {
            let unit = asked.officer()?.map(|officer| officer.unit.clone()).unwrap_or_default();
            let open = |c: &Consultation| c.step == *id && c.units.contains(&unit);
            if !dossier.consultations.iter().any(open) {
                return Err(DossierError::NoConsultation { step: id.clone(), unit });
            }
            Change::Answered { step: id.clone(), unit, opinion: required("opinion", opinion)? }
        }
        Action::RequestPayment { vnd, reason } => {
            Change::PaymentRequested { vnd: positive(*vnd)?, reason: required("reason", reason)? }
        }
        Action::Pay { vnd, online } => Change::Paid { vnd: positive(*vnd)?, online: *online },
        Action::Withdraw { reason } => Change::Withdrawn { reason: reason.clone() },
        Action::Discontinue { reason } => Change::Discontinued { reason: required("reason", reason)? },
        Action::Resolve { result, electronic, reason } => {
            if *result == Decision::Refused {
                required("reason", reason.as_deref().unwrap_or_default())?;
            } else {
                let left = dossier.steps_left();
                if !left.is_empty() {
                    return Err(DossierError::StepsLeft {
                        dossier: dossier.code.clone(),
                        steps: left.join(", "),
                    });
                }
            }
            Change::Resolved { result: *result, electronic: *electronic, reason: reason.clone() }
        }
        Action::Deliver { channel } => Change::Delivered { channel: *channel },
        Action::Rate { score } if *score > 2 => return Err(DossierError::Rating { score: *score }),
        Action::Rate { .. } if dossier.rating.is_some() => {
            return Err(DossierError::Rated { dossier: dossier.code.clone() });
        }
        Action::Rate { score } => Change::Rated { score: *score },
    })
}

fn required(field: &'static str, text: &str) -> Result<String, DossierError> {
    if text.trim().is_empty() { Err(DossierError::EmptyField { field }) } else { Ok(text.into()) }
}

fn positive(vnd: u64) -> Result<u64, DossierError> {
    if vnd == 0 { Err(DossierError::EmptyField { field: "vnd" }) } else { Ok(vnd) }
}

fn in_state(dossier: &Dossier, action: &Action) -> Result<(), DossierError> {
    let allowed = authority(action.authority()).map(|row| row.from.as_slice()).unwrap_or_default();
    if allowed.contains(&dossier.status) {
        return Ok(());
    }
    let allowed: Vec<&str> = allowed.iter().map(|status| status.name()).collect();
    Err(DossierError::WrongState {
        command: action.name(),
        dossier: dossier.code.clone(),
        status: dossier.status,
        allowed: allowed.join(", "),
    })
}

fn unknown_step(dossier: &Dossier, step: &str) -> DossierError {
    // The routing's own error names the steps there are.
    match dossier.procedure.routing.fire(dossier.marking, step, "") {
        Err(error) => error.into(),
        Ok(_) => DossierError::EmptyField { field: "step" },
    }
}

fn running<'d>(dossier: &'d Dossier, step: &str) -> Result<&'d Step, DossierError> {
    let runs = |_: &&Step| dossier.procedure.routing.is_running(dossier.marking, step);
    dossier.procedure.step(step).filter(runs).ok_or_else(|| unknown_step(dossier, step))
}

fn assigned_to(dossier: &Dossier, step: &str, actor: &str) -> Result<(), DossierError> {
    let task = dossier.tasks.iter().find(|task| task.step == step);
    match task.and_then(|task| task.assignee.as_deref()) {
        Some(assignee) if assignee != actor => {
            Err(DossierError::Assigned { step: step.into(), assignee: assignee.into(), actor: actor.into() })
        }
        _ => Ok(()),
    }
}

fn no_consultation_open(dossier: &Dossier, at: NaiveDateTime, step: &str) -> Result<(), DossierError> {
    let waits = |due: Option<NaiveDateTime>| due.is_none_or(|due| at <= due);
    let open = dossier.consultations.iter().filter(|open| open.step == step && waits(open.due));
    let units: Vec<&str> = open.flat_map(|open| open.units.iter().map(String::as_str)).collect();
    if units.is_empty() {
        return Ok(());
    }
    Err(DossierError::ConsultationOpen { step: step.into(), units: units.join(", ") })
}
