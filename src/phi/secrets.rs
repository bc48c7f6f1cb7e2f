//! Passwords, codes and keys.

use std::sync::LazyLock;

use super::labels::{ByLetter, phrase};
use super::{Finding, Kind, told, values};

/// What a secret behind a label is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// Signs of several kinds, or in quotes.
    Password,
    /// Four to eight digits.
    Code,
    /// Sixteen signs and more, letters and digits.
    Key,
    /// A name and a password with a stroke between them.
    Pair,
    /// A password directly behind the colon of an account's name.
    Account,
    /// Three numbers with hyphens between them.
    Combination,
    /// A name and a password in base 64, behind `Authorization:`.
    Basic,
}

const LABELS: [(&[&str], Want); 50] = [
    (&["password"], Want::Password),
    (&["passwd"], Want::Password),
    (&["passphrase"], Want::Password),
    (&["passcode"], Want::Password),
    (&["passcode"], Want::Code),
    (&["pass"], Want::Password),
    (&["pwd"], Want::Password),
    (&["pw"], Want::Password),
    (&["wi", "fi", "key"], Want::Password),
    (&["wireless", "key"], Want::Password),
    (&["network", "key"], Want::Password),
    (&["wpa", "key"], Want::Password),
    (&["pin"], Want::Code),
    (&["pin", "code"], Want::Code),
    (&["alarm", "code"], Want::Code),
    (&["door", "code"], Want::Code),
    (&["gate", "code"], Want::Code),
    (&["access", "code"], Want::Code),
    (&["entry", "code"], Want::Code),
    (&["keypad", "code"], Want::Code),
    (&["lock", "code"], Want::Code),
    (&["safe", "code"], Want::Code),
    (&["lockbox", "code"], Want::Code),
    (&["pgpassword"], Want::Password),
    (&["passwort"], Want::Password),
    (&["pswd"], Want::Password),
    (&["unlock", "code"], Want::Code),
    (&["disarm", "code"], Want::Code),
    (&["wi", "fi"], Want::Pair),
    (&["ssid"], Want::Pair),
    (&["root"], Want::Account),
    (&["admin"], Want::Account),
    (&["administrator"], Want::Account),
    (&["login"], Want::Pair),
    (&["logon"], Want::Pair),
    (&["credentials"], Want::Pair),
    (&["combination"], Want::Combination),
    (&["basic"], Want::Basic),
    (&["api", "key"], Want::Key),
    (&["api", "token"], Want::Key),
    (&["api", "secret"], Want::Key),
    (&["secret"], Want::Key),
    (&["secret", "key"], Want::Key),
    (&["secret", "access", "key"], Want::Key),
    (&["access", "key"], Want::Key),
    (&["account", "key"], Want::Key),
    (&["token"], Want::Key),
    (&["bearer"], Want::Key),
    (&["shared", "access", "key"], Want::Key),
    (&["encryption", "key"], Want::Key),
];

/// Longest private key, in bytes.
const LONGEST_KEY: usize = 16 * 1024;

/// First words of a private key in the form of PuTTY.
const PUTTY: &[u8] = b"PuTTY-User-Key-File";

/// Beginnings of keys that their makers mark as such, and how many signs follow at least.
const PREFIXES: [(&str, usize); 31] = [
    ("hooks.slack.com/services/", 20),
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xoxs-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("sk-ant-", 20),
    ("sk-proj-", 20),
    ("sk-", 32),
    ("AIza", 35),
    ("SG.", 40),
    ("npm_", 36),
    ("dop_v1_", 40),
    ("shpat_", 32),
    ("eyJ", 40),
    ("hf_", 30),
    ("pypi-", 40),
    ("whsec_", 24),
    ("xapp-", 20),
    ("AGE-SECRET-KEY-", 40),
];

/// What stands behind "password:" where no password is told.
const NO_PASSWORD: [&str; 40] = [
    "required",
    "enabled",
    "disabled",
    "changed",
    "expired",
    "unknown",
    "protected",
    "rotated",
    "removed",
    "redacted",
    "hidden",
    "masked",
    "encrypted",
    "hashed",
    "stored",
    "string",
    "example",
    "secret",
    "password",
    "optional",
    "strong",
    "complex",
    "default",
    "unique",
    "manager",
    "policy",
    "length",
    "minimum",
    "maximum",
    "history",
    "complexity",
    "shared",
    "personal",
    "blank",
    "filtered",
    "omitted",
    "withheld",
    "always",
    "nobody",
    "locked",
];

