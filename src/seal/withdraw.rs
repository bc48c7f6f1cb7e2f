//! What must come out of an archive when a file is withdrawn from it, and what may still name that file.
//!
//! The file itself, every entry with the same bytes, the PDF, and every page or data file that holds words of it that
//! stand in no other source, in no text of the rule and in no template.

use std::collections::{BTreeMap, BTreeSet};

use crate::address;
use crate::history::{
    CHANGES, EXTRACT, FileEntry, MANIFEST, Manifest, SITE, SOURCES, SUMMARY, Summary, WITHDRAWALS,
};
use crate::rule;
use crate::theme::Theme;
use crate::world::Folder;

/// What stands on more pages than this was put there by the program: lists of systems, words of gaps. No file of the
/// clinic shows on so many. Such pages are named and stay.
const EVERYWHERE: usize = 12;

/// Reads an entry; `None` where it is not there, or too large to be a text.
pub type Read<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// What a withdrawal takes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Every entry that goes, with what the manifest says of it.
    pub removed: BTreeMap<String, FileEntry>,
    /// Entries that stay and hold the file's name, or the title it had as an exhibit.
    pub naming: Vec<String>,
    /// Words of the file that its pages were known by; empty for pictures and scans.
    pub phrases: BTreeSet<String>,
}

/// Why a file can't be taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is none of this name; a few that are like it.
    Unknown(Vec<String>),
    /// It was taken out before.
    Gone,
    /// Without it the version would be none.
    Needed,
}

/// Works out what goes with the file `path`, given as it stands in the binder's folder or in the archive.
///
/// # Errors
/// [`Refused`].
pub fn plan(
    manifest: &Manifest,
    present: &BTreeSet<&str>,
    path: &str,
    read: Read<'_>,
) -> Result<Plan, Refused> {
    let target = find(manifest, present, path)?;
    let sealed = &manifest.files[&target];
    let bytes = read(&target);
    let mut removed: BTreeSet<&str> = present
        .iter()
        .copied()
        .filter(|name| {
            manifest
                .files
                .get(*name)
                .is_some_and(|file| file.sha256 == sealed.sha256)
        })
        .filter(|name| may_go(name))
        .collect();
    let pdf = format!("{SITE}/{}", address::PDF);
    let is_look = |name: &str| name.starts_with("sources/theme/") || name.starts_with("site/assets/");
    if present.contains(pdf.as_str()) && !removed.iter().all(|name| is_look(name)) {
        removed.extend(present.get(pdf.as_str()));
    }
    let phrases = match bytes.as_deref().and_then(text) {
        Some(text) => phrases(&text, &common(present, &removed, read)),
        None => BTreeSet::new(),
    };
    let derived = |name: &&&str| {
        let made = name.starts_with("site/") || [EXTRACT, CHANGES].contains(*name);
        made && !removed.contains(**name)
    };
    let mut naming = vec![];
    let names = names(manifest, &target, sealed, read);
    let mut found: Vec<(&str, BTreeSet<String>)> = vec![];
    for name in present.iter().filter(derived) {
        if let Some(text) = read(name).as_deref().and_then(text) {
            found.push((name, held(&words(&plain(&text)), &phrases)));
        }
    }
    let in_how_many = |phrase: &String| found.iter().filter(|(_, held)| held.contains(phrase)).count();
    let everywhere: BTreeSet<&String> = phrases
        .iter()
        .filter(|phrase| in_how_many(phrase) > EVERYWHERE)
        .collect();
    let shows = found
        .iter()
        .filter(|(_, held)| held.iter().any(|phrase| !everywhere.contains(phrase)));
    removed.extend(shows.map(|(name, _)| *name));
    for name in present.iter().filter(|name| !removed.contains(**name)) {
        let Some(text) = read(name).as_deref().and_then(text).map(|text| plain(&text)) else {
            continue;
        };
        let lower = text.to_lowercase();
        if names.iter().any(|known| lower.contains(known.as_str())) || holds(&words(&text), &phrases) {
            naming.push((*name).to_string());
        }
    }
    let entry = |name: &str| Some((name.to_string(), manifest.files.get(name)?.clone()));
    Ok(Plan {
        removed: removed.into_iter().filter_map(entry).collect(),
        naming,
        phrases,
    })
}

/// True where a text of another version holds the words that a withdrawn file was known by.
pub fn shows(bytes: &[u8], phrases: &BTreeSet<String>) -> bool {
    text(bytes).is_some_and(|text| holds(&words(&plain(&text)), phrases))
}

/// Without these a version is none, or its past can't be told.
fn may_go(name: &str) -> bool {
    ![MANIFEST, SUMMARY, WITHDRAWALS].contains(&name)
}

