//! The sealed versions: what each one was, when it was current, how long it is kept, and where it can be opened.

use serde::Serialize;

use super::standards::{StateCount, counted};
use super::{Day, Link, MarkView, StateView, count};
use crate::address;
use crate::content::Policy;
use crate::history::{Head, Version, Withdrawn};
use crate::retention::LONGER;
use crate::rule::RowId;
use crate::site::html::Html;
use crate::site::{Page, Site, past};

/// `versions/index.html`.
#[derive(Debug, Serialize)]
pub struct Versions {
    /// The binder as it is now.
    pub working: Link,
    /// Rows by state in the working copy.
    pub counts: Vec<StateCount>,
    /// Sealed versions, the newest first.
    pub versions: Vec<VersionView>,
    /// Versions that the chain names and the folder does not hold; for management.
    pub missing: Vec<MissingView>,
    /// What stands beside every day until which something is kept.
    pub longer: &'static str,
    /// The practice's term, in years.
    pub years: u32,
    /// What to type to see what changed since the newest version; "" where nobody is to type anything.
    pub diff: String,
    /// What to type to seal the first version; "" where nobody is to type anything.
    pub command: &'static str,
}

/// A sealed version.
#[derive(Debug, Serialize)]
pub struct VersionView {
    /// Its label.
    pub label: String,
    /// Anchor: the label as it stands in an address.
    pub id: String,
    /// The day it speaks of.
    pub as_of: Day,
    /// The time it was sealed at, as the manifest writes it.
    pub sealed_at: String,
    /// "Nov 20, 2026, 14:05 UTC".
    pub sealed_words: String,
    /// False where this copy may say no more than the three above.
    pub shown: bool,
    /// Who sealed it.
    pub by: String,
    /// What it is for.
    pub note: String,
    /// "Internal edition".
    pub edition: String,
    /// When it was the current version: "June 30, 2025 to Dec 14, 2025".
    pub current: String,
    /// It is the current one.
    pub is_current: bool,
    /// Keep at least until: a day, or why there is none.
    pub keep: String,
    /// A day stands in `keep`, and what stands beside every day must follow.
    pub has_day: bool,
    /// Rows by state.
    pub counts: Vec<StateCount>,
    /// "12 documented, 3 partly documented ..."
    pub count_words: String,
    /// "sealed with 63 gaps on 16 rows", "" where gaps are not shown.
    pub gaps: String,
    /// SHA-256 of the archive in groups of four digits, as people compare it; empty where it is not known here.
    pub digest: Vec<String>,
    /// The same in one piece, for copying.
    pub digest_whole: String,
    /// Path of the archive in the binder's folder.
    pub archive: String,
    /// "4.2 MB".
    pub size: String,
    /// "hipaa-binder 0.1.0".
    pub program: String,
    /// Day of the text of the rule in it.
    pub rule_as_of: String,
    /// The commit, and whether everything was committed; "" outside of git.
    pub git: String,
    /// Its first page; `None` where it can't be opened.
    pub open: Option<Link>,
    /// Its PDF.
    pub pdf: Option<Link>,
    /// The page on the changes from the version before.
    pub changes: Option<Link>,
    /// The archive is damaged.
    pub damaged: bool,
    /// What was taken out after sealing.
    pub withdrawn: Vec<WithdrawnView>,
    /// Policies that were in effect, with the page of each.
    pub policies: Vec<PolicyThen>,
}

/// A policy as it was in effect.
#[derive(Debug, Serialize)]
pub struct PolicyThen {
    /// Title and page in the version.
    pub title: String,
    /// Its page, where the version can be opened.
    pub href: String,
    /// Version of the policy.
    pub version: String,
    /// First day in effect.
    pub from: Option<Day>,
}

/// Something that was taken out of a version.
#[derive(Debug, Serialize)]
pub struct WithdrawnView {
    /// What, as it was typed.
    pub path: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// "4 files".
    pub files: String,
}

