//! From virtual files to PDF, and from the layout engine's messages to places in the clinic's files.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use typst::World;
use typst::WorldExt;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Label, Smart};
use typst::introspection::Introspector;
use typst::syntax::DiagSpan;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::emit::{Emitted, Origin};
use super::manuscript::Manuscript;
use super::runs::{self, Failed};
use super::weave::weave;
use super::world::Pages;
use super::{furniture, settle};
use crate::content;
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::theme::Theme;
use crate::world::Folder;

/// A compiled binder.
pub(super) struct Compiled {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// The laid-out pages.
    pub document: PagedDocument,
}

/// Turns origins into places; the lines of each file are counted at most once.
pub(super) struct Places<'a> {
    folder: &'a Folder,
    sources: BTreeMap<Arc<str>, Source>,
}

impl<'a> Places<'a> {
    /// Places in the files of `folder`.
    pub fn new(folder: &'a Folder) -> Self {
        Self {
            folder,
            sources: BTreeMap::new(),
        }
    }

    /// The place of an origin.
    pub fn place(&mut self, origin: &Origin) -> Option<Place> {
        match origin {
            Origin::None => None,
            Origin::Place(place) => Some(place.clone()),
            Origin::Range(path, range) => {
                let source = self.sources.entry(path.clone()).or_insert_with(|| {
                    let read = self
                        .folder
                        .files
                        .get(path)
                        .and_then(|file| content::text::source(path, file));
                    read.unwrap_or_else(|| Source::new(path.clone(), ""))
                });
                Some(source.place(range.as_range()))
            }
        }
    }
}

/// What the PDF says of itself beside its pages.
pub(super) struct About<'a> {
    /// Its identifier.
    pub build_id: &'a str,
    /// Its date.
    pub as_of: Date,
    /// Files are attached.
    pub attach: bool,
}

/// Lays out and exports.
pub(super) fn compile(
    manuscript: &Manuscript,
    about: &About,
    theme: &Theme,
    places: &mut Places,
) -> Result<Compiled, Vec<Diagnostic>> {
    let document = if manuscript.may_be_woven() {
        let mut room = ROOM.to_string();
        loop {
            let (world, document) = lay_out(manuscript, Some(&room), theme, places)?;
            // A book with more pages than its numbers have digits for is laid out again, with more.
            if document.pages().len().to_string().len() > room.len() {
                room.push('9');
                continue;
            }
            break furnish(manuscript, &world, &document)?;
        }
    } else {
        lay_out(manuscript, None, theme, places)?.1
    };
    // A-2a takes no attachments.
    let archive = if about.attach {
        PdfStandard::A_3a
    } else {
        PdfStandard::A_2a
    };
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, archive]).map_err(|error| {
        vec![Diagnostic::error(
            "print-failed",
            Place::default(),
            format!("The PDF can't be made: {}", error.message()),
        )]
    })?;
    let date = about.as_of;
    let timestamp = Datetime::from_ymd_hms(date.year().into(), date.month() as u8, date.day() as u8, 0, 0, 0);
    let options = PdfOptions {
        ident: Smart::Custom(about.build_id.to_string()),
        creator: Smart::Custom(Some(
            concat!("hipaa-binder ", env!("CARGO_PKG_VERSION")).to_string(),
        )),
        timestamp: timestamp.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    match typst_pdf::pdf(&document, &options) {
        Ok(pdf) => Ok(Compiled {
            pdf: settle::line_ends(pdf),
            document,
        }),
        Err(errors) => {
            let world = manuscript.world(None).ok_or_else(failed)?;
            Err(explain_all(&errors, &world, manuscript, theme, places))
        }
    }
}

/// Digits of a page number in most binders.
const ROOM: &str = "999";

