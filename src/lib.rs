pub mod citation;
pub mod rule;
