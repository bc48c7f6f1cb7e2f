//! Every save ends in the right page: 500 random ones, against the real program.
//!
//! Files are saved in the ways that editors have, alone and in bursts, some of them while the binder is being made. After
//! each burst each page must show the last word of its file, under the number that the event stream told; at the end of
//! each run every page must be, byte for byte, what a program that starts afresh makes of the same files.
//!
//! Bounds: 5 runs of 100 saves; a burst that does not show within `support::served::LONG` fails.

#![cfg(unix)]

mod support;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::served::{Clinic, Server, reminders, start};

const RUNS: u32 = 5;
const SAVES: usize = 100;

/// How a file is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Written over in place.
    InPlace,
    /// The same in two writes: half of the file is there for a moment.
    Halves,
    /// Written beside, and renamed over the old one.
    Renamed,
    /// Deleted, and written anew.
    Recreated,
    /// Written over in place, with the size and the time of the old one.
    SameTime,
    /// Under another name in another folder, where the name is free to choose.
    Moved,
    /// Its folder goes away and comes back first.
    FolderAway,
    /// With a mistake first, which is put right.
    BadThenGood,
    /// Three times in a row.
    Thrice,
    /// Deleted.
    Removed,
}

/// One save.
#[derive(Debug, Clone)]
struct Save {
    file: usize,
    way: Way,
    /// Milliseconds until the next save.
    pause: u64,
    /// The burst ends here.
    look: bool,
}

fn saves() -> impl Strategy<Value = Vec<Save>> {
    let way = prop_oneof![
        4 => Just(Way::InPlace),
        2 => Just(Way::Halves),
        4 => Just(Way::Renamed),
        2 => Just(Way::Recreated),
        2 => Just(Way::SameTime),
        2 => Just(Way::Moved),
        1 => Just(Way::FolderAway),
        2 => Just(Way::BadThenGood),
        1 => Just(Way::Thrice),
        1 => Just(Way::Removed),
    ];
    let pause = prop_oneof![3 => Just(0u64), 1 => 1..15u64, 1 => 15..120u64];
    let save =
        (0..FILES.len(), way, pause, prop::bool::weighted(0.25)).prop_map(|(file, way, pause, look)| Save {
            file,
            way,
            pause,
            look,
        });
    proptest::collection::vec(save, SAVES)
}

/// A file that is saved, and the page that shows it.
struct Kind {
    folder: &'static str,
    /// `None` where the file's name is free.
    name: Option<&'static str>,
    page: &'static str,
    text: fn(&str) -> String,
}

fn answer(row: &str, word: &str) -> String {
    format!(
        "+++\ncitation = \"{row}\"\nreviewed = 2026-09-01\n+++\n\n## 1. Who?\n\nThe office manager, {word}.\n"
    )
}

fn policy(id: &str, word: &str) -> String {
    format!(
        "+++\nid = \"{id}\"\nkind = \"policy\"\ntitle = \"The {id}\"\nversion = \"1.0\"\n+++\n\n## Backup (164.308(a)(7)(ii)(A))\n\n\
         We back up each night, {word}.\n"
    )
}

fn record(word: &str) -> String {
    format!(
        "+++\nkind = \"evaluation\"\ntitle = \"Evaluation\"\ndate = 2026-09-01\nby = \"Office manager\"\n\
         rows = [\"164.308(a)(8)\"]\n+++\n\nWe looked at all of it, {word}.\n"
    )
}

const FILES: &[Kind] = &[
    Kind {
        folder: "answers",
        name: None,
        page: "/standards/164.308-a-2.html",
        text: |word| answer("164.308(a)(2)", word),
    },
    Kind {
        folder: "answers/164.310",
        name: None,
        page: "/standards/164.310-b.html",
        text: |word| answer("164.310(b)", word),
    },
    Kind {
        folder: "answers/164.312",
        name: None,
        page: "/standards/164.312-b.html",
        text: |word| answer("164.312(b)", word),
    },
    Kind {
        folder: "policies",
        name: None,
        page: "/policies/backup.html",
        text: |word| policy("backup", word),
    },
    Kind {
        folder: "policies/more",
        name: None,
        page: "/policies/drill.html",
        text: |word| policy("drill", word),
    },
    Kind {
        folder: "records",
        name: Some("evaluation.md"),
        page: "/records/evaluation.html",
        text: record,
    },
    Kind {
        folder: "registers",
        name: Some("reminders.csv"),
        page: "/registers/reminders.html",
        text: reminders,
    },
];

/// What stands in the folder.
struct Folder<'a> {
    clinic: &'a Clinic,
    /// Where each file is.
    paths: Vec<PathBuf>,
    /// The word that each page must show; `None` where the file is gone.
    words: Vec<Option<String>>,
    written: usize,
}

impl<'a> Folder<'a> {
    fn new(clinic: &'a Clinic) -> Self {
        let path = |(n, kind): (usize, &Kind)| {
            let name = kind.name.map_or(format!("f{n}.md"), str::to_string);
            clinic.path(kind.folder).join(name)
        };
        let mut folder = Self {
            clinic,
            paths: FILES.iter().enumerate().map(path).collect(),
            words: vec![None; FILES.len()],
            written: 0,
        };
        for file in 0..FILES.len() {
            let text = folder.text(file);
            write(&folder.paths[file], &text);
        }
        folder
    }

