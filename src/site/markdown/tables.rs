//! Names for tables, so that a reader who cannot see them tells one from another.

use super::plain;
use crate::markdown::{Block, BlockKind, Document, MarkdownTable};

/// "Table: Who, Days", with a number where the document has several with these columns.
pub fn label(document: &Document, table: &MarkdownTable) -> String {
    let label = columns(table);
    let mut all = Vec::new();
    collect(&document.blocks, &mut all);
    document
        .footnotes
        .iter()
        .for_each(|n| collect(&n.blocks, &mut all));
    let mut same = all.into_iter().filter(|t| columns(t) == label);
    match same.position(|t| std::ptr::eq(t, table)) {
        Some(n) if n > 0 => format!("{label} ({})", n + 1),
        _ => label,
    }
}

fn columns(table: &MarkdownTable) -> String {
    let names: Vec<String> = table
        .head
        .iter()
        .map(|c| plain(c))
        .filter(|n| !n.trim().is_empty())
        .collect();
    if names.is_empty() {
        "Table".to_string()
    } else {
        format!("Table: {}", names.join(", "))
    }
}

fn collect<'a>(blocks: &'a [Block], out: &mut Vec<&'a MarkdownTable>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Table(table) => out.push(table),
            BlockKind::Quote(blocks) => collect(blocks, out),
            BlockKind::List(list) => list.items.iter().for_each(|i| collect(&i.blocks, out)),
            _ => {}
        }
    }
}
