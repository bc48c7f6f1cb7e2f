//! Requests to answers.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::body::Sent;
use super::edit;
use super::events;
use super::hosts::Hosts;
use super::page::{self, MISSING, OWN, media_type};
use super::panel::Templates;
use super::snapshot::{Board, Served, Snapshot};
use super::staff;
use crate::address;
use crate::output::Tree;
use crate::world::{reader, versions};

/// What a page may load: its own site's files and nothing else. The pages say the same of themselves; a header can also
/// forbid frames.
const PAGE_POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; script-src 'self'; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Files that clinics put there: shown, never run, and in an origin of their own.
const FILE_POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
/// PDF files: the viewers of browsers do not show them in a sandbox, and have one of their own.
const PDF_POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// How long a request waits for the first build or the first PDF.
const WAIT: Duration = Duration::from_secs(60);
/// What PDF files are sent as.
const PDF_TYPE: &str = "application/pdf";
type Answer = Response<Sent>;

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The newest snapshot.
    pub board: Arc<Board>,
    /// Names we answer to.
    pub hosts: Hosts,
    /// Pages of our own.
    pub templates: Arc<Templates>,
    /// What a form must know to change an answer; `None` where nothing can be changed.
    pub token: Option<edit::Token>,
    /// The content folder, for evidence too large for memory.
    pub dir: PathBuf,
}

