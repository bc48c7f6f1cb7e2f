//! A foreign text: what is made of it, and that a second run makes nothing more.

use std::collections::BTreeMap;
use std::sync::Arc;

use hipaa_binder::content;
use hipaa_binder::diagnostic::Severity;
use hipaa_binder::import::{Found, State, There, What, plan};
use hipaa_binder::world::{File, Folder};

use super::zipped::{self, Part};

/// What the files are called. Of each sort some, and names that a path must not be made of as they are.
const NAMES: [&str; 8] = [
    "Access control.md",
    "README.md",
    "policies/con.md",
    "..\\a/b: c?.html.md.erb",
    "Access (1).docx",
    "a.docm",
    "plan.svg",
    "a.txt",
];

/// The first byte says what the file is called; with its highest bit the rest is the body of a Word file, and otherwise
/// the file.
pub fn import(data: &[u8]) {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let (path, bytes) = match *which >= 0x80 {
        true => ("Sanctions.docx", word(bytes)),
        false => (NAMES[usize::from(*which) % NAMES.len()], bytes.to_vec()),
    };
    let found = |path: &str| Found {
        label: format!("from/{path}"),
        path: path.to_string(),
        what: What::Bytes(bytes.clone()),
    };
    // Another that leads to pictures, and one with the same name but for its letters.
    let all = vec![
        found(path),
        found(&path.to_uppercase()),
        Found {
            what: What::Bytes(b"# Plan\n\n![A](plan.svg)\n".to_vec()),
            ..found("plan.md")
        },
    ];
    let first = plan(all.clone(), &There::default());
    assert_eq!(first.lines.len(), all.len(), "each file has its line");
    for (index, line) in first.lines.iter().enumerate() {
        let written = first.files.iter().filter(|(of, _)| *of == index).count();
        assert_eq!(written > 0, line.state == State::Imported, "{line:?}");
        assert!(written > 0 || !line.notes.is_empty(), "{line:?}");
        assert!(
            line.documents.is_sorted() && line.mentions.is_sorted(),
            "{line:?}"
        );
    }
    let mut there = There {
        ledger: first.ledger.clone(),
        ..There::default()
    };
    let mut folded = vec![];
    for (_, file) in &first.files {
        let parts: Vec<&str> = file.path.split('/').collect();
        assert_eq!(parts.first(), Some(&"policies"), "{}", file.path);
        assert!(parts.iter().all(|part| is_plain(part)), "{}", file.path);
        let lower = file.path.to_lowercase();
        assert!(!folded.contains(&lower), "twice: {}", file.path);
        folded.push(lower);
        there.files.insert(file.path.clone(), file.bytes.clone());
    }
    let second = plan(all, &there);
    assert_eq!(
        (second.files.len(), second.ledger),
        (0, None),
        "a second run changes nothing"
    );
    parsed(&there.files);
}

/// What every system takes for the name of one file.
fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 255
        && !part.starts_with('.')
        && !part.ends_with(['.', ' '])
        && !part.contains(['\\', ':', '\0', '?', '*', '"', '<', '>', '|'])
        && !part.chars().any(char::is_control)
}

/// The texts are texts of the binder: their heads are read without an error, and they are drafts.
fn parsed(files: &BTreeMap<String, Vec<u8>>) {
    let file = |bytes: &[u8]| File {
        size: bytes.len() as u64,
        digest: [7; 32],
        bytes: Some(Arc::from(bytes)),
    };
    let mut folder = Folder::default();
    folder.files.insert("binder.toml".into(), file(b"[practice]\n"));
    for (path, bytes) in files {
        folder.files.insert(path.as_str().into(), file(bytes));
    }
    let parsed = content::parse(&folder);
    for problem in &parsed.diagnostics {
        let in_head = files.get(&*problem.place.file).is_some_and(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            let end = text
                .get(4..)
                .and_then(|rest| rest.find("\n+++"))
                .map_or(0, |at| at + 4);
            problem.place.range.as_range().start < end
        });
        assert!(!(in_head && problem.severity == Severity::Error), "{problem:?}");
    }
    for policy in parsed.content.iter().flat_map(|content| &content.policies) {
        assert!(
            policy.approved_by.is_none() && policy.approved.is_none(),
            "{}",
            policy.id
        );
    }
}

/// A Word file with this body.
fn word(body: &[u8]) -> Vec<u8> {
    const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    const LINKS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    const START: &[u8] = br#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>"#;
    let document = [START, body, b"</w:body></w:document>"].concat();
    let parts = [
        Part::new("[Content_Types].xml", TYPES.as_bytes()),
        Part::new("_rels/.rels", LINKS.as_bytes()),
        Part::new("word/document.xml", &document),
    ];
    zipped::archive(&parts, None)
}
