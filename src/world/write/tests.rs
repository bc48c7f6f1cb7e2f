//! Publishing as seen from inside: the steps that no whole run shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::*;
use crate::output::Body;

fn output(files: &[(&str, &str)]) -> Output {
    let mut output = Output::default();
    for (path, text) in files {
        output
            .add(*path, Body::Bytes(Arc::from(text.as_bytes())), "a test")
            .expect("no collision");
    }
    output
}

fn clinic() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("binder.toml"), "").expect("written");
    dir
}

fn build(files: &[(&str, &str)], dir: &Path) -> Result<Published, Refused> {
    publish(&output(files), "sha256:00", dir, &dir.join("public"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}

#[test]
fn a_build_leaves_nothing_beside_the_output() {
    let dir = clinic();
    build(&[("index.html", "one"), ("a/b/c.html", "deep")], dir.path()).expect("published");
    build(&[("index.html", "two")], dir.path()).expect("published again");
    assert_eq!(names(dir.path()), ["binder.toml", "public"]);
    assert_eq!(names(&dir.path().join("public")), [MANIFEST, "index.html"]);
    assert_eq!(text(&dir.path().join("public/index.html")), "two");
}

#[test]
fn two_renames_do_where_there_is_no_exchange() {
    let dir = clinic();
    let at = |name: &str| dir.path().join(name);
    for name in ["new", "public"] {
        fs::create_dir(at(name)).expect("made");
        fs::write(at(name).join("x"), name).expect("written");
    }
    stage::rename_around(&at("new"), &at("old"), &at("public")).expect("renamed");
    assert_eq!(
        (text(&at("public/x")), text(&at("old/x"))),
        ("new".to_string(), "public".to_string())
    );
    stage::rename_around(&at("nowhere"), &at("older"), &at("public")).expect_err("nothing to put in place");
    assert_eq!(text(&at("public/x")), "new");
}

#[test]
fn a_build_killed_between_two_renames_is_put_right() {
    let dir = clinic();
    build(&[("index.html", "one")], dir.path()).expect("published");
    fs::write(dir.path().join("public/theirs.txt"), "theirs").expect("written");
    let stage = dir.path().join(".public.binder-stage-1");
    fs::create_dir_all(stage.join("new")).expect("made");
    fs::write(stage.join("binder-stage"), "").expect("written");
    fs::write(stage.join("exchanging"), "").expect("written");
    fs::rename(dir.path().join("public"), stage.join("old")).expect("renamed");
    // The next build may fail for any reason of its own: the old output is back all the same.
    build(&[("theirs.txt", "ours")], dir.path()).expect_err("their file is in the way");
    assert_eq!(text(&dir.path().join("public/index.html")), "one");
    assert_eq!(text(&dir.path().join("public/theirs.txt")), "theirs");
    assert_eq!(names(dir.path()), ["binder.toml", "public"]);
}

#[test]
fn a_file_saved_during_the_exchange_is_rescued() {
    let dir = clinic();
    build(&[("index.html", "new")], dir.path()).expect("published");
    let public = dir.path().join("public");
    // What the old folder looks like after an exchange that somebody saved a note into.
    let tree = dir.path().join("tree");
    fs::create_dir_all(tree.join("notes")).expect("made");
    let manifest = Manifest::new(
        "sha256:00",
        [("index.html".to_string(), hex(&Sha256::digest("old")))].into(),
        BTreeMap::new(),
    );
    fs::write(tree.join(MANIFEST), manifest.text()).expect("written");
    fs::write(tree.join("index.html"), "old").expect("written");
    fs::write(tree.join("notes/late.txt"), "late").expect("written");
    carry::clear(&tree, &public).expect("cleared");
    assert!(!tree.exists());
    assert_eq!(text(&public.join("notes/late.txt")), "late");
    assert_eq!(text(&public.join("index.html")), "new");
}

#[cfg(unix)]
#[test]
fn a_file_that_changed_after_it_was_compared_gets_no_second_name() {
    use std::time::{Duration, SystemTime};
    let dir = clinic();
    let at = |name: &str| dir.path().join(name);
    let identity =
        |path: &Path| again::Identity::of(&fs::symlink_metadata(path).expect("there")).expect("one");
    let seen = |words: &str| {
        let _ = fs::remove_file(at("old"));
        fs::write(at("old"), words).expect("written");
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let file = fs::File::options().write(true).open(at("old")).expect("opened");
        file.set_modified(long_ago).expect("set");
        again::holds_bytes(&at("old"), b"words", &identity(&at("old")))
    };
    assert_eq!(seen("other"), None);
    assert_eq!(seen("words and more"), None);
    let there = seen("words").expect("the same");
    assert!(again::link(&at("old"), &at("new"), &there));
    assert_eq!(identity(&at("new")), there);
    // The place is taken: what stands there stays.
    assert!(!again::link(&at("old"), &at("binder.toml"), &there));
    assert_eq!(text(&at("binder.toml")), "");
    fs::remove_file(at("new")).expect("removed");
    let meanwhile: [&dyn Fn(); 4] = [
        &|| fs::write(at("old"), "WORDS").expect("written"),
        &|| set_mode(&at("old"), 0o600).expect("set"),
        &|| fs::rename(at("binder.toml"), at("old")).expect("replaced"),
        &|| {
            fs::remove_file(at("old")).expect("removed");
            std::os::unix::fs::symlink("nowhere", at("old")).expect("linked");
        },
    ];
    for change in meanwhile {
        let there = seen("words").expect("the same");
        change();
        assert!(!again::link(&at("old"), &at("new"), &there));
        assert!(fs::symlink_metadata(at("new")).is_err(), "the place is free");
    }
}

#[test]
fn a_second_build_at_the_same_time_is_told_so() {
    let dir = clinic();
    let target = target::resolve(dir.path(), &dir.path().join("public")).expect("a target");
    let lock = stage::lock(&target).expect("the lock");
    assert_eq!(
        build(&[("index.html", "x")], dir.path()).expect_err("busy").code,
        "output-busy"
    );
    drop(lock);
    build(&[("index.html", "x")], dir.path()).expect("free again");
}

#[test]
fn large_evidence_is_copied_and_checked() {
    let dir = clinic();
    fs::create_dir(dir.path().join("evidence")).expect("made");
    fs::write(dir.path().join("evidence/big.bin"), "big").expect("written");
    let body = |text: &str| Body::Copy {
        from: "evidence/big.bin".into(),
        digest: Sha256::digest(text).into(),
    };
    let mut good = Output::default();
    good.add("exhibits/files/big.bin", body("big"), "a test")
        .expect("added");
    publish(&good, "sha256:00", dir.path(), &dir.path().join("public")).expect("published");
    assert_eq!(text(&dir.path().join("public/exhibits/files/big.bin")), "big");

    let mut bad = Output::default();
    bad.add("exhibits/files/big.bin", body("as it was read"), "a test")
        .expect("added");
    let refused = publish(&bad, "sha256:00", dir.path(), &dir.path().join("public")).expect_err("changed");
    assert_eq!(refused.code, "changed-meanwhile");
    assert_eq!(text(&dir.path().join("public/exhibits/files/big.bin")), "big");
    assert_eq!(names(dir.path()), ["binder.toml", "evidence", "public"]);
}

#[test]
fn a_path_that_climbs_out_is_refused() {
    let dir = clinic();
    for path in ["../x", "a//b", "/x", "a/../../x", "c:x", MANIFEST] {
        assert_eq!(
            build(&[(path, "x")], dir.path()).expect_err(path).code,
            "output-path",
            "{path}"
        );
    }
    assert_eq!(names(dir.path()), ["binder.toml"]);
}

#[test]
fn an_edit_is_made_only_to_the_file_that_was_seen() {
    let dir = clinic();
    let path = dir.path().join("a.md");
    replace(&path, b"one", Expect::Absent).expect("new");
    assert_eq!(
        replace(&path, b"two", Expect::Absent).expect_err("there").code,
        "changed-meanwhile"
    );
    let seen = Expect::Digest(Sha256::digest("one").into());
    replace(&path, b"two", seen).expect("as seen");
    assert_eq!(
        replace(&path, b"three", seen).expect_err("not as seen").code,
        "changed-meanwhile"
    );
    assert_eq!(text(&path), "two");
    assert_eq!(names(dir.path()), ["a.md", "binder.toml"]);
}

#[cfg(unix)]
#[test]
fn an_edit_keeps_permissions_and_links() {
    use std::os::unix::fs::PermissionsExt;
    let dir = clinic();
    let (path, link) = (dir.path().join("a.md"), dir.path().join("link.md"));
    fs::write(&path, "one").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    std::os::unix::fs::symlink("a.md", &link).expect("linked");
    replace(&link, b"two", Expect::Digest(Sha256::digest("one").into())).expect("edited");
    assert!(
        fs::symlink_metadata(&link)
            .expect("there")
            .file_type()
            .is_symlink()
    );
    assert_eq!(text(&path), "two");
    assert_eq!(
        fs::metadata(&path).expect("there").permissions().mode() & 0o777,
        0o640
    );
}