    /// The next text of a file, with a word that no other has, and always of the same size.
    fn text(&mut self, file: usize) -> String {
        self.written += 1;
        let word = format!("word {file}-{:05}", self.written);
        let text = (FILES[file].text)(&word);
        self.words[file] = Some(word);
        text
    }

    fn save(&mut self, save: &Save) {
        let file = save.file;
        let path = self.paths[file].clone();
        let text = self.text(file);
        match save.way {
            Way::InPlace => write(&path, &text),
            Way::Halves => {
                fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
                let mut open = fs::File::create(&path).expect("opened");
                let (first, second) = text.split_at(text.len() / 2);
                open.write_all(first.as_bytes()).expect("written");
                std::thread::sleep(Duration::from_millis(save.pause));
                open.write_all(second.as_bytes()).expect("written");
            }
            Way::Renamed => {
                let temp = path.with_file_name(".saving.tmp");
                write(&temp, &text);
                fs::rename(&temp, &path).expect("renamed");
            }
            Way::Recreated => {
                let _ = fs::remove_file(&path);
                std::thread::sleep(Duration::from_millis(save.pause));
                write(&path, &text);
            }
            Way::SameTime => {
                let time = fs::metadata(&path).and_then(|data| data.modified());
                write(&path, &text);
                if let Ok(time) = time {
                    let open = fs::File::options().write(true).open(&path).expect("opened");
                    open.set_modified(time).expect("set");
                }
            }
            Way::Moved => {
                let to = match FILES[file].name {
                    Some(_) => path.clone(),
                    None => self.clinic.path(FILES[file].folder).join(format!(
                        "m{}/n{file}-{}.md",
                        self.written % 3,
                        self.written
                    )),
                };
                fs::create_dir_all(to.parent().expect("a folder above")).expect("made");
                if path.exists() {
                    fs::rename(&path, &to).expect("renamed");
                }
                write(&to, &text);
                self.paths[file] = to;
            }
            Way::FolderAway => {
                let top = self
                    .clinic
                    .path(FILES[file].folder.split('/').next().expect("a name"));
                let away = self.clinic.above().join("away");
                if top.exists() {
                    fs::rename(&top, &away).expect("renamed");
                    std::thread::sleep(Duration::from_millis(save.pause));
                    fs::rename(&away, &top).expect("renamed");
                }
                write(&path, &text);
            }
            Way::BadThenGood => {
                write(&path, "+++\n\"half of a fi");
                std::thread::sleep(Duration::from_millis(save.pause));
                write(&path, &text);
            }
            Way::Thrice => {
                for _ in 0..2 {
                    let text = self.text(file);
                    write(&path, &text);
                }
                let text = self.text(file);
                write(&path, &text);
            }
            Way::Removed => {
                let _ = fs::remove_file(&path);
                self.words[file] = None;
            }
        }
        std::thread::sleep(Duration::from_millis(save.pause));
    }

    /// Waits until every page shows the last word of its file.
    fn is_shown(&self, server: &mut Server) {
        for (file, kind) in FILES.iter().enumerate() {
            server.shows(kind.page, |page| match &self.words[file] {
                Some(word) => page.contains(word.as_str()),
                None => !page.contains(&format!("word {file}-")),
            });
        }
        server.until(|state| state["errors"] == 0);
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
    fs::write(path, text).expect("written");
}

/// Every page that can be reached from the first, without what serving adds to it.
fn pages(server: &Server) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut known = BTreeSet::from(["/index.html".to_string()]);
    let mut open = VecDeque::from(["/index.html".to_string()]);
    while let Some(path) = open.pop_front() {
        let answer = server.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        let text = answer.text();
        for target in text
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split(['"', '#', '?']).next())
        {
            if target.ends_with(".html") && !target.starts_with("/_binder") {
                let target = resolved(&path, target);
                if known.insert(target.clone()) {
                    open.push_back(target);
                }
            }
        }
        let (_, text) = text.split_once(" lang=").expect("a page");
        let (text, _) = text
            .split_once("<div id=\"binder-panel-place\">")
            .expect("a served page");
        pages.insert(path, text.to_string());
    }
    pages
}

/// Where a link of a page leads.
fn resolved(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: RUNS,
        max_shrink_iters: 0,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_save_ends_in_the_right_page(saves in saves()) {
        let clinic = Clinic::new();
        fs::remove_dir_all(clinic.path("answers")).expect("removed");
        let mut folder = Folder::new(&clinic);
        let mut server = start(&clinic.dir(), &[]).expect("it serves");
        folder.is_shown(&mut server);
        for save in &saves {
            folder.save(save);
            if save.look {
                folder.is_shown(&mut server);
            }
        }
        folder.is_shown(&mut server);
        let afresh = pages(&start(&clinic.dir(), &[]).expect("it serves"));
        // The word of the last save may be shown while the last event of that save is still on its way.
        let until = Instant::now() + Duration::from_secs(20);
        let mut followed = pages(&server);
        while followed != afresh && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(200));
            followed = pages(&server);
        }
        prop_assert!(followed.len() > 80, "{} pages", followed.len());
        let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(names(&followed), names(&afresh));
        for (path, page) in &followed {
            prop_assert!(*page == afresh[path], "{} is not what a fresh start makes of it", path);
        }
    }
}
