//! Labels of patient data, and the values behind them.

use std::sync::LazyLock;

use super::values::{self, Gap};
use super::{Finding, Kind, names, numbers};

/// What a value behind a label must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// A date.
    Date,
    /// A date, with a person's name in front of the label.
    DateOfNamed,
    /// An id. The label alone says that a number follows.
    Id,
    /// An id, where "no.", "number", "id" or a colon follows the label.
    IdSaid,
    /// An id, where "no.", "number" or "id" follows the label.
    IdNumbered,
    /// An id of some length, where "no.", "number" or "id" follows the label.
    LongId,
    /// A name, or behind "no." or "id" an id.
    Patient,
    /// A name.
    Name,
    /// Nine digits.
    NineDigits,
    /// The fields of a patient in a message between clinics (HL7): `|1||482913^^^MR||DOE^JANE||19800304`.
    Fields,
}

/// A label: its words, in small letters, and what it says of the value. Between words may stand a blank, a hyphen, an
/// underline, an apostrophe, or nothing. Longer labels stand before shorter ones with the same beginning.
const LABELS: [(&[&str], Kind, Want); 40] = [
    (&["mrn"], Kind::RecordNumber, Want::Id),
    (&["m", "r", "n"], Kind::RecordNumber, Want::Id),
    (&["empi"], Kind::RecordNumber, Want::Id),
    (&["mr"], Kind::RecordNumber, Want::IdNumbered),
    (&["encounter"], Kind::RecordNumber, Want::IdNumbered),
    (&["visit"], Kind::RecordNumber, Want::IdNumbered),
    (&["medical", "rec"], Kind::RecordNumber, Want::IdSaid),
    (&["pid"], Kind::RecordNumber, Want::Fields),
    (&["s", "s", "n"], Kind::SocialSecurity, Want::NineDigits),
    (&["medical", "record"], Kind::RecordNumber, Want::IdSaid),
    (&["med", "record"], Kind::RecordNumber, Want::IdSaid),
    (&["med", "rec"], Kind::RecordNumber, Want::IdSaid),
    (&["chart"], Kind::RecordNumber, Want::IdNumbered),
    (&["date", "of", "birth"], Kind::BirthDate, Want::Date),
    (&["birth", "date"], Kind::BirthDate, Want::Date),
    (&["birthday"], Kind::BirthDate, Want::Date),
    (&["birth", "dt"], Kind::BirthDate, Want::Date),
    (&["dob"], Kind::BirthDate, Want::Date),
    (&["d", "o", "b"], Kind::BirthDate, Want::Date),
    (&["bdate"], Kind::BirthDate, Want::Date),
    (&["b"], Kind::BirthDate, Want::DateOfNamed),
    (&["born"], Kind::BirthDate, Want::DateOfNamed),
    (&["member"], Kind::MemberId, Want::LongId),
    (&["subscriber"], Kind::MemberId, Want::LongId),
    (&["policy", "holder"], Kind::MemberId, Want::LongId),
    (&["beneficiary"], Kind::MemberId, Want::LongId),
    (&["enrollee"], Kind::MemberId, Want::LongId),
    (&["insured"], Kind::MemberId, Want::LongId),
    (&["insurance"], Kind::MemberId, Want::LongId),
    (&["health", "plan"], Kind::MemberId, Want::LongId),
    (&["medicare"], Kind::MemberId, Want::LongId),
    (&["medicaid"], Kind::MemberId, Want::LongId),
    (&["mbi"], Kind::MemberId, Want::Id),
    (&["hicn"], Kind::MemberId, Want::Id),
    (&["patient", "account"], Kind::RecordNumber, Want::IdNumbered),
    (&["patient", "s", "name"], Kind::PatientName, Want::Name),
    (&["patient", "name"], Kind::PatientName, Want::Name),
    (&["patient"], Kind::PatientName, Want::Patient),
    (&["pt", "name"], Kind::PatientName, Want::Name),
    (&["pt"], Kind::PatientName, Want::Patient),
];

/// Members of other things than health plans.
const OTHER_MEMBERS: [&str; 7] = ["workforce", "team", "staff", "board", "crew", "faculty", "union"];

static BY_LETTER: LazyLock<ByLetter> =
    LazyLock::new(|| ByLetter::new(LABELS.iter().map(|(words, ..)| words[0])));

/// Which of a list begin with which two letters: every word of every text asks. A word of one letter has no second.
pub struct ByLetter(Vec<Vec<usize>>);

impl ByLetter {
    /// Of words that begin with ASCII letters.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut lists = vec![vec![]; 26 * 27];
        for (index, word) in words.enumerate() {
            if let Some(list) = letters(word.as_bytes()).and_then(|letters| lists.get_mut(letters)) {
                list.push(index);
            }
        }
        Self(lists)
    }

    /// The indexes of those that begin like `word`, whatever its case.
    pub fn like(&self, word: &[u8]) -> &[usize] {
        letters(word)
            .and_then(|letters| self.0.get(letters))
            .map_or(&[], Vec::as_slice)
    }
}

/// Pairs of letters that words begin with.
pub struct Openings(Vec<bool>);

