//! The index of rows in a real browser: filters, order, addresses, the back button, and no script at all.
#![cfg(unix)]

use std::path::Path;

use serde_json::json;

mod support;
use support::published;
use support::served;
use support::webdriver::{Browser, ENTER};

fn file(path: &str) -> String {
    format!("file://{}/{path}", published::example().display())
}

/// The script has run.
const READY: &str = "document.getElementById('f-count') && document.getElementById('f-count').textContent.includes(' of 65 rows')";

const STATE: &str = "r.querySelector('.state').classList[1]";
const OWNER: &str = "r.querySelector('.c-owner').lastElementChild.textContent";

/// Citations of the rows that are shown, in the order on the page.
fn shown(browser: &Browser) -> Vec<String> {
    let found = browser.run(
        "return [...document.querySelectorAll('tr.row')].filter(r => r.checkVisibility()).map(r => r.querySelector('.cite').textContent);",
        json!([]),
    );
    let found = found.as_array().expect("a list").iter();
    found
        .map(|cite| cite.as_str().expect("text").to_string())
        .collect()
}

/// The value of a property in the page for each row that is shown.
fn of_rows(browser: &Browser, what: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('tr.row')].filter(r => r.checkVisibility()).map(r => String({what}));"
    );
    let found = browser.run(&script, json!([]));
    let found = found.as_array().expect("a list").iter();
    found
        .map(|text| text.as_str().expect("text").to_string())
        .collect()
}

fn count(browser: &Browser) -> String {
    browser.text("document.getElementById('f-count').textContent")
}

/// Chooses in a field as a reader does.
fn choose(browser: &Browser, field: &str, value: &str) {
    browser.run(
        "const f = document.getElementById(arguments[0]); f.value = arguments[1]; f.dispatchEvent(new Event('input', { bubbles: true }));",
        json!([field, value]),
    );
}

fn in_view(browser: &Browser, id: &str) -> bool {
    // Below the heading that stays, above the foot of the window.
    let script = "const r = document.getElementById(arguments[0]).getBoundingClientRect(); \
                  const h = document.querySelector('#index thead').getBoundingClientRect(); \
                  return r.top >= Math.max(0, h.bottom) - 1 && r.top < innerHeight;";
    browser.run(script, json!([id])) == json!(true)
}

#[test]
fn an_address_chooses_rows_and_the_back_button_goes_through_the_choices() {
    let server = served::start(Path::new("content-example"), &[]).expect("it serves");
    let url = |path: &str| format!("http://127.0.0.1:{}/{path}", server.port);
    let browser = Browser::start();
    browser.go(&url("standards/index.html"));
    browser.until(READY);
    let all = shown(&browser);
    assert_eq!(all.len(), 65);
    assert_eq!(count(&browser), "65 of 65 rows");

    browser.go(&url(
        "standards/index.html?state=partly-documented&section=164.316",
    ));
    browser.until(READY);
    let both = shown(&browser);
    assert!(!both.is_empty() && both.len() < 12, "{both:?}");
    assert_eq!(count(&browser), format!("{} of 65 rows", both.len()));
    assert!(both.iter().all(|cite| cite.starts_with("164.316")), "{both:?}");
    assert!(of_rows(&browser, STATE).iter().all(|s| s == "partly-documented"));

    // Each choice is a step, and is in the address.
    choose(&browser, "f-state", "");
    choose(&browser, "f-section", "308");
    choose(&browser, "f-kind", "addressable");
    browser.until("location.search === '?section=308&kind=addressable'");
    let addressable = shown(&browser);
    assert!(
        addressable.contains(&"164.308(a)(5)(ii)(B)".to_string()),
        "{addressable:?}"
    );
    assert!(addressable.iter().all(|cite| cite.starts_with("164.308")));
    browser.back();
    browser.until("location.search === '?section=308'");
    assert!(shown(&browser).len() > addressable.len());
    browser.back();
    browser.back();
    browser.until("location.search === '?state=partly-documented&section=164.316'");
    assert_eq!(shown(&browser), both);

    // What the address names and the index lacks is left out; owners are read whatever they hold.
    browser.go(&url(
        "standards/index.html?state=lost&owner=Security%20official&nothing",
    ));
    browser.until(READY);
    assert!(of_rows(&browser, OWNER).iter().all(|o| o == "Security official"));
    browser.is_clean();
}

