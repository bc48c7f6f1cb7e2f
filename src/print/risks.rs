//! The picture above the risk register: which risks stand where, by likelihood and impact.

use super::cells;
use super::emit::{Arg, Emitter};
use crate::content::Table;

const LEVELS: [&str; 3] = ["low", "moderate", "high"];
/// Most ids in one field; the register below has them all.
const MOST: usize = 40;

/// Writes the picture. A risk without likelihood or impact is named below it.
pub(super) fn picture(em: &mut Emitter, table: &Table) {
    let (fields, nowhere) = fields(table);
    if fields.iter().flatten().all(Vec::is_empty) {
        return;
    }
    let alt = alt(&fields);
    em.start("risk-grid", &[("alt", Arg::Alt(&alt))]);
    for (row, impact) in fields.iter().enumerate() {
        for (column, ids) in impact.iter().enumerate() {
            let impact = LEVELS.len() - 1 - row;
            // How far up and to the right: the shade of the place, not the level that somebody gave a risk.
            let shade = LEVELS[[0, 0, 1, 2, 2][impact + column]];
            em.tuple(&[Arg::Str(shade), Arg::Int(ids.len()), Arg::Str(&shown(ids))]);
        }
    }
    em.end();
    if !nowhere.is_empty() {
        cells::lead(
            em,
            &format!(
                "Not in the picture, for want of likelihood or impact: {}.",
                shown(&nowhere)
            ),
        );
    }
}

/// Ids by impact, the highest first, then by likelihood, the lowest first; and those that have no place.
fn fields(table: &Table) -> ([[Vec<&str>; 3]; 3], Vec<&str>) {
    let mut fields: [[Vec<&str>; 3]; 3] = Default::default();
    let mut nowhere = vec![];
    for entry in &table.entries {
        let level = |column| {
            LEVELS
                .iter()
                .position(|level| entry.get(column).eq_ignore_ascii_case(level))
        };
        match (level("impact"), level("likelihood")) {
            (Some(impact), Some(likelihood)) => {
                fields[LEVELS.len() - 1 - impact][likelihood].push(entry.id.as_str());
            }
            _ => nowhere.push(entry.id.as_str()),
        }
    }
    (fields, nowhere)
}

fn shown(ids: &[&str]) -> String {
    let more = ids.len().saturating_sub(MOST);
    let mut words = ids[..ids.len() - more].join(", ");
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    words
}

fn alt(fields: &[[Vec<&str>; 3]; 3]) -> String {
    let mut parts = vec![];
    for (impact, row) in LEVELS.iter().rev().zip(fields) {
        for (likelihood, ids) in LEVELS.iter().zip(row) {
            if !ids.is_empty() {
                parts.push(format!(
                    "likelihood {likelihood}, impact {impact}: {}",
                    shown(ids)
                ));
            }
        }
    }
    format!("Risks by likelihood and impact. {}.", parts.join("; "))
}
