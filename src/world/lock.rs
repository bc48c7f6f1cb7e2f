//! A file that keeps two runs of the program out of each other's way.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A lock, given back when dropped, or when the process dies.
#[derive(Debug)]
pub(super) struct LockFile {
    path: PathBuf,
    file: Option<File>,
}

/// Why there is no lock.
pub(super) enum NotTaken {
    /// Somebody else has it.
    Held,
    /// Its file can't be made.
    Failed(io::Error),
}

impl LockFile {
    /// Takes the lock whose file is `path`. Some network disks know no locks: there everybody gets one that is not
    /// [real](Self::is_real).
    pub fn take(path: PathBuf) -> Result<Self, NotTaken> {
        // The holder removes the file when it is done: after a lost race we may have locked a file that has no name
        // any more, and try again.
        for _ in 0..20 {
            let open = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path);
            let file = open.map_err(NotTaken::Failed)?;
            match file.try_lock() {
                Ok(()) if is_named(&file, &path) => {
                    return Ok(Self {
                        path,
                        file: Some(file),
                    });
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(NotTaken::Held),
                Err(TryLockError::Error(_)) => {
                    let _ = fs::remove_file(&path);
                    return Ok(Self { path, file: None });
                }
            }
        }
        Err(NotTaken::Held)
    }

    /// False on disks that know no locks: then what looks left behind may belong to a run that is not over.
    pub fn is_real(&self) -> bool {
        self.file.is_some()
    }

    /// Gives the lock back. Its file goes first, while it is still held.
    pub fn release(&mut self) {
        if let Some(file) = self.file.take() {
            let _ = fs::remove_file(&self.path);
            drop(file);
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
    file.metadata()
        .is_ok_and(|held| fs::metadata(path).is_ok_and(|named| id(held) == id(named)))
}

#[cfg(not(unix))]
fn is_named(_: &File, path: &Path) -> bool {
    path.exists()
}
