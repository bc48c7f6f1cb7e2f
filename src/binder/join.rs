//! Finding, for each row, everything that touches it. Nothing here decides what counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Binder, EntryLink, Lookup, Mention, Meta, Options, RowLinks, SectionLink, SectionlessClaim, SourceKind,
    Standing, edition, lives,
};
use crate::content::{Content, Exhibit, Policy, Table};
use crate::crossref;
use crate::diagnostic::{Diagnostic, Place};
use crate::gap;
use crate::gap::proof;
use crate::history;
use crate::markdown::{CitationUse, Document};
use crate::rule::{RowId, rule};
use crate::world::SealedArchive;

/// An exhibit that cites more rows than this is taken for a mapping.
pub const ROWS_PER_EXHIBIT: usize = 8;

/// Joins and assesses. Privileged items are taken out before, what the edition, the audience and the part leave out
/// after the assessment, so that nothing later can show either. Warnings: exhibits that look like a mapping. Errors:
/// `phi-not-cleared`, for each item of a production edition that may show patient data.
pub fn join(
    mut content: Content,
    sealed: &[SealedArchive],
    options: &Options,
    build_id: &str,
) -> (Binder, Vec<Diagnostic>) {
    let withheld = edition::keep(&mut content, |handling| !handling.privileged);
    let mut diagnostics: Vec<Diagnostic> = content.exhibits.iter().filter_map(looks_like_a_mapping).collect();
    let meta = meta(&content, options, build_id);
    let (history, problems) = history::history(sealed, &content, &meta);
    diagnostics.extend(problems);
    let mut binder = assemble(content, meta);
    binder.withheld = withheld;
    binder.history = history;
    (binder.assessments, binder.crossref) = rayon::join(|| gap::assess(&binder), || crossref::build(&binder));
    let (binder, problems) = edition::for_edition(binder);
    diagnostics.extend(problems);
    (binder, diagnostics)
}

/// The join alone: nothing is assessed, and nothing is left out.
pub(super) fn assemble(content: Content, meta: Meta) -> Binder {
    let policies = lives::lives(&content, meta.as_of);
    let mut rows: Vec<RowLinks> = vec![RowLinks::default(); rule().rows().len()];

    for (index, answer) in content.answers.iter().enumerate() {
        rows[answer.row.index()].answer = Some(index);
        let (id, title) = (answer.row.citation().slug(), format!("Answer to {}", answer.row));
        let source = Source {
            kind: SourceKind::Answer,
            id: &id,
            title: &title,
            path: &answer.path,
        };
        add_mentions(&mut rows, &answer.body, &source, &[answer.row]);
    }
    for (life_index, life) in policies.iter().enumerate() {
        for (text_index, text) in life.texts.iter().enumerate() {
            let in_effect = life.standing == Standing::InEffect && text_index == life.shown;
            link_policy(&mut rows, &text.policy, (life_index, text_index, in_effect));
        }
        let shown = &life.texts[life.shown].policy;
        let source = Source {
            kind: SourceKind::Policy,
            id: &life.id,
            title: &shown.title,
            path: &shown.path,
        };
        add_mentions(&mut rows, &shown.body, &source, &[]);
    }
    for (index, record) in content.records.iter().enumerate() {
        let mut served: Vec<RowId> = record.rows.iter().map(|at| at.value).collect();
        served.extend(rule().row_ids().filter(|row| serves_by_kind(*row, record.kind)));
        served.sort();
        served.dedup();
        for row in &served {
            rows[row.index()].records.push(index);
        }
        let source = Source {
            kind: SourceKind::Record,
            id: &record.id,
            title: &record.title,
            path: &record.path,
        };
        add_mentions(&mut rows, &record.body, &source, &served);
    }
    for (index, exhibit) in content.exhibits.iter().enumerate() {
        for row in &exhibit.rows {
            let exhibits = &mut rows[row.row.index()].exhibits;
            if exhibits.last() != Some(&index) {
                exhibits.push(index);
            }
        }
    }
    link_entries(&mut rows, &content.registers);
    for links in &mut rows {
        links
            .sections
            .sort_by_key(|link| (!link.in_effect, link.life, link.text, link.section));
    }
    Binder {
        meta,
        lookup: Lookup::new(&content, &policies),
        content,
        rows,
        policies,
        assessments: vec![],
        crossref: Default::default(),
        withheld: Default::default(),
        history: Default::default(),
    }
}

