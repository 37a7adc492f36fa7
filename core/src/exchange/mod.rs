//! Formats of others.

mod csv;

pub use csv::{BadRow, COLUMNS, Column, Import, ImportError, read_csv};
