//! What a binder must also carry: entity and scope, document control, the contingency pull-out, the previous risk
//! analysis, what is superseded and how long it is kept, sheets to sign.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use hipaa_binder::binder::{Edition, Options, Selection, join};
use hipaa_binder::content;
use hipaa_binder::diagnostic::Severity;
use hipaa_binder::print::render;
use hipaa_binder::rule::rule;
use hipaa_binder::theme::Theme;
use jiff::civil::date;
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

mod support;
use support::whole::{Files, files, fill_in_digests};

fn clinic() -> Files {
    let mut all = files(&std::fs::read_to_string("tests/cases/shelf/clinic.txt").expect("the case is there"));
    fill_in_digests(&mut all);
    all
}

fn options() -> Options {
    Options {
        pdf: true,
        ..Options::new(date(2026, 11, 20))
    }
}

fn print(files: &Files, options: &Options) -> Vec<u8> {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let parsed = content::parse(&folder);
    let errors: Vec<_> = parsed
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let content = parsed.content.expect("a binder.toml");
    let (binder, problems) = join(
        content,
        &[],
        options,
        &format!("sha256:{}", "0123456789ab".repeat(5) + "cdef"),
    );
    assert!(problems.is_empty(), "{problems:#?}");
    let (printed, _) = render(&binder, &Theme::with_overrides(&folder), &folder).expect("it prints");
    printed.pdf.to_vec()
}

fn poppler(pdf: &[u8], arguments: &[&str]) -> String {
    let mut child = Command::new("pdftotext")
        .args(arguments)
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pdftotext, from poppler-utils");
    let mut stdin = child.stdin.take().expect("a pipe");
    let pdf = pdf.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&pdf));
    let output = child.wait_with_output().expect("pdftotext ends");
    writer.join().expect("joined").expect("written");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The words of each page, each white space one blank.
fn pages(pdf: &[u8]) -> Vec<String> {
    let text = poppler(pdf, &["-raw"]);
    let words = |page: &str| page.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split('\u{c}').map(words).collect()
}

struct Printed {
    pdf: Vec<u8>,
    pages: Vec<String>,
}

impl Printed {
    fn new(files: &Files, options: &Options) -> Self {
        let pdf = print(files, options);
        let pages = pages(&pdf);
        Self { pdf, pages }
    }

    /// The pages, from 1, that hold all of these words.
    fn with(&self, words: &[&str]) -> Vec<usize> {
        let holds = |page: &&String| words.iter().all(|word| page.contains(word));
        let found = self.pages.iter().enumerate().filter(|(_, page)| holds(page));
        found.map(|(index, _)| index + 1).collect()
    }

    #[track_caller]
    fn one(&self, words: &[&str]) -> usize {
        let found = self.with(words);
        assert_eq!(found.len(), 1, "{words:?} on pages {found:?}");
        found[0]
    }

    fn page(&self, number: usize) -> &str {
        &self.pages[number - 1]
    }

    /// The page that is headed so: its running head names it, and its part.
    fn headed(&self, part: &str, title: &str) -> usize {
        let heads = [format!("{part} {title}"), format!("{title} {part}")];
        let is_it = |page: &String| {
            // The sheet that opens a part names each title once.
            heads.iter().any(|head| page.contains(head)) && page.replace(part, "").matches(title).count() > 1
        };
        let found = self.pages.iter().position(is_it);
        found.unwrap_or_else(|| panic!("no page is headed {title}")) + 1
    }
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words:?} is not in\n{page}");
    }
}

static INTERNAL: LazyLock<Printed> = LazyLock::new(|| Printed::new(&clinic(), &options()));

const SHELF: &str = "Superseded documents and retention";

#[test]
fn superseded_texts_stand_on_the_shelf_with_their_days() {
    let printed = &*INTERNAL;
    let shelf = printed.headed(SHELF, "Superseded documents");
    let text = printed.one(&["oldwords"]);
    let list = printed.page(shelf);
    holds(
        list,
        &[
            "other law or a legal hold may require longer",
            &format!("Sanction policy sanction 1.0 2024-03-15 2026-02-14 2033-02-14 {text}"),
            "Pager policy pager 1.0 2020-01-01 2025-02-28 2032-02-28",
            // On legal hold: no day, and no reason.
            "Fax policy fax 1.0 2020-01-01 2025-02-28 no date",
        ],
    );
    assert!(!list.contains("zebra"), "{list}");
    holds(
        printed.page(text),
        &[
            "superseded; was in effect from 2024-03-15 to 2026-02-14",
            "2033-02-14 (other law or a legal hold may require longer)",
        ],
    );
    let current = printed.one(&["newwords"]);
    assert!(current < shelf, "the text in effect stands before the shelf");
    assert!(
        !printed.page(current).contains("Keep at least"),
        "nothing is said while it is in effect"
    );
    assert!(
        printed.one(&["Faxwords"]) > shelf,
        "a policy that ended stands on the shelf"
    );
}

