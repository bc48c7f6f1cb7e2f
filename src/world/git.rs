//! Where the content folder stands in git, if it stands in git at all. Never required.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::read::ENTRIES;
use crate::history::{FOLDER, Git};

/// The commit that the folder stands on, and whether the content differs from it. `None` outside of git, and where
/// nothing was committed yet.
pub fn state(dir: &Path) -> Option<Git> {
    let dir = fs::canonicalize(dir).ok()?;
    let marker = dir.ancestors().map(|up| up.join(".git")).find(|at| at.exists())?;
    if let Some(commit) = run(&dir, &["rev-parse", "--verify", "--quiet", "HEAD"]) {
        let commit = commit.trim().to_string();
        if is_commit(&commit) {
            let entries = ENTRIES.iter().filter(|entry| **entry != FOLDER).copied();
            let status: Vec<&str> = ["status", "--porcelain", "--untracked-files=normal", "--"]
                .into_iter()
                .chain(entries)
                .collect();
            let clean = run(&dir, &status).map(|changes| changes.trim().is_empty());
            return Some(Git { commit, clean });
        }
    }
    let commit = head(&marker)?;
    Some(Git { commit, clean: None })
}

/// What git says; `None` where there is no git, or it refuses.
fn run(dir: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git")
        // Nothing that the folder's own settings name is started.
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    done.status
        .success()
        .then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The commit, read from git's own files.
fn head(marker: &Path) -> Option<String> {
    let git = match marker.is_dir() {
        true => marker.to_path_buf(),
        false => {
            let text = fs::read_to_string(marker).ok()?;
            marker.parent()?.join(text.trim().strip_prefix("gitdir:")?.trim())
        }
    };
    // A second working tree keeps its branches in the first.
    let common: PathBuf = match fs::read_to_string(git.join("commondir")) {
        Ok(text) => git.join(text.trim()),
        Err(_) => git.clone(),
    };
    let text = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = text.trim().strip_prefix("ref:").map(str::trim) else {
        return Some(text.trim().to_string()).filter(|commit| is_commit(commit));
    };
    if name.contains("..") || !name.starts_with("refs/") {
        return None;
    }
    let loose = [&git, &common]
        .into_iter()
        .find_map(|at| fs::read_to_string(at.join(name)).ok())
        .map(|text| text.trim().to_string());
    let packed = || {
        let text = fs::read_to_string(common.join("packed-refs")).ok()?;
        text.lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(_, packed)| *packed == name)
            .map(|(commit, _)| commit.to_string())
    };
    loose.or_else(packed).filter(|commit| is_commit(commit))
}

fn is_commit(text: &str) -> bool {
    [40, 64].contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
            fs::write(path, text).expect("written");
        }
        home
    }

    #[test]
    fn the_commit_is_read_without_git() {
        let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n");
        for files in [
            vec![
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/refs/heads/main", COMMIT),
            ],
            vec![
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/packed-refs", packed.as_str()),
            ],
            vec![(".git/HEAD", COMMIT)],
            vec![
                (".git", "gitdir: main/.git/worktrees/two\n"),
                ("main/.git/worktrees/two/HEAD", "ref: refs/heads/main\n"),
                ("main/.git/worktrees/two/commondir", "../..\n"),
                ("main/.git/refs/heads/main", COMMIT),
            ],
        ] {
            let home = tree(&files);
            assert_eq!(
                head(&home.path().join(".git")).as_deref(),
                Some(COMMIT),
                "{files:?}"
            );
        }
    }

    #[test]
    fn what_is_no_commit_is_none() {
        for files in [
            vec![(".git/HEAD", "ref: refs/heads/main\n")],
            vec![(".git/HEAD", "")],
            vec![(".git/HEAD", "ref: ../../secret\n")],
            vec![(".git", "nonsense")],
        ] {
            let home = tree(&files);
            assert_eq!(head(&home.path().join(".git")), None, "{files:?}");
        }
    }
}
