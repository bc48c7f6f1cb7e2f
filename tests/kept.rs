//! What sealed versions prove, and what they know should be there.

use std::fs;

use hipaa_binder::binder::{Binder, join};
use hipaa_binder::content;
use hipaa_binder::gap::{GapKind, Mark};
use hipaa_binder::retention::Keep;
use hipaa_binder::world::read;
use jiff::civil::{Date, date};

mod support;
use support::sealed::Clinic;

fn binder(clinic: &Clinic, as_of: Date) -> Binder {
    let folder = read::read(clinic.dir());
    let content = content::parse(&folder).content.expect("a binder.toml");
    join(content, &folder.sealed, &support::options(as_of), "sha256:test").0
}

fn evidence(binder: &Binder, row: &str) -> (Mark, String) {
    let found = binder
        .assessments
        .iter()
        .find(|found| found.row.to_string() == row)
        .expect("the row");
    let coverage = found
        .proofs
        .iter()
        .map(|proof| proof.coverage.clone())
        .collect::<Vec<_>>()
        .join("; ");
    (found.marks.evidence, coverage)
}

/// Messages of `kept-record-missing`, all of which stand on one row.
fn lost(binder: &Binder) -> Vec<(String, String)> {
    let gaps = binder.assessments.iter().flat_map(|found| &found.gaps);
    let lost: Vec<_> = gaps
        .filter(|gap| gap.kind == GapKind::KeptRecordMissing)
        .collect();
    assert!(lost.iter().all(|gap| gap.row.to_string() == "164.316(b)(2)(i)"));
    lost.iter()
        .map(|gap| (gap.place.file.to_string(), gap.message.clone()))
        .collect()
}

#[test]
fn a_version_proves_that_the_documentation_is_kept_while_it_is_fresh() {
    let clinic = Clinic::new();
    assert_eq!(
        evidence(&binder(&clinic, date(2026, 11, 20)), "164.316(b)(1)").0,
        Mark::None
    );
    clinic.seal("2026.1", "2026-03-01");
    let at = |day| evidence(&binder(&clinic, day), "164.316(b)(1)");
    assert_eq!(at(date(2026, 2, 28)).0, Mark::None, "it speaks of a later day");
    assert_eq!(
        at(date(2026, 3, 1)),
        (Mark::Full, "version 2026.1, as of 2026-03-01".to_string())
    );
    assert_eq!(at(date(2027, 3, 1)).0, Mark::Full);
    assert_eq!(at(date(2027, 3, 2)).0, Mark::Partial, "older than a year");
    // Of what is kept it says something only from the day on which it was sealed, which is no earlier day than today.
    let kept = |day| evidence(&binder(&clinic, day), "164.316(b)(2)(i)").0;
    assert_eq!(kept(date(2026, 3, 1)), Mark::None);
    let sealed_on = binder(&clinic, date(2026, 3, 1)).history.versions[0]
        .manifest
        .sealed_on();
    assert_eq!(kept(sealed_on), Mark::Full);
    // A copy for fewer readers keeps the states, and knows nothing of what is in the version.
    let folder = read::read(clinic.dir());
    let options = hipaa_binder::Options {
        audience: content::Audience::Workforce,
        ..support::options(date(2026, 3, 1))
    };
    let content = content::parse(&folder).content.expect("a binder.toml");
    let (copy, _) = join(content, &folder.sealed, &options, "sha256:test");
    let version = &copy.history.versions[0];
    assert!(!version.may_show && version.summary.is_none() && version.site.is_empty());
    assert_eq!((version.label(), version.manifest.by.as_str()), ("2026.1", ""));
}

