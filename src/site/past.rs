//! The sealed versions beside the site of today: where their pages are, and which of them a page leads to.

use std::sync::Arc;

use crate::address;
use crate::binder::Binder;
use crate::history::{SITE, Version};
use crate::output::Tree;

/// Versions that can be opened in this copy, the newest first. A sealed site shows no other version.
pub fn open(binder: &Binder) -> impl Iterator<Item = &Version> {
    let shown = shows_past(binder);
    binder
        .history
        .versions
        .iter()
        .rev()
        .filter(move |version| shown && is_open(version))
}

/// True where the site has a versions page. A sealed one lies beside that of the site it is shown in.
pub fn shows_past(binder: &Binder) -> bool {
    binder.meta.version_label.is_none()
}

/// True where the pages of a version are part of the output.
pub fn is_open(version: &Version) -> bool {
    version.may_show && !version.damaged && !version.site.is_empty()
}

/// True when the version has a file of this path.
pub fn has(version: &Version, path: &str) -> bool {
    version
        .site
        .binary_search_by(|(there, _)| (**there).cmp(path))
        .is_ok()
}

/// The page of a version that shows what `path` shows today, and whether there is one; its first page otherwise.
pub fn page_in(version: &Version, path: &str) -> (String, bool) {
    let same = has(version, path);
    let path = if same { path } else { address::DASHBOARD };
    (address::in_version(version.label(), path), same)
}

/// The folders that hold the versions as they were sealed.
pub fn trees(binder: &Binder) -> impl Iterator<Item = Tree> {
    open(binder).map(|version| Tree {
        prefix: address::version(version.label()),
        archive: version.path.clone(),
        folder: SITE,
        id: version.id.to_string(),
        time: version.manifest.sealed_second(),
        files: Arc::clone(&version.site),
    })
}
