//! What happens to an output folder, and what never happens to anything else.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hipaa_binder::output::{Body, Output};
use hipaa_binder::world::write::{MANIFEST, Manifest, Published, Refused, publish};

mod support;
use support::clinic::Clinic;

impl Clinic {
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|e| format!("{path}: {e}"))
    }

    fn build(&self, files: &[&str], to: &str) -> Result<Published, Refused> {
        let mut output = Output::default();
        for path in files {
            let text = format!("made: {path}");
            output
                .add(*path, Body::Bytes(Arc::from(text.as_bytes())), "a test")
                .expect("no collision");
        }
        publish(&output, "sha256:00", self.0.path(), &self.path(to))
    }

    /// Every path below the folder, sorted, folders with a slash at the end.
    fn tree(&self) -> Vec<String> {
        fn walk(root: &Path, dir: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(dir).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path
                    .strip_prefix(root)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                if fs::symlink_metadata(&path).expect("there").is_dir() {
                    found.push(format!("{name}/"));
                    walk(root, &path, found);
                } else {
                    found.push(name);
                }
            }
        }
        let mut found = vec![];
        walk(self.0.path(), self.0.path(), &mut found);
        found.sort();
        found
    }
}

#[test]
fn only_files_of_earlier_builds_are_removed() {
    let clinic = Clinic::new(&[]);
    clinic
        .build(&["index.html", "old/page.html"], "public")
        .expect("published");
    clinic.write("public/theirs.txt", "theirs");
    clinic.write("public/old/theirs.txt", "theirs");
    fs::create_dir(clinic.path("public/empty")).expect("made");
    let published = clinic
        .build(&["index.html", "new/page.html"], "public")
        .expect("published again");
    assert_eq!(published.kept, 2);
    assert_eq!(
        clinic.tree(),
        [
            "binder.toml",
            "public/",
            &format!("public/{MANIFEST}"),
            "public/empty/",
            "public/index.html",
            "public/new/",
            "public/new/page.html",
            "public/old/",
            "public/old/theirs.txt",
            "public/theirs.txt",
        ]
    );
}

#[test]
fn a_page_that_somebody_rewrote_is_theirs_once_we_no_longer_make_it() {
    let clinic = Clinic::new(&[]);
    clinic
        .build(&["index.html", "note.html"], "public")
        .expect("published");
    clinic.write("public/note.html", "rewritten");
    clinic.write("public/index.html", "rewritten");
    clinic.build(&["index.html"], "public").expect("published again");
    assert_eq!(clinic.text("public/note.html"), "rewritten");
    assert_eq!(clinic.text("public/index.html"), "made: index.html");
}

#[test]
fn a_file_of_others_is_never_written_over() {
    for (theirs, ours) in [
        ("page.html", "page.html"),
        ("page.html", "page.html/x"),
        ("page/x", "page"),
    ] {
        let clinic = Clinic::new(&[]);
        clinic.build(&["index.html"], "public").expect("published");
        clinic.write(&format!("public/{theirs}"), "theirs");
        let before = clinic.tree();
        let refused = clinic
            .build(&["index.html", ours], "public")
            .expect_err("in the way");
        assert_eq!(
            refused.code, "output-file",
            "{theirs} and {ours}: {}",
            refused.message
        );
        assert_eq!(clinic.text(&format!("public/{theirs}")), "theirs");
        assert_eq!(clinic.tree(), before);
    }
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let clinic = Clinic::new(&[
        ("photos/cat.jpg", "cat"),
        ("damaged/.binder-manifest.json", "{"),
        ("file", "x"),
    ]);
    for to in ["photos", "damaged", "file"] {
        let refused = clinic.build(&["index.html"], to).expect_err(to);
        assert_eq!(refused.code, "output-place", "{to}");
        assert!(refused.help.contains("--out"), "{}", refused.help);
    }
    assert_eq!(clinic.text("photos/cat.jpg"), "cat");
    assert!(!clinic.path("photos/index.html").exists());
}

