//! The Security Rule as typed data: 45 CFR 164.308 to 164.316, row by row, with what each row asks of a clinic.
//!
//! A row is one standard or one implementation specification: 65 of them, in the order of the rule. The data stands
//! in the TOML files beside this one and is read once. The regulation is quoted exactly, as amended 7 June 2013 (78 FR
//! 34266) and read 1 July 2026; questions, hints and request items are in our own words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Index;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use crate::citation::Citation;

mod kinds;
mod resolve;

pub use kinds::{CallsFor, Condition, Designation, GoodAnswer, RequestKind, RowKind};

/// The rule; read on first use.
#[must_use]
pub fn rule() -> &'static Rule {
    static RULE: LazyLock<Rule> = LazyLock::new(Rule::embedded);
    &RULE
}

/// One row of the rule, by its place in the rule's order (0 to 64). Cheap to copy and to use as a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(u8);

impl RowId {
    /// Its place in the rule's order, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Its citation, like 164.308(a)(1)(i).
    #[must_use]
    pub fn citation(self) -> Citation {
        rule()[self].citation
    }
}

/// Prints the citation.
impl fmt::Display for RowId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.citation(), out)
    }
}

/// Written as the citation.
impl Serialize for RowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A plain question under a row. Its number is never changed and never used again for another question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its number within the row, from 1; answers refer to it.
    pub id: u8,
    /// The question, for an office manager.
    pub ask: String,
    /// Which answer states no shortfall.
    pub good: GoodAnswer,
}

/// Something an investigator asks to see under a row, after OCR's audit protocol ([`Rule::protocol_edition`]), in our
/// own words. What the protocol asks goes beyond the rule's text in places: say "OCR asks", not "the rule requires".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestItem {
    /// Its number within the row, from 1; stable like a question's.
    pub id: u8,
    /// What it asks to see.
    pub kind: RequestKind,
    /// The item in plain words.
    pub text: String,
}

/// A lettered or numbered part of a row's text that the rule does not title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Such as 164.314(a)(2)(i)(B).
    pub citation: Citation,
    /// The regulation's words.
    pub text: String,
}

/// One standard or implementation specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its place in the rule.
    #[serde(skip)]
    pub id: RowId,
    /// Its citation.
    pub citation: Citation,
    /// Standard or specification.
    pub kind: RowKind,
    /// Required or addressable. None on standards that have specifications; those are mandatory (164.306(c)).
    pub designation: Option<Designation>,
    /// The standard of a specification; none on standards.
    pub standard: Option<Citation>,
    /// The regulation's title.
    pub title: String,
    /// Our name for a row whose title says nothing by itself (164.314(b)(2)).
    pub label: Option<String>,
    /// The heading line of the paragraph, exactly.
    pub heading: String,
    /// Words of the paragraph above that the text needs to be read as a sentence.
    pub lead_in: Option<String>,
    /// The text of the paragraph, exactly.
    pub text: String,
    /// Its parts, where the text has lettered ones. `text` holds their words, too.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// A remark of ours on the published text.
    pub note: Option<String>,
    /// The fact that decides whether the row applies; none where it always does.
    pub condition: Option<Condition>,
    /// The condition in plain words.
    pub applies_only_if: Option<String>,
    /// What its words call for.
    pub calls_for: Vec<CallsFor>,
    /// One sentence on what a good answer holds.
    pub hint: String,
    /// The questions, numbers 1, 2, 3 and so on.
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
    /// The request items, numbers 1, 2, 3 and so on.
    #[serde(rename = "request")]
    pub requests: Vec<RequestItem>,
}

impl Row {
    /// The name to show: the title, or our label where the title says nothing by itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.title)
    }

    /// The section it stands in: 308 for 164.308(a)(1)(i).
    #[must_use]
    pub fn section(&self) -> u16 {
        self.citation.section()
    }

    /// Whether another measure may be chosen, with a written reason (164.306(d)(3)).
    #[must_use]
    pub fn is_addressable(&self) -> bool {
        self.designation == Some(Designation::Addressable)
    }

    /// Whether its words call for something to be done, so that a sentence of intent alone does not document it:
    /// procedures, an action, or a record to keep.
    #[must_use]
    pub fn calls_for_doing(&self) -> bool {
        self.calls_for.iter().any(|calls_for| {
            matches!(
                calls_for,
                CallsFor::PoliciesAndProcedures | CallsFor::Procedures | CallsFor::Action | CallsFor::Record
            )
        })
    }

    /// The question with this number.
    #[must_use]
    pub fn question(&self, id: u8) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The stable name of a request item: `164.310(d)(2)(i)/2`.
    #[must_use]
    pub fn request_id(&self, item: &RequestItem) -> String {
        format!("{}/{}", self.citation, item.id)
    }
}

/// A paragraph that is no row and is never assessed on its own, such as the general rules of 164.306.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Its citation.
    pub citation: Citation,
    /// Its title, if the regulation gives one.
    pub title: Option<String>,
    /// Our name, where it has none.
    pub label: Option<String>,
    /// Its heading line, exactly.
    pub heading: Option<String>,
    /// Its text, exactly; none where the paragraph only holds others.
    pub text: Option<String>,
    /// A remark of ours.
    pub note: Option<String>,
    /// Whom it binds, in plain words, if not everyone.
    pub applies_only_if: Option<String>,
}

/// One section of the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its number within Part 164: 308.
    pub number: u16,
    /// Its title: "Administrative safeguards".
    pub title: String,
    /// The words that open it, exactly, where they stand before the first paragraph.
    pub text: Option<String>,
}

