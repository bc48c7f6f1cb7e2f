//! The current risk analysis beside the one before it (164.308(a)(1)(ii)(A), kept under 164.316(b)(2)(i)).

use std::collections::BTreeSet;

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::Emitter;
use super::texts;
use crate::content::{Audience, Previous, Record, records};
use crate::retention::{keep_record, later_record};

/// Label and title of the sheet.
pub(super) const SHEET: (&str, &str) = ("analyses", "The risk analysis and the one before it");

const KIND: &str = "risk-analysis";

/// What stands before a risk analysis.
enum Before<'a> {
    /// This record.
    There(usize, &'a Record),
    /// A record that is not in this binder.
    Missing(&'a str),
    /// Nothing, for this reason.
    None(&'a str),
    /// Nobody has said.
    Unsaid,
}

/// Current risk analyses, the newest first: dated, not after the as-of date, and no newer one takes their place.
fn current(book: &Book) -> Vec<usize> {
    let records = &book.binder.content.records;
    let date = |index: usize| records[index].date.as_ref().map(|at| at.value);
    let mut current: Vec<usize> = (0..records.len())
        .filter(|index| records[*index].kind == KIND)
        .filter(|index| date(*index).is_some_and(|day| day <= book.binder.meta.as_of))
        .filter(|index| later_record(book.binder, *index).is_none())
        .collect();
    current.sort_by_key(|index| (std::cmp::Reverse(date(*index)), *index));
    current
}

fn before<'a>(book: &Book<'a>, record: &'a Record) -> Before<'a> {
    let records = &book.binder.content.records;
    match &record.previous {
        Some(Previous::Record(id)) => match records.iter().position(|other| other.id == *id) {
            Some(index) => Before::There(index, &records[index]),
            None => Before::Missing(id),
        },
        Some(Previous::Reason(reason)) => Before::None(reason),
        None => Before::Unsaid,
    }
}

/// The records that are printed behind the sheet: each current risk analysis, and the one before it.
pub(super) fn printed(book: &Book) -> Vec<usize> {
    let mut printed: Vec<usize> = vec![];
    for index in current(book) {
        let pair = match before(book, &book.binder.content.records[index]) {
            Before::There(previous, _) => vec![index, previous],
            _ => vec![index],
        };
        for index in pair {
            if !printed.contains(&index) {
                printed.push(index);
            }
        }
    }
    printed
}

/// Writes the sheet.
pub(super) fn analyses(book: &Book, em: &mut Emitter) {
    let (label, title) = SHEET;
    book.sheet(em, &Tab::Records.title(), title, Some(Tab::Records), &[]);
    texts::title(em, label, "Risk analysis", title);
    let current = current(book);
    if current.is_empty() {
        let words = format!(
            "{} no risk analysis that is dated on or before its as-of date.",
            contains(book)
        );
        cells::lead(em, &words);
    } else {
        cells::lead(
            em,
            "164.308(a)(1)(ii)(A) calls for an accurate and thorough assessment of the risks to electronic protected health information. The analysis before the current one is kept, and is printed behind it.",
        );
    }
    for index in current {
        compare(book, em, index);
    }
    em.close();
}

fn compare(book: &Book, em: &mut Emitter, index: usize) {
    let record = &book.binder.content.records[index];
    let previous = before(book, record);
    cells::heading(em, 3, &record.title);
    let mut columns = vec![(index, record)];
    if let Before::There(at, before) = &previous {
        columns.push((*at, before));
    }
    let mut head = vec!["", "Current"];
    if columns.len() > 1 {
        head.push("Before it");
    }
    let mut rows = vec![];
    let mut row = |name: &str, value: &dyn Fn(usize, &Record) -> Cell| {
        let values = columns.iter().map(|(index, record)| value(*index, record));
        rows.push(
            std::iter::once(Cell::text(name))
                .chain(values)
                .collect::<Vec<_>>(),
        );
    };
    let or_none = |text: String| {
        Cell::text(if text.is_empty() {
            "not said".to_string()
        } else {
            text
        })
    };
    row("Title", &|index, record| {
        Cell::Link(book.links.record(index), record.title.clone())
    });
    row("Date", &|_, record| or_none(day(record)));
    row("By", &|_, record| {
        or_none(book.people(record.by.as_deref().unwrap_or_default()))
    });
    row("Signed by", &|_, record| {
        or_none(book.people(record.signed_by.as_deref().unwrap_or_default()))
    });
    row("Systems in scope", &|_, record| {
        or_none(book.systems(&record.systems))
    });
    row("Sites in scope", &|_, record| or_none(book.sites(&record.sites)));
    row("Elements of HHS's guidance", &|_, record| {
        Cell::text(elements(book, record))
    });
    row("Risks", &|at, _| Cell::text(risks(book, at == index)));
    row("Keep at least until", &|index, _| {
        Cell::text(keep_record(book.binder, index).words())
    });
    row("Page", &|index, _| Cell::Page(book.links.record(index)));
    cells::table(em, &head, &rows, book.width());
    match previous {
        Before::There(_, before) => cells::paragraph(em, &scope_changes(book, record, before)),
        Before::Missing(id) if book.binder.meta.shows_gaps() => cells::paragraph(
            em,
            &format!(
                "It names \"{id}\" as the risk analysis before it. This binder does not contain that document."
            ),
        ),
        Before::None(reason) => cells::paragraph(em, &format!("There is none before it: {reason}")),
        Before::Unsaid if book.binder.meta.shows_gaps() => {
            cells::paragraph(em, "It does not say which risk analysis came before it.");
        }
        Before::Missing(_) | Before::Unsaid => {
            cells::paragraph(em, &format!("{} no risk analysis before it.", contains(book)));
        }
    }
}

/// A copy for fewer readers speaks of itself only.
fn contains(book: &Book) -> &'static str {
    match book.binder.meta.audience {
        Audience::Official => "This binder contains",
        _ => "This copy of the binder contains",
    }
}

fn day(record: &Record) -> String {
    record
        .date
        .as_ref()
        .map(|at| at.value.to_string())
        .unwrap_or_default()
}

/// "9 of 9", and to those who may see gaps, which are missing.
fn elements(book: &Book, record: &Record) -> String {
    let all = records::elements(KIND);
    let count = format!("{} of {}", record.elements.len(), all.len());
    let missing: Vec<&str> = all
        .iter()
        .copied()
        .filter(|element| !record.elements.contains(element))
        .collect();
    match missing.is_empty() || !book.binder.meta.shows_gaps() {
        true => count,
        false => format!("{count}; not found: {}", missing.join(", ")),
    }
}

/// The risk register goes with the current analysis; what earlier ones counted stands in their own words.
fn risks(book: &Book, is_current: bool) -> String {
    match book.binder.content.registers.get("risks") {
        Some(table) if is_current => match table.entries.len() {
            1 => "1 line in the risk register".to_string(),
            n => format!("{n} lines in the risk register"),
        },
        _ if is_current => "no risk register".to_string(),
        _ => "as its text says".to_string(),
    }
}

/// What came into scope and what left it.
fn scope_changes(book: &Book, now: &Record, before: &Record) -> String {
    let minus = |these: &[String], those: &[String]| -> Vec<String> {
        let those: BTreeSet<&String> = those.iter().collect();
        let mut left: Vec<String> = these.iter().filter(|id| !those.contains(id)).cloned().collect();
        left.dedup();
        left
    };
    let mut sentences = vec![];
    for (systems, sites, words) in [
        (
            minus(&now.systems, &before.systems),
            minus(&now.sites, &before.sites),
            "New in scope",
        ),
        (
            minus(&before.systems, &now.systems),
            minus(&before.sites, &now.sites),
            "No longer in scope",
        ),
    ] {
        let names = [book.systems(&systems), book.sites(&sites)];
        let names: Vec<String> = names.into_iter().filter(|names| !names.is_empty()).collect();
        if !names.is_empty() {
            sentences.push(format!("{words}: {}.", names.join("; ")));
        }
    }
    match sentences.is_empty() {
        true => "Both have the same systems and sites in scope.".to_string(),
        false => sentences.join(" "),
    }
}
