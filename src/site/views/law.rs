//! The words of the regulation on a row, and what OCR's protocol asks to see.

use serde::Serialize;

use crate::rule::{RequestKind, Row, rule};

/// The words of the regulation.
#[derive(Debug, Serialize)]
pub struct Law {
    /// "45 CFR 164.308, Administrative safeguards".
    pub section: String,
    /// The words that open the section, "" if none.
    pub opening: String,
    /// The heading of the paragraph.
    pub heading: String,
    /// Words of the paragraph above, "" if none.
    pub lead_in: String,
    /// The text, "" where the parts say it all.
    pub text: String,
    /// Its lettered parts: label and text.
    pub elements: Vec<(String, String)>,
    /// A remark of ours, "" if none.
    pub note: String,
    /// Whom it binds, in plain words, "" for everybody.
    pub applies_only_if: String,
    /// The regulation on the government's site.
    pub source: String,
}

/// What OCR's protocol asks to see.
#[derive(Debug, Serialize)]
pub struct Request {
    /// `164.310(d)(2)(i)/2`.
    pub id: String,
    /// "Policy", "Evidence", "Alternative".
    pub kind: &'static str,
    /// In our words.
    pub text: String,
    /// The statement that the binder contains no document for it, "" where it does, and where gaps are shown.
    pub nothing: &'static str,
}

/// The regulation's words on a row.
pub fn law(row: &Row) -> Law {
    let section = rule().section(row.section());
    let elements: Vec<(String, String)> = row
        .elements
        .iter()
        .map(|e| {
            let citation = e.citation.to_string();
            let label = citation.rfind('(').map_or("", |i| &citation[i..]).to_string();
            (label, e.text.clone())
        })
        .collect();
    Law {
        section: format!(
            "45 CFR 164.{}, {}",
            row.section(),
            section.map_or("", |s| &s.title)
        ),
        opening: section.and_then(|s| s.text.clone()).unwrap_or_default(),
        heading: row.heading.clone(),
        lead_in: row.lead_in.clone().unwrap_or_default(),
        text: if elements.is_empty() {
            row.text.clone()
        } else {
            without_elements(row)
        },
        elements,
        note: row.note.clone().unwrap_or_default(),
        applies_only_if: row.applies_only_if.clone().unwrap_or_default(),
        source: format!(
            "https://www.ecfr.gov/current/title-45/section-164.{}",
            row.section()
        ),
    }
}

/// The text before its lettered parts, which are listed below it; "" where nothing stands before them.
fn without_elements(row: &Row) -> String {
    let first = row.elements.first().and_then(|e| row.text.find(e.text.as_str()));
    let before = first.map_or(row.text.as_str(), |at| &row.text[..at]).trim();
    // The label of the first part, "(A)", stands before its words.
    match before.rfind('(') {
        Some(at) if before.ends_with(')') && before.len() - at <= 6 => before[..at].trim().to_string(),
        _ => before.to_string(),
    }
}

/// What OCR's protocol asks to see on a row.
pub fn requests(row: &Row) -> Vec<Request> {
    let kind = |k| match k {
        RequestKind::Policy => "Policy",
        RequestKind::Evidence => "Evidence",
        RequestKind::Alternative => "Alternative",
    };
    let view = |r: &crate::rule::RequestItem| Request {
        id: row.request_id(r),
        kind: kind(r.kind),
        text: r.text.clone(),
        nothing: "",
    };
    row.requests.iter().map(view).collect()
}
