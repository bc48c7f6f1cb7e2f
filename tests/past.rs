//! Looking back: sealed versions in the site of today, and the site of a day that is over.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use hipaa_binder::address;
use hipaa_binder::world::write::MANIFEST;

mod support;
use support::sealed::{Clinic, Said};
use support::served;
use support::town::assert_whole;
use support::tree;

const LABELS: [&str; 3] = ["2026.1", "2026.2", "2026.3"];

fn build(clinic: &Clinic, more: &[&str]) -> Said {
    let given: Vec<&str> = ["build", "--no-pdf"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    clinic.run(&given)
}

/// Builds as of a day after the last version, and gives the output.
fn built(clinic: &Clinic, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let given: Vec<&str> = ["--as-of", "2026-09-10"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let said = build(clinic, &given);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    tree(&clinic.path("public"))
}

/// The site in an archive, by path, read by another implementation of the format.
fn sealed_site(clinic: &Clinic, label: &str) -> BTreeMap<String, Vec<u8>> {
    let file = fs::File::open(clinic.archive(label)).expect("the archive");
    let mut zip = zip::ZipArchive::new(file).expect("a zip file");
    let mut site = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        if let Some(path) = name.strip_prefix("site/") {
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).expect("readable");
            site.insert(path.to_string(), bytes);
        }
    }
    assert!(site.contains_key("index.html"), "{label}");
    site
}

/// The part of an output below a folder, by path in that folder.
fn below(output: &BTreeMap<String, Vec<u8>>, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let inside = |(path, bytes): (&String, &Vec<u8>)| {
        let path = path.strip_prefix(folder)?.strip_prefix('/')?;
        Some((path.to_string(), bytes.clone()))
    };
    output.iter().filter_map(inside).collect()
}

fn page(output: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    let bytes = output.get(path).unwrap_or_else(|| panic!("{path} is there"));
    String::from_utf8_lossy(bytes).into_owned()
}

fn links(page: &str) -> Vec<String> {
    let parts = page.split("href=\"").skip(1);
    let links = parts.filter_map(|part| part.split('"').next());
    links
        .map(|link| link.split(['#', '?']).next().unwrap_or_default().to_string())
        .collect()
}

/// Flips a bit in the bytes of a file in an archive; its headers and the list of entries stay whole.
fn damage(clinic: &Clinic, label: &str, entry: &str) {
    let path = clinic.archive(label);
    let at = {
        let mut zip = zip::ZipArchive::new(fs::File::open(&path).expect("the archive")).expect("a zip file");
        let entry = zip.by_name(entry).expect("the entry");
        usize::try_from(entry.data_start().expect("a place")).expect("a place") + 40
    };
    let mut bytes = fs::read(&path).expect("read");
    bytes[at] ^= 1;
    fs::write(&path, bytes).expect("written");
}

#[test]
fn each_version_is_in_the_site_exactly_as_it_was_sealed() {
    let clinic = Clinic::with_versions();
    let output = built(&clinic, &[]);
    for label in LABELS {
        assert_eq!(
            below(&output, &format!("versions/{label}")),
            sealed_site(&clinic, label),
            "{label}"
        );
    }
    // A second build takes them over, with other pages around them.
    clinic.write("evidence/third.txt", "A third file.\n");
    let again = built(&clinic, &[]);
    for label in LABELS {
        let folder = format!("versions/{label}");
        assert_eq!(below(&again, &folder), below(&output, &folder), "{label}");
    }
    assert_whole(&clinic.path("public"), "after two builds");
}

#[test]
fn the_page_of_versions_says_of_each_what_one_must_know() {
    let clinic = Clinic::with_versions();
    let output = built(&clinic, &[]);
    let page = page(&output, address::VERSIONS);
    let text: String = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "2026.3</a> <span class=\"flag\">current version</span>",
        "since Sep 1, 2026",
        "June 1, 2026 to Aug 31, 2026",
        "March 1, 2026 to May 31, 2026",
        "<span class=\"detail\">Other law or a legal hold may require longer.</span>",
        "no date yet: still current",
        "by Dana",
        "Changes from 2026.2",
        "<code>versions/2026.1.zip</code>",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    for label in LABELS {
        let digest = hipaa_binder::world::versions::digest(&clinic.archive(label)).expect("a digest");
        assert!(page.contains(&digest), "the digest of {label}");
    }
}

