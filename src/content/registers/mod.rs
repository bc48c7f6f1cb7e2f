//! Registers: CSV lists and logs, each declared once as data.
//!
//! [`Register`] is a declaration: columns, date column, which entries serve which rows, coverage, whether "none" is
//! accepted, default audience. The declarations stand in `declared`, one after the other; adding a register means adding
//! one there. The reader in `read` knows no register by name.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Audience, Handling};
use crate::diagnostic::Place;

pub(super) mod cells;
mod columns;
pub mod declared;
pub mod join;
mod read;
mod shorthand;

pub use columns::{COMMON, column};
pub use declared::REGISTERS;
pub use read::{read, read_table};

/// The declaration of one register.
#[derive(Debug)]
pub struct Register {
    /// File stem and address: `activity-reviews`.
    pub name: &'static str,
    /// Title as printed.
    pub title: &'static str,
    /// One sentence for staff: what belongs here.
    pub purpose: &'static str,
    /// Its columns, in the order of an empty register. The common ones (`id`, `system`, `site`, `person`, `note`,
    /// `audience`, `phi`, `privileged`, `hold`) need not be listed unless they are required.
    pub columns: &'static [Column],
    /// Column that identifies a line, "" if none: two lines with one key are an error.
    pub key: &'static str,
    /// Column that carries the date that freshness is measured by: event date of logs, `checked` of inventories.
    pub date: &'static str,
    /// Who may read it unless a line says otherwise.
    pub audience: Audience,
    /// Which entries serve which rows.
    pub serves: &'static [Serve],
    /// Whether a `none` statement is read at all, and for which value of which column it may speak (`media.action`).
    pub none: NoneRule,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name as in the header row.
    pub name: &'static str,
    /// Heading as printed: "Approved by".
    pub title: &'static str,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// An empty cell is an error.
    pub required: bool,
    /// Which copies of the binder show its cells, to those who may read the line at all.
    pub shown: Shown,
}

/// Which copies show a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Every copy, the one handed over too.
    Always,
    /// Where gaps are shown: the internal edition for management. What the practice writes to itself.
    Inside,
    /// No copy: it steers this program.
    Never,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// A day: `2026-09-14` or `9/14/2026`.
    Date,
    /// yes or no.
    YesNo,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number, 0 or more.
    Number,
    /// Ids or names of the register `systems`; `all`.
    Systems,
    /// Ids or names of `[[site]]`; `all`.
    Sites,
    /// Ids or names of `workforce`; several with `;`. Unknown names are a warning: outsiders do work.
    Persons,
    /// An exhibit id of `evidence`, or text that says where the proof is. An id-like cell that no exhibit has is a
    /// warning.
    Exhibit,
    /// Citations, separated by `;`, each with an optional locator.
    Citations,
    /// An id of `devices`.
    Devices,
}

/// "Entries where `when` holds and `filled` are filled serve `part` of `row`."
#[derive(Debug, Clone, Copy)]
pub struct Serve {
    /// Citation of the row.
    pub row: &'static str,
    /// Which part of the row's proof, "" where the row has one part ([`crate::gap::proof`]).
    pub part: &'static str,
    /// Which lines are spoken of at all, for [`Coverage::EveryLine`] and the like; all of them when empty.
    pub among: &'static [Condition],
    /// All must hold for an entry to count.
    pub when: &'static [Condition],
    /// Columns that must be filled for an entry to count.
    pub filled: &'static [&'static str],
    /// The column that freshness is measured by, "" for the register's own.
    pub date: &'static str,
    /// Fresh for this many months; [`NEVER_AGES`] where only existence counts.
    pub months: u32,
    /// What must be covered.
    pub coverage: Coverage,
    /// Whether a none statement may stand in, and whether the whole window must be without holes.
    pub none: NoneAccepted,
    /// Lines of another register that contradict a none statement of this one when their date lies in its period.
    pub contradicted_by: &'static [Contradiction],
}

/// A line of another register that says something did happen: a workforce line with an end date, a retired device.
#[derive(Debug, Clone, Copy)]
pub struct Contradiction {
    /// The other register.
    pub register: &'static str,
    /// Its column with the date of what happened.
    pub date: &'static str,
    /// What must hold for its lines.
    pub when: &'static [Condition],
}

/// Months of a proof that does not age (a letter of appointment): its confirmation does, elsewhere.
pub const NEVER_AGES: u32 = u32::MAX;

