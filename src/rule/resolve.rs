//! From a citation to what it means: a row, a paragraph that is none, a section, or nothing that the rule has.

use std::cmp::Reverse;

use super::{Row, RowId, RowKind, Rule};
use crate::citation::{Citation, Resolution};

/// The sections of Subpart C, 164.302 to 164.318. Only some of them have rows.
const SECTIONS: [u16; 9] = [302, 304, 306, 308, 310, 312, 314, 316, 318];

/// Applicability, definitions and compliance dates: known, but their paragraphs are no part of the data.
const WITHOUT_DATA: [u16; 3] = [302, 304, 318];

/// How many rows are offered in place of a citation that does not exist.
const OFFERED: usize = 3;

impl Rule {
    /// Every row at a citation or below it, in rule order: those of a section, a standard with its specifications. Empty
    /// where the citation names a part of a row.
    #[must_use]
    pub fn rows_within(&self, citation: &Citation) -> Vec<RowId> {
        self.rows()
            .iter()
            .filter(|row| row.citation.is_within(citation))
            .map(|row| row.id)
            .collect()
    }

    /// The row with exactly this citation, or in the form of Appendix A, 164.308(a)(1) for 164.308(a)(1)(i).
    #[must_use]
    pub fn row(&self, citation: &Citation) -> Option<RowId> {
        self.by_citation
            .get(citation)
            .copied()
            .or_else(|| self.appendix_a(citation))
    }

    /// What a citation means.
    #[must_use]
    pub fn resolve(&self, citation: &Citation) -> Resolution {
        if let Some(row) = self.row(citation) {
            Resolution::Row(row)
        } else if !self.knows(citation) {
            Resolution::Unknown {
                nearest: self.nearest(&citation.to_string()),
            }
        } else if citation.depth() == 0 {
            Resolution::Section
        } else {
            Resolution::Paragraph {
                above: self.above(citation),
            }
        }
    }

    /// Whether the rule has this section or paragraph, today or before the renumbering of 2013.
    pub(crate) fn knows(&self, citation: &Citation) -> bool {
        if citation.depth() == 0 {
            return SECTIONS.contains(&citation.section());
        }
        self.paragraphs.contains(citation)
            || WITHOUT_DATA.contains(&citation.section())
            || self.renumbered(citation).is_some()
    }

    /// What a paragraph of the rule before 2013 is called today, if its place is empty now: 164.308(b)(4), the
    /// written contract, is 164.308(b)(3) since 78 FR 5566.
    pub(crate) fn renumbered(&self, citation: &Citation) -> Option<Citation> {
        (citation.section() == 308 && citation.numbers() == [2, 4]).then(|| {
            let written_contract = |row: &&Row| row.section() == 308 && row.citation.numbers() == [2, 3];
            self.rows
                .iter()
                .find(written_contract)
                .map_or(*citation, |row| row.citation)
        })
    }

    /// The sections of the subpart between two of its numbers, both included.
    pub(crate) fn sections_between(&self, from: u16, to: u16) -> Vec<Citation> {
        let within = SECTIONS
            .into_iter()
            .filter(|section| (from..=to).contains(section));
        within.map(Citation::section_only).collect()
    }

    /// Appendix A to Subpart C cites six standards one level higher than the text has them.
    fn appendix_a(&self, citation: &Citation) -> Option<RowId> {
        let standard = |row: &&Row| {
            row.kind == RowKind::Standard
                && row.citation.depth() == 3
                && row.citation.parent().as_ref() == Some(citation)
        };
        self.rows.iter().find(standard).map(|row| row.id)
    }

    /// The row that a known paragraph, itself no row, belongs to.
    fn above(&self, citation: &Citation) -> Option<RowId> {
        let around = std::iter::successors(citation.parent(), Citation::parent);
        if let Some(row) = around
            .into_iter()
            .find_map(|paragraph| self.by_citation.get(&paragraph))
        {
            return Some(*row);
        }
        let inside: Vec<RowId> = self
            .rows
            .iter()
            .filter(|row| row.citation.is_within(citation))
            .map(|row| row.id)
            .collect();
        let mut standards: Vec<RowId> = inside
            .iter()
            .map(|&row| self.standard_of(row).unwrap_or(row))
            .collect();
        standards.dedup();
        match standards.as_slice() {
            // A paragraph with words of its own between two rows, like 164.308(b)(2).
            [] => self
                .rows
                .iter()
                .rev()
                .find(|row| row.citation < *citation)
                .map(|row| row.id),
            [standard] => Some(*standard),
            _ => None,
        }
        .filter(|row| self[*row].section() == citation.section())
    }

    /// The rows nearest to a citation that the rule does not have, nearest first, at most three.
    ///
    /// `written` is the citation with its levels in brackets, which need not count right. Rows in the same paragraph
    /// come before others, then rows that have all its levels in this order (a level was left out), then neighbors in the count.
    #[must_use]
    pub fn nearest(&self, written: &str) -> Vec<RowId> {
        let (section, levels) = match written.split_once('(') {
            Some((section, levels)) => (section, levels),
            None => (written, ""),
        };
        let wanted: Vec<String> = levels
            .split(['(', ')'])
            .filter(|token| !token.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let number = section
            .strip_prefix("164.")
            .and_then(|number| number.parse::<u16>().ok())
            .unwrap_or(0);
        if SECTIONS.contains(&number) && self.rows_of_section(number).next().is_none() {
            return Vec::new();
        }
        let rank = |row: &Row| {
            let levels = &self.levels[row.id.index()];
            let shared = levels
                .iter()
                .zip(&wanted)
                .take_while(|(ours, theirs)| ours == theirs)
                .count();
            let shared = if row.section() == number { shared + 1 } else { 0 };
            let mut rest = levels.iter();
            let left_out = wanted.iter().all(|level| rest.any(|ours| ours == level));
            let deeper = levels.len().abs_diff(wanted.len());
            let sections = row.section().abs_diff(number);
            (
                Reverse(shared),
                !left_out,
                steps_apart(levels, &wanted),
                deeper,
                sections,
            )
        };
        let mut ranked: Vec<_> = self.rows.iter().map(|row| (rank(row), row.id)).collect();
        ranked.sort_unstable();
        let nearest = ranked.first().map(|(rank, _)| rank.0);
        ranked
            .into_iter()
            .filter(|(rank, _)| Some(rank.0) == nearest)
            .take(OFFERED)
            .map(|(_, row)| row)
            .collect()
    }
}

/// How far apart two citations stand at the first level where they differ: (8) and (9) are 1 apart.
fn steps_apart(ours: &[String], theirs: &[String]) -> u32 {
    let differing = ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs);
    let count = |token: &str| match token.parse::<u32>() {
        Ok(number) => number,
        Err(_) => token.bytes().next().map_or(0, u32::from),
    };
    differing.map_or(0, |(ours, theirs)| count(ours).abs_diff(count(theirs)))
}
