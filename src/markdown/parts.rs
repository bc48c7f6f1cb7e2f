//! The parts of a document: each heading with what follows it.

use super::{BlockKind, Document, Part, text};

/// Headings above a part are cut to this many characters, so that a list of parts never outgrows its document.
const LONGEST_ABOVE: usize = 200;

/// See [`Document::parts`].
pub(super) fn parts(document: &Document) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // Indices into `parts` of the headings whose reach has not ended, outermost first.
    let mut open: Vec<usize> = Vec::new();
    for (index, block) in document.blocks.iter().enumerate() {
        let BlockKind::Heading(heading) = &block.kind else {
            continue;
        };
        while let Some(&last) = open.last().filter(|&&last| parts[last].level >= heading.level) {
            parts[last].blocks.end = index;
            open.pop();
        }
        let above = open
            .iter()
            .map(|&above| parts[above].title.chars().take(LONGEST_ABOVE).collect())
            .collect();
        open.push(parts.len());
        parts.push(Part {
            level: heading.level,
            title: text::inlines(&heading.inlines).trim().to_owned(),
            anchor: heading.anchor.clone(),
            heading: index,
            blocks: index + 1..document.blocks.len(),
            range: block.range,
            above,
        });
    }
    parts
}
