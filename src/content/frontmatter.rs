//! The head of a Markdown file: TOML between two lines `+++`.

use std::ops::Range;

use super::fields::{self, Table};
use crate::diagnostic::{Diagnostic, Place, Source};

/// A file split into its front matter and its body.
#[derive(Debug, Clone)]
pub struct FrontMatter {
    /// The file.
    pub source: Source,
    /// The keys.
    pub table: Table,
    /// Byte at which the body starts: behind the line end of the closing `+++`.
    pub body: usize,
}

impl FrontMatter {
    /// The words after the closing `+++`, with LF line ends, as digests see them.
    pub fn body_text(&self) -> String {
        super::text::lf(&self.source.text[self.body..])
    }

    /// The place of a byte range of the file.
    pub fn place(&self, range: impl Into<Range<usize>>) -> Place {
        self.source.place(range.into())
    }

    /// The opening line, for messages about the file as a whole.
    pub fn top(&self) -> Place {
        let start = self.source.text.find("+++").unwrap_or(0);
        self.source.place(start..start + 3)
    }
}

/// Where the parts of a file lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fences {
    /// The TOML, without its fences.
    pub toml: Range<usize>,
    /// First byte of the body.
    pub body: usize,
}

/// Finds the two lines `+++`. The first may have blank lines before it. `Err` holds what is there instead.
pub fn fences(text: &str) -> Result<Fences, Missing> {
    let mut open = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let is_fence = line.trim() == "+++";
        match open {
            None if line.trim().is_empty() => {}
            None if is_fence => open = Some(end),
            None if line.trim() == "---" => return Err(Missing::Yaml { at }),
            None => return Err(Missing::Front { at }),
            Some(start) if is_fence => {
                return Ok(Fences {
                    toml: start..at,
                    body: end,
                });
            }
            Some(_) => {}
        }
        at = end;
    }
    match open {
        Some(end) => Err(Missing::Close {
            open: text[..end].find("+++").unwrap_or(0),
        }),
        None => Err(Missing::All),
    }
}

/// What a file without front matter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing at all.
    All,
    /// Text, from this byte on.
    Front {
        /// First byte of the text.
        at: usize,
    },
    /// YAML between `---`.
    Yaml {
        /// First byte of the fence.
        at: usize,
    },
    /// An opening `+++` and no closing one.
    Close {
        /// First byte of the fence.
        open: usize,
    },
}

/// Reads the front matter of `source`. `example` is what its shortest front matter looks like, for messages.
///
/// Errors: `no-front-matter`, `front-matter-not-closed`, `yaml-front-matter`, those of [`fields::read`]. Warning:
/// `empty-file`, for a file with nothing in it.
pub fn read(source: Source, example: &str, out: &mut Vec<Diagnostic>) -> Option<FrontMatter> {
    let Fences { toml, body } = match fences(&source.text) {
        Ok(fences) => fences,
        Err(missing) => {
            out.push(explain(&source, missing, example));
            return None;
        }
    };
    let table = fields::read(&source, toml, out)?;
    Some(FrontMatter { source, table, body })
}

fn explain(source: &Source, missing: Missing, example: &str) -> Diagnostic {
    let line = |at: usize| source.place(at..at + source.text[at..].lines().next().map_or(0, str::len));
    let shortest = format!("Type these lines at the top of the file: +++, then {example}, then +++ again.");
    match missing {
        Missing::All => Diagnostic::warning("empty-file", Place::file(source.path.clone()), "this file is empty and was not read")
            .help("Write it, or delete it."),
        Missing::Front { at } => Diagnostic::error("no-front-matter", line(at), "this file does not say what it is").help(shortest),
        Missing::Yaml { at } => Diagnostic::error(
            "yaml-front-matter",
            line(at),
            "the lines at the top stand between ---, and are read only between +++",
        )
        .help(format!("Type +++ in place of ---, above and below, and each key with an equals sign and quotes: {example}.")),
        Missing::Close { open } => {
            let mut end = "put it after the last key".to_owned();
            let keys = source.text[open + 3..].lines().skip(1);
            let first_text = keys.enumerate().find(|(_, l)| !looks_like_toml(l)).map(|(n, _)| n + 2);
            if let Some(offset) = first_text {
                end = format!("it seems to belong above line {}", line(open).line as usize + offset - 1);
            }
            Diagnostic::error("front-matter-not-closed", line(open), "the second line +++ is missing")
                .help(format!("Type a line with +++ between the keys and the text; {end}."))
        }
    }
}

