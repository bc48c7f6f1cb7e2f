//! Transcripts of the command line: what was typed, what came out.
//!
//! A case is a folder in `tests/cases/cli`: `session.txt` holds the transcript, `in/`, where there is one, the folder
//! it starts in (a copy of it). A line that starts with `$ ` is typed; what follows is what came out, standard error
//! after standard output with `! ` before each line, and `? CODE` where the exit code is not 0. Two commands are our
//! own: `$ show FILE` prints a file, `$ ls DIR` names what is in a folder. `[..]` stands for any text in a line, a line
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
    let words = split(line);
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
                String::from_utf8_lossy(bytes).replace(&*real.to_string_lossy(), "[HOME]")
            };
            out.push_str(&text(&done.stdout));
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
            out.push_str(&fs::read_to_string(home.join(file)).unwrap_or_else(|_| "no such file\n".into()))
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
