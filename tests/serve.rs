//! Watch mode from end to end: the real program, real saves, a real event stream.
//!
//! A test saves a file the way some editor does and waits for the stream; then the page must show the words, and carry
//! the number that the stream told. Nothing is timed: only what hangs fails by the clock.

#![cfg(unix)]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use support::served::{ANSWER, Clinic, PAGE, Server, number, reminders, said, start};

fn serve(clinic: &Clinic) -> Server {
    start(&clinic.dir(), &[]).expect("it serves")
}

/// Waits until the page of the answer shows these words.
fn shows(server: &mut Server, words: &str) {
    server.shows(PAGE, |page| {
        page.contains(&format!("security official, {words}."))
    });
}

#[test]
fn a_save_shows_in_the_page_under_the_number_that_the_stream_told() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    shows(&mut server, "before");
    let first = server.site();
    clinic.say("after");
    shows(&mut server, "after");
    assert_eq!(server.site(), first + 1);
    assert_eq!(server.state["errors"], 0);
    assert_eq!(
        server.state["changed"]["page"],
        PAGE.trim_start_matches('/'),
        "those who follow are taken there"
    );
    let page = server.get(PAGE);
    assert_eq!(page.attribute("data-binder-site"), server.state["site"]);
    assert_eq!(
        server.get("/").attribute("data-binder-site"),
        server.state["site"]
    );
}

#[test]
fn what_search_loads_is_made_when_it_is_asked_for_and_knows_the_words_of_the_last_save() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    for words in ["before", "after"] {
        clinic.say(words);
        shows(&mut server, words);
        let page = server.get(PAGE);
        let text = page.text();
        let (_, rest) = text.split_once("search-index.").expect("pages name the file");
        let name = rest.split('"').next().unwrap_or_default();
        let script = server.get(&format!("/assets/search-index.{name}"));
        assert_eq!(script.status, 200, "{name}");
        assert!(script.header("cache-control").contains("immutable"));
        assert!(script.text().starts_with("window.binderSearchIndex={"));
        assert!(script.text().contains(&format!("security official, {words}.")));
    }
    let gone = server.get("/assets/search-index.0123456789ab.js");
    assert_eq!(gone.status, 404, "of no build that is shown");
}

/// Writes the text to the path.
type Save = fn(&Path, &str);

/// The ways of saving, each as the program in its name does it.
fn ways() -> Vec<(&'static str, Save)> {
    vec![
        ("in place, truncating: Notepad, nano", |path, text| {
            let mut file = fs::File::create(path).expect("opened");
            // Two writes: half of the file is there for a moment.
            let (first, second) = text.split_at(text.len() / 2);
            file.write_all(first.as_bytes()).expect("written");
            file.flush().expect("flushed");
            std::thread::sleep(std::time::Duration::from_millis(20));
            file.write_all(second.as_bytes()).expect("written");
        }),
        ("by rename: VS Code, gedit, sed -i", |path, text| {
            let temp = path.with_file_name(".goutputstream-4F2Q81");
            fs::write(&temp, text).expect("written");
            fs::rename(&temp, path).expect("renamed");
        }),
        ("with backup and test file: vim", |path, text| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let swap = path.with_file_name(format!(".{name}.swp"));
            fs::write(&swap, "b0VIM").expect("written");
            let probe = path.with_file_name("4913");
            fs::write(&probe, "").expect("written");
            fs::remove_file(&probe).expect("removed");
            let backup = path.with_file_name(format!("{name}~"));
            fs::rename(path, &backup).expect("renamed");
            fs::write(path, text).expect("written");
            fs::remove_file(&backup).expect("removed");
            fs::remove_file(&swap).expect("removed");
        }),
        ("with a lock file: LibreOffice", |path, text| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let lock = path.with_file_name(format!(".~lock.{name}#"));
            fs::write(&lock, ",me,desk,20.11.2026 10:00,file;").expect("written");
            let temp = path.with_file_name("lu1234abcd.tmp");
            fs::write(&temp, text).expect("written");
            fs::rename(&temp, path).expect("renamed");
            fs::remove_file(&lock).expect("removed");
        }),
        ("with owner file and two renames: Excel", |path, text| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let owner = path.with_file_name(format!("~${name}"));
            fs::write(&owner, "me").expect("written");
            let (temp, old) = (path.with_file_name("5A3F1C00"), path.with_file_name("8B21.tmp"));
            fs::write(&temp, text).expect("written");
            fs::rename(path, &old).expect("renamed");
            fs::rename(&temp, path).expect("renamed");
            fs::remove_file(&old).expect("removed");
            fs::remove_file(&owner).expect("removed");
        }),
        ("there, away and there again within 50 ms", |path, text| {
            for _ in 0..3 {
                fs::write(path, text).expect("written");
                std::thread::sleep(std::time::Duration::from_millis(8));
                fs::remove_file(path).expect("removed");
                std::thread::sleep(std::time::Duration::from_millis(8));
            }
            fs::write(path, text).expect("written");
        }),
        ("under another name", |path, text| {
            fs::remove_file(path).expect("removed");
            fs::write(path.with_file_name("renamed.md"), text).expect("written");
            fs::rename(path.with_file_name("renamed.md"), path).expect("renamed");
        }),
        ("with the old time and the same size", |path, text| {
            let time = fs::metadata(path).expect("there").modified().expect("a time");
            fs::write(path, text).expect("written");
            let file = fs::File::options().write(true).open(path).expect("opened");
            file.set_modified(time).expect("set");
        }),
    ]
}

