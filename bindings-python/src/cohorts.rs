//! Cohorts: dossiers counted by group and span, a batch of columns after the other.

use crate::calendar::PyCalendar;
use crate::convert::word;
use crate::errors::{Failure, gate};
use chrono::NaiveDate;
use motcua::measure::{Cohort, Cohorts, Columns, Plan, Span};
use numpy::{Element, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::sync::Mutex;

/// Dossiers counted by a number and the month, quarter or year of reception. Rows come in batches, in any order; what was
/// counted apart is merged.
///
/// `groups` is how many numbers there are, from 0; `span` is `"month"`, `"quarter"` or `"year"`. Rows received before `first`
/// or after `last` are left out, and what is open is judged at the end of `last`. `calendar` says which days are working days,
/// Vietnam's if there is none; without `times` no handling times are counted, which takes a ninth of the memory.
#[pyclass(name = "Cohorts", module = "motcua", frozen)]
pub(crate) struct PyCohorts {
    cohorts: Mutex<Cohorts>,
}

impl PyCohorts {
    /// Runs a call without holding the interpreter. After a fault these cohorts are unusable.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut Cohorts) -> Result<T, Failure> + Send,
    ) -> PyResult<T> {
        gate(py, || {
            let broken = |_| Failure::internal("an earlier call broke these cohorts");
            call(&mut *self.cohorts.lock().map_err(broken)?)
        })
    }

    fn of(cohorts: Cohorts) -> Self {
        Self { cohorts: Mutex::new(cohorts) }
    }
}

/// Group, days of reception, of falling due and of settlement, three flags and the rating, as `_cohorts.py` reads them.
type Read<'py> = (
    PyReadonlyArray1<'py, u32>,
    PyReadonlyArray1<'py, i32>,
    PyReadonlyArray1<'py, i32>,
    PyReadonlyArray1<'py, i32>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, i8>,
);

type Count = fn(&Cohort) -> u64;

/// The counts that `table` shows, by name.
const COUNTS: [(&str, Count); 14] = [
    ("received", |cohort| cohort.received),
    ("resolved", |cohort| cohort.resolved),
    ("early", |cohort| cohort.early),
    ("on_time", |cohort| cohort.on_time),
    ("late", |cohort| cohort.late),
    ("open_in_time", |cohort| cohort.open_in_time),
    ("overdue", |cohort| cohort.overdue),
    ("online", |cohort| cohort.online),
    ("digitised", |cohort| cohort.digitised.numerator),
    ("digitised_known", |cohort| cohort.digitised.denominator),
    ("paid_online", |cohort| cohort.paid_online.numerator),
    ("obliged", |cohort| cohort.paid_online.denominator),
    ("rated", |cohort| cohort.ratings.0),
    ("rating_sum", |cohort| cohort.ratings.1),
];