impl Shared {
    /// Answers a request. Whatever is asked, there is an answer, and nothing is written.
    pub async fn answer<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let head_only = request.method() == Method::HEAD;
        let has_body = !request.body().is_end_stream();
        let mut answer = match &self.token {
            Some(token) if request.method() == Method::POST && self.is_for_us(&request) => {
                edit::post(self, token, request).await
            }
            _ => self.choose(&request).await,
        };
        let headers = answer.headers_mut();
        for (name, value) in [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(
            "cross-origin-resource-policy",
            HeaderValue::from_static("same-origin"),
        );
        headers.insert(
            "cross-origin-opener-policy",
            HeaderValue::from_static("same-origin"),
        );
        headers
            .entry(header::REFERRER_POLICY)
            .or_insert(HeaderValue::from_static("no-referrer"));
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(PAGE_POLICY));
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        if has_body {
            // Nobody reads it: the connection can't be used for another request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if head_only {
            if let Some(size) = answer.body().size_hint().exact() {
                answer.headers_mut().insert(header::CONTENT_LENGTH, size.into());
            }
            *answer.body_mut() = Sent::bytes("");
        }
        answer
    }

    async fn choose<B>(&self, request: &Request<B>) -> Answer {
        if !self.is_for_us(request) {
            let words =
                "This server answers only to its own name. Open the address that binder serve printed.\n";
            return plain(StatusCode::MISDIRECTED_REQUEST, words);
        }
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "Pages can only be read here.\n");
            let allowed = HeaderValue::from_static("GET, HEAD");
            answer.headers_mut().insert(header::ALLOW, allowed);
            return answer;
        }
        match path(request.uri().path()) {
            None => self.not_found(&self.board.newest()),
            Some(path) => match path.strip_prefix(OWN).and_then(|own| own.strip_prefix('/')) {
                Some(own) => self.own(own, request.method()).await,
                None => self.site(&path).await,
            },
        }
    }

    /// Every name that the request calls us by must be ours.
    fn is_for_us<B>(&self, request: &Request<B>) -> bool {
        let mut named = request.headers().get_all(header::HOST).iter();
        let host = named.next().and_then(|host| host.to_str().ok());
        let again = named.next().is_some();
        let authority = request.uri().authority();
        !again
            && host.is_some_and(|host| self.hosts.are_called(host))
            && authority.is_none_or(|authority| self.hosts.are_called(authority.as_str()))
    }

    /// The addresses that are no part of the site.
    async fn own(&self, name: &str, method: &Method) -> Answer {
        match name {
            "events" if method == Method::HEAD => typed("text/event-stream", ""),
            "events" => typed_body("text/event-stream", events::stream(self.board.clone())),
            "state.json" => {
                let snapshot = self.first().await;
                typed("application/json", events::json(&self.board.state(&snapshot)))
            }
            "panel.html" => {
                let snapshot = self.first().await;
                let html = snapshot.panel().map_or("", |panel| panel.html.as_str());
                let mut answer = typed("text/html; charset=utf-8", html.to_string());
                if let Ok(build) = HeaderValue::from_str(&self.board.name(snapshot.number)) {
                    answer.headers_mut().insert("binder-build", build);
                }
                answer
            }
            "staff.html" => {
                let snapshot = self.first().await;
                match staff::view(&snapshot, &self.dir, self.token.is_some()) {
                    Some(view) => {
                        let main = self.templates.render("staff.html", &view);
                        let page = page::framed(&snapshot, "What still needs writing", &main, false);
                        self.page(StatusCode::OK, &page, &snapshot)
                    }
                    None => self.first_page(name, &snapshot),
                }
            }
            "served.css" | "served.js" | "desk.css" | "desk.js" | "icon.svg" => {
                let bytes = self.templates.asset(name).unwrap_or_default().to_vec();
                typed(media_type(name), bytes)
            }
            _ => match edit::get(self, name).await {
                Some(answer) => answer,
                None => plain(StatusCode::NOT_FOUND, "There is no such address.\n"),
            },
        }
    }

    async fn site(&self, path: &str) -> Answer {
        let snapshot = match path {
            address::PDF => self.wait_for(|s| s.pdf.is_some() || s.panel().is_some()).await,
            _ => self.first().await,
        };
        if path == address::PDF {
            return match &snapshot.pdf {
                Some(pdf) => file(PDF_TYPE, Sent::bytes(pdf.bytes.clone())),
                None => {
                    let mut answer = plain(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "There is no PDF yet. The pages say why.\n",
                    );
                    let soon = HeaderValue::from_static("5");
                    answer.headers_mut().insert(header::RETRY_AFTER, soon);
                    answer
                }
            };
        }
        if snapshot.site.is_none() {
            return self.first_page(path, &snapshot);
        }
        let asked = match path {
            "" => address::DASHBOARD.to_string(),
            folder if folder.ends_with('/') => format!("{folder}{}", address::DASHBOARD),
            path => path.to_string(),
        };
        if let Some(site) = &snapshot.site
            && site.search_address().is_some_and(|address| address == asked)
        {
            let site = site.clone();
            return match tokio::task::spawn_blocking(move || site.search()).await {
                Ok(script) => asset(&asked, script),
                Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "Search can't be used.\n"),
            };
        }
        match snapshot.file(&asked) {
            Some(Served::Bytes(bytes)) if is_page(&asked) => {
                let page = String::from_utf8_lossy(&bytes);
                match edit::row_at(&asked).filter(|_| self.token.is_some()) {
                    Some(row) => {
                        let page = page::with_edit_link(&page, &edit::address(row));
                        self.page(StatusCode::OK, &page, &snapshot)
                    }
                    None => self.page(StatusCode::OK, &page, &snapshot),
                }
            }
            Some(Served::Bytes(bytes)) if asked.starts_with("assets/") => asset(&asked, bytes),
            Some(Served::Bytes(bytes)) => file(media_type(&asked), Sent::bytes(bytes)),
            Some(Served::OnDisk { from, size, digest }) => self.stream_file(&asked, from, size, digest),
            Some(Served::Sealed { tree, inside }) => self.sealed(&asked, &tree, inside).await,
            None => self.not_found(&snapshot),
        }
    }

    /// A file of a sealed version, as it was sealed: nothing is added to its pages.
    async fn sealed(&self, path: &str, tree: &Tree, inside: String) -> Answer {
        let archive = self.dir.join(&*tree.archive);
        let read = move || {
            let archive = versions::Archive::open(&archive)?;
            archive.checked(&inside, &archive.manifest()?)
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(bytes)) if is_page(path) && !path.contains("/exhibits/files/") => {
                typed("text/html; charset=utf-8", bytes)
            }
            Ok(Ok(bytes)) => file(media_type(path), Sent::bytes(bytes)),
            _ => {
                let words = "This file can't be taken from the sealed version: its archive is damaged, or was moved.\n\
                             Run binder verify to see what differs, and put the archive back from a copy.\n";
                plain(StatusCode::INTERNAL_SERVER_ERROR, words)
            }
        }
    }

    /// A page with what serving adds to it.
    pub fn page(&self, status: StatusCode, page: &str, snapshot: &Snapshot) -> Answer {
        let html = page::served(page, &self.board, snapshot, &self.templates);
        let mut answer = typed("text/html; charset=utf-8", html);
        *answer.status_mut() = status;
        answer
    }

    /// While there is no site: every page is the list of what to put right.
    fn first_page(&self, path: &str, snapshot: &Snapshot) -> Answer {
        if !(path.is_empty() || path.ends_with('/') || is_page(path)) {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "There is no binder yet.\n");
        }
        let page = self.templates.render("first.html", &());
        self.page(StatusCode::OK, &page, snapshot)
    }

    fn not_found(&self, snapshot: &Snapshot) -> Answer {
        match snapshot.file(MISSING) {
            Some(Served::Bytes(bytes)) => {
                let page = page::rooted(&String::from_utf8_lossy(&bytes));
                self.page(StatusCode::NOT_FOUND, &page, snapshot)
            }
            _ => plain(StatusCode::NOT_FOUND, "There is no such page.\n"),
        }
    }

    /// The newest snapshot, once there is one.
    pub async fn first(&self) -> Arc<Snapshot> {
        self.wait_for(|snapshot| snapshot.number > 0).await
    }

    pub async fn wait_for(&self, mut ready: impl FnMut(&Snapshot) -> bool) -> Arc<Snapshot> {
        let mut news = self.board.subscribe();
        let _ = tokio::time::timeout(WAIT, news.wait_for(|snapshot| ready(snapshot))).await;
        self.board.newest()
    }

    /// Sends a large file in pieces. One that is not what it was when it was read breaks off.
    fn stream_file(&self, path: &str, from: Arc<str>, size: u64, digest: [u8; 32]) -> Answer {
        let (sender, pieces) = mpsc::channel(4);
        let dir = self.dir.clone();
        tokio::task::spawn_blocking(move || {
            let Ok(mut source) = reader::open(&dir, &from) else {
                return;
            };
            let mut hasher = Sha256::new();
            let mut left = size;
            while left > 0 {
                let mut piece = vec![0; 256 * 1024];
                let Ok(read @ 1..) = source.read(&mut piece) else {
                    return;
                };
                piece.truncate(read);
                hasher.update(&piece);
                left = left.saturating_sub(read as u64);
                // The last piece is held back until the whole is known to be right.
                if left == 0 && <[u8; 32]>::from(hasher.clone().finalize()) != digest {
                    return;
                }
                if sender.blocking_send(Bytes::from(piece)).is_err() {
                    return;
                }
            }
        });
        file(media_type(path), Sent::pieces(pieces, size))
    }
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html") && !path.starts_with("exhibits/files/")
}

