//! Blanks left to fill: `[PRACTICE]`, `{NAME}`, `{{ name }}`, `____`, `XX/XX/XXXX`, lorem ipsum, TODO.
//!
//! A wrong alarm is as bad as a missed blank, so each sort has a closed form. Ordinary brackets (`[sic]`, `[our EHR]`,
//! `[x]`, `[164.308(a)(1)]`, `[SECURE]` as the mark in a subject line) are left alone.

use std::ops::Range;

use super::leaf::Leaf;

/// What sort of blank it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Something to fill in.
    Fill,
    /// Lorem ipsum.
    Filler,
    /// `TODO`, `TBD` or `FIXME`, in capitals, within a text.
    Marker,
}

/// The longest thing in brackets that is looked at, in bytes.
const LONGEST: usize = 160;

/// Words that a template's bracket begins with.
const OPENERS: [&str; 15] = [
    "insert",
    "your",
    "name",
    "names",
    "date",
    "practice",
    "company",
    "organization",
    "organisation",
    "enter",
    "fill",
    "tbd",
    "todo",
    "describe",
    "specify",
];

/// Openers that say nothing alone: "[your]" in a quotation, "[Enter]" as a key.
const NOT_ALONE: [&str; 2] = ["your", "enter"];

/// Words in brackets which tell that something was left out, or is not known, on purpose.
const ON_PURPOSE: [&str; 8] = [
    "redacted",
    "withheld",
    "removed",
    "omitted",
    "unknown",
    "illegible",
    "deleted",
    "blank",
];

/// `[clinic name]`, `[effective date]`: what may stand before, and after.
const OF_WHAT: [&str; 24] = [
    "clinic",
    "office",
    "facility",
    "entity",
    "vendor",
    "employee",
    "staff",
    "officer",
    "official",
    "system",
    "city",
    "effective",
    "approval",
    "review",
    "start",
    "end",
    "manager",
    "contact",
    "provider",
    "person",
    "owner",
    "signer",
    "signature",
    "site",
];
const WHAT: [&str; 7] = ["name", "date", "phone", "address", "title", "number", "here"];

/// Capitals in brackets that are no blank: keys, marks in subject lines, stamps, and usual abbreviations.
const USUAL_CAPITALS: [&str; 62] = [
    "ALERT",
    "ALT",
    "BA",
    "BAA",
    "CC",
    "CFR",
    "CMS",
    "CONFIDENTIAL",
    "CTRL",
    "DEL",
    "DELETE",
    "DRAFT",
    "EHR",
    "EMR",
    "ENCRYPT",
    "ENCRYPTED",
    "ENTER",
    "EPHI",
    "ERROR",
    "ESC",
    "EXT",
    "EXTERNAL",
    "FAX",
    "FAIL",
    "FR",
    "HHS",
    "HIPAA",
    "HITECH",
    "HR",
    "ID",
    "INFO",
    "INTERNAL",
    "IT",
    "MFA",
    "NA",
    "NIST",
    "NO",
    "NONE",
    "NOTE",
    "OCR",
    "OK",
    "ONC",
    "PDF",
    "PHI",
    "PHISH",
    "PHISHING",
    "PM",
    "PRIVATE",
    "REDACTED",
    "SEAL",
    "SECURE",
    "SECUREMAIL",
    "SHIFT",
    "SIC",
    "SIGNED",
    "SPAM",
    "SUSPICIOUS",
    "TAB",
    "TEST",
    "URGENT",
    "WARNING",
    "YES",
];

/// Elements of HTML that people type in capitals.
const HTML: [&str; 24] = [
    "A", "B", "BODY", "BR", "CENTER", "CODE", "DIV", "EM", "FONT", "HEAD", "HR", "HTML", "I", "IMG", "LI",
    "OL", "P", "PRE", "SPAN", "STRONG", "TABLE", "TD", "TR", "UL",
];

/// The words of the printers' filler text.
const LATIN: &str = "lorem ipsum dolor sit amet consectetur consectetuer adipiscing adipisicing elit sed do eiusmod \
    tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris \
    nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla \
    pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum";

