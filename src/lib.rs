//! hipaa-binder: compiles a clinic's plain files into a HIPAA Security Rule binder.
//!
//! The pipeline, in one direction: **read** ([`world::read`]) → **parse** ([`content`], [`markdown`]) → **join**
//! ([`binder`], [`crossref`]) → **assess** ([`gap`]) → **render** ([`site`], [`print`], [`json`]) → **publish**
//! ([`world::write`]). The middle is pure: no disk, no clock, no network, no global state.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod address;
pub mod binder;
pub mod citation;
pub mod content;
pub mod crossref;
pub mod diagnostic;
pub mod gap;
pub mod history;
pub mod import;
pub mod json;
pub mod markdown;
pub mod memo;
pub mod output;
pub mod phi;
pub mod pipeline;
pub mod print;
pub mod retention;
pub mod rule;
pub mod schema;
pub mod seal;
pub mod serve;
pub mod site;
pub mod starter;
pub mod theme;
pub mod verify;
pub mod world;

pub use binder::Options;
pub use pipeline::{Built, Stage, build, check};
