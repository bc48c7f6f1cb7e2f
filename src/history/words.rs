//! Two texts word by word: what was added, what was removed, and what stayed, for people to read.
//!
//! The smallest difference is seldom the clearest one. Paragraphs are paired before their words are compared; words that
//! happen to stand in both texts between two changes are taken into one change; a sentence of which less than a third
//! stayed is shown as replaced; and long stretches that stayed are folded.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, DiffableStr, capture_diff_slices};

use super::plain::{Kind, Para};

mod pair;

/// The difference of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Redline {
    /// Words that are new.
    pub added: usize,
    /// Words that are gone.
    pub removed: usize,
    /// What it says, in the order of the newer text.
    pub pieces: Vec<Piece>,
}

/// A piece of a redline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// A paragraph.
    Para {
        /// What it is.
        kind: Kind,
        /// Its words.
        spans: Vec<Span>,
    },
    /// This many paragraphs that stayed are not shown.
    Folded(usize),
}

/// Words that share a fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Which.
    pub fate: Fate,
    /// The words, with the space around them.
    pub text: String,
}

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// In both texts.
    Stayed,
    /// In the newer one.
    Added,
    /// In the older one.
    Removed,
}

impl Span {
    fn new(fate: Fate, text: impl Into<String>) -> Self {
        Self {
            fate,
            text: text.into(),
        }
    }
}

impl Redline {
    /// Compares two texts. `None` when they say the same.
    pub fn new(old: &[Para], new: &[Para]) -> Option<Self> {
        if old == new {
            return None;
        }
        Some(Self::whole(old, new).folded())
    }

    /// A text that is all new.
    pub fn all_new(text: &[Para]) -> Option<Self> {
        Self::new(&[], text)
    }

    /// A text that is all gone.
    pub fn all_gone(text: &[Para]) -> Option<Self> {
        Self::new(text, &[])
    }

    /// Two short texts, such as cells, as one paragraph each. `None` when they are the same.
    pub fn of_words(old: &str, new: &str) -> Option<Self> {
        let para = |text: &str| match text.is_empty() {
            true => vec![],
            false => vec![Para::new(Kind::Text, text)],
        };
        Self::new(&para(old), &para(new))
    }

    /// Every paragraph, nothing folded.
    pub fn whole(old: &[Para], new: &[Para]) -> Self {
        let pieces: Vec<Piece> = pair::pairs(old, new)
            .into_iter()
            .map(|(old, new)| para(old, new))
            .collect();
        let count = |fate| {
            let spans = pieces.iter().flat_map(|piece| match piece {
                Piece::Para { spans, .. } => spans.as_slice(),
                Piece::Folded(_) => &[],
            });
            let of_fate = spans.filter(|span| span.fate == fate);
            of_fate.map(|span| word_count(&span.text)).sum()
        };
        Self {
            added: count(Fate::Added),
            removed: count(Fate::Removed),
            pieces,
        }
    }

    /// Folds the paragraphs that stayed, but for the ones beside a change and the heading a change stands under.
    fn folded(self) -> Self {
        let stayed = |piece: &Piece| match piece {
            Piece::Para { spans, .. } => spans.iter().all(|span| span.fate == Fate::Stayed),
            Piece::Folded(_) => true,
        };
        let is_heading = |piece: &Piece| matches!(piece, Piece::Para { kind, .. } if *kind == Kind::Heading);
        let mut shown: Vec<bool> = self.pieces.iter().map(|piece| !stayed(piece)).collect();
        let changed: Vec<usize> = (0..shown.len()).filter(|at| shown[*at]).collect();
        for at in changed {
            if at > 0 {
                shown[at - 1] = true;
            }
            if let Some(next) = shown.get_mut(at + 1) {
                *next = true;
            }
            if let Some(heading) = (0..at).rev().find(|before| is_heading(&self.pieces[*before])) {
                shown[heading] = true;
            }
        }
        // A line that says that one paragraph is left out is no shorter than the paragraph.
        for at in 0..shown.len() {
            let hidden = |at: usize| shown.get(at).is_some_and(|shown| !shown);
            if hidden(at) && !(at > 0 && hidden(at - 1)) && !hidden(at + 1) && length(&self.pieces[at]) < 300
            {
                shown[at] = true;
            }
        }
        let mut pieces = vec![];
        for (piece, shown) in self.pieces.into_iter().zip(shown) {
            match (shown, pieces.last_mut()) {
                (true, _) => pieces.push(piece),
                (false, Some(Piece::Folded(n))) => *n += 1,
                (false, _) => pieces.push(Piece::Folded(1)),
            }
        }
        Self { pieces, ..self }
    }
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Para { spans, .. } => spans.iter().map(|span| span.text.len()).sum(),
        Piece::Folded(_) => 0,
    }
}