fn find(manifest: &Manifest, present: &BTreeSet<&str>, path: &str) -> Result<String, Refused> {
    let path = path.trim().replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    if !may_go(path) {
        return Err(Refused::Needed);
    }
    let candidates = [
        format!("{SOURCES}/{path}"),
        path.to_string(),
        format!("{SITE}/{path}"),
    ];
    if let Some(found) = candidates.iter().find(|name| present.contains(name.as_str())) {
        return Ok(found.clone());
    }
    if candidates.iter().any(|name| manifest.files.contains_key(name)) {
        return Err(Refused::Gone);
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let distance = |known: &str| {
        let last = known.rsplit('/').next().unwrap_or(known).to_lowercase();
        strsim::damerau_levenshtein(&last, &name)
    };
    let near = present
        .iter()
        .map(|known| (distance(known), !known.starts_with(SOURCES), *known));
    let mut near: Vec<_> = near.filter(|(far, ..)| *far <= 1 + name.len() / 4).collect();
    near.sort();
    Err(Refused::Unknown(
        near.into_iter()
            .take(3)
            .map(|(_, _, name)| name.to_string())
            .collect(),
    ))
}

/// What else the file is known by, in lower case: its name, and the title it has as an exhibit.
fn names(manifest: &Manifest, target: &str, sealed: &FileEntry, read: Read<'_>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = manifest
        .files
        .iter()
        .filter(|(_, file)| file.sha256 == sealed.sha256)
        .filter_map(|(name, _)| name.rsplit('/').next())
        .chain(target.rsplit('/').next())
        .map(str::to_lowercase)
        .collect();
    let summary: Option<Summary> = read(SUMMARY).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let exhibits = summary.into_iter().flat_map(|summary| summary.exhibits);
    let of_file = exhibits.filter(|exhibit| exhibit.digest.as_deref() == Some(sealed.sha256.as_str()));
    names.extend(of_file.map(|exhibit| exhibit.title.to_lowercase()));
    names.retain(|name| name.len() > 3);
    names
}

/// The text of an entry; `None` for pictures, fonts, PDF files.
fn text(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let odd = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    (odd * 20 <= text.len()).then(|| text.into_owned())
}

/// Words without markup: tags become blanks, and the escapes of HTML and JSON that stand between words.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let skip = match rest.as_bytes()[0] {
            // A tag's attributes hold words, too: only its name goes.
            b'<' => {
                1 + rest[1..]
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '/')
                    .unwrap_or(rest.len() - 1)
            }
            b'&' => rest.find(';').filter(|end| *end < 12).map_or(1, |end| end + 1),
            _ => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        out.push(' ');
        rest = &rest[skip.min(rest.len())..];
    }
    out.push_str(rest);
    out
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How many words in a row tell a text from others.
const ROW: usize = 4;

/// What a text holds that may tell it from others: words, pairs of neighbours, longer rows of words.
fn telling(words: &[String]) -> impl Iterator<Item = String> + '_ {
    let rows = [1, 2, ROW].into_iter().flat_map(|length| words.windows(length));
    rows.map(|row| row.join(" "))
}

/// What stands in other sources, in the rule and in the templates.
fn common(present: &BTreeSet<&str>, removed: &BTreeSet<&str>, read: Read<'_>) -> BTreeSet<String> {
    let mut common = BTreeSet::new();
    let mut add = |text: &str| common.extend(telling(&words(text)));
    for name in present
        .iter()
        .filter(|name| name.starts_with("sources/") && !removed.contains(**name))
    {
        if let Some(text) = read(name).as_deref().and_then(text) {
            add(&text);
        }
    }
    rule::texts().for_each(&mut add);
    let theme = Theme::with_overrides(&Folder::default());
    for (path, file) in theme.files() {
        if [".html", ".typ", ".js"].iter().any(|end| path.ends_with(end)) {
            add(&plain(&String::from_utf8_lossy(file.bytes.as_ref())));
        }
    }
    common
}

/// What tells this text from all that is `common`: words and numbers of some length, names of two words, rows of words.
/// Two plain words beside each other are too little: any page may hold them.
fn phrases(text: &str, common: &BTreeSet<String>) -> BTreeSet<String> {
    let as_written: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_name = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let tells = |row: &[&str]| match row {
        [word] => word.len() >= 5 || (word.len() == 4 && word.chars().any(char::is_alphabetic)),
        [_, _] => row.iter().all(is_name),
        _ => true,
    };
    [1, 2, ROW]
        .into_iter()
        .flat_map(|length| as_written.windows(length))
        .filter(|row| tells(row))
        .map(|row| row.join(" ").to_lowercase())
        .filter(|phrase| !common.contains(phrase))
        .collect()
}

fn held(words: &[String], phrases: &BTreeSet<String>) -> BTreeSet<String> {
    match phrases.is_empty() {
        true => BTreeSet::new(),
        false => telling(words).filter(|phrase| phrases.contains(phrase)).collect(),
    }
}

fn holds(words: &[String], phrases: &BTreeSet<String>) -> bool {
    !phrases.is_empty() && telling(words).any(|phrase| phrases.contains(&phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_escapes_do_not_hide_words() {
        let html = "<p class=\"x\"><b>Jane</b>&nbsp;Roe &amp; co</p>";
        assert_eq!(words(&plain(html)), ["class", "x", "jane", "roe", "co"]);
        assert_eq!(
            words(&plain("\"first\\nsecond \\u00e9\"")),
            ["first", "second", "00e9"]
        );
        assert_eq!(words(&plain("a < b & c \\")), ["a", "b", "c"]);
    }

    #[test]
    fn a_text_is_known_by_what_no_other_says() {
        let common: BTreeSet<String> = telling(&words("The form of the clinic for John and Mary")).collect();
        let phrases = phrases(
            "The form for Mary Zimmer of the clinic, MRN 0012345. Ann Lee",
            &common,
        );
        for known in [
            "zimmer",
            "mary zimmer",
            "0012345",
            "ann lee",
            "zimmer of the clinic",
        ] {
            assert!(phrases.contains(known), "{known}: {phrases:?}");
        }
        for other in ["mary", "form", "form for", "of the"] {
            assert!(!phrases.contains(other), "{other}");
        }
        assert!(holds(&words("about MARY\nZimmer"), &phrases));
        assert!(!holds(
            &words("The form of Mary and John, for the clinic"),
            &phrases
        ));
    }
}
