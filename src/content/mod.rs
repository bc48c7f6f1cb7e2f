//! What the clinic wrote, as typed values.
//!
//! Owns the reading of the content folder: configuration, answers, policies, records, registers, evidence. Every file
//! is read in full and every problem of every file is collected; a bad file is left out of [`Content`] with an error
//! and never stops the others. Nothing here knows what a row needs: that is [`crate::gap`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::citation::Citation;
use crate::diagnostic::{Diagnostic, Place};
use crate::markdown::Document;
use crate::rule::RowId;
use crate::world::Folder;

pub mod answers;
mod approval;
mod cite;
pub mod config;
pub mod csv;
pub mod dates;
mod decisions;
pub mod edit;
pub mod evidence;
pub mod fields;
pub mod frontmatter;
mod getters;
pub mod keys;
pub mod mapping;
pub mod phi_ok;
pub mod policies;
mod quotes;
pub mod records;
pub mod registers;
mod sections;
pub mod starters;
pub mod substance;
pub mod text;
pub mod words;

pub use config::Config;
pub use registers::{Entry, NoneStatement, Register, Table};

/// Everything the clinic wrote, parsed. Lists are in a stable order (by path; registers by name, lines as written).
#[derive(Debug, Clone)]
pub struct Content {
    /// `binder.toml`.
    pub config: Config,
    /// One per row at most; a second answer for a row is an error and is left out.
    pub answers: Vec<Answer>,
    /// Every version of every policy in `policies/`, sorted by id, then by in-effect date, then version.
    pub policies: Vec<Policy>,
    /// The texts kept by `binder approve` under `approved/<id>/<version>.md`, same order.
    pub approved: Vec<Policy>,
    /// Dated, signed documents of `records/`.
    pub records: Vec<Record>,
    /// One table per register file found, by register name. A register without file is absent.
    pub registers: BTreeMap<&'static str, Table>,
    /// The lines of `registers/evidence.csv`, joined with what is known of each file.
    pub exhibits: Vec<Exhibit>,
}

/// Who may read an item. Ordered: each reader sees their own level and those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everyone who works there.
    #[default]
    Workforce,
    /// Management: risks, sanctions, incidents, gaps.
    Management,
    /// The security official alone.
    Official,
}

/// Whether an item shows protected health information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phi {
    /// Looked at: none in it.
    None,
    /// Looked at: it was blacked out.
    Redacted,
    /// It shows patient data.
    Contains,
    /// Nobody has said. What evidence has until somebody looks.
    #[default]
    Unknown,
}

/// The marks any item (file or register line) may carry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Handling {
    /// Who may read it.
    pub audience: Audience,
    /// Whether it shows patient data. `None` for the items that are not evidence and say nothing.
    pub phi: Option<Phi>,
    /// Attorney-client privileged: appears in no output, archive or search index at all.
    pub privileged: bool,
    /// Reason of a legal hold: no keep-until date is printed.
    pub hold: Option<String>,
}

/// A value with the place where it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What was typed, understood.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The answers to one row's questions, with the decision where the row is addressable.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The row answered.
    pub row: RowId,
    /// Path of the file.
    pub path: Arc<str>,
    /// The whole file, for messages that no line shows; its place is the `citation` key.
    pub place: Place,
    /// Role or person who owns the row.
    pub owner: Option<At<String>>,
    /// Role or person who wrote the answer.
    pub answered_by: Option<At<String>>,
    /// Day the answer was last read through and found right.
    pub reviewed: Option<At<Date>>,
    /// `[[decision]]` blocks, each joined with its `## Decision` part of the body. Several when systems differ.
    pub decisions: Vec<Decision>,
    /// `[[gap]]` blocks: the clinic's plan for closing gaps.
    pub plans: Vec<Plan>,
    /// One per numbered heading found, in file order.
    pub replies: Vec<Reply>,
    /// The whole body, for printing.
    pub body: Arc<Document>,
    /// Audience, privilege, hold.
    pub handling: Handling,
}

/// The answer to one question.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The question's number within its row.
    pub question: u8,
    /// The heading's place, and where to type.
    pub place: Place,
    /// The blocks under the heading, as a range of the body's top-level blocks (heading itself excluded).
    pub blocks: std::ops::Range<usize>,
    /// What the text amounts to.
    pub substance: substance::Substance,
    /// Places of unchecked tasks `- [ ]`, with their words.
    pub open_tasks: Vec<At<String>>,
    /// The text opens with the word "Yes" or "No", if it does.
    pub opens_with: Option<YesNo>,
}

/// The word an answer opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum YesNo {
    /// "Yes".
    Yes,
    /// "No".
    No,
}

/// One `[[decision]]` of an addressable row (164.306(d)(3)).
#[derive(Debug, Clone)]
pub struct Decision {
    /// What it speaks of, when several systems differ; `None` when it speaks of everything.
    pub scope: Option<String>,
    /// Which branch of 164.306(d)(3)(ii) was taken; `None` when the key is missing (an error elsewhere if misspelt).
    pub branch: Option<Branch>,
    /// Who decided.
    pub decided_by: Option<At<String>>,
    /// When.
    pub decided: Option<At<Date>>,
    /// The day it is to be looked at again, where the clinic sets one.
    pub review_by: Option<At<Date>>,
    /// The headed parts of `## Decision` or `## Decision: SCOPE`, where the body has them.
    pub determination: Option<Determination>,
    /// The `[[decision]]` line.
    pub place: Place,
}

