//! 164.316(b)(2)(i): what must still be kept, and is not in the folder.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::MarkName;
use super::assess::Draft;
use super::kinds::GapKind;
use crate::binder::{Binder, Tie, approved_words_are_kept};
use crate::diagnostic::Place;
use crate::history::SummaryPolicy;
use crate::retention::{Effect, Keep, Span, keep};

/// Everything that must still be kept and is not there: approved words that were changed without a copy, versions that
/// the chain names, policy texts that a sealed version knew.
pub(super) fn lost(binder: &Binder) -> Vec<Draft> {
    let mut drafts = approved_words(binder);
    drafts.extend(versions(binder));
    drafts.extend(policies(binder));
    drafts
}

fn missing(words: String, place: Place) -> Draft {
    Draft::new(GapKind::KeptRecordMissing, MarkName::Evidence, words, place)
}

/// Where a policy was changed after its approval and no copy of the approved words is in `approved/`, they are lost.
fn approved_words(binder: &Binder) -> Vec<Draft> {
    let mut drafts = vec![];
    for life in &binder.policies {
        let changed = |text: &&crate::binder::PolicyText| text.tie == Tie::Changed && !text.kept_copy;
        for text in life.texts.iter().filter(changed) {
            if approved_words_are_kept(text, &life.texts) {
                continue;
            }
            let policy = &text.policy;
            let words = format!(
                "The approved words of \"{}\" {} are not in the folder: the text was changed and no copy was kept.",
                policy.title, policy.version
            );
            drafts.push(missing(words, policy.place.clone()).help(format!(
                "Put the approved text back as approved/{}/{}.md; it must be kept six years from when it was last in effect.",
                policy.id, policy.version
            )));
        }
    }
    drafts
}

/// Sealed versions that another one names as the one before it.
fn versions(binder: &Binder) -> Vec<Draft> {
    let missing_version = |gone: &crate::history::Missing| {
        let words = format!(
            "Version {} of the binder is not in versions/, or can't be read there. Version {} names it as the one before it.",
            gone.label, gone.named_by
        );
        missing(words, Place::file(format!("versions/{}.zip", gone.label))).help(format!(
            "Put the archive back from a copy. It is kept at least until {}.",
            gone.keep.words()
        ))
    };
    binder.history.missing.iter().map(missing_version).collect()
}

/// Policy texts that were approved when a version was sealed, and that the folder does not hold any more.
fn policies(binder: &Binder) -> Vec<Draft> {
    let known = binder
        .history
        .versions
        .iter()
        .filter_map(|version| Some((version, version.summary.as_ref()?)))
        .flat_map(|(version, summary)| summary.policies.iter().map(move |policy| (version, policy)));
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut drafts = vec![];
    for (version, policy) in known {
        let name = (policy.id.as_str(), policy.version.as_str());
        let life = binder
            .lookup
            .policy(&policy.id)
            .map(|life| &binder.policies[life]);
        let there = life.is_some_and(|life| {
            life.texts
                .iter()
                .any(|text| text.policy.version == policy.version)
        });
        if there || binder.withheld.policies.contains(&policy.id) || !seen.insert(name) {
            continue;
        }
        let kept = keep_policy(binder, policy);
        if matches!(kept, Keep::Until(day) if day < binder.meta.as_of) {
            continue;
        }
        let words = format!(
            "\"{}\" {} is neither in policies/ nor in approved/. Version {} of the binder holds it as approved.",
            policy.title,
            policy.version,
            version.label()
        );
        let help = format!(
            "Put it back: it is in {}, below sources/. Keep at least until {}.",
            version.path,
            kept.words()
        );
        let place = Place::file(format!("approved/{}/{}.md", policy.id, policy.version));
        drafts.push(missing(words, place).help(help));
    }
    drafts
}

fn keep_policy(binder: &Binder, policy: &SummaryPolicy) -> Keep {
    let span = Span {
        created: policy.approved.or(policy.from),
        effect: last_in_effect(binder, policy).map_or(Effect::Ended, Effect::To),
        held: false,
    };
    keep(span, binder.content.config.retention_years)
}

/// The last day on which the text was in effect, as far as a sealed version or a later text tells.
fn last_in_effect(binder: &Binder, policy: &SummaryPolicy) -> Option<Date> {
    let sealed = binder
        .history
        .versions
        .iter()
        .filter_map(|version| version.summary.as_ref());
    let same = sealed
        .flat_map(|summary| &summary.policies)
        .filter(|other| other.id == policy.id);
    let (mut told, mut later): (Vec<Date>, Vec<Date>) = (vec![], vec![]);
    let begins_later = |from: Option<Date>| from.filter(|from| Some(*from) > policy.from);
    for other in same {
        if other.version == policy.version {
            told.extend(other.to);
        } else {
            later.extend(begins_later(other.from));
        }
    }
    let now = binder.policies.iter().filter(|life| life.id == policy.id);
    later.extend(
        now.flat_map(|life| &life.texts)
            .filter_map(|text| begins_later(text.in_effect_from)),
    );
    told.into_iter()
        .max()
        .or_else(|| later.into_iter().min().and_then(|day| day.yesterday().ok()))
}
