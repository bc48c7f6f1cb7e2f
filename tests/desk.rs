//! The staff page and answers changed in the browser, from end to end: the real program, forms as a browser sends
//! them, and the bytes of the files afterwards.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::served::{ANSWER, Answer, Clinic, PAGE, Server, start};

const FORM: &str = "/_binder/edit/164.308-a-2";
const SAVE: &str = "/_binder/save/164.308-a-2";
const PREVIEW: &str = "/_binder/preview/164.308-a-2";

fn editing(clinic: &Clinic) -> Server {
    start(&clinic.dir(), &["--edit"]).expect("it serves")
}

/// The fields of a form as a browser finds them in the page.
type Fields = BTreeMap<String, String>;

fn fields(page: &str) -> Fields {
    let form = page.split_once("<form").map_or("", |(_, form)| form);
    let form = form.split_once("</form>").map_or("", |(form, _)| form);
    let mut fields = Fields::new();
    for tag in form.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap_or((tag, ""));
        let attribute = |name: &str| {
            let (_, from) = tag.split_once(&format!(" {name}=\""))?;
            Some(text_of(from.split('"').next()?))
        };
        let Some(name) = attribute("name") else { continue };
        match tag.split(' ').next() {
            Some("input") => fields.insert(name, attribute("value").unwrap_or_default()),
            // The first line end belongs to the markup.
            Some("textarea") => fields.insert(name, text_of(text.strip_prefix('\n').unwrap_or(text))),
            Some("select") => {
                let options = form.split_once(tag).map_or("", |(_, rest)| rest);
                let options = options.split("</select>").next().unwrap_or_default();
                let chosen = options
                    .split("<option")
                    .find(|option| option.contains(" selected"));
                let value = chosen
                    .and_then(|option| option.split('"').nth(1))
                    .unwrap_or_default();
                fields.insert(name, text_of(value))
            }
            _ => None,
        };
    }
    fields
}

fn text_of(markup: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(markup.to_string(), |text, (from, to)| text.replace(from, to))
}

