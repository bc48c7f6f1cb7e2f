//! Ctrl-C. Where nothing is being written the process ends at once; where something is, whoever writes cleans up first.
//!
//! What stands in place is whole either way, since nothing is ever written where readers look. A second Ctrl-C ends the
//! process wherever it is; the next run then finds what is left and clears it.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::diagnostic::{Diagnostic, Place};

/// Code of the message about work that was stopped.
pub const STOPPED: &str = "stopped";
/// What the process ends with, by the custom of shells: 128 and the number of the signal.
pub const EXIT: u8 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);
static IN_PLACE: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State {
    writing: 0,
    left: vec![],
});

struct State {
    /// How many are writing.
    writing: usize,
    /// What is to be removed when the process ends here: files, and folders where they are empty.
    left: Vec<PathBuf>,
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While this lives, something is half written and Ctrl-C does not end the process.
#[derive(Debug)]
pub(super) struct Writing(());

/// From here on, whoever writes asks [`stopped`] from time to time.
pub(super) fn writing() -> Writing {
    state().writing += 1;
    Writing(())
}

impl Drop for Writing {
    fn drop(&mut self) {
        state().writing -= 1;
    }
}

/// True once somebody has pressed Ctrl-C, while that could still keep the work from being done.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed) && !IN_PLACE.load(Ordering::Relaxed)
}

/// What the command was for is in place: nobody may be told now that nothing was changed, and the little that is left
/// comes to its end. Said by who holds [`Writing`], before it is dropped.
pub(super) fn in_place() {
    IN_PLACE.store(true, Ordering::Relaxed);
}

/// The reason to give up, once somebody has pressed Ctrl-C.
///
/// # Errors
/// [`STOPPED`].
pub(super) fn stopped() -> Result<(), Box<Diagnostic>> {
    match asked() {
        false => Ok(()),
        true => Err(Box::new(
            Diagnostic::error(STOPPED, Place::default(), "stopped before all was in place")
                .help("Nothing was changed: what was there before is as it was."),
        )),
    }
}

/// Removes `paths` in their order when Ctrl-C ends the process, and forgets them when what this gives is dropped.
pub(super) fn leaves(paths: Vec<PathBuf>) -> Leaves {
    state().left.extend(paths.iter().cloned());
    Leaves(paths)
}

/// See [`leaves`].
#[derive(Debug)]
pub(super) struct Leaves(Vec<PathBuf>);

impl Drop for Leaves {
    fn drop(&mut self) {
        state().left.retain(|path| !self.0.contains(path));
    }
}

/// Waits for Ctrl-C beside everything else. `say` is called before the process ends here; what gives up by itself says so
/// itself. Where the system gives no such notice, Ctrl-C ends the process as ever.
pub fn listen(say: impl Fn() + Send + 'static) {
    let wait = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                let again = ASKED.swap(true, Ordering::Relaxed);
                let state = state();
                // Asked under the lock that the last of those who write takes as it ends.
                let over = IN_PLACE.load(Ordering::Relaxed);
                if again || (state.writing == 0 && !over) {
                    for path in &state.left {
                        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
                    }
                    if !over {
                        say();
                    }
                    process::exit(i32::from(EXIT));
                }
            }
        });
    };
    let _ = std::thread::Builder::new().name("ctrl-c".into()).spawn(wait);
}
