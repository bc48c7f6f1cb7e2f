//! Sealed versions as data: what each one says of itself, how they follow one another, when each was current, and how
//! long each is kept.
//!
//! Pure. The bytes come from [`crate::world::versions`], which reads of each archive only the list of its entries, the
//! manifest and the summary. Sources in an archive are never parsed again.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::binder::Meta;
use crate::content::Content;
use crate::diagnostic::{Diagnostic, Place};
use crate::retention::{Effect, Keep, Span, keep};
use crate::world::SealedArchive;
use crate::world::write::hex;

mod ahead;
pub mod archive;
pub mod changes;
pub mod extract;
mod holds;
mod manifest;
pub mod plain;
pub mod report;
pub mod sources;
mod summary;
pub mod texts;
pub mod words;

pub use ahead::clock_behind;
pub use manifest::{
    FORMAT, FileEntry, GapsSealed, Git, Head, Manifest, Previous, RuleText, Withdrawal, Withdrawn,
};
pub use summary::{Summary, SummaryExhibit, SummaryPolicy, SummaryRegister, SummaryRow};

/// Folder of the sealed versions, below the binder's folder.
pub const FOLDER: &str = "versions";
/// Name of the manifest in an archive, and its first entry.
pub const MANIFEST: &str = "manifest.json";
/// Name of the row summary in an archive.
pub const SUMMARY: &str = "summary.json";
/// Name of the comparable words in an archive.
pub const EXTRACT: &str = "extract.json";
/// Name of the changes against the version before, in an archive.
pub const CHANGES: &str = "changes.json";
/// Name of the list of what was taken out of an archive after it was sealed, in that archive.
pub const WITHDRAWALS: &str = "withdrawals.json";
/// Folder of the content as read, in an archive.
pub const SOURCES: &str = "sources";
/// Folder of the published site with its PDF, in an archive.
pub const SITE: &str = "site";
/// Longest label, in characters.
pub const LABEL_MAX: usize = 40;

/// The sealed versions of a binder, as far as they speak of the as-of date or a day before it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// In the order of the chain, the oldest first.
    pub versions: Vec<Version>,
    /// Versions that another one names as the one before it, and that are not in the folder.
    pub missing: Vec<Missing>,
}

/// One sealed version.
#[derive(Debug, Clone)]
pub struct Version {
    /// Path of the archive below the binder's folder: `versions/2026.1.zip`.
    pub path: Arc<str>,
    /// Size of the archive in bytes.
    pub size: u64,
    /// Tells this archive from any other, and from itself before a withdrawal: SHA-256 over the list of its entries and
    /// its manifest, in lower-case hexadecimal. Not the digest of the file, which would take reading it all.
    pub id: Arc<str>,
    /// SHA-256 of its `manifest.json`, in lower-case hexadecimal. The next version names it.
    pub manifest_digest: Arc<str>,
    /// SHA-256 of the whole archive, in lower-case hexadecimal: as the next version recorded it, or as the file was
    /// found to be; `None` where neither says. A withdrawal changes it.
    pub digest: Option<Arc<str>>,
    /// What it says of itself, without the list of its files.
    pub manifest: Arc<Head>,
    /// Its rows, policies, exhibits and registers; `None` when this build may not show them ([`may_show`]).
    pub summary: Option<Arc<Summary>>,
    /// What was taken out after it was sealed, in order.
    pub withdrawn: Vec<Withdrawn>,
    /// Paths of its site, below `site/`, with their sizes in bytes, sorted; empty when this build may not show them.
    pub site: Arc<[(Arc<str>, u64)]>,
    /// First day on which it was the current version; `None` if it never was, because another one of the same as-of
    /// date followed.
    pub current_from: Option<Date>,
    /// Last day on which it was; `None` while it is, and if it never was.
    pub current_to: Option<Date>,
    /// How long it is kept at least (45 CFR 164.316(b)(2)(i)).
    pub keep: Keep,
    /// True where this build may show what is in it: it was sealed for the same edition, and for the same or fewer
    /// eyes. Of others label, as-of date and time of sealing are shown, no more.
    pub may_show: bool,
    /// True where the pages can't be taken out of the archive, as an earlier attempt has shown.
    pub damaged: bool,
}

