//! A plain file server, as cheap hosts are: files below a path, no index of folders, one page for what is not there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

/// Where the site stands on it.
pub const BELOW: &str = "/intranet/binder/";

/// Starts it with the files of a folder; its port. It lasts as long as the test program.
pub fn host(site: &Path) -> u16 {
    let files: Arc<BTreeMap<String, Vec<u8>>> = Arc::new(crate::support::tree(site));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let files = files.clone();
            std::thread::spawn(move || {
                let mut line = String::new();
                let _ = BufReader::new(&stream).read_line(&mut line);
                let path = line.split(' ').nth(1).unwrap_or_default();
                let path = path.split(['?', '#']).next().unwrap_or_default();
                let path = path.strip_prefix(BELOW).map(|p| p.replace("%20", " "));
                let found = path.as_ref().and_then(|p| files.get(p));
                let kind = match path.as_deref().unwrap_or_default().rsplit('.').next() {
                    _ if found.is_none() => "text/html; charset=utf-8",
                    Some("js") => "text/javascript",
                    Some("css") => "text/css",
                    Some("svg") => "image/svg+xml",
                    Some("png") => "image/png",
                    Some("woff2") => "font/woff2",
                    _ => "text/html; charset=utf-8",
                };
                let (status, body) = match (found, &path) {
                    (Some(body), _) => ("200 OK", body.as_slice()),
                    (None, Some(_)) => (
                        "404 Not Found",
                        files.get("404.html").map_or(&b""[..], Vec::as_slice),
                    ),
                    (None, None) => ("404 Not Found", &b""[..]),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n\
                     Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                     font-src 'self'; frame-ancestors 'none'\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(body));
            });
        }
    });
    port
}

/// The address below which the site stands on a server.
pub fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}{BELOW}")
}
