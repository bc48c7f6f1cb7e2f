//! Style sheet, script, icon and fonts, under names that carry a digest of their content, so that a browser may keep
//! them for ever and never shows an old one.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Place};
use crate::theme::{Theme, ThemeFile};

/// Told to search engines: this is an intranet.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// The files that pages need beside themselves.
#[derive(Debug)]
pub struct Assets {
    /// Address of the style sheet.
    pub css: String,
    /// Address of the script.
    pub js: String,
    /// Address of the script of search.
    pub search: String,
    /// Address of the icon.
    pub icon: String,
    /// Address of the script that asks for the fonts before the page is read.
    pub early: String,
    /// Bytes by address.
    pub files: BTreeMap<String, Arc<[u8]>>,
}

impl Assets {
    /// Takes them from the theme. `site/binder.css` is followed by `site/local.css`, which is empty in the built-in
    /// theme and is the place for a practice's own colours. Fonts and pictures that the style sheet names with
    /// `url(...)`, by their path in the theme, come along; those that it does not name do not.
    ///
    /// # Errors
    /// A style sheet that is not text, or that names a file the theme does not have.
    pub fn new(theme: &Theme) -> Result<Self, Vec<Diagnostic>> {
        let mut assets = Self {
            css: String::new(),
            js: String::new(),
            search: String::new(),
            icon: String::new(),
            early: String::new(),
            files: BTreeMap::new(),
        };
        let mut faults = Vec::new();
        let mut css = String::new();
        for path in ["site/binder.css", "site/local.css"] {
            let Some(file) = theme.get(path) else { continue };
            match std::str::from_utf8(file.bytes.as_ref()) {
                Ok(text) => css.push_str(&assets.with_addresses(theme, path, file, text, &mut faults)),
                Err(_) => faults.push(Diagnostic::error(
                    "theme-not-text",
                    place(path, file, 0),
                    "This style sheet is not UTF-8 text.".to_string(),
                )),
            }
        }
        assets.css = assets.add("binder.css", css.as_bytes());
        let bytes = |path| theme.get(path).map_or(&[][..], |f| f.bytes.as_ref());
        assets.js = assets.add("binder.js", bytes("site/binder.js"));
        assets.search = assets.add("search.js", bytes("site/search.js"));
        assets.icon = assets.add("icon.svg", bytes("site/icon.svg"));
        assets.early = assets.add("early.js", bytes("site/early.js"));
        if assets.files.keys().any(|f| f.ends_with(".woff2"))
            && let Some(licence) = theme.get("fonts/LICENSE.txt")
        {
            assets
                .files
                .insert("assets/font-licence.txt".into(), licence.bytes.as_ref().into());
        }
        assets.files.insert("robots.txt".into(), ROBOTS.as_bytes().into());
        if faults.is_empty() {
            Ok(assets)
        } else {
            Err(faults)
        }
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> String {
        let address = hashed(path, bytes);
        self.files.insert(address.clone(), bytes.into());
        address
    }

    /// The style sheet with the address of each file in place of its path in the theme.
    fn with_addresses(
        &mut self,
        theme: &Theme,
        path: &str,
        file: &ThemeFile,
        css: &str,
        faults: &mut Vec<Diagnostic>,
    ) -> String {
        let mut out = String::with_capacity(css.len());
        let mut rest = css;
        // Of the same length, byte for byte.
        let lower = css.to_ascii_lowercase();
        let line_of = |at: usize| css[..at].matches('\n').count() + 1;
        if let Some(at) = lower.find("@import") {
            let message = "The style sheet takes in another one with @import, which is not published.";
            let help = "Put the rules of the other style sheet into this file.";
            faults.push(
                Diagnostic::error("theme-file-missing", place(path, file, line_of(at)), message).help(help),
            );
        }
        while let Some(at) = lower[css.len() - rest.len()..].find("url(") {
            let (before, from) = rest.split_at(at + 4);
            out.push_str(before);
            let end = from.find(')').unwrap_or(from.len());
            let named = from[..end].trim().trim_matches(['"', '\'']);
            match theme.get(named).or_else(|| theme.get(&format!("site/{named}"))) {
                Some(asset) => {
                    let address = self.add(named, asset.bytes.as_ref());
                    out.push('"');
                    out.push_str(address.trim_start_matches("assets/"));
                    out.push('"');
                }
                None => {
                    let line = line_of(css.len() - from.len());
                    let message = format!("The style sheet names {named}, and the theme has no such file.");
                    let help = "Put the file into theme/site/ and name it without any folder, or take the url() out. \
                                Files of other sites and data: addresses are not allowed.";
                    faults.push(
                        Diagnostic::error("theme-file-missing", place(path, file, line), message).help(help),
                    );
                }
            }
            rest = &from[end..];
        }
        out.push_str(rest);
        out
    }
}

fn place(path: &str, file: &ThemeFile, line: usize) -> Place {
    let file = file
        .overridden
        .clone()
        .unwrap_or_else(|| format!("theme/{path}").into());
    Place {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        ..Place::file(file)
    }
}

/// `assets/binder.3f6c1a90.css`: the file's name with the first eight digits of its SHA-256.
fn hashed(path: &str, bytes: &[u8]) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let digest: String = Sha256::digest(bytes)
        .iter()
        .take(4)
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("assets/{stem}.{digest}.{extension}")
}
