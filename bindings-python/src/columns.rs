//! Columns of numbers, as `columns.py` makes them of whatever it is given: days or Vietnam seconds since 1970, the
//! smallest number missing. Each function fills `out` and gives the bad rows, or, unless `null`, raises them.

use crate::calendar::PyCalendar;
use crate::convert::word;
use crate::errors::{Failure, gate};
use crate::limit::PyLimitRule;
use motcua::calendar::CalendarError;
use motcua::calendar::column::{BadRows, Ends, Number, Rows, Values};
use motcua::deadline::LimitRule;
use motcua::deadline::column::DueColumns;
use numpy::{Element, PyReadonlyArray1, PyReadwriteArray1};
use pyo3::prelude::*;

/// One number for all rows, or a column of them.
#[derive(FromPyObject)]
pub(crate) enum Numbers<'py, T: Element> {
    Each(PyReadonlyArray1<'py, T>),
    All(T),
}

impl<T: Element + Copy> Numbers<'_, T> {
    fn values(&self) -> PyResult<Values<'_, T>> {
        Ok(match self {
            Self::Each(values) => Values::Each(values.as_slice()?),
            Self::All(value) => Values::All(*value),
        })
    }
}

/// Days: Arrow's are narrow, NumPy's are wide.
#[derive(FromPyObject)]
pub(crate) enum Days<'py> {
    Wide(PyReadonlyArray1<'py, i64>),
    Narrow(PyReadonlyArray1<'py, i32>),
}

/// Days for the result.
#[derive(FromPyObject)]
pub(crate) enum OutDays<'py> {
    Wide(PyReadwriteArray1<'py, i64>),
    Narrow(PyReadwriteArray1<'py, i32>),
}

/// On how many threads the rows are gone through, and whether bad ones are left missing.
#[derive(FromPyObject)]
pub(crate) struct Way(usize, bool);

impl Way {
    /// Runs a count without holding the interpreter.
    fn run<E: Into<Failure> + Send>(
        &self,
        py: Python<'_>,
        count: impl FnOnce(Rows) -> Result<(), BadRows<E>> + Send,
    ) -> PyResult<Vec<usize>> {
        let &Self(threads, null) = self;
        gate(py, || match count(Rows { threads }) {
            Ok(()) => Ok(Vec::new()),
            Err(bad) if null && !bad.rows.is_empty() => Ok(bad.rows),
            Err(bad) => Err(bad.into()),
        })
    }
}

#[pyfunction(name = "_add_working_days")]
pub(crate) fn add_working_days<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    dates: Days<'py>,
    steps: Numbers<'py, i64>,
    roll: &str,
    out: OutDays<'py>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let (calendar, steps) = (&calendar.get().calendar, steps.values()?);
    let roll = word(roll, "way to roll")?;
    match (&dates, out) {
        (Days::Wide(dates), OutDays::Wide(mut out)) => {
            let (dates, out) = (dates.as_slice()?, out.as_slice_mut()?);
            way.run(py, |rows| calendar.add_working_days_column(dates, steps, roll, rows, out))
        }
        (Days::Narrow(dates), OutDays::Narrow(mut out)) => {
            let (dates, out) = (dates.as_slice()?, out.as_slice_mut()?);
            way.run(py, |rows| calendar.add_working_days_column(dates, steps, roll, rows, out))
        }
        _ => Err(Failure::internal("the columns are not of one width").into()),
    }
}

/// The days of a column; one for all rows comes as a number.
#[derive(FromPyObject)]
pub(crate) enum Ended<'py> {
    Wide(Numbers<'py, i64>),
    Narrow(Numbers<'py, i32>),
}

#[pyfunction(name = "_count_working_days")]
pub(crate) fn count_working_days<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    start: Ended<'py>,
    end: Ended<'py>,
    first_excluded: bool,
    mut out: PyReadwriteArray1<'py, i64>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let calendar = &calendar.get().calendar;
    let ends = if first_excluded { Ends::FirstExcluded } else { Ends::LastExcluded };
    let out = out.as_slice_mut()?;
    match (&start, &end) {
        (Ended::Wide(start), Ended::Wide(end)) => {
            let (start, end) = (start.values()?, end.values()?);
            way.run(py, |rows| calendar.count_working_days_column(start, end, ends, rows, out))
        }
        (Ended::Narrow(start), Ended::Narrow(end)) => {
            let (start, end) = (start.values()?, end.values()?);
            way.run(py, |rows| calendar.count_working_days_column(start, end, ends, rows, out))
        }
        // One day for all rows is read as a wide one.
        (Ended::Narrow(start), Ended::Wide(Numbers::All(end))) => {
            let (start, end) = (start.values()?, Values::All(narrow(*end)));
            way.run(py, |rows| calendar.count_working_days_column(start, end, ends, rows, out))
        }
        (Ended::Wide(Numbers::All(start)), Ended::Narrow(end)) => {
            let (start, end) = (Values::All(narrow(*start)), end.values()?);
            way.run(py, |rows| calendar.count_working_days_column(start, end, ends, rows, out))
        }
        _ => Err(Failure::internal("the columns are not of one width").into()),
    }
}

/// A day among narrow ones; one that does not fit lies outside every calendar, and so does the largest that does.
fn narrow(day: i64) -> i32 {
    if day == i64::MISSING { i32::MISSING } else { i32::try_from(day).unwrap_or(i32::MAX) }
}

#[pyfunction(name = "_is_working_day")]
pub(crate) fn is_working_day<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    dates: Days<'py>,
    mut out: PyReadwriteArray1<'py, bool>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let (calendar, out) = (&calendar.get().calendar, out.as_slice_mut()?);
    match &dates {
        Days::Wide(dates) => {
            let dates = dates.as_slice()?;
            way.run(py, |rows| calendar.is_working_day_column(dates, rows, out))
        }
        Days::Narrow(dates) => {
            let dates = dates.as_slice()?;
            way.run(py, |rows| calendar.is_working_day_column(dates, rows, out))
        }
    }
}

