//! Foreign texts into a binder: files as found go in, files to write and a report come out.
//!
//! Pure, and careful in two ways. Nothing is lost: every file that was found has its line in the report. And nothing is
//! claimed: an imported text is a draft that documents nothing until it is approved, and its `satisfies` names only rows that
//! a heading or a paragraph supports ([`supports`]). What stands in the binder already is never changed: a second run
//! finds each file by the [`ledger`] and leaves it as it is.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::rule::RowId;
use crate::starter::NewFile;
use crate::world::write::hex;

pub mod compose;
pub mod decode;
pub mod docx;
pub mod head;
pub mod ledger;
pub mod links;
mod look;
pub mod names;
pub mod report;
pub mod supports;

use look::{claim, looked_at, read};
pub use report::{human, json};

/// Largest Markdown file or picture that is brought in, in bytes: what a build reads.
pub const MAX_TEXT: u64 = crate::content::text::MAX_TEXT;
/// Largest Word file that is opened, in bytes.
pub const MAX_WORD: u64 = 64 * 1024 * 1024;

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How reports name it: the name of its source and its path below, with `/`.
    pub label: String,
    /// Its path below its source; for a source that is a file, its name.
    pub path: String,
    /// What stands there.
    pub what: What,
}

/// What stands at a place of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A file that was read.
    Bytes(Vec<u8>),
    /// A file of a kind that is not read, or too large: its size in bytes.
    Unread(u64),
    /// It can't be opened, and why.
    Closed(String),
}

/// What the binder holds before.
#[derive(Debug, Clone, Default)]
pub struct There {
    /// [`ledger::NAME`], where it is there.
    pub ledger: Option<Vec<u8>>,
    /// Every file below `policies/` and `approved/`, by path; empty bytes for one that is too large.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What a kind of file is good for here, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Markdown.
    Text,
    /// A Word document.
    Word,
    /// A picture that pages can show.
    Picture,
    /// Anything else.
    Other,
}

/// See [`Sort`].
pub fn sort(name: &str) -> Sort {
    let lower = name.to_lowercase();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    if names::ENDINGS.iter().any(|ending| lower.ends_with(ending)) {
        Sort::Text
    } else if ["docx", "docm", "dotx"].contains(&extension) {
        Sort::Word
    } else if ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp"].contains(&extension) {
        Sort::Picture
    } else {
        Sort::Other
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was brought in.
    Imported,
    /// It was brought in before, and nothing has changed since.
    Unchanged,
    /// It was brought in before; the binder's file, or the source, has changed since. Nothing was written.
    Kept,
    /// It was not brought in, and needs not be: another program's file, or a kind with another place.
    PassedOver,
    /// It should have been, and could not be.
    Failed,
}

/// The line of a file in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file, as [`Found::label`].
    pub source: String,
    /// What became of it.
    pub state: State,
    /// Where it stands in the binder.
    pub file: Option<String>,
    /// The title of a text, "" for anything else.
    pub title: String,
    /// Rows that a section of it documents, once it is approved; in rule order.
    pub documents: Vec<RowId>,
    /// Rows that it cites and does not document; in rule order.
    pub mentions: Vec<RowId>,
    /// Blanks left to fill: line in the binder's file, and words.
    pub placeholders: Vec<(u32, String)>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// What an import comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files to write, each with the index of its line.
    pub files: Vec<(usize, NewFile)>,
    /// One line for each file found, in the order of their names.
    pub lines: Vec<Line>,
    /// The ledger afterwards, where it changes.
    pub ledger: Option<Vec<u8>>,
}

/// Works out what to write, and what to tell.
pub fn plan(mut found: Vec<Found>, there: &There) -> Plan {
    found.sort_by(|a, b| a.label.cmp(&b.label));
    tell_apart(&mut found);
    let (known, readable) = ledger::read(there.ledger.as_deref());
    let mut work = Work::new(there, known);
    let links = links::wanted(&found);
    for one in &found {
        let line = work.one(one, &links);
        work.plan.lines.push(line);
    }
    let ledger = ledger::write(&work.known);
    if readable && Some(ledger.as_slice()) != there.ledger.as_deref() && !work.known.is_empty() {
        work.plan.ledger = Some(ledger);
    }
    work.plan
}

/// Two sources of one name have files of one name.
fn tell_apart(found: &mut [Found]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for one in found {
        let number = seen.entry(one.label.clone()).or_default();
        *number += 1;
        if *number > 1 {
            one.label = format!("{} ({number})", one.label);
        }
    }
}

struct Work<'a> {
    there: &'a There,
    known: BTreeMap<String, ledger::Entry>,
    /// Texts of the binder by the source that their heads name.
    marked: BTreeMap<String, String>,
    /// Sources that were imported before, by digest.
    digests: BTreeMap<String, Vec<String>>,
    paths: names::Taken,
    ids: names::Taken,
    plan: Plan,
}

