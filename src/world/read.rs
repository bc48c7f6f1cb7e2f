//! Takes a content folder into memory.
//!
//! Owns what counts as content: the entries of [`ENTRIES`], without editor droppings and sync conflict copies, with
//! symbolic links only where they stay inside the folder. Everything odd is a diagnostic; one bad file never hides
//! the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::files::{self, too_many_open};
use super::names::{self, Sort};
use super::{File, Folder, SealedArchive, versions};
use crate::diagnostic::{Diagnostic, Place};
use crate::history;

/// Largest text file kept in memory, in bytes.
pub const MAX_TEXT: u64 = 4 * 1024 * 1024;
/// Largest evidence or theme file kept in memory, in bytes. Larger evidence is copied straight from disk.
pub const MAX_EVIDENCE: u64 = 8 * 1024 * 1024;
/// Name of the file that makes a folder a binder.
pub const CONFIG: &str = "binder.toml";
/// The entries of a binder's folder. Nothing else in it is read, and no output is ever written into one of them.
pub const ENTRIES: [&str; 9] = [
    CONFIG,
    "answers",
    "policies",
    "records",
    "registers",
    "evidence",
    "theme",
    "approved",
    "versions",
];
/// Sealed versions are kept as archives of their own and are not taken into memory with the content.
const SEALED: &str = "versions";
/// How deep folders may nest before we take it for a mistake.
const MAX_DEPTH: usize = 40;

/// Reads the folder `dir`. Never fails as a whole: what could not be read is in `problems`, and a folder without
/// `binder.toml` comes back empty with the error that says so.
pub fn read(dir: &Path) -> Folder {
    gather(walk(dir), |path, at| files::load(at, limit(path)), versions::look)
}

/// What a folder holds, before any file of it is opened.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The folder itself, every link followed; empty when it could not be opened.
    pub root: PathBuf,
    /// Files that count: path below the folder, and where to open it.
    pub files: Vec<(Arc<str>, PathBuf)>,
    /// Every folder that was listed, and every one that holds what a link leads to, links followed.
    pub folders: BTreeSet<PathBuf>,
    /// Sealed versions: path below the folder, and where to open them.
    pub sealed: Vec<(Arc<str>, PathBuf)>,
    /// What looked odd.
    pub problems: Vec<Diagnostic>,
}

/// Lists the folder `dir`.
pub(super) fn walk(dir: &Path) -> Found {
    let mut walk = Walk::default();
    match fs::canonicalize(dir) {
        Ok(root) if root.is_dir() => {
            walk.root = root;
            walk.top();
        }
        Ok(_) => walk.problems.push(
            Diagnostic::error(
                "not-a-folder",
                Place::default(),
                format!("{} is a file, not a folder", dir.display()),
            )
            .help(format!("Name the folder that holds your {CONFIG}.")),
        ),
        Err(error) => walk.problems.push(
            Diagnostic::error(
                "no-folder",
                Place::default(),
                format!("the folder {} can't be opened: {}", dir.display(), plain(&error)),
            )
            .help("Check the spelling, or go into your binder's folder and leave the name out."),
        ),
    }
    Found {
        root: walk.root,
        files: walk.found,
        sealed: walk.sealed,
        folders: walk.folders,
        problems: walk.problems,
    }
}

/// Takes the files that were found into memory, side by side.
pub(super) fn gather(
    found: Found,
    load: impl Fn(&Arc<str>, &Path) -> io::Result<File> + Sync,
    look: impl Fn(&str, &Path) -> Result<SealedArchive, String> + Sync,
) -> Folder {
    let mut problems = found.problems;
    let (read, looked) = rayon::join(
        || {
            let files = found.files.par_iter();
            let read = files.map(|(path, at)| (path.clone(), load(path, at)));
            read.collect::<Vec<_>>()
        },
        || sealed(&found.root, &found.sealed, &look),
    );
    let mut files = BTreeMap::new();
    for (path, result) in read {
        match result {
            Ok(file) => {
                if file.bytes.is_none() && path.starts_with("theme/") {
                    problems.push(too_large_for_theme(&path));
                }
                files.insert(path, file);
            }
            Err(error) => problems.push(unreadable(&path, Place::file(path.clone()), &error)),
        }
    }
    let (sealed, unopened) = looked;
    problems.extend(unopened);
    problems.sort_by_key(Diagnostic::order);
    Folder {
        files,
        problems,
        sealed,
    }
}

