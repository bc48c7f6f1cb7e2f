//! Changes one file of the content: whole or not at all, and never over somebody else's edit.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::world::read::plain;

/// What must stand there for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// No file.
    Absent,
    /// A file with these bytes, by SHA-256.
    Digest([u8; 32]),
}

/// Writes `bytes` to `path` in one step, if what stands there is what the caller saw. Permissions stay as they are;
/// a link is followed and stays a link.
///
/// # Errors
/// `changed-meanwhile` where the file is not as expected: nothing was written. `file-unwritable` where the system
/// refuses.
pub fn replace(path: &Path, bytes: &[u8], expect: Expect) -> Result<(), Refused> {
    let failed = |e: io::Error| unwritable(path, &e);
    let real = match expect {
        Expect::Absent => path.to_path_buf(),
        Expect::Digest(_) => fs::canonicalize(path).map_err(failed)?,
    };
    let dir = real.parent().unwrap_or(Path::new("."));
    // Readers pass over names that start with a dot.
    let mut new = tempfile::Builder::new()
        .prefix(".binder-edit-")
        .suffix(".tmp")
        .tempfile_in(dir)
        .map_err(failed)?;
    new.write_all(bytes).map_err(failed)?;
    if let Expect::Digest(_) = expect {
        keep_owner(&real, new.as_file()).map_err(failed)?;
    } else {
        super::set_mode(new.path(), 0o644).map_err(failed)?;
    }
    new.as_file().sync_all().map_err(failed)?;
    match expect {
        Expect::Absent => {
            new.persist_noclobber(&real).map_err(|e| match e.error.kind() {
                io::ErrorKind::AlreadyExists => changed(path, "it is there already"),
                _ => failed(e.error),
            })?;
        }
        Expect::Digest(seen) => {
            let now = fs::read(&real).map_err(failed)?;
            if <[u8; 32]>::from(Sha256::digest(&now)) != seen {
                return Err(changed(path, "somebody changed it at the same moment"));
            }
            new.persist(&real).map_err(|e| failed(e.error))?;
        }
    }
    if let Ok(dir) = fs::File::open(dir) {
        let _ = dir.sync_all();
    }
    Ok(())
}

/// Makes the folder `dir` and those above it.
///
/// # Errors
/// `file-unwritable` where the system refuses.
pub fn create_dirs(dir: &Path) -> Result<(), Refused> {
    fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))
}

/// Gives `new` the permissions of `old`, and its owner where we may.
fn keep_owner(old: &Path, new: &fs::File) -> io::Result<()> {
    let meta = fs::metadata(old)?;
    if meta.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(new, Some(meta.uid()), Some(meta.gid()));
    }
    new.set_permissions(meta.permissions())
}

fn changed(path: &Path, why: &str) -> Refused {
    let message = format!("{} was not written: {why}", path.display());
    Box::new(
        Diagnostic::error("changed-meanwhile", Place::default(), message)
            .help("Look at the file, and run this again."),
    )
}

fn unwritable(path: &Path, error: &io::Error) -> Refused {
    let message = format!("{} can't be written: {}", path.display(), plain(error));
    Box::new(Diagnostic::error("file-unwritable", Place::default(), message).help("Nothing was changed."))
}
