//! Passwords that are told in other ways than directly behind their label.

use super::secrets::{is_a_product, is_placeholder, is_word_with_digits, token};
use super::{Finding, Kind, values};

/// True for a value with capital letters, small ones and digits: what no word and no number of a form looks like.
pub fn is_strong(value: &str) -> bool {
    let has = |test: fn(char) -> bool| value.chars().any(test);
    (6..=64).contains(&value.chars().count())
        && has(|c| c.is_ascii_uppercase())
        && has(|c| c.is_ascii_lowercase())
        && has(|c| c.is_ascii_digit())
        && !is_placeholder(value)
        && !is_a_product(&value.to_lowercase())
        && !is_word_with_digits(value)
}

/// "Default password for new users: Welcome2026!": some words between the label and its colon, and a strong value that ends
/// the line.
pub fn password_of_something(text: &str, end: usize) -> Option<Finding> {
    let line = text[end..].lines().next()?;
    let colon = line.find(':').filter(|colon| *colon < 48)?;
    let between = &line[..colon];
    let words = between.starts_with(' ')
        && between
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '/'));
    let value = line[colon + 1..].trim();
    let start = end + colon + 1 + (line[colon + 1..].len() - line[colon + 1..].trim_start().len());
    (words && !value.contains(' ') && is_strong(value)).then(|| Finding {
        kind: Kind::Password,
        range: start..start + value.len(),
    })
}

/// "passphrase: correct horse battery staple": four small words and more, of which none tells what a passphrase must be.
pub fn words_of_a_passphrase(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    const TELLING: [&str; 22] = [
        "of",
        "or",
        "the",
        "a",
        "an",
        "and",
        "must",
        "is",
        "be",
        "to",
        "with",
        "words",
        "characters",
        "minimum",
        "at",
        "in",
        "for",
        "not",
        "on",
        "by",
        "see",
        "we",
    ];
    if !text[label.clone()].eq_ignore_ascii_case("passphrase") {
        return None;
    }
    let gap = values::gap(text, label);
    let line = text[gap.at..]
        .lines()
        .next()?
        .trim_end_matches(['.', '"', '\'', ' ']);
    let words: Vec<&str> = line.split([' ', '-']).collect();
    let plain = |word: &&str| {
        word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()) && !TELLING.contains(word)
    };
    (gap.colon && (4..=8).contains(&words.len()) && words.iter().all(plain)).then(|| Finding {
        kind: Kind::Password,
        range: gap.at..gap.at + line.len(),
    })
}

/// "root:Orchid88".
pub fn of_an_account(text: &str, end: usize) -> Option<Finding> {
    text[end..]
        .strip_prefix(':')
        .filter(|rest| !rest.starts_with(' '))?;
    let value = token(text, end + 1, false);
    is_strong(value).then(|| Finding {
        kind: Kind::Password,
        range: end + 1..end + 1 + value.len(),
    })
}

/// "login: admin / Tulip77!".
pub fn pair(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    let gap = values::gap(text, label);
    let line = text[gap.at..].lines().next()?;
    let (name, rest) = line.split_once('/').filter(|_| gap.colon)?;
    let value = token(rest.trim_start(), 0, false);
    let start = gap.at + line.len() - rest.trim_start().len();
    (!name.trim().contains(' ') && name.len() <= 64 && is_strong(value)).then(|| Finding {
        kind: Kind::Password,
        range: start..start + value.len(),
    })
}

/// "Combination: 12-34-56".
pub fn combination(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    let gap = values::gap(text, label);
    let bytes = text.as_bytes();
    let length = bytes[gap.at..]
        .iter()
        .take(12)
        .take_while(|b| b.is_ascii_digit() || **b == b'-')
        .count();
    let value = &text[gap.at..gap.at + length];
    let numbers: Vec<&str> = value.split('-').collect();
    let fits = numbers.len() == 3 && numbers.iter().all(|number| (1..=2).contains(&number.len()));
    (gap.any && !gap.number && fits).then(|| Finding {
        kind: Kind::Password,
        range: gap.at..gap.at + length,
    })
}

/// "Authorization: Basic YWRtaW46VHVsaXA3Nw==".
pub fn basic(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    let before = text[..label.start].trim_end_matches([' ', '"', '\'', ':']);
    let named = before.len().checked_sub("authorization".len())?;
    let named = text
        .get(named..before.len())?
        .eq_ignore_ascii_case("authorization");
    let gap = values::gap(text, label);
    let value = token(text, gap.at, false);
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    (named && plain && value.len() >= 8 && !is_placeholder(value)).then(|| Finding {
        kind: Kind::Password,
        range: gap.at..gap.at + value.len(),
    })
}
