//! Names for the ids that registers join on.

use std::collections::BTreeMap;

use crate::content::Content;

/// Names of systems, sites and persons by id.
#[derive(Debug, Default)]
pub struct Names {
    systems: BTreeMap<String, String>,
    sites: BTreeMap<String, String>,
    persons: BTreeMap<String, String>,
}

impl Names {
    /// Takes the names from the registers and the configuration.
    pub fn new(content: &Content) -> Self {
        let register = |name: &str| {
            let entries = content.registers.get(name).map_or(&[][..], |t| &t.entries);
            entries
                .iter()
                .filter(|e| !e.get("name").is_empty())
                .map(|e| (e.id.clone(), e.get("name").to_string()))
                .collect()
        };
        Self {
            systems: register("systems"),
            sites: content
                .config
                .sites
                .iter()
                .map(|s| (s.id.clone(), s.name.clone()))
                .collect(),
            persons: register("workforce"),
        }
    }

    /// Name of a system, or the id itself.
    pub fn system<'a>(&'a self, id: &'a str) -> &'a str {
        self.systems.get(id).map_or(id, String::as_str)
    }

    /// Name of a site, or the id itself.
    pub fn site<'a>(&'a self, id: &'a str) -> &'a str {
        self.sites.get(id).map_or(id, String::as_str)
    }

    /// Name of a person, or the id itself.
    pub fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.persons.get(id).map_or(id, String::as_str)
    }

    /// The name behind an id of any sort, or the text itself.
    pub fn any<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self
            .persons
            .get(id)
            .or_else(|| self.systems.get(id))
            .or_else(|| self.sites.get(id));
        found.map_or(id, String::as_str)
    }

    /// What an item speaks of, in one line.
    pub fn about(&self, systems: &[String], sites: &[String], persons: &[String]) -> String {
        let systems = systems.iter().map(|s| self.system(s));
        let sites = sites.iter().map(|s| self.site(s));
        let persons = persons.iter().map(|p| self.person(p));
        let all: Vec<&str> = systems.chain(sites).chain(persons).collect();
        match all.len() {
            0..=5 => all.join(", "),
            n => format!("{} and {} more", all[..4].join(", "), n - 4),
        }
    }
}
