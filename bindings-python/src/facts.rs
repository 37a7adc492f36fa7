//! Rows of dossiers, and what is made of them.

use crate::calendar::PyCalendar;
use crate::convert::{Moment, to_json, to_python};
use crate::cross_table::{self, Cut, PyTable, share, spread};
use crate::errors::{Failure, gate};
use crate::sheet::PySheet;
use chrono::NaiveDate;
use motcua::calendar::Calendar;
use motcua::dossier::Organisation;
use motcua::exchange::{BadRow, Gathered, Mapping, ReadRow, read_csv, read_rows, write_csv};
use motcua::measure::{
    Ageing, By, Calendars, DocumentFact, Fact, Forecast, Form06, Judged, Measure, NO_DAY, OwnedColumns,
    Period, Petition, ProcedureFact, Ratio, Reform, StepFact, StepTimes, Survival, Table, Tally, Waiting,
    tally_by_field,
};
use motcua::procedure::Catalogue;
use motcua::report::{Inspection, Publicity};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Dossiers, a row each, and who had them: of a journal (`Engine.facts`) or of somebody's export (`Facts.read_csv`).
#[pyclass(name = "Facts", module = "motcua", frozen)]
pub(crate) struct PyFacts {
    pub(crate) facts: Vec<Fact>,
    pub(crate) steps: Vec<StepFact>,
    pub(crate) bad_rows: Vec<BadRow>,
    pub(crate) unknown_columns: Vec<String>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) calendar: Arc<Calendar>,
    /// Those of units that have their own.
    pub(crate) calendars: HashMap<String, Arc<Calendar>>,
    pub(crate) organisation: Organisation,
}

impl PyFacts {
    fn calendars(&self) -> Calendars<'_> {
        Calendars::new(&self.calendar, &self.calendars)
    }
}

