//! Puts a sealed version in place, whole or not at all.
//!
//! The archive is written under a name that no reader looks at, read back and held against its manifest, and only then
//! given its own name, which must be free. Killed anywhere, it leaves no version or a whole one; what is left of the
//! file with the other name, the next sealing removes. One sealing at a time holds the lock.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Crc;
use flate2::write::DeflateEncoder;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::super::interrupt::{self, Leaves};
use super::super::lock::{LockFile, NotTaken};
use super::super::read::{plain, stream};
use super::super::write::{Refused, hex};
use super::{Archive, Checked};
use crate::diagnostic::{Diagnostic, Place};
use crate::history::archive::{Entry, PACK_LIMIT, tail};
use crate::history::{FOLDER, FileEntry, Head, MANIFEST, Manifest};
use crate::output::Body;

/// Start and end of the names of files that are being written.
const UNFINISHED: (&str, &str) = (".binder-seal-", ".tmp");
/// Name of the lock.
const LOCK: &str = ".binder-lock";
/// Endings of files that are packed already: packing them again takes time and saves nothing.
const PACKED_ALREADY: [&str; 13] = [
    "png", "jpg", "jpeg", "gif", "webp", "woff2", "woff", "zip", "docx", "xlsx", "pptx", "mp4", "gz",
];

/// A file of the archive to be, the manifest apart.
#[derive(Debug, Clone)]
pub struct Part {
    /// Path in the archive.
    pub path: String,
    /// Its bytes, or the file of the content folder that has them.
    pub body: Body,
}

/// A version that was put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The archive.
    pub path: PathBuf,
    /// SHA-256 of the whole file, in lower-case hexadecimal.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its manifest.
    pub manifest: String,
}

/// Keeps two sealings of one folder apart. Given back when dropped, or when the process dies.
#[derive(Debug)]
pub struct Lock {
    held: LockFile,
    folder: PathBuf,
    _leaves: Leaves,
}

