//! A row's part, always in one pattern of five: the law, the answer, policies in effect, evidence, gaps. Below them
//! stands where the things are that OCR's protocol asks to see.

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::decisions;
use super::emit::{Arg, Emitter};
use super::front;
use super::prose::Prose;
use super::redline;
use crate::binder::{Edition, RowLinks, Standing};
use crate::content::Answer;
use crate::gap::{Mark, State};
use crate::rule::{RequestKind, Row, RowId, rule};

/// Writes the part of a row.
pub(super) fn row(book: &Book, em: &mut Emitter, id: RowId) {
    let row = &rule()[id];
    let found = book.binder.assessment(id);
    let links = book.binder.links(id);
    let tab = Tab::Section(row.section());
    let cite = row.citation.to_string();
    book.sheet(
        em,
        &tab.title(),
        &format!("{cite} {}", row.name()),
        Some(tab),
        &[("dense", Arg::Bool(true))],
    );
    let marks: Vec<&str> = found.marks.each().iter().map(|(_, mark)| mark.name()).collect();
    let (kind, label) = (front::kind_words(row), book.links.row(id));
    em.call(
        "row-head",
        &[
            ("cite", Arg::Str(&cite)),
            ("title", Arg::Str(row.name())),
            ("kind", Arg::Str(&kind)),
            ("state", Arg::Str(found.state.name())),
            ("marks", Arg::List(&marks)),
            ("target", Arg::Label(&label)),
            ("row", Arg::Int(id.index())),
        ],
    );
    cells::heading(em, 3, "The law");
    law(book, em, row);
    answer(book, em, links, found.state);
    cells::heading(em, 3, "Policies in effect");
    policies(book, em, links, found.marks.policy);
    cells::heading(em, 3, "Evidence");
    evidence(book, em, id);
    if book.binder.meta.shows_gaps() {
        gaps(book, em, id);
    }
    requests(book, em, row);
    em.call("ends", &[("", Arg::Label(&book.links.row_end(id)))]);
    em.close();
}

fn gaps(book: &Book, em: &mut Emitter, id: RowId) {
    let found = book.binder.assessment(id);
    cells::heading(em, 3, "Gaps");
    if found.gaps.is_empty() {
        cells::lead(em, "None found.");
    } else {
        for gap in &found.gaps {
            em.open("gap-line", &[]);
            em.text(&gap.message);
            em.close();
        }
        em.open("lead", &[]);
        em.text("What to do about each: page ");
        em.call_inline("pg", &[("", Arg::Label(&book.links.gap(id)))]);
        em.text(".");
        em.close();
    }
}

/// The sentence for a part of which nothing can be shown: in a copy without gaps the statement, over a line to sign where
/// it is handed over; else `words`.
pub(super) fn nothing(book: &Book, em: &mut Emitter, words: &str) {
    let meta = &book.binder.meta;
    cells::lead(em, if meta.shows_gaps() { words } else { meta.nothing() });
    if meta.edition == Edition::Production {
        em.call("sign-here", &[]);
    }
}

/// The regulation's words, and why the row does or does not apply.
pub(super) fn law(book: &Book, em: &mut Emitter, row: &Row) {
    if let Some(lead) = &row.lead_in {
        let above = row.citation.parent().map(|c| c.to_string()).unwrap_or_default();
        quote(em, &above, "", lead);
    }
    quote(em, &row.citation.to_string(), &row.heading, &row.text);
    if let Some(note) = &row.note {
        cells::lead(em, note);
    }
    if let Some(only_if) = &row.applies_only_if {
        cells::lead(em, &format!("Applies only if: {only_if}"));
    }
    if let Some(because) = &book.binder.assessment(row.id).applies_because {
        cells::lead(em, because);
    }
}

fn quote(em: &mut Emitter, cite: &str, heading: &str, words: &str) {
    em.open("law", &[("cite", Arg::Str(cite)), ("heading", Arg::Str(heading))]);
    em.text(words);
    em.close();
}

