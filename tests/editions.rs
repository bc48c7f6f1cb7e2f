//! Copies for handing over and for fewer readers, and parts of the binder: what is left out is nowhere in the output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use serde_json::Value;

mod support;
use support::tree;

/// A copy of the example clinic, and room for what is made of it.
struct Clinic(tempfile::TempDir);

impl Clinic {
    fn new() -> Self {
        let clinic = Self(tempfile::tempdir().expect("temp"));
        for (name, bytes) in tree(Path::new("content-example")) {
            clinic.write(&name, &bytes);
        }
        clinic
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("clinic")
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.dir().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }

    fn change(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.dir().join(name)).expect("readable");
        assert!(text.contains(from), "{name} holds {from:?}");
        self.write(name, text.replacen(from, to, 1).as_bytes());
    }

    fn add(&self, name: &str, line: &str) {
        let text = std::fs::read_to_string(self.dir().join(name)).expect("readable");
        self.write(name, format!("{}\n{line}\n", text.trim_end()).as_bytes());
    }

    fn run(&self, out: &Path, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["build", "--as-of", "2026-11-20"])
            .arg(self.dir())
            .arg("--out")
            .arg(out)
            .args(arguments)
            .output()
            .expect("binder runs")
    }

    fn build(&self, arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let run = self.run(&self.out(), arguments);
        assert!(run.status.success(), "{}", errors(&run));
        tree(&self.out())
    }
}

fn errors(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

fn json(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["binder.json"]).expect("binder.json is JSON")
}

/// What a person or a program can read out of a PDF: its text, its outline and metadata, and its uncompressed bytes.
fn pdf_words(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("temp");
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).expect("written");
    let mut words = String::from_utf8_lossy(pdf).into_owned();
    // pdftohtml writes the outline, too.
    for (program, arguments) in [
        ("pdftotext", vec!["-raw"]),
        ("pdftohtml", vec!["-xml", "-i", "-stdout"]),
        ("pdfinfo", vec!["-meta"]),
        ("pdfinfo", vec!["-dests"]),
    ] {
        let mut command = Command::new(program);
        command.args(&arguments).arg(&path);
        if program == "pdftotext" {
            command.arg("-");
        }
        let run = command.output().expect("poppler-utils are there");
        assert!(run.status.success(), "{program} {arguments:?}");
        words.push_str(&String::from_utf8_lossy(&run.stdout));
    }
    words
}

/// Asserts that none of `words` is in any file's name or bytes, nor in the text of the PDF.
fn nowhere(files: &BTreeMap<String, Vec<u8>>, words: &[&str]) {
    for (path, bytes) in files {
        let text = match path.ends_with(".pdf") && path.contains("binder") {
            true => pdf_words(bytes),
            false => String::from_utf8_lossy(bytes).into_owned(),
        };
        let text = format!("{path}\n{text}").to_lowercase();
        for word in words {
            assert!(!text.contains(word), "{path} shows {word}");
        }
    }
}

fn somewhere(files: &BTreeMap<String, Vec<u8>>, word: &str) -> bool {
    let mut texts = files
        .values()
        .map(|bytes| String::from_utf8_lossy(bytes).to_lowercase());
    texts.any(|text| text.contains(word))
}

/// Puts a word that stands nowhere else into everything that must not be handed over.
fn mark(clinic: &Clinic) {
    let answer = "answers/164.312/164.312-a-2-iv.md";
    clinic.change(
        answer,
        "\n## 2.",
        "\n- [ ] zanthorn: ask the vendor[^z]\n\n  zanthorn again\n\n## 2.",
    );
    clinic.add(answer, "\n[^z]: zanthorn in a note");
    clinic.change(answer, "action = \"", "action = \"zanthplan ");
    clinic.write(
        "policies/zanthdraft.md",
        b"+++\ntitle = \"Zanthdraft\"\nkind = \"policy\"\n+++\n## Zanthdraft (164.312(b))\n\nZanthdraft words that nobody approved.\n",
    );
    clinic.add(
        "policies/sanction-policy.md",
        "\nZanthpending words wait for approval.",
    );
    clinic.write(
        "records/zanthlegal.md",
        b"+++\nkind = \"statement\"\ntitle = \"Zanthlegal\"\ndate = 2026-05-01\nprivileged = true\nrows = [\"164.312(b)\"]\n+++\nZanthlegal advice.\n",
    );
    clinic.add(
        "registers/evidence.csv",
        "ZX-9,zanthmissing.png,Zanthmissing,2026-01-05,164.312(b),,,,setting,w04,,,,none,yes,",
    );
    clinic.write(
        "answers/164.312/164.312-c-2.md",
        b"+++\ncitation = \"164.312(c)(2)\"\n+++\n## 1.\n\nTODO: zanthtodo, ask Bob\n",
    );
}

