//! Texts, names and files that mean harm: nothing that a clinic's folder holds becomes markup or script, on any page that
//! the program makes. Pages are read by a reader that is stricter than browsers (`support::html`).

use hipaa_binder::pipeline;
use jiff::civil::date;
use proptest::prelude::*;

mod support;
#[cfg(unix)]
use support::forms::{PREVIEW, editing, fields, send};
use support::hostile::{Files, LINKS, PIECES, clinic, clinic_named, file_name, folder};
use support::html::{dangers, read, scheme};

/// What is wrong with any file of an output.
fn faults(output: &Files) -> Vec<String> {
    let mut found = vec![];
    for (path, bytes) in output {
        let of_the_clinic = path.contains("exhibits/files/");
        if path.contains([
            '<', '>', '"', '\'', '&', '%', '#', '\\', ':', '\n', ' ', '\u{202e}',
        ]) {
            found.push(format!("a file of the output is called {path:?}"));
        }
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "html" | "htm" | "svgz" | "xml" | "xhtml" | "zxq" if of_the_clinic => {
                found.push(format!("{path} could be run"));
            }
            "html" => {
                let page = String::from_utf8_lossy(bytes);
                found.extend(
                    dangers(&page, &[])
                        .into_iter()
                        .map(|what| format!("{path}: {what}")),
                );
            }
            "json" if !of_the_clinic && serde_json::from_slice::<serde_json::Value>(bytes).is_err() => {
                found.push(format!("{path} is no JSON"));
            }
            "js" if path.contains("search-index.") => {
                let text = String::from_utf8_lossy(bytes);
                let json = text
                    .strip_prefix("window.binderSearchIndex=")
                    .and_then(|rest| rest.strip_suffix(";\n"))
                    .unwrap_or_default();
                let whole = serde_json::from_str::<serde_json::Value>(json).is_ok();
                if !whole || json.contains(['<', '>', '\u{2028}', '\u{2029}']) {
                    found.push(format!("{path} is more than a value"));
                }
            }
            _ => {}
        }
    }
    found
}