#[test]
fn every_page_leads_to_itself_in_each_version_that_has_it() {
    let clinic = Clinic::with_versions();
    let output = built(&clinic, &[]);
    let row = page(&output, "standards/164.312-b.html");
    for label in LABELS {
        let link = format!("../versions/{label}/standards/164.312-b.html");
        assert!(links(&row).contains(&link), "{link}");
    }
    // The record was written after the second version: there is nothing of it in the first two.
    let record = page(&output, "records/check.html");
    assert!(links(&record).contains(&"../versions/2026.3/records/check.html".to_string()));
    for label in ["2026.1", "2026.2"] {
        assert!(links(&record).contains(&format!("../versions/{label}/index.html")));
    }
    assert!(record.contains("first page, as of"), "and the choice says so");
}

#[test]
fn links_of_the_current_pages_lead_somewhere_and_sealed_pages_have_no_choice() {
    let clinic = Clinic::with_versions();
    let output = built(&clinic, &[]);
    for (path, bytes) in output.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        let is_sealed = LABELS
            .iter()
            .any(|label| path.starts_with(&format!("versions/{label}/")));
        assert_eq!(text.contains("class=\"switch\""), !is_sealed, "{path}");
        for link in links(&text)
            .iter()
            .filter(|link| !link.is_empty() && !link.contains(':'))
        {
            let to = address::resolve(path, &address::decoded(link)).unwrap_or_default();
            // The PDF was left out of this build, and 404.html is shown at any depth.
            let known = output.contains_key(&to) || path == "404.html";
            assert!(known, "{path} links to {link}");
        }
    }
}

#[test]
fn a_row_shows_what_it_was_in_each_version() {
    let clinic = Clinic::with_versions();
    let before = page(&built(&clinic, &[]), "standards/164.308-a-1-ii-c.html");
    let table = before
        .split("id=\"over-time\"")
        .nth(1)
        .expect("the part is there");
    for label in LABELS {
        assert!(table.contains(&format!("{label}</a>")), "{label}");
    }
    let other = Clinic::new();
    assert!(!page(&built(&other, &[]), "standards/164.308-a-1-ii-c.html").contains("over-time"));
}

#[test]
fn without_a_version_the_page_says_what_sealing_is_for() {
    let output = built(&Clinic::new(), &[]);
    let text = page(&output, address::VERSIONS);
    assert!(
        text.contains("No version is sealed yet") && text.contains("binder seal"),
        "{text}"
    );
    let handed_over = built(&Clinic::new(), &["--edition", "production"]);
    let text = page(&handed_over, address::VERSIONS);
    assert!(!text.contains("binder seal"), "{text}");
    assert!(!output.keys().any(|path| path.starts_with(".binder-trees")));
}