#[test]
fn the_schedule_speaks_of_every_kind_of_document() {
    let printed = &*INTERNAL;
    let schedule = printed.page(printed.headed(SHELF, "Retention schedule"));
    holds(
        schedule,
        &[
            "at least 7 years",
            "other law or a legal hold may require longer",
            "Policies, procedures, plans, forms 6 2020-01-01 to 2026-02-10 oldest 2032-02-28, newest 2033-02-14; 3 still in effect; 1 without a date",
            "Record: Risk analysis 3 2024-05-02 to 2026-05-02 oldest 2032-05-01, newest 2033-05-01; 1 still in effect",
            "Record: Drill report 1 2026-06-01 2033-06-01",
            "Register: Training 3 2019-01-10 to 2025-01-10 oldest 2031-03-01, newest 2032-01-10; 1 without a date",
            "Register: Workforce 3 2020-01-01 to 2021-01-01 2033-02-28; 2 still in effect",
            "Sealed versions of this binder 0 none is sealed yet",
        ],
    );
    for word in ["destroy", "may be thrown", "delete"] {
        assert!(!schedule.contains(word), "{schedule}");
    }
}

#[test]
fn the_risk_analysis_stands_beside_the_one_before_it() {
    let printed = &*INTERNAL;
    let sheet = printed.headed("Records", "The risk analysis and the one before it");
    let [newest, middle, eldest] = [
        "newest analysis looked",
        "middle analysis looked",
        "eldest analysis looked",
    ]
    .map(|words| printed.one(&[words]));
    assert_eq!((newest, middle), (sheet + 1, sheet + 2));
    assert!(eldest > printed.headed(SHELF, "Superseded documents"));
    holds(
        printed.page(sheet),
        &[
            "Title Risk analysis of 2026 Risk analysis of 2025",
            "Date 2026-05-02 2025-05-02",
            "1 of 9; not found: Data collection",
            "New in scope: File server.",
            &format!("Page {newest} {middle}"),
        ],
    );
}

#[test]
fn a_risk_analysis_that_is_named_and_not_there_is_said_to_be_missing() {
    let mut files = clinic();
    files.remove("records/ra-2025.md");
    files.remove("records/ra-2024.md");
    let printed = Printed::new(&files, &options());
    let sheet = printed.page(printed.headed("Records", "The risk analysis and the one before it"));
    holds(
        sheet,
        &["It names \"ra-2025\" as the risk analysis before it. This binder does not contain that document."],
    );
}

#[test]
fn the_contingency_pull_out_stands_by_itself() {
    let printed = &*INTERNAL;
    const TAB: &str = "Contingency pull-out";
    let people = printed.headed(TAB, "Who is in charge, and how to reach them");
    let opens = printed.page(people - 1);
    holds(
        opens,
        &[
            "What is restored first",
            "Downtime plan",
            "From: Manual of everything",
            "What was done, and when",
        ],
    );
    let people: String = printed.pages[people - 1..people + 1].join(" ");
    holds(
        &people,
        &[
            "Security official Ann Able Ben Bold",
            "Alder House 1 Alder Way 555-0199",
            "Chartwell Health records Desk 555-0142",
            "Landlord or building manager",
            "Ben Bold Nurse",
        ],
    );
    for gone in ["Old Timer", "Left Behind", "Cora Gone"] {
        assert!(!people.contains(gone), "{gone}: {people}");
    }
    let systems = printed.page(printed.headed(TAB, "What is restored first"));
    let place = |word: &str| systems.find(word).unwrap_or_else(|| panic!("{word}: {systems}"));
    assert!(
        place("Records system") < place("File server"),
        "2 comes before 10"
    );
    assert!(
        place("File server") < place("Door camera"),
        "what nobody ranked comes last"
    );
    holds(
        systems,
        &[
            "4 hours",
            "2026-10-02",
            "2026-08-03",
            "not recorded",
            "Where the backup is",
        ],
    );
    assert!(
        !systems.contains("2026-11-30"),
        "a check after the as-of date has not been made yet"
    );

    let plan = printed.one(&["Planwords"]);
    let log = printed.headed(TAB, "What was done, and when");
    let plans = printed.headed(TAB, "Where the plans say what to do");
    assert!(
        plans < plan && plan < log,
        "the plan is printed in the pull-out, and nowhere else"
    );
    holds(
        printed.page(plans),
        &[
            "Downtime plan",
            "Getting in when it matters",
            "This binder contains no document for this item.",
        ],
    );
    // Of a manual about other things as well, only what is needed.
    let envelopes = printed.with(&["envelopewords"]);
    assert_eq!(envelopes.len(), 2, "{envelopes:?}");
    assert!(
        envelopes[0] < plans && plans < envelopes[1] && envelopes[1] < log,
        "{envelopes:?}"
    );
    assert_eq!(printed.with(&["Manualwords"]), [envelopes[0]]);
    holds(
        printed.page(envelopes[1]),
        &[&format!("The whole text: page {}", envelopes[0])],
    );
    let policies = printed.one(&["Printed in the contingency pull-out"]);
    holds(printed.page(policies), &["Manual of everything", "Downtime plan"]);
}