#[test]
fn every_way_of_saving_is_seen() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    for round in 0..2 {
        for (n, (name, save)) in ways().into_iter().enumerate() {
            let words = format!("saved {round}{n}");
            println!("{name}");
            save(&clinic.path(ANSWER), &said(&words));
            shows(&mut server, &words);
        }
    }
}

#[test]
fn a_register_saved_by_a_spreadsheet_is_seen() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    for (n, (name, save)) in ways().into_iter().enumerate() {
        println!("{name}");
        save(
            &clinic.path("registers/reminders.csv"),
            &reminders(&format!("Topic {n}")),
        );
        server.shows("/registers/reminders.html", |page| {
            page.contains(&format!("Topic {n}<"))
        });
    }
}

#[test]
fn what_is_no_change_of_the_content_makes_no_new_number() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    let first = server.site();
    // The same bytes again, files that editors leave behind, files beside the content.
    clinic.say("before");
    for dropping in [
        "answers/164.308/.security-official.md.swp",
        "registers/~$reminders.csv",
        "registers/.~lock.reminders.csv#",
        "notes.txt",
        "node_modules/x/index.js",
    ] {
        clinic.write(dropping, "x");
    }
    // Our own output, twice, in the folder itself.
    for _ in 0..2 {
        let built = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args(["build", "--no-pdf", "--as-of", "2026-11-20"])
            .arg(clinic.dir())
            .output()
            .expect("it builds");
        assert!(built.status.success());
    }
    clinic.say("after");
    shows(&mut server, "after");
    assert_eq!(server.site(), first + 1, "only the last save counts");
}

#[test]
fn folders_that_move_go_and_come_back_are_followed() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    fs::rename(clinic.path("answers/164.308"), clinic.path("answers/moved")).expect("moved");
    fs::write(clinic.path("answers/moved/security-official.md"), said("moved")).expect("written");
    shows(&mut server, "moved");
    fs::remove_dir_all(clinic.path("answers")).expect("removed");
    server.shows(PAGE, |page| !page.contains("security official, moved."));
    // A tree of folders at once: what is written deep down may be older than the watch on it.
    clinic.write("answers/a/b/c/d/e/x.md", &said("deep"));
    shows(&mut server, "deep");
    clinic.write("answers/a/b/c/d/e/x.md", &said("deeper"));
    shows(&mut server, "deeper");
}

#[test]
fn the_whole_folder_may_go_and_another_come_in_its_place() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    shows(&mut server, "before");
    let away = clinic.above().join("away");
    for n in 0..3 {
        fs::rename(clinic.dir(), &away).expect("moved");
        server.until(|state| state["errors"] != 0);
        // The last good page stays, and says what is wrong.
        let page = server.get(PAGE).text();
        assert!(
            page.contains("security official, ") && page.contains("can&#39;t be opened"),
            "{page}"
        );
        copy(&away, &clinic.dir());
        fs::remove_dir_all(&away).expect("removed");
        let words = format!("back {n}");
        clinic.say(&words);
        shows(&mut server, &words);
        clinic.say(&format!("again {n}"));
        shows(&mut server, &format!("again {n}"));
        assert_eq!(server.state["errors"], 0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("copied");
        }
    }
}

