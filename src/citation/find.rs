//! Citations in prose: headings, paragraphs, table cells, list items, footnotes.
//!
//! Everything starts from the digits `164`; each place is looked at once, so time grows with the length of the text.
//! When in doubt a number is left alone: a missed loose mention costs less than a false link.

use std::ops::Range;

use super::foreign;
use super::scan::{self, Item, Joint, Mode, Style};
use super::{Citation, Note, Resolution};
use crate::rule::{RowId, rule};

/// A citation in a text: one item of a list, or a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The bytes of the exact text, with its "45 CFR §" where that stands before it.
    pub range: Range<usize>,
    /// What it names, in the order of the rule; more than one for a range. Empty where its levels cannot be counted,
    /// and then `whole` is [`Resolution::Unknown`].
    pub citations: Vec<Citation>,
    /// Remarks for the writer.
    pub notes: Vec<Note>,
    /// What the text means as a whole: for a range, what its first citation means, or Unknown if an end is unknown.
    pub whole: Resolution,
}

impl Found {
    /// The rows that it names, in rule order: what a heading with this citation can document.
    #[must_use]
    pub fn rows(&self) -> Vec<RowId> {
        self.citations
            .iter()
            .filter_map(|citation| rule().resolve(citation).row())
            .collect()
    }

    /// The rows that it names or points to, in rule order without repeats: what the index lists under them.
    #[must_use]
    pub fn links(&self) -> Vec<RowId> {
        let mut rows: Vec<RowId> = self
            .citations
            .iter()
            .filter_map(|citation| rule().resolve(citation).link())
            .collect();
        rows.dedup();
        rows
    }
}

/// Finds the citations of the Security Rule in a text, in order and without overlap.
///
/// Citations of other sections, and numbers in money, telephone numbers, file names and addresses, are left alone.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while let Some(hit) = text[at..].find("164") {
        let hit = at + hit;
        let settled = found.last().map_or(0, |found| found.range.end);
        at = match anchored(text, hit, settled) {
            Some((start, item)) => follow(text, start, item, &mut found),
            None => hit + 3,
        };
    }
    found
}

/// The citation whose `164` stands at `hit`, with the beginning of the words before it.
fn anchored(text: &str, hit: usize, settled: usize) -> Option<(usize, Item)> {
    let (section, end) = scan::section_after_part(text, hit + 3).or_else(|| apart(text, hit + 3))?;
    if !scan::in_subpart(section) {
        return None;
    }
    let start = settled + words_before(&text[settled..hit])?;
    let clear = start < hit || stands_free(&text[..hit], settled);
    if !clear || in_address(&text[..hit]) {
        return None;
    }
    let item = scan::levels(text, end, section, Mode::Prose);
    let bare_number = item.style == Style::Section;
    if (bare_number && !item.known && start == hit) || !ends_well(text, &item) {
        return None;
    }
    if foreign::named_before(&text[..hit]) || foreign::named_after(&text[item.end..]) {
        return None;
    }
    Some((start, item))
}

/// A section number that a scan has moved away from its dot: `164. 308(a)`. Only a bracket right behind it makes it one.
fn apart(text: &str, at: usize) -> Option<(u16, usize)> {
    let rest = &text[at..];
    let dot = rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
    let digits = rest
        .get(dot..)?
        .strip_prefix('.')?
        .trim_start_matches([' ', '\u{a0}']);
    let start = rest.len() - digits.len();
    let near = start - dot <= 2 && dot <= 1;
    let (section, end) = near.then(|| scan::section(text, at + start))??;
    text[end..]
        .trim_start_matches(' ')
        .starts_with('(')
        .then_some((section, end))
}

