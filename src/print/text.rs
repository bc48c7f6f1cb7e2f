//! Plain words of Markdown, for measuring and for bookmarks.

use crate::markdown::{Inline, InlineKind};

/// The words of a run of inline text, as they are printed.
pub(super) fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    collect(inlines, &mut out);
    out
}

/// The same without what pictures show.
pub(super) fn words(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match &inline.kind {
            InlineKind::Image { .. } => {}
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                out.push_str(&words(inner));
            }
            InlineKind::Link { target, inlines, .. } => {
                let only = words(inlines);
                // A link without words is printed as its address.
                out.push_str(if plain(inlines).trim().is_empty() {
                    target
                } else {
                    &only
                });
            }
            _ => collect(std::slice::from_ref(inline), &mut out),
        }
    }
    out
}

/// True where the first letter is one of a script that is written from right to left: so does the whole paragraph.
pub(super) fn runs_leftward(inlines: &[Inline]) -> bool {
    let leftward =
        |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    inlines
        .iter()
        .find_map(|inline| first_letter(&inline.kind))
        .is_some_and(leftward)
}

fn first_letter(kind: &InlineKind) -> Option<char> {
    let letter = |text: &str| text.chars().find(|c| c.is_alphabetic());
    match kind {
        InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Html(text) => letter(text),
        InlineKind::Citation { text, .. } => letter(text),
        InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
            inner.iter().find_map(|inline| first_letter(&inline.kind))
        }
        InlineKind::Link { inlines, .. } => inlines.iter().find_map(|inline| first_letter(&inline.kind)),
        _ => None,
    }
}

fn collect(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match &inline.kind {
            InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Html(text) => out.push_str(text),
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                collect(inner, out)
            }
            InlineKind::Link { target, inlines, .. } => {
                let words = plain(inlines);
                out.push_str(&words);
                // The address is printed after the words, see `prose`.
                if target.contains(':') && !words.contains(shown(target)) {
                    out.push_str(&format!(" ({target})"));
                }
            }
            InlineKind::Image { alt, .. } => out.push_str(alt),
            InlineKind::Citation { text, .. } => out.push_str(text),
            InlineKind::FootnoteReference(number) => out.push_str(&number.to_string()),
            InlineKind::SoftBreak | InlineKind::HardBreak => out.push(' '),
        }
    }
}

/// An address as it is printed: without the scheme where a reader needs none.
pub(super) fn shown(address: &str) -> &str {
    address
        .strip_prefix("mailto:")
        .or(address.strip_prefix("tel:"))
        .unwrap_or(address)
}
