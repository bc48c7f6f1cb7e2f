//! Values behind labels: dates and ids, and what lies between a label and its value.

use std::ops::Range;

/// Bytes looked at between a label and its value.
const GAP: usize = 72;

/// What lies between a label and its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gap {
    /// Where the value begins.
    pub at: usize,
    /// A colon or an equals sign.
    pub colon: bool,
    /// The border of a cell: `|`, a comma, a tab, a tag.
    pub cell: bool,
    /// A border of a cell, whether or not the label is a whole cell.
    pub walled: bool,
    /// "is", "was", "on".
    pub verb: bool,
    /// "no.", "number", "#".
    pub number: bool,
    /// The value is in quotes or backquotes.
    pub quoted: bool,
    /// A dash that stands between the label and its value.
    pub dash: bool,
    /// Something at all.
    pub any: bool,
}

/// What lies behind a label. Never goes over the end of the line. The border of a cell counts where the label is the
/// whole cell before it: "DOB,3/4/1980", not "who ask for a password,everyone".
pub fn gap(text: &str, label: Range<usize>) -> Gap {
    let word = text[label.clone()].to_ascii_lowercase();
    let next = text.as_bytes().get(label.end);
    // The point of an abbreviation: "med. rec. no.", "b. 3/4/1980".
    let point = next == Some(&b'.') && (word == "b" || word.ends_with("rec"));
    let mut gap = behind(text, label.end + usize::from(point));
    gap.any |= point;
    // The label is the name of an element: <password>.
    gap.colon |= next == Some(&b'>') && text[..label.start].ends_with('<');
    let before = text[..label.start]
        .trim_end_matches([' ', '"', '\'', '*', '`', '_'])
        .chars()
        .next_back();
    let begins = before.is_none_or(|c| matches!(c, '\n' | '\r' | ',' | ';' | '\t' | '|' | '>' | '\u{feff}'));
    gap.walled = gap.cell;
    gap.cell &= begins;
    gap
}

fn behind(text: &str, at: usize) -> Gap {
    let bytes = text.as_bytes();
    let mut gap = Gap { at, ..Gap::default() };
    let limit = (at + GAP).min(bytes.len());
    while gap.at < limit {
        gap.quoted &= !matches!(bytes[gap.at], b':' | b'=' | b'|' | b',');
        match bytes[gap.at] {
            b' ' | b'*' | b'_' | b'>' | b')' => {}
            b'(' if !gap.any || gap.colon => {}
            b'-' if !gap.dash && bytes.get(gap.at + 1) != Some(&b'-') => gap.dash = true,
            0xE2 if bytes.get(gap.at + 1..gap.at + 3) == Some(&[0x86, 0x92]) => {
                gap.colon = true;
                gap.at += 2;
            }
            0xE2 if matches!(bytes.get(gap.at + 1..gap.at + 3), Some([0x80, 0x93 | 0x94])) && !gap.dash => {
                gap.dash = true;
                gap.at += 2;
            }
            b'"' | b'\'' | b'`' => gap.quoted = true,
            b':' | b'=' => gap.colon = true,
            b'|' | b'\t' | b',' => gap.cell = true,
            b'#' => gap.number = true,
            b'<' => match tag(bytes, gap.at, limit) {
                Some(end) => {
                    gap.cell = true;
                    gap.at = end - 1;
                }
                None => break,
            },
            0xC2 if bytes.get(gap.at + 1) == Some(&0xA0) => gap.at += 1,
            letter if letter.is_ascii_alphabetic() => {
                let word = word(bytes, gap.at);
                match word.to_ascii_lowercase().as_slice() {
                    b"is" | b"was" | b"are" | b"on" => gap.verb = true,
                    b"no" | b"num" | b"nbr" | b"number" | b"id" => {
                        gap.number = true;
                        if bytes.get(gap.at + word.len()) == Some(&b'.') {
                            gap.at += 1;
                        }
                    }
                    _ => break,
                }
                gap.at += word.len() - 1;
            }
            _ => break,
        }
        gap.at += 1;
        gap.any = true;
    }
    gap
}

