//! Text evidence: lines with numbers, or a table where a CSV file is narrow enough for one.

use std::sync::Arc;

use crate::content::text;
use crate::diagnostic::Diagnostic;
use crate::world::File;

/// Most lines of one file that are printed: about forty sheets.
pub(super) const LINES: usize = 2000;
/// Most bytes of one file that are looked at.
const BYTES: usize = 1024 * 1024;
/// Longest line that is printed in whole, in characters.
const LONGEST: usize = 20_000;

/// How the names of files of text end.
const TEXTS: [&str; 19] = [
    "txt", "log", "csv", "tsv", "md", "json", "xml", "html", "htm", "eml", "ini", "conf", "cfg", "yml",
    "yaml", "toml", "ps1", "reg", "ics",
];

/// A text as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::print) struct Text {
    /// The lines printed, tabs as spaces.
    pub lines: Vec<String>,
    /// Lines of the file.
    pub of: usize,
    /// The same as a table, the header first, where it is one.
    pub table: Option<Vec<Vec<String>>>,
    /// Read in another encoding than UTF-8.
    pub foreign: bool,
}

/// True for files of text, by their names.
pub(super) fn is_text(extension: &str) -> bool {
    TEXTS.contains(&extension)
}

/// Reads a file of text; `None` where it is none inside.
pub(super) fn read(path: &Arc<str>, extension: &str, bytes: &Arc<[u8]>) -> Option<Text> {
    let shown = match bytes.get(..BYTES) {
        None => bytes.clone(),
        // An even number of bytes, so that text of two bytes a letter stays whole.
        Some(head) => Arc::from(
            head.iter()
                .rposition(|b| *b == b'\n')
                .map_or(head, |at| &head[..(at + 1) & !1]),
        ),
    };
    let file = File {
        size: shown.len() as u64,
        digest: [0; 32],
        bytes: Some(shown.clone()),
    };
    let mut said: Vec<Diagnostic> = vec![];
    let source = text::read(path, &file, &mut said)?;
    let cut = shown.len() < bytes.len();
    let mut lines: Vec<&str> = source.text.lines().collect();
    let mut of = lines.len();
    if cut {
        // The last one may be a part of a line.
        lines.pop();
        of = bytes.iter().filter(|b| **b == b'\n').count() + usize::from(!bytes.ends_with(b"\n"));
    }
    lines.truncate(LINES);
    let table = ["csv", "tsv"]
        .contains(&extension)
        .then(|| table(&lines.join("\n")))
        .flatten();
    Some(Text {
        lines: lines.iter().map(|line| line_of(line)).collect(),
        of,
        table,
        foreign: said.iter().any(|said| said.code == "not-utf8"),
    })
}

fn line_of(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (n, c) in line.chars().enumerate() {
        match c {
            _ if n == LONGEST => {
                out.push_str(" [the line goes on]");
                break;
            }
            '\t' => out.push_str("    "),
            c => out.push(c),
        }
    }
    out
}

/// Lines of the same number of cells, two or more of each.
fn table(text: &str) -> Option<Vec<Vec<String>>> {
    let first = text.lines().next()?;
    let count = |mark: u8| first.bytes().filter(|b| *b == mark).count();
    let mark = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| (count(*mark), u8::MAX - mark))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(mark)
        .flexible(false)
        .from_reader(text.as_bytes());
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.ok()?;
        rows.push(record.iter().map(str::to_string).collect::<Vec<_>>());
    }
    let narrow = rows.first().is_some_and(|row| (2..=14).contains(&row.len()));
    (narrow && rows.len() > 1).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, bytes: &[u8]) -> Option<Text> {
        let extension = name.rsplit('.').next().unwrap_or_default();
        read(
            &Arc::from(format!("evidence/{name}")),
            extension,
            &Arc::from(bytes),
        )
    }

    #[test]
    fn lines_are_kept_and_counted() {
        let read = text("a.txt", b"one\n\tx\r\nthree").expect("text");
        assert_eq!(read.lines, ["one", "    x", "three"]);
        assert_eq!((read.of, read.foreign, read.table), (3, false, None));
    }

    #[test]
    fn a_long_file_is_cut_and_says_how_long_it_is() {
        let long = text("a.log", "a line\n".repeat(5000).as_bytes()).expect("text");
        assert_eq!((long.lines.len(), long.of), (LINES, 5000));
        let endless = text("a.log", "0123456789 a line\n".repeat(200_000).as_bytes()).expect("text");
        assert_eq!(endless.lines.len(), LINES);
        assert_eq!(endless.of, 200_000);
    }

    #[test]
    fn other_encodings_are_read_and_told_and_what_is_no_text_is_not() {
        let windows = text("a.txt", b"Caf\xe9 \x93quoted\x94").expect("text");
        assert_eq!(windows.lines, ["Café “quoted”"]);
        assert!(windows.foreign);
        let wide: Vec<u8> = "\u{feff}a\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text("a.csv", &wide).expect("text").lines, ["a", "b"]);
        assert_eq!(text("a.txt", &[0, 1, 2, 0xff, 0]), None);
    }

    #[test]
    fn a_table_has_as_many_cells_in_each_line() {
        let rows = text("a.csv", b"a;b\n1;\"x; y\"\n")
            .expect("text")
            .table
            .expect("a table");
        assert_eq!(rows, [["a", "b"], ["1", "x; y"]]);
        assert_eq!(text("a.csv", b"a,b\n1,2,3\n").expect("text").table, None);
        assert_eq!(text("a.csv", b"just words\n").expect("text").table, None);
    }
}
