//! The pictures of the site: each says in a table what it draws, follows the intervals, and lets no text become markup.

use hipaa_binder::binder::{Binder, Options};
use hipaa_binder::content::Audience;
use hipaa_binder::gap::{DueOf, Mark, State, dues, training};
use hipaa_binder::pipeline;
use jiff::civil::{Date, date};

mod support;
use support::whole::Files;

const AS_OF: Date = date(2026, 11, 20);

const CLINIC: &str = "[practice]\nname = \"Clinic\"\nlegal_name = \"Clinic, PLLC\"\nkind = \"covered-entity\"\n\n[[site]]\nid = \"main\"\nname = \"Main\"\n";
const WORKFORCE: &str = "id,name,role,site,since,until,access,checked\n\
    w1,Ann,Physician,main,2020-01-01,,yes,2026-09-01\n\
    w2,Bo <b>,Nurse,main,2020-01-01,,yes,2026-09-01\n\
    w3,Cy,Nurse,main,2020-01-01,2026-05-01,yes,2026-09-01\n";
const TRAINING: &str = "date,person,topic,material\n\
    2026-03-01,w1,malware,Slides\n\
    2025-03-01,w2,malware,Slides\n\
    2027-01-01,w2,log-in,Slides\n\
    2026-04-01,all,passwords,Slides\n";
const RISKS: &str = "id,asset,threat,vulnerability,likelihood,impact,level,decision,owner,due,done,checked\n\
    R-1,Server,Fire,One room,high,low,moderate,mitigate,Ann,2027-02-01,,2026-09-10\n\
    R-2,<script>alert(1)</script>,Theft,Door,high,high,high,mitigate,Ann,2026-06-01,2026-05-01,2026-09-10\n";

fn clinic() -> Files {
    [
        ("binder.toml", CLINIC),
        ("registers/workforce.csv", WORKFORCE),
        ("registers/training.csv", TRAINING),
        ("registers/risks.csv", RISKS),
    ]
    .map(|(path, text)| (path.to_string(), text.to_string()))
    .into_iter()
    .collect()
}

fn joined(files: &Files) -> Binder {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let (binder, problems) = support::binder(&folder, AS_OF);
    binder.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// A page of the site, "" where there is none.
fn page(files: &Files, options: &Options, path: &str) -> String {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let built = pipeline::build(&folder, options, &|_| {});
    let output = built.output.unwrap_or_else(|| panic!("{:#?}", built.diagnostics));
    output
        .bytes(path)
        .map_or(String::new(), |bytes| String::from_utf8_lossy(bytes).into_owned())
}

fn everything() -> Options {
    support::options(AS_OF)
}

#[test]
fn training_counts_for_those_who_work_here_now_and_only_within_the_interval() {
    let binder = joined(&clinic());
    let found = training(&binder, &binder.content.registers["training"]);
    let topics: Vec<&str> = found.topics.iter().map(|t| t.0).collect();
    assert_eq!(topics, ["general", "malware", "log-in", "passwords"]);
    let people: Vec<&str> = found.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(people, ["Ann", "Bo <b>"], "Cy left");
    let marks = |n: usize| found.people[n].topics.iter().map(|t| t.0).collect::<Vec<_>>();
    assert_eq!(marks(0), [Mark::None, Mark::Full, Mark::None, Mark::Full]);
    // Bo's malware training is old, and the log-in training lies after the as-of date.
    assert_eq!(marks(1), [Mark::None, Mark::Partial, Mark::None, Mark::Full]);
}

#[test]
fn what_comes_due_is_sorted_and_a_treated_risk_is_not_in_it() {
    let binder = joined(&clinic());
    let found = dues(&binder, date(2027, 11, 20));
    assert!(found.is_sorted());
    let risks: Vec<(Date, &DueOf)> = found
        .iter()
        .filter(|d| matches!(d.of, DueOf::Risk(_)))
        .map(|d| (d.on, &d.of))
        .collect();
    assert_eq!(risks, [(date(2027, 2, 1), &DueOf::Risk(0))]);
    // The password training of all is a year old on 2027-04-01; the malware training of one person is so already.
    let trainings: Vec<Date> = found
        .iter()
        .filter(|d| d.of == DueOf::Register("training"))
        .map(|d| d.on)
        .collect();
    assert_eq!(trainings, [date(2026, 3, 1), date(2027, 4, 1)]);
    assert!(
        dues(&binder, date(2027, 3, 31))
            .iter()
            .all(|d| d.on != date(2027, 4, 1))
    );
}

#[test]
fn the_words_beside_a_picture_say_what_it_draws() {
    let files = clinic();
    let risks = page(&files, &everything(), "registers/risks.html");
    assert!(risks.contains("2 risks by likelihood and impact; 1 treated or accepted, 1 open"));
    assert!(risks.contains("Likelihood high, impact low: 1."), "{risks}");
    assert_eq!(
        risks.matches("<circle class=\"open\"").count(),
        2,
        "one, and the key"
    );
    assert_eq!(
        risks.matches("<circle class=\"settled\"").count(),
        2,
        "one, and the key"
    );
    let training = page(&files, &everything(), "registers/training.html");
    assert!(training.contains("0 of 2 current workforce members had every topic within the interval"));
    let first = page(&files, &everything(), "index.html");
    assert!(first.contains("<desc id=\"outlook-words\">"));
    assert!(first.contains(">Risk R-1 Server</a>"), "{first}");
    // The states of the table are those of the assessment.
    let binder = joined(&files);
    let none = binder
        .assessments
        .iter()
        .filter(|a| a.state == State::NotDocumented)
        .count();
    assert!(first.contains(&format!("<span class=\"number\">{none}</span>")));
}

#[test]
fn a_copy_for_the_workforce_draws_neither_risks_nor_plans() {
    let files = clinic();
    let options = Options {
        audience: Audience::Workforce,
        ..everything()
    };
    assert!(!page(&files, &options, "registers/risks.html").contains("risk-grid"));
    let first = page(&files, &options, "index.html");
    assert!(!first.contains("outlook") && first.contains("Progress by section"));
    assert!(page(&files, &options, "registers/training.html").contains("Training by person"));
}

#[test]
fn names_in_pictures_are_text() {
    let files = clinic();
    for path in ["registers/risks.html", "registers/training.html", "index.html"] {
        let html = page(&files, &everything(), path);
        assert!(
            !html.contains("<script>alert") && !html.contains("Bo <b>"),
            "{path}"
        );
    }
}

#[test]
fn without_registers_nothing_is_drawn_and_nothing_breaks() {
    let mut files = clinic();
    files.retain(|path, _| path == "binder.toml");
    let first = page(&files, &everything(), "index.html");
    assert!(first.contains("Nothing has a day yet."), "{first}");
}