impl<'a> Work<'a> {
    fn new(there: &'a There, known: BTreeMap<String, ledger::Entry>) -> Self {
        let mut marked = BTreeMap::new();
        let mut ids = names::Taken::default();
        for (path, bytes) in &there.files {
            if !path.ends_with(".md") && !path.ends_with(".markdown") {
                continue;
            }
            let Some((text, _)) = decode::decode(path, bytes).ok() else {
                continue;
            };
            let mark = text.lines().take(40).find_map(|line| {
                line.strip_prefix("# ")
                    .and_then(|line| line.strip_prefix(compose::MARK))
            });
            if let Some(source) = mark.filter(|_| path.starts_with("policies/")) {
                marked.insert(source.to_owned(), path.clone());
            }
            if let Some(policy) = read(path, text).0 {
                ids.insert(&policy.id);
            }
        }
        let mut paths = names::Taken::default();
        let used = there.files.keys().chain(known.values().map(|entry| &entry.file));
        used.for_each(|path| paths.insert(path));
        let mut digests: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (label, entry) in &known {
            digests
                .entry(entry.source.clone())
                .or_default()
                .push(label.clone());
        }
        Self {
            there,
            known,
            marked,
            digests,
            paths,
            ids,
            plan: Plan::default(),
        }
    }

    fn one(&mut self, one: &Found, links: &links::Wanted) -> Line {
        let name = one.path.rsplit('/').next().unwrap_or(&one.path);
        let bytes = match &one.what {
            What::Bytes(bytes) => bytes,
            What::Closed(why) => return failed(one, why.clone()),
            What::Unread(size) => return report::not_read(one, sort(name), *size),
        };
        match sort(name) {
            Sort::Other => report::not_read(one, Sort::Other, bytes.len() as u64),
            Sort::Picture if !links.pictures.contains(&one.label) => report::alone(one),
            Sort::Picture => self.picture(one, bytes),
            Sort::Text | Sort::Word => self.text(one, bytes, links),
        }
    }

    /// Where a source was brought before, if its file is still there.
    fn before(&self, one: &Found, digest: &str) -> Option<String> {
        let there = |path: &String| self.there.files.contains_key(path);
        let entry = self.known.get(&one.label).map(|entry| entry.file.clone());
        let marked = self.marked.get(&one.label).cloned();
        // The same file, under the name of another folder.
        let same = || {
            let labels = self.digests.get(digest)?;
            let label = labels.iter().find(|label| last(label) == last(&one.label))?;
            self.known
                .get(label)
                .map(|entry| entry.file.clone())
                .filter(there)
        };
        entry.filter(there).or(marked.filter(there)).or_else(same)
    }

    fn again(&mut self, one: &Found, path: &str, digest: &str) -> Line {
        let now = self.there.files.get(path).map_or(&[][..], Vec::as_slice);
        let entry = self
            .known
            .get(&one.label)
            .or_else(|| self.known.values().find(|entry| entry.file == path));
        let edited = entry.is_some_and(|entry| entry.written != hex(&Sha256::digest(now)));
        let newer = entry.is_some_and(|entry| entry.source != digest);
        if entry.is_none() {
            // The list was lost, or names another folder: from now on it has this source, too.
            let entry = ledger::Entry {
                file: path.to_owned(),
                source: digest.to_owned(),
                written: hex(&Sha256::digest(now)),
            };
            self.known.insert(one.label.clone(), entry);
        }
        let mut line = match sort(path) {
            Sort::Text => looked_at(one, path, now),
            _ => blank(one, Some(path)),
        };
        line.state = if edited || newer {
            State::Kept
        } else {
            State::Unchanged
        };
        if edited {
            line.notes
                .push("It was edited in the binder since it was imported, and was left as it is.".to_owned());
        }
        if newer {
            line.notes.push(format!(
                "The source is not the one that was imported under this name; {path} was left as it is. To import it anew, take \
                 {path} out of the binder; to have both, rename the source."
            ));
        }
        line
    }

    fn picture(&mut self, one: &Found, bytes: &[u8]) -> Line {
        let digest = hex(&Sha256::digest(bytes));
        if let Some(path) = self.before(one, &digest) {
            return self.again(one, &path, &digest);
        }
        let extension = one
            .path
            .rsplit_once('.')
            .map_or("png", |(_, extension)| extension);
        let wanted = names::target(&one.path, extension);
        let path = self.place(one, &wanted);
        let mut line = blank(one, Some(&path));
        if path.strip_prefix("policies/") != Some(&one.path) {
            line.notes.push(format!(
                "It has another name in the binder, {path}: mend the links that lead to it."
            ));
        }
        self.add(one, &digest, &path, bytes.to_vec());
        line
    }

