//! What a build for fewer readers, for handing over, or of some rows leaves out.
//!
//! Everything is taken out here, in one place, after the assessment and before any rendering: what is left is joined
//! anew, so that neither renderer and no data file can show, count or link to what is gone. States and marks stay
//! those of the whole binder: a copy must not say that something is not documented because the copy leaves it out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Binder, Meta, Tie, Withheld, join};
use crate::content::registers::{ColumnKind, Shown, column};
use crate::content::{Answer, At, Audience, Content, Entry, Exhibit, Handling, Previous};
use crate::crossref;
use crate::diagnostic::{Diagnostic, Place};
use crate::history::{self, History};
use crate::rule::RowId;

mod cleared;
mod handing_over;
mod part;

use cleared::not_cleared;
use handing_over::for_handing_over;
use part::part;

/// Whom the binder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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

/// What is privileged: what no output and no archive holds.
pub fn privileged(mut content: Content) -> Withheld {
    keep(&mut content, |handling| !handling.privileged)
}

/// The binder as `binder.meta` asks for it. The binder given must be whole and assessed.
///
/// Errors: `phi-not-cleared`, for each item of a production edition that may show patient data.
pub(super) fn for_edition(mut whole: Binder) -> (Binder, Vec<Diagnostic>) {
    let meta = whole.meta.clone();
    let production = meta.edition == Edition::Production;
    if !production && meta.audience == Audience::Official && meta.only.is_whole() {
        leave_out_fields(&mut whole.content, &meta);
        whole.history = history::for_edition(whole.history, &meta);
        return (whole, vec![]);
    }
    let mut content = whole.content.clone();
    if !meta.only.is_whole() {
        part(&whole, &mut content);
    }
    let mut withheld = whole.withheld.clone();
    withheld.add(keep(&mut content, |handling| handling.audience <= meta.audience));
    let mut problems = vec![];
    if production {
        for_handing_over(&whole, &mut content);
        problems = not_cleared(&content);
    }
    leave_out_fields(&mut content, &meta);
    let mut binder = join::assemble(content, meta);
    binder.withheld = withheld;
    // A copy without the sheet that shows an approval must not say that there is none.
    let ties: BTreeMap<&str, Tie> = (whole.policies.iter())
        .flat_map(|life| &life.texts)
        .map(|text| (&*text.policy.path, text.tie))
        .collect();
    for text in binder.policies.iter_mut().flat_map(|life| &mut life.texts) {
        text.tie = ties.get(&*text.policy.path).copied().unwrap_or(text.tie);
    }
    withhold_what_only_others_know(&mut binder, &whole.history);
    binder.history = history::for_edition(whole.history, &binder.meta);
    binder.assessments = whole.assessments;
    for found in &mut binder.assessments {
        if !binder.meta.shows_gaps() || !binder.meta.only.holds(found.row) {
            found.gaps.clear();
            found.proofs.clear();
        }
    }
    without_what_gaps_tell(&mut binder, &whole.content.answers);
    binder.crossref = crossref::build(&binder);
    (binder, problems)
}

/// Policies that are gone and stand only in sealed versions that this copy may not show are withheld, too.
fn withhold_what_only_others_know(binder: &mut Binder, history: &History) {
    let meta = &binder.meta;
    let named = |shown: bool| {
        let versions = history.versions.iter();
        let of = versions.filter(move |version| history::may_show(meta, &version.manifest) == shown);
        of.filter_map(|version| version.summary.as_ref())
            .flat_map(|summary| &summary.policies)
            .map(|policy| (policy.id.clone(), policy.title.to_lowercase()))
    };
    let now = binder.content.policies.iter().chain(&binder.content.approved);
    let now = now.map(|policy| (policy.id.clone(), policy.title.to_lowercase()));
    let (known, titles): (BTreeSet<String>, BTreeSet<String>) = named(true).chain(now).unzip();
    let (ids, others): (BTreeSet<String>, BTreeSet<String>) = named(false).unzip();
    let withheld = &mut binder.withheld;
    withheld.policies.extend(ids.difference(&known).cloned());
    withheld.titles.extend(others.difference(&titles).cloned());
}

