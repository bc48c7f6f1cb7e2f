//! Whatever bytes stand in a clinic's files, reading them ends in values and messages, never in a panic.

use std::collections::BTreeMap;
use std::sync::Arc;

use hipaa_binder::content;
use hipaa_binder::content::edit::{NewValue, set_keys};
use hipaa_binder::diagnostic::{Diagnostic, Source};
use hipaa_binder::world::{File, Folder};
use proptest::collection::vec;
use proptest::prelude::*;

/// One file of each sort, good as it stands.
const FILES: &[(&str, &str)] = &[
    (
        "binder.toml",
        "[practice]\nname = \"Elm\"\n\n[applies]\nclearinghouse = false\ndecided = 2026-01-01\n\n[[site]]\nid = \"main\"\n\n[intervals]\nrows = { \"164.312(b)\" = 3 }\n",
    ),
    (
        "answers/a.md",
        "+++\ncitation = \"164.312(a)(2)(iv)\"\nowner = “Ann”\nreviewed = 2026-09-14\n[[decision]]\nscope = \"Laptops\"\nbranch = \"alternative\"\ndecided = 2026-09-14\n[[gap]]\nmark = \"evidence\"\naction = \"Ask\"\n+++\n\n## 1. Which?\n\nAll of them, é.\n\n- [ ] ask\n\n## Decision: Laptops\n\n### Cost\n\nSmall.\n",
    ),
    (
        "policies/p.md",
        "+++\r\nid = \"p\"\r\nkind = \"policy\"\r\ntitle = \"Ps\"\r\nsatisfies = [\"164.308(a)(2)\", { row = \"164.312(b)\", section = \"Logs\" }]\r\nversion = 2\r\napproved = 2026-02-01\r\n[[reviews]]\r\ndate = 2026-01-01\r\nby = \"Ann\"\r\n+++\r\n\r\n## Logs (164.308(a)(2))\r\n\r\nText for [PRACTICE].\r\n",
    ),
    (
        "approved/p/1.0.md",
        "+++\nkind = \"policy\"\ntitle = \"P\"\nversion = \"1.0\"\n+++\n\nOld.\n",
    ),
    (
        "records/r.md",
        "+++\nkind = \"risk-analysis\"\ntitle = \"R\"\ndate = \"3/12/2026\"\nsystems = [\"ehr\"]\nsites = [\"all\"]\nprevious = \"r\"\n+++\n\n## Scope\n\nAll.\n",
    ),
    (
        "registers/systems.csv",
        "id,name,holds_ephi,logging,logoff_minutes,checked\nehr,Charts,yes,on,10,2026-09-01\n",
    ),
    (
        "registers/workforce.csv",
        "id;name;role;since;checked\r\nw01;\"Reyes; Ann\";Manager;1/2/2020;9/1/2026\r\n",
    ),
    (
        "registers/media.csv",
        "id,date,action,item,site,from,to,by,recorded\nm1,2026-09-01,disposal,d1,main,,,,\nnone,,move,,main,2026-01-01,2026-06-30,Ann,2026-07-01\n",
    ),
    (
        "registers/evidence.csv",
        "id,file,title,date,rows,system,kept_at,sha256\nEX-1,a.pdf,A,2026-09-01,164.312(b) p. 3; 164.308(a)(2),ehr,,\nEX-2,..\\b,B,2026-09-01,164.312(b),ehr,\"line\ntwo\",12\n",
    ),
    ("evidence/a.pdf", "%PDF-1.7"),
];

fn file(bytes: &[u8]) -> File {
    File {
        size: bytes.len() as u64,
        digest: [7; 32],
        bytes: Some(Arc::from(bytes)),
    }
}

fn folder() -> Folder {
    let files = FILES
        .iter()
        .map(|(path, text)| (Arc::from(*path), file(text.as_bytes())))
        .collect();
    Folder {
        files,
        ..Folder::default()
    }
}

/// Reads the folder and holds every message to its promise: a place within the text of its file.
fn read(folder: &Folder) -> Vec<Diagnostic> {
    let parsed = content::parse(folder);
    let mut sources: BTreeMap<Arc<str>, Option<Source>> = BTreeMap::new();
    for diagnostic in &parsed.diagnostics {
        let places = std::iter::once(&diagnostic.place).chain(diagnostic.also.iter().map(|(place, _)| place));
        for place in places.filter(|place| place.line > 0) {
            let source = sources.entry(place.file.clone()).or_insert_with(|| {
                let (path, file) = folder.files.get_key_value(&place.file)?;
                content::text::source(path, file)
            });
            let is_within = |s: &Source| s.text.get(place.range.as_range()).is_some();
            assert!(source.as_ref().is_none_or(is_within), "{diagnostic:?}");
        }
        assert!(!diagnostic.message.is_empty());
    }
    parsed.diagnostics
}