/// A version that the chain names and the folder does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its label.
    pub label: String,
    /// SHA-256 of its archive, as the next version recorded it.
    pub digest: String,
    /// Label of the version that names it.
    pub named_by: String,
    /// How long it is kept at least, as far as the next version tells when it stopped being current.
    pub keep: Keep,
}

impl Version {
    /// The label, unique in the folder.
    pub fn label(&self) -> &str {
        &self.manifest.label
    }

    /// How long it is kept at least, in few words, for a table whose head says what must stand beside a day. A binder's
    /// version is current; only policies are in effect.
    pub fn keep_brief(&self) -> String {
        match self.keep {
            Keep::InEffect => "no date yet: still current".to_string(),
            keep => keep.brief(),
        }
    }

    /// True on the days from `current_from` to `current_to`.
    pub fn was_current_on(&self, day: Date) -> bool {
        self.current_from.is_some_and(|from| from <= day) && self.current_to.is_none_or(|to| day <= to)
    }
}

impl History {
    /// The version that was current on a day.
    pub fn current_on(&self, day: Date) -> Option<&Version> {
        self.versions.iter().find(|version| version.was_current_on(day))
    }

    /// The version of this label, letter case aside.
    pub fn find(&self, label: &str) -> Option<&Version> {
        self.versions
            .iter()
            .find(|version| version.label().eq_ignore_ascii_case(label))
    }

    /// The newest version of the chain.
    pub fn newest(&self) -> Option<&Version> {
        self.versions.last()
    }
}

/// True where a build for `meta` may show what was sealed for `head`: the same edition, and readers who may read all of
/// it.
pub fn may_show(meta: &Meta, head: &Head) -> bool {
    head.edition == meta.edition && head.audience <= meta.audience
}

/// Says why a label can't be one; `None` when it can. Labels become names of files and folders on any system.
pub fn label_problem(label: &str) -> Option<&'static str> {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let lower = label.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let numbered = ["com", "lpt"].iter().any(|device| {
        stem.strip_prefix(device)
            .is_some_and(|n| n.len() == 1 && n != "0" && n.as_bytes()[0].is_ascii_digit())
    });
    let fits = |c: char| c.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&c);
    if label.is_empty() {
        Some("it is empty")
    } else if label.chars().count() > LABEL_MAX {
        Some("it is longer than 40 characters")
    } else if !label.chars().all(fits) {
        Some("it holds something other than letters from a to z, digits, dot, dash and underscore")
    } else if !label.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        Some("it does not begin with a letter or a digit")
    } else if label.ends_with('.') {
        Some("it ends with a dot")
    } else if lower.ends_with(".html") {
        Some("it ends like the name of a page")
    } else if ["index", "now"].contains(&lower.as_str()) {
        Some("the program uses this word itself")
    } else if DEVICES.contains(&stem) || numbered {
        Some("Windows keeps this name for a device")
    } else {
        None
    }
}

/// Every version in `sealed`, in the order of the chain, whatever its day and its readers, with the days on which each was
/// current. How long each is kept is for [`history`] to say. Warnings as there.
pub fn chain(sealed: &[SealedArchive]) -> (Vec<Version>, Vec<Diagnostic>) {
    let mut problems = vec![];
    let mut read = vec![];
    for archive in sealed {
        match understand(archive) {
            Ok(version) => read.push(version),
            Err(why) => problems.push(unreadable(&archive.path, &why)),
        }
    }
    let mut versions = in_chain_order(read);
    set_current(&mut versions);
    set_digests(&mut versions);
    (versions, problems)
}

