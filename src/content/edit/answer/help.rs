//! Why a text would not read back as it was typed, in words for the person who typed it.

use crate::content::{decisions, words};
use crate::diagnostic::Source;
use crate::markdown;

/// What is wrong with a text under a heading of this level, and what to type instead.
pub(super) fn explain(typed: &str, level: u8) -> (String, String) {
    let source = Source::new("", typed);
    let (document, _) = markdown::parse(&source, 0);
    let parts = document.parts();
    if let Some(part) = decisions::ranges(&parts)
        .first()
        .and_then(|range| parts.iter().find(|part| part.heading == range.start))
    {
        let line = source.place(part.range.as_range()).line;
        return (
            format!("line {line} is a heading that begins the written decision, and a decision is no answer"),
            "Use another word for it, or take away the # signs before it.".into(),
        );
    }
    if let Some(part) = parts.iter().find(|part| part.level <= level) {
        let place = source.place(part.range.as_range());
        let written = &typed[part.range.as_range()];
        let first = written.lines().next().unwrap_or("");
        if first.trim_start().starts_with('#') {
            return (
                format!(
                    "line {} is a heading, \"{}\", and would end the answer or begin that of another question",
                    place.line,
                    words::excerpt(first, 40)
                ),
                format!(
                    "Take away the # signs before it, or type more of them: {} begins a heading within an answer.",
                    "#".repeat(usize::from(level) + 1)
                ),
            );
        }
        let rule = place.line as usize + written.lines().count().saturating_sub(1);
        return (
            format!(
                "line {rule} is a line of dashes or equals signs right under text, which makes a heading of the text"
            ),
            "Leave an empty line above the dashes.".into(),
        );
    }
    let open = typed.rfind("<!--").filter(|at| !typed[at + 2..].contains("-->"));
    if let Some(at) = open {
        let line = source.place(at..at).line;
        return (
            format!("a comment begins with <!-- on line {line} and never ends"),
            "Type --> where it ends, or take the <!-- away.".into(),
        );
    }
    for (number, line) in typed.lines().enumerate() {
        let start = line.trim_start();
        if start.starts_with("```") || start.starts_with("~~~") {
            return (
                format!("a block of code begins on line {} and never ends", number + 1),
                format!(
                    "Type {} on a line of its own where it ends, or take the line away.",
                    &start[..3]
                ),
            );
        }
        if start.starts_with('<') {
            return (
                format!(
                    "line {} begins with <, which is read as the beginning of HTML",
                    number + 1
                ),
                "Type \\< in place of <.".into(),
            );
        }
    }
    (
        "this text would not stay under its question as it was typed".into(),
        "Write it in plain sentences, or change the file in a text editor.".into(),
    )
}
