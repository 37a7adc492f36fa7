//! From a command to its event, or to the reason why not.

use super::authority;
use super::state::{APPLICANT, SYSTEM};
use super::{
    Action, Authority, Change, Command, Decision, Dossier, DossierError, Event, Officer, Organisation,
};
use crate::calendar::Calendar;
use crate::procedure::{Catalogue, Duty, Step, StepKind};
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
    /// A new event, to be appended and applied.
    New(Event),
    /// The same command was given before with the same key, and made this version.
    Repeated {
        /// The version its event has.
        version: u64,
    },
}

/// Decides a command. Nothing is changed: append and apply the event to do that.
///
/// # Errors
/// Every [`DossierError`]; the first that holds, in the order: key, version, empty fields, state, moment, actor,
/// content.
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
    let change = match dossier {
        None => begin(rules, command)?,
        Some(dossier) => go_on(rules, dossier, command)?,
    };
    Ok(Decided::New(Event {
        version: actual + 1,
        at: command.at,
        actor: command.actor.clone(),
        key: command.key.clone(),
        digest,
        change,
    }))
}

/// What makes two commands the same, whatever key and expected version they carry.
fn digest(command: &Command) -> String {
    let content =
        (&command.dossier, &command.actor, command.at.and_utc().timestamp_micros(), &command.action);
    // Plain structs of strings and numbers always serialise.
    let text = serde_json::to_vec(&content).unwrap_or_default();
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(nibble.into(), 16));
        }
    }
    hex
}

fn begin(rules: Rules<'_>, command: &Command) -> Result<Change, DossierError> {
    let Action::Receive { procedure, unit, channel, case, applicant } = &command.action else {
        return Err(DossierError::Unknown { dossier: command.dossier.clone() });
    };
    let day = command.at.date();
    rules.calendar.day(day)?;
    let version = rules
        .catalogue
        .find(procedure, day)
        .ok_or_else(|| DossierError::NotInForce { procedure: procedure.clone(), day })?;
    if rules.organisation.unit(unit).is_none() {
        return Err(DossierError::UnknownUnit { unit: unit.clone() });
    }
    if let Some(case) = case.as_ref().filter(|case| !version.cases().any(|known| known == case.as_str())) {
        let known = version.cases().collect::<Vec<_>>().join("; ");
        return Err(DossierError::UnknownCase { procedure: procedure.clone(), case: case.clone(), known });
    }
    Asked { rules, command, unit }.may(None)?;
    Ok(Change::Submitted {
        procedure: procedure.clone(),
        in_force_from: version.in_force_from,
        unit: unit.clone(),
        channel: *channel,
        case: case.clone(),
        applicant: applicant.clone(),
    })
}

fn go_on(rules: Rules<'_>, dossier: &Dossier, command: &Command) -> Result<Change, DossierError> {
    let (action, at) = (&command.action, command.at);
    if matches!(action, Action::Receive { .. }) {
        return Err(DossierError::Exists { dossier: dossier.code.clone() });
    }
    in_state(dossier, action)?;
    if at < dossier.last {
        return Err(DossierError::TimeOrder { at, last: dossier.last });
    }
    let step = action.step().map(|step| running(dossier, step)).transpose()?;
    let asked = Asked { rules, command, unit: &dossier.unit };
    asked.may(step)?;
    if let (Some(step), Action::Complete { .. } | Action::Sign { .. } | Action::Consult { .. }) =
        (step, action)
    {
        assigned_to(dossier, &step.id, &command.actor)?;
    }
    let change = content(&asked, dossier, step)?;
    // The event is tried on a copy, so that what the journal holds can always be folded again.
    let mut next = dossier.clone();
    next.apply(
        rules.catalogue,
        &Event {
            version: dossier.version + 1,
            at,
            actor: command.actor.clone(),
            key: String::new(),
            digest: String::new(),
            change: change.clone(),
        },
    )?;
    if let Some(clock) = &next.clock {
        clock.due(rules.calendar)?;
    }
    Ok(change)
}

