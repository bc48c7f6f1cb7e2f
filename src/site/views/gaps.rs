//! The gap register and the gap page of a row.

use serde::Serialize;

use super::law::{Law, Request, law, requests};
use super::{GapView, Link, MarkView, RowRef};
use crate::address;
use crate::gap::MarkName;
use crate::rule::{RowId, rule};
use crate::site::Site;

/// `gaps/index.html`.
#[derive(Debug, Serialize)]
pub struct Gaps {
    /// How many gaps.
    pub total: usize,
    /// How many rows have some.
    pub rows: usize,
    /// How many have a plan with a date.
    pub planned: usize,
    /// How many are past their date.
    pub overdue: usize,
    /// By mark: how many gaps.
    pub by_mark: Vec<MarkCount>,
    /// Rows with gaps, in rule order.
    pub groups: Vec<GapGroup>,
}

/// Gaps of one mark.
#[derive(Debug, Serialize)]
pub struct MarkCount {
    /// "Evidence", "Whole row".
    pub title: &'static str,
    /// How many.
    pub number: usize,
}

/// The gaps of a row.
#[derive(Debug, Serialize)]
pub struct GapGroup {
    /// Anchor.
    pub id: String,
    /// The row.
    pub row: RowRef,
    /// Its gap page.
    pub href: String,
    /// The gaps.
    pub gaps: Vec<GapView>,
}

/// The gap register as seen from `page`.
pub fn register(site: &Site<'_>, page: &str) -> Gaps {
    let with_gaps = site.binder.assessments.iter().filter(|a| !a.gaps.is_empty());
    let groups: Vec<GapGroup> = with_gaps
        .map(|a| GapGroup {
            id: a.row.citation().slug(),
            row: site.row_ref(page, a.row),
            href: address::link(page, &address::gap_page(a.row)),
            gaps: a.gaps.iter().map(|g| GapView::new(site, g)).collect(),
        })
        .collect();
    let all = || groups.iter().flat_map(|g| &g.gaps);
    let marks = [
        MarkName::Answer,
        MarkName::Policy,
        MarkName::Evidence,
        MarkName::Decision,
    ];
    let mut by_mark: Vec<MarkCount> = marks
        .into_iter()
        .map(|m| MarkCount {
            title: m.title(),
            number: all().filter(|g| g.mark == m.title()).count(),
        })
        .collect();
    by_mark.push(MarkCount {
        title: "Whole row",
        number: all().filter(|g| g.mark.is_empty()).count(),
    });
    Gaps {
        total: all().count(),
        rows: groups.len(),
        planned: all().filter(|g| g.due.is_some()).count(),
        overdue: all().filter(|g| g.overdue).count(),
        by_mark,
        groups,
    }
}

/// `gaps/164.308-a-1-ii-a.html`.
#[derive(Debug, Serialize)]
pub struct GapPage {
    /// The row.
    pub row: RowRef,
    /// Its marks.
    pub marks: Vec<MarkView>,
    /// What is missing.
    pub gaps: Vec<GapView>,
    /// The law's words.
    pub law: Law,
    /// What OCR's protocol asks to see.
    pub requests: Vec<Request>,
    /// Edition of that protocol.
    pub protocol: u16,
    /// Questions, for the answer to write.
    pub questions: Vec<(u8, String)>,
    /// One sentence on what a good answer holds.
    pub hint: String,
    /// Gap pages before and after this one.
    pub previous: Option<Link>,
    /// After.
    pub next: Option<Link>,
}

/// The gap page of a row.
pub fn page(site: &Site<'_>, page: &str, row: RowId) -> GapPage {
    let assessment = site.binder.assessment(row);
    let data = &rule()[row];
    let with_gaps: Vec<RowId> = site
        .binder
        .assessments
        .iter()
        .filter(|a| !a.gaps.is_empty())
        .map(|a| a.row)
        .collect();
    let at = with_gaps.iter().position(|r| *r == row);
    let link = |r: &RowId| Link::new(page, &address::gap_page(*r), r.citation().to_string());
    GapPage {
        row: site.row_ref(page, row),
        marks: assessment
            .marks
            .each()
            .into_iter()
            .map(|(of, mark)| MarkView::new(of, mark))
            .collect(),
        gaps: assessment.gaps.iter().map(|g| GapView::new(site, g)).collect(),
        law: law(data),
        requests: requests(data),
        protocol: rule().protocol_edition(),
        questions: data.questions.iter().map(|q| (q.id, q.ask.clone())).collect(),
        hint: data.hint.clone(),
        previous: at
            .and_then(|i| i.checked_sub(1))
            .and_then(|i| with_gaps.get(i))
            .map(link),
        next: at.and_then(|i| with_gaps.get(i + 1)).map(link),
    }
}
