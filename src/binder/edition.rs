//! What a build for fewer readers, for handing over, or of some rows leaves out.
//!
//! Everything is taken out here, in one place, after the assessment and before any rendering: what is left is joined
//! anew, so that neither renderer and no data file can show, count or link to what is gone. States and marks stay
//! those of the whole binder: a copy must not say that something is not documented because the copy leaves it out.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Binder, Tie, approved_words_are_kept, join};
use crate::content::registers::ColumnKind;
use crate::content::substance::{Emptiness, Substance};
use crate::content::{Answer, Audience, Content, Handling, Phi, Policy};
use crate::crossref;
use crate::diagnostic::{Diagnostic, Place};
use crate::markdown::{BlockKind, cut};

/// Whom the binder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// For the practice itself: everything, gaps included.
    #[default]
    Internal,
    /// For handing over: law, answers, policies in effect, evidence, statements. No gaps, plans, open tasks, drafts,
    /// advice.
    Production,
}

impl Edition {
    /// As it stands on every page and sheet.
    pub fn words(self) -> &'static str {
        match self {
            Edition::Internal => "Internal edition",
            Edition::Production => "Production edition",
        }
    }
}

/// The binder as `binder.meta` asks for it. The binder given must be whole and assessed.
///
/// Errors: `phi-not-cleared`, for each item of a production edition that may show patient data.
pub(super) fn for_edition(whole: Binder) -> (Binder, Vec<Diagnostic>) {
    let meta = whole.meta.clone();
    let production = meta.edition == Edition::Production;
    if !production && meta.audience == Audience::Official && meta.only.is_whole() {
        return (whole, vec![]);
    }
    let mut content = whole.content.clone();
    if !meta.only.is_whole() {
        part(&whole, &mut content);
    }
    let mut withheld = whole.withheld.clone();
    withheld.extend(keep(&mut content, |handling| handling.audience <= meta.audience));
    let mut problems = vec![];
    if production {
        for_handing_over(&whole, &mut content);
        problems = not_cleared(&content);
    }
    let mut binder = join::assemble(content, meta);
    binder.withheld = withheld;
    binder.assessments = whole.assessments;
    for found in &mut binder.assessments {
        if !binder.meta.shows_gaps() || !binder.meta.only.holds(found.row) {
            found.gaps.clear();
            found.proofs.clear();
        }
    }
    binder.crossref = crossref::build(&binder);
    (binder, problems)
}

/// Keeps the items with a handling that is `shown`, and says where the others are written. What is withheld clings to
/// the whole policy: where one text of an id is, no other version and no kept copy of it is shown. A register of which
/// no line is left is no register of this copy.
pub(super) fn keep(content: &mut Content, shown: impl Fn(&Handling) -> bool) -> Vec<Place> {
    let mut withheld: Vec<Place> = vec![];
    let mut file = |handling: &Handling, path: &Arc<str>| {
        let shown = shown(handling);
        if !shown {
            withheld.push(Place::file(path.clone()));
        }
        shown
    };
    let texts = content.policies.iter().chain(&content.approved);
    let hidden: BTreeSet<String> = texts
        .filter(|policy| !file(&policy.handling, &policy.path))
        .map(|policy| policy.id.clone())
        .collect();
    content
        .answers
        .retain(|answer| file(&answer.handling, &answer.path));
    content
        .records
        .retain(|record| file(&record.handling, &record.path));
    content.policies.retain(|policy| !hidden.contains(&policy.id));
    content.approved.retain(|policy| !hidden.contains(&policy.id));
    let mut line = |handling: &Handling, place: &Place| {
        let shown = shown(handling);
        if !shown {
            withheld.push(place.clone());
        }
        shown
    };
    content
        .exhibits
        .retain(|exhibit| line(&exhibit.handling, &exhibit.place));
    content.registers.retain(|_, table| {
        let before = table.entries.len() + table.nones.len();
        table.entries.retain(|entry| line(&entry.handling, &entry.place));
        table.nones.retain(|none| line(&none.handling, &none.place));
        let left = table.entries.len() + table.nones.len();
        left > 0 || left == before
    });
    withheld
}

