//! `--only`: the rows that somebody names, in any spelling.

use hipaa_binder::binder::Selection;
use hipaa_binder::citation::Citation;
use hipaa_binder::rule::{RowId, rule};

use super::console::wrap;
use super::rule::explain;

/// The rows that the values of `--only` name: rows, standards with what stands below them, whole sections, lists of
/// them, in any usual spelling.
///
/// # Errors
/// Words for the person: what is wrong, and the nearest rows.
pub(super) fn selection(values: &[String]) -> Result<Selection, String> {
    let mut rows: Vec<RowId> = vec![];
    for value in values {
        if let Some(found) = by_address(value).or_else(|| sections(value)) {
            rows.extend(found);
            continue;
        }
        let parsed = Citation::parse_list(value).map_err(|error| explain(&error))?;
        for citation in &parsed.citations {
            let found = rows_of(citation);
            if found.is_empty() {
                let error = format!(
                    "error: {citation} is part of the Security Rule, but no row of a binder. Run `binder rule` for the \
                     list of all rows."
                );
                return Err(format!("{}\n", wrap(&error, 0)));
            }
            rows.extend(found);
        }
    }
    Ok(Selection::of(rows))
}

/// Spelled as in the addresses of the website: 164.308-a-5-i.
fn by_address(value: &str) -> Option<Vec<RowId>> {
    let named = |part: &str| {
        let slug = |row: &&hipaa_binder::rule::Row| row.citation.slug().eq_ignore_ascii_case(part.trim());
        rule().rows().iter().find(slug).map(|row| row.id)
    };
    value.split([',', ';']).map(named).collect()
}

/// From one section to another, both with all their rows: 164.310-164.312. A comma or a semicolon parts several.
fn sections(value: &str) -> Option<Vec<RowId>> {
    let mut rows = vec![];
    for part in value.split([',', ';']) {
        let part = part
            .replace(" to ", "-")
            .replace(" through ", "-")
            .replace('\u{2013}', "-");
        let (from, to) = part.split_once('-').unwrap_or((&part, &part));
        let (from, to) = (section(from)?, section(to)?);
        let within = |row: &&hipaa_binder::rule::Row| (from..=to).contains(&row.section());
        let before = rows.len();
        rows.extend(rule().rows().iter().filter(within).map(|row| row.id));
        if rows.len() == before {
            return None;
        }
    }
    Some(rows)
}

/// The number of a section of the Security Rule: 164.310, \u{a7} 164.310, 45 CFR 164.310.
fn section(text: &str) -> Option<u16> {
    let text = text
        .trim()
        .trim_start_matches("45 CFR")
        .trim_start_matches(['\u{a7}', ' ']);
    let digits = text.strip_prefix("164.")?.trim_end();
    let plain = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// Every row at the citation or below it; else the row that it is a part of.
fn rows_of(citation: &Citation) -> Vec<RowId> {
    let below = rule().rows_within(citation);
    if below.is_empty() {
        rule().resolve(citation).link().into_iter().collect()
    } else {
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(values: &[&str]) -> Result<String, String> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_string()).collect();
        selection(&values).map(|selection| selection.words())
    }

    #[test]
    fn rows_are_named_in_any_spelling() {
        for (values, expected) in [
            (vec!["164.312"], "164.312"),
            (
                vec!["164.308(a)(5)(i),164.308(a)(5)(ii)(A)"],
                "164.308(a)(5)(i); 164.308(a)(5)(ii)(A)",
            ),
            (
                vec!["164.308-a-5-ii-a", "45 CFR 164.308(a)(5)(i)"],
                "164.308(a)(5)(i); 164.308(a)(5)(ii)(A)",
            ),
            (vec!["164.312(b)", "164.312"], "164.312"),
            (vec!["164.310-164.312"], "164.310; 164.312"),
            (vec!["164.312, 164.314 to 164.316"], "164.312; 164.314; 164.316"),
            (
                vec!["164.308(a)(5)(ii)(A)-(C)"],
                "164.308(a)(5)(ii)(A); 164.308(a)(5)(ii)(B); 164.308(a)(5)(ii)(C)",
            ),
        ] {
            assert_eq!(words(&values), Ok(expected.to_string()), "{values:?}");
        }
        let standard = words(&["164.308(a)(5)"]).expect("a standard");
        assert_eq!(standard.split("; ").count(), 5, "{standard}");
    }

    #[test]
    fn what_is_no_row_is_explained() {
        let nearest = words(&["164.308(a)(9)"]).expect_err("there is none");
        assert!(nearest.contains("nearest rows"), "{nearest}");
        let none = words(&["164.304"]).expect_err("no row");
        assert!(none.contains("no row of a binder"), "{none}");
        assert!(words(&["everything"]).is_err());
        assert!(words(&["164.304-164.306"]).is_err(), "sections without rows");
        assert!(words(&["164.312-164.308"]).is_err(), "backwards");
    }
}
