//! What an import says at its end: the table, the blanks, and what was not brought in.

use std::fmt::Write as _;

use serde_json::{Value, json as value};

use super::{Found, Line, Sort, State, blank};
use crate::diagnostic::report::wrap;

/// How to make Markdown of something else.
pub const CONVERT: &str = "Open it in Word or LibreOffice, save it as .docx and import that file; or make Markdown of it with \
     pandoc: pandoc -t gfm -o policy.md FILE";

/// Blanks that the report names one by one; `check` names them all.
const BLANKS: usize = 40;

/// The line of a file that was not read.
pub(super) fn not_read(one: &Found, sort: Sort, size: u64) -> Line {
    let mut line = blank(one, None);
    let name = one.path.rsplit('/').next().unwrap_or(&one.path).to_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let (state, why) = match (sort, extension) {
        (Sort::Text, _) => (State::Failed, "It has more than 4 MB: split it into several files.".to_owned()),
        (Sort::Word, _) => (State::Failed, "It has more than 64 MB: take its pictures out, or split it.".to_owned()),
        (Sort::Picture, _) => (State::PassedOver, "It has more than 4 MB: make it smaller, or put it into the folder evidence.".to_owned()),
        (_, "doc" | "dot" | "wpd" | "wps" | "pages") => {
            (State::PassedOver, "Old Word and similar files are not read. Open it in Word, save it as .docx (Save as, Word document) and import that file.".to_owned())
        }
        (_, "odt" | "ott" | "rtf" | "html" | "htm" | "xhtml" | "mht" | "mhtml" | "epub" | "rst" | "adoc" | "asciidoc" | "org" | "textile" | "wiki" | "tex") => {
            (State::PassedOver, format!(".{extension} files are not read. {CONVERT}"))
        }
        (_, "pdf") => (
            State::PassedOver,
            "A PDF holds pages, not text. Import the file that it was made from; put a signed or scanned one into the folder \
             evidence and list it in registers/evidence.csv."
                .to_owned(),
        ),
        (_, "txt" | "text") => (
            State::PassedOver,
            "Plain text is not read. If it is a policy, rename it so that it ends in .md, and import it again.".to_owned(),
        ),
        (_, "tif" | "tiff" | "heic") => (
            State::PassedOver,
            "Pages can't show this kind of picture. Save it as PNG or JPEG; a scan belongs in the folder evidence.".to_owned(),
        ),
        (_, "xls" | "xlsx" | "csv" | "ods" | "ppt" | "pptx" | "odp" | "msg" | "eml" | "zip") => (
            State::PassedOver,
            "It is no policy text. Put it into the folder evidence and list it in registers/evidence.csv, if it proves something."
                .to_owned(),
        ),
        _ if size == 0 => (State::PassedOver, "It is empty: there is nothing to bring.".to_owned()),
        _ => (State::PassedOver, "It is no text that is read here.".to_owned()),
    };
    line.state = state;
    line.notes.push(why);
    line
}

/// The line of a picture that no text shows.
pub(super) fn alone(one: &Found) -> Line {
    let mut line = blank(one, None);
    line.state = State::PassedOver;
    line.notes.push(
        "No text that was found shows it. If it proves something, put it into the folder evidence and list it in \
         registers/evidence.csv."
            .to_owned(),
    );
    line
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Imported => "imported",
            State::Unchanged => "unchanged",
            State::Kept => "kept",
            State::PassedOver => "not-imported",
            State::Failed => "failed",
        }
    }
}

