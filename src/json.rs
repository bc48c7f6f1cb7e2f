//! The binder as data: one shape for `binder.json` and for `check --format json`.
//!
//! Keys keep their order and their meaning; new ones may be added. `binder.json` has two keys more a row, `path` and
//! `pdf_page`; `check` has the range of each message in its file, what to type in its place, and the places that belong to it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address;
use crate::binder::{Binder, Edition, Options};
use crate::content::{Audience, Content};
use crate::diagnostic::{Diagnostic, Severity, Source, data};
use crate::gap::{Gap, GapKind, Marks, RowAssessment, State};
use crate::phi;
use crate::rule::{Row, RowId, rule};

#[derive(Serialize)]
struct Report<'a> {
    as_of: String,
    /// A past date, made from the files of a later day.
    reconstruction: bool,
    build_id: &'a str,
    program_version: &'static str,
    /// `None` when `binder.toml` could not be read.
    practice: Option<&'a str>,
    version: Option<&'a str>,
    /// `internal` or `production`. Only the internal edition lists gaps and diagnostics, and only to management.
    edition: Edition,
    /// `workforce`, `management` or `official`.
    audience: Audience,
    counts: Counts,
    /// Exhibits of which nobody has said whether they show patient data. For the practice itself only.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_looked_at: Option<Vec<NotLookedAt<'a>>>,
    rows: Vec<RowData<'a>>,
    diagnostics: Vec<Told<'a>>,
}

/// An exhibit for a person to look at before it is published.
#[derive(Serialize)]
struct NotLookedAt<'a> {
    exhibit: &'a str,
    title: &'a str,
    /// Path below the content folder.
    path: &'a str,
    /// The line of the evidence register to fill in.
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Counts {
    rows: usize,
    documented: usize,
    partly_documented: usize,
    not_documented: usize,
    does_not_apply: usize,
    gaps: usize,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct RowData<'a> {
    citation: String,
    kind: crate::rule::RowKind,
    /// `None` on standards with specifications.
    designation: Option<crate::rule::Designation>,
    title: &'a str,
    state: State,
    marks: Marks,
    gaps: Vec<GapData<'a>>,
    #[serde(flatten)]
    places: Option<Places>,
}

/// Where the row stands in the output.
#[derive(Serialize)]
struct Places {
    path: String,
    /// Physical page, from 1; `None` without a PDF.
    pdf_page: Option<usize>,
}

#[derive(Serialize)]
struct GapData<'a> {
    kind: GapKind,
    message: &'a str,
    help: &'a str,
    file: &'a str,
    /// From 1; 0 where the file as a whole is meant.
    line: u32,
}

/// A message in `binder.json`: where the file is not at hand, there is no range.
#[derive(Serialize)]
struct Message<'a> {
    severity: Severity,
    code: &'static str,
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    help: &'a str,
}

/// A message as the two reports tell it.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    Brief(Message<'a>),
    Whole(data::Problem<'a>),
}

/// What `check --format json` prints. `binder` is `None` when there is no usable `binder.toml`; then no rows are
/// listed. `source` gives the text of a file, for the ranges of messages.
pub fn check(
    binder: Option<&Binder>,
    options: &Options,
    build_id: &str,
    diagnostics: &[Diagnostic],
    source: &dyn Fn(&str) -> Option<Source>,
) -> String {
    report(
        binder,
        (options.as_of.to_string(), options.reconstruction),
        (options.edition, options.audience),
        build_id,
        diagnostics,
        |problem| Told::Whole(data::problem(problem, source)),
        |_| None,
    )
}

/// The file `binder.json`. `pages` gives the page of each row, `None` where no PDF was made.
pub fn binder(binder: &Binder, diagnostics: &[Diagnostic], pages: Option<&BTreeMap<RowId, usize>>) -> String {
    let meta = &binder.meta;
    report(
        Some(binder),
        (meta.as_of.to_string(), meta.reconstruction),
        (meta.edition, meta.audience),
        &meta.build_id,
        diagnostics,
        |problem| Told::Brief(message(problem)),
        |row| {
            Some(Places {
                path: address::row_page(row),
                pdf_page: pages.and_then(|pages| pages.get(&row).copied()),
            })
        },
    )
}