#[test]
fn document_control_says_which_copy_who_approved_and_what_is_covered() {
    let printed = &*INTERNAL;
    let control = printed.headed("Front matter", "Document control");
    let both = printed.pages[control - 1..control + 1].join(" ");
    let sign = printed.headed("Signature sheets", "Signature sheet: approval of the policies");
    holds(
        &both,
        &[
            "Working copy, not sealed",
            "sha256:0123456789ab",
            "2013-omnibus",
            "OCR's audit protocol of 2016",
            "No version of this binder is sealed yet.",
            "2 of 3 texts in effect with an approval that is tied to its words",
            "Manual of everything 1.0 2026-02-10 Owner no: neither digest nor signed sheet",
            &format!("signs the sheet on page {sign}"),
        ],
    );
    let scope = printed.page(printed.headed("Front matter", "Legal entity and scope"));
    let (rows, standards) = (rule().rows().len(), 22);
    holds(
        scope,
        &[
            "Alder Clinic of Harrow, P.C.",
            "Bound as covered entity",
            "Alder House 1 Alder Way",
            &format!(
                "45 CFR Part 164, Subpart C: {rows} rows, which are the {standards} standards and 43 implementation"
            ),
            "the Privacy Rule (Subpart E), breach notification (Subpart D)",
            "As of 2026-11-20",
            "164.308(a)(4)(ii)(A)",
        ],
    );
}

#[test]
fn signature_sheets_name_the_workforce_and_belong_to_one_build() {
    let printed = &*INTERNAL;
    let sign = printed.headed("Signature sheets", "Signature sheet: workforce acknowledgment");
    let page = printed.page(sign);
    holds(
        page,
        &[
            "Working copy, not sealed, Internal edition",
            "sha256:0123456789ab",
            "Ann Able Office manager",
            "Ben Bold Nurse",
            "Signature Date",
        ],
    );
    assert!(!page.contains("Cora Gone"), "who has left does not sign: {page}");
    assert_eq!(sign % 2, 1, "it opens on a right-hand page");
}

#[test]
fn the_new_sheets_are_accessible_and_archival() {
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA2a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(&INTERNAL.pdf, &options).expect("a readable PDF");
        assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
    }
}

#[test]
fn the_site_says_the_same() {
    let files = clinic();
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let built = hipaa_binder::build(&folder, &support::options(date(2026, 11, 20)), &|_| {});
    let output = built.output.unwrap_or_else(|| panic!("{:#?}", built.diagnostics));
    let page = |path: &str| {
        let bytes = output.bytes(path).unwrap_or_else(|| panic!("{path} is there"));
        String::from_utf8_lossy(bytes).into_owned()
    };
    holds(
        &page("retention.html"),
        &[
            "at least 7 years",
            "other law or a legal hold may require longer",
            "policies/sanction/1.0.html",
            "<td>2033-02-14</td>",
            "<td>no date</td>",
            "Register: Training",
        ],
    );
    assert!(!page("retention.html").contains("zebra"));
    let old = page("policies/sanction/1.0.html");
    holds(
        &old,
        &["2033-02-14 (other law or a legal hold may require longer)"],
    );
    assert!(!page("policies/sanction.html").contains("Keep at least until"));
    assert!(
        !page("policies/fax.html").contains("Keep at least until"),
        "it is on hold"
    );
    holds(&page("records/ra-2025.html"), &["2033-05-01 (other law"]);
    for list in ["policies/index.html", "records/index.html"] {
        holds(&page(list), &["../retention.html"]);
    }
}

