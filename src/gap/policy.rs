//! The Policy mark: a text in effect on the as-of date, its approval tied to its words, reviewed within its interval,
//! that documents the row in a section of its own.

use jiff::civil::Date;

use super::assess::Draft;
use super::kinds::GapKind;
use super::window::{Age, age};
use super::{Mark, MarkName};
use crate::binder::{Binder, PolicyLife, SectionLink, SourceKind, Standing, Tie};
use crate::content::substance::{Emptiness, Substance};
use crate::content::{Policy, PolicyKind, Section};
use crate::diagnostic::Place;
use crate::rule::{RowId, rule};

/// The Policy mark of a row and its gaps, before the rule of 164.316(a) that looks at all rows.
pub(super) fn policy(binder: &Binder, row: RowId) -> (Mark, Vec<Draft>) {
    let links = binder.links(row);
    let mut best: Option<(Mark, Vec<Draft>)> = None;
    for link in links.sections.iter().filter(|link| link.in_effect) {
        let found = section_in_effect(binder, row, *link);
        let better = best
            .as_ref()
            .is_none_or(|(mark, gaps)| (found.0, gaps.len()) > (*mark, found.1.len()));
        if better {
            best = Some(found);
        }
    }
    match best {
        Some((mark, gaps)) if mark != Mark::None => (mark, gaps),
        Some((_, gaps)) => (Mark::None, gaps),
        None => (Mark::None, vec![why_none(binder, row)]),
    }
}

fn draft(kind: GapKind, words: impl Into<String>, place: &Place) -> Draft {
    Draft::new(kind, MarkName::Policy, words, place.clone())
}

fn section_in_effect(binder: &Binder, row: RowId, link: SectionLink) -> (Mark, Vec<Draft>) {
    let life = &binder.policies[link.life];
    let text = binder.text(link);
    let policy = &text.policy;
    let section = &policy.sections[link.section];
    let mut gaps = vec![];

    if is_starter_file(policy) {
        let words = format!("\"{}\" is still the starter text, word for word.", policy.title);
        gaps.push(draft(GapKind::StarterTextUnchanged, words, &policy.place).help(
            "Make it the practice's own: who does what here, with which system, how often. Then approve it.",
        ));
        return (Mark::None, gaps);
    }
    if let Some(gap) = without_text(policy, section) {
        return (Mark::None, vec![gap]);
    }

    match text.tie {
        Tie::Tied | Tie::Draft => {}
        Tie::Untied => gaps.push(
            draft(
                GapKind::ApprovalNotTiedToText,
                format!(
                    "\"{}\" says that it was approved, but nothing ties the approval to these words.",
                    policy.title
                ),
                &policy
                    .approved
                    .as_ref()
                    .map_or(&policy.place, |at| &at.place)
                    .clone(),
            )
            .help(format!("Run: binder approve {} --by \"name\"", policy.id)),
        ),
        Tie::Changed => gaps.push(changed(policy)),
    }
    let mut mark = if gaps.is_empty() {
        Mark::Full
    } else {
        Mark::Partial
    };
    if text.tie != Tie::Changed
        && let Some(pending) = pending_change(life)
    {
        // The approved words stay in effect, so the mark stands; the change is open all the same.
        gaps.push(pending);
    }
    let more = [
        review_due(binder, policy),
        blanks(policy),
        procedure_missing(row, policy, section),
    ];
    for gap in more.into_iter().flatten() {
        mark = Mark::Partial;
        gaps.push(gap);
    }
    (mark, gaps)
}

/// The whole body is what the starter file held, by its digest: known even when the program's own starters have changed.
fn is_starter_file(policy: &Policy) -> bool {
    policy
        .starter
        .as_deref()
        .is_some_and(|starter| starter.trim_start_matches("sha256:") == policy.body_digest)
}

/// Nothing in it is the practice's own: having approved or reviewed such a text proves nothing.
pub(super) fn is_starter_text(policy: &Policy) -> bool {
    let starter = |section: &Section| section.substance == Substance::Empty(Emptiness::Starter);
    is_starter_file(policy) || !policy.sections.is_empty() && policy.sections.iter().all(starter)
}

