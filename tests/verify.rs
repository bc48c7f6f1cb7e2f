//! Whatever is changed in sealed versions is found, and the archive and the file are named.

use std::fs;
use std::io::Write;
use std::path::Path;

use hipaa_binder::history::MANIFEST;
use hipaa_binder::history::archive::Entry;
use hipaa_binder::verify::Finding;
use hipaa_binder::world::versions::{Archive, digest, examine};

mod support;
use support::sealed::{Clinic, Dice};

fn kinds(findings: &[Finding]) -> Vec<(&str, Option<&str>, &'static str)> {
    findings
        .iter()
        .map(|finding| (finding.archive.as_str(), finding.file.as_deref(), finding.kind))
        .collect()
}

/// The file of the archive that a byte belongs to; `None` for the list of files at the end.
fn file_at(entries: &[Entry], at: u64) -> Option<String> {
    let entry = entries
        .iter()
        .find(|entry| (entry.offset..entry.end()).contains(&at))?;
    Some(entry.path.to_string())
}

#[test]
fn what_was_not_touched_does_not_differ() {
    let clinic = Clinic::with_versions();
    assert_eq!(clinic.findings(), []);
    let said = clinic.run(&["verify"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for words in ["2026.1", "2026.3", "3 versions", "nothing differs", "--digest"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    // The archives alone are enough, in a folder of any name.
    let elsewhere = tempfile::tempdir().expect("a folder");
    for name in clinic.names() {
        fs::copy(
            clinic.path(&format!("versions/{name}")),
            elsewhere.path().join(name),
        )
        .expect("copied");
    }
    let alone = clinic
        .command(&["verify"])
        .current_dir(elsewhere.path())
        .output()
        .expect("runs");
    assert_eq!(String::from_utf8_lossy(&alone.stdout), said.out);
}

#[test]
fn any_bit_that_is_flipped_is_found_in_its_archive_and_file() {
    let clinic = Clinic::with_versions();
    let labels = ["2026.1", "2026.2", "2026.3"];
    let mut dice = Dice(0xB17);
    for n in 0..240 {
        let label = labels[n % labels.len()];
        let path = clinic.archive(label);
        let whole = fs::read(&path).expect("bytes");
        let archive = Archive::open(&path).expect("opens");
        // A third of them in headers and lists, which are a small part of the bytes.
        let bit = match n % 6 {
            0 => {
                archive.directory().offset * 8
                    + dice.below((whole.len() as u64 - archive.directory().offset) * 8)
            }
            1 => {
                let entry = &archive.entries()[dice.below(archive.entries().len() as u64) as usize];
                entry.offset * 8 + dice.below(entry.header().len() as u64 * 8)
            }
            _ => dice.below(whole.len() as u64 * 8),
        };
        let at = (bit / 8) as usize;
        let mut changed = whole.clone();
        changed[at] ^= 1 << (bit % 8);
        fs::write(&path, &changed).expect("written");
        let name = format!("versions/{label}.zip");
        // The newest has no follower that names its digest: the archive itself must show it.
        let findings = examine(&name, &path, true).findings;
        assert!(!findings.is_empty(), "{label}: bit {bit} of {}", whole.len());
        assert!(
            findings.iter().all(|finding| finding.archive == name),
            "{findings:?}"
        );
        if let Some(file) = file_at(archive.entries(), at as u64) {
            let named = findings
                .iter()
                .any(|finding| finding.file.as_deref() == Some(&file));
            assert!(named, "{label}: bit {bit} lies in {file}: {findings:?}");
        }
        fs::write(&path, &whole).expect("put back");
    }
    assert_eq!(clinic.findings(), []);
}

#[test]
fn every_bit_of_the_end_is_found() {
    let clinic = Clinic::new();
    clinic.seal("one", "2026-09-01");
    let path = clinic.archive("one");
    let whole = fs::read(&path).expect("bytes");
    for at in whole.len() - 60..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            fs::write(&path, &changed).expect("written");
            assert!(
                !examine("versions/one.zip", &path, true).findings.is_empty(),
                "bit {bit} of byte {at}"
            );
        }
    }
}

#[test]
fn an_archive_cut_short_is_named_with_the_file_it_ends_in() {
    let clinic = Clinic::new();
    clinic.seal("one", "2026-09-01");
    let path = clinic.archive("one");
    let whole = fs::read(&path).expect("bytes");
    let archive = Archive::open(&path).expect("opens");
    let mut dice = Dice(0xC07);
    for _ in 0..40 {
        let length = dice.below(whole.len() as u64) as usize;
        fs::write(&path, &whole[..length]).expect("cut");
        let findings = examine("versions/one.zip", &path, true).findings;
        assert!(!findings.is_empty(), "{length} of {}", whole.len());
        let inside = archive.entries().iter().find(|entry| {
            entry.data() < length as u64 && entry.end() > length as u64 && &*entry.path != MANIFEST
        });
        if let Some(entry) = inside {
            let cut = findings
                .iter()
                .find(|finding| finding.kind == "cut-short")
                .expect("it is said");
            assert_eq!(cut.file.as_deref(), Some(&*entry.path));
        }
    }
    for length in [whole.len() - 1, whole.len() - 22, whole.len() - 100] {
        fs::write(&path, &whole[..length]).expect("cut");
        let kinds: Vec<_> = examine("versions/one.zip", &path, true)
            .findings
            .iter()
            .map(|f| f.kind)
            .collect();
        assert_eq!(kinds, ["cut-short"], "{length}: every file is still there");
    }
}

#[test]
fn bytes_that_were_added_are_found_wherever_they_are() {
    let clinic = Clinic::new();
    clinic.seal("one", "2026-09-01");
    let path = clinic.archive("one");
    let whole = fs::read(&path).expect("bytes");
    let middle = Archive::open(&path).expect("opens").entries()[5].offset as usize;
    for (at, kind) in [
        (whole.len(), "bytes-added"),
        (0, "container"),
        (middle, "container"),
    ] {
        let changed = [&whole[..at], b"more", &whole[at..]].concat();
        fs::write(&path, changed).expect("written");
        let found = clinic.findings();
        let shown: Vec<_> = found.iter().map(|finding| finding.kind).collect();
        assert!(
            shown.contains(&kind) || (at < whole.len() && !shown.is_empty()),
            "{at}: {found:?}"
        );
    }
    // A comment of the kind that other programs add.
    let mut commented = whole.clone();
    let length = commented.len();
    commented[length - 2] = 3;
    commented.extend(b"abc");
    fs::write(&path, commented).expect("written");
    assert!(!clinic.findings().is_empty());
}

#[test]
fn a_version_that_is_gone_is_named() {
    let clinic = Clinic::with_versions();
    fs::remove_file(clinic.archive("2026.2")).expect("removed");
    let found = clinic.findings();
    assert_eq!(kinds(&found), [("versions/2026.2.zip", None, "version-missing")]);
    let said = clinic.run(&["verify"]);
    assert!(
        said.code == Some(1) && said.out.contains("versions/2026.2.zip: it is missing"),
        "{}",
        said.out
    );
    // Its follower is told of it, the first version is not concerned.
    assert_eq!(clinic.run(&["verify", "2026.3"]).code, Some(1));
    assert_eq!(clinic.run(&["verify", "2026.1"]).code, Some(0));
    assert_eq!(clinic.run(&["verify", "2026.9"]).code, Some(2));
}

#[test]
fn only_a_digest_from_elsewhere_shows_that_the_newest_is_gone() {
    let clinic = Clinic::with_versions();
    let noted = digest(&clinic.archive("2026.3")).expect("a digest");
    let grouped: Vec<&str> = (0..64).step_by(4).map(|at| &noted[at..at + 4]).collect();
    let grouped = grouped.join(" ").to_uppercase();
    let said = clinic.run(&["verify", "--digest", &grouped]);
    assert!(
        said.code == Some(0) && said.out.contains("2026.3.zip"),
        "{}",
        said.out
    );
    assert_eq!(
        clinic.run(&["verify", "2026.2", "--digest", &noted]).code,
        Some(1)
    );
    fs::remove_file(clinic.archive("2026.3")).expect("removed");
    assert_eq!(clinic.run(&["verify"]).code, Some(0), "nothing here knows of it");
    let said = clinic.run(&["verify", "--digest", &noted]);
    assert!(
        said.code == Some(1) && said.out.contains("none of these archives"),
        "{}",
        said.out
    );
    assert_eq!(clinic.run(&["verify", "--digest", "beef"]).code, Some(2));
}

#[test]
fn archives_that_change_names_are_found_out() {
    let clinic = Clinic::with_versions();
    let (one, two) = (clinic.archive("2026.1"), clinic.archive("2026.2"));
    fs::rename(&one, clinic.path("versions/x")).expect("renamed");
    fs::rename(&two, &one).expect("renamed");
    fs::rename(clinic.path("versions/x"), &two).expect("renamed");
    let found = clinic.findings();
    let renamed: Vec<&str> = found
        .iter()
        .filter(|f| f.kind == "renamed")
        .map(|f| f.archive.as_str())
        .collect();
    assert_eq!(renamed, ["versions/2026.1.zip", "versions/2026.2.zip"]);

    let clinic = Clinic::with_versions();
    fs::rename(clinic.archive("2026.3"), clinic.archive("2027.1")).expect("renamed");
    assert!(kinds(&clinic.findings()).contains(&("versions/2027.1.zip", None, "renamed")));
    let clinic = Clinic::with_versions();
    fs::copy(clinic.archive("2026.3"), clinic.archive("copy")).expect("copied");
    let found = clinic.findings();
    assert!(
        kinds(&found).contains(&("versions/copy.zip", None, "renamed")),
        "{found:?}"
    );
}

/// The archive with some of its files exchanged, as somebody with a zip program would do it.
fn rezipped(path: &Path, change: impl Fn(&str, &mut Vec<u8>)) {
    let archive = Archive::open(path).expect("opens");
    let files: Vec<(String, Vec<u8>)> = archive
        .entries()
        .iter()
        .map(|entry| {
            let mut bytes = archive.read(&entry.path).expect("readable");
            change(&entry.path, &mut bytes);
            (entry.path.to_string(), bytes)
        })
        .collect();
    let mut zip = zip::ZipWriter::new(fs::File::create(path).expect("written"));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name.as_str(), options).expect("a header");
        zip.write_all(&bytes).expect("bytes");
    }
    zip.finish().expect("an end");
}

