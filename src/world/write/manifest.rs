//! The list of what a build wrote, kept in the output folder itself: only that is ever removed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Name of the manifest, at the top of an output folder.
pub const MANIFEST: &str = ".binder-manifest.json";
/// Folder of the lists of files of the trees, at the top of an output folder.
pub(super) const LISTS: &str = ".binder-trees";
const MAKER: &str = "hipaa-binder";

/// What a build wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    made_by: String,
    /// The build that wrote it.
    pub build_id: String,
    /// SHA-256 in lower-case hexadecimal of each file, by path below the output folder with `/`.
    pub files: BTreeMap<String, String>,
    /// The id of each folder that was taken from an archive, by path below the output folder. Its files are listed in a
    /// file of their own, which is one of `files`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trees: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn new(
        build_id: &str,
        files: BTreeMap<String, String>,
        trees: BTreeMap<String, String>,
    ) -> Self {
        Self {
            made_by: MAKER.to_string(),
            build_id: build_id.to_string(),
            files,
            trees,
        }
    }

    /// The manifest of an output folder; `None` where there is none, or none of ours.
    pub fn of(dir: &Path) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(&std::fs::read(dir.join(MANIFEST)).ok()?).ok()?;
        (manifest.made_by == MAKER).then_some(manifest)
    }

    pub(super) fn text(&self) -> String {
        // Strings and a map of strings always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
