//! Who may send a form: a page that this run of the program served, to the same address it was served from.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::{Body, Bytes};
use hyper::{HeaderMap, Request, StatusCode, header};

/// Most bytes of a form. Sent, a text has up to three times its size.
const MOST: usize = 1024 * 1024;
/// Most fields of a form.
const FIELDS: usize = 256;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// The secret of this run of the program, which only its own pages know.
#[derive(Debug, Clone)]
pub struct Token(String);

impl Token {
    /// A new one, from the system's randomness.
    ///
    /// # Errors
    /// Where the system has none.
    pub fn new() -> Result<Self, String> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// As it stands in a form.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// True for the same token, in a time that says nothing of how much of it is right.
    fn is(&self, other: &str) -> bool {
        let differ = self
            .0
            .bytes()
            .zip(other.bytes())
            .fold(0, |all, (a, b)| all | (a ^ b));
        self.0.len() == other.len() && differ == 0
    }
}

/// Why a form is not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub words: &'static str,
}

/// The fields of a form, by name. The token is checked and taken out.
pub type Posted = BTreeMap<String, String>;

/// Reads a form, if it comes from a page of ours.
///
/// # Errors
/// A form from another page, one that is too large or comes too slowly, and one that is no form.
pub async fn read<B>(token: &Token, request: Request<B>) -> Result<Posted, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    look(request.headers())?;
    let body = tokio::time::timeout(PATIENCE, collect(request.into_body())).await;
    let Ok(body) = body else {
        return refuse(
            StatusCode::REQUEST_TIMEOUT,
            "The form took too long to arrive. Nothing was written.\n",
        );
    };
    let mut posted = fields(&body?)?;
    match posted.remove("token") {
        Some(given) if token.is(&given) => Ok(posted),
        _ => refuse(
            StatusCode::FORBIDDEN,
            "This form belongs to an earlier run of binder serve, or to another page. Nothing was written. Go back, \
             copy what you typed, reload the page, and put it in again.\n",
        ),
    }
}

fn refuse<T>(status: StatusCode, words: &'static str) -> Result<T, Refusal> {
    Err(Refusal { status, words })
}

/// What the browser says of where the form comes from. A page of somebody else's can send forms here, but can't say
/// that they come from here.
fn look(headers: &HeaderMap) -> Result<(), Refusal> {
    let one = |name: header::HeaderName| {
        let mut all = headers.get_all(name).iter();
        let first = all.next().and_then(|value| value.to_str().ok());
        first.filter(|_| all.next().is_none())
    };
    let elsewhere = "This form was not sent by a page of this server. Nothing was written. Open the address that binder \
                     serve printed, and change the answer there.\n";
    let (Some(host), Some(origin)) = (one(header::HOST), one(header::ORIGIN)) else {
        return refuse(StatusCode::FORBIDDEN, elsewhere);
    };
    let ours = origin
        .strip_prefix("http://")
        .is_some_and(|name| name.eq_ignore_ascii_case(host));
    let site = headers
        .get_all("sec-fetch-site")
        .iter()
        .all(|site| site == "same-origin");
    if !ours || !site {
        return refuse(StatusCode::FORBIDDEN, elsewhere);
    }
    let kind = one(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "This is no form of this server. Nothing was written.\n",
        );
    }
    let size = one(header::CONTENT_LENGTH).and_then(|size| size.parse::<u64>().ok());
    if size.is_some_and(|size| size > MOST as u64) {
        return too_large();
    }
    Ok(())
}

fn too_large<T>() -> Result<T, Refusal> {
    refuse(
        StatusCode::PAYLOAD_TOO_LARGE,
        "These texts are longer than a form may be. Nothing was written. Put them into the file with a text editor.\n",
    )
}

async fn collect<B>(mut body: B) -> Result<Vec<u8>, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            return refuse(
                StatusCode::BAD_REQUEST,
                "The form did not arrive whole. Nothing was written.\n",
            );
        };
        if let Ok(data) = frame.into_data() {
            if all.len() + data.len() > MOST {
                return too_large();
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(all)
}

/// The fields of a form as browsers send it. A name that stands twice means nothing we know.
fn fields(body: &[u8]) -> Result<Posted, Refusal> {
    let bad = || {
        refuse(
            StatusCode::BAD_REQUEST,
            "This is no form of this server. Nothing was written.\n",
        )
    };
    let mut posted = Posted::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (
            decoded(&pair[..at]),
            decoded(pair.get(at + 1..).unwrap_or_default()),
        );
        let (Some(name), Some(value)) = (name, value) else {
            return bad();
        };
        if posted.insert(name, value).is_some() || posted.len() > FIELDS {
            return bad();
        }
    }
    Ok(posted)
}

