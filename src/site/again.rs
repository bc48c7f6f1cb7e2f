//! Printing the same site again: templates, style sheet and pages are taken over where nothing that goes into them
//! changed.
//!
//! A page is kept under the digest of all that its template is given. The build id stands on every page and changes
//! with every build, so a mark is printed in its place and the id is put in afterwards.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::assets::Assets;
use super::engine::Engine;
use super::texts::Texts;
use super::views::shell::Shell;
use crate::binder::Binder;
use crate::diagnostic::Diagnostic;
use crate::memo::Memo;
use crate::theme::Theme;
use crate::world::Folder;

/// Stands for the build id. Text never holds these control characters: they are not allowed in HTML, and every text is
/// escaped on its way into a page.
pub const BUILD_ID: &str = "\u{1}build-id\u{2}";
/// Stands for the short build id.
pub const BUILD_ID_SHORT: &str = "\u{1}build-id-short\u{2}";

/// Templates and assets: what follows from the theme alone.
#[derive(Debug, Clone)]
pub struct Look {
    pub(super) engine: Arc<Engine>,
    pub(super) assets: Arc<Assets>,
    /// No template is the clinic's own. One that is might do something with the build id that a mark does not survive.
    built_in: bool,
}

impl Look {
    /// Reads the theme.
    ///
    /// # Errors
    /// Faults of theme files.
    pub fn new(theme: &Theme) -> Result<Self, Vec<Diagnostic>> {
        let is_own = |(path, file): (&str, &crate::theme::ThemeFile)| {
            path.ends_with(".html") && file.overridden.is_some()
        };
        let built_in = !theme.below("site").any(is_own);
        match rayon::join(|| engine(theme, built_in), || Assets::new(theme)) {
            (Ok(engine), Ok(assets)) => Ok(Self {
                engine,
                assets: Arc::new(assets),
                built_in,
            }),
            (engine, assets) => Err(engine
                .err()
                .into_iter()
                .flatten()
                .chain(assets.err().into_iter().flatten())
                .collect()),
        }
    }
}

/// The templates of a theme. Those of the program are read once while it runs.
fn engine(theme: &Theme, built_in: bool) -> Result<Arc<Engine>, Vec<Diagnostic>> {
    static BUILT_IN: OnceLock<Arc<Engine>> = OnceLock::new();
    if !built_in {
        return Engine::new(theme).map(Arc::new);
    }
    if let Some(engine) = BUILT_IN.get() {
        return Ok(engine.clone());
    }
    let engine = Arc::new(Engine::new(theme)?);
    Ok(BUILT_IN.get_or_init(|| engine).clone())
}

/// Digests of the clinic's own theme files: what a look depends on.
type Theirs = Vec<(Arc<str>, [u8; 32])>;

/// What was printed last.
#[derive(Debug, Default)]
pub struct Cache {
    look: Mutex<Option<(Theirs, Look)>>,
    pages: Memo<Arc<str>>,
    pub texts: Texts,
}

impl Cache {
    /// The look of the theme, which is the built-in one with the overrides of `folder`.
    pub fn look(&self, theme: &Theme, folder: &Folder) -> Result<Look, Vec<Diagnostic>> {
        let theirs: Theirs = folder
            .below("theme")
            .map(|(path, file)| (path.clone(), file.digest))
            .collect();
        let kept = || self.look.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((from, look)) = &*kept()
            && *from == theirs
        {
            return Ok(look.clone());
        }
        // Read on several threads: nothing may be locked meanwhile.
        let look = Look::new(theme)?;
        *kept() = Some((theirs, look.clone()));
        Ok(look)
    }

    /// Forgets the pages that are gone.
    pub fn forget_unasked(&self) {
        self.pages.forget_unasked();
        self.texts.forget_unasked();
    }
}

/// Prints the pages of one build.
pub struct Printer<'a> {
    look: &'a Look,
    /// Where printed pages are kept; `None` where nothing is kept.
    kept: Option<&'a Memo<Arc<str>>>,
    build_id: (&'a str, &'a str),
}

impl<'a> Printer<'a> {
    /// A printer for a binder.
    pub fn new(look: &'a Look, cache: Option<&'a Cache>, binder: &'a Binder) -> Self {
        let meta = &binder.meta;
        Self {
            look,
            kept: cache.filter(|_| look.built_in).map(|cache| &cache.pages),
            build_id: (&meta.build_id, &meta.build_id_short),
        }
    }

    /// True when pages are given with marks in place of the build id.
    pub fn puts_build_id(&self) -> bool {
        self.kept.is_some()
    }

    /// Prints a page, or takes the one printed last from the same.
    ///
    /// # Errors
    /// A fault of a template, at its line.
    pub fn render<T: Serialize>(
        &self,
        path: &str,
        template: &str,
        shell: &Shell,
        view: &T,
    ) -> Result<String, Box<Diagnostic>> {
        let print = || self.look.engine.render(template, shell, view);
        let Some(kept) = self.kept else {
            return print();
        };
        // The templates are those of the program, which never change while it runs; the style sheet's name is part of the
        // shell. A value without JSON form can't be told from others: it is printed anew.
        let page = match digest(&(template, shell, &shell.nav.items, view)) {
            Ok(from) => match kept.find(path, &from) {
                Some(page) => page,
                None => kept.keep(path, from, Arc::from(print()?)),
            },
            Err(_) => Arc::from(print()?),
        };
        let (id, short) = self.build_id;
        Ok(filled(&page, id, short))
    }
}

/// SHA-256 of the JSON form of what a template is given.
fn digest(given: &impl Serialize) -> Result<[u8; 32], serde_json::Error> {
    let mut hasher = std::io::BufWriter::with_capacity(1 << 14, Hasher(Sha256::new()));
    serde_json::to_writer(&mut hasher, given)?;
    let hasher = hasher
        .into_inner()
        .map_err(|e| serde_json::Error::io(e.into_error()))?;
    Ok(hasher.0.finalize().into())
}

/// Takes what is written into a digest.
struct Hasher(Sha256);

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The page with the build id where its marks stand.
fn filled(page: &str, id: &str, short: &str) -> String {
    let mut out = String::with_capacity(page.len() + 256);
    let mut rest = page;
    while let Some(at) = rest.find('\u{1}') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mark = [(BUILD_ID, id), (BUILD_ID_SHORT, short)];
        let (mark, text) = mark
            .into_iter()
            .find(|(mark, _)| rest.starts_with(mark))
            .unwrap_or(("\u{1}", "\u{1}"));
        out.push_str(text);
        rest = &rest[mark.len()..];
    }
    out.push_str(rest);
    out
}
