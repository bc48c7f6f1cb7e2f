//! `binder.toml`: the entity, its sites, the facts that decide which rows apply, intervals, retention, paper.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::diagnostic::Place;
use crate::rule::RowId;

/// The configuration of a binder. One binder is one legal entity.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[practice]`.
    pub practice: Practice,
    /// `[applies]`.
    pub applies: Applies,
    /// `[[site]]`, in file order.
    pub sites: Vec<Site>,
    /// `[intervals]`.
    pub intervals: Intervals,
    /// `[retention] years`: 6 or more (164.316(b)(2)(i)).
    pub retention_years: u32,
    /// `[print] paper`.
    pub paper: Paper,
    /// The file.
    pub place: Place,
}

/// `[practice]`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Practice {
    /// Name as staff say it.
    pub name: String,
    /// Legal name; the name where it says none.
    pub legal_name: String,
    /// What kind of regulated entity.
    pub kind: EntityKind,
    /// Name of the security official, "" where only the designations register says it.
    pub security_official: String,
    /// Postal address, "" if none.
    pub address: String,
    /// Telephone, "" if none.
    pub phone: String,
}

/// Covered entity, business associate, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// Covered entity.
    #[default]
    CoveredEntity,
    /// Business associate.
    BusinessAssociate,
    /// Both.
    Both,
}

/// `[applies]`: facts, not rows.
#[derive(Debug, Clone, Default)]
pub struct Applies {
    /// A health care clearinghouse is part of the organization: 164.308(a)(4)(ii)(A).
    pub clearinghouse: Option<bool>,
    /// It sponsors a group health plan that shares ePHI: 164.314(b).
    pub group_health_plan: Option<bool>,
    /// It is a business associate that uses subcontractors: 164.314(a)(2)(iii).
    pub subcontractors: Option<bool>,
    /// An arrangement of 164.504(e)(3) stands in for a contract: 164.314(a)(2)(ii).
    pub government_arrangement: Option<bool>,
    /// Who stated these facts.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<Date>,
    /// Optional words on each fact, by its key.
    pub reasons: BTreeMap<String, String>,
    /// The `[applies]` line; the file where it is missing.
    pub place: Place,
}

/// `[[site]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Id that registers join on.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
}

/// `[intervals]`, in months.
#[derive(Debug, Clone)]
pub struct Intervals {
    /// Answers are read through at least this often.
    pub answers: u32,
    /// Policies, where they say no `review_every`.
    pub policies: u32,
    /// Addressable decisions.
    pub decisions: u32,
    /// Facts that decide conditional rows.
    pub applicability: u32,
    /// Evidence, per row, where the practice's own written interval differs from the default.
    pub rows: BTreeMap<RowId, u32>,
}

impl Default for Intervals {
    fn default() -> Self {
        Self { answers: 12, policies: 12, decisions: 12, applicability: 12, rows: BTreeMap::new() }
    }
}

/// Paper of the printed binder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 8.5 by 11 inches.
    #[default]
    UsLetter,
    /// 210 by 297 mm.
    A4,
}
