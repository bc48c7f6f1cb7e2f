//! The only door to disk and clock.
//!
//! [`read`] takes a content folder into memory; what was read is the watch list. [`write`] publishes an output folder
//! by exchange, and edits single files atomically. [`clock`] tells today. Everything else is pure.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::content;
use crate::diagnostic::{Diagnostic, Source};
use crate::history;

pub mod clock;
pub mod desk;
pub mod files;
pub mod git;
pub mod import;
pub mod interrupt;
mod lock;
mod names;
pub mod read;
pub mod reader;
pub mod versions;
pub mod write;

/// A content folder as it was read at one moment.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Every file that counts (design: only known folders, no editor droppings), by path below the folder with `/`.
    pub files: BTreeMap<Arc<str>, File>,
    /// What went wrong or looked odd while reading: symlink loops, paths that leave the folder, conflict copies.
    pub problems: Vec<Diagnostic>,
    /// The sealed versions in `versions/`, by path. Only the list of entries, the manifest and the summary of each.
    pub sealed: Vec<SealedArchive>,
}

/// A sealed version, as far as an ordinary build reads it: never the whole archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedArchive {
    /// Path below the content folder: `versions/2026.1.zip`.
    pub path: Arc<str>,
    /// Size of the archive in bytes.
    pub size: u64,
    /// SHA-256 over the list of entries and the manifest: changes with every entry.
    pub id: [u8; 32],
    /// `manifest.json`.
    pub manifest: Arc<[u8]>,
    /// `summary.json`, checked against the manifest.
    pub summary: Arc<[u8]>,
    /// `withdrawals.json`, where something was taken out after sealing.
    pub withdrawals: Option<Arc<[u8]>>,
    /// What the three say, or why they can't be understood.
    pub parsed: Result<Arc<history::Parsed>, String>,
    /// Files of its site, by path below `site/`, with their sizes in bytes; sorted by path.
    pub site: Arc<[(Arc<str>, u64)]>,
    /// SHA-256 of the whole file, where it was worked out: of the newest version, which no other one names
    /// ([`versions::add_digest`]).
    pub digest: Option<[u8; 32]>,
    /// Its pages can't be taken out: publishing has tried ([`Folder::mark_damaged`]).
    pub damaged: bool,
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub digest: [u8; 32],
    /// The bytes; `None` when the file is larger than is kept in memory ([`read::MAX_TEXT`] for text,
    /// [`read::MAX_EVIDENCE`] for evidence). Such a file is copied at publishing.
    pub bytes: Option<Arc<[u8]>>,
}

impl Folder {
    /// Notes the archives that publishing could not take pages from, so that the next build leaves those versions out.
    /// True when there was one among them that was not known.
    pub fn mark_damaged(&mut self, refusal: &Diagnostic) -> bool {
        if refusal.code != write::DAMAGED {
            return false;
        }
        let named = std::iter::once(&refusal.place).chain(refusal.also.iter().map(|(place, _)| place));
        let named: Vec<&str> = named.map(|place| &*place.file).collect();
        let mut news = false;
        for archive in &mut self.sealed {
            if named.contains(&&*archive.path) {
                news |= !archive.damaged;
                archive.damaged = true;
            }
        }
        news
    }

    /// The text of a file, where it is there and is text.
    pub fn source(&self, path: &str) -> Option<Source> {
        let (path, file) = self.files.get_key_value(path)?;
        content::text::source(path, file)
    }

    /// The same, for many places in few files: each is read once.
    pub fn sources(&self) -> impl Fn(&str) -> Option<Source> {
        let known = RefCell::new(BTreeMap::new());
        move |path| {
            let mut known = known.borrow_mut();
            known
                .entry(path.to_string())
                .or_insert_with(|| self.source(path))
                .clone()
        }
    }

    /// The bytes of a file, where it is there and small enough.
    pub fn bytes(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)?.bytes.as_ref()
    }

    /// Files directly or deeper below `dir/`, in path order.
    pub fn below<'a>(&'a self, dir: &'a str) -> impl Iterator<Item = (&'a Arc<str>, &'a File)> {
        self.files
            .iter()
            .filter(move |(p, _)| p.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')))
    }
}