/// One past the `>` of a tag that begins at `at` and ends before `limit`.
fn tag(bytes: &[u8], at: usize, limit: usize) -> Option<usize> {
    let next = bytes.get(at + 1)?;
    if !next.is_ascii_alphabetic() && *next != b'/' {
        return None;
    }
    let length = bytes[at..limit].iter().position(|b| matches!(b, b'>' | b'\n'))?;
    (bytes[at + length] == b'>').then_some(at + length + 1)
}

/// The letters at `at`.
pub fn word(bytes: &[u8], at: usize) -> &[u8] {
    let length = bytes[at..]
        .iter()
        .take(64)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    &bytes[at..at + length]
}

/// Ends of an id: letters, digits and hyphens, with at least `digits` digits, of at most 24 signs. `None` for what is a
/// date, a citation, part of a longer word, or made of letters.
pub fn id(text: &str, at: usize, digits: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let length = bytes[at..]
        .iter()
        .take(25)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
        .count();
    let token = text[at..at + length].trim_end_matches('-');
    let end = at + token.len();
    let found = token.bytes().filter(u8::is_ascii_digit).count();
    // Letters stand in front of the digits or behind: "2fa", "8-character" and "v2" are words.
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    if length > 24 || found < digits || letters > found + 3 || token.starts_with('-') {
        return None;
    }
    // More of the same: a decimal, a citation, a web address.
    if matches!(bytes.get(end), Some(b'.' | b'/' | b'@' | b'_' | b'(' | b'%') if bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric))
        || text[end..].chars().next().is_some_and(char::is_alphanumeric)
        || date(text, at).is_some_and(|(date, _)| date >= end)
    {
        return None;
    }
    Some(end)
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const LONG_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A date that begins at `at`, as people write dates of birth: its end, and its year (two digits stay two). `None` where
/// there is none, or where the days do not exist.
pub fn date(text: &str, at: usize) -> Option<(usize, u32)> {
    let bytes = text.as_bytes();
    let (end, year) = match bytes.get(at)? {
        b'0'..=b'9' => numeric(bytes, at).or_else(|| day_first(bytes, at))?,
        letter if letter.is_ascii_alphabetic() => month_first(bytes, at)?,
        _ => return None,
    };
    let has_time = bytes.get(end) == Some(&b'T') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    let is_over = has_time || !text[end..].chars().next().is_some_and(char::is_alphanumeric);
    is_over.then_some((end, year))
}

