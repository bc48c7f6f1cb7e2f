//! An answer file as the fields of a form, and a form's fields back into the file.
//!
//! A file is cut at the headings of its questions; what stands between is shown and replaced, and every other byte
//! stays. Each change is read back before it counts: a text that would not come back as it was typed, because it
//! holds what reads as the heading of another question, is refused with the line that does it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::civil::Date;

use super::{EditError, NewValue, read, set_keys, set_keys_of};
use crate::content::answers::{Asked, asked};
use crate::content::decisions;
use crate::content::fields::Table;
use crate::content::text::MAX_TEXT;
use crate::content::{dates, words};
use crate::diagnostic::Source;
use crate::markdown;
use crate::rule::{RowId, rule};

mod help;
mod saved;
mod weave;

use saved::Text;

/// One field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `owner`: the role or person who keeps the row true.
    Owner,
    /// `answered_by`.
    AnsweredBy,
    /// `reviewed`, as `2026-09-14`, "" where there is no day.
    Reviewed,
    /// The text under the heading of a question, with LF between its lines.
    Question(u8),
    /// `branch` of the decision with this place among the file's decisions, from 0 (164.306(d)(3)).
    Branch(u8),
    /// `decided_by` of that decision.
    DecidedBy(u8),
    /// `decided` of that decision, as [`Field::Reviewed`].
    Decided(u8),
}

impl Field {
    /// The name of a field, as [`fmt::Display`] writes it.
    pub fn named(name: &str) -> Option<Self> {
        let number = |from: &str| from.parse().ok().filter(|n: &u8| n.to_string() == from);
        match name {
            "owner" => Some(Field::Owner),
            "answered_by" => Some(Field::AnsweredBy),
            "reviewed" => Some(Field::Reviewed),
            _ => {
                let (kind, of) = name.split_once('-')?;
                let of = number(of)?;
                match kind {
                    "question" => Some(Field::Question(of)),
                    "branch" => Some(Field::Branch(of)),
                    "decided_by" => Some(Field::DecidedBy(of)),
                    "decided" => Some(Field::Decided(of)),
                    _ => None,
                }
            }
        }
    }

    /// What was typed, as it is kept: one line for all but the questions, LF between lines, no blank lines around it.
    /// Signs that no page can show are dropped; the line breaks of Word become line ends.
    pub fn typed(self, raw: &str) -> String {
        let text = raw
            .replace("\r\n", "\n")
            .replace(['\r', '\u{b}', '\u{c}', '\u{85}'], "\n");
        let text: String = text
            .chars()
            .filter(|c| *c == '\n' || weave::is_shown(*c))
            .collect();
        match self {
            Field::Question(_) => weave::without_blank_lines(&text).to_string(),
            _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

/// The name of a field in a form: `question-2`.
impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Owner => out.write_str("owner"),
            Field::AnsweredBy => out.write_str("answered_by"),
            Field::Reviewed => out.write_str("reviewed"),
            Field::Question(n) => write!(out, "question-{n}"),
            Field::Branch(n) => write!(out, "branch-{n}"),
            Field::DecidedBy(n) => write!(out, "decided_by-{n}"),
            Field::Decided(n) => write!(out, "decided-{n}"),
        }
    }
}

/// Values of fields.
pub type Values = BTreeMap<Field, String>;

/// What a file holds, for a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// One value for each field that the form of the row has, "" where nothing is written.
    pub values: Values,
    /// What each decision speaks of; "" for everything. One at least on addressable rows.
    pub scopes: Vec<String>,
}

/// Why a file is not edited here. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It is not UTF-8.
    NotUtf8,
    /// It is larger than any that is read.
    TooLarge,
    /// It is marked privileged, and shown nowhere.
    Privileged,
    /// Its front matter is missing or has an error.
    FrontMatter(EditError),
    /// A question has two headings.
    Twice(u8),
}