#[test]
fn an_empty_folder_is_taken() {
    let clinic = Clinic::new(&[]);
    fs::create_dir_all(clinic.path("a/public")).expect("made");
    clinic.build(&["index.html"], "a/public").expect("published");
    clinic
        .build(&["index.html"], "made/on/the/way")
        .expect("published");
    assert_eq!(clinic.text("made/on/the/way/index.html"), "made: index.html");
}

#[test]
fn the_content_is_protected() {
    let clinic = Clinic::new(&[("policies/a.md", "words"), ("other/binder/binder.toml", "")]);
    for to in [
        ".",
        "..",
        "policies",
        "policies/public",
        "Policies/x",
        "versions/x",
        "evidence",
        "answers/../policies/x",
        "binder.toml",
    ] {
        let refused = clinic.build(&["a.md"], to).expect_err(to);
        assert_eq!(refused.code, "output-place", "{to}: {}", refused.message);
    }
    assert_eq!(clinic.text("policies/a.md"), "words");
    assert_eq!(clinic.tree().len(), 6, "{:?}", clinic.tree());
}

#[cfg(unix)]
#[test]
fn the_content_is_protected_behind_links_too() {
    let clinic = Clinic::new(&[("policies/a.md", "words")]);
    std::os::unix::fs::symlink("policies", clinic.path("shortcut")).expect("linked");
    std::os::unix::fs::symlink("nowhere", clinic.path("dangling")).expect("linked");
    for to in ["shortcut", "shortcut/public", "dangling"] {
        assert_eq!(
            clinic.build(&["a.md"], to).expect_err(to).code,
            "output-place",
            "{to}"
        );
    }
    assert_eq!(clinic.text("policies/a.md"), "words");
}

#[cfg(unix)]
#[test]
fn an_output_behind_a_link_stays_behind_it() {
    let clinic = Clinic::new(&[]);
    fs::create_dir(clinic.path("real")).expect("made");
    std::os::unix::fs::symlink("real", clinic.path("public")).expect("linked");
    for _ in 0..2 {
        clinic.build(&["index.html"], "public").expect("published");
    }
    assert!(
        fs::symlink_metadata(clinic.path("public"))
            .expect("there")
            .file_type()
            .is_symlink()
    );
    assert_eq!(clinic.text("real/index.html"), "made: index.html");
}

#[test]
fn leftovers_of_a_killed_build_go_if_they_carry_our_marker() {
    let clinic = Clinic::new(&[
        (".public.binder-stage-4711/binder-stage", ""),
        (".public.binder-stage-4711/new/half.html", "half"),
        (".public.binder-stage-mine/new/somebody.html", "no marker"),
        (".other.binder-stage-4711/binder-stage", "another output's"),
    ]);
    clinic.write(".public.binder-lock", "");
    clinic.build(&["index.html"], "public").expect("published");
    assert!(!clinic.path(".public.binder-stage-4711").exists());
    assert!(!clinic.path(".public.binder-lock").exists());
    assert_eq!(
        clinic.text(".public.binder-stage-mine/new/somebody.html"),
        "no marker"
    );
    assert!(clinic.path(".other.binder-stage-4711/binder-stage").exists());
}

#[test]
fn a_build_killed_after_the_exchange_loses_nothing() {
    let clinic = Clinic::new(&[]);
    clinic
        .build(&["index.html", "gone.html"], "public")
        .expect("published");
    clinic.write("public/late.txt", "saved at the last moment");
    // The old tree as a killed build leaves it: exchanged, not yet cleared.
    fs::create_dir(clinic.path(".public.binder-stage-9")).expect("made");
    clinic.write(".public.binder-stage-9/binder-stage", "");
    clinic.write(".public.binder-stage-9/exchanging", "");
    fs::rename(clinic.path("public"), clinic.path(".public.binder-stage-9/new")).expect("moved");
    clinic.build(&["index.html"], "elsewhere").expect("published");
    fs::rename(clinic.path("elsewhere"), clinic.path("public")).expect("moved");
    clinic.build(&["index.html"], "public").expect("published");
    assert_eq!(clinic.text("public/late.txt"), "saved at the last moment");
    assert_eq!(
        clinic.tree(),
        [
            "binder.toml",
            "public/",
            &format!("public/{MANIFEST}"),
            "public/index.html",
            "public/late.txt"
        ]
    );
}

