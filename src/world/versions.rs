//! Sealed versions on disk: what a build reads of each, and any entry on demand.
//!
//! An ordinary build reads the end of an archive, its list of entries, the manifest and the summary; nothing else is
//! touched, however many versions there are.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};

use super::SealedArchive;
use super::read::{plain, stream};
use super::write::{Refused, hex};
use crate::diagnostic::{Diagnostic, Place};
use crate::history::archive::{self, Damage, Directory, END, Entry, LARGE_END};
use crate::history::{FOLDER, MANIFEST, Manifest, Parsed, SITE, SUMMARY, WITHDRAWALS, Withdrawal, Withdrawn};

mod examine;
mod write;

pub use examine::examine;
pub use write::{Lock, Part, Written, digest, rewrite, write, write_beside};

/// Ending of the name of a sealed version.
pub const ENDING: &str = ".zip";
/// Largest list of entries, manifest or summary that is read, in bytes: one of millions of files.
const OWN_MAX: u64 = 512 * 1024 * 1024;
/// Largest archive that an ordinary build reads from end to end, in bytes.
const DIGEST_MAX: u64 = 64 * 1024 * 1024;

/// An archive that is open.
#[derive(Debug)]
pub struct Archive {
    at: PathBuf,
    length: u64,
    directory: Directory,
    list: Vec<u8>,
    entries: Vec<Entry>,
}

/// The files in `versions/` below `dir` that look like sealed versions: name and path, by name; empty without the folder.
///
/// # Errors
/// Where the folder can't be listed.
pub fn list(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    list_in(&dir.join(FOLDER))
}

/// The same, of the folder `folder` itself.
///
/// # Errors
/// Where it can't be listed.
pub fn list_in(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error),
    };
    let mut found = vec![];
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_archive = name.to_lowercase().ends_with(ENDING) && !name.starts_with(['.', '~']);
        if is_archive && entry.path().is_file() {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// What was taken out of an archive, as it stands in the archive.
pub fn withdrawn_text(list: &[Withdrawn]) -> String {
    // Strings, numbers and maps of strings always serialise.
    serde_json::to_string_pretty(list).unwrap_or_default() + "\n"
}

/// The withdrawals on record, in the order in which they were made; none where there is no such file.
///
/// # Errors
/// `withdrawals-unreadable`.
pub fn withdrawals(dir: &Path) -> Result<Vec<Withdrawal>, Refused> {
    withdrawals_in(&dir.join(FOLDER))
}

/// The same, of the folder of the archives itself.
///
/// # Errors
/// `withdrawals-unreadable`.
pub fn withdrawals_in(folder: &Path) -> Result<Vec<Withdrawal>, Refused> {
    let at = folder.join(WITHDRAWALS);
    let unreadable = |why: String| {
        let place = Place::file(format!("{FOLDER}/{WITHDRAWALS}"));
        let message = format!("the record of withdrawals can't be read: {why}");
        Box::new(
            Diagnostic::error("withdrawals-unreadable", place, message)
                .help("Put the file back from a copy. It is written by the program and never edited."),
        )
    };
    match fs::read(at) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(unreadable(plain(&error))),
    }
}

/// What an ordinary build reads of the archive at `at`. `path` is its path below the content folder.
///
/// # Errors
/// Words that follow "can't be read as a sealed version:".
pub fn look(path: &str, at: &Path) -> Result<SealedArchive, String> {
    let archive = Archive::open(at).map_err(|damage| damage.to_string())?;
    let manifest = archive.read(MANIFEST).map_err(|damage| damage.to_string())?;
    let summary = archive.read(SUMMARY).map_err(|damage| damage.to_string())?;
    // The only line of the list of files that a build needs.
    let recorded = format!(
        "\"{SUMMARY}\": {{\n      \"sha256\": \"{}\"",
        hex(&Sha256::digest(&summary))
    );
    let text = String::from_utf8_lossy(&manifest);
    if !text.contains(&recorded) {
        return Err(format!("{SUMMARY} is not the one that was sealed"));
    }
    let withdrawals = match archive.entry(WITHDRAWALS) {
        Some(_) => Some(archive.read(WITHDRAWALS).map_err(|damage| damage.to_string())?),
        None => None,
    };
    let mut hasher = Sha256::new();
    hasher.update((archive.list.len() as u64).to_le_bytes());
    hasher.update(&archive.list);
    hasher.update(&manifest);
    let below = |entry: &Entry| {
        let path = entry.path.strip_prefix(SITE)?.strip_prefix('/')?;
        Some((Arc::from(path), entry.size))
    };
    Ok(SealedArchive {
        parsed: Parsed::new(path, &manifest, &summary, withdrawals.as_deref()).map(Arc::new),
        path: path.into(),
        size: archive.length,
        id: hasher.finalize().into(),
        manifest: manifest.into(),
        summary: summary.into(),
        withdrawals: withdrawals.map(Into::into),
        site: archive.entries.iter().filter_map(below).collect(),
        digest: None,
        damaged: false,
    })
}

