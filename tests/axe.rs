//! Whether everybody can read the site: axe-core over every kind of page, in the light and in the dark, on a desk and
//! on a phone. What axe cannot see (the keyboard, zoom, movement) is in `reach.rs`.

#![cfg(unix)]

mod support;

use std::path::Path;

use serde_json::json;
use support::published::{example, from_folder, kinds};
use support::sealed::Clinic;
use support::webdriver::Browser;

/// Levels A and AA of WCAG up to 2.2, and what axe's makers hold for good practice.
const RULES: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// The checker, as tests/all.sh installs it.
fn axe() -> String {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/checkers/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(at).expect("axe-core is installed (tests/all.sh does it)")
}

/// What it finds on the page as it stands: the rule, the element and why.
fn violations(browser: &Browser) -> Vec<String> {
    let found = browser.run(
        "for (const all of document.querySelectorAll('details')) all.open = true;
         return axe.run(document, { runOnly: arguments[0], resultTypes: ['violations'], preload: false }).then(function (told) {
             if (!told.passes.length) throw new Error('axe looked at nothing');
             return told.violations.flatMap(function (rule) {
                 return rule.nodes.map(function (node) {
                     return rule.id + ': ' + node.html.slice(0, 200) + ': ' + node.failureSummary;
                 });
             });
         });",
        json!([RULES]),
    );
    let found = found.as_array().expect("a list");
    found
        .iter()
        .map(|line| line.as_str().unwrap_or_default().to_string())
        .collect()
}

/// Goes through these pages; the sealed versions of the example keep the look of the program that sealed them, so that
/// a fresh one stands for those.
fn look(site: &Path, pages: &[String], screens: &[(u32, bool)]) {
    let browser = Browser::start();
    browser.at_each_page(&axe());
    let mut found = Vec::new();
    for page in pages {
        for &(width, dark) in screens {
            browser.screen(width, 900, dark);
            browser.go(&from_folder(site, page));
            let told = violations(&browser);
            found.extend(
                told.into_iter()
                    .map(|line| format!("{page} at {width}, dark {dark}: {line}")),
            );
        }
    }
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
    browser.is_clean();
}

#[test]
fn nothing_is_found_on_a_desk() {
    look(example(), &kinds(example(), ""), &[(1280, false), (1280, true)]);
}

#[test]
fn nothing_is_found_on_a_phone() {
    look(example(), &kinds(example(), ""), &[(390, false), (390, true)]);
}

#[test]
fn nothing_is_found_in_a_sealed_version_nor_in_a_binder_with_little_in_it() {
    let clinic = Clinic::with_versions();
    let made = clinic.run(&["build", "--as-of", "2026-11-20", "--no-pdf"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let site = clinic.path("public");
    let mut pages = kinds(&site, "versions/2026.2/");
    pages.extend(kinds(&site, ""));
    look(&site, &pages, &[(1280, false), (390, true)]);
}

#[test]
fn what_is_wrong_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = "<!doctype html><html><title>x</title><p style='color:#ccc;background:#fff'>pale</p><img src='a.png'>";
    std::fs::write(folder.path().join("bad.html"), page).expect("written");
    let browser = Browser::start();
    browser.at_each_page(&axe());
    browser.go(&from_folder(folder.path(), "bad.html"));
    let found = violations(&browser);
    for rule in ["html-has-lang", "image-alt", "color-contrast"] {
        assert!(found.iter().any(|line| line.starts_with(rule)), "{found:?}");
    }
}

#[test]
fn no_page_is_large_without_a_reason() {
    // Old against new, word by word, of eight months of a binder: split, it could no longer be searched or printed whole.
    const REASONS: [&str; 1] = ["versions/2026.2/changes.html"];
    let site = example();
    let pages = support::tree(site);
    let large: Vec<&str> = pages
        .iter()
        .filter(|(path, bytes)| path.ends_with(".html") && bytes.len() > 200_000)
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(large, REASONS);
}
