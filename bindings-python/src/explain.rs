//! Why a due date is what it is.

use crate::calendar::PyCalendar;
use crate::convert::{At, Moment, to_json, to_python};
use chrono::NaiveDate;
use motcua::calendar::Calendar;
use motcua::deadline::{Comparison, Explanation, Timeliness};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::Arc;

/// A due date with everything it rests on. `str()` gives English text.
#[pyclass(name = "Explanation", module = "motcua", frozen)]
pub(crate) struct PyExplanation {
    pub(crate) explanation: Explanation,
    /// The calendar by which it was explained.
    pub(crate) calendar: Arc<Calendar>,
}

#[pymethods]
impl PyExplanation {
    /// When the result is due.
    #[getter]
    fn due(&self) -> Option<At> {
        self.explanation.due.at().map(At)
    }

    /// Whether everything it rests on was read: the rules used and the days skipped.
    #[getter]
    fn verified(&self) -> bool {
        self.explanation.verified
    }

    /// The day as on which the calendar is known, if it was asked for one.
    #[getter]
    fn known_on(&self) -> Option<NaiveDate> {
        self.explanation.known_on
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

    /// Everything, as JSON text.
    fn to_json(&self) -> PyResult<String> {
        to_json(&self.explanation)
    }

    /// The explanation as an SVG picture: a grid for each month, with the start, the due date, days off and
    /// suspensions. It is drawn by the calendar by which it was explained, unless another is given.
    #[pyo3(signature = (calendar=None))]
    fn svg(&self, calendar: Option<&Bound<'_, PyCalendar>>) -> String {
        self.explanation.svg(calendar.map_or(&self.calendar, |calendar| &calendar.get().calendar))
    }

    fn __str__(&self) -> String {
        self.explanation.to_string()
    }

    fn __repr__(&self) -> String {
        let due = self.explanation.due.at();
        let due = due.map_or_else(|| "open".into(), |due| due.format("%Y-%m-%d %H:%M").to_string());
        format!("<Explanation of {}, due {due}>", self.explanation.limit)
    }
}

/// How a moment lies to its due one: `early`, `on_time` or `overdue`, told apart by `date` or by `instant`.
#[pyfunction]
#[pyo3(signature = (due, at, by="date"))]
pub(crate) fn timeliness(due: Moment, at: Moment, by: &str) -> PyResult<&'static str> {
    Ok(Timeliness::of(due.0, at.0, comparison(by)?).into())
}

pub(crate) fn comparison(by: &str) -> PyResult<Comparison> {
    match by {
        "date" => Ok(Comparison::ByDate),
        "instant" => Ok(Comparison::ByInstant),
        _ => Err(PyValueError::new_err(format!("{by:?} is no comparison; use date or instant"))),
    }
}
