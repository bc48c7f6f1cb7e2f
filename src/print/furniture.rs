//! What stands on every sheet beside its text: head, foot, edge tab, the bar of a gap page.
//!
//! It names the page and how many there are, which only finished pages know. So it is set by itself, afterwards, one
//! small page below and one above each sheet, and [`super::weave`] lays the three together.

use typst::foundations::{Dict, Label, Selector, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use super::emit::{Arg, Emitted, Emitter};
use super::glyphs::Glyphs;
use super::weave::is_blank;

/// The virtual file that calls for it all.
pub(super) const PATH: &str = "/furniture.typ";
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
}

/// Writes the source of all furniture of a document: for each of its pages two, what lies under and what lies over it.
pub(super) fn write(document: &PagedDocument, glyphs: &Glyphs) -> Emitted {
    let notes = notes(document);
    let total = document.pages().len();
    let mut em = Emitter::new(glyphs);
    for (index, page) in document.pages().iter().enumerate() {
        let after = notes.partition_point(|note| note.first <= index);
        let note = after.checked_sub(1).and_then(|at| notes.get(at));
        let blank = is_blank(&page.frame);
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
