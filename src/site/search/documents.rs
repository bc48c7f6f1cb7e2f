//! The places of each page, and their words: those that the page shows.

use super::{Kind, Maker, Section};
use crate::binder::{PolicyText, Standing};
use crate::content::{Answer, Exhibit};
use crate::markdown::{BlockKind, Document, text};
use crate::rule::{RowId, rule};
use crate::site::Site;
use crate::site::pages::{Page, PageKind};
use crate::site::views::{self, answer::determination_part, registers};

/// Between facts that stand in cells of their own.
const BETWEEN: &str = " \u{b7} ";

/// Gives the places of a page to `maker`.
pub fn page(site: &Site<'_>, page: &Page, maker: &mut Maker) {
    let binder = site.binder;
    let mut add = |kind, old, sections: &[Section]| {
        maker.page(&page.path, &page.title);
        let places: Vec<usize> = sections.iter().map(|s| maker.place(kind, old, s)).collect();
        places
    };
    match page.kind {
        PageKind::Row(row) => {
            let places = add(Kind::Row, false, &[row_itself(site, row)]);
            if let Some(place) = places.first() {
                maker.rows.insert(row, *place);
            }
            let answer = binder.links(row).answer.map(|i| &binder.content.answers[i]);
            for section in &answers(site, row, answer) {
                maker.place(Kind::Answer, false, section);
            }
            maker.place(Kind::Law, false, &law(row));
        }
        PageKind::Gap(row) => {
            add(Kind::Gap, false, &gaps(site, row));
        }
        PageKind::Policy { life, text } => {
            let life = &binder.policies[life];
            let old = text != life.shown || life.standing == Standing::Lapsed;
            let PolicyText { policy, .. } = &life.texts[text];
            add(Kind::Policy, old, &sections(&policy.body, &policy.title));
        }
        PageKind::Record(i) => {
            let record = &binder.content.records[i];
            add(Kind::Record, false, &sections(&record.body, &record.title));
        }
        PageKind::Register(name) => {
            add(Kind::Register, false, &register(site, &page.path, name));
        }
        PageKind::Exhibit(i) => {
            add(
                Kind::Exhibit,
                false,
                &[exhibit(site, &page.path, &binder.content.exhibits[i])],
            );
        }
        PageKind::Versions => {
            add(Kind::Page, false, &versions(site, &page.path));
        }
        PageKind::NotFound => {}
        _ => {
            add(Kind::Page, false, &[Section::default()]);
        }
    }
}

/// Words without the empty ones, side by side.
fn side_by_side<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words
        .into_iter()
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .collect();
    words.join(BETWEEN)
}

fn row_itself(site: &Site<'_>, row: RowId) -> Section {
    let data = &rule()[row];
    let (_, badge) = views::badge(data);
    let owner = views::standards::owner(site, row);
    let owner = match owner.as_str() {
        "" => String::new(),
        owner => format!("Owner: {owner}"),
    };
    let about = [
        badge,
        site.binder.assessment(row).state.words(),
        &owner,
        data.applies_only_if.as_deref().unwrap_or_default(),
    ];
    let asked = data.requests.iter().map(|request| request.text.as_str());
    Section {
        text: side_by_side(about.into_iter().chain(asked)),
        ..Section::default()
    }
}

/// The questions with their answers, the determinations, and what else the file says.
fn answers(site: &Site<'_>, row: RowId, answer: Option<&Answer>) -> Vec<Section> {
    // What is not answered is a gap in other words.
    let all = site.binder.meta.shows_gaps();
    let data = &rule()[row];
    let mut sections = Vec::new();
    let blocks = answer.map_or(&[][..], |a| &a.body.blocks);
    let words = |range: &std::ops::Range<usize>| text::blocks(blocks.get(range.clone()).unwrap_or_default());
    let mut told = vec![false; blocks.len()];
    let mut tell = |range: &std::ops::Range<usize>| {
        for block in range.start.saturating_sub(1)..range.end {
            if let Some(told) = told.get_mut(block) {
                *told = true;
            }
        }
    };
    for question in &data.questions {
        let reply = answer.and_then(|a| a.replies.iter().find(|r| r.question == question.id));
        if reply.is_none() && !all {
            continue;
        }
        let heading = reply.and_then(|reply| blocks.get(reply.blocks.start.checked_sub(1)?));
        let anchor = match heading.map(|block| &block.kind) {
            Some(BlockKind::Heading(heading)) => heading.anchor.clone(),
            _ => "answer".to_string(),
        };
        if let Some(reply) = reply {
            tell(&reply.blocks);
        }
        sections.push(Section {
            anchor,
            title: question.ask.clone(),
            text: reply.map_or_else(String::new, |reply| words(&reply.blocks)),
        });
    }
    let Some(answer) = answer else { return sections };
    if data.is_addressable() {
        let parts = answer.body.parts();
        let determinations = answer.decisions.iter().filter_map(|d| d.determination.as_ref());
        for part in determinations.filter_map(|d| determination_part(&parts, d)) {
            tell(&part.blocks);
            sections.push(Section {
                anchor: "decision".to_string(),
                title: part.title,
                text: words(&part.blocks),
            });
        }
    }
    let rest: Vec<String> = (0..blocks.len())
        .filter(|block| !told[*block])
        .map(|block| words(&(block..block + 1)))
        .collect();
    let rest = rest.join("\n");
    if !rest.trim().is_empty() {
        sections.push(Section {
            anchor: "answer".to_string(),
            title: String::new(),
            text: rest,
        });
    }
    sections
}

