//! `binder.toml`: the entity, its sites, the facts that decide which rows apply, intervals, retention, paper.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::cite;
use super::fields::{self, Table};
use super::frontmatter;
use super::keys;
use super::phi_ok::{self, PhiOk};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::rule::RowId;

/// The configuration of a binder. One binder is one legal entity.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[practice]`.
    pub practice: Practice,
    /// `[applies]`.
    pub applies: Applies,
    /// `[[site]]`, in file order.
    pub sites: Vec<Site>,
    /// `[intervals]`.
    pub intervals: Intervals,
    /// `[retention] years`: 6 or more (164.316(b)(2)(i)).
    pub retention_years: u32,
    /// `[print] paper`.
    pub paper: Paper,
    /// `[serve] editor`: the link that opens a file in an editor from the staff page of `binder serve`, with `{path}` and
    /// `{line}` to be filled in; "" for no link.
    pub editor: String,
    /// `[hosting] path`: the path below which the site is published, with `/` at both ends; "" where nobody says so. Only
    /// the page for what is not there needs it.
    pub hosted_at: String,
    /// `[print] attach`: the files of exhibits are attached to the PDF as well, which is PDF/A-3a then.
    pub attach: bool,
    /// `[[phi_ok]]`, in file order.
    pub phi_ok: Vec<PhiOk>,
    /// The file.
    pub place: Place,
}

/// `[practice]`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Practice {
    /// Name as staff say it.
    pub name: String,
    /// Legal name; the name where it says none.
    pub legal_name: String,
    /// What kind of regulated entity.
    pub kind: EntityKind,
    /// Name of the security official, "" where only the designations register says it.
    pub security_official: String,
    /// Postal address, "" if none.
    pub address: String,
    /// Telephone, "" if none.
    pub phone: String,
}

/// Covered entity, business associate, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// Covered entity.
    #[default]
    CoveredEntity,
    /// Business associate.
    BusinessAssociate,
    /// Both.
    Both,
}

/// `[applies]`: facts, not rows.
#[derive(Debug, Clone, Default)]
pub struct Applies {
    /// A health care clearinghouse is part of the organization: 164.308(a)(4)(ii)(A).
    pub clearinghouse: Option<bool>,
    /// It sponsors a group health plan that shares ePHI: 164.314(b).
    pub group_health_plan: Option<bool>,
    /// It is a business associate that uses subcontractors: 164.314(a)(2)(iii).
    pub subcontractors: Option<bool>,
    /// An arrangement of 164.504(e)(3) stands in for a contract: 164.314(a)(2)(ii).
    pub government_arrangement: Option<bool>,
    /// Who stated these facts.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<Date>,
    /// Optional words on each fact, by its key.
    pub reasons: BTreeMap<String, String>,
    /// The `[applies]` line; the file where it is missing.
    pub place: Place,
}

/// `[[site]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Id that registers join on.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
}

/// `[intervals]`, in months.
#[derive(Debug, Clone)]
pub struct Intervals {
    /// Answers are read through at least this often.
    pub answers: u32,
    /// Policies, where they say no `review_every`.
    pub policies: u32,
    /// Addressable decisions.
    pub decisions: u32,
    /// Facts that decide conditional rows.
    pub applicability: u32,
    /// Evidence, per row, where the practice's own written interval differs from the default.
    pub rows: BTreeMap<RowId, u32>,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            answers: 12,
            policies: 12,
            decisions: 12,
            applicability: 12,
            rows: BTreeMap::new(),
        }
    }
}

/// Paper of the printed binder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 8.5 by 11 inches.
    #[default]
    UsLetter,
    /// 210 by 297 mm.
    A4,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            practice: Practice::default(),
            applies: Applies::default(),
            sites: vec![],
            intervals: Intervals::default(),
            retention_years: LEAST_YEARS,
            paper: Paper::default(),
            attach: false,
            phi_ok: vec![],
            editor: EDITOR.to_owned(),
            hosted_at: String::new(),
            place: Place::file("binder.toml"),
        }
    }
}

/// 164.316(b)(2)(i): 6 years from the date of creation or the date when it last was in effect.
pub(super) const LEAST_YEARS: u32 = 6;

/// Opens a file in VS Code.
const EDITOR: &str = "vscode://file/{path}:{line}";

/// Programs that open a file of this computer by a link. Others could do anything with it.
const EDITORS: [&str; 12] = [
    "vscode",
    "vscode-insiders",
    "vscodium",
    "cursor",
    "windsurf",
    "zed",
    "idea",
    "jetbrains",
    "subl",
    "txmt",
    "mvim",
    "emacs",
];

