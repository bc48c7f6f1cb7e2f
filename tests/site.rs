//! The site as a reader and a browser meet it: every link leads somewhere, nothing leaves the site, and no text of
//! the clinic can become markup.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use hipaa_binder::diagnostic::{Diagnostic, Severity};
use hipaa_binder::pipeline;
use hipaa_binder::world::{Folder, SealedArchive, read};
use jiff::civil::date;
use proptest::prelude::*;

mod support;

/// Pages and files by path.
type Site = BTreeMap<String, Vec<u8>>;

fn build(folder: &Folder) -> (Option<Site>, Vec<Diagnostic>) {
    let built = pipeline::build(folder, &support::options(date(2026, 11, 20)), &|_| {});
    let site = built.output.map(|output| {
        let bytes = |path: &str| output.bytes(path).map_or(Vec::new(), |b| b.to_vec());
        output
            .files()
            .map(|(path, _)| (path.to_string(), bytes(path)))
            .collect()
    });
    (site, built.diagnostics)
}

/// The site of the example clinic.
fn example() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let (site, diagnostics) = build(&read::read(Path::new("content-example")));
        site.unwrap_or_else(|| panic!("{diagnostics:#?}"))
    })
}

/// The pages of the sealed versions, which are taken from their archives as they are.
fn sealed() -> BTreeSet<String> {
    let folder = read::read(Path::new("content-example"));
    let of = |archive: &SealedArchive| {
        let folder = archive.path.trim_end_matches(".zip").to_string();
        let path = |(path, _): &(std::sync::Arc<str>, u64)| format!("{folder}/{path}");
        archive.site.iter().map(path).collect::<Vec<_>>()
    };
    folder.sealed.iter().flat_map(of).collect()
}

fn pages(site: &Site) -> impl Iterator<Item = (&str, &str)> {
    let pages = site.iter().filter(|(path, _)| path.ends_with(".html"));
    pages.filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
}

/// An opening tag.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// The tags of a page, read as strictly as our own pages are written: every value in double quotes.
fn tags(html: &str) -> Vec<Tag> {
    let mut out = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece
            .split_once('>')
            .unwrap_or_else(|| panic!("a tag that never ends: {piece:.60}"));
        if tag.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while !rest.trim().trim_end_matches('/').is_empty() {
            rest = rest.trim_start();
            let end = rest
                .find(|c: char| c == '=' || c.is_whitespace())
                .unwrap_or(rest.len());
            let attribute = rest[..end].trim_end_matches('/').to_string();
            if let Some(value) = rest[end..].strip_prefix("=\"") {
                let (value, after) = value
                    .split_once('"')
                    .unwrap_or_else(|| panic!("a value that never ends: {tag}"));
                attributes.push((attribute, unescape(value)));
                rest = after;
            } else {
                assert!(!rest[end..].starts_with('='), "a value without quotes: {tag}");
                attributes.push((attribute, String::new()));
                rest = &rest[end..];
            }
        }
        out.push(Tag {
            name: name.trim_end_matches('/').to_string(),
            attributes,
        });
    }
    out
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = path
            .is_ascii()
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|h| std::str::from_utf8(h).ok());
        match hex
            .filter(|_| *first == b'%')
            .and_then(|h| u8::from_str_radix(h, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).expect("an address is UTF-8")
}

/// The path a relative link leads to.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{link} on {page} leaves the site"),
            part => parts.push(part),
        }
    }
    decoded(&parts.join("/"))
}

fn is_outside(link: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| link.starts_with(scheme))
}

