//! Formats of others.

mod csv;
mod row;

pub use csv::{BadRow, COLUMNS, Column, Import, ImportError, read_csv};
