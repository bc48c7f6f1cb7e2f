//! A folder in which every row that applies is documented, and the marks `{{...}}` that case files may use in place of
//! digests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use hipaa_binder::content::{self, Policy};
use hipaa_binder::rule::{GoodAnswer, Row, rule};
use sha2::{Digest, Sha256};

/// Path to text.
pub type Files = BTreeMap<String, String>;

/// The files of a text that holds many: `=== path`, then its lines.
pub fn files(text: &str) -> Files {
    text.split("=== ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .map(|(path, body)| (path.trim().to_string(), format!("{}\n", body.trim_end())))
        .collect()
}

/// `base.txt`: a clinic with two people, three systems and two sites, and nothing else.
pub fn base() -> Files {
    files(&std::fs::read_to_string("tests/cases/gap/base.txt").expect("base.txt is there"))
}

/// The base, `whole.txt`, an answer and a policy a row.
pub fn whole() -> Files {
    static WHOLE: LazyLock<Files> = LazyLock::new(|| {
        let mut all = base();
        all.extend(files(
            &std::fs::read_to_string("tests/cases/gap/whole.txt").expect("whole.txt is there"),
        ));
        for row in rule().rows() {
            let slug = row.citation.slug();
            all.insert(format!("answers/{slug}.md"), answer(row));
            all.insert(format!("policies/{}.md", slug.replace('.', "-")), policy(row));
        }
        fill_in_digests(&mut all);
        all
    });
    WHOLE.clone()
}

/// A whole answer, with the decision to implement where the row is addressable.
pub fn answer(row: &Row) -> String {
    let mut text = format!(
        "+++\ncitation = \"{}\"\nowner = \"Office manager\"\nreviewed = 2026-09-01\n",
        row.citation
    );
    if row.is_addressable() {
        text.push_str(
            "[[decision]]\nbranch = \"implement\"\ndecided_by = \"Office manager\"\ndecided = 2026-09-01\n",
        );
    }
    text.push_str("+++\n");
    for question in &row.questions {
        let opens = match question.good {
            GoodAnswer::Yes => "Yes. ",
            GoodAnswer::No => "No. ",
            GoodAnswer::Text => "",
        };
        let _ = writeln!(
            text,
            "\n## {}.\n\n{opens}The office manager sees to it on each first Monday.",
            question.id
        );
    }
    text
}

/// A procedure in effect, its approval tied to its words.
pub fn policy(row: &Row) -> String {
    format!(
        "+++\nkind = \"procedure\"\ntitle = \"{0}\"\nversion = \"1.0\"\neffective = 2026-03-01\napproved = 2026-03-01\n\
         approved_by = \"Owner\"\napproved_text = \"{{{{digest}}}}\"\n+++\n## Procedure ({1})\n\n\
         The office manager goes through the list on each first Monday and signs it.\n",
        row.title, row.citation
    )
}

/// Puts digests in place of `{{digest}}` (the policy's own approval), `{{digest PATH}}` (that of another policy file),
/// `{{starter}}` (the digest of the policy's own body) and `{{sha256 PATH}}` (of any file).
pub fn fill_in_digests(files: &mut Files) {
    let before = files.clone();
    for (path, text) in files.iter_mut().filter(|(_, text)| text.contains("{{")) {
        *text = filled(&before, path);
    }
}

fn filled(files: &Files, path: &str) -> String {
    let text = &files[path];
    let mut done = String::new();
    let mut rest = text.as_str();
    while let Some((head, tail)) = rest.split_once("{{") {
        let (mark, after) = tail
            .split_once("}}")
            .unwrap_or_else(|| panic!("{path}: {{{{ without }}}}"));
        done.push_str(head);
        done.push_str(&match mark.split_once(' ').unwrap_or((mark, path)) {
            ("digest", of) => parsed(&files[of]).text_digest,
            ("starter", of) => parsed(&files[of]).body_digest,
            ("sha256", of) => content::policies::hex(&Sha256::digest(&files[of])),
            (other, _) => panic!("{path}: {other} is no mark"),
        });
        rest = after;
    }
    done + rest
}

/// A policy file read by itself, its marks not yet filled in.
fn parsed(text: &str) -> Policy {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once("{{") {
        plain.push_str(head);
        plain.push_str(&"0".repeat(64));
        rest = tail.split_once("}}").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let files = [
        (
            "binder.toml",
            "[practice]\nname = \"P\"\nkind = \"covered-entity\"\n",
        ),
        ("policies/p.md", &plain),
    ];
    let folder = super::folder(files.map(|(path, text)| (path, text.as_bytes())));
    let parsed = content::parse(&folder);
    let policy = parsed.content.and_then(|mut content| content.policies.pop());
    policy.unwrap_or_else(|| panic!("{:?}\n{plain}", parsed.diagnostics))
}
