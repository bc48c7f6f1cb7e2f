//! Search as a reader meets it: the built site in a real browser, from disk and from a server under a sub-path.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use support::hosted::host;
use support::served::{ANSWER, Clinic, PAGE, said, start};
use support::webdriver::{Browser, ENTER, TAB};

const DOWN: &str = "\u{e015}";
const UP: &str = "\u{e013}";
const ESCAPE: &str = "\u{e00c}";

/// The site of the example clinic, in a folder that lasts as long as the tests.
fn site() -> &'static Path {
    static SITE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SITE.get_or_init(|| {
        let place = tempfile::tempdir().expect("a folder");
        let out = place.path().join("site");
        build(Path::new("content-example"), &out, &[]);
        (place, out)
    });
    path
}

fn build(clinic: &Path, out: &Path, arguments: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["build", "--as-of", "2026-11-20", "--no-pdf", "--out"])
        .args([out, clinic])
        .args(arguments)
        .output()
        .expect("binder runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn file(site: &Path, page: &str) -> String {
    format!("file://{}/{page}", site.display())
}

/// What the reader sees of the results: a line for each group, and a line with a dash for each result.
const RESULTS: &str = "Array.from(document.querySelectorAll('#find-list [role=group]')).map(function (g) {
    return [g.getAttribute('aria-label')].concat(Array.from(g.querySelectorAll('[role=option]')).map(function (o) {
        var title = o.querySelector('.find-title');
        return '- ' + (title || o).textContent;
    })).join('\\n');
}).join('\\n')";
const FIRST: &str = "document.querySelector('#find-list [role=option] .find-title').textContent";
const ACTIVE: &str = "document.querySelector('#find-list [aria-selected=true]').textContent";
const STATUS: &str = "document.querySelector('.find-status').textContent";
const OPEN: &str = "document.querySelector('dialog.find-dialog[open]')";

/// Opens search and waits for the index.
fn open(browser: &Browser) {
    browser.keys("/");
    browser.until(OPEN);
    browser.until("!document.querySelector('.find-hint').hidden");
}

/// Asks for these words in place of those asked before.
fn ask(browser: &Browser, words: &str) {
    browser.run("document.getElementById('find-words').select();", json!([]));
    browser.keys(words);
    let typed = json!(words);
    browser.until(&format!(
        "document.getElementById('find-words').value === {typed}"
    ));
}

#[test]
fn words_are_found_from_disk_by_keyboard_alone() {
    let browser = Browser::start();
    browser.go(&file(site(), "policies/index.html"));
    browser.run("document.querySelector('main a').focus();", json!([]));
    assert_eq!(browser.text("typeof binderSearchIndex"), "undefined");
    assert_eq!(
        browser.text("document.querySelectorAll('script[src*=search-index]').length"),
        "0"
    );
    open(&browser);
    assert!(
        browser
            .text("document.querySelector('.find-hint').textContent")
            .contains("308a5")
    );
    assert_eq!(
        browser.spoken("#find-words"),
        ("combobox".into(), "Search the binder".into())
    );
    assert_eq!(
        browser.spoken("dialog.find-dialog"),
        ("dialog".into(), "Search".into())
    );

    ask(&browser, "sanction");
    browser.until("document.querySelectorAll('#find-list [role=option]').length > 3");
    assert!(
        browser.text(FIRST).starts_with("164.308(a)(1)(ii)(C)"),
        "{}",
        browser.text(RESULTS)
    );
    assert!(
        browser.text(RESULTS).contains("Policies\n- "),
        "{}",
        browser.text(RESULTS)
    );
    assert_eq!(
        browser.text("Array.from(document.querySelectorAll('#find-list mark')).every(function (m) { return m.textContent.toLowerCase().startsWith('sanction'); })"),
        "true"
    );
    assert!(browser.text(STATUS).ends_with(" results"));

    // Down, up, and round the end.
    let first = browser.text(ACTIVE);
    browser.keys(DOWN);
    let second = browser.text(ACTIVE);
    assert_ne!(first, second);
    assert_eq!(
        browser.text("document.getElementById(document.getElementById('find-words').getAttribute('aria-activedescendant')).textContent"),
        second
    );
    browser.keys(&format!("{UP}{UP}"));
    let last = browser.text(ACTIVE);
    assert!(last != first && last != second, "{last}");
    browser.keys(DOWN);
    assert_eq!(browser.text(ACTIVE), first);

    // Focus stays inside, and comes back to where it was.
    browser.keys(TAB);
    assert_eq!(browser.text("document.activeElement.className"), "find-close");
    browser.keys(ESCAPE);
    browser.until(&format!("!{OPEN}"));
    assert_eq!(
        browser.text("document.activeElement === document.querySelector('main a')"),
        "true"
    );

    // Enter goes there; so does Ctrl-K on the page that comes.
    browser.with_control("k");
    browser.until(OPEN);
    browser.keys(ENTER);
    browser.until("location.pathname.endsWith('/standards/164.308-a-1-ii-c.html')");
    browser.with_control("k");
    browser.until(OPEN);
    browser.is_clean();
}

