//! Comma-separated text with the place of every cell.
//!
//! Written here, not taken from the `csv` crate, because a message must point at a cell: that crate knows where a line
//! starts, and not where its cells stand, nor that a quotation mark was never closed. The grammar is that of RFC 4180
//! with Excel's habits: `;` or tabs for commas, a first line `sep=;`, quotes doubled inside quotes.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Place, Source};

/// A cell as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCell {
    /// Its text, quotes taken off, trimmed.
    pub text: String,
    /// Its bytes in the file, quotes included.
    pub range: Range<usize>,
}

/// A line that is not blank. With quotes it may run over several lines of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its cells.
    pub cells: Vec<RawCell>,
    /// Its bytes, line end excluded.
    pub range: Range<usize>,
    /// False when a quotation mark in it is never closed: then its cells are not what was meant.
    pub is_sound: bool,
}

/// A file taken apart.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The header, then the data.
    pub lines: Vec<Line>,
    /// What stands between cells.
    pub separator: u8,
}

impl Sheet {
    /// The first line that is not blank.
    pub fn header(&self) -> Option<&Line> {
        self.lines.first()
    }
}

/// The place of a cell; of the line's end where it is empty and last.
pub fn place(source: &Source, cell: &RawCell) -> Place {
    source.place(cell.range.clone())
}

/// Takes the text apart. Blank lines, and lines whose cells are all empty, are left out.
///
/// Error: `quote-not-closed`, for a quotation mark that swallows the rest of the file.
pub fn read(source: &Source, out: &mut Vec<Diagnostic>) -> Sheet {
    let text = source.text.as_bytes();
    let mut at = 0;
    let mut separator = None;
    let first = source.text.lines().next().unwrap_or("");
    let lower = first.trim().trim_matches('"').to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("sep=") {
        separator = rest
            .bytes()
            .next()
            .or(first.contains('\t').then_some(b'\t'))
            .filter(u8::is_ascii);
        at = line_end(text, 0);
    }
    let separator = separator.unwrap_or_else(|| guess(&source.text[at..]));
    let mut lines = Vec::new();
    while at < text.len() {
        let (line, next) = read_line(source, at, separator, out);
        if line.cells.iter().any(|cell| !cell.text.is_empty()) {
            lines.push(line);
        }
        at = next;
    }
    Sheet { lines, separator }
}

/// First byte behind the line end.
fn line_end(text: &[u8], at: usize) -> usize {
    text[at..]
        .iter()
        .position(|b| *b == b'\n')
        .map_or(text.len(), |n| at + n + 1)
}

/// The separator that the first line with any sign in it has most of, quoted parts left out.
fn guess(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim_matches([',', ';', '\t', ' ']).is_empty())
        .unwrap_or("");
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == byte && !quoted) {
            *count += 1;
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(sign, _)| *sign)
}

fn read_line(source: &Source, start: usize, separator: u8, out: &mut Vec<Diagnostic>) -> (Line, usize) {
    let text = source.text.as_bytes();
    let mut cells = Vec::new();
    let mut at = start;
    let problems = out.len();
    loop {
        let (cell, end) = read_cell(source, at, separator, out);
        cells.push(cell);
        match text.get(end) {
            Some(byte) if *byte == separator => at = end + 1,
            _ => {
                let line = Line {
                    cells,
                    range: start..end,
                    is_sound: out.len() == problems,
                };
                let next = line_end(text, end).max(start + 1);
                return (line, next);
            }
        }
    }
}

/// Reads one cell; returns it with the byte of the separator or line end behind it.
fn read_cell(source: &Source, start: usize, separator: u8, out: &mut Vec<Diagnostic>) -> (RawCell, usize) {
    let text = source.text.as_bytes();
    let is_end = |at: usize| match text.get(at) {
        None | Some(b'\n') => true,
        Some(b'\r') => matches!(text.get(at + 1), None | Some(b'\n')),
        Some(byte) => *byte == separator,
    };
    let mut open = start;
    while text.get(open) == Some(&b' ') {
        open += 1;
    }
    if text.get(open) != Some(&b'"') {
        let mut end = start;
        while !is_end(end) {
            end += 1;
        }
        let raw = &source.text[start..end];
        let from = start + (raw.len() - raw.trim_start().len());
        let range = if raw.trim().is_empty() {
            start..start
        } else {
            from..from + raw.trim().len()
        };
        return (
            RawCell {
                text: raw.trim().to_owned(),
                range,
            },
            end,
        );
    }
    let mut value = Vec::new();
    let mut at = open + 1;
    let mut closed = false;
    while let Some(byte) = text.get(at) {
        match (byte, closed) {
            (b'"', false) if text.get(at + 1) == Some(&b'"') => {
                value.push(b'"');
                at += 1;
            }
            (b'"', false) => closed = true,
            // Quotes that do not enclose the whole cell: the rest is text as it stands.
            (_, true) if is_end(at) => break,
            _ => value.push(*byte),
        }
        at += 1;
    }
    if !closed {
        let line = open..open + source.text[open..].lines().next().map_or(0, str::len);
        out.push(
            Diagnostic::error(
                "quote-not-closed",
                source.place(line),
                "a quotation mark is opened here and never closed, so the rest of the file belongs to this cell",
            )
            .help("Close it with a second quotation mark. A quotation mark inside a cell is typed twice: \"\"."),
        );
    }
    let value = String::from_utf8_lossy(&value).replace("\r\n", "\n");
    (
        RawCell {
            text: value.trim().to_owned(),
            range: open..at,
        },
        at,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let mut out = Vec::new();
        let sheet = read(&Source::new("a.csv", text), &mut out);
        assert!(out.is_empty(), "{out:?}");
        sheet
            .lines
            .into_iter()
            .map(|l| l.cells.into_iter().map(|c| c.text).collect())
            .collect()
    }

    #[test]
    fn excel_habits() {
        let want = vec![vec!["a", "b"], vec!["1", "x, y"]];
        for text in [
            "a,b\n1,\"x, y\"\n",
            "a,b\r\n\r\n1 , \"x, y\" \r\n",
            "a;b\n;\n1;x, y",
            "a\tb\n1\tx, y\n",
            "sep=;\r\na;b\r\n1;x, y\r\n",
            "\"sep=|\"\na|b\n1|x, y",
        ] {
            assert_eq!(cells(text), want, "{text}");
        }
        assert_eq!(cells("a\n\"say \"\"no\"\"\"\n"), [["a"], ["say \"no\""]]);
        assert_eq!(cells("a,b\n5\" disk,\"x\"y\n"), [["a", "b"], ["5\" disk", "xy"]]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn cells_know_their_place_behind_lines_in_quotes() {
        let source = Source::new("a.csv", "a,b\n\"one\ntwo\",é\n3,four\n");
        let sheet = read(&source, &mut vec![]);
        let at = |line: usize, cell: usize| {
            let place = place(&source, &sheet.lines[line].cells[cell]);
            (place.line, place.column)
        };
        assert_eq!((at(1, 0), at(1, 1), at(2, 1)), ((2, 1), (3, 6), (4, 3)));
        assert_eq!(sheet.lines[1].cells[0].text, "one\ntwo");
    }

    #[test]
    fn an_open_quote_is_an_error_where_it_opens() {
        let mut out = Vec::new();
        read(&Source::new("a.csv", "a,b\n1,\"two\n3,4\n"), &mut out);
        assert_eq!(
            (out[0].code, out[0].place.line, out[0].place.column),
            ("quote-not-closed", 2, 3)
        );
    }
}
