//! The Answer mark: every question answered, no task open, no shortfall stated, read through within the interval.

use super::assess::Draft;
use super::kinds::GapKind;
use super::window::{Age, age};
use super::{Mark, MarkName};
use crate::binder::Binder;
use crate::content::substance::{Emptiness, Substance};
use crate::content::{Answer, YesNo};
use crate::diagnostic::Place;
use crate::rule::{GoodAnswer, Question, RowId, rule};

/// The Answer mark of a row and its gaps.
pub(super) fn answer(binder: &Binder, row: RowId) -> (Mark, Vec<Draft>) {
    let questions = &rule()[row].questions;
    let draft = |kind, words: String, place| Draft::new(kind, MarkName::Answer, words, place);
    let Some(answer) = binder
        .links(row)
        .answer
        .map(|index| &binder.content.answers[index])
    else {
        let words = match questions.len() {
            1 => "The question has no answer yet.".to_string(),
            number => format!("The {} have no answer yet.", count(number)),
        };
        let help = format!(
            "Make the file with citation = \"{row}\" between two lines of +++, and a heading \"## 1. ...\" for each question."
        );
        return (
            Mark::None,
            vec![draft(GapKind::AnswerMissing, words, suggested_file(row)).help(help)],
        );
    };

    let answered = questions
        .iter()
        .filter(|question| is_answered(answer, question))
        .count();
    if answered == 0 {
        let words = format!(
            "The file has no text yet for any of the {}.",
            count(questions.len())
        );
        let gap = draft(GapKind::AnswerMissing, words, answer.place.clone())
            .help("Write under each heading what the practice does, who does it and how often. A bare yes or no is no answer.");
        return (Mark::None, vec![gap]);
    }

    let mut gaps = vec![];
    for question in questions {
        gaps.extend(of_question(answer, question));
    }
    gaps.extend(review(binder, answer));
    let mark = if gaps.is_empty() {
        Mark::Full
    } else {
        Mark::Partial
    };
    (mark, gaps)
}

fn is_answered(answer: &Answer, question: &Question) -> bool {
    answer
        .replies
        .iter()
        .any(|reply| reply.question == question.id && reply.substance.has_text())
}

fn of_question(answer: &Answer, question: &Question) -> Vec<Draft> {
    let Some(reply) = answer.replies.iter().find(|reply| reply.question == question.id) else {
        let words = format!("Question {} is not in the file: {}", question.id, question.ask);
        let help = format!(
            "Add the heading \"## {}. {}\" and the answer under it.",
            question.id, question.ask
        );
        return vec![
            Draft::new(
                GapKind::QuestionUnanswered,
                MarkName::Answer,
                words,
                answer.place.clone(),
            )
            .help(help),
        ];
    };
    let at = |kind, words: String, place: &Place| Draft::new(kind, MarkName::Answer, words, place.clone());
    let mut gaps = vec![];
    match &reply.substance {
        Substance::Empty(Emptiness::OnlyBlanks) => gaps.push(
            at(
                GapKind::PlaceholderLeft,
                format!("Question {} holds only blanks: {}", question.id, question.ask),
                &reply.place,
            )
            .help("Replace the blanks with the practice's own words."),
        ),
        Substance::Empty(why) => {
            let words = format!(
                "Question {} has no answer{}: {}",
                question.id,
                because(*why),
                question.ask
            );
            gaps.push(
                at(GapKind::QuestionUnanswered, words, &reply.place)
                    .help("Write what the practice does, who does it and how often."),
            );
        }
        Substance::Blanks(blanks) => {
            let blank = blanks.first().map_or("", |blank| &blank.text);
            let words = format!(
                "The answer to question {} still has a blank: {blank}",
                question.id
            );
            gaps.push(
                at(GapKind::PlaceholderLeft, words, &reply.place)
                    .help("Replace the blank with the practice's own words."),
            );
        }
        Substance::Real => {}
    }
    for task in &reply.open_tasks {
        let words = format!(
            "A task is open in the answer to question {}: {}",
            question.id, task.value
        );
        gaps.push(
            at(GapKind::TaskOpen, words, &task.place)
                .help("When it is done, write the result as text and take the task out, or tick it: - [x]"),
        );
    }
    let states_shortfall = matches!(
        (question.good, reply.opens_with),
        (GoodAnswer::Yes, Some(YesNo::No)) | (GoodAnswer::No, Some(YesNo::Yes))
    );
    if states_shortfall && reply.substance.has_text() {
        let words = format!(
            "The answer to question {} states that something is not done: {}",
            question.id, question.ask
        );
        gaps.push(at(GapKind::ShortfallStated, words, &reply.place).help(
            "Close the gap and then say how it is done, or plan it with a [[gap]] block: action, owner, due.",
        ));
    }
    gaps
}

fn review(binder: &Binder, answer: &Answer) -> Option<Draft> {
    let months = binder.content.config.intervals.answers;
    let words = match &answer.reviewed {
        None => "Nothing says when this answer was last read through.".to_string(),
        Some(at) => match age(at.value, binder.meta.as_of, months) {
            Age::Fresh => return None,
            Age::Stale => format!(
                "This answer was last read through on {}, more than {months} months ago.",
                at.value
            ),
            Age::Later => format!(
                "The day of review, {}, lies after {}.",
                at.value, binder.meta.as_of
            ),
        },
    };
    let place = answer.reviewed.as_ref().map_or(&answer.place, |at| &at.place);
    Some(
        Draft::new(GapKind::AnswerReviewDue, MarkName::Answer, words, place.clone()).help(
            "Read it through; when it is right, write reviewed = and the day, like reviewed = 2026-09-14.",
        ),
    )
}

fn because(why: Emptiness) -> &'static str {
    match why {
        Emptiness::Nothing | Emptiness::OnlyBlanks => "",
        Emptiness::Todo => " (only a note to do it later)",
        Emptiness::BareYesNo => " (a bare yes or no says nothing that can be shown)",
        Emptiness::RuleText => " (only the regulation's own words)",
        Emptiness::Filler => " (only filler text)",
        Emptiness::Starter => " (only the hint or the question that stood there)",
    }
}

fn count(questions: usize) -> String {
    if questions == 1 {
        "question".to_string()
    } else {
        format!("{questions} questions")
    }
}

/// Where the answer to a row goes when there is no file yet.
pub(super) fn suggested_file(row: RowId) -> Place {
    let citation = row.citation();
    Place::file(format!(
        "answers/164.{}/{}.md",
        citation.section(),
        citation.slug()
    ))
}

/// The answer's own file, or where it would go.
pub(super) fn suggested_or_own(binder: &Binder, row: RowId) -> Place {
    match binder.links(row).answer {
        Some(index) => binder.content.answers[index].place.clone(),
        None => suggested_file(row),
    }
}
