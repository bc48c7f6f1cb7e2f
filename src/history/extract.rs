//! The comparable words of a binder: what an archive keeps beside the sources, so that no later program has to
//! understand the sources to say what changed.
//!
//! Keys keep their meaning for ever. New ones may be added: what an older extract does not have is read as empty.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plain::Para;
use crate::binder::Edition;
use crate::content::Audience;
use crate::gap::GapKind;

mod of;
mod registers;
mod withheld;

pub(crate) use of::documented;

/// Number of the shape of an extract.
pub const FORMAT: u32 = 1;

/// A name and what stands beside it. The order is that of reading.
pub type Facts = Vec<(String, String)>;

/// The words of a binder, as one copy of it shows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extract {
    /// [`FORMAT`].
    pub format: u32,
    /// Which binder, and for whom.
    pub side: Side,
    /// What `binder.toml` says of the practice.
    pub practice: Facts,
    /// All rows, in rule order.
    pub rows: Vec<RowWords>,
    /// By id.
    pub policies: Vec<PolicyWords>,
    /// By id.
    pub records: Vec<RecordWords>,
    /// By name; the register of evidence is in `exhibits`.
    pub registers: Vec<RegisterWords>,
    /// By id.
    pub exhibits: Vec<ExhibitWords>,
}

/// One of the two binders that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Its label; `None` for the working copy.
    pub label: Option<String>,
    /// The day it speaks of.
    pub as_of: Date,
    /// For the practice itself, or for handing over.
    pub edition: Edition,
    /// The readers it was made for.
    pub audience: Audience,
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowWords {
    /// `164.308(a)(1)(ii)(A)`.
    pub row: String,
    /// Its name.
    pub title: String,
    /// `partly-documented`.
    pub state: String,
    /// `Answer`, `full` and so on, in the order of every table.
    pub marks: Facts,
    /// Why it does or does not apply, "" for rows that always apply.
    pub applies: String,
    /// What is missing; empty in copies that show no gaps.
    pub gaps: Vec<GapWords>,
    /// The answer file, if there is one.
    pub answer: Option<AnswerWords>,
}

/// Something that is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GapWords {
    /// The stable name of its kind.
    pub kind: String,
    /// The sentence.
    pub message: String,
}

/// An answer file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerWords {
    /// Who may read it.
    pub audience: Audience,
    /// Owner, who answered, when it was reviewed.
    pub facts: Facts,
    /// By number.
    pub questions: Vec<QuestionWords>,
    /// Addressable decisions, in the order of the file.
    pub decisions: Vec<DecisionWords>,
    /// What else the file says.
    pub more: Vec<Para>,
}

/// The answer to one question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuestionWords {
    /// Its number within the row.
    pub number: u8,
    /// The question.
    pub ask: String,
    /// The answer.
    pub text: Vec<Para>,
}

/// An addressable decision, 164.306(d)(3).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionWords {
    /// What it speaks of, "" for everything.
    pub scope: String,
    /// The branch, who decided, when, to be looked at again by.
    pub facts: Facts,
    /// The determination.
    pub text: Vec<Para>,
}

/// A policy over time, as it stands on the day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyWords {
    /// Its id.
    pub id: String,
    /// Who may read it.
    pub audience: Audience,
    /// `in-effect`, `draft`, `not-yet`, `lapsed`.
    pub standing: String,
    /// The text that is shown as the policy.
    pub shown: TextWords,
    /// The changed text that waits for approval.
    pub pending: Option<TextWords>,
    /// Every text, oldest first.
    pub versions: Vec<VersionWords>,
    /// When it was read through.
    pub reviews: Vec<ReviewWords>,
}

/// One text of a policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextWords {
    /// Version, "" if none.
    pub version: String,
    /// Title.
    pub title: String,
    /// Kind, owner, approval, days in effect, the rows it documents.
    pub facts: Facts,
    /// `sha256:` digest of the words that an approval is tied to.
    pub digest: String,
    /// The words.
    pub text: Vec<Para>,
    /// Why the words changed, as written.
    pub revisions: Vec<RevisionWords>,
}

/// A version of a policy that the binder holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VersionWords {
    /// Version, "" if none.
    pub version: String,
    /// First day in effect.
    pub from: Option<Date>,
    /// Last day in effect.
    pub to: Option<Date>,
    /// Digest of its words.
    pub digest: String,
}

