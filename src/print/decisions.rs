//! Addressable decisions (164.306(d)(3)): a form for each, with the factors of 164.306(b)(2).

use std::ops::Range;

use super::book::{Book, Tab};
use super::cells;
use super::emit::{Arg, Emitter};
use super::prose::Prose;
use crate::content::{Answer, Branch, Decision, Factor};
use crate::rule::{RowId, rule};

/// Label of the decisions of a row.
pub(super) fn label(row: RowId) -> String {
    format!("decision-{}", row.index())
}

/// What was decided, in words.
pub(super) fn branch_words(branch: Option<Branch>) -> &'static str {
    match branch {
        Some(Branch::Implement) => "implement the specification",
        Some(Branch::Alternative) => "use an equivalent alternative measure",
        Some(Branch::Neither) => "neither; the standard is met in another way",
        None => "not made",
    }
}

fn factor_title(factor: Factor) -> &'static str {
    match factor {
        Factor::LikelyContribution => "Likely contribution to protecting the information",
        Factor::SizeAndComplexity => "Size, complexity and capabilities",
        Factor::TechnicalInfrastructure => "Technical infrastructure",
        Factor::Cost => "Cost",
        Factor::Risk => "Probability and criticality of risks",
        Factor::Reason => "Reason",
        Factor::Alternative => "The alternative measure",
        Factor::HowTheStandardIsMet => "How the standard is met",
    }
}

/// The top-level blocks of an answer that belong to its determinations, headings included; sorted, apart.
pub(super) fn ranges(answer: &Answer) -> Vec<Range<usize>> {
    let starts: Vec<_> = answer
        .decisions
        .iter()
        .filter_map(|d| d.determination.as_ref())
        .map(|d| d.place.range)
        .collect();
    let parts = answer.body.parts();
    let mut ranges: Vec<Range<usize>> = parts
        .iter()
        .filter(|part| starts.contains(&part.range))
        .map(|part| part.heading..part.blocks.end)
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}

/// Writes all decisions, a form each, in the order of the rule.
pub(super) fn decisions(book: &Book, em: &mut Emitter) {
    let decided = book.decided();
    if decided.is_empty() {
        return;
    }
    book.sheet(em, "", &Tab::Decisions.title(), Some(Tab::Decisions), &[]);
    for index in decided {
        let answer = &book.binder.content.answers[index];
        let row = &rule()[answer.row];
        em.open("decision-form", &[]);
        em.call("cite-here", &[("rows", Arg::Ints(&[answer.row.index()]))]);
        let label = label(answer.row);
        em.open(
            "hd",
            &[
                ("", Arg::Int(2)),
                ("to", Arg::Label(&label)),
                ("mark", Arg::Bool(true)),
            ],
        );
        em.text(&format!("{} {}", row.citation, row.name()));
        em.close();
        em.open("lead", &[]);
        em.text("The row stands on page ");
        em.call_inline("pg", &[("", Arg::Label(&book.links.row(answer.row)))]);
        em.text(".");
        em.close();
        for decision in &answer.decisions {
            form(book, em, answer, decision);
        }
        em.close();
    }
    em.close();
}

fn form(book: &Book, em: &mut Emitter, answer: &Answer, decision: &Decision) {
    if let Some(scope) = &decision.scope {
        cells::heading(em, 3, scope);
    }
    // That nobody is named is a gap.
    let unnamed = match book.binder.meta.shows_gaps() {
        true => "not named",
        false => "",
    };
    let or_blank = |text: Option<String>| {
        text.filter(|t| !t.trim().is_empty())
            .unwrap_or_else(|| unnamed.to_string())
    };
    cells::facts(
        em,
        &[
            ("Decision", branch_words(decision.branch).to_string()),
            (
                "Decided by",
                or_blank(decision.decided_by.as_ref().map(|at| at.value.clone())),
            ),
            (
                "Decided on",
                or_blank(decision.decided.as_ref().map(|at| at.value.to_string())),
            ),
            (
                "Look again by",
                decision
                    .review_by
                    .as_ref()
                    .map(|at| at.value.to_string())
                    .unwrap_or_default(),
            ),
        ],
    );
    let Some(determination) = &decision.determination else {
        if decision.branch != Some(Branch::Implement) {
            cells::lead(em, "This binder contains no written determination.");
        }
        return;
    };
    let prose = Prose {
        document: &answer.body,
        path: &answer.path,
        links: &book.links,
        prefix: String::new(),
        base: if decision.scope.is_some() { 4 } else { 3 },
        bookmarks: false,
        width: book.width(),
    };
    for part in &determination.parts {
        cells::heading(
            em,
            if decision.scope.is_some() { 4 } else { 3 },
            factor_title(part.factor),
        );
        prose.blocks(em, part.blocks.clone());
    }
}
