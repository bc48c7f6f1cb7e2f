//! The questions that `binder new` asks on a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use hipaa_binder::content::config::EntityKind;
use hipaa_binder::rule::Condition;
use hipaa_binder::starter::Facts;
use jiff::civil::Date;

use super::{New, name, yes_no};

/// Whether somebody is there to answer.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for what the options leave open. `None` when the input ends before the last question.
pub(super) fn ask(args: &New, today: Date) -> Option<Facts> {
    dialog(args, today, &mut io::stdin().lock(), &mut io::stderr())
}

fn dialog(args: &New, today: Date, input: &mut dyn BufRead, output: &mut dyn Write) -> Option<Facts> {
    let mut talk = Talk { input, output };
    talk.say(
        "A few questions, then the folder is made. Press Enter to take what stands in brackets. Everything can be\n\
         changed later in binder.toml. Ctrl-C stops, and nothing is written.\n\n",
    )?;
    let practice = match &args.practice {
        Some(practice) => practice.clone(),
        None => talk.text("Name of the practice, as staff say it", None)?,
    };
    let legal_name = match &args.legal_name {
        Some(name) => name.clone(),
        None => talk.text("Its legal name", Some(&practice))?,
    };
    let kind = match args.kind {
        Some(kind) => kind.into(),
        None => talk.kind()?,
    };
    let security_official = match &args.security_official {
        Some(name) => name.clone(),
        None => talk.text(
            "Name of the security official: the person who answers for the security of patient data",
            None,
        )?,
    };
    let address = match &args.address {
        Some(address) => address.clone(),
        None => talk.text("Address", Some(""))?,
    };
    let sites = if args.site.is_empty() {
        let sites = talk.text(
            "Names of the offices, with commas between them",
            Some("Main office"),
        )?;
        sites
            .split(',')
            .map(str::trim)
            .filter(|site| !site.is_empty())
            .map(str::to_owned)
            .collect()
    } else {
        args.site.clone()
    };
    if Condition::ALL.iter().any(|fact| args.given(*fact).is_none()) {
        talk.say("\nFour facts decide whether a few rows of the rule apply. For most small practices all four are no.\n\n")?;
    }
    let mut applies = vec![];
    for fact in Condition::ALL {
        let value = match args.given(*fact) {
            Some(value) => value,
            None => talk.yes_no(question(*fact))?,
        };
        applies.push((*fact, value));
    }
    let decided_by = match &args.decided_by {
        Some(name) => name.clone(),
        None => talk.text(
            "Who has decided these facts",
            Some(&format!("{security_official}, security official")),
        )?,
    };
    talk.say("\n")?;
    Some(Facts {
        practice,
        legal_name: Some(legal_name),
        kind,
        security_official,
        address,
        sites,
        applies,
        decided_by: Some(decided_by),
        decided: args.decided.unwrap_or(today),
    })
}

fn question(fact: Condition) -> &'static str {
    match fact {
        Condition::Clearinghouse => {
            "Do you run a claims clearinghouse, a unit that turns the claims of others into standard form?"
        }
        Condition::GroupHealthPlan => {
            "Do you run a self-funded health plan for your own people, and get electronic claims data from it?"
        }
        Condition::Subcontractors => {
            "Do you handle patient data for another practice, and use outside companies to do it?"
        }
        Condition::GovernmentArrangement => {
            "Do you work with a government body under a memorandum or a law in place of a contract?"
        }
    }
}

