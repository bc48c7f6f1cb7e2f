//! The page of a row: the law, the answer, the policies in effect, the evidence, the decision, the gaps.

use std::ops::Range;

use serde::Serialize;

use super::answer::{AnswerView, answer_view};
use super::decisions::{DecisionView, decisions};
use super::evidence::{Evidence, evidence};
use super::law::{Law, Request, law, requests};
use super::mentions::{LISTED, Place, places, shown};
use super::policies::text_words;
use super::versions;
use super::{Day, GapView, Link, MarkView, RowRef, badge, mark_words};
use crate::address;
use crate::binder::SectionLink;
use crate::gap::{Mark, State};
use crate::history::texts::counterpart;
use crate::rule::{Designation, RequestKind, RowId, RowKind, rule};
use crate::site::html::Html;
use crate::site::markdown::{Ids, Setting};
use crate::site::{Notes, Site};

/// Anchor of the answer.
pub const ANSWER: &str = "answer";

/// Anchor of the part on sealed versions.
pub const OVER_TIME: &str = "over-time";

/// Anchor of the part on OCR's protocol.
const ASKED: &str = "asked-for";

/// Longest section that is quoted whole, in bytes of markup.
const WHOLE: usize = 6000;

/// `standards/164.308-a-1-ii-a.html`.
#[derive(Debug, Serialize)]
pub struct RowPage {
    /// Its citation.
    pub citation: String,
    /// Its name.
    pub title: String,
    /// "Standard", "Implementation specification, addressable".
    pub kind: &'static str,
    /// "R", "A" or "S".
    pub badge: &'static str,
    /// In words.
    pub badge_words: &'static str,
    /// Its state.
    pub state: super::StateView,
    /// The four marks.
    pub marks: Vec<MarkView>,
    /// Why it does or does not apply, "" for rows that always apply.
    pub applies_because: String,
    /// Who owns it, "" if nobody is named.
    pub owner: String,
    /// The standard that it belongs to.
    pub standard: Option<RowRef>,
    /// Its specifications.
    pub specifications: Vec<RowRef>,
    /// What stands on the page.
    pub parts: Vec<PagePart>,
    /// Part 1.
    pub law: Law,
    /// Part 2.
    pub answer: AnswerView,
    /// Part 3.
    pub policies: Vec<PolicyQuote>,
    /// Part 4.
    pub evidence: Evidence,
    /// Part 5, on addressable rows.
    pub decision: Option<Decisions>,
    /// Part 6.
    pub gaps: Vec<GapView>,
    /// The gap page, where there are gaps.
    pub gap_page: Option<String>,
    /// What OCR's protocol asks to see.
    pub requests: Vec<Request>,
    /// Edition of that protocol.
    pub protocol: u16,
    /// Sections that are not quoted: there are too many.
    pub more_policies: Vec<Link>,
    /// Places that only mention the row.
    pub mentions: Vec<Place>,
    /// How many more of those there are.
    pub more_mentions: usize,
    /// The row in sealed versions, the newest first.
    pub versions: Option<Html>,
    /// The page on the versions.
    pub versions_page: String,
    /// Number of the part on OCR's protocol.
    pub asked_number: usize,
    /// Its line in the index.
    pub index: String,
    /// The row before.
    pub previous: Option<RowRef>,
    /// The row after.
    pub next: Option<RowRef>,
}

/// A part of the page, for its table of contents.
#[derive(Debug, Serialize)]
pub struct PagePart {
    /// Number as printed.
    pub number: usize,
    /// Anchor.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// How far it is there, where a mark says so.
    pub mark: Option<MarkView>,
}

/// A policy section that carries the row.
#[derive(Debug, Serialize)]
pub struct PolicyQuote {
    /// The policy.
    pub policy: Link,
    /// "procedure".
    pub kind: &'static str,
    /// The section.
    pub section: Link,
    /// Version, "" for a draft without one.
    pub version: String,
    /// In effect on the as-of date.
    pub in_effect: bool,
    /// "in effect", "draft" ...
    pub standing: &'static str,
    /// First day in effect.
    pub from: Option<Day>,
    /// Who approved it, "" if nobody.
    pub approved_by: String,
    /// When.
    pub approved: Option<Day>,
    /// The section's text, or its beginning.
    pub text: Html,
    /// Only the beginning is quoted.
    pub shortened: bool,
    /// A change of the policy that waits for approval.
    pub pending: Option<PendingView>,
    /// Texts of the policy that spoke of the row before.
    pub earlier: Vec<EarlierText>,
}

