//! What proves each row: the parts its Evidence mark is made of, and what beside registers may serve them.
//!
//! Registers declare which of their entries serve which part ([`crate::content::registers::declared`]); this table
//! says which parts a row has, which of them a file or a signed record may serve, and which need a rule of their own.
//! Our reading of the rule's words and of OCR's 2016 audit protocol; the intervals are defaults, not law.

use crate::content::registers::{Coverage, NEVER_AGES, REGISTERS, Register, Serve, SystemFilter};
use crate::rule::RowId;

/// One part of what proves a row. Every part must be full for the Evidence mark to be full.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Name that the registers' declarations use; "" for the only part.
    pub name: &'static str,
    /// What is wanted, in words that follow "Wanted: ".
    pub wanted: &'static str,
    /// What files of `evidence.csv` may serve it.
    pub files: Files,
    /// Kinds of records that serve it, fresh for `record_months`.
    pub records: &'static [&'static str],
    /// Months a record stays fresh.
    pub record_months: u32,
    /// A rule that no table can say.
    pub special: Option<Special>,
}

/// What files may serve a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// None: a register or a record must show it.
    None,
    /// A file that cites the row, when what it shows is among `shows` (any where that is empty, or where the line
    /// does not say what it shows).
    Cited {
        /// Values of `evidence.shows`.
        shows: &'static [&'static str],
        /// Fresh for this many months.
        months: u32,
        /// What must be covered, by the `system`, `site` and `person` columns of the line.
        coverage: Coverage,
    },
    /// A letter or report of the vendor, for the systems it hosts, beside the register's own coverage.
    HostedSystems {
        /// Fresh for this many months.
        months: u32,
    },
}

/// Rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// A signed risk analysis with its nine elements, newer than the last change, for every system and site.
    RiskAnalysis,
    /// A signed evaluation, technical and nontechnical, newer than the last change.
    Evaluation,
    /// Every policy in effect reviewed within its interval, by somebody.
    PolicyReviews,
    /// A plan document in effect, reviewed within its interval.
    PlanDocuments,
    /// A sealed version of this binder serves too.
    SealedVersion,
}

const ANY_FILE: Files = Files::Cited {
    shows: &[],
    months: 12,
    coverage: Coverage::Any,
};
const OLD_FILE: Files = Files::Cited {
    shows: &[],
    months: 24,
    coverage: Coverage::Any,
};
const SETTING: Files = Files::Cited {
    shows: &["setting", "report", "export", "photo"],
    months: 12,
    coverage: Coverage::Any,
};
/// The setting of each system that holds ePHI, by the `system` column of the exhibits.
const SETTING_OF_EACH: Files = Files::Cited {
    shows: &["setting", "report", "export", "photo"],
    months: 12,
    coverage: Coverage::Systems(SystemFilter::HoldsEphi),
};
const LIST: Files = Files::Cited {
    shows: &["list", "user-list", "export", "report"],
    months: 12,
    coverage: Coverage::Any,
};

const fn part(name: &'static str, wanted: &'static str, files: Files) -> Part {
    Part {
        name,
        wanted,
        files,
        records: &[],
        record_months: 12,
        special: None,
    }
}

impl Part {
    const fn or_record(self, records: &'static [&'static str]) -> Self {
        Self { records, ..self }
    }
    const fn special(self, special: Special) -> Self {
        Self {
            special: Some(special),
            ..self
        }
    }
}