/// Takes in the item, and the list or range that goes on from it. Gives the byte after all of it.
fn follow(text: &str, start: usize, item: Item, found: &mut Vec<Found>) -> usize {
    let (mut start, mut item) = (start, item);
    loop {
        let mut end = item.end;
        let mut one = Found {
            range: start..end,
            citations: item.citation.into_iter().collect(),
            notes: item.notes,
            whole: whole(item.citation, item.known, &item.written),
        };
        let Some(mut base) = item.citation.filter(|_| item.known) else {
            found.push(one);
            return end;
        };
        if let Some((after, to)) = range_end(text, end, base) {
            end = after;
            one.range.end = end;
            one.notes.extend(to.notes);
            match (scan::between(base, to.citation.unwrap_or(base)), to.known) {
                (Some(all), true) => one.citations = all,
                _ => {
                    one.citations.extend(to.citation);
                    one.whole = whole(to.citation, false, &to.written);
                }
            }
            if let Some(to) = to.citation {
                base = to;
            }
        }
        one.notes.dedup();
        found.push(one);
        let next = scan::joint(text, end)
            .filter(|(joint, ..)| *joint == Joint::List)
            .and_then(|(_, after, _)| scan::tail(text, after, base, Mode::Prose));
        match next.filter(|(_, next)| ends_well(text, next)) {
            Some(next) => (start, item) = next,
            None => return end,
        }
    }
}

/// The other end of a range from `base`, if one goes on at `at`, and the byte after it.
fn range_end(text: &str, at: usize, base: Citation) -> Option<(usize, Item)> {
    let (joint, after, spaced) = scan::joint(text, at)?;
    if joint != Joint::Range {
        return None;
    }
    let to = match scan::tail(text, after, base, Mode::Prose) {
        Some((_, item)) => item,
        None => full_end(text, after, base, spaced)?,
    };
    let forward = to.citation.is_some_and(|to| scan::between(base, to).is_some());
    // A dash between spaces is more often a pause in the sentence than a range.
    let certain = to.known || !spaced;
    (forward && certain && ends_well(text, &to)).then_some((to.end, to))
}

/// The end of a range written in full, `164.316`, or, between whole sections, by its last digits, `164.308-316`.
fn full_end(text: &str, at: usize, base: Citation, spaced: bool) -> Option<Item> {
    let at = scan::word(text, at, &["§§", "§"]).map_or(at, |end| end);
    let at = at + (text[at..].len() - text[at..].trim_start_matches([' ', '\u{a0}']).len());
    let (section, end) = match scan::word(text, at, &["164"]) {
        Some(dot) => scan::section_after_part(text, dot)?,
        None if base.depth() == 0 && !spaced => scan::section(text, at)?,
        None => return None,
    };
    scan::in_subpart(section).then(|| scan::levels(text, end, section, Mode::Prose))
}

fn whole(citation: Option<Citation>, known: bool, written: &str) -> Resolution {
    match citation {
        Some(citation) if known => rule().resolve(&citation),
        _ => Resolution::Unknown {
            nearest: rule().nearest(written),
        },
    }
}

/// The byte where the words that belong to a citation begin in what stands before it: "45 CFR Part", "§". None where
/// these words name another title of the Code.
fn words_before(before: &str) -> Option<usize> {
    let mut rest = before;
    for sign in ["§", "&sect;", "&#167;", "&#xA7;", "&#xa7;"] {
        while let Some(shorter) = blank_end(rest).strip_suffix(sign) {
            rest = shorter;
        }
    }
    if rest.len() == before.len() {
        for word in ["Sections", "Section", "Secs.", "Sec."] {
            rest = without_word(rest, word).unwrap_or(rest);
        }
    }
    let part = without_word(rest, "Parts")
        .or_else(|| without_word(rest, "Part"))
        .unwrap_or(rest);
    let code = ["CFR", "C.F.R.", "C.F.R", "C. F. R."].iter().find_map(|word| {
        let code = without_number_word(part, word)?;
        Some(code)
    });
    if let Some(code) = code {
        let title = blank_end(code);
        let number = title.len() - title.trim_end_matches(|ch: char| ch.is_ascii_digit()).len();
        let before_number = &title[..title.len() - number];
        match &title[title.len() - number..] {
            "45" => rest = before_number,
            "" => rest = code,
            _ => return None,
        }
    }
    Some(rest.len())
}