/// Passwords of letters alone that everybody knows.
const WELL_KNOWN: [&str; 8] = [
    "letmein",
    "qwerty",
    "changeme",
    "iloveyou",
    "swordfish",
    "sunshine",
    "monkey",
    "trustno",
];

/// Words that are written with digits and are no password.
const PRODUCTS: [&str; 7] = [
    "1password",
    "office365",
    "microsoft365",
    "windows10",
    "windows11",
    "pbkdf2",
    "sha-256",
];

static BY_LETTER: LazyLock<ByLetter> =
    LazyLock::new(|| ByLetter::new(LABELS.iter().map(|(words, _)| words[0])));
static PREFIX_BY_LETTER: LazyLock<ByLetter> =
    LazyLock::new(|| ByLetter::new(PREFIXES.iter().map(|(prefix, _)| *prefix)));

/// The secret at `at`, which is the beginning of a word.
pub fn at(text: &str, at: usize) -> Option<Finding> {
    let bytes = &text.as_bytes()[at..];
    if let Some(range) = marked_key(text, at) {
        return found(Kind::Key, range);
    }
    if bytes.starts_with(PUTTY) {
        return found(Kind::Key, at..at + PUTTY.len());
    }
    BY_LETTER.like(bytes).iter().find_map(|index| {
        let (words, want) = LABELS[*index];
        let end = phrase(text, at, words)?;
        match want {
            Want::Password => password(text, at..end)
                .or_else(|| told::words_of_a_passphrase(text, at..end))
                .or_else(|| told::password_of_something(text, end)),
            Want::Pair => told::pair(text, at..end),
            Want::Account => told::of_an_account(text, end),
            Want::Combination => told::combination(text, at..end),
            Want::Basic => told::basic(text, at..end),
            Want::Code => code(text, at..end),
            Want::Key => key(text, at..end, words[0] == "bearer"),
        }
    })
}

/// True for the first two signs, in small letters, of what [`at`] looks for.
pub fn may_begin(opening: &[u8]) -> bool {
    let opens = |list: &LazyLock<ByLetter>| !list.like(opening).is_empty();
    opens(&BY_LETTER) || opens(&PREFIX_BY_LETTER) || PUTTY[..2].eq_ignore_ascii_case(opening)
}

/// A private key, whose first line begins at `at`, to its last line or as far as one may be long.
pub fn private_key(text: &str, at: usize) -> Option<Finding> {
    let rest = text[at..].strip_prefix("-----BEGIN ")?;
    let line = rest.lines().next()?;
    let name = line.get(..line.len().min(48)).unwrap_or(line);
    if !name.contains("PRIVATE KEY") {
        return None;
    }
    let mut limit = (at + LONGEST_KEY).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let block = &text[at..limit];
    // One that is cut off goes to the next blank line.
    let end = match block.find("-----END ") {
        Some(end) => end + block[end..].lines().next().map_or(0, str::len),
        None => ["\n\n", "\n\r\n"]
            .iter()
            .filter_map(|blank| block.find(blank))
            .min()
            .unwrap_or(block.len()),
    };
    found(Kind::Key, at..at + end)
}

fn found(kind: Kind, range: std::ops::Range<usize>) -> Option<Finding> {
    Some(Finding { kind, range })
}

fn marked_key(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let rest = &text[at..];
    PREFIX_BY_LETTER.like(rest.as_bytes()).iter().find_map(|index| {
        let (prefix, least) = PREFIXES[*index];
        let behind = rest.strip_prefix(prefix)?;
        let is_key = |b: &u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'_' | b'-' | b'.')
                || (*b == b'/' && prefix.ends_with('/'))
        };
        let length = behind.bytes().take(2048).take_while(is_key).count();
        let key = behind[..length].trim_end_matches(['.', '-']);
        let digits = key.bytes().filter(u8::is_ascii_digit).count();
        let points = key.matches('.').count();
        let whole = match prefix {
            // Letters alone.
            "hf_" => key.len() >= 30,
            // Three parts, the first of which is an object in base 64.
            "eyJ" => points == 2,
            "AKIA" | "ASIA" => {
                key.len() == 16 && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            }
            _ => digits > 0,
        };
        (key.len() >= least && whole).then(|| at..at + prefix.len() + key.len())
    })
}

