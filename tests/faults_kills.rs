//! Killed at any moment, a build leaves the old output or the new one, whole, and the next build clears up behind it.
//!
//! The two outputs are known beforehand, byte for byte. Half of the kills fall anywhere in the run, half into its last part,
//! in which the output is written and put in place.
#![cfg(unix)]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod support;
use support::sealed::{Clinic, Dice};
use support::system::{Call, without};
use support::town::{Site, Town, assert_whole, site};

/// How long a run takes, and how long its last part.
struct Lasts {
    whole: u64,
    writing: u64,
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn is_writing(town: &Town) -> bool {
    town.leftovers()
        .iter()
        .any(|name| name.starts_with(".site.binder-stage-"))
}

/// Waits until the program writes, or is done.
fn wait_for_writing(child: &mut Child, town: &Town) {
    while !is_writing(town) && child.try_wait().expect("it can be asked").is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn start(mut command: Command) -> Child {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().expect("it starts")
}

fn measure(town: &Town, command: Command) -> Lasts {
    let begun = Instant::now();
    let mut child = start(command);
    wait_for_writing(&mut child, town);
    let reached = begun.elapsed();
    assert!(child.wait().expect("it ends").success());
    Lasts {
        whole: micros(begun.elapsed()),
        writing: micros(begun.elapsed() - reached),
    }
}

/// Kills `kills` builds. `command` makes the command of one; `exchanges` says whether the output may never be absent.
fn kill(kills: usize, seed: u64, more: &[&str], exchanges: bool, command: &dyn Fn(&Town) -> Command) {
    let town = Town::new();
    let known = town.both(more);
    assert_ne!(known[0], known[1]);
    town.say(0);
    assert!(command(&town).output().expect("it runs").status.success());
    town.settle_in();
    town.say(1);
    let lasts = measure(&town, command(&town));
    assert!(town.site() == known[1], "an undisturbed build");
    let mut dice = Dice(seed);
    let (mut there, mut killed, mut new, mut absent) = (1, 0, 0, 0);
    for n in 0..kills {
        let target = 1 - there;
        town.say(target);
        let around = town.surroundings();
        let left = is_writing(&town);
        let mut child = start(command(&town));
        let most = if n % 2 == 0 || left {
            lasts.whole + lasts.whole / 20
        } else {
            wait_for_writing(&mut child, &town);
            lasts.writing + lasts.writing / 10
        };
        std::thread::sleep(Duration::from_micros(dice.below(most)));
        let _ = child.kill();
        killed += usize::from(child.wait().expect("it ends").code().is_none());
        let now = town.site();
        if now == known[target] {
            there = target;
            new += 1;
        } else if now.is_empty() && !exchanges {
            // Killed between two renames: the old output stands beside its place, and the next build puts it back.
            absent += 1;
            assert!(
                stages(&town).contains(&known[there]),
                "kill {n}: the old output is nowhere"
            );
        } else {
            let differs = known[there]
                .iter()
                .find(|(path, digest)| now.get(*path) != Some(digest));
            assert!(now == known[there], "kill {n}: neither old nor new: {differs:?}");
        }
        assert_eq!(town.surroundings(), around, "kill {n}");
        if n % 25 == 24 {
            assert!(
                command(&town).output().expect("it runs").status.success(),
                "after kill {n}"
            );
            assert!(town.site() == known[target], "recovered after kill {n}");
            assert_eq!(town.leftovers(), [""; 0], "after kill {n}");
            there = target;
        }
    }
    println!(
        "{kills} kills: {killed} while it ran, {new} with the new output in place, {absent} between two renames"
    );
    assert!(
        killed > kills / 2,
        "{killed} of {kills} were killed while they ran"
    );
    assert!(
        new > 0,
        "none was killed after the exchange, or the last part is never reached"
    );
}

/// Every tree in the stages beside the output.
fn stages(town: &Town) -> Vec<Site> {
    let stages = town
        .leftovers()
        .into_iter()
        .filter(|name| name.starts_with(".site.binder-stage-"));
    stages
        .flat_map(|stage| ["old", "new"].map(|tree| site(&town.path(&format!("out/{stage}/{tree}")))))
        .collect()
}

#[test]
fn a_stage_without_any_file_is_cleared_away_and_no_other_folder() {
    let town = Town::new();
    fs::create_dir_all(town.path("out/.site.binder-stage-4711")).expect("made");
    fs::create_dir_all(town.path("out/.site.binder-stage-photos")).expect("made");
    town.write("out/.site.binder-stage-4712/letter.txt", "Mine.");
    town.say(0);
    town.build_site();
    let mut left = town.leftovers();
    left.sort();
    assert_eq!(left, [".site.binder-stage-4712", ".site.binder-stage-photos"]);
}

#[test]
fn a_website() {
    kill(340, 0x5eed_0001, &["--no-pdf"], true, &|town| {
        town.build(&["--no-pdf"])
    });
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_website_where_the_disk_knows_no_exchange() {
    kill(130, 0x5eed_0002, &["--no-pdf"], false, &|town| {
        let mut command = town.build(&["--no-pdf"]);
        without(&mut command, &[Call::Exchange]);
        command
    });
}

#[test]
fn a_website_with_its_pdf() {
    kill(30, 0x5eed_0003, &[], true, &|town| town.build(&[]));
}

/// The one moment that chance seldom finds, made by hand at each of its steps: see also the tests of `world::write`.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn between_two_renames_the_old_output_is_put_back_even_by_a_build_that_fails() {
    let town = Town::new();
    let known = town.both(&["--no-pdf"]);
    town.say(0);
    town.build_site();
    town.settle_in();
    let stage = town.path("out/.site.binder-stage-4711");
    fs::create_dir_all(stage.join("new")).expect("made");
    fs::write(stage.join("binder-stage"), "").expect("written");
    fs::write(stage.join("exchanging"), "").expect("written");
    fs::rename(town.path("out/site"), stage.join("old")).expect("moved");
    // A build that can't be put in place: somebody's folder stands where it wants a file.
    fs::create_dir_all(stage.join("old/index.html.d")).expect("made");
    town.say(1);
    let mut command = town.build(&["--no-pdf"]);
    without(&mut command, &[Call::Exchange]);
    let limited = support::system::limited(&command, "-f 8")
        .output()
        .expect("it runs");
    assert_eq!(
        limited.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&limited.stderr)
    );
    assert!(town.site() == known[0], "the old output is back");
    assert_eq!(town.leftovers(), [""; 0]);
    assert!(command.output().expect("it runs").status.success());
    assert!(town.site() == known[1]);
}

#[test]
fn a_website_with_sealed_versions() {
    const KILLS: usize = 100;
    let clinic = Clinic::with_versions();
    let build = || clinic.command(&["build", "--no-pdf", "--as-of", "2026-09-10"]);
    let whole = |when: &str| assert_whole(&clinic.path("public"), when);
    let built = || assert!(build().output().expect("it runs").status.success());
    let mut dice = Dice(0x5eed_0005);
    let begun = Instant::now();
    built();
    let whole_build = micros(begun.elapsed());
    let mut killed = 0;
    for n in 0..KILLS {
        clinic.write("evidence/second.txt", &format!("As written before kill {n}.\n"));
        match n % 10 {
            // From nothing: everything is unpacked.
            0 => drop(fs::remove_dir_all(clinic.path("public"))),
            5 => built(),
            _ => {}
        }
        let mut child = start(build());
        std::thread::sleep(Duration::from_micros(dice.below(whole_build)));
        let _ = child.kill();
        killed += usize::from(child.wait().expect("it ends").code().is_none());
        whole(&format!("after kill {n}"));
    }
    assert!(killed > KILLS / 4, "{killed} were killed while they ran");
    built();
    whole("in the end");
    assert!(clinic.findings().is_empty(), "no archive was touched");
    let entries = fs::read_dir(clinic.dir()).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let left: Vec<String> = names.filter(|name| name.starts_with(".public")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_sealing_of_a_version() {
    const KILLS: usize = 200;
    let clinic = Clinic::new();
    clinic.seal("first", "2026-09-01");
    let start = Instant::now();
    clinic.seal("second", "2026-09-01");
    let usual = u64::try_from(start.elapsed().as_micros()).unwrap_or(1_000_000);
    let mut dice = Dice(0x5EA1);
    let (mut killed, mut sealed) = (0, 2);
    for n in 0..KILLS {
        let label = format!("k{n}");
        let mut child = clinic
            .command(&Clinic::sealing(&label, "2026-09-01"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_micros(dice.below(usual + usual / 4)));
        let _ = child.kill();
        let code = child.wait().expect("it ends").code();
        killed += usize::from(code.is_none());
        // Whatever has the name of an archive is one.
        let path = clinic.archive(&label);
        if path.exists() {
            sealed += 1;
            let found = hipaa_binder::world::versions::examine(&format!("versions/{label}.zip"), &path, true);
            assert_eq!(found.findings, [], "after {n} kills");
            if sealed > 12 {
                // Few versions are enough, and each is read by the next sealing.
                fs::remove_file(path).expect("removed");
                sealed -= 1;
            }
        } else {
            assert!(code != Some(0), "sealed, and not there");
        }
    }
    assert!(killed > KILLS / 4, "{killed} were killed while they ran");
    assert_eq!(clinic.findings(), []);
    // The next sealing cleans up.
    clinic.seal("last", "2026-09-01");
    let names = clinic.names();
    assert!(names.iter().all(|name| !name.starts_with('.')), "{names:?}");
    assert_eq!(clinic.findings(), []);
}
