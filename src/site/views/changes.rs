//! What changed from one version to the next, or to the working copy.

use serde::Serialize;

use super::redline::{inline, redline};
use super::{Day, count};
use crate::address;
use crate::citation::{Citation, Resolution};
use crate::gap::{Mark, State};
use crate::history::changes::{
    AnswerChange, Changes, DecisionChange, ExhibitChange, How, LineChange, PolicyChange, RecordChange,
    RegisterChange, RowChange, Turn,
};
use crate::history::extract::Side;
use crate::history::report::{self, LINES_SHOWN, fate, in_words};
use crate::rule::rule;
use crate::site::Site;
use crate::site::html::Html;

/// `changes.html` of a sealed version, and the page that `binder diff --html` writes.
#[derive(Debug, Serialize)]
pub struct ChangesPage {
    /// "Changes from version 2026.1 to version 2026.2".
    pub title: String,
    /// The older side; `None` where there is none.
    pub from: Option<SideView>,
    /// The newer side.
    pub to: SideView,
    /// What is to be known to read them.
    pub remarks: Vec<String>,
    /// "Changed: 2 rows, 1 policy." or "Nothing changed."
    pub summary: String,
    /// Nothing changed.
    pub empty: bool,
    /// Where to jump to: the parts of the page that are there.
    pub parts: Vec<PartView>,
    /// Facts on the practice.
    pub practice: Vec<TurnView>,
    /// Rows.
    pub rows: Vec<RowView>,
    /// Policies.
    pub policies: Vec<ItemView>,
    /// Records.
    pub records: Vec<ItemView>,
    /// Registers.
    pub registers: Vec<RegisterView>,
    /// Exhibits.
    pub exhibits: Vec<ItemView>,
}

/// A side.
#[derive(Debug, Serialize)]
pub struct SideView {
    /// "Version 2026.1", "The working copy".
    pub name: String,
    /// The same within a sentence.
    pub within: String,
    /// The day it speaks of.
    pub as_of: Day,
    /// "Internal edition".
    pub edition: &'static str,
}

/// A part of the page.
#[derive(Debug, Serialize)]
pub struct PartView {
    /// Its anchor.
    pub id: &'static str,
    /// "2 rows".
    pub words: String,
    /// What changed in it: anchor, and how it is called.
    pub items: Vec<(String, String)>,
}

/// A value that became another.
#[derive(Debug, Serialize)]
pub struct TurnView {
    /// Its name.
    pub name: String,
    /// Before, "" for nothing.
    pub old: String,
    /// Now, "" for nothing.
    pub new: String,
    /// Name of the sign before, where it is a state or a mark.
    pub old_sign: &'static str,
    /// Name of the sign now.
    pub new_sign: &'static str,
}

/// A row.
#[derive(Debug, Serialize)]
pub struct RowView {
    /// Its anchor.
    pub id: String,
    /// Its citation.
    pub citation: String,
    /// Its name.
    pub title: String,
    /// Its page today.
    pub href: Option<String>,
    /// State, marks, why it applies.
    pub turns: Vec<TurnView>,
    /// The answer.
    pub answer: Option<AnswerView>,
    /// Gaps that are closed.
    pub closed: Vec<Html>,
    /// Gaps that are new.
    pub opened: Vec<Html>,
}

/// An answer.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    /// "new", "no longer in the binder", "".
    pub fate: &'static str,
    /// Owner and so on.
    pub turns: Vec<TurnView>,
    /// Number, question, words.
    pub questions: Vec<WordsView>,
    /// Decisions.
    pub decisions: Vec<WordsView>,
    /// What else the file says.
    pub more: Option<Html>,
}

/// Words under a title.
#[derive(Debug, Serialize)]
pub struct WordsView {
    /// The question, or what a decision speaks of.
    pub title: String,
    /// "new", "no longer in the binder", "".
    pub fate: &'static str,
    /// What is said beside the words.
    pub turns: Vec<TurnView>,
    /// The words.
    pub words: Option<Html>,
}

/// A policy, a record, an exhibit.
#[derive(Debug, Serialize)]
pub struct ItemView {
    /// Its anchor.
    pub id: String,
    /// Its name in the binder.
    pub name: String,
    /// Title.
    pub title: String,
    /// Its page today.
    pub href: Option<String>,
    /// "new", "no longer in the binder", "".
    pub fate: &'static str,
    /// What is said of it.
    pub turns: Vec<TurnView>,
    /// Version, day, reason.
    pub reasons: Vec<ReasonView>,
    /// Sentences on it.
    pub notes: Vec<String>,
    /// The words.
    pub words: Option<Html>,
    /// Words that wait for approval, against those in effect.
    pub pending: Option<Html>,
}