#[test]
fn the_version_in_force_on_a_day_is_given_as_it_was_sealed() {
    let clinic = Clinic::with_versions();
    for (day, label) in [
        ("2026-03-01", "2026.1"),
        ("2026-05-31", "2026.1"),
        ("2026-06-01", "2026.2"),
        ("2030-01-01", "2026.3"),
    ] {
        let said = clinic.run(&["build", "--in-force-on", day, "--out", "then"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.out
                .contains(&format!("On {day} the current version was {label}")),
            "{}",
            said.out
        );
        let mut output = tree(&clinic.path("then"));
        output.remove(MANIFEST);
        assert_eq!(output, sealed_site(&clinic, label), "{day}");
    }
    // What is wrong in the files of today has nothing to do with what was sealed.
    clinic.write("policies/sanctions.md", "+++\nnonsense\n");
    assert_eq!(
        clinic
            .run(&["build", "--in-force-on", "2026-06-01", "--out", "then"])
            .code,
        Some(0)
    );
}

#[test]
fn a_day_before_the_first_version_has_none() {
    let clinic = Clinic::with_versions();
    let said = clinic.run(&["build", "--in-force-on", "2026-02-28", "--out", "then"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("2026.1") && said.err.contains("2026-03-01"),
        "{}",
        said.err
    );
    assert!(!clinic.path("then").exists());
    let said = Clinic::new().run(&["build", "--in-force-on", "2026-02-28"]);
    assert!(
        said.err.contains("no version of this binder is sealed yet"),
        "{}",
        said.err
    );
}

#[test]
fn a_build_for_a_past_day_knows_no_later_version() {
    let clinic = Clinic::with_versions();
    let said = build(&clinic, &["--as-of", "2026-06-15"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let output = tree(&clinic.path("public"));
    let labels: Vec<String> = output
        .keys()
        .filter_map(|path| path.strip_prefix("versions/")?.strip_suffix("/index.html"))
        .filter(|label| !label.contains('/'))
        .map(str::to_string)
        .collect();
    assert_eq!(labels, ["2026.1", "2026.2"]);
    let text = page(&output, address::VERSIONS);
    assert!(
        !text.contains("2026.3") && text.contains("since June 1, 2026"),
        "{text}"
    );
    for (path, bytes) in output.iter().filter(|(path, _)| path.ends_with(".html")) {
        if !path.starts_with("versions/2026") {
            assert!(
                String::from_utf8_lossy(bytes).contains("Reconstruction."),
                "{path}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_there_already_is_taken_over_and_what_somebody_changed_is_not() {
    use std::os::unix::fs::MetadataExt;
    let clinic = Clinic::with_versions();
    built(&clinic, &[]);
    let at = |path: &str| clinic.path(&format!("public/versions/{path}"));
    let inode = |path: &str| fs::metadata(at(path)).expect("there").ino();
    let kept = "2026.1/standards/164.312-b.html";
    let changed = "2026.1/index.html";
    let before = (inode(kept), inode(changed));
    let words = fs::read(at(changed)).expect("read");
    // As long as before, and by another hand.
    fs::write(at(changed), words.to_ascii_uppercase()).expect("written");
    fs::write(at("2026.1/note.txt"), "theirs").expect("written");
    fs::remove_file(at("2026.2/index.html")).expect("removed");
    let output = built(&clinic, &[]);
    assert_eq!(inode(kept), before.0);
    assert_eq!(fs::read(at(changed)).expect("read"), words);
    assert_eq!(page(&output, "versions/2026.1/note.txt"), "theirs");
    assert_eq!(below(&output, "versions/2026.2"), sealed_site(&clinic, "2026.2"));
    assert_whole(&clinic.path("public"), "after a change in the output");
}

#[test]
fn a_version_that_is_gone_leaves_the_output_but_not_what_others_wrote() {
    let clinic = Clinic::with_versions();
    built(&clinic, &[]);
    let at = |path: &str| clinic.path(&format!("public/versions/2026.3/{path}"));
    fs::write(at("index.html"), "rewritten").expect("written");
    fs::write(at("note.txt"), "theirs").expect("written");
    fs::remove_file(clinic.archive("2026.3")).expect("removed");
    let output = built(&clinic, &[]);
    let left: Vec<String> = below(&output, "versions/2026.3").into_keys().collect();
    assert_eq!(left, ["index.html", "note.txt"]);
    assert!(!output.contains_key(".binder-trees/2026.3.sha256"));
    assert_whole(&clinic.path("public"), "after a version was removed");
}

#[test]
fn a_damaged_archive_is_named_and_all_else_is_built() {
    let clinic = Clinic::with_versions();
    damage(&clinic, "2026.2", "site/index.html");
    let said = build(&clinic, &["--as-of", "2026-09-10"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err.contains("versions/2026.2.zip") && said.err.contains("binder verify 2026.2"),
        "{}",
        said.err
    );
    let output = tree(&clinic.path("public"));
    assert!(below(&output, "versions/2026.2").is_empty());
    assert_eq!(below(&output, "versions/2026.3"), sealed_site(&clinic, "2026.3"));
    let versions = page(&output, address::VERSIONS);
    assert!(versions.contains("its archive is damaged"), "{versions}");
    for (path, bytes) in output.iter().filter(|(path, _)| path.ends_with(".html")) {
        if !path.starts_with("versions/2026") {
            let page = String::from_utf8_lossy(bytes);
            assert!(
                !links(&page).iter().any(|link| link.contains("2026.2/")),
                "{path}"
            );
        }
    }
    let said = clinic.run(&["build", "--in-force-on", "2026-06-15", "--out", "then"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("binder verify 2026.2") && !clinic.path("then").exists(),
        "{}",
        said.err
    );
}

#[test]
fn an_archive_that_is_cut_short_is_named_too() {
    let clinic = Clinic::with_versions();
    let bytes = fs::read(clinic.archive("2026.1")).expect("read");
    fs::write(clinic.archive("2026.1"), &bytes[..bytes.len() / 2]).expect("written");
    let said = build(&clinic, &["--as-of", "2026-09-10"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let output = tree(&clinic.path("public"));
    assert!(below(&output, "versions/2026.1").is_empty());
    assert!(!below(&output, "versions/2026.2").is_empty());
    let said = clinic.run(&["versions"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("versions/2026.1.zip"), "{}", said.err);
}

/// Seals with these options; the words are looked for in other copies.
fn seal(clinic: &Clinic, label: &str, day: &str, more: &[&str]) {
    let given = [
        "seal",
        label,
        "--by",
        "Quillon Marsh",
        "--note",
        "Zandervane note",
        "--as-of",
        day,
        "--no-pdf",
    ];
    let given: Vec<&str> = given.into_iter().chain(more.iter().copied()).collect();
    let said = clinic.run(&given);
    assert_eq!(said.code, Some(0), "{label}: {}", said.err);
}

#[test]
fn no_copy_shows_a_version_that_was_sealed_for_others() {
    let clinic = Clinic::new();
    seal(&clinic, "in-1", "2026-03-01", &["--with-gaps"]);
    seal(
        &clinic,
        "out-1",
        "2026-06-01",
        &["--edition", "production", "--with-gaps"],
    );
    seal(
        &clinic,
        "staff-1",
        "2026-07-01",
        &["--audience", "workforce", "--with-gaps"],
    );
    for (copy, shown) in [
        (&[][..], &["in-1", "staff-1"][..]),
        (&["--edition", "production"], &["out-1"]),
        (&["--audience", "workforce"], &["staff-1"]),
        (&["--edition", "production", "--audience", "workforce"], &[]),
    ] {
        let output = built(&clinic, copy);
        for label in ["in-1", "out-1", "staff-1"] {
            let is_there = !below(&output, &format!("versions/{label}")).is_empty();
            assert_eq!(is_there, shown.contains(&label), "{label} in {copy:?}");
            assert!(
                page(&output, address::VERSIONS).contains(label),
                "its label is not a secret"
            );
        }
        let current = output.iter().filter(|(path, _)| {
            !["in-1", "out-1", "staff-1"]
                .iter()
                .any(|label| path.starts_with(&format!("versions/{label}/")))
        });
        if shown.is_empty() {
            for (path, bytes) in current {
                let text = String::from_utf8_lossy(bytes);
                for secret in ["Zandervane", "Quillon", "sealed with"] {
                    assert!(!text.contains(secret), "{secret} in {path} of {copy:?}");
                }
            }
        }
    }
}

#[test]
fn versions_are_listed_for_people_and_for_programs() {
    let clinic = Clinic::with_versions();
    clinic.seal("2026.3b", "2026-09-01");
    let said = clinic.run(&["versions"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("Version  "), "{}", said.out);
    assert!(
        lines[1].starts_with("2026.3b  2026-09-01") && lines[1].contains("still current"),
        "{}",
        said.out
    );
    assert!(
        lines[2].contains("never"),
        "the later of two versions of one day holds: {}",
        said.out
    );
    assert!(said.out.contains("Other law or a legal hold may require longer."));
    let said = clinic.run(&["versions", "--format", "json"]);
    let data: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let versions = data["versions"].as_array().expect("a list");
    assert_eq!(versions.len(), 4);
    let first = &versions[0];
    assert_eq!(
        (&first["current_from"], &first["current_to"]),
        (&"2026-03-01".into(), &"2026-05-31".into())
    );
    assert_eq!(versions[3]["keep_at_least_until"], serde_json::Value::Null);
    // Kept from the later of the day it was sealed, which is today, and the last day it was current.
    let sealed = first["sealed_at"].as_str().expect("a time")[..10].to_string();
    let from = sealed.max("2026-05-31".to_string());
    let until = first["keep_at_least_until"].as_str().expect("a day");
    assert!(
        from[4..] == until[4..] || &from[4..] == "-02-29",
        "{from} and {until}"
    );
    assert_eq!(
        until[..4].parse::<u32>().ok(),
        from[..4].parse::<u32>().ok().map(|year| year + 6)
    );
    // A legal hold on anything that a version may hold leaves it without a date.
    clinic.write(
        "records/held.md",
        "+++\nkind = \"other\"\ntitle = \"Held\"\ndate = 2026-01-02\nhold = \"a case\"\n+++\n\nHeld.\n",
    );
    let said = clinic.run(&["versions", "--format", "json"]);
    assert!(
        !said.out.contains("\"keep_at_least_until\": \"20"),
        "{}",
        said.out
    );
}

#[test]
fn a_version_that_the_chain_names_and_the_folder_lacks_is_said_to_be_missing() {
    let clinic = Clinic::with_versions();
    fs::remove_file(clinic.archive("2026.2")).expect("removed");
    let text = page(&built(&clinic, &[]), address::VERSIONS);
    assert!(
        text.contains("Missing from the folder") && text.contains("<strong>2026.2</strong>"),
        "{text}"
    );
    let said = clinic.run(&["versions"]);
    assert!(
        said.out.contains("Missing from the folder: version 2026.2"),
        "{}",
        said.out
    );
    let text = page(&built(&clinic, &["--edition", "production"]), address::VERSIONS);
    assert!(!text.contains("Missing from the folder"), "{text}");
}

#[test]
fn a_text_of_a_policy_names_the_versions_in_which_it_was_in_effect() {
    let clinic = Clinic::with_versions();
    let policy = page(&built(&clinic, &[]), "policies/sanctions.html");
    for label in LABELS {
        let link = format!("../versions/{label}/policies/sanctions.html\">{label}</a>");
        assert!(policy.contains(&link), "{label}");
    }
}

#[test]
fn the_example_has_three_versions_with_changes_between_them() {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["-C", "content-example", "verify"])
        .output()
        .expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    let folder = hipaa_binder::world::read::read(Path::new("content-example"));
    let (chain, problems) = hipaa_binder::history::chain(&folder.sealed);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(chain.len(), 3);
    for (version, next) in chain.iter().zip(&chain[1..]) {
        let previous = next.manifest.previous.as_ref().expect("a version before");
        assert_eq!(previous.label, version.label());
        assert!(version.current_to.is_some());
        let states = |version: &hipaa_binder::history::Version| {
            version.summary.as_ref().map(|summary| summary.counts.clone())
        };
        assert_ne!(states(version), states(next), "rows changed their states");
        assert!(next.site.iter().any(|(path, _)| &**path == address::CHANGES));
    }
    let last = chain.last().expect("a version");
    assert!(last.manifest.sealed_on() < jiff::civil::date(2026, 11, 20));
}

#[test]
fn a_server_shows_versions_from_their_archives_and_notices_new_ones() {
    let clinic = Clinic::with_versions();
    let mut server = served::start(clinic.dir(), &[]).expect("it serves");
    let site = sealed_site(&clinic, "2026.2");
    for path in ["index.html", "standards/164.312-b.html", "binder.json"] {
        let answer = server.get(&format!("/versions/2026.2/{path}"));
        assert_eq!((answer.status, &answer.body), (200, &site[path]), "{path}");
    }
    assert_eq!(server.get("/versions/2026.2/").body, site["index.html"]);
    for path in [
        "/versions/2026.2/none.html",
        "/versions/2026.9/index.html",
        "/versions/2026.2/%2e%2e/x",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    clinic.seal("2026.4", "2026-10-01");
    server.shows("/versions/index.html", |page| page.contains("2026.4"));
    assert_eq!(server.get("/versions/2026.4/index.html").status, 200);
    damage(&clinic, "2026.2", "site/standards/164.312-b.html");
    let answer = server.get("/versions/2026.2/standards/164.312-b.html");
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("binder verify"), "{}", answer.text());
}

#[test]
fn the_print_lists_the_versions_and_how_long_they_are_kept() {
    let clinic = Clinic::with_versions();
    let said = clinic.run(&["build", "--as-of", "2026-09-10"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let pdf = fs::read(clinic.path("public/binder.pdf")).expect("the print");
    let text = support::pdf::poppler("pdftotext", &["-layout"], &pdf);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "This is a working copy, made after version 2026.3",
        "Sealed versions of this binder",
        "still current",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    for label in LABELS {
        assert!(text.matches(label).count() >= 2, "{label}");
    }
    assert!(Path::new(&clinic.path("public/versions/2026.1/index.html")).exists());
}
