//! Errors of the core as exceptions of `motcua.errors`.

use motcua::EngineError;
use motcua::calendar::CalendarError;
use motcua::calendar::column::BadRows;
use motcua::deadline::DeadlineError;
use motcua::exchange::{BadRow, ImportError};
use motcua::journal::JournalError;
use motcua::measure::MeasureError;
use motcua::problem::Problems;
use motcua::score::ScoreError;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod python {
    pyo3::import_exception!(motcua.errors, CalendarError);
    pyo3::import_exception!(motcua.errors, DeadlineError);
    pyo3::import_exception!(motcua.errors, DefinitionError);
    pyo3::import_exception!(motcua.errors, InternalError);
    pyo3::import_exception!(motcua.errors, JournalError);
    pyo3::import_exception!(motcua.errors, MeasureError);
    pyo3::import_exception!(motcua.errors, RefusedError);
}

/// An error on its way to Python.
pub(crate) struct Failure {
    family: Family,
    code: String,
    message: String,
    message_vi: String,
    /// The rows of a column that it is about.
    rows: Vec<usize>,
}

enum Family {
    Calendar,
    Deadline,
    Definition,
    Internal,
    Journal,
    Measure,
    Refused,
}

impl From<Failure> for PyErr {
    fn from(Failure { family, code, message, message_vi, rows }: Failure) -> Self {
        let arguments = (code, message, message_vi, rows);
        match family {
            Family::Calendar => python::CalendarError::new_err(arguments),
            Family::Deadline => python::DeadlineError::new_err(arguments),
            Family::Definition => python::DefinitionError::new_err(arguments),
            Family::Internal => python::InternalError::new_err(arguments),
            Family::Journal => python::JournalError::new_err(arguments),
            Family::Measure => python::MeasureError::new_err(arguments),
            Family::Refused => python::RefusedError::new_err(arguments),
        }
    }
}

impl From<CalendarError> for Failure {
    fn from(error: CalendarError) -> Self {
        let (code, message) = (error.code().into(), error.to_string());
        Self { family: Family::Calendar, code, message, message_vi: error.vi(), rows: Vec::new() }
    }
}

impl From<DeadlineError> for Failure {
    fn from(error: DeadlineError) -> Self {
        let family =
            if matches!(error, DeadlineError::Calendar(_)) { Family::Calendar } else { Family::Deadline };
        Self {
            family,
            code: error.code().into(),
            message: error.to_string(),
            message_vi: error.vi(),
            rows: Vec::new(),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let (code, message) = (error.code().into(), error.to_string());
        Self { family: Family::Journal, code, message, message_vi: error.vi(), rows: Vec::new() }
    }
}

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Self {
        let family =
            if matches!(error, MeasureError::Calendar(_)) { Family::Calendar } else { Family::Measure };
        let (code, message) = (error.code().into(), error.to_string());
        let rows = if let MeasureError::Row { row, .. } = error { vec![row] } else { Vec::new() };
        Self { family, code, message, message_vi: error.vi(), rows }
    }
}

impl From<ScoreError> for Failure {
    fn from(error: ScoreError) -> Self {
        let (code, message) = (error.code().into(), error.to_string());
        Self { family: Family::Measure, code, message, message_vi: error.vi(), rows: Vec::new() }
    }
}

impl From<EngineError> for Failure {
    /// A command is refused for whatever room's reason; only the journal's own troubles are another family.
    fn from(error: EngineError) -> Self {
        let family = if matches!(error, EngineError::Journal(_)) { Family::Journal } else { Family::Refused };
        Self {
            family,
            code: error.code().into(),
            message: error.to_string(),
            message_vi: error.vi(),
            rows: Vec::new(),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let (code, message) = (error.code().into(), error.to_string());
        Self { family: Family::Definition, code, message, message_vi: error.vi(), rows: Vec::new() }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        let code = problems.0.first().map_or("file.form", |problem| problem.code).into();
        let message_vi = format!("{} lỗi trong tệp định nghĩa:\n{problems}", problems.0.len());
        Self { family: Family::Definition, code, message: problems.to_string(), message_vi, rows: Vec::new() }
    }
}

impl<E: Into<Failure>> From<BadRows<E>> for Failure {
    /// Without rows it is not about a row, but about the columns.
    fn from(BadRows { rows, first }: BadRows<E>) -> Self {
        let failure = first.into();
        let Some(row) = rows.first() else { return failure };
        let (message, message_vi) = (
            format!(
                "{} of the rows cannot be answered; the first of them is row {row}: {}",
                rows.len(),
                failure.message
            ),
            format!("{} dòng không trả lời được; dòng đầu tiên là {row}: {}", rows.len(), failure.message_vi),
        );
        Self { message, message_vi, rows, ..failure }
    }
}

impl Failure {
    /// Of rows that cannot be read, of which the first is told.
    pub(crate) fn rows(first: &BadRow, count: usize) -> Self {
        Self {
            family: Family::Definition,
            code: first.code.into(),
            message: format!("{count} of the rows cannot be read; the first of them: {first}"),
            message_vi: format!("{count} dòng không đọc được; dòng đầu tiên: {first}"),
            rows: Vec::new(),
        }
    }

    pub(crate) fn internal(message: &str) -> Self {
        Self {
            family: Family::Internal,
            code: "internal.fault".into(),
            message: format!("internal fault: {message}; please report it"),
            message_vi: format!("lỗi nội bộ: {message}"),
            rows: Vec::new(),
        }
    }
}

/// Leaves Python for a call: the interpreter is free meanwhile, and a panic comes back as an exception.
pub(crate) fn gate<T: Send>(py: Python<'_>, call: impl FnOnce() -> Result<T, Failure> + Send) -> PyResult<T> {
    let outcome = py.detach(|| catch_unwind(AssertUnwindSafe(call)));
    let outcome = outcome.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Failure::internal(&said.unwrap_or_else(|| "no message".into())))
    });
    Ok(outcome?)
}
