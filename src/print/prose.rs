//! Markdown trees as calls of the template.

use std::sync::Arc;

use super::emit::{Arg, Emitter, Lack, Origin};
use super::links::{Links, Target};
use super::tables;
use crate::diagnostic::Range32;
use crate::markdown::{Align, Block, BlockKind, Document, Inline, InlineKind, List, MarkdownTable};
use crate::rule::RowId;

/// One text and how it is set into the binder.
pub(super) struct Prose<'a> {
    /// The text.
    pub document: &'a Document,
    /// Its file, for messages and relative links.
    pub path: &'a Arc<str>,
    /// Where links lead.
    pub links: &'a Links,
    /// Label prefix of its headings and notes; "" where the text is printed more than once or nothing links to it.
    pub prefix: String,
    /// Level of the heading above it.
    pub base: usize,
    /// Headings of the outermost level become bookmarks.
    pub bookmarks: bool,
    /// Width of the column in points.
    pub width: f64,
}

/// How far the template sets the text of an item, of a quotation and of a note in from the left, in points.
const ITEM: f64 = 24.0;
const QUOTE: f64 = 14.0;
const NOTE: f64 = 16.0;
/// A column is never taken to be narrower than this many points.
const NARROWEST: f64 = 120.0;
/// Tallest picture in a text, in points: it and a line about it stand on one page.
const TALLEST: f64 = 520.0;

/// Which headings are open, to close gaps between levels: a level is never skipped.
#[derive(Default)]
struct Levels(Vec<u8>);

impl Levels {
    fn enter(&mut self, level: u8) -> usize {
        while self.0.last().is_some_and(|open| *open >= level) {
            self.0.pop();
        }
        self.0.push(level);
        self.0.len()
    }
}

