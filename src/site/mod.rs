//! The HTML site: views are plain serialisable structs, one per page kind; templates hold no rules.
//!
//! [`render`] lists the pages, builds and renders each on its own (in parallel, the result in the list's order), and
//! adds the files that pages show. Nothing here reads a file: the folder's bytes are given.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::address;
use crate::binder::Binder;
use crate::content::Policy;
use crate::diagnostic::{Diagnostic, Place};
use crate::history::changes::Changes;
use crate::history::plain;
use crate::history::texts::words as texts_against;
use crate::history::words::Redline;
use crate::output::{Body, Output};
use crate::theme::Theme;
use crate::world::Folder;

mod again;
mod alone;
mod assets;
mod broken;
mod engine;
pub mod html;
pub mod markdown;
mod names;
mod outside;
mod pages;
mod past;
pub mod pictures;
pub mod preview;
mod search;
mod sizes;
pub mod targets;
mod texts;
pub mod views;

use again::Printer;
pub use again::{Cache, Look};
pub use alone::changes_alone;
use assets::Assets;
use html::Html;
use markdown::{Broken, Rendered, Setting};
use names::Names;
pub use pages::{Page, PageKind};
use pages::{TextPage, text_pages};
use targets::Targets;
use texts::{Redlined, Texts};
use views::RowRef;
use views::shell::Navs;

/// Hears how many of how many are done, from any thread.
pub type Told<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Renders every page and asset of the site into `output`, as `look` has it. Problems of the clinic's theme files are
/// errors with the theme file's line; colliding addresses are errors with both sources named. `folder` gives the bytes
/// of evidence. Warnings: links and images of the clinic's texts that lead nowhere. `told` hears how many of how many
/// pages are made, from any thread.
pub fn render(
    binder: &Binder,
    look: Result<Look, Vec<Diagnostic>>,
    folder: &Folder,
    output: &mut Output,
    told: Told<'_>,
) -> Vec<Diagnostic> {
    match look {
        Ok(look) => render_with(binder, folder, &look, None, output, told),
        Err(faults) => faults,
    }
}

/// Address of what search loads, the one file that changes with every save and that hardly anybody asks for.
pub fn search_address(binder: &Binder) -> String {
    search::address(&binder.meta.build_id_short)
}

/// What search loads, as [`render`] puts it into the output and [`render_again`] does not. `None` with faults in the
/// theme.
pub fn search_index(binder: &Binder, theme: &Theme, folder: &Folder) -> Option<Vec<u8>> {
    let assets = Arc::new(Assets::new(theme).ok()?);
    let site = Site::new(binder, folder, assets, None);
    Some(search::script(&site, &site.pages()))
}

/// The same as [`render`] but for [`search_index`], with what did not change since the last time taken from `cache`.
pub fn render_again(
    binder: &Binder,
    theme: &Theme,
    folder: &Folder,
    cache: &Cache,
    output: &mut Output,
) -> Vec<Diagnostic> {
    let problems = match cache.look(theme, folder) {
        Ok(look) => render_with(binder, folder, &look, Some(cache), output, &|_, _| {}),
        Err(faults) => faults,
    };
    cache.forget_unasked();
    problems
}

/// The page on what changed from the version before, for a site that is being sealed: made then, once, and part of that
/// version ever after. `None` where this copy may show nothing of it, and where there was no version before.
///
/// # Errors
/// Faults of theme files.
pub fn changes_page(
    binder: &Binder,
    theme: &Theme,
    folder: &Folder,
    changes: &Changes,
) -> Result<Option<String>, Vec<Diagnostic>> {
    let Some(changes) = changes
        .for_copy(&binder.meta)
        .filter(|changes| changes.from.is_some())
    else {
        return Ok(None);
    };
    let look = Look::new(theme)?;
    let printer = Printer::new(&look, None, binder);
    let site = Site::new(binder, folder, look.assets.clone(), None);
    let title = views::changes::title(&changes);
    let page = Page {
        kind: PageKind::Versions,
        path: address::CHANGES.to_string(),
        crumb: "Changes".to_string(),
        title,
        source: Made::theme(),
    };
    let shell = views::shell::shell(&site, &page);
    let view = views::changes::changes(&site, &page.path, &changes);
    let html = printer.render(&page.path, "changes.html", &shell, &view);
    html.map(Some).map_err(|fault| vec![*fault])
}

