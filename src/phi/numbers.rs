//! Numbers that have a shape of their own: social security, cards, Medicare, recovery keys.

use super::labels::said_before;
use super::{Finding, Kind};

/// Signs that people put between groups of digits: hyphen, blank, point, and the dashes of word processors.
const DASHES: [&str; 7] = ["-", " ", ".", "\u{2010}", "\u{2011}", "\u{2013}", "\u{a0}"];

/// Words in front of a number that say it is something else.
const OTHER_NUMBERS: [&str; 31] = [
    "serial",
    "s/n",
    "sn",
    "part",
    "invoice",
    "order",
    "model",
    "po",
    "sku",
    "ticket",
    "lot",
    "quote",
    "tracking",
    "imei",
    "iccid",
    "asset",
    "tag",
    "ref",
    "reference",
    "confirmation",
    "receipt",
    "case",
    "build",
    "npi",
    "version",
    "isbn",
    "upc",
    "ean",
    "tracking#",
    "license",
    "meid",
];

/// Words that say that a number of nine digits is a social security number.
const SOCIAL: [&str; 4] = ["ssn", "social", "ss#", "itin"];

/// A run of digits with single signs between its groups.
struct Run {
    /// Digits as values.
    digits: Vec<u8>,
    /// Length of each group.
    groups: Vec<usize>,
    /// The sign between the groups; `None` for one group or signs of several kinds.
    sign: Option<&'static str>,
    end: usize,
    /// End of the first group.
    first_end: usize,
}

/// What the digits at `at` look like, and where to go on. `at` is the first digit of a token.
pub fn at(text: &str, at: usize) -> (Option<Finding>, usize) {
    let run = run(text, at);
    let next = run.first_end.max(at + 1);
    if !stands_alone(text, at, run.end) {
        return match medicare(text, at) {
            Some(end) => (found(Kind::MemberId, at, end), end),
            None => (None, next),
        };
    }
    if is_social(text, at, &run) {
        return (found(Kind::SocialSecurity, at, run.end), run.end);
    }
    if is_card(text, at, &run) {
        return (found(Kind::Card, at, run.end), run.end);
    }
    if run.groups.len() == 8 && run.groups.iter().all(|n| *n == 6) && run.sign == Some("-") {
        // The key that opens a drive encrypted by Windows.
        return (found(Kind::Key, at, run.end), run.end);
    }
    // No group of it starts another number.
    (
        None,
        if run.sign.is_some_and(|sign| sign != " ") {
            run.end
        } else {
            next
        },
    )
}

/// The end of a social security number behind its label.
pub fn social_at(text: &str, at: usize) -> Option<usize> {
    let run = run(text, at);
    let nine = run.digits.len() == 9 && may_be_social(&run.digits, true);
    (nine && stands_alone(text, at, run.end)).then_some(run.end)
}

fn found(kind: Kind, start: usize, end: usize) -> Option<Finding> {
    Some(Finding {
        kind,
        range: start..end,
    })
}

fn run(text: &str, at: usize) -> Run {
    let bytes = text.as_bytes();
    let mut run = Run {
        digits: vec![],
        groups: vec![],
        sign: None,
        end: at,
        first_end: at,
    };
    let mut same = true;
    loop {
        let length = bytes[run.end..]
            .iter()
            .take(65)
            .take_while(|b| b.is_ascii_digit())
            .count();
        run.digits
            .extend(bytes[run.end..run.end + length].iter().map(|b| b - b'0'));
        run.groups.push(length);
        run.end += length;
        if run.groups.len() == 1 {
            run.first_end = run.end;
        }
        let rest = &text[run.end..];
        let may_go_on = matches!(rest.as_bytes().first(), Some(b'-' | b' ' | b'.' | 0xC2 | 0xE2));
        let sign = DASHES.iter().filter(|_| may_go_on).find(|sign| {
            let after = rest.strip_prefix(**sign);
            after.is_some_and(|after| after.as_bytes().first().is_some_and(u8::is_ascii_digit))
        });
        let Some(sign) = sign.filter(|_| run.digits.len() < 64) else {
            break;
        };
        // Blanks stand between numbers, too: what is written with hyphens ends at one.
        if *sign == " " && run.groups.len() > 1 && run.sign != Some(" ") {
            break;
        }
        same &= run.groups.len() == 1 || run.sign == Some(*sign);
        run.sign = Some(*sign);
        run.end += sign.len();
    }
    if !same {
        run.sign = None;
        // Signs of several kinds: an address, an amount.
        run.groups.push(0);
    }
    run
}

/// True where neither side goes on with a letter, a digit or a sign that ties it to something longer.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let ties = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '\\' | '@' | '&' | '%' | '+' | '$');
    let mut before = text[..start].chars().rev();
    let first = before.next();
    let tied_before = match first {
        Some('-' | '.' | '\u{2011}' | '\u{2013}') => before.next().is_some_and(char::is_alphanumeric),
        Some(c) => ties(c),
        None => false,
    };
    let mut after = text[end..].chars();
    let tied_after = match after.next() {
        Some('-' | '.' | ':' | '\u{2011}' | '\u{2013}') => after.next().is_some_and(char::is_alphanumeric),
        Some('/') => after.next().is_some_and(char::is_alphanumeric),
        Some(c) => ties(c),
        None => false,
    };
    !tied_before && !tied_after
}

