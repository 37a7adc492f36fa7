//! Clocks.

use crate::calendar::PyCalendar;
use crate::convert::{At, Moment, dumps, from_json, state, to_json, word};
use crate::errors::Failure;
use crate::explain::{PyExplanation, comparison};
use crate::limit::{AnyLimit, AnyRule, Options, PyLimitRule, PyTimeLimit};
use crate::told::{
    ChangeDict, CorrectionDict, EntryDict, GivenSuspension, LegDict, MilestoneDict, ReappointmentDict,
    RecordDict, StatusDict, SuspensionDict, clock_hash,
};
use chrono::NaiveTime;
use motcua::calendar::Calendar;
use motcua::deadline::{Change, Clock, DeadlineError, Due, Entry, Incident, Milestone, Suspension};
use pyo3::prelude::*;

/// The clock of one limit, and a ledger of what has happened to it. It never changes: suspending, resuming, stopping
/// and the like give a new one. `limit` is a limit or a whole `LimitRule`; what the keywords say belongs to a limit.
#[pyclass(name = "Clock", module = "motcua", frozen, eq)]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PyClock {
    pub(crate) clock: Clock,
}

type MaybeCalendar<'a, 'py> = Option<&'a Bound<'py, PyCalendar>>;

fn or_vietnam<'a>(calendar: MaybeCalendar<'a, '_>) -> &'a Calendar {
    calendar.map_or(Calendar::vietnam(), |calendar| &calendar.get().calendar)
}

impl PyClock {
    fn changed(&self, change: impl FnOnce(&mut Clock) -> Result<(), DeadlineError>) -> PyResult<Self> {
        let mut clock = self.clock.clone();
        change(&mut clock).map_err(Failure::from)?;
        Ok(Self { clock })
    }

    fn count(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<Due> {
        Ok(self.clock.due(or_vietnam(calendar)).map_err(Failure::from)?)
    }
}

#[pymethods]
impl PyClock {
    #[new]
    #[pyo3(signature = (
        limit, received, *, cut_off=None, after_cut_off="due_next_working_day", on_suspension="pause",
        second_stage=None, day_parts="half_days", day_end="office_hours", direction="after"
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        limit: AnyRule,
        received: Moment,
        cut_off: Option<NaiveTime>,
        after_cut_off: &str,
        on_suspension: &str,
        second_stage: Option<AnyLimit>,
        day_parts: &str,
        day_end: &str,
        direction: &str,
    ) -> PyResult<Self> {
        let options =
            Options { cut_off, after_cut_off, on_suspension, second_stage, day_parts, day_end, direction };
        Ok(Self { clock: Clock::new(options.rule(limit)?, received.0) })
    }

