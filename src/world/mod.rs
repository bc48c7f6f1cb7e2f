//! The only door to disk and clock.
//!
//! [`read`] takes a content folder into memory; what was read is the watch list. [`write`] publishes an output folder
//! by exchange, and edits single files atomically. [`clock`] tells today. Everything else is pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

pub mod clock;
pub mod desk;
mod names;
pub mod read;
pub mod reader;
pub mod write;

/// A content folder as it was read at one moment.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Every file that counts (design: only known folders, no editor droppings), by path below the folder with `/`.
    pub files: BTreeMap<Arc<str>, File>,
    /// What went wrong or looked odd while reading: symlink loops, paths that leave the folder, conflict copies.
    pub problems: Vec<Diagnostic>,
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
