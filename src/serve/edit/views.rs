//! What the templates of the editing pages are given.

use hyper::StatusCode;
use serde::Serialize;

use super::guard::Posted;
use super::save::{Brought, NoForm, Now, short};
use super::{Outcome, Work};
use crate::address;
use crate::content::Content;
use crate::content::edit::answer::{Field, Problem, Values};
use crate::rule::{GoodAnswer, Row, RowId, rule};
use crate::serve::page::OWN;
use crate::serve::staff::Editor;
use crate::site::html::{Html, prose};
use crate::site::preview::preview;
use crate::site::views::capital;
use crate::site::views::law::{Law, law};
use crate::world::write::Expect;

/// Fewest and most lines of a text area.
const LINES: (usize, usize) = (4, 24);
/// Characters that a line of a text area holds, about.
const WIDTH: usize = 80;

/// Why a form is shown.
pub enum Notice {
    /// It was asked for.
    None,
    /// With each text as its page will show it.
    Preview,
    /// After somebody else changed the file.
    Theirs,
    /// Something typed can't be kept.
    Problems(Vec<Problem>),
    /// The file can't be written.
    NotWritten(String),
}

/// The values a form shows, and what it remembers of those it was made from.
pub struct Basis {
    values: Values,
    was: Vec<(Field, String)>,
    mark: String,
}

impl Basis {
    /// As the file is.
    pub fn of(now: &Now) -> Self {
        Self {
            was: now
                .opened
                .values
                .iter()
                .map(|(field, value)| (*field, short(value)))
                .collect(),
            values: now.opened.values.clone(),
            mark: now.mark(),
        }
    }

    /// With these values typed.
    pub fn with(mut self, typed: &Values) -> Self {
        for (field, value) in typed {
            if let Some(shown) = self.values.get_mut(field) {
                shown.clone_from(value);
            }
        }
        self
    }

    /// For a file that was such when the form was made.
    pub fn marked(mut self, mark: &str) -> Self {
        self.mark = mark.to_string();
        self
    }

    /// All as the browser sent it.
    pub fn as_sent(now: &Now, brought: &Brought, posted: &Posted) -> Self {
        let mut basis = Self::of(now).with(&brought.values).marked(&brought.mark);
        for (field, was) in &mut basis.was {
            if let Some(sent) = posted.get(&format!("was-{field}")) {
                was.clone_from(sent);
            }
        }
        basis
    }
}

#[derive(Serialize)]
struct Top {
    citation: String,
    title: String,
    row_href: String,
    gap_href: String,
    file: String,
    open: String,
    is_new: bool,
    token: String,
    mark: String,
    save: String,
    preview: String,
    again: String,
}

#[derive(Serialize)]
struct Form {
    top: Top,
    law: Law,
    hint: String,
    addressable: bool,
    previewed: bool,
    again: bool,
    not_written: String,
    problems: Vec<ProblemView>,
    people: Vec<String>,
    owner: FieldView,
    answered_by: FieldView,
    reviewed: FieldView,
    questions: Vec<Question>,
    decisions: Vec<Decision>,
}

#[derive(Serialize)]
struct FieldView {
    name: String,
    value: String,
    was: String,
    problem: Option<ProblemView>,
    /// What the file has now, where that is something else.
    theirs: Option<String>,
}

#[derive(Clone, Serialize)]
struct ProblemView {
    name: String,
    label: String,
    message: String,
    help: String,
}

#[derive(Serialize)]
struct Question {
    number: u8,
    ask: String,
    opens: bool,
    lines: usize,
    field: FieldView,
    preview: Option<Html>,
}

#[derive(Serialize)]
struct Decision {
    number: usize,
    scope: String,
    /// The file says something that is none of the three.
    odd: bool,
    branch: FieldView,
    decided_by: FieldView,
    decided: FieldView,
}

