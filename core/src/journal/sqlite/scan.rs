//! All dossiers, one after the other.

use super::failed;
use super::pass::Pass;
use super::read::{chain, events_of, heads, size};
use crate::journal::{JournalError, Visit};
use rusqlite::Connection;

/// Up to so many events are read in one pass and kept meanwhile; of more, each dossier's by itself.
const IN_ONE_PASS: u64 = 2_000_000;

pub(super) fn scan(connection: &Connection, place: &str, visit: &mut Visit<'_>) -> Result<(), JournalError> {
    if size(connection).map_err(failed(place))? > IN_ONE_PASS {
        for head in heads(connection, place, "WHERE NOT archived ORDER BY code", &[])? {
            let events = events_of(&chain(connection, place, &head, 0)?)?;
            if visit(&head.code, &events).is_break() {
                break;
            }
        }
        return Ok(());
    }
    let mut pass = Pass::over(connection, place, true)?;
    let mut heads = std::mem::take(&mut pass.chains.heads);
    heads.retain(|head| !head.is_archived);
    heads.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    for head in &heads {
        if visit(&head.code, &pass.take(head)?).is_break() {
            break;
        }
    }
    Ok(())
}