/// The report for people.
pub fn human(lines: &[Line]) -> String {
    let mut out = String::new();
    let texts: Vec<&Line> = lines.iter().filter(|line| is_text(line)).collect();
    let documented: Vec<&&Line> = texts.iter().filter(|line| !line.documents.is_empty()).collect();
    if !documented.is_empty() {
        out.push_str(
            "\nRows that a text documents once it is approved. Read each section before you approve it:\n",
        );
        for line in documented {
            let rows: Vec<String> = line.documents.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                out,
                "  {}\n{}",
                line.file.as_deref().unwrap_or_default(),
                indented(&rows.join(", "))
            );
        }
    }
    let blanks: Vec<String> = texts
        .iter()
        .flat_map(|line| {
            let file = line.file.clone().unwrap_or_default();
            line.placeholders
                .iter()
                .map(move |(at, words)| format!("{file}:{at}  {words}"))
        })
        .collect();
    if !blanks.is_empty() {
        gap(&mut out);
        out.push_str("Blanks to fill in:\n");
        for blank in blanks.iter().take(BLANKS) {
            let _ = writeln!(out, "  {blank}");
        }
        if blanks.len() > BLANKS {
            let _ = writeln!(
                out,
                "  ... and {} more; --format json lists them all",
                blanks.len() - BLANKS
            );
        }
    }
    for (title, states) in [
        (
            "To look at",
            &[State::Imported, State::Unchanged, State::Kept][..],
        ),
        ("Not imported", &[State::PassedOver][..]),
        ("Could not be imported", &[State::Failed][..]),
    ] {
        let told: Vec<&Line> = lines
            .iter()
            .filter(|line| states.contains(&line.state) && !line.notes.is_empty())
            .collect();
        if !told.is_empty() {
            gap(&mut out);
            let _ = writeln!(out, "{title}:");
            // One reason for many files is told once.
            let mut at = 0;
            while at < told.len() {
                let same = told[at..]
                    .iter()
                    .take_while(|line| line.notes == told[at].notes)
                    .count();
                for line in &told[at..at + same] {
                    let _ = writeln!(out, "  {}", line.source);
                }
                for note in &told[at].notes {
                    out.push_str(&indented(note));
                    out.push('\n');
                }
                at += same;
            }
        }
    }
    gap(&mut out);
    out.push_str(&table(lines));
    out
}

/// An empty line between two parts.
fn gap(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn indented(words: &str) -> String {
    format!("      {}", wrap(words, 6))
}

fn is_text(line: &Line) -> bool {
    !line.title.is_empty()
}

const COLUMNS: [&str; 6] = [
    "file",
    "title",
    "rows documented",
    "rows mentioned",
    "placeholders",
    "",
];

fn table(lines: &[Line]) -> String {
    let mut rows: Vec<[String; 6]> = vec![COLUMNS.map(str::to_owned)];
    for line in lines {
        let count = |number: usize| {
            if is_text(line) {
                number.to_string()
            } else {
                "-".to_owned()
            }
        };
        rows.push([
            line.file.clone().unwrap_or_else(|| line.source.clone()),
            if is_text(line) {
                shortened(&line.title)
            } else {
                "-".to_owned()
            },
            count(line.documents.len()),
            count(line.mentions.len()),
            count(line.placeholders.len()),
            line.state.word().to_owned(),
        ]);
    }
    if rows.len() == 1 {
        return "No text was found.\n".to_owned();
    }
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut text = String::new();
        for (column, cell) in row.iter().enumerate() {
            let room = " ".repeat(widths[column] - cell.chars().count());
            match column {
                2..=4 => text.push_str(&format!("{room}{cell}  ")),
                _ => text.push_str(&format!("{cell}{room}  ")),
            }
        }
        let _ = writeln!(out, "{}", text.trim_end());
        if index == 0 {
            let _ = writeln!(out, "{}", "-".repeat(widths.iter().sum::<usize>() + 10));
        }
    }
    out
}

fn shortened(title: &str) -> String {
    crate::content::words::excerpt(title, 48)
}

/// The report for programs.
pub fn json(lines: &[Line]) -> Value {
    let rows = |rows: &[crate::rule::RowId]| {
        rows.iter()
            .map(|row| Value::from(row.to_string()))
            .collect::<Vec<_>>()
    };
    let files: Vec<Value> = lines
        .iter()
        .map(|line| {
            let blanks: Vec<Value> = line
                .placeholders
                .iter()
                .map(|(at, words)| value!({"file": line.file, "line": at, "text": words}))
                .collect();
            value!({
                "source": line.source,
                "state": line.state.word(),
                "file": line.file,
                "title": line.title,
                "documents": rows(&line.documents),
                "mentions": rows(&line.mentions),
                "placeholders": blanks,
                "notes": line.notes,
            })
        })
        .collect();
    Value::from(files)
}
