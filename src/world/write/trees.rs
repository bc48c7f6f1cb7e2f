//! Puts sealed versions into an output: a second name for each file that is there already, the archive for the rest.

use std::collections::BTreeSet;
use std::fs::{self, FileTimes};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::known::{Known, list, list_path};
use super::{Refused, cannot, digest_of, new_file, set_mode, write_file};
use crate::diagnostic::{Diagnostic, Place};
use crate::history::archive::Damage;
use crate::output::Tree;
use crate::world::interrupt;
use crate::world::versions::{Archive, CopyError};

/// Code of the message about an archive that a tree can't be taken from. Its place and the places beside it name the
/// archives.
pub const DAMAGED: &str = "sealed-version-damaged";

/// Where the trees of an output come from.
pub(super) struct From<'a> {
    /// The content folder, which holds the archives.
    pub content: &'a Path,
    /// The output as it stands.
    pub old: &'a Path,
    /// Which files in it are ours.
    pub known: &'a Known,
}

/// What placing did.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// Files put in place, without the lists.
    pub files: usize,
    /// Their size, in bytes.
    pub bytes: u64,
    /// The list of each tree, with its SHA-256 in hexadecimal.
    pub lists: Vec<(String, String)>,
}

/// Puts the trees and their lists into `root`. A file of the old output is taken over by a second name when the old
/// manifest has the tree under the same id and the file has the size and the time with which it was unpacked: whoever
/// changes a file changes its time. All others come from the archive and are checked.
pub(super) fn place(trees: &[Arc<Tree>], from: &From<'_>, root: &Path) -> Result<Placed, Refused> {
    let placed = trees.par_iter().map(|tree| place_one(tree, from, root));
    let placed: Vec<Result<Placed, Refused>> = placed.collect();
    let mut all = Placed::default();
    let mut refused: Option<Refused> = None;
    for one in placed {
        match (one, &mut refused) {
            (Ok(one), _) => {
                all.files += one.files;
                all.bytes += one.bytes;
                all.lists.extend(one.lists);
            }
            (Err(why), None) => refused = Some(why),
            // Every damaged archive is named at once; any other refusal comes before them.
            (Err(why), Some(first)) if why.code == DAMAGED && first.code == DAMAGED => {
                first.also.push((why.place.clone(), why.message.clone()));
            }
            (Err(why), Some(first)) if first.code == DAMAGED => *first = why,
            (Err(_), Some(_)) => {}
        }
    }
    refused.map_or(Ok(all), Err)
}

fn place_one(tree: &Tree, from: &From<'_>, root: &Path) -> Result<Placed, Refused> {
    let unwritable = |e: io::Error| cannot("can't be written", from.old, &e);
    make_folders(tree, root).map_err(unwritable)?;
    let (new, old) = (root.join(&tree.prefix), from.old.join(&tree.prefix));
    let same = from.known.has_tree(&tree.prefix, &tree.id);
    let time = time(tree);
    let missing: Vec<&str> = tree
        .files
        .iter()
        .filter(|(path, size)| {
            let there = old.join(&**path);
            let taken = same
                && is_as_unpacked(&there, *size, time)
                && fs::hard_link(&there, new.join(&**path)).is_ok();
            !taken
        })
        .map(|(path, _)| &**path)
        .collect();
    let list_at = list_path(&tree.prefix);
    let list_to = root.join(&list_at);
    let mut list_digest = None;
    if missing.is_empty() && same && fs::hard_link(from.old.join(&list_at), &list_to).is_ok() {
        list_digest = from.known.digest(&list_at).map(str::to_string);
    }
    if list_digest.is_none() {
        let damaged = |why: Damage| damaged(tree, &why);
        let archive = Archive::open(&from.content.join(&*tree.archive)).map_err(damaged)?;
        let manifest = archive.manifest().map_err(damaged)?;
        for path in missing {
            interrupt::stopped()?;
            let to = new.join(path);
            let mut file = new_file(&to).map_err(unwritable)?;
            match archive.copy(&tree.inside(path), &manifest, &mut file) {
                Ok(_) => file
                    .set_times(FileTimes::new().set_modified(time))
                    .map_err(unwritable)?,
                Err(CopyError::Damage(damage)) => return Err(damaged(damage)),
                Err(CopyError::Write(error)) => return Err(unwritable(error)),
            }
        }
        let mut lines = vec![];
        for (path, _) in &*tree.files {
            let inside = tree.inside(path);
            let recorded = manifest.files.get(&inside);
            let recorded =
                recorded.ok_or_else(|| damaged(Damage::of(&inside, "it is not in the manifest")))?;
            lines.push((&**path, recorded.sha256.as_str()));
        }
        let text = list(&lines);
        let _ = fs::remove_file(&list_to);
        write_file(&list_to, text.as_bytes()).map_err(unwritable)?;
        list_digest = Some(digest_of(text.as_bytes()));
    }
    Ok(Placed {
        files: tree.files.len(),
        bytes: tree.files.iter().map(|(_, size)| size).sum(),
        lists: list_digest
            .into_iter()
            .map(|digest| (list_at.clone(), digest))
            .collect(),
    })
}

fn make_folders(tree: &Tree, root: &Path) -> io::Result<()> {
    let to = root.join(&tree.prefix);
    let mut folders = BTreeSet::new();
    for (path, _) in &*tree.files {
        folders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
    }
    fs::create_dir_all(&to)?;
    set_mode(&to, 0o755)?;
    for folder in folders {
        fs::create_dir(to.join(folder))?;
        set_mode(&to.join(folder), 0o755)?;
    }
    Ok(())
}

/// What every file of a tree is dated.
fn time(tree: &Tree) -> SystemTime {
    let seconds = u64::try_from(tree.time).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn is_as_unpacked(path: &Path, size: u64, time: SystemTime) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.len() == size && meta.modified().is_ok_and(|at| at == time))
}

/// What an archive lacks, boxed for a person.
fn damaged(tree: &Tree, why: &Damage) -> Refused {
    let label = tree.prefix.rsplit('/').next().unwrap_or(&tree.prefix);
    let message = format!("\"{}\" is damaged: {why}", tree.archive);
    let help = format!(
        "Run `binder verify {label}` to see all that differs, and put the archive back from a copy. Never edit it."
    );
    Box::new(Diagnostic::error(DAMAGED, Place::file(tree.archive.clone()), message).help(help))
}
