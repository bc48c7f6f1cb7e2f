//! What a command says, and where: results to standard output, the rest to standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hipaa_binder::Stage;
use hipaa_binder::world::clock::Stopwatch;

pub(super) use hipaa_binder::diagnostic::report::wrap;

/// The two streams. A reader that has gone away (`binder check | head`) is no error.
#[derive(Debug)]
pub(super) struct Console {
    failed: bool,
}

impl Console {
    pub fn new() -> Self {
        Self { failed: false }
    }

    /// Part of the result.
    pub fn result(&mut self, text: &str) {
        if self.failed {
            return;
        }
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.failed = true;
            self.note(&format!("error: the result could not be written: {error}\n"));
        }
    }

    /// Anything else.
    pub fn note(&mut self, text: &str) {
        // Nobody is left to tell when this fails.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// True when everything that was said was heard.
    pub fn finish(&self) -> bool {
        !self.failed
    }

    /// Whether results may have colors.
    pub fn result_color(&self) -> bool {
        colors(io::stdout().is_terminal())
    }

    /// Whether notes may have colors.
    pub fn note_color(&self) -> bool {
        colors(io::stderr().is_terminal())
    }
}

/// `NO_COLOR`, set to anything, means none (no-color.org).
fn colors(terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Work that is over sooner needs no line.
const SOON: Duration = Duration::from_secs(1);
/// How often the line is drawn.
const OFTEN: Duration = Duration::from_millis(200);

/// What the progress line says. There is one terminal, so there is one line.
static LINE: Mutex<Option<Line>> = Mutex::new(None);

struct Line {
    began: Stopwatch,
    doing: &'static str,
    since: Stopwatch,
    /// How many of how many.
    count: Option<(usize, usize)>,
    /// The site is made, or the PDF is.
    half: bool,
    drawn: bool,
}

fn line() -> MutexGuard<'static, Option<Line>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One line on a terminal that says what is being done, how far it is and how long it will take about, where the work
/// takes more than a second. Nothing in a pipe, and nothing where `quiet`.
pub(super) fn progress(quiet: bool) -> impl Fn(Stage) + Sync {
    if !quiet && io::stderr().is_terminal() {
        *line() = Some(Line {
            began: Stopwatch::start(),
            doing: "Reading the folder",
            since: Stopwatch::start(),
            count: None,
            half: false,
            drawn: false,
        });
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(OFTEN);
                match line().as_mut() {
                    Some(line) => line.draw(),
                    None => return,
                }
            }
        });
    }
    move |ended| match ended {
        Stage::Read => doing("Reading what is written"),
        Stage::Parse => doing("Looking for gaps"),
        Stage::Join => doing("Making the pages"),
        Stage::Pages(done, all) => step("Making the pages", done, all),
        Stage::Site | Stage::Print => {
            if let Some(line) = line().as_mut() {
                if !std::mem::replace(&mut line.half, true) && ended == Stage::Site {
                    line.now("Laying out the PDF");
                }
            }
        }
        Stage::Json => doing("Putting everything in place"),
        Stage::Files(done, all) => step("Putting everything in place", done, all),
        Stage::Publish => {}
    }
}

/// Says what is done now.
pub(super) fn doing(words: &'static str) {
    if let Some(line) = line().as_mut() {
        line.now(words);
    }
}

/// Says that so many of so many are done.
pub(super) fn step(words: &'static str, done: usize, all: usize) {
    if let Some(line) = line().as_mut() {
        if line.doing != words {
            line.now(words);
        }
        line.count = Some((done, all));
    }
}

/// Takes the progress line away before something else is said.
pub(super) fn progress_done() {
    if line().take().is_some_and(|line| line.drawn) {
        let _ = write!(io::stderr(), "\r\x1b[2K");
    }
}

impl Line {
    fn now(&mut self, words: &'static str) {
        self.doing = words;
        self.count = None;
        self.since = Stopwatch::start();
    }

    fn draw(&mut self) {
        if self.began.total() < SOON {
            return;
        }
        self.drawn = true;
        let words = progress_words(self.doing, self.count, self.since.total());
        let _ = write!(io::stderr(), "\r\x1b[2K{words} ...");
    }
}

/// "Making the pages: 1200 of 4500, about 8 s left".
fn progress_words(doing: &str, count: Option<(usize, usize)>, since: Duration) -> String {
    let passed = since.as_secs_f64();
    match count {
        None if passed < 2.0 => doing.to_string(),
        None => format!("{doing}, {passed:.0} s"),
        Some((done, all)) => {
            let left = match done {
                0 => 0.0,
                done => passed / done as f64 * all.saturating_sub(done) as f64,
            };
            // An estimate from the first moments is none.
            let left = match passed < 0.5 || left < 1.0 {
                true => String::new(),
                false if left < 90.0 => format!(", about {left:.0} s left"),
                false => format!(", about {:.0} min left", left / 60.0),
            };
            format!("{doing}: {done} of {all}{left}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_told_when_there_is_ground_for_one() {
        let words = |count, tenths: u64| {
            progress_words("Making the pages", count, Duration::from_millis(tenths * 100))
        };
        assert_eq!(words(None, 5), "Making the pages");
        assert_eq!(words(None, 70), "Making the pages, 7 s");
        assert_eq!(words(Some((10, 1000)), 1), "Making the pages: 10 of 1000");
        assert_eq!(
            words(Some((100, 900)), 10),
            "Making the pages: 100 of 900, about 8 s left"
        );
        assert_eq!(
            words(Some((100, 100_000)), 10),
            "Making the pages: 100 of 100000, about 17 min left"
        );
        assert_eq!(words(Some((900, 900)), 90), "Making the pages: 900 of 900");
    }
}
