//! The retention schedule: by kind of document, how many there are, of which days, and how long they are kept.

use jiff::civil::Date;

use super::Keep;
use super::items::{
    end_of_policy_text, keep_entry, keep_exhibit, keep_none, keep_policy_text, keep_record, made,
};
use crate::binder::Binder;
use crate::content::records;

/// Which documents a line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Texts of policies, procedures, plans, forms, contract templates: those in effect and those before them.
    Policies,
    /// Answers, with the addressable decisions in them.
    Answers,
    /// Records of a kind.
    Records(&'static str),
    /// A register, by name: its lines and its statements that there was none.
    Register(&'static str),
    /// Exhibits.
    Exhibits,
    /// Sealed versions of the binder.
    Versions,
}

/// Title of the line of sealed versions.
pub const VERSIONS: &str = "Sealed versions of this binder";

/// One line of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which documents.
    pub of: Of,
    /// How many there are.
    pub count: usize,
    /// The oldest and the newest day among them.
    pub days: Option<(Date, Date)>,
    /// How many are still in effect.
    pub in_effect: usize,
    /// How many have no day for another reason: on legal hold, or nothing says when they were made.
    pub undated: usize,
    /// The first and the last of the days up to which they are kept at least.
    pub until: Option<(Date, Date)>,
}

impl Line {
    /// A line for these: the day each was made, and how long it is kept.
    fn new(of: Of, items: impl IntoIterator<Item = (Option<Date>, Keep)>) -> Self {
        let mut line = Line {
            of,
            count: 0,
            days: None,
            in_effect: 0,
            undated: 0,
            until: None,
        };
        for (day, keep) in items {
            line.count += 1;
            line.days = widened(line.days, day);
            match keep {
                Keep::InEffect => line.in_effect += 1,
                Keep::Held | Keep::Undated => line.undated += 1,
                Keep::Until(until) => line.until = widened(line.until, Some(until)),
            }
        }
        line
    }

    /// The title: "Training", "Risk analysis".
    pub fn title(&self, binder: &Binder) -> String {
        match self.of {
            Of::Policies => "Policies, procedures, plans, forms".to_string(),
            Of::Answers => "Answers and addressable decisions".to_string(),
            Of::Records(kind) => {
                let words = kind.replace('-', " ");
                let mut letters = words.chars();
                let first = letters.next().into_iter().flat_map(char::to_uppercase);
                format!("Record: {}", first.chain(letters).collect::<String>())
            }
            Of::Register(name) => {
                let table = binder.content.registers.get(name);
                format!("Register: {}", table.map_or(name, |table| table.register.title))
            }
            Of::Exhibits => "Exhibits".to_string(),
            Of::Versions => VERSIONS.to_string(),
        }
    }

    /// The oldest and the newest day in words; "" where no day is known.
    pub fn range(&self) -> String {
        match self.days {
            Some((first, last)) if first != last => format!("{first} to {last}"),
            Some((day, _)) => day.to_string(),
            None => String::new(),
        }
    }

    /// How long they are kept: "oldest 2032-02-28, newest 2033-02-14; 3 still in effect; 1 without a date". What must
    /// stand beside a day ([`super::LONGER`]) stands in the head of the table.
    pub fn words(&self) -> String {
        let mut parts = vec![];
        match self.until {
            Some((first, last)) if first != last => parts.push(format!("oldest {first}, newest {last}")),
            Some((day, _)) => parts.push(day.to_string()),
            None => {}
        }
        // A version of the binder is current; only policies are in effect.
        let still = match self.of {
            Of::Versions => "still current",
            _ => "still in effect",
        };
        match self.in_effect {
            0 => {}
            n if n == self.count => parts.push(format!("no date yet: {still}")),
            n => parts.push(format!("{n} {still}")),
        }
        if self.undated > 0 {
            parts.push(format!("{} without a date", self.undated));
        }
        parts.join("; ")
    }
}

fn widened(range: Option<(Date, Date)>, day: Option<Date>) -> Option<(Date, Date)> {
    match (range, day) {
        (Some((first, last)), Some(day)) => Some((first.min(day), last.max(day))),
        (None, Some(day)) => Some((day, day)),
        (range, None) => range,
    }
}

/// The schedule of what the binder holds, a line for each kind of document that it has. Drafts are left out.
pub fn schedule(binder: &Binder) -> Vec<Line> {
    let (content, as_of) = (&binder.content, binder.meta.as_of);
    let years = content.config.retention_years;
    let mut lines = vec![];
    let texts = binder.policies.iter().enumerate().flat_map(|(index, life)| {
        let known = (0..life.texts.len()).filter(|text| end_of_policy_text(life, *text, as_of).is_some());
        known.filter_map(move |text| {
            let approved = life.texts[text].policy.approved.as_ref().map(|at| at.value);
            Some((approved, keep_policy_text(binder, index, text)?))
        })
    });
    lines.push(Line::new(Of::Policies, texts));
    let answers = content.answers.iter().map(|answer| {
        let held = answer.handling.hold.is_some();
        let keep = if held { Keep::Held } else { Keep::InEffect };
        (answer.reviewed.as_ref().map(|at| at.value), keep)
    });
    lines.push(Line::new(Of::Answers, answers));
    for kind in records::KINDS.iter().copied() {
        let of_kind = content.records.iter().enumerate();
        let of_kind = of_kind
            .filter(|(_, record)| record.kind == kind)
            .map(|(index, record)| {
                let day = record.date.as_ref().map(|at| at.value);
                (day, keep_record(binder, index))
            });
        lines.push(Line::new(Of::Records(kind), of_kind));
    }
    for (name, table) in content.registers.iter().filter(|(name, _)| **name != "evidence") {
        let entries = table.entries.iter().map(|entry| {
            (
                made(table, entry).or(entry.date),
                keep_entry(table, entry, as_of, years),
            )
        });
        let nones = table
            .nones
            .iter()
            .map(|none| (Some(none.from), keep_none(none, years)));
        lines.push(Line::new(Of::Register(name), entries.chain(nones)));
    }
    let exhibits = content.exhibits.iter().map(|exhibit| {
        let day = exhibit.date.as_ref().map(|at| at.value);
        (day, keep_exhibit(binder, exhibit))
    });
    lines.push(Line::new(Of::Exhibits, exhibits));
    let versions = binder.history.versions.iter().filter(|version| version.may_show);
    let versions = versions.map(|version| (Some(version.manifest.sealed_on()), version.keep));
    lines.push(Line::new(Of::Versions, versions));
    lines.retain(|line| line.count > 0);
    lines
}