fn array<T: Element>(py: Python<'_>, values: Vec<T>) -> Bound<'_, PyAny> {
    PyArray1::from_vec(py, values).into_any()
}

#[pymethods]
impl PyCohorts {
    #[new]
    #[pyo3(signature = (groups, span, first, last, *, calendar=None, times=true))]
    fn new(
        py: Python<'_>,
        groups: u32,
        span: &str,
        first: NaiveDate,
        last: NaiveDate,
        calendar: Option<&Bound<'_, PyCalendar>>,
        times: bool,
    ) -> PyResult<Self> {
        let span: Span = word(span, "span of time")?;
        let calendar = PyCalendar::of(calendar).calendar;
        let times = times.then_some(&*calendar);
        Ok(Self::of(gate(py, || Ok(Cohorts::new(&Plan { groups, span, first, last, times })?))?))
    }

    /// Counts a batch: what gives a column for a name, such as a record batch or table of pyarrow, a frame of pandas or Polars,
    /// or a dictionary of columns. `names` says what columns are called that are not called `group`, `received`, `due`,
    /// `finished`, `online`, `digitised`, `paid_online` and `rating`; one that is called `None` is not there, and so not known.
    /// If a row cannot be counted, nothing of the batch is. `threads` are worth it for batches of millions of rows.
    #[pyo3(signature = (table, names=None, *, threads=1))]
    fn add(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        names: Option<&Bound<'_, PyAny>>,
        threads: usize,
    ) -> PyResult<()> {
        let read = py.import("motcua._cohorts")?.getattr("read")?.call1((table, names))?;
        let (group, received, due, finished, online, digitised, paid_online, rating) =
            read.extract::<Read<'_>>()?;
        let columns = Columns {
            group: group.as_slice()?,
            received: received.as_slice()?,
            due: due.as_slice()?,
            finished: finished.as_slice()?,
            online: online.as_slice()?,
            digitised: digitised.as_slice()?,
            paid_online: paid_online.as_slice()?,
            rating: rating.as_slice()?,
        };
        self.with(py, |cohorts| Ok(cohorts.add(&columns, threads)?))
    }

    /// Adds what was counted of other rows by the same plan.
    fn merge(&self, py: Python<'_>, other: &Bound<'_, Self>) -> PyResult<()> {
        // Never two locks at once: the other one may be this one, or be merged with it elsewhere.
        let other = other.get().with(py, |other| Ok(other.clone()))?;
        self.with(py, |cohorts| Ok(cohorts.merge(&other)?))
    }

    /// What was counted, as columns of NumPy by name: a row for each span and group that has dossiers, in this order, with the
    /// first day of the span. `p50` and so on are percentiles of the working days that those settled took; they are NaN where
    /// there is none.
    #[pyo3(signature = (percentiles=vec![50.0, 90.0]))]
    fn table<'py>(&self, py: Python<'py>, percentiles: Vec<f64>) -> PyResult<Bound<'py, PyDict>> {
        if let Some(wrong) = percentiles.iter().find(|percent| !(0.0..=100.0).contains(*percent)) {
            return Err(PyValueError::new_err(format!("{wrong} is no percentile; use 0 to 100")));
        }
        // Says so if NumPy is not there.
        py.import("motcua._kinds")?;
        let (rows, took) = self.with(py, |cohorts| {
            let rows: Vec<_> = cohorts.table().collect();
            let of = |percent: &f64| -> Vec<f64> {
                let took = |(begin, group, _): &(NaiveDate, u32, Cohort)| {
                    cohorts.percentile(*group, *begin, *percent).unwrap_or(f64::NAN)
                };
                rows.iter().map(took).collect()
            };
            let took: Vec<_> = percentiles.iter().map(of).collect();
            Ok((rows, took))
        })?;
        let table = PyDict::new(py);
        table.set_item("group", array(py, rows.iter().map(|(_, group, _)| *group).collect()))?;
        let day = |begin: NaiveDate| begin.signed_duration_since(NaiveDate::default()).num_days();
        let begins = array(py, rows.iter().map(|(begin, ..)| day(*begin)).collect());
        table.set_item("span", begins.call_method1("view", ("M8[D]",))?)?;
        for (name, count) in COUNTS {
            // No count is near the largest number of 63 bits.
            let counts = rows.iter().map(|(.., cohort)| count(cohort).cast_signed());
            table.set_item(name, array(py, counts.collect()))?;
        }
        for (percent, took) in percentiles.iter().zip(took) {
            table.set_item(format!("p{percent}"), array(py, took))?;
        }
        Ok(table)
    }

    /// How many groups there are.
    #[getter]
    fn groups(&self, py: Python<'_>) -> PyResult<u32> {
        self.with(py, |cohorts| Ok(cohorts.groups()))
    }

    /// By what spans.
    #[getter]
    fn span(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.with(py, |cohorts| Ok(cohorts.span().into()))
    }

    /// The first day of reception.
    #[getter]
    fn first(&self, py: Python<'_>) -> PyResult<NaiveDate> {
        self.with(py, |cohorts| Ok(cohorts.first()))
    }

    /// The last day of reception.
    #[getter]
    fn last(&self, py: Python<'_>) -> PyResult<NaiveDate> {
        self.with(py, |cohorts| Ok(cohorts.last()))
    }

    /// How many rows came, with those that were left out.
    #[getter]
    fn rows(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |cohorts| Ok(cohorts.rows()))
    }

    /// How many rows were left out, since they were received before or after, or have no day of reception.
    #[getter]
    fn outside(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |cohorts| Ok(cohorts.outside()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |cohorts| {
            let (groups, span): (_, &str) = (cohorts.groups(), cohorts.span().into());
            let (first, last, rows) = (cohorts.first(), cohorts.last(), cohorts.rows());
            Ok(format!("<Cohorts of {groups} groups by {span}, {first} to {last}: {rows} rows>"))
        })
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        let other = other.get().with(py, |other| Ok(other.clone()))?;
        self.with(py, |cohorts| Ok(*cohorts == other))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let bytes = self.with(py, |cohorts| Ok(cohorts.to_bytes()))?;
        Ok((py.get_type::<Self>().getattr("_rebuild")?, (PyBytes::new(py, &bytes),)))
    }

    #[staticmethod]
    fn _rebuild(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        Ok(Self::of(gate(py, || Ok(Cohorts::from_bytes(bytes)?))?))
    }
}
