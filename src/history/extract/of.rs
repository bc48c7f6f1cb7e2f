//! The extract of a binder.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::{
    AnswerWords, DecisionWords, ExhibitWords, Extract, FORMAT, Facts, GapWords, PolicyWords, QuestionWords,
    RecordWords, ReviewWords, RevisionWords, RowWords, Side, TextWords, VersionWords,
};
use crate::binder::{Binder, PolicyLife, PolicyText, Standing};
use crate::content::{Answer, At, Branch, Exhibit, Policy, PolicyKind, Previous, Record};
use crate::history::plain;
use crate::markdown::Part;
use crate::rule::{RowId, rule};

impl Extract {
    /// The words of a binder, as its own edition and audience show them.
    pub fn of(binder: &Binder) -> Self {
        let content = &binder.content;
        let mut records: Vec<RecordWords> = content.records.iter().map(record).collect();
        records.sort_by(|a, b| a.id.cmp(&b.id));
        let mut exhibits: Vec<ExhibitWords> = content.exhibits.iter().map(exhibit).collect();
        exhibits.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            format: FORMAT,
            side: Side {
                label: binder.meta.version_label.clone(),
                as_of: binder.meta.as_of,
                edition: binder.meta.edition,
                audience: binder.meta.audience,
            },
            practice: practice(binder),
            rows: rule().row_ids().map(|id| row(binder, id)).collect(),
            policies: binder.policies.iter().map(policy).collect(),
            records,
            registers: super::registers::registers(content),
            exhibits,
        }
    }
}

