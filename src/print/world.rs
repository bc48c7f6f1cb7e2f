//! The world a binder is set in: files in memory, fonts of the theme, no clock, no disk, no network.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use rayon::prelude::*;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::glyphs::Glyphs;

/// Built once: it is part of the key of everything the layout engine remembers.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Everything one compilation may see.
pub(super) struct Pages {
    main: FileId,
    // Looked up, never listed: the order of a hash map can't show.
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

/// The id of a virtual file. Names are used again from build to build: ids are never given back.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// A file as the engine reads it. Where the next build has the same one, it is the same source.
#[comemo::memoize]
fn parsed(id: FileId, text: &str) -> Source {
    Source::new(id, text.to_string())
}

impl Pages {
    /// `sources` are Typst files by path, `files` images by path; `main` is one of the sources.
    pub fn new<'a>(
        main: &str,
        sources: impl IntoParallelIterator<Item = (&'a str, &'a str)>,
        files: BTreeMap<String, Bytes>,
        glyphs: &Glyphs,
    ) -> Option<Self> {
        let sources = sources
            .into_par_iter()
            .filter_map(|(path, text)| {
                let id = file_id(path)?;
                Some((id, parsed(id, text)))
            })
            .collect();
        let files = files
            .into_iter()
            .filter_map(|(path, bytes)| Some((file_id(&path)?, bytes)))
            .collect();
        let book = LazyHash::new(glyphs.book());
        Some(Self {
            main: file_id(main)?,
            sources,
            files,
            fonts: glyphs.fonts(),
            book,
        })
    }

    /// The same world with another of its sources as main file.
    pub fn alone(&self, main: &str) -> Alone<'_> {
        let main = file_id(main).unwrap_or(self.main);
        Alone { pages: self, main }
    }

    /// The same world with more sources.
    pub fn with(&self, more: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut sources = self.sources.clone();
        sources.extend(more.into_iter().filter_map(|(path, text)| {
            let id = file_id(&path)?;
            Some((id, parsed(id, &text)))
        }));
        Self {
            main: self.main,
            sources,
            files: self.files.clone(),
            fonts: self.fonts.clone(),
            book: self.book.clone(),
        }
    }
}

impl World for Pages {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A world seen from another of its files.
pub(super) struct Alone<'a> {
    pages: &'a Pages,
    main: FileId,
}

impl World for Alone<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.pages.library()
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.pages.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.pages.source(id)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.pages.file(id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.pages.font(index)
    }

    fn today(&self, offset: Option<Duration>) -> Option<Datetime> {
        self.pages.today(offset)
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_with_slash().into())
}
