//! Who names whom, noted once: a binder with ten thousand exhibits must not go through all of them for each one.
//!
//! What is noted is where to look. Whoever looks asks the item itself, which a copy may show less of than was noted.

use std::collections::HashMap;

use super::{EntryLink, PolicyLife};
use crate::content::registers::ColumnKind;
use crate::content::{Content, Previous};

/// Places by id. Nothing is ever listed in the order of these maps.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// The first exhibit of each id in lower case.
    exhibits: HashMap<String, usize>,
    /// Lines with a cell that names an exhibit, by its id in lower case; with the name of the column.
    lines: HashMap<String, Vec<(EntryLink, &'static str)>>,
    /// Texts of policies whose approval stands on an exhibit, by its id in lower case.
    texts: HashMap<String, Vec<(usize, usize)>>,
    /// The first record of each id.
    records: HashMap<String, usize>,
    /// Records that name a record as the one before them.
    later: HashMap<String, Vec<usize>>,
    /// Each policy by its id.
    policies: HashMap<String, usize>,
}

impl Lookup {
    pub(super) fn new(content: &Content, policies: &[PolicyLife]) -> Self {
        let mut found = Self::default();
        for (index, exhibit) in content.exhibits.iter().enumerate() {
            let id = exhibit.id.to_ascii_lowercase();
            found.exhibits.entry(id).or_insert(index);
        }
        for (name, table) in &content.registers {
            let columns = table.register.columns.iter();
            for column in columns.filter(|column| column.kind == ColumnKind::Exhibit) {
                for (entry, line) in table.entries.iter().enumerate() {
                    let link = EntryLink {
                        register: name,
                        entry,
                    };
                    for id in ids(line.get(column.name)) {
                        found.lines.entry(id).or_default().push((link, column.name));
                    }
                }
            }
        }
        for (life, text) in policies
            .iter()
            .enumerate()
            .flat_map(|(life, of)| (0..of.texts.len()).map(move |text| (life, text)))
        {
            let sheet = policies[life].texts[text].policy.approved_sheet.as_ref();
            for id in sheet.into_iter().flat_map(|sheet| ids(&sheet.value)) {
                found.texts.entry(id).or_default().push((life, text));
            }
        }
        for (index, record) in content.records.iter().enumerate() {
            found.records.entry(record.id.clone()).or_insert(index);
            if let Some(Previous::Record(id)) = &record.previous {
                found.later.entry(id.clone()).or_default().push(index);
            }
        }
        for (index, life) in policies.iter().enumerate() {
            found.policies.insert(life.id.clone(), index);
        }
        found
    }

    /// The exhibit that a text names, by index. The case of letters does not matter.
    pub fn exhibit(&self, text: &str) -> Option<usize> {
        self.exhibits.get(&text.trim().to_ascii_lowercase()).copied()
    }

    /// Lines that may name an exhibit, with the column; by register, column and line.
    pub fn lines_naming(&self, exhibit: &str) -> &[(EntryLink, &'static str)] {
        let found = self.lines.get(&exhibit.trim().to_ascii_lowercase());
        found.map_or(&[], Vec::as_slice)
    }

    /// Texts of policies whose approval may stand on an exhibit: policy and text, in their order.
    pub fn texts_approved_by(&self, exhibit: &str) -> &[(usize, usize)] {
        let found = self.texts.get(&exhibit.trim().to_ascii_lowercase());
        found.map_or(&[], Vec::as_slice)
    }

    /// The record of an id, by index.
    pub fn record(&self, id: &str) -> Option<usize> {
        self.records.get(id).copied()
    }

    /// Records that may name this one as the one before them, by index.
    pub fn records_after(&self, id: &str) -> &[usize] {
        self.later.get(id).map_or(&[], Vec::as_slice)
    }

    /// The policy of an id, by index.
    pub fn policy(&self, id: &str) -> Option<usize> {
        self.policies.get(id).copied()
    }
}

/// The ids in a cell, in lower case, each once.
fn ids(cell: &str) -> Vec<String> {
    let mut ids: Vec<String> = cell
        .split([';', ','])
        .map(|id| id.trim().to_ascii_lowercase())
        .filter(|id| !id.is_empty())
        .collect();
    ids.sort();
    ids.dedup();
    ids
}
