//! A new folder: it builds at once, claims nothing, touches every row, and its starter text proves nothing until
//! somebody makes it their own.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use hipaa_binder::binder::Binder;
use hipaa_binder::content::config::EntityKind;
use hipaa_binder::content::{self, policies, starters};
use hipaa_binder::diagnostic::Diagnostic;
use hipaa_binder::gap::{GapKind, Mark, State};
use hipaa_binder::rule::{Condition, RowId, rule};
use hipaa_binder::starter::{self, Facts};
use jiff::civil::date;

type Files = BTreeMap<String, String>;

/// A clinic to which the conditional rows do not apply.
fn usual() -> Facts {
    Facts {
        practice: "Larkspur Family Medicine".into(),
        security_official: "Renata Salcedo".into(),
        applies: Condition::ALL.iter().map(|fact| (*fact, false)).collect(),
        decided: date(2026, 11, 20),
        ..Facts::default()
    }
}

/// One to which every row applies.
fn everything() -> Facts {
    Facts {
        kind: EntityKind::Both,
        applies: Condition::ALL.iter().map(|fact| (*fact, true)).collect(),
        ..usual()
    }
}

fn files(facts: &Facts) -> Files {
    starter::files(facts)
        .into_iter()
        .map(|file| (file.path, String::from_utf8(file.bytes).expect("text")))
        .collect()
}

fn assessed(files: &Files) -> (Binder, Vec<Diagnostic>) {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let (binder, problems) = support::binder(&folder, date(2026, 11, 20));
    (binder.expect("a binder"), problems)
}

/// Approves a policy by hand, blanks or not: what a determined person can do to any file.
fn approve(files: &mut Files, path: &str) {
    let text = files[path].clone();
    let text = text.replacen(
        "review_every",
        "effective = 2026-11-01\napproved = 2026-11-01\napproved_by = \"Owner\"\napproved_text = \"sha256:DIGEST\"\nreview_every",
        1,
    );
    let probe = text.replace("DIGEST", &"0".repeat(64));
    let source = hipaa_binder::diagnostic::Source::new(path, probe);
    let mut problems = vec![];
    let policy = policies::read(source, &mut problems).expect("readable");
    assert_eq!(problems, [], "{path}");
    let digest = policy.text_digest.trim_start_matches("sha256:").to_owned();
    files.insert(path.into(), text.replace("DIGEST", &digest));
}

fn approve_all(files: &mut Files) {
    let paths: Vec<String> = files
        .keys()
        .filter(|path| path.starts_with("policies/"))
        .cloned()
        .collect();
    for path in paths {
        approve(files, &path);
    }
}

/// Puts a word of the practice's own in place of each blank.
fn fill_in(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let close = after.find(']').expect("closed");
        let inner = &after[1..close];
        if inner.chars().any(char::is_lowercase) || inner.trim().is_empty() || inner.contains('"') {
            out.push_str(&after[..=close]);
        } else {
            out.push_str("Mo Quill");
        }
        rest = &after[close + 1..];
    }
    out + rest
}

fn own_words(files: &Files, path: &str) -> String {
    let text = &files[path];
    let at = text.find("\n+++\n").expect("front matter") + 5;
    text[..at].to_owned() + &fill_in(&text[at..])
}

#[test]
fn a_fresh_binder_shows_every_row_that_applies_as_not_documented() {
    let open = Facts {
        applies: vec![],
        ..usual()
    };
    for (facts, apart) in [(usual(), 5), (everything(), 0), (open, 0)] {
        let (binder, problems) = assessed(&files(&facts));
        assert_eq!(problems, [], "nothing to mend, and nothing to warn of");
        let mut not_applying = 0;
        for found in &binder.assessments {
            let expected = if rule()[found.row].condition.is_some() && apart > 0 {
                not_applying += 1;
                State::DoesNotApply
            } else {
                State::NotDocumented
            };
            assert_eq!(found.state, expected, "{}", found.row);
            let marks = [
                found.marks.answer,
                found.marks.policy,
                found.marks.evidence,
                found.marks.decision,
            ];
            assert!(
                marks
                    .iter()
                    .all(|mark| matches!(mark, Mark::None | Mark::NotNeeded)),
                "{}: {marks:?}",
                found.row
            );
        }
        assert_eq!((binder.assessments.len(), not_applying), (65, apart));
    }
}

