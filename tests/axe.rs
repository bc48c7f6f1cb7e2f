//! Whether everybody can read the site: axe-core over every kind of page, in the light and in the dark, on a desk and
//! on a phone. What axe cannot see (the keyboard, zoom, movement) is in `reach.rs`.

#![cfg(unix)]

mod support;

use std::path::Path;

use serde_json::json;
use support::hosted;
use support::published::{example, from_folder, kinds};
use support::sealed::Clinic;
use support::served;
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

/// What stands on a page while it is looked at.
type Before<'a> = &'a dyn Fn(&Browser);

/// Goes through these pages, below this address; the sealed versions of the example keep the look of the program that
/// sealed them, so that a fresh one stands for those.
fn look_at(browser: &Browser, base: &str, pages: &[String], screens: &[(u32, bool)], before: Before<'_>) {
    browser.at_each_page(&axe());
    let mut found = Vec::new();
    for page in pages {
        for &(width, dark) in screens {
            browser.screen(width, 900, dark);
            browser.go(&format!("{base}{page}"));
            before(browser);
            let told = violations(browser);
            found.extend(
                told.into_iter()
                    .map(|line| format!("{page} at {width}, dark {dark}: {line}")),
            );
        }
    }
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
    browser.is_clean();
}

fn look(site: &Path, pages: &[String], screens: &[(u32, bool)]) {
    look_at(&Browser::start(), &from_folder(site, ""), pages, screens, &|_| {});
}

/// Wide and narrow, in the light and in the dark.
const ALL: [(u32, bool); 4] = [(1280, false), (1280, true), (390, false), (390, true)];

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
fn nothing_is_found_on_pages_of_a_server_below_a_path() {
    let base = hosted::address(hosted::host(example()));
    let mut pages = kinds(example(), "");
    // Pages that are of no kind of their own and show what others do not.
    let shown = |wanted: &'static str| {
        support::tree(example())
            .into_iter()
            .filter(|(path, _)| path.ends_with(".html") && !path.starts_with("versions/"))
            .find(|(_, bytes)| String::from_utf8_lossy(bytes).contains(wanted))
            .map(|(path, _)| path)
            .unwrap_or_else(|| panic!("no page has {wanted}"))
    };
    pages.extend(
        [
            "class=\"redline\"",
            "risk-grid",
            "class=\"data people\"",
            "<pre class=\"listing\"",
        ]
        .map(shown),
    );
    look_at(
        &Browser::start(),
        &base,
        &pages,
        &[(1280, false), (390, true)],
        &|_| {},
    );
}

#[test]
fn nothing_is_found_in_the_open_search() {
    let base = hosted::address(hosted::host(example()));
    let asked = |words: &'static str| {
        move |browser: &Browser| {
            browser.run("document.getElementById('find').click();", json!([]));
            browser.until("document.querySelector('.find-status') && document.querySelector('.find-status').textContent !== 'Loading the index'");
            browser.keys(words);
            browser.until(&format!(
                "document.getElementById('find-words').value === '{words}'"
            ));
        }
    };
    let browser = Browser::start();
    let page = ["standards/index.html".to_string()];
    for words in ["", "training", "308a1iia", "zzzzqq"] {
        look_at(&browser, &base, &page, &ALL, &asked(words));
    }
}

#[test]
fn nothing_is_found_on_served_pages_nor_in_the_form() {
    let clinic = served::Clinic::new();
    let server = served::start(&clinic.dir(), &["--edit"]).expect("it serves");
    let base = format!("http://127.0.0.1:{}/", server.port);
    let pages = [
        "index.html",
        "standards/164.308-a-2.html",
        "_binder/staff.html",
        "_binder/edit/164.308-a-2",
        "_binder/edit/164.312-a-2-iv",
    ]
    .map(str::to_string);
    let browser = Browser::start();
    look_at(&browser, &base, &pages, &ALL, &|_| {});
    // A mistake in a file: the panel is over the last good page.
    clinic.write(
        served::ANSWER,
        &served::said("after").replace("owner =", "ownr ="),
    );
    look_at(&browser, &base, &pages[1..2], &ALL, &|browser| {
        browser.until("document.querySelector('#binder-panel h2')");
    });
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
