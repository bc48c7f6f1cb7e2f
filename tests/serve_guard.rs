//! What the server of `binder serve` does not do, whoever asks: the real program, requests as they come over the wire.

#![cfg(unix)]

mod support;

use std::fs;
use std::io::{Read, Write};

use support::served::{Clinic, PAGE, Server, start};

fn serve(clinic: &Clinic) -> Server {
    start(&clinic.dir(), &[]).expect("it serves")
}

/// Sends a request line and headers as they are; `HOST` stands for our own name.
fn asks(server: &Server, request: &str) -> u16 {
    let host = format!("127.0.0.1:{}", server.port);
    let request = request.replace("HOST", &host);
    server.send(request.as_bytes()).map_or(0, |answer| answer.status)
}

#[test]
fn only_our_own_name_is_answered_to() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    let get = |host: &str| {
        asks(
            &server,
            &format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n"),
        )
    };
    assert_eq!(get("Host: HOST\r\n"), 200);
    assert_eq!(get(&format!("Host: localhost:{}\r\n", server.port)), 200);
    for other in [
        "Host: evil.example\r\n".to_string(),
        format!("Host: evil.example:{}\r\n", server.port),
        format!("Host: 127.0.0.1.evil.example:{}\r\n", server.port),
        "Host: HOST\r\nHost: evil.example\r\n".to_string(),
        String::new(),
    ] {
        assert!([400, 421].contains(&get(&other)), "{other}");
    }
    assert_eq!(
        asks(
            &server,
            "GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
        ),
        421
    );
}

#[test]
fn nothing_outside_the_site_can_be_had_and_nothing_can_be_written() {
    let clinic = Clinic::new();
    fs::write(clinic.above().join("secret.txt"), "secret words").expect("written");
    let server = serve(&clinic);
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/standards/../../secret.txt",
        "//secret.txt",
        "/binder.toml",
        "/answers/164.308/security-official.md",
        "/%00",
        "/%ff",
        "/_binder/",
        "/_binder/../binder.toml",
        "/index.html/",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret words"), "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let request =
            format!("{method} / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
        assert_eq!(asks(&server, &request), 405, "{method}");
    }
    let head = server
        .send(
            format!(
                "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                server.port
            )
            .as_bytes(),
        )
        .expect("an answer");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header("content-length"),
        server.get("/").body.len().to_string()
    );
}

#[test]
fn every_answer_carries_the_headers_that_keep_others_out() {
    let clinic = Clinic::new();
    let server = serve(&clinic);
    for path in [
        "/",
        "/binder.json",
        "/binder.pdf",
        "/no-such",
        "/_binder/state.json",
        "/_binder/served.js",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("script-src 'unsafe"), "{path}");
    }
    // No script in the page itself: the policy would not run it.
    assert!(!server.get("/").text().contains("<script>"));
}

#[test]
fn evidence_is_sent_so_that_nothing_in_it_runs() {
    let clinic = Clinic::new();
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect/></svg>";
    let evil = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"><script>x()</script></svg>";
    for (name, text) in [
        ("plan.svg", svg),
        ("evil.svg", evil),
        ("page.html", "<script>x()</script>"),
        ("log.csv", "a,<script>\n"),
    ] {
        clinic.write(&format!("evidence/{name}"), text);
    }
    clinic.write(
        "registers/evidence.csv",
        "id,file,title,date,rows\nE1,plan.svg,A,2026-03-01,164.312(b)\nE2,evil.svg,B,2026-03-01,164.312(b)\n\
         E3,page.html,C,2026-03-01,164.312(b)\nE4,log.csv,D,2026-03-01,164.312(b)\n",
    );
    let server = serve(&clinic);
    for (path, kind) in [
        ("e1/plan.svg", "image/svg+xml"),
        ("e2/evil.svg.txt", "text/plain; charset=utf-8"),
        ("e3/page.html.txt", "text/plain; charset=utf-8"),
        ("e4/log.csv", "text/csv; charset=utf-8"),
    ] {
        let answer = server.get(&format!("/exhibits/files/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.ends_with("; sandbox"),
            "{path}: {policy}"
        );
    }
    for path in ["e2/evil.svg", "e3/page.html"] {
        assert_eq!(
            server.get(&format!("/exhibits/files/{path}")).status,
            404,
            "{path}"
        );
    }
    // The drawing is shown in its page; the other is shown as the text that it is.
    assert!(
        server
            .get("/exhibits/e1.html")
            .text()
            .contains("<img src=\"files/e1/plan.svg\"")
    );
    assert!(
        server
            .get("/exhibits/e2.html")
            .text()
            .contains("&lt;script&gt;x()&lt;/script&gt;")
    );
}

#[test]
fn huge_slow_and_idle_clients_do_no_harm() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    let long = "x".repeat(1_000_000);
    for request in [
        format!("GET /{long} HTTP/1.1\r\nHost: HOST\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: HOST\r\nX: {long}\r\n\r\n"),
        format!(
            "GET / HTTP/1.1\r\nHost: HOST\r\n{}\r\n",
            "X: y\r\n".repeat(10_000)
        ),
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99999999999999999999\r\n\r\n".to_string(),
        "\u{0}\u{1}\u{2}\r\n\r\n".to_string(),
    ] {
        let status = asks(&server, &request);
        assert!(
            status == 0 || (400..500).contains(&status),
            "{status} to {}",
            &request[..40.min(request.len())]
        );
    }
    // Some say nothing, some half a request; the reader in between is answered, and so is the stream.
    let idle: Vec<_> = (0..1000)
        .map(|n| {
            let mut stream = server.connect();
            if n % 2 == 0 {
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: loc");
            }
            if n % 100 == 0 {
                assert_eq!(server.get(PAGE).status, 200);
            }
            stream
        })
        .collect();
    clinic.say("with a thousand silent guests");
    server.shows(PAGE, |page| page.contains("with a thousand silent guests"));
    // The first guests were shown out to make room.
    let mut first = &idle[0];
    let mut byte = [0; 1];
    assert_eq!(first.read(&mut byte).unwrap_or(0), 0);
}
