//! When to look again. An event is a wake-up and no news: what changed is found by reading.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode};

use crate::world::clock::Stopwatch;
use crate::world::reader::Watched;

/// A save is several events; this long without one and it is taken to be over.
const QUIET: Duration = Duration::from_millis(10);
/// The same after an event that usually is the last of a save: a file was closed, or took another's place.
const CLOSED: Duration = Duration::from_millis(4);
/// Longest wait for quiet, so that one busy file does not hold back the others.
const LONGEST: Duration = Duration::from_millis(100);
/// After an event: looks at what events may have missed. The last one comes when the times of files can be believed.
const AFTER: [Duration; 3] = [
    Duration::from_millis(150),
    Duration::from_millis(850),
    Duration::from_millis(2500),
];
/// Looks without any event, for disks that send none.
const IDLE: Duration = Duration::from_secs(5);
/// Looks while a file is locked or half written.
const UNSETTLED: Duration = Duration::from_millis(250);
/// Looks where the system can't watch for us.
pub const POLL: Duration = Duration::from_millis(1000);

/// What the system's watcher can do. The tests have one of their own.
pub trait System: Send {
    /// Watches one folder, not those below it.
    ///
    /// # Errors
    /// What the system said.
    fn watch(&mut self, folder: &Path) -> notify::Result<()>;
    /// Lets it go.
    fn unwatch(&mut self, folder: &Path);
}

impl System for RecommendedWatcher {
    fn watch(&mut self, folder: &Path) -> notify::Result<()> {
        notify::Watcher::watch(self, folder, RecursiveMode::NonRecursive)
    }

    fn unwatch(&mut self, folder: &Path) {
        // It may be gone, and its watch with it.
        let _ = notify::Watcher::unwatch(self, folder);
    }
}

/// Something came.
#[derive(Debug)]
pub enum Wake {
    /// The system saw something, or says that it may have missed something.
    Seen(Event),
    /// The system's watcher is in trouble: look.
    Trouble,
    /// The program ends.
    Stop,
}

/// Why the wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Something was saved, and has been quiet since.
    Saved,
    /// It is time. What is found now may be in the middle of a save.
    Time,
    /// The program ends.
    Never,
}

/// What came of bringing the watches up to date.
#[derive(Debug, PartialEq, Eq)]
pub enum Synced {
    /// Nothing new is watched.
    Same,
    /// Folders are watched that were not: what changed in them before that is not known.
    More,
    /// The system can watch no more; from now on we look again and again instead.
    GaveUp(String),
}

/// Waits for changes.
pub struct Watcher {
    system: Option<Box<dyn System>>,
    held: BTreeMap<PathBuf, Watched>,
    woken: Receiver<Wake>,
    /// How often to look in any case.
    every: Option<Duration>,
    /// How many of the looks after the last event have been.
    looks: usize,
}

impl Watcher {
    /// A watcher. With `every` it looks that often and asks the system nothing; else the system wakes it through
    /// `waker`, the other end of `woken`.
    pub fn new(every: Option<Duration>, waker: Sender<Wake>, woken: Receiver<Wake>) -> (Self, Synced) {
        let mut watcher = Self {
            system: None,
            held: BTreeMap::new(),
            woken,
            every,
            looks: AFTER.len(),
        };
        if every.is_some() {
            return (watcher, Synced::Same);
        }
        let tell = move |event: notify::Result<Event>| {
            let wake = match event {
                Ok(event) if !matters(&event.kind) => return,
                Ok(event) => Wake::Seen(event),
                Err(_) => Wake::Trouble,
            };
            // Nobody listens any more when the program ends.
            let _ = waker.send(wake);
        };
        match notify::recommended_watcher(tell) {
            Ok(system) => {
                watcher.system = Some(Box::new(system));
                (watcher, Synced::Same)
            }
            Err(error) => {
                let why = watcher.give_up(&error);
                (watcher, why)
            }
        }
    }

