//! Exhibits: the list, and a page for each.

use serde::Serialize;

use super::{Day, Link, RowRef, capital};
use crate::address;
use crate::content::{Exhibit, Phi};
use crate::phi;
use crate::site::{Site, pictures};

/// Lines of a listing that are shown.
const LINES: usize = 200;
/// Bytes of a listing that are shown.
const BYTES: usize = 48 * 1024;
/// Bytes of a listing that search knows: not all that is shown, since one long log would outweigh the binder.
const WORDS: usize = 16 * 1024;

/// `exhibits/index.html`.
#[derive(Debug, Serialize)]
pub struct Exhibits {
    /// In register order.
    pub exhibits: Vec<ExhibitLine>,
    /// Those of which nobody has said whether they show patient data; empty in copies without gaps.
    pub not_looked_at: Vec<NotLookedAt>,
}

/// An exhibit for a person to look at before it is published.
#[derive(Debug, Serialize)]
pub struct NotLookedAt {
    /// Exhibit number and page.
    pub link: Link,
    /// Title.
    pub title: String,
    /// Name of the file.
    pub file_name: String,
    /// Where to write the mark: file and line.
    pub place: String,
}

/// A line of the list.
#[derive(Debug, Serialize)]
pub struct ExhibitLine {
    /// Exhibit number and page.
    pub link: Link,
    /// Anchor in the list.
    pub anchor: String,
    /// Title.
    pub title: String,
    /// What it shows: "Setting", "" where nothing is said.
    pub shows: String,
    /// Day of what it shows.
    pub date: Option<Day>,
    /// Who captured or wrote it.
    pub by: String,
    /// Systems, sites and persons.
    pub about: String,
    /// Name of the file, "" if there is none.
    pub file_name: String,
    /// The file is named and is not there.
    pub missing: bool,
    /// Rows it serves.
    pub rows: Vec<RowRef>,
}

/// `exhibits/ex-001.html`.
#[derive(Debug, Serialize)]
pub struct ExhibitPage {
    /// Exhibit number.
    pub id: String,
    /// Facts, as in the list.
    pub line: ExhibitLine,
    /// Where the original is kept, "" if not said.
    pub kept_at: String,
    /// Whether it shows patient data, in words.
    pub phi: &'static str,
    /// Reason of a legal hold, "" if none.
    pub hold: String,
    /// It is output of this program and serves no row.
    pub self_made: bool,
    /// SHA-256 of the file, "" without one.
    pub sha256: String,
    /// The digest recorded by the clinic is another one.
    pub changed: bool,
    /// Size in words, "" without a file.
    pub size: String,
    /// The file in the site, and how it is shown.
    pub file: Option<FileView>,
    /// Rows with the place in the file: citation, link, locator.
    pub serves: Vec<Serves>,
    /// The exhibits before and after.
    pub previous: Option<Link>,
    /// After.
    pub next: Option<Link>,
}

/// A row that an exhibit serves.
#[derive(Debug, Serialize)]
pub struct Serves {
    /// The row.
    pub row: RowRef,
    /// Page or section within the file, "" if not said.
    pub locator: String,
}

/// The file of an exhibit.
#[derive(Debug, Serialize)]
pub struct FileView {
    /// The file.
    pub link: Link,
    /// `picture`, `table`, `text`, `pdf` or `other`.
    pub kind: &'static str,
    /// Published under another name, so that no browser runs it.
    pub renamed: bool,
    /// Width and height of a picture, where known.
    pub size: Option<(u32, u32)>,
    /// A table's cells, header first.
    pub rows: Vec<Vec<String>>,
    /// A text.
    pub text: String,
    /// Only the beginning is shown.
    pub shortened: bool,
}

/// The list as seen from `page`.
pub fn list(site: &Site<'_>, page: &str) -> Exhibits {
    Exhibits {
        exhibits: site
            .binder
            .content
            .exhibits
            .iter()
            .map(|e| line(site, page, e))
            .collect(),
        not_looked_at: match site.binder.meta.shows_gaps() {
            true => phi::not_looked_at(&site.binder.content)
                .map(|exhibit| not_looked_at(page, exhibit))
                .collect(),
            false => vec![],
        },
    }
}