fn law(row: RowId) -> Section {
    let law = views::law::law(&rule()[row]);
    let parts = law
        .elements
        .iter()
        .flat_map(|(label, text)| [label.as_str(), text]);
    let words = [law.heading.as_str(), &law.lead_in, &law.text];
    let words: Vec<&str> = words
        .into_iter()
        .chain(parts)
        .filter(|words| !words.is_empty())
        .collect();
    Section {
        anchor: "the-law".to_string(),
        title: format!("45 CFR {}", rule()[row].citation),
        text: words.join(" "),
    }
}

fn gaps(site: &Site<'_>, row: RowId) -> Vec<Section> {
    let gap = |gap: &crate::gap::Gap| Section {
        anchor: String::new(),
        title: gap.message.replace('`', ""),
        text: side_by_side([
            gap.help.replace('`', "").as_str(),
            gap.plan.as_ref().map_or("", |plan| &plan.action),
            &gap.owner,
        ]),
    };
    site.binder.assessment(row).gaps.iter().map(gap).collect()
}

/// A document by its headings: first what stands before them, under its own title.
pub(super) fn sections(document: &Document, title: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut from = 0;
    let words = |from: usize, to: usize| text::blocks(document.blocks.get(from..to).unwrap_or_default());
    for (i, block) in document.blocks.iter().enumerate() {
        let BlockKind::Heading(heading) = &block.kind else {
            continue;
        };
        let own = text::inlines(&heading.inlines).trim().to_string();
        if let Some(last) = sections.last_mut() {
            last.text = words(from, i);
        }
        from = i + 1;
        // A first heading that repeats the title is not shown, and is no place to lead to.
        if i > 0 || !own.eq_ignore_ascii_case(title.trim()) {
            sections.push(Section {
                anchor: heading.anchor.clone(),
                title: own,
                text: String::new(),
            });
        }
    }
    let mut rest = words(from, document.blocks.len());
    for note in &document.footnotes {
        rest.push('\n');
        rest.push_str(&text::blocks(&note.blocks));
    }
    if let Some(last) = sections.last_mut() {
        last.text = rest;
    }
    sections
}

/// The register itself, its lines, and its statements that there is nothing to list.
fn register(site: &Site<'_>, page: &str, name: &'static str) -> Vec<Section> {
    let Some(table) = site.binder.content.registers.get(name) else {
        return vec![];
    };
    let columns = registers::columns(table);
    let mut sections = vec![Section {
        text: table.register.purpose.to_string(),
        ..Section::default()
    }];
    for entry in &table.entries {
        let cells: Vec<String> = registers::cells(site, page, table.register, &columns, entry)
            .iter()
            // A bare yes or no says nothing without its column.
            .filter(|cell| !matches!(cell.class, "yes" | "no"))
            .map(|cell| match &cell.day {
                Some(day) => day.words.clone(),
                None => {
                    let pieces: Vec<&str> = cell.pieces.iter().map(|piece| piece.text.as_str()).collect();
                    pieces.join(", ")
                }
            })
            .filter(|words| !words.trim().is_empty())
            .collect();
        let (head, rest) = cells.split_at(cells.len().min(2));
        let hold = entry.handling.hold.as_deref().unwrap_or_default();
        let rest = rest.iter().map(String::as_str).chain([hold]);
        sections.push(Section {
            anchor: entry.anchor.clone(),
            title: head.join(", "),
            text: side_by_side(rest),
        });
    }
    for (i, none) in table.nones.iter().enumerate() {
        let none = registers::none(site, page, i, none, vec![]);
        sections.push(Section {
            anchor: none.anchor,
            title: format!("None from {} to {}", none.from.words, none.to.words),
            text: side_by_side([none.of.as_str(), &none.by, &none.sites]),
        });
    }
    sections
}

/// The page itself, and the sealed versions: as much of each as this copy may say.
fn versions(site: &Site<'_>, page: &str) -> Vec<Section> {
    let view = views::versions::view(site, page);
    let version = |version: &views::versions::VersionView| Section {
        anchor: version.id.clone(),
        title: format!("Version {}", version.label),
        text: side_by_side([
            version.as_of.words.as_str(),
            &version.current,
            &version.by,
            &version.note,
        ]),
    };
    let itself = [Section::default()].into_iter();
    itself.chain(view.versions.iter().map(version)).collect()
}

fn exhibit(site: &Site<'_>, page: &str, exhibit: &Exhibit) -> Section {
    let line = views::exhibits::line(site, page, exhibit);
    let date = line.date.as_ref().map_or("", |date| &date.words);
    Section {
        text: side_by_side([
            date,
            &line.shows,
            &line.by,
            &line.about,
            &line.file_name,
            &exhibit.kept_at,
            &views::exhibits::words(site, exhibit),
        ]),
        ..Section::default()
    }
}
