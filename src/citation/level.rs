//! How the five paragraph levels count: letters, numbers, roman numerals, capital letters, numbers.

use std::fmt;

/// Roman numerals as far as any section of Part 164 counts, and well beyond the Security Rule.
const ROMAN: [&str; 30] = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv", "xxv", "xxvi", "xxvii", "xxviii", "xxix",
    "xxx",
];

/// The number of what is written at `level` (from 0), in either letter case. None where that level is not counted
/// this way, so that the level settles what `(i)` means: the ninth letter, or the first roman numeral.
pub(super) fn number(level: usize, token: &str) -> Option<u8> {
    match level {
        0 | 3 => match token.as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase() - b'a' + 1),
            _ => None,
        },
        1 | 4 => {
            let plain = token.bytes().all(|byte| byte.is_ascii_digit()) && !token.starts_with('0');
            token.parse().ok().filter(|_| plain)
        }
        2 => ROMAN
            .iter()
            .position(|roman| roman.eq_ignore_ascii_case(token))
            .and_then(|at| u8::try_from(at + 1).ok()),
        _ => None,
    }
}

/// How `number` (from 1) is printed at `level` (from 0). Only called with what [`number`] gave.
pub(super) fn written(level: usize, number: u8) -> String {
    let mut out = String::new();
    // A String takes everything.
    let _ = write(level, number, &mut out);
    out
}

/// The same, into a text.
pub(super) fn write(level: usize, number: u8, out: &mut impl fmt::Write) -> fmt::Result {
    let letter = |first: u8| char::from(first.saturating_add(number.saturating_sub(1)));
    match level {
        0 => out.write_char(letter(b'a')),
        2 => out.write_str(ROMAN[usize::from(number - 1)]),
        3 => out.write_char(letter(b'A')),
        _ if number < 10 => out.write_char(char::from(b'0' + number)),
        _ => write!(out, "{number}"),
    }
}

/// Whether a word in brackets can be a paragraph at some level, so that `(see below)` is not taken for one.
pub(super) fn plausible(token: &str) -> bool {
    let digits = token.len() <= 3 && token.bytes().all(|byte| byte.is_ascii_digit());
    let roman = token
        .bytes()
        .all(|byte| matches!(byte.to_ascii_lowercase(), b'i' | b'v' | b'x'));
    !token.is_empty() && (token.len() == 1 || digits || (roman && token.len() <= 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_settles_what_a_letter_means() {
        assert_eq!(number(0, "i"), Some(9));
        assert_eq!(number(1, "i"), None);
        assert_eq!(number(2, "I"), Some(1));
        assert_eq!(number(3, "i"), Some(9));
        assert_eq!(number(1, "12"), Some(12));
        assert_eq!(number(1, "012"), None);
        assert_eq!(number(2, "iiii"), None);
        assert_eq!(number(5, "a"), None);
    }

    #[test]
    fn what_is_read_is_printed_again() {
        for (level, token) in [(0, "e"), (1, "8"), (2, "xiv"), (3, "D"), (4, "2")] {
            assert_eq!(
                number(level, token)
                    .map(|number| written(level, number))
                    .as_deref(),
                Some(token)
            );
        }
    }
}