    /// Watches what is wanted and nothing else. After [`Synced::More`], read again.
    pub fn sync(&mut self, wanted: &BTreeMap<PathBuf, Watched>) -> Synced {
        let Some(system) = &mut self.system else {
            return Synced::Same;
        };
        self.held.retain(|path, held| {
            let keep = wanted.get(path).is_some_and(|wanted| wanted.id == held.id);
            if !keep {
                system.unwatch(path);
            }
            keep
        });
        let mut synced = Synced::Same;
        for (path, watched) in wanted {
            let new = match self.held.get_mut(path) {
                Some(held) => {
                    held.scope = watched.scope.clone();
                    false
                }
                None => true,
            };
            if !new {
                continue;
            }
            match system.watch(path) {
                Ok(()) => {
                    self.held.insert(path.clone(), watched.clone());
                    synced = Synced::More;
                }
                // It went away since it was read: the next look knows.
                Err(error) if is_gone(&error) => self.looks = 0,
                Err(error) => return self.give_up(&error),
            }
        }
        synced
    }

    fn give_up(&mut self, error: &notify::Error) -> Synced {
        self.system = None;
        self.held.clear();
        self.every = Some(POLL);
        Synced::GaveUp(match &error.kind {
            notify::ErrorKind::MaxFilesWatch => {
                "this computer's limit on watched folders is reached".to_string()
            }
            notify::ErrorKind::Io(error) => error.to_string(),
            _ => error.to_string(),
        })
    }

    /// Waits until it is time to look, at most until the next look that comes without events. `unsettled`: what was
    /// read last was being written.
    pub fn wait(&mut self, unsettled: bool) -> Look {
        let after = AFTER.get(self.looks).copied();
        let mut longest = after.unwrap_or(IDLE);
        for sooner in [self.every, unsettled.then_some(UNSETTLED)].into_iter().flatten() {
            longest = longest.min(sooner);
        }
        let watch = Stopwatch::start();
        loop {
            let left = longest.saturating_sub(watch.total());
            match self.woken.recv_timeout(left) {
                Ok(Wake::Stop) => return Look::Never,
                Ok(wake) if self.is_ours(&wake) => {
                    self.looks = 0;
                    return self.quiet_after(&wake);
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    self.looks = (self.looks + 1).min(AFTER.len());
                    return Look::Time;
                }
                // The system's watcher is gone: only time is left.
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(left);
                    return Look::Time;
                }
            }
        }
    }

    /// Waits for the end of a save that may be under way.
    pub fn quiet(&mut self) -> Look {
        self.quiet_after(&Wake::Trouble)
    }

    /// Waits for the end of a save, of which this came last.
    fn quiet_after(&mut self, wake: &Wake) -> Look {
        let watch = Stopwatch::start();
        let mut pause = pause_after(wake);
        while watch.total() < LONGEST {
            match self.woken.recv_timeout(pause) {
                Ok(Wake::Stop) => return Look::Never,
                Ok(wake) => {
                    self.is_ours(&wake);
                    pause = pause_after(&wake);
                }
                Err(RecvTimeoutError::Timeout) => return Look::Saved,
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(QUIET);
                    return Look::Saved;
                }
            }
        }
        Look::Saved
    }

    /// True when the wake-up is about something that we read. Output, and what else lies beside the content, is not.
    fn is_ours(&mut self, wake: &Wake) -> bool {
        let Wake::Seen(event) = wake else { return true };
        let moved = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let mut ours = event.need_rescan() || event.paths.is_empty();
        for path in &event.paths {
            // What stood at the path may stand elsewhere now, and our watch with it: the next look takes a new one.
            if moved && self.held.remove(path).is_some() {
                if let Some(system) = &mut self.system {
                    system.unwatch(path);
                }
                ours = true;
            }
            let name = path.file_name().map(|name| name.to_string_lossy());
            ours |= match path.parent().and_then(|up| self.held.get(up)) {
                Some(folder) => name.is_some_and(|name| folder.scope.covers(&name)),
                None => true,
            };
        }
        ours
    }
}

/// How long it must be quiet after an event.
fn pause_after(wake: &Wake) -> Duration {
    match wake {
        Wake::Seen(event) => match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(_)) => CLOSED,
            _ => QUIET,
        },
        _ => QUIET,
    }
}