impl fmt::Display for Unfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::NotUtf8 => out.write_str(
                "the file is not saved as UTF-8. Open it in a text editor, and save it as UTF-8: in Word and Notepad \
                 it is a choice of \"Save as\"",
            ),
            Unfit::TooLarge => out.write_str("a text file may have 4 MB, and this one has more"),
            Unfit::Privileged => {
                out.write_str("the file is marked privileged, and is shown nowhere. Open it in a text editor")
            }
            Unfit::FrontMatter(EditError::NoFrontMatter) => {
                out.write_str("the lines between +++ at the top of the file are missing. Put them there in a text editor")
            }
            Unfit::FrontMatter(EditError::Unreadable) => out.write_str(
                "the lines between +++ at the top of the file have an error. Put it right in a text editor",
            ),
            Unfit::Twice(question) => write!(
                out,
                "question {question} has two headings in the file. Put both texts under one of them in a text editor"
            ),
        }
    }
}

/// Something typed that can't be kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was typed.
    pub field: Field,
    /// What is wrong.
    pub message: String,
    /// What to type instead.
    pub help: String,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The file.
    Unfit(Unfit),
    /// What was typed.
    Typed(Vec<Problem>),
}

/// Takes the file of a row apart. `notes` are comments that the program itself puts under questions: they stay in the
/// file and are not shown with the answer.
///
/// # Errors
/// A file that is not edited here.
pub fn open(bytes: &[u8], row: RowId, notes: &[String]) -> Result<Opened, Unfit> {
    let file = Text::of(bytes)?;
    opened(&file.text, row, notes)
}

/// The file with these values in place of those it has. Fields that are not in `wanted`, and those whose value is
/// what the file has, stay byte for byte, and so does everything that is no field.
///
/// # Errors
/// A file that is not edited here, or texts that would not read back as they were typed: nothing is changed then.
pub fn write(bytes: &[u8], row: RowId, notes: &[String], wanted: &Values) -> Result<Vec<u8>, Failed> {
    let mut file = Text::of(bytes).map_err(Failed::Unfit)?;
    let before = opened(&file.text, row, notes).map_err(Failed::Unfit)?;
    let mut problems = Vec::new();
    for (field, value) in wanted {
        let old = before.values.get(field);
        if old.is_some_and(|old| old == value) {
            continue;
        }
        let done = match (field, old) {
            (_, None) => Err(vanished(*field)),
            (Field::Question(question), Some(_)) => put(&file.text, row, notes, *question, value),
            (Field::Owner | Field::AnsweredBy | Field::Reviewed, Some(_)) => {
                set(&file.text, *field, None, value)
            }
            (Field::Branch(n) | Field::DecidedBy(n) | Field::Decided(n), Some(_)) => {
                set(&file.text, *field, Some(*n), value)
            }
        };
        match done {
            Ok(text) => file.text = text,
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Failed::Typed(problems));
    }
    let bytes = file.bytes();
    if bytes.len() as u64 > MAX_TEXT {
        return Err(Failed::Unfit(Unfit::TooLarge));
    }
    Ok(bytes)
}

fn opened(text: &str, row: RowId, notes: &[String]) -> Result<Opened, Unfit> {
    let (_, table) = read(text).map_err(Unfit::FrontMatter)?;
    if table
        .flag("privileged", &mut vec![])
        .is_some_and(|flag| flag.value)
    {
        return Err(Unfit::Privileged);
    }
    let parts = cut(text, row, notes).ok_or(Unfit::FrontMatter(EditError::NoFrontMatter))?;
    let mut values = Values::from([
        (Field::Owner, line(&table, "owner")),
        (Field::AnsweredBy, line(&table, "answered_by")),
        (Field::Reviewed, day(&table, "reviewed")),
    ]);
    for question in &rule()[row].questions {
        let mut places = parts
            .slots
            .iter()
            .filter(|slot| slot.question == Some(question.id));
        let core = places.next().map_or("", |slot| &text[slot.core.clone()]);
        if places.next().is_some() {
            return Err(Unfit::Twice(question.id));
        }
        values.insert(Field::Question(question.id), weave::shown(core));
    }
    let mut scopes = Vec::new();
    if rule()[row].is_addressable() {
        let none = Table::default();
        let mut decisions = table.tables("decision", &mut vec![]);
        if decisions.is_empty() {
            decisions.push(&none);
        }
        // A file with more is no decision, but a mistake.
        for (n, decision) in (0..20).zip(decisions) {
            scopes.push(line(decision, "scope"));
            values.insert(Field::Branch(n), line(decision, "branch"));
            values.insert(Field::DecidedBy(n), line(decision, "decided_by"));
            values.insert(Field::Decided(n), day(decision, "decided"));
        }
    }
    Ok(Opened { values, scopes })
}