fn render_with(
    binder: &Binder,
    folder: &Folder,
    look: &Look,
    cache: Option<&Cache>,
    output: &mut Output,
    told: Told<'_>,
) -> Vec<Diagnostic> {
    let printer = Printer::new(look, cache, binder);
    let mut site = Site::new(
        binder,
        folder,
        look.assets.clone(),
        cache.map(|cache| &cache.texts),
    );
    site.build_id_later = printer.puts_build_id();
    let mut diagnostics = Vec::new();
    let pages = site.pages();
    let (done, number) = (AtomicUsize::new(0), pages.len());
    let (made, found) = rayon::join(
        || -> Vec<_> {
            let pages = pages.par_iter();
            let one = |page| {
                let (html, notes) = site.page(&printer, page);
                let bytes = html.map(|html| Arc::<[u8]>::from(html.into_bytes()));
                told(done.fetch_add(1, Ordering::Relaxed) + 1, number);
                (bytes, notes, page)
            };
            pages.map(one).collect()
        },
        || cache.is_none().then(|| search::script(&site, &pages)),
    );
    let mut notes = Notes::default();
    for (bytes, of_page, page) in made {
        notes.merge(of_page);
        match bytes {
            Ok(bytes) => add(
                output,
                &mut diagnostics,
                &page.path,
                Body::Bytes(bytes),
                &page.source,
            ),
            // One fault of a theme file shows on every page made with it.
            Err(fault) if diagnostics.contains(&fault) => {}
            Err(fault) => diagnostics.push(*fault),
        }
    }
    if let Some(found) = found {
        add(
            output,
            &mut diagnostics,
            &search_address(binder),
            Body::Bytes(found.into()),
            &Made::theme(),
        );
    }
    for (path, bytes) in &site.assets.files {
        add(
            output,
            &mut diagnostics,
            path,
            Body::Bytes(bytes.clone()),
            &Made::theme(),
        );
    }
    for tree in past::trees(binder) {
        if let Err(collision) = output.add_tree(Arc::new(tree)) {
            let place = Place::file(collision.second.as_str());
            diagnostics.push(Diagnostic::error("address-taken", place, collision.to_string()));
        }
    }
    site.copy_exhibits(output, &mut diagnostics);
    site.copy_media(&notes.media, output, &mut diagnostics);
    diagnostics.extend(site.broken_links(&notes.broken));
    diagnostics
}

/// What a file of the output was made from: in words, and where it is written.
#[derive(Debug, Clone)]
pub struct Made {
    words: String,
    place: Place,
}

impl Made {
    fn theme() -> Self {
        Self {
            words: "the theme".into(),
            place: Place::file("theme"),
        }
    }
}

fn add(output: &mut Output, diagnostics: &mut Vec<Diagnostic>, path: &str, body: Body, made: &Made) {
    if let Err(collision) = output.add(path, body, made.words.clone()) {
        let message = format!(
            "{} and {} would both be published as {path}.",
            collision.first, collision.second
        );
        let help = "Give one of them another id or file name. Capital letters, spaces and dashes do not tell two apart.";
        diagnostics.push(Diagnostic::error("address-taken", made.place.clone(), message).help(help));
    }
}

/// What the pages of one build share.
pub struct Site<'a> {
    /// What is shown.
    pub binder: &'a Binder,
    /// Bytes of evidence and pictures.
    pub folder: &'a Folder,
    /// Names of systems, sites and persons.
    pub names: Names,
    /// Where links lead.
    pub targets: Arc<Targets>,
    /// Where texts are kept; `None` where nothing is kept.
    texts: Option<&'a Texts>,
    /// Style sheet, script, fonts.
    pub assets: Arc<Assets>,
    /// The build id is put into the pages after they are printed.
    build_id_later: bool,
    /// Page of each text of each policy.
    text_pages: Vec<Vec<TextPage>>,
    exhibit_ids: BTreeSet<&'a str>,
    navs: Navs,
    /// Every row for a list at the top of the site.
    rows: Vec<RowRef>,
    /// Anchors of the registers that others join on, by register and id.
    anchors: BTreeMap<(&'static str, &'a str), &'a str>,
}

/// What came up while texts were rendered.
#[derive(Debug, Default)]
pub struct Notes {
    /// Links and images that lead nowhere, by file.
    pub broken: Vec<(String, Broken)>,
    /// Images to copy.
    pub media: BTreeSet<String>,
}

