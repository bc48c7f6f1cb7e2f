//! What ties an approval to the words that were approved.

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::fields::{Table, Value};
use super::frontmatter::FrontMatter;
use super::{At, Policy};
use crate::diagnostic::Diagnostic;
use crate::rule::RowId;

/// The digest that an approval is tied to: `sha256:` and 64 hex digits.
///
/// It is taken over these bytes, UTF-8, each line ended by one LF:
///
/// 1. the title, trimmed;
/// 2. the version as [`version`] writes it (`2.0`), empty where there is none;
/// 3. the day `effective` as `2026-02-15`, empty where there is none;
/// 4. one line per row of `satisfies`, by its citation (`164.308(a)(1)(ii)(C)`), each row once, in the order of the rule;
/// 5. an empty line;
/// 6. then `body`: every byte after the line end of the closing `+++`, without byte order mark, CRLF as LF, nothing
///    trimmed and nothing added at the end.
///
/// Owner, reviews, revisions and the approval itself are left out, so that recording a review unties nothing.
pub fn approval_digest(
    title: &str,
    version: &str,
    effective: Option<Date>,
    rows: &[RowId],
    body: &[u8],
) -> String {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let mut head = format!("{}\n{version}\n", title.trim());
    head.push_str(&effective.map_or_else(String::new, |day| day.to_string()));
    head.push('\n');
    for row in rows {
        head.push_str(&row.to_string());
        head.push('\n');
    }
    head.push('\n');
    let mut digest = Sha256::new();
    digest.update(head.as_bytes());
    digest.update(body);
    format!("sha256:{}", hex(&digest.finalize()))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A version as written here: Excel's `2` is `2.0`. A year (`2026`) and anything that is no number stay as they are.
pub fn version(text: &str) -> String {
    let text = text.trim();
    let is_short_number = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_short_number {
        format!("{text}.0")
    } else {
        text.to_owned()
    }
}

/// Order of versions: numbers by size, so that 1.10 comes after 1.9.
pub fn version_order(text: &str) -> Vec<(u64, String)> {
    let parts = text.split(['.', '-', '_']);
    parts
        .map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned()))
        .collect()
}

/// The keys that record an approval.
pub(super) struct Approval {
    pub day: Option<At<Date>>,
    pub by: Option<At<String>>,
    pub text: Option<At<String>>,
    pub sheet: Option<At<String>>,
}

/// Reads them. Errors: `approval-without-date`, `approval-without-version`, `bad-digest`. Warning:
/// `approval-without-name`.
pub(super) fn read(front: &FrontMatter, version: &str, out: &mut Vec<Diagnostic>) -> Approval {
    let table = &front.table;
    let approval = Approval {
        day: table.date("approved", out),
        by: table.text("approved_by", out),
        text: digest(table, "approved_text", out),
        sheet: table.text("approved_sheet", out),
    };
    let others = [
        ("approved_by", &approval.by),
        ("approved_text", &approval.text),
        ("approved_sheet", &approval.sheet),
    ];
    let first_other = others
        .iter()
        .find_map(|(key, value)| value.as_ref().map(|at| (*key, at)));
    match (&approval.day, first_other) {
        (None, Some((key, at))) if table.entry("approved").is_none_or(|e| matches!(&e.value.value, Value::Text(t) if t.is_empty())) => out.push(
            Diagnostic::error("approval-without-date", at.place.clone(), format!("`{key}` is filled, and there is no day of approval"))
                .help("Type approved = 2026-02-01, the day it was approved, or take the line out while it is a draft."),
        ),
        (Some(day), _) if version.is_empty() && table.text("version", &mut vec![]).is_none() => out.push(
            Diagnostic::error("approval-without-version", day.place.clone(), "this was approved, and does not say which version it is")
                .help("Type version = \"1.0\"; each text that is approved has a version of its own."),
        ),
        (Some(day), _) if approval.by.is_none() => out.push(
            Diagnostic::warning("approval-without-name", day.place.clone(), "this was approved, and does not say by whom")
                .help("Type approved_by = \"...\", the name of the person."),
        ),
        _ => {}
    }
    approval
}

/// A digest: `sha256:` and 64 hex digits.
pub(super) fn digest(table: &Table, key: &str, out: &mut Vec<Diagnostic>) -> Option<At<String>> {
    let text = table.text(key, out)?;
    let digits = text.value.strip_prefix("sha256:").unwrap_or(&text.value);
    if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        let value = format!("sha256:{}", digits.to_ascii_lowercase());
        return Some(At {
            value: if key == "starter" {
                value[7..].to_owned()
            } else {
                value
            },
            place: text.place,
        });
    }
    out.push(
        Diagnostic::error("bad-digest", text.place, format!("`{key}` is not a digest"))
            .help("Take the line out and run `binder approve`, which writes it: sha256: and 64 digits."),
    );
    None
}

/// Checks the kept copies: `approved/<id>/<version>.md`, with the words that were approved.
///
/// Warnings: `approved-copy-misplaced`, `approved-copy-changed`.
pub fn check_kept(policies: &[Policy], out: &mut Vec<Diagnostic>) {
    for policy in policies {
        let wanted = format!("approved/{}/{}.md", policy.id, policy.version);
        if *policy.path != *wanted {
            out.push(
                Diagnostic::warning(
                    "approved-copy-misplaced",
                    policy.place.clone(),
                    format!(
                        "this file says it is {} version {}, which is kept as {wanted}",
                        policy.id, policy.version
                    ),
                )
                .help("`binder approve` writes the files in the folder approved; put it back as it was."),
            );
        }
        match &policy.approved_text {
            Some(text) if text.value == policy.text_digest => {}
            Some(text) => out.push(
                Diagnostic::warning(
                    "approved-copy-changed",
                    text.place.clone(),
                    "the words of this kept copy are not the ones that were approved",
                )
                .help("Restore the file from a backup. New words belong into the folder policies."),
            ),
            None => out.push(
                Diagnostic::warning(
                    "approved-copy-changed",
                    policy.place.clone(),
                    "this kept copy does not hold the digest of the approved words",
                )
                .help("Restore the file from a backup, or run `binder approve` again."),
            ),
        }
    }
}
