//! The first page: where the binder stands, and what comes next.

use serde::Serialize;

use super::standards::{StateCount, state_counts};
use super::{GapView, Link, RowRef, count};
use crate::address;
use crate::binder::Standing;
use crate::citation::Citation;
use crate::gap::{Gap, State};
use crate::rule::{RowId, rule};
use crate::site::{Site, past};

/// Gaps that the first page shows.
const NEXT: usize = 10;

/// `index.html`.
#[derive(Debug, Serialize)]
pub struct Dashboard {
    /// Kind of entity, in words.
    pub entity: &'static str,
    /// The security official, "" if nobody is named.
    pub security_official: String,
    /// Sites.
    pub sites: Vec<crate::content::config::Site>,
    /// Rows by state.
    pub counts: Vec<StateCount>,
    /// How many rows.
    pub total: usize,
    /// By section of the rule.
    pub sections: Vec<SectionCounts>,
    /// What comes due within twelve months; `None` where plans are not shown.
    pub outlook: Option<super::pictures::Outlook>,
    /// What needs attention next.
    pub next: Vec<Attention>,
    /// How many gaps in all.
    pub gaps: usize,
    /// How many are past their date.
    pub overdue: usize,
    /// The gap register.
    pub gaps_href: String,
    /// Nothing is documented yet: where to begin. `None` later, and in copies without gaps.
    pub begin: Option<Link>,
    /// The index.
    pub standards: String,
    /// Ways in.
    pub entries: Vec<WayIn>,
    /// The print.
    pub pdf: Option<String>,
}

/// A section of the rule.
#[derive(Debug, Serialize)]
pub struct SectionCounts {
    /// Its title, and its place in the index.
    pub link: Link,
    /// `164.308`.
    pub number: String,
    /// Rows by state.
    pub counts: Vec<StateCount>,
    /// Every row, to be shown as a small sign.
    pub rows: Vec<RowRef>,
}

/// A gap, with its row.
#[derive(Debug, Serialize)]
pub struct Attention {
    /// The row.
    pub row: RowRef,
    /// The gap page.
    pub href: String,
    /// The gap.
    pub gap: GapView,
}

/// A way into the binder.
#[derive(Debug, Serialize)]
pub struct WayIn {
    /// Where to.
    pub link: Link,
    /// "21 of 23 in effect".
    pub words: String,
}

/// The first page.
pub fn view(site: &Site<'_>, page: &str) -> Dashboard {
    let rows: Vec<RowId> = rule().row_ids().collect();
    let mut gaps: Vec<&Gap> = site.binder.assessments.iter().flat_map(|a| &a.gaps).collect();
    let due = |g: &Gap| g.plan.as_ref().and_then(|p| p.due);
    let overdue = gaps
        .iter()
        .filter(|g| due(g).is_some_and(|d| d < site.binder.meta.as_of))
        .count();
    let total = gaps.len();
    // Dated plans first, the earliest on top; then the order of the rule.
    gaps.sort_by_key(|g| (due(g).is_none(), due(g)));
    Dashboard {
        entity: match site.binder.content.config.practice.kind {
            crate::content::config::EntityKind::CoveredEntity => "Covered entity",
            crate::content::config::EntityKind::BusinessAssociate => "Business associate",
            crate::content::config::EntityKind::Both => "Covered entity and business associate",
        },
        security_official: security_official(site),
        sites: site.binder.content.config.sites.clone(),
        counts: state_counts(site, &rows),
        total: rows.len(),
        sections: sections(site, page),
        outlook: super::pictures::outlook(site, page),
        next: gaps
            .into_iter()
            .take(NEXT)
            .map(|g| Attention {
                row: site.row_ref(page, g.row),
                href: address::link(page, &address::gap_page(g.row)),
                gap: GapView::new(site, g),
            })
            .collect(),
        gaps: total,
        overdue,
        gaps_href: address::link(page, address::GAPS),
        begin: begin(site, page),
        standards: address::link(page, address::STANDARDS),
        entries: ways_in(site, page),
        pdf: site.binder.meta.pdf.then(|| address::link(page, address::PDF)),
    }
}

