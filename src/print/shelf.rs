//! What is superseded and kept, and the retention schedule: how long each kind of document is kept at least
//! (164.316(b)(2)(i)).

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::Emitter;
use super::texts;
use crate::retention::{HEAD, LONGER, VERSIONS, schedule, shelved_records, shelved_texts};

/// Label and title of the list of superseded documents.
pub(super) const SHEET: (&str, &str) = ("shelf", "Superseded documents");
/// Label and title of the schedule.
pub(super) const SCHEDULE: (&str, &str) = ("retention", "Retention schedule");

fn day(date: Option<jiff::civil::Date>) -> String {
    date.map_or_else(|| "not said".to_string(), |day| day.to_string())
}

/// Writes the list.
pub(super) fn shelf(book: &Book, em: &mut Emitter) {
    let (label, title) = SHEET;
    book.sheet(em, &Tab::Shelf.title(), title, Some(Tab::Shelf), &[]);
    texts::title(em, label, "No longer in effect", title);
    cells::lead(
        em,
        "These documents are no longer in effect. They are kept, so that it can be shown what was in effect on a given day.",
    );
    cells::heading(em, 3, "Texts of policies");
    let binder = book.binder;
    let as_of = binder.meta.as_of;
    let mut rows = vec![];
    for (index, at, keep) in shelved_texts(binder) {
        let life = &binder.policies[index];
        let text = &life.texts[at];
        let label = match at == life.shown {
            true => book.links.policy(index),
            false => book.links.superseded(index, at),
        };
        rows.push(vec![
            Cell::Link(label.clone(), text.policy.title.clone()),
            Cell::text(&text.policy.id),
            Cell::text(&text.policy.version),
            Cell::text(day(text.in_effect_from)),
            Cell::text(day(text.in_effect_to)),
            Cell::text(keep.brief()),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        cells::lead(em, &format!("No text of a policy is superseded on {as_of}."));
    } else {
        let head = ["Title", "Id", "Version", "In effect from", "To", HEAD, "Page"];
        cells::table(em, &head, &rows, book.width());
    }
    cells::heading(em, 3, "Records");
    let records = &binder.content.records;
    let mut rows = vec![];
    for (index, later, keep) in shelved_records(binder) {
        let label = book.links.record(index);
        rows.push(vec![
            Cell::Link(label.clone(), records[index].title.clone()),
            Cell::text(day(records[index].date.as_ref().map(|at| at.value))),
            Cell::Link(book.links.record(later), records[later].title.clone()),
            Cell::text(keep.brief()),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        cells::lead(em, "No record names another as the one before it.");
    } else {
        let head = ["Title", "Date", "In its place", HEAD, "Page"];
        cells::table(em, &head, &rows, book.width());
    }
    versions(book, em);
    em.close();
}

/// The sealed versions that this copy may show, the current one included.
fn versions(book: &Book, em: &mut Emitter) {
    cells::heading(em, 3, "Sealed versions of this binder");
    let versions = book
        .binder
        .history
        .versions
        .iter()
        .filter(|version| version.may_show);
    let mut rows = vec![];
    for version in versions {
        let (from, to) = match (version.current_from, version.current_to) {
            (None, _) => ("never current".to_string(), String::new()),
            (Some(from), None) => (from.to_string(), "still current".to_string()),
            (Some(from), Some(to)) => (from.to_string(), to.to_string()),
        };
        rows.push(vec![
            Cell::text(version.label()),
            Cell::text(version.manifest.as_of.to_string()),
            Cell::text(version.manifest.sealed_minute()),
            Cell::text(from),
            Cell::text(to),
            Cell::text(version.keep_brief()),
        ]);
    }
    if rows.is_empty() {
        cells::lead(em, "No version of this binder is sealed yet.");
    } else {
        let head = ["Version", "As of", "Sealed", "Current from", "To", HEAD];
        cells::table(em, &head, &rows, book.width());
        cells::lead(
            em,
            "Each is an archive in the folder \u{201c}versions\u{201d}, with its own pages and its own print.",
        );
    }
}

/// Writes the schedule.
pub(super) fn retention(book: &Book, em: &mut Emitter) {
    let (label, title) = SCHEDULE;
    book.sheet(em, &Tab::Shelf.title(), title, Some(Tab::Shelf), &[]);
    texts::title(em, label, "45 CFR 164.316(b)(2)(i)", title);
    let years = book.binder.content.config.retention_years;
    cells::paragraph(
        em,
        &format!(
            "The practice keeps each document at least {years} years from the day it was made or the day it was last in effect, whichever is later (45 CFR 164.316(b)(2)(i)). What is still in effect has no date yet. What has no date for another reason is kept on. {LONGER}"
        ),
    );
    let mut rows: Vec<Vec<Cell>> = schedule(book.binder)
        .iter()
        .map(|line| {
            vec![
                Cell::text(line.title(book.binder)),
                Cell::text(line.count.to_string()),
                Cell::text(line.range()),
                Cell::text(line.words()),
            ]
        })
        .collect();
    if !book
        .binder
        .history
        .versions
        .iter()
        .any(|version| version.may_show)
    {
        rows.push(vec![
            Cell::text(VERSIONS),
            Cell::text("0"),
            Cell::text(""),
            Cell::text("none is sealed yet"),
        ]);
    }
    let head = ["Kind of document", "Number", "Oldest and newest", HEAD];
    cells::table(em, &head, &rows, book.width());
    em.close();
}
