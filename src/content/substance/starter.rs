//! Starter text left as it came: the paragraphs of the starter policies, and the hints of the starter answers.
//!
//! Compared paragraph by paragraph, without blanks: whether `[NUMBER]` still stands there, was deleted or has become
//! `____`, the words around it are the same. One blank filled with words makes the paragraph the writer's own.

// Looked up, never listed: its order reaches nothing.
use std::collections::HashSet;
use std::sync::LazyLock;

use super::leaf::{Leaf, LeafKind};
use super::{blanks_of, words_of};
use crate::content::starters;
use crate::rule::rule;

/// Short lines ("Every day") are anybody's words. Only beside a paragraph of this many are they taken for ours.
const LONG: usize = 8;

static PARAGRAPHS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known: HashSet<String> = starters::all()
        .flat_map(|starter| paragraphs(starter.body()))
        .filter_map(|text| key(&Leaf::plain(&text)))
        .map(|(key, _)| key)
        .collect();
    for row in rule().rows() {
        let asked = row.questions.iter().map(|question| question.ask.as_str());
        let hints = asked.chain([row.hint.as_str()]);
        known.extend(
            hints
                .filter_map(|text| key(&Leaf::plain(text)))
                .map(|(key, _)| key),
        );
    }
    known
});

/// Makes what every text is compared with.
pub(super) fn prepare() {
    LazyLock::force(&PARAGRAPHS);
}

/// Whether these leaves hold starter text and nothing else.
pub(super) fn is_unchanged(leaves: &[Leaf]) -> bool {
    let mut long = false;
    for leaf in leaves
        .iter()
        .filter(|leaf| leaf.kind != LeafKind::Label && !leaf.open_task)
    {
        let Some((key, words)) = key(leaf) else { continue };
        if !PARAGRAPHS.contains(&key) {
            return false;
        }
        long |= words >= LONG;
    }
    long
}

/// The words of a leaf without its blanks, and how many they are; none where nothing is left.
fn key(leaf: &Leaf) -> Option<(String, usize)> {
    let blanks: Vec<_> = blanks_of(leaf).into_iter().map(|(_, part)| part).collect();
    let words = words_of(leaf, &blanks);
    let mut key = String::with_capacity(leaf.text.len());
    for word in &words {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&word.text);
    }
    (!words.is_empty()).then_some((key, words.len()))
}

/// The paragraphs, items and cells of a starter text, in which each stands on a line of its own. Cheaper than parsing,
/// and held to the parser's view by a test.
fn paragraphs(body: &str) -> impl Iterator<Item = String> {
    body.lines().flat_map(|line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("|-") {
            vec![]
        } else if let Some(cells) = line.strip_prefix('|') {
            cells
                .trim_end_matches('|')
                .split('|')
                .map(str::to_owned)
                .collect()
        } else {
            vec![without_marker(line).to_owned()]
        }
    })
}

/// An item of a list without its number or dash.
fn without_marker(line: &str) -> &str {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].strip_prefix(". ") {
        Some(rest) if digits > 0 => rest,
        _ => line.trim_start_matches("- [ ] ").trim_start_matches("- "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::substance::{Emptiness, Substance, judge, placeholders};
    use crate::diagnostic::Source;
    use crate::markdown::{Document, parse};

    fn document(text: &str) -> Document {
        parse(&Source::new("a.md", text), 0).0
    }

    fn judged(text: &str) -> Substance {
        judge(&document(text).blocks, None)
    }

    /// Every heading's text, whatever its level.
    fn parts(body: &str) -> Vec<(String, Vec<crate::markdown::Block>)> {
        let document = document(body);
        let parts = document.parts();
        parts
            .iter()
            .map(|part| (part.title.clone(), document.blocks[part.blocks.clone()].to_vec()))
            .collect()
    }

    #[test]
    fn every_part_of_every_starter_is_empty_as_it_came() {
        let mut seen = 0;
        for starter in starters::all() {
            assert_eq!(
                judged(starter.body()),
                Substance::Empty(Emptiness::Starter),
                "{}",
                starter.id
            );
            for (title, blocks) in parts(starter.body())
                .iter()
                .filter(|(title, _)| title.contains("(164."))
            {
                seen += 1;
                let judged = judge(blocks, None);
                assert_eq!(
                    judged,
                    Substance::Empty(Emptiness::Starter),
                    "{}: {title}",
                    starter.id
                );
                assert!(
                    !placeholders(blocks).is_empty(),
                    "{}: {title} has a blank",
                    starter.id
                );
            }
        }
        assert!(seen >= 65, "{seen} sections carry a citation");
    }

    #[test]
    fn every_bracket_of_a_starter_is_known_for_a_blank() {
        for starter in starters::all() {
            let blanks = placeholders(&document(starter.body()).blocks);
            let found = blanks.iter().filter(|blank| blank.text.starts_with('[')).count();
            // Code stands in backticks, and is no blank.
            let typed = starter.body().matches('[').count()
                - starter.body().matches("- [ ]").count()
                - starter.body().matches("`[").count();
            assert_eq!(found, typed, "{}", starter.id);
        }
    }

    const TEXT: &str = "Log-ins are off within [NUMBER] hours after the end of the last working day. When somebody is let go, they are \
         off before that person hears of it.";

    #[test]
    fn blanks_emptied_or_swapped_leave_it_unchanged() {
        for text in [
            TEXT.to_owned(),
            TEXT.replace("[NUMBER]", "____"),
            TEXT.replace("[NUMBER] ", ""),
            TEXT.replace("[NUMBER]", "TODO"),
            TEXT.replace("hours after", "**hours**\nafter"),
            format!("## Another heading\n\n- {TEXT}\n\n<!-- looks fine -->"),
        ] {
            assert_eq!(judged(&text), Substance::Empty(Emptiness::Starter), "{text}");
        }
    }

    #[test]
    fn a_blank_filled_in_or_a_word_of_ones_own_counts() {
        for text in [
            TEXT.replace("[NUMBER]", "2"),
            TEXT.replace("[NUMBER] hours after", "an hour after"),
            format!("{TEXT}\n\nDana sees to it."),
        ] {
            let judged = judged(&text);
            assert!(judged.has_text(), "{text}: {judged:?}");
        }
    }

    #[test]
    fn short_lines_are_anybodys() {
        assert!(judged("At least one copy each night.").has_text());
        assert!(judged("10 minutes").has_text());
        assert!(judged("Vendor's statement").has_text());
    }

    #[test]
    fn a_hint_taken_for_an_answer_is_empty() {
        for row in rule().rows() {
            let judged = judge(&document(&row.hint).blocks, Some(row.id));
            assert!(!judged.has_text(), "{}: {judged:?}", row.citation);
        }
    }
}
