//! The assessment of all rows: marks first, then what looks across rows, then states.

use std::sync::Arc;

use rayon::prelude::*;

use super::kinds::GapKind;
use super::{Gap, Mark, MarkName, Marks, PartProof, RowAssessment, State};
use super::{answer, applies, decision, evidence, kept, policy};
use crate::binder::Binder;
use crate::content::{Answer, Plan};
use crate::diagnostic::Place;
use crate::rule::{RowId, rule};

/// A gap before it is joined with its row, owner and plan.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub kind: GapKind,
    mark: Option<MarkName>,
    pub message: String,
    help: String,
    place: Place,
}

impl Draft {
    pub(super) fn new(kind: GapKind, mark: MarkName, message: impl Into<String>, place: Place) -> Self {
        Self {
            kind,
            mark: Some(mark),
            message: message.into(),
            help: String::new(),
            place,
        }
    }

    pub(super) fn whole_row(kind: GapKind, message: impl Into<String>, place: Place) -> Self {
        Self {
            kind,
            mark: None,
            message: message.into(),
            help: String::new(),
            place,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// A row half done: its own marks, before anything looks across rows.
struct Half {
    row: RowId,
    applies: bool,
    because: Option<String>,
    marks: Marks,
    /// Some scope of its decision is `neither`.
    neither: bool,
    drafts: Vec<Draft>,
    proofs: Vec<PartProof>,
}

/// Assesses every row. Pure: the as-of date stands in the binder.
pub fn assess(binder: &Binder) -> Vec<RowAssessment> {
    let ids: Vec<RowId> = rule().row_ids().collect();
    let mut rows: Vec<Half> = ids.par_iter().map(|row| own_marks(binder, *row)).collect();
    let own: Vec<Marks> = rows.iter().map(|half| half.marks).collect();
    for half in rows.iter_mut().filter(|half| half.applies && half.neither) {
        neither_needs_the_standard(binder, half, &own);
    }
    policies_for_every_row(&mut rows);
    everything_is_kept(binder, &mut rows);

    let mut done: Vec<RowAssessment> = rows.into_iter().map(|half| finish(binder, half)).collect();
    cap_standards(binder, &mut done);
    done
}

fn own_marks(binder: &Binder, row: RowId) -> Half {
    let applies = applies::applies(binder, row);
    if !applies.applies {
        let none = Mark::NotNeeded;
        return Half {
            row,
            applies: false,
            because: applies.because,
            marks: Marks {
                answer: none,
                policy: none,
                evidence: none,
                decision: none,
            },
            neither: false,
            drafts: applies.gaps,
            proofs: vec![],
        };
    }
    let decided = decision::decision(binder, row);
    let (answer, mut drafts) = answer::answer(binder, row);
    let (mut policy, mut evidence, mut proofs) = (Mark::NotNeeded, Mark::NotNeeded, vec![]);
    if !decided.only_neither {
        let (mark, gaps) = policy::policy(binder, row);
        policy = mark;
        drafts.extend(gaps);
        let (mark, gaps, parts) = evidence::evidence(binder, row, decided.wanted, decided.otherwise);
        evidence = mark;
        proofs = parts;
        drafts.extend(gaps);
    }
    drafts.extend(decided.gaps);
    drafts.extend(applies.gaps);
    Half {
        row,
        applies: true,
        because: applies.because,
        marks: Marks {
            answer,
            policy,
            evidence,
            decision: decided.mark,
        },
        neither: decided.neither,
        drafts,
        proofs,
    }
}

/// `neither`: the standard's own marks, before it is capped, must be whole.
fn neither_needs_the_standard(binder: &Binder, half: &mut Half, own: &[Marks]) {
    let Some(standard) = rule().standard_of(half.row) else {
        return;
    };
    let whole = own[standard.index()]
        .each()
        .iter()
        .all(|(_, mark)| matches!(mark, Mark::Full | Mark::NotNeeded));
    if !whole {
        half.marks.decision = half.marks.decision.min(Mark::Partial);
        half.drafts
            .push(decision::standard_not_met(binder, half.row, standard));
    }
}

/// 164.316(a): one manual does not make a set of policies. Its Policy mark is full only when every row that applies
/// has at least a partial one.
fn policies_for_every_row(rows: &mut [Half]) {
    let Some(set) = rows.iter().position(|half| half.row.to_string() == "164.316(a)") else {
        return;
    };
    let without: Vec<String> = rows
        .iter()
        .filter(|half| half.applies && half.marks.policy == Mark::None && half.row != rows[set].row)
        .map(|half| half.row.to_string())
        .collect();
    if without.is_empty() || rows[set].marks.policy == Mark::None {
        return;
    }
    rows[set].marks.policy = Mark::Partial;
    let (shown, more) = without.split_at(without.len().min(4));
    let more = if more.is_empty() {
        String::new()
    } else {
        format!(" and {} more", more.len())
    };
    let words = format!(
        "The set of policies is not whole: {}{more} have none in effect.",
        shown.join(", ")
    );
    rows[set].drafts.push(
        Draft::new(
            GapKind::PolicyMissing,
            MarkName::Policy,
            words,
            Place::file("policies"),
        )
        .help("Close the policy gaps of those rows; this one closes with them."),
    );
}

/// 164.316(b)(2)(i): what must still be kept is there.
fn everything_is_kept(binder: &Binder, rows: &mut [Half]) {
    let Some(limit) = rows
        .iter_mut()
        .find(|half| half.row.to_string() == "164.316(b)(2)(i)")
    else {
        return;
    };
    let lost = kept::lost(binder);
    if !lost.is_empty() {
        limit.marks.evidence = limit.marks.evidence.min(Mark::Partial);
        limit.drafts.extend(lost);
    }
}

fn finish(binder: &Binder, half: Half) -> RowAssessment {
    let state = if half.applies {
        state(half.marks, half.drafts.is_empty())
    } else {
        State::DoesNotApply
    };
    let answer = binder
        .links(half.row)
        .answer
        .map(|index| &binder.content.answers[index]);
    let gaps = half
        .drafts
        .into_iter()
        .map(|draft| gap(half.row, answer, draft))
        .collect();
    RowAssessment {
        row: half.row,
        state,
        marks: half.marks,
        gaps,
        applies_because: half.because,
        proofs: half.proofs,
    }
}

/// All needed marks full and no gap: documented. All none: not documented. Else partly.
fn state(marks: Marks, no_gap: bool) -> State {
    let needed = || {
        marks
            .each()
            .into_iter()
            .map(|(_, mark)| mark)
            .filter(|mark| *mark != Mark::NotNeeded)
    };
    if no_gap && needed().all(|mark| mark == Mark::Full) {
        State::Documented
    } else if needed().all(|mark| mark == Mark::None) {
        State::NotDocumented
    } else {
        State::PartlyDocumented
    }
}

/// Joins a gap with the clinic's plan for it: the `[[gap]]` block of the same mark, else one without mark.
fn gap(row: RowId, answer: Option<&Answer>, draft: Draft) -> Gap {
    let plans = answer.map_or(&[][..], |answer| &answer.plans);
    let fits = |plan: &&Plan| plan.mark.is_some() && plan.mark == draft.mark;
    let plan = plans
        .iter()
        .find(fits)
        .or_else(|| plans.iter().find(|plan| plan.mark.is_none()));
    let owner = plan
        .and_then(|plan| plan.owner.clone())
        .or_else(|| answer.and_then(|answer| answer.owner.as_ref().map(|at| at.value.clone())))
        .unwrap_or_default();
    Gap {
        row,
        kind: draft.kind,
        mark: draft.mark,
        message: draft.message,
        help: draft.help,
        place: draft.place,
        owner,
        plan: plan.cloned().map(Arc::new),
    }
}

/// A standard is never documented while one of its applicable specifications is not.
fn cap_standards(binder: &Binder, rows: &mut [RowAssessment]) {
    for standard in rule().row_ids() {
        let open: Vec<String> = rule()
            .specifications_of(standard)
            .into_iter()
            .filter(|spec| !matches!(rows[spec.index()].state, State::Documented | State::DoesNotApply))
            .map(|spec| format!("{spec} is {}", rows[spec.index()].state.words()))
            .collect();
        let row = &mut rows[standard.index()];
        if open.is_empty() || row.state == State::DoesNotApply {
            continue;
        }
        let words = format!(
            "The standard is not documented while a specification of it is not: {}.",
            open.join("; ")
        );
        let draft = Draft::whole_row(
            GapKind::SpecificationOpen,
            words,
            answer::suggested_or_own(binder, standard),
        )
        .help("Close the gaps of the specification; this one closes with them.");
        let answer = binder
            .links(standard)
            .answer
            .map(|index| &binder.content.answers[index]);
        row.gaps.push(gap(standard, answer, draft));
        if row.state == State::Documented {
            row.state = State::PartlyDocumented;
        }
    }
}