/// The password in an address like `postgres://user:password@host`, whose colon stands at `at`.
pub fn in_address(text: &str, at: usize) -> Option<Finding> {
    let bytes = text.as_bytes();
    text.get(at..)?.strip_prefix("://")?;
    let start = at + 3;
    let length = bytes[start..]
        .iter()
        .take(200)
        .take_while(|b| b.is_ascii_graphic() && !matches!(b, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`'))
        .count();
    let login = text[start..start + length].rfind('@')?;
    let colon = text[start..start + login].find(':')?;
    let range = start + colon + 1..start + login;
    let value = &text[range.clone()];
    let told =
        value.len() >= 3 && !is_placeholder(value) && !NO_PASSWORD.contains(&value.to_lowercase().as_str());
    told.then_some(Finding {
        kind: Kind::Password,
        range,
    })
}

/// The value behind a label, up to a blank, a quote or the border of a cell.
pub fn token(text: &str, at: usize, quoted: bool) -> &str {
    let end = |c: char| {
        c.is_whitespace()
            || matches!(c, '|' | '<' | ';' | '`')
            || (quoted && matches!(c, '"' | '\''))
            || c == '"'
    };
    let mut limit = (at + 160).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = &text[at..limit];
    let token = &rest[..rest.find(end).unwrap_or(rest.len())];
    let token = match quoted {
        true => token,
        false => token.split("),").next().unwrap_or(token),
    };
    token.trim_end_matches(['.', ',', ':', ')', '*'])
}

pub fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    lower.starts_with(['{', '$', '%', '<', '[', '*', '(', '\u{2022}', '_', '/', '\\'])
        || lower.contains("***")
        || lower.contains("xxx")
        || lower.contains("...")
        || lower.contains('\u{2022}')
        || lower.contains("://")
        || lower.starts_with("sha")
}

fn password(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    let gap = values::gap(text, label.clone());
    if gap.number {
        return None;
    }
    let value = token(text, gap.at, gap.quoted);
    let range = gap.at..gap.at + value.len();
    if !(gap.colon || gap.cell || gap.verb) {
        // "Wi-Fi password Orchid88": nothing but the value says that it is one.
        let alone = gap.any && !gap.walled && told::is_strong(value);
        return alone.then_some(Finding {
            kind: Kind::Password,
            range,
        });
    }
    let lower = value.to_lowercase();
    let length = value.chars().count();
    if !(4..=64).contains(&length)
        || is_placeholder(value)
        || NO_PASSWORD.contains(&lower.as_str())
        || is_a_product(&lower)
    {
        return None;
    }
    let bytes = text.as_bytes();
    // In a connection string everything up to the semicolon is the password.
    let in_connection = bytes.get(label.end) == Some(&b'=') && bytes.get(range.end) == Some(&b';');
    let has = |test: fn(char) -> bool| value.chars().any(test);
    let letters = has(char::is_alphabetic);
    let digits = has(|c| c.is_ascii_digit());
    let signs = has(|c| {
        matches!(
            c,
            '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '+' | '?' | '=' | '~'
        )
    });
    let plain = is_word_with_digits(value) && !(gap.colon && is_words_and_a_number(value));
    let mixed = length >= 6 && letters && (digits || signs) && !plain && !is_a_question(value);
    let in_quotes =
        gap.quoted && gap.colon && length >= 6 && letters && value.chars().all(char::is_alphanumeric);
    let numeric = gap.colon
        && length >= 6
        && value.chars().all(|c| c.is_ascii_digit())
        && values::date(text, gap.at).is_none();
    let known = WELL_KNOWN.contains(&lower.trim_end_matches(|c: char| !c.is_alphabetic()));
    (mixed || in_quotes || numeric || known || in_connection).then_some(Finding {
        kind: Kind::Password,
        range,
    })
}

/// In small letters.
pub fn is_a_product(lower: &str) -> bool {
    PRODUCTS.iter().any(|product| lower.starts_with(product))
}