const FACTS: [&str; 4] = [
    "clearinghouse",
    "group_health_plan",
    "subcontractors",
    "government_arrangement",
];
pub(super) const KINDS: [(&str, EntityKind); 3] = [
    ("covered-entity", EntityKind::CoveredEntity),
    ("business-associate", EntityKind::BusinessAssociate),
    ("both", EntityKind::Both),
];
pub(super) const PAPERS: [(&str, Paper); 2] = [("us-letter", Paper::UsLetter), ("a4", Paper::A4)];

/// Reads `binder.toml`. `None` when its structure cannot be trusted; what is wrong is in `out`.
///
/// Errors: those of [`fields::read`], unknown keys, missing name, a retention of fewer than 6 years, unknown rows.
pub fn parse(source: &Source, out: &mut Vec<Diagnostic>) -> Option<Config> {
    // Whoever knows the other files types the fences here, too.
    let range = match frontmatter::fences(&source.text) {
        Ok(fences) if source.text[fences.body..].trim().is_empty() => fences.toml,
        _ => 0..source.text.len(),
    };
    let file = fields::read(source, range, out)?;
    file.check(&keys::CONFIG, out);
    let mut config = Config {
        place: Place::file(source.path.clone()),
        ..Config::default()
    };
    match file.table("practice", out) {
        Some(table) => config.practice = practice(table, out),
        None if file.entry("practice").is_none() => file.missing(
            "practice",
            "binder.toml",
            "[practice], and below it name = \"...\"",
            out,
        ),
        None => {}
    }
    config.applies = file.table("applies", out).map_or_else(
        || Applies {
            place: config.place.clone(),
            ..Applies::default()
        },
        |table| applies(table, out),
    );
    config.sites = sites(&file, out);
    config.phi_ok = phi_ok::read(&file, out);
    if let Some(table) = file.table("intervals", out) {
        intervals(table, &mut config.intervals, out);
    }
    if let Some(table) = file.table("retention", out) {
        table.check(&keys::RETENTION, out);
        if let Some(years) = table.number("years", 0..=100, out) {
            if years.value < LEAST_YEARS {
                out.push(
                    Diagnostic::error(
                        "retention-too-short",
                        years.place,
                        "documents must be kept for 6 years at least (164.316(b)(2)(i))",
                    )
                    .help("Type years = 6, or more.")
                    .instead("6"),
                );
            } else {
                config.retention_years = years.value;
            }
        }
    }
    if let Some(table) = file.table("serve", out) {
        serve(table, &mut config, out);
    }
    if let Some(table) = file.table("hosting", out) {
        config.hosted_at = hosted_at(table, out);
    }
    if let Some(table) = file.table("print", out) {
        table.check(&keys::PRINT, out);
        config.attach = table.flag("attach", out).is_some_and(|attach| attach.value);
        if let Some(paper) = table.one_of("paper", "a paper size", &PAPERS, out) {
            config.paper = paper.value;
        }
    }
    Some(config)
}

fn serve(table: &Table, config: &mut Config, out: &mut Vec<Diagnostic>) {
    table.check(&keys::SERVE, out);
    let is_none =
        |entry: &fields::Entry| matches!(&entry.value.value, fields::Value::Text(text) if text.is_empty());
    if table.entry("editor").is_some_and(is_none) {
        config.editor = String::new();
        return;
    }
    let Some(editor) = table.text("editor", out) else {
        return;
    };
    let scheme = editor.value.split_once("://").map_or("", |(scheme, _)| scheme);
    let is_plain = editor.value.chars().all(|c| c.is_ascii_graphic());
    if EDITORS.contains(&scheme) && editor.value.contains("{path}") && is_plain {
        config.editor = editor.value;
        return;
    }
    let message = if EDITORS.contains(&scheme) {
        "this link does not say where the path of the file goes".to_owned()
    } else {
        "this is no link that opens an editor".to_owned()
    };
    out.push(
        Diagnostic::error("bad-editor", editor.place, message).help(format!(
            "Type editor = \"{EDITOR}\", or editor = \"\" for none. It may begin with {}.",
            super::words::choice(EDITORS.iter().copied())
        )),
    );
}

