//! What may stand in `binder.toml` and in the front matter of each kind of file, as data: the readers check keys against it,
//! and the schemas for editors are made of it.

use super::getters::{AUDIENCES, PHI};
use super::{answers, config, decisions, policies, records};

/// The keys of one table.
#[derive(Debug)]
pub struct Keys {
    /// What messages call it: "an answer", "`[practice]`".
    pub what: &'static str,
    /// What it is for, one sentence.
    pub about: &'static str,
    /// Its keys, in the order in which messages list them.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// As it is typed.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// True when a file without it is an error.
    pub required: bool,
    /// What it means, one sentence.
    pub about: &'static str,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Anything: it stays in the file, and no program reads it.
    Any,
    /// Text, or what reads as text: a number, a day.
    Text,
    /// A day.
    Day,
    /// true or false.
    Flag,
    /// A whole number in this range.
    Number(u32, u32),
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    /// A text, or a list of texts.
    Texts,
    /// One row of the rule.
    Row,
    /// Rows of the rule: one text, or a list.
    Rows,
    /// Rows that a policy documents: a text, a table of `row` and `section`, or a list of both.
    Claims,
    /// The id of a policy.
    Id,
    /// A version of a text.
    Version,
    /// A time between reviews: "12 months", 12.
    Interval,
    /// `sha256:` and 64 hexadecimal digits.
    Digest,
    /// A table.
    Table(&'static Keys),
    /// The path of a web address, like `/binder/`.
    Path,
    /// Any number of tables.
    Tables(&'static Keys),
    /// A table from rows to months.
    RowMonths,
}

impl Keys {
    /// The names, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, holds: Holds, about: &'static str) -> Key {
    Key {
        name,
        holds,
        required: false,
        about,
    }
}

const fn needed(name: &'static str, holds: Holds, about: &'static str) -> Key {
    Key {
        required: true,
        ..key(name, holds, about)
    }
}

fn words<T>(choices: &[(&'static str, T)]) -> Vec<&'static str> {
    choices.iter().map(|(word, _)| *word).collect()
}

const AUDIENCE: Key = key(
    "audience",
    Holds::OneOf(|| words(&AUDIENCES)),
    "Who may read it: copies for fewer readers leave it out.",
);
const PHI_MARK: Key = key(
    "phi",
    Holds::OneOf(|| words(&PHI)),
    "Whether it shows patient data.",
);
const PRIVILEGED: Key = key(
    "privileged",
    Holds::Flag,
    "true: legal advice. It appears in no output, archive or search.",
);
const HOLD: Key = key(
    "hold",
    Holds::Text,
    "Why it is on legal hold: then no keep-until date is printed.",
);
const NOTE: Key = key("note", Holds::Any, "A note for yourselves.");

const fn months(name: &'static str, about: &'static str) -> Key {
    key(name, Holds::Number(1, 120), about)
}

/// `binder.toml`.
pub static CONFIG: Keys = Keys {
    what: "binder.toml",
    about: "Settings of a binder: the entity, its sites, the facts that decide which rows apply, intervals, paper.",
    keys: &[
        needed(
            "practice",
            Holds::Table(&PRACTICE),
            "The legal entity that the binder is of.",
        ),
        key(
            "applies",
            Holds::Table(&APPLIES),
            "Facts that decide which conditional rows apply.",
        ),
        key(
            "site",
            Holds::Tables(&SITE),
            "A place of work: one [[site]] each.",
        ),
        key(
            "intervals",
            Holds::Table(&INTERVALS),
            "How old things may grow before they are read through again, in months.",
        ),
        key(
            "retention",
            Holds::Table(&RETENTION),
            "How long documents are kept at least.",
        ),
        key("print", Holds::Table(&PRINT), "The printed binder."),
        key("serve", Holds::Table(&SERVE), "The site while you write."),
        key("hosting", Holds::Table(&HOSTING), "Where the site is hosted."),
        key(
            "phi_ok",
            Holds::Tables(&PHI_OK),
            "A line that looks like patient data and is none.",
        ),
    ],
};

/// `[practice]`.
pub static PRACTICE: Keys = Keys {
    what: "[practice]",
    about: "The legal entity that the binder is of.",
    keys: &[
        needed("name", Holds::Text, "The name staff use."),
        key("legal_name", Holds::Text, "The legal name, where it differs."),
        key(
            "kind",
            Holds::OneOf(|| words(&config::KINDS)),
            "What kind of regulated entity it is.",
        ),
        key(
            "security_official",
            Holds::Text,
            "Name of the security official (164.308(a)(2)).",
        ),
        key("address", Holds::Text, "Postal address."),
        key("phone", Holds::Text, "Telephone."),
    ],
};

/// `[applies]`.
pub static APPLIES: Keys = Keys {
    what: "[applies]",
    about: "Facts that decide which conditional rows apply.",
    keys: &[
        key(
            "clearinghouse",
            Holds::Flag,
            "A health care clearinghouse is part of the organization (164.308(a)(4)(ii)(A)).",
        ),
        key(
            "group_health_plan",
            Holds::Flag,
            "It sponsors a group health plan that shares ePHI (164.314(b)).",
        ),
        key(
            "subcontractors",
            Holds::Flag,
            "It is a business associate that uses subcontractors (164.314(a)(2)(iii)).",
        ),
        key(
            "government_arrangement",
            Holds::Flag,
            "An arrangement of 164.504(e)(3) stands in for a contract (164.314(a)(2)(ii)).",
        ),
        key("decided_by", Holds::Text, "Who stated these facts."),
        key("decided", Holds::Day, "When."),
        key("reason", Holds::Table(&REASONS), "Words on each fact."),
        key("reasons", Holds::Table(&REASONS), "The same as `reason`."),
    ],
};

/// `[applies.reason]`.
pub static REASONS: Keys = Keys {
    what: "[applies.reason]",
    about: "Words on each fact, by its key.",
    keys: &[
        key("clearinghouse", Holds::Text, "Why."),
        key("group_health_plan", Holds::Text, "Why."),
        key("subcontractors", Holds::Text, "Why."),
        key("government_arrangement", Holds::Text, "Why."),
    ],
};

/// `[[site]]`.
pub static SITE: Keys = Keys {
    what: "[[site]]",
    about: "A place of work.",
    keys: &[
        needed("id", Holds::Text, "A short word that registers name the site by."),
        key("name", Holds::Text, "Its name."),
        key("address", Holds::Text, "Its address."),
    ],
};

/// `[intervals]`.
pub static INTERVALS: Keys = Keys {
    what: "[intervals]",
    about: "How old things may grow before they are read through again, in months.",
    keys: &[
        months("answers", "Answers."),
        months("policies", "Policies that say no review_every."),
        months("decisions", "Decisions on addressable rows."),
        months("applicability", "The facts in [applies]."),
        key("rows", Holds::RowMonths, "Evidence, by row."),
    ],
};

/// `[retention]`.
pub static RETENTION: Keys = Keys {
    what: "[retention]",
    about: "How long documents are kept at least.",
    keys: &[key(
        "years",
        Holds::Number(config::LEAST_YEARS, 100),
        "Years: 6 or more (164.316(b)(2)(i)).",
    )],
};

/// `[print]`.
pub static PRINT: Keys = Keys {
    what: "[print]",
    about: "The printed binder.",
    keys: &[
        key(
            "paper",
            Holds::OneOf(|| words(&config::PAPERS)),
            "Size of the paper.",
        ),
        key(
            "attach",
            Holds::Flag,
            "true: the files of exhibits are attached to the PDF.",
        ),
    ],
};

/// `[serve]`.
pub static SERVE: Keys = Keys {
    what: "[serve]",
    about: "The site while you write.",
    keys: &[key(
        "editor",
        Holds::Text,
        "The link that opens a file, with {path} and {line}; \"\" for none.",
    )],
};

/// `[hosting]`.
pub static HOSTING: Keys = Keys {
    what: "[hosting]",
    about: "Where the site is hosted.",
    keys: &[key(
        "path",
        Holds::Path,
        "What stands behind the name of the server, like /binder/.",
    )],
};

/// `[[phi_ok]]`.
pub static PHI_OK: Keys = Keys {
    what: "[[phi_ok]]",
    about: "A line that looks like patient data and is none.",
    keys: &[
        needed("file", Holds::Text, "The file that the warning names."),
        key("line", Holds::Number(1, u32::MAX), "The line of that file."),
        key("text", Holds::Text, "The short text as the warning shows it."),
        needed(
            "reason",
            Holds::Text,
            "Why it is neither patient data nor a secret.",
        ),
        key("by", Holds::Text, "Who looked."),
        key("date", Holds::Day, "When."),
    ],
};

/// The front matter of a file in `answers/`.
pub static ANSWER: Keys = Keys {
    what: "an answer",
    about: "The lines between +++ of a file in answers/.",
    keys: &[
        needed("citation", Holds::Row, "The row that it answers."),
        key("owner", Holds::Text, "Who sees to it: a role or a person."),
        key("answered_by", Holds::Text, "Who wrote the answers."),
        key("reviewed", Holds::Day, "The day they were last read through."),
        key(
            "decision",
            Holds::Tables(&DECISION),
            "Addressable rows: what was decided.",
        ),
        key("gap", Holds::Tables(&PLAN), "The plan for closing a gap."),
        AUDIENCE,
        PHI_MARK,
        PRIVILEGED,
        HOLD,
        NOTE,
    ],
};

/// `[[decision]]` of an answer.
pub static DECISION: Keys = Keys {
    what: "[[decision]]",
    about: "What was decided on an addressable row (164.306(d)(3)).",
    keys: &[
        key(
            "scope",
            Holds::Text,
            "The systems or devices it speaks of, where there are several decisions.",
        ),
        key(
            "branch",
            Holds::OneOf(|| words(&decisions::BRANCHES)),
            "Which way was taken.",
        ),
        key("decided_by", Holds::Text, "Who decided."),
        key("decided", Holds::Day, "When."),
        key("review_by", Holds::Day, "When it is looked at again."),
    ],
};

/// `[[gap]]` of an answer.
pub static PLAN: Keys = Keys {
    what: "[[gap]]",
    about: "The plan for closing a gap.",
    keys: &[
        key(
            "mark",
            Holds::OneOf(|| words(&answers::MARKS)),
            "Which mark it closes; without it any gap of the row.",
        ),
        needed("action", Holds::Text, "What will be done."),
        key("owner", Holds::Text, "Who does it."),
        key("due", Holds::Day, "Until when."),
    ],
};

/// The front matter of a file in `policies/` or `approved/`.
pub static POLICY: Keys = Keys {
    what: "a policy",
    about: "The lines between +++ of a file in policies/.",
    keys: &[
        key(
            "id",
            Holds::Id,
            "Its id, which never changes: small letters, digits, dashes. The file's name where it is left out.",
        ),
        key(
            "kind",
            Holds::OneOf(|| words(&policies::KINDS)),
            "What kind of document it is.",
        ),
        needed("title", Holds::Text, "The words for its cover."),
        key("satisfies", Holds::Claims, "The rows that it documents."),
        key("owner", Holds::Text, "Who sees to it: a role or a person."),
        key(
            "version",
            Holds::Version,
            "Its version: each text that is approved has one of its own.",
        ),
        key("effective", Holds::Day, "From when it is in effect."),
        key(
            "approved",
            Holds::Day,
            "When it was approved: written by binder approve.",
        ),
        key("approved_by", Holds::Text, "By whom: written by binder approve."),
        key(
            "approved_text",
            Holds::Digest,
            "The words that were approved: written by binder approve.",
        ),
        key(
            "approved_sheet",
            Holds::Text,
            "The exhibit that shows an approval on paper.",
        ),
        key(
            "approval_recorded",
            Holds::Any,
            "When the approval was recorded: written by binder approve.",
        ),
        key("superseded", Holds::Day, "The day from which it no longer holds."),
        key(
            "review_every",
            Holds::Interval,
            "How often it is read through, like \"12 months\".",
        ),
        key("revisions", Holds::Tables(&REVISION), "What changed, by version."),
        key("reviews", Holds::Tables(&REVIEW), "When it was read through."),
        key("starter", Holds::Digest, "The starter text that it began as."),
        AUDIENCE,
        PHI_MARK,
        PRIVILEGED,
        HOLD,
    ],
};

/// An entry of `satisfies` that names its section.
pub static CLAIM: Keys = Keys {
    what: "an entry of `satisfies`",
    about: "A row, and the section that documents it.",
    keys: &[
        needed("row", Holds::Row, "The row."),
        key("section", Holds::Text, "The heading of the section."),
    ],
};

/// `[[revisions]]` of a policy.
pub static REVISION: Keys = Keys {
    what: "[[revisions]]",
    about: "What changed with a version, and why.",
    keys: &[
        needed("version", Holds::Text, "The version."),
        key("date", Holds::Day, "When."),
        key("change", Holds::Text, "What changed, and why."),
    ],
};

/// `[[reviews]]` of a policy.
pub static REVIEW: Keys = Keys {
    what: "[[reviews]]",
    about: "That it was read through.",
    keys: &[
        needed("date", Holds::Day, "When."),
        key("by", Holds::Text, "By whom."),
        key("result", Holds::Text, "With what result: \"no change\" is one."),
    ],
};

/// The front matter of a file in `records/`.
pub static RECORD: Keys = Keys {
    what: "a record",
    about: "The lines between +++ of a file in records/.",
    keys: &[
        needed(
            "kind",
            Holds::OneOf(|| records::KINDS.to_vec()),
            "What kind of record it is.",
        ),
        needed("title", Holds::Text, "The words for its cover."),
        key(
            "date",
            Holds::Day,
            "The day it was finished: without it, it proves nothing.",
        ),
        key("by", Holds::Text, "Who made it."),
        key("signed_by", Holds::Text, "Who signed it."),
        key("rows", Holds::Rows, "The rows that it serves."),
        key(
            "systems",
            Holds::Texts,
            "Ids of the systems in its scope, or all.",
        ),
        key("sites", Holds::Texts, "Ids of the sites in its scope, or all."),
        key("previous", Holds::Text, "The file name of the record before it."),
        key("no_previous", Holds::Text, "Why there is none."),
        key("evaluator", Holds::Text, "Who made the evaluation."),
        AUDIENCE,
        PHI_MARK,
        PRIVILEGED,
        HOLD,
        NOTE,
    ],
};
