//! The workflow engine.

use crate::calendar::PyCalendar;
use crate::convert::{At, Moment, dumps, from_json, to_python, word};
use crate::errors::{Failure, gate};
use crate::explain::PyExplanation;
use crate::facts::{PyFacts, of_units};
use crate::told::MovedDict;
use chrono::NaiveDate;
use motcua::calendar::Calendar;
use motcua::dossier::slip::{Form, Format, Particulars, RegisterEntry, Slip, Volume};
use motcua::dossier::{Assignment, Organisation};
use motcua::journal::{Head, Journal, SqliteJournal, WorkFilter};
use motcua::measure::Period;
use motcua::procedure::Catalogue;
use motcua::routing::Picture;
use motcua::{Answer, Engine, EngineError};
use pyo3::prelude::*;
use std::collections::HashMap;
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

fn printed<'py>(py: Python<'py>, slip: &Slip, format: Format) -> PyResult<Bound<'py, PyAny>> {
    match format {
        Format::Json => to_python(py, slip),
        format => Ok(slip.written(format).into_pyobject(py)?.into_any()),
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

    /// Carries out commands in their order, each for itself, and stores the events of those that are not refused in one
    /// transaction. One result for each, in order: its answer, or the `RefusedError` that `command` would have raised.
    fn handle_each<'py>(
        &self,
        py: Python<'py>,
        commands: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let commands = dumps(commands)?;
        let results = self.with(py, |engine| engine.handle_each_json(&commands))?;
        let told = |result: Result<Answer, EngineError>| match result {
            Ok(answer) => to_python(py, &answer),
            Err(error) => Ok(PyErr::from(Failure::from(error)).into_value(py).into_bound(py).into_any()),
        };
        results.into_iter().map(told).collect()
    }

    /// What would come of a command, without doing it: the answer that `command` would give now, or what it would raise.
    fn dry_run<'py>(&self, py: Python<'py>, command: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let command = dumps(command)?;
        let answer = self.with(py, |engine| engine.dry_run_json(&command))?;
        to_python(py, &answer)
    }

    /// Whom to give a running step: the id of an officer who is there at `now` and may do it; `None` if there is none. By
    /// `"round_robin"` it is the next in turn after `last`, who was chosen last time, by `"least_loaded"` who has the least
    /// to do, and `"by_hand"` nobody. Nothing is assigned; send `assign` to do that.
    #[pyo3(signature = (dossier, step, now, policy="least_loaded", *, last=None))]
    fn suggest(
        &self,
        py: Python<'_>,
        dossier: &str,
        step: &str,
        now: Moment,
        policy: &str,
        last: Option<&str>,
    ) -> PyResult<Option<String>> {
        let policy = word::<Assignment>(policy, "policy")?;
        self.with(py, |engine| {
            Ok(engine.suggest(dossier, step, policy, last, now.0)?.map(|officer| officer.id.clone()))
        })
    }

    /// The open dossiers whose due date is another by another calendar, such as one with a day off that was announced
    /// late, in the order of their codes.
    fn moved(&self, py: Python<'_>, after: &Bound<'_, PyCalendar>) -> PyResult<Vec<MovedDict>> {
        let after = Arc::clone(&after.get().calendar);
        self.with(py, |engine| Ok(engine.moved(&after)?.into_iter().map(MovedDict::from).collect()))
    }

    /// Counts by another calendar from now on, and projects anew what is to be done of each open dossier, and by which unit,
    /// as units are on the day `today`; gives the number of these dossiers. Ask `moved` before, to tell those concerned. An
    /// engine begins with the calendar of the library. The same calendar will do after an organisation changed.
    fn announce(
        &self,
        py: Python<'_>,
        calendar: &Bound<'_, PyCalendar>,
        today: NaiveDate,
    ) -> PyResult<usize> {
        let calendar = Arc::clone(&calendar.get().calendar);
        self.with(py, |engine| engine.announce(calendar, today))
    }

    /// Whether every event of the journal is what was stored, and follows the one before it, and whether the journal still
    /// begins with what it was at an earlier head, `known`. Gives the head of today; keep it elsewhere, since a journal that is
    /// cut off or written anew shows by that alone. Raises `JournalError` with the code `journal.tampered`, which names the
    /// event, or `journal.head_differs`.
    #[pyo3(signature = (known=None))]
    fn verify<'py>(&self, py: Python<'py>, known: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let known: Option<Head> = known.map(|known| from_json(&dumps(known)?, "head")).transpose()?;
        let head = self.with(py, |engine| Ok(engine.journal().verify(known)?))?;
        to_python(py, &head)
    }

    /// Erases for ever the words in the events of a dossier, where the law wants it: who applied, reasons, opinions, notes.
    /// What happened, when and by whom stays, and so does what `verify` looks at. Gives the number of events that had words.
    fn erase(&self, py: Python<'_>, dossier: &str) -> PyResult<u64> {
        self.with(py, |engine| engine.erase(dossier))
    }

    /// Writes a copy of the journal to another file, which must not be there, while others read and write. It is a journal
    /// like this one.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.with(py, |engine| Ok(engine.journal().backup(&path)?))
    }

    /// The routing of a dossier as it stands at a moment, drawn: what is done, what runs and with whom, what is late. As
    /// `"svg"`, `"mermaid"` or `"dot"`.
    #[pyo3(signature = (dossier, now, *, format="svg"))]
    fn picture(&self, py: Python<'_>, dossier: &str, now: Moment, format: &str) -> PyResult<String> {
        let format = word::<Picture>(format, "format")?;
        self.with(py, |engine| engine.picture(dossier, now.0, format))
    }

    /// The routing of a procedure in its version of a day, drawn: who does what, in which time. As `"svg"`, `"mermaid"` or
    /// `"dot"`.
    #[pyo3(signature = (procedure, day, *, format="svg"))]
    fn procedure_picture(
        &self,
        py: Python<'_>,
        procedure: &str,
        day: NaiveDate,
        format: &str,
    ) -> PyResult<String> {
        let format = word::<Picture>(format, "format")?;
        self.with(py, |engine| engine.procedure_picture(procedure, day, format))
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

    /// What is to be done, earliest due first: by the whole dossier, or, ordered by `step_due`, by the step's own limit.
    #[pyo3(signature = (*, unit=None, role=None, assignee=None, due_before=None, step_due_before=None, order="due"))]
    #[expect(clippy::too_many_arguments, reason = "each is named where it is given")]
    fn work_list<'py>(
        &self,
        py: Python<'py>,
        unit: Option<String>,
        role: Option<String>,
        assignee: Option<String>,
        due_before: Option<Moment>,
        step_due_before: Option<Moment>,
        order: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = word(order, "order")?;
        let (due_before, step_due_before) = (due_before.map(|at| at.0), step_due_before.map(|at| at.0));
        let filter = WorkFilter { unit, role, assignee, due_before, step_due_before, order };
        let work = self.with(py, |engine| engine.work_list(&filter))?;
        to_python(py, &work)
    }

    /// The duties in a dossier as they stand at a moment: what the law wants done by a time, by whom, and whether it was.
    fn duties<'py>(&self, py: Python<'py>, dossier: &str, now: Moment) -> PyResult<Bound<'py, PyAny>> {
        let duties = self.with(py, |engine| engine.duties(dossier, now.0))?;
        to_python(py, &duties)
    }

    /// What falls due up to a moment, over all dossiers, earliest first. The command that one waits for, or `notify` with
    /// the notice `reminder`, takes it off the list.
    fn wakeups<'py>(&self, py: Python<'py>, until: Moment) -> PyResult<Bound<'py, PyAny>> {
        let wakeups = self.with(py, |engine| engine.wakeups(until.0))?;
        to_python(py, &wakeups)
    }

    /// When something falls due next, over all dossiers: what to set a timer to. It may be past; `None` if nothing ever
    /// does.
    fn next_wakeup(&self, py: Python<'_>) -> PyResult<Option<At>> {
        Ok(self.with(py, |engine| engine.next_wakeup())?.map(At))
    }

    /// The report of a span of days: Biểu 06/VPCP/KSTT by field, the ratios, and the scorecard of QĐ 766.
    fn report<'py>(&self, py: Python<'py>, first: NaiveDate, last: NaiveDate) -> PyResult<Bound<'py, PyAny>> {
        let period = Period::new(first, last).map_err(Failure::from)?;
        let report = self.with(py, |engine| engine.report(period))?;
        to_python(py, &report)
    }

    /// The dossiers of the journal as they stood at the end of a day, and who had them. `calendars` are those of units with
    /// hours or closures of their own, by which their handling times are counted.
    #[pyo3(signature = (last, *, calendars=None))]
    fn facts(
        &self,
        py: Python<'_>,
        last: NaiveDate,
        calendars: Option<HashMap<String, Bound<'_, PyCalendar>>>,
    ) -> PyResult<PyFacts> {
        let calendars = of_units(calendars);
        self.with(py, |engine| {
            Ok(PyFacts {
                facts: engine.facts(last)?,
                steps: engine.steps(last)?,
                bad_rows: Vec::new(),
                unknown_columns: Vec::new(),
                catalogue: Arc::clone(engine.catalogue()),
                calendar: Arc::clone(engine.calendar()),
                calendars,
                organisation: engine.organisation().clone(),
            })
        })
    }

    /// Why a dossier is due when it is; `None` if there is no such dossier, or its clock has not started.
    fn explain_due(&self, py: Python<'_>, dossier: &str) -> PyResult<Option<PyExplanation>> {
        self.with(py, |engine| {
            let calendar = Arc::clone(engine.calendar());
            Ok(engine.explain_due(dossier)?.map(|explanation| PyExplanation { explanation, calendar }))
        })
    }

    /// A statutory slip of a dossier, of its last event of that kind: `"receipt"`, `"supplement_request"`, `"refusal"`,
    /// `"apology"`, `"stop_notice"` or `"control_slip"`. `particulars` are the persons and the office, of which motcua keeps
    /// nothing. `"text"` and `"html"` give text to print, `"json"` the values.
    #[pyo3(signature = (dossier, form, particulars, *, format="text"))]
    fn slip<'py>(
        &self,
        py: Python<'py>,
        dossier: &str,
        form: &str,
        particulars: &Bound<'py, PyAny>,
        format: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (form, format) = (word::<Form>(form, "form")?, word::<Format>(format, "format")?);
        let particulars: Particulars = from_json(&dumps(particulars)?, "particulars")?;
        let slip = self.with(py, |engine| engine.slip(dossier, form, &particulars))?;
        printed(py, &slip, format)
    }

    /// The register of a year: of each row, the code of a dossier and its particulars. `first` is the number of the first
    /// row, where an earlier volume of the year ended.
    #[pyo3(signature = (rows, *, office=None, first=1, format="text"))]
    fn register<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyAny>,
        office: Option<&Bound<'py, PyAny>>,
        first: u32,
        format: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let format = word::<Format>(format, "format")?;
        let rows: Vec<(String, Particulars)> = from_json(&dumps(rows)?, "rows")?;
        let rows = rows
            .into_iter()
            .map(|(dossier, particulars)| RegisterEntry { dossier: dossier.into(), particulars });
        let office = office.map(|office| from_json(&dumps(office)?, "office")).transpose()?;
        let volume = Volume { first, office: office.unwrap_or_default(), rows: rows.collect() };
        let register = self.with(py, |engine| engine.register(&volume))?;
        printed(py, &register, format)
    }

    fn __repr__(&self) -> String {
        format!("<Engine on {:?}>", self.path)
    }
}
