//! What the content parsers understand, file by file.

use std::sync::Arc;

use hipaa_binder::content::policies::approval_digest;
use hipaa_binder::content::substance::Substance;
use hipaa_binder::content::{self, Audience, Branch, Content, Factor, Phi, PolicyKind, Previous, YesNo};
use hipaa_binder::diagnostic::Diagnostic;
use hipaa_binder::world::{File, Folder};
use jiff::civil::date;

const CONFIG: &str = "[practice]\nname = \"Elm\"\n\n[[site]]\nid = \"main\"\nname = \"Elm Street\"\n";

fn read(files: &[(&str, &str)]) -> (Content, Vec<Diagnostic>) {
    let file = |text: &str| File {
        size: text.len() as u64,
        digest: [0xAB; 32],
        bytes: Some(Arc::from(text.as_bytes())),
    };
    let mut folder = Folder::default();
    folder.files.insert("binder.toml".into(), file(CONFIG));
    folder
        .files
        .extend(files.iter().map(|(path, text)| (Arc::from(*path), file(text))));
    let parsed = content::parse(&folder);
    (parsed.content.expect("has a binder.toml"), parsed.diagnostics)
}

/// The content, where nothing is wrong with it.
fn good(files: &[(&str, &str)]) -> Content {
    let (content, diagnostics) = read(files);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    content
}

#[test]
fn a_configuration_has_defaults() {
    let config = good(&[]).config;
    assert_eq!(
        (config.practice.legal_name.as_str(), config.retention_years),
        ("Elm", 6)
    );
    assert_eq!(
        (config.intervals.answers, config.applies.clearinghouse),
        (12, None)
    );
}

#[test]
fn an_answer_has_replies_decisions_and_plans() {
    let content = good(&[(
        "answers/164.312/e.md",
        "+++
citation = \"§164.312(a)(2)(iv)\"
reviewed = \"9/14/2026\"
audience = \"management\"
[[decision]]
scope = \"Hosted systems\"
branch = \"implement\"
decided_by = \"Ann\"
decided = 2026-09-14
[[decision]]
scope = \"Ultrasound\"
branch = \"Alternative\"
[[gap]]
mark = \"evidence\"
action = \"Replace it\"
due = 2026-12-15
+++

## 1. Which?

No, one laptop is not encrypted yet.

- [ ] order the new one
- [x] ask for a price

## 3)

TODO

## Decision: ULTRASOUND

### Size, complexity and capabilities

We are seven people with one such machine.

### Costs

TBD

#### Detail

The quote was for 4,000 dollars.

## 2. Where are the keys?

In the safe of the manager.
",
    )]);
    let answer = &content.answers[0];
    assert_eq!(answer.row.to_string(), "164.312(a)(2)(iv)");
    assert_eq!(
        answer.reviewed.as_ref().map(|at| at.value),
        Some(date(2026, 9, 14))
    );
    assert_eq!(answer.handling.audience, Audience::Management);
    assert_eq!(
        answer.replies.iter().map(|r| r.question).collect::<Vec<_>>(),
        [1, 3, 2]
    );
    let first = &answer.replies[0];
    assert_eq!(
        (first.opens_with, first.open_tasks.len(), first.place.line),
        (Some(YesNo::No), 1, 19)
    );
    assert_eq!(
        (first.open_tasks[0].value.as_str(), first.open_tasks[0].place.line),
        ("order the new one", 23)
    );
    assert!(first.substance.has_text() && !answer.replies[1].substance.has_text());
    assert_eq!(
        (answer.plans[0].action.as_str(), answer.plans[0].due),
        ("Replace it", Some(date(2026, 12, 15)))
    );

    let [hosted, ultrasound] = answer.decisions.as_slice() else {
        panic!("{:?}", answer.decisions)
    };
    assert_eq!(
        (hosted.branch, hosted.determination.is_some()),
        (Some(Branch::Implement), false)
    );
    let parts = &ultrasound.determination.as_ref().expect("is written").parts;
    let factors: Vec<_> = parts.iter().map(|p| (p.factor, p.substance.has_text())).collect();
    // What stands under a deeper heading belongs to the factor above it.
    assert_eq!(factors, [(Factor::SizeAndComplexity, true), (Factor::Cost, true)]);
}

