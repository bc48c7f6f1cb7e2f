//! `evidence/`: the lines of `evidence.csv` joined with what is known of each file.

use std::collections::{BTreeMap, BTreeSet};

use super::policies::hex;
use super::registers::{Cell, Entry, Table, cells};
use super::{At, Exhibit, ExhibitFile, ExhibitRow, Phi, cite, words};
use crate::citation::Resolution;
use crate::diagnostic::{Diagnostic, Place};
use crate::rule::rule;
use crate::world::{File, Folder};

/// One file that serves more rows than this without saying where is a mapping, not proof.
const MANY_ROWS: usize = 8;

/// Makes exhibits of the lines of `evidence.csv`, in the order written.
///
/// Errors: `path-leaves-folder`, `exhibit-without-file`, `bad-digest`, citations that name nothing. Warnings:
/// `evidence-file-missing`, `evidence-not-listed`, `evidence-also-privileged`, `exhibit-cites-many-rows`, `self-made-evidence`.
pub fn exhibits(folder: &Folder, table: Option<&Table>, out: &mut Vec<Diagnostic>) -> Vec<Exhibit> {
    let mut exhibits = Vec::new();
    for entry in table.iter().flat_map(|table| &table.entries) {
        exhibits.push(exhibit(folder, entry, out));
    }
    let mut by_file: BTreeMap<String, &Exhibit> = BTreeMap::new();
    for exhibit in exhibits.iter().filter(|exhibit| exhibit.handling.privileged) {
        if let Some(file) = &exhibit.file {
            by_file.entry(file.value.to_ascii_lowercase()).or_insert(exhibit);
        }
    }
    out.extend(
        exhibits
            .iter()
            .filter_map(|exhibit| beside_privileged(exhibit, &by_file)),
    );
    let listed: BTreeSet<&str> = exhibits
        .iter()
        .filter_map(|e| Some(e.file.as_ref()?.value.as_str()))
        .collect();
    for (path, _) in folder.below("evidence") {
        if !listed.contains(&**path) && !path.rsplit('/').next().unwrap_or("").starts_with('.') {
            let name = path.strip_prefix("evidence/").unwrap_or(path);
            out.push(
                Diagnostic::warning("evidence-not-listed", Place::file(path.clone()), "no line of registers/evidence.csv names this file, so it proves nothing yet")
                    .help(format!("Add a line to registers/evidence.csv with {name} in the column file, or take the file out.")),
            );
        }
    }
    exhibits
}

/// A warning where another line says that the file is privileged: the file is then left out whichever line names it.
fn beside_privileged(exhibit: &Exhibit, privileged: &BTreeMap<String, &Exhibit>) -> Option<Diagnostic> {
    let file = exhibit.file.as_ref().filter(|_| !exhibit.handling.privileged)?;
    let other = privileged.get(&file.value.to_ascii_lowercase())?;
    Some(
        Diagnostic::warning(
            "evidence-also-privileged",
            file.place.clone(),
            "another line says that this file is privileged, so this line is left out as well",
        )
        .help("Name another file here, or take privileged out of the other line if it was a mistake.")
        .also(other.place.clone(), "privileged here"),
    )
}

