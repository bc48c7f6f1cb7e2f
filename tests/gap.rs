//! The heart: what counts and what must not, case by case.
//!
//! A case file of `tests/cases/gap/` holds many cases. Each begins with `######## title`, then files (`=== path` and
//! their text), then `=== expect` with lines such as
//!
//! ```text
//! 164.308(a)(5)(i) evidence=partial coverage-incomplete
//! 164.308(a)(2) state=documented
//! ```
//!
//! A line names a row, a mark (answer, policy, evidence, decision) with its value, and then exactly the kinds of gaps
//! that belong to that mark; or `row` and the kinds of gaps of the row as a whole; or the row's state. Each case
//! starts from the files of `base.txt`; a file given in the case replaces the base's, and `=== path (none)` takes it
//! away. `as-of 2027-01-01` after the title moves the day, which is 2026-11-20 otherwise.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hipaa_binder::diagnostic::Severity;
use hipaa_binder::gap::{MarkName, RowAssessment};
use hipaa_binder::rule::rule;
use jiff::civil::{Date, date};

mod support;

struct Case {
    title: String,
    as_of: Date,
    files: BTreeMap<String, String>,
    expect: Vec<String>,
}

fn cases(text: &str, base: &BTreeMap<String, String>) -> Vec<Case> {
    text.split("\n######## ")
        .skip(1)
        .map(|case| read_case(case, base))
        .collect()
}

fn read_case(text: &str, base: &BTreeMap<String, String>) -> Case {
    let (head, rest) = text
        .split_once("\n=== ")
        .expect("a case holds at least one file or expect");
    let mut lines = head.lines();
    let title = lines.next().unwrap_or_default().to_string();
    let as_of = lines
        .find_map(|line| line.strip_prefix("as-of "))
        .map_or(date(2026, 11, 20), |day| {
            day.trim().parse().expect("as-of is a day")
        });
    let mut files = base.clone();
    let mut expect = vec![];
    for part in rest.split("\n=== ") {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        match (name.trim(), name.trim().strip_suffix(" (none)")) {
            ("expect", _) => {
                expect = body
                    .lines()
                    .map(str::trim)
                    .filter(|l| !l.is_empty())
                    .map(String::from)
                    .collect()
            }
            (_, Some(path)) => drop(files.remove(path)),
            (path, None) => drop(files.insert(path.to_string(), format!("{}\n", body.trim_end()))),
        }
    }
    assert!(!expect.is_empty(), "case \"{title}\" expects nothing");
    Case {
        title,
        as_of,
        files,
        expect,
    }
}

fn base() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string("tests/cases/gap/base.txt").expect("base.txt is there");
    text.split("=== ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .map(|(path, body)| (path.trim().to_string(), format!("{}\n", body.trim_end())))
        .collect()
}

/// What is wrong with a case; empty when all is as expected.
fn run(case: &Case) -> String {
    let folder = support::folder(
        case.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_bytes())),
    );
    let (binder, diagnostics) = support::binder(&folder, case.as_of);
    let mut wrong = String::new();
    for error in diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        let _ = writeln!(
            wrong,
            "  error in the case's own files: {}:{} {}",
            error.place.file, error.place.line, error.message
        );
    }
    let Some(binder) = binder else {
        return wrong + "  no binder\n";
    };
    for line in &case.expect {
        let (citation, rest) = line.split_once(' ').expect("citation, then what is expected");
        let row = rule()
            .row_ids()
            .find(|row| row.to_string() == citation)
            .unwrap_or_else(|| panic!("no row {citation}"));
        let got = describe(binder.assessment(row), rest);
        if got != rest {
            let _ = writeln!(wrong, "  {citation}\n    expected {rest}\n    got      {got}");
            for gap in &binder.assessment(row).gaps {
                let _ = writeln!(
                    wrong,
                    "      {}: {} [{}:{}]",
                    gap.kind.name(),
                    gap.message,
                    gap.place.file,
                    gap.place.line
                );
            }
        }
    }
    wrong
}

/// The same sentence as the expectation, made of what was found.
fn describe(row: &RowAssessment, expected: &str) -> String {
    let what = expected.split([' ', '=']).next().unwrap_or_default();
    let kinds = |mark: Option<MarkName>| {
        let mut kinds: Vec<&str> = row
            .gaps
            .iter()
            .filter(|gap| gap.mark == mark)
            .map(|gap| gap.kind.name())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.iter().map(|kind| format!(" {kind}")).collect::<String>()
    };
    match what {
        "state" => format!("state={}", row.state.name()),
        "row" => format!("row{}", kinds(None)),
        _ => {
            let (name, mark) = row
                .marks
                .each()
                .into_iter()
                .find(|(name, _)| name.title().eq_ignore_ascii_case(what))
                .unwrap_or_else(|| panic!("no mark {what}"));
            format!("{what}={}{}", mark.name(), kinds(Some(name)))
        }
    }
}

#[test]
fn every_case_comes_out_as_written() {
    let base = base();
    let mut files: Vec<_> = std::fs::read_dir("tests/cases/gap")
        .expect("the cases are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "base.txt"))
        .collect();
    files.sort();
    let (mut count, mut failed) = (0, String::new());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a text file");
        for case in cases(&format!("\n{text}"), &base) {
            count += 1;
            let wrong = run(&case);
            if !wrong.is_empty() {
                let _ = writeln!(failed, "{}: {}\n{wrong}", path.display(), case.title);
            }
        }
    }
    println!("{count} cases");
    assert!(failed.is_empty(), "\n{failed}");
}
