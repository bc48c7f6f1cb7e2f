//! What a row needs, what it has, and what is missing.
//!
//! Owns the four marks, the states and the closed list of gap kinds. Pure: the as-of date is an input, and nothing
//! here reads a file. `proof` says what proves each row.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::diagnostic::Place;
use crate::rule::RowId;

mod answer;
mod applies;
mod assess;
mod decision;
mod evidence;
mod kept;
mod kinds;
mod policy;
pub mod proof;
mod window;

pub use assess::assess;
pub use evidence::{ExhibitAge, belongs, exhibit_age, none_speaks_of};
pub use kinds::GapKind;

/// How far one of the four things is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Nothing that counts.
    None,
    /// Something.
    Partial,
    /// All of it.
    Full,
    /// This row does not need it.
    NotNeeded,
}

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkName {
    /// Every question answered.
    Answer,
    /// A text in effect.
    Policy,
    /// Fresh proof.
    Evidence,
    /// The addressable decision, 164.306(d)(3).
    Decision,
}

/// The four marks of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Every question answered, reviewed within the interval.
    pub answer: Mark,
    /// A text in effect that documents the row.
    pub policy: Mark,
    /// Fresh proof with full coverage.
    pub evidence: Mark,
    /// The addressable decision.
    pub decision: Mark,
}

/// The state of a row: computed, never typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All needed marks full and no gap.
    Documented,
    /// Something.
    PartlyDocumented,
    /// All needed marks none.
    NotDocumented,
    /// The clinic's facts say that the row does not bind it.
    DoesNotApply,
}

/// One thing a row needs that the binder does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The row.
    pub row: RowId,
    /// What sort; the closed list.
    pub kind: GapKind,
    /// Which mark it keeps from being full; `None` for gaps of the row as a whole.
    pub mark: Option<MarkName>,
    /// What is missing, in a sentence.
    pub message: String,
    /// What to do or type.
    pub help: String,
    /// The file to open (it may not exist yet) and the line, 0 where no line is meant.
    pub place: Place,
    /// Who closes it, from the clinic's `[[gap]]` plan or the row's owner; "" if nobody is named.
    pub owner: String,
    /// The clinic's plan for it, if there is one.
    pub plan: Option<Arc<crate::content::Plan>>,
}

/// What was found out about one row.
#[derive(Debug, Clone)]
pub struct RowAssessment {
    /// The row.
    pub row: RowId,
    /// State.
    pub state: State,
    /// Marks.
    pub marks: Marks,
    /// Gaps, in the order answer, policy, evidence, decision, whole row.
    pub gaps: Vec<Gap>,
    /// Why the row does or does not apply, as a sentence; `None` for rows that always apply.
    pub applies_because: Option<String>,
    /// What serves the Evidence mark, part by part.
    pub proofs: Vec<PartProof>,
}

/// One part of what proves a row, and how far it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartProof {
    /// What is wanted, in words: "a review of each system with logging on, within 3 months".
    pub wanted: String,
    /// How far it is there.
    pub mark: Mark,
    /// What is there: "5 of 5 systems", "6 of 7 workforce members", "".
    pub coverage: String,
}

impl State {
    /// The words used everywhere: "documented", "partly documented" ...
    pub fn words(self) -> &'static str {
        match self {
            State::Documented => "documented",
            State::PartlyDocumented => "partly documented",
            State::NotDocumented => "not documented",
            State::DoesNotApply => "does not apply",
        }
    }

    /// The name in JSON, class names and addresses: `partly-documented`.
    pub fn name(self) -> &'static str {
        match self {
            State::Documented => "documented",
            State::PartlyDocumented => "partly-documented",
            State::NotDocumented => "not-documented",
            State::DoesNotApply => "does-not-apply",
        }
    }
}

impl Mark {
    /// The name in JSON and class names.
    pub fn name(self) -> &'static str {
        match self {
            Mark::None => "none",
            Mark::Partial => "partial",
            Mark::Full => "full",
            Mark::NotNeeded => "not-needed",
        }
    }
}

impl Marks {
    /// The four with their names, in the order of every table.
    pub fn each(&self) -> [(MarkName, Mark); 4] {
        [
            (MarkName::Answer, self.answer),
            (MarkName::Policy, self.policy),
            (MarkName::Evidence, self.evidence),
            (MarkName::Decision, self.decision),
        ]
    }
}

impl MarkName {
    /// As column heading.
    pub fn title(self) -> &'static str {
        match self {
            MarkName::Answer => "Answer",
            MarkName::Policy => "Policy",
            MarkName::Evidence => "Evidence",
            MarkName::Decision => "Decision",
        }
    }
}

impl Serialize for GapKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