#[test]
fn a_half_cleared_output_does_not_come_back() {
    let clinic = Clinic::new(&[]);
    clinic
        .build(&["index.html", "page.html"], "public")
        .expect("published");
    // Killed while the old output was cleared away; then somebody removed the new one.
    fs::create_dir(clinic.path(".public.binder-stage-9")).expect("made");
    clinic.write(".public.binder-stage-9/binder-stage", "");
    clinic.write(".public.binder-stage-9/exchanging", "");
    fs::rename(clinic.path("public"), clinic.path(".public.binder-stage-9/new")).expect("moved");
    fs::remove_file(clinic.path(".public.binder-stage-9/new/page.html")).expect("cleared");
    // A build that gets no further than this.
    assert!(clinic.build(&["a/../b.html"], "public").is_err());
    assert!(!clinic.path("public").exists());
    assert!(!clinic.path(".public.binder-stage-9").exists());
}

#[test]
fn two_builds_of_the_same_files_are_the_same_bytes() {
    let (one, two) = (Clinic::new(&[]), Clinic::new(&[]));
    for clinic in [&one, &two] {
        clinic
            .build(&["b.html", "a/c.html"], "public")
            .expect("published");
    }
    assert_eq!(one.tree(), two.tree());
    for path in one.tree().iter().filter(|path| !path.ends_with('/')) {
        assert_eq!(one.text(path), two.text(path), "{path}");
    }
    let manifest = Manifest::of(&one.path("public")).expect("a manifest");
    assert_eq!(manifest.files.keys().collect::<Vec<_>>(), ["a/c.html", "b.html"]);
}

#[cfg(unix)]
#[test]
fn modes_are_the_same_everywhere_and_the_folder_keeps_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let clinic = Clinic::new(&[]);
    let mode = |path: &str| {
        fs::metadata(clinic.path(path))
            .expect("there")
            .permissions()
            .mode()
            & 0o777
    };
    clinic.build(&["a/index.html"], "public").expect("published");
    assert_eq!(
        (mode("public"), mode("public/a"), mode("public/a/index.html")),
        (0o755, 0o755, 0o644)
    );
    fs::set_permissions(clinic.path("public"), fs::Permissions::from_mode(0o750)).expect("set");
    clinic.build(&["a/index.html"], "public").expect("published");
    assert_eq!((mode("public"), mode("public/a/index.html")), (0o750, 0o644));
}

/// What the system says of files, by which one knows the same file again.
#[cfg(unix)]
mod again {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::time::{Duration, SystemTime};

    use super::*;

    const FILES: [&str; 3] = ["a/deep/page.html", "a/page.html", "index.html"];

    /// What somebody does to a file.
    type Damage = &'static dyn Fn(&Path);

    /// Number and time of the last change.
    fn identity(path: &Path) -> (u64, i64, i64) {
        let meta = fs::symlink_metadata(path).expect("there");
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    }

    /// A built output with a time that no build gives its files.
    fn built() -> Clinic {
        let clinic = Clinic::new(&[]);
        clinic.build(&FILES, "public").expect("published");
        for path in FILES {
            age(&clinic.path(&format!("public/{path}")));
        }
        clinic
    }

    fn age(path: &Path) {
        let file = fs::File::options().write(true).open(path).expect("opened");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        file.set_modified(time).expect("set");
    }

    /// Builds another page besides, so that there is something to do.
    fn rebuilt(clinic: &Clinic) {
        let files = [&FILES[..], &["new.html"]].concat();
        clinic.build(&files, "public").expect("published again");
        for path in files {
            assert_eq!(clinic.text(&format!("public/{path}")), format!("made: {path}"));
        }
    }

