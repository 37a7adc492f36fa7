//! A dossier as a few bytes: what a store keeps so that it need not fold all events again.

use super::state::{Apart, Done, Dossier, Stamp, Task, Trace};
use super::{Decision, DossierError, Status};
use crate::deadline::Clock;
use crate::procedure::{Catalogue, Channel, Procedure};
use crate::routing::Marking;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The form in which dossiers are saved; another one is refused.
const FORMAT: u8 = 2;

#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    format: u8,
    procedure: &'a str,
    pinned: i32,
    unit: &'a str,
    status: Status,
    back_to: Status,
    channel: Channel,
    supplements: u8,
    flags: u8,
    result: Option<Decision>,
    rating: Option<u8>,
    submitted: u32,
    /// Seconds since `submitted`: since, last, accepted, ended, delivered.
    later: (u32, u32, Option<u32>, Option<u32>, Option<u32>),
    case: Option<&'a str>,
    applicant: Option<&'a str>,
    marking: u128,
    #[serde(borrow)]
    tasks: Vec<SavedTask<'a>>,
    keys: &'a [u8],
    /// A bit for each event, whether it completed a step; then what is noted of those that did.
    done: &'a [u8],
    /// The clock as JSON, if anything happened to it, or it started later than the dossier was taken in; else it follows
    /// from the procedure.
    clock: Option<&'a str>,
    apart: Option<Box<Apart>>,
}

/// Step, step before, suspension, seconds since `submitted`, assignee.
#[derive(Serialize, Deserialize)]
struct SavedTask<'a>(u8, u8, Option<u16>, u32, Option<&'a str>);

/// What stands at the end. It is of the dossier's code and the routing too, since what is saved holds steps and places by
/// number; and a state with a bit of it flipped would be another state, and as good as any.
fn checksum(bytes: &[u8], procedure: &Procedure, code: &str) -> [u8; 4] {
    let whose = xxh3_64_with_seed(code.as_bytes(), procedure.routing.fingerprint());
    (xxh3_64_with_seed(bytes, whose) as u32).to_le_bytes()
}

/// Whether papers were digitised is not always known; paid online and electronic are. The last says that no clock runs,
/// though the dossier was taken in.
fn flags(dossier: &Dossier) -> u8 {
    let bit = |place: u8, is: bool| u8::from(is) << place;
    let digitised = dossier.digitised;
    bit(0, digitised.is_some())
        | bit(1, digitised == Some(true))
        | bit(2, dossier.paid_online)
        | bit(3, dossier.electronic)
        | bit(4, dossier.accepted.is_some() && dossier.clock.is_none())
}

impl Dossier {
    /// The dossier in a compact binary form, without its code: usually less than 200 bytes.
    ///
    /// # Errors
    /// `dossier.not_saved` if it cannot be written, which no dossier that events made was found to do.
    pub fn save(&self) -> Result<Vec<u8>, DossierError> {
        let mut keys = Vec::with_capacity(12 * self.traces.len());
        let mut done = Vec::with_capacity(9 * self.traces.len());
        done.resize(self.traces.len().div_ceil(8), 0);
        for (place, trace) in self.traces.iter().enumerate() {
            trace.words().iter().for_each(|word| keys.extend_from_slice(&word.to_le_bytes()));
            if let Some(noted) = trace.done() {
                done[place / 8] |= 1 << (place % 8);
                done.extend_from_slice(&noted.0.to_le_bytes());
            }
        }
        let failed = |reason: String| DossierError::NotSaved { dossier: self.code.clone(), reason };
        let migrated = self.apart.as_ref().is_some_and(|apart| apart.migrated);
        let plain = |clock: &Clock| clock.ledger().is_empty() && Some(clock.started()) == self.accepted();
        let clock = self.clock.as_ref().filter(|clock| migrated || !plain(clock));
        let clock =
            clock.map(serde_json::to_string).transpose().map_err(|error| failed(error.to_string()))?;
        let start = self.submitted.0;
        let later = |stamp: Stamp| stamp.0.saturating_sub(start);
        let saved = Saved {
            format: FORMAT,
            procedure: &self.procedure.code,
            pinned: self.procedure.in_force_from.num_days_from_ce(),
            unit: &self.unit,
            status: self.status,
            back_to: self.back_to,
            channel: self.channel,
            supplements: self.supplements,
            flags: flags(self),
            result: self.result,
            rating: self.rating,
            submitted: start,
            later: (
                later(self.since),
                later(self.last),
                self.accepted.map(later),
                self.ended.map(later),
                self.delivered.map(later),
            ),
            case: self.case.as_deref(),
            applicant: self.applicant.as_deref(),
            marking: self.marking.to_bits(),
            tasks: (self.tasks.iter())
                .map(|t| SavedTask(t.step, t.from, t.suspension, later(t.since), t.assignee.as_deref()))
                .collect(),
            done: &done,
            keys: &keys,
            clock: clock.as_deref(),
            apart: self.apart.clone(),
        };
        let bytes = Vec::with_capacity(256);
        let mut bytes = postcard::to_extend(&saved, bytes).map_err(|error| failed(error.to_string()))?;
        let sum = checksum(&bytes, &self.procedure, &self.code);
        bytes.extend_from_slice(&sum);
        Ok(bytes)
    }

