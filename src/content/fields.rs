//! TOML with the place of every key and value.
//!
//! Wraps the `toml` crate: its tree becomes a [`Table`] whose values know where they stand, and its messages become
//! plain words that say what to type.

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

/// Reads the TOML at `range` of `source`. `None` when its structure cannot be trusted; then `out` has an error.
///
/// Errors: `bad-toml`, `duplicate-key`, `bad-date`.
pub fn read(source: &Source, range: Range<usize>, out: &mut Vec<Diagnostic>) -> Option<Table> {
    let straight = quotes::straighten(&source.text[range.clone()]);
    let (tree, errors) = DeTable::parse_recoverable(&straight);
    let mut reader = Reader { source, start: range.start, toml: &straight, broken: vec![], scalars: vec![], out };
    reader.broken = errors.iter().filter_map(toml::de::Error::span).collect();
    let first = straight.len() - straight.trim_start().len();
    let place = reader.place(first..first + straight[first..].lines().next().map_or(0, str::len));
    let table = reader.table(place, tree.get_ref());
    let mut sound = true;
    let mut lines = Vec::new();
    for error in &errors {
        let span = error.span().unwrap_or(first..first);
        let line = reader.place(span.clone()).line;
        // One slip of the pen makes several messages; the first of a line is the one that helps.
        let known = lines.contains(&line);
        lines.push(line);
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
            reader.broken.iter().any(|b| b.start < span.end && span.start < b.end.max(b.start + 1))
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
                self.out.push(Diagnostic::error("bad-date", place.clone(), bad.message).help(bad.help));
                Value::Broken
            }
        }
    }

    /// Says in plain words what the parser found. False when the rest of the file cannot be trusted after it.
    fn explain(&mut self, message: &str, span: Range<usize>, quiet: bool) -> bool {
        let scalar = self.scalars.iter().find(|s| s.start <= span.start && span.start < s.end.max(s.start + 1)).cloned();
        let at = span.start.min(self.toml.len());
        let line_start = self.toml[..at].rfind('\n').map_or(0, |n| n + 1);
        let line = self.toml[line_start..].lines().next().unwrap_or("");
        let key = line.split_once('=').map(|(key, _)| key.trim()).filter(|k| !k.is_empty() && k.len() < 40);
        let sound = message.starts_with("duplicate key") || scalar.is_some() && !message.contains("string");
        if quiet {
            return sound || message == "string values must be quoted" && scalar.is_some();
        }
        let place = self.place(scalar.clone().filter(|s| !s.is_empty()).unwrap_or_else(|| visible(self.toml, span.clone())));
        if message.starts_with("duplicate key") {
            let name = self.toml.get(span.clone()).unwrap_or("").trim();
            let mut error = Diagnostic::error("duplicate-key", place, format!("`{name}` is set twice"))
                .help(format!("Keep one of the two lines with `{name}`."));
            if let Some(first) = first_line_with(self.toml, name, line_start) {
                error = error.also(self.place(first), "first set here");
            }
            self.out.push(error);
            return true;
        }
        let words = self.toml[at.max(line_start)..].lines().next().unwrap_or("");
        let written = scalar.clone().map_or(words, |s| self.toml[s].lines().next().unwrap_or("")).trim();
        if scalar.is_some() || written.starts_with(|c: char| c.is_ascii_digit()) {
            if let Some((code, what, help)) = bad_scalar(key.unwrap_or("key"), written, line) {
                // What follows a date with slashes on its line is part of it.
                self.out.push(Diagnostic::error(code, place, what).help(help));
                return scalar.is_some() && !line.contains('/');
            }
        }
        let (what, help) = structural(message, key, line);
        let value = line.find('=').map_or(line.len(), |n| line.len() - line[n + 1..].trim_start().len());
        let place = match what.contains("quotation mark") && value < line.trim_end().len() {
            true => self.place(line_start + value..line_start + line.trim_end().len()),
            false => place,
        };
        self.out.push(Diagnostic::error("bad-toml", place, what).help(help));
        sound || message == "string values must be quoted" && scalar.is_some()
    }
}

