//! The cross-referenced index of all rows.

use serde::Serialize;

use super::versions::RowThen;
use super::{Link, MarkView, StateView, badge, count};
use crate::address;
use crate::binder::EntryLink;
use crate::gap::State;
use crate::rule::{RowId, RowKind, rule};
use crate::site::Site;

/// `standards/index.html`.
#[derive(Debug, Serialize)]
pub struct Standards {
    /// By section of the rule.
    pub sections: Vec<Section>,
    /// How many rows are in each state.
    pub counts: Vec<StateCount>,
    /// How many rows there are.
    pub total: usize,
    /// Every owner named, for the filter.
    pub owners: Vec<String>,
    /// The index of citations.
    pub mentions: String,
    /// Some row stands in a sealed version, so that there is a column for it.
    pub history: bool,
    /// How many columns the table has.
    pub columns: usize,
}

/// Rows in one state.
#[derive(Debug, Clone, Serialize)]
pub struct StateCount {
    /// The state.
    pub state: StateView,
    /// How many.
    pub number: usize,
    /// The state of so many rows in words: "5 do not apply".
    pub phrase: String,
    /// Where the bar of this state begins, in hundredths of a percent of the whole, and how wide it is.
    pub from: usize,
    /// Its width.
    pub width: usize,
}

/// A section of the rule.
#[derive(Debug, Serialize)]
pub struct Section {
    /// `164.308`.
    pub number: String,
    /// `308`, as it stands in addresses.
    pub short: u16,
    /// "Administrative safeguards".
    pub title: String,
    /// Its rows.
    pub rows: Vec<IndexRow>,
    /// "14 of 28 documented".
    pub summary: String,
}

/// A line of the index.
#[derive(Debug, Serialize)]
pub struct IndexRow {
    /// Anchor: `164.308-a-5-ii-b`.
    pub id: String,
    /// Its citation.
    pub citation: String,
    /// Its name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// "R", "A" or "S".
    pub badge: &'static str,
    /// In words.
    pub badge_words: &'static str,
    /// The same in an address: `required`, `addressable` or `standard`.
    pub kind: &'static str,
    /// A specification: set in under its standard.
    pub specification: bool,
    /// Who owns it, "" if nobody is named.
    pub owner: String,
    /// Its state.
    pub state: StateView,
    /// The four marks.
    pub marks: Vec<MarkView>,
    /// How many gaps.
    pub gaps: usize,
    /// The gap page, where there are gaps.
    pub gap_href: Option<String>,
    /// Where everything is, by kind.
    pub places: Vec<Places>,
    /// "answer, 2 sections, 3 exhibits", "" when nothing is there.
    pub summary: String,
    /// How many places there are.
    pub number: usize,
    /// How its state came to be, where sealed versions hold the row.
    pub history: Option<History>,
}

/// The state of a row over the sealed versions, in a few words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct History {
    /// The row in each version, on its own page.
    pub href: String,
    /// How many of the newest versions show the state of today; 0 when it changed after the newest.
    pub same: usize,
    /// "since 2025.2", "new since 2026.3".
    pub words: String,
    /// The state before that, where a version shows another one.
    pub before: Option<StateView>,
}

/// Places of one kind.
#[derive(Debug, Serialize)]
pub struct Places {
    /// "Policies".
    pub title: String,
    /// One link each.
    pub links: Vec<Link>,
    /// Where the rest is, when there are more than are listed: "and 260 more".
    pub more: Option<Link>,
}

/// Entries of one register that a row of the index lists; the register has them all. So many policy sections, exhibits
/// and records as well; the row's page has more.
const LISTED: usize = 40;

/// How many of `rows` are in each state, with the shares of a bar.
pub fn state_counts(site: &Site<'_>, rows: &[RowId]) -> Vec<StateCount> {
    counted(rows.iter().map(|row| site.binder.assessment(*row).state))
}

/// The same of any states.
pub fn counted(states: impl Iterator<Item = State>) -> Vec<StateCount> {
    let found: Vec<State> = states.collect();
    let total = found.len().max(1);
    let mut before = 0;
    STATES
        .into_iter()
        .map(|state| {
            let number = found.iter().filter(|other| **other == state).count();
            let from = before * 1000 / total;
            before += number;
            StateCount {
                state: state.into(),
                number,
                phrase: phrase(state, number),
                from,
                width: before * 1000 / total - from,
            }
        })
        .collect()
}

