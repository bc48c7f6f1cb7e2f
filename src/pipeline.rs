//! One build, for the command line, for the watcher and for sealing: what was read goes in, an output comes out.
//!
//! Pure: no disk, no clock. The caller reads the folder before, publishes afterwards, and times the stages through
//! the hook.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::binder::{Binder, Edition, Options, join};
use crate::content;
use crate::diagnostic::{Diagnostic, Place, has_errors};
use crate::history::sources::known_from_withheld;
use crate::output::{Body, Output};
use crate::print::Printed;
use crate::rule::RowId;
use crate::theme::Theme;
use crate::world::{Folder, read};
use crate::{address, json, phi, print, site};

/// A part of a build. Site and print run side by side and may end in either order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The files are in memory.
    Read,
    /// They are understood.
    Parse,
    /// Joined by row, marks and gaps worked out.
    Join,
    /// So many of so many pages of the site are made. Told from any thread.
    Pages(usize, usize),
    /// The pages of the site.
    Site,
    /// The PDF.
    Print,
    /// The data file.
    Json,
    /// So many of so many files are written. Told from any thread.
    Files(usize, usize),
    /// The output is in place.
    Publish,
}

/// Called with each stage as it ends.
pub type Progress<'a> = &'a (dyn Fn(Stage) + Sync);

/// What came of a build.
#[derive(Debug)]
pub struct Built {
    /// The files, ready to publish; `None` when there was an error.
    pub output: Option<Output>,
    /// The binder, as far as it could be read; `None` without a usable `binder.toml`.
    pub binder: Option<Binder>,
    /// Everything that was wrong, sorted by place, each once.
    pub diagnostics: Vec<Diagnostic>,
    /// Digest of all inputs and options: `sha256:` and 64 hex digits. Two builds with one id have the same bytes.
    pub build_id: String,
    /// Pages of the PDF; `None` where none was made.
    pub pages: Option<usize>,
    /// First page of each row in the PDF; empty where none was made.
    pub row_pages: BTreeMap<RowId, usize>,
}

impl Built {
    /// The report that `check --format json` prints, of the folder that this was made of.
    pub fn json(&self, options: &Options, folder: &Folder) -> String {
        let sources = folder.sources();
        json::check(
            self.binder.as_ref(),
            options,
            &self.build_id,
            &self.diagnostics,
            &sources,
        )
    }
}

/// Reads, joins and assesses. What `check` does.
///
/// The site is rendered and thrown away: whether a link leads somewhere shows only then, and a build that has
/// warnings says that `check` lists them.
pub fn check(folder: &Folder, options: &Options, progress: Progress<'_>) -> Built {
    let theme = Theme::with_overrides(folder);
    let mut built = assess_with(folder, &theme, options, None, progress);
    // A part has no site, and its links out of the part are meant to lead nowhere.
    if let Some(binder) = built.binder.as_ref().filter(|_| options.only.is_whole()) {
        let look = site::Look::new(&theme);
        let problems = site::render(binder, look, folder, &mut Output::default(), &|_, _| {});
        built.diagnostics.extend(problems);
        tidy(&mut built.diagnostics);
    }
    built
}

/// The whole build. With any error in the content nothing is rendered, and `output` is `None`.
pub fn build(folder: &Folder, options: &Options, progress: Progress<'_>) -> Built {
    let theme = Theme::with_overrides(folder);
    // The theme is read while the texts are.
    let (mut built, look) = rayon::join(
        || assess_with(folder, &theme, options, None, progress),
        || options.only.is_whole().then(|| site::Look::new(&theme)),
    );
    if let Some(binder) = built.binder.as_ref().filter(|_| !has_errors(&built.diagnostics)) {
        let (output, pages, problems) = match look {
            Some(look) => render(binder, (&theme, look), folder, &built.diagnostics, progress),
            // A part has no site.
            None => render_part(binder, &theme, folder, progress),
        };
        built.diagnostics.extend(problems);
        tidy(&mut built.diagnostics);
        (built.pages, built.row_pages) = match pages {
            Some((pages, rows)) => (Some(pages), rows),
            None => (None, BTreeMap::new()),
        };
        built.output = output.filter(|_| !has_errors(&built.diagnostics));
    }
    built
}