#[test]
fn every_row_has_an_answer_file_with_its_questions() {
    let files = files(&usual());
    assert_eq!(
        files.keys().filter(|path| path.starts_with("answers/")).count(),
        65
    );
    let (binder, _) = assessed(&files);
    assert_eq!(binder.content.answers.len(), 65);
    for answer in &binder.content.answers {
        let row = &rule()[answer.row];
        let asked: Vec<u8> = row.questions.iter().map(|question| question.id).collect();
        assert_eq!(
            answer
                .replies
                .iter()
                .map(|reply| reply.question)
                .collect::<Vec<_>>(),
            asked
        );
        let text = &files[&*answer.path];
        assert!(
            row.questions
                .iter()
                .all(|question| text.contains(&format!("## {}. {}\n", question.id, question.ask)))
        );
        assert_eq!(
            text.contains("# [[decision]]"),
            row.is_addressable(),
            "{}",
            answer.path
        );
        assert_eq!(answer.path.as_ref(), starter::answer_path(answer.row));
    }
}

#[test]
fn the_commented_decision_is_one_when_its_marks_are_taken_away() {
    let mut files = files(&usual());
    let row = rule()
        .row(&"164.312(a)(2)(iv)".parse().expect("a citation"))
        .expect("a row");
    let path = starter::answer_path(row);
    let text = files[&path]
        .replace("# [[decision]]", "[[decision]]")
        .replace("# branch     = \"implement\"", "branch = \"alternative\"")
        .replace("# decided_by = \"\"", "decided_by = \"Renata\"")
        .replace("# decided    = \"\"", "decided = 2026-11-01")
        .replace("<!-- Only for \"alternative\" and \"neither\": delete this line and the last one, and write under each heading.\n", "")
        .replace("### Alternative\n\n-->\n", "### Alternative\n\nThe vendor keeps it.\n");
    files.insert(path, text);
    let (binder, problems) = assessed(&files);
    assert_eq!(problems, []);
    let answer = binder
        .content
        .answers
        .iter()
        .find(|answer| answer.row == row)
        .expect("there");
    let decision = &answer.decisions[0];
    assert_eq!(
        decision.determination.as_ref().map(|found| found.parts.len()),
        Some(7)
    );
}

#[test]
fn together_the_starter_policies_have_a_section_for_every_row() {
    let (binder, _) = assessed(&files(&everything()));
    let mut touched: BTreeSet<RowId> = BTreeSet::new();
    let mut claimed: BTreeSet<RowId> = BTreeSet::new();
    for policy in &binder.content.policies {
        touched.extend(
            policy
                .sections
                .iter()
                .flat_map(|section| section.rows.iter().copied()),
        );
        claimed.extend(policy.satisfies.iter().map(|claim| claim.row));
    }
    let every: BTreeSet<RowId> = rule().row_ids().collect();
    assert_eq!(touched, every);
    assert_eq!(claimed, every, "and `satisfies` names what the headings carry");
    assert!(starters::all().count() >= 20);
    for policy in &binder.content.policies {
        assert!(
            policy.approved.is_none() && policy.effective.is_none(),
            "{} is a draft",
            policy.id
        );
    }
}

