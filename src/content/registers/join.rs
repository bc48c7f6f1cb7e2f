//! Registers joined with each other: systems, sites, persons, devices, exhibits and citations named in cells.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, ColumnKind, Table, cells, columns};
use crate::content::{Config, cite, words};
use crate::diagnostic::{Diagnostic, Place};

/// What cells may name.
#[derive(Debug, Default)]
pub struct Names {
    /// Systems; `None` where there is no list to look in.
    pub systems: Option<Known>,
    /// Sites; `None` where there is no binder.toml to look in.
    pub sites: Option<Known>,
    /// Workforce.
    pub persons: Option<Known>,
    /// Devices.
    pub devices: Option<Known>,
    /// Exhibits.
    pub exhibits: Option<Known>,
    /// Roles and names of `designations` and `workforce`, for the owners of answers and policies.
    pub roles: Vec<String>,
    /// The same as [`words::plain`] has them.
    plain_roles: BTreeSet<String>,
}

/// Ids with other names for each.
#[derive(Debug, Default)]
pub struct Known {
    /// Ids as written, in file order.
    pub ids: Vec<String>,
    by_name: BTreeMap<String, usize>,
}

impl Known {
    fn add(&mut self, id: &str, names: &[&str]) {
        if id.is_empty() {
            return;
        }
        let index = self.ids.len();
        self.ids.push(id.to_owned());
        for name in std::iter::once(&id).chain(names) {
            let name = words::plain(name);
            if !name.is_empty() {
                self.by_name.entry(name).or_insert(index);
            }
        }
    }

    /// The id that was meant, by id or name.
    pub fn find(&self, typed: &str) -> Option<&str> {
        let plain = words::plain(typed);
        let index = self
            .by_name
            .get(&plain)
            .or_else(|| self.by_name.get(plain.strip_prefix("dr ")?))?;
        self.ids.get(*index).map(String::as_str)
    }

    fn help(&self, typed: &str, what: &str, list: &str) -> String {
        if self.ids.is_empty() {
            return format!("Add the {what} to {list} first.");
        }
        // A clinic with two hundred devices does not want to read them all here.
        let shown = self.ids.iter().map(String::as_str).take(20);
        let more = if self.ids.len() > 20 { " and so on" } else { "" };
        format!(
            "{}{list} has {}{more}. Type one of them, or add the {what} there first.",
            words::did_you_mean(typed, self.ids.iter().map(String::as_str)),
            if more.is_empty() {
                words::list(shown)
            } else {
                shown.collect::<Vec<_>>().join(", ")
            }
        )
    }
}