/// The calendars of units.
pub(crate) fn of_units(
    calendars: Option<HashMap<String, Bound<'_, PyCalendar>>>,
) -> HashMap<String, Arc<Calendar>> {
    let own =
        |(unit, calendar): (String, Bound<'_, PyCalendar>)| (unit, Arc::clone(&calendar.get().calendar));
    calendars.into_iter().flatten().map(own).collect()
}

fn period(first: NaiveDate, last: NaiveDate) -> PyResult<Period> {
    Ok(Period::new(first, last).map_err(Failure::from)?)
}

fn mapping(text: Option<&str>) -> Result<Mapping, Failure> {
    Ok(text.map(|text| Mapping::load("mapping", text)).transpose()?.unwrap_or_default())
}

fn named(ratios: &BTreeMap<Measure, Ratio>) -> PyResult<Map<String, Value>> {
    let one = |(measure, ratio): (&Measure, &Ratio)| {
        Ok((to_json(measure)?.trim_matches('"').to_owned(), share(*ratio)))
    };
    ratios.iter().map(one).collect()
}

#[pymethods]
impl PyFacts {
    /// Reads dossiers from CSV. `mapping` is TOML that says what the columns are called, `steps` CSV of who had them,
    /// `organisation` TOML with units, `procedures` TOML with procedures of one's own, `calendars` those of units with hours or
    /// closures of their own, by which their handling times are counted. Rows that cannot be taken in are in
    /// `bad_rows`, and never silently lost.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    #[pyo3(signature = (text, *, mapping=None, steps=None, organisation=None, procedures=None, calendar=None, calendars=None))]
    fn read_csv(
        py: Python<'_>,
        text: &str,
        mapping: Option<&str>,
        steps: Option<&str>,
        organisation: Option<&str>,
        procedures: Option<&str>,
        calendar: Option<&Bound<'_, PyCalendar>>,
        calendars: Option<HashMap<String, Bound<'_, PyCalendar>>>,
    ) -> PyResult<Self> {
        let (calendar, calendars) = (PyCalendar::of(calendar).calendar, of_units(calendars));
        gate(py, || {
            let mapping = self::mapping(mapping)?;
            let catalogue = match procedures {
                None => Arc::clone(Catalogue::embedded()),
                Some(own) => Catalogue::embedded_and("procedures", own)?,
            };
            let organisation = match organisation {
                None => Organisation::default(),
                Some(text) => Organisation::load(&catalogue, &[("organisation", text)])?,
            };
            let import = read_csv(text.as_bytes(), &mapping, &catalogue, &calendar)?;
            let (mut bad_rows, mut unknown_columns) = (import.bad_rows, import.unknown_columns);
            let mut held = Vec::new();
            if let Some(text) = steps {
                let steps: Gathered<StepFact> = read_rows(text.as_bytes(), &mapping)?;
                bad_rows.extend(steps.bad_rows);
                unknown_columns.extend(steps.unknown_columns);
                held = steps.rows;
            }
            let (facts, steps) = (import.facts, held);
            Ok(Self { facts, steps, bad_rows, unknown_columns, catalogue, calendar, calendars, organisation })
        })
    }

    /// As CSV that `read_csv` reads back.
    fn to_csv(&self) -> String {
        write_csv(&self.facts)
    }

    /// One dictionary a dossier; what is not known is `None`.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.facts)
    }

    /// One dictionary for each time in which a dossier was in one hand.
    fn step_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.steps)
    }

    /// The rows that could not be taken in, each with its line, a code, what is wrong and how to mend it.
    #[getter]
    fn bad_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.bad_rows)
    }

    /// The columns that are not known, and so were not read.
    #[getter]
    fn unknown_columns(&self) -> Vec<String> {
        self.unknown_columns.clone()
    }

    fn __len__(&self) -> usize {
        self.facts.len()
    }

    fn __repr__(&self) -> String {
        format!("<Facts of {} dossiers, {} bad rows>", self.facts.len(), self.bad_rows.len())
    }

    /// A table of a span of days, cut by words (`"unit"`, `"tier"`, `"field"`, `"procedure"`, `"channel"`, `"month"`,
    /// `"quarter"`, `"year"`) or by units within the boundaries of a day (`("province", day)`).
    fn table(&self, py: Python<'_>, first: NaiveDate, last: NaiveDate, by: Vec<Cut>) -> PyResult<PyTable> {
        let by: Vec<By> = by.iter().map(Cut::by).collect::<PyResult<_>>()?;
        let period = period(first, last)?;
        gate(py, || {
            let mut table = Table::new(period, by)?;
            for fact in &self.facts {
                table.add(fact, self.calendars(), &self.organisation)?;
            }
            Ok(PyTable { table })
        })
    }

    /// Every measure that the dossiers of a span of days tell, with numerator, denominator and interval.
    fn ratios<'py>(&self, py: Python<'py>, first: NaiveDate, last: NaiveDate) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let ratios = gate(py, || {
            let mut tally = Tally::default();
            self.facts.iter().for_each(|fact| tally.add(fact, &period));
            Ok(tally.ratios())
        })?;
        to_python(py, &named(&ratios)?)
    }

    /// How many stand at each of three levels, the best first, of what an index judges dossier by dossier: `handling_time`,
    /// `step_time`, `contacts`, `rating`.
    fn levels<'py>(&self, py: Python<'py>, first: NaiveDate, last: NaiveDate) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let levels = gate(py, || Ok(Judged::levels(&self.facts, &self.steps, &period)))?;
        to_python(py, &levels)
    }

    /// The dossiers as columns for `Cohorts.add`, and the names of their groups: units, fields or procedures, as `by` says.
    fn columns<'py>(&self, py: Python<'py>, by: &str) -> PyResult<(Bound<'py, PyAny>, Vec<String>)> {
        let group: fn(&Fact) -> &str = match by {
            "unit" => |fact| &fact.unit,
            "field" => |fact| &fact.field,
            "procedure" => |fact| &fact.procedure,
            other => {
                let message = format!("dossiers have no groups by {other:?}; use unit, field or procedure");
                return Err(PyValueError::new_err(message));
            }
        };
        let columns = gate(py, || Ok(OwnedColumns::of(&self.facts, group)))?;
        let day = |day: &i32| (*day != NO_DAY).then_some(*day);
        let known = |flag: &u8| (*flag < 2).then_some(*flag);
        let of = columns.columns();
        let told = json!({
            "group": of.group,
            "received": of.received,
            "due": of.due.iter().map(day).collect::<Vec<_>>(),
            "finished": of.finished.iter().map(day).collect::<Vec<_>>(),
            "online": of.online,
            "digitised": of.digitised.iter().map(known).collect::<Vec<_>>(),
            "paid_online": of.paid_online.iter().map(known).collect::<Vec<_>>(),
            "rating": of.rating,
        });
        Ok((to_python(py, &told)?, columns.groups().to_vec()))
    }

    /// The dossiers behind a measure: those in its numerator, and the others of its denominator, by their codes.
    fn source_rows(
        &self,
        measure: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> PyResult<(Vec<&str>, Vec<&str>)> {
        let (measure, period) = (cross_table::measure(measure)?, period(first, last)?);
        let (mut counted, mut others) = (Vec::new(), Vec::new());
        for fact in &self.facts {
            match measure.of(fact, &period) {
                Some(true) => counted.push(fact.dossier.as_str()),
                Some(false) => others.push(fact.dossier.as_str()),
                None => {}
            }
        }
        Ok((counted, others))
    }

    /// Biểu 06/VPCP/KSTT by field.
    fn form06(&self, py: Python<'_>, first: NaiveDate, last: NaiveDate) -> PyResult<PySheet> {
        let period = period(first, last)?;
        gate(py, || {
            Ok(PySheet {
                sheet: Form06::of(period, tally_by_field(&self.facts, &period, &self.catalogue)).sheet(),
            })
        })
    }

    /// What an inspection looks at: the units, and the dossiers that are late or were asked for a supplement more than once.
    fn inspection(&self, py: Python<'_>, first: NaiveDate, last: NaiveDate) -> PyResult<(PySheet, PySheet)> {
        let period = period(first, last)?;
        gate(py, || {
            let inspection = Inspection::of(&self.facts, period, self.calendars())?;
            Ok((PySheet { sheet: inspection.sheet() }, PySheet { sheet: inspection.list() }))
        })
    }

    /// The list of late dossiers to be made public; it names no applicant.
    fn publicity(&self, py: Python<'_>, first: NaiveDate, last: NaiveDate) -> PyResult<PySheet> {
        let period = period(first, last)?;
        gate(py, || {
            let publicity = Publicity::of(&self.facts, period, &self.catalogue, self.calendars())?;
            Ok(PySheet { sheet: publicity.sheet() })
        })
    }

    /// How old the open dossiers are at a moment, in bands of working days; each bound begins another band.
    #[pyo3(signature = (at, bounds=vec![5, 10, 20, 30, 60]))]
    fn ageing<'py>(&self, py: Python<'py>, at: Moment, bounds: Vec<u32>) -> PyResult<Bound<'py, PyAny>> {
        let ageing = gate(py, || Ok(Ageing::of(&self.facts, at.0, &bounds, self.calendars())?))?;
        to_python(py, &ageing.bands)
    }

    /// Where dossiers wait at a moment, where they have waited longest, all together, first.
    fn waiting<'py>(&self, py: Python<'py>, at: Moment) -> PyResult<Bound<'py, PyAny>> {
        let waiting = gate(py, || Ok(Waiting::of(&self.steps, at.0, self.calendars())?))?;
        let row = |place: &Waiting| {
            json!({
                "unit": place.unit,
                "procedure": place.procedure,
                "action": place.action,
                "step": place.step,
                "longest": place.longest,
                "days": spread(&place.days),
            })
        };
        to_python(py, &waiting.iter().map(row).collect::<Vec<_>>())
    }

    /// How long each step took that ended in a span of days, in working days and in seconds of office hours.
    fn step_times<'py>(
        &self,
        py: Python<'py>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let times = gate(py, || Ok(StepTimes::of(&self.steps, &period, self.calendars())?))?;
        let row = |times: &StepTimes| {
            json!({
                "procedure": times.procedure,
                "action": times.action,
                "step": times.step,
                "days": spread(&times.days),
                "seconds": spread(&times.seconds),
            })
        };
        to_python(py, &times.iter().map(row).collect::<Vec<_>>())
    }

    /// What falls overdue in the days after `last`, at the pace of `first` to `last`: how many are to be expected, by how much
    /// that may be off, and every dossier with its chance, the likeliest first.
    #[pyo3(signature = (first, last, days=7))]
    fn forecast<'py>(
        &self,
        py: Python<'py>,
        first: NaiveDate,
        last: NaiveDate,
        days: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let forecast = gate(py, || Ok(Forecast::of(&self.facts, &period, days, self.calendars())?))?;
        let told = json!({
            "expected": forecast.expected(),
            "spread": forecast.spread(),
            "last": forecast.last,
            "risks": forecast.risks,
        });
        to_python(py, &told)
    }

    /// What share is still open after each number of working days up to `days`, as Kaplan and Meier estimate it from what was
    /// seen from `first` to `last`; with its interval of 95 %, where there is one.
    #[pyo3(signature = (first, last, days=60))]
    fn survival<'py>(
        &self,
        py: Python<'py>,
        first: NaiveDate,
        last: NaiveDate,
        days: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let survival = gate(py, || Ok(Survival::of(&self.facts, &period, self.calendars())?))?;
        let row = |days: u32| json!({"days": days, "open": survival.open_after(days), "interval": survival.interval(days)});
        to_python(py, &(0..=days).map(row).collect::<Vec<_>>())
    }

    /// What other limits or steps would have made of the dossiers received in a span of days; `reform` is TOML with
    /// `[[change]]`, `procedure`, `limit` and `without`.
    fn reform<'py>(
        &self,
        py: Python<'py>,
        reform: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> PyResult<Bound<'py, PyAny>> {
        let period = period(first, last)?;
        let reformed = gate(py, || {
            let reform = Reform::load("reform", reform)?;
            Ok(reform.replay(&self.facts, &self.steps, &period, &self.catalogue, self.calendars())?)
        })?;
        let both = |both: &motcua::measure::BeforeAfter| -> PyResult<Value> {
            Ok(json!({"before": named(&both.before.ratios())?, "after": named(&both.after.ratios())?}))
        };
        let procedures = reformed.procedures.iter().map(|(code, own)| Ok((code.clone(), both(own)?)));
        let procedures: Map<String, Value> = procedures.collect::<PyResult<_>>()?;
        to_python(
            py,
            &json!({"all": both(&reformed.all)?, "procedures": procedures, "unknown": reformed.unknown}),
        )
    }
}

