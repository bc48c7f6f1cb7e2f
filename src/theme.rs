//! The built-in theme, with any file of it overridden from the clinic's `theme/` folder: an input to both renderers.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use crate::world::Folder;

static DEFAULT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// Files of a theme by path below it: `site/row.html`, `site/binder.css`, `print/binder.typ`, `fonts/...`.
#[derive(Debug, Clone)]
pub struct Theme {
    files: BTreeMap<String, ThemeFile>,
}

/// A file of a theme.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// Path below the content folder when the clinic overrode it; `None` for the built-in one.
    pub overridden: Option<Arc<str>>,
}

/// Built into the program, or read.
#[derive(Debug, Clone)]
pub enum Bytes {
    /// Part of the program.
    Static(&'static [u8]),
    /// Read from the clinic's folder.
    Shared(Arc<[u8]>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Bytes::Static(bytes) => bytes,
            Bytes::Shared(bytes) => bytes,
        }
    }
}

impl Theme {
    /// The built-in theme with every file of the clinic's `theme/` laid over it.
    pub fn with_overrides(folder: &Folder) -> Self {
        let mut files = BTreeMap::new();
        collect(&DEFAULT, &mut files);
        for (path, file) in folder.below("theme") {
            if let Some(bytes) = &file.bytes {
                let file = ThemeFile {
                    bytes: Bytes::Shared(bytes.clone()),
                    overridden: Some(path.clone()),
                };
                files.insert(path["theme/".len()..].to_string(), file);
            }
        }
        Self { files }
    }

    /// A file.
    pub fn get(&self, path: &str) -> Option<&ThemeFile> {
        self.files.get(path)
    }

    /// Files below `dir/`, in path order, with the path relative to the theme.
    pub fn below<'a>(&'a self, dir: &'a str) -> impl Iterator<Item = (&'a str, &'a ThemeFile)> {
        self.files
            .iter()
            .filter(move |(p, _)| p.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')))
            .map(|(p, f)| (p.as_str(), f))
    }

    /// The files that are built in and not overridden, in path order, with the SHA-256 of their bytes.
    pub fn built_in(&self) -> impl Iterator<Item = (&str, &'static [u8; 32])> {
        // The program's own files: their digests never change.
        static DIGESTS: LazyLock<BTreeMap<String, [u8; 32]>> = LazyLock::new(|| {
            let known = digests_of_fonts();
            let mut files = BTreeMap::new();
            collect(&DEFAULT, &mut files);
            let digest = |(path, file): (String, ThemeFile)| {
                let digest = known.get(path.as_str()).copied();
                let digest = digest.unwrap_or_else(|| Sha256::digest(file.bytes.as_ref()).into());
                (path, digest)
            };
            files.into_iter().map(digest).collect()
        });
        self.files
            .iter()
            .filter(|(_, file)| file.overridden.is_none())
            .filter_map(|(path, _)| Some((path.as_str(), DIGESTS.get(path)?)))
    }

    /// Every file, in path order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &ThemeFile)> {
        self.files.iter().map(|(p, f)| (p.as_str(), f))
    }
}

/// Digests of the built-in fonts by path: 6 MB that never change, and that no run should go through for them. The list is
/// one that `sha256sum --check` reads in `themes/default`, and a test holds it against the files.
fn digests_of_fonts() -> BTreeMap<&'static str, [u8; 32]> {
    let list = include_str!("../themes/fonts.sha256").lines();
    list.filter_map(|line| {
        let (hex, path) = line.split_once("  ")?;
        let mut digest = [0; 32];
        for (byte, at) in digest.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
        }
        Some((path, digest))
    })
    .collect()
}

fn collect(dir: &'static Dir<'static>, files: &mut BTreeMap<String, ThemeFile>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        files.insert(
            path,
            ThemeFile {
                bytes: Bytes::Static(file.contents()),
                overridden: None,
            },
        );
    }
    for sub in dir.dirs() {
        collect(sub, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_digests_is_that_of_the_fonts() {
        let mut files = BTreeMap::new();
        collect(&DEFAULT, &mut files);
        let is_font = |path: &str| path.ends_with(".ttf") || path.ends_with(".woff2");
        let fonts = files.iter().filter(|(path, _)| is_font(path));
        let fonts: BTreeMap<&str, [u8; 32]> = fonts
            .map(|(path, file)| (path.as_str(), Sha256::digest(file.bytes.as_ref()).into()))
            .collect();
        assert!(
            digests_of_fonts() == fonts,
            "in themes/default: find fonts -name '*.ttf' -o -name '*.woff2' | LC_ALL=C sort | xargs sha256sum > ../fonts.sha256"
        );
    }
}
