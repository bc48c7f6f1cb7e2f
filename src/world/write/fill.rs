//! Fills the new folder: our files, those of others, the manifest.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::again::{self, Identity};
use super::known::{Known, list_path};
use super::manifest::{LISTS, MANIFEST, Manifest};
use super::modes::{Modes, is_folder_of_ours};
use super::stage::Stage;
use super::target::Old;
use super::{Published, Refused, Told, cannot, carry, hex, trees};
use crate::diagnostic::{Diagnostic, Place};
use crate::output::{Body, Output};
use crate::world::interrupt;
use crate::world::read::{plain, stream};

/// What is to be put where.
pub(super) struct Job<'a> {
    pub output: &'a Output,
    pub build_id: &'a str,
    /// The folder that the output was made from.
    pub content: &'a Path,
    /// Where the output stands, and goes.
    pub dir: &'a Path,
    /// What stands there now.
    pub old: &'a Old,
}

/// The new folder.
pub(super) enum Filled {
    /// Is ready.
    Ready(Published),
    /// Would be what stands there already, to the last file.
    Same(Published),
}

/// A file of the output.
struct Wanted<'a> {
    path: &'a str,
    body: &'a Body,
    digest: [u8; 32],
    /// The file of the old output that is the same.
    there: Option<Identity>,
}

