//! Puts an output folder in place, whole or not at all.
//!
//! The new folder is built beside the old one and the two are exchanged in one step, so that a reader, a killed
//! process or a full disk never leaves half a binder. Only files that an earlier build wrote are ever removed; files
//! of others in the output folder are carried over. [`write_pdf`] puts one PDF in place, [`replace`] changes a single file of the content the same way.
//!
//! Files are not forced to the disk one by one: an output can be made again from the content at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::files::too_many_open;
use super::interrupt;
use super::read::{plain, stream};
use crate::diagnostic::{Diagnostic, Place};
use crate::output::{Body, Output};

mod atomic;
mod carry;
mod fresh;
mod known;
mod manifest;
mod single;
mod stage;
mod target;
mod trees;

pub use atomic::{Expect, create_dirs, replace};
pub use fresh::{Made, make};
pub use manifest::{MANIFEST, Manifest};
pub use single::{may_write_pdf, own_files, write_page, write_pdf};
pub use trees::DAMAGED;

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Files written.
    pub files: usize,
    /// Their size, in bytes.
    pub bytes: u64,
    /// Files of others that were kept.
    pub kept: usize,
}

/// Hears how many of how many are done, from any thread.
pub type Told<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// A refusal, with the words for a person. Boxed: it is rare, and results travel by value.
pub type Refused = Box<Diagnostic>;

/// Says, before a long build, whether an output of the folder `content` may go to `to`. Writes nothing.
///
/// # Errors
/// As [`publish`], for what can be seen before there is an output.
pub fn may_publish(content: &Path, to: &Path) -> Result<(), Refused> {
    target::resolve(content, to)?.look().map(|_| ())
}

/// Puts `output` in place as the folder `to`, which is made where it does not exist. `content` is the folder the
/// output was made from: files too large for memory are copied from there, and nothing is ever written into it.
///
/// # Errors
/// Where `to` lies in the content, is not empty and not ours, is being written by another build, or can't be written.
/// The old output is then as it was.
pub fn publish(output: &Output, build_id: &str, content: &Path, to: &Path) -> Result<Published, Refused> {
    publish_told(output, build_id, content, to, &|_, _| {})
}

/// The same. `told` hears how many of how many files are written, from any thread.
///
/// # Errors
/// As [`publish`]; [`interrupt::STOPPED`] after Ctrl-C.
pub fn publish_told(
    output: &Output,
    build_id: &str,
    content: &Path,
    to: &Path,
    told: Told<'_>,
) -> Result<Published, Refused> {
    let _writing = interrupt::writing();
    let target = target::resolve(content, to)?;
    if let Some(parent) = target.dir.parent() {
        fs::create_dir_all(parent).map_err(|e| cannot("can't be made", parent, &e))?;
    }
    let lock = stage::lock(&target)?;
    if lock.is_real() {
        stage::recover(&target)?;
    }
    let old = target.look()?;
    let stage = stage::Stage::begin(&target)?;
    let written = fill(output, build_id, content, &stage, &old, &target.dir, told);
    let written = written.and_then(|done| interrupt::stopped().map(|()| done));
    let (files, bytes, kept) = match written {
        Ok(done) => done,
        Err(refused) => {
            stage.give_up();
            return Err(refused);
        }
    };
    stage.exchange(&target, &old)?;
    interrupt::in_place();
    drop(lock);
    Ok(Published { files, bytes, kept })
}