/// The versions in `sealed` that speak of the as-of date of `meta` or a day before it. Warnings: archives whose own
/// words can't be understood; they are then no part of the history.
pub fn history(sealed: &[SealedArchive], content: &Content, meta: &Meta) -> (History, Vec<Diagnostic>) {
    let (mut versions, problems) = chain(sealed);
    versions.retain(|version| version.manifest.as_of <= meta.as_of);
    set_current(&mut versions);
    let missing = missing(&versions, content.config.retention_years, meta.as_of);
    for version in &mut versions {
        version.keep = keep_version(version, content);
        version.may_show = may_show(meta, &version.manifest);
    }
    (History { versions, missing }, problems)
}

/// The history as a build may show it: of versions that it may not show, only what is said of all.
pub(crate) fn for_edition(mut history: History, meta: &Meta) -> History {
    for version in &mut history.versions {
        version.may_show = may_show(meta, &version.manifest);
        if !version.may_show {
            version.summary = None;
            version.site = Arc::from([]);
            version.digest = None;
            version.withdrawn.clear();
            version.manifest = Arc::new(version.manifest.outside());
        }
    }
    history
}

/// What stands in for an archive that can't be taken for a sealed version.
pub fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(
        "sealed-version-unreadable",
        Place::file(path),
        format!("\"{path}\" is not a sealed version that this program can read: {why}"),
    )
    .help("Run `binder verify`. If it was damaged, put the file back from a copy; never edit it.")
}

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Its manifest, without the list of files.
    pub head: Arc<Head>,
    /// SHA-256 of the manifest, in lower-case hexadecimal.
    pub manifest_digest: Arc<str>,
    /// Its summary.
    pub summary: Arc<Summary>,
    /// What was taken out of it, in order.
    pub withdrawn: Vec<Withdrawn>,
}

impl Parsed {
    /// Reads `manifest.json`, `summary.json` and, where there is one, `withdrawals.json` of the archive at `path`.
    ///
    /// # Errors
    /// Why they can't be taken for those of a sealed version.
    pub fn new(
        path: &str,
        manifest: &[u8],
        summary: &[u8],
        withdrawals: Option<&[u8]>,
    ) -> Result<Self, String> {
        let head = Head::read(manifest).map_err(|error| format!("its manifest can't be read ({error})"))?;
        if head.format != FORMAT {
            return Err(format!(
                "it is of format {}, which needs a later version of this program",
                head.format
            ));
        }
        if let Some(why) = label_problem(&head.label) {
            return Err(format!("its label can't be one: {why}"));
        }
        let name = format!("{FOLDER}/{}.zip", head.label);
        if path != name {
            return Err(format!(
                "it is version {}, so its name must be {name}",
                head.label
            ));
        }
        let summary: Summary = serde_json::from_slice(summary)
            .map_err(|error| format!("its summary can't be read ({error})"))?;
        let withdrawn: Vec<Withdrawn> = match withdrawals {
            Some(bytes) => serde_json::from_slice(bytes)
                .map_err(|error| format!("its list of withdrawals can't be read ({error})"))?,
            None => vec![],
        };
        Ok(Self {
            head: Arc::new(head),
            manifest_digest: hex(&Sha256::digest(manifest)).into(),
            summary: Arc::new(summary),
            withdrawn,
        })
    }
}

fn understand(archive: &SealedArchive) -> Result<Version, String> {
    let parsed = archive.parsed.as_deref().map_err(Clone::clone)?;
    Ok(Version {
        path: archive.path.clone(),
        size: archive.size,
        id: hex(&archive.id).into(),
        digest: archive.digest.map(|digest| hex(&digest).into()),
        manifest_digest: parsed.manifest_digest.clone(),
        manifest: parsed.head.clone(),
        summary: Some(parsed.summary.clone()),
        withdrawn: parsed.withdrawn.clone(),
        site: archive.site.clone(),
        current_from: None,
        current_to: None,
        keep: Keep::Undated,
        may_show: true,
        damaged: archive.damaged,
    })
}

