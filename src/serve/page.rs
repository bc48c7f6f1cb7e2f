//! What is added to a page on its way to the browser: its build number, the bar, the panel, the script.

use super::panel::Templates;
use super::snapshot::{Board, Served, Snapshot};
use crate::address;
use crate::site::html::Html;

/// Folder of the addresses that are the server's own and no part of the site.
pub const OWN: &str = "_binder";

/// The site's page for an address that leads nowhere: the frame of its pages, and nothing else.
pub const MISSING: &str = "404.html";

#[derive(serde::Serialize)]
struct Bar<'a> {
    pdf: &'a str,
}

/// The page with what serving adds to it, all from one snapshot.
pub fn served(page: &str, board: &Board, snapshot: &Snapshot, templates: &Templates) -> String {
    let state = board.state(snapshot);
    let panel = snapshot.panel().map_or("", |panel| panel.html.as_str());
    let bar = templates.render(
        "bar.html",
        &Bar {
            pdf: &state.pdf.words,
        },
    );
    // Numbers of our own making: hex digits, a colon, digits.
    let data = format!(
        " data-binder-build=\"{}\" data-binder-site=\"{}\"",
        state.build, state.site
    );
    let head = format!(
        "<link rel=\"stylesheet\" href=\"/{OWN}/served.css\">\n<script src=\"/{OWN}/served.js\" defer></script>\n"
    );
    let foot = format!("<div id=\"binder-panel-place\">{panel}</div>\n{bar}");
    let mut out = String::with_capacity(page.len() + data.len() + head.len() + foot.len());
    let mut rest = page;
    // Texts come into pages escaped, so the first of each is the page's own. A theme may leave any of them out.
    if let Some(at) = rest.find("<html") {
        out.push_str(&rest[..at + "<html".len()]);
        out.push_str(&data);
        rest = &rest[at + "<html".len()..];
    }
    let at = rest.find("</head>").unwrap_or(0);
    out.push_str(&rest[..at]);
    out.push_str(&head);
    rest = &rest[at..];
    let at = rest.rfind("</body>").unwrap_or(rest.len());
    out.push_str(&rest[..at]);
    out.push_str(&foot);
    out.push_str(&rest[at..]);
    out
}

/// A page of our own in the frame of the site's pages: their head, their navigation and their foot. `keep` marks a page
/// that holds what somebody types, which nothing may reload. Without a site it has a plain frame.
pub fn framed(snapshot: &Snapshot, title: &str, main: &str, keep: bool) -> String {
    let missing = match snapshot.file(MISSING) {
        Some(Served::Bytes(bytes)) => rooted(&String::from_utf8_lossy(&bytes)),
        _ => String::new(),
    };
    let title = Html::text(title);
    let title = title.as_str();
    let page = exchange(
        &missing,
        ("<main", "</main>"),
        &format!("<main id=\"main\" tabindex=\"-1\" class=\"desk\">\n{main}\n"),
    )
    .and_then(|page| exchange(&page, ("<title>", "</title>"), &format!("<title>{title}")))
    .unwrap_or_else(|| bare(title, main));
    // What the page says of itself would hold against what its headers say.
    let page = page
        .replacen("form-action 'none'", "form-action 'self'", 1)
        .replacen(
            "name=\"referrer\" content=\"no-referrer\"",
            "name=\"referrer\" content=\"same-origin\"",
            1,
        )
        .replacen("<html", if keep { "<html data-binder-keep" } else { "<html" }, 1);
    let page = without_crumbs(page);
    page.replacen(
        "</head>",
        &format!("<link rel=\"stylesheet\" href=\"/{OWN}/desk.css\">\n<script src=\"/{OWN}/desk.js\" defer></script>\n</head>"),
        1,
    )
}

/// The text with `new` in place of what stands from `from` to the first `to` behind it.
fn exchange(text: &str, (from, to): (&str, &str), new: &str) -> Option<String> {
    let start = text.find(from)?;
    let end = start + text[start..].find(to)?;
    Some(format!("{}{new}{}", &text[..start], &text[end..]))
}