/// `text` without white space at its end, written as such or as an entity; a new paragraph ends the search.
fn blank_end(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_end_matches(|ch: char| {
            ch.is_whitespace() || matches!(ch, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        });
        if rest[trimmed.len()..].matches('\n').count() > 1 || rest.len() - trimmed.len() > 24 {
            return rest;
        }
        match ["&nbsp;", "&#160;", "&#xA0;", "&#xa0;"]
            .iter()
            .find_map(|space| trimmed.strip_suffix(space))
        {
            Some(shorter) => rest = shorter,
            None => return trimmed,
        }
    }
}

/// `text` without `word` at its end, in any letter case, if it is a whole word there.
fn without_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    without_number_word(text, word).filter(|rest| !rest.ends_with(char::is_alphanumeric))
}

/// The same, but a number may touch the word, as in `45CFR`.
fn without_number_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = blank_end(text);
    let rest = text.get(..text.len().checked_sub(word.len())?)?;
    let same = text[rest.len()..].eq_ignore_ascii_case(word);
    (same && !rest.ends_with(char::is_alphabetic)).then_some(rest)
}

/// Whether a number can begin after `before`: not in the middle of a word, an amount, a file name or a path.
fn stands_free(before: &str, settled: usize) -> bool {
    let Some(last) = before.chars().next_back() else {
        return true;
    };
    match last {
        '/' | '\\' => before.len() == settled + 1 && settled > 0,
        '-' => without_word(before, "HIPAA-").is_some(),
        ',' => !before[..before.len() - 1].ends_with(|ch: char| ch.is_ascii_digit()),
        '.' | '#' | '@' | '_' | '~' | '%' | '+' | '$' | '€' | '£' | '¥' => false,
        last if last.is_alphanumeric() => false,
        last if last.is_whitespace() => !before.trim_end().ends_with(['$', '€', '£', '¥']),
        _ => true,
    }
}

/// Whether the unbroken run of characters before a number makes it a part of a web address.
fn in_address(before: &str) -> bool {
    /// Longer addresses exist, and are cut: what matters stands at their beginning or nowhere.
    const LONGEST: usize = 400;
    let near: usize = before
        .char_indices()
        .rev()
        .take(LONGEST)
        .last()
        .map_or(0, |(at, _)| at);
    let run = before[near..]
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    run.contains("://") || run.contains("www.")
}

/// Whether the text after an item lets it be a citation.
fn ends_well(text: &str, item: &Item) -> bool {
    let rest = &text[item.end..];
    let mut chars = rest.chars();
    let (next, then) = (chars.next().unwrap_or(' '), chars.next().unwrap_or(' '));
    if next == '.' && names_file(&rest[1..]) {
        return false;
    }
    if item.style == Style::Bracketed {
        return true;
    }
    let chained = matches!(item.style, Style::Dotted | Style::Dashed);
    match next {
        '%' | '@' | '_' | '=' | '$' => false,
        '.' | ',' | ':' if then.is_ascii_digit() => false,
        '.' if then.is_alphanumeric() => !chained,
        '-' if then.is_ascii_digit() => {
            item.style == Style::Section
                && item
                    .citation
                    .is_some_and(|base| range_end(text, item.end, base).is_some())
        }
        '-' if then.is_alphanumeric() => !chained,
        '/' | '\\' if then.is_alphanumeric() => rest[1..].starts_with("164."),
        next => !next.is_alphanumeric(),
    }
}

/// Whether the text goes on with the ending of a file name.
fn names_file(rest: &str) -> bool {
    const ENDINGS: [&str; 24] = [
        "pdf", "doc", "docx", "md", "markdown", "txt", "rtf", "odt", "html", "htm", "xml", "json", "toml",
        "yaml", "csv", "xls", "xlsx", "ppt", "pptx", "png", "jpg", "jpeg", "zip", "msg",
    ];
    let word = rest
        .split(|ch: char| !ch.is_alphanumeric())
        .next()
        .unwrap_or_default();
    ENDINGS.iter().any(|ending| word.eq_ignore_ascii_case(ending))
}