fn looks_like_toml(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || line.contains('=')
        || line.starts_with(['[', ']', '"', '\'', '{', '}'])
        || line.starts_with("# ") && line.len() < 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Option<FrontMatter>, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let front = read(Source::new("a.md", text), "citation = \"164.312(b)\"", &mut out);
        (front, out)
    }

    fn codes(text: &str) -> Vec<&'static str> {
        read_text(text).1.iter().map(|d| d.code).collect()
    }

    #[test]
    fn keys_and_body_are_split() {
        let (front, out) = read_text("+++\r\nowner = “Front desk”\r\n+++\r\n\r\nHello\r\n");
        let front = front.expect("reads");
        assert!(out.is_empty(), "{out:?}");
        assert_eq!(front.body_text(), "\nHello\n");
        let owner = front.table.text("owner", &mut vec![]).expect("is there");
        assert_eq!(owner.value, "Front desk");
        assert_eq!(&front.source.text[owner.place.range.as_range()], "“Front desk”");
        assert_eq!((owner.place.line, owner.place.column), (2, 9));
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert_eq!(codes(""), ["empty-file"]);
        assert_eq!(codes(" \r\n\n"), ["empty-file"]);
        assert_eq!(codes("Hello"), ["no-front-matter"]);
        assert_eq!(codes("---\nowner: x\n---\n"), ["yaml-front-matter"]);
        assert_eq!(
            codes("+++\nowner = \"x\"\n\nHello\n"),
            ["front-matter-not-closed"]
        );
        assert_eq!(codes("+++"), ["front-matter-not-closed"]);
        assert!(
            read_text("+++\nowner = \"x\"\n\nHello\n").1[0]
                .help
                .contains("above line 4")
        );
    }

    #[test]
    fn impossible_dates_do_not_hide_the_rest() {
        let (front, out) = read_text("+++\neffective = 2026-02-30\nowner = \"x\"\n+++\n");
        assert_eq!(out.len(), 1, "{out:?}");
        assert_eq!(
            (out[0].code, out[0].place.line, out[0].place.column),
            ("bad-date", 2, 13)
        );
        assert_eq!(
            out[0].message,
            "February 2026 has 28 days, so 2026-02-30 is not a date"
        );
        assert_eq!(
            front
                .expect("reads")
                .table
                .text("owner", &mut vec![])
                .map(|t| t.value),
            Some("x".into())
        );
    }

    #[test]
    fn slips_of_the_pen_say_what_to_type() {
        for (line, code, column, help) in [
            (
                "effective = 9/14/2026",
                "bad-date",
                13,
                "Type effective = 2026-09-14",
            ),
            (
                "effective = 2026–02–15",
                "bad-date",
                13,
                "Type effective = 2026-02-15",
            ),
            ("effective = 2026-13-01", "bad-date", 13, "2026-01-13"),
            ("kind = policy", "bad-toml", 8, "Type kind = \"policy\""),
            (
                "owner = Office manager",
                "bad-toml",
                9,
                "Type owner = \"Office manager\"",
            ),
            ("owner = \"Office manager", "bad-toml", 9, "before and one after"),
            ("owner =", "bad-toml", 1, "or take the line out"),
            ("owner: \"x\"", "bad-toml", 1, "equals sign"),
            ("rows = [\"a\" \"b\"]", "bad-toml", 13, "commas between"),
            ("[[decision]", "bad-toml", 1, "brackets"),
            ("path = \"C:\\Users\"", "bad-toml", 8, "single quotes"),
            ("[practice", "bad-toml", 1, "brackets"),
            ("answered by = \"Ann\"", "bad-toml", 1, "Type answered_by"),
        ] {
            let (_, out) = read_text(&format!("+++\n{line}\n+++\nText\n"));
            assert_eq!(out.len(), 1, "{line}: {out:#?}");
            assert_eq!((out[0].code, out[0].place.line), (code, 2), "{line}: {out:#?}");
            assert_eq!(out[0].place.column, column, "{line}: {out:#?}");
            assert!(out[0].help.contains(help), "{line}: {out:#?}");
        }
    }

    #[test]
    fn a_key_set_twice_names_both_lines() {
        let (_, out) = read_text("+++\nowner = \"x\"\nowner = \"y\"\n+++\n");
        assert_eq!(
            (out.len(), out[0].code, out[0].place.line),
            (1, "duplicate-key", 3),
            "{out:?}"
        );
        assert_eq!(out[0].also[0].0.line, 2);
    }
}