/// Gaps are found in the whole binder. In a copy for fewer readers one that speaks of what the copy leaves out says only
/// that something is missing, and a row whose answer is left out has none of that file's owners and plans.
fn without_what_gaps_tell(binder: &mut Binder, answers: &[Answer]) {
    let shown: BTreeSet<RowId> = binder.content.answers.iter().map(|answer| answer.row).collect();
    let hidden: BTreeSet<RowId> = answers.iter().map(|answer| answer.row).collect();
    let withheld = binder.withheld.guard();
    for found in &mut binder.assessments {
        let answer_is_gone = hidden.contains(&found.row) && !shown.contains(&found.row);
        for gap in &mut found.gaps {
            if answer_is_gone {
                gap.owner.clear();
                gap.plan = None;
            }
            if !withheld.permits_gap(gap) {
                gap.message = "Something is missing that this copy does not speak of.".to_string();
                gap.help = "The security official sees it in the whole binder.".to_string();
                gap.place = Place::default();
                gap.owner.clear();
                gap.plan = None;
            }
        }
        found
            .gaps
            .dedup_by(|a, b| a.place.file.is_empty() && a.message == b.message && a.mark == b.mark);
    }
}

/// Takes out the fields of items and the columns of registers that `meta` asks not to show ([`Shown`]). Of a legal hold
/// the fact stays, without its reason: what is held has no keep-until date in any copy.
fn leave_out_fields(content: &mut Content, meta: &Meta) {
    let shows = |shown: Shown| match shown {
        Shown::Always => true,
        Shown::Inside => meta.shows_gaps(),
        Shown::Never => false,
    };
    for table in content.registers.values_mut() {
        let register = table.register;
        let shows = |name: &str| column(register, name).is_none_or(|column| shows(column.shown));
        table.columns.retain(|name| shows(name));
        for entry in &mut table.entries {
            entry.cells.retain(|(name, _)| shows(name));
        }
    }
    if meta.shows_gaps() {
        return;
    }
    content.config.phi_ok.clear();
    let lines = content.registers.values_mut().flat_map(|table| {
        let entries = table.entries.iter_mut().map(|entry| &mut entry.handling);
        entries.chain(table.nones.iter_mut().map(|none| &mut none.handling))
    });
    let texts = content.policies.iter_mut().chain(&mut content.approved);
    let items = content.answers.iter_mut().map(|answer| &mut answer.handling);
    let items = items
        .chain(content.records.iter_mut().map(|record| &mut record.handling))
        .chain(content.exhibits.iter_mut().map(|exhibit| &mut exhibit.handling))
        .chain(texts.map(|policy| &mut policy.handling))
        .chain(lines);
    for reason in items.filter_map(|handling| handling.hold.as_mut()) {
        reason.clear();
    }
    let records: BTreeSet<String> = content.records.iter().map(|record| record.id.clone()).collect();
    for record in &mut content.records {
        // That a record before it is not in the folder is a gap, and not in this copy is none.
        let gone =
            |previous: &mut Previous| matches!(previous, Previous::Record(id) if !records.contains(id));
        record.previous.take_if(gone);
    }
}

