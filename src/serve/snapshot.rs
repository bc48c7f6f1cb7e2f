//! What is served at one moment: the last good site, what keeps a newer one from being shown, the last whole PDF.
//!
//! A snapshot never changes. The next one takes its place as a whole, so that a page and its build number always
//! belong together.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use hyper::body::Bytes;
use serde::Serialize;
use tokio::sync::watch;

use super::changed::Changed;
use super::panel::Panel;
use crate::address;
use crate::output::{Body, Output, Tree};
use crate::pipeline::{self, Built};
use crate::site;
use crate::world::Folder;

/// Everything that is served at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Counts what browsers must show anew: sites and panels. 0 before the first build has ended.
    pub number: u64,
    /// The last good site; `None` while no build has been good.
    pub site: Option<Arc<Site>>,
    /// The folder as it was read last, good or not.
    pub read: Option<Arc<Folder>>,
    /// What keeps a newer site from being shown.
    pub refused: Option<Arc<Panel>>,
    /// What keeps the PDF from being made.
    pub print_failed: Option<Arc<Panel>>,
    /// The last whole PDF.
    pub pdf: Option<Arc<Pdf>>,
}

/// A good site.
#[derive(Debug)]
pub struct Site {
    /// The number of the snapshot that brought it.
    pub number: u64,
    /// Time of day at which its files had been read, as `14:02:11`.
    pub at: String,
    /// The build id that its pages carry.
    pub build_id: String,
    /// Files by path, without the PDF and without what search loads.
    pub files: BTreeMap<String, Served>,
    /// What search loads, once it was asked for.
    pub search: OnceLock<Bytes>,
    /// Sealed versions, whose files are not in memory.
    pub trees: Vec<Arc<Tree>>,
    /// The place to show to those who follow the changes.
    pub changed: Option<Changed>,
    /// What it was made from.
    pub folder: Arc<Folder>,
    /// The build: the binder behind the pages.
    pub built: Arc<Built>,
}

/// A file of the site.
#[derive(Debug, Clone)]
pub enum Served {
    /// In memory.
    Bytes(Bytes),
    /// Evidence too large for memory: sent straight from the content folder.
    OnDisk {
        /// Path below the content folder.
        from: Arc<str>,
        /// Size in bytes when it was read.
        size: u64,
        /// SHA-256 when it was read.
        digest: [u8; 32],
    },
    /// A file of a sealed version: taken from its archive when it is asked for.
    Sealed {
        /// The version.
        tree: Arc<Tree>,
        /// Path inside the archive.
        inside: String,
    },
}

/// A whole PDF.
#[derive(Debug)]
pub struct Pdf {
    /// Number of the site it belongs to.
    pub site: u64,
    /// Time of day of that site.
    pub at: String,
    /// The file.
    pub bytes: Bytes,
    /// Pages.
    pub pages: usize,
    /// `binder.json` of that site with the page of each row.
    pub json: Bytes,
}

/// Where the PDF stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PdfState {
    /// There is one, of the site that is shown.
    Ready,
    /// There is none of this site yet.
    Making,
    /// The one of this site can't be made.
    Failed,
    /// No site was good so far.
    None,
}

impl Site {
    /// Address of what search loads.
    pub fn search_address(&self) -> Option<String> {
        self.built.binder.as_ref().map(site::search_address)
    }

    /// What search loads. The first to ask waits until it is made, which takes a moment.
    pub fn search(&self) -> Bytes {
        let make = || pipeline::search_index(&self.folder, &self.built).unwrap_or_default();
        self.search.get_or_init(|| make().into()).clone()
    }

    /// A file of a sealed version, by its path in the output.
    fn sealed(&self, path: &str) -> Option<Served> {
        self.trees.iter().find_map(|tree| {
            let below = path.strip_prefix(tree.prefix.as_str())?.strip_prefix('/')?;
            tree.size(below)?;
            Some(Served::Sealed {
                tree: tree.clone(),
                inside: tree.inside(below),
            })
        })
    }
}

impl Snapshot {
    /// The panel to show over the pages: why the site is old, else why the PDF is.
    pub fn panel(&self) -> Option<&Arc<Panel>> {
        self.refused.as_ref().or(self.print_failed.as_ref())
    }

    /// A file of the site, by path. The data has its page numbers once the PDF of the same site is there.
    pub fn file(&self, path: &str) -> Option<Served> {
        let site = self.site.as_ref()?;
        match &self.pdf {
            Some(pdf) if path == address::JSON && pdf.site == site.number => {
                Some(Served::Bytes(pdf.json.clone()))
            }
            _ => site.files.get(path).cloned().or_else(|| site.sealed(path)),
        }
    }

    /// Where the PDF stands.
    pub fn pdf_state(&self) -> PdfState {
        let Some(site) = &self.site else {
            return PdfState::None;
        };
        match &self.pdf {
            Some(pdf) if pdf.site == site.number => PdfState::Ready,
            _ if self.print_failed.is_some() => PdfState::Failed,
            _ => PdfState::Making,
        }
    }

    /// The same in words, for people.
    fn pdf_words(&self) -> String {
        let of = self.pdf.as_ref().map(|pdf| pdf.at.as_str());
        match (self.pdf_state(), of) {
            (PdfState::None, _) => "No PDF yet".to_string(),
            (PdfState::Ready, of) => format!("PDF of {}", of.unwrap_or_default()),
            (PdfState::Making, None) => "PDF in the making".to_string(),
            (PdfState::Making, Some(of)) => format!("PDF of {of}, newer one in the making"),
            (PdfState::Failed, None) => "The PDF can\u{2019}t be made".to_string(),
            (PdfState::Failed, Some(of)) => format!("PDF of {of}, a newer one can\u{2019}t be made"),
        }
    }
}

