//! One cell, read by the kind of its column.

use super::{Cell, Column, ColumnKind, is_no, is_yes};
use crate::content::getters::unknown_word;
use crate::content::{dates, policies, words};
use crate::diagnostic::{Diagnostic, Place};

/// The elements of a list cell.
pub fn list(text: &str) -> Vec<String> {
    text.split([';', '\n'])
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Reads a filled cell. `None` for what a spreadsheet left in place of a value.
pub fn read(column: &Column, text: &str, place: Place, out: &mut Vec<Diagnostic>) -> Option<Cell> {
    if is_excel_error(text) {
        out.push(
            Diagnostic::warning(
                "excel-error",
                place,
                format!(
                    "the spreadsheet wrote {} here in place of a value; the cell is read as empty",
                    words::excerpt(text, 20)
                ),
            )
            .help("Mend the formula or the width of the column in the spreadsheet, and save again."),
        );
        return None;
    }
    if text.starts_with('=') && text.len() > 1 {
        out.push(
            Diagnostic::warning(
                "formula-cell",
                place.clone(),
                "this is a formula, and is kept as text as it stands",
            )
            .help("Type the value itself."),
        );
    }
    let mut cell = Cell {
        text: text.to_owned(),
        date: None,
        place,
    };
    match column.kind {
        ColumnKind::Date => match dates::parse(text) {
            Ok(day) => cell.date = Some(day),
            Err(bad) => {
                out.push(Diagnostic::error("bad-date", cell.place.clone(), bad.message).help(bad.help))
            }
        },
        ColumnKind::YesNo if !is_yes(text) && !is_no(text) => out.push(
            Diagnostic::error(
                "not-yes-or-no",
                cell.place.clone(),
                format!(
                    "`{}` is yes or no, not \"{}\"",
                    column.name,
                    words::excerpt(text, 40)
                ),
            )
            .help("Type yes or no. Details belong in the column note."),
        ),
        ColumnKind::OneOf(known) => cell.text = one_of(column, known, text, &cell.place, out),
        ColumnKind::Number => match text
            .trim_end_matches('0')
            .trim_end_matches('.')
            .parse::<u32>()
            .or_else(|_| text.parse())
        {
            Ok(_) => cell.text = text.split('.').next().unwrap_or(text).to_owned(),
            Err(_) => out.push(
                Diagnostic::error(
                    "bad-number",
                    cell.place.clone(),
                    format!(
                        "`{}` is a whole number, not \"{}\"",
                        column.name,
                        words::excerpt(text, 40)
                    ),
                )
                .help("Type digits only, like 15."),
            ),
        },
        ColumnKind::Text if column.name == "version" => cell.text = policies::version(text),
        // Joins are checked when every register is read.
        _ => {}
    }
    Some(cell)
}

/// The words in their declared spelling; several with `;`.
fn one_of(
    column: &Column,
    known: &'static [&'static str],
    text: &str,
    place: &Place,
    out: &mut Vec<Diagnostic>,
) -> String {
    let mut found = Vec::new();
    for typed in list(text) {
        match known
            .iter()
            .find(|word| words::dashed(word) == words::dashed(&typed))
        {
            Some(word) => found.push((*word).to_owned()),
            // Old and new spellings of yes and no stand in for each other.
            None if known.contains(&"yes") && is_yes(&typed) => found.push("yes".to_owned()),
            None if known.contains(&"no") && is_no(&typed) => found.push("no".to_owned()),
            None if known.contains(&"on") && is_yes(&typed) => found.push("on".to_owned()),
            None if known.contains(&"off") && is_no(&typed) => found.push("off".to_owned()),
            None => {
                let what = format!("a word for `{}`", column.name);
                // One of several words in a cell has no place of its own.
                let meant = words::nearest(&typed, known.iter().copied()).filter(|_| text.trim() == typed);
                let unknown = unknown_word(&typed, place.clone(), &what, known.iter().copied());
                out.push(unknown.maybe_instead(meant));
                found.push(typed);
            }
        }
    }
    found.join(";")
}

/// What Excel leaves where a formula fails or a column is too narrow.
fn is_excel_error(text: &str) -> bool {
    let known = [
        "#REF!",
        "#NAME?",
        "#VALUE!",
        "#N/A",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
    ];
    known.iter().any(|e| text.eq_ignore_ascii_case(e)) || text.len() >= 3 && text.bytes().all(|b| b == b'#')
}

/// What to type into an empty cell.
pub fn example(column: &Column) -> String {
    match column.kind {
        ColumnKind::Date => "Type the day, like 2026-09-14 or 9/14/2026.".to_owned(),
        ColumnKind::YesNo => "Type yes or no.".to_owned(),
        ColumnKind::OneOf(known) => format!("Type one of {}.", words::choice(known.iter().copied())),
        ColumnKind::Number => "Type a whole number.".to_owned(),
        ColumnKind::Systems => {
            "Type the id of a system in systems.csv, several with ; between them, or all.".to_owned()
        }
        ColumnKind::Sites => {
            "Type the id of a [[site]] in binder.toml, several with ; between them, or all.".to_owned()
        }
        ColumnKind::Persons => "Type the id or name of a person in workforce.csv.".to_owned(),
        ColumnKind::Devices => "Type the id of a device in devices.csv.".to_owned(),
        ColumnKind::Citations => {
            "Type the rows it serves, like 164.312(b) p. 3; 164.308(a)(1)(ii)(D)".to_owned()
        }
        ColumnKind::Exhibit => {
            "Type the id of an exhibit in evidence.csv, or say where the proof is.".to_owned()
        }
        ColumnKind::Text if column.title.eq_ignore_ascii_case(column.name) => {
            format!("Fill the column {}.", column.name)
        }
        ColumnKind::Text => format!(
            "Fill the column {} ({}).",
            column.name,
            column.title.to_lowercase()
        ),
    }
}
