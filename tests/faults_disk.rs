//! Disks that are full, read-only, poor or taken, and places where no output belongs: a clear message, and nothing lost.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

mod support;
use support::sealed::{Clinic, said};
use support::system::{Call, as_nobody, ends, limited, with_mounts};
use support::town::{Town, assert_whole};
use support::tree;

/// A town with an output, and other words in the clinic since.
fn built() -> Town {
    let town = Town::new();
    town.say(0);
    let said = said(town.build(&["--no-pdf"]).output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{}", said.err);
    town.settle_in();
    town.say(1);
    town
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_output() {
    let town = built();
    // In blocks of 512 bytes: a limit on the size of a file is how a disk without room looks from inside.
    for blocks in [0, 1, 4, 16, 48] {
        let mut command = limited(&town.build(&["--no-pdf"]), &format!("-f {blocks}"));
        town.refused(
            &mut command,
            1,
            &[
                "out/site can't be written",
                "Make room on the disk",
                "The old output is as it was",
            ],
        );
    }
}

#[test]
fn a_small_disk_that_fills_up_leaves_the_old_output() {
    let town = built();
    let size: usize = tree(&town.path("out/site")).values().map(Vec::len).sum();
    let kilobytes = |tenths: usize| size * tenths / 10 / 1024;
    let script = |tenths: usize| {
        format!(
            "mount -t tmpfs -o size={}k none clinic/notes; cp -r out/site clinic/notes/site",
            kilobytes(tenths)
        )
    };
    let build = town.command(&[
        "build",
        "clinic",
        "--no-pdf",
        "--out",
        "clinic/notes/site",
        "--as-of",
        "2026-11-20",
    ]);
    // What stands there afterwards is seen only from within.
    let look = |command: &Command, tenths: usize| {
        let after = "code=0; \"$@\" || code=$?; ls -A clinic/notes >&2; diff -r out/site clinic/notes/site >&2 && echo same >&2; exit $code";
        let script = format!("{}; {after}", script(tenths));
        with_mounts(command, &script)
    };
    let Some(mut command) = look(&build, 17) else {
        println!("nobody may mount here: the test with a limit has to do");
        return;
    };
    let said = ends(command.spawn().expect("it starts"), "a full disk");
    assert_eq!(said.code, Some(1), "{}", said.err);
    for words in ["the disk is full", "Make room on the disk", "\nsite\nsame\n"] {
        assert!(said.err.contains(words), "{words} in {}", said.err);
    }
    let said = ends(
        look(&build, 60).expect("as before").spawn().expect("it starts"),
        "room enough",
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn an_output_that_may_not_be_written_is_named() {
    let town = built();
    let (site, out) = (town.path("out/site"), town.path("out"));
    for path in [town.dir(), &town.path("clinic")] {
        mode(path, 0o755);
    }
    mode(&out, 0o555);
    let mut command = town.build(&["--no-pdf"]);
    as_nobody(&mut command);
    town.refused(
        &mut command,
        1,
        &[
            "out/site can't be written: permission denied",
            "Choose a folder that you may write to, with --out",
        ],
    );
    mode(&out, 0o755);
    // A read-only disk stops root, too.
    let mounted = |what: &str| {
        let script = format!("mount --bind {what} {what}; mount -o remount,bind,ro {what}");
        with_mounts(&town.build(&["--no-pdf"]), &script)
    };
    let Some(mut command) = mounted("out") else {
        println!("nobody may mount here");
        return;
    };
    town.refused(
        &mut command,
        1,
        &["out/site can't be written: this disk or folder is read-only"],
    );
    let mut command = mounted("out/site").expect("as before");
    town.refused(
        &mut command,
        1,
        &["out/site can't be put in place", "Name a folder inside it"],
    );
    assert!(site.join("index.html").exists());
    // Content on a read-only disk is no obstacle.
    let said = said(mounted("clinic").expect("as before").output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn the_habits_of_a_machine_change_no_permissions() {
    let town = built();
    let site = town.path("out/site");
    let modes = || -> Vec<(std::path::PathBuf, u32)> {
        let mut found = vec![];
        let mut folders = vec![site.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let meta = fs::symlink_metadata(&path).expect("there");
                found.push((path.clone(), meta.permissions().mode() & 0o7777));
                if meta.is_dir() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    };
    fs::remove_dir_all(site.join("notes")).expect("removed");
    let mut seen = vec![];
    for (mask, which) in [
        ("022", 0),
        ("077", 1),
        ("077", 0),
        ("000", 1),
        ("000", 1),
        ("027", 0),
    ] {
        town.say(which);
        let build = town.build(&["--no-pdf"]);
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask \"$0\"; exec \"$@\"", mask])
            .arg(build.get_program())
            .args(build.get_args())
            .current_dir(town.dir());
        let said = said(command.output().expect("it runs"));
        assert_eq!(said.code, Some(0), "{mask}: {}", said.err);
        let modes = modes();
        for (path, mode) in &modes {
            let wanted = if path.is_dir() { 0o755 } else { 0o644 };
            assert_eq!(*mode, wanted, "{mask}: {}", path.display());
        }
        seen.push(modes.len());
    }
    assert!(seen.iter().all(|n| *n > 100), "{seen:?}");
}

#[test]
fn no_output_goes_where_it_does_not_belong() {
    let town = built();
    town.write("home/.profile", "mine\n");
    fs::create_dir(town.path("bare-home")).expect("made");
    let lines = |town: &Town, out: &str| {
        town.command(&[
            "build",
            "clinic",
            "--no-pdf",
            "--as-of",
            "2026-11-20",
            "--out",
            out,
        ])
    };
    for (out, words) in [
        ("clinic", "is the binder's own folder"),
        (".", "holds the binder's own folder"),
        ("/", "holds the binder's own folder"),
        (
            "clinic/policies",
            "lies in \"policies\", where your own files are",
        ),
        ("clinic/policies/made/here", "lies in \"policies\""),
        ("clinic/binder.toml", "lies in \"binder.toml\""),
        ("clinic/Evidence/x", "lies in \"evidence\""),
        ("letters", "is not empty and was not made by this program"),
        ("home", "is not empty and was not made by this program"),
        ("clinic/notes", "is not empty and was not made by this program"),
        ("out/readme.txt", "is a file, not a folder"),
        ("out/shortcut", "is not empty and was not made by this program"),
        ("/proc", "is not empty and was not made by this program"),
    ] {
        town.refused(
            &mut lines(&town, out),
            2,
            &[
                "nothing was written: the output folder",
                words,
                "Name another folder with --out",
            ],
        );
    }
    let home = town.path("bare-home");
    town.refused(
        lines(&town, "bare-home").env("HOME", &home),
        2,
        &["is your home folder"],
    );
    // A file of ours in a place where a folder must be made on the way.
    town.refused(
        &mut lines(&town, "out/readme.txt/site"),
        2,
        &["can't be", "a file stands where a folder should be"],
    );
    let long = format!("out/{}", "n".repeat(250));
    town.refused(
        &mut lines(&town, &long),
        1,
        &["its name or path is longer than the disk takes", "shorter name"],
    );
    let long = format!("out/{}", "n".repeat(300));
    town.refused(
        &mut lines(&town, &long),
        2,
        &["its name or path is longer than the disk takes"],
    );
    let deep = format!("out/{}", format!("{}/", "d".repeat(200)).repeat(25));
    town.refused(
        &mut lines(&town, &deep),
        2,
        &["its name or path is longer than the disk takes"],
    );
}

#[test]
fn one_of_two_builds_at_once_is_told_to_wait() {
    let town = built();
    let (mut done, mut waited) = (0, 0);
    for round in 0..6 {
        town.say(round % 2);
        let running: Vec<_> = (0..3)
            .map(|_| town.build(&["--no-pdf"]).spawn().expect("it starts"))
            .collect();
        for child in running {
            let said = ends(child, "one of three");
            match said.code {
                Some(0) => done += 1,
                Some(1) => {
                    waited += 1;
                    for words in ["another build is writing", "out/site", "Wait until it is done"] {
                        assert!(said.err.contains(words), "{words} in {}", said.err);
                    }
                }
                other => panic!("{other:?}: {}", said.err),
            }
        }
        assert_whole(&town.path("out/site"), "after three at once");
        assert!(town.site().contains_key("notes/theirs.txt"));
        assert_eq!(town.leftovers(), [""; 0]);
    }
    println!("{done} done, {waited} told to wait");
    assert!(done >= 6, "{done} done, {waited} told to wait");
}

/// A lock that is held for sure.
#[test]
fn a_build_that_finds_another_one_at_work_says_so_and_touches_nothing() {
    let town = built();
    let lock = fs::File::create(town.path("out/.site.binder-lock")).expect("made");
    lock.lock().expect("locked");
    let said = said(town.build(&["--no-pdf"]).output().expect("it runs"));
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("another build is writing"), "{}", said.err);
    assert_eq!(
        town.leftovers(),
        [".site.binder-lock"],
        "the lock of the other one"
    );
    drop(lock);
    let said = support::sealed::said(town.build(&["--no-pdf"]).output().expect("it runs"));
    assert_eq!(
        said.code,
        Some(0),
        "a lock whose holder is gone holds nobody up: {}",
        said.err
    );
    assert_eq!(town.leftovers(), [""; 0]);
}

#[test]
fn ten_thousand_files_with_sixty_four_open_at_once() {
    let town = Town::new();
    for n in 0..10_000 {
        let body = format!(
            "+++\ntitle = \"Policy {n}\"\nkind = \"form\"\n+++\n\n# Form\n\nForm number {n} of many.\n"
        );
        town.write(&format!("clinic/policies/{:02}/p{n}.md", n % 40), &body);
    }
    // As on a machine with more processors than files that may be open.
    for threads in ["2", "100"] {
        let mut command = limited(&town.build(&["--no-pdf"]), "-n 64");
        let said = said(
            command
                .env("RAYON_NUM_THREADS", threads)
                .output()
                .expect("it runs"),
        );
        assert_eq!(said.code, Some(0), "{threads} threads: {}", said.err);
        assert!(town.path("out/site/policies/p9999.html").exists());
    }
    assert_whole(&town.path("out/site"), "with few open files");
}

/// FAT and some network disks: no exchange of folders, no second names, no locks.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_poor_disk_is_good_enough() {
    let town = Town::new();
    let known = town.both(&["--no-pdf"]);
    for which in [0, 1, 0] {
        town.say(which);
        let mut command = town.build(&["--no-pdf"]);
        support::system::without(&mut command, &[Call::Exchange, Call::HardLink, Call::Lock]);
        let said = said(command.output().expect("it runs"));
        assert_eq!(said.code, Some(0), "{}", said.err);
        town.settle_in();
        assert!(town.site() == known[which]);
        assert_eq!(town.leftovers(), [""; 0]);
    }
}

#[test]
fn a_disk_that_fills_up_while_a_version_is_sealed_leaves_everything_as_it_was() {
    let clinic = Clinic::new();
    clinic.seal("first", "2026-03-01");
    let before = tree(&clinic.path("versions"));
    let mut refused = 0;
    for blocks in [0, 1, 8, 64, 256, 512, 1024] {
        let command = clinic.command(&Clinic::sealing("second", "2026-09-01"));
        let said = said(
            limited(&command, &format!("-f {blocks}"))
                .output()
                .expect("it runs"),
        );
        if said.code == Some(0) || clinic.archive("second").exists() {
            break;
        }
        refused += 1;
        assert_eq!(said.code, Some(1), "{blocks}: {}", said.err);
        assert!(
            said.err.contains("can't be written") && said.err.contains("Make room"),
            "{blocks}: {}",
            said.err
        );
        assert_eq!(tree(&clinic.path("versions")), before, "{blocks}");
    }
    assert!(refused >= 4, "{refused}");
    assert_eq!(clinic.findings(), []);
}

#[test]
fn a_folder_of_versions_that_may_not_be_written_is_named() {
    let clinic = Clinic::new();
    clinic.seal("first", "2026-03-01");
    let before = tree(&clinic.path("versions"));
    mode(&clinic.path("."), 0o755);
    mode(&clinic.path("versions"), 0o555);
    let mut command = clinic.command(&Clinic::sealing("second", "2026-09-01"));
    as_nobody(&mut command);
    let said = said(command.output().expect("the program may be run by others"));
    mode(&clinic.path("versions"), 0o755);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(
        said.err.contains("can't be written: permission denied"),
        "{}",
        said.err
    );
    assert_eq!(tree(&clinic.path("versions")), before);
}