fn para(old: Option<&Para>, new: Option<&Para>) -> Piece {
    let kind = new.or(old).map(|para| para.kind).unwrap_or_default();
    let spans = match (old, new) {
        (Some(old), Some(new)) if old.text == new.text => vec![Span::new(Fate::Stayed, &new.text)],
        (Some(old), Some(new)) => spans(&old.text, &new.text),
        (Some(old), None) => vec![Span::new(Fate::Removed, &old.text)],
        (None, Some(new)) => vec![Span::new(Fate::Added, &new.text)],
        (None, None) => vec![],
    };
    Piece::Para { kind, spans }
}

/// More pieces of text than this in one paragraph are not compared word by word.
const MOST_TOKENS: usize = 20_000;

/// One paragraph against another, word by word.
pub fn spans(old: &str, new: &str) -> Vec<Span> {
    let (before, after) = (tokens(old), tokens(new));
    if before.len().max(after.len()) > MOST_TOKENS {
        return replaced(old, new);
    }
    let ops = capture_diff_slices(Algorithm::Myers, &before, &after);
    let mut runs: Vec<Run> = vec![];
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        let mut run = Run {
            stayed: matches!(op, DiffOp::Equal { .. }),
            ..Run::default()
        };
        run.old.push_str(&before[old].concat());
        run.new.push_str(&after[new].concat());
        match runs.last_mut() {
            Some(last) if last.stayed == run.stayed => last.join(run),
            _ => runs.push(run),
        }
    }
    let runs = without_confetti(runs);
    if is_rewritten(&runs, old, new) {
        return rewritten(old, new);
    }
    let mut out: Vec<Span> = vec![];
    for run in runs {
        match run.stayed {
            true => push(&mut out, Fate::Stayed, &run.new),
            false => push_change(&mut out, &run.old, &run.new),
        }
    }
    out
}

/// A stretch that stayed (both texts the same), or one that changed.
#[derive(Debug, Default)]
struct Run {
    stayed: bool,
    old: String,
    new: String,
}

impl Run {
    fn join(&mut self, other: Run) {
        self.old.push_str(&other.old);
        self.new.push_str(&other.new);
    }

    /// Words stand in the place of others.
    fn replaces(&self) -> bool {
        word_count(&self.old) > 0 && word_count(&self.new) > 0
    }

    fn words(&self) -> usize {
        word_count(&self.old).max(word_count(&self.new))
    }
}

/// Takes short stretches that stayed between two changes into one change.
fn without_confetti(runs: Vec<Run>) -> Vec<Run> {
    let words: Vec<usize> = runs.iter().map(Run::words).collect();
    let replaces: Vec<bool> = runs.iter().map(Run::replaces).collect();
    let mut out: Vec<Run> = vec![];
    let last = runs.len().saturating_sub(1);
    // Words of the change that is growing at the end of `out`.
    let mut grown = 0;
    for (at, mut run) in runs.into_iter().enumerate() {
        if run.stayed && at > 0 && at < last {
            let around = grown.min(words[at + 1]);
            let is_lost = match words[at] {
                0 => run.new.chars().count() < 4,
                // Where words were only put in, or only taken out, those between them are plain to see.
                _ if !replaces[at - 1] && !replaces[at + 1] => false,
                1 => around >= 1,
                n => n <= 3 && around >= 2 * n,
            };
            run.stayed = !is_lost;
        }
        grown = match (run.stayed, out.last()) {
            (true, _) => 0,
            (false, Some(last)) if !last.stayed => grown + words[at],
            (false, _) => words[at],
        };
        match out.last_mut() {
            Some(last) if !last.stayed && !run.stayed => last.join(run),
            _ => out.push(run),
        }
    }
    out
}

