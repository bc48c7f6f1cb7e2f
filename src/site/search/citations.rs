//! Citations as people type them: all that is left when punctuation goes.

use std::collections::BTreeMap;

use crate::citation::Citation;
use crate::rule::{RowId, rule};

/// Section digits and levels without punctuation, in lower case: `308a1iia`.
fn key(citation: &Citation) -> String {
    let levels: String = citation
        .tokens()
        .map(|level| level.to_ascii_lowercase())
        .collect();
    format!("{}{levels}", citation.section())
}

/// Every paragraph that means a row, to the place of that row.
pub fn keys(rows: &BTreeMap<RowId, usize>) -> BTreeMap<String, usize> {
    let all = rule().rows();
    let elements = all.iter().flat_map(|row| row.elements.iter().map(|e| e.citation));
    let contexts = rule().contexts().iter().map(|context| context.citation);
    // The written contract stood at (b)(4) until 2013, and many binders still say so.
    let old = Citation::parse_start("164.308(b)(4)")
        .ok()
        .map(|(read, _)| read.first());
    let paragraphs = all
        .iter()
        .map(|row| row.citation)
        .chain(elements)
        .chain(contexts)
        .flat_map(|citation| std::iter::successors(Some(citation), Citation::parent))
        .filter(|citation| citation.depth() > 0);
    let mut keys = BTreeMap::new();
    for citation in paragraphs {
        let row = rule().resolve(&citation).link();
        if let Some(place) = row.and_then(|row| rows.get(&row)) {
            keys.insert(key(&citation), *place);
        }
    }
    if let Some(place) = old.and_then(|now| rows.get(&rule().resolve(&now).link()?)) {
        keys.entry("308b4".to_string()).or_insert(*place);
    }
    // No paragraph takes the place of a row.
    for row in all {
        if let Some(place) = rows.get(&row.id) {
            keys.insert(key(&row.citation), *place);
        }
    }
    keys
}