/// Which text of the regulation the data quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its stable name.
    pub id: String,
    /// The title of the subpart.
    pub title: String,
    /// The day the text was read, `2026-07-01`.
    pub as_of: String,
    /// The day it was last amended, `2013-06-07`.
    pub last_amended: String,
}

/// The whole rule.
#[derive(Clone, Debug)]
pub struct Rule {
    edition: Edition,
    protocol_edition: u16,
    fallback_question: String,
    sections: Vec<Section>,
    rows: Vec<Row>,
    contexts: Vec<Context>,
    by_citation: BTreeMap<Citation, RowId>,
    /// The levels of each row's citation as written in lower case, by place; for the nearest rows.
    levels: Vec<Vec<String>>,
    /// Every paragraph that the rule has, and every paragraph that holds one of them.
    paragraphs: BTreeSet<Citation>,
}

/// A data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionFile {
    section: u16,
    title: String,
    text: Option<String>,
    #[serde(default, rename = "row")]
    rows: Vec<Row>,
    #[serde(default, rename = "context")]
    contexts: Vec<Context>,
}

/// What the data says about itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AboutFile {
    protocol_edition: u16,
    fallback_question: String,
    edition: Edition,
}

/// The sections, each a file.
const FILES: [(&str, &str); 6] = [
    ("general.toml", include_str!("general.toml")),
    ("administrative.toml", include_str!("administrative.toml")),
    ("physical.toml", include_str!("physical.toml")),
    ("technical.toml", include_str!("technical.toml")),
    ("organizational.toml", include_str!("organizational.toml")),
    ("documentation.toml", include_str!("documentation.toml")),
];

/// The whole data as text: the words that any binder holds.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(_, text)| *text)
}

/// The data is a part of the program, held to its form by tests: a fault in it is a fault of the build.
fn embedded<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|fault| panic!("src/rule/{name}: {fault}"))
}

impl Rule {
    fn embedded() -> Self {
        let about: AboutFile = embedded("about.toml", include_str!("about.toml"));
        let files = FILES.map(|(name, text)| embedded::<SectionFile>(name, text));
        let mut rule = Self {
            edition: about.edition,
            protocol_edition: about.protocol_edition,
            fallback_question: about.fallback_question,
            sections: Vec::new(),
            rows: Vec::new(),
            contexts: Vec::new(),
            by_citation: BTreeMap::new(),
            levels: Vec::new(),
            paragraphs: BTreeSet::new(),
        };
        for file in files {
            rule.sections.push(Section {
                number: file.section,
                title: file.title,
                text: file.text,
            });
            rule.contexts.extend(file.contexts);
            for (row, id) in file
                .rows
                .into_iter()
                .zip(u8::try_from(rule.rows.len()).unwrap_or(u8::MAX)..)
            {
                rule.by_citation.insert(row.citation, RowId(id));
                rule.levels.push(
                    row.citation
                        .tokens()
                        .map(|level| level.to_ascii_lowercase())
                        .collect(),
                );
                rule.rows.push(Row { id: RowId(id), ..row });
            }
        }
        let elements = rule
            .rows
            .iter()
            .flat_map(|row| row.elements.iter().map(|element| element.citation));
        let rows = rule.rows.iter().map(|row| row.citation);
        let contexts = rule.contexts.iter().map(|context| context.citation);
        rule.paragraphs = elements
            .chain(rows)
            .chain(contexts)
            .flat_map(|citation| std::iter::successors(Some(citation), Citation::parent))
            .filter(|citation| citation.depth() > 0)
            .collect();
        rule
    }

    /// Which text of the regulation this is.
    #[must_use]
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The year of the OCR audit protocol that the request items follow.
    #[must_use]
    pub fn protocol_edition(&self) -> u16 {
        self.protocol_edition
    }

    /// The question that goes with every addressable row whenever an answer is "no" or "partly" (164.306(d)(3)).
    #[must_use]
    pub fn fallback_question(&self) -> &str {
        &self.fallback_question
    }

    /// The sections from 164.306 to 164.316, in order. 164.306 has no rows.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The section with this number, 308 for 164.308, if the data has it.
    #[must_use]
    pub fn section(&self, number: u16) -> Option<&Section> {
        self.sections.iter().find(|section| section.number == number)
    }

    /// All 65 rows, in the order of the rule.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The ids of all rows, in the order of the rule.
    pub fn row_ids(&self) -> impl Iterator<Item = RowId> + use<> {
        (0..u8::try_from(self.rows.len()).unwrap_or(u8::MAX)).map(RowId)
    }

    /// The rows of one section, in order; none for a section without rows.
    pub fn rows_of_section(&self, number: u16) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.section() == number)
    }

    /// The paragraphs that are no rows, in order.
    #[must_use]
    pub fn contexts(&self) -> &[Context] {
        &self.contexts
    }

    /// The paragraph with this citation, if it is no row and has words of its own.
    #[must_use]
    pub fn context(&self, citation: &Citation) -> Option<&Context> {
        self.contexts.iter().find(|context| context.citation == *citation)
    }

    /// The standard of a specification; none for a standard.
    #[must_use]
    pub fn standard_of(&self, row: RowId) -> Option<RowId> {
        self.by_citation.get(&self[row].standard?).copied()
    }

    /// The specifications of a standard, in order; none for a specification.
    #[must_use]
    pub fn specifications_of(&self, standard: RowId) -> Vec<RowId> {
        let citation = Some(self[standard].citation);
        self.rows
            .iter()
            .filter(|row| row.standard == citation)
            .map(|row| row.id)
            .collect()
    }
}

impl Index<RowId> for Rule {
    type Output = Row;

    fn index(&self, row: RowId) -> &Row {
        &self.rows[row.index()]
    }
}
