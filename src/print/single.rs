//! One text as Typst source, without the book around it: what the book writes for the same words.
//!
//! For checks that look at many texts: a book takes a thousand times as long to write.

use std::sync::Arc;

use super::book::Book;
use super::emit::{Arg, Emitter};
use super::glyphs::Glyphs;
use super::links::Links;
use super::pictures::Pictures;
use super::prose::Prose;
use crate::binder::Binder;
use crate::markdown::Document;
use crate::theme::Theme;
use crate::world::Folder;

/// Writes texts as the book of one binder would.
pub struct Single {
    glyphs: Glyphs,
    links: Links,
    width: f64,
}

impl Single {
    /// For texts whose links lead to what `binder` prints.
    pub fn new(binder: &Binder, theme: &Theme, folder: &Folder) -> Self {
        let paper = binder.meta.paper;
        let room = (Book::paper_width(paper), Book::picture_height(paper));
        Self {
            glyphs: Glyphs::load(theme),
            links: Links::new(binder, Pictures::new(folder, room)),
            width: room.0,
        }
    }

    /// The Typst source of a whole text with its notes. `path` is its file: its links start there.
    pub fn source(&self, path: &str, document: &Document) -> String {
        let prose = Prose {
            document,
            path: &Arc::from(path),
            links: &self.links,
            prefix: "single".to_string(),
            base: 2,
            bookmarks: true,
            width: self.width,
        };
        let mut em = Emitter::new(&self.glyphs);
        prose.whole(&mut em);
        em.finish().text
    }

    /// The Typst source of a title and of the cells of a table with it: where one line of words stands in the book.
    pub fn line(&self, words: &str) -> String {
        let mut em = Emitter::new(&self.glyphs);
        em.call(
            "brk",
            &[
                ("", Arg::Str(words)),
                ("", Arg::Alt(words)),
                ("", Arg::Label(words)),
            ],
        );
        em.within(Some((60.0, 9.0)));
        em.open("p", &[]);
        em.text(words);
        em.mono(words);
        em.close();
        em.finish().text
    }
}
