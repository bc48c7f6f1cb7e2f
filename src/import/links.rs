//! Where the links and pictures of foreign Markdown lead, among the files that were found beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Sort, What, decode, head, last, sort};
use crate::diagnostic::Source;
use crate::markdown::{self, Block, BlockKind, Inline, InlineKind};

/// What texts need of the files around them.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Pictures that a text shows or leads to, by label.
    pub pictures: BTreeSet<String>,
    /// Other files that texts lead to and that are not brought along, by the label of the text.
    pub files: BTreeMap<String, BTreeSet<String>>,
}

/// See [`Wanted`].
pub fn wanted(found: &[Found]) -> Wanted {
    let mut wanted = Wanted::default();
    let by_label: BTreeMap<&str, &Found> = found.iter().map(|one| (one.label.as_str(), one)).collect();
    if !found.iter().any(|one| sort(last(&one.path)) != Sort::Text) {
        return wanted;
    }
    for one in found.iter().filter(|one| sort(last(&one.path)) == Sort::Text) {
        let What::Bytes(bytes) = &one.what else { continue };
        let Ok((text, _)) = decode::decode(&one.path, bytes) else {
            continue;
        };
        let start = head::read(&text).body;
        let (document, _) = markdown::parse(&Source::new(one.path.as_str(), text), start);
        let mut targets = Vec::new();
        blocks(&document.blocks, &mut targets);
        for note in &document.footnotes {
            blocks(&note.blocks, &mut targets);
        }
        for target in targets {
            let Some(label) = beside(&one.label, &target) else {
                continue;
            };
            match by_label.get(label.as_str()).map(|other| sort(last(&other.path))) {
                Some(Sort::Picture) => {
                    wanted.pictures.insert(label);
                }
                Some(Sort::Other) => {
                    wanted.files.entry(one.label.clone()).or_default().insert(label);
                }
                _ => {}
            }
        }
    }
    wanted
}

/// The label of what a relative link leads to.
fn beside(label: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    if target.is_empty() || target.contains(':') || target.starts_with(['/', '\\']) {
        return None;
    }
    let mut parts: Vec<String> = label.split('/').map(str::to_owned).collect();
    parts.pop();
    for part in decoded(target).split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part.to_owned()),
        }
    }
    Some(parts.join("/"))
}

/// `%20` and its like as what they stand for.
fn decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%')
            .then(|| after.get(..2).and_then(|two| std::str::from_utf8(two).ok()))
            .flatten()
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn blocks(all: &[Block], out: &mut Vec<String>) {
    for block in all {
        match &block.kind {
            BlockKind::Heading(heading) => inlines(&heading.inlines, out),
            BlockKind::Paragraph(text) => inlines(text, out),
            BlockKind::List(list) => list.items.iter().for_each(|item| blocks(&item.blocks, out)),
            BlockKind::Quote(inner) => blocks(inner, out),
            BlockKind::Table(table) => {
                let rows = std::iter::once(&table.head).chain(&table.rows);
                rows.flatten().for_each(|cell| inlines(cell, out));
            }
            BlockKind::Code { .. } | BlockKind::Rule | BlockKind::Html(_) => {}
        }
    }
}

fn inlines(all: &[Inline], out: &mut Vec<String>) {
    for inline in all {
        match &inline.kind {
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                inlines(inner, out)
            }
            InlineKind::Link {
                target,
                inlines: inner,
                ..
            } => {
                out.push(target.clone());
                inlines(inner, out);
            }
            InlineKind::Image { src, .. } => out.push(src.clone()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_lead_to_the_files_beside() {
        assert_eq!(
            beside("old/a/x.md", "../img/plan%201.png#top"),
            Some("old/img/plan 1.png".to_owned())
        );
        assert_eq!(beside("x.md", "plan.png"), Some("plan.png".to_owned()));
        for away in [
            "https://a.example/x.png",
            "/abs.png",
            "#top",
            "../../x.png",
            "mailto:a@b.example",
        ] {
            assert_eq!(beside("old/x.md", away), None, "{away}");
        }
    }
}
