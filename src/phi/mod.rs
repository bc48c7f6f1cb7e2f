//! Patient data and secrets that stand in texts by mistake. A binder leaves the building; these must not.
//!
//! [`scan`] finds what looks like one, by its shape and by the label beside it; [`warnings`] are made of what was found
//! and not acknowledged; [`masked`] hides it where a message draws the line it stands on. It is a net with holes: what has
//! no label and no shape of its own (a name in a sentence) is not found, and pictures and PDFs can't be read at all.
//!
//! Everything is found in one run over the text with a bounded look ahead, so a large file takes no longer a byte than a
//! small one.

use std::ops::Range;

mod acknowledged;
mod columns;
mod guard;
mod labels;
mod mask;
mod names;
mod numbers;
mod scan;
mod secrets;
mod told;
mod values;

pub use guard::{Cache, Looked, look_again, look_through, not_looked_at, warnings};
pub use mask::{hushed, masked, shortened};
pub use scan::scan;

/// What a piece of text looks like. The last two open doors, the others are patient data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nine digits in the shape of a social security number that may have been given out, or behind its label.
    SocialSecurity,
    /// A medical record, chart or patient number behind its label.
    RecordNumber,
    /// A date behind "DOB" or "date of birth", or beside a name.
    BirthDate,
    /// A number that a card company could have given out, with the right check digit.
    Card,
    /// A number of a health plan's member behind its label, or in the shape of a Medicare number.
    MemberId,
    /// A name behind "Patient".
    PatientName,
    /// A password, PIN or door code behind its label, or in an address or connection string.
    Password,
    /// A key or token of a program, or a private key.
    Key,
}

impl Kind {
    /// Code of the warning, stable.
    pub fn code(self) -> &'static str {
        match self {
            Kind::SocialSecurity => "looks-like-ssn",
            Kind::RecordNumber => "looks-like-record-number",
            Kind::BirthDate => "looks-like-birth-date",
            Kind::Card => "looks-like-card-number",
            Kind::MemberId => "looks-like-member-id",
            Kind::PatientName => "looks-like-patient-name",
            Kind::Password => "looks-like-password",
            Kind::Key => "looks-like-key",
        }
    }

    /// With its article: "a social security number".
    pub fn words(self) -> &'static str {
        match self {
            Kind::SocialSecurity => "a social security number",
            Kind::RecordNumber => "a patient's record number",
            Kind::BirthDate => "a person's date of birth",
            Kind::Card => "a card number",
            Kind::MemberId => "a health plan member's number",
            Kind::PatientName => "a patient's name",
            Kind::Password => "a password or code",
            Kind::Key => "a secret key",
        }
    }

    /// True for what tells of a person, false for what opens a door.
    pub fn is_of_a_person(self) -> bool {
        !matches!(self, Kind::Password | Kind::Key)
    }
}

/// A piece of text that looks like patient data or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub kind: Kind,
    /// Bytes of the value, without its label.
    pub range: Range<usize>,
}

/// Code of the message that lists the exhibits nobody has looked at.
pub const NOT_LOOKED_AT: &str = "phi-not-looked-at";

/// Codes of every message of this module, for the commands that show them in full.
pub const CODES: [&str; 11] = [
    "looks-like-ssn",
    "looks-like-record-number",
    "looks-like-birth-date",
    "looks-like-card-number",
    "looks-like-member-id",
    "looks-like-patient-name",
    "looks-like-password",
    "looks-like-key",
    "phi-ok-unused",
    "phi-ok-without-reason",
    NOT_LOOKED_AT,
];
