//! Writes one PDF: a part of the binder. Never over a file that is not ours, never into the content or a website.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::atomic::{Expect, create_dirs, replace};
use super::manifest::MANIFEST;
use super::target::{entry_around, real};
use super::{Refused, cannot};
use crate::diagnostic::{Diagnostic, Place};

/// What every PDF of this program holds in its metadata.
const MARK: &[u8] = b"hipaa-binder";

/// Says, before a long build, whether a PDF made from the folder `content` may go to `to`. Writes nothing.
///
/// # Errors
/// `output-place` where `to` is a folder, a file that is no PDF of this program, or lies in the content or in a website
/// that this program made.
pub fn may_write_pdf(content: &Path, to: &Path) -> Result<(), Refused> {
    look(content, to).map(|_| ())
}

/// Writes the PDF in one step.
///
/// # Errors
/// As [`may_write_pdf`]; `changed-meanwhile` and `file-unwritable` as [`replace`]. What stood there is then as it was.
pub fn write_pdf(content: &Path, to: &Path, bytes: &[u8]) -> Result<(), Refused> {
    let (path, expect) = look(content, to)?;
    if let Some(parent) = path.parent() {
        create_dirs(parent)?;
    }
    replace(&path, bytes, expect)
}

/// The place with every link followed, and what stands there.
fn look(content: &Path, to: &Path) -> Result<(PathBuf, Expect), Refused> {
    let Some(path) = real(to) else {
        return Err(refuse(to, "can't be found: its name leads nowhere"));
    };
    let root =
        fs::canonicalize(content).map_err(|e| cannot("can't be checked against the content", content, &e))?;
    if let Some(entry) = entry_around(&root, &path) {
        return Err(refuse(
            to,
            &format!("lies in \"{entry}\", where your own files are"),
        ));
    }
    if path
        .ancestors()
        .skip(1)
        .any(|folder| folder.join(MANIFEST).exists())
    {
        return Err(refuse(to, "lies in a website that this program made"));
    }
    match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((path, Expect::Absent)),
        Err(error) => Err(cannot("can't be read", &path, &error)),
        Ok(meta) if meta.is_dir() => Err(refuse(to, "is a folder")),
        Ok(_) => {
            let there = fs::read(&path).map_err(|e| cannot("can't be read", &path, &e))?;
            let ours = there.starts_with(b"%PDF-") && there.windows(MARK.len()).any(|window| window == MARK);
            if !ours {
                return Err(refuse(to, "is there already and is no PDF of this program"));
            }
            Ok((path, Expect::Digest(Sha256::digest(&there).into())))
        }
    }
}

fn refuse(to: &Path, why: &str) -> Refused {
    let message = format!("nothing was written: {} {why}", to.display());
    let help = "Name another file with --out: a new one, or a PDF that this program made before.";
    Box::new(Diagnostic::error("output-place", Place::default(), message).help(help))
}
