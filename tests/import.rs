//! `binder import`: what becomes of foreign files, and that nothing is lost, changed or claimed on the way.
//!
//! A case is a folder in `tests/cases/import`: `in/` holds the source, `out/` what the binder's folder holds afterwards (less
//! its settings), `report.txt` what was said. `UPDATE_EXPECT=1` writes the last two anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hipaa_binder::import::{Found, Plan, State, There, What, ledger, plan};
use proptest::prelude::*;
use serde_json::Value;

mod support;
use support::tree;

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn binder(home: &Path, arguments: &[&str]) -> Said {
    let done = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(arguments)
        .current_dir(home)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    Said {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let to = to.join(path);
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::write(to, bytes).expect("written");
    }
}

fn lines(report: &Value) -> &Vec<Value> {
    report["files"].as_array().expect("files")
}

fn line<'a>(report: &'a Value, source: &str) -> &'a Value {
    lines(report)
        .iter()
        .find(|line| line["source"] == source)
        .unwrap_or_else(|| panic!("no line for {source}: {report:#}"))
}

/// Imports `in` into `out` and gives the report.
fn import(home: &Path) -> Value {
    let said = binder(home, &["import", "in", "--into", "out", "--format", "json"]);
    assert!(said.err.is_empty(), "{}", said.err);
    json(&said.out)
}

/// A home with these files below `in/`.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let at = home.path().join("in").join(path);
        fs::create_dir_all(at.parent().expect("a folder")).expect("made");
        fs::write(at, text).expect("written");
    }
    home
}

#[test]
fn every_case_gives_the_files_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/import");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .expect("cases")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 5);
    let mut wrong = vec![];
    for case in cases {
        let home = tempfile::tempdir().expect("a folder");
        let at = |path: &str| home.path().join(path);
        copy(&case.join("in"), &at("in"));
        let said = binder(home.path(), &["import", "in", "--into", "out"]);
        let mut out = tree(&at("out"));
        assert!(out.remove("binder.toml").is_some(), "it is a binder now");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            let _ = fs::remove_dir_all(case.join("out"));
            copy_files(&out, &case.join("out"));
            fs::write(case.join("report.txt"), &said.out).expect("written");
        }
        let wanted = tree(&case.join("out"));
        for path in wanted.keys().chain(out.keys()) {
            let text = |files: &BTreeMap<String, Vec<u8>>| {
                files.get(path).map_or("(nothing)".into(), |bytes| {
                    String::from_utf8_lossy(bytes).into_owned()
                })
            };
            if wanted.get(path) != out.get(path) {
                wrong.push(format!(
                    "{}: {path} is\n{}\nnot\n{}",
                    case.display(),
                    text(&out),
                    text(&wanted)
                ));
            }
        }
        let report = fs::read_to_string(case.join("report.txt")).unwrap_or_default();
        if report != said.out {
            wrong.push(format!(
                "{}: it said\n{}\nnot\n{report}",
                case.display(),
                said.out
            ));
        }
        // The originals are as they were, a second run changes nothing, and all of it can be built at once.
        assert_eq!(tree(&at("in")), tree(&case.join("in")), "{}", case.display());
        let before = tree(&at("out"));
        binder(home.path(), &["import", "in/", "--into", "./out"]);
        assert_eq!(tree(&at("out")), before, "{}", case.display());
        let built = binder(home.path(), &["build", "out", "--no-pdf", "--out", "site"]);
        assert_eq!(built.code, 0, "{}: {}{}", case.display(), built.out, built.err);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn copy_files(files: &BTreeMap<String, Vec<u8>>, to: &Path) {
    for (path, bytes) in files {
        let to = to.join(path);
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::write(to, bytes).expect("written");
    }
}

const FAX: &str = "# Fax policy\n\nThe front desk checks each number twice before a fax goes out.\n";

