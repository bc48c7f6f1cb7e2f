//! Which rows the paragraphs of a foreign text support, beyond those that its headings name.
//!
//! A wrong claim is worse than a missed one: whoever believes it stops looking. So a paragraph supports a row only in two
//! forms, and everything else is a mention.
//!
//! 1. **A line under which something is said.** The paragraph holds one citation, of one row, and beside it only words of
//!    the row's or the heading's own name. It stands directly under its heading, or is bold from end to end, and text
//!    follows it.
//! 2. **A sentence that says what is done.** It cites one or two rows, in brackets or behind "in accordance with" and its
//!    like, somebody in it shall, must or will do something, or "we" do it, and it neither points elsewhere nor tells what
//!    the law wants.
//!
//! Tables, lists, quotations, footnotes and code never support anything, and neither does anything under a heading like
//! "References".

use std::ops::Range;

use crate::content::substance::{Substance, judge};
use crate::content::{mapping, words};
use crate::markdown::{BlockKind, CitationUse, Document, Inline, InlineKind, Part, text};
use crate::rule::{RowId, rule};

/// More rows than this in one sentence are a list.
const ROWS_OF_A_SENTENCE: usize = 2;

/// Below a leading line there must be at least this many words.
const LEAST_TEXT: usize = 12;

/// A sentence that says something has at least this many words beside its citations.
const LEAST_SENTENCE: usize = 8;

/// The rows supported by paragraphs, each with the words of the heading that its section stands under.
pub fn supported(body: &Document) -> Vec<(RowId, String)> {
    let parts = body.parts();
    let mut found: Vec<(RowId, String)> = Vec::new();
    for (index, block) in body.blocks.iter().enumerate() {
        let BlockKind::Paragraph(inlines) = &block.kind else {
            continue;
        };
        let cited: Vec<&CitationUse> = body
            .citations
            .iter()
            .filter(|cited| {
                cited.block == index
                    && block.range.start <= cited.range.start
                    && cited.range.end <= block.range.end
            })
            .collect();
        if cited.is_empty() {
            continue;
        }
        let Some(part) = innermost(&parts, index).filter(|part| can_be_named(&parts, part)) else {
            continue;
        };
        let rows =
            leading_line(body, part, index, inlines, &cited).unwrap_or_else(|| said(body, index, &cited));
        for row in rows {
            if !found.iter().any(|(known, _)| *known == row) {
                found.push((row, part.title.clone()));
            }
        }
    }
    found
}

fn innermost(parts: &[Part], index: usize) -> Option<&Part> {
    parts.iter().rev().find(|part| part.blocks.contains(&index))
}

/// A claim names a section by the words of its heading, so no other may have them.
fn can_be_named(parts: &[Part], part: &Part) -> bool {
    let plain = words::plain(&part.title);
    let same = parts
        .iter()
        .filter(|other| words::plain(&other.title) == plain)
        .count();
    !plain.is_empty() && same == 1 && !mapping::is_reference(part)
}

/// The rows of citations that all name rows themselves.
fn exact_rows(cited: &[&CitationUse]) -> Option<Vec<RowId>> {
    let mut rows: Vec<RowId> = cited
        .iter()
        .flat_map(|cited| cited.rows.iter().copied())
        .collect();
    rows.sort_unstable();
    rows.dedup();
    (!rows.is_empty() && cited.iter().all(|cited| cited.exact)).then_some(rows)
}

/// `Some` where the paragraph is nothing but a citation: with its row where text follows, with nothing where none does.
fn leading_line(
    body: &Document,
    part: &Part,
    index: usize,
    inlines: &[Inline],
    cited: &[&CitationUse],
) -> Option<Vec<RowId>> {
    let rows = exact_rows(cited)?;
    let own = without(&text::inlines(inlines), cited);
    let mut known = words::plain(&part.title);
    for row in &rows {
        known.push(' ');
        known.push_str(&words::plain(rule()[*row].name()));
    }
    const LEAD: [&str; 16] = [
        "hipaa",
        "security",
        "rule",
        "standard",
        "implementation",
        "specification",
        "required",
        "addressable",
        "r",
        "a",
        "cfr",
        "45",
        "section",
        "and",
        "the",
        "of",
    ];
    let said = words::plain(&own);
    let bare = said
        .split(' ')
        .all(|word| word.is_empty() || LEAD.contains(&word) || known.split(' ').any(|known| known == word));
    if !bare {
        return None;
    }
    let [row] = rows.as_slice() else {
        return Some(vec![]);
    };
    let opens = index == part.heading + 1 || is_strong(inlines);
    let end = next_line(body, part, index);
    let follows = &body.blocks[index + 1..end];
    let enough = text::words(&text::blocks(follows)).count() >= LEAST_TEXT;
    let says =
        opens && enough && judge(follows, Some(*row)).has_text() && !mapping::only_maps(body, index + 1..end);
    Some(if says { vec![*row] } else { vec![] })
}