/// Keeps the items with a handling that is `shown`, and says where the others are written. What is withheld clings to
/// the whole policy: where one text of an id is, no other version and no kept copy of it is shown; and to a file of
/// evidence: no other line brings it in. The ids of withheld records and exhibits are taken out of the fields that name
/// them. A register of which no line is left is no register of this copy.
pub(super) fn keep(content: &mut Content, shown: impl Fn(&Handling) -> bool) -> Withheld {
    let mut withheld: Vec<Place> = vec![];
    let mut names: BTreeSet<String> = BTreeSet::new();
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
    let mut records: BTreeSet<String> = BTreeSet::new();
    let mut titles: BTreeSet<String> = BTreeSet::new();
    content.records.retain(|record| {
        let shown = file(&record.handling, &record.path);
        if !shown {
            records.insert(record.id.clone());
            titles.insert(record.title.to_lowercase());
        }
        shown
    });
    // Another version of a hidden policy is hidden, too, whatever it says of itself.
    let clinging = content.policies.iter().chain(&content.approved);
    let clinging: Vec<Place> = clinging
        .filter(|policy| hidden.contains(&policy.id))
        .map(|policy| {
            titles.insert(policy.title.to_lowercase());
            Place::file(policy.path.clone())
        })
        .collect();
    content.policies.retain(|policy| !hidden.contains(&policy.id));
    content.approved.retain(|policy| !hidden.contains(&policy.id));
    let named = |exhibit: &Exhibit| exhibit.file.as_ref().map(|file| file.value.to_lowercase());
    let policies = hidden;
    let hidden = content
        .exhibits
        .iter()
        .filter(|exhibit| !shown(&exhibit.handling));
    let evidence: BTreeSet<String> = hidden.clone().filter_map(named).collect();
    let mut places: Vec<Place> = hidden
        .filter_map(|exhibit| exhibit.file.as_ref())
        .map(|file| Place::file(file.value.as_str()))
        .collect();
    let by_file = |exhibit: &Exhibit| named(exhibit).is_some_and(|file| evidence.contains(&file));
    let exhibits: BTreeSet<String> = content
        .exhibits
        .iter()
        .filter(|exhibit| !shown(&exhibit.handling) || by_file(exhibit))
        .map(|exhibit| exhibit.id.to_lowercase())
        .collect();
    places.extend(clinging);
    let mut line = |handling: &Handling, place: &Place| {
        let shown = shown(handling);
        if !shown {
            withheld.push(place.clone());
        }
        shown
    };
    content
        .exhibits
        .retain(|exhibit| !exhibits.contains(&exhibit.id.to_lowercase()));
    content.registers.retain(|name, table| {
        let is_evidence = *name == "evidence";
        let before = table.entries.len() + table.nones.len();
        table.entries.retain(|entry| {
            let gone = is_evidence && exhibits.contains(&entry.id.to_lowercase());
            if gone {
                places.push(entry.place.clone());
            }
            let shown = !gone && line(&entry.handling, &entry.place);
            if !shown {
                names.extend(names_of(entry).map(str::to_lowercase));
            }
            shown
        });
        table.nones.retain(|none| line(&none.handling, &none.place));
        let left = table.entries.len() + table.nones.len();
        left > 0 || left == before
    });
    forget(content, &records, &exhibits);
    for title in (content.records.iter().map(|record| &record.title))
        .chain(content.policies.iter().map(|policy| &policy.title))
        .chain(content.approved.iter().map(|policy| &policy.title))
    {
        titles.remove(&title.to_lowercase());
    }
    titles.remove("");
    for entry in content.registers.values().flat_map(|table| &table.entries) {
        names_of(entry).for_each(|name| _ = names.remove(&name.to_lowercase()));
    }
    withheld.extend(places);
    Withheld {
        places: withheld,
        names,
        policies,
        titles,
    }
}

/// What other files, and messages about them, may know a line by.
fn names_of(entry: &Entry) -> impl Iterator<Item = &str> {
    let cells = ["name", "person", "role"].map(|column| entry.get(column));
    std::iter::once(entry.id.as_str())
        .chain(cells)
        .filter(|name| name.len() > 1)
}

/// Takes the ids of withheld records and exhibits (lower case) out of the fields that name them.
fn forget(content: &mut Content, records: &BTreeSet<String>, exhibits: &BTreeSet<String>) {
    for record in &mut content.records {
        let gone = |previous: &mut Previous| matches!(previous, Previous::Record(id) if records.contains(id));
        record.previous.take_if(gone);
    }
    if exhibits.is_empty() {
        return;
    }
    for policy in content.policies.iter_mut().chain(&mut content.approved) {
        let gone = |sheet: &mut At<String>| exhibits.contains(&sheet.value.to_lowercase());
        policy.approved_sheet.take_if(gone);
    }
    for table in content.registers.values_mut() {
        let columns = table.register.columns.iter();
        let columns: Vec<&str> = columns
            .filter(|column| column.kind == ColumnKind::Exhibit)
            .map(|column| column.name)
            .collect();
        for entry in &mut table.entries {
            entry.cells.retain_mut(|(name, cell)| {
                if !columns.contains(name) {
                    return true;
                }
                let ids = cell.text.split_inclusive([';', ',']);
                let kept = ids.filter(|id| {
                    let id = id.trim_matches([';', ',', ' ']).to_lowercase();
                    !exhibits.contains(&id)
                });
                cell.text = kept.collect::<String>().trim_matches([';', ',', ' ']).to_string();
                !cell.text.is_empty()
            });
        }
    }
}
