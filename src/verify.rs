//! Whether sealed versions are as they were sealed, and follow one another as they say.
//!
//! Pure: what was found in each archive goes in, what differs comes out. [`crate::world::versions::examine`] reads the
//! archives.
//!
//! What no look at the archives alone can show: that the newest one is gone, or that somebody made the whole chain anew.
//! Both show against a digest that was noted elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::history::{FOLDER, Head, Previous, WITHDRAWALS, Withdrawal, Withdrawn};

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The archive, or the file beside the archives: `versions/2026.1.zip`.
    pub archive: String,
    /// The file in the archive; `None` where the archive as a whole is meant.
    pub file: Option<String>,
    /// Stable name of what differs.
    pub kind: &'static str,
    /// What differs, in a sentence without its end.
    pub what: String,
    /// Another archive that it was found against.
    pub against: Option<String>,
}

impl Finding {
    /// Something about an archive as a whole.
    pub fn of(archive: &str, kind: &'static str, what: impl Into<String>) -> Self {
        Self {
            archive: archive.to_string(),
            file: None,
            kind,
            what: what.into(),
            against: None,
        }
    }

    /// It is about this file of the archive.
    pub fn file(mut self, file: &str) -> Self {
        self.file = Some(file.to_string());
        self
    }

    fn against(mut self, archive: &str) -> Self {
        self.against = Some(archive.to_string());
        self
    }
}

/// What was found in one archive.
#[derive(Debug, Clone, Default)]
pub struct Examined {
    /// `versions/2026.1.zip`.
    pub path: String,
    /// SHA-256 of the whole file; "" where it can't be read.
    pub digest: String,
    /// Size in bytes.
    pub size: u64,
    /// How many files are in it, the manifest included.
    pub files: usize,
    /// What it says of itself, where that can be read.
    pub head: Option<Head>,
    /// SHA-256 of its manifest.
    pub manifest: String,
    /// SHA-256 of its PDF as it was sealed, if it has one.
    pub pdf: Option<String>,
    /// What was taken out after sealing.
    pub withdrawn: Vec<Withdrawn>,
    /// What is not as it was sealed.
    pub findings: Vec<Finding>,
}

impl Examined {
    /// The label, by the name of the file.
    pub fn label(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".zip").unwrap_or(name)
    }
}

/// What is not as it should be between the archives: links that lead nowhere, versions that are gone, forks, withdrawals
/// without a record.
pub fn chain(archives: &[Examined], records: &[Withdrawal]) -> Vec<Finding> {
    let mut findings = vec![];
    let by_manifest: BTreeMap<&str, &Examined> = archives
        .iter()
        .filter(|archive| archive.head.is_some())
        .map(|archive| (archive.manifest.as_str(), archive))
        .collect();
    let mut followed: BTreeMap<&str, Vec<&Examined>> = BTreeMap::new();
    let mut first = vec![];
    let mut missing = BTreeSet::new();
    for archive in archives {
        let Some(head) = &archive.head else { continue };
        for known in &head.withdrawals {
            if !records.contains(known) {
                findings.push(unrecorded(&known.label).against(&archive.path));
            }
        }
        let Some(previous) = &head.previous else {
            first.push(archive);
            continue;
        };
        followed.entry(&previous.manifest).or_default().push(archive);
        match by_manifest.get(previous.manifest.as_str()) {
            Some(before) => findings.extend(link(before, previous, archive, head, records)),
            None => {
                let named = archives.iter().find(|other| other.label() == previous.label);
                findings.extend(match named {
                    Some(other) => Some(another_manifest(other, archive)),
                    None => missing.insert(&previous.label).then(|| gone(previous, archive)),
                });
            }
        }
    }
    for (_, followers) in followed.iter().filter(|(_, followers)| followers.len() > 1) {
        findings.push(fork(followers, "follow the same version"));
    }
    if first.len() > 1 {
        findings.push(fork(&first, "say that no version came before them"));
    }
    for archive in archives {
        findings.extend(withdrawals(archive, records));
    }
    findings.sort();
    findings.dedup();
    findings
}

/// A version and the one that follows it.
fn link(
    before: &Examined,
    previous: &Previous,
    archive: &Examined,
    head: &Head,
    records: &[Withdrawal],
) -> Vec<Finding> {
    let mut findings = vec![];
    let finding = |kind, what: String| Finding::of(&before.path, kind, what).against(&archive.path);
    if before
        .head
        .as_ref()
        .is_some_and(|before| before.label != previous.label)
    {
        findings.push(finding(
            "label",
            format!("{} calls it version {}", archive.path, previous.label),
        ));
    }
    if before
        .head
        .as_ref()
        .is_some_and(|before| before.as_of > head.as_of)
    {
        findings.push(finding(
            "as-of",
            format!("it speaks of a later day than {}, which follows it", archive.path),
        ));
    }
    if !reaches(&previous.digest, &before.digest, &previous.label, records) {
        let what = format!(
            "it is not the file that {} names by its digest {}",
            archive.path, previous.digest
        );
        findings.push(finding("digest", what));
    }
    findings
}

