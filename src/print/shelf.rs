//! What is superseded and kept, and the retention schedule: how long each kind of document is kept at least
//! (164.316(b)(2)(i)).

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::Emitter;
use super::texts;
use crate::retention::{LONGER, Line, keep_policy_text, keep_record, later_record, schedule, superseded_texts};

/// Label and title of the list of superseded documents.
pub(super) const SHEET: (&str, &str) = ("shelf", "Superseded documents");
/// Label and title of the schedule.
pub(super) const SCHEDULE: (&str, &str) = ("retention", "Retention schedule");

/// Head of a column of days: what must stand beside every one of them, on every page.
const KEEP: &str = "Keep at least until (other law or a legal hold may require longer)";

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
    for (index, life) in binder.policies.iter().enumerate() {
        for at in superseded_texts(life, as_of) {
            let text = &life.texts[at];
            let label = match at == life.shown {
                true => book.links.policy(index),
                false => book.links.superseded(index, at),
            };
            let keep = keep_policy_text(binder, index, at);
            rows.push(vec![
                Cell::Link(label.clone(), text.policy.title.clone()),
                Cell::text(&text.policy.id),
                Cell::text(&text.policy.version),
                Cell::text(day(text.in_effect_from)),
                Cell::text(day(text.in_effect_to)),
                Cell::text(keep.map(|keep| keep.brief()).unwrap_or_default()),
                Cell::Page(label),
            ]);
        }
    }
    if rows.is_empty() {
        cells::lead(em, &format!("No text of a policy is superseded on {as_of}."));
    } else {
        let head = ["Title", "Id", "Version", "In effect from", "To", KEEP, "Page"];
        cells::table(em, &head, &rows, book.width());
    }
    cells::heading(em, 3, "Records");
    let records = &binder.content.records;
    let mut rows = vec![];
    for (index, record) in records.iter().enumerate() {
        let Some(later) = later_record(binder, index) else {
            continue;
        };
        let label = book.links.record(index);
        rows.push(vec![
            Cell::Link(label.clone(), record.title.clone()),
            Cell::text(day(record.date.as_ref().map(|at| at.value))),
            Cell::Link(book.links.record(later), records[later].title.clone()),
            Cell::text(keep_record(binder, index).brief()),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        cells::lead(em, "No record names another as the one before it.");
    } else {
        let head = ["Title", "Date", "In its place", KEEP, "Page"];
        cells::table(em, &head, &rows, book.width());
    }
    em.close();
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
    let rows: Vec<Vec<Cell>> = schedule(book.binder)
        .iter()
        .map(|line| {
            vec![
                Cell::text(line.title(book.binder)),
                Cell::text(line.count.to_string()),
                Cell::text(line.days.map_or(String::new(), |(first, last)| range(first, last))),
                Cell::text(until(line)),
            ]
        })
        .collect();
    let rows = [
        rows,
        vec![vec![
            Cell::text("Sealed versions of this binder"),
            Cell::text("0"),
            Cell::text(""),
            Cell::text("none is sealed yet"),
        ]],
    ]
    .concat();
    let head = ["Kind of document", "Number", "Oldest and newest", KEEP];
    cells::table(em, &head, &rows, book.width());
    em.close();
}

fn range(first: jiff::civil::Date, last: jiff::civil::Date) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    }
}

/// "2030-03-10 to 2032-02-14; 22 still in effect; 1 without a date".
fn until(line: &Line) -> String {
    let mut parts = vec![];
    if let Some((first, last)) = line.until {
        let days = match first == last {
            true => first.to_string(),
            false => format!("oldest {first}, newest {last}"),
        };
        parts.push(days);
    }
    match line.in_effect {
        0 => {}
        n if n == line.count => parts.push("no date yet: still in effect".to_string()),
        n => parts.push(format!("{n} still in effect")),
    }
    if line.undated > 0 {
        parts.push(format!("{} without a date", line.undated));
    }
    parts.join("; ")
}
