//! Cells that a table has no column for. The rules of Markdown drop them without a word; a clinic has to know.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};

/// The part of a table's row that stands behind its last column, where something does. `row` is the row in `source`.
pub(super) fn beyond(source: &Source, row: Range<usize>, columns: usize) -> Option<Range<usize>> {
    let text = source.text.get(row.clone())?;
    let line = text.lines().next()?;
    let mut bars = line
        .match_indices('|')
        .map(|(at, _)| at)
        .filter(|at| !line[..*at].ends_with('\\'))
        .peekable();
    if bars.peek().is_some_and(|at| line[..*at].trim().is_empty()) {
        bars.next();
    }
    let last = bars.nth(columns.checked_sub(1)?)?;
    let rest = line[last + 1..].trim_end();
    let skipped = rest.len() - rest.trim_start().len();
    let lost = rest.chars().any(|c| c != '|' && !c.is_whitespace());
    lost.then(|| row.start + last + 1 + skipped..row.start + last + 1 + rest.len())
}

/// The warning about such a part.
pub(super) fn warning(source: &Source, lost: &Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "cells-without-column",
        source.place(lost.clone()),
        "This line of the table has more cells than its first line has columns, so these words are shown nowhere.",
    )
    .help("Give the first two lines of the table a column more. A | that belongs to the text is typed \\|.")
}