/// Lays out the manuscript: the world it was seen in, and its pages.
fn lay_out(
    manuscript: &Manuscript,
    room: Option<&str>,
    theme: &Theme,
    places: &mut Places,
) -> Result<(Pages, PagedDocument), Vec<Diagnostic>> {
    let world = manuscript.world(room).ok_or_else(failed)?;
    if room.is_some() {
        return match runs::lay_out(&world, &manuscript.runs) {
            Ok(document) => Ok((world, document)),
            Err(Failed::Errors(errors)) => Err(explain_all(&errors, &world, manuscript, theme, places)),
            Err(Failed::Moving) => Err(vec![broken(
                "the page numbers of its indexes do not come to rest",
            )]),
            Err(Failed::Nothing) => Err(failed()),
        };
    }
    let laid_out = typst::compile::<PagedDocument>(&world);
    // Page numbers that were still moving would be wrong ones: no binder is better.
    let moving: Vec<SourceDiagnostic> = laid_out
        .warnings
        .into_iter()
        .filter(|warning| warning.message.contains("did not converge"))
        .collect();
    match laid_out.output {
        Ok(document) if moving.is_empty() => Ok((world, document)),
        Ok(_) => Err(explain_all(&moving, &world, manuscript, theme, places)),
        Err(errors) => Err(explain_all(&errors, &world, manuscript, theme, places)),
    }
}

/// Writes page numbers and links into the pages, and lays head, foot and tabs on each.
fn furnish(
    manuscript: &Manuscript,
    world: &Pages,
    document: &PagedDocument,
) -> Result<PagedDocument, Vec<Diagnostic>> {
    let sources = furniture::write(document, &manuscript.glyphs);
    let mains: Vec<String> = sources.iter().map(|(path, _)| path.clone()).collect();
    let furniture = runs::each(&world.with(sources), &mains).map_err(|errors| {
        let why = errors.first().map(|error| error.message.to_string());
        vec![broken(&format!("its furniture: {}", why.unwrap_or_default()))]
    })?;
    let pair = |index: usize| {
        let first = 2 * (index % furniture::SHEETS);
        let pages = furniture.get(index / furniture::SHEETS)?.pages();
        let pages = pages.get(first..first + 2)?;
        Some((pages[0].frame.clone(), pages[1].frame.clone()))
    };
    weave(document, pair)
        .map_err(|missing| vec![broken(&format!("no page has the label {}", missing.join(", ")))])
}

fn failed() -> Vec<Diagnostic> {
    vec![broken("it could not be set up")]
}

fn broken(why: &str) -> Diagnostic {
    let message = format!("The PDF can't be made: {why}.");
    Diagnostic::error("print-failed", Place::default(), message)
        .help("This is a fault of the program. Please report it; the website can be built with --no-pdf.")
}

fn explain_all(
    errors: &[SourceDiagnostic],
    world: &Pages,
    manuscript: &Manuscript,
    theme: &Theme,
    places: &mut Places,
) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = errors
        .iter()
        .map(|error| explain(error, world, &manuscript.files, theme, places))
        .collect();
    out.dedup();
    out
}

/// The physical page, from 1, that a label stands on.
pub(super) fn page_of(document: &PagedDocument, label: &str) -> Option<usize> {
    let label = Label::new(PicoStr::intern(label))?;
    let introspector = document.introspector();
    let location = introspector.query_label(label).ok()?.location()?;
    introspector.page(location).map(|page| page.get())
}

fn explain(
    error: &SourceDiagnostic,
    world: &Pages,
    files: &BTreeMap<String, Emitted>,
    theme: &Theme,
    places: &mut Places,
) -> Diagnostic {
    // The innermost place that somebody other than this program wrote: their file, or their theme.
    let mut spans: Vec<DiagSpan> = vec![error.span];
    spans.extend(error.trace.iter().map(|point| DiagSpan::from(point.span)));
    let (mut found, mut built_in) = (None, String::new());
    for span in spans {
        let (Some(id), Some(range)) = (span.id(), world.range(span)) else {
            continue;
        };
        let path = id.vpath().get_with_slash();
        if let Some(emitted) = files.get(path) {
            found = places.place(emitted.origin(range.start));
        } else if let Some(file) = theme.get(path.trim_start_matches('/'))
            && let Ok(source) = world.source(id)
        {
            match &file.overridden {
                Some(own) => found = Some(Source::new(own.clone(), source.text()).place(range)),
                None if built_in.is_empty() => {
                    let line = source
                        .lines()
                        .byte_to_line(range.start)
                        .map_or(0, |line| line + 1);
                    built_in = format!(" (the built-in {path}, line {line})");
                }
                None => {}
            }
        }
        if found.is_some() {
            break;
        }
    }
    let hints: Vec<&str> = error.hints.iter().map(|hint| hint.v.as_str()).collect();
    let place = found.unwrap_or_default();
    Diagnostic::error(
        "print-failed",
        place,
        format!("This can't be printed: {}{built_in}", error.message),
    )
    .help(hints.join("; "))
}