    /// Reads a clock that `to_json` wrote.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        Ok(Self { clock: from_json(text, "clock")? })
    }

    /// The clock with its ledger as JSON.
    fn to_json(&self) -> PyResult<String> {
        to_json(&self.clock)
    }

    /// The limit.
    #[getter]
    fn limit(&self) -> PyTimeLimit {
        PyTimeLimit { limit: self.clock.rule().limit }
    }

    /// The rule it runs by.
    #[getter]
    fn rule(&self) -> PyLimitRule {
        PyLimitRule { rule: *self.clock.rule() }
    }

    /// When it started.
    #[getter]
    fn received(&self) -> At {
        At(self.clock.started())
    }

    /// When it was stopped.
    #[getter]
    fn stopped(&self) -> Option<At> {
        self.clock.stopped().map(At)
    }

    /// All that was ever recorded, in the order of recording.
    #[getter]
    fn ledger<'py>(&self, py: Python<'py>) -> PyResult<Vec<EntryDict<'py>>> {
        self.clock.ledger().iter().map(|entry| EntryDict::of(py, entry)).collect()
    }

    /// All suspensions, in the order in which they began.
    #[getter]
    fn suspensions(&self) -> Vec<SuspensionDict> {
        self.clock.suspensions().iter().map(Into::into).collect()
    }

    /// The parts of the way that have a limit of their own.
    #[getter]
    fn legs(&self) -> Vec<LegDict> {
        self.clock.legs().iter().map(Into::into).collect()
    }

    /// The one time that the result was put off.
    #[getter]
    fn reappointment(&self) -> Option<ReappointmentDict> {
        self.clock.reappointment().map(Into::into)
    }

    /// The clock with other limits that run side by side with the first; the longest decides.
    fn with_parts(&self, parts: Vec<AnyLimit>) -> PyResult<Self> {
        let parts = parts.into_iter().map(AnyLimit::read).collect::<PyResult<_>>()?;
        Ok(Self { clock: self.clock.clone().with_parts(parts) })
    }

    /// The clock with what has to be done on the way: names, each with its limit from the start.
    fn with_milestones(&self, milestones: Vec<(String, AnyLimit)>) -> PyResult<Self> {
        let read = |(name, limit): (String, AnyLimit)| Ok(Milestone { name, limit: limit.read()? });
        let milestones = milestones.into_iter().map(read).collect::<PyResult<_>>()?;
        Ok(Self { clock: self.clock.clone().with_milestones(milestones) })
    }

    /// The clock with whole suspensions, in any order; they may overlap. Each is a dictionary as `suspensions` gives
    /// it; `from` and `reason` have to be there.
    fn with_suspensions(&self, suspensions: Vec<GivenSuspension>) -> PyResult<Self> {
        let read = |given: GivenSuspension| -> PyResult<Suspension> {
            let policy = given.policy.map(|policy| word(&policy, "policy")).transpose()?;
            Ok(Suspension {
                from: given.from.0,
                to: given.to.map(|to| to.0),
                reason: given.reason.into(),
                policy: policy.unwrap_or(self.clock.rule().on_suspension),
                answer_within: given.answer_within.map(AnyLimit::read).transpose()?,
            })
        };
        let suspensions = suspensions.into_iter().map(read).collect::<PyResult<_>>()?;
        let clock = self.clock.clone().with_suspensions(suspensions).map_err(Failure::from)?;
        Ok(Self { clock })
    }

    /// The clock with a suspension begun. `policy` is what it does: `pause`, `restart`, `keep_running` or
    /// `second_stage`; by default what the rule says. `answer_within` is how long the other side has to answer.
    #[pyo3(signature = (at, reason, policy=None, answer_within=None))]
    fn suspend(
        &self,
        at: Moment,
        reason: String,
        policy: Option<&str>,
        answer_within: Option<AnyLimit>,
    ) -> PyResult<Self> {
        let policy = policy.map(|policy| word(policy, "policy")).transpose()?;
        let policy = policy.unwrap_or(self.clock.rule().on_suspension);
        let answer_within = answer_within.map(AnyLimit::read).transpose()?;
        let reason = reason.into();
        self.changed(|clock| clock.change(at.0, Change::Suspend { reason, policy, answer_within }))
    }

    /// The clock with the suspension begun that the law has for an incident, one of `incidents()`.
    fn suspend_for(&self, at: Moment, incident: &str) -> PyResult<Self> {
        self.changed(|clock| clock.suspend_for(at.0, Incident::find(incident)?))
    }

    /// The clock with a suspension ended: the one of that number, from 0; without one, of those that last, the one that
    /// began last.
    #[pyo3(signature = (at, suspension=None))]
    fn resume(&self, at: Moment, suspension: Option<usize>) -> PyResult<Self> {
        self.changed(|clock| match suspension {
            Some(suspension) => clock.change(at.0, Change::Resume { suspension }),
            None => clock.resume(at.0),
        })
    }

    /// The clock with a longer limit; `kind` is `fixed` by law or `agreed` in writing.
    #[pyo3(signature = (at, by, reason, kind="fixed"))]
    fn extend(&self, at: Moment, by: AnyLimit, reason: String, kind: &str) -> PyResult<Self> {
        let (by, kind) = (by.read()?, word(kind, "kind of extension")?);
        let reason = reason.into();
        self.changed(|clock| clock.change(at.0, Change::Extend { by, kind, reason }))
    }

    /// The clock with a longer limit, as the law allows for an incident, one of `incidents()`.
    fn extend_for(&self, at: Moment, by: AnyLimit, incident: &str) -> PyResult<Self> {
        let by = by.read()?;
        self.changed(|clock| clock.extend_for(at.0, by, Incident::find(incident)?))
    }

    /// The clock with the result put off, with an apology, once.
    #[pyo3(signature = (at, to, reason, calendar=None))]
    fn reappoint(
        &self,
        at: Moment,
        to: Moment,
        reason: String,
        calendar: MaybeCalendar<'_, '_>,
    ) -> PyResult<Self> {
        self.changed(|clock| clock.reappoint(at.0, to.0, reason, or_vietnam(calendar)))
    }

    /// The clock with a part of the way begun that has a limit of its own.
    fn start_leg(&self, at: Moment, leg: String, limit: AnyRule) -> PyResult<Self> {
        let rule = limit.read()?;
        self.changed(|clock| clock.change(at.0, Change::StartLeg { leg, rule }))
    }

    /// The clock with that part of the way done.
    fn stop_leg(&self, at: Moment, leg: String) -> PyResult<Self> {
        self.changed(|clock| clock.change(at.0, Change::StopLeg { leg }))
    }

    /// The clock stopped for good; parts of the way such as a delivery may go on.
    fn stop(&self, at: Moment) -> PyResult<Self> {
        self.changed(|clock| clock.stop(at.0))
    }

    /// The clock without an entry of its ledger that was wrong, by its number from 0. The entry stays in the record.
    fn annul(&self, at: Moment, entry: usize) -> PyResult<Self> {
        self.changed(|clock| clock.change(at.0, Change::Annul { entry }))
    }

    /// The clock with something written down late, and what that changed. `change` is as in an entry of `ledger`.
    #[pyo3(signature = (at, recorded, change, calendar=None))]
    fn record(
        &self,
        at: Moment,
        recorded: Moment,
        change: &Bound<'_, PyAny>,
        calendar: MaybeCalendar<'_, '_>,
    ) -> PyResult<(Self, CorrectionDict)> {
        let change = from_json(&dumps(change)?, "change")?;
        let mut clock = self.clock.clone();
        let entry = Entry { at: at.0, recorded: recorded.0, change };
        let correction = clock.record(entry, or_vietnam(calendar)).map_err(Failure::from)?;
        Ok((Self { clock }, correction.into()))
    }

    /// The clock as it stood at a moment: with what had happened by then, whenever that was written down.
    fn as_of(&self, at: Moment) -> PyResult<Self> {
        Ok(Self { clock: self.clock.as_of(at.0).map_err(Failure::from)? })
    }

    /// The clock as it was known at a moment: with what had been written down by then.
    fn as_known_at(&self, at: Moment) -> PyResult<Self> {
        Ok(Self { clock: self.clock.as_known_at(at.0).map_err(Failure::from)? })
    }

    /// When the result is due, Vietnam time; `None` while suspended, or if no limit is stated or known.
    #[pyo3(signature = (calendar=None))]
    fn due(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<Option<At>> {
        Ok(self.count(calendar)?.at().map(At))
    }

    /// `at`, `projected` (an announcement may still move it), `suspended`, `not_stated` or `unknown`.
    #[pyo3(signature = (calendar=None))]
    fn state(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<&'static str> {
        Ok(state(self.count(calendar)?))
    }

    /// Every due date that ever held, in the order of time, with its cause. The last one holds now.
    #[pyo3(signature = (calendar=None))]
    fn dues(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<Vec<RecordDict>> {
        let dues = self.clock.dues(or_vietnam(calendar)).map_err(Failure::from)?;
        Ok(dues.into_iter().map(Into::into).collect())
    }

    /// How the clock stands at a moment, with what had happened by then; early and late are told apart by `date` or by
    /// `instant`.
    #[pyo3(signature = (at, by="date", calendar=None))]
    fn status(&self, at: Moment, by: &str, calendar: MaybeCalendar<'_, '_>) -> PyResult<StatusDict> {
        let status = self.clock.status(at.0, comparison(by)?, or_vietnam(calendar));
        Ok(status.map_err(Failure::from)?.into())
    }

    /// When a leg is due.
    #[pyo3(signature = (leg, calendar=None))]
    fn leg_due(&self, leg: &str, calendar: MaybeCalendar<'_, '_>) -> PyResult<Option<At>> {
        Ok(self.clock.leg_due(leg, or_vietnam(calendar)).map_err(Failure::from)?.at().map(At))
    }

    /// When each milestone is due; suspensions move them as they move the whole.
    #[pyo3(signature = (calendar=None))]
    fn milestones(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<Vec<MilestoneDict>> {
        let milestones = self.clock.milestones(or_vietnam(calendar)).map_err(Failure::from)?;
        let told = milestones.into_iter().map(|(name, due)| MilestoneDict {
            name: name.into(),
            due: due.at().map(At),
            state: state(due),
        });
        Ok(told.collect())
    }

    /// By when the papers go on to who handles them.
    #[pyo3(signature = (calendar=None))]
    fn forward_by(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<At> {
        Ok(At(self.clock.forward_by(or_vietnam(calendar)).map_err(Failure::from)?))
    }

    /// When the dossier may be closed because what was asked for did not come; `None` if nothing is waited for.
    #[pyo3(signature = (calendar=None))]
    fn lapses(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<Option<At>> {
        Ok(self.clock.lapses(or_vietnam(calendar)).map_err(Failure::from)?.map(At))
    }

    /// The due date by two calendars, such as one as known on an earlier day, and the days that make the difference.
    fn compare(&self, before: &Bound<'_, PyCalendar>, after: &Bound<'_, PyCalendar>) -> PyResult<ChangeDict> {
        let change = self.clock.compare(&before.get().calendar, &after.get().calendar);
        Ok(change.map_err(Failure::from)?.into())
    }

    /// Why the due date is what it is.
    #[pyo3(signature = (calendar=None))]
    fn explain(&self, calendar: MaybeCalendar<'_, '_>) -> PyResult<PyExplanation> {
        let calendar = PyCalendar::of(calendar).calendar;
        let explanation = self.clock.explain(&calendar).map_err(Failure::from)?;
        Ok(PyExplanation { explanation, calendar })
    }

    fn __repr__(&self) -> String {
        let suspensions = match self.clock.suspensions().len() {
            0 => String::new(),
            1 => ", 1 suspension".into(),
            n => format!(", {n} suspensions"),
        };
        let started = self.clock.started().format("%Y-%m-%d %H:%M");
        format!("<Clock {} from {started}{suspensions}>", self.clock.rule().limit)
    }

    fn __hash__(&self) -> u64 {
        clock_hash(self.clock.rule(), self.clock.started(), self.clock.ledger().len())
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?.unbind(), (self.to_json()?,)))
    }
}
