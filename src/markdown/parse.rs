//! From pulldown-cmark's events to the block tree.
//!
//! The tree is built on a stack of open frames, never by recursion, and stops growing inwards at [`MAX_NESTING`]:
//! what lies deeper is kept as flat text, so no input makes a later recursive walk overflow. Each event is looked at
//! once.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::anchor::Anchors;
use super::cite::{Cites, Site};
use super::frame::{Body, Frame, is_block, is_block_end, unix};
use super::notes::Notes;
use super::{Block, BlockKind, Document, Footnote, Heading, Inline, InlineKind, Item, List, MarkdownTable};
use super::{html, rows, text};
use crate::diagnostic::{Diagnostic, Source};

/// How many blocks and styles may stand inside one another. No real text comes near it.
const MAX_NESTING: usize = 100;

/// What is read beyond plain CommonMark. No smart punctuation: it would turn `(c)` into a sign.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES);

/// See [`super::parse`].
pub(super) fn parse(source: &Source, start: usize) -> (Document, Vec<Diagnostic>) {
    let start = source.text.ceil_char_boundary(start.min(source.text.len()));
    let body = &source.text[start..];
    let mut builder = Builder::new(source, start, Notes::plan(body));
    for (event, range) in Parser::new_ext(body, OPTIONS).into_offset_iter() {
        builder.event(event, range.start + start..range.end + start);
    }
    builder.finish()
}

