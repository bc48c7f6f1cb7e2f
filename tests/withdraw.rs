//! Taking out of a sealed version what should not have been sealed: the data is gone, the version still verifies, and
//! who did it and why stays on record.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hipaa_binder::world::read;
use hipaa_binder::world::versions::{Archive, digest, withdrawals};

mod support;
use support::sealed::{Clinic, Dice, Said};
use support::tree;

/// Words of a patient, sealed by mistake.
const NAME: &str = "Quillan Overbeck";

fn with_a_patient() -> Clinic {
    let clinic = Clinic::new();
    clinic.seal("2026.1", "2026-03-01");
    clinic.write(
        "evidence/lock.txt",
        &format!("The screen shows {NAME}, born 1961.\n"),
    );
    clinic.write(
        "registers/evidence.csv",
        "id,title,file,date,rows,shows,phi\nEX-1,Lock-out setting,evidence/lock.txt,2026-05-01,164.312(a)(2)(iii),setting,none\n",
    );
    let said = clinic.run(&[
        "seal",
        "2026.2",
        "--by",
        "Dana",
        "--note",
        "x",
        "--as-of",
        "2026-06-01",
        "--with-gaps",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    clinic
}

fn withdraw(clinic: &Clinic, label: &str, path: &str) -> Said {
    clinic.run(&[
        "seal",
        "--withdraw",
        label,
        "--path",
        path,
        "--by",
        "Dana Whitfield",
        "--reason",
        "Shows a patient",
    ])
}

/// True where the words stand in the bytes of an entry, unpacked.
fn holds(clinic: &Clinic, label: &str, words: &str) -> Vec<String> {
    let archive = Archive::open(&clinic.archive(label)).expect("opens");
    let has = |path: &str| {
        let bytes = archive.read(path).expect("readable");
        let in_pdf =
            path.ends_with(".pdf") && support::pdf::poppler("pdftotext", &[], &bytes).contains(words);
        in_pdf || String::from_utf8_lossy(&bytes).contains(words)
    };
    let paths = archive.entries().iter().map(|entry| entry.path.to_string());
    paths.filter(|path| has(path)).collect()
}

#[test]
fn what_is_withdrawn_is_gone_and_the_chain_still_holds() {
    let clinic = with_a_patient();
    clinic.write("evidence/lock.txt", "The screen shows nobody.\n");
    clinic.seal("2026.3", "2026-09-01");
    let before = digest(&clinic.archive("2026.2")).expect("a digest");
    let manifest = Archive::open(&clinic.archive("2026.2"))
        .expect("opens")
        .read("manifest.json");
    assert!(
        holds(&clinic, "2026.2", NAME).len() >= 3,
        "source, copy in the site, PDF"
    );

    let said = withdraw(&clinic, "2026.2", "evidence/lock.txt");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(holds(&clinic, "2026.2", NAME), Vec::<String>::new());
    for path in [
        "sources/evidence/lock.txt",
        "site/binder.pdf",
        "site/exhibits/files/ex-1/lock.txt",
    ] {
        assert!(said.out.contains(&format!("  {path}\n")), "{path}: {}", said.out);
    }
    assert!(
        said.out.contains("sources/registers/evidence.csv"),
        "what still names it: {}",
        said.out
    );
    let after = Archive::open(&clinic.archive("2026.2"))
        .expect("opens")
        .read("manifest.json");
    assert_eq!(after, manifest, "the manifest is as it was sealed");

    assert_eq!(clinic.findings(), []);
    let said = clinic.run(&["verify"]);
    assert_eq!(said.code, Some(0), "{}", said.out);
    for words in ["with a recorded withdrawal", "Dana Whitfield", "Shows a patient"] {
        let out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains(words), "{words}: {out}");
    }
    // The digest on the signature sheet leads to the archive as it is.
    let said = clinic.run(&["verify", "2026.2", "--digest", &before]);
    assert!(
        said.code == Some(0) && said.out.contains("before a recorded withdrawal"),
        "{}",
        said.out
    );
    // Builds and the next version go on.
    assert!(read::read(clinic.dir()).problems.is_empty());
    clinic.seal("2026.4", "2026-09-01");
    assert_eq!(clinic.findings(), []);
    let known = Archive::open(&clinic.archive("2026.4"))
        .expect("opens")
        .manifest()
        .expect("a manifest");
    assert_eq!(
        known.head.withdrawals,
        withdrawals(clinic.dir()).expect("records")
    );
}

#[test]
fn words_of_a_text_go_with_every_page_that_shows_them() {
    let clinic = Clinic::new();
    clinic.write(
        "answers/a.md",
        &format!("+++\ncitation = \"164.308(a)(1)(ii)(C)\"\nowner = \"Office manager\"\nreviewed = 2026-09-01\n+++\n\n## 1.\n\nYes. We spoke to {NAME} of 1961 about it.\n"),
    );
    clinic.seal("2026.1", "2026-09-01");
    clinic.seal("2026.2", "2026-09-01");
    let shown = holds(&clinic, "2026.1", NAME);
    for path in [
        "sources/answers/a.md",
        "extract.json",
        "site/standards/164.308-a-1-ii-c.html",
    ] {
        assert!(shown.iter().any(|known| known == path), "{path}: {shown:?}");
    }
    let said = withdraw(&clinic, "2026.1", "answers/a.md");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(holds(&clinic, "2026.1", NAME), Vec::<String>::new());
    assert!(
        said.out.contains("Version 2026.2 holds the same file"),
        "{}",
        said.out
    );
    assert!(said.out.contains("still in your folder"), "{}", said.out);
    // What does not show it stays.
    let archive = Archive::open(&clinic.archive("2026.1")).expect("opens");
    for path in [
        "site/standards/164.312-b.html",
        "site/policies/sanctions.html",
        "summary.json",
        "sources/binder.toml",
    ] {
        assert!(archive.entry(path).is_some(), "{path}");
    }
    // The newest can be withdrawn from as well, and one version after another.
    assert_eq!(withdraw(&clinic, "2026.2", "answers/a.md").code, Some(0));
    assert_eq!(holds(&clinic, "2026.2", NAME), Vec::<String>::new());
    assert_eq!(clinic.findings(), []);
    // The next version is compared with nothing, and can be sealed.
    clinic.write(
        "answers/a.md",
        "+++\ncitation = \"164.308(a)(1)(ii)(C)\"\n+++\n\n## 1.\n\nYes. It is applied.\n",
    );
    clinic.seal("2026.3", "2026-09-01");
    assert_eq!(holds(&clinic, "2026.3", NAME), Vec::<String>::new());
    assert_eq!(clinic.findings(), []);
}

#[test]
fn several_withdrawals_follow_one_another() {
    let clinic = with_a_patient();
    clinic.seal("2026.3", "2026-09-01");
    let sealed = digest(&clinic.archive("2026.2")).expect("a digest");
    for path in [
        "evidence/lock.txt",
        "sources/policies/sanctions.md",
        "site/standards/164.312-b.html",
    ] {
        assert_eq!(withdraw(&clinic, "2026.2", path).code, Some(0), "{path}");
        assert_eq!(clinic.findings(), [], "{path}");
    }
    assert_eq!(withdrawals(clinic.dir()).expect("records").len(), 3);
    assert_eq!(clinic.run(&["verify", "--digest", &sealed]).code, Some(0));
    // Again, or what is not there, or what a version is made of.
    for (path, words) in [
        ("evidence/lock.txt", "before"),
        ("evidence/lok.txt", "no file"),
        ("policies/sanktions.md", "no file"),
        ("manifest.json", "can't be taken out"),
        ("summary.json", "can't be taken out"),
        ("../binder.toml", "no file"),
    ] {
        let said = withdraw(&clinic, "2026.2", path);
        assert!(
            said.code == Some(2) && said.err.contains(words),
            "{path}: {}",
            said.err
        );
    }
    let said = withdraw(&clinic, "2026.1", "binder.tml");
    assert!(said.err.contains("sources/binder.toml"), "{}", said.err);
    assert_eq!(withdraw(&clinic, "2027", "binder.toml").code, Some(2));
    assert_eq!(clinic.findings(), []);
}

#[test]
fn a_withdrawal_without_its_record_is_found() {
    let clinic = with_a_patient();
    clinic.seal("2026.3", "2026-09-01");
    let whole = tree(&clinic.path("versions"));
    assert_eq!(withdraw(&clinic, "2026.2", "evidence/lock.txt").code, Some(0));
    let record = clinic.path("versions/withdrawals.json");
    let text = fs::read_to_string(&record).expect("a record");

    fs::remove_file(&record).expect("removed");
    let kinds: Vec<_> = clinic.findings().iter().map(|finding| finding.kind).collect();
    assert!(kinds.contains(&"withdrawal-unrecorded"), "{kinds:?}");
    fs::write(&record, text.replace("2026.2", "2026.1")).expect("written");
    assert!(!clinic.findings().is_empty());
    fs::write(&record, "{").expect("written");
    let said = clinic.run(&["verify"]);
    assert!(
        said.code == Some(1) && said.out.contains("versions/withdrawals.json"),
        "{}",
        said.out
    );

    // The archive of before, put back: the record knows that it was not to be.
    fs::write(&record, &text).expect("written");
    fs::write(clinic.archive("2026.2"), &whole["2026.2.zip"]).expect("written");
    let kinds: Vec<_> = clinic.findings().iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, ["withdrawal-unfinished"]);
    // Run again, it comes to its end.
    assert_eq!(withdraw(&clinic, "2026.2", "evidence/lock.txt").code, Some(0));
    assert_eq!(clinic.findings(), []);

    // A file that was taken out by hand is no withdrawal.
    let one = Archive::open(&clinic.archive("2026.1")).expect("opens");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for entry in one
        .entries()
        .iter()
        .filter(|entry| &*entry.path != "sources/binder.toml")
    {
        zip.start_file(&*entry.path, zip::write::SimpleFileOptions::default())
            .expect("a header");
        std::io::Write::write_all(&mut zip, &one.read(&entry.path).expect("readable")).expect("bytes");
    }
    fs::write(
        clinic.archive("2026.1"),
        zip.finish().expect("an end").into_inner(),
    )
    .expect("written");
    assert!(
        clinic
            .findings()
            .iter()
            .all(|finding| finding.archive == "versions/2026.1.zip")
    );
    assert!(!clinic.findings().is_empty());
}

#[test]
fn killed_anywhere_the_version_is_as_before_or_as_after() {
    let clinic = with_a_patient();
    let start = Instant::now();
    assert_eq!(withdraw(&clinic, "2026.1", "policies/sanctions.md").code, Some(0));
    let usual = u64::try_from(start.elapsed().as_micros()).unwrap_or(1_000_000);
    let mut dice = Dice(0x0DD);
    for _ in 0..25 {
        let arguments = [
            "seal",
            "--withdraw",
            "2026.2",
            "--path",
            "evidence/lock.txt",
            "--by",
            "D",
            "--reason",
            "r",
        ];
        let mut command = clinic.command(&arguments);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_micros(dice.below(usual)));
        let _ = child.kill();
        let _ = child.wait();
        let findings = clinic.findings();
        let fine = findings
            .iter()
            .all(|finding| finding.kind == "withdrawal-unfinished");
        assert!(fine, "{findings:?}");
    }
    let last = withdraw(&clinic, "2026.2", "evidence/lock.txt");
    assert!(
        last.code == Some(0) || last.err.contains("before"),
        "{}",
        last.err
    );
    assert_eq!(holds(&clinic, "2026.2", NAME), Vec::<String>::new());
    assert_eq!(clinic.findings(), []);
}