#[test]
fn what_the_clinic_edited_is_never_written_over() {
    let home = home(&[
        ("fax.md", FAX),
        ("door.md", "# Doors\n\nLocked at six.\n"),
        ("gone.md", "# Gone\n\nText.\n"),
    ]);
    let at = |path: &str| home.path().join(path);
    import(home.path());
    // Rewritten from the first line to the last, so that nothing tells where it came from.
    let own = "+++\nid = \"fax-policy\"\nkind = \"policy\"\ntitle = \"Ours\"\n+++\n\nOur own words.\n";
    fs::write(at("out/policies/fax.md"), own).expect("edited");
    // Moved to another name.
    fs::rename(at("out/policies/door.md"), at("out/policies/doors-and-keys.md")).expect("moved");
    fs::remove_file(at("out/policies/gone.md")).expect("removed");
    let report = import(home.path());
    assert_eq!(fs::read_to_string(at("out/policies/fax.md")).expect("there"), own);
    assert_eq!(line(&report, "in/fax.md")["state"], "kept");
    assert_eq!(line(&report, "in/door.md")["file"], "policies/doors-and-keys.md");
    assert_eq!(line(&report, "in/gone.md")["state"], "imported");
    assert!(at("out/policies/gone.md").exists() && !at("out/policies/door.md").exists());
    // A newer source does not reach it either.
    fs::write(at("in/gone.md"), "# Gone\n\nOther text.\n").expect("changed");
    let before = tree(&at("out"));
    let report = import(home.path());
    assert_eq!(line(&report, "in/gone.md")["state"], "kept");
    assert_eq!(tree(&at("out")), before);
}

#[test]
fn a_binder_that_is_there_is_only_added_to() {
    let home = home(&[(
        "sanction-policy.md",
        "# Sanction policy\n\nWe speak with the person.\n",
    )]);
    let at = |path: &str| home.path().join(path);
    let names = ["--practice", "Larkspur", "--security-official", "Renata Salcedo"];
    let made = binder(home.path(), &[&["new", "out"], &names[..]].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    let before = tree(&at("out"));
    let report = import(home.path());
    let line = line(&report, "in/sanction-policy.md");
    assert_eq!(line["file"], "policies/sanction-policy-2.md");
    let mut after = tree(&at("out"));
    let text = after.remove("policies/sanction-policy-2.md").expect("added");
    assert!(
        String::from_utf8_lossy(&text).contains("id = \"sanction-policy-2\""),
        "no id twice"
    );
    assert!(after.remove(ledger::NAME).is_some());
    assert_eq!(after, before);
    assert_eq!(binder(home.path(), &["check", "out"]).code, 0);
}

#[test]
fn a_part_of_an_import_that_was_broken_off_is_taken_up() {
    let home = home(&[("a.md", FAX), ("b.md", "# B\n\nText.\n")]);
    let at = |path: &str| home.path().join(path);
    import(home.path());
    let whole = tree(&at("out"));
    for path in whole.keys() {
        fs::remove_file(at("out").join(path)).expect("removed");
        let code = binder(home.path(), &["import", "in", "--into", "out"]).code;
        assert_eq!((code, tree(&at("out")) == whole), (0, true), "without {path}");
    }
}

#[test]
fn folders_that_hold_each_other_are_refused() {
    let home = home(&[("a.md", FAX)]);
    for (source, dir) in [
        ("in", "in"),
        ("in", "in/binder"),
        (".", "out"),
        ("in/a.md/x", "out"),
    ] {
        let said = binder(home.path(), &["import", source, "--into", dir]);
        assert_eq!(said.code, 2, "{source} into {dir}: {}", said.out);
        assert!(said.err.contains("Nothing was written"), "{}", said.err);
    }
    assert_eq!(tree(home.path()).len(), 1, "nothing was written");
}

#[cfg(unix)]
#[test]
fn odd_places_have_their_line_and_stop_nothing() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = home(&[
        ("fax.md", FAX),
        ("closed/x.md", "# X\n\nText.\n"),
        ("sealed.md", "# S\n\nText.\n"),
    ]);
    let at = |path: &str| home.path().join("in").join(path);
    symlink(at("fax.md"), at("link.md")).expect("a link");
    symlink(at("."), at("loop")).expect("a link");
    symlink(at("none"), at("hanging.md")).expect("a link");
    fs::write(at("huge.md"), "word ".repeat(1_000_000)).expect("written");
    let deep: String = (0..30).map(|n| format!("d{n}/")).collect();
    fs::create_dir_all(at(&deep)).expect("made");
    fs::write(at(&deep).join("deep.md"), "# Deep\n\nText.\n").expect("written");
    fs::write(at(&format!("{}.md", "long".repeat(55))), "# Long\n\nText.\n").expect("written");
    fs::write(at("tab\tand\nline.md"), "# Tab\n\nText.\n").expect("written");
    let made = Command::new("mkfifo").arg(at("pipe.md")).status();
    fs::set_permissions(at("sealed.md"), fs::Permissions::from_mode(0o000)).expect("set");
    let said = binder(
        home.path(),
        &["import", "in", "--into", "out", "--format", "json"],
    );
    fs::set_permissions(at("sealed.md"), fs::Permissions::from_mode(0o644)).expect("set");
    assert_eq!(said.code, 1, "{}", said.err);
    let report = json(&said.out);
    let state = |source: &str| {
        line(&report, source)["state"]
            .as_str()
            .expect("a state")
            .to_owned()
    };
    for source in ["in/link.md", "in/loop", "in/hanging.md", "in/huge.md"] {
        assert_eq!(state(source), "failed", "{source}");
    }
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(state("in/pipe.md"), "failed");
    }
    assert_eq!(state("in/fax.md"), "imported");
    for line in lines(&report).iter().filter(|line| line["state"] == "imported") {
        let file = line["file"].as_str().expect("a file");
        assert!(home.path().join("out").join(file).is_file(), "{file}");
    }
    assert!(
        lines(&report)
            .iter()
            .filter(|line| line["state"] == "imported")
            .count()
            >= 5
    );
    assert_eq!(binder(home.path(), &["check", "out"]).code, 0);
}

