//! The closed sets that describe rows, questions and request items, each with its stable names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Gives each variant its stable name, for JSON, file formats and messages.
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All of them, in the order they are listed.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name, as in the data files and in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(self.as_str())
            }
        }
    };
}

/// Standard or implementation specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// What must be met (164.306(c)).
    Standard,
    /// How a standard is met in detail (164.306(d)).
    Specification,
}
names!(RowKind { Standard = "standard", Specification = "specification" });

/// Whether a row can be met in another way (164.306(d)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Designation {
    /// To be implemented as it stands (164.306(d)(2)).
    Required,
    /// To be assessed, and implemented where reasonable and appropriate (164.306(d)(3)). Not optional.
    Addressable,
}
names!(Designation { Required = "required", Addressable = "addressable" });

/// A fact about the clinic that decides whether a row applies. The names are those of `[applies]` in binder.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A health care clearinghouse within a larger organization (164.308(a)(4)(ii)(A)).
    Clearinghouse,
    /// A group health plan that shares ePHI with its plan sponsor (164.314(b)).
    GroupHealthPlan,
    /// A business associate that uses subcontractors (164.314(a)(2)(iii)).
    Subcontractors,
    /// A government body with an arrangement under 164.504(e)(3) in place of a contract (164.314(a)(2)(ii)).
    GovernmentArrangement,
}
names!(Condition {
    Clearinghouse = "clearinghouse",
    GroupHealthPlan = "group_health_plan",
    Subcontractors = "subcontractors",
    GovernmentArrangement = "government_arrangement",
});

/// What the words of a row call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallsFor {
    /// "Implement policies and procedures"
    PoliciesAndProcedures,
    /// "Implement procedures"
    Procedures,
    /// A technical or physical measure: "Implement a mechanism", "technical security measures".
    Mechanism,
    /// Something to be done: "Conduct", "Perform", "Identify", "Apply", "Assess".
    Action,
    /// A contract, another written arrangement, or the plan documents of a health plan.
    Contract,
    /// "Maintain a record", "document"
    Record,
}
names!(CallsFor {
    PoliciesAndProcedures = "policies-and-procedures",
    Procedures = "procedures",
    Mechanism = "mechanism",
    Action = "action",
    Contract = "contract",
    Record = "record",
});

/// The answer to a question that states no shortfall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GoodAnswer {
    /// An answer that opens with "No" states a shortfall.
    Yes,
    /// An answer that opens with "Yes" states a shortfall.
    No,
    /// No opening word says anything about a shortfall.
    Text,
}
names!(GoodAnswer { Yes = "yes", No = "no", Text = "text" });

/// What a request item asks to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    /// A written policy, procedure, plan or contract text.
    Policy,
    /// Proof that it is carried out.
    Evidence,
    /// On addressable rows: the paper on an alternative measure (164.306(d)(3)(ii)(B)).
    Alternative,
}
names!(RequestKind { Policy = "policy", Evidence = "evidence", Alternative = "alternative" });
