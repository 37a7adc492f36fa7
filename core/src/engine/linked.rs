//! The result of a linked dossier settles the part of the other one that it was linked for.

use super::{Batch, Engine, EngineError};
use crate::dossier::{Action, Command, Dossier, SYSTEM};
use crate::journal::{Journal, JournalError};
use crate::moment;
use smol_str::SmolStr;

impl<J: Journal> Engine<J> {
    /// After a command: takes the result over that this dossier has for another, or that others have for this one. Where
    /// it cannot be taken over (the part is settled already, the other dossier has ended) it is left to the officers.
    pub(super) fn take_over(&mut self, batch: &mut Batch, done: &Command) -> Result<(), EngineError> {
        let Some(dossier) = self.kept.get(&done.dossier).map(|kept| &kept.dossier) else { return Ok(()) };
        let (owner, source) = match &done.action {
            Action::Resolve { .. } | Action::Lapse {} if dossier.result.is_some() => {
                match dossier.rest().part_of.clone() {
                    Some(owner) => (owner, done.dossier.clone()),
                    None => return Ok(()),
                }
            }
            Action::Link { dossier: other, part: Some(_) } => (done.dossier.clone(), other.clone()),
            _ => return Ok(()),
        };
        self.refresh_unless_in(batch, &owner)?;
        self.refresh_unless_in(batch, &source)?;
        let kept = |code: &SmolStr| self.kept.get(code).map(|kept| &kept.dossier);
        let (Some(to), Some(from)) = (kept(&owner), kept(&source)) else { return Ok(()) };
        let Some(command) = taking_over(to, from, done) else { return Ok(()) };
        match self.add_one(batch, &command) {
            Err(error @ EngineError::Journal(JournalError::Storage { .. } | JournalError::Busy { .. })) => {
                Err(error)
            }
            _ => Ok(()),
        }
    }
}

/// The command by which one dossier takes over the result of another, if that has one and is linked for a part.
fn taking_over(to: &Dossier, from: &Dossier, done: &Command) -> Option<Command> {
    let result = from.result?;
    let (_, part) = to.rest().linked.iter().find(|(code, _)| *code == from.code)?;
    let reason = match &done.action {
        Action::Resolve { reason: Some(reason), .. } => reason.clone(),
        _ => format!("Theo kết quả của hồ sơ {}", from.code),
    };
    Some(Command {
        dossier: to.code.clone(),
        actor: SYSTEM.into(),
        at: moment::whole(done.at).max(to.last()),
        key: format!("result of {}", from.code).into(),
        expected_version: None,
        action: Action::ResolvePart {
            part: part.clone()?,
            from: Some(from.code.clone()),
            result,
            electronic: from.electronic,
            reason: Some(reason),
        },
    })
}