impl Lock {
    /// Takes the lock of the folder `dir`, makes `versions/` where it is not there, and removes what dead sealings left.
    ///
    /// # Errors
    /// `seal-busy` while another one runs; `seal-unwritable` where the folder can't be written.
    pub fn take(dir: &Path) -> Result<Self, Refused> {
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|e| cannot(&folder, &e))?;
        let held = LockFile::take(folder.join(LOCK)).map_err(|why| match why {
            NotTaken::Held => busy(&folder),
            NotTaken::Failed(error) => cannot(&folder, &error),
        })?;
        let lock = Self {
            _leaves: interrupt::leaves(vec![folder.join(LOCK), folder.clone()]),
            held,
            folder,
        };
        // On a disk without locks the name of an archive is still taken only once.
        if lock.held.is_real() {
            lock.clean();
        }
        Ok(lock)
    }

    /// Whoever wrote them is dead: the lock is ours.
    fn clean(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.held.is_real() {
            self.held.release();
            // Only where it is empty: where nothing was sealed after all.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

fn busy(folder: &Path) -> Refused {
    let message = format!(
        "somebody else is sealing a version in {} at this moment",
        folder.display()
    );
    Box::new(
        Diagnostic::error("seal-busy", Place::default(), message)
            .help("Wait until it is done, and run this again."),
    )
}

/// Writes the archive of the version `head` speaks of, and gives it its name. `lock` shows that nobody else does.
///
/// # Errors
/// `version-exists`; `changed-meanwhile` where a file of the content is not the one that was read; `seal-unwritable`.
/// Nothing is then left behind.
pub fn write(lock: &Lock, content: &Path, head: Head, mut parts: Vec<Part>) -> Result<Written, Refused> {
    let _writing = interrupt::writing();
    let to = lock.folder.join(format!("{}{}", head.label, super::ENDING));
    parts.sort_by(|a, b| a.path.cmp(&b.path));
    let packed: Vec<Packed> = parts
        .into_par_iter()
        .map(|part| interrupt::stopped().and_then(|()| pack(part, content)))
        .collect::<Result<_, _>>()?;
    let manifest = Manifest {
        head,
        files: packed
            .iter()
            .map(|part| (part.path.clone(), part.recorded()))
            .collect(),
    };
    let text = manifest.text();
    let mut all = vec![Packed::stored(MANIFEST, text.as_bytes().into())];
    all.extend(packed);
    put(lock, &to, &all, content, &manifest, Replace::Never)
}

/// What may stand where an archive goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replace {
    Never,
    TheOld,
}

/// Writes the archive `from` again, with the entries for which `keep` is true and with `added` beside them. The manifest
/// stays as it is, and so do the entries that are kept, byte for byte.
///
/// `before_it_counts` is given the digest of the new archive and runs before the old one is replaced.
///
/// # Errors
/// As [`write`]; the old archive then stays as it is.
pub fn rewrite(
    lock: &Lock,
    from: &Archive,
    keep: &dyn Fn(&str) -> bool,
    added: Vec<(String, Vec<u8>)>,
    before_it_counts: &mut dyn FnMut(&str) -> Result<(), Refused>,
) -> Result<Written, Refused> {
    let failed = |damage: crate::history::archive::Damage| {
        let message = format!("{} can't be read: {damage}", from.at.display());
        Box::new(
            Diagnostic::error("sealed-version-damaged", Place::default(), message)
                .help("Run `binder verify`. Put the file back from a copy first."),
        )
    };
    // From the record of what is taken out to the archive without it, a withdrawal is one step.
    let _writing = interrupt::writing();
    let manifest = from.manifest().map_err(failed)?;
    let mut all: Vec<Packed> = vec![];
    for entry in from.entries() {
        if added.iter().any(|(path, _)| **path == *entry.path)
            || !(keep(&entry.path) || &*entry.path == MANIFEST)
        {
            continue;
        }
        let bytes = from.raw(entry).map_err(failed)?;
        all.push(Packed {
            path: entry.path.to_string(),
            size: entry.size,
            sha256: String::new(),
            crc: entry.crc,
            packed: entry.packed,
            data: Data::Bytes(bytes.into()),
        });
    }
    all.extend(
        added
            .iter()
            .map(|(path, bytes)| Packed::stored(path, bytes.as_slice().into())),
    );
    all.sort_by(|a, b| (a.path != MANIFEST, &a.path).cmp(&(b.path != MANIFEST, &b.path)));
    let to = from.at.clone();
    let unfinished = fill(lock, &all, Path::new(""))?;
    let (digest, size) = read_back(lock, &unfinished, &manifest)?;
    before_it_counts(&digest)?;
    name(lock, unfinished, &to, Replace::TheOld)?;
    interrupt::in_place();
    Ok(Written {
        path: to,
        digest,
        size,
        manifest: hex(&Sha256::digest(manifest.text())),
    })
}

/// Writes a small file beside the versions, in one step, over the one that may stand there.
///
/// # Errors
/// `seal-unwritable`.
pub fn write_beside(lock: &Lock, name: &str, bytes: &[u8]) -> Result<PathBuf, Refused> {
    let _writing = interrupt::writing();
    let to = lock.folder.join(name);
    let mut file = unfinished(lock)?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .map_err(|e| cannot(&lock.folder, &e))?;
    self::name(lock, file, &to, Replace::TheOld)?;
    Ok(to)
}

/// SHA-256 of a whole file, in lower-case hexadecimal.
///
/// # Errors
/// Where it can't be read.
pub fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    stream(&mut File::open(path)?, |part| hasher.update(part))?;
    Ok(hex(&hasher.finalize()))
}

/// A part as it goes into the archive.
struct Packed {
    path: String,
    size: u64,
    sha256: String,
    crc: u32,
    packed: bool,
    data: Data,
}

enum Data {
    Bytes(Arc<[u8]>),
    /// A file of the content folder, stored as it is. Its checksum is known when it has been copied.
    File(Arc<str>),
}

impl Packed {
    fn stored(path: &str, bytes: Arc<[u8]>) -> Self {
        Self {
            path: path.to_string(),
            size: bytes.len() as u64,
            sha256: hex(&Sha256::digest(&bytes)),
            crc: crc(&bytes),
            packed: false,
            data: Data::Bytes(bytes),
        }
    }

