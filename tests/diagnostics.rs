//! What the content parsers say about every mistake we know of.
//!
//! Each folder of `tests/cases/diagnostics` is a case: `in/` is a binder's folder with a mistake in it, `expected.txt`
//! what is said about it. `UPDATE_EXPECT=1 cargo test --test diagnostics` writes the files anew; read the difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hipaa_binder::content;
use hipaa_binder::diagnostic::{Diagnostic, Place, Source};
use hipaa_binder::world::{self, Folder};

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diagnostics");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .expect("cases")
        .map(|e| e.expect("entry").path())
        .collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// One problem as a reader sees it: code, place, the marked words, the sentence, the help.
fn show(diagnostic: &Diagnostic, folder: &Folder) -> String {
    let severity = format!("{:?}", diagnostic.severity).to_lowercase();
    let mut out = format!("{severity}[{}] {}\n", diagnostic.code, at(&diagnostic.place));
    out.push_str(&marked(&diagnostic.place, folder));
    out.push_str(&format!("  {}\n", diagnostic.message));
    for (place, label) in &diagnostic.also {
        out.push_str(&format!("  {} {label}\n", at(place)));
    }
    if !diagnostic.help.is_empty() {
        out.push_str(&format!("  help: {}\n", diagnostic.help));
    }
    out
}

fn at(place: &Place) -> String {
    if place.line == 0 {
        place.file.to_string()
    } else {
        format!("{}:{}:{}", place.file, place.line, place.column)
    }
}

/// The source line, and a line of carets below the marked part.
fn marked(place: &Place, folder: &Folder) -> String {
    let source = folder
        .files
        .get_key_value(&place.file)
        .and_then(|(path, file)| content::text::source(path, file));
    let Some(source) = source.filter(|_| place.line > 0) else {
        return String::new();
    };
    let line = source.line(place.line);
    let marked = source
        .text
        .get(place.range.as_range())
        .unwrap_or("")
        .lines()
        .next()
        .unwrap_or("");
    let room = line.chars().count().saturating_sub(place.column as usize - 1);
    let carets = marked.chars().count().min(room).max(1);
    let line: String = line.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    format!(
        "  | {line}\n  | {}{}\n",
        " ".repeat(place.column as usize - 1),
        "^".repeat(carets)
    )
}

#[test]
fn every_mistake_is_named_where_it_must_be_mended() {
    let mut wrong = Vec::new();
    for case in cases() {
        let folder = world::read::read(&case.join("in"));
        let parsed = content::parse(&folder);
        let shown: Vec<String> = parsed.diagnostics.iter().map(|d| show(d, &folder)).collect();
        // A message about the folder as a whole names it as the user did.
        let got = shown
            .join("\n")
            .replace(&*case.join("in").to_string_lossy(), "FOLDER");
        let path = case.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &got).expect("write");
        } else if fs::read_to_string(&path).unwrap_or_default() != got {
            wrong.push(format!("--- {}\n{got}", case.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "these differ from expected.txt:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_case_is_without_a_problem_and_fifty_codes_are_shown() {
    let mut codes = BTreeSet::new();
    for case in cases() {
        let folder = world::read::read(&case.join("in"));
        let diagnostics = content::parse(&folder).diagnostics;
        let is_good = case
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("good-"));
        assert_eq!(
            diagnostics.is_empty(),
            is_good,
            "{}: {diagnostics:#?}",
            case.display()
        );
        codes.extend(diagnostics.iter().map(|d| d.code));
        for diagnostic in &diagnostics {
            assert!(!diagnostic.help.is_empty(), "{} has no help", diagnostic.code);
            let is_code = diagnostic
                .code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(is_code, "{} is not in kebab-case", diagnostic.code);
            if diagnostic.place.line > 0 {
                let source = source_of(&diagnostic.place, &folder);
                assert!(source.is_none_or(|s| diagnostic.place.range.end as usize <= s.text.len()));
            }
        }
    }
    assert!(codes.len() >= 50, "{} codes: {codes:?}", codes.len());
}

fn source_of(place: &Place, folder: &Folder) -> Option<Source> {
    folder
        .files
        .get_key_value(&place.file)
        .and_then(|(path, file)| content::text::source(path, file))
}

#[test]
fn a_file_of_fifty_megabytes_is_not_read() {
    let mut folder = world::read::read(&cases()[0].join("in"));
    let large = world::File {
        size: 50 * 1024 * 1024,
        digest: [0; 32],
        bytes: None,
    };
    folder.files.insert("policies/large.md".into(), large.clone());
    folder.files.insert("registers/visitors.csv".into(), large);
    let diagnostics = content::parse(&folder).diagnostics;
    let large: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|d| d.code == "file-too-large")
        .collect();
    assert_eq!(large.len(), 2, "{diagnostics:#?}");
    assert!(large[0].message.contains("50 MB"), "{}", large[0].message);
}

#[test]
fn the_example_has_no_errors() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("content-example");
    let folder = world::read::read(&dir);
    let parsed = content::parse(&folder);
    let shown: Vec<String> = parsed.diagnostics.iter().map(|d| show(d, &folder)).collect();
    assert!(
        !hipaa_binder::diagnostic::has_errors(&parsed.diagnostics),
        "{}",
        shown.join("\n")
    );
    let content = parsed.content.expect("has a binder.toml");
    assert_eq!(content.answers.len(), 65);
    assert_eq!(content.registers.len(), content::registers::REGISTERS.len());
}
