//! Formats of others: dossiers and other rows from CSV, by whatever names a system gives its columns.

mod cells;
mod csv;
mod mapping;
mod row;
mod rows;

pub use csv::{BadRow, Gathered, Import, ImportError, read_csv, write_csv};
pub use mapping::Mapping;
pub use rows::{Column, ReadRow, Rows, read_rows};