    #[test]
    fn a_file_with_the_same_bytes_stays_the_same_file() {
        let clinic = built();
        let paths = FILES.map(|path| clinic.path(&format!("public/{path}")));
        let before = [0, 1, 2].map(|n| identity(&paths[n]));
        for _ in 0..3 {
            rebuilt(&clinic);
            clinic.build(&FILES, "public").expect("published again");
            assert_eq!([0, 1, 2].map(|n| identity(&paths[n])), before);
        }
        assert!(
            paths
                .iter()
                .all(|path| fs::metadata(path).expect("there").nlink() == 1)
        );
    }

    #[test]
    fn where_nothing_changed_nothing_is_touched() {
        let clinic = built();
        clinic.write("public/theirs.txt", "theirs");
        let paths = [
            "public",
            "public/a/deep",
            "public/index.html",
            "public/.binder-manifest.json",
        ];
        let before = paths.map(|path| identity(&clinic.path(path)));
        let published = clinic.build(&FILES, "public").expect("published again");
        assert_eq!(paths.map(|path| identity(&clinic.path(path))), before);
        let expected = Published {
            files: 3,
            bytes: FILES
                .map(|path| "made: ".len() + path.len())
                .iter()
                .sum::<usize>() as u64,
            kept: 1,
        };
        assert_eq!(published, expected);
        assert_eq!(clinic.tree().len(), 9, "{:?}", clinic.tree());
    }

    #[test]
    fn whatever_is_not_as_it_was_made_is_made_anew() {
        let damages: [(&str, Damage); 9] = [
            ("other bytes", &|at| {
                fs::write(at, "MADE: index.html").expect("written")
            }),
            ("other bytes under the old time", &|at| {
                fs::write(at, "MADE: index.html").expect("written");
                age(at);
            }),
            ("more bytes", &|at| {
                fs::write(at, "made: index.html\n").expect("written")
            }),
            ("no bytes", &|at| fs::write(at, "").expect("written")),
            ("other permissions", &|at| {
                fs::set_permissions(at, fs::Permissions::from_mode(0o600)).expect("set");
            }),
            ("gone", &|at| fs::remove_file(at).expect("removed")),
            ("a link to the same bytes", &|at| {
                let aside = at.with_file_name("aside");
                fs::rename(at, &aside).expect("moved");
                symlink("aside", at).expect("linked");
            }),
            ("a link to nothing", &|at| {
                fs::remove_file(at).expect("removed");
                symlink("nowhere", at).expect("linked");
            }),
            ("a file that nobody may read", &|at| {
                fs::set_permissions(at, fs::Permissions::from_mode(0o000)).expect("set");
            }),
        ];
        for (what, damage) in damages {
            // With another page besides, and with nothing to do but this.
            for more in [&["new.html"][..], &[]] {
                let clinic = built();
                let at = clinic.path("public/index.html");
                let before = identity(&at);
                damage(&at);
                let files = [&FILES[..], more].concat();
                let made = clinic.build(&files, "public");
                if what.starts_with("a link") {
                    // Not a file of ours: as with anything else that somebody put in its place.
                    assert_eq!(made.expect_err(what).code, "output-file", "{what}");
                    continue;
                }
                made.expect(what);
                let meta = fs::symlink_metadata(&at).expect("there");
                assert!(meta.is_file(), "{what}");
                assert_eq!(meta.permissions().mode() & 0o7777, 0o644, "{what}");
                assert_ne!(identity(&at), before, "{what}");
                assert_eq!(clinic.text("public/index.html"), "made: index.html", "{what}");
            }
        }
    }

    #[test]
    fn folders_and_the_manifest_are_put_right_when_nothing_else_changed() {
        let clinic = built();
        let mode = |path: &str| fs::metadata(clinic.path(path)).expect("there").mode() & 0o7777;
        let set = |path: &str, mode| {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(clinic.path(path), mode).expect("set");
        };
        set("public/a", 0o700);
        clinic.build(&FILES, "public").expect("published again");
        assert_eq!(mode("public/a"), 0o755);
        set("public/.binder-manifest.json", 0o600);
        clinic.build(&FILES, "public").expect("published again");
        assert_eq!(mode("public/.binder-manifest.json"), 0o644);
        // The same list in another spelling.
        let text = clinic.text("public/.binder-manifest.json");
        clinic.write("public/.binder-manifest.json", &format!("{text}\n\n"));
        clinic.build(&FILES, "public").expect("published again");
        assert_eq!(clinic.text("public/.binder-manifest.json"), text);
        // A folder that somebody moved away, with a link in its place, is theirs.
        fs::rename(clinic.path("public/a"), clinic.path("elsewhere")).expect("moved");
        symlink("../elsewhere", clinic.path("public/a")).expect("linked");
        let refused = clinic.build(&FILES, "public").expect_err("in the way");
        assert_eq!(refused.code, "output-file");
        assert_eq!(clinic.text("elsewhere/page.html"), "made: a/page.html");
    }

