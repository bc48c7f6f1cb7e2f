//! Transcripts of the command line: what was typed, what came out.
//!
//! A case is a folder in `tests/cases/cli`: `session.txt` holds the transcript, `in/`, where there is one, the folder
//! it starts in (a copy of it). A line that starts with `$ ` is typed; what follows is what came out, standard error
//! after standard output with `! ` before each line, and `? CODE` where the exit code is not 0. Three commands are our
//! own: `$ show FILE` prints a file, `$ edit FILE OLD NEW` changes it, `$ ls DIR` names what is in a folder; `| head N` and `| tail N` keep N lines. `[..]` stands for any text in a line, a line
//! `...` for any lines. `SNAPSHOTS=overwrite cargo test --test cli` writes the transcripts anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use snapbox::{Assert, Data, data::DataFormat};

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cli");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .expect("the cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_transcript_holds() {
    let cases = cases();
    assert!(cases.len() >= 5, "the cases are where they should be");
    for case in cases {
        let session = case.join("session.txt");
        let typed = fs::read_to_string(&session).unwrap_or_else(|e| panic!("{}: {e}", session.display()));
        let home = tempfile::tempdir().expect("a folder");
        if case.join("in").is_dir() {
            copy(&case.join("in"), home.path());
        }
        let played: String = typed
            .lines()
            .filter_map(|line| line.strip_prefix("$ "))
            .map(|line| play(line, home.path()))
            .collect();
        let expected = Data::read_from(&session, Some(DataFormat::Text));
        Assert::new().action_env("SNAPSHOTS").eq(played, expected);
    }
}

/// One command and what came out.
fn play(line: &str, home: &Path) -> String {
    let (command, filter) = line.split_once(" | ").unwrap_or((line, ""));
    let words = split(command);
    let mut out = format!("$ {line}\n");
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["binder", arguments @ ..] => {
            let done = Command::new(env!("CARGO_BIN_EXE_binder"))
                .args(arguments)
                .current_dir(home)
                .env("NO_COLOR", "1")
                .env("TZ", "UTC")
                .env("COLUMNS", "100")
                .output()
                .expect("the program runs");
            let text = |bytes: &[u8]| {
                let real = fs::canonicalize(home).expect("a folder");
                stable(&String::from_utf8_lossy(bytes).replace(&*real.to_string_lossy(), "[HOME]"))
            };
            out.push_str(&keep(&text(&done.stdout), filter));
            for line in text(&done.stderr).lines() {
                out.push_str(format!("! {line}").trim_end());
                out.push('\n');
            }
            match done.status.code() {
                Some(0) => {}
                code => out.push_str(&format!(
                    "? {}\n",
                    code.map_or("killed".to_string(), |code| code.to_string())
                )),
            }
        }
        ["show", file] => {
            let text = fs::read_to_string(home.join(file)).unwrap_or_else(|_| "no such file\n".into());
            out.push_str(&keep(&stable(&text), filter));
        }
        ["edit", file, old, new] => {
            let text = fs::read_to_string(home.join(file)).expect("a file to edit");
            assert!(text.contains(old), "{file} holds no \"{old}\"");
            fs::write(home.join(file), text.replace(old, new)).expect("edited");
        }
        ["ls", dir] => {
            let mut names: Vec<String> = fs::read_dir(home.join(dir))
                .map(|all| {
                    all.flatten()
                        .map(|entry| entry.file_name().to_string_lossy().into_owned())
                        .collect()
                })
                .unwrap_or_default();
            names.sort();
            out.push_str(&names.iter().map(|name| format!("{name}\n")).collect::<String>());
        }
        _ => panic!("no such command in a transcript: {line}"),
    }
    out.push('\n');
    out
}

/// The first or the last lines of a text.
fn keep(text: &str, filter: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let (from, to) = match filter
        .split_once(' ')
        .map(|(end, n)| (end, n.parse::<usize>().expect("a number")))
    {
        Some(("head", n)) => (0, n.min(lines.len())),
        Some(("tail", n)) => (lines.len().saturating_sub(n), lines.len()),
        _ => (0, lines.len()),
    };
    lines[from..to].iter().map(|line| format!("{line}\n")).collect()
}

