//! Time limits, and the rules by which they are counted.

use crate::calendar::hashed;
use crate::convert::{from_json, to_json, to_python, word};
use crate::errors::Failure;
use chrono::NaiveTime;
use motcua::deadline::{CutOff, LimitRule, Reading, TimeLimit};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A time limit: `TimeLimit("3 working_day")`, or as documents write it, `TimeLimit("03 ngày làm việc")`.
#[pyclass(name = "TimeLimit", module = "motcua", frozen, eq, hash)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PyTimeLimit {
    pub(crate) limit: TimeLimit,
}

#[pymethods]
impl PyTimeLimit {
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        Ok(Self { limit: TimeLimit::parse(text).map_err(Failure::from)? })
    }

    /// Reads a limit as real documents write it, with what they say beside it. What can be read in several ways is
    /// refused; the error says what it could mean.
    #[staticmethod]
    fn read(text: String) -> PyResult<PyReading> {
        let reading = Reading::of(&text).map_err(Failure::from)?;
        Ok(PyReading { text, reading })
    }

    /// The limit in Vietnamese.
    #[getter]
    fn vi(&self) -> String {
        self.limit.vi()
    }

    fn __str__(&self) -> String {
        self.limit.to_string()
    }

    fn __repr__(&self) -> String {
        format!("TimeLimit({:?})", self.limit.to_string())
    }

    fn __reduce__(&self, py: Python<'_>) -> (Py<PyAny>, (String,)) {
        (py.get_type::<Self>().into_any().unbind(), (self.limit.to_string(),))
    }
}

/// A limit that was read in a document, and what the document says beside it.
#[pyclass(name = "Reading", module = "motcua", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct PyReading {
    text: String,
    reading: Reading,
}

#[pymethods]
impl PyReading {
    /// The limit.
    #[getter]
    fn limit(&self) -> PyTimeLimit {
        PyTimeLimit { limit: self.reading.limit }
    }

    /// The rest, part by part: `{"excluded": …}`, `{"start": …}`, `{"remark": …}`, `{"other": {"limit": …, "when":
    /// …}}` or `{"longer": {"by": …, "when": …}}`. Nothing of the text is lost.
    #[getter]
    fn clauses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.reading.clauses)
    }

    fn __repr__(&self) -> String {
        format!("TimeLimit.read({:?})", self.text)
    }

    fn __hash__(&self) -> u64 {
        hashed(&self.text)
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (String,))> {
        Ok((py.get_type::<PyTimeLimit>().getattr("read")?.unbind(), (self.text.clone(),)))
    }
}

/// A limit as it may be given.
#[derive(FromPyObject)]
pub(crate) enum AnyLimit {
    Limit(Py<PyTimeLimit>),
    Text(String),
}

impl AnyLimit {
    pub(crate) fn read(self) -> PyResult<TimeLimit> {
        match self {
            Self::Limit(limit) => Ok(limit.get().limit),
            Self::Text(text) => Ok(TimeLimit::parse(&text).map_err(Failure::from)?),
        }
    }
}

/// A rule as it may be given: a limit alone is one.
#[derive(FromPyObject)]
pub(crate) enum AnyRule {
    Rule(Py<PyLimitRule>),
    Limit(AnyLimit),
}

impl AnyRule {
    pub(crate) fn read(self) -> PyResult<LimitRule> {
        match self {
            Self::Rule(rule) => Ok(rule.get().rule),
            Self::Limit(limit) => Ok(LimitRule::new(limit.read()?)),
        }
    }
}

/// What may be said of the counting of a limit, in words.
pub(crate) struct Options<'a> {
    pub(crate) cut_off: Option<NaiveTime>,
    pub(crate) after_cut_off: &'a str,
    pub(crate) on_suspension: &'a str,
    pub(crate) second_stage: Option<AnyLimit>,
    pub(crate) day_parts: &'a str,
    pub(crate) day_end: &'a str,
    pub(crate) direction: &'a str,
}

