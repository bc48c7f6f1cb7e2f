//! Citations in a field: front matter, a register cell, the command line.

use super::scan::{self, Item, Joint, Mode};
use super::{CitationError, Parsed, glyph};
use crate::citation::Citation;

/// What checklists write after a citation, and what adds nothing to it.
const DESIGNATIONS: [&str; 4] = ["(R)", "(A)", "(required)", "(addressable)"];

/// Reads everything in `text` as one list.
pub(super) fn read_all(text: &str) -> Result<Parsed, CitationError> {
    let (parsed, end) = read_list(text)?;
    let rest = text[end..].trim_matches(|ch: char| ch.is_whitespace() || ",;.:\"'“”‘’".contains(ch));
    if rest.is_empty() || DESIGNATIONS.iter().any(|words| rest.eq_ignore_ascii_case(words)) {
        Ok(parsed)
    } else {
        Err(left_over(&parsed, rest))
    }
}

/// Reads the citation or the list that `text` starts with, and gives the rest.
pub(super) fn read_start(text: &str) -> Result<(Parsed, &str), CitationError> {
    let (parsed, end) = read_list(text)?;
    Ok((parsed, text[end..].trim()))
}

/// Reads citations from the start of `text` as far as they go, and says where they end.
fn read_list(text: &str) -> Result<(Parsed, usize), CitationError> {
    if text.trim().is_empty() {
        return Err(CitationError::Empty);
    }
    let mut item = full(text, 0).ok_or_else(|| CitationError::NotACitation {
        written: text.trim().chars().take(60).collect(),
    })?;
    let mut parsed = Parsed {
        citations: Vec::new(),
        notes: Vec::new(),
    };
    loop {
        let mut end = item.end;
        let last = take(&mut parsed, item)?;
        let mut base = last;
        let next = loop {
            let Some((joint, after, _)) = scan::joint(text, end) else {
                break side_by_side(text, end);
            };
            let short = scan::tail(text, after, base, Mode::Field).map(|(_, item)| item);
            let Some(next) = short.or_else(|| full(text, after)) else {
                break None;
            };
            if joint == Joint::List {
                break Some(next);
            }
            end = next.end;
            parsed.citations.pop();
            let to = take(&mut parsed, next)?;
            parsed.citations.pop();
            let all = scan::between(base, to).ok_or(CitationError::Backwards { from: base, to })?;
            parsed.citations.extend(all);
            base = to;
        };
        match next {
            Some(next) => item = next,
            None => return Ok((parsed, end)),
        }
    }
}

/// Adds what was read to the list, if the rule has it.
fn take(parsed: &mut Parsed, item: Item) -> Result<Citation, CitationError> {
    match item.citation {
        Some(citation) if item.known => {
            parsed.citations.push(citation);
            for note in item.notes {
                if !parsed.notes.contains(&note) {
                    parsed.notes.push(note);
                }
            }
            Ok(citation)
        }
        Some(citation) if !scan::in_subpart(citation.section()) => Err(CitationError::OtherSection {
            section: citation.section(),
        }),
        _ => {
            let rule = crate::rule::rule();
            let nearest = rule
                .nearest(&item.written)
                .into_iter()
                .map(|row| rule[row].citation)
                .collect();
            Err(CitationError::NoSuchParagraph {
                written: item.written,
                nearest,
            })
        }
    }
}

/// A citation with its section number at `at`, after any of the usual words before it. The `164.` may be left out.
fn full(text: &str, at: usize) -> Option<Item> {
    let at = skip_words(text, at);
    let (section, end) = match scan::word(text, at, &["164"]) {
        Some(dot) => scan::section_after_part(text, dot)?,
        None => scan::section(text, at).filter(|(section, _)| scan::in_subpart(*section))?,
    };
    Some(scan::levels(text, end, section, Mode::Field))
}

/// A citation in full that follows after nothing but white space, as on the next line of a cell.
fn side_by_side(text: &str, at: usize) -> Option<Item> {
    let in_full = scan::word(text, skip_words(text, at), &["164"]).is_some();
    in_full.then(|| full(text, at))?
}

/// Passes over "45 CFR Part", "§§", "Sections" and quotation marks.
fn skip_words(text: &str, at: usize) -> usize {
    const WORDS: [&str; 12] = [
        "45", "cfr", "c.f.r.", "c.f.r", "parts", "part", "sections", "section", "secs.", "sec.", "hipaa",
        "sec",
    ];
    let mut at = at;
    loop {
        if let Some(end) = scan::word(text, at, &WORDS) {
            at = end;
            continue;
        }
        match glyph::glyph(text, at) {
            Some(glyph) if matches!(glyph.ch, ' ' | '\n' | '§' | '\'' | ':' | '-') => at += glyph.len,
            _ => return at,
        }
    }
}

fn left_over(parsed: &Parsed, rest: &str) -> CitationError {
    let read: Vec<String> = parsed.citations.iter().map(Citation::to_string).collect();
    CitationError::LeftOver {
        read: read.join(", "),
        rest: rest.chars().take(60).collect(),
    }
}
