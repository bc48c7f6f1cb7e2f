//! Hiding what was found: a warning must not carry it further.

use super::{Finding, Kind, scan};
use crate::diagnostic::{Diagnostic, Source};

/// A value as a message may show it: enough to find it, not enough to use it.
pub fn shortened(kind: Kind, value: &str) -> String {
    let signs: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let last = |n: usize| -> String { signs[signs.len().saturating_sub(n)..].iter().collect() };
    match kind {
        Kind::SocialSecurity => format!("***-**-{}", last(4)),
        Kind::Card => format!("**** {}", last(4)),
        Kind::RecordNumber | Kind::MemberId if signs.len() > 5 => format!("***{}", last(2)),
        Kind::BirthDate => birth_year(value),
        Kind::PatientName => value
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .map(|first| format!("{first}***"))
            .collect::<Vec<_>>()
            .join(" "),
        Kind::Key if signs.len() > 12 && !value.starts_with('-') => {
            format!("{}***", signs[..4].iter().collect::<String>())
        }
        Kind::RecordNumber | Kind::MemberId | Kind::Password | Kind::Key => "***".to_string(),
    }
}

fn birth_year(value: &str) -> String {
    match super::values::date(value.trim(), 0) {
        Some((_, year)) if year >= 1900 => format!("**/**/{year}"),
        _ => "**/**/**".to_string(),
    }
}

/// The same text with a star for each letter and digit of what was found. Lines and columns stay.
pub fn masked(source: &Source) -> Source {
    let found = scan(source);
    match found.is_empty() {
        true => source.clone(),
        false => Source::new(source.path.clone(), stars(&source.text, &found)),
    }
}

fn stars(text: &str, found: &[Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in found {
        out.push_str(&text[at..finding.range.start]);
        let secret = &text[finding.range.clone()];
        let hides_all = finding.kind == Kind::Password;
        out.extend(secret.chars().map(|c| match c {
            '\n' | '\r' => c,
            c if c.is_alphanumeric() || hides_all => '*',
            c => c,
        }));
        at = finding.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A message of another part of the program, which may quote what somebody typed, with the same hidden.
pub fn hushed(mut diagnostic: Diagnostic) -> Diagnostic {
    for words in [&mut diagnostic.message, &mut diagnostic.help] {
        // Nothing that is found has fewer than four digits or letters behind a label, and most messages are our own.
        let source = Source::new("", words.as_str());
        let found = scan(&source);
        if !found.is_empty() {
            *words = stars(words, &found);
        }
    }
    // It is typed as it stands: with stars in it, it would be wrong.
    diagnostic.replacement = diagnostic
        .replacement
        .filter(|text| scan(&Source::new("", text.as_str())).is_empty());
    diagnostic
}
