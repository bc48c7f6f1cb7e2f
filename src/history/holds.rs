//! Whether a sealed version holds something that is on legal hold today.

use super::Version;
use crate::content::{Content, Handling};

/// True where the version holds, or may hold, an item on hold. Policies and exhibits are known by their ids; an answer,
/// a record or a line of a register on hold may be in any version, so each of them is held.
pub(super) fn holds(version: &Version, content: &Content) -> bool {
    let held = |handling: &Handling| handling.hold.is_some();
    let anywhere = content.answers.iter().any(|answer| held(&answer.handling))
        || content.records.iter().any(|record| held(&record.handling))
        || content
            .registers
            .iter()
            .filter(|(name, _)| **name != "evidence")
            .any(|(_, table)| {
                table.entries.iter().any(|entry| held(&entry.handling))
                    || table.nones.iter().any(|none| held(&none.handling))
            });
    let Some(summary) = version.summary.as_ref().filter(|_| !anywhere) else {
        return anywhere;
    };
    let policies = content.policies.iter().chain(&content.approved);
    let mut policies = policies.filter(|policy| held(&policy.handling));
    let mut exhibits = content.exhibits.iter().filter(|exhibit| held(&exhibit.handling));
    policies.any(|policy| summary.policies.iter().any(|there| there.id == policy.id))
        || exhibits.any(|exhibit| {
            let same = |id: &str| id.eq_ignore_ascii_case(&exhibit.id);
            summary.exhibits.iter().any(|there| same(&there.id))
        })
}
