//! The regulation's own words, to tell a copy of them from an answer.

// Looked up, never listed: their order reaches nothing.
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::rule::{RowId, rule};

/// This many words in a row, the same as in the regulation, are taken as copied.
pub(super) const RUN: usize = 6;

/// A text with fewer words of its own than this, beside copied ones, is a copy.
const OWN: usize = 5;

/// A word as compared: lower case, no apostrophes; with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub range: Range<usize>,
}

/// The words of a text. Paragraph marks such as `(a)` or `(iii)` and section numbers are no words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some(length) = mark(rest).or_else(|| section_number(rest)) {
            at += length;
        } else if c.is_alphanumeric() {
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
                .unwrap_or(rest.len());
            let word = &rest[..length];
            let text = word
                .chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect();
            words.push(Word {
                text,
                range: at..at + length,
            });
            at += length;
        } else {
            at += c.len_utf8();
        }
    }
    words
}

/// The length of `(a)`, `(1)`, `(iv)` at the start.
fn mark(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('(')?;
    let close = inner
        .get(..inner.len().min(6))
        .unwrap_or(inner)
        .find(')')
        .filter(|close| *close > 0)?;
    let token = &inner[..close];
    let roman = token.len() <= 4 && token.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'));
    let number = token.len() <= 2 && token.bytes().all(|b| b.is_ascii_digit());
    let letter = token.len() == 1 && token.bytes().all(|b| b.is_ascii_alphabetic());
    (roman || number || letter).then_some(close + 2)
}

/// The length of `164.308` at the start.
fn section_number(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("164.")?;
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (digits > 0).then_some(4 + digits)
}

/// Every run of words of the rule, by numbers given to its words.
struct Index {
    numbers: HashMap<String, u32>,
    runs: HashSet<[u32; RUN]>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        numbers: HashMap::new(),
        runs: HashSet::new(),
    };
    for row in rule().rows() {
        let lead_in = row.lead_in.as_deref().unwrap_or_default();
        index.add(&[&row.heading, lead_in, &row.text]);
        index.add(&[&row.heading, &row.text]);
        index.add(&[&row.title, &row.text]);
        let elements: Vec<&str> = row.elements.iter().map(|element| element.text.as_str()).collect();
        index.add(&elements);
    }
    for context in rule().contexts() {
        index.add(&[
            context.heading.as_deref().unwrap_or_default(),
            context.text.as_deref().unwrap_or_default(),
        ]);
    }
    index
});

impl Index {
    fn add(&mut self, texts: &[&str]) {
        let mut numbers = Vec::new();
        for word in texts.iter().flat_map(|text| words(text)) {
            let next = self.numbers.len() as u32 + 1;
            numbers.push(*self.numbers.entry(word.text).or_insert(next));
        }
        self.runs.extend(
            numbers
                .windows(RUN)
                .filter_map(|run| <[u32; RUN]>::try_from(run).ok()),
        );
    }
}

/// Whether these words are the regulation's with next to nothing beside them, or just the name of `row`.
pub(super) fn is_copied(words: &[Word], row: Option<RowId>) -> bool {
    if let Some(row) = row {
        let row = &rule()[row];
        if [&row.title, &row.heading]
            .into_iter()
            .any(|name| same(words, name))
        {
            return true;
        }
    }
    // 0 for the words that the rule does not have. Numbered as far as is needed: most texts show words of their own
    // at once.
    let mut numbers: Vec<u32> = Vec::with_capacity(4 * RUN);
    let (mut own, mut copied_to) = (0, 0);
    for at in 0..words.len() {
        let known = numbers.len();
        let wanted = &words[known..(at + RUN).min(words.len())];
        numbers.extend(
            wanted
                .iter()
                .map(|word| INDEX.numbers.get(&word.text).copied().unwrap_or(0)),
        );
        let run = numbers
            .get(at..at + RUN)
            .and_then(|run| <[u32; RUN]>::try_from(run).ok());
        if run.is_some_and(|run| INDEX.runs.contains(&run)) {
            copied_to = at + RUN;
        }
        if at >= copied_to {
            own += 1;
            if own >= OWN {
                return false;
            }
        }
    }
    copied_to > 0
}

fn same(ours: &[Word], name: &str) -> bool {
    let name = words(name);
    !name.is_empty()
        && ours.len() == name.len()
        && ours
            .iter()
            .zip(&name)
            .all(|(ours, theirs)| ours.text == theirs.text)
}