fn not_looked_at(page: &str, exhibit: &Exhibit) -> NotLookedAt {
    NotLookedAt {
        link: Link::new(page, &address::exhibit_page(&exhibit.id), exhibit.id.clone()),
        title: exhibit.title.clone(),
        file_name: file_name(exhibit),
        place: format!("{}:{}", exhibit.place.file, exhibit.place.line),
    }
}

fn file_name(exhibit: &Exhibit) -> String {
    let path = exhibit.file.as_ref().map_or("", |file| file.value.as_str());
    path.rsplit('/').next().unwrap_or_default().to_string()
}

/// An exhibit as it stands in lists.
pub fn line(site: &Site<'_>, page: &str, exhibit: &Exhibit) -> ExhibitLine {
    let rows: std::collections::BTreeSet<_> = exhibit.rows.iter().map(|r| r.row).collect();
    ExhibitLine {
        link: Link::new(page, &address::exhibit_page(&exhibit.id), exhibit.id.clone()),
        anchor: address::slug(&exhibit.id),
        title: exhibit.title.clone(),
        shows: capital(&exhibit.shows.replace('-', " ")),
        date: exhibit.date.as_ref().map(|d| d.value.into()),
        by: site.names.person(&exhibit.by).to_string(),
        about: site
            .names
            .about(&exhibit.systems, &exhibit.sites, &exhibit.persons),
        missing: exhibit.file.is_some() && exhibit.found.is_none(),
        file_name: file_name(exhibit),
        rows: site.row_refs(page, rows),
    }
}

/// The page of an exhibit.
pub fn view(site: &Site<'_>, page: &str, index: usize) -> ExhibitPage {
    let exhibits = &site.binder.content.exhibits;
    let exhibit = &exhibits[index];
    let found = exhibit.found.as_ref();
    let link = |e: &Exhibit| Link::new(page, &address::exhibit_page(&e.id), e.id.clone());
    let recorded = exhibit.recorded_sha256.as_ref();
    ExhibitPage {
        id: exhibit.id.clone(),
        line: line(site, page, exhibit),
        kept_at: exhibit.kept_at.clone(),
        phi: match exhibit.handling.phi.unwrap_or_default() {
            Phi::None => "looked at: none in it",
            Phi::Redacted => "looked at: it was blacked out",
            Phi::Contains => "it shows patient data",
            Phi::Unknown => "nobody has said yet",
        },
        hold: exhibit.handling.hold.clone().unwrap_or_default(),
        self_made: exhibit.self_made,
        sha256: found.map_or(String::new(), |f| f.sha256.clone()),
        changed: found
            .zip(recorded)
            .is_some_and(|(f, r)| !f.sha256.eq_ignore_ascii_case(&r.value)),
        size: found.map_or(String::new(), |f| size_words(f.size)),
        file: file(site, page, exhibit),
        serves: exhibit
            .rows
            .iter()
            .map(|r| Serves {
                row: site.row_ref(page, r.row),
                locator: r.locator.clone().unwrap_or_default(),
            })
            .collect(),
        previous: index.checked_sub(1).and_then(|i| exhibits.get(i)).map(link),
        next: exhibits.get(index + 1).map(link),
    }
}