const MARKED: [&str; 7] = [
    "zanthorn",
    "zanthplan",
    "zanthdraft",
    "zanthpending",
    "zanthlegal",
    "zanthmissing",
    "zanthtodo",
];

#[test]
fn nothing_internal_is_handed_over() {
    let clinic = Clinic::new();
    mark(&clinic);
    let internal = clinic.build(&["--no-pdf"]);
    for word in &MARKED[..4] {
        assert!(somewhere(&internal, word), "the internal edition shows {word}");
    }
    let inside = json(&internal);
    nowhere(&internal, &["zanthlegal", "zanthmissing"]);

    let files = clinic.build(&["--edition", "production"]);
    let built = json(&files);
    // What the internal edition says is missing is nowhere in the one handed over.
    let messages: Vec<String> = inside["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row["gaps"].as_array().expect("gaps"))
        .flat_map(|gap| [&gap["message"], &gap["help"]])
        .filter_map(|words| words.as_str())
        .map(str::to_lowercase)
        .filter(|words| words.len() > 30)
        .collect();
    assert!(messages.len() > 20);
    let words: Vec<&str> = messages.iter().map(String::as_str).chain(MARKED).collect();
    nowhere(&files, &words);

    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        assert!(
            !path.starts_with("gaps/") && !page.contains("gaps/"),
            "{path} leads to a gap page"
        );
        assert!(
            page.contains("Production edition"),
            "{path} does not say what it is"
        );
    }
    assert_eq!(
        (&built["edition"], &built["audience"]),
        (&"production".into(), &"official".into())
    );
    assert_eq!(
        built["rows"].as_array().map(Vec::len),
        Some(65),
        "no row is dropped"
    );
    assert_eq!(built["diagnostics"], Value::Array(vec![]));
    for (row, whole) in built["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .zip(inside["rows"].as_array().into_iter().flatten())
    {
        assert_eq!(row["gaps"], Value::Array(vec![]));
        assert_eq!(
            row["state"], whole["state"],
            "a copy says what the whole binder shows"
        );
        assert!(files.contains_key(row["path"].as_str().expect("a path")));
    }
    assert_ne!(built["build_id"], inside["build_id"]);
    let empty = String::from_utf8_lossy(&files["standards/164.312-c-2.html"]).into_owned();
    assert!(
        empty.contains("This binder contains no document for this item."),
        "{empty}"
    );

    accepted(&files["binder.pdf"]);
    let sheets = pdf_words(&files["binder.pdf"]);
    assert!(sheets.contains("This binder contains no document for this item."));
    assert!(sheets.contains("Name and signature"));
    assert!(!sheets.contains("Gaps:"), "no gap page is printed");
}

/// PDF/UA-1 and PDF/A-2a, by a validator that shares no code with the exporter.
fn accepted(pdf: &[u8]) {
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA2a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(pdf, &options).expect("a readable PDF");
        assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
    }
}

