//! The Decision mark of addressable rows, 164.306(d)(3): every scope decided, signed, dated, its determination whole.

use super::assess::Draft;
use super::evidence::Wanted;
use super::kinds::GapKind;
use super::window::{Age, age};
use super::{Mark, MarkName};
use crate::binder::Binder;
use crate::content::substance::Substance;
use crate::content::{Branch, Decision, Factor};
use crate::rule::{RowId, rule};

/// What a row's decisions say, taken together.
pub(super) struct Decided {
    /// The mark; not needed where the row is not addressable.
    pub mark: Mark,
    /// Its gaps.
    pub gaps: Vec<Draft>,
    /// Some scope is `neither`: the standard must be whole.
    pub neither: bool,
    /// Every scope is: policy and evidence are not needed on this row.
    pub only_neither: bool,
    /// What proof the branches call for.
    pub wanted: Wanted,
    /// Some scope is not `implement`.
    pub otherwise: bool,
}

/// Reads the decisions of a row.
pub(super) fn decision(binder: &Binder, row: RowId) -> Decided {
    let nothing = Decided {
        mark: Mark::NotNeeded,
        gaps: vec![],
        neither: false,
        only_neither: false,
        wanted: Wanted::Own,
        otherwise: false,
    };
    if !rule()[row].is_addressable() {
        return nothing;
    }
    let answer = binder
        .links(row)
        .answer
        .map(|index| &binder.content.answers[index]);
    let Some(answer) = answer.filter(|answer| !answer.decisions.is_empty()) else {
        let place = answer.map_or_else(
            || super::answer::suggested_file(row),
            |answer| answer.place.clone(),
        );
        let words =
            "The row is addressable, and nothing says what was decided: implement, alternative or neither.";
        let help = "Add a [[decision]] block to the top with branch, decided_by and decided.";
        let gap = Draft::new(GapKind::BranchMissing, MarkName::Decision, words, place).help(help);
        return Decided {
            mark: Mark::None,
            gaps: vec![gap],
            ..nothing
        };
    };

    let gaps: Vec<Draft> = answer
        .decisions
        .iter()
        .flat_map(|decision| of_one(binder, decision))
        .collect();
    let branches: Vec<Branch> = answer
        .decisions
        .iter()
        .filter_map(|decision| decision.branch)
        .collect();
    let all = |branch| branches.len() == answer.decisions.len() && branches.iter().all(|b| *b == branch);
    // A scope without a branch is taken for implemented until somebody decides.
    let implements = answer
        .decisions
        .iter()
        .any(|d| d.branch.is_none_or(|b| b == Branch::Implement));
    let mark = match (gaps.is_empty(), branches.is_empty()) {
        (true, _) => Mark::Full,
        (false, true)
            if answer
                .decisions
                .iter()
                .all(|d| d.decided_by.is_none() && d.decided.is_none()) =>
        {
            Mark::None
        }
        _ => Mark::Partial,
    };
    Decided {
        mark,
        gaps,
        neither: branches.contains(&Branch::Neither),
        only_neither: all(Branch::Neither),
        wanted: match (branches.contains(&Branch::Alternative), implements) {
            (true, false) => Wanted::Alternative,
            (true, true) => Wanted::Both,
            (false, _) => Wanted::Own,
        },
        otherwise: branches.iter().any(|branch| *branch != Branch::Implement),
    }
}

fn of_one(binder: &Binder, decision: &Decision) -> Vec<Draft> {
    let scope = decision
        .scope
        .as_ref()
        .map(|scope| format!(" for {scope}"))
        .unwrap_or_default();
    let draft = |kind, words: String| Draft::new(kind, MarkName::Decision, words, decision.place.clone());
    let Some(branch) = decision.branch else {
        let words = format!("The decision{scope} does not say which branch was taken.");
        let help = "Add branch = \"implement\", \"alternative\" or \"neither\".";
        return vec![draft(GapKind::BranchMissing, words).help(help)];
    };
    let mut gaps = vec![];
    if decision
        .decided_by
        .as_ref()
        .is_none_or(|by| by.value.trim().is_empty())
    {
        let words = format!("Nothing says who took the decision{scope}.");
        gaps.push(
            draft(GapKind::DeterminationUnsigned, words).help("Add decided_by = \"Security official\"."),
        );
    }
    gaps.extend(when_decided(binder, decision, &scope));
    if branch != Branch::Implement {
        gaps.extend(determination(decision, branch, &scope));
    }
    gaps
}

