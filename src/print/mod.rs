//! The printed binder: one Typst file per document, a template from the theme, compiled in memory to PDF.
//!
//! [`book`] says which documents there are and in which order; the modules beside it write one kind each, through
//! [`emit`], which is the only door from text to Typst source. All look stands in the theme's `print/binder.typ`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use typst::foundations::Bytes;

use crate::binder::Binder;
use crate::content::config::Paper;
use crate::diagnostic::{Diagnostic, Place};
use crate::rule::{RowId, rule};
use crate::theme::Theme;
use crate::world::Folder;

mod book;
mod cells;
mod compile;
mod decisions;
mod emit;
mod exhibits;
mod front;
mod gaps;
mod glyphs;
mod index;
mod links;
mod pictures;
mod prose;
mod registers;
mod risks;
mod rows;
mod settle;
mod signatures;
mod tables;
mod text;
mod texts;
mod world;
mod wrap;

use book::{Book, Doc};
use compile::Places;
use emit::{Arg, Emitted, Emitter, Lack, Unshown};
use glyphs::Glyphs;
use links::Links;
use pictures::Pictures;

/// What the print stage made.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The PDF.
    pub pdf: Arc<[u8]>,
    /// Pages, counted 1 to y from the cover.
    pub pages: usize,
    /// First page of each row's part, physical, from 1.
    pub row_pages: BTreeMap<RowId, usize>,
}

/// Codes of warnings that only printing can find, so that checking without printing does not show them.
pub const FOUND_BY_PRINTING: [&str; 9] = [
    "character-not-printable",
    "exhibit-cut",
    "exhibit-empty",
    "exhibit-encrypted",
    "exhibit-not-drawable",
    "exhibit-not-utf8",
    "exhibit-scaled-down",
    "exhibit-too-large",
    "picture-not-printable",
];

/// The virtual file that calls all others.
const MAIN: &str = "/main.typ";
/// Builds that the layout engine remembers: enough for the next one, little enough for a small machine.
const REMEMBER: usize = 2;

/// Lays the binder out and exports it as PDF/UA-1 and PDF/A-2a, or A-3a where the files of exhibits are attached.
///
/// The warnings that come with a PDF name text that no font of the theme can show (its code stands in its place), and
/// exhibits that could not be printed as they are (a sheet stands in their place).
///
/// # Errors
/// Diagnostics, at the Markdown line where one can be named: a template of the clinic's theme that fails, or content
/// that the archive standard refuses.
pub fn render(
    binder: &Binder,
    theme: &Theme,
    folder: &Folder,
) -> Result<(Printed, Vec<Diagnostic>), Vec<Diagnostic>> {
    let glyphs = Glyphs::load(theme);
    if glyphs.is_empty() {
        let place = Place::file("theme/fonts");
        return Err(vec![Diagnostic::error(
            "no-fonts",
            place,
            "The theme holds no fonts, so nothing can be printed.",
        )]);
    }
    let paper = binder.meta.paper;
    let room = (Book::paper_width(paper), Book::picture_height(paper));
    let links = Links::new(binder, Pictures::new(folder, room));
    let drawings = exhibits::draw(binder, &links, folder, room);
    let book = Book {
        binder,
        links,
        glyphs,
        folder,
        drawings,
    };
    let docs = book.documents();
    let mut files: BTreeMap<String, Emitted> = docs
        .par_iter()
        .map(|doc| (doc.path(), book.write(*doc)))
        .collect();
    files.insert(MAIN.to_string(), main(&book, &docs));

    let mut places = Places::new(folder);
    let mut warnings = unshown(&files, &mut places);
    let meta = meta(&book);
    let theme_sources: Vec<(String, String)> = theme
        .below("print")
        .filter(|(path, _)| path.ends_with(".typ"))
        .map(|(path, file)| {
            (
                format!("/{path}"),
                String::from_utf8_lossy(file.bytes.as_ref()).into_owned(),
            )
        })
        .collect();
    let sources: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, emitted)| (path.as_str(), emitted.text.as_str()))
        .chain(
            theme_sources
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str())),
        )
        .chain([("/meta.typ", meta.as_str())])
        .collect();
    let Book {
        links,
        glyphs,
        drawings,
        ..
    } = book;
    let mut pictures = links.into_pictures().into_files();
    pictures.extend(drawings.files);
    pictures.extend(exhibits::attachments(binder, folder));
    warnings.extend(drawings.warnings);
    pictures.extend(
        theme
            .below("print")
            .filter(|(path, _)| !path.ends_with(".typ"))
            .map(|(path, file)| (format!("/{path}"), Bytes::new(file.bytes.as_ref().to_vec()))),
    );
    let Some(world) = world::Pages::new(MAIN, sources, pictures, glyphs) else {
        return Err(vec![Diagnostic::error(
            "print-failed",
            Place::default(),
            "The PDF can't be made.",
        )]);
    };
    let compiled = compile::compile(&world, &files, binder, theme, &mut places);
    comemo::evict(REMEMBER);
    let compiled = compiled?;
    let row_pages = rule()
        .row_ids()
        .filter_map(|row| {
            Some((
                row,
                compile::page_of(&compiled.document, &format!("row-{}", row.index()))?,
            ))
        })
        .collect();
    let pages = compiled.document.pages().len();
    Ok((
        Printed {
            pdf: compiled.pdf.into(),
            pages,
            row_pages,
        },
        warnings,
    ))
}

