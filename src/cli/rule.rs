//! `binder rule`: what the rule says, what is asked, what shows it.

use clap::Args;
use hipaa_binder::citation::{Citation, CitationError};
use hipaa_binder::gap::proof;
use hipaa_binder::rule::{RequestKind, Row, RowId, RowKind, rule};

use super::Exit;
use super::console::{Console, wrap};

/// Show what the rule says, and what is asked for.
///
/// With a citation: the words of the regulation, the questions to answer, what OCR's 2016 audit protocol asks to see,
/// and what counts as evidence here. Without: the list of all rows.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder rule                              the list of all rows
  binder rule \"164.308(a)(5)(i)\"           one row; most command lines want the quotes
  binder rule 164.308-a-5-i                the same, spelled as in the addresses of the website
  binder rule \"45 CFR 164.310 (d)(2)(i)\"   any usual spelling")]
pub(super) struct Rule {
    /// The paragraph, like 164.308(a)(1)(ii)(A)
    citation: Vec<String>,
}

pub(super) fn run(args: &Rule, console: &mut Console) -> Exit {
    let written = args.citation.join(" ");
    if written.is_empty() {
        console.result(&list());
        return Exit::Done;
    }
    let by_address = rule()
        .rows()
        .iter()
        .find(|row| row.citation.slug().eq_ignore_ascii_case(&written));
    if let Some(row) = by_address {
        console.result(&page(row));
        return Exit::Done;
    }
    let parsed = match Citation::parse_list(&written) {
        Ok(parsed) => parsed,
        Err(error) => {
            console.note(&explain(&error));
            return Exit::Usage;
        }
    };
    let mut text = String::new();
    for note in &parsed.notes {
        text.push_str(&format!("{}\n\n", wrap(&format!("Note: {note}"), 0)));
    }
    let mut shown: Vec<RowId> = vec![];
    for citation in &parsed.citations {
        let rows = rows_of(citation);
        if rows.is_empty() {
            console.note(&wrap(
                &format!("error: {citation} is part of the Security Rule, but no row of a binder."),
                0,
            ));
            console.note("\nRun `binder rule` for the list of all rows.\n");
            return Exit::Usage;
        }
        shown.extend(
            rows.iter()
                .filter(|row| !shown.contains(row))
                .copied()
                .collect::<Vec<_>>(),
        );
    }
    let pages: Vec<String> = shown.iter().map(|id| page(&rule()[*id])).collect();
    text.push_str(&pages.join(&format!("\n{}\n\n", "-".repeat(72))));
    console.result(&text);
    Exit::Done
}

/// The row a citation names, or every row below it, or the one it is a part of.
fn rows_of(citation: &Citation) -> Vec<RowId> {
    let resolution = rule().resolve(citation);
    if let Some(row) = resolution.row() {
        return vec![row];
    }
    let below = rule().rows_within(citation);
    if below.is_empty() {
        resolution.link().into_iter().collect()
    } else {
        below
    }
}

/// What is wrong with a citation, and the nearest rows.
pub(super) fn explain(error: &CitationError) -> String {
    let mut text = format!("{}\n", wrap(&format!("error: {error}"), 0));
    match error {
        CitationError::NoSuchParagraph { nearest, .. } if !nearest.is_empty() => {
            text.push_str("The nearest rows:\n");
            for citation in nearest {
                let title = rule()
                    .row(citation)
                    .map(|row| rule()[row].name())
                    .unwrap_or_default();
                text.push_str(&format!("  {citation} {title}\n"));
            }
        }
        _ => text.push_str(&format!("{}\n", wrap(&error.help(), 0))),
    }
    text
}

fn list() -> String {
    let mut text = String::new();
    for section in rule().sections() {
        let rows: Vec<&Row> = rule().rows_of_section(section.number).collect();
        if rows.is_empty() {
            continue;
        }
        text.push_str(&format!("164.{:03} {}\n", section.number, section.title));
        for row in rows {
            let indent = if row.kind == RowKind::Standard { "" } else { "  " };
            let citation = format!("{indent}{}", row.citation);
            text.push_str(&format!("  {citation:<26}{} ({})\n", row.name(), what(row)));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "{} rows. `binder rule CITATION` shows one.\n",
        rule().rows().len()
    ));
    text
}

/// "standard", "specification, addressable".
fn what(row: &Row) -> String {
    let kind = match row.kind {
        RowKind::Standard => "standard",
        RowKind::Specification => "specification",
    };
    row.designation
        .map_or(kind.to_string(), |designation| format!("{kind}, {designation}"))
}

fn page(row: &Row) -> String {
    let mut text = format!("{} {}\n{}\n", row.citation, row.name(), capital(&what(row)));
    if let Some(standard) = row.standard.as_ref().and_then(|citation| rule().row(citation)) {
        let standard = &rule()[standard];
        text.push_str(&format!(
            "of the standard {} {}\n",
            standard.citation,
            standard.name()
        ));
    }
    if let Some(condition) = &row.applies_only_if {
        text.push_str(&format!(
            "\n{}\n",
            wrap(&format!("Applies only if: {condition}"), 0)
        ));
    }
    text.push_str("\nThe words of the regulation\n");
    if let Some(lead_in) = &row.lead_in {
        text.push_str(&quote(lead_in));
    }
    text.push_str(&quote(&row.text));
    let edition = rule().edition();
    text.push_str(&format!("  ({}, eCFR of {})\n", edition.title, edition.as_of));
    if let Some(note) = &row.note {
        text.push_str(&format!("\n{}\n", wrap(&format!("Note: {note}"), 0)));
    }
    text.push_str(&format!("\nThe questions\n  {}\n", wrap(&row.hint, 2)));
    for question in &row.questions {
        text.push_str(&format!("  {}. {}\n", question.id, wrap(&question.ask, 5)));
    }
    if row.is_addressable() {
        let decision = "And a decision, because the specification is addressable: implement it, put an equivalent \
                        alternative in its place, or do neither, with the reasons in writing (164.306(d)(3)).";
        text.push_str(&format!("  {}\n", wrap(decision, 2)));
    }
    text.push_str("\nWhat counts as evidence in this binder\n");
    for part in proof::parts(row.id) {
        text.push_str(&format!("  - {}\n", wrap(part.wanted, 4)));
    }
    let registers: std::collections::BTreeSet<&str> =
        proof::serves(row.id).map(|(register, _)| register.name).collect();
    if !registers.is_empty() {
        let names: Vec<String> = registers
            .iter()
            .map(|name| format!("registers/{name}.csv"))
            .collect();
        text.push_str(&format!(
            "  {}\n",
            wrap(&format!("Written in: {}", names.join(", ")), 2)
        ));
    }
    if !row.requests.is_empty() {
        text.push_str(&format!(
            "\nWhat OCR's {} audit protocol asks to see, in our words\n",
            rule().protocol_edition()
        ));
        for item in &row.requests {
            let kind = match item.kind {
                RequestKind::Policy => "",
                RequestKind::Evidence => "evidence: ",
                RequestKind::Alternative => "if an alternative is used: ",
            };
            text.push_str(&format!("  - {}\n", wrap(&format!("{kind}{}", item.text), 4)));
        }
    }
    let name = format!("{}/{}.md", &row.citation.slug()[..7], row.citation.slug());
    text.push_str(&format!("\nWrite the answer in answers/{name}\n"));
    text
}

fn quote(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {}\n", wrap(line, 2)))
        .collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
