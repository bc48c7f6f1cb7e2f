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
    trees: Vec<Arc<Tree>>,
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

/// A folder of the output that is taken from an archive as it is: a sealed version of the site.
///
/// Its files are never made into [`Body`]s: there may be thousands, and none of them ever changes. Publishing takes them
/// over from the output before, serving reads them from the archive when they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Where it stands in the output, without a slash at the end: `versions/2026.1`.
    pub prefix: String,
    /// The archive, by path below the content folder: `versions/2026.1.zip`.
    pub archive: Arc<str>,
    /// The folder of the files inside the archive: `site`.
    pub folder: &'static str,
    /// Tells the archive from every other; two trees with one prefix and one id have the same files.
    pub id: String,
    /// The time that its files get, in seconds since 1970: when it was sealed.
    pub time: i64,
    /// Its files, by path below the prefix, with their sizes in bytes; sorted.
    pub files: Arc<[(Arc<str>, u64)]>,
}

impl Tree {
    /// Path inside the archive of a file, which is named by its path below the prefix.
    pub fn inside(&self, path: &str) -> String {
        format!("{}/{path}", self.folder)
    }

    /// The size of a file, by path below the prefix.
    pub fn size(&self, path: &str) -> Option<u64> {
        let at = self
            .files
            .binary_search_by(|(other, _)| (**other).cmp(path))
            .ok()?;
        self.files.get(at).map(|(_, size)| *size)
    }
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
        if let Some(first) = self.taken_by(&folded) {
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

    /// Adds a folder that comes from an archive.
    ///
    /// # Errors
    /// [`Collision`] when something else made the folder or a file in it.
    pub fn add_tree(&mut self, tree: Arc<Tree>) -> Result<(), Collision> {
        let folded = tree.prefix.to_lowercase();
        if let Some(first) = self.taken_by(&folded) {
            return Err(Collision {
                path: tree.prefix.clone(),
                first,
                second: tree.archive.to_string(),
            });
        }
        self.folded.insert(folded, tree.prefix.clone());
        self.trees.push(tree);
        Ok(())
    }

    /// The folders that come from archives, in the order they were added.
    pub fn trees(&self) -> &[Arc<Tree>] {
        &self.trees
    }

    /// The tree that a path of the output lies in, and the path below its prefix.
    pub fn tree<'a>(&self, path: &'a str) -> Option<(&Arc<Tree>, &'a str)> {
        self.trees.iter().find_map(|tree| {
            let below = path.strip_prefix(tree.prefix.as_str())?.strip_prefix('/')?;
            Some((tree, below))
        })
    }

    /// What made the path that stands where `folded` should go, in words.
    fn taken_by(&self, folded: &str) -> Option<String> {
        let there = self.taken(folded)?;
        let file = self.files.get(there).map(|made| made.by.clone());
        let tree = || self.trees.iter().find(|tree| tree.prefix == *there);
        Some(
            file.or_else(|| Some(tree()?.archive.to_string()))
                .unwrap_or_default(),
        )
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
    fn a_tree_takes_its_folder_and_nothing_else() {
        let tree = |prefix: &str| {
            Arc::new(Tree {
                prefix: prefix.to_string(),
                archive: "versions/1.zip".into(),
                folder: "site",
                id: String::new(),
                time: 0,
                files: [].into(),
            })
        };
        let mut output = made(&["versions/index.html", "versions/2/x"]).expect("no collision");
        output.add_tree(tree("versions/1")).expect("its own folder");
        for prefix in ["versions/1", "versions", "versions/2", "versions/1/a"] {
            output.add_tree(tree(prefix)).expect_err(prefix);
        }
        let body = Body::Bytes(Arc::from(&b""[..]));
        let collision = output
            .add("versions/1/index.html", body, "a page")
            .expect_err("in the tree");
        assert_eq!(collision.first, "versions/1.zip");
        assert_eq!((output.trees().len(), output.len()), (1, 2));
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