    fn recorded(&self) -> FileEntry {
        FileEntry {
            sha256: self.sha256.clone(),
            size: self.size,
            packed: match &self.data {
                Data::Bytes(bytes) if self.packed => Some(hex(&Sha256::digest(bytes))),
                _ => None,
            },
        }
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn pack(part: Part, content: &Path) -> Result<Packed, Refused> {
    let bytes = match part.body {
        Body::Bytes(bytes) => bytes,
        Body::Copy { from, digest } => {
            let size = fs::metadata(content.join(&*from))
                .map_err(|e| changed(&from, &plain(&e)))?
                .len();
            return Ok(Packed {
                path: part.path,
                size,
                sha256: hex(&digest),
                crc: 0,
                packed: false,
                data: Data::File(from),
            });
        }
    };
    let mut packed = Packed::stored(&part.path, bytes.clone());
    let ending = part.path.rsplit('.').next().unwrap_or_default().to_lowercase();
    if packed.size > PACK_LIMIT || PACKED_ALREADY.contains(&ending.as_str()) {
        return Ok(packed);
    }
    let mut encoder = DeflateEncoder::new(
        Vec::with_capacity(bytes.len() / 3),
        flate2::Compression::default(),
    );
    let deflated = encoder.write_all(&bytes).and_then(|()| encoder.finish());
    if let Ok(deflated) = deflated
        && deflated.len() < bytes.len()
    {
        packed.packed = true;
        packed.data = Data::Bytes(deflated.into());
    }
    Ok(packed)
}

fn put(
    lock: &Lock,
    to: &Path,
    all: &[Packed],
    content: &Path,
    manifest: &Manifest,
    replace: Replace,
) -> Result<Written, Refused> {
    let unfinished = fill(lock, all, content)?;
    let (digest, size) = read_back(lock, &unfinished, manifest)?;
    interrupt::stopped()?;
    name(lock, unfinished, to, replace)?;
    interrupt::in_place();
    Ok(Written {
        path: to.to_path_buf(),
        digest,
        size,
        manifest: hex(&Sha256::digest(manifest.text())),
    })
}

fn unfinished(lock: &Lock) -> Result<NamedTempFile, Refused> {
    tempfile::Builder::new()
        .prefix(UNFINISHED.0)
        .suffix(UNFINISHED.1)
        .tempfile_in(&lock.folder)
        .map_err(|e| cannot(&lock.folder, &e))
}

/// Writes the whole archive under a name of its own.
fn fill(lock: &Lock, all: &[Packed], content: &Path) -> Result<NamedTempFile, Refused> {
    let mut file = unfinished(lock)?;
    let failed = |e: io::Error| cannot(&lock.folder, &e);
    let mut out = io::BufWriter::with_capacity(256 * 1024, file.as_file_mut());
    let mut entries: Vec<Entry> = vec![];
    for part in all {
        interrupt::stopped()?;
        let mut entry = Entry {
            path: part.path.as_str().into(),
            packed: part.packed,
            crc: part.crc,
            packed_size: match &part.data {
                Data::Bytes(bytes) => bytes.len() as u64,
                Data::File(_) => part.size,
            },
            size: part.size,
            offset: entries.last().map_or(0, Entry::end),
        };
        out.write_all(&entry.header()).map_err(failed)?;
        match &part.data {
            Data::Bytes(bytes) => out.write_all(bytes).map_err(failed)?,
            Data::File(from) => {
                entry.crc = copy(from, content, part, &mut out).map_err(|error| match error {
                    CopyFailed::Read(e) => changed(from, &plain(&e)),
                    CopyFailed::Other => changed(from, "it changed while the version was being sealed"),
                    CopyFailed::Write(e) => failed(e),
                })?;
                // The header holds the checksum, which is known only now.
                out.flush()
                    .and_then(|()| out.seek(SeekFrom::Start(entry.offset)))
                    .and_then(|_| out.write_all(&entry.header()))
                    .and_then(|()| out.seek(SeekFrom::Start(entry.end())))
                    .map_err(failed)?;
            }
        }
        entries.push(entry);
    }
    out.write_all(&tail(&entries))
        .and_then(|()| out.flush())
        .map_err(failed)?;
    drop(out);
    file.as_file().sync_all().map_err(failed)?;
    Ok(file)
}

enum CopyFailed {
    Read(io::Error),
    Write(io::Error),
    Other,
}

fn copy(from: &str, content: &Path, part: &Packed, out: &mut impl Write) -> Result<u32, CopyFailed> {
    let file = File::open(content.join(from)).map_err(CopyFailed::Read)?;
    let (mut hasher, mut crc, mut result) = (Sha256::new(), Crc::new(), Ok(()));
    let size = stream(&mut file.take(part.size.saturating_add(1)), |bytes| {
        hasher.update(bytes);
        crc.update(bytes);
        if result.is_ok() {
            result = out.write_all(bytes);
        }
    })
    .map_err(CopyFailed::Read)?;
    result.map_err(CopyFailed::Write)?;
    match size == part.size && hex(&hasher.finalize()) == part.sha256 {
        true => Ok(crc.sum()),
        false => Err(CopyFailed::Other),
    }
}

/// Holds what the disk gives back against what was meant: an archive is looked at again in years.
fn read_back(lock: &Lock, unfinished: &NamedTempFile, manifest: &Manifest) -> Result<(String, u64), Refused> {
    let wrong = |what: String| {
        let message = format!(
            "what was written to {} does not come back as it was written: {what}",
            lock.folder.display()
        );
        Box::new(
            Diagnostic::error("seal-unwritable", Place::default(), message).help(
                "No version was changed. The disk may be failing: copy the binder's folder to another one.",
            ),
        )
    };
    let archive = Archive::open(unfinished.path()).map_err(|damage| wrong(damage.to_string()))?;
    let checked = archive.entries().par_iter().map(|entry| {
        let Checked { sha256, .. } = archive.check(entry).map_err(|damage| wrong(damage.to_string()))?;
        let recorded = manifest.files.get(&*entry.path);
        match recorded.is_none_or(|file| file.sha256 == sha256) {
            true => Ok(()),
            false => Err(wrong(entry.path.to_string())),
        }
    });
    checked.collect::<Result<(), Refused>>()?;
    let digest = digest(unfinished.path()).map_err(|e| cannot(&lock.folder, &e))?;
    Ok((digest, archive.length()))
}

/// Gives a finished file its name.
fn name(lock: &Lock, file: NamedTempFile, to: &Path, replace: Replace) -> Result<(), Refused> {
    super::super::write::set_mode(file.path(), 0o644).map_err(|e| cannot(&lock.folder, &e))?;
    let done = match replace {
        Replace::Never => file.persist_noclobber(to),
        Replace::TheOld => file.persist(to),
    };
    done.map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => exists(to),
        _ => cannot(&lock.folder, &error.error),
    })?;
    if let Ok(folder) = File::open(&lock.folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn exists(to: &Path) -> Refused {
    let message = format!(
        "{} is there already, and a sealed version is never replaced",
        to.display()
    );
    Box::new(Diagnostic::error("version-exists", Place::default(), message).help("Choose another label."))
}

fn changed(from: &str, why: &str) -> Refused {
    let message = format!("\"{from}\" could not be sealed: {why}");
    Box::new(Diagnostic::error("changed-meanwhile", Place::file(from), message).help("Run this again."))
}

fn cannot(folder: &Path, error: &io::Error) -> Refused {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "Make room on the disk and run this again. No version was made, and the earlier ones are as they were."
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "Versions are sealed into the binder's own folder: seal where you may write to it. The earlier versions are \
             as they were."
        }
        _ => "No version was made, and the earlier ones are as they were.",
    };
    let message = format!("{} can't be written: {}", folder.display(), plain(error));
    Box::new(Diagnostic::error("seal-unwritable", Place::default(), message).help(help))
}
