//! A clinic's folder with neighbours: whatever happens to a build, nothing but its own output may change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hipaa_binder::world::write::{Manifest, hex};
use sha2::{Digest, Sha256};

use super::sealed::{FILES, Said, said};
use super::{system, tree, whole};

/// Path to digest.
pub type Site = BTreeMap<String, String>;

/// The clinic in `clinic/`, its output in `out/site/`, and things of others around both.
pub struct Town(tempfile::TempDir);

/// What somebody put into the output: no build makes it, and none may lose it.
const THEIRS: (&str, &str) = ("notes/theirs.txt", "Mine. Keep.\n");

impl Town {
    pub fn new() -> Self {
        let town = Self(tempfile::tempdir().expect("a folder for the test"));
        for (path, text) in whole::base() {
            town.write(&format!("clinic/{path}"), &text);
        }
        for (path, text) in FILES {
            town.write(&format!("clinic/{path}"), text);
        }
        for (path, text) in [
            ("letters/to-the-bank.txt", "Dear bank\n"),
            ("out/readme.txt", "What lies here is ours.\n"),
            ("out/other/index.html", "another site\n"),
            (
                "out/.site.binder-stage-mine/new/page.html",
                "no marker: not ours\n",
            ),
            ("clinic/notes/private.txt", "not part of the binder\n"),
        ] {
            town.write(path, text);
        }
        fs::create_dir(town.path("out/empty")).expect("made");
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            symlink("../letters", town.path("out/shortcut")).expect("linked");
            let quiet = fs::Permissions::from_mode(0o600);
            fs::set_permissions(town.path("letters/to-the-bank.txt"), quiet).expect("set");
        }
        town
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        super::put(&self.path(path), text);
    }

    /// Builds the site, which must succeed.
    pub fn build_site(&self) {
        let ended = self.build(&["--no-pdf"]).output().expect("it runs");
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
    }

    /// Puts a file of somebody else into the output.
    pub fn settle_in(&self) {
        self.write(&format!("out/site/{}", THEIRS.0), THEIRS.1);
    }

    /// Gives the clinic the first or the second of two sets of words. They change an answer, and a page more or less.
    pub fn say(&self, which: usize) {
        let (words, second) = [("gives a warning first.", false), ("asks the owner first.", true)][which];
        self.write(
            "clinic/answers/a.md",
            &format!(
                "+++\ncitation = \"164.308(a)(1)(ii)(C)\"\nowner = \"Office manager\"\nreviewed = 2026-09-01\n+++\n\n## 1.\n\nYes. \
                 The manager {words}\n"
            ),
        );
        let record = self.path("clinic/records/check.md");
        if second {
            self.write(
                "clinic/records/check.md",
                "+++\nkind = \"other\"\ntitle = \"A check\"\ndate = 2026-06-15\n+++\n\nAll is there.\n",
            );
        } else {
            let _ = fs::remove_file(record);
        }
    }

    /// The program, in the folder that holds all.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_binder"));
        command
            .args(arguments)
            .current_dir(self.dir())
            .env("NO_COLOR", "1")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The build of the clinic into `out/site`, as of one day.
    pub fn build(&self, more: &[&str]) -> Command {
        let all = ["build", "clinic", "--out", "out/site", "--as-of", "2026-11-20"];
        self.command(&[&all, more].concat())
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().expect("the program runs"))
    }

    /// The output, by path and digest, the file of somebody else included; nothing where there is no output.
    pub fn site(&self) -> Site {
        site(&self.path("out/site"))
    }

    /// Both outputs, built where nothing disturbs them, with the file of somebody else.
    pub fn both(&self, more: &[&str]) -> [Site; 2] {
        [0, 1].map(|which| {
            self.say(which);
            let out = tempfile::tempdir().expect("a folder");
            let mut command = self.command(&["build", "clinic", "--as-of", "2026-11-20"]);
            let said = said(
                command
                    .args(more)
                    .arg("--out")
                    .arg(out.path())
                    .output()
                    .expect("it runs"),
            );
            assert_eq!(said.code, Some(0), "{}", said.err);
            let mut made = site(out.path());
            made.insert(THEIRS.0.to_string(), digest(THEIRS.1.as_bytes()));
            made
        })
    }

    /// Everything but the output and what a build has beside it while it runs: kind, mode, length, time and digest.
    pub fn surroundings(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        look(self.dir(), Path::new(""), &mut all);
        all
    }

    /// What builds left beside the output.
    pub fn leftovers(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("out")).expect("a folder").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name != "site" && is_passing(&format!("out/{name}")))
            .collect()
    }

    /// Holds a command that had to be refused: its exit code, its words, an output as it was, and nothing else changed.
    pub fn refused(&self, command: &mut Command, code: i32, words: &[&str]) {
        let (site, around) = (self.site(), self.surroundings());
        let said = system::ends(command.spawn().expect("it starts"), &format!("{command:?}"));
        assert_eq!(said.code, Some(code), "{command:?}: {}{}", said.out, said.err);
        let text = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in words {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(text.contains("= help: "), "what to do: {text}");
        assert_eq!(self.site(), site, "{text}");
        assert_eq!(self.surroundings(), around, "{text}");
        assert_eq!(self.leftovers(), [""; 0], "{text}");
    }
}

/// The output, or what a build puts beside it and the next one clears away.
fn is_passing(path: &str) -> bool {
    let ours = path
        .strip_prefix("out/.site.binder-")
        .is_some_and(|rest| !rest.starts_with("stage-mine"));
    path == "out/site" || ours
}

fn look(root: &Path, below: &Path, all: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder").flatten() {
        let below = below.join(entry.file_name());
        let name = below.to_string_lossy().into_owned();
        if name == "out/site" || is_passing(&name) {
            continue;
        }
        let path = root.join(&below);
        let meta = fs::symlink_metadata(&path).expect("there");
        let kind = meta.file_type();
        let mut state = format!("{kind:?} {:?}", meta.permissions());
        if kind.is_dir() {
            look(root, &below, all);
        } else {
            state += &format!(" {} {:?}", meta.len(), meta.modified().ok());
        }
        if kind.is_file() {
            state += &digest(&fs::read(&path).unwrap_or_default());
        }
        all.insert(name, state);
    }
}

/// A folder by path and digest.
pub fn site(dir: &Path) -> Site {
    if !dir.exists() {
        return Site::new();
    }
    tree(dir)
        .iter()
        .map(|(path, bytes)| (path.clone(), digest(bytes)))
        .collect()
}

pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// An output must hold every file that its manifest lists, each with its bytes; no output at all is fine.
pub fn assert_whole(out: &Path, when: &str) {
    let Some(manifest) = Manifest::of(out) else {
        assert!(!out.exists(), "{when}: there is an output without a manifest");
        return;
    };
    let files = tree(out);
    let mut wanted = manifest.files.clone();
    for prefix in manifest.trees.keys() {
        let label = prefix.strip_prefix("versions/").expect("a version");
        let list = &files[&format!(".binder-trees/{label}.sha256")];
        for line in String::from_utf8_lossy(list).lines() {
            let (digest, path) = line.split_once("  ").expect("digest and path");
            wanted.insert(format!("{prefix}/{path}"), digest.to_string());
        }
    }
    for (path, wanted) in wanted {
        let found = files.get(&path).map(|bytes| digest(bytes));
        assert_eq!(found.as_ref(), Some(&wanted), "{when}: {path}");
    }
}