#[pyfunction(name = "_add_working_seconds")]
pub(crate) fn add_working_seconds<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    at: PyReadonlyArray1<'py, i64>,
    time: Numbers<'py, i64>,
    mut out: PyReadwriteArray1<'py, i64>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let (calendar, at, time, out) =
        (&calendar.get().calendar, at.as_slice()?, time.values()?, out.as_slice_mut()?);
    way.run::<CalendarError>(py, |rows| calendar.add_working_seconds_column(at, time, rows, out))
}

#[pyfunction(name = "_count_working_seconds")]
pub(crate) fn count_working_seconds<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    start: Numbers<'py, i64>,
    end: Numbers<'py, i64>,
    mut out: PyReadwriteArray1<'py, i64>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let (calendar, start, end, out) =
        (&calendar.get().calendar, start.values()?, end.values()?, out.as_slice_mut()?);
    way.run::<CalendarError>(py, |rows| calendar.count_working_seconds_column(start, end, rows, out))
}

/// The columns of the suspensions, from and to.
type Suspended<'py> = (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>);

#[pyfunction(name = "_due")]
#[expect(clippy::too_many_arguments, reason = "only `columns.py` calls it")]
pub(crate) fn due<'py>(
    py: Python<'py>,
    calendar: &Bound<'py, PyCalendar>,
    received: PyReadonlyArray1<'py, i64>,
    rules: Vec<Py<PyLimitRule>>,
    which: Numbers<'py, u16>,
    suspended: Option<Suspended<'py>>,
    mut out: PyReadwriteArray1<'py, i64>,
    way: Way,
) -> PyResult<Vec<usize>> {
    let (calendar, out) = (&calendar.get().calendar, out.as_slice_mut()?);
    let rules: Vec<LimitRule> = rules.iter().map(|rule| rule.get().rule).collect();
    let suspended = match &suspended {
        Some((from, to)) => Some((from.as_slice()?, to.as_slice()?)),
        None => None,
    };
    let (received, which) = (received.as_slice()?, which.values()?);
    let columns = DueColumns { received, rules: &rules, which, suspended };
    way.run(py, |rows| motcua::deadline::column::due(calendar, &columns, rows, out))
}