fn top(work: &Work, row: RowId, file: &str, is_new: bool, mark: &str) -> Top {
    let data = &rule()[row];
    let slug = row.citation().slug();
    let has_gaps = work.snapshot.file(&address::gap_page(row)).is_some();
    let editor = Editor::new(&work.dir, work.snapshot.site.as_deref());
    Top {
        citation: data.citation.to_string(),
        title: data.name().to_string(),
        row_href: format!("/{}", address::row_page(row)),
        gap_href: if has_gaps {
            format!("/{}", address::gap_page(row))
        } else {
            String::new()
        },
        open: if is_new {
            String::new()
        } else {
            editor.link(file, 1)
        },
        file: file.to_string(),
        is_new,
        token: work.token.clone(),
        mark: mark.to_string(),
        save: format!("/{OWN}/save/{slug}"),
        preview: format!("/{OWN}/preview/{slug}"),
        again: format!("/{OWN}/edit/{slug}"),
    }
}

/// The form.
pub fn form(
    work: &Work,
    row: RowId,
    status: StatusCode,
    now: &Now,
    basis: &Basis,
    notice: &Notice,
) -> Outcome {
    let data = &rule()[row];
    let problems: Vec<ProblemView> = match notice {
        Notice::Problems(problems) => problems
            .iter()
            .map(|problem| problem_view(data, problem))
            .collect(),
        _ => vec![],
    };
    let field = |field: Field| -> FieldView {
        let name = field.to_string();
        let value = basis.values.get(&field).cloned().unwrap_or_default();
        let there = now.opened.values.get(&field).filter(|there| **there != value);
        FieldView {
            was: basis
                .was
                .iter()
                .find(|(of, _)| *of == field)
                .map_or_else(String::new, |(_, was)| was.clone()),
            problem: problems.iter().find(|problem| problem.name == name).cloned(),
            theirs: there.filter(|_| matches!(notice, Notice::Theirs)).cloned(),
            value,
            name,
        }
    };
    let built = work
        .snapshot
        .site
        .as_ref()
        .map(|site| (&site.built, &site.folder));
    let of = built.and_then(|(built, folder)| Some((built.binder.as_ref()?, folder.as_ref())));
    let page = format!("{OWN}/preview/{}", row.citation().slug());
    let questions = data.questions.iter().map(|question| {
        let field = field(Field::Question(question.id));
        let mark = format!("preview-{}-", question.id);
        let shows = matches!(notice, Notice::Preview) && !field.value.is_empty();
        Question {
            number: question.id,
            ask: question.ask.clone(),
            opens: question.good != GoodAnswer::Text,
            lines: lines(&field.value),
            preview: shows.then(|| preview(of, &page, &now.path, &mark, &field.value)),
            field,
        }
    });
    let questions = questions.collect();
    let decisions = (0u8..).zip(&now.opened.scopes).map(|(n, scope)| Decision {
        number: usize::from(n) + 1,
        scope: scope.clone(),
        odd: !["", "implement", "alternative", "neither"]
            .contains(&basis.values.get(&Field::Branch(n)).map_or("", String::as_str)),
        branch: field(Field::Branch(n)),
        decided_by: field(Field::DecidedBy(n)),
        decided: field(Field::Decided(n)),
    });
    let is_new = now.expect == Expect::Absent;
    let view = Form {
        top: top(work, row, &now.path, is_new, &basis.mark),
        law: law(data),
        hint: data.hint.clone(),
        addressable: data.is_addressable(),
        previewed: matches!(notice, Notice::Preview),
        again: matches!(notice, Notice::Theirs),
        not_written: match notice {
            Notice::NotWritten(why) => why.clone(),
            _ => String::new(),
        },
        people: of.map(|(binder, _)| people(&binder.content)).unwrap_or_default(),
        owner: field(Field::Owner),
        answered_by: field(Field::AnsweredBy),
        reviewed: field(Field::Reviewed),
        decisions: decisions.collect(),
        questions,
        problems,
    };
    Outcome::Page {
        status,
        title: format!("Edit answer: {}", data.citation),
        template: "edit.html",
        view: tera::Value::from_serializable(&view),
    }
}

