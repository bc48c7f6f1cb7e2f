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
                out.push_str(if plain(inlines).trim().is_empty() { target } else { &only });
            }
            _ => collect(std::slice::from_ref(inline), &mut out),
        }
    }
    out
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
