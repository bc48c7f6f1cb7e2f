//! Lines of which somebody said why they are neither patient data nor a secret.

use crate::diagnostic::{Diagnostic, Place, Source};
use crate::phi::scan::has_ending;

/// The word that an acknowledgment begins with.
const WORD: &str = "phi-ok";

/// A comment in a text: `<!-- phi-ok: reason -->`, or `# phi-ok: reason` in settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Line it speaks of, from 1: its own, or the next with text where it stands alone.
    pub line: u32,
    /// It says why.
    pub has_reason: bool,
    /// Where it stands.
    pub place: Place,
}

/// The acknowledgments in a text. CSV files have no comments.
pub fn comments(source: &Source) -> Vec<Comment> {
    let text = &*source.text;
    if has_ending(&source.path, &["csv", "tsv"]) {
        return vec![];
    }
    let settings_end = settings_end(source);
    let mut found = vec![];
    for (at, _) in text.match_indices(WORD) {
        let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |n| at + n);
        let (before, after) = (text[line_start..at].trim_end(), &text[at + WORD.len()..line_end]);
        let (open, reason) = match (before.strip_suffix("<!--"), after.split_once("-->")) {
            (Some(open), Some((reason, behind))) => (format!("{open}{}", behind.trim()), reason),
            _ if at < settings_end && before.ends_with('#') => {
                (before.trim_end_matches('#').to_owned(), after)
            }
            _ => continue,
        };
        let start = line_start + before.trim_end_matches(['<', '!', '-', '#']).len();
        let place = source.place(start..at + WORD.len());
        let line = match open.trim().is_empty() {
            true => place.line + 1 + blank_lines(&text[line_end..]),
            false => place.line,
        };
        found.push(Comment {
            line,
            has_reason: reason
                .trim_start_matches([':', ' ', '-', '='])
                .trim()
                .chars()
                .any(char::is_alphabetic),
            place,
        });
    }
    found
}

/// How a comment is written in a file.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    settings_end: usize,
    is_markdown: bool,
}

impl Ways {
    /// Those of a file.
    pub fn of(source: &Source) -> Self {
        Self {
            settings_end: settings_end(source),
            is_markdown: has_ending(&source.path, &["md", "markdown"]),
        }
    }

    /// How a comment is written at a byte, with a reason to be replaced; `None` where there are no comments.
    pub fn at(self, byte: usize) -> Option<&'static str> {
        if byte < self.settings_end {
            return Some("# phi-ok: the reason");
        }
        self.is_markdown.then_some("<!-- phi-ok: the reason -->")
    }
}

/// Blank lines that follow the line end at the beginning of `rest`.
fn blank_lines(rest: &str) -> u32 {
    let blank = rest
        .split('\n')
        .skip(1)
        .take_while(|line| line.trim().is_empty())
        .count();
    u32::try_from(blank).unwrap_or(u32::MAX / 2)
}

/// One past the settings of a file, in which `#` begins a comment: all of a TOML file, the front matter of a text.
fn settings_end(source: &Source) -> usize {
    if has_ending(&source.path, &["toml"]) {
        return source.text.len();
    }
    crate::content::frontmatter::fences(&source.text).map_or(0, |fences| fences.toml.end)
}

/// The warning on an acknowledgment that says nothing.
pub fn without_reason(place: Place) -> Diagnostic {
    Diagnostic::warning(
        "phi-ok-without-reason",
        place,
        "this says that the line is in order, and not why, so it does not count",
    )
    .help("Type the reason behind the colon: <!-- phi-ok: the example of the form, no patient -->")
}

/// The warning on an acknowledgment that is not needed.
pub fn unused(place: Place, why: &str) -> Diagnostic {
    Diagnostic::warning(
        "phi-ok-unused",
        place,
        format!("this acknowledges nothing any more: {why}"),
    )
    .help("Take it out, so that it can't hide something that is typed there later.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<(u32, bool)> {
        let found = comments(&Source::new(path, text));
        found
            .iter()
            .map(|comment| (comment.line, comment.has_reason))
            .collect()
    }

    #[test]
    fn a_comment_speaks_of_its_line_or_of_the_next() {
        assert_eq!(lines("a.md", "x <!-- phi-ok: an example -->\n"), [(1, true)]);
        assert_eq!(lines("a.md", "<!-- phi-ok: an example --> x\n"), [(1, true)]);
        assert_eq!(lines("a.md", "<!-- phi-ok: an example -->\n\nx\n"), [(3, true)]);
        assert_eq!(
            lines("a.md", "x <!-- phi-ok -->\ny <!-- phi-ok: -->"),
            [(1, false), (2, false)]
        );
        assert_eq!(
            lines("a.md", "+++\na = 1 # phi-ok: an example\n+++\n# phi-ok: no\n"),
            [(2, true)]
        );
        assert_eq!(lines("binder.toml", "# phi-ok: an example\na = 1\n"), [(2, true)]);
        assert_eq!(lines("a.csv", "x <!-- phi-ok: an example -->\n"), []);
        assert_eq!(lines("a.md", "say phi-ok <!-- phi-ok"), []);
    }
}
