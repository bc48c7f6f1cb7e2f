//! Content that is pulled away, written to, unreadable or no file at all while it is read, and a clock that is wrong: never a
//! hang, never half an output, and a message that says what is the matter.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

mod support;
use support::sealed::{Clinic, Dice, Said, said};
use support::system::{as_nobody, ends};
use support::town::{Town, assert_whole};

fn check(town: &Town) -> Said {
    let child = town
        .command(&["check", "clinic", "--as-of", "2026-11-20"])
        .spawn();
    ends(child.expect("it starts"), "check")
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Holds what `check` and `build` say of a clinic with something odd in it: code 1, these words, and no output.
fn named(town: &Town, wanted: &[&str]) {
    let said = check(town);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let text = words(&said.out);
    for words in wanted {
        assert!(text.contains(words), "{words} in {text}");
    }
    town.refused(&mut town.build(&["--no-pdf"]), 1, wanted);
}

#[test]
fn the_folder_may_be_taken_away_at_any_moment() {
    let town = Town::new();
    let known = town.both(&["--no-pdf"]);
    town.say(0);
    town.build_site();
    town.settle_in();
    let begun = Instant::now();
    town.build_site();
    let usual = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    town.say(1);
    let mut dice = Dice(0x5eed_0011);
    let (mut refused, mut there) = (0, 0);
    for n in 0..30 {
        town.say(1 - there);
        let child = town.build(&["--no-pdf"]).spawn().expect("it starts");
        std::thread::sleep(Duration::from_micros(dice.below(usual)));
        fs::rename(town.path("clinic"), town.path("clinic-elsewhere")).expect("taken away");
        let said = ends(child, "a build without its folder");
        assert!(
            !town.path("clinic").exists(),
            "{n}: nothing is made where the folder was"
        );
        fs::rename(town.path("clinic-elsewhere"), town.path("clinic")).expect("back");
        let now = town.site();
        match said.code {
            Some(0) => {
                there = 1 - there;
                assert!(now == known[there], "{n}: {}", said.out);
            }
            Some(1 | 2) => {
                refused += 1;
                assert!(now == known[there], "{n}: {}", said.err);
                let told = [
                    "can't be found any more",
                    "can't be read",
                    "can't be opened",
                    "holds no binder.toml",
                    "can't be copied",
                    "could not be copied",
                ];
                assert!(
                    told.iter().any(|words| said.err.contains(words)),
                    "{n}: {}",
                    said.err
                );
                assert!(said.err.contains("= help: "), "{n}: {}", said.err);
            }
            code => panic!("{n}: {code:?} {}", said.err),
        }
        assert_eq!(town.leftovers(), [""; 0], "{n}");
    }
    println!("30 times taken away, {refused} times in time");
    assert!(refused > 0);
}

#[test]
fn files_may_change_and_go_while_they_are_read() {
    let town = Town::new();
    for n in 0..40 {
        town.write(&format!("clinic/policies/p{n}.md"), &policy(n, 0));
    }
    let stop = AtomicBool::new(false);
    let mut codes = [0; 3];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut dice = Dice(0x5eed_0012);
            let mut round = 0;
            while !stop.load(Ordering::Relaxed) {
                round += 1;
                let n = dice.below(40);
                let path = town.path(&format!("clinic/policies/p{n}.md"));
                match dice.below(3) {
                    0 => drop(fs::remove_file(path)),
                    // As programs do that write in place: empty for a moment, then half, then whole.
                    1 => {
                        let text = policy(n, round);
                        let (half, _) = text.split_at(text.len() / 2);
                        let _ = fs::write(&path, half);
                        std::thread::sleep(Duration::from_millis(1));
                        let _ = fs::write(&path, text);
                    }
                    _ => drop(fs::write(path, policy(n, round))),
                }
            }
        });
        for n in 0..25 {
            let child = town.build(&["--no-pdf"]).spawn().expect("it starts");
            let said = ends(child, "a build of files that change");
            match said.code {
                Some(code @ 0..=2) => codes[usize::try_from(code).expect("small")] += 1,
                code => panic!("{n}: {code:?} {}", said.err),
            }
            assert!(!said.err.contains("panicked"), "{}", said.err);
            assert_whole(&town.path("out/site"), "while files change");
            assert_eq!(town.leftovers(), [""; 0]);
        }
        stop.store(true, Ordering::Relaxed);
    });
    println!("{codes:?} builds with exit code 0, 1, 2");
    assert_eq!(codes[2], 0, "no command was wrong");
    let said = said(town.build(&["--no-pdf"]).output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{}", said.err);
}

