//! The disk's side of an import: sources are read and never written, the binder's folder is only added to.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::names::{self, Sort as NameSort};
use super::read::{CONFIG, ENTRIES, plain};
use super::write::{self, Expect, Refused};
use crate::diagnostic::{Diagnostic, Place};
use crate::import::{Found, MAX_TEXT, MAX_WORD, Sort, There, What, ledger, sort};
use crate::starter::NewFile;

/// How deep folders of a source are followed.
const MAX_DEPTH: usize = 60;

/// Everything that the sources hold.
#[derive(Debug, Default)]
pub struct Sources {
    /// The files, and what could not be opened.
    pub found: Vec<Found>,
    /// What programs leave behind (`.git`, `~$Policy.docx`), passed over without a look.
    pub droppings: Vec<String>,
}

/// Lists and reads `sources`, for an import into `dir`.
///
/// # Errors
/// `no-source` where there is nothing at a path; `source-and-target` where the two folders hold each other so that originals
/// or the binder itself would be taken for the other.
pub fn gather(sources: &[PathBuf], dir: &Path) -> Result<Sources, Refused> {
    let target = whole(dir);
    let mut all = Sources::default();
    let mut seen: Vec<PathBuf> = Vec::new();
    for source in sources {
        let real = fs::canonicalize(source).map_err(|error| no_source(source, &error))?;
        apart(source, &real, dir, &target)?;
        if seen.contains(&real) {
            continue;
        }
        let name = real
            .file_name()
            .map_or_else(|| "source".to_owned(), |name| name.to_string_lossy().into_owned());
        if real.is_dir() {
            walk(&real, &name, "", 0, &mut all);
        } else {
            file(&real, name.clone(), name, &mut all);
        }
        seen.push(real);
    }
    Ok(all)
}

/// A path with every link followed as far as it exists.
fn whole(dir: &Path) -> PathBuf {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let mut missing = Vec::new();
    let mut near = absolute.as_path();
    loop {
        if let Ok(real) = fs::canonicalize(near) {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        match (near.parent(), near.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name.to_owned());
                near = parent;
            }
            _ => return absolute,
        }
    }
}

fn apart(source: &Path, real: &Path, dir: &Path, target: &Path) -> Result<(), Refused> {
    let source = source.strip_prefix(".").unwrap_or(source);
    let dir = dir.strip_prefix(".").unwrap_or(dir);
    let refuse = |why: String| {
        Err(Box::new(
            Diagnostic::error("source-and-target", Place::default(), why).help(
                "Nothing was written. Keep the old files in one folder and the binder in another, beside it.",
            ),
        ))
    };
    if target == real {
        return refuse(format!("{} would be imported into itself", source.display()));
    }
    if target.starts_with(real) {
        return refuse(format!(
            "the binder {} lies in {}, the folder to import: it would be imported into itself",
            dir.display(),
            source.display()
        ));
    }
    if let Ok(below) = real.strip_prefix(target) {
        let entry = below
            .components()
            .next()
            .map(|entry| entry.as_os_str().to_string_lossy().into_owned());
        if entry.is_some_and(|entry| ENTRIES.contains(&entry.as_str())) {
            return refuse(format!(
                "{} is a part of the binder {} already",
                source.display(),
                dir.display()
            ));
        }
    }
    Ok(())
}

fn no_source(source: &Path, error: &io::Error) -> Refused {
    Box::new(
        Diagnostic::error(
            "no-source",
            Place::default(),
            format!("{} can't be opened: {}", source.display(), plain(error)),
        )
        .help("Nothing was written. Check the spelling; put quotes around a name with spaces."),
    )
}

/// One folder, names in order.
fn walk(dir: &Path, label: &str, below: &str, depth: usize, all: &mut Sources) {
    let closed = |why: String| Found {
        label: label.to_owned(),
        path: if below.is_empty() {
            label.to_owned()
        } else {
            below.to_owned()
        },
        what: What::Closed(why),
    };
    if depth > MAX_DEPTH {
        return all.found.push(closed(format!(
            "This folder lies more than {MAX_DEPTH} folders deep and was not looked into: name it as a source of its own."
        )));
    }
    let entries = match fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => {
            return all
                .found
                .push(closed(format!("This folder can't be opened: {}.", plain(&error))));
        }
    };
    let mut names: Vec<(String, PathBuf)> = entries
        .into_iter()
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    names.sort();
    for (name, path) in names {
        let label = format!("{label}/{name}");
        if name == "node_modules" || names::sort(&name, &[], names::Place::Text) == NameSort::Dropping {
            all.droppings.push(label);
            continue;
        }
        let below = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => walk(&path, &label, &below, depth + 1, all),
            _ => file(&path, label, below, all),
        }
    }
}

