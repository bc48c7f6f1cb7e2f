//! `binder build --in-force-on`: the sealed version that was current on a day, exactly as it was sealed.

use std::path::Path;
use std::sync::Arc;

use hipaa_binder::binder::Edition;
use hipaa_binder::content::Audience;
use hipaa_binder::diagnostic::{Diagnostic, Place};
use hipaa_binder::history::{self, SITE, Version};
use hipaa_binder::output::{Body, Output};
use hipaa_binder::world::{read, versions, write};
use hipaa_binder::{Options, address};
use jiff::civil::Date;

use super::super::console::{Console, wrap};
use super::super::{Exit, is_nowhere, problems, shown};
use super::Build;

pub(super) fn run(
    args: &Build,
    day: Date,
    options: &Options,
    base: &Path,
    dir: &Path,
    console: &mut Console,
) -> Exit {
    let out = args
        .out
        .as_ref()
        .map_or_else(|| dir.join("public"), |out| base.join(out));
    let folder = read::read(dir);
    // What is wrong in the files of today says nothing about the versions.
    if !folder.files.contains_key(read::CONFIG) {
        console.note(&problems(&folder.problems, &folder, console.note_color()));
        return match is_nowhere(&folder.problems) {
            true => Exit::Usage,
            false => Exit::Content,
        };
    }
    let (chain, unreadable) = history::chain(&folder.sealed);
    let unreadable: Vec<Diagnostic> = folder
        .problems
        .iter()
        .filter(|problem| problem.code == "sealed-version-unreadable")
        .cloned()
        .chain(unreadable)
        .collect();
    console.note(&problems(&unreadable, &folder, console.note_color()));
    let Some(version) = chain.iter().find(|version| version.was_current_on(day)) else {
        console.note(&format!("{}\n", wrap(&none(&chain, day), 0)));
        return Exit::Content;
    };
    if let Some(why) = other_copy(version, options) {
        console.note(&format!("{}\n", wrap(&why, 0)));
        return Exit::Usage;
    }
    let published = unpack(dir, version)
        .and_then(|output| write::publish(&output, &version.manifest.build_id, dir, &out));
    match published {
        Ok(published) => {
            console.result(&words(version, day, &published, &out));
            Exit::Done
        }
        Err(refusal) => {
            console.note(&problems(&[*refusal], &folder, console.note_color()));
            Exit::Content
        }
    }
}

/// Why there is no version for the day, and what there is.
fn none(chain: &[Version], day: Date) -> String {
    let first = chain
        .iter()
        .find_map(|version| Some((version, version.current_from?)));
    match first {
        None => "error: no version of this binder is sealed yet, so none was current on any day. `binder build --as-of` \
                 makes a reconstruction from the files of today; it says so on every page."
            .to_string(),
        Some((first, from)) => format!(
            "error: no sealed version was current on {day}: the first one, {}, is current from {from}. `binder build \
             --as-of {day}` makes a reconstruction from the files of today; it says so on every page.",
            first.label()
        ),
    }
}

/// A copy was asked for by name, and the version was sealed as another one.
fn other_copy(version: &Version, options: &Options) -> Option<String> {
    let asked = (options.edition, options.audience);
    let head = &version.manifest;
    let fits = head.edition == options.edition && head.audience <= options.audience;
    (asked != (Edition::Internal, Audience::Official) && !fits).then(|| {
        format!(
            "error: version {} was sealed as another copy ({}), and what is sealed can't be made into this one. Leave \
             out --edition and --audience to get it as it was sealed.",
            head.label,
            head.edition.words().to_lowercase()
        )
    })
}

fn unpack(dir: &Path, version: &Version) -> Result<Output, Box<Diagnostic>> {
    let damaged = |why: &dyn std::fmt::Display| {
        let message = format!("\"{}\" is damaged: {why}", version.path);
        let help = format!(
            "Run `binder verify {}` to see all that differs, and put the archive back from a copy. Nothing was written.",
            version.label()
        );
        Box::new(Diagnostic::error(write::DAMAGED, Place::file(version.path.clone()), message).help(help))
    };
    let archive = versions::Archive::open(&dir.join(&*version.path)).map_err(|why| damaged(&why))?;
    let manifest = archive.manifest().map_err(|why| damaged(&why))?;
    let mut output = Output::default();
    for (path, _) in &*version.site {
        let bytes = archive
            .checked(&format!("{SITE}/{path}"), &manifest)
            .map_err(|why| damaged(&why))?;
        output
            .add(&**path, Body::Bytes(Arc::from(bytes)), version.path.to_string())
            .map_err(|why| damaged(&why))?;
    }
    Ok(output)
}

fn words(version: &Version, day: Date, published: &write::Published, out: &Path) -> String {
    let head = &version.manifest;
    let since = match (version.current_from, version.current_to) {
        (Some(from), Some(to)) => format!("current from {from} to {to}"),
        (Some(from), None) => format!("current since {from}"),
        (None, _) => String::new(),
    };
    let mut text = format!(
        "On {day} the current version was {}, {since}.\n\n{}\n\n{} files, as they were sealed.\n\nWebsite  {}\n",
        head.label,
        wrap(
            &format!(
                "{} as of {}, {}, sealed {} by {}.",
                head.practice,
                head.as_of,
                head.edition.words().to_lowercase(),
                head.sealed_minute(),
                head.by
            ),
            0
        ),
        published.files,
        shown(&out.join(address::DASHBOARD)),
    );
    if version.site.iter().any(|(path, _)| &**path == address::PDF) {
        text.push_str(&format!("PDF      {}\n", shown(&out.join(address::PDF))));
    }
    text
}