/// Reads, joins and assesses, and renders nothing.
pub fn assess(folder: &Folder, options: &Options) -> Built {
    let theme = Theme::with_overrides(folder);
    assess_with(folder, &theme, options, None, &|_| {})
}

fn assess_with(
    folder: &Folder,
    theme: &Theme,
    options: &Options,
    cache: Option<&Cache>,
    progress: Progress<'_>,
) -> Built {
    let parse = || match cache {
        Some(cache) => content::parse_again(folder, &cache.content),
        None => content::parse(folder),
    };
    let look_through = || match cache {
        Some(cache) => phi::look_again(folder, &cache.phi),
        None => phi::look_through(folder),
    };
    // Without the file that makes a folder a binder, reading has already said all there is to say.
    let is_binder = folder.files.contains_key(read::CONFIG);
    let (build_id, read) = rayon::join(
        || build_id(folder, theme, options),
        || is_binder.then(|| rayon::join(parse, look_through)),
    );
    let mut diagnostics = folder.problems.clone();
    let mut content = None;
    if let Some((parsed, looked)) = read {
        diagnostics.extend(parsed.diagnostics);
        content = parsed.content.map(|content| (content, looked));
    }
    progress(Stage::Parse);
    let binder = content.map(|(content, looked)| {
        let mut found = phi::warnings(&looked, folder, &content);
        // What is handed over must have been looked at: there each such exhibit is an error of its own.
        found.retain(|problem| problem.code != phi::NOT_LOOKED_AT || options.edition == Edition::Internal);
        diagnostics.extend(found);
        let (mut binder, problems) = join(content, &folder.sealed, options, &build_id);
        diagnostics.extend(problems);
        let more = known_from_withheld(folder, &binder.withheld);
        binder.withheld.places.extend(more);
        binder
    });
    progress(Stage::Join);
    tidy(&mut diagnostics);
    Built {
        output: None,
        binder,
        diagnostics,
        build_id,
        pages: None,
        row_pages: BTreeMap::new(),
    }
}

/// The site alone, with its data: what `serve` shows at once. The pages of the PDF are `null` in the data, and the PDF
/// that the site links to is missing: [`print()`] makes both from what this gives. What search loads is missing too, and
/// comes from [`search_index`] when it is asked for. What did not change since the last
/// time is taken from `cache`; the bytes are the same as without.
pub fn build_site(folder: &Folder, options: &Options, cache: &Cache, progress: Progress<'_>) -> Built {
    let theme = Theme::with_overrides(folder);
    let mut built = assess_with(folder, &theme, options, Some(cache), progress);
    if let Some(binder) = built.binder.as_ref().filter(|_| !has_errors(&built.diagnostics)) {
        let mut output = Output::default();
        let problems = site::render_again(binder, &theme, folder, &cache.site, &mut output);
        progress(Stage::Site);
        built.diagnostics.extend(problems);
        tidy(&mut built.diagnostics);
        let json = data(binder, &built.diagnostics, None);
        built
            .diagnostics
            .extend(add_own(&mut output, address::JSON, json, "the binder's data"));
        built.output = Some(output).filter(|_| !has_errors(&built.diagnostics));
        progress(Stage::Json);
    }
    built
}

/// What search loads on the pages of a site that [`build_site`] made: the same bytes as [`build`] puts at
/// [`site::search_address`].
pub fn search_index(folder: &Folder, built: &Built) -> Option<Vec<u8>> {
    let binder = built.binder.as_ref()?;
    site::search_index(binder, &Theme::with_overrides(folder), folder)
}

/// What a site takes over from the one before.
#[derive(Debug, Default)]
pub struct Cache {
    content: content::Cache,
    phi: phi::Cache,
    site: site::Cache,
}

/// What [`print()`] adds to a site.
#[derive(Debug)]
pub struct Print {
    /// The PDF.
    pub pdf: Arc<[u8]>,
    /// Its pages.
    pub pages: usize,
    /// `binder.json` with the page of each row.
    pub json: Arc<[u8]>,
}

