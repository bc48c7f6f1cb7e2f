//! Pictures that are drawn when the site is built: what comes due, the grid of risks, the training of each person. Each
//! is inline SVG with its words, and a table says the same.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::{Day, Link, RowRef, capital, count};
use crate::address;
use crate::content::Table;
use crate::content::dates::MONTHS;
use crate::gap::{DueOf, Mark, dues, training};
use crate::rule::rule;
use crate::site::Site;

/// Height of the columns of the line of months, in pixels.
const HIGH: usize = 120;

/// Days that the table behind the picture lists.
const DAYS: usize = 400;

/// What comes due within twelve months, by month.
#[derive(Debug, Serialize)]
pub struct Outlook {
    /// What is past its day, then the month of the as-of date and the twelve after it.
    pub columns: Vec<Column>,
    /// Where the columns stand, in pixels from the top.
    pub base: usize,
    /// All of it in a sentence.
    pub words: String,
    /// The days, the earliest first.
    pub lines: Vec<DueLine>,
    /// How many more there are than are listed.
    pub more: usize,
}

/// A month.
#[derive(Debug, Serialize)]
pub struct Column {
    /// "Dec", "Past".
    pub label: &'static str,
    /// "2027" under January and the first month, "" elsewhere.
    pub year: String,
    /// Left edge and middle, in percent of the width.
    pub left: String,
    /// The middle.
    pub middle: String,
    /// How many, "" where nothing comes due.
    pub number: String,
    /// Where the number stands.
    pub number_y: usize,
    /// The blocks from below.
    pub blocks: Vec<Block>,
}

/// Things of one kind in a month.
#[derive(Debug, Serialize)]
pub struct Block {
    /// `review`, `evidence` or `plan`.
    pub kind: &'static str,
    /// Upper edge.
    pub y: usize,
    /// Height.
    pub height: usize,
}

/// A line of the table.
#[derive(Debug, Serialize)]
pub struct DueLine {
    /// The last day on which it is in time.
    pub on: Day,
    /// That day is past.
    pub past: bool,
    /// "Review", "Evidence", "Plan".
    pub kind: &'static str,
    /// What, and where.
    pub what: Link,
}

const KINDS: [(&str, &str, &str); 3] = [
    ("review", "review", "reviews"),
    (
        "evidence",
        "piece of evidence that grows old",
        "pieces of evidence that grow old",
    ),
    ("plan", "plan or risk to be done", "plans or risks to be done"),
];

fn kind(of: &DueOf) -> usize {
    match of {
        DueOf::Policy(_) | DueOf::Answer(_) | DueOf::Decision(_) => 0,
        DueOf::Exhibit(_) | DueOf::Register(_) => 1,
        DueOf::Risk(_) | DueOf::Plan(_) => 2,
    }
}

/// The picture; `None` in copies that show no gaps and plans.
pub fn outlook(site: &Site<'_>, page: &str) -> Option<Outlook> {
    let meta = &site.binder.meta;
    if !meta.shows_gaps() {
        return None;
    }
    let as_of = meta.as_of;
    let last = as_of.saturating_add(12.months());
    let dues = dues(site.binder, last);
    // Month of the as-of date is column 1; what is past its day is column 0.
    let column = |on: Date| match on < as_of {
        true => 0,
        false => {
            let months = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month());
            1 + usize::try_from(months(on) - months(as_of)).unwrap_or(0)
        }
    };
    let mut counts = [[0_usize; KINDS.len()]; 14];
    for due in &dues {
        if let Some(at) = counts.get_mut(column(due.on)) {
            at[kind(&due.of)] += 1;
        }
    }
    let highest = counts.iter().map(|c| c.iter().sum::<usize>()).max().unwrap_or(0);
    // No block is higher than a line of text, however few there are.
    let height = |number: usize| number * (highest * 12).min(HIGH) / highest.max(1);
    let base = HIGH + 18;
    let columns = counts.iter().enumerate().map(|(n, counts)| {
        let month = as_of
            .first_of_month()
            .saturating_add((i64::try_from(n).unwrap_or(0) - 1).months());
        let of_year = usize::from(month.month().unsigned_abs().clamp(1, 12)) - 1;
        let (mut below, mut blocks) = (0, vec![]);
        for (number, (kind, ..)) in counts.iter().zip(KINDS).filter(|(number, _)| **number > 0) {
            let top = height(below + number);
            blocks.push(Block {
                kind,
                y: base - top,
                height: top - height(below),
            });
            below += number;
        }
        Column {
            label: if n == 0 { "Past" } else { &MONTHS[of_year][..3] },
            year: match n == 1 || (n > 1 && of_year == 0) {
                true => month.year().to_string(),
                false => String::new(),
            },
            left: percent(n * 1000 + 120),
            middle: percent(n * 1000 + 500),
            number: if below > 0 {
                below.to_string()
            } else {
                String::new()
            },
            number_y: base - height(below) - 5,
            blocks,
        }
    });
    let columns: Vec<Column> = columns.collect();
    let past = dues.iter().filter(|due| due.on < as_of).count();
    let of_kind = |n: usize| dues.iter().filter(|due| kind(&due.of) == n).count();
    let kinds: Vec<String> = KINDS
        .iter()
        .enumerate()
        .map(|(n, (_, one, many))| count(of_kind(n), one, many))
        .collect();
    let words = match dues.is_empty() {
        true => String::new(),
        false => format!("{}; {past} past the day", kinds.join(", ")),
    };
    Some(Outlook {
        columns,
        base,
        words,
        more: dues.len().saturating_sub(DAYS),
        lines: dues
            .iter()
            .take(DAYS)
            .map(|due| DueLine {
                on: due.on.into(),
                past: due.on < as_of,
                kind: ["Review", "Evidence", "Plan"][kind(&due.of)],
                what: due_link(site, page, &due.of),
            })
            .collect(),
    })
}

