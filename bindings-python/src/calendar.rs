//! Working days and working time.

use crate::convert::{At, Moment};
use crate::day::PyDay;
use crate::errors::{Failure, gate};
use chrono::{Datelike, NaiveDate, TimeDelta};
use motcua::calendar::Calendar;
use pyo3::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Working days and office hours over a span of years. A calendar never changes: what it is known on, how it answers
/// and whose it is give another one.
#[pyclass(name = "Calendar", module = "motcua", frozen)]
#[derive(Clone)]
pub(crate) struct PyCalendar {
    pub(crate) calendar: Arc<Calendar>,
    /// The text of the unit whose calendar it is, and what the text is called.
    unit: Option<(String, String)>,
}

/// What makes a calendar of Vietnam's: the day as on which it is known, the answers that differ from the default, and
/// the text of the unit with its name.
type Recipe = (Option<NaiveDate>, Vec<(String, String)>, Option<(String, String)>);

impl PyCalendar {
    pub(crate) fn of(calendar: Option<&Bound<'_, Self>>) -> Self {
        calendar.map_or_else(Self::vietnam, |calendar| calendar.get().clone())
    }

    fn recipe(&self) -> Recipe {
        let other = |answer: &&str, default: &str| *answer != default;
        let answers = self.calendar.questions();
        let answers = answers.filter(|(question, answer)| other(answer, &question.default));
        let answers = answers.map(|(question, answer)| (question.id.clone(), answer.to_owned()));
        (self.calendar.known_on(), answers.collect(), self.unit.clone())
    }

    /// What two calendars have to share to be the same: not the name of the unit's file.
    fn identity(&self) -> impl Eq + Hash {
        let (known_on, answers, unit) = self.recipe();
        (known_on, answers, unit.map(|(text, _)| text))
    }

    fn with(&self, calendar: Calendar) -> Self {
        Self { calendar: Arc::new(calendar), unit: self.unit.clone() }
    }
}

/// A question that the law leaves open, with the answer that a calendar gives.
#[derive(IntoPyObject)]
struct Asked {
    id: String,
    text_vi: String,
    text_en: String,
    answers: Vec<String>,
    default: String,
    answer: String,
    first_case: NaiveDate,
    reason: String,
}

#[pymethods]
impl PyCalendar {
    /// The calendar of Vietnam's public sector: 2013 to 2027 as announced, to 2100 projected by rule.
    #[staticmethod]
    fn vietnam() -> Self {
        Self { calendar: Arc::clone(Calendar::vietnam()), unit: None }
    }

    /// The first day it knows.
    #[getter]
    fn first_day(&self) -> NaiveDate {
        self.calendar.first_day()
    }

    /// The last day it knows.
    #[getter]
    fn last_day(&self) -> NaiveDate {
        self.calendar.last_day()
    }

    /// The last day that rests on announcements; later days are projected by rule.
    #[getter]
    fn announced_to(&self) -> NaiveDate {
        self.calendar.announced_to()
    }

    /// The day as on which it is known, if it was asked for one.
    #[getter]
    fn known_on(&self) -> Option<NaiveDate> {
        self.calendar.known_on()
    }

    /// The calendar as one could know it on a day: without the announcements and laws that came later. It is compiled
    /// anew, in about a millisecond; keep it if you need it again.
    fn as_known_on(&self, py: Python<'_>, date: NaiveDate) -> PyResult<Self> {
        gate(py, || Ok(self.with(self.calendar.as_known_on(date))))
    }

    /// The questions that the law leaves open, each with the answer that this calendar gives.
    fn questions(&self) -> Vec<Asked> {
        let asked = self.calendar.questions().map(|(question, answer)| {
            let motcua::calendar::Question { id, text_vi, text_en, answers, default, first_case, reason } =
                question.clone();
            Asked { id, text_vi, text_en, answers, default, answer: answer.into(), first_case, reason }
        });
        asked.collect()
    }

    /// The calendar with another answer to an open question.
    fn answering(&self, py: Python<'_>, question: &str, answer: &str) -> PyResult<Self> {
        gate(py, || Ok(self.with(self.calendar.answering(question, answer)?)))
    }

    /// The calendar of a unit: this one, with the hours, openings and closures that the unit decides for itself. `text`
    /// is TOML, explained in `core/data/calendar/units.md`; `file` is its name in what is told of it.
    #[pyo3(signature = (text, file="unit.toml"))]
    fn for_unit(&self, py: Python<'_>, text: String, file: &str) -> PyResult<Self> {
        let calendar = gate(py, || Ok(self.calendar.for_unit(file, &text)?))?;
        Ok(Self { calendar: Arc::new(calendar), unit: Some((text, file.into())) })
    }

