//! What the tests share: a content folder made of text, without a disk.
#![allow(dead_code)] // each test program uses its own part

pub mod whole;

use std::sync::Arc;

use hipaa_binder::binder::{Binder, Options};
use hipaa_binder::content;
use hipaa_binder::diagnostic::Diagnostic;
use hipaa_binder::world::{File, Folder};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// A folder that holds these files.
pub fn folder<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Folder {
    let files = files
        .into_iter()
        .map(|(path, bytes)| {
            let digest: [u8; 32] = Sha256::digest(bytes).into();
            (
                Arc::from(path),
                File {
                    size: bytes.len() as u64,
                    digest,
                    bytes: Some(Arc::from(bytes)),
                },
            )
        })
        .collect();
    Folder {
        files,
        problems: vec![],
    }
}

/// A working copy as of a day, for every reader, without PDF.
pub fn options(as_of: Date) -> Options {
    Options {
        pdf: false,
        ..Options::new(as_of)
    }
}

/// Parses, joins and assesses a folder.
pub fn binder(folder: &Folder, as_of: Date) -> (Option<Binder>, Vec<Diagnostic>) {
    let parsed = content::parse(folder);
    let binder = parsed
        .content
        .map(|content| hipaa_binder::binder::join(content, &options(as_of), "sha256:test").0);
    (binder, parsed.diagnostics)
}
