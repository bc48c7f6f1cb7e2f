//! One type for a paragraph of the Security Rule, and every way people write one.
//!
//! A [`Citation`] is a plain, ordered value: a section of 45 CFR Part 164 and up to five paragraph levels. Reading is
//! done in two places that share one scanner: [`Citation::parse`] and [`Citation::parse_list`] read what somebody
//! typed into a field and explain what is wrong with it; [`find`] picks citations out of prose and leaves everything
//! else alone. Whether a paragraph exists is the rule's knowledge ([`crate::rule`]), never guessed here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rule::RowId;

mod field;
mod find;
mod foreign;
mod glyph;
mod level;
mod scan;

pub use find::{Found, find};
pub use foreign::is_other_law;

/// Levels of paragraphs below a section: `(a)`, `(1)`, `(ii)`, `(A)`, `(1)`.
pub const LEVELS: usize = 5;

/// A section of 45 CFR Part 164, or a paragraph of one, such as `164.308(a)(1)(ii)(A)`.
///
/// Each level is kept as its place in the count (`(a)` is 1, `(ii)` is 2, `(D)` is 4; 0 where there is none), so the
/// order of citations is the order of the rule, and a paragraph comes before the paragraphs within it. Letter case is
/// settled by the level: `164.308(A)(1)(II)(a)` is the same citation as `164.308(a)(1)(ii)(A)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Citation {
    section: u16,
    levels: [u8; LEVELS],
}

impl Citation {
    /// A whole section; `308` stands for 164.308.
    #[must_use]
    pub const fn section_only(section: u16) -> Self {
        Self {
            section,
            levels: [0; LEVELS],
        }
    }

    /// The section within Part 164: 308 for 164.308(a)(1).
    #[must_use]
    pub const fn section(&self) -> u16 {
        self.section
    }

    /// How many paragraph levels follow the section: 0 for 164.308, 4 for 164.308(a)(1)(ii)(A).
    #[must_use]
    pub fn depth(&self) -> usize {
        self.levels.iter().take_while(|&&level| level != 0).count()
    }

    /// The paragraph or section that this one stands in; none above a section.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let depth = self.depth();
        (depth > 0).then(|| self.cut(depth - 1))
    }

    /// Whether this is `other` or a paragraph of it: 164.308(a)(1)(ii)(A) is within 164.308(a)(1).
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let depth = other.depth();
        self.section == other.section && self.levels[..depth] == other.levels[..depth]
    }

    /// The name for files and anchors: `164.308-a-1-ii-a`. Different citations have different slugs.
    #[must_use]
    pub fn slug(&self) -> String {
        let mut slug = String::with_capacity(24);
        // A String takes everything.
        let _ = self.write(&mut slug, ["-", ""]);
        slug.make_ascii_lowercase();
        slug
    }

    /// Reads one citation in any usual spelling, as somebody typed it into a field.
    ///
    /// # Errors
    /// Says what is wrong: nothing there, not a citation, a section outside the Security Rule, a paragraph that does
    /// not exist (with the nearest rows), more than one citation, or words left over.
    pub fn parse(text: &str) -> Result<Parsed, CitationError> {
        let parsed = Self::parse_list(text)?;
        match parsed.citations.len() {
            1 => Ok(parsed),
            found => Err(CitationError::Several { found }),
        }
    }

    /// Reads a list such as `164.308(a)(3), (a)(4) and (a)(5)` or a range such as `§§ 164.308(a)(3)-(5)`.
    ///
    /// Citations come back as written, in the order written, ranges spelled out; at least one.
    ///
    /// # Errors
    /// As [`Citation::parse`], for the first thing that cannot be read.
    pub fn parse_list(text: &str) -> Result<Parsed, CitationError> {
        field::read_all(text)
    }

    /// Reads the citation, list or range at the start of a field that goes on with other words, as in
    /// `164.312(b) p. 3` or `164.312(a)(2)(i)-(iii), p. 3`.
    ///
    /// Returns what was read, ranges spelled out, and the rest of the text, trimmed. The rest is empty when nothing
    /// follows.
    ///
    /// # Errors
    /// As [`Citation::parse`].
    pub fn parse_start(text: &str) -> Result<(Parsed, &str), CitationError> {
        field::read_start(text)
    }

    /// Keeps the first `depth` levels.
    fn cut(&self, depth: usize) -> Self {
        let mut levels = self.levels;
        levels[depth..].fill(0);
        Self {
            section: self.section,
            levels,
        }
    }

    /// The paragraph `number` (from 1) directly below this one; none below the fifth level.
    fn child(&self, number: u8) -> Option<Self> {
        let depth = self.depth();
        let mut levels = self.levels;
        *levels.get_mut(depth)? = number;
        (number > 0).then_some(Self {
            section: self.section,
            levels,
        })
    }

    /// The paragraph below this one that is written `token`; none where that level is not counted this way.
    fn child_written(&self, token: &str) -> Option<Self> {
        self.child(level::number(self.depth(), token)?)
    }

    /// Its number at the last level; 0 for a section.
    fn last_number(&self) -> u8 {
        self.depth().checked_sub(1).map_or(0, |last| self.levels[last])
    }

    /// The levels in use, as numbers.
    pub(crate) fn numbers(&self) -> &[u8] {
        &self.levels[..self.depth()]
    }

    /// Writes it with these signs around each level.
    fn write(&self, out: &mut impl fmt::Write, [open, close]: [&str; 2]) -> fmt::Result {
        write!(out, "164.{:03}", self.section)?;
        for (level, &number) in self.numbers().iter().enumerate() {
            out.write_str(open)?;
            level::write(level, number, out)?;
            out.write_str(close)?;
        }
        Ok(())
    }

    /// The levels in use as they are written, without brackets: `a`, `1`, `ii`, `A`.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        self.numbers()
            .iter()
            .enumerate()
            .map(|(level, &number)| level::written(level, number))
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out, ["(", ")"])
    }
}

