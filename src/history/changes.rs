//! What changed from one binder to another: by row, policy, record, register and exhibit.
//!
//! What is the same is not in it. Each item says who may read it, on either side, so that a copy for fewer readers can
//! leave it out.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::extract::{ReviewWords, RevisionWords, Side};
use super::words::Redline;
use crate::binder::{Edition, Meta};
use crate::content::Audience;

mod compare;
mod registers;

pub use compare::compare;
pub(crate) use compare::turns;

/// Number of the shape of the changes.
pub const FORMAT: u32 = 1;

/// The changes from one binder to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// [`FORMAT`].
    pub format: u32,
    /// The older binder; `None` where there is none before `to`.
    pub from: Option<Side>,
    /// The newer one.
    pub to: Side,
    /// What is to be known to read them, in sentences.
    pub remarks: Vec<String>,
    /// What `binder.toml` says of the practice.
    pub practice: Vec<Turn>,
    /// In rule order.
    pub rows: Vec<RowChange>,
    /// By id.
    pub policies: Vec<PolicyChange>,
    /// By id.
    pub records: Vec<RecordChange>,
    /// By name.
    pub registers: Vec<RegisterChange>,
    /// By id.
    pub exhibits: Vec<ExhibitChange>,
}

/// Something named that reads otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Its name.
    pub name: String,
    /// Before, "" where there was nothing.
    pub old: String,
    /// Now, "" where there is nothing.
    pub new: String,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is only in the newer binder.
    New,
    /// It is in both, and not the same.
    Changed,
    /// It is only in the older binder.
    Gone,
}

/// Changes of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowChange {
    /// `164.308(a)(1)(ii)(A)`.
    pub row: String,
    /// Its name.
    pub title: String,
    /// The state, `partly-documented` and so on, where it changed.
    pub state: Option<Turn>,
    /// The marks that changed: `full`, `partial`, `none`, `not-needed`.
    pub marks: Vec<Turn>,
    /// Why it does or does not apply, where that changed.
    pub applies: Option<Turn>,
    /// The answer file.
    pub answer: Option<AnswerChange>,
    /// What was missing and no longer is, in sentences. Only where gaps are shown.
    pub gaps_closed: Vec<String>,
    /// What is missing now and was not before.
    pub gaps_opened: Vec<String>,
}

/// Changes of an answer file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerChange {
    /// Who may read it, on both sides.
    pub audience: Audience,
    /// What became of the file.
    pub how: How,
    /// Owner, who answered, when it was reviewed.
    pub facts: Vec<Turn>,
    /// By number.
    pub questions: Vec<QuestionChange>,
    /// In the order of the newer file.
    pub decisions: Vec<DecisionChange>,
    /// What else the file says.
    pub more: Option<Redline>,
}

/// Changes of the answer to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionChange {
    /// Its number within the row.
    pub number: u8,
    /// The question, as asked in the newer binder.
    pub ask: String,
    /// What became of the answer.
    pub how: How,
    /// The words.
    pub words: Redline,
}

/// Changes of an addressable decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionChange {
    /// What it speaks of, "" for everything.
    pub scope: String,
    /// What became of it.
    pub how: How,
    /// The branch, who decided, when.
    pub facts: Vec<Turn>,
    /// The determination.
    pub words: Option<Redline>,
}

/// Changes of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// Its id.
    pub id: String,
    /// Title, as in the newer binder that has it.
    pub title: String,
    /// Who may read it, on both sides.
    pub audience: Audience,
    /// What became of it.
    pub how: How,
    /// Standing, version, title, owner, approval, the rows it documents; of new policies too.
    pub facts: Vec<Turn>,
    /// The words that the binder shows as the policy, where they changed.
    pub words: Option<Redline>,
    /// The words have another digest and are the same: only the layout of the text changed.
    pub only_layout: bool,
    /// Why, as its revisions say.
    pub reasons: Vec<RevisionWords>,
    /// It was read through.
    pub reviews: Vec<ReviewWords>,
    /// A changed text that waits for approval now, and did not before, against the words in effect.
    pub pending: Option<Redline>,
}

/// Changes of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordChange {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who may read it, on both sides.
    pub audience: Audience,
    /// What became of it.
    pub how: How,
    /// Date, who made and signed it, and so on; of new records too.
    pub facts: Vec<Turn>,
    /// The words, where they changed.
    pub words: Option<Redline>,
}

