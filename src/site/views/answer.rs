//! The answer to a row: question by question, and what else its file says.

use std::ops::Range;

use serde::Serialize;

use super::Day;
use crate::address;
use crate::content::{Answer, Determination, YesNo};
use crate::markdown::{BlockKind, Part};
use crate::rule::{GoodAnswer, Question, Row};
use crate::site::html::Html;
use crate::site::markdown::{Ids, Setting};
use crate::site::{Notes, Site};

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

/// The answer as part of the row's page.
pub fn answer_view(
    site: &Site<'_>,
    page: &str,
    row: &Row,
    answer: Option<&Answer>,
    notes: &mut Notes,
) -> AnswerView {
    let slug = row.citation.slug();
    let gaps = site.binder.meta.shows_gaps();
    let mut questions: Vec<QuestionView> = row
        .questions
        .iter()
        .map(|q| question(site, page, q, answer, notes))
        .collect();
    if !gaps {
        // What is not answered, and what an answer owns up to, is a gap in other words.
        questions.retain(|question| !question.anchor.is_empty() || !question.reply.as_str().is_empty());
        for question in &mut questions {
            (question.state, question.words) = ("answered", "");
        }
    }
    AnswerView {
        exists: answer.is_some(),
        by: answer
            .and_then(|a| a.answered_by.as_ref())
            .map_or(String::new(), |b| b.value.clone()),
        reviewed: answer.and_then(|a| a.reviewed.as_ref()).map(|d| d.value.into()),
        file: answer.map_or_else(
            || format!("answers/164.{}/{slug}.md", row.section()),
            |a| site.source(&a.path),
        ),
        hint: if gaps { row.hint.clone() } else { String::new() },
        questions,
        notes: answer.map_or_else(Html::new, |a| leftovers(site, page, row, a, notes)),
    }
}

fn question(
    site: &Site<'_>,
    page: &str,
    question: &Question,
    answer: Option<&Answer>,
    notes: &mut Notes,
) -> QuestionView {
    let reply = answer.and_then(|a| {
        a.replies
            .iter()
            .find(|r| r.question == question.id)
            .map(|r| (a, r))
    });
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
        ids: if page == address::row_page(answer.row) {
            Ids::Own
        } else {
            Ids::Excerpt("answer")
        },
        title: "",
    }
}

fn anchor_before(answer: &Answer, blocks: &Range<usize>) -> String {
    let heading = blocks
        .start
        .checked_sub(1)
        .and_then(|i| answer.body.blocks.get(i))
        .map(|b| &b.kind);
    match heading {
        Some(BlockKind::Heading(h)) => h.anchor.clone(),
        _ => String::new(),
    }
}

/// The part of the body that holds a determination.
pub fn determination_part(parts: &[Part], determination: &Determination) -> Option<Part> {
    let inside = |p: &&Part| {
        determination
            .parts
            .first()
            .is_some_and(|d| p.blocks.contains(&d.blocks.start))
    };
    let by_place = parts.iter().find(|p| p.range == determination.place.range);
    by_place
        .or_else(|| {
            parts
                .iter()
                .find(|p| inside(p) && p.title.to_lowercase().starts_with("decision"))
        })
        .cloned()
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
    answer
        .replies
        .iter()
        .filter(|r| row.question(r.question).is_some())
        .for_each(|r| cover(r.blocks.clone()));
    if row.is_addressable() {
        let parts = answer.body.parts();
        let determinations = answer.decisions.iter().filter_map(|d| d.determination.as_ref());
        determinations
            .filter_map(|d| determination_part(&parts, d))
            .for_each(|p| cover(p.blocks));
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
