//! motcua
#![forbid(unsafe_code)]
pub mod calendar;
pub mod deadline;
pub mod dossier;
mod engine;
pub mod exchange;
pub mod journal;
pub mod measure;
pub mod moment;
pub mod problem;
pub mod procedure;
mod report;
pub mod routing;
pub mod score;
mod toml_file;
pub use engine::{Answer, Engine, EngineError};
pub use report::Report;