#[test]
fn another_branch_is_shown_after_git_checkout() {
    let clinic = Clinic::new();
    let git = |arguments: &[&str]| {
        let run = Command::new("git")
            .arg("-C")
            .arg(clinic.dir())
            .args([
                "-c",
                "user.name=T",
                "-c",
                "user.email=t@example.org",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(arguments)
            .output()
            .expect("git");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    git(&["checkout", "-qb", "other"]);
    clinic.say("on the branch");
    for n in 0..50 {
        clinic.write(&format!("records/r{n}.md"), &record(n));
    }
    git(&["add", "."]);
    git(&["commit", "-qm", "two"]);
    git(&["checkout", "-q", "main"]);
    let mut server = serve(&clinic);
    shows(&mut server, "before");
    for _ in 0..2 {
        git(&["checkout", "-q", "other"]);
        shows(&mut server, "on the branch");
        server.shows("/records/r49.html", |page| page.contains("Record 49"));
        git(&["checkout", "-q", "main"]);
        shows(&mut server, "before");
        server.shows("/records/r49.html", |page| page.contains("There is no such page"));
    }
}

fn record(n: usize) -> String {
    format!(
        "+++\nkind = \"evaluation\"\ntitle = \"Record {n}\"\ndate = 2026-09-01\nby = \"Office manager\"\nrows = [\"164.308(a)(8)\"]\n+++\n\nWhat was looked at.\n"
    )
}

#[test]
fn two_hundred_files_at_once_end_in_the_right_pages() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    for round in ["One", "Two"] {
        for n in 0..200 {
            clinic.write(
                &format!("records/r{n}.md"),
                &record(n).replace("looked at", round),
            );
        }
        for n in [0, 99, 199] {
            server.shows(&format!("/records/r{n}.html"), |page| {
                page.contains(&format!("Record {n}")) && page.contains(&format!("What was {round}."))
            });
        }
    }
}

#[test]
fn a_network_drive_is_looked_at_again_and_again() {
    let clinic = Clinic::new();
    let mut server = start(&clinic.dir(), &["--poll=0.1"]).expect("it serves");
    for n in 0..4 {
        let words = format!("polled {n}");
        clinic.say(&words);
        shows(&mut server, &words);
    }
}

#[test]
fn links_to_folders_are_followed_also_when_they_lead_elsewhere() {
    let (one, two) = (Clinic::new(), Clinic::new());
    let link = one.above().join("current");
    std::os::unix::fs::symlink(one.dir(), &link).expect("linked");
    // Within the folder, too: scans that lie in a folder of their own.
    one.write("scans/a.txt", "first");
    std::os::unix::fs::symlink(one.path("scans"), one.path("answers/linked")).expect("linked");
    let mut server = start(&link, &[]).expect("it serves");
    one.say("through the link");
    shows(&mut server, "through the link");
    one.write(
        "scans/x.md",
        &said("elsewhere").replace("164.308(a)(2)", "164.308(a)(7)(i)"),
    );
    server.shows("/standards/164.308-a-7-i.html", |page| {
        page.contains("official, elsewhere.")
    });
    two.say("in the other folder");
    fs::remove_file(&link).expect("removed");
    std::os::unix::fs::symlink(two.dir(), &link).expect("linked");
    shows(&mut server, "in the other folder");
    two.say("and followed there");
    shows(&mut server, "and followed there");
}

#[test]
fn a_mistake_shows_over_the_last_good_page_and_goes_when_it_is_put_right() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    shows(&mut server, "before");
    let good = server.site();
    clinic.write(ANSWER, &said("after").replace("owner =", "ownr<script> ="));
    server.until(|state| state["errors"] != 0);
    assert_eq!(server.site(), good, "the last good site stays");
    assert!(number(&server.state["build"]) > good);
    for address in [PAGE, "/", "/no-such-page.html"] {
        let page = server.get(address).text();
        for wanted in [
            "role=\"alert\"",
            "answers/164.308/security-official.md:3",
            "&lt;script&gt;",
        ] {
            assert!(page.contains(wanted), "{wanted} in {address}");
        }
        assert!(!page.contains("ownr<script>"), "{address}");
    }
    assert!(server.get(PAGE).text().contains("security official, before."));
    let panel = server.get("/_binder/panel.html");
    assert_eq!(panel.header("binder-build"), server.state["build"]);
    assert!(panel.text().contains("ownr&lt;script&gt;"));

    // Put right by the same bytes as before: the same site, without the panel.
    let beside = clinic.path("answers/164.308/.new");
    fs::write(&beside, said("before")).expect("written");
    fs::rename(&beside, clinic.path(ANSWER)).expect("renamed");
    server.until(|state| state["errors"] == 0);
    assert_eq!(server.site(), good);
    assert!(!server.get(PAGE).text().contains("role=\"alert\""));
    // And by others.
    clinic.write(ANSWER, "+++\nhalf of a fi");
    server.until(|state| state["errors"] != 0);
    clinic.say("whole");
    shows(&mut server, "whole");
    assert_eq!(server.state["errors"], 0);
}

#[test]
fn a_broken_theme_is_told_of_and_the_last_pages_stay() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    clinic.write("theme/site/row.html", "{% if %}");
    server.until(|state| state["errors"] != 0);
    let page = server.get(PAGE).text();
    assert!(
        page.contains("theme/site/row.html") && page.contains("security official, before."),
        "{page}"
    );
    clinic.write(
        "theme/site/row.html",
        "{% extends \"base.html\" %}{% block main %}Our own look{% endblock %}",
    );
    server.shows(PAGE, |page| page.contains("Our own look"));
    fs::remove_dir_all(clinic.path("theme")).expect("removed");
    shows(&mut server, "before");
}

