//! The printed binder: one Typst file per document, a template from the theme, compiled in memory to PDF.
//!
//! [`book`] says which documents there are and in which order; the modules beside it write one kind each, through
//! [`emit`], which is the only door from text to Typst source. All look stands in the theme's `print/binder.typ`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::binder::Binder;
use crate::diagnostic::Diagnostic;
use crate::rule::{RowId, rule};
use crate::theme::Theme;
use crate::world::Folder;

mod analyses;
mod arrange;
mod book;
mod cells;
mod compile;
mod contingency;
mod control;
mod decisions;
mod emit;
mod exhibits;
mod front;
mod furniture;
mod gaps;
mod glyphs;
mod index;
mod links;
mod manuscript;
mod pictures;
mod places;
mod prose;
mod redline;
mod registers;
mod risks;
mod rows;
mod runs;
mod scope;
mod sealed;
mod settle;
mod shelf;
mod signatures;
mod single;
mod tables;
mod text;
mod texts;
mod weave;
mod world;
mod wrap;

use compile::{About, Places};
use emit::{Emitted, Lack, Unshown};
use manuscript::Manuscript;

pub use sealed::{VersionSheet, version_sheet};
pub use single::Single;

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
    let manuscript = Manuscript::new(binder, theme, folder)?;
    let mut places = Places::new(folder);
    let mut warnings = unshown(&manuscript.files, &mut places);
    let about = About {
        build_id: &binder.meta.build_id,
        as_of: binder.meta.as_of,
        attach: binder.content.config.attach,
    };
    let compiled = compile::compile(&manuscript, &about, theme, &mut places);
    warnings.extend(manuscript.warnings);
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

/// The sources of the print as the plain Typst compiler takes them, fonts included: for people who work on a theme, and
/// to hold our pages against its own.
///
/// # Errors
/// As [`render`], as far as they show before anything is laid out.
pub fn sources(
    binder: &Binder,
    theme: &Theme,
    folder: &Folder,
) -> Result<BTreeMap<String, Vec<u8>>, Vec<Diagnostic>> {
    let mut files = Manuscript::new(binder, theme, folder)?.plain();
    let fonts = theme.below("fonts");
    files.extend(fonts.map(|(path, file)| (path.to_string(), file.bytes.as_ref().to_vec())));
    Ok(files)
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