/// The files of the site; panics where the content has an error.
fn site(files: &Files) -> Files {
    let built = pipeline::build(&folder(files), &support::options(date(2026, 11, 20)), &|_| {});
    let Some(output) = built.output else {
        let errors: Vec<_> = built
            .diagnostics
            .iter()
            .filter(|one| one.severity == hipaa_binder::diagnostic::Severity::Error)
            .map(|one| format!("{}:{} {}", one.place.file, one.place.line, one.message))
            .collect();
        panic!("{errors:#?}");
    };
    let bytes = |path: &str| output.bytes(path).map_or(vec![], |bytes| bytes.to_vec());
    output
        .files()
        .map(|(path, _)| (path.to_string(), bytes(path)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_and_no_name_becomes_markup_or_script(
        pieces in prop::collection::vec(prop_oneof![
            4 => prop::sample::select(&PIECES[..]).prop_map(str::to_string),
            1 => "[ -~]{1,12}",
            1 => "\\PC{1,6}",
        ], 1..5),
    ) {
        let text = pieces.join(" ").replace("+++", "");
        let found = faults(&site(&clinic(&format!("x{}", text.trim()))));
        prop_assert!(found.is_empty(), "{:#?}", found);
    }
}

#[test]
fn every_piece_alone_stays_a_text() {
    for piece in PIECES {
        let found = faults(&site(&clinic(piece)));
        assert!(found.is_empty(), "{piece}: {found:#?}");
    }
    let long = "zxq<".repeat(200);
    let found = faults(&site(&clinic(&long)));
    assert!(found.is_empty(), "{found:#?}");
}

/// The reader finds what it is there to find.
#[test]
fn the_reader_of_pages_finds_what_runs() {
    let page = |inside: &str| {
        format!("<!doctype html>\n<html><head><title>t</title></head><body><p>{inside}</p></body></html>\n")
    };
    assert_eq!(dangers(&page("words &amp; <b>more</b>"), &[]), [""; 0]);
    for inside in [
        "<zxq>",
        "<b onclick=\"x\">a</b>",
        "<b style=\"x\">a</b>",
        "<b a=x>a</b>",
        "<a href=\"javascript:x\">a</a>",
        "<a href=\" java\tscript:x\">a</a>",
        "<a href=\"https://a.example\">a</a>",
        "<a rel=\"noopener noreferrer\" href=\"https://a.example\">a</a>",
        "<img src=\"data:image/png,x\">",
        "<img src=\"//a.example/x\">",
        "<script>x</script>",
        "<script src=\"https://a.example/assets/x.js\"></script>",
        "<script src=\"x.js\"></script>",
        "a & b",
        "a < b",
        "</b>",
        "<b>",
        "<!-- x -->",
        "<iframe></iframe>",
        "<a href=\"x\"onclick=\"y\">a</a>",
    ] {
        assert!(!dangers(&page(inside), &[]).is_empty(), "{inside}");
    }
}

#[test]
fn links_that_run_lead_nowhere_in_every_spelling() {
    let body = LINKS.join("\n\n");
    let files = Files::from([
        (
            "binder.toml".to_string(),
            b"[practice]\nname = \"P\"\nkind = \"covered-entity\"\n".to_vec(),
        ),
        (
            "policies/a.md".to_string(),
            format!("+++\nid = \"a\"\ntitle = \"A\"\nkind = \"policy\"\n+++\n\n{body}\n").into_bytes(),
        ),
    ]);
    let page = String::from_utf8_lossy(&site(&files)["policies/a.html"]).into_owned();
    assert_eq!(dangers(&page, &[]), [""; 0]);
    let all = read(&page).expect("a page");
    let followed: Vec<&str> = all
        .iter()
        .filter_map(|element| element.get("href").or(element.get("src")))
        .filter(|address| scheme(address).is_some() || address.contains("zxq"))
        .collect();
    assert_eq!(followed, [""; 0], "no link is left of them");
}

#[test]
fn a_link_to_another_site_says_so_and_tells_nothing() {
    let body = "[the rule](https://www.ecfr.gov/x) ![logo](http://a.example/l.png) [write](mailto:a@b.example) <tel:+1-555-0100>\n";
    let files = Files::from([
        (
            "binder.toml".to_string(),
            b"[practice]\nname = \"P\"\nkind = \"covered-entity\"\n".to_vec(),
        ),
        (
            "policies/a.md".to_string(),
            format!("+++\nid = \"a\"\ntitle = \"A\"\nkind = \"policy\"\n+++\n\n{body}").into_bytes(),
        ),
    ]);
    let output = site(&files);
    let page = String::from_utf8_lossy(&output["policies/a.html"]).into_owned();
    assert_eq!(dangers(&page, &[]), [""; 0]);
    assert_eq!(
        page.matches("class=\"outside\" rel=\"noopener noreferrer\"")
            .count(),
        2
    );
    assert_eq!(
        page.matches("<span class=\"vh\"> (on another site)</span></a>")
            .count(),
        2
    );
    assert_eq!(
        page.matches("<a rel=\"noopener noreferrer\" href=\"").count(),
        2,
        "mail and telephone"
    );
    // Nothing asks a browser to go there before somebody does.
    for all in output.values() {
        let text = String::from_utf8_lossy(all);
        for early in ["prefetch", "preconnect", "prerender", "speculationrules"] {
            assert!(!text.contains(early), "{early}");
        }
    }
}

/// The same clinic on disk, where the system's own rules for names hold.
#[cfg(unix)]
fn on_disk(text: &str) -> support::served::Clinic {
    let place = support::served::Clinic::new();
    std::fs::remove_dir_all(place.dir()).expect("an empty place");
    for (path, bytes) in clinic(text) {
        let path = place.path(&path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    place
}

#[cfg(unix)]
fn run(place: &support::served::Clinic, arguments: &[&str]) -> String {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(arguments)
        .current_dir(place.dir())
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{arguments:?}: {said}");
    said
}

/// Some texts, each of many pieces, that files can hold.
#[cfg(unix)]
fn texts() -> Vec<String> {
    PIECES
        .chunks(9)
        .map(|pieces| pieces.join(" ").replace('\0', ""))
        .collect()
}

#[cfg(unix)]
#[test]
fn sealed_versions_and_what_changed_between_them_hold_no_markup_of_a_text() {
    for text in texts() {
        let place = on_disk(&text);
        // The command itself takes no control characters.
        let by: String = text.chars().filter(|c| !c.is_control()).collect();
        let note = format!("{by} \"note\"");
        let seal = |label: &str, day: &str| {
            run(
                &place,
                &[
                    "seal",
                    label,
                    "--by",
                    &by,
                    "--note",
                    &note,
                    "--as-of",
                    day,
                    "--with-gaps",
                    "--no-pdf",
                ],
            );
        };
        seal("v1", "2026-03-01");
        for (path, bytes) in clinic_named(&format!("{text} changed <zxq>"), &text) {
            let path = place.path(&path);
            std::fs::write(path, bytes).expect("written");
        }
        seal("v2", "2026-06-01");
        let policy = std::fs::read_to_string(place.path("policies/new.md")).expect("there");
        std::fs::write(
            place.path("policies/new.md"),
            format!("{policy}\n{text} once more\n"),
        )
        .expect("written");
        run(
            &place,
            &["build", "--no-pdf", "--as-of", "2026-11-20", "--out", "out"],
        );
        let output = support::tree(&place.path("out"));
        assert!(
            output.contains_key("versions/v2/changes.html"),
            "the second version says what changed"
        );
        assert_eq!(faults(&output), [""; 0], "{text}");
        run(&place, &["diff", "v1", "v2", "--html", "changes.html"]);
        let page = std::fs::read_to_string(place.path("changes.html")).expect("a page");
        assert_eq!(dangers(&page, &[]), [""; 0], "{text}");
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    }
}

#[cfg(unix)]
#[test]
fn served_pages_forms_and_messages_hold_no_markup_of_a_text() {
    const EDITORS: [&str; 1] = ["vscode"];
    let text = texts().join(" ");
    let place = on_disk(&text);
    let mut server = editing(&place);
    let missing = server.get("/no-such/%3Czxq%3E?zxq");
    assert_eq!(missing.status, 404, "{}", missing.text());
    for path in [
        "/",
        "/standards/164.310-a-2-i.html",
        "/_binder/staff.html",
        "/_binder/edit/164.310-a-2-i",
        "/no-such/%3Czxq%3E?zxq",
        "/exhibits/ex-0.html",
        "/gaps/index.html",
    ] {
        let page = server.get(path).text();
        let found: Vec<String> = dangers(&page, &EDITORS)
            .into_iter()
            // The one script of the server beside the site's.
            .filter(|what| !what.contains("form@"))
            .collect();
        assert_eq!(found, [""; 0], "{path}");
    }
    // What a form brings comes back as text, too.
    let form = server.get("/_binder/edit/164.310-a-2-i").text();
    let mut filled = fields(&form);
    for (name, value) in &mut filled {
        if !name.starts_with("was-") && name != "token" && name != "file" {
            *value = format!("{value} {text} {}", LINKS.join("\n\n"));
        }
    }
    let preview = PREVIEW.replace("164.308-a-2", "164.310-a-2-i");
    let save = preview.replace("preview", "save");
    for to in [preview, save] {
        let answer = send(&server, &to, &filled);
        if answer.status != 303 {
            assert_eq!(
                dangers(&answer.text(), &EDITORS),
                [""; 0],
                "{to}: {}",
                answer.status
            );
        }
    }
    // Errors in a file of this name, with these words.
    let name = file_name(&text);
    place.write(
        &format!("records/{name}2.md"),
        &format!(
            "+++\nkind = {0}\n{0} = 1\n+++\n{text}\n",
            support::toml_string(&text)
        ),
    );
    place.write(
        "registers/training.csv",
        &format!("date,person,<zxq>\n\"{}\",w1,x\n", text.replace('"', "\"\"")),
    );
    let answer = server.shows("/", |page| page.contains("id=\"binder-panel\""));
    assert_eq!(dangers(&answer.text(), &EDITORS), [""; 0]);
    let panel = server.get("/_binder/panel.html").text();
    let framed = format!("<!doctype html><html>{panel}</html>");
    assert_eq!(dangers(&framed, &EDITORS), [""; 0]);
}

/// Addresses in a PDF lead where links of pages may, nothing in it runs, and no word of a text became code of the layout:
/// it is made at all, and holds the words.
#[cfg(unix)]
#[test]
fn the_pdf_runs_nothing_and_leads_only_where_pages_lead() {
    use hayro::hayro_syntax::{Pdf, object::Object};
    let text = texts().join(" ");
    let place = on_disk(&text);
    run(&place, &["build", "--as-of", "2026-11-20", "--out", "out"]);
    let pdf = std::fs::read(place.path("out/binder.pdf")).expect("a PDF");
    let mut all = pdf.clone();
    for object in Pdf::new(pdf.clone()).expect("a readable PDF").objects() {
        if let Object::Stream(stream) = object
            && let Ok(data) = stream.decoded()
        {
            all.extend_from_slice(&data);
        }
    }
    let all = String::from_utf8_lossy(&all);
    for never in [
        "/JavaScript",
        "/S/JS",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/RichMedia",
        "/GoToR",
        "/AA<<",
    ] {
        assert!(!all.contains(never), "{never}");
    }
    let mut addresses = 0;
    for piece in all.split("/URI").skip(1) {
        let piece = piece.trim_start();
        let Some(address) = piece.strip_prefix('(') else {
            continue;
        };
        let address = address.split(')').next().unwrap_or_default();
        let scheme = scheme(address).unwrap_or_default();
        assert!(
            ["http", "https", "mailto", "tel"].contains(&scheme.as_str()),
            "{address}"
        );
        addresses += 1;
    }
    assert!(addresses > 0, "links of the text are in it");
    let words = support::pdf::poppler("pdftotext", &["-raw"], &pdf);
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    for wanted in [
        "<script>zxq()</script>",
        "#zxq[`zxq`]$zxq$@zxq",
        "{{zxq}}",
        "&lt;zxq&gt;",
    ] {
        assert!(words.contains(wanted), "{wanted} is not printed as it was typed");
    }
}

/// Every sort of file that may be evidence, with a web page and a drawing in it that would run a script.
#[cfg(unix)]
#[test]
fn no_exhibit_runs_a_script_when_it_is_opened_from_a_folder() {
    use support::webdriver::Browser;
    const ENDINGS: &str = "avif bmp cfg conf css csv doc docx eml gif gz heic htm html ics ini jpeg jpg js json log m4a md \
                           mht mhtml mjs mov mp3 mp4 msg odt pdf png ppt reg rtf shtml svg svgz tif toml tsv txt vcf wav \
                           webm webp xht xhtml xls xlsx xml xsl xslt yaml zip exe hta php none";
    const RUN: &str = "document.documentElement.setAttribute('ran', '1')";
    let place = support::served::Clinic::new();
    let mut lines = "id,file,title,date,rows\n".to_string();
    let mut ids = 0;
    let page = format!("<!doctype html><html><body onload=\"{RUN}\"><script>{RUN}</script></body></html>");
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"{RUN}\"><script>{RUN}</script><text>words</text></svg>"
    );
    for ending in ENDINGS.split_whitespace() {
        for (kind, bytes) in [("page", &page), ("drawing", &drawing)] {
            ids += 1;
            let name = match ending {
                "none" => kind.to_string(),
                ending => format!("{kind}.{ending}"),
            };
            place.write(&format!("evidence/{name}"), bytes);
            lines += &format!("EX-{ids},{name},A file,2026-03-01,164.312(b)\n");
        }
    }
    place.write("registers/evidence.csv", &lines);
    run(
        &place,
        &["build", "--no-pdf", "--as-of", "2026-11-20", "--out", "out"],
    );
    let out = place.path("out");
    let files: Vec<String> = support::tree(&out)
        .into_keys()
        .filter(|path| path.starts_with("exhibits/files/"))
        .collect();
    assert_eq!(files.len(), ids, "each is there, whatever it is called");
    let browser = Browser::start();
    // The page itself, to know that the test would see it.
    browser.go(&format!("file://{}", place.path("evidence/page.html").display()));
    assert_eq!(
        browser.text("document.documentElement.getAttribute('ran') || ''"),
        "1"
    );
    for path in files {
        browser.go("about:blank");
        browser.go(&format!("file://{}", out.join(&path).display()));
        let ran = browser.text("document.documentElement.getAttribute('ran') || ''");
        assert_eq!(ran, "", "{path} runs a script");
    }
    // Its page shows a refused drawing as text and says why its name is another, with the digest of the original.
    let id = lines
        .lines()
        .position(|line| line.contains("drawing.svg,"))
        .expect("a line");
    let shown = std::fs::read_to_string(out.join(format!("exhibits/ex-{id}.html"))).expect("a page");
    assert!(
        shown.contains("drawing.svg.txt") && shown.contains("so that no browser runs it"),
        "{shown}"
    );
    let digest =
        hipaa_binder::content::policies::hex(&<sha2::Sha256 as sha2::Digest>::digest(drawing.as_bytes()));
    assert!(shown.contains(&digest));
}

/// The pages of a hostile clinic in a real browser, from a folder.
#[cfg(unix)]
#[test]
fn a_browser_finds_no_element_of_a_text_and_search_shows_words_as_words() {
    use support::webdriver::{Browser, ENTER};
    const STRANGE: &str = "String(document.querySelectorAll('zxq, [zxq], [onzxq], [onfocus], [onerror], script:not([src])').length)
        + (window.zxq ? ' ran' : '')";
    let text = texts().join(" ");
    let place = on_disk(&text);
    run(
        &place,
        &["build", "--no-pdf", "--as-of", "2026-11-20", "--out", "out"],
    );
    let out = place.path("out");
    let mut browser = Browser::start();
    browser.forgive("favicon");
    for page in [
        "index.html",
        "standards/164.310-a-2-i.html",
        "policies/changing.html",
        "exhibits/ex-0.html",
        "registers/training.html",
    ] {
        browser.go(&format!("file://{}", out.join(page).display()));
        assert_eq!(browser.text(STRANGE), "0", "{page}");
    }
    browser.run("document.getElementById('find').click()", serde_json::json!([]));
    browser.until("document.activeElement && document.activeElement.tagName === 'INPUT'");
    browser.keys("zxq onload");
    browser.until("document.querySelectorAll('mark').length > 0");
    assert_eq!(browser.text(STRANGE), "0", "what search found");
    browser.keys(ENTER);
    browser.until("document.readyState === 'complete'");
    assert_eq!(browser.text(STRANGE), "0", "where it led");
}
