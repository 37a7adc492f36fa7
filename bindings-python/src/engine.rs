//! The workflow engine.

use crate::convert::{Moment, dumps, to_python};
use crate::errors::{Failure, gate};
use crate::explain::PyExplanation;
use chrono::NaiveDate;
use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::dossier::Organisation;
use motcua::journal::{SqliteJournal, WorkFilter};
use motcua::measure::Period;
use motcua::procedure::Catalogue;
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// An engine on one journal file, which is made if there is none.
///
/// `organisation` is TOML with units and officers; `procedures` is TOML with procedures of one's own, besides those of
/// the library.
#[pyclass(name = "Engine", module = "motcua", frozen)]
pub(crate) struct PyEngine {
    path: PathBuf,
    engine: Mutex<Engine<SqliteJournal>>,
}

impl PyEngine {
    /// Runs a call on the engine without holding the interpreter. After a fault the engine is unusable.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut Engine<SqliteJournal>) -> Result<T, motcua::EngineError> + Send,
    ) -> PyResult<T> {
        gate(py, || {
            let mut engine =
                self.engine.lock().map_err(|_| Failure::internal("an earlier call broke this engine"))?;
            Ok(call(&mut engine)?)
        })
    }
}

#[pymethods]
impl PyEngine {
    #[new]
    #[pyo3(signature = (path, organisation, procedures=None))]
    fn new(py: Python<'_>, path: PathBuf, organisation: &str, procedures: Option<&str>) -> PyResult<Self> {
        let (catalogue, organisation) = gate(py, || {
            let catalogue = match procedures {
                None => Arc::clone(Catalogue::embedded()),
                Some(own) => Catalogue::embedded_and("procedures", own)?,
            };
            let organisation = Organisation::load(&catalogue, &[("organisation", organisation)])?;
            Ok((catalogue, organisation))
        })?;
        let journal = gate(py, || Ok(SqliteJournal::open(&path)?))?;
        let engine = Engine::new(catalogue, Arc::clone(Calendar::vietnam()), organisation, journal);
        Ok(Self { path, engine: Mutex::new(engine) })
    }

    /// Carries out one command and stores its event. A refused command changes nothing.
    fn command<'py>(&self, py: Python<'py>, command: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let command = dumps(command)?;
        let answer = self.with(py, |engine| engine.handle_json(&command))?;
        to_python(py, &answer)
    }

    /// The events of a dossier; empty for an unknown one.
    fn events<'py>(&self, py: Python<'py>, dossier: &str) -> PyResult<Bound<'py, PyAny>> {
        let events = self.with(py, |engine| engine.events(dossier))?;
        to_python(py, &events)
    }

    /// A dossier as it stands; `None` for an unknown one.
    fn dossier<'py>(&self, py: Python<'py>, dossier: &str) -> PyResult<Bound<'py, PyAny>> {
        let dossier = self.with(py, |engine| engine.dossier(dossier))?;
        to_python(py, &dossier)
    }

    /// What is to be done, earliest due first.
    #[pyo3(signature = (*, unit=None, role=None, assignee=None, due_before=None))]
    fn work_list<'py>(
        &self,
        py: Python<'py>,
        unit: Option<String>,
        role: Option<String>,
        assignee: Option<String>,
        due_before: Option<Moment>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let filter = WorkFilter { unit, role, assignee, due_before: due_before.map(|before| before.0) };
        let work = self.with(py, |engine| engine.work_list(&filter))?;
        to_python(py, &work)
    }

    /// The report of a span of days: Biểu 06/VPCP/KSTT by field, the ratios, and the scorecard of QĐ 766.
    fn report<'py>(&self, py: Python<'py>, first: NaiveDate, last: NaiveDate) -> PyResult<Bound<'py, PyAny>> {
        let period = Period::new(first, last).map_err(Failure::from)?;
        let report = self.with(py, |engine| engine.report(period))?;
        to_python(py, &report)
    }

    /// Why a dossier is due when it is; `None` if there is no such dossier, or its clock has not started.
    fn explain_due(&self, py: Python<'_>, dossier: &str) -> PyResult<Option<PyExplanation>> {
        let explanation = self.with(py, |engine| engine.explain_due(dossier))?;
        let calendar = Arc::clone(Calendar::vietnam());
        Ok(explanation.map(|explanation| PyExplanation { explanation, calendar }))
    }

    fn __repr__(&self) -> String {
        format!("<Engine on {:?}>", self.path)
    }
}
