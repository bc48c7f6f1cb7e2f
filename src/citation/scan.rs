//! Reading one citation, and what may follow it in a list or range, from a place in a text.
//!
//! Both readers, of fields and of prose, are made of these steps. A field is read generously, since whoever typed it
//! meant a citation; prose is read with care, since a number may be anything.

use super::glyph::{Glyph, glyph};
use super::{Citation, Note, level};
use crate::rule::rule;

/// How much to presume about the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A field that should hold citations and nothing else.
    Field,
    /// Sentences.
    Prose,
}

/// The sections that 45 CFR Part 164 Subpart C covers, whether or not each number is in use.
pub(super) fn in_subpart(section: u16) -> bool {
    (302..=318).contains(&section)
}

/// How the part after the section is set off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Nothing after the section.
    Section,
    /// The last level stands in brackets.
    Bracketed,
    /// The last level stands bare, as in `164.308(a)1`.
    Squashed,
    /// `164.308.a.1`
    Dotted,
    /// `164.308-a-1-ii-a`
    Dashed,
}

/// One citation as it stands in a text.
#[derive(Clone)]
pub(super) struct Item {
    /// The citation, if its levels can be counted at all.
    pub citation: Option<Citation>,
    /// Whether the rule has it.
    pub known: bool,
    /// As written, brackets tidied; for messages.
    pub written: String,
    /// The byte after it.
    pub end: usize,
    /// How it ends.
    pub style: Style,
    /// Remarks for the writer.
    pub notes: Vec<Note>,
}

impl Item {
    fn known(citation: Citation, end: usize, style: Style, mut notes: Vec<Note>) -> Self {
        let written = citation.to_string();
        let citation = match rule().renumbered(&citation) {
            Some(now) => {
                notes.push(Note::Renumbered);
                now
            }
            None => citation,
        };
        Self {
            citation: Some(citation),
            known: true,
            written,
            end,
            style,
            notes,
        }
    }
}

/// A level as written: `(a)`, or bare where the style allows.
struct Step {
    token: String,
    start: usize,
    end: usize,
    /// White space stands before it.
    spaced: bool,
    /// In round brackets: nothing else than a paragraph is written like this. Square ones may be a footnote.
    firm: bool,
    copyright: bool,
}

/// White space from `at`: where it ends, or None where it is so long that a new thought begins.
fn skip_spaces(text: &str, at: usize) -> Option<usize> {
    let (mut end, mut spaces, mut lines) = (at, 0, 0);
    while let Some(Glyph { ch, len }) = glyph(text, end) {
        match ch {
            ' ' => spaces += 1,
            '\n' => lines += 1,
            _ => break,
        }
        end += len;
    }
    (spaces <= 8 && lines <= 1).then_some(end)
}

/// More letters or digits in a row than any paragraph has.
const LONGEST: usize = 8;

fn char_at(text: &str, at: usize) -> Option<char> {
    glyph(text, at).map(|glyph| glyph.ch)
}

/// The characters from `at` that satisfy `wanted`, at most `most` of them, and where they end.
fn run(text: &str, at: usize, most: usize, wanted: impl Fn(char) -> bool) -> (String, usize) {
    let (mut token, mut end) = (String::new(), at);
    for _ in 0..most {
        let Some(Glyph { ch, len }) = glyph(text, end).filter(|glyph| wanted(glyph.ch)) else {
            break;
        };
        token.push(ch);
        end += len;
    }
    (token, end)
}

fn is_plain(ch: char) -> bool {
    ch.is_ascii_alphanumeric()
}

