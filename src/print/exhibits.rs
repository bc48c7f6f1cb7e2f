//! Exhibits: the list, then for each what it is, what it shows and where it is kept, with the picture or the text
//! where it can be printed.

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter, Origin};
use crate::content::{Exhibit, Phi};

/// Longest text that is printed as a listing, in bytes.
const LISTING: usize = 32 * 1024;
/// Tallest picture, in points: it must fit on a page under its heading.
const TALLEST: f64 = 420.0;

/// Writes the list and the sheets.
pub(super) fn exhibits(book: &Book, em: &mut Emitter) {
    let exhibits = &book.binder.content.exhibits;
    if exhibits.is_empty() {
        return;
    }
    let part = Tab::Exhibits.title();
    book.sheet(em, &part, "List of exhibits", Some(Tab::Exhibits), &[]);
    cells::heading(em, 2, "List of exhibits");
    let rows: Vec<Vec<Cell>> = exhibits
        .iter()
        .enumerate()
        .map(|(index, exhibit)| {
            let label = book.links.exhibit(index);
            let cited: Vec<String> = exhibit.rows.iter().map(|row| row.cited.to_string()).collect();
            vec![
                Cell::Link(label.clone(), exhibit.id.clone()),
                Cell::text(&exhibit.title),
                Cell::text(
                    exhibit
                        .date
                        .as_ref()
                        .map(|d| d.value.to_string())
                        .unwrap_or_default(),
                ),
                Cell::text(cited.join("; ")),
                Cell::Page(label),
            ]
        })
        .collect();
    cells::table(
        em,
        &["Exhibit", "Title", "Date", "Rows", "Page"],
        &rows,
        book.width(),
    );
    em.close();
    book.sheet(em, &part, "Exhibit sheets", Some(Tab::Exhibits), &[]);
    for (index, exhibit) in exhibits.iter().enumerate() {
        sheet(book, em, index, exhibit);
    }
    em.close();
}

fn sheet(book: &Book, em: &mut Emitter, index: usize, exhibit: &Exhibit) {
    em.at(Origin::Place(exhibit.place.clone()));
    let label = book.links.exhibit(index);
    em.start("exhibit", &[("to", Arg::Label(&label))]);
    em.item(&format!("Exhibit {}: {}", exhibit.id, exhibit.title));
    em.item_open();
    let file = exhibit.file.as_ref().map(|f| f.value.clone()).unwrap_or_default();
    let (size, digest) = match &exhibit.found {
        Some(found) => (format!("{} bytes", found.size), found.sha256.clone()),
        None => (String::new(), String::new()),
    };
    let phi = match exhibit.handling.phi {
        Some(Phi::None) => "none",
        Some(Phi::Redacted) => "redacted",
        Some(Phi::Contains) => "contains PHI",
        Some(Phi::Unknown) | None => "unknown: nobody has said whether it shows PHI",
    };
    let missing = exhibit.found.is_none() && !file.is_empty();
    cells::facts(
        em,
        &[
            (
                "Date",
                exhibit
                    .date
                    .as_ref()
                    .map(|d| d.value.to_string())
                    .unwrap_or_default(),
            ),
            ("Shows", exhibit.shows.clone()),
            ("Systems", book.systems(&exhibit.systems)),
            ("Sites", book.sites(&exhibit.sites)),
            ("Persons", book.people(&exhibit.persons.join(";"))),
            ("By", book.people(&exhibit.by)),
            ("Original kept at", exhibit.kept_at.clone()),
            (
                "File",
                if missing && book.binder.meta.shows_gaps() {
                    format!("{file} (not in the folder)")
                } else {
                    file.clone()
                },
            ),
            ("Size", size),
            ("SHA-256", digest),
            ("PHI", phi.to_string()),
            ("Legal hold", exhibit.handling.hold.clone().unwrap_or_default()),
        ],
    );
    let rows = exhibit.rows.iter().map(|row| row.row).collect();
    super::texts::documents(book, em, "Serves", &rows);
    em.item_close();
    em.item_open();
    if exhibit.found.is_some() {
        body(book, em, exhibit, &file);
    } else if exhibit.kept_at.is_empty() && !book.binder.meta.shows_gaps() {
        super::rows::nothing(book, em, "");
    }
    em.item_close();
    em.end();
}

fn body(book: &Book, em: &mut Emitter, exhibit: &Exhibit, file: &str) {
    if exhibit.handling.phi == Some(Phi::Contains) {
        cells::lead(
            em,
            "Not printed: the exhibit shows protected health information. The file stands in the practice's folder.",
        );
        return;
    }
    match book.links.exhibit_picture(file) {
        Some(Ok(picture)) => {
            let width = picture
                .width
                .min(book.width())
                .min(picture.width * TALLEST / picture.height);
            let alt = format!("Exhibit {}: {}", exhibit.id, exhibit.title);
            em.open("exhibit-picture", &[]);
            let args = [
                ("", Arg::Str(&picture.path)),
                ("alt", Arg::Str(&alt)),
                ("width", Arg::Point(width)),
            ];
            em.call_inline("picture", &args);
            em.close();
        }
        Some(Err(why)) => cells::lead(
            em,
            &format!("The picture can't be printed: {why}. The file stands in the practice's folder."),
        ),
        None => match listing(book, file) {
            Some(text) => {
                em.start("code-block", &[]);
                for line in text.lines() {
                    em.item_open();
                    em.mono(&line.replace('\t', "    "));
                    em.item_close();
                }
                em.end();
            }
            None => cells::lead(em, "Not printed here: see the file in the practice's folder."),
        },
    }
}

/// The text of a short text file.
fn listing<'a>(book: &'a Book, file: &str) -> Option<&'a str> {
    let extension = file.rsplit_once('.')?.1.to_ascii_lowercase();
    if !["txt", "log", "csv", "md", "json"].contains(&extension.as_str()) {
        return None;
    }
    let bytes = book
        .folder
        .bytes(file)
        .filter(|bytes| bytes.len() <= LISTING && !bytes.is_empty())?;
    std::str::from_utf8(bytes).ok()
}
