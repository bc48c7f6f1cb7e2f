//! What stands around every page: heads, feet, navigation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use tera::Value;

use super::versions::switch;
use super::{Day, Link, count, long_day};
use crate::address;
use crate::site::again::{BUILD_ID, BUILD_ID_SHORT};
use crate::site::html::Html;
use crate::site::{Page, PageKind, Site, past, search};

/// Given to every template as `site`.
#[derive(Debug, Serialize)]
pub struct Shell {
    /// Name of the practice.
    pub practice: String,
    /// Its legal name.
    pub legal_name: String,
    /// Title of the page, for the window.
    pub title: String,
    /// "Working copy, not sealed", "Version 2026.2".
    pub version: String,
    /// "Internal edition", "Production edition, for the workforce".
    pub edition: String,
    /// Gaps, plans and advice are shown.
    pub gaps: bool,
    /// The sentence for an item of which nothing can be shown.
    pub nothing: &'static str,
    /// True for a sealed version.
    pub sealed: bool,
    /// From a sealed version: the versions page of the site that it lies in.
    pub versions: Option<String>,
    /// The as-of date.
    pub as_of: Day,
    /// The same, written out.
    pub as_of_long: String,
    /// A past date built from today's files.
    pub reconstruction: bool,
    /// Short and whole build id.
    pub build_id_short: Html,
    /// `sha256:` and 64 hex digits.
    pub build_id: Html,
    /// Version of the program.
    pub program_version: &'static str,
    /// Day of the regulation's text.
    pub rule_as_of: String,
    /// Main navigation; to a template a list of [`NavItem`].
    #[serde(skip)]
    pub nav: Arc<Nav>,
    /// The sealed versions that this page can be looked at in, the newest first.
    pub switch: Option<Html>,
    /// The way to this page, without the page itself.
    pub crumbs: Vec<Link>,
    /// Title of the page as the last crumb.
    pub here: String,
    /// The dashboard.
    pub home: String,
    /// The print, where it is made.
    pub pdf: Option<String>,
    /// The data.
    pub json: String,
    /// Style sheet, script and icon.
    pub css: String,
    /// The script.
    pub js: String,
    /// The script of search.
    pub search: String,
    /// Name of the file that search loads, in the folder of its script.
    pub search_index: Html,
    /// What leads to rows by citation where no script runs.
    pub citations: String,
    /// The icon.
    pub icon: String,
    /// The script that asks for fonts before the page is read.
    pub early: String,
}

/// The main navigation. It is the same on hundreds of pages.
#[derive(Debug)]
pub struct Nav {
    /// Its lines.
    pub items: Vec<NavItem>,
    /// The same as templates are given it.
    value: OnceLock<Value>,
}

impl Nav {
    /// As a template is given it.
    ///
    /// # Errors
    /// None: its lines are plain texts.
    pub fn value(&self) -> tera::TeraResult<Value> {
        if let Some(value) = self.value.get() {
            return Ok(value.clone());
        }
        let value = Value::try_from_serializable(&self.items)?;
        Ok(self.value.get_or_init(|| value).clone())
    }
}

/// The navigations of a site, each made once.
#[derive(Debug, Default)]
pub struct Navs(Mutex<BTreeMap<(String, Stand), Arc<Nav>>>);

/// Which line of the navigation is the page itself, and under which it stands.
type Stand = (Option<&'static str>, Option<&'static str>);

/// A line of the main navigation.
#[derive(Debug, Serialize)]
pub struct NavItem {
    /// What it says.
    pub text: &'static str,
    /// Where it leads.
    pub href: String,
    /// This page is that page.
    pub current: bool,
    /// This page is that page or stands below it.
    pub within: bool,
    /// A number beside it, "" for none, with words that say what is counted.
    pub count: String,
    /// "25 gaps".
    pub count_words: String,
}

/// Builds the frame of a page.
pub fn shell(site: &Site<'_>, page: &Page) -> Shell {
    let meta = &site.binder.meta;
    let at = page.path.as_str();
    let link = |to: &str| address::link(at, to);
    Shell {
        practice: meta.practice.clone(),
        legal_name: meta.legal_name.clone(),
        title: page.title.clone(),
        version: meta
            .version_label
            .as_ref()
            .map_or("Working copy, not sealed".into(), |v| format!("Version {v}")),
        edition: meta.copy(),
        gaps: meta.shows_gaps(),
        nothing: meta.nothing(),
        sealed: meta.version_label.is_some(),
        versions: meta.version_label.as_ref().map(|_| above(at)),
        as_of: meta.as_of.into(),
        as_of_long: long_day(meta.as_of),
        reconstruction: meta.reconstruction,
        build_id_short: site.build_id(&meta.build_id_short, BUILD_ID_SHORT),
        build_id: site.build_id(&meta.build_id, BUILD_ID),
        program_version: meta.program_version,
        rule_as_of: meta.rule_as_of.clone(),
        nav: nav(site, page),
        switch: switch(site, page),
        crumbs: crumbs(site, page),
        here: page.crumb.clone(),
        home: link(address::DASHBOARD),
        pdf: meta.pdf.then(|| link(address::PDF)),
        json: link(address::JSON),
        css: link(&site.assets.css),
        js: link(&site.assets.js),
        search: link(&site.assets.search),
        search_index: search_index(site),
        citations: link(address::MENTIONS),
        icon: link(&site.assets.icon),
        early: link(&site.assets.early),
    }
}

