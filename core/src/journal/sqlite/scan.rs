//! All dossiers with their events.

use super::failed;
use super::pass::Pass;
use super::read::{chain, events_of, heads, size};
use super::rows::Head;
use crate::dossier::Event;
use crate::journal::parallel::in_order;
use crate::journal::{JournalError, Visit, VisitInParallel};
use rusqlite::Connection;
use smol_str::SmolStr;
use std::ops::ControlFlow;

/// Up to so many events are read in one pass and kept meanwhile; of more, each dossier's by itself.
const IN_ONE_PASS: u64 = 2_000_000;

/// So many dossiers are taken up by one processor at a time.
const AT_ONCE: usize = 64;

/// One dossier after the other; they are made ready on all processors.
pub(super) fn scan(connection: &Connection, place: &str, visit: &mut Visit<'_>) -> Result<(), JournalError> {
    if size(connection).map_err(failed(place))? > IN_ONE_PASS {
        return one_by_one(connection, place, visit);
    }
    let (pass, heads) = read(connection, place)?;
    let mut outcome = Ok(());
    let ready = |heads: &[Head]| -> Vec<Result<(SmolStr, Vec<Event>), JournalError>> {
        heads.iter().map(|head| Ok((head.code.clone(), pass.events(head)?))).collect()
    };
    in_order(heads.chunks(AT_ONCE).collect(), ready, |dossiers| {
        for dossier in dossiers {
            match dossier {
                Ok((code, events)) => visit(&code, &events)?,
                Err(error) => {
                    outcome = Err(error);
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    outcome
}

/// All dossiers at the same time.
pub(super) fn in_parallel(
    connection: &Connection,
    place: &str,
    visit: &VisitInParallel<'_>,
) -> Result<(), JournalError> {
    if size(connection).map_err(failed(place))? > IN_ONE_PASS {
        return one_by_one(connection, place, &mut |code, events| {
            visit(code, events);
            ControlFlow::Continue(())
        });
    }
    let (pass, heads) = read(connection, place)?;
    let mut outcome = Ok(());
    let visit_all = |heads: &[Head]| {
        heads.iter().try_for_each(|head| {
            visit(&head.code, &pass.events(head)?);
            Ok(())
        })
    };
    in_order(heads.chunks(AT_ONCE).collect(), visit_all, |visited| {
        outcome = visited;
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    outcome
}

/// All events, and the dossiers that are not archived, in the order of their codes.
fn read(connection: &Connection, place: &str) -> Result<(Pass, Vec<Head>), JournalError> {
    let mut pass = Pass::over(connection, place, true)?;
    let mut heads = std::mem::take(&mut pass.chains.heads);
    heads.retain(|head| !head.is_archived);
    heads.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    Ok((pass, heads))
}

fn one_by_one(connection: &Connection, place: &str, visit: &mut Visit<'_>) -> Result<(), JournalError> {
    for head in heads(connection, place, "WHERE NOT archived ORDER BY code", &[])? {
        let events = events_of(&chain(connection, place, &head, 0)?)?;
        if visit(&head.code, &events).is_break() {
            break;
        }
    }
    Ok(())
}
