//! How long things take and where they wait, with what is still open treated as open.

mod backlog;
mod forecast;
mod survival;

pub use backlog::{Ageing, Band, StepTimes, Waiting};
pub use forecast::{Forecast, Risk};
pub use survival::{Exposure, Survival};
