//! Which parts of a policy document which rows: headings that carry a citation, or that `satisfies` names. Lists of
//! references and mappings document nothing.

use super::frontmatter::FrontMatter;
use super::substance::{Blank, Emptiness, Substance, judge, placeholders};
use super::{Claim, PolicyKind, Section, mapping, words};
use crate::diagnostic::Diagnostic;
use crate::markdown::{Block, Document};
use crate::rule::RowId;

/// True for a blank that is meant to stay: the lines to fill in of a form, the fields of a contract template.
pub fn is_a_field(blank: &Blank, kind: PolicyKind) -> bool {
    match kind {
        PolicyKind::Form => blank.text.chars().all(|c| matches!(c, '_' | '.' | '…' | ' ')),
        PolicyKind::Contract => !["TODO", "TBD"]
            .iter()
            .any(|word| blank.text.eq_ignore_ascii_case(word)),
        _ => false,
    }
}

/// What a text amounts to when its fields are no blanks. A form may hold nothing else.
fn judge_for(blocks: &[Block], row: Option<RowId>, kind: PolicyKind) -> Substance {
    match judge(blocks, row) {
        Substance::Blanks(mut blanks) => {
            blanks.retain(|blank| !is_a_field(blank, kind));
            if blanks.is_empty() {
                Substance::Real
            } else {
                Substance::Blanks(blanks)
            }
        }
        Substance::Empty(Emptiness::OnlyBlanks)
            if placeholders(blocks).iter().all(|blank| is_a_field(blank, kind)) =>
        {
            Substance::Real
        }
        judged => judged,
    }
}

/// The sections that document rows, in file order.
pub fn sections(
    front: &FrontMatter,
    body: &Document,
    claims: &[Claim],
    kind: PolicyKind,
    out: &mut Vec<Diagnostic>,
) -> Vec<Section> {
    let parts = body.parts();
    let mut rows_of: Vec<Vec<RowId>> = vec![vec![]; parts.len()];
    for (part, rows) in parts.iter().zip(&mut rows_of) {
        let cited = body
            .citations
            .iter()
            .filter(|c| c.in_heading && c.block == part.heading && c.exact);
        let mut cited: Vec<RowId> = cited.flat_map(|c| c.rows.iter().copied()).collect();
        cited.sort_unstable();
        cited.dedup();
        if cited.len() <= mapping::ROWS_PER_HEADING && !mapping::is_reference(part) {
            rows.extend(cited);
        }
    }
    let titles: Vec<String> = parts
        .iter()
        .map(|part| without_citations(&part.title, body, part.heading))
        .collect();
    for claim in claims {
        let Some(wanted) = &claim.section else { continue };
        let plain = words::plain(wanted);
        let found = parts
            .iter()
            .zip(&titles)
            .position(|(part, title)| words::plain(&part.title) == plain || words::plain(title) == plain);
        match found {
            Some(index) => rows_of[index].push(claim.row),
            None => {
                let headings = || titles.iter().map(|t| t.trim()).filter(|t| !t.is_empty());
                let nearest = words::nearest(wanted, headings());
                let shown: Vec<String> = match nearest {
                    Some(title) => vec![format!("\"{title}\"")],
                    None => headings().take(5).map(|title| format!("\"{title}\"")).collect(),
                };
                let help = match (nearest, shown.is_empty()) {
                    (Some(_), _) => format!("Did you mean {}?", shown[0]),
                    (None, true) => "Write the section under a heading with these words.".to_owned(),
                    (None, false) => format!(
                        "The headings are {}.",
                        words::list(shown.iter().map(String::as_str))
                    ),
                };
                out.push(
                    Diagnostic::error(
                        "section-not-found",
                        claim.place.clone(),
                        format!("this file has no heading \"{}\"", words::excerpt(wanted, 60)),
                    )
                    .help(help),
                );
            }
        }
    }
    let mut sections = Vec::new();
    let names_rows = parts.iter().zip(rows_of).filter(|(_, rows)| !rows.is_empty());
    for (part, mut rows) in names_rows.filter(|(part, _)| !mapping::only_maps(body, part.blocks.clone())) {
        rows.sort_unstable();
        rows.dedup();
        let says = |title: &String| words::plain(title).contains("procedure");
        sections.push(Section {
            title: part.title.clone(),
            anchor: part.anchor.clone(),
            place: front.place(part.range.as_range()),
            blocks: part.blocks.clone(),
            says_procedure: says(&part.title) || part.above.iter().any(says),
            substance: judge_for(&body.blocks[part.blocks.clone()], rows.first().copied(), kind),
            rows,
        });
    }
    sections
}

/// A heading's words without the citations in it: people name sections by their words.
fn without_citations(title: &str, body: &Document, heading: usize) -> String {
    let mut title = title.to_owned();
    for citation in body
        .citations
        .iter()
        .filter(|c| c.in_heading && c.block == heading)
    {
        title = title.replace(&citation.text, "");
    }
    title
        .trim_matches(|c: char| c.is_whitespace() || "()[],:-–—§".contains(c))
        .to_owned()
}
