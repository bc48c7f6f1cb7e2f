//! Text that looks like patient data or a secret: what is found, what is not, and what nobody may see of it.
//!
//! `tests/cases/phi/*.txt` are lines with what must be found in them. They are made up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hipaa_binder::binder::Options;
use hipaa_binder::content::{self, Audience, config::EntityKind};
use hipaa_binder::diagnostic::lines::Line;
use hipaa_binder::diagnostic::{Diagnostic, Source, report};
use hipaa_binder::phi::{self, CODES, look_through, masked, scan, shortened};
use hipaa_binder::starter::{self, Facts};
use hipaa_binder::world::{Folder, read};
use hipaa_binder::{address, build, check};
use jiff::civil::date;
use proptest::prelude::*;

mod support;
use support::tree;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// "ssn ***-**-6789, password ***", or "nothing".
fn said(source: &Source) -> String {
    let found: Vec<String> = scan(source)
        .iter()
        .map(|finding| {
            let kind = finding.kind.code().trim_start_matches("looks-like-");
            format!(
                "{kind} {}",
                shortened(finding.kind, &source.text[finding.range.clone()])
            )
        })
        .collect();
    match found.is_empty() {
        true => "nothing".to_string(),
        false => found.join(", "),
    }
}

#[test]
fn every_line_of_the_cases_is_read_as_it_should_be() {
    let mut wrong = vec![];
    let (mut with, mut without) = (0, 0);
    for name in ["patients", "secrets", "nothing"] {
        let path = root().join(format!("tests/cases/phi/{name}.txt"));
        let text = std::fs::read_to_string(&path).expect("the cases");
        for (number, line) in text.lines().enumerate() {
            let Some((line, wanted)) = line.rsplit_once(" => ") else {
                continue;
            };
            *(if wanted == "nothing" {
                &mut without
            } else {
                &mut with
            }) += 1;
            let found = said(&Source::new("evidence/a.txt", line));
            if found != wanted {
                wrong.push(format!(
                    "{name}.txt:{}: {line}\n  wanted {wanted}\n  found  {found}",
                    number + 1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(with >= 60 && without >= 60, "{with} with and {without} without");
}

#[test]
fn patient_data_and_secrets_are_found_however_people_write_them() {
    let text = std::fs::read_to_string(root().join("tests/cases/phi/styles.txt")).expect("the cases");
    let cases: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('|')).collect();
    assert!(cases.len() > 170, "{}", cases.len());
    let mut wrong = vec![];
    for (kind, line) in cases {
        for path in ["evidence/a.txt", "policies/a.md"] {
            let found = scan(&Source::new(path, format!("Before it\n{line}\nand behind.\n")));
            let wanted = format!("looks-like-{kind}");
            if !found.iter().any(|finding| finding.kind.code() == wanted) {
                wrong.push(format!("{path}: {kind} in {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_policies_lists_and_logs_of_others_are_full_of_is_no_patient_data() {
    let texts = tree(&root().join("tests/cases/phi/texts"));
    let mut lines = 0;
    for (path, bytes) in texts {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        lines += text.lines().count();
        let source = Source::new(path.as_str(), text);
        let found: Vec<String> = scan(&source)
            .iter()
            .map(|finding| {
                let line = source.place(finding.range.clone()).line;
                format!(
                    "{path}:{line} {} {}",
                    finding.kind.code(),
                    &source.text[finding.range.clone()]
                )
            })
            .collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    assert!(lines > 120, "{lines} lines");
}

/// A binder with these files more, read and checked.
fn folder(files: &[(&str, &str)]) -> Folder {
    let config = "[practice]\nname = \"Larkspur\"\n";
    let mut all: BTreeMap<&str, String> = BTreeMap::from([("binder.toml", config.to_string())]);
    for (path, text) in files {
        match *path {
            "binder.toml" => all.entry(path).or_default().push_str(text),
            _ => drop(all.insert(path, (*text).to_string())),
        }
    }
    support::folder(all.iter().map(|(path, text)| (*path, text.as_bytes())))
}

fn options() -> Options {
    Options {
        pdf: false,
        ..Options::new(date(2026, 11, 20))
    }
}

/// The warnings of the guard.
fn warnings(folder: &Folder) -> Vec<Diagnostic> {
    let content = content::parse(folder).content.expect("a usable binder.toml");
    let mut found = phi::warnings(&look_through(folder), folder, &content);
    found.sort_by_key(Diagnostic::order);
    found
}

/// "registers/keys.csv:2:5 looks-like-ssn", one for each.
fn told(folder: &Folder) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let place = &found.place;
        format!("{}:{}:{} {}", place.file, place.line, place.column, found.code)
    };
    warnings(folder).iter().map(line).collect()
}

const RECORD: &str = "+++\nkind = \"statement\"\ntitle = \"A drill\"\ndate = 2026-05-20\nby = \"Ann\"\nrows = [\"164.308(a)(7)(ii)(D)\"]\n+++\n";

fn record(body: &str) -> String {
    format!("{RECORD}{body}")
}

#[test]
fn the_head_of_a_column_says_what_stands_below() {
    let csv = |text: &str| said(&Source::new("evidence/list.csv", text));
    assert_eq!(
        csv(
            "Patient Name,DOB,MRN,Seen\nJane Doe,3/4/1980,4829,2026-01-02\n\"Doe, Jane\",1980-03-04,0048291,x\n"
        ),
        "patient-name J*** D***, birth-date **/**/1980, record-number ***, patient-name D*** J***, birth-date **/**/1980, \
         record-number ***91"
    );
    assert_eq!(
        csv("\u{feff}Name;SSN\r\nAnn;536228145\r\nBob;\r\n"),
        "ssn ***-**-8145"
    );
    assert_eq!(
        csv("user\tpassword\nw01\tTulip77\nw02\trequired\n"),
        "password ***"
    );
    assert_eq!(
        csv("setting,password,PIN\nlock,required,no\nlength,12,6\n"),
        "nothing"
    );
    assert_eq!(
        csv("name,started,role\nDana Whitfield,1998-05-04,nurse\n"),
        "nothing"
    );
    let table = "| Patient | Born |\n|---|---|\n| Jane Doe | 3/4/1980 |\n| nobody | - |\n";
    assert_eq!(
        said(&Source::new("records/a.md", table)),
        "patient-name J*** D***, birth-date **/**/1980"
    );
}

#[test]
fn markdown_registers_and_text_evidence_are_looked_through() {
    let found = told(&folder(&[
        (
            "records/drill.md",
            &record("We called Jane Doe.\n\nHer SSN is 536-22-8145.\n"),
        ),
        (
            "policies/a.md",
            "+++\ntitle = \"A\"\nnote = \"door code: 4711\"\n+++\nText.\n",
        ),
        ("registers/keys.csv", "person,note\nw01,PIN: 8842\n"),
        ("evidence/mail.txt", "Hello\r\nMRN 482913\r\n"),
        ("evidence/export.json", "{\"dob\": \"1980-03-04\"}"),
        ("theme/notes.txt", "MRN 482913"),
    ]));
    assert_eq!(
        found,
        [
            "evidence/export.json:1:10 looks-like-birth-date",
            "evidence/mail.txt:2:5 looks-like-record-number",
            "policies/a.md:3:20 looks-like-password",
            "records/drill.md:10:12 looks-like-ssn",
            "registers/keys.csv:2:10 looks-like-password",
        ]
    );
}

#[test]
fn the_example_the_starters_and_the_guides_have_none() {
    let example = read::read(&root().join("content-example"));
    assert_eq!(told(&example), [""; 0], "content-example");
    let facts = Facts {
        practice: "Larkspur Family Medicine".to_string(),
        kind: EntityKind::Both,
        security_official: "Dana Whitfield".to_string(),
        address: "412 Main Street, Salem, OR 97301-2345".to_string(),
        decided: date(2026, 11, 20),
        ..Facts::default()
    };
    let files = starter::files(&facts);
    let starters = support::folder(
        files
            .iter()
            .map(|file| (file.path.as_str(), file.bytes.as_slice())),
    );
    assert!(
        starters.files.len() > 80,
        "{} starter files",
        starters.files.len()
    );
    assert_eq!(told(&starters), [""; 0], "the starters");
    let mut texts: Vec<(String, Vec<u8>)> = tree(&root().join("docs"))
        .into_iter()
        .filter(|(path, _)| path.ends_with(".md"))
        .collect();
    for name in ["README.md", "CHANGELOG.md", "ARCHITECTURE.md"] {
        texts.push((name.to_string(), std::fs::read(root().join(name)).expect(name)));
    }
    for (path, bytes) in texts {
        // The guide shows a line that is acknowledged.
        let text = String::from_utf8_lossy(&bytes);
        let text: Vec<&str> = text.lines().filter(|line| !line.contains("phi-ok")).collect();
        let text = text.join("\n");
        let source = Source::new(path.as_str(), text);
        assert_eq!(said(&source), "nothing", "{path}");
    }
}

#[test]
fn a_comment_with_a_reason_acknowledges_its_line() {
    let body = "The form says 536-22-8145. <!-- phi-ok: the number of the printed form -->\n\n\
                <!-- phi-ok: the number of the printed form -->\nAnd again 536-22-8145.\n\nBut 601-33-9021 is one.\n";
    let found = told(&folder(&[("records/drill.md", &record(body))]));
    assert_eq!(found, ["records/drill.md:13:5 looks-like-ssn"]);
}

#[test]
fn a_comment_without_a_reason_or_without_need_is_told() {
    let body = "The form says 536-22-8145. <!-- phi-ok -->\n\nNothing here. <!-- phi-ok: an example -->\n";
    let found = told(&folder(&[("records/drill.md", &record(body))]));
    assert_eq!(
        found,
        [
            "records/drill.md:8:15 looks-like-ssn",
            "records/drill.md:8:28 phi-ok-without-reason",
            "records/drill.md:10:15 phi-ok-unused",
        ]
    );
}

#[test]
fn binder_toml_acknowledges_a_line_of_any_file() {
    let log = (
        "evidence/log.txt",
        "a 536-22-8145\nb 536-22-8145\nc 601-33-9021\n",
    );
    let with = |block: &str| {
        let block =
            format!("[[phi_ok]]\nfile = \"evidence/log.txt\"\n{block}reason = \"The vendor's example\"\n");
        told(&folder(&[log, ("binder.toml", &block)]))
    };
    let ssn = |line: u32| format!("evidence/log.txt:{line}:3 looks-like-ssn");
    assert_eq!(with("line = 2\n"), [ssn(1), ssn(3)]);
    assert_eq!(with("text = \"***-**-8145\"\n"), [ssn(3)]);
    assert_eq!(with("line = 1\ntext = \"***-**-8145\"\n"), [ssn(2), ssn(3)]);
    let unused = "binder.toml:3:1 phi-ok-unused".to_string();
    assert_eq!(with("line = 4\n"), [unused.clone(), ssn(1), ssn(2), ssn(3)]);
    assert_eq!(
        with("line = 1\ntext = \"***-**-9021\"\n"),
        [unused, ssn(1), ssn(2), ssn(3)]
    );
}

#[test]
fn what_a_warning_says_to_type_acknowledges_it() {
    for (path, text) in [
        ("evidence/log.txt", "x\nMRN 482913\n".to_string()),
        ("registers/keys.csv", "person,note\nw01,PIN: 8842\n".to_string()),
        ("records/drill.md", record("MRN 482913\n")),
        (
            "policies/a.md",
            "+++\ntitle = \"A\"\nnote = \"MRN 482913\"\n+++\nText.\n".to_string(),
        ),
        (
            "policies/b.md",
            "+++\ntitle = \"B\"\napproved = 2026-01-01\n+++\nMRN 482913\n".to_string(),
        ),
    ] {
        let found = warnings(&folder(&[(path, &text)]));
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        let after = match found[0].help.split_once("add to binder.toml:\n") {
            Some((_, block)) => folder(&[(path, &text), ("binder.toml", block)]),
            None => {
                let (_, comment) = found[0]
                    .help
                    .split_once("on the same line:\n")
                    .expect("a comment");
                let line = found[0].place.line as usize;
                let lines: Vec<String> = text
                    .lines()
                    .enumerate()
                    .map(|(n, text)| {
                        if n + 1 == line {
                            format!("{text} {comment}\n")
                        } else {
                            format!("{text}\n")
                        }
                    })
                    .collect();
                folder(&[(path, &lines.concat())])
            }
        };
        assert_eq!(told(&after), [""; 0], "{path}: {}", found[0].help);
    }
}

#[test]
fn a_block_must_say_which_line_and_why() {
    let codes = |block: &str| -> Vec<&str> {
        let built = check(&folder(&[("binder.toml", block)]), &options(), &|_| {});
        let errors = built
            .diagnostics
            .iter()
            .filter(|found| found.place.file.as_ref() == "binder.toml");
        errors.map(|found| found.code).collect()
    };
    let block = |rest: &str| format!("[[phi_ok]]\nfile = \"evidence/a.txt\"\n{rest}");
    assert_eq!(codes(&block("reason = \"x\"\n")), ["phi-ok-without-line"]);
    assert_eq!(codes(&block("line = 1\n")), ["missing-key"]);
    assert_eq!(codes("[[phi_ok]]\nline = 1\nreason = \"x\"\n"), ["missing-key"]);
    let with_more = codes(&block("line = 1\nreason = \"x\"\nwhy = \"y\"\n"));
    assert_eq!(with_more, ["phi-ok-unused", "unknown-key"]);
}

const EVIDENCE: &str = "id,file,title,date,rows,phi,privileged,audience\n\
    EX-001,a.txt,An export,2026-05-01,164.312(b),none,,\n\
    EX-002,b.txt,A second,2026-05-01,164.312(b),contains,,\n\
    EX-003,c.txt,Advice,2026-05-01,164.312(b),,true,\n\
    EX-004,d.png,A picture,2026-05-01,164.312(b),,,\n\
    EX-005,e.pdf,A scan,2026-05-01,164.312(b),unknown,,management\n\
    EX-006,,In the drawer,2026-05-01,164.312(b),,,\n";

fn evidence() -> Folder {
    let text = "MRN 482913, password: Tulip77\n";
    let mut csv = EVIDENCE.replace(",phi,", ",kept_at,phi,");
    csv = csv.replace("164.312(b),", "164.312(b),drawer,");
    folder(&[
        ("registers/evidence.csv", &csv),
        ("evidence/a.txt", text),
        ("evidence/b.txt", text),
        ("evidence/c.txt", text),
        ("evidence/d.png", "\u{89}PNG\0"),
        ("evidence/e.pdf", "%PDF-1.7 MRN 482913"),
    ])
}

#[test]
fn marks_of_exhibits_are_heeded() {
    let found = told(&evidence());
    assert_eq!(
        found,
        [
            "evidence/a.txt:1:5 looks-like-record-number",
            "evidence/a.txt:1:23 looks-like-password",
            // It is marked as showing patient data: that is known. The password is not.
            "evidence/b.txt:1:23 looks-like-password",
            "registers/evidence.csv:0:0 phi-not-looked-at",
        ]
    );
    let first = &warnings(&evidence())[0];
    assert_eq!(first.also.len(), 1, "the line that says none is named");
    assert_eq!(
        (&*first.also[0].0.file, first.also[0].0.line),
        ("registers/evidence.csv", 2)
    );
}

#[test]
fn exhibits_without_a_mark_are_listed_for_the_practice_alone() {
    let folder = evidence();
    let last = warnings(&folder).pop().expect("a warning");
    assert_eq!(
        last.message,
        "nobody has said whether 2 exhibits show patient data: EX-004 (d.png), EX-005 (e.pdf)"
    );
    let of = |audience: Audience| {
        let built = build(
            &folder,
            &Options {
                audience,
                ..options()
            },
            &|_| {},
        );
        assert!(built.output.is_some(), "{:?}", built.diagnostics);
        let output = built.output.expect("a site");
        let text = |path: &str| String::from_utf8_lossy(output.bytes(path).expect(path)).into_owned();
        (text(address::EXHIBITS), text(address::JSON))
    };
    let (page, json) = of(Audience::Official);
    for wanted in [
        "nobody has looked at",
        "d.png, registers/evidence.csv:5",
        "e.pdf, registers/evidence.csv:6",
    ] {
        assert!(page.contains(wanted), "{wanted} in\n{page}");
    }
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let listed: Vec<&str> = (json["not_looked_at"].as_array().expect("a list").iter())
        .filter_map(|one| one["exhibit"].as_str())
        .collect();
    assert_eq!(listed, ["EX-004", "EX-005"]);
    let (page, json) = of(Audience::Workforce);
    assert!(
        !page.contains("looked at") && !json.contains("looked"),
        "{page}\n{json}"
    );
}

#[test]
fn every_code_is_of_the_list() {
    let folder = evidence();
    let built = check(&folder, &options(), &|_| {});
    let of_the_guard = |code: &str| code.starts_with("looks-like-") || code.starts_with("phi-");
    let codes: Vec<&str> = (built.diagnostics.iter().map(|found| found.code))
        .filter(|code| of_the_guard(code))
        .collect();
    assert_eq!(codes.len(), 4, "check tells them: {codes:?}");
    assert!(codes.iter().all(|code| CODES.contains(code)), "{codes:?}");
}

#[test]
fn a_file_full_of_it_does_not_fill_the_screen() {
    let lines: String = (0..5000).map(|n| format!("{n},MRN {}\n", 482_000 + n)).collect();
    let found = warnings(&folder(&[(
        "evidence/export.csv",
        &format!("line,what\n{lines}"),
    )]));
    assert_eq!(found.len(), 21);
    let more = found
        .iter()
        .find(|one| one.place.line == 0)
        .expect("the rest in one");
    assert!(
        more.message.starts_with("4980 more places of this file"),
        "{}",
        more.message
    );
}

/// Everything that a report on these problems could show: on a terminal, to an editor, and as data.
fn shown(folder: &Folder) -> String {
    let built = check(folder, &options(), &|_| {});
    let source = |path: &str| folder.source(path);
    let mut report = report::human(&built.diagnostics, &source, false);
    for problem in &built.diagnostics {
        let line = Line::of(problem, &problem.place.file, source(&problem.place.file).as_ref());
        report.extend([line.short(), line.github()]);
    }
    format!("{report}\n{}", built.json(&options(), folder))
}

#[test]
fn no_message_and_no_drawn_line_repeats_it() {
    // Each line has another mistake as well, which quotes the cell and draws the line.
    let config = "[[site]]\nid = \"main; 536-22-8145\"\n";
    let keys = "person,given,note\nw99,536-22-8145,MRN 482913 password: Tulip77\n";
    let out = shown(&folder(&[("binder.toml", config), ("registers/keys.csv", keys)]));
    assert!(out.contains("bad-id") && out.contains("***-**-****"), "{out}");
    for secret in ["536-22-8145", "482913", "Tulip77"] {
        assert!(!out.contains(secret), "{secret} in\n{out}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text: no panic, in order, whole characters, nothing twice; lines and columns stay where it is hidden.
    #[test]
    fn any_text_is_taken(
        parts in proptest::collection::vec(
            prop_oneof![
                "\\PC{0,12}",
                "[0-9]{1,5}[- .][0-9]{1,4}[- .][0-9]{1,6}",
                Just("Patient: Zoë O\u{2019}Hara ".to_string()),
                Just("MRN".to_string()),
                Just("DOB: ".to_string()),
                Just("password=".to_string()),
                Just("<!-- phi-ok:".to_string()),
                Just("-----BEGIN RSA PRIVATE KEY-----".to_string()),
                Just("| ssn |\n|--|\n".to_string()),
                Just("\r\n".to_string()),
                Just("\"".to_string()),
                Just("://a:b@".to_string()),
            ],
            0..24,
        ),
        csv in any::<bool>(),
    ) {
        let path = if csv { "evidence/a.csv" } else { "evidence/a.md" };
        let source = Source::new(path, parts.concat());
        let mut end = 0;
        for finding in scan(&source) {
            prop_assert!(finding.range.start >= end && finding.range.end > finding.range.start);
            prop_assert!(source.text.get(finding.range.clone()).is_some());
            end = finding.range.end;
        }
        let hidden = masked(&source);
        let widths = |text: &str| text.split('\n').map(|line| line.chars().count()).collect::<Vec<_>>();
        prop_assert_eq!(widths(&hidden.text), widths(&source.text));
        let problems = warnings(&folder(&[(path, &source.text)]));
        prop_assert!(problems.iter().all(|one| &*one.place.file == path));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the number, it stands in nothing that is shown.
    #[test]
    fn no_value_is_repeated(
        area in 100u32..666, group in 10u32..99, serial in 1000u32..9999, record in 100_000u64..99_999_999,
        word in "[A-Z][a-z]{4,8}[0-9]{2,4}!",
    ) {
        let social = format!("{area}-{group}-{serial}");
        let text = format!("call about {social}\nMRN: {record}\nPassword: {word}\n");
        let keys = format!("person,given,note\nnobody,{social},password: {word}\n");
        let files = [("evidence/a.txt", text.as_str()), ("registers/keys.csv", keys.as_str())];
        let out = shown(&folder(&files));
        let short = format!("***-**-{serial}");
        prop_assert!(out.contains(&short), "{}", out);
        for secret in [social, format!("{record}"), word] {
            prop_assert!(!out.contains(&secret), "{} in\n{}", secret, out);
        }
    }
}
