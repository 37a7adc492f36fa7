//! motcua
#![forbid(unsafe_code)]
pub mod calendar;
pub mod deadline;
pub mod dossier;
mod engine;
pub mod journal;
pub mod moment;
pub mod problem;
pub mod procedure;
pub mod routing;
mod toml_file;
pub use engine::{Answer, Engine, EngineError};