fn is_social(text: &str, at: usize, run: &Run) -> bool {
    let shape = match (run.groups.as_slice(), run.sign) {
        ([3, 2, 4], Some(" " | "." | "\u{a0}")) | ([9], None) => said_before(text, at, 4, &SOCIAL),
        ([3, 2, 4], Some(_)) => true,
        _ => return false,
    };
    shape && may_be_social(&run.digits, said_before(text, at, 4, &SOCIAL)) && !is_another_number(text, at)
}

/// Nine digits that the Social Security Administration could have given out; those of taxpayers without one, which begin
/// with 9, only where `labelled`.
pub fn may_be_social(digits: &[u8], labelled: bool) -> bool {
    let number = |range: std::ops::Range<usize>| {
        digits
            .get(range)
            .map_or(0, |part| part.iter().fold(0, |sum, d| sum * 10 + u32::from(*d)))
    };
    let (area, group, serial) = (number(0..3), number(3..5), number(5..9));
    let given_out = area != 0 && area != 666 && area < 900;
    let of_a_taxpayer = labelled && area >= 900 && group >= 50;
    digits.len() == 9 && (given_out || of_a_taxpayer) && group != 0 && serial != 0
}

fn is_card(text: &str, at: usize, run: &Run) -> bool {
    // Most numbers are short: nothing is looked for in front of them.
    if !(13..=19).contains(&run.digits.len()) {
        return false;
    }
    let labelled = said_before(
        text,
        at,
        4,
        &[
            "card",
            "visa",
            "mastercard",
            "amex",
            "discover",
            "cc",
            "credit",
            "debit",
        ],
    );
    let grouped = match run.groups.as_slice() {
        [_] => true,
        [4, 4, 4, 4] | [4, 6, 5] | [4, 6, 4] | [4, 4, 4, 4, 3] => true,
        _ => return false,
    };
    let digits = &run.digits;
    let lead = |n: usize| digits.iter().take(n).fold(0, |sum, d| sum * 10 + u32::from(*d));
    let brand = match digits.len() {
        13 => labelled && digits[0] == 4,
        14 => matches!(lead(2), 36 | 38 | 39) || (300..=305).contains(&lead(3)),
        15 => matches!(lead(2), 34 | 37),
        16 => {
            digits[0] == 4
                || (51..=55).contains(&lead(2))
                || (2221..=2720).contains(&lead(4))
                || lead(4) == 6011
                || (644..=659).contains(&lead(3))
                || (3528..=3589).contains(&lead(4))
                || lead(2) == 62
        }
        19 => labelled && (digits[0] == 4 || lead(2) == 62),
        _ => false,
    };
    let varied = digits.iter().any(|d| *d != digits[0]);
    grouped && brand && varied && luhn(digits) && (labelled || !is_another_number(text, at))
}

/// The check digit of card numbers.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, d)| match (n % 2, u32::from(*d)) {
            (0, d) => d,
            (_, d) if d > 4 => d * 2 - 9,
            (_, d) => d * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_another_number(text: &str, at: usize) -> bool {
    said_before(text, at, 2, &OTHER_NUMBERS) && !said_before(text, at, 4, &SOCIAL)
}

/// The end of a Medicare number (1EG4-TE5-MK73), whose letters leave out those that look like digits.
fn medicare(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'-' | b'_' | b'/' | b'.'))
    {
        return None;
    }
    let letter = |b: u8| b.is_ascii_uppercase() && !b"SLOIBZ".contains(&b);
    let mut signs = 0;
    let mut end = at;
    while signs < 11 {
        let byte = *bytes.get(end)?;
        if byte == b'-' && matches!(signs, 4 | 7) {
            end += 1;
            continue;
        }
        let fits = match signs {
            0 => (b'1'..=b'9').contains(&byte),
            1 | 4 | 7 | 8 => letter(byte),
            2 | 5 => letter(byte) || byte.is_ascii_digit(),
            _ => byte.is_ascii_digit(),
        };
        if !fits {
            return None;
        }
        signs += 1;
        end += 1;
    }
    let over = !text[end..]
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    over.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_checked() {
        let digits = |text: &str| -> Vec<u8> { text.bytes().map(|b| b - b'0').collect() };
        assert!(luhn(&digits("4111111111111111")) && luhn(&digits("378282246310005")));
        assert!(!luhn(&digits("4111111111111112")));
    }

    #[test]
    fn numbers_that_were_never_given_out_are_none() {
        let may = |text: &str| may_be_social(&text.bytes().map(|b| b - b'0').collect::<Vec<_>>(), false);
        assert!(may("123456789") && may("001010001") && may("899990001"));
        for never in [
            "000121234",
            "666121234",
            "900121234",
            "123001234",
            "123450000",
            "12345678",
        ] {
            assert!(!may(never), "{never}");
        }
    }
}
