//! What the term of policy texts, records, register lines and exhibits is counted from.

use jiff::civil::Date;

use super::{Effect, Keep, Span, keep};
use crate::binder::{Binder, PolicyLife, Standing, Tie, approved_words_are_kept};
use crate::content::registers::{NoneStatement, Table};
use crate::content::{Entry, Exhibit, Previous, Record};

/// Kinds of records that hold until a newer one takes their place. Others say what happened on their day.
const STANDING: [&str; 7] = [
    "risk-analysis",
    "access-matrix",
    "access-list",
    "data-flows",
    "contact-plan",
    "approval-sheet",
    "statement",
];

/// How long the text of a policy was in effect, seen from `as_of`; `None` for words that nobody approved, which are no
/// document of the practice yet.
pub fn end_of_policy_text(life: &PolicyLife, text: usize, as_of: Date) -> Option<Effect> {
    let this = life.texts.get(text)?;
    let pending = this.tie == Tie::Changed && approved_words_are_kept(this, &life.texts);
    if this.tie == Tie::Draft || pending {
        return None;
    }
    let withdrawn = life.standing == Standing::Lapsed && text == life.shown;
    Some(match this.in_effect_to {
        Some(last) if last < as_of => Effect::To(last),
        None if withdrawn => Effect::Ended,
        _ => Effect::Lasting,
    })
}

/// The texts of a policy that were in effect and no longer are, in the order of the policy's life.
pub fn superseded_texts(life: &PolicyLife, as_of: Date) -> Vec<usize> {
    let ended = |text: &usize| {
        matches!(
            end_of_policy_text(life, *text, as_of),
            Some(Effect::To(_) | Effect::Ended)
        )
    };
    (0..life.texts.len()).filter(ended).collect()
}

/// How long a text of a policy is kept; `None` for words that nobody approved.
pub fn keep_policy_text(binder: &Binder, life: usize, text: usize) -> Option<Keep> {
    let life = binder.policies.get(life)?;
    let effect = end_of_policy_text(life, text, binder.meta.as_of)?;
    let policy = &life.texts[text].policy;
    let approved = policy.approved.as_ref().map(|at| at.value);
    let span = Span {
        created: approved.or(life.texts[text].in_effect_from),
        effect,
        held: policy.handling.hold.is_some(),
    };
    Some(keep(span, binder.content.config.retention_years))
}

/// Every superseded text of every policy: policy life, text, and how long it is kept.
pub fn shelved_texts(binder: &Binder) -> Vec<(usize, usize, Keep)> {
    let lives = binder.policies.iter().enumerate();
    let texts = lives.flat_map(|(index, life)| {
        superseded_texts(life, binder.meta.as_of)
            .into_iter()
            .map(move |text| (index, text))
    });
    texts
        .filter_map(|(life, text)| Some((life, text, keep_policy_text(binder, life, text)?)))
        .collect()
}

/// Every record that a newer one has taken the place of: the record, the newer one, and how long it is kept.
pub fn shelved_records(binder: &Binder) -> Vec<(usize, usize, Keep)> {
    (0..binder.content.records.len())
        .filter_map(|record| Some((record, later_record(binder, record)?, keep_record(binder, record))))
        .collect()
}

/// The record that names this one as the one before it, and is not dated after the as-of date: the earliest of them.
pub fn later_record(binder: &Binder, record: usize) -> Option<usize> {
    let records = &binder.content.records;
    let id = &records.get(record)?.id;
    let date = |index: usize| records[index].date.as_ref().map(|at| at.value);
    let named = binder.lookup.records_after(id).iter().copied();
    named
        .filter(|other| *other != record)
        .filter(|other| matches!(&records[*other].previous, Some(Previous::Record(named)) if named == id))
        .filter(|other| date(*other).is_none_or(|day| day <= binder.meta.as_of))
        .min_by_key(|other| date(*other))
}

/// How long a record is kept.
pub fn keep_record(binder: &Binder, record: usize) -> Keep {
    let Some(this) = binder.content.records.get(record) else {
        return Keep::Undated;
    };
    let later = later_record(binder, record).map(|later| &binder.content.records[later]);
    let span = Span {
        created: this.date.as_ref().map(|at| at.value),
        effect: effect_of_record(this, later),
        held: this.handling.hold.is_some(),
    };
    keep(span, binder.content.config.retention_years)
}

