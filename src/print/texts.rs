//! Policies and records in full, each under a head that says what it is, who approved it and which rows it speaks to.

use std::collections::BTreeSet;

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter};
use super::prose::Prose;
use super::redline;
use crate::binder::{PolicyLife, PolicyText, Standing, Tie};
use crate::content::{PolicyKind, Previous};
use crate::retention::{Keep, keep_policy_text, keep_record, later_record};
use crate::rule::{RowId, rule};

fn kind_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Policy => "Policy",
        PolicyKind::Procedure => "Procedure",
        PolicyKind::Plan => "Plan",
        PolicyKind::Form => "Form",
        PolicyKind::Contract => "Contract",
        PolicyKind::PlanDocument => "Plan document",
    }
}

/// Where a policy stands on the as-of date, in words.
fn standing_words(life: &PolicyLife, text: &PolicyText) -> String {
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
    match life.standing {
        Standing::Draft => "draft: nothing is approved".to_string(),
        Standing::NotYet => format!("approved; takes effect {}", day(text.in_effect_from)),
        Standing::InEffect => format!("in effect from {}", day(text.in_effect_from)),
        Standing::Lapsed if text.in_effect_to.is_none() => "no longer in effect".to_string(),
        Standing::Lapsed => format!("no longer in effect; was in effect to {}", day(text.in_effect_to)),
    }
}

/// When a text was in effect that another took the place of.
fn superseded_words(text: &PolicyText) -> String {
    match (text.in_effect_from, text.in_effect_to) {
        (Some(from), Some(to)) => format!("superseded; was in effect from {from} to {to}"),
        (_, Some(to)) => format!("superseded; was in effect to {to}"),
        _ => "superseded".to_string(),
    }
}

const KEEP: &str = "Keep at least until";

fn tie_words(tie: Tie) -> &'static str {
    match tie {
        Tie::Draft => "",
        Tie::Tied => "the approval is tied to these words",
        Tie::Untied => "the approval is not tied to these words",
        Tie::Changed => "the words changed after they were approved",
    }
}

/// Writes a policy: the text in effect, or the newest working text where none is.
pub(super) fn policy(book: &Book, em: &mut Emitter, index: usize) {
    let label = book.links.policy(index);
    let shown = book.binder.policies[index].shown;
    write(book, em, (index, shown), label, book.policy_tab(index));
}

/// Writes a text of a policy that another took the place of. What it cites is not found through the index.
pub(super) fn superseded(book: &Book, em: &mut Emitter, index: usize, text: usize) {
    em.leave_out_of_index();
    write(
        book,
        em,
        (index, text),
        book.links.superseded(index, text),
        Tab::Shelf,
    );
}

fn write(book: &Book, em: &mut Emitter, (index, at): (usize, usize), label: String, tab: Tab) {
    let life = &book.binder.policies[index];
    let text = &life.texts[at];
    let policy = &text.policy;
    let is_shown = at == life.shown;
    let in_effect = is_shown && life.standing == Standing::InEffect;
    let version = if policy.version.is_empty() {
        String::new()
    } else {
        format!(", version {}", policy.version)
    };
    let head = format!("{}{version}", policy.title);
    book.sheet(em, &tab.title(), &head, Some(tab), &[]);
    title(em, &label, kind_words(policy.kind), &policy.title);
    let standing = if is_shown {
        standing_words(life, text)
    } else {
        superseded_words(text)
    };
    if !in_effect {
        em.open("notice", &[]);
        em.text(&format!("Not in effect: {standing}."));
        em.close();
    }
    let typed = |value: &Option<crate::content::At<String>>| {
        value.as_ref().map(|v| v.value.clone()).unwrap_or_default()
    };
    let approved = match (&policy.approved, &policy.approved_by) {
        (Some(on), Some(by)) => format!("{} by {}", on.value, by.value),
        (Some(on), None) => on.value.to_string(),
        (None, _) => "not approved".to_string(),
    };
    let tie = tie_words(text.tie);
    let approved = if tie.is_empty() {
        approved
    } else {
        format!("{approved}; {tie}")
    };
    let pending = life
        .pending
        .filter(|_| is_shown)
        .and_then(|pending| life.texts.get(pending))
        .map(|pending| {
            let version = match pending.policy.version.as_str() {
                "" => String::new(),
                version => format!(", version {version},"),
            };
            match life.approved_from() {
                Some(day) => {
                    format!("A changed text{version} is in effect from {day}; what it changes stands below.")
                }
                None => {
                    format!("A changed text{version} waits for approval; what it would change stands below.")
                }
            }
        });
    cells::facts(
        em,
        &[
            ("Id", policy.id.clone()),
            ("Version", policy.version.clone()),
            ("Owner", typed(&policy.owner)),
            ("Standing", if in_effect { standing } else { String::new() }),
            ("Approved", approved),
            (
                "Superseded from",
                policy
                    .superseded
                    .as_ref()
                    .map(|d| d.value.to_string())
                    .unwrap_or_default(),
            ),
            (
                "Reviewed",
                policy
                    .reviews
                    .last()
                    .map(|r| format!("{} by {}: {}", r.date, r.by, r.result))
                    .unwrap_or_default(),
            ),
            ("Change pending", pending.unwrap_or_default()),
            (
                KEEP,
                keep_policy_text(book.binder, index, at).map_or_else(String::new, Keep::fact),
            ),
            ("Legal hold", policy.handling.hold.clone().unwrap_or_default()),
        ],
    );
    let mut rows: BTreeSet<RowId> = policy
        .sections
        .iter()
        .flat_map(|s| s.rows.iter().copied())
        .collect();
    rows.extend(policy.satisfies.iter().map(|claim| claim.row));
    let word = if in_effect { "Documents" } else { "Speaks of" };
    documents(book, em, word, &rows);
    let prose = Prose {
        document: &policy.body,
        path: &policy.path,
        links: &book.links,
        prefix: label,
        base: 2,
        bookmarks: is_shown,
        width: book.width(),
    };
    em.call("rule-below", &[]);
    prose.whole(em);
    if is_shown {
        redline::pending(em, life, &redline::label(&prose.prefix));
    }
    if !policy.revisions.is_empty() {
        cells::heading(em, 3, "Revisions");
        let rows: Vec<Vec<Cell>> = policy
            .revisions
            .iter()
            .map(|r| {
                let date = r.date.map(|d| d.to_string()).unwrap_or_default();
                vec![Cell::text(&r.version), Cell::text(date), Cell::text(&r.change)]
            })
            .collect();
        cells::table(em, &["Version", "Date", "Change"], &rows, book.width());
    }
    if !policy.reviews.is_empty() {
        cells::heading(em, 3, "Reviews");
        let rows: Vec<Vec<Cell>> = policy
            .reviews
            .iter()
            .map(|r| {
                vec![
                    Cell::text(r.date.to_string()),
                    Cell::text(&r.by),
                    Cell::text(&r.result),
                ]
            })
            .collect();
        cells::table(em, &["Date", "By", "Result"], &rows, book.width());
    }
    em.close();
}