/// A share of the fourteen columns: `column` in thousandths of one.
fn percent(column: usize) -> String {
    let share = column * 100 / 14;
    format!("{}.{:02}%", share / 1000, share % 1000 / 10)
}

fn due_link(site: &Site<'_>, page: &str, of: &DueOf) -> Link {
    let binder = site.binder;
    let answer = |index: usize, part: &str, what: &str| {
        let row = binder.content.answers[index].row;
        let to = format!("{}#{part}", address::row_page(row));
        Link::new(page, &to, format!("{what} {}", rule()[row].citation))
    };
    match of {
        DueOf::Policy(life) => {
            let shown = binder.policies[*life].shown;
            let title = binder.policies[*life].texts[shown].policy.title.clone();
            Link::new(page, &site.text_page(*life, shown), title)
        }
        DueOf::Answer(index) => answer(*index, super::row::ANSWER, "Answer to"),
        DueOf::Decision(index) => answer(*index, "decision", "Decision on"),
        DueOf::Exhibit(index) => {
            let exhibit = &binder.content.exhibits[*index];
            let title = format!("{} {}", exhibit.id, exhibit.title);
            Link::new(page, &address::exhibit_page(&exhibit.id), title)
        }
        DueOf::Register(name) => {
            let title = binder.content.registers[name].register.title;
            Link::new(
                page,
                &address::register_page(name),
                format!("{title}: newest lines"),
            )
        }
        DueOf::Risk(index) => {
            let entry = &binder.content.registers["risks"].entries[*index];
            let to = format!("{}#{}", address::register_page("risks"), entry.anchor);
            Link::new(page, &to, format!("Risk {} {}", entry.id, entry.get("asset")))
        }
        DueOf::Plan(row) => {
            let title = format!("Plan for {}", rule()[*row].citation);
            Link::new(page, &address::gap_page(*row), title)
        }
    }
}

/// Levels of the risk register, the lowest first.
const LEVELS: [&str; 3] = ["low", "moderate", "high"];