fn search_index(site: &Site<'_>) -> Html {
    let mut html = Html::text(search::NAME);
    html.push(&site.build_id(&site.binder.meta.build_id_short, BUILD_ID_SHORT));
    html.push_markup(search::ENDING);
    html
}

/// From a page of a sealed site to the versions page of the current one: the sealed site lies in a folder beside it.
fn above(page: &str) -> String {
    let up = page.matches('/').count() + 1;
    format!("{}index.html", "../".repeat(up))
}

/// Lines of the navigation: what they say, and where they lead.
const NAV: [(&str, &str); 10] = [
    ("Overview", address::DASHBOARD),
    ("Standards", address::STANDARDS),
    ("Gaps", address::GAPS),
    ("Policies", address::POLICIES),
    ("Records", address::RECORDS),
    ("Registers", address::REGISTERS),
    ("Exhibits", address::EXHIBITS),
    ("Decisions", address::DECISIONS),
    ("Citations", address::MENTIONS),
    ("Versions", address::VERSIONS),
];

/// The navigation of a page: all pages of a folder that stand under the same line have the same.
fn nav(site: &Site<'_>, page: &Page) -> Arc<Nav> {
    let folder = page.path.rfind('/').map_or("", |at| &page.path[..at]);
    let itself = NAV.iter().find(|(_, to)| page.path == *to).map(|(_, to)| *to);
    let stand = (itself, parent(page.kind).map(|(_, address)| address));
    let mut made = site.navs.0.lock().unwrap_or_else(PoisonError::into_inner);
    let nav = made.entry((folder.to_string(), stand)).or_insert_with(|| {
        Arc::new(Nav {
            items: nav_items(site, &page.path, stand),
            value: OnceLock::new(),
        })
    });
    nav.clone()
}

fn nav_items(site: &Site<'_>, page: &str, (itself, parent): Stand) -> Vec<NavItem> {
    let gaps: usize = site.binder.assessments.iter().map(|a| a.gaps.len()).sum();
    let is_shown = |to: &str| match to {
        address::GAPS => site.binder.meta.shows_gaps(),
        address::VERSIONS => past::shows_past(site.binder),
        _ => true,
    };
    let item = |(text, to): (&'static str, &'static str)| {
        let number = if to == address::GAPS { gaps } else { 0 };
        let told = |words: String| if number == 0 { String::new() } else { words };
        NavItem {
            text,
            href: address::link(page, to),
            current: itself == Some(to),
            within: itself == Some(to) || parent == Some(to),
            count: told(number.to_string()),
            count_words: told(count(number, "gap", "gaps")),
        }
    };
    NAV.into_iter().filter(|(_, to)| is_shown(to)).map(item).collect()
}

/// The list that a page belongs to.
fn parent(kind: PageKind) -> Option<(&'static str, &'static str)> {
    match kind {
        PageKind::Row(_) => Some(("Standards", address::STANDARDS)),
        PageKind::Gap(_) => Some(("Gaps", address::GAPS)),
        PageKind::Policy { .. } => Some(("Policies", address::POLICIES)),
        PageKind::Record(_) | PageKind::Retention => Some(("Records", address::RECORDS)),
        PageKind::Register(_) => Some(("Registers", address::REGISTERS)),
        PageKind::Exhibit(_) => Some(("Exhibits", address::EXHIBITS)),
        _ => None,
    }
}

fn crumbs(site: &Site<'_>, page: &Page) -> Vec<Link> {
    let mut crumbs = Vec::new();
    if page.kind != PageKind::Dashboard {
        crumbs.push(Link::new(&page.path, address::DASHBOARD, "Overview"));
    }
    if let Some((text, address)) = parent(page.kind) {
        crumbs.push(Link::new(&page.path, address, text));
    }
    if let PageKind::Policy { life, text } = page.kind {
        let life_data = &site.binder.policies[life];
        if text != life_data.shown {
            let title = &life_data.texts[life_data.shown].policy.title;
            crumbs.push(Link::new(
                &page.path,
                &site.text_page(life, life_data.shown),
                title.clone(),
            ));
        }
    }
    crumbs
}
