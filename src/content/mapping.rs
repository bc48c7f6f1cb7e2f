//! Parts of a text that only point: lists of references, tables of contents, mappings of citations to documents. They
//! mention rows and document none.

use std::collections::BTreeSet;

use super::words;
use crate::citation;
use crate::markdown::{Block, BlockKind, Document, Part, text};
use crate::rule::RowId;

/// A heading that names more rows than this is the title of a mapping, not of a text about each of them.
pub const ROWS_PER_HEADING: usize = 8;

/// Beside a mapping, fewer words than this are its introduction.
const INTRODUCTION: usize = 40;

/// Items of a list that say something have more words than this.
const WORDS_OF_A_POINTER: usize = 10;

/// Citations of this many rows make a list or a table a mapping.
const LEAST_ROWS: usize = 3;

/// Openings of headings under which texts are only named.
const HEADINGS: [&str; 28] = [
    "reference",
    "references",
    "regulatory reference",
    "regulatory references",
    "regulatory citation",
    "regulatory citations",
    "regulatory mapping",
    "regulation reference",
    "regulations",
    "legal reference",
    "legal references",
    "hipaa reference",
    "hipaa references",
    "hipaa citation",
    "hipaa citations",
    "hipaa mapping",
    "policy references",
    "applicable regulations",
    "applicable standards",
    "applicable laws",
    "related",
    "see also",
    "further reading",
    "citation",
    "citations",
    "mapping",
    "crosswalk",
    "bibliography",
];

/// What may follow such an opening, beside citations.
const FOLLOW: [&str; 24] = [
    "and",
    "to",
    "of",
    "the",
    "for",
    "hipaa",
    "security",
    "rule",
    "section",
    "sections",
    "part",
    "policies",
    "policy",
    "procedures",
    "documents",
    "document",
    "standards",
    "regulations",
    "laws",
    "links",
    "references",
    "materials",
    "forms",
    "controls",
];

/// Headings that are one of these and nothing else, citations aside.
const WHOLE: [&str; 20] = [
    "requirement",
    "requirements",
    "the requirement",
    "the requirements",
    "regulatory requirement",
    "regulatory requirements",
    "hipaa requirement",
    "hipaa requirements",
    "the standard",
    "the rule",
    "the law",
    "what the rule says",
    "contents",
    "table of contents",
    "toc",
    "index",
    "links",
    "resources",
    "document history",
    "revision history",
];

/// Words of headings that speak about a row and not of what is done for it.
const ABOUT: [&str; 10] = [
    "relationship to",
    "relation to",
    "linkage to",
    "confirmation against",
    "measured against",
    "compared with",
    "changelog",
    "change log",
    "release notes",
    "manifest",
];

/// Whether texts under a heading with these words are only named there.
#[must_use]
pub fn names_references(title: &str) -> bool {
    let mut bare = title.to_owned();
    for found in citation::find(title).iter().rev() {
        bare.replace_range(found.range.clone(), " ");
    }
    let plain = words::plain(&bare);
    let plain = plain.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    // "References: 45 CFR 164.312(b)", but not "Reference checks before hiring".
    let opens = |words: &str| {
        plain.strip_prefix(words).is_some_and(|rest| {
            rest.split(' ').filter(|word| !word.is_empty()).all(|word| {
                FOLLOW.contains(&word) || word.chars().any(|c| c.is_ascii_digit()) || word.len() <= 3
            })
        })
    };
    HEADINGS.iter().any(|words| opens(words))
        || WHOLE.contains(&plain)
        || plain.starts_with("what ")
            && ["requires", "require", "says", "say", "means", "asks"]
                .iter()
                .any(|end| plain.ends_with(end))
        || ABOUT.iter().any(|words| plain.contains(words))
        || ["mapping", "crosswalk", "cross reference", "cross references"]
            .iter()
            .any(|end| plain.ends_with(end))
}

/// Whether a part is one that only points, by its heading or those above it.
#[must_use]
pub fn is_reference(part: &Part) -> bool {
    names_references(&part.title) || part.above.iter().any(|title| names_references(title))
}

/// Whether these top-level blocks hold a mapping and nothing that says what is done.
#[must_use]
pub fn only_maps(body: &Document, blocks: std::ops::Range<usize>) -> bool {
    let said = |index: &usize| {
        let block = body.blocks.get(*index);
        block.is_some_and(|block| !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Rule))
    };
    let maps = |index: &usize| is_mapping(body, *index, &body.blocks[*index]);
    let (mappings, others): (Vec<usize>, Vec<usize>) = blocks.filter(said).partition(maps);
    // Most texts map nothing, and their words need not be counted.
    if mappings.is_empty() {
        return false;
    }
    let words = |index: usize| count(&text::blocks(std::slice::from_ref(&body.blocks[index])));
    others.into_iter().map(words).sum::<usize>() < INTRODUCTION
}

fn is_mapping(body: &Document, index: usize, block: &Block) -> bool {
    let rows: BTreeSet<RowId> = body
        .citations
        .iter()
        .filter(|cited| {
            cited.block == index
                && block.range.start <= cited.range.start
                && cited.range.end <= block.range.end
        })
        .flat_map(|cited| cited.rows.iter().copied())
        .collect();
    if rows.len() < LEAST_ROWS {
        return false;
    }
    match &block.kind {
        BlockKind::Table(_) => true,
        BlockKind::List(list) => {
            let words: usize = list
                .items
                .iter()
                .map(|item| count(&text::blocks(&item.blocks)))
                .sum();
            words <= list.items.len() * WORDS_OF_A_POINTER
        }
        _ => false,
    }
}

fn count(text: &str) -> usize {
    text::words(text).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::markdown;

    #[test]
    fn headings_that_only_name_are_told_from_those_that_say() {
        for title in [
            "References",
            "7. References",
            "Regulatory references (45 CFR 164.312(b))",
            "See also",
            "HIPAA mapping",
            "Appendix B: HIPAA Security Rule crosswalk",
            "Table of contents",
            "Related policies",
            "1. The § 164.308(a)(2) requirement",
            "1. What § 164.308(a)(8) actually requires",
            "8. Linkage to the § 164.308(a)(1)(ii)(A) risk analysis",
            "Changelog, phase 3: risk analysis (164.308(a)(1))",
        ] {
            assert!(names_references(title), "{title}");
        }
        for title in [
            "Audit controls",
            "Referral of patients",
            "Access control",
            "Contents of the go-bag",
            "Resources we check each month",
            "Reference checks before hiring",
            "Password requirements (164.308(a)(5)(ii)(D))",
        ] {
            assert!(!names_references(title), "{title}");
        }
    }

    #[test]
    fn a_table_of_citations_says_nothing() {
        let maps = |markdown: &str| {
            let (body, _) = markdown::parse(&Source::new("a.md", markdown), 0);
            only_maps(&body, 0..body.blocks.len())
        };
        let table = "| Row | Policy |\n|---|---|\n| 164.312(b) | Logs |\n| 164.312(d) | Logins |\n| 164.310(b) | Desks |\n";
        assert!(maps(table));
        assert!(maps(&format!(
            "The following table shows where each is.\n\n{table}"
        )));
        assert!(!maps(&format!(
            "{}\n\n{table}",
            "We look at the log each Monday. ".repeat(8)
        )));
        assert!(maps(
            "- 164.312(b): Logs\n- 164.312(d): Logins\n- 164.310(b): Desks\n"
        ));
        assert!(!maps(
            "- The manager looks at the log of each system every Monday morning (164.312(b)).\n"
        ));
        assert!(!maps("We look at the log each Monday.\n"));
    }
}
