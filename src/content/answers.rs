//! `answers/`: one file per row, with numbered questions and, on addressable rows, decisions.

use std::collections::BTreeMap;

use super::decisions;
use super::fields::Table;
use super::frontmatter::{self, FrontMatter};
use super::registers::join::Names;
use super::substance::{judge, open_tasks, opens_with_yes_no};
use super::{Answer, At, Audience, Decision, Plan, Reply, cite, keys, words};
use crate::diagnostic::{Diagnostic, Place, Range32, Source};
use crate::gap::MarkName;
use crate::markdown::{self, BlockKind, Document, Part};
use crate::rule::{Question, Row, RowId, rule};

pub(super) const MARKS: [(&str, MarkName); 4] = [
    ("answer", MarkName::Answer),
    ("policy", MarkName::Policy),
    ("evidence", MarkName::Evidence),
    ("decision", MarkName::Decision),
];

/// Reads one file of `answers/`.
///
/// Errors: those of the front matter, a citation that is no row, questions that the row does not have or that stand
/// twice, decisions that no row allows or that miss their other half. Warning: text that answers no question.
pub fn read(source: Source, out: &mut Vec<Diagnostic>) -> Option<Answer> {
    let path = source.path.clone();
    let front = frontmatter::read(source, "citation = \"164.308(a)(1)(ii)(A)\"", out)?;
    let table = &front.table;
    table.check(&keys::ANSWER, out);
    let (body, problems) = markdown::parse(&front.source, front.body);
    out.extend(problems);
    let citation = table.required(
        "citation",
        "an answer",
        "citation = \"164.308(a)(1)(ii)(A)\", the row it answers",
        out,
    );
    let owner = table.text("owner", out);
    let answered_by = table.text("answered_by", out);
    let reviewed = table.date("reviewed", out);
    let decisions = decisions::read(table, out);
    let plans = table
        .tables("gap", out)
        .into_iter()
        .filter_map(|table| plan(table, out))
        .collect();
    let handling = table.handling(Audience::Workforce, out);
    let citation = citation?;
    let row = cite::row(&citation.value, &citation.place, out)?;
    let parts = body.parts();
    let found = replies(&front, &body, &parts, &rule()[row], out);
    let decisions = decisions::attach(&front, &body, &parts, row, decisions, out);
    Some(Answer {
        row,
        path,
        place: citation.place,
        owner,
        answered_by,
        reviewed,
        decisions,
        plans,
        replies: found,
        body: body.into(),
        handling,
    })
}

fn plan(table: &Table, out: &mut Vec<Diagnostic>) -> Option<Plan> {
    table.check(&keys::PLAN, out);
    let mark = table.one_of("mark", "a mark", &MARKS, out).map(|at| at.value);
    let owner = table.text("owner", out).map(|at| at.value);
    let due = table.date("due", out).map(|at| at.value);
    let action = table
        .required("action", "[[gap]]", "action = \"...\", what will be done", out)?
        .value;
    Some(Plan {
        mark,
        action,
        owner,
        due,
        place: table.place.clone(),
    })
}

/// The replies of a body: what stands under each heading with a question's number or words.
fn replies(
    front: &FrontMatter,
    body: &Document,
    parts: &[Part],
    row: &Row,
    out: &mut Vec<Diagnostic>,
) -> Vec<Reply> {
    let mut replies: Vec<Reply> = Vec::new();
    // Which blocks belong to a question or a decision.
    let mut taken = vec![false; body.blocks.len()];
    decisions::ranges(parts)
        .into_iter()
        .for_each(|range| taken[range].fill(true));
    for part in parts {
        if taken[part.heading] {
            continue;
        }
        let place = front.place(part.range.as_range());
        let question = match asked(&part.title, row) {
            Asked::Question(question) => question,
            Asked::Unknown(number) => {
                out.push(unknown_question(number, place, row));
                taken[part.heading..part.blocks.end].fill(true);
                continue;
            }
            Asked::Nothing => continue,
        };
        taken[part.heading..part.blocks.end].fill(true);
        if let Some(first) = replies.iter().find(|reply| reply.question == question.id) {
            out.push(
                Diagnostic::error(
                    "duplicate-question",
                    place.clone(),
                    format!(
                        "question {} is answered on line {} and again on line {}",
                        question.id, first.place.line, place.line
                    ),
                )
                .help("Put both texts under one heading, or mend the number.")
                .also(first.place.clone(), "first answered here"),
            );
            continue;
        }
        let blocks = &body.blocks[part.blocks.clone()];
        let tasks = open_tasks(blocks).into_iter();
        replies.push(Reply {
            question: question.id,
            place,
            blocks: part.blocks.clone(),
            substance: judge(blocks, Some(row.id)),
            open_tasks: tasks
                .map(|(words, range)| At {
                    value: words,
                    place: front.place(first_line(front, range)),
                })
                .collect(),
            opens_with: opens_with_yes_no(blocks),
        });
    }
    warn_of_stray_text(front, body, &taken, out);
    replies
}

/// What a heading asks.
pub(super) enum Asked<'r> {
    /// A question of the row.
    Question(&'r Question),
    /// A question that the row does not have.
    Unknown(u32),
    /// It is no question.
    Nothing,
}

