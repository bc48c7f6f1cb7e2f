//! Which files of an output folder are ours: those that its manifest lists, and those of its trees.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::manifest::{LISTS, MANIFEST, Manifest};

/// The files that a build wrote into one folder, each with its SHA-256 in hexadecimal.
#[derive(Debug, Default)]
pub(super) struct Known {
    files: BTreeMap<String, String>,
    trees: Vec<KnownTree>,
}

#[derive(Debug)]
struct KnownTree {
    /// With a slash at the end.
    prefix: String,
    id: String,
    /// By path below the prefix, sorted.
    files: Vec<(String, String)>,
}

impl Known {
    /// What the manifest in `dir` lists. A tree whose list is gone or damaged has no files of ours: they stay.
    pub fn of(dir: &Path, manifest: &Manifest) -> Self {
        let trees = manifest.trees.iter().map(|(prefix, id)| {
            let list = list_path(prefix);
            let text = fs::read(dir.join(&list)).unwrap_or_default();
            let is_whole = manifest.files.get(&list) == Some(&super::digest_of(&text));
            KnownTree {
                prefix: format!("{prefix}/"),
                id: id.clone(),
                files: match String::from_utf8(text) {
                    Ok(text) if is_whole => parse(&text),
                    _ => vec![],
                },
            }
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
        if let Some(digest) = self.files.get(path) {
            return Some(digest);
        }
        let (tree, below) = self.in_tree(path)?;
        let at = tree
            .files
            .binary_search_by(|(other, _)| other.as_str().cmp(below))
            .ok()?;
        tree.files.get(at).map(|(_, digest)| digest.as_str())
    }

    /// True when the tree was put there under this id.
    pub fn has_tree(&self, prefix: &str, id: &str) -> bool {
        self.trees
            .iter()
            .any(|tree| tree.id == id && tree.prefix.strip_suffix('/') == Some(prefix))
    }

    /// The tree that a path lies in, as the prefix with a slash at the end and the id.
    pub fn tree_of(&self, path: &str) -> Option<(&str, &str)> {
        self.in_tree(path)
            .map(|(tree, _)| (tree.prefix.as_str(), tree.id.as_str()))
    }

    fn in_tree<'a>(&self, path: &'a str) -> Option<(&KnownTree, &'a str)> {
        self.trees
            .iter()
            .find_map(|tree| Some((tree, path.strip_prefix(tree.prefix.as_str())?)))
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

fn parse(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, path)| (path.to_string(), digest.to_string()))
        .collect();
    files.sort();
    files
}
