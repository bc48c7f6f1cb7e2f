//! What is wrong with the content, as values.
//!
//! Owns the shape of a message: severity, stable code, place, what is wrong, what to type instead. Parsers collect
//! diagnostics and go on; nobody stops at the first one. How a message looks on a terminal is in [`report`].

use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};

pub mod data;
pub mod lines;
pub mod report;

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The binder would say something wrong: nothing is published until it is mended.
    Error,
    /// The binder is right as it stands, but somebody should look.
    Warning,
}

/// A place in a file of the content folder.
///
/// `line` and `column` count from 1; columns count characters, not bytes. A place without a line (a missing file, a
/// folder) has `line == 0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Path below the content folder, with `/` between parts on every system.
    pub file: Arc<str>,
    /// Line, from 1; 0 when the place is the whole file.
    pub line: u32,
    /// Column in characters, from 1; 0 when the place is a whole line or file.
    pub column: u32,
    /// Byte range in the text of the file; empty when the place is the whole file.
    pub range: Range32,
}

/// A byte range that is `Copy` and orderable, unlike `std::ops::Range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Range32 {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl From<Range<usize>> for Range32 {
    fn from(range: Range<usize>) -> Self {
        // Text files are refused above 4 MB, so 32 bits are plenty; saturate rather than wrap all the same.
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            start: clamp(range.start),
            end: clamp(range.end),
        }
    }
}

impl Range32 {
    /// The same range for slicing.
    pub fn as_range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Place {
    /// The file as a whole, for problems that no line shows.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self {
            file: path.into(),
            ..Self::default()
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = if self.line == 0 {
            String::new()
        } else {
            format!(":{}", self.line)
        };
        serializer.serialize_str(&format!("{}{line}", self.file))
    }
}

/// A text file of the content folder with its lines counted once, to turn byte offsets into places.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path below the content folder, with `/`.
    pub path: Arc<str>,
    /// The text, decoded, without a byte order mark. Line ends as in the file.
    pub text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl Source {
    /// Counts the lines of `text`.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(i, _)| i as u32 + 1));
        Self {
            path: path.into(),
            text,
            line_starts: line_starts.into(),
        }
    }

    /// The place of a byte range of this text. Offsets beyond the end are taken as the end.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = floor_char(&self.text, range.start.min(self.text.len()));
        let end = floor_char(&self.text, range.end.clamp(start, self.text.len()));
        let line = self.line_starts.partition_point(|s| *s as usize <= start);
        let line_start = self.line_starts[line - 1] as usize;
        let column = self.text[line_start..start].chars().count() as u32 + 1;
        Place {
            file: self.path.clone(),
            line: line as u32,
            column,
            range: (start..end).into(),
        }
    }

    /// The text of line `line` (from 1) without its line end; empty when there is no such line.
    pub fn line(&self, line: u32) -> &str {
        let Some(start) = (line as usize)
            .checked_sub(1)
            .and_then(|i| self.line_starts.get(i))
        else {
            return "";
        };
        let rest = &self.text[*start as usize..];
        rest.split('\n').next().unwrap_or("").trim_end_matches('\r')
    }
}

fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One problem, with the words for the person who must mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable name in kebab-case, for JSON and tests: `unknown-column`, `bad-date`.
    pub code: &'static str,
    /// Where the reader must type.
    pub place: Place,
    /// What is wrong, one sentence a front-desk manager understands.
    pub message: String,
    /// What to do or type instead; empty when the message says it all.
    pub help: String,
    /// What belongs in place of what `place` marks, letter by letter as it is typed, where that is known.
    pub replacement: Option<String>,
    /// Other places that belong to it ("first set here").
    pub also: Vec<(Place, String)>,
}

impl Diagnostic {
    /// An error at `place`.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            place,
            message: message.into(),
            help: String::new(),
            replacement: None,
            also: vec![],
        }
    }

    /// A warning at `place`.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, message)
        }
    }

    /// Adds what to do or type.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds what to type in place of what is marked: the file as it is with this in it is without the problem.
    pub fn instead(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }

    /// The same, where it is known.
    pub fn maybe_instead(mut self, text: Option<impl Into<String>>) -> Self {
        self.replacement = text.map(Into::into);
        self
    }

    /// Adds a second place, with a few words on it.
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// Sort key: by file, then line, errors before warnings.
    pub fn order(&self) -> (Arc<str>, u32, u32, Severity, &'static str) {
        (
            self.place.file.clone(),
            self.place.line,
            self.place.column,
            self.severity,
            self.code,
        )
    }
}

/// True when any of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