/// Label, top and bottom of the tab at the right-hand edge of each odd page, in points.
fn tabs(pdf: &[u8]) -> Vec<(String, f64, f64)> {
    let mut tabs: Vec<(String, f64, f64)> = vec![];
    let number = |line: &str, key: &str| -> f64 {
        let after = line.split(&format!("{key}=\"")).nth(1).unwrap_or_default();
        after
            .split('"')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or_default()
    };
    for line in poppler(pdf, &["-bbox"])
        .lines()
        .filter(|line| line.contains("<word"))
    {
        if number(line, "xMin") < 590.0 {
            continue;
        }
        let word = line.split('>').nth(1).and_then(|rest| rest.split('<').next());
        let tab = (
            word.unwrap_or_default().to_string(),
            number(line, "yMin"),
            number(line, "yMax"),
        );
        if !tabs.contains(&tab) {
            tabs.push(tab);
        }
    }
    tabs
}

#[test]
fn each_part_has_its_own_place_at_the_edge_and_all_fit() {
    let tabs = tabs(&INTERNAL.pdf);
    let labels: Vec<&str> = tabs.iter().map(|(label, ..)| label.as_str()).collect();
    let wanted = [
        "164.308",
        "164.310",
        "164.312",
        "164.314",
        "164.316",
        "Decisions",
        "Policies",
        "Contingency",
        "Records",
        "Registers",
        "Exhibits",
        "Superseded",
        "Index",
    ];
    assert_eq!(labels, wanted, "{tabs:?}");
    for pair in tabs.windows(2) {
        assert!(pair[0].2 < pair[1].1, "{:?} runs into {:?}", pair[0], pair[1]);
    }
    assert!(
        tabs.iter().all(|(_, top, bottom)| *top > 0.0 && *bottom < 792.0),
        "{tabs:?}"
    );
}

#[test]
fn a_copy_to_hand_over_says_that_a_day_is_missing_and_never_why() {
    let options = Options {
        edition: Edition::Production,
        ..options()
    };
    let printed = Printed::new(&clinic(), &options);
    assert_eq!(printed.with(&["zebra"]), [0; 0]);
    let shelf = printed.page(printed.headed(SHELF, "Superseded documents"));
    holds(shelf, &["Fax policy fax 1.0 2020-01-01 2025-02-28 no date"]);
    let sheet = printed.page(printed.headed("Records", "The risk analysis and the one before it"));
    holds(sheet, &["1 of 9"]);
    assert!(!sheet.contains("not found"), "{sheet}");
}

#[test]
fn a_part_has_neither_shelf_nor_pull_out_nor_sheets_to_sign() {
    let only = Selection::of([hipaa_binder::rule::rule()
        .row_ids()
        .find(|row| row.to_string() == "164.308(a)(7)(i)")
        .expect("the row")]);
    let printed = Printed::new(&clinic(), &Options { only, ..options() });
    for words in [
        "Contingency pull-out",
        "Signature sheet",
        "Retention schedule",
        "Superseded documents",
    ] {
        assert_eq!(printed.with(&[words]), [0; 0], "{words}");
    }
    assert_eq!(printed.with(&["Planwords"]).len(), 1);
}

#[test]
fn a_binder_with_nothing_in_it_says_so_on_every_sheet() {
    let files: Files = [(
        "binder.toml".to_string(),
        "[practice]\nname = \"Bare Practice\"\nkind = \"covered-entity\"\n".to_string(),
    )]
    .into();
    let printed = Printed::new(&files, &options());
    for words in [
        "No text of a policy is superseded on 2026-11-20.",
        "No record names another as the one before it.",
        "none is sealed yet",
        "This binder contains no risk analysis that is dated on or before its as-of date.",
        "The registers of this binder name no system.",
        "No policy or procedure in this binder is approved and in effect on its as-of date.",
        "This binder lists no current workforce member. Write the names in by hand.",
        "No site is named",
    ] {
        printed.one(&[words]);
    }
}
