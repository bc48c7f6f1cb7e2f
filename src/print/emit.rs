//! Writes Typst source that can hold any text safely.
//!
//! Only two forms are ever written: string literals (`#"text";`) and calls of template functions (`#name(...)[...];`).
//! No text of a clinic reaches Typst markup, so `"` and `\` are all there is to escape, and a place in the written
//! source leads back to the place in the clinic's file through a sorted table.

use std::fmt::Write as _;
use std::sync::Arc;

use super::glyphs::Glyphs;
use super::places::Span;
use super::wrap::{chop, chop_to, is_citation, words};
use crate::diagnostic::{Place, Range32};

/// Where a piece of text was typed.
#[derive(Debug, Clone, Default)]
pub(super) enum Origin {
    /// Made by this program.
    #[default]
    None,
    /// A place with its line.
    Place(Place),
    /// A byte range of a file whose lines were not counted yet.
    Range(Arc<str>, Range32),
}

/// A value handed to a template function.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arg<'a> {
    /// Text.
    Str(&'a str),
    /// A whole number.
    Int(usize),
    /// true or false.
    Bool(bool),
    /// A list of texts.
    List(&'a [&'a str]),
    /// A list of whole numbers.
    Ints(&'a [usize]),
    /// A list of lengths in points.
    Points(&'a [f64]),
    /// A length in points.
    Point(f64),
    /// A label name, or `none` when empty.
    Label(&'a str),
    /// Pieces of the print, by their labels.
    Spans(&'a [Span]),
    /// Text that no page shows: the words behind a picture, the name of a file. Every character is kept.
    Alt(&'a str),
}

/// What a file asks for and the print can't show.
#[derive(Debug, Clone)]
pub(super) enum Lack {
    /// A character that no font has.
    Character(char),
    /// A picture of the folder, and why it can't be printed.
    Picture(String, String),
}

/// Something that could not be shown.
#[derive(Debug, Clone)]
pub(super) struct Unshown {
    /// What it is.
    pub lack: Lack,
    /// Where it was typed.
    pub origin: Origin,
}

/// One virtual Typst file in the making.
pub(super) struct Emitter<'a> {
    out: String,
    glyphs: &'a Glyphs,
    origin: Origin,
    marks: Vec<(usize, Origin)>,
    unshown: Vec<Unshown>,
    limit: Option<(f64, f64)>,
    run: f64,
    depth: usize,
    indents: Vec<f64>,
    unindexed: bool,
}

/// A finished virtual file.
pub(super) struct Emitted {
    /// The Typst source.
    pub text: String,
    /// Offsets into `text` from which on the text came from the origin; sorted.
    pub marks: Vec<(usize, Origin)>,
    /// What could not be shown.
    pub unshown: Vec<Unshown>,
}

impl Emitted {
    /// Where the byte `offset` of the written source was typed.
    pub fn origin(&self, offset: usize) -> &Origin {
        match self.marks.partition_point(|(at, _)| *at <= offset) {
            0 => &Origin::None,
            n => &self.marks[n - 1].1,
        }
    }
}

/// How deep lists, quotations and emphasis are nested in print; deeper ones are set as if they were not.
const DEEPEST: usize = 12;
/// Longest run of letters that is set without a place to break, where the caller knows of no width.
const LONG_WORD: usize = 24;

impl<'a> Emitter<'a> {
    /// An empty file that may call every function of the template.
    pub fn new(glyphs: &'a Glyphs) -> Self {
        let imports =
            ["binder", "forms", "indexes"].map(|file| format!("#import \"/print/{file}.typ\": *\n"));
        let out = imports.concat();
        Self {
            out,
            glyphs,
            origin: Origin::None,
            marks: vec![],
            unshown: vec![],
            limit: None,
            run: 0.0,
            depth: 0,
            indents: vec![],
            unindexed: false,
        }
    }

    /// The finished file.
    pub fn finish(self) -> Emitted {
        Emitted {
            text: self.out,
            marks: self.marks,
            unshown: self.unshown,
        }
    }

    /// Measures of the bundled fonts.
    pub fn glyphs(&self) -> &'a Glyphs {
        self.glyphs
    }

    /// Says where the text that follows was typed.
    pub fn at(&mut self, origin: Origin) {
        self.marks.push((self.out.len(), origin.clone()));
        self.origin = origin;
    }

    /// Keeps the citations of this file out of the index: its words are printed elsewhere, or are not in effect.
    pub fn leave_out_of_index(&mut self) {
        self.unindexed = true;
    }

    /// True where citations are to be found through the index.
    pub fn is_indexed(&self) -> bool {
        !self.unindexed
    }

    /// Notes that something of the place named by [`Self::at`] can't be shown.
    pub fn lacks(&mut self, lack: Lack) {
        let origin = self.origin.clone();
        self.unshown.push(Unshown { lack, origin });
    }

    /// Goes into something nested, whose text stands `points` further to the right.
    pub fn enter(&mut self, points: f64) {
        self.depth += 1;
        self.indents.push(points);
    }

    /// Comes out of it.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.indents.pop();
    }

    /// How far the text stands in from the left edge of its column, in points.
    pub fn indent(&self) -> f64 {
        self.indents.iter().sum()
    }

    /// True where nothing more may be nested.
    pub fn deep(&self) -> bool {
        self.depth >= DEEPEST
    }

    /// Says how wide the cell is that the text that follows stands in, and its type size, both in points: words
    /// that are wider get places to break. `None` outside tables.
    pub fn within(&mut self, limit: Option<(f64, f64)>) {
        self.limit = limit;
        self.run = 0.0;
    }

    /// Width of the cell that is being written, in points.
    pub fn limit(&self) -> Option<f64> {
        self.limit.map(|(width, _)| width)
    }

    /// Text in a paragraph, a cell or a heading. Long words get places to break.
    pub fn text(&mut self, text: &str) {
        self.broken(text, false);
    }

    /// Text in the typewriter face, inside a call that sets it.
    pub fn mono(&mut self, text: &str) {
        self.broken(text, true);
    }

    fn broken(&mut self, text: &str, mono: bool) {
        let mut piece = String::new();
        for (word, space) in words(text) {
            if space {
                piece.push_str(word);
                self.run = 0.0;
                continue;
            }
            let Some((width, size)) = self.limit else {
                if is_citation(word) {
                    self.flush(&mut piece, false);
                    self.whole(word);
                } else if word.len() <= LONG_WORD {
                    piece.push_str(word);
                } else {
                    for part in chop(word, LONG_WORD) {
                        piece.push_str(part);
                        self.flush(&mut piece, true);
                    }
                }
                continue;
            };
            let glyphs = self.glyphs;
            let measure = |text: &str| {
                if mono {
                    glyphs.mono_width(text, size)
                } else {
                    glyphs.width(text, size, true)
                }
            };
            let needed = measure(word);
            if self.run + needed <= width {
                if is_citation(word) {
                    self.flush(&mut piece, false);
                    self.whole(word);
                } else {
                    piece.push_str(word);
                }
                self.run += needed;
                continue;
            }
            // Pieces of bold, code and plain text may stand together as one word: break between them first.
            self.flush(&mut piece, true);
            self.run = 0.0;
            let parts = if needed <= width {
                vec![word]
            } else {
                chop_to(word, width, measure)
            };
            let last = parts.len() - 1;
            for (n, part) in parts.into_iter().enumerate() {
                piece.push_str(part);
                self.run = measure(part);
                if n < last {
                    self.flush(&mut piece, true);
                }
            }
        }
        self.flush(&mut piece, false);
    }

    /// A word that is never broken: a citation stays in one piece.
    fn whole(&mut self, word: &str) {
        self.out.push_str("#nb(");
        self.quoted(word);
        self.out.push_str(");");
    }

    fn flush(&mut self, piece: &mut String, breakable: bool) {
        self.literal(piece);
        piece.clear();
        if breakable {
            self.out.push_str("#brk;");
        }
    }

    /// Text in pieces that may stand on different lines.
    fn literal(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.push('#');
        self.quoted(text);
        self.out.push(';');
    }

    /// A string literal. Characters that can't be shown are replaced by their code in brackets, and noted.
    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' | '\r' | '\t' => self.out.push(' '),
                ' '..='~' => self.out.push(c),
                c => match self.glyphs.show(c) {
                    super::glyphs::Shown::AsIs => self.out.push(c),
                    super::glyphs::Shown::As(other) => self.out.push_str(other),
                    super::glyphs::Shown::Nothing => {}
                    super::glyphs::Shown::Code => {
                        let _ = write!(self.out, "[U+{:04X}]", c as u32);
                        self.lacks(Lack::Character(c));
                    }
                },
            }
        }
        self.out.push('"');
    }

    /// `#name(args);`
    pub fn call(&mut self, name: &str, args: &[(&str, Arg)]) {
        self.start(name, args);
        self.end();
    }

    /// `#name(args)[` ... to be closed with [`Self::close`].
    pub fn open(&mut self, name: &str, args: &[(&str, Arg)]) {
        self.start(name, args);
        self.out.push_str(")[");
    }

    /// Closes what [`Self::open`] opened.
    pub fn close(&mut self) {
        self.out.push_str("];\n");
    }

    /// `#name(args, ` ... to be followed by [`Self::item`]s and closed with [`Self::end`].
    pub fn start(&mut self, name: &str, args: &[(&str, Arg)]) {
        self.out.push('#');
        self.out.push_str(name);
        self.out.push('(');
        for (key, arg) in args {
            self.arg(key, *arg);
        }
    }

    /// Opens a content argument of a call begun with [`Self::start`].
    pub fn item_open(&mut self) {
        self.out.push('[');
    }

    /// Opens a named content argument.
    pub fn named_open(&mut self, key: &str) {
        self.out.push_str(key);
        self.out.push_str(": [");
    }

    /// Opens a named list argument, to be filled with items.
    pub fn list_open(&mut self, key: &str) {
        self.out.push_str(key);
        self.out.push_str(": (");
    }

    /// Closes a named list argument.
    pub fn list_close(&mut self) {
        self.out.push_str("), ");
    }

    /// Closes a content argument.
    pub fn item_close(&mut self) {
        self.out.push_str("], ");
    }

    /// A text as content argument.
    pub fn item(&mut self, text: &str) {
        self.item_open();
        self.text(text);
        self.item_close();
    }

    /// Closes a call begun with [`Self::start`].
    pub fn end(&mut self) {
        self.out.push_str(");\n");
    }

    /// Closes what [`Self::open`] opened, without the line end that the layout engine would take for a space.
    pub fn close_inline(&mut self) {
        self.out.push_str("];");
    }

    /// `#name(args);` within a line of text.
    pub fn call_inline(&mut self, name: &str, args: &[(&str, Arg)]) {
        self.start(name, args);
        self.out.push_str(");");
    }

    /// A list of values as content argument.
    pub fn tuple(&mut self, args: &[Arg]) {
        self.out.push('(');
        for arg in args {
            self.arg("", *arg);
        }
        self.out.push_str("), ");
    }

    /// `#show: name.with(args)`
    pub fn show(&mut self, name: &str, args: &[(&str, Arg)]) {
        self.out.push_str("#show: ");
        self.out.push_str(name);
        self.out.push_str(".with(");
        for (key, arg) in args {
            self.arg(key, *arg);
        }
        self.out.push_str(")\n");
    }

    /// `#include "path"`
    pub fn include(&mut self, path: &str) {
        self.out.push_str("#include ");
        self.name(path);
        self.out.push('\n');
    }

    /// The start of a file that defines one dictionary and nothing else, which more pairs may follow.
    pub fn dictionary(mut self, name: &str, pairs: &[(&str, Arg)]) -> String {
        self.out = format!("#let {name} = (");
        for (key, arg) in pairs {
            self.arg(key, *arg);
        }
        self.out
    }

    fn arg(&mut self, key: &str, arg: Arg) {
        if !key.is_empty() {
            self.out.push_str(key);
            self.out.push_str(": ");
        }
        match arg {
            Arg::Label("") => self.out.push_str("none"),
            Arg::Str(text) => self.quoted(text),
            Arg::Int(n) => _ = write!(self.out, "{n}"),
            Arg::Bool(yes) => _ = write!(self.out, "{yes}"),
            Arg::Point(points) => _ = write!(self.out, "{points:.2}pt"),
            Arg::Label(name) => {
                self.out.push_str("label(");
                self.name(name);
                self.out.push(')');
            }
            Arg::Alt(text) => self.name(text),
            Arg::Spans(spans) => {
                self.out.push('(');
                for span in spans {
                    self.out.push('(');
                    for name in [&span.from, &span.to].into_iter().filter(|name| !name.is_empty()) {
                        self.arg("", Arg::Label(name));
                    }
                    self.out.push_str("), ");
                }
                self.out.push(')');
            }
            Arg::List(items) => {
                self.out.push('(');
                for item in items {
                    self.quoted(item);
                    self.out.push_str(", ");
                }
                self.out.push(')');
            }
            Arg::Ints(items) => {
                self.out.push('(');
                for item in items {
                    let _ = write!(self.out, "{item}, ");
                }
                self.out.push(')');
            }
            Arg::Points(items) => {
                self.out.push('(');
                for item in items {
                    let _ = write!(self.out, "{item:.2}pt, ");
                }
                self.out.push(')');
            }
        }
        self.out.push_str(", ");
    }

    /// The name of a label: never printed, so every character is kept, and two ids never share one.
    fn name(&mut self, name: &str) {
        self.out.push('"');
        for c in name.chars() {
            match c {
                '"' | '\\' => _ = write!(self.out, "\\{c}"),
                c if c.is_control() => _ = write!(self.out, "\\u{{{:x}}}", c as u32),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}
