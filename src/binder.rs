//! The join: each row with every answer, section, mention, exhibit, record and entry that touches it.
//!
//! Owns [`Binder`], the one value that the gap logic reads and both renderers show. Joining decides nothing about
//! what counts; it finds what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::content::config::Paper;
use crate::content::{Audience, Content};
use crate::crossref::CrossRef;
use crate::diagnostic::Place;
use crate::gap::RowAssessment;
use crate::history::History;
use crate::rule::RowId;

mod edition;
mod join;
mod lives;
mod lookup;
mod selection;
mod withheld;

pub use edition::{Edition, privileged};
pub use join::{ROWS_PER_EXHIBIT, join};
pub(crate) use lives::approved_words_are_kept;
pub use lookup::Lookup;
pub use selection::Selection;
pub use withheld::Guard;
pub(crate) use withheld::Names;

/// What a build is told apart from the files.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day the binder speaks of.
    pub as_of: Date,
    /// True when `as_of` was given and lies before the day of the build: a reconstruction from today's files.
    pub reconstruction: bool,
    /// Label of the version being sealed; `None` for a working copy.
    pub version_label: Option<String>,
    /// For the practice itself, or for handing over.
    pub edition: Edition,
    /// Which readers the output is for; everything by default.
    pub audience: Audience,
    /// The rows it is for; the whole binder by default. A part is printed, and has no site.
    pub only: Selection,
    /// Whether the PDF is made.
    pub pdf: bool,
}

impl Options {
    /// A working copy of the whole binder as of a day: internal, for every reader, with PDF.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of,
            reconstruction: false,
            version_label: None,
            edition: Edition::Internal,
            audience: Audience::Official,
            only: Selection::default(),
            pdf: true,
        }
    }

    /// True where gaps, plans and advice may be shown.
    pub fn shows_gaps(&self) -> bool {
        shows_gaps(self.edition, self.audience)
    }
}

/// "Internal edition", "Production edition, for the workforce".
pub(crate) fn copy_words(edition: Edition, audience: Audience) -> String {
    let readers = match audience {
        Audience::Workforce => ", for the workforce",
        Audience::Management => ", for management",
        Audience::Official => "",
    };
    format!("{}{readers}", edition.words())
}

/// Gaps are for management, and for the practice itself.
fn shows_gaps(edition: Edition, audience: Audience) -> bool {
    edition == Edition::Internal && audience >= Audience::Management
}

/// The binder: everything the renderers show.
#[derive(Debug, Clone)]
pub struct Binder {
    /// What stands on every page and sheet.
    pub meta: Meta,
    /// What the clinic wrote, less what is privileged.
    pub content: Content,
    /// One per row, in rule order: what touches it.
    pub rows: Vec<RowLinks>,
    /// One per policy id, by id: which version holds on the as-of date.
    pub policies: Vec<PolicyLife>,
    /// One per row, in rule order: marks, state, gaps.
    pub assessments: Vec<RowAssessment>,
    /// The index of the whole binder: citation to places.
    pub crossref: CrossRef,
    /// The items that this build shows to nobody.
    pub withheld: Withheld,
    /// The sealed versions, as far as this build may show them.
    pub history: History,
    /// Places by id.
    pub lookup: Lookup,
}

/// Items that a build shows to nobody. Messages about them are for the terminal only.
#[derive(Debug, Clone, Default)]
pub struct Withheld {
    /// Where they are written: whole files, and lines.
    pub places: Vec<Place>,
    /// What else they are known by, in lower case: ids and names of lines, where no line that is shown has the same.
    pub names: BTreeSet<String>,
    /// Ids of policies of which no text is shown.
    pub policies: BTreeSet<String>,
    /// Titles of texts and records that are not shown, in lower case. Messages name them in quotes.
    pub titles: BTreeSet<String>,
}

/// What stands on every page and sheet.
#[derive(Debug, Clone, Serialize)]
pub struct Meta {
    /// Name of the practice.
    pub practice: String,
    /// Its legal name.
    pub legal_name: String,
    /// The as-of date.
    pub as_of: Date,
    /// A past date built from today's files.
    pub reconstruction: bool,
    /// Label of the sealed version; `None` for "working copy, not sealed".
    pub version_label: Option<String>,
    /// First 12 hex digits of the build id, as printed.
    pub build_id_short: String,
    /// The whole build id: `sha256:` and 64 hex digits.
    pub build_id: String,
    /// Version of this program.
    pub program_version: &'static str,
    /// Edition of the rule quoted.
    pub rule_edition: String,
    /// Day of the eCFR text quoted.
    pub rule_as_of: String,
    /// Paper of the printed binder.
    pub paper: Paper,
    /// Whom it is made for.
    pub edition: Edition,
    /// The readers it is for.
    pub audience: Audience,
    /// The rows it is for.
    #[serde(skip)]
    pub only: Selection,
    /// Whether a PDF is part of this build.
    pub pdf: bool,
}

/// Everything that touches one row. All numbers are indexes into the lists of [`Content`] or [`Binder`].
#[derive(Debug, Clone, Default)]
pub struct RowLinks {
    /// Index into `content.answers`.
    pub answer: Option<usize>,
    /// Sections that document it, those of texts in effect first.
    pub sections: Vec<SectionLink>,
    /// Paragraphs that cite it without documenting it.
    pub mentions: Vec<Mention>,
    /// Claims of `satisfies` in the policy lives that name it: (life index, text index).
    pub claims: Vec<SectionlessClaim>,
    /// Indexes into `content.exhibits`.
    pub exhibits: Vec<usize>,
    /// Indexes into `content.records`.
    pub records: Vec<usize>,
    /// Register entries whose declaration serves it.
    pub entries: Vec<EntryLink>,
    /// None statements of those registers that speak of it.
    pub nones: Vec<EntryLink>,
}

