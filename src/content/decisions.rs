//! Decisions of addressable rows: the `[[decision]]` blocks of the front matter joined with their written
//! determinations in the body (164.306(b)(2) and (d)(3)).

use std::ops::Range;

use super::fields::Table;
use super::frontmatter::FrontMatter;
use super::substance::judge;
use super::{Branch, Decision, Determination, DeterminationPart, Factor, keys, words};
use crate::diagnostic::{Diagnostic, Place};
use crate::markdown::{Document, Part};
use crate::rule::{RowId, rule};

pub(super) const BRANCHES: [(&str, Branch); 3] = [
    ("implement", Branch::Implement),
    ("alternative", Branch::Alternative),
    ("neither", Branch::Neither),
];

/// The `[[decision]]` blocks.
pub fn read(table: &Table, out: &mut Vec<Diagnostic>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for table in table.tables("decision", out) {
        table.check(&keys::DECISION, out);
        decisions.push(Decision {
            scope: table.text("scope", out).map(|at| at.value),
            branch: table
                .one_of("branch", "a branch of a decision", &BRANCHES, out)
                .map(|at| at.value),
            decided_by: table.text("decided_by", out),
            decided: table.date("decided", out),
            review_by: table.date("review_by", out),
            determination: None,
            place: table.place.clone(),
        });
    }
    decisions
}

/// The scope of a heading `Decision` or `Decision: SCOPE`; `None` for other headings.
fn scope_of(part: &Part) -> Option<Option<String>> {
    let title = part.title.trim();
    let word = ["decision", "determination"].into_iter().find(|word| {
        title
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })?;
    let rest = title[word.len()..].trim_start();
    if rest.is_empty() {
        return Some(None);
    }
    let scope = rest.strip_prefix([':', '-', '–', '—'])?.trim();
    Some((!scope.is_empty()).then(|| scope.to_owned()))
}

/// The block ranges of decisions, headings included. A decision runs to the next heading of its own level that is no
/// factor, so that factors may be written at the level of the decision, too.
pub fn ranges(parts: &[Part]) -> Vec<Range<usize>> {
    blocks(parts)
        .into_iter()
        .map(|found| found.part.heading..found.end)
        .collect()
}

struct Found<'p> {
    part: &'p Part,
    scope: Option<String>,
    factors: Vec<(Factor, &'p Part)>,
    /// Deeper headings that are no factor.
    unknown: Vec<&'p Part>,
    end: usize,
}

fn blocks(parts: &[Part]) -> Vec<Found<'_>> {
    let mut found: Vec<Found> = Vec::new();
    let mut open = false;
    for part in parts {
        if let Some(scope) = scope_of(part) {
            found.push(Found {
                part,
                scope,
                factors: vec![],
                unknown: vec![],
                end: part.blocks.end,
            });
            open = true;
            continue;
        }
        let Some(last) = found.last_mut().filter(|_| open) else {
            continue;
        };
        match factor(&part.title) {
            Some(factor) if part.level >= last.part.level => {
                last.factors.push((factor, part));
                last.end = last.end.max(part.blocks.end);
            }
            _ if part.heading < last.part.blocks.end => {
                // A heading below a factor belongs to it.
                if !last
                    .factors
                    .last()
                    .is_some_and(|(_, f)| f.blocks.contains(&part.heading))
                {
                    last.unknown.push(part);
                }
            }
            _ => open = false,
        }
    }
    found
}

/// The factor that a heading names.
fn factor(heading: &str) -> Option<Factor> {
    let heading = words::plain(heading);
    let says = |word: &str| heading.split(' ').any(|w| w.starts_with(word));
    // In this order: "How the standard is met" has no word of the others, "Reason for the alternative" is a reason.
    let rules: [(&[&str], Factor); 8] = [
        (&["contribut", "likely"], Factor::LikelyContribution),
        (&["size", "complex", "capabilit"], Factor::SizeAndComplexity),
        (&["technical", "infrastructure"], Factor::TechnicalInfrastructure),
        (&["cost", "expense"], Factor::Cost),
        (&["reason", "why"], Factor::Reason),
        (&["alternativ", "instead"], Factor::Alternative),
        (&["standard", "met"], Factor::HowTheStandardIsMet),
        (&["risk", "probabil", "criticalit"], Factor::Risk),
    ];
    if heading.split(' ').count() > 12 {
        return None;
    }
    rules
        .iter()
        .find(|(words, _)| words.iter().any(|word| says(word)))
        .map(|(_, factor)| *factor)
}

/// The headings a determination may have, in words.
const FACTOR_HEADINGS: &str = "Likely contribution, Size and complexity, Technical infrastructure, Cost, Risk, Reason, and Alternative or How the standard is met";

