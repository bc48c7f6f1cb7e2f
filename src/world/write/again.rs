//! Files of the old output that the new one holds as well: they get a second name there (a hard link) and are not written
//! again. No data is written, and the time of the last change stays what it was, for browsers and for tools that copy.
//!
//! The manifest says only which files are worth a look. Each is read and held against the bytes that would be written,
//! and must be a plain file of the owner and with the permissions that a new one gets, on the same disk. Nothing is ever
//! written into a file that has a name already: whoever else has one, a backup or a reader, keeps what he has.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::output::Body;
use crate::world::read::stream;

/// What the system says of a file. Who writes into one changes its time or its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    disk: u64,
    number: u64,
    mode: u32,
    owner: (u32, u32),
    /// In bytes.
    pub size: u64,
    /// Seconds and billionths of a second.
    changed: (i64, i64),
}

impl Identity {
    /// `None` where the system gives files no numbers: there each file is written anew.
    pub fn of(meta: &Metadata) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Some(Self {
                disk: meta.dev(),
                number: meta.ino(),
                mode: meta.mode(),
                owner: (meta.uid(), meta.gid()),
                size: meta.len(),
                changed: (meta.mtime(), meta.mtime_nsec()),
            })
        }
        #[cfg(not(unix))]
        {
            let _ = meta;
            None
        }
    }

    /// True for a file that could have been made as `made` was, whatever is in it.
    fn is_like(&self, made: &Self) -> bool {
        self.has_mode_of(made) && (self.disk, self.owner) == (made.disk, made.owner)
    }

    /// True for a file of the same kind and with the same permissions.
    pub fn has_mode_of(&self, made: &Self) -> bool {
        self.mode == made.mode
    }
}

/// The file at `path`, if it holds `body` and is otherwise what a new file would be. `made` is a new file.
pub(super) fn holds(path: &Path, body: &Body, made: &Identity) -> Option<Identity> {
    match body {
        Body::Bytes(bytes) => holds_bytes(path, bytes, made),
        // The bytes that the binder was made from are those of the digest, whatever became of the original since.
        Body::Copy { digest, .. } => {
            let (mut file, there) = open(path, made)?;
            let mut hasher = Sha256::new();
            stream(&mut file, |part| hasher.update(part)).ok()?;
            (<[u8; 32]>::from(hasher.finalize()) == *digest).then_some(there)
        }
    }
}

/// The same for bytes in memory.
pub(super) fn holds_bytes(path: &Path, bytes: &[u8], made: &Identity) -> Option<Identity> {
    let (mut file, there) = open(path, made)?;
    (there.size == bytes.len() as u64 && is(&mut file, bytes).ok()?).then_some(there)
}

/// Gives the file at `old`, which was `seen` before, the name `new`. False where that can't be, or where it is another file
/// by now: then `new` is free.
pub(super) fn link(old: &Path, new: &Path, seen: &Identity) -> bool {
    if fs::hard_link(old, new).is_err() {
        return false;
    }
    let is_seen = fs::symlink_metadata(new).is_ok_and(|meta| Identity::of(&meta) == Some(*seen));
    if !is_seen {
        let _ = fs::remove_file(new);
    }
    is_seen
}

/// Opens a plain file that could be a new one. Links are not followed, and pipes not waited for.
fn open(path: &Path, made: &Identity) -> Option<(File, Identity)> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path).ok()?;
    let there = Identity::of(&file.metadata().ok()?)?;
    there.is_like(made).then_some((file, there))
}

/// True where `file` begins with `bytes`.
fn is(file: &mut File, mut bytes: &[u8]) -> io::Result<bool> {
    let mut buffer = [0; 32 * 1024];
    while !bytes.is_empty() {
        let most = bytes.len().min(buffer.len());
        let read = match file.read(&mut buffer[..most]) {
            Ok(0) => return Ok(false),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer[..read] != bytes[..read] {
            return Ok(false);
        }
        bytes = &bytes[read..];
    }
    Ok(true)
}