const POLICY: &str = "+++
title = \"Sanction policy\"
kind = \"policy\"
version = 2
effective = 2026-02-15
satisfies = [{ row = \"164.308(a)(3)(ii)(A)\", section = \"who supervises\" }, \"164.308(a)(1)(ii)(C)\", \"164.308(a)(1)(ii)(C)\"]
review_every = \"1 year\"
+++

## Sanctions (164.308(a)(1)(ii)(C))

Steps.
";

#[test]
fn an_approval_is_tied_to_exactly_these_bytes() {
    let text = POLICY.replace("\"who supervises\"", "\"Sanctions\"");
    // printf 'Sanction policy\n2.0\n2026-02-15\n164.308(a)(1)(ii)(C)\n164.308(a)(3)(ii)(A)\n\n\n## Sanctions ...' | sha256sum
    let want = "sha256:49243cbb8c1badaf78f88ac2ba9104788f88c08c273e2e1ed3000f514e9709d8";
    let content = good(&[("policies/sanction-policy.md", &text)]);
    assert_eq!(content.policies[0].text_digest, want);
    for same in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace("version = 2\n", "version = \"2.0\"\nowner = \"Ann\"\n"),
        text.replace("2026-02-15", "\"2/15/2026\""),
        text.replace("1 year", "6 months"),
    ] {
        assert_eq!(
            good(&[("policies/x.md", &same)]).policies[0].text_digest,
            want,
            "{same}"
        );
    }
    for other in [
        text.replace("Steps.", "Steps. "),
        text.replace("version = 2", "version = 3"),
        text.replace("Sanction policy", "Sanctions policy"),
        text.replace("effective = 2026-02-15\n", ""),
        text.replace("(a)(3)(ii)(A)", "(a)(3)(ii)(B)"),
    ] {
        assert_ne!(
            good(&[("policies/x.md", &other)]).policies[0].text_digest,
            want,
            "{other}"
        );
    }
    let digest = approval_digest("T", "", None, &[], b"");
    assert_eq!(digest.len(), "sha256:".len() + 64);
}

#[test]
fn sections_are_found_by_citation_and_by_name() {
    let text = POLICY.replace(
        "Steps.\n",
        "Steps, one after the other.\n\n## Procedures\n\n### Who supervises (§ 164.308(a)(3)(ii))\n\nFor [PRACTICE]: the manager does.\n\n## See also 164.308(a)(3)(ii)\n\nNothing there.\n",
    );
    let content = good(&[("policies/Sanction Policy.md", &text)]);
    let policy = &content.policies[0];
    assert_eq!(
        (policy.id.as_str(), policy.version.as_str(), policy.review_every),
        ("sanction-policy", "2.0", Some(12))
    );
    let sections: Vec<(String, bool, bool)> = policy
        .sections
        .iter()
        .map(|s| {
            let rows: Vec<String> = s.rows.iter().map(ToString::to_string).collect();
            (rows.join(" "), s.says_procedure, s.substance == Substance::Real)
        })
        .collect();
    assert_eq!(
        sections,
        [
            ("164.308(a)(1)(ii)(C)".to_owned(), false, true),
            // The claim's row; a citation of a paragraph that is no row documents nothing.
            ("164.308(a)(3)(ii)(A)".to_owned(), true, false),
        ]
    );
    assert_eq!(
        policy
            .placeholders
            .iter()
            .map(|p| p.value.as_str())
            .collect::<Vec<_>>(),
        ["[PRACTICE]"]
    );
}

#[test]
fn lines_of_a_form_and_fields_of_a_contract_are_no_blanks() {
    let text = |kind: &str, body: &str| {
        format!("+++\nkind = \"{kind}\"\ntitle = \"T\"\n+++\n\n## Log-ins (164.312(d))\n\n{body}\n")
    };
    let blanks = |kind: &str, body: &str| {
        good(&[("policies/x.md", &text(kind, body))]).policies[0]
            .placeholders
            .len()
    };
    assert_eq!(blanks("form", "Name of the person: ________"), 0);
    assert_eq!(blanks("form", "Name of the person at [PRACTICE]: ________"), 1);
    assert_eq!(
        blanks("contract", "This is between [PRACTICE] and [BUSINESS ASSOCIATE]."),
        0
    );
    assert_eq!(blanks("policy", "This is between [PRACTICE] and others."), 1);
    let (content, _) = read(&[("policies/x.md", &text("form", "Name of the person: ________"))]);
    assert_eq!(content.policies[0].kind, PolicyKind::Form);
    assert_eq!(content.policies[0].sections[0].substance, Substance::Real);
}

#[test]
fn policies_stand_in_the_order_in_which_they_took_effect() {
    let text = |version: &str, day: &str| {
        let approval = if day.is_empty() {
            String::new()
        } else {
            format!("approved = {day}\napproved_by = \"Ann\"\n")
        };
        format!(
            "+++\nid = \"p\"\nkind = \"policy\"\ntitle = \"T\"\nversion = \"{version}\"\n{approval}+++\n\nText.\n"
        )
    };
    let content = good(&[
        ("policies/a.md", &text("1.10", "")),
        ("policies/b.md", &text("1.9", "2026-02-01")),
        ("policies/c.md", &text("1.2", "2025-02-01")),
    ]);
    assert_eq!(
        content
            .policies
            .iter()
            .map(|p| p.version.as_str())
            .collect::<Vec<_>>(),
        ["1.2", "1.9", "1.10"]
    );
}

#[test]
fn a_record_has_its_elements_and_the_one_before() {
    let content = good(&[
        (
            "records/2026 analysis.md",
            "+++\nkind = \"risk-analysis\"\ntitle = \"Risks\"\ndate = 2026-03-12\nsystems = [\"Charts\"]\nsites = [\"elm street\"]\nprevious = \"old\"\nrows = [\"164.308(a)(1)(ii)(A)\"]\n+++\n\n## 1. Scope\n\nAll sites and all systems of the practice.\n\n## Impact\n\nTODO\n",
        ),
        (
            "records/old.md",
            "+++\nkind = \"risk-analysis\"\ntitle = \"Old\"\ndate = 2025-03-12\nno_previous = \"The first.\"\n+++\n\nText.\n",
        ),
        (
            "registers/systems.csv",
            "id,name,holds_ephi,checked\nehr,Charts,yes,2026-09-01\n",
        ),
    ]);
    let record = &content.records[0];
    assert_eq!(
        (record.id.as_str(), record.elements.as_slice()),
        ("2026 analysis", &["Scope"][..])
    );
    assert_eq!(
        (record.systems.as_slice(), record.sites.as_slice()),
        (&["ehr".to_owned()][..], &["main".to_owned()][..])
    );
    assert_eq!(record.previous, Some(Previous::Record("old".into())));
    assert_eq!(
        content.records[1].previous,
        Some(Previous::Reason("The first.".into()))
    );
}

#[test]
fn registers_are_typed_and_joined() {
    let content = good(&[
        (
            "registers/systems.csv",
            "ID,Name,Holds ePHI,Logging,Logoff-Minutes,Checked\nehr,Charts,Y,TRUE,10.0,9/1/2026\n",
        ),
        (
            "registers/workforce.csv",
            "id,name,role,since,checked\nw01,\"Dr. Ann Reyes, MD\",Manager,2020-01-06,2026-09-01\n",
        ),
        (
            "registers/training.csv",
            "date,person,topic,version,by,privileged,hold\n2026-09-01,ann reyes; all,Malware,2,Ann,yes,Letter of 2026-08-01\n",
        ),
        (
            "registers/access.csv",
            "date,action,person,system,from,to,by,recorded\n2026-09-01,Review,w01,charts;all,,,,\nnone,Emergency,,,2026-01-01,2026-06-30,Ann,2026-07-01\n",
        ),
        (
            "registers/incidents.csv",
            "id,date,kind,what,response,outcome,audience\nI 1,2026-09-01,Lost device,Phone,Wiped,Closed,official\n",
        ),
    ]);
    let system = &content.registers["systems"].entries[0];
    assert_eq!(
        (system.get("logging"), system.get("logoff_minutes"), system.date),
        ("on", "10", Some(date(2026, 9, 1)))
    );
    let training = &content.registers["training"].entries[0];
    assert_eq!(
        (training.persons.as_slice(), training.get("version")),
        (&["w01".to_owned(), "all".to_owned()][..], "2.0")
    );
    assert_eq!(
        (training.get("topic"), training.handling.privileged),
        ("malware", true)
    );
    assert_eq!(training.handling.hold.as_deref(), Some("Letter of 2026-08-01"));
    assert_eq!((training.anchor.as_str(), training.place.line), ("line-2", 2));
    let access = &content.registers["access"];
    assert_eq!(access.entries[0].systems, ["ehr", "all"]);
    assert_eq!(
        (access.nones[0].of.as_str(), access.nones[0].to),
        ("emergency", date(2026, 6, 30))
    );
    let incident = &content.registers["incidents"].entries[0];
    assert_eq!(
        (
            incident.anchor.as_str(),
            incident.get("kind"),
            incident.handling.audience
        ),
        ("i-1", "lost-device", Audience::Official)
    );
    assert_eq!(content.registers["incidents"].entries[0].handling.phi, None);
}

#[test]
fn exhibits_carry_rows_with_locators() {
    let content = good(&[
        (
            "registers/evidence.csv",
            "id,file,title,date,rows,kept_at,phi\nEX-1,2026\\a.pdf,A,2026-09-01,\"164.312(b) p. 3; 164.312(d): page 5;164.314(a)(2)(i), section 2\",,redacted\nEX-2,,B,2026-09-01,164.308(a)(2),Drawer,\n",
        ),
        ("evidence/2026/a.pdf", "%PDF-1.7"),
    ]);
    let [first, second] = content.exhibits.as_slice() else {
        panic!("{:?}", content.exhibits)
    };
    let rows: Vec<(String, String, Option<&str>)> = first
        .rows
        .iter()
        .map(|r| (r.row.to_string(), r.cited.to_string(), r.locator.as_deref()))
        .collect();
    let row = |row: &str, cited: &str, locator| (row.to_owned(), cited.to_owned(), Some(locator));
    assert_eq!(
        rows,
        [
            row("164.312(b)", "164.312(b)", "p. 3"),
            row("164.312(d)", "164.312(d)", "page 5"),
            row("164.314(a)(2)(i)", "164.314(a)(2)(i)", "section 2"),
        ]
    );
    assert_eq!(
        first.file.as_ref().map(|f| f.value.as_str()),
        Some("evidence/2026/a.pdf")
    );
    assert_eq!(
        first.found.as_ref().map(|f| (f.size, &f.sha256[..4])),
        Some((8, "abab"))
    );
    assert_eq!(
        (first.handling.phi, second.handling.phi),
        (Some(Phi::Redacted), Some(Phi::Unknown))
    );
    assert_eq!(
        (second.kept_at.as_str(), second.found.is_none()),
        ("Drawer", true)
    );
}
