//! The gap page of a row: what it needs that this binder does not show, and what to do about it.

use super::book::{Book, Tab};
use super::cells;
use super::emit::{Arg, Emitter, Origin};
use super::rows;
use crate::gap::Gap;
use crate::rule::{RowId, rule};

/// Writes the gap page of a row.
pub(super) fn gap(book: &Book, em: &mut Emitter, id: RowId) {
    let row = &rule()[id];
    let found = book.binder.assessment(id);
    let tab = Tab::Section(row.section());
    let title = format!("Gaps: {} {}", row.citation, row.name());
    book.sheet(em, &tab.title(), &title, Some(tab), &[("gap", Arg::Bool(true))]);
    let label = book.links.gap(id);
    em.open(
        "gap-box",
        &[("target", Arg::Label(&label)), ("title", Arg::Str(&title))],
    );
    let things = match found.gaps.len() {
        1 => "1 thing that the row needs is".to_string(),
        n => format!("{n} things that the row needs are"),
    };
    em.text(&format!(
        "This row is {}: {things} not shown in this binder.",
        found.state.words()
    ));
    em.close();
    cells::heading(em, 3, "The law");
    rows::law(book, em, row);
    cells::heading(em, 3, "What is missing");
    for gap in &found.gaps {
        item(em, gap);
    }
    cells::heading(
        em,
        3,
        &format!(
            "What OCR's {} audit protocol asks to see",
            rule().protocol_edition()
        ),
    );
    em.start("numbers", &[]);
    for request in &row.requests {
        em.item(&request.text);
    }
    em.end();
    em.close();
}

fn item(em: &mut Emitter, gap: &Gap) {
    em.at(Origin::Place(gap.place.clone()));
    em.start("gap-item", &[]);
    em.named_open("what");
    em.text(&gap.message);
    em.item_close();
    if !gap.help.is_empty() {
        em.named_open("do");
        em.text(&gap.help);
        em.item_close();
    }
    let mut details = vec![gap.mark.map_or("Whole row", |mark| mark.title()).to_string()];
    if !gap.place.file.is_empty() {
        details.push(match gap.place.line {
            0 => format!("File: {}", gap.place.file),
            line => format!("File: {}, line {line}", gap.place.file),
        });
    }
    if !gap.owner.is_empty() {
        details.push(format!("Owner: {}", gap.owner));
    }
    if let Some(plan) = &gap.plan {
        if !plan.action.is_empty() {
            details.push(format!("Plan: {}", plan.action));
        }
        if let Some(due) = plan.due {
            details.push(format!("Due: {due}"));
        }
    }
    em.list_open("details");
    for detail in &details {
        em.item(detail);
    }
    em.list_close();
    em.end();
}
