//! The loop: look, and where something changed, build and hang the result on the board.

use std::path::Path;
use std::sync::Arc;

use super::panel::{Of, Templates};
use super::printing::{Desk, Job};
use super::snapshot::{self, Board, Site};
use super::watch::{Look, Synced, Watcher};
use super::{Happening, changed};
use crate::binder::Options;
use crate::diagnostic::Diagnostic;
use crate::pipeline;
use crate::theme::Theme;
use crate::world::Folder;
use crate::world::clock::{self, Stopwatch};
use crate::world::reader::{Reader, Reading};

/// Readings in a row that find folders not yet watched, before we build all the same: somebody is unpacking an
/// archive, and more events are to come.
const MORE: usize = 5;

/// What the loop works with.
pub struct Follower<'a> {
    /// Where results go.
    pub board: &'a Board,
    /// Where sites wait for their PDF.
    pub desk: &'a Desk,
    /// Pages of our own.
    pub templates: &'a Templates,
    /// The options of a build on this day: tomorrow they are others.
    pub options: &'a dyn Fn() -> Options,
    /// What a build takes over from the one before.
    pub cache: pipeline::Cache,
    /// Hears of each build.
    pub tell: &'a dyn Fn(Happening),
}

/// What was built last, to know whether there is anything new.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    build_id: String,
    problems: Vec<Diagnostic>,
}

/// The last good build.
struct Good {
    folder: Arc<Folder>,
    site: Arc<Site>,
    seen: Seen,
}

impl Follower<'_> {
    /// Follows the folder until the watcher is told to stop.
    pub fn run(&self, dir: &Path, watcher: &mut Watcher) {
        let mut reader = Reader::new(dir);
        let mut last: Option<Seen> = None;
        let mut good: Option<Good> = None;
        let mut look = Look::Saved;
        // What was found by the clock and may be half a save.
        let mut found: Option<Seen> = None;
        loop {
            let time = Stopwatch::start();
            let reading = self.read(&mut reader, watcher);
            let options = (self.options)();
            let folder = Arc::new(reading.folder);
            let seen = Seen {
                build_id: pipeline::build_id(&folder, &Theme::with_overrides(&folder), &options),
                problems: folder.problems.clone(),
            };
            if last.as_ref() != Some(&seen) {
                self.board.read(&folder);
                if look == Look::Time && found.as_ref() != Some(&seen) {
                    found = Some(seen);
                    if watcher.quiet() == Look::Never {
                        return;
                    }
                    continue;
                }
                match &good {
                    Some(good) if good.seen == seen => {
                        self.board.as_before();
                        (self.tell)(Happening::AsBefore);
                    }
                    _ => {
                        if let Some(newer) = self.build(&folder, &options, good.as_ref(), &time) {
                            good = Some(newer);
                        }
                    }
                }
                last = Some(seen);
            }
            found = None;
            look = watcher.wait(reading.unsettled);
            if look == Look::Never {
                return;
            }
        }
    }

    /// Reads until nothing is read that was not watched before it was read.
    fn read(&self, reader: &mut Reader, watcher: &mut Watcher) -> Reading {
        let mut reading = reader.read();
        for _ in 0..MORE {
            match watcher.sync(&reading.watch) {
                Synced::Same => break,
                Synced::More => {}
                Synced::GaveUp(why) => {
                    (self.tell)(Happening::Polling { why: &why });
                    break;
                }
            }
            reading = reader.read();
        }
        reading
    }

    /// Builds and publishes; gives the site where there is one.
    fn build(
        &self,
        folder: &Arc<Folder>,
        options: &Options,
        before: Option<&Good>,
        time: &Stopwatch,
    ) -> Option<Good> {
        let at = clock::time_of_day();
        let built = pipeline::build_site(folder, options, &self.cache, &|_| {});
        let (Some(output), Some(binder)) = (&built.output, &built.binder) else {
            let of = if before.is_some() { Of::Site } else { Of::First };
            self.board
                .refused(self.templates.panel(of, &built.diagnostics, folder));
            (self.tell)(Happening::Refused {
                built: &built,
                first: before.is_none(),
                folder,
            });
            return None;
        };
        let changed =
            before.and_then(|before| changed::place((&before.folder, &before.site), folder, output, binder));
        let files = snapshot::files(output, folder);
        let trees = output.trees().to_vec();
        let built = Arc::new(built);
        let number = self.board.site(Site {
            number: 0,
            at: at.clone(),
            build_id: built.build_id.clone(),
            files,
            search: Default::default(),
            trees,
            changed,
            folder: folder.clone(),
            built: built.clone(),
        });
        (self.tell)(Happening::Built {
            number,
            at: &at,
            built: &built,
            took: time.total(),
        });
        let seen = Seen {
            build_id: built.build_id.clone(),
            problems: folder.problems.clone(),
        };
        self.desk.put(Job {
            site: number,
            at,
            folder: folder.clone(),
            built,
        });
        let site = self.board.newest().site.clone()?;
        Some(Good {
            folder: folder.clone(),
            site,
            seen,
        })
    }
}