fn decoded(bytes: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut digit = || char::from(*rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                out.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte => out.push(*byte),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| {
                let name = header::HeaderName::from_static(name);
                (name, header::HeaderValue::from_static(value))
            })
            .collect()
    }

    const GOOD: [(&str, &str); 3] = [
        ("host", "127.0.0.1:8164"),
        ("origin", "http://127.0.0.1:8164"),
        ("content-type", "application/x-www-form-urlencoded; charset=UTF-8"),
    ];

    #[test]
    fn a_form_of_ours_is_taken() {
        assert_eq!(look(&headers(&GOOD)), Ok(()));
        let mut with_site = GOOD.to_vec();
        with_site.push(("sec-fetch-site", "same-origin"));
        assert_eq!(look(&headers(&with_site)), Ok(()));
    }

    #[test]
    fn a_form_from_elsewhere_is_not() {
        for origin in [
            "null",
            "",
            "https://127.0.0.1:8164",
            "http://127.0.0.1",
            "http://127.0.0.1:81640",
            "http://localhost:8164",
            "http://evil.example",
            "http://127.0.0.1:8164.evil.example",
            "http://evil.example@127.0.0.1:8164",
            "http://127.0.0.1:8164/",
        ] {
            let list = [GOOD[0], ("origin", origin), GOOD[2]];
            let status = look(&headers(&list)).map_err(|refusal| refusal.status);
            assert_eq!(status, Err(StatusCode::FORBIDDEN), "{origin}");
        }
        for name in ["host", "origin"] {
            let mut list = GOOD.to_vec();
            list.retain(|(header, _)| *header != name);
            assert!(look(&headers(&list)).is_err(), "without {name}");
        }
        for site in ["cross-site", "same-site", "none", ""] {
            let mut list = GOOD.to_vec();
            list.push(("sec-fetch-site", site));
            assert!(look(&headers(&list)).is_err(), "{site}");
        }
        let twice = headers(&GOOD).iter().map(|(n, v)| (n.clone(), v.clone())).fold(
            headers(&GOOD),
            |mut all, (name, value)| {
                all.append(name, value);
                all
            },
        );
        assert!(look(&twice).is_err(), "two origins");
    }

    #[test]
    fn only_forms_of_browsers_and_of_a_size_are_read() {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json",
            "",
        ] {
            let list = [GOOD[0], GOOD[1], ("content-type", kind)];
            let status = look(&headers(&list)).map_err(|refusal| refusal.status);
            assert_eq!(status, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{kind}");
        }
        let mut large = GOOD.to_vec();
        large.push(("content-length", "1048577"));
        let status = look(&headers(&large)).map_err(|refusal| refusal.status);
        assert_eq!(status, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }

    #[test]
    fn fields_are_decoded() {
        let posted = fields(b"a=1&b=x+y%0D%0A%C3%A9&c=&d").expect("a form");
        assert_eq!(posted["b"], "x y\r\n\u{e9}");
        assert_eq!(
            (posted["a"].as_str(), posted["c"].as_str(), posted["d"].as_str()),
            ("1", "", "")
        );
        for bad in [&b"a=1&a=2"[..], b"a=%", b"a=%4", b"a=%zz", b"a=%ff", b"%=1"] {
            assert!(fields(bad).is_err(), "{bad:?}");
        }
        let many: String = (0..=FIELDS).map(|n| format!("f{n}=&")).collect();
        assert!(fields(many.as_bytes()).is_err());
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let (one, other) = (Token::new().expect("a token"), Token::new().expect("a token"));
        assert_eq!(one.text().len(), 64);
        assert!(one.is(one.text()) && !one.is(other.text()));
        assert!(!one.is("") && !one.is(&one.text()[1..]) && !one.is(&format!("{}0", one.text())));
    }
}
