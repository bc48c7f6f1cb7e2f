//! Whether a conditional row binds the clinic: facts of `binder.toml` decide, not each row.

use super::assess::Draft;
use super::kinds::GapKind;
use super::window::{Age, age};
use crate::binder::Binder;
use crate::content::config::EntityKind;
use crate::diagnostic::Place;
use crate::rule::{Condition, RowId, rule};

/// Whether a row applies, why, and what is wrong with the reason.
pub(super) struct Applies {
    /// False only when a dated fact, by somebody, says so and nothing contradicts it.
    pub applies: bool,
    /// The reason as a sentence; `None` for rows without condition.
    pub because: Option<String>,
    /// Gaps of the row as a whole.
    pub gaps: Vec<Draft>,
}

/// Decides whether a row applies.
pub(super) fn applies(binder: &Binder, row: RowId) -> Applies {
    let Some(condition) = rule()[row].condition else {
        return Applies {
            applies: true,
            because: None,
            gaps: vec![],
        };
    };
    let facts = &binder.content.config.applies;
    let stated = match condition {
        Condition::Clearinghouse => facts.clearinghouse,
        Condition::GroupHealthPlan => facts.group_health_plan,
        Condition::Subcontractors => facts.subcontractors,
        Condition::GovernmentArrangement => facts.government_arrangement,
    };
    let key = condition.as_str();
    let draft = |kind, words: String, place: &Place| Draft::whole_row(kind, words, place.clone());
    let Some(fact) = stated else {
        let words = format!("Nothing says whether this row applies: {}.", only_if(row));
        let help = format!(
            "Add {key} = true or {key} = false under [applies] in binder.toml, with decided_by and decided."
        );
        let gap = draft(GapKind::ApplicabilityUnexplained, words, &facts.place).help(help);
        return Applies {
            applies: true,
            because: None,
            gaps: vec![gap],
        };
    };
    if fact {
        let because = reason(binder, key).unwrap_or_else(|| format!("It applies: {}.", says(key, true)));
        return Applies {
            applies: true,
            because: Some(because),
            gaps: vec![],
        };
    }

    if let Some((words, place)) = contradiction(binder, condition) {
        let gap = draft(GapKind::ApplicabilityContradicted, words, &place).help(format!(
            "Set {key} = true in binder.toml, or correct the register."
        ));
        return Applies {
            applies: true,
            because: None,
            gaps: vec![gap],
        };
    }
    let who = facts.decided_by.as_deref().filter(|by| !by.trim().is_empty());
    let (Some(who), Some(decided)) = (who, facts.decided) else {
        let words = format!("binder.toml says {key} = false, but not who decided that and when.");
        let help = "Add decided_by = \"name or role\" and decided = 2026-09-14 under [applies].";
        let gap = draft(GapKind::ApplicabilityUnexplained, words, &facts.place).help(help);
        return Applies {
            applies: true,
            because: None,
            gaps: vec![gap],
        };
    };
    let as_of = binder.meta.as_of;
    let months = binder.content.config.intervals.applicability;
    let mut gaps = vec![];
    match age(decided, as_of, months) {
        Age::Fresh => {}
        Age::Later => {
            let words =
                format!("The decision that this row does not apply is dated {decided}, after {as_of}.");
            let gap = draft(GapKind::ApplicabilityUnexplained, words, &facts.place)
                .help("Check the date after decided =.");
            return Applies {
                applies: true,
                because: None,
                gaps: vec![gap],
            };
        }
        Age::Stale => {
            let words = format!(
                "The decision that this row does not apply is of {decided} and due to be looked at again."
            );
            gaps.push(draft(GapKind::ApplicabilityReviewDue, words, &facts.place).help(
                "If it still holds, write the new day after decided = under [applies] in binder.toml.",
            ));
        }
    }
    let why = reason(binder, key).unwrap_or_else(|| format!("{}.", says(key, false)));
    let why = why.trim_end_matches('.');
    Applies {
        applies: false,
        because: Some(format!("{why}. Decided by {who} on {decided}.")),
        gaps,
    }
}

fn reason(binder: &Binder, key: &str) -> Option<String> {
    binder
        .content
        .config
        .applies
        .reasons
        .get(key)
        .filter(|words| !words.trim().is_empty())
        .cloned()
}

fn only_if(row: RowId) -> String {
    let words = rule()[row]
        .applies_only_if
        .as_deref()
        .unwrap_or_default()
        .trim_end_matches('.');
    let mut chars = words.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

fn says(key: &str, fact: bool) -> &'static str {
    match (key, fact) {
        ("clearinghouse", true) => "a health care clearinghouse is part of the organization",
        ("clearinghouse", false) => "No health care clearinghouse is part of the organization",
        ("group_health_plan", true) => {
            "the organization sponsors a group health plan that shares ePHI with it"
        }
        ("group_health_plan", false) => {
            "The organization runs no group health plan that shares ePHI with it as sponsor"
        }
        ("subcontractors", true) => "the organization is a business associate that uses subcontractors",
        ("subcontractors", false) => "The organization is not a business associate that uses subcontractors",
        (_, true) => "a memorandum or law stands in for a contract",
        (_, false) => "No memorandum or law stands in for a contract",
    }
}

/// A register line, or the kind of entity, that says the fact is otherwise.
fn contradiction(binder: &Binder, condition: Condition) -> Option<(String, Place)> {
    let arrangement = |wanted: &[&str]| {
        let table = binder.content.registers.get("business-associates")?;
        let line = table.entries.iter().find(|entry| {
            let over = entry
                .date_of("until")
                .is_some_and(|until| until < binder.meta.as_of);
            !over
                && wanted
                    .iter()
                    .any(|w| entry.get("arrangement").eq_ignore_ascii_case(w))
        })?;
        let words = format!(
            "binder.toml says that this row does not apply, but the register of business associates has {} with arrangement {}.",
            line.get("name"),
            line.get("arrangement")
        );
        Some((words, line.place.clone()))
    };
    match condition {
        Condition::GovernmentArrangement => arrangement(&["mou", "statute"]),
        Condition::Subcontractors if binder.content.config.practice.kind == EntityKind::CoveredEntity => {
            arrangement(&["subcontractor"])
        }
        Condition::Subcontractors => arrangement(&["subcontractor"]),
        Condition::Clearinghouse | Condition::GroupHealthPlan => None,
    }
}
