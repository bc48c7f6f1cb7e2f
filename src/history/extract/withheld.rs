//! What an extract may not show to fewer readers, and where else it is named: ids of exhibits and records in the fields
//! of others, and whatever a gap says of it.

use std::collections::BTreeSet;

use super::{Extract, Facts};
use crate::binder::Names;
use crate::content::Audience;
use crate::content::registers::{self, ColumnKind};

/// Names of what is withheld, in lower case.
pub(super) struct Withheld {
    exhibits: BTreeSet<String>,
    records: BTreeSet<String>,
    /// By which gaps may call items: ids, titles, names of lines. None that something shown has too.
    names: Names,
}

impl Withheld {
    /// What in `extract` is not for these readers.
    pub fn new(extract: &Extract, readers: Audience) -> Self {
        let hidden = |audience: Audience| audience > readers;
        let ids = |all: Vec<(Audience, &str)>| -> BTreeSet<String> {
            let gone = all.into_iter().filter(|(audience, _)| hidden(*audience));
            gone.map(|(_, id)| id.to_lowercase()).collect()
        };
        let exhibits = ids(extract
            .exhibits
            .iter()
            .map(|one| (one.audience, one.id.as_str()))
            .collect());
        let records = ids(extract
            .records
            .iter()
            .map(|one| (one.audience, one.id.as_str()))
            .collect());
        let mut named: Vec<(Audience, &str)> = vec![];
        for policy in &extract.policies {
            named.extend([
                (policy.audience, policy.id.as_str()),
                (policy.audience, &policy.shown.title),
            ]);
        }
        for record in &extract.records {
            named.extend([
                (record.audience, record.id.as_str()),
                (record.audience, &record.title),
            ]);
        }
        for exhibit in &extract.exhibits {
            named.extend([
                (exhibit.audience, exhibit.id.as_str()),
                (exhibit.audience, &exhibit.title),
            ]);
        }
        for line in extract.registers.iter().flat_map(|register| &register.lines) {
            named.push((line.audience, &line.key));
            let cells = line.cells.iter();
            let names = cells.filter(|(column, _)| ["name", "person", "role"].contains(&column.as_str()));
            named.extend(names.map(|(_, name)| (line.audience, name.as_str())));
        }
        let shown: BTreeSet<String> = (named.iter())
            .filter(|(audience, _)| !hidden(*audience))
            .map(|(_, name)| name.to_lowercase())
            .collect();
        let names = ids(named).into_iter();
        Self {
            names: Names::new(names.filter(|name| name.len() > 1 && !shown.contains(name))),
            exhibits,
            records,
        }
    }

    /// True where a sentence names nothing of it.
    pub fn permits(&self, sentence: &str) -> bool {
        !self.names.stand_in(&sentence.to_lowercase())
    }

    /// Takes the ids of exhibits and records out of the fields that name them.
    pub fn forget(&self, extract: &mut Extract) {
        for record in &mut extract.records {
            record
                .facts
                .retain(|(_, value)| !self.records.contains(&value.to_lowercase()));
        }
        if self.exhibits.is_empty() {
            return;
        }
        for policy in &mut extract.policies {
            for text in std::iter::once(&mut policy.shown).chain(&mut policy.pending) {
                self.without_exhibits(&mut text.facts, |_| true);
            }
        }
        for register in &mut extract.registers {
            let declared = registers::register(&register.name);
            for line in &mut register.lines {
                self.without_exhibits(&mut line.cells, |name| {
                    declared
                        .and_then(|declared| registers::column(declared, name))
                        .is_none_or(|column| column.kind == ColumnKind::Exhibit)
                });
            }
        }
    }

    fn without_exhibits(&self, facts: &mut Facts, may_name: impl Fn(&str) -> bool) {
        facts.retain_mut(|(name, value)| {
            let is_hidden = |id: &&str| {
                self.exhibits
                    .contains(&id.trim_matches([';', ',', ' ']).to_lowercase())
            };
            if !may_name(name) || !value.split([';', ',']).any(|id| is_hidden(&id)) {
                return true;
            }
            let kept = value.split_inclusive([';', ',']).filter(|id| !is_hidden(id));
            *value = kept.collect::<String>().trim_matches([';', ',', ' ']).to_string();
            !value.is_empty()
        });
    }
}
