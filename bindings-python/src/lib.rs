//! The Python face of motcua. It converts and forwards; no rule lives here.

mod calendar;
mod convert;
mod deadline;
mod engine;
mod errors;

#[pyo3::pymodule]
mod _motcua {
    #[pymodule_export]
    use crate::calendar::{PyCalendar, PyDay};
    #[pymodule_export]
    use crate::deadline::{PyClock, PyExplanation, PyTimeLimit, timeliness};
    #[pymodule_export]
    use crate::engine::PyEngine;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python expects")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
