//! What a command says, and where: results to standard output, the rest to standard error.

use std::io::{self, IsTerminal, Write};

use hipaa_binder::Stage;

/// Widest line of our own text.
const WIDTH: usize = 100;

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

/// Text in lines of at most 100 columns, each after `indent` spaces but the first, which the caller has begun.
pub(super) fn wrap(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for line in text.lines() {
        if !out.is_empty() {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        }
        for (n, word) in line.split_whitespace().enumerate() {
            let width = word.chars().count();
            if n > 0 && column + 1 + width > WIDTH {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = indent;
            } else if n > 0 {
                out.push(' ');
                column += 1;
            }
            // What somebody wrote into a file must not steer the terminal.
            out.extend(word.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
            column += width;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_behind_its_indent() {
        let text = wrap(&"word ".repeat(40), 4);
        assert!(
            text.lines().skip(1).all(|line| line.starts_with("    word")),
            "{text}"
        );
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.matches("word").count(), 40);
    }

    #[test]
    fn a_word_that_is_too_long_stands_alone() {
        let long = "x".repeat(300);
        assert_eq!(wrap(&format!("a {long} b"), 0), format!("a\n{long}\nb"));
    }
}
