//! One run over a text, from word to word and from number to number.

use std::sync::LazyLock;

use super::{Finding, columns, labels, names, numbers, secrets, values};
use crate::diagnostic::Source;
use crate::phi::Kind;

/// No document of a practice under this rule is older (68 FR 8334): a date beside a name that is, is one of birth.
const FIRST_YEAR_OF_THE_RULE: u32 = 2003;

/// Words in front of a name that say of which day the date is.
const OTHER_DAYS: [&str; 26] = [
    "hired",
    "hire",
    "joined",
    "issued",
    "license",
    "licensed",
    "founded",
    "established",
    "employed",
    "started",
    "since",
    "appointed",
    "retired",
    "signed",
    "approved",
    "certified",
    "graduated",
    "opened",
    "permit",
    "amended",
    "minutes",
    "notary",
    "revised",
    "adopted",
    "dated",
    "expires",
];

/// Everything in a text that looks like patient data or a secret, in the order of the text, nothing twice.
pub fn scan(source: &Source) -> Vec<Finding> {
    let text = &*source.text;
    let is_csv = has_ending(&source.path, &["csv", "tsv"]);
    let mut found = vec![];
    if is_csv {
        columns::of_csv(source, &mut found);
    } else {
        columns::of_markdown(text, &mut found);
    }
    run(text, is_csv, &mut found);
    found.sort_by_key(|finding| (finding.range.start, finding.range.end));
    let mut end = 0;
    found.retain(|finding| {
        let is_new = finding.range.start >= end;
        if is_new {
            end = finding.range.end;
        }
        is_new
    });
    found
}

/// True where the name of a file ends so.
pub fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit('/').next().unwrap_or(path).rsplit_once('.');
    ending.is_some_and(|(_, ending)| endings.iter().any(|one| ending.eq_ignore_ascii_case(one)))
}

/// The openings of every word that something may be found at. Every word of every text asks, and two thirds of them have
/// another opening.
static OPENINGS: LazyLock<labels::Openings> = LazyLock::new(|| {
    labels::Openings::new(|word| {
        labels::may_begin(word) || secrets::may_begin(word) || values::may_begin(word)
    })
});

fn run(text: &str, is_csv: bool, found: &mut Vec<Finding>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut last = b' ';
    while let Some(byte) = bytes.get(at).copied() {
        let mut next = at + 1;
        match byte {
            b'0'..=b'9' if !last.is_ascii_alphanumeric() => {
                let (finding, end) = numbers::at(text, at);
                let finding = finding.or_else(|| birth_date(text, at, is_csv));
                next = finding.as_ref().map_or(end, |finding| finding.range.end);
                found.extend(finding);
            }
            _ if byte.is_ascii_alphabetic() && begins_word(last, byte) => {
                let finding = OPENINGS
                    .have(&bytes[at..])
                    .then(|| {
                        secrets::at(text, at)
                            .or_else(|| labels::at(text, at))
                            .or_else(|| birth_date(text, at, is_csv))
                    })
                    .flatten();
                match finding {
                    Some(finding) => {
                        // What stands behind another label is looked at on its own.
                        next = finding.range.end.max(at + 1);
                        found.push(finding);
                    }
                    None => {
                        let word = values::word(bytes, at);
                        let hump = word.windows(2).position(|pair| begins_word(pair[0], pair[1]));
                        next = at + hump.map_or(word.len(), |hump| hump + 1);
                    }
                }
            }
            b'-' | b':' if last != byte => {
                let finding = match byte {
                    b'-' => secrets::private_key(text, at),
                    _ => secrets::in_address(text, at),
                };
                if let Some(finding) = finding {
                    next = finding.range.end.max(at + 1);
                    found.push(finding);
                }
            }
            _ => {}
        }
        last = bytes[next - 1];
        at = next;
    }
}

/// True between a letter and another sign, and in "patientName" before the capital.
fn begins_word(last: u8, byte: u8) -> bool {
    !last.is_ascii_alphanumeric() || (last.is_ascii_lowercase() && byte.is_ascii_uppercase())
}

/// A date directly behind a name that is too old for anything else. In a list of employees it would be the day somebody
/// began.
fn birth_date(text: &str, at: usize, is_csv: bool) -> Option<Finding> {
    if is_csv {
        return None;
    }
    let (end, year) = values::date(text, at)?;
    let old = (1900..FIRST_YEAR_OF_THE_RULE).contains(&year);
    let other = || labels::said_before(text, at, 8, &OTHER_DAYS);
    (old && names::stands_before(text, at) && !other()).then_some(Finding {
        kind: Kind::BirthDate,
        range: at..end,
    })
}
