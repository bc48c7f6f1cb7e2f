//! Watch mode as a reader meets it: the real program, a real browser.
//!
//! Each test opens served pages in Chromium, saves files, and looks at what the page becomes by itself. All end with a
//! look at the console: no script failed, and nothing was blocked by the policy of the page.

#![cfg(unix)]

mod support;

use serde_json::json;
use support::served::{ANSWER, Clinic, PAGE, Server, said, start};
use support::webdriver::{Browser, ENTER, SPACE, TAB};

fn serve(clinic: &Clinic) -> Server {
    start(&clinic.dir(), &[]).expect("it serves")
}

fn url(server: &Server, path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", server.port)
}

/// An answer long enough to scroll, with these words at its top.
fn long(words: &str) -> String {
    let mut text = said(words);
    for n in 0..120 {
        text.push_str(&format!(
            "\nParagraph {n} of a long answer, which is there to be scrolled.\n"
        ));
    }
    text
}

/// The number of the site that the page belongs to.
const NUMBER: &str = "document.documentElement.getAttribute('data-binder-site')";
/// The page hears the stream, and nothing newer is there.
const UP_TO_DATE: &str = "document.getElementById('binder-live').textContent.startsWith('Up to date, ')";

#[test]
fn a_save_reloads_the_page_and_the_reader_stays_where_they_were() {
    let clinic = Clinic::new();
    clinic.write(ANSWER, &long("before"));
    let mut server = serve(&clinic);
    let browser = Browser::start();
    // Notes where each page was scrolled to: it must not glide there from its top.
    browser.at_each_page(
        "var seen = []; addEventListener('scroll', function () { seen.push(Math.round(scrollY)); });",
    );
    browser.go(&url(&server, PAGE));
    browser.shows("security official, before.");
    browser.run(
        "scrollTo({ top: 1234, behavior: 'instant' });
         document.getElementById('binder-follow').focus({ preventScroll: true });",
        json!([]),
    );
    for n in 0..3 {
        clinic.write(ANSWER, &long(&format!("saved {n}")));
        browser.shows(&format!("security official, saved {n}."));
        browser.until("seen.includes(1234)");
        browser.until(UP_TO_DATE);
        assert_eq!(
            browser.text("seen.every(function (y) { return y === 1234; })"),
            "true"
        );
        assert_eq!(
            browser.text("document.activeElement.id"),
            "binder-follow",
            "the focus stays too"
        );
    }
    // The number of the page is that of the stream.
    let page = browser.text(NUMBER);
    server.until(|state| state["site"] == page.as_str());
    browser.is_clean();
}

#[test]
fn a_mistake_is_shown_read_aloud_and_gone_when_put_right() {
    const BAD: &str = "ownr<img src=x onerror=\"document.title='run'\"> =";
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.until(UP_TO_DATE);
    browser.run("window.still = 'the same page';", json!([]));
    clinic.write(ANSWER, &said("after").replace("owner =", BAD));
    browser.until("document.querySelector('#binder-panel h2')");
    for words in [
        "answers/164.308/security-official.md:3",
        BAD,
        "Waiting for a file to be put right",
        // The last good page stays below.
        "security official, before.",
    ] {
        browser.shows(words);
    }
    assert_ne!(
        browser.text("document.querySelector('.binder-help').textContent"),
        "",
        "it says what to type"
    );
    // What stands in the file stays text, and the page was not reloaded: what the reader typed into it is kept.
    assert_eq!(
        browser.text("document.querySelectorAll('#binder-panel img').length"),
        "0"
    );
    assert_eq!(browser.text("document.title === 'run'"), "false");
    assert_eq!(browser.text("window.still"), "the same page");
    // Read aloud when it comes, and reached with the keyboard later.
    assert_eq!(browser.spoken("#binder-panel [role=alert]").0, "alert");
    let headline = browser.text("document.querySelector('#binder-panel h2').textContent");
    assert_eq!(
        browser.spoken("#binder-panel"),
        ("region".to_string(), headline.clone())
    );
    assert_eq!(
        browser.spoken("#binder-panel-list"),
        ("group".to_string(), headline)
    );
    assert_eq!(
        browser.spoken("#binder-panel-fold"),
        ("button".to_string(), "Fold".to_string())
    );
    browser.run("document.getElementById('binder-panel-fold').focus();", json!([]));
    browser.keys(SPACE);
    browser.until("document.getElementById('binder-panel-list').hidden");
    assert_eq!(
        browser.text("document.activeElement.getAttribute('aria-expanded')"),
        "false"
    );
    browser.keys(ENTER);
    browser.until("!document.getElementById('binder-panel-list').hidden");

    // A page opened meanwhile has the panel from the start.
    browser.go(&url(&server, "/"));
    browser.shows("answers/164.308/security-official.md:3");
    browser.go(&url(&server, PAGE));
    // Put right with the words as before, it goes, and the page stays as it is.
    browser.run("window.still = 'the same page';", json!([]));
    clinic.say("before");
    browser.until("!document.getElementById('binder-panel')");
    browser.until(UP_TO_DATE);
    assert_eq!(browser.text("window.still"), "the same page");
    // Another mistake, put right with other words: the page is a new one.
    clinic.write(ANSWER, "+++\nhalf of a fi");
    browser.until("document.getElementById('binder-panel')");
    clinic.say("after");
    browser.shows("security official, after.");
    browser.until("!document.getElementById('binder-panel')");
    browser.is_clean();
}

