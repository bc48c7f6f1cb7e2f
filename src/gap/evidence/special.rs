//! Proof that no table can say: the risk analysis, the evaluation, policy reviews, plan documents.

use jiff::civil::Date;

use super::members::{Population, name_list};
use super::{Look, Outcome, months_in_words};
use crate::binder::Standing;
use crate::content::registers::{Coverage, SystemFilter};
use crate::content::{PolicyKind, Previous, Record, records};
use crate::diagnostic::Place;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::policy::{is_starter_text, last_looked_at};
use crate::gap::window::{Age, age};
use crate::gap::{Mark, MarkName};
use crate::history::Version;

impl Look<'_> {
    /// 164.308(a)(1)(ii)(A): dated, signed, nine elements, every system and site, newer than the last change, and
    /// the one before it or a reason why there is none.
    pub(super) fn risk_analysis(&self) -> Outcome {
        let Some(record) = self.newest("risk-analysis") else {
            return Outcome::none();
        };
        let mut outcome = self.record(record, 12);
        if outcome.mark == Mark::None {
            return outcome;
        }
        let mut gaps = self.missing_elements(record, "risk analysis");
        gaps.extend(self.out_of_scope(record));
        gaps.extend(self.change_since(record));
        match &record.previous {
            Some(Previous::Reason(_)) => {}
            Some(Previous::Record(id)) if self.binder.content.records.iter().any(|r| &r.id == id) => {}
            Some(Previous::Record(id)) => gaps.push(
                self.about(record, GapKind::KeptRecordMissing, format!(
                    "The risk analysis before this one, \"{id}\", is not in records/. It must be kept six years (164.316(b)(2)(i))."
                ))
                .help("Put the file back, or correct the name after previous."),
            ),
            None => gaps.push(
                self.about(record, GapKind::EvidenceMissing, "Nothing says what came before this risk analysis.".into())
                    .help("Add previous = \"file name\" for the one before it, or no_previous = \"the reason\"."),
            ),
        }
        if !gaps.is_empty() {
            outcome.mark = Mark::Partial;
        }
        outcome.with(gaps)
    }

    /// 164.308(a)(8): technical and nontechnical, with findings and follow-up, newer than the last change.
    pub(super) fn evaluation(&self) -> Outcome {
        let Some(record) = self.newest("evaluation") else {
            return Outcome::none();
        };
        let mut outcome = self.record(record, 12);
        if outcome.mark == Mark::None {
            return outcome;
        }
        let mut gaps = self.missing_elements(record, "evaluation");
        gaps.extend(self.change_since(record));
        if !gaps.is_empty() {
            outcome.mark = Mark::Partial;
        }
        outcome.with(gaps)
    }

    /// The newest record of a kind that is not dated after the as-of date; else the newest of all.
    fn newest(&self, kind: &str) -> Option<&Record> {
        let of_kind = || self.binder.content.records.iter().filter(move |r| r.kind == kind);
        let date = |r: &&Record| r.date.as_ref().map(|at| at.value);
        of_kind()
            .filter(|r| date(r).is_some_and(|d| d <= self.as_of))
            .max_by_key(date)
            .or_else(|| of_kind().max_by_key(date))
    }

    fn about(&self, record: &Record, kind: GapKind, words: String) -> Draft {
        Draft::new(kind, MarkName::Evidence, words, record.place.clone())
    }

    fn missing_elements(&self, record: &Record, what: &str) -> Vec<Draft> {
        let wanted = records::elements(record.kind);
        let missing: Vec<&str> = wanted
            .iter()
            .filter(|e| !record.elements.contains(*e))
            .copied()
            .collect();
        if missing.is_empty() {
            return vec![];
        }
        let words = format!(
            "The {what} shows {} of {} elements. Missing: {}.",
            wanted.len() - missing.len(),
            wanted.len(),
            missing.join(", ")
        );
        vec![
            self.about(record, GapKind::CoverageIncomplete, words)
                .help("Add a heading for each, with text under it."),
        ]
    }

    fn out_of_scope(&self, record: &Record) -> Vec<Draft> {
        let lists = [
            (
                self.population(Coverage::Systems(SystemFilter::InUse)),
                &record.systems,
            ),
            (self.population(Coverage::Sites), &record.sites),
        ];
        let mut gaps = vec![];
        for (population, named) in lists {
            let Some(Population { words, list, members }) = population else {
                continue;
            };
            if members.is_empty() {
                gaps.push(
                    Draft::new(
                        GapKind::CoverageIncomplete,
                        MarkName::Evidence,
                        format!("There is no list of {words}, so nobody can tell whether the risk analysis covers all."),
                        Place::file(list.split(' ').next().unwrap_or_default()),
                    )
                    .help(format!("Fill in {list}.")),
                );
                continue;
            }
            let missing: Vec<&str> = members
                .iter()
                .filter(|m| !named.iter().any(|id| id == &m.id || id == "all"))
                .map(|m| m.name.as_str())
                .collect();
            if !missing.is_empty() {
                let key = if words == "sites" { "sites" } else { "systems" };
                let text = format!(
                    "The risk analysis covers {} of {} {words}. Missing: {}.",
                    members.len() - missing.len(),
                    members.len(),
                    name_list(&missing)
                );
                gaps.push(self.about(record, GapKind::CoverageIncomplete, text).help(format!(
                    "Look at what is missing, write it into the analysis, and add its id to {key} at the top."
                )));
            }
        }
        gaps
    }

    /// The first line of `changes` dated after a record, and not after the as-of date.
    fn change_since(&self, record: &Record) -> Option<Draft> {
        let date = record.date.as_ref()?.value;
        let changes = self.binder.content.registers.get("changes")?;
        let change = changes
            .entries
            .iter()
            .filter(|e| e.date.is_some_and(|d| d > date && d <= self.as_of))
            .min_by_key(|e| e.date)?;
        let words = format!(
            "\"{}\" is of {date}. On {} something changed: {}.",
            record.title,
            change.date?,
            change.get("what").trim_end_matches('.')
        );
        Some(
            self.about(record, GapKind::EvidenceOlderThanInterval, words)
                .help("Go through it again with the change in mind, and write a new record; keep this one."),
        )
    }

    /// 164.316(b)(2)(iii): each policy in effect looked at by somebody within its interval.
    pub(super) fn policy_reviews(&self) -> Outcome {
        let in_effect: Vec<_> = self
            .binder
            .policies
            .iter()
            .filter(|life| life.standing == Standing::InEffect)
            .filter(|life| !is_starter_text(&life.texts[life.shown].policy))
            .collect();
        if in_effect.is_empty() {
            return Outcome::none();
        }
        let default = self.binder.content.config.intervals.policies;
        let due: Vec<(&str, Place)> = in_effect
            .iter()
            .map(|life| &life.texts[life.shown].policy)
            .filter(|policy| {
                let months = policy.review_every.unwrap_or(default);
                let looked_at: Option<Date> = last_looked_at(policy, self.as_of);
                looked_at.is_none_or(|date| age(date, self.as_of, months) != Age::Fresh)
            })
            .map(|policy| (policy.title.as_str(), policy.place.clone()))
            .collect();
        let coverage = format!(
            "{} of {} policies in effect",
            in_effect.len() - due.len(),
            in_effect.len()
        );
        let Some((_, place)) = due.first() else {
            return Outcome::full(coverage);
        };
        let names: Vec<&str> = due.iter().map(|(title, _)| *title).collect();
        let words = format!(
            "{coverage} were reviewed within their interval. Due: {}.",
            name_list(&names)
        );
        let gap = Draft::new(GapKind::EvidenceOlderThanInterval, MarkName::Evidence, words, place.clone())
            .help("Read it through and add a [[reviews]] block with date and by; result = \"no change\" is a valid result.");
        // Stale, not missing: each of them was approved once.
        Outcome::partial(coverage, gap)
    }

    /// 164.316(b)(1) and (b)(2)(i): a sealed version. Of what is kept, (b)(2)(i), it proves something only from the day
    /// on which it was sealed, whatever day it speaks of.
    pub(super) fn sealed_version(&self, months: u32) -> Outcome {
        let about_keeping = self.row.to_string() == "164.316(b)(2)(i)";
        let day = |version: &Version| match about_keeping {
            true => version.manifest.sealed_day(),
            false => version.manifest.as_of,
        };
        let versions = self.binder.history.versions.iter();
        let Some(version) = versions.rev().find(|version| day(version) <= self.as_of) else {
            return Outcome::none();
        };
        let date = day(version);
        let words = format!(
            "version {}, {}",
            version.label(),
            match about_keeping {
                true => format!("kept since {date}"),
                false => format!("as of {date}"),
            }
        );
        if age(date, self.as_of, self.months(months)) == Age::Fresh {
            return Outcome::full(words);
        }
        let message = format!(
            "The last sealed version of this binder, {}, is of {date}, more than {} ago.",
            version.label(),
            months_in_words(self.months(months))
        );
        let place = Place::file(version.path.clone());
        let gap = Draft::new(
            GapKind::EvidenceOlderThanInterval,
            MarkName::Evidence,
            message,
            place,
        )
        .help("Seal a new version: binder seal VERSION --by NAME --note TEXT");
        Outcome::partial(words, gap)
    }

    /// 164.314(b): the plan document is both policy and proof.
    pub(super) fn plan_documents(&self) -> Outcome {
        let links = self.binder.links(self.row);
        let text = links
            .sections
            .iter()
            .filter(|link| link.in_effect)
            .map(|link| &self.binder.text(*link).policy)
            .find(|policy| policy.kind == PolicyKind::PlanDocument && !is_starter_text(policy));
        let Some(policy) = text else {
            return Outcome::none();
        };
        let months = policy
            .review_every
            .unwrap_or(self.binder.content.config.intervals.policies);
        match last_looked_at(policy, self.as_of) {
            Some(date) if age(date, self.as_of, months) == Age::Fresh => {
                Outcome::full(format!("{}, confirmed {date}", policy.title))
            }
            _ => {
                let words = format!("\"{}\" was not confirmed within its interval.", policy.title);
                let gap = Draft::new(
                    GapKind::EvidenceOlderThanInterval,
                    MarkName::Evidence,
                    words,
                    policy.place.clone(),
                )
                .help("Check that the plan still says so and add a [[reviews]] block with date and by.");
                Outcome::partial(policy.title.clone(), gap)
            }
        }
    }
}