impl Notes {
    fn merge(&mut self, other: Notes) {
        self.broken.extend(other.broken);
        self.media.extend(other.media);
    }
}

impl<'a> Site<'a> {
    fn new(binder: &'a Binder, folder: &'a Folder, assets: Arc<Assets>, texts: Option<&'a Texts>) -> Self {
        let text_pages: Vec<Vec<TextPage>> = binder.policies.iter().map(text_pages).collect();
        let targets = Targets::new(binder, folder, |life, text| {
            text_pages[life][text].address.clone()
        });
        let targets = match texts {
            Some(texts) => texts.begin(targets),
            None => Arc::new(targets),
        };
        let joined = ["systems", "workforce", "devices"].into_iter();
        let anchors = joined
            .filter_map(|name| Some((name, binder.content.registers.get(name)?)))
            .flat_map(|(name, table)| {
                table
                    .entries
                    .iter()
                    .map(move |e| ((name, e.id.as_str()), e.anchor.as_str()))
            });
        Self {
            anchors: anchors.collect(),
            exhibit_ids: binder.content.exhibits.iter().map(|e| e.id.as_str()).collect(),
            names: Names::new(&binder.content),
            navs: Navs::default(),
            rows: views::rows(binder),
            binder,
            folder,
            targets,
            texts,
            assets,
            build_id_later: false,
            text_pages,
        }
    }

    /// The build id as it goes into a page, or the mark that stands for it.
    fn build_id(&self, id: &str, mark: &'static str) -> Html {
        if self.build_id_later {
            let mut html = Html::new();
            html.push_markup(mark);
            html
        } else {
            Html::text(id)
        }
    }

    /// Where the current site is published, when the clinic says so. A sealed one lies in a folder of it, and stays
    /// what it is when that moves.
    fn root(&self) -> Option<&str> {
        let root = self.binder.content.config.hosted_at.as_str();
        (!root.is_empty() && self.binder.meta.version_label.is_none()).then_some(root)
    }

    /// Page of a text of a policy.
    pub fn text_page(&self, life: usize, text: usize) -> String {
        self.text_pages[life][text].address.clone()
    }

    /// False when the text is shown on the page of another one with the same words.
    pub fn has_own_page(&self, life: usize, text: usize) -> bool {
        self.text_pages[life][text].own
    }

