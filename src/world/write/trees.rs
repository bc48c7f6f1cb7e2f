//! Puts sealed versions into an output: a second name for each file that is there already, the archive for the rest.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::known::{Known, list, list_path};
use super::{Refused, cannot, digest_of, is_plain, set_mode, write_file};
use crate::diagnostic::{Diagnostic, Place};
use crate::output::Tree;

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
    let placed: Vec<Placed> = placed.collect::<Result<_, Refused>>()?;
    let mut all = Placed::default();
    for one in placed {
        all.files += one.files;
        all.bytes += one.bytes;
        all.lists.extend(one.lists);
    }
    Ok(all)
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
        let mut archive = Archive::open(tree, from.content)?;
        for path in missing {
            let bytes = archive.read(tree, path)?;
            let to = new.join(path);
            write_file(&to, &bytes)
                .and_then(|()| set_time(&to, time))
                .map_err(unwritable)?;
        }
        let text = list(&archive.digests(tree)?);
        let _ = fs::remove_file(&list_to);
        write_file(&list_to, text.as_bytes()).map_err(unwritable)?;
        list_digest = Some(digest_of(text.as_bytes()));
    }
    Ok(Placed {
        files: tree.files.len(),
        bytes: tree.files.iter().map(|(_, size)| size).sum(),
        lists: list_digest.into_iter().map(|digest| (list_at.clone(), digest)).collect(),
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
    let seconds = u64::try_from(tree.time).unwrap_or(0) & !1;
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn set_time(path: &Path, time: SystemTime) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    file.set_times(FileTimes::new().set_modified(time))
}

fn is_as_unpacked(path: &Path, size: u64, time: SystemTime) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.len() == size && meta.modified().is_ok_and(|at| at == time))
}

/// An archive, opened to take files out.
struct Archive {
    zip: zip::ZipArchive<File>,
    digests: std::collections::BTreeMap<String, String>,
}

impl Archive {
    fn open(tree: &Tree, content: &Path) -> Result<Self, Refused> {
        let damaged = |why: String| damaged(tree, &why);
        let file = File::open(content.join(&*tree.archive)).map_err(|e| damaged(e.to_string()))?;
        let mut zip = zip::ZipArchive::new(file).map_err(|e| damaged(e.to_string()))?;
        let manifest: serde_json::Value = {
            let entry = zip.by_name("manifest.json").map_err(|e| damaged(e.to_string()))?;
            serde_json::from_reader(entry).map_err(|e| damaged(e.to_string()))?
        };
        let mut digests = std::collections::BTreeMap::new();
        for (path, entry) in manifest["files"].as_object().into_iter().flatten() {
            digests.insert(path.clone(), entry["sha256"].as_str().unwrap_or_default().to_string());
        }
        Ok(Self { zip, digests })
    }

    fn read(&mut self, tree: &Tree, path: &str) -> Result<Vec<u8>, Refused> {
        let damaged = |why: String| damaged(tree, &why);
        let name = format!("{}{path}", tree.inside);
        let mut entry = self.zip.by_name(&name).map_err(|e| damaged(e.to_string()))?;
        let mut bytes = vec![];
        io::Read::read_to_end(&mut entry, &mut bytes).map_err(|e| damaged(e.to_string()))?;
        if self.digests.get(&name) != Some(&digest_of(&bytes)) {
            return Err(damaged(format!("\"{name}\" is not as it was sealed")));
        }
        Ok(bytes)
    }

    fn digests<'a>(&'a self, tree: &'a Tree) -> Result<Vec<(&'a str, &'a str)>, Refused> {
        let digest = |path: &'a str| {
            let name = format!("{}{path}", tree.inside);
            let digest = self.digests.get(&name);
            digest.map(|digest| (path, digest.as_str())).ok_or_else(|| damaged(tree, &format!("\"{name}\" is not in its manifest")))
        };
        tree.files.iter().map(|(path, _)| digest(path)).collect()
    }
}

fn damaged(tree: &Tree, why: &str) -> Refused {
    let message = format!("\"{}\" can't be unpacked: {why}", tree.archive);
    Box::new(Diagnostic::error("sealed-version-damaged", Place::file(tree.archive.clone()), message))
}
