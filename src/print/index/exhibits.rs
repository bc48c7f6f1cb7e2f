//! Every exhibit by number: what it is, how it stands, which rows it serves, and its pages.

use super::super::book::{Book, Tab};
use super::super::cells::{self, Cell};
use super::super::emit::Emitter;
use super::super::exhibits::{Body, date};
use crate::content::Exhibit;
use crate::gap::{ExhibitAge, exhibit_age};
use crate::rule::RowId;

/// Writes the index.
pub(in crate::print) fn exhibits(book: &Book, em: &mut Emitter) {
    book.sheet(
        em,
        &Tab::Exhibits.title(),
        "Index of exhibits",
        Some(Tab::Exhibits),
        &[],
    );
    cells::title(em, 2, super::EXHIBITS, "Index of exhibits");
    cells::lead(
        em,
        "Every exhibit by its number, with the paragraphs it cites, the rows it serves with the pages of their parts, and its own pages.",
    );
    let rows: Vec<Vec<Cell>> = book
        .binder
        .content
        .exhibits
        .iter()
        .enumerate()
        .map(|(index, exhibit)| line(book, index, exhibit))
        .collect();
    cells::table(
        em,
        &["Exhibit", "Title", "Date", "State", "Cites, and serves", "Pages"],
        &rows,
        book.width(),
    );
    em.close();
}

fn line(book: &Book, index: usize, exhibit: &Exhibit) -> Vec<Cell> {
    let label = book.links.exhibit(index);
    vec![
        Cell::Link(label, exhibit.id.clone()),
        Cell::or_dash(&exhibit.title),
        Cell::or_dash(date(exhibit)),
        Cell::text(state(book, index, exhibit)),
        Cell::Rows(serves(book, exhibit)),
        Cell::Pages(String::new(), vec![book.exhibit_span(index)]),
    ]
}

/// Each paragraph as cited, with the label of its row's part.
fn serves(book: &Book, exhibit: &Exhibit) -> Vec<(String, String)> {
    let cited = exhibit.rows.iter();
    cited
        .map(|row| (row.cited.to_string(), book.links.row(row.row)))
        .collect()
}

/// "fresh; printed", "older than the practice's interval; first 60 of 120 pages printed".
fn state(book: &Book, index: usize, exhibit: &Exhibit) -> String {
    let mut words = vec![];
    if exhibit.self_made {
        words.push("this program's own output, which proves nothing".to_string());
    } else if book.binder.meta.shows_gaps() && exhibit.is_on_file() {
        words.push(age(&exhibit_age(book.binder, exhibit)));
    }
    words.push(printed(book, index, exhibit));
    words.join("; ")
}

fn age(age: &ExhibitAge) -> String {
    let old = "older than the practice's interval";
    let names = |rows: &[RowId]| {
        let names: Vec<String> = rows.iter().map(RowId::to_string).collect();
        names.join(", ")
    };
    match age {
        ExhibitAge::Undated => "no date".to_string(),
        ExhibitAge::Later => "dated later than this binder".to_string(),
        ExhibitAge::Fresh => "fresh".to_string(),
        ExhibitAge::Old => old.to_string(),
        ExhibitAge::OldFor(rows) => format!("{old} for {}, fresh for the rest", names(rows)),
        ExhibitAge::NoRow => "cites no row that applies".to_string(),
    }
}

fn printed(book: &Book, index: usize, exhibit: &Exhibit) -> String {
    let missing = exhibit.found.is_none() && exhibit.file.is_some();
    match book.drawings.bodies.get(index) {
        _ if missing && book.binder.meta.shows_gaps() => "the file is not in the folder".to_string(),
        Some(Body::Pages { sheets, of, .. }) if sheets.len() < *of => {
            format!("first {} of {of} pages printed", sheets.len())
        }
        Some(Body::Pages { .. } | Body::Picture { .. }) => "printed".to_string(),
        Some(Body::Text { .. }) => "printed as text".to_string(),
        Some(Body::Nothing | Body::Words(_)) | None => "a sheet only".to_string(),
    }
}