struct Talk<'a> {
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl Talk<'_> {
    fn say(&mut self, text: &str) -> Option<()> {
        self.output.write_all(text.as_bytes()).ok()?;
        self.output.flush().ok()
    }

    fn line(&mut self, prompt: &str, standing: Option<&str>) -> Option<String> {
        let standing = standing
            .filter(|text| !text.is_empty())
            .map(|text| format!(" [{text}]"));
        self.say(&format!("{prompt}{}: ", standing.unwrap_or_default()))?;
        let mut line = vec![];
        match self.input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).trim().to_owned()),
        }
    }

    /// A text; an empty line takes what stands in brackets, and asks again where nothing does.
    fn text(&mut self, prompt: &str, standing: Option<&str>) -> Option<String> {
        loop {
            let line = self.line(prompt, standing)?;
            match (line.is_empty(), standing) {
                (true, Some(standing)) => return Some(standing.to_owned()),
                (true, None) => self.say("  This one is needed.\n")?,
                (false, _) => match name(&line) {
                    Ok(text) => return Some(text),
                    Err(why) => self.say(&format!("  That can't be right: {why}.\n"))?,
                },
            }
        }
    }

    fn yes_no(&mut self, prompt: &str) -> Option<bool> {
        loop {
            let line = self.line(prompt, Some("no"))?;
            if line.is_empty() {
                return Some(false);
            }
            match yes_no(&line) {
                Ok(value) => return Some(value),
                Err(why) => self.say(&format!("  Please {why}.\n"))?,
            }
        }
    }

    fn kind(&mut self) -> Option<EntityKind> {
        loop {
            let prompt = "Are you 1 a covered entity (you treat patients), 2 a business associate (you work for one), or 3 both?";
            match self.line(prompt, Some("1"))?.to_lowercase().as_str() {
                "" | "1" | "covered entity" | "covered-entity" => return Some(EntityKind::CoveredEntity),
                "2" | "business associate" | "business-associate" => {
                    return Some(EntityKind::BusinessAssociate);
                }
                "3" | "both" => return Some(EntityKind::Both),
                _ => self.say("  Please type 1, 2 or 3.\n")?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        new: New,
    }

    fn asked(arguments: &[&str], typed: &str) -> (Option<Facts>, String) {
        let new = Typed::parse_from([&["new", "dir"], arguments].concat()).new;
        let mut said = vec![];
        let facts = dialog(
            &new,
            jiff::civil::date(2026, 11, 20),
            &mut typed.as_bytes(),
            &mut said,
        );
        (facts, String::from_utf8(said).expect("text"))
    }

    #[test]
    fn enter_takes_what_stands_in_brackets() {
        let (facts, said) = asked(&[], "Larkspur\n\n\nRenata Salcedo\n\n\n\n\n\n\n\n");
        let facts = facts.expect("all answered");
        assert_eq!(facts.practice, "Larkspur");
        assert_eq!(facts.legal_name.as_deref(), Some("Larkspur"));
        assert_eq!(facts.sites, ["Main office"]);
        assert!(facts.applies.len() == 4 && facts.applies.iter().all(|(_, value)| !value));
        assert!(said.contains("Its legal name [Larkspur]: "), "{said}");
    }

    #[test]
    fn what_makes_no_sense_is_asked_again() {
        let typed = "\n???\nLarkspur\nLarkspur, PLLC\n4\n3\nRenata\n1 Main St\nNorth, South,\nmaybe\nYES\nno\nn\ny\nThe owner\n";
        let (facts, said) = asked(&[], typed);
        let facts = facts.expect("all answered");
        assert_eq!(facts.kind, EntityKind::Both);
        assert_eq!(facts.sites, ["North", "South"]);
        assert_eq!(
            facts.applies.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            [true, false, false, true]
        );
        assert!(
            said.contains("This one is needed.") && said.contains("Please type 1, 2 or 3."),
            "{said}"
        );
    }

    #[test]
    fn what_was_given_is_not_asked() {
        let (facts, said) = asked(
            &["--practice", "Larkspur", "--clearinghouse", "yes"],
            "\n\nRenata\n\n\n\n\n\n\n",
        );
        assert_eq!(
            facts.map(|facts| facts.applies[0]),
            Some((Condition::Clearinghouse, true))
        );
        assert!(
            !said.contains("Name of the practice") && !said.contains("claims clearinghouse"),
            "{said}"
        );
    }

    #[test]
    fn input_that_ends_early_makes_nothing() {
        assert_eq!(asked(&[], "Larkspur\n").0, None);
        assert_eq!(asked(&[], "").0, None);
    }
}