fn digits(bytes: &[u8], at: usize) -> (usize, u32) {
    let length = bytes[at.min(bytes.len())..]
        .iter()
        .take(9)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let value = bytes[at..at + length]
        .iter()
        .fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
    (length, value)
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn is_year(length: usize, year: u32) -> bool {
    length == 2 || (length == 4 && (1900..=2100).contains(&year))
}

/// `1980-03-04`, `3/4/1980`, `3.4.80`, `19800304`.
fn numeric(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    let (first_length, first) = digits(bytes, at);
    if first_length == 8 {
        let (year, month, day) = (first / 10_000, first / 100 % 100, first % 100);
        let month_first = (first / 1_000_000, first / 10_000 % 100, first % 10_000);
        return match is_year(4, year) && is_day(month, day) {
            true => Some((at + 8, year)),
            false if is_day(month_first.0, month_first.1) && is_year(4, month_first.2) => {
                Some((at + 8, month_first.2))
            }
            false => None,
        };
    }
    let sign = *bytes.get(at + first_length)?;
    if !matches!(sign, b'-' | b'/' | b'.') {
        return None;
    }
    let second_at = at + first_length + 1;
    let (second_length, second) = digits(bytes, second_at);
    if !(1..=2).contains(&second_length) || bytes.get(second_at + second_length) != Some(&sign) {
        return None;
    }
    let third_at = second_at + second_length + 1;
    let (third_length, third) = digits(bytes, third_at);
    let end = third_at + third_length;
    if first_length == 4 {
        let fits = is_year(4, first) && (1..=2).contains(&third_length) && is_day(second, third);
        return fits.then_some((end, first));
    }
    // Month first, as it is written here, or day first.
    let fits = is_day(first, second) || is_day(second, first);
    (first_length <= 2 && fits && is_year(third_length, third)).then_some((end, third))
}

/// True for the first two letters, small ones, of a month.
pub fn may_begin(opening: &[u8]) -> bool {
    MONTHS.iter().any(|month| &month.as_bytes()[..2] == opening)
}

fn month(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    // Nearly every word is asked, and few begin like a month.
    let three: [u8; 3] = bytes.get(at..at + 3)?.try_into().ok()?;
    let three = three.map(|byte| byte.to_ascii_lowercase());
    if !b"jfmasond".contains(&three[0]) || !MONTHS.iter().any(|month| month.as_bytes() == three) {
        return None;
    }
    let name = word(bytes, at);
    let is = |month: &&str| name.eq_ignore_ascii_case(month.as_bytes());
    let number = LONG_MONTHS
        .iter()
        .position(is)
        .or_else(|| MONTHS.iter().position(is))
        .or_else(|| is(&"sept").then_some(8))?;
    Some((at + name.len(), number as u32 + 1))
}

fn skip(bytes: &[u8], mut at: usize, signs: &[u8]) -> usize {
    while bytes.get(at).is_some_and(|b| signs.contains(b)) {
        at += 1;
    }
    at
}

/// `March 4, 1980`.
fn month_first(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    let (end, month) = month(bytes, at)?;
    let day_at = skip(bytes, end, b" .-");
    let (day_length, day) = digits(bytes, day_at);
    if !(1..=2).contains(&day_length) || !is_day(month, day) {
        return None;
    }
    let mut year_at = day_at + day_length;
    if [&b"st"[..], b"nd", b"rd", b"th"].contains(&word(bytes, year_at)) {
        year_at += 2;
    }
    let year_at = skip(bytes, year_at, b" ,-");
    let (year_length, year) = digits(bytes, year_at);
    (year_length == 4 && is_year(4, year)).then_some((year_at + 4, year))
}

/// `4 March 1980`, `04-MAR-1980`.
fn day_first(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    let (day_length, day) = digits(bytes, at);
    if !(1..=2).contains(&day_length) {
        return None;
    }
    let month_at = skip(bytes, at + day_length, b" -.");
    bytes.get(month_at).filter(|b| b.is_ascii_alphabetic())?;
    let (end, month) = month(bytes, month_at)?;
    let year_at = skip(bytes, end, b" ,-.");
    let (year_length, year) = digits(bytes, year_at);
    (is_day(month, day) && year_length == 4 && is_year(4, year)).then_some((year_at + 4, year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (text, year) in [
            ("1980-03-04", 1980),
            ("1980/3/4", 1980),
            ("3/4/1980", 1980),
            ("03-04-80", 80),
            ("4.3.1980", 1980),
            ("25/12/1980", 1980),
            ("19800304", 1980),
            ("03041980", 1980),
            ("March 4, 1980", 1980),
            ("mar 4th 1980", 1980),
            ("4 March 1980", 1980),
            ("04-MAR-1980", 1980),
            ("Sept. 9, 1971", 1971),
        ] {
            assert_eq!(date(text, 0), Some((text.len(), year)), "{text}");
        }
        for text in [
            "164.308",
            "1980-13-04",
            "45/45/1980",
            "2026.1",
            "12",
            "May",
            "192.168.1.20",
            "3/4",
            "Marching 4",
        ] {
            assert_eq!(date(text, 0), None, "{text}");
        }
    }

    #[test]
    fn ids_have_digits_and_are_no_dates() {
        for text in ["00482913", "A-482913", "MR004829", "482-91-3"] {
            assert_eq!(id(text, 0, 4), Some(text.len()), "{text}");
        }
        for text in [
            "2026-11-20",
            "123",
            "number",
            "164.308(a)",
            "8-character",
            "12345678901234567890123456",
        ] {
            assert_eq!(id(text, 0, 4), None, "{text}");
        }
    }
}
