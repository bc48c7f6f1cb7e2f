//! Raw HTML in Markdown: shown as text, with one warning a file. Comments are not shown.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};

/// The raw HTML met in one file.
#[derive(Default)]
pub(super) struct Seen {
    first: Option<Range<usize>>,
    more: usize,
    open_comment: Option<Range<usize>>,
}

impl Seen {
    /// What is shown of a piece of raw HTML at `range`: everything but its comments.
    pub(super) fn shown(&mut self, html: &str, range: Range<usize>) -> String {
        let (shown, closed) = without_comments(html);
        if !closed {
            self.open_comment.get_or_insert(range);
        } else if !shown.trim().is_empty() {
            match self.first {
                Some(_) => self.more += 1,
                None => self.first = Some(range),
            }
        }
        shown
    }

    /// One warning for HTML, one for a comment without end.
    pub(super) fn warnings(&self, source: &Source) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        if let Some(range) = &self.first {
            let others = match self.more {
                0 => String::new(),
                1 => ", and in one more place of this file".to_owned(),
                more => format!(", and in {more} more places of this file"),
            };
            let message = format!("HTML is shown as plain text here{others}.");
            warnings.push(
                Diagnostic::warning("raw-html", first_line(source, range.clone()), message).help(
                    "Use Markdown in its place: **bold**, a table with | bars, a list with dashes. If the angle \
                     brackets are part of the sentence, type \\< for <.",
                ),
            );
        }
        if let Some(range) = &self.open_comment {
            warnings.push(
                Diagnostic::warning(
                    "open-comment",
                    first_line(source, range.clone()),
                    "A comment begins here with <!-- and never ends, so the text after it is shown as typed and \
                     counts as nothing.",
                )
                .help("Type --> where the comment ends."),
            );
        }
        warnings
    }
}

fn first_line(source: &Source, range: Range<usize>) -> crate::diagnostic::Place {
    let text = source.text.get(range.clone()).unwrap_or_default();
    let line = text.lines().next().unwrap_or_default().len();
    source.place(range.start..range.start + line)
}

/// `html` without `<!-- comments -->`, and false when the last comment has no end; then it is kept.
fn without_comments(html: &str) -> (String, bool) {
    let mut shown = String::new();
    let mut rest = html;
    while let Some(open) = rest.find("<!--") {
        // `<!-->` is a whole comment, so its end may begin within its beginning.
        let Some(close) = rest[open + 2..].find("-->") else {
            shown.push_str(rest);
            return (shown, false);
        };
        shown.push_str(&rest[..open]);
        rest = &rest[open + 2 + close + 3..];
    }
    shown.push_str(rest);
    (shown, true)
}
