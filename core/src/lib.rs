//! motcua
#![forbid(unsafe_code)]
pub mod moment;