#[test]
fn a_first_build_that_fails_becomes_the_binder_by_itself() {
    let clinic = Clinic::new();
    clinic.write(ANSWER, "+++\nhalf of a fi");
    let server = serve(&clinic);
    let browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.shows("answers/164.308/security-official.md:1");
    assert_eq!(browser.spoken("main h1").0, "heading");
    clinic.say("first");
    browser.shows("security official, first.");
    browser.until(UP_TO_DATE);
    browser.is_clean();
}

#[test]
fn a_page_catches_up_when_the_program_comes_back() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let mut browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.until(UP_TO_DATE);
    let port = server.port.to_string();
    let mut number = browser.text(NUMBER);
    let mut running = Some(server);
    for n in 0..2 {
        // Killed: no good-bye is said.
        drop(running.take());
        browser.shows("binder serve does not answer");
        if n == 0 {
            clinic.say("written meanwhile");
        }
        running = Some(start(&clinic.dir(), &["--port", &port]).expect("it serves again"));
        browser.until(&format!("{UP_TO_DATE} && {NUMBER} !== {}", json!(number)));
        browser.shows("security official, written meanwhile.");
        number = browser.text(NUMBER);
    }
    browser.forgive("ERR_CONNECTION_REFUSED");
    browser.forgive("ERR_INCOMPLETE_CHUNKED_ENCODING");
    browser.forgive("ERR_CONNECTION_RESET");
    browser.is_clean();
}

#[test]
fn who_follows_is_taken_to_what_changed_and_who_does_not_stays() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let browser = Browser::start();
    browser.go(&url(&server, "/"));
    browser.until(UP_TO_DATE);
    let save = |words: &str| {
        let number = browser.text(NUMBER);
        clinic.say(words);
        browser.until(&format!("{UP_TO_DATE} && {NUMBER} !== {}", json!(number)));
    };
    save("one");
    assert_eq!(
        browser.text("location.pathname"),
        "/",
        "nobody is taken anywhere unasked"
    );
    assert_eq!(
        browser.spoken("#binder-follow"),
        ("checkbox".to_string(), "Go to what changes".to_string())
    );
    browser.run("document.getElementById('binder-follow').focus();", json!([]));
    browser.keys(SPACE);
    save("two");
    assert_eq!(browser.text("location.pathname"), PAGE);
    assert_ne!(browser.text("location.hash"), "", "at the place on the page");
    browser.shows("security official, two.");
    // The choice holds, on every page, until it is taken back.
    browser.go(&url(&server, "/policies/index.html"));
    browser.until(UP_TO_DATE);
    save("three");
    assert_eq!(browser.text("location.pathname"), PAGE);
    browser.run("document.getElementById('binder-follow').focus();", json!([]));
    browser.keys(SPACE);
    browser.go(&url(&server, "/policies/index.html"));
    browser.until(UP_TO_DATE);
    save("four");
    assert_eq!(browser.text("location.pathname"), "/policies/index.html");
    browser.is_clean();
}