/// The blanks of a leaf, in order and without overlap, as parts of its text.
pub(super) fn blanks(leaf: &Leaf) -> Vec<(Sort, Range<usize>)> {
    let text = leaf.open_text();
    let mut found: Vec<(Sort, Range<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(offset) = text.as_bytes()[at..]
        .iter()
        .position(|byte| MAY_OPEN[usize::from(*byte)])
    {
        let start = at + offset;
        match blank_at(&text, start) {
            Some((sort, end)) => {
                found.push((sort, start..end));
                at = end;
            }
            None => at = start + text[start..].chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

/// The bytes that a blank may begin with, by value. `«` begins with 0xC2.
const MAY_OPEN: [bool; 256] = {
    let mut may = [false; 256];
    let openers = b"[{$<_XxLlTFC\xC2";
    let mut at = 0;
    while at < openers.len() {
        may[openers[at] as usize] = true;
        at += 1;
    }
    may
};

fn blank_at(text: &str, start: usize) -> Option<(Sort, usize)> {
    let rest = &text[start..];
    let before = text[..start].chars().next_back();
    let free = !before.is_some_and(char::is_alphanumeric);
    let fill = |length: Option<usize>| length.map(|length| (Sort::Fill, start + length));
    match rest.as_bytes().first()? {
        b'[' => fill(square(rest)),
        b'{' => fill(curly(rest)),
        b'$' => fill(rest.strip_prefix('$').and_then(dollar).map(|length| length + 1)),
        b'<' => fill(angle(rest)),
        0xC2 => fill(guillemets(rest)),
        b'C' if free => fill(prompt(rest)),
        b'_' if before != Some('_') => fill(underscores(rest, free)),
        b'X' | b'x' if free => fill(crosses(rest)),
        b'L' | b'l' if free => filler(rest).map(|length| (Sort::Filler, start + length)),
        b'T' | b'F' if free && !matches!(before, Some('"' | '\'' | '“' | '‘' | '[')) => {
            let word = ["TODO", "TBD", "FIXME"]
                .into_iter()
                .find(|word| rest.starts_with(word))?;
            let after = rest[word.len()..].chars().next();
            (!after.is_some_and(|c| c.is_alphanumeric() || c == '_'))
                .then_some((Sort::Marker, start + word.len()))
        }
        _ => None,
    }
}

/// What stands between the opening mark, cut off already, and `close`, if that comes soon.
fn inside<'a>(rest: &'a str, close: &str) -> Option<&'a str> {
    let near = &rest[..rest.floor_char_boundary(LONGEST)];
    Some(&near[..near.find(close)?])
}

fn square(rest: &str) -> Option<usize> {
    if let Some(inner) = rest.strip_prefix("[[").and_then(|rest| inside(rest, "]]")) {
        // Markdown knows no double brackets: what is left of them is a template's field, or a link of a wiki that leads nowhere.
        let blank = is_bracket_blank(inner) || is_template_field(inner);
        return blank.then_some(inner.len() + 4);
    }
    let inner = inside(&rest[1..], "]")?;
    is_bracket_blank(inner).then_some(inner.len() + 2)
}

/// `[[ org.name ]]`, `[[Security Officer]]`; not a note's number, `[[1]](x)`, and not words that were left out on purpose.
fn is_template_field(inner: &str) -> bool {
    let words: Vec<String> = words(inner);
    let on_purpose = words
        .iter()
        .any(|word| ON_PURPOSE.contains(&word.to_lowercase().as_str()));
    let usual = words.iter().all(|word| USUAL_CAPITALS.contains(&word.as_str()));
    !on_purpose
        && !usual
        && words.len() <= 6
        && inner.trim().starts_with(char::is_alphabetic)
        && !inner.contains(['[', '\n', '\u{1}'])
}

fn is_bracket_blank(inner: &str) -> bool {
    if inner.starts_with(['^', '!', '#', '@']) || inner.contains(['[', '\u{1}']) {
        return false;
    }
    let words: Vec<String> = words(inner);
    if words
        .iter()
        .any(|word| ON_PURPOSE.contains(&word.to_lowercase().as_str()))
    {
        return false;
    }
    opens_like_a_template(&words) || is_capitals(inner, &words) || names_a_field(&words)
}

fn words(text: &str) -> Vec<String> {
    crate::markdown::text::words(text).map(str::to_owned).collect()
}

fn opens_like_a_template(words: &[String]) -> bool {
    let Some(first) = words.first().map(|word| word.to_lowercase()) else {
        return false;
    };
    OPENERS.contains(&first.as_str()) && (words.len() > 1 || !NOT_ALONE.contains(&first.as_str()))
}

/// `CLINIC NAME`, but not `HIPAA`, `RA-5` or `A-Z`.
fn is_capitals(inner: &str, words: &[String]) -> bool {
    let letters = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count();
    let field = |word: &String| {
        let word = word.to_lowercase();
        OPENERS.contains(&word.as_str()) || WHAT.contains(&word.as_str())
    };
    inner.chars().all(|c| !c.is_alphabetic() || c.is_uppercase())
        && inner
            .chars()
            .all(|c| c.is_alphanumeric() || " _-/&',.#".contains(c) || c == '\n' || c == '’')
        && words.iter().any(|word| letters(word) >= 2)
        && !words
            .iter()
            .all(|word| USUAL_CAPITALS.contains(&word.as_str()) || letters(word) < 2)
        && (!inner.contains(|c: char| c.is_ascii_digit()) || words.iter().any(field))
}

/// `clinic name`, `Practice's name`.
fn names_a_field(words: &[String]) -> bool {
    let [of, what] = words else { return false };
    let of = of.to_lowercase();
    let of = of.trim_end_matches("'s").trim_end_matches("’s");
    (OF_WHAT.contains(&of) || OPENERS.contains(&of)) && WHAT.contains(&what.to_lowercase().as_str())
}

fn curly(rest: &str) -> Option<usize> {
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        if let Some(inner) = rest.strip_prefix(open).and_then(|rest| inside(rest, close)) {
            return Some(inner.len() + 4);
        }
    }
    let inner = inside(&rest[1..], "}")?;
    // A field of Word that was copied as its code: `{ MERGEFIELD Company \* MERGEFORMAT }`.
    let field = words(inner)
        .first()
        .is_some_and(|first| FIELDS.contains(&first.as_str()));
    if field && inner.split_whitespace().count() > 1 {
        return Some(inner.len() + 2);
    }
    let name = inner
        .chars()
        .all(|c| c.is_uppercase() || c.is_ascii_digit() || " _-'".contains(c));
    (name && inner.chars().filter(|c| c.is_alphabetic()).count() >= 2).then_some(inner.len() + 2)
}

/// Words that the codes of Word's fields begin with.
const FIELDS: [&str; 7] = [
    "MERGEFIELD",
    "DOCPROPERTY",
    "FILLIN",
    "ASK",
    "MACROBUTTON",
    "REF",
    "IF",
];

/// `«Company_Name»`, as Word shows a field that is filled in later; not a quotation.
fn guillemets(rest: &str) -> Option<usize> {
    let inner = inside(rest.strip_prefix('«')?, "»")?;
    let name = inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (inner.contains('_') || inner.chars().skip(1).any(|c| c.is_ascii_uppercase()));
    name.then_some(inner.len() + 4)
}

/// The words in a field of a Word form that nobody has filled in.
fn prompt(rest: &str) -> Option<usize> {
    const PROMPTS: [&str; 5] = [
        "Click or tap here to enter text",
        "Click here to enter text",
        "Click or tap to enter a date",
        "Click here to enter a date",
        "Choose an item",
    ];
    PROMPTS
        .iter()
        .find(|words| rest.starts_with(**words))
        .map(|words| words.len())
}

/// `${name}`, its `$` cut off.
fn dollar(rest: &str) -> Option<usize> {
    let inner = inside(rest.strip_prefix('{')?, "}")?;
    let name = inner.starts_with(char::is_alphabetic)
        && inner
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' '));
    name.then_some(inner.len() + 2)
}