fn line(table: &Table, key: &str) -> String {
    let text = table
        .text(key, &mut vec![])
        .map_or_else(String::new, |at| at.value);
    Field::Owner.typed(&text)
}

/// A day as a date field of a page takes it.
fn day(table: &Table, key: &str) -> String {
    let day = table.date(key, &mut vec![]);
    day.map_or_else(String::new, |at| at.value.to_string())
}

/// What stands under a heading that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    /// The question; `None` for a number that the row does not have.
    question: Option<u8>,
    level: u8,
    /// First byte of the line of the heading.
    start: usize,
    /// The words of the heading.
    title: String,
    /// Behind the line of the heading, and behind the notes that come first.
    lead: Range<usize>,
    /// The text itself, without the end of its last line; empty where there is none.
    core: Range<usize>,
}

/// A body, cut.
struct Cut {
    slots: Vec<Slot>,
    /// Words of the headings of written decisions.
    decisions: Vec<String>,
    /// First byte of the line of the first of them.
    first_decision: Option<usize>,
}

fn cut(text: &str, row: RowId, notes: &[String]) -> Option<Cut> {
    let (fences, _) = read(text).ok()?;
    let source = Source::new("", text);
    let (body, _) = markdown::parse(&source, fences.body);
    let parts = body.parts();
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |n| n + 1).max(fences.body);
    let mut taken = vec![false; body.blocks.len()];
    let mut found = Cut {
        slots: vec![],
        decisions: vec![],
        first_decision: None,
    };
    for range in decisions::ranges(&parts) {
        let heading = parts.iter().find(|part| part.heading == range.start)?;
        found.decisions.push(heading.title.clone());
        found
            .first_decision
            .get_or_insert(line_start(heading.range.start as usize));
        taken[range].fill(true);
    }
    // As `answers::read` does it: a heading below a question's own belongs to its text.
    for part in parts.iter() {
        if taken[part.heading] {
            continue;
        }
        let question = match asked(&part.title, &rule()[row]) {
            Asked::Question(question) => Some(question.id),
            Asked::Unknown(_) => None,
            Asked::Nothing => continue,
        };
        taken[part.heading..part.blocks.end].fill(true);
        let heading = part.range.as_range();
        let begin = text[heading.end..]
            .find('\n')
            .map_or(text.len(), |n| heading.end + n + 1);
        let end = body
            .blocks
            .get(part.blocks.end)
            .map_or(text.len(), |next| line_start(next.range.start as usize))
            .max(begin);
        let (lead, core) = weave::trim(&text[begin..end], notes);
        found.slots.push(Slot {
            question,
            level: part.level,
            start: line_start(heading.start),
            title: part.title.clone(),
            lead: begin..begin + lead,
            core: begin + core.start..begin + core.end,
        });
    }
    Some(found)
}

/// Puts a text under its question.
fn put(text: &str, row: RowId, notes: &[String], question: u8, typed: &str) -> Result<String, Problem> {
    let field = Field::Question(question);
    let Some(before) = cut(text, row, notes) else {
        return Err(vanished(field));
    };
    let newline = weave::newline(text);
    let slot = before.slots.iter().find(|slot| slot.question == Some(question));
    let new = match slot {
        Some(slot) => weave::replace(text, &slot.lead, &slot.core, typed, newline),
        None if typed.is_empty() => return Ok(text.to_string()),
        None => with_heading(text, &before, row, question, typed, newline),
    };
    if reads_back(&before, text, &new, row, notes, question, typed) {
        return Ok(new);
    }
    let level = slot.map_or(2, |slot| slot.level);
    let (message, help) = help::explain(typed, level);
    Err(Problem { field, message, help })
}