/// A heading without text, or with the regulation's words and nothing else, documents nothing.
fn without_text(policy: &Policy, section: &Section) -> Option<Draft> {
    let Substance::Empty(why) = &section.substance else {
        return None;
    };
    if fills_in_blanks(policy.kind) && *why == Emptiness::OnlyBlanks {
        return None;
    }
    let title = format!("The section \"{}\" of \"{}\"", section.title, policy.title);
    Some(match why {
        Emptiness::RuleText => draft(
            GapKind::RuleTextOnly,
            format!("{title} repeats the regulation and says nothing about this practice."),
            &section.place,
        )
        .help("Write what the practice does, who does it and how often."),
        Emptiness::Starter => draft(
            GapKind::StarterTextUnchanged,
            format!("{title} is still starter text: none of its blanks is filled in."),
            &section.place,
        )
        .help("Fill in the blanks, change what is done differently here, and approve the policy again."),
        Emptiness::OnlyBlanks | Emptiness::Filler => draft(
            GapKind::PolicyPlaceholder,
            format!("{title} holds only blanks to fill in."),
            &section.place,
        )
        .help("Replace the blanks with the practice's own words, then approve the policy again."),
        _ => draft(
            GapKind::ClaimWithoutText,
            format!("{title} has no text."),
            &section.place,
        )
        .help("Write the text under the heading, then approve the policy again."),
    })
}

fn changed(policy: &Policy) -> Draft {
    draft(
        GapKind::TextChangedSinceApproval,
        format!("\"{}\" was changed after it was approved.", policy.title),
        &policy
            .approved_text
            .as_ref()
            .map_or(&policy.place, |at| &at.place)
            .clone(),
    )
    .help(format!(
        "Read the change and run: binder approve {} --by \"name\"",
        policy.id
    ))
}

fn pending_change(life: &PolicyLife) -> Option<Draft> {
    let pending = &life.texts[life.pending?];
    (pending.tie == Tie::Changed).then(|| changed(&pending.policy))
}

fn review_due(binder: &Binder, policy: &Policy) -> Option<Draft> {
    let months = policy
        .review_every
        .unwrap_or(binder.content.config.intervals.policies);
    let looked_at = last_looked_at(policy, binder.meta.as_of)?;
    if age(looked_at, binder.meta.as_of, months) == Age::Fresh {
        return None;
    }
    let words = format!(
        "\"{}\" was last reviewed on {looked_at}; its interval is {months} months.",
        policy.title
    );
    Some(
        draft(GapKind::PolicyReviewDue, words, &policy.place)
            .help("Read it through and add a [[reviews]] block with date and by; result = \"no change\" is a valid result."),
    )
}

/// The last day, up to the as-of date, on which somebody approved or reviewed these words.
pub(super) fn last_looked_at(policy: &Policy, as_of: Date) -> Option<Date> {
    let reviews = policy
        .reviews
        .iter()
        .filter(|review| !review.by.trim().is_empty())
        .map(|review| review.date);
    policy
        .approved
        .iter()
        .map(|at| at.value)
        .chain(reviews)
        .filter(|date| *date <= as_of)
        .max()
}

/// Forms and contract templates have blanks on purpose.
fn fills_in_blanks(kind: PolicyKind) -> bool {
    matches!(kind, PolicyKind::Form | PolicyKind::Contract)
}

fn blanks(policy: &Policy) -> Option<Draft> {
    let blank = policy
        .placeholders
        .first()
        .filter(|_| !fills_in_blanks(policy.kind))?;
    let words = format!(
        "\"{}\" still has {} to fill in, the first of them {}.",
        policy.title,
        if policy.placeholders.len() == 1 {
            "a blank".to_string()
        } else {
            format!("{} blanks", policy.placeholders.len())
        },
        blank.value
    );
    Some(
        draft(GapKind::PolicyPlaceholder, words, &blank.place)
            .help("Replace it with the practice's own words, then approve the policy again."),
    )
}

fn procedure_missing(row: RowId, policy: &Policy, section: &Section) -> Option<Draft> {
    let is_procedure = matches!(
        policy.kind,
        PolicyKind::Procedure
            | PolicyKind::Plan
            | PolicyKind::Form
            | PolicyKind::Contract
            | PolicyKind::PlanDocument
    );
    if !rule()[row].calls_for_doing() || is_procedure || section.says_procedure {
        return None;
    }
    let words = format!(
        "The rule's words call for a procedure or an action; the section \"{}\" of \"{}\" only says what is intended.",
        section.title, policy.title
    );
    Some(
        draft(GapKind::ProcedureMissing, words, &section.place)
            .help(format!("Add the steps under a heading like \"Procedure ({row})\", or in a document of kind procedure, plan or form.")),
    )
}

