//! Page numbers, links and furniture are woven into the laid-out pages, and a template of the clinic's own makes the
//! layout engine find them by itself. Both ways must print one and the same book.

use std::path::Path;
use std::process::Command;

use hipaa_binder::binder::Selection;
use hipaa_binder::rule::rule;
use hipaa_binder::theme::Theme;
use hipaa_binder::world::{Folder, read};
use hipaa_binder::{Options, build};
use tempfile::TempDir;

mod support;
use support::{options, tree};

/// A part of the example clinic that has rows, policies, registers, records, exhibits, gaps, and pages left blank.
const PART: &str = "164.308(a)(5)";

fn example(own_template: bool) -> (TempDir, Folder) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut files: Vec<(String, Vec<u8>)> = tree(Path::new("content-example")).into_iter().collect();
    if own_template {
        let template = tree(Path::new("themes/default/print")).into_iter();
        files.extend(template.map(|(path, bytes)| (format!("theme/print/{path}"), bytes)));
    }
    for (path, bytes) in files {
        let path = temp.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    let folder = read::read(temp.path());
    (temp, folder)
}

/// The PDF of a part, without its build id.
fn print(own_template: bool) -> (TempDir, std::path::PathBuf, String) {
    let (temp, folder) = example(own_template);
    let rows = rule().rows().iter().map(|row| row.id);
    let only = Selection::of(rows.filter(|row| row.to_string().starts_with(PART)));
    let options = Options {
        pdf: true,
        only,
        ..options(jiff::civil::date(2026, 11, 20))
    };
    let built = build(&folder, &options, &|_| {});
    let output = built.output.unwrap_or_else(|| panic!("{:#?}", built.diagnostics));
    let pdf = temp.path().join("part.pdf");
    std::fs::write(&pdf, output.bytes("binder.pdf").expect("a PDF")).expect("written");
    let id = built.build_id.trim_start_matches("sha256:").to_string();
    (temp, pdf, id)
}

fn words(pdf: &Path, id: &str) -> Vec<Vec<String>> {
    let run = Command::new("pdftotext").arg(pdf).arg("-").output();
    let text = String::from_utf8(run.expect("pdftotext runs").stdout).expect("UTF-8");
    let page = |page: &str| {
        let mut words: Vec<String> = page
            .split_whitespace()
            .filter(|word| word.len() < 12 || !id.starts_with(word.trim_start_matches("sha256:")))
            .map(str::to_string)
            .collect();
        // Lines break elsewhere where a number needs less than the room it was given. A number and the mark behind it
        // are one word only if they touch.
        words.sort();
        words
    };
    text.split('\u{c}').map(page).collect()
}

/// What the links of a PDF lead to.
fn links(pdf: &Path) -> Vec<String> {
    let bytes = std::fs::read(pdf).expect("the PDF");
    let text = String::from_utf8_lossy(&bytes);
    let mut found: Vec<String> = text
        .split("/Subtype/Link/Rect[")
        .skip(1)
        .map(|link| {
            let to = link.split_once("/Dest").or_else(|| link.split_once("/A<<"));
            let to = to.expect("a target").1.split("/F 4").next();
            to.expect("its end").to_string()
        })
        .collect();
    found.sort();
    found
}

#[test]
fn woven_pages_are_those_that_the_layout_engine_makes_alone() {
    let (_woven, woven, woven_id) = print(false);
    let (_plain, plain, plain_id) = print(true);
    let (woven_words, plain_words) = (words(&woven, &woven_id), words(&plain, &plain_id));
    assert!(woven_words.len() > 30, "{} pages", woven_words.len());
    assert_eq!(woven_words.len(), plain_words.len(), "pages");
    for (n, (woven, plain)) in woven_words.iter().zip(&plain_words).enumerate() {
        assert_eq!(woven, plain, "page {}", n + 1);
    }
    let (woven, plain) = (links(&woven), links(&plain));
    assert!(woven.len() > 200, "{} links", woven.len());
    assert!(
        !woven.iter().any(|to| to.contains("binder:")),
        "a link that was not pointed: {woven:?}"
    );
    assert_eq!(woven, plain);
}

#[test]
fn every_sheet_says_which_of_how_many_it_is() {
    let (_temp, pdf, id) = print(false);
    let pages = words(&pdf, &id);
    let total = (pages.len() - 1).to_string();
    for (n, page) in pages.iter().take(pages.len() - 1).enumerate() {
        let number = (n + 1).to_string();
        for word in [
            "Page",
            number.as_str(),
            "of",
            total.as_str(),
            "Larkspur",
            "2026-11-20",
        ] {
            assert!(
                page.iter().any(|w| w == word),
                "page {number} lacks {word:?}: {page:?}"
            );
        }
    }
}

#[test]
fn the_sources_for_the_plain_compiler_are_whole() {
    let (_temp, folder) = example(false);
    let built = build(&folder, &options(jiff::civil::date(2026, 11, 20)), &|_| {});
    let binder = built.binder.expect("a binder");
    let theme = Theme::with_overrides(&folder);
    let sources = hipaa_binder::print::sources(&binder, &theme, &folder).expect("sources");
    let main = String::from_utf8_lossy(&sources["main.typ"]).into_owned();
    let wanted: Vec<&str> = main.split('"').filter(|word| word.ends_with(".typ")).collect();
    assert!(wanted.len() > 100, "{wanted:?}");
    for path in wanted {
        assert!(sources.contains_key(path.trim_start_matches('/')), "{path}");
    }
    assert!(String::from_utf8_lossy(&sources["meta.typ"]).contains("woven: false"));
    assert!(sources.keys().any(|path| path.starts_with("fonts/")), "fonts");
}