/// The PDF of a binder whose site was built, and the data that names its pages: together with the site the same bytes
/// as [`build`] makes.
///
/// # Errors
/// What keeps the PDF from being made, sorted by place.
pub fn print(folder: &Folder, built: &Built) -> Result<Print, Vec<Diagnostic>> {
    let Some(binder) = &built.binder else {
        return Err(built.diagnostics.clone());
    };
    let theme = Theme::with_overrides(folder);
    let (printed, warnings) = print::render(binder, &theme, folder).map_err(|mut errors| {
        tidy(&mut errors);
        errors
    })?;
    let mut all = [built.diagnostics.as_slice(), &warnings].concat();
    tidy(&mut all);
    Ok(Print {
        json: data(binder, &all, Some(&printed)),
        pdf: printed.pdf,
        pages: printed.pages,
    })
}

/// How many pages a PDF has, and where its rows begin.
type Pages = (usize, BTreeMap<RowId, usize>);

fn render(
    binder: &Binder,
    (theme, look): (&Theme, Result<site::Look, Vec<Diagnostic>>),
    folder: &Folder,
    so_far: &[Diagnostic],
    progress: Progress<'_>,
) -> (Option<Output>, Option<Pages>, Vec<Diagnostic>) {
    let mut output = Output::default();
    let (mut problems, printed) = rayon::join(
        || {
            let told = |done, all| progress(Stage::Pages(done, all));
            let problems = site::render(binder, look, folder, &mut output, &told);
            progress(Stage::Site);
            problems
        },
        || {
            let printed = binder.meta.pdf.then(|| print::render(binder, theme, folder));
            progress(Stage::Print);
            printed
        },
    );
    let printed: Option<Printed> = match printed {
        None => None,
        Some(Ok((printed, warnings))) => {
            problems.extend(warnings);
            Some(printed)
        }
        Some(Err(errors)) => {
            problems.extend(errors);
            return (None, None, problems);
        }
    };
    let mut all = [so_far, problems.as_slice()].concat();
    tidy(&mut all);
    let json = data(binder, &all, printed.as_ref());
    let pages = printed
        .as_ref()
        .map(|printed| (printed.pages, printed.row_pages.clone()));
    if let Some(printed) = printed {
        problems.extend(add_own(
            &mut output,
            address::PDF,
            printed.pdf,
            "the printed binder",
        ));
    }
    problems.extend(add_own(&mut output, address::JSON, json, "the binder's data"));
    progress(Stage::Json);
    (Some(output), pages, problems)
}

/// `binder.json`, with the messages `so_far` that this copy may show.
fn data(binder: &Binder, so_far: &[Diagnostic], printed: Option<&Printed>) -> Arc<[u8]> {
    // A message is advice, and may name what a copy leaves out.
    let mut all = match binder.meta.shows_gaps() {
        true => so_far.to_vec(),
        false => vec![],
    };
    // It names files and quotes words: what is hidden from the pages is hidden from the data beside them.
    let withheld = binder.withheld.guard();
    all.retain(|problem| withheld.permits(problem));
    json::binder(binder, &all, printed.map(|printed| &printed.row_pages))
        .into_bytes()
        .into()
}

/// Adds a file that this program makes under a fixed name.
fn add_own(output: &mut Output, path: &str, bytes: Arc<[u8]>, by: &str) -> Option<Diagnostic> {
    let collision = output.add(path, Body::Bytes(bytes), by).err()?;
    Some(Diagnostic::error(
        "output-collision",
        Place::default(),
        collision.to_string(),
    ))
}

/// A part of the binder: one PDF, at the address of the print.
fn render_part(
    binder: &Binder,
    theme: &Theme,
    folder: &Folder,
    progress: Progress<'_>,
) -> (Option<Output>, Option<Pages>, Vec<Diagnostic>) {
    let printed = print::render(binder, theme, folder);
    progress(Stage::Print);
    match printed {
        Err(errors) => (None, None, errors),
        Ok((printed, warnings)) => {
            let mut output = Output::default();
            let added = output.add(address::PDF, Body::Bytes(printed.pdf), "the printed part");
            let pages = Some((printed.pages, printed.row_pages));
            (added.is_ok().then_some(output), pages, warnings)
        }
    }
}

/// By place, each problem once: two stages may notice the same thing. What looks like patient data is hidden in words
/// that somebody typed and a message quotes.
fn tidy(diagnostics: &mut Vec<Diagnostic>) {
    *diagnostics = std::mem::take(diagnostics).into_iter().map(phi::hushed).collect();
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()).then_with(|| a.message.cmp(&b.message)));
    diagnostics.dedup();
}

