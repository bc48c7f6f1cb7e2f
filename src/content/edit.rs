//! Changes keys in the front matter of a file and leaves every other byte as it is.
//!
//! Comments, order, alignment, line ends, byte order mark and curly quotes elsewhere stay. Works on the text, not on a
//! TOML tree: writing a tree out again would change line ends and the spacing of lines nobody asked to change.

use std::fmt;

use jiff::civil::Date;

use super::fields::{self, Table, Value};
use super::frontmatter::{self, Fences};
use crate::diagnostic::Source;

pub mod answer;

/// A value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// Text, written in straight double quotes.
    Text(String),
    /// A day, written `2026-02-15`.
    Day(Date),
    /// true or false.
    Flag(bool),
}

impl NewValue {
    fn is(&self, read: &Value) -> bool {
        match (self, read) {
            (NewValue::Text(new), Value::Text(old)) => new.trim() == old,
            (NewValue::Day(new), Value::Day(old)) => new == old,
            (NewValue::Flag(new), Value::Flag(old)) => new == old,
            _ => false,
        }
    }
}

impl fmt::Display for NewValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NewValue::Day(day) => write!(out, "{day}"),
            NewValue::Flag(flag) => write!(out, "{flag}"),
            NewValue::Text(text) => {
                out.write_str("\"")?;
                for sign in text.chars() {
                    match sign {
                        '"' => out.write_str("\\\"")?,
                        '\\' => out.write_str("\\\\")?,
                        '\n' => out.write_str("\\n")?,
                        '\t' => out.write_str("\\t")?,
                        sign if sign.is_control() => write!(out, "\\u{:04X}", u32::from(sign))?,
                        sign => write!(out, "{sign}")?,
                    }
                }
                out.write_str("\"")
            }
        }
    }
}

/// Why a file could not be edited. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditError {
    /// There are no two lines `+++`.
    NoFrontMatter,
    /// The front matter has an error that `check` names.
    Unreadable,
}

impl fmt::Display for EditError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            EditError::NoFrontMatter => "the file has no front matter between two lines +++",
            EditError::Unreadable => "the front matter has an error; run `binder check` and mend it first",
        })
    }
}

impl std::error::Error for EditError {}

/// Sets top-level keys of the front matter of `text` and returns the new text.
///
/// A key that is there gets the new value in place of the old one. A new key gets a line of its own behind the key that
/// precedes it in `keys`, or else behind the last top-level key, with its equals sign where that line has it. The
/// result reads back with exactly these values, or it is an error.
///
/// # Errors
/// [`EditError::NoFrontMatter`], [`EditError::Unreadable`].
pub fn set_keys(text: &str, keys: &[(&str, NewValue)]) -> Result<String, EditError> {
    set_all(text, keys, &|table| Some(table))
}

/// The same in the table with this place among those of `[[list]]`, from 0. Where there is none at all, it is put
/// behind the others keys, with those keys that hold something.
///
/// # Errors
/// As [`set_keys`]; [`EditError::Unreadable`] also for a table that is not there or not written with a heading line.
pub fn set_keys_of(
    text: &str,
    list: &str,
    place: usize,
    keys: &[(&str, NewValue)],
) -> Result<String, EditError> {
    let within = |table: &'_ Table| table.tables(list, &mut vec![]).len();
    let (fences, table) = read(text.trim_start_matches('\u{feff}'))?;
    if within(&table) == 0 && place == 0 {
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let at = mark + fences.toml.end;
        let newline = newline(text);
        let with_table = format!("{}{newline}[[{list}]]{newline}{}", &text[..at], &text[at..]);
        return set_all(&with_table, keys, &|table| one_of(table, list, 0));
    }
    set_all(text, keys, &|table| one_of(table, list, place))
}

fn one_of<'t>(table: &'t Table, list: &str, place: usize) -> Option<&'t Table> {
    table.tables(list, &mut vec![]).get(place).copied()
}

/// The table of a front matter that is meant.
type Pick<'p> = &'p dyn for<'t> Fn(&'t Table) -> Option<&'t Table>;

fn set_all(text: &str, keys: &[(&str, NewValue)], pick: Pick) -> Result<String, EditError> {
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut edited = text[mark..].to_owned();
    let mut behind: Option<&str> = None;
    for (key, value) in keys {
        edited = set(&edited, key, value, behind, pick)?;
        behind = Some(key);
    }
    let (_, table) = read(&edited)?;
    let table = pick(&table).ok_or(EditError::Unreadable)?;
    let reads_back =
        |(key, value): &(&str, NewValue)| table.entry(key).is_some_and(|e| value.is(&e.value.value));
    if !keys.iter().all(reads_back) {
        return Err(EditError::Unreadable);
    }
    Ok(text[..mark].to_owned() + &edited)
}

/// The line end that a front matter is written with.
fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn read(text: &str) -> Result<(Fences, Table), EditError> {
    let fences = frontmatter::fences(text).map_err(|_| EditError::NoFrontMatter)?;
    let mut problems = Vec::new();
    let table = fields::read(&Source::new("", text), fences.toml.clone(), &mut problems);
    match table {
        Some(table) if problems.is_empty() => Ok((fences, table)),
        _ => Err(EditError::Unreadable),
    }
}

