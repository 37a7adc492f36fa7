//! What clocks answer, as dictionaries.

use crate::calendar::hashed;
use crate::convert::{At, Moment, state, to_python};
use crate::day::PyDay;
use crate::limit::{AnyLimit, PyLimitRule, PyTimeLimit};
use chrono::TimeDelta;
use motcua::deadline::{
    Change, Correction, Due, DueChange, DueRecord, Entry, Leg, LimitRule, Reappointment, Status, Suspension,
};
use motcua::dossier::Moved;
use pyo3::prelude::*;

/// When something is due, and as a word why it is not if there is no date.
#[derive(IntoPyObject)]
pub(crate) struct DueDict {
    due: Option<At>,
    state: &'static str,
}

impl From<Due> for DueDict {
    fn from(due: Due) -> Self {
        Self { due: due.at().map(At), state: state(due) }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct RecordDict {
    since: At,
    due: Option<At>,
    state: &'static str,
    cause: &'static str,
}

impl From<DueRecord> for RecordDict {
    fn from(record: DueRecord) -> Self {
        let DueDict { due, state } = record.due.into();
        Self { since: At(record.since), due, state, cause: record.cause.into() }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct StatusDict {
    at: At,
    phase: &'static str,
    due: Option<At>,
    state: &'static str,
    timeliness: Option<&'static str>,
    working_days_left: Option<i32>,
    working_time_left: Option<TimeDelta>,
    projected: bool,
}

impl From<Status> for StatusDict {
    fn from(status: Status) -> Self {
        let DueDict { due, state } = status.due.into();
        Self {
            at: At(status.at),
            phase: status.phase.into(),
            due,
            state,
            timeliness: status.timeliness.map(Into::into),
            working_days_left: status.working_days_left,
            working_time_left: status.working_time_left(),
            projected: status.projected,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct CorrectionDict {
    before: DueDict,
    after: DueDict,
    dues_before: Vec<RecordDict>,
    dues_after: Vec<RecordDict>,
}

impl From<Correction> for CorrectionDict {
    fn from(correction: Correction) -> Self {
        let Correction { before, after, dues_before, dues_after } = correction;
        let records = |dues: Vec<DueRecord>| dues.into_iter().map(Into::into).collect();
        Self {
            before: before.into(),
            after: after.into(),
            dues_before: records(dues_before),
            dues_after: records(dues_after),
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ChangeDict {
    before: DueDict,
    after: DueDict,
    because: Vec<(PyDay, PyDay)>,
}

impl From<DueChange<'_>> for ChangeDict {
    fn from(change: DueChange<'_>) -> Self {
        let because = change.because.into_iter().map(|day| (day.before.into(), day.after.into()));
        Self { before: change.before.into(), after: change.after.into(), because: because.collect() }
    }
}

/// A dossier whose due date an announcement moves.
#[derive(IntoPyObject)]
pub(crate) struct MovedDict {
    dossier: String,
    before: DueDict,
    after: DueDict,
    because: Vec<(PyDay, PyDay)>,
}

impl From<Moved<'_>> for MovedDict {
    fn from(moved: Moved<'_>) -> Self {
        let Moved { dossier, before, after, because } = moved;
        let ChangeDict { before, after, because } = DueChange { before, after, because }.into();
        Self { dossier: dossier.into(), before, after, because }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct MilestoneDict {
    pub(crate) name: String,
    pub(crate) due: Option<At>,
    pub(crate) state: &'static str,
}

#[derive(IntoPyObject)]
pub(crate) struct LegDict {
    name: String,
    rule: PyLimitRule,
    started: At,
    stopped: Option<At>,
}

impl From<&Leg> for LegDict {
    fn from(leg: &Leg) -> Self {
        let rule = PyLimitRule { rule: leg.rule };
        Self { name: leg.name.clone(), rule, started: At(leg.started), stopped: leg.stopped.map(At) }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ReappointmentDict {
    apologised: At,
    to: At,
    reason: String,
}

impl From<&Reappointment> for ReappointmentDict {
    fn from(put_off: &Reappointment) -> Self {
        let (apologised, to) = (At(put_off.apologised), At(put_off.to));
        Self { apologised, to, reason: put_off.reason.to_string() }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct SuspensionDict {
    from: At,
    to: Option<At>,
    reason: String,
    policy: &'static str,
    answer_within: Option<PyTimeLimit>,
}

impl From<&Suspension> for SuspensionDict {
    fn from(suspension: &Suspension) -> Self {
        let Suspension { from, to, reason, policy, answer_within } = suspension.clone();
        let answer_within = answer_within.map(|limit| PyTimeLimit { limit });
        let (reason, policy) = (reason.to_string(), policy.into());
        Self { from: At(from), to: to.map(At), reason, policy, answer_within }
    }
}

/// A suspension as it is given.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct GivenSuspension {
    pub(crate) from: Moment,
    #[pyo3(default)]
    pub(crate) to: Option<Moment>,
    pub(crate) reason: String,
    #[pyo3(default)]
    pub(crate) policy: Option<String>,
    #[pyo3(default)]
    pub(crate) answer_within: Option<AnyLimit>,
}

/// An entry of the ledger; its change is as [`Change`] is written, but for moments, which are `datetime`.
#[derive(IntoPyObject)]
pub(crate) struct EntryDict<'py> {
    at: At,
    recorded: At,
    change: Bound<'py, PyAny>,
}

impl<'py> EntryDict<'py> {
    pub(crate) fn of(py: Python<'py>, entry: &Entry) -> PyResult<Self> {
        let change = to_python(py, &entry.change)?;
        if let Change::Reappoint { to, .. } = &entry.change {
            change.get_item("reappoint")?.set_item("to", At(*to))?;
        }
        Ok(Self { at: At(entry.at), recorded: At(entry.recorded), change })
    }
}

/// The hash of a clock, by what is soon known of it.
pub(crate) fn clock_hash(rule: &LimitRule, started: chrono::NaiveDateTime, entries: usize) -> u64 {
    hashed(&(rule, started, entries))
}