/// The three ways of 164.306(d)(3)(ii) and 164.306(c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    /// Reasonable and appropriate: implemented.
    Implement,
    /// Not reasonable and appropriate; an equivalent alternative measure is.
    Alternative,
    /// Neither is; the standard is met all the same.
    Neither,
}

/// A written determination: the factors of 164.306(b)(2) and (d)(3), each as a range of the body's top-level blocks.
#[derive(Debug, Clone)]
pub struct Determination {
    /// The `## Decision` heading.
    pub place: Place,
    /// The headed parts found: which, where, and what the text amounts to. In the order of the file.
    pub parts: Vec<DeterminationPart>,
}

/// One headed part of a determination.
#[derive(Debug, Clone)]
pub struct DeterminationPart {
    /// Which factor.
    pub factor: Factor,
    /// The heading.
    pub place: Place,
    /// The blocks under it, as a range of the body's top-level blocks.
    pub blocks: std::ops::Range<usize>,
    /// What the text amounts to.
    pub substance: substance::Substance,
}

/// The parts a determination may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// Likely contribution to protecting ePHI, 164.306(d)(3)(i).
    LikelyContribution,
    /// Size, complexity, capabilities, 164.306(b)(2)(i).
    SizeAndComplexity,
    /// Technical infrastructure, 164.306(b)(2)(ii).
    TechnicalInfrastructure,
    /// Costs, 164.306(b)(2)(iii). Never enough alone.
    Cost,
    /// Probability and criticality of potential risks, 164.306(b)(2)(iv).
    Risk,
    /// Why it would not be reasonable and appropriate, 164.306(d)(3)(ii)(B)(1).
    Reason,
    /// The equivalent alternative measure, 164.306(d)(3)(ii)(B)(2).
    Alternative,
    /// How the standard is met all the same, 164.306(c).
    HowTheStandardIsMet,
}

/// One `[[gap]]`: what the clinic will do about a gap, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Which mark it will mend: answer, policy, evidence or decision.
    pub mark: Option<crate::gap::MarkName>,
    /// What will be done.
    pub action: String,
    /// Who.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<Date>,
    /// Where it is written.
    pub place: Place,
}

/// One version of one policy, procedure, plan, form, contract template or plan document.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Never changes; the file stem where the front matter has none.
    pub id: String,
    /// Version as the clinic writes it; `2` is read as `2.0`. "" where there is none (then it is a draft).
    pub version: String,
    /// What sort of document.
    pub kind: PolicyKind,
    /// Title.
    pub title: String,
    /// Path of the file.
    pub path: Arc<str>,
    /// The first line of the front matter.
    pub place: Place,
    /// Claims of the front matter.
    pub satisfies: Vec<Claim>,
    /// Role or person.
    pub owner: Option<At<String>>,
    /// First day it is meant to hold.
    pub effective: Option<At<Date>>,
    /// Day it was approved.
    pub approved: Option<At<Date>>,
    /// Who approved it.
    pub approved_by: Option<At<String>>,
    /// `sha256:` digest over the approved words ([`policies::approval_digest`]), as recorded.
    pub approved_text: Option<At<String>>,
    /// Exhibit id of the scanned approval sheet, for approvals recorded on paper.
    pub approved_sheet: Option<At<String>>,
    /// Digest of the words as they stand now.
    pub text_digest: String,
    /// Day from which it no longer holds.
    pub superseded: Option<At<Date>>,
    /// Months between reviews; the practice's interval where it says none.
    pub review_every: Option<u32>,
    /// `[[revisions]]`.
    pub revisions: Vec<Revision>,
    /// `[[reviews]]`.
    pub reviews: Vec<Review>,
    /// Digest of a starter text this file was made from; equal to the body's own digest while nothing was changed.
    pub starter: Option<String>,
    /// SHA-256 (hex) of the body alone, to compare with `starter`.
    pub body_digest: String,
    /// The body.
    pub body: Arc<Document>,
    /// Sections that carry a citation or are named by `satisfies`, in file order.
    pub sections: Vec<Section>,
    /// Blanks left in the text: `[PRACTICE]`, `____`, `{{ name }}`, lorem ipsum.
    pub placeholders: Vec<At<String>>,
    /// Audience, privilege, hold.
    pub handling: Handling,
}

/// What sort of document a policy file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// A statement of what holds.
    Policy,
    /// Steps.
    Procedure,
    /// A plan (contingency, incident response).
    Plan,
    /// A form to fill in.
    Form,
    /// A contract template.
    Contract,
    /// A group health plan document, 164.314(b).
    PlanDocument,
}

/// One entry of `satisfies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The row claimed.
    pub row: RowId,
    /// The heading that is said to hold the text, if named.
    pub section: Option<String>,
    /// Where.
    pub place: Place,
}

