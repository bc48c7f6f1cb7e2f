//! `policies/` and `approved/`: policies, procedures, plans, forms, contract templates.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::approval::{self, digest};
pub use super::approval::{approval_digest, check_kept, hex, version, version_order};
use super::fields::{Table, Value};
use super::frontmatter::{self, FrontMatter};
use super::records::stem;
use super::registers::join::Names;
use super::sections::{is_a_field, sections};
use super::substance::placeholders;
use super::{At, Audience, Claim, Policy, PolicyKind, Review, Revision, cite, keys, words};
use crate::diagnostic::{Diagnostic, Source};
use crate::markdown;
use crate::rule::RowId;

pub(super) const KINDS: [(&str, PolicyKind); 6] = [
    ("policy", PolicyKind::Policy),
    ("procedure", PolicyKind::Procedure),
    ("plan", PolicyKind::Plan),
    ("form", PolicyKind::Form),
    ("contract", PolicyKind::Contract),
    ("plan-document", PolicyKind::PlanDocument),
];

/// The word for a kind, as it is typed.
pub fn kind_word(kind: PolicyKind) -> &'static str {
    let known = KINDS.iter().find(|(_, known)| *known == kind);
    known.map_or("policy", |(word, _)| word)
}

/// The kind that a word names, as it is typed.
pub fn kind_called(word: &str) -> Option<PolicyKind> {
    let known = KINDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, kind)| *kind)
}

/// Reads one file of `policies/` or `approved/`.
///
/// Errors: those of the front matter, `bad-id`, `bad-version`, `approval-without-version`, `approval-without-date`,
/// `bad-digest`, `section-not-found`, claims that are no rows. Warnings: `approval-without-name`, `missing-kind`.
pub fn read(source: Source, out: &mut Vec<Diagnostic>) -> Option<Policy> {
    let path = source.path.clone();
    let front = frontmatter::read(
        source,
        "kind = \"policy\", title = \"...\" and satisfies = [\"164.308(a)(1)(ii)(C)\"]",
        out,
    )?;
    let table = &front.table;
    table.check(&keys::POLICY, out);
    let (body, problems) = markdown::parse(&front.source, front.body);
    out.extend(problems);
    let id = id(table, &path, out);
    let kind = kind(&front, out);
    let title = table.required(
        "title",
        "a policy",
        "title = \"...\", the words for its cover",
        out,
    );
    let version = read_version(table, out);
    let satisfies = claims(table, out);
    let effective = table.date("effective", out);
    let approval = approval::read(&front, &version, out);
    let sections = sections(&front, &body, &satisfies, kind, out);
    let blanks = placeholders(&body.blocks)
        .into_iter()
        .filter(|blank| !is_a_field(blank, kind));
    let placeholders = blanks
        .map(|blank| At {
            place: front.place(blank.range.as_range()),
            value: blank.text,
        })
        .collect();
    let owner = table.text("owner", out);
    let superseded = table.date("superseded", out);
    report_order(effective.as_ref(), superseded.as_ref(), out);
    let title = title.map_or_else(|| id.clone(), |at| at.value);
    let rows: Vec<RowId> = satisfies.iter().map(|claim| claim.row).collect();
    let text = front.body_text();
    Some(Policy {
        text_digest: approval_digest(
            &title,
            &version,
            effective.as_ref().map(|e| e.value),
            &rows,
            text.as_bytes(),
        ),
        body_digest: hex(&Sha256::digest(text.as_bytes())),
        id,
        version,
        kind,
        title,
        path,
        place: front.top(),
        satisfies,
        owner,
        effective,
        approved: approval.day,
        approved_by: approval.by,
        approved_text: approval.text,
        approved_sheet: approval.sheet,
        superseded,
        review_every: months(table, out),
        revisions: table
            .tables("revisions", out)
            .into_iter()
            .filter_map(|t| revision(t, out))
            .collect(),
        reviews: table
            .tables("reviews", out)
            .into_iter()
            .filter_map(|t| review(t, out))
            .collect(),
        starter: digest(table, "starter", out).map(|at| at.value),
        body: body.into(),
        sections,
        placeholders,
        handling: table.handling(Audience::Workforce, out),
    })
}

/// A text that ends before it takes effect.
fn report_order(effective: Option<&At<Date>>, superseded: Option<&At<Date>>, out: &mut Vec<Diagnostic>) {
    let (Some(start), Some(end)) = (effective, superseded) else {
        return;
    };
    if end.value < start.value {
        out.push(
            Diagnostic::error(
                "dates-out-of-order",
                end.place.clone(),
                format!(
                    "this ends on {}, before it takes effect on {}",
                    end.value, start.value
                ),
            )
            .help("Type in `superseded` the day from which it no longer holds.")
            .also(start.place.clone(), "takes effect"),
        );
    }
}

