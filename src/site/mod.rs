//! The HTML site: views are plain serialisable structs, one per page kind; templates hold no rules.

use crate::binder::Binder;
use crate::diagnostic::Diagnostic;
use crate::output::Output;
use crate::theme::Theme;
use crate::world::Folder;

/// Renders every page and asset of the site into `output`. Problems of the clinic's theme files are errors with the
/// theme file's line; colliding addresses are errors with both sources named. `folder` gives the bytes of evidence.
pub fn render(binder: &Binder, theme: &Theme, folder: &Folder, output: &mut Output) -> Vec<Diagnostic> {
    let _ = (binder, theme, folder, output);
    todo!("written by the site piece")
}
