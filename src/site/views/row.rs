//! The page of a row: the law, the answer, the policies in effect, the evidence, the decision, the gaps.

use std::ops::Range;

use serde::Serialize;

use super::decisions::{DecisionView, decisions};
use super::evidence::{Evidence, evidence};
use super::mentions::{Place, places};
use super::policies::standing_words;
use super::{Day, GapView, Link, MarkView, RowRef, badge, mark_words};
use crate::address;
use crate::binder::SectionLink;
use crate::content::{Answer, YesNo};
use crate::gap::Mark;
use crate::markdown::{BlockKind, Part};
use crate::rule::{GoodAnswer, Question, RequestKind, Row, RowId, RowKind, rule};
use crate::site::html::Html;
use crate::site::markdown::{Ids, Setting};
use crate::site::{Notes, Site};

/// Anchor of the answer.
pub const ANSWER: &str = "answer";

/// Longest section that is quoted whole, in bytes of markup.
const WHOLE: usize = 6000;

/// `standards/164.308-a-1-ii-a.html`.
#[derive(Debug, Serialize)]
pub struct RowPage {
    /// Its citation.
    pub citation: String,
    /// Its name.
    pub title: String,
    /// "Standard", "Implementation specification".
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
    /// Places that only mention the row.
    pub mentions: Vec<Place>,
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

/// The words of the regulation.
#[derive(Debug, Serialize)]
pub struct Law {
    /// "45 CFR 164.308, Administrative safeguards".
    pub section: String,
    /// The words that open the section, "" if none.
    pub opening: String,
    /// The heading of the paragraph.
    pub heading: String,
    /// Words of the paragraph above, "" if none.
    pub lead_in: String,
    /// The text, "" where the parts say it all.
    pub text: String,
    /// Its lettered parts: label and text.
    pub elements: Vec<(String, String)>,
    /// A remark of ours, "" if none.
    pub note: String,
    /// Whom it binds, in plain words, "" for everybody.
    pub applies_only_if: String,
    /// The regulation on the government's site.
    pub source: String,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    /// There is an answer file.
    pub exists: bool,
    /// Who wrote it, "" if nobody is named.
    pub by: String,
    /// When it was last reviewed.
    pub reviewed: Option<Day>,
    /// The file, to open or to make.
    pub file: String,
    /// One sentence on what a good answer holds.
    pub hint: String,
    /// The questions with their answers.
    pub questions: Vec<QuestionView>,
    /// What else the file says.
    pub notes: Html,
}

/// A question with its answer.
#[derive(Debug, Serialize)]
pub struct QuestionView {
    /// Its number within the row.
    pub number: u8,
    /// Its anchor, "" if there is no answer to it.
    pub anchor: String,
    /// The question.
    pub ask: String,
    /// The answer.
    pub reply: Html,
    /// `answered`, `open` or `shortfall`.
    pub state: &'static str,
    /// "open task", "not answered", "states a shortfall", "" when answered.
    pub words: &'static str,
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
}

/// Decisions of an addressable row.
#[derive(Debug, Serialize)]
pub struct Decisions {
    /// One each.
    pub list: Vec<DecisionView>,
    /// The question of 164.306(d)(3).
    pub question: String,
}

/// What OCR's protocol asks to see.
#[derive(Debug, Serialize)]
pub struct Request {
    /// `164.310(d)(2)(i)/2`.
    pub id: String,
    /// "Policy", "Evidence", "Alternative".
    pub kind: &'static str,
    /// In our words.
    pub text: String,
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
    let marks: Vec<MarkView> = assessment.marks.each().into_iter().map(|(of, mark)| MarkView::new(of, mark)).collect();
    let rows: Vec<RowId> = rule().row_ids().collect();
    RowPage {
        citation: data.citation.to_string(),
        title: data.name().to_string(),
        kind: if data.kind == RowKind::Standard { "Standard" } else { "Implementation specification" },
        badge,
        badge_words,
        state: assessment.state.into(),
        applies_because: assessment.applies_because.clone().unwrap_or_default(),
        owner: super::standards::owner(site, row),
        standard: rule().standard_of(row).map(|s| site.row_ref(page, s)),
        specifications: site.row_refs(page, rule().specifications_of(row)),
        parts: parts(&marks, decision.is_some()),
        marks,
        law: law(data),
        answer: answer_view(site, page, data, answer, notes),
        policies: policies(site, page, &links.sections),
        evidence: evidence(site, page, row),
        decision,
        gaps: assessment.gaps.iter().map(|g| GapView::new(site, g)).collect(),
        gap_page: (!assessment.gaps.is_empty()).then(|| address::link(page, &address::gap_page(row))),
        requests: requests(data),
        protocol: rule().protocol_edition(),
        mentions: places(site, page, row).1,
        index: address::link(page, &format!("{}#{}", address::STANDARDS, data.citation.slug())),
        previous: row.index().checked_sub(1).and_then(|i| rows.get(i)).map(|r| site.row_ref(page, *r)),
        next: rows.get(row.index() + 1).map(|r| site.row_ref(page, *r)),
    }
}

fn parts(marks: &[MarkView], decision: bool) -> Vec<PagePart> {
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
    parts.extend([("gaps", "Gaps", None), ("asked-for", "What OCR asks to see", None), ("mentions", "Also mentioned in", None)]);
    let number = |(i, (id, title, mark))| PagePart { number: i + 1, id, title, mark };
    parts.into_iter().enumerate().map(number).collect()
}

/// The regulation's words on a row.
pub fn law(row: &Row) -> Law {
    let section = rule().section(row.section());
    let elements: Vec<(String, String)> = row
        .elements
        .iter()
        .map(|e| {
            let citation = e.citation.to_string();
            let label = citation.rfind('(').map_or("", |i| &citation[i..]).to_string();
            (label, e.text.clone())
        })
        .collect();
    Law {
        section: format!("45 CFR 164.{}, {}", row.section(), section.map_or("", |s| &s.title)),
        opening: section.and_then(|s| s.text.clone()).unwrap_or_default(),
        heading: row.heading.clone(),
        lead_in: row.lead_in.clone().unwrap_or_default(),
        text: if elements.is_empty() { row.text.clone() } else { without_elements(row) },
        elements,
        note: row.note.clone().unwrap_or_default(),
        applies_only_if: row.applies_only_if.clone().unwrap_or_default(),
        source: format!("https://www.ecfr.gov/current/title-45/section-164.{}", row.section()),
    }
}

/// The text before its lettered parts, which are listed below it; "" where nothing stands before them.
fn without_elements(row: &Row) -> String {
    let first = row.elements.first().and_then(|e| row.text.find(e.text.as_str()));
    let before = first.map_or(row.text.as_str(), |at| &row.text[..at]).trim();
    // The label of the first part, "(A)", stands before its words.
    match before.rfind('(') {
        Some(at) if before.ends_with(')') && before.len() - at <= 6 => before[..at].trim().to_string(),
        _ => before.to_string(),
    }
}

/// What OCR's protocol asks to see on a row.
pub fn requests(row: &Row) -> Vec<Request> {
    let kind = |k| match k {
        RequestKind::Policy => "Policy",
        RequestKind::Evidence => "Evidence",
        RequestKind::Alternative => "Alternative",
    };
    let view = |r: &crate::rule::RequestItem| Request { id: row.request_id(r), kind: kind(r.kind), text: r.text.clone() };
    row.requests.iter().map(view).collect()
}

fn answer_view(site: &Site<'_>, page: &str, row: &Row, answer: Option<&Answer>, notes: &mut Notes) -> AnswerView {
    let slug = row.citation.slug();
    AnswerView {
        exists: answer.is_some(),
        by: answer.and_then(|a| a.answered_by.as_ref()).map_or(String::new(), |b| b.value.clone()),
        reviewed: answer.and_then(|a| a.reviewed.as_ref()).map(|d| d.value.into()),
        file: answer.map_or_else(|| format!("answers/164.{}/{slug}.md", row.section()), |a| a.path.to_string()),
        hint: row.hint.clone(),
        questions: row.questions.iter().map(|q| question(site, page, q, answer, notes)).collect(),
        notes: answer.map_or_else(Html::new, |a| leftovers(site, page, row, a, notes)),
    }
}

fn question(site: &Site<'_>, page: &str, question: &Question, answer: Option<&Answer>, notes: &mut Notes) -> QuestionView {
    let reply = answer.and_then(|a| a.replies.iter().find(|r| r.question == question.id).map(|r| (a, r)));
    let mut view = QuestionView {
        number: question.id,
        anchor: String::new(),
        ask: question.ask.clone(),
        reply: Html::new(),
        state: "open",
        words: "not answered",
    };
    let Some((answer, reply)) = reply else { return view };
    view.anchor = anchor_before(answer, &reply.blocks);
    view.reply = site.markdown(setting(site, page, answer, 4), reply.blocks.clone(), notes);
    if !reply.substance.has_text() {
        return view;
    }
    let shortfall = matches!(
        (question.good, reply.opens_with),
        (GoodAnswer::Yes, Some(YesNo::No)) | (GoodAnswer::No, Some(YesNo::Yes))
    );
    (view.state, view.words) = match (shortfall, reply.open_tasks.is_empty()) {
        (true, _) => ("shortfall", "states a shortfall"),
        (false, false) => ("open", "open task"),
        (false, true) => ("answered", ""),
    };
    view
}

/// How the body of an answer is shown, with headings from `level` on.
pub fn setting<'a>(site: &'a Site<'_>, page: &'a str, answer: &'a Answer, level: u8) -> Setting<'a> {
    Setting {
        targets: &site.targets,
        page,
        file: &answer.path,
        document: &answer.body,
        level,
        // Only the row's own page is the home of the answer's anchors.
        ids: if page == address::row_page(answer.row) { Ids::Own } else { Ids::Excerpt("answer") },
        title: "",
    }
}

fn anchor_before(answer: &Answer, blocks: &Range<usize>) -> String {
    let heading = blocks.start.checked_sub(1).and_then(|i| answer.body.blocks.get(i)).map(|b| &b.kind);
    match heading {
        Some(BlockKind::Heading(h)) => h.anchor.clone(),
        _ => String::new(),
    }
}

/// The part of the body that holds a determination.
pub fn determination_part(parts: &[Part], determination: &crate::content::Determination) -> Option<Part> {
    let inside = |p: &&Part| determination.parts.first().is_some_and(|d| p.blocks.contains(&d.blocks.start));
    let by_place = parts.iter().find(|p| p.range == determination.place.range);
    by_place.or_else(|| parts.iter().find(|p| inside(p) && p.title.to_lowercase().starts_with("decision"))).cloned()
}

/// What the file says outside its numbered answers and its decisions.
fn leftovers(site: &Site<'_>, page: &str, row: &Row, answer: &Answer, notes: &mut Notes) -> Html {
    let mut covered = vec![false; answer.body.blocks.len()];
    let mut cover = |range: Range<usize>| {
        for block in range.start.saturating_sub(1)..range.end {
            if let Some(c) = covered.get_mut(block) {
                *c = true;
            }
        }
    };
    // An answer to a question that the row does not have is shown with the rest.
    answer.replies.iter().filter(|r| row.question(r.question).is_some()).for_each(|r| cover(r.blocks.clone()));
    if row.is_addressable() {
        let parts = answer.body.parts();
        let determinations = answer.decisions.iter().filter_map(|d| d.determination.as_ref());
        determinations.filter_map(|d| determination_part(&parts, d)).for_each(|p| cover(p.blocks));
    }
    let mut out = Html::new();
    let mut at = 0;
    while at < covered.len() {
        let end = at + covered[at..].iter().take_while(|c| !**c).count();
        if end > at {
            out.push(&site.markdown(setting(site, page, answer, 4), at..end, notes));
        }
        at = end + covered[end..].iter().take_while(|c| **c).count();
    }
    out
}

fn policies(site: &Site<'_>, page: &str, sections: &[SectionLink]) -> Vec<PolicyQuote> {
    sections.iter().enumerate().map(|(i, link)| quote(site, page, i, *link)).collect()
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
    let (html, shortened) = beginning(setting, section.blocks.clone());
    PolicyQuote {
        policy: Link::new(page, &home, policy.title.clone()),
        kind: super::policies::kind_words(policy.kind),
        section: Link::new(page, &format!("{home}#{}", section.anchor), section.title.clone()),
        version: policy.version.clone(),
        in_effect: link.in_effect,
        standing: if link.in_effect { "in effect" } else { standing_words(site.binder.policies[link.life].standing) },
        from: text.in_effect_from.map(Day::from),
        approved_by: policy.approved_by.as_ref().map_or(String::new(), |b| b.value.clone()),
        approved: policy.approved.as_ref().map(|d| d.value.into()),
        text: html,
        shortened,
    }
}

/// Blocks up to the length that is quoted, and whether something is left.
fn beginning(setting: Setting<'_>, blocks: Range<usize>) -> (Html, bool) {
    use crate::site::markdown;
    let whole = markdown::blocks(setting, blocks.clone()).html;
    if whole.as_str().len() <= WHOLE {
        return (whole, false);
    }
    let mut length = 0;
    let mut end = blocks.start;
    while end < blocks.end && (length < WHOLE / 2 || end == blocks.start) {
        length += markdown::blocks(setting, end..end + 1).html.as_str().len();
        end += 1;
    }
    (markdown::blocks(setting, blocks.start..end).html, end < blocks.end)
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
        words: if p.mark == Mark::None { "nothing on file" } else { mark_words(p.mark) },
        coverage: p.coverage.clone(),
    };
    site.binder.assessment(row).proofs.iter().map(line).collect()
}