#[test]
fn the_state_of_the_pdf_is_shown_from_the_making_to_the_end() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let browser = Browser::start();
    // Notes every text that the bar shows, over all pages.
    browser.at_each_page(
        "new MutationObserver(function () {
           var bar = document.getElementById('binder-pdf'), told = sessionStorage.getItem('told') || '';
           if (bar && !told.endsWith(bar.textContent + '|')) { sessionStorage.setItem('told', told + bar.textContent + '|'); }
         }).observe(document, { childList: true, subtree: true, characterData: true });",
    );
    browser.go(&url(&server, PAGE));
    let ready = "/^PDF of \\d\\d:\\d\\d:\\d\\d$/.test(document.getElementById('binder-pdf').textContent)";
    browser.until(ready);
    clinic.say("after");
    browser.shows("security official, after.");
    browser.until(ready);
    // The page itself was published first.
    let told = browser.text("sessionStorage.getItem('told')");
    let old = told
        .split('|')
        .find(|text| text.starts_with("PDF of"))
        .unwrap_or_default();
    assert!(
        told.contains(&format!("|{old}, newer one in the making|")),
        "{told}"
    );
    // The link of the page leads to the whole file.
    let pdf = browser.text("document.querySelector('a[href$=\"binder.pdf\"]').href");
    let pdf = server.get(pdf.trim_start_matches(&url(&server, "")));
    assert!(pdf.body.starts_with(b"%PDF-") && pdf.body.trim_ascii_end().ends_with(b"%%EOF"));
    browser.is_clean();
}

/// What has the focus, as a few words; "" for the page itself.
const FOCUS: &str = "(function () {
  var e = document.activeElement;
  return e === document.body ? '' : e.id || e.className || e.getAttribute('href') || e.tagName;
})()";
/// Why a reader would not see where the focus is; "" when they do.
const UNSEEN: &str = "(function () {
  var e = document.activeElement, style = getComputedStyle(e), box = e.getClientRects()[0];
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) { return 'no outline'; }
  if (!box || box.width < 4 || box.height < 4) { return 'no size'; }
  var seen = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(function (at) {
    var top = document.elementFromPoint(box.left + box.width * at[0], box.top + box.height * at[1]);
    return top && (e.contains(top) || top.contains(e) && top !== document.body && top !== document.documentElement || (e.labels && [].some.call(e.labels, function (l) { return l.contains(top); })));
  });
  return seen ? '' : 'covered: ' + [box.left, box.top, box.right, box.bottom, innerWidth, innerHeight].join(' ');
})()";

/// What has the focus, step by step with the Tab key from the top of the page, until it leaves the page or `most` steps
/// are done. At each step the focus must be seen.
fn walk(browser: &Browser, most: usize) -> Vec<String> {
    let mut order = vec![];
    while order.len() < most {
        browser.keys(TAB);
        let focus = browser.text(FOCUS);
        if focus.is_empty() {
            break;
        }
        // It may still be gliding into sight.
        let seen = browser.in_time(&format!("!{UNSEEN}"));
        assert!(
            seen,
            "{}, {focus}: {}",
            browser.text("location.pathname"),
            browser.text(UNSEEN)
        );
        order.push(focus);
    }
    assert_eq!(order[0], "skip", "{order:?}");
    order
}

#[test]
fn everything_is_reached_with_the_keyboard_and_the_focus_is_seen() {
    let clinic = Clinic::new();
    let server = start(&clinic.dir(), &["--edit"]).expect("it serves");
    let browser = Browser::start();
    browser.go(&url(&server, "/_binder/edit/164.308-a-2"));
    let order = walk(&browser, 300);
    let place = |id: &str| order.iter().position(|focus| focus == id);
    let places = [
        "question-1",
        "question-2",
        "owner",
        "desk-save",
        "/_binder/staff.html",
    ]
    .map(place);
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{order:?}"
    );
    clinic.write(ANSWER, &said("after").replace("owner =", "ownr ="));
    for (page, most) in [(PAGE, 300), ("/index.html", 300), ("/_binder/staff.html", 60)] {
        browser.go(&url(&server, page));
        browser.until("document.getElementById('binder-panel-fold') && !document.getElementById('binder-panel-fold').hidden");
        let order = walk(&browser, most);
        if order.len() == most {
            continue;
        }
        let place = |id: &str| order.iter().position(|focus| focus == id);
        let places = ["binder-panel-fold", "binder-panel-list", "binder-follow"].map(place);
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{order:?}"
        );
    }
    // The first step leads past the menu.
    browser.go(&url(&server, PAGE));
    browser.keys(TAB);
    browser.keys(ENTER);
    browser.until("document.activeElement.id === 'main'");
    browser.keys(TAB);
    assert_eq!(
        browser.text("document.getElementById('main').contains(document.activeElement)"),
        "true"
    );
    browser.is_clean();
}

/// Steps with the Tab key until what has the focus is so.
fn step_to(browser: &Browser, wanted: &str) {
    for _ in 0..300 {
        browser.keys(TAB);
        if browser.text(&format!(
            "Boolean((function (e) {{ return {wanted}; }})(document.activeElement))"
        )) == "true"
        {
            return;
        }
    }
    panic!("the Tab key does not lead to {wanted}");
}