fn exhibit(folder: &Folder, entry: &Entry, out: &mut Vec<Diagnostic>) -> Exhibit {
    let file = entry.cell("file").and_then(|cell| path(cell, out));
    if entry.cell("file").is_none() && entry.cell("kept_at").is_none() {
        out.push(
            Diagnostic::error("exhibit-without-file", entry.place.clone(), "this exhibit has no file, and does not say where it is kept")
                .help("Fill the column file with a file name in the folder evidence, or kept_at with the drawer or binder it lies in."),
        );
    }
    let on_disk = file
        .as_ref()
        .and_then(|file| folder.files.get(file.value.as_str()));
    if let (Some(file), None) = (&file, on_disk) {
        out.push(missing(folder, file));
    }
    let rows = entry.cell("rows").map_or_else(Vec::new, |cell| rows(cell, out));
    let self_made =
        on_disk.is_some_and(|on_disk| is_self_made(file.as_ref().map_or("", |f| f.value.as_str()), on_disk));
    if self_made {
        out.push(
            Diagnostic::warning(
                "self-made-evidence",
                entry.place.clone(),
                "this file was made by this program, and proves nothing by itself",
            )
            .help("Put the document itself on file, or a signed record of who looked at what."),
        );
    }
    let mut handling = entry.handling.clone();
    handling.phi.get_or_insert(Phi::Unknown);
    Exhibit {
        id: entry.id.clone(),
        title: entry.get("title").to_owned(),
        found: on_disk.map(|file| ExhibitFile {
            size: file.size,
            sha256: hex(&file.digest),
        }),
        file,
        date: entry.cell("date").and_then(|cell| {
            Some(At {
                value: cell.date?,
                place: cell.place.clone(),
            })
        }),
        rows,
        systems: entry.systems.clone(),
        sites: entry.sites.clone(),
        persons: entry.persons.clone(),
        shows: entry.get("shows").to_owned(),
        by: entry.get("by").to_owned(),
        kept_at: entry.get("kept_at").to_owned(),
        recorded_sha256: entry.cell("sha256").and_then(|cell| sha256(cell, out)),
        self_made,
        handling,
        place: entry.place.clone(),
    }
}

impl Exhibit {
    /// Whether what the line names is on file and is what was recorded: the file is there, with the recorded digest
    /// where one is recorded; or the line says where the paper is kept.
    pub fn is_on_file(&self) -> bool {
        match (&self.file, &self.found) {
            (Some(_), Some(found)) => self
                .recorded_sha256
                .as_ref()
                .is_none_or(|recorded| recorded.value.eq_ignore_ascii_case(&found.sha256)),
            (Some(_), None) => false,
            (None, _) => !self.kept_at.is_empty(),
        }
    }
}

/// Path below the content folder. A path that leads out of `evidence/` is an error.
fn path(cell: &Cell, out: &mut Vec<Diagnostic>) -> Option<At<String>> {
    let text = cell.text.replace('\\', "/");
    let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    let mut parts: Vec<&str> = text
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let leaves = text.starts_with('/')
        || drive
        || parts.contains(&"..")
        || text.contains("://")
        || text.contains('\0');
    if leaves {
        let name = parts
            .last()
            .copied()
            .filter(|name| *name != "..")
            .unwrap_or("scan.pdf");
        out.push(
            Diagnostic::error(
                "path-leaves-folder",
                cell.place.clone(),
                "this path leads out of the folder evidence",
            )
            .help(format!(
                "Copy the file into the folder evidence and type its name there: {name}"
            )),
        );
        return None;
    }
    if parts.first() == Some(&"evidence") && parts.len() > 1 {
        parts.remove(0);
    }
    Some(At {
        value: format!("evidence/{}", parts.join("/")),
        place: cell.place.clone(),
    })
}

fn missing(folder: &Folder, file: &At<String>) -> Diagnostic {
    let same = |path: &&str| path.eq_ignore_ascii_case(&file.value);
    let paths = || folder.below("evidence").map(|(path, _)| &**path);
    let short = |path: &str| path.strip_prefix("evidence/").unwrap_or(path).to_owned();
    // The folder and the extension, which most files share, are no likeness.
    let stem = |path: &str| {
        short(path)
            .rsplit_once('.')
            .map_or_else(|| short(path), |(stem, _)| stem.to_owned())
    };
    let nearest = || {
        let stems: Vec<String> = paths().map(stem).collect();
        let found = words::nearest(&stem(&file.value), stems.iter().map(String::as_str))?;
        paths().find(|path| stem(path) == found)
    };
    let help = match paths().find(same).or_else(nearest) {
        Some(path) => format!(
            "Did you mean {}? Names count with their capital letters.",
            short(path)
        ),
        None => "Copy the file into the folder evidence, or mend the name.".to_owned(),
    };
    Diagnostic::warning(
        "evidence-file-missing",
        file.place.clone(),
        format!("there is no file {}", file.value),
    )
    .help(help)
}