fn lines(text: &str) -> usize {
    let wrapped = text.lines().map(|line| 1 + line.chars().count() / WIDTH);
    (wrapped.sum::<usize>() + 1).clamp(LINES.0, LINES.1)
}

/// Roles and persons, to choose from.
fn people(content: &Content) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for (register, columns) in [("designations", &["role"][..]), ("workforce", &["role", "name"])] {
        let entries = content
            .registers
            .get(register)
            .map_or(&[][..], |table| &table.entries);
        for column in columns {
            people.extend(entries.iter().map(|entry| entry.get(column).to_string()));
        }
    }
    people.retain(|name| !name.is_empty());
    people.sort();
    people.dedup();
    people
}

fn label(row: &Row, field: Field) -> String {
    match field {
        Field::Owner => "Owner".into(),
        Field::AnsweredBy => "Answered by".into(),
        Field::Reviewed => "Reviewed on".into(),
        Field::Question(n) => {
            let ask = row.question(n).map_or("", |question| &question.ask);
            format!("{n}. {ask}")
        }
        Field::Branch(_) => "Decision".into(),
        Field::DecidedBy(_) => "Decided by".into(),
        Field::Decided(_) => "Decided on".into(),
    }
}

fn problem_view(row: &Row, problem: &Problem) -> ProblemView {
    ProblemView {
        name: problem.field.to_string(),
        label: label(row, problem.field),
        message: problem.message.clone(),
        help: problem.help.clone(),
    }
}

#[derive(Serialize)]
struct Conflict {
    top: Top,
    gone: bool,
    both: Vec<Both>,
}

#[derive(Serialize)]
struct Both {
    name: String,
    label: String,
    theirs: String,
    mine: String,
    was: String,
}

/// Both versions of what was typed.
pub fn conflict(work: &Work, row: RowId, now: &Now, typed: &Values) -> Outcome {
    let data = &rule()[row];
    let is_new = now.expect == Expect::Absent;
    let both = typed.iter().filter_map(|(field, mine)| {
        let theirs = now.opened.values.get(field)?;
        Some(Both {
            name: field.to_string(),
            label: label(data, *field),
            theirs: theirs.clone(),
            mine: mine.clone(),
            was: short(theirs),
        })
    });
    let view = Conflict {
        both: both.collect(),
        gone: is_new,
        top: top(work, row, &now.path, is_new, &now.mark()),
    };
    Outcome::Page {
        status: StatusCode::CONFLICT,
        title: format!("Changed meanwhile: {}", data.citation),
        template: "conflict.html",
        view: tera::Value::from_serializable(&view),
    }
}

#[derive(Serialize)]
struct Closed {
    top: Top,
    why: Html,
    typed: Vec<(String, String)>,
}

/// Why there is no form, with what was typed so that it can be copied.
pub fn no_form(work: &Work, row: RowId, no_form: &NoForm, typed: &Values) -> Outcome {
    let data = &rule()[row];
    let (file, why) = match no_form {
        NoForm::Two(one, other) => (
            one,
            format!("two files answer this row, `{one}` and `{other}`. Put both into one of them."),
        ),
        NoForm::Unfit(file, unfit) => (file, format!("{unfit}.")),
        NoForm::Closed(file, why) => (file, format!("{why}.")),
    };
    let view = Closed {
        top: top(work, row, file, false, ""),
        why: prose(&capital(&why)),
        typed: typed
            .iter()
            .map(|(field, value)| (label(data, *field), value.clone()))
            .collect(),
    };
    Outcome::Page {
        status: StatusCode::CONFLICT,
        title: format!("Edit answer: {}", data.citation),
        template: "closed.html",
        view: tera::Value::from_serializable(&view),
    }
}