impl Prose<'_> {
    /// The whole text, its notes at the end.
    pub fn whole(&self, em: &mut Emitter) {
        self.blocks(em, 0..self.document.blocks.len());
        self.notes(em);
    }

    /// A range of its top-level blocks. Ranges beyond the end are cut.
    pub fn blocks(&self, em: &mut Emitter, range: std::ops::Range<usize>) {
        let end = range.end.min(self.document.blocks.len());
        let start = range.start.min(end);
        let mut levels = Levels::default();
        for block in &self.document.blocks[start..end] {
            self.block(em, block, Some(&mut levels));
        }
    }

    /// The notes of the text, if it has any.
    pub fn notes(&self, em: &mut Emitter) {
        if self.document.footnotes.is_empty() {
            return;
        }
        em.call("hr", &[]);
        for (index, footnote) in self.document.footnotes.iter().enumerate() {
            let label = self.label(&format!("note-{}", index + 1));
            em.start("note", &[("", Arg::Int(index + 1)), ("", Arg::Label(&label))]);
            em.item_open();
            em.enter(NOTE);
            self.inner(em, &footnote.blocks);
            em.leave();
            em.item_close();
            em.end();
        }
    }

    /// Width of the column where the text stands now, in points.
    fn room(&self, em: &Emitter) -> f64 {
        (self.width - em.indent()).max(NARROWEST)
    }

    fn label(&self, anchor: &str) -> String {
        if self.prefix.is_empty() {
            String::new()
        } else {
            format!("{}#{anchor}", self.prefix)
        }
    }

    fn at(&self, em: &mut Emitter, range: Range32) {
        em.at(Origin::Range(self.path.clone(), range));
    }

    /// Blocks within blocks. Deeper than anybody writes by hand, they are printed under each other: the layout engine
    /// refuses source that is nested without end.
    fn inner(&self, em: &mut Emitter, blocks: &[Block]) {
        for block in blocks {
            self.block(em, block, None);
        }
    }

    /// `levels` is `None` inside lists, quotations and notes, where a heading takes no part in the outline.
    fn block(&self, em: &mut Emitter, block: &Block, levels: Option<&mut Levels>) {
        self.at(em, block.range);
        match &block.kind {
            BlockKind::Heading(heading) => {
                let Some(levels) = levels else {
                    em.open("run-in", &[]);
                    self.inlines(em, &heading.inlines);
                    em.close();
                    return;
                };
                // A bookmark needs words: a heading that is a picture, or nothing that is seen, is none.
                if !em.glyphs().shows(&super::text::words(&heading.inlines)) {
                    em.open("p", &[]);
                    self.inlines(em, &heading.inlines);
                    em.close();
                    return;
                }
                let depth = levels.enter(heading.level);
                let label = self.label(&heading.anchor);
                let bookmark = self.bookmarks && depth == 1;
                let args = [
                    ("", Arg::Int((self.base + depth).min(6))),
                    ("to", Arg::Label(&label)),
                    ("mark", Arg::Bool(bookmark)),
                ];
                em.open("hd", &args);
                self.inlines(em, &heading.inlines);
                em.close();
            }
            BlockKind::Paragraph(inlines) => {
                let rtl = super::text::runs_leftward(inlines);
                em.open("p", if rtl { &[("rtl", Arg::Bool(true))] } else { &[] });
                self.inlines(em, inlines);
                em.close();
            }
            BlockKind::List(list) if em.deep() => {
                for item in &list.items {
                    self.inner(em, &item.blocks);
                }
            }
            BlockKind::List(list) => self.list(em, list),
            BlockKind::Quote(blocks) if em.deep() => self.inner(em, blocks),
            BlockKind::Quote(blocks) => {
                em.open("quoted", &[]);
                em.enter(QUOTE);
                self.inner(em, blocks);
                em.leave();
                em.close();
            }
            BlockKind::Code { text, .. } => lines(em, "code-block", text),
            BlockKind::Html(text) => lines(em, "html-block", text),
            BlockKind::Table(table) => self.table(em, table),
            BlockKind::Rule => em.call("hr", &[]),
        }
    }

    fn list(&self, em: &mut Emitter, list: &List) {
        match list.start {
            Some(start) => {
                // Numbers beyond what the layout engine counts with are a typing slip; they start at 1.
                let start = usize::try_from(start).ok().filter(|n| *n < 1 << 31).unwrap_or(1);
                em.start(
                    "numbers",
                    &[("tight", Arg::Bool(list.tight)), ("start", Arg::Int(start))],
                );
            }
            None => em.start("bullets", &[("tight", Arg::Bool(list.tight))]),
        }
        for item in &list.items {
            self.at(em, item.range);
            em.item_open();
            em.enter(ITEM);
            // The text of a tight item stands directly in it; later paragraphs are paragraphs.
            for (n, block) in item.blocks.iter().enumerate() {
                if n == 0
                    && let Some(done) = item.task
                {
                    em.call("task", &[("", Arg::Bool(done))]);
                }
                match &block.kind {
                    BlockKind::Paragraph(inlines) if n == 0 && !super::text::runs_leftward(inlines) => {
                        self.inlines(em, inlines);
                        if item.blocks.len() > 1 {
                            em.call("parbreak", &[]);
                        }
                    }
                    _ => self.block(em, block, None),
                }
            }
            em.leave();
            em.item_close();
        }
        em.end();
    }

    fn table(&self, em: &mut Emitter, table: &MarkdownTable) {
        if table.head.is_empty() {
            return;
        }
        let head: Vec<String> = table.head.iter().map(|cell| super::text::plain(cell)).collect();
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| super::text::plain(cell)).collect())
            .collect();
        let plan = tables::plan(em.glyphs(), &head, &rows, self.room(em));
        let aligns: Vec<&str> = table
            .align
            .iter()
            .map(|align| match align {
                Align::Default | Align::Left => "left",
                Align::Center => "center",
                Align::Right => "right",
            })
            .collect();
        tables::emit(em, &plan, &aligns, &head, &rows, |em, row, column| {
            let cell = match row {
                None => table.head.get(column),
                Some(row) => table.rows.get(row).and_then(|cells| cells.get(column)),
            };
            if let Some(inlines) = cell {
                self.inlines(em, inlines);
            }
        });
    }

    /// Inline text.
    pub fn inlines(&self, em: &mut Emitter, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(em, inline);
        }
    }

    fn inline(&self, em: &mut Emitter, inline: &Inline) {
        self.at(em, inline.range);
        match &inline.kind {
            InlineKind::Text(text) => em.text(text),
            InlineKind::Code(text) | InlineKind::Html(text) => {
                em.open("cd", &[]);
                em.mono(text);
                em.close_inline();
            }
            InlineKind::Emphasis(inner) => self.wrapped(em, "it", inner),
            InlineKind::Strong(inner) => self.wrapped(em, "st", inner),
            InlineKind::Strike(inner) => self.wrapped(em, "sk", inner),
            InlineKind::Link { target, inlines, .. } => self.link(em, target, inlines),
            InlineKind::Image { src, alt, .. } => self.image(em, src, alt),
            InlineKind::Citation { text, rows } => citation(em, text, rows, self.links),
            InlineKind::FootnoteReference(number) => {
                let label = self.label(&format!("note-{number}"));
                if label.is_empty() || *number == 0 || *number > self.document.footnotes.len() {
                    em.text(&format!("[{number}]"));
                } else {
                    em.call_inline("note-ref", &[("", Arg::Int(*number)), ("", Arg::Label(&label))]);
                }
            }
            InlineKind::SoftBreak => em.text(" "),
            InlineKind::HardBreak => em.call_inline("br", &[]),
        }
    }

    fn wrapped(&self, em: &mut Emitter, name: &str, inner: &[Inline]) {
        if em.deep() {
            return self.inlines(em, inner);
        }
        em.open(name, &[]);
        em.enter(0.0);
        self.inlines(em, inner);
        em.leave();
        em.close_inline();
    }

    fn link(&self, em: &mut Emitter, target: &str, inlines: &[Inline]) {
        let words = super::text::plain(inlines);
        let empty = words.trim().is_empty();
        match self.links.resolve(target, self.path, &self.prefix, self.document) {
            Target::Outside(address) => {
                em.open("url", &[("", Arg::Str(&address))]);
                if empty {
                    em.text(&address)
                } else {
                    self.inlines(em, inlines)
                }
                em.close_inline();
                // On paper a link can't be followed: its address is printed too, where the words do not show it.
                let shown = super::text::shown(&address);
                if !empty && !words.contains(shown) {
                    em.text(&format!(" ({shown})"));
                }
            }
            Target::Label(label) => {
                em.open("to", &[("", Arg::Label(&label))]);
                if empty {
                    em.text(target)
                } else {
                    self.inlines(em, inlines)
                }
                em.close_inline();
            }
            Target::Nowhere if empty => em.text(target),
            Target::Nowhere => self.inlines(em, inlines),
        }
    }

    fn image(&self, em: &mut Emitter, src: &str, alt: &str) {
        let name = src.rsplit('/').next().unwrap_or(src);
        let alt = if alt.trim().is_empty() { name } else { alt };
        let found = self.links.picture(src, self.path);
        if let Some(Err(why)) = &found {
            em.lacks(Lack::Picture(src.to_string(), why.clone()));
        }
        match found.and_then(Result::ok) {
            Some(picture) => {
                // A line of a table stays in one piece where it can; a picture in it leaves room for the words.
                let (room, tallest) = match em.limit() {
                    Some(width) => (width, TALLEST / 2.0),
                    None => (self.room(em), TALLEST),
                };
                let fit = (room / picture.width).min(tallest / picture.height).min(1.0);
                let width = picture.width * fit;
                let args = [
                    ("", Arg::Str(&picture.path)),
                    ("alt", Arg::Str(alt)),
                    ("width", Arg::Point(width)),
                ];
                em.call_inline("inset", &args);
            }
            None => {
                em.open("missing-picture", &[]);
                em.text(&format!("Picture: {alt} ({src})"));
                em.close_inline();
            }
        }
    }
}

/// A citation as a link to its row and an entry of the index.
pub(super) fn citation(em: &mut Emitter, text: &str, rows: &[RowId], links: &Links) {
    let numbers: Vec<usize> = match em.is_indexed() {
        true => rows.iter().map(|row| row.index()).collect(),
        false => vec![],
    };
    let label = rows.first().map(|row| links.row(*row)).unwrap_or_default();
    em.open(
        "ct",
        &[("rows", Arg::Ints(&numbers)), ("target", Arg::Label(&label))],
    );
    em.text(text);
    em.close_inline();
}

fn lines(em: &mut Emitter, name: &str, text: &str) {
    em.start(name, &[]);
    for line in text.trim_end_matches('\n').split('\n') {
        em.item_open();
        em.mono(&line.replace('\t', "    "));
        em.item_close();
    }
    em.end();
}