fn encoded(fields: &Fields) -> String {
    let encode = |text: &str| -> String {
        // Browsers send CRLF between lines, whatever a page was sent with.
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_string(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The headers that a browser sends with a form of its own page.
fn own(server: &Server) -> Vec<String> {
    vec![
        format!("Host: 127.0.0.1:{}", server.port),
        format!("Origin: http://127.0.0.1:{}", server.port),
        "Sec-Fetch-Site: same-origin".into(),
        "Content-Type: application/x-www-form-urlencoded".into(),
    ]
}

fn request(server: &Server, line: &str, headers: &[String], body: &str) -> Answer {
    let request = format!(
        "{line} HTTP/1.1\r\n{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        headers.join("\r\n"),
        body.len()
    );
    server.send(request.as_bytes()).expect("an answer")
}

fn send(server: &Server, to: &str, fields: &Fields) -> Answer {
    request(server, &format!("POST {to}"), &own(server), &encoded(fields))
}

/// The form of the row, with these fields typed over.
fn typed(server: &Server, list: &[(&str, &str)]) -> Fields {
    let page = server.get(FORM);
    assert_eq!(page.status, 200, "{}", page.text());
    let mut form = fields(&page.text());
    for (name, value) in list {
        let there = form.insert((*name).to_string(), (*value).to_string());
        assert!(there.is_some(), "the form has the field {name}");
    }
    form
}

fn answer_of(clinic: &Clinic) -> String {
    String::from_utf8(fs::read(clinic.path(ANSWER)).expect("the answer")).expect("text")
}

#[test]
fn a_text_typed_into_the_form_is_in_the_file_and_on_the_page() {
    let clinic = Clinic::new();
    let mut server = editing(&clinic);
    server.shows(PAGE, |page| page.contains("href=\"/_binder/edit/164.308-a-2\""));
    let before = answer_of(&clinic);
    let form = typed(&server, &[("question-1", "Dana Reyes is.\n\nSince 2024.")]);
    let saved = send(&server, SAVE, &form);
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert_eq!(saved.header("Location"), format!("{PAGE}#answer"));
    let wanted = before.replace(
        "The office manager is the security official, before.",
        "Dana Reyes is.\n\nSince 2024.",
    );
    assert_eq!(answer_of(&clinic), wanted);
    server.shows(PAGE, |page| page.contains("<p>Dana Reyes is.</p>"));
    // Sent once more, the same form is old; it says the same, so nothing happens.
    assert_eq!(send(&server, SAVE, &form).status, 303);
    assert_eq!(answer_of(&clinic), wanted);
}

#[test]
fn nothing_can_be_written_without_the_flag() {
    let clinic = Clinic::new();
    let mut server = start(&clinic.dir(), &[]).expect("it serves");
    let page = server.shows(PAGE, |page| page.contains("before"));
    assert!(!page.text().contains("_binder/edit"), "no way to a form");
    let before = answer_of(&clinic);
    for path in [FORM, SAVE, PREVIEW] {
        assert_eq!(server.get(path).status, 404, "{path}");
        let mut form = Fields::from([("question-1".into(), "x".into()), ("token".into(), String::new())]);
        form.insert("file".into(), "new".into());
        let answer = send(&server, path, &form);
        assert_eq!(answer.status, 405, "{path}");
        assert_eq!(answer.header("Allow"), "GET, HEAD");
    }
    assert_eq!(answer_of(&clinic), before);
    assert!(
        server
            .get("/_binder/staff.html")
            .text()
            .contains("What still needs writing")
    );
}

#[test]
fn forms_that_are_not_of_this_server_are_refused() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let before = answer_of(&clinic);
    let form = typed(&server, &[("question-1", "Taken over.")]);
    let body = encoded(&form);
    let with = |name: &str, value: Option<&str>| -> Vec<String> {
        let mut headers = own(&server);
        headers.retain(|header| !header.starts_with(&format!("{name}:")));
        headers.extend(value.map(|value| format!("{name}: {value}")));
        headers
    };
    let port = server.port;
    let foreign = format!("http://evil.example:{port}");
    let evil = format!("evil.example:{port}");
    let other_port = format!("http://127.0.0.1:{}", port.wrapping_add(1));
    for (why, headers, status) in [
        ("no Origin", with("Origin", None), 403),
        ("another origin", with("Origin", Some(&foreign)), 403),
        ("no origin at all", with("Origin", Some("null")), 403),
        ("another port", with("Origin", Some(&other_port)), 403),
        (
            "another name of this computer",
            with("Origin", Some(&format!("http://localhost:{port}"))),
            403,
        ),
        ("another site", with("Sec-Fetch-Site", Some("cross-site")), 403),
        ("a sister site", with("Sec-Fetch-Site", Some("same-site")), 403),
        ("a name turned to this computer", with("Host", Some(&evil)), 421),
        ("no form", with("Content-Type", Some("text/plain")), 415),
        (
            "a form with files",
            with("Content-Type", Some("multipart/form-data; boundary=x")),
            415,
        ),
    ] {
        let answer = request(&server, &format!("POST {SAVE}"), &headers, &body);
        assert_eq!(answer.status, status, "{why}: {}", answer.text());
        assert_eq!(answer_of(&clinic), before, "{why}");
    }
    // A rebound name may say of itself what it likes.
    let mut rebound = with("Host", Some(&evil));
    rebound.retain(|header| !header.starts_with("Origin:"));
    rebound.push(format!("Origin: {foreign}"));
    assert_eq!(
        request(&server, &format!("POST {SAVE}"), &rebound, &body).status,
        421
    );
    for token in ["", "0", &"0".repeat(64)] {
        let mut form = form.clone();
        form.insert("token".into(), token.into());
        assert_eq!(send(&server, SAVE, &form).status, 403, "token {token:?}");
    }
    let mut form = form.clone();
    form.remove("token");
    assert_eq!(send(&server, SAVE, &form).status, 403, "no token");
    assert_eq!(answer_of(&clinic), before);
    // The token of another run is no token of this one.
    let other = editing(&clinic);
    let form = typed(&other, &[("question-1", "Taken over.")]);
    assert_eq!(send(&server, SAVE, &form).status, 403);
    assert_eq!(answer_of(&clinic), before);
}

#[test]
fn other_ways_to_the_save_address_lead_nowhere() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let before = answer_of(&clinic);
    let form = typed(&server, &[("question-1", "Other.")]);
    for address in [SAVE, PREVIEW] {
        let answer = server.get(address);
        assert_eq!(
            (answer.status, answer.header("Allow")),
            (405, "POST".into()),
            "{address}"
        );
    }
    let query = format!("{SAVE}?{}", encoded(&form));
    assert_eq!(server.get(&query).status, 405);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = request(
            &server,
            &format!("{method} {SAVE}"),
            &own(&server),
            &encoded(&form),
        );
        assert_eq!(answer.status, 405, "{method}");
    }
    for path in [
        "/_binder/save/",
        "/_binder/save/164.308-a-99",
        "/_binder/save/../../binder.toml",
        "/_binder/save/..%2f..%2fbinder.toml",
        "/_binder/save/164.308-a-2/../x",
        "/_binder/save/answers/164.308/security-official.md",
        "/_binder/save/164.308-a-2%00",
        "/_binder/write/164.308-a-2",
        "/binder.toml",
        "/",
    ] {
        let answer = send(&server, path, &form);
        assert_eq!(answer.status, 405, "{path}: {}", answer.text());
    }
    // Names in the form that mean a file mean nothing.
    let mut more = form.clone();
    for name in ["path", "row", "question-99", "../binder.toml", "citation"] {
        more.insert(name.into(), "../../binder.toml".into());
    }
    more.remove("question-99");
    assert_eq!(send(&server, SAVE, &more).status, 303);
    assert_eq!(
        answer_of(&clinic),
        before.replace("The office manager is the security official, before.", "Other.")
    );
    assert!(!clinic.above().join("binder.toml").exists());
}

