//! The result of a linked dossier settles the part of the other one that it was linked for.

use super::{Batch, Engine, EngineError};
use crate::dossier::{Action, Command, Dossier, DossierError, Objection, SYSTEM};
use crate::journal::Journal;
use crate::moment;
use smol_str::SmolStr;

impl<J: Journal> Engine<J> {
    /// Before a link: whether the other dossier, where the journal has it, can be a part of this one.
    pub(super) fn check_link(&mut self, batch: &Batch, command: &Command) -> Result<(), EngineError> {
        let Action::Link { dossier: other, part } = &command.action else { return Ok(()) };
        self.refresh_unless_in(batch, other)?;
        let kept = |code: &SmolStr| self.kept.get(code).map(|kept| &kept.dossier);
        let (Some(whole), Some(linked)) = (kept(&command.dossier), kept(other)) else { return Ok(()) };
        let refused = |objection: Objection| Err(DossierError::from(objection).into());
        if linked.rest().linked.iter().any(|(code, _)| *code == whole.code) {
            return refused(Objection::LinkedAlready { dossier: other.to_string() });
        }
        let Some(part) = part else { return Ok(()) };
        let settles = whole.procedure.part(part).and_then(|part| part.procedure.as_deref());
        if let Some(procedure) = settles.filter(|procedure| *procedure != linked.procedure.code) {
            let (part, procedure) = (part.to_string(), procedure.to_owned());
            return refused(Objection::OtherProcedure { dossier: other.to_string(), part, procedure });
        }
        // Its result would not find the way here; one that is there already is taken over at once.
        if linked.result.is_none() && linked.rest().part_of.as_ref() != Some(&whole.code) {
            return refused(Objection::NotPartOf {
                dossier: other.to_string(),
                whole: whole.code.to_string(),
            });
        }
        Ok(())
    }

    /// After a command: takes the result over that this dossier has for another, or that others have for this one. Where
    /// it cannot be taken over (the part is settled already, the other dossier has ended) it is left to the officers.
    pub(super) fn take_over(&mut self, batch: &mut Batch, done: &Command) -> Result<(), EngineError> {
        let Some(dossier) = self.kept.get(&done.dossier).map(|kept| &kept.dossier) else { return Ok(()) };
        let pairs: Vec<(SmolStr, SmolStr)> = match &done.action {
            Action::Resolve { .. } | Action::Lapse {} if dossier.result.is_some() => {
                let whole = dossier.rest().part_of.iter();
                whole.map(|whole| (whole.clone(), done.dossier.clone())).collect()
            }
            Action::Link { dossier: other, part: Some(_) } => vec![(done.dossier.clone(), other.clone())],
            // Before it was taken in it could take nothing over.
            Action::Accept { .. } => {
                let linked = dossier.rest().linked.iter().filter(|(_, part)| part.is_some());
                linked.map(|(code, _)| (done.dossier.clone(), code.clone())).collect()
            }
            _ => Vec::new(),
        };
        for (whole, source) in pairs {
            let read = self.refresh_unless_in(batch, &whole);
            match read.and_then(|()| self.refresh_unless_in(batch, &source)) {
                Err(EngineError::Journal(error)) if error.is_of_store() => return Err(error.into()),
                // What cannot be read takes nothing over; what was done stands.
                Err(_) => continue,
                Ok(()) => {}
            }
            let kept = |code: &SmolStr| self.kept.get(code).map(|kept| &kept.dossier);
            let (Some(to), Some(from)) = (kept(&whole), kept(&source)) else { continue };
            for command in taking_over(to, from, done) {
                match self.add_one(batch, &command) {
                    Err(EngineError::Journal(error)) if error.is_of_store() => return Err(error.into()),
                    // The result is of no use without the link.
                    Err(_) => break,
                    Ok(_) => {}
                }
            }
        }
        Ok(())
    }
}

/// The commands by which one dossier takes over the result of another, if that has one: the link, where the other names
/// this one and settles one of its parts that nobody has linked, and the result of the part.
fn taking_over(to: &Dossier, from: &Dossier, done: &Command) -> Vec<Command> {
    let Some(result) = from.result else { return Vec::new() };
    let by_system = |key: String, action| Command {
        dossier: to.code.clone(),
        actor: SYSTEM.into(),
        at: moment::whole(done.at).max(to.last()),
        key: key.into(),
        expected_version: None,
        action,
    };
    let mut commands = Vec::new();
    let part = match to.rest().linked.iter().find(|(code, _)| *code == from.code) {
        Some((_, part)) => part.clone(),
        None => {
            let settled = |id: &&str| {
                to.rest().part_results.iter().any(|known| known.part == *id)
                    || to.rest().linked.iter().any(|(_, part)| part.as_deref() == Some(*id))
            };
            let is_its = |id: &&str| {
                to.procedure.part(id).and_then(|part| part.procedure.as_ref()) == Some(&from.procedure.code)
            };
            let found = to.parts().find(|id| is_its(id) && !settled(id)).map(SmolStr::from);
            if let Some(part) = &found {
                let link = Action::Link { dossier: from.code.clone(), part: Some(part.clone()) };
                commands.push(by_system(format!("link to {}", from.code), link));
            }
            found
        }
    };
    let Some(part) = part else { return Vec::new() };
    let reason = match &done.action {
        Action::Resolve { reason: Some(reason), .. } => reason.clone(),
        _ => format!("Theo kết quả của hồ sơ {}", from.code),
    };
    let taken = Action::ResolvePart {
        part,
        from: Some(from.code.clone()),
        result,
        electronic: from.electronic,
        reason: Some(reason),
    };
    commands.push(by_system(format!("result of {}", from.code), taken));
    commands
}