/// What browsers are told, whole each time: who missed a message misses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// Number of the snapshot, with the run of the program it belongs to: `3f9a0c12:7`.
    pub build: String,
    /// The same of the site that is shown; "" while there is none.
    pub site: String,
    /// Time of day of the files of that site; "" while there is none.
    pub at: String,
    /// Errors that keep a newer site or PDF from being shown.
    pub errors: usize,
    /// The PDF.
    pub pdf: PdfNote,
    /// The place that the last good build changed.
    pub changed: Option<Changed>,
}

/// The PDF, as browsers are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PdfNote {
    /// Where it stands.
    pub state: PdfState,
    /// Time of day of the content of the PDF that is there.
    pub of: Option<String>,
    /// Pages of the PDF that is there.
    pub pages: Option<usize>,
    /// For people.
    pub words: String,
}

/// The board on which the newest snapshot hangs.
#[derive(Debug)]
pub struct Board {
    /// Tells this run of the program from others.
    instance: String,
    newest: watch::Sender<Arc<Snapshot>>,
}

impl Default for Board {
    fn default() -> Self {
        // The seed of a hasher is the system's randomness; nothing secret hangs on it.
        let random = RandomState::new().build_hasher().finish();
        Self {
            instance: format!("{:08x}", random as u32),
            newest: watch::Sender::default(),
        }
    }
}

impl Board {
    /// The newest snapshot.
    pub fn newest(&self) -> Arc<Snapshot> {
        self.newest.borrow().clone()
    }

    /// Is told of each change, and of the newest at once.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        let mut receiver = self.newest.subscribe();
        receiver.mark_changed();
        receiver
    }

    /// A number of this run: `3f9a0c12:7`.
    pub fn name(&self, number: u64) -> String {
        format!("{}:{number}", self.instance)
    }

    /// What browsers are told of a snapshot.
    pub fn state(&self, snapshot: &Snapshot) -> State {
        State {
            build: self.name(snapshot.number),
            site: snapshot
                .site
                .as_ref()
                .map_or(String::new(), |site| self.name(site.number)),
            at: snapshot
                .site
                .as_ref()
                .map_or(String::new(), |site| site.at.clone()),
            errors: snapshot.panel().map_or(0, |panel| panel.errors),
            pdf: PdfNote {
                state: snapshot.pdf_state(),
                of: snapshot.pdf.as_ref().map(|pdf| pdf.at.clone()),
                pages: snapshot.pdf.as_ref().map(|pdf| pdf.pages),
                words: snapshot.pdf_words(),
            },
            changed: snapshot.site.as_ref().and_then(|site| site.changed.clone()),
        }
    }

    /// The folder was read anew; what is shown stays until it is built.
    pub fn read(&self, folder: &Arc<Folder>) {
        self.change(|snapshot| snapshot.read = Some(folder.clone()));
    }

    /// A new good site, which gets its number here. Gives the number.
    pub fn site(&self, site: Site) -> u64 {
        self.change(|snapshot| {
            snapshot.number += 1;
            snapshot.refused = None;
            snapshot.site = Some(Arc::new(Site {
                number: snapshot.number,
                ..site
            }));
        })
    }

    /// The files are such that no new site can be shown; the last good one stays.
    pub fn refused(&self, panel: Panel) -> u64 {
        self.change(|snapshot| {
            snapshot.number += 1;
            snapshot.refused = Some(Arc::new(panel));
        })
    }

    /// The files are again those of the site that is shown.
    pub fn as_before(&self) -> u64 {
        self.change(|snapshot| {
            if snapshot.refused.take().is_some() {
                snapshot.number += 1;
            }
        })
    }

    /// A whole PDF.
    pub fn printed(&self, pdf: Pdf) {
        self.change(|snapshot| {
            snapshot.pdf = Some(Arc::new(pdf));
            if snapshot.print_failed.take().is_some() {
                snapshot.number += 1;
            }
        });
    }

    /// The PDF can't be made; the last whole one stays.
    pub fn print_failed(&self, panel: Panel) {
        self.change(|snapshot| {
            let same = snapshot
                .print_failed
                .as_ref()
                .is_some_and(|old| old.html == panel.html);
            if !same {
                snapshot.number += 1;
                snapshot.print_failed = Some(Arc::new(panel));
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Snapshot)) -> u64 {
        let mut number = 0;
        self.newest.send_modify(|newest| {
            let mut next = Snapshot::clone(newest);
            change(&mut next);
            number = next.number;
            *newest = Arc::new(next);
        });
        number
    }
}

/// The files of an output, ready to be sent. `folder` is what they were made from.
pub fn files(output: &Output, folder: &Folder) -> BTreeMap<String, Served> {
    output
        .files()
        .map(|(path, body)| {
            let served = match body {
                Body::Bytes(bytes) => Served::Bytes(Bytes::from_owner(bytes.clone())),
                Body::Copy { from, digest } => Served::OnDisk {
                    from: from.clone(),
                    size: folder.files.get(from).map_or(0, |file| file.size),
                    digest: *digest,
                },
            };
            (path.to_string(), served)
        })
        .collect()
}
