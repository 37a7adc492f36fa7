//! Working days and working time.

use crate::convert::Moment;
use crate::errors::Failure;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::{Calendar, Day, DayKind};
use motcua::deadline::ExplainedDay;
use pyo3::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Working days and office hours over a span of years.
#[pyclass(name = "Calendar", module = "motcua", frozen)]
pub(crate) struct PyCalendar {
    pub(crate) calendar: Arc<Calendar>,
}

#[pymethods]
impl PyCalendar {
    /// The calendar of Vietnam's public sector: 2013 to 2027 as announced, to 2100 projected by rule.
    #[staticmethod]
    fn vietnam() -> Self {
        Self { calendar: Arc::clone(Calendar::vietnam()) }
    }

    /// The first day it knows.
    #[getter]
    fn first_day(&self) -> NaiveDate {
        self.calendar.first_day()
    }

    /// The last day it knows.
    #[getter]
    fn last_day(&self) -> NaiveDate {
        self.calendar.last_day()
    }

    /// The last day that rests on announcements; later days are projected by rule.
    #[getter]
    fn announced_to(&self) -> NaiveDate {
        self.calendar.announced_to()
    }

    /// What a day is, and why.
    fn day(&self, date: NaiveDate) -> PyResult<PyDay> {
        Ok(self.calendar.day(date).map_err(Failure::from)?.into())
    }

    /// Whether offices work on a day.
    fn is_working_day(&self, date: NaiveDate) -> PyResult<bool> {
        Ok(self.calendar.is_working_day(date).map_err(Failure::from)?)
    }

    /// The n-th working day after a date, which itself is not counted; with a negative n before it, with 0 the date
    /// itself. Worked Saturdays count.
    fn add_working_days(&self, date: NaiveDate, n: i32) -> PyResult<NaiveDate> {
        Ok(self.calendar.add_working_days(date, n).map_err(Failure::from)?)
    }

    /// The working days after `start` up to and including `end`; negative if `end` is earlier.
    fn count_working_days(&self, start: NaiveDate, end: NaiveDate) -> PyResult<i32> {
        Ok(self.calendar.count_working_days(start, end).map_err(Failure::from)?)
    }

    /// The moment after so much working time, which may be negative.
    fn add_working_time(&self, at: Moment, time: TimeDelta) -> PyResult<NaiveDateTime> {
        Ok(self.calendar.add_working_time(at.0, time).map_err(Failure::from)?)
    }

    /// The working time from one moment to another; negative if `end` is earlier.
    fn count_working_time(&self, start: Moment, end: Moment) -> PyResult<TimeDelta> {
        Ok(self.calendar.count_working_time(start.0, end.0).map_err(Failure::from)?)
    }

    fn __repr__(&self) -> String {
        format!("Calendar.vietnam()  # {} to {}", self.calendar.first_day(), self.calendar.last_day())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| Arc::ptr_eq(&self.calendar, &other.get().calendar))
    }

    fn __hash__(&self) -> usize {
        Arc::as_ptr(&self.calendar).addr()
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, ())> {
        Ok((py.get_type::<Self>().getattr("vietnam")?.unbind(), ()))
    }
}

/// A day, and why it is what it is.
#[pyclass(name = "Day", module = "motcua", frozen, eq, hash)]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PyDay {
    /// The date.
    #[pyo3(get)]
    date: NaiveDate,
    kind: DayKind,
    /// Vietnamese name of the holiday or rest day; empty for an ordinary working day.
    #[pyo3(get)]
    name_vi: String,
    /// The same in English.
    #[pyo3(get)]
    name_en: String,
    /// The act or announcement.
    #[pyo3(get)]
    source: String,
    /// Address of the text.
    #[pyo3(get)]
    url: String,
    /// Whether the text was read and says so.
    #[pyo3(get)]
    verified: bool,
    /// Since when one could know it.
    #[pyo3(get)]
    known_since: NaiveDate,
    /// Why an announcement differs from what the rules give; empty if it does not.
    #[pyo3(get)]
    note: String,
    /// Whether an announcement may still change the day.
    #[pyo3(get)]
    projected: bool,
}

impl From<Day<'_>> for PyDay {
    fn from(day: Day<'_>) -> Self {
        let ExplainedDay {
            date,
            kind,
            name_vi,
            name_en,
            source,
            url,
            verified,
            known_since,
            note,
            projected,
        } = day.into();
        Self { date, kind, name_vi, name_en, source, url, verified, known_since, note, projected }
    }
}

#[pymethods]
impl PyDay {
    /// `working`, `worked`, `weekly_rest`, `holiday`, `compensatory`, `swapped_off`, `unit_open` or `unit_closed`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind.into()
    }

    /// Whether offices work on it.
    #[getter]
    fn is_working(&self) -> bool {
        self.kind.is_working()
    }

    fn __repr__(&self) -> String {
        let name = if self.name_en.is_empty() { String::new() } else { format!(", {:?}", self.name_en) };
        format!("<Day {} {}{name}>", self.date, self.kind())
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (NaiveDate,))> {
        let calendar = Py::new(py, PyCalendar::vietnam())?;
        Ok((calendar.getattr(py, "day")?, (self.date,)))
    }
}

pub(crate) fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
