//! The templates of the theme, ready to print views, and their faults as messages with the theme file's line.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tera::value::Key;
use tera::{Context, ErrorKind, ReportError, Tera, Value};

use super::html;
use super::views::shell::Shell;
use crate::diagnostic::{Diagnostic, Place};
use crate::theme::Theme;

/// The templates.
#[derive(Debug)]
pub struct Engine {
    tera: Tera,
    /// Paths of the clinic's own templates, by template name.
    overridden: BTreeMap<String, Arc<str>>,
}

impl Engine {
    /// Reads every `site/*.html` of the theme. A template's name is its path below `site/`.
    ///
    /// # Errors
    /// A template that is not text or not a template.
    pub fn new(theme: &Theme) -> Result<Self, Vec<Diagnostic>> {
        let mut tera = Tera::new();
        tera.set_escape_fn(html::escape);
        let mut overridden = BTreeMap::new();
        let mut templates = Vec::new();
        let mut faults = Vec::new();
        for (path, file) in theme.below("site").filter(|(p, _)| p.ends_with(".html")) {
            let name = path.trim_start_matches("site/").to_string();
            if let Some(own) = &file.overridden {
                overridden.insert(name.clone(), own.clone());
            }
            match std::str::from_utf8(file.bytes.as_ref()) {
                Ok(text) => templates.push((name, text)),
                Err(_) => {
                    let place = Place::file(file.overridden.clone().unwrap_or_else(|| path.into()));
                    faults.push(Diagnostic::error(
                        "theme-not-text",
                        place,
                        "This template is not UTF-8 text.",
                    ));
                }
            }
        }
        let mut engine = Self { tera, overridden };
        if let Err(error) = engine.tera.add_raw_templates(templates) {
            faults.push(engine.fault(&error));
        }
        if faults.is_empty() {
            Ok(engine)
        } else {
            Err(faults)
        }
    }

    /// Prints a page: the template sees the frame as `site` and the view as `page`.
    ///
    /// # Errors
    /// A fault of a template, at its line.
    pub fn render<T: Serialize>(
        &self,
        template: &str,
        shell: &Shell,
        view: &T,
    ) -> Result<String, Box<Diagnostic>> {
        let fault = |e| Box::new(self.fault(&e));
        let frame = Value::try_from_serializable(shell).map_err(fault)?;
        let mut frame = frame.into_map().unwrap_or_default();
        frame.insert(Key::Str("nav"), shell.nav.value().map_err(fault)?);
        let mut context = Context::new();
        context.insert_value("site", frame.into());
        context.insert_value("page", Value::try_from_serializable(view).map_err(fault)?);
        self.tera
            .render(template, &context)
            .map_err(|e| Box::new(self.fault(&e)))
    }

    /// Prints a page without a frame: the template sees the view as `page`.
    ///
    /// # Errors
    /// A fault of a template, at its line.
    pub fn render_alone<T: Serialize>(&self, template: &str, view: &T) -> Result<String, Box<Diagnostic>> {
        let mut context = Context::new();
        let view = Value::try_from_serializable(view).map_err(|e| Box::new(self.fault(&e)))?;
        context.insert_value("page", view);
        self.tera
            .render(template, &context)
            .map_err(|e| Box::new(self.fault(&e)))
    }

    fn fault(&self, error: &tera::Error) -> Diagnostic {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => self.at(report),
            kind => {
                let text = kind.to_string();
                let (name, line) = locus(&text).unwrap_or_default();
                let first = text
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .trim_start_matches("error: ");
                self.diagnostic(name, line, 0, 0..0, first)
            }
        }
    }

    fn at(&self, report: &ReportError) -> Diagnostic {
        let span = report.span();
        let line = u32::try_from(span.start_line).unwrap_or(0);
        let column = u32::try_from(span.start_col + 1).unwrap_or(0);
        self.diagnostic(
            report.filename(),
            line,
            column,
            span.range.clone(),
            report.message(),
        )
    }

    fn diagnostic(
        &self,
        name: &str,
        line: u32,
        column: u32,
        range: std::ops::Range<usize>,
        what: &str,
    ) -> Diagnostic {
        let place = match (self.overridden.get(name), self.overridden.first_key_value()) {
            (Some(path), _) => Place {
                file: path.clone(),
                line,
                column,
                range: range.into(),
            },
            // A built-in template that fails beside the clinic's own: one of those took away what it needs.
            (None, Some((_, path))) => Place::file(path.clone()),
            (None, None) => Place::file("theme"),
        };
        let message = format!("The page template {name} does not work: {what}.");
        let help = "Mend the template, or delete the file from theme/ to have the built-in one back.";
        Diagnostic::error("theme-template", place, message).help(help)
    }
}

/// Template and line from a report that the engine gives as text: `--> row.html:12:4`.
fn locus(text: &str) -> Option<(&str, u32)> {
    let (_, rest) = text.split_once("--> ")?;
    let mut parts = rest.lines().next()?.trim().rsplitn(3, ':');
    let (_column, line, name) = (parts.next()?, parts.next()?, parts.next()?);
    Some((name, line.parse().ok()?))
}
