//! motcua
#![forbid(unsafe_code)]
pub mod moment;
pub mod problem;
pub mod routing;