#[test]
fn an_edited_archive_is_found_however_it_was_packed() {
    let clinic = Clinic::with_versions();
    rezipped(&clinic.archive("2026.3"), |path, bytes| {
        if path == "sources/policies/sanctions.md" {
            bytes.extend(b"And more.\n");
        }
    });
    let found = clinic.findings();
    assert!(
        found
            .iter()
            .all(|finding| finding.archive == "versions/2026.3.zip"),
        "{found:?}"
    );
    assert!(!found.is_empty());

    // An edited manifest: the version after it names another.
    let clinic = Clinic::with_versions();
    let edited = |path: &str, bytes: &mut Vec<u8>| {
        if path == MANIFEST {
            let text =
                String::from_utf8_lossy(bytes).replace("\"note\": \"A test\"", "\"note\": \"Another\"");
            *bytes = text.into_bytes();
        }
    };
    rezipped(&clinic.archive("2026.2"), edited);
    let said = clinic.run(&["verify", "--format", "json"]);
    assert_eq!(said.code, Some(1));
    let data: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let findings = data["findings"].as_array().expect("a list");
    assert!(
        findings
            .iter()
            .all(|finding| finding["archive"] == "versions/2026.2.zip"),
        "{findings:?}"
    );
}

#[test]
fn a_manifest_that_was_edited_with_this_programs_own_format_is_found_by_the_next_version() {
    let clinic = Clinic::with_versions();
    let path = clinic.archive("2026.1");
    let whole = fs::read(&path).expect("bytes");
    // The same length, with the checksum of the header put right in both places: a container without a fault.
    let entry = Archive::open(&path).expect("opens").entries()[0].clone();
    let (from, to) = (entry.data() as usize, entry.end() as usize);
    let text = String::from_utf8_lossy(&whole[from..to]).replacen("\"by\": \"Dana\"", "\"by\": \"Anna\"", 1);
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    let mut changed = whole.clone();
    changed[from..to].copy_from_slice(text.as_bytes());
    changed[14..18].copy_from_slice(&crc.sum().to_le_bytes());
    let list = Archive::open(&path).expect("opens").directory().offset as usize;
    changed[list + 16..list + 20].copy_from_slice(&crc.sum().to_le_bytes());
    fs::write(&path, &changed).expect("written");
    assert_eq!(
        examine("versions/2026.1.zip", &path, true).findings,
        [],
        "by itself it shows nothing"
    );
    let found = clinic.findings();
    assert_eq!(
        kinds(&found),
        [("versions/2026.1.zip", Some(MANIFEST), "manifest-changed")]
    );
}

