//! The site behind a real nginx, with the very lines that docs/hosting.md gives: below a path, behind a password.

#![cfg(unix)]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::hosted;
use support::published::hosted_example as site;
use support::webdriver::Browser;

/// `dana:lark`, as a browser sends it.
const DANA: &str = "Authorization: Basic ZGFuYTpsYXJr\r\n";

/// nginx, gone with the test.
struct Nginx {
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The first block of the page in this language.
fn block(language: &str) -> String {
    let page = std::fs::read_to_string("docs/hosting.md").expect("docs/hosting.md is there");
    let (_, rest) = page
        .split_once(&format!("```{language}\n"))
        .expect("the page has the block");
    let (block, _) = rest.split_once("\n```").expect("the block ends");
    block.to_string()
}

/// Copies the site, with pictures that would run a script, and starts nginx before it.
fn start() -> Nginx {
    let folder = tempfile::tempdir().expect("a folder");
    let base = folder.path();
    let www = base.join("www/binder");
    for (path, bytes) in support::tree(site()) {
        let to = www.join(path);
        std::fs::create_dir_all(to.parent().expect("a folder above")).expect("made");
        std::fs::write(to, bytes).expect("written");
    }
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>document.documentElement.id = 'run'</script></svg>";
    std::fs::create_dir_all(www.join("exhibits/files/ex-x")).expect("made");
    std::fs::write(www.join("exhibits/files/ex-x/evil.svg"), svg).expect("written");
    std::fs::write(base.join("users"), "dana:{PLAIN}lark\n").expect("written");
    // Everything that the page names by a place of its own is in the test's folder instead.
    let lines = block("nginx")
        .replace("/srv/www", &base.join("www").display().to_string())
        .replace(
            "/etc/nginx/binder.users",
            &base.join("users").display().to_string(),
        );
    // The port is free now; somebody else may take it before nginx does.
    for _ in 0..10 {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let own = base.display();
        let conf = format!(
            "daemon off; master_process off; pid {own}/pid; error_log {own}/error.log; events {{}}\nhttp {{\n\
             include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;\n\
             client_body_temp_path {own}/t1; proxy_temp_path {own}/t2; fastcgi_temp_path {own}/t3;\n\
             uwsgi_temp_path {own}/t4; scgi_temp_path {own}/t5;\n\
             server {{\nlisten 127.0.0.1:{port};\n{lines}\n}}\n}}\n"
        );
        std::fs::write(base.join("nginx.conf"), conf).expect("written");
        let mut server = Command::new(if std::path::Path::new("/usr/sbin/nginx").exists() {
            "/usr/sbin/nginx"
        } else {
            "nginx"
        })
        .arg("-p")
        .arg(base)
        .arg("-c")
        .arg(base.join("nginx.conf"))
        .stderr(std::fs::File::create(base.join("said")).map_or_else(|_| Stdio::null(), Stdio::from))
        .spawn()
        .expect("nginx is installed (Debian: nginx-light; tests/all.sh does it)");
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) && server.try_wait().is_ok_and(|end| end.is_none()) {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Nginx { server, port, folder };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = server.kill();
        let _ = server.wait();
    }
    panic!(
        "nginx does not start: {}",
        std::fs::read_to_string(base.join("said")).unwrap_or_default()
    );
}

/// An answer: status, head in lower case, body.
struct Answer(u16, String, Vec<u8>);

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.2).into_owned()
    }

    #[track_caller]
    fn says(&self, header: &str) {
        assert!(
            self.1.contains(&header.to_lowercase()),
            "{header} is not in\n{}",
            self.1
        );
    }
}

impl Nginx {
    fn ask(&self, method: &str, path: &str, more: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let request = format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("answered");
        let end = all
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .expect("a status");
        Answer(status, head, all[end + 4..].to_vec())
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, DANA)
    }
}

