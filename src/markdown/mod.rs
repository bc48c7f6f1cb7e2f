//! CommonMark once, into a block tree with spans, for both renderers, for search and for the join.
//!
//! Owns the tree. Raw HTML is text; entities are decoded before citations are looked for, so `164.310&#40;c)` is a
//! citation and `(c)` never becomes a copyright sign. Nothing here knows HTML or Typst.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Range32, Source};
use crate::rule::RowId;

mod anchor;
mod cite;
pub mod cut;
mod frame;
mod html;
mod notes;
mod parse;
mod parts;
mod rows;
pub mod text;

#[cfg(test)]
mod outline;
#[cfg(test)]
mod tests;

/// A parsed Markdown text.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Top-level blocks in order. Footnote definitions are taken out into `footnotes`.
    pub blocks: Vec<Block>,
    /// Footnotes that the text leads to, in order of first reference, those in footnotes last; the number is the index
    /// + 1. A definition that nothing leads to stays in `blocks` where it stands, so that no word is lost.
    pub footnotes: Vec<Footnote>,
    /// Every citation found in prose (headings, tables, lists, footnotes, links; not in code, HTML or the words for a
    /// picture), in the order of the file.
    pub citations: Vec<CitationUse>,
}

/// A block with the bytes of the file it came from.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Byte range in the file (not in the body).
    pub range: Range32,
}

/// Block kinds of CommonMark with GitHub tables, task lists and footnotes.
#[derive(Debug, Clone)]
pub enum BlockKind {
    /// `# Heading`.
    Heading(Heading),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list.
    List(List),
    /// A block quote.
    Quote(Vec<Block>),
    /// A code block, fenced or indented.
    Code {
        /// First word of the fence, if any.
        language: Option<String>,
        /// The text, line ends as `\n`.
        text: String,
    },
    /// A table.
    Table(MarkdownTable),
    /// A thematic break.
    Rule,
    /// Raw HTML: shown as text. Comments are cut out; one that never ends is here whole, from its `<!--`.
    Html(String),
}

/// A heading.
#[derive(Debug, Clone)]
pub struct Heading {
    /// 1 to 6 as written. Renderers shift and close gaps.
    pub level: u8,
    /// Its text.
    pub inlines: Vec<Inline>,
    /// Anchor, unique in the document: `who-supervises`, `who-supervises-2`. Lower-case letters and digits with single
    /// dashes between them, never empty: an id with `_`, `.`, `:` or `--` in it never clashes.
    pub anchor: String,
}

/// A list.
#[derive(Debug, Clone)]
pub struct List {
    /// First number of an ordered list.
    pub start: Option<u64>,
    /// Items are single paragraphs without blank lines between.
    pub tight: bool,
    /// The items.
    pub items: Vec<Item>,
}

/// A list item.
#[derive(Debug, Clone)]
pub struct Item {
    /// `- [ ]` is `Some(false)`, `- [x]` is `Some(true)`.
    pub task: Option<bool>,
    /// What it holds. A tight item's text is a `Paragraph` too.
    pub blocks: Vec<Block>,
    /// Byte range in the file.
    pub range: Range32,
}

/// A table: one header row, then body rows, none longer than the header. Cells that a row does not have are added, up to
/// some hundred thousand in a text; rows after that stay as short as they are written.
#[derive(Debug, Clone)]
pub struct MarkdownTable {
    /// Alignment of each column.
    pub align: Vec<Align>,
    /// Header cells.
    pub head: Vec<Vec<Inline>>,
    /// Body rows.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// Column alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// As the theme likes.
    Default,
    /// `:--`
    Left,
    /// `:-:`
    Center,
    /// `--:`
    Right,
}

/// A piece of text with the bytes of the file it came from.
#[derive(Debug, Clone)]
pub struct Inline {
    /// What it is.
    pub kind: InlineKind,
    /// Byte range in the file.
    pub range: Range32,
}