/// Registers that give names to the ids in others. They stay whole in a part, and are printed only where a row of the
/// part needs them.
const NAMES: [&str; 2] = ["systems", "workforce"];

/// Keeps what touches the rows of the part: answers, policies with a section for them, records, register lines,
/// exhibits, and the exhibits that those name.
fn part(whole: &Binder, content: &mut Content) {
    let links = || whole.meta.only.rows().iter().map(|row| whole.links(*row));
    let policies: BTreeSet<&str> = links()
        .flat_map(|links| &links.sections)
        .map(|link| whole.policies[link.life].id.as_str())
        .collect();
    let records: BTreeSet<usize> = links().flat_map(|links| links.records.clone()).collect();
    let entries: BTreeSet<_> = links().flat_map(|links| links.entries.clone()).collect();
    let nones: BTreeSet<_> = links().flat_map(|links| links.nones.clone()).collect();
    let mut exhibits: BTreeSet<String> = links()
        .flat_map(|links| &links.exhibits)
        .map(|index| whole.content.exhibits[*index].id.to_lowercase())
        .collect();

    content.answers.retain(|answer| whole.meta.only.holds(answer.row));
    content
        .policies
        .retain(|policy| policies.contains(policy.id.as_str()));
    content
        .approved
        .retain(|policy| policies.contains(policy.id.as_str()));
    let sheets = content.policies.iter().chain(&content.approved);
    exhibits.extend(
        sheets
            .filter_map(|policy| policy.approved_sheet.as_ref())
            .map(|at| at.value.to_lowercase()),
    );
    for link in &entries {
        let table = &whole.content.registers[link.register];
        let columns = table.register.columns.iter();
        for column in columns.filter(|column| column.kind == ColumnKind::Exhibit) {
            let named = table.entries[link.entry].get(column.name).split([';', ',']);
            exhibits.extend(named.map(|id| id.trim().to_lowercase()));
        }
    }
    retain_by(&mut content.records, |index, _| records.contains(&index));
    retain_by(&mut content.exhibits, |_, exhibit| {
        exhibits.contains(&exhibit.id.to_lowercase())
    });
    content.registers.retain(|name, table| {
        let register = *name;
        if NAMES.contains(name) {
            return true;
        }
        let link = |entry| super::EntryLink { register, entry };
        retain_by(&mut table.entries, |index, entry| {
            entries.contains(&link(index))
                || (register == "evidence" && exhibits.contains(&entry.id.to_lowercase()))
        });
        retain_by(&mut table.nones, |index, _| nones.contains(&link(index)));
        !table.entries.is_empty() || !table.nones.is_empty()
    });
}

fn retain_by<T>(list: &mut Vec<T>, keep: impl Fn(usize, &T) -> bool) {
    let mut index = 0;
    list.retain(|item| {
        index += 1;
        keep(index - 1, item)
    });
}

/// Takes out what is work in progress: plans, open tasks, empty answers, drafts, pending changes, blanks, claims without
/// a text, remarks on files.
fn for_handing_over(whole: &Binder, content: &mut Content) {
    content.answers = content.answers.iter().filter_map(answer).collect();
    let as_of = whole.meta.as_of;
    let held: BTreeSet<Arc<str>> = whole
        .policies
        .iter()
        .flat_map(|life| life.texts.iter().map(move |text| (life, text)))
        .filter(|(life, text)| {
            let pending = text.tie == Tie::Changed && approved_words_are_kept(text, &life.texts);
            text.tie != Tie::Draft && !pending && text.in_effect_from.is_some_and(|from| from <= as_of)
        })
        .map(|(_, text)| text.policy.path.clone())
        .collect();
    for list in [&mut content.policies, &mut content.approved] {
        list.retain(|policy| held.contains(&policy.path));
        list.iter_mut().for_each(without_claims);
    }
    for record in content
        .records
        .iter_mut()
        .filter(|record| record.signed_by.is_none())
    {
        record.body = cut::without(&record.body, |_| false).document;
    }
    for exhibit in &mut content.exhibits {
        exhibit.recorded_sha256 = None;
        exhibit.self_made = false;
    }
}