/// The file that sets the book together.
fn main(book: &Book, docs: &[Doc]) -> Emitted {
    let mut em = Emitter::new(&book.glyphs);
    let part = match book.binder.meta.only.is_whole() {
        true => String::new(),
        false => format!(", part {}", book.binder.meta.only.brief()),
    };
    let title = format!(
        "{}: Security Rule binder{part}, {}, {}, as of {}",
        book.binder.meta.practice,
        book.binder.meta.copy(),
        front::version(book),
        book.binder.meta.as_of
    );
    em.show("binder", &[("title", Arg::Str(&title))]);
    for doc in docs {
        if doc.right_hand() {
            em.call("right-hand", &[]);
        }
        em.include(&doc.path());
    }
    em.finish()
}

/// What stands on every sheet, for the template.
fn meta(book: &Book) -> String {
    let meta = &book.binder.meta;
    let em = Emitter::new(&book.glyphs);
    let (version, notice, as_of) = (front::version(book), front::notice(book), meta.as_of.to_string());
    let edition = meta.copy();
    em.dictionary(
        "m",
        &[
            ("practice", Arg::Str(&meta.practice)),
            ("version", Arg::Str(&version)),
            ("edition", Arg::Str(&edition)),
            ("as-of", Arg::Str(&as_of)),
            ("build", Arg::Str(&meta.build_id_short)),
            ("notice", Arg::Str(&notice)),
            (
                "paper",
                Arg::Str(match meta.paper {
                    Paper::UsLetter => "us-letter",
                    Paper::A4 => "a4",
                }),
            ),
        ],
    )
}

/// A warning for each place with text that no font can show, or with a picture that can't be printed.
fn unshown(files: &BTreeMap<String, Emitted>, places: &mut Places) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = vec![];
    for Unshown { lack, origin } in files.values().flat_map(|file| &file.unshown) {
        let Some(place) = places.place(origin) else {
            continue;
        };
        let c = match lack {
            Lack::Character(c) => *c,
            Lack::Picture(src, why) => {
                let message =
                    format!("The picture {src} can't be printed: {why}. Its name is printed instead.");
                let help = "Open it and save it as a new PNG or JPEG; if it does not open, copy it again from where it came.";
                warnings.push(Diagnostic::warning("picture-not-printable", place, message).help(help));
                continue;
            }
        };
        let code = format!("U+{:04X}", c as u32);
        let message =
            format!("No font of the printed binder has the character {code}; [{code}] is printed instead.");
        let help = "Write it in other letters, or put a font that has it into theme/fonts.";
        warnings.push(Diagnostic::warning("character-not-printable", place, message).help(help));
    }
    warnings.sort_by_key(|warning| (warning.order(), warning.message.clone()));
    warnings.dedup();
    warnings
}

#[cfg(test)]
mod tests;
