//! Texts as HTML, kept from one build to the next: most of them did not change, and links lead where they led.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::html::Html;
use super::markdown::{self, Ids, Rendered, Setting};
use super::targets::Targets;
use super::views;
use crate::history::words::Redline;
use crate::markdown::Document;
use crate::memo::Memo;

/// The very same document. Documents do not change once they are read, and this one is held, so that no other can stand
/// at its place in memory.
#[derive(Debug, Clone)]
pub struct Same(pub Arc<Document>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What the texts of the last build became.
#[derive(Debug, Default)]
pub struct Texts {
    targets: Mutex<Arc<Targets>>,
    kept: Memo<Arc<Rendered>, Same>,
    redlines: Memo<Arc<Redlined>, (Same, Same)>,
}

/// One text against another.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Redlined {
    /// The words; `None` where they are the same.
    pub words: Option<Html>,
    /// How many words are new.
    pub added: usize,
    /// How many are gone.
    pub removed: usize,
}

impl Redlined {
    /// As markup.
    pub fn new(redline: Option<Redline>) -> Self {
        redline.map_or_else(Self::default, |redline| Self {
            words: Some(views::redline::redline(&redline)),
            added: redline.added,
            removed: redline.removed,
        })
    }
}

impl Texts {
    /// Takes the targets of a new build, and gives those to use. Where a link leads elsewhere now, all texts are made
    /// anew.
    pub fn begin(&self, targets: Targets) -> Arc<Targets> {
        let mut last = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if **last != targets {
            self.kept.forget();
            *last = Arc::new(targets);
        }
        last.clone()
    }

    /// A range of blocks as HTML.
    pub fn blocks(&self, setting: Setting<'_>, range: Range<usize>) -> Arc<Rendered> {
        let name = name(&setting, &range);
        let from = Same(setting.document.clone());
        self.kept
            .get(&name, &from, || Arc::new(markdown::blocks(setting, range)))
    }

    /// Two documents, or the parts of them that `name` says, against each other.
    pub fn redline(
        &self,
        name: &str,
        (old, new): (&Arc<Document>, &Arc<Document>),
        make: impl FnOnce() -> Redlined,
    ) -> Arc<Redlined> {
        let from = (Same(old.clone()), Same(new.clone()));
        self.redlines.get(name, &from, || Arc::new(make()))
    }

    /// Forgets the texts that are gone.
    pub fn forget_unasked(&self) {
        self.redlines.forget_unasked();
        self.kept.forget_unasked();
    }
}

/// All that decides what a document becomes, but for the document and where links lead.
fn name(setting: &Setting<'_>, range: &Range<usize>) -> String {
    let ids = match setting.ids {
        Ids::Own => "",
        Ids::Excerpt(prefix) => prefix,
    };
    let own = matches!(setting.ids, Ids::Own);
    format!(
        "{}\n{}\n{range:?} {} {own} {ids}\n{}",
        setting.page, setting.file, setting.level, setting.title
    )
}