fn angle(rest: &str) -> Option<usize> {
    if let Some(inner) = rest.strip_prefix("<%").and_then(|rest| inside(rest, "%>")) {
        return Some(inner.len() + 4);
    }
    let (open, close) = if rest.starts_with("<<") {
        ("<<", ">>")
    } else {
        ("<", ">")
    };
    let inner = inside(&rest[open.len()..], close)?;
    let plain = inner.starts_with(char::is_alphabetic) && !inner.contains(['=', '@', ':', '<', '\u{1}']);
    let words = words(inner);
    let element = words.len() == 1 && HTML.contains(&words[0].to_uppercase().as_str());
    let blank = plain
        && !element
        && (opens_like_a_template(&words) || is_capitals(inner, &words) || names_a_field(&words));
    blank.then_some(inner.len() + open.len() + close.len())
}

/// `____`, `__/__/____`.
fn underscores(rest: &str, free_before: bool) -> Option<usize> {
    let end = rest.find(|c| !matches!(c, '_' | '/')).unwrap_or(rest.len());
    let run = rest[..end].trim_end_matches('/');
    let word_after = rest[run.len()..].starts_with(char::is_alphanumeric);
    (run.matches('_').count() >= 4 && (free_before || !word_after)).then_some(run.len())
}

/// `XX/XX/XXXX`, `XXXX`, and in small letters only with two strokes.
fn crosses(rest: &str) -> Option<usize> {
    let cross = if rest.starts_with('X') { 'X' } else { 'x' };
    let end = rest
        .find(|c| c != cross && !matches!(c, '/' | '-' | '.'))
        .unwrap_or(rest.len());
    let run = rest[..end].trim_end_matches(['/', '-', '.']);
    let divided = run.matches(['/', '-', '.']).count() >= 2;
    let alone =
        !rest[run.len()..].starts_with(char::is_alphanumeric) && !followed_by_digit(&rest[run.len()..]);
    let enough = run.matches(cross).count() >= 4 && (divided || cross == 'X');
    (alone && enough && !run.contains("//")).then_some(run.len())
}

/// XXX-XX-1234 hides a number on purpose.
fn followed_by_digit(rest: &str) -> bool {
    rest.trim_start_matches(['/', '-', '.'])
        .starts_with(|c: char| c.is_ascii_digit())
}

/// "Lorem ipsum" and the Latin that goes on from it.
fn filler(rest: &str) -> Option<usize> {
    let (lorem, after) = rest.split_at_checked(5)?;
    let gap = after.len() - after.trim_start().len();
    let ipsum = after.get(gap..gap + 5)?;
    if gap == 0 || !lorem.eq_ignore_ascii_case("lorem") || !ipsum.eq_ignore_ascii_case("ipsum") {
        return None;
    }
    let mut end = 5 + gap + 5;
    loop {
        let more = &rest[end..];
        let word = more.len()
            - more
                .trim_start_matches(|c: char| c.is_whitespace() || ",.;:".contains(c))
                .len();
        let length = more[word..]
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(more.len() - word);
        let next = more[word..word + length].to_lowercase();
        if length == 0 || !LATIN.split(' ').any(|latin| latin == next) {
            return Some(end);
        }
        end += word + length;
    }
}