/// The text with a heading that it lacks, and an answer under it.
fn with_heading(text: &str, cut: &Cut, row: RowId, question: u8, typed: &str, newline: &str) -> String {
    let ask = rule()[row]
        .question(question)
        .map_or("", |question| &question.ask);
    let level = cut.slots.first().map_or(2, |slot| usize::from(slot.level));
    let answer = weave::with_ends(typed, newline);
    let heading = format!(
        "{} {question}. {ask}{newline}{newline}{answer}{newline}",
        "#".repeat(level)
    );
    let number = |slot: &&Slot| slot.question.unwrap_or(u8::MAX);
    let earlier = cut
        .slots
        .iter()
        .filter(|slot| number(slot) < question)
        .max_by_key(number);
    let later = cut
        .slots
        .iter()
        .filter(|slot| number(slot) > question)
        .map(|slot| slot.start)
        .min();
    let at = match (earlier, later.or(cut.first_decision)) {
        (Some(slot), _) if slot.core.is_empty() => slot.lead.end,
        (Some(slot), _) => weave::line_end(text, slot.core.end),
        (None, Some(before)) => before,
        (None, None) => text.len(),
    };
    weave::insert(text, at, &heading, newline)
}

/// True where the new text has this answer under this question, and all others as they were.
fn reads_back(
    before: &Cut,
    old: &str,
    new: &str,
    row: RowId,
    notes: &[String],
    question: u8,
    typed: &str,
) -> bool {
    let Some(after) = cut(new, row, notes) else {
        return false;
    };
    let others = |cut: &Cut, text: &str| -> Vec<(Option<u8>, String, String)> {
        let slots = cut.slots.iter().filter(|slot| slot.question != Some(question));
        slots
            .map(|slot| {
                (
                    slot.question,
                    slot.title.clone(),
                    text[slot.core.clone()].to_string(),
                )
            })
            .collect()
    };
    let mut own = after.slots.iter().filter(|slot| slot.question == Some(question));
    let same = own
        .next()
        .is_some_and(|slot| weave::shown(&new[slot.core.clone()]) == typed);
    same && own.next().is_none()
        && before.decisions == after.decisions
        && others(before, old) == others(&after, new)
}

/// Sets a key of the front matter, or of one of its decisions.
fn set(text: &str, field: Field, decision: Option<u8>, typed: &str) -> Result<String, Problem> {
    let key = match field {
        Field::Owner => "owner",
        Field::AnsweredBy => "answered_by",
        Field::Reviewed => "reviewed",
        Field::Branch(_) => "branch",
        Field::DecidedBy(_) => "decided_by",
        Field::Decided(_) => "decided",
        Field::Question(_) => return Err(vanished(field)),
    };
    let value = match field {
        Field::Reviewed | Field::Decided(_) if !typed.is_empty() => NewValue::Day(date(field, typed)?),
        Field::Branch(_) if !["", "implement", "alternative", "neither"].contains(&typed) => {
            let written = words::excerpt(typed, 40);
            return Err(Problem {
                field,
                message: format!("\"{written}\" is none of the three ways to decide"),
                help: "Choose implement, alternative or neither.".into(),
            });
        }
        _ => NewValue::Text(typed.to_string()),
    };
    let done = match decision {
        None => set_keys(text, &[(key, value)]),
        Some(n) => set_keys_of(text, "decision", usize::from(n), &[(key, value)]),
    };
    done.map_err(|_| Problem {
        field,
        message: format!("`{key}` can't be changed here"),
        help: "It is written in a way that this form does not know. Change it in a text editor.".into(),
    })
}

fn date(field: Field, typed: &str) -> Result<Date, Problem> {
    dates::parse(typed).map_err(|bad| Problem {
        field,
        message: bad.message,
        help: bad.help,
    })
}

fn vanished(field: Field) -> Problem {
    Problem {
        field,
        message: "the file has no place for this any more".into(),
        help: "Open the form again: the file was changed meanwhile.".into(),
    }
}

#[cfg(test)]
mod tests;