fn size_words(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_999 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

fn file(site: &Site<'_>, page: &str, exhibit: &Exhibit) -> Option<FileView> {
    exhibit.found.as_ref()?;
    let path = &exhibit.file.as_ref()?.value;
    let bytes = site.folder.bytes(path).map_or(&[][..], |b| b);
    let own = path.rsplit('/').next().unwrap_or(path);
    let published = pictures::published_name(path, bytes);
    let mut view = FileView {
        link: Link::new(page, &address::exhibit_file(&exhibit.id, &published), own),
        kind: "other",
        renamed: published != own,
        size: None,
        rows: Vec::new(),
        text: String::new(),
        shortened: false,
    };
    let extension = pictures::extension(path);
    if pictures::is_picture(path, bytes) {
        view.kind = "picture";
        view.size = pictures::size(bytes);
    } else if extension == "pdf" {
        view.kind = "pdf";
    } else if pictures::is_text(path) && !bytes.is_empty() {
        let (text, shortened) = beginning(bytes, BYTES);
        view.shortened = shortened;
        view.rows = if matches!(extension.as_str(), "csv" | "tsv") {
            cells(&text, extension == "tsv")
        } else {
            vec![]
        };
        view.kind = if view.rows.is_empty() { "text" } else { "table" };
        view.text = if view.rows.is_empty() { text } else { String::new() };
    }
    Some(view)
}

/// The words of a text or a table for the search: of what its page shows, the first [`WORDS`] bytes. "" for any other file.
pub fn words(site: &Site<'_>, exhibit: &Exhibit) -> String {
    let Some(path) = exhibit.file.as_ref().filter(|_| exhibit.found.is_some()) else {
        return String::new();
    };
    let bytes = site.folder.bytes(&path.value).map_or(&[][..], |b| b);
    if pictures::is_picture(&path.value, bytes) || !pictures::is_text(&path.value) {
        return String::new();
    }
    let (text, _) = beginning(bytes, WORDS);
    let extension = pictures::extension(&path.value);
    let table = match extension.as_str() {
        "csv" | "tsv" => cells(&text, extension == "tsv"),
        _ => vec![],
    };
    if table.is_empty() {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let lines: Vec<String> = table
        .iter()
        .map(|row| {
            let filled: Vec<&str> = row
                .iter()
                .map(|cell| cell.trim())
                .filter(|c| !c.is_empty())
                .collect();
            filled.join(", ")
        })
        .collect();
    lines.join("; ")
}

/// The beginning of a listing, of at most so many bytes, in whole lines.
fn beginning(bytes: &[u8], most: usize) -> (String, bool) {
    let cut = &bytes[..bytes.len().min(most)];
    let text = String::from_utf8_lossy(cut);
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.lines().collect();
    let whole = if cut.len() < bytes.len() {
        lines.len().saturating_sub(1).max(1)
    } else {
        lines.len()
    };
    let shown = whole.min(LINES);
    (
        lines[..shown.min(lines.len())].join("\n"),
        shown < lines.len() || cut.len() < bytes.len(),
    )
}

/// Cells of a CSV listing; empty where it is not a table of one width.
fn cells(text: &str, tabs: bool) -> Vec<Vec<String>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = match (tabs, first.matches(';').count() > first.matches(',').count()) {
        (true, _) => b'\t',
        (false, true) => b';',
        (false, false) => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let rows: Result<Vec<Vec<String>>, _> = reader
        .records()
        .map(|r| r.map(|r| r.iter().map(str::to_string).collect()))
        .collect();
    match rows {
        Ok(rows) if rows.first().is_some_and(|r| r.len() > 1) => rows,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_listing_is_cut_at_a_line() {
        let long = "2026-01-01 log in\n".repeat(300);
        let (text, shortened) = beginning(long.as_bytes(), BYTES);
        assert_eq!((text.lines().count(), shortened), (LINES, true));
        assert_eq!(beginning(b"a\nb", BYTES), ("a\nb".to_string(), false));
        assert_eq!(beginning(b"", BYTES), (String::new(), false));
    }

    #[test]
    fn a_table_is_shown_as_a_table_and_anything_else_as_text() {
        assert_eq!(cells("a,b\n\"1,0\",2", false), [["a", "b"], ["1,0", "2"]]);
        assert_eq!(cells("a;b\n1;2", false), [["a", "b"], ["1", "2"]]);
        assert!(cells("only words", false).is_empty());
        assert!(cells("a,b\n1,2,3", false).is_empty());
    }
}