/// Looks into the sealed versions, and takes the digest of the newest.
fn sealed(
    root: &Path,
    found: &[(Arc<str>, PathBuf)],
    look: impl Fn(&str, &Path) -> Result<SealedArchive, String> + Sync,
) -> (Vec<SealedArchive>, Vec<Diagnostic>) {
    let looked: Vec<_> = found
        .par_iter()
        .map(|(path, at)| (path, look(path, at)))
        .collect();
    let (mut sealed, mut problems) = (vec![], vec![]);
    for (path, result) in looked {
        match result {
            Ok(archive) => sealed.push(archive),
            Err(why) => problems.push(history::unreadable(path, &why)),
        }
    }
    versions::add_digest(root, &mut sealed);
    (sealed, problems)
}

/// The binder folder that `from` lies in: the nearest folder, `from` itself first, that holds a `binder.toml`.
pub fn enclosing(from: &Path) -> Option<PathBuf> {
    let from = fs::canonicalize(from).ok()?;
    from.ancestors()
        .find(|dir| dir.join(CONFIG).is_file())
        .map(Path::to_path_buf)
}

#[derive(Default)]
struct Walk {
    root: PathBuf,
    found: Vec<(Arc<str>, PathBuf)>,
    sealed: Vec<(Arc<str>, PathBuf)>,
    folders: BTreeSet<PathBuf>,
    /// Lower-case path to the first path so spelled.
    folded: BTreeMap<String, String>,
    problems: Vec<Diagnostic>,
}

impl Walk {
    fn top(&mut self) {
        let root = self.root.clone();
        self.folders.insert(root.clone());
        if !root.join(CONFIG).exists() {
            self.problems.push(no_config(&root));
            return;
        }
        for (name, path) in self.list(&root, "") {
            if name == SEALED {
                self.sealed_versions(&path);
            } else if ENTRIES.contains(&name.as_str()) {
                self.visit(&name, &path, &mut vec![root.clone()]);
            } else if let Some(meant) = meant_entry(&name) {
                let (place, path) = (Place::file(name.as_str()), &name);
                self.problems.push(
                    Diagnostic::warning(
                        "entry-name",
                        place,
                        format!("\"{path}\" is not read: it is not called \"{meant}\""),
                    )
                    .help(format!(
                        "Rename it to \"{meant}\", in small letters, if it is part of the binder."
                    )),
                );
            }
        }
    }

    /// Lists the sealed versions. Nothing else in their folder is read.
    fn sealed_versions(&mut self, path: &Path) {
        self.folders.extend(fs::canonicalize(path));
        match versions::list(&self.root) {
            Ok(list) => self.sealed.extend(
                list.into_iter()
                    .map(|(name, at)| (Arc::from(join(SEALED, &name)), at)),
            ),
            Err(error) => self
                .problems
                .push(unreadable(SEALED, Place::file(SEALED), &error)),
        }
    }

