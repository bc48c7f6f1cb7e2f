//! The tree as an indented outline, for the tests.

use std::fmt::Write;

use super::{Block, BlockKind, Document, Inline, InlineKind};
use crate::diagnostic::{Diagnostic, Source};

/// Everything a parse gives, as text.
pub(super) fn outline(source: &Source, document: &Document, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    blocks(source, &document.blocks, 0, &mut out);
    for (index, note) in document.footnotes.iter().enumerate() {
        let _ = writeln!(out, "footnote {} ({})", index + 1, note.label);
        blocks(source, &note.blocks, 1, &mut out);
    }
    for cited in &document.citations {
        let rows: Vec<String> = cited.rows.iter().map(ToString::to_string).collect();
        let mut flags = String::new();
        for (flag, name) in [
            (cited.exact, "exact"),
            (cited.in_heading, "in heading"),
            (cited.in_table, "in table"),
        ] {
            if flag {
                let _ = write!(flags, ", {name}");
            }
        }
        let place = source.place(cited.range.as_range());
        let _ = writeln!(
            out,
            "cites {:?} at {}:{} = [{}], block {}, under {:?}{flags}",
            cited.text,
            place.line,
            place.column,
            rows.join(" "),
            cited.block,
            cited.under,
        );
    }
    for part in document.parts() {
        let _ = writeln!(
            out,
            "part {} {:?} #{} blocks {}..{}, above {:?}",
            part.level, part.title, part.anchor, part.blocks.start, part.blocks.end, part.above
        );
    }
    for said in diagnostics {
        let place = &said.place;
        let _ = writeln!(
            out,
            "{} {}:{} {}",
            said.code, place.line, place.column, said.message
        );
        let _ = writeln!(out, "  help: {}", said.help);
    }
    out
}

fn blocks(source: &Source, all: &[Block], depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    for block in all {
        let place = source.place(block.range.as_range());
        let _ = write!(out, "{pad}{}: ", place.line);
        match &block.kind {
            BlockKind::Heading(heading) => {
                let _ = writeln!(
                    out,
                    "h{} #{} {}",
                    heading.level,
                    heading.anchor,
                    line(&heading.inlines)
                );
            }
            BlockKind::Paragraph(text) => {
                let _ = writeln!(out, "p {}", line(text));
            }
            BlockKind::List(list) => {
                let start = list.start.map_or("-".to_owned(), |start| format!("{start}."));
                let _ = writeln!(out, "list {start} {}", if list.tight { "tight" } else { "loose" });
                for item in &list.items {
                    let task = item.task.map_or("", |done| if done { " [x]" } else { " [ ]" });
                    let _ = writeln!(out, "{pad}  item{task}");
                    blocks(source, &item.blocks, depth + 2, out);
                }
            }
            BlockKind::Quote(inner) => {
                let _ = writeln!(out, "quote");
                blocks(source, inner, depth + 1, out);
            }
            BlockKind::Code { language, text } => {
                let _ = writeln!(out, "code {} {text:?}", language.as_deref().unwrap_or("-"));
            }
            BlockKind::Table(table) => {
                let _ = writeln!(out, "table {:?}", table.align);
                for row in std::iter::once(&table.head).chain(&table.rows) {
                    let cells: Vec<String> = row.iter().map(|cell| line(cell)).collect();
                    let _ = writeln!(out, "{pad}  | {} |", cells.join(" | "));
                }
            }
            BlockKind::Rule => {
                let _ = writeln!(out, "rule");
            }
            BlockKind::Html(text) => {
                let _ = writeln!(out, "html {text:?}");
            }
        }
    }
}

fn line(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        let _ = match &inline.kind {
            InlineKind::Text(text) => write!(out, "{text}"),
            InlineKind::Code(text) => write!(out, "`{text}`"),
            InlineKind::Emphasis(inner) => write!(out, "*{}*", line(inner)),
            InlineKind::Strong(inner) => write!(out, "**{}**", line(inner)),
            InlineKind::Strike(inner) => write!(out, "~~{}~~", line(inner)),
            InlineKind::Link {
                target,
                title,
                inlines,
            } => {
                write!(out, "<link {target:?} {title:?}: {}>", line(inlines))
            }
            InlineKind::Image { src, alt, title } => write!(out, "<image {src:?} {title:?}: {alt}>"),
            InlineKind::Citation { text, rows } => {
                let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
                write!(out, "<cite {text:?} = {}>", rows.join(" "))
            }
            InlineKind::FootnoteReference(number) => write!(out, "<note {number}>"),
            InlineKind::SoftBreak => write!(out, " / "),
            InlineKind::HardBreak => write!(out, " // "),
            InlineKind::Html(text) => write!(out, "<html {text:?}>"),
        };
    }
    out
}