/// Why words changed.
#[derive(Debug, Serialize)]
pub struct ReasonView {
    /// Version.
    pub version: String,
    /// Day.
    pub date: Option<Day>,
    /// The reason.
    pub change: String,
}

/// A register.
#[derive(Debug, Serialize)]
pub struct RegisterView {
    /// Its anchor.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its page today.
    pub href: Option<String>,
    /// "new", "no longer in the binder", "".
    pub fate: &'static str,
    /// "212 lines added, 1 line changed".
    pub summary: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// Lines, changed ones first.
    pub lines: Vec<LineView>,
    /// "200 more lines were added.", "".
    pub more: String,
}

/// A line of a register.
#[derive(Debug, Serialize)]
pub struct LineView {
    /// "added", "changed", "gone".
    pub fate: &'static str,
    /// By column.
    pub cells: Vec<Html>,
}

/// Something that changed, to find its page.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A row by its citation.
    Row(&'a str),
    /// A policy by its id.
    Policy(&'a str),
    /// A record by its id.
    Record(&'a str),
    /// A register by its name.
    Register(&'a str),
    /// An exhibit by its number.
    Exhibit(&'a str),
}

/// Where an item has a page, if it has one.
pub type Pages<'a> = &'a dyn Fn(Item<'_>) -> Option<String>;

/// The page of `changes` at `page`, with links to the items as they stand in the binder that is shown now. What this
/// copy may not show must have been left out before ([`Changes::for_copy`]).
pub fn changes(site: &Site<'_>, page: &str, changes: &Changes) -> ChangesPage {
    view(changes, &|item| pages(site, page, item))
}

fn pages(site: &Site<'_>, page: &str, item: Item<'_>) -> Option<String> {
    let content = &site.binder.content;
    let to = match item {
        Item::Row(citation) => {
            let parsed = Citation::parse(citation).ok()?;
            match rule().resolve(&parsed.first()) {
                Resolution::Row(row) => address::row_page(row),
                _ => return None,
            }
        }
        Item::Policy(id) => {
            let life = site.binder.lookup.policy(id)?;
            site.text_page(life, site.binder.policies[life].shown)
        }
        Item::Record(id) => {
            content.records.get(site.binder.lookup.record(id)?)?;
            address::record_page(id)
        }
        Item::Register(name) => {
            content.registers.get(name)?;
            address::register_page(name)
        }
        Item::Exhibit(id) => address::exhibit_page(site.exhibit_id(id)?),
    };
    Some(address::link(page, &to))
}

/// The page without a site around it.
pub fn view(changes: &Changes, pages: Pages<'_>) -> ChangesPage {
    let rows: Vec<RowView> = changes.rows.iter().map(|change| row(change, pages)).collect();
    let policies: Vec<ItemView> = changes
        .policies
        .iter()
        .map(|change| policy(change, pages))
        .collect();
    let records: Vec<ItemView> = changes
        .records
        .iter()
        .map(|change| record(change, pages))
        .collect();
    let registers: Vec<RegisterView> = changes
        .registers
        .iter()
        .map(|change| register(change, pages))
        .collect();
    let exhibits: Vec<ItemView> = changes
        .exhibits
        .iter()
        .map(|change| exhibit(change, pages))
        .collect();
    let (mut policies, mut records, mut exhibits) = (policies, records, exhibits);
    for items in [&mut policies, &mut records, &mut exhibits] {
        apart(items);
    }
    let names = |items: &[ItemView]| -> Vec<(String, String)> {
        items
            .iter()
            .map(|item| (item.id.clone(), item.title.clone()))
            .collect()
    };
    let mut parts = vec![
        PartView {
            id: "practice",
            words: count(
                changes.practice.len(),
                "fact on the practice",
                "facts on the practice",
            ),
            items: vec![],
        },
        PartView {
            id: "rows",
            words: count(rows.len(), "row", "rows"),
            items: rows
                .iter()
                .map(|row| (row.id.clone(), row.citation.clone()))
                .collect(),
        },
        PartView {
            id: "policies",
            words: count(policies.len(), "policy", "policies"),
            items: names(&policies),
        },
        PartView {
            id: "records",
            words: count(records.len(), "record", "records"),
            items: names(&records),
        },
        PartView {
            id: "registers",
            words: count(registers.len(), "register", "registers"),
            items: registers
                .iter()
                .map(|register| (register.id.clone(), register.title.clone()))
                .collect(),
        },
        PartView {
            id: "exhibits",
            words: count(exhibits.len(), "exhibit", "exhibits"),
            items: exhibits
                .iter()
                .map(|item| (item.id.clone(), item.name.clone()))
                .collect(),
        },
    ];
    parts.retain(|part| match part.id {
        "practice" => !changes.practice.is_empty(),
        _ => !part.items.is_empty(),
    });
    ChangesPage {
        title: title(changes),
        from: changes.from.as_ref().map(side),
        to: side(&changes.to),
        remarks: changes.remarks.clone(),
        summary: report::summary(changes),
        empty: changes.is_empty(),
        parts,
        practice: changes.practice.iter().map(turn).collect(),
        rows,
        policies,
        records,
        registers,
        exhibits,
    }
}

/// Gives a number to each anchor that an item before it has.
fn apart(items: &mut [ItemView]) {
    let mut taken = std::collections::BTreeSet::new();
    for item in items {
        let stem = item.id.clone();
        for number in 2.. {
            if taken.insert(item.id.clone()) {
                break;
            }
            item.id = format!("{stem}-{number}");
        }
    }
}

/// "Changes from version 2026.1 to the working copy".
pub fn title(changes: &Changes) -> String {
    match &changes.from {
        Some(from) => format!("Changes from {} to {}", from.name(), changes.to.name()),
        None => format!("Changes up to {}", changes.to.name()),
    }
}

fn side(side: &Side) -> SideView {
    SideView {
        name: super::capital(&side.name()),
        within: side.name(),
        as_of: side.as_of.into(),
        edition: side.edition.words(),
    }
}

/// Name of the sign of a state or a mark, "" for anything else.
fn sign(name: &str) -> &'static str {
    let states = [
        (State::Documented, "full"),
        (State::PartlyDocumented, "partial"),
        (State::NotDocumented, "none"),
        (State::DoesNotApply, "not-needed"),
    ];
    let marks = [Mark::None, Mark::Partial, Mark::Full, Mark::NotNeeded];
    let of_state = states.iter().find(|(state, _)| state.name() == name);
    let of_mark = marks.iter().find(|mark| mark.name() == name);
    match (of_state, of_mark) {
        (Some((_, sign)), _) => sign,
        (None, Some(mark)) => mark.name(),
        (None, None) => "",
    }
}

/// A value that became another.
pub fn turn(turn: &Turn) -> TurnView {
    let is_typed = !["State", "Answer", "Policy", "Evidence", "Decision"].contains(&turn.name.as_str());
    let words = |text: &str| match is_typed {
        true => text.to_string(),
        false => in_words(text),
    };
    let sign = |text: &str| if is_typed { "" } else { sign(text) };
    TurnView {
        name: turn.name.clone(),
        old: words(&turn.old),
        new: words(&turn.new),
        old_sign: sign(&turn.old),
        new_sign: sign(&turn.new),
    }
}

/// Turns of what changed; of what is new its values; of what is gone nothing.
fn turns(how: How, list: &[Turn]) -> Vec<TurnView> {
    match how {
        How::Gone => vec![],
        _ => list.iter().map(turn).collect(),
    }
}

fn row(row: &RowChange, pages: Pages<'_>) -> RowView {
    let slug = address::slug(&row.row);
    let prose = |list: &[String]| list.iter().map(|gap| crate::site::html::prose(gap)).collect();
    let all = row.state.iter().chain(&row.marks).chain(&row.applies);
    RowView {
        id: format!("row-{slug}"),
        citation: row.row.clone(),
        title: row.title.clone(),
        href: pages(Item::Row(&row.row)),
        turns: all.map(turn).collect(),
        answer: row.answer.as_ref().map(answer),
        closed: prose(&row.gaps_closed),
        opened: prose(&row.gaps_opened),
    }
}

fn answer(answer: &AnswerChange) -> AnswerView {
    AnswerView {
        fate: fate(answer.how),
        turns: turns(answer.how, &answer.facts),
        questions: answer
            .questions
            .iter()
            .map(|question| WordsView {
                title: format!("{}. {}", question.number, question.ask),
                fate: "",
                turns: vec![],
                words: Some(redline(&question.words)),
            })
            .collect(),
        decisions: answer.decisions.iter().map(decision).collect(),
        more: answer.more.as_ref().map(redline),
    }
}

fn decision(decision: &DecisionChange) -> WordsView {
    WordsView {
        title: match decision.scope.as_str() {
            "" => "Decision".to_string(),
            scope => format!("Decision, {scope}"),
        },
        fate: fate(decision.how),
        turns: turns(decision.how, &decision.facts),
        words: decision.words.as_ref().map(redline),
    }
}

fn policy(policy: &PolicyChange, pages: Pages<'_>) -> ItemView {
    let mut notes: Vec<String> = policy
        .reviews
        .iter()
        .map(|review| {
            let day = Day::from(review.date).words;
            format!("Reviewed on {day} by {}: {}", review.by, review.result)
        })
        .collect();
    if policy.only_layout {
        notes.push("Only the layout of the text changed, no word of it.".to_string());
    }
    ItemView {
        id: format!("policy-{}", address::slug(&policy.id)),
        name: policy.id.clone(),
        title: policy.title.clone(),
        href: pages(Item::Policy(&policy.id)),
        fate: fate(policy.how),
        turns: turns(policy.how, &policy.facts),
        reasons: policy
            .reasons
            .iter()
            .map(|reason| ReasonView {
                version: reason.version.clone(),
                date: reason.date.map(Day::from),
                change: reason.change.clone(),
            })
            .collect(),
        notes,
        words: policy.words.as_ref().map(redline),
        pending: policy.pending.as_ref().map(redline),
    }
}

fn record(record: &RecordChange, pages: Pages<'_>) -> ItemView {
    ItemView {
        id: format!("record-{}", address::slug(&record.id)),
        name: record.id.clone(),
        title: record.title.clone(),
        href: pages(Item::Record(&record.id)),
        fate: fate(record.how),
        turns: turns(record.how, &record.facts),
        reasons: vec![],
        notes: vec![],
        words: record.words.as_ref().map(redline),
        pending: None,
    }
}

fn exhibit(exhibit: &ExhibitChange, pages: Pages<'_>) -> ItemView {
    let file = exhibit.file.as_ref().filter(|_| exhibit.how == How::Changed);
    let note = file.map(|file| match (file.old.is_empty(), file.new.is_empty()) {
        (true, _) => "Its file was added.",
        (_, true) => "Its file is no longer there.",
        _ => "Its file has other bytes.",
    });
    ItemView {
        id: format!("exhibit-{}", address::slug(&exhibit.id)),
        name: exhibit.id.clone(),
        title: exhibit.title.clone(),
        href: pages(Item::Exhibit(&exhibit.id)),
        fate: fate(exhibit.how),
        turns: turns(exhibit.how, &exhibit.facts),
        reasons: vec![],
        notes: note.into_iter().map(str::to_string).collect(),
        words: None,
        pending: None,
    }
}

/// The fates of lines, in the order they are shown.
const FATES: [(How, &str); 3] = [
    (How::Changed, "changed"),
    (How::New, "added"),
    (How::Gone, "gone"),
];

fn register(register: &RegisterChange, pages: Pages<'_>) -> RegisterView {
    let mut shown: Vec<(&'static str, &LineChange)> = vec![];
    let (mut summary, mut more) = (vec![], vec![]);
    for (how, words) in FATES {
        let number = register.count(how);
        if number == 0 {
            continue;
        }
        summary.push(format!("{} {words}", count(number, "line", "lines")));
        if number > LINES_SHOWN {
            more.push(format!(
                "{} {words}",
                count(number - LINES_SHOWN, "more line", "more lines")
            ));
        }
        let of_fate = register.lines.iter().filter(|line| line.how == how);
        shown.extend(of_fate.take(LINES_SHOWN).map(|line| (words, line)));
    }
    let mut columns: Vec<String> = vec![];
    for cell in shown.iter().flat_map(|(_, line)| &line.cells) {
        if !columns.contains(&cell.name) {
            columns.push(cell.name.clone());
        }
    }
    let lines = shown.into_iter().map(|(words, line)| LineView {
        fate: words,
        cells: columns.iter().map(|column| cell(line, column)).collect(),
    });
    RegisterView {
        id: format!("register-{}", register.name),
        title: register.title.clone(),
        href: pages(Item::Register(&register.name)),
        fate: fate(register.how),
        summary: summary.join(", "),
        lines: lines.collect(),
        columns,
        more: more.join(", "),
    }
}

fn cell(line: &LineChange, column: &str) -> Html {
    let Some(cell) = line.cells.iter().find(|cell| cell.name == column) else {
        return Html::new();
    };
    match line.how {
        How::Changed => inline(&cell.old, &cell.new),
        How::New => Html::text(&cell.new),
        How::Gone => Html::text(&cell.old),
    }
}
