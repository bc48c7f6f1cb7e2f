//! For handing over: work in progress is taken out of the texts.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::binder::{Binder, Tie, approved_words_are_kept};
use crate::content::substance::{self, Emptiness, Substance};
use crate::content::{Answer, Content, Policy};
use crate::markdown::{Block, BlockKind, cut};

/// Takes out what is work in progress: plans, open tasks, empty answers, drafts, pending changes, blanks, claims without
/// a text, remarks on files.
pub(super) fn for_handing_over(whole: &Binder, content: &mut Content) {
    content.answers = content.answers.iter().filter_map(answer).collect();
    let as_of = whole.meta.as_of;
    let held: BTreeSet<Arc<str>> = whole
        .policies
        .iter()
        .flat_map(|life| life.texts.iter().map(move |text| (life, text)))
        .filter(|(life, text)| {
            let pending = text.tie == Tie::Changed && approved_words_are_kept(text, &life.texts);
            text.tie != Tie::Draft && !pending && text.in_effect_from.is_some_and(|from| from <= as_of)
        })
        .map(|(_, text)| text.policy.path.clone())
        .collect();
    for list in [&mut content.policies, &mut content.approved] {
        list.retain(|policy| held.contains(&policy.path));
        list.iter_mut().for_each(without_claims);
        for policy in list.iter_mut() {
            // What is dated ahead is a plan.
            policy
                .revisions
                .retain(|revision| revision.date.is_none_or(|date| date <= as_of));
            policy.reviews.retain(|review| review.date <= as_of);
        }
    }
    for record in content
        .records
        .iter_mut()
        .filter(|record| record.signed_by.is_none())
    {
        record.body = cut::without(&record.body, |_| false).document.into();
    }
    for exhibit in &mut content.exhibits {
        exhibit.recorded_sha256 = None;
        exhibit.self_made = false;
    }
}

/// What a text in effect shows of itself: its words, not the blanks in them and not what it says it covers.
fn without_claims(policy: &mut Policy) {
    let sections = &policy.sections;
    policy
        .satisfies
        .retain(|claim| sections.iter().any(|section| section.rows.contains(&claim.row)));
    policy.placeholders.clear();
    policy.starter = None;
}

/// The answer without plans, open tasks, empty replies and empty decisions; `None` when nothing is left.
fn answer(answer: &Answer) -> Option<Answer> {
    let mut answer = answer.clone();
    answer.plans.clear();
    answer.decisions.retain(|decision| decision.branch.is_some());
    let mut gone = vec![false; answer.body.blocks.len()];
    let mut remove = |blocks: &std::ops::Range<usize>| {
        for index in blocks.start.saturating_sub(1)..blocks.end {
            if let Some(gone) = gone.get_mut(index) {
                *gone = true;
            }
        }
    };
    answer.replies.retain(|reply| {
        let keep = says_something(&reply.substance);
        if !keep {
            remove(&reply.blocks);
        }
        keep
    });
    for determination in answer
        .decisions
        .iter_mut()
        .filter_map(|decision| decision.determination.as_mut())
    {
        determination.parts.retain(|part| {
            let keep = says_something(&part.substance);
            if !keep {
                remove(&part.blocks);
            }
            keep
        });
    }
    // A paragraph that only says what is to be done, between others that say something.
    for (index, block) in answer.body.blocks.iter().enumerate() {
        if !matches!(block.kind, BlockKind::Heading(_)) && says_what_to_do(block) {
            gone[index] = true;
        }
    }
    let cut = cut::without(&answer.body, |index| gone.get(index).is_some_and(|gone| *gone));
    for reply in &mut answer.replies {
        reply.blocks = cut.range(&reply.blocks);
        reply.open_tasks.clear();
    }
    for determination in answer
        .decisions
        .iter_mut()
        .filter_map(|decision| decision.determination.as_mut())
    {
        for part in &mut determination.parts {
            part.blocks = cut.range(&part.blocks);
        }
    }
    answer.body = cut.document.into();
    let has_text = answer
        .body
        .blocks
        .iter()
        .any(|block| !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Rule));
    (has_text || !answer.decisions.is_empty()).then_some(answer)
}

/// False for a text that waits to be written. A bare "No" is too little, and is what the clinic said.
fn says_something(substance: &Substance) -> bool {
    match substance {
        Substance::Real | Substance::Blanks(_) => true,
        Substance::Empty(why) => matches!(why, Emptiness::BareYesNo | Emptiness::RuleText),
    }
}

/// True for a paragraph of its own like "TODO: ask Bob".
fn says_what_to_do(block: &Block) -> bool {
    let said = substance::judge(std::slice::from_ref(block), None);
    matches!(said, Substance::Empty(Emptiness::Todo | Emptiness::Filler))
}
