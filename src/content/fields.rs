//! TOML with the place of every key and value.
//!
//! Wraps the `toml` crate: its tree becomes a [`Table`] whose values know where they stand, and its messages become
//! plain words that say what to type.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::{At, dates, quotes};
use crate::diagnostic::{Diagnostic, Place, Source};

/// A table with places.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its header, or the first line of the front matter.
    pub place: Place,
    /// Its keys, as written.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// The value, and where it stands.
    pub value: At<Value>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text in quotes.
    Text(String),
    /// A number, as written.
    Number(String),
    /// true or false.
    Flag(bool),
    /// A day.
    Day(Date),
    /// A list.
    List(Vec<At<Value>>),
    /// A table.
    Table(Table),
    /// Something that could not be read; its message stands already.
    Broken,
}

/// Front matter that is longer than this is a text without its closing fence.
const MOST_BYTES: usize = 256 * 1024;

/// A file with more errors than this is no TOML at all; the first ones say enough.
const MOST_ERRORS: usize = 40;

/// Reads the TOML at `range` of `source`. `None` when its structure cannot be trusted; then `out` has an error.
///
/// Errors: `bad-toml`, `duplicate-key`, `bad-date`.
pub fn read(source: &Source, range: Range<usize>, out: &mut Vec<Diagnostic>) -> Option<Table> {
    if range.len() > MOST_BYTES {
        out.push(
            Diagnostic::error(
                "bad-toml",
                source
                    .place(range.start..range.start + source.text[range].lines().next().map_or(0, str::len)),
                "these settings are longer than any could be, and were not read",
            )
            .help("Look for a line +++ that stands too far down: the text of the file belongs below it."),
        );
        return None;
    }
    let straight = quotes::straighten(&source.text[range.clone()]);
    let (tree, mut errors) = DeTable::parse_recoverable(&straight);
    let mut reader = Reader {
        source,
        start: range.start,
        toml: &straight,
        broken: vec![],
        scalars: vec![],
        out,
    };
    reader.broken = errors
        .iter()
        .take(MOST_ERRORS)
        .filter_map(toml::de::Error::span)
        .collect();
    let first = straight.len() - straight.trim_start().len();
    let place = reader.place(first..first + straight[first..].lines().next().map_or(0, str::len));
    let table = reader.table(place, tree.get_ref());
    let mut sound = errors.len() <= MOST_ERRORS;
    let mut lines = BTreeSet::new();
    errors.truncate(MOST_ERRORS);
    for error in &errors {
        let span = error.span().unwrap_or(first..first);
        let line = reader.place(span.clone()).line;
        // One slip of the pen makes several messages; the first of a line is the one that helps.
        let known = !lines.insert(line);
        sound &= reader.explain(error.message(), span, known);
    }
    sound.then_some(table)
}

