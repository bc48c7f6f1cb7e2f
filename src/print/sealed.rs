//! The signature sheet of a sealed version: one page that carries the digest of the archive, for people to sign.
//!
//! It is no part of the archive, which can't hold its own digest.

use std::collections::BTreeMap;

use super::cells;
use super::compile::{self, About, Places};
use super::emit::{Arg, Emitter};
use super::glyphs::Glyphs;
use super::manuscript::{MAIN, Manuscript};
use crate::content::config::Paper;
use crate::diagnostic::report::count;
use crate::diagnostic::{Diagnostic, Place};
use crate::gap::State;
use crate::history::Version;
use crate::theme::Theme;
use crate::world::Folder;

/// What the sheet is made from.
#[derive(Debug, Clone, Copy)]
pub struct VersionSheet<'a> {
    /// The version, with its summary.
    pub version: &'a Version,
    /// SHA-256 of the whole archive, in lower-case hexadecimal.
    pub digest: &'a str,
    /// Its paper.
    pub paper: Paper,
}

/// Prints the sheet, as PDF/UA-1 and PDF/A-2a like the binder.
///
/// # Errors
/// A theme without fonts, or text that can't be printed.
pub fn version_sheet(sheet: &VersionSheet, theme: &Theme) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let glyphs = Glyphs::load(theme);
    if glyphs.is_empty() {
        let words = "The theme holds no fonts, so nothing can be printed.";
        return Err(vec![Diagnostic::error(
            "no-fonts",
            Place::file("theme/fonts"),
            words,
        )]);
    }
    let mut em = Emitter::new(&glyphs);
    write(sheet, &mut em);
    let document = em.finish();
    let furniture = furniture(sheet, &glyphs);
    let files = BTreeMap::from([(MAIN.to_string(), document)]);
    let manuscript = Manuscript::loose(theme, glyphs, files, furniture);
    let head = &sheet.version.manifest;
    let about = About {
        build_id: &format!("{} {}", head.build_id, sheet.digest),
        as_of: head.as_of,
        attach: false,
    };
    let folder = Folder::default();
    let compiled = compile::compile(&manuscript, &about, theme, &mut Places::new(&folder))?;
    Ok(compiled.pdf)
}

/// What stands around every sheet.
fn furniture(sheet: &VersionSheet, glyphs: &Glyphs) -> String {
    let head = &sheet.version.manifest;
    let (version, as_of) = (format!("Version {}", head.label), head.as_of.to_string());
    Emitter::new(glyphs).dictionary(
        "m",
        &[
            ("practice", Arg::Str(&head.practice)),
            ("version", Arg::Str(&version)),
            ("edition", Arg::Str(&head.copy())),
            ("as-of", Arg::Str(&as_of)),
            ("build", Arg::Str(head.build_id_short())),
            ("notice", Arg::Str("")),
            ("tabs", Arg::Int(1)),
            (
                "paper",
                Arg::Str(match sheet.paper {
                    Paper::UsLetter => "us-letter",
                    Paper::A4 => "a4",
                }),
            ),
        ],
    )
}

fn write(sheet: &VersionSheet, em: &mut Emitter) {
    let head = &sheet.version.manifest;
    let title = format!("Signature sheet: version {}", head.label);
    let document = format!("{}: {title}, as of {}", head.practice, head.as_of);
    em.show("binder", &[("title", Arg::Str(&document))]);
    em.open(
        "sheet",
        &[("part", Arg::Str("Sealed version")), ("title", Arg::Str(&title))],
    );
    cells::title(em, 1, "sign-version", &title);
    let pages = head.pages.map(|pages| pages.to_string());
    let before = head.previous.as_ref().map(|previous| previous.label.clone());
    cells::facts(
        em,
        &[
            ("Practice", head.practice.clone()),
            ("As of", head.as_of.to_string()),
            ("Sealed at", head.sealed_at.clone()),
            ("Sealed by", head.by.clone()),
            ("Note", head.note.clone()),
            ("Edition", head.copy()),
            ("Version before", before.unwrap_or_else(|| "none".to_string())),
            ("Pages of the PDF", pages.unwrap_or_else(|| "no PDF".to_string())),
            ("Build id", head.build_id.clone()),
            ("Rows", states(sheet.version)),
            ("Gaps sealed", gaps(sheet.version)),
        ],
    );
    cells::heading(em, 2, "Digest of the archive");
    // Two lines of eight groups: read aloud and compared by eye.
    for half in groups(sheet.digest).chunks(8) {
        em.open("p", &[]);
        em.open("cd", &[]);
        em.mono(&half.join(" "));
        em.close_inline();
        em.close();
    }
    cells::paragraph(
        em,
        &format!(
            "This is the SHA-256 of the file {}.zip, taken when it was sealed. The same file gives the same digits with any program, in any year; a file that was changed gives others. Keep this sheet apart from the computer.",
            head.label
        ),
    );
    cells::paragraph(
        em,
        &format!(
            "We have sealed this version of the binder of {} and keep its archive.",
            head.practice
        ),
    );
    let lines = ["Name, in print", "Title", "Signature", "Date"];
    // Who sealed it, and who saw it done.
    for _ in 0..2 {
        em.call("sign-lines", &[("names", Arg::List(&lines))]);
    }
    em.close();
}

/// "41 documented, 20 partly documented, 2 not documented, 2 do not apply".
fn states(version: &Version) -> String {
    let Some(summary) = &version.summary else {
        return String::new();
    };
    let all = [
        State::Documented,
        State::PartlyDocumented,
        State::NotDocumented,
        State::DoesNotApply,
    ];
    let counted = all.iter().filter_map(|state| {
        let n = summary.counts.get(state.name()).copied().filter(|n| *n > 0)?;
        Some(match state {
            State::DoesNotApply if n > 1 => format!("{n} do not apply"),
            _ => format!("{n} {}", state.words()),
        })
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn gaps(version: &Version) -> String {
    let gaps = version.manifest.gaps;
    match gaps.count {
        0 => "none".to_string(),
        n => format!("{} on {}", count(n, "gap"), count(gaps.rows, "row")),
    }
}

fn groups(digest: &str) -> Vec<String> {
    let digits: Vec<char> = digest.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect()).collect()
}
