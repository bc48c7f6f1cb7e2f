//! The index at the end: every place that mentions a citation, by page.

use super::book::{Book, Tab};
use super::cells;
use super::emit::{Arg, Emitter};
use crate::rule::rule;

/// Writes the index. The pages are found by the template, once everything before has its place.
pub(super) fn index(book: &Book, em: &mut Emitter) {
    book.sheet(em, &Tab::Index.title(), "", Some(Tab::Index), &[]);
    cells::lead(
        em,
        "Pages that speak of each row. The page in bold is the row's own part.",
    );
    em.start("citation-index", &[]);
    let only = &book.binder.meta.only;
    for row in rule().rows().iter().filter(|row| only.holds(row.id)) {
        let (cite, label) = (row.citation.to_string(), book.links.row(row.id));
        em.tuple(&[
            Arg::Int(row.id.index()),
            Arg::Str(&cite),
            Arg::Str(row.name()),
            Arg::Label(&label),
        ]);
    }
    em.end();
    em.close();
}