fn content(asked: &Asked<'_>, dossier: &Dossier, step: Option<&Step>) -> Result<Change, DossierError> {
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
            no_consultation_open(dossier, asked.command, id)?;
            Change::StepCompleted { step: id.clone(), outcome: outcome.clone() }
        }
        Action::Sign { step: id, digital } => {
            let not_signed = || DossierError::NotASignature { step: id.clone() };
            step.filter(|step| step.kind == StepKind::Sign).ok_or_else(not_signed)?;
            if dossier.preparers.contains(&asked.command.actor) {
                let actor = asked.command.actor.clone();
                return Err(DossierError::PreparerSigns { dossier: dossier.code.clone(), actor });
            }
            no_consultation_open(dossier, asked.command, id)?;
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
            let question = required("question", question)?;
            Change::Consulted { step: id.clone(), units: units.clone(), question, due: *due }
        }
        Action::Answer { step: id, opinion } => {
            let unit = asked.officer()?.map(|officer| officer.unit.clone()).unwrap_or_default();
            let open = |c: &super::Consultation| c.step == *id && c.units.contains(&unit);
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
    let allowed = authority(action.name()).map(|row| row.from.as_slice()).unwrap_or_default();
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
    let known =
        dossier.procedure.step(step).filter(|_| dossier.procedure.routing.is_running(dossier.marking, step));
    known.ok_or_else(|| unknown_step(dossier, step))
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

fn no_consultation_open(dossier: &Dossier, command: &Command, step: &str) -> Result<(), DossierError> {
    let waits = |due: Option<chrono::NaiveDateTime>| due.is_none_or(|due| command.at <= due);
    let open = dossier.consultations.iter().filter(|open| open.step == step && waits(open.due));
    let units: Vec<&str> = open.flat_map(|open| open.units.iter().map(String::as_str)).collect();
    if units.is_empty() {
        return Ok(());
    }
    Err(DossierError::ConsultationOpen { step: step.into(), units: units.join(", ") })
}

/// A command on a dossier of a unit: who may give it.
struct Asked<'a> {
    rules: Rules<'a>,
    command: &'a Command,
    unit: &'a str,
}

impl Asked<'_> {
    /// The officer who acts; `None` for the applicant and the system.
    fn officer(&self) -> Result<Option<&Officer>, DossierError> {
        self.find(&self.command.actor)
    }

    fn find(&self, actor: &str) -> Result<Option<&Officer>, DossierError> {
        if actor == APPLICANT || actor == SYSTEM {
            return Ok(None);
        }
        let officer = self.rules.organisation.officer(actor);
        officer.map(Some).ok_or_else(|| DossierError::UnknownActor { actor: actor.into() })
    }

    fn may(&self, step: Option<&Step>) -> Result<(), DossierError> {
        let command = self.command.action.name();
        let Some(row) = authority(command) else {
            return Err(self.not_allowed(&self.command.actor, "nobody".into()));
        };
        match step {
            Some(step) if row.step_role => self.may_do(&self.command.actor, step),
            _ => self.has_duty(row),
        }
    }

    /// Whether an actor has the role of a step.
    fn may_do(&self, actor: &str, step: &Step) -> Result<(), DossierError> {
        let duty = self.rules.catalogue.role(&step.role).map(|role| role.duty);
        match self.find(actor)? {
            None if actor == APPLICANT && duty == Some(Duty::Applicant) => Ok(()),
            None if actor == SYSTEM && duty == Some(Duty::System) => Ok(()),
            Some(officer) if officer.roles.contains(&step.role) => {
                if duty == Some(Duty::Outside) {
                    Ok(())
                } else {
                    self.in_line(officer)
                }
            }
            _ => Err(self.not_allowed(actor, format!("the role `{}` of step `{}`", step.role, step.id))),
        }
    }

    fn has_duty(&self, row: &Authority) -> Result<(), DossierError> {
        let actor = self.command.actor.as_str();
        let duty_of = |role: &String| self.rules.catalogue.role(role).map(|role| role.duty);
        match self.find(actor)? {
            None if actor == APPLICANT && row.duties.contains(&Duty::Applicant) => return Ok(()),
            None if actor == SYSTEM && row.duties.contains(&Duty::System) => return Ok(()),
            Some(officer) => {
                let mut duties =
                    officer.roles.iter().filter_map(duty_of).filter(|duty| row.duties.contains(duty));
                match (duties.next(), duties.next()) {
                    (Some(Duty::Outside), None) => return Ok(()),
                    (Some(_), _) if row.any_line => return Ok(()),
                    (Some(_), _) => return self.in_line(officer),
                    (None, _) => {}
                }
            }
            None => {}
        }
        let duties: Vec<String> = row.duties.iter().map(|duty| format!("{duty:?}").to_lowercase()).collect();
        Err(self.not_allowed(actor, format!("a role with the duty {}", duties.join(" or "))))
    }

    fn in_line(&self, officer: &Officer) -> Result<(), DossierError> {
        if self.rules.organisation.same_line(&officer.unit, self.unit) {
            return Ok(());
        }
        Err(DossierError::OtherUnit {
            dossier: self.command.dossier.clone(),
            actor: officer.id.clone(),
            unit: officer.unit.clone(),
            of: self.unit.into(),
        })
    }

    fn not_allowed(&self, actor: &str, needs: String) -> DossierError {
        DossierError::NotAllowed {
            command: self.command.action.name(),
            dossier: self.command.dossier.clone(),
            actor: actor.into(),
            needs,
        }
    }
}
