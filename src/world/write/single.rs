//! Writes one file: the PDF of a part of the binder, or a page that stands alone. Never over a file that is not ours,
//! never into the content or a website.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::atomic::{Expect, create_dirs, replace};
use super::manifest::MANIFEST;
use super::target::{content_gone, entry_around, real};
use super::{Refused, cannot};
use crate::diagnostic::{Diagnostic, Place};
use crate::world::interrupt;

/// What is written, and how it is known when it is there already.
#[derive(Debug, Clone, Copy)]
struct Sort {
    /// What it begins with.
    start: &'static [u8],
    /// What it holds somewhere.
    mark: &'static [u8],
    /// "PDF".
    name: &'static str,
    /// "--out".
    option: &'static str,
}

const PDF: Sort = Sort {
    start: b"%PDF-",
    mark: b"hipaa-binder",
    name: "PDF",
    option: "--out",
};
const PAGE: Sort = Sort {
    start: b"<!doctype html>",
    mark: b"<meta name=\"generator\" content=\"hipaa-binder",
    name: "page",
    option: "--html",
};

/// Says, before a long build, whether a PDF made from the folder `content` may go to `to`. Writes nothing.
///
/// # Errors
/// `output-place` where `to` is a folder, a file that is no PDF of this program, or lies in the content or in a website
/// that this program made.
pub fn may_write_pdf(content: &Path, to: &Path) -> Result<(), Refused> {
    look(content, to, PDF).map(|_| ())
}

/// Writes the PDF in one step.
///
/// # Errors
/// As [`may_write_pdf`]; `changed-meanwhile` and `file-unwritable` as [`replace`]. What stood there is then as it was.
pub fn write_pdf(content: &Path, to: &Path, bytes: &[u8]) -> Result<(), Refused> {
    write(content, to, bytes, PDF)
}

/// Writes a page that stands alone, in one step.
///
/// # Errors
/// `output-place` where `to` is a folder, a file that is no page of this program, or lies in the content or in a website
/// that this program made; `changed-meanwhile` and `file-unwritable` as [`replace`].
pub fn write_page(content: &Path, to: &Path, bytes: &[u8]) -> Result<(), Refused> {
    write(content, to, bytes, PAGE)
}

fn write(content: &Path, to: &Path, bytes: &[u8], sort: Sort) -> Result<(), Refused> {
    let _writing = interrupt::writing();
    let (path, expect) = look(content, to, sort)?;
    if let Some(parent) = path.parent() {
        create_dirs(parent)?;
    }
    replace(&path, bytes, expect)?;
    interrupt::in_place();
    Ok(())
}

/// Writes files that this program makes into the folder `dir`, each in one step. A file that is there already is written over
/// only where it starts with `mark`, as those do that an earlier run wrote; all are looked at before any is written.
///
/// # Errors
/// `in-the-way` where another file has one of the names; `changed-meanwhile` and `file-unwritable` as [`replace`].
pub fn own_files(dir: &Path, files: &[(String, Vec<u8>)], mark: &[u8]) -> Result<(), Refused> {
    let mut wanted = vec![];
    for (name, bytes) in files {
        let path = dir.join(name);
        let expect = match fs::symlink_metadata(&path) {
            Err(_) => Expect::Absent,
            Ok(meta) if !meta.is_file() => return Err(other(&path)),
            Ok(_) => {
                let there = fs::read(&path).map_err(|e| cannot("can't be read", &path, &e))?;
                if !there.starts_with(mark) {
                    return Err(other(&path));
                }
                if there == *bytes {
                    continue;
                }
                Expect::Digest(Sha256::digest(&there).into())
            }
        };
        wanted.push((path, bytes, expect));
    }
    create_dirs(dir)?;
    wanted
        .into_iter()
        .try_for_each(|(path, bytes, expect)| replace(&path, bytes, expect))
}

fn other(path: &Path) -> Refused {
    let message = format!(
        "nothing was written: {} is there already and was not made by this program",
        path.display()
    );
    Box::new(
        Diagnostic::error("in-the-way", Place::default(), message)
            .help("Move or rename it, or name another folder with --out."),
    )
}

/// The place with every link followed, and what stands there.
fn look(content: &Path, to: &Path, sort: Sort) -> Result<(PathBuf, Expect), Refused> {
    let Some(path) = real(to) else {
        return Err(refuse(sort, to, "can't be found: its name leads nowhere"));
    };
    let root = fs::canonicalize(content).map_err(|e| content_gone(content, &e))?;
    if let Some(entry) = entry_around(&root, &path) {
        return Err(refuse(
            sort,
            to,
            &format!("lies in \"{entry}\", where your own files are"),
        ));
    }
    if path
        .ancestors()
        .skip(1)
        .any(|folder| folder.join(MANIFEST).exists())
    {
        return Err(refuse(sort, to, "lies in a website that this program made"));
    }
    match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((path, Expect::Absent)),
        Err(error) => Err(cannot("can't be read", &path, &error)),
        Ok(meta) if meta.is_dir() => Err(refuse(sort, to, "is a folder")),
        Ok(_) => {
            let there = fs::read(&path).map_err(|e| cannot("can't be read", &path, &e))?;
            let marked = there.windows(sort.mark.len()).any(|window| window == sort.mark);
            if !(there.starts_with(sort.start) && marked) {
                let why = format!("is there already and is no {} of this program", sort.name);
                return Err(refuse(sort, to, &why));
            }
            Ok((path, Expect::Digest(Sha256::digest(&there).into())))
        }
    }
}

fn refuse(sort: Sort, to: &Path, why: &str) -> Refused {
    let message = format!("nothing was written: {} {why}", to.display());
    let help = format!(
        "Name another file with {}: a new one, or a {} that this program made before.",
        sort.option, sort.name
    );
    Box::new(Diagnostic::error("output-place", Place::default(), message).help(help))
}
