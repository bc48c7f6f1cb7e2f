//! The answer file of a row: its questions as headings, and what a good answer holds.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::wrapped;
use crate::gap::proof;
use crate::rule::{GoodAnswer, RowId, RowKind, rule};

/// Where the answer to a row goes: `answers/164.312/164.312-b.md`.
pub fn answer_path(row: RowId) -> String {
    let citation = row.citation();
    format!("answers/164.{}/{}.md", citation.section(), citation.slug())
}

/// An answer file without an answer. Nothing in it counts: its hints are comments.
pub fn answer(row: RowId) -> String {
    let row = &rule()[row];
    let kind = match (row.kind, row.designation) {
        (RowKind::Standard, None) => "standard".to_owned(),
        (RowKind::Standard, Some(designation)) => format!("standard, {designation}"),
        (RowKind::Specification, None) => "implementation specification".to_owned(),
        (RowKind::Specification, Some(designation)) => {
            format!("implementation specification, {designation}")
        }
    };
    let mut text = format!(
        "+++\n# {} ({kind})\ncitation    = \"{}\"\n",
        row.name(),
        row.citation
    );
    text.push_str(
        "owner       = \"\"   # role or person who keeps this true, like \"Office manager\"\n\
         answered_by = \"\"   # who wrote the answers\n\
         reviewed    = \"\"   # the day they were last read through and found right, like 2026-09-14\n",
    );
    if row.is_addressable() {
        text.push_str(
            "\n# This specification is addressable: decide, in writing. Take away the # of the four lines and fill them in.\n\
             # implement: you do what it says. alternative: you do something else that protects as well.\n\
             # neither: it does not fit here, and the standard is met without it. The last two need the part \"Decision\"\n\
             # at the end of this file.\n\
             # [[decision]]\n\
             # branch     = \"implement\"   # implement | alternative | neither\n\
             # decided_by = \"\"\n\
             # decided    = \"\"            # like 2026-09-14\n",
        );
    }
    text.push_str("+++\n\n<!--\n");
    if let Some(condition) = &row.applies_only_if {
        let applies = format!(
            "This row does not apply to everybody. {condition} The facts under [applies] in binder.toml decide. Where they \
             say that it does not apply, nothing needs to be written here."
        );
        let _ = writeln!(text, "{}\n", wrapped(&applies, 110, ""));
    }
    let _ = writeln!(text, "{}\n", wrapped(&row.hint, 110, ""));
    text.push_str(
        "Write under each heading what is done, who does it and how often, in your own words. A bare yes or no is no\n\
         answer. What is still to be done goes on a line of its own: - [ ] ask the vendor for the report\n",
    );
    let parts = proof::parts(row.id);
    if !parts.is_empty() {
        text.push_str("\nWhat shows it:\n");
        for part in parts {
            let _ = writeln!(text, "- {}", wrapped(part.wanted, 108, "  "));
        }
    }
    let registers: BTreeSet<&str> = proof::serves(row.id).map(|(register, _)| register.name).collect();
    if !registers.is_empty() {
        let names: Vec<String> = registers
            .iter()
            .map(|name| format!("registers/{name}.csv"))
            .collect();
        let _ = writeln!(
            text,
            "{}",
            wrapped(&format!("Kept in {}.", names.join(", ")), 110, "")
        );
    }
    text.push_str("-->\n");
    for question in &row.questions {
        let _ = write!(text, "\n## {}. {}\n\n", question.id, question.ask);
        let opens = match question.good {
            GoodAnswer::Yes | GoodAnswer::No => "<!-- Open with Yes or No, then say how. -->\n",
            GoodAnswer::Text => "",
        };
        text.push_str(opens);
    }
    if row.is_addressable() {
        text.push_str(
            "\n<!-- Only for \"alternative\" and \"neither\": delete this line and the last one, and write under each heading.\n\n\
             ## Decision\n\n### Likely contribution\n\n### Size and complexity\n\n### Technical infrastructure\n\n### Cost\n\n\
             ### Risk\n\n### Reason\n\n### Alternative\n\n-->\n",
        );
    }
    text
}
