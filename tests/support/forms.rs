//! Forms as a browser finds them in pages and sends them.

use std::collections::BTreeMap;
use std::fs;

use super::served::{ANSWER, Answer, Clinic, Server, start};

pub const FORM: &str = "/_binder/edit/164.308-a-2";
pub const SAVE: &str = "/_binder/save/164.308-a-2";
pub const PREVIEW: &str = "/_binder/preview/164.308-a-2";

pub fn editing(clinic: &Clinic) -> Server {
    start(&clinic.dir(), &["--edit"]).expect("it serves")
}

/// The fields of a form as a browser finds them in the page.
pub type Fields = BTreeMap<String, String>;

pub fn fields(page: &str) -> Fields {
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

pub fn text_of(markup: &str) -> String {
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

pub fn encoded(fields: &Fields) -> String {
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
pub fn own(server: &Server) -> Vec<String> {
    vec![
        format!("Host: 127.0.0.1:{}", server.port),
        format!("Origin: http://127.0.0.1:{}", server.port),
        "Sec-Fetch-Site: same-origin".into(),
        "Content-Type: application/x-www-form-urlencoded".into(),
    ]
}

pub fn request(server: &Server, line: &str, headers: &[String], body: &str) -> Answer {
    let request = format!(
        "{line} HTTP/1.1\r\n{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        headers.join("\r\n"),
        body.len()
    );
    server.send(request.as_bytes()).expect("an answer")
}

pub fn send(server: &Server, to: &str, fields: &Fields) -> Answer {
    request(server, &format!("POST {to}"), &own(server), &encoded(fields))
}

/// The form of the row, with these fields typed over.
pub fn typed(server: &Server, list: &[(&str, &str)]) -> Fields {
    let page = server.get(FORM);
    assert_eq!(page.status, 200, "{}", page.text());
    let mut form = fields(&page.text());
    for (name, value) in list {
        let there = form.insert((*name).to_string(), (*value).to_string());
        assert!(there.is_some(), "the form has the field {name}");
    }
    form
}

pub fn answer_of(clinic: &Clinic) -> String {
    String::from_utf8(fs::read(clinic.path(ANSWER)).expect("the answer")).expect("text")
}