/// A level in brackets, `(a)`, `('a')`, `[a]`, after at most one line break; or the sign that `(c)` was turned into.
///
/// Marks of emphasis that Markdown takes for signs, since they touch a number and a bracket, may stand before it:
/// `164.308**(a)**`.
fn bracketed(text: &str, at: usize) -> Option<Step> {
    let marks = text
        .get(at..)?
        .bytes()
        .take_while(|byte| matches!(byte, b'*' | b'_'))
        .count();
    if (1..=3).contains(&marks) && text[at + marks..].starts_with('(') {
        return bracketed(text, at + marks);
    }
    let start = skip_spaces(text, at)?;
    let spaced = start > at && char_at(text, at).is_some_and(|ch| ch == ' ' || ch == '\n');
    let open = glyph(text, start)?;
    let inside = start + open.len;
    let close = match open.ch {
        '(' => ')',
        '[' => ']',
        '©' => {
            return Some(Step {
                token: "c".into(),
                start,
                end: inside,
                spaced,
                firm: true,
                copyright: true,
            });
        }
        _ => return None,
    };
    let padding = |ch: char| ch == ' ' || ch == '\'';
    let (_, token_at) = run(text, inside, LONGEST, padding);
    let (token, token_end) = run(text, token_at, LONGEST, is_plain);
    let (_, close_at) = run(text, token_end, LONGEST, padding);
    let end = glyph(text, close_at)
        .filter(|glyph| glyph.ch == close)
        .map(|glyph| close_at + glyph.len)?;
    level::plausible(&token).then_some(Step {
        token,
        start,
        end,
        spaced,
        firm: open.ch == '(',
        copyright: false,
    })
}

/// A level without brackets, at `depth`, after a part written in `style`.
fn bare(text: &str, at: usize, depth: usize, style: Style, mode: Mode) -> Option<(Step, Style)> {
    let first = glyph(text, at)?;
    let after = at + first.len;
    let (token, end, style) = match (first.ch, style) {
        ('.', Style::Section | Style::Dotted) | ('-', Style::Section | Style::Dashed) => {
            let (token, end) = run(text, after, LONGEST, is_plain);
            (
                token,
                end,
                if first.ch == '.' {
                    Style::Dotted
                } else {
                    Style::Dashed
                },
            )
        }
        (ch, Style::Section | Style::Bracketed | Style::Squashed)
            if is_plain(ch) || (ch == ' ' && mode == Mode::Field) =>
        {
            let start = skip_spaces(text, at)?;
            let (token, end) = match depth {
                0 | 3 => run(text, start, 1, |ch| ch.is_ascii_alphabetic()),
                2 => run(text, start, LONGEST, |ch| {
                    matches!(ch.to_ascii_lowercase(), 'i' | 'v' | 'x')
                }),
                _ => run(text, start, LONGEST, |ch| ch.is_ascii_digit()),
            };
            (token, end, Style::Squashed)
        }
        _ => return None,
    };
    level::plausible(&token).then_some((
        Step {
            token,
            start: at,
            end,
            spaced: false,
            firm: false,
            copyright: false,
        },
        style,
    ))
}

/// The three digits of a section number at `at`, and where they end; none if a fourth follows.
pub(super) fn section(text: &str, at: usize) -> Option<(u16, usize)> {
    let (digits, end) = run(text, at, 4, |ch| ch.is_ascii_digit());
    (digits.len() == 3)
        .then(|| digits.parse().ok())?
        .map(|section| (section, end))
}

/// The section number after `164` and its dot.
pub(super) fn section_after_part(text: &str, at: usize) -> Option<(u16, usize)> {
    let dot = glyph(text, at).filter(|glyph| glyph.ch == '.')?;
    section(text, at + dot.len)
}

