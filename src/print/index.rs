//! The ways in, each with page numbers: by row, by request item, by exhibit, and every place that mentions a citation.
//!
//! What stands where is said by [`super::places`]; the pages are found by the template, once everything has its place.

use super::emit::{Arg, Emitter};

pub(super) mod citations;
pub(super) mod exhibits;
pub(super) mod requests;
pub(super) mod rows;

/// Label of the index of rows.
pub(super) const ROWS: &str = "rows";
/// Label of the index of request items.
pub(super) const REQUESTS: &str = "requests";
/// Label of the index of exhibits.
pub(super) const EXHIBITS: &str = "exhibits";
/// Label of the index of citations.
pub(super) const CITATIONS: &str = "citations";

/// The title of an index, with its bookmark.
fn title(em: &mut Emitter, level: usize, label: &str, title: &str) {
    em.open(
        "hd",
        &[
            ("", Arg::Int(level)),
            ("to", Arg::Label(label)),
            ("mark", Arg::Bool(true)),
        ],
    );
    em.text(title);
    em.close();
}
