//! The binder over time: what sealed versions say of themselves, and what changed from one to the next.
//!
//! Pure: archives are read and written by [`crate::world`].

pub mod extract;
pub mod plain;
pub mod words;
