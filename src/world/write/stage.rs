//! The folder in which an output is built, and the step that puts it in place.
//!
//! Beside the output `public` stand, while a build runs, `.public.binder-lock` and `.public.binder-stage-PID/` with a
//! marker, the new tree in `new/`, and, on systems that can't exchange two folders, the old tree in `old/`. A killed
//! build leaves them behind; the next one finds them by name and marker and cleans up.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::carry;
use super::modes::Modes;
use super::target::{Old, Target};
use super::{Refused, cannot};
use crate::diagnostic::{Diagnostic, Place};
use crate::world::lock::{LockFile, NotTaken};

const MARKER: &str = "binder-stage";
/// Written just before the exchange: from here on, `new/` may be the old output with files of others in it.
const EXCHANGING: &str = "exchanging";
const NEW: &str = "new";
const OLD: &str = "old";

fn beside(target: &Target, end: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(&target.name);
    name.push(end);
    target.parent.join(name)
}

/// Keeps two builds from writing one output at once.
pub(super) fn lock(target: &Target) -> Result<LockFile, Refused> {
    LockFile::take(beside(target, ".binder-lock")).map_err(|why| match why {
        NotTaken::Held => busy(target),
        NotTaken::Failed(error) => cannot("can't be written", &target.dir, &error),
    })
}

fn busy(target: &Target) -> Refused {
    let message = format!("another build is writing {} at this moment", target.dir.display());
    Box::new(
        Diagnostic::error("output-busy", Place::default(), message)
            .help("Wait until it is done, and run this again."),
    )
}

/// Cleans up after builds that were killed, and puts the old output back where one died between two renames.
/// The lock is held: nobody else is at work here.
pub(super) fn recover(target: &Target) -> Result<(), Refused> {
    let name = |path: &Path| path.file_name().map(OsString::from).unwrap_or_default();
    let start = name(&beside(target, ".binder-stage-"))
        .to_string_lossy()
        .into_owned();
    let entries = fs::read_dir(&target.parent).map_err(|e| cannot("can't be read", &target.dir, &e))?;
    for entry in entries.flatten() {
        let left = entry.path();
        let file_name = entry.file_name();
        let file_name = file_name.to_string_lossy();
        let Some(number) = file_name.strip_prefix(&start) else {
            continue;
        };
        if left.join(MARKER).is_file() {
            put_right(&left, &target.dir)
                .map_err(|e| cannot("has leftovers that can't be cleaned", &left, &e))?;
        } else if number.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            // Killed before its first file was written, or after the last was removed: empty, or not ours.
            let _ = fs::remove_dir(&left);
        }
    }
    Ok(())
}

fn put_right(left: &Path, dir: &Path) -> io::Result<()> {
    let (new, old) = (left.join(NEW), left.join(OLD));
    if !left.join(EXCHANGING).is_file() {
        // Never came to the exchange: everything in it was made by us, links to files of others included.
        return discard(left);
    }
    if old.is_dir() && fs::symlink_metadata(dir).is_err() {
        fs::rename(&old, dir)?;
    }
    for tree in [old, new] {
        if tree.is_dir() && !dir.is_dir() && carry::is_whole(&tree) {
            // There was no output before.
            fs::rename(&tree, dir)?;
        } else if tree.is_dir() {
            // An output that was replaced, and may be half cleared away: it does not come back for one that somebody
            // removed meanwhile.
            carry::clear(&tree, dir)?;
        }
    }
    end(left)
}

/// Removes a stage with everything in it, the marker last: killed on the way, it is still known for ours.
fn discard(stage: &Path) -> io::Result<()> {
    match fs::remove_dir_all(stage.join(NEW)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => end(stage),
    }
}