/// A condition on an entry.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// The column has one of these values (case-insensitive; list cells: any element).
    Is(&'static str, &'static [&'static str]),
    /// The column is yes.
    Yes(&'static str),
    /// The column is yes, or it says `decision` and the row's answer holds a decision other than `implement`.
    YesOrDecided(&'static str),
    /// The column is not empty, and not `no`.
    Present(&'static str),
    /// At least one of these columns is filled.
    AnyFilled(&'static [&'static str]),
    /// The first date is not after the second; holds when the second is empty.
    NotAfter(&'static str, &'static str),
    /// At least one of these holds.
    Either(&'static [Condition]),
}

/// What must be covered for the part to be full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// One fresh entry.
    Any,
    /// Each system in use that meets the filter has a fresh entry naming it.
    Systems(SystemFilter),
    /// Each site.
    Sites,
    /// Each current workforce member (with `access = yes` only, where true).
    Workforce {
        /// Only those who reach ePHI.
        with_access: bool,
    },
    /// Each line of this register that is active on the as-of date meets `when` and `filled`, and is fresh. No line
    /// at all is no proof.
    EveryLine,
    /// The same, but an inventory that has lines and none in scope is itself the proof: no device holds ePHI.
    EveryLineIfAny,
    /// Each person of `workforce` whose `until` lies in the window has an entry.
    Leavers,
    /// Each open line of `risks` has owner, due date not past and a decision, or is closed with proof, or accepted.
    RiskLines,
}

/// Which systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemFilter {
    /// In use.
    InUse,
    /// In use and holding ePHI.
    HoldsEphi,
    /// In use, with logging on, whether or not it holds ePHI: a firewall's log is a record of activity, too.
    LoggingOn,
}

/// Whether none statements are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoneRule {
    /// A none line is kept, and is a gap wherever it stands for proof (`none-not-accepted`).
    NotAccepted,
    /// Accepted; where a column is named, the statement speaks only of its value in that column (`media.action`).
    Accepted {
        /// The column, "" for the whole register.
        per: &'static str,
    },
}

/// Whether a none statement may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoneAccepted {
    /// No.
    No,
    /// Yes, while fresh; no hole between statements.
    Yes,
    /// Yes, but only a statement that names the value (`kind = outage`), not one that speaks of all.
    Named,
    /// Yes, and the whole window must be covered up to the last statement.
    NoHoles,
    /// Yes, while the list of who has access was looked at within the interval: a line of the same register with
    /// `action = list-confirmed` or `review`.
    WithList,
}

/// A register as read.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its declaration.
    pub register: &'static Register,
    /// Path of the file.
    pub path: Arc<str>,
    /// Names of the columns in the file, in file order (canonical names).
    pub columns: Vec<&'static str>,
    /// The lines, as written, none statements apart.
    pub entries: Vec<Entry>,
    /// The none statements, as written.
    pub nones: Vec<NoneStatement>,
    /// The first line of the file.
    pub place: Place,
}

/// A line of a register.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `id` column, or the key column; "" if neither.
    pub id: String,
    /// Its anchor, unique in the register: the id as a slug, or `line-12`.
    pub anchor: String,
    /// The date that freshness is measured by.
    pub date: Option<Date>,
    /// Cells by canonical column name, trimmed; absent when empty.
    pub cells: Vec<(&'static str, Cell)>,
    /// Joined system ids.
    pub systems: Vec<String>,
    /// Joined site ids.
    pub sites: Vec<String>,
    /// Joined person ids (names where unknown).
    pub persons: Vec<String>,
    /// Audience, PHI, privilege, hold.
    pub handling: Handling,
    /// The line.
    pub place: Place,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// As typed, trimmed.
    pub text: String,
    /// As a date, in date columns.
    pub date: Option<Date>,
    /// Where.
    pub place: Place,
}

/// "Nothing of the kind happened from .. to": proof only where the table says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoneStatement {
    /// The value it speaks of, where the register's none rule names a column; lower case. "" speaks of all.
    pub of: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Who says so.
    pub by: String,
    /// Day it was written down.
    pub recorded: Date,
    /// Joined site ids; empty speaks of all sites.
    pub sites: Vec<String>,
    /// Audience, PHI, privilege, hold.
    pub handling: Handling,
    /// The line.
    pub place: Place,
}

impl Entry {
    /// Text of a column, "" when empty or absent.
    pub fn get(&self, column: &str) -> &str {
        self.cell(column).map_or("", |c| c.text.as_str())
    }

    /// A column as a date.
    pub fn date_of(&self, column: &str) -> Option<Date> {
        self.cell(column)?.date
    }

    /// The cell of a column, when it is filled.
    pub fn cell(&self, column: &str) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|(name, _)| *name == column)
            .map(|(_, c)| c)
    }

    /// True when a yes/no column says yes.
    pub fn yes(&self, column: &str) -> bool {
        is_yes(self.get(column))
    }
}

/// True for yes, y, true, on, x and 1.
pub fn is_yes(text: &str) -> bool {
    ["yes", "y", "true", "on", "x", "1"]
        .iter()
        .any(|w| text.eq_ignore_ascii_case(w))
}

/// True for no, n, false, off and 0.
pub fn is_no(text: &str) -> bool {
    ["no", "n", "false", "off", "0"]
        .iter()
        .any(|w| text.eq_ignore_ascii_case(w))
}

/// The declaration of a register, by name.
pub fn register(name: &str) -> Option<&'static Register> {
    REGISTERS.iter().find(|r| r.name == name)
}
