//! A text of the binder as a build sees it: what it documents, what it mentions, and the blanks in it.

use std::collections::BTreeSet;

use super::{Found, Line, blank, compose, decode, names, supports};
use crate::content::{Policy, frontmatter, policies};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::rule::RowId;

/// The rows that a text supports, put into its head.
pub(super) fn claim(draft: &mut compose::Draft, path: &str) {
    let (Some(policy), _) = read(path, compose::text(draft)) else {
        return;
    };
    draft.rows = documented(&policy);
    draft.sections = supports::supported(&policy.body);
    draft.sections.retain(|(row, _)| !draft.rows.contains(row));
    // What a heading can't be found by is not claimed.
    let (claimed, problems) = read(path, compose::text(draft));
    let wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
    if wrong || claimed.is_none() {
        draft.sections.clear();
    } else if let Some(claimed) = claimed {
        let documented = documented(&claimed);
        draft.sections.retain(|(row, _)| documented.contains(row));
    }
}

pub(super) fn read(path: &str, text: String) -> (Option<Policy>, Vec<Diagnostic>) {
    let mut problems = vec![];
    let policy = policies::read(Source::new(path, text), &mut problems);
    (policy, problems)
}

/// Rows with a section that says something, in rule order.
fn documented(policy: &Policy) -> Vec<RowId> {
    let says = policy
        .sections
        .iter()
        .filter(|section| section.substance.has_text());
    let rows: BTreeSet<RowId> = says.flat_map(|section| section.rows.iter().copied()).collect();
    rows.into_iter().collect()
}

/// A text of the binder as a build sees it.
pub(super) fn looked_at(one: &Found, path: &str, bytes: &[u8]) -> Line {
    let mut line = blank(one, Some(path));
    let text = decode::decode(path, bytes).map_or_else(|_| String::new(), |(text, _)| text);
    let policy = read(path, text.clone()).0;
    let Some(policy) = policy else {
        line.notes
            .push("It can't be read as it stands; `binder check` says why.".to_owned());
        return line;
    };
    line.title.clone_from(&policy.title);
    line.documents = documented(&policy);
    if names::is_about_the_folder(&one.path) {
        let claimed = |row: &RowId| policy.satisfies.iter().any(|claim| claim.row == *row);
        line.documents.retain(claimed);
    }
    let cited: BTreeSet<RowId> = policy
        .body
        .citations
        .iter()
        .flat_map(|cited| cited.rows.iter().copied())
        .collect();
    line.mentions = cited
        .into_iter()
        .filter(|row| !line.documents.contains(row))
        .collect();
    let blanks = policy
        .placeholders
        .iter()
        .map(|blank| {
            (
                blank.place.line,
                blank.value.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    line.placeholders = with_tags(blanks, &text);
    line
}

/// The blanks, and the tags of templates that stand where no blank is looked for: in code, in addresses, in comments.
fn with_tags(mut blanks: Vec<(u32, String)>, text: &str) -> Vec<(u32, String)> {
    let start = frontmatter::fences(text).map_or(0, |fences| fences.body);
    let first = text[..start].matches('\n').count();
    for (line, at) in text[start..].lines().zip(first + 1..) {
        let line_number = u32::try_from(at).unwrap_or(u32::MAX);
        let mut rest = line;
        while let Some((open, close)) = [("{{", "}}"), ("{%", "%}"), ("<%", "%>")]
            .into_iter()
            .filter(|(open, _)| rest.contains(open))
            .min_by_key(|(open, _)| rest.find(open))
        {
            let from = rest.find(open).unwrap_or(0);
            let Some(end) = rest[from..].find(close) else {
                break;
            };
            let tag = &rest[from..from + end + close.len()];
            rest = &rest[from + tag.len()..];
            let words = tag.split_whitespace().collect::<Vec<_>>().join(" ");
            if !blanks
                .iter()
                .any(|(at, known)| *at == line_number && known.contains(&words))
            {
                blanks.push((line_number, words));
            }
        }
    }
    blanks.sort_by_key(|(line, _)| *line);
    blanks
}