impl Job<'_> {
    /// Fills the new folder of `stage`, or finds that there is nothing to do.
    pub fn fill(&self, stage: &Stage, told: Told<'_>) -> Result<Filled, Refused> {
        let (root, modes) = (stage.new_dir(), stage.modes());
        let unwritable = |e: io::Error| cannot("can't be written", self.dir, &e);
        self.check_paths()?;
        // Until its last line is written nobody takes it for a manifest.
        let mut list = modes.file(&root.join(MANIFEST)).map_err(unwritable)?;
        let made = list.metadata().map_err(unwritable)?;
        let made = Identity::of(&made);
        let known = self.old.known(self.dir);
        let from = trees::From {
            content: self.content,
            old: self.dir,
            known: &known,
            made,
        };
        let (sealed, wanted) = rayon::join(
            || trees::look(self.output.trees(), &from),
            || {
                let files: Vec<(&str, &Body)> = self.output.files().collect();
                files
                    .into_par_iter()
                    .map(|(path, body)| {
                        interrupt::stopped()?;
                        Ok(self.look(path, body, known.digest(path), made.as_ref()))
                    })
                    .collect::<Result<Vec<Wanted<'_>>, Refused>>()
            },
        );
        let wanted = wanted?;
        let lists: BTreeSet<String> = self
            .output
            .trees()
            .iter()
            .map(|tree| list_path(&tree.prefix))
            .collect();
        let in_tree = |path: &str| {
            let tree = self.output.tree(path);
            tree.is_some_and(|(tree, below)| tree.size(below).is_some())
        };
        let makes = |path: &str| self.output.contains(path) || lists.contains(path) || in_tree(path);
        let theirs = carry::theirs(self.dir, self.old, &known, &makes)?;
        let folders = self.folders();
        if let Some(made) = &made
            && wanted.iter().all(|file| file.there.is_some())
            && sealed.iter().all(trees::Found::is_whole)
            && self.is_there(&wanted, &lists, &known, &folders, made)
        {
            let there = wanted.iter().filter_map(|file| file.there);
            return Ok(Filled::Same(Published {
                files: self.files(),
                bytes: there.map(|there| there.size).sum::<u64>() + self.sealed_bytes(),
                kept: theirs.iter().filter(|theirs| !theirs.is_folder).count(),
            }));
        }
        for folder in folders {
            modes.folder(&root.join(&*folder)).map_err(unwritable)?;
        }
        let (done, number) = (AtomicUsize::new(0), wanted.len());
        let (placed, written) = rayon::join(
            || trees::place(self.output.trees(), &sealed, &from, &root, modes),
            || {
                wanted
                    .into_par_iter()
                    .map(|file| {
                        interrupt::stopped()?;
                        told(done.fetch_add(1, Ordering::Relaxed) + 1, number);
                        let size = self.put(&file, &root.join(file.path), modes)?;
                        Ok((file.path.to_string(), hex(&file.digest), size))
                    })
                    .collect::<Result<Vec<_>, Refused>>()
            },
        );
        let (lists, written) = (placed?, written?);
        let bytes = self.sealed_bytes() + written.iter().map(|(_, _, size)| size).sum::<u64>();
        let files = written.into_iter().map(|(path, digest, _)| (path, digest));
        let manifest = self.manifest(files.chain(lists).collect());
        let kept = carry::over(self.dir, &root, &theirs)?;
        list.write_all(manifest.text().as_bytes()).map_err(unwritable)?;
        Ok(Filled::Ready(Published {
            files: self.files(),
            bytes,
            kept,
        }))
    }

    fn check_paths(&self) -> Result<(), Refused> {
        let in_trees = self.output.trees().iter().flat_map(|tree| {
            let below = tree.files.iter().map(|(path, _)| &**path);
            std::iter::once(tree.prefix.as_str()).chain(below)
        });
        let mut paths = self.output.files().map(|(path, _)| path).chain(in_trees);
        match paths.find(|path| !is_plain(path)) {
            None => Ok(()),
            Some(path) => Err(Box::new(Diagnostic::error(
                "output-path",
                Place::default(),
                format!("\"{path}\" can't be the name of a file"),
            ))),
        }
    }

    /// Every folder of the output, those around a folder before it.
    fn folders(&self) -> BTreeSet<Cow<'_, str>> {
        let above = |path: &'_ str| path.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
        let mut folders = BTreeSet::new();
        for (path, _) in self.output.files() {
            folders.extend(above(path).into_iter().map(|at| Cow::Borrowed(&path[..at])));
        }
        for tree in self.output.trees() {
            let prefix = tree.prefix.as_str();
            folders.extend(above(prefix).into_iter().map(|at| Cow::Borrowed(&prefix[..at])));
            folders.insert(prefix.into());
            folders.insert(LISTS.into());
            let mut last = "";
            for (path, _) in &*tree.files {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if folder != last {
                    last = folder;
                    let inside = above(path).into_iter();
                    folders.extend(inside.map(|at| Cow::Owned(format!("{prefix}/{}", &path[..at]))));
                }
            }
        }
        folders
    }

    fn look<'a>(
        &self,
        path: &'a str,
        body: &'a Body,
        known: Option<&str>,
        made: Option<&Identity>,
    ) -> Wanted<'a> {
        let digest = match body {
            Body::Bytes(bytes) => Sha256::digest(bytes).into(),
            Body::Copy { digest, .. } => *digest,
        };
        let there = made
            .filter(|_| known == Some(hex(&digest).as_str()))
            .and_then(|made| again::holds(&self.dir.join(path), body, made));
        Wanted {
            path,
            body,
            digest,
            there,
        }
    }

    /// True where the old output has the same manifest and folders, when all its files are the same.
    fn is_there(
        &self,
        wanted: &[Wanted<'_>],
        lists: &BTreeSet<String>,
        known: &Known,
        folders: &BTreeSet<Cow<'_, str>>,
        made: &Identity,
    ) -> bool {
        let Old::Ours(old) = self.old else {
            return false;
        };
        let lists = lists
            .iter()
            .filter_map(|path| Some((path.clone(), known.digest(path)?.to_string())));
        let files = wanted
            .iter()
            .map(|file| (file.path.to_string(), hex(&file.digest)));
        let manifest = self.manifest(files.chain(lists).collect());
        let is_ours = |folder: &Cow<'_, str>| {
            fs::symlink_metadata(self.dir.join(&**folder)).is_ok_and(|meta| is_folder_of_ours(&meta))
        };
        *old == manifest
            && folders.iter().all(is_ours)
            && again::holds_bytes(&self.dir.join(MANIFEST), manifest.text().as_bytes(), made).is_some()
    }

    fn manifest(&self, files: BTreeMap<String, String>) -> Manifest {
        let trees = self.output.trees().iter();
        let ids = trees.map(|tree| (tree.prefix.clone(), tree.id.clone()));
        Manifest::new(self.build_id, files, ids.collect())
    }

    fn files(&self) -> usize {
        let trees = self.output.trees().iter();
        self.output.len() + trees.map(|tree| tree.files.len()).sum::<usize>()
    }

    fn sealed_bytes(&self) -> u64 {
        let files = self.output.trees().iter().flat_map(|tree| &*tree.files);
        files.map(|(_, size)| size).sum()
    }

    /// Puts a file in its place; says how many bytes it has.
    fn put(&self, file: &Wanted<'_>, to: &Path, modes: Modes) -> Result<u64, Refused> {
        let unwritable = |e: io::Error| cannot("can't be written", self.dir, &e);
        if let Some(there) = &file.there
            && again::link(&self.dir.join(file.path), to, there)
        {
            return Ok(there.size);
        }
        match file.body {
            Body::Bytes(bytes) => {
                let mut new = modes.file(to).map_err(unwritable)?;
                new.write_all(bytes).map_err(unwritable)?;
                Ok(bytes.len() as u64)
            }
            Body::Copy { from, digest } => {
                let original = fs::File::open(self.content.join(&**from));
                let mut original = original.map_err(|e| changed(from, &plain(&e)))?;
                let mut new = modes.file(to).map_err(unwritable)?;
                let mut hasher = Sha256::new();
                let mut result = Ok(());
                let size = stream(&mut original, |part| {
                    hasher.update(part);
                    if result.is_ok() {
                        result = new.write_all(part);
                    }
                })
                .map_err(|e| changed(from, &plain(&e)))?;
                result.map_err(unwritable)?;
                match <[u8; 32]>::from(hasher.finalize()) == *digest {
                    true => Ok(size),
                    false => Err(changed(from, "it changed while the binder was being made")),
                }
            }
        }
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
