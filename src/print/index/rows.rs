//! All rows by citation: state, marks, and the pages of everything that a row has.

use super::super::book::Book;
use super::super::cells;
use super::super::emit::{Arg, Emitter};
use super::super::places::spans;
use crate::rule::{Designation, rule};

/// Writes the index.
pub(in crate::print) fn rows(book: &Book, em: &mut Emitter) {
    book.sheet(em, "Front matter", "Index of rows", None, &[]);
    cells::title(em, 1, super::ROWS, "Index of rows");
    let gaps = book.binder.meta.shows_gaps();
    let which = match book.binder.meta.only.is_whole() {
        true => "Every standard and implementation specification",
        false => "The standards and implementation specifications of this part",
    };
    let and_gaps = if gaps { " and gaps" } else { "" };
    cells::lead(
        em,
        &format!(
            "{which}: its state and its four marks, with the pages of its part, answer, policy sections, records and exhibits, register lines, decision{and_gaps}. R: required. A: addressable. S: a standard whose specifications stand below it. A dash: nothing is there, or nothing is needed.",
        ),
    );
    for section in rule().sections() {
        let mut rows = book.rows_of(section.number).peekable();
        if rows.peek().is_none() {
            continue;
        }
        cells::heading(em, 2, &format!("164.{} {}", section.number, section.title));
        em.start("row-index", &[("gaps", Arg::Bool(gaps))]);
        for row in rows {
            let found = book.binder.assessment(row.id);
            let kind = match row.designation {
                Some(Designation::Required) => "R",
                Some(Designation::Addressable) => "A",
                None => "S",
            };
            let (label, cite) = (book.links.row(row.id), row.citation.to_string());
            let marks: Vec<&str> = found.marks.each().iter().map(|(_, mark)| mark.name()).collect();
            em.tuple(&[
                Arg::Str(&cite),
                Arg::Str(row.name()),
                Arg::Str(kind),
                Arg::Label(&label),
                Arg::Str(found.state.name()),
                Arg::List(&marks),
                Arg::Spans(&book.row_span(row.id)),
                Arg::Spans(&book.answer_span(row.id)),
                Arg::Spans(&spans(&book.policies_of(row.id))),
                Arg::Spans(&spans(&book.papers_of(row.id))),
                Arg::Spans(&spans(&book.registers_of(row.id))),
                Arg::Spans(&book.decision_span(row.id)),
                Arg::Spans(&book.gap_span(row.id)),
            ]);
        }
        em.end();
    }
    em.close();
}
