//! Reads one content folder again and again, at the cost of what changed.
//!
//! A file is opened again only when the system's record of it changed (size, times, inode), or when it was written so
//! lately that a second save might not show there: clocks of disks tick as slowly as every two seconds. What a reading
//! looked at is the list of places to watch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::read::{self, ENTRIES};
use super::{File, Folder, SealedArchive, files, versions};

/// How old the last change of a file must be before its times are believed. FAT and some network disks count in steps
/// of two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// Reads a folder, and remembers what it read.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    known: BTreeMap<PathBuf, Known>,
    sealed: BTreeMap<PathBuf, (Stamp, SealedArchive)>,
}

/// One reading.
#[derive(Debug)]
pub struct Reading {
    /// The folder as it is now, the same as [`read::read`] gives.
    pub folder: Folder,
    /// Where a change would be news: folders, links followed, each with what matters in it.
    pub watch: BTreeMap<PathBuf, Watched>,
    /// A file was being written while it was read, or could not be opened: look again soon, no event may come.
    pub unsettled: bool,
}

/// A folder to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Which folder stands at the path now: another one may take its name.
    pub id: FolderId,
    /// What in it matters.
    pub scope: Scope,
}

/// Tells a folder from another one that stands at the same path later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderId(u64, u64, Option<SystemTime>);

/// Which changes directly in a folder matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All.
    Whole,
    /// Those of the entries of a binder's folder, and of names that look like one. Output and other things that
    /// people keep there do not matter.
    Entries,
    /// Those of these names: the folder on the way to what is watched.
    Names(BTreeSet<String>),
}

#[derive(Debug)]
struct Known {
    stamp: Stamp,
    file: File,
}

/// What the system says of a file without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Time of the last change of content, name or mode, in seconds and nanoseconds; zeros where there is none.
    changed: (i64, i64),
    inode: (u64, u64),
}

impl Scope {
    /// True when a change of the entry `name` matters.
    pub fn covers(&self, name: &str) -> bool {
        match self {
            Scope::Whole => true,
            Scope::Entries => ENTRIES.contains(&name) || read::meant_entry(name).is_some(),
            Scope::Names(names) => names.contains(name),
        }
    }
}

impl Reader {
    /// A reader of the folder `dir`, which need not be there yet.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf()),
            known: BTreeMap::new(),
            sealed: BTreeMap::new(),
        }
    }

    /// The folder as it is now.
    pub fn read(&mut self) -> Reading {
        let found = read::walk(&self.dir);
        let now = SystemTime::now();
        let watch = watch_list(&self.dir, &found.root, &found.folders);
        let places: BTreeMap<Arc<str>, PathBuf> = found.files.iter().cloned().collect();
        let archives: BTreeMap<Arc<str>, PathBuf> = found.sealed.iter().cloned().collect();
        let fresh = std::sync::Mutex::new(BTreeMap::new());
        let looked = std::sync::Mutex::new(BTreeMap::new());
        let torn = std::sync::atomic::AtomicBool::new(false);
        let known = &self.known;
        let folder = read::gather(
            found,
            |path, at| {
                if let Some(known) = known.get(at)
                    && known.stamp.is_settled(now)
                    && Stamp::of(&fs::metadata(at)?) == known.stamp
                {
                    return Ok(known.file.clone());
                }
                let open = files::open(at)?;
                let stamp = Stamp::of(&open.metadata()?);
                let file = read::load_open(&open, read::limit(path))?;
                if Stamp::of(&fs::metadata(at)?) == stamp && stamp.size == file.size {
                    let known = Known {
                        stamp,
                        file: file.clone(),
                    };
                    lock(&fresh).insert(at.to_path_buf(), known);
                } else {
                    torn.store(true, std::sync::atomic::Ordering::Relaxed);
                }
                Ok(file)
            },
            |path, at| {
                // An archive is put in place whole and never written again: what it holds is read when its record changed.
                let stamp = fs::metadata(at)
                    .map(|meta| Stamp::of(&meta))
                    .map_err(|e| read::plain(&e))?;
                if let Some(archive) = self.sealed.get(at).filter(|(known, _)| *known == stamp) {
                    return Ok(archive.1.clone());
                }
                let archive = versions::look(path, at)?;
                lock(&looked).insert(at.to_path_buf(), (stamp, archive.clone()));
                Ok(archive)
            },
        );
        let looked = looked
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.sealed.extend(looked);
        let there: BTreeSet<&PathBuf> = archives.values().collect();
        self.sealed.retain(|at, _| there.contains(at));
        for archive in &folder.sealed {
            // The digest of the newest is worked out after it was looked at, and once is enough.
            let kept = archives.get(&archive.path).and_then(|at| self.sealed.get_mut(at));
            if let Some((_, kept)) = kept {
                kept.digest = archive.digest;
            }
        }
        let fresh = fresh
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.known.extend(fresh);
        let there: BTreeSet<&PathBuf> = places.values().collect();
        self.known.retain(|at, _| there.contains(at));
        let locked = folder.problems.iter().any(|problem| problem.code == "unreadable");
        Reading {
            unsettled: locked || torn.into_inner(),
            folder,
            watch,
        }
    }
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        let (changed, inode) = system(meta);
        Self {
            size: meta.len(),
            modified: meta.modified().ok(),
            changed,
            inode,
        }
    }

    /// True when the last change is so old that another one would show. A time that lies ahead is never believed.
    fn is_settled(&self, now: SystemTime) -> bool {
        let changed = u64::try_from(self.changed.0)
            .ok()
            .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds + 1));
        [self.modified, changed]
            .into_iter()
            .all(|time| time.is_some_and(|time| now.duration_since(time).is_ok_and(|age| age > SETTLED)))
    }
}

