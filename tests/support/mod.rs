//! What the tests share: a content folder made of text, without a disk.
#![allow(dead_code)] // each test program uses its own part

pub mod clinic;
pub mod extremes;
pub mod forms;
pub mod hosted;
pub mod hostile;
pub mod html;
pub mod marked;
pub mod pdf;
pub mod published;
pub mod schema;
pub mod sealed;
pub mod served;
pub mod system;
pub mod town;
#[cfg(unix)]
pub mod webdriver;
pub mod whole;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hipaa_binder::binder::{Binder, Options};
use hipaa_binder::content;
use hipaa_binder::diagnostic::{Diagnostic, Severity};
use hipaa_binder::world::{File, Folder};
use hipaa_binder::{Built, build};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// Site and PDF of a folder without errors.
#[track_caller]
pub fn printed(folder: &Folder, as_of: Date) -> Built {
    let options = Options {
        pdf: true,
        ..options(as_of)
    };
    let built = build(folder, &options, &|_| {});
    let errors: Vec<_> = built
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    built
}

/// Writes a file, and makes the folders above it.
pub fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// A string as TOML writes it.
pub fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

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
        ..Folder::default()
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
        .map(|content| hipaa_binder::binder::join(content, &[], &options(as_of), "sha256:test").0);
    (binder, parsed.diagnostics)
}

/// Every file below a folder, by path with `/`.
pub fn tree(below: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![below.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(below).expect("below").to_string_lossy();
                files.insert(name.replace('\\', "/"), std::fs::read(&path).expect("readable"));
            }
        }
    }
    files
}
