//! The tree as a flat list of texts that remember where in the file each byte stands.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::Range32;
use crate::markdown::{Block, BlockKind, Inline, InlineKind, MarkdownTable, text};

/// What sort of text a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeafKind {
    /// A paragraph, list item or table cell: counts.
    Prose,
    /// A heading, a table's header, or the only filled cell of a row: names what should be there.
    Label,
    /// A code block.
    Code,
    /// A block of raw HTML.
    Html,
}

/// One paragraph, heading, cell or block of code, as text.
#[derive(Debug)]
pub(super) struct Leaf {
    pub kind: LeafKind,
    /// It stands in an unchecked task.
    pub open_task: bool,
    /// Its text; line ends within it as `\n`.
    pub text: String,
    pieces: Vec<Piece>,
}

/// What a piece of a leaf's text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    Plain,
    Citation,
    Html,
    /// Code and the words for a picture: never a blank, but words all the same.
    Fixed,
}

#[derive(Debug)]
struct Piece {
    /// Offset in the leaf's text.
    at: usize,
    range: Range32,
    kind: PieceKind,
}

/// The leaves of these blocks, in the order of the text.
pub(super) fn leaves(blocks: &[Block]) -> Vec<Leaf> {
    let mut out = Vec::new();
    collect(blocks, false, &mut out);
    out
}

fn collect(blocks: &[Block], open_task: bool, out: &mut Vec<Leaf>) {
    for block in blocks {
        let mut add = |kind: LeafKind, inlines: &[Inline]| {
            let mut leaf = Leaf {
                kind,
                open_task,
                text: String::new(),
                pieces: Vec::new(),
            };
            leaf.push_all(inlines);
            out.push(leaf);
        };
        match &block.kind {
            BlockKind::Heading(heading) => add(LeafKind::Label, &heading.inlines),
            BlockKind::Paragraph(inlines) => add(LeafKind::Prose, inlines),
            BlockKind::Table(table) => cells(table, add),
            BlockKind::Quote(inner) => collect(inner, open_task, out),
            BlockKind::List(list) => {
                for item in &list.items {
                    collect(&item.blocks, open_task || item.task == Some(false), out);
                }
            }
            BlockKind::Code { text, .. } => {
                out.push(Leaf::whole(
                    LeafKind::Code,
                    PieceKind::Fixed,
                    open_task,
                    text,
                    block.range,
                ));
            }
            // A comment that never ends: its text is a note, not an answer.
            BlockKind::Html(text) if text.trim_start().starts_with("<!--") => {}
            BlockKind::Html(text) => {
                out.push(Leaf::whole(
                    LeafKind::Html,
                    PieceKind::Html,
                    open_task,
                    text,
                    block.range,
                ));
            }
            BlockKind::Rule => {}
        }
    }
}

fn cells(table: &MarkdownTable, mut add: impl FnMut(LeafKind, &[Inline])) {
    for cell in &table.head {
        add(LeafKind::Label, cell);
    }
    for row in &table.rows {
        let filled = |cell: &Vec<Inline>| !text::inlines(cell).trim().is_empty();
        let form_line = row.len() > 1 && row.first().is_some_and(filled) && !row.iter().skip(1).any(filled);
        for cell in row {
            add(
                if form_line {
                    LeafKind::Label
                } else {
                    LeafKind::Prose
                },
                cell,
            );
        }
    }
}

impl Leaf {
    /// A paragraph that is in no file.
    pub(super) fn plain(text: &str) -> Self {
        Self::whole(LeafKind::Prose, PieceKind::Plain, false, text, Range32::default())
    }

    fn whole(kind: LeafKind, piece: PieceKind, open_task: bool, text: &str, range: Range32) -> Self {
        let mut leaf = Self {
            kind,
            open_task,
            text: String::new(),
            pieces: Vec::new(),
        };
        leaf.push(text.trim_end(), range, piece);
        leaf
    }

    fn push(&mut self, text: &str, range: Range32, kind: PieceKind) {
        if !text.is_empty() {
            self.pieces.push(Piece {
                at: self.text.len(),
                range,
                kind,
            });
            self.text.push_str(text);
        }
    }

    fn push_all(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            let range = inline.range;
            match &inline.kind {
                InlineKind::Text(text) => self.push(text, range, PieceKind::Plain),
                InlineKind::SoftBreak | InlineKind::HardBreak => self.push("\n", range, PieceKind::Plain),
                InlineKind::Citation { text, .. } => self.push(text, range, PieceKind::Citation),
                InlineKind::Code(text) => self.push(text, range, PieceKind::Fixed),
                InlineKind::Image { alt, .. } => self.push(alt, range, PieceKind::Fixed),
                InlineKind::Html(text) => self.push(text, range, PieceKind::Html),
                InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                    self.push_all(inner);
                }
                InlineKind::Link { inlines, .. } => self.push_all(inlines),
                InlineKind::FootnoteReference(_) => {}
            }
        }
    }

    fn index(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= offset)
            .saturating_sub(1)
    }

    fn end_of(&self, index: usize) -> usize {
        self.pieces.get(index + 1).map_or(self.text.len(), |next| next.at)
    }

    /// A part of the text as bytes of the file. Where the file writes it in another way (an entity), the whole of it.
    pub(super) fn in_file(&self, part: Range<usize>) -> Range32 {
        let last = self.index(part.end.saturating_sub(1));
        let first = self.index(part.start);
        let (Some(from), Some(to)) = (self.pieces.get(first), self.pieces.get(last)) else {
            return Range32::default();
        };
        let verbatim = |piece: &Piece, index: usize| {
            (piece.range.end - piece.range.start) as usize == self.end_of(index) - piece.at
        };
        let start = if verbatim(from, first) {
            from.range.start as usize + (part.start - from.at)
        } else {
            from.range.start as usize
        };
        let end = if verbatim(to, last) {
            to.range.start as usize + (part.end - to.at)
        } else {
            to.range.end as usize
        };
        (start..end.max(start)).into()
    }

    /// The text with code and pictures blotted out, byte for byte as long: nothing in them is a blank.
    pub(super) fn open_text(&self) -> Cow<'_, str> {
        if self.pieces.iter().all(|piece| piece.kind != PieceKind::Fixed) {
            return Cow::Borrowed(&self.text);
        }
        let mut out = String::with_capacity(self.text.len());
        for (index, piece) in self.pieces.iter().enumerate() {
            let text = &self.text[piece.at..self.end_of(index)];
            if piece.kind == PieceKind::Fixed {
                out.extend(std::iter::repeat_n('\u{1}', text.len()));
            } else {
                out.push_str(text);
            }
        }
        Cow::Owned(out)
    }

    /// The parts that are no words of the writer's: citations, and the tags of raw HTML.
    pub(super) fn wordless(&self) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let end = self.end_of(index);
            match piece.kind {
                PieceKind::Citation => out.push(piece.at..end),
                PieceKind::Html => tags(&self.text[piece.at..end], piece.at, &mut out),
                PieceKind::Plain | PieceKind::Fixed => {}
            }
        }
        out
    }

    /// Whether a citation stands in it.
    pub(super) fn cites(&self) -> bool {
        self.pieces.iter().any(|piece| piece.kind == PieceKind::Citation)
    }
}

fn tags(html: &str, offset: usize, out: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|open| at + open) {
        let close = html[open..]
            .find('>')
            .map_or(html.len(), |close| open + close + 1);
        out.push(offset + open..offset + close);
        at = close;
    }
}