/// A version that is missing from the folder.
#[derive(Debug, Serialize)]
pub struct MissingView {
    /// Its label.
    pub label: String,
    /// The version that names it.
    pub named_by: String,
    /// Its digest, in groups of four digits.
    pub digest: Vec<String>,
    /// Keep at least until.
    pub keep: String,
}

/// A line of "this row over the versions".
#[derive(Debug)]
struct RowThen {
    /// The version and its page of the row; the link leads nowhere where it can't be opened.
    pub label: String,
    /// Its page of the row, "" where it can't be opened.
    pub href: String,
    /// The day it speaks of.
    pub as_of: Day,
    /// The state then.
    pub state: StateView,
    /// The marks then.
    pub marks: Vec<MarkView>,
    /// State or marks differ from the version before.
    pub changed: bool,
}

/// The page as seen from `page`.
pub fn view(site: &Site<'_>, page: &str) -> Versions {
    let binder = site.binder;
    let all = crate::rule::rule().row_ids();
    let states = all.map(|row| binder.assessment(row).state);
    let management = binder.meta.shows_gaps();
    let missing = binder.history.missing.iter().filter(|_| management);
    Versions {
        working: Link::new(page, address::DASHBOARD, "Working copy"),
        counts: counted(states),
        versions: binder
            .history
            .versions
            .iter()
            .rev()
            .map(|version| one(site, page, version))
            .collect(),
        missing: missing
            .map(|missing| MissingView {
                label: missing.label.clone(),
                named_by: missing.named_by.clone(),
                digest: grouped(&missing.digest),
                keep: missing.keep.words(),
            })
            .collect(),
        diff: match binder.history.newest() {
            Some(newest) if management && past::is_open(newest) => {
                format!("binder diff {} now", newest.label())
            }
            _ => String::new(),
        },
        longer: LONGER,
        years: binder.content.config.retention_years,
        command: match management {
            true => "binder seal 2026.1 --by \"YOUR NAME\" --note \"WHAT IT IS FOR\"",
            false => "",
        },
    }
}

