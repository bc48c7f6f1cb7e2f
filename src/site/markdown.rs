//! The block tree as HTML.
//!
//! Owns what Markdown may become: every text is escaped, raw HTML is shown as text, links lead to http, https,
//! mailto, tel or another file of the folder and to nothing else, and no image is fetched from another site.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::html::Html;
use super::targets::{ImageTarget, LinkTarget, Targets};
use crate::address;
use crate::diagnostic::Range32;
use crate::markdown::{Align, Block, BlockKind, Document, Inline, InlineKind, List, MarkdownTable};

mod tables;

/// A link to another site: it says so to the eye by its sign and to the ear by its words, tells that site nothing, and
/// leads there only when somebody follows it.
const OUTSIDE: &str = "<a class=\"outside\" rel=\"noopener noreferrer\"";
/// The end of such a link.
const OUTSIDE_END: &str = "<span class=\"vh\"> (on another site)</span></a>";

/// Where a link of a text leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leads {
    Within,
    ToAnotherSite,
    ToMailOrTelephone,
}

/// How a text is to be shown.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Where links and images lead.
    pub targets: &'a Targets,
    /// Path of the page it stands on.
    pub page: &'a str,
    /// Path of the file it was written in.
    pub file: &'a str,
    /// The text.
    pub document: &'a Arc<Document>,
    /// Level of its highest headings: one below the heading it stands under.
    pub level: u8,
    /// What headings and footnotes get as ids.
    pub ids: Ids<'a>,
    /// Title of the page: a first heading that only repeats it is left out.
    pub title: &'a str,
}

/// Ids of headings and footnotes.
#[derive(Clone, Copy)]
pub enum Ids<'a> {
    /// The anchors of the document: this page is its home.
    Own,
    /// No ids on headings, and this before the ids of footnotes: an excerpt on a page that shows others too.
    Excerpt(&'a str),
}

/// What became of a text.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The markup.
    pub html: Html,
    /// Links and images that lead nowhere: byte range in the file, and the target as written.
    pub broken: Vec<Broken>,
    /// Images to copy: path in the content folder.
    pub media: BTreeSet<String>,
}

/// A link or an image that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Byte range in the file.
    pub range: Range32,
    /// Its target as written.
    pub target: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a link or an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No such file in the folder.
    NoFile,
    /// The file is there, and no heading of it has this anchor.
    NoAnchor,
    /// `javascript:`, `data:`, `file:` and the like.
    Scheme,
    /// An image below `evidence/` that no line of the evidence register names.
    NoExhibit,
    /// Not an image that browsers show.
    NoImage,
}

/// Renders a whole document with its footnotes.
pub fn document(setting: Setting<'_>) -> Rendered {
    blocks(setting, 0..setting.document.blocks.len())
}

/// Renders a range of top-level blocks, with the footnotes they refer to.
pub fn blocks(setting: Setting<'_>, range: Range<usize>) -> Rendered {
    let all = &setting.document.blocks;
    let end = range.end.min(all.len());
    let mut maker = Maker {
        setting,
        out: Rendered::default(),
        levels: Vec::new(),
        in_link: false,
        notes: BTreeMap::new(),
        notes_open: BTreeSet::new(),
    };
    for (i, block) in all.iter().enumerate().take(end).skip(range.start) {
        if i == 0 && repeats_title(block, setting.title) {
            continue;
        }
        maker.block(block, false);
    }
    maker.footnotes();
    maker.out
}

fn repeats_title(block: &Block, title: &str) -> bool {
    match &block.kind {
        BlockKind::Heading(h) => {
            !title.is_empty() && plain(&h.inlines).trim().eq_ignore_ascii_case(title.trim())
        }
        _ => false,
    }
}

/// The words of inlines, without markup.
pub fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match &inline.kind {
            InlineKind::Text(t) | InlineKind::Code(t) | InlineKind::Html(t) => out.push_str(t),
            InlineKind::Citation { text, .. } => out.push_str(text),
            InlineKind::Emphasis(i) | InlineKind::Strong(i) | InlineKind::Strike(i) => {
                out.push_str(&plain(i))
            }
            InlineKind::Link { inlines, .. } => out.push_str(&plain(inlines)),
            InlineKind::Image { alt, .. } => out.push_str(alt),
            InlineKind::SoftBreak | InlineKind::HardBreak => out.push(' '),
            InlineKind::FootnoteReference(_) => {}
        }
    }
    out
}

