//! Answers changed in the browser: the pages of the form, and the one way by which a request writes a file.
//!
//! [`guard`] says who may, [`form`] shows, [`save`] writes. A request names a row, never a path; which file that is, is
//! found in the folder anew each time. There is none of this without `--edit`.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes};
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};

use super::body::Sent;
use super::page;
use super::routes::{Shared, plain};
use super::snapshot::Snapshot;
use crate::address;
use crate::rule::{RowId, rule};

mod form;
mod guard;
mod save;
mod views;

pub use guard::Token;

/// What an editing page may do: as any page of the site, and send its form to this server.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; script-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// How long a save waits for the page that shows it.
const SHOWN: Duration = Duration::from_secs(5);

/// What a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Write the file.
    Save,
    /// Show the texts as the page will.
    Preview,
    /// Show the form again, on top of the file as it is now.
    Again,
}

/// Where the form of a row is.
pub fn address(row: RowId) -> String {
    format!("/{}/edit/{}", page::OWN, row.citation().slug())
}

/// The row whose page or gap page stands at this path of the site.
pub fn row_at(path: &str) -> Option<RowId> {
    let slug = path
        .strip_prefix("standards/")
        .or_else(|| path.strip_prefix("gaps/"))?
        .strip_suffix(".html")?;
    row_of(slug)
}

fn row_of(slug: &str) -> Option<RowId> {
    rule().row_ids().find(|row| row.citation().slug() == slug)
}

/// Answers a request to look, at an address below our own; `None` where it is none of these.
pub async fn get(shared: &Shared, name: &str) -> Option<Response<Sent>> {
    let token = shared.token.as_ref()?;
    let (wish, slug) = name.split_once('/')?;
    match (wish, row_of(slug)) {
        ("edit", Some(row)) => {
            let snapshot = shared.first().await;
            Some(on_disk(shared, snapshot, move |work| form::fresh(&work, row), token).await)
        }
        ("save" | "preview", Some(_)) => {
            let mut answer = plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address takes the form of an answer, and shows nothing.\n",
            );
            answer
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
            Some(answer)
        }
        _ => None,
    }
}

/// Answers a form. The caller has looked at the name by which we are called.
pub async fn post<B>(shared: &Shared, token: &Token, request: Request<B>) -> Response<Sent>
where
    B: Body<Data = Bytes> + Unpin,
{
    let path = request.uri().path().to_string();
    let target = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(page::OWN)?.strip_prefix('/')?.split_once('/'))
        .and_then(|(wish, slug)| Some((wish_of(wish)?, row_of(slug)?)));
    let Some((wish, row)) = target else {
        let mut answer = plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "Nothing can be sent to this address.\n",
        );
        answer
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    };
    let posted = match guard::read(token, request).await {
        Ok(posted) => posted,
        Err(refusal) => return plain(refusal.status, refusal.words),
    };
    let snapshot = shared.first().await;
    let number = snapshot.number;
    let answer = on_disk(
        shared,
        snapshot,
        move |work| match wish {
            Wish::Save => save::save(&work, row, &posted),
            Wish::Preview => form::preview(&work, row, &posted),
            Wish::Again => form::again(&work, row, &posted),
        },
        token,
    )
    .await;
    if answer.status() == StatusCode::SEE_OTHER && answer.headers().contains_key(SAVED) {
        // Whoever has no script sees the new page at once.
        let shows = shared.wait_for(|snapshot| snapshot.number > number);
        let _ = tokio::time::timeout(SHOWN, shows).await;
    }
    answer
}

fn wish_of(name: &str) -> Option<Wish> {
    match name {
        "save" => Some(Wish::Save),
        "preview" => Some(Wish::Preview),
        "edit" => Some(Wish::Again),
        _ => None,
    }
}

/// Stands on an answer after which there is something new to show.
const SAVED: &str = "binder-saved";

/// What an editing page is made from.
struct Work {
    snapshot: Arc<Snapshot>,
    dir: std::path::PathBuf,
    token: String,
}

/// What came of it.
enum Outcome {
    /// A page of our own, to be framed as those of the site.
    Page {
        status: StatusCode,
        title: String,
        template: &'static str,
        view: tera::Value,
    },
    /// The page of the row: something was written, or there was nothing to write.
    Row { row: RowId, written: bool },
}

/// Does work that opens files where it keeps nobody waiting, and makes an answer of what came of it.
async fn on_disk(
    shared: &Shared,
    snapshot: Arc<Snapshot>,
    work: impl FnOnce(Work) -> Outcome + Send + 'static,
    token: &Token,
) -> Response<Sent> {
    let input = Work {
        snapshot: snapshot.clone(),
        dir: shared.dir.clone(),
        token: token.text().to_string(),
    };
    let Ok(outcome) = tokio::task::spawn_blocking(move || work(input)).await else {
        return plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This form can't be answered. Nothing was written.\n",
        );
    };
    match outcome {
        Outcome::Page {
            status,
            title,
            template,
            view,
        } => {
            let main = shared.templates.render(template, &view);
            let framed = page::framed(&snapshot, &title, &main, true);
            let mut answer = shared.page(status, &framed, &snapshot);
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            // With none, browsers do not say where a form comes from, and it would be refused.
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            answer
        }
        Outcome::Row { row, written } => {
            let mut answer = plain(StatusCode::SEE_OTHER, "Saved.\n");
            let to = format!("/{}#answer", address::row_page(row));
            if let Ok(to) = HeaderValue::from_str(&to) {
                answer.headers_mut().insert(header::LOCATION, to);
            }
            if written {
                answer
                    .headers_mut()
                    .insert(SAVED, HeaderValue::from_static("yes"));
            }
            answer
        }
    }
}