/// Removes a stage that has no tree left in it. What somebody else put there stays.
fn end(stage: &Path) -> io::Result<()> {
    for name in [EXCHANGING, MARKER] {
        match fs::remove_file(stage.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::remove_dir(stage)
}

/// A folder being filled.
#[derive(Debug)]
pub(super) struct Stage {
    path: PathBuf,
    modes: Modes,
}

impl Stage {
    pub fn begin(target: &Target) -> Result<Self, Refused> {
        let failed = |e: io::Error| cannot("can't be written", &target.dir, &e);
        let mut path = beside(target, &format!(".binder-stage-{}", std::process::id()));
        // Two builds in one process, on a disk without locks.
        let mut n = 0;
        loop {
            n += 1;
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n < 100 => {
                    path = beside(target, &format!(".binder-stage-{}-{n}", std::process::id()));
                }
                result => break result.map_err(failed)?,
            }
        }
        let fill = || {
            fs::write(
                path.join(MARKER),
                "A binder is being built here. Left behind? The next build removes it.\n",
            )?;
            Modes::first(&path.join(NEW))
        };
        match fill() {
            Ok(modes) => Ok(Self { path, modes }),
            Err(error) => {
                let _ = discard(&path);
                Err(failed(error))
            }
        }
    }

    /// How files and folders of the new tree are made.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// Where the new tree is built.
    pub fn new_dir(&self) -> PathBuf {
        self.path.join(NEW)
    }

    /// Removes what was built so far: the output stays as it was.
    pub fn give_up(&self) {
        let _ = discard(&self.path);
    }

    /// Puts the new tree in place and clears the old one away.
    pub fn exchange(&self, target: &Target, old: &Old) -> Result<(), Refused> {
        let new = self.new_dir();
        let prepare = || {
            if !matches!(old, Old::Absent) {
                // A folder that a clinic opened for its staff, or closed to others, stays so.
                fs::set_permissions(&new, fs::metadata(&target.dir)?.permissions())?;
            }
            fs::write(self.path.join(EXCHANGING), "")
        };
        let swapped = prepare().and_then(|()| match old {
            Old::Absent => fs::rename(&new, &target.dir).map(|()| None),
            _ => match exchange_in_place(&new, &target.dir) {
                Ok(()) => Ok(Some(new.clone())),
                Err(error) if can_rename_instead(&error) => {
                    rename_around(&new, &self.path.join(OLD), &target.dir)?;
                    Ok(Some(self.path.join(OLD)))
                }
                Err(error) => Err(error),
            },
        });
        let replaced = swapped.map_err(|error| {
            self.give_up_unless_torn(target);
            cannot("can't be put in place", &target.dir, &error)
        })?;
        sync(&target.parent);
        // The new output is in place and whole. What can't be cleaned now, the next build cleans.
        let _ = replaced
            .map_or(Ok(()), |tree| carry::clear(&tree, &target.dir))
            .and_then(|()| end(&self.path));
        Ok(())
    }

    /// After a failed exchange the stage goes, unless it holds the only copy of the old output.
    fn give_up_unless_torn(&self, target: &Target) {
        if !self.path.join(OLD).exists() || fs::symlink_metadata(&target.dir).is_ok() {
            self.give_up();
        }
    }
}

/// Exchanges two folders in one step.
fn exchange_in_place(new: &Path, dir: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        Ok(renameat_with(CWD, new, CWD, dir, RenameFlags::EXCHANGE)?)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
    {
        let _ = (new, dir);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The system or the disk knows no exchange.
fn can_rename_instead(error: &io::Error) -> bool {
    [io::ErrorKind::Unsupported, io::ErrorKind::InvalidInput].contains(&error.kind())
}

/// Two renames; a process killed between them is put right by the next build.
pub(super) fn rename_around(new: &Path, old: &Path, dir: &Path) -> io::Result<()> {
    fs::rename(dir, old)?;
    fs::rename(new, dir).inspect_err(|_| {
        let _ = fs::rename(old, dir);
    })
}

/// Has the exchange written down before we report it. A disk that can't is no reason to fail.
fn sync(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}