/// Every state, in the order in which counts are shown.
const STATES: [State; 4] = [
    State::Documented,
    State::PartlyDocumented,
    State::NotDocumented,
    State::DoesNotApply,
];

fn phrase(state: State, number: usize) -> String {
    let words = match (state, number) {
        (State::DoesNotApply, n) if n != 1 => "do not apply",
        _ => state.words(),
    };
    format!("{number} {words}")
}

/// The index as seen from `page`.
pub fn view(site: &Site<'_>, page: &str) -> Standards {
    let rows: Vec<RowId> = rule().row_ids().collect();
    let sections = rule().sections().iter().filter_map(|section| {
        let rows: Vec<RowId> = rule().rows_of_section(section.number).map(|r| r.id).collect();
        let documented = rows
            .iter()
            .filter(|r| site.binder.assessment(**r).state == State::Documented)
            .count();
        (!rows.is_empty()).then(|| Section {
            number: format!("164.{}", section.number),
            short: section.number,
            title: section.title.clone(),
            summary: format!("{documented} of {} documented", rows.len()),
            rows: rows.iter().map(|r| index_row(site, page, *r)).collect(),
        })
    });
    let sections: Vec<Section> = sections.collect();
    let owners: std::collections::BTreeSet<String> = sections
        .iter()
        .flat_map(|s| &s.rows)
        .map(|r| r.owner.clone())
        .filter(|o| !o.is_empty())
        .collect();
    let history = sections.iter().flat_map(|s| &s.rows).any(|r| r.history.is_some());
    Standards {
        columns: 8 + usize::from(history) + usize::from(site.binder.meta.shows_gaps()),
        history,
        counts: state_counts(site, &rows),
        total: rows.len(),
        owners: owners.into_iter().collect(),
        mentions: address::link(page, address::MENTIONS),
        sections,
    }
}

fn index_row(site: &Site<'_>, page: &str, row: RowId) -> IndexRow {
    let data = &rule()[row];
    let assessment = site.binder.assessment(row);
    let places = places(site, page, row);
    let links = site.binder.links(row);
    let words = |p: &Places| match p.title.as_str() {
        "Answer" => "answer".to_string(),
        "Policies" => count(links.sections.len(), "policy section", "policy sections"),
        "Exhibits" => count(links.exhibits.len(), "exhibit", "exhibits"),
        "Records" => count(links.records.len(), "record", "records"),
        _ => String::new(),
    };
    let mut summary: Vec<String> = places.iter().map(words).filter(|w| !w.is_empty()).collect();
    let entries = links.entries.len() + links.nones.len();
    let number = entries
        + links.sections.len()
        + links.exhibits.len()
        + links.records.len()
        + usize::from(links.answer.is_some());
    if entries > 0 {
        summary.push(count(entries, "entry", "entries"));
    }
    let (badge, badge_words) = badge(data);
    IndexRow {
        id: data.citation.slug(),
        citation: data.citation.to_string(),
        title: data.name().to_string(),
        href: address::link(page, &address::row_page(row)),
        badge,
        badge_words,
        kind: match badge {
            "R" => "required",
            "A" => "addressable",
            _ => "standard",
        },
        specification: data.kind == RowKind::Specification,
        owner: owner(site, row),
        state: assessment.state.into(),
        marks: assessment
            .marks
            .each()
            .into_iter()
            .map(|(of, mark)| MarkView::new(of, mark))
            .collect(),
        gaps: assessment.gaps.len(),
        gap_href: (!assessment.gaps.is_empty()).then(|| address::link(page, &address::gap_page(row))),
        places,
        summary: summary.join(", "),
        number,
        history: history(
            &address::link(
                page,
                &format!("{}#{}", address::row_page(row), super::row::OVER_TIME),
            ),
            assessment.state,
            &super::versions::row_then(site, page, row),
        ),
    }
}

/// The versions of a row, the newest first, in a few words.
fn history(href: &str, now: State, versions: &[RowThen]) -> Option<History> {
    let newest = versions.first()?;
    let now = StateView::from(now);
    let same = versions.iter().take_while(|then| then.state == now).count();
    let words = match same.checked_sub(1) {
        None => format!("new since {}", newest.label),
        Some(oldest) => format!("since {}", versions[oldest].label),
    };
    Some(History {
        href: href.to_string(),
        same,
        words,
        before: versions.get(same).map(|then| then.state),
    })
}

