//! Puts an output folder in place, whole or not at all.
//!
//! The new folder is built beside the old one and the two are exchanged in one step, so that a reader, a killed
//! process or a full disk never leaves half a binder. A file of the old output with the same bytes gets a second name in the
//! new one; where every file is the same, the old output stays. Only files that an earlier build wrote are ever removed;
//! files of others in the output folder are carried over. [`write_pdf`] puts one PDF in place, [`replace`] changes a single
//! file of the content the same way.
//!
//! Files are not forced to the disk one by one: an output can be made again from the content at any time.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::files::too_many_open;
use super::interrupt;
use super::read::plain;
use crate::diagnostic::{Diagnostic, Place};
use crate::output::Output;

mod again;
mod atomic;
mod carry;
mod fill;
mod fresh;
mod known;
mod manifest;
mod modes;
mod single;
mod stage;
mod target;
mod trees;

pub use atomic::{Expect, create_dirs, replace};
use fill::{Filled, Job};
pub use fresh::{Made, make};
pub use manifest::{MANIFEST, Manifest};
pub(super) use modes::set_mode;
pub use single::{may_write_pdf, own_files, write_page, write_pdf};
pub use trees::DAMAGED;

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Files of the new output.
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
    let job = Job {
        output,
        build_id,
        content,
        dir: &target.dir,
        old: &old,
    };
    let filled = job.fill(&stage, told);
    let published = match filled.and_then(|done| interrupt::stopped().map(|()| done)) {
        Ok(Filled::Ready(published)) => {
            stage.exchange(&target, &old)?;
            published
        }
        Ok(Filled::Same(published)) => {
            stage.give_up();
            published
        }
        Err(refused) => {
            stage.give_up();
            return Err(refused);
        }
    };
    interrupt::in_place();
    drop(lock);
    Ok(published)
}

/// SHA-256 in lower-case hexadecimal.
fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
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
