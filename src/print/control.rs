//! Document control: which copy this is, what it was made from, who approved what, its history, and how to use it.

use super::book::Book;
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter};
use super::front::{notice, version};
use super::signatures;
use crate::binder::{Edition, Tie};
use crate::gap::State;
use crate::history::Version;
use crate::retention::LONGER;
use crate::rule::rule;

/// "of 164.312 only; ...", "" for the whole binder.
fn part(book: &Book) -> String {
    let only = &book.binder.meta.only;
    match only.rows().len() {
        0 => String::new(),
        1 => format!("one row, {}", only.words()),
        n => format!("{n} rows: {}", only.words()),
    }
}

/// Writes document control.
pub(super) fn control(book: &Book, em: &mut Emitter) {
    let (binder, meta) = (book.binder, &book.binder.meta);
    let config = &binder.content.config;
    book.sheet(em, "Front matter", "Document control", None, &[]);
    cells::title(em, 1, "control", "Document control");
    if !notice(book).is_empty() {
        em.open("notice", &[]);
        em.text(&notice(book));
        em.close();
    }
    cells::facts(
        em,
        &[
            ("Practice", meta.practice.clone()),
            ("Legal entity", meta.legal_name.clone()),
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
            (
                "Protocol edition",
                format!("OCR's audit protocol of {}", rule().protocol_edition()),
            ),
            ("Made with", format!("hipaa-binder {}", meta.program_version)),
            (
                "Keep at least",
                format!(
                    "{} years from the later of the day it was made and the day it was last in effect (45 CFR 164.316(b)(2)(i)). {LONGER}",
                    config.retention_years
                ),
            ),
        ],
    );
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
    if book.is_whole() {
        lines.push("What is no longer in effect, and how long each kind of document is kept, stands behind the tab Superseded.".to_string());
        lines.push("When systems or power are gone: take out everything behind the tab Contingency. It stands by itself.".to_string());
    }
    for line in &lines {
        em.item(line);
    }
    em.end();
    cells::heading(em, 2, "Rows by state");
    states(book, em);
    history(book, em);
    approvals(book, em);
    em.close();
}

/// The sealed versions of the binder, and who stands for this one.
fn history(book: &Book, em: &mut Emitter) {
    let (history, meta) = (&book.binder.history, &book.binder.meta);
    cells::heading(em, 2, "Revision history of the binder");
    let mut rows: Vec<Vec<Cell>> = history.versions.iter().map(sealed).collect();
    if let Some(label) = &meta.version_label {
        let this = [
            label.clone(),
            meta.as_of.to_string(),
            "this version".to_string(),
            String::new(),
            documented(book.binder.assessments.iter().map(|row| row.state)),
            "on its signature sheet".to_string(),
        ];
        rows.push(this.map(Cell::Text).to_vec());
    }
    if !rows.is_empty() {
        let head = ["Version", "As of", "Sealed", "By", "Documented", "Digest begins"];
        cells::table(em, &head, &rows, book.width());
    }
    if meta.version_label.is_none() {
        let words = match history.versions.last() {
            None => "No version of this binder is sealed yet. This is a working copy: it shows the files as they stood when it was made, and the build id says which files these were.".to_string(),
            Some(newest) => format!(
                "This is a working copy, made after version {}: it shows the files as they stood when it was made, and the build id says which files these were.",
                newest.label()
            ),
        };
        cells::paragraph(em, &words);
    }
    if book.is_whole() {
        em.open("lead", &[]);
        em.text("Whoever answers for this binder signs the sheet on page ");
        em.call_inline("pg", &[("", Arg::Label(signatures::APPROVAL))]);
        em.text("; the workforce signs from page ");
        em.call_inline("pg", &[("", Arg::Label(signatures::WORKFORCE))]);
        em.text(" on. Both name this version and this build.");
        em.close();
    }
}

/// A sealed version. Of one that this copy may not show, no more than when it was sealed.
fn sealed(version: &Version) -> Vec<Cell> {
    let head = &version.manifest;
    let summary = version.summary.as_ref();
    let digest = version.digest.as_deref().filter(|_| version.may_show);
    [
        head.label.clone(),
        head.as_of.to_string(),
        head.sealed_minute(),
        head.by.clone(),
        summary.map_or(String::new(), |summary| {
            documented(summary.rows.iter().map(|row| row.state))
        }),
        digest
            .and_then(|digest| digest.get(..16))
            .unwrap_or_default()
            .to_string(),
    ]
    .map(Cell::Text)
    .to_vec()
}

/// "42 of 60 rows": those that are documented, of those that apply.
fn documented(states: impl Iterator<Item = State>) -> String {
    let states: Vec<State> = states.filter(|state| *state != State::DoesNotApply).collect();
    let done = states.iter().filter(|state| **state == State::Documented).count();
    format!("{done} of {} rows", states.len())
}

/// Recorded approvals of the policies in effect.
fn approvals(book: &Book, em: &mut Emitter) {
    cells::heading(em, 2, "Recorded approvals");
    let mut rows = vec![];
    let mut tied = 0;
    for (index, life) in book.binder.policies.iter().enumerate() {
        let Some(text) = life.in_effect() else { continue };
        tied += usize::from(text.tie == Tie::Tied);
        let policy = &text.policy;
        let tie = match text.tie {
            Tie::Tied => "yes",
            Tie::Untied => "no: neither digest nor signed sheet",
            Tie::Changed => "no: the words changed afterwards",
            Tie::Draft => "",
        };
        let label = book.links.policy(index);
        let approved = policy.approved.as_ref().map(|at| at.value.to_string());
        let by = policy.approved_by.as_ref().map(|at| at.value.clone());
        rows.push(vec![
            Cell::Link(label.clone(), policy.title.clone()),
            Cell::text(&policy.version),
            Cell::text(approved.unwrap_or_default()),
            Cell::text(by.unwrap_or_else(|| "not said".to_string())),
            Cell::text(tie),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        cells::paragraph(
            em,
            "No policy or procedure in this binder is approved and in effect on its as-of date.",
        );
        return;
    }
    let of = match rows.len() {
        1 => "1 text in effect".to_string(),
        n => format!("{n} texts in effect"),
    };
    cells::paragraph(
        em,
        &format!(
            "{tied} of {of} with an approval that is tied to its words: by their digest, or by a signed sheet on file. A recorded approval is an entry that somebody typed; a signature is on paper."
        ),
    );
    let head = [
        "Policy or procedure",
        "Version",
        "Approved",
        "By",
        "Tied to its words",
        "Page",
    ];
    cells::table(em, &head, &rows, book.width());
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
