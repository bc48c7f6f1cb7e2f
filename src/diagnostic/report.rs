//! How problems look to a person: the words, the place, the line with marks under it, what to type instead.
//!
//! Nothing is printed here; the text is the same on every machine.

use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Place, Severity, Source};
use crate::phi;

/// Widest line of a report, in columns. Longer source lines are cut around the marked part.
const WIDTH: usize = 110;
/// Widest line of text, in columns.
const TEXT: usize = 100;

/// The report on `diagnostics`, in the order given, with a line of counts at the end; "" when there are none. What looks
/// like patient data or a secret is hidden in the lines that are drawn.
/// `source` gives the text of a file by its path, where it is at hand: without it the place is shown alone.
pub fn human(diagnostics: &[Diagnostic], source: &dyn Fn(&str) -> Option<Source>, color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .term_width(WIDTH);
    let mut sources: BTreeMap<&str, Option<Source>> = BTreeMap::new();
    for place in diagnostics
        .iter()
        .flat_map(|d| std::iter::once(&d.place).chain(d.also.iter().map(|(p, _)| p)))
    {
        sources
            .entry(&place.file)
            .or_insert_with(|| source(&place.file).map(|source| phi::masked(&source)));
    }
    let find = |place: &Place| sources.get(&*place.file).and_then(Option::as_ref);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let group = group(diagnostic, &find);
        out.push_str(&renderer.render(&[group]));
        out.push_str(&without_lines(diagnostic));
        out.push_str("\n\n");
    }
    out.push_str(&summary(diagnostics));
    out.push('\n');
    out
}

/// "2 errors, 1 warning"; "no errors or warnings" where there is nothing.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    let warnings = diagnostics.len() - errors;
    match (errors, warnings) {
        (0, 0) => "no errors or warnings".to_string(),
        (_, 0) => count(errors, "error"),
        (0, _) => count(warnings, "warning"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}

/// "1 gap", "2 gaps": a number with its noun.
pub fn count(n: usize, noun: &str) -> String {
    match (n, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{n} {stem}ies"),
        _ => format!("{n} {noun}s"),
    }
}

/// The message, with its lines where there are any.
fn group<'a>(diagnostic: &'a Diagnostic, find: &dyn Fn(&Place) -> Option<&'a Source>) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(wrap(&diagnostic.message, 0)));
    if diagnostic.place.line == 0 {
        return group;
    }
    group = point(group, &diagnostic.place, None, find);
    for (place, label) in &diagnostic.also {
        group = point(group, place, Some(label), find);
    }
    if diagnostic.help.is_empty() {
        group
    } else {
        group.element(Level::HELP.message(wrap(&diagnostic.help, 0)))
    }
}

/// The rest of a message that no line shows: there is nothing for the renderer to hang it on.
fn without_lines(diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    if diagnostic.place.line > 0 {
        return out;
    }
    if !diagnostic.place.file.is_empty() {
        out.push_str(&format!("\n --> {}", printable(&diagnostic.place.file)));
    }
    for (place, label) in &diagnostic.also {
        let line = if place.line == 0 {
            String::new()
        } else {
            format!(":{}", place.line)
        };
        out.push_str(&format!(
            "\n  = note: {}: {}{line}",
            printable(label),
            printable(&place.file)
        ));
    }
    if !diagnostic.help.is_empty() {
        out.push_str(&format!("\n  = help: {}", wrap(&diagnostic.help, 10)));
    }
    out
}

/// Adds a place: its line with marks under it where the text is at hand, else its name alone.
fn point<'a>(
    group: Group<'a>,
    place: &Place,
    label: Option<&'a String>,
    find: &dyn Fn(&Place) -> Option<&'a Source>,
) -> Group<'a> {
    if let Some((line, span)) = find(place).and_then(|source| marked_line(source, place)) {
        let kind = if label.is_some() {
            AnnotationKind::Context
        } else {
            AnnotationKind::Primary
        };
        return group.element(
            Snippet::source(line)
                .path(place.file.to_string())
                .line_start(place.line as usize)
                .annotation(kind.span(span).label(label.map(|text| printable(text)))),
        );
    }
    if let Some(label) = label {
        let at = if place.line == 0 {
            place.file.to_string()
        } else {
            format!("{}:{}", place.file, place.line)
        };
        return group.element(Level::NOTE.message(printable(&format!("{label}: {at}"))));
    }
    let column = place.column.max(1) as usize;
    group.element(
        Origin::path(place.file.to_string())
            .line(place.line as usize)
            .char_column(column),
    )
}

/// The line a place names, with the marked bytes counted from its start. Marks end where the line ends.
pub(crate) fn marked_line<'a>(
    source: &'a Source,
    place: &Place,
) -> Option<(&'a str, std::ops::Range<usize>)> {
    let line = source.line(place.line);
    if place.line == 0 || (line.is_empty() && place.column > 1) {
        return None;
    }
    let skip = (place.column.max(1) - 1) as usize;
    let start = line.char_indices().nth(skip).map_or(line.len(), |(at, _)| at);
    let length = place.range.end.saturating_sub(place.range.start) as usize;
    let mut end = (start + length).min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    // A place that is a whole line marks what is written on it.
    let span = if place.column == 0 {
        line.len() - line.trim_start().len()..line.trim_end().len()
    } else {
        start..end
    };
    Some((line, span))
}