#[test]
fn an_answer_is_changed_with_the_keyboard_alone() {
    let clinic = Clinic::new();
    let before = std::fs::read_to_string(clinic.path(ANSWER)).expect("the answer");
    let server = start(&clinic.dir(), &["--edit"]).expect("it serves");
    let browser = Browser::start();
    browser.go(&url(&server, PAGE));
    step_to(&browser, "e.textContent.trim() === 'Edit answer'");
    browser.keys(ENTER);
    browser.until("document.getElementById('question-1')");
    step_to(&browser, "e.id === 'question-1'");
    assert_eq!(browser.spoken("#question-1").0, "textbox");
    browser.with_control("a");
    browser.keys("Dana Reyes, *appointed*");
    browser.keys(ENTER);
    browser.keys("in writing.");
    // A look at it first: nothing is written by that.
    step_to(&browser, "e.textContent === 'Preview'");
    browser.keys(ENTER);
    browser.until("document.querySelector('.desk-preview em')");
    assert_eq!(
        std::fs::read_to_string(clinic.path(ANSWER)).expect("the answer"),
        before
    );
    assert_eq!(
        browser.text("document.querySelector('.desk-preview em').textContent"),
        "appointed"
    );
    step_to(&browser, "e.className === 'desk-save'");
    browser.keys(ENTER);
    browser.until(&format!(
        "location.pathname === {} && document.querySelector('main em')",
        json!(PAGE)
    ));
    browser.shows("Dana Reyes, appointed");
    assert_eq!(
        std::fs::read_to_string(clinic.path(ANSWER)).expect("the answer"),
        before.replace(
            "The office manager is the security official, before.",
            "Dana Reyes, *appointed*\nin writing."
        )
    );
    browser.is_clean();
}

#[test]
fn what_is_typed_stays_when_somebody_else_saves_meanwhile() {
    let clinic = Clinic::new();
    let mut server = start(&clinic.dir(), &["--edit"]).expect("it serves");
    let mut browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.run("document.querySelector('.binder-edit a').click();", json!([]));
    browser.until("document.getElementById('question-1')");
    step_to(&browser, "e.id === 'question-1'");
    browser.with_control("a");
    browser.keys("Mine.");
    let site = server.site();
    clinic.say("theirs");
    server.until(|state| support::served::number(&state["site"]) > site);
    browser
        .until("document.getElementById('binder-live').textContent === 'What you type stays until you save'");
    assert_eq!(
        browser.text("document.getElementById('question-1').value"),
        "Mine."
    );
    // Saving asks which of the two it shall be.
    browser.with_control("s");
    browser.shows("security official, theirs.");
    step_to(&browser, "e.textContent === 'Keep mine'");
    browser.keys(ENTER);
    browser.until(&format!("location.pathname === {}", json!(PAGE)));
    browser.shows("Mine.");
    let file = std::fs::read_to_string(clinic.path(ANSWER)).expect("the answer");
    assert!(file.contains("\nMine.\n") && !file.contains("theirs"), "{file}");
    // The answer to the save that met another version says so by its number.
    browser.forgive("409 (Conflict)");
    browser.is_clean();
}

#[test]
fn the_staff_page_copies_paths_and_leads_to_the_gaps() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let browser = Browser::start();
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.command("Browser.grantPermissions", permissions);
    browser.command("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
    browser.go(&url(&server, "/"));
    browser.run(
        "document.querySelector('.binder-bar a[href$=\"staff.html\"]').click();",
        json!([]),
    );
    browser.until("document.querySelector('.desk-copy:not([hidden])')");
    // By hand, where the browser has no clipboard for scripts: the focus stays on the button.
    for clipboard in ["as it is", "none"] {
        if clipboard == "none" {
            browser.run(
                "Object.defineProperty(navigator, 'clipboard', { value: undefined });",
                json!([]),
            );
        }
        browser.run(
            "document.getElementById('desk-said').textContent = '';
             [].find.call(document.querySelectorAll('.desk-items .desk-copy'), function (b) {
               return b.getAttribute('data-copy').endsWith('official.md') && b.getClientRects().length;
             }).focus();",
            json!([]),
        );
        browser.keys(ENTER);
        let path = clinic.path(ANSWER).canonicalize().expect("the answer");
        browser.until(&format!(
            "document.getElementById('desk-said').textContent === {}",
            json!(format!("Copied {}", path.display()))
        ));
        assert!(
            browser
                .text("document.activeElement.className")
                .contains("desk-copy"),
            "{clipboard}"
        );
    }
    browser.until("document.activeElement.firstChild.nodeValue === 'Copy path'");
    let gap = browser.text("document.querySelector('.desk-links a').href");
    assert_eq!(server.get(gap.trim_start_matches(&url(&server, ""))).status, 200);
    browser.is_clean();
}

