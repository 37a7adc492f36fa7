//! The Python face of motcua. It converts and forwards; no rule lives here.

mod calendar;
mod clock;
mod cohorts;
mod columns;
mod convert;
mod cross_table;
mod day;
mod engine;
mod errors;
mod explain;
mod facts;
mod index;
mod limit;
mod sheet;
mod table;
mod told;

#[pyo3::pymodule]
mod _motcua {
    #[pymodule_export]
    use crate::calendar::PyCalendar;
    #[pymodule_export]
    use crate::clock::PyClock;
    #[pymodule_export]
    use crate::cohorts::PyCohorts;
    #[pymodule_export]
    use crate::columns::{
        add_working_days, add_working_seconds, count_working_days, count_working_seconds, due, is_working_day,
    };
    #[pymodule_export]
    use crate::cross_table::PyTable;
    #[pymodule_export]
    use crate::day::PyDay;
    #[pymodule_export]
    use crate::engine::PyEngine;
    #[pymodule_export]
    use crate::explain::{PyExplanation, timeliness};
    #[pymodule_export]
    use crate::facts::{PyFacts, measures, ratios};
    #[pymodule_export]
    use crate::index::PyIndex;
    #[pymodule_export]
    use crate::limit::{PyLimitRule, PyReading, PyTimeLimit};
    #[pymodule_export]
    use crate::sheet::PySheet;
    #[pymodule_export]
    use crate::table::{PyLimitTable, incidents};

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python expects")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