/// A text of a policy that another took the place of.
#[derive(Debug, Serialize)]
pub struct EarlierText {
    /// Version and page.
    pub link: Link,
    /// First day in effect.
    pub from: Option<Day>,
    /// Last day in effect.
    pub to: Option<Day>,
}

/// What a change that waits for approval does to a section.
#[derive(Debug, Serialize)]
pub struct PendingView {
    /// The text that waits.
    pub link: Link,
    /// It was approved, and takes effect on this day.
    pub approved_from: Option<Day>,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// The words, where they change.
    pub words: Option<Html>,
}

/// Decisions of an addressable row.
#[derive(Debug, Serialize)]
pub struct Decisions {
    /// One each.
    pub list: Vec<DecisionView>,
    /// The question of 164.306(d)(3).
    pub question: String,
}

/// The page of a row.
pub fn view(site: &Site<'_>, page: &str, row: RowId, notes: &mut Notes) -> RowPage {
    let data = &rule()[row];
    let assessment = site.binder.assessment(row);
    let links = site.binder.links(row);
    let answer = links.answer.and_then(|a| site.binder.content.answers.get(a));
    let (badge, badge_words) = badge(data);
    let decision = data.is_addressable().then(|| Decisions {
        list: answer.map_or_else(Vec::new, |a| decisions(site, page, a, 3, notes)),
        question: rule().fallback_question().to_string(),
    });
    let marks: Vec<MarkView> = assessment
        .marks
        .each()
        .into_iter()
        .map(|(of, mark)| MarkView::new(of, mark))
        .collect();
    let rows: Vec<RowId> = rule().row_ids().collect();
    let versions = versions::row(site, page, row);
    let parts = parts(
        &marks,
        decision.is_some(),
        site.binder.meta.shows_gaps(),
        versions.is_some(),
    );
    let asked = parts.iter().find(|part| part.id == ASKED);
    let mut mentions = places(site, page, row).1;
    let more_mentions = shown(&mut mentions, LISTED);
    let (policies, more_policies) = policies(site, page, &links.sections);
    RowPage {
        asked_number: asked.map_or(0, |part| part.number),
        versions,
        versions_page: address::link(page, address::VERSIONS),
        citation: data.citation.to_string(),
        title: data.name().to_string(),
        kind: match (data.kind, data.designation) {
            (RowKind::Standard, Some(_)) => "Standard, required, without specifications of its own",
            (RowKind::Standard, None) => "Standard",
            (RowKind::Specification, Some(Designation::Addressable)) => {
                "Implementation specification, addressable"
            }
            (RowKind::Specification, _) => "Implementation specification, required",
        },
        badge,
        badge_words,
        state: assessment.state.into(),
        applies_because: assessment.applies_because.clone().unwrap_or_default(),
        owner: super::standards::owner(site, row),
        standard: rule().standard_of(row).map(|s| site.row_ref(page, s)),
        specifications: site.row_refs(page, rule().specifications_of(row)),
        parts,
        marks,
        law: law(data),
        answer: answer_view(site, page, data, answer, notes),
        policies,
        more_policies,
        evidence: evidence(site, page, row),
        decision,
        gaps: assessment.gaps.iter().map(|g| GapView::new(site, g)).collect(),
        gap_page: (!assessment.gaps.is_empty()).then(|| address::link(page, &address::gap_page(row))),
        requests: answered_requests(site, row),
        protocol: rule().protocol_edition(),
        mentions,
        more_mentions,
        index: address::link(page, &format!("{}#{}", address::STANDARDS, data.citation.slug())),
        previous: row
            .index()
            .checked_sub(1)
            .and_then(|i| rows.get(i))
            .map(|r| site.row_ref(page, *r)),
        next: rows.get(row.index() + 1).map(|r| site.row_ref(page, *r)),
    }
}