/// Ids stand in addresses and in folder names: lower-case letters, digits and dashes.
fn id(table: &Table, path: &str, out: &mut Vec<Diagnostic>) -> String {
    let Some(id) = table.text("id", out) else {
        let slug = words::dashed(&stem(path));
        return if slug.is_empty() {
            "policy".to_owned()
        } else {
            ascii(&slug)
        };
    };
    let is_good = id
        .value
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !id.value.starts_with('-')
        && !id.value.ends_with('-')
        && id.value.len() <= 80
        && id.value != "index";
    if is_good {
        return id.value;
    }
    let mut better = ascii(&words::dashed(&id.value));
    if better.is_empty() || better == "index" {
        "sanction-policy".clone_into(&mut better);
    }
    out.push(
        Diagnostic::error(
            "bad-id",
            id.place,
            format!(
                "\"{}\" cannot be the id of a policy",
                words::excerpt(&id.value, 60)
            ),
        )
        .help(format!(
            "An id has small letters, digits and dashes. Type id = \"{better}\""
        ))
        .instead(format!("\"{better}\"")),
    );
    better
}

fn ascii(slug: &str) -> String {
    let kept: String = slug
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .take(80)
        .collect();
    kept.trim_matches('-').to_owned()
}

fn kind(front: &FrontMatter, out: &mut Vec<Diagnostic>) -> PolicyKind {
    if front.table.entry("kind").is_none() {
        out.push(
            Diagnostic::warning(
                "missing-kind",
                front.top(),
                "this file does not say what kind of document it is, and is read as a policy",
            )
            .help(format!(
                "Type kind = \"policy\", or one of {}.",
                words::choice(KINDS[1..].iter().map(|(w, _)| *w))
            )),
        );
    }
    front
        .table
        .one_of("kind", "a kind of policy", &KINDS, out)
        .map_or(PolicyKind::Policy, |at| at.value)
}

/// Versions are file names under `approved/`.
fn read_version(table: &Table, out: &mut Vec<Diagnostic>) -> String {
    let Some(written) = table.text("version", out) else {
        return String::new();
    };
    let is_good = written
        .value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        && written.value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !written.value.contains("..")
        && written.value.len() <= 40;
    if !is_good {
        let better: String = written
            .value
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let better = better.trim_matches('.');
        let better = if better.is_empty() { "1.0" } else { better };
        out.push(
            Diagnostic::error(
                "bad-version",
                written.place,
                format!("\"{}\" cannot be a version", words::excerpt(&written.value, 40)),
            )
            .help(format!(
                "A version has digits and dots. Type version = \"{better}\""
            ))
            .instead(format!("\"{better}\"")),
        );
        return String::new();
    }
    version(&written.value)
}

fn claims(table: &Table, out: &mut Vec<Diagnostic>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut add = |claim: Claim| {
        if !claims
            .iter()
            .any(|c| c.row == claim.row && c.section == claim.section)
        {
            claims.push(claim);
        }
    };
    let Some(entry) = table.entry("satisfies") else {
        return claims;
    };
    let one = [entry.value.clone()];
    let items = match &entry.value.value {
        Value::List(items) => items.as_slice(),
        _ => &one,
    };
    for item in items {
        match &item.value {
            Value::Text(text) if text.is_empty() => {}
            Value::Text(text) => {
                for row in cite::rows(text, &item.place, out) {
                    add(Claim {
                        row,
                        section: None,
                        place: item.place.clone(),
                    });
                }
            }
            Value::Table(claim) => {
                claim.check(&keys::CLAIM, out);
                let section = claim.text("section", out).map(|at| at.value);
                let example = "{ row = \"164.308(a)(3)(ii)(A)\", section = \"Who supervises\" }";
                if let Some(row) = claim.required("row", "an entry of `satisfies`", example, out) {
                    for row in cite::rows(&row.value, &row.place, out) {
                        add(Claim {
                            row,
                            section: section.clone(),
                            place: item.place.clone(),
                        });
                    }
                }
            }
            Value::Broken => {}
            _ => out.push(
                Diagnostic::error("wrong-type", item.place.clone(), "`satisfies` is a list of rows")
                    .help("Type satisfies = [\"164.308(a)(1)(ii)(C)\"]"),
            ),
        }
    }
    claims
}