/// Names and values, those without a value left out.
fn facts(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Facts {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

fn typed(value: &Option<At<String>>) -> String {
    value.as_ref().map_or(String::new(), |at| at.value.clone())
}

fn day(value: Option<Date>) -> String {
    value.map_or(String::new(), |day| day.to_string())
}

fn at_day(value: &Option<At<Date>>) -> String {
    day(value.as_ref().map(|at| at.value))
}

fn citations(rows: impl IntoIterator<Item = RowId>) -> String {
    let rows: Vec<String> = rows.into_iter().map(|row| row.to_string()).collect();
    rows.join("; ")
}

fn practice(binder: &Binder) -> Facts {
    let config = &binder.content.config;
    let practice = &config.practice;
    let fact = |value: Option<bool>| match value {
        Some(true) => "yes".to_string(),
        Some(false) => "no".to_string(),
        None => "not stated".to_string(),
    };
    let kind = match practice.kind {
        crate::content::config::EntityKind::CoveredEntity => "covered entity",
        crate::content::config::EntityKind::BusinessAssociate => "business associate",
        crate::content::config::EntityKind::Both => "covered entity and business associate",
    };
    let applies = &config.applies;
    let mut all = facts([
        ("Practice", practice.name.clone()),
        ("Legal name", practice.legal_name.clone()),
        ("Kind of entity", kind.to_string()),
        ("Security official", practice.security_official.clone()),
        ("Address", practice.address.clone()),
        ("Telephone", practice.phone.clone()),
        ("Health care clearinghouse", fact(applies.clearinghouse)),
        ("Group health plan", fact(applies.group_health_plan)),
        ("Subcontractors", fact(applies.subcontractors)),
        ("Government arrangement", fact(applies.government_arrangement)),
        ("Facts decided by", applies.decided_by.clone().unwrap_or_default()),
        ("Facts decided on", day(applies.decided)),
        ("Kept at least, years", config.retention_years.to_string()),
    ]);
    let sites = config.sites.iter().map(|site| {
        let words = [site.name.as_str(), site.address.as_str()].join(", ");
        let words = words.trim_matches([',', ' ']).to_string();
        (format!("Site {}", site.id), words)
    });
    all.extend(sites);
    all
}

fn row(binder: &Binder, id: RowId) -> RowWords {
    let found = binder.assessment(id);
    let answer = binder.links(id).answer.map(|at| &binder.content.answers[at]);
    RowWords {
        row: id.to_string(),
        title: rule()[id].name().to_string(),
        state: found.state.name().to_string(),
        marks: found
            .marks
            .each()
            .map(|(of, mark)| (of.title().to_string(), mark.name().to_string()))
            .to_vec(),
        applies: found.applies_because.clone().unwrap_or_default(),
        gaps: found
            .gaps
            .iter()
            .map(|gap| GapWords {
                kind: gap.kind.name().to_string(),
                message: gap.message.clone(),
            })
            .collect(),
        answer: answer.map(|answer| self::answer(id, answer)),
    }
}

fn answer(id: RowId, answer: &Answer) -> AnswerWords {
    let row = &rule()[id];
    let mut covered = vec![false; answer.body.blocks.len()];
    let mut cover = |range: Range<usize>| {
        for index in range.start.saturating_sub(1)..range.end {
            if let Some(covered) = covered.get_mut(index) {
                *covered = true;
            }
        }
    };
    let mut questions = vec![];
    for question in &row.questions {
        let Some(reply) = answer.replies.iter().find(|reply| reply.question == question.id) else {
            continue;
        };
        cover(reply.blocks.clone());
        questions.push(QuestionWords {
            number: question.id,
            ask: question.ask.clone(),
            text: plain::blocks(&answer.body, reply.blocks.clone()),
        });
    }
    let parts = answer.body.parts();
    let mut decisions = vec![];
    for decision in &answer.decisions {
        let determination = decision.determination.as_ref();
        let part: Option<&Part> =
            determination.and_then(|d| parts.iter().find(|part| part.range == d.place.range));
        if let Some(part) = part {
            cover(part.blocks.clone());
        }
        decisions.push(DecisionWords {
            scope: decision.scope.clone().unwrap_or_default(),
            facts: facts([
                ("Decision", branch(decision.branch).to_string()),
                ("Decided by", typed(&decision.decided_by)),
                ("Decided on", at_day(&decision.decided)),
                ("Look again by", at_day(&decision.review_by)),
            ]),
            text: part.map_or_else(Vec::new, |part| plain::blocks(&answer.body, part.blocks.clone())),
        });
    }
    let mut more: Vec<_> = (0..covered.len())
        .filter(|index| !covered[*index])
        .flat_map(|index| plain::blocks(&answer.body, index..index + 1))
        .collect();
    let notes = plain::document(&answer.body);
    let blocks = plain::blocks(&answer.body, 0..answer.body.blocks.len()).len();
    more.extend(notes.into_iter().skip(blocks));
    AnswerWords {
        audience: answer.handling.audience,
        facts: facts([
            ("Owner", typed(&answer.owner)),
            ("Answered by", typed(&answer.answered_by)),
            ("Reviewed", at_day(&answer.reviewed)),
        ]),
        questions,
        decisions,
        more,
    }
}

fn branch(branch: Option<Branch>) -> &'static str {
    match branch {
        Some(Branch::Implement) => "implement the specification",
        Some(Branch::Alternative) => "use an equivalent alternative measure",
        Some(Branch::Neither) => "neither; the standard is met in another way",
        None => "",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft => "draft",
        Standing::NotYet => "not-yet",
        Standing::InEffect => "in-effect",
        Standing::Lapsed => "lapsed",
    }
}

fn policy(life: &PolicyLife) -> PolicyWords {
    let shown = &life.texts[life.shown];
    // Reviews are written into the working file, whichever of its words are in effect.
    let working = life.texts.iter().rev().find(|text| !text.kept_copy);
    let mut reviews: Vec<ReviewWords> = [Some(shown), working]
        .into_iter()
        .flatten()
        .flat_map(|text| &text.policy.reviews)
        .map(|review| ReviewWords {
            date: review.date,
            by: review.by.clone(),
            result: review.result.clone(),
        })
        .collect();
    reviews.sort_by(|a, b| (a.date, &a.by, &a.result).cmp(&(b.date, &b.by, &b.result)));
    reviews.dedup();
    PolicyWords {
        id: life.id.clone(),
        audience: life
            .texts
            .iter()
            .map(|text| text.policy.handling.audience)
            .max()
            .unwrap_or_default(),
        standing: standing(life.standing).to_string(),
        shown: text(shown),
        pending: life.pending.map(|at| text(&life.texts[at])),
        versions: life
            .texts
            .iter()
            .map(|text| VersionWords {
                version: text.policy.version.clone(),
                from: text.in_effect_from,
                to: text.in_effect_to,
                digest: text.policy.text_digest.clone(),
            })
            .collect(),
        reviews,
    }
}

fn kind(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Policy => "policy",
        PolicyKind::Procedure => "procedure",
        PolicyKind::Plan => "plan",
        PolicyKind::Form => "form",
        PolicyKind::Contract => "contract template",
        PolicyKind::PlanDocument => "plan document",
    }
}

