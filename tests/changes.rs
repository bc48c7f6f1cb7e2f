//! What changed between two binders. Each folder of `tests/cases/changes` holds the files before, those that are
//! other after, and what must be said.
//!
//! `after/` holds only what differs from `before/`; an empty file in it is one that is gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hipaa_binder::Options;
use hipaa_binder::binder::{Binder, Edition};
use hipaa_binder::content::Audience;
use hipaa_binder::history::changes::{Changes, compare};
use hipaa_binder::history::extract::Extract;
use hipaa_binder::history::report::human;
use hipaa_binder::world::read;
use jiff::civil::date;

#[path = "support/golden.rs"]
mod golden;

type Files = BTreeMap<String, Vec<u8>>;

fn files(dir: &Path) -> Files {
    let mut found = Files::new();
    let mut left = vec![dir.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path
                .strip_prefix(dir)
                .expect("below it")
                .to_string_lossy()
                .replace('\\', "/");
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
    found
}

fn binder(files: &Files, options: &Options) -> Binder {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let at = dir.path().join(path);
        fs::create_dir_all(at.parent().expect("a parent")).expect("a folder");
        fs::write(at, bytes).expect("a file");
    }
    let built = hipaa_binder::check(&read::read(dir.path()), options, &|_| {});
    let errors: Vec<_> = built
        .diagnostics
        .iter()
        .filter(|d| d.severity == hipaa_binder::diagnostic::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    built.binder.expect("a binder")
}

fn options(edition: Edition, audience: Audience) -> Options {
    Options {
        edition,
        audience,
        ..Options::new(date(2026, 11, 20))
    }
}

fn whole() -> Options {
    options(Edition::Internal, Audience::Official)
}

/// The two sides of a case.
fn case(name: &str) -> (Files, Files) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/changes")
        .join(name);
    let before = files(&dir.join("before"));
    let mut after = before.clone();
    for (path, bytes) in files(&dir.join("after")) {
        match bytes.is_empty() {
            true => after.remove(&path),
            false => after.insert(path, bytes),
        };
    }
    (before, after)
}

fn changes(before: &Files, after: &Files, options: &Options) -> Changes {
    let earlier = Options {
        version_label: Some("2026.1".to_string()),
        as_of: date(2026, 6, 30),
        ..options.clone()
    };
    compare(
        &Extract::of(&binder(before, &earlier)),
        &Extract::of(&binder(after, options)),
    )
}

#[test]
fn cases() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/changes");
    for entry in fs::read_dir(&dir).expect("cases").flatten() {
        let name = entry.file_name().to_string_lossy().to_string();
        let (before, after) = case(&name);
        let changes = changes(&before, &after, &whole());
        golden::same(&entry.path().join("expect.txt"), &human(&changes, false));
    }
}
