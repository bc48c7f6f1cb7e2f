//! Ctrl-C at any moment: what was there before is whole, nothing half written is left, and the exit code says so.
//!
//! The moments are spread over the time that a whole run takes, whatever machine it runs on. Which of them hit which stage
//! is chance; what must hold holds at each.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const MOMENTS: u32 = 16;

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A clinic with enough pages that putting them in place takes a while.
fn clinic(dir: &Path, word: &str) {
    fs::create_dir_all(dir.join("policies")).expect("made");
    fs::write(
        dir.join("binder.toml"),
        "[practice]\nname = \"A\"\nlegal_name = \"A, LLC\"\nkind = \"covered-entity\"\nsecurity_official = \"B\"\n",
    )
    .expect("written");
    for n in 0..150 {
        let text = format!(
            "+++\ntitle = \"Text {n}\"\nkind = \"policy\"\n+++\n\n## Keys (164.310(a)(1))\n\nDoor {n} is locked by {word}.\n"
        );
        fs::write(dir.join(format!("policies/text-{n}.md")), text).expect("written");
    }
}

fn files(dir: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(dir).expect("below").to_path_buf();
                found.insert(below, fs::read(&path).expect("read"));
            }
        }
    }
    found
}

/// Names in a folder, of which those with a dot in front are ours while we work.
fn hidden(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".public") || name.starts_with(".binder"))
        .collect()
}

/// Runs the program, and presses Ctrl-C after a while; says how it ended, what it said and how long it took.
fn run(dir: &Path, arguments: &[&str], after: Option<Duration>) -> (ExitStatus, String, Duration) {
    let began = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(arguments)
        .arg("--as-of=2026-11-20")
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    if let Some(after) = after {
        std::thread::sleep(after);
        let id = child.id().to_string();
        // It may be over already: then there is nothing to stop.
        let _ = Command::new("kill")
            .args(["-INT", &id])
            .stderr(Stdio::null())
            .status();
    }
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended.status, said, began.elapsed())
}

#[test]
fn a_build_that_is_stopped_leaves_the_old_output_whole() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path();
    let build = ["build", "--no-pdf"];
    clinic(dir, "the new key");
    let (ended, said, _) = run(dir, &build, None);
    assert!(ended.success(), "{said}");
    let new = files(&dir.join("public"));
    clinic(dir, "the old key");
    let (_, _, took) = run(dir, &build, None);
    let old = files(&dir.join("public"));
    assert_ne!(old, new);
    let (mut stopped, mut shown) = (0, 0);
    for moment in 0..MOMENTS {
        if files(&dir.join("public")) == new {
            clinic(dir, "the old key");
            assert!(run(dir, &build, None).0.success());
        }
        clinic(dir, "the new key");
        let (ended, said, _) = run(dir, &build, Some(took * moment / (MOMENTS - 2)));
        let there = files(&dir.join("public"));
        match ended.code() {
            Some(0) => assert!(there == new, "moment {moment}: it ended well with the old output"),
            Some(130) => {
                assert!(there == old, "moment {moment}: the old output is not as it was");
                assert!(said.contains("Nothing was changed"), "moment {moment}: {said}");
                stopped += 1;
            }
            // Before the program listens, the system ends it.
            None => assert!(there == old, "moment {moment}"),
            code => panic!("moment {moment}: {code:?}: {said}"),
        }
        shown += usize::from(ended.code() == Some(0));
        assert_eq!(hidden(dir), Vec::<String>::new(), "moment {moment}: left behind");
    }
    assert!(stopped > 0, "no moment hit the work, {shown} ended before");
}

#[test]
fn a_sealing_that_is_stopped_leaves_no_version_or_a_whole_one() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path();
    clinic(dir, "a key");
    let seal = ["seal", "1", "--by=A", "--note=B", "--with-gaps", "--no-pdf"];
    let (ended, said, took) = run(dir, &seal, None);
    assert!(ended.success(), "{said}");
    for moment in 0..MOMENTS / 2 {
        fs::remove_dir_all(dir.join("versions")).expect("removed");
        let (ended, said, _) = run(dir, &seal, Some(took * moment / (MOMENTS / 2)));
        let there = dir.join("versions/1.zip").is_file();
        match ended.code() {
            Some(0) => assert!(there, "moment {moment}"),
            Some(130) | None => assert!(!there, "moment {moment}: {said}"),
            code => panic!("moment {moment}: {code:?}: {said}"),
        }
        if ended.code().is_some() {
            assert_eq!(
                hidden(&dir.join("versions")),
                Vec::<String>::new(),
                "moment {moment}"
            );
            assert_eq!(dir.join("versions").exists(), there, "moment {moment}: {said}");
        }
        let verified = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["verify", "--quiet"])
            .current_dir(dir)
            .output()
            .expect("it starts");
        assert_eq!(verified.status.success(), there, "moment {moment}");
        fs::create_dir_all(dir.join("versions")).expect("made");
    }
}
