//! What of a binder's folder is read, and what is said of the rest.

use std::fs;

use hipaa_binder::diagnostic::{Diagnostic, Severity};
use hipaa_binder::world::{Folder, read};

mod support;
use support::clinic::Clinic;

impl Clinic {
    fn read(&self) -> Folder {
        read::read(self.0.path())
    }
}

fn codes(problems: &[Diagnostic]) -> Vec<(&'static str, String)> {
    problems
        .iter()
        .map(|d| (d.code, d.place.file.to_string()))
        .collect()
}

#[test]
fn a_folder_is_read_without_droppings_and_foreign_entries() {
    let clinic = Clinic::new(&[
        ("answers/164.308/a.md", "a"),
        ("answers/~$a.md", "x"),
        ("answers/.a.md.swp", "x"),
        ("evidence/Thumbs.db", "x"),
        ("notes/private.md", "x"),
        ("public/index.html", "x"),
        ("versions/2026.1.zip", "x"),
    ]);
    let folder = clinic.read();
    assert_eq!(
        folder.files.keys().map(|path| &**path).collect::<Vec<_>>(),
        ["answers/164.308/a.md", "binder.toml"]
    );
    // What lies where sealed versions lie is looked at, too.
    assert_eq!(
        codes(&folder.problems),
        [("sealed-version-unreadable", "versions/2026.1.zip".to_string())]
    );
}

#[test]
fn a_conflict_copy_is_named_with_its_original() {
    let clinic = Clinic::new(&[
        ("policies/a.md", "a"),
        ("policies/a (Renata's conflicted copy 2026-01-01).md", "b"),
    ]);
    let folder = clinic.read();
    assert_eq!(folder.files.len(), 2);
    let [problem] = folder.problems.as_slice() else {
        panic!("{:?}", folder.problems)
    };
    assert_eq!(
        (problem.code, problem.severity),
        ("conflict-copy", Severity::Warning)
    );
    assert!(
        problem.message.contains("policies/a (Renata's"),
        "{}",
        problem.message
    );
    assert!(
        problem.message.contains("\"policies/a.md\""),
        "{}",
        problem.message
    );
}

#[test]
fn names_that_windows_takes_for_one_are_an_error() {
    let clinic = Clinic::new(&[("policies/Sanction.md", "a"), ("policies/sanction.md", "b")]);
    let folder = clinic.read();
    // On a disk that takes them for one there is nothing to say.
    if folder.files.len() == 3 {
        assert_eq!(
            codes(&folder.problems),
            [("same-name", "policies/sanction.md".to_string())]
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_only() {
    use std::os::unix::fs::symlink;
    let outside = Clinic::new(&[("secret.md", "secret")]);
    let clinic = Clinic::new(&[("policies/a.md", "a"), ("shared/b.md", "b")]);
    symlink("../shared/b.md", clinic.path("policies/b.md")).expect("linked");
    symlink("../shared", clinic.path("policies/more")).expect("linked");
    symlink(outside.path("secret.md"), clinic.path("policies/out.md")).expect("linked");
    symlink(".", clinic.path("policies/loop")).expect("linked");
    symlink("self", clinic.path("policies/self")).expect("linked");
    symlink("gone.md", clinic.path("policies/broken.md")).expect("linked");
    let folder = clinic.read();
    assert_eq!(
        folder.files.keys().map(|path| &**path).collect::<Vec<_>>(),
        [
            "binder.toml",
            "policies/a.md",
            "policies/b.md",
            "policies/more/b.md"
        ]
    );
    assert_eq!(
        codes(&folder.problems),
        [
            ("link-broken", "policies/broken.md".to_string()),
            ("link-loop", "policies/loop".to_string()),
            ("link-leaves-folder", "policies/out.md".to_string()),
            ("link-loop", "policies/self".to_string()),
        ]
    );
    assert!(
        folder
            .problems
            .iter()
            .all(|d| d.severity == Severity::Error && !d.help.is_empty())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_passed_over_with_a_warning() {
    use std::os::unix::ffi::OsStrExt;
    let clinic = Clinic::new(&[("policies/a.md", "a")]);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    fs::write(clinic.path("policies").join(name), "x").expect("written");
    let folder = clinic.read();
    assert_eq!(folder.files.len(), 2);
    assert_eq!(
        codes(&folder.problems),
        [("file-name", "policies/caf\u{fffd}.md".to_string())]
    );
}

#[test]
fn large_files_are_known_by_digest_and_size_only() {
    let clinic = Clinic::new(&[("evidence/small.bin", "x")]);
    let large = "x".repeat(read::MAX_TEXT as usize + 1);
    clinic.write("policies/large.md", &large);
    clinic.write("evidence/large.bin", &large.repeat(3));
    let folder = clinic.read();
    let file = |path: &str| folder.files.get(path).unwrap_or_else(|| panic!("{path}"));
    assert!(file("evidence/small.bin").bytes.is_some());
    for (path, size) in [
        ("policies/large.md", large.len()),
        ("evidence/large.bin", 3 * large.len()),
    ] {
        assert!(
            file(path).bytes.is_none() && file(path).size == size as u64,
            "{path}"
        );
        assert_ne!(file(path).digest, [0; 32]);
    }
}

#[test]
fn a_wrong_folder_is_told_where_the_binder_is() {
    let clinic = Clinic::new(&[]);
    clinic.write("group/one/binder.toml", "");
    clinic.write("group/two/binder.toml", "");
    let problem = |dir: &str| {
        let folder = read::read(&clinic.path(dir));
        assert!(folder.files.is_empty());
        let [problem] = folder.problems.as_slice() else {
            panic!("{:?}", folder.problems)
        };
        (problem.code, problem.help.clone())
    };
    let (code, help) = problem("group");
    assert_eq!(code, "no-binder-toml");
    for wanted in ["the folder above", "\"one\"", "\"two\""] {
        assert!(help.contains(wanted), "{wanted} in {help}");
    }
    assert_eq!(problem("nowhere").0, "no-folder");
    assert_eq!(problem("binder.toml").0, "not-a-folder");
    assert_eq!(
        read::enclosing(&clinic.path("group/one")),
        fs::canonicalize(clinic.path("group/one")).ok()
    );
    assert_eq!(
        read::enclosing(&clinic.path("group")),
        fs::canonicalize(clinic.path("")).ok()
    );
}