    #[test]
    fn a_backup_of_second_names_keeps_its_bytes() {
        let clinic = built();
        fs::create_dir(clinic.path("backup")).expect("made");
        for name in ["index.html", MANIFEST] {
            let (from, to) = (clinic.path("public").join(name), clinic.path("backup").join(name));
            fs::hard_link(from, to).expect("linked");
        }
        let (backup, manifest) = (
            clinic.path("backup/index.html"),
            clinic.text("backup/.binder-manifest.json"),
        );
        let before = identity(&backup);
        rebuilt(&clinic);
        assert_eq!(
            identity(&clinic.path("public/index.html")),
            before,
            "one file still"
        );
        // The page changes: the output gets another file.
        let mut output = Output::default();
        let body = Body::Bytes(Arc::from(&b"changed"[..]));
        output.add("index.html", body, "a test").expect("no collision");
        publish(&output, "sha256:01", clinic.0.path(), &clinic.path("public")).expect("published");
        assert_eq!(clinic.text("public/index.html"), "changed");
        assert_eq!(clinic.text("backup/index.html"), "made: index.html");
        assert_eq!(clinic.text("backup/.binder-manifest.json"), manifest);
        assert_eq!(identity(&backup), before);
    }

    #[test]
    fn who_has_a_file_open_reads_on() {
        use std::io::{Read, Seek};
        let clinic = built();
        let mut open = fs::File::open(clinic.path("public/index.html")).expect("opened");
        rebuilt(&clinic);
        clinic.build(&["other.html"], "public").expect("published");
        assert!(!clinic.path("public/index.html").exists());
        let mut text = String::new();
        open.rewind().expect("from the start");
        open.read_to_string(&mut text).expect("read");
        assert_eq!(text, "made: index.html");
    }

    #[test]
    fn a_file_that_somebody_wrote_into_later_is_put_right_by_the_next_build() {
        use std::io::Write;
        let clinic = built();
        let mut open = fs::File::options()
            .append(true)
            .open(clinic.path("public/index.html"))
            .expect("opened");
        rebuilt(&clinic);
        open.write_all(b" and more").expect("written");
        assert_eq!(clinic.text("public/index.html"), "made: index.html and more");
        rebuilt(&clinic);
    }

    #[test]
    fn a_copy_of_evidence_stays_the_same_file_as_long_as_it_is_the_same() {
        use sha2::{Digest, Sha256};
        let clinic = Clinic::new(&[("evidence/large.bin", "large")]);
        let build = |id: &str, text: &str| {
            let mut output = Output::default();
            let body = Body::Copy {
                from: "evidence/large.bin".into(),
                digest: Sha256::digest(text).into(),
            };
            output.add("large.bin", body, "a test").expect("no collision");
            publish(&output, id, clinic.0.path(), &clinic.path("public"))
        };
        build("sha256:01", "large").expect("published");
        let at = clinic.path("public/large.bin");
        age(&at);
        let before = identity(&at);
        assert_eq!(build("sha256:02", "large").expect("published").bytes, 5);
        assert_eq!(identity(&at), before);
        // The copy was changed: its place is taken by a new one.
        fs::write(&at, "LARGE").expect("written");
        age(&at);
        build("sha256:03", "large").expect("published");
        assert_eq!(clinic.text("public/large.bin"), "large");
        // The original was changed.
        clinic.write("evidence/large.bin", "other");
        build("sha256:04", "other").expect("published");
        assert_eq!(clinic.text("public/large.bin"), "other");
    }
}