    /// The exhibit that a cell names, as its id is written in the evidence register.
    pub fn exhibit_id(&self, text: &str) -> Option<&'a str> {
        self.exhibit_ids.get(text.trim()).copied()
    }

    /// Anchor of the line of a register that an id names.
    pub fn entry_anchor<'s>(&'s self, register: &'static str, id: &'s str) -> Option<&'s str> {
        self.anchors.get(&(register, id)).copied()
    }

    /// A range of blocks as HTML; what came up goes to `notes`.
    pub fn markdown(&self, setting: Setting<'_>, blocks: Range<usize>, notes: &mut Notes) -> Html {
        let rendered = self.blocks(setting, blocks);
        let broken = rendered.broken.iter();
        notes
            .broken
            .extend(broken.map(|b| (setting.file.to_string(), b.clone())));
        notes.media.extend(rendered.media.iter().cloned());
        rendered.html.clone()
    }

    /// A range of blocks as HTML, with what came up.
    pub fn blocks(&self, setting: Setting<'_>, blocks: Range<usize>) -> Arc<Rendered> {
        match self.texts {
            Some(texts) => texts.blocks(setting, blocks),
            None => Arc::new(markdown::blocks(setting, blocks)),
        }
    }

    /// The words of one text of a policy against another's: all of them, or two ranges of top-level blocks.
    pub fn redline(
        &self,
        (old, new): (&Policy, &Policy),
        ranges: Option<(Range<usize>, Range<usize>)>,
    ) -> Arc<Redlined> {
        let make = || {
            Redlined::new(match ranges.clone() {
                None => texts_against(&old.body, &new.body),
                Some((a, b)) => Redline::new(&plain::blocks(&old.body, a), &plain::blocks(&new.body, b)),
            })
        };
        let name = format!("{}\n{}\n{ranges:?}", old.path, new.path);
        match self.texts {
            Some(texts) => texts.redline(&name, (&old.body, &new.body), make),
            None => Arc::new(make()),
        }
    }

    /// Builds the view of a page and renders it.
    fn page(&self, printer: &Printer<'_>, page: &Page) -> (Result<String, Box<Diagnostic>>, Notes) {
        let mut notes = Notes::default();
        let shell = views::shell::shell(self, page);
        let at = page.path.as_str();
        let html = match page.kind {
            PageKind::Dashboard => {
                printer.render(at, "dashboard.html", &shell, &views::dashboard::view(self, at))
            }
            PageKind::Standards => {
                printer.render(at, "standards.html", &shell, &views::standards::view(self, at))
            }
            PageKind::Mentions => {
                printer.render(at, "mentions.html", &shell, &views::mentions::view(self, at))
            }
            PageKind::Row(row) => printer.render(
                at,
                "row.html",
                &shell,
                &views::row::view(self, at, row, &mut notes),
            ),
            PageKind::Gaps => printer.render(at, "gaps.html", &shell, &views::gaps::register(self, at)),
            PageKind::Gap(row) => printer.render(at, "gap.html", &shell, &views::gaps::page(self, at, row)),
            PageKind::Policies => {
                printer.render(at, "policies.html", &shell, &views::policies::list(self, at))
            }
            PageKind::Policy { life, text } => {
                let view = views::policies::view(self, at, life, text, &mut notes);
                if self.binder.policies[life].texts[text].kept_copy {
                    // A kept text is never edited: nobody can mend its links.
                    notes.broken.clear();
                }
                printer.render(at, "policy.html", &shell, &view)
            }
            PageKind::Records => printer.render(at, "records.html", &shell, &views::records::list(self, at)),
            PageKind::Record(i) => {
                let view = views::records::view(self, at, &self.binder.content.records[i], &mut notes);
                printer.render(at, "record.html", &shell, &view)
            }
            PageKind::Registers => {
                printer.render(at, "registers.html", &shell, &views::registers::list(self, at))
            }
            PageKind::Register(name) => {
                let view = views::registers::view(self, at, &self.binder.content.registers[name]);
                printer.render(at, "register.html", &shell, &view)
            }
            PageKind::Exhibits => {
                printer.render(at, "exhibits.html", &shell, &views::exhibits::list(self, at))
            }
            PageKind::Exhibit(i) => {
                printer.render(at, "exhibit.html", &shell, &views::exhibits::view(self, at, i))
            }
            PageKind::Decisions => {
                printer.render(at, "decisions.html", &shell, &views::decisions::view(self, at))
            }
            PageKind::Retention => {
                printer.render(at, "retention.html", &shell, &views::retention::view(self, at))
            }
            PageKind::Versions => {
                printer.render(at, "versions.html", &shell, &views::versions::view(self, at))
            }
            PageKind::NotFound => {
                printer
                    .render(at, "not-found.html", &shell, &())
                    .map(|page| match self.root() {
                        Some(root) => address::from_root(&page, root),
                        None => page,
                    })
            }
        };
        (html, notes)
    }

    fn copy_exhibits(&self, output: &mut Output, diagnostics: &mut Vec<Diagnostic>) {
        for exhibit in &self.binder.content.exhibits {
            let (Some(file), Some(_)) = (&exhibit.file, &exhibit.found) else {
                continue;
            };
            let bytes = self.folder.bytes(&file.value).map_or(&[][..], |b| b);
            let name = pictures::published_name(&file.value, bytes);
            let made = Made {
                words: format!("exhibit {}", exhibit.id),
                place: exhibit.place.clone(),
            };
            self.copy(
                &file.value,
                &address::exhibit_file(&exhibit.id, &name),
                &made,
                output,
                diagnostics,
            );
        }
    }

    fn copy_media(&self, media: &BTreeSet<String>, output: &mut Output, diagnostics: &mut Vec<Diagnostic>) {
        for path in media {
            let Some(address) = self.targets.media(path) else {
                continue;
            };
            let made = Made {
                words: path.clone(),
                place: Place::file(path.as_str()),
            };
            self.copy(path, address, &made, output, diagnostics);
        }
    }

    fn copy(
        &self,
        from: &str,
        to: &str,
        made: &Made,
        output: &mut Output,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let Some(file) = self.folder.files.get(from) else {
            return;
        };
        let body = match &file.bytes {
            Some(bytes) => Body::Bytes(bytes.clone()),
            None => Body::Copy {
                from: from.into(),
                digest: file.digest,
            },
        };
        add(output, diagnostics, to, body, made);
    }
}
