//! `binder.toml` of a new folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Facts;
use crate::content::config::EntityKind;
use crate::content::edit::NewValue;
use crate::content::words;
use crate::rule::Condition;

/// The question behind each fact, for a note beside it.
pub(super) fn question(fact: Condition) -> &'static str {
    match fact {
        Condition::Clearinghouse => "Is a health care clearinghouse part of the organization?",
        Condition::GroupHealthPlan => {
            "Does the organization run a group health plan that shares electronic data with it as employer?"
        }
        Condition::Subcontractors => {
            "Do you handle patient data for another practice, with companies that help you do it?"
        }
        Condition::GovernmentArrangement => {
            "Does a memorandum or a law stand in for the contract with a government body?"
        }
    }
}

/// The text of the file. Facts that were not answered stand there as notes, so that nothing is claimed.
pub(super) fn text(facts: &Facts) -> String {
    let quoted = |text: &str| NewValue::Text(text.to_owned()).to_string();
    let kind = match facts.kind {
        EntityKind::CoveredEntity => "covered-entity",
        EntityKind::BusinessAssociate => "business-associate",
        EntityKind::Both => "both",
    };
    let mut text = format!(
        "# The settings of this binder. Lines that start with # are notes. After a change, `binder check` says what is wrong.\n\
         \n[practice]\nname = {}\nlegal_name = {}\nkind = \"{kind}\"   # covered-entity | business-associate | both\n\
         security_official = {}\naddress = {}\nphone = \"\"\n",
        quoted(&facts.practice),
        quoted(facts.legal_name.as_deref().unwrap_or(&facts.practice)),
        quoted(&facts.security_official),
        quoted(&facts.address),
    );
    text.push_str(
        "\n# Four facts decide whether five rows of the rule apply. Answer true or false; false needs decided_by and decided.\n\
         # The reason can be told in a sentence, under [applies.reason].\n[applies]\n",
    );
    for fact in Condition::ALL {
        let answered = facts
            .applies
            .iter()
            .find(|(known, _)| known == fact)
            .map(|(_, value)| *value);
        let _ = match answered {
            Some(value) => writeln!(text, "{fact} = {value}   # {}", question(*fact)),
            None => writeln!(text, "# {fact} = false   # {}", question(*fact)),
        };
    }
    let (mark, by, decided) = if facts.applies.is_empty() {
        ("# ", quoted("Security official"), "\"\"".to_owned())
    } else {
        let official = || format!("{}, security official", facts.security_official);
        let by = facts.decided_by.clone().unwrap_or_else(official);
        ("", quoted(&by), facts.decided.to_string())
    };
    let _ = write!(text, "{mark}decided_by = {by}\n{mark}decided = {decided}\n");
    let main = ["Main office".to_owned()];
    let sites = if facts.sites.is_empty() {
        &main[..]
    } else {
        &facts.sites
    };
    let mut ids = BTreeSet::new();
    for (index, name) in sites.iter().enumerate() {
        let address = if index == 0 { facts.address.as_str() } else { "" };
        let _ = write!(
            text,
            "\n[[site]]\nid = \"{}\"   # the short word that the registers use\nname = {}\naddress = {}\n",
            site_id(name, index, &mut ids),
            quoted(name),
            quoted(address),
        );
    }
    text.push_str(
        "\n# After how many months something is due to be looked at again. Your own written interval, not a rule of law.\n\
         [intervals]\nanswers = 12\npolicies = 12\ndecisions = 12\napplicability = 12\n\
         # rows = { \"164.308(a)(1)(ii)(D)\" = 3 }\n\
         \n[retention]\nyears = 6   # 6 or more, 164.316(b)(2)(i)\n\
         \n[print]\npaper = \"us-letter\"   # us-letter | a4\n",
    );
    text
}

/// A short word for an office, not used before: `main` for the first.
fn site_id(name: &str, index: usize, taken: &mut BTreeSet<String>) -> String {
    let first = words::plain(name)
        .split(' ')
        .find(|word| word.bytes().all(|b| b.is_ascii_alphanumeric()) && !word.is_empty() && *word != "all")
        .unwrap_or("site")
        .to_owned();
    let base = if index == 0 { "main".to_owned() } else { first };
    let mut id = base.clone();
    let mut number = 2;
    while !taken.insert(id.clone()) {
        id = format!("{base}-{number}");
        number += 1;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::config;
    use crate::diagnostic::Source;

    fn read(facts: &Facts) -> config::Config {
        let source = Source::new("binder.toml", text(facts));
        let mut problems = vec![];
        let config = config::parse(&source, &mut problems).expect("readable");
        assert_eq!(problems, [], "{}", source.text);
        config
    }

    #[test]
    fn every_name_reads_back_as_it_was_typed() {
        for name in [
            "Larkspur Family Medicine",
            "O'Neil \"Bud\" & Sons \\ Partners",
            "C:\\new\\table",
            "Praxis 🩺 Nguyễn",
            "two\nlines\tand a tab",
            "'''\"\"\"",
            "[practice]\nkind = \"both\"",
            "# not a note",
            "\u{1b}[31mred\u{7f}",
            "عيادة",
        ] {
            let config = read(&Facts {
                practice: name.into(),
                security_official: name.into(),
                address: name.into(),
                sites: vec![name.into(), name.into()],
                applies: Condition::ALL.iter().map(|fact| (*fact, false)).collect(),
                decided: jiff::civil::date(2026, 11, 20),
                ..Facts::default()
            });
            assert_eq!(config.practice.name, name);
            assert_eq!(config.practice.legal_name, name);
            assert_eq!(config.practice.security_official, name);
            assert_eq!(config.practice.kind, EntityKind::CoveredEntity);
            assert_eq!(config.sites.len(), 2);
            assert_eq!(config.sites[1].name, name);
            assert_eq!(
                config.applies.decided_by,
                Some(format!("{name}, security official"))
            );
        }
    }

    #[test]
    fn a_fact_that_nobody_answered_is_not_stated() {
        let config = read(&Facts {
            practice: "A".into(),
            security_official: "B".into(),
            decided: jiff::civil::date(2026, 11, 20),
            ..Facts::default()
        });
        assert_eq!(config.applies.clearinghouse, None);
        assert_eq!(config.applies.decided_by, None);
        let config = read(&Facts {
            practice: "A".into(),
            security_official: "B".into(),
            applies: vec![(Condition::Subcontractors, true)],
            decided: jiff::civil::date(2026, 11, 20),
            ..Facts::default()
        });
        assert_eq!(
            (config.applies.subcontractors, config.applies.clearinghouse),
            (Some(true), None)
        );
    }

    #[test]
    fn offices_get_words_of_their_own() {
        let names = ["Main Street", "Annex 診", "annex", "診療所", "診療所", "All"];
        let config = read(&Facts {
            practice: "A".into(),
            security_official: "B".into(),
            sites: names.map(str::to_owned).to_vec(),
            decided: jiff::civil::date(2026, 11, 20),
            ..Facts::default()
        });
        let ids: Vec<&str> = config.sites.iter().map(|site| site.id.as_str()).collect();
        assert_eq!(ids, ["main", "annex", "annex-2", "site", "site-2", "site-3"]);
    }
}
