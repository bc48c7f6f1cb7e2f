//! What keeps others from writing through the form of an answer: each way in, tried from outside.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use support::forms::{FORM, Fields, PREVIEW, SAVE, answer_of, editing, encoded, own, request, send, typed};
use support::served::{ANSWER, Clinic, PAGE, start};

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