fn set(
    text: &str,
    key: &str,
    value: &NewValue,
    behind: Option<&str>,
    pick: Pick,
) -> Result<String, EditError> {
    let (fences, whole) = read(text)?;
    let table = pick(&whole).ok_or(EditError::Unreadable)?;
    let written = value.to_string();
    if let Some(entry) = table.entry(key) {
        let range = entry.value.place.range.as_range();
        return Ok(format!("{}{written}{}", &text[..range.start], &text[range.end..]));
    }
    let newline = if text[..fences.body].contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let anchor = behind
        .and_then(|name| table.entry(name))
        .or_else(|| {
            // The place of a `[table]` is its header, which holds the key; a `key = value` has the value behind it.
            let is_plain = |e: &&fields::Entry| e.key_place.range.end <= e.value.place.range.start;
            table
                .entries
                .iter()
                .filter(is_plain)
                .max_by_key(|e| e.value.place.range.end)
        })
        .map(|entry| entry.value.place.range.end as usize);
    let Some(anchor) = anchor else {
        // Behind the heading line of the table, or at the top.
        let heading = table.place.range.as_range();
        let at = match std::ptr::eq(table, &raw const whole) {
            true => fences.toml.start,
            false => text[heading.end..]
                .find('\n')
                .map_or(fences.toml.end, |n| heading.end + n + 1),
        };
        return Ok(format!(
            "{}{key} = {written}{newline}{}",
            &text[..at],
            &text[at..]
        ));
    };
    let line_start = text[..anchor].rfind('\n').map_or(0, |n| n + 1);
    let line_end = text[anchor..].find('\n').map_or(text.len(), |n| anchor + n + 1);
    // Aligned with the line above it, where that is a plain `key   = value`.
    let width = text[line_start..anchor]
        .find('=')
        .map_or(0, |n| text[line_start..line_start + n].chars().count());
    let padded = format!("{key:<width$}", width = width.saturating_sub(1));
    Ok(format!(
        "{}{padded} = {written}{newline}{}",
        &text[..line_end],
        &text[line_end..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn approve(text: &str) -> Result<String, EditError> {
        set_keys(
            text,
            &[
                ("approved", NewValue::Day(date(2026, 2, 1))),
                ("approved_by", NewValue::Text("Dr. \"Mim\" Okafor".into())),
            ],
        )
    }

    #[test]
    fn old_values_are_replaced_where_they_stand() {
        let text = "+++\n# who\napproved    = 2025-01-01   # last year\napproved_by = “Someone”\ntitle = “It’s”\n+++\nBody “x”\n";
        let want = "+++\n# who\napproved    = 2026-02-01   # last year\napproved_by = \"Dr. \\\"Mim\\\" Okafor\"\ntitle = “It’s”\n+++\nBody “x”\n";
        assert_eq!(approve(text).as_deref(), Ok(want));
    }

    #[test]
    fn new_keys_stand_behind_the_last_key_before_the_first_table() {
        let text = "\u{feff}+++\r\nid           = \"x\"\r\nsatisfies    = [\r\n  \"164.312(b)\",\r\n  [\"y\"],\r\n]\r\n\r\n[[reviews]]\r\ndate = 2026-01-01\r\n+++\r\nBody\r\n";
        let new = approve(text).expect("edits");
        assert_eq!(
            new,
            "\u{feff}+++\r\nid           = \"x\"\r\nsatisfies    = [\r\n  \"164.312(b)\",\r\n  [\"y\"],\r\n]\r\napproved = 2026-02-01\r\napproved_by = \"Dr. \\\"Mim\\\" Okafor\"\r\n\r\n[[reviews]]\r\ndate = 2026-01-01\r\n+++\r\nBody\r\n"
        );
        let text = "+++\nid           = \"x\" # stem\n+++\n";
        assert_eq!(
            approve(text).as_deref(),
            Ok(
                "+++\nid           = \"x\" # stem\napproved     = 2026-02-01\napproved_by  = \"Dr. \\\"Mim\\\" Okafor\"\n+++\n"
            )
        );
    }

    #[test]
    fn a_file_without_keys_gets_its_first() {
        assert_eq!(
            set_keys("+++\n+++\nBody", &[("a", NewValue::Flag(true))]).as_deref(),
            Ok("+++\na = true\n+++\nBody")
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_left_alone() {
        assert_eq!(approve("Body"), Err(EditError::NoFrontMatter));
        assert_eq!(approve("+++\nid = \"x\"\n"), Err(EditError::NoFrontMatter));
        assert_eq!(approve("+++\nid = x\n+++\n"), Err(EditError::Unreadable));
    }

    #[test]
    fn setting_twice_is_setting_once() {
        let text = "+++\nid = \"x\"\n+++\nBody\n";
        let once = approve(text).expect("edits");
        assert_eq!(approve(&once), Ok(once.clone()));
    }
}