fn policy(n: u64, round: u64) -> String {
    let line = format!("Line of round {round}, long enough that a half is seen.\n");
    format!(
        "+++\ntitle = \"Form {n}\"\nkind = \"form\"\n+++\n\n# Form\n\n{}",
        line.repeat(40)
    )
}

#[test]
fn a_file_that_never_rests_is_named() {
    let town = Town::new();
    town.write("clinic/evidence/growing.log", "begin\n");
    let stop = AtomicBool::new(false);
    let said = std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            let path = town.path("clinic/evidence/growing.log");
            let mut file = fs::OpenOptions::new().append(true).open(path).expect("open");
            // It takes longer to read than the next line takes to come.
            file.set_len(64 * 1024 * 1024).expect("room");
            while !stop.load(Ordering::Relaxed) {
                file.write_all(&[b'x'; 4096]).expect("written");
                std::thread::sleep(Duration::from_micros(100));
            }
        });
        std::thread::sleep(Duration::from_millis(300));
        let said = check(&town);
        stop.store(true, Ordering::Relaxed);
        said
    });
    let text = words(&said.out);
    assert_eq!(said.code, Some(1), "{text}");
    assert!(
        text.contains("\"evidence/growing.log\" can't be read: it changes all the time; close the program that writes it"),
        "{text}"
    );
}