/// What OCR's protocol asks to see; in a copy without gaps, with the statement where the binder has nothing for it.
fn answered_requests(site: &Site<'_>, row: RowId) -> Vec<Request> {
    let binder = site.binder;
    let links = binder.links(row);
    let has_decision = links
        .answer
        .and_then(|index| binder.content.answers.get(index))
        .is_some_and(|answer| !answer.decisions.is_empty());
    let applies = binder.assessment(row).state != State::DoesNotApply;
    let there = |kind| match kind {
        RequestKind::Policy => links.sections.iter().any(|link| link.in_effect),
        RequestKind::Evidence => {
            let lines = [&links.exhibits, &links.records]
                .iter()
                .any(|list| !list.is_empty());
            lines || !links.entries.is_empty() || !links.nones.is_empty()
        }
        RequestKind::Alternative => has_decision,
    };
    let mut views = requests(&rule()[row]);
    if !binder.meta.shows_gaps() && applies {
        for (view, item) in views.iter_mut().zip(&rule()[row].requests) {
            if !there(item.kind) {
                view.nothing = binder.meta.nothing();
            }
        }
    }
    views
}

fn parts(marks: &[MarkView], decision: bool, gaps: bool, versions: bool) -> Vec<PagePart> {
    let mark = |i: usize| marks.get(i).copied();
    let mut parts = vec![
        ("the-law", "The law", None),
        (ANSWER, "The answer", mark(0)),
        ("policies", "Policies", mark(1)),
        ("evidence", "Evidence", mark(2)),
    ];
    if decision {
        parts.push(("decision", "Decision", mark(3)));
    }
    if gaps {
        parts.push(("gaps", "Gaps", None));
    }
    parts.extend([
        (ASKED, "What OCR asks to see", None),
        ("mentions", "Also mentioned in", None),
    ]);
    if versions {
        parts.push((OVER_TIME, "In sealed versions", None));
    }
    let number = |(i, (id, title, mark))| PagePart {
        number: i + 1,
        id,
        title,
        mark,
    };
    parts.into_iter().enumerate().map(number).collect()
}

/// Sections that a row page quotes; of the rest it has links.
const QUOTED: usize = 40;

fn policies(site: &Site<'_>, page: &str, sections: &[SectionLink]) -> (Vec<PolicyQuote>, Vec<Link>) {
    // Where the text that is shown speaks of the row, its other texts are shown against it: a change that waits as what
    // it would change, an earlier text as a link.
    let shown = |link: &SectionLink| link.text == site.binder.policies[link.life].shown;
    let lives: std::collections::BTreeSet<usize> = sections
        .iter()
        .filter(|link| shown(link))
        .map(|l| l.life)
        .collect();
    let is_beside = |link: &&SectionLink| !shown(link) && lives.contains(&link.life);
    let mut quoted = std::collections::BTreeSet::new();
    let mut own: Vec<&SectionLink> = sections.iter().filter(|link| !is_beside(link)).collect();
    let rest = own.split_off(own.len().min(QUOTED));
    let more = rest.into_iter().map(|link| {
        let text = site.binder.text(*link);
        let section = &text.policy.sections[link.section];
        let to = format!("{}#{}", site.text_page(link.life, link.text), section.anchor);
        Link::new(page, &to, format!("{}: {}", text.policy.title, section.title))
    });
    let quotes = own
        .into_iter()
        .enumerate()
        .map(|(i, link)| {
            let mut quote = quote(site, page, i, *link);
            if quoted.insert(link.life) {
                quote.earlier = earlier(site, page, *link, sections);
            }
            quote
        })
        .collect();
    (quotes, more.collect())
}

