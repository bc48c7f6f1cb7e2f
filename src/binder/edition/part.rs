//! A part of the binder: what touches its rows, and the exhibits that those name.

use std::collections::BTreeSet;

use crate::binder::{Binder, EntryLink};
use crate::content::Content;
use crate::content::registers::ColumnKind;

/// Registers that give names to the ids in others. They stay whole in a part, and are printed only where a row of the
/// part needs them.
const NAMES: [&str; 2] = ["systems", "workforce"];

/// Keeps what touches the rows of the part: answers, policies with a section for them, records, register lines,
/// exhibits, and the exhibits that those name.
pub(super) fn part(whole: &Binder, content: &mut Content) {
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
        let link = |entry| EntryLink { register, entry };
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