/// What a text in effect shows of itself: its words, not the blanks in them and not what it says it covers.
fn without_claims(policy: &mut Policy) {
    let sections = &policy.sections;
    policy
        .satisfies
        .retain(|claim| sections.iter().any(|section| section.rows.contains(&claim.row)));
    policy.placeholders.clear();
    policy.starter = None;
}

/// The answer without plans, open tasks, empty replies and empty decisions; `None` when nothing is left.
fn answer(answer: &Answer) -> Option<Answer> {
    let mut answer = answer.clone();
    answer.plans.clear();
    answer.decisions.retain(|decision| decision.branch.is_some());
    let mut gone = vec![false; answer.body.blocks.len()];
    let mut remove = |blocks: &std::ops::Range<usize>| {
        for index in blocks.start.saturating_sub(1)..blocks.end {
            if let Some(gone) = gone.get_mut(index) {
                *gone = true;
            }
        }
    };
    answer.replies.retain(|reply| {
        let keep = says_something(&reply.substance);
        if !keep {
            remove(&reply.blocks);
        }
        keep
    });
    for determination in answer
        .decisions
        .iter_mut()
        .filter_map(|decision| decision.determination.as_mut())
    {
        determination.parts.retain(|part| {
            let keep = says_something(&part.substance);
            if !keep {
                remove(&part.blocks);
            }
            keep
        });
    }
    let cut = cut::without(&answer.body, |index| gone.get(index).is_some_and(|gone| *gone));
    for reply in &mut answer.replies {
        reply.blocks = cut.range(&reply.blocks);
        reply.open_tasks.clear();
    }
    for determination in answer
        .decisions
        .iter_mut()
        .filter_map(|decision| decision.determination.as_mut())
    {
        for part in &mut determination.parts {
            part.blocks = cut.range(&part.blocks);
        }
    }
    answer.body = cut.document;
    let has_text = answer
        .body
        .blocks
        .iter()
        .any(|block| !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Rule));
    (has_text || !answer.decisions.is_empty()).then_some(answer)
}

/// False for a text that waits to be written. A bare "No" is too little, and is what the clinic said.
fn says_something(substance: &Substance) -> bool {
    match substance {
        Substance::Real | Substance::Blanks(_) => true,
        Substance::Empty(why) => matches!(why, Emptiness::BareYesNo | Emptiness::RuleText),
    }
}

/// An error for each item that may show patient data: evidence until somebody has said that it does not, anything else
/// where it says that it does or may.
fn not_cleared(content: &Content) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = content
        .exhibits
        .iter()
        .filter_map(|exhibit| {
            let phi = exhibit.handling.phi.unwrap_or_default();
            refused(phi, format!("exhibit {}", exhibit.id), exhibit.place.clone())
        })
        .collect();
    let mut add = |handling: &Handling, what: String, place: &Place| {
        problems.extend(handling.phi.and_then(|phi| refused(phi, what, place.clone())));
    };
    for answer in &content.answers {
        add(
            &answer.handling,
            format!("the answer to {}", answer.row),
            &answer.place,
        );
    }
    for policy in content.policies.iter().chain(&content.approved) {
        add(&policy.handling, format!("\"{}\"", policy.title), &policy.place);
    }
    for record in &content.records {
        add(&record.handling, format!("\"{}\"", record.title), &record.place);
    }
    // The lines of the evidence register are the exhibits.
    for (_, table) in content.registers.iter().filter(|(name, _)| **name != "evidence") {
        let what = || format!("this line of the register \"{}\"", table.register.title);
        for entry in &table.entries {
            add(&entry.handling, what(), &entry.place);
        }
        for none in &table.nones {
            add(&none.handling, what(), &none.place);
        }
    }
    problems
}

fn refused(phi: Phi, what: String, place: Place) -> Option<Diagnostic> {
    let why = match phi {
        Phi::None | Phi::Redacted => return None,
        Phi::Contains => "is marked as showing patient data",
        Phi::Unknown => "may show patient data: nobody has said",
    };
    let message = format!("{what} {why}, so a production edition with it is not made");
    let help = "Look at it. Then say phi = none, or redacted once it is blacked out. Or leave it out of what is \
                handed over: privileged = true, or an audience that --audience does not reach.";
    let mut letters = message.chars();
    let message: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    Some(Diagnostic::error("phi-not-cleared", place, message).help(help))
}