impl Names {
    /// Gathers what can be named. `config` is `None` when there is no binder.toml.
    pub fn gather(config: Option<&Config>, tables: &BTreeMap<&'static str, Table>) -> Self {
        let listed = |register: &str, column: &'static str| {
            let table = tables.get(register)?;
            let mut known = Known::default();
            for entry in &table.entries {
                let name = entry.get(column);
                let untitled = name
                    .strip_prefix("Dr.")
                    .or_else(|| name.strip_prefix("Dr "))
                    .unwrap_or(name);
                let bare = untitled.split(',').next().unwrap_or_default();
                known.add(
                    &entry.id,
                    &[name, untitled, name.split(',').next().unwrap_or_default(), bare],
                );
            }
            Some(known)
        };
        let sites = config.map(|config| {
            let mut known = Known::default();
            for site in &config.sites {
                known.add(&site.id, &[&site.name]);
            }
            known
        });
        let mut roles = Vec::new();
        for (register, column) in [
            ("designations", "role"),
            ("designations", "person"),
            ("workforce", "role"),
            ("workforce", "name"),
            ("workforce", "id"),
        ] {
            roles.extend(
                tables
                    .get(register)
                    .iter()
                    .flat_map(|t| &t.entries)
                    .map(|e| e.get(column).to_owned()),
            );
        }
        roles.retain(|role| !role.is_empty());
        // Against lists that nobody has begun, every name would be unknown.
        let official = config.map(|config| &config.practice.security_official);
        if let Some(official) = official.filter(|name| !name.is_empty() && !roles.is_empty()) {
            roles.extend([official.clone(), "Security official".to_owned()]);
        }
        Self {
            systems: listed("systems", "name"),
            sites,
            persons: listed("workforce", "name"),
            devices: listed("devices", "id"),
            exhibits: listed("evidence", "id"),
            plain_roles: roles.iter().map(|role| words::plain(role)).collect(),
            roles,
        }
    }

    /// Ids of systems named in a text; `all` stays. Error: `unknown-system`.
    pub fn systems(&self, text: &str, place: &Place, out: &mut Vec<Diagnostic>) -> Vec<String> {
        look_up(
            self.systems.as_ref(),
            text,
            place,
            ("unknown-system", "system", "systems.csv"),
            out,
        )
    }

    /// Ids of sites named in a text; `all` stays. Error: `unknown-site`.
    pub fn sites(&self, text: &str, place: &Place, out: &mut Vec<Diagnostic>) -> Vec<String> {
        look_up(
            self.sites.as_ref(),
            text,
            place,
            ("unknown-site", "site", "binder.toml"),
            out,
        )
    }

    /// Warns `unknown-role` when nobody has this role or name. Silent while there is no list of people.
    pub fn check_role(&self, role: Option<&crate::content::At<String>>, out: &mut Vec<Diagnostic>) {
        let Some(role) = role.filter(|_| !self.roles.is_empty()) else {
            return;
        };
        let typed = words::plain(&role.value);
        // "Renata Salcedo, security official" names a known person, too.
        let ends = typed.match_indices(' ');
        let is_known = self.plain_roles.contains(&typed)
            || ends.into_iter().any(|(at, _)| {
                self.plain_roles.contains(&typed[..at]) || self.plain_roles.contains(&typed[at + 1..])
            });
        if !is_known {
            out.push(
                Diagnostic::warning(
                    "unknown-role",
                    role.place.clone(),
                    format!(
                        "nobody in designations.csv or workforce.csv is \"{}\"",
                        words::excerpt(&role.value, 60)
                    ),
                )
                .help(format!(
                    "{}Type a role or a person from these lists, or add the line there.",
                    words::did_you_mean(&role.value, self.roles.iter().map(String::as_str))
                )),
            );
        }
    }

    fn persons(&self, text: &str, place: &Place, out: &mut Vec<Diagnostic>) -> Vec<String> {
        let Some(known) = &self.persons else {
            return cells::list(text);
        };
        let mut found = Vec::new();
        for typed in cells::list(text) {
            if words::plain(&typed) == "all" {
                found.push("all".to_owned());
            } else if let Some(id) = known.find(&typed) {
                found.push(id.to_owned());
            } else {
                let plain = words::plain(&typed);
                if !self.plain_roles.contains(&plain) {
                    out.push(
                        Diagnostic::warning(
                            "unknown-person",
                            place.clone(),
                            format!("\"{}\" is not in workforce.csv", words::excerpt(&typed, 60)),
                        )
                        .help(format!(
                            "{}Type the id or name from workforce.csv. A person from outside may stay as it is.",
                            words::did_you_mean(&typed, known.ids.iter().map(String::as_str))
                        )),
                    );
                }
                found.push(typed);
            }
        }
        found
    }

    fn devices(&self, text: &str, place: &Place, out: &mut Vec<Diagnostic>) {
        look_up(
            self.devices.as_ref(),
            text,
            place,
            ("unknown-device", "device", "devices.csv"),
            out,
        );
    }

    /// Warns `unknown-exhibit` for a cell that looks like an exhibit id and is none.
    pub fn exhibit(&self, text: &str, place: &Place, out: &mut Vec<Diagnostic>) {
        let Some(known) = &self.exhibits else { return };
        for typed in cells::list(text).iter().filter(|t| is_id_like(t)) {
            if known.find(typed).is_none() {
                out.push(
                    Diagnostic::warning("unknown-exhibit", place.clone(), format!("evidence.csv has no exhibit {typed}"))
                        .help(format!(
                            "{}Add a line with the id {typed} to registers/evidence.csv, or say here where the proof is.",
                            words::did_you_mean(typed, known.ids.iter().map(String::as_str))
                        )),
                );
            }
        }
    }
}