/// Risks by likelihood and impact.
#[derive(Debug, Serialize)]
pub struct RiskGrid {
    /// The likeliest first.
    pub rows: Vec<RiskRow>,
    /// Headings of the columns, with the middle of each.
    pub impacts: Vec<(&'static str, usize)>,
    /// All of it in a sentence.
    pub words: String,
    /// How many lines stand nowhere: they say no likelihood or no impact that is known.
    pub left_out: usize,
}

/// Risks of one likelihood.
#[derive(Debug, Serialize)]
pub struct RiskRow {
    /// "high".
    pub likelihood: &'static str,
    /// Middle of the row, in pixels from the top.
    pub middle: usize,
    /// One for each impact, the lowest first.
    pub cells: Vec<RiskCell>,
}

/// A field of the grid.
#[derive(Debug, Serialize)]
pub struct RiskCell {
    /// Left edge.
    pub x: usize,
    /// Upper edge.
    pub y: usize,
    /// 0 for low and low, to 4 for high and high.
    pub weight: usize,
    /// The risks that are drawn.
    pub drawn: Vec<Risk>,
    /// "and 3 more", "" when all are drawn.
    pub more: String,
    /// All its risks.
    pub risks: Vec<Risk>,
}

/// A risk.
#[derive(Debug, Clone, Serialize)]
pub struct Risk {
    /// Its id, short enough for the grid.
    pub id: String,
    /// Its line in the register.
    pub link: Link,
    /// Treated or accepted.
    pub settled: bool,
    /// Place in the grid.
    pub x: usize,
    /// Place in the grid.
    pub y: usize,
}

/// Width and height of a field, and where the first begins.
const FIELD: (usize, usize) = (136, 84);
const LEFT: usize = 72;

/// The grid of the risk register; `None` when it has no line.
pub fn risk_grid(site: &Site<'_>, page: &str, table: &Table) -> Option<RiskGrid> {
    if table.register.name != "risks" || table.entries.is_empty() {
        return None;
    }
    let as_of = site.binder.meta.as_of;
    let level = |text: &str| LEVELS.iter().position(|l| l.eq_ignore_ascii_case(text.trim()));
    let mut fields: Vec<Vec<Vec<Risk>>> = vec![vec![vec![]; LEVELS.len()]; LEVELS.len()];
    let (mut left_out, mut settled_ones) = (0, 0);
    for entry in &table.entries {
        let (Some(likelihood), Some(impact)) = (level(entry.get("likelihood")), level(entry.get("impact")))
        else {
            left_out += 1;
            continue;
        };
        let by_then = |column| entry.date_of(column).is_some_and(|date| date <= as_of);
        let settled = by_then("done") || by_then("accepted");
        settled_ones += usize::from(settled);
        let short: String = match entry.id.chars().count() {
            0 => format!("line {}", entry.place.line),
            1..=7 => entry.id.clone(),
            _ => entry.id.chars().take(6).chain(['\u{2026}']).collect(),
        };
        let to = format!("{}#{}", address::register_page("risks"), entry.anchor);
        fields[likelihood][impact].push(Risk {
            link: Link::new(page, &to, format!("{} {}", entry.id, entry.get("asset"))),
            id: short,
            settled,
            x: 0,
            y: 0,
        });
    }
    let rows = LEVELS.iter().enumerate().rev().map(|(likelihood, name)| {
        let y = (LEVELS.len() - 1 - likelihood) * FIELD.1;
        RiskRow {
            likelihood: name,
            middle: y + FIELD.1 / 2,
            cells: (0..LEVELS.len())
                .map(|impact| {
                    let x = LEFT + impact * FIELD.0;
                    cell(
                        (x, y),
                        likelihood + impact,
                        std::mem::take(&mut fields[likelihood][impact]),
                    )
                })
                .collect(),
        }
    });
    let rows: Vec<RiskRow> = rows.collect();
    let placed = table.entries.len() - left_out;
    Some(RiskGrid {
        words: format!(
            "{} by likelihood and impact; {settled_ones} treated or accepted, {} open",
            count(placed, "risk", "risks"),
            placed - settled_ones
        ),
        rows,
        impacts: (0..LEVELS.len())
            .map(|n| (LEVELS[n], LEFT + n * FIELD.0 + FIELD.0 / 2))
            .collect(),
        left_out,
    })
}

fn cell((x, y): (usize, usize), weight: usize, risks: Vec<Risk>) -> RiskCell {
    let room = if risks.len() > 6 { 4 } else { 6 };
    let drawn = risks.iter().take(room).enumerate().map(|(n, risk)| Risk {
        x: x + 14 + n % 2 * 62,
        y: y + 20 + n / 2 * 22,
        ..risk.clone()
    });
    RiskCell {
        x,
        y,
        weight,
        drawn: drawn.collect(),
        more: match risks.len().saturating_sub(room) {
            0 => String::new(),
            more => format!("and {more} more"),
        },
        risks,
    }
}

/// The training of each person.
#[derive(Debug, Serialize)]
pub struct TrainingPicture {
    /// Topics that rows ask for: "Log-in", with the row.
    pub topics: Vec<(String, RowRef)>,
    /// Current workforce members.
    pub people: Vec<Person>,
    /// All of it in a sentence.
    pub words: String,
}

/// One person.
#[derive(Debug, Serialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// How many topics are within the interval.
    pub number: usize,
    /// One for each topic.
    pub topics: Vec<Topic>,
}

/// A topic of one person.
#[derive(Debug, Serialize)]
pub struct Topic {
    /// Name of the sign: `full`, `partial`, `none`.
    pub sign: &'static str,
    /// "within the interval", "longer ago", "never".
    pub words: &'static str,
    /// The last day.
    pub on: Option<Day>,
    /// Left edge, in percent.
    pub left: usize,
    /// Width, in percent.
    pub width: usize,
}

/// The picture of the training register; `None` for others, and where nobody or nothing is listed.
pub fn training_picture(site: &Site<'_>, page: &str, table: &Table) -> Option<TrainingPicture> {
    if table.register.name != "training" {
        return None;
    }
    let found = training(site.binder, table);
    let number = found.topics.len();
    if number == 0 || found.people.is_empty() {
        return None;
    }
    let is_full = |topic: &&(Mark, Option<Date>)| topic.0 == Mark::Full;
    let whole = found
        .people
        .iter()
        .filter(|p| p.topics.iter().filter(is_full).count() == number);
    let words = format!(
        "{} of {} had every topic within the interval",
        whole.count(),
        count(
            found.people.len(),
            "current workforce member",
            "current workforce members"
        )
    );
    let people = found.people.iter().map(|person| Person {
        name: person.name.clone(),
        number: person.topics.iter().filter(is_full).count(),
        topics: person
            .topics
            .iter()
            .enumerate()
            .map(|(n, (mark, on))| Topic {
                sign: mark.name(),
                words: match mark {
                    Mark::Full => "within the interval",
                    Mark::Partial => "longer ago",
                    _ => "never",
                },
                on: on.map(Day::from),
                left: n * 100 / number,
                width: 100 / number,
            })
            .collect(),
    });
    Some(TrainingPicture {
        people: people.collect(),
        topics: found
            .topics
            .iter()
            .map(|(topic, row, _)| (capital(topic), site.row_ref(page, *row)))
            .collect(),
        words,
    })
}