#[test]
fn each_version_is_current_until_the_next_and_is_kept_from_then() {
    let clinic = Clinic::with_versions();
    clinic.seal("2026.4", "2026-09-01");
    let binder = binder(&clinic, date(2026, 11, 20));
    let history = &binder.history;
    let current: Vec<_> = history
        .versions
        .iter()
        .map(|version| (version.label(), version.current_from, version.current_to))
        .collect();
    assert_eq!(
        current,
        [
            ("2026.1", Some(date(2026, 3, 1)), Some(date(2026, 5, 31))),
            ("2026.2", Some(date(2026, 6, 1)), Some(date(2026, 8, 31))),
            ("2026.3", None, None),
            ("2026.4", Some(date(2026, 9, 1)), None),
        ]
    );
    assert_eq!(
        history
            .current_on(date(2026, 8, 31))
            .map(|version| version.label()),
        Some("2026.2")
    );
    assert_eq!(
        history
            .current_on(date(2026, 9, 1))
            .map(|version| version.label()),
        Some("2026.4")
    );
    assert_eq!(
        history
            .current_on(date(2026, 2, 28))
            .map(|version| version.label()),
        None
    );
    assert_eq!(history.versions[3].keep, Keep::InEffect);
    for version in &history.versions[..3] {
        // They were made today, whatever day they speak of.
        assert!(
            matches!(version.keep, Keep::Until(day) if day.year() >= 2032),
            "{:?}",
            version.keep
        );
    }
    // Something on hold today is in each of them, and they get no date.
    clinic.write(
        "records/held.md",
        "+++\nkind = \"other\"\ntitle = \"Held\"\ndate = 2026-06-15\nhold = \"a case\"\n+++\n\nText.\n",
    );
    let held = self::binder(&clinic, date(2026, 11, 20));
    assert_eq!(held.history.versions[0].keep, Keep::Held);
    // A day before the first version knows of none.
    assert!(
        self::binder(&clinic, date(2026, 2, 1))
            .history
            .versions
            .is_empty()
    );
}

#[test]
fn a_version_that_the_chain_names_and_nobody_has_is_a_gap_while_it_is_to_be_kept() {
    let clinic = Clinic::with_versions();
    assert_eq!(lost(&binder(&clinic, date(2026, 11, 20))), []);
    fs::remove_file(clinic.archive("2026.2")).expect("removed");
    let gaps = lost(&binder(&clinic, date(2026, 11, 20)));
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].0, "versions/2026.2.zip");
    assert!(gaps[0].1.contains("Version 2026.3 names it"), "{}", gaps[0].1);
    assert_eq!(lost(&binder(&clinic, date(2032, 8, 31))).len(), 1, "its last day");
    assert_eq!(
        lost(&binder(&clinic, date(2032, 9, 1))),
        [],
        "six years and a day after it was last current"
    );
}

#[test]
fn a_policy_text_that_a_version_knew_is_missed_when_it_goes() {
    let clinic = Clinic::new();
    clinic.seal("2026.1", "2026-03-01");
    fs::remove_file(clinic.path("policies/sanctions.md")).expect("removed");
    let gaps = lost(&binder(&clinic, date(2026, 11, 20)));
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(
        gaps[0].0 == "approved/sanctions/1.0.md" && gaps[0].1.contains("Sanction policy"),
        "{gaps:?}"
    );
    // A later text of the same policy takes its place, and the old words are still to be kept.
    let later = |more: &str| {
        format!(
            "+++\nid = \"sanctions\"\ntitle = \"Sanction policy\"\nkind = \"policy\"\nversion = \"2.0\"\neffective = 2026-07-01\napproved = 2026-07-01\napproved_by = \"Owner\"\nsatisfies = [\"164.308(a)(1)(ii)(C)\"]\n{more}+++\n\n# Sanctions, 164.308(a)(1)(ii)(C)\n\nWho breaks a rule is spoken to.\n"
        )
    };
    clinic.write("policies/second.md", &later(""));
    assert_eq!(lost(&binder(&clinic, date(2026, 11, 20))).len(), 1);
    assert_eq!(
        lost(&binder(&clinic, date(2032, 6, 30))).len(),
        1,
        "last in effect on 2026-06-30"
    );
    assert_eq!(lost(&binder(&clinic, date(2032, 7, 1))), []);
    // Of a policy that became privileged nothing is said.
    clinic.write("policies/second.md", &later("privileged = true\n"));
    assert_eq!(lost(&binder(&clinic, date(2026, 11, 20))), []);
}
