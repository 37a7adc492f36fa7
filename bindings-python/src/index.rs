//! Indexes and the scorecards they give.

use crate::convert::{dumps, from_json, to_python};
use crate::errors::Failure;
use chrono::NaiveDate;
use motcua::measure::{Judged, Measure, Ratio};
use motcua::score::{Figure, Index, Indicator, Points, Scorecard};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An index (bộ chỉ số) in one of its readings: those of the library by `find` and `library`, one's own by `load`.
#[pyclass(name = "Index", module = "motcua", frozen)]
pub(crate) struct PyIndex {
    index: Arc<Index>,
}

impl PyIndex {
    /// Does something with the scorecard of figures.
    fn filled<T>(
        &self,
        figures: &Bound<'_, PyAny>,
        show: impl FnOnce(&Scorecard<'_>) -> PyResult<T>,
    ) -> PyResult<T> {
        let figures: BTreeMap<String, Figure> = from_json(&dumps(figures)?, "figures")?;
        show(&Scorecard::fill(&self.index, &figures).map_err(Failure::from)?)
    }
}

/// What of a ratio is counted; its percentage and interval follow.
#[derive(serde::Deserialize)]
struct Counted {
    numerator: u64,
    denominator: u64,
}

#[pymethods]
impl PyIndex {
    /// An index of the library, as it is in force on a day; `None` if there is none. Where there are several readings of it
    /// `profile` names one: `"portal"` or `"document"` of `"qd-766"`, `"unit"` or `"officer"` of `"nd-61-2018"`.
    #[staticmethod]
    #[pyo3(signature = (id, day, *, profile=""))]
    fn find(id: &str, day: NaiveDate, profile: &str) -> Option<Self> {
        Index::find(id, profile, day).map(|index| Self { index: Arc::clone(index) })
    }

    /// Every index of the library, in each of its readings.
    #[staticmethod]
    fn library() -> Vec<Self> {
        Index::library().iter().map(|index| Self { index: Arc::clone(index) }).collect()
    }

    /// The index of a text, in each of its readings. `file` is the name of the text in what is told of it.
    #[staticmethod]
    #[pyo3(signature = (text, file="index.toml"))]
    fn load(text: &str, file: &str) -> PyResult<Vec<Self>> {
        let readings = Index::load(file, text).map_err(Failure::from)?;
        Ok(readings.into_iter().map(|index| Self { index: Arc::new(index) }).collect())
    }

    /// Its id.
    #[getter]
    fn id(&self) -> &str {
        &self.index.id
    }

    /// Which reading it is; empty where there is one only.
    #[getter]
    fn profile(&self) -> &str {
        &self.index.profile
    }

    /// Whether the act itself was read in full.
    #[getter]
    fn verified(&self) -> bool {
        self.index.verified
    }

    /// Everything: groups, indicators, classes and what speaks for each.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &*self.index)
    }

    /// The scorecard of figures by code of the indicator: `{"numerator": 7, "denominator": 9}` where something is counted,
    /// `{"levels": [7, 2, 1]}` of an ordinal one, `{"value": 1.5, "lowest": 0.2, "highest": 2}` of a min-max one,
    /// `{"points": 7.5, "evidence": "..."}` of a manual one. One that is not given is not known.
    fn scorecard<'py>(&self, py: Python<'py>, figures: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.filled(figures, |card| to_python(py, card))
    }

    /// The figures, by code, of those indicators that are of a measure or of levels that are counted: `ratios` is what
    /// `Facts.ratios` and `motcua.ratios` give, of which several may be joined, `levels` what `Facts.levels` gives.
    #[pyo3(signature = (ratios, levels=None))]
    fn figures<'py>(
        &self,
        py: Python<'py>,
        ratios: &Bound<'py, PyAny>,
        levels: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let ratios: BTreeMap<Measure, Counted> = from_json(&dumps(ratios)?, "ratios")?;
        let levels: Option<BTreeMap<Judged, Vec<u64>>> =
            levels.map(|levels| from_json(&dumps(levels)?, "levels")).transpose()?;
        let figure = |indicator: &Indicator| {
            let counted = indicator.measure.and_then(|measure| ratios.get(&measure));
            let judged = || levels.as_ref()?.get(&indicator.levels_of?);
            let figure = match counted {
                Some(Counted { numerator, denominator }) => {
                    Ratio { numerator: *numerator, denominator: *denominator }.into()
                }
                None => Figure::Levels { levels: judged()?.clone() },
            };
            Some((indicator.code.clone(), figure))
        };
        to_python(py, &self.index.indicators().filter_map(figure).collect::<BTreeMap<_, _>>())
    }

    /// The same as text: every figure, its definition, what speaks for it, and what one more point costs.
    fn scorecard_text(&self, figures: &Bound<'_, PyAny>) -> PyResult<String> {
        self.filled(figures, |card| Ok(card.to_string()))
    }

    /// The class of a total of points, of at most two decimals; `None` if the index has no classes.
    fn class_of(&self, points: f64) -> PyResult<Option<String>> {
        let exact: Result<Points, _> = serde_json::from_str(&points.to_string());
        let exact = exact
            .map_err(|_| PyValueError::new_err(format!("{points} are no points of at most two decimals")))?;
        Ok(self.index.class(exact).map(Into::into))
    }

    fn __repr__(&self) -> String {
        match self.index.profile.as_str() {
            "" => format!("<Index {:?}>", self.index.id),
            profile => format!("<Index {:?}, {profile}>", self.index.id),
        }
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.index == other.get().index)
    }

    fn __hash__(&self) -> u64 {
        crate::calendar::hashed(&self.index.id)
    }
}