#[test]
fn pages_come_with_a_password_only_and_with_the_headers_that_protect_them() {
    let nginx = start();
    for path in [
        "/binder/",
        "/binder/binder.json",
        "/binder/assets/nothing.css",
        "/binder/404.html",
        "/binder/nowhere",
    ] {
        let refused = nginx.ask("GET", path, "");
        assert_eq!(refused.0, 401, "{path}");
        assert!(!refused.text().contains("Larkspur"), "{path}");
    }
    assert_eq!(
        nginx
            .ask("GET", "/binder/", "Authorization: Basic ZGFuYTp3cm9uZw==\r\n")
            .0,
        401
    );
    let short = nginx.get("/binder");
    assert_eq!(short.0, 301);
    short.says("location: /binder/");
    for path in [
        "/binder/",
        "/binder/standards/index.html",
        "/binder/versions/2026.2/index.html",
    ] {
        let page = nginx.get(path);
        assert_eq!(page.0, 200, "{path}");
        for header in [
            "content-type: text/html; charset=utf-8",
            "cache-control: no-cache",
            "content-security-policy: default-src 'none';",
            "frame-ancestors 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            "x-frame-options: deny",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-robots-tag: noindex, nofollow",
        ] {
            page.says(header);
        }
        assert!(page.text().contains("Larkspur"));
    }
    // Asked again, an unchanged page is not sent again.
    let page = nginx.get("/binder/");
    let tag = page
        .1
        .lines()
        .find_map(|l| l.strip_prefix("etag: "))
        .expect("an ETag");
    let again = nginx.ask("GET", "/binder/", &format!("{DANA}If-None-Match: {tag}\r\n"));
    assert_eq!(again.0, 304);
    // Nothing is written, and what the program notes for itself is not shown.
    assert_eq!(nginx.ask("DELETE", "/binder/index.html", DANA).0, 403);
    for entry in std::fs::read_dir(nginx.folder.path().join("www/binder"))
        .expect("a folder")
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            assert_eq!(nginx.get(&format!("/binder/{name}")).0, 404, "{name}");
        }
    }
}

#[test]
fn what_has_a_digest_in_its_name_is_kept_for_ever_and_text_is_packed() {
    let nginx = start();
    let mut kinds = 0;
    for path in support::tree(site())
        .keys()
        .filter(|p| p.starts_with("assets/") && !p.ends_with(".txt"))
    {
        let asset = nginx.ask(
            "GET",
            &format!("/binder/{path}"),
            &format!("{DANA}Accept-Encoding: gzip\r\n"),
        );
        assert_eq!(asset.0, 200, "{path}");
        asset.says("cache-control: private, max-age=31536000, immutable");
        asset.says("x-content-type-options: nosniff");
        if path.ends_with(".css") || path.ends_with(".js") {
            kinds += 1;
            asset.says("content-encoding: gzip");
            asset.says("vary: accept-encoding");
        }
    }
    assert_eq!(
        kinds, 5,
        "the style sheet, three scripts, what the search looks through"
    );
    let packed = nginx.ask(
        "GET",
        "/binder/standards/index.html",
        &format!("{DANA}Accept-Encoding: gzip\r\n"),
    );
    packed.says("content-encoding: gzip");
    assert!(packed.2.len() * 4 < nginx.get("/binder/standards/index.html").2.len());
}

#[test]
fn a_page_that_is_not_there_is_told_with_links_that_work_at_any_depth() {
    let nginx = start();
    for path in [
        "/binder/nowhere",
        "/binder/standards/a/b/c.html",
        "/binder/assets/old.css",
        "/binder/exhibits/files/x/y",
    ] {
        let missing = nginx.get(path);
        assert_eq!(missing.0, 404, "{path}");
        missing.says("frame-ancestors 'none'");
        let text = missing.text();
        assert!(text.contains("There is no such page"), "{path}");
        let mut links = 0;
        for (attribute, quote) in [(" href=\"", '"'), (" src=\"", '"')] {
            for piece in text.split(attribute).skip(1) {
                let link = piece.split(quote).next().unwrap_or_default();
                assert!(link.starts_with("/binder/") || link == "#main", "{path}: {link}");
                let at = link.split('#').next().unwrap_or_default();
                assert!(
                    at.is_empty() || nginx.get(at).0 == 200 || at.ends_with(".pdf"),
                    "{path}: {link}"
                );
                links += 1;
            }
        }
        assert!(links > 10 && text.contains("href=\"#main\""), "{text}");
    }
}

#[test]
fn evidence_cannot_run_a_script() {
    let nginx = start();
    let picture = nginx.get("/binder/exhibits/files/ex-x/evil.svg");
    assert_eq!(picture.0, 200);
    picture.says("content-security-policy: default-src 'none'; sandbox");
    picture.says("content-disposition: attachment");
    picture.says("x-content-type-options: nosniff");
    for path in support::tree(site())
        .keys()
        .filter(|p| p.contains("exhibits/files/"))
    {
        let file = nginx.get(&format!("/binder/{}", path.replace(' ', "%20")));
        assert_eq!(file.0, 200, "{path}");
        file.says("x-content-type-options: nosniff");
        file.says("content-security-policy: default-src 'none'");
        assert_eq!(file.1.contains("sandbox"), !path.ends_with(".pdf"), "{path}");
    }
}

