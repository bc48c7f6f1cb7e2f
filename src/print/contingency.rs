//! The contingency pull-out: what is needed when systems, power or a building are gone, on sheets that stand by
//! themselves (164.308(a)(7), 164.310(a)(2)(i), 164.312(a)(2)(ii)).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter};
use super::prose::Prose;
use super::texts;
use crate::binder::PolicyLife;
use crate::content::{Entry, Table};
use crate::rule::{RowId, rule};

/// Labels and titles of the sheets before the plans.
pub(super) const SHEETS: [(&str, &str); 3] = [
    ("contingency-people", "Who is in charge, and how to reach them"),
    ("contingency-systems", "What is restored first"),
    ("contingency-plans", "Where the plans say what to do"),
];
/// Label and title of the sheet to write on.
pub(super) const LOG: (&str, &str) = ("contingency-log", "What was done, and when");

/// The rows that a contingency plan answers.
const ROWS: [&str; 8] = [
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(A)",
    "164.308(a)(7)(ii)(B)",
    "164.308(a)(7)(ii)(C)",
    "164.308(a)(7)(ii)(D)",
    "164.308(a)(7)(ii)(E)",
    "164.310(a)(2)(i)",
    "164.312(a)(2)(ii)",
];
/// Numbers that nothing in the registers gives, and that are wanted in an emergency.
const OTHERS: [&str; 6] = [
    "Power company",
    "Internet provider",
    "Landlord or building manager",
    "Alarm company",
    "Insurance",
    "Nearest place that can see patients",
];
/// Lines of the sheet to write on.
const LINES: usize = 19;
/// Lists of so many lines or fewer stay on one sheet.
const WHOLE: usize = 8;
/// Empty lines below a list that a person may add to.
const MORE: usize = 3;

fn rows() -> impl Iterator<Item = RowId> {
    let is_one = |row: &RowId| ROWS.contains(&row.to_string().as_str());
    rule().row_ids().filter(is_one)
}

/// The rows of sections of the text in effect: those about contingencies, and all.
fn documented(life: &PolicyLife) -> (BTreeSet<RowId>, BTreeSet<RowId>) {
    let Some(text) = life.in_effect() else {
        return Default::default();
    };
    let all: BTreeSet<RowId> = text
        .policy
        .sections
        .iter()
        .flat_map(|section| section.rows.iter().copied())
        .collect();
    (rows().filter(|row| all.contains(row)).collect(), all)
}

/// True for a text in effect that speaks of contingencies in the first place: it is printed here and nowhere else. A
/// manual about everything stays where it is, and only its sections on contingencies are printed here, too.
pub(super) fn is_plan(life: &PolicyLife) -> bool {
    let (plans, all) = documented(life);
    !plans.is_empty() && plans.len() * 2 >= all.len()
}

/// Policies of which only sections are printed here.
pub(super) fn extracts(book: &Book) -> Vec<usize> {
    let lives = book.binder.policies.iter().enumerate();
    lives
        .filter(|(_, life)| !is_plan(life) && !documented(life).0.is_empty())
        .map(|(index, _)| index)
        .collect()
}

/// Label of an extract.
pub(super) fn extract_label(life: usize) -> String {
    format!("extract-{life}")
}

fn sheet(book: &Book, em: &mut Emitter, title: &str) {
    book.sheet(em, &Tab::Contingency.title(), title, Some(Tab::Contingency), &[]);
}

/// Writes the sheets before the plans.
pub(super) fn sheets(book: &Book, em: &mut Emitter) {
    let [
        (people, people_title),
        (systems, systems_title),
        (plans, plans_title),
    ] = SHEETS;
    sheet(book, em, people_title);
    texts::title(em, people, "Contingency", people_title);
    in_charge(book, em);
    em.close();
    sheet(book, em, systems_title);
    texts::title(em, systems, "Contingency", systems_title);
    restore(book, em);
    em.close();
    sheet(book, em, plans_title);
    texts::title(em, plans, "Contingency", plans_title);
    where_it_says(book, em);
    em.close();
}

