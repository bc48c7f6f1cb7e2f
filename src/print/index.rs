//! The ways in, each with page numbers: by row, by request item, by exhibit, and every place that mentions a citation.
//!
//! What stands where is said by [`super::places`]; the pages are found by the template, once everything has its place.

pub(super) mod citations;
pub(super) mod exhibits;
pub(super) mod requests;
pub(super) mod rows;

/// Label of the index of rows.
pub(super) const ROWS: &str = "rows";
/// Label of the index of request items.
pub(super) const REQUESTS: &str = "requests";
/// Label of the index of exhibits.
pub(super) const EXHIBITS: &str = "exhibits";
/// Label of the index of citations.
pub(super) const CITATIONS: &str = "citations";

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use typst_layout::PagedDocument;

    use super::super::glyphs::Glyphs;
    use super::super::world::Pages;
    use crate::theme::Theme;
    use crate::world::Folder;

    const META: &str = "#let m = (practice: \"\", version: \"\", edition: \"\", as-of: \"\", build: \"\", notice: \"\", paper: \"a4\", woven: false, room: \"\")";

    /// Runs `checks` with the functions of the template at hand.
    fn holds(checks: &str) -> Result<(), String> {
        let theme = Theme::with_overrides(&Folder::default());
        let mut sources: Vec<(String, String)> = theme
            .below("print")
            .filter(|(path, _)| path.ends_with(".typ"))
            .map(|(path, file)| {
                let text = String::from_utf8_lossy(file.bytes.as_ref()).into_owned();
                (format!("/{path}"), text)
            })
            .collect();
        sources.push(("/meta.typ".to_string(), META.to_string()));
        let main = format!("#import \"/print/indexes.typ\": *\n{checks}");
        sources.push(("/main.typ".to_string(), main));
        let sources: Vec<(&str, &str)> = sources.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let world = Pages::new("/main.typ", sources, BTreeMap::new(), &Glyphs::load(&theme))
            .ok_or("the world is made")?;
        let laid_out = typst::compile::<PagedDocument>(&world);
        laid_out.output.map(drop).map_err(|errors| format!("{errors:?}"))
    }

    proptest! {
        // Each case is a compilation of many lists.
        #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ranges_name_the_same_pages_and_never_touch(
            lists in prop::collection::vec(prop::collection::vec((1usize..60, 0usize..4), 0..12), 50)
        ) {
            let mut checks = String::new();
            for list in &lists {
                let given: String = list.iter().map(|(first, more)| format!("({first}, {}, none), ", first + more)).collect();
                let pages: BTreeSet<usize> = list.iter().flat_map(|(first, more)| *first..=first + more).collect();
                let mut merged: Vec<(usize, usize)> = vec![];
                for page in pages {
                    match merged.last_mut() {
                        Some((_, last)) if *last + 1 == page => *last = page,
                        _ => merged.push((page, page)),
                    }
                }
                let wanted: String = merged.iter().map(|(first, last)| format!("({first}, {last}), ")).collect();
                checks.push_str(&format!("#assert.eq(merged(({given})).map(it => it.slice(0, 2)), ({wanted}))\n"));
            }
            prop_assert_eq!(holds(&checks), Ok(()));
        }
    }

    #[test]
    fn a_list_that_is_not_merged_is_found() {
        let checks = "#assert.eq(merged(((12, 12, none), (13, 14, none), (31, 31, none))).map(it => it.slice(0, 2)), ((12, 13), (14, 14), (31, 31)))";
        assert!(holds(checks).is_err());
    }
}