#[test]
fn a_browser_finds_nothing_blocked_and_nothing_missing() {
    let nginx = start();
    let browser = Browser::start();
    for page in [
        "",
        "standards/index.html",
        "standards/164.312-b.html",
        "policies/index.html",
        "versions/index.html",
        "versions/2026.2/index.html",
    ] {
        browser.go(&format!(
            "http://dana:lark@127.0.0.1:{}/binder/{page}",
            nginx.port
        ));
        browser.until("document.readyState === 'complete' && document.styleSheets.length > 0");
        assert_ne!(
            browser.text("getComputedStyle(document.querySelector('header')).backgroundColor"),
            "rgba(0, 0, 0, 0)"
        );
    }
    browser.is_clean();
}

/// What an element of the file says under a name.
fn said(file: &str, element: &str) -> Vec<(String, String)> {
    let value = |piece: &str, name: &str| {
        let (_, rest) = piece.split_once(&format!(" {name}=\""))?;
        Some(rest.split('"').next().unwrap_or_default().to_string())
    };
    file.split(element)
        .skip(1)
        .filter_map(|piece| Some((value(piece, "name")?, value(piece, "value")?)))
        .collect()
}

#[test]
fn the_file_for_iis_is_well_formed_and_says_what_nginx_says() {
    let file = block("xml");
    let browser = Browser::start();
    browser.go("about:blank");
    let broken = browser.run(
        "const read = new DOMParser().parseFromString(arguments[0], 'application/xml');
         const wrong = read.querySelector('parsererror');
         return wrong ? wrong.textContent : read.documentElement.nodeName;",
        serde_json::json!([file]),
    );
    assert_eq!(broken, "configuration");
    let nginx = block("nginx");
    let headers = said(&file, "<add");
    for name in [
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "X-Robots-Tag",
        "Cache-Control",
    ] {
        let values: Vec<&str> = headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
            .collect();
        assert!(!values.is_empty(), "{name}");
        for value in values {
            assert!(
                nginx.contains(&format!("add_header {name} \"{value}\"")),
                "{name}: {value}"
            );
        }
    }
    assert!(file.contains("exhibits/files") && file.contains("default-src 'none'; sandbox"));
}

#[test]
fn a_bucket_needs_names_only_and_its_error_page_works_at_any_depth() {
    let site = support::published::example_at(hosted::BELOW);
    let base = hosted::address(hosted::host(site));
    let mut browser = Browser::start();
    // Every link of the pages names a file, never a folder.
    for (path, bytes) in support::tree(site).iter().filter(|(p, _)| p.ends_with(".html")) {
        for link in String::from_utf8_lossy(bytes).split(" href=\"").skip(1) {
            let link = link.split(['"', '#', '?']).next().unwrap_or_default();
            assert!(!link.ends_with('/') || link.contains("://"), "{path}: {link}");
        }
    }
    browser.forgive("404 (Not Found)");
    for deep in [
        "nowhere.html",
        "standards/nowhere/at/all.html",
        "versions/9/policies/x.html",
    ] {
        browser.go(&format!("{base}{deep}"));
        assert_eq!(
            browser.text("document.querySelector('h1').textContent"),
            "There is no such page"
        );
        // It has its style and its script, and search knows where things are.
        browser.until(
            "getComputedStyle(document.querySelector('.spine')).backgroundColor !== 'rgba(0, 0, 0, 0)'",
        );
        browser.run("document.getElementById('find').click();", serde_json::json!([]));
        browser.until("document.querySelector('.find-hint') && !document.querySelector('.find-hint').hidden");
        browser.keys("308a1iia");
        browser.until("document.querySelector('#find-list a')");
        let to = browser.text("document.querySelector('#find-list a').href");
        assert_eq!(to, format!("{base}standards/164.308-a-1-ii-a.html"), "{deep}");
        let back = browser.text("document.querySelector('main .button').href");
        browser.go(&back);
        browser.until("location.pathname === '/intranet/binder/index.html'");
    }
    browser.is_clean();
}

#[test]
fn a_path_that_is_none_is_told_with_its_line() {
    let clinic = tempfile::tempdir().expect("a folder");
    for (wrong, line) in [
        ("binder", 8),
        ("https://x.example/binder/", 8),
        ("/a b/", 8),
        ("/../x/", 8),
    ] {
        std::fs::write(
            clinic.path().join("binder.toml"),
            format!("[practice]\nname = \"P\"\nlegal_name = \"P\"\nkind = \"covered-entity\"\n\n\n[hosting]\npath = \"{wrong}\"\n"),
        )
        .expect("written");
        let made = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["check", "--as-of", "2026-11-20"])
            .current_dir(clinic.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("it runs");
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
        assert!(
            told.contains(&format!("binder.toml:{line}")) && told.contains("path = \"/binder/\""),
            "{wrong}: {told}"
        );
        assert_eq!(made.status.code(), Some(1), "{wrong}");
    }
}
