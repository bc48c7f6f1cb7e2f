//! The main job on the example clinic: what comes out, that nothing private does, and that it is the same every time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use serde_json::Value;

mod support;
use support::tree;

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
}

/// Builds a copy of the example in a folder of its own and returns the output tree.
fn build(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    let clinic = folder.join("clinic");
    copy(Path::new("content-example"), &clinic);
    let out: PathBuf = folder.join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["build", "--as-of", "2026-11-20"])
        .arg(&clinic)
        .arg("--out")
        .arg(&out)
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .expect("binder runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    tree(&out)
}

fn json(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["binder.json"]).expect("binder.json is JSON")
}

#[test]
fn same_build_id_same_bytes_in_another_folder_time_zone_and_locale() {
    let (here, there) = (
        tempfile::tempdir().expect("temp"),
        tempfile::tempdir().expect("temp"),
    );
    let one = build(here.path(), &[], &[("TZ", "UTC"), ("LC_ALL", "C")]);
    std::thread::sleep(std::time::Duration::from_millis(1100)); // another second on the clock
    let two = build(
        &there.path().join("a folder with spaces"),
        &[],
        &[
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("RAYON_NUM_THREADS", "1"),
        ],
    );
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(
            bytes == &two[path],
            "{path} differs between two builds of the same content"
        );
    }
    assert_eq!(json(&one)["build_id"], json(&two)["build_id"]);
    json_agrees_with_the_pdf(&one);
    an_independent_validator_accepts_the_pdf(&one);
    privileged_words_are_nowhere(&one);
}

/// Each row's page in binder.json is the page of the PDF on which the row's heading stands.
fn json_agrees_with_the_pdf(files: &BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().expect("temp");
    let pdf = folder.path().join("binder.pdf");
    std::fs::write(&pdf, &files["binder.pdf"]).expect("written");
    let text = Command::new("pdftotext")
        .arg("-layout")
        .arg(&pdf)
        .arg("-")
        .output()
        .expect("pdftotext runs");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    let pages: Vec<&str> = text.split('\u{c}').collect();
    let rows = json(files)["rows"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 65);
    for row in rows {
        let page = row["pdf_page"].as_u64().expect("a page") as usize;
        let citation = row["citation"].as_str().expect("a citation");
        let on_page = pages[page - 1];
        assert!(on_page.contains(citation), "{citation} is not on page {page}");
        assert!(
            on_page.contains("The law"),
            "the part of {citation} does not begin on page {page}"
        );
        assert!(
            on_page.contains(&format!("{page} of {}", pages.len() - 1)),
            "page {page} prints another number"
        );
    }
}

/// PDF/UA-1 and PDF/A-2a, by a validator that shares no code with the exporter.
fn an_independent_validator_accepts_the_pdf(files: &BTreeMap<String, Vec<u8>>) {
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA2a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(&files["binder.pdf"], &options).expect("a readable PDF");
        assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
        assert!(
            report.rules.passed > 100,
            "{profile:?} checked {} rules only",
            report.rules.passed
        );
    }
}

/// The privileged memo and exhibit carry a word that stands nowhere else.
fn privileged_words_are_nowhere(files: &BTreeMap<String, Vec<u8>>) {
    let word = "quillfeather";
    let in_content = tree(Path::new("content-example"));
    assert!(
        in_content.values().any(|b| contains(b, word)),
        "the example still holds the privileged word"
    );
    for (path, bytes) in files {
        assert!(!path.to_lowercase().contains(word), "{path}");
        assert!(!contains(bytes, word), "{path} shows a privileged word");
    }
}

fn contains(bytes: &[u8], word: &str) -> bool {
    String::from_utf8_lossy(bytes).to_lowercase().contains(word)
}

#[test]
fn the_states_of_the_example_are_these() {
    let folder = tempfile::tempdir().expect("temp");
    let files = build(folder.path(), &["--no-pdf"], &[]);
    let built = json(&files);
    let mut lines = String::new();
    for row in built["rows"].as_array().expect("rows") {
        let marks = &row["marks"];
        let kinds: Vec<&str> = row["gaps"]
            .as_array()
            .expect("gaps")
            .iter()
            .filter_map(|g| g["kind"].as_str())
            .collect();
        lines += &format!(
            "{:<26}{:<20}{:<12}{:<12}{:<12}{:<12}{}\n",
            row["citation"].as_str().unwrap_or("?"),
            row["state"].as_str().unwrap_or("?"),
            marks["answer"].as_str().unwrap_or("?"),
            marks["policy"].as_str().unwrap_or("?"),
            marks["evidence"].as_str().unwrap_or("?"),
            marks["decision"].as_str().unwrap_or("?"),
            kinds.join(" ")
        );
        assert!(row["pdf_page"].is_null(), "there is no PDF in this build");
    }
    let lines: String = lines
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    let expected = Path::new("tests/cases/example-states.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(expected, &lines).expect("written");
    }
    snapbox::assert_data_eq!(lines, snapbox::Data::read_from(expected, None));
    assert_eq!(
        built["diagnostics"].as_array().map(Vec::len),
        Some(0),
        "{}",
        built["diagnostics"]
    );
    every_interface_path_is_there(&files, &built);
    careful_words(&files);
}

/// The paths that others link to.
fn every_interface_path_is_there(files: &BTreeMap<String, Vec<u8>>, built: &Value) {
    let mut wanted: Vec<String> = [
        "index.html",
        "standards/index.html",
        "gaps/index.html",
        "policies/index.html",
        "registers/index.html",
        "exhibits/index.html",
        "decisions.html",
        "binder.json",
        "policies/sanction-policy.html",
        "registers/training.html",
    ]
    .map(String::from)
    .to_vec();
    for row in built["rows"].as_array().expect("rows") {
        let path = row["path"].as_str().expect("a path").to_string();
        assert!(path.starts_with("standards/164.3"), "{path}");
        if !row["gaps"].as_array().expect("gaps").is_empty() {
            wanted.push(path.replace("standards/", "gaps/"));
        }
        let page = String::from_utf8_lossy(&files[&path]).into_owned();
        assert!(
            page.contains(row["citation"].as_str().expect("a citation")),
            "{path} shows its citation unbroken"
        );
        wanted.push(path);
    }
    for path in wanted {
        assert!(files.contains_key(&path), "{path} is missing");
    }
    assert!(!files.contains_key("binder.pdf"));
}

/// The tool says documented, partly documented, not documented. It never judges a clinic.
fn careful_words(files: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for word in [
            "hipaa compliant",
            "hipaa-compliant",
            "fully compliant",
            "is compliant",
            "certified binder",
            "compliance score",
        ] {
            assert!(!text.contains(word), "{path} says \"{word}\"");
        }
    }
}