    /// The entries of a folder in name order, without droppings, conflict copies and names that are no text.
    fn list(&mut self, dir: &Path, below: &str) -> Vec<(String, PathBuf)> {
        let entries = match fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => {
                let what = if below.is_empty() {
                    dir.display().to_string()
                } else {
                    below.to_string()
                };
                self.problems.push(unreadable(&what, Place::file(below), &error));
                return vec![];
            }
        };
        let mut named: Vec<(String, PathBuf)> = vec![];
        for entry in entries {
            match entry.file_name().into_string() {
                Ok(name) => named.push((name, entry.path())),
                Err(name) => self.odd_name(below, &name.to_string_lossy()),
            }
        }
        named.sort();
        let here: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
        named.retain(
            |(name, _)| match names::sort(name, &here, names::Place::of(below)) {
                Sort::Content => true,
                Sort::Dropping => false,
                // At the top, only our own entries matter: a copy of somebody's letter beside them is no business of ours.
                Sort::Conflict { of } if below.is_empty() && !ENTRIES.contains(&of.as_str()) => false,
                Sort::Conflict { of } => {
                    let there = here.contains(&of);
                    self.problems
                        .push(conflict(&join(below, name), &join(below, &of), there));
                    false
                }
            },
        );
        named
    }

    fn odd_name(&mut self, below: &str, name: &str) {
        // Outside our entries, names are not our business.
        if below.is_empty() {
            return;
        }
        self.problems.push(
            Diagnostic::warning(
                "file-name",
                Place::file(join(below, name)),
                format!("\"{name}\" is not read: its name holds characters that are no valid text (UTF-8)"),
            )
            .help("Rename it, with plain letters and digits."),
        );
    }

    /// Takes in a file or a folder. `inside` holds the real paths of the folders above it, to notice loops.
    fn visit(&mut self, path: &str, at: &Path, inside: &mut Vec<PathBuf>) {
        let place = || Place::file(path);
        let meta = match fs::symlink_metadata(at) {
            Ok(meta) => meta,
            Err(error) => return self.problems.push(unreadable(path, place(), &error)),
        };
        let mut kind = meta.file_type();
        let mut real = None;
        if kind.is_symlink() {
            let target = match fs::canonicalize(at).and_then(|target| Ok((fs::metadata(&target)?, target))) {
                Ok((meta, target)) => {
                    kind = meta.file_type();
                    target
                }
                Err(error) => return self.problems.push(bad_link(path, &error)),
            };
            if !target.starts_with(&self.root) {
                return self.problems.push(
                    Diagnostic::error(
                        "link-leaves-folder",
                        place(),
                        format!("\"{path}\" is a link to {}, outside the binder's folder", target.display()),
                    )
                    .help("Put a copy of the file here in place of the link, so that the binder stays whole when it is moved."),
                );
            }
            self.folders.extend(target.parent().map(Path::to_path_buf));
            real = Some(target);
        }
        let folded = path.to_lowercase();
        if let Some(first) = self
            .folded
            .insert(folded, path.to_string())
            .filter(|first| first != path)
        {
            self.problems.push(
                Diagnostic::error(
                    "same-name",
                    place(),
                    format!("\"{path}\" and \"{first}\" differ only in capital letters"),
                )
                .help("Rename one of them: on Windows and Mac they would be one and the same file.")
                .also(Place::file(first.as_str()), "the other one"),
            );
        }
        if kind.is_dir() {
            // Without a link the real path follows from the folder above: no need to ask the system.
            let real =
                real.unwrap_or_else(|| inside.last().map_or_else(|| at.into(), |up| up.join(last(path))));
            self.folder(path, at, real, inside);
        } else if !kind.is_file() {
            self.problems.push(
                Diagnostic::error(
                    "not-a-file",
                    place(),
                    format!("\"{path}\" is neither a file nor a folder"),
                )
                .help("Move it out of the binder's folder."),
            );
        } else {
            self.found.push((path.into(), at.to_path_buf()));
        }
    }

    fn folder(&mut self, path: &str, at: &Path, real: PathBuf, inside: &mut Vec<PathBuf>) {
        if path == CONFIG {
            return self.problems.push(
                Diagnostic::error(
                    "not-a-file",
                    Place::file(path),
                    format!("\"{CONFIG}\" is a folder"),
                )
                .help(format!(
                    "Rename the folder, and write your settings in a text file called {CONFIG}."
                )),
            );
        }
        if inside.contains(&real) {
            return self.problems.push(
                Diagnostic::error(
                    "link-loop",
                    Place::file(path),
                    format!("\"{path}\" is a link to a folder that it lies in"),
                )
                .help("Remove the link: following it would never end."),
            );
        }
        if inside.len() > MAX_DEPTH {
            return self.problems.push(
                Diagnostic::error(
                    "too-deep",
                    Place::file(path),
                    format!("\"{path}\" lies more than {MAX_DEPTH} folders deep"),
                )
                .help("Move it up. Folders inside folders this deep are mostly a copying mistake."),
            );
        }
        self.folders.insert(real.clone());
        inside.push(real);
        for (name, at) in self.list(at, path) {
            self.visit(&join(path, &name), &at, inside);
        }
        inside.pop();
    }
}

pub(super) fn limit(path: &str) -> u64 {
    if path.starts_with("evidence/") || path.starts_with("theme/") {
        MAX_EVIDENCE
    } else {
        MAX_TEXT
    }
}

/// Reads an open file in one pass: its digest always, its bytes up to `limit`.
pub(super) fn load_open(mut file: &fs::File, limit: u64) -> io::Result<File> {
    let expected = file.metadata()?.len();
    let mut hasher = Sha256::new();
    if expected <= limit {
        let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 1);
        // One byte more than allowed tells a file that grew while we read it.
        (&mut file).take(limit + 1).read_to_end(&mut bytes)?;
        hasher.update(&bytes);
        if bytes.len() as u64 <= limit {
            return Ok(File {
                size: bytes.len() as u64,
                digest: hasher.finalize().into(),
                bytes: Some(bytes.into()),
            });
        }
        let size = bytes.len() as u64 + stream(&mut file, |part| hasher.update(part))?;
        return Ok(File {
            size,
            digest: hasher.finalize().into(),
            bytes: None,
        });
    }
    let size = stream(&mut file, |part| hasher.update(part))?;
    Ok(File {
        size,
        digest: hasher.finalize().into(),
        bytes: None,
    })
}

