//! What stands before the rows: cover, document control, contents, index of rows, and the sheet that opens a part.

use super::book::{Book, Doc, Tab};
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter};
use crate::binder::Edition;
use crate::content::config::EntityKind;
use crate::gap::State;
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

/// "of 164.312 only; ...", "" for the whole binder.
fn part(book: &Book) -> String {
    let only = &book.binder.meta.only;
    match only.rows().len() {
        0 => String::new(),
        1 => format!("one row, {}", only.words()),
        n => format!("{n} rows: {}", only.words()),
    }
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

/// Document control: what this copy is, how to use it, and the count of rows by state.
pub(super) fn control(book: &Book, em: &mut Emitter) {
    let (binder, meta) = (book.binder, &book.binder.meta);
    let config = &binder.content.config;
    book.sheet(em, "Front matter", "Document control", None, &[]);
    em.open(
        "hd",
        &[
            ("", Arg::Int(1)),
            ("to", Arg::Label("control")),
            ("mark", Arg::Bool(true)),
        ],
    );
    em.text("Document control");
    em.close();
    if !notice(book).is_empty() {
        em.open("notice", &[]);
        em.text(&notice(book));
        em.close();
    }
    let kind = match config.practice.kind {
        EntityKind::CoveredEntity => "covered entity",
        EntityKind::BusinessAssociate => "business associate",
        EntityKind::Both => "covered entity and business associate",
    };
    let sites: Vec<String> = config
        .sites
        .iter()
        .map(|s| format!("{} ({})", s.name, s.address).replace(" ()", ""))
        .collect();
    cells::facts(
        em,
        &[
            ("Practice", meta.practice.clone()),
            ("Legal entity", meta.legal_name.clone()),
            ("Bound as", kind.to_string()),
            ("Sites", sites.join("; ")),
            ("Security official", config.practice.security_official.clone()),
            ("Edition", meta.copy()),
            ("Part", part(book)),
            ("Version", version(book)),
            ("As of", meta.as_of.to_string()),
            ("Build id", meta.build_id.clone()),
            (
                "Rule edition",
                format!(
                    "{}, text of the eCFR read on {}",
                    meta.rule_edition, meta.rule_as_of
                ),
            ),
            ("Made with", format!("hipaa-binder {}", meta.program_version)),
            (
                "Keep at least",
                format!(
                    "{} years from the day it was made or was last in effect (45 CFR 164.316(b)(2)(i))",
                    config.retention_years
                ),
            ),
        ],
    );
    cells::heading(em, 2, "Rows by state");
    states(book, em);
    cells::heading(em, 2, "How to use this binder");
    em.start("numbers", &[]);
    let missing = match meta.shows_gaps() {
        true => ", and what is missing",
        false => "",
    };
    let mut lines = vec![
        "Looking for a paragraph of the rule: the index of rows, after the contents, gives its state and the pages of its part, its answer, its policies, its records and exhibits, and the log lines that serve it. The parts stand in the order of the rule, each behind its own tab."
            .to_string(),
        format!(
            "Looking for something that OCR's {} audit protocol asks to see: the index of request items, behind the last tab, names for each item the documents and their pages, or says that there is none.",
            rule().protocol_edition()
        ),
        "Looking for a piece of proof: the index of exhibits stands before the exhibits.".to_string(),
        format!(
            "Each row opens with the regulation's words. Then follow our answer with who gave it and when, the policies in effect, the evidence with exhibit numbers and pages, what OCR's audit protocol asks to see{missing}."
        ),
        "Looking for every place that speaks of a paragraph: the index of citations stands behind the last tab, too. Page numbers that follow each other are joined: 12\u{2013}14 means 12, 13 and 14.".to_string(),
        "A loose sheet finds its way back by its foot: practice, edition, version, as-of date, build id and page number. Pages count from the cover, and the page number is the one a PDF reader shows.".to_string(),
    ];
    if meta.shows_gaps() {
        lines.insert(2, "A sheet with a black bar at the outer edge is a gap page: it lists what a row needs that this binder does not show.".to_string());
    }
    if meta.edition == Edition::Production {
        lines.insert(2, "Where the binder contains no document for an item, it says so over a line for a person to sign and date. Only a person can say that there is none.".to_string());
    }
    for line in &lines {
        em.item(line);
    }
    em.end();
    cells::heading(em, 2, "Scope");
    cells::paragraph(
        em,
        "This binder covers the Security Rule, 45 CFR Part 164, Subpart C, and nothing else: not the Privacy Rule, not breach notification, not state law. It shows what is documented. It is not legal advice, and the states it prints are computed from the documents in it.",
    );
    em.close();
}

fn states(book: &Book, em: &mut Emitter) {
    let safeguards = |state: State, all: bool| {
        let only = &book.binder.meta.only;
        let rows = book.binder.assessments.iter();
        let rows = rows.filter(|a| a.state == state && only.holds(a.row));
        rows.filter(|a| all || matches!(rule()[a.row].section(), 308 | 310 | 312))
            .count()
            .to_string()
    };
    let mut rows = vec![];
    for (state, meaning) in [
        (State::Documented, "All that the row needs is in this binder."),
        (
            State::PartlyDocumented,
            "Something is in this binder, and something is missing.",
        ),
        (State::NotDocumented, "Nothing that counts is in this binder."),
        (
            State::DoesNotApply,
            "The practice's own facts say that the row does not bind it; its page gives them.",
        ),
    ] {
        let counts = [
            Cell::Text(safeguards(state, false)),
            Cell::Text(safeguards(state, true)),
        ];
        rows.push([vec![Cell::State(state), Cell::text(meaning)], counts.to_vec()].concat());
    }
    cells::table(
        em,
        &["State", "Meaning", "164.308 to .312", "All rows"],
        &rows,
        book.width(),
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
            Tab::Index | Tab::Section(_) => "",
        };
        cells::lead(em, words);
    } else {
        em.start("toc", &[]);
        for entry in &entries {
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
