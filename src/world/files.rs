//! Opens files of the content: one that changes meanwhile is read again, one that is no file is not waited for. How many may be
//! open at once, and how many threads that allows for.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{File, read};

/// Files that are open all the time, whatever is done: the three streams, a lock, a watch, what the system's libraries hold.
const ALWAYS: u64 = 16;
/// The most that one thread holds at once: an archive or a source, what is written, a folder being listed.
const EACH: u64 = 3;
/// No machine has so many that asking for more would help.
const PLENTY: u64 = 4096;

/// Sets the program up for the system's limit of open files: asks for as many as it may have, and starts no more threads
/// than that leaves room for. To be called once, before any other thread is started.
pub fn fit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut limit = current.unwrap_or(u64::MAX);
    let most = maximum.unwrap_or(u64::MAX).min(PLENTY);
    if limit < most {
        let asked = Rlimit {
            current: Some(most),
            maximum,
        };
        if setrlimit(Resource::Nofile, asked).is_ok() {
            limit = most;
        }
    }
    let wanted = rayon_threads();
    let room = threads(limit);
    if room < wanted {
        // Where somebody was faster, the threads are there already.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(room).build_global();
    }
}

/// How many threads a limit of open files leaves room for: one at least.
fn threads(limit: u64) -> usize {
    usize::try_from(limit.saturating_sub(ALWAYS) / EACH)
        .unwrap_or(usize::MAX)
        .max(1)
}

/// How many would be started: what `RAYON_NUM_THREADS` says, or one for each processor.
fn rayon_threads() -> usize {
    let said = std::env::var("RAYON_NUM_THREADS")
        .ok()
        .and_then(|text| text.parse().ok());
    said.filter(|n| *n > 0)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// How often a file that changes under our hands is read again.
const TRIES: u32 = 5;

/// Reads a file in one pass: its digest always, its bytes up to `limit`. One that somebody writes at the same moment is read
/// again, and refused when that does not end: half a save is no text.
pub(super) fn load(at: &Path, limit: u64) -> io::Result<File> {
    let state = |file: &fs::File| file.metadata().map(|meta| (meta.len(), meta.modified().ok()));
    for again in 0..TRIES {
        if again > 0 {
            std::thread::sleep(Duration::from_millis(20 << again));
        }
        let open = open(at)?;
        let before = state(&open)?;
        let file = read::load_open(&open, limit)?;
        if state(&open)? == before && file.size == before.0 {
            return Ok(file);
        }
    }
    Err(io::Error::other(
        "it changes all the time; close the program that writes it",
    ))
}

/// Opens a plain file. What took its place since the folder was listed (a pipe, a device) is not waited for.
pub(super) fn open(at: &Path) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(at)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file any more"));
    }
    Ok(file)
}

/// The limit of open files, of this process or of the whole system.
pub(super) fn too_many_open(error: &io::Error) -> bool {
    let limits = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(rustix::io::Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| limits.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_limit_leaves_fewer_threads_and_never_none() {
        assert_eq!([0, 16, 19, 64, 1024].map(threads), [1, 1, 1, 16, 336]);
        assert!(threads(u64::MAX) > 1_000_000);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_that_took_the_place_of_a_file_is_not_waited_for() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let dir = tempfile::tempdir().expect("a folder");
        let at = dir.path().join("answer.md");
        mknodat(CWD, &at, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        let error = load(&at, read::MAX_TEXT).expect_err("no file");
        assert_eq!(error.to_string(), "it is not a file any more");
    }
}