fn rows(cell: &Cell, out: &mut Vec<Diagnostic>) -> Vec<ExhibitRow> {
    let mut rows = Vec::new();
    for part in cells::list(&cell.text) {
        for (row, cited, locator) in cite::located(&part, &cell.place, out) {
            // A paragraph that is no row links to the row above it, and documents nothing.
            if rule().resolve(&cited) != Resolution::Row(row) {
                out.push(
                    Diagnostic::warning(
                        "not-a-row",
                        cell.place.clone(),
                        format!(
                            "{cited} is a part of {row} ({}), so this proves no row",
                            rule()[row].name()
                        ),
                    )
                    .help(format!(
                        "Type {row}. Where in the file it is shown may follow: {row} p. 3"
                    )),
                );
                continue;
            }
            rows.push(ExhibitRow {
                row,
                cited,
                locator,
                place: cell.place.clone(),
            });
        }
    }
    if rows.iter().filter(|row| row.locator.is_none()).count() > MANY_ROWS {
        out.push(
            Diagnostic::warning(
                "exhibit-cites-many-rows",
                cell.place.clone(),
                format!("this exhibit is to serve {} rows, which looks like a mapping; it counts for the first {MANY_ROWS}", rows.len()),
            )
            .help("Say for each row where in the file its proof is: 164.312(b) p. 3; 164.312(d) p. 5"),
        );
    }
    rows
}

fn sha256(cell: &Cell, out: &mut Vec<Diagnostic>) -> Option<At<String>> {
    let lower = cell.text.to_ascii_lowercase();
    let digits: String = lower
        .strip_prefix("sha256:")
        .unwrap_or(&lower)
        .split_whitespace()
        .collect();
    if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(At {
            value: digits,
            place: cell.place.clone(),
        });
    }
    out.push(
        Diagnostic::error("bad-digest", cell.place.clone(), "this is not a SHA-256 digest")
            .help("Paste all 64 digits (0 to 9, a to f), or leave the cell empty."),
    );
    None
}

/// True for output of this program: a page, the PDF, binder.json or what `check --format json` prints.
fn is_self_made(path: &str, file: &File) -> bool {
    let Some(bytes) = file.bytes.as_deref() else {
        return false;
    };
    let has = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    let extension = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match extension.as_str() {
        "html" | "htm" => has("name=\"generator\" content=\"hipaa-binder"),
        "pdf" => has("hipaa-binder"),
        "json" => ["\"as_of\"", "\"rows\"", "\"diagnostics\"", "\"marks\""]
            .iter()
            .all(|key| has(key)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(text: &str) -> Result<String, String> {
        let mut out = Vec::new();
        let cell = Cell {
            text: text.into(),
            date: None,
            place: Place::default(),
        };
        path(&cell, &mut out)
            .map(|at| at.value)
            .ok_or_else(|| out[0].help.clone())
    }

    #[test]
    fn paths_stay_inside_the_folder() {
        for (typed, want) in [
            ("a.pdf", "evidence/a.pdf"),
            ("evidence/a.pdf", "evidence/a.pdf"),
            ("./2026//a.pdf", "evidence/2026/a.pdf"),
            ("2026\\a.pdf", "evidence/2026/a.pdf"),
            ("evidence\\2026\\a.pdf", "evidence/2026/a.pdf"),
            ("a..b.pdf", "evidence/a..b.pdf"),
        ] {
            assert_eq!(path_of(typed).as_deref(), Ok(want), "{typed}");
        }
        for typed in [
            "../a.pdf",
            "/etc/passwd",
            "C:\\scans\\a.pdf",
            "c:a.pdf",
            "x/../../a.pdf",
            "\\\\server\\a.pdf",
            "..",
            "file:///a.pdf",
        ] {
            assert!(path_of(typed).is_err(), "{typed}");
        }
    }
}
