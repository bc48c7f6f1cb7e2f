//! Path to bytes: what a build made, before anybody publishes it to disk or to memory.
//!
//! Two makers of one path is an error with both named, never a silent overwrite.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of an output folder.
#[derive(Debug, Clone, Default)]
pub struct Output {
    files: BTreeMap<String, Made>,
}

#[derive(Debug, Clone)]
struct Made {
    body: Body,
    by: String,
}

/// The bytes of a file, or where to copy them from.
#[derive(Debug, Clone)]
pub enum Body {
    /// The bytes.
    Bytes(Arc<[u8]>),
    /// A file of the content folder, by path below it: evidence too large to keep in memory. Its SHA-256 was taken
    /// when it was read and is checked again at copying.
    Copy {
        /// Path below the content folder.
        from: Arc<str>,
        /// SHA-256 when it was read.
        digest: [u8; 32],
    },
}

/// Two makers of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The path.
    pub path: String,
    /// What made it first.
    pub first: String,
    /// What wanted it too.
    pub second: String,
}

impl Output {
    /// Adds a file. `by` says what it was made from, in words for a message ("policy sanction-policy").
    ///
    /// # Errors
    /// [`Collision`] when something else made the path already (letter case does not tell two paths apart: Windows
    /// would not either).
    pub fn add(&mut self, path: impl Into<String>, body: Body, by: impl Into<String>) -> Result<(), Collision> {
        let (path, by) = (path.into(), by.into());
        if let Some(there) = self.files.get(&path) {
            return Err(Collision { path, first: there.by.clone(), second: by });
        }
        self.files.insert(path, Made { body, by });
        Ok(())
    }

    /// Every file in path order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Body)> {
        self.files.iter().map(|(path, made)| (path.as_str(), &made.body))
    }

    /// A file's bytes, if they are in memory.
    pub fn bytes(&self, path: &str) -> Option<&Arc<[u8]>> {
        match &self.files.get(path)?.body {
            Body::Bytes(bytes) => Some(bytes),
            Body::Copy { .. } => None,
        }
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True when nothing was made.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
