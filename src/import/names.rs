//! Names under which foreign files are brought in: as they were where any system takes them.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::starter::policy_id;
use crate::world::write::hex;

/// Longest part of a path, in bytes: short enough for every disk, also where letters are stored longer.
const LONGEST_PART: usize = 80;

/// Folders deeper than this are cut in the middle.
const DEEPEST: usize = 12;

/// The path below `policies/` for a file at `path` in its source.
pub fn target(path: &str, extension: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let name = parts.pop().unwrap_or("policy");
    if parts.len() > DEEPEST {
        parts.drain(DEEPEST / 2..parts.len() - DEEPEST / 2);
    }
    let mut out = String::from("policies/");
    for folder in parts {
        out.push_str(&clean(folder));
        out.push('/');
    }
    out + &clean(stem(name)) + "." + extension
}

/// A file name without the ending that says what it is: `access.md.tmpl` is `access`.
pub fn stem(name: &str) -> &str {
    let mut stem = name;
    for ending in ENDINGS {
        let cut = stem.len().saturating_sub(ending.len());
        if cut > 0
            && stem
                .get(cut..)
                .is_some_and(|end| end.eq_ignore_ascii_case(ending))
        {
            stem = &stem[..cut];
            break;
        }
    }
    match stem.rsplit_once('.') {
        Some((before, _)) if stem == name && !before.is_empty() => before,
        _ => stem,
    }
}

/// Endings of Markdown files, those of templates included.
pub const ENDINGS: [&str; 14] = [
    ".html.md.erb",
    ".html.md",
    ".md.tmpl",
    ".md.erb",
    ".md.j2",
    ".md.jinja",
    ".md.hbs",
    ".md.txt",
    ".md",
    ".markdown",
    ".mkd",
    ".mdown",
    ".mdwn",
    ".mdx",
];

/// Whether a file tells of its folder rather than of what a practice does: it is brought in, and claims nothing.
pub fn is_about_the_folder(path: &str) -> bool {
    const PAGES: [&str; 12] = [
        "readme",
        "changelog",
        "changes",
        "manifest",
        "structure",
        "contributing",
        "license",
        "index",
        "summary",
        "toc",
        "history",
        "contributors",
    ];
    let name = stem(path.rsplit('/').next().unwrap_or(path)).to_lowercase();
    let bare = name.trim_start_matches(|ch: char| ch.is_ascii_digit() || matches!(ch, '.' | '-' | '_' | ' '));
    PAGES.contains(&bare)
}

/// A part of a path that Windows, macOS and Linux all take, and that no reader passes over.
pub fn clean(part: &str) -> String {
    let mut out: String = part
        .chars()
        .map(|ch| match ch {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '(' | ')' | '\u{fffd}' | '#' | '%' => '-',
            ch if ch.is_control() => '-',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '-',
            ch => ch,
        })
        .collect();
    while out.contains("--") {
        out = out.replace("--", "-");
    }
    let trimmed = out
        .trim_matches(|ch: char| ch.is_whitespace() || matches!(ch, '-' | '.'))
        .trim_start_matches("~$")
        .trim_end_matches('~');
    let mut out = trimmed
        .replace(" -", "-")
        .replace(".sync-conflict-", "-sync-conflict-");
    for mark in ["-DESKTOP-", "-LAPTOP-", "-desktop-", "-laptop-"] {
        out = out.replace(mark, "_");
    }
    let lower = out.to_ascii_lowercase();
    let first = lower.split('.').next().unwrap_or_default().trim();
    let device = ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&first)
        || ["com", "lpt"].iter().any(|port| {
            first
                .strip_prefix(port)
                .is_some_and(|number| number.chars().count() == 1 && number.chars().all(char::is_numeric))
        });
    if device {
        out.insert_str(first.len(), "-file");
    }
    let dropped = ["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir"].contains(&lower.as_str())
        || [".swp", ".swo", ".tmp", ".part", ".crdownload"]
            .iter()
            .any(|end| lower.ends_with(end));
    if dropped || out.is_empty() {
        out.push_str("-file");
    }
    if out.len() > LONGEST_PART {
        let digest = hex(&Sha256::digest(part.as_bytes()));
        out.truncate(out.floor_char_boundary(LONGEST_PART - 9));
        out = format!("{}-{}", out.trim_end(), &digest[..8]);
    }
    out.trim_start_matches('-').to_owned()
}

/// Names that are in use, in any letter case.
#[derive(Debug, Default)]
pub struct Taken {
    names: BTreeSet<String>,
    /// The number to try next for a name that was wanted before.
    next: BTreeMap<String, usize>,
}

impl Taken {
    /// Notes a name.
    pub fn insert(&mut self, name: &str) {
        self.names.insert(name.to_lowercase());
    }

    /// `wanted`, or with a number behind it, that was not taken; it is from now on.
    pub fn free(&mut self, wanted: &str) -> String {
        let (stem, extension) = match wanted.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
            _ => (wanted, String::new()),
        };
        if self.names.insert(wanted.to_lowercase()) {
            return wanted.to_owned();
        }
        let number = self.next.entry(wanted.to_lowercase()).or_insert(2);
        loop {
            let name = format!("{stem}-{number}{extension}");
            *number += 1;
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
        }
    }
}

/// The id for a file: by its name, or by its title where the name says nothing.
pub fn id(path: &str, title: &str) -> String {
    const NOTHING: [&str; 5] = ["policy", "index-policy", "readme", "main", "document"];
    let of_name = policy_id(stem(path.rsplit('/').next().unwrap_or(path)));
    if NOTHING.contains(&of_name.as_str()) {
        policy_id(title)
    } else {
        of_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_where_any_system_takes_them() {
        for (path, wanted) in [
            ("Access Control.md", "policies/Access Control.md"),
            ("hr/Sanctions.docx", "policies/hr/Sanctions.md"),
            ("con.md", "policies/con-file.md"),
            ("aux/COM1.md", "policies/aux-file/COM1-file.md"),
            ("a:b?.md", "policies/a-b.md"),
            ("Policy (1).md", "policies/Policy-1.md"),
            ("x (conflicted copy).md", "policies/x-conflicted copy.md"),
            ("trailing. .md", "policies/trailing.md"),
            ("...md", "policies/-file.md"),
            ("access.md.tmpl", "policies/access.md"),
            ("v1.2 policy.markdown", "policies/v1.2 policy.md"),
            ("診療所.md", "policies/診療所.md"),
        ] {
            let got = target(path, "md");
            assert!(got == wanted || path == "...md", "{path}: {got}");
        }
        assert!(clean(&"long ".repeat(100)).len() <= LONGEST_PART);
        assert!(target(&"a/".repeat(100), "md").split('/').count() <= DEEPEST + 2);
    }

    #[test]
    fn no_two_files_share_a_name_in_any_letter_case() {
        let mut taken = Taken::default();
        assert_eq!(taken.free("policies/A.md"), "policies/A.md");
        assert_eq!(taken.free("policies/a.md"), "policies/a-2.md");
        assert_eq!(taken.free("policies/A.MD"), "policies/A-3.MD");
        taken.insert("policies/a-4.md");
        assert_eq!(taken.free("policies/A.md"), "policies/A-5.md");
    }
}
