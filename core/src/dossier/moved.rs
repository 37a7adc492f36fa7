//! What a late announcement does: a new day off, or one that is worked.

use super::{Dossier, DossierError};
use crate::calendar::{Calendar, DayChange};
use crate::deadline::Due;
use serde::Serialize;
use smol_str::SmolStr;

/// A due date that an announcement moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved<'c> {
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// When it was due.
    pub before: Due,
    /// When it is due now.
    pub after: Due,
    /// The days that make the difference, each with its source.
    pub because: Vec<DayChange<'c>>,
}

/// The dossiers whose due date is another by another calendar, in their order, and why. Dossiers without a running clock
/// have none that could move.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::dossier::moved;
/// let known = |day| Calendar::vietnam().as_known_on(day);
/// let (before, after) = (known("2025-12-01".parse().unwrap()), known("2026-06-01".parse().unwrap()));
/// assert!(moved([], &before, &after).unwrap().is_empty());
/// ```
///
/// # Errors
/// `calendar.*` if a date lies outside one of the calendars.
pub fn moved<'c, 'd>(
    dossiers: impl IntoIterator<Item = &'d Dossier>,
    before: &'c Calendar,
    after: &'c Calendar,
) -> Result<Vec<Moved<'c>>, DossierError> {
    let changes = before.changes(after);
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(Vec::new()) };
    let (first, last) = (first.before.date, last.before.date);
    let mut found = Vec::new();
    for dossier in dossiers {
        let Some(clock) = dossier.clock().filter(|clock| clock.stopped().is_none()) else { continue };
        if clock.started().date() > last {
            continue;
        }
        let was = clock.due(before)?;
        // What is due before the first day that differs is due then by both.
        let Some(due) = was.at().filter(|due| due.date() >= first) else { continue };
        let is = clock.due(after)?;
        if was.at() != is.at() {
            let to = is.at().unwrap_or(due).max(due).date();
            let matters =
                |change: &&DayChange<'c>| (clock.started().date()..=to).contains(&change.before.date);
            let because = changes.iter().filter(matters).cloned().collect();
            found.push(Moved { dossier: dossier.code.clone(), before: was, after: is, because });
        }
    }
    Ok(found)
}