/// A part of a policy under one heading, to the next heading of the same or a higher level, that documents rows.
#[derive(Debug, Clone)]
pub struct Section {
    /// The rows whose citation stands in the heading or whose claim names it, each once, in rule order.
    pub rows: Vec<RowId>,
    /// Text of the heading.
    pub title: String,
    /// Anchor of the heading in the document.
    pub anchor: String,
    /// The heading, and where to type.
    pub place: Place,
    /// Range of the body's top-level blocks, heading excluded.
    pub blocks: std::ops::Range<usize>,
    /// True when this heading, or one above it, says "procedure".
    pub says_procedure: bool,
    /// What the text amounts to.
    pub substance: substance::Substance,
}

/// `[[revisions]]`: why the words changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Version.
    pub version: String,
    /// Day.
    pub date: Option<Date>,
    /// What changed and why.
    pub change: String,
}

/// `[[reviews]]`: somebody read it through; "no change" is a valid result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Day.
    pub date: Date,
    /// Who.
    pub by: String,
    /// Result; "no change" where it says nothing.
    pub result: String,
}

/// A dated, signed document of `records/`.
#[derive(Debug, Clone)]
pub struct Record {
    /// File stem; other files name it by this.
    pub id: String,
    /// `risk-analysis`, `evaluation`, `data-flows` ... (see [`records::KINDS`]).
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Path of the file.
    pub path: Arc<str>,
    /// Place of the front matter.
    pub place: Place,
    /// Day it was made.
    pub date: Option<At<Date>>,
    /// Who made it.
    pub by: Option<String>,
    /// Who signed it.
    pub signed_by: Option<String>,
    /// Rows it is meant to serve.
    pub rows: Vec<At<RowId>>,
    /// Systems in scope (ids of `systems`).
    pub systems: Vec<String>,
    /// Sites in scope (ids of `[[site]]`).
    pub sites: Vec<String>,
    /// Previous record of the kind (its id), or the reason why there is none.
    pub previous: Option<Previous>,
    /// The body.
    pub body: Arc<Document>,
    /// What the whole body amounts to.
    pub substance: substance::Substance,
    /// Which named elements (see [`records::ELEMENTS`]) have a heading with real text under it.
    pub elements: Vec<&'static str>,
    /// Audience, privilege, hold.
    pub handling: Handling,
}

/// What stands before a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Previous {
    /// Id of the record before this one.
    Record(String),
    /// Why there is none.
    Reason(String),
}

/// One line of `registers/evidence.csv`.
#[derive(Debug, Clone)]
pub struct Exhibit {
    /// Exhibit number; never made from sort order.
    pub id: String,
    /// Title.
    pub title: String,
    /// Path below the content folder (`evidence/...`); `None` where only `kept_at` says where it is.
    pub file: Option<At<String>>,
    /// What is known of the file; `None` when it is missing or there is none.
    pub found: Option<ExhibitFile>,
    /// Day of what it shows.
    pub date: Option<At<Date>>,
    /// Rows it serves, in the order written, each with the locator given for it.
    pub rows: Vec<ExhibitRow>,
    /// Joined systems, sites, persons (ids); `all` is expanded later.
    pub systems: Vec<String>,
    /// Joined sites.
    pub sites: Vec<String>,
    /// Joined persons.
    pub persons: Vec<String>,
    /// What it shows: `setting`, `user-list`, `letter` ... ; "" where it says nothing.
    pub shows: String,
    /// Who captured or wrote it.
    pub by: String,
    /// Where the original is kept.
    pub kept_at: String,
    /// SHA-256 (lower-case hex) as recorded by the clinic, if it was.
    pub recorded_sha256: Option<At<String>>,
    /// True when the file is output of this program (a check result, a built page): serves no row.
    pub self_made: bool,
    /// Audience, PHI, privilege, hold.
    pub handling: Handling,
    /// The line.
    pub place: Place,
}

/// One row an exhibit serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExhibitRow {
    /// The row.
    pub row: RowId,
    /// The paragraph as cited, which may lie below the row.
    pub cited: Citation,
    /// Page or section within the file, if given.
    pub locator: Option<String>,
    /// Where.
    pub place: Place,
}

/// What is known of an evidence file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExhibitFile {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
}

/// What the content parse hands on: whatever could be read, and every problem found.
#[derive(Debug)]
pub struct Parsed {
    /// `None` only when there is no usable `binder.toml`.
    pub content: Option<Content>,
    /// Every problem, sorted by file and line.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads everything the folder holds. Pure: the folder was read by [`crate::world`].
pub fn parse(folder: &Folder) -> Parsed {
    parse::parse(folder, None)
}

/// The same, with the files that did not change since the last time taken from `cache`.
pub fn parse_again(folder: &Folder, cache: &Cache) -> Parsed {
    let parsed = parse::parse(folder, Some(cache));
    cache.forget_unasked();
    parsed
}

/// Reads what the texts of a clinic are held against, which is part of the program: the rule, and the words of starter
/// texts. Done when it is first asked for, too; beside the reading of a folder it keeps nobody waiting.
pub fn prepare() {
    substance::prepare();
}

mod parse;

pub use parse::Cache;
