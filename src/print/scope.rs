//! The legal entity that the binder speaks for, and what it covers.

use super::book::Book;
use super::cells::{self, Cell};
use super::emit::Emitter;
use crate::content::config::EntityKind;
use crate::gap::State;
use crate::rule::{RowKind, rule};

/// Label and title of the sheet.
pub(super) const SHEET: (&str, &str) = ("scope", "Legal entity and scope");

/// Writes the sheet.
pub(super) fn scope(book: &Book, em: &mut Emitter) {
    let (label, title) = SHEET;
    book.sheet(em, "Front matter", title, None, &[]);
    cells::title(em, 1, label, title);
    let meta = &book.binder.meta;
    let config = &book.binder.content.config;
    let practice = &config.practice;
    cells::heading(em, 2, "Who is bound");
    cells::facts(
        em,
        &[
            ("Legal entity", meta.legal_name.clone()),
            ("Known as", meta.practice.clone()),
            ("Bound as", kind(practice.kind).to_string()),
            ("Address", practice.address.clone()),
            ("Telephone", practice.phone.clone()),
            ("Security official", practice.security_official.clone()),
        ],
    );
    if config.sites.is_empty() {
        cells::lead(
            em,
            "No site is named: the binder speaks of the legal entity as a whole.",
        );
    } else {
        let rows: Vec<Vec<Cell>> = config
            .sites
            .iter()
            .map(|site| {
                vec![
                    Cell::text(&site.name),
                    Cell::text(&site.address),
                    Cell::text(&site.id),
                ]
            })
            .collect();
        cells::table(
            em,
            &["Site", "Address", "Short name in registers"],
            &rows,
            book.width(),
        );
    }
    cells::paragraph(
        em,
        "One binder is one legal entity. Other entities, also those with the same owners or the same address, have binders of their own.",
    );
    covered(book, em);
    conditional(book, em);
    em.close();
}

fn kind(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::CoveredEntity => "covered entity (45 CFR 160.103)",
        EntityKind::BusinessAssociate => "business associate (45 CFR 160.103)",
        EntityKind::Both => "covered entity and business associate (45 CFR 160.103)",
    }
}

fn covered(book: &Book, em: &mut Emitter) {
    let meta = &book.binder.meta;
    cells::heading(em, 2, "What this binder covers");
    let sections: Vec<String> = rule()
        .sections()
        .iter()
        .filter(|section| rule().rows_of_section(section.number).next().is_some())
        .map(|section| format!("164.{}", section.number))
        .collect();
    let standards = rule()
        .rows()
        .iter()
        .filter(|row| row.kind == RowKind::Standard)
        .count();
    let all = rule().rows().len();
    cells::paragraph(
        em,
        &format!(
            "The Security Rule, 45 CFR Part 164, Subpart C: {all} rows, which are the {standards} standards and {} implementation specifications of {}. Addressable specifications are decided under 164.306(d).",
            all - standards,
            and(&sections),
        ),
    );
    cells::paragraph(
        em,
        "Not covered: the Privacy Rule (Subpart E), breach notification (Subpart D), the transactions and identifier rules (Part 162), other federal law, state law, and what contracts add.",
    );
    if !meta.only.is_whole() {
        cells::paragraph(
            em,
            &format!("This is a part of the binder, of {} only.", meta.only.words()),
        );
    }
    cells::facts(
        em,
        &[
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
            ("As of", meta.as_of.to_string()),
        ],
    );
    cells::paragraph(
        em,
        "The binder shows what is documented. The states it prints are computed from the documents in it. It is not legal advice.",
    );
}

/// "a, b and c".
fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The rows that do not bind this practice, and why.
fn conditional(book: &Book, em: &mut Emitter) {
    let only = &book.binder.meta.only;
    let mut rows = vec![];
    for found in &book.binder.assessments {
        if found.state != State::DoesNotApply || !only.holds(found.row) {
            continue;
        }
        let label = book.links.row(found.row);
        rows.push(vec![
            Cell::Link(
                label.clone(),
                format!("{} {}", found.row, rule()[found.row].name()),
            ),
            Cell::text(found.applies_because.clone().unwrap_or_default()),
            Cell::Page(label),
        ]);
    }
    cells::heading(em, 2, "Rows that do not apply");
    if rows.is_empty() {
        cells::paragraph(
            em,
            "None: no fact is recorded that takes a row out, so all are taken to apply.",
        );
    } else {
        cells::table(em, &["Row", "Because", "Page"], &rows, book.width());
    }
}