fn file(at: &Path, label: String, path: String, all: &mut Sources) {
    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let what = match fs::symlink_metadata(at) {
        Ok(meta) if meta.is_symlink() => What::Closed(
            "It is a link and was not followed. Name what it leads to as a source, if it is not among the files anyway.".to_owned(),
        ),
        Ok(meta) if !meta.is_file() => What::Closed("It is neither a file nor a folder.".to_owned()),
        Ok(meta) => contents(at, &name, meta.len()),
        Err(error) => What::Closed(format!("It can't be opened: {}.", plain(&error))),
    };
    all.found.push(Found { label, path, what });
}

fn contents(at: &Path, name: &str, size: u64) -> What {
    let limit = match sort(name) {
        Sort::Other => return What::Unread(size),
        Sort::Word => MAX_WORD,
        Sort::Text | Sort::Picture => MAX_TEXT,
    };
    let mut bytes = Vec::new();
    match fs::File::open(at).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 > limit => What::Unread(size.max(limit + 1)),
        Ok(_) => What::Bytes(bytes),
        Err(error) => What::Closed(format!("It can't be read: {}.", plain(&error))),
    }
}

/// What the binder's folder holds, as far as an import must know it. Nothing there is no error.
///
/// # Errors
/// `unreadable` where something is there and can't be read: an import that does not see it might double it.
pub fn there(dir: &Path) -> Result<There, Refused> {
    let mut there = There::default();
    match fs::read(dir.join(ledger::NAME)) {
        Ok(bytes) => there.ledger = Some(bytes),
        Err(error) if is_absent(&error) => {}
        Err(error) => return Err(unreadable(ledger::NAME, &error)),
    }
    for folder in ["policies", "approved"] {
        list(&dir.join(folder), folder, 0, &mut there)?;
    }
    Ok(there)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn list(dir: &Path, below: &str, depth: usize, there: &mut There) -> Result<(), Refused> {
    let entries = match fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(unreadable(below, &error)),
    };
    for entry in entries {
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        let meta = fs::metadata(entry.path());
        match meta {
            Ok(meta) if meta.is_dir() && depth < MAX_DEPTH => list(&entry.path(), &path, depth + 1, there)?,
            Ok(meta) if meta.is_file() && meta.len() <= MAX_TEXT => {
                let bytes = fs::read(entry.path()).map_err(|error| unreadable(&path, &error))?;
                there.files.insert(path, bytes);
            }
            // Too large, or a link that leads nowhere: its name is taken all the same.
            _ => {
                there.files.insert(path, vec![]);
            }
        }
    }
    Ok(())
}

fn unreadable(what: &str, error: &io::Error) -> Refused {
    Box::new(
        Diagnostic::error(
            "unreadable",
            Place::file(what),
            format!("\"{what}\" of the binder can't be read: {}", plain(error)),
        )
        .help("Nothing was written. Close it in other programs, check that you may open it, and run this again."),
    )
}

/// Whether `dir` is a binder's folder.
pub fn is_binder(dir: &Path) -> bool {
    dir.join(CONFIG).symlink_metadata().is_ok()
}

/// Adds one file to the binder; never over another one.
///
/// # Errors
/// As [`write::make`].
pub fn add(dir: &Path, file: &NewFile) -> Result<(), Refused> {
    write::make(dir, &[], std::slice::from_ref(file)).map(|_| ())
}

/// Puts the ledger in place of the one that was read.
///
/// # Errors
/// As [`write::replace`].
pub fn put_ledger(dir: &Path, seen: Option<&[u8]>, bytes: &[u8]) -> Result<(), Refused> {
    use sha2::{Digest, Sha256};
    write::create_dirs(dir)?;
    let expect = seen.map_or(Expect::Absent, |seen| Expect::Digest(Sha256::digest(seen).into()));
    write::replace(&dir.join(ledger::NAME), bytes, expect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_hold_each_other_are_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |path: &str| home.path().join(path);
        fs::create_dir_all(at("old/inner")).expect("made");
        fs::create_dir_all(at("binder/policies")).expect("made");
        fs::create_dir_all(at("binder/old")).expect("made");
        let refused =
            |source: &str, dir: &str| gather(&[at(source)], &at(dir)).err().map(|refused| refused.code);
        for (source, dir) in [
            ("old", "old"),
            ("old", "old/new/binder"),
            ("old", "old/inner/../inner"),
            ("binder", "binder"),
            ("binder/policies", "binder"),
        ] {
            assert_eq!(
                refused(source, dir),
                Some("source-and-target"),
                "{source} into {dir}"
            );
        }
        assert_eq!(refused("none", "binder"), Some("no-source"));
        assert_eq!(refused("binder/old", "binder"), None);
        assert_eq!(refused("old", "older"), None);
    }
}