/// Digest of every input and option that can change a byte of the output.
pub fn build_id(folder: &Folder, theme: &Theme, options: &Options) -> String {
    let mut id = Id(Sha256::new());
    id.add("program", env!("CARGO_PKG_VERSION").as_bytes());
    id.add("as-of", options.as_of.to_string().as_bytes());
    id.add("reconstruction", &[u8::from(options.reconstruction)]);
    id.add(
        "version",
        options.version_label.as_deref().unwrap_or("").as_bytes(),
    );
    id.add("edition", format!("{:?}", options.edition).as_bytes());
    id.add("audience", format!("{:?}", options.audience).as_bytes());
    for row in options.only.rows() {
        id.add("row", row.to_string().as_bytes());
    }
    id.add("pdf", &[u8::from(options.pdf)]);
    for (path, digest) in theme.built_in() {
        id.add("theme", path.as_bytes());
        id.add("digest", digest);
    }
    for (path, file) in &folder.files {
        id.add("file", path.as_bytes());
        id.add("digest", &file.digest);
    }
    for archive in &folder.sealed {
        id.add("sealed", archive.path.as_bytes());
        id.add("id", &archive.id);
        id.add(
            "digest",
            archive.digest.as_ref().map_or(&[], |digest| &digest[..]),
        );
        id.add("damaged", &[u8::from(archive.damaged)]);
    }
    format!("sha256:{}", crate::world::write::hex(&id.0.finalize()))
}

/// Each part with its name and its length, so that no two lists of inputs run together into the same bytes.
struct Id(Sha256);

impl Id {
    fn add(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), value] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::binder::Selection;
    use crate::content::Audience;
    use crate::world::File;

    fn folder(files: &[(&str, &str)]) -> Folder {
        let file = |text: &str| File {
            size: text.len() as u64,
            digest: Sha256::digest(text).into(),
            bytes: Some(Arc::from(text.as_bytes())),
        };
        Folder {
            files: files
                .iter()
                .map(|(path, text)| (Arc::from(*path), file(text)))
                .collect(),
            ..Folder::default()
        }
    }

    fn options() -> Options {
        Options::new(date(2026, 11, 20))
    }

    fn id(folder: &Folder, options: &Options) -> String {
        build_id(folder, &Theme::with_overrides(folder), options)
    }

    #[test]
    fn the_same_inputs_have_the_same_id() {
        let files = [("binder.toml", "x"), ("answers/a.md", "y")];
        let first = id(&folder(&files), &options());
        assert_eq!(first, id(&folder(&files), &options()));
        assert!(first.len() == 71 && first.starts_with("sha256:"), "{first}");
    }

    #[test]
    fn every_input_changes_the_id() {
        let base = folder(&[("binder.toml", "x"), ("answers/a.md", "y")]);
        let first = id(&base, &options());
        let folders = [
            folder(&[("binder.toml", "x"), ("answers/a.md", "z")]),
            folder(&[("binder.toml", "x"), ("answers/b.md", "y")]),
            folder(&[("binder.toml", "x")]),
            folder(&[
                ("binder.toml", "x"),
                ("answers/a.md", "y"),
                ("theme/site/row.html", ""),
            ]),
        ];
        let others = [
            Options {
                as_of: date(2026, 11, 19),
                ..options()
            },
            Options {
                reconstruction: true,
                ..options()
            },
            Options {
                version_label: Some("2026.2".to_string()),
                ..options()
            },
            Options {
                audience: Audience::Workforce,
                ..options()
            },
            Options {
                edition: Edition::Production,
                ..options()
            },
            Options {
                only: Selection::of(crate::rule::rule().row_ids().take(1)),
                ..options()
            },
            Options {
                pdf: false,
                ..options()
            },
        ];
        let ids = folders.iter().map(|folder| id(folder, &options()));
        let ids: Vec<String> = ids
            .chain(others.iter().map(|options| id(&base, options)))
            .collect();
        for (n, other) in ids.iter().enumerate() {
            assert_ne!(*other, first, "case {n}");
        }
    }
}
