//! Other laws that count their sections as this rule does: other titles of the Code of Federal Regulations, state and
//! city codes. A link from one of them to a row would say something false.

/// How far around a citation its law is looked for, in bytes.
const NEAR: usize = 90;

/// Words that stand between "40 CFR" and the section, and between the sections of a list.
const BETWEEN: [&str; 21] = [
    "part", "parts", "pt", "pts", "subpart", "section", "sections", "sec", "secs", "and", "or", "to",
    "through", "thru", "title", "also", "a", "b", "c", "d", "e",
];

/// Whether what stands before a citation names another law as the one it belongs to: "40 CFR Part 164, §", "Title 21,
/// section", "Zoning Code §", "42 U.S.C. §".
pub(super) fn named_before(before: &str) -> bool {
    let near = &before[before.ceil_char_boundary(before.len().saturating_sub(NEAR))..];
    let near = near.rsplit("\n\n").next().unwrap_or(near);
    other_title(near) || other_code(near)
}

/// "40 CFR", "title 21", with nothing but sections of Part 164 after it.
fn other_title(near: &str) -> bool {
    let lower = near
        .to_lowercase()
        .replace("c. f. r.", "cfr")
        .replace("c.f.r", "cfr");
    let words: Vec<&str> = lower
        .split(|ch: char| !ch.is_alphanumeric() && ch != '.')
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_number =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    for (at, word) in words.iter().enumerate().rev() {
        match *word {
            "cfr" => {
                let title = at.checked_sub(1).map_or("", |before| words[before]);
                return is_number(title) && title != "45";
            }
            word if word.ends_with("cfr") && is_number(&word[..word.len() - 3]) => {
                return word != "45cfr";
            }
            number if is_number(number) => {
                if at > 0 && words[at - 1] == "title" {
                    return number != "45";
                }
                if !number.starts_with("164") && number != "160" && number.len() > 2 {
                    return false;
                }
            }
            word if BETWEEN.contains(&word) || is_level(word) => {}
            _ => return false,
        }
    }
    false
}

/// What brackets of a paragraph hold: `ii`, `A`.
fn is_level(word: &str) -> bool {
    word.len() <= 4 && (word.len() == 1 || word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x')))
}

/// Ends of the names of other laws, where a section sign follows.
const CODES: [&str; 30] = [
    "u.s.c.",
    "usc",
    "u.s.c",
    "stat.",
    "stats.",
    "stat. ann.",
    "code",
    "code ann.",
    "code of ordinances",
    "codes",
    "ordinance",
    "ordinances",
    "ord.",
    "regs.",
    "code regs.",
    "statutes",
    "rcw",
    "ors",
    "nrs",
    "krs",
    "ilcs",
    "charter",
    "bylaws",
    "r.s.",
    "rev. stat.",
    "gen. laws",
    "laws",
    "n.y.c.r.r.",
    "nycrr",
    "admin. code",
];

fn other_code(near: &str) -> bool {
    let rest = near.trim_end();
    let signed = rest.trim_end_matches(|ch: char| ch == '§' || ch.is_whitespace());
    let mut rest = signed;
    let lower = rest.to_lowercase();
    for word in ["sections", "section", "secs.", "sec."] {
        if lower.len() == rest.len() && lower.ends_with(word) {
            rest = rest[..rest.len() - word.len()].trim_end();
            break;
        }
    }
    if rest.len() == near.trim_end().len() {
        return false;
    }
    let rest = rest.trim_end_matches([',', ' ', '\u{a0}']);
    let lower = rest.to_lowercase();
    let named = CODES.iter().any(|code| {
        lower
            .strip_suffix(code)
            .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
            && rest
                .get(rest.len().saturating_sub(code.len())..)
                .is_some_and(|name| name.starts_with(char::is_uppercase))
    });
    named && !speaks_of_hipaa(&lower)
}

/// Whether what stands after a citation says that it is one of another law: "of the plumbing code", "of Title 21".
pub(super) fn named_after(rest: &str) -> bool {
    let near = &rest[..rest.floor_char_boundary(NEAR)];
    let near = near
        .split("\n\n")
        .next()
        .unwrap_or(near)
        .trim_start_matches([' ', ',', '\n', '\u{a0}']);
    let lower = near.to_lowercase();
    let Some(of) = ["of ", "in ", "under "]
        .iter()
        .find_map(|word| lower.strip_prefix(word))
    else {
        return false;
    };
    let phrase = of.split(['.', ';', ':', '(', ')']).next().unwrap_or(of);
    let words: Vec<&str> = phrase
        .split(|ch: char| !ch.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .collect();
    if speaks_of_hipaa(phrase) || words.contains(&"45") {
        return false;
    }
    const LAWS: [&str; 11] = [
        "code",
        "codes",
        "ordinance",
        "ordinances",
        "charter",
        "bylaws",
        "statutes",
        "statute",
        "title",
        "chapter",
        "covenants",
    ];
    // A verb ends the name: "of the plan the billing code shows".
    let name = words
        .iter()
        .position(|word| LAWS.contains(word))
        .map(|at| &words[..at]);
    name.is_some_and(|name| {
        name.len() <= 5
            && !name
                .iter()
                .any(|word| ["is", "are", "we", "shall", "must", "will", "and"].contains(word))
    })
}

/// Words that only texts about this rule have.
const OURS: [&str; 17] = [
    "hipaa",
    "hitech",
    "45 cfr",
    "45 c.f.r",
    "45 code of federal",
    "title 45",
    "federal regulations",
    "security rule",
    "privacy rule",
    "ephi",
    "e-phi",
    "protected health",
    "health information",
    "health insurance portability",
    "covered entit",
    "business associate",
    "workforce",
];

/// Words that texts of other laws have.
const OTHERS: [&str; 34] = [
    "zoning",
    "ordinance",
    "plumbing code",
    "building code",
    "fire code",
    "electrical code",
    "city code",
    "town code",
    "county code",
    "village code",
    "penal code",
    "vehicle code",
    "tax code",
    "criminal code",
    "civil code",
    "revised statutes",
    "chapter 164",
    "city council",
    "planning commission",
    "board of appeals",
    "state statutes",
    "city of ",
    "town of ",
    "village of ",
    "municipal",
    "this chapter",
    "this title",
    "building permit",
    "subdivision",
    "planning board",
    "revised code",
    "administrative code",
    "general laws",
    "public works",
];

fn speaks_of_hipaa(lower: &str) -> bool {
    OURS.iter().any(|words| lower.contains(words))
}

/// Whether a whole text is about another law: it names one, and has no word about this rule. What looks like a citation
/// in it is one of that law.
#[must_use]
pub fn is_other_law(text: &str) -> bool {
    let lower = text.to_lowercase();
    OTHERS.iter().any(|words| lower.contains(words)) && !speaks_of_hipaa(&lower)
}