fn meta(content: &Content, options: &Options, build_id: &str) -> Meta {
    let practice = &content.config.practice;
    let edition = rule().edition();
    let hex = build_id.strip_prefix("sha256:").unwrap_or(build_id);
    Meta {
        practice: practice.name.clone(),
        legal_name: practice.legal_name.clone(),
        as_of: options.as_of,
        reconstruction: options.reconstruction,
        version_label: options.version_label.clone(),
        build_id_short: hex.chars().take(12).collect(),
        build_id: build_id.to_string(),
        program_version: env!("CARGO_PKG_VERSION"),
        rule_edition: edition.id.clone(),
        rule_as_of: edition.as_of.to_string(),
        paper: content.config.paper,
        edition: options.edition,
        audience: options.audience,
        only: options.only.clone(),
        pdf: options.pdf,
    }
}

fn link_policy(rows: &mut [RowLinks], policy: &Policy, (life, text, in_effect): (usize, usize, bool)) {
    for (section, part) in policy.sections.iter().enumerate() {
        for row in &part.rows {
            rows[row.index()].sections.push(SectionLink {
                life,
                text,
                section,
                in_effect,
            });
        }
    }
    for (claim, claimed) in policy.satisfies.iter().enumerate() {
        let documented = policy
            .sections
            .iter()
            .any(|section| section.rows.contains(&claimed.row));
        if !documented {
            rows[claimed.row.index()]
                .claims
                .push(SectionlessClaim { life, text, claim });
        }
    }
}

/// Records of some kinds serve a row without naming it: a risk analysis is one. Kinds that say nothing of what they
/// speak of must name their rows.
fn serves_by_kind(row: RowId, kind: &str) -> bool {
    const MUST_NAME_ROWS: [&str; 3] = ["statement", "other", "drill-report"];
    proof::parts(row).iter().any(|part| {
        let special = match part.special {
            Some(proof::Special::RiskAnalysis) => kind == "risk-analysis",
            Some(proof::Special::Evaluation) => kind == "evaluation",
            _ => false,
        };
        special || (part.records.contains(&kind) && !MUST_NAME_ROWS.contains(&kind))
    })
}

fn link_entries(rows: &mut [RowLinks], registers: &BTreeMap<&'static str, Table>) {
    for row in rule().row_ids() {
        let links = &mut rows[row.index()];
        for (register, serve) in proof::serves(row) {
            let Some(table) = registers.get(register.name) else {
                continue;
            };
            let link = |entry| EntryLink {
                register: register.name,
                entry,
            };
            links.entries.extend(
                table
                    .entries
                    .iter()
                    .enumerate()
                    .filter(|(_, line)| gap::belongs(serve, line))
                    .map(|(i, _)| link(i)),
            );
            links.nones.extend(
                table
                    .nones
                    .iter()
                    .enumerate()
                    .filter(|(_, n)| gap::none_speaks_of(register, serve, n))
                    .map(|(i, _)| link(i)),
            );
        }
        links.entries.sort();
        links.entries.dedup();
        links.nones.sort();
        links.nones.dedup();
    }
}

struct Source<'a> {
    kind: SourceKind,
    id: &'a str,
    title: &'a str,
    path: &'a Arc<str>,
}

/// Every citation of a text that documents nothing there: those outside headings, and headings that cite a paragraph
/// which is no row. A text does not mention the rows it is about (`own`).
fn add_mentions(rows: &mut [RowLinks], body: &Document, source: &Source, own: &[RowId]) {
    let parts = body.parts();
    let titles: BTreeMap<&str, &str> = parts.iter().map(|part| (&*part.anchor, &*part.title)).collect();
    for found in body
        .citations
        .iter()
        .filter(|found| !(found.in_heading && found.exact))
    {
        let under = titles.get(&*found.under).copied().unwrap_or_default();
        for row in found.rows.iter().filter(|row| !own.contains(row)) {
            rows[row.index()].mentions.push(mention(found, under, source));
        }
    }
}

fn mention(found: &CitationUse, under: &str, source: &Source) -> Mention {
    Mention {
        source: source.kind,
        id: source.id.to_string(),
        title: source.title.to_string(),
        under: under.to_string(),
        anchor: found.under.clone(),
        text: found.text.clone(),
        in_table: found.in_table,
        place: Place {
            file: source.path.clone(),
            line: found.line,
            column: 0,
            range: found.range,
        },
    }
}

fn looks_like_a_mapping(exhibit: &Exhibit) -> Option<Diagnostic> {
    let without_locator = exhibit
        .rows
        .iter()
        .skip(ROWS_PER_EXHIBIT)
        .filter(|row| row.locator.is_none())
        .count();
    (without_locator > 0).then(|| {
        let rows = exhibit.rows.len();
        Diagnostic::warning(
            "exhibit-looks-like-mapping",
            exhibit.place.clone(),
            format!(
                "Exhibit {} names {rows} rows. It counts for the first {ROWS_PER_EXHIBIT} only.",
                exhibit.id
            ),
        )
        .help("Say for each further row where in the file it is shown: 164.312(b) p. 3")
    })
}