/// A value that is neither text, number, day nor true or false.
fn bad_scalar(key: &str, written: &str, line: &str) -> Option<(&'static str, String, String)> {
    let whole = line.split_once('=').map_or(written, |(_, value)| value).split('#').next().unwrap_or("").trim();
    let digits = whole.chars().filter(char::is_ascii_digit).count();
    let looks_like_a_day = digits >= 5 && whole.starts_with(|c: char| c.is_ascii_digit()) && whole.contains(['-', '/', '–', '.']);
    if looks_like_a_day {
        return Some(match dates::parse(&whole.replace('–', "-")) {
            Ok(day) => ("bad-date", format!("{whole} is not written as a date here"), format!("Type {key} = {day}")),
            Err(bad) => ("bad-date", bad.message, bad.help),
        });
    }
    if written.starts_with(['"', '\'']) {
        return None;
    }
    let whole = whole.replace('"', "'");
    (!whole.is_empty() && !whole.starts_with(['[', '{', '\'']))
        .then(|| ("bad-toml", format!("the text of `{key}` has no quotes around it"), format!("Type {key} = \"{whole}\"")))
}

/// What is wrong with the line as a whole.
fn structural(message: &str, key: Option<&str>, line: &str) -> (String, String) {
    let name = key.unwrap_or("key");
    let shape = "Each line is a key, an equals sign and a value, like owner = \"Office manager\". Lines that start with # are notes.";
    let quotes = line.matches('"').count();
    if message.contains("string") && !message.contains("quoted") {
        if line.contains('\\') {
            return (
                "a backslash in this text cannot be read".into(),
                "Type / in place of \\, or put the text in single quotes: 'C:\\folder'.".into(),
            );
        }
        return ("a quotation mark is missing".into(), format!("Put one before and one after the text: {name} = \"...\""));
    }
    if quotes % 2 == 1 {
        return ("a quotation mark is missing".into(), format!("Put one before and one after the text: {name} = \"...\""));
    }
    if message.contains("missing value") || message.contains("no value") {
        return (
            format!("`{}` has no value", key.unwrap_or(line.trim())),
            format!("Type {name} = \"...\", or take the line out."),
        );
    }
    if message.contains("array") || message.contains("element") {
        return (
            "this list is not written as a list".into(),
            format!("Put the items in square brackets with commas between them: {name} = [\"one\", \"two\"]"),
        );
    }
    if message.contains("inline table") {
        return (
            "this value in braces is not closed or lacks a comma".into(),
            "Write it on one line: { row = \"164.312(b)\", section = \"Reviews\" }".into(),
        );
    }
    if message.contains("table") {
        return ("this heading line is not closed".into(), "Write it with its brackets, like [practice] or [[decision]].".into());
    }
    if quotes > 2 && key.is_some() {
        return (
            "there is something after the end of the text".into(),
            format!("Inside the text use single quotes: {name} = \"the 'old' form\""),
        );
    }
    if line.contains(':') && !line.contains('=') {
        return ("this line has a colon where an equals sign belongs".into(), shape.into());
    }
    ("this line cannot be read".into(), shape.into())
}

/// A caret needs a sign to stand under: the start of the line's text where the parser points behind its end.
fn visible(toml: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(toml.len());
    if toml[start..].lines().next().is_some_and(|rest| !rest.trim().is_empty()) && start < toml.len() {
        let end = span.end.clamp(start, toml.len());
        let line_end = toml[start..].find('\n').map_or(toml.len(), |n| start + n);
        return start..end.min(line_end).max((start + 1).min(toml.len()));
    }
    let before = toml[..start].trim_end();
    let line = before.rfind('\n').map_or(0, |n| n + 1);
    line..before.len().max(line)
}

/// The first line before `before` that sets `name`.
fn first_line_with(toml: &str, name: &str, before: usize) -> Option<Range<usize>> {
    let mut at = 0;
    for line in toml[..before].split_inclusive('\n') {
        let text = line.trim_start().trim_start_matches('[');
        if let Some(rest) = text.strip_prefix(name) {
            if rest.trim_start().starts_with(['=', ']']) {
                let start = at + line.len() - text.len();
                return Some(start..start + name.len());
            }
        }
        at += line.len();
    }
    None
}