/// The row on which everything else rests, while no row has anything: who the security official is.
fn begin(site: &Site<'_>, page: &str) -> Option<Link> {
    let nothing = site
        .binder
        .assessments
        .iter()
        .all(|a| matches!(a.state, State::NotDocumented | State::DoesNotApply));
    let first = Citation::parse_start("164.308(a)(2)").ok()?.0.first();
    let row = rule().resolve(&first).link()?;
    (nothing && site.binder.meta.shows_gaps()).then(|| {
        let title = format!("{} {}", rule()[row].citation, rule()[row].title);
        Link::new(page, &address::row_page(row), title)
    })
}

/// As the configuration says, else as the register of designations says for the as-of date.
fn security_official(site: &Site<'_>) -> String {
    let content = &site.binder.content;
    if !content.config.practice.security_official.is_empty() {
        return content.config.practice.security_official.clone();
    }
    let as_of = site.binder.meta.as_of;
    let holds = |e: &&crate::content::Entry| {
        e.get("role").to_lowercase().contains("security offic")
            && e.date_of("since").is_none_or(|d| d <= as_of)
            && e.date_of("until").is_none_or(|d| d >= as_of)
    };
    let entries = content
        .registers
        .get("designations")
        .map_or(&[][..], |t| &t.entries);
    entries
        .iter()
        .find(holds)
        .map_or(String::new(), |e| site.names.person(e.get("person")).to_string())
}

fn sections(site: &Site<'_>, page: &str) -> Vec<SectionCounts> {
    let section = |s: &crate::rule::Section| {
        let rows: Vec<RowId> = rule().rows_of_section(s.number).map(|r| r.id).collect();
        let to = format!("{}#section-{}", address::STANDARDS, s.number);
        (!rows.is_empty()).then(|| SectionCounts {
            link: Link::new(page, &to, s.title.clone()),
            number: format!("164.{}", s.number),
            counts: state_counts(site, &rows),
            rows: site.row_refs(page, rows),
        })
    };
    rule().sections().iter().filter_map(section).collect()
}

/// The sealed versions, where the site shows them.
fn versions(site: &Site<'_>) -> Option<(&'static str, &'static str, String)> {
    let history = &site.binder.history;
    let words = match history.newest() {
        None => "No version is sealed yet".to_string(),
        Some(newest) => format!("{} sealed, the newest {}", history.versions.len(), newest.label()),
    };
    past::shows_past(site.binder).then_some((address::VERSIONS, "Versions", words))
}

fn ways_in(site: &Site<'_>, page: &str) -> Vec<WayIn> {
    let binder = site.binder;
    let content = &binder.content;
    let in_effect = binder
        .policies
        .iter()
        .filter(|p| p.standing == Standing::InEffect)
        .count();
    let entries: usize = content.registers.values().map(|t| t.entries.len()).sum();
    let decisions: usize = content.answers.iter().map(|a| a.decisions.len()).sum();
    [
        (
            address::STANDARDS,
            "Standards",
            "Every standard and specification, with what documents it".to_string(),
        ),
        (
            address::POLICIES,
            "Policies",
            format!("{in_effect} of {} in effect", binder.policies.len()),
        ),
        (
            address::RECORDS,
            "Records",
            count(content.records.len(), "signed record", "signed records"),
        ),
        (
            address::REGISTERS,
            "Registers",
            format!("{entries} entries in {} registers", content.registers.len()),
        ),
        (
            address::EXHIBITS,
            "Exhibits",
            count(content.exhibits.len(), "piece of evidence", "pieces of evidence"),
        ),
        (
            address::DECISIONS,
            "Decisions",
            count(decisions, "addressable decision", "addressable decisions"),
        ),
        (
            address::MENTIONS,
            "Citations",
            "Every place that names a paragraph of the rule".to_string(),
        ),
    ]
    .into_iter()
    .chain(versions(site))
    .map(|(to, text, words)| WayIn {
        link: Link::new(page, to, text),
        words,
    })
    .collect()
}