/// Writes the new folder: our files, those of others, the manifest last.
fn fill(
    output: &Output,
    build_id: &str,
    content: &Path,
    stage: &stage::Stage,
    old: &target::Old,
    dir: &Path,
    told: Told<'_>,
) -> Result<(usize, u64, usize), Refused> {
    let root = stage.new_dir();
    let unwritable = |e: io::Error| cannot("can't be written", dir, &e);
    let known = old.known(dir);
    let mut folders = BTreeSet::new();
    let tree_paths = output.trees().iter().flat_map(|tree| {
        let below = tree.files.iter().map(|(path, _)| &**path);
        std::iter::once(tree.prefix.as_str()).chain(below)
    });
    for path in output.files().map(|(path, _)| path).chain(tree_paths) {
        if !is_plain(path) {
            return Err(Box::new(Diagnostic::error(
                "output-path",
                Place::default(),
                format!("\"{path}\" can't be the name of a file"),
            )));
        }
    }
    for (path, _) in output.files() {
        folders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
    }
    for tree in output.trees() {
        folders.extend(tree.prefix.match_indices('/').map(|(at, _)| &tree.prefix[..at]));
        folders.insert(manifest::LISTS);
    }
    for folder in folders {
        fs::create_dir(root.join(folder)).map_err(unwritable)?;
        set_mode(&root.join(folder), 0o755).map_err(unwritable)?;
    }
    let from = trees::From {
        content,
        old: dir,
        known: &known,
    };
    let all: Vec<(&str, &Body)> = output.files().collect();
    let (done, number) = (AtomicUsize::new(0), all.len());
    let (placed, written) = rayon::join(
        || trees::place(output.trees(), &from, &root),
        || {
            all.into_par_iter()
                .map(|(path, body)| {
                    interrupt::stopped()?;
                    told(done.fetch_add(1, Ordering::Relaxed) + 1, number);
                    put(&root.join(path), body, content, dir)
                        .map(|(digest, size)| (path.to_string(), digest, size))
                })
                .collect::<Result<Vec<_>, Refused>>()
        },
    );
    let (placed, written) = (placed?, written?);
    let bytes = placed.bytes + written.iter().map(|(_, _, size)| size).sum::<u64>();
    let files: BTreeMap<String, String> = written
        .into_iter()
        .map(|(path, digest, _)| (path, hex(&digest)))
        .chain(placed.lists)
        .collect();
    let ids = output
        .trees()
        .iter()
        .map(|tree| (tree.prefix.clone(), tree.id.clone()));
    let manifest = Manifest::new(build_id, files, ids.collect());
    let makes = |path: &str| {
        manifest.files.contains_key(path)
            || output
                .tree(path)
                .is_some_and(|(tree, below)| tree.size(below).is_some())
    };
    let kept = carry::over(dir, &root, old, &known, &manifest.trees, &makes)?;
    let path = root.join(MANIFEST);
    write_file(&path, manifest.text().as_bytes()).map_err(unwritable)?;
    Ok((output.len() + placed.files, bytes, kept))
}

fn put(to: &Path, body: &Body, content: &Path, dir: &Path) -> Result<([u8; 32], u64), Refused> {
    match body {
        Body::Bytes(bytes) => {
            write_file(to, bytes).map_err(|e| cannot("can't be written", dir, &e))?;
            Ok((Sha256::digest(bytes).into(), bytes.len() as u64))
        }
        Body::Copy { from, digest } => {
            let mut source = fs::File::open(content.join(&**from)).map_err(|e| changed(from, &plain(&e)))?;
            let mut file = new_file(to).map_err(|e| cannot("can't be written", dir, &e))?;
            let mut hasher = Sha256::new();
            let mut result = Ok(());
            let size = stream(&mut source, |part| {
                hasher.update(part);
                if result.is_ok() {
                    result = file.write_all(part);
                }
            })
            .map_err(|e| changed(from, &plain(&e)))?;
            result.map_err(|e| cannot("can't be written", dir, &e))?;
            if <[u8; 32]>::from(hasher.finalize()) != *digest {
                return Err(changed(from, "it changed while the binder was being made"));
            }
            Ok((*digest, size))
        }
    }
}

fn new_file(path: &Path) -> io::Result<fs::File> {
    let file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    set_mode(path, 0o644)?;
    Ok(file)
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    new_file(path)?.write_all(bytes)
}

/// The same modes on every machine, whatever its habits.
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, mode);
        Ok(())
    }
}

/// A path below the output that means the same on every system.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path != MANIFEST
        && path.split('/').all(|part| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && !part.contains(['\\', ':', '\0'])
                && part.len() <= 255
        })
}

/// SHA-256 in lower-case hexadecimal.
fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn changed(from: &str, why: &str) -> Refused {
    Box::new(
        Diagnostic::error(
            "changed-meanwhile",
            Place::file(from),
            format!("\"{from}\" could not be copied: {why}"),
        )
        .help("Run this again."),
    )
}

/// An output folder that can't be read or written, and what to do about it.
fn cannot(what: &str, dir: &Path, error: &io::Error) -> Refused {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "Make room on the disk and run this again. The old output is as it was."
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "Choose a folder that you may write to, with --out. The old output is as it was."
        }
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => {
            "The folder is a disk or share of its own. Name a folder inside it, with --out."
        }
        io::ErrorKind::InvalidFilename => {
            "Choose a folder with a shorter name or path, with --out. The old output is as it was."
        }
        _ if too_many_open(error) => {
            "Close other programs, or raise the limit (ulimit -n), and run this again. The old output is as it was."
        }
        _ => "The old output is as it was.",
    };
    let message = format!("the output folder {} {what}: {}", dir.display(), plain(error));
    Box::new(Diagnostic::error("output-unwritable", Place::default(), message).help(help))
}

#[cfg(test)]
mod tests;
