//! Puts sealed versions into an output: a second name for each file that is there already, the archive for the rest.

use std::fs::{self, FileTimes};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::again::{self, Identity};
use super::known::{Known, list, list_path};
use super::modes::Modes;
use super::{Refused, cannot, digest_of};
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
    /// A new file, for comparison.
    pub made: Option<Identity>,
}

/// What the old output has of a tree.
pub(super) struct Found {
    /// Of each file, in their order, whether it is there as it was unpacked.
    files: Vec<bool>,
    list: Option<Identity>,
}

impl Found {
    /// True where nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.list.is_some() && self.files.iter().all(|there| *there)
    }
}

/// How many files of a tree are looked at, or linked, in one go.
const BATCH: usize = 64;

/// Looks for the trees in the old output. A file is taken over by a second name when the old manifest has the tree under
/// the same id and the file has the size and the time with which it was unpacked, and the permissions: whoever changes a
/// file changes its time.
pub(super) fn look(trees: &[Arc<Tree>], from: &From<'_>) -> Vec<Found> {
    trees.par_iter().map(|tree| look_for(tree, from)).collect()
}

fn look_for(tree: &Tree, from: &From<'_>) -> Found {
    let Some(made) = from.made.filter(|_| from.known.has_tree(&tree.prefix, &tree.id)) else {
        return Found {
            files: vec![false; tree.files.len()],
            list: None,
        };
    };
    let (old, time) = (from.old.join(&tree.prefix), time(tree));
    let files = tree.files.par_iter().with_min_len(BATCH);
    let files = files.map(|(path, size)| {
        fs::symlink_metadata(old.join(&**path)).is_ok_and(|meta| {
            meta.len() == *size
                && meta.modified().is_ok_and(|at| at == time)
                && Identity::of(&meta).is_some_and(|there| there.has_mode_of(&made))
        })
    });
    let list = from.known.list(&tree.prefix);
    Found {
        files: files.collect(),
        list: list.and_then(|text| {
            again::holds_bytes(&from.old.join(list_path(&tree.prefix)), text.as_bytes(), &made)
        }),
    }
}

/// Puts the trees and their lists into `root`, where their folders are made: what was `found` by a second name, all else from
/// the archive, checked. Gives the list of each tree, with its SHA-256 in hexadecimal.
pub(super) fn place(
    trees: &[Arc<Tree>],
    found: &[Found],
    from: &From<'_>,
    root: &Path,
    modes: Modes,
) -> Result<Vec<(String, String)>, Refused> {
    let placed = trees
        .par_iter()
        .zip(found)
        .map(|(tree, found)| place_one(tree, found, from, root, modes));
    let placed: Vec<Result<_, Refused>> = placed.collect();
    let mut lists = vec![];
    let mut refused: Option<Refused> = None;
    for one in placed {
        match (one, &mut refused) {
            (Ok(list), _) => lists.push(list),
            (Err(why), None) => refused = Some(why),
            // Every damaged archive is named at once; any other refusal comes before them.
            (Err(why), Some(first)) if why.code == DAMAGED && first.code == DAMAGED => {
                first.also.push((why.place.clone(), why.message.clone()));
            }
            (Err(why), Some(first)) if first.code == DAMAGED => *first = why,
            (Err(_), Some(_)) => {}
        }
    }
    refused.map_or(Ok(lists), Err)
}

fn place_one(
    tree: &Tree,
    found: &Found,
    from: &From<'_>,
    root: &Path,
    modes: Modes,
) -> Result<(String, String), Refused> {
    let unwritable = |e: io::Error| cannot("can't be written", from.old, &e);
    let (new, old) = (root.join(&tree.prefix), from.old.join(&tree.prefix));
    let files = tree.files.par_iter().zip(&found.files).with_min_len(BATCH);
    let missing: Vec<&str> = files
        .filter(|((path, _), there)| {
            !(**there && fs::hard_link(old.join(&**path), new.join(&**path)).is_ok())
        })
        .map(|((path, _), _)| &**path)
        .collect();
    let list_at = list_path(&tree.prefix);
    let list_to = root.join(&list_at);
    if missing.is_empty()
        && let (Some(there), Some(digest)) = (&found.list, from.known.digest(&list_at))
        && again::link(&from.old.join(&list_at), &list_to, there)
    {
        return Ok((list_at, digest.to_string()));
    }
    let damaged = |why: Damage| damaged(tree, &why);
    let archive = Archive::open(&from.content.join(&*tree.archive)).map_err(damaged)?;
    let manifest = archive.manifest().map_err(damaged)?;
    let time = time(tree);
    for path in missing {
        interrupt::stopped()?;
        let mut file = modes.file(&new.join(path)).map_err(unwritable)?;
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
        let recorded = recorded.ok_or_else(|| damaged(Damage::of(&inside, "it is not in the manifest")))?;
        lines.push((&**path, recorded.sha256.as_str()));
    }
    let text = list(&lines);
    let mut file = modes.file(&list_to).map_err(unwritable)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    Ok((list_at, digest_of(text.as_bytes())))
}

/// What every file of a tree is dated.
fn time(tree: &Tree) -> SystemTime {
    let seconds = u64::try_from(tree.time).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
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
