//! A page in a file of its own, without a site around it: what `binder diff --html` writes.
//!
//! It is read from the disk or from a letter, where no server says what it may do: its style stands in it, and its own
//! policy lets it run and load nothing, whatever a practice's style sheet names.

use serde::Serialize;

use super::engine::Engine;
use super::html::Html;
use super::views::changes::{ChangesPage, view};
use crate::diagnostic::Diagnostic;
use crate::history::changes::Changes;
use crate::theme::Theme;

#[derive(Serialize)]
struct Alone {
    practice: String,
    program_version: &'static str,
    style: Html,
    changes: ChangesPage,
}

/// The changes as one HTML file. `practice` stands over them.
///
/// # Errors
/// Faults of the clinic's own theme files.
pub fn changes_alone(changes: &Changes, practice: &str, theme: &Theme) -> Result<String, Vec<Diagnostic>> {
    let alone = Alone {
        practice: practice.to_string(),
        program_version: env!("CARGO_PKG_VERSION"),
        style: style(theme),
        changes: view(changes, &|_| None),
    };
    let engine = Engine::new(theme)?;
    engine
        .render_alone("changes-alone.html", &alone)
        .map_err(|fault| vec![*fault])
}

/// The style sheet, less what it would load.
fn style(theme: &Theme) -> Html {
    let text = |path: &str| {
        let file = theme.get(path)?;
        Some(String::from_utf8_lossy(file.bytes.as_ref()).into_owned())
    };
    let sheets = ["site/binder.css", "site/local.css"].into_iter().filter_map(text);
    let lines = sheets.flat_map(|sheet| sheet.lines().map(str::to_string).collect::<Vec<_>>());
    let kept: Vec<String> = lines.filter(|line| !line.contains("url(")).collect();
    Html::style(&kept.join("\n"))
}