/// The foreign folders: recipes, a manual of a language, a zoning code, a plumbing code, numbers of every kind.
const FOREIGN: [(&str, &str); 7] = [
    (
        "recipes/bread.md",
        "# Bread\n\nMix 164.308 g of flour (a) with water.\n\n## Step 164.312\n\nBake at 164.310 degrees (b) for an hour.\n",
    ),
    (
        "rust/ownership.md",
        "# Ownership\n\nVersion 164.308.2 fixed error[E0164]. See 10.164.308.1, 192.168.164.308 and build-164.312.b.\n\n```rust\nlet a = 164.312; // (b)\n```\n",
    ),
    (
        "city/zoning.md",
        "# Chapter 164: Zoning\n\n## § 164.308(a)(2) Lot width\n\nEach lot shall be at least 60 feet wide, and the owner must keep it so.\n\n\
         ## § 164.312(b) Signs\n\nThe owner shall remove a sign within ten days. See §§ 164.310(b), (c) and (d)(1) of this ordinance.\n",
    ),
    (
        "city/plumbing.md",
        "# Traps\n\nSection 164.312(b) of the plumbing code: each drain shall have a trap, and the owner must clean it every year.\n",
    ),
    (
        "city/parking.md",
        "# Title 12. Parking\n\n## § 164.312(b) Meters\n\nThe City of Springfield will empty each meter weekly, and the driver must pay (§ 164.308(a)(2)).\n",
    ),
    (
        "epa/rules.md",
        "# Pesticides\n\nThe hearing is held under 40 CFR 164.308(a)(2) and 164.312(b); we must send a copy (40 C.F.R. § 164.310(c)) within ten days.\n",
    ),
    (
        "numbers.md",
        "# Numbers\n\nCall 164.308.5521 or fax 164-312-0142. It costs $164.310, or € 164.312. Order x164.308(a)(2)y.\n",
    ),
];

#[test]
fn foreign_texts_document_nothing_and_link_nowhere() {
    let home = home(&FOREIGN);
    let report = import(home.path());
    for line in lines(&report) {
        assert_eq!(line["state"], "imported", "{line:#}");
        assert_eq!(
            (&line["documents"], &line["mentions"]),
            (&json("[]"), &json("[]")),
            "{line:#}"
        );
    }
    let built = binder(home.path(), &["build", "out", "--no-pdf", "--out", "site"]);
    assert_eq!(built.code, 0, "{}", built.err);
    let data = json(&fs::read_to_string(home.path().join("site/binder.json")).expect("data"));
    let rows = data["rows"].as_array().expect("rows");
    let core = |row: &&Value| {
        ["164.308", "164.310", "164.312"]
            .iter()
            .any(|s| row["citation"].as_str().is_some_and(|c| c.starts_with(s)))
    };
    let open = rows
        .iter()
        .filter(core)
        .filter(|row| row["state"] == "not-documented")
        .count();
    assert_eq!(open, 54);
    for (path, text) in tree(&home.path().join("site/policies")) {
        let text = String::from_utf8_lossy(&text);
        let body = text.split("<main").nth(1).unwrap_or(&text);
        assert!(!body.contains("standards/164"), "{path} leads to a row");
    }
}

