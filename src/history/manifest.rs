//! What a sealed version says of itself: the first entry of its archive.
//!
//! The text is written in one way only, so that the same manifest has the same bytes: keys in the order of the fields
//! here, two blanks a level, the list of files last.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::binder::{Edition, copy_words};
use crate::content::Audience;

/// Number of the format of archives that this program writes, and reads.
pub const FORMAT: u32 = 1;
/// How the list of files begins. No text in the manifest can hold a line break, so this stands in it once.
const FILES: &str = "\n  \"files\": {";

/// The manifest: [`Head`] and the list of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Everything but the list.
    #[serde(flatten)]
    pub head: Head,
    /// Every entry of the archive but the manifest, by path, as it was sealed.
    pub files: BTreeMap<String, FileEntry>,
}

/// What is known of a sealed version without the list of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`] of the program that sealed it.
    pub format: u32,
    /// The clinic's own label, like `2026.2`.
    pub label: String,
    /// Name of the practice.
    pub practice: String,
    /// The day it speaks of.
    pub as_of: Date,
    /// When it was sealed, by the computer's clock, in UTC: `2026-11-20T14:05:09Z`.
    pub sealed_at: String,
    /// Who sealed it, as typed.
    pub by: String,
    /// What it is for, as typed.
    pub note: String,
    /// Edition of the site and the PDF in it.
    pub edition: Edition,
    /// Readers of the site and the PDF in it.
    pub audience: Audience,
    /// The gaps that it was sealed with.
    pub gaps: GapsSealed,
    /// The text of the rule in it.
    pub rule: RuleText,
    /// Version of the program that sealed it.
    pub program: String,
    /// Build id of the site and the PDF in it: `sha256:` and 64 hex digits.
    pub build_id: String,
    /// Where the folder stood in git; `None` outside of git.
    pub git: Option<Git>,
    /// Pages of the PDF; `None` where none was made.
    pub pages: Option<usize>,
    /// The version before; `None` for the first.
    pub previous: Option<Previous>,
    /// Withdrawals from earlier versions that were on record when this one was sealed.
    pub withdrawals: Vec<Withdrawal>,
}

/// How many gaps a version was sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapsSealed {
    /// Gaps.
    pub count: usize,
    /// Rows that had one.
    pub rows: usize,
    /// Somebody said that it is to be sealed with them.
    pub with_gaps: bool,
}

/// Which text of the rule was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// Edition of the rule.
    pub edition: String,
    /// Day of the eCFR text.
    pub as_of: String,
}

/// Where the folder stood in git.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The commit, in hexadecimal.
    pub commit: String,
    /// True when nothing in the folder differed from the commit; `None` when that could not be told.
    pub clean: Option<bool>,
}

/// The version before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its label.
    pub label: String,
    /// SHA-256 of its whole archive as it was then, in lower-case hexadecimal.
    pub digest: String,
    /// SHA-256 of its `manifest.json`, in lower-case hexadecimal. A withdrawal does not change it.
    pub manifest: String,
}

/// A line of `versions/withdrawals.json`: an archive was changed on purpose, and from which digest to which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Label of the version.
    pub label: String,
    /// SHA-256 of its archive before, in lower-case hexadecimal.
    pub before: String,
    /// SHA-256 of its archive after.
    pub after: String,
}

/// One withdrawal, as the archive itself tells it in `withdrawals.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Path of the file that was asked to be taken out, below the binder's folder or in the archive, as typed.
    pub path: String,
    /// Who took it out, as typed.
    pub by: String,
    /// Why, as typed.
    pub reason: String,
    /// When, by the computer's clock, in UTC.
    pub at: String,
    /// SHA-256 of the archive before, in lower-case hexadecimal.
    pub before: String,
    /// Every entry that was taken out, with what the manifest says of it.
    pub removed: BTreeMap<String, FileEntry>,
}

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes as packed, where it is packed smaller than it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<String>,
}

impl Manifest {
    /// As it stands in the archive.
    pub fn text(&self) -> String {
        // Strings, numbers and maps of strings always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// What the JSON is missing, for a programmer.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

impl Head {
    /// Reads what a manifest says before the list of files, which is by far its longest part.
    ///
    /// # Errors
    /// What the JSON is missing, for a programmer.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        let read = |text: &str| serde_json::from_str(text).map_err(|error| error.to_string());
        match text.find(FILES) {
            Some(at) => read(&format!("{}}}", text[..at].trim_end_matches(','))),
            None => read(text),
        }
    }

    /// Edition and readers, as they stand on every page: "Internal edition".
    pub fn copy(&self) -> String {
        copy_words(self.edition, self.audience)
    }

    /// The first 12 hex digits of the build id, as printed on every sheet.
    pub fn build_id_short(&self) -> &str {
        let hex = self.build_id.strip_prefix("sha256:").unwrap_or(&self.build_id);
        hex.get(..12).unwrap_or(hex)
    }

    /// The day it was sealed, in UTC; the as-of date where the time can't be read.
    pub fn sealed_on(&self) -> Date {
        self.sealed_at
            .get(..10)
            .and_then(|day| day.parse().ok())
            .unwrap_or(self.as_of)
    }

    /// The day from which it can prove that something was kept: its as-of date where it was sealed on that day or, by the
    /// clock of another time zone, the day after; else the day it was sealed.
    pub fn sealed_day(&self) -> Date {
        let same = self.as_of.tomorrow().is_ok_and(|next| self.sealed_on() <= next);
        if same { self.as_of } else { self.sealed_on() }
    }

    /// When it was sealed, for people: `2026-11-20 14:05 UTC`; as it stands where it is of another form.
    pub fn sealed_minute(&self) -> String {
        let at = self.sealed_at.as_str();
        match (at.get(..10), at.get(11..16), at.ends_with('Z')) {
            (Some(day), Some(time), true) => format!("{day} {time} UTC"),
            _ => at.to_string(),
        }
    }

    /// When it was sealed, in seconds since 1970 and rounded down to an even one, which every disk can keep; 0 where the
    /// time can't be read.
    pub fn sealed_second(&self) -> i64 {
        let at: Option<jiff::Timestamp> = self.sealed_at.parse().ok();
        at.map_or(0, |at| at.as_second() & !1)
    }

    /// What may be said of it to readers who may not see what is in it.
    pub(super) fn outside(&self) -> Self {
        let nothing = String::new;
        Self {
            by: nothing(),
            note: nothing(),
            gaps: GapsSealed {
                count: 0,
                rows: 0,
                with_gaps: false,
            },
            git: None,
            pages: None,
            previous: None,
            withdrawals: vec![],
            build_id: nothing(),
            ..self.clone()
        }
    }
}
