//! Typed reading of [`Table`]s: each getter says what to type when a value is of the wrong sort.

use jiff::civil::Date;

use super::fields::{Entry, Table, Value};
use super::keys::Keys;
use super::{At, Audience, Handling, Phi, dates, registers, words};
use crate::diagnostic::{Diagnostic, Place};

impl Table {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.key == key)
    }

    /// Where a key stands, or the table where it is missing.
    pub fn key_place(&self, key: &str) -> Place {
        self.entry(key)
            .map_or_else(|| self.place.clone(), |e| e.key_place.clone())
    }

    /// An error for each key that is not declared.
    pub fn check(&self, keys: &Keys, out: &mut Vec<Diagnostic>) {
        let (what, known) = (keys.what, keys.names());
        for entry in self.entries.iter().filter(|e| !known.contains(&e.key.as_str())) {
            let unknown = Diagnostic::error(
                "unknown-key",
                entry.key_place.clone(),
                format!("{what} has no key `{}`", words::excerpt(&entry.key, 40)),
            )
            .help(format!(
                "{}The keys are {}.",
                words::did_you_mean(&entry.key, known.iter().copied()),
                words::list(known.iter().copied())
            ));
            let meant = words::nearest(&entry.key, known.iter().copied());
            // Not where it is there already: two of a name would be the next mistake.
            let meant = meant.filter(|meant| self.entry(meant).is_none());
            out.push(unknown.maybe_instead(meant));
        }
    }

    /// Text; `None` when it is missing or empty.
    pub fn text(&self, key: &str, out: &mut Vec<Diagnostic>) -> Option<At<String>> {
        let entry = self.entry(key)?;
        let place = entry.value.place.clone();
        match &entry.value.value {
            Value::Text(text) if text.is_empty() => None,
            Value::Text(text) => Some(At {
                value: text.clone(),
                place,
            }),
            Value::Number(number) => Some(At {
                value: number.clone(),
                place,
            }),
            Value::Day(day) => Some(At {
                value: day.to_string(),
                place,
            }),
            Value::Broken => None,
            Value::Flag(_) | Value::List(_) | Value::Table(_) => {
                wrong(entry, "text", &format!("{key} = \"...\""), out);
                None
            }
        }
    }

    /// Text that must be there; an error `missing-key` with `example` when it is not.
    pub fn required(
        &self,
        key: &str,
        what: &str,
        example: &str,
        out: &mut Vec<Diagnostic>,
    ) -> Option<At<String>> {
        let text = self.text(key, out);
        let empty = self
            .entry(key)
            .is_none_or(|e| matches!(&e.value.value, Value::Text(t) if t.is_empty()));
        if text.is_none() && empty {
            self.missing(key, what, example, out);
        }
        text
    }

    /// The error for a key that must be there.
    pub fn missing(&self, key: &str, what: &str, example: &str, out: &mut Vec<Diagnostic>) {
        let place = self
            .entry(key)
            .map_or_else(|| self.place.clone(), |e| e.value.place.clone());
        out.push(
            Diagnostic::error("missing-key", place, format!("{what} needs `{key}`"))
                .help(format!("Type {example}")),
        );
    }

    /// A day, in any spelling of [`dates::parse`].
    pub fn date(&self, key: &str, out: &mut Vec<Diagnostic>) -> Option<At<Date>> {
        let entry = self.entry(key)?;
        let place = entry.value.place.clone();
        match &entry.value.value {
            Value::Day(day) => Some(At { value: *day, place }),
            Value::Text(text) if text.is_empty() => None,
            Value::Text(text) | Value::Number(text) => match dates::parse(text) {
                Ok(day) => Some(At { value: day, place }),
                Err(bad) => {
                    out.push(Diagnostic::error("bad-date", place, bad.message).help(bad.help));
                    None
                }
            },
            Value::Broken => None,
            Value::Flag(_) | Value::List(_) | Value::Table(_) => {
                wrong(entry, "a date", &format!("{key} = 2026-02-15"), out);
                None
            }
        }
    }

    /// true or false; "yes" and "no" are understood.
    pub fn flag(&self, key: &str, out: &mut Vec<Diagnostic>) -> Option<At<bool>> {
        let entry = self.entry(key)?;
        let value = match &entry.value.value {
            Value::Flag(flag) => *flag,
            Value::Text(text) if registers::is_yes(text) => true,
            Value::Text(text) if registers::is_no(text) => false,
            Value::Text(text) if text.is_empty() => return None,
            Value::Broken => return None,
            _ => {
                wrong(
                    entry,
                    "true or false",
                    &format!("{key} = true or {key} = false"),
                    out,
                );
                return None;
            }
        };
        Some(At {
            value,
            place: entry.value.place.clone(),
        })
    }

    /// A whole number within `range`.
    pub fn number(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<u32>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<At<u32>> {
        let entry = self.entry(key)?;
        let written = match &entry.value.value {
            Value::Number(text) | Value::Text(text) => text.as_str(),
            Value::Broken => return None,
            _ => "",
        };
        match written.parse::<u32>() {
            Ok(value) if range.contains(&value) => Some(At {
                value,
                place: entry.value.place.clone(),
            }),
            _ => {
                let what = format!("a whole number from {} to {}", range.start(), range.end());
                wrong(
                    entry,
                    &what,
                    &format!("{key} = {}", 12.clamp(*range.start(), *range.end())),
                    out,
                );
                None
            }
        }
    }

    /// A list of texts; a single text counts as a list of one.
    pub fn texts(&self, key: &str, out: &mut Vec<Diagnostic>) -> Vec<At<String>> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        let Value::List(items) = &entry.value.value else {
            return self.text(key, out).into_iter().collect();
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) if !text.is_empty() => texts.push(At {
                    value: text.clone(),
                    place: item.place.clone(),
                }),
                Value::Text(_) | Value::Broken => {}
                _ => {
                    let example = format!("{key} = [\"...\", \"...\"]");
                    out.push(wrong_at(
                        key,
                        item.place.clone(),
                        "a list of texts in quotes",
                        &example,
                    ));
                }
            }
        }
        texts
    }

    /// The tables of `[[key]]`; a single `[key]` counts as one.
    pub fn tables(&self, key: &str, out: &mut Vec<Diagnostic>) -> Vec<&Table> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        let mut tables = Vec::new();
        let items = match &entry.value.value {
            Value::Table(table) => return vec![table],
            Value::Broken => return vec![],
            Value::List(items) => items.as_slice(),
            _ => {
                wrong(
                    entry,
                    "a block of its own",
                    &format!("[[{key}]] on a line of its own"),
                    out,
                );
                return vec![];
            }
        };
        for item in items {
            match &item.value {
                Value::Table(table) => tables.push(table),
                Value::Broken => {}
                _ => out.push(wrong_at(
                    key,
                    item.place.clone(),
                    "a block of its own",
                    &format!("[[{key}]] on a line of its own"),
                )),
            }
        }
        tables
    }

    /// The table of `[key]`.
    pub fn table(&self, key: &str, out: &mut Vec<Diagnostic>) -> Option<&Table> {
        let entry = self.entry(key)?;
        match &entry.value.value {
            Value::Table(table) => Some(table),
            Value::Broken => None,
            _ => {
                wrong(
                    entry,
                    "a block of its own",
                    &format!("[{key}] on a line of its own"),
                    out,
                );
                None
            }
        }
    }

    /// One of fixed words; an error `unknown-word` with "did you mean" otherwise. `what` names it: "a kind of policy".
    pub fn one_of<T: Copy>(
        &self,
        key: &str,
        what: &str,
        choices: &[(&'static str, T)],
        out: &mut Vec<Diagnostic>,
    ) -> Option<At<T>> {
        let text = self.text(key, out)?;
        match choose(&text.value, choices) {
            Some(value) => Some(At {
                value,
                place: text.place,
            }),
            None => {
                let known = choices.iter().map(|(word, _)| *word);
                let meant = words::nearest(&text.value, known.clone()).map(|word| format!("\"{word}\""));
                let unknown = unknown_word(&text.value, text.place, what, known);
                out.push(unknown.maybe_instead(meant));
                None
            }
        }
    }

    /// `audience`, `phi`, `privileged`, `hold`, with `audience` as the default.
    pub fn handling(&self, audience: Audience, out: &mut Vec<Diagnostic>) -> Handling {
        Handling {
            audience: self
                .one_of("audience", "an audience", &AUDIENCES, out)
                .map_or(audience, |at| at.value),
            phi: self.one_of("phi", "a PHI mark", &PHI, out).map(|at| at.value),
            privileged: self.flag("privileged", out).is_some_and(|at| at.value),
            hold: self.text("hold", out).map(|at| at.value),
        }
    }
}

/// Audiences by word.
pub const AUDIENCES: [(&str, Audience); 3] = [
    ("workforce", Audience::Workforce),
    ("management", Audience::Management),
    ("official", Audience::Official),
];

/// PHI marks by word.
pub const PHI: [(&str, Phi); 4] = [
    ("none", Phi::None),
    ("redacted", Phi::Redacted),
    ("contains", Phi::Contains),
    ("unknown", Phi::Unknown),
];

/// The choice that was typed, whatever its case and dashes.
pub fn choose<T: Copy>(typed: &str, choices: &[(&'static str, T)]) -> Option<T> {
    let typed = words::dashed(typed);
    choices
        .iter()
        .find(|(word, _)| words::dashed(word) == typed)
        .map(|(_, value)| *value)
}

/// The error for a word that is none of the fixed ones.
pub fn unknown_word<'a>(
    typed: &str,
    place: Place,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::error(
        "unknown-word",
        place,
        format!("\"{}\" is not {what}", words::excerpt(typed, 40)),
    )
    .help(format!(
        "{}Type one of {}.",
        words::did_you_mean(typed, known.clone()),
        words::choice(known)
    ))
}

fn wrong(entry: &Entry, what: &str, example: &str, out: &mut Vec<Diagnostic>) {
    out.push(wrong_at(&entry.key, entry.value.place.clone(), what, example));
}

fn wrong_at(key: &str, place: Place, what: &str, example: &str) -> Diagnostic {
    Diagnostic::error("wrong-type", place, format!("`{key}` must be {what}")).help(format!("Type {example}"))
}
