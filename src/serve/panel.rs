//! What keeps a newer binder from being shown, as a panel of a page: the same messages as on the terminal, escaped.

use serde::Serialize;
use tera::{Context, Tera};

use crate::content::text;
use crate::diagnostic::report::{count, marked_line};
use crate::diagnostic::{Diagnostic, Place, Severity, Source};
use crate::phi;
use crate::site::html::{self, Html};
use crate::theme::Theme;
use crate::world::Folder;

/// Messages shown at most; the terminal shows all.
const SHOWN: usize = 50;
/// Characters of a source line shown before and after the mark.
const AROUND: usize = 80;

/// A panel, made once and shown on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// The markup.
    pub html: String,
    /// Errors in it.
    pub errors: usize,
}

/// What a panel speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The first site: there is none to show below.
    First,
    /// The site: an older one is shown below, or none.
    Site,
    /// The PDF alone: the pages are up to date.
    Print,
}

#[derive(Serialize)]
struct View {
    headline: String,
    /// First message in one sentence, for those who hear the page.
    first: String,
    note: &'static str,
    messages: Vec<Message>,
    more: usize,
}

#[derive(Serialize)]
struct Message {
    severity: &'static str,
    text: Html,
    /// The same without markup.
    #[serde(skip)]
    words: String,
    at: Option<At>,
    also: Vec<Also>,
    help: Html,
}

#[derive(Serialize)]
struct At {
    /// `policies/a.md:2:1`.
    place: String,
    line: Option<Line>,
}

#[derive(Serialize)]
struct Also {
    label: String,
    at: At,
}

/// A line of a file, cut around what is marked.
#[derive(Serialize)]
struct Line {
    number: u32,
    before: String,
    marked: String,
    after: String,
}

/// The served pages that are not the site's own, from the templates of the program itself: whatever is wrong with a
/// clinic's theme, they can be shown.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    theme: Theme,
}

impl Templates {
    /// Reads them from the built-in theme.
    ///
    /// # Errors
    /// A template that is none, which the tests of this program rule out.
    pub fn new() -> Result<Self, String> {
        let theme = Theme::with_overrides(&Folder::default());
        let mut tera = Tera::new();
        tera.set_escape_fn(html::escape);
        let templates: Vec<(String, String)> = theme
            .below("served")
            .filter(|(path, _)| path.ends_with(".html"))
            .map(|(path, file)| {
                let text = String::from_utf8_lossy(file.bytes.as_ref()).into_owned();
                (path.trim_start_matches("served/").to_string(), text)
            })
            .collect();
        tera.add_raw_templates(templates)
            .map_err(|error| error.to_string())?;
        Ok(Self { tera, theme })
    }

    /// A page or a part of one.
    pub fn render<T: Serialize>(&self, template: &str, view: &T) -> String {
        let mut context = Context::new();
        context.insert("page", view);
        // The templates are the program's own and are tried in the tests.
        self.tera.render(template, &context).unwrap_or_default()
    }

    /// A file that served pages load, like `live.js`.
    pub fn asset(&self, name: &str) -> Option<&[u8]> {
        // The icon is that of the site, for the page that comes before there is one.
        let folder = if name == "icon.svg" { "site" } else { "served" };
        let file = self.theme.get(&format!("{folder}/{name}"))?;
        Some(file.bytes.as_ref())
    }

    /// The panel for these problems. `folder` gives the lines they stand on.
    pub fn panel(&self, of: Of, diagnostics: &[Diagnostic], folder: &Folder) -> Panel {
        let source = |place: &Place| {
            let (path, file) = folder.files.get_key_value(&place.file)?;
            text::source(path, file).map(|source| phi::masked(&source))
        };
        let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
        let errors = diagnostics.iter().filter(is_error).count();
        let (first, second): (Vec<_>, Vec<_>) = diagnostics.iter().partition(is_error);
        let all: Vec<&Diagnostic> = first.into_iter().chain(second).collect();
        let messages: Vec<Message> = all.iter().take(SHOWN).map(|d| message(d, &source)).collect();
        let things = match errors {
            1 => "One thing".to_string(),
            n => count(n, "thing"),
        };
        let (headline, note) = match of {
            Of::First => (
                format!("{things} to put right before the binder can be shown"),
                "This message goes away by itself.",
            ),
            Of::Site => (
                format!("{things} to put right before the newest version can be shown"),
                "The pages behind this message are the last that could be made. The message goes away by itself.",
            ),
            Of::Print => (
                format!("{things} to put right before the PDF can be made"),
                "The pages are up to date. The PDF is the last one that could be made. The message goes away by itself.",
            ),
        };
        let view = View {
            headline,
            first: messages.first().map(sentence).unwrap_or_default(),
            note,
            more: all.len() - messages.len(),
            messages,
        };
        Panel {
            html: self.render("panel.html", &view),
            errors,
        }
    }
}

fn sentence(message: &Message) -> String {
    match &message.at {
        Some(at) => format!("{}: {}", at.place, message.words),
        None => message.words.clone(),
    }
}

