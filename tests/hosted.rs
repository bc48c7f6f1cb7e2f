//! The site under a reader's hands wherever it lies: below a path of a server, in a folder, with JavaScript and without.

#![cfg(unix)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;
use support::hosted;
use support::published::{example, from_folder};
use support::webdriver::{Browser, ENTER};

/// Both places.
fn places() -> [String; 2] {
    [
        hosted::address(hosted::host(example())),
        from_folder(example(), ""),
    ]
}

/// Follows the first link of this kind, as a click does.
fn follow(browser: &Browser, selector: &str) {
    let link = json!(selector);
    browser.until(&format!("document.querySelector({link})"));
    browser.run(&format!("document.querySelector({link}).click();"), json!([]));
}

fn arrives(browser: &Browser, end: &str) {
    browser.until(&format!(
        "location.href.endsWith({}) && document.readyState === 'complete'",
        json!(end)
    ));
}

#[test]
fn filters_and_search_work_wherever_the_site_lies() {
    for base in places() {
        let browser = Browser::start();
        browser.go(&format!("{base}index.html"));
        // From the overview to the rows of one state.
        follow(&browser, ".tally a[href*='state=not-documented']");
        arrives(&browser, "standards/index.html?state=not-documented");
        browser.until("document.getElementById('f-count').textContent.includes(' of 65 rows')");
        let states = browser.text(
            "[...new Set([...document.querySelectorAll('tr.row')].filter(function (r) { return r.checkVisibility(); })
               .map(function (r) { return r.querySelector('.state').textContent; }))].join()",
        );
        assert_eq!(states, "not documented", "{base}");
        // Any spelling, with the keyboard alone.
        for (typed, page) in [
            ("308a1iia", "standards/164.308-a-1-ii-a.html"),
            ("164.308 a 5", "standards/164.308-a-5-i.html"),
            ("312(d)", "standards/164.312-d.html"),
        ] {
            browser.keys("/");
            browser.until("document.querySelector('dialog.find-dialog[open]') && !document.querySelector('.find-hint').hidden");
            browser.keys(typed);
            browser.until(&format!(
                "document.getElementById('find-words').value === {}",
                json!(typed)
            ));
            browser.keys(ENTER);
            arrives(&browser, page);
        }
        browser.is_clean();
    }
}

#[test]
fn versions_are_switched_there_and_back_with_javascript_and_without() {
    for base in places() {
        for script in [true, false] {
            let browser = Browser::start();
            browser.command(
                "Emulation.setScriptExecutionDisabled",
                json!({ "value": !script }),
            );
            browser.go(&format!("{base}standards/164.312-b.html"));
            browser.run("document.querySelector('.switch summary').click();", json!([]));
            browser.until("document.querySelector('.switch').open");
            follow(&browser, ".switch a[href*='2026.2']");
            arrives(&browser, "versions/2026.2/standards/164.312-b.html");
            browser.shows("Version 2026.2, as sealed.");
            assert_eq!(
                browser.text("document.querySelector('h1 .cite').textContent"),
                "164.312(b)"
            );
            // The sealed one has no switch of its own: it knows no later versions.
            assert_eq!(browser.text("document.querySelectorAll('.switch').length"), "0");
            follow(&browser, ".sealed a");
            arrives(&browser, "versions/index.html");
            follow(&browser, "main a[href$='2026.3/index.html']");
            arrives(&browser, "versions/2026.3/index.html");
            follow(&browser, ".sealed a");
            arrives(&browser, "versions/index.html");
            follow(&browser, ".spine .title a");
            arrives(&browser, "/index.html");
            assert!(!browser.text("location.href").contains("versions"), "{base}");
            browser.is_clean();
        }
    }
}

#[test]
fn without_javascript_search_is_the_list_of_citations_and_the_menu_opens_on_a_phone() {
    for base in places() {
        let browser = Browser::start();
        browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        browser.screen(390, 800, false);
        browser.go(&format!("{base}index.html"));
        assert_eq!(
            browser.text("document.getElementById('find').innerText.trim()"),
            "Search by citation"
        );
        follow(&browser, "#find");
        arrives(&browser, "standards/mentions.html");
        follow(&browser, "details.narrow summary");
        browser.until("document.querySelector('details.narrow nav').checkVisibility()");
        follow(&browser, "details.narrow a[href*='policies/']");
        arrives(&browser, "policies/index.html");
        browser.is_clean();
    }
}