/// "Changed?" is a question, no password.
fn is_a_question(value: &str) -> bool {
    value
        .strip_suffix(['?', '!'])
        .is_some_and(|rest| rest.chars().all(char::is_alphabetic))
}

/// "12-character", "EX-014", "w04", "2026-11-20", "164.308(a)", "v2.1", "90-day", "12+", "policy.md", "IT/2".
pub fn is_word_with_digits(value: &str) -> bool {
    let is_date = values::date(value, 0).is_some();
    let parts: Vec<&str> = value
        .split(['-', '/', '.', '(', ')', '+', ','])
        .filter(|part| !part.is_empty())
        .collect();
    let plain = parts
        .iter()
        .all(|part| part.chars().all(|c| c.is_ascii_digit()) || part.chars().all(char::is_alphabetic));
    is_date || (plain && parts.len() > 1) || value.chars().any(|c| matches!(c, '(' | ')'))
}

/// "blue-Heron-42", as programs propose passwords. "EX-014" and "NIST-SP-800-63" have no two words.
fn is_words_and_a_number(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let word = |part: &&str| {
        part.len() >= 3
            && part.chars().all(char::is_alphabetic)
            && part.chars().skip(1).all(char::is_lowercase)
    };
    match parts.split_last() {
        Some((number, words)) => {
            words.len() >= 2 && words.iter().all(word) && number.bytes().all(|b| b.is_ascii_digit())
        }
        None => false,
    }
}

fn code(text: &str, label: std::ops::Range<usize>) -> Option<Finding> {
    let gap = values::gap(text, label.clone());
    if gap.number || gap.dash {
        return None;
    }
    let bytes = text.as_bytes();
    let length = bytes[gap.at..]
        .iter()
        .take(9)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if !(gap.colon || gap.verb) {
        // "PIN 8842", "alarm code 4711". To pin is a verb, and what looks like a year may be one.
        let is_year = length == 4 && matches!(&bytes[gap.at..gap.at + 2], b"19" | b"20");
        let is_label = !text[label.clone()].starts_with("pin");
        if !gap.any || gap.cell || gap.walled || is_year || !is_label {
            return None;
        }
    }
    let mut after = text[gap.at + length..].chars();
    let ends = match after.next() {
        None => true,
        Some(' ') => !is_a_count(values::word(bytes, gap.at + length + 1)),
        Some('.' | ',') => !after.next().is_some_and(|c| c.is_ascii_digit()),
        Some('#' | ';' | '"' | '\'' | '`' | '|' | '*' | ')' | '<' | '\n' | '\r') => true,
        Some(_) => false,
    };
    ((4..=8).contains(&length) && ends).then_some(Finding {
        kind: Kind::Password,
        range: gap.at..gap.at + length,
    })
}

/// "PIN: 6 digits" tells how long it is.
fn is_a_count(word: &[u8]) -> bool {
    const COUNTED: [&[u8]; 9] = [
        b"digit",
        b"digits",
        b"number",
        b"numbers",
        b"character",
        b"characters",
        b"signs",
        b"or",
        b"to",
    ];
    COUNTED.contains(&word.to_ascii_lowercase().as_slice())
}

fn key(text: &str, label: std::ops::Range<usize>, bearer: bool) -> Option<Finding> {
    let gap = values::gap(text, label.clone());
    if !(gap.colon || gap.cell || (bearer && gap.any)) || gap.number {
        return None;
    }
    let value = token(text, gap.at, gap.quoted);
    let has = |test: fn(&u8) -> bool| value.bytes().any(|b| test(&b));
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~'));
    let fits =
        (16..=160).contains(&value.len()) && plain && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    (fits && !is_placeholder(value) && !is_word_with_digits(value)).then(|| Finding {
        kind: Kind::Key,
        range: gap.at..gap.at + value.len(),
    })
}

/// True for a cell below the head "Password" that tells one, and does not say "required".
pub fn is_password(cell: &str) -> bool {
    let text = format!("password: {cell}");
    let end = text.len();
    let found = password(&text, 0.."password".len());
    found.is_some_and(|found| found.range.end == end) || (code(&text, 0.."password".len()).is_some())
}