fn effect_of_record(record: &Record, later: Option<&Record>) -> Effect {
    if !STANDING.contains(&record.kind) {
        return Effect::Never;
    }
    let Some(later) = later else {
        return Effect::Lasting;
    };
    let last = later.date.as_ref().and_then(|at| at.value.yesterday().ok());
    last.map_or(Effect::Ended, Effect::To)
}

/// A register whose lines say how things are, and are confirmed from time to time, rather than what happened on a day.
fn is_inventory(table: &Table) -> bool {
    table.register.date == "checked"
}

/// Day on which the line of a register was made, as far as the line says. The day on which the line of an inventory was
/// last confirmed is not that day.
pub(super) fn made(table: &Table, entry: &Entry) -> Option<Date> {
    if !is_inventory(table) {
        return entry.date;
    }
    ["since", "signed", "issued"]
        .iter()
        .find_map(|column| entry.date_of(column))
}

/// How long the line of a register is kept. A line of an inventory holds until its end; a line of a log is kept from its
/// day, or from the day it was closed where the log knows of that.
pub(super) fn keep_entry(table: &Table, entry: &Entry, as_of: Date, years: u32) -> Keep {
    let span = Span {
        created: made(table, entry),
        effect: effect_of_entry(table, entry, as_of),
        held: entry.handling.hold.is_some(),
    };
    keep(span, years)
}

fn effect_of_entry(table: &Table, entry: &Entry, as_of: Date) -> Effect {
    let ended = |columns: &[&str]| columns.iter().find_map(|column| entry.date_of(column));
    let upto = |end: Option<Date>| match end {
        Some(last) if last < as_of => Effect::To(last),
        _ => Effect::Lasting,
    };
    if is_inventory(table) {
        return upto(ended(&["until", "returned"]));
    }
    match table.columns.contains(&"closed") {
        true => ended(&["closed"]).map_or(Effect::Lasting, Effect::To),
        false => Effect::Never,
    }
}

/// How long a statement that there was none is kept.
pub(super) fn keep_none(none: &NoneStatement, years: u32) -> Keep {
    let span = Span {
        created: Some(none.recorded),
        effect: Effect::To(none.to),
        held: none.handling.hold.is_some(),
    };
    keep(span, years)
}

/// How long an exhibit is kept. A contract or a letter that a list names holds as long as that line does, and so does
/// the sheet that an approval stands on; other exhibits are kept from their day.
pub fn keep_exhibit(binder: &Binder, exhibit: &Exhibit) -> Keep {
    let named = effects_of_what_names(binder, &exhibit.id);
    let last = named.iter().filter_map(|effect| match effect {
        Effect::To(last) => Some(*last),
        _ => None,
    });
    let span = Span {
        created: exhibit.date.as_ref().map(|at| at.value),
        effect: match last.max() {
            _ if named.contains(&Effect::Lasting) => Effect::Lasting,
            _ if named.contains(&Effect::Ended) => Effect::Ended,
            Some(last) => Effect::To(last),
            None => Effect::Never,
        },
        held: exhibit.handling.hold.is_some(),
    };
    keep(span, binder.content.config.retention_years)
}

fn effects_of_what_names(binder: &Binder, id: &str) -> Vec<Effect> {
    let as_of = binder.meta.as_of;
    let names = |text: &str| {
        text.split([';', ','])
            .any(|part| part.trim().eq_ignore_ascii_case(id))
    };
    let mut effects = vec![];
    for (link, column) in binder.lookup.lines_naming(id) {
        let table = binder.content.registers.get(link.register);
        let Some(table) = table.filter(|table| is_inventory(table)) else {
            continue;
        };
        let line = table.entries.get(link.entry);
        let line = line.filter(|line| names(line.get(column)));
        effects.extend(line.map(|line| effect_of_entry(table, line, as_of)));
    }
    for (life, text) in binder.lookup.texts_approved_by(id) {
        let life = &binder.policies[*life];
        let sheet = life.texts[*text].policy.approved_sheet.as_ref();
        if sheet.is_some_and(|sheet| names(&sheet.value)) {
            effects.extend(end_of_policy_text(life, *text, as_of));
        }
    }
    effects
}
