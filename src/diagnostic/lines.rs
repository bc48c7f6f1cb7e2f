//! One line a problem: as compilers write it, for the problem lists of editors, and as GitHub reads it from a job's log.

use super::report::wrapped;
use super::{Diagnostic, Severity, Source, data};

/// A line to print, with the place it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// `error`, `warning` or `notice`.
    pub level: &'a str,
    /// Path as the reader's tools name it, with `/`; "" where no file is meant.
    pub path: &'a str,
    /// Where in it, if anywhere.
    pub range: Option<data::Range>,
    /// Stable name.
    pub code: &'a str,
    /// What is wrong.
    pub message: &'a str,
    /// What to do; "" where the message says it all.
    pub help: &'a str,
}

impl<'a> Line<'a> {
    /// The line on a problem. `path` is its file as the reader's tools name it.
    pub fn of(diagnostic: &'a Diagnostic, path: &'a str, source: Option<&Source>) -> Self {
        Self {
            level: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            path,
            range: source.and_then(|source| data::range(source, &diagnostic.place)),
            code: diagnostic.code,
            message: &diagnostic.message,
            help: &diagnostic.help,
        }
    }

    /// `answers/a.md:3:12: error: what is wrong. What to type. [bad-date]`. A problem of a whole file stands at 1:1; columns
    /// are characters.
    pub fn short(&self) -> String {
        let (line, column) = self.range.map_or((1, 1), |r| (r.start.line, r.start.column));
        let place = match self.path {
            "" => "binder".to_string(),
            path => format!("{}:{line}:{column}", plain(path)),
        };
        format!("{place}: {}: {} [{}]\n", self.level, self.words(), self.code)
    }

    /// `::error file=answers/a.md,line=3,col=12,endLine=3,endColumn=22,title=bad-date::what is wrong. What to type.`, with what
    /// GitHub reads as its own signs escaped. Columns are characters.
    pub fn github(&self) -> String {
        let mut properties = vec![];
        if !self.path.is_empty() {
            properties.push(format!("file={}", property(self.path)));
        }
        if let Some(data::Range { start, end }) = self.range {
            properties.push(format!("line={}", start.line));
            properties.push(format!("col={}", start.column));
            properties.push(format!("endLine={}", end.line));
            // It refuses end columns of ranges over several lines.
            if start.line == end.line {
                properties.push(format!("endColumn={}", end.column));
            }
        }
        properties.push(format!("title={}", property(self.code)));
        format!(
            "::{} {}::{}\n",
            self.level,
            properties.join(","),
            escaped(&self.words())
        )
    }

    /// Message and help, on one line.
    fn words(&self) -> String {
        let mut words = plain(self.message);
        if !self.help.is_empty() {
            if !words.ends_with(['.', '?', '!']) {
                words.push('.');
            }
            words.push(' ');
            words += &plain(self.help);
        }
        words
    }
}

/// On one line, without what steers a terminal.
fn plain(text: &str) -> String {
    wrapped(text, 0, usize::MAX).replace('\n', " ")
}

/// Text of a workflow command.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command: file names are kept letter by letter.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn both(path: &str, message: &str, help: &str) -> (String, String) {
        let error = Diagnostic::error("bad-name", Place::file(path), message).help(help);
        let line = Line::of(&error, path, None);
        (line.short(), line.github())
    }

    #[test]
    fn what_github_reads_as_its_own_is_escaped() {
        let (short, github) = both(
            "policies/100%,a:b\r\n::error::x.md",
            "50% of it\n::set-output name=x::y\r\n##[error]z",
            "Type: a, b",
        );
        assert_eq!(
            github,
            "::error file=policies/100%25%2Ca%3Ab%0D%0A%3A%3Aerror%3A%3Ax.md,title=bad-name::50%25 of it ::set-output \
             name=x::y ##[error]z. Type: a, b\n"
        );
        assert_eq!(
            short,
            "policies/100%,a:b ::error::x.md:1:1: error: 50% of it ::set-output name=x::y ##[error]z. Type: a, b [bad-name]\n"
        );
    }

    #[test]
    fn nothing_steers_the_terminal_and_all_stands_on_one_line() {
        let (short, github) = both("", "a\u{1b}[2Jb\u{7}\u{85}", "");
        assert_eq!(short, "binder: error: a\u{fffd}[2Jb\u{fffd} [bad-name]\n");
        assert_eq!(github, "::error title=bad-name::a\u{fffd}[2Jb\u{fffd}\n");
        for text in [short, github] {
            assert_eq!(text.lines().count(), 1);
        }
    }

    #[test]
    fn a_range_of_one_line_has_an_end_column_and_one_of_several_has_none() {
        let text = "a\nb [1,\n 2]\n";
        let source = Source::new("a.toml", text);
        let line = |needle: &str| {
            let start = text.find(needle).expect("there");
            let place = source.place(start..start + needle.len());
            let warning = Diagnostic::warning("w", place, "odd");
            Line::of(&warning, "sub/a.toml", Some(&source)).github()
        };
        assert_eq!(
            line("1,"),
            "::warning file=sub/a.toml,line=2,col=4,endLine=2,endColumn=6,title=w::odd\n"
        );
        assert_eq!(
            line("[1,\n 2]"),
            "::warning file=sub/a.toml,line=2,col=3,endLine=3,title=w::odd\n"
        );
    }
}
