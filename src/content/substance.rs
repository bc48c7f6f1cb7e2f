//! Whether a text says anything: scaffold, TODO, a bare yes, blanks and the regulation copied out do not.

use std::ops::Range;

use super::YesNo;
use crate::diagnostic::Range32;
use crate::markdown::{Block, BlockKind, text};
use crate::rule::RowId;

mod blanks;
mod leaf;
mod rule_words;
mod starter;
#[cfg(test)]
mod tests;

use blanks::Sort;
use leaf::{Leaf, LeafKind, leaves};
use rule_words::Word;

/// What a text amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substance {
    /// Nothing that counts, and why.
    Empty(Emptiness),
    /// Real text with blanks left in it.
    Blanks(Vec<Blank>),
    /// Real text.
    Real,
}

/// A blank left to fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// As it stands there: `[PRACTICE]`.
    pub text: String,
    /// Byte range in the file.
    pub range: Range32,
}

/// Why a text is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// No text at all, or only comments and headings.
    Nothing,
    /// TODO, TBD, N/A, "to be written", or nothing but unchecked tasks.
    Todo,
    /// A bare yes or no.
    BareYesNo,
    /// Only blanks.
    OnlyBlanks,
    /// The regulation's own words, or a bare citation, with fewer than five words of the writer's own.
    RuleText,
    /// Lorem ipsum.
    Filler,
    /// Text of a starter policy, or the hint of a starter answer, as it came.
    Starter,
}

impl Substance {
    /// True when there is text that counts, blanks or not.
    pub fn has_text(&self) -> bool {
        !matches!(self, Substance::Empty(_))
    }
}

/// Reads the words that texts are compared with.
pub(super) fn prepare() {
    rule_words::prepare();
    starter::prepare();
}

/// Judges the text of `blocks`. `row` names the row whose title alone would be a mere copy of the regulation; the
/// words of every row are compared.
///
/// Headings, rules, comments, table headers, unchecked tasks and lines that only name a field ("Owner:") do not count
/// as text.
pub fn judge(blocks: &[Block], row: Option<RowId>) -> Substance {
    let leaves = leaves(blocks);
    if starter::is_unchanged(&leaves) {
        return Substance::Empty(Emptiness::Starter);
    }
    let mut kept = Kept::default();
    let mut blanks = Vec::new();
    for leaf in &leaves {
        let found = blanks_of(leaf);
        blanks.extend(found.iter().map(|(_, part)| blank(leaf, part.clone())));
        kept.open_task |= leaf.open_task;
        for (sort, _) in &found {
            kept.filler |= *sort == Sort::Filler;
            kept.fills |= *sort == Sort::Fill;
        }
        if leaf.kind != LeafKind::Label && !leaf.open_task {
            kept.cites |= leaf.cites();
            kept.take(leaf, &found);
        }
    }
    match kept.emptiness(row) {
        Some(why) => Substance::Empty(why),
        None if blanks.is_empty() => Substance::Real,
        None => Substance::Blanks(blanks),
    }
}

/// The blanks left in `blocks`, headings and tasks included, in the order of the file; none in code.
pub fn placeholders(blocks: &[Block]) -> Vec<Blank> {
    let leaves = leaves(blocks);
    leaves
        .iter()
        .flat_map(|leaf| blanks_of(leaf).into_iter().map(|(_, part)| blank(leaf, part)))
        .collect()
}

/// The word "Yes" or "No" that the text opens with. Headings and unchecked tasks before it are passed over; a choice
/// left open ("Yes / No") and a number ("No. 4") are neither.
pub fn opens_with_yes_no(blocks: &[Block]) -> Option<YesNo> {
    let leaves = leaves(blocks);
    let first = leaves
        .iter()
        .filter(|leaf| leaf.kind != LeafKind::Label && !leaf.open_task);
    let (leaf, words) = first
        .map(|leaf| (leaf, words_of(leaf, &[])))
        .find(|(_, words)| !words.is_empty())?;
    let said = yes_or_no(words.first()?)?;
    if let Some(next) = words.get(1) {
        let between = &leaf.text[words[0].range.end..next.range.start];
        let choice =
            yes_or_no(next).is_some_and(|next| next != said) && !between.contains(['.', ',', ';', ':']);
        let or = next.text == "or"
            && words
                .get(2)
                .and_then(yes_or_no)
                .is_some_and(|other| other != said);
        let number = said == YesNo::No
            && between.trim() == "."
            && !between.contains('\n')
            && next.text.bytes().all(|b| b.is_ascii_digit());
        if choice || or || number {
            return None;
        }
    }
    Some(said)
}