/// Works out the digest of the newest version, because no later one has recorded it; of all others nothing is read. A
/// file that is too large for this to go unnoticed is left to `binder verify`.
pub fn add_digest(root: &Path, sealed: &mut [SealedArchive]) {
    let order = |archive: &SealedArchive| {
        let head = &archive.parsed.as_ref().ok()?.head;
        Some((head.as_of, head.sealed_at.clone()))
    };
    let newest = (0..sealed.len()).max_by_key(|index| order(&sealed[*index]));
    let Some(newest) = newest else {
        return;
    };
    for (index, archive) in sealed.iter_mut().enumerate() {
        // One that is kept from the time when it was the newest.
        archive.digest = archive.digest.filter(|_| index == newest);
    }
    let newest = &mut sealed[newest];
    if newest.digest.is_none() && newest.size <= DIGEST_MAX {
        let mut hasher = Sha256::new();
        let read = File::open(root.join(&*newest.path))
            .and_then(|mut file| stream(&mut file, |part| hasher.update(part)));
        newest.digest = read.ok().map(|_| hasher.finalize().into());
    }
}

impl Archive {
    /// Opens an archive and reads the list of its entries.
    ///
    /// # Errors
    /// Where the file can't be read, or is not as this program writes them.
    pub fn open(at: &Path) -> Result<Self, Damage> {
        let mut file = File::open(at).map_err(|e| unreadable(&e))?;
        let length = file.metadata().map_err(|e| unreadable(&e))?.len();
        let last = read_at(
            &mut file,
            length.saturating_sub(END + LARGE_END),
            length.min(END + LARGE_END),
        )?;
        let directory = archive::find(&last, length)?;
        if directory.size > OWN_MAX {
            return Err(Damage::whole("has a list of entries that is too long to read"));
        }
        let list = read_at(&mut file, directory.offset, directory.size)?;
        let entries = archive::entries(&list, directory)?;
        Ok(Self {
            at: at.to_path_buf(),
            length,
            directory,
            list,
            entries,
        })
    }

    /// An archive whose list of entries can't be used: the entries as their own headers tell.
    fn of_entries(at: &Path, entries: Vec<Entry>) -> io::Result<Self> {
        Ok(Self {
            at: at.to_path_buf(),
            length: fs::metadata(at)?.len(),
            directory: Directory {
                offset: entries.last().map_or(0, Entry::end),
                size: 0,
                count: entries.len() as u64,
            },
            list: vec![],
            entries,
        })
    }

    /// Size of the file in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where the list of entries stands.
    pub fn directory(&self) -> Directory {
        self.directory
    }

