//! How the site behaves under a reader's hands, where axe does not look: the keyboard, zoom, narrow screens, movement,
//! JavaScript switched off. From a folder, as by a double click.

#![cfg(unix)]

mod support;

use serde_json::json;
use support::hosted;
use support::published::{example, from_folder, kinds};
use support::webdriver::{Browser, TAB};

/// What sticks out of the page sideways, "" when nothing does. Tables may be wider, within their own scroll bars.
const OUT: &str = "(function () {
  for (const all of document.querySelectorAll('details')) all.open = true;
  if (document.documentElement.scrollWidth <= document.documentElement.clientWidth) return '';
  const wide = Array.from(document.querySelectorAll('body *')).filter(function (e) {
    return e.getBoundingClientRect().right > document.documentElement.clientWidth && !e.closest('.scroll, .vh, .word');
  });
  return document.documentElement.scrollWidth + ' wide: ' + wide.slice(0, 3).map(function (e) { return e.outerHTML.slice(0, 120); }).join(' | ');
})()";

/// Text that its own box hides, "" for none.
const CUT: &str = "Array.from(document.querySelectorAll('main h1, main h2, main p, main td, main th, main button, nav a')).filter(function (e) {
    return e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible' && !e.matches('.vh, .word');
  }).map(function (e) { return e.outerHTML.slice(0, 100); }).join(' | ')";

