//! Exhibits: the list, then for each what it is, what it shows and where it is kept, with the picture or the text
//! where it can be printed.

use super::book::{Book, Tab};
use super::cells;
use super::emit::{Arg, Emitter, Origin};
use super::tables;
use crate::content::{Exhibit, Phi};

mod attach;
pub(super) mod bitmap;
mod body;
pub(super) mod guard;
mod listing;
mod pdf;

pub(super) use attach::files as attachments;
pub(super) use body::{Body, Drawings, Sheet, draw};

/// Tallest picture, in points, that stands under the head of its exhibit; a taller one gets a sheet of its own.
const TALLEST: f64 = 420.0;

/// Writes the sheets, an exhibit after the other.
pub(super) fn exhibits(book: &Book, em: &mut Emitter) {
    let exhibits = &book.binder.content.exhibits;
    if exhibits.is_empty() {
        return;
    }
    let part = Tab::Exhibits.title();
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
        Some(found) => (size_words(found.size), found.sha256.clone()),
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
            ("Date", date(exhibit)),
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
    let nothing_on_file = exhibit.found.is_none() && exhibit.kept_at.is_empty();
    if nothing_on_file && !book.binder.meta.shows_gaps() {
        super::rows::nothing(book, em, "");
    } else if let Some(body) = book.drawings.bodies.get(index) {
        show(book, em, index, exhibit, body);
    }
    if !on_sheets(book, index) {
        end(book, em, index);
    }
    em.item_close();
    em.end();
    attach::attach(book, em, index, exhibit);
}

/// True where the last thing of an exhibit is a sheet of its own.
fn on_sheets(book: &Book, index: usize) -> bool {
    match book.drawings.bodies.get(index) {
        Some(Body::Picture { sheet, .. }) => sheet.tall() > TALLEST,
        Some(Body::Pages { sheets, .. }) => !sheets.is_empty(),
        _ => false,
    }
}

/// Marks the last thing of an exhibit: indexes name its pages, from the first to the last.
fn end(book: &Book, em: &mut Emitter, index: usize) {
    em.call_inline("ends", &[("", Arg::Label(&book.links.exhibit_end(index)))]);
}

fn show(book: &Book, em: &mut Emitter, index: usize, exhibit: &Exhibit, body: &Body) {
    match body {
        Body::Nothing => {}
        Body::Words(words) => cells::lead(em, words),
        Body::Picture { sheet, note } => {
            if sheet.tall() <= TALLEST {
                em.open("exhibit-picture", &[]);
                picture(em, sheet);
                em.close();
                said(em, note);
            } else {
                let last = |em: &mut Emitter| end(book, em, index);
                page(em, exhibit, sheet, ("", note), last);
            }
        }
        Body::Pages { sheets, of, note } => {
            said(em, note);
            for (n, sheet) in sheets.iter().enumerate() {
                let place = format!("page {} of {of} of this exhibit", n + 1);
                page(em, exhibit, sheet, (&place, ""), |em| {
                    if n + 1 == sheets.len() {
                        end(book, em, index);
                    }
                });
            }
        }
        Body::Text { text, note } => {
            said(em, note);
            if !text.table.as_ref().is_some_and(|rows| table(book, em, rows)) {
                em.start("listing", &[]);
                for line in &text.lines {
                    em.item_open();
                    em.mono(line);
                    em.item_close();
                }
                em.end();
            }
        }
    }
}

fn said(em: &mut Emitter, note: &str) {
    if !note.is_empty() {
        cells::lead(em, note);
    }
}

fn picture(em: &mut Emitter, sheet: &Sheet) {
    let args = [
        ("", Arg::Str(&sheet.path)),
        ("alt", Arg::Alt(&sheet.alt)),
        ("width", Arg::Point(sheet.width)),
    ];
    let name = if sheet.turned { "turned-picture" } else { "picture" };
    em.call_inline(name, &args);
}

/// A bitmap on a sheet of its own, under a line that says what it is a page of. `more` writes what stands with it.
fn page(
    em: &mut Emitter,
    exhibit: &Exhibit,
    sheet: &Sheet,
    (place, note): (&str, &str),
    more: impl FnOnce(&mut Emitter),
) {
    let digest = exhibit.found.as_ref().map_or("", |found| found.sha256.as_str());
    let digest = match digest.get(..12) {
        Some(short) => format!("SHA-256 {short}..."),
        None => String::new(),
    };
    let cited: Vec<String> = exhibit.rows.iter().map(|row| row.cited.to_string()).collect();
    let beyond = cited.len().saturating_sub(CITED);
    let mut cited = cited[..cited.len() - beyond].join("; ");
    if beyond > 0 {
        cited.push_str(&format!("; {beyond} more"));
    }
    let name = format!("Exhibit {}", exhibit.id);
    let parts = [date(exhibit), cited, digest];
    let about: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    em.open(
        "exhibit-page",
        &[
            ("name", Arg::Str(&name)),
            ("title", Arg::Str(&short(&exhibit.title))),
            ("place", Arg::Str(place)),
            ("about", Arg::List(&about)),
            ("note", Arg::Str(note)),
        ],
    );
    picture(em, sheet);
    more(em);
    em.close();
}

/// Citations in the line above a page; all of them stand in the head of the exhibit.
const CITED: usize = 6;

fn short(title: &str) -> String {
    match title.char_indices().nth(110) {
        Some((at, _)) => format!("{}...", title[..at].trim_end()),
        None => title.to_string(),
    }
}

/// The day of what an exhibit shows, as printed; empty where it has none.
pub(super) fn date(exhibit: &Exhibit) -> String {
    let date = exhibit.date.as_ref();
    date.map(|date| date.value.to_string()).unwrap_or_default()
}

/// Writes rows as a table, the first as its header, where the columns fit beside each other; false where they don't.
fn table(book: &Book, em: &mut Emitter, rows: &[Vec<String>]) -> bool {
    let Some((head, rows)) = rows.split_first() else {
        return false;
    };
    let plan = tables::plan(em.glyphs(), head, rows, book.width());
    if plan.stacked() {
        return false;
    }
    tables::emit(em, &plan, &[], head, rows, |em, row, column| {
        let row = row.map_or(head.as_slice(), |row| rows[row].as_slice());
        em.text(&row[column]);
    });
    true
}

/// "1,204 bytes", "3.4 MB (3,565,158 bytes)".
fn size_words(size: u64) -> String {
    let digits = size.to_string();
    let mut exact = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            exact.push(',');
        }
        exact.push(digit);
    }
    if size < 1_000_000 {
        return format!("{exact} bytes");
    }
    let tenths = size / 100_000;
    format!("{}.{} MB ({exact} bytes)", tenths / 10, tenths % 10)
}