#[test]
fn every_link_and_every_anchor_leads_somewhere() {
    let site = example();
    let ids: BTreeMap<&str, BTreeSet<String>> = pages(site)
        .map(|(path, html)| {
            let mut ids = BTreeSet::new();
            for id in tags(html).iter().filter_map(|t| t.get("id")) {
                assert!(ids.insert(id.to_string()), "{path} has the id {id} twice");
            }
            (path, ids)
        })
        .collect();
    let sealed = sealed();
    let mut broken = Vec::new();
    for (path, html) in pages(site) {
        for tag in tags(html) {
            for link in ["href", "src"]
                .iter()
                .filter_map(|a| tag.get(a))
                .filter(|l| !is_outside(l))
            {
                let (target, anchor) = link
                    .split_once('#')
                    .map_or((link, None), |(t, a)| (t, Some(decoded(a))));
                let target = target.split('?').next().unwrap_or_default();
                let target = if target.is_empty() {
                    path.to_string()
                } else {
                    resolved(path, target)
                };
                if sealed.contains(&target) {
                    continue;
                }
                if !site.contains_key(&target) {
                    broken.push(format!("{path}: {link}: no such file"));
                } else if let Some(anchor) = anchor.filter(|a| !a.is_empty())
                    && !ids.get(target.as_str()).is_some_and(|i| i.contains(&anchor))
                {
                    broken.push(format!("{path}: {link}: no such anchor"));
                }
            }
        }
    }
    broken.sort();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn labels_and_descriptions_name_what_is_there() {
    for (path, html) in pages(example()) {
        let tags = tags(html);
        let ids: BTreeSet<&str> = tags.iter().filter_map(|t| t.get("id")).collect();
        for name in ["aria-labelledby", "for"] {
            for id in tags
                .iter()
                .filter_map(|t| t.get(name))
                .flat_map(str::split_whitespace)
            {
                assert!(ids.contains(id), "{path}: {name} names {id}");
            }
        }
    }
}

#[test]
fn no_request_leaves_the_site_and_nothing_stands_inline() {
    for (path, html) in pages(example()) {
        for tag in tags(html) {
            for (name, value) in &tag.attributes {
                assert!(!name.starts_with("on"), "{path}: {tag:?}");
                assert!(name != "style", "{path}: {tag:?}");
                if is_outside(value) && (name == "href" || name == "src") {
                    assert_eq!(tag.name, "a", "{path}: {tag:?}");
                    assert_eq!(tag.get("rel"), Some("noopener noreferrer"), "{path}: {tag:?}");
                }
            }
            assert!(
                tag.name != "style" && tag.name != "iframe" && tag.name != "object",
                "{path}: {tag:?}"
            );
            assert!(
                tag.name != "script" || tag.get("src").is_some(),
                "{path}: {tag:?}"
            );
        }
        assert!(
            html.contains("default-src &#39;none&#39;") || html.contains("default-src 'none'"),
            "{path}"
        );
        assert!(
            html.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"),
            "{path}"
        );
    }
    let css = example()
        .iter()
        .find(|(p, _)| p.ends_with(".css"))
        .map(|(_, b)| String::from_utf8_lossy(b).into_owned());
    let css = css.expect("a style sheet");
    assert!(!css.contains("http") && !css.contains("@import") && !css.contains("data:"));
}

#[test]
fn every_page_says_whose_it_is_which_edition_and_of_which_day() {
    for (path, html) in pages(example()) {
        for word in [
            "Larkspur Family Medicine",
            "Working copy, not sealed",
            "November 20, 2026",
            "<code title=\"sha256:",
        ] {
            assert!(html.contains(word), "{path} does not say {word}");
        }
    }
}

#[test]
fn headings_begin_with_one_and_skip_no_level() {
    for (path, html) in pages(example()) {
        let mut last = 0;
        for tag in tags(html) {
            let Some(level) = tag.name.strip_prefix('h').and_then(|l| l.parse::<u8>().ok()) else {
                continue;
            };
            assert!(level <= last + 1, "{path}: h{level} after h{last}");
            assert!(level > 1 || last == 0, "{path} has two h1");
            last = level;
        }
        assert!(last > 0, "{path} has no heading");
    }
}

#[test]
fn each_row_has_its_line_in_the_index_its_page_and_its_gap_page() {
    let site = example();
    let index = String::from_utf8_lossy(&site["standards/index.html"]);
    for row in hipaa_binder::rule::rule().rows() {
        let (citation, slug) = (row.citation.to_string(), row.citation.slug());
        assert!(index.contains(&format!("<tr id=\"{slug}\"")), "{citation}");
        let page = String::from_utf8_lossy(&site[&format!("standards/{slug}.html")]);
        assert!(page.contains(&citation), "{citation}");
        for part in [
            "the-law",
            "answer",
            "policies",
            "evidence",
            "gaps",
            "asked-for",
            "mentions",
        ] {
            assert!(
                page.contains(&format!("id=\"{part}\"")),
                "{citation} has no part {part}"
            );
        }
        let has_gaps = page.contains(&format!("href=\"../gaps/{slug}.html\""));
        assert_eq!(
            has_gaps,
            site.contains_key(&format!("gaps/{slug}.html")),
            "{citation}"
        );
    }
}

#[test]
fn no_page_says_what_a_binder_cannot_say() {
    for (path, html) in pages(example()) {
        let lower = html.to_lowercase();
        for word in [
            "non-compliant",
            "hipaa compliant",
            "certified compliant",
            "score",
            "seal of",
            "violation of hipaa",
        ] {
            assert!(!lower.contains(word), "{path} says {word}");
        }
    }
}

/// A clinic of a few files.
fn small(files: &[(&str, &str)]) -> Folder {
    let mut all: BTreeMap<&str, &[u8]> = BTreeMap::new();
    all.insert("binder.toml", b"[practice]\nname = \"Example Practice\"\n");
    all.extend(files.iter().map(|(p, t)| (*p, t.as_bytes())));
    support::folder(all)
}

#[test]
fn an_empty_clinic_has_every_page_and_each_tells_what_to_do() {
    let (site, diagnostics) = build(&small(&[]));
    let site = site.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    for page in [
        "policies/index.html",
        "records/index.html",
        "registers/index.html",
        "exhibits/index.html",
        "404.html",
    ] {
        assert!(site.contains_key(page), "{page}");
    }
    assert!(String::from_utf8_lossy(&site["policies/index.html"]).contains("There are no policies yet"));
}

#[test]
fn a_fault_in_the_clinics_own_template_is_told_with_its_line() {
    for (text, line) in [
        (
            "{% extends \"base.html\" %}\n{% block main %}\n{{ page.citation }\n{% endblock %}",
            3,
        ),
        (
            "{% extends \"base.html\" %}\n{% block main %}\n\n{{ page.no_such_thing }}\n{% endblock %}",
            4,
        ),
        (
            "{% extends \"base.html\" %}\n{% block main %}{{ page.title | no_such_filter }}{% endblock %}",
            2,
        ),
    ] {
        let (site, diagnostics) = build(&small(&[("theme/site/row.html", text)]));
        assert!(site.is_none());
        let errors: Vec<_> = diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .collect();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!(
            (&*errors[0].place.file, errors[0].place.line),
            ("theme/site/row.html", line),
            "{errors:#?}"
        );
    }
}

#[test]
fn a_practice_may_change_one_file_of_the_theme() {
    let css = ":root { --spine: #402018; }";
    let not_found = "{% extends \"base.html\" %}{% block main %}<h1>Ask Renata</h1>{% endblock %}";
    let (site, diagnostics) = build(&small(&[
        ("theme/site/local.css", css),
        ("theme/site/not-found.html", not_found),
    ]));
    let site = site.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    assert!(String::from_utf8_lossy(&site["404.html"]).contains("<h1>Ask Renata</h1>"));
    let sheet = site
        .iter()
        .find(|(p, _)| p.ends_with(".css"))
        .map(|(_, b)| String::from_utf8_lossy(b).into_owned());
    assert!(sheet.is_some_and(|s| s.ends_with(css)));
}

#[test]
fn a_style_sheet_that_names_a_file_of_another_site_is_refused() {
    for css in [
        "\n.spine { background: url(https://a.example/x.png) }",
        "\n.spine { background: URL( 'https://a.example/x.png' ) }",
        "\n@import 'https://a.example/x.css';",
    ] {
        let (site, diagnostics) = build(&small(&[("theme/site/local.css", css)]));
        assert!(site.is_none(), "{css}");
        let places: Vec<_> = diagnostics
            .iter()
            .map(|d| (&*d.place.file, d.place.line))
            .collect();
        assert!(places.contains(&("theme/site/local.css", 2)), "{diagnostics:#?}");
    }
}

#[test]
fn links_that_lead_nowhere_are_told_at_their_line() {
    let policy = "+++\nid = \"a\"\ntitle = \"A\"\nkind = \"policy\"\n+++\n\nSee [b](b.md), [c](../answers/c.md#d)\nand [e](javascript:alert).\n";
    let (_, diagnostics) = build(&small(&[("policies/a.md", policy)]));
    let found: Vec<_> = diagnostics
        .iter()
        .filter(|d| ["broken-link", "link-refused"].contains(&d.code))
        .map(|d| (d.code, &*d.place.file, d.place.line))
        .collect();
    let at = |code, line| (code, "policies/a.md", line);
    assert_eq!(
        found,
        [at("broken-link", 7), at("broken-link", 7), at("link-refused", 8)]
    );
}

/// Every tag and attribute name that our templates and our Markdown produce.
fn names(site: &Site) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, html) in pages(site) {
        for tag in tags(html) {
            names.extend(
                tag.attributes
                    .into_iter()
                    .map(|(name, _)| format!("{}@{name}", tag.name)),
            );
            names.insert(tag.name);
        }
    }
    names
}