#[test]
fn beginnings_and_small_slips_find_the_word() {
    let browser = Browser::start();
    browser.go(&file(site(), "index.html"));
    open(&browser);
    for (typed, wanted) in [
        ("encrypti", "164.312(a)(2)(iv)"),
        ("encrpytion", "164.312(a)(2)(iv)"),
        ("ENCRYPTON", "164.312(a)(2)(iv)"),
        ("risk analisys", "164.308(a)(1)(ii)(A)"),
        ("analysis risk", "164.308(a)(1)(ii)(A)"),
        ("emergency accses", "164.312(a)(2)(ii)"),
    ] {
        ask(&browser, typed);
        let results = browser.text(RESULTS);
        let rows = results.split("\nAnswers").next().unwrap_or_default();
        assert!(
            rows.starts_with("Rows\n") && rows.contains(wanted),
            "{typed}: {results}"
        );
    }
    // Words far apart are shown in parts of the text.
    ask(&browser, "password reset");
    let marks = browser.text("Array.from(document.querySelectorAll('#find-list .find-text mark')).map(function (m) { return m.textContent; }).join()");
    assert!(marks.contains("password") && marks.contains("reset"), "{marks}");
    // All words must be there, and a number is what it is.
    ask(&browser, "encryption zebra");
    assert_eq!(browser.text(STATUS), "No results");
    assert!(
        browser
            .text("document.querySelector('.find-hint').textContent")
            .contains("Try fewer words")
    );
    assert_eq!(
        browser.text("document.getElementById('find-words').getAttribute('aria-expanded')"),
        "false"
    );
    ask(&browser, "20261");
    assert_eq!(browser.text(STATUS), "No results");
    browser.is_clean();
}

#[test]
fn a_citation_in_any_spelling_goes_straight_to_its_row() {
    let browser = Browser::start();
    browser.go(&file(site(), "index.html"));
    open(&browser);
    for (typed, wanted) in [
        ("308a1iia", "164.308(a)(1)(ii)(A)"),
        ("164.308 a 5", "164.308(a)(5)(i)"),
        ("312(d)", "164.312(d)"),
        ("§164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(A)"),
        ("45 CFR 164.312(a)(2)(iv)", "164.312(a)(2)(iv)"),
        ("45 C.F.R. § 164.312(a)(2)(iv)", "164.312(a)(2)(iv)"),
        ("164.310-d-2-i", "164.310(d)(2)(i)"),
        ("164.310.d.2.i", "164.310(d)(2)(i)"),
        ("164310d2i", "164.310(d)(2)(i)"),
        ("164.312(©)(1)", "164.312(c)(1)"),
        ("164.308(b)(4)", "164.308(b)(3)"),
        ("164.314(a)(2)(i)(B)", "164.314(a)(2)(i)"),
        ("308a5ii", "164.308(a)(5)(i)"),
    ] {
        ask(&browser, typed);
        let first = browser.text(FIRST);
        assert!(first.starts_with(&format!("{wanted} ")), "{typed}: {first}");
    }
    // A beginning shows all that begins so.
    ask(&browser, "164.312(e)");
    let results = browser.text(RESULTS);
    for row in ["164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"] {
        assert!(results.contains(row), "{results}");
    }
    ask(&browser, "164.310(d)(2)(ii)");
    browser.keys(ENTER);
    browser.until("location.pathname.endsWith('/standards/164.310-d-2-ii.html')");
    browser.is_clean();
}