#[test]
fn two_versions_after_one_are_found() {
    let (one, two) = (Clinic::new(), Clinic::new());
    one.seal("first", "2026-03-01");
    fs::create_dir(two.path("versions")).expect("made");
    fs::copy(one.archive("first"), two.archive("first")).expect("copied");
    one.seal("a", "2026-06-01");
    two.seal("b", "2026-06-01");
    fs::copy(two.archive("b"), one.archive("b")).expect("copied");
    let found = one.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].kind == "fork" && found[0].what.contains("versions/b.zip"),
        "{found:?}"
    );

    // A chain begun anew beside the old one.
    let other = Clinic::new();
    other.seal("z", "2026-06-01");
    fs::copy(other.archive("z"), two.archive("z")).expect("copied");
    assert_eq!(
        two.findings().iter().map(|f| f.kind).collect::<Vec<_>>(),
        ["fork"]
    );
}

#[test]
fn no_file_makes_it_stumble() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("x.zip");
    let look = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        let found = examine("versions/x.zip", &path, true);
        assert!(!found.findings.is_empty(), "{} bytes", bytes.len());
    };
    let mut dice = Dice(0xBAD);
    look(b"");
    for n in 0..200 {
        let bytes: Vec<u8> = (0..dice.below(3000)).map(|_| dice.below(256) as u8).collect();
        look(&bytes);
        // With the marks of a zip file in random places.
        let mut marked = bytes;
        for mark in [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"] {
            if marked.len() > 40 {
                let at = dice.below(marked.len() as u64 - 30) as usize;
                let at = if n % 3 == 0 { marked.len() - 22 } else { at };
                marked[at..at + 4].copy_from_slice(mark);
            }
        }
        look(&marked);
    }
    // A sealed version in which several bytes at once are others.
    let clinic = Clinic::new();
    clinic.seal("x", "2026-09-01");
    let whole = fs::read(clinic.archive("x")).expect("bytes");
    let list = Archive::open(&clinic.archive("x"))
        .expect("opens")
        .directory()
        .offset;
    for n in 0..200 {
        let mut changed = whole.clone();
        for _ in 0..=dice.below(6) {
            let from = if n % 2 == 0 { list } else { 0 };
            let at = (from + dice.below(whole.len() as u64 - from)) as usize;
            changed[at] = changed[at].wrapping_add(1 + dice.below(255) as u8);
        }
        look(&changed);
    }
    // An entry that grows without end when it is unpacked.
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    bomb.start_file(MANIFEST, options).expect("a header");
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1024 * 1024]).expect("bytes");
    }
    look(&bomb.finish().expect("an end").into_inner());
}
