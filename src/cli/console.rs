//! What a command says, and where: results to standard output, the rest to standard error.

use std::io::{self, IsTerminal, Write};

use hipaa_binder::Stage;

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

/// One line that says what is being done, on a terminal; nothing in a pipe.
pub(super) fn progress() -> impl Fn(Stage) + Sync {
    let terminal = io::stderr().is_terminal();
    move |ended| {
        if !terminal {
            return;
        }
        let next = match ended {
            Stage::Read => "Reading what is written",
            Stage::Parse => "Looking for gaps",
            Stage::Join => "Making the pages and the PDF",
            Stage::Site | Stage::Print => return,
            Stage::Json => "Putting everything in place",
            Stage::Publish => "",
        };
        clear_line(next);
    }
}

/// Takes the progress line away before something else is said.
pub(super) fn progress_done() {
    if io::stderr().is_terminal() {
        clear_line("");
    }
}

fn clear_line(text: &str) {
    let _ = write!(
        io::stderr(),
        "\r\x1b[2K{text}{}",
        if text.is_empty() { "" } else { " ..." }
    );
}
