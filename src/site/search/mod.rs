//! What search knows: every place of the site that a word can lead to, in one file that a page loads when somebody
//! first searches.
//!
//! The file is a classic script that gives one global value, since pages opened from disk may load scripts and nothing
//! else. It holds texts and places and no list of words: the browser makes that itself, with the same code that takes a
//! query apart, so that the two can't differ. It is made of the binder as cleared for the copy, through the same views as
//! the pages: what no page shows, search does not find.

use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

use super::Site;
use super::pages::Page;
use crate::address;

mod citations;
mod documents;

/// Address of the index of a build. Its name is made of the build id, which no other bytes share, and is known before
/// the index is made.
pub fn address(build_id_short: &str) -> String {
    format!("assets/{NAME}{build_id_short}{ENDING}")
}

/// How the name of the index begins.
pub const NAME: &str = "search-index.";
/// How it ends.
pub const ENDING: &str = ".js";

/// What sort of place. The order is that of the groups of results which are equally good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Row,
    Answer,
    Policy,
    Record,
    Register,
    Exhibit,
    Law,
    Gap,
    Page,
}

/// Headings of the groups, in the order of [`Kind`].
const KINDS: [&str; 9] = [
    "Rows",
    "Answers",
    "Policies",
    "Records",
    "Registers",
    "Exhibits",
    "The law",
    "Gaps",
    "Pages",
];

/// A part of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Section {
    /// Where on the page; "" for its top.
    anchor: String,
    /// Its heading; "" where it has that of the page.
    title: String,
    /// Its words.
    text: String,
}

/// The file's value.
#[derive(Debug, Default, Serialize)]
struct Index {
    /// Headings of the groups.
    kinds: [&'static str; 9],
    /// Addresses from the top of the site, each with the title of the page.
    pages: Vec<(String, String)>,
    /// Texts, each once: versions of a policy share most of theirs.
    texts: Vec<String>,
    /// Places.
    places: Vec<Place>,
    /// Places of rows by citation without punctuation: `308a1iia`. Paragraphs that are no rows lead to theirs.
    keys: BTreeMap<String, usize>,
}

/// Kind, number of the page, anchor, title ("" for that of the page), number of the text, and whether the words are
/// those of an older text.
#[derive(Debug, Serialize)]
struct Place(u8, usize, String, String, usize, u8);

/// The index of a site with these pages, as a script.
pub fn script(site: &Site<'_>, pages: &[Page]) -> Vec<u8> {
    let mut maker = Maker::default();
    for page in pages {
        documents::page(site, page, &mut maker);
    }
    let rows = std::mem::take(&mut maker.rows);
    let mut index = maker.index;
    index.kinds = KINDS;
    index.keys = citations::keys(&rows);
    // Nothing in it can fail to be JSON; were it so, search would be empty and the site whole.
    let json = serde_json::to_string(&index).unwrap_or_else(|_| "null".to_string());
    format!("window.binderSearchIndex={};\n", harmless(&json)).into_bytes()
}

/// JSON that stays what it is inside a script: no tag, no comment of HTML, no line end that older scripts trip over.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    let bytes = json.as_bytes();
    // What stands before `told` is written.
    let (mut told, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let (length, escape) = match byte {
            b'<' => (1, "\\u003c"),
            b'>' => (1, "\\u003e"),
            0xe2 if bytes[at..].starts_with("\u{2028}".as_bytes()) => (3, "\\u2028"),
            0xe2 if bytes[at..].starts_with("\u{2029}".as_bytes()) => (3, "\\u2029"),
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&json[told..at]);
        out.push_str(escape);
        at += length;
        told = at;
    }
    out.push_str(&json[told..]);
    out
}

/// Collects places.
#[derive(Debug, Default)]
struct Maker {
    index: Index,
    /// Number of each text that is there.
    texts: HashMap<String, usize>,
    /// Places of rows, in the order of the rule.
    rows: BTreeMap<crate::rule::RowId, usize>,
}

impl Maker {
    /// A page; places given from now on are on it.
    fn page(&mut self, path: &str, title: &str) {
        self.index
            .pages
            .push((address::link("", path), title.to_string()));
    }

    /// A place on the page given last.
    fn place(&mut self, kind: Kind, old: bool, section: &Section) -> usize {
        let text = match self.texts.get(&section.text) {
            Some(number) => *number,
            None => {
                let number = self.index.texts.len();
                self.index.texts.push(section.text.clone());
                self.texts.insert(section.text.clone(), number);
                number
            }
        };
        let anchor = match section.anchor.as_str() {
            "" => String::new(),
            anchor => address::link("", &format!("#{anchor}"))
                .trim_start_matches('#')
                .to_string(),
        };
        self.index.places.push(Place(
            kind as u8,
            self.index.pages.len().saturating_sub(1),
            anchor,
            section.title.clone(),
            text,
            u8::from(old),
        ));
        self.index.places.len() - 1
    }
}

#[cfg(test)]
mod tests;