fn hosted_at(table: &Table, out: &mut Vec<Diagnostic>) -> String {
    table.check(&keys::HOSTING, out);
    let Some(path) = table.text("path", out) else {
        return String::new();
    };
    let parts = path.value.trim_matches('/');
    let is_plain = parts.split('/').all(|part| {
        let mut letters = part.chars();
        !part.starts_with('.') && letters.all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c))
    });
    if path.value.starts_with('/') && is_plain && !parts.contains("//") {
        return match parts {
            "" => "/".to_string(),
            parts => format!("/{parts}/"),
        };
    }
    let message = "this is no path of an address".to_string();
    let help = "Type what stands behind the name of the server, from its first / on: path = \"/binder/\" for \
                https://intranet.example/binder/. Letters, digits, dots, dashes and underscores may stand in it.";
    out.push(Diagnostic::error("bad-path", path.place, message).help(help));
    String::new()
}

fn practice(table: &Table, out: &mut Vec<Diagnostic>) -> Practice {
    table.check(&keys::PRACTICE, out);
    let mut text = |key: &str| table.text(key, out).map_or_else(String::new, |at| at.value);
    let legal_name = text("legal_name");
    let (security_official, address, phone) = (text("security_official"), text("address"), text("phone"));
    let name = table
        .required("name", "[practice]", "name = \"...\", the name staff use", out)
        .map_or_else(String::new, |at| at.value);
    let legal_name = if legal_name.is_empty() {
        name.clone()
    } else {
        legal_name
    };
    let kind = table
        .one_of("kind", "a kind of practice", &KINDS, out)
        .map_or_else(EntityKind::default, |at| at.value);
    Practice {
        name,
        legal_name,
        kind,
        security_official,
        address,
        phone,
    }
}

fn applies(table: &Table, out: &mut Vec<Diagnostic>) -> Applies {
    table.check(&keys::APPLIES, out);
    let mut reasons = BTreeMap::new();
    for key in ["reason", "reasons"] {
        if let Some(words) = table.table(key, out) {
            words.check(&keys::REASONS, out);
            for fact in FACTS {
                reasons.extend(words.text(fact, out).map(|at| (fact.to_owned(), at.value)));
            }
        }
    }
    let mut fact = |key: &str| table.flag(key, out).map(|at| at.value);
    Applies {
        clearinghouse: fact("clearinghouse"),
        group_health_plan: fact("group_health_plan"),
        subcontractors: fact("subcontractors"),
        government_arrangement: fact("government_arrangement"),
        decided_by: table.text("decided_by", out).map(|at| at.value),
        decided: table.date("decided", out).map(|at| at.value),
        reasons,
        place: table.place.clone(),
    }
}

fn sites(file: &Table, out: &mut Vec<Diagnostic>) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for table in file.tables("site", out) {
        table.check(&keys::SITE, out);
        let Some(id) = table.required(
            "id",
            "[[site]]",
            "id = \"main\", a short word that registers name the site by",
            out,
        ) else {
            continue;
        };
        if let Some(first) = sites
            .iter()
            .position(|site| site.id.eq_ignore_ascii_case(&id.value))
        {
            out.push(
                Diagnostic::error(
                    "duplicate-id",
                    id.place,
                    format!("two sites have the id {}", id.value),
                )
                .help("Give one of them another id.")
                .also(places[first].clone(), "first used here"),
            );
            continue;
        }
        if id.value.contains(';')
            || super::words::plain(&id.value) == "all"
            || super::words::plain(&id.value).is_empty()
        {
            out.push(
                Diagnostic::error(
                    "bad-id",
                    id.place,
                    format!("a site cannot have the id \"{}\"", id.value),
                )
                .help("Type a short word of letters and digits, like id = \"main\"."),
            );
            continue;
        }
        let name = table
            .text("name", out)
            .map_or_else(|| id.value.clone(), |at| at.value);
        let address = table.text("address", out).map_or_else(String::new, |at| at.value);
        places.push(id.place);
        sites.push(Site {
            id: id.value,
            name,
            address,
        });
    }
    sites
}

fn intervals(table: &Table, intervals: &mut Intervals, out: &mut Vec<Diagnostic>) {
    table.check(&keys::INTERVALS, out);
    let mut months = |key: &str, value: &mut u32| {
        if let Some(number) = table.number(key, 1..=120, out) {
            *value = number.value;
        }
    };
    months("answers", &mut intervals.answers);
    months("policies", &mut intervals.policies);
    months("decisions", &mut intervals.decisions);
    months("applicability", &mut intervals.applicability);
    if let Some(rows) = table.table("rows", out) {
        for entry in &rows.entries {
            let row = cite::row(&entry.key, &entry.key_place, out);
            let months = rows.number(&entry.key, 1..=120, out);
            if let (Some(row), Some(months)) = (row, months) {
                intervals.rows.insert(row, months.value);
            }
        }
    }
}