fn read<T: ReadRow>(text: &str, mapping: &Mapping) -> Result<Vec<T>, Failure> {
    let read = read_rows::<T>(text.as_bytes(), mapping)?;
    match read.bad_rows.first() {
        None => Ok(read.rows),
        Some(first) => Err(Failure::rows(first, read.bad_rows.len())),
    }
}

/// The measures of petitions (`"petitions"`), official documents (`"documents"`) or procedures (`"procedures"`) in a span of
/// days, from CSV; `mapping` is TOML that says what the columns are called.
///
/// Raises:
///     DefinitionError: if a row cannot be read; nothing is counted then.
#[pyfunction]
#[pyo3(signature = (rows, text, first, last, *, mapping=None, calendar=None))]
pub(crate) fn ratios<'py>(
    py: Python<'py>,
    rows: &str,
    text: &str,
    first: NaiveDate,
    last: NaiveDate,
    mapping: Option<&str>,
    calendar: Option<&Bound<'py, PyCalendar>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (period, calendar) = (period(first, last)?, PyCalendar::of(calendar).calendar);
    if !["petitions", "documents", "procedures"].contains(&rows) {
        return Err(PyValueError::new_err(format!(
            "{rows:?} are no rows; use petitions, documents or procedures"
        )));
    }
    let ratios = gate(py, || {
        let mapping = self::mapping(mapping)?;
        Ok(match rows {
            "petitions" => Petition::ratios(&read(text, &mapping)?, &period, &calendar)?,
            "documents" => DocumentFact::ratios(&read(text, &mapping)?, &period),
            _ => ProcedureFact::ratios(&read(text, &mapping)?, &period, &calendar)?,
        })
    })?;
    to_python(py, &named(&ratios)?)
}

/// Every measure: what it counts, of what, what an empty denominator means, where that is said.
#[pyfunction]
pub(crate) fn measures(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let definitions: Vec<_> = Measure::ALL.iter().map(|measure| measure.definition()).collect();
    to_python(py, &definitions)
}