#[test]
fn what_is_too_large_or_no_form_is_refused() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let before = answer_of(&clinic);
    let large = typed(&server, &[("question-1", &"x".repeat(1024 * 1024 + 1))]);
    assert_eq!(send(&server, SAVE, &large).status, 413);
    // One that says nothing of its size.
    let head = format!(
        "POST {SAVE} HTTP/1.1\r\n{}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        own(&server).join("\r\n")
    );
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let chunks = format!("{head}{}0\r\n\r\n", chunk.repeat(20));
    let answer = server.send(chunks.as_bytes());
    assert!(answer.is_none_or(|answer| answer.status == 413));
    let form = encoded(&typed(&server, &[]));
    for body in [
        format!("{form}&token=x"),
        format!("{form}&question-1=%FF"),
        format!("{form}&x=%4"),
        String::new(),
    ] {
        let answer = request(&server, &format!("POST {SAVE}"), &own(&server), &body);
        assert!([400, 403].contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(answer_of(&clinic), before);
    assert_eq!(server.get("/").status, 200, "it is there as before");
}

#[test]
fn a_file_changed_meanwhile_is_not_overwritten_and_both_versions_are_shown() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let mine = typed(&server, &[("question-1", "Mine <b>.")]);
    clinic.say("theirs");
    let theirs = answer_of(&clinic);
    let conflict = send(&server, SAVE, &mine);
    assert_eq!(conflict.status, 409);
    let page = conflict.text();
    for part in [
        "Mine &lt;b&gt;.",
        "security official, theirs.",
        "Keep mine",
        "Take theirs",
        "Go back",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(answer_of(&clinic), theirs, "nothing was written");
    // Go back: my text on top of the file as it is, theirs beside it.
    let back = send(&server, FORM, &fields(&page));
    assert_eq!(back.status, 200);
    let form = fields(&back.text());
    assert_eq!(form["question-1"], "Mine <b>.");
    assert!(back.text().contains("In the file now:"), "{}", back.text());
    // Keep mine.
    let kept = send(&server, SAVE, &fields(&page));
    assert_eq!(kept.status, 303, "{}", kept.text());
    assert_eq!(
        answer_of(&clinic),
        theirs.replace(
            "The office manager is the security official, theirs.",
            "Mine <b>."
        )
    );
    // Take theirs is the form as the file is.
    assert!(page.contains(&format!("href=\"{FORM}\"")));
    // The page that was chosen from is old by now, and says the same as the file.
    assert_eq!(send(&server, SAVE, &fields(&page)).status, 303);
}

#[test]
fn what_others_wrote_elsewhere_in_the_file_stays_when_mine_is_kept() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let mine = typed(&server, &[("question-1", "Mine.")]);
    let theirs = answer_of(&clinic).replace("owner = \"Office manager\"", "owner = \"Dana\" # new")
        + "\n## 2. Two?\n\nTheirs.\n";
    clinic.write(ANSWER, &theirs);
    let conflict = send(&server, SAVE, &mine);
    assert_eq!(conflict.status, 409);
    assert_eq!(send(&server, SAVE, &fields(&conflict.text())).status, 303);
    assert_eq!(
        answer_of(&clinic),
        theirs.replace("The office manager is the security official, before.", "Mine.")
    );
}