/// True where the records lead from one digest of an archive to another.
fn reaches(from: &str, to: &str, label: &str, records: &[Withdrawal]) -> bool {
    let mut reached = BTreeSet::from([from]);
    loop {
        if reached.contains(to) {
            return true;
        }
        let next: Vec<&str> = records
            .iter()
            .filter(|record| record.label == label && reached.contains(record.before.as_str()))
            .map(|record| record.after.as_str())
            .filter(|after| !reached.contains(after))
            .collect();
        if next.is_empty() {
            return false;
        }
        reached.extend(next);
    }
}

/// What the archive tells of withdrawals, against the records beside it.
fn withdrawals(archive: &Examined, records: &[Withdrawal]) -> Vec<Finding> {
    let label = archive.label();
    let mine = || records.iter().filter(|record| record.label == label);
    let mut findings = vec![];
    if mine().any(|record| record.before == archive.digest) {
        let what =
            "a withdrawal was begun and did not come to its end: run the same `binder seal --withdraw` again";
        findings.push(Finding::of(&archive.path, "withdrawal-unfinished", what));
        return findings;
    }
    if archive.head.is_some()
        && !archive.withdrawn.is_empty()
        && !mine().any(|record| record.after == archive.digest)
    {
        findings.push(unrecorded(label).against(&archive.path));
    }
    if archive.head.is_some() && archive.withdrawn.is_empty() && mine().next().is_some() {
        let what = "there is a record of a withdrawal, and the archive knows of none";
        findings.push(Finding::of(&archive.path, "withdrawal-unknown", what));
    }
    findings
}

fn unrecorded(label: &str) -> Finding {
    let what =
        format!("it holds no record of a withdrawal from version {label} that leads to the archive as it is");
    Finding::of(&format!("{FOLDER}/{WITHDRAWALS}"), "withdrawal-unrecorded", what)
}

fn another_manifest(other: &Examined, archive: &Examined) -> Finding {
    let what = format!(
        "it is not the one that {} names: its manifest is another",
        archive.path
    );
    let finding = Finding::of(&other.path, "manifest-changed", what).against(&archive.path);
    finding.file(crate::history::MANIFEST)
}

fn gone(previous: &Previous, archive: &Examined) -> Finding {
    let path = format!("{FOLDER}/{}.zip", previous.label);
    let what = format!(
        "it is missing: {} names it as the version before, with the digest {}",
        archive.path, previous.digest
    );
    Finding::of(&path, "version-missing", what).against(&archive.path)
}

fn fork(archives: &[&Examined], what: &str) -> Finding {
    let paths: Vec<&str> = archives.iter().map(|archive| archive.path.as_str()).collect();
    let first = paths.first().copied().unwrap_or_default();
    let against = paths.last().copied().unwrap_or_default();
    Finding::of(first, "fork", format!("{} {what}", paths.join(" and "))).against(against)
}

/// A digest as somebody typed it, in any of the usual spellings: `sha256:` before it, blanks or dashes in it. `None`
/// where it is no SHA-256.
pub fn typed_digest(text: &str) -> Option<String> {
    let hex = typed_hex(text)?;
    (hex.len() == 64).then_some(hex)
}

/// The beginning of a build id, as it stands on a sheet. `None` where it is too short to tell two apart, or is none.
pub fn typed_build_id(text: &str) -> Option<String> {
    let hex = typed_hex(text)?;
    (8..=64).contains(&hex.len()).then_some(hex)
}

fn typed_hex(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("build").unwrap_or(&text).trim();
    let text = text.strip_prefix("sha256").unwrap_or(text);
    let hex: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !['-', ':', '.'].contains(c))
        .collect();
    (!hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit())).then_some(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_people_copy_it() {
        let digest = "0a6306098f0a6df592c48b93d4b1a7f50bc3d462cf48736acf2a37673714ed56";
        for typed in [
            digest.to_string(),
            format!("sha256:{digest}"),
            digest.to_uppercase(),
            "0a63 0609 8f0a 6df5 92c4 8b93 d4b1 a7f5\n0bc3 d462 cf48 736a cf2a 3767 3714 ed56".to_string(),
        ] {
            assert_eq!(typed_digest(&typed).as_deref(), Some(digest), "{typed}");
        }
        for wrong in ["", "0a63", &digest[1..], "x", &format!("{digest}0")] {
            assert_eq!(typed_digest(wrong), None, "{wrong}");
        }
        assert_eq!(
            typed_build_id("build c2c3a622abea").as_deref(),
            Some("c2c3a622abea")
        );
        assert_eq!(typed_build_id("c2c3"), None);
    }

    #[test]
    fn records_lead_from_one_digest_to_the_next() {
        let record = |before: &str, after: &str| Withdrawal {
            label: "1".into(),
            before: before.into(),
            after: after.into(),
        };
        let records = [record("a", "b"), record("b", "c"), record("a", "x")];
        for (to, found) in [("a", true), ("c", true), ("x", true), ("d", false)] {
            assert_eq!(reaches("a", to, "1", &records), found, "{to}");
        }
        assert!(!reaches("a", "b", "2", &records));
        assert!(!reaches("b", "a", "1", &records));
    }
}
