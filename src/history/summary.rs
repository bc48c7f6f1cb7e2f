//! What a version shows at a glance: rows, policies, exhibits, registers. Read by every later build.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::address;
use crate::binder::{Binder, Standing, Tie};
use crate::content::policies::kind_word;
use crate::gap::{Marks, State};
use crate::rule::{RowId, rule};

/// The summary of a sealed version, of what its edition and its readers may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Every row, in rule order.
    pub rows: Vec<SummaryRow>,
    /// How many rows are in each state, by the state's name.
    pub counts: BTreeMap<String, usize>,
    /// Every text of every policy that was approved: those in effect, and those before them.
    pub policies: Vec<SummaryPolicy>,
    /// Every exhibit.
    pub exhibits: Vec<SummaryExhibit>,
    /// Every register.
    pub registers: Vec<SummaryRegister>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// The citation: `164.308(a)(1)(i)`.
    pub citation: String,
    /// Its state.
    pub state: State,
    /// Its marks.
    pub marks: Marks,
    /// Page of the PDF, from 1; `None` without a PDF.
    pub page: Option<usize>,
}

/// One text of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryPolicy {
    /// The policy.
    pub id: String,
    /// Its version, as the clinic numbers it.
    pub version: String,
    /// Its title.
    pub title: String,
    /// `policy`, `procedure`, `plan` and so on.
    pub kind: String,
    /// True for the text that was in effect on the as-of date.
    pub in_effect: bool,
    /// First day in effect.
    pub from: Option<Date>,
    /// Last day in effect, where something ended it.
    pub to: Option<Date>,
    /// SHA-256 of the words, as an approval records it: `sha256:` and 64 hex digits.
    pub text: String,
    /// The day it was approved.
    pub approved: Option<Date>,
    /// Who approved it; "" where nobody is named.
    pub approved_by: String,
    /// Page of the version's site that shows it, below `site/`.
    pub page: String,
}

/// One exhibit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryExhibit {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its day.
    pub date: Option<Date>,
    /// SHA-256 of its file, in lower-case hexadecimal; `None` where there is no file.
    pub digest: Option<String>,
}

/// One register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRegister {
    /// Its name.
    pub name: String,
    /// How many lines it has, "none" statements included.
    pub lines: usize,
}

impl Summary {
    /// The summary of a binder; `pages` are those of the rows in its PDF.
    pub fn of(binder: &Binder, pages: &BTreeMap<RowId, usize>) -> Self {
        let rows = binder.assessments.iter().map(|found| SummaryRow {
            citation: rule()[found.row].citation.to_string(),
            state: found.state,
            marks: found.marks,
            page: pages.get(&found.row).copied(),
        });
        let counts = binder.counts().into_iter();
        let registers = binder
            .content
            .registers
            .iter()
            .map(|(name, table)| SummaryRegister {
                name: (*name).to_string(),
                lines: table.entries.len() + table.nones.len(),
            });
        let exhibits = binder.content.exhibits.iter().map(|exhibit| SummaryExhibit {
            id: exhibit.id.clone(),
            title: exhibit.title.clone(),
            date: exhibit.date.as_ref().map(|at| at.value),
            digest: exhibit.found.as_ref().map(|file| file.sha256.clone()),
        });
        Self {
            rows: rows.collect(),
            counts: counts.map(|(state, n)| (state.to_string(), n)).collect(),
            policies: policies(binder),
            exhibits: exhibits.collect(),
            registers: registers.collect(),
        }
    }

    /// The row of a citation as [`SummaryRow`] writes it.
    pub fn row(&self, citation: &str) -> Option<&SummaryRow> {
        self.rows.iter().find(|row| row.citation == citation)
    }
}

/// Approved texts, each version once: where the kept copy and the working text are both there, the one in effect.
fn policies(binder: &Binder) -> Vec<SummaryPolicy> {
    let mut list: Vec<SummaryPolicy> = vec![];
    for life in &binder.policies {
        let approved = life.texts.iter().enumerate().filter(|(index, text)| {
            text.tie != Tie::Draft && life.pending != Some(*index) && text.in_effect_from.is_some()
        });
        for (index, text) in approved {
            let policy = &text.policy;
            let shown = index == life.shown;
            let page = match shown {
                true => address::policy_page(&life.id),
                false => address::policy_version_page(&life.id, &policy.version),
            };
            let entry = SummaryPolicy {
                id: life.id.clone(),
                version: policy.version.clone(),
                title: policy.title.clone(),
                kind: kind_word(policy.kind).to_string(),
                in_effect: shown && life.standing == Standing::InEffect,
                from: text.in_effect_from,
                to: text.in_effect_to,
                text: policy.text_digest.clone(),
                approved: policy.approved.as_ref().map(|at| at.value),
                approved_by: policy
                    .approved_by
                    .as_ref()
                    .map(|at| at.value.clone())
                    .unwrap_or_default(),
                page,
            };
            let same = |other: &&mut SummaryPolicy| other.id == entry.id && other.version == entry.version;
            match list.iter_mut().find(same) {
                Some(other) if entry.in_effect => *other = entry,
                Some(_) => {}
                None => list.push(entry),
            }
        }
    }
    list
}
