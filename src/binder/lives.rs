//! One policy id over time: which of its texts holds on a day, and which words wait for approval.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::{PolicyLife, PolicyText, Standing, Tie};
use crate::content::{Content, Policy};

/// Groups the policies of `policies/` and the copies of `approved/` by id, and finds where each stands on `as_of`.
pub(super) fn lives(content: &Content, as_of: Date) -> Vec<PolicyLife> {
    let mut by_id: BTreeMap<&str, Vec<PolicyText>> = BTreeMap::new();
    let sheets = content.exhibits.iter();
    let sheets: BTreeSet<String> = sheets
        .filter(|exhibit| exhibit.is_on_file() && !exhibit.self_made)
        .map(|exhibit| exhibit.id.to_ascii_lowercase())
        .collect();
    for policy in &content.policies {
        by_id
            .entry(&policy.id)
            .or_default()
            .push(text(policy, false, &sheets));
    }
    for copy in &content.approved {
        let texts = by_id.entry(&copy.id).or_default();
        let same_words = texts
            .iter()
            .any(|t| t.policy.version == copy.version && t.policy.text_digest == copy.text_digest);
        if !same_words {
            texts.push(text(copy, true, &sheets));
        }
    }
    by_id
        .into_iter()
        .map(|(id, texts)| life(id.to_string(), texts, as_of))
        .collect()
}

/// `sheets` are the ids, in lower case, of exhibits that are on file.
fn text(policy: &Policy, kept_copy: bool, sheets: &BTreeSet<String>) -> PolicyText {
    let sheet = policy.approved_sheet.as_ref();
    let sheet_on_file = sheet.is_some_and(|sheet| sheets.contains(&sheet.value.to_ascii_lowercase()));
    let tie = match (&policy.approved, &policy.approved_text) {
        (None, _) => Tie::Draft,
        (Some(_), Some(digest)) if digest.value == policy.text_digest => Tie::Tied,
        (Some(_), Some(_)) => Tie::Changed,
        (Some(_), None) if sheet_on_file => Tie::Tied,
        (Some(_), None) => Tie::Untied,
    };
    let approved = policy.approved.as_ref().map(|at| at.value);
    let effective = policy.effective.as_ref().map(|at| at.value);
    let in_effect_from =
        approved.map(|approved| effective.map_or(approved, |effective| effective.max(approved)));
    let in_effect_to = policy
        .superseded
        .as_ref()
        .and_then(|at| at.value.yesterday().ok());
    PolicyText {
        policy: Arc::new(policy.clone()),
        kept_copy,
        in_effect_from,
        in_effect_to,
        tie,
    }
}

fn life(id: String, mut texts: Vec<PolicyText>, as_of: Date) -> PolicyLife {
    texts.sort_by_cached_key(order);
    // Words that nobody approved never end the life of approved ones: a changed text is in effect only where the
    // words that its approval was given to are not kept. An older version does not come back for it.
    let kept: Vec<bool> = texts.iter().map(|t| approved_words_are_kept(t, &texts)).collect();
    let counts: Vec<bool> = texts
        .iter()
        .zip(kept)
        .map(|(t, kept)| match t.tie {
            Tie::Draft => false,
            Tie::Tied | Tie::Untied => true,
            Tie::Changed => !kept,
        })
        .collect();
    end_each_where_the_next_begins(&mut texts, &counts);

    let begun = |i: usize| counts[i] && began(&texts[i], as_of);
    let holds = |i: &usize| begun(*i) && texts[*i].in_effect_to.is_none_or(|to| to >= as_of);
    let last = (0..texts.len()).rev().find(holds);
    // Who takes a policy out of its folder takes it back: a copy holds only behind a working text that goes on from it.
    let withdrawn = last.filter(|copy| !has_working_text(*copy, &texts));
    let current = last.filter(|_| withdrawn.is_none());
    let standing = if current.is_some() {
        Standing::InEffect
    } else if (0..texts.len()).any(begun) {
        Standing::Lapsed
    } else if texts.iter().any(|t| t.tie != Tie::Draft) {
        Standing::NotYet
    } else {
        Standing::Draft
    };
    let newest_working = texts.iter().rposition(|t| !t.kept_copy);
    let shown = current
        .or(withdrawn)
        .or(newest_working)
        .unwrap_or(texts.len() - 1);
    let pending = newest_working.filter(|&working| {
        current.is_some() && working != shown && waits_for_approval(&texts[working], &texts[shown], as_of)
    });
    PolicyLife {
        id,
        texts,
        standing,
        shown,
        pending,
    }
}

