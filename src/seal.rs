//! What goes into a sealed version.
//!
//! Pure: the folder as it was read and the build of it go in, the parts of an archive come out.
//! [`crate::world::versions`] writes them.

pub mod withdraw;

use crate::Built;
use crate::binder::{Binder, Edition, privileged};
use crate::content::{self, Audience};
use crate::gap::Gap;
use crate::history::changes::{Changes, compare};
use crate::history::extract::Extract;
use crate::history::sources::sources;
use crate::history::{
    CHANGES, EXTRACT, FORMAT, GapsSealed, Git, Head, Previous, RuleText, SITE, SUMMARY, Summary, Withdrawal,
};
use crate::output::Body;
use crate::theme::Theme;
use crate::world::Folder;
use crate::world::versions::Part;
use crate::{address, site};

/// What a version is told apart from the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The label.
    pub label: String,
    /// Who seals it.
    pub by: String,
    /// What it is for.
    pub note: String,
    /// The moment, by the computer's clock, in UTC.
    pub sealed_at: String,
    /// Where the folder stands in git.
    pub git: Option<Git>,
    /// The gaps it is sealed with.
    pub gaps: GapsSealed,
    /// The version before.
    pub previous: Option<Previous>,
    /// Withdrawals on record.
    pub withdrawals: Vec<Withdrawal>,
}

/// What the version says of itself.
pub fn head(binder: &Binder, pages: Option<usize>, words: Words) -> Head {
    let meta = &binder.meta;
    Head {
        format: FORMAT,
        label: words.label,
        practice: meta.practice.clone(),
        as_of: meta.as_of,
        sealed_at: words.sealed_at,
        by: words.by,
        note: words.note,
        edition: meta.edition,
        audience: meta.audience,
        gaps: words.gaps,
        rule: RuleText {
            edition: meta.rule_edition.clone(),
            as_of: meta.rule_as_of.clone(),
        },
        program: meta.program_version.to_string(),
        build_id: meta.build_id.clone(),
        git: words.git,
        pages,
        previous: words.previous,
        withdrawals: words.withdrawals,
    }
}

/// The parts of the archive, the manifest apart. `before` is what the version before said, where it can still be read.
/// `None` when the build made nothing.
pub fn parts(folder: &Folder, built: &Built, before: Option<&Extract>) -> Option<Vec<Part>> {
    let (binder, output) = (built.binder.as_ref()?, built.output.as_ref()?);
    let part = |path: String, body: Body| Part { path, body };
    let content = content::parse(folder).content?;
    let mut parts: Vec<Part> = sources(folder, &privileged(content))
        .into_iter()
        .map(|(path, body)| part(path, body))
        .collect();
    let site = output
        .files()
        .map(|(path, body)| part(format!("{SITE}/{path}"), body.clone()));
    parts.extend(site);
    let extract = Extract::of(binder);
    let changes = match before {
        Some(before) => compare(before, &extract),
        None => Changes::first(extract.side.clone()),
    };
    // A fault of the theme would have kept the site from being built.
    let page = site::changes_page(binder, &Theme::with_overrides(folder), folder, &changes);
    if let Ok(Some(page)) = page {
        let path = format!("{SITE}/{}", address::CHANGES);
        parts.push(part(path, Body::Bytes(page.into_bytes().into())));
    }
    let summary = Summary::of(binder, &built.row_pages);
    // Strings, numbers and lists always serialise.
    let texts = [
        (SUMMARY, serde_json::to_string_pretty(&summary)),
        (EXTRACT, serde_json::to_string(&extract)),
        (CHANGES, serde_json::to_string(&changes)),
    ];
    for (path, text) in texts {
        let text = text.unwrap_or_default() + "\n";
        parts.push(part(path.to_string(), Body::Bytes(text.into_bytes().into())));
    }
    Some(parts)
}

/// The gaps of a binder, row by row. `binder` must be of the internal edition, for all readers: other copies have none.
pub fn gaps(binder: &Binder) -> Vec<&Gap> {
    debug_assert!(binder.meta.edition == Edition::Internal && binder.meta.audience == Audience::Official);
    binder.assessments.iter().flat_map(|row| &row.gaps).collect()
}