/// Text in lines of at most 100 columns, each after `indent` spaces but the first, which the caller has begun.
pub fn wrap(text: &str, indent: usize) -> String {
    wrapped(text, indent, TEXT)
}

/// The same, in lines of at most `most` columns.
pub(super) fn wrapped(text: &str, indent: usize, most: usize) -> String {
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
            if n > 0 && column + 1 + width > most {
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

/// Content comes from anybody: a control character in it must not reach the terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, diagnostics: &[Diagnostic]) -> String {
        let source = Source::new("policies/a.md", text);
        human(
            diagnostics,
            &|path| (path == "policies/a.md").then(|| source.clone()),
            false,
        )
    }

    #[test]
    fn an_error_shows_its_line_with_marks_and_what_to_type() {
        let text = "+++\nversoin = \"2.0\"\n+++\n";
        let place = Source::new("policies/a.md", text).place(4..11);
        let error = Diagnostic::error("unknown-key", place, "\"versoin\" is no key of a policy")
            .help("did you mean \"version\"?");
        let expected = "\
error: \"versoin\" is no key of a policy
 --> policies/a.md:2:1
  |
2 | versoin = \"2.0\"
  | ^^^^^^^
  |
  = help: did you mean \"version\"?

1 error
";
        assert_eq!(shown(text, &[error]), expected);
    }

    #[test]
    fn marks_stand_under_letters_of_several_bytes() {
        let text = "title = “Größe” x\n";
        let at = text.find('x').expect("an x");
        let place = Source::new("policies/a.md", text).place(at..at + 1);
        let out = shown(text, &[Diagnostic::warning("w", place, "odd")]);
        assert!(out.contains("policies/a.md:1:17"), "{out}");
        assert!(out.contains("\n  |                 ^\n"), "{out}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text = format!("{}HERE{}\n", "a ".repeat(3000), "b ".repeat(3000));
        let place = Source::new("policies/a.md", text.as_str()).place(6000..6004);
        let out = shown(&text, &[Diagnostic::error("e", place, "odd")]);
        assert!(
            out.lines().all(|line| line.chars().count() <= WIDTH + 10),
            "{out}"
        );
        assert!(
            out.contains("HERE") && out.contains("^^^^") && out.contains(":1:6001"),
            "{out}"
        );
    }

    #[test]
    fn two_places_are_both_named() {
        let text = "a = 1\na = 2\n";
        let source = Source::new("policies/a.md", text);
        let error = Diagnostic::error("twice", source.place(6..7), "\"a\" is set twice")
            .also(source.place(0..1), "first set here")
            .also(Place::file("policies/b.md"), "and here");
        let out = shown(text, &[error]);
        for wanted in ["policies/a.md:2:1", "first set here", "and here: policies/b.md"] {
            assert!(out.contains(wanted), "{wanted} in\n{out}");
        }
    }

    #[test]
    fn a_problem_of_a_whole_file_names_it() {
        let error = Diagnostic::error("e", Place::file("policies/b.md"), "can't be read").help("Close it.");
        let expected = "error: can't be read\n --> policies/b.md\n  = help: Close it.\n\n1 error\n";
        assert_eq!(shown("", &[error]), expected);
    }

    #[test]
    fn odd_places_never_panic() {
        let text = "é\r\n\r\nend";
        for line in 0..6 {
            for column in 0..6 {
                for (start, end) in [(0, 0), (0, 1), (1, 400), (9, 2)] {
                    let range = super::super::Range32 { start, end };
                    let place = Place {
                        file: "policies/a.md".into(),
                        line,
                        column,
                        range,
                    };
                    assert!(shown(text, &[Diagnostic::error("e", place, "odd")]).contains("odd"));
                }
            }
        }
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let out = shown(
            "x\u{1b}[31m\n",
            &[Diagnostic::error("e", Place::default(), "bad \u{1b}[2J name")],
        );
        assert!(!out.contains('\u{1b}'), "{out}");
    }

    #[test]
    fn the_last_line_counts() {
        let error = Diagnostic::error("e", Place::default(), "one");
        let warning = Diagnostic::warning("w", Place::default(), "two");
        assert_eq!(
            summary(&[error.clone(), error.clone(), warning.clone()]),
            "2 errors, 1 warning"
        );
        assert_eq!(summary(&[warning]), "1 warning");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(count(2, "day"), "2 days");
    }

    #[test]
    fn long_text_is_wrapped_behind_its_indent() {
        let text = wrap(&"word ".repeat(40), 4);
        assert!(
            text.lines().skip(1).all(|line| line.starts_with("    word")),
            "{text}"
        );
        assert!(text.lines().all(|line| line.len() <= TEXT), "{text}");
        assert_eq!(text.matches("word").count(), 40);
    }

    #[test]
    fn a_word_that_is_too_long_stands_alone() {
        let long = "x".repeat(300);
        assert_eq!(wrap(&format!("a {long} b"), 0), format!("a\n{long}\nb"));
    }
}