#[test]
fn evidence_that_may_show_patient_data_stops_it_and_each_is_named() {
    let clinic = Clinic::new();
    let before = clinic.build(&["--no-pdf"]);
    clinic.change("registers/evidence.csv", "office\",none", "office\",");
    clinic.add(
        "registers/evidence.csv",
        "ZX-7,,Lost list,2026-01-05,164.312(b),,,,list,w04,,,drawer,contains,,",
    );
    clinic.add(
        "registers/evidence.csv",
        "ZX-8,,Advice,2026-01-05,164.312(b),,,,list,w04,,,drawer,contains,yes,",
    );
    clinic.change(
        "records/2026-04-22-evaluation.md",
        "+++\n",
        "+++\nphi = \"contains\"\n",
    );
    let lines = std::fs::read_to_string(clinic.dir().join("registers/evidence.csv")).expect("readable");
    let line_of = |id: &str| lines.lines().position(|line| line.starts_with(id)).expect(id) + 1;

    let run = clinic.run(&clinic.out(), &["--edition", "production", "--no-pdf"]);
    assert_eq!(run.status.code(), Some(1));
    let said = errors(&run);
    for place in [
        format!("registers/evidence.csv:{}", line_of("EX-001")),
        format!("registers/evidence.csv:{}", line_of("ZX-7")),
        "records/2026-04-22-evaluation.md:".to_string(),
    ] {
        assert!(said.contains(&place), "{place} is not named:\n{said}");
    }
    assert_eq!(said.matches("production edition").count(), 3, "{said}");
    assert!(said.contains("phi = none"), "{said}");
    assert!(tree(&clinic.out()) == before, "the last output is as it was");
    // Only what is handed over must be cleared.
    let run = clinic.run(&clinic.out(), &["--no-pdf"]);
    assert!(run.status.success(), "{}", errors(&run));
}

#[test]
fn evidence_without_a_mark_of_its_own_is_not_guessed_at() {
    let clinic = Clinic::new();
    clinic.write(
        "registers/evidence.csv",
        b"id,file,title,date,rows,kept_at\n\
          EX-1,account-lockout.png,Setting,2026-09-01,164.312(b),\n\
          EX-2,,Letter,2026-09-01,164.312(b),drawer\n",
    );
    let only = ["--only", "164.312(b)", "--edition", "production"];
    let part = clinic.0.path().join("part.pdf");
    let check = |arguments: &[&str]| {
        let run = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["check", "--as-of", "2026-11-20"])
            .arg(clinic.dir())
            .args(arguments)
            .output()
            .expect("binder runs");
        (
            run.status.code(),
            String::from_utf8_lossy(&run.stdout).into_owned(),
        )
    };
    // No column phi: each is unknown, paper in a drawer too. A build and a check say the same, of a part too.
    let run = clinic.run(&part, &only);
    assert_eq!(run.status.code(), Some(1));
    let (code, said) = check(&only);
    assert_eq!(code, Some(1), "{said}");
    for said in [errors(&run), said] {
        for line in ["registers/evidence.csv:2", "registers/evidence.csv:3"] {
            assert!(said.contains(line), "{line} is not named:\n{said}");
        }
        assert_eq!(said.matches("nobody has said").count(), 2, "{said}");
    }
    assert!(!part.exists());
    assert_eq!(
        check(&only[..2]).0,
        Some(0),
        "the internal edition has no such rule"
    );
    let (code, said) = check(&["--deny", "gaps", "--edition", "production"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(2), ""),
        "no gaps are looked for where none are shown"
    );

    // Evidence that no line lists, or that a privileged line names as well, is in no copy: not by a picture in a text
    // either.
    clinic.write(
        "registers/evidence.csv",
        b"id,file,title,date,rows,phi,privileged\n\
          EX-1,account-lockout.png,Setting,2026-09-01,164.312(b),none,\n\
          EX-2,Account-Lockout.png,Advice on it,2026-09-01,164.312(b),contains,yes\n",
    );
    clinic.add(
        "answers/164.312/164.312-a-2-iv.md",
        "\n![zanthlock](../../evidence/account-lockout.png) ![zanthuser](../../evidence/ehr-user-list.png)",
    );
    let files = clinic.build(&["--edition", "production", "--no-pdf"]);
    let pictures: Vec<&String> = files.keys().filter(|path| path.ends_with(".png")).collect();
    assert!(pictures.is_empty(), "{pictures:?}");
}

