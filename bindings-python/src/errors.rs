//! Errors of the core as exceptions of `motcua.errors`.

use motcua::EngineError;
use motcua::calendar::CalendarError;
use motcua::deadline::DeadlineError;
use motcua::journal::JournalError;
use motcua::problem::Problems;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod python {
    pyo3::import_exception!(motcua.errors, CalendarError);
    pyo3::import_exception!(motcua.errors, DeadlineError);
    pyo3::import_exception!(motcua.errors, DefinitionError);
    pyo3::import_exception!(motcua.errors, InternalError);
    pyo3::import_exception!(motcua.errors, JournalError);
    pyo3::import_exception!(motcua.errors, RefusedError);
}

/// An error on its way to Python.
pub(crate) struct Failure {
    code: String,
    message: String,
    message_vi: String,
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        let room = failure.code.split('.').next().unwrap_or_default().to_owned();
        let arguments = (failure.code, failure.message, failure.message_vi);
        match room.as_str() {
            "calendar" => python::CalendarError::new_err(arguments),
            "deadline" => python::DeadlineError::new_err(arguments),
            "dossier" | "engine" | "routing" => python::RefusedError::new_err(arguments),
            "journal" => python::JournalError::new_err(arguments),
            "internal" => python::InternalError::new_err(arguments),
            _ => python::DefinitionError::new_err(arguments),
        }
    }
}

impl From<CalendarError> for Failure {
    fn from(error: CalendarError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), message_vi: error.vi() }
    }
}

impl From<DeadlineError> for Failure {
    fn from(error: DeadlineError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), message_vi: error.vi() }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), message_vi: error.vi() }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), message_vi: error.vi() }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        // Whatever room the first problem is of, it is a definition that is refused.
        let code = problems.0.first().map_or("file.form", |problem| problem.code);
        let message_vi = format!("{} lỗi trong tệp định nghĩa:\n{problems}", problems.0.len());
        Self { code: code.into(), message: problems.to_string(), message_vi }
    }
}

impl Failure {
    /// A definition that is refused, whatever room its first problem is of.
    pub(crate) fn definition(problems: Problems) -> PyErr {
        let Self { code, message, message_vi } = problems.into();
        python::DefinitionError::new_err((code, message, message_vi))
    }

    pub(crate) fn internal(message: &str) -> Self {
        Self {
            code: "internal.fault".into(),
            message: format!("internal fault: {message}; please report it"),
            message_vi: format!("lỗi nội bộ: {message}"),
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