#[test]
fn starter_text_left_as_it_came_documents_nothing_even_when_approved() {
    let mut files = files(&everything());
    approve_all(&mut files);
    // What an editor may do on its own, and what somebody may do who deletes the mark.
    let path = "policies/contingency-plan.md";
    let stripped: String = files[path]
        .lines()
        .filter(|line| !line.starts_with("starter ="))
        .fold(String::new(), |text, line| text + line + "\r\n");
    files.insert(path.into(), stripped);
    let (binder, _) = assessed(&files);
    for found in &binder.assessments {
        assert_eq!(found.marks.policy, Mark::None, "{}", found.row);
        assert_eq!(found.state, State::NotDocumented, "{}", found.row);
        let kinds: Vec<GapKind> = found.gaps.iter().map(|gap| gap.kind).collect();
        assert!(
            kinds.contains(&GapKind::StarterTextUnchanged),
            "{}: {kinds:?}",
            found.row
        );
    }
}

#[test]
fn blanks_taken_out_are_not_blanks_filled_in() {
    let mut files = files(&everything());
    let paths: Vec<String> = files
        .keys()
        .filter(|path| path.starts_with("policies/"))
        .cloned()
        .collect();
    for path in &paths {
        let text = files[path].clone();
        let at = text.find("\n+++\n").expect("front matter") + 5;
        let emptied = fill_in(&text[at..]).replace("Mo Quill", "").replace('_', "");
        let mark: String = text[..at]
            .lines()
            .filter(|line| !line.starts_with("starter ="))
            .fold(String::new(), |text, line| text + line + "\n");
        files.insert(path.clone(), mark + &emptied);
    }
    approve_all(&mut files);
    let (binder, _) = assessed(&files);
    for found in &binder.assessments {
        assert_eq!(found.marks.policy, Mark::None, "{}", found.row);
    }
}

#[test]
fn a_policy_filled_in_and_approved_counts() {
    let mut files = files(&everything());
    let paths: Vec<String> = files
        .keys()
        .filter(|path| path.starts_with("policies/"))
        .cloned()
        .collect();
    for path in &paths {
        let filled = own_words(&files, path);
        files.insert(path.clone(), filled);
    }
    approve_all(&mut files);
    let (binder, problems) = assessed(&files);
    assert_eq!(problems, []);
    let not_full: Vec<String> = binder
        .assessments
        .iter()
        .filter(|found| found.marks.policy != Mark::Full)
        .map(|found| {
            format!(
                "{} {:?}: {:?}",
                found.row,
                found.marks.policy,
                found.gaps.iter().map(|gap| &gap.message).collect::<Vec<_>>()
            )
        })
        .collect();
    assert_eq!(not_full, Vec::<String>::new());
}

#[test]
fn one_section_of_ones_own_counts_and_its_neighbors_do_not() {
    let mut files = files(&usual());
    let path = "policies/backup-and-recovery.md";
    let text = files[path].replace(
        "Every [NUMBER] months we restore something real",
        "Every three months we restore something real",
    );
    files.insert(path.into(), text);
    approve(&mut files, path);
    let (binder, _) = assessed(&files);
    let found = |citation: &str| {
        let row = rule().row(&citation.parse().expect("a citation")).expect("a row");
        &binder.assessments[row.index()]
    };
    let restore = found("164.308(a)(7)(ii)(B)");
    assert_eq!(restore.marks.policy, Mark::Partial, "blanks are left in it");
    assert!(
        restore
            .gaps
            .iter()
            .any(|gap| gap.kind == GapKind::PolicyPlaceholder)
    );
    let backup = found("164.308(a)(7)(ii)(A)");
    assert_eq!(backup.marks.policy, Mark::None);
    assert!(
        backup
            .gaps
            .iter()
            .any(|gap| gap.kind == GapKind::StarterTextUnchanged)
    );
}