    /// The days on which another calendar differs from this one, each as it is in this and in the other.
    fn changes(&self, other: &Bound<'_, Self>) -> Vec<(PyDay, PyDay)> {
        let changes = self.calendar.changes(&other.get().calendar);
        changes.into_iter().map(|change| (change.before.into(), change.after.into())).collect()
    }

    /// What a day is, and why.
    fn day(&self, date: NaiveDate) -> PyResult<PyDay> {
        Ok(self.calendar.day(date).map_err(Failure::from)?.into())
    }

    /// Whether offices work on a day.
    fn is_working_day(&self, date: NaiveDate) -> PyResult<bool> {
        Ok(self.calendar.is_working_day(date).map_err(Failure::from)?)
    }

    /// Whether a day lies after the last announced year, so that an announcement may still change it.
    fn is_projected(&self, date: NaiveDate) -> bool {
        self.calendar.is_projected(date)
    }

    /// Whether the office is open at a moment: in office hours, or when a unit receives on a day that is no working day
    /// of a time limit.
    fn is_open(&self, at: Moment) -> PyResult<bool> {
        Ok(self.calendar.is_open(at.0).map_err(Failure::from)?)
    }

    /// When the office opens and closes on a day; `None` if it does not.
    fn open_and_close(&self, date: NaiveDate) -> PyResult<Option<(At, At)>> {
        let hours = self.calendar.open_and_close(date).map_err(Failure::from)?;
        Ok(hours.map(|(open, close)| (At(open), At(close))))
    }

    /// The n-th working day after a date, which itself is not counted; with a negative n before it, with 0 the date
    /// itself. Worked Saturdays count.
    fn add_working_days(&self, date: NaiveDate, n: i32) -> PyResult<NaiveDate> {
        Ok(self.calendar.add_working_days(date, n).map_err(Failure::from)?)
    }

    /// The working days after `start` up to and including `end`; negative if `end` is earlier.
    fn count_working_days(&self, start: NaiveDate, end: NaiveDate) -> PyResult<i32> {
        Ok(self.calendar.count_working_days(start, end).map_err(Failure::from)?)
    }

    /// The moment after so much working time, which may be negative.
    fn add_working_time(&self, at: Moment, time: TimeDelta) -> PyResult<At> {
        Ok(At(self.calendar.add_working_time(at.0, time).map_err(Failure::from)?))
    }

    /// The working time from one moment to another; negative if `end` is earlier.
    fn count_working_time(&self, start: Moment, end: Moment) -> PyResult<TimeDelta> {
        Ok(self.calendar.count_working_time(start.0, end.0).map_err(Failure::from)?)
    }

    fn __repr__(&self) -> String {
        let (known_on, answers, unit) = self.recipe();
        let mut text = String::from("Calendar.vietnam()");
        // Writing into a string does not fail.
        if let Some(on) = known_on {
            let _ = write!(text, ".as_known_on(date({}, {}, {}))", on.year(), on.month(), on.day());
        }
        for (question, answer) in answers {
            let _ = write!(text, ".answering({question:?}, {answer:?})");
        }
        if let Some((_, file)) = unit {
            let _ = write!(text, ".for_unit(…, {file:?})");
        }
        let _ = write!(text, "  # {} to {}", self.calendar.first_day(), self.calendar.last_day());
        text
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = other.get();
            Arc::ptr_eq(&self.calendar, &other.calendar) || self.identity() == other.identity()
        })
    }

    fn __hash__(&self) -> u64 {
        hashed(&self.identity())
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, Recipe)> {
        Ok((py.get_type::<Self>().getattr("_rebuild")?.unbind(), self.recipe()))
    }

    #[staticmethod]
    fn _rebuild(
        py: Python<'_>,
        known_on: Option<NaiveDate>,
        answers: Vec<(String, String)>,
        unit: Option<(String, String)>,
    ) -> PyResult<Self> {
        let mut rebuilt = Self::vietnam();
        if let Some(on) = known_on {
            rebuilt = rebuilt.as_known_on(py, on)?;
        }
        for (question, answer) in answers {
            rebuilt = rebuilt.answering(py, &question, &answer)?;
        }
        match unit {
            Some((text, file)) => rebuilt.for_unit(py, text, &file),
            None => Ok(rebuilt),
        }
    }
}

pub(crate) fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