fn when_decided(binder: &Binder, decision: &Decision, scope: &str) -> Option<Draft> {
    let draft = |kind, words: String, place: &crate::diagnostic::Place| {
        Draft::new(kind, MarkName::Decision, words, place.clone())
    };
    let as_of = binder.meta.as_of;
    let Some(decided) = &decision.decided else {
        let words = format!("Nothing says when the decision{scope} was taken.");
        let help = "Add decided = and the day, like decided = 2026-09-14.";
        return Some(draft(GapKind::DeterminationUnsigned, words, &decision.place).help(help));
    };
    let months = binder.content.config.intervals.decisions;
    let overdue = decision.review_by.as_ref().is_some_and(|at| at.value < as_of);
    let words = match age(decided.value, as_of, months) {
        Age::Fresh if !overdue => return None,
        Age::Later => {
            let words = format!("The decision{scope} is dated {}, after {as_of}.", decided.value);
            return Some(
                draft(GapKind::DeterminationUnsigned, words, &decided.place)
                    .help("Check the date. If it is right, it will count from that day."),
            );
        }
        _ => format!(
            "The decision{scope} of {} is due to be looked at again.",
            decided.value
        ),
    };
    Some(
        draft(GapKind::DeterminationReviewDue, words, &decided.place)
            .help("Go through the reasons again and write the new day after decided =."),
    )
}

/// The parts of a written determination that a branch needs.
fn needed(branch: Branch) -> Vec<(Factor, &'static str)> {
    let mut parts = vec![
        (Factor::LikelyContribution, "Likely contribution"),
        (Factor::SizeAndComplexity, "Size and complexity"),
        (Factor::TechnicalInfrastructure, "Technical infrastructure"),
        (Factor::Cost, "Cost"),
        (Factor::Risk, "Risk"),
        (Factor::Reason, "Reason"),
    ];
    parts.push(match branch {
        Branch::Neither => (Factor::HowTheStandardIsMet, "How the standard is met"),
        _ => (Factor::Alternative, "Alternative"),
    });
    parts
}

fn determination(decision: &Decision, branch: Branch, scope: &str) -> Vec<Draft> {
    let written = |factor| {
        decision.determination.as_ref().is_some_and(|determination| {
            determination
                .parts
                .iter()
                .any(|part| part.factor == factor && part.substance.has_text())
        })
    };
    let missing: Vec<&str> = needed(branch)
        .into_iter()
        .filter(|(factor, _)| !written(*factor))
        .map(|(_, title)| title)
        .collect();
    let heading = match &decision.scope {
        Some(scope) => format!("## Decision: {scope}"),
        None => "## Decision".to_string(),
    };
    let place = decision
        .determination
        .as_ref()
        .map_or(&decision.place, |d| &d.place);
    let draft = |words: String| {
        Draft::new(
            GapKind::DeterminationIncomplete,
            MarkName::Decision,
            words,
            place.clone(),
        )
    };
    let mut gaps = vec![];
    if !missing.is_empty() {
        let factors = [
            Factor::LikelyContribution,
            Factor::SizeAndComplexity,
            Factor::TechnicalInfrastructure,
            Factor::Risk,
        ];
        let words = if written(Factor::Cost) && !factors.into_iter().any(written) {
            format!(
                "The only reason written for the decision{scope} is cost. Cost alone decides nothing (164.306(b)(2))."
            )
        } else {
            format!("The determination{scope} lacks: {}.", missing.join(", "))
        };
        let help = format!(
            "Under \"{heading}\" add the headings {} and a few sentences each.",
            missing.join(", ")
        );
        gaps.push(draft(words).help(help));
    }
    for part in decision.determination.iter().flat_map(|d| &d.parts) {
        if let Substance::Blanks(blanks) = &part.substance {
            let blank = blanks.first().map_or("", |blank| &blank.text);
            gaps.push(
                draft(format!("The determination{scope} still has a blank: {blank}")).help("Fill it in."),
            );
        }
    }
    gaps
}

/// `neither`: the standard must be met on its own (164.306(c)).
pub(super) fn standard_not_met(binder: &Binder, row: RowId, standard: RowId) -> Draft {
    let place = binder
        .links(row)
        .answer
        .and_then(|index| binder.content.answers[index].decisions.first())
        .map_or_else(
            || super::answer::suggested_file(row),
            |decision| decision.place.clone(),
        );
    let words = format!(
        "Neither this specification nor an alternative is in place, and the standard {standard} does not stand on its own yet."
    );
    Draft::new(GapKind::StandardNotMet, MarkName::Decision, words, place).help(format!(
        "Close the gaps of {standard} first: its answer, its policy and its evidence must be whole."
    ))
}
