//! Anchors of headings.

use std::collections::{BTreeMap, BTreeSet};

/// The longest anchor made from a heading's words, in bytes, before a number is added.
const LONGEST: usize = 80;

/// Anchors given so far in one document.
///
/// An anchor holds lower-case letters, digits and single dashes, and begins and ends with a letter or digit. Ids
/// with `_`, `.`, `:` or `--` are therefore free for the pages around the text.
#[derive(Default)]
pub(super) struct Anchors {
    given: BTreeSet<String>,
    next: BTreeMap<String, usize>,
}

impl Anchors {
    /// An anchor for a heading with this text: `who-supervises`, then `who-supervises-2`.
    pub(super) fn unique(&mut self, text: &str) -> String {
        let base = slug(text);
        if self.given.insert(base.clone()) {
            return base;
        }
        let next = self.next.entry(base.clone()).or_insert(2);
        loop {
            let anchor = format!("{base}-{next}");
            *next += 1;
            if self.given.insert(anchor.clone()) {
                return anchor;
            }
        }
    }
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for c in text.chars() {
        if c.is_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        } else if !matches!(c, '\'' | '\u{2019}') {
            gap = true;
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    if slug.is_empty() {
        "section".to_owned()
    } else {
        slug
    }
}