/// "12 months", "1 year", 12.
fn months(table: &Table, out: &mut Vec<Diagnostic>) -> Option<u32> {
    let text = table.text("review_every", out)?;
    let plain = words::plain(&text.value);
    let (number, unit) = match plain.split_once(' ') {
        Some((number, unit)) => (number.to_owned(), unit.to_owned()),
        None => (
            plain.chars().take_while(char::is_ascii_digit).collect(),
            plain.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned(),
        ),
    };
    let number = match number.as_str() {
        "one" | "a" | "every" => Some(1),
        "two" => Some(2),
        "three" => Some(3),
        "six" => Some(6),
        "twelve" => Some(12),
        digits => digits.parse::<u32>().ok(),
    };
    let months = match (number, unit.as_str()) {
        (Some(n), "" | "month" | "months" | "mo") => Some(n),
        (Some(n), "year" | "years" | "yr") => n.checked_mul(12),
        (None, "yearly" | "annually") => Some(12),
        _ => None,
    };
    let months = months.filter(|n| (1..=120).contains(n));
    if months.is_none() {
        out.push(
            Diagnostic::error(
                "bad-interval",
                text.place,
                format!(
                    "\"{}\" is not a time between reviews",
                    words::excerpt(&text.value, 40)
                ),
            )
            .help("Type review_every = \"12 months\""),
        );
    }
    months
}

fn revision(table: &Table, out: &mut Vec<Diagnostic>) -> Option<Revision> {
    table.check(&keys::REVISION, out);
    let date = table.date("date", out).map(|at| at.value);
    let change = table.text("change", out).map_or_else(String::new, |at| at.value);
    let written = table.required("version", "[[revisions]]", "version = \"2.0\"", out)?;
    Some(Revision {
        version: version(&written.value),
        date,
        change,
    })
}

fn review(table: &Table, out: &mut Vec<Diagnostic>) -> Option<Review> {
    table.check(&keys::REVIEW, out);
    let by = table.text("by", out);
    if by.is_none() {
        out.push(
            Diagnostic::warning(
                "review-without-name",
                table.place.clone(),
                "this review does not say who did it, and does not count",
            )
            .help("Type by = \"...\", a role or a person."),
        );
    }
    let result = table
        .text("result", out)
        .map_or_else(|| "no change".to_owned(), |at| at.value);
    if table.entry("date").is_none() {
        table.missing(
            "date",
            "[[reviews]]",
            "date = 2026-02-15, the day it was read through",
            out,
        );
    }
    let date = table.date("date", out)?.value;
    Some(Review {
        date,
        by: by.map_or_else(String::new, |at| at.value),
        result,
    })
}

/// Joins policies with each other and the registers: stable order, identities, people, exhibits.
///
/// Error: `duplicate-policy`. Warnings: `unknown-role`, `unknown-exhibit`.
pub fn join(mut policies: Vec<Policy>, names: &Names, out: &mut Vec<Diagnostic>) -> Vec<Policy> {
    let mut first: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (index, policy) in policies.iter().enumerate() {
        names.check_role(policy.owner.as_ref(), out);
        if let Some(sheet) = &policy.approved_sheet {
            names.exhibit(&sheet.value, &sheet.place, out);
        }
        if let Some(other) = first.get(&(policy.id.clone(), policy.version.clone())) {
            let other = &policies[*other];
            let what = if policy.version.is_empty() {
                "no version".to_owned()
            } else {
                format!("version {}", policy.version)
            };
            out.push(
                Diagnostic::error(
                    "duplicate-policy",
                    policy.place.clone(),
                    format!("{} and {} both are the policy {} with {what}", other.path, policy.path, policy.id),
                )
                .help("Give the newer text the next version, like version = \"2.0\", or another id if it is another policy.")
                .also(other.place.clone(), "the other file"),
            );
        } else {
            first.insert((policy.id.clone(), policy.version.clone()), index);
        }
    }
    sort(&mut policies);
    policies
}

/// By id, then in-effect date, then version.
pub fn sort(policies: &mut [Policy]) {
    policies.sort_by_cached_key(|policy| {
        let approved = policy.approved.as_ref().map(|at| at.value);
        let effective = policy.effective.as_ref().map(|at| at.value);
        // Drafts come last: they are the newest words.
        let from = approved.map(|day| effective.map_or(day, |e| e.max(day)));
        (
            policy.id.clone(),
            from.is_none(),
            from,
            version_order(&policy.version),
            policy.path.clone(),
        )
    });
}