/// Row by row, in rule order.
const PROOF: &[(&str, &[Part])] = &[
    ("164.308(a)(1)(i)", &[part("", "a security problem followed from found to fixed within the interval: a risk closed with proof, an incident with its outcome, or an activity review with the action taken", ANY_FILE)]),
    ("164.308(a)(1)(ii)(A)", &[part("", "a dated, signed risk analysis with its nine elements, covering every system and site in use, newer than the last change", Files::None).special(Special::RiskAnalysis)]),
    ("164.308(a)(1)(ii)(B)", &[part("", "every open risk with an owner, a due date that is not past and a decision; closed ones with proof, accepted ones with who and when", Files::None)]),
    ("164.308(a)(1)(ii)(C)", &[part("", "each sanction applied, or a statement that there was none, for the whole interval", ANY_FILE)]),
    ("164.308(a)(1)(ii)(D)", &[part("", "a review of each system that logs", Files::Cited { shows: &["report", "export", "statement", "form"], months: 3, coverage: Coverage::Systems(SystemFilter::LoggingOn) })]),
    ("164.308(a)(2)", &[
        part("person", "the security official as a named person, since when, confirmed", Files::None),
        part("letter", "the letter or job description with the duties", Files::Cited { shows: &["letter", "form", "contract"], months: NEVER_AGES, coverage: Coverage::Any }),
    ]),
    ("164.308(a)(3)(i)", &[part("", "a review of the user list against the workforce list", ANY_FILE)]),
    ("164.308(a)(3)(ii)(A)", &[
        part("authorizations", "an authorization with who approved it, or a statement that nobody joined", Files::Cited { shows: &["form", "letter"], months: 12, coverage: Coverage::Any }),
        part("list", "the current list of who is authorized, confirmed", LIST).or_record(&["access-list", "access-matrix"]),
    ]),
    ("164.308(a)(3)(ii)(B)", &[part("", "for each person who reaches ePHI: the check, by whom and when, before the first log-in", Files::None)]),
    ("164.308(a)(3)(ii)(C)", &[part("", "for each person who left: accounts off and by whom, or a statement that nobody left, for the whole interval", Files::None)]),
    ("164.308(a)(4)(i)", &[
        part("matrix", "the signed list of which role may reach what", Files::None).or_record(&["access-matrix"]),
        part("review", "a review of the user list", ANY_FILE),
    ]),
    ("164.308(a)(4)(ii)(A)", &[part("", "how the clearinghouse's data is kept apart", ANY_FILE).or_record(&["statement", "other"])]),
    ("164.308(a)(4)(ii)(B)", &[part("", "each access granted: level, approved by whom, before the first log-in; or a statement that none was granted", Files::Cited { shows: &["form", "user-list"], months: 12, coverage: Coverage::Any })]),
    ("164.308(a)(4)(ii)(C)", &[part("", "a review, change or removal of access", ANY_FILE)]),
    ("164.308(a)(5)(i)", &[part("", "general security training of every current workforce member, with the material", Files::Cited { shows: &["form", "report", "list"], months: 12, coverage: Coverage::Workforce { with_access: false } })]),
    ("164.308(a)(5)(ii)(A)", &[part("", "a security reminder", Files::Cited { shows: &[], months: 6, coverage: Coverage::Any })]),
    ("164.308(a)(5)(ii)(B)", &[
        part("protection", "malware protection on every computer and system with ePHI, confirmed, or the console's export", SETTING),
        part("training", "malware training of every current workforce member", Files::None),
    ]),
    ("164.308(a)(5)(ii)(C)", &[
        part("review", "a review of log-ins", Files::Cited { shows: &["report", "export"], months: 3, coverage: Coverage::Any }),
        part("setting", "the lock-out setting", Files::Cited { shows: &["setting", "photo"], months: 12, coverage: Coverage::Any }),
        part("training", "log-in training of every current workforce member", Files::None),
    ]),
    ("164.308(a)(5)(ii)(D)", &[
        part("setting", "the password or passkey setting of each system that holds ePHI", SETTING_OF_EACH),
        part("training", "password training of every current workforce member", Files::None),
    ]),
    ("164.308(a)(6)(i)", &[part("", "an incident drill, the plan handed out to everyone, or the contact list checked", ANY_FILE).or_record(&["drill-report"])]),
    ("164.308(a)(6)(ii)", &[part("", "each incident with response, mitigation and outcome, or a statement that none was identified, for the whole interval", Files::None)]),
    ("164.308(a)(7)(i)", &[part("", "the plan handed out to everyone, used, or tested", ANY_FILE).or_record(&["drill-report"])]),
    ("164.308(a)(7)(ii)(A)", &[part("", "a check of the backup of each system that holds ePHI, or the vendor's letter for what it hosts", Files::HostedSystems { months: 12 })]),
    ("164.308(a)(7)(ii)(B)", &[part("", "a restore test", Files::Cited { shows: &["test", "report"], months: 12, coverage: Coverage::Any })]),
    ("164.308(a)(7)(ii)(C)", &[part("", "a downtime drill, or a real downtime with what was done", Files::Cited { shows: &["test", "report"], months: 12, coverage: Coverage::Any }).or_record(&["drill-report"])]),
    ("164.308(a)(7)(ii)(D)", &[part("", "a test of the plan: who took part, what came out, what was changed", Files::Cited { shows: &["test", "report"], months: 12, coverage: Coverage::Any }).or_record(&["drill-report"])]),
    ("164.308(a)(7)(ii)(E)", &[part("", "every system in use ranked, with the longest time without it and who agreed", Files::None)]),
    ("164.308(a)(8)", &[part("", "a dated, signed evaluation, technical and nontechnical, newer than the last change", Files::None).special(Special::Evaluation)]),
    ("164.308(b)(1)", &[part("", "the list of business associates, each line confirmed", Files::None).or_record(&["statement"])]),
    ("164.308(b)(3)", &[part("", "for each active business associate: the day the contract was signed and where it is", Files::None)]),
    ("164.310(a)(1)", &[part("", "who holds keys, badges and codes, for each site, confirmed", Files::Cited { shows: &["list"], months: 12, coverage: Coverage::Sites }).or_record(&["access-list"])]),
    ("164.310(a)(2)(i)", &[part("", "a test of getting into the building in an emergency, or the contact and key plan", ANY_FILE).or_record(&["contact-plan"])]),
    ("164.310(a)(2)(ii)", &[part("", "a walk-through of each site: locks and alarm", Files::Cited { shows: &["photo", "report", "form"], months: 12, coverage: Coverage::Sites })]),
    ("164.310(a)(2)(iii)", &[
        part("visitors", "the visitor log of each site, or a statement that there were none", Files::Cited { shows: &["form"], months: 12, coverage: Coverage::Sites }),
        part("list", "the list of who may enter which area, reviewed", LIST).or_record(&["access-list"]),
    ]),
    ("164.310(a)(2)(iv)", &[part("", "repairs and changes at each site, or a statement that there were none, for the whole interval", Files::Cited { shows: &[], months: 12, coverage: Coverage::Sites })]),
    ("164.310(b)", &[
        part("inventory", "every workstation with its use and place, confirmed", Files::None),
        part("sight-lines", "a check at each site of what can be seen on screens", Files::Cited { shows: &["photo", "form", "report"], months: 12, coverage: Coverage::Sites }),
    ]),
    ("164.310(c)", &[part("", "how each workstation is secured, or a walk-through of each site", Files::Cited { shows: &["photo", "form", "report"], months: 12, coverage: Coverage::Sites })]),
    ("164.310(d)(1)", &[
        part("inventory", "every device, confirmed", Files::None),
        part("movements", "what came, left or moved, or a statement that nothing did", Files::None),
    ]),
    ("164.310(d)(2)(i)", &[part("", "each disposal with method, who verified it and the certificate, or a statement that there was none, for the whole interval", Files::Cited { shows: &["letter", "report", "form", "statement"], months: 12, coverage: Coverage::Any })]),
    ("164.310(d)(2)(ii)", &[part("", "each re-use with method and who verified it, or a statement that there was none, for the whole interval", Files::Cited { shows: &["letter", "report", "form", "statement"], months: 12, coverage: Coverage::Any })]),
    ("164.310(d)(2)(iii)", &[
        part("movements", "each movement with the person responsible, or a statement that there was none", Files::None),
        part("inventory", "a count of the devices against the list", Files::None),
    ]),
    ("164.310(d)(2)(iv)", &[part("", "for each move: the copy made first, or a statement that nothing was moved, for the whole interval", Files::None)]),
    ("164.312(a)(1)", &[
        part("user-list", "the user list with levels of each system that holds ePHI", Files::Cited { shows: &["user-list", "list", "export", "report", "setting"], months: 12, coverage: Coverage::Systems(SystemFilter::HoldsEphi) }),
        part("review", "a review of the user list", Files::None),
    ]),
    ("164.312(a)(2)(i)", &[
        part("ids", "one log-in a person in every system that holds ePHI", Files::None),
        part("user-list", "a user list that shows it", Files::Cited { shows: &["user-list", "list", "export", "report"], months: 12, coverage: Coverage::Any }),
    ]),
    ("164.312(a)(2)(ii)", &[part("", "emergency access used or tested", Files::Cited { shows: &["test", "report"], months: 12, coverage: Coverage::Any }).or_record(&["drill-report"])]),
    ("164.312(a)(2)(iii)", &[
        part("minutes", "the minutes until each system that holds ePHI logs off", Files::None),
        part("setting", "a picture of the setting of each of them", SETTING_OF_EACH),
    ]),
    ("164.312(a)(2)(iv)", &[
        part("devices", "encryption of every device that holds ePHI", Files::None),
        part("systems", "encryption at rest of every system that holds ePHI", Files::None),
    ]),
    ("164.312(b)", &[
        part("logging", "logging on in every system that holds ePHI, confirmed", Files::None),
        part("setting", "a picture or export of the logging setting", SETTING),
        part("review", "a review of each system that logs", Files::None),
    ]),
    ("164.312(c)(1)", &[
        part("permissions", "the list of who may change or delete records", Files::Cited { shows: &["user-list", "list", "setting", "report", "export"], months: 12, coverage: Coverage::Any }).or_record(&["access-matrix"]),
        part("incidents", "integrity incidents, or a statement that none was identified", Files::None),
    ]),
    ("164.312(c)(2)", &[part("", "a vendor's statement, a picture of the change history or a checksum report", OLD_FILE)]),
    ("164.312(d)", &[
        part("second-step", "for each system that holds ePHI whether a second step is used, confirmed", Files::None),
        part("setting", "a picture of the setting", SETTING),
    ]),
    ("164.312(e)(1)", &[part("", "the signed list of every way patient data leaves, how each is protected and who set it", Files::None).or_record(&["data-flows"])]),
    ("164.312(e)(2)(i)", &[part("", "a vendor's statement or a report on protected connections", OLD_FILE)]),
    ("164.312(e)(2)(ii)", &[part("", "the encryption setting of each way patient data leaves", ANY_FILE)]),
    ("164.314(a)(1)", &[part("", "for each business associate: which arrangement, and who approved deviations from the template", Files::None)]),
    ("164.314(a)(2)(i)", &[part("", "for each contract: signed, and the clauses (A), (B) and (C) read and dated", Files::None)]),
    ("164.314(a)(2)(ii)", &[part("", "each memorandum of understanding, signed", ANY_FILE)]),
    ("164.314(a)(2)(iii)", &[part("", "each subcontractor's contract, signed", ANY_FILE)]),
    ("164.314(b)(1)", &[part("", "the plan documents", ANY_FILE).special(Special::PlanDocuments)]),
    ("164.314(b)(2)", &[part("", "the amended plan documents", ANY_FILE).special(Special::PlanDocuments)]),
    ("164.316(a)", &[part("", "the approval or review sheet of the set of policies", Files::Cited { shows: &["form", "letter", "statement"], months: 12, coverage: Coverage::Any }).or_record(&["approval-sheet"])]),
    ("164.316(b)(1)", &[part("", "a sealed version of this binder, or a dated walk-through of the records that the rule calls for", Files::Cited { shows: &["form", "list", "report"], months: 12, coverage: Coverage::Any }).or_record(&["records-walk-through"]).special(Special::SealedVersion)]),
    ("164.316(b)(2)(i)", &[part("", "a dated check or statement of what is kept and since when", Files::Cited { shows: &["form", "statement", "list", "report"], months: 12, coverage: Coverage::Any }).or_record(&["retention-check", "statement"]).special(Special::SealedVersion)]),
    ("164.316(b)(2)(ii)", &[
        part("received", "an acknowledgment of every current workforce member", Files::None),
        part("reach", "where the policies are kept, with a copy that can be read when the computers are down", Files::Cited { shows: &["statement", "photo", "form"], months: 12, coverage: Coverage::Any }).or_record(&["availability-check"]),
    ]),
    ("164.316(b)(2)(iii)", &[part("", "each policy in effect reviewed within its interval, by somebody", Files::None).special(Special::PolicyReviews)]),
];

/// The parts of a row's proof.
pub fn parts(row: RowId) -> &'static [Part] {
    let citation = row.citation().to_string();
    PROOF
        .iter()
        .find(|(text, _)| *text == citation)
        .map_or(&[], |(_, parts)| parts)
}

/// Every register declaration that serves a part of a row, in the order of the registers.
pub fn serves(row: RowId) -> impl Iterator<Item = (&'static Register, &'static Serve)> {
    let citation = row.citation().to_string();
    REGISTERS
        .iter()
        .flat_map(|register| register.serves.iter().map(move |serve| (register, serve)))
        .filter(move |(_, serve)| serve.row == citation)
}

/// The part used in place of a row's own when the alternative was chosen for all of it: proof of that alternative.
pub const ALTERNATIVE: Part = Part {
    name: "alternative",
    wanted: "proof of the alternative measure: an exhibit or a signed record that cites this row",
    files: ANY_FILE,
    records: &["*"],
    record_months: 12,
    special: None,
};