/// `EX-031`, `ex12`: a few letters, then digits.
fn is_id_like(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = text[letters..].trim_start_matches('-');
    (1..=6).contains(&letters) && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
}

fn look_up(
    known: Option<&Known>,
    text: &str,
    place: &Place,
    (code, what, list): (&'static str, &str, &str),
    out: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for typed in cells::list(text) {
        let id = match known {
            _ if words::plain(&typed) == "all" => "all".to_owned(),
            None => typed,
            Some(known) => match known.find(&typed) {
                Some(id) => id.to_owned(),
                None => {
                    out.push(
                        Diagnostic::error(
                            code,
                            place.clone(),
                            format!("{list} has no {what} \"{}\"", words::excerpt(&typed, 40)),
                        )
                        .help(known.help(&typed, what, list)),
                    );
                    continue;
                }
            },
        };
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// Fills in the joined ids of every line and reports what names nothing.
pub fn join(tables: &mut BTreeMap<&'static str, Table>, names: &Names, out: &mut Vec<Diagnostic>) {
    for table in tables.values_mut() {
        report_missing_lists(table, names, out);
        let register = table.register;
        let person = persons_column(register);
        for entry in &mut table.entries {
            for (name, cell) in &entry.cells {
                let Some(column) = columns::column(register, name) else {
                    continue;
                };
                match column.kind {
                    ColumnKind::Systems => {
                        extend(&mut entry.systems, names.systems(&cell.text, &cell.place, out))
                    }
                    ColumnKind::Sites => extend(&mut entry.sites, names.sites(&cell.text, &cell.place, out)),
                    ColumnKind::Persons => {
                        let persons = names.persons(&cell.text, &cell.place, out);
                        if *name == person {
                            extend(&mut entry.persons, persons);
                        }
                    }
                    ColumnKind::Devices => names.devices(&cell.text, &cell.place, out),
                    ColumnKind::Exhibit => names.exhibit(&cell.text, &cell.place, out),
                    // Exhibits read theirs for themselves, with locators.
                    ColumnKind::Citations if register.name != "evidence" => check_citations(cell, out),
                    _ => {}
                }
            }
        }
        for none in &mut table.nones {
            let typed = none.sites.join(";");
            none.sites = names.sites(&typed, &none.place, out);
        }
    }
}

fn extend(list: &mut Vec<String>, more: Vec<String>) {
    for id in more {
        if !list.contains(&id) {
            list.push(id);
        }
    }
}

fn check_citations(cell: &Cell, out: &mut Vec<Diagnostic>) {
    for part in cells::list(&cell.text) {
        cite::located(&part, &cell.place, out);
    }
}

/// The column whose persons a line is about: `person`, or the first that names people.
fn persons_column(register: &super::Register) -> &'static str {
    let declared = register.columns.iter().filter(|c| c.kind == ColumnKind::Persons);
    declared
        .clone()
        .find(|c| c.name == "person")
        .or_else(|| declared.clone().next())
        .map_or("person", |c| c.name)
}

/// One warning per file that names systems or devices while there is no list of them.
fn report_missing_lists(table: &Table, names: &Names, out: &mut Vec<Diagnostic>) {
    for (kind, known, list) in [
        (ColumnKind::Systems, &names.systems, "systems.csv"),
        (ColumnKind::Persons, &names.persons, "workforce.csv"),
        (ColumnKind::Devices, &names.devices, "devices.csv"),
    ] {
        let mut cells = table.entries.iter().flat_map(|e| &e.cells);
        let named =
            cells.find(|(name, _)| columns::column(table.register, name).is_some_and(|c| c.kind == kind));
        if let (None, Some((name, cell))) = (known, named) {
            out.push(
                Diagnostic::warning(
                    "no-list",
                    cell.place.clone(),
                    format!(
                        "the column {name} names entries of {list}, and there is no readable registers/{list}"
                    ),
                )
                .help(format!(
                    "Write registers/{list}; until then nobody can say whether all of them are covered."
                )),
            );
        }
    }
}
