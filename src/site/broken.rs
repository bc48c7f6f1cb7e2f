//! Links and images that lead nowhere, as warnings at the line where they are written.

use std::collections::{BTreeMap, HashSet};

use super::Site;
use super::markdown::{Broken, Why};
use crate::diagnostic::{Diagnostic, Place, Source};

impl Site<'_> {
    /// One warning for each, in the order of the pages.
    pub fn broken_links(&self, broken: &[(String, Broken)]) -> Vec<Diagnostic> {
        let mut sources: BTreeMap<&str, Option<Source>> = BTreeMap::new();
        let read = |file: &str| {
            let text = std::str::from_utf8(self.folder.bytes(file)?).ok()?;
            Some(Source::new(file, text.strip_prefix('\u{feff}').unwrap_or(text)))
        };
        let mut out = Vec::new();
        let mut said = HashSet::new();
        for (file, link) in broken {
            let source = sources.entry(file).or_insert_with(|| read(file));
            let place = source
                .as_ref()
                .map_or_else(|| Place::file(file.as_str()), |s| s.place(link.range.as_range()));
            let diagnostic = broken_link(place, link);
            // The same words at the same place are the same message.
            let name = (diagnostic.place.clone(), diagnostic.message.clone());
            if said.insert(name) {
                out.push(diagnostic);
            }
        }
        out
    }
}

fn broken_link(place: Place, link: &Broken) -> Diagnostic {
    let target = &link.target;
    let (code, message, help) = match link.why {
        Why::NoFile => (
            "broken-link",
            format!("This leads to {target}, and there is no such file in the binder."),
            "Write the path as seen from this file, such as ../policies/sanction-policy.md, or take the link out.",
        ),
        Why::NoAnchor => (
            "broken-link",
            format!("This leads to {target}: the file is there, but no heading of it has that name."),
            "What stands after the # is the heading in lower case with dashes: #who-decides.",
        ),
        Why::Scheme => (
            "link-refused",
            format!(
                "The link {target} is shown as plain text: it leads neither to a web page nor to a file of the binder."
            ),
            "Links may start with https:, http:, mailto: or tel:, or be the path of a file of this binder.",
        ),
        Why::NoExhibit => (
            "image-not-listed",
            format!("The picture {target} is not shown: no line of registers/evidence.csv names it."),
            "Add a line with an exhibit number for it, so that somebody says whether it shows patient data.",
        ),
        Why::NoImage => (
            "image-not-shown",
            format!("The file {target} is not a picture that a web page can show."),
            "Use a PNG, JPEG, GIF or WebP file, or link to the file without the exclamation mark.",
        ),
    };
    Diagnostic::warning(code, place, message).help(help)
}