/// Why the words of a policy changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RevisionWords {
    /// Version.
    pub version: String,
    /// Day.
    pub date: Option<Date>,
    /// What changed and why.
    pub change: String,
}

/// Somebody read a policy through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewWords {
    /// Day.
    pub date: Date,
    /// Who.
    pub by: String,
    /// Result.
    pub result: String,
}

/// A record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordWords {
    /// Its id.
    pub id: String,
    /// Who may read it.
    pub audience: Audience,
    /// Title.
    pub title: String,
    /// Kind, date, who made and signed it, what it speaks of.
    pub facts: Facts,
    /// The words.
    pub text: Vec<Para>,
}

/// A register.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegisterWords {
    /// Its name, which is also its address: `training`.
    pub name: String,
    /// Title.
    pub title: String,
    /// Its columns, in the order of the file.
    pub columns: Vec<ColumnWords>,
    /// Its lines and its statements of "none", as written.
    pub lines: Vec<LineWords>,
}

/// A column of a register.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnWords {
    /// Name as in the header row.
    pub name: String,
    /// Heading as printed.
    pub title: String,
    /// Shown only where gaps are.
    #[serde(skip_serializing_if = "is_false")]
    pub inside: bool,
}

/// A line of a register.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineWords {
    /// What identifies it: its id, or the cell of the key column; "" if it has neither.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Who may read it.
    #[serde(skip_serializing_if = "is_for_all")]
    pub audience: Audience,
    /// It says that nothing happened in a period.
    #[serde(skip_serializing_if = "is_false")]
    pub none: bool,
    /// Filled cells by the name of their column, in the order of the columns.
    pub cells: Facts,
}

/// An exhibit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExhibitWords {
    /// Its number.
    pub id: String,
    /// Who may see it.
    pub audience: Audience,
    /// Title.
    pub title: String,
    /// Date, rows, what it speaks of, who made it, where the original is.
    pub facts: Facts,
    /// SHA-256 of its file in lower-case hex, "" where there is none.
    pub sha256: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_for_all(audience: &Audience) -> bool {
    *audience == Audience::Workforce
}

impl Default for Extract {
    fn default() -> Self {
        Self {
            format: FORMAT,
            side: Side {
                label: None,
                as_of: Date::ZERO,
                edition: Edition::Internal,
                audience: Audience::Official,
            },
            practice: vec![],
            rows: vec![],
            policies: vec![],
            records: vec![],
            registers: vec![],
            exhibits: vec![],
        }
    }
}

impl Side {
    /// "version 2026.2", or "the working copy".
    pub fn name(&self) -> String {
        match &self.label {
            Some(label) => format!("version {label}"),
            None => "the working copy".to_string(),
        }
    }

    /// True where gaps are shown.
    pub fn shows_gaps(&self) -> bool {
        self.edition == Edition::Internal && self.audience >= Audience::Management
    }
}

impl Extract {
    /// What is left of it for fewer readers.
    pub fn for_readers(mut self, audience: Audience) -> Self {
        let may = |of: Audience| of <= audience;
        let narrower = audience < self.side.audience;
        let withheld = withheld::Withheld::new(&self, audience);
        self.side.audience = self.side.audience.min(audience);
        let inside = self.side.shows_gaps();
        for row in &mut self.rows {
            let hides = row.answer.take_if(|answer| !may(answer.audience)).is_some();
            // A gap may quote what the answer says, and name a text that stands in no extract any more.
            if !inside || hides {
                row.gaps.clear();
            }
            if narrower {
                row.gaps.retain(|gap| {
                    gap.kind != GapKind::KeptRecordMissing.name() && withheld.permits(&gap.message)
                });
            }
        }
        self.policies.retain(|policy| may(policy.audience));
        self.records.retain(|record| may(record.audience));
        self.exhibits.retain(|exhibit| may(exhibit.audience));
        for register in &mut self.registers {
            register.lines.retain(|line| may(line.audience));
            if !inside {
                let hidden: Vec<String> = register
                    .columns
                    .extract_if(.., |column| column.inside)
                    .map(|column| column.name)
                    .collect();
                for line in &mut register.lines {
                    line.cells.retain(|(name, _)| !hidden.contains(name));
                }
            }
        }
        self.registers.retain(|register| !register.lines.is_empty());
        withheld.forget(&mut self);
        self
    }
}