/// Reads to the end in pieces; says how many bytes there were.
pub(super) fn stream(from: &mut impl Read, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut buffer = vec![0; 256 * 1024];
    let mut size = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(n) => {
                each(&buffer[..n]);
                size += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn join(below: &str, name: &str) -> String {
    if below.is_empty() {
        name.to_string()
    } else {
        format!("{below}/{name}")
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The entry that a folder at the top was probably meant to be.
pub(super) fn meant_entry(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    ENTRIES.into_iter().find(|entry| {
        let singular = match *entry {
            "policies" => "policy",
            "evidence" | CONFIG | "approved" => entry,
            other => other.trim_end_matches('s'),
        };
        name != *entry && (lower == *entry || lower == singular)
    })
}

fn no_config(root: &Path) -> Diagnostic {
    let mut near: Vec<String> = vec![];
    if root.parent().is_some_and(|up| up.join(CONFIG).is_file()) {
        near.push("the folder above this one".to_string());
    }
    let mut below: Vec<String> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join(CONFIG).is_file())
        .map(|entry| format!("\"{}\"", entry.file_name().to_string_lossy()))
        .collect();
    below.sort();
    near.extend(below);
    let help = if near.is_empty() {
        format!(
            "A binder's folder holds a file called {CONFIG}. Go to that folder, or name it in the command."
        )
    } else {
        format!(
            "There is one in {}. Go there, or name that folder in the command.",
            near.join(", ")
        )
    };
    Diagnostic::error(
        "no-binder-toml",
        Place::file(CONFIG),
        format!("{} holds no {CONFIG}", root.display()),
    )
    .help(help)
}

fn conflict(copy: &str, of: &str, there: bool) -> Diagnostic {
    let place = Place::file(copy);
    let message = if there {
        format!(
            "\"{copy}\" is not read: it looks like a second copy of \"{of}\", made when two people saved at once"
        )
    } else {
        format!("\"{copy}\" is not read: it looks like a second copy of \"{of}\", which is not there")
    };
    let help = if there {
        format!(
            "Compare the two, keep what is right in \"{}\", and delete the copy.",
            last(of)
        )
    } else {
        format!("Rename it to \"{}\" if it is the one to keep.", last(of))
    };
    Diagnostic::warning("conflict-copy", place, message).help(help)
}

fn unreadable(what: &str, place: Place, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "unreadable",
        place,
        format!("\"{what}\" can't be read: {}", plain(error)),
    )
    .help(match error.kind() {
        io::ErrorKind::InvalidFilename => "Give it, or a folder above it, a shorter name.",
        io::ErrorKind::NotFound => "It went away while it was read. Run this again.",
        _ if too_many_open(error) => {
            "Close other programs, or raise the limit (ulimit -n), and run this again."
        }
        _ => "Close it in other programs, check that you may open it, and run this again.",
    })
}

fn bad_link(path: &str, error: &io::Error) -> Diagnostic {
    // ELOOP has no stable `ErrorKind`.
    let (code, why) = if error.kind() == io::ErrorKind::NotFound {
        ("link-broken", "leads to nothing".to_string())
    } else if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        ("link-loop", "leads back to itself".to_string())
    } else {
        ("link-broken", format!("can't be followed: {}", plain(error)))
    };
    Diagnostic::error(
        code,
        Place::file(path),
        format!("\"{path}\" is a link that {why}"),
    )
    .help("Remove the link, or put the file itself here.")
}

fn too_large_for_theme(path: &str) -> Diagnostic {
    let limit = MAX_EVIDENCE / (1024 * 1024);
    Diagnostic::error(
        "file-too-large",
        Place::file(path),
        format!("\"{path}\" is larger than {limit} MB"),
    )
    .help("Use a smaller file: every page of the site would carry it.")
}

/// What the system said, in words for people.
pub(super) fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        io::ErrorKind::StorageFull => "the disk is full".to_string(),
        io::ErrorKind::ReadOnlyFilesystem => "this disk or folder is read-only".to_string(),
        io::ErrorKind::QuotaExceeded => "your share of the disk is used up".to_string(),
        io::ErrorKind::FileTooLarge => "the disk takes no file as large as this".to_string(),
        io::ErrorKind::InvalidFilename => "its name or path is longer than the disk takes".to_string(),
        io::ErrorKind::NotADirectory => "a file stands where a folder should be".to_string(),
        io::ErrorKind::StaleNetworkFileHandle => "the network disk has lost it".to_string(),
        _ if too_many_open(error) => "too many files are open".to_string(),
        _ => error.to_string(),
    }
}
