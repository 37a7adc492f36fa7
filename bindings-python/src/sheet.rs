//! Tables to be read and printed.

use motcua::measure::Sheet;
use pyo3::prelude::*;

/// A table of texts: a report, a list, a ranking. A notebook shows it as a table.
#[pyclass(name = "Sheet", module = "motcua", frozen)]
pub(crate) struct PySheet {
    pub(crate) sheet: Sheet,
}

#[pymethods]
impl PySheet {
    /// What it is of.
    #[getter]
    fn title(&self) -> &str {
        &self.sheet.title
    }

    /// The names of its columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.sheet.head.iter().map(|head| head.name.as_str()).collect()
    }

    /// Its rows, a text for each column.
    #[getter]
    fn rows(&self) -> Vec<Vec<String>> {
        self.sheet.rows.clone()
    }

    /// What has to be known to read it: definitions, sources.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.sheet.notes.clone()
    }

    /// As Markdown, with title and notes.
    fn markdown(&self) -> String {
        self.sheet.to_string()
    }

    /// As an HTML table.
    fn html(&self) -> String {
        self.sheet.html()
    }

    /// As CSV, without title and notes.
    fn csv(&self) -> String {
        self.sheet.csv()
    }

    fn _repr_html_(&self) -> String {
        self.sheet.html()
    }

    fn __str__(&self) -> String {
        self.sheet.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Sheet {:?}, {} rows>", self.sheet.title, self.sheet.rows.len())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.sheet == other.get().sheet)
    }

    fn __hash__(&self) -> u64 {
        crate::calendar::hashed(&self.sheet.csv())
    }
}