/// The unchecked tasks of `blocks` at any depth, with their words and their bytes of the file. A task within a task
/// is one of its own.
pub fn open_tasks(blocks: &[Block]) -> Vec<(String, Range32)> {
    let mut found = Vec::new();
    collect_tasks(blocks, &mut found);
    found
}

fn collect_tasks(blocks: &[Block], found: &mut Vec<(String, Range32)>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Quote(inner) => collect_tasks(inner, found),
            BlockKind::List(list) => {
                for item in &list.items {
                    if item.task == Some(false) {
                        let first = item
                            .blocks
                            .first()
                            .filter(|block| matches!(block.kind, BlockKind::Paragraph(_)));
                        let words =
                            first.map_or_else(String::new, |first| text::blocks(std::slice::from_ref(first)));
                        let end = first.map_or(item.range.end, |first| first.range.end);
                        found.push((
                            words,
                            Range32 {
                                start: item.range.start,
                                end,
                            },
                        ));
                    }
                    collect_tasks(&item.blocks, found);
                }
            }
            _ => {}
        }
    }
}

fn blanks_of(leaf: &Leaf) -> Vec<(Sort, Range<usize>)> {
    if leaf.kind == LeafKind::Code {
        Vec::new()
    } else {
        blanks::blanks(leaf)
    }
}

fn blank(leaf: &Leaf, part: Range<usize>) -> Blank {
    Blank {
        text: leaf.text[part.clone()].to_owned(),
        range: leaf.in_file(part),
    }
}

fn yes_or_no(word: &Word) -> Option<YesNo> {
    match &*word.text {
        "yes" => Some(YesNo::Yes),
        "no" => Some(YesNo::No),
        _ => None,
    }
}

/// The words of a leaf that are the writer's own: no citations, no tags, nothing of `without` (in order).
fn words_of<'a>(leaf: &'a Leaf, without: &[Range<usize>]) -> Vec<Word<'a>> {
    let mut gone: Vec<Range<usize>> = leaf.wordless();
    gone.extend(without.iter().cloned());
    gone.sort_by_key(|part| part.start);
    let mut words = rule_words::words(&leaf.text);
    if gone.is_empty() {
        return words;
    }
    let mut gone = gone.into_iter().peekable();
    words.retain(|word| {
        while gone.next_if(|part| part.end <= word.range.start).is_some() {}
        gone.peek().is_none_or(|part| part.start >= word.range.end)
    });
    words
}

/// Sentences and lines that say nothing alone.
const NOTHING_YET: [&str; 26] = [
    "todo",
    "to do",
    "tbd",
    "tba",
    "tbc",
    "fixme",
    "xxx",
    "n a",
    "na",
    "not applicable",
    "to be determined",
    "to be decided",
    "to be done",
    "to be written",
    "to be completed",
    "to be added",
    "to be filled in",
    "to be confirmed",
    "coming soon",
    "pending",
    "placeholder",
    "your answer here",
    "answer here",
    "write your answer here",
    "type your answer here",
    "text here",
];

/// Words of a bare yes or no, which tell neither who nor how.
const BARE: [&str; 34] = [
    "yes",
    "no",
    "y",
    "n",
    "yep",
    "yeah",
    "nope",
    "none",
    "ok",
    "okay",
    "true",
    "false",
    "we",
    "do",
    "does",
    "did",
    "it",
    "is",
    "are",
    "they",
    "have",
    "has",
    "not",
    "yet",
    "dont",
    "doesnt",
    "havent",
    "isnt",
    "of",
    "course",
    "correct",
    "absolutely",
    "sure",
    "and",
];

/// Those of them that answer.
const ANSWERS: [&str; 13] = [
    "yes", "no", "y", "n", "yep", "yeah", "nope", "none", "ok", "okay", "true", "false", "correct",
];

/// Words that only lead to a citation.
const POINTERS: [&str; 13] = [
    "see", "per", "refer", "to", "under", "and", "or", "the", "hipaa", "45", "cfr", "section", "as",
];

/// A line that names a field has at most this many words before its colon.
const LONGEST_LABEL: usize = 5;

/// Beside blanks, fewer words than this say nothing.
const LEAST_BESIDE_BLANKS: usize = 3;

/// More words than any list of words that say nothing could account for, and than one copied sentence could hide.
const ENOUGH: usize = 24;

/// What is left of a text when all that says nothing is taken away.
#[derive(Default)]
struct Kept<'a> {
    words: Vec<Word<'a>>,
    todo: bool,
    open_task: bool,
    fills: bool,
    filler: bool,
    cites: bool,
    /// There is real text, whatever follows: a long policy need not be compared with the regulation to its end.
    settled: bool,
}