fn answer(book: &Book, em: &mut Emitter, links: &RowLinks, state: State) {
    let answer = links.answer.map(|index| &book.binder.content.answers[index]);
    let (from, to) = answer.map_or_else(Default::default, |answer| book.links.answer(answer.row));
    em.open("hd", &[("", Arg::Int(3)), ("to", Arg::Label(&from))]);
    em.text("Our answer");
    em.close();
    let Some(answer) = answer else {
        match state {
            State::DoesNotApply => cells::lead(em, "No answer is needed: the row does not apply."),
            _ => nothing(book, em, "This binder contains no answer for this row."),
        }
        return;
    };
    let text =
        |at: &Option<crate::content::At<String>>| at.as_ref().map(|at| at.value.clone()).unwrap_or_default();
    cells::brief(
        em,
        &[
            ("Owner", text(&answer.owner)),
            ("Answered by", text(&answer.answered_by)),
            (
                "Read through",
                answer
                    .reviewed
                    .as_ref()
                    .map(|at| at.value.to_string())
                    .unwrap_or_default(),
            ),
        ],
    );
    let prose = Prose {
        document: &answer.body,
        path: &answer.path,
        links: &book.links,
        prefix: format!("answer-{}", answer.row.index()),
        base: 3,
        bookmarks: false,
        width: book.width(),
    };
    let mut from = 0;
    for skip in decisions::ranges(answer) {
        prose.blocks(em, from..skip.start.max(from));
        from = skip.end.max(from);
    }
    prose.blocks(em, from..answer.body.blocks.len());
    prose.notes(em);
    decided(em, answer);
    em.call("ends", &[("", Arg::Label(&to))]);
}

fn decided(em: &mut Emitter, answer: &Answer) {
    for decision in &answer.decisions {
        let scope = decision
            .scope
            .as_deref()
            .map(|scope| format!(" ({scope})"))
            .unwrap_or_default();
        em.open("lead", &[]);
        em.text(&format!(
            "Decision{scope}: {}, page ",
            decisions::branch_words(decision.branch)
        ));
        em.call_inline("pg", &[("", Arg::Label(&decisions::label(answer.row)))]);
        em.text(".");
        em.close();
    }
}

