//! Path to bytes: what a build made, before anybody publishes it to disk or to memory.
//!
//! Two makers of one path is an error with both named, never a silent overwrite.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The files of an output folder.
#[derive(Debug, Clone, Default)]
pub struct Output {
    files: BTreeMap<String, Made>,
    /// Every path in lower case, to the path as made.
    folded: BTreeMap<String, String>,
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

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} and {} would both be written to {}",
            self.first, self.second, self.path
        )
    }
}

impl std::error::Error for Collision {}

impl Output {
    /// Adds a file. `by` says what it was made from, in words for a message ("policy sanction-policy").
    ///
    /// # Errors
    /// [`Collision`] when something else made the path already (letter case does not tell two paths apart: Windows
    /// would not either), or made a folder where this is a file or the other way round.
    pub fn add(
        &mut self,
        path: impl Into<String>,
        body: Body,
        by: impl Into<String>,
    ) -> Result<(), Collision> {
        let (path, by) = (path.into(), by.into());
        let folded = path.to_lowercase();
        if let Some(there) = self.taken(&folded) {
            let first = self
                .files
                .get(there)
                .map(|made| made.by.clone())
                .unwrap_or_default();
            return Err(Collision {
                path,
                first,
                second: by,
            });
        }
        self.folded.insert(folded, path.clone());
        self.files.insert(path, Made { body, by });
        Ok(())
    }

    /// The path that stands where `folded` should go: itself, a file where it needs a folder, or something below it.
    fn taken(&self, folded: &str) -> Option<&String> {
        let above = folded
            .match_indices('/')
            .find_map(|(at, _)| self.folded.get(&folded[..at]));
        let inside = format!("{folded}/");
        let below = || {
            self.folded
                .range(inside.clone()..)
                .next()
                .filter(|(path, _)| path.starts_with(&inside))
        };
        self.folded
            .get(folded)
            .or(above)
            .or_else(|| below().map(|(_, path)| path))
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

    /// What a file was made from, in words.
    pub fn maker(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|made| made.by.as_str())
    }

    /// True when there is such a file.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn made(paths: &[&str]) -> Result<Output, Collision> {
        let mut output = Output::default();
        for path in paths {
            output.add(
                *path,
                Body::Bytes(Arc::from(path.as_bytes())),
                format!("the maker of {path}"),
            )?;
        }
        Ok(output)
    }

    #[test]
    fn different_paths_live_side_by_side() {
        let output = made(&["a/b.html", "a/b", "a.html", "a-b/c"]).expect("no collision");
        assert_eq!(output.len(), 4);
        assert_eq!(output.bytes("a/b").map(|b| b.to_vec()), Some(b"a/b".to_vec()));
    }

    #[test]
    fn two_makers_of_one_path_are_both_named() {
        for (first, second) in [
            ("p/a.html", "p/a.html"),
            ("p/a.html", "P/A.html"),
            ("p", "p/a"),
            ("p/a", "P"),
        ] {
            let collision = made(&[first, second]).expect_err(second);
            assert_eq!(collision.first, format!("the maker of {first}"));
            assert_eq!(collision.second, format!("the maker of {second}"));
        }
    }
}
