//! Which place of the site a save changed, for readers who follow the writing.

use serde::Serialize;

use super::snapshot::{Served, Site};
use crate::address;
use crate::binder::Binder;
use crate::output::Output;
use crate::world::Folder;

/// Hex digits of the build id as pages print it.
const SHORT_ID: usize = 12;

/// A place of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Path of the page.
    pub page: String,
    /// The part of it; "" for its top.
    pub anchor: String,
}

/// The first place that differs between two builds, on the page of the file that was changed. `None` when no changed
/// file has a page of its own that shows it.
pub fn place(
    (old, site): (&Folder, &Site),
    now: &Folder,
    output: &Output,
    binder: &Binder,
) -> Option<Changed> {
    let differs = |path: &str| {
        let digest = |folder: &Folder| folder.files.get(path).map(|file| file.digest);
        digest(old) != digest(now)
    };
    let paths = now.files.keys().filter(|path| differs(path));
    for page in paths.flat_map(|path| pages(binder, output, path)) {
        let Some(new) = output.bytes(&page) else { continue };
        let new = without_id(new, &binder.meta.build_id);
        let old = match site.files.get(&page) {
            Some(Served::Bytes(bytes)) => without_id(bytes, &site.build_id),
            _ => String::new(),
        };
        if new != old {
            let anchor = anchor_of_difference(&old, &new).unwrap_or_default().to_string();
            return Some(Changed { page, anchor });
        }
    }
    None
}

/// A page without the build id, which differs on every page of every build.
fn without_id(page: &[u8], id: &str) -> String {
    let page = String::from_utf8_lossy(page).replace(id, "");
    let hex = id.rsplit(':').next().unwrap_or_default();
    match hex.get(..SHORT_ID) {
        Some(short) => page.replace(short, ""),
        None => page,
    }
}

/// The last anchor of `new` before the place where it begins to differ from `old`; `None` without one in the text of
/// the page.
fn anchor_of_difference<'a>(old: &str, new: &'a str) -> Option<&'a str> {
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    // The difference may lie within the anchor's own tag.
    let upto = new.as_bytes()[same..]
        .iter()
        .position(|b| *b == b'>')
        .map_or(new.len(), |more| same + more);
    let start = new.find("<main")?;
    let text = std::str::from_utf8(new.as_bytes().get(start..upto)?).ok()?;
    let (_, tail) = text.rsplit_once(" id=\"")?;
    let (anchor, _) = tail.split_once('"')?;
    (anchor != "main").then_some(anchor)
}

/// The pages that show a file of the content folder, the likeliest first.
fn pages(binder: &Binder, output: &Output, path: &str) -> Vec<String> {
    let content = &binder.content;
    let stem = || {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    };
    match path.split('/').next() {
        Some("answers") => {
            let rows = content.answers.iter().filter(|answer| *answer.path == *path);
            rows.map(|answer| address::row_page(answer.row)).collect()
        }
        Some("policies" | "approved") => {
            let lives = binder.policies.iter();
            let own = lives.filter(|life| life.texts.iter().any(|text| *text.policy.path == *path));
            own.flat_map(|life| {
                let page = address::policy_page(&life.id);
                let below = format!("{}/", page.strip_suffix(".html").unwrap_or(&page));
                let versions: Vec<String> = output
                    .files()
                    .filter(|(path, _)| path.starts_with(&below))
                    .map(|(path, _)| path.to_string())
                    .collect();
                std::iter::once(page).chain(versions)
            })
            .collect()
        }
        Some("records") => {
            let records = content.records.iter().filter(|record| *record.path == *path);
            records.map(|record| address::record_page(&record.id)).collect()
        }
        Some("registers") => vec![address::register_page(stem())],
        Some("evidence") => {
            let shows = |file: &Option<crate::content::At<String>>| {
                file.as_ref().is_some_and(|file| file.value == path)
            };
            let exhibits = content.exhibits.iter().filter(|exhibit| shows(&exhibit.file));
            exhibits
                .map(|exhibit| address::exhibit_page(&exhibit.id))
                .collect()
        }
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> String {
        format!("<a id=\"top\"><main id=\"main\"><h1>A</h1>{text}</main>")
    }

    #[test]
    fn the_anchor_above_the_first_difference_is_found() {
        let of = |old: &str, new: &str| {
            let (old, new) = (page(old), page(new));
            anchor_of_difference(&old, &new).map(str::to_string)
        };
        let old = "<h2 id=\"q1\">One</h2><p>yes</p><h2 id=\"q2\">Two</h2><p>no</p>";
        assert_eq!(
            of(
                old,
                "<h2 id=\"q1\">One</h2><p>yes</p><h2 id=\"q2\">Two</h2><p>now</p>"
            ),
            Some("q2".into())
        );
        assert_eq!(
            of(
                old,
                "<h2 id=\"q1\">One</h2><p>yes!</p><h2 id=\"q2\">Two</h2><p>no</p>"
            ),
            Some("q1".into())
        );
        assert_eq!(of("", "<p>x</p>"), None, "above every anchor of the text");
        assert_eq!(
            of("<p>\u{e9}</p>", "<p>\u{e8}</p>"),
            None,
            "inside a letter of two bytes"
        );
    }

    #[test]
    fn the_build_id_is_no_difference() {
        let id = |c: char| format!("sha256:{}", c.to_string().repeat(64));
        let page = |id: &str| format!("<code title=\"{id}\">{}</code>", &id[7..19]);
        let (a, b) = (id('a'), id('b'));
        assert_eq!(
            without_id(page(&a).as_bytes(), &a),
            without_id(page(&b).as_bytes(), &b)
        );
    }
}