    /// The dossier that [`Dossier::save`] wrote.
    ///
    /// # Errors
    /// `dossier.not_saved` if the bytes are no saved dossier, of another format, or of another definition of the
    /// procedure; `dossier.procedure_missing` if the catalogue lacks it. Read the events again then.
    pub fn load(catalogue: &Catalogue, code: &str, bytes: &[u8]) -> Result<Self, DossierError> {
        let failed = |reason: String| DossierError::NotSaved { dossier: code.into(), reason };
        if bytes.first() != Some(&FORMAT) {
            return Err(failed(format!("it is not of format {FORMAT}")));
        }
        let (bytes, sum) = bytes.split_last_chunk().ok_or_else(|| failed("it is cut off".into()))?;
        let (saved, rest): (Saved<'_>, _) =
            postcard::take_from_bytes(bytes).map_err(|error| failed(error.to_string()))?;
        if !rest.is_empty() || !saved.keys.len().is_multiple_of(12) {
            return Err(failed("its length is wrong".into()));
        }
        let pinned = NaiveDate::from_num_days_from_ce_opt(saved.pinned).unwrap_or_default();
        let procedure = catalogue.find(saved.procedure, pinned).cloned();
        let missing = || DossierError::ProcedureMissing { procedure: saved.procedure.into(), from: pinned };
        let procedure = procedure.filter(|found| found.in_force_from == pinned).ok_or_else(missing)?;
        if checksum(bytes, &procedure, code) != *sum {
            let reason =
                "it was changed, or is of another dossier, or the routing of its procedure is another now";
            return Err(failed(reason.into()));
        }
        let at = |later: u32| Stamp(saved.submitted.saturating_add(later));
        let (since, last, accepted, ended, delivered) = saved.later;
        let words = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap_or_default());
        let mut dossier = Self {
            code: code.into(),
            unit: saved.unit.into(),
            procedure,
            version: (saved.keys.len() / 12) as u64,
            status: saved.status,
            channel: saved.channel,
            supplements: saved.supplements,
            digitised: (saved.flags & 1 != 0).then_some(saved.flags & 2 != 0),
            paid_online: saved.flags & 4 != 0,
            result: saved.result,
            electronic: saved.flags & 8 != 0,
            rating: saved.rating,
            back_to: saved.back_to,
            since: at(since),
            submitted: at(0),
            last: at(last),
            accepted: accepted.map(at),
            ended: ended.map(at),
            delivered: delivered.map(at),
            case: saved.case.map(Into::into),
            applicant: saved.applicant.map(Into::into),
            clock: None,
            marking: Marking::from_bits(saved.marking),
            tasks: (saved.tasks.iter())
                .map(|SavedTask(step, from, suspension, since, assignee)| Task {
                    step: *step,
                    from: *from,
                    suspension: *suspension,
                    since: at(*since),
                    assignee: assignee.map(SmolStr::new),
                })
                .collect(),
            traces: (saved.keys.chunks_exact(12))
                .map(|key| Trace::from_words([words(&key[..4]), words(&key[4..8]), words(&key[8..])]))
                .collect(),
            apart: saved.apart,
        };
        let (bits, noted) = saved.done.split_at_checked(dossier.traces.len().div_ceil(8)).unwrap_or_default();
        let mut noted = noted.chunks_exact(8);
        for (place, trace) in dossier.traces.iter_mut().enumerate() {
            if bits.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1) {
                let bytes = noted.next().and_then(|bytes| bytes.try_into().ok());
                trace.set_done(bytes.map(|bytes| Done(u64::from_le_bytes(bytes))));
            }
        }
        dossier.clock = match (saved.clock, dossier.accepted) {
            (Some(clock), _) => Some(serde_json::from_str(clock).map_err(|error| failed(error.to_string()))?),
            (None, Some(accepted)) if saved.flags & 16 == 0 => {
                Some(dossier.new_clock(catalogue, accepted.at())?)
            }
            (None, _) => None,
        };
        Ok(dossier)
    }
}
