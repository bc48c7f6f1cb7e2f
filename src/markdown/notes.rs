//! Which footnotes a text refers to, and in which order.
//!
//! Numbers are given before the tree is built, because a definition may stand before its first reference. A
//! definition that nothing in the text leads to is no footnote: its words stay where they stand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::parse::OPTIONS;

/// The numbers of the footnotes of one text.
#[derive(Default)]
pub(super) struct Notes {
    numbers: BTreeMap<String, usize>,
    defined: BTreeSet<String>,
}

impl Notes {
    /// Reads the body once for its references and definitions; texts without `[^` are not read at all.
    pub(super) fn plan(body: &str) -> Self {
        if !body.contains("[^") {
            return Self::default();
        }
        let mut definitions = BTreeSet::new();
        let mut references: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        let mut within: Vec<String> = Vec::new();
        for event in Parser::new_ext(body, OPTIONS) {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    definitions.insert(key(&label));
                    within.push(key(&label));
                }
                Event::End(TagEnd::FootnoteDefinition) => {
                    within.pop();
                }
                Event::FootnoteReference(label) => {
                    references
                        .entry(within.last().cloned())
                        .or_default()
                        .push(key(&label));
                }
                _ => {}
            }
        }
        let mut numbers = BTreeMap::new();
        let mut queue = VecDeque::from([None]);
        while let Some(from) = queue.pop_front() {
            for label in references.remove(&from).unwrap_or_default() {
                if definitions.contains(&label) && !numbers.contains_key(&label) {
                    numbers.insert(label.clone(), numbers.len() + 1);
                    queue.push_back(Some(label));
                }
            }
        }
        Self {
            numbers,
            defined: BTreeSet::new(),
        }
    }

    /// The number of a reference; none where it leads nowhere.
    pub(super) fn number(&self, label: &str) -> Option<usize> {
        self.numbers.get(&key(label)).copied()
    }

    /// The number of a definition; none where nothing refers to it, or where the label was defined before.
    pub(super) fn define(&mut self, label: &str) -> Option<usize> {
        let number = self.number(label)?;
        self.defined.insert(key(label)).then_some(number)
    }
}

fn key(label: &str) -> String {
    label.to_lowercase()
}
