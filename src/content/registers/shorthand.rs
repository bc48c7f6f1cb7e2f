//! Shorthand for the declarations: a column or a serve in one line each. Nothing here says what counts.

use super::{Column, ColumnKind, Condition, Contradiction, Coverage, NoneAccepted, Serve, Shown};

pub(super) const fn must(name: &'static str, title: &'static str, kind: ColumnKind) -> Column {
    Column {
        name,
        title,
        kind,
        required: true,
        shown: Shown::Always,
    }
}

pub(super) const fn may(name: &'static str, title: &'static str, kind: ColumnKind) -> Column {
    Column {
        name,
        title,
        kind,
        required: false,
        shown: Shown::Always,
    }
}

/// What most entries are: one fresh line that meets the conditions is enough, and "none" is no proof.
pub(super) const fn serve(
    row: &'static str,
    part: &'static str,
    when: &'static [Condition],
    months: u32,
) -> Serve {
    Serve {
        row,
        part,
        among: &[],
        when,
        filled: &[],
        date: "",
        months,
        coverage: Coverage::Any,
        none: NoneAccepted::No,
        contradicted_by: &[],
    }
}

impl Serve {
    pub(super) const fn filled(self, filled: &'static [&'static str]) -> Self {
        Self { filled, ..self }
    }
    pub(super) const fn among(self, among: &'static [Condition]) -> Self {
        Self { among, ..self }
    }
    pub(super) const fn covering(self, coverage: Coverage) -> Self {
        Self { coverage, ..self }
    }
    pub(super) const fn none(self, none: NoneAccepted) -> Self {
        Self { none, ..self }
    }
    pub(super) const fn contradicted_by(self, contradicted_by: &'static [Contradiction]) -> Self {
        Self {
            contradicted_by,
            ..self
        }
    }
    pub(super) const fn dated(self, date: &'static str) -> Self {
        Self { date, ..self }
    }
}