#[test]
fn the_example_of_the_readme_is_a_whole_record_once_there_is_text_under_its_headings() {
    let mut files = files(&usual());
    let readme = files["README.md"].clone();
    let (_, rest) = readme.split_once("```\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let written: String = example
        .lines()
        .map(|line| match line.starts_with("## ") {
            true => format!("{line}\n\nThe office manager wrote down what was found in each room.\n\n"),
            false => format!("{line}\n"),
        })
        .collect();
    files.insert("records/risk-analysis.md".into(), written);
    files.insert(
        "registers/systems.csv".into(),
        "id,name,holds_ephi,checked\nehr,EHR,yes,2026-09-14\nbilling,Billing,yes,2026-09-14\n".into(),
    );
    let (binder, problems) = assessed(&files);
    assert_eq!(problems, []);
    let row = rule()
        .row(&"164.308(a)(1)(ii)(A)".parse().expect("a citation"))
        .expect("a row");
    assert_eq!(binder.assessments[row.index()].marks.evidence, Mark::Full);
}

#[test]
fn the_documents_count_the_starter_policies_right() {
    let count = format!("{} starter policies", starters::all().count());
    for document in ["README.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(document).expect("there");
        assert!(text.contains(&count), "{document} says {count}");
    }
}

#[test]
fn registers_are_empty_and_have_their_header() {
    let files = files(&usual());
    let registers: Vec<&String> = files
        .keys()
        .filter(|path| path.starts_with("registers/"))
        .collect();
    assert_eq!(registers.len(), content::registers::REGISTERS.len());
    for path in registers {
        assert_eq!(files[path].lines().count(), 1, "{path}");
    }
    assert!(
        files["registers/leavers.csv"]
            .trim_end()
            .ends_with("from,to,by,recorded,note")
    );
}

fn binder(arguments: &[&str], home: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(arguments)
        .current_dir(home)
        .env("NO_COLOR", "1")
        .env("TZ", "UTC")
        .output()
        .expect("the program runs")
}

#[test]
fn a_folder_of_any_practice_builds_at_once() {
    for name in [
        "O'Neil \"Bud\" & Sons \\ <b>Praxis</b>",
        "#let x = 1\n[site]\u{7}",
        "Nguyễn 診療所 🩺 {{ x }}",
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let made = binder(
            &[
                "new",
                "a clinic",
                "--practice",
                name,
                "--security-official",
                name,
                "--site",
                name,
            ],
            home.path(),
        );
        assert_eq!(
            made.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let built = binder(&["build", "a clinic"], home.path());
        assert_eq!(
            built.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        let data = std::fs::read(home.path().join("a clinic/public/binder.json")).expect("there");
        let data: serde_json::Value = serde_json::from_slice(&data).expect("JSON");
        let rows = data["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 65);
        assert!(rows.iter().all(|row| row["state"] == "not-documented"));
    }
}

#[test]
fn nothing_is_written_over_and_an_interrupted_run_can_be_repeated() {
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path().join("clinic");
    let new = || {
        binder(
            &["new", "clinic", "--practice", "A", "--security-official", "B"],
            home.path(),
        )
    };
    std::fs::create_dir_all(dir.join("policies")).expect("made");
    std::fs::write(dir.join("policies/sanction-policy.md"), "mine").expect("written");
    let refused = new();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("policies/sanction-policy.md") && said.contains("never written over"),
        "{said}"
    );
    assert_eq!(support::tree(&dir).len(), 1, "nothing was written");

    std::fs::remove_file(dir.join("policies/sanction-policy.md")).expect("removed");
    std::fs::write(dir.join("letter.txt"), "of ours").expect("written");
    assert_eq!(new().status.code(), Some(0));
    let whole = support::tree(&dir);
    assert_eq!(whole["letter.txt"], b"of ours");

    // The settings come last: without them the rest is what a killed run leaves.
    std::fs::remove_file(dir.join("binder.toml")).expect("removed");
    std::fs::remove_dir_all(dir.join("registers")).expect("removed");
    assert_eq!(new().status.code(), Some(0));
    assert_eq!(support::tree(&dir), whole);

    let again = new();
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is a binder already"));
    assert_eq!(support::tree(&dir), whole);
}

#[cfg(unix)]
#[test]
fn the_start_files_run_the_program_in_their_folder() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a folder");
    let made = binder(
        &[
            "new",
            "my clinic's \"binder\"",
            "--practice",
            "A",
            "--security-official",
            "B",
        ],
        home.path(),
    );
    assert_eq!(made.status.code(), Some(0));
    let dir = home.path().join("my clinic's \"binder\"");
    for name in ["start.command", "start.desktop"] {
        let mode = std::fs::metadata(dir.join(name))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o755, "{name}");
    }
    let bat = std::fs::read_to_string(dir.join("start.bat")).expect("there");
    assert!(bat.contains("binder serve --open\r\n") && !bat.replace("\r\n", "").contains('\n'));

    // A program of the same name that says where it was started, and how.
    let tools = home.path().join("tools");
    std::fs::create_dir(&tools).expect("made");
    std::fs::write(
        tools.join("binder"),
        "#!/bin/sh\necho \"$(basename \"$PWD\"): $*\"\n",
    )
    .expect("written");
    std::fs::set_permissions(tools.join("binder"), std::fs::Permissions::from_mode(0o755)).expect("marked");
    let path = format!("{}:/usr/bin:/bin", tools.display());
    let wanted = "my clinic's \"binder\": serve --open";
    let desktop = std::fs::read_to_string(dir.join("start.desktop")).expect("there");
    let exec = desktop
        .lines()
        .find_map(|line| line.strip_prefix("Exec="))
        .expect("Exec");
    // What a desktop does: its own escapes, then the arguments, with the place of the file for %k.
    let argument = exec
        .strip_prefix("sh -c \"")
        .and_then(|rest| rest.strip_suffix("\" start %k"))
        .expect("the shape of the line")
        .replace("\\\\", "\\")
        .replace("\\\"", "\"")
        .replace("\\$", "$");
    for mut command in [Command::new(dir.join("start.command")), {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(&argument)
            .arg("start")
            .arg(dir.join("start.desktop"));
        command
    }] {
        let ran = command
            .env("PATH", &path)
            .current_dir("/")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(
            said.starts_with(wanted),
            "{said} {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

#[test]
fn single_files_come_back_and_never_over_others() {
    let home = tempfile::tempdir().expect("a folder");
    let new = |more: &[&str]| binder(&[&["new"], more].concat(), home.path());
    let made = new(&[
        "clinic",
        "--practice",
        "A",
        "--security-official",
        "B",
        "--clearinghouse",
        "no",
    ]);
    assert_eq!(made.status.code(), Some(0));
    let dir = home.path().join("clinic");
    let whole = support::tree(&dir);
    for path in [
        "answers/164.312/164.312-a-2-iv.md",
        "answers/164.308/164.308-a-4-ii-a.md",
        "policies/risk-analysis.md",
    ] {
        std::fs::remove_file(dir.join(path)).expect("removed");
    }
    let inside = |more: &[&str]| binder(&[&["-C", "clinic/registers", "new"], more].concat(), home.path());
    let addressable = inside(&["--row", "45 CFR 164.312 (a)(2)(iv)"]);
    let said = String::from_utf8_lossy(&addressable.stdout).replace('\n', " ");
    assert!(said.contains("fill in the decision at the top"), "{said}");
    let apart = inside(&[
        "--row",
        "164.308(a)(4)(ii)(A)",
        "--policy",
        "risk analysis and risk management procedure",
    ]);
    let said = String::from_utf8_lossy(&apart.stdout).replace('\n', " ");
    assert!(said.contains("this row does not apply"), "{said}");
    assert_eq!(support::tree(&dir), whole, "the same files as at first");

    // An answer under a name of its own is an answer all the same.
    std::fs::rename(
        dir.join("answers/164.312/164.312-b.md"),
        dir.join("answers/logs.md"),
    )
    .expect("moved");
    let refused = inside(&["--row", "164.312(b)", "--row", "164.312(d)"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("answers/logs.md"));
    assert!(!dir.join("answers/164.312/164.312-b.md").exists());

    // A file with errors is in no list, and still keeps its place.
    std::fs::write(dir.join("policies/fax-policy.md"), "half a file").expect("written");
    let refused = inside(&["--policy", "Fax policy"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("never written over"));
    assert_eq!(
        std::fs::read(dir.join("policies/fax-policy.md")).expect("there"),
        b"half a file"
    );
}