#[test]
fn a_row_without_file_gets_one() {
    let clinic = Clinic::new();
    let mut server = editing(&clinic);
    let form = "/_binder/edit/164.312-a-2-iii";
    let save = "/_binder/save/164.312-a-2-iii";
    let path = clinic.path("answers/164.312/164.312-a-2-iii.md");
    let mut typed = fields(&server.get(form).text());
    assert_eq!(send(&server, save, &typed).status, 303, "nothing typed");
    assert!(!path.exists(), "so nothing is made");
    for (name, value) in [
        ("question-1", "After 10 minutes."),
        ("owner", "Office manager"),
        ("reviewed", "2026-09-14"),
        ("branch-0", "implement"),
        ("decided_by-0", "Office manager"),
        ("decided-0", "2026-09-14"),
    ] {
        assert!(typed.insert(name.into(), value.into()).is_some(), "{name}");
    }
    assert_eq!(send(&server, save, &typed).status, 303);
    let text = fs::read_to_string(&path).expect("made");
    for part in [
        "citation    = \"164.312(a)(2)(iii)\"",
        "owner       = \"Office manager\"",
        "[[decision]]",
        "branch = \"implement\"",
        "After 10 minutes.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    server.shows("/standards/164.312-a-2-iii.html", |page| {
        page.contains("After 10 minutes.")
    });
    // Somebody made it meanwhile: it is not written over.
    fs::remove_file(&path).expect("removed");
    let old = typed;
    fs::write(&path, &text).expect("written");
    let mut other = old.clone();
    other.insert("question-1".into(), "Other.".into());
    assert_eq!(send(&server, save, &other).status, 409);
    assert_eq!(fs::read_to_string(&path).expect("there"), text);
}

#[test]
fn a_preview_is_our_own_markdown_and_writes_nothing() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let before = answer_of(&clinic);
    let text = "**Dana** <script>alert(1)</script>\n\n- [ ] ask\n\n[x](javascript:alert(1))\n\n</textarea>";
    let form = typed(&server, &[("question-1", text)]);
    let preview = send(&server, PREVIEW, &form);
    assert_eq!(preview.status, 200);
    let page = preview.text();
    assert!(page.contains("<strong>Dana</strong>"), "{page}");
    assert!(
        !page.contains("<script>alert") && !page.contains("href=\"javascript"),
        "{page}"
    );
    assert_eq!(
        fields(&page),
        form,
        "the form holds what was typed, and can be saved"
    );
    assert_eq!(answer_of(&clinic), before);
    assert_eq!(send(&server, SAVE, &fields(&page)).status, 303);
    assert!(answer_of(&clinic).contains(text));
}

#[test]
fn what_can_not_be_kept_is_said_beside_the_text() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let before = answer_of(&clinic);
    let form = typed(
        &server,
        &[("question-1", "Yes.\n\n## 2. Fake"), ("reviewed", "2026-02-31")],
    );
    let refused = send(&server, SAVE, &form);
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(
        page.contains("line 3 is a heading") && page.contains("aria-invalid=\"true\""),
        "{page}"
    );
    assert!(page.contains("February 2026 has 28 days"), "{page}");
    assert_eq!(
        fields(&page)["question-1"],
        "Yes.\n\n## 2. Fake",
        "nothing typed is lost"
    );
    assert_eq!(answer_of(&clinic), before);
}

#[test]
fn permissions_stay_and_a_file_that_may_not_be_written_is_not() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let path = clinic.path(ANSWER);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    assert_eq!(
        send(&server, SAVE, &typed(&server, &[("question-1", "One.")])).status,
        303
    );
    assert_eq!(
        fs::metadata(&path).expect("there").permissions().mode() & 0o777,
        0o640
    );
    let names: Vec<_> = fs::read_dir(path.parent().expect("a folder"))
        .expect("listed")
        .flatten()
        .collect();
    assert_eq!(names.len(), 1, "nothing is left behind: {names:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("set");
    let before = answer_of(&clinic);
    let refused = send(&server, SAVE, &typed(&server, &[("question-1", "Two.")]));
    assert_eq!(refused.status, 500);
    assert!(
        refused.text().contains("Nothing was saved") && refused.text().contains("Two."),
        "{}",
        refused.text()
    );
    assert_eq!(answer_of(&clinic), before);
}