/// The way to the missing page is not the way to this one.
fn without_crumbs(page: String) -> String {
    exchange(&page, ("<nav class=\"crumbs\"", "</nav>"), "<nav hidden>").unwrap_or(page)
}

fn bare(title: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body class=\"binder-first\">\n<main id=\"main\" class=\"desk\">\n{main}\n</main>\n</body>\n</html>\n"
    )
}

/// The page of a row with a link to its form, behind the head of its text.
pub fn with_edit_link(page: &str, to: &str) -> String {
    let main = page.find("<main").unwrap_or(0);
    let at = match page[main..].find("</header>") {
        Some(head) => main + head,
        None => page[main..].find('>').map_or(page.len(), |end| main + end + 1),
    };
    let link = format!("<p class=\"binder-edit\"><a href=\"{to}\">Edit answer</a></p>\n");
    format!("{}{link}{}", &page[..at], &page[at..])
}

/// A page for an address at any depth: its links, which are relative to the top or begin where the site is published,
/// start at the top of what is served.
pub fn rooted(page: &str) -> String {
    let sheet = page.find("assets/").map_or("", |at| {
        let from = page[..at].rfind('"').map_or(at, |quote| quote + 1);
        &page[from..at]
    });
    if sheet.starts_with('/') {
        return page
            .replace(&format!("href=\"{sheet}"), "href=\"/")
            .replace(&format!("src=\"{sheet}"), "src=\"/");
    }
    address::from_root(page, "/")
}

/// The type of a file by its name, for browsers that are told not to guess.
pub fn media_type(path: &str) -> &'static str {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    match end.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> String {
        let templates = Templates::new().expect("templates");
        served(text, &Board::default(), &Snapshot::default(), &templates)
    }

    #[test]
    fn number_script_and_bar_go_where_they_belong() {
        let out = page(
            "<!doctype html>\n<html lang=\"en\"><head><title>T</title></head><body><p>x</p></body></html>",
        );
        let order = [
            "<html data-binder-build=\"",
            "lang=\"en\">",
            "<title>",
            "served.js",
            "</head>",
            "<p>x</p>",
            "id=\"binder-panel-place\"",
            "id=\"binder-bar\"",
            "</body></html>",
        ];
        let places: Vec<Option<usize>> = order.iter().map(|part| out.find(part)).collect();
        assert!(places.iter().all(Option::is_some), "{out}");
        assert!(places.is_sorted(), "{out}");
    }

    #[test]
    fn a_theme_without_head_or_body_is_served_all_the_same() {
        for text in ["", "<p>x", "<html>", "</body></head>", "<body></body>"] {
            let out = page(text);
            assert!(
                out.contains("served.js") && out.contains("binder-bar"),
                "{text}: {out}"
            );
        }
    }

    #[test]
    fn links_of_the_missing_page_start_at_the_top() {
        assert_eq!(
            rooted("<link href=\"/binder/assets/a.css\"><a href=\"/binder/gaps/x.html\"><a href=\"#main\">"),
            "<link href=\"/assets/a.css\"><a href=\"/gaps/x.html\"><a href=\"#main\">"
        );
        assert_eq!(
            rooted(
                "<a href=\"index.html\"><a href=\"#x\"><img src=\"a/b.png\"><a href=\"mailto:x\"><a href=\"/y\">"
            ),
            "<a href=\"/index.html\"><a href=\"#x\"><img src=\"/a/b.png\"><a href=\"mailto:x\"><a href=\"/y\">"
        );
    }

    #[test]
    fn unknown_files_are_not_shown_but_saved() {
        assert_eq!(media_type("a/b.exe"), "application/octet-stream");
        assert_eq!(media_type("noend"), "application/octet-stream");
        assert_eq!(media_type("a/B.PDF"), "application/pdf");
    }
}