fn report<'a>(
    binder: Option<&'a Binder>,
    (as_of, reconstruction): (String, bool),
    (edition, audience): (Edition, Audience),
    build_id: &'a str,
    diagnostics: &'a [Diagnostic],
    tell: impl Fn(&'a Diagnostic) -> Told<'a>,
    places: impl Fn(RowId) -> Option<Places>,
) -> String {
    let assessments: Vec<&RowAssessment> = binder
        .iter()
        .flat_map(|binder| &binder.assessments)
        .filter(|found| binder.is_some_and(|binder| binder.meta.only.holds(found.row)))
        .collect();
    let report = Report {
        as_of,
        reconstruction,
        build_id,
        program_version: env!("CARGO_PKG_VERSION"),
        practice: binder.map(|binder| binder.meta.practice.as_str()),
        version: binder.and_then(|binder| binder.meta.version_label.as_deref()),
        edition,
        audience,
        counts: counts(&assessments, diagnostics),
        rows: assessments
            .iter()
            .map(|found| row(&rule()[found.row], found, places(found.row)))
            .collect(),
        diagnostics: diagnostics.iter().map(tell).collect(),
        not_looked_at: binder
            .filter(|binder| binder.meta.shows_gaps())
            .map(|binder| not_looked_at(&binder.content)),
    };
    // Strings, numbers and lists always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn not_looked_at(content: &Content) -> Vec<NotLookedAt<'_>> {
    phi::not_looked_at(content)
        .map(|exhibit| NotLookedAt {
            exhibit: &exhibit.id,
            title: &exhibit.title,
            path: exhibit.file.as_ref().map_or("", |file| file.value.as_str()),
            file: &exhibit.place.file,
            line: exhibit.place.line,
        })
        .collect()
}

fn counts(rows: &[&RowAssessment], diagnostics: &[Diagnostic]) -> Counts {
    let state = |state| rows.iter().filter(|row| row.state == state).count();
    let errors = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    Counts {
        rows: rows.len(),
        documented: state(State::Documented),
        partly_documented: state(State::PartlyDocumented),
        not_documented: state(State::NotDocumented),
        does_not_apply: state(State::DoesNotApply),
        gaps: rows.iter().map(|row| row.gaps.len()).sum(),
        errors,
        warnings: diagnostics.len() - errors,
    }
}

fn row<'a>(row: &'a Row, found: &'a RowAssessment, places: Option<Places>) -> RowData<'a> {
    RowData {
        citation: row.citation.to_string(),
        kind: row.kind,
        designation: row.designation,
        title: &row.title,
        state: found.state,
        marks: found.marks,
        gaps: found.gaps.iter().map(gap).collect(),
        places,
    }
}

fn gap(gap: &Gap) -> GapData<'_> {
    GapData {
        kind: gap.kind,
        message: &gap.message,
        help: &gap.help,
        file: &gap.place.file,
        line: gap.place.line,
    }
}

fn message(problem: &Diagnostic) -> Message<'_> {
    Message {
        severity: problem.severity,
        code: problem.code,
        message: &problem.message,
        file: &problem.place.file,
        line: problem.place.line,
        column: problem.place.column,
        help: &problem.help,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;
    use crate::gap::Mark;

    #[test]
    fn every_mark_and_state_has_its_name() {
        let marks = Marks {
            answer: Mark::Full,
            policy: Mark::Partial,
            evidence: Mark::None,
            decision: Mark::NotNeeded,
        };
        let text = serde_json::to_string(&marks).expect("JSON");
        assert_eq!(
            text,
            r#"{"answer":"full","policy":"partial","evidence":"none","decision":"not-needed"}"#
        );
        for state in [
            State::Documented,
            State::PartlyDocumented,
            State::NotDocumented,
            State::DoesNotApply,
        ] {
            assert_eq!(
                serde_json::to_string(&state).expect("JSON"),
                format!("\"{}\"", state.name())
            );
        }
    }

    #[test]
    fn a_row_has_the_keys_that_others_rely_on() {
        let id = rule().row_ids().next().expect("a row");
        let place = Place {
            file: "registers/risks.csv".into(),
            line: 7,
            ..Place::default()
        };
        let found = RowAssessment {
            row: id,
            state: State::PartlyDocumented,
            marks: Marks {
                answer: Mark::Full,
                policy: Mark::Full,
                evidence: Mark::None,
                decision: Mark::NotNeeded,
            },
            gaps: vec![Gap {
                row: id,
                kind: GapKind::EvidenceMissing,
                mark: None,
                message: "m".to_string(),
                help: "h".to_string(),
                place,
                owner: String::new(),
                plan: None,
            }],
            applies_because: None,
            proofs: vec![],
        };
        let plain = serde_json::to_value(row(&rule()[id], &found, None)).expect("JSON");
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value
                .as_object()
                .map(|map| map.keys().cloned().collect())
                .unwrap_or_default()
        };
        assert_eq!(
            keys(&plain),
            [
                "citation",
                "kind",
                "designation",
                "title",
                "state",
                "marks",
                "gaps"
            ]
        );
        assert_eq!(
            keys(&plain["gaps"][0]),
            ["kind", "message", "help", "file", "line"]
        );
        assert_eq!(plain["gaps"][0]["kind"], "evidence-missing");
        assert_eq!(plain["designation"], serde_json::Value::Null);
        assert_eq!(plain["kind"], "standard");

        let places = Places {
            path: address::row_page(id),
            pdf_page: None,
        };
        let full = serde_json::to_value(row(&rule()[id], &found, Some(places))).expect("JSON");
        assert_eq!(full["path"], "standards/164.308-a-1-i.html");
        assert!(
            full.get("pdf_page").is_some_and(serde_json::Value::is_null),
            "null, not left out"
        );
    }
}