fn one(site: &Site<'_>, page: &str, version: &Version) -> VersionView {
    let head = &*version.manifest;
    let label = version.label().to_string();
    let is_open = past::is_open(version);
    let to = |path: &str, text: String| Link::new(page, &address::in_version(&label, path), text);
    let digest = version.digest.as_deref().unwrap_or_default();
    let counts = version.summary.as_ref().map_or_else(Vec::new, |summary| {
        counted(summary.rows.iter().map(|row| row.state))
    });
    VersionView {
        id: address::slug(&label),
        as_of: head.as_of.into(),
        sealed_at: head.sealed_at.clone(),
        sealed_words: time_words(&head.sealed_at),
        shown: version.may_show,
        by: head.by.clone(),
        note: head.note.clone(),
        edition: edition(head),
        current: current(version),
        is_current: version.current_from.is_some() && version.current_to.is_none(),
        keep: version.keep_brief(),
        has_day: matches!(version.keep, crate::retention::Keep::Until(_)),
        count_words: counts
            .iter()
            .map(|c| c.phrase.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        counts,
        gaps: match (head.gaps.count, site.binder.meta.shows_gaps()) {
            (_, false) => String::new(),
            (0, true) => "sealed without gaps".to_string(),
            (gaps, true) => format!(
                "sealed with {} on {}",
                count(gaps, "gap", "gaps"),
                count(head.gaps.rows, "row", "rows")
            ),
        },
        digest: grouped(digest),
        digest_whole: digest.to_string(),
        archive: version.path.to_string(),
        size: size(version.size),
        program: format!("hipaa-binder {}", head.program),
        rule_as_of: head.rule.as_of.clone(),
        git: git(head),
        open: is_open.then(|| to(address::DASHBOARD, "Open it as it was sealed".to_string())),
        pdf: (is_open && past::has(version, address::PDF)).then(|| {
            let pages = head.pages.map(|pages| count(pages, "page", "pages"));
            to(
                address::PDF,
                pages.map_or("PDF".to_string(), |pages| format!("PDF, {pages}")),
            )
        }),
        changes: (is_open && past::has(version, address::CHANGES)).then(|| {
            let before = head.previous.as_ref().map_or("", |previous| &previous.label);
            to(address::CHANGES, format!("Changes from {before}"))
        }),
        damaged: version.damaged,
        withdrawn: version
            .withdrawn
            .iter()
            .filter(|_| site.binder.meta.shows_gaps())
            .map(withdrawn)
            .collect(),
        policies: policies(page, version, is_open),
        label,
    }
}

fn policies(page: &str, version: &Version, is_open: bool) -> Vec<PolicyThen> {
    let summary = version.summary.iter();
    let policies = summary.flat_map(|summary| &summary.policies);
    policies
        .filter(|policy| policy.in_effect)
        .map(|policy| PolicyThen {
            title: policy.title.clone(),
            href: match is_open && past::has(version, &policy.page) {
                true => address::link(page, &address::in_version(version.label(), &policy.page)),
                false => String::new(),
            },
            version: policy.version.clone(),
            from: policy.from.map(Day::from),
        })
        .collect()
}

/// The versions in which these words of a policy were in effect, the newest first, with the page of each.
pub fn of_text(site: &Site<'_>, page: &str, policy: &Policy) -> Vec<Link> {
    let in_version = |version: &Version| {
        let summary = version.summary.as_ref()?;
        let then = summary.policies.iter().find(|then| {
            then.in_effect
                && then.id == policy.id
                && then.version == policy.version
                && then.text == policy.text_digest
        })?;
        past::has(version, &then.page).then(|| {
            let to = address::in_version(version.label(), &then.page);
            Link::new(page, &to, version.label())
        })
    };
    past::open(site.binder).filter_map(in_version).collect()
}

fn withdrawn(what: &Withdrawn) -> WithdrawnView {
    WithdrawnView {
        path: what.path.clone(),
        by: what.by.clone(),
        reason: what.reason.clone(),
        at: time_words(&what.at),
        files: count(what.removed.len(), "file", "files"),
    }
}

/// The versions that `page` can be looked at in, as items of a list; `None` where there is none. Made here and not in a
/// template because it stands on every page and may be long.
pub fn switch(site: &Site<'_>, page: &Page) -> Option<Html> {
    let mut html = Html::new();
    for version in past::open(site.binder) {
        let (to, same) = past::page_in(version, &page.path);
        html.push_markup("<li><a");
        html.push_attribute("href", &address::link(&page.path, &to));
        html.push_markup(">");
        html.push_text(version.label());
        html.push_markup(" <span class=\"count\">");
        html.push_markup(if same { "as of " } else { "first page, as of " });
        html.push_text(&Day::from(version.manifest.as_of).words);
        html.push_markup("</span></a></li>");
    }
    (!html.is_empty()).then_some(html)
}

/// A row in every version that may be shown, the newest first, as lines of a table; `None` where there is none. Made here and
/// not in a template because it stands on the page of every row and may be long.
pub fn row(site: &Site<'_>, page: &str, row: RowId) -> Option<Html> {
    let mut html = Html::new();
    for line in row_then(site, page, row) {
        html.push_markup("<tr><th scope=\"row\">");
        if line.href.is_empty() {
            html.push_text(&line.label);
        } else {
            html.push_markup("<a");
            html.push_attribute("href", &line.href);
            html.push_markup(">");
            html.push_text(&line.label);
            html.push_markup("</a>");
        }
        html.push_markup("</th><td class=\"nowrap\"><time");
        html.push_attribute("datetime", &line.as_of.iso);
        html.push_markup(">");
        html.push_text(&line.as_of.words);
        html.push_markup("</time></td><td><span");
        html.push_attribute("class", &format!("state {}", line.state.name));
        html.push_markup(">");
        sign(&mut html, sign_of(line.state.name));
        html.push_text(line.state.words);
        html.push_markup("</span>");
        if line.changed {
            html.push_markup(" <span class=\"detail\">changed</span>");
        }
        html.push_markup("</td>");
        for mark in &line.marks {
            html.push_markup("<td><span");
            html.push_attribute("class", &format!("mark {}", mark.name));
            html.push_markup(">");
            sign(&mut html, mark.name);
            html.push_markup("<span>");
            html.push_text(mark.words);
            html.push_markup("</span></span></td>");
        }
        html.push_markup("</tr>\n");
    }
    (!html.is_empty()).then_some(html)
}

/// The sign of a mark, as the templates draw it.
fn sign(html: &mut Html, name: &str) {
    html.push_markup("<svg class=\"sign\" aria-hidden=\"true\" focusable=\"false\"><use");
    html.push_attribute("href", &format!("#s-{name}"));
    html.push_markup("/></svg>");
}

/// The sign of a state.
fn sign_of(state: &str) -> &'static str {
    match state {
        "documented" => "full",
        "partly-documented" => "partial",
        "not-documented" => "none",
        _ => "not-needed",
    }
}