#[test]
fn every_row_is_found_by_its_citation_and_every_result_leads_somewhere() {
    let browser = Browser::start();
    let port = host(site());
    browser.go(&format!(
        "http://127.0.0.1:{port}/intranet/binder/policies/index.html"
    ));
    browser.run("document.getElementById('find').click();", json!([]));
    browser.until("document.querySelector('.find-hint') && !document.querySelector('.find-hint').hidden");
    for row in hipaa_binder::rule::rule().rows() {
        let citation = row.citation.to_string();
        for typed in [
            citation.clone(),
            citation.replace(['(', ')', '.'], " "),
            row.citation.slug(),
        ] {
            let set = "var i = document.getElementById('find-words'); i.value = arguments[0]; i.dispatchEvent(new Event('input'));";
            browser.run(set, json!([typed]));
            let first = browser.text(FIRST);
            assert!(first.starts_with(&format!("{citation} ")), "{typed}: {first}");
        }
    }
    ask(&browser, "laptop");
    browser.until("document.querySelectorAll('#find-list a').length > 2");
    let href = browser.text("document.querySelector('#find-list a').href");
    assert!(href.contains("/intranet/binder/"), "{href}");
    browser.is_clean();

    let files = support::tree(site());
    let index = index(&files);
    let places = index["places"].as_array().expect("places");
    assert!(places.len() > 500, "{}", places.len());
    for place in places {
        let page = place[1]
            .as_u64()
            .and_then(|n| index["pages"][n as usize][0].as_str());
        let page = page.expect("a page").replace("%20", " ");
        let html = String::from_utf8_lossy(files.get(&page).unwrap_or_else(|| panic!("{page}")));
        let anchor = place[2].as_str().expect("an anchor");
        assert!(
            anchor.is_empty() || html.contains(&format!("id=\"{anchor}\"")),
            "{page}#{anchor}"
        );
    }
}

/// The value of the index file.
fn index(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let (_, script) = files
        .iter()
        .find(|(path, _)| path.starts_with("assets/search-index."))
        .expect("an index");
    let script = String::from_utf8_lossy(script);
    let json = script
        .strip_prefix("window.binderSearchIndex=")
        .and_then(|rest| rest.strip_suffix(";\n"));
    serde_json::from_str(json.expect("one value")).expect("JSON")
}

#[test]
fn a_long_group_unfolds_and_words_in_a_field_are_no_command() {
    let browser = Browser::start();
    browser.go(&file(site(), "standards/index.html"));
    browser.run("document.getElementById('f-text').focus();", json!([]));
    browser.keys("a/b");
    assert_eq!(browser.text("document.getElementById('f-text').value"), "a/b");
    assert_eq!(browser.text(&format!("Boolean({OPEN})")), "false");
    browser.with_control("k");
    browser.until(OPEN);
    browser.until("!document.querySelector('.find-hint').hidden");
    ask(&browser, "training");
    let before: usize = browser
        .text("document.querySelectorAll('#find-list a').length")
        .parse()
        .expect("a number");
    browser.run(
        "document.querySelector('#find-list .find-more').click();",
        json!([]),
    );
    browser.until(&format!(
        "document.querySelectorAll('#find-list a').length > {before}"
    ));
    assert_eq!(browser.text("document.activeElement.id"), "find-words");
    browser.is_clean();
}

