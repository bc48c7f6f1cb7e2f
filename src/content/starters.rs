//! The starter policies that `binder new` writes, embedded as they stand in `starter/policies/`.
//!
//! They are drafts with blanks. [`super::substance`] knows their words, so that a text left as it came documents
//! nothing, whoever approved it.

use include_dir::{Dir, include_dir};

use super::frontmatter;

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starter/policies");

/// One starter policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starter {
    /// Its id: the name of the file without `.md`.
    pub id: &'static str,
    /// The whole file, front matter included, as kept in the program. LF line ends.
    pub text: &'static str,
}

impl Starter {
    /// The front matter, without its fences.
    pub fn front(&self) -> &'static str {
        frontmatter::fences(self.text).map_or("", |fences| &self.text[fences.toml])
    }

    /// The words after the front matter.
    pub fn body(&self) -> &'static str {
        frontmatter::fences(self.text).map_or(self.text, |fences| &self.text[fences.body..])
    }
}

/// Every starter policy, by id.
pub fn all() -> impl Iterator<Item = Starter> {
    let mut all: Vec<Starter> = POLICIES
        .files()
        .filter_map(|file| {
            Some(Starter {
                id: file.path().file_stem()?.to_str()?,
                text: file.contents_utf8()?,
            })
        })
        .collect();
    all.sort_by_key(|starter| starter.id);
    all.into_iter()
}