/// Texts of the same policy that spoke of the row before the one that is quoted, newest first.
fn earlier(site: &Site<'_>, page: &str, link: SectionLink, sections: &[SectionLink]) -> Vec<EarlierText> {
    let life = &site.binder.policies[link.life];
    let before = |other: &&SectionLink| other.life == link.life && other.text < link.text;
    let mut texts: Vec<usize> = sections.iter().filter(before).map(|other| other.text).collect();
    texts.sort_unstable();
    texts.dedup();
    let view = |text: usize| EarlierText {
        link: Link::new(
            page,
            &site.text_page(link.life, text),
            super::policies::version_words(&life.texts[text]),
        ),
        from: life.texts[text].in_effect_from.map(Day::from),
        to: life.texts[text].in_effect_to.map(Day::from),
    };
    texts.into_iter().rev().map(view).collect()
}

fn quote(site: &Site<'_>, page: &str, number: usize, link: SectionLink) -> PolicyQuote {
    let text = site.binder.text(link);
    let policy = &text.policy;
    let section = &policy.sections[link.section];
    let home = site.text_page(link.life, link.text);
    let prefix = format!("quote-{}", number + 1);
    let setting = Setting {
        targets: &site.targets,
        page,
        file: &policy.path,
        document: &policy.body,
        level: 4,
        ids: Ids::Excerpt(&prefix),
        title: "",
    };
    let (html, shortened) = beginning(site, setting, section.blocks.clone());
    PolicyQuote {
        policy: Link::new(page, &home, policy.title.clone()),
        kind: super::policies::kind_words(policy.kind),
        section: Link::new(page, &format!("{home}#{}", section.anchor), section.title.clone()),
        version: policy.version.clone(),
        in_effect: link.in_effect,
        standing: if link.in_effect {
            "in effect"
        } else {
            text_words(site, link.life, link.text)
        },
        from: text.in_effect_from.map(Day::from),
        approved_by: policy
            .approved_by
            .as_ref()
            .map_or(String::new(), |b| b.value.clone()),
        approved: policy.approved.as_ref().map(|d| d.value.into()),
        text: html,
        shortened,
        pending: pending(site, page, link),
        earlier: vec![],
    }
}

/// What waits for approval where the words in effect are quoted.
fn pending(site: &Site<'_>, page: &str, link: SectionLink) -> Option<PendingView> {
    let life = &site.binder.policies[link.life];
    let waits = life.pending.filter(|_| link.text == life.shown)?;
    let (old, new) = (&life.texts[link.text].policy, &life.texts[waits].policy);
    let (what, words) = match counterpart(&old.sections[link.section], new) {
        None => ("It has no section for this row.", None),
        Some(ranges) => match site.redline((old, new), Some(ranges)).words.clone() {
            None => ("It does not change this section.", None),
            words => ("It changes this section.", words),
        },
    };
    Some(PendingView {
        link: Link::new(page, &site.text_page(link.life, waits), "the changed text"),
        approved_from: life.approved_from().map(Day::from),
        what,
        words,
    })
}

/// Blocks up to the length that is quoted, and whether something is left.
fn beginning(site: &Site<'_>, setting: Setting<'_>, blocks: Range<usize>) -> (Html, bool) {
    let shown = |blocks| site.blocks(setting, blocks);
    let whole = shown(blocks.clone());
    if whole.html.as_str().len() <= WHOLE {
        return (whole.html.clone(), false);
    }
    let mut length = 0;
    let mut end = blocks.start;
    while end < blocks.end && (length < WHOLE / 2 || end == blocks.start) {
        length += shown(end..end + 1).html.as_str().len();
        end += 1;
    }
    (shown(blocks.start..end).html.clone(), end < blocks.end)
}

/// A line on what proves the row: what is wanted, what is there.
#[derive(Debug, Serialize)]
pub struct Proof {
    /// What is wanted.
    pub wanted: String,
    /// Class name: `full`.
    pub mark: &'static str,
    /// "full".
    pub words: &'static str,
    /// What is there, "" for nothing.
    pub coverage: String,
}

/// The proof lines of a row.
pub fn proofs(site: &Site<'_>, row: RowId) -> Vec<Proof> {
    let line = |p: &crate::gap::PartProof| Proof {
        wanted: p.wanted.clone(),
        mark: p.mark.name(),
        words: if p.mark == Mark::None {
            "nothing on file"
        } else {
            mark_words(p.mark)
        },
        coverage: p.coverage.clone(),
    };
    site.binder.assessment(row).proofs.iter().map(line).collect()
}
