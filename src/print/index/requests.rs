//! What OCR's audit protocol asks to see, item by item, and where it is: a document with its pages, or the statement
//! that this binder contains none, over a line for a person to sign.

use super::super::book::{Book, Tab};
use super::super::cells;
use super::super::emit::{Arg, Emitter};
use super::super::places::{Found, spans};
use crate::gap::State;
use crate::rule::{RequestItem, Row, rule};

/// Widths of the columns: as parts of the width of the text, in the order item, asked for, where it is.
const SHARES: [f64; 3] = [0.195, 0.345, 0.46];
/// Room for page numbers beside the name of a document, in points.
const PAGES: f64 = 66.0;
/// Size of type in points.
const SIZE: f64 = 8.0;

/// "164.310(d)(2)(i)/2".
pub(in crate::print) fn id(row: &Row, item: &RequestItem) -> String {
    format!("{}/{}", row.citation, item.id)
}

/// Writes the index.
pub(in crate::print) fn requests(book: &Book, em: &mut Emitter) {
    sheet(book, em);
    cells::title(em, 2, super::REQUESTS, "Index of request items");
    cells::lead(
        em,
        &format!(
            "What OCR's {} audit protocol asks to see for each row, in our words, and where it is in {}. Where nothing is named, a person who knows signs that there is none: only a person can say so.",
            rule().protocol_edition(),
            if book.binder.meta.nothing().starts_with("This copy") {
                "this copy of the binder"
            } else {
                "this binder"
            },
        ),
    );
    let mut first = true;
    for section in rule().sections() {
        let mut rows = book.rows_of(section.number).peekable();
        if rows.peek().is_none() {
            continue;
        }
        // A section opens a page, and a run of its own: the longest index is laid out side by side with itself.
        if !std::mem::take(&mut first) {
            em.close();
            sheet(book, em);
        }
        cells::heading(em, 3, &format!("164.{} {}", section.number, section.title));
        let columns = SHARES.map(|share| share * book.width());
        em.start(
            "request-index",
            &[("columns", Arg::Points(&columns)), ("size", Arg::Point(SIZE))],
        );
        for row in rows {
            self::row(book, em, row);
        }
        em.end();
    }
    em.close();
}

fn sheet(book: &Book, em: &mut Emitter) {
    let (part, title) = (Tab::Index.title(), "Index of request items");
    book.sheet(em, &part, title, Some(Tab::Index), &[]);
}

fn row(book: &Book, em: &mut Emitter, row: &Row) {
    let found = book.binder.assessment(row.id);
    let (cite, label) = (row.citation.to_string(), book.links.row(row.id));
    em.tuple(&[
        Arg::Str("row"),
        Arg::Str(&cite),
        Arg::Str(row.name()),
        Arg::Str(found.state.name()),
        Arg::Label(&label),
    ]);
    let target = book.links.requests(row.id);
    let mut before: Vec<(String, Vec<Found>)> = vec![];
    for (n, item) in row.requests.iter().enumerate() {
        let id = id(row, item);
        let target = if n == 0 { target.as_str() } else { "" };
        em.tuple(&[Arg::Str("item"), Arg::Str(&id), Arg::Label(target)]);
        em.item_open();
        em.within(Some((SHARES[1] * book.width() - 8.0, SIZE)));
        em.text(&item.text);
        em.within(None);
        em.item_close();
        em.item_open();
        if found.state == State::DoesNotApply {
            em.text("The row does not apply; its page says why.");
        } else {
            let places = book.answering(row.id, item.kind);
            let same = before
                .iter()
                .find(|(_, there)| *there == places && there.len() > 1);
            if places.is_empty() {
                em.text(book.binder.meta.nothing());
                em.call_inline("sign-here", &[]);
            } else if let Some((as_for, _)) = same {
                let words = format!("The {} documents named for {as_for}", places.len());
                self::places(book, em, &[(words, spans(&places))]);
            } else {
                let each: Vec<_> = places
                    .iter()
                    .map(|p| (p.title.clone(), p.spans.clone()))
                    .collect();
                self::places(book, em, &each);
                before.push((id, places));
            }
        }
        em.item_close();
    }
}

/// Names of documents, each with its pages beside it.
fn places(book: &Book, em: &mut Emitter, each: &[(String, Vec<super::super::places::Span>)]) {
    em.start("document-places", &[("pages-width", Arg::Point(PAGES))]);
    for (title, spans) in each {
        em.item_open();
        em.within(Some((SHARES[2] * book.width() - PAGES - 20.0, SIZE)));
        em.text(title);
        em.within(None);
        em.item_close();
        em.tuple(&[Arg::Spans(spans)]);
    }
    em.end();
}
