//! Citation to places: the index of the whole binder.

use serde::Serialize;

use crate::binder::SourceKind;
use crate::diagnostic::Place;
use crate::rule::RowId;

/// Every place that touches a citation, by row, in the order answer, policy, record, register, exhibit.
#[derive(Debug, Clone, Default)]
pub struct CrossRef {
    /// One list per row, in rule order.
    pub rows: Vec<Vec<Reference>>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reference {
    /// What sort of place.
    pub source: SourceKind,
    /// Path and anchor in the site ([`crate::address`]); the print turns it into a page number.
    pub address: String,
    /// What it is called: "Sanction policy, section Who decides".
    pub title: String,
    /// True when the place documents or serves the row, false when it only mentions it.
    pub documents: bool,
    /// Where it is written.
    pub place: Place,
}

impl CrossRef {
    /// The places of a row.
    pub fn of(&self, row: RowId) -> &[Reference] {
        self.rows.get(row.index()).map_or(&[], Vec::as_slice)
    }
}