fn message(diagnostic: &Diagnostic, source: &dyn Fn(&Place) -> Option<Source>) -> Message {
    let at = |place: &Place| At {
        place: shown(place),
        line: source(place).and_then(|source| line(&source, place)),
    };
    Message {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        text: html::prose(&diagnostic.message),
        words: diagnostic.message.clone(),
        at: (!diagnostic.place.file.is_empty()).then(|| at(&diagnostic.place)),
        also: diagnostic
            .also
            .iter()
            .map(|(place, label)| Also {
                label: label.clone(),
                at: at(place),
            })
            .collect(),
        help: html::prose(&diagnostic.help),
    }
}

fn shown(place: &Place) -> String {
    match (place.line, place.column) {
        (0, _) => place.file.to_string(),
        (line, 0) => format!("{}:{line}", place.file),
        (line, column) => format!("{}:{line}:{column}", place.file),
    }
}

fn line(source: &Source, place: &Place) -> Option<Line> {
    let (text, span) = marked_line(source, place)?;
    let (before, rest) = text.split_at_checked(span.start)?;
    let (marked, after) = rest.split_at_checked(span.len())?;
    let tail = before.chars().count().saturating_sub(AROUND);
    let mut head: String = before.chars().skip(tail).collect();
    if tail > 0 {
        head.insert(0, '\u{2026}');
    }
    Some(Line {
        number: place.line,
        before: head,
        marked: short(marked),
        after: short(after),
    })
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().take(AROUND).collect();
    if out.len() < text.len() {
        out.push('\u{2026}');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::world::File;

    fn panel(text: &str, diagnostics: &[Diagnostic]) -> Panel {
        let file = File {
            size: text.len() as u64,
            digest: [0; 32],
            bytes: Some(Arc::from(text.as_bytes())),
        };
        let folder = Folder {
            files: [(Arc::from("policies/a.md"), file)].into(),
            ..Folder::default()
        };
        let templates = Templates::new().expect("templates");
        templates.panel(Of::Site, diagnostics, &folder)
    }

    fn place(text: &str, range: std::ops::Range<usize>) -> Place {
        Source::new("policies/a.md", text).place(range)
    }

    #[test]
    fn a_message_has_file_line_source_and_help() {
        let text = "+++\nversoin = \"2\"\n";
        let error = Diagnostic::error(
            "unknown-key",
            place(text, 4..11),
            "\"versoin\" is no key of a policy",
        )
        .help("Did you mean \"version\"?")
        .also(place(text, 0..3), "the front matter begins here");
        let panel = panel(text, &[error]);
        for wanted in [
            "role=\"alert\"",
            "One thing to put right",
            "&quot;versoin&quot; is no key of a policy",
            "policies/a.md:2:1",
            "<mark>versoin</mark> = &quot;2&quot;",
            "Did you mean &quot;version&quot;?",
            "the front matter begins here",
            "policies/a.md:1:1",
        ] {
            assert!(panel.html.contains(wanted), "{wanted} in\n{}", panel.html);
        }
    }

    #[test]
    fn words_of_files_are_no_markup() {
        let text = "<script>alert(1)</script>\n";
        let error = Diagnostic::error("e", place(text, 0..8), "<b>bad</b>").help("<i>");
        let panel = panel(text, &[error]);
        for never in ["<script", "<b>bad", "<i>"] {
            assert!(!panel.html.contains(never), "{}", panel.html);
        }
        assert!(panel.html.contains("&lt;script&gt;"), "{}", panel.html);
    }

    #[test]
    fn patient_data_in_a_drawn_line_is_hidden() {
        let text = "SSN 536-22-8145, oops = 1\n";
        let panel = panel(text, &[Diagnostic::error("e", place(text, 17..21), "odd")]);
        let wanted = "SSN ***-**-****, <mark>oops</mark> = 1";
        assert!(panel.html.contains(wanted), "{}", panel.html);
    }

    #[test]
    fn errors_come_first_and_many_are_counted() {
        let warning = Diagnostic::warning("w", Place::default(), "a warning");
        let errors = (0..60).map(|n| Diagnostic::error("e", Place::default(), format!("error {n}.")));
        let all: Vec<Diagnostic> = std::iter::once(warning).chain(errors).collect();
        let panel = panel("", &all);
        assert_eq!(panel.errors, 60);
        assert!(
            panel.html.contains("error 49.") && !panel.html.contains("error 50."),
            "{}",
            panel.html
        );
        assert!(panel.html.contains("11 more"), "{}", panel.html);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text = format!("{}HERE{}\n", "a ".repeat(3000), "b ".repeat(3000));
        let panel = panel(&text, &[Diagnostic::error("e", place(&text, 6000..6004), "odd")]);
        assert!(panel.html.contains("<mark>HERE</mark>"), "{}", panel.html);
        assert!(panel.html.len() < 4000, "{}", panel.html.len());
    }
}