#[test]
fn a_row_can_be_linked_to_and_is_shown_whatever_is_chosen() {
    let browser = Browser::start();
    browser.go(&file("standards/index.html#164.308-a-5-ii-b"));
    browser.until(READY);
    browser.until("scrollY > 200");
    assert!(in_view(&browser, "164.308-a-5-ii-b"));
    // A state that the row is not in.
    let state =
        browser.text("document.getElementById('164.308-a-5-ii-b').querySelector('.state').classList[1]");
    let other = if state == "does-not-apply" {
        "documented"
    } else {
        "does-not-apply"
    };
    browser.go(&file(&format!(
        "standards/index.html?state={other}&sort=-rule#164.308-a-5-ii-b"
    )));
    browser.until(READY);
    assert!(
        count(&browser).ends_with(", and the one that the address names"),
        "{}",
        count(&browser)
    );
    assert!(shown(&browser).contains(&"164.308(a)(5)(ii)(B)".to_string()));
    // Choosing anew lets go of it.
    choose(&browser, "f-kind", "required");
    assert!(!shown(&browser).contains(&"164.308(a)(5)(ii)(B)".to_string()));
    browser.is_clean();
}

#[test]
fn columns_sort_by_their_headings_and_the_order_is_told() {
    let browser = Browser::start();
    browser.go(&file("standards/index.html"));
    browser.until(READY);
    let rule = shown(&browser);
    let sorted = |key: &str| {
        browser.text(&format!(
            "document.querySelector('th[data-sort$={key}]').getAttribute('aria-sort')"
        ))
    };
    assert_eq!(sorted("rule"), "ascending");
    // Most gaps first, with the keyboard.
    browser.run(
        "document.querySelector('th[data-sort$=gaps] button').focus();",
        json!([]),
    );
    browser.keys(ENTER);
    browser.until("document.querySelector('th[data-sort$=gaps]').getAttribute('aria-sort') === 'descending'");
    assert_eq!(sorted("rule"), "null");
    let gaps: Vec<u32> = of_rows(&browser, "r.dataset.gaps || 0")
        .iter()
        .map(|g| g.parse().expect("a number"))
        .collect();
    assert!(gaps.is_sorted_by(|a, b| a >= b) && gaps[0] > gaps[64], "{gaps:?}");
    // Rows that are alike keep the order of the rule.
    let without: Vec<String> = shown(&browser)
        .into_iter()
        .zip(&gaps)
        .filter(|(_, g)| **g == 0)
        .map(|(c, _)| c)
        .collect();
    let mut as_in_rule = rule.clone();
    as_in_rule.retain(|cite| without.contains(cite));
    assert_eq!(without, as_in_rule);
    browser.keys(ENTER);
    assert_eq!(sorted("gaps"), "ascending");
    browser.keys(ENTER);
    assert_eq!(
        (sorted("gaps"), sorted("rule")),
        ("null".into(), "ascending".into())
    );
    assert_eq!(shown(&browser), rule);
    // Back and forth through every column: no row is lost.
    let keys = [
        "state", "owner", "answer", "policy", "evidence", "decision", "history", "places",
    ];
    for key in keys {
        choose(&browser, "f-sort", key);
        let mut there = shown(&browser);
        assert_eq!(there.len(), 65, "{key}");
        there.sort();
        let mut wanted = rule.clone();
        wanted.sort();
        assert_eq!(there, wanted, "{key}");
    }
    // A section is a place in the order of the rule.
    browser.run("location.hash = 'section-312';", json!([]));
    browser.until("document.getElementById('section-312').checkVisibility()");
    assert_eq!(shown(&browser), rule);
    browser.is_clean();
}

#[test]
fn words_and_citations_in_any_spelling_find_rows() {
    let browser = Browser::start();
    browser.go(&file("standards/index.html"));
    browser.until(READY);
    for spelled in [
        "308a5iib",
        "164.308 (a) (5) (ii) (B)",
        "45 CFR 164.308(a)(5)(ii)(B)",
        "malicious",
    ] {
        choose(&browser, "f-text", spelled);
        assert_eq!(shown(&browser), ["164.308(a)(5)(ii)(B)"], "{spelled}");
    }
    choose(&browser, "f-text", "no such row");
    assert_eq!(shown(&browser), Vec::<String>::new());
    assert!(browser.text("document.getElementById('f-none').checkVisibility()") == "true");
    browser.run(
        "document.querySelector('#filters button[type=reset]').click();",
        json!([]),
    );
    browser.until("document.getElementById('f-count').textContent === '65 of 65 rows'");
    browser.is_clean();
}

#[test]
fn without_scripts_and_on_a_phone_everything_is_there() {
    let browser = Browser::start();
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.command(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": true }),
    );
    browser.go(&file("standards/index.html"));
    assert_eq!(shown(&browser).len(), 65);
    assert_eq!(
        browser.text("document.getElementById('filters').checkVisibility()"),
        "false"
    );
    assert_eq!(
        browser.text("document.documentElement.scrollWidth <= innerWidth"),
        "true"
    );
    // Each row says its four marks and leads to its page.
    let marks = of_rows(
        &browser,
        "[...r.querySelectorAll('.m')].filter(m => m.checkVisibility() && m.textContent.trim()).length",
    );
    assert!(marks.iter().all(|m| m == "4"), "{marks:?}");
    let links = of_rows(&browser, "r.querySelectorAll('a[href^=\"164.\"]').length > 0");
    assert!(links.iter().all(|l| l == "true"));
}
