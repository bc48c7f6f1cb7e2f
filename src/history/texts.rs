//! One text of a policy against another one of the same policy: an approved text and a change that waits for approval, a
//! superseded text and the one that took its place.

use super::changes::{Turn, turns};
use super::extract::documented;
use super::plain;
use super::words::Redline;
use crate::content::{Policy, Revision, Section};

/// What changed from one text to another.
#[derive(Debug, Clone)]
pub struct TextChange {
    /// What an approval covers beside the words: version, title, first day, rows.
    pub turns: Vec<Turn>,
    /// The words; `None` where they are the same.
    pub words: Option<Redline>,
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
            words: Redline::new(&plain::document(&old.body), &plain::document(&new.body)),
            reasons,
        }
    }
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

/// What a newer text says in place of a section of an older one.
#[derive(Debug, Clone)]
pub enum SectionChange {
    /// It says the same.
    Same,
    /// It has no section for these rows.
    Gone,
    /// It says something else.
    Words(Redline),
}

impl SectionChange {
    /// Compares a section with the one in `new` that stands under the same heading or carries most of the same rows.
    pub fn new(old: &Policy, section: &Section, new: &Policy) -> Self {
        let shared = |other: &Section| section.rows.iter().filter(|row| other.rows.contains(row)).count();
        let by_heading = new
            .sections
            .iter()
            .find(|other| other.anchor == section.anchor && shared(other) > 0);
        let by_rows = || {
            let carries = new.sections.iter().filter(|other| shared(other) > 0);
            carries.max_by_key(|other| (shared(other), std::cmp::Reverse(other.blocks.start)))
        };
        let Some(other) = by_heading.or_else(by_rows) else {
            return Self::Gone;
        };
        // The heading stands before its section.
        let words = |policy: &Policy, section: &Section| {
            plain::blocks(
                &policy.body,
                section.blocks.start.saturating_sub(1)..section.blocks.end,
            )
        };
        match Redline::new(&words(old, section), &words(new, other)) {
            Some(words) => Self::Words(words),
            None => Self::Same,
        }
    }
}