/// A policy section that carries the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionLink {
    /// Index into `binder.policies`.
    pub life: usize,
    /// Which of its texts.
    pub text: usize,
    /// Index into that text's `sections`.
    pub section: usize,
    /// True when that text is in effect on the as-of date.
    pub in_effect: bool,
}

/// A claim of `satisfies`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionlessClaim {
    /// Index into `binder.policies`.
    pub life: usize,
    /// Which of its texts.
    pub text: usize,
    /// Index into that text's `satisfies`.
    pub claim: usize,
}

/// A line of a register that touches the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryLink {
    /// Name of the register.
    pub register: &'static str,
    /// Index into its entries (or nones).
    pub entry: usize,
}

/// A place that cites the row without documenting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What sort of document.
    pub source: SourceKind,
    /// Its id: policy id, record id, slug of the answered row.
    pub id: String,
    /// Title of the document.
    pub title: String,
    /// Heading it stands under, "" before the first.
    pub under: String,
    /// Anchor of that heading.
    pub anchor: String,
    /// The text as written.
    pub text: String,
    /// It stands in a table.
    pub in_table: bool,
    /// Where.
    pub place: Place,
}

/// What sort of document a citation stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// An answer.
    Answer,
    /// A policy text in effect, or the working text where none is.
    Policy,
    /// A record.
    Record,
    /// A register line.
    Register,
    /// An exhibit.
    Exhibit,
}

/// One policy id over time.
#[derive(Debug, Clone)]
pub struct PolicyLife {
    /// The id.
    pub id: String,
    /// All its texts known: the working files and the approved copies, sorted by in-effect date, then version.
    pub texts: Vec<PolicyText>,
    /// Where it stands on the as-of date.
    pub standing: Standing,
    /// The text that site and print show: the one in effect; else the newest working text.
    pub shown: usize,
    /// A working text with words that are not the approved ones, when an approved text is in effect.
    pub pending: Option<usize>,
}

impl PolicyLife {
    /// The text that is in effect on the as-of date; `None` where none is.
    pub fn in_effect(&self) -> Option<&PolicyText> {
        let text = self.texts.get(self.shown)?;
        (self.standing == Standing::InEffect).then_some(text)
    }
}

/// One text of a policy.
#[derive(Debug, Clone)]
pub struct PolicyText {
    /// The policy as parsed.
    pub policy: Arc<crate::content::Policy>,
    /// From `approved/`, not from `policies/`.
    pub kept_copy: bool,
    /// First day in effect: the later of approved and effective; `None` for a draft.
    pub in_effect_from: Option<Date>,
    /// Last day in effect, where another text or `superseded` ended it.
    pub in_effect_to: Option<Date>,
    /// How its approval is tied to its words.
    pub tie: Tie,
}

/// How an approval is tied to the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// No approval.
    Draft,
    /// The recorded digest is that of these words, or a scanned approval sheet is on file.
    Tied,
    /// An approval without digest and sheet.
    Untied,
    /// The recorded digest is of other words.
    Changed,
}

/// Where a policy stands on the as-of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing approved.
    Draft,
    /// Approved, takes effect later.
    NotYet,
    /// In effect.
    InEffect,
    /// Was in effect, ended, nothing took its place.
    Lapsed,
}

impl Meta {
    /// True where gaps, plans and advice may be shown: in the internal edition, to management.
    pub fn shows_gaps(&self) -> bool {
        shows_gaps(self.edition, self.audience)
    }

    /// Edition and audience as they stand on every page and sheet: "Internal edition, for the workforce".
    pub fn copy(&self) -> String {
        copy_words(self.edition, self.audience)
    }

    /// The sentence for an item of which nothing can be shown. A copy for fewer readers speaks of itself only.
    pub fn nothing(&self) -> &'static str {
        match self.audience {
            Audience::Official => "This binder contains no document for this item.",
            _ => "This copy of the binder contains no document for this item.",
        }
    }
}

impl Withheld {
    pub(crate) fn add(&mut self, more: Withheld) {
        self.places.extend(more.places);
        self.names.extend(more.names);
        self.policies.extend(more.policies);
        self.titles.extend(more.titles);
    }

    /// Puts it in order, to look messages up in.
    pub fn guard(&self) -> Guard {
        Guard::new(self)
    }
}

impl Binder {
    /// What touches a row.
    pub fn links(&self, row: RowId) -> &RowLinks {
        &self.rows[row.index()]
    }

    /// Marks, state and gaps of a row.
    pub fn assessment(&self, row: RowId) -> &RowAssessment {
        &self.assessments[row.index()]
    }

    /// How many rows are in each state, by the state's name, over the rows it is for: all 65, or those of a part.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for assessment in self.assessments.iter().filter(|a| self.meta.only.holds(a.row)) {
            *counts.entry(assessment.state.name()).or_insert(0) += 1;
        }
        counts
    }

    /// A policy text.
    pub fn text(&self, link: SectionLink) -> &PolicyText {
        &self.policies[link.life].texts[link.text]
    }
}
