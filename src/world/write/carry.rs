//! Files of others in an output folder: kept through every build, and through every crash.

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

/// Something in an output that others put there.
pub(super) struct Theirs {
    below: PathBuf,
    /// A folder that they left empty: others come with the files in them.
    pub is_folder: bool,
}

/// What others put into the output `dir`, of which a new build `makes` the same or other files.
pub(super) fn theirs(
    dir: &Path,
    what: &Old,
    known: &Known,
    makes: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<Theirs>, Refused> {
    if matches!(what, Old::Absent) {
        return Ok(vec![]);
    }
    let mut found = vec![];
    let mut level = vec![PathBuf::new()];
    while !level.is_empty() {
        let listed: Vec<(Vec<Theirs>, Vec<PathBuf>)> = level
            .into_par_iter()
            .map(|folder| {
                let Listed { files, folders } = list(dir, &folder)?;
                let is_folder = files.is_empty() && folders.is_empty() && folder != Path::new("");
                let mut theirs: Vec<Theirs> = files
                    .into_iter()
                    .filter(|file| {
                        // Replaced by this build, or no longer made. A file we no longer make but somebody changed is
                        // theirs now.
                        let ours = file.name.as_deref().filter(|name| known.contains(name));
                        !ours.is_some_and(|name| {
                            name == MANIFEST || makes(name) || unchanged(&dir.join(&file.below), name, known)
                        })
                    })
                    .map(|File { below, .. }| Theirs {
                        below,
                        is_folder: false,
                    })
                    .collect();
                if is_folder {
                    theirs.push(Theirs {
                        below: folder,
                        is_folder,
                    });
                }
                Ok((theirs, folders))
            })
            .collect::<io::Result<_>>()
            .map_err(|e| cannot("can't be read", dir, &e))?;
        level = vec![];
        for (theirs, folders) in listed {
            found.extend(theirs);
            level.extend(folders);
        }
    }
    found.sort_by(|a, b| a.below.cmp(&b.below));
    Ok(found)
}

/// Brings `theirs` from the output `old` over to `new`, which already holds the files of the new build. Says how many files.
pub(super) fn over(old: &Path, new: &Path, theirs: &[Theirs]) -> Result<usize, Refused> {
    let mut kept = 0;
    for item in theirs {
        let to = new.join(&item.below);
        let result = match item.is_folder {
            true => fs::create_dir_all(&to),
            false => link(&old.join(&item.below), &to),
        };
        match result {
            Ok(()) if item.is_folder => {}
            Ok(()) => kept += 1,
            Err(error)
                if [io::ErrorKind::AlreadyExists, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
            {
                return Err(in_the_way(old, &item.below));
            }
            Err(error) => return Err(cannot("can't be written", old, &error)),
        }
    }
    Ok(kept)
}

/// Empties `tree`, an output folder that was replaced by `target`: what `tree`'s own manifest lists goes, what others
/// put there goes only when `target` has it too, and is moved to `target` otherwise.
pub(super) fn clear(tree: &Path, target: &Path) -> io::Result<()> {
    let known_of = |dir: &Path| Manifest::of(dir).map_or_else(Known::default, |m| Known::of(dir, &m));
    let sweep = Sweep {
        tree,
        target,
        known: &known_of(tree),
        made: &known_of(target),
    };
    let mut top = list(tree, Path::new(""))?;
    // The lists say which files of the trees are ours: they go when those are gone.
    let (lists, folders): (Vec<PathBuf>, Vec<PathBuf>) = top
        .folders
        .drain(..)
        .partition(|folder| folder == Path::new(LISTS));
    top.files.retain(|file| file.name.as_deref() != Some(MANIFEST));
    sweep.files(&top.files)?;
    sweep.folders(folders)?;
    sweep.folders(lists)?;
    // Last, so that a second run after a crash in here still knows which files are ours.
    match fs::remove_file(tree.join(MANIFEST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir(tree),
    }
}

/// One run over an output folder that was replaced.
struct Sweep<'a> {
    tree: &'a Path,
    target: &'a Path,
    /// Files of ours in the one.
    known: &'a Known,
    /// Files of ours in the other.
    made: &'a Known,
}

impl Sweep<'_> {
    /// Empties folders side by side, level by level, and removes those in which nothing is left.
    fn folders(&self, start: Vec<PathBuf>) -> io::Result<()> {
        let mut levels = vec![start];
        while let Some(level) = levels.last().filter(|level| !level.is_empty()) {
            let below: Vec<Vec<PathBuf>> = level
                .par_iter()
                .map(|folder| {
                    let Listed { files, folders } = list(self.tree, folder)?;
                    self.files(&files)?;
                    Ok(folders)
                })
                .collect::<io::Result<_>>()?;
            levels.push(below.into_iter().flatten().collect());
        }
        for level in levels.iter().rev() {
            level.par_iter().for_each(|folder| {
                let _ = fs::remove_dir(self.tree.join(folder));
            });
        }
        Ok(())
    }

    fn files(&self, files: &[File]) -> io::Result<()> {
        files
            .par_iter()
            .with_min_len(64)
            .try_for_each(|file| self.file(file))
    }

    fn file(&self, file: &File) -> io::Result<()> {
        let path = self.tree.join(&file.below);
        let ours = file.name.as_deref().filter(|name| self.known.contains(name));
        if ours.is_some_and(|name| self.made.contains(name)) {
            return fs::remove_file(&path);
        }
        let there = self.target.join(&file.below);
        let goes = match ours {
            Some(name) => fs::symlink_metadata(&there).is_ok() || unchanged(&path, name, self.known),
            None => same(&path, &there),
        };
        if goes {
            return fs::remove_file(&path);
        }
        // Somebody saved it while we were exchanging the folders.
        if let Some(parent) = there.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::rename(&path, &there)
    }
}

/// True for an output folder that has every file of its manifest.
pub(super) fn is_whole(tree: &Path) -> bool {
    Manifest::of(tree).is_some_and(|manifest| Known::of(tree, &manifest).all_there(tree))
}

/// What a folder holds, by path below the output.
struct Listed {
    files: Vec<File>,
    folders: Vec<PathBuf>,
}

/// Anything but a folder.
struct File {
    below: PathBuf,
    /// The path as a manifest writes it, where a manifest can: of a plain file with a name that is text.
    name: Option<String>,
}

/// Lists one folder below `root`. Links are not followed.
fn list(root: &Path, folder: &Path) -> io::Result<Listed> {
    let start = folder.to_str().map(|folder| match folder.is_empty() {
        true => String::new(),
        false => format!("{}/", folder.replace(MAIN_SEPARATOR, "/")),
    });
    let (mut files, mut folders) = (vec![], vec![]);
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let below = folder.join(&name);
        if kind.is_dir() {
            folders.push(below);
            continue;
        }
        let name = match (&start, name.to_str()) {
            (Some(start), Some(name)) if kind.is_file() => Some(format!("{start}{name}")),
            _ => None,
        };
        files.push(File { below, name });
    }
    Ok(Listed { files, folders })
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

fn in_the_way(dir: &Path, below: &Path) -> Refused {
    let name = below.to_string_lossy().replace(MAIN_SEPARATOR, "/");
    let message = format!(
        "nothing was written: \"{name}\" in {} was put there by somebody else, and this build makes a file of that name",
        dir.display()
    );
    Box::new(
        Diagnostic::error("output-file", Place::default(), message)
            .help("Move or rename it, and run this again."),
    )
}