/// Changes of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegisterChange {
    /// Its name.
    pub name: String,
    /// Title.
    pub title: String,
    /// What became of it.
    pub how: How,
    /// Each line that was added, changed or is gone.
    pub lines: Vec<LineChange>,
}

/// A line of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineChange {
    /// What identifies it, "" where nothing does.
    pub key: String,
    /// Who may read it, on both sides.
    pub audience: Audience,
    /// What became of it.
    pub how: How,
    /// Its filled cells, in the order of the columns; those that did not change have `old` and `new` the same.
    pub cells: Vec<CellTurn>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellTurn {
    /// Heading of its column.
    pub name: String,
    /// Before, "" where it was empty.
    pub old: String,
    /// Now, "" where it is empty.
    pub new: String,
    /// Shown only where gaps are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inside: bool,
}

/// Changes of an exhibit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExhibitChange {
    /// Its number.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who may see it, on both sides.
    pub audience: Audience,
    /// What became of it.
    pub how: How,
    /// Title, date, rows, what it speaks of; of new exhibits too.
    pub facts: Vec<Turn>,
    /// Its file has other bytes, was added or is gone: `sha256` before and now.
    pub file: Option<Turn>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// How many items changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Rows.
    pub rows: usize,
    /// Policies.
    pub policies: usize,
    /// Records.
    pub records: usize,
    /// Registers.
    pub registers: usize,
    /// Exhibits.
    pub exhibits: usize,
}

impl Changes {
    /// The changes up to a binder that has none before it.
    pub fn first(to: Side) -> Self {
        Self {
            format: FORMAT,
            from: None,
            to,
            remarks: vec![],
            practice: vec![],
            rows: vec![],
            policies: vec![],
            records: vec![],
            registers: vec![],
            exhibits: vec![],
        }
    }

    /// True when nothing changed.
    pub fn is_empty(&self) -> bool {
        self.counts() == Counts::default() && self.practice.is_empty()
    }

    /// How many items of each sort changed.
    pub fn counts(&self) -> Counts {
        Counts {
            rows: self.rows.len(),
            policies: self.policies.len(),
            records: self.records.len(),
            registers: self.registers.len(),
            exhibits: self.exhibits.len(),
        }
    }

    /// What a copy may show of them; `None` where it may show nothing, because words for the practice itself can't be
    /// told from those for handing over.
    pub fn for_copy(&self, meta: &Meta) -> Option<Self> {
        self.for_readers(meta.edition, meta.audience)
    }

    /// The same, for an edition and an audience.
    pub fn for_readers(&self, edition: Edition, audience: Audience) -> Option<Self> {
        let sides = self.from.iter().chain([&self.to]);
        if sides.into_iter().any(|side| side.edition != edition) {
            return None;
        }
        let mut left = self.clone();
        let may = |of: Audience| of <= audience;
        let inside = edition == Edition::Internal && audience >= Audience::Management;
        for row in &mut left.rows {
            row.answer.take_if(|answer| !may(answer.audience));
            if !inside {
                row.gaps_closed.clear();
                row.gaps_opened.clear();
            }
        }
        left.rows.retain(|row| !row.is_empty());
        left.policies.retain(|policy| may(policy.audience));
        left.records.retain(|record| may(record.audience));
        left.exhibits.retain(|exhibit| may(exhibit.audience));
        for register in &mut left.registers {
            register.lines.retain_mut(|line| {
                if !inside {
                    line.cells.retain(|cell| !cell.inside);
                }
                let says_something =
                    line.how != How::Changed || line.cells.iter().any(|cell| cell.old != cell.new);
                may(line.audience) && says_something
            });
        }
        left.registers.retain(|register| !register.lines.is_empty());
        Some(left)
    }
}

impl RowChange {
    /// True when nothing of it changed.
    pub fn is_empty(&self) -> bool {
        self.state.is_none()
            && self.marks.is_empty()
            && self.applies.is_none()
            && self.answer.is_none()
            && self.gaps_closed.is_empty()
            && self.gaps_opened.is_empty()
    }
}

impl RegisterChange {
    /// Lines with this fate.
    pub fn count(&self, how: How) -> usize {
        self.lines.iter().filter(|line| line.how == how).count()
    }
}

/// The day a change was made, for sorting reasons: those without one come last.
pub(crate) fn by_day(reason: &RevisionWords) -> (bool, Option<Date>) {
    (reason.date.is_none(), reason.date)
}