/// Inline kinds.
#[derive(Debug, Clone)]
pub enum InlineKind {
    /// Plain text, entities decoded. Pieces that stand side by side in the file are joined; an escape, an entity or a
    /// comment begins a new piece, so that a text as long as its range has the very bytes of the file.
    Text(String),
    /// `code`.
    Code(String),
    /// `*emphasis*`.
    Emphasis(Vec<Inline>),
    /// `**strong**`.
    Strong(Vec<Inline>),
    /// `~~struck~~`.
    Strike(Vec<Inline>),
    /// `[text](target)`, autolinks and reference links. Target as written, decoded, `mailto:` put before the address of
    /// `<mail@clinic.example>`; renderers judge its scheme.
    Link {
        /// Where to.
        target: String,
        /// Title, "" if none.
        title: String,
        /// The link's text.
        inlines: Vec<Inline>,
    },
    /// `![alt](src)`.
    Image {
        /// Path or address as written.
        src: String,
        /// Alternative text, "" if none.
        alt: String,
        /// Title, "" if none.
        title: String,
    },
    /// A citation in prose: its exact text, and the rows it stands for (a range stands for several; empty when it is
    /// a known place outside the 65 rows). Never inside a `Link` or code.
    Citation {
        /// The text exactly as written.
        text: String,
        /// The rows, in rule order.
        rows: Vec<RowId>,
    },
    /// `[^label]`: number from 1, index into [`Document::footnotes`] + 1.
    FootnoteReference(usize),
    /// A line end inside a paragraph.
    SoftBreak,
    /// A forced line end.
    HardBreak,
    /// Raw inline HTML: shown as text.
    Html(String),
}

/// A footnote.
#[derive(Debug, Clone)]
pub struct Footnote {
    /// Its label as written.
    pub label: String,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// A citation found in prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitationUse {
    /// The text exactly as written.
    pub text: String,
    /// The rows it stands for; empty when it is a known place outside the 65 rows.
    pub rows: Vec<RowId>,
    /// True when every one of `rows` was cited itself, false when a paragraph below or beside a row was cited, which
    /// links to the row and documents nothing.
    pub exact: bool,
    /// Byte range in the file.
    pub range: Range32,
    /// Line in the file, from 1.
    pub line: u32,
    /// Anchor of the heading it stands in, or of the last top-level heading before it; "" before the first. In a
    /// footnote, that of the first reference to it.
    pub under: String,
    /// Index of the top-level block it stands in; in a footnote, of the block that first refers to it.
    pub block: usize,
    /// True when it stands in a heading.
    pub in_heading: bool,
    /// True when it stands in a table.
    pub in_table: bool,
}

/// A heading of the top level with what follows it, to the next heading of the same or a higher level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Level as written.
    pub level: u8,
    /// The heading's words, trimmed.
    pub title: String,
    /// Its anchor.
    pub anchor: String,
    /// Index of the heading block.
    pub heading: usize,
    /// Top-level blocks under it, deeper headings included, the heading itself excluded.
    pub blocks: Range<usize>,
    /// Byte range of the heading in the file.
    pub range: Range32,
    /// Titles of the headings above it, outermost first, each cut to 200 characters.
    pub above: Vec<String>,
}

/// Parses the body of `source` from byte `start` on. Ranges in the tree are offsets into the whole file.
///
/// Warnings: `raw-html` (one a file, at its first line), `open-comment` (a comment that never ends),
/// `cells-without-column` (a line of a table with more cells than its first line), `unknown-citation` (names no
/// paragraph of the rule; the nearest rows in the help; left as text), `renumbered-citation` and `copyright-sign`. Never
/// fails: any text is Markdown. What is nested deeper than 100 levels is kept as flat text.
pub fn parse(source: &Source, start: usize) -> (Document, Vec<Diagnostic>) {
    parse::parse(source, start)
}

impl Document {
    /// Every top-level heading with its reach, in order.
    pub fn parts(&self) -> Vec<Part> {
        parts::parts(self)
    }
}