impl fmt::Debug for Citation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Reads the printed form only, `164.308(a)(1)(ii)(A)`, of any section of Part 164 and whether or not the paragraph
/// exists. For our own data and JSON; what a person typed goes through [`Citation::parse`].
impl FromStr for Citation {
    type Err = CitationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unread = || CitationError::NotACitation {
            written: text.to_owned(),
        };
        let rest = text.strip_prefix("164.").ok_or_else(unread)?;
        let (section, mut rest) = rest.split_at_checked(3).ok_or_else(unread)?;
        if !section.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(unread());
        }
        let mut citation = Self::section_only(section.parse().map_err(|_| unread())?);
        while !rest.is_empty() {
            let (token, after) = rest
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(')'))
                .ok_or_else(unread)?;
            citation = citation.child_written(token).ok_or_else(unread)?;
            rest = after;
        }
        // Levels are read in either case; the printed form has one.
        if citation.to_string() == text {
            Ok(citation)
        } else {
            Err(unread())
        }
    }
}

impl Serialize for Citation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Citation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What was read from a field: the citations as written, and what the reader should be told about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// In the order written; ranges are spelled out.
    pub citations: Vec<Citation>,
    /// Remarks for the person who wrote it; none of them is an error.
    pub notes: Vec<Note>,
}

impl Parsed {
    /// The first citation; the only one where [`Citation::parse`] read it.
    #[must_use]
    pub fn first(&self) -> Citation {
        self.citations[0]
    }
}

/// A remark on how a citation was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// 164.308(b)(4), the written contract, became 164.308(b)(3) with the Omnibus Rule (78 FR 5566).
    Renumbered,
    /// A word processor had turned `(c)` into the copyright sign.
    CopyrightSign,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Renumbered => {
                "164.308(b)(4) was renumbered 164.308(b)(3) in 2013, and is read as 164.308(b)(3)"
            }
            Self::CopyrightSign => {
                "the sign © was read as (c); a word processor changes one into the other by itself"
            }
        })
    }
}