/// The texts of bar and panel whose contrast with what is behind them is under 4.5 to 1, or "".
const FAINT: &str = "(function () {
  function colour(text) { return text.match(/[\\d.]+/g).map(Number); }
  function light(rgb) {
    return [.2126, .7152, .0722].reduce(function (sum, weight, i) {
      var c = rgb[i] / 255;
      return sum + weight * (c <= .04045 ? c / 12.92 : Math.pow((c + .055) / 1.055, 2.4));
    }, 0);
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = colour(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) { return c; }
    }
    return [255, 255, 255];
  }
  var faint = [], all = document.querySelectorAll('.binder-bar *, .binder-panel *');
  all.forEach(function (e) {
    var own = [].some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.data.trim(); });
    if (!own || !e.getClientRects().length) { return; }
    var a = light(colour(getComputedStyle(e).color)) + .05, b = light(behind(e)) + .05;
    var ratio = Math.max(a, b) / Math.min(a, b);
    if (ratio < 4.5) { faint.push(e.className + ' ' + e.textContent.slice(0, 30) + ' ' + ratio); }
  });
  return all.length < 10 ? 'nothing to look at' : faint.join('; ');
})()";

#[test]
fn bar_and_panel_can_be_read_in_the_dark_in_the_light_and_on_a_phone() {
    let clinic = Clinic::new();
    let bad = said("after").replace("owner =", &format!("ownr{} =", "r".repeat(300)));
    let server = serve(&clinic);
    let browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.until(UP_TO_DATE);
    clinic.write(ANSWER, &bad);
    browser.until("document.getElementById('binder-panel')");
    let mut papers = vec![];
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.command("Emulation.setEmulatedMedia", features);
        for width in [1200, 360] {
            let size = json!({ "width": width, "height": 700, "deviceScaleFactor": 1, "mobile": false });
            browser.command("Emulation.setDeviceMetricsOverride", size);
            assert_eq!(browser.text(FAINT), "", "{scheme}, {width} wide");
            assert_eq!(
                browser.text("document.documentElement.scrollWidth <= innerWidth"),
                "true",
                "{width} wide: nothing sticks out"
            );
            assert_eq!(
                browser.text(
                    "document.getElementById('binder-panel-list').getBoundingClientRect().bottom
                     <= document.getElementById('binder-bar').getBoundingClientRect().top"
                ),
                "true",
                "{width} wide: the bar covers no message"
            );
            // The bar does not cover the button, and the page above the panel can be read.
            assert_eq!(
                browser.text(
                    "(function () {
                       var panel = document.getElementById('binder-panel').getBoundingClientRect();
                       var box = document.getElementById('binder-panel-fold').getBoundingClientRect();
                       var top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                       return top.id + ' ' + (panel.top >= innerHeight * .25);
                     })()"
                ),
                "binder-panel-fold true"
            );
        }
        papers
            .push(browser.text("getComputedStyle(document.getElementById('binder-panel')).backgroundColor"));
    }
    assert_ne!(papers[0], papers[1], "dark is dark");
    browser.is_clean();
}

#[test]
fn a_page_that_slept_or_stood_behind_others_catches_up() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let browser = Browser::start();
    browser.go(&url(&server, PAGE));
    browser.until(UP_TO_DATE);
    // Asleep.
    browser.command("Page.setWebLifecycleState", json!({ "state": "frozen" }));
    clinic.say("while it slept");
    browser.command("Page.setWebLifecycleState", json!({ "state": "active" }));
    // Without a screen no window comes to the front by itself.
    browser.command("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
    browser.shows("security official, while it slept.");
    // Behind more tabs than a browser allows connections to one server.
    let first = browser.window();
    let others: Vec<String> = (0..8)
        .map(|_| {
            let other = browser.open_window("tab");
            browser.go(&url(&server, PAGE));
            browser.until(UP_TO_DATE);

            other
        })
        .collect();
    clinic.say("behind the others");
    for window in others.iter().rev().take(2).chain([&first]) {
        browser.switch_to(window);
        browser.shows("security official, behind the others.");
    }
    // And on the way back from another page.
    browser.go(&url(&server, "/"));
    clinic.say("on another page");
    browser.back();
    browser.shows("security official, on another page.");
    browser.until(UP_TO_DATE);
    browser.is_clean();
}