/// What a heading of an answer file asks, by its number or else by its words.
pub(super) fn asked<'r>(heading: &str, row: &'r Row) -> Asked<'r> {
    match number(heading) {
        Some(number) => u8::try_from(number)
            .ok()
            .and_then(|n| row.question(n))
            .map_or(Asked::Unknown(number), Asked::Question),
        None => by_words(heading, row).map_or(Asked::Nothing, Asked::Question),
    }
}

/// The question's number at the start of a heading: `1. Is there`, `1) ...`, `Question 1`, `Q1: ...`.
fn number(heading: &str) -> Option<u32> {
    let lower = heading.trim().to_lowercase();
    let named = ["question", "q"].iter().find_map(|word| {
        let rest = lower.strip_prefix(word)?.trim_start_matches([' ', '.', '#']);
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
    });
    let text = named.unwrap_or(lower.trim_start_matches('#').trim_start());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text
        .get(..digits)
        .filter(|d| (1..=3).contains(&d.len()))?
        .parse()
        .ok()?;
    let rest = &text[digits..];
    // "164.312(b)" and "3 steps" are no question numbers.
    let ends = match rest.chars().next() {
        None => true,
        Some(':' | ')' | '.' | '-' | '–') => !rest[1..].starts_with(|c: char| c.is_ascii_digit()),
        Some(sign) => named.is_some() && !sign.is_alphanumeric(),
    };
    ends.then_some(number)
}

/// A question whose wording the heading repeats.
fn by_words<'r>(heading: &str, row: &'r Row) -> Option<&'r Question> {
    let heading = words::plain(heading);
    if heading.len() < 12 {
        return None;
    }
    row.questions.iter().find(|question| {
        let asked = words::plain(&question.ask);
        asked == heading || strsim::normalized_levenshtein(&asked, &heading) > 0.85
    })
}

fn unknown_question(number: u32, place: Place, row: &Row) -> Diagnostic {
    let questions: Vec<String> = row
        .questions
        .iter()
        .map(|q| format!("{}. {}", q.id, q.ask))
        .collect();
    Diagnostic::error(
        "unknown-question",
        place,
        format!("{} ({}) has no question {number}", row.citation, row.name()),
    )
    .help(format!("Its questions are: {}", questions.join(" ")))
}

/// Text that belongs to no question and no decision.
fn warn_of_stray_text(front: &FrontMatter, body: &Document, taken: &[bool], out: &mut Vec<Diagnostic>) {
    let stray = body.blocks.iter().enumerate().find(|(index, block)| {
        let says_something = match &block.kind {
            BlockKind::Heading(_) | BlockKind::Rule => false,
            BlockKind::Html(html) => !html.trim_start().starts_with("<!--"),
            _ => true,
        };
        says_something && !taken[*index]
    });
    if let Some((index, block)) = stray {
        let first = taken.iter().position(|taken| *taken);
        let message = match first {
            None => "this text stands under no question, so it answers none",
            Some(first) if index < first => "this text stands before the first question, so it answers none",
            Some(_) => "this text stands under a heading that is no question of this row, so it answers none",
        };
        out.push(
            Diagnostic::warning(
                "text-answers-nothing",
                front.place(first_line(front, block.range)),
                message,
            )
            .help("Put it under the heading of its question, like ## 1. and the question's words."),
        );
    }
}

/// The first line of a range of the file.
fn first_line(front: &FrontMatter, range: Range32) -> std::ops::Range<usize> {
    let range = range.as_range();
    let text = front.source.text.get(range.clone()).unwrap_or("");
    range.start..range.start + text.lines().next().map_or(0, str::len)
}

/// Joins the answers with each other and with the people of the registers. Error: `duplicate-answer`; the second answer
/// for a row is left out. Warning: `unknown-role`.
pub fn join(read: Vec<Answer>, names: &Names, out: &mut Vec<Diagnostic>) -> Vec<Answer> {
    let mut first: BTreeMap<RowId, Place> = BTreeMap::new();
    let mut answers = Vec::new();
    for answer in read {
        names.check_role(answer.owner.as_ref(), out);
        names.check_role(answer.answered_by.as_ref(), out);
        for decided_by in answer.decisions.iter().map(|d: &Decision| d.decided_by.as_ref()) {
            names.check_role(decided_by, out);
        }
        if let Some(place) = first.get(&answer.row) {
            out.push(
                Diagnostic::error(
                    "duplicate-answer",
                    answer.place.clone(),
                    format!("{} is answered in {} line {} and again here", answer.row, place.file, place.line),
                )
                .help("Put both into one file, or mend the citation. Decisions that differ by system go into one file, too.")
                .also(place.clone(), "first answered here"),
            );
            continue;
        }
        first.insert(answer.row, answer.place.clone());
        answers.push(answer);
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_headings() {
        for (heading, want) in [
            ("1. Is there a checklist?", Some(1)),
            ("2) Who?", Some(2)),
            ("3", Some(3)),
            ("Question 4", Some(4)),
            ("Question 4: Who?", Some(4)),
            ("Q5. Who?", Some(5)),
            ("#6: Who", Some(6)),
            ("164.312(b)", None),
            ("3 steps", None),
            ("2026", None),
            ("12. Who", Some(12)),
            ("Background", None),
            ("1.2 Detail", None),
            ("1st floor", None),
            ("Questions and answers", None),
            ("", None),
        ] {
            assert_eq!(number(heading), want, "{heading}");
        }
    }
}