/// A table with room to write. Every word fits its column.
fn form(em: &mut Emitter, head: &[&str], widths: &[f64], rows: &[Vec<String>]) {
    let args = [
        ("widths", Arg::Points(widths)),
        ("head", Arg::List(head)),
        ("whole", Arg::Bool(rows.len() <= WHOLE)),
    ];
    em.start("form-table", &args);
    for (text, width) in rows.iter().flat_map(|row| row.iter().zip(widths)) {
        em.item_open();
        em.within(Some((width - 8.0, 9.0)));
        em.text(text);
        em.within(None);
        em.item_close();
    }
    em.end();
}

/// Widths that together take the whole line, by share.
fn widths<const N: usize>(book: &Book, shares: [f64; N]) -> [f64; N] {
    let all: f64 = shares.iter().sum();
    shares.map(|share| book.width() * share / all)
}

fn blank<const N: usize>(lines: usize) -> Vec<Vec<String>> {
    vec![vec![String::new(); N]; lines]
}

/// True where the line holds on the day: it has begun, and not ended.
fn holds(entry: &Entry, as_of: Date) -> bool {
    entry.date_of("since").is_none_or(|day| day <= as_of)
        && entry.date_of("until").is_none_or(|day| day >= as_of)
}

fn current<'a>(book: &Book<'a>, register: &str) -> Vec<&'a Entry> {
    let as_of = book.binder.meta.as_of;
    let table = book.binder.content.registers.get(register);
    let lines = table.into_iter().flat_map(|table| &table.entries);
    lines.filter(|entry| holds(entry, as_of)).collect()
}

fn in_charge(book: &Book, em: &mut Emitter) {
    let practice = &book.binder.content.config.practice;
    cells::lead(
        em,
        "These sheets stand by themselves: take them out of the rings. They need no power and no network. Telephone numbers that are not in the registers are written in by hand; check them at each exercise.",
    );
    cells::heading(em, 3, "In charge");
    let mut lines: Vec<Vec<String>> = current(book, "designations")
        .iter()
        .map(|entry| {
            vec![
                entry.get("role").to_string(),
                book.people(entry.get("person")),
                book.people(entry.get("backup")),
                String::new(),
            ]
        })
        .collect();
    if lines.is_empty() && !practice.security_official.is_empty() {
        let official = practice.security_official.clone();
        lines.push(vec![
            "Security official".to_string(),
            official,
            String::new(),
            String::new(),
        ]);
    }
    lines.extend(blank::<4>(if lines.is_empty() { MORE } else { 1 }));
    form(
        em,
        &["Role", "Person", "Stands in", "Telephone"],
        &widths(book, [1.1, 1.3, 1.3, 1.3]),
        &lines,
    );
    sites(book, em);
    let vendors: Vec<Vec<String>> = current(book, "business-associates")
        .iter()
        .map(|entry| {
            ["name", "service", "contact", "incident_contact"]
                .map(|c| entry.get(c).to_string())
                .to_vec()
        })
        .collect();
    cells::heading(em, 3, "Vendors and other business associates");
    let lines = [vendors, blank::<4>(1)].concat();
    form(
        em,
        &["Name", "What they do", "Contact", "In an emergency"],
        &widths(book, [1.2, 1.6, 1.2, 1.2]),
        &lines,
    );
    cells::heading(em, 3, "Others");
    let others = OTHERS.map(|name| vec![name.to_string(), String::new(), String::new()]);
    let lines = [others.to_vec(), blank::<3>(1)].concat();
    form(
        em,
        &["Who", "Name or account number", "Telephone"],
        &widths(book, [1.4, 1.6, 1.3]),
        &lines,
    );
    cells::heading(em, 3, "Workforce");
    let members: Vec<Vec<String>> = current(book, "workforce")
        .iter()
        .map(|entry| {
            vec![
                entry.get("name").to_string(),
                entry.get("role").to_string(),
                String::new(),
            ]
        })
        .collect();
    let lines = [members, blank::<3>(MORE)].concat();
    form(
        em,
        &["Name", "Role", "Telephone"],
        &widths(book, [1.5, 1.3, 1.5]),
        &lines,
    );
}