#[test]
fn the_files_are_good_to_start_with() {
    let errors: Vec<_> = read(&folder())
        .into_iter()
        .filter(|d| d.code != "unknown-device")
        .collect();
    let codes: Vec<_> = errors.iter().map(|d| d.code).collect();
    // What is wrong with them on purpose, so that the changes below meet the paths of errors, too.
    for code in ["path-leaves-folder", "bad-digest", "approved-copy-changed"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert!(!codes.contains(&"bad-toml"), "{errors:#?}");
}

/// A change to a text: at a place, so many bytes out, these bytes in.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
    let insert = prop_oneof![
        vec(any::<u8>(), 0..6),
        proptest::sample::select(vec![
            "\"",
            "“",
            "”",
            "+++\n",
            "\n",
            "\r",
            ";",
            ",",
            "[",
            "]]",
            "{",
            "= ",
            "#",
            "\\",
            "'''",
            "2026-02-30",
            "none",
            "## 1.",
            "## Decision",
            "é",
            "\u{feff}",
            "\u{a0}",
            "164.308(a)",
            "=A1",
            "all",
            "..",
            "0",
            "\t",
            "’",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec((any::<usize>(), 0usize..8, insert), 1..6)
}

fn edited(text: &str, edits: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, out, insert) in edits {
        let at = at % (bytes.len() + 1);
        let end = (at + out).min(bytes.len());
        bytes.splice(at..end, insert.iter().copied());
    }
    bytes
}

/// Files that a careless program would take minutes over: whatever grows with the square of a file's size shows here.
#[test]
fn large_nonsense_is_read_in_one_go() {
    let large = |text: &str| text.repeat(300_000 / text.len());
    for (path, text) in [
        ("binder.toml", large("a = \"\n")),
        ("binder.toml", large("a\n")),
        ("answers/a.md", format!("+++\n{}+++\n", large("a = 1\n"))),
        (
            "answers/a.md",
            format!(
                "+++\ncitation = \"164.312(b)\"\n+++\n{}",
                large("## 9. x\n\nText of it.\n\n")
            ),
        ),
        ("policies/p.md", large("+++\n")),
        ("registers/systems.csv", large("id,")),
        ("registers/systems.csv", large("\"")),
        (
            "registers/systems.csv",
            format!(
                "id,name,holds_ephi,checked\n{}",
                large("ehr,Charts,yes,2026-09-01\n")
            ),
        ),
        (
            "registers/workforce.csv",
            format!("id,name\n\"{}", large("a,b\n")),
        ),
    ] {
        let mut folder = folder();
        folder.files.insert(path.into(), file(text.as_bytes()));
        assert!(!read(&folder).is_empty(), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_can_stand_in_any_file(which in 0..FILES.len(), bytes in vec(any::<u8>(), 0..200)) {
        let mut folder = folder();
        folder.files.insert(FILES[which].0.into(), file(&bytes));
        read(&folder);
    }

    #[test]
    fn good_files_with_slips_are_read(which in 0..FILES.len(), edits in edits()) {
        let mut folder = folder();
        folder.files.insert(FILES[which].0.into(), file(&edited(FILES[which].1, &edits)));
        read(&folder);
    }

    #[test]
    fn reading_twice_says_the_same(which in 0..FILES.len(), edits in edits()) {
        let mut folder = folder();
        folder.files.insert(FILES[which].0.into(), file(&edited(FILES[which].1, &edits)));
        prop_assert_eq!(read(&folder), read(&folder));
    }

    #[test]
    fn an_edit_changes_its_keys_and_nothing_else(edits in edits(), name in "\\PC{0,12}") {
        let text = String::from_utf8_lossy(&edited(FILES[2].1, &edits)).into_owned();
        let value = NewValue::Text(name.clone());
        if let Ok(new) = set_keys(&text, &[("approved_by", value.clone())]) {
            let line = format!("= {value}");
            prop_assert!(new.contains(&line) || text.contains("approved_by"));
            prop_assert_eq!(new.contains("\r\n"), text.contains("\r\n"));
            // What stands before and behind the one changed place is the same, byte for byte.
            let start = text.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
            let end = text.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
            prop_assert!(start + end >= text.len() || text.contains("approved_by"), "{:?} -> {:?}", text, new);
            prop_assert_eq!(set_keys(&new, &[("approved_by", value)]), Ok(new.clone()));
        }
    }
}