    /// Its entries, the manifest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An entry.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        // Behind the manifest they stand in order, except where only their headers could be read.
        let ordered = self
            .entries
            .get(1..)
            .filter(|_| !self.list.is_empty() && path != MANIFEST);
        match ordered {
            Some(ordered) => {
                let at = ordered.binary_search_by(|entry| (*entry.path).cmp(path)).ok()?;
                ordered.get(at)
            }
            None => self.entries.iter().find(|entry| &*entry.path == path),
        }
    }

    /// The manifest, with the list of files.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn manifest(&self) -> Result<Manifest, Damage> {
        Manifest::read(&self.read(MANIFEST)?)
            .map_err(|error| Damage::of(MANIFEST, format!("it can't be understood ({error})")))
    }

    /// The bytes of an entry, checked against its header and its checksum only. [`Self::checked`] checks against the
    /// manifest too.
    ///
    /// # Errors
    /// Where there is none of this name, or it is damaged.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Damage> {
        let entry = self
            .entry(path)
            .ok_or_else(|| Damage::of(path, "it is not in the archive"))?;
        if entry.size > OWN_MAX {
            return Err(Damage::of(path, "it is too large to read"));
        }
        let mut bytes = vec![];
        self.stream(entry, &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// The bytes of an entry, checked against `manifest`.
    ///
    /// # Errors
    /// Where there is none of this name, or it is not the one that was sealed.
    pub fn checked(&self, path: &str, manifest: &Manifest) -> Result<Vec<u8>, Damage> {
        let bytes = self.read(path)?;
        let recorded = manifest.files.get(path);
        if recorded.is_none_or(|file| file.sha256 != hex(&Sha256::digest(&bytes))) {
            return Err(Damage::of(path, "it is not the one that was sealed"));
        }
        Ok(bytes)
    }

    /// Writes the bytes of an entry to `to`, checked against `manifest` on the way. What was written is of no use when
    /// this fails.
    ///
    /// # Errors
    /// As [`Self::checked`]; where `to` can't be written.
    pub fn copy(&self, path: &str, manifest: &Manifest, to: &mut impl Write) -> Result<u64, CopyError> {
        let entry = self
            .entry(path)
            .ok_or_else(|| Damage::of(path, "it is not in the archive"))?;
        let mut hasher = Sha256::new();
        let mut failed = None;
        let streamed = self.stream(entry, &mut |part| {
            hasher.update(part);
            to.write_all(part).map_err(|error| {
                failed = Some(error);
                io::ErrorKind::Other.into()
            })
        });
        if let Some(error) = failed {
            return Err(CopyError::Write(error));
        }
        streamed?;
        let recorded = manifest.files.get(path);
        if recorded.is_none_or(|file| file.sha256 != hex(&hasher.finalize())) {
            return Err(Damage::of(path, "it is not the one that was sealed").into());
        }
        Ok(entry.size)
    }

    /// The bytes of an entry as they stand in the archive, packed or not, unchecked.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn raw(&self, entry: &Entry) -> Result<Vec<u8>, Damage> {
        let mut file = File::open(&self.at).map_err(|e| unreadable(&e))?;
        read_at(&mut file, entry.data(), entry.packed_size)
    }

    /// Reads an entry to its end, and says what it holds.
    ///
    /// # Errors
    /// Where its header, its checksum or its size is not as it was written.
    pub fn check(&self, entry: &Entry) -> Result<Checked, Damage> {
        let mut hasher = Sha256::new();
        let packed = self.stream(entry, &mut |part| {
            hasher.update(part);
            Ok(())
        })?;
        Ok(Checked {
            sha256: hex(&hasher.finalize()),
            packed,
        })
    }

    /// Gives the bytes of an entry in pieces, and checks header, size and checksum. Gives SHA-256 of the bytes as
    /// packed.
    fn stream(
        &self,
        entry: &Entry,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Option<String>, Damage> {
        let damaged = |what: &str| Damage::of(&entry.path, what);
        let header = entry.header();
        // Each reading has a place of its own in the file: several may run side by side.
        let mut file = File::open(&self.at).map_err(|e| unreadable(&e))?;
        if read_at(&mut file, entry.offset, header.len() as u64)? != header {
            return Err(damaged("its header is not as it was written"));
        }
        let mut packed = Hashed {
            from: file.take(entry.packed_size),
            hasher: entry.packed.then(Sha256::new),
        };
        let mut crc = Crc::new();
        let mut size: u64 = 0;
        let mut take = |part: &[u8]| {
            size += part.len() as u64;
            if size > entry.size {
                return Err(io::ErrorKind::InvalidData.into());
            }
            crc.update(part);
            each(part)
        };
        let done = if entry.packed {
            let mut unpacked = DeflateDecoder::new(&mut packed);
            pump(&mut unpacked, &mut take).and_then(|()| match unpacked.total_in() == entry.packed_size {
                true => Ok(()),
                false => Err(io::ErrorKind::InvalidData.into()),
            })
        } else {
            pump(&mut packed, &mut take)
        };
        done.map_err(|_| damaged("its bytes can't be unpacked"))?;
        if size != entry.size || crc.sum() != entry.crc {
            return Err(damaged("its bytes are not those that were written"));
        }
        // Bytes behind the end of what is packed were counted above: there are none.
        Ok(packed.hasher.map(|hasher| hex(&hasher.finalize())))
    }
}

/// What reading an entry showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// SHA-256 of its bytes as packed, where it is packed.
    pub packed: Option<String>,
}

/// Takes the digest of what is read through it.
struct Hashed<R> {
    from: R,
    hasher: Option<Sha256>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&buffer[..n]);
        }
        Ok(n)
    }
}

/// Why an entry could not be copied out.
#[derive(Debug)]
pub enum CopyError {
    /// The archive.
    Damage(Damage),
    /// The place it was to go to.
    Write(io::Error),
}

impl From<Damage> for CopyError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

fn pump(from: &mut impl Read, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => each(&buffer[..n])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn read_at(file: &mut File, at: u64, length: u64) -> Result<Vec<u8>, Damage> {
    let mut bytes = vec![];
    file.seek(SeekFrom::Start(at))
        .and_then(|_| file.take(length).read_to_end(&mut bytes))
        .map_err(|e| unreadable(&e))?;
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> Damage {
    Damage::whole(format!("can't be read: {}", plain(error)))
}