#[test]
fn nothing_sticks_out_at_320_pixels_nor_at_twice_the_size() {
    let site = example();
    let browser = Browser::start();
    let mut found = Vec::new();
    // 1280 pixels at 200 % are 640, at 400 % they are 320.
    for page in kinds(site, "") {
        for width in [320, 640] {
            browser.screen(width, 800, false);
            browser.go(&from_folder(site, &page));
            let out = browser.text(OUT);
            if !out.is_empty() {
                found.push(format!("{page} at {width}: {out}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_sticks_out_when_only_the_letters_are_twice_as_large() {
    let site = example();
    let browser = Browser::start();
    browser.at_each_page(
        "addEventListener('DOMContentLoaded', function () { document.documentElement.style.setProperty('font-size', '200%'); });",
    );
    let mut found = Vec::new();
    for page in kinds(site, "") {
        for width in [1280, 640] {
            browser.screen(width, 800, false);
            browser.go(&from_folder(site, &page));
            assert_eq!(
                browser.text("getComputedStyle(document.documentElement).fontSize"),
                "32px"
            );
            let out = browser.text(OUT);
            if !out.is_empty() {
                found.push(format!("{page} at {width}: {out}"));
            }
            // Every cell of the index keeps its words to itself.
            let cut = browser.text(CUT);
            if !cut.is_empty() {
                found.push(format!("{page} at {width}: cut {cut}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_keyboard_reaches_everything_and_the_focus_is_seen() {
    const FOCUS: &str = "(function () {
      const e = document.activeElement;
      if (!e || e === document.body) return 'none';
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      return (ring && box.width > 0 ? '' : 'UNSEEN ') + (e.className || e.tagName) + ' ' + e.textContent.trim().slice(0, 30);
    })()";
    const STOPS: &str = "Array.from(document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]'))
        .filter(function (e) { return !e.disabled && e.checkVisibility({ visibilityProperty: true }); }).length";
    let site = example();
    let browser = Browser::start();
    browser.screen(1280, 900, false);
    for page in [
        "index.html",
        "policies/index.html",
        "standards/164.312-b.html",
        "versions/index.html",
    ] {
        browser.go(&from_folder(site, page));
        let stops: usize = browser.text(STOPS).parse().expect("a number");
        let mut walked = Vec::new();
        for _ in 0..stops {
            browser.keys(TAB);
            let focus = browser.text(FOCUS);
            if focus == "none" {
                break;
            }
            assert!(!focus.starts_with("UNSEEN"), "{page}: {focus}");
            walked.push(focus);
        }
        assert!(
            walked.first().is_some_and(|first| first.starts_with("skip")),
            "{page}: {walked:?}"
        );
        assert_eq!(walked.len(), stops, "{page}: {walked:#?}");
    }
}

/// Goes through these pages and adds up what moves: nothing may, not by a part of a pixel.
fn nothing_moves(browser: &Browser, base: &str, pages: &[String]) {
    browser.at_each_page(
        "window.shifted = [];
         new PerformanceObserver(function (list) {
           for (const shift of list.getEntries()) {
             window.shifted.push(shift.value + ' ' + shift.sources.map(function (s) { return s.node && s.node.nodeName + ' ' + s.node.textContent.trim().slice(0, 40); }));
           }
         }).observe({ type: 'layout-shift', buffered: true });",
    );
    // As on an old computer: a page is drawn while it is still being read.
    browser.command("Emulation.setCPUThrottlingRate", json!({ "rate": 4 }));
    let mut moved = Vec::new();
    for (width, page) in pages.iter().flat_map(|page| [(1280, page), (390, page)]) {
        browser.screen(width, 800, false);
        browser.command("Network.clearBrowserCache", json!({}));
        browser.go(&format!("{base}{page}"));
        // Fonts are in, and two frames were drawn with them.
        let shifted = browser.run(
            "return document.fonts.ready.then(function () {
               return new Promise(function (done) {
                 requestAnimationFrame(function () { requestAnimationFrame(function () { done(window.shifted.join('; ')); }); });
               });
             });",
            json!([]),
        );
        let shifted = shifted.as_str().expect("text");
        if !shifted.is_empty() {
            moved.push(format!("{page} at {width}: {shifted}"));
        }
    }
    assert!(moved.is_empty(), "{}", moved.join("\n"));
    browser.is_clean();
}

#[test]
fn nothing_moves_while_a_page_loads_from_a_folder() {
    let site = example();
    nothing_moves(&Browser::start(), &from_folder(site, ""), &kinds(site, ""));
}

#[test]
fn nothing_moves_while_a_page_loads_from_a_server() {
    let site = example();
    nothing_moves(
        &Browser::start(),
        &hosted::address(hosted::host(site)),
        &kinds(site, ""),
    );
}

#[test]
fn movement_would_be_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = "<!doctype html><html lang=en><title>x</title><p>above</p><script>setTimeout(function () { \
                document.querySelector('p').style.height = '300px'; document.body.dataset.done = 'yes'; }, 300);</script><p>below</p>";
    std::fs::write(folder.path().join("moves.html"), page).expect("written");
    let browser = Browser::start();
    let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        browser.at_each_page("addEventListener('load', function () { document.fonts.load = null; Object.defineProperty(document.fonts, 'ready', { value: new Promise(function (done) { setTimeout(done, 900); }) }); });");
        nothing_moves(
            &browser,
            &from_folder(folder.path(), ""),
            &["moves.html".to_string()],
        );
    }));
    assert!(told.is_err());
}

#[test]
fn the_first_visit_is_drawn_with_the_fonts_of_the_site() {
    let site = example();
    let server = hosted::address(hosted::host(site));
    for base in [from_folder(site, ""), server] {
        for (page, face) in [
            ("index.html", "IBM Plex Sans"),
            ("standards/164.312-b.html", "IBM Plex Serif"),
        ] {
            let browser = Browser::start();
            browser.go(&format!("{base}{page}"));
            let wanted = if face.ends_with("Sans") {
                "main .lede"
            } else {
                "main .law blockquote > p:last-of-type"
            };
            let drawn = browser.fonts_of(wanted);
            assert!(drawn.iter().any(|font| font == face), "{page}: {drawn:?}");
            let title = browser.fonts_of("h1");
            assert!(
                title.iter().any(|font| font.starts_with("IBM Plex Serif")),
                "{page}: {title:?}"
            );
        }
    }
}

#[test]
fn who_wants_no_movement_gets_none() {
    let site = example();
    let browser = Browser::start();
    for page in ["index.html", "standards/index.html"] {
        for (wish, glides) in [("reduce", "auto"), ("no-preference", "smooth")] {
            let wish = json!({ "features": [{ "name": "prefers-reduced-motion", "value": wish }] });
            browser.command("Emulation.setEmulatedMedia", wish);
            browser.go(&from_folder(site, page));
            assert_eq!(
                browser.text("getComputedStyle(document.documentElement).scrollBehavior"),
                glides
            );
        }
        let wish = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        browser.command("Emulation.setEmulatedMedia", wish);
        browser.go(&from_folder(site, page));
        assert_eq!(browser.text("document.getAnimations().length"), "0");
        let moving = "Array.from(document.querySelectorAll('*')).filter(function (e) {
            const style = getComputedStyle(e);
            return parseFloat(style.animationDuration) > 0 || parseFloat(style.transitionDuration) > 0;
        }).length";
        assert_eq!(browser.text(moving), "0", "{page}");
    }
}

#[test]
fn without_javascript_every_page_is_whole() {
    let site = example();
    let browser = Browser::start();
    let words = "(function () {
      // The filters only work with it, and come with it.
      for (const e of document.querySelectorAll('#filters')) e.remove();
      return document.querySelector('main').innerText.replace(/\\s+/g, ' ');
    })()";
    for page in kinds(site, "") {
        browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        browser.go(&from_folder(site, &page));
        browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": false }));
        let without = browser.text(words);
        browser.go(&from_folder(site, &page));
        let with = browser.text(words);
        let lost: Vec<&str> = with.split(' ').filter(|word| !without.contains(*word)).collect();
        // Controls that only work with it come with it.
        assert!(
            without.len() > 80 && lost.len() < 40,
            "{page} shows less without JavaScript: {lost:?}"
        );
        // Nothing waits for a script to appear.
        assert!(
            browser.text("document.querySelectorAll('main h1').length") == "1",
            "{page}"
        );
    }
}
