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
//! that belong to that mark; or `row` and the kinds of gaps of the row as a whole; or the row's state. `*` in place of
//! the row speaks of every row that applies. Each case starts from the files of `base.txt`, or, where its second line
//! says `from whole`, from a folder in which every row that applies is documented (`whole.txt`). A file given in the
//! case replaces the other, and `=== path (none)` takes it away; `=== path (and)` adds lines at the end.
//! `as-of 2027-01-01` after the title moves the day, which is 2026-11-20 otherwise. `{{digest}}` and other marks stand
//! for digests: see `support::whole`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hipaa_binder::binder::Binder;
use hipaa_binder::diagnostic::Severity;
use hipaa_binder::gap::{GapKind, MarkName, RowAssessment, State};
use hipaa_binder::rule::{RowId, rule};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use support::whole::{self, Files};

mod support;

/// The day of every case that names no other.
const TODAY: Date = date(2026, 11, 20);

struct Case {
    title: String,
    as_of: Date,
    files: Files,
    expect: Vec<String>,
}

fn read_case(text: &str) -> Case {
    let (head, rest) = text
        .split_once("\n=== ")
        .expect("a case holds at least one file or expect");
    let mut lines = head.lines();
    let title = lines.next().unwrap_or_default().to_string();
    let mut as_of = TODAY;
    let mut files = None;
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once(' ') {
            Some(("as-of", day)) => as_of = day.parse().expect("as-of is a day"),
            Some(("from", "whole")) => files = Some(whole::whole()),
            _ => panic!("case \"{title}\": \"{line}\" says nothing"),
        }
    }
    let mut files = files.unwrap_or_else(whole::base);
    let mut expect = vec![];
    for part in rest.split("\n=== ") {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("{}\n", body.trim_end());
        match name.trim().rsplit_once(" (") {
            Some((path, "none)")) => assert!(
                files.remove(path).is_some(),
                "case \"{title}\": {path} is not there"
            ),
            Some((path, "and)")) => files.get_mut(path).expect("a file to add to").push_str(&body),
            _ if name.trim() == "expect" => expect = body.lines().map(str::trim).map(String::from).collect(),
            _ => drop(files.insert(name.trim().to_string(), body)),
        }
    }
    expect.retain(|line| !line.is_empty());
    assert!(!expect.is_empty(), "case \"{title}\" expects nothing");
    whole::fill_in_digests(&mut files);
    Case {
        title,
        as_of,
        files,
        expect,
    }
}

/// The cases of every file, with the file's name.
fn cases() -> Vec<(String, Case)> {
    let mut paths: Vec<_> = std::fs::read_dir("tests/cases/gap")
        .expect("the cases are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name != "base.txt" && name != "whole.txt")
        })
        .collect();
    paths.sort();
    let mut all = vec![];
    for path in paths {
        let text = format!("\n{}", std::fs::read_to_string(&path).expect("a text file"));
        for case in text.split("\n######## ").skip(1) {
            all.push((path.display().to_string(), read_case(case)));
        }
    }
    all
}

/// The binder of some files, and what is wrong with the files themselves.
fn build(files: &Files, as_of: Date) -> (Option<Binder>, String) {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let (binder, diagnostics) = support::binder(&folder, as_of);
    let mut wrong = String::new();
    for error in diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        let _ = writeln!(
            wrong,
            "  error in the files: {}:{} {}",
            error.place.file, error.place.line, error.message
        );
    }
    (binder, wrong)
}

