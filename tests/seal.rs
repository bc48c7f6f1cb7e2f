//! Sealing: what is in an archive, what never is, and that nothing is ever half done.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use hipaa_binder::history::{Manifest, Summary, WITHDRAWALS};
use hipaa_binder::world::versions::{Archive, digest};
use hipaa_binder::world::{git, read};
use page_validation::ValidationProfile;

mod support;
use support::sealed::{Clinic, said as read_said};
use support::tree;

/// Every file of an archive, read by another implementation of the format.
fn unpacked(clinic: &Clinic, label: &str) -> BTreeMap<String, Vec<u8>> {
    let file = fs::File::open(clinic.archive(label)).expect("the archive");
    let mut zip = zip::ZipArchive::new(file).expect("a zip file");
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).expect("an entry");
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).expect("readable");
            (entry.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

/// The words of a PDF, one blank between them.
fn words_of(pdf: &[u8]) -> String {
    let text = support::pdf::poppler("pdftotext", &["-layout"], pdf);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn manifest(clinic: &Clinic, label: &str) -> Manifest {
    Archive::open(&clinic.archive(label))
        .expect("opens")
        .manifest()
        .expect("a manifest")
}

#[test]
fn an_archive_holds_the_folder_and_the_site_byte_for_byte() {
    let clinic = Clinic::new();
    clinic.seal("2026.1", "2026-09-01");
    let files = unpacked(&clinic, "2026.1");
    for (path, file) in &read::read(clinic.dir()).files {
        let kept = files.get(&format!("sources/{path}"));
        assert_eq!(kept.map(Vec::as_slice), file.bytes.as_deref(), "{path}");
    }
    // The site of a version is the site of its label: nothing in it tells where or when it was made.
    let manifest = manifest(&clinic, "2026.1");
    let index = String::from_utf8_lossy(&files["site/index.html"]).into_owned();
    assert!(
        index.contains("2026.1") && index.contains(manifest.head.build_id_short()),
        "{index}"
    );
    assert!(
        index.contains("href=\"../index.html\""),
        "it leads to the versions of the current site"
    );
    let deep = String::from_utf8_lossy(&files["site/standards/164.308-a-1-i.html"]).into_owned();
    assert!(
        deep.contains("href=\"../../index.html\""),
        "from deeper pages too"
    );
    // Each file is the one that the manifest names, and no other is there.
    for (path, sealed) in &manifest.files {
        assert_eq!(
            files.get(path).map(Vec::len),
            usize::try_from(sealed.size).ok(),
            "{path}"
        );
    }
    assert_eq!(manifest.files.len() + 1, files.len());
    let summary: Summary = serde_json::from_slice(&files["summary.json"]).expect("a summary");
    assert_eq!(summary.rows.len(), 65);
    assert!(
        summary
            .policies
            .iter()
            .any(|policy| policy.id == "sanctions" && policy.in_effect)
    );
    assert_eq!(summary.exhibits.len(), 1);
    assert_eq!(clinic.findings(), []);
}

#[test]
fn what_is_sealed_twice_differs_in_its_words_only() {
    let (one, two) = (Clinic::new(), Clinic::new());
    one.seal("a", "2026-09-01");
    two.seal("a", "2026-09-01");
    let without_manifest = |clinic: &Clinic| {
        let mut files = unpacked(clinic, "a");
        files.remove("manifest.json");
        files
    };
    assert_eq!(without_manifest(&one), without_manifest(&two));
    let (mut first, mut second) = (manifest(&one, "a"), manifest(&two, "a"));
    first.head.sealed_at.clear();
    second.head.sealed_at.clear();
    assert_eq!(first, second);
}

#[test]
fn the_digest_is_that_of_the_file_and_the_next_version_names_it() {
    let clinic = Clinic::new();
    let said = clinic.seal("2026.1", "2026-03-01");
    let first = digest(&clinic.archive("2026.1")).expect("a digest");
    assert!(said.out.contains(&first), "{}", said.out);
    clinic.seal("2026.2", "2026-03-01");
    let previous = manifest(&clinic, "2026.2")
        .head
        .previous
        .expect("a version before");
    assert_eq!((previous.label.as_str(), previous.digest), ("2026.1", first));
    let changes: serde_json::Value =
        serde_json::from_slice(&unpacked(&clinic, "2026.2")["changes.json"]).expect("changes");
    assert_eq!(changes["from"]["label"], "2026.1");
}

#[test]
fn the_pdf_and_the_sheet_to_sign_say_which_version_they_are_of() {
    let clinic = Clinic::new();
    let said = clinic.run(&[
        "seal",
        "2026.1",
        "--by",
        "Dana Whitfield",
        "--note",
        "First",
        "--as-of",
        "2026-09-01",
        "--with-gaps",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let sheet = fs::read(clinic.path("versions/2026.1-signature-sheet.pdf")).expect("the sheet");
    let text = words_of(&sheet);
    let digest = digest(&clinic.archive("2026.1")).expect("a digest");
    let manifest = manifest(&clinic, "2026.1");
    let grouped: Vec<String> = digest
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into())
        .collect();
    for words in [
        "version 2026.1",
        "Dana Whitfield",
        &manifest.head.sealed_at,
        &manifest.head.build_id,
        &grouped[..8].join(" "),
        &grouped[8..].join(" "),
        "Page 1 of 1",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA2a] {
        support::pdf::valid(&sheet, profile);
    }
    // Lost, and made again, byte for byte; it is no content.
    fs::remove_file(clinic.path("versions/2026.1-signature-sheet.pdf")).expect("removed");
    assert_eq!(clinic.run(&["seal", "--sheet", "2026.1"]).code, Some(0));
    assert_eq!(
        fs::read(clinic.path("versions/2026.1-signature-sheet.pdf")).expect("again"),
        sheet
    );
    assert_eq!(clinic.run(&["seal", "--sheet", "2026.9"]).code, Some(2));
    // The PDF in the archive is known again by its bytes, and by the build id in its foot.
    let pdf = &unpacked(&clinic, "2026.1")["site/binder.pdf"];
    fs::write(clinic.path("loose.pdf"), pdf).expect("written");
    let said = clinic.run(&["verify", "loose.pdf"]);
    assert!(
        said.code == Some(0) && said.out.contains("version 2026.1"),
        "{}",
        said.out
    );
    fs::write(clinic.path("loose.pdf"), [pdf.as_slice(), b"\n"].concat()).expect("written");
    assert_eq!(clinic.run(&["verify", "loose.pdf"]).code, Some(1));
    let said = clinic.run(&["verify", "--sheet", manifest.head.build_id_short()]);
    assert!(
        said.code == Some(0) && said.out.contains("version 2026.1"),
        "{}",
        said.out
    );
    assert_eq!(clinic.run(&["verify", "--sheet", "0123456789ab"]).code, Some(1));
}

#[test]
fn privileged_items_are_nowhere_in_an_archive() {
    let clinic = Clinic::new();
    let head = "kind = \"other\"\ntitle = \"Advice hushhushtitle\"\ndate = 2026-06-01\nprivileged = true";
    clinic.write(
        "records/hushhushname.md",
        &format!(
            "+++\n{head}\n+++\n\nWhat counsel said: hushhushbody. ![](../evidence/hushhushpicture.png)\n"
        ),
    );
    let policy =
        "title = \"hushhushpolicy\"\nkind = \"policy\"\nsatisfies = [\"164.312(b)\"]\nprivileged = true";
    clinic.write(
        "policies/hushhushpolicy.md",
        &format!("+++\n{policy}\n+++\n\n# 164.312(b)\n\nhushhushpolicytext\n"),
    );
    clinic.write(
        "registers/evidence.csv",
        "\u{feff}id,title,file,date,rows,shows,phi,privileged\r\nEX-1,Lock-out setting,evidence/lock.txt,2026-09-01,164.312(a)(2)(iii),setting,none,\r\nEX-2,\"hushhushtitle of\r\ntwo lines\",evidence/hushhushletter.txt,2026-09-01,164.312(b),letter,none,yes\r\nEX-3,Kept,evidence/shared.txt,2026-09-01,164.312(b),letter,none,\r\n",
    );
    clinic.write("registers/incidents.csv", "id,date,kind,what,response,outcome,privileged\ni1,2026-05-01,other,hushhushincident evidence/hushhushphoto.jpg,hushhush,hushhush,yes\n");
    for path in [
        "evidence/hushhushletter.txt",
        "evidence/hushhushphoto.jpg",
        "evidence/hushhushpicture.png",
        "evidence/shared.txt",
    ] {
        clinic.write(path, &format!("bytes of {path}"));
    }
    let said = clinic.run(&[
        "seal",
        "p",
        "--by",
        "Dana",
        "--note",
        "x",
        "--as-of",
        "2026-09-01",
        "--with-gaps",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let files = unpacked(&clinic, "p");
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        let near = text
            .find("hushhush")
            .map(|at| text[at..].chars().take(60).collect::<String>());
        assert!(!path.contains("hushhush") && near.is_none(), "{path}: {near:?}");
    }
    let text = String::from_utf8_lossy(&files["sources/registers/evidence.csv"]).into_owned();
    assert_eq!(
        text,
        "\u{feff}id,title,file,date,rows,shows,phi,privileged\r\nEX-1,Lock-out setting,evidence/lock.txt,2026-09-01,164.312(a)(2)(iii),setting,none,\r\nEX-3,Kept,evidence/shared.txt,2026-09-01,164.312(b),letter,none,\r\n"
    );
    assert!(
        files.contains_key("sources/evidence/shared.txt") && files.contains_key("sources/evidence/lock.txt")
    );
    assert!(!words_of(&files["site/binder.pdf"]).contains("hushhush"));
}

#[test]
fn gaps_are_listed_and_sealed_only_when_somebody_says_so() {
    let clinic = Clinic::new();
    let said = clinic.run(&[
        "seal",
        "g",
        "--by",
        "Dana",
        "--note",
        "x",
        "--as-of",
        "2026-09-01",
        "--no-pdf",
    ]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("--with-gaps") && said.err.contains("164.308(a)(1)(i)"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("policies/sanctions.md:"),
        "files with lines: {}",
        said.err
    );
    assert!(clinic.names().is_empty(), "{:?}", clinic.names());
    // A copy without gaps is not a binder without gaps.
    let production = [
        "seal",
        "g",
        "--by",
        "D",
        "--note",
        "x",
        "--as-of",
        "2026-09-01",
        "--no-pdf",
        "--edition",
        "production",
    ];
    let said = clinic.run(&production);
    assert!(
        said.code == Some(1) && said.err.contains("--with-gaps"),
        "{}",
        said.err
    );
    clinic.seal("g", "2026-09-01");
    let gaps = manifest(&clinic, "g").head.gaps;
    assert!(
        gaps.with_gaps && gaps.count > gaps.rows && gaps.rows > 10,
        "{gaps:?}"
    );
}

#[test]
fn what_makes_no_sense_is_refused_in_words_and_leaves_nothing() {
    let clinic = Clinic::new();
    for label in [
        "",
        "a/b",
        "..",
        ".a",
        "a b",
        "é",
        "con",
        "LPT1.x",
        "now",
        "index",
        "a.",
        &"x".repeat(41),
    ] {
        let said = clinic.run(&Clinic::sealing(label, "2026-09-01"));
        assert_eq!(said.code, Some(2), "{label}: {}", said.err);
        assert!(clinic.names().is_empty(), "{label}");
    }
    clinic.write("answers/broken.md", "+++\ncitation = \"164.999\"\n+++\n");
    let said = clinic.run(&Clinic::sealing("a", "2026-09-01"));
    assert!(
        said.code == Some(1) && said.err.contains("answers/broken.md"),
        "{}",
        said.err
    );
    assert!(clinic.names().is_empty());
    fs::remove_file(clinic.path("answers/broken.md")).expect("removed");

    clinic.seal("Spring", "2026-03-01");
    let before = tree(&clinic.path("versions"));
    for (label, as_of, words) in [
        ("Spring", "2026-09-01", "already"),
        ("SPRING", "2026-09-01", "already"),
        ("autumn", "2026-02-28", "2026-03-01"),
    ] {
        let said = clinic.run(&Clinic::sealing(label, as_of));
        assert!(
            said.code == Some(1) && said.err.contains(words),
            "{label}: {}",
            said.err
        );
    }
    let nowhere = tempfile::tempdir().expect("a folder");
    let said = read_said(
        clinic
            .command(&Clinic::sealing("a", "2026-09-01"))
            .current_dir(nowhere.path())
            .output()
            .expect("runs"),
    );
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(
        fs::read_dir(nowhere.path()).expect("a folder").next().is_none(),
        "nothing was made there"
    );
    assert_eq!(tree(&clinic.path("versions")), before);
    clinic.seal("same-day", "2026-03-01");
}

#[test]
fn nothing_is_sealed_on_top_of_a_damaged_version() {
    let clinic = Clinic::with_versions();
    let path = clinic.archive("2026.3");
    let whole = fs::read(&path).expect("bytes");
    fs::write(&path, &whole[..whole.len() / 2]).expect("cut");
    let said = clinic.run(&Clinic::sealing("2026.4", "2026-09-01"));
    assert!(
        said.code == Some(1) && said.err.contains("2026.3.zip"),
        "{}",
        said.err
    );
    fs::remove_file(&path).expect("removed");
    fs::remove_file(clinic.archive("2026.2")).expect("removed");
    fs::write(&path, &whole).expect("back");
    let said = clinic.run(&Clinic::sealing("2026.2", "2026-09-01"));
    assert!(
        said.code == Some(1) && said.err.contains("not in the folder"),
        "a label is used once: {}",
        said.err
    );
}

#[test]
fn one_of_two_at_once_is_told_to_wait_and_nothing_is_lost() {
    let clinic = Clinic::new();
    let (mut done, mut waited) = (0, 0);
    for round in 0..4 {
        let labels: Vec<String> = (0..3).map(|n| format!("{round}.{n}")).collect();
        let running: Vec<_> = labels
            .iter()
            .map(|label| {
                let mut command = clinic.command(&Clinic::sealing(label, "2026-09-01"));
                command
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("it starts")
            })
            .collect();
        for child in running {
            let said = read_said(child.wait_with_output().expect("it ends"));
            match said.code {
                Some(0) => done += 1,
                Some(1) if said.err.contains("at this moment") => waited += 1,
                other => panic!("{other:?}: {}", said.err),
            }
        }
    }
    assert!(done >= 4 && waited >= 1, "{done} sealed, {waited} told to wait");
    assert_eq!(clinic.examine().len(), done);
    assert_eq!(clinic.findings(), []);
    let names = clinic.names();
    assert!(
        names
            .iter()
            .all(|name| name.ends_with(".zip") || name.ends_with("-sheet.pdf")),
        "{names:?}"
    );
}

#[test]
fn git_is_recorded_where_it_is_and_never_needed() {
    let clinic = Clinic::new();
    assert_eq!(git::state(clinic.dir()), None);
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
            .args(arguments)
            .current_dir(clinic.dir())
            .output();
        done.is_ok_and(|done| done.status.success())
    };
    if !git(&["init", "-q"]) {
        // No git here: then nothing is recorded, as the first line shows.
        return;
    }
    assert_eq!(git::state(clinic.dir()), None, "nothing was committed yet");
    assert!(git(&["add", "."]) && git(&["commit", "-q", "-m", "all"]));
    clinic.seal("clean", "2026-03-01");
    clinic.write("answers/new.md", "+++\ncitation = \"164.312(b)\"\n+++\n");
    clinic.seal("dirty", "2026-03-01");
    let state = |label: &str| manifest(&clinic, label).head.git.expect("git is recorded");
    assert_eq!(state("clean").clean, Some(true));
    assert_eq!(state("dirty").clean, Some(false));
    assert_eq!(state("clean").commit.len(), 40);
}

#[test]
fn a_large_file_is_copied_straight_from_the_disk() {
    let clinic = Clinic::new();
    let large: Vec<u8> = (0..9 * 1024 * 1024_u32).map(|n| (n % 251) as u8).collect();
    fs::write(clinic.path("evidence/lock.txt"), &large).expect("written");
    clinic.seal("large", "2026-09-01");
    assert!(unpacked(&clinic, "large")["sources/evidence/lock.txt"] == large);
    assert_eq!(clinic.findings(), []);
}

#[test]
fn a_build_knows_its_versions_and_reads_no_further() {
    let clinic = Clinic::with_versions();
    let folder = read::read(clinic.dir());
    let paths: Vec<&str> = folder.sealed.iter().map(|archive| &*archive.path).collect();
    assert_eq!(
        paths,
        [
            "versions/2026.1.zip",
            "versions/2026.2.zip",
            "versions/2026.3.zip"
        ]
    );
    assert!(folder.problems.is_empty(), "{:?}", folder.problems);
    assert!(
        folder.files.keys().all(|path| !path.starts_with("versions")),
        "no archive is content"
    );
    assert!(!clinic.path(&format!("versions/{WITHDRAWALS}")).exists());
    // One that can't be read is a warning, and the build goes on.
    fs::write(clinic.archive("2026.2"), "no zip").expect("written");
    let said = clinic.run(&["build", "--no-pdf", "--as-of", "2026-11-20"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let codes: Vec<_> = read::read(clinic.dir())
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, ["sealed-version-unreadable"]);
}