struct Maker<'a> {
    setting: Setting<'a>,
    out: Rendered,
    /// Levels as written of the headings that are open.
    levels: Vec<u8>,
    /// Within the text of a link, which can hold no other link.
    in_link: bool,
    /// Footnotes referred to, and how often.
    notes: BTreeMap<usize, usize>,
    /// Those of them that are still to be written.
    notes_open: BTreeSet<usize>,
}

impl Maker<'_> {
    fn block(&mut self, block: &Block, tight: bool) {
        match &block.kind {
            BlockKind::Heading(heading) => self.heading(heading),
            BlockKind::Paragraph(inlines) if tight => self.inlines(inlines),
            BlockKind::Paragraph(inlines) => {
                self.out.html.push_markup("<p>");
                self.inlines(inlines);
                self.out.html.push_markup("</p>\n");
            }
            BlockKind::List(list) => self.list(list),
            BlockKind::Quote(blocks) => {
                self.out.html.push_markup("<blockquote>\n");
                self.nested(blocks);
                self.out.html.push_markup("</blockquote>\n");
            }
            BlockKind::Code { text, .. } | BlockKind::Html(text) => {
                self.out.html.push_markup("<pre tabindex=\"0\"><code>");
                self.out.html.push_text(text);
                self.out.html.push_markup("</code></pre>\n");
            }
            BlockKind::Table(table) => self.table(table),
            BlockKind::Rule => self.out.html.push_markup("<hr>\n"),
        }
    }

    fn nested(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block, false);
        }
    }

    fn heading(&mut self, heading: &crate::markdown::Heading) {
        while self.levels.last().is_some_and(|l| *l >= heading.level) {
            self.levels.pop();
        }
        let level = usize::from(self.setting.level) + self.levels.len();
        self.levels.push(heading.level);
        let (open, close) = match level {
            0..=2 => ("<h2", "</h2>\n"),
            3 => ("<h3", "</h3>\n"),
            4 => ("<h4", "</h4>\n"),
            5 => ("<h5", "</h5>\n"),
            _ => ("<h6", "</h6>\n"),
        };
        self.out.html.push_markup(open);
        if let (Ids::Own, false) = (self.setting.ids, heading.anchor.is_empty()) {
            self.out.html.push_attribute("id", &heading.anchor);
        }
        self.out.html.push_markup(">");
        self.inlines(&heading.inlines);
        self.out.html.push_markup(close);
    }

    fn list(&mut self, list: &List) {
        let close = match list.start {
            Some(start) => {
                self.out.html.push_markup("<ol");
                if start != 1 {
                    self.out.html.push_attribute("start", &start.to_string());
                }
                "</ol>\n"
            }
            None => {
                self.out.html.push_markup("<ul");
                "</ul>\n"
            }
        };
        if list.items.iter().any(|i| i.task.is_some()) {
            self.out.html.push_attribute("class", "tasks");
        }
        self.out.html.push_markup(">\n");
        for item in &list.items {
            self.out.html.push_markup("<li>");
            match item.task {
                Some(true) => {
                    self.out
                        .html
                        .push_markup("<input type=\"checkbox\" disabled checked aria-label=\"done\"> ");
                }
                Some(false) => self
                    .out
                    .html
                    .push_markup("<input type=\"checkbox\" disabled aria-label=\"open\"> "),
                None => {}
            }
            for (i, block) in item.blocks.iter().enumerate() {
                if i > 0 && list.tight {
                    self.out.html.push_markup("\n");
                }
                self.block(block, list.tight || (i == 0 && item.task.is_some()));
            }
            self.out.html.push_markup("</li>\n");
        }
        self.out.html.push_markup(close);
    }

    fn table(&mut self, table: &MarkdownTable) {
        let label = tables::label(self.setting.document, table);
        self.out
            .html
            .push_markup("<div class=\"scroll\" role=\"region\" tabindex=\"0\"");
        self.out.html.push_attribute("aria-label", &label);
        self.out.html.push_markup("><table>\n<thead><tr>");
        for (column, cell) in table.head.iter().enumerate() {
            let empty = plain(cell).trim().is_empty();
            self.out
                .html
                .push_markup(if empty { "<td" } else { "<th scope=\"col\"" });
            self.align(table.align.get(column));
            self.out.html.push_markup(">");
            self.inlines(cell);
            self.out.html.push_markup(if empty { "</td>" } else { "</th>" });
        }
        self.out.html.push_markup("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.out.html.push_markup("<tr>");
            for (column, cell) in row.iter().enumerate() {
                self.out.html.push_markup("<td");
                self.align(table.align.get(column));
                self.out.html.push_markup(">");
                self.inlines(cell);
                self.out.html.push_markup("</td>");
            }
            self.out.html.push_markup("</tr>\n");
        }
        self.out.html.push_markup("</tbody>\n</table></div>\n");
    }

    fn align(&mut self, align: Option<&Align>) {
        match align {
            Some(Align::Right) => self.out.html.push_markup(" class=\"right\""),
            Some(Align::Center) => self.out.html.push_markup(" class=\"center\""),
            _ => {}
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match &inline.kind {
            InlineKind::Text(text) => self.text(text),
            InlineKind::Code(text) | InlineKind::Html(text) => {
                self.out.html.push_markup("<code>");
                self.out.html.push_text(text);
                self.out.html.push_markup("</code>");
            }
            InlineKind::Emphasis(inner) => self.wrapped("<em>", inner, "</em>"),
            InlineKind::Strong(inner) => self.wrapped("<strong>", inner, "</strong>"),
            InlineKind::Strike(inner) => self.wrapped("<s>", inner, "</s>"),
            InlineKind::Link {
                target,
                title,
                inlines,
            } => self.link(inline.range, target, title, inlines),
            InlineKind::Image { src, alt, title } => self.image(inline.range, src, alt, title),
            InlineKind::Citation { text, rows } => {
                let address = rows.first().map(|row| address::row_page(*row));
                match address {
                    Some(address) if address != self.setting.page => {
                        self.out.html.push_markup("<a class=\"cite\"");
                        self.out
                            .html
                            .push_attribute("href", &address::link(self.setting.page, &address));
                        self.out.html.push_markup(">");
                        self.out.html.push_text(text);
                        self.out.html.push_markup("</a>");
                    }
                    _ => {
                        self.out.html.push_markup("<span class=\"cite\">");
                        self.out.html.push_text(text);
                        self.out.html.push_markup("</span>");
                    }
                }
            }
            InlineKind::FootnoteReference(number) => self.note_reference(*number),
            InlineKind::SoftBreak => self.out.html.push_markup("\n"),
            InlineKind::HardBreak => self.out.html.push_markup("<br>\n"),
        }
    }

    /// A text, in which exhibit numbers lead to their exhibits.
    fn text(&mut self, text: &str) {
        let targets = self.setting.targets;
        if self.in_link || !targets.may_hold_exhibits(text) {
            return self.out.html.push_text(text);
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        // What stands before `told` is written.
        let (mut told, mut at) = (0, 0);
        while at < text.len() {
            let end = text[at..]
                .find(|c| !is_word(c))
                .map_or(text.len(), |end| at + end);
            let word = &text[at..end];
            if let Some(address) = targets.exhibit(word).filter(|a| *a != self.setting.page) {
                let href = address::link(self.setting.page, address);
                self.out.html.push_text(&text[told..at]);
                self.out.html.push_markup("<a");
                self.out.html.push_attribute("href", &href);
                self.out.html.push_markup(">");
                self.out.html.push_text(word);
                self.out.html.push_markup("</a>");
                told = end;
            }
            at = text[end..].find(is_word).map_or(text.len(), |next| end + next);
        }
        self.out.html.push_text(&text[told..]);
    }

    fn wrapped(&mut self, open: &'static str, inner: &[Inline], close: &'static str) {
        self.out.html.push_markup(open);
        self.inlines(inner);
        self.out.html.push_markup(close);
    }

    fn link(&mut self, range: Range32, target: &str, title: &str, inner: &[Inline]) {
        let (href, leads) = match self.setting.targets.link(self.setting.file, target) {
            // A link within an excerpt leads to the document's own page, which has the anchors.
            LinkTarget::Page(address) => (address::link(self.setting.page, &address), Leads::Within),
            LinkTarget::Outside(url) if url.starts_with("http") => (url, Leads::ToAnotherSite),
            LinkTarget::Outside(url) => (url, Leads::ToMailOrTelephone),
            LinkTarget::Broken(why) => {
                self.out.broken.push(Broken {
                    range,
                    target: target.to_string(),
                    why,
                });
                return self.inlines(inner);
            }
        };
        self.out.html.push_markup(match leads {
            Leads::Within => "<a",
            Leads::ToMailOrTelephone => "<a rel=\"noopener noreferrer\"",
            Leads::ToAnotherSite => OUTSIDE,
        });
        self.out.html.push_attribute("href", &href);
        if !title.is_empty() {
            self.out.html.push_attribute("title", title);
        }
        self.out.html.push_markup(">");
        if inner.is_empty() {
            self.out.html.push_text(target);
        }
        self.in_link = true;
        self.inlines(inner);
        self.in_link = false;
        self.out.html.push_markup(match leads {
            Leads::ToAnotherSite => OUTSIDE_END,
            _ => "</a>",
        });
    }

    fn image(&mut self, range: Range32, src: &str, alt: &str, title: &str) {
        match self.setting.targets.image(self.setting.file, src) {
            ImageTarget::Here { address, size, media } => {
                self.out.html.push_markup("<img loading=\"lazy\"");
                self.out
                    .html
                    .push_attribute("src", &address::link(self.setting.page, &address));
                self.out.html.push_attribute("alt", alt);
                if !title.is_empty() {
                    self.out.html.push_attribute("title", title);
                }
                if let Some((width, height)) = size {
                    self.out.html.push_attribute("width", &width.to_string());
                    self.out.html.push_attribute("height", &height.to_string());
                }
                self.out.html.push_markup(">");
                self.out.media.extend(media);
            }
            ImageTarget::Outside(url) => {
                self.out.html.push_markup(OUTSIDE);
                self.out.html.push_attribute("href", &url);
                self.out.html.push_markup(">");
                self.out
                    .html
                    .push_text(if alt.is_empty() { "picture" } else { alt });
                self.out.html.push_markup(OUTSIDE_END);
            }
            ImageTarget::Broken(why) => {
                self.out.broken.push(Broken {
                    range,
                    target: src.to_string(),
                    why,
                });
                self.out.html.push_text(alt);
            }
        }
    }

    fn note_reference(&mut self, number: usize) {
        if number == 0 || number > self.setting.document.footnotes.len() {
            return;
        }
        let times = self.notes.entry(number).or_insert(0);
        *times += 1;
        let times = *times;
        if times == 1 {
            self.notes_open.insert(number);
        }
        let prefix = self.prefix();
        self.out.html.push_markup("<sup><a");
        self.out
            .html
            .push_attribute("id", &reference_id(&prefix, number, times));
        self.out
            .html
            .push_attribute("href", &format!("#{}", note_id(&prefix, number)));
        self.out
            .html
            .push_attribute("aria-label", &format!("Note {number}"));
        self.out.html.push_markup(">");
        self.out.html.push_text(&number.to_string());
        self.out.html.push_markup("</a></sup>");
    }

    fn prefix(&self) -> String {
        match self.setting.ids {
            Ids::Own => String::new(),
            Ids::Excerpt(prefix) => format!("{prefix}-"),
        }
    }

    /// The notes referred to, each with links back. A note may refer to another, which then stands here too.
    fn footnotes(&mut self) {
        let mut done: BTreeMap<usize, Html> = BTreeMap::new();
        while let Some(number) = self.notes_open.pop_first() {
            let before = std::mem::take(&mut self.out.html);
            let document = self.setting.document;
            self.nested(&document.footnotes[number - 1].blocks);
            done.insert(number, std::mem::replace(&mut self.out.html, before));
        }
        if done.is_empty() {
            return;
        }
        let prefix = self.prefix();
        self.out
            .html
            .push_markup("<section class=\"footnotes\" aria-label=\"Notes\">\n<ol>\n");
        for (number, body) in &done {
            self.out.html.push_markup("<li");
            self.out.html.push_attribute("id", &note_id(&prefix, *number));
            self.out.html.push_attribute("value", &number.to_string());
            self.out.html.push_markup(">\n");
            self.out.html.push(body);
            self.out.html.push_markup("<p class=\"back\">");
            for time in 1..=self.notes.get(number).copied().unwrap_or(0) {
                self.out.html.push_markup("<a");
                self.out
                    .html
                    .push_attribute("href", &format!("#{}", reference_id(&prefix, *number, time)));
                self.out.html.push_markup(">Back to the text</a> ");
            }
            self.out.html.push_markup("</p></li>\n");
        }
        self.out.html.push_markup("</ol>\n</section>\n");
    }
}

fn note_id(prefix: &str, number: usize) -> String {
    format!("{prefix}note-{number}")
}

fn reference_id(prefix: &str, number: usize, time: usize) -> String {
    if time == 1 {
        format!("{prefix}note-ref-{number}")
    } else {
        format!("{prefix}note-ref-{number}-{time}")
    }
}

#[cfg(test)]
mod tests;
