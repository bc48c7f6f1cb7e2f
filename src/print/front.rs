//! What stands before the rows: cover, contents, index of rows, and the sheet that opens a part.

use super::book::{Book, Doc, Tab};
use super::cells;
use super::emit::{Arg, Emitter};
use crate::rule::{RowKind, rule};

/// "Version 2026.2" or "Working copy, not sealed".
pub(super) fn version(book: &Book) -> String {
    match &book.binder.meta.version_label {
        Some(label) => format!("Version {label}"),
        None => "Working copy, not sealed".to_string(),
    }
}

/// The notice of every sheet, "" where none is due.
pub(super) fn notice(book: &Book) -> String {
    let meta = &book.binder.meta;
    let mut notices = vec![];
    if !meta.only.is_whole() {
        notices.push(format!("Part of the binder, of {} only.", meta.only.brief()));
    }
    if meta.reconstruction {
        notices.push(format!(
            "Reconstruction: made from today's files to show {}; not a copy kept from that day.",
            meta.as_of
        ));
    }
    notices.join(" ")
}

/// The cover.
pub(super) fn cover(book: &Book, em: &mut Emitter) {
    let meta = &book.binder.meta;
    let practice = &book.binder.content.config.practice;
    let mut lines = vec![meta.copy(), version(book), format!("As of {}", meta.as_of)];
    if !meta.only.is_whole() {
        lines.insert(0, format!("Part of the binder, of {} only", meta.only.words()));
    }
    if meta.legal_name != meta.practice {
        lines.push(meta.legal_name.clone());
    }
    lines.extend(
        [&practice.address, &practice.phone]
            .into_iter()
            .filter(|line| !line.is_empty())
            .cloned(),
    );
    if !practice.security_official.is_empty() {
        lines.push(format!("Security official: {}", practice.security_official));
    }
    lines.push(format!("Build {}", meta.build_id_short));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    em.call(
        "cover",
        &[
            ("title", Arg::Str("Security Rule binder")),
            (
                "subtitle",
                Arg::Str(
                    "45 CFR Part 164, Subpart C: the standards, what we do about each, and where it is shown",
                ),
            ),
            ("lines", Arg::List(&lines)),
        ],
    );
}

/// Contents.
pub(super) fn contents(book: &Book, em: &mut Emitter) {
    book.sheet(em, "Front matter", "Contents", None, &[]);
    em.open("hd", &[("", Arg::Int(1)), ("mark", Arg::Bool(true))]);
    em.text("Contents");
    em.close();
    em.start("toc", &[]);
    for entry in book.documents().into_iter().flat_map(|doc| book.entries(doc)) {
        line(em, entry.level, &entry.label, &entry.title);
    }
    em.end();
    em.close();
}

fn line(em: &mut Emitter, level: usize, label: &str, title: &str) {
    em.item_open();
    em.open("toc-line", &[("", Arg::Int(level)), ("", Arg::Label(label))]);
    em.text(title);
    em.close();
    em.item_close();
}

/// The sheet that opens a part, with what stands behind it.
pub(super) fn divider(book: &Book, em: &mut Emitter, tab: Tab) {
    let (title, label) = (tab.title(), tab.label());
    book.sheet(em, "", "", Some(tab), &[]);
    let subtitle = match tab {
        Tab::Section(number) => format!("45 CFR 164.{number}"),
        _ => String::new(),
    };
    let args = [
        ("title", Arg::Str(&title)),
        ("target", Arg::Label(&label)),
        ("subtitle", Arg::Str(&subtitle)),
    ];
    em.open("divider", &args);
    let docs: Vec<Doc> = book.documents();
    let start = docs
        .iter()
        .position(|doc| *doc == Doc::Divider(tab))
        .map_or(docs.len(), |at| at + 1);
    let inside = docs[start..]
        .iter()
        .take_while(|doc| !matches!(doc, Doc::Divider(_) | Doc::Signatures));
    let entries: Vec<_> = inside.flat_map(|doc| book.entries(*doc)).collect();
    if entries.is_empty() {
        let words = match tab {
            Tab::Decisions => "This binder contains no recorded decision.",
            Tab::Policies => "This binder contains no policy or procedure.",
            Tab::Records => "This binder contains no record.",
            Tab::Registers => "This binder contains no register.",
            Tab::Exhibits => "This binder contains no exhibit.",
            Tab::Contingency | Tab::Shelf | Tab::Index | Tab::Section(_) => "",
        };
        cells::lead(em, words);
    } else {
        em.start("toc", &[]);
        for entry in &entries {
            line(em, 2, &entry.label, &entry.title);
        }
        em.end();
    }
    let elsewhere = match tab {
        Tab::Policies => book.policies_in(Tab::Contingency),
        _ => vec![],
    };
    if !elsewhere.is_empty() {
        em.open("toc-note", &[]);
        em.text("Printed in the contingency pull-out");
        em.close();
        em.start("toc", &[]);
        for entry in elsewhere
            .into_iter()
            .flat_map(|life| book.entries(Doc::Policy(life)))
        {
            line(em, 2, &entry.label, &entry.title);
        }
        em.end();
    }
    em.close();
    em.close();
}

/// "Standard", "Implementation specification, addressable, of 164.308(a)(1)(i) Security management process".
pub(super) fn kind_words(row: &crate::rule::Row) -> String {
    let designation = row.designation.map(|d| format!(", {d}")).unwrap_or_default();
    match row.kind {
        RowKind::Standard => format!("Standard{designation}"),
        RowKind::Specification => {
            let standard = rule().standard_of(row.id).map(|standard| &rule()[standard]);
            let of = standard
                .map(|s| format!(" of {} {}", s.citation, s.name()))
                .unwrap_or_default();
            format!("Implementation specification{designation}{of}")
        }
    }
}