fn policies(book: &Book, em: &mut Emitter, links: &RowLinks, mark: Mark) {
    let mut rows = vec![];
    for link in &links.sections {
        let life = &book.binder.policies[link.life];
        // One text of a policy is printed; sections of its other texts are not in this binder.
        if link.text != life.shown {
            continue;
        }
        let text = book.binder.text(*link);
        let Some(section) = text.policy.sections.get(link.section) else {
            continue;
        };
        let from = match (life.standing, text.in_effect_from) {
            (Standing::InEffect, Some(from)) => from.to_string(),
            (Standing::NotYet, Some(from)) => format!("not yet: takes effect {from}"),
            (Standing::Lapsed, _) => "no longer in effect".to_string(),
            _ => "draft, not in effect".to_string(),
        };
        let label = book.links.section(book.binder, *link);
        rows.push(vec![
            Cell::Link(label.clone(), text.policy.title.clone()),
            Cell::text(if text.policy.version.is_empty() {
                "none"
            } else {
                &text.policy.version
            }),
            Cell::text(from),
            Cell::text(&section.title),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        match mark {
            Mark::NotNeeded => cells::lead(em, "Not needed on this row."),
            _ => nothing(
                book,
                em,
                "No policy or procedure in this binder documents this row.",
            ),
        }
    } else {
        cells::table(
            em,
            &["Policy", "Version", "In effect from", "Section", "Page"],
            &rows,
            book.width(),
        );
    }
    waiting(book, em, links);
}

/// Changes that wait in the policies of the row, with the pages they are printed on.
fn waiting(book: &Book, em: &mut Emitter, links: &RowLinks) {
    let shown = |link: &&crate::binder::SectionLink| link.text == book.binder.policies[link.life].shown;
    let mut lives: Vec<usize> = links
        .sections
        .iter()
        .filter(shown)
        .map(|link| link.life)
        .collect();
    lives.dedup();
    for index in lives {
        let life = &book.binder.policies[index];
        if life.pending.is_none() {
            continue;
        }
        let what = match life.approved_from() {
            Some(day) => format!("takes effect on {day}"),
            None => "waits for approval".to_string(),
        };
        let title = &life.texts[life.shown].policy.title;
        em.open("lead", &[]);
        em.text(&format!("A change of \"{title}\" {what}: page "));
        em.call_inline(
            "pg",
            &[("", Arg::Label(&redline::label(&book.links.policy(index))))],
        );
        em.text(".");
        em.close();
    }
}

fn evidence(book: &Book, em: &mut Emitter, id: RowId) {
    let found = book.binder.assessment(id);
    if found.marks.evidence == Mark::NotNeeded {
        cells::lead(em, "Not needed on this row.");
    } else if !found.proofs.is_empty() {
        let rows: Vec<Vec<Cell>> = found
            .proofs
            .iter()
            .map(|part| {
                vec![
                    Cell::text(&part.wanted),
                    Cell::or_dash(&part.coverage),
                    Cell::Mark(part.mark),
                ]
            })
            .collect();
        cells::table(em, &["What shows it", "There", "Mark"], &rows, book.width());
        em.call("gap-space", &[]);
    }
    let rows = proofs(book, id);
    let needed = found.marks.evidence != Mark::NotNeeded;
    let none = "No exhibit, record or register entry in this binder speaks of this row.";
    if rows.is_empty() && needed {
        nothing(book, em, none);
    } else if rows.is_empty() && book.binder.meta.shows_gaps() {
        cells::lead(em, none);
    } else if !rows.is_empty() {
        let head = ["What", "System", "Date or period", "By", "Exhibit", "Page"];
        cells::table(em, &head, &rows, book.width());
    }
}

/// Records, register entries and exhibits of a row, a line each.
fn proofs(book: &Book, id: RowId) -> Vec<Vec<Cell>> {
    let content = &book.binder.content;
    let links = book.binder.links(id);
    let mut rows = vec![];
    for index in &links.records {
        let record = &content.records[*index];
        let label = book.links.record(*index);
        rows.push(vec![
            Cell::Link(label.clone(), record.title.clone()),
            Cell::or_dash(book.systems(&record.systems)),
            Cell::or_dash(
                record
                    .date
                    .as_ref()
                    .map(|d| d.value.to_string())
                    .unwrap_or_default(),
            ),
            Cell::or_dash(
                book.people(
                    record
                        .signed_by
                        .as_ref()
                        .or(record.by.as_ref())
                        .map_or("", String::as_str),
                ),
            ),
            Cell::text("record"),
            Cell::Page(label),
        ]);
    }
    rows.extend(super::registers::summaries(book, links));
    for index in &links.exhibits {
        let exhibit = &content.exhibits[*index];
        let label = book.links.exhibit(*index);
        let cited = exhibit.rows.iter().find(|cited| cited.row == id);
        let locator = cited
            .and_then(|r| r.locator.as_deref())
            .map(|l| format!(", {l}"))
            .unwrap_or_default();
        rows.push(vec![
            Cell::Link(label.clone(), format!("{}{locator}", exhibit.title)),
            Cell::or_dash(book.systems(&exhibit.systems)),
            Cell::or_dash(super::exhibits::date(exhibit)),
            Cell::or_dash(book.people(&exhibit.by)),
            Cell::text(&exhibit.id),
            Cell::Page(label),
        ]);
    }
    rows
}

/// What OCR's protocol asks to see for the row, in short: the items stand in words, each with its documents by name, in
/// the index of request items.
fn requests(book: &Book, em: &mut Emitter, row: &Row) {
    let count = match row.requests.len() {
        1 => "1 item".to_string(),
        n => format!("{n} items"),
    };
    em.open("asked-for", &[]);
    em.text(&format!(
        "OCR's {} audit protocol asks to see {count} for this row. ",
        rule().protocol_edition()
    ));
    if book.binder.assessment(row.id).state == State::DoesNotApply {
        em.text("The row does not apply. ");
    } else {
        for item in &row.requests {
            let found = book.answering(row.id, item.kind);
            em.open("st", &[]);
            em.text(&format!("/{}", item.id));
            em.close_inline();
            let place = match (found.is_empty(), item.kind) {
                (true, _) => "no document",
                (_, RequestKind::Policy) => "under Policies in effect",
                (_, RequestKind::Evidence) => "under Evidence",
                (_, RequestKind::Alternative) => "the decision",
            };
            em.text(&format!("\u{a0}{place}; "));
        }
    }
    em.text("in words, with each document and all its pages: page ");
    em.call_inline("pg", &[("", Arg::Label(&book.links.requests(row.id)))]);
    em.text(".");
    em.close();
}
