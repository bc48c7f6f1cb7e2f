//! What stands on every sheet beside its text: head, foot, edge tab, the bar of a gap page.
//!
//! It names the page and how many there are, which only finished pages know. So it is set by itself, afterwards, one
//! small page below and one above each sheet, and [`super::weave`] lays the three together.

use typst::foundations::{Dict, Label, Selector, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst::layout::Abs;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use super::emit::{Arg, Emitted, Emitter};
use super::glyphs::Glyphs;
use super::weave::is_blank;

/// Pages whose furniture one virtual file calls for: they are laid out side by side.
pub(super) const SHEETS: usize = 24;
/// Label of the note that the template leaves at the start of each run of pages.
const NOTE: &str = "sheet";

/// A run of pages with one head, as the template noted it.
struct Sheets {
    /// Index of its first page.
    first: usize,
    part: String,
    title: String,
    tab: usize,
    tab_label: String,
    flipped: bool,
    gap: bool,
    /// How far further right its words stand on a left-hand page.
    mirror: Abs,
}

/// How far further right the words of a page stand where it is a left-hand one, by the index of the page.
pub(super) fn mirror(document: &PagedDocument) -> impl Fn(usize) -> Abs + use<> {
    let notes = notes(document);
    move |page| {
        let after = notes.partition_point(|note| note.first <= page);
        after.checked_sub(1).map_or(Abs::zero(), |at| notes[at].mirror)
    }
}

/// Writes the sources of all furniture of a document, by path: for each of its pages two, what lies under and what lies
/// over it, for [`SHEETS`] pages in one file.
pub(super) fn write(document: &PagedDocument, glyphs: &Glyphs) -> Vec<(String, String)> {
    let notes = notes(document);
    let pages: Vec<(usize, bool)> = document
        .pages()
        .iter()
        .enumerate()
        .map(|(index, page)| (index, is_blank(&page.frame)))
        .collect();
    let part = |(n, part)| {
        let written = part_of(&notes, part, pages.len(), glyphs);
        (format!("/furniture/{n}.typ"), written.text)
    };
    pages.chunks(SHEETS).enumerate().map(part).collect()
}

/// The furniture of some pages, each with its index and whether it is blank.
fn part_of(notes: &[Sheets], pages: &[(usize, bool)], total: usize, glyphs: &Glyphs) -> Emitted {
    let mut em = Emitter::new(glyphs);
    for &(index, blank) in pages {
        let after = notes.partition_point(|note| note.first <= index);
        let note = after.checked_sub(1).and_then(|at| notes.get(at));
        let text = |of: fn(&Sheets) -> &str| note.filter(|_| !blank).map_or("", of);
        let yes = |of: fn(&Sheets) -> bool| note.is_some_and(|note| !blank && of(note));
        em.call(
            "furnished",
            &[
                ("n", Arg::Int(index + 1)),
                ("total", Arg::Int(total)),
                ("part", Arg::Str(text(|note| &note.part))),
                ("title", Arg::Str(text(|note| &note.title))),
                (
                    "tab",
                    Arg::Int(note.filter(|_| !blank).map_or(0, |note| note.tab)),
                ),
                ("tab-label", Arg::Str(text(|note| &note.tab_label))),
                ("flipped", Arg::Bool(yes(|note| note.flipped))),
                ("gap", Arg::Bool(yes(|note| note.gap))),
                ("blank", Arg::Bool(blank)),
            ],
        );
    }
    em.finish()
}

fn notes(document: &PagedDocument) -> Vec<Sheets> {
    let introspector = document.introspector();
    let Some(label) = Label::new(PicoStr::intern(NOTE)) else {
        return vec![];
    };
    let noted = introspector.query(&Selector::Label(label));
    noted
        .iter()
        .filter_map(|content| {
            let page = introspector.page(content.location()?)?;
            let Value::Dict(note) = &content.to_packed::<MetadataElem>()?.value else {
                return None;
            };
            Some(Sheets {
                first: page.get() - 1,
                part: text(note, "part"),
                title: text(note, "title"),
                tab: match note.get("tab") {
                    Ok(Value::Int(tab)) => usize::try_from(*tab).unwrap_or(0),
                    _ => 0,
                },
                tab_label: text(note, "tab-label"),
                flipped: yes(note, "flipped"),
                gap: yes(note, "gap"),
                mirror: match note.get("mirror") {
                    Ok(Value::Length(length)) => length.abs,
                    _ => Abs::zero(),
                },
            })
        })
        .collect()
}

fn text(note: &Dict, key: &str) -> String {
    match note.get(key) {
        Ok(Value::Str(text)) => text.to_string(),
        _ => String::new(),
    }
}

fn yes(note: &Dict, key: &str) -> bool {
    matches!(note.get(key), Ok(Value::Bool(true)))
}
