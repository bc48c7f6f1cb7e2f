//! The content folder as it goes into an archive: byte for byte, less what is privileged.
//!
//! Privileged files are left out, privileged lines are cut out of their registers, and evidence that only they speak of
//! is left out with them.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::{FOLDER, SOURCES};
use crate::binder::Withheld;
use crate::content::text;
use crate::diagnostic::Place;
use crate::output::Body;
use crate::world::{File, Folder};

/// Every file of the folder that may be sealed, by its path in the archive. `privileged` says what may not be.
pub fn sources(folder: &Folder, privileged: &Withheld) -> Vec<(String, Body)> {
    let (kept, _) = split(folder, privileged);
    kept.into_iter()
        .map(|(path, body)| (format!("{SOURCES}/{path}"), body))
        .collect()
}

/// Evidence that no line brings in and that only withheld texts speak of: messages about it are theirs.
pub(crate) fn known_from_withheld(folder: &Folder, withheld: &Withheld) -> Vec<Place> {
    if withheld.places.is_empty() {
        return vec![];
    }
    let (_, named) = split(folder, withheld);
    named.into_iter().map(Place::file).collect()
}

type Kept = Vec<(Arc<str>, Body)>;

/// What is kept, and the evidence that is not because only what is withheld names it.
fn split(folder: &Folder, privileged: &Withheld) -> (Kept, BTreeSet<Arc<str>>) {
    let whole: BTreeSet<String> = privileged
        .places
        .iter()
        .filter(|place| place.line == 0)
        .map(|place| place.file.to_lowercase())
        .collect();
    let mut cut: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    for place in privileged.places.iter().filter(|place| place.line > 0) {
        cut.entry(&place.file).or_default().push(place.range.as_range());
    }
    let mut kept: Kept = vec![];
    let mut secret: Vec<String> = vec![];
    for (path, file) in &folder.files {
        if path.split('/').next() == Some(FOLDER) {
            continue;
        }
        if whole.contains(&path.to_lowercase()) {
            secret.extend(words(path, file.bytes.as_deref()));
            continue;
        }
        let body = match (&file.bytes, cut.remove(&**path)) {
            (Some(bytes), None) => Body::Bytes(bytes.clone()),
            (Some(bytes), Some(lines)) => {
                let (left, cut) = without(path, file, bytes, lines);
                secret.push(cut.to_lowercase());
                Body::Bytes(left.into())
            }
            (None, _) => Body::Copy {
                from: path.clone(),
                digest: file.digest,
            },
        };
        kept.push((path.clone(), body));
    }
    let named = named(&kept, &secret);
    kept.retain(|(path, _)| !named.contains(path));
    (kept, named)
}

/// The words of a text file, in lower case; nothing for pictures and scans.
fn words(path: &str, bytes: Option<&[u8]>) -> Option<String> {
    let is_text = path.ends_with(".md") || path.ends_with(".csv");
    bytes
        .filter(|_| is_text)
        .map(|bytes| String::from_utf8_lossy(bytes).to_lowercase())
}

/// The evidence that the `secret` texts name and no other text does.
fn named(kept: &Kept, secret: &[String]) -> BTreeSet<Arc<str>> {
    if secret.is_empty() {
        return BTreeSet::new();
    }
    // All words of the binder, needed only where a secret text names evidence.
    let open = LazyCell::new(|| {
        let words = |(path, body): &(Arc<str>, Body)| match body {
            Body::Bytes(bytes) => words(path, Some(bytes)),
            Body::Copy { .. } => None,
        };
        kept.iter().filter_map(words).collect::<Vec<String>>()
    });
    let is_theirs = |path: &Arc<str>| {
        let Some(name) = path.strip_prefix("evidence/").map(str::to_lowercase) else {
            return false;
        };
        let name = name.rsplit('/').next().unwrap_or(&name).to_string();
        let spellings = [name.clone(), name.replace(' ', "%20")];
        let in_one_of = |texts: &[String]| {
            texts
                .iter()
                .any(|text| spellings.iter().any(|name| text.contains(name.as_str())))
        };
        in_one_of(secret) && !in_one_of(&open)
    };
    kept.iter()
        .map(|(path, _)| path.clone())
        .filter(is_theirs)
        .collect()
}

/// A register without these lines, and the words of the lines. The ranges are those of the text as it was read; a
/// register that is not saved as UTF-8 is written as UTF-8.
fn without(path: &Arc<str>, file: &File, bytes: &[u8], mut lines: Vec<Range<usize>>) -> (Vec<u8>, String) {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    let Some(source) = text::source(path, file) else {
        // It has privileged lines, so it was read a moment ago.
        return (vec![], String::new());
    };
    let read = source.text.as_bytes();
    let mark = if bytes.starts_with(MARK) { MARK } else { &[] };
    let as_is = bytes.len() == mark.len() + read.len() && std::str::from_utf8(bytes).is_ok();
    let text = if as_is { &bytes[mark.len()..] } else { read };
    lines.sort_by_key(|line| line.start);
    let (mut left, mut cut, mut at) = (mark.to_vec(), vec![], 0);
    for line in lines {
        let start = line.start.clamp(at, text.len());
        let mut end = line.end.clamp(start, text.len());
        for sign in *b"\r\n" {
            if text.get(end) == Some(&sign) {
                end += 1;
            }
        }
        left.extend(&text[at..start]);
        cut.extend(&text[start..end]);
        at = end;
    }
    left.extend(&text[at..]);
    (left, String::from_utf8_lossy(&cut).into_owned())
}