fn sites(book: &Book, em: &mut Emitter) {
    let config = &book.binder.content.config;
    cells::heading(em, 3, "Places");
    let mut lines: Vec<Vec<String>> = config
        .sites
        .iter()
        .map(|site| vec![site.name.clone(), site.address.clone(), String::new()])
        .collect();
    let practice = &config.practice;
    match lines.first_mut() {
        None => lines.push(vec![
            practice.name.clone(),
            practice.address.clone(),
            practice.phone.clone(),
        ]),
        Some(first) if first[1] == practice.address || config.sites.len() == 1 => {
            first[2].clone_from(&practice.phone);
        }
        Some(_) => {}
    }
    form(
        em,
        &["Place", "Address", "Telephone"],
        &widths(book, [1.2, 2.0, 1.3]),
        &lines,
    );
}

/// The latest day of an entry of `backups` of this kind for a system, up to the as-of date.
fn last_backup(book: &Book, kind: &str, system: &str) -> Option<Date> {
    let as_of = book.binder.meta.as_of;
    let table: Option<&Table> = book.binder.content.registers.get("backups");
    let entries = table.into_iter().flat_map(|table| &table.entries);
    entries
        .filter(|entry| entry.get("kind").eq_ignore_ascii_case(kind))
        .filter(|entry| names(&entry.systems, system))
        .filter_map(|entry| entry.date)
        .filter(|day| *day <= as_of)
        .max()
}

fn names(systems: &[String], id: &str) -> bool {
    systems
        .iter()
        .any(|system| system.eq_ignore_ascii_case(id) || system.eq_ignore_ascii_case("all"))
}

fn restore(book: &Book, em: &mut Emitter) {
    let in_use = current(book, "systems");
    let ranked = book.binder.content.registers.get("criticality");
    let mut ranked: Vec<&Entry> = ranked.iter().flat_map(|table| &table.entries).collect();
    let rank = |entry: &Entry| entry.get("priority").trim().parse::<u64>().unwrap_or(u64::MAX);
    ranked.sort_by_key(|entry| rank(entry));
    let about = |ids: &[String]| {
        let found = in_use.iter().filter(|system| names(ids, &system.id));
        let (mut vendors, mut days) = (BTreeSet::new(), [None::<Date>; 2]);
        for system in found {
            vendors.insert(system.get("vendor"));
            for (day, kind) in days.iter_mut().zip(["check", "restore-test"]) {
                *day = (*day).max(last_backup(book, kind, &system.id));
            }
        }
        vendors.remove("");
        let day = |day: Option<Date>| day.map_or_else(|| "not recorded".to_string(), |day| day.to_string());
        (
            vendors.into_iter().collect::<Vec<_>>().join(", "),
            format!("Check {}; restore {}", day(days[0]), day(days[1])),
        )
    };
    let mut lines = vec![];
    for entry in &ranked {
        let (vendor, backup) = about(&entry.systems);
        lines.push(vec![
            entry.get("priority").to_string(),
            book.systems(&entry.systems),
            entry.get("data").to_string(),
            entry.get("max_downtime").to_string(),
            vendor,
            backup,
            String::new(),
        ]);
    }
    for system in &in_use {
        if ranked.iter().any(|entry| names(&entry.systems, &system.id)) {
            continue;
        }
        let (vendor, backup) = about(std::slice::from_ref(&system.id));
        let rank = "–".to_string();
        lines.push(vec![
            rank,
            system.get("name").to_string(),
            String::new(),
            String::new(),
            vendor,
            backup,
            String::new(),
        ]);
    }
    cells::lead(
        em,
        "The most needed first. The last column is written in by hand where the plans do not say it: building, room, vault, who holds the key.",
    );
    let empty = lines.is_empty();
    if empty {
        lines = blank::<7>(6);
        cells::paragraph(
            em,
            "The registers of this binder name no system. Write them in by hand.",
        );
    }
    form(
        em,
        &[
            "",
            "System",
            "Data",
            "Longest without it",
            "Vendor",
            "Backup",
            "Where the backup is",
        ],
        &widths(book, [0.34, 1.1, 1.15, 0.75, 0.85, 1.25, 1.1]),
        &lines,
    );
}

