//! Reads a whole archive and says what in it is not as it was sealed.

use std::fs::File;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::super::read::plain;
use super::super::write::hex;
use super::{Archive, digest, read_at};
use crate::history::archive::{Damage, Entry, tail};
use crate::history::{
    FORMAT, FileEntry, MANIFEST, Manifest, SITE, SUMMARY, WITHDRAWALS, Withdrawn, label_problem,
};
use crate::verify::{Examined, Finding};

/// Reads the archive at `at`, of which `path` is the path that people know. With `whole`, every file in it is held
/// against the manifest; without, only what the chain needs is read.
pub fn examine(path: &str, at: &Path, whole: bool) -> Examined {
    let mut found = Examined {
        path: path.to_string(),
        ..Examined::default()
    };
    match digest(at) {
        Ok(digest) => found.digest = digest,
        Err(error) => {
            let what = format!("it can't be read: {}", plain(&error));
            found.findings.push(Finding::of(path, "unreadable", what));
            return found;
        }
    }
    let archive = match Archive::open(at) {
        Ok(archive) => archive,
        Err(damage) => {
            let (archive, finding) = in_pieces(path, at, damage);
            found.findings.push(finding);
            match archive {
                Some(archive) => archive,
                None => return found,
            }
        }
    };
    found.size = archive.length();
    found.files = archive.entries().len();
    let manifest = match manifest(&archive) {
        Ok((manifest, digest)) => {
            found.manifest = digest;
            manifest
        }
        Err(damage) => {
            found.findings.push(finding(path, "manifest-damaged", &damage));
            return found;
        }
    };
    let head = &manifest.head;
    if head.format != FORMAT {
        let what = format!(
            "it is of format {}, which needs a later version of this program",
            head.format
        );
        found.findings.push(Finding::of(path, "format", what));
        return found;
    }
    if found.label() != head.label || label_problem(&head.label).is_some() {
        let what = format!("it is the archive of version {}, under another name", head.label);
        found.findings.push(Finding::of(path, "renamed", what));
    }
    found.pdf = manifest
        .files
        .get(&format!("{SITE}/{}", crate::address::PDF))
        .map(|file| file.sha256.clone());
    match withdrawn(&archive) {
        Ok(withdrawn) => found.withdrawn = withdrawn,
        Err(damage) => found.findings.push(finding(path, "withdrawals-damaged", &damage)),
    }
    if whole {
        let differing = entries(path, &archive, &manifest, &found.withdrawn);
        found.findings.extend(differing);
    }
    found.head = Some(manifest.head);
    found.findings.sort();
    found.findings.dedup();
    found
}

fn finding(path: &str, kind: &'static str, damage: &Damage) -> Finding {
    let finding = Finding::of(path, kind, damage.what.clone());
    match &damage.entry {
        Some(entry) => finding.file(entry),
        None => finding,
    }
}

fn manifest(archive: &Archive) -> Result<(Manifest, String), Damage> {
    let bytes = archive.read(MANIFEST)?;
    let manifest = Manifest::read(&bytes).map_err(|error| {
        Damage::of(
            MANIFEST,
            format!("it can't be understood: it was changed ({error})"),
        )
    })?;
    if manifest.text().as_bytes() != bytes {
        return Err(Damage::of(
            MANIFEST,
            "it is not written as this program writes it: it was changed",
        ));
    }
    Ok((manifest, hex(&Sha256::digest(&bytes))))
}

fn withdrawn(archive: &Archive) -> Result<Vec<Withdrawn>, Damage> {
    if archive.entry(WITHDRAWALS).is_none() {
        return Ok(vec![]);
    }
    let bytes = archive.read(WITHDRAWALS)?;
    let list: Vec<Withdrawn> = serde_json::from_slice(&bytes).map_err(|error| {
        Damage::of(
            WITHDRAWALS,
            format!("it can't be understood: it was changed ({error})"),
        )
    })?;
    if super::withdrawn_text(&list).as_bytes() != bytes {
        return Err(Damage::of(
            WITHDRAWALS,
            "it is not written as this program writes it: it was changed",
        ));
    }
    Ok(list)
}