/// Joins blocks and headings.
///
/// Errors: `decision-on-required-row`, `decision-without-scope`, `duplicate-scope`, `decision-without-block`.
/// Warning: `unknown-factor`.
pub fn attach(
    front: &FrontMatter,
    body: &Document,
    parts: &[Part],
    row: RowId,
    mut decisions: Vec<Decision>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Decision> {
    let found = blocks(parts);
    if !rule()[row].is_addressable() {
        report_required(front, row, &decisions, &found, out);
        return vec![];
    }
    report_scopes(&decisions, out);
    let mut used: Vec<Option<Place>> = vec![None; decisions.len()];
    for found in &found {
        let place = front.place(found.part.range.as_range());
        let Some(index) = matching(&decisions, found.scope.as_deref()) else {
            out.push(without_block(place, found.scope.as_deref(), &decisions));
            continue;
        };
        if let Some(first) = &used[index] {
            out.push(
                Diagnostic::error("duplicate-scope", place, "this decision is written twice")
                    .help("Put both texts under one heading, or give each its scope: ## Decision: the systems it speaks of")
                    .also(first.clone(), "first written here"),
            );
            continue;
        }
        used[index] = Some(place.clone());
        decisions[index].determination = Some(determination(front, body, found, row, place, out));
    }
    decisions
}

fn determination(
    front: &FrontMatter,
    body: &Document,
    found: &Found,
    row: RowId,
    place: Place,
    out: &mut Vec<Diagnostic>,
) -> Determination {
    for part in &found.unknown {
        out.push(
            Diagnostic::warning(
                "unknown-factor",
                front.place(part.range.as_range()),
                format!(
                    "\"{}\" is no part of a determination",
                    words::excerpt(&part.title, 60)
                ),
            )
            .help(format!("The parts are {FACTOR_HEADINGS}.")),
        );
    }
    let parts = found.factors.iter().map(|(factor, part)| DeterminationPart {
        factor: *factor,
        place: front.place(part.range.as_range()),
        blocks: part.blocks.clone(),
        substance: judge(&body.blocks[part.blocks.clone()], Some(row)),
    });
    Determination {
        place,
        parts: parts.collect(),
    }
}

/// The decision that a heading belongs to: the one with its scope, or the only one where one of the two has none.
fn matching(decisions: &[Decision], scope: Option<&str>) -> Option<usize> {
    let Some(scope) = scope else {
        return match decisions {
            [_] => Some(0),
            _ => decisions.iter().position(|d| d.scope.is_none()),
        };
    };
    let plain = words::plain(scope);
    decisions
        .iter()
        .position(|d| d.scope.as_deref().is_some_and(|s| words::plain(s) == plain))
}

fn without_block(place: Place, scope: Option<&str>, decisions: &[Decision]) -> Diagnostic {
    let scopes: Vec<&str> = decisions.iter().filter_map(|d| d.scope.as_deref()).collect();
    match scope {
        None if scopes.len() > 1 => {
            Diagnostic::error("decision-without-scope", place, "this file has several decisions, and this heading does not say which one it explains")
                .help(format!("Type ## Decision: and one of {}.", words::choice(scopes.iter().copied())))
        }
        None => Diagnostic::error("decision-without-block", place, "the decision is explained here, and the top of the file does not hold it")
            .help("Type at the end of the lines between +++: [[decision]], branch = \"alternative\", decided_by = \"...\", decided = 2026-02-15"),
        Some(scope) => Diagnostic::error(
            "decision-without-block",
            place,
            format!("the top of the file holds no decision with the scope \"{}\"", words::excerpt(scope, 60)),
        )
        .help(if scopes.is_empty() {
            format!("Type scope = \"{scope}\" below [[decision]] at the top of the file.")
        } else {
            format!(
                "{}The scopes at the top are {}.",
                words::nearest(scope, scopes.iter().copied()).map_or_else(String::new, |s| format!("Did you mean \"{s}\"? ")),
                words::list(scopes.iter().copied())
            )
        }),
    }
}

/// Several decisions need scopes, each another one.
fn report_scopes(decisions: &[Decision], out: &mut Vec<Diagnostic>) {
    if decisions.len() < 2 {
        return;
    }
    for (index, decision) in decisions.iter().enumerate() {
        let Some(scope) = &decision.scope else {
            out.push(
                Diagnostic::error(
                    "decision-without-scope",
                    decision.place.clone(),
                    "this file has several decisions, and this one does not say what it speaks of",
                )
                .help("Type scope = \"...\", the systems or devices it speaks of."),
            );
            continue;
        };
        let same = |d: &&Decision| {
            d.scope
                .as_deref()
                .is_some_and(|s| words::plain(s) == words::plain(scope))
        };
        if let Some(first) = decisions[..index].iter().find(same) {
            out.push(
                Diagnostic::error(
                    "duplicate-scope",
                    decision.place.clone(),
                    format!("two decisions have the scope \"{scope}\""),
                )
                .help("Keep one of them, or name what each speaks of.")
                .also(first.place.clone(), "first decided here"),
            );
        }
    }
}

fn report_required(
    front: &FrontMatter,
    row: RowId,
    decisions: &[Decision],
    found: &[Found],
    out: &mut Vec<Diagnostic>,
) {
    let row = &rule()[row];
    let message = if row.designation.is_some() {
        format!("{} is required, so there is nothing to decide", row.citation)
    } else {
        format!("{} is a standard, so there is nothing to decide", row.citation)
    };
    let at = decisions
        .iter()
        .map(|d| d.place.clone())
        .chain(found.iter().map(|f| front.place(f.part.range.as_range())));
    if let Some(place) = at.into_iter().next() {
        out.push(
            Diagnostic::error("decision-on-required-row", place, message)
                .help("Take the decision out. Only addressable rows leave a choice (164.306(d)(2) and (3)); the others must be met."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_named_loosely() {
        for (heading, want) in [
            ("Likely contribution", Some(Factor::LikelyContribution)),
            (
                "LIKELY CONTRIBUTION TO PROTECTION",
                Some(Factor::LikelyContribution),
            ),
            (
                "Size, complexity and capabilities",
                Some(Factor::SizeAndComplexity),
            ),
            ("Technical infrastructure", Some(Factor::TechnicalInfrastructure)),
            ("Costs", Some(Factor::Cost)),
            ("Risk", Some(Factor::Risk)),
            ("Probability and criticality of risks", Some(Factor::Risk)),
            ("Reason", Some(Factor::Reason)),
            ("Why not", Some(Factor::Reason)),
            ("The alternative", Some(Factor::Alternative)),
            ("What we do instead", Some(Factor::Alternative)),
            ("How the standard is met", Some(Factor::HowTheStandardIsMet)),
            ("Background", None),
        ] {
            assert_eq!(factor(heading), want, "{heading}");
        }
    }
}
