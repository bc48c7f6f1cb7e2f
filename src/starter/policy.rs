//! Policy files: the starter texts as they are handed out, and empty ones.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::content::PolicyKind;
use crate::content::edit::NewValue;
use crate::content::starters::{self, Starter};
use crate::content::words;
use crate::rule::{RowId, rule};
use crate::world::write::hex;

/// A starter policy as a file: its front matter with an id and the digest that tells unchanged words, a note on how to
/// make it one's own, and the text.
pub fn starter_policy(starter: Starter) -> String {
    let note = format!(
        "\n<!--\nStarter text: a draft that documents nothing until it is yours. Fill in each [BLANK], change what you do\n\
         differently, take out what does not fit. Then run: binder approve {} --by \"NAME OR ROLE\"\n-->\n",
        starter.id
    );
    let body = format!("{note}{}", starter.body());
    format!(
        "+++\nid = \"{}\"\n{}starter = \"sha256:{}\"   # tells the starter text from yours; leave it as it is\n+++\n{body}",
        starter.id,
        starter.front(),
        hex(&Sha256::digest(body.as_bytes())),
    )
}

/// An empty policy with a heading for each row it is meant to document.
pub fn blank_policy(id: &str, title: &str, kind: PolicyKind, rows: &[RowId]) -> String {
    let citations: Vec<String> = rows.iter().map(|row| format!("\"{}\"", row.citation())).collect();
    let mut text = format!(
        "+++\nid = \"{id}\"\nkind = \"{}\"   # policy | procedure | plan | form | contract | plan-document\ntitle = {}\n\
         satisfies = [{}]\nowner = \"\"\nversion = \"1.0\"\nreview_every = \"12 months\"\n+++\n\n\
         <!--\nSay who does what, with which system, how often. A section documents a row when its heading carries the\n\
         citation. When the text is ready, run: binder approve {id} --by \"NAME OR ROLE\"\n-->\n",
        kind_name(kind),
        NewValue::Text(title.to_owned()),
        citations.join(", "),
    );
    for row in rows {
        let _ = write!(
            text,
            "\n## Procedure: {} ({})\n",
            rule()[*row].name(),
            row.citation()
        );
    }
    if rows.is_empty() {
        text.push_str("\n## What we do\n\n## Procedure\n");
    }
    text
}

fn kind_name(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Policy => "policy",
        PolicyKind::Procedure => "procedure",
        PolicyKind::Plan => "plan",
        PolicyKind::Form => "form",
        PolicyKind::Contract => "contract",
        PolicyKind::PlanDocument => "plan-document",
    }
}

/// The id for a title that has no letter of the alphabet that ids are written in.
pub const NAMELESS: &str = "policy";

/// The id for a title, which is also the name of its file: small letters, digits and dashes; [`NAMELESS`] where the
/// title has none of them.
pub fn policy_id(title: &str) -> String {
    let dashed = words::dashed(title);
    let mut id = String::new();
    for sign in dashed.chars().map(plain_letter) {
        let sign = if sign.is_ascii_alphanumeric() { sign } else { '-' };
        if sign != '-' || !id.is_empty() && !id.ends_with('-') {
            id.push(sign);
        }
        if id.len() == 60 {
            break;
        }
    }
    let id = id.trim_matches('-').to_owned();
    // Windows takes these for devices, and `index` is the list of policies.
    let device = |name: &str| {
        id.strip_prefix(name)
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let taken =
        ["con", "prn", "aux", "nul", "index"].contains(&id.as_str()) || device("com") || device("lpt");
    match id.as_str() {
        "" => NAMELESS.to_owned(),
        _ if taken => format!("{id}-policy"),
        _ => id,
    }
}

/// Letters of western names without their accents, so that "Política" is `politica`.
fn plain_letter(sign: char) -> char {
    const FROM: &str = "àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøōőřśšşťţùúûüūůűýÿźżž";
    const TO: &str = "aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorsssttuuuuuuuyyzzz";
    FROM.chars()
        .position(|known| known == sign)
        .and_then(|at| TO.chars().nth(at))
        .unwrap_or(sign)
}

/// The starter policy with this title or id.
pub fn starter_called(title: &str) -> Option<Starter> {
    let id = policy_id(title);
    let titled = |starter: &Starter| {
        let line = starter
            .front()
            .lines()
            .find_map(|line| line.strip_prefix("title = "));
        line.is_some_and(|line| words::plain(line) == words::plain(title))
    };
    starters::all().find(|starter| starter.id == id || titled(starter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_their_plain_forms_come_in_pairs() {
        assert_eq!(policy_id("àž łó"), "az-lo");
        assert_eq!(plain_letter('ž'), 'z');
        assert_eq!(plain_letter('ß'), 'ß');
    }

    #[test]
    fn any_title_makes_a_file_name() {
        for (title, id) in [
            ("Fax policy", "fax-policy"),
            ("  Faxes & e-mail: what's OK?  ", "faxes-e-mail-what-s-ok"),
            ("Política de contraseñas", "politica-de-contrasenas"),
            ("../../etc/passwd", "etc-passwd"),
            ("診療所の方針", "policy"),
            ("🔒", "policy"),
            ("CON", "con-policy"),
            ("com1", "com1-policy"),
            ("Index", "index-policy"),
            ("\"quoted\" \\ back", "quoted-back"),
        ] {
            assert_eq!(policy_id(title), id, "{title}");
        }
        assert!(policy_id(&"long ".repeat(100)).len() <= 60);
    }

    #[test]
    fn starters_are_found_by_title_and_by_id() {
        assert_eq!(
            starter_called("sanction policy").map(|s| s.id),
            Some("sanction-policy")
        );
        let found = starter_called("Audit log and activity review procedure").map(|s| s.id);
        assert_eq!(found, Some("activity-review"));
        assert_eq!(starter_called("Fax policy"), None);
    }
}
