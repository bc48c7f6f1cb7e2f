//! The files that are changed from the browser: answers, and nothing else.
//!
//! A name given here is one that this program read or made, and is looked at all the same: only files below `answers/`
//! that really lie there are opened or written. A link that leads out of it is refused.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::read::{MAX_TEXT, plain};
use super::write::{self, Expect, Refused};
use crate::diagnostic::{Diagnostic, Place};

/// The folder that is changed.
const ANSWERS: &str = "answers";

/// The whole path of a folder, for links that other programs open. It need not exist.
pub fn whole(dir: &Path) -> PathBuf {
    std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf())
}

/// The bytes of an answer file as they are now; `None` where there is no such file.
///
/// # Errors
/// `file-unreadable` for a name that leads out of `answers/`, for what is no plain file of at most 4 MB, and where the
/// system refuses.
pub fn read(dir: &Path, path: &str) -> Result<Option<Vec<u8>>, Refused> {
    let at = place(dir, path)?;
    let file = match fs::File::open(&at) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(path, plain(&error))),
    };
    let meta = file.metadata().map_err(|error| refused(path, plain(&error)))?;
    if !meta.is_file() {
        return Err(refused(path, "it is no file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_TEXT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refused(path, plain(&error)))?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(refused(path, "it has more than 4 MB"));
    }
    Ok(Some(bytes))
}

/// Writes an answer file in one step, if what stands there is what the caller saw.
///
/// # Errors
/// `file-unreadable` as [`read`]; `changed-meanwhile` and `file-unwritable` as [`write::replace`]. Nothing was changed
/// then.
pub fn save(dir: &Path, path: &str, bytes: &[u8], expect: Expect) -> Result<(), Refused> {
    let at = place(dir, path)?;
    if let (Expect::Absent, Some(above)) = (expect, at.parent()) {
        write::create_dirs(above)?;
    }
    write::replace(&at, bytes, expect)
}

/// Where a path really leads, links followed: below `answers/` or nowhere.
fn place(dir: &Path, path: &str) -> Result<PathBuf, Refused> {
    let elsewhere = || refused(path, "it does not lie in the folder answers");
    let parts: Vec<&str> = path.split('/').collect();
    let is_name = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if parts.len() < 2 || parts[0] != ANSWERS || !parts.iter().all(is_name) {
        return Err(elsewhere());
    }
    let failed = |error: io::Error| refused(path, plain(&error));
    let root = fs::canonicalize(dir).map_err(failed)?;
    // The nearest part of the way that exists, with every link followed.
    let mut there = root.clone();
    let mut left = parts.as_slice();
    while let [name, rest @ ..] = left {
        let next = there.join(name);
        match fs::symlink_metadata(&next) {
            Ok(_) => there = fs::canonicalize(&next).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(failed(error)),
        }
        left = rest;
        // After its first part the way must be, and stay, in the folder itself.
        let answers = root.join(ANSWERS);
        let is_below = there.starts_with(&answers) || same_name(&there, &root);
        if !is_below {
            return Err(elsewhere());
        }
    }
    Ok(left.iter().fold(there, |at, name| at.join(name)))
}

/// The folder `answers` under the capitals it has on a disk that does not tell them apart.
fn same_name(there: &Path, root: &Path) -> bool {
    there.strip_prefix(root).is_ok_and(|rest| {
        rest.components()
            .next()
            .is_some_and(|first| first.as_os_str().eq_ignore_ascii_case(ANSWERS))
    })
}

fn refused(path: &str, why: impl std::fmt::Display) -> Refused {
    let message = format!("{path} can't be opened here: {why}");
    Box::new(
        Diagnostic::error("file-unreadable", Place::file(path), message)
            .help("Open the file in a text editor. Nothing was changed."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let above = tempfile::tempdir().expect("a folder");
        let dir = above.path().join("clinic");
        fs::create_dir_all(dir.join("answers/164.308")).expect("a folder");
        fs::write(dir.join("answers/a.md"), "one").expect("a file");
        fs::write(dir.join("binder.toml"), "x").expect("a file");
        fs::write(above.path().join("secret.md"), "x").expect("a file");
        (above, dir)
    }

    #[test]
    fn answers_are_read_and_written() {
        let (_above, dir) = folder();
        assert_eq!(read(&dir, "answers/a.md").expect("read"), Some(b"one".to_vec()));
        assert_eq!(read(&dir, "answers/none/b.md").expect("read"), None);
        let seen = Sha256::digest(b"one").into();
        save(&dir, "answers/a.md", b"two", Expect::Digest(seen)).expect("written");
        save(&dir, "answers/164.310/b.md", b"new", Expect::Absent).expect("written");
        assert_eq!(fs::read(dir.join("answers/a.md")).expect("there"), b"two");
        assert_eq!(fs::read(dir.join("answers/164.310/b.md")).expect("there"), b"new");
        let late = save(&dir, "answers/a.md", b"three", Expect::Digest(seen)).expect_err("refused");
        assert_eq!(late.code, "changed-meanwhile");
        let twice = save(&dir, "answers/a.md", b"three", Expect::Absent).expect_err("refused");
        assert_eq!(twice.code, "changed-meanwhile");
        assert_eq!(fs::read(dir.join("answers/a.md")).expect("there"), b"two");
    }

    #[test]
    fn nothing_else_is_opened() {
        let (_above, dir) = folder();
        for path in [
            "binder.toml",
            "answers",
            "answers/",
            "answers/../binder.toml",
            "answers/./a.md",
            "/etc/passwd",
            "../secret.md",
            "answers//a.md",
            "answers\\a.md",
            "answers/..\\..\\secret.md",
            "answers/c:a.md",
            "answers/a\0.md",
            "policies/a.md",
            "answers/164.308",
            "",
        ] {
            assert!(read(&dir, path).is_err(), "{path:?} is not read");
            let written = save(&dir, path, b"x", Expect::Absent);
            assert!(written.is_err(), "{path:?} is not written");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_refused_and_links_within_are_followed() {
        use std::os::unix::fs::symlink;
        let (above, dir) = folder();
        symlink(above.path().join("secret.md"), dir.join("answers/out.md")).expect("a link");
        symlink(above.path(), dir.join("answers/up")).expect("a link");
        symlink(above.path().join("none.md"), dir.join("answers/hanging.md")).expect("a link");
        symlink(dir.join("answers/a.md"), dir.join("answers/in.md")).expect("a link");
        for path in [
            "answers/out.md",
            "answers/up/secret.md",
            "answers/up/new.md",
            "answers/hanging.md",
        ] {
            assert!(read(&dir, path).is_err(), "{path}");
            assert!(save(&dir, path, b"x", Expect::Absent).is_err(), "{path}");
        }
        assert!(!above.path().join("new.md").exists() && !above.path().join("none.md").exists());
        assert_eq!(read(&dir, "answers/in.md").expect("read"), Some(b"one".to_vec()));
        // The whole folder may be a link: it is the one that was asked for.
        let link = above.path().join("link");
        symlink(&dir, &link).expect("a link");
        assert!(read(&link, "answers/a.md").is_ok());
        // `answers` itself may not.
        fs::rename(dir.join("answers"), above.path().join("answers")).expect("moved");
        symlink(above.path().join("answers"), dir.join("answers")).expect("a link");
        assert!(read(&dir, "answers/a.md").is_err());
    }
}