#[test]
fn the_workforce_copy_has_nothing_meant_for_management() {
    let clinic = Clinic::new();
    clinic.add(
        "records/2026-04-22-evaluation.md",
        "\nZanthmanage. See 164.312(b).",
    );
    clinic.change("registers/risks.csv", "R-", "ZANTHRISK-");
    let whole = json(&clinic.build(&["--no-pdf"]));
    let files = clinic.build(&["--audience", "workforce", "--no-pdf"]);
    nowhere(
        &files,
        &[
            "zanthmanage",
            "zanthrisk",
            "2026-04-22-evaluation",
            "gaps/",
            "records/2026-03-12-risk-analysis",
        ],
    );
    let built = json(&files);
    assert_eq!(built["audience"], "workforce");
    for (row, whole) in built["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .zip(whole["rows"].as_array().into_iter().flatten())
    {
        assert_eq!(row["gaps"], Value::Array(vec![]));
        assert_eq!(row["state"], whole["state"], "{}", row["citation"]);
    }
    let page = String::from_utf8_lossy(&files["standards/164.308-a-1-ii-a.html"]).into_owned();
    assert!(page.contains("Internal edition, for the workforce"));
    assert!(
        !page.contains("This binder contains no document"),
        "a copy speaks of itself only"
    );
}

#[test]
fn a_part_is_one_pdf_of_just_its_rows() {
    let clinic = Clinic::new();
    let rows = [
        "--only",
        "164.308(a)(5)(i),164.308(a)(5)(ii)(A)",
        "--only",
        "164.312-b",
    ];
    let pdf = clinic.0.path().join("part.pdf");
    let run = clinic.run(&pdf, &rows);
    assert!(run.status.success(), "{}", errors(&run));
    assert!(!clinic.out().exists(), "there is no site");
    let bytes = std::fs::read(&pdf).expect("a PDF");
    accepted(&bytes);
    let text = Command::new("pdftotext")
        .args(["-layout", &pdf.to_string_lossy(), "-"])
        .output()
        .expect("pdftotext runs");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    let sheets: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    for (n, sheet) in sheets.iter().enumerate() {
        let words = "Part of the binder, of 164.308(a)(5)(i); 164.308(a)(5)(ii)(A); 164.312(b) only";
        assert!(sheet.contains(words), "page {} does not say so:\n{sheet}", n + 1);
        assert!(sheet.contains(&format!("Page {} of {}", n + 1, sheets.len())));
    }
    let laws = sheets
        .iter()
        .filter(|sheet| sheet.contains("The law") && sheet.contains("Our answer"))
        .count();
    assert_eq!(laws, 3, "three rows, and no other");
    assert!(text.contains("Index of citations") && text.contains("Index of exhibits"));
    assert!(
        !text.contains("Facility security plan"),
        "no policy that speaks of other rows only"
    );

    // Handed over, a row with nothing to show has lines to sign, which are as accessible as the rest.
    let signed = clinic.0.path().join("signed.pdf");
    let run = clinic.run(&signed, &["--only", "164.312(c)(2)", "--edition", "production"]);
    assert!(run.status.success(), "{}", errors(&run));
    let bytes = std::fs::read(&signed).expect("a PDF");
    assert!(pdf_words(&bytes).contains("Name and signature"));
    accepted(&bytes);

    // Twice is fine, over something else is not, and neither is a place in a site.
    assert!(clinic.run(&pdf, &rows).status.success());
    std::fs::write(&pdf, "%PDF-1.7 the tax return").expect("written");
    let run = clinic.run(&pdf, &rows);
    assert_eq!(run.status.code(), Some(2), "{}", errors(&run));
    assert_eq!(
        std::fs::read(&pdf).expect("still there"),
        b"%PDF-1.7 the tax return"
    );
    let run = clinic.run(&clinic.dir().join("evidence/part.pdf"), &rows);
    assert_eq!(run.status.code(), Some(2), "{}", errors(&run));
}

#[test]
fn what_is_no_row_is_a_usage_error_with_the_nearest_rows() {
    let clinic = Clinic::new();
    let run = clinic.run(&clinic.0.path().join("part.pdf"), &["--only", "164.308(a)(9)"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(errors(&run).contains("nearest rows"), "{}", errors(&run));
}