fn where_it_says(book: &Book, em: &mut Emitter) {
    cells::lead(
        em,
        "The plans in effect stand behind this sheet, in full. Of a document about other things as well, the sections on contingencies.",
    );
    let mut table = vec![];
    for row in rows() {
        let links = book.binder.links(row);
        let name = format!("{row} {}", rule()[row].name());
        let mut first = Some(name);
        for link in links.sections.iter().filter(|link| link.in_effect) {
            let text = book.binder.text(*link);
            let Some(section) = text.policy.sections.get(link.section) else {
                continue;
            };
            let label = match is_plan(&book.binder.policies[link.life]) {
                true => book.links.section(book.binder, *link),
                false => extract_label(link.life),
            };
            table.push(vec![
                Cell::text(first.take().unwrap_or_default()),
                Cell::Link(label.clone(), section.title.clone()),
                Cell::text(&text.policy.title),
                Cell::Page(label),
            ]);
        }
        if let Some(name) = first {
            let nothing = book.binder.meta.nothing();
            let cells = [
                Cell::text(name),
                Cell::text(nothing),
                Cell::text(""),
                Cell::text(""),
            ];
            table.push(cells.to_vec());
        }
    }
    cells::table(em, &["What for", "Section", "In", "Page"], &table, book.width());
}

/// Writes the sections of a policy that speak of contingencies. The whole text stands in its own part.
pub(super) fn extract(book: &Book, em: &mut Emitter, index: usize) {
    let life = &book.binder.policies[index];
    let policy = &life.texts[life.shown].policy;
    let title = format!("From: {}", policy.title);
    sheet(book, em, &title);
    let label = extract_label(index);
    texts::title(
        em,
        &label,
        &format!("Sections of version {}", policy.version),
        &policy.title,
    );
    em.open("lead", &[]);
    em.text("Only the sections on contingencies. The whole text: page ");
    em.call_inline("pg", &[("", Arg::Label(&book.links.policy(index)))]);
    em.text(".");
    em.close();
    em.call("rule-below", &[]);
    // The same words stand in the whole text, where the index finds them.
    em.leave_out_of_index();
    let prose = Prose {
        document: &policy.body,
        path: &policy.path,
        links: &book.links,
        prefix: label,
        base: 2,
        bookmarks: false,
        width: book.width(),
    };
    let wanted: BTreeSet<RowId> = rows().collect();
    let mut done = 0;
    for section in &policy.sections {
        let from = section.blocks.start.saturating_sub(1);
        // A section within one that is printed already is printed with it.
        if from < done || !section.rows.iter().any(|row| wanted.contains(row)) {
            continue;
        }
        prose.blocks(em, from..section.blocks.end);
        done = section.blocks.end;
    }
    prose.notes(em);
    em.close();
}

/// Writes the sheet to write on.
pub(super) fn log(book: &Book, em: &mut Emitter) {
    let (label, title) = LOG;
    sheet(book, em, title);
    texts::title(em, label, "Contingency", title);
    cells::lead(
        em,
        "Start it when somebody says that the plan applies. Copy this sheet before the first use; keep the filled one with the records.",
    );
    em.call("write-on", &[("names", Arg::List(&["What happened", "Where"]))]);
    em.call(
        "write-on",
        &[(
            "names",
            Arg::List(&["Began (date and time)", "Ended (date and time)", "Who led"]),
        )],
    );
    form(
        em,
        &[
            "Date and time",
            "What was seen, decided or done",
            "By",
            "Who was told",
        ],
        &widths(book, [1.0, 2.6, 0.9, 1.1]),
        &blank::<4>(LINES),
    );
    em.call(
        "write-on",
        &[(
            "names",
            Arg::List(&["What must change in the plan", "Signature and date"]),
        )],
    );
    em.close();
}