/// Each version after the one that it names as the one before it; where the chain forks or begins anew, the earlier
/// as-of date first.
pub fn in_chain_order(mut versions: Vec<Version>) -> Vec<Version> {
    versions.sort_by(|a, b| order(&a.manifest).cmp(&order(&b.manifest)));
    let there: BTreeMap<Arc<str>, usize> = versions
        .iter()
        .enumerate()
        .map(|(index, version)| (version.manifest_digest.clone(), index))
        .collect();
    let before: Vec<Option<usize>> = versions
        .iter()
        .map(|version| {
            there
                .get(version.manifest.previous.as_ref()?.manifest.as_str())
                .copied()
        })
        .collect();
    let mut placed = vec![false; versions.len()];
    let mut ordered = vec![];
    loop {
        let next = (0..versions.len())
            .find(|index| !placed[*index] && before[*index].is_none_or(|before| placed[before]));
        // No digest can name itself through others: what is left over would need one.
        let Some(next) = next.or_else(|| placed.iter().position(|placed| !placed)) else {
            break;
        };
        placed[next] = true;
        ordered.push(next);
    }
    let mut versions: Vec<Option<Version>> = versions.into_iter().map(Some).collect();
    ordered
        .into_iter()
        .filter_map(|index| versions[index].take())
        .collect()
}

fn order(head: &Head) -> (Date, &str, &str) {
    (head.as_of, &head.sealed_at, &head.label)
}

/// Current from its as-of date to the day before that of the next; of equal days the later version holds.
fn set_current(versions: &mut [Version]) {
    for index in 0..versions.len() {
        let from = versions[index].manifest.as_of;
        let next = versions[index + 1..]
            .iter()
            .map(|later| later.manifest.as_of)
            .min();
        let version = &mut versions[index];
        (version.current_from, version.current_to) = (None, None);
        match next {
            None => version.current_from = Some(from),
            Some(next) if next > from => {
                version.current_from = Some(from);
                version.current_to = next.yesterday().ok();
            }
            Some(_) => {}
        }
    }
}

/// An archive that the next version names has the digest that is recorded there; after a withdrawal it has not.
fn set_digests(versions: &mut [Version]) {
    let recorded: BTreeMap<String, Arc<str>> = versions
        .iter()
        .filter_map(|version| version.manifest.previous.as_ref())
        .map(|previous| (previous.manifest.clone(), Arc::from(previous.digest.as_str())))
        .collect();
    for version in versions {
        if version.digest.is_none() && version.withdrawn.is_empty() {
            version.digest = recorded.get(&*version.manifest_digest).cloned();
        }
    }
}

fn keep_version(version: &Version, content: &Content) -> Keep {
    let effect = match (version.current_from, version.current_to) {
        (None, _) => Effect::Never,
        (Some(_), None) => Effect::Lasting,
        (Some(_), Some(last)) => Effect::To(last),
    };
    let span = Span {
        created: Some(version.manifest.sealed_on().max(version.manifest.as_of)),
        effect,
        held: holds::holds(version, content),
    };
    keep(span, content.config.retention_years)
}

/// Versions named as the one before another and not there, which are still to be kept on the as-of date.
fn missing(versions: &[Version], years: u32, as_of: Date) -> Vec<Missing> {
    let there = |digest: &str| versions.iter().any(|version| *version.manifest_digest == *digest);
    let mut missing: Vec<Missing> = vec![];
    for version in versions {
        let Some(previous) = version
            .manifest
            .previous
            .as_ref()
            .filter(|previous| !there(&previous.manifest))
        else {
            continue;
        };
        // It was current at most until the day before. It may have been made later than that, never before.
        let last = version
            .manifest
            .as_of
            .yesterday()
            .unwrap_or(version.manifest.as_of);
        let span = Span {
            created: None,
            effect: Effect::To(last),
            held: false,
        };
        let keep = keep(span, years);
        if matches!(keep, Keep::Until(day) if day < as_of)
            || missing.iter().any(|known| known.digest == previous.digest)
        {
            continue;
        }
        missing.push(Missing {
            label: previous.label.clone(),
            digest: previous.digest.clone(),
            named_by: version.manifest.label.clone(),
            keep,
        });
    }
    missing
}