#[cfg(unix)]
fn system(meta: &Metadata) -> ((i64, i64), (u64, u64)) {
    use std::os::unix::fs::MetadataExt;
    ((meta.ctime(), meta.ctime_nsec()), (meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn system(_: &Metadata) -> ((i64, i64), (u64, u64)) {
    ((0, 0), (0, 0))
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The folders to watch: those that were read, and the way to them, because the whole folder may be moved away and
/// another one put in its place.
fn watch_list(dir: &Path, root: &Path, folders: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Watched> {
    let mut watch = BTreeMap::new();
    let mut above: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for path in [dir, root] {
        if let Some((up, name)) = nearest_above(path) {
            above.entry(up).or_default().insert(name);
        }
    }
    for (path, names) in above {
        insert(&mut watch, path, Scope::Names(names));
    }
    for path in folders {
        let scope = if path == root {
            Scope::Entries
        } else {
            Scope::Whole
        };
        insert(&mut watch, path.clone(), scope);
    }
    watch
}

fn insert(watch: &mut BTreeMap<PathBuf, Watched>, path: PathBuf, scope: Scope) {
    if let Ok(meta) = fs::metadata(&path) {
        let (_, (device, inode)) = system(&meta);
        let id = FolderId(device, inode, meta.created().ok());
        watch.insert(path, Watched { id, scope });
    }
}

/// The nearest folder above `path` that exists, and the name in it that leads on to `path`.
fn nearest_above(path: &Path) -> Option<(PathBuf, String)> {
    let mut at = path;
    loop {
        let name = at.file_name()?.to_string_lossy().into_owned();
        at = at.parent()?;
        if let Ok(real) = fs::canonicalize(at) {
            return Some((real, name));
        }
    }
}

/// Opens a file of the content folder for copying it out in pieces; refuses names that lead elsewhere.
///
/// # Errors
/// Where it can't be opened, or is no plain file below `dir`.
pub fn open(dir: &Path, path: &str) -> io::Result<fs::File> {
    let root = fs::canonicalize(dir)?;
    let at = fs::canonicalize(root.join(path))?;
    if !at.starts_with(&root) || !at.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    fs::File::open(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::read::CONFIG;

    fn binder() -> (tempfile::TempDir, PathBuf) {
        let above = tempfile::tempdir().expect("a folder");
        let dir = above.path().join("clinic");
        fs::create_dir_all(dir.join("answers")).expect("a folder");
        fs::write(dir.join(CONFIG), "x").expect("a file");
        fs::write(dir.join("answers/a.md"), "one").expect("a file");
        (above, dir)
    }

    fn text(reading: &Reading, path: &str) -> Option<String> {
        let bytes = reading.folder.bytes(path)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    fn age(path: &Path, seconds: u64) {
        let file = fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds))
            .expect("a time");
    }

    #[test]
    fn the_same_as_a_plain_reading() {
        let (_above, dir) = binder();
        let mut reader = Reader::new(&dir);
        for _ in 0..2 {
            let (again, plain) = (reader.read().folder, read::read(&dir));
            assert_eq!(again.problems, plain.problems);
            let digests = |folder: &Folder| -> Vec<_> {
                let files = folder.files.iter();
                files.map(|(path, file)| (path.clone(), file.digest)).collect()
            };
            assert_eq!(digests(&again), digests(&plain));
        }
    }

    #[test]
    fn a_save_that_leaves_size_and_time_as_they_were_is_seen() {
        let (_above, dir) = binder();
        let file = dir.join("answers/a.md");
        let mut reader = Reader::new(&dir);
        age(&file, 60);
        assert_eq!(text(&reader.read(), "answers/a.md").as_deref(), Some("one"));
        fs::write(&file, "two").expect("a file");
        age(&file, 60);
        assert_eq!(text(&reader.read(), "answers/a.md").as_deref(), Some("two"));
        for n in 0..50 {
            let words = format!("{n:03}");
            fs::write(&file, &words).expect("a file");
            assert_eq!(text(&reader.read(), "answers/a.md"), Some(words));
        }
    }

    #[test]
    fn times_are_believed_only_when_they_are_old() {
        let (_above, dir) = binder();
        let file = dir.join("answers/a.md");
        let stamp = Stamp::of(&fs::metadata(&file).expect("a file"));
        let now = SystemTime::now();
        assert!(!stamp.is_settled(now), "just written");
        assert!(stamp.is_settled(now + Duration::from_secs(10)));
        assert!(!stamp.is_settled(now - Duration::from_secs(3600)), "a time ahead");
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let (_above, dir) = binder();
        let mut reader = Reader::new(&dir);
        reader.read();
        fs::remove_file(dir.join("answers/a.md")).expect("removed");
        assert_eq!(text(&reader.read(), "answers/a.md"), None);
        assert_eq!(reader.known.len(), 1);
    }

    #[test]
    fn the_way_to_the_folder_is_watched_and_what_lies_beside_it_is_not() {
        let (above, dir) = binder();
        fs::create_dir(dir.join("public")).expect("a folder");
        let mut reader = Reader::new(&dir);
        let watch = reader.read().watch;
        let real = |path: &Path| fs::canonicalize(path).expect("a folder");
        let scope = |path: &Path| watch.get(&real(path)).map(|watched| watched.scope.clone());
        assert_eq!(scope(&dir.join("answers")), Some(Scope::Whole));
        assert_eq!(scope(&dir.join("public")), None);
        let root = scope(&dir).expect("watched");
        assert!(root.covers("binder.toml") && root.covers("policies") && root.covers("Policies"));
        assert!(!root.covers("public") && !root.covers(".public.binder-lock"));
        let up = scope(above.path()).expect("watched");
        assert!(up.covers("clinic") && !up.covers("letters"));
    }

    #[test]
    fn a_folder_that_is_gone_is_waited_for_where_its_way_ends() {
        let (above, dir) = binder();
        let below = dir.join("no/such");
        let watch = Reader::new(&below).read().watch;
        let real = fs::canonicalize(&dir).expect("a folder");
        assert_eq!(
            watch.get(&real).map(|watched| &watched.scope),
            Some(&Scope::Names(["no".to_string()].into()))
        );
        drop(above);
    }

    #[test]
    fn another_folder_at_the_same_path_is_another_folder() {
        let (_above, dir) = binder();
        let mut reader = Reader::new(&dir);
        let answers = fs::canonicalize(dir.join("answers")).expect("a folder");
        let first = reader.read().watch[&answers].id.clone();
        fs::rename(&answers, dir.join("old")).expect("renamed");
        fs::create_dir(&answers).expect("a folder");
        assert_ne!(reader.read().watch[&answers].id, first);
    }

    #[test]
    fn only_files_of_the_folder_are_opened() {
        let (above, dir) = binder();
        fs::write(above.path().join("secret"), "x").expect("a file");
        assert!(open(&dir, "answers/a.md").is_ok());
        for path in ["../secret", "answers", "answers/../../secret", "none"] {
            assert!(open(&dir, path).is_err(), "{path}");
        }
    }
}
