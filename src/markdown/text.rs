//! The plain text of the tree: for words, search, descriptions, anchors and the tests of emptiness.

use super::{Block, BlockKind, Document, Inline, InlineKind};

/// Every word of a document: its blocks, then its footnotes, each paragraph, cell or item on a line of its own.
pub fn document(document: &Document) -> String {
    let mut out = blocks(&document.blocks);
    for note in &document.footnotes {
        push_blocks(&note.blocks, &mut out);
    }
    out
}

/// Every word of these blocks, code and raw HTML included; each heading, paragraph, table row and piece of code on a
/// line of its own, cells divided by tabs. Empty when there is no text.
pub fn blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    push_blocks(blocks, &mut out);
    out
}

/// The text of inlines. Breaks of lines become spaces, images their alternative text, footnote numbers nothing.
pub fn inlines(inlines: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(inlines, &mut out);
    out
}

/// The words of a text: runs of letters and digits, with apostrophes inside them. `don't` is one word,
/// `follow-up` two.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '\u{2019}'))
        .map(|word| word.trim_matches(['\'', '\u{2019}']))
        .filter(|word| !word.is_empty())
}

fn push_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading(heading) => push_line(&inlines(&heading.inlines), out),
            BlockKind::Paragraph(text) => push_line(&inlines(text), out),
            BlockKind::Quote(inner) => push_blocks(inner, out),
            BlockKind::List(list) => list.items.iter().for_each(|item| push_blocks(&item.blocks, out)),
            BlockKind::Code { text, .. } | BlockKind::Html(text) => push_line(text.trim_end(), out),
            BlockKind::Table(table) => {
                for row in std::iter::once(&table.head).chain(&table.rows) {
                    let cells: Vec<String> = row.iter().map(|cell| inlines(cell)).collect();
                    push_line(cells.join("\t").trim_end(), out);
                }
            }
            BlockKind::Rule => {}
        }
    }
}

fn push_line(line: &str, out: &mut String) {
    if line.trim().is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(line);
}

fn push_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        push_inline(&inline.kind, out);
    }
}

pub(super) fn push_inline(kind: &InlineKind, out: &mut String) {
    match kind {
        InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Html(text) => out.push_str(text),
        InlineKind::Citation { text, .. } => out.push_str(text),
        InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
            push_inlines(inner, out);
        }
        InlineKind::Link { inlines, .. } => push_inlines(inlines, out),
        InlineKind::Image { alt, .. } => out.push_str(alt),
        InlineKind::SoftBreak | InlineKind::HardBreak => out.push(' '),
        InlineKind::FootnoteReference(_) => {}
    }
}
