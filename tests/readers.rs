//! Sealed versions and the right readers: a binder with versions sealed for each edition and for each sort of reader, whose
//! words changed from one to the next, and what its copies then hold. The words are those of `tests/cases/marked.txt`, new
//! ones for each time.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::Command;

mod support;
use support::marked::{Words, copy, files, found};
use support::tree;

/// A binder's folder.
struct Place(tempfile::TempDir);

impl Place {
    fn run(&self, arguments: &[&str]) -> String {
        let run = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(arguments)
            .current_dir(self.dir())
            .output()
            .expect("binder runs");
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{arguments:?}: {said}");
        String::from_utf8_lossy(&run.stdout).into_owned()
    }

    fn dir(&self) -> std::path::PathBuf {
        self.0.path().join("clinic")
    }

    /// Puts these files in place of those before; versions stay.
    fn becomes(&self, files: &BTreeMap<String, String>) {
        let entries = std::fs::read_dir(self.dir()).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name() != "versions") {
            let path = entry.path();
            match path.is_dir() {
                true => std::fs::remove_dir_all(path).expect("removed"),
                false => std::fs::remove_file(path).expect("removed"),
            }
        }
        for (path, text) in files {
            let path = self.dir().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
            std::fs::write(path, text).expect("written");
        }
    }
}

/// Label, options, and which version the same copy was sealed as before.
const COPIES: [(&str, &[&str]); 5] = [
    ("all", &[]),
    ("managers", &["--audience", "management"]),
    ("staff", &["--audience", "workforce"]),
    ("out", &["--edition", "production"]),
    (
        "outstaff",
        &["--edition", "production", "--audience", "workforce"],
    ),
];

/// A binder with ten versions, two for each sort of copy, with other words each time; then other words once more. The
/// words know the times: "first " and "second " in the marks of versions, nothing in those of the working files.
fn sealed() -> (Place, Words) {
    let place = Place(tempfile::tempdir().expect("temp"));
    std::fs::create_dir(place.dir()).expect("made");
    let mut words = Words::default();
    let mut day = 0;
    for (time, number) in [("first ", "1"), ("second ", "2")] {
        words.time = time;
        place.becomes(&files(&mut words));
        for (label, options) in COPIES {
            day += 1;
            let label = format!("{label}-{number}");
            let date = format!("2026-10-{day:02}");
            let mut given = vec![
                "seal",
                &label,
                "--by",
                "Ann",
                "--note",
                "As agreed",
                "--as-of",
                &date,
            ];
            if !options.contains(&"production") {
                given.push("--with-gaps");
            }
            // The print of each is read elsewhere; here two of them, which lie deep in the copies.
            if !["staff-2", "out-2"].contains(&label.as_str()) {
                given.push("--no-pdf");
            }
            if options.contains(&"production") && !given.contains(&"--with-gaps") {
                given.push("--with-gaps");
            }
            given.extend(options);
            place.run(&given);
        }
    }
    words.time = "";
    place.becomes(&files(&mut words));
    (place, words)
}

#[test]
fn no_copy_holds_a_word_of_any_version_that_its_readers_may_not_see() {
    let (place, words) = sealed();
    let mut wrong = vec![];
    for ((label, options), (hidden, versions)) in COPIES.into_iter().zip([
        ("N", &["all", "managers", "staff"][..]),
        ("NOoK", &["managers", "staff"]),
        ("NOoKMmIiJ", &["staff"]),
        ("NKWwIiJ", &["out", "outstaff"]),
        ("NOoKMmWwIiJ", &["outstaff"]),
    ]) {
        let out = place.0.path().join(label);
        let path = out.to_string_lossy().into_owned();
        let mut given = vec!["build", "--as-of", "2026-11-20", "--no-pdf", "--out", &path];
        given.extend(options);
        place.run(&given);
        let output = tree(&out);
        for (version, _) in COPIES {
            for number in ["1", "2"] {
                let page = format!("versions/{version}-{number}/index.html");
                let shown = versions.contains(&version);
                assert_eq!(output.contains_key(&page), shown, "{page} in the copy {label}");
            }
        }
        let copy = copy(&output);
        let all = copy.sheets.as_ref().map_or("", |sheets| &sheets.all);
        for (place, found) in [("the site", found(&copy.site)), ("a PDF", found(all))] {
            for (mark, word) in words.of(hidden) {
                if let Some(around) = found.get(word) {
                    wrong.push(format!(
                        "{place} of the copy {label} shows {mark}: ...{around}..."
                    ));
                }
            }
            // The net has fish in it: old words that may be shown are there.
            if place == "the site" {
                for mark in ["S:second policy-words", "S:first reply", "S:reply"] {
                    assert!(
                        found.contains_key(words.all[mark].as_str()),
                        "{label} lacks {mark}"
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn archives_and_what_is_printed_of_changes_hold_nothing_privileged() {
    let (place, words) = sealed();
    // Words of privileged items; two that other texts name by themselves are known to those anyway.
    let privileged: Vec<(&str, &str)> = words
        .of("N")
        .filter(|(mark, _)| mark.contains("privileged") || mark.contains("-2-"))
        .filter(|(mark, _)| {
            !mark.ends_with("privileged-record-file") && !mark.ends_with("privileged-exhibit-id")
        })
        .filter(|(mark, _)| !mark.ends_with("privileged-exhibit-file"))
        .collect();
    assert!(privileged.len() > 100, "{}", privileged.len());
    let mut wrong = vec![];
    let mut look = |place: &str, text: &str| {
        let found = found(text);
        for (mark, word) in &privileged {
            if let Some(around) = found.get(word) {
                wrong.push(format!("{place} holds {mark}: ...{around}..."));
            }
        }
    };
    let mut entries = 0;
    for file in std::fs::read_dir(place.dir().join("versions"))
        .expect("versions")
        .flatten()
    {
        if file.path().extension().is_none_or(|ending| ending != "zip") {
            continue;
        }
        let open = std::fs::File::open(file.path()).expect("opens");
        let mut archive = zip::ZipArchive::new(open).expect("a zip file");
        for n in 0..archive.len() {
            let mut entry = archive.by_index(n).expect("an entry");
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).expect("unpacks");
            let name = format!("{}: {}", file.path().display(), entry.name().unwrap_or_default());
            look(&name, &format!("{name}\n{}", String::from_utf8_lossy(&bytes)));
            entries += 1;
        }
    }
    assert!(entries > 1000, "{entries} entries");
    for format in ["human", "json"] {
        look(
            "binder diff",
            &place.run(&["diff", "all-1", "all-2", "--format", format]),
        );
        look(
            "binder diff",
            &place.run(&[
                "diff",
                "all-1",
                "now",
                "--as-of",
                "2026-11-20",
                "--format",
                format,
            ]),
        );
    }
    place.run(&["diff", "all-1", "all-2", "--html", "changes.html"]);
    look(
        "diff --html",
        &std::fs::read_to_string(Path::new(&place.dir()).join("changes.html")).expect("a page"),
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
