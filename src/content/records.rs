//! `records/`: dated, signed documents such as the risk analysis.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frontmatter;
use super::registers::join::Names;
use super::substance::judge;
use super::{At, Audience, Previous, Record, cite, keys, words};
use crate::diagnostic::{Diagnostic, Source};
use crate::markdown;

/// Every kind of record.
pub const KINDS: &[&str] = &[
    "risk-analysis",
    "evaluation",
    "access-matrix",
    "data-flows",
    "drill-report",
    "approval-sheet",
    "records-walk-through",
    "retention-check",
    "availability-check",
    "access-list",
    "contact-plan",
    "meeting",
    "statement",
    "other",
];

/// The elements per kind, each under a heading of its own, by the names that gaps print. A risk analysis has the nine
/// of HHS's guidance on risk analysis (July 2010); an evaluation is technical and nontechnical (164.308(a)(8)).
pub const ELEMENTS: &[(&str, &[&str])] = &[
    (
        "risk-analysis",
        &[
            "Scope",
            "Data collection",
            "Threats and vulnerabilities",
            "Current measures",
            "Likelihood",
            "Impact",
            "Risk level",
            "Documentation",
            "Review and update",
        ],
    ),
    (
        "evaluation",
        &[
            "Technical evaluation",
            "Nontechnical evaluation",
            "Findings",
            "Follow-up",
        ],
    ),
];

/// The elements that a kind of record must have; none for most.
pub fn elements(kind: &str) -> &'static [&'static str] {
    ELEMENTS
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or(&[], |(_, elements)| elements)
}

/// What a heading says when it means an element: every word, or its beginning, of one of these.
fn wordings(element: &str) -> &'static [&'static str] {
    match element {
        "Scope" => &["scope"],
        "Data collection" => &[
            "data collect",
            "collect data",
            "where data",
            "where ephi",
            "information gather",
        ],
        "Threats and vulnerabilities" => &["threat", "vulnerab"],
        "Current measures" => &[
            "current measure",
            "current security",
            "current safeguard",
            "current control",
            "measures in place",
            "existing",
        ],
        "Likelihood" => &["likel", "probab"],
        "Impact" => &["impact"],
        "Risk level" => &["risk level", "level risk", "risk rating", "determin"],
        "Documentation" => &["document"],
        "Review and update" => &["review", "update"],
        "Technical evaluation" => &["technical"],
        "Nontechnical evaluation" => &["nontechnical"],
        "Findings" => &["finding", "result"],
        "Follow-up" => &["follow", "next step", "action"],
        _ => &[],
    }
}

/// Whether a heading means this element.
fn names_element(heading: &str, element: &str) -> bool {
    let heading = words::plain(heading).replace("non technical", "nontechnical");
    let heading: Vec<&str> = heading.split(' ').collect();
    let holds = |wording: &&str| {
        wording
            .split(' ')
            .all(|want| heading.iter().any(|word| word.starts_with(want)))
    };
    wordings(element).iter().any(holds)
}

/// A record with what can only be checked beside the others.
#[derive(Debug, Clone)]
pub struct Read {
    /// The record; `systems`, `sites` and `previous` as typed.
    pub record: Record,
    systems: Vec<At<String>>,
    sites: Vec<At<String>>,
    previous: Option<At<String>>,
}

/// Reads one file of `records/`. Errors: those of the front matter, unknown kinds, rows that are none.
/// Warnings: no date, those of the Markdown.
pub fn read(source: Source, out: &mut Vec<Diagnostic>) -> Option<Read> {
    let path: Arc<str> = source.path.clone();
    let front = frontmatter::read(
        source,
        "kind = \"risk-analysis\", title = \"...\" and date = 2026-02-15",
        out,
    )?;
    let table = &front.table;
    table.check(&keys::RECORD, out);
    let (body, problems) = markdown::parse(&front.source, front.body);
    out.extend(problems);
    let kinds: Vec<(&'static str, &'static str)> = KINDS.iter().map(|kind| (*kind, *kind)).collect();
    if table.entry("kind").is_none() {
        table.missing(
            "kind",
            "a record",
            &format!("kind = \"...\", one of {}", words::choice(KINDS.iter().copied())),
            out,
        );
    }
    let kind = table.one_of("kind", "a kind of record", &kinds, out)?.value;
    let title = table.required(
        "title",
        "a record",
        "title = \"...\", the words for its cover",
        out,
    );
    let date = table.date("date", out);
    if table.entry("date").is_none() {
        out.push(
            Diagnostic::warning(
                "record-without-date",
                front.top(),
                "this record has no date, and proves nothing until it has one",
            )
            .help("Type date = 2026-02-15, the day it was finished."),
        );
    }
    let by = table
        .text("by", out)
        .or_else(|| table.text("evaluator", out))
        .map(|at| at.value);
    let mut rows = Vec::new();
    for text in table.texts("rows", out) {
        rows.extend(
            cite::rows(&text.value, &text.place, out)
                .into_iter()
                .map(|row| At {
                    value: row,
                    place: text.place.clone(),
                }),
        );
    }
    let previous = table.text("previous", out);
    let no_previous = table.text("no_previous", out);
    if let (Some(_), Some(reason)) = (&previous, &no_previous) {
        out.push(
            Diagnostic::error(
                "previous-and-none",
                reason.place.clone(),
                "this record names the one before it and says there is none",
            )
            .help("Keep `previous` or `no_previous`, not both."),
        );
    }
    let found = found_elements(kind, &body);
    let substance = judge(&body.blocks, None);
    let systems = table.texts("systems", out);
    let sites = table.texts("sites", out);
    let record = Record {
        id: stem(&path),
        kind,
        title: title.map_or_else(|| stem(&path), |at| at.value),
        path,
        place: front.top(),
        date,
        by,
        signed_by: table.text("signed_by", out).map(|at| at.value),
        rows,
        systems: systems.iter().map(|s| s.value.clone()).collect(),
        sites: sites.iter().map(|s| s.value.clone()).collect(),
        previous: previous
            .clone()
            .map(|at| Previous::Record(at.value))
            .or_else(|| no_previous.map(|at| Previous::Reason(at.value))),
        body: body.into(),
        substance,
        elements: found,
        handling: table.handling(Audience::Workforce, out),
    };
    Some(Read {
        record,
        systems,
        sites,
        previous,
    })
}

