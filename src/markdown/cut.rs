//! A document with parts taken out: blocks, unchecked tasks, and the footnotes that nothing leads to any more.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Block, BlockKind, CitationUse, Document, Footnote, Inline, InlineKind};
use crate::diagnostic::Range32;

/// What is left of a document, and where its top-level blocks went.
#[derive(Debug, Clone)]
pub struct Cut {
    /// What is left.
    pub document: Document,
    /// For each old index, and the end: the new index of that block, or of the next one that stayed.
    places: Vec<usize>,
}

impl Cut {
    /// A range of top-level blocks of the old document as a range of what is left.
    pub fn range(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.places.get(at).copied().unwrap_or(self.document.blocks.len());
        place(range.start)..place(range.end)
    }
}

/// Takes out the top-level blocks for which `gone` is true, and every unchecked task `- [ ]` with all that stands in it.
/// Footnotes that only those led to go with them, and the others are counted anew.
pub fn without(document: &Document, gone: impl Fn(usize) -> bool) -> Cut {
    let mut cut = Removed::default();
    let mut blocks = Vec::with_capacity(document.blocks.len());
    let mut places = Vec::with_capacity(document.blocks.len() + 1);
    for (index, block) in document.blocks.iter().enumerate() {
        places.push(blocks.len());
        if gone(index) {
            cut.0.push(block.range);
            continue;
        }
        blocks.extend(cut.pruned(block));
    }
    places.push(blocks.len());
    let mut footnotes: Vec<Footnote> = document
        .footnotes
        .iter()
        .map(|note| Footnote {
            label: note.label.clone(),
            blocks: note.blocks.iter().filter_map(|block| cut.pruned(block)).collect(),
        })
        .collect();
    let kept = reached(&blocks, &footnotes);
    let mut number = 0;
    let numbers: Vec<usize> = (0..footnotes.len())
        .map(|old| {
            number += usize::from(kept.contains(&old));
            number
        })
        .collect();
    for (old, note) in footnotes.iter().enumerate() {
        if !kept.contains(&old) {
            cut.0.extend(note.blocks.iter().map(|block| block.range));
        }
    }
    let mut old = 0;
    footnotes.retain(|_| {
        old += 1;
        kept.contains(&(old - 1))
    });
    let mut renumber = |inline: &mut Inline| {
        if let InlineKind::FootnoteReference(n) = &mut inline.kind {
            *n = n
                .checked_sub(1)
                .and_then(|old| numbers.get(old))
                .copied()
                .unwrap_or(*n);
        }
    };
    each_inline(&mut blocks, &mut renumber);
    for note in &mut footnotes {
        each_inline(&mut note.blocks, &mut renumber);
    }
    let citations = document
        .citations
        .iter()
        .filter(|found| !cut.holds(found.range))
        .map(|found| CitationUse {
            block: places.get(found.block).copied().unwrap_or(found.block),
            ..found.clone()
        })
        .collect();
    Cut {
        document: Document {
            blocks,
            footnotes,
            citations,
        },
        places,
    }
}

/// Byte ranges of the file that were taken out.
#[derive(Default)]
struct Removed(Vec<Range32>);

impl Removed {
    fn holds(&self, range: Range32) -> bool {
        self.0
            .iter()
            .any(|gone| gone.start <= range.start && range.start < gone.end)
    }

    /// The block without unchecked tasks; `None` when nothing is left of it.
    fn pruned(&mut self, block: &Block) -> Option<Block> {
        let kind = match &block.kind {
            BlockKind::List(list) => {
                let mut list = list.clone();
                list.items.retain(|item| {
                    let open = item.task == Some(false);
                    if open {
                        self.0.push(item.range);
                    }
                    !open
                });
                list.items.retain_mut(|item| {
                    let before = item.blocks.len();
                    item.blocks = item
                        .blocks
                        .iter()
                        .filter_map(|block| self.pruned(block))
                        .collect();
                    before == 0 || !item.blocks.is_empty()
                });
                if list.items.is_empty() {
                    return None;
                }
                BlockKind::List(list)
            }
            BlockKind::Quote(inner) => {
                let left: Vec<Block> = inner.iter().filter_map(|block| self.pruned(block)).collect();
                if left.is_empty() && !inner.is_empty() {
                    return None;
                }
                BlockKind::Quote(left)
            }
            other => other.clone(),
        };
        Some(Block {
            kind,
            range: block.range,
        })
    }
}

