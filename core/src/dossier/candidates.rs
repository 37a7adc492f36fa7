//! Who may be given a running step.

use super::asked::Asked;
use super::decide::Rules;
use super::organisation::Officer;
use super::{Action, Command, Dossier, DossierError, authority};
use crate::procedure::StepKind;
use chrono::NaiveDateTime;

/// The officers who are there at a moment and may do a running step, in the order of their ids: in the step's role, or,
/// where it names none, in one that the table of authority lets do it; without whom the separation of duties keeps from
/// it.
///
/// # Errors
/// `routing.not_running`, `routing.unknown_step`
pub(crate) fn candidates<'a>(
    rules: Rules<'a>,
    dossier: &Dossier,
    step: &str,
    now: NaiveDateTime,
) -> Result<Vec<&'a Officer>, DossierError> {
    let step = dossier.running_step(step)?;
    let action = match step.kind {
        StepKind::Sign => Action::sign(&step.id, true),
        _ => Action::complete(&step.id, ""),
    };
    let unowned = authority(action.name()).map(|row| row.unowned.as_slice()).unwrap_or_default();
    let roles = rules.catalogue.roles().iter().filter(|role| match &step.role {
        Some(own) => role.id == *own,
        None => unowned.contains(&role.duty),
    });
    let organisation = rules.organisation;
    let mut officers: Vec<&Officer> = roles
        .flat_map(|role| organisation.candidates(&dossier.unit, &role.id, step.tier, now.date()))
        .collect();
    officers.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    officers.dedup_by(|a, b| a.id == b.id);
    let may = |officer: &&Officer| {
        let command = Command {
            dossier: dossier.code.clone(),
            actor: officer.id.as_str().into(),
            at: now,
            key: "".into(),
            expected_version: None,
            action: action.clone(),
        };
        let asked = Asked::new(rules, &command, &dossier.unit, Some(dossier));
        let acts = asked.may(Some(step));
        acts.is_ok_and(|acts| asked.may_after(dossier, step, acts).is_ok())
    };
    officers.retain(may);
    Ok(officers)
}
