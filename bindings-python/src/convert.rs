//! Values on their way in and out.

use crate::errors::Failure;
use chrono::{Datelike, NaiveDateTime, Timelike};
use motcua::deadline::Due;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDelta, PyType, PyTzInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use strum::VariantNames;

/// A `datetime`, Vietnam time. One with a time zone is converted.
pub(crate) struct Moment(pub(crate) NaiveDateTime);

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let zone = object.getattr("tzinfo");
        if zone.is_ok_and(|zone| !zone.is_none()) {
            let vietnam = PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, 7 * 3600, 0, false)?)?;
            let converted = object.call_method1("astimezone", (vietnam,))?;
            let naive =
                converted.call_method("replace", (), Some(&[("tzinfo", py.None())].into_py_dict(py)?))?;
            return Ok(Self(naive.extract()?));
        }
        Ok(Self(object.extract()?))
    }
}

/// A moment as `datetime` without a zone. The type is looked up once and called: under the stable ABI a look-up each
/// time would take longer than the count.
pub(crate) struct At(pub(crate) NaiveDateTime);

impl<'py> IntoPyObject<'py> for At {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let (date, time) = (self.0.date(), self.0.time());
        let parts = (date.year(), date.month(), date.day(), time.hour(), time.minute(), time.second());
        DATETIME.import(py, "datetime", "datetime")?.call1(parts)
    }
}

/// What a due date is, as a word.
pub(crate) fn state(due: Due) -> &'static str {
    match due {
        Due::At(_) => "at",
        Due::Projected(_) => "projected",
        Due::Suspended => "suspended",
        Due::NotStated => "not_stated",
        Due::Unknown => "unknown",
    }
}

/// A value as Python dictionaries and lists, by way of JSON.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (to_json(value)?,))
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl Serialize) -> PyResult<String> {
    Ok(serde_json::to_string(value).map_err(|error| Failure::internal(&error.to_string()))?)
}

/// A value from JSON text.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> PyResult<T> {
    let told = |error| PyValueError::new_err(format!("the {what} cannot be read: {error}"));
    serde_json::from_str(text).map_err(told)
}

/// One of the words that a type has, as files write them.
pub(crate) fn word<T: FromStr + VariantNames>(text: &str, what: &str) -> PyResult<T> {
    T::from_str(text).map_err(|_| {
        let known = match T::VARIANTS {
            [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            all => all.concat(),
        };
        PyValueError::new_err(format!("{text:?} is no {what}; use {known}"))
    })
}

/// A Python value as JSON text; moments may be `datetime`.
pub(crate) fn dumps(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = value.py();
    let moments = py.import("datetime")?.getattr("datetime")?.getattr("isoformat")?;
    let options = [("default", moments)].into_py_dict(py)?;
    py.import("json")?.call_method("dumps", (value,), Some(&options))?.extract()
}