/// False for events of mere reading, of which our own reading makes plenty.
fn matters(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound | notify::ErrorKind::WatchNotFound => true,
        notify::ErrorKind::Io(error) => matches!(
            error.kind(),
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use notify::event::{CreateKind, DataChange};

    use super::*;
    use crate::world::reader::Reader;

    /// A system that can watch so many folders.
    struct Small(usize);

    impl System for Small {
        fn watch(&mut self, _: &Path) -> notify::Result<()> {
            match self.0.checked_sub(1) {
                Some(left) => {
                    self.0 = left;
                    Ok(())
                }
                None => Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)),
            }
        }

        fn unwatch(&mut self, _: &Path) {
            self.0 += 1;
        }
    }

    fn folder() -> (tempfile::TempDir, BTreeMap<PathBuf, Watched>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("answers")).expect("a folder");
        std::fs::write(folder.path().join("binder.toml"), "x").expect("a file");
        let watch = Reader::new(folder.path()).read().watch;
        (folder, watch)
    }

    fn watcher(system: Small) -> (Watcher, Sender<Wake>) {
        let (waker, woken) = channel();
        let watcher = Watcher {
            system: Some(Box::new(system)),
            held: BTreeMap::new(),
            woken,
            every: None,
            looks: AFTER.len(),
        };
        (watcher, waker)
    }

    #[test]
    fn new_folders_are_told_and_old_ones_let_go() {
        let (_folder, all) = folder();
        let (mut watcher, _waker) = watcher(Small(all.len()));
        assert_eq!(watcher.sync(&all), Synced::More);
        assert_eq!(watcher.sync(&all), Synced::Same);
        assert_eq!(watcher.sync(&BTreeMap::new()), Synced::Same);
        assert_eq!(watcher.sync(&all), Synced::More, "let go, so there is room again");
    }

    #[test]
    fn at_the_limit_of_the_system_we_look_ourselves() {
        let (_folder, all) = folder();
        let (mut watcher, _waker) = watcher(Small(all.len() - 1));
        let Synced::GaveUp(why) = watcher.sync(&all) else {
            panic!("it can't watch them all");
        };
        assert!(why.contains("limit on watched folders"), "{why}");
        assert_eq!(watcher.every, Some(POLL));
        assert_eq!(watcher.sync(&all), Synced::Same, "and asks no more");
    }

    #[test]
    fn events_of_output_and_of_neighbours_do_not_wake() {
        let (folder, all) = folder();
        let root = std::fs::canonicalize(folder.path()).expect("a folder");
        let (mut watcher, _waker) = watcher(Small(100));
        watcher.sync(&all);
        let mut wakes = |path: PathBuf| {
            let event = Event::new(EventKind::Modify(ModifyKind::Data(DataChange::Any))).add_path(path);
            watcher.is_ours(&Wake::Seen(event))
        };
        assert!(wakes(root.join("answers/a.md")));
        assert!(wakes(root.join("binder.toml")));
        assert!(wakes(root.clone()));
        assert!(!wakes(root.join("public")));
        assert!(!wakes(root.join(".public.binder-lock")));
        assert!(!wakes(root.with_file_name("neighbour")));
        assert!(!matters(&EventKind::Access(AccessKind::Open(AccessMode::Read))));
    }

    #[test]
    fn another_folder_under_the_same_name_is_watched_anew() {
        let (folder, all) = folder();
        let answers = std::fs::canonicalize(folder.path().join("answers")).expect("a folder");
        let (mut watcher, _waker) = watcher(Small(100));
        watcher.sync(&all);
        let event = Event::new(EventKind::Create(CreateKind::Folder)).add_path(answers.clone());
        assert!(watcher.is_ours(&Wake::Seen(event)));
        assert_eq!(watcher.sync(&all), Synced::More);
        assert!(watcher.held.contains_key(&answers));
    }

    #[test]
    fn the_end_of_the_program_ends_the_wait() {
        let (mut watcher, waker) = watcher(Small(100));
        waker.send(Wake::Stop).expect("it listens");
        assert_eq!(watcher.wait(false), Look::Never);
    }
}