/// The elements whose heading stands in the text with real words under it.
fn found_elements(kind: &str, body: &markdown::Document) -> Vec<&'static str> {
    let parts = body.parts();
    let mut found = Vec::new();
    for element in elements(kind).iter().copied() {
        let is_written = parts.iter().any(|part| {
            names_element(&part.title, element)
                && body
                    .blocks
                    .get(part.blocks.clone())
                    .is_some_and(|b| judge(b, None).has_text())
        });
        if is_written {
            found.push(element);
        }
    }
    found
}

/// File name without folder and extension.
pub fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// Joins records with the registers and each other. Errors: `duplicate-record`, `unknown-system`, `unknown-site`.
/// Warning: `unknown-record`.
pub fn join(read: Vec<Read>, names: &Names, out: &mut Vec<Diagnostic>) -> Vec<Record> {
    let ids: Vec<String> = read.iter().map(|r| r.record.id.clone()).collect();
    let mut by_id: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut records = Vec::new();
    for Read {
        mut record,
        systems,
        sites,
        previous,
    } in read
    {
        if let Some(first) = by_id.get(&record.id.to_lowercase()) {
            out.push(
                Diagnostic::error(
                    "duplicate-record",
                    record.place.clone(),
                    format!("two records have the file name {}", record.id),
                )
                .help("Rename one of them; records name each other by their file names.")
                .also(crate::diagnostic::Place::file(first.clone()), "the other one"),
            );
            continue;
        }
        by_id.insert(record.id.to_lowercase(), record.path.clone());
        record.systems = systems
            .iter()
            .flat_map(|s| names.systems(&s.value, &s.place, out))
            .collect();
        record.sites = sites
            .iter()
            .flat_map(|s| names.sites(&s.value, &s.place, out))
            .collect();
        if let Some(previous) = previous {
            let wanted = stem(&previous.value);
            match ids
                .iter()
                .find(|id| id.eq_ignore_ascii_case(&previous.value) || id.eq_ignore_ascii_case(&wanted))
            {
                Some(id) => record.previous = Some(Previous::Record(id.clone())),
                // The record itself is right; what is missing must be kept all the same, so the gap logic hears of it.
                None => {
                    let meant = words::nearest(&previous.value, ids.iter().map(String::as_str));
                    out.push(
                        Diagnostic::warning(
                            "unknown-record",
                            previous.place,
                            format!("there is no file records/{}.md", words::excerpt(&previous.value, 60)),
                        )
                        .help(format!(
                            "{}Type the file name of the earlier record without .md, or no_previous = \"why there is none\".",
                            meant.map_or_else(String::new, |m| format!("Did you mean {m}? "))
                        )),
                    );
                    record.previous = Some(Previous::Record(previous.value));
                }
            }
        }
        records.push(record);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_elements_loosely() {
        let named = |kind: &str, heading: &str| -> Vec<&str> {
            elements(kind)
                .iter()
                .copied()
                .filter(|element| names_element(heading, element))
                .collect()
        };
        assert_eq!(named("risk-analysis", "1. Scope of the analysis"), ["Scope"]);
        assert_eq!(
            named("risk-analysis", "Likelihood and impact"),
            ["Likelihood", "Impact"]
        );
        assert_eq!(
            named("risk-analysis", "Current security measures"),
            ["Current measures"]
        );
        assert_eq!(named("risk-analysis", "Level of risk"), ["Risk level"]);
        assert_eq!(named("risk-analysis", "Risks"), Vec::<&str>::new());
        assert_eq!(
            named("evaluation", "Nontechnical evaluation"),
            ["Nontechnical evaluation"]
        );
        assert_eq!(
            named("evaluation", "Non-technical part"),
            ["Nontechnical evaluation"]
        );
        assert_eq!(
            named("evaluation", "Technical evaluation"),
            ["Technical evaluation"]
        );
        assert_eq!(
            named("evaluation", "Technical and nontechnical evaluation"),
            ["Technical evaluation", "Nontechnical evaluation"]
        );
        assert_eq!(named("meeting", "Scope"), Vec::<&str>::new());
    }
}
