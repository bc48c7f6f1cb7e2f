//! One text of a policy against another one of the same policy: an approved text and a change that waits for approval, a
//! superseded text and the one that took its place.

use std::ops::Range;

use super::changes::{Turn, turns};
use super::extract::documented;
use super::plain;
use super::words::Redline;
use crate::content::{Policy, Revision, Section};
use crate::markdown::Document;

/// What changed from one text to another, the words apart.
#[derive(Debug, Clone)]
pub struct TextChange {
    /// What an approval covers beside the words: version, title, first day, rows.
    pub turns: Vec<Turn>,
    /// Why: the revisions that only the newer text has, newest first.
    pub reasons: Vec<Revision>,
}

impl TextChange {
    /// Compares two texts.
    pub fn new(old: &Policy, new: &Policy) -> Self {
        let mut reasons: Vec<Revision> = new
            .revisions
            .iter()
            .filter(|revision| !old.revisions.contains(revision))
            .cloned()
            .collect();
        reasons.sort_by_key(|revision| std::cmp::Reverse(revision.date));
        Self {
            turns: turns(&about(old), &about(new)),
            reasons,
        }
    }
}

/// What changed in the words of a text; `None` where they are the same.
pub fn words(old: &Document, new: &Document) -> Option<Redline> {
    Redline::new(&plain::document(old), &plain::document(new))
}

fn about(policy: &Policy) -> Vec<(String, String)> {
    let rows: Vec<String> = documented(policy).iter().map(ToString::to_string).collect();
    let effective = policy.effective.as_ref().map(|at| at.value.to_string());
    [
        ("Version", policy.version.clone()),
        ("Title", policy.title.clone()),
        ("Effective", effective.unwrap_or_default()),
        ("Documents", rows.join("; ")),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec()
}

/// A section and what stands in its place in another text: ranges of top-level blocks with their headings. `None` where the
/// other text has no section for these rows.
pub fn counterpart(section: &Section, new: &Policy) -> Option<(Range<usize>, Range<usize>)> {
    let shared = |other: &Section| section.rows.iter().filter(|row| other.rows.contains(row)).count();
    let by_heading = new
        .sections
        .iter()
        .find(|other| other.anchor == section.anchor && shared(other) > 0);
    let by_rows = || {
        let carries = new.sections.iter().filter(|other| shared(other) > 0);
        carries.max_by_key(|other| (shared(other), std::cmp::Reverse(other.blocks.start)))
    };
    let other = by_heading.or_else(by_rows)?;
    // The heading stands before its section.
    let with_heading = |section: &Section| section.blocks.start.saturating_sub(1)..section.blocks.end;
    Some((with_heading(section), with_heading(other)))
}
