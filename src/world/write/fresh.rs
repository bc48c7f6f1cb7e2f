//! Makes the files of a new folder, and never writes over one that is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{Expect, create_dirs, replace};
use super::{Refused, set_mode};
use crate::diagnostic::{Diagnostic, Place};
use crate::starter::NewFile;
use crate::world::read::plain;

/// What [`make`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Files written.
    pub written: usize,
    /// Files that stood there already with the same bytes, left by a run that was interrupted.
    pub same: usize,
}

/// The most names that a refusal lists.
const NAMED: usize = 5;

/// Makes `folders` and `files` below `dir`, in the order given. Looks at every place first: when a file with other bytes
/// stands in the way, nothing is written. A file that is there with the same bytes is left alone.
///
/// # Errors
/// `in-the-way` before anything is written; `changed-meanwhile` and `file-unwritable` as [`replace`], after which it can
/// be run again.
pub fn make(dir: &Path, folders: &[&str], files: &[NewFile]) -> Result<Made, Refused> {
    let mut missing = vec![];
    let mut taken = vec![];
    for file in files {
        match look(dir, &file.path, &file.bytes)? {
            There::Nothing => missing.push(file),
            There::Same => {}
            There::Other(path) if taken.contains(&path) => {}
            There::Other(path) => taken.push(path),
        }
    }
    for folder in folders {
        if let There::Other(path) = look(dir, &format!("{folder}/-"), &[])? {
            taken.push(path);
        }
    }
    if !taken.is_empty() {
        return Err(in_the_way(dir, &taken));
    }
    create_dirs(dir)?;
    for folder in folders {
        create_dirs(&dir.join(folder))?;
    }
    for file in &missing {
        let path = dir.join(&file.path);
        create_dirs(path.parent().unwrap_or(dir))?;
        replace(&path, &file.bytes, Expect::Absent)?;
        if file.executable {
            // A disk that knows no such mark is no reason to stop: the file can be run by its name.
            let _ = set_mode(&path, 0o755);
        }
    }
    Ok(Made {
        written: missing.len(),
        same: files.len() - missing.len(),
    })
}

enum There {
    Nothing,
    /// A file with the same bytes.
    Same,
    /// Something else: its path below the folder.
    Other(String),
}

fn look(dir: &Path, path: &str, bytes: &[u8]) -> Result<There, Refused> {
    // A link to a folder elsewhere would carry the files out of the binder.
    for (end, _) in path.match_indices('/') {
        let above = &path[..end];
        match entry(&dir.join(above))? {
            None => return Ok(There::Nothing),
            Some(meta) if meta.is_dir() => {}
            Some(_) => return Ok(There::Other(above.to_owned())),
        }
    }
    let at = dir.join(path);
    Ok(match entry(&at)? {
        None => There::Nothing,
        Some(meta) if meta.is_file() && fs::read(&at).is_ok_and(|there| there == bytes) => There::Same,
        Some(_) => There::Other(path.to_owned()),
    })
}

/// What stands there, links not followed.
fn entry(path: &PathBuf) -> Result<Option<fs::Metadata>, Refused> {
    match fs::symlink_metadata(path) {
        Ok(meta) => Ok(Some(meta)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => {
            let message = format!("{} can't be looked at: {}", path.display(), plain(&error));
            Err(Box::new(
                Diagnostic::error("file-unwritable", Place::default(), message).help("Nothing was written."),
            ))
        }
    }
}

fn in_the_way(dir: &Path, taken: &[String]) -> Refused {
    let more = taken.len().saturating_sub(NAMED);
    let mut names: Vec<String> = taken
        .iter()
        .take(NAMED)
        .map(|path| format!("\"{path}\""))
        .collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let names = crate::content::words::list(names.iter().map(String::as_str));
    let message = format!("nothing was written: {} holds {names} already", dir.display());
    Box::new(Diagnostic::error("in-the-way", Place::default(), message).help(
        "Files are never written over. Move or rename what is there, or choose another folder or name.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<NewFile> {
        let run = NewFile {
            executable: true,
            ..NewFile::text("start.sh", "#!/bin/sh\n")
        };
        vec![
            NewFile::text("a/b/c.md", "c\n"),
            run,
            NewFile::text("z.toml", "z\n"),
        ]
    }

    fn refusal(dir: &Path) -> String {
        let refused = make(dir, &["empty"], &files()).expect_err("refused");
        assert_eq!(refused.code, "in-the-way");
        refused.message.clone()
    }

    #[test]
    fn a_new_folder_is_made_and_a_second_run_finds_it_whole() {
        let home = tempfile::tempdir().expect("a folder");
        let dir = home.path().join("new/binder");
        assert_eq!(
            make(&dir, &["empty"], &files()).ok(),
            Some(Made { written: 3, same: 0 })
        );
        assert!(dir.join("empty").is_dir());
        assert_eq!(
            fs::read_to_string(dir.join("a/b/c.md")).ok().as_deref(),
            Some("c\n")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &str| fs::metadata(dir.join(path)).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode("start.sh"), mode("z.toml")), (0o755, 0o644));
        }
        assert_eq!(
            make(&dir, &["empty"], &files()).ok(),
            Some(Made { written: 0, same: 3 })
        );
        fs::remove_file(dir.join("z.toml")).expect("removed");
        assert_eq!(make(&dir, &[], &files()).ok(), Some(Made { written: 1, same: 2 }));
    }

    #[test]
    fn what_is_in_the_way_is_named_before_anything_is_written() {
        let home = tempfile::tempdir().expect("a folder");
        let dir = home.path();
        fs::write(dir.join("z.toml"), "mine").expect("written");
        assert!(refusal(dir).contains("\"z.toml\""));
        fs::write(dir.join("a"), "a file where a folder belongs").expect("written");
        assert!(refusal(dir).contains("\"a\" and \"z.toml\""));
        fs::write(dir.join("empty"), "").expect("written");
        assert!(refusal(dir).contains("\"empty\""));
        assert!(!dir.join("start.sh").exists());
        assert_eq!(
            fs::read_to_string(dir.join("z.toml")).ok().as_deref(),
            Some("mine")
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_out_of_the_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let elsewhere = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(elsewhere.path(), home.path().join("a")).expect("linked");
        assert!(refusal(home.path()).contains("\"a\""));
        assert_eq!(fs::read_dir(elsewhere.path()).expect("readable").count(), 0);
    }
}