/// Reads the levels after a section number that ends at `at`, as far as they name something the rule has.
///
/// Brackets that name nothing make the whole citation unknown, since they are nothing else than a mistake; anything
/// looser is left to the words that follow.
pub(super) fn levels(text: &str, at: usize, section: u16, mode: Mode) -> Item {
    let mut current = Citation::section_only(section);
    let (mut end, mut style, mut notes) = (at, Style::Section, Vec::new());
    // Where to go back to if the levels without brackets turn out to be the start of a word.
    let mut firm = (current, end, style);
    loop {
        if let Some(step) = bracketed(text, end) {
            let attached = !step.spaced || mode == Mode::Field;
            match current
                .child_written(&step.token)
                .filter(|next| rule().knows(next))
            {
                Some(next) if style != Style::Dotted && style != Style::Dashed => {
                    current = next;
                    if step.copyright {
                        notes.push(Note::CopyrightSign);
                    }
                    (end, style) = (step.end, Style::Bracketed);
                    firm = (current, end, style);
                    continue;
                }
                None if designates(&step, current) => break,
                None if attached && (step.firm || mode == Mode::Field) => {
                    return unknown(text, end, current, notes);
                }
                _ => break,
            }
        }
        let Some((step, next_style)) = bare(text, end, current.depth(), style, mode) else {
            break;
        };
        match current
            .child_written(&step.token)
            .filter(|next| rule().knows(next))
        {
            Some(next) => (current, end, style) = (next, step.end, next_style),
            None if mode == Mode::Field && next_style != Style::Squashed => {
                let written = format!("{current}({})", step.token);
                let citation = current.child_written(&step.token);
                return Item {
                    citation,
                    known: false,
                    written,
                    end: step.end,
                    style: next_style,
                    notes,
                };
            }
            None => break,
        }
    }
    if style != Style::Bracketed && char_at(text, end).is_some_and(char::is_alphanumeric) {
        (current, end, style) = firm;
    }
    if !rule().knows(&current) {
        let written = current.to_string();
        return Item {
            citation: Some(current),
            known: false,
            written,
            end,
            style,
            notes,
        };
    }
    Item::known(current, end, style, notes)
}

/// Whether what stands in brackets after a row is its designation, as checklists have it: `164.308(a)(1)(ii)(A) (R)`.
fn designates(step: &Step, current: Citation) -> bool {
    rule().row(&current).is_some() && (step.token == "R" || (step.token == "A" && step.spaced))
}

/// A citation that goes wrong at `at`, after `current`: takes in all brackets that stand together.
fn unknown(text: &str, at: usize, current: Citation, notes: Vec<Note>) -> Item {
    let mut written = current.to_string();
    let mut citation = Some(current);
    let mut end = at;
    while let Some(step) = bracketed(text, end).filter(|step| end == at || !step.spaced) {
        citation = citation.and_then(|citation| citation.child_written(&step.token));
        written.push_str(&format!("({})", step.token));
        end = step.end;
    }
    if let Some(citation) = citation {
        written = citation.to_string();
    }
    Item {
        citation,
        known: false,
        written,
        end,
        style: Style::Bracketed,
        notes,
    }
}

/// What joins two citations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// A comma, a semicolon, "and", "or", "&", a slash.
    List,
    /// A hyphen or dash, "to", "through".
    Range,
}

/// The joint at `at`, where the words after it begin, and whether white space stands before it.
pub(super) fn joint(text: &str, at: usize) -> Option<(Joint, usize, bool)> {
    let start = skip_spaces(text, at)?;
    let spaced = start > at;
    let first = glyph(text, start)?;
    let after = start + first.len;
    let (joint, end) = match first.ch {
        ',' | ';' => {
            let next = skip_spaces(text, after)?;
            (
                Joint::List,
                word(text, next, &["and/or", "and", "or", "&"]).unwrap_or(after),
            )
        }
        '&' | '/' => (Joint::List, after),
        '-' => (Joint::Range, after),
        '—' if !spaced => (Joint::Range, after),
        _ => match word(text, start, &["and/or", "and", "or"]) {
            Some(end) => (Joint::List, end),
            None => (Joint::Range, word(text, start, &["through", "thru", "to"])?),
        },
    };
    Some((joint, skip_spaces(text, end)?, spaced))
}

