//! Paths, anchors and labels: one truth for the site, the print and JSON.
//!
//! An address is a path below the output folder, with `/`, and an optional anchor. Relative links are made from two
//! addresses, so the site works under any sub-path and from file://.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::rule::{RowId, rule};

/// Path of the dashboard.
pub const DASHBOARD: &str = "index.html";
/// Path of the index of all rows.
pub const STANDARDS: &str = "standards/index.html";
/// Path of the gap register.
pub const GAPS: &str = "gaps/index.html";
/// Path of the list of policies.
pub const POLICIES: &str = "policies/index.html";
/// Path of the list of records.
pub const RECORDS: &str = "records/index.html";
/// Path of the list of registers.
pub const REGISTERS: &str = "registers/index.html";
/// Path of the list of exhibits.
pub const EXHIBITS: &str = "exhibits/index.html";
/// Path of the addressable decisions.
pub const DECISIONS: &str = "decisions.html";
/// Path of the retention schedule and the list of superseded documents.
pub const RETENTION: &str = "retention.html";
/// Path of the index of every place that mentions a citation.
pub const MENTIONS: &str = "standards/mentions.html";
/// Path of the page on the sealed versions.
pub const VERSIONS: &str = "versions/index.html";
/// Path, in a sealed version, of the page on what changed from the version before.
pub const CHANGES: &str = "changes.html";
/// Path of the print.
pub const PDF: &str = "binder.pdf";
/// Path of the data.
pub const JSON: &str = "binder.json";

/// Page of a row: `standards/164.308-a-1-ii-a.html`.
pub fn row_page(row: RowId) -> String {
    // Asked for with every link to a row.
    static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let page = |row: RowId| format!("standards/{}.html", row.citation().slug());
        rule().row_ids().map(page).collect()
    });
    PAGES[row.index()].clone()
}

/// Gap page of a row: `gaps/164.308-a-1-ii-a.html`.
pub fn gap_page(row: RowId) -> String {
    format!("gaps/{}.html", row.citation().slug())
}

/// Page of a policy: `policies/sanction-policy.html`.
pub fn policy_page(id: &str) -> String {
    format!("policies/{}.html", slug(id))
}

/// Page of an older or pending version of a policy: `policies/sanction-policy/1.0.html`.
pub fn policy_version_page(id: &str, version: &str) -> String {
    format!("policies/{}/{}.html", slug(id), slug(version))
}

/// Folder of a sealed version, exactly as it was sealed: `versions/2026.1`. A label is a plain name on every system.
pub fn version(label: &str) -> String {
    format!("versions/{label}")
}

/// A page of a sealed version: `versions/2026.1/standards/index.html`.
pub fn in_version(label: &str, path: &str) -> String {
    format!("versions/{label}/{path}")
}

/// Page of a record: `records/risk-analysis-2026.html`.
pub fn record_page(id: &str) -> String {
    format!("records/{}.html", slug(id))
}

/// Page of a register: `registers/training.html`.
pub fn register_page(name: &str) -> String {
    format!("registers/{name}.html")
}

/// Page of an exhibit: `exhibits/ex-001.html`.
pub fn exhibit_page(id: &str) -> String {
    format!("exhibits/{}.html", slug(id))
}

/// Where an exhibit's own file stands in the output: `exhibits/files/ex-001/lock-out.png`.
pub fn exhibit_file(id: &str, file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    format!("exhibits/files/{}/{}", slug(id), file_name(name))
}

/// Longest slug, in bytes: with its ending it must be the name of a file on every system, and folders above it count
/// on some.
const LONGEST: usize = 120;

/// Lower-case letters, digits, dots and dashes; everything else becomes one dash. Never empty, never starts with a
/// dot. Two ids may share a slug: [`crate::output`] makes that an error with both names. A long one is cut, and ends with
/// the first eight digits of the SHA-256 of the text, so that texts with the same beginning stay apart.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || (c == '.' && !out.is_empty()) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches(['-', '.']).to_string();
    match out.len() {
        0 => "item".to_string(),
        1..=LONGEST => out,
        _ => cut(&out, text),
    }
}

fn cut(slug: &str, text: &str) -> String {
    let kept = slug[..slug.floor_char_boundary(LONGEST - 9)].trim_end_matches(['-', '.']);
    let digest = Sha256::digest(text);
    let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{kept}-{digits}")
}

fn file_name(name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if extension.is_empty() {
        slug(stem)
    } else {
        format!("{}.{}", slug(stem), slug(extension))
    }
}