#[test]
fn a_link_out_of_the_folder_is_not_written_through() {
    let clinic = Clinic::new();
    let outside = clinic.above().join("outside.md");
    let server = editing(&clinic);
    let form = typed(&server, &[("question-1", "Through the link.")]);
    fs::rename(clinic.path(ANSWER), &outside).expect("moved");
    symlink(&outside, clinic.path(ANSWER)).expect("a link");
    let before = fs::read(&outside).expect("there");
    let answer = send(&server, SAVE, &form);
    assert_ne!(answer.status, 303, "{}", answer.text());
    assert_eq!(fs::read(&outside).expect("there"), before);
    assert!(
        answer.text().contains("Through the link."),
        "what was typed can be copied"
    );
}

#[test]
fn files_that_are_not_edited_here_say_why_and_stay() {
    let clinic = Clinic::new();
    let mut server = editing(&clinic);
    for (bytes, why) in [
        (
            &b"+++\ncitation = \"164.308(a)(2)\"\n+++\n## 1. Who?\n\nIt\x92s Dana.\n"[..],
            "UTF-8",
        ),
        (
            b"+++\ncitation = \"164.308(a)(2)\"\nprivileged = true\n+++\n## 1. Who?\n\nx.\n",
            "privileged",
        ),
        (
            b"+++\ncitation = \"164.308(a)(2)\"\n+++\n## 1. Who?\n\nx.\n\n## 1. Again?\n",
            "two headings",
        ),
    ] {
        fs::write(clinic.path(ANSWER), bytes).expect("written");
        server.next();
        let page = server.get(FORM);
        assert_eq!(page.status, 409, "{why}");
        assert!(page.text().contains(why), "{why}: {}", page.text());
        assert!(!page.text().contains("<form"), "{why}");
        assert_eq!(fs::read(clinic.path(ANSWER)).expect("there"), bytes);
    }
    clinic.say("first");
    server.until(|state| state["errors"] == 0);
    clinic.write("answers/second.md", "+++\ncitation = \"164.308(a)(2)\"\n+++\n");
    server.until(|state| state["errors"] == 1);
    let page = server.get(FORM).text();
    assert!(
        page.contains("two files answer this row") || page.contains("Two files answer this row"),
        "{page}"
    );
}

/// Files as people and programs leave them: front matter, body with the first answer in it.
fn nasty() -> Vec<(&'static str, Vec<u8>)> {
    let plain = "+++\n# who keeps it\ncitation = \"164.308(a)(2)\"   # any spelling\n\nreviewed   =  2026-09-01\nowner = 'Office manager' # a role\n[[gap]]\naction = \"x\"   \n+++\n<!-- note -->\n\n## 1. Who?   \n\nBEFORE\n\n### Detail\n\n* a\n\n<!-- kept -->\n\n## Other heading\n\nText  \n\n";
    vec![
        ("plain", plain.into()),
        ("CRLF", plain.replace('\n', "\r\n").into()),
        (
            "byte order mark",
            format!("\u{feff}{}", plain.replace('\n', "\r\n")).into(),
        ),
        ("old Mac", plain.replace('\n', "\r").into()),
        ("mixed line ends", plain.replace("\n\n", "\r\n\n").into()),
        ("no line end at the end", plain.trim_end().into()),
        ("blank lines before", format!("\n\n{plain}").into()),
        (
            "other headings",
            plain.replace("## 1. Who?   ", "1. Who?\n-------").into(),
        ),
        (
            "curly quotes",
            plain
                .replace("'Office manager'", "\u{201c}Office manager\u{201d}")
                .into(),
        ),
        (
            "indented fences",
            plain.replace("+++\n<!--", "  +++ \n<!--").into(),
        ),
        (
            "headings with words",
            plain.replace("## 1. Who?", "## Question 1: who is it?").into(),
        ),
    ]
}

#[test]
fn every_byte_that_was_not_typed_stays() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    for (name, bytes) in nasty() {
        fs::write(clinic.path(ANSWER), &bytes).expect("written");
        let form = typed(&server, &[]);
        let answer = form["question-1"].clone();
        assert!(answer.starts_with("BEFORE\n\n### Detail"), "{name}: {answer:?}");
        // Saved as it is.
        assert_eq!(send(&server, SAVE, &form).status, 303, "{name}");
        assert_eq!(fs::read(clinic.path(ANSWER)).expect("there"), bytes, "{name}");
        // One word typed.
        let mut form = form;
        form.insert("question-1".into(), answer.replace("BEFORE", "AFTER"));
        let saved = send(&server, SAVE, &form);
        assert_eq!(saved.status, 303, "{name}: {}", saved.text());
        let text = String::from_utf8(bytes).expect("text");
        let new = String::from_utf8(fs::read(clinic.path(ANSWER)).expect("there")).expect("text");
        assert_eq!(new, text.replace("BEFORE", "AFTER"), "{name}");
    }
}