/// Where one of `words` that begins at `at` ends, if it is a whole word there.
pub(super) fn word(text: &str, at: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| {
        let mut end = at;
        for wanted in word.chars() {
            let Glyph { ch, len } = glyph(text, end)?;
            if ch.to_ascii_lowercase() != wanted {
                return None;
            }
            end += len;
        }
        // A word ends where a number begins, and the other way round: `45CFR164.308`.
        let next = char_at(text, end).unwrap_or(' ');
        let goes_on = match word.chars().next_back() {
            Some(last) if last.is_ascii_digit() => next.is_numeric(),
            Some(last) if last.is_ascii_alphabetic() => next.is_alphabetic(),
            _ => false,
        };
        (!goes_on).then_some(end)
    })
}

/// The next citation of a list or range whose last one was `base`, written short: `(b)`, `(ii)(B)`, `.310`.
/// Gives where it begins, too.
pub(super) fn tail(text: &str, at: usize, base: Citation, mode: Mode) -> Option<(usize, Item)> {
    if let Some(dot) = glyph(text, at).filter(|glyph| glyph.ch == '.') {
        let (number, end) = section(text, at + dot.len)?;
        let item = in_subpart(number).then(|| levels(text, end, number, mode))?;
        return item.known.then_some((at, item));
    }
    let mut steps = Vec::new();
    let mut end = at;
    while let Some(step) = bracketed(text, end).filter(|step| steps.is_empty() || !step.spaced) {
        end = step.end;
        steps.push(step);
    }
    let start = steps.first()?.start;
    let notes: Vec<Note> = steps
        .iter()
        .filter(|step| step.copyright)
        .map(|_| Note::CopyrightSign)
        .take(1)
        .collect();
    let placed = |keep: usize| {
        steps.iter().try_fold(base.cut(keep), |citation, step| {
            citation.child_written(&step.token)
        })
    };
    // Most often the new levels replace as many old ones; else they begin higher up, or go on below.
    let depth = base.depth();
    let same = depth.checked_sub(steps.len());
    let places = same
        .into_iter()
        .chain((0..same.unwrap_or(0)).rev())
        .chain(same.map_or(0, |same| same + 1)..=depth);
    if let Some(citation) = places.filter_map(placed).find(|citation| rule().knows(citation)) {
        return Some((start, Item::known(citation, end, Style::Bracketed, notes)));
    }
    let citation = placed(same?).filter(|_| steps.iter().all(|step| step.firm))?;
    let written = citation.to_string();
    Some((
        start,
        Item {
            citation: Some(citation),
            known: false,
            written,
            end,
            style: Style::Bracketed,
            notes,
        },
    ))
}

/// What a range from `from` to `to` takes in, both ends included, in the order of the rule; none if it runs backwards.
///
/// Between paragraphs of one level, these are the paragraphs of that level: (a)(3)-(5) is (a)(3), (a)(4) and (a)(5),
/// just as if they were listed. Between paragraphs of different levels, these are the rows in between.
pub(super) fn between(from: Citation, to: Citation) -> Option<Vec<Citation>> {
    if to <= from || to.is_within(&from) {
        return None;
    }
    if from.depth() == 0 && to.depth() == 0 {
        return Some(rule().sections_between(from.section(), to.section()));
    }
    if let Some(parent) = from
        .parent()
        .filter(|parent| to.parent().as_ref() == Some(parent))
    {
        let numbers = from.last_number()..=to.last_number();
        return Some(
            numbers
                .filter_map(|at| parent.child(at))
                .filter(|one| rule().knows(one))
                .collect(),
        );
    }
    let rows = rule().rows().iter().map(|row| row.citation);
    let all: Vec<Citation> = rows
        .filter(|row| *row >= from && (*row <= to || row.is_within(&to)))
        .collect();
    // Between paragraphs that are no rows, as in 164.318, the ends are all that can be named.
    Some(if all.is_empty() { vec![from, to] } else { all })
}