/// Why a field does not hold the citation it should. The words are for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CitationError {
    /// Nothing is written.
    Empty,
    /// There is no section number to start from.
    NotACitation {
        /// What stands there.
        written: String,
    },
    /// A section of Part 164 outside the Security Rule (164.302 to 164.318), for example 164.504.
    OtherSection {
        /// Its number within Part 164.
        section: u16,
    },
    /// A section or paragraph that the rule does not have.
    NoSuchParagraph {
        /// As written, brackets tidied.
        written: String,
        /// The nearest rows, nearest first; at most three.
        nearest: Vec<Citation>,
    },
    /// A range whose second end comes before its first.
    Backwards {
        /// The first end.
        from: Citation,
        /// The second.
        to: Citation,
    },
    /// More than one citation where one is wanted.
    Several {
        /// How many were read.
        found: usize,
    },
    /// A citation was read, and then words that are none.
    LeftOver {
        /// The part that could be read.
        read: String,
        /// The part that could not.
        rest: String,
    },
}

impl CitationError {
    /// What to type instead, as one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Empty | Self::NotACitation { .. } => {
                "Write the section and the paragraph, like 164.308(a)(1)(ii)(A).".to_owned()
            }
            Self::OtherSection { .. } => {
                "This binder covers sections 164.308 to 164.316 of the Security Rule; leave other sections out here."
                    .to_owned()
            }
            Self::NoSuchParagraph { nearest, .. } => match nearest.as_slice() {
                [] => "Look the paragraph up with `binder rule`.".to_owned(),
                [only] => format!("Did you mean {only}?"),
                [most @ .., last] => {
                    let most: Vec<String> = most.iter().map(Citation::to_string).collect();
                    format!("Did you mean {} or {last}?", most.join(", "))
                }
            },
            Self::Backwards { .. } => "Write the lower end first, like 164.308(a)(3)-(5).".to_owned(),
            Self::Several { .. } => "Write one citation here.".to_owned(),
            Self::LeftOver { rest, .. } => format!("Take out \"{rest}\", or put it in another field."),
        }
    }
}

impl fmt::Display for CitationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(out, "no citation is written here"),
            Self::NotACitation { written } => {
                write!(out, "\"{written}\" is not a citation of the Security Rule")
            }
            Self::OtherSection { section } => {
                write!(out, "164.{section:03} is not a section of the Security Rule")
            }
            Self::NoSuchParagraph { written, .. } => {
                write!(out, "the Security Rule has no paragraph {written}")
            }
            Self::Backwards { from, to } => write!(out, "the range from {from} to {to} runs backwards"),
            Self::Several { found } => write!(out, "{found} citations are written where one belongs"),
            Self::LeftOver { read, rest } => write!(out, "\"{rest}\" after {read} is not part of a citation"),
        }
    }
}

impl std::error::Error for CitationError {}

/// What a citation means in the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A row. The Appendix A form 164.308(a)(1) is its row 164.308(a)(1)(i).
    Row(RowId),
    /// A paragraph that is no row, like 164.316(b)(1)(ii) or 164.306(b): it is mentioned and documents nothing.
    Paragraph {
        /// The row to link to; none for the general rules and for paragraphs with several standards, like 164.308(a).
        above: Option<RowId>,
    },
    /// A whole section of the Security Rule, 164.302 to 164.318.
    Section,
    /// The rule has no such section or paragraph.
    Unknown {
        /// The nearest rows, nearest first; at most three.
        nearest: Vec<RowId>,
    },
}

impl Resolution {
    /// The row that the citation names, where a text under it can document that row.
    #[must_use]
    pub fn row(&self) -> Option<RowId> {
        match self {
            Self::Row(row) => Some(*row),
            Self::Paragraph { .. } | Self::Section | Self::Unknown { .. } => None,
        }
    }

    /// The row that a link should lead to, if any.
    #[must_use]
    pub fn link(&self) -> Option<RowId> {
        match self {
            Self::Row(row) => Some(*row),
            Self::Paragraph { above } => *above,
            Self::Section | Self::Unknown { .. } => None,
        }
    }

    /// Whether the rule has it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}