/// What is wrong with a case; empty when all is as expected.
fn run(case: &Case) -> String {
    let (binder, mut wrong) = build(&case.files, case.as_of);
    let Some(binder) = binder else {
        return wrong + "  no binder\n";
    };
    for line in &case.expect {
        let (citation, rest) = line.split_once(' ').expect("citation, then what is expected");
        for row in rows(citation, &binder) {
            let got = describe(binder.assessment(row), rest);
            if got != rest {
                let _ = writeln!(wrong, "  {row}\n    expected {rest}\n    got      {got}");
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
    }
    wrong
}

/// The row of a citation; with `*` every row that applies.
fn rows(citation: &str, binder: &Binder) -> Vec<RowId> {
    let applies = |row: &RowId| binder.assessment(*row).state != State::DoesNotApply;
    match citation {
        "*" => rule().row_ids().filter(applies).collect(),
        _ => vec![
            rule()
                .row_ids()
                .find(|row| row.to_string() == citation)
                .unwrap_or_else(|| panic!("no row {citation}")),
        ],
    }
}

/// The same sentence as the expectation, made of what was found.
fn describe(row: &RowAssessment, expected: &str) -> String {
    let what = expected.split([' ', '=']).next().unwrap_or_default();
    let kinds = |mark: Option<MarkName>| {
        let kinds: BTreeSet<&str> = row
            .gaps
            .iter()
            .filter(|gap| gap.mark == mark)
            .map(|gap| gap.kind.name())
            .collect();
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
    let mut failed = String::new();
    let cases = cases();
    for (path, case) in &cases {
        let wrong = run(case);
        if !wrong.is_empty() {
            let _ = writeln!(failed, "{path}: {}\n{wrong}", case.title);
        }
    }
    println!("{} cases", cases.len());
    assert!(failed.is_empty(), "\n{failed}");
}

#[test]
fn every_kind_of_gap_is_expected_somewhere() {
    let cases = cases();
    let words: BTreeSet<&str> = cases
        .iter()
        .flat_map(|(_, case)| &case.expect)
        .flat_map(|line| line.split_whitespace())
        .collect();
    let never: Vec<&str> = GapKind::ALL
        .iter()
        .map(|kind| kind.name())
        .filter(|name| !words.contains(name))
        .collect();
    assert!(never.is_empty(), "no case expects {never:?}");
}

#[test]
fn every_row_is_expected_full_somewhere_and_short_somewhere() {
    let (mut full, mut short) = (BTreeSet::new(), BTreeSet::new());
    let cases = cases();
    for (_, case) in &cases {
        for line in &case.expect {
            let Some((row, rest)) = line.split_once(" evidence=") else {
                continue;
            };
            if rest == "full" {
                full.insert(row)
            } else {
                short.insert(row)
            };
        }
    }
    for row in rule().row_ids().map(|row| row.to_string()) {
        assert!(
            full.contains(row.as_str()),
            "no case expects evidence=full of {row}"
        );
        assert!(
            short.contains(row.as_str()),
            "no case expects less than evidence=full of {row}"
        );
    }
}

/// How much a row shows, for comparing: more is more documented.
fn rank(state: State) -> u8 {
    match state {
        State::NotDocumented => 0,
        State::PartlyDocumented => 1,
        State::Documented => 2,
        State::DoesNotApply => 3,
    }
}

fn states(files: &Files, as_of: Date) -> BTreeMap<String, State> {
    let (binder, wrong) = build(files, as_of);
    let binder = binder.unwrap_or_else(|| panic!("no binder\n{wrong}"));
    rule()
        .row_ids()
        .map(|row| (row.to_string(), binder.assessment(row).state))
        .collect()
}

#[test]
fn past_every_interval_no_row_stays_documented() {
    // The longest default is 24 months.
    for months in [25, 60, 600] {
        let states = states(
            &whole::whole(),
            TODAY.checked_add(i64::from(months).months()).expect("a day"),
        );
        let left: Vec<_> = states
            .iter()
            .filter(|(_, state)| **state == State::Documented)
            .collect();
        assert!(left.is_empty(), "{months} months later: {left:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Taking proof, answers and policies out of a folder documents nothing.
    #[test]
    fn removing_files_never_documents_a_row(start in 0_u64..256, seed in any::<u64>()) {
        let mut files = whole::whole();
        // First to somewhere between whole and empty, then one file less.
        let removable: Vec<String> = files
            .keys()
            .filter(|path| ["answers/", "policies/", "evidence/"].iter().any(|folder| path.starts_with(folder)))
            .cloned()
            .collect();
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        for path in &removable {
            if next() % 256 < start {
                files.remove(path);
            }
        }
        let before = states(&files, TODAY);
        let left: Vec<&String> = removable.iter().filter(|path| files.contains_key(*path)).collect();
        if let Some(path) = left.get(usize::try_from(next()).unwrap_or(0) % left.len().max(1)).map(|path| (*path).clone()) {
            files.remove(&path);
            for (row, after) in states(&files, TODAY) {
                prop_assert!(rank(after) <= rank(before[&row]), "without {} the row {} went from {:?} to {:?}", path, row, before[&row], after);
            }
        }
    }
}