struct Reader<'a> {
    source: &'a Source,
    /// Where the TOML starts in the file.
    start: usize,
    toml: &'a str,
    /// Where the parser stumbled.
    broken: Vec<Range<usize>>,
    /// Every plain value seen.
    scalars: Vec<Range<usize>>,
    out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        let mut end = self.start + span.end;
        // The last byte of a curly quote, not its first.
        while end < self.source.text.len() && !self.source.text.is_char_boundary(end) {
            end += 1;
        }
        self.source.place(self.start + span.start..end)
    }

    fn table(&mut self, place: Place, tree: &DeTable) -> Table {
        let mut entries = Vec::with_capacity(tree.len());
        for (key, value) in tree {
            entries.push(Entry {
                key: key.get_ref().trim().to_owned(),
                key_place: self.place(key.span()),
                value: self.value(value),
            });
        }
        Table { place, entries }
    }

    fn value(&mut self, value: &toml::Spanned<DeValue>) -> At<Value> {
        let span = value.span();
        let place = self.place(span.clone());
        let is_broken = |reader: &mut Self| {
            reader.scalars.push(span.clone());
            reader
                .broken
                .iter()
                .any(|b| b.start < span.end && span.start < b.end.max(b.start + 1))
        };
        let value = match value.get_ref() {
            DeValue::Array(list) => Value::List(list.iter().map(|item| self.value(item)).collect()),
            DeValue::Table(table) => Value::Table(self.table(place.clone(), table)),
            _ if is_broken(self) => Value::Broken,
            DeValue::String(text) => Value::Text(text.trim().to_owned()),
            DeValue::Integer(_) | DeValue::Float(_) => Value::Number(self.toml[span].to_owned()),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(day) => self.day(&day.to_string(), &place),
        };
        At { value, place }
    }

    fn day(&mut self, text: &str, place: &Place) -> Value {
        match dates::parse(text) {
            Ok(day) => Value::Day(day),
            Err(bad) => {
                self.out
                    .push(Diagnostic::error("bad-date", place.clone(), bad.message).help(bad.help));
                Value::Broken
            }
        }
    }

    /// Says in plain words what the parser found. False when the rest of the file cannot be trusted after it. `quiet`
    /// keeps it from saying a second thing about one line.
    fn explain(&mut self, message: &str, span: Range<usize>, quiet: bool) -> bool {
        let message = message.split(", expected").next().unwrap_or(message);
        let holds = |s: &&Range<usize>| s.start <= span.start && span.start < s.end.max(s.start + 1);
        let scalar = self.scalars.iter().find(holds).cloned();
        let at = span.start.min(self.toml.len());
        let line_start = self.toml[..at].rfind('\n').map_or(0, |n| n + 1);
        let line = self.toml[line_start..].lines().next().unwrap_or("").trim_end();
        if message == "duplicate key" {
            if !quiet {
                self.duplicate(span, line_start);
            }
            return true;
        }
        // A date with slashes is several values to the parser, which then loses count.
        let sound = scalar.is_some() && !message.contains("multi-line") && !line.contains('/');
        if quiet {
            return sound;
        }
        let problem = scalar
            .clone()
            .and_then(|s| self.bad_value(&s, line))
            .unwrap_or_else(|| structural(message, line));
        let value = line
            .find('=')
            .map_or(0, |n| line.len() - line[n + 1..].trim_start().len());
        let text = line.len() - line.trim_start().len();
        let within = match problem.at {
            Spot::Value if value < line.len() => line_start + value..line_start + line.len(),
            Spot::Here => visible(self.toml, span, line_start + line.len()),
            _ => line_start + text..line_start + line.len(),
        };
        // The value runs to the end of the line: a note behind it would be lost.
        let instead = problem
            .instead
            .filter(|_| matches!(problem.at, Spot::Value) && !self.toml[within.clone()].contains('#'));
        let place = self.place(within);
        let error = Diagnostic::error(problem.code, place, problem.message).help(problem.help);
        self.out.push(error.maybe_instead(instead));
        sound
    }

    fn duplicate(&mut self, span: Range<usize>, line_start: usize) {
        let name = self.toml.get(span.clone()).unwrap_or("").trim().to_owned();
        let mut error = Diagnostic::error(
            "duplicate-key",
            self.place(span),
            format!("`{name}` is set twice"),
        )
        .help(format!("Keep one of the two lines with `{name}`."));
        if let Some(first) = first_line_with(self.toml, &name, line_start) {
            error = error.also(self.place(first), "first set here");
        }
        self.out.push(error);
    }

    /// A value that is neither text, number, day nor true or false.
    fn bad_value(&self, scalar: &Range<usize>, line: &str) -> Option<Problem> {
        let key = key_of(line);
        let written = self.toml[scalar.clone()].lines().next().unwrap_or("").trim();
        let whole = line
            .split_once('=')
            .map_or(written, |(_, value)| value)
            .split('#')
            .next()
            .unwrap_or("")
            .trim();
        if whole.is_empty() || written.starts_with(['"', '\'']) || whole.starts_with(['[', '{', '"', '\'']) {
            return None;
        }
        let digits = whole.chars().filter(char::is_ascii_digit).count();
        let is_day = digits >= 5
            && whole.starts_with(|c: char| c.is_ascii_digit())
            && whole.contains(['-', '/', '–', '.']);
        if is_day {
            let (message, help, instead) = match dates::parse(&whole.replace('–', "-")) {
                Ok(day) => (
                    format!("{whole} is not written as a date here"),
                    format!("Type {key} = {day}"),
                    Some(day.to_string()),
                ),
                Err(bad) => (bad.message, bad.help, None),
            };
            return Some(Problem {
                code: "bad-date",
                at: Spot::Value,
                message,
                help,
                instead,
            });
        }
        let quoted = format!("\"{}\"", whole.replace('"', "'"));
        Some(Problem {
            code: "bad-toml",
            at: Spot::Value,
            message: format!("the text of `{key}` has no quotes around it"),
            help: format!("Type {key} = {quoted}"),
            instead: Some(quoted).filter(|text| !text.contains('\\')),
        })
    }
}

