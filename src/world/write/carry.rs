//! Files of others in an output folder: kept through every build, and through every crash.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::known::Known;
use super::manifest::{LISTS, MANIFEST, Manifest};
use super::target::Old;
use super::{Refused, cannot, hex};
use crate::diagnostic::{Diagnostic, Place};
use crate::world::read::stream;

/// Brings what others put into `old` over to `new`, which already holds the files that the new build `makes`, and the
/// `trees`, given by prefix and id. Says how many files.
pub(super) fn over(
    old: &Path,
    new: &Path,
    what: &Old,
    known: &Known,
    trees: &BTreeMap<String, String>,
    makes: &dyn Fn(&str) -> bool,
) -> Result<usize, Refused> {
    if matches!(what, Old::Absent) {
        return Ok(0);
    }
    let mut kept = 0;
    let replaced = |name: &str| known.is_shared(name, trees);
    let (items, _) = walk(old, &replaced).map_err(|e| cannot("can't be read", old, &e))?;
    for item in items {
        let path = item.path(old);
        if item.is_ours(known) {
            // Replaced by this build, or no longer made. A file we no longer make but somebody changed is theirs now.
            let name = item.name();
            let gone = !makes(&name) && name != MANIFEST;
            if !gone || unchanged(&path, &name, known) {
                continue;
            }
        }
        let to = new.join(&item.below);
        // Folders come with the files in them; only one that somebody left empty has to be made.
        let result = match item.is_dir {
            true if fs::read_dir(&path).is_ok_and(|mut inside| inside.next().is_none()) => {
                fs::create_dir_all(&to)
            }
            true => Ok(()),
            false => link(&path, &to),
        };
        match result {
            Ok(()) if item.is_dir => {}
            Ok(()) => kept += 1,
            Err(error)
                if [io::ErrorKind::AlreadyExists, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
            {
                return Err(in_the_way(old, &item.name()));
            }
            Err(error) => return Err(cannot("can't be written", old, &error)),
        }
    }
    Ok(kept)
}

/// Empties `tree`, an output folder that was replaced by `target`: what `tree`'s own manifest lists goes, what others
/// put there goes only when `target` has it too, and is moved to `target` otherwise.
pub(super) fn clear(tree: &Path, target: &Path) -> io::Result<()> {
    let manifest = Manifest::of(tree);
    let known = manifest
        .as_ref()
        .map_or_else(Known::default, |m| Known::of(tree, m));
    // Trees that both have hold the same files of ours: no need to look at each one.
    let both = Manifest::of(target).map_or_else(BTreeMap::new, |m| m.trees);
    let (items, shared) = walk(tree, &|name| known.is_shared(name, &both))?;
    // Files of one folder get into each other's way.
    shared
        .par_chunks(128)
        .try_for_each(|names| names.iter().try_for_each(|name| fs::remove_file(tree.join(name))))?;
    // The lists say which files of the trees are ours: they go when those are gone.
    let (lists, files): (Vec<&Item>, Vec<&Item>) = items
        .iter()
        .filter(|item| !item.is_dir)
        .partition(|item| item.below.starts_with(LISTS));
    for item in files.into_iter().chain(lists) {
        let path = item.path(tree);
        let name = item.name();
        if name == MANIFEST {
            continue;
        }
        let there = target.join(&item.below);
        let ours = item.is_ours(&known);
        let replaced = ours && fs::symlink_metadata(&there).is_ok();
        if replaced || same(&path, &there) || (ours && unchanged(&path, &name, &known)) {
            fs::remove_file(&path)?;
        } else {
            // Somebody saved it while we were exchanging the folders.
            if let Some(parent) = there.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(&path, &there)?;
        }
    }
    for item in items.iter().rev().filter(|item| item.is_dir) {
        let _ = fs::remove_dir(item.path(tree));
    }
    // Last, so that a second run after a crash in here still knows which files are ours.
    match fs::remove_file(tree.join(MANIFEST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir(tree),
    }
}

/// True for an output folder that has every file of its manifest.
pub(super) fn is_whole(tree: &Path) -> bool {
    Manifest::of(tree).is_some_and(|manifest| Known::of(tree, &manifest).all_there(tree))
}

struct Item {
    below: PathBuf,
    is_dir: bool,
    is_file: bool,
}

impl Item {
    fn path(&self, root: &Path) -> PathBuf {
        root.join(&self.below)
    }

    /// The path as a manifest writes it.
    fn name(&self) -> String {
        let parts: Vec<_> = self
            .below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        parts.join("/")
    }

    fn is_ours(&self, known: &Known) -> bool {
        // A name that is no valid text has a stand-in character that our own paths never hold.
        self.is_file && known.contains(&self.name()) && self.below.to_str().is_some()
    }
}

/// Everything below a folder, folders before what they hold, and apart from it the names of files that are `known`. Links
/// are not followed.
fn walk(root: &Path, known: &dyn Fn(&str) -> bool) -> io::Result<(Vec<Item>, Vec<String>)> {
    let (mut items, mut apart) = (vec![], vec![]);
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let start = folder.to_str().map(|folder| match folder.is_empty() {
            true => String::new(),
            false => format!("{}/", folder.replace(MAIN_SEPARATOR, "/")),
        });
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if let (Some(start), Some(name)) = (&start, name.to_str())
                && kind.is_file()
            {
                let name = format!("{start}{name}");
                if known(&name) {
                    apart.push(name);
                    continue;
                }
            }
            let below = folder.join(name);
            if kind.is_dir() {
                open.push(below.clone());
            }
            items.push(Item {
                below,
                is_dir: kind.is_dir(),
                is_file: kind.is_file(),
            });
        }
    }
    items.sort_by(|a, b| a.below.cmp(&b.below));
    Ok((items, apart))
}

/// A second name for a file where the disk can do it, a copy elsewhere.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => copy(from, to),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    #[cfg(unix)]
    if fs::symlink_metadata(from)?.file_type().is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    fs::copy(from, to).map(|_| ())
}

/// One and the same file under two names, or two with the same bytes.
fn same(a: &Path, b: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::symlink_metadata(a), fs::symlink_metadata(b)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (one.dev(), one.ino()) == (other.dev(), other.ino()) {
            return true;
        }
    }
    if one.file_type().is_symlink() {
        return fs::read_link(a)
            .ok()
            .is_some_and(|to| fs::read_link(b).is_ok_and(|other| other == to));
    }
    one.is_file()
        && other.is_file()
        && one.len() == other.len()
        && digest(a).is_ok_and(|d| digest(b).is_ok_and(|e| d == e))
}

fn unchanged(path: &Path, name: &str, known: &Known) -> bool {
    digest(path).is_ok_and(|digest| known.digest(name) == Some(digest.as_str()))
}

fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    stream(&mut fs::File::open(path)?, |part| hasher.update(part))?;
    Ok(hex(&hasher.finalize()))
}

fn in_the_way(dir: &Path, name: &str) -> Refused {
    let message = format!(
        "nothing was written: \"{name}\" in {} was put there by somebody else, and this build makes a file of that name",
        dir.display()
    );
    Box::new(
        Diagnostic::error("output-file", Place::default(), message)
            .help("Move or rename it, and run this again."),
    )
}
