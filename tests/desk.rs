//! The staff page and answers changed in the browser, from end to end: the real program, forms as a browser sends
//! them, and the bytes of the files afterwards.

#![cfg(unix)]

mod support;

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::forms::{FORM, PREVIEW, SAVE, answer_of, editing, fields, send, typed};
use support::served::{ANSWER, Clinic, PAGE, start};

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
fn files_that_are_not_edited_here_say_why_and_stay() {
    let clinic = Clinic::new();
    let mut server = editing(&clinic);
    for (bytes, why) in [
        (&b""[..], "are missing"),
        (b"+++\ncitation = \"164.30", "are missing"),
        (
            b"+++\ncitation = \"164.308(a)(2)\"\n+++\n## 1. Who?\n\nIt\x92s Dana.\n",
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
        let page = server.get(FORM);
        assert_eq!(page.status, 409, "{why}");
        assert!(page.text().contains(why), "{why}: {}", page.text());
        assert!(!page.text().contains("<form"), "{why}");
        assert_eq!(fs::read(clinic.path(ANSWER)).expect("there"), bytes);
    }
    // The same when no build was ever good, so that nobody knows which row the file answered.
    fs::write(clinic.path(ANSWER), "").expect("written");
    let page = editing(&clinic).get(FORM);
    assert_eq!(page.status, 409);
    assert!(page.text().contains(ANSWER), "{}", page.text());
    clinic.say("put right");
    server.shows(PAGE, |page| page.contains("put right"));
    clinic.write("answers/second.md", "+++\ncitation = \"164.308(a)(2)\"\n+++\n");
    server.shows(FORM, |page| page.contains("Two files answer this row"));
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
            plain.replace("## 1. Who?   ", "Question 1: who?\n-------").into(),
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

#[test]
fn the_staff_page_says_what_looks_like_patient_data_without_repeating_it() {
    let clinic = Clinic::new();
    let mut server = editing(&clinic);
    let private = "Look at this before anybody reads the binder";
    assert!(!server.get("/_binder/staff.html").text().contains(private));
    clinic.say("and her SSN is 536-22-8145");
    clinic.write("evidence/photo.png", "not really");
    clinic.write(
        "registers/evidence.csv",
        "id,file,title,date,rows\nEX-1,photo.png,A photo,2026-03-01,164.312(b)\n",
    );
    let page = server
        .shows("/_binder/staff.html", |page| page.contains("EX-1"))
        .text();
    for wanted in [
        private,
        "a social security number",
        "***-**-8145",
        ANSWER,
        "Nobody has said whether 1 exhibit shows patient data",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(!page.contains("536-22"), "{page}");
    // Acknowledged and looked at, nothing is left to say.
    clinic.say("and the form shows 536-22-8145 <!-- phi-ok: the number of the printed example -->");
    clinic.write(
        "registers/evidence.csv",
        "id,file,title,date,rows,phi\nEX-1,photo.png,A photo,2026-03-01,164.312(b),none\n",
    );
    server.shows("/_binder/staff.html", |page| !page.contains(private));
}