/// Relative link from page `from` to address `to` (which may carry an anchor), percent-encoded where needed.
pub fn link(from: &str, to: &str) -> String {
    let (path, anchor) = to.split_once('#').map_or((to, None), |(p, a)| (p, Some(a)));
    let mut out = String::with_capacity(to.len() + 8);
    if path != from {
        let shared = shared_folders(from, path);
        for _ in from[shared..].matches('/') {
            out.push_str("../");
        }
        for (n, part) in path[shared..].split('/').enumerate() {
            if n > 0 {
                out.push('/');
            }
            encode(part, &mut out);
        }
    }
    if let Some(anchor) = anchor {
        out.push('#');
        encode(anchor, &mut out);
    }
    if out.is_empty() {
        out.push('#');
    }
    out
}

/// Length of the folders that two paths have in common, with the slash after the last of them.
fn shared_folders(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    one.as_bytes()[..same]
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |at| at + 1)
}

fn encode(part: &str, out: &mut String) {
    let stays =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'(' | b')');
    // Most paths are slugs.
    if part.as_bytes().iter().all(stays) {
        out.push_str(part);
        return;
    }
    for byte in part.bytes() {
        if stays(&byte) {
            out.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// A path as written in `file`, as a path below the folder. A leading `/` means the folder itself. `None` when it
/// leaves the folder.
pub fn resolve(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => file.split('/').collect(),
    };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `%20` and the like decoded, where the result is text.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |b: u8| (b as char).to_digit(16);
        match (
            bytes[i],
            bytes.get(i + 1).copied().and_then(hex),
            bytes.get(i + 2).copied().and_then(hex),
        ) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

/// A page from the top of the site with links that begin at `root`, for a page that is shown at any depth: `root` begins
/// and ends with `/`.
pub fn from_root(page: &str, root: &str) -> String {
    let mut out = String::with_capacity(page.len() + 256);
    let mut rest = page;
    while let Some((at, name)) = [" href=\"", " src=\""]
        .iter()
        .filter_map(|name| Some((rest.find(name)?, *name)))
        .min()
    {
        let (before, from) = rest.split_at(at + name.len());
        out.push_str(before);
        let target = from.split('"').next().unwrap_or_default();
        if !target.starts_with(['/', '#']) && !target.contains(':') {
            out.push_str(root);
        }
        rest = from;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_to_the_page_they_stand_on() {
        assert_eq!(link("index.html", "standards/index.html"), "standards/index.html");
        assert_eq!(
            link("standards/a.html", "standards/b.html#answer"),
            "b.html#answer"
        );
        assert_eq!(link("standards/a.html", "gaps/a.html"), "../gaps/a.html");
        assert_eq!(link("policies/x/1.0.html", "binder.pdf"), "../../binder.pdf");
        assert_eq!(link("a.html", "a.html#here"), "#here");
        assert_eq!(link("a.html", "a.html"), "#");
        assert_eq!(link("a.html", "exhibits/é b.png"), "exhibits/%C3%A9%20b.png");
    }

    #[test]
    fn slugs_are_never_empty_and_never_hide_or_climb() {
        for (text, expected) in [
            ("EX-001", "ex-001"),
            ("Sanction policy", "sanction-policy"),
            ("1.0", "1.0"),
            ("../../etc/passwd", "etc-passwd"),
            (".hidden", "hidden"),
            ("", "item"),
            ("???", "item"),
            ("Größe", "größe"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(
            exhibit_file("EX 1", "evidence/Scan (1).PDF"),
            "exhibits/files/ex-1/scan-1.pdf"
        );
    }

    #[test]
    fn a_long_name_is_cut_and_stays_apart_from_others() {
        let long = "é".repeat(300);
        let (one, other) = (slug(&format!("{long} one")), slug(&format!("{long} two")));
        assert!(
            one.len() <= LONGEST && other.len() <= LONGEST && one != other,
            "{one} {other}"
        );
        assert_eq!(slug(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
    }

    #[test]
    fn paths_are_resolved_below_the_folder_or_not_at_all() {
        let resolved = |path| resolve("policies/a.md", path);
        assert_eq!(resolved("b.md").as_deref(), Some("policies/b.md"));
        assert_eq!(resolved("../evidence/x.png").as_deref(), Some("evidence/x.png"));
        assert_eq!(resolved("/evidence/./x.png").as_deref(), Some("evidence/x.png"));
        assert_eq!(resolved("../../outside"), None);
        assert_eq!(
            decoded("a%20b%C3%A9%zz%ff%41"),
            "a%20b%C3%A9%zz%ff%41",
            "what is not text stays as typed"
        );
        assert_eq!(decoded("a%20b%C3%A9%zz"), "a bé%zz");
    }
}