    fn text(&mut self, one: &Found, bytes: &[u8], links: &links::Wanted) -> Line {
        let digest = hex(&Sha256::digest(bytes));
        if let Some(path) = self.before(one, &digest) {
            return self.again(one, &path, &digest);
        }
        let wanted = names::target(&one.path, "md");
        let path = self.place(one, &wanted);
        let stem = names::stem(last(&path)).replace(' ', "-");
        let mut notes = Vec::new();
        let mut others = String::new();
        let mut pictures = Vec::new();
        let text = if sort(last(&one.path)) == Sort::Word {
            match docx::read(bytes, &stem) {
                Ok(word) => {
                    others = word.title;
                    pictures = word.pictures;
                    if word.left_out > 0 {
                        notes.push(format!(
                            "{} of its pictures are of a kind that pages can't show: save them as PNG and put them in.",
                            word.left_out
                        ));
                    }
                    word.markdown
                }
                Err(why) => return failed(one, format!("{why}. {}", report::CONVERT)),
            }
        } else {
            match decode::decode(&one.path, bytes) {
                Ok((text, other)) => {
                    if other {
                        notes.push("It was not saved as UTF-8; look whether every sign is right.".to_owned());
                    }
                    text
                }
                Err(why) => return failed(one, why),
            }
        };
        if text.trim().is_empty() {
            let mut line = blank(one, None);
            line.state = State::PassedOver;
            line.notes
                .push("It is empty: there is nothing to bring.".to_owned());
            return line;
        }
        let folder = path
            .rsplit_once('/')
            .map_or("policies", |(folder, _)| folder)
            .to_owned();
        let head = head::read(&text);
        let body = &text[head.body..];
        let title = compose::title(&head.keys, body, &[&others], &one.path);
        let id = self.ids.free(&names::id(&path, &title));
        let mut draft = compose::Draft {
            source: one.label.clone(),
            id,
            kind: compose::kind(&head.keys, &title),
            title,
            body: body.to_owned(),
            keys: head.keys,
            ..compose::Draft::default()
        };
        if !names::is_about_the_folder(&one.path) {
            claim(&mut draft, &path);
        }
        let text = compose::text(&draft);
        if text.len() as u64 > MAX_TEXT {
            return failed(
                one,
                "its text has more than 4 MB; split it into several files".to_owned(),
            );
        }
        let mut line = looked_at(one, &path, text.as_bytes());
        line.notes.splice(0..0, notes);
        if let Some(gone) = links.files.get(&one.label) {
            line.notes.push(format!(
                "It leads to {}: put such files into the folder evidence, list them in registers/evidence.csv, and mend the links.",
                crate::content::words::list(gone.iter().map(String::as_str))
            ));
        }
        for (name, bytes) in pictures {
            self.extra(&format!("{folder}/{name}"), bytes);
        }
        self.add(one, &digest, &path, text.into_bytes());
        line
    }

    /// A free path; that of an earlier import whose file is gone, where there was one.
    fn place(&mut self, one: &Found, wanted: &str) -> String {
        match self.known.get(&one.label) {
            Some(entry) if !self.there.files.contains_key(&entry.file) => entry.file.clone(),
            _ => self.paths.free(wanted),
        }
    }

    fn add(&mut self, one: &Found, digest: &str, path: &str, bytes: Vec<u8>) {
        let entry = ledger::Entry {
            file: path.to_owned(),
            source: digest.to_owned(),
            written: hex(&Sha256::digest(&bytes)),
        };
        self.known.insert(one.label.clone(), entry);
        self.extra(path, bytes);
    }

    fn extra(&mut self, path: &str, bytes: Vec<u8>) {
        // Pictures of a Word file that was imported before and taken out since may still be there.
        if self.there.files.contains_key(path) {
            return;
        }
        self.paths.insert(path);
        let file = NewFile {
            path: path.to_owned(),
            bytes,
            executable: false,
        };
        self.plan.files.push((self.plan.lines.len(), file));
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn blank(one: &Found, file: Option<&str>) -> Line {
    Line {
        source: one.label.clone(),
        state: State::Imported,
        file: file.map(str::to_owned),
        title: String::new(),
        documents: vec![],
        mentions: vec![],
        placeholders: vec![],
        notes: vec![],
    }
}

fn failed(one: &Found, why: String) -> Line {
    let mut line = blank(one, None);
    line.state = State::Failed;
    let mut letters = why.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    line.notes
        .push(format!("{}{}.", first.unwrap_or_default(), letters.as_str()));
    line
}