/// Less than a third of the words stayed.
fn is_rewritten(runs: &[Run], old: &str, new: &str) -> bool {
    // What only gained words, or only lost some, is the same text still.
    if !runs.iter().any(|run| !run.stayed && run.replaces()) {
        return false;
    }
    let stayed: usize = runs.iter().filter(|run| run.stayed).map(Run::words).sum();
    stayed * 3 < word_count(old).max(word_count(new))
}

/// All gone, all new, but for what stands at both ends and is long enough to be worth it.
fn rewritten(old: &str, new: &str) -> Vec<Span> {
    let (before, after) = (tokens(old), tokens(new));
    let shortest = before.len().min(after.len());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(&after).take_while(same).count();
    let rest = shortest - head;
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let worth = |tokens: &[&str]| word_count(&tokens.concat()) >= 3;
    let head = if worth(&after[..head]) { head } else { 0 };
    let tail = if worth(&after[after.len() - tail..]) {
        tail
    } else {
        0
    };
    let mut out = vec![];
    push(&mut out, Fate::Stayed, &after[..head].concat());
    push_change(
        &mut out,
        &before[head..before.len() - tail].concat(),
        &after[head..after.len() - tail].concat(),
    );
    push(&mut out, Fate::Stayed, &after[after.len() - tail..].concat());
    out
}

fn replaced(old: &str, new: &str) -> Vec<Span> {
    let mut out = vec![];
    push_change(&mut out, old, new);
    out
}

/// What is gone stands before what is new. Space that both begin or end with is no part of the change.
fn push_change(out: &mut Vec<Span>, old: &str, new: &str) {
    let space = |text: &str| text.len() - text.trim_start().len();
    let head = match old[..space(old)] == new[..space(new)] {
        true => space(new),
        false => 0,
    };
    let (old, lead, new) = (&old[head..], &new[..head], &new[head..]);
    let space = |text: &str| text.trim_end().len();
    let (old_end, new_end) = match old[space(old)..] == new[space(new)..] {
        true => (space(old), space(new)),
        false => (old.len(), new.len()),
    };
    push(out, Fate::Stayed, lead);
    push(out, Fate::Removed, &old[..old_end]);
    push(out, Fate::Added, &new[..new_end]);
    push(out, Fate::Stayed, &new[new_end..]);
}

fn push(out: &mut Vec<Span>, fate: Fate, text: &str) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.fate == fate => last.text.push_str(text),
        _ => out.push(Span::new(fate, text)),
    }
}

/// The pieces of a text that are compared: words, space, signs. A date, a version and a word with a hyphen are one piece.
fn tokens(text: &str) -> Vec<&str> {
    let pieces = text.tokenize_unicode_words();
    let is_word = |at: usize| {
        pieces
            .get(at)
            .is_some_and(|piece| piece.chars().all(char::is_alphanumeric))
    };
    let is_joint = |at: usize| ["-", "/", ".", ":"].contains(&pieces[at]) && is_word(at + 1);
    let (mut out, mut at, mut start) = (vec![], 0, 0);
    while at < pieces.len() {
        let mut end = at + 1;
        while is_word(end - 1) && end < pieces.len() && is_joint(end) {
            end += 2;
        }
        let length: usize = pieces[at..end].iter().map(|piece| piece.len()).sum();
        out.push(&text[start..start + length]);
        (at, start) = (end, start + length);
    }
    out
}

/// Words of a text: pieces with a letter or a digit in them.
pub fn word_count(text: &str) -> usize {
    let with_letters = |word: &&&str| word.chars().any(char::is_alphanumeric);
    tokens(text).iter().filter(with_letters).count()
}

#[cfg(test)]
mod tests;