impl Openings {
    /// Those of which `holds` is true. It is asked about each pair, and about each letter without a second.
    pub fn new(holds: impl Fn(&[u8]) -> bool) -> Self {
        let seconds = || (b'a'..=b'z').chain([b'-']);
        let pairs = (b'a'..=b'z').flat_map(|first| seconds().map(move |second| [first, second]));
        Self(pairs.map(|pair| holds(&pair)).collect())
    }

    /// True where `word` begins so, whatever its case.
    pub fn have(&self, word: &[u8]) -> bool {
        letters(word).is_some_and(|letters| self.0[letters])
    }
}

/// True for the first two signs of a label.
pub fn may_begin(opening: &[u8]) -> bool {
    !BY_LETTER.like(opening).is_empty()
}

fn letters(word: &[u8]) -> Option<usize> {
    let number = |byte: Option<&u8>| match byte {
        Some(byte) if byte.is_ascii_alphabetic() => usize::from(byte.to_ascii_lowercase() - b'a'),
        _ => 26,
    };
    let first = number(word.first());
    (first < 26).then(|| first * 27 + number(word.get(1)))
}

/// What stands behind the label at `at`, which is the beginning of a word.
pub fn at(text: &str, at: usize) -> Option<Finding> {
    BY_LETTER.like(&text.as_bytes()[at..]).iter().find_map(|index| {
        let (words, kind, want) = LABELS[*index];
        let end = phrase(text, at, words)?;
        value(text, at, end, kind, want)
    })
}

fn value(text: &str, label: usize, end: usize, kind: Kind, want: Want) -> Option<Finding> {
    let gap = values::gap(text, label..end);
    let id = |digits: usize| values::id(text, gap.at, digits);
    let said = gap.number || gap.colon || gap.cell;
    let (kind, end) = match want {
        Want::Date => (
            kind,
            values::date(text, gap.at).filter(|_| said || !gap.walled)?.0,
        ),
        Want::DateOfNamed => {
            let (end, _) = values::date(text, gap.at).filter(|_| !gap.cell)?;
            (kind, names::stands_before(text, label).then_some(end)?)
        }
        Want::Id => (kind, id(4).filter(|_| gap.any && (said || !gap.walled))?),
        Want::IdSaid if said => (kind, id(4)?),
        Want::IdSaid => (kind, id(5).filter(|_| gap.any)?),
        Want::IdNumbered => (kind, id(4).filter(|_| gap.number)?),
        Want::LongId => {
            let other = said_before(text, label, 4, &OTHER_MEMBERS);
            (kind, id(5).filter(|_| gap.number && !other)?)
        }
        Want::Patient if gap.number => (Kind::RecordNumber, id(4)?),
        Want::Patient => (kind, patient(text, gap, gap.colon)?),
        Want::Name => (kind, patient(text, gap, gap.colon || gap.dash)?),
        Want::NineDigits => (kind, numbers::social_at(text, gap.at)?),
        Want::Fields => {
            let line = text[end..].lines().next().unwrap_or_default();
            let fields = line.starts_with('|') && line.contains('^') && line.len() < 2000;
            return fields.then(|| Finding {
                kind,
                range: end + 1..end + line.len(),
            });
        }
    };
    Some(Finding {
        kind,
        range: gap.at..end,
    })
}

/// The end of a name behind a label: where the label says that one follows any name, else one with a given name that is
/// known.
fn patient(text: &str, gap: Gap, said: bool) -> Option<usize> {
    if !gap.any {
        return None;
    }
    names::at(text, gap.at, !said)
}

/// The end of the words `words` at `at`, in any case, as whole words.
pub fn phrase(text: &str, at: usize, words: &[&str]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = at;
    for (n, word) in words.iter().enumerate() {
        if n > 0 {
            let sign = bytes[end..]
                .iter()
                .take(3)
                .take_while(|b| matches!(b, b' ' | b'-' | b'_' | b'.' | b'\''))
                .count();
            end += sign;
            if let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix('\u{2019}')) {
                end = text.len() - rest.len();
            }
        }
        let next = bytes.get(end..end + word.len())?;
        if !next.eq_ignore_ascii_case(word.as_bytes()) {
            return None;
        }
        end += word.len();
    }
    // "d.o.b." has a point of its own.
    if words.len() == 3 && words[2].len() == 1 && bytes.get(end) == Some(&b'.') {
        end += 1;
    }
    let goes_on = text[end..]
        .chars()
        .next()
        .is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
    let is_capital = |n: usize| bytes.get(n).is_some_and(u8::is_ascii_uppercase);
    // "patientName" ends at its capital, "PATIENTS" does not.
    let goes_on = goes_on || (is_capital(end) && is_capital(end - 1));
    (!goes_on).then_some(end)
}

/// True where one of `words` (small letters) is among the last `near` in front of `at`, on the same line.
pub fn said_before(text: &str, at: usize, near: usize, words: &[&str]) -> bool {
    let mut start = at.saturating_sub(48);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let before = &text[start..at];
    let line = before.rsplit('\n').next().unwrap_or(before);
    line.split(|c: char| !(c.is_alphabetic() || matches!(c, '#' | '/')))
        .rev()
        .filter(|word| !word.is_empty())
        .take(near)
        .any(|word| {
            let word = word.to_lowercase();
            words.iter().any(|one| {
                *one == word || (*one == "ssn" && (word.ends_with("ssn") || word.starts_with("socsec")))
            })
        })
}