#[test]
fn pipes_sockets_and_devices_are_named_and_not_waited_for() {
    for at in [
        "policies/pipe.md",
        "evidence/pipe.pdf",
        "registers/training.csv",
        "answers/164.308",
        "theme",
        "binder.toml",
    ] {
        let town = Town::new();
        let path = town.path(&format!("clinic/{at}"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let _ = fs::remove_file(&path);
        pipe(&path);
        named(
            &town,
            &[
                &format!("\"{at}\" is neither a file nor a folder"),
                "Move it out of the binder's folder",
            ],
        );
    }
    let town = Town::new();
    let _socket = UnixListener::bind(town.path("clinic/policies/socket.md")).expect("a socket");
    named(&town, &["\"policies/socket.md\" is neither a file nor a folder"]);
    let town = Town::new();
    symlink("/dev/zero", town.path("clinic/policies/endless.md")).expect("linked");
    named(
        &town,
        &["\"policies/endless.md\" is a link to /dev/zero, outside the binder's folder"],
    );
    let town = Town::new();
    let device = Command::new("mknod")
        .arg(town.path("clinic/evidence/zero.png"))
        .args(["c", "1", "5"])
        .output();
    if device.is_ok_and(|made| made.status.success()) {
        named(&town, &["\"evidence/zero.png\" is neither a file nor a folder"]);
    }
    // Where sealed versions lie, and in the output.
    let town = Town::new();
    town.build_site();
    fs::create_dir_all(town.path("clinic/versions")).expect("made");
    pipe(&town.path("clinic/versions/2026.1.zip"));
    pipe(&town.path("out/site/pipe"));
    for arguments in [
        &["build", "clinic", "--no-pdf", "--out", "out/site"][..],
        &["-C", "clinic", "versions"],
        &["-C", "clinic", "verify"],
        &["-C", "clinic", "diff"],
        &[
            "-C",
            "clinic",
            "seal",
            "2026.2",
            "--by",
            "D",
            "--note",
            "n",
            "--with-gaps",
            "--no-pdf",
        ],
    ] {
        let child = town.command(arguments).spawn().expect("it starts");
        let said = ends(child, &format!("{arguments:?}"));
        assert!(matches!(said.code, Some(0..=2)), "{arguments:?}: {}", said.err);
    }
    assert!(
        fs::symlink_metadata(town.path("out/site/pipe")).is_ok(),
        "somebody's pipe stays"
    );
}

fn pipe(path: &std::path::Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("coreutils");
    assert!(made.success());
}

#[test]
fn links_that_lead_in_circles_end() {
    let town = Town::new();
    for (target, at) in [
        (".", "policies/here"),
        ("..", "policies/up"),
        ("../records", "records/round"),
        ("b", "evidence/a"),
        ("a", "evidence/b"),
    ] {
        fs::create_dir_all(town.path(&format!("clinic/{at}")).parent().expect("above")).expect("made");
        symlink(target, town.path(&format!("clinic/{at}"))).expect("linked");
    }
    named(
        &town,
        &[
            "\"policies/here\" is a link to a folder that it lies in",
            "\"policies/up\" is a link to a folder that it lies in",
            "\"records/round\" is a link to a folder that it lies in",
            "\"evidence/a\" is a link that leads back to itself",
            "Remove the link",
        ],
    );
}

#[test]
fn what_may_not_be_read_is_named_file_by_file() {
    let town = Town::new();
    for path in [town.dir(), &town.path("clinic"), &town.path("out")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("set");
    }
    for path in ["clinic/evidence/lock.txt", "clinic/answers"] {
        fs::set_permissions(town.path(path), fs::Permissions::from_mode(0o000)).expect("set");
    }
    let mut command = town.build(&["--no-pdf"]);
    as_nobody(&mut command);
    town.refused(
        &mut command,
        1,
        &[
            "\"answers\" can't be read: permission denied",
            "\"evidence/lock.txt\" can't be read: permission denied",
            "check that you may open it",
            "Nothing was written",
        ],
    );
    fs::set_permissions(town.path("clinic/answers"), fs::Permissions::from_mode(0o755)).expect("set");
}

#[test]
fn long_and_odd_names_are_read_or_named() {
    let town = Town::new();
    // As long as a name may be, in letters of two bytes: read, and its page has a name that every system takes.
    let long = format!("{}.md", "é".repeat(126));
    town.write(
        &format!("clinic/policies/{long}"),
        "+++\ntitle = \"Long\"\nkind = \"form\"\n+++\n\n# Form\n\nWords.\n",
    );
    town.write(
        "clinic/policies/a:b*c?.md",
        "+++\ntitle = \"Odd\"\nkind = \"form\"\n+++\n\n# Form\n\nWords.\n",
    );
    let done = said(town.build(&["--no-pdf"]).output().expect("it runs"));
    assert_eq!(done.code, Some(0), "{}", done.err);
    for path in town.site().keys() {
        let name = path.rsplit('/').next().unwrap_or(path);
        assert!(
            name.len() <= 255 && path.is_ascii() && !path.contains([':', '*', '?', '\\']),
            "{path}"
        );
    }
    // Names that Windows and Mac take for one.
    let town = Town::new();
    for name in ["Fax.md", "fax.md"] {
        town.write(
            &format!("clinic/policies/{name}"),
            &format!(
                "+++\nid = \"{}\"\ntitle = \"Fax\"\nkind = \"form\"\n+++\n\n# Form\n\nWords.\n",
                name.len() + usize::from(name == "Fax.md")
            ),
        );
    }
    if fs::read_dir(town.path("clinic/policies"))
        .expect("a folder")
        .count()
        > 2
    {
        named(
            &town,
            &[
                "\"policies/fax.md\" and \"policies/Fax.md\" differ only in capital letters",
                "Rename one of them",
            ],
        );
    }
    // Two policies whose pages would have one name.
    let town = Town::new();
    for (name, id) in [("one.md", "Fax"), ("two.md", "fax")] {
        town.write(
            &format!("clinic/policies/{name}"),
            &format!("+++\nid = \"{id}\"\ntitle = \"{id}\"\nkind = \"form\"\n+++\n\n# Form\n\nWords.\n"),
        );
    }
    let said = check(&town);
    assert!(matches!(said.code, Some(0 | 1)), "{}", said.out);
    // A path that no call of the system takes: made step by step.
    let town = Town::new();
    let deep = town.path("clinic/policies");
    let made = Command::new("sh")
        .args(["-c", "n=$(printf 'd%.0s' $(seq 200)); for i in $(seq 30); do mkdir $n; cd -P $n; done 2>/dev/null; true"])
        .current_dir(&deep)
        .status()
        .expect("a shell");
    assert!(made.success());
    let said = check(&town);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(
        words(&said.out).contains("can't be read: its name or path is longer than the disk takes"),
        "{}",
        said.out
    );
    let removed = Command::new("rm")
        .arg("-rf")
        .arg(&deep)
        .status()
        .expect("coreutils");
    assert!(removed.success());
}

/// Noon on November 20, 2026, in seconds since 1970.
#[cfg(target_os = "linux")]
const NOON: i64 = 1_795_176_000;

/// Runs a command under a clock.
#[cfg(target_os = "linux")]
fn under(clinic: &Clinic, seconds: i64, arguments: &[&str]) -> Said {
    let mut command = clinic.command(arguments);
    support::system::clock_at(&mut command, seconds, clinic.dir());
    said(command.output().expect("it runs"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_clock_that_was_set_back_is_named_and_loses_nothing() {
    let clinic = Clinic::new();
    let year = 365 * 24 * 3600;
    let seal = |label: &'static str| {
        [
            "seal",
            label,
            "--by",
            "Dana",
            "--note",
            "n",
            "--with-gaps",
            "--no-pdf",
        ]
    };
    let sealed = under(&clinic, NOON, &seal("2026.1"));
    assert_eq!(sealed.code, Some(0), "{}", sealed.err);
    let build = ["build", "--no-pdf", "--as-of", "2026-11-20"];
    assert_eq!(under(&clinic, NOON, &build).code, Some(0));
    let site = support::tree(&clinic.path("public"));
    // One day, six years, before 1970.
    for back in [24 * 3600, 6 * year, 57 * year] {
        let now = NOON - back;
        let warned = |said: &Said, code: i32| {
            let text = words(&said.err);
            assert_eq!(said.code, Some(code), "{text}");
            for words in [
                "the clock of this computer says",
                "version 2026.1 was sealed later than that, at 2026-11-20 12:00 UTC",
                "Set the clock right",
            ] {
                assert!(text.contains(words), "{words} in {text}");
            }
        };
        // The day is given: the same output, byte for byte, with a word on the clock.
        warned(&under(&clinic, now, &build), 0);
        assert!(support::tree(&clinic.path("public")) == site);
        warned(&under(&clinic, now, &["check"]), 0);
        let listed = under(&clinic, now, &["versions"]);
        warned(&listed, 0);
        assert!(
            listed.out.contains("2026.1") && listed.out.contains("still current"),
            "{}",
            listed.out
        );
        warned(&under(&clinic, now, &["verify"]), 0);
        // An archive says for good when it was sealed: with a day given by hand, too.
        for more in [&[][..], &["--as-of", "2026-11-21"]] {
            warned(&under(&clinic, now, &[&seal("2026.2"), more].concat()), 1);
        }
        assert_eq!(clinic.names(), ["2026.1-signature-sheet.pdf", "2026.1.zip"]);
        assert_eq!(clinic.findings(), []);
    }
    // Minutes between two computers are no matter.
    let said = under(&clinic, NOON - 120, &seal("2026.2"));
    assert_eq!(
        (said.code, said.err.contains("clock")),
        (Some(0), false),
        "{}",
        said.err
    );
    assert_eq!(clinic.findings(), []);
}
