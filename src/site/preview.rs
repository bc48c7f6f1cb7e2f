//! A text that is being written, as its page will show it.

use super::html::Html;
use super::markdown::{self, Ids, Setting};
use super::pages::text_pages;
use super::targets::Targets;
use crate::binder::Binder;
use crate::diagnostic::Source;
use crate::world::Folder;

/// The text as HTML for a page at `page`. `file` is where it is going to stand: its links start there. Without a binder
/// its links lead nowhere yet. `mark` keeps the ids of its footnotes apart from those of other texts of the page.
pub fn preview(of: Option<(&Binder, &Folder)>, page: &str, file: &str, mark: &str, text: &str) -> Html {
    let source = Source::new(file, text);
    let (document, _) = crate::markdown::parse(&source, 0);
    let targets = of.map_or_else(Targets::default, |(binder, folder)| {
        let pages: Vec<_> = binder.policies.iter().map(text_pages).collect();
        Targets::new(binder, folder, |life, text| pages[life][text].address.clone())
    });
    let setting = Setting {
        targets: &targets,
        page,
        file,
        document: &document.into(),
        level: 3,
        ids: Ids::Excerpt(mark),
        title: "",
    };
    markdown::document(setting).html
}