fn row_then(site: &Site<'_>, page: &str, row: RowId) -> Vec<RowThen> {
    if !past::shows_past(site.binder) {
        return vec![];
    }
    let citation = crate::rule::rule()[row].citation.to_string();
    let mut before = None;
    let mut lines: Vec<RowThen> = vec![];
    for version in &site.binder.history.versions {
        let summary = version.summary.as_ref().filter(|_| version.may_show);
        let Some(then) = summary.and_then(|summary| summary.rows.iter().find(|row| row.citation == citation))
        else {
            continue;
        };
        let path = address::row_page(row);
        let now = (then.state, then.marks);
        lines.push(RowThen {
            label: version.label().to_string(),
            href: match past::is_open(version) && past::has(version, &path) {
                true => address::link(page, &address::in_version(version.label(), &path)),
                false => String::new(),
            },
            as_of: version.manifest.as_of.into(),
            state: then.state.into(),
            marks: then
                .marks
                .each()
                .into_iter()
                .map(|(of, mark)| MarkView::new(of, mark))
                .collect(),
            changed: before.is_some_and(|before| before != now),
        });
        before = Some(now);
    }
    lines.reverse();
    lines
}

/// "Internal edition, for the workforce".
fn edition(head: &Head) -> String {
    let readers = match head.audience {
        crate::content::Audience::Workforce => ", for the workforce",
        crate::content::Audience::Management => ", for management",
        crate::content::Audience::Official => "",
    };
    format!("{}{readers}", head.edition.words())
}

/// When a version was the current one.
fn current(version: &Version) -> String {
    let words = |day: jiff::civil::Date| Day::from(day).words;
    match (version.current_from, version.current_to) {
        (Some(from), Some(to)) if from == to => format!("on {} only", words(from)),
        (Some(from), Some(to)) => format!("{} to {}", words(from), words(to)),
        (Some(from), None) => format!("since {}", words(from)),
        (None, _) => "never: another version of the same day followed".to_string(),
    }
}

fn git(head: &Head) -> String {
    head.git.as_ref().map_or(String::new(), |git| {
        let clean = match git.clean {
            Some(true) => "",
            Some(false) => ", with changes that were not committed",
            None => ", and it could not be told whether everything was committed",
        };
        format!("commit {}{clean}", git.commit.get(..12).unwrap_or(&git.commit))
    })
}

/// A time of the manifest, `2026-11-20T14:05:09Z`, for people; as it is where it is of another form.
fn time_words(at: &str) -> String {
    let day = at.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    match (day, at.get(11..16), at.ends_with('Z')) {
        (Some(day), Some(time), true) => format!("{}, {time} UTC", Day::from(day).words),
        _ => at.to_string(),
    }
}

/// Hexadecimal digits in groups of four.
pub fn grouped(digest: &str) -> Vec<String> {
    let digits: Vec<char> = digest.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect()).collect()
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