fn typed_texts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[ a-zA-Z0-9.,!?#*_`<>\\[\\]\\\\|+%&=;\u{e9}\t-]{0,24}",
        prop::sample::select(vec![
            "",
            "## 3. fake heading",
            "+++",
            "-->",
            "<!-- x -->",
            "---",
            "```",
            "- [ ] item",
            "> quote",
            "\\",
            "  ",
            "&amp;",
            "%41",
            "</textarea>",
        ])
        .prop_map(str::to_string),
    ];
    prop::collection::vec(line, 0..6).prop_map(|lines| lines.join("\n"))
}

#[test]
fn whatever_is_typed_reads_back_or_is_refused_with_help() {
    let clinic = Clinic::new();
    let server = editing(&clinic);
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&typed_texts(), |text| {
        let before = answer_of(&clinic);
        let form = typed(&server, &[("question-1", &text)]);
        let saved = send(&server, SAVE, &form);
        if saved.status == 422 {
            prop_assert_eq!(answer_of(&clinic), before);
            prop_assert!(saved.text().contains("Not saved:"));
            return Ok(());
        }
        prop_assert_eq!(saved.status, 303, "{}", saved.text());
        let lines: Vec<&str> = text.split('\n').collect();
        let first = lines
            .iter()
            .position(|line| !line.trim().is_empty())
            .unwrap_or(lines.len());
        let last = lines
            .iter()
            .rposition(|line| !line.trim().is_empty())
            .map_or(first, |last| last + 1);
        let wanted = lines[first..last].join("\n");
        prop_assert_eq!(&fields(&server.get(FORM).text())["question-1"], &wanted);
        Ok(())
    });
    outcome.expect("every text");
}

#[test]
fn the_staff_page_says_what_is_missing_where_and_by_whom() {
    let clinic = Clinic::new();
    clinic.write(
        "answers/164.312/audit.md",
        "+++\ncitation = \"164.312(b)\"\nowner = \"Office manager\"\n[[gap]]\nmark = \"evidence\"\naction = \"Turn the log on\"\nowner = \"IT vendor <x>\"\ndue = 2026-11-01\n+++\n",
    );
    let mut server = start(&clinic.dir(), &[]).expect("it serves");
    server.shows(PAGE, |page| page.contains("before"));
    let page = server.get("/_binder/staff.html").text();
    let order = [
        "IT vendor &lt;x&gt;</h2>",
        "Turn the log on",
        "Office manager</h2>",
        "Nobody named yet</h2>",
    ];
    let places: Vec<_> = order.iter().map(|part| page.find(part)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}\n{page}"
    );
    assert!(page.contains("date is past"), "due before the day of the binder");
    let whole = clinic.path("answers/164.312/audit.md");
    assert!(
        page.contains(&format!("data-copy=\"{}\"", whole.display())),
        "{page}"
    );
    assert!(
        page.contains(&format!("href=\"vscode://file{}:", whole.display())),
        "{page}"
    );
    assert!(page.contains("href=\"/gaps/164.312-b.html\""), "{page}");
    assert!(
        page.contains("href=\"/standards/index.html?state=not-documented\""),
        "{page}"
    );
    assert!(
        server.get(PAGE).text().contains("href=\"/_binder/staff.html\""),
        "every page leads to it"
    );
    assert!(!page.contains("_binder/edit"), "no form without --edit");
    assert!(
        page.contains("Risk analysis"),
        "the first ten, while most rows have nothing"
    );
    // It follows the files like any page.
    clinic.write(
        "binder.toml",
        &(fs::read_to_string(clinic.path("binder.toml")).expect("there")
            + "\n[serve]\neditor = \"zed://file/{path}:{line}\"\n"),
    );
    server.shows("/_binder/staff.html", |page| {
        page.contains("href=\"zed://file/") && !page.contains("vscode:")
    });
    clinic.write(
        "binder.toml",
        &fs::read_to_string(clinic.path("binder.toml"))
            .expect("there")
            .replace("zed://", "javascript:alert(1)//"),
    );
    server.until(|state| state["errors"] == 1);
    assert!(
        !server
            .get("/_binder/staff.html")
            .text()
            .contains("href=\"javascript"),
        "never a link that runs"
    );
}
