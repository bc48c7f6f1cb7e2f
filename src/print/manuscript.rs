//! The binder as Typst sources, complete: the documents, the theme, what stands on every sheet, pictures and fonts.

use std::collections::BTreeMap;

use rayon::prelude::*;
use typst::foundations::Bytes;

use super::book::{Book, Doc, Tab};
use super::emit::{Arg, Emitted, Emitter};
use super::glyphs::Glyphs;
use super::links::Links;
use super::pictures::Pictures;
use super::runs::Run;
use super::world::Pages;
use super::{exhibits, front};
use crate::binder::Binder;
use crate::content::config::Paper;
use crate::diagnostic::{Diagnostic, Place};
use crate::theme::Theme;
use crate::world::Folder;

/// The virtual file that calls all others.
pub(super) const MAIN: &str = "/main.typ";
/// The virtual file with what the template must know of the whole binder.
pub(super) const META: &str = "/meta.typ";
/// Folder of the theme's Typst files.
const TEMPLATE: &str = "print";

/// Everything that is handed to the layout engine.
pub(super) struct Manuscript {
    /// The documents and the main file, by path.
    pub files: BTreeMap<String, Emitted>,
    /// The documents in their order, each with the file that calls it alone.
    pub runs: Vec<Run>,
    /// Fonts.
    pub glyphs: Glyphs,
    /// What could not be printed as it is.
    pub warnings: Vec<Diagnostic>,
    /// The theme's Typst files, by path.
    template: Vec<(String, String)>,
    /// The files that call one document each, by path.
    alone: BTreeMap<String, String>,
    /// True where a file of the template is the clinic's.
    own_template: bool,
    /// What stands on every sheet: a dictionary without its end.
    sheet: String,
    /// Pictures, exhibits, attachments and other files of the theme, by path.
    assets: BTreeMap<String, Bytes>,
}

impl Manuscript {
    /// Writes the binder.
    ///
    /// # Errors
    /// A theme without fonts.
    pub fn new(binder: &Binder, theme: &Theme, folder: &Folder) -> Result<Self, Vec<Diagnostic>> {
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
        let alone = docs.iter().map(|doc| (alone_path(*doc), alone(&book, *doc).text));
        let alone = alone.collect();
        let runs = docs.iter().map(|doc| Run {
            main: alone_path(*doc),
            right_hand: doc.right_hand(),
            late: matches!(doc, Doc::RequestIndex | Doc::CitationIndex),
        });
        let runs = runs.collect();
        let sheet = sheet(&book);
        let Book {
            links,
            glyphs,
            drawings,
            ..
        } = book;
        let (template, other): (Vec<_>, Vec<_>) = theme
            .below(TEMPLATE)
            .partition(|(path, _)| path.ends_with(".typ"));
        let mut assets = links.into_pictures().into_files();
        assets.extend(drawings.files);
        assets.extend(exhibits::attachments(binder, folder));
        assets.extend(other.iter().map(|(path, file)| {
            let bytes = file.bytes.as_ref().to_vec();
            (format!("/{path}"), Bytes::new(bytes))
        }));
        Ok(Self {
            files,
            runs,
            alone,
            glyphs,
            warnings: drawings.warnings,
            own_template: template.iter().any(|(_, file)| file.overridden.is_some()),
            template: template
                .iter()
                .map(|(path, file)| {
                    let text = String::from_utf8_lossy(file.bytes.as_ref());
                    (format!("/{path}"), text.into_owned())
                })
                .collect(),
            sheet,
            assets,
        })
    }

    /// A sheet of its own, which is no part of a book: its document, and what stands on it as on every sheet, with the
    /// built-in template.
    pub fn loose(theme: &Theme, glyphs: Glyphs, files: BTreeMap<String, Emitted>, sheet: String) -> Self {
        let template = theme.below(TEMPLATE).filter(|(path, _)| path.ends_with(".typ"));
        let main = Run {
            main: MAIN.to_string(),
            right_hand: false,
            late: false,
        };
        Self {
            files,
            runs: vec![main],
            alone: BTreeMap::new(),
            glyphs,
            warnings: vec![],
            own_template: false,
            template: template
                .map(|(path, file)| {
                    let text = String::from_utf8_lossy(file.bytes.as_ref());
                    (format!("/{path}"), text.into_owned())
                })
                .collect(),
            sheet,
            assets: BTreeMap::new(),
        }
    }

    /// True where page numbers, links and furniture may be woven in afterwards. A template of the clinic's own need
    /// not know of that: it does what any Typst document does.
    pub fn may_be_woven(&self) -> bool {
        !self.own_template
    }

    /// The world to lay out: with `room`, as many nines as a page number may have digits, to be woven; without, for
    /// the plain compiler.
    pub fn world(&self, room: Option<&str>) -> Option<Pages> {
        let meta = self.meta(room);
        let mut sources: Vec<(&str, &str)> = self.sources(&meta).collect();
        if room.is_some() {
            sources.extend(
                self.alone
                    .iter()
                    .map(|(path, text)| (path.as_str(), text.as_str())),
            );
        }
        Pages::new(MAIN, sources, self.assets.clone(), &self.glyphs)
    }

    /// Every file that the plain compiler needs to make the same book, by path from the root, fonts apart.
    pub fn plain(&self) -> BTreeMap<String, Vec<u8>> {
        let meta = self.meta(None);
        let sources = self
            .sources(&meta)
            .map(|(path, text)| (path, text.as_bytes().to_vec()));
        let assets = self
            .assets
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.to_vec()));
        sources
            .chain(assets)
            .map(|(path, bytes)| (path.trim_start_matches('/').to_string(), bytes))
            .collect()
    }

    fn sources<'a>(&'a self, meta: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let files = self
            .files
            .iter()
            .map(|(path, emitted)| (path.as_str(), emitted.text.as_str()));
        let template = self
            .template
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        files.chain(template).chain([(META, meta)])
    }

    fn meta(&self, room: Option<&str>) -> String {
        let woven = room.is_some();
        format!(
            "{}woven: {woven}, room: \"{}\", )\n",
            self.sheet,
            room.unwrap_or_default()
        )
    }
}

/// The file that sets the book together.
fn main(book: &Book, docs: &[Doc]) -> Emitted {
    let mut em = Emitter::new(&book.glyphs);
    begin(book, &mut em);
    for doc in docs {
        if doc.right_hand() {
            em.call("right-hand", &[]);
        }
        em.include(&doc.path());
    }
    em.finish()
}

/// The file that calls one document alone.
fn alone(book: &Book, doc: Doc) -> Emitted {
    let mut em = Emitter::new(&book.glyphs);
    begin(book, &mut em);
    em.include(&doc.path());
    em.finish()
}

/// Where that file is. Names return from build to build.
fn alone_path(doc: Doc) -> String {
    format!("/alone{}", doc.path())
}

/// The look of the book, and its title.
fn begin(book: &Book, em: &mut Emitter) {
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
}

/// What stands on every sheet, for the template: the start of a dictionary `m`.
fn sheet(book: &Book) -> String {
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
            ("tabs", Arg::Int(Tab::all().len())),
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