/// Where the text under a leading line ends: at the next one, at the next heading, or with its part.
fn next_line(body: &Document, part: &Part, index: usize) -> usize {
    let ends = |at: &usize| match &body.blocks[*at].kind {
        BlockKind::Heading(_) => true,
        BlockKind::Paragraph(inlines) => is_strong(inlines),
        _ => false,
    };
    let end = part.blocks.end.min(body.blocks.len());
    (index + 1..end).find(ends).unwrap_or(end)
}

/// A paragraph that is bold from end to end: a heading that was made by hand.
pub fn is_strong(inlines: &[Inline]) -> bool {
    let mut strong = false;
    for inline in inlines {
        match &inline.kind {
            InlineKind::Strong(_) => strong = true,
            InlineKind::Emphasis(inner) if is_strong(inner) => strong = true,
            InlineKind::Text(text) if text.trim().is_empty() || text.trim() == ":" => {}
            InlineKind::SoftBreak | InlineKind::HardBreak => {}
            _ => return false,
        }
    }
    strong
}

/// The rows of the sentences that say what is done.
fn said(body: &Document, index: usize, cited: &[&CitationUse]) -> Vec<RowId> {
    let BlockKind::Paragraph(inlines) = &body.blocks[index].kind else {
        return vec![];
    };
    let whole = text::inlines(inlines);
    let mut rows = Vec::new();
    let mut at = 0;
    let places: Vec<(Range<usize>, &CitationUse)> = cited
        .iter()
        .filter_map(|cited| {
            let start = at + whole[at..].find(&cited.text)?;
            at = start + cited.text.len();
            Some((start..at, *cited))
        })
        .collect();
    // A citation that is not where it was looked for makes the others doubtful.
    if places.len() != cited.len() || exact_rows(cited).is_none_or(|rows| rows.len() > ROWS_OF_A_SENTENCE) {
        return rows;
    }
    for sentence in sentences(&whole, &places) {
        let here: Vec<&CitationUse> = places
            .iter()
            .filter(|(place, _)| sentence.start <= place.start && place.end <= sentence.end)
            .map(|(_, cited)| *cited)
            .collect();
        let Some(named) = exact_rows(&here) else { continue };
        let attached = places
            .iter()
            .filter(|(place, _)| sentence.contains(&place.start))
            .all(|(place, _)| is_attached(&whole[sentence.start..place.start], &whole[place.end..]));
        let own = without(&whole[sentence], &here);
        if attached && says_what_is_done(&own) {
            rows.extend(named);
        }
    }
    if rows.is_empty()
        || matches!(
            judge(&body.blocks[index..=index], rows.first().copied()),
            Substance::Empty(_)
        )
    {
        return vec![];
    }
    rows
}

/// Sentences end with a sign and a space, never within a citation.
fn sentences(text: &str, places: &[(Range<usize>, &CitationUse)]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices() {
        let end = at + sign.len_utf8();
        let ends = matches!(sign, '.' | '!' | '?' | ';')
            && text[end..].starts_with(char::is_whitespace)
            && !places.iter().any(|(place, _)| place.contains(&at))
            && !is_abbreviation(&text[start..at]);
        if ends {
            found.push(start..end);
            start = end;
        }
    }
    found.push(start..text.len());
    found
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.chars().count() <= 1
        || [
            "Sec", "Secs", "e.g", "i.e", "etc", "C.F.R", "No", "Dr", "Mr", "Ms", "cf", "vs", "approx",
        ]
        .contains(&word)
}

/// Whether a citation belongs to what its sentence says: in brackets, or behind words that bind it.
fn is_attached(before: &str, after: &str) -> bool {
    const BINDS: [&str; 16] = [
        "in accordance with",
        "as required by",
        "as required under",
        "pursuant to",
        "to comply with",
        "in compliance with",
        "to meet",
        "to satisfy",
        "as stated in",
        "per",
        "under",
        "as specified in",
        "required by",
        "consistent with",
        "to implement",
        "implements",
    ];
    const BETWEEN: [&str; 14] = [
        "hipaa",
        "the",
        "security",
        "rule",
        "45",
        "cfr",
        "section",
        "sections",
        "standard",
        "requirement",
        "of",
        "and",
        "at",
        "s",
    ];
    let inner = before.rfind('(').filter(|open| !before[*open..].contains(')'));
    if let Some(open) = inner
        && after
            .trim_start_matches(|ch: char| !matches!(ch, ')' | '.' | '('))
            .starts_with(')')
    {
        let words = words::plain(&before[open..]);
        return words
            .split(' ')
            .all(|word| word.is_empty() || BETWEEN.contains(&word) || word.len() <= 3);
    }
    let plain = words::plain(before);
    let mut rest = plain.as_str();
    while let Some(shorter) = BETWEEN.iter().find_map(|word| {
        rest.strip_suffix(word)
            .filter(|rest| rest.is_empty() || rest.ends_with(' '))
    }) {
        rest = shorter.trim_end();
    }
    BINDS.iter().any(|words| {
        rest.strip_suffix(words)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    })
}