#[test]
fn a_mapping_alone_documents_nothing() {
    let rows: Vec<String> = hipaa_binder::rule::rule()
        .rows()
        .iter()
        .map(|row| row.citation.to_string())
        .collect();
    let table: String = rows
        .iter()
        .map(|row| format!("| {row} | Our manual covers this in full |\n"))
        .collect();
    let text = format!(
        "# How we meet HIPAA, 164.308(a)(1) to 164.316(b)(2)(iii)\n\nEach row of the rule and where it is met.\n\n| Row | Where |\n|---|---|\n{table}"
    );
    let home = home(&[("mapping.md", &text)]);
    let report = import(home.path());
    let line = line(&report, "in/mapping.md");
    assert_eq!(line["documents"], json("[]"));
    assert_eq!(line["mentions"].as_array().map(Vec::len), Some(rows.len()));
    let approved = binder(
        home.path(),
        &["-C", "out", "approve", "mapping", "--by", "Medical director"],
    );
    assert_eq!(approved.code, 0, "{}", approved.err);
    let check = json(&binder(home.path(), &["check", "out", "--format", "json"]).out);
    for row in check["rows"].as_array().expect("rows") {
        assert_eq!(row["marks"]["policy"], "none", "{row:#}");
    }
}

#[test]
fn nothing_is_approved() {
    let home = home(&[(
        "ours.md",
        "+++\ntitle = \"A\"\napproved = 2020-01-01\napproved_by = \"X\"\neffective = 2020-01-01\n+++\n\n## Logs (164.312(b))\n\nWe look at the log each Monday.\n",
    )]);
    import(home.path());
    let check = json(&binder(home.path(), &["check", "out", "--format", "json"]).out);
    let row = check["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["citation"] == "164.312(b)")
        .expect("the row");
    assert_eq!(row["marks"]["policy"], "none");
    let gaps = row["gaps"].to_string();
    assert!(gaps.contains("policy-not-approved"), "{gaps}");
}

/// What holds of every plan, whatever was found.
fn check(found: Vec<Found>) -> Plan {
    let count = found.len();
    let first = plan(found.clone(), &There::default());
    assert_eq!(first.lines.len(), count, "each file has its line");
    for (index, line) in first.lines.iter().enumerate() {
        let written = first.files.iter().filter(|(of, _)| *of == index).count();
        match line.state {
            State::Imported => assert!(written >= 1, "{line:?}"),
            _ => assert!(written == 0 && !line.notes.is_empty(), "{line:?}"),
        }
    }
    let mut there = There {
        ledger: first.ledger.clone(),
        ..There::default()
    };
    for (_, file) in &first.files {
        assert!(
            file.path.starts_with("policies/") && !file.path.contains("/../"),
            "{}",
            file.path
        );
        let lower = file.path.to_lowercase();
        assert!(
            !there.files.keys().any(|path| path.to_lowercase() == lower),
            "twice: {}",
            file.path
        );
        there.files.insert(file.path.clone(), file.bytes.clone());
    }
    let second = plan(found, &there);
    assert_eq!(
        (second.files.len(), &second.ledger),
        (0, &None),
        "a second run changes nothing"
    );
    first
}

fn name() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a",
        "A",
        "con",
        "Policy",
        "policy (1)",
        "..x",
        "x.",
        "~$y",
        "é",
        "診",
        "README",
        "index",
        "a b",
        "COM1",
        "-",
        "x#y%20",
        "\u{202e}x",
    ]);
    let ending = prop::sample::select(vec![
        ".md",
        ".MD",
        ".markdown",
        ".docx",
        ".png",
        ".doc",
        ".md.erb",
        ".txt",
        "",
        ".mdx",
        ".svg",
    ]);
    (prop::collection::vec(part, 1..4), ending).prop_map(|(parts, ending)| parts.join("/") + ending)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "---\n",
        "+++\n",
        "{",
        "}\n",
        "title: x\n",
        "title = \"",
        "# ",
        "## ",
        "164.312(b)",
        "45 CFR § ",
        "\n\n",
        "| a |\n|---|\n",
        "- ",
        "\0",
        "\u{feff}",
        "\r\n",
        "We must do this every day ",
        "{{ x }}",
        "![p](a.png)",
        "\"",
        ": ",
        "[",
        "&a ",
        "*a",
        "% t\n",
        "```\n",
        "\\",
        "[[ x ]]",
        "satisfies = [\"164.312(b)\"]\n",
        "=",
        "words of our own ",
        "(164.310(b)).",
        "é",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(any::<u8>(), 0..60).prop_map(|tail| [b"PK\x03\x04".as_slice(), &tail].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_is_lost_whatever_it_holds(files in prop::collection::vec((name(), bytes()), 0..8)) {
        let found = files
            .into_iter()
            .map(|(path, bytes)| Found { label: format!("in/{path}"), path, what: What::Bytes(bytes) })
            .collect();
        check(found);
    }
}