/// Why no section in effect documents the row.
fn why_none(binder: &Binder, row: RowId) -> Draft {
    let links = binder.links(row);
    if let Some(link) = links
        .sections
        .iter()
        .find(|link| link.text == binder.policies[link.life].shown)
    {
        return not_in_effect(
            &binder.policies[link.life],
            &binder.text(*link).policy,
            binder.meta.as_of,
        );
    }
    let mentions = || {
        links
            .mentions
            .iter()
            .filter(|mention| mention.source == SourceKind::Policy)
    };
    let claimed = links
        .claims
        .iter()
        .find(|claim| claim.text == binder.policies[claim.life].shown);
    if let Some(claim) = claimed {
        let policy = &binder.policies[claim.life].texts[claim.text].policy;
        let place = &policy.satisfies[claim.claim].place;
        let mentioned = mentions().any(|mention| mention.id == policy.id);
        let help =
            format!("Write a section whose heading carries the citation, like \"## Procedure ({row})\".");
        return if mentioned {
            let words = format!(
                "\"{}\" claims this row; a paragraph mentions it and no section documents it.",
                policy.title
            );
            draft(GapKind::PolicyMentionOnly, words, place).help(help)
        } else {
            let words = format!(
                "\"{}\" claims this row, but no section of it holds the text.",
                policy.title
            );
            draft(GapKind::ClaimWithoutText, words, place).help(help)
        };
    }
    if let Some(mention) = mentions().next() {
        let what = if mention.in_table {
            "a table"
        } else {
            "a paragraph"
        };
        let words = format!(
            "\"{}\" mentions this row in {what}. A mention documents nothing.",
            mention.title
        );
        return draft(GapKind::PolicyMentionOnly, words, &mention.place).help(format!(
            "Write a section whose heading carries the citation, like \"## Procedure ({row})\"."
        ));
    }
    let older = links.sections.first().map(|link| &binder.policies[link.life]);
    let words = match older {
        Some(life) => format!(
            "An earlier version of \"{}\" documented this row; the one in effect does not.",
            life.texts[life.shown].policy.title
        ),
        None => "No policy or procedure speaks of this row.".to_string(),
    };
    draft(GapKind::PolicyMissing, words, &Place::file("policies")).help(format!(
        "Write one, with a heading that carries the citation, like \"## Procedure ({row})\", and approve it."
    ))
}

/// True where only the kept copy of a policy is left, and nothing else ended it.
fn is_withdrawn(life: &PolicyLife, as_of: Date) -> bool {
    let shown = &life.texts[life.shown];
    shown.kept_copy && shown.in_effect_to.is_none_or(|to| to >= as_of)
}

fn not_in_effect(life: &PolicyLife, policy: &Policy, as_of: Date) -> Draft {
    let title = &policy.title;
    match life.standing {
        Standing::NotYet => {
            let from = life.texts[life.shown].in_effect_from;
            let when = from.map(|date| format!(" on {date}")).unwrap_or_default();
            draft(
                GapKind::PolicyNotYetInEffect,
                format!("\"{title}\" is approved and takes effect{when}, after {as_of}."),
                &policy.place,
            )
            .help("Nothing to type: it will count from that day.")
        }
        Standing::Lapsed if is_withdrawn(life, as_of) => draft(
            GapKind::PolicyLapsed,
            format!("\"{title}\" is no longer in the folder policies; only its approved copy is kept."),
            &policy.place,
        )
        .help("If it still holds, copy the file back into policies; else write and approve what takes its place."),
        Standing::Lapsed => {
            let last = life.texts.iter().filter_map(|text| text.in_effect_to).max();
            let when = last.map(|date| format!(" on {date}")).unwrap_or_default();
            draft(
                GapKind::PolicyLapsed,
                format!("\"{title}\" ended{when}, and nothing took its place."),
                &policy
                    .superseded
                    .as_ref()
                    .map_or(&policy.place, |at| &at.place)
                    .clone(),
            )
            .help("Approve the version that follows, or take out superseded if it still holds.")
        }
        Standing::Draft | Standing::InEffect => draft(
            GapKind::PolicyNotApproved,
            format!("\"{title}\" is a draft: nobody has approved it."),
            &policy.place,
        )
        .help(format!(
            "Read it through and run: binder approve {} --by \"name\"",
            policy.id
        )),
    }
}