/// Indexes of the footnotes that `blocks` lead to, those that footnotes lead to included.
fn reached(blocks: &[Block], footnotes: &[Footnote]) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    let mut open: Vec<Vec<Block>> = vec![blocks.to_vec()];
    while let Some(mut blocks) = open.pop() {
        each_inline(&mut blocks, &mut |inline| {
            if let InlineKind::FootnoteReference(n) = inline.kind
                && let Some(index) = n.checked_sub(1)
                && let Some(note) = footnotes.get(index)
                && kept.insert(index)
            {
                open.push(note.blocks.clone());
            }
        });
    }
    kept
}

fn each_inline(blocks: &mut [Block], act: &mut dyn FnMut(&mut Inline)) {
    for block in blocks {
        match &mut block.kind {
            BlockKind::Heading(heading) => inlines(&mut heading.inlines, act),
            BlockKind::Paragraph(text) => inlines(text, act),
            BlockKind::List(list) => {
                for item in &mut list.items {
                    each_inline(&mut item.blocks, act);
                }
            }
            BlockKind::Quote(inner) => each_inline(inner, act),
            BlockKind::Table(table) => {
                for cell in table.head.iter_mut().chain(table.rows.iter_mut().flatten()) {
                    inlines(cell, act);
                }
            }
            BlockKind::Code { .. } | BlockKind::Rule | BlockKind::Html(_) => {}
        }
    }
}

fn inlines(text: &mut [Inline], act: &mut dyn FnMut(&mut Inline)) {
    for inline in text {
        act(inline);
        match &mut inline.kind {
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                inlines(inner, act);
            }
            InlineKind::Link { inlines: inner, .. } => inlines(inner, act),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::markdown::{parse, text};

    fn left(markdown: &str) -> (String, Document) {
        let (document, _) = parse(&Source::new("a.md", markdown), 0);
        let cut = without(&document, |_| false).document;
        (text::document(&cut), cut)
    }

    #[test]
    fn an_unchecked_task_goes_with_all_that_stands_in_it() {
        let (words, document) = left(
            "Kept.\n\n- [x] done\n- [ ] ask Bob\n\n  about 164.312(b)\n- plain\n  - [ ] within\n\n> - [ ] quoted\n\nEnd.\n",
        );
        assert_eq!(words, "Kept.\ndone\nplain\nEnd.");
        assert!(document.citations.is_empty(), "{:?}", document.citations);
    }

    #[test]
    fn footnotes_of_a_task_go_with_it_and_the_others_are_counted_anew() {
        let (words, document) = left(
            "- [ ] ask[^a]\n- yes[^b]\n\n[^a]: secret, see[^c]\n\n[^b]: open\n\n[^c]: secret too, 164.312(b)\n",
        );
        assert_eq!(words, "yes\nopen");
        assert_eq!(document.footnotes.len(), 1);
        let mut numbers = vec![];
        each_inline(&mut document.blocks.clone(), &mut |inline| {
            if let InlineKind::FootnoteReference(n) = inline.kind {
                numbers.push(n);
            }
        });
        assert_eq!(numbers, [1]);
        assert!(document.citations.is_empty());
    }

    #[test]
    fn ranges_of_blocks_follow() {
        let source = Source::new("a.md", "# A\n\none\n\n- [ ] gone\n\n# B\n\ntwo\n");
        let (document, _) = parse(&source, 0);
        let cut = without(&document, |index| index == 1);
        assert_eq!(text::document(&cut.document), "A\nB\ntwo");
        assert_eq!((cut.range(&(1..3)), cut.range(&(4..5))), (1..1, 2..3));
    }
}