/// A clinic in which everything that can be typed is `text`.
fn hostile(text: &str) -> Folder {
    let toml = support::toml_string(text);
    let cell = format!("\"{}\"", text.replace('"', "\"\""));
    let line = text.replace(['\n', '\r'], " ");
    let config = format!(
        "[practice]\nname = {toml}\nlegal_name = {toml}\nsecurity_official = {toml}\n[applies]\nclearinghouse = false\n\
         decided_by = {toml}\ndecided = 2026-01-01\nreason = {{ clearinghouse = {toml} }}\n\
         [[site]]\nid = \"main\"\nname = {toml}\naddress = {toml}\n"
    );
    let answer = format!(
        "+++\ncitation = \"164.310(a)(2)(i)\"\nowner = {toml}\nanswered_by = {toml}\nreviewed = 2026-09-01\n[[decision]]\n\
         branch = \"neither\"\nscope = {toml}\ndecided_by = {toml}\ndecided = 2026-09-01\n[[gap]]\nmark = \"evidence\"\n\
         action = {toml}\nowner = {toml}\ndue = 2026-01-01\n+++\n\n## 1. {line}\n\nYes. {text}\n\n- [ ] {line}\n\n\
         ## Decision: {line}\n\n### Cost\n\n{text}\n"
    );
    let policy = format!(
        "+++\nid = \"p\"\ntitle = {toml}\nkind = \"procedure\"\nowner = {toml}\nversion = \"1\"\neffective = 2026-01-01\n\
         approved = 2026-01-01\napproved_by = {toml}\n[[revisions]]\nversion = \"1\"\nchange = {toml}\n[[reviews]]\n\
         date = 2026-02-01\nby = {toml}\nresult = {toml}\n+++\n\n# {line}\n\n## 164.310(a)(2)(i) {line}\n\n{text}\n\n\
         > {line}\n\n| {line} | b |\n|---|---|\n| {line} | `{line}` |\n\n[{line}](<{line}>) ![{line}](<{line}>)\n\n\
         ~~~\n{text}\n~~~\n\nNote[^1]\n\n[^1]: {line}\n"
    );
    let record = format!(
        "+++\nkind = \"risk-analysis\"\ntitle = {toml}\ndate = 2026-03-01\nby = {toml}\nsigned_by = {toml}\n\
         no_previous = {toml}\n+++\n\n## Scope\n\n{text}\n"
    );
    let evidence = format!(
        "id,file,title,date,rows,by,kept_at\nEX-1,x.csv,{cell},2026-03-01,164.310(a)(2)(i),{cell},{cell}\n"
    );
    let training = format!("date,person,topic,material,by\n2026-03-01,{cell},general,{cell},{cell}\n");
    let files: Vec<(String, String)> = vec![
        ("binder.toml".into(), config),
        ("answers/a.md".into(), answer),
        ("policies/p.md".into(), policy),
        ("records/r.md".into(), record),
        ("registers/evidence.csv".into(), evidence),
        ("registers/training.csv".into(), training),
        ("evidence/x.csv".into(), format!("{cell},b\n{cell},c\n")),
    ];
    support::folder(files.iter().map(|(p, t)| (p.as_str(), t.as_bytes())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever is typed, the pages have no tag and no attribute that the example clinic's pages do not have, and no
    /// link leads to a scheme of another kind.
    #[test]
    fn no_text_becomes_markup(pieces in prop::collection::vec(prop_oneof![
        Just("<x-evil onx=\"1\">".to_string()),
        Just("</td></table><x-evil>".to_string()),
        Just("\"><x-evil autofocus onfocus=alert(1) x=\"".to_string()),
        Just("'><x-evil>".to_string()),
        Just("<script>alert(1)</script>".to_string()),
        Just("javascript:alert(1)".to_string()),
        Just("[a](javascript:alert(1))".to_string()),
        Just("![a](data:image/svg+xml,<svg/onload=alert(1)>)".to_string()),
        Just("<https://a.example/\"onx=\">".to_string()),
        Just("&lt;x-evil&gt; &#60;x-evil&#62;".to_string()),
        Just("{{ page }} {% raw %} {# #}".to_string()),
        Just("</title></textarea>--><!--".to_string()),
        Just("164.312(b)<b>".to_string()),
        Just("`<x-evil>`".to_string()),
        "[ -~]{1,12}",
        "\\PC{1,6}",
    ], 1..4)) {
        let (site, _) = build(&hostile(&pieces.join(" ")));
        // A text that no field takes is an error of the content, and there is no site.
        if let Some(site) = site {
            let mut known = names(example());
            known.extend(["img@title", "a@title", "ol@start", "s", "img@loading", "h6", "h5", "td@class", "section@class"].map(String::from));
            known.extend(["sup", "em", "strong", "blockquote", "pre", "pre@tabindex", "hr", "br", "input", "input@type"].map(String::from));
            known.extend(["input@disabled", "input@checked", "input@aria-label", "ul@class", "th@class", "li@value", "li@id", "a@id", "a@aria-label"].map(String::from));
            let strange: Vec<String> = names(&site).difference(&known).cloned().collect();
            prop_assert!(strange.is_empty(), "{:?}", strange);
            for (path, html) in pages(&site) {
                for tag in tags(html) {
                    for link in ["href", "src"].iter().filter_map(|a| tag.get(a)) {
                        let scheme = link.split(['/', '#', '?']).next().unwrap_or_default().contains(':');
                        prop_assert!(!scheme || is_outside(link), "{}: {:?}", path, tag);
                    }
                }
            }
        }
    }
}

#[test]
fn the_hostile_clinic_is_one_that_builds() {
    let (site, diagnostics) = build(&hostile("Harmless <x-evil> \"words\" & 'more'"));
    let site = site.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let shown = "&lt;x-evil&gt; &quot;words&quot; &amp; &#39;more&#39;";
    for page in [
        "index.html",
        "standards/164.310-a-2-i.html",
        "standards/164.308-a-4-ii-a.html",
        "gaps/164.310-a-2-i.html",
        "gaps/index.html",
        "policies/p.html",
        "records/r.html",
        "registers/training.html",
        "exhibits/ex-1.html",
        "decisions.html",
    ] {
        assert!(
            String::from_utf8_lossy(&site[page]).contains(shown),
            "{page} does not show the words"
        );
    }
}
