//! What is printed, in which order, and in which part each text stands.

use super::book::{Book, Doc, Tab};
use super::{analyses, contingency};
use crate::binder::Standing;
use crate::retention::{later_record, superseded_texts};

impl Book<'_> {
    /// Everything that is printed, in order.
    pub fn documents(&self) -> Vec<Doc> {
        let mut docs = vec![Doc::Cover, Doc::Control, Doc::Scope, Doc::Contents, Doc::RowIndex];
        for tab in self.tabs() {
            docs.push(Doc::Divider(tab));
            match tab {
                Tab::Section(number) => {
                    for row in self.rows_of(number) {
                        docs.push(Doc::Row(row.id));
                        if !self.binder.assessment(row.id).gaps.is_empty() {
                            docs.push(Doc::Gap(row.id));
                        }
                    }
                }
                Tab::Decisions => docs.push(Doc::Decisions),
                Tab::Policies => docs.extend(self.policies_in(tab).into_iter().map(Doc::Policy)),
                Tab::Contingency => {
                    docs.push(Doc::Contingency);
                    docs.extend(self.policies_in(tab).into_iter().map(Doc::Policy));
                    docs.extend(contingency::extracts(self).into_iter().map(Doc::Extract));
                    docs.push(Doc::ContingencyLog);
                }
                Tab::Records => docs.extend(self.records()),
                Tab::Registers => docs.extend(self.registers().into_iter().map(Doc::Register)),
                Tab::Exhibits if self.binder.content.exhibits.is_empty() => {}
                Tab::Exhibits => docs.extend([Doc::ExhibitIndex, Doc::Exhibits]),
                Tab::Shelf => {
                    docs.extend([Doc::Shelf, Doc::Retention]);
                    docs.extend(self.policies_in(tab).into_iter().map(Doc::Policy));
                    docs.extend(self.superseded().into_iter().map(|(l, t)| Doc::Superseded(l, t)));
                    docs.extend(self.shelved_records().into_iter().map(Doc::Record));
                }
                Tab::Index => docs.extend([Doc::RequestIndex, Doc::CitationIndex]),
            }
        }
        // A sheet that is signed speaks of the whole binder.
        if self.is_whole() {
            docs.push(Doc::Signatures);
        }
        docs
    }

    /// True for the whole binder, false for a part of it.
    pub fn is_whole(&self) -> bool {
        self.binder.meta.only.is_whole()
    }

    /// The parts that are printed: all, or those of a selection that hold something. They keep their places at the
    /// edge.
    fn tabs(&self) -> Vec<Tab> {
        let content = &self.binder.content;
        let mut tabs = Tab::all();
        if !self.is_whole() {
            tabs.retain(|tab| match tab {
                Tab::Section(number) => self.rows_of(*number).next().is_some(),
                Tab::Decisions => !self.decided().is_empty(),
                Tab::Policies => !self.binder.policies.is_empty(),
                Tab::Records => !content.records.is_empty(),
                Tab::Registers => !self.registers().is_empty(),
                Tab::Exhibits => !content.exhibits.is_empty(),
                Tab::Contingency | Tab::Shelf => false,
                Tab::Index => true,
            });
        }
        tabs
    }

    /// The part that the shown text of a policy is printed in.
    pub fn policy_tab(&self, life: usize) -> Tab {
        let this = &self.binder.policies[life];
        if !self.is_whole() {
            Tab::Policies
        } else if this.standing == Standing::Lapsed {
            Tab::Shelf
        } else if contingency::is_plan(this) {
            Tab::Contingency
        } else {
            Tab::Policies
        }
    }

    /// The policies whose shown text is printed in a part.
    pub fn policies_in(&self, tab: Tab) -> Vec<usize> {
        let policies = &self.binder.policies;
        (0..policies.len())
            .filter(|life| policies[*life].texts.get(policies[*life].shown).is_some())
            .filter(|life| self.policy_tab(*life) == tab)
            .collect()
    }

    /// Superseded texts that are printed beside the shown ones: life and text. A part has none.
    pub fn superseded(&self) -> Vec<(usize, usize)> {
        if !self.is_whole() {
            return vec![];
        }
        let lives = self.binder.policies.iter().enumerate();
        lives
            .flat_map(|(index, life)| {
                let old = superseded_texts(life, self.binder.meta.as_of).into_iter();
                old.filter(|text| *text != life.shown)
                    .map(move |text| (index, text))
            })
            .collect()
    }

    /// The part for records: the risk analysis beside the one before it, then the others.
    fn records(&self) -> Vec<Doc> {
        let mut docs = vec![];
        let mut rest: Vec<usize> = (0..self.binder.content.records.len()).collect();
        if self.is_whole() {
            docs.push(Doc::Analyses);
            let first = analyses::printed(self);
            docs.extend(first.iter().copied().map(Doc::Record));
            let shelved = self.shelved_records();
            rest.retain(|record| !first.contains(record) && !shelved.contains(record));
        }
        docs.extend(rest.into_iter().map(Doc::Record));
        docs
    }

    /// Records that a newer one has taken the place of and that are printed on the shelf. The risk analysis before the
    /// current one stands beside it instead.
    fn shelved_records(&self) -> Vec<usize> {
        let beside = analyses::printed(self);
        (0..self.binder.content.records.len())
            .filter(|record| self.is_shelved(*record, &beside))
            .collect()
    }

    fn is_shelved(&self, record: usize, beside: &[usize]) -> bool {
        !beside.contains(&record) && later_record(self.binder, record).is_some()
    }

    /// The part that a record is printed in.
    pub fn record_tab(&self, record: usize) -> Tab {
        match self.is_whole() && self.is_shelved(record, &analyses::printed(self)) {
            true => Tab::Shelf,
            false => Tab::Records,
        }
    }
}
