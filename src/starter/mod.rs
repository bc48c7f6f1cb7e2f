//! What a new binder's folder holds, as paths and bytes.
//!
//! Pure: the caller asks the questions, knows the day and writes the files. Every file but `binder.toml` is the same
//! for every practice, so that an interrupted `binder new` can simply be run again.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::content::config::EntityKind;
use crate::content::registers::{COMMON, NoneRule, REGISTERS, Register};
use crate::content::starters;
use crate::rule::{Condition, rule};

mod answer;
mod config;
mod first_ten;
mod policy;
mod readme;

pub use answer::{answer, answer_path};
pub use first_ten::{FirstStep, first_ten};
pub use policy::{NAMELESS, blank_policy, policy_id, starter_called, starter_policy};

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Path below the binder's folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether a double click should run it.
    pub executable: bool,
}

impl NewFile {
    /// A text.
    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            bytes: text.into().into_bytes(),
            executable: false,
        }
    }
}

/// What a practice is asked before its folder is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Name as staff say it.
    pub practice: String,
    /// Legal name; the name where there is none.
    pub legal_name: Option<String>,
    /// What kind of regulated entity it is.
    pub kind: EntityKind,
    /// Name of the security official (164.308(a)(2)).
    pub security_official: String,
    /// Postal address, "" if none.
    pub address: String,
    /// Names of the offices, the first with [`Facts::address`]; one called "Main office" where there is none.
    pub sites: Vec<String>,
    /// The facts that decide conditional rows, as far as they were answered.
    pub applies: Vec<(Condition, bool)>,
    /// Who answered them; the security official where nobody is named.
    pub decided_by: Option<String>,
    /// The day on which they were answered.
    pub decided: Date,
}

/// Folders that a new binder has from the start, though no file is in them yet.
pub const FOLDERS: [&str; 2] = ["evidence", "records"];

/// Every file of a new folder. `binder.toml`, which makes it a binder, comes last.
pub fn files(facts: &Facts) -> Vec<NewFile> {
    let mut files: Vec<NewFile> = rule()
        .rows()
        .iter()
        .map(|row| NewFile::text(answer_path(row.id), answer(row.id)))
        .collect();
    files.extend(
        starters::all()
            .map(|starter| NewFile::text(format!("policies/{}.md", starter.id), starter_policy(starter))),
    );
    files.extend(REGISTERS.iter().map(|register| {
        NewFile::text(
            format!("registers/{}.csv", register.name),
            empty_register(register),
        )
    }));
    files.extend(readme::files());
    files.push(NewFile::text(crate::world::read::CONFIG, config::text(facts)));
    files
}

/// The header row of a register, with the columns of a "none" statement where the register takes them.
pub fn empty_register(register: &Register) -> String {
    let mut columns: Vec<&str> = register.columns.iter().map(|column| column.name).collect();
    if register.none != NoneRule::NotAccepted {
        columns.extend(
            ["from", "to", "by", "recorded"]
                .iter()
                .filter(|name| !columns.contains(name))
                .copied()
                .collect::<Vec<_>>(),
        );
    }
    if !columns.contains(&"note") && COMMON.iter().any(|column| column.name == "note") {
        columns.push("note");
    }
    let mut line = columns.join(",");
    line.push('\n');
    line
}

/// Lines as they stand in a comment of Markdown or TOML: at most `width` characters, words whole.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            let _ = write!(out, "\n{indent}");
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_files_have_one_path_and_the_settings_come_last() {
        let files = files(&Facts::default());
        let mut paths: Vec<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
        assert_eq!(paths.last().map(String::as_str), Some("binder.toml"));
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), files.len());
    }

    #[test]
    fn only_the_settings_depend_on_the_practice() {
        let one = files(&Facts::default());
        let other = files(&Facts {
            practice: "Other".into(),
            kind: EntityKind::Both,
            applies: vec![(Condition::Clearinghouse, true)],
            ..Facts::default()
        });
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one == other, one.path != "binder.toml", "{}", one.path);
        }
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7, "# "), "one two\n# three");
        assert_eq!(wrapped("", 7, "# "), "");
    }
}