impl Options<'_> {
    /// The rule of a limit with these options. A whole rule has its own, and takes no others.
    pub(crate) fn rule(self, limit: AnyRule) -> PyResult<LimitRule> {
        let whole = matches!(limit, AnyRule::Rule(_));
        let given = limit.read()?;
        let effect = word(self.after_cut_off, "effect of a cut-off")?;
        let rule = LimitRule {
            limit: given.limit,
            cut_off: self.cut_off.map(|time| CutOff { time, effect }),
            on_suspension: word(self.on_suspension, "policy")?,
            day_parts: word(self.day_parts, "way to count parts of days")?,
            day_end: word(self.day_end, "end of a day")?,
            direction: word(self.direction, "direction")?,
            second_stage: self.second_stage.map(AnyLimit::read).transpose()?,
        };
        if whole {
            let none = rule == LimitRule::new(given.limit);
            let error = || PyTypeError::new_err("a LimitRule has its own options; give them to it");
            return none.then_some(given).ok_or_else(error);
        }
        rule.check().map_err(Failure::from)?;
        Ok(rule)
    }
}

/// A limit with what the law says about its counting.
#[pyclass(name = "LimitRule", module = "motcua", frozen, eq, hash)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PyLimitRule {
    pub(crate) rule: LimitRule,
}

#[pymethods]
impl PyLimitRule {
    #[new]
    #[pyo3(signature = (
        limit, *, cut_off=None, after_cut_off="due_next_working_day", on_suspension="pause", second_stage=None,
        day_parts="half_days", day_end="office_hours", direction="after"
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        limit: AnyLimit,
        cut_off: Option<NaiveTime>,
        after_cut_off: &str,
        on_suspension: &str,
        second_stage: Option<AnyLimit>,
        day_parts: &str,
        day_end: &str,
        direction: &str,
    ) -> PyResult<Self> {
        let options =
            Options { cut_off, after_cut_off, on_suspension, second_stage, day_parts, day_end, direction };
        Ok(Self { rule: options.rule(AnyRule::Limit(limit))? })
    }

    /// The limit.
    #[getter]
    fn limit(&self) -> PyTimeLimit {
        PyTimeLimit { limit: self.rule.limit }
    }

    /// The hour after which a reception counts differently.
    #[getter]
    fn cut_off(&self) -> Option<NaiveTime> {
        self.rule.cut_off.map(|cut_off| cut_off.time)
    }

    /// What it changes; `None` without one.
    #[getter]
    fn after_cut_off(&self) -> Option<&'static str> {
        self.rule.cut_off.map(|cut_off| cut_off.effect.into())
    }

    /// What a suspension does, unless it says so itself.
    #[getter]
    fn on_suspension(&self) -> &'static str {
        self.rule.on_suspension.into()
    }

    /// The limit that counts after a suspension of the policy `second_stage`.
    #[getter]
    fn second_stage(&self) -> Option<PyTimeLimit> {
        self.rule.second_stage.map(|limit| PyTimeLimit { limit })
    }

    /// How a part of a working day is counted.
    #[getter]
    fn day_parts(&self) -> &'static str {
        self.rule.day_parts.into()
    }

    /// When a limit in days ends on its last day.
    #[getter]
    fn day_end(&self) -> &'static str {
        self.rule.day_end.into()
    }

    /// Which way it is counted.
    #[getter]
    fn direction(&self) -> &'static str {
        self.rule.direction.into()
    }

    /// The rule with another policy.
    fn _suspending(&self, policy: &str) -> PyResult<Self> {
        let on_suspension = word(policy, "policy")?;
        Ok(Self { rule: LimitRule { on_suspension, ..self.rule } })
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<LimitRule {}>", to_json(&self.rule)?))
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("_rebuild")?.unbind(), (to_json(&self.rule)?,)))
    }

    #[staticmethod]
    fn _rebuild(text: &str) -> PyResult<Self> {
        Ok(Self { rule: from_json(text, "rule")? })
    }
}
