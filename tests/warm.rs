//! A build that takes over what did not change has the bytes of one that starts from nothing: after any edit.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use hipaa_binder::binder::{Edition, Options};
use hipaa_binder::diagnostic::Diagnostic;
use hipaa_binder::output::Body;
use hipaa_binder::pipeline::{Cache, build_site, print, search_index};
use hipaa_binder::site::search_address;
use hipaa_binder::world::Folder;
use hipaa_binder::{Built, build};
use jiff::civil::date;
use proptest::prelude::*;
use support::{folder, tree};

type Files = BTreeMap<String, Vec<u8>>;

fn options() -> Options {
    Options {
        pdf: true,
        ..Options::new(date(2026, 11, 20))
    }
}

fn bytes(built: &Built) -> Option<BTreeMap<String, Vec<u8>>> {
    let output = built.output.as_ref()?;
    let file = |(path, body): (&str, &Body)| {
        let bytes = match body {
            Body::Bytes(bytes) => bytes.to_vec(),
            Body::Copy { digest, .. } => digest.to_vec(),
        };
        (path.to_string(), bytes)
    };
    Some(output.files().map(file).collect())
}

fn content(files: &Files) -> Folder {
    folder(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
}

/// Builds with the memory and without, and compares everything.
fn same(files: &Files, cache: &Cache, options: &Options, what: &str) {
    let folder = content(files);
    let warm = build_site(&folder, options, cache, &|_| {});
    let cold = build_site(&folder, options, &Cache::default(), &|_| {});
    let shown = |all: &[Diagnostic]| format!("{all:#?}");
    assert_eq!(shown(&warm.diagnostics), shown(&cold.diagnostics), "{what}");
    assert_eq!(warm.build_id, cold.build_id, "{what}");
    let (warm, cold) = (bytes(&warm), bytes(&cold));
    assert_eq!(
        warm.as_ref().map(|files| files.keys().collect::<Vec<_>>()),
        cold.as_ref().map(|files| files.keys().collect::<Vec<_>>()),
        "{what}"
    );
    for (path, bytes) in cold.iter().flatten() {
        let warm = warm.as_ref().and_then(|files| files.get(path));
        assert!(warm == Some(bytes), "{path} differs after {what}");
    }
}

fn example() -> Files {
    tree(Path::new("content-example"))
        .into_iter()
        .filter(|(path, _)| !path.starts_with("public/"))
        .collect()
}

/// One change of one file, chosen by three numbers.
fn edit(files: &mut Files, (which, how, at): (usize, usize, usize)) -> String {
    let paths: Vec<String> = files.keys().cloned().collect();
    let path = paths[which % paths.len()].clone();
    let other = paths[at % paths.len()].clone();
    let Some(bytes) = files.get_mut(&path) else {
        return String::new();
    };
    let what = match how % 7 {
        0 => {
            bytes.extend_from_slice(format!("\nMore words, {at}.\n").as_bytes());
            "more"
        }
        1 => {
            let at = at % bytes.len().max(1);
            bytes.truncate(at);
            "cut short"
        }
        2 => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                lines.remove(at % lines.len());
            }
            *bytes = lines.join("\n").into_bytes();
            "without a line"
        }
        3 => {
            files.remove(&path);
            "gone"
        }
        4 => {
            let moved = bytes.clone();
            files.remove(&path);
            let end = path.rsplit('/').next().unwrap_or_default();
            let above = path.strip_suffix(end).unwrap_or_default();
            files.insert(format!("{above}moved-{end}"), moved);
            "under another name"
        }
        5 => {
            let words = files.get(&other).cloned().unwrap_or_default();
            files.insert(path.clone(), words);
            "with the bytes of another"
        }
        _ => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            *bytes = text.replace("2026", "2025").into_bytes();
            "a year older"
        }
    };
    format!("{path} {what}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_one_after_the_other(edits in prop::collection::vec((0..1000_usize, 0..7_usize, 0..100_000_usize), 8)) {
        let mut files = example();
        let cache = Cache::default();
        same(&files, &cache, &options(), "the first build");
        for change in edits {
            let before = files.clone();
            let what = edit(&mut files, change);
            same(&files, &cache, &options(), &what);
            // An error stops the pages: put right again, so that the next edits show.
            if build_site(&content(&files), &options(), &cache, &|_| {}).output.is_none() {
                files = before;
                same(&files, &cache, &options(), &format!("{what}, put right"));
            }
        }
    }
}

#[test]
fn edits_of_every_file_of_the_example_one_by_one() {
    let original = example();
    let cache = Cache::default();
    let texts: Vec<&String> = original
        .keys()
        .filter(|path| path.ends_with(".md") && !path.starts_with("approved/"))
        .collect();
    for path in texts.into_iter().step_by(9) {
        let mut files = original.clone();
        let text = files.entry(path.clone()).or_default();
        text.extend_from_slice(b"\nOne more sentence, with a link: [the list](../README.md).\n");
        same(&files, &cache, &options(), path);
    }
    same(&original, &cache, &options(), "all as before");
}

#[test]
fn options_and_theme_are_not_mixed_up() {
    let mut files = example();
    let cache = Cache::default();
    same(&files, &cache, &options(), "the first build");
    let past = Options {
        as_of: date(2026, 6, 1),
        reconstruction: true,
        ..options()
    };
    same(&files, &cache, &past, "another day");
    let production = Options {
        edition: Edition::Production,
        ..options()
    };
    same(&files, &cache, &production, "another edition");
    let page =
        b"{% extends \"base.html\" %}{% block main %}{{ site.build_id }} {{ site.practice }}{% endblock %}";
    for (path, bytes) in [
        ("theme/site/local.css", &b"body { color: red }"[..]),
        ("theme/site/row.html", page),
        ("theme/site/row.html", b"{% if %}"),
        (
            "theme/site/row.html",
            b"{% extends \"base.html\" %}{% block main %}b{% endblock %}",
        ),
    ] {
        files.insert(path.to_string(), bytes.to_vec());
        same(&files, &cache, &options(), path);
    }
    files.retain(|path, _| !path.starts_with("theme/"));
    same(&files, &cache, &options(), "the theme is gone");
}

#[test]
fn site_and_print_one_after_the_other_are_the_whole_build() {
    let mut files = example();
    let cache = Cache::default();
    build_site(&content(&files), &options(), &cache, &|_| {});
    files
        .entry("answers/164.308/164.308-a-1-i.md".to_string())
        .or_default()
        .extend_from_slice(b"\nMore.\n");
    let folder = content(&files);
    let site = build_site(&folder, &options(), &cache, &|_| {});
    let printed = print(&folder, &site).expect("it prints");
    let mut parts = bytes(&site).expect("it builds");
    assert!(
        String::from_utf8_lossy(&parts["binder.json"]).contains("\"pdf_page\": null"),
        "no page is known before the PDF"
    );
    parts.insert("binder.pdf".to_string(), printed.pdf.to_vec());
    parts.insert("binder.json".to_string(), printed.json.to_vec());
    let search = search_address(site.binder.as_ref().expect("it builds"));
    assert!(!parts.contains_key(&search), "it is made when it is asked for");
    parts.insert(search, search_index(&folder, &site).expect("the theme is whole"));
    let whole = build(&folder, &options(), &|_| {});
    assert_eq!(whole.pages, Some(printed.pages));
    let whole = bytes(&whole).expect("it builds");
    assert_eq!(parts.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    for (path, bytes) in &whole {
        assert!(parts.get(path) == Some(bytes), "{path}");
    }
}