/// Who owns a row: as its answer says.
pub fn owner(site: &Site<'_>, row: RowId) -> String {
    let answer = site
        .binder
        .links(row)
        .answer
        .and_then(|a| site.binder.content.answers.get(a));
    answer
        .and_then(|a| a.owner.as_ref())
        .map_or(String::new(), |o| o.value.clone())
}

fn places(site: &Site<'_>, page: &str, row: RowId) -> Vec<Places> {
    let binder = site.binder;
    let links = binder.links(row);
    let mut places = Vec::new();
    let row_page = address::row_page(row);
    let add = |places: &mut Vec<Places>, title: &str, mut links: Vec<Link>| {
        let rest = super::mentions::shown(&mut links, LISTED);
        if !links.is_empty() {
            places.push(Places {
                title: title.to_string(),
                links,
                more: (rest > 0).then(|| Link::new(page, &row_page, format!("and {rest} more"))),
            });
        }
    };
    if links.answer.is_some() {
        let to = format!("{}#{}", address::row_page(row), super::row::ANSWER);
        add(&mut places, "Answer", vec![Link::new(page, &to, "Answer")]);
    }
    let sections = links.sections.iter().map(|link| {
        let text = binder.text(*link);
        let section = &text.policy.sections[link.section];
        let to = format!("{}#{}", site.text_page(link.life, link.text), section.anchor);
        Link::new(page, &to, format!("{}: {}", text.policy.title, section.title))
    });
    add(&mut places, "Policies", sections.collect());
    let exhibits = links.exhibits.iter().map(|e| {
        let exhibit = &binder.content.exhibits[*e];
        Link::new(
            page,
            &address::exhibit_page(&exhibit.id),
            format!("{} {}", exhibit.id, exhibit.title),
        )
    });
    add(&mut places, "Exhibits", exhibits.collect());
    let records = links.records.iter().map(|r| {
        let record = &binder.content.records[*r];
        Link::new(page, &address::record_page(&record.id), record.title.clone())
    });
    add(&mut places, "Records", records.collect());
    let (entries, nones) = (by_register(&links.entries), by_register(&links.nones));
    for (name, table) in &binder.content.registers {
        let page_of = |anchor: &str| format!("{}#{anchor}", address::register_page(name));
        let mut listed: Vec<usize> = entries.get(name).cloned().unwrap_or_default();
        listed.retain(|e| *e < table.entries.len());
        let rest = listed.len().saturating_sub(LISTED);
        if rest > 0 {
            // The newest; in the order of the register all the same.
            listed.sort_by_key(|e| std::cmp::Reverse(table.entries[*e].date));
            listed.truncate(LISTED);
            listed.sort_unstable();
        }
        let entries = listed.iter().map(|e| &table.entries[*e]).map(|entry| {
            let text = entry
                .date
                .map_or_else(|| entry.id.clone(), |d| super::Day::from(d).words);
            let text = if text.is_empty() {
                format!("line {}", entry.place.line)
            } else {
                text
            };
            Link::new(page, &page_of(&entry.anchor), text)
        });
        let nones = nones
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(|n| Some((*n, table.nones.get(*n)?)));
        let nones = nones.map(|(n, none)| {
            let text = format!("none, recorded {}", super::Day::from(none.recorded).words);
            Link::new(page, &page_of(&super::registers::none_anchor(n)), text)
        });
        let links: Vec<Link> = entries.chain(nones).collect();
        if !links.is_empty() {
            places.push(Places {
                title: table.register.title.to_string(),
                links,
                more: (rest > 0)
                    .then(|| Link::new(page, &address::register_page(name), format!("and {rest} more"))),
            });
        }
    }
    places
}

/// Entries by register, both in order.
pub fn by_register(links: &[EntryLink]) -> std::collections::BTreeMap<&'static str, Vec<usize>> {
    let mut out = std::collections::BTreeMap::<_, Vec<usize>>::new();
    for link in links {
        out.entry(link.register).or_default().push(link.entry);
    }
    out
}
