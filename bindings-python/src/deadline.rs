//! Time limits, clocks and explanations.

use crate::calendar::{PyCalendar, hashed};
use crate::convert::{Moment, to_python, word};
use crate::errors::Failure;
use chrono::{NaiveDateTime, NaiveTime};
use motcua::calendar::Calendar;
use motcua::deadline::{
    Clock, Comparison, CutOff, CutOffEffect, Due, Explanation, LimitRule, TimeLimit, Timeliness,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A time limit: `TimeLimit("3 working_day")`, or as documents write it, `TimeLimit("03 ngày làm việc")`.
#[pyclass(name = "TimeLimit", module = "motcua", frozen, eq, hash)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PyTimeLimit {
    limit: TimeLimit,
}

#[pymethods]
impl PyTimeLimit {
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        Ok(Self { limit: TimeLimit::parse(text).map_err(Failure::from)? })
    }

    /// The limit in Vietnamese.
    #[getter]
    fn vi(&self) -> String {
        self.limit.vi()
    }

    fn __str__(&self) -> String {
        self.limit.to_string()
    }

    fn __repr__(&self) -> String {
        format!("TimeLimit({:?})", self.limit.to_string())
    }

    fn __reduce__(&self, py: Python<'_>) -> (Py<PyAny>, (String,)) {
        (py.get_type::<Self>().into_any().unbind(), (self.limit.to_string(),))
    }
}

#[derive(FromPyObject)]
enum AnyLimit {
    Limit(Py<PyTimeLimit>),
    Text(String),
}

impl AnyLimit {
    fn read(self) -> PyResult<TimeLimit> {
        match self {
            Self::Limit(limit) => Ok(limit.get().limit),
            Self::Text(text) => Ok(TimeLimit::parse(&text).map_err(Failure::from)?),
        }
    }
}