#[test]
fn texts_of_the_clinic_stay_text() {
    const BAD: &str = "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\"> <!-- \u{2028} zebra";
    let clinic = Clinic::new();
    clinic.write(ANSWER, &said(&format!("`{BAD}`")));
    clinic.write(
        "registers/reminders.csv",
        &support::served::reminders(&format!("\"{}\"", BAD.replace('"', "\"\""))),
    );
    let out = clinic.above().join("site");
    build(&clinic.dir(), &out, &[]);
    let browser = Browser::start();
    browser.go(&file(&out, PAGE.trim_start_matches('/')));
    open(&browser);
    ask(&browser, "zebra");
    browser.until("document.querySelectorAll('#find-list a').length >= 2");
    assert!(
        browser.text(RESULTS).contains("<script>")
            || browser
                .text("document.getElementById('find-list').textContent")
                .contains("<script>")
    );
    assert_eq!(
        browser.text("document.querySelectorAll('#find-list img, #find-list script').length"),
        "0"
    );
    assert_ne!(browser.text("document.title"), "run");
    browser.is_clean();
}

#[test]
fn accents_and_plurals_do_not_matter() {
    let clinic = Clinic::new();
    clinic.write(
        ANSWER,
        &said("Zoë Núñez of the Straße office, who keeps the zebra notebooks"),
    );
    let out = clinic.above().join("site");
    build(&clinic.dir(), &out, &[]);
    let browser = Browser::start();
    browser.go(&file(&out, "index.html"));
    open(&browser);
    for typed in ["nunez", "NÚÑEZ zoe", "strasse", "zebras", "notebook"] {
        ask(&browser, typed);
        browser.until("document.querySelector('#find-list .find-text mark')");
        assert!(
            browser.text(RESULTS).contains("security official"),
            "{typed}: {}",
            browser.text(RESULTS)
        );
    }
    browser.is_clean();
}

#[test]
fn a_served_page_that_reloads_goes_on_searching() {
    let clinic = Clinic::new();
    let server = start(&clinic.dir(), &[]).expect("it serves");
    let browser = Browser::start();
    browser.go(&format!("http://127.0.0.1:{}{PAGE}", server.port));
    open(&browser);
    ask(&browser, "giraffe");
    assert_eq!(browser.text(STATUS), "No results");
    clinic.say("who keeps a giraffe");
    browser.until("document.querySelector('#find-list mark')");
    assert_eq!(
        browser.text("document.getElementById('find-words').value"),
        "giraffe"
    );
    browser.keys(ESCAPE);
    browser.until(&format!("!{OPEN}"));
    clinic.say("who keeps a zebra");
    browser.shows("who keeps a zebra");
    assert_eq!(browser.text(&format!("Boolean({OPEN})")), "false");
    browser.is_clean();
}

#[test]
fn without_scripts_the_link_leads_to_the_index_of_citations() {
    let browser = Browser::start();
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.go(&file(site(), "policies/index.html"));
    assert_eq!(browser.spoken("#find").0, "link");
    let html = std::fs::read_to_string(site().join("policies/index.html")).expect("a page");
    let link = html
        .split("id=\"find\"")
        .nth(1)
        .and_then(|rest| rest.split("</a>").next());
    let link = link.expect("the link");
    assert!(link.starts_with(" href=\"../standards/mentions.html\""), "{link}");
    assert!(
        link.ends_with("Search<noscript> by citation</noscript>"),
        "{link}"
    );
}

#[test]
fn what_a_copy_may_not_show_is_not_found_in_it() {
    let place = tempfile::tempdir().expect("a folder");
    let kinds = |arguments: &[&str]| {
        let out = place.path().join("copy");
        build(Path::new("content-example"), &out, arguments);
        let index = index(&support::tree(&out));
        let places = index["places"].as_array().expect("places");
        let mut kinds: BTreeMap<u64, usize> = BTreeMap::new();
        for place in places {
            *kinds.entry(place[0].as_u64().expect("a kind")).or_default() += 1;
        }
        kinds
    };
    let all = kinds(&[]);
    let few = kinds(&["--audience", "workforce"]);
    assert!(all[&7] > 0, "gaps are found by those who may see them");
    assert_eq!(few.get(&7), None);
    assert!(few[&3] < all[&3], "fewer records");
    assert_eq!(few[&0], 65);
}