/// Somebody does something, and it is neither what the law says nor a pointer to another place.
fn says_what_is_done(own: &str) -> bool {
    const DOES: [&str; 9] = [
        "shall",
        "must",
        "will",
        "we",
        "is responsible",
        "are responsible",
        "is required to",
        "are required to",
        "our staff",
    ];
    const ELSE: [&str; 44] = [
        "see",
        "refer",
        "refers",
        "referenced",
        "references",
        "described in",
        "defined",
        "definition",
        "definitions",
        "means",
        "requires that",
        "hipaa requires",
        "rule requires",
        "regulation requires",
        "law requires",
        "regulations require",
        "covered entity must",
        "covered entities must",
        "covered entity shall",
        "covered entities shall",
        "covered entities",
        "a covered entity",
        "regulated entity",
        "maps to",
        "mapped",
        "mapping",
        "crosswalk",
        "corresponds",
        "more information",
        "does not apply",
        "not applicable",
        "exempt",
        "exception",
        "example",
        "sample",
        "template",
        "insert",
        "penalty",
        "penalties",
        "violation of",
        "guidance",
        "proposed",
        "not addressed",
        "outside the scope",
    ];
    let plain = format!(" {} ", words::plain(own));
    let has = |list: &[&str]| list.iter().any(|words| plain.contains(&format!(" {words} ")));
    plain.split_whitespace().count() >= LEAST_SENTENCE && has(&DOES) && !has(&ELSE)
}

/// A text without its citations.
fn without(text: &str, cited: &[&CitationUse]) -> String {
    let mut text = text.to_owned();
    for cited in cited {
        text = text.replacen(&cited.text, " ", 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::markdown;

    fn rows(markdown: &str) -> String {
        let (body, _) = markdown::parse(&Source::new("a.md", markdown), 0);
        let found: Vec<String> = supported(&body)
            .into_iter()
            .map(|(row, section)| format!("{row} in {section}"))
            .collect();
        if found.is_empty() {
            "-".to_owned()
        } else {
            found.join(", ")
        }
    }

    const TEXT: &str =
        "The office manager looks at the log of each system every Monday morning and notes what she found.";

    #[test]
    fn a_line_with_text_under_it_supports_its_row() {
        for line in [
            "45 CFR § 164.312(b)",
            "*HIPAA Security Rule, 164.312(b)*",
            "**Standard: Audit controls – § 164.312(b) (Required)**",
            "164.312(b): Log reviews",
        ] {
            assert_eq!(
                rows(&format!("## Log reviews\n\n{line}\n\n{TEXT}\n")),
                "164.312(b) in Log reviews",
                "{line}"
            );
        }
        assert_eq!(
            rows(&format!(
                "# Manual\n\nHello.\n\n**Audit controls 164.312(b)**\n\n{TEXT}\n\n**Person 164.312(d)**\n\n{TEXT}\n"
            )),
            "164.312(b) in Manual, 164.312(d) in Manual"
        );
    }

    #[test]
    fn a_sentence_that_says_what_is_done_supports_its_row() {
        for sentence in [
            "In accordance with 45 CFR 164.312(b), the manager must look at the log of each system every week.",
            "We look at the log of each system every Monday morning (45 CFR § 164.312(b)).",
            "The security official will look at the log of each system weekly, as required by HIPAA § 164.312(b).",
        ] {
            let text = format!("## Logs\n\nSome words first. {sentence} And more words.\n");
            assert_eq!(rows(&text), "164.312(b) in Logs", "{sentence}");
        }
    }

    #[test]
    fn everything_else_is_a_mention() {
        for text in [
            "## Logs\n\nSee also 164.312(b) for what the policy on logs will say about it.",
            "## Logs\n\nHIPAA requires that a covered entity must record and examine activity (164.312(b)).",
            "## Logs\n\nReferences: 164.312(b)\n\nThe office manager looks at the log of each system every Monday morning and notes it.",
            "## References\n\n164.312(b)\n\nThe office manager looks at the log of each system every Monday morning and notes it.",
            "## Logs\n\n164.312(b)\n",
            "## Logs\n\n164.312(b)\n\nTBD\n",
            "## Logs\n\n164.312(b), 164.312(d)\n\nThe office manager looks at the log of each system every Monday morning and notes it.",
            "## Logs\n\n- We must look at the log of each system every Monday morning (164.312(b)).",
            "## Logs\n\n| We must look at the log of each system every Monday (164.312(b)) |\n|---|\n| x |\n",
            "## Logs\n\n> We must look at the log of each system every Monday morning (164.312(b)).",
            "## Logs\n\n`We must look at the log of each system every Monday morning (164.312(b)).`",
            "We must look at the log of each system every Monday morning (164.312(b)).",
            "## Logs\n\n## Logs\n\nWe must look at the log of each system every Monday morning (164.312(b)).",
            "## Logs\n\nWe must look at the log of each system (164.312(b)), at people (164.312(d)) and desks (164.310(b)).",
            "## Logs\n\nWe must look at all of this every Monday morning in line with (164.308(a)(1)(ii)).",
            "## Logs\n\nViolation of 164.312(b) will be reported to the manager on the same day by anybody.",
            "## Logs\n\nImplement hardware, software, and/or procedural mechanisms that record and examine activity in \
             information systems that contain or use electronic protected health information (164.312(b)).",
        ] {
            assert_eq!(rows(text), "-", "{text}");
        }
    }
}