impl<'a> Kept<'a> {
    fn take(&mut self, leaf: &'a Leaf, found: &[(Sort, Range<usize>)]) {
        if self.settled {
            return;
        }
        self.take_words(leaf, found);
        self.settled = self.words.len() > ENOUGH
            && !self
                .words
                .iter()
                .take(ENOUGH)
                .all(|word| BARE.contains(&&*word.text))
            && !rule_words::is_copied(&self.words[..self.words.len() - rule_words::RUN], None);
    }

    fn take_words(&mut self, leaf: &'a Leaf, found: &[(Sort, Range<usize>)]) {
        let gone: Vec<Range<usize>> = found
            .iter()
            .filter(|(sort, _)| *sort != Sort::Marker)
            .map(|(_, part)| part.clone())
            .collect();
        let words = words_of(leaf, &gone);
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            let (sentence, after) = rest.split_at(sentence_length(&leaf.text, rest));
            rest = after;
            if let Some(to_the_end) = opens_with_todo(&leaf.text, sentence, after) {
                self.todo = true;
                if to_the_end {
                    return;
                }
                self.sentence(&leaf.text, &sentence[1..]);
            } else {
                self.sentence(&leaf.text, sentence);
            }
        }
    }

    fn sentence(&mut self, text: &str, sentence: &[Word<'a>]) {
        let Some(last) = sentence.last() else { return };
        if sentence.len() <= LONGEST_LABEL {
            let said: Vec<&str> = sentence.iter().map(|word| &*word.text).collect();
            if NOTHING_YET.contains(&said.join(" ").as_str()) {
                self.todo = true;
                return;
            }
            // "Owner:", its blank taken out, and "Owner: n/a".
            let colon = |word: &Word| text[word.range.end..].trim_start().starts_with(':');
            let value = sentence.iter().position(colon).map(|at| said[at + 1..].join(" "));
            if colon(last) {
                return;
            }
            if value.is_some_and(|value| NOTHING_YET.contains(&value.as_str())) {
                self.todo = true;
                return;
            }
        }
        self.words.extend_from_slice(sentence);
    }

    /// Why nothing is left; none when there is real text.
    fn emptiness(&self, row: Option<RowId>) -> Option<Emptiness> {
        let all_of = |list: &[&str]| self.words.iter().all(|word| list.contains(&&*word.text));
        let bare = !self.words.is_empty()
            && all_of(&BARE)
            && self.words.iter().any(|word| ANSWERS.contains(&&*word.text));
        let pointer = self.cites && all_of(&POINTERS);
        let few = (self.fills || self.filler) && self.words.len() < LEAST_BESIDE_BLANKS;
        if self.words.is_empty() || bare || pointer || few {
            return Some(if self.fills {
                Emptiness::OnlyBlanks
            } else if self.filler {
                Emptiness::Filler
            } else if self.todo {
                Emptiness::Todo
            } else if bare {
                Emptiness::BareYesNo
            } else if self.open_task {
                Emptiness::Todo
            } else if pointer {
                Emptiness::RuleText
            } else {
                Emptiness::Nothing
            });
        }
        rule_words::is_copied(&self.words, row).then_some(Emptiness::RuleText)
    }
}

/// How many of these words stand before the next end of a sentence or line.
fn sentence_length(text: &str, words: &[Word]) -> usize {
    let ends = |pair: &[Word]| {
        let between = &text[pair[0].range.end..pair[1].range.start];
        between.contains('\n')
            || (between.contains(['.', '!', '?', ';']) && between.contains(char::is_whitespace))
    };
    words.windows(2).position(ends).map_or(words.len(), |at| at + 1)
}

/// Whether the sentence opens with a mark for work not done, and then whether the mark speaks of all that follows:
/// "TODO: ask the vendor", but not "TBD. We lock the doors."
fn opens_with_todo(text: &str, sentence: &[Word], after: &[Word]) -> Option<bool> {
    let first = sentence.first()?;
    let written = &text[first.range.clone()];
    let marked = matches!(written, "TODO" | "TBD" | "FIXME" | "TBA" | "TBC")
        || matches!(&*first.text, "todo" | "fixme") && text[first.range.end..].starts_with(':');
    if !marked {
        return None;
    }
    let next = sentence.get(1).or(after.first());
    let between = next.map_or("", |next| &text[first.range.end..next.range.start]);
    Some(next.is_some() && !between.contains(['.', '!', '?', ';', ',', '\n']))
}