/// What the carets stand under.
enum Spot {
    Line,
    Value,
    Here,
}

struct Problem {
    code: &'static str,
    at: Spot,
    message: String,
    help: String,
    /// What belongs in place of the value.
    instead: Option<String>,
}

fn key_of(line: &str) -> &str {
    line.split_once('=')
        .map(|(key, _)| key.trim())
        .filter(|k| !k.is_empty() && k.len() < 40)
        .unwrap_or("key")
}

/// What is wrong with the line as a whole.
fn structural(message: &str, line: &str) -> Problem {
    let key = key_of(line);
    let shape = "Each line is a key, an equals sign and a value, like owner = \"Office manager\". Lines that start with # are notes.";
    let (at, message, help) = match message {
        m if m.contains("escape") || m.contains("unicode") => (
            Spot::Value,
            "a backslash in this text cannot be read".to_owned(),
            "Type / in place of \\, or put the text in single quotes: 'C:\\folder'.".to_owned(),
        ),
        m if m.starts_with("invalid") && m.contains("string") => (
            Spot::Value,
            "a quotation mark is missing".to_owned(),
            format!("Put one before and one after the text: {key} = \"...\""),
        ),
        "string values must be quoted" | "missing value for key" => (
            Spot::Line,
            format!("`{key}` has no value"),
            format!("Type {key} = \"...\", or take the line out."),
        ),
        "key with no value" if line.contains(':') && !line.contains('=') => (
            Spot::Line,
            "this line has a colon where an equals sign belongs".to_owned(),
            shape.to_owned(),
        ),
        "key with no value" if line.contains('=') => (
            Spot::Line,
            "a key is one word".to_owned(),
            format!("Type {} before the equals sign.", key.replace(' ', "_")),
        ),
        "unclosed array table" | "unclosed table" => (
            Spot::Line,
            "this heading line is not closed".to_owned(),
            "Write it with its brackets, like [practice] or [[decision]].".to_owned(),
        ),
        m if m.contains("array") => (
            Spot::Here,
            "this list is not closed or lacks a comma".to_owned(),
            format!("Put the items in square brackets with commas between them: {key} = [\"one\", \"two\"]"),
        ),
        m if m.contains("inline table") || m.contains("key-value pairs") => (
            Spot::Line,
            "what stands in braces is not closed or lacks a comma".to_owned(),
            "Write it on one line: { row = \"164.312(b)\", section = \"Reviews\" }".to_owned(),
        ),
        _ if line.matches('"').count() > 2 => (
            Spot::Here,
            "there is something after the end of the text".to_owned(),
            format!("Inside the text use single quotes: {key} = \"the 'old' form\""),
        ),
        _ => (
            Spot::Line,
            "this line cannot be read".to_owned(),
            shape.to_owned(),
        ),
    };
    Problem {
        code: "bad-toml",
        at,
        message,
        help,
        instead: None,
    }
}

/// A caret needs a sign to stand under: what the parser points at, or the line's text where that is behind its end.
fn visible(toml: &str, span: Range<usize>, line_end: usize) -> Range<usize> {
    let start = span.start.min(line_end);
    if !toml[start..line_end].trim().is_empty() {
        return start..line_end;
    }
    let line = toml[..start].rfind('\n').map_or(0, |n| n + 1);
    line..line_end
}

/// The first line before `before` that sets `name`.
fn first_line_with(toml: &str, name: &str, before: usize) -> Option<Range<usize>> {
    let mut at = 0;
    for line in toml[..before].split_inclusive('\n') {
        let text = line.trim_start().trim_start_matches('[');
        if text
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with(['=', ']']))
        {
            let start = at + line.len() - text.len();
            return Some(start..start + name.len());
        }
        at += line.len();
    }
    None
}
