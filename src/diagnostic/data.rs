//! A problem as data, for editors: where it begins and ends in each of the units that editors count in, and what to type.

use serde::Serialize;

use super::{Diagnostic, Place, Severity, Source};

/// One problem.
#[derive(Debug, Serialize)]
pub struct Problem<'a> {
    severity: Severity,
    /// Stable name.
    code: &'static str,
    message: &'a str,
    /// Path below the binder's folder, with `/`; "" where no file is meant.
    file: &'a str,
    /// From 1; 0 where the file as a whole is meant.
    line: u32,
    /// In characters, from 1; 0 where a whole line or file is meant.
    column: u32,
    help: &'a str,
    /// `None` where the file as a whole is meant, or is no text.
    range: Option<Range>,
    /// What belongs in place of the range, where that is known.
    replacement: Option<&'a str>,
    /// Other places that belong to it.
    related: Vec<Related<'a>>,
}

#[derive(Debug, Serialize)]
struct Related<'a> {
    message: &'a str,
    file: &'a str,
    line: u32,
    range: Option<Range>,
}

/// From its first character to the one behind its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first character.
    pub start: Point,
    /// The one behind the last.
    pub end: Point,
}

/// One place, in every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Point {
    /// From 1.
    pub line: usize,
    /// In characters (Unicode scalar values), from 1.
    pub column: usize,
    /// In UTF-16 code units, from 1: VS Code and the language server protocol count so, from 0.
    pub utf16: usize,
    /// In bytes of the text as UTF-8 without a byte order mark, from 0 at the start of the file.
    pub byte: usize,
}

/// A problem with its ranges. `source` gives the text of a file.
pub fn problem<'a>(diagnostic: &'a Diagnostic, source: &dyn Fn(&str) -> Option<Source>) -> Problem<'a> {
    let range = |place: &Place| {
        let source = (place.line > 0).then(|| source(&place.file)).flatten()?;
        self::range(&source, place)
    };
    let related = |(place, message): &'a (Place, String)| Related {
        message,
        file: &place.file,
        line: place.line,
        range: range(place),
    };
    Problem {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: &diagnostic.message,
        file: &diagnostic.place.file,
        line: diagnostic.place.line,
        column: diagnostic.place.column,
        help: &diagnostic.help,
        range: range(&diagnostic.place),
        replacement: diagnostic.replacement.as_deref(),
        related: diagnostic.also.iter().map(related).collect(),
    }
}

/// Where a place begins and ends; the words of its line where it has no column. `None` where there is no such line.
pub fn range(source: &Source, place: &Place) -> Option<Range> {
    let at = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let line_start = *source.line_starts.get(at)? as usize;
    let line = source.line(place.line);
    let (start, end) = match place.column.checked_sub(1) {
        None => (line.len() - line.trim_start().len(), line.trim_end().len()),
        Some(skip) => {
            let start = line
                .char_indices()
                .nth(skip as usize)
                .map_or(line.len(), |(at, _)| at);
            (start, start + place.range.as_range().len())
        }
    };
    let end = (line_start + end).min(source.text.len());
    let start = (line_start + start).min(end);
    Some(Range {
        start: point(source, start),
        end: point(source, end),
    })
}

fn point(source: &Source, at: usize) -> Point {
    let place = source.place(at..at);
    let byte = place.range.start as usize;
    let line = place.line as usize;
    let before = &source.text[source.line_starts[line - 1] as usize..byte];
    Point {
        line,
        column: place.column as usize,
        utf16: before.encode_utf16().count() + 1,
        byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, needle: &str) -> Range {
        let source = Source::new("a.md", text);
        let start = text.find(needle).expect("it is there");
        range(&source, &source.place(start..start + needle.len())).expect("a range")
    }

    #[test]
    fn each_unit_counts_its_own_way() {
        let range = at("one\r\nä😀 = “x”\n", "“x”");
        assert_eq!(
            range.start,
            Point {
                line: 2,
                column: 6,
                utf16: 7,
                byte: 5 + 2 + 4 + 3
            }
        );
        assert_eq!(
            range.end,
            Point {
                line: 2,
                column: 9,
                utf16: 10,
                byte: 14 + 7
            }
        );
    }

    #[test]
    fn a_range_may_end_on_a_later_line() {
        let range = at("a\nb [1,\n 2]\n", "[1,\n 2]");
        assert_eq!((range.start.line, range.start.column), (2, 3));
        assert_eq!((range.end.line, range.end.column), (3, 4));
    }

    #[test]
    fn a_whole_line_is_its_words_and_a_whole_file_has_no_range() {
        let source = Source::new("a.md", "x\n  some words \n");
        let line = Place {
            line: 2,
            ..Place::file("a.md")
        };
        let range = super::range(&source, &line).expect("a range");
        assert_eq!((range.start.column, range.end.column), (3, 13));
        assert_eq!(super::range(&source, &Place::file("a.md")), None);
        let beyond = Place { line: 9, ..line };
        assert_eq!(super::range(&source, &beyond), None);
    }
}
