//! Limits that depend on the case, and what the law says of incidents.

use crate::calendar::hashed;
use crate::clock::PyClock;
use crate::convert::Moment;
use crate::errors::Failure;
use crate::limit::PyTimeLimit;
use chrono::NaiveDate;
use motcua::deadline::{Case, Incident, LimitTable};
use pyo3::prelude::*;
use std::collections::BTreeMap;

/// Limits with conditions, one `[[limit]]` of TOML for each row: the first row that fits a case holds. `file` is the
/// name of the text in what is told of it.
#[pyclass(name = "LimitTable", module = "motcua", frozen)]
pub(crate) struct PyLimitTable {
    text: String,
    file: String,
    table: LimitTable,
}

#[pymethods]
impl PyLimitTable {
    #[new]
    #[pyo3(signature = (text, file="limits.toml"))]
    fn new(text: String, file: &str) -> PyResult<Self> {
        let table = LimitTable::load(file, &text).map_err(Failure::from)?;
        Ok(Self { text, file: file.into(), table })
    }

    /// The clock of a case, started at the moment of the event from which its limit counts. `on` is the day whose law
    /// applies; facts are words by name, and one that is not named counts as `no`; events are moments by name.
    #[pyo3(signature = (on, facts=None, quantity=None, events=None))]
    fn clock(
        &self,
        on: NaiveDate,
        facts: Option<BTreeMap<String, String>>,
        quantity: Option<u32>,
        events: Option<BTreeMap<String, Moment>>,
    ) -> PyResult<PyClock> {
        let events = events.unwrap_or_default().into_iter().map(|(name, at)| (name, at.0)).collect();
        let case = Case { on, facts: facts.unwrap_or_default(), quantity, events };
        Ok(PyClock { clock: self.table.clock(&case).map_err(Failure::from)? })
    }

    fn __len__(&self) -> usize {
        self.table.rows.len()
    }

    fn __repr__(&self) -> String {
        format!("<LimitTable {:?}, {} rows>", self.file, self.table.rows.len())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.text == other.get().text)
    }

    fn __hash__(&self) -> u64 {
        hashed(&self.text)
    }

    fn __reduce__(&self, py: Python<'_>) -> (Py<PyAny>, (String, String)) {
        (py.get_type::<Self>().into_any().unbind(), (self.text.clone(), self.file.clone()))
    }
}

/// A rule of law on what happens to the clock.
#[derive(IntoPyObject)]
pub(crate) struct IncidentDict {
    id: &'static str,
    text_vi: &'static str,
    text_en: &'static str,
    effect: &'static str,
    fields: Vec<String>,
    procedures: Vec<String>,
    answer_within: Option<PyTimeLimit>,
    unanswered: Option<&'static str>,
    at_most: Option<PyTimeLimit>,
    in_all: Option<PyTimeLimit>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    source: &'static str,
    verified: bool,
}

/// What the law says of the clock when something happens on the way: all rules that the library knows.
#[pyfunction]
pub(crate) fn incidents() -> Vec<IncidentDict> {
    let told = |incident: &'static Incident| {
        let limit = |limit: Option<motcua::deadline::TimeLimit>| limit.map(|limit| PyTimeLimit { limit });
        IncidentDict {
            id: &incident.id,
            text_vi: &incident.text_vi,
            text_en: &incident.text_en,
            effect: incident.effect.into(),
            fields: incident.fields.clone(),
            procedures: incident.procedures.clone(),
            answer_within: limit(incident.answer_within),
            unanswered: incident.unanswered.map(Into::into),
            at_most: limit(incident.at_most),
            in_all: limit(incident.in_all),
            from: incident.from,
            to: incident.to,
            source: &incident.source,
            verified: incident.verified,
        }
    };
    Incident::all().iter().map(told).collect()
}
