//! Where an output may go: never into the content, never over files that are not ours.

use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::known::Known;
use super::manifest::{MANIFEST, Manifest};
use super::{Refused, cannot};
use crate::diagnostic::{Diagnostic, Place};
use crate::world::read::{ENTRIES, plain};

/// An output folder, with every link on the way to it followed.
#[derive(Debug)]
pub(super) struct Target {
    pub dir: PathBuf,
    pub parent: PathBuf,
    pub name: OsString,
}

/// What stands where the output goes.
#[derive(Debug)]
pub(super) enum Old {
    /// Nothing.
    Absent,
    /// A folder without files, or with nothing in it but what a file manager leaves.
    Empty,
    /// An earlier output.
    Ours(Manifest),
}

/// Follows links and checks that the output stays clear of the content.
pub(super) fn resolve(content: &Path, to: &Path) -> Result<Target, Refused> {
    let dir = real(to).ok_or_else(|| {
        let message = format!(
            "the output folder {} can't be found: its name leads nowhere",
            to.display()
        );
        Box::new(
            Diagnostic::error("output-place", Place::default(), message)
                .help("Name another folder with --out."),
        )
    })?;
    let root = fs::canonicalize(content).map_err(|e| content_gone(content, &e))?;
    if root.starts_with(&dir) {
        let what = if root == dir {
            "is the binder's own folder"
        } else {
            "holds the binder's own folder"
        };
        return Err(refuse(
            &dir,
            &format!("{what}: building there would replace what you wrote"),
        ));
    }
    if let Some(entry) = entry_around(&root, &dir) {
        return Err(refuse(
            &dir,
            &format!("lies in \"{entry}\", where your own files are"),
        ));
    }
    // Empty or not: what a desktop and a login expect there is not ours to exchange.
    if std::env::home_dir().is_some_and(|home| fs::canonicalize(home).is_ok_and(|home| home == dir)) {
        return Err(refuse(&dir, "is your home folder"));
    }
    if let Ok(meta) = fs::symlink_metadata(&dir)
        && !meta.is_dir()
    {
        return Err(refuse(&dir, "is a file, not a folder"));
    }
    match (
        dir.parent().map(Path::to_path_buf),
        dir.file_name().map(OsString::from),
    ) {
        (Some(parent), Some(name)) => Ok(Target { dir, parent, name }),
        _ => Err(refuse(&dir, "is a whole disk")),
    }
}

/// The path with every link followed, as far as it exists.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut missing: Vec<OsString> = vec![];
    let mut at = path.as_path();
    loop {
        if let Ok(mut found) = fs::canonicalize(at) {
            found.extend(missing.iter().rev());
            return Some(found);
        }
        // Here but not to be followed: a link to nothing, or a folder we may not enter.
        if fs::symlink_metadata(at).is_ok() {
            return None;
        }
        match at.components().next_back()? {
            Component::Normal(name) => missing.push(name.to_os_string()),
            _ => return None,
        }
        at = at.parent()?;
    }
}

/// The content entry that `dir` is or lies in.
pub(super) fn entry_around(root: &Path, dir: &Path) -> Option<&'static str> {
    let first = dir
        .strip_prefix(root)
        .ok()
        .and_then(|rest| rest.components().next());
    let first = first.map(|part| part.as_os_str().to_string_lossy().to_lowercase());
    ENTRIES.into_iter().find(|entry| {
        first.as_deref() == Some(*entry)
            || fs::canonicalize(root.join(entry)).is_ok_and(|real| dir.starts_with(real))
    })
}

impl Old {
    /// Which of its files are ours. `dir` is where it stands.
    pub fn known(&self, dir: &Path) -> Known {
        match self {
            Old::Ours(manifest) => Known::of(dir, manifest),
            Old::Absent | Old::Empty => Known::default(),
        }
    }
}

impl Target {
    /// Looks at what is there.
    pub fn look(&self) -> Result<Old, Refused> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Old::Absent),
            Err(error) => return Err(cannot("can't be read", &self.dir, &error)),
        };
        if let Some(manifest) = Manifest::of(&self.dir) {
            return Ok(Old::Ours(manifest));
        }
        for entry in entries {
            let name = entry
                .map_err(|e| cannot("can't be read", &self.dir, &e))?
                .file_name();
            if name == MANIFEST {
                return Err(refuse(
                    &self.dir,
                    &format!("holds a damaged {MANIFEST}, so nobody can tell which files are ours"),
                ));
            }
            if ![".DS_Store", "Thumbs.db", "desktop.ini"]
                .iter()
                .any(|left| name == *left)
            {
                return Err(refuse(&self.dir, "is not empty and was not made by this program"));
            }
        }
        Ok(Old::Empty)
    }
}

/// The binder's folder was there when the build began.
pub(super) fn content_gone(content: &Path, error: &std::io::Error) -> Refused {
    let message = format!(
        "nothing was written: the binder's folder {} can't be found any more: {}",
        content.display(),
        plain(error)
    );
    Box::new(
        Diagnostic::error("changed-meanwhile", Place::default(), message)
            .help("Put it back, or connect its disk again, and run this again. The old output is as it was."),
    )
}

fn refuse(dir: &Path, why: &str) -> Refused {
    let message = format!("nothing was written: the output folder {} {why}", dir.display());
    let help = "Name another folder with --out: a new one, an empty one, or an earlier output.";
    Box::new(Diagnostic::error("output-place", Place::default(), message).help(help))
}