struct Builder<'a> {
    source: &'a Source,
    stack: Vec<Frame>,
    /// One entry for each element that has begun: whether it has a frame.
    open: Vec<bool>,
    anchors: Anchors,
    cites: Cites<'a>,
    notes: Notes,
    footnotes: BTreeMap<usize, Footnote>,
    /// Where the first reference to each footnote stands.
    referred: BTreeMap<usize, Site>,
    /// Anchor of the last heading of the top level.
    under: String,
    links_open: usize,
    tables_open: usize,
    headings_open: usize,
    html: html::Seen,
    /// Cells of tables that have no column.
    lost: Vec<Range<usize>>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source, start: usize, notes: Notes) -> Self {
        Self {
            source,
            stack: vec![Frame {
                range: 0..0,
                body: Body::Root(Vec::new()),
            }],
            open: Vec::new(),
            anchors: Anchors::default(),
            cites: Cites::new(source, start),
            notes,
            footnotes: BTreeMap::new(),
            referred: BTreeMap::new(),
            under: String::new(),
            links_open: 0,
            tables_open: 0,
            headings_open: 0,
            html: html::Seen::default(),
            lost: Vec::new(),
        }
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(text, range),
            Event::Code(code) => self.inline(InlineKind::Code(code.into_string()), range),
            Event::SoftBreak => self.inline(InlineKind::SoftBreak, range),
            Event::HardBreak => self.inline(InlineKind::HardBreak, range),
            Event::Html(text) => match &mut self.top().body {
                Body::Html(all) => all.push_str(&text),
                _ => self.inline_html(&text, range),
            },
            Event::InlineHtml(text) => self.inline_html(&text, range),
            Event::Rule => {
                self.close_implied();
                self.block(BlockKind::Rule, range);
            }
            Event::TaskListMarker(done) => {
                // In a loose list the box comes inside the first paragraph of its item.
                let task = match self.stack.as_mut_slice() {
                    [
                        ..,
                        Frame {
                            body: Body::Item { task, .. },
                            ..
                        },
                    ] => Some(task),
                    [
                        ..,
                        Frame {
                            body: Body::Item { task, .. },
                            ..
                        },
                        Frame {
                            body: Body::Paragraph { .. },
                            ..
                        },
                    ] => Some(task),
                    _ => None,
                };
                if let Some(task) = task {
                    *task = Some(done);
                } else {
                    // An item below the greatest depth: its box is kept as text.
                    self.text(CowStr::Borrowed(if done { "[x] " } else { "[ ] " }), range);
                }
            }
            Event::FootnoteReference(label) => self.reference(&label, range),
            // Not asked for in OPTIONS; kept as text should a later version give them all the same.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text, range),
        }
    }

    fn start(&mut self, tag: Tag, range: Range<usize>) {
        if matches!(self.top().body, Body::Image { .. }) {
            return self.open.push(false);
        }
        if is_block(&tag) {
            self.close_implied();
        }
        let depth = self.stack.len();
        let fits = match &tag {
            Tag::BlockQuote(_) | Tag::Emphasis | Tag::Strong | Tag::Strikethrough => depth < MAX_NESTING,
            // An address between <> within the words of a link is no second link: one place leads to one other.
            Tag::Link { .. } => depth < MAX_NESTING && self.links_open == 0,
            // A list takes two levels, its own and its items'.
            Tag::List(_) => depth + 1 < MAX_NESTING,
            Tag::Item => matches!(self.top().body, Body::List { .. }),
            _ => true,
        };
        let mut body = if fits { Body::of(tag) } else { None };
        self.open.push(body.is_some());
        match &mut body {
            Some(Body::Paragraph { .. }) => self.loosen(),
            Some(Body::Heading { cites_before, .. }) => {
                *cites_before = self.cites.len();
                self.headings_open += 1;
            }
            Some(Body::Footnote { number, label, .. }) => *number = self.notes.define(label),
            Some(Body::Table { .. }) => self.tables_open += 1,
            Some(Body::Link { .. }) => self.links_open += 1,
            _ => {}
        }
        let Some(body) = body else { return };
        let inline = matches!(
            body,
            Body::Emphasis(_) | Body::Strong(_) | Body::Strike(_) | Body::Link { .. } | Body::Image { .. }
        );
        if inline {
            self.ensure_inlines(&range);
        }
        self.stack.push(Frame { range, body });
    }

    fn end(&mut self, end: TagEnd) {
        if is_block_end(end) {
            self.close_implied();
        }
        if self.open.pop() != Some(true) || self.stack.len() < 2 {
            return;
        }
        if let Some(frame) = self.stack.pop() {
            self.close(frame, end);
        }
    }

    /// Puts a finished element where it belongs.
    fn close(&mut self, frame: Frame, end: TagEnd) {
        let range = frame.range;
        match frame.body {
            Body::Root(blocks) => self.stack.push(Frame {
                range,
                body: Body::Root(blocks),
            }),
            Body::Quote(blocks) => self.block(BlockKind::Quote(blocks), range),
            Body::Item { task, blocks } => {
                let range = self.trimmed(range).into();
                if let Body::List { items, .. } = &mut self.top().body {
                    items.push(Item { task, blocks, range });
                }
            }
            Body::Footnote {
                number: Some(number),
                label,
                blocks,
            } => {
                self.footnotes.insert(number, Footnote { label, blocks });
            }
            Body::Footnote {
                number: None,
                blocks: inner,
                ..
            } => {
                if let Some(blocks) = self.top().body.blocks() {
                    blocks.extend(inner);
                }
            }
            Body::List { start, tight, items } => {
                self.block(BlockKind::List(List { start, tight, items }), range);
            }
            Body::Paragraph { inlines, implied } => {
                let inlines = self.settle(inlines);
                let range = match (implied, inlines.first(), inlines.last()) {
                    (true, Some(first), Some(last)) => first.range.start as usize..last.range.end as usize,
                    _ => range,
                };
                // Only a comment stood there.
                if !inlines.is_empty() {
                    self.block(BlockKind::Paragraph(inlines), range);
                }
            }
            Body::Heading {
                level,
                inlines,
                cites_before,
            } => {
                let inlines = self.settle(inlines);
                let anchor = self.anchors.unique(&text::inlines(&inlines));
                self.headings_open -= 1;
                self.cites.put_under(cites_before, &anchor);
                if self.stack.len() == 1 {
                    self.under.clone_from(&anchor);
                }
                self.block(
                    BlockKind::Heading(Heading {
                        level,
                        inlines,
                        anchor,
                    }),
                    range,
                );
            }
            // Its text is settled with that of the paragraph around it.
            Body::Emphasis(inlines) => self.inline(InlineKind::Emphasis(inlines), range),
            Body::Strong(inlines) => self.inline(InlineKind::Strong(inlines), range),
            Body::Strike(inlines) => self.inline(InlineKind::Strike(inlines), range),
            Body::Link {
                target,
                title,
                inlines,
            } => {
                let inlines = self.settle(inlines);
                self.links_open -= 1;
                self.inline(
                    InlineKind::Link {
                        target,
                        title,
                        inlines,
                    },
                    range,
                );
            }
            Body::Image { src, title, alt } => self.inline(InlineKind::Image { src, alt, title }, range),
            Body::Code { language, text } => self.block(
                BlockKind::Code {
                    language,
                    text: unix(text),
                },
                range,
            ),
            Body::Html(text) => {
                let shown = self.html.shown(&text, range.clone());
                if !shown.trim().is_empty() {
                    self.block(BlockKind::Html(unix(shown)), range);
                }
            }
            Body::Table { align, head, rows } => {
                self.tables_open -= 1;
                self.block(BlockKind::Table(MarkdownTable { align, head, rows }), range);
            }
            Body::Row(cells) => {
                let source = self.source;
                let mut lost = None;
                if let Body::Table { head, rows, .. } = &mut self.top().body {
                    match end {
                        TagEnd::TableHead => *head = cells,
                        _ => {
                            lost = rows::beyond(source, range, head.len());
                            rows.push(cells);
                        }
                    }
                }
                self.lost.extend(lost);
            }
            Body::Cell(inlines) => {
                let inlines = self.settle(inlines);
                if let Body::Row(cells) = &mut self.top().body {
                    cells.push(inlines);
                }
            }
        }
    }

    fn text(&mut self, text: CowStr, range: Range<usize>) {
        match &mut self.top().body {
            Body::Code { text: all, .. } | Body::Html(all) => all.push_str(&text),
            Body::Image { alt, .. } => alt.push_str(&text),
            _ => {
                let clean = if text.contains('\0') {
                    text.replace('\0', "\u{fffd}")
                } else {
                    text.into_string()
                };
                self.inline(InlineKind::Text(clean), range);
            }
        }
    }

    fn inline(&mut self, kind: InlineKind, range: Range<usize>) {
        if let Body::Image { alt, .. } = &mut self.top().body {
            return text::push_inline(&kind, alt);
        }
        self.ensure_inlines(&range);
        if let Some(inlines) = self.top().body.inlines() {
            inlines.push(Inline {
                kind,
                range: range.into(),
            });
        }
    }

    fn inline_html(&mut self, text: &str, range: Range<usize>) {
        if matches!(self.top().body, Body::Image { .. }) {
            return;
        }
        let shown = self.html.shown(text, range.clone());
        if !shown.is_empty() {
            self.inline(InlineKind::Html(unix(shown)), range);
        }
    }

    fn reference(&mut self, label: &str, range: Range<usize>) {
        match self.notes.number(label) {
            Some(number) => {
                let site = self.site();
                // From notes with lower numbers only, so that notes that lead to each other still lead back to the text:
                // the reference that a note has its number from is always one of these.
                if site.note.is_none_or(|note| note < number) {
                    self.referred.entry(number).or_insert(site);
                }
                self.inline(InlineKind::FootnoteReference(number), range);
            }
            None => self.text(CowStr::from(format!("[^{label}]")), range),
        }
    }

    fn block(&mut self, kind: BlockKind, range: Range<usize>) {
        let range = self.trimmed(range).into();
        if let Some(blocks) = self.top().body.blocks() {
            blocks.push(Block { kind, range });
        }
    }

    /// Opens a paragraph where text stands directly in a container.
    fn ensure_inlines(&mut self, range: &Range<usize>) {
        if self.top().body.blocks().is_some() {
            let body = Body::Paragraph {
                implied: true,
                inlines: Vec::new(),
            };
            self.stack.push(Frame {
                range: range.clone(),
                body,
            });
        }
    }

    fn close_implied(&mut self) {
        if matches!(self.top().body, Body::Paragraph { implied: true, .. })
            && let Some(frame) = self.stack.pop()
        {
            self.close(frame, TagEnd::Paragraph);
        }
    }

    /// A real paragraph in an item makes its list loose.
    fn loosen(&mut self) {
        if let [.., list, item] = self.stack.as_mut_slice()
            && matches!(item.body, Body::Item { .. })
            && let Body::List { tight, .. } = &mut list.body
        {
            *tight = false;
        }
    }

    /// Joins the text of a finished element and takes its citations out.
    fn settle(&mut self, raw: Vec<Inline>) -> Vec<Inline> {
        let site = self.site();
        self.cites.settle(raw, self.links_open > 0, &site)
    }

    fn site(&self) -> Site {
        let block = match &self.stack[0].body {
            Body::Root(blocks) => blocks.len(),
            _ => 0,
        };
        let note = self.stack.iter().rev().find_map(|frame| match &frame.body {
            Body::Footnote { number, .. } => Some(*number),
            _ => None,
        });
        Site {
            block,
            under: self.under.clone(),
            note: note.flatten(),
            in_heading: self.headings_open > 0,
            in_table: self.tables_open > 0,
        }
    }

    /// The range without the line end that pulldown-cmark counts to a block.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let end = range.start
            + self
                .source
                .text
                .get(range.clone())
                .map_or(0, |text| text.trim_end().len());
        range.start..end
    }

    fn top(&mut self) -> &mut Frame {
        // The root is put in by `new` and never taken out.
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    fn finish(mut self) -> (Document, Vec<Diagnostic>) {
        self.close_implied();
        let mut diagnostics = self.html.warnings(self.source);
        diagnostics.extend(self.lost.iter().map(|lost| rows::warning(self.source, lost)));
        let blocks = match self.stack.swap_remove(0).body {
            Body::Root(blocks) => blocks,
            _ => Vec::new(),
        };
        let (citations, warnings) = self.cites.finish(&self.referred);
        diagnostics.extend(warnings);
        diagnostics.sort_by_key(Diagnostic::order);
        let footnotes = self.footnotes.into_values().collect();
        (
            Document {
                blocks,
                footnotes,
                citations,
            },
            diagnostics,
        )
    }
}
