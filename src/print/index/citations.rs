//! Every place that mentions a citation, by page.

use super::super::book::{Book, Tab};
use super::super::cells;
use super::super::emit::{Arg, Emitter};
use super::super::places::{Span, spans};
use crate::rule::{RowId, rule};

/// Writes the index.
pub(in crate::print) fn citations(book: &Book, em: &mut Emitter) {
    book.sheet(
        em,
        &Tab::Index.title(),
        "Index of citations",
        Some(Tab::Index),
        &[],
    );
    cells::title(em, 2, super::CITATIONS, "Index of citations");
    cells::lead(
        em,
        "Every page that speaks of a row: its own part, in bold; then answers, decisions, policies, records, register lines and exhibits that document it, serve it or mention it.",
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
            Arg::Spans(&book.row_span(row.id)),
            Arg::Spans(&documents(book, row.id)),
        ]);
    }
    em.end();
    em.close();
}

/// The documents that document or serve a row. The places that cite it in their text mark themselves.
fn documents(book: &Book, row: RowId) -> Vec<Span> {
    [
        book.gap_span(row),
        book.decision_span(row),
        spans(&book.policies_of(row)),
        spans(&book.papers_of(row)),
        spans(&book.registers_of(row)),
    ]
    .concat()
}