/// Every file against the manifest.
fn entries(path: &str, archive: &Archive, manifest: &Manifest, withdrawn: &[Withdrawn]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = archive
        .entries()
        .par_iter()
        .filter_map(|entry| {
            let of = |kind, what: &str| Some(Finding::of(path, kind, what).file(&entry.path));
            let checked = match archive.check(entry) {
                Ok(checked) => checked,
                Err(damage) => return Some(finding(path, "file-damaged", &damage)),
            };
            if &*entry.path == MANIFEST || &*entry.path == WITHDRAWALS {
                return match entry.packed {
                    true => of("file-changed", "it is packed in another way"),
                    false => None,
                };
            }
            let held = FileEntry {
                sha256: checked.sha256,
                size: entry.size,
                packed: checked.packed,
            };
            match manifest.files.get(&*entry.path) {
                None => of("file-added", "it was not there when the version was sealed"),
                Some(sealed) if *sealed == held => None,
                Some(sealed) if sealed.sha256 == held.sha256 => {
                    of("file-repacked", "it is packed in another way")
                }
                Some(_) => of("file-changed", "its bytes are not those that were sealed"),
            }
        })
        .collect();
    for (name, sealed) in &manifest.files {
        if archive.entry(name).is_some() {
            continue;
        }
        let taken_out = withdrawn.iter().any(|one| one.removed.get(name) == Some(sealed));
        if !taken_out || name == SUMMARY {
            findings.push(Finding::of(path, "file-missing", "it is no longer in the archive").file(name));
        }
    }
    findings
}

/// An archive whose end can't be used: what its files themselves tell, from the first to the last, and what is wrong.
fn in_pieces(path: &str, at: &Path, damage: Damage) -> (Option<Archive>, Finding) {
    let (entries, stopped) = match walk(at) {
        Ok(walked) => walked,
        Err(damage) => return (None, finding(path, "unreadable", &damage)),
    };
    let Some(last) = entries.last().cloned() else {
        return (None, finding(path, "container", &damage));
    };
    let archive = Archive::of_entries(at, entries.clone());
    let finding = match stopped {
        Stopped::Inside(name) => Finding::of(
            path,
            "cut-short",
            "the archive is cut short in the middle of this file",
        )
        .file(&name),
        Stopped::At(rest) => {
            let written = tail(&entries);
            if let Some(more) = rest.strip_prefix(&written[..]) {
                let what = format!("{} bytes were added at the end", more.len());
                Finding::of(path, "bytes-added", what)
            } else if written.starts_with(&rest) {
                let what = format!(
                    "the archive is cut short: {} bytes are missing at its end",
                    written.len() - rest.len()
                );
                Finding::of(path, "cut-short", what).file(&last.path)
            } else {
                match damage.entry {
                    Some(_) => self::finding(path, "container", &damage),
                    None => differing_line(path, &entries, &written, &rest),
                }
            }
        }
    };
    (archive.ok(), finding)
}

/// The first line of the list of entries that is not as it was written.
fn differing_line(path: &str, entries: &[Entry], written: &[u8], rest: &[u8]) -> Finding {
    let differs = written
        .iter()
        .zip(rest)
        .position(|(a, b)| a != b)
        .unwrap_or(rest.len());
    let mut end = 0;
    for entry in entries {
        end += entry.line().len();
        if differs < end {
            let what = "its line in the list of entries, at the end of the archive, is not as it was written";
            return Finding::of(path, "container", what).file(&entry.path);
        }
    }
    Finding::of(
        path,
        "container",
        "the last bytes of the archive, after the list of entries, are not as they were written",
    )
}

enum Stopped {
    /// In the middle of this entry.
    Inside(String),
    /// Before these bytes, which begin no entry.
    At(Vec<u8>),
}

/// The entries as their own headers tell, one after the other.
fn walk(at: &Path) -> Result<(Vec<Entry>, Stopped), Damage> {
    /// Longest end that is read: the list of entries of a very large archive.
    const MOST: u64 = 64 * 1024 * 1024;
    let unreadable = |e: std::io::Error| Damage::whole(format!("it can't be read: {}", plain(&e)));
    let mut file = File::open(at).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut entries: Vec<Entry> = vec![];
    let mut offset = 0;
    loop {
        let head = read_at(&mut file, offset, 30 + 8192)?;
        let Some(entry) = Entry::from_header(&head, offset) else {
            let mut rest = head;
            let from = offset.saturating_add(rest.len() as u64);
            let more = read_at(&mut file, from, MOST.min(length.saturating_sub(from)))?;
            rest.extend(more);
            return Ok((entries, Stopped::At(rest)));
        };
        if entry.end() > length {
            return Ok((entries, Stopped::Inside(entry.path.to_string())));
        }
        offset = entry.end();
        entries.push(entry);
    }
}