impl PolicyLife {
    /// Where the changed text was approved and only its day has not come: that day. `None` where it waits for approval,
    /// and where there is none.
    pub fn approved_from(&self) -> Option<Date> {
        let text = &self.texts[self.pending?];
        let is_approved = matches!(text.tie, Tie::Tied | Tie::Untied);
        text.in_effect_from.filter(|_| is_approved)
    }

    /// The text that took the place of another, or will: the next one that was approved.
    pub fn successor(&self, text: usize) -> Option<usize> {
        let ended = self.texts.get(text)?.in_effect_from?;
        let takes_over = |next: &usize| {
            let other = &self.texts[*next];
            let pending = other.tie == Tie::Changed && approved_words_are_kept(other, &self.texts);
            other.tie != Tie::Draft && !pending && other.in_effect_from.is_some_and(|from| from >= ended)
        };
        (text + 1..self.texts.len()).find(takes_over)
    }
}

/// By first day in effect (drafts last: they are what comes next), then version by its numbers.
fn order(text: &PolicyText) -> (bool, Option<Date>, Vec<u64>, String, bool) {
    let version = &text.policy.version;
    let numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|n| n.parse().ok())
        .collect();
    (
        text.in_effect_from.is_none(),
        text.in_effect_from,
        numbers,
        version.clone(),
        !text.kept_copy,
    )
}

fn began(text: &PolicyText, as_of: Date) -> bool {
    text.in_effect_from.is_some_and(|from| from <= as_of)
}

/// Whether the words that a changed text's approval was given to are among the texts of its policy: those with the
/// digest that the approval names, or tied ones of the same version.
pub(crate) fn approved_words_are_kept(text: &PolicyText, texts: &[PolicyText]) -> bool {
    let digest = text.policy.approved_text.as_ref().map(|at| &at.value);
    texts.iter().any(|t| {
        t.tie == Tie::Tied
            && (digest == Some(&t.policy.text_digest) || t.policy.version == text.policy.version)
    })
}

/// Whether `policies/` holds this text, another of its version, or a later one.
fn has_working_text(at: usize, texts: &[PolicyText]) -> bool {
    let version = &texts[at].policy.version;
    let mut working = texts.iter().enumerate().filter(|(_, text)| !text.kept_copy);
    working.any(|(place, text)| place >= at || text.policy.version == *version)
}

fn end_each_where_the_next_begins(texts: &mut [PolicyText], counts: &[bool]) {
    let mut next_begins: Option<Date> = None;
    for (text, _) in texts.iter_mut().zip(counts).rev().filter(|(_, counts)| **counts) {
        if let Some(last) = next_begins.and_then(|next| next.yesterday().ok()) {
            text.in_effect_to = Some(text.in_effect_to.map_or(last, |to| to.min(last)));
        }
        next_begins = text.in_effect_from;
    }
}

/// Older versions kept in `policies/` are no pending change; a draft and a changed text are.
fn waits_for_approval(working: &PolicyText, shown: &PolicyText, as_of: Date) -> bool {
    match working.tie {
        Tie::Draft | Tie::Changed => working.policy.text_digest != shown.policy.text_digest,
        Tie::Tied | Tie::Untied => working.in_effect_from.is_some_and(|from| from > as_of),
    }
}