/// Writes a record.
pub(super) fn record(book: &Book, em: &mut Emitter, index: usize) {
    let record = &book.binder.content.records[index];
    let date = record
        .date
        .as_ref()
        .map(|d| d.value.to_string())
        .unwrap_or_default();
    let head = [record.title.as_str(), date.as_str()].join(", ");
    let tab = book.record_tab(index);
    book.sheet(
        em,
        &tab.title(),
        head.trim_end_matches([',', ' ']),
        Some(tab),
        &[],
    );
    let label = book.links.record(index);
    let kind = record.kind.replace('-', " ");
    let mut letters = kind.chars();
    let kind: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    title(em, &label, &kind, &record.title);
    let previous = match &record.previous {
        Some(Previous::Record(id)) => {
            let other = book.binder.content.records.iter().find(|r| r.id == *id);
            other.map_or_else(|| id.clone(), |r| r.title.clone())
        }
        Some(Previous::Reason(reason)) => format!("none: {reason}"),
        None => String::new(),
    };
    let later =
        later_record(book.binder, index).map(|later| book.binder.content.records[later].title.clone());
    cells::facts(
        em,
        &[
            ("Date", date),
            ("By", book.people(record.by.as_deref().unwrap_or_default())),
            (
                "Signed by",
                book.people(record.signed_by.as_deref().unwrap_or_default()),
            ),
            ("Systems", book.systems(&record.systems)),
            ("Sites", book.sites(&record.sites)),
            ("Before it", previous),
            ("In its place", later.unwrap_or_default()),
            (KEEP, keep_record(book.binder, index).fact()),
            ("Legal hold", record.handling.hold.clone().unwrap_or_default()),
        ],
    );
    let rows: BTreeSet<RowId> = rule()
        .row_ids()
        .filter(|row| book.binder.links(*row).records.contains(&index))
        .collect();
    documents(book, em, "Serves", &rows);
    em.call("rule-below", &[]);
    let prose = Prose {
        document: &record.body,
        path: &record.path,
        links: &book.links,
        prefix: label,
        base: 2,
        bookmarks: false,
        width: book.width(),
    };
    prose.whole(em);
    em.call("ends", &[("", Arg::Label(&book.record_span(index).to))]);
    em.close();
}

/// A title with a label and a bookmark, under a line that says what it is the title of.
pub(super) fn title(em: &mut Emitter, label: &str, kind: &str, title: &str) {
    em.open(
        "titled",
        &[("", Arg::Str(kind)), ("", Arg::Int(2)), ("to", Arg::Label(label))],
    );
    em.text(title);
    em.close();
}

/// The rows a text speaks to, with their pages.
pub(super) fn documents(book: &Book, em: &mut Emitter, word: &str, rows: &BTreeSet<RowId>) {
    let only = &book.binder.meta.only;
    let rows: Vec<RowId> = rows.iter().copied().filter(|row| only.holds(*row)).collect();
    if rows.is_empty() {
        return;
    }
    em.open("documents", &[("", Arg::Str(word))]);
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            em.text("; ");
        }
        let label = book.links.row(*row);
        em.open("to", &[("", Arg::Label(&label))]);
        em.text(&row.to_string());
        em.close_inline();
        em.text(" p.\u{a0}");
        em.call_inline("pg", &[("", Arg::Label(&label))]);
        if em.is_indexed() {
            em.call_inline("cite-here", &[("rows", Arg::Ints(&[row.index()]))]);
        }
    }
    em.close();
}
