//! Which files of an output folder are ours: those that its manifest lists, and those of its trees.
//!
//! Trees have thousands of files, and every build asks for each of them: their lists are kept as they were read.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use super::manifest::{LISTS, MANIFEST, Manifest};

/// The files that a build wrote into one folder, each with its SHA-256 in hexadecimal.
#[derive(Debug, Default)]
pub(super) struct Known {
    files: BTreeMap<String, String>,
    /// By prefix, without a slash at the end.
    trees: BTreeMap<String, KnownTree>,
}

#[derive(Debug)]
struct KnownTree {
    id: String,
    list: String,
    /// Where digest and path of each file stand in the list, sorted by path.
    lines: Vec<(Range<usize>, Range<usize>)>,
}

impl Known {
    /// What the manifest in `dir` lists. A tree whose list is gone or damaged has no files of ours: they stay.
    pub fn of(dir: &Path, manifest: &Manifest) -> Self {
        let trees = manifest.trees.iter().map(|(prefix, id)| {
            let at = list_path(prefix);
            let text = fs::read(dir.join(&at)).unwrap_or_default();
            let is_whole = manifest.files.get(&at) == Some(&super::digest_of(&text));
            let list = String::from_utf8(text).ok().filter(|_| is_whole);
            (
                prefix.clone(),
                KnownTree::new(id.clone(), list.unwrap_or_default()),
            )
        });
        Self {
            files: manifest.files.clone(),
            trees: trees.collect(),
        }
    }

    /// True for a file that a build wrote, the manifest itself included.
    pub fn contains(&self, path: &str) -> bool {
        path == MANIFEST || self.digest(path).is_some()
    }

    /// The digest with which a file was written.
    pub fn digest(&self, path: &str) -> Option<&str> {
        if let Some((_, tree, below)) = self.in_tree(path) {
            return tree.digest(below);
        }
        self.files.get(path).map(String::as_str)
    }

    /// True when every file is there.
    pub fn all_there(&self, dir: &Path) -> bool {
        let there = |path: &str| fs::symlink_metadata(dir.join(path)).is_ok();
        let mut in_trees = self.trees.iter().flat_map(|(prefix, tree)| {
            let paths = tree.lines.iter().map(|(_, path)| &tree.list[path.clone()]);
            paths.map(move |path| format!("{prefix}/{path}"))
        });
        self.files.keys().all(|path| there(path)) && in_trees.all(|path| there(&path))
    }

    /// True when the tree was put there under this id.
    pub fn has_tree(&self, prefix: &str, id: &str) -> bool {
        self.trees.get(prefix).is_some_and(|tree| tree.id == id)
    }

    /// The list of a tree, as it stands in the output.
    pub fn list(&self, prefix: &str) -> Option<&str> {
        self.trees.get(prefix).map(|tree| tree.list.as_str())
    }

    /// The tree that a path lies in, and the path in it. Trees stand in folders of the second level.
    fn in_tree<'a>(&self, path: &'a str) -> Option<(&'a str, &KnownTree, &'a str)> {
        if self.trees.is_empty() {
            return None;
        }
        let first = path.find('/')?;
        let second = first + 1 + path[first + 1..].find('/')?;
        let prefix = &path[..second];
        Some((prefix, self.trees.get(prefix)?, &path[second + 1..]))
    }
}

impl KnownTree {
    fn new(id: String, list: String) -> Self {
        let mut lines = vec![];
        let mut at = 0;
        for line in list.split_inclusive('\n') {
            let text = line.trim_end_matches('\n');
            if let Some(middle) = text.find("  ") {
                lines.push((at..at + middle, at + middle + 2..at + text.len()));
            }
            at += line.len();
        }
        lines.sort_by(|(_, a), (_, b)| list[a.clone()].cmp(&list[b.clone()]));
        Self { id, list, lines }
    }

    fn digest(&self, path: &str) -> Option<&str> {
        let at = self
            .lines
            .binary_search_by(|(_, other)| self.list[other.clone()].cmp(path))
            .ok()?;
        self.lines.get(at).map(|(digest, _)| &self.list[digest.clone()])
    }
}

/// Where the list of a tree's files stands in the output.
pub(super) fn list_path(prefix: &str) -> String {
    let name = prefix.rsplit('/').next().unwrap_or(prefix);
    format!("{LISTS}/{name}.sha256")
}

/// The list as `sha256sum --check` reads it.
pub(super) fn list(files: &[(&str, &str)]) -> String {
    files
        .iter()
        .map(|(path, digest)| format!("{digest}  {path}\n"))
        .collect()
}