#[test]
fn a_first_build_that_fails_is_the_list_of_what_to_put_right() {
    let clinic = Clinic::new();
    clinic.write(
        ANSWER,
        &said("first").replace("reviewed = 2026-09-01", "reviewed = 2026-13-41"),
    );
    let mut server = serve(&clinic);
    for address in ["/", PAGE, "/policies/"] {
        let page = server.get(address);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("2026-13-41") && page.text().contains("can&rsquo;t be shown yet"));
    }
    assert_eq!(server.get("/assets/x.css").status, 503);
    clinic.say("first");
    shows(&mut server, "first");
}

#[test]
fn a_folder_that_is_no_binder_yet_becomes_one() {
    let clinic = Clinic::new();
    fs::rename(clinic.path("binder.toml"), clinic.path("later.toml")).expect("renamed");
    let mut server = serve(&clinic);
    assert!(server.get("/").text().contains("holds no binder.toml"));
    fs::rename(clinic.path("later.toml"), clinic.path("binder.toml")).expect("renamed");
    shows(&mut server, "before");
}

#[test]
fn the_pdf_is_whole_at_any_moment_and_its_state_is_told() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    let whole = |server: &Server| {
        let pdf = server.get("/binder.pdf");
        assert_eq!(
            (pdf.status, pdf.header("content-type").as_str()),
            (200, "application/pdf")
        );
        assert!(pdf.body.starts_with(b"%PDF-") && pdf.body.trim_ascii_end().ends_with(b"%%EOF"));
        assert_eq!(pdf.header("content-length"), pdf.body.len().to_string());
        pdf.body
    };
    // The first one is waited for.
    let first = whole(&server);
    for n in 0..5 {
        clinic.say(&format!("version {n}"));
        shows(&mut server, &format!("version {n}"));
        whole(&server);
    }
    let site = server.site();
    server.until(|state| state["pdf"]["state"] == "ready" && number(&state["site"]) == site);
    let words = server.state["pdf"]["words"]
        .as_str()
        .unwrap_or_default()
        .to_string();
    assert!(
        words.starts_with("PDF of ") && !words.contains("newer"),
        "{words}"
    );
    assert_ne!(whole(&server), first);
    let data: serde_json::Value = serde_json::from_slice(&server.get("/binder.json").body).expect("data");
    assert!(data["rows"][0]["pdf_page"].is_number(), "the pages are known now");
    let state: serde_json::Value =
        serde_json::from_slice(&server.get("/_binder/state.json").body).expect("data");
    assert_eq!(state, server.state);
}

#[test]
fn a_print_template_that_fails_leaves_pages_and_the_last_pdf() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    server.until(|state| state["pdf"]["state"] == "ready");
    clinic.write("theme/print/binder.typ", "#let x = \n#(");
    server.until(|state| state["pdf"]["state"] == "failed");
    assert!(server.get("/binder.pdf").body.starts_with(b"%PDF-"));
    // A file that was seen half written fails, too, elsewhere.
    server.shows(PAGE, |page| page.contains("theme/print/binder.typ"));
    clinic.say("still shown");
    shows(&mut server, "still shown");
    fs::remove_dir_all(clinic.path("theme")).expect("removed");
    server.until(|state| state["pdf"]["state"] == "ready" && state["errors"] == 0);
}

#[test]
fn who_comes_back_hears_at_once_what_is_so() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    clinic.say("while it slept");
    shows(&mut server, "while it slept");
    let before = server.state.clone();
    server.listen();
    assert_eq!(server.state["site"], before["site"]);
    // Another run of the program: another name, even for the same number.
    let other = serve(&clinic);
    assert_ne!(
        other.state["build"]
            .as_str()
            .map(|b| b.split(':').next().map(str::to_string)),
        before["build"]
            .as_str()
            .map(|b| b.split(':').next().map(str::to_string))
    );
}

#[test]
fn ctrl_c_ends_it() {
    let clinic = Clinic::new();
    let mut server = serve(&clinic);
    assert_eq!(server.end(), Some(0));
}

#[test]
fn a_port_in_use_is_left_to_its_owner() {
    let clinic = Clinic::new();
    let first = serve(&clinic);
    let port = first.port.to_string();
    let said = start(&clinic.dir(), &["--port", &port]).err().expect("it can't");
    assert!(said.contains("another program has it already"), "{said}");
    assert_eq!(first.get(PAGE).status, 200);
}
