//! Tables of tallies.

use crate::convert::{from_json, to_json, to_python};
use crate::errors::Failure;
use crate::sheet::PySheet;
use chrono::NaiveDate;
use motcua::measure::{Back, By, Comparisons, Measure, Ratio, Sketch, Span, Table};
use motcua::procedure::Tier;
use motcua::report::League;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::{Map, Value, json};

/// A measure by its word.
pub(crate) fn measure(word: &str) -> PyResult<Measure> {
    serde_json::from_value(Value::from(word)).map_err(|_| {
        let known: Vec<_> = Measure::ALL.iter().filter_map(|measure| to_json(measure).ok()).collect();
        PyValueError::new_err(format!("{word:?} is no measure; use {}", known.join(", ")))
    })
}

/// By what a table is cut: a word, or a word and the day of whose boundaries.
#[derive(FromPyObject)]
pub(crate) enum Cut {
    Word(String),
    On(String, NaiveDate),
}

impl Cut {
    pub(crate) fn by(&self) -> PyResult<By> {
        Ok(match self {
            Self::Word(word) => match word.as_str() {
                "unit" => By::Unit,
                "tier" => By::Tier,
                "field" => By::Field,
                "procedure" => By::Procedure,
                "channel" => By::Channel,
                "month" => By::Span(Span::Month),
                "quarter" => By::Span(Span::Quarter),
                "year" => By::Span(Span::Year),
                other => return Err(unknown(other)),
            },
            Self::On(word, day) => match word.as_str() {
                "unit" => By::UnitOn(*day),
                "central" => By::UnitAbove(Tier::Central, *day),
                "province" => By::UnitAbove(Tier::Province, *day),
                "district" => By::UnitAbove(Tier::District, *day),
                "commune" => By::UnitAbove(Tier::Commune, *day),
                other => return Err(unknown(other)),
            },
        })
    }
}

fn unknown(word: &str) -> PyErr {
    PyValueError::new_err(format!(
        "a table cannot be cut by {word:?}; use unit, tier, field, procedure, channel, month, quarter, year, or, with the day \
         whose boundaries hold, (\"unit\", day), (\"province\", day), (\"district\", day), (\"commune\", day)"
    ))
}

/// What the parts of a key are called: as they were asked for, and where two are called alike with the day that tells them apart.
fn words(by: &[By]) -> Vec<String> {
    let word = |by: &By| match by {
        By::Unit => ("unit".to_owned(), None),
        By::UnitOn(day) => ("unit".to_owned(), Some(*day)),
        By::UnitAbove(tier, day) => (tier.to_string(), Some(*day)),
        By::Tier => ("tier".to_owned(), None),
        By::Field => ("field".to_owned(), None),
        By::Procedure => ("procedure".to_owned(), None),
        By::Channel => ("channel".to_owned(), None),
        By::Span(span) => (<&str>::from(span).to_owned(), None),
    };
    let words: Vec<(String, Option<NaiveDate>)> = by.iter().map(word).collect();
    let named = |(word, day): &(String, Option<NaiveDate>)| {
        let is_alone = words.iter().filter(|(other, _)| other == word).count() == 1;
        day.filter(|_| !is_alone).map_or_else(|| word.clone(), |day| format!("{word} on {day}"))
    };
    words.iter().map(named).collect()
}

/// How numbers are spread, in a dictionary.
pub(crate) fn spread(sketch: &Sketch) -> Value {
    let quantile = |percent| sketch.quantile(percent);
    json!({
        "count": sketch.count(),
        "mean": sketch.mean(),
        "p50": quantile(50.0),
        "p90": quantile(90.0),
        "p95": quantile(95.0),
    })
}

/// A ratio as a dictionary, with its interval.
pub(crate) fn share(ratio: Ratio) -> Value {
    json!({
        "numerator": ratio.numerator,
        "denominator": ratio.denominator,
        "percent": ratio.percent(),
        "interval": ratio.interval(),
    })
}

/// Dossiers of a period, counted by any keys. Tables that are cut alike merge, in any order: so the parts of a cluster give the
/// same counts as one machine.
#[pyclass(name = "Table", module = "motcua", frozen)]
pub(crate) struct PyTable {
    pub(crate) table: Table,
}

impl PyTable {
    fn keyed(&self, key: &[motcua::SmolStr]) -> Map<String, Value> {
        words(self.table.by())
            .into_iter()
            .zip(key)
            .map(|(word, part)| (word, Value::from(part.as_str())))
            .collect()
    }