/// How light a colour is, from 0 to 1.
const LIGHT: &str = "(function (color) { const n = color.match(/[\\d.]+/g).map(Number); return (n[0] + n[1] + n[2]) / 765; })";

#[test]
fn the_dark_is_dark_and_pictures_are_seen_in_it() {
    for base in places() {
        let browser = Browser::start();
        for dark in [false, true] {
            browser.screen(1280, 900, dark);
            for page in [
                "index.html",
                "registers/risks.html",
                "policies/sanction-policy.html",
            ] {
                browser.go(&format!("{base}{page}"));
                let light = |what: &str| -> f64 {
                    browser
                        .text(&format!("{LIGHT}({what})"))
                        .parse()
                        .expect("a number")
                };
                let ground = light("getComputedStyle(document.documentElement).backgroundColor");
                let ink = light("getComputedStyle(document.querySelector('h1')).color");
                assert_eq!(ground < 0.2, dark, "{page}: {ground}");
                assert!((ground - ink).abs() > 0.6, "{page}: {ink} on {ground}");
                // Letters of pictures, too.
                for text in ["svg.picture text"] {
                    if browser.text(&format!("document.querySelectorAll('{text}').length")) != "0" {
                        let ink = light(&format!(
                            "getComputedStyle(document.querySelector('{text}')).fill"
                        ));
                        assert!((ground - ink).abs() > 0.3, "{page}: {ink} on {ground}");
                    }
                }
            }
        }
        browser.is_clean();
    }
}

/// The words of a page as its print has them.
fn printed(browser: &Browser) -> (usize, String) {
    let made = browser.command("Page.printToPDF", json!({ "paperWidth": 8.5, "paperHeight": 11 }));
    let bytes = base64(made["data"].as_str().expect("a PDF"));
    let pages = String::from_utf8_lossy(&bytes).matches("/Type /Page\n").count();
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is installed (Debian: poppler-utils; tests/all.sh does it)");
    let mut into = reader.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || into.write_all(&bytes));
    let out = reader.wait_with_output().expect("it reads");
    let _ = writer.join();
    (pages, String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The bytes that these letters stand for.
fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len()), 0_u32, 0);
    for letter in text.bytes().filter_map(|b| LETTERS.iter().position(|l| *l == b)) {
        bits = bits << 6 | u32::try_from(letter).unwrap_or_default();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).unwrap_or_default());
        }
    }
    out
}

#[test]
fn the_print_has_every_row_and_neither_menu_nor_fields() {
    for base in places() {
        let browser = Browser::start();
        browser.go(&format!("{base}standards/index.html?section=164.312"));
        browser.until("document.getElementById('f-count').textContent.includes(' of 65 rows')");
        let (pages, words) = printed(&browser);
        assert!(pages <= 2, "{pages}");
        assert!(
            words.contains("Shown: ") && words.contains("Section: 164.312 Technical safeguards"),
            "{words}"
        );
        assert!(
            words.contains("164.312(b)") && !words.contains("164.308(a)(1)"),
            "{words}"
        );

        browser.go(&format!("{base}standards/index.html"));
        let (pages, words) = printed(&browser);
        // Compact: sixty-five rows, a few pages.
        assert!((1..=5).contains(&pages), "{pages}");
        for row in hipaa_binder::rule::rule().rows() {
            assert!(
                words.contains(&row.citation.to_string()),
                "{}\n{words}",
                row.citation
            );
        }
        for gone in ["Words or citation", "Show all", "Skip to the text", "Contents"] {
            assert!(!words.contains(gone), "{gone}");
        }
        // States and marks are words on paper too.
        assert!(
            words.contains("partly documented") && words.contains("not needed"),
            "{words}"
        );
        browser.go(&format!("{base}policies/sanction-policy.html"));
        let (_, words) = printed(&browser);
        assert!(
            words.contains("Sanction policy") && words.contains("Three classes"),
            "{words}"
        );
        browser.is_clean();
    }
}
