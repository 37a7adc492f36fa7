//! What a day is.

use crate::convert::from_json;
use chrono::NaiveDate;
use motcua::calendar::{Day, DayKind};
use motcua::deadline::ExplainedDay;
use pyo3::prelude::*;

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

/// A day, part by part.
type Parts = (NaiveDate, &'static str, [String; 2], [String; 2], bool, NaiveDate, String, bool);

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

    /// By its parts: it may be of any calendar.
    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, Parts)> {
        let Self { date, name_vi, name_en, source, url, verified, known_since, note, projected, .. } =
            self.clone();
        let (names, source) = ([name_vi, name_en], [source, url]);
        let parts = (date, self.kind(), names, source, verified, known_since, note, projected);
        Ok((py.get_type::<Self>().getattr("_rebuild")?.unbind(), parts))
    }

    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "the parts of a day")]
    fn _rebuild(
        date: NaiveDate,
        kind: &str,
        names: [String; 2],
        source: [String; 2],
        verified: bool,
        known_since: NaiveDate,
        note: String,
        projected: bool,
    ) -> PyResult<Self> {
        let kind = from_json(&format!("{kind:?}"), "kind of a day")?;
        let ([name_vi, name_en], [source, url]) = (names, source);
        Ok(Self { date, kind, name_vi, name_en, source, url, verified, known_since, note, projected })
    }
}
