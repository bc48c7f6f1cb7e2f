//! The regulation's own words, to tell a copy of them from an answer.

use std::borrow::Cow;
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
pub(super) struct Word<'a> {
    /// Most words stand in the text just so.
    pub text: Cow<'a, str>,
    pub range: Range<usize>,
}

/// The words of a text. Paragraph marks such as `(a)` or `(iii)` and section numbers are no words.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let passed = match byte {
            b'(' => mark(&text[at..]),
            b'1' => section_number(&text[at..]),
            _ => None,
        };
        if let Some(length) = passed {
            at += length;
            continue;
        }
        let c = match byte {
            byte if byte.is_ascii() => char::from(*byte),
            _ => text[at..].chars().next().unwrap_or_default(),
        };
        if !c.is_alphanumeric() {
            at += c.len_utf8();
            continue;
        }
        let end = end_of_word(text, at);
        words.push(Word {
            text: compared(&text[at..end]),
            range: at..end,
        });
        at = end;
    }
    words
}

/// Where the letters, digits and apostrophes from `at` on end.
fn end_of_word(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.as_bytes()[at..].iter();
        at += rest
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'\'')
            .count();
        match text[at..].chars().next() {
            Some(c) if !c.is_ascii() && (c.is_alphanumeric() || c == '’') => at += c.len_utf8(),
            _ => return at,
        }
    }
}

fn compared(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    let letters = word.chars().filter(|c| c.is_alphanumeric());
    Cow::Owned(letters.flat_map(char::to_lowercase).collect())
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
            let number = match self.numbers.get(&*word.text) {
                Some(number) => *number,
                None => *self.numbers.entry(word.text.into_owned()).or_insert(next),
            };
            numbers.push(number);
        }
        self.runs.extend(
            numbers
                .windows(RUN)
                .filter_map(|run| <[u32; RUN]>::try_from(run).ok()),
        );
    }
}

/// Makes what every text is compared with.
pub(super) fn prepare() {
    LazyLock::force(&INDEX);
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
                .map(|word| INDEX.numbers.get(&*word.text).copied().unwrap_or(0)),
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