type Suspended = (NaiveDateTime, Option<NaiveDateTime>, String, &'static str);
type Rebuilt =
    (String, NaiveDateTime, Option<NaiveTime>, &'static str, Vec<Suspended>, Option<NaiveDateTime>);

/// The clock of one limit. It never changes: suspending, resuming and stopping give a new one.
#[pyclass(name = "Clock", module = "motcua", frozen, eq)]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PyClock {
    clock: Clock,
}

impl PyClock {
    fn changed(
        &self,
        change: impl FnOnce(&mut Clock) -> Result<(), motcua::deadline::DeadlineError>,
    ) -> PyResult<Self> {
        let mut clock = self.clock.clone();
        change(&mut clock).map_err(Failure::from)?;
        Ok(Self { clock })
    }
}

fn or_vietnam<'a>(calendar: Option<&'a Bound<'_, PyCalendar>>) -> &'a Calendar {
    calendar.map_or(Calendar::vietnam(), |calendar| &calendar.get().calendar)
}

#[pymethods]
impl PyClock {
    #[new]
    #[pyo3(signature = (limit, received, *, cut_off=None, after_cut_off="due_next_working_day"))]
    fn new(
        limit: AnyLimit,
        received: Moment,
        cut_off: Option<NaiveTime>,
        after_cut_off: &str,
    ) -> PyResult<Self> {
        let effect = word(after_cut_off, "effect of a cut-off")?;
        let cut_off = cut_off.map(|time| CutOff { time, effect });
        let rule = LimitRule { cut_off, ..LimitRule::new(limit.read()?) };
        Ok(Self { clock: Clock::new(rule, received.0) })
    }

    /// The limit.
    #[getter]
    fn limit(&self) -> PyTimeLimit {
        PyTimeLimit { limit: self.clock.rule().limit }
    }

    /// When it started.
    #[getter]
    fn received(&self) -> NaiveDateTime {
        self.clock.started()
    }

    /// The clock with a suspension begun. `policy` is what it does: `pause`, `restart` or `keep_running`.
    #[pyo3(signature = (at, reason, policy="pause"))]
    fn suspend(&self, at: Moment, reason: &str, policy: &str) -> PyResult<Self> {
        let policy = word(policy, "policy")?;
        self.changed(|clock| clock.suspend(at.0, reason, policy))
    }

    /// The clock with its suspension ended.
    fn resume(&self, at: Moment) -> PyResult<Self> {
        self.changed(|clock| clock.resume(at.0))
    }

    /// The clock stopped for good.
    fn stop(&self, at: Moment) -> PyResult<Self> {
        self.changed(|clock| clock.stop(at.0))
    }

    /// When the result is due, Vietnam time; `None` while suspended, or if no limit is stated or known.
    #[pyo3(signature = (calendar=None))]
    fn due(&self, calendar: Option<&Bound<'_, PyCalendar>>) -> PyResult<Option<NaiveDateTime>> {
        Ok(self.clock.due(or_vietnam(calendar)).map_err(Failure::from)?.at())
    }

    /// `at`, `suspended`, `not_stated` or `unknown`.
    #[pyo3(signature = (calendar=None))]
    fn state(&self, calendar: Option<&Bound<'_, PyCalendar>>) -> PyResult<&'static str> {
        Ok(match self.clock.due(or_vietnam(calendar)).map_err(Failure::from)? {
            Due::At(_) => "at",
            Due::Suspended => "suspended",
            Due::NotStated => "not_stated",
            Due::Unknown => "unknown",
        })
    }

    /// Why the due date is what it is.
    #[pyo3(signature = (calendar=None))]
    fn explain(&self, calendar: Option<&Bound<'_, PyCalendar>>) -> PyResult<PyExplanation> {
        let explanation = self.clock.explain(or_vietnam(calendar)).map_err(Failure::from)?;
        Ok(PyExplanation { explanation })
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
        hashed(&(self.clock.rule(), self.clock.started(), self.clock.suspensions().len()))
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, Rebuilt)> {
        let rule = self.clock.rule();
        let suspensions = self.clock.suspensions().iter();
        let suspensions = suspensions.map(|s| (s.from, s.to, s.reason.clone(), s.policy.into()));
        let parts = (
            rule.limit.to_string(),
            self.clock.started(),
            rule.cut_off.map(|cut_off| cut_off.time),
            rule.cut_off.map_or(CutOffEffect::DueNextWorkingDay, |cut_off| cut_off.effect).into(),
            suspensions.collect(),
            self.clock.stopped(),
        );
        Ok((py.get_type::<Self>().getattr("_rebuild")?.unbind(), parts))
    }

    #[staticmethod]
    fn _rebuild(
        limit: AnyLimit,
        received: Moment,
        cut_off: Option<NaiveTime>,
        after_cut_off: &str,
        suspensions: Vec<(Moment, Option<Moment>, String, String)>,
        stopped: Option<Moment>,
    ) -> PyResult<Self> {
        let mut rebuilt = Self::new(limit, received, cut_off, after_cut_off)?;
        for (from, to, reason, policy) in suspensions {
            rebuilt = rebuilt.suspend(from, &reason, &policy)?;
            if let Some(to) = to {
                rebuilt = rebuilt.resume(to)?;
            }
        }
        match stopped {
            Some(at) => rebuilt.stop(at),
            None => Ok(rebuilt),
        }
    }
}

/// A due date with everything it rests on. `str()` gives English text.
#[pyclass(name = "Explanation", module = "motcua", frozen)]
pub(crate) struct PyExplanation {
    pub(crate) explanation: Explanation,
}

#[pymethods]
impl PyExplanation {
    /// When the result is due.
    #[getter]
    fn due(&self) -> Option<NaiveDateTime> {
        self.explanation.due.at()
    }

    /// Whether an announcement may still move the due date.
    #[getter]
    fn projected(&self) -> bool {
        self.explanation.projected
    }

    /// The explanation in Vietnamese.
    #[getter]
    fn vi(&self) -> String {
        self.explanation.vi()
    }

    /// Everything, as dictionaries and lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.explanation)
    }

    fn __str__(&self) -> String {
        self.explanation.to_string()
    }

    fn __repr__(&self) -> String {
        let due = self.due().map_or_else(|| "open".into(), |due| due.format("%Y-%m-%d %H:%M").to_string());
        format!("<Explanation of {}, due {due}>", self.explanation.limit)
    }
}

/// How a moment lies to its due one: `early`, `on_time` or `overdue`, told apart by `date` or by `instant`.
#[pyfunction]
#[pyo3(signature = (due, at, by="date"))]
pub(crate) fn timeliness(due: Moment, at: Moment, by: &str) -> PyResult<&'static str> {
    let by = match by {
        "date" => Comparison::ByDate,
        "instant" => Comparison::ByInstant,
        _ => return Err(PyValueError::new_err(format!("{by:?} is no comparison; use date or instant"))),
    };
    Ok(Timeliness::of(due.0, at.0, by).into())
}