/// The rows that a text documents: sections that carry them, and claims.
pub(crate) fn documented(policy: &Policy) -> BTreeSet<RowId> {
    let sections = policy
        .sections
        .iter()
        .flat_map(|section| section.rows.iter().copied());
    sections
        .chain(policy.satisfies.iter().map(|claim| claim.row))
        .collect()
}

fn text(text: &PolicyText) -> TextWords {
    let policy = &text.policy;
    TextWords {
        version: policy.version.clone(),
        title: policy.title.clone(),
        facts: facts([
            ("Kind", kind(policy.kind).to_string()),
            ("Owner", typed(&policy.owner)),
            ("Approved", at_day(&policy.approved)),
            ("Approved by", typed(&policy.approved_by)),
            ("Effective", at_day(&policy.effective)),
            ("In effect to", day(text.in_effect_to)),
            ("Documents", citations(documented(policy))),
        ]),
        digest: policy.text_digest.clone(),
        text: plain::document(&policy.body),
        revisions: policy
            .revisions
            .iter()
            .map(|revision| RevisionWords {
                version: revision.version.clone(),
                date: revision.date,
                change: revision.change.clone(),
            })
            .collect(),
    }
}

fn record(record: &Record) -> RecordWords {
    let previous = match &record.previous {
        Some(Previous::Record(id)) => id.clone(),
        Some(Previous::Reason(reason)) => format!("none: {reason}"),
        None => String::new(),
    };
    RecordWords {
        id: record.id.clone(),
        audience: record.handling.audience,
        title: record.title.clone(),
        facts: facts([
            ("Kind", record.kind.replace('-', " ")),
            ("Date", at_day(&record.date)),
            ("By", record.by.clone().unwrap_or_default()),
            ("Signed by", record.signed_by.clone().unwrap_or_default()),
            ("Rows", citations(record.rows.iter().map(|at| at.value))),
            ("Systems", record.systems.join("; ")),
            ("Sites", record.sites.join("; ")),
            ("Before it", previous),
        ]),
        text: plain::document(&record.body),
    }
}

fn exhibit(exhibit: &Exhibit) -> ExhibitWords {
    let rows: Vec<String> = exhibit
        .rows
        .iter()
        .map(|row| match &row.locator {
            Some(locator) => format!("{} {locator}", row.cited),
            None => row.cited.to_string(),
        })
        .collect();
    ExhibitWords {
        id: exhibit.id.clone(),
        audience: exhibit.handling.audience,
        title: exhibit.title.clone(),
        facts: facts([
            ("Date", at_day(&exhibit.date)),
            ("Rows", rows.join("; ")),
            ("Systems", exhibit.systems.join("; ")),
            ("Sites", exhibit.sites.join("; ")),
            ("Persons", exhibit.persons.join("; ")),
            ("Shows", exhibit.shows.clone()),
            ("By", exhibit.by.clone()),
            ("Kept at", exhibit.kept_at.clone()),
        ]),
        sha256: exhibit
            .found
            .as_ref()
            .map_or(String::new(), |found| found.sha256.clone()),
    }
}
