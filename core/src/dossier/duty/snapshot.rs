//! A dossier with the watch over it as bytes: what a journal keeps so that a long one need not be folded from its first event.

use super::rule::TABLE;
use super::watch::{Watch, Watched};
use crate::dossier::{Dossier, DossierError, Rules};

/// One is made whenever so many events have come.
const EVERY: u64 = 64;

/// The form of what is saved, with that of the table of duties whose rows are named by their places.
type Saved<'a> = (u64, &'a [u8], Watch);

/// Another one if duties would fall due at other times.
fn fingerprint(rules: Rules<'_>) -> u64 {
    TABLE.fingerprint ^ rules.calendar.fingerprint()
}

impl Watched {
    /// Whether a dossier of this version has got a snapshot on its way.
    pub(crate) fn has_snapshot(version: u64) -> bool {
        version >= EVERY
    }

    /// The snapshot, if one is to be made after so many new events.
    pub(crate) fn snapshot(&self, rules: Rules<'_>, new: usize) -> Option<Vec<u8>> {
        let before = self.dossier.version.saturating_sub(new as u64);
        if before / EVERY == self.dossier.version / EVERY {
            return None;
        }
        // One that cannot be made is not missed: the events are there.
        let dossier = self.dossier.save().ok()?;
        let saved: Saved<'_> = (fingerprint(rules), &dossier, self.watch.clone());
        postcard::to_stdvec(&saved).ok()
    }

    /// What [`Watched::snapshot`] made.
    ///
    /// # Errors
    /// As [`Dossier::load`].
    pub(crate) fn load(rules: Rules<'_>, code: &str, bytes: &[u8]) -> Result<Self, DossierError> {
        let failed = |reason: String| DossierError::NotSaved { dossier: code.into(), reason };
        let (fingerprint, dossier, watch): Saved<'_> =
            postcard::from_bytes(bytes).map_err(|error| failed(error.to_string()))?;
        if fingerprint != self::fingerprint(rules) {
            return Err(failed("the calendar or the table of duties is another now".into()));
        }
        Ok(Self { dossier: Dossier::load(rules.catalogue, code, dossier)?, watch })
    }
}
