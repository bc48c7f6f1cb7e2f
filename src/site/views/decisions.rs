//! The addressable decisions, 164.306(d)(3): on the row's page and on a page of their own.

use serde::Serialize;

use super::answer::{determination_part, setting};
use super::{Day, RowRef};
use crate::content::{Answer, Branch, Factor};
use crate::gap::MarkName;
use crate::rule::rule;
use crate::site::html::Html;
use crate::site::{Notes, Site};

/// `decisions.html`.
#[derive(Debug, Serialize)]
pub struct DecisionsPage {
    /// Addressable rows, in rule order.
    pub rows: Vec<DecisionRow>,
    /// How many addressable rows.
    pub total: usize,
    /// "implement", "alternative" and so on, and how many decisions of each; rows without any last.
    pub counts: Vec<(&'static str, usize)>,
}

/// The decisions of a row.
#[derive(Debug, Serialize)]
pub struct DecisionRow {
    /// Anchor.
    pub id: String,
    /// The row.
    pub row: RowRef,
    /// Its Decision mark.
    pub mark: super::MarkView,
    /// One each.
    pub decisions: Vec<DecisionView>,
    /// One of them is written out below the table.
    pub written: bool,
}

/// A decision.
#[derive(Debug, Serialize)]
pub struct DecisionView {
    /// What it speaks of, "" for everything.
    pub scope: String,
    /// `implement`, `alternative`, `neither`, or "" where none is chosen.
    pub branch: &'static str,
    /// The branch in words.
    pub branch_words: &'static str,
    /// Who decided, "" if nobody is named.
    pub by: String,
    /// When.
    pub on: Option<Day>,
    /// When it is to be looked at again.
    pub review_by: Option<Day>,
    /// Words before the factors.
    pub preamble: Html,
    /// The determination, factor by factor.
    pub factors: Vec<FactorView>,
    /// What it lacks is said.
    pub open: bool,
}

/// A factor of the determination.
#[derive(Debug, Serialize)]
pub struct FactorView {
    /// "Likely contribution".
    pub title: &'static str,
    /// The paragraph that names it: "164.306(d)(3)(i)".
    pub source: &'static str,
    /// What the clinic wrote.
    pub text: Html,
    /// Nothing that counts stands there.
    pub empty: bool,
}

fn branch(branch: Option<Branch>) -> (&'static str, &'static str) {
    match branch {
        Some(Branch::Implement) => ("implement", "Implement"),
        Some(Branch::Alternative) => ("alternative", "Equivalent alternative measure"),
        Some(Branch::Neither) => ("neither", "Neither; the standard is met all the same"),
        None => ("", "No branch chosen"),
    }
}

fn factor(factor: Factor) -> (&'static str, &'static str) {
    match factor {
        Factor::LikelyContribution => ("Likely contribution to protecting ePHI", "164.306(d)(3)(i)"),
        Factor::SizeAndComplexity => ("Size, complexity and capabilities", "164.306(b)(2)(i)"),
        Factor::TechnicalInfrastructure => ("Technical infrastructure", "164.306(b)(2)(ii)"),
        Factor::Cost => ("Cost", "164.306(b)(2)(iii)"),
        Factor::Risk => ("Probability and criticality of risks", "164.306(b)(2)(iv)"),
        Factor::Reason => (
            "Why it is not reasonable and appropriate",
            "164.306(d)(3)(ii)(B)(1)",
        ),
        Factor::Alternative => ("The alternative measure", "164.306(d)(3)(ii)(B)(2)"),
        Factor::HowTheStandardIsMet => ("How the standard is met", "164.306(c)"),
    }
}

/// The decisions of an answer, their headings from `level` on.
pub fn decisions(
    site: &Site<'_>,
    page: &str,
    answer: &Answer,
    level: u8,
    notes: &mut Notes,
) -> Vec<DecisionView> {
    let parts = answer.body.parts();
    let view = |decision: &crate::content::Decision| {
        let (name, words) = branch(decision.branch);
        let determination = decision.determination.as_ref();
        let mut show = |blocks| site.markdown(setting(site, page, answer, level + 2), blocks, notes);
        let preamble = determination.and_then(|d| {
            let part = determination_part(&parts, d)?;
            let first = d
                .parts
                .iter()
                .map(|p| p.blocks.start.saturating_sub(1))
                .min()
                .unwrap_or(part.blocks.end);
            (part.blocks.start < first).then(|| show(part.blocks.start..first))
        });
        let factors = determination.map_or(&[][..], |d| &d.parts).iter().map(|part| {
            let (title, source) = factor(part.factor);
            FactorView {
                title,
                source,
                text: show(part.blocks.clone()),
                empty: !part.substance.has_text(),
            }
        });
        DecisionView {
            scope: decision.scope.clone().unwrap_or_default(),
            branch: name,
            branch_words: words,
            by: decision
                .decided_by
                .as_ref()
                .map_or(String::new(), |b| b.value.clone()),
            on: decision.decided.as_ref().map(|d| d.value.into()),
            review_by: decision.review_by.as_ref().map(|d| d.value.into()),
            factors: factors.collect(),
            preamble: preamble.unwrap_or_default(),
            open: site.binder.meta.shows_gaps(),
        }
    };
    answer.decisions.iter().map(view).collect()
}

/// The page of all decisions.
pub fn view(site: &Site<'_>, page: &str) -> DecisionsPage {
    // Broken links of the answers are reported once, where the answer stands.
    let mut notes = Notes::default();
    let rows: Vec<DecisionRow> = rule()
        .rows()
        .iter()
        .filter(|r| r.is_addressable())
        .map(|row| {
            let answer = site
                .binder
                .links(row.id)
                .answer
                .and_then(|a| site.binder.content.answers.get(a));
            let decisions = answer.map_or_else(Vec::new, |a| decisions(site, page, a, 3, &mut notes));
            DecisionRow {
                id: row.citation.slug(),
                row: site.row_ref(page, row.id),
                mark: super::MarkView::new(MarkName::Decision, site.binder.assessment(row.id).marks.decision),
                written: decisions.iter().any(|d| !d.factors.is_empty()),
                decisions,
            }
        })
        .collect();
    let gaps = site.binder.meta.shows_gaps();
    let number = |name: &str| {
        rows.iter()
            .flat_map(|r| &r.decisions)
            .filter(|d| d.branch == name)
            .count()
    };
    let mut counts = vec![
        ("implement", number("implement")),
        ("alternative", number("alternative")),
        ("neither", number("neither")),
    ];
    if gaps {
        counts.extend([
            ("no branch chosen", number("")),
            (
                "rows without a decision",
                rows.iter().filter(|r| r.decisions.is_empty()).count(),
            ),
        ]);
    }
    DecisionsPage {
        total: rows.len(),
        counts,
        rows,
    }
}
