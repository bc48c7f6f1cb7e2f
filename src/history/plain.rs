//! A Markdown text as plain paragraphs: what is compared, and what an archive keeps of the words.
//!
//! Layout is left out, since it changes nothing that a reader is told: emphasis, the numbers of a list, the width of a
//! table. What a link leads to and which box is ticked are kept, since they do.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::markdown::{Block, BlockKind, Document, Inline, InlineKind, List};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A heading.
    Heading,
    /// A paragraph.
    #[default]
    Text,
    /// An item of a list.
    Item,
    /// A row of a table, its cells divided by ` | `.
    Row,
    /// A line of code, or of HTML, which is shown as text.
    Code,
}

/// A paragraph, a heading, an item of a list, a row of a table, a line of code. Its text has no line end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Para {
    /// What it is.
    #[serde(default, skip_serializing_if = "is_text")]
    pub kind: Kind,
    /// Its words.
    pub text: String,
}

fn is_text(kind: &Kind) -> bool {
    *kind == Kind::Text
}

impl Para {
    /// A paragraph of one kind.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

/// The whole text, its notes at the end.
pub fn document(document: &Document) -> Vec<Para> {
    let mut out = blocks(document, 0..document.blocks.len());
    for (index, note) in document.footnotes.iter().enumerate() {
        let start = out.len();
        push_all(&note.blocks, Kind::Text, &mut out);
        if let Some(first) = out.get_mut(start) {
            first.text = format!("[{}] {}", index + 1, first.text);
        }
    }
    out
}

/// A range of its top-level blocks. Ranges beyond the end are cut.
pub fn blocks(document: &Document, range: Range<usize>) -> Vec<Para> {
    let mut out = vec![];
    let end = range.end.min(document.blocks.len());
    push_all(&document.blocks[range.start.min(end)..end], Kind::Text, &mut out);
    out
}

fn push_all(blocks: &[Block], kind: Kind, out: &mut Vec<Para>) {
    for block in blocks {
        push_block(block, kind, out);
    }
}

fn push_block(block: &Block, kind: Kind, out: &mut Vec<Para>) {
    match &block.kind {
        BlockKind::Heading(heading) => push(Kind::Heading, &inlines(&heading.inlines), out),
        BlockKind::Paragraph(text) => push(kind, &inlines(text), out),
        BlockKind::Quote(inner) => push_all(inner, kind, out),
        BlockKind::List(list) => push_list(list, out),
        BlockKind::Code { text, .. } | BlockKind::Html(text) => {
            text.lines().for_each(|line| push(Kind::Code, line, out));
        }
        BlockKind::Table(table) => {
            for row in std::iter::once(&table.head).chain(&table.rows) {
                let cells: Vec<String> = row.iter().map(|cell| inlines(cell)).collect();
                push(Kind::Row, &cells.join(" | "), out);
            }
        }
        BlockKind::Rule => {}
    }
}

fn push_list(list: &List, out: &mut Vec<Para>) {
    for item in &list.items {
        let start = out.len();
        push_all(&item.blocks, Kind::Item, out);
        let Some(done) = item.task else { continue };
        let sign = if done { "[done]" } else { "[open]" };
        match out.get_mut(start) {
            Some(first) => first.text = format!("{sign} {}", first.text),
            None => push(Kind::Item, sign, out),
        }
    }
}

fn push(kind: Kind, text: &str, out: &mut Vec<Para>) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !text.is_empty() {
        out.push(Para { kind, text });
    }
}

fn inlines(list: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(list, &mut out);
    out
}

fn push_inlines(list: &[Inline], out: &mut String) {
    for inline in list {
        match &inline.kind {
            InlineKind::Text(text)
            | InlineKind::Code(text)
            | InlineKind::Html(text)
            | InlineKind::Citation { text, .. } => out.push_str(text),
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) => push_inlines(inner, out),
            // What is struck does not hold: a text in which it is not struck says something else.
            InlineKind::Strike(inner) => {
                out.push_str("~~");
                push_inlines(inner, out);
                out.push_str("~~");
            }
            InlineKind::Link { target, inlines, .. } => {
                let words = self::inlines(inlines);
                out.push_str(&words);
                let shown = target.trim_start_matches("mailto:");
                if !words.contains(shown) {
                    out.push_str(&format!(" ({target})"));
                }
            }
            InlineKind::Image { src, alt, .. } => out.push_str(&format!("[picture: {alt} ({src})]")),
            InlineKind::FootnoteReference(number) => out.push_str(&format!("[{number}]")),
            InlineKind::SoftBreak | InlineKind::HardBreak => out.push(' '),
        }
    }
}