    fn compared<'py>(&self, py: Python<'py>, comparisons: &Comparisons) -> PyResult<Bound<'py, PyAny>> {
        let row = |(key, comparison): &(Vec<motcua::SmolStr>, motcua::measure::Comparison)| {
            let mut row = self.keyed(key);
            row.insert("from".into(), share(comparison.from));
            row.insert("to".into(), share(comparison.to));
            row.insert("points".into(), json!(comparison.points()));
            row.insert("interval".into(), json!(comparison.interval()));
            row.insert("beyond_chance".into(), json!(comparison.is_beyond_chance()));
            row.insert("breaks".into(), json!(comparison.breaks));
            row
        };
        to_python(py, &comparisons.iter().map(row).collect::<Vec<_>>())
    }
}

#[pymethods]
impl PyTable {
    /// One dictionary for each key: its parts (`"unit"`, `"province"`, `"month"`), the counts of Biểu 06, the measures that are told, working days and hours of
    /// those settled, and their ratings. `pandas.DataFrame(table.rows())` makes columns of them.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let row = |(key, cell): (&[motcua::SmolStr], &motcua::measure::Cell)| -> PyResult<Value> {
            let mut row = self.keyed(key);
            let counts = serde_json::to_value(cell.tally.counts);
            if let Ok(Value::Object(counts)) = counts {
                row.extend(counts);
            }
            for (measure, ratio) in cell.tally.ratios() {
                let word = to_json(&measure)?;
                row.insert(word.trim_matches('"').into(), share(ratio));
            }
            row.insert("days".into(), spread(&cell.days));
            let mut hours = spread(&cell.seconds);
            for (name, value) in hours.as_object_mut().into_iter().flatten() {
                if let Some(seconds) = value.as_f64().filter(|_| name != "count") {
                    *value = json!(seconds / 3_600.0);
                }
            }
            row.insert("hours".into(), hours);
            row.insert("ratings".into(), spread(&cell.ratings));
            Ok(Value::Object(row))
        };
        let rows: Vec<Value> = self.table.rows().map(row).collect::<PyResult<_>>()?;
        to_python(py, &rows)
    }

    /// The table with what another one has too, cut alike.
    fn merged(&self, other: &Self) -> PyResult<Self> {
        let mut table = self.table.clone();
        table.merge(&other.table).map_err(Failure::from)?;
        Ok(Self { table })
    }

    /// To be printed, with the percentages of measures.
    #[pyo3(signature = (measures=Vec::new()))]
    fn sheet(&self, measures: Vec<String>) -> PyResult<PySheet> {
        let measures: Vec<Measure> = measures.iter().map(|word| measure(word)).collect::<PyResult<_>>()?;
        Ok(PySheet { sheet: self.table.sheet(&measures) })
    }

    /// How a measure changed from span to span, or, with `year=True`, against the same one of the year before; with what chance
    /// explains, and a warning where what is counted changed in between.
    #[pyo3(signature = (measure, *, year=false))]
    fn changes<'py>(&self, py: Python<'py>, measure: &str, year: bool) -> PyResult<Bound<'py, PyAny>> {
        let back = if year { Back::Year } else { Back::One };
        self.compared(py, &self.table.changes(self::measure(measure)?, back))
    }

    /// Each row beside all others whose keys differ in one part only: each unit beside all other units.
    fn against_rest<'py>(&self, py: Python<'py>, measure: &str, by: Cut) -> PyResult<Bound<'py, PyAny>> {
        let compared = self.table.against_rest(self::measure(measure)?, by.by()?).map_err(Failure::from)?;
        self.compared(py, &compared)
    }

    /// The rows by a measure, the highest share first.
    fn league(&self, measure: &str) -> PyResult<PySheet> {
        let label =
            |key: &[motcua::SmolStr]| key.iter().map(motcua::SmolStr::as_str).collect::<Vec<_>>().join(", ");
        let units = self.table.rows().map(|(key, cell)| (label(key), cell.tally));
        Ok(PySheet { sheet: League::of(units, self::measure(measure)?).sheet() })
    }

    fn __len__(&self) -> usize {
        self.table.rows().count()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.table == other.get().table)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(crate::calendar::hashed(&to_json(&self.table)?))
    }

    fn __repr__(&self) -> String {
        format!("<Table by {}, {} rows>", words(self.table.by()).join(", "), self.__len__())
    }

    /// The table that `to_json` wrote.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        Ok(Self { table: self::from_json(text, "table")? })
    }

    /// All of it as text, for other processes.
    fn to_json(&self) -> PyResult<String> {
        to_json(&self.table)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.to_json()?,)))
    }
}