/// The path of a request below the site, decoded; `None` for one that is not plain. Looking it up in a list of names
/// leads nowhere else, but a name that means two things is refused all the same.
fn path(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.strip_prefix('/')?.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    let plain = !path.contains(['\\', '\0', ':'])
        && path
            .strip_suffix('/')
            .unwrap_or(&path)
            .split('/')
            .all(|part| !matches!(part, "." | ".."))
        && !path.contains("//")
        && !path.starts_with('/');
    plain.then_some(path)
}

fn typed(kind: &'static str, body: impl Into<Bytes>) -> Answer {
    typed_body(kind, Sent::bytes(body))
}

fn typed_body(kind: &'static str, body: Sent) -> Answer {
    let mut answer = Response::new(body);
    let kind = HeaderValue::from_static(kind);
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

/// A file whose name carries the digest of its content, or the build id.
fn asset(path: &str, bytes: Bytes) -> Answer {
    let mut answer = typed(media_type(path), bytes);
    let for_ever = HeaderValue::from_static("private, max-age=31536000, immutable");
    answer.headers_mut().insert(header::CACHE_CONTROL, for_ever);
    answer
}

/// A file that is no page of ours.
fn file(kind: &'static str, body: Sent) -> Answer {
    let mut answer = typed_body(kind, body);
    let policy = HeaderValue::from_static(match kind {
        PDF_TYPE => PDF_POLICY,
        _ => FILE_POLICY,
    });
    answer
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

pub fn plain(status: StatusCode, words: &'static str) -> Answer {
    let mut answer = typed("text/plain; charset=utf-8", words);
    *answer.status_mut() = status;
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_decoded() {
        for (raw, wanted) in [
            ("/", ""),
            ("/a/b.html", "a/b.html"),
            ("/standards/", "standards/"),
            ("/a%20b%C3%A9.html", "a b\u{e9}.html"),
        ] {
            assert_eq!(path(raw).as_deref(), Some(wanted), "{raw}");
        }
    }

    #[test]
    fn odd_paths_are_none() {
        for raw in [
            "",
            "*",
            "/../binder.toml",
            "/%2e%2e/binder.toml",
            "/a/%2E./b",
            "/a/./b",
            "//etc/passwd",
            "/a//b",
            "/%2Fetc/passwd",
            "/..%5Cbinder.toml",
            "/a\\b",
            "/a%00.html",
            "/c:/x",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "/%c0%ae%c0%ae/x",
        ] {
            assert_eq!(path(raw), None, "{raw}");
        }
    }
}
