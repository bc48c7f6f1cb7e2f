//! Tables of the program's own making: cells that are words, links, pages, states and marks.

use super::emit::{Arg, Emitter};
use super::places::Span;
use super::tables;
use crate::gap::{Mark, State};

/// A cell.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// Words that lead to a label.
    Link(String, String),
    /// The page number of a label; a dash where it is empty.
    Page(String),
    /// Words, and the pages of pieces of the print; a dash where there are none.
    Pages(String, Vec<Span>),
    /// Citations, each with the label of its row and the page of that; a dash where there are none.
    Rows(Vec<(String, String)>),
    /// A state.
    State(State),
    /// A mark.
    Mark(Mark),
}

impl Cell {
    /// Words, or a dash where there are none.
    pub fn or_dash(text: impl Into<String>) -> Self {
        match text.into() {
            text if text.trim().is_empty() => Cell::Text("\u{2013}".to_string()),
            text => Cell::Text(text),
        }
    }

    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    fn measure(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Link(_, text) => text.clone(),
            Cell::Page(_) => "0000".to_string(),
            Cell::Rows(rows) => {
                let longest = rows.iter().max_by_key(|(cited, _)| cited.len());
                let line = longest.map_or(String::new(), |(cited, _)| format!("{cited} p.\u{a0}000"));
                vec![line; rows.len()].join("; ")
            }
            Cell::Pages(words, spans) => format!("{words}{}", room(spans)),
            // The shape before the word takes about two letters and must stay with it.
            Cell::State(state) => format!("000{}", state.words().replace(' ', "\u{a0}")),
            Cell::Mark(mark) => format!("000{}", mark.name()),
        }
    }

    fn write(&self, em: &mut Emitter) {
        match self {
            Cell::Text(text) => em.text(text),
            Cell::Link(label, text) => {
                em.open("to", &[("", Arg::Label(label))]);
                em.text(text);
                em.close_inline();
            }
            Cell::Rows(rows) if rows.is_empty() => em.text("\u{2013}"),
            Cell::Rows(rows) => {
                for (n, (cited, label)) in rows.iter().enumerate() {
                    em.text(if n > 0 { "; " } else { "" });
                    em.open("to", &[("", Arg::Label(label))]);
                    em.text(cited);
                    em.close_inline();
                    if !label.is_empty() {
                        em.text(" p.\u{a0}");
                        em.call_inline("pg", &[("", Arg::Label(label))]);
                    }
                }
            }
            Cell::Pages(words, spans) => {
                em.text(words);
                em.call_inline("pages", &[("", Arg::Spans(spans))]);
            }
            Cell::Page(label) => em.call_inline("pg", &[("", Arg::Label(label))]),
            Cell::State(state) => em.call_inline("state-of", &[("", Arg::Str(state.name()))]),
            Cell::Mark(mark) => em.call_inline("mark", &[("", Arg::Str(mark.name()))]),
        }
    }
}

/// Words about as wide as the pages of `spans`, up to a line of them.
fn room(spans: &[Span]) -> String {
    let pieces = spans.iter().map(|span| {
        if span.to.is_empty() {
            "000"
        } else {
            "000\u{2013}000"
        }
    });
    pieces.take(3).collect::<Vec<_>>().join(", ")
}

/// Writes a table `width` points wide.
pub(super) fn table(em: &mut Emitter, head: &[&str], rows: &[Vec<Cell>], width: f64) {
    let head: Vec<String> = head.iter().map(|title| (*title).to_string()).collect();
    let words: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(Cell::measure).collect())
        .collect();
    let plan = tables::plan(em.glyphs(), &head, &words, width);
    tables::emit(em, &plan, &[], &head, &words, |em, row, column| match row {
        None => em.text(&head[column]),
        Some(row) => {
            if let Some(cell) = rows[row].get(column) {
                cell.write(em);
            }
        }
    });
}

/// Writes names and values under each other; empty values are left out.
pub(super) fn facts(em: &mut Emitter, pairs: &[(&str, String)]) {
    named(em, "facts", pairs);
}

/// Writes names and values on one line; empty values are left out.
pub(super) fn brief(em: &mut Emitter, pairs: &[(&str, String)]) {
    named(em, "brief", pairs);
}

fn named(em: &mut Emitter, function: &str, pairs: &[(&str, String)]) {
    let mut filled = pairs
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .peekable();
    if filled.peek().is_none() {
        return;
    }
    em.start(function, &[]);
    for (name, value) in filled {
        em.item(name);
        em.item(value);
    }
    em.end();
}

/// A paragraph of plain words.
pub(super) fn paragraph(em: &mut Emitter, text: &str) {
    em.open("p", &[]);
    em.text(text);
    em.close();
}

/// A heading that stands in the bookmarks and that the contents lead to.
pub(super) fn title(em: &mut Emitter, level: usize, label: &str, title: &str) {
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

/// A heading without label or bookmark.
pub(super) fn heading(em: &mut Emitter, level: usize, text: &str) {
    em.open("hd", &[("", Arg::Int(level))]);
    em.text(text);
    em.close();
}

/// A line in the small face.
pub(super) fn lead(em: &mut Emitter, text: &str) {
    em.open("lead", &[]);
    em.text(text);
    em.close();
}
