//! Citations in front matter and registers: which row is meant, or what to type instead.

use crate::citation::{Citation, CitationError, Note, Parsed, Resolution};
use crate::diagnostic::{Diagnostic, Place};
use crate::rule::{RowId, rule};

/// Reads one citation that must be a row.
///
/// Errors: `unknown-citation`, `not-a-row`. Warnings: `renumbered-citation`, `copyright-sign`.
pub fn row(text: &str, place: &Place, out: &mut Vec<Diagnostic>) -> Option<RowId> {
    match Citation::parse(text) {
        Ok(parsed) => {
            notes(&parsed, place, out);
            exact(parsed.first(), place, out)
        }
        Err(error) => {
            out.push(unknown(&error, place));
            None
        }
    }
}

/// Reads a list or range of citations that must all be rows.
pub fn rows(text: &str, place: &Place, out: &mut Vec<Diagnostic>) -> Vec<RowId> {
    match Citation::parse_list(text) {
        Ok(parsed) => {
            notes(&parsed, place, out);
            parsed
                .citations
                .iter()
                .filter_map(|citation| exact(*citation, place, out))
                .collect()
        }
        Err(error) => {
            out.push(unknown(&error, place));
            vec![]
        }
    }
}

/// Reads a citation, a list or a range with a locator behind it (`164.312(b) p. 3`). The locator belongs to each row of
/// the list. A citation that lies below a row comes with its row.
pub fn located(
    text: &str,
    place: &Place,
    out: &mut Vec<Diagnostic>,
) -> Vec<(RowId, Citation, Option<String>)> {
    match Citation::parse_start(text) {
        Ok((parsed, rest)) => {
            notes(&parsed, place, out);
            let locator = rest.trim_matches(|c: char| c.is_whitespace() || ",:-–—".contains(c));
            // Levels that nobody could read are no page number: 164.312(zz) is not 164.312.
            if locator.starts_with('(') && rest.starts_with('(') {
                let error = CitationError::NotACitation {
                    written: text.trim().chars().take(60).collect(),
                };
                out.push(unknown(&error, place));
                return vec![];
            }
            parsed
                .citations
                .iter()
                .filter_map(|cited| {
                    let row = rule().resolve(cited).link();
                    let row = row.or_else(|| exact(*cited, place, out))?;
                    Some((row, *cited, (!locator.is_empty()).then(|| locator.to_owned())))
                })
                .collect()
        }
        Err(error) => {
            out.push(unknown(&error, place));
            vec![]
        }
    }
}

fn exact(cited: Citation, place: &Place, out: &mut Vec<Diagnostic>) -> Option<RowId> {
    let (message, help) = match rule().resolve(&cited) {
        Resolution::Row(row) => return Some(row),
        Resolution::Paragraph { above: Some(row) } => (
            format!(
                "{cited} is a part of {row} ({}), not a row of its own",
                rule()[row].name()
            ),
            format!("Type {row}"),
        ),
        Resolution::Paragraph { above: None } | Resolution::Section => {
            let within: Vec<String> = rule()
                .rows()
                .iter()
                .filter(|row| row.citation.is_within(&cited))
                .map(|row| row.citation.to_string())
                .collect();
            let help = match within.as_slice() {
                [] => "Type a row of 164.308 to 164.316, like 164.308(a)(1)(ii)(A).".to_owned(),
                [first, ..] => format!("Type one row of it, like {first}."),
            };
            (
                format!("{cited} holds several rows or none, and this belongs to one row"),
                help,
            )
        }
        Resolution::Unknown { nearest } => {
            let nearest: Vec<String> = nearest.iter().map(ToString::to_string).collect();
            (
                format!("the Security Rule has no paragraph {cited}"),
                match nearest.as_slice() {
                    [] => "Type a citation like 164.308(a)(1)(ii)(A).".to_owned(),
                    some => format!(
                        "Did you mean {}?",
                        super::words::choice(some.iter().map(String::as_str))
                    ),
                },
            )
        }
    };
    let code = if message.starts_with("the Security Rule") {
        "unknown-citation"
    } else {
        "not-a-row"
    };
    out.push(Diagnostic::error(code, place.clone(), message).help(help));
    None
}

fn unknown(error: &CitationError, place: &Place) -> Diagnostic {
    Diagnostic::error("unknown-citation", place.clone(), error.to_string()).help(error.help())
}

fn notes(parsed: &Parsed, place: &Place, out: &mut Vec<Diagnostic>) {
    for note in &parsed.notes {
        let (code, help) = match note {
            Note::Renumbered => ("renumbered-citation", format!("Type {}", parsed.first())),
            _ => ("copyright-sign", format!("Type {}", parsed.first())),
        };
        out.push(Diagnostic::warning(code, place.clone(), note.to_string()).help(help));
    }
}