/// Takes out what differs from run to run and from version to version: digests, moments, how long it took, how many
/// files and pages came of it.
fn stable(text: &str) -> String {
    let fit = |c: char, like: char| {
        if like == '0' {
            c.is_ascii_hexdigit()
        } else {
            c == like
        }
    };
    let moment = "0000-00-00T00:00:00Z";
    let digest = format!("sha256:{}", "0".repeat(64));
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let like = |shape: &str| {
            rest.len() >= shape.len() && rest.chars().zip(shape.chars()).all(|(c, like)| fit(c, like))
        };
        let seconds = rest
            .strip_prefix(", in ")
            .and_then(|rest| rest.split_once(" s"))
            .map(|(number, _)| number);
        let (said, length) = if like(&digest) {
            ("[DIGEST]", digest.len())
        } else if like(moment) {
            ("[NOW]", moment.len())
        } else if let Some(number) =
            count_of_output(rest).filter(|_| !out.ends_with(|c: char| c.is_ascii_digit()))
        {
            ("[N]", number)
        } else if let Some(number) = seconds.filter(|number| number.parse::<f64>().is_ok()) {
            (", in [TIME]", ", in ".len() + number.len() + " s".len())
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        out.push_str(said);
        rest = &rest[length..];
    }
    out
}

/// How many digits there are before the word files or pages.
fn count_of_output(text: &str) -> Option<usize> {
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_count = [" files", " pages"].iter().any(|noun| word.starts_with(noun));
    Some(text.len() - word.len()).filter(|digits| *digits > 0 && is_count)
}

/// Words, with double quotes around those that hold spaces.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_string());
        } else {
            words.extend(part.split_whitespace().map(str::to_string));
        }
    }
    words
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::Read;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_binder"))
        .arg("rule")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    assert_eq!((child.wait().expect("ends").code(), said.as_str()), (Some(0), ""));
}

#[test]
fn check_prints_json_of_one_shape_with_and_without_errors() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cli");
    for (dir, code, errors) in [("build/in", 0, false), ("check/in", 1, true)] {
        let done = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["check", "--as-of", "2026-11-20", "--format", "json"])
            .arg(case.join(dir))
            .output()
            .expect("the program runs");
        assert_eq!(done.status.code(), Some(code), "{dir}");
        let data: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!(data["as_of"], "2026-11-20");
        assert!(
            data["build_id"]
                .as_str()
                .is_some_and(|id| id.starts_with("sha256:") && id.len() == 71)
        );
        let rows = data["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 65, "rows are worked out from what could be read");
        for row in rows {
            assert!(
                [
                    "documented",
                    "partly-documented",
                    "not-documented",
                    "does-not-apply"
                ]
                .contains(&row["state"].as_str().expect("a state"))
            );
            for mark in ["answer", "policy", "evidence", "decision"] {
                let mark = row["marks"][mark].as_str().expect("a mark");
                assert!(["full", "partial", "none", "not-needed"].contains(&mark));
            }
            for gap in row["gaps"].as_array().expect("gaps") {
                assert!(gap["kind"].is_string() && gap["message"].is_string() && gap["help"].is_string());
                assert!(gap["file"].is_string() && gap["line"].is_u64());
            }
            assert!(row.get("path").is_none() && row.get("pdf_page").is_none());
        }
        let problems = data["diagnostics"].as_array().expect("diagnostics");
        assert_eq!(
            problems.iter().any(|problem| problem["severity"] == "error"),
            errors,
            "{dir}"
        );
        for problem in problems {
            for key in ["severity", "code", "message", "file", "help"] {
                assert!(problem[key].is_string(), "{key}");
            }
            assert!(problem["line"].is_u64() && problem["column"].is_u64());
        }
    }
}
